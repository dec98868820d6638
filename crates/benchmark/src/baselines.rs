//! Other ways of locating a fault, on the same observations, each as good as its thresholds can make it on the training split.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use demarc_model::{Party, Segment};
use serde::{Deserialize, Serialize};

use crate::{
    answer::{Answer, PARTIES},
    features::{Features, KnownPage, Seen},
    grid::Case,
    tree::Tree,
};

/// What a baseline names: a segment, or nothing.
pub type Label = Option<Segment>;

/// The baselines with what they learned from the training split.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Baselines {
    first_lossy_hop: Learned<LossyHop>,
    gateway_then_internet: Learned<GatewayThenInternet>,
    threshold_tree: Learned<Tree>,
}

/// Names of the baselines.
pub const NAMES: [&str; 3] = ["first-lossy-hop", "gateway-then-internet", "threshold-tree"];

/// A rule, and how often each party was guilty in training when the rule named a segment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Learned<R> {
    rule: R,
    parties: BTreeMap<String, [f64; 4]>,
}

/// A way to name a segment.
trait Rule {
    fn label(&self, features: &Features) -> Label;
}

impl Baselines {
    /// Fits every rule to households whose truth is known.
    pub fn fit(rows: &[(&Case, &Features)]) -> Result<Self> {
        Ok(Self {
            first_lossy_hop: Learned::new(best(LossyHop::all(), rows)?, rows),
            gateway_then_internet: Learned::new(best(GatewayThenInternet::all(), rows)?, rows),
            threshold_tree: Learned::new(Tree::fit(rows), rows),
        })
    }

    /// Each baseline's answer, in the order of [`NAMES`].
    pub fn answers(&self, features: &Features) -> [Answer; 3] {
        [self.first_lossy_hop.answer(features), self.gateway_then_internet.answer(features), self.threshold_tree.answer(features)]
    }
}

impl<R: Rule> Learned<R> {
    fn new(rule: R, rows: &[(&Case, &Features)]) -> Self {
        let mut counts: BTreeMap<String, [f64; 4]> = BTreeMap::new();
        for (case, features) in rows {
            let label = rule.label(features);
            let truth = case.truth.party_for(party(label));
            let place = PARTIES.iter().position(|known| *known == truth).unwrap_or(3);
            counts.entry(name(label).to_owned()).or_insert([0.5; 4])[place] += 1.0;
        }
        let share = |counts: [f64; 4]| counts.map(|count| count / counts.iter().sum::<f64>());
        Self { rule, parties: counts.into_iter().map(|(label, counts)| (label, share(counts))).collect() }
    }

    /// The party is the one that the rule names, always told; its confidence is how often that was right in training.
    fn answer(&self, features: &Features) -> Answer {
        let label = self.rule.label(features);
        let parties = self.parties.get(name(label)).copied().unwrap_or([0.25; 4]);
        let party = party(label);
        let confidence = PARTIES.iter().zip(parties).find(|(known, _)| **known == party).map_or(0.0, |(_, p)| p);
        Answer { party, confidence, committed: Some(party), ..Answer::new(parties, label, None, None) }
    }
}

fn party(label: Label) -> Party {
    label.map_or(Party::Healthy, Segment::party)
}

fn name(label: Label) -> &'static str {
    label.map_or("healthy", Segment::id)
}

/// The rule that names the right party most often.
fn best<R: Rule>(rules: Vec<R>, rows: &[(&Case, &Features)]) -> Result<R> {
    let right = |rule: &R| rows.iter().filter(|(case, features)| case.truth.allows_party(party(rule.label(features)))).count();
    rules.into_iter().max_by_key(right).context("there is a rule to choose from")
}

/// How people read a trace that repeats itself: the first hop with notable loss is guilty.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct LossyHop {
    /// Share of loss that is notable.
    notable: f64,
    /// Whether loss counts only if the destination shows it too, as the better guides say.
    must_reach_the_end: bool,
}

const SHARES: [f64; 7] = [0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2];

impl LossyHop {
    fn all() -> Vec<Self> {
        let both = |notable: f64| [false, true].map(|must_reach_the_end| Self { notable, must_reach_the_end });
        SHARES.into_iter().flat_map(both).collect()
    }
}

impl Rule for LossyHop {
    fn label(&self, features: &Features) -> Label {
        if !features.routed || !features.connected {
            return Some(if features.connected { Segment::Device } else { features.link() });
        }
        let lossy = |seen: Option<Seen>| seen.is_some_and(|seen| seen.loss >= self.notable);
        if self.must_reach_the_end && !lossy(features.service) {
            return None;
        }
        let [first, near, far] = features.hops;
        let hops = [
            (features.gateway, features.link()),
            (first, Segment::Access),
            (near, Segment::Isp),
            (far, Segment::Interconnect),
            (features.service, Segment::Service),
        ];
        hops.into_iter().find(|(seen, _)| lossy(*seen)).map(|(_, segment)| segment)
    }
}

/// How operating systems diagnose: link, address, router, a known page, names, then the service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct GatewayThenInternet {
    /// Share of loss at which the router counts as not reached.
    router: f64,
    /// Share of loss at which the internet counts as not reached.
    internet: f64,
}

impl GatewayThenInternet {
    fn all() -> Vec<Self> {
        let shares = || SHARES.into_iter().chain([0.5, 1.0]);
        shares().flat_map(|router| shares().map(move |internet| Self { router, internet })).collect()
    }
}

impl Rule for GatewayThenInternet {
    fn label(&self, features: &Features) -> Label {
        let lost = |seen: Option<Seen>, share: f64| seen.is_some_and(|seen| seen.loss >= share);
        let internet = lost(features.others, self.internet);
        // A router that ignores echoes while the internet answers is no fault.
        let router_silent = features.gateway.is_some_and(|seen| seen.loss >= 1.0) && !lost(features.others, 1.0);
        match features {
            _ if !features.connected => Some(features.link()),
            _ if !features.routed || features.known_page == Some(KnownPage::Another) => Some(Segment::Device),
            _ if !router_silent && lost(features.gateway, self.router) => Some(features.link()),
            _ if internet => Some(Segment::Access),
            _ if features.names_resolve == Some(false) => Some(Segment::Isp),
            _ if features.known_page == Some(KnownPage::Nothing) => Some(Segment::Access),
            _ if features.service_answers == Some(false) => Some(Segment::Service),
            _ => None,
        }
    }
}

impl Rule for Tree {
    fn label(&self, features: &Features) -> Label {
        self.decide(&features.figures())
    }
}
