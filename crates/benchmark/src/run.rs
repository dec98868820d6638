//! Visits to many households on several threads.

use std::sync::{
    Mutex,
    atomic::{AtomicUsize, Ordering},
};

use anyhow::{Result, anyhow};
use demarc_model::{Finding, Profile};

use crate::{
    answer::Answer,
    features::Features,
    grid::{Case, Grid},
    visit::visit,
};

/// One household, what the engine said about it and what it cost.
#[derive(Debug, Clone)]
pub struct Row {
    /// The household.
    pub case: Case,
    /// The engine's answer.
    pub answer: Answer,
    /// What the baselines look at.
    pub features: Features,
    /// What the checks made of the visit.
    pub findings: Vec<Finding>,
    /// Time of the visit in milliseconds.
    pub visit_ms: f64,
    /// Time of the inference in milliseconds.
    pub inference_ms: f64,
}

/// Visits every household of `cases`, in any order; the rows come back in the order of the cases.
pub fn run(grid: &Grid, cases: &[Case], profile: Profile, threads: usize) -> Result<Vec<Row>> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(cases.len()));
    let work = || {
        while let Some((index, case)) = cases.get(next.load(Ordering::Relaxed)).and_then(|_| {
            let index = next.fetch_add(1, Ordering::Relaxed);
            cases.get(index).map(|case| (index, case))
        }) {
            let row = row(grid, case, profile);
            let Ok(mut done) = done.lock() else { return };
            done.push((index, row));
            if done.len().is_multiple_of(500) {
                eprintln!("{} of {} households", done.len(), cases.len());
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..threads.max(1) {
            scope.spawn(work);
        }
    });
    let mut done = done.into_inner().map_err(|_| anyhow!("a visit failed; the message above says where"))?;
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, row)| row).collect()
}

fn row(grid: &Grid, case: &Case, profile: Profile) -> Result<Row> {
    let visited = visit(grid.household(case)?, case.seed(), profile)?;
    Ok(Row {
        case: case.clone(),
        answer: Answer::of(&visited.verdict),
        features: Features::of(&visited.visit),
        findings: visited.findings,
        visit_ms: visited.visit_ms,
        inference_ms: visited.inference_ms,
    })
}

/// At most `limit` of the cases, spread evenly over all of them.
pub fn spread(cases: Vec<Case>, limit: Option<usize>) -> Vec<Case> {
    let total = cases.len();
    match limit {
        Some(limit) if limit < total => {
            let wanted = |index: usize| index * limit / total != (index + 1) * limit / total;
            cases.into_iter().enumerate().filter(|(index, _)| wanted(*index)).map(|(_, case)| case).collect()
        }
        _ => cases,
    }
}
