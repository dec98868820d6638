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
    /// Processor time of the whole visit, in milliseconds.
    pub visit_cpu_ms: f64,
    /// Processor time of the inference alone, in milliseconds.
    pub inference_cpu_ms: f64,
}

/// Visits a household. Requests made together begin together; the next begin when one of them has come back.
pub fn visit(household: Household, seed: u64, profile: Profile) -> Result<Visited> {
    let began = Cpu::now();
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
    let visit_cpu_ms = began.elapsed_ms();
    let findings = wizard.findings();
    let began = Cpu::now();
    let (verdict, evidence) = demarc_attribution::judge(&findings);
    let inference_cpu_ms = began.elapsed_ms();
    Ok(Visited { visit: wizard.visit().clone(), findings, verdict, evidence, visit_cpu_ms, inference_cpu_ms })
}

/// Processor time of this thread; time that passed where the system does not tell.
enum Cpu {
    Thread(f64),
    Passed(Instant),
}

impl Cpu {
    fn now() -> Self {
        thread_cpu_ms().map_or_else(|| Self::Passed(Instant::now()), Self::Thread)
    }

    fn elapsed_ms(&self) -> f64 {
        match self {
            Self::Thread(before) => thread_cpu_ms().map_or(0.0, |now| now - before),
            Self::Passed(before) => before.elapsed().as_secs_f64() * 1e3,
        }
    }
}

/// Linux's scheduler statistics of a thread begin with the nanoseconds it ran.
fn thread_cpu_ms() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split_whitespace().next()?.parse::<f64>().ok().map(|ns| ns / 1e6)
}
