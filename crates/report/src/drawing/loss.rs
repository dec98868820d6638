//! Loss of each place as a dot with its 95 % interval.

use demarc_model::statistics::Proportion;

use super::{Anchor, Drawing, Ink, Shape, Stroke, WIDTH, latency::short, scale::Scale};

/// One place.
pub struct LossRow {
    pub name: String,
    pub ink: Ink,
    pub loss: Proportion,
    /// What stands at the right ("2.5 %, 1 in 40").
    pub figure: String,
}

const LEFT: f64 = 176.0;
const RIGHT: f64 = WIDTH - 104.0;
const TOP: f64 = 8.0;
const ROW: f64 = 14.0;

/// Draws one row a place, nearest first.
pub fn loss(caption: String, alt: String, rows: &[LossRow]) -> Drawing {
    let widest = rows.iter().map(|row| row.loss.wilson95().1 * 100.0).fold(1.0, f64::max);
    let scale = Scale::new(widest, 5, LEFT, RIGHT);
    let bottom = TOP + ROW * rows.len() as f64;
    let mut shapes = Vec::new();
    for (value, label) in scale.ticks() {
        let x = scale.place(value);
        shapes.push(Shape::line((x, TOP), (x, bottom), Stroke::solid(Ink::Rule, 0.5)));
        shapes.push(Shape::text((x, bottom + 9.0), 6.5, Anchor::Middle, Ink::Muted, label));
    }
    shapes.push(Shape::text((RIGHT + 8.0, bottom + 9.0), 6.5, Anchor::Start, Ink::Muted, "%"));
    for (index, row) in rows.iter().enumerate() {
        let y = TOP + ROW * (index as f64 + 0.5);
        let (low, high) = row.loss.wilson95();
        shapes.push(Shape::text((LEFT - 8.0, y + 2.5), 7.0, Anchor::End, Ink::Text, short(&row.name, 44)));
        let (from, to) = (scale.place(low * 100.0), scale.place(high * 100.0));
        shapes.push(Shape::line((from, y), (to, y), Stroke::solid(row.ink, 1.2)));
        for x in [from, to] {
            shapes.push(Shape::line((x, y - 2.5), (x, y + 2.5), Stroke::solid(row.ink, 1.2)));
        }
        shapes.push(Shape::dot(scale.place(row.loss.share() * 100.0), y, 2.6, row.ink));
        shapes.push(Shape::text((RIGHT + 8.0, y + 2.5), 7.0, Anchor::Start, Ink::Text, row.figure.clone()));
    }
    Drawing { height: bottom + 14.0, caption, alt, shapes }
}
