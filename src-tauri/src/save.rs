//! Saving a report: where, and never half of one.

use std::path::{Path, PathBuf};

use demarc_engine::files::{FileError, PendingFile};
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
        PendingFile::create(&path).and_then(|file| file.write(&report)).map(Some).map_err(|error| unsaved(&error))
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

fn unsaved(error: &FileError) -> Phrase {
    match error {
        FileError::Unwritable { path, reason } => {
            Phrase::new("window-save-failed").text("path", path.to_string_lossy()).text("reason", reason)
        }
        other => failed(other),
    }
}

fn failed(error: &impl ToString) -> Phrase {
    Phrase::new("window-failed").text("reason", error.to_string())
}
