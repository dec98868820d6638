//! Turning probed places into readings that attribution computes with.

use demarc_model::{
    CampaignResult, Finding, InterfaceKind, LaneResult, NetworkState, Observation, PathReading, Phrase, PointReading, Position, Reading,
    Says, Segment, Visit, statistics::jitter_ms,
};

use crate::words;

/// One place on the path with the lane that shows it best.
pub struct Place<'a> {
    pub lane: &'a LaneResult,
    /// Whether silence there proves nothing by itself.
    pub may_be_silent: bool,
}

impl<'a> Place<'a> {
    /// A place that always answers.
    pub fn of(lane: &'a LaneResult) -> Self {
        Self { lane, may_be_silent: false }
    }
}

/// Whether this computer reaches its router by Wi-Fi.
pub fn on_wifi(visit: &Visit) -> bool {
    visit.network().and_then(NetworkState::router_interface).is_some_and(|interface| interface.kind == InterfaceKind::Wifi)
}

/// The segment whose far end a position shows.
pub fn segment_before(position: Position, wifi: bool) -> Segment {
    match position {
        Position::Gateway if wifi => Segment::Wifi,
        Position::Gateway => Segment::Wiring,
        Position::FirstHop => Segment::Access,
        Position::BorderNear | Position::OnNet => Segment::Isp,
        Position::BorderFar | Position::OtherNetwork => Segment::Interconnect,
        Position::Service => Segment::Service,
    }
}

/// Probes that this computer's own firewall held back. They say nothing of the path.
pub fn held_back(campaign: &CampaignResult, seen: &Observation) -> Option<Finding> {
    let refused: u32 = campaign.lanes.iter().map(|lane| lane.refused).sum();
    let because = Phrase::new("point-held-back").number("refused", f64::from(refused), 0);
    (refused > 0).then(|| words::note(Segment::Device, because, [seen]))
}

/// What a place shows, with its numbers in words. Whether it accuses anybody is for attribution to say.
pub fn finding(visit: &Visit, place: &Place<'_>, message: &str, seen: &Observation) -> Finding {
    let lane = place.lane;
    let wifi = on_wifi(visit);
    let loss = lane.loss();
    let mut because = Phrase::new(message)
        .text("name", &lane.lane.name)
        .number("sent", loss.trials as f64, 0)
        .number("lost", loss.hits as f64, 0)
        .number("loss", loss.share() * 100.0, 1);
    if let Some(median) = lane.rtt_quantile(0.5) {
        because = because.number("median", median, 1).number("p90", lane.rtt_quantile(0.9).unwrap_or(median), 1);
    }
    let jitter = jitter_ms(lane.echoes.iter().filter_map(|echo| echo.rtt_ms)).unwrap_or(0.0);
    because = because.number("jitter", jitter, 1);
    let mut finding = words::finding(Says::Notes, segment_before(lane.lane.position, wifi), because, [seen]);
    finding.reading = Reading::Path(PathReading {
        points: vec![PointReading {
            position: lane.lane.position,
            name: lane.lane.name.clone(),
            loss,
            independence: independence(lane),
            median_ms: lane.rtt_quantile(0.5),
            low_ms: lane.rtt_quantile(0.05),
            p90_ms: lane.rtt_quantile(0.9),
            loaded_p90_ms: None,
            may_be_silent: place.may_be_silent,
        }],
        wifi,
        home_quiet: None,
        loaded: false,
    });
    finding
}

/// How many independent probes one probe is worth: `(1 - rho) / (1 + rho)` with the lag-1 autocorrelation of loss.
pub fn independence(lane: &LaneResult) -> f64 {
    let lost: Vec<f64> = lane.echoes.iter().map(|echo| if echo.rtt_ms.is_none() { 1.0 } else { 0.0 }).collect();
    let mean = lane.loss().share();
    let variance = mean * (1.0 - mean);
    if lost.len() < 20 || variance <= 0.0 {
        return 1.0;
    }
    let covariance = lost.windows(2).map(|pair| (pair[0] - mean) * (pair[1] - mean)).sum::<f64>() / (lost.len() - 1) as f64;
    let rho = (covariance / variance).clamp(0.0, 0.98);
    (1.0 - rho) / (1.0 + rho)
}
