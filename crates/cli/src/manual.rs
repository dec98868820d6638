//! The manual page, made from the command line's definition. `UPDATE_GENERATED=1 cargo test -p demarc-cli manual` writes it anew.
#![allow(clippy::unwrap_used)]

use std::{env, fs, path::Path};

use clap::CommandFactory;
use clap_mangen::{
    Man,
    roff::{Roff, bold, roman},
};

use crate::arguments::Arguments;

const FILE: &str = "../../docs/demarc.1";

/// What each exit status means.
const STATUSES: [(&str, &str); 3] = [
    ("0", "The work was done. For diagnose: a verdict was reached, whatever it says."),
    ("1", "The work could not be done; a sentence on standard error says why and what to do next."),
    ("2", "Wrong usage."),
];

/// The files that are read and written without being named on the command line.
const FILES: [(&str, &str); 2] = [
    ("~/.config/demarc/config.toml", "The user's configuration; without it the defaults hold."),
    ("~/.local/share/demarc/last-visit.json", "The record of the latest visit to the real network."),
];

#[test]
fn the_manual_page_is_the_one_held() {
    let expected = page();
    if env::var_os("UPDATE_GENERATED").is_some() {
        fs::create_dir_all(Path::new(FILE).parent().unwrap()).unwrap();
        fs::write(FILE, &expected).unwrap();
    }
    let held = fs::read_to_string(FILE).unwrap_or_default();
    assert!(held == expected, "docs/demarc.1 is stale; `make types` writes it anew");
}

/// One page for the program and its commands.
fn page() -> String {
    let command = Arguments::command();
    // Commands are rendered on their own, so that each lists its own options and not those that hold everywhere.
    let mut commands: Vec<clap::Command> = command
        .get_subcommands()
        .map(|command| command.clone().bin_name(format!("demarc {}", command.get_name())).disable_help_flag(true))
        .collect();
    let main = Man::new(command);
    let mut synopsis = section("SYNOPSIS");
    for command in &mut commands {
        let usage = command.render_usage().to_string();
        synopsis.control("PP", []).text([roman(usage.trim_start_matches("Usage: "))]);
    }
    let mut page = preamble() + &rendered(|to| main.render_title(to)) + &rendered(|to| main.render_name_section(to));
    page += &rendered(|to| synopsis.to_writer(to));
    page += &rendered(|to| main.render_options_section(to));
    for command in commands {
        let mut head = section(&format!("demarc {}", command.get_name()).to_uppercase());
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
        head.text([roman(format!("{about}."))]);
        page += &rendered(|to| head.to_writer(to));
        let command = Man::new(command);
        page += &rendered(|to| command.render_options_section(to)).replace(".SH OPTIONS\n", "");
    }
    page + &listed("EXIT STATUS", &STATUSES) + &listed("FILES", &FILES)
}

fn listed(title: &str, items: &[(&str, &str)]) -> String {
    let mut list = section(title);
    for (item, meaning) in items {
        list.control("TP", []).text([bold(*item)]).text([roman(*meaning)]);
    }
    rendered(|to| list.to_writer(to))
}

fn section(title: &str) -> Roff {
    let mut section = Roff::new();
    section.control("SH", [title]);
    section
}

/// What every rendering begins with; a page needs it once.
fn preamble() -> String {
    Roff::new().render()
}

fn rendered(render: impl FnOnce(&mut dyn std::io::Write) -> std::io::Result<()>) -> String {
    let mut text = Vec::new();
    render(&mut text).unwrap();
    String::from_utf8(text).unwrap().replace(&preamble(), "")
}
