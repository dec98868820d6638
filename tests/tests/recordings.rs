//! Recorded visits to the fault lab, weighed anew: what takes root and half a minute there takes milliseconds here.
//! `make lab-record` writes the recordings.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs::File;
use std::path::{Path, PathBuf};

use demarc_attribution::judge;
use demarc_checks::CHECKS;
use demarc_engine::files::load_config;
use demarc_model::{Config, Finding, Run, Verdict, Visit};
use flate2::read::GzDecoder;
use tests::lab::{NETWORKS, Scenario, config};

/// Share of recordings whose party must be right, and whose verdict must be the recorded one; as for the visits themselves.
const WANTED: f64 = 0.95;

#[test]
fn recorded_visits_replay_to_the_same_verdict_and_to_the_party_at_fault() {
    let config = config_of_the_lab();
    let (mut all, mut right, mut same, mut told) = (0, 0, 0, Vec::new());
    for (fault, run) in recordings() {
        let expected = Scenario::read(&folder("faults").join(format!("{fault}.toml"))).unwrap().expect.party;
        let replayed = replay(&run, &config);
        let is_right = expected.iter().any(|id| id == replayed.party.id());
        let is_same = replayed.party == run.verdict.party && replayed.segment == run.verdict.segment;
        all += 1;
        right += usize::from(is_right);
        same += usize::from(is_same);
        if !is_right || !is_same {
            let verdict = |verdict: &Verdict| format!("{} {:?} {:.2}", verdict.party.id(), verdict.segment, verdict.confidence);
            told.push(format!("{fault}: recorded {}, now {}, expected {expected:?}", verdict(&run.verdict), verdict(&replayed)));
        }
    }
    println!("{right} of {all} right, {same} as recorded: {told:#?}");
    assert!(right as f64 >= WANTED * f64::from(all), "{right} of {all} right: {told:#?}");
    assert!(same as f64 >= WANTED * f64::from(all), "{same} of {all} as recorded; `make lab-record` writes them anew: {told:#?}");
}

#[test]
fn every_fault_has_a_small_recording_that_tells_nothing_of_the_machine() {
    let names = |folder: &Path, ending: &str| {
        let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = files.filter_map(|file| file.strip_suffix(ending).map(str::to_owned)).collect();
        names.sort();
        names
    };
    assert_eq!(names(&folder("faults"), ".toml"), names(&folder("recordings"), ".json.gz"));
    for (fault, run) in recordings() {
        assert!(std::fs::metadata(recording(&fault)).unwrap().len() < 100_000, "{fault} is larger than 100 kB");
        assert_eq!(run.environment.system_version, "", "{fault}");
        let programs = run.observations.iter().filter_map(|seen| seen.host()).flat_map(|load| &load.busiest).count();
        assert_eq!(programs, 0, "{fault} names programs of the machine");
        let text = serde_json::to_string(&run).unwrap();
        assert!(["/home/", "/root", "/tmp", "/work"].iter().all(|path| !text.contains(path)), "{fault} has a path of the machine");
    }
}

/// What the checks of today make of a recorded visit, and what that adds up to.
fn replay(run: &Run, config: &Config) -> Verdict {
    let visit = Visit {
        config: config.clone(),
        profile: run.profile,
        load_allowed: true,
        answers: run.environment.answers.clone(),
        observations: run.observations.clone(),
    };
    let findings: Vec<Finding> = CHECKS.iter().flat_map(|check| check.findings(&visit)).collect();
    judge(&findings).0
}

/// The configuration that every visit in the lab has.
fn config_of_the_lab() -> Config {
    let folder = tempfile::tempdir().unwrap();
    let (table, file) = (folder.path().join("networks.csv"), folder.path().join("demarc.toml"));
    std::fs::write(&table, NETWORKS).unwrap();
    std::fs::write(&file, config(&table).unwrap()).unwrap();
    load_config(Some(&file)).unwrap()
}

fn recordings() -> impl Iterator<Item = (String, Run)> {
    let files = std::fs::read_dir(folder("recordings")).unwrap();
    let mut names: Vec<String> =
        files.filter_map(|entry| entry.unwrap().file_name().into_string().unwrap().strip_suffix(".json.gz").map(str::to_owned)).collect();
    names.sort();
    names.into_iter().map(|name| {
        let run = serde_json::from_reader(GzDecoder::new(File::open(recording(&name)).unwrap()));
        (name.clone(), run.unwrap_or_else(|error| panic!("{name}: {error}")))
    })
}

fn recording(fault: &str) -> PathBuf {
    folder("recordings").join(format!("{fault}.json.gz"))
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}
