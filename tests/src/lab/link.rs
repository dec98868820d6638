//! What one direction of a link does to a packet: a queue with a rate, then loss, then delay. Pure: the caller tells the time.

use std::time::{Duration, Instant};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

/// What one direction of a link does to packets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Impairment {
    /// One-way delay in milliseconds.
    pub delay_ms: f64,
    /// The delay of each packet varies by up to this much to either side, uniformly, in milliseconds. Packets keep their order.
    pub jitter_ms: f64,
    /// Share of packets lost, 0 to 1: each for itself where `burst_ms` is 0.
    pub loss: f64,
    /// Mean length in milliseconds of the spells in which everything is lost (Gilbert's model in continuous time).
    pub burst_ms: f64,
    /// Rate in Mbit/s of whole Ethernet frames; 0 is unlimited.
    pub rate_mbps: f64,
    /// What waits for the rate at most, in kilobytes of 1000 bytes; what does not fit is dropped.
    pub queue_kb: f64,
    /// Whether the queue is managed by `CoDel` (RFC 8289) and not by its length alone: 1 is yes.
    pub aqm: f64,
}

/// The target of `CoDel` for the time in the queue and the time it may be exceeded (RFC 8289 section 4).
const CODEL_TARGET: Duration = Duration::from_millis(5);
const CODEL_INTERVAL: Duration = Duration::from_millis(100);

impl Impairment {
    /// Whether packets pass untouched.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

/// What happened to the packets of one direction: the ground truth.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Traffic {
    /// Packets that entered.
    pub packets: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Packets lost by chance.
    pub lost: u64,
    /// Packets that found the queue full.
    pub overflowed: u64,
}

impl Traffic {
    /// Share of packets that did not arrive.
    pub fn loss(&self) -> f64 {
        if self.packets == 0 { 0.0 } else { (self.lost + self.overflowed) as f64 / self.packets as f64 }
    }
}

/// One direction of a link.
#[derive(Debug)]
pub struct Direction {
    /// What it does; may change at any time.
    pub impairment: Impairment,
    /// What it did.
    pub traffic: Traffic,
    random: ChaCha8Rng,
    /// When the last packet in the queue will have left it.
    idle_from: Instant,
    /// When the last packet arrives at the far end.
    last_arrival: Instant,
    /// Whether a spell of loss is on, and since when that is certain.
    spell: (bool, Instant),
    codel: Codel,
}

/// The queue's manager, which looks at packets as they enter: how long each will wait is known by then.
#[derive(Debug, Default)]
struct Codel {
    /// When waiting will have been too long for an interval.
    too_long_at: Option<Instant>,
    /// Whether it drops packets until waiting is short again.
    is_dropping: bool,
    /// When the next drop is due, or would have been.
    next_drop: Option<Instant>,
    /// Drops in this episode; the more there were, the sooner the next.
    drops: u32,
}

impl Codel {
    fn drops(&mut self, now: Instant, wait: Duration) -> bool {
        if wait < CODEL_TARGET {
            (self.too_long_at, self.is_dropping) = (None, false);
            return false;
        }
        if now < *self.too_long_at.get_or_insert(now + CODEL_INTERVAL) {
            return false;
        }
        let due = self.next_drop.filter(|_| self.is_dropping).unwrap_or(now);
        if now < due {
            return false;
        }
        if !self.is_dropping {
            // Soon after the last episode, it begins about where that one ended.
            let is_soon = self.next_drop.is_some_and(|last| now < last + 16 * CODEL_INTERVAL);
            self.drops = if is_soon { self.drops.saturating_sub(2) } else { 0 };
            self.is_dropping = true;
        }
        self.drops += 1;
        self.next_drop = Some(due + CODEL_INTERVAL.div_f64(f64::from(self.drops).sqrt()));
        true
    }
}

impl Direction {
    /// A direction whose chance is settled by `seed`.
    pub fn new(impairment: Impairment, seed: u64, now: Instant) -> Self {
        Self {
            impairment,
            traffic: Traffic::default(),
            random: ChaCha8Rng::seed_from_u64(seed),
            idle_from: now,
            last_arrival: now,
            spell: (false, now),
            codel: Codel::default(),
        }
    }

    /// When a packet of `bytes` that enters at `now` arrives at the far end; `None` when it never does.
    pub fn admit(&mut self, now: Instant, bytes: usize) -> Option<Instant> {
        let Impairment { delay_ms, jitter_ms, loss, burst_ms, rate_mbps, queue_kb, aqm } = self.impairment;
        self.traffic.packets += 1;
        self.traffic.bytes += bytes as u64;
        // Drawn for every packet, so that the fate of one does not depend on what happened to others.
        let (fate, sway) = (self.random.random::<f64>(), self.random.random::<f64>());

        let mut leaves = now;
        if rate_mbps > 0.0 {
            let bits_per_second = rate_mbps * 1e6;
            let backlog_bytes = self.idle_from.saturating_duration_since(now).as_secs_f64() * bits_per_second / 8.0;
            let wait = self.idle_from.saturating_duration_since(now);
            if backlog_bytes + bytes as f64 > queue_kb * 1e3 || (aqm > 0.0 && self.codel.drops(now, wait)) {
                self.traffic.overflowed += 1;
                return None;
            }
            leaves = self.idle_from.max(now) + Duration::from_secs_f64(bytes as f64 * 8.0 / bits_per_second);
            self.idle_from = leaves;
        }
        let lost = if burst_ms > 0.0 && loss < 1.0 { self.in_spell(now, fate, loss, burst_ms) } else { fate < loss };
        if lost {
            self.traffic.lost += 1;
            return None;
        }
        let delay_ms = (delay_ms + jitter_ms * (2.0 * sway - 1.0)).max(0.0);
        self.last_arrival = self.last_arrival.max(leaves + Duration::from_secs_f64(delay_ms / 1e3));
        Some(self.last_arrival)
    }

