//! Rates of transfers over time, against what the contract promises.

use demarc_model::RateSample;

use super::{Anchor, Drawing, Ink, Shape, Stroke, WIDTH, latency::short, scale::Scale};

/// What the picture shows.
pub struct Throughput<'a> {
    pub caption: String,
    pub alt: String,
    pub transfers: Vec<Transfer<'a>>,
    /// "Mbit/s" and "s".
    pub units: [String; 2],
}

pub struct Transfer<'a> {
    pub name: String,
    pub ink: Ink,
    pub began_ms: f64,
    pub rates: &'a [RateSample],
    /// The promised rate with its name.
    pub promised: Option<(f64, String)>,
}

const LEFT: f64 = 30.0;
const RIGHT: f64 = WIDTH - 84.0;
const TOP: f64 = 18.0;
const BOTTOM: f64 = 118.0;
/// A transfer has a few samples a second at most; whatever claims more is cut.
const MOST_SAMPLES: usize = 600;

/// Draws each transfer as steps, with a dashed line at the promised rate.
pub fn throughput(chart: &Throughput) -> Drawing {
    let rates = chart.transfers.iter().flat_map(|transfer| transfer.rates.iter().map(|sample| sample.mbps));
    let promises = chart.transfers.iter().filter_map(|transfer| transfer.promised.as_ref().map(|(mbps, _)| *mbps));
    let rate = Scale::new(rates.chain(promises).filter(|mbps| mbps.is_finite()).fold(1.0, f64::max), 4, BOTTOM, TOP);
    // The axis begins with the first transfer: the time before it has no rate.
    let began = chart.transfers.iter().map(|transfer| transfer.began_ms).fold(f64::INFINITY, f64::min);
    let ended = chart.transfers.iter().flat_map(|transfer| transfer.rates.iter().map(|sample| sample.at_ms)).fold(began, f64::max);
    let seconds_after = |at_ms: f64| (at_ms - began) / 1000.0;
    let time = Scale::new(seconds_after(ended), 8, LEFT, RIGHT).exact(seconds_after(ended));
    let [megabits, seconds] = &chart.units;
    let mut shapes = vec![
        Shape::text((2.0, TOP - 8.0), 6.5, Anchor::Start, Ink::Muted, megabits.clone()),
        Shape::text((RIGHT + 10.0, BOTTOM + 11.0), 6.5, Anchor::Start, Ink::Muted, seconds.clone()),
    ];
    for (value, label) in rate.ticks() {
        let y = rate.place(value);
        shapes.push(Shape::line((LEFT, y), (RIGHT, y), Stroke::solid(Ink::Rule, 0.5)));
        shapes.push(Shape::text((LEFT - 4.0, y + 2.3), 6.5, Anchor::End, Ink::Muted, label));
    }
    for (value, label) in time.ticks() {
        shapes.push(Shape::text((time.place(value), BOTTOM + 11.0), 6.5, Anchor::Middle, Ink::Muted, label));
    }
    for transfer in &chart.transfers {
        let mut steps: Vec<(f64, f64)> = Vec::new();
        let mut from = transfer.began_ms;
        for sample in transfer.rates.iter().take(MOST_SAMPLES) {
            let y = rate.place(sample.mbps);
            steps.extend([(time.place(seconds_after(from)), y), (time.place(seconds_after(sample.at_ms)), y)]);
            from = sample.at_ms;
        }
        let (Some(first), Some(last)) = (steps.first().copied(), steps.last().copied()) else { continue };
        shapes.push(Shape::curve(steps, Stroke::solid(transfer.ink, 1.2)));
        shapes.push(Shape::bold((last.0 + 5.0, last.1 + 9.0), 7.0, Anchor::Start, transfer.ink, transfer.name.clone()));
        if let Some((mbps, name)) = &transfer.promised {
            let y = rate.place(*mbps);
            shapes.push(Shape::line((first.0, y), (last.0, y), Stroke::dashed(transfer.ink, 0.8)));
            shapes.push(Shape::text((last.0 + 5.0, y + 0.5), 6.5, Anchor::Start, Ink::Muted, short(name, 20)));
        }
    }
    Drawing { height: BOTTOM + 16.0, caption: chart.caption.clone(), alt: chart.alt.clone(), shapes }
}
