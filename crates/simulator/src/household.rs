//! A household: what its file says, over a healthy fibre home.

use std::net::IpAddr;

use demarc_model::{
    Anchor, AsnConfig, ClockConfig, Config, ConfigError, DnsConfig, Fault, Party, Peer, PeerKind, Phrase, Plan, Portal, Segment,
    Service as AskedService,
};
use serde::Deserialize;
use thiserror::Error;
use url::Url;

use crate::{
    access::Access,
    address::{self, Place},
    radio::Radio,
    spec::{
        self, CounterAccess, Device, Dhcp, Dns, Ecmp, FASTEST_MBPS, HomeTraffic, Hops, Ipv6, Link, LinkKind, Nat, Promise, Router, Service,
        Stretch, StretchFile, Tcp, tame, tame_delay,
    },
};

/// Most connections of the home's other transfers.
const MOST_CONNECTIONS: f64 = 1_000.0;

/// A home network and everything behind it, as a household file describes it.
#[derive(Debug, Clone, PartialEq)]
pub struct Household {
    name: String,
    seeds: Vec<u64>,
    expect: Option<Expect>,
    pub(crate) device: Device,
    pub(crate) link: Link,
    pub(crate) router: Router,
    pub(crate) dns: Dns,
    pub(crate) ipv6: Ipv6,
    pub(crate) service: Service,
    pub(crate) hops: Hops,
    pub(crate) captive_portal: bool,
    pub(crate) hour: f64,
    pub(crate) nat: Nat,
    pub(crate) counters: CounterAccess,
    pub(crate) home_traffic: HomeTraffic,
    pub(crate) dhcp: Dhcp,
    pub(crate) ecmp: Ecmp,
    pub(crate) tcp: Tcp,
    pub(crate) radio: Radio,
    pub(crate) path: Path,
    promise: Promise,
}

/// What a visit should find out about a household.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// Who has to act.
    pub party: Party,
    /// Where the fault is; `None` for healthy.
    #[serde(default)]
    pub segment: Option<Segment>,
    /// Which fault it is, where one alone is right.
    #[serde(default)]
    pub fault: Option<Fault>,
    /// Whether one computer cannot always tell: leaving it open is right too, as long as the truth is among what is left.
    #[serde(default)]
    pub may_stay_open: bool,
}

/// Why a household file cannot be used.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum HouseholdError {
    /// The file is larger than any household needs.
    #[error("the household file has {0} bytes; keep it below {LONGEST} bytes")]
    TooLong(usize),
    /// Not TOML, a key that means nothing, or a value of the wrong kind.
    #[error("household file, {0}")]
    Toml(ConfigError),
    /// More other networks than there are.
    #[error("the household file has {0} [[networks]]; there are only {max}", max = address::OTHER_NETWORKS)]
    TooManyNetworks(usize),
}

/// Longest household file in bytes.
const LONGEST: usize = 64 * 1024;

/// The stretches of every path, and what holds for whole paths.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Path {
    pub mtu: u16,
    pub mtu_black_hole: bool,
    pub link: Stretch,
    pub router: Stretch,
    pub access: Stretch,
    pub isp: Stretch,
    pub interconnect: Stretch,
    pub service: Stretch,
    pub networks: [Stretch; address::OTHER_NETWORKS],
}

impl Path {
    /// What a place is like.
    pub fn stretch(&self, place: Place) -> &Stretch {
        match place {
            Place::Link => &self.link,
            Place::Router => &self.router,
            Place::Access => &self.access,
            Place::Isp => &self.isp,
            Place::Interconnect => &self.interconnect,
            Place::Service => &self.service,
            Place::Other(index) => self.networks.get(usize::from(index)).unwrap_or(&self.networks[0]),
        }
    }
}

/// `(name, file)` of each built-in household.
const BUILTIN: [(&str, &str); 6] = [
    ("healthy", include_str!("../households/healthy.toml")),
    ("weak-wifi", include_str!("../households/weak-wifi.toml")),
    ("bad-cable", include_str!("../households/bad-cable.toml")),
    ("bufferbloat", include_str!("../households/bufferbloat.toml")),
    ("access-loss", include_str!("../households/access-loss.toml")),
    ("congested-interconnect", include_str!("../households/congested-interconnect.toml")),
];

impl Household {
    /// Names of the built-in households.
    pub const BUILTIN: &[&str] = &{
        let mut names = [""; BUILTIN.len()];
        let mut index = 0;
        while index < names.len() {
            names[index] = BUILTIN[index].0;
            index += 1;
        }
        names
    };

