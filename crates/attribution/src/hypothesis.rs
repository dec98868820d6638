//! Explanations of what was seen: nothing is at fault, one fault of the catalogue is, or two faults in different segments are.

use demarc_model::{Fault, Finding, Party};

use crate::{
    loss::Losses,
    path::Path,
    points::{Points, SEGMENTS},
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

/// What the evidence comes to.
#[derive(Debug)]
pub struct Explained {
    pub posterior: Posterior,
    /// Probability that each segment is at fault, be it as the first or the second.
    pub involved: [f64; SEGMENTS],
    /// Every two faults that are at all likely together.
    pub pairs: Vec<Pair>,
}

/// Two faults at once, and how probable that is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    pub leading: Fault,
    pub second: Fault,
    pub probability: f64,
}

impl<'a> Case<'a> {
    pub fn of(findings: &'a [Finding]) -> Self {
        let points = Points::of(findings);
        let losses = Losses::of(&points);
        Self { path: Path::of(&points, &losses, &[]), losses, points, signs: Signs::of(findings) }
    }

    /// The probability of every explanation.
    pub fn explained(&self) -> Explained {
        weigh(&self.path, &self.signs.weights(&[]))
    }

    /// The same with some findings left out.
    pub fn explained_without(&self, findings: &[usize]) -> Explained {
        let signs = self.signs.weights(findings);
        if self.points.all.iter().any(|point| findings.contains(&point.finding)) {
            weigh(&Path::of(&self.points, &self.losses, findings), &signs)
        } else {
            weigh(&self.path, &signs)
        }
    }
}

fn weigh(path: &Path, signs: &signs::Weights) -> Explained {
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

/// Of two faults, the nearer one first, whether that one leads. What troubles the traffic leads what does not; at home it leads what lies
/// behind, because it can be mended at once, and the rest is judged fairly only then; else the one that loses more packets leads, or
/// explains more by itself.
fn leads(path: &Path, (near, log_near): (Fault, f64), (far, log_far): (Fault, f64)) -> bool {
    let troubles = |fault| table::effect(fault) != Effect::NONE || Fault::takes_layer_down(fault);
    let at_home = |fault: Fault| fault.segment().party() == Party::Home;
    if troubles(near) != troubles(far) {
        return troubles(near);
    }
    if troubles(near) && at_home(near) != at_home(far) {
        return at_home(near);
    }
    path.loses_more(near, far).unwrap_or(log_near >= log_far)
}

/// Log of the prior odds of a fault against healthy.
fn prior_odds(fault: Fault) -> f64 {
    (table::prior(Some(fault)) / table::prior(None)).ln()
}

/// Turns logarithms into probabilities and gives each pair's to the fault that leads it.
fn fold(singles: &[(Fault, f64)], pairs: &[(Fault, Fault, f64)]) -> Explained {
    /// Pairs less likely than this are not worth telling apart.
    const TOLD: f64 = 0.001;
    /// So much less likely than the likeliest, in log-odds, is never.
    const NEVER: f64 = 35.0;
    let highest = singles.iter().map(|(_, log)| *log).chain(pairs.iter().map(|(.., log)| *log)).fold(0.0, f64::max);
    let share = |log: f64| if log < highest - NEVER { 0.0 } else { (log - highest).exp() };
    // Healthy is what every ratio is against and stands first, the catalogue in its order behind it.
    let mut posterior: Posterior =
        std::iter::once((None, share(0.0))).chain(singles.iter().map(|(fault, log)| (Some(*fault), share(*log)))).collect();
    let mut involved = [0.0; SEGMENTS];
    for (fault, log) in singles {
        involved[fault.segment() as usize] += share(*log);
    }
    let mut likely = Vec::new();
    for (leading, second, log) in pairs {
        let probability = share(*log);
        if probability == 0.0 {
            continue;
        }
        if let Some((_, sum)) = posterior.get_mut(1 + *leading as usize) {
            *sum += probability;
        }
        involved[leading.segment() as usize] += probability;
        involved[second.segment() as usize] += probability;
        likely.push(Pair { leading: *leading, second: *second, probability });
    }
    let total: f64 = posterior.iter().map(|(_, probability)| probability).sum();
    for probability in posterior.iter_mut().map(|(_, probability)| probability).chain(&mut involved) {
        *probability /= total;
    }
    for pair in &mut likely {
        pair.probability /= total;
    }
    likely.retain(|pair| pair.probability > TOLD);
    Explained { posterior, involved, pairs: likely }
}
