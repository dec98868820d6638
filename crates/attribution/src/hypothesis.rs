//! One explanation of what was seen.

use demarc_model::{Fault, Finding, Layer, Party, Reading};

use crate::{delay, loss, points::Points, table};

/// Either nothing is at fault, or one fault of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hypothesis {
    /// The fault; `None` for healthy.
    pub fault: Option<Fault>,
}

impl Hypothesis {
    /// Healthy first, then the catalogue.
    pub fn all() -> impl Iterator<Item = Self> {
        std::iter::once(Self { fault: None }).chain(Fault::ALL.iter().map(|fault| Self { fault: Some(*fault) }))
    }

    /// Who would have to act.
    pub fn party(self) -> Party {
        self.fault.map_or(Party::Healthy, |fault| fault.segment().party())
    }

    /// Log-likelihood ratio that a sign adds to this hypothesis: its own signs, and the signs of faults that it explains.
    pub fn sign(self, finding: &Finding) -> f64 {
        let (Some(mine), Some(about), Reading::Sign { log_likelihood_ratio }) = (self.fault, finding.fault, &finding.reading) else {
            return 0.0;
        };
        if mine == about {
            *log_likelihood_ratio
        } else if mine.explains(about) {
            (log_likelihood_ratio - table::EXPLAINED_DISCOUNT).max(0.0)
        } else {
            0.0
        }
    }

    /// Log-likelihood ratio of the path's readings under this hypothesis against healthy.
    pub fn effect(self, points: &Points) -> f64 {
        let Some(fault) = self.fault else { return 0.0 };
        let segment = fault.segment();
        if !points.all.is_empty() && segment == points.absent_link() {
            return table::ABSENT_LINK;
        }
        if lets_nothing_through(fault) && points.all.iter().any(|point| points.is_behind(point.position, segment)) {
            return table::ANSWERED_BEHIND;
        }
        if points.crossed_by_nobody(segment) {
            return 0.0;
        }
        let table::Effect { loses, delays } = table::effect(fault);
        mixture(loses, || loss::ratio(points, segment)) + mixture(delays, || delay::ratio(points, segment))
    }
}

/// Whether no answer at all can come from behind the fault. A captive portal answers some questions itself and lets others through.
fn lets_nothing_through(fault: Fault) -> bool {
    fault.takes_layer_down() && fault.layer() < Layer::Names && fault != Fault::CaptivePortal
}

/// Log of a likelihood ratio that applies in `share` of the cases and is 1 in the others.
fn mixture(share: f64, ratio: impl Fn() -> f64) -> f64 {
    if share <= 0.0 {
        return 0.0;
    }
    let (applies, not) = (share.ln() + ratio(), (1.0 - share).ln());
    let high = applies.max(not);
    high + ((applies - high).exp() + (not - high).exp()).ln()
}
