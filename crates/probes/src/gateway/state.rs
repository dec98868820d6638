//! Who the home router is and what it says of the line, by every protocol that it may speak. Each is asked at the same time.

use std::net::{IpAddr, Ipv4Addr};

use demarc_model::{LineAddress, LineConnection, Outcome, Phrase, PortMapping, RouterState};

use super::{
    description::{Answer, Device, Service},
    home, names, portmap, search,
};
use crate::{arp_table, bounded::one_line};

/// Most port mappings asked for.
const MOST_MAPPINGS: u16 = 64;
/// Longest text kept of a description, in characters.
const LONGEST_TEXT: usize = 64;
/// The two lowest bits of a hardware address's first octet: one for many, and one that somebody chose.
const GROUP_OR_CHOSEN: u8 = 0b11;

/// Everything the router says of itself.
pub(crate) async fn perform() -> Outcome {
    let (gateway, own) = match home().await {
        Ok(found) => found,
        Err(outcome) => return outcome,
    };
    let ((device, told), (names, table)) = tokio::join!(
        async {
            let device = search::find(gateway, own).await;
            match device {
                Some(device) => {
                    let said = asked(&device).await;
                    (Some(device), said)
                }
                None => (None, RouterState::default()),
            }
        },
        async { tokio::join!(names::ask(gateway, own), portmap::ask(gateway, own)) }
    );
    // The questions above made the router a known neighbour.
    let mac = neighbour(gateway).await;
    let outside = table.address.map(|address| LineAddress { address: IpAddr::V4(address), by: "nat-pmp".to_owned() });
    let state = RouterState {
        vendor: mac.as_deref().and_then(vendor),
        mac,
        names,
        description: device.and_then(|device| device.description).map(Box::new),
        line_addresses: told.line_addresses.into_iter().chain(outside).collect(),
        epoch_s: table.epoch_s,
        ..told
    };
    if state == RouterState::default() {
        return Outcome::Blocked { why: Phrase::new("blocked-router-silent").text("gateway", gateway.to_string()) };
    }
    state.into()
}

/// What the router's services say.
async fn asked(device: &Device) -> RouterState {
    let (connection, address) = connection(device).await;
    let mappings = match device.connections.first() {
        Some(service) => mappings(service).await,
        None => None,
    };
    let line_addresses = address.map(|address| LineAddress { address, by: "upnp".to_owned() }).into_iter().collect();
    RouterState { connection: connection.map(Box::new), line_addresses, mappings, ..RouterState::default() }
}

/// The first connection that says something of itself, with its address and the line's properties.
async fn connection(device: &Device) -> (Option<LineConnection>, Option<IpAddr>) {
    let properties = match &device.counters {
        Some(service) => service.act("GetCommonLinkProperties").await.unwrap_or_default(),
        None => Answer::default(),
    };
    for service in &device.connections {
        let Some(status) = service.act("GetStatusInfo").await else { continue };
        let address = super::address_of(service).await;
        return (Some(read(&status, &properties)), address);
    }
    let told = (!properties.is_empty()).then(|| read(&Answer::default(), &properties));
    (told, super::address(device).await)
}

/// The values of both answers (`UPnP` `WANIPConnection:1` and `WANCommonInterfaceConfig:1`).
fn read(status: &Answer, properties: &Answer) -> LineConnection {
    let text = |answer: &Answer, name: &str| answer.get(name).filter(|text| !text.is_empty()).cloned();
    let rate = |name: &str| properties.get(name)?.parse::<u64>().ok().filter(|rate| *rate > 0);
    LineConnection {
        status: text(status, "NewConnectionStatus"),
        last_error: text(status, "NewLastConnectionError").filter(|error| error != "ERROR_NONE"),
        uptime_s: status.get("NewUptime").and_then(|uptime| uptime.parse().ok()),
        physical: text(properties, "NewPhysicalLinkStatus"),
        kind: text(properties, "NewWANAccessType"),
        down_bits_per_s: rate("NewLayer1DownstreamMaxBitRate"),
        up_bits_per_s: rate("NewLayer1UpstreamMaxBitRate"),
    }
}