    /// A built-in household by name.
    pub fn builtin(name: &str) -> Option<Self> {
        let (_, file) = BUILTIN.iter().find(|(known, _)| *known == name)?;
        Self::from_toml(file).ok()
    }

    /// Reads a household file. Numbers out of range are brought into it; an unknown key is an error that names it.
    pub fn from_toml(text: &str) -> Result<Self, HouseholdError> {
        if text.len() > LONGEST {
            return Err(HouseholdError::TooLong(text.len()));
        }
        let file: File = toml::from_str(text).map_err(|error| HouseholdError::Toml(ConfigError::from_toml(text, &error)))?;
        if file.networks.len() > address::OTHER_NETWORKS {
            return Err(HouseholdError::TooManyNetworks(file.networks.len()));
        }
        Ok(file.household())
    }

    /// Its short name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What people call it.
    pub fn title(&self) -> Phrase {
        if self.is_builtin() {
            Phrase::new(format!("household-{}", self.name))
        } else {
            Phrase::new("household-other").text("name", &self.name)
        }
    }

    /// What is going on there, in a sentence.
    pub fn description(&self) -> Phrase {
        if self.is_builtin() {
            Phrase::new(format!("household-{}-description", self.name))
        } else {
            Phrase::new("household-other-description")
        }
    }

    /// What a visit should find out, when the file says so.
    pub fn expect(&self) -> Option<Expect> {
        self.expect
    }

    /// Seeds that the household is meant to be tried with.
    pub fn seeds(&self) -> &[u64] {
        &self.seeds
    }

    /// The configuration for a visit to this home: a service, responders in several networks, and what the contract promises.
    pub fn config(&self) -> Config {
        let url = |text: &str| Url::parse(text).ok();
        let service = AskedService { name: "Video".to_owned(), host: address::SERVICE_HOST.to_owned(), url: None };
        let on_net = Anchor { host: address::ON_NET.to_string(), on_net: true };
        let others = address::ANCHORS.iter().map(|anchor| Anchor { host: anchor.to_string(), on_net: false });
        Config {
            services: vec![service],
            anchors: std::iter::once(on_net).chain(others).collect(),
            peers: url("https://speed.example").map(|url| Peer { url, kind: PeerKind::Http }).into_iter().collect(),
            dns: DnsConfig { public: address::PUBLIC_RESOLVERS.to_vec() },
            asn: AsnConfig { table: None, prefixes: address::prefixes() },
            portal: Portal { url: url("http://portal.example/generate_204"), expect_status: 204 },
            stun: demarc_model::StunConfig { servers: vec!["stun.example:3478".to_owned()] },
            plan: Plan {
                down_mbps: Some(self.promise.down_mbps.unwrap_or(self.path.access.down_mbps)),
                up_mbps: Some(self.promise.up_mbps.unwrap_or(self.path.access.up_mbps)),
            },
            clock: ClockConfig { servers: vec!["clock.example:123".to_owned()] },
        }
    }

    /// The interface that reaches the router.
    pub(crate) fn interface(&self) -> &'static str {
        match self.link.kind {
            LinkKind::Wired => "eth0",
            LinkKind::Wifi => "wlan0",
        }
    }

    /// Whether the device has carrier and an address with a default route.
    pub(crate) fn connected(&self) -> bool {
        self.link.carrier && self.device.addressing == spec::Addressing::Dhcp
    }

    /// The name servers this computer asks.
    pub(crate) fn resolvers(&self) -> &[IpAddr] {
        if self.connected() { &self.device.resolvers } else { &[] }
    }

    fn is_builtin(&self) -> bool {
        Self::BUILTIN.contains(&self.name.as_str())
    }
}

/// A household file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    name: String,
    seeds: Vec<u64>,
    expect: Option<Expect>,
    device: Device,
    link: Link,
    router: Router,
    dns: Dns,
    ipv6: Ipv6,
    service: Service,
    hops: Hops,
    captive_portal: bool,
    /// Sets what `[path.access]` is by default.
    access: Access,
    /// Local hour of the visit, 0 to 24: other people's traffic follows it.
    hour: f64,
    nat: Nat,
    counters: CounterAccess,
    home_traffic: HomeTraffic,
    dhcp: Dhcp,
    ecmp: Ecmp,
    tcp: Tcp,
    plan: Promise,
    path: PathFile,
    networks: Vec<StretchFile>,
}

