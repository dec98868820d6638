//! The lab's nodes and links, as `topology.toml` tells them.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use toml::Value;

use super::link::Impairment;
use super::scenario::Scenario;

/// Nodes and links.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Topology {
    /// Network namespaces by name.
    pub nodes: BTreeMap<String, Node>,
    /// Cables between them by name.
    pub links: BTreeMap<String, Link>,
}

/// One network namespace and what runs in it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[allow(clippy::struct_excessive_bools, reason = "what a node does, each for itself")]
pub struct Node {
    /// Arguments of `ip route add`.
    pub routes: Vec<String>,
    /// Whether it forwards packets.
    pub forwards: bool,
    /// A bridge over some of its interfaces.
    pub bridge: Option<Bridge>,
    /// nftables rules.
    pub nft: Option<String>,
    /// Options of a dnsmasq to run.
    pub dnsmasq: Option<Vec<String>>,
    /// Other programs to run, each with its arguments; `{folder}` is one that goes away with the lab.
    pub daemons: Vec<Vec<String>>,
    /// Whether it answers HTTP.
    pub web: bool,
    /// How long it thinks before it answers HTTP, in milliseconds.
    pub think_ms: u64,
    /// Whether it answers HTTP on port 8081 with a login page, whatever is asked.
    pub portal: bool,
    /// Whether it answers SNTP.
    pub time: bool,
    /// How far its time is off, in seconds.
    pub time_off_s: i64,
    /// Whether it answers STUN.
    pub stun: bool,
}

/// A bridge with an address.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bridge {
    /// Interface name of the bridge.
    pub name: String,
    /// `address/prefix length`.
    pub address: String,
    /// Interfaces that belong to it.
    pub ports: Vec<String>,
}

/// A cable between two nodes.
#[derive(Debug, Clone, Deserialize)]
pub struct Link {
    /// Whether it is emulated even where its figures ask for nothing.
    #[serde(default)]
    pub emulated: bool,
    /// The end towards the device.
    pub near: End,
    /// The other end.
    pub far: End,
    /// What it does to packets.
    #[serde(flatten)]
    pub figures: Figures,
}

/// One end of a cable.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct End {
    /// Node.
    pub node: String,
    /// Interface name in the node.
    pub interface: String,
    /// `address/prefix length`; none for a port of a bridge.
    pub address: Option<String>,
    /// Hardware address; [`Topology::standard`] gives one to each end that has none.
    #[serde(default)]
    pub mac: String,
}

/// What a link does to packets, in the units of [`Impairment`]; what is not said is 0, or stays as it was.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Figures {
    delay_ms: Option<Figure>,
    jitter_ms: Option<Figure>,
    loss: Option<Figure>,
    burst_ms: Option<Figure>,
    rate_mbps: Option<Figure>,
    queue_kb: Option<Figure>,
    aqm: Option<Figure>,
}

/// One number for both directions, or one for each.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(untagged)]
enum Figure {
    Both(f64),
    Each(Each),
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Each {
    down: f64,
    up: f64,
}

impl Figure {
    fn each(self) -> Each {
        match self {
            Self::Both(value) => Each { down: value, up: value },
            Self::Each(each) => each,
        }
    }
}

/// Both directions of a link.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Impairments {
    /// Towards the device.
    pub down: Impairment,
    /// Away from the device.
    pub up: Impairment,
}

impl Figures {
    /// These figures, where they are said, in place of those before.
    pub fn over(&self, before: Impairments) -> Impairments {
        let mut after = before;
        let mut put = |figure: Option<Figure>, slot: fn(&mut Impairment) -> &mut f64| {
            if let Some(each) = figure.map(Figure::each) {
                *slot(&mut after.down) = each.down;
                *slot(&mut after.up) = each.up;
            }
        };
        put(self.delay_ms, |impairment| &mut impairment.delay_ms);
        put(self.jitter_ms, |impairment| &mut impairment.jitter_ms);
        put(self.loss, |impairment| &mut impairment.loss);
        put(self.burst_ms, |impairment| &mut impairment.burst_ms);
        put(self.aqm, |impairment| &mut impairment.aqm);
        put(self.rate_mbps, |impairment| &mut impairment.rate_mbps);
        put(self.queue_kb, |impairment| &mut impairment.queue_kb);
        after
    }
}

impl Link {
    /// What it does to packets.
    pub fn impairments(&self) -> Impairments {
        self.figures.over(Impairments::default())
    }

    /// Whether it is emulated; a plain cable of the kernel's otherwise.
    pub fn is_emulated(&self) -> bool {
        let Impairments { down, up } = self.impairments();
        self.emulated || !(down.is_none() && up.is_none())
    }
}

