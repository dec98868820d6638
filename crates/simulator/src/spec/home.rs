//! The home besides this computer: router, name servers, address translation, counters, other devices, address assignment.

use serde::Deserialize;

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

/// `[nat]`: address translation between the home and the internet.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Nat {
    /// A second router at home translates once more: hop 2 is 192.168.100.1, and the router's line address is 192.168.100.2.
    pub second: bool,
    /// The provider translates too: its first hop is 100.64.0.1, and the line address is in 100.64/10 (RFC 6598).
    pub carrier_grade: bool,
}

/// `[counters]`: the router's counters of the line.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CounterAccess {
    /// Whether the router tells them (`UPnP`).
    pub available: bool,
}

impl Default for CounterAccess {
    fn default() -> Self {
        Self { available: true }
    }
}

/// `[home_traffic]`: what the other devices at home move over the line.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HomeTraffic {
    /// Towards the home, in Mbit/s, on average.
    pub down_mbps: f64,
    /// From the home, in Mbit/s, on average.
    pub up_mbps: f64,
    /// Connections that this, and what other programs of this computer move, comes in.
    pub connections: f64,
}

impl Default for HomeTraffic {
    fn default() -> Self {
        Self { down_mbps: 0.05, up_mbps: 0.02, connections: 4.0 }
    }
}

/// `[dhcp]`: who hands out addresses.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Dhcp {
    /// A second server offers addresses as well, and names itself as the router.
    pub rogue: bool,
    /// Whether this computer lets programs ask for offers and for owners of an address.
    pub permitted: bool,
}

impl Default for Dhcp {
    fn default() -> Self {
        Self { rogue: false, permitted: true }
    }
}
