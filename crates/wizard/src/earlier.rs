//! The look before a change in the home, to be compared with the one after it.

use demarc_checks::{CHECKS, comparison};
use demarc_model::{Change, Comparison, Effect, Finding, Visit};

use crate::in_order;

/// A look that another is compared with.
#[derive(Debug)]
pub struct Earlier {
    pub visit: Visit,
    change: Option<Change>,
    /// What the change did, once the other look is there.
    pub comparison: Option<Comparison>,
}

impl Earlier {
    /// A visit as the look before a change; none where it shows too little to be compared.
    pub fn of(visit: Visit, change: Option<Change>) -> Option<Self> {
        comparison::comparable(&visit).then_some(Self { visit, change, comparison: None })
    }

    /// What the next look is compared with: this one, unless it showed too little, or a change had already taken the trouble away and
    /// nothing else is said to have changed since.
    pub fn after(before: Option<Self>, visit: &Visit, change: Option<Change>) -> Option<Self> {
        let relieved = |earlier: &Self| earlier.comparison.as_ref().is_some_and(|comparison| comparison.effect == Effect::Relieved);
        if change.is_none() && before.as_ref().is_some_and(relieved) {
            return before.map(|earlier| Self { comparison: None, ..earlier });
        }
        Self::of(visit.clone(), change).or(before)
    }

    /// The findings that the verdict rests on. Where the change took the trouble away, the question is what the trouble was: the look
    /// before tells, and that it went away. Else the latest look tells, and that the change did nothing.
    pub fn weigh(&mut self, now: &Visit, latest: Vec<Finding>) -> Vec<Finding> {
        let (compared, finding) = comparison::compare(&self.visit, now, self.change);
        let mut findings = if compared.effect == Effect::Relieved { findings(&self.visit) } else { latest };
        findings.push(finding);
        self.comparison = Some(compared);
        in_order(findings)
    }
}

/// What the checks make of a visit that is over.
fn findings(visit: &Visit) -> Vec<Finding> {
    CHECKS.iter().flat_map(|check| check.findings(visit)).collect()
}