    /// Whether a spell of loss is on at `now`: a chain of two states that forgets as time passes.
    fn in_spell(&mut self, now: Instant, fate: f64, loss: f64, burst_ms: f64) -> bool {
        let (was_on, since) = self.spell;
        // A spell ends at the rate 1 / burst; one begins so seldom that they fill the share asked of the time.
        let rate_per_ms = 1.0 / (burst_ms * (1.0 - loss));
        let memory = (-rate_per_ms * now.saturating_duration_since(since).as_secs_f64() * 1e3).exp();
        let before = if was_on { 1.0 } else { 0.0 };
        self.spell = (fate < loss + (before - loss) * memory, now);
        self.spell.0
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn direction(impairment: Impairment) -> (Direction, Instant) {
        let now = Instant::now();
        (Direction::new(impairment, 7, now), now)
    }

    #[test]
    fn delay_counts_from_the_moment_a_packet_enters() {
        let (mut link, start) = direction(Impairment { delay_ms: 20.0, ..Impairment::default() });
        for step in 0..100 {
            let now = start + Duration::from_millis(step);
            assert_eq!(link.admit(now, 100).unwrap() - now, Duration::from_millis(20));
        }
    }

    #[test]
    fn loss_is_the_share_asked_and_the_same_for_the_same_seed() {
        let run = || {
            let (mut link, now) = direction(Impairment { loss: 0.05, ..Impairment::default() });
            let fates: Vec<bool> = (0..20_000).map(|_| link.admit(now, 100).is_some()).collect();
            (fates, link.traffic)
        };
        let (fates, traffic) = run();
        assert!((traffic.loss() - 0.05).abs() < 0.005, "{traffic:?}");
        assert_eq!((fates, traffic), run());
    }

    #[test]
    fn bursty_loss_is_the_share_asked_in_spells_of_the_length_asked() {
        let (mut link, start) = direction(Impairment { loss: 0.05, burst_ms: 80.0, ..Impairment::default() });
        let lost: Vec<bool> = (0..200_000).map(|step| link.admit(start + Duration::from_millis(5 * step), 100).is_none()).collect();
        let spells = lost.windows(2).filter(|pair| !pair[0] && pair[1]).count();
        let length_ms = 5.0 * lost.iter().filter(|lost| **lost).count() as f64 / spells as f64;
        assert!((link.traffic.loss() - 0.05).abs() < 0.008, "{:?}", link.traffic);
        assert!((length_ms - 80.0).abs() < 8.0, "spells of {length_ms} ms");
    }

    #[test]
    fn a_managed_queue_keeps_packets_waiting_less() {
        let waits = |aqm: f64| {
            let (mut link, start) = direction(Impairment { rate_mbps: 12.0, queue_kb: 300.0, aqm, ..Impairment::default() });
            // 13 Mbit/s into 12.
            let arrivals = (0..10_000).filter_map(|step| {
                let now = start + Duration::from_micros(923 * step);
                Some(link.admit(now, 1_500)? - now)
            });
            let waits: Vec<Duration> = arrivals.collect();
            waits[waits.len() - 2_000..].iter().sum::<Duration>() / 2_000
        };
        let (unmanaged, managed) = (waits(0.0), waits(1.0));
        assert!(unmanaged > Duration::from_millis(150) && managed < unmanaged / 3, "{unmanaged:?}, {managed:?}");
    }

    #[test]
    fn jitter_spreads_delay_around_the_one_asked_and_keeps_the_order() {
        let (mut link, start) = direction(Impairment { delay_ms: 90.0, jitter_ms: 25.0, ..Impairment::default() });
        let mut delays = Vec::new();
        let mut last = start;
        for step in 0..2_000 {
            let now = start + Duration::from_millis(100 * step);
            let arrival = link.admit(now, 100).unwrap();
            assert!(arrival >= last);
            last = arrival;
            delays.push((arrival - now).as_secs_f64() * 1e3);
        }
        delays.sort_by(f64::total_cmp);
        assert!((delays[1_000] - 90.0).abs() < 2.0 && delays[0] >= 65.0 && delays[1_999] <= 115.0);
        let burst: Vec<Instant> = (0..100).map(|_| link.admit(last, 100).unwrap()).collect();
        assert!(burst.is_sorted());
    }

    #[test]
    fn a_full_queue_drops_and_the_rest_leave_at_the_rate() {
        let (mut link, now) = direction(Impairment { rate_mbps: 12.0, queue_kb: 15.0, ..Impairment::default() });
        let arrivals: Vec<Instant> = (0..20).filter_map(|_| link.admit(now, 1_500)).collect();
        assert_eq!((arrivals.len(), link.traffic.overflowed), (10, 10));
        assert_eq!((arrivals[9] - now).as_micros(), 10_000, "ten packets of 1500 bytes at 12 Mbit/s take 10 ms");
        assert!(link.admit(now + Duration::from_millis(5), 1_500).is_some(), "half of the queue is free again");
    }
}
