//! What the window may ask for. Errors are sentences without a language: the window says them in its own.

use demarc_engine::Update;
use demarc_model::Phrase;
use demarc_wizard::Action;
use tauri::{AppHandle, State, ipc::Channel};

use crate::{
    configuration::Configuration,
    description::{Description, Start},
    save::{self, ReportChoice},
    visits::Visits,
};

/// What the welcome page offers. Sends nothing.
#[tauri::command]
#[allow(clippy::needless_pass_by_value, reason = "commands are handed their state by value")]
pub fn describe(configuration: State<'_, Configuration>) -> Description {
    Description::of(&configuration)
}

/// Starts a visit; one that is under way ends.
#[tauri::command]
pub async fn start_visit(
    start: Start,
    updates: Channel<Vec<Update>>,
    configuration: State<'_, Configuration>,
    visits: State<'_, Visits>,
) -> Result<(), Phrase> {
    visits.start(&start, &configuration.config, updates)
}

/// Does something in the visit that is under way.
#[tauri::command]
pub async fn act(action: Action, visits: State<'_, Visits>) -> Result<(), Phrase> {
    visits.act(action).await
}

/// Saves the record of the visit that has ended; where it lies now, or nothing when the user changed their mind.
#[tauri::command]
pub async fn save_report(report: ReportChoice, app: AppHandle, visits: State<'_, Visits>) -> Result<Option<String>, Phrase> {
    let run = visits.run().ok_or_else(|| Phrase::new("window-no-visit"))?;
    Ok(save::save(&app, run, report).await?.map(|path| path.to_string_lossy().into_owned()))
}
