//! What stands behind the line: routers, ways, the service and its transfers.

use serde::Deserialize;

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
    /// Answer over a longer way back than the packets that pass them take (asymmetric routes).
    pub detour: Vec<HopName>,
    /// How much longer that way back is, in milliseconds.
    pub detour_ms: f64,
    /// Do not count as a hop, as inside a label-switched tunnel (MPLS): missing from traces, and those behind move up.
    pub hidden: Vec<HopName>,
}

/// A place that can answer on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HopName {
    /// The home router.
    Gateway,
    /// A second router at home.
    SecondRouter,
    /// The provider's address translator.
    CarrierNat,
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
        Self {
            silent: Vec::new(),
            limited: Vec::new(),
            answer_every_ms: 1_700.0,
            slow: Vec::new(),
            slow_ms: 60.0,
            detour: Vec::new(),
            detour_ms: 40.0,
            hidden: Vec::new(),
        }
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

/// `[ecmp]`: equal ways through the provider's network, chosen by flow.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Ecmp {
    /// How many there are, at most 16.
    pub paths: u8,
    /// More round-trip time on every odd one, in milliseconds.
    pub extra_ms: f64,
    /// Share of round trips lost on the last one.
    pub loss: f64,
}

impl Default for Ecmp {
    fn default() -> Self {
        Self { paths: 1, extra_ms: 0.0, loss: 0.0 }
    }
}

/// `[tcp]`: congestion control of transfers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Tcp {
    /// Of the server, for transfers towards the home.
    pub down: Control,
    /// Of this computer, for transfers from the home.
    pub up: Control,
}

/// How a sender finds its rate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Control {
    /// From loss (CUBIC, RFC 9438).
    #[default]
    Cubic,
    /// From measured rate and round-trip time (BBR version 1).
    Bbr,
}
