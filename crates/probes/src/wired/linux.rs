//! Link state from sysfs, and what both ends of the cable offer from the kernel's ethtool interface.

use std::{fs, path::Path, str::FromStr, time::Duration};

use demarc_model::{Counters, Duplex, LinkState, Outcome};
use ethtool::{EthtoolAttr, EthtoolLinkModeAttr};
use futures_util::StreamExt as _;

use super::{fastest, no_such};
use crate::bounded::read_text;

/// Longest wait for the kernel's answer about link modes; some drivers ask the hardware.
const LIMIT: Duration = Duration::from_secs(1);

pub(super) async fn perform(interface: &str) -> Outcome {
    let name = interface.to_owned();
    // Some drivers answer a read only after asking the hardware.
    let read = tokio::task::spawn_blocking(move || read_link(Path::new("/sys/class/net"), &name)).await;
    let Ok(Some(mut link)) = read else { return no_such(interface) };
    if let Ok(Some((own, partner))) = tokio::time::timeout(LIMIT, link_modes(interface)).await {
        link.fastest_own_mbps = own;
        link.fastest_partner_mbps = partner;
    }
    link.into()
}

/// The link as the folder of its interface below `root` describes it; `None` when there is no such interface.
fn read_link(root: &Path, interface: &str) -> Option<LinkState> {
    let folder = root.join(interface);
    if !fs::metadata(&folder).ok()?.is_dir() {
        return None;
    }
    let counter = |name: &str| number(&folder.join("statistics").join(name)).unwrap_or(0);
    Some(LinkState {
        interface: interface.to_owned(),
        // Reading fails while the interface is switched off.
        carrier: number::<u8>(&folder.join("carrier")) == Some(1),
        // Unknown speeds read as -1, as 0 or as the largest number; or reading fails.
        speed_mbps: number::<u32>(&folder.join("speed")).filter(|speed| (1..=10_000_000).contains(speed)),
        duplex: match read_text(&folder.join("duplex"), 32).unwrap_or_default().trim() {
            "full" => Some(Duplex::Full),
            "half" => Some(Duplex::Half),
            _ => None,
        },
        fastest_own_mbps: None,
        fastest_partner_mbps: None,
        carrier_changes: number(&folder.join("carrier_changes")),
        counters: Counters {
            received: counter("rx_packets"),
            sent: counter("tx_packets"),
            receive_errors: counter("rx_errors"),
            send_errors: counter("tx_errors"),
            crc_errors: counter("rx_crc_errors"),
            frame_errors: counter("rx_frame_errors"),
            collisions: counter("collisions"),
            receive_dropped: counter("rx_dropped"),
        },
    })
}

fn number<T: FromStr>(path: &Path) -> Option<T> {
    read_text(path, 32).ok()?.trim().parse().ok()
}

/// The fastest rates that this end and its partner advertise, in Mbit/s.
async fn link_modes(interface: &str) -> Option<(Option<u32>, Option<u32>)> {
    let (connection, mut handle, _) = ethtool::new_connection().ok()?;
    let ask = async {
        let mut answers = std::pin::pin!(handle.link_mode().get(Some(interface)).execute().await.ok()?);
        let answer = answers.next().await?.ok()?;
        Some(advertised(&answer.payload.nlas))
    };
    tokio::select! {
        modes = ask => modes,
        () = connection => None,
    }
}

fn advertised(attributes: &[EthtoolAttr]) -> (Option<u32>, Option<u32>) {
    let mut rates = (None, None);
    for attribute in attributes {
        match attribute {
            EthtoolAttr::LinkMode(EthtoolLinkModeAttr::Ours(modes)) => rates.0 = fastest(modes.iter().map(String::as_str)),
            EthtoolAttr::LinkMode(EthtoolLinkModeAttr::Peer(modes)) => rates.1 = fastest(modes.iter().map(String::as_str)),
            _ => {}
        }
    }
    rates
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn interface(files: &[(&str, &str)]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("eth0");
        fs::create_dir_all(folder.join("statistics")).unwrap();
        for (name, text) in files {
            fs::write(folder.join(name), text).unwrap();
        }
        root
    }

    #[test]
    fn every_file_has_its_field() {
        let root = interface(&[
            ("carrier", "1\n"),
            ("speed", "100\n"),
            ("duplex", "half\n"),
            ("carrier_changes", "12\n"),
            ("statistics/rx_packets", "1000\n"),
            ("statistics/tx_packets", "900\n"),
            ("statistics/rx_errors", "7\n"),
            ("statistics/tx_errors", "6\n"),
            ("statistics/rx_crc_errors", "5\n"),
            ("statistics/rx_frame_errors", "4\n"),
            ("statistics/collisions", "3\n"),
            ("statistics/rx_dropped", "2\n"),
        ]);
        let counters = Counters {
            received: 1000,
            sent: 900,
            receive_errors: 7,
            send_errors: 6,
            crc_errors: 5,
            frame_errors: 4,
            collisions: 3,
            receive_dropped: 2,
        };
        assert_eq!(
            read_link(root.path(), "eth0"),
            Some(LinkState {
                interface: "eth0".to_owned(),
                carrier: true,
                speed_mbps: Some(100),
                duplex: Some(Duplex::Half),
                fastest_own_mbps: None,
                fastest_partner_mbps: None,
                carrier_changes: Some(12),
                counters
            })
        );
    }

    #[test]
    fn what_the_driver_does_not_know_is_absent() {
        for (speed, duplex, carrier) in
            [("-1\n", "unknown\n", "0\n"), ("4294967295\n", "", ""), ("0\n", "quarter", "yes"), ("\u{0}", "\u{0}", "9999")]
        {
            let root = interface(&[("speed", speed), ("duplex", duplex), ("carrier", carrier)]);
            let link = read_link(root.path(), "eth0").unwrap();
            assert_eq!((link.speed_mbps, link.duplex, link.carrier), (None, None, false));
            assert_eq!(link.counters, Counters::default());
        }
    }

    #[test]
    fn an_interface_that_does_not_exist_is_no_link() {
        assert_eq!(read_link(interface(&[]).path(), "eth1"), None);
    }

    #[test]
    fn both_ends_offers_are_read() {
        let modes = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let attributes = [
            EthtoolAttr::LinkMode(EthtoolLinkModeAttr::Autoneg(true)),
            EthtoolAttr::LinkMode(EthtoolLinkModeAttr::Ours(modes(&["100baseT/Full", "1000baseT/Full", "TP"]))),
            EthtoolAttr::LinkMode(EthtoolLinkModeAttr::Peer(modes(&["10baseT/Half", "100baseT/Full"]))),
        ];
        assert_eq!(advertised(&attributes), (Some(1000), Some(100)));
        assert_eq!(advertised(&attributes[..1]), (None, None));
    }
}
