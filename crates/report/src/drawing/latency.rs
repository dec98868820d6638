//! Round-trip times of several places on one axis, with the probes that got no answer under it.

use std::collections::BTreeSet;

use demarc_model::{Echo, statistics::quantile};

use super::{Anchor, Drawing, Ink, Shape, Stroke, WIDTH, scale::Scale};

/// What the picture shows.
pub struct Latency<'a> {
    pub caption: String,
    pub alt: String,
    /// Nearest first; the last is drawn on top.
    pub series: Vec<Series<'a>>,
    /// Stretches in which the line was loaded: from and to in milliseconds, and what they are called.
    pub loads: Vec<(f64, f64, String)>,
    pub duration_ms: f64,
    /// "ms", "s" and "lost".
    pub units: [String; 3],
}

pub struct Series<'a> {
    pub name: String,
    pub ink: Ink,
    pub echoes: &'a [Echo],
}

const LEFT: f64 = 30.0;
const RIGHT: f64 = WIDTH - 84.0;
const TOP: f64 = 22.0;
const BOTTOM: f64 = 148.0;
/// Height of a row of loss marks.
const ROW: f64 = 9.0;
/// Width of one mark.
const MARK: f64 = 0.8;
/// Each stretch of this many along the axis keeps its lowest and its highest value, so that no spike is thinned away.
const STRETCHES: usize = 200;

/// Draws the lines, the losses under them and the stretches of load behind them.
pub fn latency(chart: &Latency) -> Drawing {
    let time = Scale::new(chart.duration_ms / 1000.0, 8, LEFT, RIGHT).exact(chart.duration_ms / 1000.0);
    let delay = Scale::new(ceiling(chart), 5, BOTTOM, TOP);
    let rows_end = BOTTOM + 4.0 + ROW * chart.series.len() as f64;
    let mut shapes = Vec::new();
    for (from, to, name) in &chart.loads {
        let (left, right) = (time.place(from / 1000.0), time.place(to / 1000.0));
        shapes.push(Shape::rectangle((left, TOP - 10.0), (right, rows_end), Ink::Shade));
        shapes.push(Shape::line((left, TOP - 10.0), (left, rows_end), Stroke::solid(Ink::Rule, 0.5)));
        let room = ((right - left - 4.0) / 3.3).max(1.0) as usize;
        shapes.push(Shape::text((left + 3.0, TOP - 3.0), 6.5, Anchor::Start, Ink::Muted, short(name, room)));
    }
    let [milliseconds, seconds, lost] = &chart.units;
    for (value, label) in delay.ticks() {
        let y = delay.place(value);
        shapes.push(Shape::line((LEFT, y), (RIGHT, y), Stroke::solid(Ink::Rule, 0.5)));
        shapes.push(Shape::text((LEFT - 4.0, y + 2.3), 6.5, Anchor::End, Ink::Muted, label));
    }
    shapes.push(Shape::text((LEFT - 4.0, TOP - 8.0), 6.5, Anchor::End, Ink::Muted, milliseconds.clone()));
    for (value, label) in time.ticks() {
        shapes.push(Shape::text((time.place(value), rows_end + 11.0), 6.5, Anchor::Middle, Ink::Muted, label));
    }
    shapes.push(Shape::text((RIGHT + 10.0, rows_end + 11.0), 6.5, Anchor::Start, Ink::Muted, seconds.clone()));
    for (row, series) in chart.series.iter().enumerate() {
        for points in thinned(series.echoes, chart.duration_ms) {
            let curve = points.iter().map(|(at_ms, rtt_ms)| (time.place(at_ms / 1000.0), delay.place(*rtt_ms)));
            shapes.push(Shape::curve(curve, Stroke::solid(series.ink, 0.9)));
        }
        let y = BOTTOM + 5.0 + ROW * row as f64;
        losses(series, |at_ms| time.place(at_ms / 1000.0), y, &mut shapes);
        let count = series.echoes.iter().filter(|echo| echo.rtt_ms.is_none()).count();
        shapes.push(Shape::text(
            (RIGHT + 6.0, y + 6.5),
            6.5,
            Anchor::Start,
            series.ink,
            format!("{}: {count} {lost}", short(&series.name, 12)),
        ));
    }
    names(chart, delay, &mut shapes);
    Drawing { height: rows_end + 16.0, caption: chart.caption.clone(), alt: chart.alt.clone(), shapes }
}

/// The axis ends above nearly all values: a few extreme ones may stand at its top, or they would flatten everything else.
fn ceiling(chart: &Latency) -> f64 {
    let highest = |series: &Series| {
        let mut values: Vec<f64> = series.echoes.iter().filter_map(|echo| echo.rtt_ms).filter(|rtt| rtt.is_finite()).collect();
        values.sort_by(f64::total_cmp);
        quantile(&values, 0.995).unwrap_or(0.0)
    };
    chart.series.iter().map(highest).fold(1.0, f64::max)
}

