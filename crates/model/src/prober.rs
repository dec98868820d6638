//! The door to the world: a simulated household, a recording and the real network stand behind the same trait.

use std::{future::Future, pin::Pin};

use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Direction, Outcome, Position, Request};

/// A figure shown while a request is still running.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum LiveSample {
    /// One probe of a campaign came back or was given up.
    Echo {
        /// Index of the lane in the campaign.
        lane: u32,
        /// Position of the lane.
        position: Position,
        /// Name of the lane.
        name: String,
        /// When it was sent, in milliseconds since the campaign's start.
        sent_ms: f64,
        /// Round-trip time in milliseconds; `None` when lost.
        rtt_ms: Option<f64>,
    },
    /// Rate of a transfer over the last interval.
    Rate {
        /// Direction of the transfer.
        direction: Direction,
        /// End of the interval, in milliseconds since the campaign's start.
        at_ms: f64,
        /// Mbit/s.
        mbps: f64,
    },
    /// A radio link at one moment.
    Signal {
        /// When, in milliseconds since the watch began.
        at_ms: f64,
        /// Signal in dBm; `None` while there is no connection.
        dbm: Option<f64>,
        /// Rate of the slower direction in Mbit/s.
        mbps: Option<f64>,
    },
    /// Hops known so far.
    Hops {
        /// How many answered.
        answered: u8,
    },
}

/// Where live samples go. Dropping a sample must never hold up a measurement.
pub type LiveSink = Box<dyn Fn(LiveSample) + Send + Sync>;

/// Whoever answers requests.
pub trait Prober: Send + Sync {
    /// The time in this world, with the offset of the place.
    fn now(&self) -> DateTime<FixedOffset>;

    /// Answers one request within its [`Request::bounds`]. The call fixes when it begins; dropping the future stops the work.
    fn perform(&self, request: Request, live: LiveSink) -> Pin<Box<dyn Future<Output = Outcome> + Send + '_>>;

    /// The computer this world runs on, as `(operating system, version)`.
    fn system(&self) -> (String, String);
}
