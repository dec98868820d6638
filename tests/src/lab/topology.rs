//! The lab's nodes and links, as `topology.toml` tells them.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::Deserialize;

use super::link::Impairment;

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
    /// Whether it answers HTTP.
    pub web: bool,
    /// Whether it answers SNTP.
    pub time: bool,
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
    rate_mbps: Option<Figure>,
    queue_kb: Option<Figure>,
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
        !(down.is_none() && up.is_none())
    }
}

impl Topology {
    /// The lab's own.
    pub fn standard() -> Result<Self> {
        let mut topology: Self = toml::from_str(include_str!("topology.toml")).context("src/lab/topology.toml")?;
        for (number, link) in topology.links.values_mut().enumerate() {
            for (side, end) in [&mut link.near, &mut link.far].into_iter().enumerate() {
                if end.mac.is_empty() {
                    end.mac = format!("02:00:00:01:{number:02x}:{side:02x}");
                }
            }
        }
        Ok(topology)
    }

    /// Every end of a link, with the end it is joined to.
    pub fn ends(&self) -> impl Iterator<Item = (&End, &End)> {
        self.links.values().flat_map(|link| [(&link.near, &link.far), (&link.far, &link.near)])
    }
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
