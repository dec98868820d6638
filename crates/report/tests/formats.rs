//! Every format of every run: what a reader finds in it, and what must not be in it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod fixtures;

use std::{path::Path, process::Command};

use demarc_model::{Fault, Run, Says, Segment};
use demarc_report::{Format, Redaction, render};
use demarc_words::Words;
use rstest::rstest;

fn rendered(run: &Run, format: Format) -> Vec<u8> {
    render(run, format, Redaction::None, &Words::new("en")).unwrap()
}

fn text(run: &Run, format: Format) -> String {
    String::from_utf8(rendered(run, format)).unwrap()
}

/// Runs a tool of the system on a PDF and returns what it prints. Where the tool is missing the test is skipped by name, and fails in CI.
fn tool(name: &str, before: &[&str], pdf: &[u8], after: &[&str]) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.pdf");
    std::fs::write(&file, pdf).unwrap();
    match Command::new(name).args(before).arg(Path::new(&file)).args(after).output() {
        Ok(output) => {
            assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
            Some(String::from_utf8_lossy(&output.stdout).into_owned())
        }
        Err(error) => {
            assert!(std::env::var_os("CI").is_none(), "{name} is needed ({error}); install poppler-utils and qpdf");
            eprintln!("skipped: {name} is not installed");
            None
        }
    }
}

#[rstest]
#[case::healthy(fixtures::healthy())]
#[case::access_loss(fixtures::access_loss())]
#[case::undetermined(fixtures::undetermined())]
#[case::empty(fixtures::empty())]
#[case::hostile(fixtures::hostile())]
fn every_format_of_every_run_is_made_and_is_the_same_each_time(#[case] run: Run) {
    for format in Format::ALL {
        let once = rendered(&run, format);
        assert!(!once.is_empty());
        assert!(once == rendered(&run, format), "{} differs from one time to the next", format.id());
    }
}

#[rstest]
#[case::healthy(fixtures::healthy(), "healthy")]
#[case::access_loss(fixtures::access_loss(), "access-loss")]
#[case::undetermined(fixtures::undetermined(), "undetermined")]
#[case::empty(fixtures::empty(), "empty")]
fn the_text_for_a_ticket(#[case] run: Run, #[case] name: &str) {
    let text = text(&run, Format::Text);
    for line in text.lines() {
        assert!(line.chars().count() <= 80, "too wide: {line}");
    }
    for unknown in ["report-", "part-", "state-", "party-", "segment-", "profile-", "fault-", "check-"] {
        let unsaid = text
            .split(|c: char| !(c.is_ascii_lowercase() || c == '-'))
            .find(|word| word.starts_with(unknown) && word.len() > unknown.len());
        assert_eq!(unsaid, None, "a message without words");
    }
    insta::assert_snapshot!(name, text);
}

/// The lines of a ticket from one that starts with `from` to the next empty one.
fn part_of<'a>(text: &'a str, from: &str) -> &'a str {
    let start = text.find(&format!("\n{from}")).unwrap_or_else(|| panic!("no {from} in {text}"));
    let rest = &text[start + 1..];
    &rest[..rest.find("\n\n").unwrap_or(rest.len())]
}

#[test]
fn a_second_fault_is_shown_and_what_moved_nothing_is_no_reason() {
    let text = text(&fixtures::second_fault(), Format::Text);
    assert!(part_of(&text, "Other networks").starts_with("Other networks  suspicious"), "{text}");
    assert!(part_of(&text, "What it could be").contains("Besides: a crowded connection"), "{text}");
    let reasons = part_of(&text, "What speaks for it");
    assert!(reasons.contains("1. Every place behind the line") && !reasons.contains("login") && !reasons.contains("loop"), "{reasons}");
    let against = part_of(&text, "What speaks against it");
    assert!(against.contains("IPv6") && !against.contains("border"), "{against}");
    assert_eq!(part_of(&text, "Also seen").matches("reached after 6").count(), 1, "{text}");
}

#[test]
fn what_clears_never_points_at_a_fault() {
    let mut run = fixtures::undetermined();
    run.evidence.push(fixtures::evidence("gateway", Says::Clears, Segment::Wifi, None, 0.9, "The router answers."));
    let text = text(&run, Format::Text);
    assert!(!part_of(&text, "What points at a fault").contains("router answers"), "{text}");
}

#[test]
fn where_nothing_is_decided_a_fault_beside_it_is_among_what_points_at_a_fault() {
    let mut run = fixtures::undetermined();
    run.verdict.also = Some(fixtures::candidate(Some(Segment::Device), Some(Fault::ClockWrong), 0.9));
    run.evidence.push(fixtures::evidence("clock", Says::Accuses, Segment::Device, Some(Fault::ClockWrong), 9.0, "The clock is ahead."));
    let text = text(&run, Format::Text);
    assert!(part_of(&text, "What points at a fault").contains("1. The clock is ahead."), "{text}");
}

#[test]
fn nothing_is_said_of_what_lies_behind_a_silence() {
    let text = text(&fixtures::dead_line(), Format::Text);
    for (part, state) in [("Router", "clear"), ("Line", "at fault"), ("Provider", "not measurable"), ("video.example", "not measurable")] {
        let line = part_of(&text, &format!("{part:14}"));
        assert!(line[14..].trim_start().starts_with(state), "{part}: {line}");
    }
}

