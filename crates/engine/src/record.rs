//! From a finished wizard to the record of the visit, with its sentences in the visit's language.

use chrono::{DateTime, FixedOffset};
use demarc_model::{Environment, Run, SCHEMA};
use demarc_wizard::Wizard;
use demarc_words::Words;

/// The record of the visit so far.
pub fn run(wizard: &Wizard, started: DateTime<FixedOffset>, ended: DateTime<FixedOffset>, environment: Environment, words: &Words) -> Run {
    let (mut verdict, mut evidence) = wizard.conclusion();
    verdict.summary = words.say(&verdict.summary_phrase);
    for next in &mut verdict.next {
        next.action = words.say(&next.action_phrase);
    }
    for item in &mut evidence {
        item.because = words.say(&item.because_phrase);
    }
    let mut comparison = wizard.comparison().cloned();
    if let Some(comparison) = &mut comparison {
        comparison.summary = words.say(&comparison.summary_phrase);
    }
    let visit = wizard.visit();
    Run {
        schema: SCHEMA.to_owned(),
        started,
        ended,
        profile: visit.profile,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        verdict,
        evidence,
        observations: wizard.observations().cloned().collect(),
        comparison,
        environment: Environment { incomplete: !wizard.complete(), answers: visit.answers.clone(), ..environment },
    }
}
