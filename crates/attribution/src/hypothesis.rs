//! Explanations of what was seen: nothing is at fault, one fault of the catalogue is, or two faults in different segments are.

use demarc_model::{Fault, Finding, Layer, Position, Segment};

use crate::{
    delay::{self, Stretch},
    loss::{Both, Losses},
    numbers::mixture,
    points::{Points, Segments},
    signs::{self, Sign, Signs},
    table::{self, Effect},
};

/// Everything that a verdict is computed from, prepared so that one finding can be left out cheaply.
#[derive(Debug)]
pub struct Case<'a> {
    pub points: Points<'a>,
    losses: Losses,
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
        Self { losses: Losses::of(&points), points, signs: Signs::of(findings) }
    }

    /// The probability of every explanation, one finding left out, folded onto the fault that leads each.
    pub fn posterior(&self, without: Option<usize>) -> Posterior {
        self.weigh(without).0
    }

    /// The same with every finding, and every pair of faults that is at all likely.
    pub fn weighed(&self) -> (Posterior, Vec<Second>) {
        self.weigh(None)
    }

    fn weigh(&self, without: Option<usize>) -> (Posterior, Vec<Second>) {
        let evidence = Weights::of(self, without);
        let singles: Vec<(Fault, f64)> = Fault::ALL.iter().map(|fault| (*fault, evidence.one(*fault))).collect();
        let mut pairs = Vec::with_capacity(singles.len() * singles.len() / 2);
        for (index, (one, log_one)) in singles.iter().enumerate() {
            for (other, log_other) in singles.iter().skip(index + 1).filter(|(other, _)| other.segment() != one.segment()) {
                let (leading, second) =
                    if evidence.leads((*one, *log_one), (*other, *log_other)) { (*one, *other) } else { (*other, *one) };
                pairs.push((leading, second, evidence.two(*one, *other)));
            }
        }
        fold(&singles, &pairs)
    }
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

/// What the evidence says about every set of faults, as log-likelihood ratios against "nothing is at fault".
struct Weights<'a> {
    case: &'a Case<'a>,
    signs: Vec<&'a Sign>,
    stretches: Vec<Stretch>,
    /// Whether anything on the path was probed.
    measured: bool,
    behind: Segments,
    seen: Segments,
    /// Loss of one segment, and of two, by their places in the list of segments.
    one: [f64; SEGMENTS],
    two: [[Both; SEGMENTS]; SEGMENTS],
    /// Sum of the signs of each fault.
    named: Vec<f64>,
}

const SEGMENTS: usize = Segment::ALL.len();

impl<'a> Weights<'a> {
    fn of(case: &'a Case<'a>, without: Option<usize>) -> Self {
        let signs = case.signs.counted(without);
        let positions: Vec<Position> =
            case.points.all.iter().filter(|point| Some(point.finding) != without).map(|point| point.reading.position).collect();
        let crossed: Vec<(Position, Segments)> = positions.iter().map(|position| (*position, case.points.crossed(*position))).collect();
        let behind = Segments::which(|segment| crossed.iter().any(|(position, crossed)| Points::is_behind(*position, segment, *crossed)));
        let seen = Segments::which(|segment| crossed.iter().any(|(_, crossed)| crossed.contains(segment)));
        let mut one = [0.0; SEGMENTS];
        let mut two = [[Both::default(); SEGMENTS]; SEGMENTS];
        for near in seen.iter() {
            one[near as usize] = case.losses.one(near, without);
            for far in seen.iter().filter(|far| *far > near) {
                let both = case.losses.two(near, far, without);
                two[near as usize][far as usize] = both;
            }
        }
        let named = Fault::ALL.iter().map(|fault| signs.iter().map(|sign| sign.given(*fault)).sum()).collect();
        Self {
            case,
            stretches: delay::stretches(&case.points, without),
            measured: !positions.is_empty(),
            behind,
            seen,
            one,
            two,
            named,
            signs,
        }
    }

    /// Log of the odds of one fault against healthy.
    fn one(&self, fault: Fault) -> f64 {
        let effect = self.contradiction(fault).unwrap_or_else(|| match self.on_path(fault) {
            Some(place) => self.alone(place),
            None => 0.0,
        });
        prior_odds(fault) + self.named[fault as usize] + effect
    }

