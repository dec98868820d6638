//! What a household file can say. Everything has the value of a healthy fibre home unless the file says otherwise, and every
//! number is brought into a range that the simulation can bear.

use std::{collections::BTreeMap, net::IpAddr};

use demarc_model::Duplex;
use serde::Deserialize;

use crate::address::GATEWAY;

/// Longest delay of any kind, in milliseconds.
const LONGEST_MS: f64 = 10_000.0;
/// Longest memory of a burst of loss, in milliseconds.
const LONGEST_BURST_MS: f64 = 60_000.0;
/// Fastest rate, in Mbit/s.
const FASTEST_MBPS: f64 = 100_000.0;
/// Slowest rate, in Mbit/s.
const SLOWEST_MBPS: f64 = 0.01;

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
    /// Rate from the access point in Mbit/s.
    pub receive_mbps: f64,
    /// Rate to the access point in Mbit/s.
    pub send_mbps: f64,
    /// Retries among packets sent.
    pub retry_share: f64,
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
            receive_mbps: 780.0,
            send_mbps: 650.0,
            retry_share: 0.05,
        }
    }
}

/// `[router]`: the home gateway itself. Its queue towards the line is `[path.router]`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Router {
    /// Whether it answers echo requests.
    pub answers_ping: bool,
    /// Time its own answers take, in milliseconds.
    pub answer_ms: f64,
    /// Time its name forwarder takes, in milliseconds.
    pub forwarder_ms: f64,
}

impl Default for Router {
    fn default() -> Self {
        Self { answers_ping: true, answer_ms: 0.25, forwarder_ms: 0.6 }
    }
}

/// `[dns]`: health of the name servers.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Dns {
    /// The router's forwarder. It passes questions on to the provider's resolver.
    pub router: DnsHealth,
    /// The provider's resolver.
    pub provider: DnsHealth,
    /// Every resolver in other networks.
    pub public: DnsHealth,
    /// Additional time of a slow one, in milliseconds.
    pub slow_ms: f64,
}

/// Health of a name server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DnsHealth {
    /// Answers.
    Ok,
    /// Says nothing.
    Dead,
    /// Answers that it failed.
    Servfail,
    /// Refuses to answer.
    Refused,
    /// Answers that no name exists.
    Nxdomain,
    /// Answers late.
    Slow,
}

impl Default for Dns {
    fn default() -> Self {
        Self { router: DnsHealth::Ok, provider: DnsHealth::Ok, public: DnsHealth::Ok, slow_ms: 1_400.0 }
    }
}

/// IPv6 of the home.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ipv6 {
    /// There is none.
    Absent,
    /// It works.
    #[default]
    Ok,
    /// There are an address and a route, and packets vanish behind the router.
    Broken,
}

/// `[service]`: the server at the end. The way to it is `[path.service]`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Service {
    /// HTTP status.
    pub status: u16,
    /// Time to the first byte of an answer, in milliseconds.
    pub first_byte_ms: f64,
    /// Whether it refuses connections.
    pub refuses: bool,
    /// Whether it answers echo requests.
    pub answers_ping: bool,
}

impl Default for Service {
    fn default() -> Self {
        Self { status: 200, first_byte_ms: 14.0, refuses: false, answers_ping: true }
    }
}

/// `[hops]`: how routers on the way treat probes that expire at them or are addressed to them.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Hops {
    /// Never answer.
    pub silent: Vec<HopName>,
    /// Answer once in a while only.
    pub limited: Vec<HopName>,
    /// Time between two answers of a limited one, in milliseconds.
    pub answer_every_ms: f64,
    /// Answer late, though they forward in time.
    pub slow: Vec<HopName>,
    /// How late at most, in milliseconds.
    pub slow_ms: f64,
}

/// A place that can answer on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HopName {
    /// The home router.
    Gateway,
    /// The provider's first hop.
    FirstHop,
    /// A router inside the provider's network.
    Core,
    /// The provider's side of the border.
    BorderNear,
    /// The other side of the border.
    BorderFar,
    /// The service network's inner router.
    Edge,
    /// Where packets were sent.
    Destination,
}

impl Default for Hops {
    fn default() -> Self {
        Self { silent: Vec::new(), limited: Vec::new(), answer_every_ms: 1_700.0, slow: Vec::new(), slow_ms: 60.0 }
    }
}

/// `[plan]`: what the contract promises, in Mbit/s. The line's own rates by default.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Promise {
    /// Towards the home.
    pub down_mbps: Option<f64>,
    /// From the home.
    pub up_mbps: Option<f64>,
}

