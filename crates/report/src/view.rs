//! What every format shows, worked out once: sentences, rows, states and pictures. Formats only lay it out.

mod comparison;
mod facts;
mod path;
mod probing;
mod reasons;
mod spine;
mod tables;

use chrono::{DateTime, FixedOffset};
use demarc_model::{Arg, Observation, Party, Phrase, Position, Run, Segment};
use demarc_words::Words;
use serde::Serialize;

use crate::{
    Redaction,
    drawing::{self, Drawing, Ink},
};

pub use spine::{Part, PartState, Spine};

/// The whole report.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct View {
    pub language: &'static str,
    /// Title of the document.
    pub title: String,
    /// What stands over the verdict: what this is and when it was made.
    pub kicker: String,
    pub made: String,
    /// What a reader must know before anything else: a simulation, a visit that was stopped.
    pub warnings: Vec<String>,
    /// The verdict in one sentence.
    pub headline: String,
    /// How sure it is.
    pub confidence: String,
    /// The colour of the verdict.
    pub tone: PartState,
    pub spine: Drawing,
    /// The states of the picture as words, for formats without pictures.
    pub parts: Vec<(String, String, String)>,
    /// What speaks for the verdict and what against it, or, where it is open, what is ruled out and what is left; at most three each.
    pub reasons: Points,
    pub against: Points,
    pub next: Points,
    /// The explanations considered, when there are any.
    pub candidates: Option<Table>,
    pub sections: Vec<Section>,
    pub footer: String,
    pub page: String,
    /// What the attached record is called.
    pub attachment: String,
}

/// A headed list. It may be empty; `none` says so.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Points {
    pub title: String,
    pub items: Vec<String>,
    pub none: String,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Section {
    pub title: String,
    pub blocks: Vec<Block>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "block")]
pub enum Block {
    Paragraph {
        text: String,
    },
    Fields {
        fields: Vec<(String, String)>,
    },
    List {
        title: String,
        items: Vec<String>,
        /// Set small, in two columns where there is room.
        compact: bool,
    },
    Table(Table),
    Chart(Drawing),
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Table {
    pub caption: String,
    pub columns: Vec<Column>,
    pub rows: Vec<Vec<String>>,
    /// What a reader should know about the figures.
    pub note: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Column {
    pub title: String,
    /// Figures stand at the right of their column.
    pub figures: bool,
    /// Whether the column holds sentences and takes the room that is left.
    pub wide: bool,
    /// Whether a ticket can do without it.
    pub detail: bool,
}

/// What a column holds; figures that are a detail are left out of a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    Figures,
    DetailFigures,
    Sentences,
}

/// Rows that a table holds at most; a real visit has a fraction of it.
const MOST_ROWS: usize = 120;
/// Letters of a short text (the longest address has as many); a longer one is laid out as a sentence.
const LONGEST_SHORT_TEXT: usize = 39;
/// Letters of a text from outside that are shown at most.
const LONGEST_TEXT: usize = 200;

impl View {
    /// Everything that is shown of a run, in the language of `words`.
    pub fn new(run: &Run, redaction: Redaction, words: &Words) -> Self {
        let teller = Teller { run, words };
        let t = |id: &str| teller.text(id);
        let spine = spine::Spine::new(&teller);
        let mut warnings = Vec::new();
        if let Some(household) = &run.environment.household {
            warnings.push(teller.say(&Phrase::new("report-warning-simulated").text("household", teller.name("household", household))));
        }
        if run.environment.incomplete {
            warnings.push(t("report-warning-incomplete"));
        }
        let made = day_and_time(run.ended);
        let reasons = reasons::Reasons::new(&teller);
        Self {
            language: words.language(),
            title: teller.say(&Phrase::new("report-title").text("date", &made)),
            kicker: t("report-kicker"),
            footer: teller.say(&Phrase::new("report-footer").text("version", &run.version).text("date", &made)),
            page: t("report-page"),
            attachment: t("report-attachment"),
            made,
            warnings,
            headline: teller.say_or(&run.verdict.summary_phrase, &run.verdict.summary),
            confidence: reasons::confidence(&teller),
            tone: match run.verdict.party {
                Party::Healthy => PartState::Clear,
                Party::Undetermined => PartState::Suspicious,
                Party::Home | Party::Provider | Party::Beyond => PartState::Fault,
            },
            parts: spine.parts.iter().map(|part| (part.name.clone(), part.word.clone(), part.figures.join(", "))).collect(),
            spine: drawing::spine(&spine),
            reasons: reasons.reasons,
            against: reasons.against,
            next: reasons::next(&teller),
            candidates: reasons::candidates(&teller),
            sections: [
                facts::section(&teller, redaction),
                comparison::section(&teller),
                reasons::evidence(&teller),
                path::section(&teller),
                tables::traces(&teller),
                tables::services(&teller),
                method(&teller),
                tables::observations(&teller),
            ]
            .into_iter()
            .filter(|section| !section.blocks.is_empty())
            .collect(),
        }
    }
}

/// The run and the words it is told in.
pub struct Teller<'a> {
    run: &'a Run,
    words: &'a Words,
}

