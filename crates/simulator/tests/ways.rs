//! Hops, translation, equal ways, changes during a visit, and what the home's own network tells.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests may stop")]

mod common;

use std::{collections::BTreeSet, net::IpAddr};

use common::{FIRST_HOP, GATEWAY, ON_NET, PLACES, SERVICE, ask, echoes, home, lane, lane_median, quantile_between, run, trace};
use demarc_model::{
    AddressOwners, Campaign, DhcpServers, Direction, Measurement, Outcome, Probe, Request, Trace, TraceProtocol, WanTraffic,
};
use demarc_simulator::SimulatedHome;
use rstest::rstest;

#[rstest]
#[case("", &[GATEWAY, FIRST_HOP], "203.0.113.200")]
#[case("[nat]\nsecond = true", &[GATEWAY, "192.168.100.1", FIRST_HOP], "192.168.100.2")]
#[case("[nat]\ncarrier_grade = true", &[GATEWAY, "100.64.0.1", FIRST_HOP], "100.64.0.77")]
#[case("[nat]\nsecond = true\ncarrier_grade = true", &[GATEWAY, "192.168.100.1", "100.64.0.1", FIRST_HOP], "192.168.100.2")]
fn translators_are_hops_and_the_line_has_their_address(#[case] toml: &str, #[case] first: &[&str], #[case] line: &str) {
    let home = home(toml, 1);
    let found = trace(&home, SERVICE, 3);
    assert!(found.reached);
    assert_eq!(addresses(&found)[..first.len()], *first);
    assert_eq!(wan(&home, 1_000).address, Some(line.parse::<IpAddr>().unwrap()));
    let result = run(&home, echoes(first, 100, 5_000, Vec::new()));
    assert!(result.lanes.iter().all(|lane| lane.loss().share() < 0.2), "each of them answers");
}

#[test]
fn hops_inside_a_tunnel_are_missing_and_those_behind_move_up() {
    let hiding = home("[hops]\nhidden = ['core', 'border-near']", 1);
    assert_eq!(addresses(&trace(&hiding, SERVICE, 2)), [GATEWAY, FIRST_HOP, "192.0.2.1", "192.0.2.9", SERVICE]);
    let lanes = vec![lane(SERVICE, Probe::HopLimited { ttl: 3 }, 1_000), lane("192.0.2.1", Probe::Echo, 100)];
    let result = run(&hiding, Campaign { lanes, duration_ms: 60_000, loads: Vec::new() });
    assert!((lane_median(&result.lanes[0]) - lane_median(&result.lanes[1])).abs() < 1.0, "hop 3 is the border's far side");
}

#[test]
fn flows_keep_their_way_and_spread_over_all() {
    let spread = home("[ecmp]\npaths = 4\nextra_ms = 12.0\nloss = 0.2", 1);
    let of = |flow: u16| {
        let destination = SERVICE.parse().unwrap();
        match ask(&spread, &Request::Trace { destination, protocol: TraceProtocol::Udp, flow, max_hops: 30, rounds: 5 }) {
            Measurement::Trace(found) => found,
            other => panic!("{other:?}"),
        }
    };
    let core = |found: &Trace| found.hop_at(3).and_then(demarc_model::TraceHop::address).unwrap();
    let ways: BTreeSet<IpAddr> = (0..24).map(|flow| core(&of(flow))).collect();
    assert_eq!(ways.len(), 4);
    assert_eq!(core(&of(5)), core(&of(5)));
    // The shortest of five answers, so that chance plays no part.
    let fastest = |found: &Trace| found.hops.last().unwrap().replies.iter().map(|reply| reply.rtt_ms).fold(f64::INFINITY, f64::min);
    let longer = |found: &Trace| matches!(core(found), IpAddr::V4(v4) if v4.octets()[3] == 129 || v4.octets()[3] == 131);
    for found in (0..24).map(of).filter(|found| found.reached) {
        assert_eq!(fastest(&found) > 18.0, longer(&found), "{found:?}");
    }
}

#[test]
fn only_flows_on_the_lossy_way_lose() {
    let lossy = home("[path.access]\nloss = 0.0\n[ecmp]\npaths = 2\nloss = 0.1", 1);
    let targets: Vec<String> = (20..36).map(|host| format!("192.0.2.{host}")).collect();
    let result = run(&lossy, echoes(&targets.iter().map(String::as_str).collect::<Vec<_>>(), 100, 60_000, Vec::new()));
    let shares: Vec<f64> = result.lanes.iter().map(|lane| lane.loss().share()).collect();
    assert!(shares.iter().all(|share| *share == 0.0 || (0.05..0.15).contains(share)), "{shares:?}");
    assert!((3..=13).contains(&shares.iter().filter(|share| **share > 0.0).count()));
}

#[test]
fn outages_cut_everything_behind_them_for_as_long_as_they_last() {
    let cut = home("[path.access]\nloss = 0.0\noutages = [[10.0, 4.0]]\n[path.interconnect]\noutage_every_s = 20.0\noutage_s = 2.0", 1);
    let result = run(&cut, echoes(&[GATEWAY, ON_NET, SERVICE], 100, 60_000, Vec::new()));
    let lost: Vec<u64> = result.lanes.iter().map(|lane| lane.loss().hits).collect();
    assert!(lost[0] == 0 && (39..=42).contains(&lost[1]) && (97..=105).contains(&lost[2]), "{lost:?}");
}

