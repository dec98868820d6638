//! The Wi-Fi connection as `netsh wlan show interfaces` tells it. Its labels follow the user's language, so that lines are told by their
//! place and form: behind the access point's address come the channel and both rates as bare numbers, then the signal in percent.

use demarc_model::WifiLink;

use crate::bounded::one_line;

/// Most adapters and lines of one looked at.
const MOST_BLOCKS: usize = 256;
const MOST_ADAPTERS: usize = 16;
const MOST_LINES: usize = 64;

#[cfg(windows)]
pub(super) async fn perform(interface: &str) -> demarc_model::Outcome {
    use std::time::Duration;

    use demarc_model::{Outcome, Phrase};

    match crate::command::of_windows("netsh.exe", &["wlan", "show", "interfaces"], Duration::from_secs(4)).await {
        // Since Windows 11 24H2 whoever may know the place may know the network.
        Ok(told) if told.contains("ms-settings:privacy-location") => Outcome::Blocked { why: Phrase::new("blocked-wifi-location") },
        Ok(told) => match read(&told, interface) {
            Some(link) => link.into(),
            None => Outcome::NotApplicable { why: Phrase::new("not-applicable-no-wifi").text("interface", interface) },
        },
        Err(detail) => Outcome::Failed { why: Phrase::new("failed-wifi").text("detail", detail) },
    }
}

/// The adapter of this name; `None` when there is none.
pub fn read(told: &str, interface: &str) -> Option<WifiLink> {
    let adapters = adapters(told);
    let named = adapters.iter().find(|lines| lines.first().is_some_and(|(_, name)| *name == interface));
    // Letters of other scripts arrive damaged from an old code page; a single adapter is known all the same.
    let only = adapters.first().filter(|_| adapters.len() == 1 && !interface.is_ascii());
    Some(link(named.or(only)?, interface))
}

/// `label : value` lines of each adapter. Every adapter begins with its name behind an empty line, and has a GUID.
fn adapters(told: &str) -> Vec<Vec<(&str, &str)>> {
    let mut blocks: Vec<Vec<(&str, &str)>> = vec![Vec::new()];
    for line in told.lines() {
        if line.trim().is_empty() {
            if blocks.last().is_some_and(|lines| !lines.is_empty()) && blocks.len() < MOST_BLOCKS {
                blocks.push(Vec::new());
            }
        } else if let Some((label, value)) = line.split_once(" : ").or_else(|| line.trim_end().split_once(" :"))
            && let Some(lines) = blocks.last_mut().filter(|lines| lines.len() < MOST_LINES)
        {
            lines.push((label.trim(), value.trim()));
        }
    }
    blocks.retain(|lines| lines.iter().any(|(label, _)| *label == "GUID"));
    blocks.truncate(MOST_ADAPTERS);
    blocks
}

fn link(lines: &[(&str, &str)], interface: &str) -> WifiLink {
    let mut link = WifiLink { interface: interface.to_owned(), ..WifiLink::default() };
    // Without a connection there is no such line.
    let Some(at) = lines.iter().position(|(label, _)| label.ends_with("BSSID")) else { return link };
    let (before, since) = lines.split_at(at);
    link.connected = true;
    link.bssid = since.first().map(|(_, bssid)| one_line(bssid, 17).replace('-', ":").to_ascii_lowercase());
    link.ssid = before.iter().find(|(label, _)| *label == "SSID").map(|(_, ssid)| one_line(ssid, 32)).filter(|ssid| !ssid.is_empty());

    let end = since.iter().position(|(_, value)| percent(value).is_some()).unwrap_or(since.len());
    let (until, rest) = since.split_at(end);
    link.signal_dbm = rest.iter().find(|(label, _)| label.eq_ignore_ascii_case("rssi")).and_then(|(_, value)| strength(value));
    link.signal_dbm = link.signal_dbm.or_else(|| rest.first().and_then(|(_, value)| percent(value)).map(from_quality));
    let numbers: Vec<f64> = until.iter().filter_map(|(_, value)| number(value)).collect();
    if let [channel, receive, send] = numbers.as_slice() {
        let band = until.iter().find_map(|(_, value)| band(value));
        link.frequency_mhz = super::frequency(*channel as u32, band);
        link.receive_mbps = Some(*receive).filter(|rate| *rate > 0.0);
        link.send_mbps = Some(*send).filter(|rate| *rate > 0.0);
    }
    link
}

