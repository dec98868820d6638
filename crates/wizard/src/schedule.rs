//! Which check runs when.

use demarc_checks::{Check, Plan};
use demarc_model::{Bounds, Finding, Observation, Party, Phrase, Says, Step, Visit};

use crate::{Command, why_not};

/// Where a check stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    Waiting,
    Running,
    Measured,
    NotApplicable,
    Blocked,
}

/// One check in one visit.
#[derive(Debug)]
pub struct Work {
    pub check: &'static Check,
    pub progress: Progress,
    pub why: Option<Phrase>,
    pub findings: Vec<Finding>,
    under_way: Vec<u32>,
}

impl Work {
    pub fn new(check: &'static Check) -> Self {
        Self { check, progress: Progress::Waiting, why: None, findings: Vec::new(), under_way: Vec::new() }
    }

    pub fn finished(&self) -> bool {
        !matches!(self.progress, Progress::Waiting | Progress::Running)
    }

    pub fn running(&self) -> bool {
        self.progress == Progress::Running
    }

    pub fn under_way(&self, number: u32) -> bool {
        self.under_way.contains(&number)
    }

    /// Plans the check and asks for what it wants.
    pub fn start(&mut self, visit: &Visit, next_number: &mut u32) -> Vec<Command> {
        match (self.check.plan)(visit) {
            Plan::NotApplicable(why) => self.end(Progress::NotApplicable, why),
            Plan::Blocked(why) => self.end(Progress::Blocked, why),
            Plan::Ask(requests) => {
                self.progress = Progress::Running;
                let commands: Vec<Command> = requests
                    .into_iter()
                    .map(|request| {
                        *next_number += 1;
                        self.under_way.push(*next_number);
                        Command::Perform { number: *next_number, check: self.check.id, request }
                    })
                    .collect();
                if commands.is_empty() {
                    self.conclude(visit);
                }
                return commands;
            }
        }
        Vec::new()
    }

    /// One answer is there; whether it was the last.
    pub fn came_back(&mut self, number: u32) -> bool {
        self.under_way.retain(|other| *other != number);
        self.under_way.is_empty()
    }

    /// All answers are there: say what they mean.
    pub fn conclude(&mut self, visit: &Visit) {
        let own: Vec<&Observation> = visit.of(self.check.id).collect();
        self.findings = self.check.findings(visit);
        match why_not(&own) {
            Some((progress, why)) => self.end(progress, why),
            None => self.progress = Progress::Measured,
        }
    }

    /// What starting this check now would cost, when it costs data worth asking about.
    pub fn costs_data(&self, visit: &Visit) -> Option<Bounds> {
        let bounds = planned(self.check, visit);
        (bounds.bytes > WORTH_ASKING_BYTES).then_some(bounds)
    }

    fn end(&mut self, progress: Progress, why: Phrase) {
        self.progress = progress;
        self.why = Some(why);
    }
}

/// A test that moves more than this is announced first.
const WORTH_ASKING_BYTES: u64 = 5_000_000;

/// The most that a check would take if it started now.
pub fn planned(check: &Check, visit: &Visit) -> Bounds {
    let Plan::Ask(requests) = (check.plan)(visit) else { return Bounds::default() };
    let each = requests.iter().map(demarc_model::Request::bounds);
    // Requests of one check run at the same time: times overlap, bytes add up.
    each.fold(Bounds::default(), |sum, one| Bounds { time_ms: sum.time_ms.max(one.time_ms), bytes: sum.bytes + one.bytes })
}

/// The first step with work left. What waits for the whole home holds up no page meanwhile.
pub fn current_step(works: &[Work]) -> Option<Step> {
    let alone = home_is_done(works);
    works.iter().filter(|work| !work.finished() && (alone || work.check.id != CABLE_TEST)).map(|work| work.check.step).min()
}

/// Whether every check of the home has ended, but for the one that takes the link down.
fn home_is_done(works: &[Work]) -> bool {
    works.iter().filter(|other| other.check.step < Step::Path && other.check.id != CABLE_TEST).all(Work::finished)
}

/// The check that takes the link down while it runs, and the question that it needs.
pub const CABLE_TEST: &str = "cable-test";

/// The next check up to a step that can start: nothing it builds on is unfinished. A check that fills the line runs alone, last; one
/// that takes the link down runs alone, when the rest of the home has been looked at.
pub fn next_ready(works: &[Work], up_to: Step) -> Option<usize> {
    let finished = |id: &str| works.iter().find(|work| work.check.id == id).is_none_or(Work::finished);
    let alone = || home_is_done(works);
    works.iter().position(|work| {
        let may = work.check.step <= up_to && (work.check.id != CABLE_TEST || alone());
        work.progress == Progress::Waiting && may && work.check.needs.iter().all(|need| finished(need))
    })
}

/// The first step at home that shows a fault: what stands behind it may follow from it.
pub fn step_with_fault(works: &[Work]) -> Option<Step> {
    // A router that speaks of the line, or a modem's page, shows what no check of the home will change.
    let at_home = |finding: &Finding| finding.says == Says::Accuses && finding.segment.party() == Party::Home;
    let accused = |work: &&Work| work.findings.iter().any(at_home);
    works.iter().filter(|work| work.check.step < Step::Path).filter(accused).map(|work| work.check.step).min()
}
