//! State and counters of one interface's link.

use demarc_model::{Outcome, Phrase};

#[cfg(target_os = "linux")]
use linux as os;
#[cfg(target_os = "macos")]
use macos as os;
#[cfg(windows)]
use windows as os;

#[cfg(target_os = "linux")]
pub(crate) mod cable_test;
#[cfg(target_os = "linux")]
pub(crate) mod ethtool;
#[cfg(target_os = "linux")]
mod linux;
pub mod macos;
pub mod windows;

/// Carrier, speed, duplex and error counters of an interface, whatever its kind.
pub(crate) async fn perform(interface: &str) -> Outcome {
    if !is_name(interface) {
        return no_such(interface);
    }
    #[cfg(any(target_os = "linux", target_os = "macos", windows))]
    return os::perform(interface).await;
    #[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
    return crate::not_here();
}

/// The adapter's own test of the wires, while which the link is down.
pub(crate) async fn cable_test(interface: &str) -> Outcome {
    if !is_name(interface) {
        return no_such(interface);
    }
    #[cfg(target_os = "linux")]
    return cable_test::perform(interface).await;
    #[cfg(not(target_os = "linux"))]
    return crate::not_here();
}

fn no_such(interface: &str) -> Outcome {
    Outcome::Failed { why: Phrase::new("failed-no-interface").text("interface", interface) }
}

/// Whether this could be an interface's name; a name becomes part of a path.
pub(crate) fn is_name(name: &str) -> bool {
    !name.is_empty() && name.len() <= 127 && !name.starts_with('.') && !name.contains(|c: char| c == '/' || c == '\\' || c.is_control())
}

/// The fastest of some link modes (`1000baseT/Full`, `10Gbase-T`), in Mbit/s; modes such as `Pause` have no rate.
fn fastest<'a>(modes: impl IntoIterator<Item = &'a str>) -> Option<u32> {
    let rate = |mode: &str| {
        let (rate, _) = mode.split_once("base").or_else(|| mode.split_once("Base"))?;
        match rate.strip_suffix('G') {
            Some(gigabits) => gigabits.parse::<u32>().ok()?.checked_mul(1_000),
            None => rate.parse().ok(),
        }
    };
    modes.into_iter().filter_map(rate).max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fastest_mode_counts_and_words_without_a_rate_do_not() {
        assert_eq!(fastest(["Autoneg", "TP", "10baseT/Half", "100baseT/Full", "1000baseT/Full", "Pause"]), Some(1000));
        assert_eq!(fastest(["2500baseX/Full", "100000baseKR4/Full"]), Some(100_000));
        assert_eq!(fastest(["1000baseT", "10GbaseT", "2500Base-T", "9999999999Gbase"]), Some(10_000));
        for modes in [vec![], vec!["TP", "MII"], vec!["base", "-1baseT", "99999999999baseT/Full"]] {
            assert_eq!(fastest(modes), None);
        }
    }

    #[test]
    fn a_name_cannot_leave_its_folder() {
        for name in ["", ".", "..", "../../etc", "a/b", "a\\b", "a\0", &"x".repeat(200)] {
            assert!(!is_name(name), "{name:?}");
        }
        assert!(is_name("enp3s0") && is_name("eth0.100") && is_name("br-1234"));
    }
}
