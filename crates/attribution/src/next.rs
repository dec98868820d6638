//! What to do next: the remedy where the fault is known, and the test that decides where it is not.

use demarc_model::{Fault, NextTest, Party, Phrase, Position, Segment};

use crate::points::Points;

/// Most useful first; at most four.
pub fn tests(party: Party, segment: Option<Segment>, fault: Option<Fault>, credible: &[Segment], points: &Points) -> Vec<NextTest> {
    let mut next = Vec::new();
    let mut add = |id: String, decides: &[Segment]| {
        next.push(NextTest { action: String::new(), action_phrase: Phrase::new(id), decides: decides.to_vec() });
    };
    if let Some(fault) = fault {
        add(format!("fault-{}-fix", fault.id()), &[]);
    }
    if party == Party::Undetermined && points.all.is_empty() {
        add("next-go-on".to_owned(), credible);
        return next;
    }
    let provider_or_undecided = matches!(party, Party::Provider | Party::Undetermined);
    if points.wifi && provider_or_undecided {
        add("next-use-cable".to_owned(), &[Segment::Wifi, Segment::Access]);
    }
    if party == Party::Undetermined {
        let doubted = |segment| credible.contains(&segment);
        if doubted(Segment::Wiring) {
            add("next-other-cable".to_owned(), &[Segment::Wiring, Segment::Router]);
        }
        if doubted(Segment::Interconnect) || doubted(Segment::Service) || doubted(Segment::Isp) {
            add("next-other-network".to_owned(), &[Segment::Isp, Segment::Interconnect, Segment::Service]);
        }
        if points.at(&[Position::Gateway]).next().is_none() {
            add("next-find-router".to_owned(), &[Segment::Router]);
        }
        add("next-longer".to_owned(), credible);
    } else if party == Party::Healthy {
        add("next-when-it-happens".to_owned(), &[]);
    } else if party == Party::Provider {
        add("next-send-report".to_owned(), &[]);
    } else if segment == Some(Segment::Interconnect) {
        add("next-other-network".to_owned(), &[Segment::Interconnect, Segment::Service]);
    }
    next.truncate(4);
    next
}
