//! One stretch of the path in numbers.

use demarc_model::Duplex;
use serde::Deserialize;

use super::{FASTEST_MBPS, LONGEST_MS, Link, LinkKind, SLOWEST_MBPS, tame};
use crate::radio::Radio;

/// Longest memory of a burst of loss, in milliseconds.
const LONGEST_BURST_MS: f64 = 60_000.0;
/// Latest moment of a visit that a file can speak of, in seconds.
const LATEST_S: f64 = 86_400.0;
/// Most outages listed for one stretch.
const MOST_OUTAGES: usize = 32;

/// Shape of what jitter adds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Shape {
    /// Many small queues.
    #[default]
    Noise,
    /// Waiting for a slot to ask in and for the grant (DOCSIS).
    RequestGrant,
    /// Waiting for the scheduler, and repeated blocks (LTE and 5G).
    Scheduled,
    /// Another satellite every 15 seconds.
    Satellite,
}

macro_rules! stretch {
    ($($(#[doc = $doc:literal])* $field:ident $low:expr, $high:expr;)*) => {
        /// One stretch of the path, measured there and back.
        #[derive(Debug, Clone, PartialEq)]
        pub struct Stretch {
            $($(#[doc = $doc])* pub $field: f64,)*
            /// Whether its queue is managed (a few milliseconds) instead of cut off where it is full.
            pub aqm: bool,
            /// `[start, length]` in seconds of the visit during which nothing passes.
            pub outages: Vec<[f64; 2]>,
            /// Shape of its jitter.
            pub shape: Shape,
        }

        /// What a file says about a stretch; the rest stays as it is.
        #[derive(Debug, Clone, Default, PartialEq, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct StretchFile {
            $(pub $field: Option<f64>,)*
            pub aqm: Option<bool>,
            pub outages: Option<Vec<[f64; 2]>>,
        }

        impl StretchFile {
            /// The stretch `base` with what the file says.
            pub fn over(&self, base: Stretch) -> Stretch {
                let outages = self.outages.as_ref().map_or(base.outages, |outages| {
                    outages.iter().take(MOST_OUTAGES).map(|outage| outage.map(|at_s| tame(at_s, 0.0, LATEST_S))).collect()
                });
                Stretch {
                    $($field: self.$field.map_or(base.$field, |value| tame(value, $low, $high)),)*
                    aqm: self.aqm.unwrap_or(base.aqm),
                    outages,
                    shape: base.shape,
                }
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
    /// Share of packets towards the home lost, besides `loss`.
    loss_down 0.0, 1.0;
    /// Share of packets from the home lost, besides `loss`.
    loss_up 0.0, 1.0;
    /// Mean length of the bursts that loss comes in, in milliseconds; 0 for packets lost one by one.
    burst_ms 0.0, LONGEST_BURST_MS;
    /// Queue that is there without any traffic of the home, in milliseconds.
    standing_ms 0.0, LONGEST_MS;
    /// How far that queue wanders up and down, in milliseconds.
    swing_ms 0.0, LONGEST_MS;
    /// Moments of a fifth of a second with a higher delay, in a minute.
    spikes_per_minute 0.0, 300.0;
    /// Highest delay that such a moment adds, in milliseconds.
    spike_ms 0.0, LONGEST_MS;
    /// Longest queue of traffic towards the home when this stretch limits it, in milliseconds at its rate.
    queue_down_ms 0.0, LONGEST_MS;
    /// Longest queue of traffic from the home when this stretch limits it, in milliseconds at its rate.
    queue_up_ms 0.0, LONGEST_MS;
    /// Rate towards the home in Mbit/s.
    down_mbps SLOWEST_MBPS, FASTEST_MBPS;
    /// Rate from the home in Mbit/s.
    up_mbps SLOWEST_MBPS, FASTEST_MBPS;
    /// Other people's traffic towards the home at the busiest hour, in Mbit/s.
    cross_down_mbps 0.0, FASTEST_MBPS;
    /// Other people's traffic the other way at the busiest hour, in Mbit/s.
    cross_up_mbps 0.0, FASTEST_MBPS;
    /// Time between the ends of two outages, in seconds; 0 for none. The first ends so long after the visit begins.
    outage_every_s 0.0, LATEST_S;
    /// How long each of these lasts, in seconds.
    outage_s 0.0, LATEST_S;
    /// More round-trip time from `shift_at_s` on, in milliseconds.
    shift_ms 0.0, LONGEST_MS;
    /// When that begins, in seconds of the visit.
    shift_at_s 0.0, LATEST_S;
}

impl Stretch {
    /// A stretch that adds this delay and nothing worse.
    pub const fn calm(delay_ms: f64, jitter_ms: f64) -> Self {
        Self {
            delay_ms,
            jitter_ms,
            loss: 0.0,
            loss_down: 0.0,
            loss_up: 0.0,
            burst_ms: 0.0,
            standing_ms: 0.0,
            swing_ms: 0.0,
            spikes_per_minute: 0.0,
            spike_ms: 0.0,
            queue_down_ms: 20.0,
            queue_up_ms: 20.0,
            down_mbps: 10_000.0,
            up_mbps: 10_000.0,
            cross_down_mbps: 0.0,
            cross_up_mbps: 0.0,
            outage_every_s: 0.0,
            outage_s: 0.0,
            shift_ms: 0.0,
            shift_at_s: 0.0,
            aqm: false,
            outages: Vec::new(),
            shape: Shape::Noise,
        }
    }

    /// Whether nothing passes so many seconds into a visit.
    pub fn is_out(&self, seconds: f64) -> bool {
        let every_s = self.outage_every_s;
        let again = every_s > 0.0 && seconds % every_s.max(0.001) >= every_s - self.outage_s;
        again || self.outages.iter().any(|[start_s, length_s]| seconds >= *start_s && seconds < start_s + length_s)
    }

    /// A link of this kind as its settings make it.
    pub fn link(link: &Link, radio: &Radio) -> Self {
        match link.kind {
            LinkKind::Wired => {
                let rate = f64::from(link.speed_mbps) * if link.duplex == Duplex::Full { 0.94 } else { 0.45 };
                let rate = rate.max(SLOWEST_MBPS);
                Self { queue_down_ms: 2.0, queue_up_ms: 2.0, down_mbps: rate, up_mbps: rate, ..Self::calm(0.25, 0.06) }
            }
            LinkKind::Wifi => radio.stretch(),
        }
    }
}
