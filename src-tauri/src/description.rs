//! What the window knows before a visit starts, and what it sends to start one.

use demarc_model::{Bounds, Config, Profile, Symptom};
use demarc_simulator::Household;
use demarc_wizard::{Settings, Wizard};
use demarc_words::Words;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::configuration::Configuration;

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

/// The most that the measuring of each profile takes, in milliseconds.
const PROFILES: [(Profile, u64); 3] = [(Profile::Quick, 45_000), (Profile::Standard, 240_000), (Profile::Thorough, 900_000)];

impl Description {
    /// What the welcome page offers with this configuration.
    pub fn of(configuration: &Configuration) -> Self {
        let config = &configuration.config;
        Self {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            languages: Words::languages().iter().map(|language| (*language).to_owned()).collect(),
            language: Words::new(&session_language()).language().to_owned(),
            services: config
                .services
                .iter()
                .map(|service| NamedHost { name: service.label().to_owned(), host: service.host.clone() })
                .collect(),
            contacts: contacts(config),
            promised: Promised { down_mbps: config.plan.down_mbps, up_mbps: config.plan.up_mbps },
            households: Household::BUILTIN.iter().map(|name| (*name).to_owned()).collect(),
            symptoms: vec![Symptom::Buffering, Symptom::Slow, Symptom::Drops, Symptom::Offline, Symptom::Lag],
            profiles: PROFILES.iter().map(|(profile, longest_ms)| cost(config, *profile, *longest_ms)).collect(),
            problem: configuration.problem.clone(),
        }
    }
}

/// The session's language, as POSIX has it: the first of these that is set.
fn session_language() -> String {
    ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty())).unwrap_or_default()
}

/// Everyone that a visit talks to beside the services, the router and the home's own name servers.
fn contacts(config: &Config) -> Vec<String> {
    let anchors = config.anchors.iter().map(|anchor| anchor.host.clone());
    let peers = config.peers.iter().filter_map(|peer| peer.url.host_str().map(str::to_owned));
    let resolvers = config.dns.public.iter().map(ToString::to_string);
    let portal = config.portal.url.iter().filter_map(|url| url.host_str().map(str::to_owned));
    let servers = config.stun.servers.iter().chain(&config.clock.servers).cloned();
    let mut all: Vec<String> = Vec::new();
    for contact in anchors.chain(peers).chain(resolvers).chain(portal).chain(servers) {
        if !all.contains(&contact) {
            all.push(contact);
        }
    }
    all
}

/// What can be planned before anything is known; the time is what the profile promises.
fn cost(config: &Config, profile: Profile, longest_ms: u64) -> ProfileCost {
    let most = |load_allowed| {
        let settings = Settings { profile, load_allowed, ..Settings::default() };
        let planned = Wizard::new(config.clone(), settings).view().remaining;
        Bounds { time_ms: longest_ms, bytes: planned.bytes }
    };
    ProfileCost { profile, quiet: most(false), loaded: most(true) }
}
