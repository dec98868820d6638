//! Every question about a broken home gets the answer that the break causes.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests may stop")]

mod common;

use common::{GATEWAY, ON_NET, OTHER, SERVICE, ask, builtin, dns, echoes, fetch, home, lane, run, server, trace};
use demarc_model::{Campaign, DnsRecord, Family, FetchStage, LinkState, Measurement, Outcome, PathMtu, Position, Probe, Request, Resolver};
use demarc_simulator::SimulatedHome;
use rstest::rstest;

#[rstest]
#[case("", ["NOERROR", "NOERROR", "NOERROR", "NOERROR"])]
#[case("[dns]\nrouter = 'dead'", ["", "", "NOERROR", "NOERROR"])]
#[case("[dns]\nrouter = 'servfail'", ["SERVFAIL", "NOERROR", "NOERROR", "NOERROR"])]
#[case("[dns]\nprovider = 'servfail'", ["SERVFAIL", "NOERROR", "SERVFAIL", "NOERROR"])]
#[case("[dns]\nprovider = 'dead'", ["", "NOERROR", "", "NOERROR"])]
#[case("[dns]\nprovider = 'nxdomain'", ["NXDOMAIN", "NOERROR", "NXDOMAIN", "NOERROR"])]
#[case("[dns]\npublic = 'refused'", ["NOERROR", "NOERROR", "NOERROR", "REFUSED"])]
#[case("[path.access]\nloss = 1.0", ["", "NOERROR", "", ""])]
fn name_servers_fail_where_they_are_broken(#[case] toml: &str, #[case] codes: [&str; 4]) {
    let home = home(toml, 3);
    let asked = [
        dns(&home, server(GATEWAY), "video.example", DnsRecord::A),
        dns(&home, server(GATEWAY), "version.bind", DnsRecord::Version),
        dns(&home, server(ON_NET), "video.example", DnsRecord::A),
        dns(&home, server("198.51.100.53"), "video.example", DnsRecord::A),
    ];
    let found = asked.map(|replies| replies.replies[0].code.clone().unwrap_or_default());
    assert_eq!(found, codes);
}

#[test]
fn names_have_one_address_and_made_up_ones_have_none() {
    let home = home("", 1);
    let of = |name: &str, record| dns(&home, Resolver::System, name, record).replies[0].clone();
    assert_eq!(of("video.example", DnsRecord::A).addresses, of("VIDEO.example.", DnsRecord::A).addresses);
    assert!(of("video.example", DnsRecord::Aaaa).addresses[0].is_ipv6());
    assert_eq!(of("demarc-18f2.example", DnsRecord::A).code.as_deref(), Some("NXDOMAIN"));
}

#[test]
fn the_stages_of_a_fetch_add_up() {
    let home = home("[path.interconnect]\ndelay_ms = 50.0\n[service]\nfirst_byte_ms = 200.0", 1);
    let request = Request::Fetch { url: "https://video.example/".parse().unwrap(), family: Family::V4, address: None, timeout_ms: 3_000 };
    let (outcome, elapsed_ms) = home.answer(&request, 0.0, &|_| {});
    let Outcome::Measured { measurement: Measurement::Fetch(times) } = outcome else { panic!("{outcome:?}") };
    let stages = [times.name_ms, times.connect_ms, times.tls_ms, times.first_byte_ms].map(Option::unwrap);
    assert!((stages.iter().sum::<f64>() - elapsed_ms).abs() < 1e-6);
    assert!((55.0..70.0).contains(&stages[1]) && (55.0..75.0).contains(&stages[2]) && (210.0..310.0).contains(&stages[3]), "{stages:?}");
    assert_eq!((times.status, times.failed_at), (Some(200), None));
}

#[rstest]
#[case("[service]\nrefuses = true", FetchStage::Connect, "connection refused")]
#[case("[path.service]\nloss = 1.0", FetchStage::Connect, "timed out")]
#[case("[dns]\nprovider = 'servfail'", FetchStage::Name, "SERVFAIL")]
#[case("[device]\nclock_offset_ms = -1e11", FetchStage::Tls, "the certificate is not valid at this time")]
#[case("captive_portal = true", FetchStage::Tls, "the certificate is for another name")]
#[case("[path]\nmtu = 1400\nmtu_black_hole = true", FetchStage::Tls, "timed out")]
#[case("[service]\nfirst_byte_ms = 9000.0", FetchStage::Http, "timed out")]
#[case("[link]\ncarrier = false", FetchStage::Name, "no name server is set")]
fn a_fetch_fails_at_the_broken_stage(#[case] toml: &str, #[case] stage: FetchStage, #[case] error: &str) {
    let times = fetch(&home(toml, 1), "https://video.example/", Family::V4);
    assert_eq!((times.failed_at, times.error.as_deref(), times.status), (Some(stage), Some(error), None));
}

#[rstest]
#[case("absent", true, false)]
#[case("ok", true, true)]
#[case("broken", true, false)]
fn each_family_is_reached_when_it_works(#[case] ipv6: &str, #[case] v4_works: bool, #[case] v6_works: bool) {
    let home = home(&format!("ipv6 = '{ipv6}'"), 1);
    let works = |family| fetch(&home, "https://video.example/", family).status.is_some();
    assert_eq!((works(Family::V4), works(Family::V6), works(Family::Any)), (v4_works, v6_works, true));
}

