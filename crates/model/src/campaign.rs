//! Several places probed at the same time on one clock, idle and under load: the measurement that locates loss and queues.

use std::net::IpAddr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use url::Url;

use crate::statistics::{Proportion, quantile};

/// Lanes probed together for a while, with transfers that load the line in parts of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Campaign {
    /// Places probed at the same time; at most [`Campaign::MOST_LANES`] are performed.
    pub lanes: Vec<Lane>,
    /// How long probes are sent, in milliseconds.
    pub duration_ms: u32,
    /// Transfers that fill the line during parts of the campaign; may be empty.
    #[serde(default)]
    pub loads: Vec<Load>,
}

impl Campaign {
    /// Most lanes in one campaign.
    pub const MOST_LANES: usize = 16;
    /// Longest campaign, in milliseconds.
    pub const LONGEST_MS: u32 = 600_000;
}

/// One place to probe.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
pub struct Lane {
    /// Where on the path the place is.
    pub position: Position,
    /// What a person would call it (a host name, a hop's address).
    pub name: String,
    /// Where packets go.
    pub address: IpAddr,
    /// How it is probed.
    pub probe: Probe,
    /// Time between probes in milliseconds; at least 1000 for TTL-limited probes, at least 20 for others.
    pub interval_ms: u32,
}

/// Where a probed place stands on the path, seen from this computer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Position {
    /// The home router: behind the device and its link.
    Gateway,
    /// The provider's first hop: behind the line.
    FirstHop,
    /// The last hop that can be attributed to the provider on the way to the service.
    BorderNear,
    /// The first hop behind the border on the way to the service.
    BorderFar,
    /// A responder inside the provider's network.
    OnNet,
    /// A responder in a network other than the service's.
    OtherNetwork,
    /// The service itself.
    Service,
}

/// How a lane is probed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Probe {
    /// ICMP echo request to the address.
    Echo,
    /// A packet towards the address whose hop limit ends at hop `ttl`; the answer is a Time Exceeded.
    HopLimited {
        /// Hop at which the packet expires, 1 is the gateway.
        ttl: u8,
    },
    /// Time to complete a TCP handshake with the port, for places that do not answer ICMP.
    TcpConnect {
        /// Port connected to.
        port: u16,
    },
}

/// One transfer that loads the line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Load {
    /// Base address of a peer: `http` and `https` mean `GET URL/__down?bytes=N` and `POST URL/__up`, `ws` and `wss` mean ndt7.
    pub peer: Url,
    /// Which way the bytes go.
    pub direction: Direction,
    /// Start after the campaign's start, in milliseconds.
    pub start_ms: u32,
    /// Longest duration in milliseconds.
    pub duration_ms: u32,
    /// Parallel connections, at most 16.
    pub connections: u8,
    /// The transfer stops at this many bytes.
    pub max_bytes: u64,
}

/// Direction of a transfer, seen from the home.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// Towards this computer.
    Down,
    /// From this computer.
    Up,
}

/// What a campaign saw.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct CampaignResult {
    /// One entry a lane, in the order asked.
    pub lanes: Vec<LaneResult>,
    /// One entry a load, in the order asked.
    #[serde(default)]
    pub loads: Vec<LoadResult>,
}

/// Every probe of one lane.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct LaneResult {
    /// The lane as asked.
    pub lane: Lane,
    /// Probes in the order sent.
    pub echoes: Vec<Echo>,
    /// Whether receive times come from the kernel (microseconds) or from this process (a busy device adds to them).
    pub kernel_timestamps: bool,
    /// Why the lane could not be probed at all, when it could not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
    /// Probes that a firewall on this computer refused to send. They are not among the echoes: what never left cannot be lost.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub refused: u32,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// One probe and its answer.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Echo {
    /// When it was sent, in milliseconds since the campaign's start.
    pub sent_ms: f64,
    /// Round-trip time in milliseconds; `None` when no answer came in time.
    pub rtt_ms: Option<f64>,
}

/// What a transfer reached.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct LoadResult {
    /// The load as asked.
    pub load: Load,
    /// Bytes of content moved.
    #[ts(type = "number")]
    pub bytes: u64,
    /// When the first byte moved, in milliseconds since the campaign's start.
    pub began_ms: f64,
    /// When the transfer ended, in milliseconds since the campaign's start.
    pub ended_ms: f64,
    /// Rate over time.
    pub rates: Vec<RateSample>,
    /// Rate without the warm-up, in Mbit/s; `None` when too little moved to say.
    pub mbps: Option<f64>,
    /// What the router counted on the line in this direction from just before the transfer until just after it, in bytes, all devices
    /// of the home together; `None` where it did not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(type = "number | null")]
    pub counted_bytes: Option<u64>,
    /// Why the transfer failed, when it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

/// Rate of a transfer during one interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct RateSample {
    /// End of the interval, in milliseconds since the campaign's start.
    pub at_ms: f64,
    /// Mbit/s during the interval.
    pub mbps: f64,
}

impl LaneResult {
    /// Lost probes among those sent.
    pub fn loss(&self) -> Proportion {
        let lost = self.echoes.iter().filter(|echo| echo.rtt_ms.is_none()).count();
        Proportion::new(lost as u64, self.echoes.len() as u64)
    }

    /// Round-trip times of the answered probes sent in `[from_ms, to_ms)`, sorted, in milliseconds.
    pub fn sorted_rtts_between(&self, from_ms: f64, to_ms: f64) -> Vec<f64> {
        let mut rtts: Vec<f64> =
            self.echoes.iter().filter(|echo| echo.sent_ms >= from_ms && echo.sent_ms < to_ms).filter_map(|echo| echo.rtt_ms).collect();
        rtts.sort_by(f64::total_cmp);
        rtts
    }

    /// Quantile `q` (0 to 1) of the round-trip times in milliseconds, `None` without answers.
    pub fn rtt_quantile(&self, q: f64) -> Option<f64> {
        quantile(&self.sorted_rtts_between(f64::NEG_INFINITY, f64::INFINITY), q)
    }
}