#[test]
fn a_way_that_changes_is_longer_from_then_on() {
    let result = run(&home("[path.isp]\nshift_ms = 25.0\nshift_at_s = 30.0", 1), echoes(&PLACES, 100, 60_000, Vec::new()));
    let moved = |index: usize| {
        let lane = &result.lanes[index];
        quantile_between(lane, 30_000.0, 60_000.0, 0.5) - quantile_between(lane, 0.0, 29_000.0, 0.5)
    };
    assert!(moved(1).abs() < 0.2 && (moved(2) - 25.0).abs() < 0.3 && (moved(4) - 25.0).abs() < 0.3);
}

#[test]
fn counters_count_what_was_moved() {
    let busy = home("[home_traffic]\ndown_mbps = 16.0\nup_mbps = 4.0\n[device]\nbackground_down_mbps = 2.0\nbackground_up_mbps = 1.0", 3);
    let watched: Vec<WanTraffic> = (0..20).map(|minute| wan_at(&busy, 60_000, 60_000.0 * f64::from(minute))).collect();
    let mean = |of: fn(&WanTraffic) -> f64| watched.iter().map(of).sum::<f64>() / 20.0 * 8.0 / 1e6;
    let (received, sent) = (mean(|watch| watch.received_bytes_per_s), mean(|watch| watch.sent_bytes_per_s));
    assert!((received - 18.0).abs() < 2.0 && (sent - 5.0).abs() < 0.6, "{received} {sent}");
    let full = wan(&home("[home_traffic]\nup_mbps = 90.0", 3), 10_000);
    assert!((full.sent_bytes_per_s * 8.0 / 1e6 - 40.0).abs() < 0.5, "no more than the line carries");
    let quiet = wan(&home("", 3), 10_000);
    assert!(quiet.received_bytes_per_s < 60_000.0 && quiet.watched_ms > 9_999.0);
    assert!(matches!(
        home("[counters]\navailable = false", 1).answer(&Request::WanTraffic { for_ms: 100 }, 0.0, &|_| {}).0,
        Outcome::Blocked { .. }
    ));
}

#[test]
fn the_homes_own_network_names_its_servers_and_owners() {
    let dhcp = Request::DhcpServers { interface: "eth0".to_owned() };
    let owners = Request::AddressOwners { interface: "eth0".to_owned(), address: [192, 168, 1, 23].into() };
    let offers = |toml: &str| match ask(&home(toml, 1), &dhcp) {
        Measurement::DhcpServers(DhcpServers { offers }) => offers.len(),
        other => panic!("{other:?}"),
    };
    assert_eq!((offers(""), offers("[dhcp]\nrogue = true")), (1, 2));
    let others = |toml: &str| match ask(&home(toml, 1), &owners) {
        Measurement::AddressOwners(AddressOwners { others }) => others.len(),
        other => panic!("{other:?}"),
    };
    assert_eq!((others(""), others("[device]\naddress_conflict = true")), (0, 1));
    for request in [dhcp, owners] {
        assert!(matches!(home("[dhcp]\npermitted = false", 1).answer(&request, 0.0, &|_| {}).0, Outcome::Blocked { .. }));
    }
    let shared = run(&home("[device]\naddress_conflict = true", 1), echoes(&[GATEWAY], 100, 300_000, Vec::new()));
    assert!((0.02..0.12).contains(&shared.lanes[0].loss().share()), "{:?}", shared.lanes[0].loss());
}

#[test]
fn a_transfer_of_the_visit_leaves_the_counters_to_the_others() {
    let busy = home("[home_traffic]\nup_mbps = 30.0", 2);
    let before = wan(&busy, 5_000);
    run(&busy, echoes(&[GATEWAY], 100, 10_000, vec![common::load(Direction::Up, 0, 9_000)]));
    assert_eq!(wan(&busy, 5_000), before);
}

#[test]
fn counters_count_a_transfer_and_what_passes_beside_it() {
    let share = |toml: &str| {
        let load = run(&home(toml, 2), echoes(&[GATEWAY], 100, 10_000, vec![common::load(Direction::Down, 0, 9_000)])).loads.remove(0);
        #[allow(clippy::cast_precision_loss, reason = "far below 2^53")]
        load.counted_bytes.map(|counted| counted as f64 / load.bytes as f64)
    };
    let quiet = share("").unwrap();
    assert!((1.03..1.06).contains(&quiet), "headers alone come on top: {quiet}");
    let busy = share("[home_traffic]\ndown_mbps = 60.0").unwrap();
    assert!(busy > quiet + 0.1, "{busy}");
    assert_eq!(share("[counters]\navailable = false"), None);
}

fn addresses(found: &Trace) -> Vec<String> {
    found.hops.iter().map(|hop| hop.address().map_or_else(|| "*".to_owned(), |address| address.to_string())).collect()
}

fn wan(home: &SimulatedHome, for_ms: u32) -> WanTraffic {
    wan_at(home, for_ms, 0.0)
}

fn wan_at(home: &SimulatedHome, for_ms: u32, at_ms: f64) -> WanTraffic {
    match home.answer(&Request::WanTraffic { for_ms }, at_ms, &|_| {}).0 {
        Outcome::Measured { measurement: Measurement::WanTraffic(traffic) } => traffic,
        other => panic!("{other:?}"),
    }
}
