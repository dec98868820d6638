//! Which stretches hold packets up.
//!
//! Delay adds up along the way. What a place shows counts only as far as the places behind it show it too: a router that answers
//! slowly while what lies behind it answers quickly is slow at answering, nothing more (suffix minimum). The delay a stretch adds, and
//! how much it varies, are compared with what is normal for such a stretch and with what a standing queue does.

use demarc_model::{PointReading, Position, Segment};

use crate::{
    points::{Points, Segments},
    table::{self, LogNormal},
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
pub fn stretches(points: &Points<'_>, without: Option<usize>) -> Vec<Stretch> {
    let mut stretches = Vec::new();
    let mut before: Option<Step> = None;
    for step in steps(points, without) {
        let crossed = |segment| points.crosses(step.position, segment);
        let segments =
            Segments::which(|segment| crossed(segment) && !before.as_ref().is_some_and(|step| points.crosses(step.position, segment)));
        let added_ms = (step.median_ms - before.as_ref().map_or(0.0, |step| step.median_ms)).max(table::LEAST_MS);
        let varies_ms = (step.spread_ms - before.as_ref().map_or(0.0, |step| step.spread_ms)).max(table::LEAST_MS);
        stretches.push(Stretch { segments, ratio: ratio(segments, added_ms, varies_ms) });
        before = Some(step);
    }
    stretches
}

fn ratio(segments: Segments, added_ms: f64, varies_ms: f64) -> f64 {
    // Segments that nothing tells apart share the delay: what is normal for the stretch is what is normal for the slowest of them.
    let normal = |of: fn(Segment) -> LogNormal| segments.iter().map(of).max_by(|a, b| a.median.total_cmp(&b.median));
    let (Some(added_normal), Some(varies_normal)) = (normal(table::normal_added), normal(table::normal_spread)) else { return 0.0 };
    let steady = table::STEADY_DELAY_SHARE;
    let most_added = if segments.contains(Segment::Access) { table::MOST_ADDED_RATIO_ACCESS } else { table::MOST_DELAY_RATIO };
    let added = (table::FAULTY_ADDED.log_density(added_ms) - added_normal.log_density(added_ms)).min(most_added);
    let varies = (table::FAULTY_SPREAD.log_density(varies_ms) - varies_normal.log_density(varies_ms)).min(table::MOST_DELAY_RATIO);
    // A fault's delay is either added for good or varies with a queue: each of the two may look normal in some cases, not both.
    let either = (1.0 - steady) * (added + varies.max(0.0)).exp() + steady * added.exp();
    let queue = (1.0 - steady) * varies.exp() + steady * added.min(0.0).exp();
    if added > 0.0 { either.ln() } else { (added + queue.ln()).max(table::LEAST_DELAY_RATIO) }
}

/// One place on the way, with the least delay that it and the places behind it show.
#[derive(Debug)]
struct Step {
    position: Position,
    median_ms: f64,
    spread_ms: f64,
}

fn steps(points: &Points<'_>, without: Option<usize>) -> Vec<Step> {
    let mut steps: Vec<Step> = ORDER
        .iter()
        .filter_map(|positions| {
            let median_ms = least(points, positions, without, |point| point.median_ms)?;
            let spread_ms = least(points, positions, without, |point| Some((point.p90_ms? - point.median_ms?).max(0.0)))?;
            Some(Step { position: positions[0], median_ms, spread_ms })
        })
        .collect();
    for index in (1..steps.len()).rev() {
        steps[index - 1].median_ms = steps[index - 1].median_ms.min(steps[index].median_ms);
        steps[index - 1].spread_ms = steps[index - 1].spread_ms.min(steps[index].spread_ms);
    }
    steps
}

/// The least figure of several places, but the greatest of the gateway's: what the home showed at any time is not the line's.
fn least(points: &Points<'_>, positions: &[Position], without: Option<usize>, of: impl Fn(&PointReading) -> Option<f64>) -> Option<f64> {
    let there = points.all.iter().filter(|point| Some(point.finding) != without && positions.contains(&point.reading.position));
    let figures = there.map(|point| point.reading).filter(|reading| reading.loss.trials >= 5).filter_map(of);
    if positions == [Position::Gateway] { figures.max_by(f64::total_cmp) } else { figures.min_by(f64::total_cmp) }
}
