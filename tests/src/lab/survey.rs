//! Many visits: every fault with several seeds, some labs at a time, and how often the verdict was right.

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde::Serialize;
use serde_json::Value;

use super::Lab;
use super::scenario::{Expectation, Scenario};

/// Longest that a visit with the quick profile may take, in seconds.
pub const LONGEST_VISIT_S: f64 = 45.0;
/// Time between the first visits of labs that run side by side, so that their transfers do not coincide.
const STAGGER: Duration = Duration::from_secs(8);

/// What to visit.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Faults by name.
    pub faults: Vec<(String, Scenario)>,
    /// Visits to each, with the seeds 1 to this.
    pub seeds: u64,
    /// Visits in all, at most: every fault with one seed, then with the next.
    pub most: usize,
    /// Labs at one time.
    pub parallel: usize,
    /// The program under test.
    pub binary: PathBuf,
}

/// One visit and whether its verdict was right.
#[derive(Debug, Clone, Serialize)]
pub struct Visit {
    /// Name of the fault.
    pub fault: String,
    /// What settled chance.
    pub seed: u64,
    /// How long it took, in seconds.
    pub seconds: f64,
    /// `party segment fault confidence`, as Demarc said.
    pub verdict: String,
    /// What is wrong with the verdict, or with the visit; nothing when all is right.
    pub problems: Vec<String>,
    /// Whether there was a verdict and its party was right.
    pub party_right: bool,
    /// Whether its segment was right too.
    pub segment_right: bool,
    /// Whether its fault was right too.
    pub fault_right: bool,
    /// The record; null where there is none.
    #[serde(skip)]
    pub run: Value,
    /// What it takes to see why it is wrong.
    #[serde(skip)]
    pub told: String,
}

/// How often the verdict was right.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Visits.
    pub runs: usize,
    /// Those whose party was right.
    pub party_right: usize,
    /// Those whose segment was right too.
    pub segment_right: usize,
    /// Those whose fault was right too.
    pub fault_right: usize,
}

/// The fault files of a folder, by name; those named in `only`, or all where that is empty.
pub fn faults(folder: &Path, only: &[String]) -> Result<Vec<(String, Scenario)>> {
    let mut faults = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| format!("read {}", folder.display()))? {
        let path = entry?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if path.extension().is_some_and(|extension| extension == "toml") && (only.is_empty() || only.contains(&name)) {
            faults.push((name, Scenario::read(&path)?));
        }
    }
    faults.sort_by(|a, b| a.0.cmp(&b.0));
    let unknown = only.iter().find(|name| !faults.iter().any(|(known, _)| known == *name));
    ensure!(unknown.is_none(), "there is no fault {}", unknown.map_or("", String::as_str));
    Ok(faults)
}

impl Plan {
    /// Makes every visit and hands each over as it ends.
    pub fn carry_out(&self, visited: impl Fn(&Visit) + Sync) -> Vec<Visit> {
        let jobs: Mutex<VecDeque<_>> =
            Mutex::new((1..=self.seeds).flat_map(|seed| self.faults.iter().map(move |fault| (fault, seed))).take(self.most).collect());
        let visits = Mutex::new(Vec::new());
        thread::scope(|scope| {
            for worker in 0..self.parallel {
                let (jobs, visits, visited) = (&jobs, &visits, &visited);
                scope.spawn(move || {
                    thread::sleep(STAGGER * worker as u32);
                    loop {
                        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
                        let Some(((fault, scenario), seed)) = job else { break };
                        let visit = visit(fault, scenario, &self.binary, seed);
                        visited(&visit);
                        visits.lock().unwrap_or_else(PoisonError::into_inner).push(visit);
                    }
                });
            }
        });
        let mut visits = visits.into_inner().unwrap_or_else(PoisonError::into_inner);
        visits.sort_by(|a, b| (&a.fault, a.seed).cmp(&(&b.fault, b.seed)));
        visits
    }
}

/// Visits by fault, and all of them together.
pub fn tally(visits: &[Visit]) -> (Tally, BTreeMap<String, Tally>) {
    let (mut all, mut each) = (Tally::default(), BTreeMap::<String, Tally>::new());
    for visit in visits {
        for tally in [&mut all, each.entry(visit.fault.clone()).or_default()] {
            tally.runs += 1;
            tally.party_right += usize::from(visit.party_right);
            tally.segment_right += usize::from(visit.segment_right);
            tally.fault_right += usize::from(visit.fault_right);
        }
    }
    (all, each)
}

