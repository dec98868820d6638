//! `demarc report`, and the records it makes reports of.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use demarc_engine::files;
use demarc_model::Run;
use demarc_words::Words;

use crate::arguments::{Arguments, Report};

/// Name of the latest record in the data folder.
const LAST: &str = "last-visit.json";

/// Makes a report of a recorded visit.
pub fn run(arguments: &Arguments, options: &Report) -> Result<()> {
    let run = record(arguments, &options.run)?;
    let output = files::PendingFile::create(&options.output)?;
    let words = Words::new(&run.environment.language);
    let content = demarc_report::render(&run, options.format.parse()?, options.redact.parse()?, &words)?;
    output.write(&content)?;
    Ok(())
}

/// The record of a visit by its file, or the latest that was kept by the name `last`.
pub fn record(arguments: &Arguments, name: &Path) -> Result<Run> {
    if name != Path::new("last") {
        return Ok(files::load_run(name)?);
    }
    let last = data_folder(arguments.data_dir.as_deref()).context("no data folder is known; name one with --data-dir")?.join(LAST);
    anyhow::ensure!(last.exists(), "no visit is kept yet; run `demarc diagnose` first, or name another folder with --data-dir");
    Ok(files::load_run(&last)?)
}

/// Keeps the record of a visit, so that nothing is lost when its output is. Failing to is said, and no reason to withhold the result.
pub fn keep(given: Option<&Path>, run: &Run) {
    let kept = data_folder(given).context("no data folder is known").and_then(|folder| {
        std::fs::create_dir_all(&folder)?;
        let file = files::PendingFile::create(&folder.join(LAST))?;
        Ok(file.write(&serde_json::to_vec(run)?)?)
    });
    if let Err(error) = kept {
        eprintln!("demarc: the record of this visit was not kept ({error:#}); name another folder with --data-dir");
    }
}

fn data_folder(given: Option<&Path>) -> Option<PathBuf> {
    given
        .map(Path::to_path_buf)
        .or_else(|| directories::ProjectDirs::from("", "", "demarc").map(|folders| folders.data_dir().to_path_buf()))
}
