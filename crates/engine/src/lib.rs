//! The loop that lets a wizard and a world talk: it performs what the wizard wants, tells whoever watches, and writes the record.

pub mod files;
mod paced;
mod record;
mod update;

use std::sync::Arc;

use demarc_model::{Change, Config, Environment, Observation, Outcome, Prober, Run};
use demarc_wizard::{Action, Command, Phase, Settings, Wizard};
use demarc_words::Words;
use futures_util::{
    StreamExt,
    future::{AbortHandle, Abortable, BoxFuture, FutureExt},
    stream::FuturesUnordered,
};
use tokio::sync::mpsc;

pub use paced::Paced;
pub use update::Update;

/// Whoever watches a visit. Called from the visit's own task; must not block.
pub type Watcher = Arc<dyn Fn(Update) + Send + Sync>;

/// What a visit is about, besides the network it looks at.
#[derive(Debug)]
pub struct Assignment {
    /// Services, anchors, peers and the rest.
    pub config: Config,
    /// What the user chose.
    pub settings: Settings,
    /// Name of the simulated household; `None` on a real network.
    pub household: Option<String>,
    /// An earlier visit to the same home that this one is compared with.
    pub earlier: Option<Earlier>,
    /// A modem's page that the user gave beforehand.
    pub modem_page: Option<String>,
}

/// An earlier visit, and what was changed since where that is known.
#[derive(Debug)]
pub struct Earlier {
    /// Its record.
    pub run: Run,
    /// What was changed.
    pub change: Option<Change>,
}

/// Runs one visit. With every sender of `actions` gone it ends with the verdict; while one is left it stays, so that the user can
/// check again after the verdict, and ends with the latest record when the sender goes.
pub async fn visit(
    world: Arc<dyn Prober>,
    assignment: Assignment,
    mut actions: mpsc::Receiver<Action>,
    watcher: Watcher,
    words: &Words,
) -> Run {
    let started = world.now();
    let environment = environment(&*world, &assignment, words);
    let mut wizard = Wizard::new(assignment.config, assignment.settings);
    if let Some(earlier) = assignment.earlier {
        wizard.compare_with(earlier.run.latest().cloned().collect(), earlier.change);
    }
    if let Some(page) = &assignment.modem_page {
        wizard.read_modem_page(page, started);
    }
    let mut under_way = UnderWay::new(&*world, Arc::clone(&watcher));
    let mut commands = wizard.start();
    let mut listening = true;
    loop {
        let finished = under_way.carry_out(commands);
        watcher(Update::View(Box::new(wizard.view())));
        if finished {
            let run = record::run(&wizard, started, world.now(), environment.clone(), words);
            watcher(Update::Finished(Box::new(run.clone())));
            if !listening {
                return run;
            }
        }
        commands = tokio::select! {
            biased;
            action = actions.recv(), if listening => if let Some(Action::ModemPage { text }) = &action {
                wizard.read_modem_page(text, world.now())
            } else if let Some(action) = action { wizard.act(action) } else {
                listening = false;
                match wizard.phase() {
                    Phase::Done => return record::run(&wizard, started, world.now(), environment, words),
                    // Nobody is left to answer or resume: end with what is known.
                    Phase::Asking | Phase::Stopped => wizard.act(Action::Conclude),
                    Phase::Welcome | Phase::Measuring => Vec::new(),
                }
            },
            Some((number, observation)) = under_way.next() => wizard.observed(number, observation),
            // Neither an action nor an answer can come any more: the wizard concludes with what it has.
            else => wizard.act(Action::Conclude),
        };
    }
}

/// The requests under way.
struct UnderWay<'a> {
    world: &'a dyn Prober,
    watcher: Watcher,
    requests: FuturesUnordered<BoxFuture<'a, Option<(u32, Observation)>>>,
    aborts: Vec<AbortHandle>,
}

impl<'a> UnderWay<'a> {
    fn new(world: &'a dyn Prober, watcher: Watcher) -> Self {
        Self { world, watcher, requests: FuturesUnordered::new(), aborts: Vec::new() }
    }

    /// Does what the wizard wants; whether the visit is finished.
    fn carry_out(&mut self, commands: Vec<Command>) -> bool {
        let mut finished = false;
        for command in commands {
            match command {
                Command::Perform { number, check, request } => self.begin(number, check, request),
                Command::StopAll => {
                    self.aborts.drain(..).for_each(|abort| abort.abort());
                    self.requests.clear();
                }
                Command::Finish => finished = true,
            }
        }
        finished
    }

    fn begin(&mut self, number: u32, check: &'static str, request: demarc_model::Request) {
        let world = self.world;
        let watcher = Arc::clone(&self.watcher);
        let live = Box::new(move |sample| watcher(Update::Live { check: check.to_owned(), sample }));
        let at = world.now();
        let answer = world.perform(request.clone(), live);
        let (abort, registration) = AbortHandle::new_pair();
        self.aborts.push(abort);
        let observed = async move {
            let outcome: Outcome = answer.await;
            let elapsed_ms = (world.now() - at).num_microseconds().unwrap_or(0).max(0) as f64 / 1000.0;
            (number, Observation { id: String::new(), check: check.to_owned(), at, elapsed_ms, request, outcome })
        };
        self.requests.push(Abortable::new(observed, registration).map(Result::ok).boxed());
    }

    async fn next(&mut self) -> Option<(u32, Observation)> {
        loop {
            match self.requests.next().await {
                Some(Some(observed)) => return Some(observed),
                Some(None) => {}
                None => return None,
            }
        }
    }
}

fn environment(world: &dyn Prober, assignment: &Assignment, words: &Words) -> Environment {
    let (system, system_version) = world.system();
    Environment {
        system,
        system_version,
        services: assignment.config.services.iter().map(|service| service.host.clone()).collect(),
        answers: assignment.settings.answers.clone(),
        household: assignment.household.clone(),
        promised_down_mbps: assignment.config.plan.down_mbps,
        promised_up_mbps: assignment.config.plan.up_mbps,
        language: words.language().to_owned(),
        incomplete: false,
    }
}

#[cfg(test)]
mod tests;