impl Teller<'_> {
    fn text(&self, id: &str) -> String {
        self.words.text(id)
    }

    /// A sentence; values that come from outside are bounded.
    fn say(&self, phrase: &Phrase) -> String {
        let mut phrase = phrase.clone();
        for arg in phrase.args.values_mut() {
            if let Arg::Text(text) = arg {
                *text = shown(text);
            }
        }
        self.words.say(&phrase)
    }

    /// A sentence in the language of the report, or as it was recorded where its words are not known here.
    fn say_or(&self, phrase: &Phrase, recorded: &str) -> String {
        if self.words.knows(&phrase.id) { self.say(phrase) } else { shown(recorded) }
    }

    /// The words for an id of another part of Demarc, or the id itself made readable.
    fn name(&self, family: &str, id: &str) -> String {
        let message = format!("{family}-{id}");
        if self.words.knows(&message) { self.text(&message) } else { shown(&id.replace(['-', '_'], " ")) }
    }

    /// The part of the path that a segment is, as it is called in the picture.
    fn part(&self, segment: Segment) -> String {
        self.text(match segment {
            Segment::Device => "part-computer",
            Segment::Wiring => "report-part-cable",
            Segment::Wifi => "report-part-wifi",
            Segment::Router => "part-router",
            Segment::Access => "part-line",
            Segment::Isp => "part-provider",
            Segment::Interconnect => "part-networks",
            Segment::Service => "part-service",
        })
    }

    fn position(&self, position: Position) -> String {
        self.text(match position {
            Position::Gateway => "report-position-gateway",
            Position::FirstHop => "report-position-first-hop",
            Position::BorderNear => "report-position-border-near",
            Position::BorderFar => "report-position-border-far",
            Position::OnNet => "report-position-on-net",
            Position::OtherNetwork => "report-position-other-network",
            Position::Service => "report-position-service",
        })
    }

    /// A table of the columns that hold anything.
    fn table(&self, caption: String, columns: &[(&str, Kind)], mut rows: Vec<Vec<String>>) -> Table {
        let left_out = rows.len().saturating_sub(MOST_ROWS);
        rows.truncate(MOST_ROWS);
        let longest = |index: usize| rows.iter().filter_map(|row| row.get(index)).map(|cell| cell.chars().count()).max().unwrap_or(0);
        let lengths: Vec<usize> = (0..columns.len()).map(longest).collect();
        let sentences = |index: usize| match columns.get(index) {
            Some((_, Kind::Sentences)) => true,
            Some((_, Kind::Text)) => lengths.get(index).is_some_and(|length| *length > LONGEST_SHORT_TEXT),
            _ => false,
        };
        // Somewhere the room that is left has to go.
        let longest = (0..columns.len())
            .filter(|index| matches!(columns.get(*index), Some((_, Kind::Text))))
            .max_by_key(|index| (lengths.get(*index).copied(), std::cmp::Reverse(*index)))
            .filter(|_| !(0..columns.len()).any(sentences));
        let used = |index: usize| lengths.get(index).is_some_and(|length| *length > 0);
        Table {
            caption,
            columns: columns
                .iter()
                .enumerate()
                .filter(|(index, _)| used(*index))
                .map(|(index, (id, kind))| Column {
                    title: self.text(id),
                    figures: matches!(kind, Kind::Figures | Kind::DetailFigures),
                    wide: sentences(index) || longest == Some(index),
                    detail: *kind == Kind::DetailFigures,
                })
                .collect(),
            rows: rows
                .into_iter()
                .map(|row| row.into_iter().enumerate().filter(|(index, _)| used(*index)).map(|(_, cell)| cell).collect())
                .collect(),
            note: (left_out > 0).then(|| self.say(&Phrase::new("report-rows-left-out").number("count", left_out as f64, 0))),
        }
    }

    /// The latest answer of one kind.
    fn latest<'a, T: ?Sized>(&'a self, kind: impl Fn(&'a Observation) -> Option<&'a T>) -> Option<&'a T> {
        self.run.latest().rev().find_map(kind)
    }
}

fn method(teller: &Teller) -> Section {
    let ids = ["how", "confidence", "one-end", "silence", "samples", "proof"];
    Section {
        title: teller.text("report-method"),
        blocks: ids.into_iter().map(|id| Block::Paragraph { text: teller.text(&format!("report-method-{id}")) }).collect(),
    }
}

/// Text from outside, bounded and without characters that could reorder or hide what stands beside it.
fn shown(text: &str) -> String {
    let mut clean: String = text
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|c| {
            !c.is_control() && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
        })
        .take(LONGEST_TEXT + 1)
        .collect();
    if clean.chars().count() > LONGEST_TEXT {
        clean.pop();
        clean.push('\u{2026}');
    }
    clean
}

fn day_and_time(at: DateTime<FixedOffset>) -> String {
    at.format("%Y-%m-%d %H:%M:%S %:z").to_string()
}

/// Milliseconds with the digits that mean something; a dash where there is no value.
fn milliseconds(value: Option<f64>) -> String {
    figure(value, 100.0)
}

fn megabits(value: Option<f64>) -> String {
    figure(value, 10.0)
}

/// A tenth is worth showing below `fine`.
fn figure(value: Option<f64>, fine: f64) -> String {
    match value {
        Some(value) if value.is_finite() && value.abs() < 1e9 => format!("{value:.0$}", usize::from(value.abs() < fine)),
        _ => "\u{2013}".to_owned(),
    }
}

/// The colour of a place is that of the part it stands for, everywhere.
const fn ink_of(position: Position) -> Ink {
    match position {
        Position::Gateway => Ink::Router,
        Position::FirstHop | Position::BorderNear | Position::OnNet => Ink::Provider,
        Position::BorderFar | Position::OtherNetwork => Ink::Networks,
        Position::Service => Ink::Service,
    }
}
