//! Queues of bytes: one for each stretch and direction, fed by other people, by the home and by the visit's own transfers.

use demarc_model::Direction;

use crate::{
    address::Place,
    chance,
    household::Household,
    spec::{LinkKind, Shape, Stretch},
};

/// Stretches that can have a queue.
pub const PLACES: usize = 10;
/// Bytes in a millisecond at one Mbit/s.
const BYTES_PER_MS: f64 = 125.0;
/// A full packet in bytes, and its content.
const PACKET: f64 = 1_500.0;
pub const SEGMENT: f64 = 1_448.0;
/// What managed queues aim at and allow, in milliseconds, and how long they wait before they drop (RFC 8289) [F].
const TARGET_MS: f64 = 5.0;
const MANAGED_MS: f64 = 25.0;
const INTERVAL_MS: f64 = 100.0;
/// How much of what does not fit is sent again and again: senders slow down when packets are lost [K].
const HOME_INSISTS: f64 = 0.03;
const OTHERS_INSIST: f64 = 0.3;
/// How long a device of the home goes on or pauses, in milliseconds [K]: video comes in pieces of some seconds.
const PIECE_MS: f64 = 2_000.0;
/// How fast the home fills its line when it does, as a multiple of the line's rate.
const EAGER: f64 = 1.25;
/// Share of the busiest hour's traffic, hour by hour [K]: the usual shape at exchange points.
const DAY: [f64; 24] = [
    0.62, 0.45, 0.35, 0.29, 0.26, 0.25, 0.28, 0.35, 0.42, 0.47, 0.50, 0.53, 0.56, 0.58, 0.58, 0.60, 0.64, 0.70, 0.78, 0.88, 0.97, 1.0,
    0.93, 0.78,
];

/// One direction of one stretch.
#[derive(Debug, Clone, Copy)]
pub struct Pipe {
    /// Bytes in a millisecond.
    pub rate: f64,
    /// Longest queue in bytes.
    buffer: f64,
    aqm: bool,
    /// What the home sends through it on average, in bytes in a millisecond.
    home: f64,
    /// Connections that this comes in: each has as much of a full line as one of the visit's.
    home_connections: f64,
    /// What other people send through it on average at this hour, in bytes in a millisecond.
    others: f64,
    /// Share of its rate that comes and goes.
    swing: f64,
    key: u64,
}

/// Every pipe of a household, by place and direction.
#[derive(Debug, Clone)]
pub struct Pipes([Pipe; 2 * PLACES]);

/// What enters a pipe.
#[derive(Debug, Clone, Copy, Default)]
pub struct Inflow {
    /// Of the visit's transfers that are limited elsewhere, in bytes in a millisecond.
    pub steady: f64,
    /// Bytes that the visit's transfers limited here keep under way, and their round-trip time without this queue.
    pub window: f64,
    pub base_ms: f64,
    /// How many connections of the visit's transfers are limited here.
    pub connections: f64,
}

/// A queue as it stands.
#[derive(Debug, Clone, Copy, Default)]
pub struct Level {
    /// How long it takes to drain, in milliseconds.
    pub delay_ms: f64,
    /// Since when it is longer than a managed queue should be, how often it dropped since, and when it drops next.
    above_ms: Option<f64>,
    drops: u32,
    next_ms: f64,
}

/// What a step did.
#[derive(Debug, Clone, Copy, Default)]
pub struct Passed {
    /// Share of packets dropped, as a probe meets it. Managed queues spare flows that send little (RFC 8290).
    pub drop: f64,
    /// Share of the transfers' bytes dropped.
    pub own_drop: f64,
    /// Packets dropped by the queue's manager.
    pub signals: u32,
    /// Bytes in a millisecond that left, of the home's other traffic and of the visit's transfers.
    pub own: f64,
    pub background: f64,
}