/// Unbroken runs of `(sent, round-trip time)`, thinned to what the picture can show. A loss breaks a run only when nothing else came
/// back within its stretch: the marks below tell of it anyway, and a line in pieces is hard to follow.
fn thinned(echoes: &[Echo], duration_ms: f64) -> Vec<Vec<(f64, f64)>> {
    let width = (duration_ms / STRETCHES as f64).max(1.0);
    let mut stretches: Vec<Vec<(f64, f64)>> = vec![Vec::new(); STRETCHES];
    for echo in echoes {
        let index = (echo.sent_ms / width).clamp(0.0, (STRETCHES - 1) as f64) as usize;
        if let (Some(rtt), Some(stretch)) = (echo.rtt_ms.filter(|rtt| rtt.is_finite()), stretches.get_mut(index)) {
            stretch.push((echo.sent_ms, rtt));
        }
    }
    // A gap of more than five times the usual distance is an outage, not a slow series.
    let answered: usize = stretches.iter().map(Vec::len).sum();
    let gap = 5.0 * (duration_ms / answered.max(1) as f64).max(width);
    let mut runs: Vec<Vec<(f64, f64)>> = Vec::new();
    for stretch in stretches {
        let by_value = |a: &&(f64, f64), b: &&(f64, f64)| a.1.total_cmp(&b.1);
        let (Some(low), Some(high)) = (stretch.iter().min_by(by_value), stretch.iter().max_by(by_value)) else { continue };
        let (first, second) = if low.0 <= high.0 { (*low, *high) } else { (*high, *low) };
        match runs.last_mut() {
            Some(run) if run.last().is_some_and(|last| first.0 - last.0 <= gap) => run.push(first),
            _ => runs.push(vec![first]),
        }
        if let Some(run) = runs.last_mut()
            && second.0 > first.0
        {
            run.push(second);
        }
    }
    runs
}

/// A mark for each lost probe; marks closer than a printer can part are drawn once.
fn losses(series: &Series, place: impl Fn(f64) -> f64, y: f64, shapes: &mut Vec<Shape>) {
    shapes.push(Shape::line((LEFT, y + 7.0), (RIGHT, y + 7.0), Stroke::solid(Ink::Rule, 0.5)));
    let lost = series.echoes.iter().filter(|echo| echo.rtt_ms.is_none());
    let marks: BTreeSet<i64> = lost.map(|echo| (place(echo.sent_ms) / MARK).round() as i64).collect();
    for x in marks.into_iter().map(|mark| mark as f64 * MARK) {
        shapes.push(Shape::line((x, y + 1.0), (x, y + 7.0), Stroke::solid(series.ink, MARK)));
    }
}

/// The name of each line at its end, pushed apart where lines end together.
fn names(chart: &Latency, delay: Scale, shapes: &mut Vec<Shape>) {
    let mut labels: Vec<(f64, &Series)> = Vec::new();
    for series in &chart.series {
        let from = chart.duration_ms * 0.9;
        let mut tail: Vec<f64> = series.echoes.iter().filter(|echo| echo.sent_ms >= from).filter_map(|echo| echo.rtt_ms).collect();
        tail.sort_by(f64::total_cmp);
        if let Some(level) = quantile(&tail, 0.5) {
            labels.push((delay.place(level) + 2.3, series));
        }
    }
    labels.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut below = f64::INFINITY;
    for (y, series) in labels {
        let y = y.min(below - 8.5);
        below = y;
        shapes.push(Shape::bold((RIGHT + 6.0, y), 7.0, Anchor::Start, series.ink, short(&series.name, 19)));
    }
}

pub(super) fn short(name: &str, most: usize) -> String {
    if name.chars().count() <= most { name.to_owned() } else { name.chars().take(most - 1).chain(['\u{2026}']).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thinning_keeps_spikes_and_bounds_the_points() {
        let echoes: Vec<Echo> =
            (0..20_000).map(|index| Echo { sent_ms: f64::from(index), rtt_ms: Some(if index == 7_777 { 900.0 } else { 5.0 }) }).collect();
        let runs = thinned(&echoes, 20_000.0);
        let points: Vec<_> = runs.concat();
        assert!(runs.len() == 1 && points.len() <= 2 * STRETCHES);
        assert!(points.iter().any(|point| (point.1 - 900.0).abs() < 1e-9));
    }

    #[test]
    fn an_outage_breaks_the_line() {
        let echoes: Vec<Echo> = (0..400)
            .map(|index| Echo { sent_ms: f64::from(index) * 100.0, rtt_ms: (!(100..300).contains(&index)).then_some(5.0) })
            .collect();
        assert_eq!(thinned(&echoes, 40_000.0).len(), 2);
    }
}
