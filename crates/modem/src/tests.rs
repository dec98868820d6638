#![allow(clippy::unwrap_used)]

use super::*;

/// The shapes of pages in the field: a table of HTML, a copied table, label and value. Made up, not copied.
const CABLE: &str = include_str!("../testdata/cable.html");
const CABLE_PASTED: &str = include_str!("../testdata/cable-pasted.txt");
const DSL_GERMAN: &str = include_str!("../testdata/dsl-de.txt");
const DSL_LABELS: &str = include_str!("../testdata/dsl-labels.txt");

#[test]
fn a_saved_page_of_a_cable_modem_is_read() {
    let page = read(CABLE);
    assert_eq!((page.down.len(), page.up.len(), page.dsl), (3, 2, None));
    let first = page.down[0];
    assert_eq!((first.frequency_mhz, first.power_dbmv, first.mer_db), (Some(602.0), Some(2.4), Some(37.6)));
    assert_eq!((first.qam, first.corrected, first.uncorrected), (Some(256), Some(1_204), Some(17)));
    assert_eq!(page.up[1].power_dbmv, Some(48.5));
    assert_eq!((page.t3_timeouts, page.t4_timeouts), (2, 1));
}

#[test]
fn a_copied_table_is_read() {
    let page = read(CABLE_PASTED);
    assert_eq!((page.down.len(), page.up.len()), (2, 1));
    assert_eq!((page.down[1].power_dbmv, page.down[1].mer_db), (Some(-9.1), Some(31.0)));
    assert_eq!(page.up[0].power_dbmv, Some(51.0));
}

#[test]
fn dsl_pages_are_read_in_both_directions() {
    let german = read(DSL_GERMAN).dsl.unwrap();
    assert_eq!((german.down.rate_kbps, german.up.rate_kbps), (Some(51_392.0), Some(10_048.0)));
    assert_eq!((german.down.margin_db, german.up.margin_db), (Some(8.0), Some(10.0)));
    assert_eq!((german.down.attainable_kbps, german.down.attenuation_db), (Some(63_200.0), Some(24.0)));
    let labels = read(DSL_LABELS).dsl.unwrap();
    assert_eq!((labels.down.margin_db, labels.up.margin_db), (Some(2.5), Some(6.1)));
    assert_eq!((labels.down.rate_kbps, labels.up.rate_kbps), (Some(16_500.0), Some(2_400.0)));
    assert_eq!(labels.down.crc_errors, Some(1_204));
}

#[test]
fn other_pages_hold_nothing_and_nonsense_harms_nobody() {
    for page in ["", "Welcome to your router", "<html><body><p>Log in", "power snr\n", "<table><tr><td>1<td>2</table>", "\u{0}\u{ff}"] {
        assert!(read(page).is_empty(), "{page:?}");
    }
    for page in [CABLE, CABLE_PASTED, DSL_GERMAN, DSL_LABELS] {
        for length in 0..page.len() {
            let _ = page.get(..length).map(read);
        }
    }
    let row = "<tr><td>1</td><td>602</td><td>2.4</td><td>37</td></tr>".repeat(5_000);
    let many = read(&format!("<table><tr><th>Channel</th><th>Frequency</th><th>Power</th><th>SNR</th></tr>{row}</table>"));
    assert_eq!(many.down.len(), MOST_DOWN);
    let _ = read(&"<".repeat(2 * LONGEST_PAGE));
    let _ = read(&"<script".repeat(100_000));
    let _ = read(&"\u{1f600}".repeat(LONGEST_PAGE / 3));
}
