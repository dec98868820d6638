//! Campaigns with their figures: loss, delay idle and under load, and which loss goes on to the end of the path.

use std::net::IpAddr;

use chrono::{DateTime, FixedOffset};
use demarc_model::{
    CampaignResult, Lane, LaneResult, Observation, Position, Probe, Run,
    statistics::{Proportion, jitter_ms, quantile},
};

/// One campaign.
pub struct Probing<'a> {
    pub at: DateTime<FixedOffset>,
    pub result: &'a CampaignResult,
    /// Nearest first.
    pub lanes: Vec<LaneFigures<'a>>,
    /// Until the last probe or the end of the last transfer.
    pub duration_ms: f64,
}

/// One place.
pub struct LaneFigures<'a> {
    pub result: &'a LaneResult,
    pub loss: Proportion,
    /// The least loss at this place or behind it: what its own silence cannot explain.
    pub persisting: Proportion,
    /// Median, 90th percentile and jitter in milliseconds while the line was not loaded by the visit.
    pub median_ms: Option<f64>,
    pub p90_ms: Option<f64>,
    pub jitter_ms: Option<f64>,
    /// 90th percentile in milliseconds while it was.
    pub loaded_p90_ms: Option<f64>,
}

/// A queue that a transfer filled needs this long to drain, in milliseconds.
const DRAIN_MS: f64 = 500.0;

impl<'a> Probing<'a> {
    /// The campaigns of a run with the most probes, at most `most`, in the order they were made.
    pub fn all(run: &'a Run, most: usize) -> Vec<Self> {
        let probes = |result: &CampaignResult| result.lanes.iter().map(|lane| lane.echoes.len()).sum::<usize>();
        let mut found: Vec<(&Observation, &CampaignResult)> =
            run.latest().filter_map(|observation| Some((observation, observation.campaign()?))).collect();
        found.retain(|(_, result)| !result.lanes.is_empty());
        found.sort_by_key(|(_, result)| std::cmp::Reverse(probes(result)));
        found.truncate(most);
        found.sort_by_key(|(observation, _)| observation.at);
        found.into_iter().map(|(observation, result)| Self::new(observation.at, result)).collect()
    }

    /// The campaign with the most probes.
    pub fn fullest(run: &'a Run) -> Option<Self> {
        Self::all(run, 1).pop()
    }

    fn new(at: DateTime<FixedOffset>, result: &'a CampaignResult) -> Self {
        let loads: Vec<(f64, f64)> = result.loads.iter().filter(|load| load.bytes > 0).map(|load| (load.began_ms, load.ended_ms)).collect();
        let mut lanes: Vec<&LaneResult> = result.lanes.iter().take(demarc_model::Campaign::MOST_LANES).collect();
        lanes.sort_by_key(|lane| lane.lane.position);
        // A repeated handshake hides loss, so only echoes are compared.
        let echoes = lanes.iter().filter(|lane| lane.lane.probe == Probe::Echo);
        let losses: Vec<(Position, Proportion)> = echoes.map(|lane| (lane.lane.position, lane.loss())).collect();
        let ends = result.lanes.iter().filter_map(|lane| lane.echoes.last()).map(|echo| echo.sent_ms);
        let duration_ms = ends.chain(loads.iter().map(|load| load.1)).filter(|end| end.is_finite()).fold(1000.0, f64::max);
        let lanes = lanes.into_iter().map(|lane| LaneFigures::new(lane, &losses, &loads)).collect();
        Self { at, result, lanes, duration_ms }
    }

    /// The farthest place that answered at all.
    pub fn farthest_answer(&self) -> Option<Position> {
        self.lanes.iter().filter(|lane| lane.loss.hits < lane.loss.trials).map(|lane| lane.result.lane.position).max()
    }
}

impl<'a> LaneFigures<'a> {
    fn new(result: &'a LaneResult, losses: &[(Position, Proportion)], loads: &[(f64, f64)]) -> Self {
        let loaded = |at: f64, drain: f64| loads.iter().any(|(from, to)| at >= *from && at < *to + drain);
        let sorted = |wanted: &dyn Fn(f64) -> bool| {
            let mut rtts: Vec<f64> = result
                .echoes
                .iter()
                .filter(|echo| wanted(echo.sent_ms))
                .filter_map(|echo| echo.rtt_ms)
                .filter(|rtt| rtt.is_finite())
                .collect();
            rtts.sort_by(f64::total_cmp);
            rtts
        };
        let idle = sorted(&|at| !loaded(at, DRAIN_MS));
        let position = result.lane.position;
        let own = result.loss();
        // A few probes say nothing about what many lost.
        let behind =
            losses.iter().filter(|(other, loss)| is_behind(*other, position) && loss.trials >= own.trials / 2).map(|(_, loss)| *loss);
        Self {
            loss: own,
            persisting: behind
                .filter(|loss| loss.trials > 0)
                .fold(own, |least, loss| if loss.share() < least.share() { loss } else { least }),
            median_ms: quantile(&idle, 0.5),
            p90_ms: quantile(&idle, 0.9),
            jitter_ms: jitter_ms(result.echoes.iter().filter(|echo| !loaded(echo.sent_ms, DRAIN_MS)).filter_map(|echo| echo.rtt_ms)),
            loaded_p90_ms: quantile(&sorted(&|at| loaded(at, 0.0)), 0.9),
            result,
        }
    }

    /// Whether the place is a router that lost clearly more answers than a place behind it.
    pub fn own_silence(&self) -> bool {
        self.routes() && self.persisting.wilson95().1 < self.loss.wilson95().0
    }

    /// Whether the place is a router on the way rather than an end of it.
    fn routes(&self) -> bool {
        self.result.lane.position != Position::Gateway && on_the_way(self.result.lane.position)
    }
}

/// The address of the place itself: packets to a hop are addressed to where they would go, and the lane is named after the hop.
pub fn place_address(lane: &Lane) -> IpAddr {
    match lane.probe {
        Probe::HopLimited { .. } => lane.name.parse().unwrap_or(lane.address),
        Probe::Echo | Probe::TcpConnect { .. } => lane.address,
    }
}

/// Whether packets to `other` pass through `position`. Anchors are behind the provider's places, not behind one another or the border
/// to the service's network.
fn is_behind(other: Position, position: Position) -> bool {
    match other {
        Position::OnNet | Position::OtherNetwork => position < Position::BorderFar,
        _ => other > position && on_the_way(position),
    }
}

const fn on_the_way(position: Position) -> bool {
    matches!(position, Position::Gateway | Position::FirstHop | Position::BorderNear | Position::BorderFar)
}
