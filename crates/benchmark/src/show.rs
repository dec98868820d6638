//! Everything about one household.

use std::fmt::Write;

use anyhow::Result;
use demarc_model::{Observation, Profile};
use demarc_words::Words;

use crate::{
    grid::{Case, Grid},
    visit::visit,
};

/// The household's file, the verdict, what it rests on, and the places that were probed.
pub fn show(grid: &Grid, case: &Case, profile: Profile) -> Result<String> {
    let visited = visit(grid.household(case)?, case.seed(), profile)?;
    let words = Words::new("en");
    let (verdict, mut text) = (&visited.verdict, grid.household_toml(case)?);
    let truth: Vec<&str> = case.truth.faults.iter().map(|fault| fault.id()).collect();
    let truth = if truth.is_empty() { "healthy".to_owned() } else { truth.join(" and ") };
    let _ = writeln!(text, "\ntruth    {truth} ({})", case.truth.severity.id());
    let segment = verdict.segment.map_or("-", demarc_model::Segment::id);
    let fault = verdict.fault.map_or("-", demarc_model::Fault::id);
    let _ = writeln!(
        text,
        "verdict  {} {segment} {fault} {:.3}: {}",
        verdict.party.id(),
        verdict.confidence,
        words.say(&verdict.summary_phrase)
    );
    let _ = writeln!(text, "\ncandidates");
    for candidate in verdict.candidates.iter().take(8) {
        let _ = writeln!(text, "  {:.4}  {}", candidate.probability, candidate.fault.map_or("healthy", demarc_model::Fault::id));
    }
    let _ = writeln!(text, "\nevidence (what cleared without moving anything is left out)");
    let decided = |item: &&demarc_model::Evidence| item.weight.abs() >= 0.05 || item.says != demarc_model::Says::Clears;
    for item in visited.evidence.iter().filter(decided) {
        let says = format!("{:?}", item.says).to_lowercase();
        let fault = item.fault.map_or("", demarc_model::Fault::id);
        let because = words.say(&item.because_phrase);
        let _ = writeln!(text, "  {:>7.2}  {says:<7} {:<12} {fault:<22} {:<14} {because}", item.weight, item.segment.id(), item.check);
    }
    for seen in &visited.visit.observations {
        lanes(&mut text, seen);
    }
    Ok(text)
}

fn lanes(text: &mut String, seen: &Observation) {
    let Some(campaign) = seen.campaign() else { return };
    let _ = writeln!(
        text,
        "\n{} ({})\n  {:<14} {:<16} {:<26} {:>5} {:>5} {:>8} {:>8}",
        seen.id, seen.check, "place", "name", "probe", "sent", "lost", "p50", "p90"
    );
    for lane in &campaign.lanes {
        let position = format!("{:?}", lane.lane.position);
        let probe = format!("{:?}", lane.lane.probe);
        let loss = lane.loss();
        let at = |q| lane.rtt_quantile(q).map_or("-".to_owned(), |ms| format!("{ms:.1}"));
        let _ = writeln!(
            text,
            "  {position:<14} {:<16} {probe:<26} {:>5} {:>5} {:>8} {:>8}",
            lane.lane.name,
            loss.trials,
            loss.hits,
            at(0.5),
            at(0.9)
        );
    }
    for load in &campaign.loads {
        let direction = format!("{:?}", load.load.direction);
        let rate = load.mbps.map_or("-".to_owned(), |mbps| format!("{mbps:.1} Mbit/s"));
        let _ = writeln!(text, "  load {direction:<5} {rate}  {}", load.failure.as_deref().unwrap_or(""));
    }
}
