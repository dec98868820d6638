//! Rates of a transfer from counts of bytes over time.

use std::time::Instant;

use demarc_model::RateSample;

use super::ledger::Ledger;

/// Shorter intervals say nothing, in milliseconds.
const SHORTEST_INTERVAL_MS: f64 = 100.0;

/// Counts of one transfer.
pub(super) struct Meter {
    /// The campaign's start.
    started: Instant,
    /// `(milliseconds since the campaign's start, bytes so far)`.
    counts: Vec<(f64, u64)>,
    pub(super) rates: Vec<RateSample>,
    /// When the first connection had nothing left to do: from then on the line may be less than full.
    full_until: Option<f64>,
}

impl Meter {
    pub(super) fn new(started: Instant) -> Self {
        Self { started, counts: Vec::new(), rates: Vec::new(), full_until: None }
    }

    /// Milliseconds since the campaign's start, three decimals.
    pub(super) fn at(&self, moment: Instant) -> f64 {
        crate::bounded::milliseconds(moment.saturating_duration_since(self.started))
    }

    /// Counts, and tells the rate since the last count; `None` before the first byte moved and too soon after a count.
    pub(super) fn count(&mut self, ledger: &Ledger) -> Option<RateSample> {
        let (at_ms, bytes) = (self.at(Instant::now()), ledger.moved());
        if self.counts.is_empty() {
            self.counts.push((self.at(ledger.began()?), 0));
        }
        let (last_ms, last_bytes) = *self.counts.last()?;
        if at_ms - last_ms < SHORTEST_INTERVAL_MS {
            return None;
        }
        self.counts.push((at_ms, bytes));
        let sample = RateSample { at_ms, mbps: round(mbps(last_ms, last_bytes, at_ms, bytes)) };
        self.rates.push(sample);
        Some(sample)
    }

    /// A connection ran out of work.
    pub(super) fn no_longer_full(&mut self, ledger: &Ledger) {
        if self.full_until.is_none() {
            let now = self.at(Instant::now());
            self.full_until = Some(now);
            self.push(now, ledger);
        }
    }

    /// The last count.
    pub(super) fn finish(&mut self, ledger: &Ledger) {
        let now = self.at(Instant::now());
        self.push(now, ledger);
    }

    fn push(&mut self, at_ms: f64, ledger: &Ledger) {
        if self.counts.is_empty() {
            self.counts.extend(ledger.began().map(|began| (self.at(began), 0)));
        }
        self.counts.push((at_ms, ledger.moved()));
    }

    /// The rate without the warm-up while all connections were at work, in Mbit/s.
    pub(super) fn settled(&self) -> Option<f64> {
        let until = self.full_until.unwrap_or(f64::INFINITY);
        let full: Vec<(f64, u64)> = self.counts.iter().copied().filter(|(at_ms, _)| *at_ms <= until).collect();
        settled(&full)
    }
}

/// Leaves out the first quarter and at least a second, or the first 250 ms of transfers shorter than two seconds;
/// `None` when less than 250 ms remain.
fn settled(counts: &[(f64, u64)]) -> Option<f64> {
    const SHORTEST_MS: f64 = 250.0;
    let (&(began, _), &(ended, bytes)) = (counts.first()?, counts.last()?);
    let span = ended - began;
    let warm_up = if span < 2_000.0 { SHORTEST_MS } else { (span / 4.0).max(1_000.0) };
    // Ticks of a clock are never quite even.
    let &(from, before) = counts.iter().find(|(at_ms, _)| *at_ms >= began + warm_up - SHORTEST_INTERVAL_MS / 2.0)?;
    (ended - from >= SHORTEST_MS && bytes > before).then(|| round(mbps(from, before, ended, bytes)))
}

fn mbps(from_ms: f64, before: u64, to_ms: f64, after: u64) -> f64 {
    after.saturating_sub(before) as f64 * 8.0 / 1e3 / (to_ms - from_ms).max(1e-3)
}

fn round(mbps: f64) -> f64 {
    (mbps * 1e3).round() / 1e3
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counts each 250 ms: `slow` bytes during the first second, then `fast` bytes each.
    fn counts(seconds: u32, slow: u64, fast: u64) -> Vec<(f64, u64)> {
        let mut bytes = 0;
        let mut counts = vec![(1_000.0, 0)];
        for quarter in 0..seconds * 4 {
            bytes += if quarter < 4 { slow } else { fast };
            counts.push((1_250.0 + f64::from(quarter) * 250.0, bytes));
        }
        counts
    }

    #[test]
    fn the_warm_up_does_not_count() {
        // 312 500 bytes in 250 ms are 10 Mbit/s.
        assert_eq!(settled(&counts(4, 1, 312_500)), Some(10.0));
        assert_eq!(settled(&counts(10, 1_000_000, 312_500)), Some(10.0));
        assert_eq!(settled(&counts(1, 312_500, 0)), Some(10.0));
    }

    #[test]
    fn too_little_says_nothing() {
        for counts in
            [vec![], vec![(5.0, 0)], vec![(0.0, 0), (250.0, 1 << 20)], vec![(0.0, 0), (400.0, 1 << 20)], vec![(0.0, 0), (9_000.0, 0)]]
        {
            assert_eq!(settled(&counts), None, "{counts:?}");
        }
    }
}
