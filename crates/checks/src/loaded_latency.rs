//! Does the line stay responsive while it is busy, and whose queue is it when not?

use demarc_model::{
    Campaign, CampaignResult, Direction, Fault, Finding, LaneResult, LoadResult, Observation, Phrase, Position, Profile, Request,
    Segment, Step, Visit, statistics::quantile,
};

use crate::{
    Check, Plan, cross_traffic, line_traffic,
    path, points, vpn_proxy,
    words::{FAIR, STRONG, WEAK, accuse, clear, each_for_itself, note},
};

pub const CHECK: Check = Check {
    id: "loaded-latency",
    step: Step::Path,
    needs: &["path", "service", "line-traffic"],
    faults: &[Fault::RouterBufferbloat, Fault::RouterOverloaded, Fault::WifiSlowRate, Fault::AccessUnderRate, Fault::WifiWeakSignal, Fault::WifiInterference, Fault::WifiCongestedChannel, Fault::HomeCrossTraffic],
    plan,
    interpret,
};

/// Added delay under load that people notice in calls and games, in milliseconds (grade C and worse begins at 60, D at 200).
const NOTICED_MS: f64 = 100.0;
/// Share of the promised rate below which a line is much slower than promised.
const MUCH_LESS: f64 = 0.5;
/// Log-likelihood ratio of a slow line whose other users nobody saw: it leans, and is not enough to accuse.
const OTHERS_UNSEEN: f64 = 3.0;
/// Share of it that others may take without making the rest a guess.
const LITTLE_TAKEN: f64 = 0.3;
/// Added delay that makes a busy line unusable for anything live, in milliseconds.
const UNUSABLE_MS: f64 = 200.0;

fn plan(visit: &Visit) -> Plan {
    if !visit.load_allowed {
        return Plan::NotApplicable(Phrase::new("load-not-allowed"));
    }
    let Some(peer) = visit.config.peers.iter().find(|peer| !peer.is_at_home()) else {
        return Plan::NotApplicable(Phrase::new("load-no-peer"));
    };
    let mut lanes = path::lanes(visit);
    lanes.retain(|lane| matches!(lane.probe, demarc_model::Probe::Echo));
    if lanes.is_empty() {
        return Plan::Blocked(Phrase::new("path-no-addresses"));
    }
    // Idle for comparison, then one direction after the other, with a pause in which queues drain.
    let (idle_ms, each_ms, bytes) = match visit.profile {
        Profile::Quick => (1_000, 4_000, 30_000_000),
        Profile::Standard => (3_000, 10_000, 150_000_000),
        Profile::Thorough => (5_000, 20_000, 400_000_000),
    };
    let loads = [(Direction::Down, idle_ms), (Direction::Up, idle_ms + each_ms + PAUSE_MS)]
        .map(|(direction, start_ms)| peer.load(direction, start_ms, each_ms, bytes))
        .to_vec();
    Plan::Ask(vec![Request::Campaign(Campaign { lanes, duration_ms: idle_ms + 2 * each_ms + PAUSE_MS, loads })])
}

const PAUSE_MS: u32 = 500;

fn interpret(visit: &Visit) -> Vec<Finding> {
    let mut findings = Vec::new();
    for seen in visit.of(CHECK.id) {
        let Some(campaign) = seen.campaign() else { continue };
        for load in &campaign.loads {
            match added_delay(campaign, load) {
                Some(added) => findings.extend(judge_queue(visit, load, &added, seen)),
                None => findings.push(note(Segment::Access, failure_phrase(load), [seen])),
            }
            findings.extend(judge_rate(visit, campaign, load, seen));
        }
        findings.extend(line_traffic::believed(visit, &campaign.loads, seen));
    }
    each_for_itself(findings)
}

/// Delay that a transfer added, in milliseconds: `P90(RTT | load) - P50(RTT | idle)` at each place, probed at the same time.
struct Added {
    gateway: Option<f64>,
    first_hop: Option<f64>,
    farthest: f64,
    /// The same of the first quartile: a queue that stands nearly all the time, which jitter does not lengthen.
    standing_at_gateway: Option<f64>,
    standing_at_first_hop: Option<f64>,
    standing: f64,
}

