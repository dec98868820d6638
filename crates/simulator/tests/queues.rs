//! Queues, transfers and loss against what theory says about them.

#![allow(clippy::unwrap_used, reason = "tests may stop")]

mod common;

use common::{FIRST_HOP, GATEWAY, ON_NET, SERVICE, echoes, home, lane_median, load, loaded, quantile_between, run};
use demarc_model::{Campaign, Direction, LaneResult, Request};
use rstest::rstest;

const BLOAT: &str = "[path.router]\nqueue_down_ms = 250.0\nqueue_up_ms = 400.0
    [path.access]\ndown_mbps = 40.0\nup_mbps = 8.0\ndelay_ms = 8.0";

#[rstest]
#[case("down")]
#[case("up")]
fn a_link_that_is_offered_too_much_waits_as_long_as_its_queue_and_loses_the_rest(#[case] way: &str) {
    let full = home(&format!("hour = 21.0\n[path.isp]\n{way}_mbps = 100.0\ncross_{way}_mbps = 150.0\nqueue_{way}_ms = 40.0"), 1);
    let result = run(&full, echoes(&[FIRST_HOP, ON_NET], 100, 120_000, Vec::new()));
    let [near, far] = [0, 1].map(|index| &result.lanes[index]);
    assert!(lane_median(near) < 5.0 && near.loss().share() < 0.004);
    let quiet = lane_median(&run(&home("", 1), echoes(&[ON_NET], 100, 60_000, Vec::new())).lanes[0]);
    assert!((lane_median(far) - quiet - 40.0).abs() < 1.0, "backlog over rate: {}", lane_median(far));
    // A third does not fit, and senders who lose packets send less of it.
    assert!((0.03..0.15).contains(&far.loss().share()), "{}", far.loss().share());
}

#[test]
fn other_people_crowd_a_link_at_their_busy_hour_only() {
    let at = |hour: f64| {
        let busy = home(&format!("hour = {hour:?}\n[path.isp]\ndown_mbps = 1000.0\ncross_down_mbps = 1030.0\nqueue_down_ms = 60.0"), 2);
        quantile_between(&run(&busy, echoes(&[ON_NET], 100, 120_000, Vec::new())).lanes[0], 0.0, 2e5, 0.5)
    };
    assert!(at(21.0) > 30.0 && at(4.0) < 7.0 && at(13.0) < 7.0, "{} {} {}", at(21.0), at(4.0), at(13.0));
}

#[test]
fn packets_wait_for_single_packets_as_long_as_pollaczek_and_khinchine_say() {
    let mean = |up_mbps: f64| {
        let toml =
            format!("[device]\nbackground_up_mbps = 0.0\n[home_traffic]\nup_mbps = {up_mbps:?}\n[path.access]\nup_mbps = 1.0\nloss = 0.0");
        mean_rtt(&run(&home(&toml, 5), echoes(&[FIRST_HOP], 100, 600_000, Vec::new())).lanes[0])
    };
    // A load of 0.2 and 12 ms for 1500 bytes at 1 Mbit/s: 0.2 * 12 / (2 * 0.8).
    let wait = mean(0.2) - mean(0.0);
    assert!((wait - 1.5).abs() < 0.2, "{wait}");
}

#[test]
fn a_managed_queue_stays_short_where_a_plain_one_fills() {
    let plain = run(&home(BLOAT, 1), loaded(&[GATEWAY, SERVICE]));
    let managed = run(&home(&BLOAT.replace("[path.access]", "aqm = true\n[path.access]"), 1), loaded(&[GATEWAY, SERVICE]));
    let added =
        |lane: &LaneResult, from: f64| quantile_between(lane, from, from + 6_000.0, 0.5) - quantile_between(lane, 0.0, 3_000.0, 0.5);
    for from in [5_000.0, 16_000.0] {
        assert!(added(&plain.lanes[1], from) > 200.0 && added(&managed.lanes[1], from) < 20.0, "{}", added(&managed.lanes[1], from));
        assert!(added(&plain.lanes[0], from) < 1.0, "the router is before the queue");
    }
    assert!(managed.loads.iter().zip([40.0, 8.0]).all(|(load, rate)| load.mbps.unwrap() > 0.85 * rate));
}

#[test]
fn loss_limits_cubic_and_not_bbr_and_a_deep_queue_is_filled_by_cubic_and_not_by_bbr() {
    let with = |tcp: &str, toml: &str| run(&home(&format!("[tcp]\ndown = '{tcp}'\nup = '{tcp}'\n{toml}"), 3), loaded(&[SERVICE]));
    let lossy = "[path.access]\nloss = 0.04\ndelay_ms = 30.0";
    let rate = |tcp: &str| with(tcp, lossy).loads[0].mbps.unwrap();
    assert!(rate("cubic") < 25.0 && rate("bbr") > 80.0, "{} {}", rate("cubic"), rate("bbr"));
    let wait = |tcp: &str| quantile_between(&with(tcp, BLOAT).lanes[0], 5_000.0, 11_000.0, 0.5);
    assert!(wait("cubic") > 200.0 && wait("bbr") < 40.0, "{} {}", wait("cubic"), wait("bbr"));
}

