//! The few statistics that observations, verdicts and charts share.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// `hits` out of `trials`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Proportion {
    /// How many had the property.
    #[ts(type = "number")]
    pub hits: u64,
    /// How many there were.
    #[ts(type = "number")]
    pub trials: u64,
}

impl Proportion {
    /// `hits` out of `trials`; more hits than trials count as all.
    pub const fn new(hits: u64, trials: u64) -> Self {
        Self { hits: if hits > trials { trials } else { hits }, trials }
    }

    /// The share, 0 to 1; 0 without trials.
    pub fn share(self) -> f64 {
        if self.trials == 0 { 0.0 } else { self.hits as f64 / self.trials as f64 }
    }

    /// 95 % Wilson score interval (Wilson 1927), 0 to 1; the whole range without trials.
    pub fn wilson95(self) -> (f64, f64) {
        const Z: f64 = 1.959_963_984_540_054;
        if self.trials == 0 {
            return (0.0, 1.0);
        }
        let n = self.trials as f64;
        let p = self.share();
        let denominator = 1.0 + Z * Z / n;
        let centre = (p + Z * Z / (2.0 * n)) / denominator;
        let half = Z / denominator * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
        ((centre - half).max(0.0), (centre + half).min(1.0))
    }
}

/// Quantile `q` (0 to 1) of sorted values by linear interpolation (Hyndman and Fan's type 7); `None` when empty.
pub fn quantile(sorted: &[f64], q: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let place = q.clamp(0.0, 1.0) * last as f64;
    let below = place.floor() as usize;
    let above = place.ceil() as usize;
    Some(sorted[below] + (sorted[above] - sorted[below]) * (place - below as f64))
}

/// Median of values in any order; `None` when empty.
pub fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    quantile(&sorted, 0.5)
}

/// Interarrival jitter of RFC 3550 section 6.4.1 over round-trip times in milliseconds, in milliseconds.
pub fn jitter_ms(rtts: impl IntoIterator<Item = f64>) -> Option<f64> {
    let mut rtts = rtts.into_iter();
    let mut previous = rtts.next()?;
    let mut jitter = None;
    for rtt in rtts {
        let before = jitter.unwrap_or(0.0);
        jitter = Some(before + ((rtt - previous).abs() - before) / 16.0);
        previous = rtt;
    }
    jitter
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wilson_matches_published_values() {
        // Newcombe 1998, table I: 81 of 263 gives 0.2553 to 0.3662; 0 of 20 gives 0 to 0.1611.
        let (low, high) = Proportion::new(81, 263).wilson95();
        assert!((low - 0.2553).abs() < 5e-5 && (high - 0.3662).abs() < 5e-5);
        let (low, high) = Proportion::new(0, 20).wilson95();
        assert!(low.abs() < 1e-12 && (high - 0.1611).abs() < 5e-5);
    }

    #[test]
    fn quantiles_interpolate_and_survive_the_edges() {
        assert_eq!(quantile(&[], 0.5), None);
        assert_eq!(quantile(&[3.0], 0.9), Some(3.0));
        assert_eq!(quantile(&[1.0, 2.0, 3.0, 4.0], 0.5), Some(2.5));
        assert_eq!(median(&[9.0, 1.0, 5.0]), Some(5.0));
    }

    #[test]
    fn steady_round_trips_have_no_jitter() {
        assert_eq!(jitter_ms([5.0; 40]), Some(0.0));
        assert_eq!(jitter_ms([5.0]), None);
    }
}
