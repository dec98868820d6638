//! What a check is.

use demarc_model::{Fault, Finding, Phrase, Request, Step, Visit};

/// One question about the path: what it asks for and what the answers mean. Both are pure functions of the visit so far.
#[derive(Debug, Clone, Copy)]
pub struct Check {
    /// Its id; also names its messages `check-<id>`, `check-<id>-why` and `check-<id>-good`.
    pub id: &'static str,
    /// The wizard's step it belongs to.
    pub step: Step,
    /// Checks whose observations it builds on; it starts when they are finished, whatever came of them.
    pub needs: &'static [&'static str],
    /// Faults it can accuse or clear.
    pub faults: &'static [Fault],
    /// What it asks for.
    pub plan: fn(&Visit) -> Plan,
    /// What the answers mean; [`Check::findings`] says whose they are.
    pub(crate) interpret: fn(&Visit) -> Vec<Finding>,
}

impl Check {
    /// What the answers mean, as findings of this check.
    pub fn findings(&self, visit: &Visit) -> Vec<Finding> {
        let mut findings = (self.interpret)(visit);
        for finding in &mut findings {
            self.id.clone_into(&mut finding.check);
        }
        findings
    }
}

/// What a check asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum Plan {
    /// These requests, all at the same time.
    Ask(Vec<Request>),
    /// Nothing, because the question does not apply here.
    NotApplicable(Phrase),
    /// Nothing, because something it builds on is missing.
    Blocked(Phrase),
}
