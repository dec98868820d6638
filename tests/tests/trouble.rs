//! Things that go wrong around a visit: Demarc says so in a sentence, ends in time with the documented status, and accuses nobody
//! beyond the home for them.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use demarc_model::{Outcome, Party, Run};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tests::lab::{DEVICE, Finished, Lab, PROGRAMS, Scenario, namespace};

fn demarc_binary() -> PathBuf {
    let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/debug/demarc");
    let binary = std::env::var_os("DEMARC_BIN").map_or(built, PathBuf::from);
    assert!(binary.exists(), "{} is not built; run `make build`", binary.display());
    binary
}

/// A lab in which nothing is wrong yet, or `None` where this machine cannot have one.
fn lab(ping_sockets: bool) -> Option<Lab> {
    if !namespace::available(&PROGRAMS).unwrap() {
        return None;
    }
    let text = format!("description = \"A healthy home.\"\nping_sockets = {ping_sockets}\n[expect]\nparty = \"healthy\"\n");
    let scenario: Scenario = toml::from_str(&text).unwrap();
    Some(Lab::up(&scenario, 1).unwrap())
}

fn on_device(lab: &Lab, program: &str, arguments: &[&str]) {
    let status = lab.command(DEVICE, program).args(arguments).status().unwrap();
    assert!(status.success(), "{program} {arguments:?}: {status}");
}

fn visit(lab: &Lab) -> (Finished, Run) {
    let finished = lab.demarc(&demarc_binary(), &["diagnose", "--profile", "quick", "--no-load", "--format", "json"]).unwrap();
    assert!(finished.status.success(), "{}", finished.stderr);
    assert!(finished.elapsed.as_secs_f64() <= 45.0, "{:?}", finished.elapsed);
    assert!(!finished.stderr.contains("panicked"), "{}", finished.stderr);
    let run = serde_json::from_str(&finished.stdout).expect("one record and nothing else on standard output");
    (finished, run)
}

fn hold_home(run: &Run) {
    let verdict = &run.verdict;
    assert_eq!(verdict.party, Party::Home, "{} {:#?}", verdict.summary, &verdict.candidates[..4]);
}

#[test]
fn without_permission_to_ping_it_says_what_would_allow_it() {
    let Some(lab) = lab(false) else { return };
    let (_, run) = visit(&lab);
    let blocked = run.observations.iter().find_map(|observation| match &observation.outcome {
        Outcome::Blocked { why } if observation.check == "gateway" => Some(why.id.clone()),
        _ => None,
    });
    assert_eq!(blocked.as_deref(), Some("blocked-ping-sockets"));
    assert!(!matches!(run.verdict.party, Party::Provider | Party::Beyond), "{}", run.verdict.summary);
}

#[test]
fn without_a_route_the_home_is_told_to_have_none() {
    let Some(lab) = lab(true) else { return };
    on_device(&lab, "ip", &["route", "del", "default"]);
    let (_, run) = visit(&lab);
    hold_home(&run);
}

#[test]
fn without_an_interface_the_fault_is_at_home() {
    let Some(lab) = lab(true) else { return };
    on_device(&lab, "ip", &["link", "set", "eth0", "down"]);
    let (_, run) = visit(&lab);
    hold_home(&run);
}

#[test]
fn with_every_resolver_silent_a_visit_still_ends_in_time() {
    let Some(lab) = lab(true) else { return };
    let rules = "table ip silence {\n chain out {\n type filter hook output priority 0\n udp dport 53 drop\n tcp dport 53 drop\n }\n}\n";
    on_device(&lab, "nft", &[rules]);
    visit(&lab);
}

/// A firewall on this computer that lets nothing but web pages out, and one that lets nothing out at all: what never left says nothing of
/// anybody.
#[test]
fn a_firewall_of_our_own_accuses_nobody() {
    for rule in ["meta l4proto { icmp, ipv6-icmp } drop\n udp dport 33434-33534 drop", "oifname \"eth0\" drop"] {
        let Some(lab) = lab(true) else { return };
        on_device(&lab, "nft", &[&format!("table inet own {{\n chain out {{\n type filter hook output priority 0\n {rule}\n }}\n}}\n")]);
        let (_, run) = visit(&lab);
        let blocked = run.observations.iter().find_map(|observation| match &observation.outcome {
            Outcome::Blocked { why } if observation.check == "gateway" => Some(why.id.clone()),
            _ => None,
        });
        assert_eq!(blocked.as_deref(), Some("blocked-by-own-firewall"), "{rule}");
        let verdict = &run.verdict;
        assert!(!matches!(verdict.party, Party::Provider | Party::Beyond), "{rule}: {} {:#?}", verdict.summary, run.evidence);
        assert!(verdict.fault.is_none(), "{rule}: {} {:#?}", verdict.summary, run.evidence);
    }
}

#[test]
fn an_interrupted_visit_gives_what_it_knows_and_leaves_nothing_half_written() {
    let Some(lab) = lab(true) else { return };
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("run.json");
    let mut child = lab
        .command(DEVICE, demarc_binary().to_str().unwrap())
        .arg("--config")
        .arg(lab.config_path())
        .arg("--data-dir")
        .arg(folder.path().join("data"))
        .args(["diagnose", "--profile", "thorough", "--format", "json", "--output"])
        .arg(&output)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    lines.next().expect("a first check is reported").unwrap();
    let process = Pid::from_raw(child.id().try_into().unwrap());
    kill(process, Signal::SIGINT).unwrap();
    // The second one may come when the visit has ended by itself.
    let _ = kill(process, Signal::SIGINT);
    let told: String = lines.map_while(Result::ok).collect();
    let status = child.wait().unwrap();
    assert!(!told.contains("panicked"), "{told}");
    match status.code() {
        Some(0) => {
            let run: Run = serde_json::from_str(&std::fs::read_to_string(&output).unwrap()).unwrap();
            assert!(run.environment.incomplete);
        }
        Some(1) => assert!(told.contains("stopped at once") && !output.exists(), "{told}"),
        other => panic!("ended with {other:?}: {told}"),
    }
}
