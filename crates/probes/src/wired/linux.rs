//! Link state from sysfs, and what both ends of the cable offer from the kernel's ethtool interface.

use std::{fs, path::Path, str::FromStr, time::Duration};

use demarc_model::{Counters, Duplex, LinkState, Outcome};

use super::{ethtool::Ethtool, no_such};
use crate::bounded::read_text;

/// Where the system tells of its interfaces.
pub(super) const INTERFACES: &str = "/sys/class/net";
/// Longest wait for all that the kernel's ethtool interface tells.
const LIMIT: Duration = Duration::from_millis(1_500);

pub(super) async fn perform(interface: &str) -> Outcome {
    let name = interface.to_owned();
    // Some drivers answer a read only after asking the hardware.
    let read = tokio::task::spawn_blocking(move || read_link(Path::new(INTERFACES), &name)).await;
    let Ok(Some(mut link)) = read else { return no_such(interface) };
    let describe = async {
        if let Ok(mut ethtool) = Ethtool::open().await {
            ethtool.describe(&mut link).await;
        }
    };
    // What was told until then counts.
    let _ = tokio::time::timeout(LIMIT, describe).await;
    link.into()
}

/// The link as the folder of its interface below `root` describes it; `None` when there is no such interface.
pub(super) fn read_link(root: &Path, interface: &str) -> Option<LinkState> {
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
            late_collisions: counter("tx_window_errors"),
            // Drivers count a full adapter in one place or the other.
            receive_missed: counter("rx_missed_errors").max(counter("rx_over_errors")).max(counter("rx_fifo_errors")),
        },
        ..LinkState::default()
    })
}

fn number<T: FromStr>(path: &Path) -> Option<T> {
    read_text(path, 32).ok()?.trim().parse().ok()
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
            ("statistics/tx_window_errors", "8\n"),
            ("statistics/rx_missed_errors", "9\n"),
            ("statistics/rx_over_errors", "1\n"),
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
            late_collisions: 8,
            receive_missed: 9,
        };
        assert_eq!(
            read_link(root.path(), "eth0"),
            Some(LinkState {
                interface: "eth0".to_owned(),
                carrier: true,
                speed_mbps: Some(100),
                duplex: Some(Duplex::Half),
                carrier_changes: Some(12),
                counters,
                ..LinkState::default()
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
}