    /// Log of the odds of two faults in different segments against healthy.
    fn two(&self, one: Fault, other: Fault) -> f64 {
        let named = self.named[one as usize]
            + self.named[other as usize]
            + self.signs.iter().map(|sign| signs::shared(sign.given(one), sign.given(other))).sum::<f64>();
        let contradiction = self.contradiction(one).unwrap_or(0.0) + self.contradiction(other).unwrap_or(0.0);
        let possible = |fault| self.on_path(fault).filter(|_| self.contradiction(fault).is_none());
        let effect = match (possible(one), possible(other)) {
            (Some((near, a)), Some((far, b))) => {
                self.loss_of_two((near, a.loses), (far, b.loses)) + self.delay_of_two((near, a.delays), (far, b.delays))
            }
            (Some(place), None) | (None, Some(place)) => self.alone(place),
            (None, None) => 0.0,
        };
        table::SECOND_FAULT.ln() + prior_odds(one) + prior_odds(other) + named + contradiction + effect
    }

    /// Of two faults, the nearer one first, whether that one leads: it troubles the traffic and the other does not; both lose packets
    /// and it loses more of them; else it explains more by itself.
    fn leads(&self, (one, log_one): (Fault, f64), (other, log_other): (Fault, f64)) -> bool {
        /// Two lossy stretches are told apart when they explain the counts so much better than either alone, in log-odds.
        const BOTH: f64 = 2.0;
        let troubles = |fault| table::effect(fault) != Effect::NONE || Fault::takes_layer_down(fault);
        if troubles(one) != troubles(other) {
            return troubles(one);
        }
        let (near, far) = (one.segment() as usize, other.segment() as usize);
        let both = self.two[near][far];
        let lossy = table::effect(one).loses > 0.0 && table::effect(other).loses > 0.0;
        if lossy && both.log_ratio > self.one[near].max(self.one[far]) + BOTH { both.near_loses_more } else { log_one >= log_other }
    }

    fn alone(&self, (segment, Effect { loses, delays }): (Segment, Effect)) -> f64 {
        let loss = mixture([(loses, self.one[segment as usize]), (1.0 - loses, 0.0)]);
        loss + mixture([(delays, self.delay(&[segment])), (1.0 - delays, 0.0)])
    }

    fn loss_of_two(&self, (near, one): (Segment, f64), (far, other): (Segment, f64)) -> f64 {
        mixture([
            (one * other, self.two[near as usize][far as usize].log_ratio),
            (one * (1.0 - other), self.one[near as usize]),
            ((1.0 - one) * other, self.one[far as usize]),
            ((1.0 - one) * (1.0 - other), 0.0),
        ])
    }

    fn delay_of_two(&self, (near, one): (Segment, f64), (far, other): (Segment, f64)) -> f64 {
        mixture([
            (one * other, self.delay(&[near, far])),
            (one * (1.0 - other), self.delay(&[near])),
            ((1.0 - one) * other, self.delay(&[far])),
            ((1.0 - one) * (1.0 - other), 0.0),
        ])
    }

    /// Log-likelihood ratio of the delays if these segments hold packets up.
    fn delay(&self, segments: &[Segment]) -> f64 {
        let holds_up = |stretch: &&Stretch| segments.iter().any(|segment| stretch.segments.contains(*segment));
        self.stretches.iter().filter(holds_up).map(|stretch| stretch.ratio).sum()
    }

    /// Where a fault would show on the path and how, when anything was seen of that segment.
    fn on_path(&self, fault: Fault) -> Option<(Segment, Effect)> {
        let effect = table::effect(fault);
        (effect != Effect::NONE && self.seen.contains(fault.segment())).then_some((fault.segment(), effect))
    }

    /// What speaks so strongly against a fault that nothing else about it matters.
    fn contradiction(&self, fault: Fault) -> Option<f64> {
        let segment = fault.segment();
        if self.measured && segment == self.case.points.absent_link() {
            return Some(table::ABSENT_LINK);
        }
        (lets_nothing_through(fault) && self.behind.contains(segment) && self.measured).then_some(table::ANSWERED_BEHIND)
    }
}

/// Log of the prior odds of a fault against healthy.
fn prior_odds(fault: Fault) -> f64 {
    (table::prior(Some(fault)) / table::prior(None)).ln()
}

/// Whether no answer at all can come from behind the fault. A captive portal answers some questions itself and lets others through; a
/// router that restarts lets everything through before and after.
fn lets_nothing_through(fault: Fault) -> bool {
    fault.takes_layer_down() && fault.layer() < Layer::Names && !matches!(fault, Fault::CaptivePortal | Fault::RouterRestarting)
}
