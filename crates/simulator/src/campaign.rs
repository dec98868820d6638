//! Several places probed at the same time on one clock.

use demarc_model::{
    Campaign, CampaignResult, Echo, Lane, LaneResult, LiveSample, LoadResult, Outcome, Position, Probe, RateSample, Request,
};
use rand::RngExt;

use crate::{
    address::{Flow, Hop, Route},
    fetch::SYN_RETRY_MS,
    load,
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
    let loads = load::run(moment, &campaign.loads, duration_ms);
    let mut schedule: Vec<Option<Turn>> =
        campaign.lanes.iter().take(Campaign::MOST_LANES).zip(0..).map(|(lane, index)| moment.turn(lane, index)).collect();
    let mut lanes: Vec<LaneResult> = campaign.lanes.iter().zip(&schedule).map(|(lane, turn)| begin(lane, turn.is_some())).collect();

    let mut manners = Manners::default();
    let mut shown: Vec<(f64, Shown)> = Vec::new();
    let mut end_ms = duration_ms;
    while let Some((index, turn)) = next(&mut schedule, duration_ms) {
        let Some(result) = lanes.get_mut(index) else { break };
        let sent_ms = turn.next_ms + 0.3 * moment.rng.random::<f64>();
        turn.next_ms += turn.interval_ms;
        let rtt_ms = match result.lane.probe {
            Probe::TcpConnect { .. } => moment.handshake(turn, sent_ms),
            Probe::Echo | Probe::HopLimited { .. } => moment.probe_hop(&turn.route, turn.hop, sent_ms, &mut manners),
        };
        let done_ms = sent_ms + rtt_ms.unwrap_or(GRACE_MS);
        end_ms = end_ms.max(done_ms);
        shown.push((done_ms, Shown::Echo { lane: index, number: result.echoes.len() }));
        result.echoes.push(Echo { sent_ms, rtt_ms });
    }
    for (load, result) in loads.iter().enumerate() {
        shown.extend(result.rates.iter().enumerate().map(|(number, rate)| (rate.at_ms, Shown::Rate { load, number })));
    }
    shown.sort_by(|one, other| one.0.total_cmp(&other.0));
    for sample in shown.iter().filter_map(|(_, shown)| shown.sample(&lanes, &loads)) {
        live(sample);
    }
    (CampaignResult { lanes, loads }.into(), end_ms)
}

/// Something to show, by its place in the result.
enum Shown {
    Echo { lane: usize, number: usize },
    Rate { load: usize, number: usize },
}

impl Shown {
    fn sample(&self, lanes: &[LaneResult], loads: &[LoadResult]) -> Option<LiveSample> {
        match *self {
            Self::Echo { lane, number } => {
                let LaneResult { lane: Lane { position, name, .. }, echoes, .. } = lanes.get(lane)?;
                let Echo { sent_ms, rtt_ms } = *echoes.get(number)?;
                Some(LiveSample::Echo { lane: lane as u32, position: *position, name: name.clone(), sent_ms, rtt_ms })
            }
            Self::Rate { load, number } => {
                let LoadResult { load, rates, .. } = loads.get(load)?;
                let RateSample { at_ms, mbps } = *rates.get(number)?;
                Some(LiveSample::Rate { direction: load.direction, at_ms, mbps })
            }
        }
    }
}

/// Where a lane's probes go, and when the next one does.
struct Turn {
    route: Route,
    hop: Hop,
    /// Whether it refuses connections.
    refuses: bool,
    interval_ms: f64,
    next_ms: f64,
}

/// The lane whose turn it is.
fn next(schedule: &mut [Option<Turn>], duration_ms: f64) -> Option<(usize, &mut Turn)> {
    let turns = schedule.iter_mut().enumerate().filter_map(|(index, turn)| Some((index, turn.as_mut()?)));
    turns.min_by(|(_, one), (_, other)| one.next_ms.total_cmp(&other.next_ms)).filter(|(_, turn)| turn.next_ms < duration_ms)
}

impl Moment<'_> {
    fn turn(&self, lane: &Lane, index: u32) -> Option<Turn> {
        let flow = match lane.probe {
            Probe::Echo => Flow::Echo,
            Probe::HopLimited { .. } => Flow::Expiring,
            Probe::TcpConnect { .. } => Flow::Tcp,
        };
        let to_service = lane.position == Position::Service;
        let route = if to_service { self.world.route_to_service(lane.address, flow) } else { self.world.route(lane.address, flow) }?;
        let hop = match lane.probe {
            Probe::HopLimited { ttl } => route.hops.get(usize::from(ttl.max(1)) - 1).copied().unwrap_or(route.last()),
            Probe::Echo | Probe::TcpConnect { .. } => route.last(),
        };
        let refuses = route.is_service() && self.world.household.service.refuses;
        let shortest_ms = if matches!(lane.probe, Probe::HopLimited { .. }) { SHORTEST_EXPIRING_MS } else { SHORTEST_MS };
        let interval_ms = f64::from(lane.interval_ms.max(shortest_ms));
        Some(Turn { route, hop, refuses, interval_ms, next_ms: (STAGGER_MS * f64::from(index)) % interval_ms })
    }

    /// Time of a TCP handshake. The system sends a lost SYN a second time; such a handshake lost its packet, and is told as lost.
    fn handshake(&mut self, turn: &Turn, sent_ms: f64) -> Option<f64> {
        let tries = if turn.refuses { 0 } else { 2 };
        let mut starts = (0..tries).map(|number| f64::from(number) * SYN_RETRY_MS);
        starts.find_map(|start| Some(start + self.round_trip(&turn.route, turn.hop, sent_ms + start)?)).filter(|rtt| *rtt < SYN_RETRY_MS)
    }
}

fn begin(lane: &Lane, reachable: bool) -> LaneResult {
    let failure = (!reachable).then(|| "network is unreachable".to_owned());
    LaneResult { lane: lane.clone(), echoes: Vec::new(), kernel_timestamps: true, failure, refused: 0 }
}
