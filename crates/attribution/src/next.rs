//! What to do next: the remedy where the fault is known, and where it is not the tests that would decide, best first.
//!
//! A test is worth the information that its outcome is expected to give about the segment at fault: the mutual information between the
//! two, under what is believed now (Lindley 1956).

use demarc_model::{Fault, NextTest, Party, Phrase, Position, Segment};

use crate::{hypothesis::Posterior, points::Points, table};

/// A test that a person can make: something is changed, and the trouble goes away or stays.
#[derive(Debug)]
pub struct Test {
    /// Message id of what to do.
    pub id: &'static str,
    /// Segments whose trouble goes away with the change.
    pub relieves: &'static [Segment],
    /// Faults whose trouble goes away, besides those of the segments.
    pub relieves_faults: &'static [Fault],
    /// Whether it can be made with this home link.
    pub applies: fn(wifi: bool) -> bool,
}

const TESTS: [Test; 6] = [
    Test { id: "next-use-cable", relieves: &[Segment::Wifi], relieves_faults: &[], applies: |wifi| wifi },
    Test { id: "next-other-cable", relieves: &[Segment::Wiring], relieves_faults: &[], applies: |wifi| !wifi },
    Test { id: "next-other-device", relieves: &[Segment::Device], relieves_faults: &[], applies: |_| true },
    Test {
        id: "next-pause-others",
        relieves: &[],
        relieves_faults: &[Fault::HomeCrossTraffic, Fault::RouterBufferbloat],
        applies: |_| true,
    },
    Test {
        id: "next-restart-router",
        relieves: &[],
        relieves_faults: &[Fault::RouterUnreachable, Fault::RouterOverloaded, Fault::RouterDnsFailing, Fault::RouterLoss],
        applies: |_| true,
    },
    Test {
        id: "next-other-network",
        relieves: &[Segment::Wiring, Segment::Wifi, Segment::Router, Segment::Access, Segment::Isp, Segment::Interconnect],
        relieves_faults: &[],
        applies: |_| true,
    },
];

/// What was decided: party, segment, the fault or the likeliest one there, and a second fault.
#[derive(Debug, Clone, Copy)]
pub struct Decided {
    pub party: Party,
    pub segment: Option<Segment>,
    pub fault: Option<Fault>,
    pub also: Option<Fault>,
}

/// Most useful first; at most four.
pub fn tests(decided: Decided, posterior: &Posterior, points: &Points<'_>) -> Vec<NextTest> {
    let mut next = Vec::new();
    let mut tell = |action_phrase: Phrase, decides: Vec<Segment>| {
        next.push(NextTest { action: String::new(), action_phrase, decides });
    };
    if let Some(fault) = decided.fault {
        tell(Phrase::new(format!("fault-{}-fix", fault.id())), Vec::new());
    }
    if let Some(second) = decided.also {
        tell(Phrase::new("next-second-fault").text("segment", second.segment().id()), Vec::new());
        tell(Phrase::new(format!("fault-{}-fix", second.id())), Vec::new());
    }
    let mut add = |id: &str, decides: Vec<Segment>| tell(Phrase::new(id), decides);
    let doubted: Vec<Segment> = Segment::ALL.into_iter().filter(|segment| share(posterior, *segment) >= table::WORTH_DECIDING).collect();
    let likeliest = posterior.iter().max_by(|one, other| one.1.total_cmp(&other.1)).and_then(|(fault, _)| *fault);
    // Nothing stands out, and the path is still to be looked at.
    if decided.party == Party::Undetermined && likeliest.is_none() && !points.see_the_path() {
        add("next-go-on", doubted);
        return next;
    }
    let decided_there = |test: &&Test| decided.segment.is_some_and(|segment| test.relieves.contains(&segment));
    let telling: Vec<&Test> = best(posterior, points.wifi).into_iter().filter(|test| !decided_there(test)).collect();
    for test in &telling {
        let (relieved, others): (Vec<Segment>, Vec<Segment>) =
            doubted.iter().copied().partition(|segment| test.relieves.contains(segment) || test.names(*segment));
        // A test that takes away everything in doubt, or nothing of it, decides between none of it.
        let between = if relieved.is_empty() || others.is_empty() { Vec::new() } else { doubted.clone() };
        add(test.id, between);
    }
    let border = decided.segment == Some(Segment::Interconnect);
    match decided.party {
        Party::Undetermined => {
            if points.at(&[Position::Gateway]).next().is_none() {
                add("next-find-router", vec![Segment::Router]);
            }
            add("next-longer", doubted);
        }
        Party::Healthy => add("next-when-it-happens", Vec::new()),
        Party::Provider if decided.fault.is_none() => add("next-send-report", Vec::new()),
        Party::Beyond if border && !telling.iter().any(|test| test.id == "next-other-network") => {
            add("next-other-network", vec![Segment::Interconnect, Segment::Service]);
        }
        Party::Home | Party::Provider | Party::Beyond => {}
    }
    next.truncate(4);
    next
}

/// The two tests whose outcomes are expected to tell most.
fn best(posterior: &Posterior, wifi: bool) -> Vec<&'static Test> {
    let mut worth: Vec<(f64, &Test)> =
        TESTS.iter().filter(|test| (test.applies)(wifi)).map(|test| (information(posterior, test), test)).collect();
    worth.sort_by(|one, other| other.0.total_cmp(&one.0));
    worth.into_iter().filter(|(nats, _)| *nats >= table::WORTH_DOING).take(2).map(|(_, test)| test).collect()
}

/// Expected information about the segment at fault from a test's outcome, in nats.
fn information(posterior: &Posterior, test: &Test) -> f64 {
    let segments: Vec<(f64, f64)> = std::iter::once(None)
        .chain(Segment::ALL.into_iter().map(Some))
        .map(|segment| {
            let those = posterior.iter().filter(|(fault, _)| fault.map(Fault::segment) == segment);
            those
                .fold((0.0, 0.0), |(all, relieved), (fault, probability)| (all + probability, relieved + probability * test.relief(*fault)))
        })
        .collect();
    let relieved: f64 = segments.iter().map(|(_, relieved)| relieved).sum();
    let terms = segments.iter().flat_map(|(all, both)| [(*all, *both, relieved), (*all, all - both, 1.0 - relieved)]);
    terms
        .filter(|(_, joint, outcome)| *joint > 0.0 && *outcome > 0.0)
        .map(|(segment, joint, outcome)| joint * (joint / (segment * outcome)).ln())
        .sum()
}

fn share(posterior: &Posterior, segment: Segment) -> f64 {
    posterior.iter().filter(|(fault, _)| fault.map(Fault::segment) == Some(segment)).map(|(_, probability)| probability).sum()
}

impl Test {
    /// Probability that the trouble is gone with the change if this is the fault. Without one there is no trouble to go away.
    fn relief(&self, fault: Option<Fault>) -> f64 {
        match fault {
            Some(fault) if self.relieves.contains(&fault.segment()) || self.relieves_faults.contains(&fault) => table::RELIEVED,
            _ => table::RELIEVED_BY_CHANCE,
        }
    }

    fn names(&self, segment: Segment) -> bool {
        self.relieves_faults.iter().any(|fault| fault.segment() == segment)
    }
}
