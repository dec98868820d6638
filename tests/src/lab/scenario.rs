//! One `faults/*.toml`: what is wrong in the lab and what Demarc has to say about it.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;

use super::topology::Figures;

/// What is wrong, and the verdict expected.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// What is wrong, in a sentence.
    pub description: String,
    /// Whether programs without privileges may open ICMP sockets on the device.
    #[serde(default = "yes")]
    pub ping_sockets: bool,
    /// Figures of links that differ from the standard topology's.
    #[serde(default)]
    pub links: BTreeMap<String, Figures>,
    /// What is done to nodes.
    #[serde(default)]
    pub actions: Vec<Action>,
    /// What the verdict has to be.
    pub expect: Expectation,
}

/// Something done to a node once the lab is up; one of the three.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Action {
    /// Node of the topology.
    pub node: String,
    /// Rules for nftables.
    pub nft: Option<String>,
    /// `name=value` of a kernel parameter.
    pub sysctl: Option<String>,
    /// A service to end: `dns`.
    pub stop: Option<String>,
}

/// A verdict.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// `verdict.party`.
    pub party: String,
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
        toml::from_str(&text).with_context(|| path.display().to_string())
    }

    /// The topology as it stands, nothing wrong.
    pub fn healthy() -> Self {
        Self {
            description: "Nothing is wrong.".to_owned(),
            ping_sockets: true,
            links: BTreeMap::new(),
            actions: Vec::new(),
            expect: Expectation { party: "healthy".to_owned(), segment: Vec::new(), fault: None },
        }
    }
}

fn yes() -> bool {
    true
}
