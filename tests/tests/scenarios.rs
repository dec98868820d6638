//! Observations in, findings out: each `scenarios/*.toml` shows one check a situation and says what the check must make of it.
//!
//! A scenario's own observations double as its drift guard: they must be exactly what the check's plan asks for.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use chrono::{DateTime, FixedOffset, TimeDelta};
use demarc_checks::{CHECKS, Check, Plan};
use demarc_model::{
    Campaign, CampaignResult, Config, Echo, Fault, Finding, LaneResult, LoadResult, Measurement, Observation, Outcome, Phrase, Profile,
    Reading, Request, Says, Visit,
};
use demarc_words::Words;
use rstest::rstest;
use serde::{Deserialize, de::DeserializeOwned};

/// One situation.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scenario {
    /// What the situation is, for people.
    description: String,
    /// The check that looks at it.
    check: String,
    /// A file of `scenarios/bases` whose configuration and observations come first. Of checks that the scenario itself shows
    /// observations of, the base's are left out.
    base: Option<String>,
    #[serde(default)]
    profile: Profile,
    /// Whether the line may be loaded.
    #[serde(default = "allowed")]
    load_allowed: bool,
    #[serde(default)]
    answers: BTreeMap<String, String>,
    /// Tables that replace those of the base.
    #[serde(default)]
    config: toml::Table,
    /// What the plan must be: `ask` unless the situation leaves nothing to ask.
    #[serde(default)]
    plan: Planned,
    /// Findings that must be there. An accusation that is not listed here must not.
    #[serde(default)]
    expect: Vec<Expected>,
    #[serde(default)]
    observations: Vec<Given>,
}