impl Topology {
    /// The lab's own.
    pub fn standard() -> Result<Self> {
        Self::of(&Scenario::healthy())
    }

    /// The lab's own with the scenario's nodes and links. Figures of links that stand in the lab's own are left out: they are what goes
    /// wrong once the lab is up.
    pub fn of(scenario: &Scenario) -> Result<Self> {
        let mut table: toml::Table = toml::from_str(include_str!("topology.toml")).context("src/lab/topology.toml")?;
        let mut section = |section: &str| match table.remove(section) {
            Some(Value::Table(entries)) => Ok(entries),
            _ => bail!("src/lab/topology.toml has no {section}"),
        };
        let (mut nodes, mut links) = (section("nodes")?, section("links")?);
        for (name, changes) in &scenario.nodes {
            overlay(nodes.entry(name).or_insert_with(|| Value::Table(toml::Table::new())), changes);
        }
        for (name, changes) in &scenario.links {
            let Some(link) = links.get_mut(name) else {
                ensure!(changes.contains_key("near"), "there is no link {name}; there are {}", names(&links));
                links.insert(name.clone(), Value::Table(changes.clone()));
                continue;
            };
            let ends = changes.iter().filter(|(key, _)| *key == "near" || *key == "far");
            overlay(link, &ends.map(|(key, value)| (key.clone(), value.clone())).collect());
        }
        for name in scenario.links.keys().chain(scenario.actions.iter().filter_map(|action| action.link.as_ref())) {
            let link = links.get_mut(name).and_then(Value::as_table_mut);
            let Some(link) = link else { bail!("there is no link {name}; there are {}", names(&links)) };
            link.insert("emulated".to_owned(), Value::Boolean(true));
        }
        let whole = toml::Table::from_iter([("nodes".to_owned(), Value::Table(nodes)), ("links".to_owned(), Value::Table(links))]);
        let mut topology: Self = whole.try_into().context("the nodes and links of the scenario")?;
        for (number, link) in topology.links.values_mut().enumerate() {
            for (side, end) in [&mut link.near, &mut link.far].into_iter().enumerate() {
                ensure!(topology.nodes.contains_key(&end.node), "there is no node {}", end.node);
                if end.mac.is_empty() {
                    end.mac = format!("02:00:00:01:{number:02x}:{side:02x}");
                }
            }
        }
        Ok(topology)
    }

    /// What the scenario says of links that stand in the lab's own.
    pub fn changes(scenario: &Scenario) -> Result<BTreeMap<String, Figures>> {
        let standard = Self::standard()?;
        let changed = scenario.links.iter().filter(|(name, _)| standard.links.contains_key(*name));
        let figures = |(name, changes): (&String, &toml::Table)| {
            let figures: toml::Table = changes.clone().into_iter().filter(|(key, _)| key != "near" && key != "far").collect();
            Ok((name.clone(), figures.try_into().with_context(|| format!("link {name}"))?))
        };
        changed.map(figures).collect()
    }

    /// Every end of a link, with the end it is joined to.
    pub fn ends(&self) -> impl Iterator<Item = (&End, &End)> {
        self.links.values().flat_map(|link| [(&link.near, &link.far), (&link.far, &link.near)])
    }
}

/// Puts a table's values in place of those before, tables within tables key by key.
fn overlay(before: &mut Value, changes: &toml::Table) {
    let Value::Table(before) = before else { return };
    for (key, change) in changes {
        match (before.get_mut(key), change) {
            (Some(inner @ Value::Table(_)), Value::Table(changes)) => overlay(inner, changes),
            _ => drop(before.insert(key.clone(), change.clone())),
        }
    }
}

fn names(table: &toml::Table) -> String {
    table.keys().map(String::as_str).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn the_standard_topology_joins_nodes_that_exist() {
        let topology = Topology::standard().unwrap();
        assert!(topology.ends().all(|(end, _)| topology.nodes.contains_key(&end.node)));
        assert!(topology.nodes.keys().all(|node| topology.ends().any(|(end, _)| end.node == *node)));
    }

    #[test]
    fn a_figure_is_for_both_directions_or_for_each_and_the_rest_stays() {
        let access = Topology::standard().unwrap().links["access"].impairments();
        let figures: Figures = toml::from_str("loss = { down = 0.05 }\ndelay_ms = 30").unwrap();
        let Impairments { down, up } = figures.over(access);
        assert_eq!((down.loss, up.loss, down.delay_ms, up.delay_ms), (0.05, 0.0, 30.0, 30.0));
        assert_eq!((down.rate_mbps, up.rate_mbps), (access.down.rate_mbps, access.up.rate_mbps));
    }
}
