//! Things seen that speak for or against one fault by name: a noisy-OR with a leak.
//!
//! A sign appears by itself now and then (the leak), and each cause that is there makes it likelier by its own factor. Two causes do not
//! multiply: either may have made the sign. What one check says several times about one fault counts once, at its strongest.

use demarc_model::{Fault, Finding, Reading};

use crate::table;

/// One sign, and the faults that would bring it about.
#[derive(Debug)]
pub struct Sign {
    /// Index of the finding.
    finding: usize,
    about: Fault,
    log_ratio: f64,
}

/// Every sign of a visit.
#[derive(Debug)]
pub struct Signs<'a> {
    findings: &'a [Finding],
    all: Vec<Sign>,
}

impl<'a> Signs<'a> {
    /// Gathers the signs among the findings.
    pub fn of(findings: &'a [Finding]) -> Self {
        let sign = |(finding, Finding { fault, reading, .. }): (usize, &Finding)| match (fault, reading) {
            (Some(about), Reading::Sign { log_likelihood_ratio }) => {
                Some(Sign { finding, about: *about, log_ratio: *log_likelihood_ratio })
            }
            _ => None,
        };
        Self { findings, all: findings.iter().enumerate().filter_map(sign).collect() }
    }

    /// The signs that count: the strongest of each group, one finding left out.
    pub fn counted(&self, without: Option<usize>) -> Vec<&Sign> {
        let here = |sign: &&Sign| Some(sign.finding) != without;
        let group = |sign: &Sign| (&self.findings[sign.finding].check, sign.about, sign.log_ratio > 0.0);
        let outdone = |sign: &Sign| {
            self.all.iter().filter(here).any(|other| {
                let stronger = (other.log_ratio.abs(), sign.finding) > (sign.log_ratio.abs(), other.finding);
                other.finding != sign.finding && group(other) == group(sign) && stronger
            })
        };
        self.all.iter().filter(here).filter(|sign| !outdone(sign)).collect()
    }
}

impl Sign {
    /// Log of the factor by which one fault makes this sign likelier; 0 when it has nothing to do with it.
    pub fn given(&self, fault: Fault) -> f64 {
        if fault == self.about {
            self.log_ratio
        } else if fault.explains(self.about) {
            (self.log_ratio - table::EXPLAINED_DISCOUNT).max(0.0)
        } else {
            0.0
        }
    }
}

/// What two faults lose together against the sum of what each says alone, because a sign needs only one cause.
pub fn shared(one: f64, other: f64) -> f64 {
    if one > 0.0 && other > 0.0 { (one.exp() + other.exp() - 1.0).ln() - one - other } else { 0.0 }
}
