//! The table of faults at home is complete: every fault of the home is made in a lab, or it is said why not, and each has its twin.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{collections::BTreeSet, path::Path};

use demarc_model::{Fault, Party};
use tests::lab::{home::NOT_MADE, survey::faults};

fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn every_fault_of_the_home_is_made_or_it_is_said_why_not() {
    let files = faults(&folder().join("faults"), &[]).unwrap();
    let made: BTreeSet<&str> = files.iter().filter_map(|(_, scenario)| Some(scenario.home.as_ref()?.fault.as_str())).collect();
    let excused: BTreeSet<&str> = NOT_MADE.iter().map(|(fault, _)| *fault).collect();
    let at_home = Fault::ALL.iter().filter(|fault| fault.segment().party() == Party::Home).map(|fault| fault.id());
    let lacking: Vec<&str> = at_home.clone().filter(|id| !made.contains(id) && !excused.contains(id)).collect();
    assert_eq!(lacking, [""; 0], "neither made nor excused");
    let known: BTreeSet<&str> = at_home.collect();
    assert!(made.union(&excused).all(|id| known.contains(id)), "{made:?} {excused:?} name a fault that is none of the home");
    assert_eq!(made.intersection(&excused).count(), 0);
}

#[test]
fn every_twin_exists_and_does_not_expect_the_fault() {
    let files = faults(&folder().join("faults"), &[]).unwrap();
    for (name, scenario) in &files {
        let Some(home) = &scenario.home else { continue };
        let (_, twin) = files.iter().find(|(file, _)| *file == home.twin).unwrap_or_else(|| panic!("{name}: there is no {}", home.twin));
        assert!(!scenario.asks_neighbours || twin.asks_neighbours, "{name}: its twin {} does not ask the neighbours", home.twin);
        assert!(
            twin.expect.fault.iter().flatten().all(|fault| *fault != home.fault),
            "{name}: its twin {} may name {}",
            home.twin,
            home.fault
        );
    }
}

#[test]
fn the_page_has_a_row_for_each() {
    let page = std::fs::read_to_string(folder().join("../docs/home-faults.md")).unwrap();
    for (name, scenario) in faults(&folder().join("faults"), &[]).unwrap() {
        let Some(home) = &scenario.home else { continue };
        let row = format!("| `{}` ({name}) | {} |", home.fault, home.how);
        assert!(page.contains(&row), "docs/home-faults.md lacks {row}; run `make lab-home`");
    }
    let rows = || page.lines().filter(|line| line.starts_with("| `"));
    let column = |line: &str, number: usize| line.split('|').nth(number).unwrap_or_default().trim().to_owned();
    let missed: Vec<&str> = rows().filter(|line| column(line, 3).starts_with("0 of")).collect();
    // A router that drops everything alike looks like its cable: the table tells it.
    assert!(missed.iter().all(|line| line.contains("router-loss")), "not found: {missed:#?}");
    let misnamed: Vec<&str> = rows().filter(|line| !column(line, 5).starts_with("0 of")).collect();
    assert!(misnamed.is_empty(), "named where it is not: {misnamed:#?}");
}
