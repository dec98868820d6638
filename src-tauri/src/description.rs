//! What the window knows before a visit starts, and what it sends to start one.

use demarc_model::{Bounds, Profile, Symptom};
use demarc_wizard::Settings;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Everything the welcome page offers.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Description {
    /// Version of Demarc.
    pub version: String,
    /// Languages spoken, sorted.
    pub languages: Vec<String>,
    /// The language of this session.
    pub language: String,
    /// Services named in the configuration.
    pub services: Vec<NamedHost>,
    /// Every other host that a visit may talk to.
    pub contacts: Vec<String>,
    /// What the configuration says the contract promises.
    pub promised: Promised,
    /// Names of the simulated homes.
    pub households: Vec<String>,
    /// What can go wrong.
    pub symptoms: Vec<Symptom>,
    /// What each profile costs at most.
    pub profiles: Vec<ProfileCost>,
    /// Why the configuration file is not used, when it is not.
    pub problem: Option<String>,
}

/// A service by its name and its host.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct NamedHost {
    /// What people call it.
    pub name: String,
    /// Host name or address.
    pub host: String,
}

/// The most that a visit of one profile takes.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct ProfileCost {
    /// Which profile.
    pub profile: Profile,
    /// Without filling the line.
    pub quiet: Bounds,
    /// With tests that fill the line.
    pub loaded: Bounds,
}

/// What the contract promises, in Mbit/s.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, TS)]
pub struct Promised {
    /// Towards the home.
    pub down_mbps: Option<f64>,
    /// From the home.
    pub up_mbps: Option<f64>,
}

/// What a visit is started with.
#[derive(Debug, Clone, PartialEq, Deserialize, TS)]
pub struct Start {
    /// Profile, load and answers.
    pub settings: Settings,
    /// Hosts of the services with trouble; empty for the configured ones.
    pub services: Vec<String>,
    /// What the contract promises, where the user said so.
    pub promised: Option<Promised>,
    /// Language of the record's sentences.
    pub language: String,
    /// A simulated home in place of the real network.
    pub household: Option<String>,
}
