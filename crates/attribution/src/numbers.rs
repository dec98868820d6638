//! Sums of probabilities that are kept as logarithms.

/// `ln(e^a + e^b)`.
pub fn log_sum(a: f64, b: f64) -> f64 {
    let high = a.max(b);
    if high == f64::NEG_INFINITY { high } else { high + ((a - high).exp() + (b - high).exp()).ln() }
}

/// Log of the mean of likelihood ratios, given as `(share of the cases, log ratio)`.
pub fn mixture<const N: usize>(cases: [(f64, f64); N]) -> f64 {
    cases.into_iter().filter(|(share, _)| *share > 0.0).map(|(share, log)| share.ln() + log).fold(f64::NEG_INFINITY, log_sum)
}
