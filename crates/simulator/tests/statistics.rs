//! What a home measures is what its household file asks for.

#![allow(clippy::unwrap_used, clippy::float_cmp, reason = "tests may stop, and equal means the same calculation")]

mod common;

use common::{FIRST_HOP, GATEWAY, ON_NET, OTHER, PLACES, SERVICE, builtin, echoes, home, lane, lane_median, load, loaded, run};
use demarc_model::{Campaign, CampaignResult, Direction, LaneResult, Probe, statistics::quantile};
use rstest::rstest;

#[rstest]
#[case("link", [true, true, true, true, true])]
#[case("router", [false, true, true, true, true])]
#[case("access", [false, true, true, true, true])]
#[case("isp", [false, false, true, true, true])]
#[case("interconnect", [false, false, false, false, true])]
#[case("service", [false, false, false, false, true])]
fn loss_shows_at_every_place_behind_it_and_nowhere_before(
    #[case] stretch: &str,
    #[case] behind: [bool; 5],
    #[values(0.0, 90.0)] burst_ms: f64,
) {
    let home = home(
        &format!("[path.access]\nloss = 0.0\n[path.{stretch}]\nloss = 0.05\nburst_ms = {burst_ms:?}")
            .replace("[path.access]\nloss = 0.0\n[path.access]", "[path.access]"),
        11,
    );
    let result = run(&home, echoes(&PLACES, 100, 600_000, Vec::new()));
    for (lane, lossy) in result.lanes.iter().zip(behind) {
        let loss = lane.loss().share();
        let tolerance = if burst_ms > 0.0 { 0.012 } else { 0.009 };
        assert!(if lossy { (loss - 0.05).abs() < tolerance } else { loss == 0.0 }, "{stretch} {}: {loss}", lane.lane.name);
    }
}

#[test]
fn loss_one_by_one_varies_between_seeds_as_chance_does() {
    let shares: Vec<f64> = (0..150)
        .map(|seed| {
            run(&home("[path.interconnect]\nloss = 0.06", seed), echoes(&[SERVICE], 100, 17_000, Vec::new())).lanes[0].loss().share()
        })
        .collect();
    let mean = shares.iter().sum::<f64>() / 150.0;
    let deviation = (shares.iter().map(|share| (share - mean).powi(2)).sum::<f64>() / 149.0).sqrt();
    // sqrt(0.06 * 0.94 / 170) = 0.0182
    assert!((mean - 0.06).abs() < 0.004 && (deviation - 0.0182).abs() < 0.0025, "{mean} {deviation}");
}

#[test]
fn bursts_hit_everything_behind_them_at_the_same_time() {
    let lossy = home("[path.access]\nloss = 0.03\nburst_ms = 400.0", 5);
    let result = run(&lossy, echoes(&[FIRST_HOP, SERVICE], 50, 300_000, Vec::new()));
    let [near, far] = [0, 1].map(|index| &result.lanes[index].echoes);
    let both = near.iter().zip(far).filter(|(near, far)| near.rtt_ms.is_none() && far.rtt_ms.is_none()).count() as f64;
    let near_lost = result.lanes[0].loss().hits as f64;
    assert!(both / near_lost > 0.4, "of {near_lost} losses at the first hop {both} hit the service too; chance alone gives 3 %");
}

#[test]
fn delays_add_up_along_the_path() {
    let home = home("[path.access]\ndelay_ms = 20.0\n[path.isp]\ndelay_ms = 10.0\n[path.interconnect]\ndelay_ms = 30.0", 2);
    let result = run(&home, echoes(&PLACES, 100, 60_000, Vec::new()));
    let medians: Vec<f64> = result.lanes.iter().map(lane_median).collect();
    for (median, asked) in medians.iter().zip([0.5, 20.9, 31.2, 36.8, 62.4]) {
        assert!((median - asked).abs() < 0.8, "{medians:?}");
    }
    assert!(result.lanes.iter().all(|lane| lane.echoes.iter().all(|echo| echo.rtt_ms.is_none_or(|rtt| rtt > 0.0))));
}

