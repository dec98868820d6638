//! What the grid promises: its size, that every household can be built and is the same each time, and who may learn from which.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;

use demarc_benchmark::grid::{Case, Grid, Severity, Split};
use demarc_model::{Fault, Profile};

fn cases(split: Split) -> Vec<Case> {
    Grid::load().unwrap().cases().into_iter().filter(|case| case.split == split).collect()
}

#[test]
fn it_holds_at_least_twelve_thousand_households_and_most_of_the_catalogue() {
    let cases = Grid::load().unwrap().cases();
    assert!(cases.len() >= 12_000, "{}", cases.len());
    let ids: BTreeSet<&str> = cases.iter().map(|case| case.id.as_str()).collect();
    assert_eq!(ids.len(), cases.len(), "each id is one household");
    let faults: BTreeSet<Fault> = cases.iter().flat_map(|case| case.truth.faults.clone()).collect();
    assert!(faults.len() >= 34, "{}: {faults:?}", faults.len());
    let accesses: BTreeSet<&str> = cases.iter().map(|case| case.access.as_str()).collect();
    assert_eq!(accesses.len(), 5);
    assert!(cases.iter().filter(|case| case.truth.faults.len() == 2).count() >= 500);
    assert!(Severity::ALL.iter().all(|severity| cases.iter().any(|case| case.truth.severity == *severity)));
}

#[test]
fn every_household_can_be_built_from_its_id_alone() {
    let (grid, again) = (Grid::load().unwrap(), Grid::load().unwrap());
    let mut cells = BTreeSet::new();
    // One household of every cell: the others differ in what is drawn alone.
    for case in grid.cases().into_iter().filter(|case| cells.insert((case.recipe.clone(), case.truth.severity, case.access.clone()))) {
        let household = grid.household(&case).unwrap_or_else(|error| panic!("{error:#}"));
        assert_eq!(household.name(), case.id);
    }
    for case in grid.cases().into_iter().step_by(997) {
        assert_eq!(grid.household_toml(&case).unwrap(), again.household_toml(&again.case(&case.id).unwrap()).unwrap());
    }
}

#[test]
fn what_is_held_out_appears_in_the_test_alone() {
    let held_out: Vec<Case> = Grid::load().unwrap().cases().into_iter().filter(|case| case.held_out).collect();
    assert!(held_out.iter().all(|case| case.split == Split::Test));
    let faults: BTreeSet<Fault> =
        held_out.iter().filter(|case| case.access != "fixed-wireless").flat_map(|case| case.truth.faults.clone()).collect();
    assert!(faults.len() >= 6);
    for split in [Split::Train, Split::Validation] {
        for case in cases(split) {
            assert_ne!(case.access, "fixed-wireless", "{}", case.id);
            let alone = case.truth.faults.len() == 1;
            assert!(
                !(alone
                    && faults.contains(&case.truth.faults[0])
                    && held_out.iter().any(|out| out.recipe == case.recipe && out.access == case.access)),
                "{}",
                case.id
            );
        }
    }
}

#[test]
fn splits_share_no_household() {
    let [train, validation, test] =
        [Split::Train, Split::Validation, Split::Test].map(|split| cases(split).into_iter().map(|case| case.id).collect::<BTreeSet<_>>());
    assert!(!train.is_empty() && !validation.is_empty() && !test.is_empty());
    assert!(train.is_disjoint(&validation) && train.is_disjoint(&test) && validation.is_disjoint(&test));
    // Seeds below were in a test split that was looked at.
    let seed = |id: &String| id.rsplit('/').next().unwrap().parse::<u32>().unwrap();
    assert!(test.iter().all(|id| seed(id) >= 2000) && train.union(&validation).all(|id| seed(id) < 2000));
}

#[test]
fn the_same_household_gets_the_same_verdict() {
    let grid = Grid::load().unwrap();
    let case = grid.case("access-loss/moderate/cable/0").unwrap();
    let visit = || demarc_benchmark::visit::visit(grid.household(&case).unwrap(), case.seed(), Profile::Quick).unwrap();
    assert_eq!(visit().verdict, visit().verdict);
}
