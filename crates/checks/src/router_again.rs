//! Did the router start anew, or lose its connection, while it was looked at? Its own clocks tell.

use demarc_model::{Fault, Finding, Observation, Phrase, Request, RouterState, Step, Visit};

use crate::{
    Check, Plan, router_says,
    words::{FAIR, STRONG, accuse, clear, each_for_itself},
};

pub const CHECK: Check = Check {
    id: "router-again",
    step: Step::Path,
    needs: &["path", "router-says"],
    faults: &[Fault::RouterRestarting, Fault::AccessFlapping],
    plan,
    interpret,
};

/// Clocks of routers may be off from this computer's by this many seconds.
const SLACK_S: f64 = 5.0;

fn plan(visit: &Visit) -> Plan {
    match router_says::said(visit) {
        Some((_, router)) if clocks(router).iter().any(Option::is_some) => Plan::Ask(vec![Request::Router]),
        _ => Plan::NotApplicable(Phrase::new("router-again-no-clock")),
    }
}

/// Seconds since the router began, and since its connection did.
fn clocks(router: &RouterState) -> [Option<u32>; 2] {
    [router.epoch_s, router.connection.as_ref().and_then(|line| line.uptime_s)]
}

fn interpret(visit: &Visit) -> Vec<Finding> {
    let Some((before, earlier)) = router_says::said(visit) else { return Vec::new() };
    let findings = visit.of(CHECK.id).filter_map(|seen| Some(compare((before, earlier), (seen, seen.router()?))));
    findings.flatten().collect()
}

fn compare((before, earlier): (&Observation, &RouterState), (seen, now): (&Observation, &RouterState)) -> Vec<Finding> {
    let passed_s = (seen.at - before.at).as_seconds_f64();
    let jumped = |(then, now): (Option<u32>, Option<u32>)| then.zip(now).map(|(then, now)| f64::from(now) + SLACK_S < f64::from(then) + passed_s);
    let [router_then, line_then] = clocks(earlier);
    let [router_now, line_now] = clocks(now);
    let (router, line) = (jumped((router_then, router_now)), jumped((line_then, line_now)));
    let because = |id: &str| Phrase::new(id).number("seconds", f64::from(line_now.or(router_now).unwrap_or(0)), 0);
    let both = [before, seen];
    let restarted = |strength| accuse(Fault::RouterRestarting, strength, because("router-again-restarted"), both);
    let reconnected = |strength| accuse(Fault::AccessFlapping, strength, because("router-again-reconnected"), both);
    let steady = || [Fault::RouterRestarting, Fault::AccessFlapping].map(|fault| clear(fault, FAIR, because("router-again-steady"), both));
    match (router, line) {
        (Some(true), _) => vec![restarted(STRONG)],
        (Some(false), Some(true)) => vec![reconnected(STRONG)],
        // Either may be why.
        (None, Some(true)) => each_for_itself(vec![restarted(FAIR), reconnected(FAIR)]),
        (Some(false), None) => vec![clear(Fault::RouterRestarting, FAIR, because("router-again-steady"), both)],
        (_, Some(false)) => steady().into(),
        (None, None) => Vec::new(),
    }
}
