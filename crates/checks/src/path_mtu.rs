//! Do packets of full size reach other networks, or do large ones vanish on the way without a word?

use std::net::IpAddr;

use demarc_model::{Fault, FetchStage, Finding, Observation, PathMtu, Phrase, Request, Segment, Step, Visit};

use crate::{
    Check, Plan, mtu,
    trace::name_of,
    words::{DECISIVE, FAIR, STRONG, WEAK, accuse, clear, note},
};

pub const CHECK: Check =
    Check { id: "path-mtu", step: Step::Path, needs: &["mtu", "service"], faults: &[Fault::PathMtuBlackHole], plan, interpret };

/// Places tried at most: one alone may simply refuse large packets.
const MOST_PLACES: usize = 3;

fn plan(visit: &Visit) -> Plan {
    let Some(interface) = visit.network().and_then(|network| network.default_interface()) else {
        return Plan::Blocked(Phrase::new("path-no-route"));
    };
    let services = visit.config.services.iter().take(1).map(|service| service.host.as_str());
    let anchors = visit.config.anchors.iter().map(|anchor| anchor.host.as_str());
    let mut places: Vec<IpAddr> = Vec::new();
    for address in services.chain(anchors).filter_map(|host| visit.address_of(host)) {
        if !places.contains(&address) && places.len() < MOST_PLACES {
            places.push(address);
        }
    }
    if places.is_empty() {
        return Plan::Blocked(Phrase::new("path-no-addresses"));
    }
    let ceiling = mtu::ceiling(interface);
    Plan::Ask(places.into_iter().map(|destination| Request::PathMtu { destination, ceiling }).collect())
}

fn interpret(visit: &Visit) -> Vec<Finding> {
    let passages: Vec<Passage<'_>> = visit.of(CHECK.id).filter_map(Passage::of).collect();
    let vanishing: Vec<&Passage<'_>> = passages.iter().filter(|passage| vanishes(*passage.answer)).collect();
    let seen = || passages.iter().map(|passage| passage.seen);
    let Some(worst) = vanishing.iter().min_by_key(|passage| passage.passed) else {
        let told = passages.iter().find(|passage| passage.passed < passage.answer.ceiling);
        let id = if told.is_some() { "path-mtu-told" } else { "path-mtu-clear" };
        let shown = told.or(passages.first());
        return shown.map(|shown| clear(Fault::PathMtuBlackHole, STRONG, shown.because(visit, id), seen())).into_iter().collect();
    };
    // What vanishes before the router vanishes behind it too.
    if visit.of(mtu::CHECK.id).filter_map(Observation::path_mtu).copied().any(vanishes) {
        return vec![note(Segment::Device, worst.because(visit, "path-mtu-before-the-router"), seen())];
    }
    if vanishing.len() < passages.len() {
        return vec![note(Segment::Interconnect, worst.because(visit, "path-mtu-one-way"), [worst.seen])];
    }
    let stalled = visit
        .of("service")
        .filter_map(Observation::fetch)
        .any(|page| page.connect_ms.is_some() && matches!(page.failed_at, Some(FetchStage::Tls | FetchStage::Http)));
    let (strength, id) = match (vanishing.len(), stalled) {
        (1, false) => (FAIR, "path-mtu-vanishing"),
        (1, true) => (STRONG, "path-mtu-vanishing-and-stalling"),
        (_, false) => (STRONG + WEAK, "path-mtu-vanishing"),
        (_, true) => (DECISIVE, "path-mtu-vanishing-and-stalling"),
    };
    vec![accuse(Fault::PathMtuBlackHole, strength, worst.because(visit, id), seen())]
}

/// Whether larger packets are lost although nobody says that they are too large.
fn vanishes(answer: PathMtu) -> bool {
    answer.largest_passed.is_some_and(|passed| passed < answer.ceiling) && !answer.told_too_big
}

/// What passed to one place that answered.
struct Passage<'a> {
    seen: &'a Observation,
    answer: &'a PathMtu,
    passed: u16,
}

impl<'a> Passage<'a> {
    fn of(seen: &'a Observation) -> Option<Self> {
        let answer = seen.path_mtu()?;
        Some(Self { seen, answer, passed: answer.largest_passed? })
    }

    fn because(&self, visit: &Visit, id: &str) -> Phrase {
        let phrase = Phrase::new(id).number("passed", f64::from(self.passed), 0).number("tried", f64::from(self.answer.ceiling), 0);
        match &self.seen.request {
            Request::PathMtu { destination, .. } => phrase.text("destination", name_of(visit, *destination)),
            _ => phrase,
        }
    }
}
