//! One visit to one simulated household: the same checks, wizard and attribution as in every visit, in virtual time.

use std::time::Instant;

use anyhow::{Context, Result};
use chrono::{DateTime, FixedOffset, TimeDelta};
use demarc_model::{Evidence, Finding, Observation, Profile, Verdict, Visit};
use demarc_simulator::{Household, SimulatedHome};
use demarc_wizard::{Command, Settings, Wizard};

/// What a visit came to.
#[derive(Debug)]
pub struct Visited {
    /// Everything that was seen.
    pub visit: Visit,
    /// What the checks made of it.
    pub findings: Vec<Finding>,
    /// The verdict.
    pub verdict: Verdict,
    /// What it rests on.
    pub evidence: Vec<Evidence>,
    /// Time that the whole visit took, in milliseconds.
    pub visit_ms: f64,
    /// Time that the inference alone took, in milliseconds.
    pub inference_ms: f64,
}

/// Visits a household. Requests made together begin together; the next begin when one of them has come back.
pub fn visit(household: Household, seed: u64, profile: Profile) -> Result<Visited> {
    let began = Instant::now();
    let started = DateTime::<FixedOffset>::parse_from_rfc3339("2026-01-01T12:00:00+01:00")?;
    let settings = Settings { profile, load_allowed: true, ..Settings::default() };
    let mut wizard = Wizard::new(household.config(), settings);
    let home = SimulatedHome::new(household, seed, started);
    let mut now_ms = 0.0;
    let mut under_way: Vec<(f64, u32, Observation)> = Vec::new();
    let mut commands = wizard.start();
    loop {
        let mut finished = false;
        for command in commands {
            match command {
                Command::Perform { number, check, request } => {
                    let (outcome, elapsed_ms) = home.answer(&request, now_ms, &|_| {});
                    let at = started + TimeDelta::microseconds((now_ms * 1e3) as i64);
                    let observation = Observation { id: String::new(), check: check.to_owned(), at, elapsed_ms, request, outcome };
                    under_way.push((now_ms + elapsed_ms, number, observation));
                }
                Command::StopAll => under_way.clear(),
                Command::Finish => finished = true,
            }
        }
        if finished {
            break;
        }
        let next = under_way.iter().enumerate().min_by(|(_, a), (_, b)| a.0.total_cmp(&b.0)).map(|(index, _)| index);
        let (ended_ms, number, observation) = under_way.remove(next.context("the wizard waits for an answer that nobody owes it")?);
        now_ms = ended_ms;
        commands = wizard.observed(number, observation);
    }
    let visit_ms = began.elapsed().as_secs_f64() * 1e3;
    let findings = wizard.findings();
    let began = Instant::now();
    let (verdict, evidence) = demarc_attribution::judge(&findings);
    let inference_ms = began.elapsed().as_secs_f64() * 1e3;
    Ok(Visited { visit: wizard.visit().clone(), findings, verdict, evidence, visit_ms, inference_ms })
}
