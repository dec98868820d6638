//! Echo probes.
