//! Short ways to say what was found, so that checks read as rules.

use demarc_model::{Fault, Finding, Observation, Phrase, Reading, Says, Segment};

/// Log-likelihood ratio of something seen directly (no carrier, no address): about 8000 to 1.
pub const DECISIVE: f64 = 9.0;
/// Log-likelihood ratio of a strong sign: about 400 to 1.
pub const STRONG: f64 = 6.0;
/// Log-likelihood ratio of a fair sign: about 20 to 1.
pub const FAIR: f64 = 3.0;
/// Log-likelihood ratio of a weak sign: about 3 to 1.
pub const WEAK: f64 = 1.0;

/// A sign that `fault` is there; `strength` above 0.
pub fn accuse<'a>(fault: Fault, strength: f64, because: Phrase, seen: impl IntoIterator<Item = &'a Observation>) -> Finding {
    sign(Says::Accuses, fault, strength.abs(), because, seen)
}

/// A sign that `fault` is not there; `strength` above 0.
pub fn clear<'a>(fault: Fault, strength: f64, because: Phrase, seen: impl IntoIterator<Item = &'a Observation>) -> Finding {
    sign(Says::Clears, fault, -strength.abs(), because, seen)
}

/// Findings about parts of which each stands for itself, such as two directions or several destinations: where one part accuses,
/// another that is well clears nothing and is only worth knowing.
pub fn each_for_itself(mut findings: Vec<Finding>) -> Vec<Finding> {
    let accused: Vec<Fault> = findings.iter().filter(|finding| finding.says == Says::Accuses).filter_map(|finding| finding.fault).collect();
    let contradicted = |finding: &&mut Finding| finding.says == Says::Clears && finding.fault.is_some_and(|fault| accused.contains(&fault));
    for finding in findings.iter_mut().filter(contradicted) {
        finding.says = Says::Notes;
        finding.fault = None;
        finding.reading = Reading::None;
    }
    findings
}

/// Something worth knowing that decides nothing.
pub fn note<'a>(segment: Segment, because: Phrase, seen: impl IntoIterator<Item = &'a Observation>) -> Finding {
    let mut finding = finding(Says::Notes, segment, because, seen);
    finding.reading = Reading::None;
    finding
}

/// A finding without a fault or reading; the caller fills in what it knows.
pub fn finding<'a>(says: Says, segment: Segment, because: Phrase, seen: impl IntoIterator<Item = &'a Observation>) -> Finding {
    let mut check = String::new();
    let observations = seen
        .into_iter()
        .map(|observation| {
            check.clone_from(&observation.check);
            observation.id.clone()
        })
        .collect();
    Finding { check, says, segment, fault: None, because, reading: Reading::None, observations }
}

fn sign<'a>(says: Says, fault: Fault, ratio: f64, because: Phrase, seen: impl IntoIterator<Item = &'a Observation>) -> Finding {
    let mut finding = finding(says, fault.segment(), because, seen);
    finding.fault = Some(fault);
    finding.reading = Reading::Sign { log_likelihood_ratio: ratio };
    finding
}
