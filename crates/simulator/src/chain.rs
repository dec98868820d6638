//! A channel with a good and a bad state (Gilbert 1960, Elliott 1963), as a function of time.

use crate::chance;

/// Mean bursts in one window. Each window begins in a state drawn from the long-run shares, which is right for a chain without
/// memory; only the bursts that a window's end cuts off are shorter than they should be.
const BURSTS: f64 = 64.0;
/// Most changes of state kept for a window.
const MOST_FLIPS: usize = 1024;

/// A channel: how much of the time it is bad, and how long a bad time lasts on average.
#[derive(Debug, Clone, Copy)]
pub struct Channel {
    /// Share of time in the bad state, 0 to 1.
    pub bad_share: f64,
    /// Mean length of a bad time, in milliseconds.
    pub burst_ms: f64,
}

/// What was computed of it so far: two windows, so that packets on both sides of an edge find theirs.
#[derive(Debug, Clone, Default)]
pub struct Memory([Option<Window>; 2]);

#[derive(Debug, Clone)]
struct Window {
    number: i64,
    begins_bad: bool,
    /// Changes of state in milliseconds, in order.
    flips: Vec<f64>,
}

impl Channel {
    /// Whether it is bad at this moment: the same for the same seed, key and time.
    pub fn is_bad(self, memory: &mut Memory, seed: u64, key: u64, at_ms: f64) -> bool {
        let length_ms = BURSTS * self.burst_ms;
        let number = (at_ms / length_ms).floor() as i64;
        let slot = &mut memory.0[number.rem_euclid(2) as usize];
        let window = match slot {
            Some(window) if window.number == number => window,
            _ => slot.insert(self.window(seed, key, number, length_ms)),
        };
        window.begins_bad ^ (window.flips.partition_point(|flip_ms| *flip_ms <= at_ms) % 2 == 1)
    }

    fn window(self, seed: u64, key: u64, number: i64, length_ms: f64) -> Window {
        let good_ms = self.burst_ms * (1.0 - self.bad_share) / self.bad_share.max(1e-12);
        let mut draws = chance::sequence(seed, key, number as u64);
        let begins_bad = draws() < self.bad_share;
        let (mut at_ms, mut bad, mut flips) = (number as f64 * length_ms, begins_bad, Vec::new());
        let end_ms = at_ms + length_ms;
        while flips.len() < MOST_FLIPS {
            let mean_ms = if bad { self.burst_ms } else { good_ms };
            at_ms -= mean_ms * (1.0 - draws()).ln();
            if at_ms >= end_ms {
                break;
            }
            flips.push(at_ms);
            bad = !bad;
        }
        Window { number, begins_bad, flips }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(0.05, 80.0)]
    #[case(0.2, 400.0)]
    #[case(0.5, 20.0)]
    fn bad_times_take_their_share_and_last_as_long_as_asked(#[case] bad_share: f64, #[case] burst_ms: f64) {
        let channel = Channel { bad_share, burst_ms };
        let mut memory = Memory::default();
        let states: Vec<bool> = (0..2_000_000).map(|at_ms| channel.is_bad(&mut memory, 9, 1, f64::from(at_ms))).collect();
        let bad = states.iter().filter(|bad| **bad).count() as f64;
        let begun = states.windows(2).filter(|pair| !pair[0] && pair[1]).count() as f64;
        assert!((bad / 2e6 / bad_share - 1.0).abs() < 0.08, "{}", bad / 2e6);
        assert!((bad / begun / burst_ms - 1.0).abs() < 0.1, "{}", bad / begun);
    }

    #[test]
    fn a_moment_is_the_same_whoever_asks_first() {
        let channel = Channel { bad_share: 0.3, burst_ms: 50.0 };
        let at = |times: &mut dyn Iterator<Item = i32>| {
            let mut memory = Memory::default();
            times.map(|at_ms| (at_ms, channel.is_bad(&mut memory, 1, 2, f64::from(at_ms) * 7.0))).collect::<Vec<_>>()
        };
        let mut backwards = at(&mut (0..5_000).rev());
        backwards.reverse();
        assert_eq!(at(&mut (0..5_000)), backwards);
    }
}
