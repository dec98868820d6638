//! One TCP connection as a window that grows and shrinks: CUBIC (RFC 9438) and BBR (version 1, Cardwell et al. 2016).

use crate::{pipe::SEGMENT, spec::Control};

/// First window in segments (RFC 6928) [F].
const FIRST_WINDOW: f64 = 10.0;
/// Smallest window in segments.
const LEAST_WINDOW: f64 = 2.0;
/// Below this many segments a loss is noticed by a timer only: three duplicates are needed to see it earlier.
const TIMER_WINDOW: f64 = 4.0;
/// Shortest retransmission timer, in milliseconds [K]: what systems use, below RFC 6298's second.
const TIMER_MS: f64 = 200.0;
/// CUBIC's constants: segments a cubed second, and what is left of the window after a loss.
const CUBIC: f64 = 0.4;
const LEFT: f64 = 0.7;
/// BBR's gains: while starting, and in turn while running, each for a round trip.
const STARTUP_GAIN: f64 = 2.885;
const GAINS: [f64; 8] = [1.25, 0.75, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0];
/// BBR keeps this little under way for this long, so often, to see the round-trip time without its own queue.
const PROBE_EVERY_MS: f64 = 10_000.0;
const PROBE_MS: f64 = 200.0;

/// What a connection met in a step.
#[derive(Debug, Clone, Copy)]
pub struct Met {
    /// Time of the step's end and its length, in milliseconds.
    pub now_ms: f64,
    pub step_ms: f64,
    /// Round-trip time now and without any queue, in milliseconds.
    pub rtt_ms: f64,
    pub base_ms: f64,
    /// What arrived, in bytes in a millisecond.
    pub delivered: f64,
    /// Whether a packet was lost, and whether nothing at all came through.
    pub lost: bool,
    pub stalled: bool,
}

/// A connection.
#[derive(Debug, Clone)]
pub struct Connection {
    /// Segments under way.
    window: f64,
    quiet_until_ms: f64,
    kind: Kind,
}

#[derive(Debug, Clone)]
enum Kind {
    Cubic { slow_start: bool, highest: f64, since_ms: f64, lost_ms: f64 },
    Bbr(Bbr),
}

#[derive(Debug, Clone)]
struct Bbr {
    /// Best rate of each of the last ten round trips, in bytes in a millisecond.
    rates: [f64; 10],
    round: usize,
    round_ms: f64,
    /// Best rate and rounds without a quarter more, while starting.
    full: (f64, u8),
    started: bool,
    began_ms: f64,
}

impl Connection {
    /// A connection that begins to send.
    pub fn new(control: Control, now_ms: f64) -> Self {
        let kind = match control {
            Control::Cubic => Kind::Cubic { slow_start: true, highest: 0.0, since_ms: now_ms, lost_ms: f64::NEG_INFINITY },
            Control::Bbr => Kind::Bbr(Bbr { rates: [0.0; 10], round: 0, round_ms: 0.0, full: (0.0, 0), started: false, began_ms: now_ms }),
        };
        Self { window: FIRST_WINDOW, quiet_until_ms: f64::NEG_INFINITY, kind }
    }

    /// Bytes under way.
    pub fn window_bytes(&self, now_ms: f64) -> f64 {
        if now_ms < self.quiet_until_ms { 0.0 } else { self.window * SEGMENT }
    }

    /// Learns what it met.
    pub fn advance(&mut self, met: Met) {
        if met.now_ms < self.quiet_until_ms {
            return;
        }
        if met.stalled {
            self.window = LEAST_WINDOW;
            self.quiet_until_ms = met.now_ms + TIMER_MS.max(2.0 * met.rtt_ms);
        }
        match &mut self.kind {
            Kind::Cubic { slow_start, highest, since_ms, lost_ms } => {
                if met.lost && met.now_ms - *lost_ms > met.rtt_ms {
                    *slow_start = false;
                    *lost_ms = met.now_ms;
                    *since_ms = met.now_ms;
                    // A flow that did not reach its last height leaves room to newer ones.
                    *highest = if self.window < *highest { self.window * 0.5 * (1.0 + LEFT) } else { self.window };
                    if self.window < TIMER_WINDOW {
                        self.quiet_until_ms = met.now_ms + TIMER_MS.max(2.0 * met.rtt_ms);
                    }
                    self.window = (self.window * LEFT).max(LEAST_WINDOW);
                } else if *slow_start {
                    // It doubles in a round trip, and grows by a quarter once a queue shows (HyStart++, RFC 9406). Unlike there it
                    // goes on until a packet is lost: many senders do, and tests run for long with many connections [K].
                    let queues = met.rtt_ms - met.base_ms > (met.base_ms / 8.0).clamp(4.0, 16.0);
                    let growth: f64 = if queues { 1.25 } else { 2.0 };
                    self.window *= growth.powf((met.step_ms / met.rtt_ms).min(2.0));
                } else {
                    let target = cubic_window(*highest, met.now_ms - *since_ms, met.rtt_ms);
                    self.window += (target - self.window).clamp(0.0, 0.5 * self.window * met.step_ms / met.rtt_ms);
                }
            }
            Kind::Bbr(bbr) => self.window = bbr.window(met, self.window),
        }
    }
}