/// A bare number, with the comma of some languages.
fn number(value: &str) -> Option<f64> {
    let plain = !value.is_empty() && value.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ','));
    value.replace(',', ".").parse().ok().filter(|number: &f64| plain && number.is_finite())
}

fn percent(value: &str) -> Option<f64> {
    number(value.strip_suffix('%')?.trim_end()).filter(|share| *share <= 100.0)
}

fn strength(value: &str) -> Option<f64> {
    value.parse::<i8>().ok().filter(|dbm| *dbm < 0).map(f64::from)
}

/// Windows' signal quality runs from 0 at -100 dBm to 100 at -50 dBm (`WLAN_ASSOCIATION_ATTRIBUTES`).
fn from_quality(percent: f64) -> f64 {
    percent / 2.0 - 100.0
}

/// `5 GHz`, `2,4 GHz`; the unit may be in another script.
fn band(value: &str) -> Option<super::Band> {
    match value.split_ascii_whitespace().next()? {
        "2.4" | "2,4" if value.contains(' ') => Some(super::Band::Two),
        "5" if value.contains(' ') => Some(super::Band::Five),
        "6" if value.contains(' ') => Some(super::Band::Six),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const ENGLISH: &str = include_str!("../../testdata/windows/netsh-wlan-en.txt");
    const GERMAN: &str = include_str!("../../testdata/windows/netsh-wlan-de.txt");
    const RUSSIAN: &str = include_str!("../../testdata/windows/netsh-wlan-ru.txt");
    const DISCONNECTED: &str = include_str!("../../testdata/windows/netsh-wlan-disconnected.txt");

    #[test]
    fn windows_10_tells_a_quality() {
        let link = read(ENGLISH, "Wi-Fi").unwrap();
        assert_eq!((link.connected, link.ssid.as_deref(), link.bssid.as_deref()), (true, Some("50%"), Some("a0:b1:c2:d3:e4:f5")));
        assert_eq!((link.signal_dbm, link.noise_dbm), (Some(-64.0), None));
        assert_eq!((link.frequency_mhz, link.receive_mbps, link.send_mbps), (Some(5180), Some(866.7), Some(780.0)));
        assert_eq!(read(ENGLISH, "Wi-Fi 2").map(|link| link.connected), Some(false));
        assert_eq!(read(ENGLISH, "Ethernet"), None);
    }

    #[test]
    fn windows_11_tells_the_strength_in_any_language() {
        let link = read(GERMAN, "WLAN").unwrap();
        assert_eq!((link.signal_dbm, link.frequency_mhz), (Some(-59.0), Some(5975)));
        assert_eq!((link.receive_mbps, link.send_mbps), (Some(1201.0), Some(960.7)));
        let link = read(RUSSIAN, "Беспроводная сеть").unwrap();
        assert_eq!((link.connected, link.signal_dbm, link.frequency_mhz), (true, Some(-57.5), Some(2437)));
        assert_eq!((link.receive_mbps, link.send_mbps), (Some(144.4), Some(72.2)));
    }

    #[test]
    fn an_adapter_without_a_connection_says_so() {
        let link = read(DISCONNECTED, "WLAN").unwrap();
        assert_eq!(link, WifiLink { interface: "WLAN".to_owned(), ..WifiLink::default() });
    }

    #[test]
    fn nonsense_is_no_connection() {
        for told in ["", " : ", "GUID : x", "\u{0}", "There is no wireless interface on the system.\r\n"] {
            assert_eq!(read(told, "WLAN"), None, "{told:?}");
        }
        for length in (0..GERMAN.len()).step_by(7) {
            let _ = GERMAN.get(..length).and_then(|cut| read(cut, "WLAN"));
        }
        let odd =
            "\n  Name : WLAN\n  GUID : 1\n  BSSID : x\n  Channel : 99999999999\n  a : 1..2\n  b : ,\n  c : 1\n  d : 2\n  Signal : 900%\n";
        let link = read(odd, "WLAN").unwrap();
        assert_eq!((link.signal_dbm, link.frequency_mhz), (None, None));
    }
}
