//! This computer and the adapter that it reaches its router with.

use std::{collections::BTreeMap, net::IpAddr};

use demarc_model::Duplex;
use serde::Deserialize;

use super::{FASTEST_MBPS, tame};
use crate::address::GATEWAY;

/// `[device]`: the computer the visit runs on.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Device {
    /// Share of all cores in use, 0 to 100.
    pub cpu_percent: f64,
    /// Physical memory in MB.
    pub memory_total_mb: f64,
    /// Available memory in MB.
    pub memory_available_mb: f64,
    /// Swap in use in MB.
    pub swap_used_mb: f64,
    /// How far the clock is behind, in milliseconds.
    pub clock_offset_ms: f64,
    /// Largest packet in bytes.
    pub mtu: u16,
    /// Proxy that programs would use.
    pub proxy: Option<String>,
    /// Whether a VPN carries the default route.
    pub tunnel: bool,
    /// Name servers in the order asked.
    pub resolvers: Vec<IpAddr>,
    /// Overrides in the hosts file.
    pub hosts: BTreeMap<String, IpAddr>,
    /// Received traffic of other programs in Mbit/s.
    pub background_down_mbps: f64,
    /// Sent traffic of other programs in Mbit/s.
    pub background_up_mbps: f64,
    /// What the computer has instead of an address.
    pub addressing: Addressing,
    /// Whether there is a second adapter that is not in use.
    pub spare_adapter: bool,
    /// Whether another machine at home answers for this computer's address. Costs loss on the link in bursts.
    pub address_conflict: bool,
}

/// How the device came by its address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Addressing {
    /// From the router, with a default route.
    Dhcp,
    /// It has none.
    None,
    /// It gave itself one.
    LinkLocal,
    /// It has one but no default route.
    NoRoute,
}

impl Default for Device {
    fn default() -> Self {
        Self {
            cpu_percent: 7.0,
            memory_total_mb: 16_000.0,
            memory_available_mb: 9_300.0,
            swap_used_mb: 0.0,
            clock_offset_ms: 9.0,
            mtu: 1500,
            proxy: None,
            tunnel: false,
            resolvers: vec![GATEWAY],
            hosts: BTreeMap::new(),
            background_down_mbps: 0.03,
            background_up_mbps: 0.02,
            addressing: Addressing::Dhcp,
            spare_adapter: false,
            address_conflict: false,
        }
    }
}

/// `[link]`: the adapter that the device reaches its router with.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Link {
    /// Cable or radio.
    pub kind: LinkKind,
    /// Whether the cable carries a signal, or the radio is associated.
    pub carrier: bool,
    /// Negotiated rate of a cable in Mbit/s.
    pub speed_mbps: u32,
    /// Fastest rate of this end in Mbit/s.
    pub fastest_own_mbps: u32,
    /// Fastest rate of the other end in Mbit/s.
    pub fastest_partner_mbps: u32,
    /// Duplex of a cable.
    pub duplex: Duplex,
    /// Share of received frames that are damaged.
    pub crc_error_share: f64,
    /// Carrier changes before the visit.
    pub carrier_changes: u32,
    /// Times that the link goes down and comes back in a minute of the visit.
    pub flaps_per_minute: f64,
    /// Name of the Wi-Fi network.
    pub ssid: String,
    /// Signal in dBm.
    pub signal_dbm: f64,
    /// Noise floor in dBm.
    pub noise_dbm: f64,
    /// Centre frequency in MHz.
    pub frequency_mhz: u32,
    /// Channel width in MHz.
    pub width_mhz: u32,
    /// Rate from the access point in Mbit/s; what rate adaptation makes of the signal by default.
    pub receive_mbps: Option<f64>,
    /// Rate to the access point in Mbit/s; what rate adaptation makes of the signal by default.
    pub send_mbps: Option<f64>,
    /// Retries among packets sent; what signal, interference and the channel's load make of it by default.
    pub retry_share: Option<f64>,
    /// Share of sending attempts spoilt by something that does not keep to Wi-Fi's rules, 0 to 1.
    pub interference: f64,
    /// Share of airtime that other networks and devices take, 0 to 1.
    pub channel_busy: f64,
}

/// What the device reaches its router with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LinkKind {
    /// Ethernet.
    Wired,
    /// Wi-Fi.
    Wifi,
}

impl Default for Link {
    fn default() -> Self {
        Self {
            kind: LinkKind::Wired,
            carrier: true,
            speed_mbps: 1000,
            fastest_own_mbps: 1000,
            fastest_partner_mbps: 1000,
            duplex: Duplex::Full,
            crc_error_share: 0.0,
            carrier_changes: 2,
            flaps_per_minute: 0.0,
            ssid: "Simulated home".to_owned(),
            signal_dbm: -54.0,
            noise_dbm: -95.0,
            frequency_mhz: 5180,
            width_mhz: 80,
            receive_mbps: None,
            send_mbps: None,
            retry_share: None,
            interference: 0.0,
            channel_busy: 0.1,
        }
    }
}

impl Device {
    /// Brings every number into its range.
    pub fn bound(&mut self) {
        self.cpu_percent = tame(self.cpu_percent, 0.0, 100.0);
        self.memory_total_mb = tame(self.memory_total_mb, 64.0, 1e7);
        self.memory_available_mb = tame(self.memory_available_mb, 0.0, self.memory_total_mb);
        self.swap_used_mb = tame(self.swap_used_mb, 0.0, 1e7);
        self.clock_offset_ms = tame(self.clock_offset_ms, -1e12, 1e12);
        self.background_down_mbps = tame(self.background_down_mbps, 0.0, FASTEST_MBPS);
        self.background_up_mbps = tame(self.background_up_mbps, 0.0, FASTEST_MBPS);
        self.mtu = self.mtu.max(68);
        self.resolvers.truncate(8);
    }
}

impl Link {
    /// Brings every number into its range.
    pub fn bound(&mut self) {
        self.crc_error_share = tame(self.crc_error_share, 0.0, 1.0);
        self.interference = tame(self.interference, 0.0, 0.99);
        self.channel_busy = tame(self.channel_busy, 0.0, 0.97);
        self.retry_share = self.retry_share.map(|share| tame(share, 0.0, 1.0));
        for rate in [&mut self.receive_mbps, &mut self.send_mbps].into_iter().flatten() {
            *rate = tame(*rate, 0.0, FASTEST_MBPS);
        }
        self.flaps_per_minute = tame(self.flaps_per_minute, 0.0, 60.0);
        self.signal_dbm = tame(self.signal_dbm, -120.0, 0.0);
        self.noise_dbm = tame(self.noise_dbm, -130.0, 0.0);
    }
}
