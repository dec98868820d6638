//! An open benchmark of fault location in home networks: a seeded grid of simulated households with known faults, scoring rules,
//! and other ways of locating a fault to compare with. `docs/benchmark.md` describes it.

pub mod answer;
pub mod baselines;
pub mod draw;
pub mod features;
pub mod fit;
pub mod grid;
pub mod plot;
pub mod report;
pub mod run;
pub mod score;
pub mod show;
pub mod tables;
pub mod tree;
pub mod visit;
