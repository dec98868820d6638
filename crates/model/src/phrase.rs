//! A sentence before it has a language: the id of a message in `locales/` and the values it needs.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A message id with its arguments. Rendered by `demarc-words` in Rust and by Fluent in the window.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema, TS)]
pub struct Phrase {
    /// Message id in `locales/<language>/*.ftl`.
    pub id: String,
    /// Values for the message's variables, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub args: BTreeMap<String, Arg>,
}

/// A value inside a sentence. Text from outside (an SSID, a host name) is bounded and stripped of control characters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(untagged)]
pub enum Arg {
    /// A number, already rounded to the digits worth showing.
    Number(f64),
    /// Text shown as it is.
    Text(String),
}

// Numbers in phrases are rounded, finite figures: total equality holds.
impl Eq for Arg {}
impl Ord for Arg {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        match (self, other) {
            (Self::Number(one), Self::Number(two)) => one.total_cmp(two),
            (Self::Text(one), Self::Text(two)) => one.cmp(two),
            (Self::Number(_), Self::Text(_)) => std::cmp::Ordering::Less,
            (Self::Text(_), Self::Number(_)) => std::cmp::Ordering::Greater,
        }
    }
}
impl PartialOrd for Arg {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// Longest text from outside that enters a sentence, in characters.
const LONGEST_TEXT: usize = 120;

impl Phrase {
    /// A sentence without values.
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: id.into(), args: BTreeMap::new() }
    }

    /// Adds a number rounded to `decimals` digits; a value that is not finite is shown as zero.
    #[must_use]
    pub fn number(mut self, name: &str, value: f64, decimals: i32) -> Self {
        let scale = 10_f64.powi(decimals);
        let rounded = if value.is_finite() { (value * scale).round() / scale } else { 0.0 };
        self.args.insert(name.to_owned(), Arg::Number(if rounded == 0.0 { 0.0 } else { rounded }));
        self
    }

    /// Adds text; control and bidirectional-override characters are dropped and the length is bounded.
    #[must_use]
    pub fn text(mut self, name: &str, value: impl AsRef<str>) -> Self {
        let clean = value
            .as_ref()
            .chars()
            .filter(|c| !c.is_control() && !matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
            .take(LONGEST_TEXT)
            .collect();
        self.args.insert(name.to_owned(), Arg::Text(clean));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_outside_is_bounded_and_cannot_reorder_a_sentence() {
        let phrase = Phrase::new("x").text("ssid", format!("home\u{202e}\n{}", "a".repeat(500)));
        let Some(Arg::Text(text)) = phrase.args.get("ssid") else { unreachable!() };
        assert!(text.starts_with("homea") && text.chars().count() == LONGEST_TEXT);
    }

    #[test]
    fn numbers_are_rounded_and_never_negative_zero_or_nan() {
        let phrase = Phrase::new("x").number("a", 1.2345, 2).number("b", f64::NAN, 1).number("c", -0.001, 1);
        assert_eq!(serde_json::to_string(&phrase.args).ok().as_deref(), Some(r#"{"a":1.23,"b":0.0,"c":0.0}"#));
    }
}