/// CUBIC's window after a loss at `highest` segments, not below what Reno would have (RFC 9438, sections 4.2 and 4.3).
fn cubic_window(highest: f64, since_ms: f64, rtt_ms: f64) -> f64 {
    let seconds = since_ms / 1_000.0;
    let back_s = (highest * (1.0 - LEFT) / CUBIC).cbrt();
    let cubic = CUBIC * (seconds - back_s).powi(3) + highest;
    let reno = highest * LEFT + 3.0 * (1.0 - LEFT) / (1.0 + LEFT) * since_ms / rtt_ms;
    cubic.max(reno)
}

impl Bbr {
    fn window(&mut self, met: Met, window: f64) -> f64 {
        self.round_ms += met.step_ms;
        let slot = self.round % self.rates.len();
        self.rates[slot] = self.rates[slot].max(met.delivered);
        let best = self.rates.iter().copied().fold(0.0, f64::max);
        let rounds = (self.round_ms / met.rtt_ms) as usize;
        if rounds > 0 {
            self.round_ms -= rounds as f64 * met.rtt_ms;
            self.round = self.round.wrapping_add(rounds);
            let next = self.round % self.rates.len();
            self.rates[next] = met.delivered;
            if best > 1.25 * self.full.0 {
                self.full = (best, 0);
            } else {
                self.full.1 = self.full.1.saturating_add(1);
            }
            self.started |= self.full.1 >= 3;
        }
        let under_way = best * met.base_ms / SEGMENT;
        if !self.started {
            return (window * (met.step_ms / met.rtt_ms).min(2.0).exp2()).min((STARTUP_GAIN * under_way).max(FIRST_WINDOW));
        }
        let age_ms = met.now_ms - self.began_ms;
        if age_ms > PROBE_EVERY_MS && age_ms % PROBE_EVERY_MS < PROBE_MS {
            return TIMER_WINDOW;
        }
        let gain = GAINS[(age_ms / met.base_ms.max(met.step_ms)) as usize % GAINS.len()];
        (gain * under_way).max(TIMER_WINDOW)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    /// Mean window in segments when one packet in `every` is lost.
    fn mean_window(rtt_ms: f64, every: f64) -> f64 {
        let mut connection = Connection::new(Control::Cubic, 0.0);
        let (mut owed, mut sum, mut steps) = (0.0, 0.0, 0.0);
        let step_ms = 10.0;
        for step in 0..400_000 {
            let now_ms = f64::from(step) * step_ms;
            let rate = connection.window_bytes(now_ms) / rtt_ms;
            owed += rate * step_ms / SEGMENT / every;
            let lost = owed >= 1.0;
            owed -= f64::from(u8::from(lost));
            connection.advance(Met { now_ms, step_ms, rtt_ms, base_ms: rtt_ms, delivered: rate, lost, stalled: false });
            if step > 50_000 {
                sum += connection.window;
                steps += 1.0;
            }
        }
        sum / steps
    }

    /// RFC 9438's equation 6 where CUBIC is steeper, and Reno's `sqrt(3 / (2 p))` where that is (Mathis et al. 1997).
    #[rstest]
    #[case(100.0, 10_000.0)]
    #[case(100.0, 100_000.0)]
    #[case(20.0, 1_000.0)]
    #[case(50.0, 2_000.0)]
    fn the_window_follows_loss_as_theory_says(#[case] rtt_ms: f64, #[case] every: f64) {
        let cubic = (0.4 * 3.7 / (4.0 * 0.3_f64)).powf(0.25) * (rtt_ms / 1_000.0).powf(0.75) * every.powf(0.75);
        let expected = cubic.max((1.5 * every).sqrt());
        let found = mean_window(rtt_ms, every);
        assert!((found / expected - 1.0).abs() < 0.2, "{found} against {expected}");
    }
}
