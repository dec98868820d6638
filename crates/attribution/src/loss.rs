//! Which stretches lose packets.
//!
//! If a stretch loses a share `q`, every place behind it loses at least that share and no place before it does; shares of two lossy
//! stretches compound (`-ln(1-L)` of the path is the sum over its segments). Each place's count is beta-binomial around its expected
//! share, because loss is bursty. A router, or a lone anchor, may lose answers of its own (it limits or refuses them); such silence can
//! only add loss, so a place that lost little clears everything before it.

use demarc_model::{PointReading, Position, Segment};

use crate::{
    numbers::log_sum,
    points::{Points, Segments},
    table::{self, LOSS_RATES},
};

/// Rates that two lossy stretches are combined at: every second one.
const PAIR_RATES: usize = LOSS_RATES.len() / 2;

/// Two segments that both lose packets.
#[derive(Debug, Clone, Copy, Default)]
pub struct Both {
    /// Log-likelihood ratio against nothing loses packets.
    pub log_ratio: f64,
    /// Whether the one nearer to this computer probably loses the greater share.
    pub near_loses_more: bool,
}

/// How likely every place's count is, against a path without fault, at every rate that a hypothesis may explain it with.
#[derive(Debug)]
pub struct Losses {
    places: Vec<Place>,
}

#[derive(Debug)]
struct Place {
    finding: usize,
    crosses: Segments,
    one: [f64; LOSS_RATES.len()],
    two: [[f64; PAIR_RATES]; PAIR_RATES],
}

impl Losses {
    /// Weighs every place's count once; hypotheses then only add.
    pub fn of(points: &Points<'_>) -> Self {
        let background = if points.wifi { table::BACKGROUND_LOSS_WIFI } else { table::BACKGROUND_LOSS };
        let place = |point: &crate::points::Point<'_>| {
            let healthy = likelihood(point.reading, background, table::BACKGROUND_CONCENTRATION);
            let at = |passes: f64| likelihood(point.reading, 1.0 - passes * (1.0 - background), table::LOSS_CONCENTRATION) - healthy;
            let mut two = [[0.0; PAIR_RATES]; PAIR_RATES];
            for near in 0..PAIR_RATES {
                for far in 0..=near {
                    let both = at((1.0 - LOSS_RATES[2 * near]) * (1.0 - LOSS_RATES[2 * far]));
                    two[near][far] = both;
                    two[far][near] = both;
                }
            }
            let one = LOSS_RATES.map(|rate| at(1.0 - rate));
            Place { finding: point.finding, crosses: points.crossed(point.reading.position), one, two }
        };
        Self { places: points.all.iter().map(place).collect() }
    }

    /// Log-likelihood ratio that this segment loses packets, at an unknown share, against nothing does.
    pub fn one(&self, segment: Segment, without: Option<usize>) -> f64 {
        let mut logs = [0.0; LOSS_RATES.len()];
        for place in self.places(without).filter(|place| place.crosses.contains(segment)) {
            for (log, at) in logs.iter_mut().zip(place.one) {
                *log += at;
            }
        }
        log_mean(&logs)
    }

    /// The same for two segments that both lose packets, each at a share of its own; and whether the near one probably loses more.
    pub fn two(&self, near: Segment, far: Segment, without: Option<usize>) -> Both {
        let mut logs = [[0.0; PAIR_RATES]; PAIR_RATES];
        for place in self.places(without) {
            let crosses = (place.crosses.contains(near), place.crosses.contains(far));
            for (row, log) in logs.iter_mut().enumerate() {
                for (column, log) in log.iter_mut().enumerate() {
                    *log += match crosses {
                        (true, true) => place.two[row][column],
                        (true, false) => place.one[2 * row],
                        (false, true) => place.one[2 * column],
                        (false, false) => 0.0,
                    };
                }
            }
        }
        let log_ratio = log_mean(logs.as_flattened());
        let cells =
            logs.iter().enumerate().flat_map(|(near, row)| row.iter().enumerate().map(move |(far, log)| (near > far, near < far, *log)));
        let balance: f64 = cells.map(|(more, less, log)| (f64::from(more) - f64::from(less)) * (log - log_ratio).exp()).sum();
        Both { log_ratio, near_loses_more: balance >= 0.0 }
    }

    fn places(&self, without: Option<usize>) -> impl Iterator<Item = &Place> {
        self.places.iter().filter(move |place| Some(place.finding) != without)
    }
}

/// Log-likelihood of one place's count when its path loses the expected share.
fn likelihood(point: &PointReading, expected: f64, concentration: f64) -> f64 {
    let trials = point.loss.trials as f64 * point.independence;
    let lost = point.loss.hits as f64 * point.independence;
    let path = beta_binomial(lost, trials, expected, concentration);
    let own_silence = match point.position {
        _ if point.may_be_silent => table::ROUTER_SILENCE,
        Position::Gateway => table::GATEWAY_SILENCE,
        Position::OnNet | Position::OtherNetwork => table::ANCHOR_SILENCE,
        _ => return path,
    };
    if lost <= expected * trials {
        return path;
    }
    // Silence of its own makes any higher count about as likely as another.
    let silent = (1.0 / (trials * (1.0 - expected) + 1.0)).ln();
    log_sum((1.0 - own_silence).ln() + path, own_silence.ln() + silent)
}

/// Log of the beta-binomial probability with mean `mean` and concentration `concentration`; counts need not be whole.
fn beta_binomial(hits: f64, trials: f64, mean: f64, concentration: f64) -> f64 {
    let (a, b) = (mean * concentration, (1.0 - mean) * concentration);
    let choose = libm::lgamma(trials + 1.0) - libm::lgamma(hits + 1.0) - libm::lgamma(trials - hits + 1.0);
    let beta = |x: f64, y: f64| libm::lgamma(x) + libm::lgamma(y) - libm::lgamma(x + y);
    choose + beta(hits + a, trials - hits + b) - beta(a, b)
}

fn log_mean(logs: &[f64]) -> f64 {
    let highest = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    highest + (logs.iter().map(|log| (log - highest).exp()).sum::<f64>() / logs.len() as f64).ln()
}
