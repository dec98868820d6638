//! How long a whole simulated visit takes, by profile: planning, interpreting and weighing, with no time spent on a network.
//! `make bench-visit` prints the median of the visits to every simulated home.

#![allow(clippy::unwrap_used)]

use std::{sync::Arc, time::Instant};

use chrono::DateTime;
use demarc_engine::{Assignment, visit};
use demarc_model::{Profile, statistics::median};
use demarc_simulator::{Household, SimulatedHome};
use demarc_wizard::Settings;
use demarc_words::Words;
use tokio::sync::mpsc;

const SEEDS: u64 = 5;

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let words = Words::new("en");
    println!("{:<10} {:>7} {:>11}", "profile", "visits", "median, ms");
    for profile in [Profile::Quick, Profile::Standard, Profile::Thorough] {
        let took_ms: Vec<f64> = Household::BUILTIN
            .iter()
            .flat_map(|name| (1..=SEEDS).map(move |seed| (name, seed)))
            .map(|(name, seed)| {
                let household = Household::builtin(name).unwrap();
                let settings = Settings { profile, load_allowed: true, ..Settings::default() };
                let assignment = Assignment {
                    config: household.config(),
                    settings,
                    household: Some((*name).to_owned()),
                    earlier: None,
                    modem_page: None,
                };
                let world =
                    Arc::new(SimulatedHome::new(household, seed, DateTime::parse_from_rfc3339("2026-01-01T20:00:00+01:00").unwrap()));
                let (_, actions) = mpsc::channel(1);
                let began = Instant::now();
                runtime.block_on(visit(world, assignment, actions, Arc::new(|_| {}), &words));
                began.elapsed().as_secs_f64() * 1000.0
            })
            .collect();
        println!("{:<10} {:>7} {:>11.1}", format!("{profile:?}").to_lowercase(), took_ms.len(), median(&took_ms).unwrap_or(0.0));
    }
}