#[test]
fn a_place_that_ignores_probes_has_lost_nothing() {
    let text = text(&fixtures::silent_places(), Format::Text);
    let path = part_of(&text, "This computer ");
    assert!(path.contains("\nvideo.example   clear  18.0 ms") && !path.contains("100 %"), "{path}");
}

#[test]
fn lines_for_a_ticket_stay_narrow_whatever_is_in_them() {
    for line in text(&fixtures::hostile(), Format::Text).lines() {
        assert!(line.chars().count() <= 80 && !line.chars().any(char::is_control), "{line:?}");
    }
}

#[test]
fn the_json_is_the_run() {
    let run = fixtures::access_loss();
    let read: Run = serde_json::from_slice(&rendered(&run, Format::Json)).unwrap();
    assert!(read == run);
}

#[rstest]
#[case::healthy(fixtures::healthy(), 2..=5)]
#[case::access_loss(fixtures::access_loss(), 2..=5)]
#[case::undetermined(fixtures::undetermined(), 2..=5)]
#[case::empty(fixtures::empty(), 2..=5)]
#[case::hostile(fixtures::hostile(), 2..=14)]
fn the_pdf_tells_the_verdict_on_few_pages(#[case] run: Run, #[case] pages: std::ops::RangeInclusive<usize>) {
    let pdf = rendered(&run, Format::Pdf);
    if let Some(text) = tool("pdftotext", &[], &pdf, &["-"]) {
        let flat = text.split_whitespace().collect::<Vec<_>>().join(" ").replace('\u{200b}', "");
        let start: String = run.verdict.summary.chars().take(20).collect();
        assert!(flat.contains(start.trim()), "no verdict in {flat}");
    }
    if let Some(information) = tool("pdfinfo", &[], &pdf, &[]) {
        let field = |name: &str| information.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
        let count: usize = field("Pages:").unwrap().parse().unwrap();
        assert!(pages.contains(&count), "{count} pages");
        assert_eq!(field("Tagged:"), Some("yes"));
        assert!(field("Title:").unwrap().starts_with("Demarc report of 2026-11-23"));
    }
    tool("qpdf", &["--check"], &pdf, &[]);
}

#[test]
fn the_pdf_carries_the_run_and_says_what_it_conforms_to() {
    let run = fixtures::access_loss();
    let pdf = rendered(&run, Format::Pdf);
    let Some(attached) = tool("qpdf", &["--show-attachment=demarc-run.json"], &pdf, &[]) else { return };
    assert!(serde_json::from_str::<Run>(&attached).unwrap() == run);
    let plain = tool("qpdf", &["--qdf", "--object-streams=disable"], &pdf, &["-"]).unwrap();
    for mark in [
        "<pdfaid:part>3</pdfaid:part>",
        "<pdfaid:conformance>A</pdfaid:conformance>",
        "<pdfuaid:part>1</pdfuaid:part>",
        "/Lang (en)",
        "/Alt (",
    ] {
        assert!(plain.contains(mark), "no {mark}");
    }
}

#[test]
fn the_page_is_whole_and_fetches_nothing() {
    for run in [fixtures::healthy(), fixtures::access_loss(), fixtures::undetermined(), fixtures::empty(), fixtures::hostile()] {
        let page = text(&run, Format::Html);
        assert_well_formed(&page);
        for outside in ["<script", "<link", "<img", "@import", "url(", "javascript:", " onerror="] {
            let allowed = outside == " onerror=" && page.contains("&lt;img src=x onerror=");
            assert!(allowed || !page.contains(outside), "{outside} in the page");
        }
        for hostile in fixtures::HOSTILE.iter().filter(|text| text.contains('<')) {
            assert!(!page.contains(hostile), "{hostile} is not escaped");
        }
    }
}

#[test]
fn the_page_tells_the_verdict_and_every_picture_has_words() {
    let page = text(&fixtures::access_loss(), Format::Html);
    assert!(page.contains("loses 1 packet in 40.") && page.contains("Very likely (97 %)"));
    assert!(page.matches("<svg").count() >= 4);
    assert_eq!(page.matches("<svg").count(), page.matches("role=\"img\" aria-label=\"").count());
    assert!(page.contains("Line: at fault"));
}

/// Every element that is opened is closed in order; the void ones are left out.
fn assert_well_formed(page: &str) {
    let mut open: Vec<&str> = Vec::new();
    let style = page.find("<style>").unwrap()..page.find("</style>").unwrap();
    let mut rest = page;
    while let Some(start) = rest.find('<') {
        let at = page.len() - rest.len() + start;
        rest = &rest[start + 1..];
        let end = rest.find('>').expect("an open tag");
        let tag = &rest[..end];
        rest = &rest[end + 1..];
        let name = tag.trim_start_matches('/').split([' ', '\n']).next().unwrap();
        if style.contains(&at) && name != "style" || tag.starts_with('!') || name == "meta" {
            continue;
        }
        if tag.starts_with('/') {
            assert_eq!(open.pop(), Some(name), "closed out of order near byte {at}");
        } else {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "left open: {open:?}");
}
