//! Two looks at one home with something changed in between.

use chrono::{DateTime, FixedOffset};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{InterfaceKind, Phrase, statistics::Proportion};

/// What was changed in the home between two looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// Another cable in place of the one before.
    OtherCable,
    /// The same cable in another port of the router or the computer.
    OtherPort,
    /// A cable in place of Wi-Fi.
    CableInsteadOfWifi,
    /// The computer nearer to the router, still on Wi-Fi.
    NearerToRouter,
    /// Other devices at home paused.
    OthersPaused,
    /// The router switched off and on.
    RouterRestarted,
}

impl Change {
    /// Every change, in the order they are offered.
    pub const ALL: [Self; 6] =
        [Self::OtherCable, Self::OtherPort, Self::CableInsteadOfWifi, Self::NearerToRouter, Self::OthersPaused, Self::RouterRestarted];

    /// The id used in JSON, on the command line and in message ids.
    pub const fn id(self) -> &'static str {
        match self {
            Self::OtherCable => "other-cable",
            Self::OtherPort => "other-port",
            Self::CableInsteadOfWifi => "cable-instead-of-wifi",
            Self::NearerToRouter => "nearer-to-router",
            Self::OthersPaused => "others-paused",
            Self::RouterRestarted => "router-restarted",
        }
    }
}

/// The home before and after a change, side by side.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Comparison {
    /// What was changed; `None` when nobody said and nothing of it was seen.
    pub change: Option<Change>,
    /// Whether the change was seen by itself rather than told.
    pub noticed: bool,
    /// What the change did to the trouble.
    pub effect: Effect,
    /// The look before.
    pub before: Look,
    /// The look after.
    pub after: Look,
    /// What that means, in the language of the run.
    #[serde(default)]
    pub summary: String,
    /// The same sentence, to be told in another language.
    pub summary_phrase: Phrase,
    /// Ids of the observations of the look before.
    pub earlier: Vec<String>,
}

/// What a change did to the trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// The trouble is gone with it.
    Relieved,
    /// The trouble is as it was.
    Persists,
    /// There was no trouble before, too few probes to say, or some of it went and some stayed.
    Unclear,
}

/// What one look showed of the home.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Look {
    /// When it began.
    pub at: Option<DateTime<FixedOffset>>,
    /// The link that was used.
    pub link: Option<InterfaceKind>,
    /// Negotiated rate of the cable, or the slower direction of the radio, in Mbit/s.
    pub link_mbps: Option<f64>,
    /// Signal in dBm, on Wi-Fi.
    pub signal_dbm: Option<f64>,
    /// Packets received damaged, among those received during the look.
    pub damaged: Option<Proportion>,
    /// How the router answered.
    pub router: Option<Answers>,
    /// How the service answered.
    pub service: Option<Answers>,
}

/// How a place answered.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Answers {
    /// Lost probes among those sent.
    pub loss: Proportion,
    /// How many independent probes one probe is worth, above 0 to 1: below 1 where loss comes in bursts.
    pub independence: f64,
    /// Median round-trip time in milliseconds.
    pub median_ms: Option<f64>,
    /// 90th percentile in milliseconds.
    pub p90_ms: Option<f64>,
}
