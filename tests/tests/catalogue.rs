//! The lists that everything else is derived from are complete: checks, faults, and their words.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{collections::BTreeSet, path::Path};

use demarc_checks::CHECKS;
use demarc_model::{Fault, Party, Segment};
use demarc_words::Words;

/// Those of `ids` without words.
fn unspoken(ids: impl IntoIterator<Item = String>) -> Vec<String> {
    let words = Words::new("en");
    ids.into_iter().filter(|id| !words.knows(id)).collect()
}

#[test]
fn every_check_says_its_name_why_it_matters_and_what_good_would_be() {
    let ids = CHECKS.iter().flat_map(|check| ["", "-why", "-good"].map(|part| format!("check-{}{part}", check.id)));
    assert_eq!(unspoken(ids), [""; 0]);
}

#[test]
fn every_fault_has_a_name_and_a_first_thing_to_do() {
    let ids = Fault::ALL.iter().flat_map(|fault| ["", "-fix"].map(|part| format!("fault-{}{part}", fault.id())));
    assert_eq!(unspoken(ids), [""; 0]);
}

#[test]
fn every_segment_and_party_has_a_name() {
    let parties = [Party::Home, Party::Provider, Party::Beyond, Party::Healthy, Party::Undetermined];
    let ids = parties.map(|party| format!("party-{}", party.id())).into_iter();
    assert_eq!(unspoken(ids.chain(Segment::ALL.map(|segment| format!("segment-{}", segment.id())))), [""; 0]);
}

#[test]
fn check_ids_are_unique_and_needs_name_earlier_checks_or_later_ones_without_circles() {
    let ids: BTreeSet<&str> = CHECKS.iter().map(|check| check.id).collect();
    assert_eq!(ids.len(), CHECKS.len());
    let mut done: BTreeSet<&str> = BTreeSet::new();
    while done.len() < CHECKS.len() {
        let ready: Vec<&str> = CHECKS
            .iter()
            .filter(|check| !done.contains(check.id) && check.needs.iter().all(|need| done.contains(need)))
            .map(|check| check.id)
            .collect();
        assert!(!ready.is_empty(), "of {ids:?} only {done:?} can ever start");
        done.extend(ready);
    }
}

/// A sentence that only a rare situation needs must not be missing when it comes.
#[test]
fn every_message_named_in_the_checks_exists() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/checks/src");
    let mut named = BTreeSet::new();
    // Folders beside them hold tests.
    for file in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file()) {
        let text = std::fs::read_to_string(file).unwrap();
        let prefixes: Vec<String> = CHECKS.iter().map(|check| format!("{}-", check.id)).collect();
        let quoted = text.lines().filter(|line| !line.trim_start().starts_with("//")).flat_map(|line| line.split('"').skip(1).step_by(2));
        let is_message = |word: &&str| {
            let plain = word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
            plain && prefixes.iter().any(|prefix| word.starts_with(prefix.as_str())) && !CHECKS.iter().any(|check| *check.id == **word)
        };
        named.extend(quoted.filter(is_message).map(str::to_owned));
    }
    assert!(named.len() > 80, "only {} messages found", named.len());
    assert_eq!(unspoken(named), [""; 0]);
}
