//! What a check makes of its observations, before anyone is accused.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Fault, Phrase, Position, Segment, statistics::Proportion};

/// Which way a piece of evidence points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Says {
    /// Speaks for a fault.
    Accuses,
    /// Speaks against a fault or a segment being at fault.
    Clears,
    /// Worth knowing; decides nothing.
    Notes,
}

/// What one check learned. Its reading is what attribution computes with; its sentence is what people read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Finding {
    /// The check's id.
    pub check: String,
    /// Which way it points by itself; attribution has the last word.
    pub says: Says,
    /// Where it points.
    pub segment: Segment,
    /// The fault it speaks for or against, when it is about one.
    #[serde(default)]
    pub fault: Option<Fault>,
    /// What was seen, in words.
    pub because: Phrase,
    /// What attribution computes with.
    pub reading: Reading,
    /// Ids of the observations it rests on.
    pub observations: Vec<String>,
}

/// The computable part of a finding.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Reading {
    /// Nothing to compute with.
    None,
    /// A sign of the finding's fault (or, with a negative value, against it): the natural logarithm of how much likelier this is
    /// seen when the fault is there than when it is not.
    Sign {
        /// Log-likelihood ratio.
        log_likelihood_ratio: f64,
    },
    /// Loss and delay at several places on the path, measured at the same time.
    Path(PathReading),
}

/// Loss and delay at several places on the path.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct PathReading {
    /// The places, nearest first.
    pub points: Vec<PointReading>,
    /// Whether the device reaches its router by Wi-Fi.
    pub wifi: bool,
    /// Whether the home's own traffic is known to be low while this was measured; `None` when unknown.
    #[serde(default)]
    pub home_quiet: Option<bool>,
    /// Whether the reading was taken while the visit loaded the line.
    pub loaded: bool,
}

/// Loss and delay at one place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct PointReading {
    /// Where the place is.
    pub position: Position,
    /// Name shown to people.
    pub name: String,
    /// Lost probes among those sent.
    pub loss: Proportion,
    /// How many independent probes one probe is worth, above 0 to 1: below 1 where loss comes in bursts.
    pub independence: f64,
    /// Median round-trip time in milliseconds while idle.
    #[serde(default)]
    pub median_ms: Option<f64>,
    /// 5th percentile in milliseconds while idle.
    #[serde(default)]
    pub low_ms: Option<f64>,
    /// 90th percentile in milliseconds while idle.
    #[serde(default)]
    pub p90_ms: Option<f64>,
    /// 90th percentile in milliseconds while the line was loaded.
    #[serde(default)]
    pub loaded_p90_ms: Option<f64>,
    /// Whether the place is a router that may limit or refuse its own answers, so that silence there proves nothing by itself.
    pub may_be_silent: bool,
}
