//! A visit as a state machine: events in, commands and a view out. It holds no clock and performs nothing itself, so a visit can be
//! replayed, simulated and tested without a network.

mod earlier;
mod schedule;
mod show;
mod view;

use chrono::{DateTime, FixedOffset};
use demarc_checks::CHECKS;
use demarc_model::{
    Bounds, Change, Comparison, Config, Evidence, Finding, Interface, InterfaceKind, Observation, Outcome, Phrase, Request, Step, Verdict,
    Visit,
};

pub use view::{Action, CheckView, Part, PartView, Phase, QuestionView, Settings, State, StepView, View};

use crate::{
    earlier::Earlier,
    schedule::{CABLE_TEST, Progress, Work},
};

/// What the wizard wants done.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Perform this request and bring back its observation under this number.
    Perform {
        /// Identifies the request among those under way.
        number: u32,
        /// The check that asks.
        check: &'static str,
        /// What is asked.
        request: Request,
    },
    /// Stop everything under way; its results are no longer wanted.
    StopAll,
    /// The visit is over; the verdict stands in [`Wizard::verdict`].
    Finish,
}

/// One visit.
#[derive(Debug)]
pub struct Wizard {
    visit: Visit,
    settings: Settings,
    phase: Phase,
    works: Vec<Work>,
    next_number: u32,
    question: Option<QuestionView>,
    asked: Vec<(String, Option<Step>)>,
    verdict: Option<(Verdict, Vec<Evidence>)>,
    earlier: Option<Earlier>,
    /// The watch of the signal that is under way.
    walk: Option<u32>,
    /// Whether a page that was given held values.
    modem_page: Option<bool>,
}

/// The check that a modem's page belongs to.
const MODEM_PAGE: &str = "modem-page";

/// The id under which the signal is shown to a user who walks around: no check.
pub const WALK: &str = "walk";

/// Questions that can be answered beforehand, each with its answers, the recommended one first.
pub const QUESTIONS: [(&str, &[&str]); 5] = [
    ("symptom", &["buffering", "slow", "drops", "offline", "lag"]),
    ("router-owner", &["provider", "mine", "unknown"]),
    ("load", &["yes", "no"]),
    ("found-fault", &["check-again", "continue"]),
    (CABLE_TEST, &["no", "yes"]),
];

impl Wizard {
    /// A visit that has not begun. Nothing is asked of the network before [`Wizard::start`].
    pub fn new(config: Config, settings: Settings) -> Self {
        let load_allowed = settings.load_allowed && settings.answers.get("load").is_none_or(|answer| answer != "no");
        let visit = Visit { config, profile: settings.profile, load_allowed, answers: settings.answers.clone(), observations: Vec::new() };
        Self {
            visit,
            settings,
            phase: Phase::Welcome,
            works: CHECKS.iter().map(Work::new).collect(),
            next_number: 0,
            question: None,
            asked: Vec::new(),
            verdict: None,
            earlier: None,
            walk: None,
            modem_page: None,
        }
    }

    /// Compares this visit with an earlier one to the same home: its observations, and what was changed since where that is known.
    pub fn compare_with(&mut self, observations: Vec<Observation>, change: Option<Change>) {
        self.earlier = Earlier::of(Visit { observations, ..self.visit.clone() }, change);
        // Ids stay unique over both looks.
        let number = |observation: &Observation| observation.id.strip_prefix('o')?.parse::<u32>().ok();
        let last = self.earlier.iter().flat_map(|earlier| &earlier.visit.observations).filter_map(number).max();
        self.next_number = self.next_number.max(last.unwrap_or(0).min(u32::MAX / 2));
    }

    /// Begins the visit.
    pub fn start(&mut self) -> Vec<Command> {
        self.phase = Phase::Measuring;
        self.advance()
    }

    /// Takes what came back for a request that was performed.
    pub fn observed(&mut self, number: u32, mut observation: Observation) -> Vec<Command> {
        if self.walk.take_if(|walk| *walk == number).is_some() {
            return Vec::new();
        }
        let Some(work) = self.works.iter_mut().find(|work| work.under_way(number)) else { return Vec::new() };
        observation.id = format!("o{number}");
        work.check.id.clone_into(&mut observation.check);
        self.visit.observations.push(observation);
        if work.came_back(number) {
            work.conclude(&self.visit);
        }
        self.advance()
    }

    /// Takes what the user did.
    pub fn act(&mut self, action: Action) -> Vec<Command> {
        let commands = self.take(action);
        if commands.contains(&Command::StopAll) {
            self.walk = None;
        }
        commands
    }