impl Pipes {
    /// The pipes of a household.
    pub fn of(home: &Household) -> Self {
        let busy = busy(home.hour);
        let mut pipes = std::array::from_fn(|index| {
            let direction = if index % 2 == 0 { Direction::Up } else { Direction::Down };
            Pipe::of(home.path.stretch(place_at(index / 2)), direction, busy, index as u64)
        });
        for direction in [Direction::Up, Direction::Down] {
            let (device, all) = match direction {
                Direction::Down => (home.device.background_down_mbps, home.home_traffic.down_mbps),
                Direction::Up => (home.device.background_up_mbps, home.home_traffic.up_mbps),
            };
            let [link, router, access] = [Place::Link, Place::Router, Place::Access].map(|place| index(place, direction));
            for index in [link, router, access] {
                pipes[index].home_connections = home.home_traffic.connections;
            }
            pipes[link].home = device * BYTES_PER_MS;
            pipes[router].home = (device + all) * BYTES_PER_MS;
            pipes[access].home = (device + all) * BYTES_PER_MS;
            // The line's queue stands in the router and, where it has one, before the line: one queue for one rate.
            if pipes[router].rate >= pipes[access].rate {
                let waits_ms = pipes[router].buffer / pipes[router].rate;
                let (others, aqm) = (pipes[router].others, pipes[router].aqm);
                pipes[access].buffer += waits_ms * pipes[access].rate;
                pipes[access].others += others;
                pipes[access].aqm |= aqm;
                pipes[router].others = 0.0;
                pipes[router].home = 0.0;
            }
            if home.link.kind == LinkKind::Wifi {
                pipes[link].swing = 0.15;
            }
            pipes[access].swing = match home.path.access.shape {
                Shape::Satellite => 0.15,
                Shape::Scheduled => 0.1,
                Shape::RequestGrant | Shape::Noise => 0.0,
            };
        }
        Self(pipes)
    }

    /// The pipe at this index.
    pub fn at(&self, index: usize) -> &Pipe {
        &self.0[index.min(2 * PLACES - 1)]
    }
}

/// Where the pipe of a place and direction stands among all.
pub fn index(place: Place, direction: Direction) -> usize {
    2 * place.index() + usize::from(direction == Direction::Down)
}

fn place_at(index: usize) -> Place {
    match index {
        0 => Place::Link,
        1 => Place::Router,
        2 => Place::Access,
        3 => Place::Isp,
        4 => Place::Interconnect,
        5 => Place::Service,
        other => Place::Other(other as u8 - 6),
    }
}

/// Share of the busiest hour's traffic at this hour.
fn busy(hour: f64) -> f64 {
    let (before, share) = (hour.floor(), hour - hour.floor());
    let at = |hour: f64| DAY[hour as usize % 24];
    at(before) * (1.0 - share) + at(before + 1.0) * share
}

impl Pipe {
    fn of(stretch: &Stretch, direction: Direction, busy: f64, key: u64) -> Self {
        let (mbps, queue_ms, cross) = match direction {
            Direction::Down => (stretch.down_mbps, stretch.queue_down_ms, stretch.cross_down_mbps),
            Direction::Up => (stretch.up_mbps, stretch.queue_up_ms, stretch.cross_up_mbps),
        };
        let rate = mbps * BYTES_PER_MS;
        Self {
            rate,
            buffer: queue_ms * rate,
            aqm: stretch.aqm,
            home: 0.0,
            home_connections: 1.0,
            others: cross * busy * BYTES_PER_MS,
            swing: 0.0,
            key,
        }
    }

    /// Mean share of its rate in use without the visit's transfers.
    pub fn load(&self) -> f64 {
        (self.home + self.others) / self.rate
    }

    /// Whether no queue longer than a few packets ever stands in it without the visit's transfers.
    pub fn is_calm(&self) -> bool {
        self.home < 0.25 * self.rate && self.others < 0.6 * self.rate && self.load() < 0.6
    }

    /// Its rate at a moment, in bytes in a millisecond.
    pub fn rate_at(&self, seed: u64, at_ms: f64) -> f64 {
        if self.swing > 0.0 { self.rate * (1.0 - self.swing * chance::wander(seed, 900 + self.key, at_ms, 400.0)) } else { self.rate }
    }

    /// What home and other people send into it at a moment, in bytes in a millisecond.
    pub fn background(&self, seed: u64, at_ms: f64) -> (f64, f64) {
        (self.home_at(seed, at_ms), self.others_at(seed, at_ms))
    }

    /// Devices take turns of some seconds. The more the home moves the faster it moves it, up to what fills the line.
    fn home_at(&self, seed: u64, at_ms: f64) -> f64 {
        if self.home <= 0.0 {
            return 0.0;
        }
        let share = self.home / self.rate;
        let duty = share.clamp(1.0 / 3.5, 1.0);
        let eager = (3.5 * self.home).min(EAGER * self.rate).max(self.home);
        // Neighbouring pipes of one line carry the same traffic.
        let draw = chance::cell(seed, 700 + self.key % 2, (at_ms / PIECE_MS).floor());
        if draw < duty { eager } else { 0.0 }
    }

    /// Many people at once: bursts on several scales of time around a mean.
    fn others_at(&self, seed: u64, at_ms: f64) -> f64 {
        if self.others <= 0.0 {
            return 0.0;
        }
        let swing = |scale: u64, draw: f64| [0.1, 0.15, 0.15][scale as usize] * (2.0 * draw - 1.0);
        let key = |scale: u64| 800 + 4 * self.key + scale;
        let slow = swing(0, chance::wander(seed, key(0), at_ms, 3_000.0));
        let middle = swing(1, chance::cell(seed, key(1), (at_ms / 200.0).floor()));
        let fast = swing(2, chance::cell(seed, key(2), (at_ms / 20.0).floor()));
        self.others * (1.0 + slow + middle + fast)
    }

