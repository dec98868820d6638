//! The record of one visit: the one document whose shape is promised.

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Comparison, Evidence, Observation, Profile, Verdict};

/// Version of the shape of [`Run`].
pub const SCHEMA: &str = "demarc.run/1";

/// One visit, from the first question to the verdict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Run {
    /// Always [`SCHEMA`] in this version.
    pub schema: String,
    /// When the visit began.
    pub started: DateTime<FixedOffset>,
    /// When the visit ended.
    pub ended: DateTime<FixedOffset>,
    /// How thorough it was.
    pub profile: Profile,
    /// Version of Demarc.
    pub version: String,
    /// What the evidence adds up to.
    pub verdict: Verdict,
    /// What was found, heaviest first.
    pub evidence: Vec<Evidence>,
    /// Everything that was asked and what came back, in order; of two looks that are compared, the one before comes first.
    pub observations: Vec<Observation>,
    /// What a change in the home did, where the visit looked before and after one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comparison: Option<Comparison>,
    /// The circumstances.
    pub environment: Environment,
}

impl Run {
    /// The observations of the latest look: all of them, unless two looks are compared.
    pub fn latest(&self) -> impl DoubleEndedIterator<Item = &Observation> {
        let earlier = self.comparison.as_ref().map_or(&[][..], |comparison| &comparison.earlier);
        self.observations.iter().filter(move |observation| !earlier.contains(&observation.id))
    }
}

/// The circumstances of a visit.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Environment {
    /// Operating system.
    pub system: String,
    /// Its version.
    pub system_version: String,
    /// Services the user has trouble with.
    pub services: Vec<String>,
    /// Answers to the wizard's questions, by question id.
    pub answers: BTreeMap<String, String>,
    /// Name of the simulated household; `None` on a real network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub household: Option<String>,
    /// What the contract promises towards the home, in Mbit/s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promised_down_mbps: Option<f64>,
    /// What the contract promises from the home, in Mbit/s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promised_up_mbps: Option<f64>,
    /// Language of the sentences in this run.
    pub language: String,
    /// Whether the visit was stopped before every check had run.
    #[serde(default)]
    pub incomplete: bool,
}
