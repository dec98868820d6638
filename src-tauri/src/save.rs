//! Saving a report: where, and never half of one.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use demarc_model::{Phrase, Run};
use demarc_report::{Format, Redaction};
use demarc_words::Words;
use serde::Deserialize;
use tauri::{AppHandle, Runtime};
use tauri_plugin_dialog::DialogExt;
use tokio::sync::oneshot;
use ts_rs::TS;

/// A folder that reports are saved to without asking, for tests that cannot press a button of the system.
const AUTOMATION: &str = "DEMARC_SAVE_FOLDER";

/// What report the user wants.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
pub struct ReportChoice {
    /// `pdf`, `html`, `text` or `json`.
    #[ts(type = "\"pdf\" | \"html\" | \"text\" | \"json\"")]
    pub format: String,
    /// `none`, `support` or `public`.
    #[ts(type = "\"none\" | \"support\" | \"public\"")]
    pub redaction: String,
    /// Language of the report.
    pub language: String,
}

/// Renders the report and saves it where the user says; `None` when they changed their mind.
pub async fn save<R: Runtime>(app: &AppHandle<R>, run: Run, choice: ReportChoice) -> Result<Option<PathBuf>, Phrase> {
    let format: Format = choice.format.parse().map_err(|error| failed(&error))?;
    let redaction: Redaction = choice.redaction.parse().map_err(|error| failed(&error))?;
    let name = format!("demarc-{}.{}", run.started.format("%Y-%m-%d-%H%M"), format.extension());
    let Some(path) = destination(app, &name, format).await? else { return Ok(None) };
    let write = move || {
        let report = demarc_report::render(&run, format, redaction, &Words::new(&choice.language)).map_err(|error| failed(&error))?;
        write_whole(&path, &report)
            .map_err(|error| Phrase::new("window-save-failed").text("path", path.to_string_lossy()).text("reason", error.to_string()))?;
        Ok(Some(path))
    };
    tauri::async_runtime::spawn_blocking(write).await.map_err(|error| failed(&error))?
}

async fn destination<R: Runtime>(app: &AppHandle<R>, name: &str, format: Format) -> Result<Option<PathBuf>, Phrase> {
    if let Some(folder) = std::env::var_os(AUTOMATION) {
        return Ok(Some(Path::new(&folder).join(name)));
    }
    let (chosen, choice) = oneshot::channel();
    let mut dialog = app.dialog().file().set_file_name(name).add_filter(format.id(), &[format.extension()]);
    if let Some(folder) = directories::UserDirs::new().and_then(|folders| folders.document_dir().map(Path::to_path_buf)) {
        dialog = dialog.set_directory(folder);
    }
    dialog.save_file(move |path| drop(chosen.send(path)));
    match choice.await {
        Ok(Some(path)) => path.into_path().map(Some).map_err(|error| failed(&error)),
        _ => Ok(None),
    }
}

/// Writes beside the file and moves it into place, so that there is the old one or the new one and never half of one.
fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}.part", std::process::id()));
    let beside = PathBuf::from(beside);
    let written = File::create_new(&beside).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&beside, path)
    });
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written
}

fn failed(error: &impl ToString) -> Phrase {
    Phrase::new("window-failed").text("reason", error.to_string())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_report_replaces_the_one_before_it_and_leaves_nothing_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.txt");
        write_whole(&path, b"one").unwrap();
        write_whole(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_report_that_cannot_be_written_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        // A folder that is not empty cannot be replaced by a file.
        let path = folder.path().join("taken");
        fs::create_dir_all(path.join("inside")).unwrap();
        assert!(write_whole(&path, b"report").is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
