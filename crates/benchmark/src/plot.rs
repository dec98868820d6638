//! Small drawings of the result. Colours and letters that read on light and dark pages alike.

use std::fmt::Write;

use crate::{report::Report, score::Confusion};

const INK: &str = "#6b7280";
const OURS: &str = "#2563eb";
const THEIRS: &str = "#9ca3af";
const WRONG: &str = "#dc2626";

/// Every drawing by its file name.
pub fn all(report: &Report) -> Vec<(&'static str, String)> {
    vec![
        ("confusion-party.svg", confusion(&report.party_confusion)),
        ("confusion-segment-seen.svg", confusion(&report.segment_confusion_seen)),
        ("confusion-segment-held-out.svg", confusion(&report.segment_confusion_held_out)),
        ("calibration.svg", calibration(report)),
        ("coverage-accuracy.svg", coverage(report)),
        ("false-blame.svg", false_blame(report)),
    ]
}

struct Drawing {
    text: String,
}

impl Drawing {
    fn new(width: f64, height: f64) -> Self {
        Self {
            text: format!(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" font-family=\"sans-serif\" font-size=\"12\">\n"
            ),
        }
    }

    fn word(&mut self, x: f64, y: f64, anchor: &str, word: &str) {
        let _ = writeln!(self.text, "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" fill=\"{INK}\">{word}</text>");
    }

    fn area(&mut self, x: f64, y: f64, width: f64, height: f64, fill: &str, opacity: f64) {
        let _ = writeln!(
            self.text,
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" fill=\"{fill}\" fill-opacity=\"{opacity:.3}\"/>"
        );
    }

    fn line(&mut self, points: &[(f64, f64)], colour: &str, dashed: bool) {
        let points: Vec<String> = points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
        let dash = if dashed { " stroke-dasharray=\"4 4\"" } else { "" };
        let _ =
            writeln!(self.text, "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"{dash}/>", points.join(" "));
    }

    fn finish(mut self) -> String {
        self.text.push_str("</svg>\n");
        self.text
    }
}

fn confusion(confusion: &Confusion) -> String {
    const CELL: f64 = 74.0;
    const LEFT: f64 = 100.0;
    let size = confusion.labels.len() as f64;
    let mut drawing = Drawing::new(LEFT + size * CELL + 10.0, 50.0 + size * 36.0 + 10.0);
    drawing.word(8.0, 20.0, "start", "truth by row, answer by column");
    for (column, label) in confusion.labels.iter().enumerate() {
        drawing.word(LEFT + (column as f64 + 0.5) * CELL, 42.0, "middle", label);
    }
    for (row, counts) in confusion.counts.iter().enumerate() {
        let y = 50.0 + row as f64 * 36.0;
        let total = counts.iter().sum::<u64>().max(1) as f64;
        drawing.word(LEFT - 8.0, y + 22.0, "end", &confusion.labels[row]);
        for (column, count) in counts.iter().enumerate() {
            let x = LEFT + column as f64 * CELL;
            drawing.area(x + 1.0, y + 1.0, CELL - 2.0, 34.0, if row == column { OURS } else { WRONG }, 0.06 + 0.6 * *count as f64 / total);
            drawing.word(x + CELL / 2.0, y + 22.0, "middle", &count.to_string());
        }
    }
    drawing.finish()
}

/// A square: from 0 to 1 across, and up to 1.
struct Axes {
    drawing: Drawing,
    /// Where the upward axis begins; the other begins at 0.
    from: f64,
}

const SIDE: f64 = 300.0;
const EDGE: f64 = 50.0;

impl Axes {
    fn new(from: f64, across: &str, up: &str) -> Self {
        let mut axes = Self { drawing: Drawing::new(SIDE + 2.0 * EDGE, SIDE + 2.0 * EDGE), from };
        let corners = [(0.0, from), (1.0, from), (1.0, 1.0), (0.0, 1.0), (0.0, from)].map(|(x, y)| axes.at(x, y));
        axes.drawing.line(&corners, THEIRS, false);
        for step in 0..=5 {
            let share = f64::from(step) / 5.0;
            let ((x, _), (_, y)) = (axes.at(share, from), axes.at(0.0, from + (1.0 - from) * share));
            axes.drawing.word(x, EDGE + SIDE + 18.0, "middle", &format!("{share:.1}"));
            axes.drawing.word(EDGE - 6.0, y + 4.0, "end", &format!("{:.2}", from + (1.0 - from) * share));
        }
        axes.drawing.word(EDGE + SIDE / 2.0, EDGE + SIDE + 38.0, "middle", across);
        axes.drawing.word(EDGE, EDGE - 14.0, "start", up);
        axes
    }

    fn at(&self, x: f64, y: f64) -> (f64, f64) {
        (EDGE + x.clamp(0.0, 1.0) * SIDE, EDGE + SIDE - ((y - self.from) / (1.0 - self.from)).clamp(0.0, 1.0) * SIDE)
    }
}

fn calibration(report: &Report) -> String {
    let mut axes = Axes::new(0.0, "confidence", "share that was right; circles by number of households");
    let diagonal = [axes.at(0.0, 0.0), axes.at(1.0, 1.0)];
    axes.drawing.line(&diagonal, THEIRS, true);
    for bin in &report.calibration {
        let (x, y) = axes.at(bin.confidence, bin.accuracy);
        let radius = 3.0 + 16.0 * bin.share.sqrt();
        let _ = writeln!(axes.drawing.text, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius:.1}\" fill=\"{OURS}\" fill-opacity=\"0.6\"/>");
    }
    axes.drawing.finish()
}

fn coverage(report: &Report) -> String {
    let least = report.coverage_curve.iter().map(|(_, accuracy)| *accuracy).fold(1.0, f64::min);
    let from = if least > 0.9 { 0.9 } else { 0.5 };
    let mut axes = Axes::new(from, "share of households answered, most confident first", "accuracy; dashed: the target");
    let curve: Vec<(f64, f64)> = report.coverage_curve.iter().map(|(coverage, accuracy)| axes.at(*coverage, *accuracy)).collect();
    let target = [axes.at(0.0, 0.99), axes.at(0.8, 0.99), axes.at(0.8, from)];
    axes.drawing.line(&target, THEIRS, true);
    axes.drawing.line(&curve, OURS, false);
    axes.drawing.finish()
}

fn false_blame(report: &Report) -> String {
    let ours = std::iter::once(("demarc", &report.figures));
    let bars: Vec<(&str, f64, f64)> = ours
        .chain(report.baselines.iter().map(|(name, figures)| (name.as_str(), figures)))
        .map(|(name, figures)| (name, figures.false_blame_rate, figures.false_blame_upper95))
        .collect();
    let most = bars.iter().map(|(_, _, upper)| *upper).fold(0.01, f64::max);
    let mut drawing = Drawing::new(620.0, 40.0 + 34.0 * bars.len() as f64);
    drawing.word(8.0, 20.0, "start", "provider or beyond blamed while home or nothing is at fault; pale: 95 % upper bound");
    for (index, (name, rate, upper)) in bars.iter().enumerate() {
        let y = 34.0 + 34.0 * index as f64;
        let colour = if index == 0 { OURS } else { THEIRS };
        drawing.word(168.0, y + 16.0, "end", name);
        drawing.area(176.0, y, 340.0 * upper / most, 22.0, colour, 0.3);
        drawing.area(176.0, y, 340.0 * rate / most, 22.0, colour, 1.0);
        drawing.word(184.0 + 340.0 * upper / most, y + 16.0, "start", &format!("{:.2} %", 100.0 * rate));
    }
    drawing.finish()
}
