//! One line on standard error that says how far the visit is.

use std::{
    io::{IsTerminal, Write},
    sync::{Mutex, PoisonError},
};

use demarc_engine::Update;
use demarc_wizard::{State, View};
use demarc_words::Words;
use tokio::sync::Notify;

/// Shows a visit's progress. On a terminal one line is rewritten; elsewhere each finished check is a line.
pub struct Progress {
    terminal: bool,
    names: Vec<(String, String)>,
    shown: Mutex<Vec<(String, State)>>,
    finished: Notify,
}

impl Progress {
    /// Nothing is shown before the first update.
    pub fn new(words: &Words) -> Self {
        let names = demarc_checks::CHECKS.iter().map(|check| (check.id.to_owned(), words.text(&format!("check-{}", check.id)))).collect();
        Self { terminal: std::io::stderr().is_terminal(), names, shown: Mutex::default(), finished: Notify::new() }
    }

    /// Shows what changed.
    pub fn show(&self, update: &Update) {
        match update {
            Update::View(view) if self.terminal => self.line(&format!("{:3.0} %  {}", view.progress * 100.0, self.running(view))),
            Update::View(view) => self.changes(view),
            Update::Live { .. } => {}
            Update::Finished(_) => self.finished.notify_one(),
        }
    }

    /// Waits for the verdict.
    pub async fn finished(&self) {
        self.finished.notified().await;
    }

    /// Says something that stays.
    pub fn say(&self, text: &str) {
        self.line("");
        eprintln!("{text}");
    }

    /// Clears the line.
    pub fn end(&self) {
        self.line("");
    }

    fn line(&self, text: &str) {
        if self.terminal {
            // A terminal that is gone is no reason to stop measuring.
            let _ = write!(std::io::stderr().lock(), "\r\x1b[2K{text:.100}").and_then(|()| std::io::stderr().flush());
        }
    }

    fn running(&self, view: &View) -> String {
        let running = view.steps.iter().flat_map(|step| &step.checks).filter(|check| check.state == State::Testing);
        running.map(|check| self.name(&check.id)).collect::<Vec<_>>().join(", ")
    }

    fn changes(&self, view: &View) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        for check in view.steps.iter().flat_map(|step| &step.checks).filter(|check| !matches!(check.state, State::NotYet | State::Testing))
        {
            if !shown.iter().any(|(id, _)| *id == check.id) {
                shown.push((check.id.clone(), check.state));
                eprintln!("{:3.0} %  {}: {}", view.progress * 100.0, self.name(&check.id), word(check.state));
            }
        }
    }

    fn name(&self, id: &str) -> String {
        self.names.iter().find(|(known, _)| known == id).map_or_else(|| id.to_owned(), |(_, name)| name.clone())
    }
}

const fn word(state: State) -> &'static str {
    match state {
        State::Clear => "clear",
        State::Suspicious => "suspicious",
        State::Fault => "fault",
        State::Noted => "noted",
        State::NotApplicable => "does not apply",
        State::NotMeasurable => "could not be measured",
        State::NotYet | State::Testing => "",
    }
}
