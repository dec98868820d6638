//! A [`Run`] as a document: JSON for programs, PDF and HTML for people, text for a ticket.
//!
//! Redaction comes first and works on the run itself, so no format can show what another hides.

mod drawing;
mod html;
mod pdf;
mod redact;
mod text;
mod view;

use std::str::FromStr;

use demarc_model::Run;
use demarc_words::Words;
use thiserror::Error;

/// Renders a run as a document in the language of `words`. The same run gives the same bytes.
pub fn render(run: &Run, format: Format, redaction: Redaction, words: &Words) -> Result<Vec<u8>, ReportError> {
    let run = redact::redact(run, redaction)?;
    match format {
        Format::Json => json(&run),
        Format::Text => Ok(text::render(&view::View::new(&run, redaction, words)).into_bytes()),
        Format::Html => Ok(html::render(&view::View::new(&run, redaction, words)).into_bytes()),
        Format::Pdf => pdf::render(&view::View::new(&run, redaction, words), &run, json(&run)?),
    }
}

fn json(run: &Run) -> Result<Vec<u8>, ReportError> {
    let mut bytes = serde_json::to_vec_pretty(run).map_err(|error| ReportError::Run(error.to_string()))?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// What kind of document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// The run itself, indented.
    Json,
    /// One file with everything in it.
    Html,
    /// A4 pages, tagged for assistive technology, with the run attached.
    Pdf,
    /// At most 80 columns, to be pasted into a ticket.
    Text,
}

/// What a document leaves out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Redaction {
    /// Nothing.
    #[default]
    None,
    /// What concerns the home alone: hardware addresses, the Wi-Fi's name, private addresses, program names. Public addresses stay.
    Support,
    /// Public addresses too.
    Public,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 4] = [Self::Pdf, Self::Html, Self::Text, Self::Json];

    /// Its name on the command line.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Html => "html",
            Self::Pdf => "pdf",
            Self::Text => "text",
        }
    }

    /// The usual end of a file's name, without the dot.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Text => "txt",
            other => other.id(),
        }
    }
}

impl Redaction {
    /// Every redaction, from the one that leaves out nothing.
    pub const ALL: [Self; 3] = [Self::None, Self::Support, Self::Public];

    /// Its name on the command line.
    pub const fn id(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Support => "support",
            Self::Public => "public",
        }
    }
}

impl FromStr for Format {
    type Err = ReportError;

    fn from_str(name: &str) -> Result<Self, ReportError> {
        Self::ALL.into_iter().find(|format| format.id() == name).ok_or_else(|| ReportError::UnknownFormat(name.to_owned()))
    }
}

impl FromStr for Redaction {
    type Err = ReportError;

    fn from_str(name: &str) -> Result<Self, ReportError> {
        Self::ALL.into_iter().find(|redaction| redaction.id() == name).ok_or_else(|| ReportError::UnknownRedaction(name.to_owned()))
    }
}

/// Why there is no document.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum ReportError {
    /// A format that does not exist.
    #[error("there is no report format `{0}`; choose pdf, html, text or json")]
    UnknownFormat(String),
    /// A redaction that does not exist.
    #[error("there is no redaction `{0}`; choose none, support or public")]
    UnknownRedaction(String),
    /// The run does not survive being written as JSON.
    #[error("this run cannot be written as JSON ({0}); record the visit again")]
    Run(String),
    /// The PDF could not be typeset.
    #[error("the PDF could not be typeset ({0}); export HTML or text instead and report this as a fault of Demarc")]
    Typesetting(String),
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn names_on_the_command_line_are_read_back() {
        for format in Format::ALL {
            assert_eq!(format.id().parse(), Ok(format));
        }
        for redaction in Redaction::ALL {
            assert_eq!(redaction.id().parse(), Ok(redaction));
        }
        assert_eq!("docx".parse::<Format>().unwrap_err().to_string(), "there is no report format `docx`; choose pdf, html, text or json");
        assert_eq!("all".parse::<Redaction>().unwrap_err().to_string(), "there is no redaction `all`; choose none, support or public");
    }
}
