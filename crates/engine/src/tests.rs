#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::{
    future::{Future, pending, ready},
    pin::Pin,
    sync::{Arc, Mutex},
};

use chrono::{DateTime, FixedOffset};
use demarc_model::{Config, LiveSink, Outcome, Party, Phrase, Prober, Request};
use demarc_wizard::{Action, Phase, Settings};
use demarc_words::Words;
use tokio::sync::mpsc;

use crate::{Assignment, Update, visit};

/// A world in which every request fails at once, or none ever comes back.
struct Broken {
    hangs: bool,
}

impl Prober for Broken {
    fn now(&self) -> DateTime<FixedOffset> {
        DateTime::parse_from_rfc3339("2026-01-01T12:00:00+01:00").unwrap()
    }

    fn perform(&self, _: Request, _: LiveSink) -> Pin<Box<dyn Future<Output = Outcome> + Send + '_>> {
        if self.hangs { Box::pin(pending()) } else { Box::pin(ready(Outcome::Failed { why: Phrase::new("failed-timed-out") })) }
    }

    fn system(&self) -> (String, String) {
        ("test".into(), "1".into())
    }
}

fn assignment(interactive: bool) -> Assignment {
    Assignment {
        config: Config::default(),
        settings: Settings { interactive, ..Settings::default() },
        household: None,
        earlier: None,
        modem_page: None,
    }
}

#[tokio::test]
async fn a_world_that_only_fails_ends_in_a_complete_undetermined_record() {
    let (sender, actions) = mpsc::channel(1);
    drop(sender);
    let run = visit(Arc::new(Broken { hangs: false }), assignment(false), actions, Arc::new(|_| {}), &Words::new("en")).await;
    assert_eq!(run.verdict.party, Party::Undetermined);
    assert!(!run.environment.incomplete && !run.verdict.summary.is_empty());
}

#[tokio::test]
async fn a_hanging_world_can_be_cancelled_and_concluded() {
    let (sender, actions) = mpsc::channel(4);
    sender.try_send(Action::Cancel).unwrap();
    sender.try_send(Action::Conclude).unwrap();
    drop(sender);
    let phases = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&phases);
    let watcher = Arc::new(move |update| {
        if let Update::View(view) = update {
            seen.lock().unwrap().push(view.phase);
        }
    });
    let run = visit(Arc::new(Broken { hangs: true }), assignment(true), actions, watcher, &Words::new("en")).await;
    assert!(run.environment.incomplete);
    assert_eq!(*phases.lock().unwrap(), [Phase::Measuring, Phase::Stopped, Phase::Done]);
}

#[tokio::test]
async fn a_visit_that_nobody_watches_any_more_does_not_wait_for_answers() {
    let (sender, actions) = mpsc::channel(1);
    drop(sender);
    let run = visit(Arc::new(Broken { hangs: false }), assignment(true), actions, Arc::new(|_| {}), &Words::new("en")).await;
    assert_eq!(run.verdict.party, Party::Undetermined);
}
