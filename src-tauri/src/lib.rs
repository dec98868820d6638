//! The window: a thin shell between the screens and the engine. Four commands and one stream of updates cross it; nothing is sent on
//! the network before a visit is started.

#[cfg(test)]
mod bindings;
mod commands;
mod configuration;
mod description;
mod save;
mod visits;

use anyhow::Context;

/// Opens the window and stays until it is closed.
pub fn open() -> anyhow::Result<()> {
    tauri::Builder::default()
        .plugin(tauri_plugin_dialog::init())
        .manage(configuration::Configuration::read())
        .manage(visits::Visits::default())
        .invoke_handler(tauri::generate_handler![commands::describe, commands::start_visit, commands::act, commands::save_report])
        .run(tauri::generate_context!())
        .context("the window cannot be opened; is there a display? `demarc diagnose` runs the same visit in a terminal")
}
