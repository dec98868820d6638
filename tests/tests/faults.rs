//! Real packets: each `faults/*.toml` breaks something in the lab, and Demarc, run on the lab's device, has to say whose it is.
//!
//! `lab survey --fault NAME` runs one of them; `DEMARC_BIN` is the program, by default the one built beside these tests.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::{Path, PathBuf};

use demarc_model::{Fault, Party, Segment};
use serde::de::DeserializeOwned;
use tests::lab::survey::{LONGEST_VISIT_S, Plan, Visit, faults, tally};
use tests::lab::topology::Topology;
use tests::lab::{PROGRAMS, namespace};

/// Share of parties that must be right in one visit to each fault. Packets are real and chance is on both sides: of some fifty visits that
/// are each right in 97 of 100 cases, three are wrong every fifth time. The 95 % are held by `make lab-full`, over three times as many.
const WANTED: f64 = 0.9;
/// Labs at one time: visits mostly wait.
const PARALLEL: usize = 6;

#[test]
fn the_party_is_right_in_nearly_every_fault() {
    if !namespace::available(&PROGRAMS).unwrap() {
        return;
    }
    let faults = faults(&Path::new(env!("CARGO_MANIFEST_DIR")).join("faults"), &[]).unwrap();
    let plan = Plan { faults, seeds: 1, most: usize::MAX, parallel: PARALLEL, binary: demarc_binary() };
    let visits =
        plan.carry_out(|visit| println!("{}, {:.1} s: {} {}", visit.fault, visit.seconds, visit.verdict, visit.problems.join("; ")));
    let (all, _) = tally(&visits);
    println!("{all:?}");
    let wrong: Vec<&Visit> = visits.iter().filter(|visit| !visit.party_right).collect();
    let told: Vec<String> = wrong.iter().map(|visit| format!("{}  {}", visit.told, visit.problems.join("; "))).collect();
    assert!(all.party_right as f64 >= WANTED * all.runs as f64, "{} of {} are wrong\n\n{}", wrong.len(), all.runs, told.join("\n\n"));
    let late: Vec<&str> = visits.iter().filter(|visit| visit.seconds > LONGEST_VISIT_S).map(|visit| visit.fault.as_str()).collect();
    assert!(late.is_empty(), "longer than {LONGEST_VISIT_S} s: {late:?}");
}

#[test]
fn every_fault_file_describes_a_lab_and_a_verdict_that_exist() {
    let faults = faults(&Path::new(env!("CARGO_MANIFEST_DIR")).join("faults"), &[]).unwrap();
    assert!(faults.len() >= 26, "{} faults", faults.len());
    for (name, scenario) in faults {
        let built = Topology::of(&scenario).and_then(|_| Topology::changes(&scenario));
        assert!(built.is_ok(), "{name}: {built:?}");
        let expected = &scenario.expect;
        assert!(!expected.party.is_empty() && expected.party.iter().all(|id| is::<Party>(id)), "{name}: {:?}", expected.party);
        assert!(expected.segment.iter().all(|id| is::<Segment>(id)), "{name}: {:?}", expected.segment);
        assert!(expected.fault.iter().flatten().all(|id| is::<Fault>(id)), "{name}: {:?}", expected.fault);
        let healthy = expected.party == ["healthy"];
        assert_eq!(healthy, expected.segment.is_empty(), "{name} names a segment exactly when something is wrong");
    }
}

/// Whether this is the id of one.
fn is<T: DeserializeOwned>(id: &str) -> bool {
    serde_json::from_value::<T>(id.into()).is_ok()
}

/// The program under test.
fn demarc_binary() -> PathBuf {
    let built = || std::env::current_exe().ok()?.ancestors().nth(2).map(|folder| folder.join("demarc"));
    let binary = std::env::var_os("DEMARC_BIN").map(PathBuf::from).or_else(built).expect("this test runs in a target folder");
    assert!(
        binary.is_file(),
        "{} is not there: build it with `cargo build -p demarc-cli`, or name another by DEMARC_BIN",
        binary.display()
    );
    binary
}