impl Default for File {
    fn default() -> Self {
        Self {
            name: "unnamed".to_owned(),
            seeds: vec![1, 2, 3],
            expect: None,
            device: Device::default(),
            link: Link::default(),
            router: Router::default(),
            dns: Dns::default(),
            ipv6: Ipv6::default(),
            service: Service::default(),
            hops: Hops::default(),
            captive_portal: false,
            access: Access::default(),
            hour: 15.0,
            nat: Nat::default(),
            counters: CounterAccess::default(),
            home_traffic: HomeTraffic::default(),
            dhcp: Dhcp::default(),
            ecmp: Ecmp::default(),
            tcp: Tcp::default(),
            plan: Promise::default(),
            path: PathFile::default(),
            networks: Vec::new(),
        }
    }
}

/// `[path]`
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct PathFile {
    mtu: u16,
    mtu_black_hole: bool,
    link: StretchFile,
    router: StretchFile,
    access: StretchFile,
    isp: StretchFile,
    interconnect: StretchFile,
    service: StretchFile,
}

impl Default for PathFile {
    fn default() -> Self {
        let same = StretchFile::default;
        Self {
            mtu: 1500,
            mtu_black_hole: false,
            link: same(),
            router: same(),
            access: same(),
            isp: same(),
            interconnect: same(),
            service: same(),
        }
    }
}

impl File {
    fn household(mut self) -> Household {
        self.device.bound();
        self.link.bound();
        self.router.answer_ms = tame_delay(self.router.answer_ms);
        self.router.forwarder_ms = tame_delay(self.router.forwarder_ms);
        self.dns.slow_ms = tame_delay(self.dns.slow_ms);
        self.service.first_byte_ms = tame_delay(self.service.first_byte_ms);
        self.hops.answer_every_ms = tame_delay(self.hops.answer_every_ms);
        self.hops.slow_ms = tame_delay(self.hops.slow_ms);
        self.hops.detour_ms = tame_delay(self.hops.detour_ms);
        self.hour = tame(self.hour, 0.0, 24.0);
        self.home_traffic.down_mbps = tame(self.home_traffic.down_mbps, 0.0, FASTEST_MBPS);
        self.home_traffic.up_mbps = tame(self.home_traffic.up_mbps, 0.0, FASTEST_MBPS);
        self.home_traffic.connections = tame(self.home_traffic.connections, 1.0, MOST_CONNECTIONS);
        self.ecmp.paths = self.ecmp.paths.clamp(1, 16);
        self.ecmp.extra_ms = tame_delay(self.ecmp.extra_ms);
        self.ecmp.loss = tame(self.ecmp.loss, 0.0, 1.0);
        for rate in [&mut self.plan.down_mbps, &mut self.plan.up_mbps].into_iter().flatten() {
            *rate = tame(*rate, 0.0, FASTEST_MBPS);
        }
        let radio = Radio::of(&self.link);
        let path = self.path(&radio);
        Household {
            name: self.name,
            seeds: self.seeds,
            expect: self.expect,
            device: self.device,
            link: self.link,
            router: self.router,
            dns: self.dns,
            ipv6: self.ipv6,
            service: self.service,
            hops: self.hops,
            captive_portal: self.captive_portal,
            hour: self.hour,
            nat: self.nat,
            counters: self.counters,
            home_traffic: self.home_traffic,
            dhcp: self.dhcp,
            ecmp: self.ecmp,
            tcp: self.tcp,
            radio,
            path,
            promise: self.plan,
        }
    }

    /// The healthy home's path with what the file says.
    fn path(&self, radio: &Radio) -> Path {
        let router = Stretch { queue_down_ms: 6.0, queue_up_ms: 10.0, ..Stretch::calm(0.15, 0.05) };
        let mut link = Stretch::link(&self.link, radio);
        if self.device.address_conflict {
            // The router sends to whoever answered last, for as long as it believes them.
            (link.loss, link.burst_ms) = (link.loss.max(0.06), 1_200.0);
        }
        let mut networks = [(3.6, 0.2), (5.4, 0.25), (8.7, 0.35), (2.4, 0.2)].map(|(delay, jitter)| Stretch::calm(delay, jitter));
        for (network, file) in networks.iter_mut().zip(&self.networks) {
            *network = file.over(network.clone());
        }
        Path {
            mtu: self.path.mtu.max(68),
            mtu_black_hole: self.path.mtu_black_hole,
            link: self.path.link.over(link),
            router: self.path.router.over(router),
            access: self.path.access.over(self.access.stretch()),
            isp: self.path.isp.over(Stretch::calm(1.6, 0.2)),
            interconnect: self.path.interconnect.over(Stretch::calm(2.2, 0.3)),
            service: self.path.service.over(Stretch::calm(0.9, 0.2)),
            networks,
        }
    }
}