impl Added {
    /// Whether the transfer kept a queue before the line and none at the home link: the line is what limited it.
    fn stands_before_the_line(&self) -> bool {
        /// Even a managed queue is longer than this, in milliseconds.
        const QUEUE_MS: f64 = 4.0;
        self.standing_at_first_hop.is_some_and(|standing| {
            standing >= QUEUE_MS && self.standing >= QUEUE_MS && self.standing_at_gateway.is_some_and(|gateway| gateway < 0.3 * standing) && standing >= 0.6 * self.standing
        })
    }
}

fn added_delay(campaign: &CampaignResult, load: &LoadResult) -> Option<Added> {
    // The first half second fills the queue; probes sent then still see it empty.
    let (from, to) = (load.began_ms + 500.0, load.ended_ms);
    if load.bytes < 200_000 || to - from < 1_000.0 {
        return None;
    }
    let idle_until = campaign.loads.iter().map(|load| f64::from(load.load.start_ms)).fold(f64::INFINITY, f64::min);
    let added = |lane: &LaneResult, q: f64| {
        let idle = quantile(&lane.sorted_rtts_between(0.0, idle_until), 0.5)?;
        let loaded = lane.sorted_rtts_between(from, to);
        (loaded.len() >= 5).then(|| quantile(&loaded, q).map(|loaded| (loaded - idle).max(0.0))).flatten()
    };
    let at = |positions: &[Position], q: f64| {
        let there = campaign.lanes.iter().filter(|lane| positions.contains(&lane.lane.position));
        there.filter_map(|lane| added(lane, q)).min_by(f64::total_cmp)
    };
    let farthest = |q: f64| {
        at(&[Position::Service, Position::OnNet, Position::OtherNetwork], q).or_else(|| at(&[Position::BorderNear, Position::FirstHop], q))
    };
    let (gateway, first_hop) = ([Position::Gateway], [Position::FirstHop]);
    Some(Added {
        gateway: at(&gateway, 0.9),
        first_hop: at(&first_hop, 0.9),
        farthest: farthest(0.9)?,
        standing_at_gateway: at(&gateway, 0.25),
        standing_at_first_hop: at(&first_hop, 0.25),
        standing: farthest(0.25)?,
    })
}

fn judge_queue(visit: &Visit, load: &LoadResult, added: &Added, seen: &Observation) -> Vec<Finding> {
    let because = |id: &str| {
        Phrase::new(id)
            .text("direction", direction_id(load.load.direction))
            .number("added", added.farthest, 0)
            .number("gateway", added.gateway.unwrap_or(0.0), 0)
            .text("grade", grade(added.farthest))
    };
    let strength = if added.farthest >= UNUSABLE_MS { STRONG + FAIR } else { FAIR };
    let bloat = || vec![accuse(Fault::RouterBufferbloat, strength, because("load-queue-before-line"), [seen])];
    if added.farthest < NOTICED_MS {
        return vec![clear(Fault::RouterBufferbloat, STRONG, because("load-responsive"), [seen])];
    }
    if visit.network().is_some_and(vpn_proxy::is_through_tunnel) {
        // The queue may be the tunnel's far end's.
        return vec![note(Segment::Device, because("load-queue-in-tunnel"), [seen])];
    }
    match (added.gateway, added.first_hop) {
        (Some(gateway), _) if gateway >= 0.7 * added.farthest => {
            // The radio is what is full; why, its own readings tell.
            let radio = [Fault::WifiSlowRate, Fault::WifiWeakSignal, Fault::WifiInterference, Fault::WifiCongestedChannel];
            let faults = if points::on_wifi(visit) { &radio[..] } else { &[Fault::RouterOverloaded] };
            faults.iter().map(|fault| accuse(*fault, strength.min(STRONG), because("load-queue-at-home-link"), [seen])).collect()
        }
        (Some(gateway), Some(first)) if gateway < 0.3 * added.farthest && first >= 0.7 * added.farthest => bloat(),
        (Some(gateway), None) if gateway < 0.3 * added.farthest => bloat(),
        _ => vec![note(Segment::Isp, because("load-queue-somewhere"), [seen])],
    }
}