#[test]
fn a_portal_answers_plain_pages_in_place_of_everyone() {
    let home = home("captive_portal = true", 1);
    assert_eq!(fetch(&home, "http://portal.example/generate_204", Family::V4).status, Some(302));
    assert_eq!(fetch(&common::home("", 1), "http://portal.example/generate_204", Family::V4).status, Some(204));
}

#[test]
fn a_trace_walks_home_line_provider_border_service() {
    let healthy = trace(&home("", 1), SERVICE, 3);
    let addresses: Vec<String> = healthy.hops.iter().map(|hop| hop.address().unwrap().to_string()).collect();
    assert_eq!(addresses, [GATEWAY, "203.0.113.1", "203.0.113.9", "203.0.113.17", "192.0.2.1", "192.0.2.9", SERVICE]);
    assert!(healthy.reached && healthy.hops.iter().all(|hop| hop.sent == 3 && hop.replies.len() == 3));
    assert_eq!(healthy.hops[6].replies[0].kind, "echo-reply");

    let quiet = trace(&home("[hops]\nsilent = ['core', 'destination']", 1), SERVICE, 3);
    assert!(!quiet.reached && quiet.hops.len() == 6 && quiet.hops[2].replies.is_empty());
    assert_eq!(trace(&home("[path.access]\nloss = 1.0", 1), SERVICE, 3).hops.len(), 1);
    assert_eq!(trace(&home("", 1), OTHER, 1).hops.len(), 6);
    assert!(trace(&home("", 1), "2001:db8:2::77", 1).reached);
}

#[rstest]
#[case("", Some(1500), false)]
#[case("[path]\nmtu = 1492", Some(1492), true)]
#[case("[path]\nmtu = 1400\nmtu_black_hole = true", Some(1400), false)]
#[case("[path.access]\nloss = 1.0", None, false)]
fn packets_pass_up_to_the_smallest_link(#[case] toml: &str, #[case] largest_passed: Option<u16>, #[case] told_too_big: bool) {
    let found = ask(&home(toml, 1), &Request::PathMtu { destination: SERVICE.parse().unwrap(), ceiling: 1500 });
    assert_eq!(found, Measurement::PathMtu(PathMtu { largest_passed, ceiling: 1500, told_too_big }));
}

#[test]
fn damaged_frames_grow_while_a_visit_lasts() {
    let home = builtin("bad-cable", 1);
    let (before, after) = (link(&home, "eth0", 0.0), link(&home, "eth0", 30_000.0));
    assert!(after.counters.crc_errors > before.counters.crc_errors + 1_000);
    assert_eq!((before.speed_mbps, before.fastest_own_mbps, before.fastest_partner_mbps), (Some(100), Some(1000), Some(1000)));
    assert_eq!(link(&builtin("healthy", 1), "eth0", 30_000.0).counters.crc_errors, 0);
}

#[test]
fn a_flapping_link_changes_its_carrier_while_a_visit_lasts() {
    let home = home("[link]\nflaps_per_minute = 4.0", 1);
    assert_eq!(link(&home, "eth0", 60_000.0).carrier_changes.unwrap() - link(&home, "eth0", 0.0).carrier_changes.unwrap(), 8);
    let result = run(&home, echoes(&[GATEWAY], 100, 300_000, Vec::new()));
    assert!((0.08..0.3).contains(&result.lanes[0].loss().share()));
}

#[test]
fn radio_figures_exist_where_there_is_a_radio() {
    let wifi = Request::Wifi { interface: "wlan0".to_owned() };
    assert!(matches!(builtin("healthy", 1).answer(&wifi, 0.0, &|_| {}).0, Outcome::NotApplicable { .. }));
    let Measurement::Wifi(link) = ask(&builtin("weak-wifi", 1), &wifi) else { panic!("no Wi-Fi") };
    assert!(link.connected && (-83.0..=-79.0).contains(&link.signal_dbm.unwrap()));
    let retries = link.retries.unwrap() as f64 / link.sent_packets.unwrap() as f64;
    assert!((retries - 0.35).abs() < 0.01);
}

#[test]
fn an_unplugged_cable_leaves_no_address_and_no_way_out() {
    let home = home("[link]\ncarrier = false", 1);
    let Measurement::Network(network) = ask(&home, &Request::Network) else { panic!("no network") };
    assert!(network.default_route().is_none() && network.interfaces.iter().all(|interface| interface.addresses.is_empty()));
    let result = run(&home, echoes(&[SERVICE], 100, 1_000, Vec::new()));
    assert!(result.lanes[0].echoes.is_empty() && result.lanes[0].failure.is_some());
}

#[test]
fn a_service_known_by_its_address_alone_is_behind_the_interconnect() {
    let home = home("[path.interconnect]\ndelay_ms = 80.0", 1);
    let mut service = lane("8.8.8.8", Probe::Echo, 100);
    service.position = Position::Service;
    let lanes = vec![service, lane("8.8.8.8", Probe::Echo, 100)];
    let result = run(&home, Campaign { lanes, duration_ms: 2_000, loads: Vec::new() });
    assert!(common::lane_median(&result.lanes[0]) > 80.0 && common::lane_median(&result.lanes[1]) < 30.0);
}

fn link(home: &SimulatedHome, interface: &str, at_ms: f64) -> LinkState {
    match home.answer(&Request::Link { interface: interface.to_owned() }, at_ms, &|_| {}).0 {
        Outcome::Measured { measurement: Measurement::Link(link) } => link,
        other => panic!("{other:?}"),
    }
}
