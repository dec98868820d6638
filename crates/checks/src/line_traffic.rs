//! Did other devices at home use the line while the path was measured? A look before tells little: video comes in pieces.

use demarc_model::{Fault, Finding, Observation, PathReading, Phrase, Profile, Reading, Request, Segment, Step, Visit, WanTraffic};

use crate::{
    Check, Plan, cross_traffic,
    words::{STRONG, accuse, clear, note},
};

pub const CHECK: Check = Check {
    id: "line-traffic",
    step: Step::Path,
    needs: &["trace"],
    faults: &[Fault::HomeCrossTraffic],
    plan,
    interpret,
};

/// Traffic on the line, this visit's own probes included, up to which the home is quiet, in bytes a second.
const QUIET: f64 = 60_000.0;

/// As long as the path's campaign, and over before it.
fn plan(visit: &Visit) -> Plan {
    if cross_traffic::others(visit).is_none() {
        return Plan::NotApplicable(Phrase::new("line-traffic-not-told"));
    }
    Plan::Ask(vec![Request::WanTraffic { for_ms: if visit.profile == Profile::Quick { 12_000 } else { 60_000 } }])
}

/// The line's traffic while the path was measured, where the router told it.
pub fn during_path(visit: &Visit) -> Option<(&Observation, &WanTraffic)> {
    visit.of(CHECK.id).find_map(|seen| Some((seen, seen.wan_traffic().filter(|line| line.watched_ms >= 5_000.0)?)))
}

/// Whether the home was quiet then.
fn quiet(line: &WanTraffic) -> bool {
    line.received_bytes_per_s.max(line.sent_bytes_per_s) < QUIET
}

fn interpret(visit: &Visit) -> Vec<Finding> {
    let Some((seen, line)) = during_path(visit) else { return Vec::new() };
    let (down, up) = (line.received_bytes_per_s, line.sent_bytes_per_s);
    let because = |id: &str| Phrase::new(id).number("down", down * 8e-6, 2).number("up", up * 8e-6, 2);
    // Whoever weighs the path has to know whether it was the home's own traffic that filled it.
    let mut seen_meanwhile = note(Segment::Router, Phrase::new("line-traffic-seen"), [seen]);
    seen_meanwhile.reading = Reading::Path(PathReading { home_quiet: Some(quiet(line)), ..PathReading::default() });
    let told = if cross_traffic::is_much(visit, down, up) {
        accuse(Fault::HomeCrossTraffic, STRONG, because("line-traffic-much"), [seen])
    } else if quiet(line) {
        clear(Fault::HomeCrossTraffic, STRONG, because("line-traffic-quiet"), [seen])
    } else {
        note(Segment::Router, because("line-traffic-some"), [seen])
    };
    vec![told, seen_meanwhile]
}