const fn allowed() -> bool {
    true
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Base {
    #[serde(default)]
    config: toml::Table,
    observations: Vec<Given>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Planned {
    #[default]
    Ask,
    NotApplicable,
    Blocked,
    /// Nothing, because the user gave what it looks at.
    Given,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    says: Says,
    fault: Option<Fault>,
    /// Id of the sentence.
    because: Option<String>,
    /// Part of the sentence as said in English.
    words: Option<String>,
    /// Size of the log-likelihood ratio.
    strength: Option<f64>,
}

/// One observation: what was asked, and one of the four things that can become of it.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    /// The check that asked; the scenario's by default.
    check: Option<String>,
    request: Request,
    measured: Option<Measurement>,
    failed: Option<Phrase>,
    /// Answer to a campaign, in figures rather than one by one.
    probed: Option<Probed>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Probed {
    /// One entry a lane.
    lanes: Vec<Probes>,
    /// Rate of each load in Mbit/s.
    #[serde(default)]
    mbps: Vec<f64>,
    /// Share of each load's bytes that the router counted; none where it was not asked.
    #[serde(default)]
    counted: Vec<f64>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Probes {
    /// Round-trip times in milliseconds, taken in turn; none where nothing answers.
    #[serde(default)]
    rtt_ms: Vec<f64>,
    /// The same while a load runs, one list a load, where it differs.
    #[serde(default)]
    loaded_rtt_ms: Vec<Vec<f64>>,
    /// Every so many probes one is lost; 0 for never.
    #[serde(default)]
    lost_every: usize,
    /// Of so many probes only one is answered; 0 for all.
    #[serde(default)]
    answered_every: usize,
    /// From and until when nothing is answered, in milliseconds.
    #[serde(default)]
    silent_ms: Vec<(u32, u32)>,
}

#[rstest]
fn scenario(#[files("scenarios/*.toml")] path: PathBuf) {
    let scenario: Scenario = read(&path);
    assert!(!scenario.description.is_empty());
    let check = demarc_checks::check(&scenario.check).unwrap_or_else(|| panic!("there is no check `{}`", scenario.check));
    let (before, after) = scenario.visits();
    let plan = (check.plan)(&before);
    let planned = match &plan {
        Plan::Ask(requests) if requests.is_empty() => Planned::Given,
        Plan::Ask(requests) => {
            hold_requests(requests, after.of(check.id));
            Planned::Ask
        }
        Plan::NotApplicable(why) => {
            hold_words(why);
            Planned::NotApplicable
        }
        Plan::Blocked(why) => {
            hold_words(why);
            Planned::Blocked
        }
    };
    assert_eq!(planned, scenario.plan, "{plan:?}");
    if matches!(planned, Planned::Ask | Planned::Given) {
        hold_findings(check, &check.findings(&after), &scenario.expect);
    }
}

/// `<check>-accuses….toml` expects an accusation, `<check>-clears….toml` none.
#[test]
fn every_check_has_a_scenario_that_accuses_and_one_that_clears() {
    let files: Vec<PathBuf> =
        std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file()).collect();
    let has = |check: &Check, word: &str, accuses: bool| {
        let name = format!("{}-{word}", check.id);
        let named = files.iter().filter(|path| path.file_stem().unwrap().to_string_lossy().starts_with(&name));
        named.fold(false, |_, path| {
            let scenario: Scenario = read(path);
            let found = scenario.expect.iter().any(|expected| expected.says == Says::Accuses);
            assert!(scenario.check == check.id && found == accuses, "{} does not show what its name says", path.display());
            true
        })
    };
    let lacking: Vec<&str> =
        CHECKS.iter().filter(|check| !has(check, "accuses", true) || !has(check, "clears", false)).map(|check| check.id).collect();
    assert!(lacking.is_empty(), "{lacking:?} lack a scenario that accuses or one that clears");
}

/// The plan's requests are those of the observations; one may be observed again.
fn hold_requests<'a>(planned: &[Request], observed: impl Iterator<Item = &'a Observation>) {
    let observed: Vec<&Request> = observed.map(|observation| &observation.request).collect();
    let unanswered: Vec<_> = planned.iter().filter(|request| !observed.contains(request)).collect();
    let unasked: Vec<_> = observed.iter().filter(|request| !planned.contains(request)).collect();
    assert!(
        unanswered.is_empty() && unasked.is_empty(),
        "planned but not observed: {unanswered:#?}\nobserved but not planned: {unasked:#?}"
    );
}

fn hold_findings(check: &Check, findings: &[Finding], expected: &[Expected]) {
    let strength = |finding: &Finding| match finding.reading {
        Reading::Sign { log_likelihood_ratio } => log_likelihood_ratio.abs(),
        _ => 0.0,
    };
    let fits = |expected: &Expected, finding: &Finding| {
        expected.says == finding.says
            && expected.fault == finding.fault
            && expected.because.as_ref().is_none_or(|id| *id == finding.because.id)
            && expected.words.as_ref().is_none_or(|words| Words::new("en").say(&finding.because).contains(words.as_str()))
            && expected.strength.is_none_or(|size| (size - strength(finding)).abs() < 0.01)
    };
    for expected in expected {
        assert!(findings.iter().any(|finding| fits(expected, finding)), "expected {expected:?} among {findings:#?}");
    }
    for finding in findings {
        hold_words(&finding.because);
        assert_eq!(finding.check, check.id, "{finding:?}");
        assert!(finding.fault.is_none_or(|fault| check.faults.contains(&fault)), "not among the check's faults: {finding:?}");
        let accuses = finding.says == Says::Accuses;
        assert!(!accuses || expected.iter().any(|expected| fits(expected, finding)), "unexpected accusation {finding:#?}");
    }
}

/// The sentence exists and lacks no value.
fn hold_words(phrase: &Phrase) {
    let words = Words::new("en");
    assert!(words.knows(&phrase.id), "no words for {phrase:?}");
    let said = words.say(phrase);
    assert!(!said.contains('{'), "a value is missing in `{said}` of {phrase:?}");
}

impl Scenario {
    /// The visit before the check asks, and with the answers.
    fn visits(&self) -> (Visit, Visit) {
        let base: Option<Base> = self.base.as_ref().map(|base| read(&folder().join("bases").join(format!("{base}.toml"))));
        let (mut config, base) = base.map_or_else(Default::default, |base| (base.config, base.observations));
        config.extend(self.config.clone());
        let check_of = |given: &Given| given.check.clone().unwrap_or_else(|| self.check.clone());
        let shown = |check: &str| self.observations.iter().any(|given| check_of(given) == check) || check == self.check;
        let observations: Vec<Observation> = base
            .iter()
            .filter(|given| !shown(&check_of(given)))
            .chain(&self.observations)
            .zip(0_i32..)
            .map(|(given, index)| given.observation(index, check_of(given)))
            .collect();
        let after = Visit {
            config: Config::deserialize(config).expect("a configuration"),
            profile: self.profile,
            load_allowed: self.load_allowed,
            answers: self.answers.clone(),
            observations,
        };
        let mut before = after.clone();
        before.observations.retain(|observation| observation.check != self.check || self.plan == Planned::Given);
        (before, after)
    }
}

impl Given {
    fn observation(&self, index: i32, check: String) -> Observation {
        let began = DateTime::<FixedOffset>::parse_from_rfc3339("2026-03-01T20:00:00+01:00").unwrap();
        let outcome = match (&self.measured, &self.failed, &self.probed) {
            (Some(measurement), None, None) => Outcome::Measured { measurement: measurement.clone() },
            (None, Some(why), None) => Outcome::Failed { why: why.clone() },
            (None, None, Some(probed)) => probed.result(&self.request).into(),
            _ => panic!("give one of `measured`, `failed` and `probed` for {:?}", self.request),
        };
        Observation {
            id: format!("{}", index + 1),
            check,
            at: began + TimeDelta::seconds(index.into()),
            elapsed_ms: 10.0,
            request: self.request.clone(),
            outcome,
        }
    }
}

impl Probed {
    fn result(&self, request: &Request) -> CampaignResult {
        let Request::Campaign(campaign) = request else { panic!("`probed` answers campaigns only") };
        assert_eq!((campaign.lanes.len(), campaign.loads.len()), (self.lanes.len(), self.mbps.len()), "one figure a lane and a load");
        let lanes = campaign.lanes.iter().zip(&self.lanes);
        let counted = self.counted.iter().copied().map(Some).chain(std::iter::repeat(None));
        let loads = campaign.loads.iter().zip(&self.mbps).zip(counted);
        CampaignResult {
            lanes: lanes
                .map(|(lane, probes)| LaneResult {
                    lane: lane.clone(),
                    echoes: probes.echoes(campaign, lane.interval_ms),
                    kernel_timestamps: true,
                    failure: None,
                    refused: 0,
                })
                .collect(),
            loads: loads
                .map(|((load, mbps), counted)| LoadResult {
                    load: load.clone(),
                    bytes: (mbps * 125.0 * f64::from(load.duration_ms)) as u64,
                    began_ms: load.start_ms.into(),
                    ended_ms: (load.start_ms + load.duration_ms).into(),
                    rates: Vec::new(),
                    mbps: Some(*mbps),
                    counted_bytes: counted.map(|share| (share * mbps * 125.0 * f64::from(load.duration_ms)) as u64),
                    failure: None,
                })
                .collect(),
        }
    }
}

impl Probes {
    fn echoes(&self, campaign: &Campaign, interval_ms: u32) -> Vec<Echo> {
        let loads = || campaign.loads.iter().zip(&self.loaded_rtt_ms);
        let loaded = |at: u32| loads().find(|(load, _)| at >= load.start_ms && at < load.start_ms + load.duration_ms);
        let sent = (0..campaign.duration_ms).step_by(interval_ms as usize).enumerate();
        sent.map(|(index, at)| {
            let rtts = loaded(at).map_or(&self.rtt_ms, |(_, rtts)| rtts);
            let limited = self.answered_every > 0 && index % self.answered_every > 0;
            let silent = self.silent_ms.iter().any(|(from, to)| (*from..*to).contains(&at));
            let lost = rtts.is_empty() || limited || silent || (self.lost_every > 0 && index % self.lost_every == self.lost_every - 1);
            Echo { sent_ms: at.into(), rtt_ms: (!lost).then(|| rtts[index % rtts.len()]) }
        })
        .collect()
    }
}

fn read<T: DeserializeOwned>(path: &Path) -> T {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios")
}
