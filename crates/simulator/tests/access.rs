//! What is normal for each access type and for a radio link, and what its causes make of it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests may stop")]

mod common;

use std::ops::Range;

use common::{FIRST_HOP, GATEWAY, SERVICE, ask, echoes, home, lane_median, loaded, quantile_between, run};
use demarc_model::{Measurement, Request, WifiLink, statistics::median};
use rstest::rstest;

#[rstest]
#[case("fibre", 2.5..6.0, 0.2..1.5, 0.001)]
#[case("cable", 9.0..16.0, 2.0..8.0, 0.002)]
#[case("vdsl", 12.0..22.0, 0.3..2.5, 0.002)]
#[case("fixed-wireless", 25.0..45.0, 5.0..20.0, 0.003)]
#[case("leo", 30.0..60.0, 5.0..22.0, 0.008)]
fn a_healthy_line_is_as_fast_as_jittery_and_as_lossy_as_its_type(
    #[case] access: &str,
    #[case] rtt_ms: Range<f64>,
    #[case] spread_ms: Range<f64>,
    #[case] most_lost: f64,
    #[values(1, 2, 3)] seed: u64,
) {
    let line = home(&format!("access = '{access}'"), seed);
    let result = run(&line, echoes(&[FIRST_HOP], 100, 300_000, Vec::new()));
    let lane = &result.lanes[0];
    let (middle, high) = (lane_median(lane), quantile_between(lane, 0.0, 3e5, 0.95));
    assert!(rtt_ms.contains(&middle) && spread_ms.contains(&(high - middle)), "{middle} {high}");
    assert!(lane.loss().share() <= most_lost, "{:?}", lane.loss());
    let promised = line.household().config().plan;
    let reached = run(&line, loaded(&[FIRST_HOP]));
    for (load, promised) in reached.loads.iter().zip([promised.down_mbps, promised.up_mbps]) {
        assert!(load.mbps.unwrap() > 0.8 * promised.unwrap(), "{:?} of {promised:?}", load.mbps);
    }
    let added = quantile_between(&reached.lanes[0], 5_000.0, 22_000.0, 0.5) - middle;
    assert!(added < 70.0, "{added} ms more under load");
}

#[test]
fn a_satellite_changes_every_fifteen_seconds() {
    let result = run(&home("access = 'leo'\n[path.access]\njitter_ms = 12.0", 2), echoes(&[FIRST_HOP], 100, 300_000, Vec::new()));
    let middle = |from: f64| quantile_between(&result.lanes[0], from, from + 7_000.0, 0.5);
    let cells: Vec<(f64, f64)> =
        (0..20).map(|cell| (middle(15_000.0 * f64::from(cell)), middle(15_000.0 * f64::from(cell) + 7_800.0))).collect();
    let within = median(&cells.iter().map(|(first, second)| (first - second).abs()).collect::<Vec<_>>()).unwrap();
    let between = median(&cells.windows(2).map(|pair| (pair[0].0 - pair[1].0).abs()).collect::<Vec<_>>()).unwrap();
    assert!(between > 2.0 && between > 2.5 * within, "{between} against {within}");
}

#[test]
fn a_weaker_signal_is_slower_and_repeats_more() {
    let links: Vec<WifiLink> = [-50.0, -65.0, -75.0, -82.0, -88.0].map(|signal: f64| radio(&format!("signal_dbm = {signal:?}"))).to_vec();
    let rates: Vec<f64> = links.iter().map(|link| link.receive_mbps.unwrap()).collect();
    assert!(rates.is_sorted_by(|one, other| one > other) && rates[0] > 600.0 && rates[4] < 70.0, "{rates:?}");
    let shares: Vec<f64> = links.iter().map(retry_share).collect();
    assert!(shares[0] < 0.08 && shares[4] > 0.3, "{shares:?}");
}

#[test]
fn a_crowded_channel_costs_time_and_repeats_at_a_good_signal() {
    let crowded = radio("channel_busy = 0.85");
    assert!(crowded.signal_dbm.unwrap() > -60.0 && (0.15..0.4).contains(&retry_share(&crowded)), "{}", retry_share(&crowded));
    let result = |toml: &str| run(&home(&format!("[link]\nkind = 'wifi'\n{toml}"), 1), loaded(&[GATEWAY]));
    let (quiet, busy) = (result(""), result("channel_busy = 0.85"));
    assert!(quantile_between(&quiet.lanes[0], 0.0, 3e3, 0.9) < 6.0 && quantile_between(&busy.lanes[0], 0.0, 3e3, 0.9) > 25.0);
    assert!(busy.loads[0].mbps.unwrap() < 0.8 * quiet.loads[0].mbps.unwrap());
}

#[test]
fn interference_loses_packets_once_all_attempts_fail() {
    let lost = |interference: f64| {
        let disturbed = home(&format!("[link]\nkind = 'wifi'\ninterference = {interference:?}"), 1);
        run(&disturbed, echoes(&[GATEWAY, SERVICE], 100, 300_000, Vec::new())).lanes[0].loss().share()
    };
    assert!(lost(0.1) < 0.003 && (0.01..0.08).contains(&lost(0.5)) && lost(0.8) > 0.1, "{} {} {}", lost(0.1), lost(0.5), lost(0.8));
}

#[test]
fn what_the_file_says_about_the_link_stands() {
    let stated = radio("signal_dbm = -85.0\nreceive_mbps = 500.0\nretry_share = 0.02");
    assert!(stated.receive_mbps.unwrap() > 450.0 && retry_share(&stated) < 0.03);
    let lossless = home("[link]\nkind = 'wifi'\ninterference = 0.9\n[path.link]\nloss = 0.0\ndelay_ms = 1.0\njitter_ms = 0.0", 1);
    assert_eq!(run(&lossless, echoes(&[GATEWAY], 100, 60_000, Vec::new())).lanes[0].loss().hits, 0);
}

fn radio(toml: &str) -> WifiLink {
    match ask(&home(&format!("[link]\nkind = 'wifi'\n{toml}"), 1), &Request::Wifi { interface: "wlan0".to_owned() }) {
        Measurement::Wifi(link) => link,
        other => panic!("{other:?}"),
    }
}

fn retry_share(link: &WifiLink) -> f64 {
    link.retries.unwrap() as f64 / link.sent_packets.unwrap() as f64
}
