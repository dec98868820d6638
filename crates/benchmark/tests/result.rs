//! The committed result belongs to this grid and says what it has to say. It is not measured anew here: `make bench` does that.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use demarc_benchmark::{
    baselines, fit,
    grid::{Grid, Split},
    report::Report,
    tables::named,
};
use serde_json::Value;

#[test]
fn it_counts_the_households_of_this_grid() {
    let report = Report::committed().unwrap();
    let cases = Grid::load().unwrap().cases();
    let of = |split: Split| cases.iter().filter(|case| case.split == split).count();
    assert_eq!(report.households, of(Split::Test));
    for split in [Split::Train, Split::Validation, Split::Test] {
        assert_eq!(report.grid[&split.to_string()], of(split), "{split}");
    }
    let counted = cases.iter().filter(|case| case.split == Split::Test && case.truth.severity.counts()).count();
    assert_eq!(report.counted, counted);
    assert_eq!(report.party_confusion.counts.iter().flatten().sum::<u64>(), counted as u64);
    assert!((report.temperature - fit::temperature().unwrap()).abs() < 1e-9, "the engine was fitted anew since");
    assert_eq!(report.fault_confusion.values().flat_map(|said| said.values()).sum::<usize>(), report.households);
}

#[test]
fn it_has_the_promised_keys_for_demarc_and_every_baseline() {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/attribution.json")).unwrap();
    let result: Value = serde_json::from_str(&text).unwrap();
    let keys: Vec<&str> = named(&Report::committed().unwrap().figures).iter().map(|(name, ..)| *name).collect();
    let contestants = [&result].into_iter().chain(baselines::NAMES.iter().map(|name| &result["baselines"][name]));
    for contestant in contestants {
        for key in &keys {
            assert!(contestant[key].as_f64().is_some_and(|value| (0.0..=2.0).contains(&value)), "{key}: {}", contestant[key]);
        }
    }
    assert!(result["households"].is_u64());
    for key in ["runs", "party_accuracy", "emulator"] {
        assert!(!result["lab"][key].is_null(), "lab {key}");
    }
}

#[test]
fn the_fitted_baselines_can_be_read() {
    fit::baselines().unwrap();
}

#[test]
fn the_page_shows_the_committed_figures() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/benchmark.md")).unwrap();
    let report = Report::committed().unwrap();
    for (name, value, ..) in named(&report.figures) {
        let row = format!("| {} |", name.replace('_', " "));
        let line = page.lines().find(|line| line.starts_with(&row)).unwrap_or_else(|| panic!("no row for {name}; `make bench` writes it"));
        assert!(line.contains(&format!("**{value:.4}**")), "{line}");
    }
}
