//! Did other devices at home use the line while the path was measured? A look before tells little: video comes in pieces.

use demarc_model::{Fault, Finding, LoadResult, Observation, PathReading, Phrase, Profile, Reading, Request, Segment, Step, Visit, WanTraffic};

use crate::{
    Check, Plan, cross_traffic,
    words::{FAIR, STRONG, WEAK, accuse, clear, note},
};

pub const CHECK: Check = Check {
    id: "line-traffic",
    step: Step::Path,
    needs: &["trace"],
    faults: &[Fault::HomeCrossTraffic],
    plan,
    interpret,
};

/// Shares of a known transfer that the counters tell: below the first they miss traffic, from the second on they have it all, and above
/// the third most of what they tell is not the transfer.
const MISSED: f64 = 0.5;
const ALL: f64 = 0.9;
const MOSTLY_OTHERS: f64 = 1.5;
/// A transfer smaller than this, in bytes, proves nothing.
const ENOUGH: u64 = 1_000_000;

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

/// What the counters told while the path was measured, before a transfer of known size showed whether they may be believed: routers that
/// forward in hardware can miss most of it.
fn interpret(visit: &Visit) -> Vec<Finding> {
    let Some((seen, line)) = during_path(visit) else { return Vec::new() };
    let because = |id: &str| told(Phrase::new(id), line);
    if cross_traffic::is_much(visit, line.received_bytes_per_s, line.sent_bytes_per_s) {
        vec![accuse(Fault::HomeCrossTraffic, FAIR, because("line-traffic-much"), [seen]), home_is(false, seen)]
    } else if quiet(line) {
        vec![clear(Fault::HomeCrossTraffic, WEAK, because("line-traffic-quiet"), [seen])]
    } else {
        vec![note(Segment::Router, because("line-traffic-some"), [seen]), home_is(false, seen)]
    }
}

fn told(phrase: Phrase, line: &WanTraffic) -> Phrase {
    phrase.number("down", line.received_bytes_per_s * 8e-6, 2).number("up", line.sent_bytes_per_s * 8e-6, 2)
}

/// Whoever weighs the path has to know whether it was the home's own traffic that filled it.
fn home_is(quiet: bool, seen: &Observation) -> Finding {
    let mut used = note(Segment::Router, Phrase::new("line-traffic-seen"), [seen]);
    used.reading = Reading::Path(PathReading { home_quiet: Some(quiet), ..PathReading::default() });
    used
}

/// What the counters told is worth after they were held against the transfers of a campaign, whose sizes are known.
pub fn believed(visit: &Visit, loads: &[LoadResult], campaign: &Observation) -> Vec<Finding> {
    let shares: Vec<f64> = loads.iter().filter_map(share_counted).collect();
    let (Some(least), Some((seen, line))) = (shares.iter().copied().min_by(f64::total_cmp), during_path(visit)) else { return Vec::new() };
    let because = |id: &str| told(Phrase::new(id), line).number("percent", least * 100.0, 0);
    let both = [seen, campaign];
    if least < MISSED {
        // What they miss may be the neighbour's film: the home is not known to have been quiet.
        return vec![note(Segment::Router, because("line-counters-miss"), both), home_is(false, campaign)];
    }
    if least < ALL || shares.iter().all(|share| *share > MOSTLY_OTHERS) {
        return vec![note(Segment::Router, because("line-counters-unsure"), both)];
    }
    if cross_traffic::is_much(visit, line.received_bytes_per_s, line.sent_bytes_per_s) {
        vec![accuse(Fault::HomeCrossTraffic, STRONG, because("line-traffic-much-believed"), both)]
    } else if quiet(line) {
        vec![clear(Fault::HomeCrossTraffic, STRONG, because("line-traffic-quiet-believed"), both), home_is(true, campaign)]
    } else {
        vec![note(Segment::Router, because("line-counters-right"), both)]
    }
}

/// Share of a transfer's bytes that the router counted, other devices' included.
fn share_counted(load: &LoadResult) -> Option<f64> {
    load.counted_bytes.filter(|_| load.bytes >= ENOUGH).map(|counted| counted as f64 / load.bytes as f64)
}

/// What others moved beside a transfer, in Mbit/s, where the router counted it all.
pub fn beside(load: &LoadResult) -> Option<f64> {
    share_counted(load).filter(|share| *share >= ALL)?;
    let others = load.counted_bytes?.saturating_sub(load.bytes + load.bytes / 25);
    Some(others as f64 * 8e-3 / (load.ended_ms - load.began_ms).max(1.0))
}
