//! A link as Windows' own management interface tells it, by PowerShell in JSON.

use demarc_model::{Counters, Duplex, LinkState};
use serde_json::Value;

use crate::json::{number, parse, rows, text};

#[cfg(windows)]
pub(super) async fn perform(interface: &str) -> demarc_model::Outcome {
    use std::time::Duration;

    use demarc_model::{Outcome, Phrase};

    match crate::command::powershell(SCRIPT, Duration::from_secs(7)).await {
        Ok(told) => match read(&told, interface) {
            Some(Some(link)) => link.into(),
            Some(None) => super::no_such(interface),
            None => Outcome::Failed { why: Phrase::new("failed-network").text("detail", "powershell: no answer") },
        },
        Err(detail) => Outcome::Failed { why: Phrase::new("failed-network").text("detail", detail) },
    }
}

/// All adapters are told and one is picked from the answer: no name becomes part of a script.
#[cfg(windows)]
const SCRIPT: &str = "ConvertTo-Json -Compress -Depth 3 -InputObject @{\
    adapters=@(Get-NetAdapter|Select-Object Name,MediaConnectState,MediaDuplexState,ReceiveLinkSpeed,TransmitLinkSpeed);\
    modes=@(Get-NetAdapterAdvancedProperty -RegistryKeyword '*SpeedDuplex'|Select-Object Name,RegistryValue,ValidRegistryValues);\
    counters=@(Get-NetAdapterStatistics|Select-Object Name,ReceivedUnicastPackets,ReceivedMulticastPackets,ReceivedBroadcastPackets,\
    SentUnicastPackets,SentMulticastPackets,SentBroadcastPackets,ReceivedPacketErrors,OutboundPacketErrors,ReceivedDiscardedPackets)}";

/// The adapter of this name, `Some(None)` when there is none; `None` where nothing was told at all.
#[allow(clippy::option_option, reason = "no answer and no such adapter are two things")]
pub fn read(told: &str, interface: &str) -> Option<Option<LinkState>> {
    let told = parse(told)?;
    told.get("adapters")?;
    let named = |key: &str| rows(&told, key).find(|row| text(row, "Name").as_deref() == Some(interface));
    let Some(adapter) = named("adapters") else { return Some(None) };
    let carrier = number(adapter, "MediaConnectState") == Some(1);
    Some(Some(LinkState {
        interface: interface.to_owned(),
        carrier,
        speed_mbps: speed(adapter).filter(|_| carrier),
        duplex: match number(adapter, "MediaDuplexState") {
            Some(1) if carrier => Some(Duplex::Half),
            Some(2) if carrier => Some(Duplex::Full),
            _ => None,
        },
        fastest_own_mbps: named("modes").and_then(fastest_own),
        fastest_partner_mbps: None,
        carrier_changes: None,
        counters: named("counters").map(counters).unwrap_or_default(),
        ..LinkState::default()
    }))
}

/// Told in bit/s; what is unknown reads as 0 or as the largest number.
fn speed(adapter: &Value) -> Option<u32> {
    let rates = ["ReceiveLinkSpeed", "TransmitLinkSpeed"].into_iter().filter_map(|key| number(adapter, key));
    let megabits = rates.map(|rate| rate / 1_000_000).filter(|rate| (1..=10_000_000).contains(rate)).min()?;
    u32::try_from(megabits).ok()
}

/// The fastest of the modes that the driver offers, or the only one it may use. The numbers are the same for all drivers
/// (`*SpeedDuplex`, "Standardized INF keywords"), but for some between 1 and 10 Gbit/s.
fn fastest_own(row: &Value) -> Option<u32> {
    const CHOSEN_BY_BOTH_ENDS: u64 = 0;
    let value = |value: &Value| value.as_u64().or_else(|| value.as_str()?.trim().parse().ok());
    let set = rows(row, "RegistryValue").find_map(value)?;
    if set != CHOSEN_BY_BOTH_ENDS {
        return mode(set);
    }
    rows(row, "ValidRegistryValues").filter_map(value).filter_map(mode).max()
}

fn mode(value: u64) -> Option<u32> {
    match value {
        1 | 2 => Some(10),
        3 | 4 => Some(100),
        5 | 6 => Some(1_000),
        7 => Some(10_000),
        8 => Some(20_000),
        9 => Some(40_000),
        10 => Some(100_000),
        2_500 => Some(2_500),
        5_000 => Some(5_000),
        _ => None,
    }
}

fn counters(row: &Value) -> Counters {
    let count = |key: &str| number(row, key).unwrap_or(0);
    let sum = |keys: [&str; 3]| keys.into_iter().fold(0, |sum: u64, key| sum.saturating_add(count(key)));
    Counters {
        received: sum(["ReceivedUnicastPackets", "ReceivedMulticastPackets", "ReceivedBroadcastPackets"]),
        sent: sum(["SentUnicastPackets", "SentMulticastPackets", "SentBroadcastPackets"]),
        receive_errors: count("ReceivedPacketErrors"),
        send_errors: count("OutboundPacketErrors"),
        receive_dropped: count("ReceivedDiscardedPackets"),
        ..Counters::default()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const CAPTURED: &str = include_str!("../../testdata/windows/link.json");

    fn ethernet(told: &str) -> LinkState {
        read(told, "Ethernet").unwrap().unwrap()
    }

    #[test]
    fn a_gigabit_card_that_runs_at_a_hundred_megabits() {
        let link = ethernet(CAPTURED);
        assert_eq!((link.carrier, link.speed_mbps, link.duplex), (true, Some(100), Some(Duplex::Full)));
        assert_eq!((link.fastest_own_mbps, link.fastest_partner_mbps, link.carrier_changes), (Some(1_000), None, None));
        let counters = Counters { received: 1_513_020, sent: 801_233, receive_errors: 41, receive_dropped: 3, ..Counters::default() };
        assert_eq!(link.counters, counters);
    }

    #[test]
    fn a_card_that_was_set_to_one_mode_can_do_that_mode_only() {
        assert_eq!(ethernet(&CAPTURED.replace("[\"0\"]", "[\"4\"]")).fastest_own_mbps, Some(100));
        assert_eq!(ethernet(&CAPTURED.replace("\"6\"]", "\"6\",\"2500\"]")).fastest_own_mbps, Some(2_500));
    }

    #[test]
    fn without_carrier_there_is_no_speed() {
        let link = ethernet(&CAPTURED.replace("\"MediaConnectState\":1", "\"MediaConnectState\":2"));
        assert_eq!((link.carrier, link.speed_mbps, link.duplex), (false, None, None));
        let unknown = CAPTURED.replace(":100000000", ":18446744073709551615");
        assert_eq!(ethernet(&unknown).speed_mbps, None);
    }

    #[test]
    fn nonsense_is_no_link() {
        for told in ["", "{}", "[]", "null", "\u{0}"] {
            assert_eq!(read(told, "Ethernet"), None, "{told:?}");
        }
        assert_eq!(read(CAPTURED, "eth0';Remove-Item"), Some(None));
        for length in (0..CAPTURED.len()).step_by(7) {
            let _ = CAPTURED.get(..length).and_then(|cut| read(cut, "Ethernet"));
        }
    }
}
