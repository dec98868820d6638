//! Holds the walls of ARCHITECTURE.md: who may depend on whom, what pure crates may use, and which licences may stand in the tree.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package};

fn metadata() -> Metadata {
    MetadataCommand::new().manifest_path(concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml")).exec().expect("cargo metadata works")
}

/// For each crate the crates of this workspace that it may depend on.
const ALLOWED: [(&str, &[&str]); 16] = [
    ("demarc-model", &[]),
    ("demarc-words", &["demarc-model"]),
    ("demarc-checks", &["demarc-model"]),
    ("demarc-attribution", &["demarc-model"]),
    ("demarc-modem", &["demarc-model"]),
    ("demarc-wizard", &["demarc-model", "demarc-checks", "demarc-attribution", "demarc-modem"]),
    ("demarc-simulator", &["demarc-model"]),
    // The program with a capability knows nothing of the rest.
    ("demarc-raw", &[]),
    ("demarc-probes", &["demarc-model", "demarc-raw"]),
    // The other end of a measurement shares with this one how a connection is watched.
    ("demarc-peer", &["demarc-probes", "demarc-words"]),
    ("demarc-engine", &["demarc-model", "demarc-words", "demarc-wizard"]),
    ("demarc-report", &["demarc-model", "demarc-words", "demarc-checks"]),
    (
        "demarc-cli",
        &[
            "demarc-model",
            "demarc-words",
            "demarc-modem",
            "demarc-checks",
            "demarc-wizard",
            "demarc-engine",
            "demarc-peer",
            "demarc-probes",
            "demarc-simulator",
            "demarc-report",
        ],
    ),
    (
        "demarc-desktop",
        &[
            "demarc-model",
            "demarc-words",
            "demarc-checks",
            "demarc-wizard",
            "demarc-engine",
            "demarc-probes",
            "demarc-simulator",
            "demarc-report",
        ],
    ),
    ("demarc-benchmark", &["demarc-model", "demarc-words", "demarc-checks", "demarc-attribution", "demarc-wizard", "demarc-simulator"]),
    // The lab stands on its own; its tests may use everything.
    ("tests", &[]),
];

/// Crates in which nothing may reach the clock, the network, a file or a thread.
const PURE: [&str; 7] =
    ["demarc-model", "demarc-modem", "demarc-words", "demarc-checks", "demarc-attribution", "demarc-wizard", "demarc-simulator"];

fn normal_dependencies(package: &Package) -> BTreeSet<String> {
    package
        .dependencies
        .iter()
        .filter(|dependency| dependency.kind == DependencyKind::Normal)
        .map(|dependency| dependency.name.clone())
        .collect()
}

#[test]
fn crates_depend_only_along_the_arrows() {
    let metadata = metadata();
    let allowed: BTreeMap<&str, &[&str]> = ALLOWED.into_iter().collect();
    let members: BTreeSet<&str> = metadata.workspace_packages().iter().map(|package| package.name.as_str()).collect();
    assert_eq!(members, allowed.keys().copied().collect(), "every crate has its place in the list");
    for package in metadata.workspace_packages() {
        for dependency in normal_dependencies(package).iter().filter(|name| members.contains(name.as_str())) {
            assert!(allowed[package.name.as_str()].contains(&dependency.as_str()), "{} may not depend on {dependency}", package.name);
        }
    }
}

#[test]
fn pure_crates_use_no_runtime_and_carry_the_ban() {
    let metadata = metadata();
    for package in metadata.workspace_packages().into_iter().filter(|package| PURE.contains(&package.name.as_str())) {
        let impure = ["tokio", "socket2", "libc", "nix", "hyper", "reqwest", "sysinfo", "tempfile", "pnet", "surge-ping"];
        for dependency in normal_dependencies(package) {
            assert!(!impure.contains(&dependency.as_str()), "{} is pure and may not use {dependency}", package.name);
        }
        let ban = package.manifest_path.with_file_name("clippy.toml");
        let ban = std::fs::read_to_string(&ban).unwrap_or_else(|_| panic!("{ban} is missing"));
        for banned in ["std::time::Instant::now", "std::thread::spawn", "std::fs::", "std::net::UdpSocket"] {
            assert!(ban.contains(banned), "{}'s clippy.toml does not ban {banned}", package.name);
        }
    }
}

#[test]
fn only_the_window_uses_tauri() {
    for package in metadata().workspace_packages() {
        let uses = normal_dependencies(package).iter().any(|name| name.starts_with("tauri"));
        assert_eq!(uses, package.name == "demarc-desktop", "{}", package.name);
    }
}

/// One alternative of the expression must consist of allowed licences alone.
fn licence_is_allowed(expression: &str, allowed: &[String]) -> bool {
    let plain = expression.replace(['(', ')'], " ").replace('/', " OR ");
    plain.split(" OR ").any(|alternative| alternative.split(" AND ").all(|licence| allowed.iter().any(|known| known == licence.trim())))
}

#[test]
fn every_dependency_has_an_allowed_licence() {
    #[derive(serde::Deserialize)]
    struct Deny {
        licenses: Licenses,
    }
    #[derive(serde::Deserialize)]
    struct Licenses {
        allow: Vec<String>,
    }
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../deny.toml")).unwrap();
    let allowed = toml::from_str::<Deny>(&text).unwrap().licenses.allow;
    let refused: Vec<String> = metadata()
        .packages
        .iter()
        .filter(|package| !package.license.as_deref().is_some_and(|licence| licence_is_allowed(licence, &allowed)))
        .map(|package| format!("{} {}: {:?}", package.name, package.version, package.license))
        .collect();
    assert!(refused.is_empty(), "{refused:#?}");
}
