//! The types that cross to the window, for TypeScript. `make types` writes them anew.
#![allow(clippy::unwrap_used)]

use std::{env, fs, path::Path};

use demarc_engine::Update;
use demarc_wizard::Action;
use ts_rs::{Config, TS};

use crate::{
    description::{Description, Start},
    save::ReportChoice,
};

const FILE: &str = "../ui/src/generated/types.ts";
const HEADER: &str = "// Generated from Rust by `make types`; not edited by hand.\n";

#[test]
fn the_window_knows_the_engines_types() {
    let expected = types();
    if env::var_os("UPDATE_BINDINGS").is_some() {
        fs::create_dir_all(Path::new(FILE).parent().unwrap()).unwrap();
        fs::write(FILE, &expected).unwrap();
    }
    let written = fs::read_to_string(FILE).unwrap_or_default();
    assert!(written == expected, "the window's types are stale: run `make types` and commit {FILE}");
}

/// Every type in one module, in the order of their names.
fn types() -> String {
    let folder = tempfile::tempdir().unwrap();
    // Numbers on both sides of the border are below 2^53: counters of bytes, packets and milliseconds.
    let config = Config::new().with_large_int("number").with_out_dir(folder.path());
    Update::export_all(&config).unwrap();
    Action::export_all(&config).unwrap();
    Start::export_all(&config).unwrap();
    Description::export_all(&config).unwrap();
    ReportChoice::export_all(&config).unwrap();
    let mut files: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().fold(HEADER.to_owned(), |module, file| {
        let text = fs::read_to_string(file).unwrap();
        let lines: Vec<&str> =
            text.lines().filter(|line| !line.starts_with("// ") && !line.starts_with("import ")).map(str::trim_end).collect();
        format!("{module}\n{}\n", lines.join("\n").trim())
    })
}
