//! The path as a spine: left of the mark is yours, right of it is theirs.

use super::{Anchor, Drawing, Ink, Shape, Stroke, WIDTH};
use crate::view::{Part, PartState, Spine};

/// Centre line of the spine.
const LINE: f64 = 50.0;
/// Lines of a label that fit under a part, and letters in one.
const LABEL: (usize, usize) = (2, 13);

/// Draws the parts from this computer to the service with their states, and who answers for each.
pub fn spine(spine: &Spine) -> Drawing {
    let count = spine.parts.len().max(1) as f64;
    let column = WIDTH / count;
    let centre = |index: usize| column * (index as f64 + 0.5);
    let mut shapes = Vec::new();
    // Who answers, over their parts.
    for owner in &spine.owners {
        let (left, right) = (column * owner.first as f64 + 7.0, column * (owner.last + 1) as f64 - 7.0);
        shapes.push(Shape::line((left, 17.0), (right, 17.0), Stroke::solid(Ink::Rule, 0.8)));
        shapes.push(Shape::bold((f64::midpoint(left, right), 11.0), 8.0, Anchor::Middle, Ink::Text, owner.name.clone()));
    }
    for (index, part) in spine.parts.iter().enumerate().filter(|(_, part)| part.link) {
        link(part.state, (centre(index) - column + 14.0, centre(index), centre(index) + column - 14.0), &mut shapes);
    }
    for (index, part) in spine.parts.iter().enumerate() {
        badge(part, centre(index), &mut shapes);
        label(part, centre(index), &mut shapes);
    }
    demarc(column * 3.0, &spine.demarc, &mut shapes);
    Drawing { height: 132.0, caption: spine.caption.clone(), alt: spine.alt.clone(), shapes }
}

/// The line between two parts, with room in its middle for the badge.
fn link(state: PartState, (left, middle, right): (f64, f64, f64), shapes: &mut Vec<Shape>) {
    let mut stretch = |from: f64, to: f64, stroke: Stroke| shapes.push(Shape::line((from, LINE), (to, LINE), stroke));
    match state {
        PartState::Clear => stretch(left, right, Stroke::solid(Ink::Clear, 1.4)),
        PartState::NotMeasured => stretch(left, right, Stroke::dotted(Ink::Unknown, 1.4)),
        PartState::Suspicious => {
            stretch(left, middle, Stroke::solid(Ink::Suspicious, 2.0));
            stretch(middle, right, Stroke::dashed(Ink::Suspicious, 2.0));
        }
        PartState::Fault => {
            // A broken line: its ends do not meet the badge and turn away from each other.
            for (outer, inner, across, down) in [(left, middle - 21.0, 3.0, -7.0), (right, middle + 21.0, -3.0, 7.0)] {
                let end = (inner + across, LINE + down);
                shapes.push(Shape::curve([(outer, LINE), (inner, LINE), end], Stroke::solid(Ink::Fault, 3.2)));
            }
        }
    }
}

/// The state as a shape: tick, question mark, exclamation mark or dash, each in a body of its own.
fn badge(part: &Part, x: f64, shapes: &mut Vec<Shape>) {
    let radius = if part.link { 8.0 } else { 11.0 };
    match part.state {
        PartState::Clear => {
            shapes.push(Shape::ring(x, LINE, radius, Stroke::solid(Ink::Clear, 1.4)));
            let tick = [(-0.42, 0.02), (-0.1, 0.34), (0.44, -0.3)].map(|(right, down)| (x + radius * right, LINE + radius * down));
            shapes.push(Shape::curve(tick, Stroke::solid(Ink::Clear, 1.6)));
        }
        PartState::Suspicious => {
            let radius = radius + 1.0;
            shapes.push(Shape::ring(x, LINE, radius, Stroke::solid(Ink::Suspicious, 1.8)));
            let half = (0..=24).map(|step| std::f64::consts::PI * (0.5 + f64::from(step) / 24.0));
            shapes.push(Shape::area(half.map(|angle| (x + (radius - 0.9) * angle.cos(), LINE + (radius - 0.9) * angle.sin())), Ink::Tint));
            shapes.push(sign(x, radius, Ink::Suspicious, "?"));
        }
        PartState::Fault => {
            let radius = radius + 3.0;
            shapes.push(Shape::dot(x, LINE, radius, Ink::Fault));
            shapes.push(sign(x, radius, Ink::Ground, "!"));
        }
        PartState::NotMeasured => {
            shapes.push(Shape::ring(x, LINE, radius, Stroke::dotted(Ink::Unknown, 1.2)));
            shapes.push(sign(x, radius, Ink::Unknown, "\u{2013}"));
        }
    }
}

