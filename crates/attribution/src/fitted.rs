//! What the benchmark's validation split settled. Written by `make fit`; not edited by hand.

/// Temperature that the probabilities are scaled with, 1 for none.
pub const TEMPERATURE: f64 = 0.55;
