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
    /// Log-likelihood.
    pub log_likelihood: f64,
    /// Whether the one nearer to this computer probably loses the greater share.
    pub near_loses_more: bool,
}

/// How likely every place's count is at every rate that a hypothesis may explain it with.
///
/// Some lines lose a little by nature (radio, satellites handing over). How much is not known, so every hypothesis is averaged over it.
#[derive(Debug)]
pub struct Losses {
    places: Vec<Place>,
}

const NATURES: usize = table::NATURAL_LOSS.len();

#[derive(Debug)]
struct Place {
    finding: usize,
    crosses: Segments,
    /// Log-likelihoods: nothing at fault, one lossy stretch, two.
    none: [f64; NATURES],
    one: [[f64; LOSS_RATES.len()]; NATURES],
    two: [[[f64; PAIR_RATES]; PAIR_RATES]; NATURES],
}

impl Losses {
    /// Weighs every place's count once; hypotheses then only add.
    pub fn of(points: &Points<'_>) -> Self {
        let background = if points.wifi { table::BACKGROUND_LOSS_WIFI } else { table::BACKGROUND_LOSS };
        let place = |point: &crate::points::Point<'_>| {
            let crosses = points.crossed(point.reading.position);
            let count = Count::of(point.reading);
            let mut place = Place {
                finding: point.finding,
                crosses,
                none: [0.0; NATURES],
                one: [[0.0; LOSS_RATES.len()]; NATURES],
                two: [[[0.0; PAIR_RATES]; PAIR_RATES]; NATURES],
            };
            for (nature, (_, natural)) in table::NATURAL_LOSS.iter().enumerate() {
                if nature > 0 && !crosses.contains(Segment::Access) {
                    (place.none[nature], place.one[nature], place.two[nature]) = (place.none[0], place.one[0], place.two[0]);
                    continue;
                }
                let kept = (1.0 - background) * (1.0 - natural);
                let concentration = if *natural > 0.0 { table::LOSS_CONCENTRATION } else { table::BACKGROUND_CONCENTRATION };
                place.none[nature] = count.likelihood(1.0 - kept, concentration);
                let at = |passes: f64| count.likelihood(1.0 - passes * kept, table::LOSS_CONCENTRATION);
                place.one[nature] = LOSS_RATES.map(|rate| at(1.0 - rate));
                for near in 0..PAIR_RATES {
                    for far in 0..=near {
                        let both = at((1.0 - LOSS_RATES[2 * near]) * (1.0 - LOSS_RATES[2 * far]));
                        place.two[nature][near][far] = both;
                        place.two[nature][far][near] = both;
                    }
                }
            }
            place
        };
        Self { places: points.all.iter().map(place).collect() }
    }

    /// Log-likelihood that nothing is at fault.
    pub fn none(&self, without: &[usize]) -> f64 {
        let natures: [f64; NATURES] = std::array::from_fn(|nature| {
            table::NATURAL_LOSS[nature].0.ln() + self.places(without).map(|place| place.none[nature]).sum::<f64>()
        });
        natures.into_iter().fold(f64::NEG_INFINITY, log_sum)
    }

    /// Log-likelihood that this segment loses packets, at an unknown share.
    pub fn one(&self, segment: Segment, without: &[usize]) -> f64 {
        let natures: [f64; NATURES] = std::array::from_fn(|nature| {
            let mut logs = [0.0; LOSS_RATES.len()];
            for place in self.places(without) {
                let crosses = place.crosses.contains(segment);
                for (log, at) in logs.iter_mut().zip(place.one[nature]) {
                    *log += if crosses { at } else { place.none[nature] };
                }
            }
            table::NATURAL_LOSS[nature].0.ln() + log_mean(&logs)
        });
        natures.into_iter().fold(f64::NEG_INFINITY, log_sum)
    }

    /// The same for two segments that both lose packets, each at a share of its own; and whether the near one probably loses more.
    pub fn two(&self, near: Segment, far: Segment, without: &[usize]) -> Both {
        let mut log_likelihood = f64::NEG_INFINITY;
        let mut balance = 0.0;
        for (nature, (share, _)) in table::NATURAL_LOSS.iter().enumerate() {
            let mut logs = [[0.0; PAIR_RATES]; PAIR_RATES];
            for place in self.places(without) {
                let crosses = (place.crosses.contains(near), place.crosses.contains(far));
                for (row, log) in logs.iter_mut().enumerate() {
                    for (column, log) in log.iter_mut().enumerate() {
                        *log += match crosses {
                            (true, true) => place.two[nature][row][column],
                            (true, false) => place.one[nature][2 * row],
                            (false, true) => place.one[nature][2 * column],
                            (false, false) => place.none[nature],
                        };
                    }
                }
            }
            let mean = log_mean(logs.as_flattened());
            let cells = logs.iter().enumerate().flat_map(|(near, row)| row.iter().enumerate().map(move |(far, log)| (near, far, *log)));
            balance +=
                share * cells.map(|(near, far, log)| (f64::from(near > far) - f64::from(near < far)) * (log - mean).exp()).sum::<f64>();
            log_likelihood = log_sum(log_likelihood, share.ln() + mean);
        }
        Both { log_likelihood, near_loses_more: balance >= 0.0 }
    }

    fn places<'a>(&'a self, without: &'a [usize]) -> impl Iterator<Item = &'a Place> {
        self.places.iter().filter(move |place| !without.contains(&place.finding))
    }
}

/// One place's count, with what does not depend on the expected share.
struct Count {
    trials: f64,
    lost: f64,
    choose: f64,
    own_silence: f64,
}

impl Count {
    fn of(point: &PointReading) -> Self {
        let trials = point.loss.trials as f64 * point.independence;
        let lost = point.loss.hits as f64 * point.independence;
        let own_silence = match point.position {
            _ if point.may_be_silent => table::ROUTER_SILENCE,
            Position::Gateway => table::GATEWAY_SILENCE,
            Position::OnNet | Position::OtherNetwork => table::ANCHOR_SILENCE,
            _ => 0.0,
        };
        let choose = libm::lgamma(trials + 1.0) - libm::lgamma(lost + 1.0) - libm::lgamma(trials - lost + 1.0);
        Self { trials, lost, choose, own_silence }
    }

    /// Log-likelihood of the count when the path loses the expected share. Silence of the place's own makes any higher count about as
    /// likely as another.
    fn likelihood(&self, expected: f64, concentration: f64) -> f64 {
        let path = self.beta_binomial(expected, concentration);
        if self.own_silence == 0.0 {
            return path;
        }
        let sound = (1.0 - self.own_silence).ln() + path;
        if self.lost <= expected * self.trials {
            return sound;
        }
        let silent = (1.0 / (self.trials * (1.0 - expected) + 1.0)).ln();
        log_sum(sound, self.own_silence.ln() + silent)
    }

    /// Log of the beta-binomial probability with this mean and concentration; counts need not be whole.
    fn beta_binomial(&self, mean: f64, concentration: f64) -> f64 {
        let (a, b) = (mean * concentration, (1.0 - mean) * concentration);
        let spread = libm::lgamma(concentration) - libm::lgamma(self.trials + concentration);
        self.choose + spread + libm::lgamma(self.lost + a) + libm::lgamma(self.trials - self.lost + b) - libm::lgamma(a) - libm::lgamma(b)
    }
}

fn log_mean(logs: &[f64]) -> f64 {
    let highest = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    highest + (logs.iter().map(|log| (log - highest).exp()).sum::<f64>() / logs.len() as f64).ln()
}
