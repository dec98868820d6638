//! `demarc checks`

use std::io::Write;

use anyhow::{Context, Result};
use demarc_checks::CHECKS;
use demarc_words::Words;
use serde::Serialize;

use crate::{
    arguments::{Listing, OutputFormat},
    diagnose::language,
};

/// One line of the list, as the contract shapes it.
#[derive(Serialize)]
struct Row {
    id: &'static str,
    step: demarc_model::Step,
    needs: &'static [&'static str],
    faults: Vec<&'static str>,
}

/// Prints every check.
pub fn run(options: &Listing) -> Result<()> {
    let rows: Vec<Row> = CHECKS
        .iter()
        .map(|check| Row {
            id: check.id,
            step: check.step,
            needs: check.needs,
            faults: check.faults.iter().map(|fault| fault.id()).collect(),
        })
        .collect();
    let text = match options.format {
        OutputFormat::Json => serde_json::to_string_pretty(&rows).context("the list cannot be written as JSON")? + "\n",
        OutputFormat::Text => {
            let words = Words::new(&language());
            let line = |row: &Row| format!("{:<18} {}\n", row.id, words.text(&format!("check-{}", row.id)));
            rows.iter().map(line).collect()
        }
    };
    std::io::stdout().lock().write_all(text.as_bytes()).context("the list cannot be written to standard output")
}
