//! The home's part of a quick visit, on real packets and with the neighbours asked: what waits, waits together.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;

use chrono::{DateTime, FixedOffset, TimeDelta};
use demarc_model::{Run, Step};
use tests::lab::{Lab, PROGRAMS, Scenario, namespace};

/// Longest that the home's part may take, in seconds.
const LONGEST_S: f64 = 12.0;

#[test]
fn the_homes_part_of_a_quick_visit_ends_within_twelve_seconds() {
    if !namespace::available(&PROGRAMS).unwrap() {
        return;
    }
    let lab = Lab::up(&Scenario { asks_neighbours: true, ..Scenario::healthy() }, 1).unwrap();
    let binary = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/debug/demarc");
    let finished = lab.demarc(&binary, &["diagnose", "--profile", "quick", "--format", "json"]).unwrap();
    let run: Run = serde_json::from_str(&finished.stdout).unwrap_or_else(|error| panic!("{error}: {}", finished.stderr));
    let ends = |home: bool| -> Vec<DateTime<FixedOffset>> {
        let of = |check: &str| demarc_checks::check(check).is_some_and(|check| check.step < Step::Path);
        let those = run.observations.iter().filter(|seen| of(&seen.check) == home);
        those.map(|seen| seen.at + TimeDelta::microseconds((seen.elapsed_ms * 1_000.0) as i64)).collect()
    };
    let seconds = |end: DateTime<FixedOffset>| (end - run.started).as_seconds_f64();
    let (home, path) = (seconds(ends(true).into_iter().max().unwrap()), seconds(ends(false).into_iter().max().unwrap()));
    println!("the home's part ended after {home:.1} s, the visit after {path:.1} s");
    assert!(home <= LONGEST_S, "{home:.1} s");
    assert!(run.observations.iter().any(|seen| seen.dhcp_servers().is_some()), "the neighbours were asked");
}
