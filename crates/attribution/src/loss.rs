//! Which stretch loses packets.
//!
//! If a stretch loses a share `q`, every place behind it loses at least that share and no place before it does. Each place's count is
//! beta-binomial around its expected share, because loss is bursty. A router, or a lone anchor, may lose answers of its own (it limits
//! or refuses them); such silence can only add loss, so a place that lost little clears everything before it.

use demarc_model::{PointReading, Position, Segment};

use crate::{points::Points, table};

/// Log-likelihood ratio of all counts: the segment loses packets (at an unknown share) against nothing does.
pub fn ratio(points: &Points, segment: Segment) -> f64 {
    let healthy: f64 = points.all.iter().map(|point| likelihood(point, background(points), table::BACKGROUND_CONCENTRATION)).sum();
    let rates = table::LOSS_RATES;
    let logs = rates.map(|rate| {
        points
            .all
            .iter()
            .map(|point| {
                let crosses = points.crosses(point.position, segment);
                if crosses {
                    likelihood(point, 1.0 - (1.0 - rate) * (1.0 - background(points)), table::LOSS_CONCENTRATION)
                } else {
                    likelihood(point, background(points), table::BACKGROUND_CONCENTRATION)
                }
            })
            .sum::<f64>()
    });
    let highest = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mean = logs.iter().map(|log| (log - highest).exp()).sum::<f64>() / logs.len() as f64;
    highest + mean.ln() - healthy
}

fn background(points: &Points) -> f64 {
    if points.wifi { table::BACKGROUND_LOSS_WIFI } else { table::BACKGROUND_LOSS }
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

fn log_sum(a: f64, b: f64) -> f64 {
    let high = a.max(b);
    high + ((a - high).exp() + (b - high).exp()).ln()
}
