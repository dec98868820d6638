//! The command line. One definition drives parsing, `--help`, the manual page and the completions.

use std::{net::SocketAddr, path::PathBuf};

use clap::{
    Args, Parser, Subcommand, ValueEnum,
    builder::{PossibleValuesParser, TypedValueParser},
};
use demarc_model::{Change, Profile, nearest};
use demarc_wizard::QUESTIONS;

/// Find which side of the line a home internet fault is on, and show the evidence.
#[derive(Debug, Parser)]
#[command(name = "demarc", version, max_term_width = 100)]
pub struct Arguments {
    /// Configuration to use instead of the user's own
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Folder in which the records of visits are kept
    #[arg(long, global = true, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the checks and reach a verdict
    Diagnose(Diagnose),
    /// List every check
    Checks(Listing),
    /// Make a report of a recorded visit
    Report(Report),
    /// Show the signal of the Wi-Fi while you walk around
    Signal(Signal),
    /// Be the peer that another computer or a phone measures its way to
    Serve(Serve),
}

#[derive(Debug, Args)]
pub struct Serve {
    /// Where to listen; by default everywhere, on port 7870
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub listen: Option<SocketAddr>,
    /// Serve whoever knows the token in this file, from anywhere, and not the home alone; the file is made where it is missing
    #[arg(long, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    /// Certificate (PEM) to serve with TLS
    #[arg(long, value_name = "FILE", requires = "key")]
    pub certificate: Option<PathBuf>,
    /// Private key (PEM) of the certificate
    #[arg(long, value_name = "FILE", requires = "certificate")]
    pub key: Option<PathBuf>,
    /// Connections at a time; 32 of them from one address
    #[arg(long, value_name = "N", default_value_t = 256, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    pub connections: u16,
    /// All transfers together, in Mbit/s; by default as fast as it goes
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub mbps: Option<u32>,
    /// Megabytes of one transfer
    #[arg(long, value_name = "N", default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub megabytes: u32,
    /// How long one connection may last
    #[arg(long, value_name = "N", default_value_t = 120, value_parser = clap::value_parser!(u32).range(1..=3_600))]
    pub seconds: u32,
}

#[derive(Debug, Args)]
pub struct Signal {
    /// For how long, at most 300 seconds
    #[arg(long, value_name = "N", default_value_t = 60, value_parser = clap::value_parser!(u16).range(1..=300))]
    pub seconds: u16,
    /// A simulated home network in place of the real one, by name or file
    #[arg(long, value_name = "NAME|FILE")]
    pub household: Option<String>,
    /// What to print: a line for people each second, or one JSON object a line
    #[arg(long, value_enum, default_value_t)]
    pub format: OutputFormat,
}

#[derive(Debug, Args)]
pub struct Diagnose {
    /// How thorough: at most 45 s, 4 min or 15 min of measuring
    #[arg(long, value_enum, default_value_t)]
    pub profile: ProfileName,
    /// What you have trouble with
    #[arg(long, value_name = "HOST", num_args = 1..)]
    pub service: Vec<String>,
    /// Do not fill the line (for metered lines)
    #[arg(long)]
    pub no_load: bool,
    /// A simulated home network in place of the real one, by name or file
    #[arg(long, value_name = "NAME|FILE")]
    pub household: Option<String>,
    /// Seed of the simulated home network
    #[arg(long, value_name = "N", default_value_t = 1, requires = "household")]
    pub seed: u64,
    /// Answers to the wizard's questions; one that is not answered is skipped
    #[arg(long, value_name = "ID=VALUE", num_args = 1.., value_parser = answer)]
    pub answer: Vec<(String, String)>,
    /// Record of an earlier visit to this home to compare with; `last` for the latest that was kept
    #[arg(long, value_name = "RUN")]
    pub compare_with: Option<PathBuf>,
    /// What was changed at home since that visit
    #[arg(long, value_name = "CHANGE", requires = "compare_with", value_parser = changes())]
    pub change: Option<Change>,
    /// Status page of your modem, saved as a web page or text; `-` reads it from standard input
    #[arg(long, value_name = "FILE")]
    pub modem_page: Option<PathBuf>,
    /// What to print: a summary for people, or the record of the visit
    #[arg(long, value_enum, default_value_t)]
    pub format: OutputFormat,
    /// Write the result here instead of standard output
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Listing {
    /// What to print
    #[arg(long, value_enum, default_value_t)]
    pub format: OutputFormat,
}

#[derive(Debug, Args)]
pub struct Report {
    /// Record of a visit, as `demarc diagnose --format json` writes it; `last` for the latest that was kept
    pub run: PathBuf,
    /// Format of the report
    #[arg(long, value_parser = known(&["pdf", "html", "text", "json"]))]
    pub format: String,
    /// What to hide: nothing, what concerns the home alone, or public addresses too
    #[arg(long, default_value = "none", value_parser = known(&["none", "support", "public"]))]
    pub redact: String,
    /// Where to write it
    #[arg(long, value_name = "FILE")]
    pub output: PathBuf,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
pub enum OutputFormat {
    #[default]
    Text,
    Json,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
pub enum ProfileName {
    Quick,
    #[default]
    Standard,
    Thorough,
}

impl From<ProfileName> for Profile {
    fn from(name: ProfileName) -> Self {
        match name {
            ProfileName::Quick => Self::Quick,
            ProfileName::Standard => Self::Standard,
            ProfileName::Thorough => Self::Thorough,
        }
    }
}

/// The command line asks for something that does not exist.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct WrongUsage(pub String);

fn known(values: &'static [&'static str]) -> PossibleValuesParser {
    PossibleValuesParser::new(values)
}

/// A change by its id.
fn changes() -> impl TypedValueParser<Value = Change> {
    PossibleValuesParser::new(Change::ALL.map(Change::id))
        .try_map(|id| Change::ALL.into_iter().find(|change| change.id() == id).ok_or("there is no such change"))
}

/// `ID=VALUE` with a question and an answer that exist.
fn answer(text: &str) -> Result<(String, String), String> {
    let (id, value) = text.split_once('=').ok_or("write it as ID=VALUE, such as symptom=buffering")?;
    let ids = || QUESTIONS.iter().map(|(id, _)| *id);
    let Some((_, options)) = QUESTIONS.iter().find(|(known, _)| *known == id) else {
        let hint = nearest(id, ids()).map(|near| format!(" (did you mean `{near}`?)")).unwrap_or_default();
        return Err(format!("there is no question `{id}`{hint}; the questions are {}", ids().collect::<Vec<_>>().join(", ")));
    };
    if options.contains(&value) {
        Ok((id.to_owned(), value.to_owned()))
    } else {
        Err(format!("answer `{id}` with one of {}", options.join(", ")))
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn answers_are_checked_against_the_questions() {
        assert!(answer("symptom=lag").is_ok());
        assert!(answer("symptm=lag").is_err_and(|error| error.contains("did you mean `symptom`")));
        assert!(answer("symptom=hunger").is_err_and(|error| error.contains("buffering")));
        assert!(answer("symptom").is_err());
    }
}