#[test]
fn lossy_transfers_reach_what_mathis_says() {
    let lossy = home("[path.access]\nloss_down = 0.01\nloss = 0.0\ndelay_ms = 60.0\ndown_mbps = 1000.0", 4);
    let result = run(&lossy, echoes(&[SERVICE], 100, 60_000, vec![load(Direction::Down, 1_000, 50_000)]));
    // Four connections over 66 ms to the peer; CUBIC is no steeper than Reno here.
    let expected = 4.0 * 1.22 * 1448.0 * 8.0 / (66_000.0 * 0.01_f64.sqrt());
    let found = result.loads[0].mbps.unwrap();
    assert!((found / expected - 1.0).abs() < 0.25, "{found} against {expected}");
}

#[rstest]
#[case("loss_down", true)]
#[case("loss_up", false)]
fn loss_in_one_direction_slows_transfers_in_that_direction(#[case] key: &str, #[case] slows_down: bool) {
    let result = run(&home(&format!("[path.access]\n{key} = 0.03\ndelay_ms = 20.0\nup_mbps = 100.0"), 1), loaded(&[FIRST_HOP]));
    let rates: Vec<f64> = result.loads.iter().map(|load| load.mbps.unwrap()).collect();
    let (slowed, other) = if slows_down { (rates[0], rates[1]) } else { (rates[1], rates[0]) };
    assert!(slowed < 25.0 && other > 85.0, "{rates:?}");
    assert!((result.lanes[0].loss().share() - 0.03).abs() < 0.02);
}

#[test]
fn a_busy_device_at_home_fills_the_line_for_everybody_and_nothing_before_it() {
    let busy = home("[home_traffic]\nup_mbps = 60.0\n[path.router]\nqueue_up_ms = 300.0", 1);
    let result = run(&busy, echoes(&[GATEWAY, FIRST_HOP, SERVICE], 100, 60_000, Vec::new()));
    assert!(lane_median(&result.lanes[0]) < 1.0 && lane_median(&result.lanes[1]) > 200.0);
    let together = result.lanes[1].echoes.iter().zip(&result.lanes[2].echoes).filter_map(|(near, far)| Some(far.rtt_ms? - near.rtt_ms?));
    assert!(together.into_iter().all(|rest| rest.abs() < 40.0), "both wait in the same queue");
}

#[rstest]
#[case(4, 0.4..0.6)]
#[case(12, 0.2..0.32)]
#[case(30, 0.08..0.2)]
fn a_transfer_has_about_its_connections_share_of_a_full_line(#[case] connections: u32, #[case] share: std::ops::Range<f64>) {
    let toml = format!("[home_traffic]\ndown_mbps = 80.0\nconnections = {connections}\n[path.access]\ndown_mbps = 40.0");
    let result = run(&home(&toml, 1), echoes(&[SERVICE], 100, 30_000, vec![load(Direction::Down, 1_000, 25_000)]));
    let found = result.loads[0].mbps.unwrap() / 40.0;
    assert!(share.contains(&found), "{found} of the line");
}

#[test]
fn heavy_traffic_that_fits_leaves_no_queue() {
    let busy = home("[home_traffic]\ndown_mbps = 20.0", 1);
    let result = run(&busy, echoes(&[FIRST_HOP], 100, 60_000, Vec::new()));
    assert!(quantile_between(&result.lanes[0], 0.0, 6e4, 0.95) < 6.0 && result.lanes[0].loss().share() < 0.01);
}

#[test]
fn full_packets_that_vanish_stall_transfers() {
    let result = run(&home("[path]\nmtu = 1400\nmtu_black_hole = true", 1), loaded(&[SERVICE]));
    assert!(result.loads.iter().all(|load| load.bytes == 0 && load.failure.is_some()));
    assert!(result.lanes[0].loss().share() < 0.02, "small packets pass");
}

#[test]
fn a_transfer_while_nothing_passes_stands_still_and_comes_back() {
    let result = run(&home("[path.access]\noutages = [[6.0, 2.0]]", 1), loaded(&[FIRST_HOP]));
    let during: Vec<f64> =
        result.loads[0].rates.iter().filter(|rate| (6_400.0..8_000.0).contains(&rate.at_ms)).map(|rate| rate.mbps).collect();
    assert!(during.iter().all(|mbps| *mbps < 1.0), "{during:?}");
    assert!(result.loads[0].rates.last().unwrap().mbps > 50.0);
}

#[test]
fn busy_homes_answer_from_seed_request_and_time_alone() {
    let busy = "access = 'leo'\nhour = 21.0\n[home_traffic]\nup_mbps = 14.0\n[path.isp]\ndown_mbps = 100.0\ncross_down_mbps = 95.0";
    let (one, other) = (home(busy, 7), home(busy, 7));
    let requests = [
        Request::WanTraffic { for_ms: 3_000 },
        Request::Campaign(loaded(&[GATEWAY, SERVICE])),
        Request::Campaign(Campaign { loads: Vec::new(), ..loaded(&[GATEWAY, SERVICE]) }),
    ];
    let times = [0.0, 9_990.0, 61_234.5];
    let ask = |home: &demarc_simulator::SimulatedHome, at_ms| requests.clone().map(|request| home.answer(&request, at_ms, &|_| {}));
    let forwards = times.map(|at_ms| ask(&one, at_ms));
    let mut backwards: Vec<_> = times.iter().rev().map(|at_ms| ask(&other, *at_ms)).collect();
    backwards.reverse();
    assert_eq!(forwards.to_vec(), backwards);
}

fn mean_rtt(lane: &LaneResult) -> f64 {
    let rtts: Vec<f64> = lane.echoes.iter().filter_map(|echo| echo.rtt_ms).collect();
    rtts.iter().sum::<f64>() / rtts.len() as f64
}