fn sign(x: f64, radius: f64, ink: Ink, text: &str) -> Shape {
    Shape::bold((x, LINE + radius * 0.44), radius * 1.25, Anchor::Middle, ink, text)
}

/// Name, state and figure under a part.
fn label(part: &Part, x: f64, shapes: &mut Vec<Shape>) {
    let mut y = LINE + 27.0;
    let mut line = |size: f64, bold: bool, ink: Ink, text: String| {
        shapes.push(if bold {
            Shape::bold((x, y), size, Anchor::Middle, ink, text)
        } else {
            Shape::text((x, y), size, Anchor::Middle, ink, text)
        });
        y += size + 2.2;
    };
    for text in wrapped(&part.name) {
        line(8.0, true, if part.state == PartState::Fault { Ink::Fault } else { Ink::Text }, text);
    }
    line(7.5, part.state != PartState::Clear, part.state.ink(), part.word.clone());
    for figure in &part.figures {
        line(7.0, false, Ink::Muted, figure.clone());
    }
}

/// Lines of a label, broken at spaces, in long names behind a dot or a dash; what does not fit ends in an ellipsis.
fn wrapped(name: &str) -> Vec<String> {
    let (most_lines, most_letters) = LABEL;
    let mut lines: Vec<String> = Vec::new();
    for word in name.split_whitespace().flat_map(|word| pieces(word, most_letters)) {
        let length = word.chars().count();
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + length <= most_letters => *line = format!("{line} {word}"),
            _ => lines.push(word),
        }
    }
    if lines.len() > most_lines {
        lines.truncate(most_lines);
        if let Some(last) = lines.last_mut() {
            *last = last.chars().take(most_letters - 1).chain(['\u{2026}']).collect();
        }
    }
    lines
}

fn pieces(word: &str, most: usize) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut rest: Vec<char> = word.chars().collect();
    while rest.len() > most {
        let sign = rest.iter().take(most).rposition(|c| matches!(c, '.' | '-' | '_' | ':')).map_or(most, |sign| sign + 1);
        let after = rest.split_off(sign);
        pieces.push(rest.into_iter().collect());
        rest = after;
    }
    pieces.push(rest.into_iter().collect());
    pieces
}

/// The vertical mark between the two sides.
fn demarc(x: f64, name: &str, shapes: &mut Vec<Shape>) {
    shapes.push(Shape::line((x, 2.0), (x, 118.0), Stroke::solid(Ink::Ground, 7.0)));
    shapes.push(Shape::line((x, 2.0), (x, 118.0), Stroke::solid(Ink::Text, 1.6)));
    shapes.push(Shape::text((x, 127.0), 7.0, Anchor::Middle, Ink::Muted, name));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_are_broken_where_they_read_best() {
        assert_eq!(wrapped("This computer"), ["This computer"]);
        assert_eq!(wrapped("Other networks"), ["Other", "networks"]);
        assert_eq!(wrapped("www.wikipedia.org"), ["www.", "wikipedia.org"]);
        assert_eq!(wrapped(&"x".repeat(400)), ["x".repeat(13), "x".repeat(12) + "\u{2026}"]);
        assert!(wrapped("").is_empty());
    }
}
