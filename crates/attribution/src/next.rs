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
    Test { id: "next-restart-router", relieves: &[Segment::Router], relieves_faults: &[], applies: |_| true },
    Test {
        id: "next-other-network",
        relieves: &[Segment::Wiring, Segment::Wifi, Segment::Router, Segment::Access, Segment::Isp, Segment::Interconnect],
        relieves_faults: &[],
        applies: |_| true,
    },
];

/// Most useful first; at most four.
pub fn tests(party: Party, segment: Option<Segment>, fault: Option<Fault>, posterior: &Posterior, points: &Points<'_>) -> Vec<NextTest> {
    let mut next = Vec::new();
    let mut add = |id: String, decides: Vec<Segment>| {
        next.push(NextTest { action: String::new(), action_phrase: Phrase::new(id), decides });
    };
    if let Some(fault) = fault {
        add(format!("fault-{}-fix", fault.id()), Vec::new());
    }
    let doubted: Vec<Segment> = Segment::ALL.into_iter().filter(|segment| share(posterior, *segment) >= WORTH_DECIDING).collect();
    if party == Party::Undetermined && points.all.is_empty() {
        add("next-go-on".to_owned(), doubted);
        return next;
    }
    for test in best(posterior, points.wifi) {
        let decides = doubted.iter().copied().filter(|segment| test.relieves.contains(segment) || test.names(*segment)).collect();
        add(test.id.to_owned(), decides);
    }
    match party {
        Party::Undetermined => {
            if points.at(&[Position::Gateway]).next().is_none() {
                add("next-find-router".to_owned(), vec![Segment::Router]);
            }
            add("next-longer".to_owned(), doubted);
        }
        Party::Healthy => add("next-when-it-happens".to_owned(), Vec::new()),
        Party::Provider => add("next-send-report".to_owned(), Vec::new()),
        Party::Beyond
            if segment == Some(Segment::Interconnect) && !next.iter().any(|test| test.action_phrase.id == "next-other-network") =>
        {
            next.push(NextTest {
                action: String::new(),
                action_phrase: Phrase::new("next-other-network"),
                decides: vec![Segment::Interconnect, Segment::Service],
            });
        }
        Party::Home | Party::Beyond => {}
    }
    next.truncate(4);
    next
}

/// A segment less likely than this is not in doubt.
const WORTH_DECIDING: f64 = 0.05;
/// Information below this, in nats, is not worth anybody's time.
const WORTH_DOING: f64 = 0.03;

/// The two tests whose outcomes are expected to tell most.
fn best(posterior: &Posterior, wifi: bool) -> Vec<&'static Test> {
    let mut worth: Vec<(f64, &Test)> =
        TESTS.iter().filter(|test| (test.applies)(wifi)).map(|test| (information(posterior, test), test)).collect();
    worth.sort_by(|one, other| other.0.total_cmp(&one.0));
    worth.into_iter().filter(|(nats, _)| *nats >= WORTH_DOING).take(2).map(|(_, test)| test).collect()
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