/// The table of mappings, until the router says that there are no more; `None` where it does not tell the first.
async fn mappings(service: &Service) -> Option<Vec<PortMapping>> {
    let mut mappings = Vec::new();
    for index in 0..MOST_MAPPINGS {
        let argument = [("NewPortMappingIndex", index.to_string())];
        match service.ask("GetGenericPortMappingEntry", &argument).await {
            Ok(entry) => mappings.extend(mapping(&entry)),
            // "No such entry" ends the table; anything else says nothing of it.
            Err(Some(713 | 714)) => return Some(mappings),
            Err(_) => return (index > 0).then_some(mappings),
        }
    }
    Some(mappings)
}

fn mapping(entry: &Answer) -> Option<PortMapping> {
    let text = |name: &str| entry.get(name).map(|text| one_line(text, LONGEST_TEXT)).unwrap_or_default();
    let enabled = text("NewEnabled") != "0";
    let mapping = PortMapping {
        port: text("NewExternalPort").parse().ok()?,
        protocol: text("NewProtocol"),
        to: text("NewInternalClient"),
        description: text("NewPortMappingDescription"),
        lease_s: text("NewLeaseDuration").parse().unwrap_or(0),
    };
    enabled.then_some(mapping)
}

/// The hardware address of a neighbour as the system knows it.
async fn neighbour(address: Ipv4Addr) -> Option<String> {
    let told = table().await?;
    arp_table::read(&told, IpAddr::V4(address)).filter(|mac| mac != "00:00:00:00:00:00")
}

#[cfg(target_os = "linux")]
#[allow(clippy::unused_async, reason = "elsewhere a program has to be asked")]
async fn table() -> Option<String> {
    crate::bounded::read_text(std::path::Path::new("/proc/thread-self/net/arp"), 256 * 1024).ok()
}

#[cfg(target_os = "macos")]
async fn table() -> Option<String> {
    crate::command::answer("/usr/sbin/arp", &["-an"], std::time::Duration::from_secs(2)).await.ok()
}

#[cfg(windows)]
async fn table() -> Option<String> {
    crate::command::of_windows("arp.exe", &["-a"], std::time::Duration::from_secs(2)).await.ok()
}

#[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
async fn table() -> Option<String> {
    None
}

/// Who registered a hardware address; nobody did where it was made up at home.
fn vendor(mac: &str) -> Option<String> {
    let first = u8::from_str_radix(mac.get(..2)?, 16).ok()?;
    let registered = first & GROUP_OR_CHOSEN == 0 && mac.is_ascii();
    oui_data::lookup(mac).filter(|_| registered).map(|record| one_line(record.organization(), LONGEST_TEXT))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_registered_address_has_a_vendor_and_a_chosen_one_has_none() {
        assert!(vendor("c8:0e:14:aa:bb:0c").is_some_and(|vendor| vendor.starts_with("AVM")));
        assert_eq!([vendor("02:00:00:00:01:17"), vendor("ff:ff:ff:ff:ff:ff"), vendor("ä"), vendor("")], [None, None, None, None]);
    }

    #[test]
    fn what_a_router_leaves_out_or_garbles_is_absent() {
        let answer =
            |pairs: &[(&str, &str)]| pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<Answer>();
        let status = answer(&[("NewConnectionStatus", "Connected"), ("NewLastConnectionError", "ERROR_NONE"), ("NewUptime", "86400")]);
        let properties =
            answer(&[("NewPhysicalLinkStatus", "Up"), ("NewLayer1DownstreamMaxBitRate", "0"), ("NewLayer1UpstreamMaxBitRate", "-1")]);
        let line = read(&status, &properties);
        assert_eq!((line.status.as_deref(), line.last_error, line.uptime_s), (Some("Connected"), None, Some(86_400)));
        assert_eq!((line.physical.as_deref(), line.kind, line.down_bits_per_s, line.up_bits_per_s), (Some("Up"), None, None, None));
        let entry = answer(&[("NewExternalPort", "99999"), ("NewEnabled", "1")]);
        assert_eq!(mapping(&entry), None, "no such port");
        let off = answer(&[("NewExternalPort", "80"), ("NewEnabled", "0")]);
        assert_eq!(mapping(&off), None, "switched off");
    }
}