/// A rate far below the contract speaks against the line only when nothing in the home can be the reason, and weakly: the server of
/// the test, or a transfer too short for a distant one, limits the rate just as well. A queue that the transfer built before the line
/// shows that the line, and nothing else, held it back.
fn judge_rate(visit: &Visit, campaign: &CampaignResult, load: &LoadResult, seen: &Observation) -> Vec<Finding> {
    let Some(mbps) = load.mbps else { return Vec::new() };
    let promised = match load.load.direction {
        Direction::Down => visit.config.plan.down_mbps,
        Direction::Up => visit.config.plan.up_mbps,
    };
    let because = |id: &str| {
        let phrase = Phrase::new(id).text("direction", direction_id(load.load.direction)).number("rate", mbps, 1);
        promised.map_or_else(|| phrase.clone(), |promised| phrase.clone().number("promised", promised, 1))
    };
    let Some(promised) = promised.filter(|promised| *promised > 0.0) else { return vec![note(Segment::Access, because("load-rate"), [seen])] };
    if mbps >= 0.8 * promised {
        return vec![clear(Fault::AccessUnderRate, STRONG, because("load-rate-as-promised"), [seen])];
    }
    if visit.network().is_some_and(vpn_proxy::is_through_tunnel) {
        return vec![note(Segment::Device, because("load-rate-in-tunnel"), [seen])];
    }
    // What other devices and programs took of the line was promised too; what the home link does not let through is not the line's.
    let in_this = |(down, up): (f64, f64)| 8e-6 * if load.load.direction == Direction::Down { down } else { up };
    let meanwhile = line_traffic::during_path(visit).map(|(_, line)| in_this((line.received_bytes_per_s, line.sent_bytes_per_s)));
    let earlier = cross_traffic::others(visit).map(in_this).zip(meanwhile).map(|(before, meanwhile)| before.max(meanwhile));
    // What was counted beside the transfer itself is the better figure.
    let others = line_traffic::beside(load).or(earlier);
    let taken = others.unwrap_or(0.0) + background_mbps(visit, load.load.direction);
    let expected = (promised - taken).min(link_mbps(visit).unwrap_or(f64::INFINITY));
    let mut findings = Vec::new();
    let below = |least: f64| mbps < least * expected;
    let queued = added_delay(campaign, load).is_some_and(|added| added.stands_before_the_line());
    let lossy = campaign.lanes.iter().any(|lane| lane.lane.position == Position::Gateway && lane.loss().wilson95().0 > 0.005);
    if queued && below(MUCH_LESS) {
        // Others at home that nobody sees may take any share.
        let known = others.is_some() && taken < LITTLE_TAKEN * promised;
        let strength = if known { STRONG } else { OTHERS_UNSEEN };
        findings.push(accuse(Fault::AccessUnderRate, strength, because("load-line-slower-than-promise"), [seen]));
    } else if below(MUCH_LESS) && !points::on_wifi(visit) && !lossy {
        findings.push(accuse(Fault::AccessUnderRate, WEAK, because("load-rate-below-promise"), [seen]));
    } else {
        findings.push(note(Segment::Access, because("load-rate-below-promise"), [seen]));
    }
    findings
}

/// What other programs of this computer moved in this direction before the test, in Mbit/s.
fn background_mbps(visit: &Visit, direction: Direction) -> f64 {
    let seen = || {
        let interface = &visit.network()?.router_interface()?.name;
        let load = visit.observations.iter().rev().find_map(Observation::host)?;
        let traffic = load.traffic.iter().find(|traffic| &traffic.interface == interface)?;
        Some(if direction == Direction::Down { traffic.received_bytes_per_s } else { traffic.sent_bytes_per_s })
    };
    seen().unwrap_or(0.0) * 8e-6
}

/// About what the cable lets through of its nominal rate, in Mbit/s.
fn link_mbps(visit: &Visit) -> Option<f64> {
    let link = visit.observations.iter().rev().find_map(Observation::link)?;
    link.speed_mbps.map(|speed| 0.94 * f64::from(speed))
}

fn failure_phrase(load: &LoadResult) -> Phrase {
    Phrase::new("load-failed").text("direction", direction_id(load.load.direction)).text("reason", load.failure.as_deref().unwrap_or(""))
}

pub(crate) const fn direction_id(direction: Direction) -> &'static str {
    match direction {
        Direction::Down => "down",
        Direction::Up => "up",
    }
}

/// Bufferbloat grade of an added delay in milliseconds.
fn grade(added_ms: f64) -> &'static str {
    const GRADES: [(f64, &str); 5] = [(5.0, "A+"), (30.0, "A"), (60.0, "B"), (200.0, "C"), (400.0, "D")];
    GRADES.iter().find(|(below, _)| added_ms < *below).map_or("F", |(_, grade)| grade)
}
