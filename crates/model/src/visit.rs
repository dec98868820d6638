//! A visit so far, as checks see it.

use std::{collections::BTreeMap, net::IpAddr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Config, Measurement, NetworkState, Observation, Request, Trace};

/// How thorough a visit is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Profile {
    /// At most 45 s of measuring.
    Quick,
    /// At most 4 min of measuring.
    #[default]
    Standard,
    /// At most 15 min of measuring.
    Thorough,
}

/// A page of the wizard, in the order of the path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// This computer.
    Device,
    /// The cable.
    Wiring,
    /// The radio link.
    Wifi,
    /// The home gateway.
    Router,
    /// Everything behind it.
    Path,
}

impl Step {
    /// Every step in order.
    pub const ALL: [Self; 5] = [Self::Device, Self::Wiring, Self::Wifi, Self::Router, Self::Path];
}

/// What the user has trouble with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Symptom {
    /// Videos stop and load.
    Buffering,
    /// Everything is slow.
    Slow,
    /// The connection drops.
    Drops,
    /// Nothing works.
    Offline,
    /// Calls and games stutter.
    Lag,
}

/// Everything known so far in a visit. Checks plan and interpret from this and nothing else.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Visit {
    /// Services, anchors, peers and the rest of the configuration.
    pub config: Config,
    /// How thorough the visit is.
    pub profile: Profile,
    /// Whether the line may be loaded.
    pub load_allowed: bool,
    /// Answers to the wizard's questions, by question id.
    pub answers: BTreeMap<String, String>,
    /// What came back so far, in order. When a check ran again, only its latest observations are here.
    pub observations: Vec<Observation>,
}

impl Visit {
    /// Observations of one check, in order.
    pub fn of(&self, check: &str) -> impl Iterator<Item = &Observation> {
        self.observations.iter().filter(move |observation| observation.check == check)
    }

    /// The latest interfaces, addresses and routes.
    pub fn network(&self) -> Option<&NetworkState> {
        self.observations.iter().rev().find_map(Observation::network)
    }

    /// The home router's address, below any tunnel.
    pub fn gateway(&self) -> Option<IpAddr> {
        self.network()?.router()?.gateway
    }

    /// The address of a host: itself when it is an address, else the latest answer that any name server gave, IPv4 first.
    pub fn address_of(&self, host: &str) -> Option<IpAddr> {
        if let Ok(address) = host.parse() {
            return Some(address);
        }
        let mut found: Vec<IpAddr> = self
            .observations
            .iter()
            .filter(|observation| matches!(&observation.request, Request::Dns { name, .. } if name.eq_ignore_ascii_case(host)))
            .filter_map(Observation::dns)
            .flat_map(|answer| answer.replies.iter().flat_map(|reply| reply.addresses.iter().copied()))
            .filter(|address| !address.is_unspecified() && !address.is_loopback())
            .collect();
        found.sort_by_key(IpAddr::is_ipv6);
        found.first().copied()
    }

    /// The latest trace towards an address.
    pub fn trace_to(&self, destination: IpAddr) -> Option<&Trace> {
        self.observations.iter().rev().filter_map(Observation::trace).find(|trace| trace.destination == destination)
    }

    /// The latest answer to exactly this request.
    pub fn answer_to(&self, request: &Request) -> Option<&Measurement> {
        self.observations.iter().rev().find(|observation| &observation.request == request).and_then(Observation::measurement)
    }
}
