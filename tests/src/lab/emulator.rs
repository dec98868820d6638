//! One thread that carries packets over every emulated link. Kernels often lack a delay and loss queue of their own, and a link of our own
//! keeps the ground truth.

use std::collections::{BTreeMap, VecDeque};
use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::AsRawFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde::Serialize;

use super::link::{Direction, Traffic};
use super::topology::Impairments;

/// Longest frame: an MTU of 9000 with room for headers.
const LONGEST_FRAME: usize = 9_100;
/// Frames taken from one link before the others have their turn.
const FRAMES_A_TURN: usize = 32;
/// Longest sleep; how fast the thread notices that it has to end.
const LONGEST_SLEEP: Duration = Duration::from_millis(20);

/// A running emulator. Dropping it ends its thread and thereby removes the interfaces at its ends.
#[derive(Debug)]
pub struct Emulator {
    links: BTreeMap<String, Arc<Pair>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

/// Both directions of one link.
#[derive(Debug)]
struct Pair {
    down: Mutex<Direction>,
    up: Mutex<Direction>,
    /// What passed the end towards the device, while somebody wants to know.
    passed: Mutex<Option<Vec<Passage>>>,
}

/// A frame that passed the end of a link towards the device.
#[derive(Debug, Clone, Copy)]
pub struct Passage {
    /// When it was taken from the device, or handed to it.
    pub at: Instant,
    /// Whether it came from the device.
    pub is_up: bool,
    /// Its first bytes.
    pub head: [u8; 64],
}

/// A link to emulate: the files of its ends and what it does.
#[derive(Debug)]
pub struct Cable {
    /// Name of the link.
    pub name: String,
    /// Interface towards the device.
    pub near: File,
    /// Interface away from the device.
    pub far: File,
    /// What it does to packets.
    pub impairments: Impairments,
}

/// What one link did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct LinkTraffic {
    /// Towards the device.
    pub down: Traffic,
    /// Away from the device.
    pub up: Traffic,
}

impl Emulator {
    /// Starts to carry packets. Chance is settled by `seed`.
    pub fn start(cables: Vec<Cable>, seed: u64) -> Result<Self> {
        let now = Instant::now();
        let stop = Arc::new(AtomicBool::new(false));
        let mut links = BTreeMap::new();
        let mut lanes = Vec::new();
        for (cable, stream) in cables.into_iter().zip((seed << 8..).step_by(2)) {
            let down = Mutex::new(Direction::new(cable.impairments.down, stream, now));
            let up = Mutex::new(Direction::new(cable.impairments.up, stream + 1, now));
            let pair = Arc::new(Pair { down, up, passed: Mutex::default() });
            let (near, far) = (Arc::new(cable.near), Arc::new(cable.far));
            lanes.push(Lane { from: near.clone(), to: far.clone(), pair: pair.clone(), is_up: true, due: VecDeque::new() });
            lanes.push(Lane { from: far, to: near, pair: pair.clone(), is_up: false, due: VecDeque::new() });
            links.insert(cable.name, pair);
        }
        let stopped = stop.clone();
        let thread =
            thread::Builder::new().name("links".to_owned()).spawn(move || carry(&mut lanes, &stopped)).context("start the links")?;
        Ok(Self { links, stop, thread: Some(thread) })
    }

    /// Changes what a link does from now on, by what it did before; false when there is no such link.
    pub fn change(&self, link: &str, change: impl FnOnce(Impairments) -> Impairments) -> bool {
        let Some(pair) = self.links.get(link) else { return false };
        let (mut down, mut up) = (lock(&pair.down), lock(&pair.up));
        let after = change(Impairments { down: down.impairment, up: up.impairment });
        (down.impairment, up.impairment) = (after.down, after.up);
        true
    }

    /// What passes the device's end of a link while `work` is done; `None` when there is no such link.
    pub fn watched<T>(&self, link: &str, work: impl FnOnce() -> T) -> Option<(T, Vec<Passage>)> {
        let pair = self.links.get(link)?;
        *lock(&pair.passed) = Some(Vec::new());
        let done = work();
        let passed = lock(&pair.passed).take();
        Some((done, passed.unwrap_or_default()))
    }

