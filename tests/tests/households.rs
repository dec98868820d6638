//! Simulated homes and the verdict that each must get, seed by seed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{
    path::PathBuf,
    sync::{Arc, Mutex},
};

use chrono::DateTime;
use demarc_engine::{Assignment, Update, visit};
use demarc_model::{Party, Profile};
use demarc_simulator::{Household, SimulatedHome};
use demarc_wizard::{Action, Settings};
use demarc_words::Words;
use rstest::rstest;
use tokio::sync::mpsc;

#[rstest]
fn the_verdict_is_the_expected_one(#[files("households/*.toml")] file: PathBuf) {
    let text = std::fs::read_to_string(&file).unwrap();
    let household = Household::from_toml(&text).unwrap();
    let expect = household.expect().expect("a household names its verdict");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let visits = household.seeds().iter().flat_map(|seed| [(seed, Profile::Quick), (seed, Profile::Standard)]);
    for (seed, profile) in visits {
        let started = DateTime::parse_from_rfc3339("2026-01-01T20:15:00+01:00").unwrap();
        let world = Arc::new(SimulatedHome::new(household.clone(), *seed, started));
        let settings = Settings { profile, load_allowed: true, ..Settings::default() };
        let assignment = Assignment {
            config: household.config(),
            settings,
            household: Some(household.name().to_owned()),
            earlier: None,
            modem_page: None,
        };
        let (_, actions) = mpsc::channel(1);
        let run = runtime.block_on(visit(world, assignment, actions, Arc::new(|_| {}), &Words::new("en")));
        let verdict = &run.verdict;
        let found = (verdict.party, verdict.segment);
        if expect.may_stay_open && verdict.segment.is_none() && expect.segment.is_some_and(|segment| verdict.credible.contains(&segment)) {
            assert!([expect.party, Party::Undetermined].contains(&verdict.party), "{} seed {seed} {profile:?}", household.name());
            continue;
        }
        assert_eq!(found, (expect.party, expect.segment), "{} seed {seed} {profile:?}: {:#?}", household.name(), &verdict.candidates[..4]);
        if expect.fault.is_some() {
            assert_eq!(verdict.fault, expect.fault, "{} seed {seed} {profile:?}: {:#?}", household.name(), &verdict.candidates[..4]);
        }
    }
}

/// What a visit says that is ended after some of its views, from the first to the last.
#[rstest]
#[case::faulty("access-loss", Party::Provider)]
#[case::healthy("healthy", Party::Healthy)]
fn a_visit_that_ends_early_does_not_judge_a_path_it_has_not_looked_at(#[case] household: &str, #[case] at_the_end: Party) {
    let text = std::fs::read_to_string(format!("households-lab/{household}.toml")).unwrap();
    let household = Household::from_toml(&text).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut last = Party::Undetermined;
    // More views than a visit has.
    for ends_after in (0..120).step_by(6) {
        let started = DateTime::parse_from_rfc3339("2026-01-01T20:15:00+01:00").unwrap();
        let world = Arc::new(SimulatedHome::new(household.clone(), household.seeds()[0], started));
        let settings = Settings { load_allowed: true, interactive: false, ..Settings::default() };
        let assignment = Assignment { config: household.config(), settings, household: None, earlier: None, modem_page: None };
        let (sender, actions) = mpsc::channel(1);
        // Told to conclude until it has; then nobody is left who could tell it more.
        let user = Mutex::new((Some(sender), ends_after));
        let watcher = move |update| {
            let (sender, updates_left) = &mut *user.lock().unwrap();
            match (update, &sender) {
                (Update::Finished(_), _) => *sender = None,
                (Update::View(_), _) if *updates_left > 0 => *updates_left -= 1,
                (Update::View(_), Some(sender)) => drop(sender.try_send(Action::Conclude)),
                _ => {}
            }
        };
        let run = runtime.block_on(visit(world, assignment, actions, Arc::new(watcher), &Words::new("en")));
        let looked = run.observations.iter().any(|observation| observation.check == "path");
        last = run.verdict.party;
        assert!(looked || last == Party::Undetermined, "{last:?} after {} observations", run.observations.len());
    }
    assert_eq!(last, at_the_end);
}
