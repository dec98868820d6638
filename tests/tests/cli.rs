//! The command line as scripts use it: what stands on standard output, which exit status, which sentence.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};

use rstest::rstest;
use serde_json::Value;

fn demarc() -> Command {
    let binary =
        std::env::var_os("DEMARC_BIN").map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/debug/demarc"), PathBuf::from);
    assert!(binary.exists(), "{} is not built; run `make build`", binary.display());
    let mut command = Command::new(binary);
    command.env("LANG", "C").env_remove("LC_ALL").env("HOME", std::env::temp_dir());
    command
}

fn run(arguments: &[&str]) -> Output {
    demarc().args(arguments).output().unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn diagnose(household: &str, more: &[&str]) -> Value {
    let output = run(&[&["diagnose", "--profile", "quick", "--household", household, "--format", "json"], more].concat());
    assert!(output.status.success(), "{}", stderr(&output));
    serde_json::from_slice(&output.stdout).expect("standard output is one JSON document and nothing else")
}

#[rstest]
#[case("healthy", "healthy", Value::Null)]
#[case("weak-wifi", "home", "wifi".into())]
#[case("bad-cable", "home", "wiring".into())]
#[case("bufferbloat", "home", "router".into())]
#[case("access-loss", "provider", "access".into())]
#[case("congested-interconnect", "beyond", "interconnect".into())]
fn a_simulated_home_gets_its_verdict_and_a_valid_record(#[case] household: &str, #[case] party: &str, #[case] segment: Value) {
    let run = diagnose(household, &[]);
    assert_eq!((&run["verdict"]["party"], &run["verdict"]["segment"]), (&Value::from(party), &segment), "{:#}", run["verdict"]);
    let schema: Value = serde_json::from_str(include_str!("../../crates/model/schema/run.schema.json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> = validator.iter_errors(&run).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    let sum: f64 =
        run["verdict"]["candidates"].as_array().unwrap().iter().map(|candidate| candidate["probability"].as_f64().unwrap()).sum();
    assert!((sum - 1.0).abs() < 1e-6);
}

#[test]
fn the_same_seed_gives_the_same_verdict() {
    let verdict = |seed: &str| diagnose("access-loss", &["--seed", seed])["verdict"].clone();
    assert_eq!(verdict("7"), verdict("7"));
    assert_ne!(verdict("7")["confidence"], verdict("8")["confidence"]);
}

#[test]
fn checks_are_listed_as_the_contract_says() {
    let output = run(&["checks", "--format", "json"]);
    let checks: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    assert!(checks.len() >= 16, "{} checks", checks.len());
    for check in &checks {
        assert!(check["id"].is_string() && check["step"].is_string() && check["needs"].is_array() && check["faults"].is_array(), "{check}");
    }
}

/// Wrong usage is status 2, work that cannot be done is status 1, and either is one sentence that says what to do next.
#[rstest]
#[case(&["diagnose", "--profile", "slow"], 2, "quick")]
#[case(&["diagnose", "--household", "healhty"], 2, "did you mean `healthy`")]
#[case(&["diagnose", "--household", "healthy", "--answer", "symptm=lag"], 2, "did you mean `symptom`")]
#[case(&["diagnose", "--household", "healthy", "--service", "http://x/"], 2, "is not a host name")]
#[case(&["frobnicate"], 2, "unrecognized subcommand")]
#[case(&[], 2, "Usage")]
#[case(&["--config", "/no/such/file.toml", "diagnose", "--household", "healthy"], 1, "cannot be read")]
#[case(&["diagnose", "--household", "healthy", "--output", "/no/such/folder/x.json"], 1, "cannot be written")]
#[case(&["report", "/no/such/run.json", "--format", "pdf", "--output", "/tmp/never.pdf"], 1, "cannot be read")]
#[case(&["--data-dir", "/no/such/folder", "report", "last", "--format", "pdf", "--output", "x"], 1, "no visit is kept yet")]
#[case(&["report", "x.json", "--format", "word", "--output", "x"], 2, "pdf")]
#[case(&["serve", "--certificate", "x.pem"], 2, "--key")]
#[case(&["serve", "--listen", "localhost"], 2, "invalid socket address")]
#[case(&["serve", "--listen", "192.0.2.1:7870"], 1, "choose another with --listen")]
#[case(&["serve", "--token-file", "/no/such/folder/token"], 1, "cannot be written")]
#[case(&["serve", "--certificate", "Cargo.toml", "--key", "Cargo.toml"], 1, "no private key in PEM form")]
fn wrong_input_is_told_in_a_sentence(#[case] arguments: &[&str], #[case] status: i32, #[case] says: &str) {
    let output = run(arguments);
    let told = stderr(&output);
    assert_eq!(output.status.code(), Some(status), "{told}");
    assert!(told.contains(says) && !told.contains("panicked"), "{told}");
    assert!(output.stdout.is_empty());
}

#[test]
fn a_malformed_configuration_is_told_by_line_and_nearest_key() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("demarc.toml");
    std::fs::write(&file, "[plan]\ndown_mbsp = 50\n").unwrap();
    let output = run(&["--config", file.to_str().unwrap(), "diagnose", "--household", "healthy"]);
    let told = stderr(&output);
    assert_eq!(output.status.code(), Some(1));
    assert!(told.contains("line 2") && told.contains("did you mean `down_mbps`?"), "{told}");
}

#[rstest]
#[case("pdf", b"%PDF-")]
#[case("html", b"<!DOCTYPE html>")]
#[case("text", b"")]
#[case("json", b"{")]
fn a_record_becomes_a_report(#[case] format: &str, #[case] begins: &[u8]) {
    let folder = tempfile::tempdir().unwrap();
    let record = folder.path().join("run.json");
    let report = folder.path().join("report");
    let output =
        run(&["diagnose", "--profile", "quick", "--household", "access-loss", "--format", "json", "--output", record.to_str().unwrap()]);
    assert!(output.status.success() && output.stdout.is_empty(), "{}", stderr(&output));
    let output =
        run(&["report", record.to_str().unwrap(), "--format", format, "--redact", "support", "--output", report.to_str().unwrap()]);
    assert!(output.status.success(), "{}", stderr(&output));
    let content = std::fs::read(&report).unwrap();
    assert!(content.len() > 500 && content.to_ascii_lowercase().starts_with(&begins.to_ascii_lowercase()), "{format}");
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "no half-written file stays: {left:?}");
}

#[test]
fn a_file_that_is_no_record_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for content in ["", "{}", "[1, 2", "\u{0}\u{0}", r#"{"schema": "other/9"}"#] {
        let file = folder.path().join("bad.json");
        std::fs::write(&file, content).unwrap();
        let output = run(&["report", file.to_str().unwrap(), "--format", "text", "--output", folder.path().join("out").to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(1), "{content:?}");
        assert!(stderr(&output).contains("is not the record of a visit"), "{}", stderr(&output));
        assert!(!folder.path().join("out").exists());
    }
}

#[test]
fn the_signal_is_shown_line_by_line_and_a_computer_without_wifi_says_so() {
    let shown = run(&["signal", "--household", "weak-wifi", "--seconds", "1", "--format", "json"]);
    assert!(shown.status.success(), "{}", stderr(&shown));
    let lines: Vec<Value> =
        String::from_utf8_lossy(&shown.stdout).lines().map(|line| serde_json::from_str(line).expect("a JSON object a line")).collect();
    assert!(!lines.is_empty() && lines.iter().all(|line| line["signal_dbm"].as_f64().is_some_and(|dbm| dbm < -70.0)), "{lines:?}");
    let absent = run(&["signal", "--household", "healthy", "--seconds", "1"]);
    assert_eq!(absent.status.code(), Some(1));
    assert!(stderr(&absent).contains("no Wi-Fi"), "{}", stderr(&absent));
    assert_eq!(run(&["signal", "--seconds", "900"]).status.code(), Some(2));
}

#[rstest]
#[case("../crates/modem/testdata/cable.html", 0, "")]
#[case("../crates/modem/testdata/absent.html", 1, "cannot be read")]
#[case("Cargo.toml", 1, "holds no values of a modem")]
fn a_modems_page_is_read_before_anything_is_measured(#[case] page: &str, #[case] status: i32, #[case] sentence: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(page);
    let page = path.to_str().unwrap();
    let output = run(&["diagnose", "--household", "healthy", "--profile", "quick", "--format", "json", "--modem-page", page]);
    assert_eq!(output.status.code(), Some(status), "{}", stderr(&output));
    assert!(stderr(&output).contains(sentence), "{}", stderr(&output));
    if status == 0 {
        let run: Value = serde_json::from_slice(&output.stdout).unwrap();
        let told = run["evidence"].as_array().unwrap().iter().filter(|evidence| evidence["check"] == "modem-page").count();
        assert!(told >= 3 && !String::from_utf8_lossy(&output.stdout).contains("<table"), "{told} findings");
    }
}