    fn take(&mut self, action: Action) -> Vec<Command> {
        match action {
            Action::Answer { question, value } => self.answer(&question, value),
            Action::Cancel if matches!(self.phase, Phase::Measuring | Phase::Asking) => {
                self.phase = Phase::Stopped;
                self.question = None;
                self.forget_unfinished();
                vec![Command::StopAll]
            }
            Action::Resume if self.phase == Phase::Stopped => self.start(),
            Action::CheckAgain { from, change } => {
                self.check_again(from, change);
                let mut commands = vec![Command::StopAll];
                commands.extend(self.start());
                commands
            }
            Action::Conclude if !matches!(self.phase, Phase::Welcome | Phase::Done) => {
                self.forget_unfinished();
                let mut commands = vec![Command::StopAll];
                commands.extend(self.finish());
                commands
            }
            Action::Walk { on } => self.show_signal(on),
            // The engine knows the time, and hands a page over with it.
            Action::ModemPage { .. } | Action::Cancel | Action::Resume | Action::Conclude => Vec::new(),
        }
    }

    /// Takes a modem's page that the user saved or pasted, at this moment; its values become part of the visit, the page does not. What it
    /// holds is weighed when the visit ends, or at once where it has.
    pub fn read_modem_page(&mut self, page: &str, at: DateTime<FixedOffset>) -> Vec<Command> {
        let found = demarc_modem::read(page);
        if found.is_empty() {
            self.modem_page = Some(false);
            return Vec::new();
        }
        self.modem_page = Some(true);
        self.next_number += 1;
        self.visit.observations.retain(|observation| observation.check != MODEM_PAGE);
        self.visit.observations.push(Observation {
            id: format!("o{}", self.next_number),
            check: MODEM_PAGE.to_owned(),
            at,
            elapsed_ms: 0.0,
            request: demarc_checks::modem_page_given(page.len()),
            outcome: found.into(),
        });
        if let Some(work) = self.works.iter_mut().find(|work| work.check.id == MODEM_PAGE) {
            work.conclude(&self.visit);
        }
        if self.phase == Phase::Done { self.finish() } else { Vec::new() }
    }

    /// Whether the signal is shown; `None` while it cannot be.
    fn walking(&self) -> Option<bool> {
        let may = matches!(self.phase, Phase::Asking | Phase::Stopped | Phase::Done) && !self.works.iter().any(Work::running);
        self.radio().filter(|_| may).map(|_| self.walk.is_some())
    }

    /// The interface whose signal can be shown.
    fn radio(&self) -> Option<&str> {
        let network = self.visit.network()?;
        let wifi = |interface: &&Interface| interface.kind == InterfaceKind::Wifi && interface.up;
        let used = network.router_interface().filter(wifi);
        used.or_else(|| network.interfaces.iter().find(wifi)).map(|interface| interface.name.as_str())
    }

    fn show_signal(&mut self, on: bool) -> Vec<Command> {
        match (self.walking(), on, self.radio().map(str::to_owned)) {
            (Some(false), true, Some(interface)) => {
                self.next_number += 1;
                self.walk = Some(self.next_number);
                let request = Request::WifiWatch { interface, for_ms: Request::LONGEST_WATCH_MS as u32 };
                vec![Command::Perform { number: self.next_number, check: WALK, request }]
            }
            // Nothing else is under way.
            (Some(true), false, _) => {
                self.walk = None;
                vec![Command::StopAll]
            }
            _ => Vec::new(),
        }
    }

    /// The answer, once the visit is over.
    pub fn verdict(&self) -> Option<&(Verdict, Vec<Evidence>)> {
        self.verdict.as_ref()
    }

    /// The answer; before the visit is over, what an empty visit would say.
    pub fn conclusion(&self) -> (Verdict, Vec<Evidence>) {
        self.verdict.clone().unwrap_or_else(|| demarc_attribution::judge(&[]))
    }

    /// What the checks that have ended made of their observations, in the order that attribution takes them.
    pub fn findings(&self) -> Vec<Finding> {
        in_order(self.works.iter().flat_map(|work| work.findings.clone()).collect())
    }

    /// What a change in the home did, once the visit is over.
    pub fn comparison(&self) -> Option<&Comparison> {
        self.earlier.as_ref()?.comparison.as_ref().filter(|_| self.verdict.is_some())
    }

    /// The observations of the look before a change and of this one, in that order.
    pub fn observations(&self) -> impl Iterator<Item = &Observation> {
        let earlier = self.earlier.iter().filter(|earlier| earlier.comparison.is_some());
        earlier.flat_map(|earlier| &earlier.visit.observations).chain(&self.visit.observations)
    }

    /// Everything known so far.
    pub fn visit(&self) -> &Visit {
        &self.visit
    }

    /// Whether every check has run to its end.
    pub fn complete(&self) -> bool {
        self.works.iter().all(Work::finished)
    }

    /// Where the visit stands.
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// What a person sees now.
    pub fn view(&self) -> View {
        show::view(self)
    }

    fn answer(&mut self, question: &str, value: String) -> Vec<Command> {
        let Some(open) = self.question.take_if(|open| open.id == question && open.options.contains(&value)) else { return Vec::new() };
        match (question, value.as_str()) {
            ("load", answer) => self.visit.load_allowed = answer == "yes",
            ("found-fault", "check-again") => self.check_again(open.step.unwrap_or(Step::Device), None),
            _ => {}
        }
        self.visit.answers.insert(question.to_owned(), value);
        self.start()
    }