/// One visit with the quick profile to one fault's lab.
pub fn visit(fault: &str, scenario: &Scenario, binary: &Path, seed: u64) -> Visit {
    let began = Instant::now();
    let mut visit = Visit {
        fault: fault.to_owned(),
        seed,
        seconds: 0.0,
        verdict: String::new(),
        problems: Vec::new(),
        party_right: false,
        segment_right: false,
        fault_right: false,
        run: Value::Null,
        told: format!("{fault}, seed {seed}: {}\n", scenario.description),
    };
    if let Err(error) = visit.make(scenario, binary) {
        visit.problems.push(format!("{error:#}"));
        visit.seconds = began.elapsed().as_secs_f64();
    }
    visit
}

impl Visit {
    fn make(&mut self, scenario: &Scenario, binary: &Path) -> Result<()> {
        let lab = Lab::up(scenario, self.seed)?;
        let finished = lab.demarc(binary, &["diagnose", "--profile", "quick", "--format", "json"])?;
        self.seconds = finished.elapsed.as_secs_f64();
        if !finished.status.success() {
            self.problems.push(format!("ended with {}", finished.status));
        }
        if self.seconds > LONGEST_VISIT_S {
            self.problems.push(format!("took {:.1} s, longer than {LONGEST_VISIT_S} s", self.seconds));
        }
        for (link, traffic) in lab.traffic() {
            for (direction, traffic) in [("down", traffic.down), ("up", traffic.up)] {
                let _ = writeln!(self.told, "  link {link} {direction}: {:.2} % lost; {traffic:?}", 100.0 * traffic.loss());
            }
        }
        let _ = writeln!(self.told, "  standard error: {}", finished.stderr.trim());
        self.run = serde_json::from_str(&finished.stdout).context("standard output is not a run")?;
        self.judge(&scenario.expect);
        Ok(())
    }

    /// Whether the verdict names the home.
    pub fn blames_home(&self) -> bool {
        self.run.pointer("/verdict/party").and_then(Value::as_str) == Some("home")
    }

    fn judge(&mut self, expected: &Expectation) {
        let text = |key: &str| self.run.pointer(&format!("/verdict/{key}")).and_then(Value::as_str).map(str::to_owned);
        let (party, segment, fault) = (text("party"), text("segment"), text("fault"));
        let confidence = self.run.pointer("/verdict/confidence").and_then(Value::as_f64).unwrap_or_default();
        let or_none = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
        self.verdict = format!("{} {} {} {confidence:.2}", or_none(&party), or_none(&segment), or_none(&fault));
        self.party_right = party.as_ref().is_some_and(|party| expected.party.contains(party));
        // Who finds nothing wrong, or does not know, names no segment.
        let none_asked = party.as_ref().is_some_and(|party| party == "healthy" || party == "undetermined") || expected.segment.is_empty();
        self.segment_right = self.party_right && segment.as_ref().map_or(none_asked, |segment| expected.segment.contains(segment));
        let fault_right = expected.fault.as_ref().is_none_or(|faults| fault.as_ref().map_or(none_asked, |fault| faults.contains(fault)));
        self.fault_right = self.segment_right && fault_right;
        if !self.party_right {
            self.problems.push(format!("party is {} instead of {}", or_none(&party), expected.party.join(" or ")));
        } else if !self.segment_right {
            self.problems.push(format!("segment is {} instead of one of {:?}", or_none(&segment), expected.segment));
        } else if !self.fault_right {
            self.problems.push(format!("fault is {} instead of one of {:?}", or_none(&fault), expected.fault));
        }
        self.tell();
    }

    fn tell(&mut self) {
        let list = |key: &str| self.run.pointer(key).and_then(Value::as_array).cloned().unwrap_or_default();
        let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).unwrap_or("-").to_owned();
        let number = |value: &Value, key: &str| value.get(key).and_then(Value::as_f64).unwrap_or_default();
        for candidate in list("/verdict/candidates").iter().take(6) {
            let _ = writeln!(
                self.told,
                "  candidate {} {}: {:.3}",
                text(candidate, "party"),
                text(candidate, "fault"),
                number(candidate, "probability")
            );
        }
        for evidence in list("/evidence") {
            let (says, fault) = (text(&evidence, "says"), text(&evidence, "fault"));
            let (segment, because) = (text(&evidence, "segment"), text(&evidence, "because"));
            let _ = writeln!(self.told, "  {says} {segment} {fault} {:+.2}: {because}", number(&evidence, "weight"));
        }
        for observation in list("/observations").iter().filter(|observation| text(observation, "outcome") != "measured") {
            let why = observation.get("why").map(Value::to_string).unwrap_or_default();
            let _ = writeln!(self.told, "  {} {}: {why}", text(observation, "check"), text(observation, "outcome"));
        }
    }
}
