//! Which wire of a suspicious cable is broken, and where? The network adapter can tell; the link is down while it does, so only where the
//! user agreed.

use demarc_model::{CablePair, CableTest, Fault, Finding, LinkState, Observation, PairState, Phrase, Request, Segment, Step, Visit};

use crate::{
    Check, Plan, cable,
    words::{FAIR, STRONG, WEAK, accuse, clear, note},
};

pub const CHECK: Check = Check {
    id: "cable-test",
    step: Step::Wiring,
    needs: &["cable"],
    faults: &[Fault::LinkSpeedLow, Fault::LinkErrors, Fault::LinkFlapping],
    plan,
    interpret,
};

fn plan(visit: &Visit) -> Plan {
    let Some((_, link)) = cable::latest(visit).filter(|_| cable::is_suspicious(visit)) else {
        return Plan::NotApplicable(Phrase::new("cable-test-no-reason"));
    };
    if visit.answers.get(CHECK.id).is_none_or(|answer| answer != "yes") {
        return Plan::NotApplicable(Phrase::new("cable-test-not-agreed"));
    }
    Plan::Ask(vec![Request::CableTest { interface: link.interface.clone() }])
}

fn interpret(visit: &Visit) -> Vec<Finding> {
    let Some((_, link)) = cable::latest(visit) else { return Vec::new() };
    visit.of(CHECK.id).filter_map(|seen| Some(judge(link, seen.cable_test()?, seen))).flatten().collect()
}

fn judge(link: &LinkState, test: &CableTest, seen: &Observation) -> Vec<Finding> {
    let broken: Vec<&CablePair> = test.pairs.iter().filter(|pair| !matches!(pair.state, PairState::Ok | PairState::Unknown)).collect();
    if !broken.is_empty() {
        return broken.into_iter().map(|pair| accuse(fault(link), STRONG, because(pair), [seen])).collect();
    }
    let whole = test.pairs.iter().filter(|pair| pair.state == PairState::Ok).count();
    if whole < test.pairs.len() || whole == 0 {
        return vec![note(Segment::Wiring, Phrase::new("cable-test-not-told"), [seen])];
    }
    // Wires may be whole and still damage packets; a link that is slow has little else to be slow for at this end.
    let clears = [(Fault::LinkSpeedLow, FAIR), (Fault::LinkErrors, WEAK), (Fault::LinkFlapping, WEAK)];
    clears.map(|(fault, strength)| clear(fault, strength, Phrase::new("cable-test-whole"), [seen])).into()
}

/// What a broken pair explains: a slow link needs no more than that; else the damage or the drops that made it suspicious.
fn fault(link: &LinkState) -> Fault {
    let possible = link.fastest_own_mbps.unwrap_or(0).min(link.fastest_partner_mbps.unwrap_or(u32::MAX));
    if link.speed_mbps.is_some_and(|speed| speed < possible) {
        Fault::LinkSpeedLow
    } else if cable::damage_strength_ever(link).is_some() {
        Fault::LinkErrors
    } else {
        Fault::LinkFlapping
    }
}

fn because(pair: &CablePair) -> Phrase {
    let state = match pair.state {
        PairState::Short => "short",
        PairState::CrossShort => "cross-short",
        PairState::Mismatch => "mismatch",
        _ => "open",
    };
    let id = if pair.distance_cm.is_some() { "cable-test-broken-at" } else { "cable-test-broken" };
    let metres = f64::from(pair.distance_cm.unwrap_or(0)) / 100.0;
    Phrase::new(id).number("pair", f64::from(pair.pair), 0).text("state", state).number("metres", metres, 1)
}
