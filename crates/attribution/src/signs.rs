//! Things seen that speak for or against one fault by name: a noisy-OR with a leak.
//!
//! A sign appears by itself now and then (the leak), and each cause that is there makes it likelier by its own factor. Two causes do not
//! multiply: either may have made the sign. What one check says several times about one fault counts once, at its strongest.

use demarc_model::{Fault, Finding, Reading};

use crate::table;

/// One sign, and the faults that would bring it about.
#[derive(Debug)]
struct Sign {
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

    /// What the signs say about every fault, some findings left out. Of what one check says about one fault the strongest counts; what one
    /// check reads from the same observations as signs of several faults is one sign that either would make.
    pub fn weights(&self, without: &[usize]) -> Weights {
        let here = |sign: &&Sign| !without.contains(&sign.finding);
        let group = |sign: &Sign| (&self.findings[sign.finding].check, sign.about, sign.log_ratio > 0.0);
        let outdone = |sign: &Sign| {
            self.all.iter().filter(here).any(|other| {
                let stronger = (other.log_ratio.abs(), sign.finding) > (sign.log_ratio.abs(), other.finding);
                other.finding != sign.finding && group(other) == group(sign) && stronger
            })
        };
        let mut weights = Weights { alone: vec![0.0; Fault::ALL.len()], causes: Vec::new() };
        let mut events: Vec<(&Finding, Vec<f64>)> = Vec::new();
        for sign in self.all.iter().filter(here).filter(|sign| !outdone(sign)) {
            let finding = &self.findings[sign.finding];
            let given: Vec<f64> = Fault::ALL.iter().map(|fault| sign.given(*fault)).collect();
            let same = |(other, _): &&mut (&Finding, Vec<f64>)| other.check == finding.check && other.observations == finding.observations;
            match events.iter_mut().find(same).filter(|_| sign.log_ratio > 0.0) {
                Some((_, event)) => {
                    for (most, given) in event.iter_mut().zip(given) {
                        *most = most.max(given);
                    }
                }
                None if sign.log_ratio > 0.0 => events.push((finding, given)),
                None => weights.add(&given),
            }
        }
        for (_, event) in events {
            weights.add(&event);
            if event.iter().filter(|given| **given > 0.0).count() > 1 {
                weights.causes.push(event);
            }
        }
        weights
    }
}

/// Log-likelihood ratios of all signs.
#[derive(Debug)]
pub struct Weights {
    alone: Vec<f64>,
    /// Signs that several faults would bring about, by fault.
    causes: Vec<Vec<f64>>,
}

impl Weights {
    fn add(&mut self, given: &[f64]) {
        for (sum, given) in self.alone.iter_mut().zip(given) {
            *sum += given;
        }
    }

    /// One fault.
    pub fn alone(&self, fault: Fault) -> f64 {
        self.alone[fault as usize]
    }

    /// What two faults together lose against the sum of what each says alone, because a sign needs only one cause.
    pub fn shared(&self, one: Fault, other: Fault) -> f64 {
        let both =
            self.causes.iter().map(|given| (given[one as usize], given[other as usize])).filter(|(one, other)| *one > 0.0 && *other > 0.0);
        both.map(|(one, other)| (one.exp() + other.exp() - 1.0).ln() - one - other).sum()
    }
}

impl Sign {
    /// Log of the factor by which one fault makes this sign likelier; 0 when it has nothing to do with it.
    fn given(&self, fault: Fault) -> f64 {
        if fault == self.about {
            self.log_ratio
        } else if fault.explains(self.about) {
            (self.log_ratio - table::EXPLAINED_DISCOUNT).max(0.0)
        } else {
            0.0
        }
    }
}
