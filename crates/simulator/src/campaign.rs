//! Several places probed at the same time on one clock.

use demarc_model::{Campaign, CampaignResult, Echo, Lane, LaneResult, LiveSample, Outcome, Position, Probe, Request};
use rand::RngExt;

use crate::{
    address::{Hop, Route},
    fetch::SYN_RETRY_MS,
    load::{self, Queues},
    trace::Manners,
    world::Moment,
};

/// Shortest intervals, in milliseconds: of probes that expire on the way, and of others.
const SHORTEST_EXPIRING_MS: u32 = 1_000;
const SHORTEST_MS: u32 = 20;
/// Lanes begin this much after one another, in milliseconds.
const STAGGER_MS: f64 = 1.7;
/// Longest wait for an answer, in milliseconds.
const GRACE_MS: f64 = Request::ANSWER_GRACE_MS as f64;

pub fn campaign(moment: &mut Moment, campaign: &Campaign, live: &dyn Fn(LiveSample)) -> (Outcome, f64) {
    let duration_ms = f64::from(campaign.duration_ms.min(Campaign::LONGEST_MS));
    let (loads, queues) = load::run(moment, &campaign.loads, duration_ms);
    let ways: Vec<Option<Way>> = campaign.lanes.iter().take(Campaign::MOST_LANES).map(|lane| moment.way(lane)).collect();
    let mut lanes: Vec<LaneResult> = campaign.lanes.iter().zip(&ways).map(|(lane, way)| begin(lane, way.is_some())).collect();

    let mut manners = Manners::default();
    let mut shown = Vec::new();
    let mut end_ms = duration_ms;
    for (sent_ms, lane) in sends(&campaign.lanes, &ways, duration_ms) {
        let (Some(Some(way)), Some(result)) = (ways.get(lane), lanes.get_mut(lane)) else { continue };
        let sent_ms = sent_ms + 0.3 * moment.rng.random::<f64>();
        let rtt_ms = match result.lane.probe {
            Probe::TcpConnect { .. } => moment.handshake(way, sent_ms, &queues),
            Probe::Echo | Probe::HopLimited { .. } => moment.probe_hop(&way.route, way.hop, sent_ms, &queues, &mut manners),
        };
        let done_ms = sent_ms + rtt_ms.unwrap_or(GRACE_MS);
        end_ms = end_ms.max(done_ms);
        result.echoes.push(Echo { sent_ms, rtt_ms });
        let Lane { position, name, .. } = &result.lane;
        let sample = LiveSample::Echo { lane: lane as u32, position: *position, name: name.clone(), sent_ms, rtt_ms };
        shown.push((done_ms, sample));
    }
    for result in &loads {
        let direction = result.load.direction;
        shown.extend(result.rates.iter().map(|rate| (rate.at_ms, LiveSample::Rate { direction, at_ms: rate.at_ms, mbps: rate.mbps })));
    }
    shown.sort_by(|one, other| one.0.total_cmp(&other.0));
    for (_, sample) in shown {
        live(sample);
    }
    (CampaignResult { lanes, loads }.into(), end_ms)
}

/// Where a lane's probes go.
struct Way {
    route: Route,
    hop: Hop,
    /// Whether it refuses connections.
    refuses: bool,
}

impl Moment<'_> {
    fn way(&self, lane: &Lane) -> Option<Way> {
        let to_service = lane.position == Position::Service;
        let route = if to_service { self.world.route_to_service(lane.address) } else { self.world.route(lane.address) }?;
        let hop = match lane.probe {
            Probe::HopLimited { ttl } => route.hops.get(usize::from(ttl.max(1)) - 1).copied().unwrap_or(route.last()),
            Probe::Echo | Probe::TcpConnect { .. } => route.last(),
        };
        let refuses = route.is_service() && self.world.household.service.refuses;
        Some(Way { route, hop, refuses })
    }

    /// Time of a TCP handshake. The system sends a lost SYN a second time; such a handshake lost its packet, and is told as lost.
    fn handshake(&mut self, way: &Way, sent_ms: f64, queues: &Queues) -> Option<f64> {
        let tries = if way.refuses { 0 } else { 2 };
        let mut starts = (0..tries).map(|number| f64::from(number) * SYN_RETRY_MS);
        starts
            .find_map(|start| Some(start + self.round_trip(&way.route, way.hop, sent_ms + start, queues)?))
            .filter(|rtt| *rtt < SYN_RETRY_MS)
    }
}

fn begin(lane: &Lane, reachable: bool) -> LaneResult {
    let failure = (!reachable).then(|| "network is unreachable".to_owned());
    LaneResult { lane: lane.clone(), echoes: Vec::new(), kernel_timestamps: true, failure }
}

/// `(time in milliseconds, lane)` of every probe, in order.
fn sends(lanes: &[Lane], ways: &[Option<Way>], duration_ms: f64) -> Vec<(f64, usize)> {
    let mut sends: Vec<(f64, usize)> = lanes
        .iter()
        .zip(ways)
        .enumerate()
        .filter(|(_, (_, way))| way.is_some())
        .flat_map(|(index, (lane, _))| {
            let shortest_ms = if matches!(lane.probe, Probe::HopLimited { .. }) { SHORTEST_EXPIRING_MS } else { SHORTEST_MS };
            let interval_ms = f64::from(lane.interval_ms.max(shortest_ms));
            let stagger_ms = (STAGGER_MS * index as f64) % interval_ms;
            (0..(duration_ms / interval_ms).ceil() as u32)
                .map(move |number| (f64::from(number) * interval_ms + stagger_ms, index))
                .filter(move |(sent_ms, _)| *sent_ms < duration_ms)
        })
        .collect();
    sends.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
    sends
}
