//! The kernel knows how long an address lasts; the program that asked for it knows the rest, and where it keeps that differs.

use std::{net::IpAddr, path::Path, time::Duration};

use chrono::Utc;
use demarc_model::Lease;
use futures_util::TryStreamExt as _;
use netlink_packet_route::{
    AddressFamily,
    address::{AddressAttribute, AddressMessage},
};

use super::read;
use crate::{bounded::read_text, command};

/// Longest waits for the kernel and for `nmcli`.
const LIMIT: Duration = Duration::from_secs(2);
/// Most bytes read of a file.
const LONGEST_FILE: u64 = 256 * 1024;
/// Most addresses looked at.
const MOST_ADDRESSES: usize = 256;
/// The kernel's word for an address that never ends.
const FOREVER: u32 = u32::MAX;

/// The lease; `None` where the interface has no IPv4 address.
pub(super) async fn told(interface: &str) -> Result<Option<Lease>, String> {
    let index = read_text(Path::new("/sys/class/net").join(interface).join("ifindex").as_path(), 32).ok();
    let Some(index) = index.and_then(|text| text.trim().parse::<u32>().ok()) else { return Ok(None) };
    let Some(kept) = by_kernel(index).await? else { return Ok(None) };
    let programs = by_programs(Path::new("/"), interface, index, Utc::now().timestamp());
    let details = match programs {
        None => by_network_manager(interface).await,
        some => some,
    };
    // A file that outlived its lease speaks of another address.
    let details = details.filter(|lease| lease.address == kept.address);
    Ok(Some(match details {
        Some(lease) => Lease { temporary: kept.temporary, left_s: kept.left_s.or(lease.left_s), ..lease },
        None => kept,
    }))
}

/// What the kernel keeps of the interface's first address that is not link-local.
async fn by_kernel(index: u32) -> Result<Option<Lease>, String> {
    let (connection, handle, _) = rtnetlink::new_connection().map_err(|error| error.to_string())?;
    let request = handle.address().get().set_link_index_filter(index).execute();
    let work = async {
        let mut messages: Vec<AddressMessage> = Vec::new();
        let mut request = std::pin::pin!(request);
        while let Some(message) = request.try_next().await.map_err(|error| error.to_string())? {
            messages.push(message);
            if messages.len() >= MOST_ADDRESSES {
                break;
            }
        }
        Ok(messages.iter().filter(|message| message.header.family == AddressFamily::Inet).find_map(kept))
    };
    tokio::select! {
        answer = tokio::time::timeout(LIMIT, work) => answer.unwrap_or_else(|_| Err("the kernel did not answer".to_owned())),
        () = connection => Err("the kernel closed the connection".to_owned()),
    }
}

fn kept(message: &AddressMessage) -> Option<Lease> {
    let mut lease = Lease { source: "kernel".to_owned(), ..Lease::default() };
    for attribute in &message.attributes {
        match attribute {
            AddressAttribute::Local(IpAddr::V4(address)) => lease.address = Some(*address),
            AddressAttribute::CacheInfo(info) => {
                lease.temporary = Some(info.ifa_valid != FOREVER);
                lease.left_s = (info.ifa_valid != FOREVER).then_some(f64::from(info.ifa_valid));
            }
            _ => {}
        }
    }
    lease.address.filter(|address| !address.is_link_local()).map(|_| lease)
}

/// What systemd-networkd and dhclient wrote below `root`.
fn by_programs(root: &Path, interface: &str, index: u32, now_s: i64) -> Option<Lease> {
    let file = |path: String| read_text(&root.join(path), LONGEST_FILE).ok();
    if let Some(told) = file(format!("run/systemd/netif/leases/{index}")) {
        return Some(read::networkd(&told));
    }
    let places = ["var/lib/dhcp/dhclient", "run/dhclient", "var/lib/dhclient/dhclient"];
    let names = places.iter().flat_map(|place| [format!("{place}.{interface}.leases"), format!("{place}.leases")]);
    names.filter_map(file).find_map(|told| read::dhclient(&told, interface, now_s))
}

async fn by_network_manager(interface: &str) -> Option<Lease> {
    let program = ["/usr/bin/nmcli", "/bin/nmcli"].into_iter().find(|program| Path::new(program).exists())?;
    let told = command::answer(program, &["-t", "-f", "DHCP4", "device", "show", interface], LIMIT).await.ok()?;
    Some(read::nmcli(&told, Utc::now().timestamp())).filter(|lease| lease.address.is_some())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_program_that_asked_keeps_the_lease_where_it_always_does() {
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        assert_eq!(by_programs(folder.path(), "eth0", 2, 0), None);
        write("var/lib/dhcp/dhclient.eth0.leases", include_str!("../../testdata/linux/dhclient.leases"));
        assert_eq!(by_programs(folder.path(), "eth0", 2, 0).unwrap().source, "dhclient");
        write("run/systemd/netif/leases/2", include_str!("../../testdata/linux/networkd-lease.txt"));
        assert_eq!(by_programs(folder.path(), "eth0", 2, 0).unwrap().source, "systemd-networkd");
    }
}
