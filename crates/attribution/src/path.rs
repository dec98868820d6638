//! What the readings of the path say about every fault, and every two, as log-likelihood ratios against "nothing is at fault".

use demarc_model::{Fault, Layer, Position, Segment};

use crate::{
    delay::{self, Stretch},
    loss::{Both, Losses},
    numbers::mixture,
    points::{Points, SEGMENTS, Segments},
    table::{self, Effect, Shows},
};

/// The path's word on every set of faults, one finding left out or none.
#[derive(Debug)]
pub struct Path {
    /// Each fault by itself.
    alone: Vec<f64>,
    /// Faults of one segment that show in the same way are one kind; `None` for a fault that does not show, or cannot be.
    kind: Vec<Option<usize>>,
    kinds: Vec<(Segment, Effect)>,
    /// Two kinds together.
    together: Vec<Vec<f64>>,
    one: [f64; SEGMENTS],
    two: [[Both; SEGMENTS]; SEGMENTS],
}

impl Path {
    /// Weighs the readings.
    pub fn of(points: &Points<'_>, losses: &Losses, without: &[usize]) -> Self {
        let seen = Seen::of(points, losses, without);
        let mut kinds: Vec<(Segment, Effect)> = Vec::new();
        let mut kind_of = |fault| {
            let shows = seen.on_path(fault).filter(|_| seen.contradiction(fault).is_none())?;
            Some(kinds.iter().position(|kind| *kind == shows).unwrap_or_else(|| {
                kinds.push(shows);
                kinds.len() - 1
            }))
        };
        let kind: Vec<Option<usize>> = Fault::ALL.iter().map(|fault| kind_of(*fault)).collect();
        let of_kind: Vec<f64> = kinds.iter().map(|kind| seen.alone(*kind)).collect();
        let alone =
            Fault::ALL.iter().zip(&kind).map(|(fault, kind)| kind.map_or(seen.contradiction(*fault).unwrap_or(0.0), |kind| of_kind[kind]));
        // Both ways round, because the catalogue's order need not be the path's.
        let mut together = vec![vec![0.0; kinds.len()]; kinds.len()];
        for (near, one) in kinds.iter().enumerate() {
            for (far, other) in kinds.iter().enumerate().skip(near) {
                let both = seen.both(*one, *other);
                together[near][far] = both;
                together[far][near] = both;
            }
        }
        Self { alone: alone.collect(), together, kind, one: seen.one, two: seen.two, kinds }
    }

    /// One fault.
    pub fn alone(&self, fault: Fault) -> f64 {
        self.alone[fault as usize]
    }

    /// Two faults in different segments, the nearer one first.
    pub fn together(&self, near: Fault, far: Fault) -> f64 {
        match (self.kind[near as usize], self.kind[far as usize]) {
            (Some(near), Some(far)) => self.together[near][far],
            _ => self.alone(near) + self.alone(far),
        }
    }

    /// Whether the nearer of two faults loses more packets; `None` when not both do.
    pub fn loses_more(&self, near: Fault, far: Fault) -> Option<bool> {
        let place = |fault: Fault| self.kind[fault as usize].map(|kind| self.kinds[kind]).filter(|(_, effect)| effect.loses > 0.0);
        let (near, far) = (place(near)?.0 as usize, place(far)?.0 as usize);
        let both = self.two[near.min(far)][near.max(far)];
        let told = near != far && both.log_likelihood > self.one[near].max(self.one[far]) + table::BOTH_LOSE;
        told.then_some(both.near_loses_more == (near < far))
    }
}

/// What was seen of each segment.
struct Seen {
    stretches: Vec<Stretch>,
    /// Whether anything on the path was probed.
    measured: bool,
    used_link: Segment,
    absent_link: Segment,
    /// Segments from behind which something answered.
    passed: Segments,
    crossed: Segments,
    /// Log-likelihood ratios of loss at one segment, and at two, against none.
    one: [f64; SEGMENTS],
    two: [[Both; SEGMENTS]; SEGMENTS],
}

impl Seen {
    fn of(points: &Points<'_>, losses: &Losses, without: &[usize]) -> Self {
        let there = points.all.iter().filter(|point| !without.contains(&point.finding)).map(|point| point.reading.position);
        let places: Vec<(Position, Segments)> = there.map(|position| (position, points.crossed(position))).collect();
        let passed = Segments::which(|segment| places.iter().any(|(position, crossed)| Points::is_behind(*position, segment, *crossed)));
        let crossed = Segments::which(|segment| places.iter().any(|(_, crossed)| crossed.contains(segment)));
        let none = losses.none(without);
        let mut one = [0.0; SEGMENTS];
        let mut two = [[Both::default(); SEGMENTS]; SEGMENTS];
        for near in crossed.iter() {
            one[near as usize] = losses.one(near, without) - none;
            for far in crossed.iter().filter(|far| *far > near) {
                let both = losses.two(near, far, without);
                two[near as usize][far as usize] = Both { log_likelihood: both.log_likelihood - none, ..both };
            }
        }
        let (stretches, measured) = (delay::stretches(points, without), !places.is_empty());
        Self { stretches, measured, used_link: points.used_link(), absent_link: points.absent_link(), passed, crossed, one, two }
    }

    fn alone(&self, (segment, Effect { loses, delays, .. }): (Segment, Effect)) -> f64 {
        let loss = mixture([(loses, self.one[segment as usize]), (1.0 - loses, 0.0)]);
        loss + mixture([(delays, self.delay(&[segment])), (1.0 - delays, 0.0)])
    }

    /// Two faults together, in any order; at one place they are like one that shows in more of the cases.
    fn both(&self, (near, one): (Segment, Effect), (far, other): (Segment, Effect)) -> f64 {
        if near == far {
            let either = |one: f64, other: f64| 1.0 - (1.0 - one) * (1.0 - other);
            return self.alone((near, Effect { loses: either(one.loses, other.loses), delays: either(one.delays, other.delays), ..one }));
        }
        if near > far {
            return self.both((far, other), (near, one));
        }
        self.loss_of_two((near, one.loses), (far, other.loses)) + self.delay_of_two((near, one.delays), (far, other.delays))
    }

    fn loss_of_two(&self, (near, one): (Segment, f64), (far, other): (Segment, f64)) -> f64 {
        mixture([
            (one * other, self.two[near as usize][far as usize].log_likelihood),
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
        let segment = match effect.shows {
            Shows::Segment => fault.segment(),
            Shows::HomeLink => self.used_link,
            Shows::Line => Segment::Access,
        };
        (effect != Effect::NONE && self.crossed.contains(segment)).then_some((segment, effect))
    }

    /// What speaks so strongly against a fault that nothing else about it matters.
    fn contradiction(&self, fault: Fault) -> Option<f64> {
        let segment = fault.segment();
        if self.measured && segment == self.absent_link {
            return Some(table::ABSENT_LINK);
        }
        (lets_nothing_through(fault) && self.passed.contains(segment) && self.measured).then_some(table::ANSWERED_BEHIND)
    }
}

/// Whether no answer at all can come from behind the fault. A captive portal answers some questions itself and lets others through; a
/// router that restarts lets everything through before and after.
fn lets_nothing_through(fault: Fault) -> bool {
    fault.takes_layer_down() && fault.layer() < Layer::Names && !matches!(fault, Fault::CaptivePortal | Fault::RouterRestarting)
}
