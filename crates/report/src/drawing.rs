//! Pictures as shapes at fixed places: HTML and PDF draw the same ones.

mod latency;
mod loss;
mod scale;
mod spine;
mod throughput;

use serde::Serialize;

pub use latency::{Latency, Series, latency};
pub use loss::{LossRow, loss};
pub use spine::spine;
pub use throughput::{Throughput, Transfer, throughput};

/// Width of every picture, in points: that of the text on an A4 page.
pub const WIDTH: f64 = 482.0;

/// A picture. Lengths are in points, the origin is at the top left.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Drawing {
    pub height: f64,
    pub caption: String,
    /// What the picture says, for those who do not see it.
    pub alt: String,
    pub shapes: Vec<Shape>,
}

/// One shape; later ones cover earlier ones.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "shape")]
pub enum Shape {
    Path { points: Vec<(f64, f64)>, stroke: Option<Stroke>, fill: Option<Ink> },
    Circle { x: f64, y: f64, radius: f64, stroke: Option<Stroke>, fill: Option<Ink> },
    Text { x: f64, y: f64, size: f64, anchor: Anchor, bold: bool, ink: Ink, text: String },
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Stroke {
    pub ink: Ink,
    pub width: f64,
    pub dash: Dash,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dash {
    Solid,
    Dashed,
    Dotted,
}

/// Which point of a text stands at its place; vertically it is always the base line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Anchor {
    Start,
    Middle,
    End,
}

/// What a colour means; each medium has its own shade of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ink {
    Ground,
    Text,
    Muted,
    Rule,
    Shade,
    Clear,
    Suspicious,
    Tint,
    Fault,
    Unknown,
    Router,
    Provider,
    Networks,
    Service,
}

impl Ink {
    /// Its name in the style sheets.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Ground => "ground",
            Self::Text => "text",
            Self::Muted => "muted",
            Self::Rule => "rule",
            Self::Shade => "shade",
            Self::Clear => "clear",
            Self::Suspicious => "suspicious",
            Self::Tint => "tint",
            Self::Fault => "fault",
            Self::Unknown => "unknown",
            Self::Router => "router",
            Self::Provider => "provider",
            Self::Networks => "networks",
            Self::Service => "service",
        }
    }
}

impl Stroke {
    pub const fn solid(ink: Ink, width: f64) -> Self {
        Self { ink, width, dash: Dash::Solid }
    }

    pub const fn dotted(ink: Ink, width: f64) -> Self {
        Self { ink, width, dash: Dash::Dotted }
    }

    pub const fn dashed(ink: Ink, width: f64) -> Self {
        Self { ink, width, dash: Dash::Dashed }
    }
}

impl Shape {
    pub fn line(from: (f64, f64), to: (f64, f64), stroke: Stroke) -> Self {
        Self::curve([from, to], stroke)
    }

    pub fn curve(points: impl IntoIterator<Item = (f64, f64)>, stroke: Stroke) -> Self {
        Self::Path { points: points.into_iter().map(|(x, y)| (round(x), round(y))).collect(), stroke: Some(stroke), fill: None }
    }

    pub fn area(points: impl IntoIterator<Item = (f64, f64)>, fill: Ink) -> Self {
        Self::Path { points: points.into_iter().map(|(x, y)| (round(x), round(y))).collect(), stroke: None, fill: Some(fill) }
    }

    pub fn rectangle((left, top): (f64, f64), (right, bottom): (f64, f64), fill: Ink) -> Self {
        Self::area([(left, top), (right, top), (right, bottom), (left, bottom)], fill)
    }

    pub fn dot(x: f64, y: f64, radius: f64, fill: Ink) -> Self {
        Self::Circle { x: round(x), y: round(y), radius, stroke: None, fill: Some(fill) }
    }

    pub fn ring(x: f64, y: f64, radius: f64, stroke: Stroke) -> Self {
        Self::Circle { x: round(x), y: round(y), radius, stroke: Some(stroke), fill: Some(Ink::Ground) }
    }

    pub fn text(place: (f64, f64), size: f64, anchor: Anchor, ink: Ink, text: impl Into<String>) -> Self {
        Self::Text { x: round(place.0), y: round(place.1), size, anchor, bold: false, ink, text: text.into() }
    }

    pub fn bold(place: (f64, f64), size: f64, anchor: Anchor, ink: Ink, text: impl Into<String>) -> Self {
        Self::Text { x: round(place.0), y: round(place.1), size, anchor, bold: true, ink, text: text.into() }
    }
}

/// A hundredth of a point is finer than any printer; more digits only make files longer.
fn round(value: f64) -> f64 {
    let rounded = (value * 100.0).round() / 100.0;
    if rounded.is_finite() { rounded } else { 0.0 }
}