    /// What every link did so far.
    pub fn traffic(&self) -> BTreeMap<String, LinkTraffic> {
        let traffic = |pair: &Pair| LinkTraffic { down: lock(&pair.down).traffic, up: lock(&pair.up).traffic };
        self.links.iter().map(|(name, pair)| (name.clone(), traffic(pair))).collect()
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// One direction of one link, with the packets on their way.
struct Lane {
    from: Arc<File>,
    to: Arc<File>,
    pair: Arc<Pair>,
    is_up: bool,
    due: VecDeque<(Instant, Box<[u8]>)>,
}

impl Lane {
    fn direction(&self) -> MutexGuard<'_, Direction> {
        lock(if self.is_up { &self.pair.up } else { &self.pair.down })
    }

    /// Notes a frame at the device's end.
    fn passes(&self, at: Instant, frame: &[u8]) {
        if let Some(passed) = &mut *lock(&self.pair.passed) {
            let mut head = [0; 64];
            let length = frame.len().min(head.len());
            head[..length].copy_from_slice(&frame[..length]);
            passed.push(Passage { at, is_up: self.is_up, head });
        }
    }

    /// Hands over what is due.
    fn deliver(&mut self, now: Instant) {
        while let Some((_, frame)) = self.due.pop_front_if(|(due, _)| *due <= now) {
            if !self.is_up {
                self.passes(Instant::now(), &frame);
            }
            // An interface that is down takes nothing, as a cable without a far end.
            let _ = (&*self.to).write(&frame);
        }
    }

    /// Takes in what has come.
    fn collect(&mut self, buffer: &mut [u8]) {
        for _ in 0..FRAMES_A_TURN {
            let Ok(length) = (&*self.from).read(buffer) else { return };
            let Some(frame) = buffer.get(..length) else { return };
            let now = Instant::now();
            if self.is_up {
                self.passes(now, frame);
            }
            let arrival = self.direction().admit(now, length);
            if let Some(due) = arrival {
                self.due.push_back((due, frame.into()));
            }
        }
    }
}

fn carry(lanes: &mut [Lane], stop: &AtomicBool) {
    clock::be_punctual();
    let mut buffer = vec![0; LONGEST_FRAME];
    let mut readable = vec![false; lanes.len()];
    while !stop.load(Ordering::Relaxed) {
        let now = Instant::now();
        for lane in &mut *lanes {
            lane.deliver(now);
        }
        let next = lanes.iter().filter_map(|lane| lane.due.front()).map(|(due, _)| *due).min();
        let sleep = next.map_or(LONGEST_SLEEP, |due| due.saturating_duration_since(Instant::now()).min(LONGEST_SLEEP));
        clock::wait(lanes.iter().map(|lane| lane.from.as_raw_fd()), sleep, &mut readable);
        for (lane, _) in lanes.iter_mut().zip(&readable).filter(|(_, readable)| **readable) {
            lane.collect(&mut buffer);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Waiting to the microsecond, which takes calls that the standard library does not have.
pub(super) mod clock {
    #![allow(unsafe_code, reason = "timer slack, priority and ppoll are plain calls of libc")]

    use std::os::fd::RawFd;
    use std::time::Duration;

    /// Makes timers of the calling thread exact, and lets it run before others where that is allowed.
    pub fn be_punctual() {
        let priority = libc::sched_param { sched_priority: 10 };
        // SAFETY: both calls concern the calling thread alone and read a value that outlives them; refusal is fine.
        unsafe {
            libc::prctl(libc::PR_SET_TIMERSLACK, 1);
            libc::sched_setscheduler(0, libc::SCHED_FIFO, &raw const priority);
        }
    }

    /// Waits until a file can be read or the time, less than a second, has passed, and says which can.
    pub fn wait(files: impl Iterator<Item = RawFd>, longest: Duration, readable: &mut [bool]) {
        let mut polled: Vec<libc::pollfd> = files.map(|fd| libc::pollfd { fd, events: libc::POLLIN, revents: 0 }).collect();
        let timeout = libc::timespec { tv_sec: 0, tv_nsec: longest.subsec_nanos().cast_signed().into() };
        // SAFETY: the array and the timespec outlive the call, and the count is the array's.
        unsafe { libc::ppoll(polled.as_mut_ptr(), polled.len() as libc::nfds_t, &raw const timeout, std::ptr::null()) };
        for (slot, file) in readable.iter_mut().zip(&polled) {
            *slot = file.revents & libc::POLLIN != 0;
        }
    }
}
