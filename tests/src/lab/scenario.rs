//! One `faults/*.toml`: what is wrong in the lab and what Demarc has to say about it.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;

use super::services::Names;
use super::topology::Figures;
use super::transfer::Transfer;

/// What is wrong, and the verdict expected.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// What is wrong, in a sentence.
    pub description: String,
    /// Whether programs without privileges may open ICMP sockets on the device.
    #[serde(default = "yes")]
    pub ping_sockets: bool,
    /// Whether the program that asks the neighbours has its capability, as the package gives it.
    #[serde(default)]
    pub asks_neighbours: bool,
    /// The environment that Demarc finds, beside the usual.
    #[serde(default)]
    pub environment: BTreeMap<String, String>,
    /// Whether Demarc sees how busy the processors really are; else the device's rest, whatever the machine under the lab does.
    #[serde(default)]
    pub busy_processor: bool,
    /// Which fault of the home this makes.
    pub home: Option<HomeFault>,
    /// Nodes that differ from the standard topology's, key by key, or are new.
    #[serde(default)]
    pub nodes: BTreeMap<String, toml::Table>,
    /// Links that differ from the standard topology's, key by key, or are new.
    #[serde(default)]
    pub links: BTreeMap<String, toml::Table>,
    /// What is done once the lab is up, or during the visit.
    #[serde(default)]
    pub actions: Vec<Action>,
    /// What the verdict has to be.
    pub expect: Expectation,
}

/// A fault of the home as the table of them tells it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HomeFault {
    /// Its id in the catalogue.
    pub fault: String,
    /// How it is made.
    pub how: String,
    /// The file that looks alike, or is healthy, in which this fault must not be named.
    pub twin: String,
}

/// Something done to a node or a link: one deed, before the visit or at a time in it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Action {
    /// Node that it is done to.
    pub node: Option<String>,
    /// Rules for nftables.
    pub nft: Option<String>,
    /// Commands for `ip`, one a line.
    pub ip: Option<String>,
    /// Commands for `ip` that undo those.
    pub ip_back: Option<String>,
    /// `name=value` of a kernel parameter.
    pub sysctl: Option<String>,
    /// A program that runs to its end, with its arguments.
    pub run: Option<Vec<String>>,
    /// An emulated interface whose carrier goes away.
    pub carrier_off: Option<String>,
    /// A service to end: `dns` or `web`.
    pub stop: Option<String>,
    /// A name server of our own in place of the node's.
    pub names: Option<Names>,
    /// Data to send or fetch for as long as it lasts.
    pub transfer: Option<Transfer>,
    /// Link whose figures change.
    pub link: Option<String>,
    /// The figures.
    pub figures: Option<Figures>,
    /// Seconds into the visit; before it where this is not said.
    pub at_s: Option<f64>,
    /// How long it lasts in seconds; to the end where this is not said.
    pub for_s: Option<f64>,
    /// Seconds from one beginning to the next; once where this is not said.
    pub every_s: Option<f64>,
}

/// A verdict.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// `verdict.party` is this, or one of these.
    #[serde(deserialize_with = "one_or_more")]
    pub party: Vec<String>,
    /// `verdict.segment` is one of these; null where there are none.
    #[serde(default)]
    pub segment: Vec<String>,
    /// `verdict.fault` is one of these; any where this is not said.
    pub fault: Option<Vec<String>>,
}

impl Scenario {
    /// Reads one from a file.
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?;
        Self::parse(&text).with_context(|| path.display().to_string())
    }

    /// Reads one from its text.
    pub fn parse(text: &str) -> Result<Self> {
        Ok(toml::from_str(text)?)
    }

    /// The topology as it stands, nothing wrong.
    pub fn healthy() -> Self {
        Self {
            description: "Nothing is wrong.".to_owned(),
            ping_sockets: true,
            asks_neighbours: false,
            environment: BTreeMap::new(),
            busy_processor: false,
            home: None,
            nodes: BTreeMap::new(),
            links: BTreeMap::new(),
            actions: Vec::new(),
            expect: Expectation { party: vec!["healthy".to_owned()], segment: Vec::new(), fault: None },
        }
    }
}

fn yes() -> bool {
    true
}

fn one_or_more<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Parties {
        One(String),
        More(Vec<String>),
    }
    Ok(match Parties::deserialize(deserializer)? {
        Parties::One(party) => vec![party],
        Parties::More(parties) => parties,
    })
}
