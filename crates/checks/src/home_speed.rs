//! How much does the way to another computer at home carry, with nothing of the line in it?

use demarc_model::{
    Campaign, Direction, Fault, Finding, LoadResult, Observation, Phrase, Position, Probe, Profile, Request, Segment, Step,
    Visit,
};

use crate::{
    Check, Plan,
    loaded_latency::{self, direction_id},
    path, points,
    words::{FAIR, STRONG, accuse, clear, note},
};

pub const CHECK: Check = Check {
    id: "home-speed",
    step: Step::Path,
    needs: &["loaded-latency"],
    faults: &[Fault::WifiSlowRate],
    plan,
    interpret,
};

/// So many times the line's rate is more than the line could ever ask of the way at home.
const AMPLE: f64 = 1.5;
/// Share of the promised rate below which the way at home is much too slow for the line.
const MUCH_LESS: f64 = 0.5;
/// The line's transfer was as slow as the home's own, where it reached less than so many times as much.
const AS_SLOW: f64 = 1.2;
const PAUSE_MS: u32 = 500;
const IDLE_MS: u32 = 500;

fn plan(visit: &Visit) -> Plan {
    if !visit.load_allowed {
        return Plan::NotApplicable(Phrase::new("load-not-allowed"));
    }
    let Some(peer) = visit.config.peers.iter().find(|peer| peer.is_at_home()) else {
        return Plan::NotApplicable(Phrase::new("home-speed-no-peer"));
    };
    let (each_ms, max_bytes) = if visit.profile == Profile::Quick { (3_000, 200_000_000) } else { (6_000, 500_000_000) };
    let loads = [(Direction::Down, IDLE_MS), (Direction::Up, IDLE_MS + each_ms + PAUSE_MS)]
        .map(|(direction, start_ms)| peer.load(direction, start_ms, each_ms, max_bytes))
        .to_vec();
    let mut lanes = path::lanes(visit);
    lanes.retain(|lane| lane.position == Position::Gateway && matches!(lane.probe, Probe::Echo));
    Plan::Ask(vec![Request::Campaign(Campaign { lanes, duration_ms: IDLE_MS + 2 * each_ms + PAUSE_MS, loads })])
}

fn interpret(visit: &Visit) -> Vec<Finding> {
    let seen = visit.of(CHECK.id).filter_map(|seen| Some((seen, seen.campaign()?)));
    seen.flat_map(|(seen, campaign)| {
        // One direction that is ample does not clear a radio whose other is not.
        let clears = points::on_wifi(visit) && campaign.loads.iter().all(|load| is_ample(visit, load));
        campaign.loads.iter().map(move |load| judge(visit, load, clears, seen))
    })
    .collect()
}

fn is_ample(visit: &Visit, load: &LoadResult) -> bool {
    load.mbps.zip(needed(visit, load.load.direction)).is_some_and(|(rate, needed)| rate >= AMPLE * needed)
}

fn judge(visit: &Visit, load: &LoadResult, clears: bool, seen: &Observation) -> Finding {
    let (wifi, direction) = (points::on_wifi(visit), load.load.direction);
    let segment = if wifi { Segment::Wifi } else { Segment::Wiring };
    let phrase = |id: &str| Phrase::new(id).text("direction", direction_id(direction));
    let Some(rate) = load.mbps else {
        return note(segment, phrase("home-speed-failed").text("reason", load.failure.as_deref().unwrap_or("")), [seen]);
    };
    let because = |id: &str| phrase(id).number("rate", rate, 0).number("needed", needed(visit, direction).unwrap_or(0.0), 0);
    // Were it the other computer's own radio, it would halve the rate once more, and the line would be faster than the way at home.
    let scarce = promised(visit, direction).is_some_and(|promised| rate < MUCH_LESS * promised)
        && line_rate(visit, direction).is_some_and(|line| line < AS_SLOW * rate);
    match is_ample(visit, load) {
        true if clears => clear(Fault::WifiSlowRate, STRONG, because("home-speed-ample"), [seen]),
        true => note(segment, because("home-speed-ample"), [seen]),
        false if wifi && scarce => accuse(Fault::WifiSlowRate, FAIR, because("home-speed-scarce"), [seen]),
        false => note(segment, because("home-speed"), [seen]),
    }
}

/// The most that the line promises or has shown.
fn needed(visit: &Visit, direction: Direction) -> Option<f64> {
    promised(visit, direction).into_iter().chain(line_rate(visit, direction)).reduce(f64::max)
}

fn promised(visit: &Visit, direction: Direction) -> Option<f64> {
    let plan = &visit.config.plan;
    if direction == Direction::Down { plan.down_mbps } else { plan.up_mbps }.filter(|promised| *promised > 0.0)
}

/// What the line's own transfer reached in this direction.
fn line_rate(visit: &Visit, direction: Direction) -> Option<f64> {
    let campaigns = visit.of(loaded_latency::CHECK.id).filter_map(Observation::campaign);
    campaigns.flat_map(|campaign| &campaign.loads).filter(|load| load.load.direction == direction).filter_map(|load| load.mbps).last()
}