    /// A change in the home may change which link is in use, which everything else rests on; a change behind it does not.
    fn check_again(&mut self, from: Step, change: Option<Change>) {
        let from = if from < Step::Path || change.is_some() { Step::Device } else { from };
        if from == Step::Device {
            self.earlier = Earlier::after(self.earlier.take(), &self.visit, change);
        }
        self.verdict = None;
        self.question = None;
        if !self.settings.answers.contains_key(CABLE_TEST) {
            self.visit.answers.remove(CABLE_TEST);
        }
        self.asked.retain(|(_, step)| step.is_none_or(|step| step < from));
        self.forget(|work| work.check.step >= from || !work.finished());
    }

    fn forget_unfinished(&mut self) {
        self.forget(|work| !work.finished());
    }

    fn forget(&mut self, which: impl Fn(&Work) -> bool) {
        // What the user gave stays.
        for work in self.works.iter_mut().filter(|work| work.check.id != MODEM_PAGE && which(work)) {
            self.visit.observations.retain(|observation| observation.check != work.check.id);
            *work = Work::new(work.check);
        }
    }

    /// Starts whatever can start, asks whatever must be asked, and finishes when nothing is left. The home's checks mostly wait, so they
    /// wait together; the path is measured when they are done.
    fn advance(&mut self) -> Vec<Command> {
        let mut commands = Vec::new();
        while self.phase == Phase::Measuring {
            let Some(step) = schedule::current_step(&self.works) else { return [commands, self.finish()].concat() };
            let step = if step < Step::Path { Step::Router } else { step };
            if let Some(question) = self.question_before(step) {
                self.phase = Phase::Asking;
                self.question = Some(question);
                break;
            }
            let Some(index) = schedule::next_ready(&self.works, step) else { break };
            let started = self.works[index].start(&self.visit, &mut self.next_number);
            commands.extend(started);
        }
        commands
    }

    fn finish(&mut self) -> Vec<Command> {
        let findings = self.findings();
        let findings = match &mut self.earlier {
            Some(earlier) => earlier.weigh(&self.visit, findings),
            None => findings,
        };
        self.verdict = Some(demarc_attribution::judge(&findings));
        self.phase = Phase::Done;
        self.question = None;
        vec![Command::Finish]
    }

    /// A question that has to be settled before a step goes on.
    fn question_before(&mut self, step: Step) -> Option<QuestionView> {
        if !self.settings.interactive {
            return None;
        }
        if let Some(earlier) = schedule::step_with_fault(&self.works).filter(|_| step == Step::Path)
            && self.ask_once("found-fault", Some(earlier))
        {
            return Some(question("found-fault", None, Some(earlier)));
        }
        let ready = schedule::next_ready(&self.works, step).map(|index| &self.works[index]);
        let tests_cable = ready.is_some_and(|work| work.check.id == CABLE_TEST) && demarc_checks::cable_is_suspicious(&self.visit);
        let cost = ready.and_then(|work| work.costs_data(&self.visit));
        if tests_cable && !self.visit.answers.contains_key(CABLE_TEST) && self.ask_once(CABLE_TEST, Some(step)) {
            return Some(question(CABLE_TEST, None, Some(step)));
        }
        if let Some(cost) = cost
            && self.visit.load_allowed
            && !self.settings.answers.contains_key("load")
            && self.ask_once("load", None)
        {
            return Some(question("load", Some(cost), Some(Step::Path)));
        }
        None
    }

    fn ask_once(&mut self, id: &str, step: Option<Step>) -> bool {
        let key = (id.to_owned(), step);
        let first = !self.asked.contains(&key);
        if first {
            self.asked.push(key);
        }
        first
    }
}

/// The order in which attribution takes findings.
fn in_order(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort_by(|one, next| one.check.cmp(&next.check));
    findings
}

fn question(id: &str, cost: Option<Bounds>, step: Option<Step>) -> QuestionView {
    let options = QUESTIONS.iter().find(|(known, _)| *known == id).map_or(&[][..], |(_, options)| options);
    QuestionView { id: id.to_owned(), options: options.iter().map(|option| (*option).to_owned()).collect(), cost, step }
}

/// Why a check has no measurement, in words, when it has none.
fn why_not(observations: &[&Observation]) -> Option<(Progress, Phrase)> {
    if observations.iter().any(|observation| observation.measurement().is_some()) {
        return None;
    }
    observations.iter().find_map(|observation| match &observation.outcome {
        Outcome::NotApplicable { why } => Some((Progress::NotApplicable, why.clone())),
        Outcome::Blocked { why } | Outcome::Failed { why } => Some((Progress::Blocked, why.clone())),
        Outcome::Measured { .. } => None,
    })
}

#[cfg(test)]
mod tests;
