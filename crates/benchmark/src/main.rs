//! The benchmark's command line.

use std::{io::Write, process::ExitCode};

use anyhow::{Result, anyhow};
use clap::{Parser, Subcommand, ValueEnum};
use demarc_benchmark::{
    fit,
    grid::{Case, Grid, Split},
    report::{self, Report},
    run::{Row, run, spread},
    score::{Scored, calibration, extras, figures, party_confusion, segment_confusion},
    show::show,
    tables,
};
use demarc_model::Profile;

/// Measures how well faults are located in a grid of simulated households
#[derive(Parser)]
#[command(name = "demarc-benchmark")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Visit a split's households and print how the engine did
    Run {
        #[command(flatten)]
        choice: Choice,
        /// Print every household that was answered wrongly
        #[arg(long)]
        list_wrong: bool,
    },
    /// Print one household: its file, the verdict, what it rests on, and what was measured
    Show {
        /// The household's id
        id: String,
        #[arg(long, value_enum, default_value = "standard")]
        profile: ProfileName,
    },
    /// Fit the baselines to the training split and the temperature to the validation split
    Fit {
        #[arg(long, default_value_t = 2)]
        threads: usize,
        /// Only one of the two: the baselines do not change with the engine
        #[arg(long, value_enum)]
        only: Option<Fitted>,
    },
    /// Measure the test split and write the committed result, its plots and its page
    Report {
        #[arg(long, default_value_t = 2)]
        threads: usize,
    },
    /// Print the ids of a split's households
    List {
        #[command(flatten)]
        choice: Choice,
    },
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Fitted {
    Baselines,
    Temperature,
}

#[derive(clap::Args)]
struct Choice {
    /// train, validation or test
    #[arg(long, default_value = "train")]
    split: Split,
    #[arg(long, value_enum, default_value = "standard")]
    profile: ProfileName,
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// Only households whose id contains this; several are alternatives
    #[arg(long)]
    filter: Vec<String>,
    /// At most this many, spread evenly over the split
    #[arg(long)]
    limit: Option<usize>,
}

#[derive(Clone, Copy, ValueEnum)]
enum ProfileName {
    Quick,
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

impl Choice {
    fn cases(&self, grid: &Grid) -> Result<Vec<Case>> {
        let wanted =
            |case: &Case| case.split == self.split && (self.filter.is_empty() || self.filter.iter().any(|part| case.id.contains(part)));
        let cases: Vec<Case> = grid.cases().into_iter().filter(wanted).collect();
        if cases.is_empty() {
            return Err(anyhow!("no household of the {} split matches; `demarc-benchmark list` prints the ids", self.split));
        }
        Ok(spread(cases, self.limit))
    }
}

fn main() -> ExitCode {
    match perform() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn perform() -> Result<()> {
    let grid = Grid::load()?;
    let text = match Arguments::parse().command {
        Command::Run { choice, list_wrong } => measure(&grid, &choice, list_wrong)?,
        Command::Show { id, profile } => show(&grid, &grid.case(&id)?, profile.into())?,
        Command::Fit { threads, only } => fit(&grid, threads, only)?,
        Command::Report { threads } => report(&grid, threads)?,
        Command::List { choice } => choice.cases(&grid)?.iter().fold(String::new(), |text, case| text + &case.id + "\n"),
    };
    // A reader that has seen enough closes the pipe; that is no error.
    let _ = std::io::stdout().write_all(text.as_bytes());
    Ok(())
}

fn split(grid: &Grid, split: Split, threads: usize) -> Result<Vec<Row>> {
    let cases: Vec<Case> = grid.cases().into_iter().filter(|case| case.split == split).collect();
    run(grid, &cases, Profile::Standard, threads)
}

fn fit(grid: &Grid, threads: usize, only: Option<Fitted>) -> Result<String> {
    let mut told = Vec::new();
    if only != Some(Fitted::Temperature) {
        fit::fit_baselines(&split(grid, Split::Train, threads)?)?;
        told.push("the baselines are fitted".to_owned());
    }
    if only != Some(Fitted::Baselines) {
        let (temperature, log_loss) = fit::fit_temperature(&split(grid, Split::Validation, threads)?);
        fit::write_temperature(temperature)?;
        told.push(format!("temperature {temperature:?}, at which the true party costs {log_loss:.4} nats"));
    }
    Ok(told.join("\n") + "\n")
}

fn report(grid: &Grid, threads: usize) -> Result<String> {
    let rows = split(grid, Split::Test, threads)?;
    let report = Report::of(grid, &rows, &fit::baselines()?, fit::temperature()?, report::lab());
    report.write()?;
    let parts = [
        tables::by_recipe(&rows),
        tables::timing(&rows),
        tables::summary(&report.figures),
        tables::extras(&report.extras),
        report.comparison(),
    ];
    Ok(parts.join("\n"))
}

fn measure(grid: &Grid, choice: &Choice, list_wrong: bool) -> Result<String> {
    let rows = run(grid, &choice.cases(grid)?, choice.profile.into(), choice.threads)?;
    let scored: Vec<Scored> = rows.iter().map(|row| (&row.case, &row.answer)).collect();
    let counted = || scored.iter().copied().filter(|(case, _)| case.truth.severity.counts());
    let mut parts = vec![tables::by_recipe(&rows)];
    if list_wrong {
        parts.push(tables::wrong(&rows));
    }
    parts.push(tables::confusion(&party_confusion(counted())));
    parts.push(tables::confusion(&segment_confusion(counted())));
    parts.push(tables::calibration(&calibration(&counted().collect::<Vec<_>>())));
    parts.push(tables::timing(&rows));
    parts.push(format!("{} households\n{}\n{}", rows.len(), tables::summary(&figures(&scored)), tables::extras(&extras(&scored))));
    Ok(parts.join("\n"))
}
