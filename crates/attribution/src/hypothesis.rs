//! Explanations of what was seen: nothing is at fault, one fault of the catalogue is, or two faults in different segments are.

use demarc_model::{Fault, Finding};

use crate::{
    loss::Losses,
    path::Path,
    points::Points,
    signs::{self, Signs},
    table::{self, Effect},
};

/// Everything that a verdict is computed from, prepared so that one finding can be left out cheaply.
#[derive(Debug)]
pub struct Case<'a> {
    pub points: Points<'a>,
    losses: Losses,
    path: Path,
    signs: Signs<'a>,
}

/// Probability of each explanation by its leading fault (`None` is healthy), in the order of the catalogue; they sum to 1.
pub type Posterior = Vec<(Option<Fault>, f64)>;

/// A second fault beside the leading one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Second {
    pub leading: Fault,
    pub fault: Fault,
    pub probability: f64,
}

impl<'a> Case<'a> {
    pub fn of(findings: &'a [Finding]) -> Self {
        let points = Points::of(findings);
        let losses = Losses::of(&points);
        Self { path: Path::of(&points, &losses, None), losses, points, signs: Signs::of(findings) }
    }

    /// The probability of every explanation by the fault that leads it, and every two faults that are at all likely together.
    pub fn posterior(&self) -> (Posterior, Vec<Second>) {
        weigh(&self.path, &self.signs.weights(None))
    }

    /// The probabilities without one finding.
    pub fn posterior_without(&self, finding: usize) -> Posterior {
        let signs = self.signs.weights(Some(finding));
        if self.points.all.iter().any(|point| point.finding == finding) {
            weigh(&Path::of(&self.points, &self.losses, Some(finding)), &signs).0
        } else {
            weigh(&self.path, &signs).0
        }
    }
}

fn weigh(path: &Path, signs: &signs::Weights) -> (Posterior, Vec<Second>) {
    let one = |fault: &Fault| (*fault, prior_odds(*fault) + signs.alone(*fault) + path.alone(*fault));
    let singles: Vec<(Fault, f64)> = Fault::ALL.iter().map(one).collect();
    let mut pairs = Vec::with_capacity(singles.len() * singles.len() / 2);
    let rarer = table::SECOND_FAULT.ln();
    for (index, (near, log_near)) in singles.iter().enumerate() {
        for (far, log_far) in singles.iter().skip(index + 1).filter(|(far, _)| far.segment() != near.segment()) {
            let (leading, second) = if leads(path, (*near, *log_near), (*far, *log_far)) { (*near, *far) } else { (*far, *near) };
            // What each says alone, but for the path, where they act together, and for signs that need only one of them.
            let separate = log_near + log_far - path.alone(*near) - path.alone(*far);
            pairs.push((leading, second, rarer + separate + path.together(*near, *far) + signs.shared(*near, *far)));
        }
    }
    fold(&singles, &pairs)
}

/// Of two faults, the nearer one first, whether that one leads: it troubles the traffic and the other does not; both lose packets
/// and it loses more of them; else it explains more by itself.
fn leads(path: &Path, (near, log_near): (Fault, f64), (far, log_far): (Fault, f64)) -> bool {
    let troubles = |fault| table::effect(fault) != Effect::NONE || Fault::takes_layer_down(fault);
    if troubles(near) != troubles(far) {
        return troubles(near);
    }
    path.loses_more(near, far).unwrap_or(log_near >= log_far)
}

/// Log of the prior odds of a fault against healthy.
fn prior_odds(fault: Fault) -> f64 {
    (table::prior(Some(fault)) / table::prior(None)).ln()
}

/// Turns logarithms into probabilities and gives each pair's to the fault that leads it.
fn fold(singles: &[(Fault, f64)], pairs: &[(Fault, Fault, f64)]) -> (Posterior, Vec<Second>) {
    /// Pairs less likely than this are not worth telling apart.
    const TOLD: f64 = 0.001;
    let highest = singles.iter().map(|(_, log)| *log).chain(pairs.iter().map(|(.., log)| *log)).fold(0.0, f64::max);
    let share = |log: f64| (log - highest).exp();
    // Healthy is what every ratio is against.
    let total =
        share(0.0) + singles.iter().map(|(_, log)| share(*log)).sum::<f64>() + pairs.iter().map(|(.., log)| share(*log)).sum::<f64>();
    let mut posterior: Posterior =
        std::iter::once((None, share(0.0) / total)).chain(singles.iter().map(|(fault, log)| (Some(*fault), share(*log) / total))).collect();
    let mut seconds = Vec::new();
    for (leading, second, log) in pairs {
        let probability = share(*log) / total;
        if probability == 0.0 {
            continue;
        }
        // Healthy stands first, the catalogue in its order behind it.
        if let Some((_, sum)) = posterior.get_mut(1 + *leading as usize) {
            *sum += probability;
        }
        if probability > TOLD {
            seconds.push(Second { leading: *leading, fault: *second, probability });
        }
    }
    (posterior, seconds)
}