    /// What a packet waits for others' packets where no queue stands, in milliseconds: a queue with random arrivals and packets of
    /// one size (M/D/1; Pollaczek and Khinchine) waits `load * service / (2 (1 - load))` on average, and `1 - load` of its
    /// packets do not wait.
    pub fn packet_wait(&self, draw: f64) -> f64 {
        let load = self.load().min(0.95);
        if draw >= load {
            return 0.0;
        }
        let mean_ms = PACKET / self.rate / (2.0 * (1.0 - load));
        -mean_ms * (1.0 - draw / load).max(1e-9).ln()
    }

    /// The queue that a long time without the visit's transfers leaves.
    pub fn settled(&self) -> Level {
        Level { delay_ms: if self.load() >= 1.0 { self.longest_ms(self.rate) } else { 0.0 }, ..Level::default() }
    }

    fn longest_ms(&self, rate: f64) -> f64 {
        let longest = self.buffer.max(2.0 * PACKET) / rate;
        if self.aqm { longest.min(MANAGED_MS.max(3.0 * PACKET / rate)) } else { longest }
    }
}

impl Level {
    /// Moves the queue `step_ms` on. Transfers keep a window under way, so what they send falls as the queue grows: with `b` their
    /// round-trip time without it and `w` their window, the queue `x` (in time) at the end of the step solves
    /// `x = x0 + dt (others / rate - 1) + dt w / rate / (b + x)`, which stays steady however long the step.
    pub fn advance(&mut self, pipe: &Pipe, seed: u64, at_ms: f64, step_ms: f64, rate: f64, inflow: Inflow) -> Passed {
        let (mut home, others) = pipe.background(seed, at_ms);
        if inflow.window > 0.0 {
            // Connections of TCP share a full line about evenly, whoever they belong to [K].
            home = home.min(rate * pipe.home_connections / (pipe.home_connections + inflow.connections));
        }
        let background = home + others;
        // Senders of the home back off now and then, and the queue with them.
        let wave = if home > 0.5 * rate { 1.0 - 0.3 * chance::wander(seed, 850 + pipe.key, at_ms, 700.0) } else { 1.0 };
        let longest_ms = wave * pipe.longest_ms(rate);
        let before_ms = self.delay_ms;
        let base_ms = inflow.base_ms.max(0.1);
        let drift = before_ms + step_ms * ((background + inflow.steady) / rate - 1.0);
        let mut after_ms = drift;
        if inflow.window > 0.0 {
            let pull = step_ms * inflow.window / rate;
            let half = 0.5 * (drift - base_ms);
            after_ms = half + (half * half + drift * base_ms + pull).max(0.0).sqrt();
        }
        after_ms = after_ms.max(0.0);
        let own = inflow.steady + if inflow.window > 0.0 { inflow.window / (base_ms + after_ms) } else { 0.0 };
        let arrived = ((own + background) * step_ms).max(f64::MIN_POSITIVE);
        let lost = ((after_ms - longest_ms) * rate).max(0.0).min(arrived);
        self.delay_ms = after_ms.min(longest_ms);
        let served = ((before_ms - self.delay_ms) * rate + arrived - lost).clamp(0.0, rate * step_ms);
        let own_share = own * step_ms / arrived;
        let insisting = own + HOME_INSISTS * home + OTHERS_INSIST * others;
        let signals = if pipe.aqm { self.manage(rate, at_ms) } else { 0 };
        Passed {
            drop: (lost / arrived * insisting * step_ms / arrived).min(1.0),
            own_drop: lost / arrived,
            signals,
            own: served * own_share / step_ms,
            background: served * (1.0 - own_share) / step_ms,
        }
    }

    /// Drops once the queue was too long for an interval, and more often the longer it stays so (RFC 8289).
    fn manage(&mut self, rate: f64, at_ms: f64) -> u32 {
        if self.delay_ms <= TARGET_MS.max(1.5 * PACKET / rate) {
            self.above_ms = None;
            self.drops = self.drops.saturating_sub(1);
            return 0;
        }
        let Some(above_ms) = self.above_ms else {
            self.above_ms = Some(at_ms);
            self.next_ms = at_ms + INTERVAL_MS;
            return 0;
        };
        if at_ms - above_ms < INTERVAL_MS || at_ms < self.next_ms {
            return 0;
        }
        self.drops += 1;
        self.next_ms = at_ms + INTERVAL_MS / f64::from(self.drops).sqrt();
        1
    }
}
