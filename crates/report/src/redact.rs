//! Leaves out of a run what its reader has no need to know, so that what stays still fits together.
//!
//! The run is walked as JSON: every text anywhere in it is searched, so a field that is added later is covered too. Addresses are
//! replaced by stand-ins of the same kind, neighbours stay neighbours, and one address has one stand-in throughout.

mod addresses;
mod secrets;

use demarc_model::Run;
use serde_json::Value;

use crate::{Redaction, ReportError};
use addresses::StandIns;
use secrets::Secrets;

/// The run as a reader of this kind may see it.
pub fn redact(run: &Run, redaction: Redaction) -> Result<Run, ReportError> {
    if redaction == Redaction::None {
        return Ok(run.clone());
    }
    let broken = |error: serde_json::Error| ReportError::Run(error.to_string());
    let mut value = serde_json::to_value(run).map_err(broken)?;
    let mut scrub = Scrub { secrets: Secrets::of(run, &value), stand_ins: StandIns::new(run, redaction == Redaction::Public) };
    scrub.walk(None, &mut value);
    serde_json::from_value(value).map_err(broken)
}

/// Fields whose text is a word of the format or an id: it says nothing about a home, and replacing it would break the run.
const VOCABULARY: [&str; 29] = [
    "schema",
    "started",
    "ended",
    "at",
    "profile",
    "party",
    "segment",
    "fault",
    "decides",
    "credible",
    "says",
    "check",
    "checks",
    "id",
    "observations",
    "outcome",
    "kind",
    "position",
    "direction",
    "protocol",
    "family",
    "record",
    "resolver",
    "duplex",
    "state",
    "failed_at",
    "code",
    "language",
    "household",
];

struct Scrub {
    secrets: Secrets,
    stand_ins: StandIns,
}

impl Scrub {
    fn walk(&mut self, field: Option<&str>, value: &mut Value) {
        match value {
            Value::String(text) if field.is_none_or(|field| !VOCABULARY.contains(&field)) => *text = self.clean(text),
            Value::Array(values) => values.iter_mut().for_each(|value| self.walk(field, value)),
            Value::Object(fields) => {
                for (name, value) in fields.iter_mut() {
                    // Answers are options of the wizard's questions or a person's own words: searched by what they hold, not by field.
                    let field = if field == Some("answers") { "answer" } else { name.as_str() };
                    self.walk(Some(field), value);
                }
            }
            _ => {}
        }
    }

    fn clean(&mut self, text: &str) -> String {
        let text = without_credentials(text);
        let text = self.secrets.hide(&text);
        self.stand_ins.hide(&text)
    }
}

/// Drops user names, passwords, queries and fragments of web addresses.
fn without_credentials(text: &str) -> String {
    let Some((before, after)) = text.split_once("://") else { return text.to_owned() };
    let end = after.find(|c: char| c.is_whitespace() || matches!(c, '"' | '<' | '>' | ')')).unwrap_or(after.len());
    let (address, rest) = after.split_at(end);
    let (host, path) = address.split_at(address.find('/').unwrap_or(address.len()));
    let host = host.rsplit('@').next().unwrap_or_default();
    let bare = |part: &str| part.split(['?', '#']).next().unwrap_or_default().to_owned();
    format!("{before}://{}{}{}", bare(host), bare(path), without_credentials(rest))
}