#[test]
fn a_standing_queue_is_the_same_for_all_lanes_that_cross_it() {
    let home = home("[path.isp]\nstanding_ms = 60.0\nswing_ms = 30.0", 4);
    let result = run(&home, echoes(&[FIRST_HOP, ON_NET, OTHER], 100, 60_000, Vec::new()));
    let rtts = |index: usize| result.lanes[index].echoes.iter().map(|echo| echo.rtt_ms.unwrap_or(f64::NAN)).collect::<Vec<_>>();
    let (first, on_net, other) = (rtts(0), rtts(1), rtts(2));
    assert!(correlation(&on_net, &other) > 0.95);
    assert!(correlation(&first, &other).abs() < 0.2);
    let spread = quantile(&result.lanes[1].sorted_rtts_between(0.0, 60_000.0), 0.9).unwrap() - lane_median(&result.lanes[1]);
    assert!((5.0..30.0).contains(&spread), "{spread}");
}

#[test]
fn bufferbloat_shows_under_load_only_and_behind_the_router_only() {
    let result = run(&builtin("bufferbloat", 1), loaded(&[GATEWAY, FIRST_HOP, SERVICE]));
    for (lane, down, up) in [(0, 0.0, 0.0), (1, 225.0, 360.0), (2, 225.0, 360.0)] {
        let lane = &result.lanes[lane];
        assert!(added(lane, 5_000.0, 11_000.0, down) && added(lane, 16_000.0, 22_000.0, up), "{}", lane.lane.name);
    }
    let rates: Vec<f64> = result.loads.iter().map(|load| load.mbps.unwrap()).collect();
    assert!((34.0..=40.0).contains(&rates[0]) && (6.8..=8.0).contains(&rates[1]), "{rates:?}");
}

#[test]
fn a_healthy_home_stays_responsive_and_reaches_what_it_pays_for() {
    let result = run(&builtin("healthy", 1), loaded(&[GATEWAY, FIRST_HOP, SERVICE]));
    for lane in &result.lanes {
        assert!(added(lane, 5_000.0, 11_000.0, 5.0) && added(lane, 16_000.0, 22_000.0, 5.0), "{}", lane.lane.name);
    }
    assert!(result.loads.iter().zip([100.0, 40.0]).all(|(load, promised)| load.mbps.is_some_and(|mbps| mbps > 0.9 * promised)));
    let load = &result.loads[0];
    assert!(load.rates.windows(2).all(|pair| pair[1].at_ms - pair[0].at_ms <= 250.0 + 1e-9) && load.ended_ms <= 12_000.0);
}

#[test]
fn a_slow_radio_is_the_bottleneck_and_holds_the_queue() {
    let result = run(&builtin("weak-wifi", 1), loaded(&[GATEWAY, SERVICE]));
    assert!(result.loads.iter().all(|load| load.mbps.is_some_and(|mbps| mbps < 8.0)));
    assert!(added(&result.lanes[0], 5_000.0, 11_000.0, 80.0), "the queue stands before the router");
}

#[test]
fn a_transfer_stops_at_its_bytes_and_two_share_the_line() {
    let mut campaign = loaded(&[GATEWAY]);
    campaign.loads[0].max_bytes = 5_000_000;
    let result = run(&builtin("healthy", 1), campaign.clone());
    assert_eq!(result.loads[0].bytes, 5_000_000);
    assert!(result.loads[0].ended_ms < 5_000.0);

    campaign.loads = vec![load(Direction::Down, 3_000, 9_000); 2];
    let shared = run(&builtin("healthy", 1), campaign);
    assert!(shared.loads.iter().all(|load| load.mbps.is_some_and(|mbps| (36.0..=62.0).contains(&mbps))));
}

