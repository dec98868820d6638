//! Load of this computer over a while: processor, memory, traffic.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use demarc_model::{HostLoad, InterfaceTraffic, Outcome, Phrase, ProcessLoad};
use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System};

use crate::bounded::{milliseconds, one_line};

/// Bytes received and sent by interface since it exists, loopback left out.
#[cfg_attr(target_os = "linux", path = "linux.rs")]
#[cfg_attr(not(target_os = "linux"), path = "portable.rs")]
mod traffic;

#[cfg(target_os = "linux")]
mod stress;
#[cfg(target_os = "linux")]
pub(crate) mod talkers;

const SHORTEST: Duration = Duration::from_millis(250);
const LONGEST: Duration = Duration::from_mins(1);
/// Most interfaces told.
const MOST_INTERFACES: usize = 256;
/// Most processes told.
const MOST_PROCESSES: usize = 5;

type Totals = BTreeMap<String, (u64, u64)>;

/// Watches the computer for about this long, in milliseconds.
pub(crate) async fn perform(for_ms: u32) -> Outcome {
    let failed = |detail: String| Outcome::Failed { why: Phrase::new("failed-host").text("detail", detail) };
    #[cfg(target_os = "linux")]
    let sockets = talkers::sockets().await;
    let watch = Duration::from_millis(u64::from(for_ms)).clamp(SHORTEST, LONGEST);
    // Going through all processes takes milliseconds to tens of them: not for the thread that times packets.
    let before = match tokio::task::spawn_blocking(Sample::first).await {
        Ok(Ok(sample)) => sample,
        Ok(Err(detail)) => return failed(detail),
        Err(error) => return failed(error.to_string()),
    };
    tokio::time::sleep(watch).await;
    #[cfg(target_os = "linux")]
    let (before_sockets, after_sockets) = (sockets, talkers::sockets().await);
    let load = move || {
        #[cfg_attr(not(target_os = "linux"), allow(unused_mut, reason = "only Linux tells more"))]
        let mut load = before.load_until_now();
        #[cfg(target_os = "linux")]
        {
            let watched = Duration::from_secs_f64((load.watched_ms / 1e3).max(0.0));
            load.talkers = talkers::talkers(std::path::Path::new("/"), &before_sockets, &after_sockets, watched);
        }
        load
    };
    match tokio::task::spawn_blocking(load).await {
        Ok(load) => load.into(),
        Err(error) => failed(error.to_string()),
    }
}

/// The counters at one moment.
struct Sample {
    system: System,
    at: Instant,
    totals: Totals,
    #[cfg(target_os = "linux")]
    stress: stress::Counts,
}

impl Sample {
    fn first() -> Result<Self, String> {
        let mut system = System::new().map_err(|error| error.to_string())?;
        refresh(&mut system);
        Ok(Self {
            system,
            at: Instant::now(),
            totals: traffic::totals(),
            #[cfg(target_os = "linux")]
            stress: stress::Counts::read(std::path::Path::new("/")),
        })
    }

    fn load_until_now(mut self) -> HostLoad {
        refresh(&mut self.system);
        let totals = traffic::totals();
        let elapsed = self.at.elapsed();
        let cores = self.system.cpus().len().max(1) as f64;
        let processes = self.system.processes();
        let parent = |pid: &Pid| processes.get(pid).and_then(sysinfo::Process::parent);
        let own = std::process::id();
        let (ours, others): (Vec<_>, Vec<_>) = processes.iter().partition(|(pid, _)| descends_from(**pid, Pid::from_u32(own), parent));
        let share = |process: &sysinfo::Process| f64::from(process.cpu_usage()) / cores;
        let our_share: f64 = ours.iter().map(|(_, process)| share(process)).sum();
        #[cfg_attr(not(target_os = "linux"), allow(unused_mut, reason = "only Linux tells more"))]
        let mut load = HostLoad {
            cpu_percent: percent(f64::from(self.system.global_cpu_usage()) - our_share),
            memory_total_bytes: self.system.total_memory(),
            memory_available_bytes: self.system.available_memory(),
            swap_used_bytes: self.system.used_swap(),
            traffic: rates(&self.totals, &totals, elapsed),
            busiest: busiest(others.iter().map(|(_, process)| (process.name().to_string_lossy().into_owned(), share(process)))),
            watched_ms: milliseconds(elapsed),
            ..HostLoad::default()
        };
        #[cfg(target_os = "linux")]
        {
            let root = std::path::Path::new("/");
            let now = stress::Counts::read(root);
            load.pressure = now.pressure_since(&self.stress, elapsed);
            load.swapped_bytes_per_s = now.swapped_since(&self.stress, elapsed);
            load.thermal = stress::thermal(root, now.slowed_since(&self.stress));
        }
        load
    }
}

