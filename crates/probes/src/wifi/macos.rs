//! The Wi-Fi connection as `system_profiler SPAirPortDataType -json` tells it.

use demarc_model::WifiLink;
use serde_json::Value;

use crate::{
    bounded::one_line,
    json::{number, parse, rows, text},
};

#[cfg(target_os = "macos")]
pub(super) async fn perform(interface: &str) -> demarc_model::Outcome {
    use std::time::Duration;

    use demarc_model::{Outcome, Phrase};

    let arguments = ["SPAirPortDataType", "-json", "-detailLevel", "basic"];
    let failed = |detail: &str| Outcome::Failed { why: Phrase::new("failed-wifi").text("detail", detail) };
    match crate::command::answer("/usr/sbin/system_profiler", &arguments, Duration::from_secs(7)).await {
        Ok(told) => match read(&told, interface) {
            Some(Some(link)) => link.into(),
            Some(None) => Outcome::NotApplicable { why: Phrase::new("not-applicable-no-wifi").text("interface", interface) },
            None => failed("system_profiler: no answer"),
        },
        Err(detail) => failed(&detail),
    }
}

/// The interface of this name, `Some(None)` when there is none; `None` where nothing was told of Wi-Fi at all.
#[allow(clippy::option_option, reason = "no answer and no such interface are two things")]
pub fn read(told: &str, interface: &str) -> Option<Option<WifiLink>> {
    let told = parse(told)?;
    told.get("SPAirPortDataType")?;
    let mut interfaces = rows(&told, "SPAirPortDataType").flat_map(|row| rows(row, "spairport_airport_interfaces"));
    Some(interfaces.find(|row| text(row, "_name").as_deref() == Some(interface)).map(|row| link(row, interface)))
}

fn link(row: &Value, interface: &str) -> WifiLink {
    let mut link = WifiLink { interface: interface.to_owned(), ..WifiLink::default() };
    let Some(network) = row.get("spairport_current_network_information").filter(|network| network.is_object()) else { return link };
    link.connected = true;
    // Since macOS 14 whoever may know the place may know the name.
    link.ssid = text(network, "_name").filter(|name| name != "<redacted>").map(|name| one_line(&name, 32));
    link.bssid = text(network, "spairport_network_bssid").filter(|bssid| bssid != "<redacted>").map(|bssid| one_line(&bssid, 17));
    if let Some((signal, noise)) = text(network, "spairport_signal_noise").as_deref().and_then(|both| both.split_once('/')) {
        link.signal_dbm = strength(signal);
        link.noise_dbm = strength(noise);
    }
    // `36 (5GHz, 80MHz)`; older systems write `36`.
    let channel =
        text(network, "spairport_network_channel").or_else(|| number(network, "spairport_network_channel").map(|c| c.to_string()));
    if let Some(channel) = channel {
        let band = match () {
            () if channel.contains("(2GHz") => Some(super::Band::Two),
            () if channel.contains("(5GHz") => Some(super::Band::Five),
            () if channel.contains("(6GHz") => Some(super::Band::Six),
            () => None,
        };
        let digits = |text: &str| text.trim().split(|c: char| !c.is_ascii_digit()).next().and_then(|digits| digits.parse().ok());
        link.frequency_mhz = digits(&channel).and_then(|channel| super::frequency(channel, band));
        link.width_mhz = channel.split_once(',').and_then(|(_, width)| digits(width)).filter(|width| (5..=320).contains(width));
    }
    link.send_mbps = number(network, "spairport_network_rate").filter(|rate| *rate > 0).map(|rate| rate as f64);
    link
}

/// `-52 dBm`; 0 is unknown.
fn strength(text: &str) -> Option<f64> {
    text.split_ascii_whitespace().next()?.parse::<i8>().ok().filter(|dbm| *dbm < 0).map(f64::from)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const CAPTURED: &str = include_str!("../../testdata/macos/spairport.json");

    #[test]
    fn a_connection_on_six_gigahertz() {
        let link = read(CAPTURED, "en0").unwrap().unwrap();
        assert_eq!((link.connected, link.ssid, link.bssid), (true, None, None), "the name is hidden from programs");
        assert_eq!((link.signal_dbm, link.noise_dbm), (Some(-52.0), Some(-90.0)));
        assert_eq!((link.frequency_mhz, link.width_mhz), (Some(6135), Some(160)));
        assert_eq!((link.send_mbps, link.receive_mbps), (Some(1152.0), None));
    }

    #[test]
    fn a_radio_without_a_network_is_not_connected() {
        let off = r#"{"SPAirPortDataType":[{"spairport_airport_interfaces":[{"_name":"en0","spairport_status_information":"spairport_status_off"}]}]}"#;
        assert_eq!(read(off, "en0").unwrap().unwrap(), WifiLink { interface: "en0".to_owned(), ..WifiLink::default() });
        assert_eq!(read(off, "en7"), Some(None));
    }

    #[test]
    fn older_systems_tell_a_bare_channel() {
        let told = CAPTURED.replace("\"37 (6GHz, 160MHz)\"", "\"11\"").replace("\"<redacted>\"", "\"Home\\u001b[31m\"");
        let link = read(&told, "en0").unwrap().unwrap();
        assert_eq!((link.frequency_mhz, link.width_mhz, link.ssid.as_deref()), (Some(2462), None, Some("Home [31m")));
    }

    #[test]
    fn nonsense_tells_nothing() {
        for told in ["", "{}", "[]", "7", "\u{0}"] {
            assert_eq!(read(told, "en0"), None, "{told:?}");
        }
        for length in (0..CAPTURED.len()).step_by(7) {
            let _ = CAPTURED.get(..length).and_then(|cut| read(cut, "en0"));
        }
        for hostile in ["\"999999999999999999999 (6GHz, 99999999999MHz)\"", "{}", "-1", "\"()\"", "\",,,\""] {
            let link = read(&CAPTURED.replace("\"37 (6GHz, 160MHz)\"", hostile), "en0").unwrap().unwrap();
            assert_eq!((link.frequency_mhz, link.width_mhz), (None, None), "{hostile}");
        }
    }
}
