//! Files made from the code, which the repository holds so that others can read them: they fail here when they are stale.
//! `make types` writes them anew.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::{Path, PathBuf};

use demarc_model::Run;

fn held(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

fn assert_held(path: &str, now: &str) {
    let file = held(path);
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, now).unwrap();
    }
    let before = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(before == now, "{path} is stale; `make types` writes it anew");
}

#[test]
fn the_schema_of_a_run_is_the_one_held() {
    let schema = schemars::schema_for!(Run);
    assert_held("crates/model/schema/run.schema.json", &(serde_json::to_string_pretty(&schema).unwrap() + "\n"));
}