#[test]
fn each_built_in_home_measures_its_fault() {
    let quiet = |name: &str| run(&builtin(name, 9), echoes(&PLACES, 100, 300_000, Vec::new()));
    let loss = |result: &CampaignResult| result.lanes.iter().map(|lane| lane.loss().share()).collect::<Vec<_>>();

    let healthy = quiet("healthy");
    assert!(loss(&healthy).iter().all(|share| *share < 0.003));
    assert!(healthy.lanes.iter().all(|lane| lane_median(lane) < 20.0));

    let wifi = quiet("weak-wifi");
    assert!(loss(&wifi).iter().all(|share| (0.035..0.065).contains(share)), "{:?}", loss(&wifi));
    assert!((10.0..60.0).contains(&(quantile(&wifi.lanes[0].sorted_rtts_between(0.0, 3e5), 0.9).unwrap() - 4.0)));

    let cable = quiet("bad-cable");
    assert!(loss(&cable).iter().all(|share| (0.02..0.04).contains(share)));

    let access = loss(&quiet("access-loss"));
    assert!(access[0] == 0.0 && access[1..].iter().all(|share| (0.025..0.045).contains(share)), "{access:?}");

    let border = quiet("congested-interconnect");
    let shares = loss(&border);
    assert!(shares[..4].iter().all(|share| *share < 0.003) && (0.015..0.035).contains(&shares[4]), "{shares:?}");
    let waits: Vec<f64> = border.lanes.iter().map(lane_median).collect();
    assert!(waits[..4].iter().all(|wait| *wait < 20.0) && (50.0..95.0).contains(&waits[4]), "{waits:?}");
}

#[test]
fn routers_that_limit_their_answers_hold_up_nobody_else() {
    let limited = home("[hops]\nlimited = [\"first-hop\"]\nanswer_every_ms = 2500.0", 1);
    let lanes = vec![lane(SERVICE, Probe::HopLimited { ttl: 2 }, 10), lane(SERVICE, Probe::Echo, 100)];
    let result = run(&limited, Campaign { lanes, duration_ms: 60_000, loads: Vec::new() });
    assert_eq!(result.lanes[0].echoes.len(), 60, "probes that expire are sent once a second at most");
    assert!(result.lanes[0].loss().share() > 0.5 && result.lanes[1].loss().share() < 0.01);
}

#[test]
fn a_handshake_whose_packet_was_repeated_counts_as_lost() {
    let lossy = home("[path.interconnect]\nloss = 0.2", 1);
    let lanes = vec![lane(SERVICE, Probe::TcpConnect { port: 443 }, 100)];
    let result = run(&lossy, Campaign { lanes, duration_ms: 120_000, loads: Vec::new() });
    let share = result.lanes[0].loss().share();
    assert!((share - 0.2).abs() < 0.04, "{share}");
    assert!(result.lanes[0].echoes.iter().all(|echo| echo.rtt_ms.is_none_or(|rtt| rtt < 900.0)));
}

/// Whether the median while loaded is this much above the quiet one, within a tenth and 8 ms.
fn added(lane: &LaneResult, from_ms: f64, to_ms: f64, asked_ms: f64) -> bool {
    let median = |from, to| quantile(&lane.sorted_rtts_between(from, to), 0.5).unwrap_or(f64::NAN);
    let added = median(from_ms, to_ms) - median(0.0, 3_000.0);
    (added - asked_ms).abs() < 8.0 + 0.1 * asked_ms
}

fn correlation(one: &[f64], other: &[f64]) -> f64 {
    let pairs: Vec<(f64, f64)> = one.iter().copied().zip(other.iter().copied()).filter(|(a, b)| a.is_finite() && b.is_finite()).collect();
    let n = pairs.len() as f64;
    let (mean_a, mean_b) = (pairs.iter().map(|pair| pair.0).sum::<f64>() / n, pairs.iter().map(|pair| pair.1).sum::<f64>() / n);
    let sum = |of: &dyn Fn(f64, f64) -> f64| pairs.iter().map(|(a, b)| of(a - mean_a, b - mean_b)).sum::<f64>();
    sum(&|a, b| a * b) / (sum(&|a, _| a * a) * sum(&|_, b| b * b)).sqrt()
}