macro_rules! stretch {
    ($($(#[doc = $doc:literal])* $field:ident $low:expr, $high:expr;)*) => {
        /// One stretch of the path, measured there and back.
        #[derive(Debug, Clone, Copy, PartialEq)]
        pub struct Stretch { $($(#[doc = $doc])* pub $field: f64,)* }

        /// What a file says about a stretch; the rest stays as it is.
        #[derive(Debug, Clone, Copy, Default, PartialEq, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct StretchFile { $(pub $field: Option<f64>,)* }

        impl StretchFile {
            /// The stretch `base` with what the file says.
            pub fn over(&self, base: Stretch) -> Stretch {
                Stretch { $($field: self.$field.map_or(base.$field, |value| tame(value, $low, $high)),)* }
            }
        }
    };
}

stretch! {
    /// Round-trip time without any queue, in milliseconds.
    delay_ms 0.0, LONGEST_MS;
    /// Mean of what noise adds to a round trip, in milliseconds.
    jitter_ms 0.0, LONGEST_MS;
    /// Share of round trips lost.
    loss 0.0, 1.0;
    /// Length of the time cells that loss comes in, in milliseconds; 0 for packets lost one by one.
    burst_ms 0.0, LONGEST_BURST_MS;
    /// Queue that is there without any traffic of the home, in milliseconds.
    standing_ms 0.0, LONGEST_MS;
    /// How far that queue wanders up and down, in milliseconds.
    swing_ms 0.0, LONGEST_MS;
    /// Moments of a fifth of a second with a higher delay, in a minute.
    spikes_per_minute 0.0, 300.0;
    /// Highest delay that such a moment adds, in milliseconds.
    spike_ms 0.0, LONGEST_MS;
    /// Queue that a transfer towards the home fills when this stretch limits it, in milliseconds.
    queue_down_ms 0.0, LONGEST_MS;
    /// Queue that a transfer from the home fills when this stretch limits it, in milliseconds.
    queue_up_ms 0.0, LONGEST_MS;
    /// Rate towards the home in Mbit/s.
    down_mbps SLOWEST_MBPS, FASTEST_MBPS;
    /// Rate from the home in Mbit/s.
    up_mbps SLOWEST_MBPS, FASTEST_MBPS;
}

impl Stretch {
    /// A stretch that adds this delay and nothing worse.
    pub const fn calm(delay_ms: f64, jitter_ms: f64) -> Self {
        Self {
            delay_ms,
            jitter_ms,
            loss: 0.0,
            burst_ms: 0.0,
            standing_ms: 0.0,
            swing_ms: 0.0,
            spikes_per_minute: 0.0,
            spike_ms: 0.0,
            queue_down_ms: 0.0,
            queue_up_ms: 0.0,
            down_mbps: 10_000.0,
            up_mbps: 10_000.0,
        }
    }

    /// A healthy link of this kind.
    pub fn link(link: &Link) -> Self {
        match link.kind {
            LinkKind::Wired => {
                let rate = f64::from(link.speed_mbps) * if link.duplex == Duplex::Full { 0.94 } else { 0.45 };
                let rate = rate.max(SLOWEST_MBPS);
                Self { queue_down_ms: 2.0, queue_up_ms: 2.0, down_mbps: rate, up_mbps: rate, ..Self::calm(0.25, 0.06) }
            }
            LinkKind::Wifi => Self {
                loss: 0.0005,
                spikes_per_minute: 8.0,
                spike_ms: 18.0,
                queue_down_ms: 16.0,
                queue_up_ms: 12.0,
                // About 60 % of the radio's rate is left for content.
                down_mbps: (0.6 * link.receive_mbps).max(SLOWEST_MBPS),
                up_mbps: (0.6 * link.send_mbps).max(SLOWEST_MBPS),
                ..Self::calm(1.3, 0.8)
            },
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
        for share in [&mut self.crc_error_share, &mut self.retry_share] {
            *share = tame(*share, 0.0, 1.0);
        }
        for rate in [&mut self.receive_mbps, &mut self.send_mbps] {
            *rate = tame(*rate, 0.0, FASTEST_MBPS);
        }
        self.flaps_per_minute = tame(self.flaps_per_minute, 0.0, 60.0);
        self.signal_dbm = tame(self.signal_dbm, -120.0, 0.0);
        self.noise_dbm = tame(self.noise_dbm, -130.0, 0.0);
    }
}

/// The value within its range; the lower end where it is not a number.
pub fn tame(value: f64, low: f64, high: f64) -> f64 {
    if value.is_nan() { low } else { value.clamp(low, high) }
}

/// A delay within its range.
pub fn tame_delay(value: f64) -> f64 {
    tame(value, 0.0, LONGEST_MS)
}
