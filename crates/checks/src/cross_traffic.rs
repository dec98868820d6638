//! How much of the line do other devices at home use, by the router's own counters?

use demarc_model::{Fault, Finding, Observation, PathReading, Phrase, Profile, Reading, Request, Segment, Step, Visit};

use crate::{
    Check, Plan, nat, router_says,
    words::{FAIR, WEAK, accuse, clear, note},
};

pub const CHECK: Check = Check {
    id: "cross-traffic",
    step: Step::Router,
    needs: &["addresses", "router-says"],
    faults: &[Fault::HomeCrossTraffic, Fault::DoubleNat, Fault::CarrierGradeNat],
    plan,
    interpret,
};

/// Traffic of others in bytes a second that is worth knowing (`SamKnows` defers its tests above it).
const NOTABLE: f64 = 25_000.0;
/// The same that disturbs where the line's rate is not known: about one high-definition video.
const MUCH: f64 = 1_000_000.0;
/// Shares of the promised rate that leave too little for anything else, and next to nothing.
const LARGE_SHARE: f64 = 0.5;
const NEARLY_ALL: f64 = 0.8;
/// Shorter looks than this, in milliseconds, are no measurement: the router told its address alone.
const SHORTEST_MS: f64 = 1_000.0;

/// This computer's own traffic is measured over the same time, to be taken off.
fn plan(visit: &Visit) -> Plan {
    if visit.gateway().is_none() {
        return Plan::Blocked(Phrase::new("gateway-unknown"));
    }
    let for_ms = if visit.profile == Profile::Quick { 3_000 } else { 5_000 };
    Plan::Ask(vec![Request::WanTraffic { for_ms }, Request::Host { for_ms }])
}

fn interpret(visit: &Visit) -> Vec<Finding> {
    let Some((seen, line)) = visit.of(CHECK.id).find_map(|seen| Some((seen, seen.wan_traffic()?))) else {
        let asked = visit.of(CHECK.id).find(|seen| matches!(seen.request, Request::WanTraffic { .. }));
        return asked.map(|asked| note(Segment::Router, Phrase::new("cross-traffic-not-told"), [asked])).into_iter().collect();
    };
    // One who was told of the line in another way has judged its address.
    let address = line.address.filter(|_| router_says::said(visit).is_none_or(|(_, router)| router.line_addresses.is_empty()));
    let mut findings: Vec<Finding> = address.map(|address| nat::judge_line_address(address, seen)).unwrap_or_default();
    findings.push(match others(visit) {
        Some(others) => judge(visit, others),
        None => note(Segment::Router, Phrase::new("cross-traffic-not-told"), [seen]),
    });
    // Traffic seen now is traffic; that none is seen now says little about later.
    if others(visit).is_some_and(|(down, up)| is_much(visit, down, up)) {
        let mut used = note(Segment::Router, Phrase::new("cross-traffic-used"), [seen]);
        used.reading = Reading::Path(PathReading { home_quiet: Some(false), ..PathReading::default() });
        findings.push(used);
    }
    findings
}

/// What other devices received and sent while the counters were watched, in bytes a second; `None` where nobody told. It is the least
/// that they did where this computer also talked to machines at home.
pub fn others(visit: &Visit) -> Option<(f64, f64)> {
    let [line, own] = both(visit)?;
    Some(((line.0 - own.0).max(0.0), (line.1 - own.1).max(0.0)))
}

/// Received and sent bytes a second on the line and by this computer, at the same time.
fn both(visit: &Visit) -> Option<[(f64, f64); 2]> {
    let line = visit.of(CHECK.id).find_map(Observation::wan_traffic).filter(|line| line.watched_ms >= SHORTEST_MS)?;
    let interface = &visit.network()?.router_interface()?.name;
    let own = visit.of(CHECK.id).find_map(Observation::host)?.traffic.iter().find(|traffic| &traffic.interface == interface)?;
    Some([(line.received_bytes_per_s, line.sent_bytes_per_s), (own.received_bytes_per_s, own.sent_bytes_per_s)])
}

fn judge(visit: &Visit, (down, up): (f64, f64)) -> Finding {
    let because = |id: &str| Phrase::new(id).number("down", down * 8e-6, 2).number("up", up * 8e-6, 2);
    let seen = visit.of(CHECK.id);
    let (share, promised) = share_of_much(visit, down, up);
    if share > 1.0 {
        // Counters are not believed in full before a transfer of known size was held against them, and without a promise nobody knows
        // how much of the line it is.
        let strength = match promised {
            true if share > NEARLY_ALL / LARGE_SHARE => FAIR + WEAK,
            true => FAIR,
            false => FAIR - WEAK,
        };
        accuse(Fault::HomeCrossTraffic, strength, because("cross-traffic-much"), seen)
    } else if down + up > NOTABLE {
        note(Segment::Router, because("cross-traffic-some"), seen)
    } else if both(visit).is_some_and(|[line, own]| own.0 + own.1 > line.0 + line.1 + NOTABLE && line.0 + line.1 > NOTABLE) {
        // What this computer exchanged with machines at home hides whose the rest is.
        note(Segment::Router, Phrase::new("cross-traffic-hidden"), seen)
    } else {
        // Video comes in pieces: a pause is no empty home. Another look is taken while the path is measured.
        clear(Fault::HomeCrossTraffic, WEAK, because("cross-traffic-quiet"), seen)
    }
}

/// Whether so much traffic, in bytes a second, leaves too little of the line for anything else.
pub fn is_much(visit: &Visit, down: f64, up: f64) -> bool {
    share_of_much(visit, down, up).0 > 1.0
}

/// Traffic in shares of what is too much, half of the promise or much on any line; and whether there was a promise.
fn share_of_much(visit: &Visit, down: f64, up: f64) -> (f64, bool) {
    let taken = |rate: f64, promised: Option<f64>| match promised.filter(|mbps| *mbps > 0.0) {
        Some(mbps) => rate * 8e-6 / mbps / LARGE_SHARE,
        None => rate / MUCH,
    };
    let plan = &visit.config.plan;
    let (taken_down, taken_up) = (taken(down, plan.down_mbps), taken(up, plan.up_mbps));
    let promised = if taken_down >= taken_up { plan.down_mbps } else { plan.up_mbps }.is_some();
    (taken_down.max(taken_up), promised)
}
