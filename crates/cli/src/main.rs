//! `demarc`: the visit in a terminal.

mod arguments;
mod diagnose;
mod listing;
#[cfg(test)]
mod manual;
mod progress;
mod report;
mod serve;
mod signal;

use std::process::ExitCode;

use clap::{Parser, error::ErrorKind};

use crate::arguments::{Arguments, Command};

/// Wrong usage.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are answers, not errors. If even they cannot be printed there is nobody to tell.
            let _ = error.print();
            return if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
                ExitCode::SUCCESS
            } else {
                ExitCode::from(USAGE)
            };
        }
    };
    let done = match &arguments.command {
        Command::Diagnose(options) => diagnose::run(&arguments, options),
        Command::Checks(options) => listing::run(options),
        Command::Report(options) => report::run(&arguments, options),
        Command::Signal(options) => signal::run(options),
        Command::Serve(options) => serve::run(options),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("demarc: {error:#}");
            if error.is::<arguments::WrongUsage>() { ExitCode::from(USAGE) } else { ExitCode::FAILURE }
        }
    }
}
