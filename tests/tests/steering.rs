//! What people do in the middle: stop a visit, change something at home and look again.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use demarc_engine::{Assignment, Update, files};
use demarc_model::{Change, Effect, Fault, Party, Profile, Run};
use demarc_probes::RealNetwork;
use demarc_wizard::{Action, Phase, Settings, State, View};
use demarc_words::Words;
use tests::lab::{DEVICE, Lab, PROGRAMS, Scenario, namespace};
use tokio::sync::mpsc;

/// Longest that stopping may take, whatever is under way.
const STOPPED_WITHIN: Duration = Duration::from_millis(200);
/// How long a check runs before it is stopped, so that it is in the midst of its work.
const IN_THE_MIDST: Duration = Duration::from_millis(250);

#[test]
fn every_check_stops_within_200_ms() {
    let Some(lab) = lab("") else { return };
    let config = files::load_config(Some(lab.config_path())).unwrap();
    let slowest = lab
        .within(DEVICE, || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            let slowest = runtime.block_on(stop_everything(config));
            runtime.shutdown_background();
            Ok(slowest)
        })
        .unwrap();
    println!("the slowest stop took {slowest:?}");
    assert!(slowest <= STOPPED_WITHIN, "{slowest:?}");
}

/// Stops a visit whenever a check has been in its work for a while that was not stopped before, and goes on; the slowest stop.
async fn stop_everything(config: demarc_model::Config) -> Duration {
    let settings = Settings { profile: Profile::Quick, load_allowed: true, ..Settings::default() };
    let assignment = Assignment { config, settings, household: None, earlier: None, modem_page: None };
    let (actions, inbox) = mpsc::channel(4);
    let (sender, mut views) = mpsc::unbounded_channel::<View>();
    let watcher = Arc::new(move |update| {
        if let Update::View(view) = update {
            let _ = sender.send(*view);
        }
    });
    let words = Words::new("en");
    let visit = demarc_engine::visit(Arc::new(RealNetwork::new()), assignment, inbox, watcher, &words);
    let steering = async {
        let mut stopped: BTreeSet<String> = BTreeSet::new();
        let mut slowest = Duration::ZERO;
        let mut view = views.recv().await.unwrap();
        while view.phase != Phase::Done {
            if testing(&view).is_subset(&stopped) {
                view = views.recv().await.unwrap();
                continue;
            }
            // Whatever else is told meanwhile, the checks still at work are stopped.
            let midst = tokio::time::Instant::now() + IN_THE_MIDST;
            while let Ok(Some(later)) = tokio::time::timeout_at(midst, views.recv()).await {
                view = later;
            }
            let running = testing(&view);
            if running.is_subset(&stopped) {
                // Too quick to be stopped: over before anybody could press anything.
                continue;
            }
            let asked = Instant::now();
            actions.send(Action::Cancel).await.unwrap();
            while view.phase != Phase::Stopped {
                view = views.recv().await.unwrap();
            }
            slowest = slowest.max(asked.elapsed());
            stopped.extend(running);
            actions.send(Action::Resume).await.unwrap();
            while view.phase == Phase::Stopped {
                view = views.recv().await.unwrap();
            }
        }
        println!("stopped in the midst of {stopped:?}");
        // A trace whose hops all answer is over before anybody could press anything.
        let long = ["gateway", "router-says", "cross-traffic", "path", "loaded-latency"];
        assert!(long.iter().all(|check| stopped.contains(*check)), "{stopped:?}");
        drop(actions);
        slowest
    };
    tokio::join!(visit, steering).1
}

fn testing(view: &View) -> BTreeSet<String> {
    view.steps.iter().flat_map(|step| &step.checks).filter(|check| check.state == State::Testing).map(|check| check.id.clone()).collect()
}

#[test]
fn another_cable_is_compared_with_the_one_before() {
    let Some(bad) = lab("links.home.loss = 0.08") else { return };
    let before = visit(&bad, &[]);
    let Some(good) = lab("") else { return };
    let file = bad.config_path().with_file_name("before.json");
    std::fs::write(&file, serde_json::to_vec(&before).unwrap()).unwrap();
    let file = file.display().to_string();
    let after = visit(&good, &["--compare-with", &file, "--change", "other-cable"]);
    let comparison = after.comparison.as_ref().unwrap();
    assert_eq!((comparison.change, comparison.effect), (Some(Change::OtherCable), Effect::Relieved), "{comparison:?}");
    assert_eq!((after.verdict.party, after.verdict.fault), (Party::Home, Some(Fault::WiringLoss)), "{}", after.verdict.summary);
    assert!(
        after.verdict.confidence >= before.verdict.confidence - 0.05,
        "{} then {}",
        before.verdict.confidence,
        after.verdict.confidence
    );
    let ids: BTreeSet<_> = after.observations.iter().map(|observation| &observation.id).collect();
    assert_eq!(ids.len(), after.observations.len(), "ids are unique over both looks");
    assert!(
        after.evidence.iter().flat_map(|item| &item.observations).all(|id| ids.contains(id)),
        "evidence names observations of the record"
    );

    let file = bad.config_path().with_file_name("after.json");
    std::fs::write(&file, serde_json::to_vec(&before).unwrap()).unwrap();
    let same = visit(&bad, &["--compare-with", &file.display().to_string(), "--change", "other-cable"]);
    assert_ne!(same.comparison.unwrap().effect, Effect::Relieved, "another cable that loses as much relieves nothing");
}

/// A lab with this wrong in it; none where the machine cannot have one.
fn lab(wrong: &str) -> Option<Lab> {
    if !namespace::available(&PROGRAMS).unwrap() {
        return None;
    }
    let scenario: Scenario = toml::from_str(&format!("description = 'a test'\n{wrong}\n[expect]\nparty = 'healthy'")).unwrap();
    Some(Lab::up(&scenario, 5).unwrap())
}

fn visit(lab: &Lab, more: &[&str]) -> Run {
    let arguments = [&["diagnose", "--profile", "quick", "--no-load", "--format", "json"], more].concat();
    let finished = lab.demarc(&demarc_binary(), &arguments).unwrap();
    assert!(finished.status.success(), "{}", finished.stderr);
    serde_json::from_str(&finished.stdout).unwrap()
}

fn demarc_binary() -> PathBuf {
    let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/debug/demarc");
    std::env::var_os("DEMARC_BIN").map_or(built, PathBuf::from)
}
