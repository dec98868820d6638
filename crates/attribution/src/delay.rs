//! Which stretch holds packets up.
//!
//! Delay adds up along the way. What a place shows counts only as far as the places behind it show it too: a router that answers
//! slowly while what lies behind it answers quickly is slow at answering, nothing more (suffix minimum). The delay a stretch adds, and
//! how much it varies, are compared with what is normal for such a stretch and with what a standing queue does.

use demarc_model::{PointReading, Position, Segment};

use crate::{
    points::Points,
    table::{self, LogNormal},
};

/// Log-likelihood ratio of the delays: the segment holds packets up against it does not.
pub fn ratio(points: &Points, segment: Segment) -> f64 {
    let chain = chain(points, segment);
    let Some(behind) = chain.iter().position(|step| step.crosses) else { return 0.0 };
    let (before, behind) = (behind.checked_sub(1).map(|index| &chain[index]), &chain[behind]);
    let added = (behind.median_ms - before.map_or(0.0, |step| step.median_ms)).max(table::LEAST_MS);
    let varies = (behind.spread_ms - before.map_or(0.0, |step| step.spread_ms)).max(table::LEAST_MS);
    // Segments that nothing tells apart share the delay: what is normal for the stretch is what is normal for the slowest of them.
    let stretch: Vec<Segment> = Segment::ALL
        .into_iter()
        .filter(|other| points.crosses(behind.position, *other) && !before.is_some_and(|step| points.crosses(step.position, *other)))
        .collect();
    let normal = |of: fn(Segment) -> LogNormal| stretch.iter().map(|segment| of(*segment)).max_by(|a, b| a.median.total_cmp(&b.median));
    let (Some(added_normal), Some(varies_normal)) = (normal(table::normal_added), normal(table::normal_spread)) else { return 0.0 };
    let steady_allowed = table::STEADY_DELAY_SHARE;
    let most_added = if stretch.contains(&Segment::Access) { table::MOST_ADDED_RATIO_ACCESS } else { table::MOST_DELAY_RATIO };
    let added_ratio = (table::FAULTY_ADDED.log_density(added) - added_normal.log_density(added)).min(most_added);
    let varies_ratio = (table::FAULTY_SPREAD.log_density(varies) - varies_normal.log_density(varies)).min(table::MOST_DELAY_RATIO);
    // A fault's delay is either added for good or varies with a queue: each of the two may look normal in some cases, not both.
    let either = (1.0 - steady_allowed) * (added_ratio + varies_ratio.max(0.0)).exp() + steady_allowed * added_ratio.exp();
    let queue = (1.0 - steady_allowed) * varies_ratio.exp() + steady_allowed * added_ratio.min(0.0).exp();
    if added_ratio > 0.0 { either.ln() } else { (added_ratio + queue.ln()).max(table::LEAST_DELAY_RATIO) }
}

/// One place on the way to the segment's far end.
struct Step {
    position: Position,
    crosses: bool,
    median_ms: f64,
    spread_ms: f64,
}

/// Places in path order, each with the least delay that it and the places behind it show.
fn chain(points: &Points, segment: Segment) -> Vec<Step> {
    const ORDER: [&[Position]; 5] = [
        &[Position::Gateway],
        &[Position::FirstHop],
        &[Position::BorderNear, Position::OnNet],
        &[Position::BorderFar],
        &[Position::Service],
    ];
    let mut steps: Vec<Step> = ORDER
        .iter()
        .filter_map(|positions| {
            let median_ms = least(points, positions, |point| point.median_ms)?;
            let spread_ms = least(points, positions, |point| Some((point.p90_ms? - point.median_ms?).max(0.0)))?;
            Some(Step { position: positions[0], crosses: points.crosses(positions[0], segment), median_ms, spread_ms })
        })
        .collect();
    for index in (1..steps.len()).rev() {
        steps[index - 1].median_ms = steps[index - 1].median_ms.min(steps[index].median_ms);
        steps[index - 1].spread_ms = steps[index - 1].spread_ms.min(steps[index].spread_ms);
    }
    steps
}

/// The least figure of several places, but the greatest of the gateway's: what the home showed at any time is not the line's.
fn least(points: &Points, positions: &[Position], of: impl Fn(&PointReading) -> Option<f64>) -> Option<f64> {
    let figures = points.at(positions).filter(|point| point.loss.trials >= 5).filter_map(of);
    if positions == [Position::Gateway] { figures.max_by(f64::total_cmp) } else { figures.min_by(f64::total_cmp) }
}
