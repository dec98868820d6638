//! Real packets: each `faults/*.toml` breaks something in the lab, and Demarc, run on the lab's device, has to say where.
//!
//! `LAB_SEEDS=5` runs each with five seeds; `DEMARC_BIN` is the program, by default the one built beside these tests.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use demarc_model::{Fault, Run, Segment, Verdict};
use tests::lab::scenario::Expectation;
use tests::lab::{Finished, Lab, PROGRAMS, Scenario, namespace};

/// Longest that a visit with the quick profile may take, in seconds.
const LONGEST_VISIT_S: f64 = 45.0;

macro_rules! faults {
    ($($name:ident)*) => {
        $(#[test] fn $name() { hold(&stringify!($name).replace('_', "-")); })*

        #[test]
        fn every_fault_file_has_a_test() {
            let tested: BTreeSet<String> = [$(stringify!($name).replace('_', "-")),*].into();
            let files = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
            let written: BTreeSet<String> = files.map(|file| file.file_stem().unwrap().to_string_lossy().into_owned()).collect();
            assert_eq!(tested, written);
        }
    };
}

faults! {
    healthy
    home_link_loss
    router_dns_dead
    access_loss
    provider_core_delay
    interconnect_loss
    icmp_limited_hop
}

/// Runs Demarc in one fault's lab, once a seed, and holds its verdicts.
fn hold(fault: &str) {
    if !namespace::available(&PROGRAMS).unwrap() {
        return;
    }
    let scenario = Scenario::read(&folder().join(format!("{fault}.toml"))).unwrap();
    let binary = demarc_binary();
    let seeds: u64 = std::env::var("LAB_SEEDS").map_or(1, |seeds| seeds.parse().expect("LAB_SEEDS is a number"));
    let failures: Vec<String> = (1..=seeds).filter_map(|seed| visit(fault, &scenario, &binary, seed).err()).collect();
    assert!(failures.is_empty(), "{} of {seeds} visits failed\n\n{}", failures.len(), failures.join("\n\n"));
}

/// One visit; the error is everything one needs to see why it is wrong.
fn visit(fault: &str, scenario: &Scenario, binary: &Path, seed: u64) -> Result<(), String> {
    let lab = Lab::up(scenario, seed).map_err(|error| format!("{fault}, seed {seed}: {error:#}"))?;
    let finished = lab.demarc(binary, &["diagnose", "--profile", "quick", "--format", "json"]);
    let finished = finished.map_err(|error| format!("{fault}, seed {seed}: {error:#}"))?;
    let run = serde_json::from_str::<Run>(&finished.stdout);
    let problems = match &run {
        Ok(run) => problems(&finished, &run.verdict, &scenario.expect),
        Err(error) => vec![format!("standard output is not a run: {error}"), finished.stdout.chars().take(400).collect()],
    };
    let seconds = finished.elapsed.as_secs_f64();
    if let Ok(Run { verdict, .. }) = &run {
        let (party, segment) = (verdict.party.id(), verdict.segment.map(Segment::id));
        println!("{fault}, seed {seed}: {party} {segment:?} {:?} {:.2} in {seconds:.1} s", verdict.fault, verdict.confidence);
    }
    if problems.is_empty() {
        return Ok(());
    }
    let mut told = format!("{fault}, seed {seed}, {seconds:.1} s: {}\n{}\n", problems.join("; "), scenario.description);
    if let Ok(run) = &run {
        tell(&mut told, run);
    }
    for (link, traffic) in lab.traffic() {
        for (direction, traffic) in [("down", traffic.down), ("up", traffic.up)] {
            let _ = writeln!(told, "  link {link} {direction}: {:.2} % lost; {traffic:?}", 100.0 * traffic.loss());
        }
    }
    let _ = write!(told, "  standard error: {}", finished.stderr.trim());
    Err(told)
}

/// What is wrong with a visit that reached a verdict.
fn problems(finished: &Finished, verdict: &Verdict, expected: &Expectation) -> Vec<String> {
    let mut problems = Vec::new();
    if !finished.status.success() {
        problems.push(format!("ended with {}", finished.status));
    }
    if finished.elapsed.as_secs_f64() > LONGEST_VISIT_S {
        problems.push(format!("took longer than {LONGEST_VISIT_S} s"));
    }
    let party = verdict.party.id();
    if party != expected.party {
        problems.push(format!("party is {party} instead of {}", expected.party));
    }
    let segment = verdict.segment.map(|segment| segment.id().to_owned());
    let right = segment.as_ref().map_or(expected.segment.is_empty(), |segment| expected.segment.contains(segment));
    if !right {
        problems.push(format!("segment is {segment:?} instead of one of {:?}", expected.segment));
    }
    let fault = verdict.fault.map(|fault| fault.id().to_owned());
    let right = expected.fault.as_ref().is_none_or(|faults| fault.as_ref().is_some_and(|fault| faults.contains(fault)));
    if !right {
        problems.push(format!("fault is {fault:?} instead of one of {:?}", expected.fault));
    }
    problems
}

fn tell(told: &mut String, run: &Run) {
    let verdict = &run.verdict;
    let _ = writeln!(told, "  verdict: {}, confidence {:.2}", verdict.summary, verdict.confidence);
    for candidate in verdict.candidates.iter().take(6) {
        let _ =
            writeln!(told, "  candidate {:?} {:?} {:?}: {:.3}", candidate.party, candidate.segment, candidate.fault, candidate.probability);
    }
    for evidence in &run.evidence {
        let (segment, fault) = (evidence.segment.id(), evidence.fault.map(Fault::id));
        let _ =
            writeln!(told, "  {:?} {segment} {fault:?} {:+.2} by {}: {}", evidence.says, evidence.weight, evidence.check, evidence.because);
    }
    for observation in run.observations.iter().filter(|observation| observation.measurement().is_none()) {
        let _ = writeln!(told, "  without a measurement: {} {:?}", observation.check, observation.outcome);
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("faults")
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
