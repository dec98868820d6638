//! Which stretches hold packets up.
//!
//! Delay adds up along the way. What a place shows counts only as far as the places behind it show it too: a router that answers
//! slowly while what lies behind it answers quickly is slow at answering, nothing more (suffix minimum). What a stretch adds to the median,
//! and to the width between the 5th and the 90th percentile, is compared with what is normal for such a stretch and with what a queue
//! does: a queue is long at one moment and short at another, a long way is long at all times.

use demarc_model::{PointReading, Position, Segment};

use crate::{
    numbers::log_sum,
    points::{Points, Segments},
    table::{self, Delay},
};

/// Places in the order of the path, nearest first.
const ORDER: [&[Position]; 5] =
    [&[Position::Gateway], &[Position::FirstHop], &[Position::BorderNear, Position::OnNet], &[Position::BorderFar], &[Position::Service]];

/// What lies between two places that answered, nothing between them having done so.
#[derive(Debug)]
pub struct Stretch {
    /// Segments on it, which nothing tells apart.
    pub segments: Segments,
    /// Log-likelihood ratio that it holds packets up, against it does not.
    pub ratio: f64,
}

/// Every stretch of the path to the service.
pub fn stretches(points: &Points<'_>, without: &[usize]) -> Vec<Stretch> {
    let mut stretches = Vec::new();
    let mut before: Option<Step> = None;
    for step in steps(points, without) {
        let crossed = |segment| points.crosses(step.position, segment);
        let segments =
            Segments::which(|segment| crossed(segment) && !before.as_ref().is_some_and(|step| points.crosses(step.position, segment)));
        let added_ms = (step.median_ms - before.as_ref().map_or(0.0, |step| step.median_ms)).max(table::LEAST_MS);
        let width_ms = (step.width_ms - before.as_ref().map_or(0.0, |step| step.width_ms)).max(table::LEAST_MS);
        stretches.push(Stretch { segments, ratio: ratio(segments, added_ms, width_ms) });
        before = Some(step);
    }
    stretches
}

fn ratio(segments: Segments, added_ms: f64, width_ms: f64) -> f64 {
    // Segments that nothing tells apart share the delay: what is normal for the stretch is normal for one of them.
    let normal = segments.iter().map(|segment| density(table::normal_delay(segment), added_ms, width_ms)).fold(f64::NEG_INFINITY, f64::max);
    let held_up = density(table::HELD_UP, added_ms, width_ms);
    let steady = if segments.contains(Segment::Access) { f64::NEG_INFINITY } else { density(table::HELD_UP_STEADILY, added_ms, width_ms) };
    let faulty = log_sum((1.0 - table::STEADY_DELAY_SHARE).ln() + held_up, table::STEADY_DELAY_SHARE.ln() + steady);
    (faulty - normal).clamp(table::LEAST_DELAY_RATIO, table::MOST_DELAY_RATIO)
}

/// Log-density of what a stretch adds to the median and to the width of the round trips.
fn density(kinds: &[Delay], added_ms: f64, width_ms: f64) -> f64 {
    let kind = |kind: &Delay| kind.share.ln() + kind.added.log_density(added_ms) + kind.width.log_density(width_ms);
    kinds.iter().map(kind).fold(f64::NEG_INFINITY, log_sum)
}

/// One place on the way, with the least delay that it and the places behind it show.
#[derive(Debug)]
struct Step {
    position: Position,
    median_ms: f64,
    width_ms: f64,
}

fn steps(points: &Points<'_>, without: &[usize]) -> Vec<Step> {
    let mut steps: Vec<Step> = ORDER
        .iter()
        .filter_map(|positions| {
            let median_ms = least(points, positions, without, |point| point.median_ms)?;
            let width_ms = least(points, positions, without, |point| Some((point.p90_ms? - point.low_ms.or(point.median_ms)?).max(0.0)))?;
            Some(Step { position: positions[0], median_ms, width_ms })
        })
        .collect();
    for index in (1..steps.len()).rev() {
        steps[index - 1].median_ms = steps[index - 1].median_ms.min(steps[index].median_ms);
        steps[index - 1].width_ms = steps[index - 1].width_ms.min(steps[index].width_ms);
    }
    steps
}

/// The least figure of several places, but the greatest of the gateway's: what the home showed at any time is not the line's.
fn least(points: &Points<'_>, positions: &[Position], without: &[usize], of: impl Fn(&PointReading) -> Option<f64>) -> Option<f64> {
    let there = points.all.iter().filter(|point| !without.contains(&point.finding) && positions.contains(&point.reading.position));
    let figures = there.map(|point| point.reading).filter(|reading| reading.loss.trials >= table::FEWEST_DELAYS).filter_map(of);
    if positions == [Position::Gateway] { figures.max_by(f64::total_cmp) } else { figures.min_by(f64::total_cmp) }
}
