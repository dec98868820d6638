//! The visit that is under way, and the record of the last one.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use demarc_engine::{Assignment, Paced, Update, Watcher};
use demarc_model::{Config, Phrase, Prober, Profile, Run, Service};
use demarc_probes::RealNetwork;
use demarc_simulator::{Household, SimulatedHome};
use demarc_wizard::Action;
use demarc_words::Words;
use tauri::{async_runtime, ipc::Channel};
use tokio::sync::mpsc;

use crate::description::Start;

/// Updates cross to the window together, this often: each crossing costs more than what it carries.
const FRAME: Duration = Duration::from_millis(33);

/// Actions that may wait for the engine.
const WAITING_ACTIONS: usize = 16;

/// At most one visit at a time.
#[derive(Default)]
pub struct Visits {
    under_way: Mutex<Option<UnderWay>>,
    record: Arc<Mutex<Option<Run>>>,
}

struct UnderWay {
    actions: mpsc::Sender<Action>,
    task: async_runtime::JoinHandle<()>,
}

impl Visits {
    /// Starts a visit; one that is under way ends.
    pub fn start(&self, start: &Start, config: &Config, window: Channel<Vec<Update>>) -> Result<(), Phrase> {
        let (world, assignment) = world(start, config)?;
        let mut under_way = lock(&self.under_way);
        if let Some(before) = under_way.take() {
            before.task.abort();
        }
        *lock(&self.record) = None;
        let (actions, received) = mpsc::channel(WAITING_ACTIONS);
        let watcher = self.watcher(window);
        let words = Words::new(&start.language);
        let task = async_runtime::spawn(async move {
            demarc_engine::visit(world, assignment, received, watcher, &words).await;
        });
        *under_way = Some(UnderWay { actions, task });
        Ok(())
    }

    /// Does something in the visit that is under way.
    pub async fn act(&self, action: Action) -> Result<(), Phrase> {
        let actions = lock(&self.under_way).as_ref().map(|visit| visit.actions.clone());
        let none = || Phrase::new("window-no-visit");
        actions.ok_or_else(none)?.send(action).await.map_err(|_| none())
    }

    /// The record of the visit, once it has ended.
    pub fn run(&self) -> Option<Run> {
        lock(&self.record).clone()
    }

    /// Keeps the record and passes everything on to the window, a frame's worth at a time.
    fn watcher(&self, window: Channel<Vec<Update>>) -> Watcher {
        let (sender, mut updates) = mpsc::unbounded_channel();
        async_runtime::spawn(async move {
            while let Some(first) = updates.recv().await {
                tokio::time::sleep(FRAME).await;
                let mut frame = vec![first];
                while let Ok(update) = updates.try_recv() {
                    frame.push(update);
                }
                if window.send(frame).is_err() {
                    return;
                }
            }
        });
        let record = Arc::clone(&self.record);
        Arc::new(move |update| {
            if let Update::Finished(run) = &update {
                *lock(&record) = Some((**run).clone());
            }
            // A window that is gone watches nothing.
            let _ = sender.send(update);
        })
    }
}

/// The network this computer is on, or a simulated home slowed down to be watched.
fn world(start: &Start, config: &Config) -> Result<(Arc<dyn Prober>, Assignment), Phrase> {
    let (world, mut config): (Arc<dyn Prober>, Config) = match &start.household {
        None => (Arc::new(RealNetwork::new()), configured(config, &start.services)),
        Some(name) => {
            let household = Household::builtin(name).ok_or_else(|| Phrase::new("window-no-household").text("name", name))?;
            let config = household.config();
            let seed = household.seeds().first().copied().unwrap_or(1);
            let home = SimulatedHome::new(household, seed, RealNetwork::new().now());
            (Arc::new(Paced::new(home, speed(start.settings.profile))), config)
        }
    };
    if let Some(promised) = start.promised {
        config.plan.down_mbps = promised.down_mbps;
        config.plan.up_mbps = promised.up_mbps;
    }
    Ok((
        world,
        Assignment { config, settings: start.settings.clone(), household: start.household.clone(), earlier: None, modem_page: None },
    ))
}

/// The configuration with the services the user named; those that it knows keep their name and page.
fn configured(config: &Config, hosts: &[String]) -> Config {
    let mut config = config.clone();
    if !hosts.is_empty() {
        let known = |host: &String| config.services.iter().find(|service| service.host.eq_ignore_ascii_case(host)).cloned();
        config.services = hosts.iter().map(|host| known(host).unwrap_or_else(|| Service::from_host(host))).collect();
    }
    config
}

/// How much faster than real a simulated visit runs: over in about a quarter of a minute, whatever the profile.
fn speed(profile: Profile) -> f64 {
    match profile {
        Profile::Quick => 3.0,
        Profile::Standard => 12.0,
        Profile::Thorough => 45.0,
    }
}

/// A lock that a panic elsewhere cannot poison: what it guards is replaced whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use demarc_wizard::Settings;

    use super::*;

    fn start(household: Option<&str>, services: &[&str]) -> Start {
        Start {
            settings: Settings::default(),
            services: services.iter().map(|host| (*host).to_owned()).collect(),
            promised: None,
            language: "en".to_owned(),
            household: household.map(str::to_owned),
        }
    }

    #[test]
    fn a_named_service_replaces_the_configured_ones_and_keeps_what_is_known_of_it() {
        let mut config = Config::default();
        config.services[0].name = "Known".to_owned();
        let host = config.services[0].host.to_uppercase();
        let (_, assignment) = world(&start(None, &[&host, "other.example"]), &config).unwrap();
        let names: Vec<_> = assignment.config.services.iter().map(Service::label).collect();
        assert_eq!(names, ["Known", "other.example"]);
    }

    #[test]
    fn every_simulated_home_opens_and_a_stranger_is_named() {
        for name in Household::BUILTIN {
            assert!(world(&start(Some(name), &[]), &Config::default()).is_ok(), "{name}");
        }
        let stranger = world(&start(Some("castle"), &[]), &Config::default()).err();
        assert_eq!(stranger, Some(Phrase::new("window-no-household").text("name", "castle")));
    }
}
