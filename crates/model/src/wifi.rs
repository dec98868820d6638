//! The radio link: how it is, who else is on the air, and what it did over a while.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// State of a Wi-Fi connection.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct WifiLink {
    /// Interface name.
    pub interface: String,
    /// Whether it is associated with an access point.
    pub connected: bool,
    /// Network name.
    #[serde(default)]
    pub ssid: Option<String>,
    /// The access point's hardware address.
    #[serde(default)]
    pub bssid: Option<String>,
    /// Signal strength in dBm.
    #[serde(default)]
    pub signal_dbm: Option<f64>,
    /// Noise floor in dBm.
    #[serde(default)]
    pub noise_dbm: Option<f64>,
    /// Centre frequency in MHz.
    #[serde(default)]
    pub frequency_mhz: Option<u32>,
    /// Channel width in MHz.
    #[serde(default)]
    pub width_mhz: Option<u32>,
    /// Rate from the access point in Mbit/s.
    #[serde(default)]
    pub receive_mbps: Option<f64>,
    /// Rate to the access point in Mbit/s.
    #[serde(default)]
    pub send_mbps: Option<f64>,
    /// Packets sent since connected.
    #[serde(default)]
    #[ts(type = "number | null")]
    pub sent_packets: Option<u64>,
    /// Retries since connected.
    #[serde(default)]
    #[ts(type = "number | null")]
    pub retries: Option<u64>,
    /// Packets given up since connected.
    #[serde(default)]
    #[ts(type = "number | null")]
    pub failed: Option<u64>,
    /// Beacons missed since connected.
    #[serde(default)]
    #[ts(type = "number | null")]
    pub beacons_lost: Option<u64>,
    /// Packets received since connected.
    #[serde(default)]
    #[ts(type = "number | null")]
    pub received_packets: Option<u64>,
    /// For how long it has been connected, in seconds.
    #[serde(default)]
    pub connected_s: Option<u32>,
    /// The newest generation of Wi-Fi that the rates belong to: 4 (802.11n), 5 (ac), 6 (ax), 7 (be); 3 for anything older.
    #[serde(default)]
    pub generation: Option<u8>,
    /// Whether the adapter sleeps between packets.
    #[serde(default)]
    pub power_save: Option<bool>,
    /// Share of its time, 0 to 1, that the channel was busy, with others' traffic and with this computer's own.
    #[serde(default)]
    pub busy_share: Option<f64>,
}

/// A part of the spectrum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Band {
    /// 2.4 GHz.
    Two,
    /// 5 GHz.
    Five,
    /// 6 GHz.
    Six,
}

/// The band and the number of the channel of 20 MHz at this frequency in MHz (IEEE 802.11); `None` for other frequencies.
pub fn channel(frequency_mhz: u32) -> Option<(Band, u32)> {
    match frequency_mhz {
        2_484 => Some((Band::Two, 14)),
        2_412..=2_472 if (frequency_mhz - 2_407).is_multiple_of(5) => Some((Band::Two, (frequency_mhz - 2_407) / 5)),
        5_160..=5_885 if frequency_mhz.is_multiple_of(5) => Some((Band::Five, (frequency_mhz - 5_000) / 5)),
        5_955..=7_115 if frequency_mhz.is_multiple_of(5) => Some((Band::Six, (frequency_mhz - 5_950) / 5)),
        _ => None,
    }
}

/// Networks on the air, as the adapter last heard them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct WifiNeighbours {
    /// Interface name.
    pub interface: String,
    /// One entry for each access point, at most 128, this computer's own among them.
    pub networks: Vec<WifiNetwork>,
    /// What the adapter knows of channels, at most 64.
    #[serde(default)]
    pub channels: Vec<ChannelUse>,
}

/// One access point.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct WifiNetwork {
    /// Network name; absent where it is hidden.
    #[serde(default)]
    pub ssid: Option<String>,
    /// Hardware address.
    pub bssid: String,
    /// Frequency of its main channel in MHz.
    pub frequency_mhz: u32,
    /// Width of its channel in MHz, where it told.
    #[serde(default)]
    pub width_mhz: Option<u32>,
    /// Signal in dBm.
    #[serde(default)]
    pub signal_dbm: Option<f64>,
    /// How long ago it was heard, in milliseconds.
    #[serde(default)]
    pub heard_ms_ago: Option<u32>,
    /// Share of its time, 0 to 1, that the access point finds its channel busy (BSS Load).
    #[serde(default)]
    pub busy_share: Option<f64>,
    /// How many devices it serves.
    #[serde(default)]
    pub stations: Option<u16>,
    /// Whether this computer uses it.
    pub ours: bool,
}

/// One channel of 20 MHz.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct ChannelUse {
    /// Frequency in MHz.
    pub frequency_mhz: u32,
    /// Noise in dBm.
    #[serde(default)]
    pub noise_dbm: Option<f64>,
    /// Share of its time, 0 to 1, that it was busy.
    #[serde(default)]
    pub busy_share: Option<f64>,
}

/// The radio link over a while.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct WifiWatch {
    /// Interface name.
    pub interface: String,
    /// How long was watched, in milliseconds.
    pub watched_ms: f64,
    /// What it was like, at most 600.
    pub samples: Vec<WifiSample>,
    /// What happened, at most 64.
    pub events: Vec<WifiEvent>,
    /// Packets sent meanwhile.
    #[serde(default)]
    #[ts(type = "number | null")]
    pub sent_packets: Option<u64>,
    /// Those sent again.
    #[serde(default)]
    #[ts(type = "number | null")]
    pub retries: Option<u64>,
    /// Those given up.
    #[serde(default)]
    #[ts(type = "number | null")]
    pub failed: Option<u64>,
    /// Beacons missed.
    #[serde(default)]
    #[ts(type = "number | null")]
    pub beacons_lost: Option<u64>,
}

/// The radio link at one moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct WifiSample {
    /// When, in milliseconds from the beginning on.
    pub at_ms: f64,
    /// Signal in dBm; absent while there is no connection.
    #[serde(default)]
    pub signal_dbm: Option<f64>,
    /// Rate of the slower direction in Mbit/s.
    #[serde(default)]
    pub mbps: Option<f64>,
}

/// Something that happened to the link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct WifiEvent {
    /// When, in whole milliseconds from the beginning on.
    #[ts(type = "number")]
    pub at_ms: u64,
    /// What.
    pub kind: WifiEventKind,
    /// The reason that was given (IEEE 802.11 table of reason codes).
    #[serde(default)]
    pub reason: Option<u16>,
}

/// What can happen to a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
pub enum WifiEventKind {
    /// It was made.
    Connected,
    /// It moved to another access point.
    Roamed,
    /// It was lost.
    Disconnected,
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(2_412, Some((Band::Two, 1)))]
    #[case(2_484, Some((Band::Two, 14)))]
    #[case(5_180, Some((Band::Five, 36)))]
    #[case(5_825, Some((Band::Five, 165)))]
    #[case(5_955, Some((Band::Six, 1)))]
    #[case(2_413, None)]
    #[case(0, None)]
    #[case(u32::MAX, None)]
    fn frequencies_have_their_channel(#[case] frequency: u32, #[case] found: Option<(Band, u32)>) {
        assert_eq!(channel(frequency), found);
    }
}
