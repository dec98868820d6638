//! What did the cable's counters count while the visit sent its packets over it?

use demarc_model::{Fault, Finding, LinkState, Observation, Phrase, Request, Segment, Step, Visit};

use crate::{
    Check, Plan, cable,
    words::{FAIR, STRONG, WEAK, accuse, clear, note},
};

pub const CHECK: Check = Check {
    id: "cable-during",
    step: Step::Path,
    needs: &["cable", "loaded-latency", "outages"],
    faults: &[Fault::LinkErrors, Fault::HalfDuplex],
    plan,
    interpret,
};

/// Late collisions that are no accident.
const FEWEST_LATE: u64 = 3;
/// Share of received packets dropped by this computer that is worth knowing, and the fewest.
const DROPPED: f64 = 1e-3;
const FEWEST_DROPPED: u64 = 20;

/// Reads the link once more, after all that went over it.
fn plan(visit: &Visit) -> Plan {
    match cable::latest(visit) {
        Some((_, link)) if link.carrier => Plan::Ask(vec![Request::Link { interface: link.interface.clone() }]),
        _ => Plan::NotApplicable(Phrase::new("cable-during-no-cable")),
    }
}

fn interpret(visit: &Visit) -> Vec<Finding> {
    let now = visit.of(CHECK.id).filter_map(|seen| Some((seen, seen.link()?))).last();
    let Some(((seen, now), (seen_before, before))) = now.zip(cable::latest(visit)) else { return Vec::new() };
    // Counters that went back were reset, and tell nothing.
    if now.interface != before.interface || now.counters.received < before.counters.received {
        return Vec::new();
    }
    let both = [seen_before, seen];
    [late_collisions(now, before, both), damage(now, before, both), drops(now, before, both)].into_iter().flatten().collect()
}

/// Only an end that sends by turns counts them, and only where the other end does not keep to turns, or the cable is far too long.
fn late_collisions(now: &LinkState, before: &LinkState, seen: [&Observation; 2]) -> Option<Finding> {
    let fresh = now.counters.late_collisions.saturating_sub(before.counters.late_collisions);
    let because = Phrase::new("cable-during-late-collisions").number("collisions", fresh as f64, 0);
    (fresh >= FEWEST_LATE).then(|| accuse(Fault::HalfDuplex, STRONG, because, seen))
}

fn damage(now: &LinkState, before: &LinkState, seen: [&Observation; 2]) -> Option<Finding> {
    let (fresh, received) = cable::damaged_since(now, before);
    let because = |id: &str| {
        let one_in = if fresh == 0 { 0.0 } else { (received + fresh) as f64 / fresh as f64 };
        Phrase::new(id).number("damaged", fresh as f64, 0).number("received", received as f64, 0).number("one-in", one_in, 0)
    };
    if received == 0 && fresh == 0 {
        return None;
    }
    match cable::damage_strength(fresh, received) {
        // A full-duplex end whose setting is by hand sees the other end's collisions as damage.
        Some(strength) if before.negotiates == Some(false) => {
            let because = because("cable-during-errors-by-hand");
            Some(accuse(Fault::HalfDuplex, strength.min(FAIR), because, seen))
        }
        // What has been counted before was told before; that it goes on adds a little.
        Some(strength) if cable::damage_strength_ever(before).is_some() => {
            Some(accuse(Fault::LinkErrors, strength.min(FAIR), because("cable-during-errors"), seen))
        }
        Some(strength) => Some(accuse(Fault::LinkErrors, strength, because("cable-during-errors"), seen)),
        None if fresh > 0 => Some(note(Segment::Wiring, because("cable-during-few-errors"), seen)),
        None => Some(clear(Fault::LinkErrors, WEAK, because("cable-during-no-errors"), seen)),
    }
}

/// Packets that came whole and were thrown away here: the computer, not the cable.
fn drops(now: &LinkState, before: &LinkState, seen: [&Observation; 2]) -> Option<Finding> {
    let since = |count: fn(&LinkState) -> u64| count(now).saturating_sub(count(before));
    let missed = since(|link| link.counters.receive_missed);
    let received = since(|link| link.counters.received);
    let many = missed >= FEWEST_DROPPED && missed as f64 > DROPPED * received as f64;
    let because = Phrase::new("cable-during-drops").number("dropped", missed as f64, 0).number("received", received as f64, 0);
    many.then(|| note(Segment::Device, because, seen))
}