fn refresh(system: &mut System) {
    system.refresh_cpu_usage();
    system.refresh_memory();
    let kind = ProcessRefreshKind::nothing().with_cpu().without_tasks();
    system.refresh_processes_specifics(ProcessesToUpdate::All, true, kind);
}

/// Whether a process is `ancestor` or was started by it, through any number of others.
fn descends_from(pid: Pid, ancestor: Pid, parent: impl Fn(&Pid) -> Option<Pid>) -> bool {
    // A chain of parents is short; a loop in it would be a lie of the system.
    std::iter::successors(Some(pid), parent).take(64).any(|pid| pid == ancestor)
}

/// The busiest programs; what one program does in several processes counts together.
fn busiest(shares: impl Iterator<Item = (String, f64)>) -> Vec<ProcessLoad> {
    let mut programs: BTreeMap<String, f64> = BTreeMap::new();
    for (name, share) in shares.filter(|(_, share)| *share > 0.0) {
        *programs.entry(one_line(&name, 64)).or_default() += share;
    }
    let mut loads: Vec<ProcessLoad> = programs.into_iter().map(|(name, share)| ProcessLoad { name, cpu_percent: percent(share) }).collect();
    loads.sort_by(|a, b| b.cpu_percent.total_cmp(&a.cpu_percent));
    loads.truncate(MOST_PROCESSES);
    loads
}

/// Bytes a second between two counts; a counter that went back starts at zero.
fn rates(before: &Totals, after: &Totals, elapsed: Duration) -> Vec<InterfaceTraffic> {
    let seconds = elapsed.as_secs_f64().max(1e-3);
    let rate = |now: u64, then: u64| ((now.saturating_sub(then)) as f64 / seconds).round();
    after
        .iter()
        .take(MOST_INTERFACES)
        .filter_map(|(interface, (received, sent))| {
            let (received_before, sent_before) = before.get(interface)?;
            Some(InterfaceTraffic {
                interface: interface.clone(),
                received_bytes_per_s: rate(*received, *received_before),
                sent_bytes_per_s: rate(*sent, *sent_before),
            })
        })
        .collect()
}

/// Between 0 and 100, one decimal.
fn percent(share: f64) -> f64 {
    (share.clamp(0.0, 100.0) * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic)]
    use super::*;

    #[test]
    fn rates_are_per_second_and_never_negative() {
        let totals = |bytes: &[(&str, u64, u64)]| {
            bytes.iter().map(|(name, received, sent)| ((*name).to_owned(), (*received, *sent))).collect::<Totals>()
        };
        let before = totals(&[("eth0", 1_000, 500), ("wlan0", 9_000, 9_000), ("gone0", 1, 1)]);
        let after = totals(&[("eth0", 3_000, 500), ("wlan0", 10, 10), ("new0", 7, 7)]);
        let told: Vec<_> = rates(&before, &after, Duration::from_millis(500))
            .into_iter()
            .map(|traffic| (traffic.interface, traffic.received_bytes_per_s, traffic.sent_bytes_per_s))
            .collect();
        assert_eq!(told, [("eth0".to_owned(), 4_000.0, 0.0), ("wlan0".to_owned(), 0.0, 0.0)]);
    }

    #[test]
    fn processes_of_one_program_count_together() {
        let shares = [("web", 10.0), ("idle", 0.0), ("make", 25.0), ("web", 20.0), ("a", 1.0), ("b", 2.0), ("c", 3.0), ("d", 4.0)];
        let told = busiest(shares.iter().map(|(name, share)| ((*name).to_owned(), *share)));
        let names: Vec<&str> = told.iter().map(|load| load.name.as_str()).collect();
        assert_eq!(names, ["web", "make", "d", "c", "b"]);
        assert!((told[0].cpu_percent - 30.0).abs() < 1e-9);
    }

    #[test]
    fn our_own_processes_are_told_by_their_ancestors() {
        let parent = |pid: &Pid| match pid.as_u32() {
            30 => Some(Pid::from_u32(20)),
            20 => Some(Pid::from_u32(10)),
            40 => Some(Pid::from_u32(41)),
            41 => Some(Pid::from_u32(40)),
            _ => None,
        };
        assert!(descends_from(Pid::from_u32(30), Pid::from_u32(10), parent));
        assert!(!descends_from(Pid::from_u32(10), Pid::from_u32(30), parent));
        assert!(!descends_from(Pid::from_u32(40), Pid::from_u32(10), parent), "a loop ends");
    }

    #[tokio::test]
    async fn this_computer_has_memory_and_a_bounded_load() {
        let Outcome::Measured { measurement: demarc_model::Measurement::Host(load) } = perform(0).await else { panic!("not measured") };
        assert!(load.memory_total_bytes > load.memory_available_bytes && load.memory_available_bytes > 0);
        assert!((0.0..=100.0).contains(&load.cpu_percent) && load.busiest.len() <= MOST_PROCESSES);
        assert!(load.watched_ms >= 250.0, "{}", load.watched_ms);
    }
}
