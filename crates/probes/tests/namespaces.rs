//! Real packets through real forwarding, in network namespaces that these tests make themselves.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

mod chain;

use std::{
    net::IpAddr,
    sync::{Arc, Mutex},
};

use chain::{Chain, PingSockets, drop_capabilities};
use demarc_model::{
    Campaign, CampaignResult, Direction, DnsRecord, Lane, LaneResult, LiveSample, Load, Measurement, Outcome, PathMtu, Position, Probe,
    Prober as _, Request, Resolver, Trace, TraceProtocol,
};
use demarc_probes::RealNetwork;
use rstest::rstest;

const FAR: &str = "10.77.3.2";

#[rstest]
#[case(TraceProtocol::Udp, ["10.77.1.2", "10.77.2.2", FAR], "port-unreachable")]
#[case(TraceProtocol::Icmp, ["10.77.1.2", "10.77.2.2", FAR], "echo-reply")]
#[case(TraceProtocol::Udp, ["fd77:1::2", "fd77:2::2", "fd77:3::2"], "port-unreachable")]
#[case(TraceProtocol::Icmp, ["fd77:1::2", "fd77:2::2", "fd77:3::2"], "echo-reply")]
fn a_trace_sees_every_hop_in_order(#[case] protocol: TraceProtocol, #[case] hops: [&str; 3], #[case] last: &str) {
    let Some(chain) = Chain::build(PingSockets::Open) else { return };
    let destination = address(hops[2]);
    let begun = std::time::Instant::now();
    let trace = chain.inside("device", async |network| trace(&network, destination, protocol, 2).await);
    assert!(begun.elapsed().as_secs_f64() < 2.5, "an answered trace does not wait: {:?}", begun.elapsed());
    assert!(trace.reached);
    let seen: Vec<Option<IpAddr>> = trace.hops.iter().map(demarc_model::TraceHop::address).collect();
    assert_eq!(seen, hops.map(|hop| Some(address(hop))));
    for hop in &trace.hops {
        assert_eq!((hop.sent, hop.replies.len()), (2, 2), "{hop:?}");
        let kind = if hop.ttl == 3 { last } else { "time-exceeded" };
        assert!(hop.replies.iter().all(|reply| reply.kind == kind && reply.rtt_ms > 0.0 && reply.rtt_ms < 50.0), "{hop:?}");
    }
}

#[rstest]
#[case(TraceProtocol::Udp)]
#[case(TraceProtocol::Icmp)]
fn a_silent_router_is_a_hop_without_answers(#[case] protocol: TraceProtocol) {
    let Some(chain) = Chain::build(PingSockets::Open) else { return };
    chain.nft("r1", "table ip t {\n chain c {\n type filter hook output priority 0;\n meta l4proto icmp drop\n }\n}\n");
    let trace = chain.inside("device", async |network| trace(&network, address(FAR), protocol, 1).await);
    assert!(trace.reached);
    let answers: Vec<(u8, usize)> = trace.hops.iter().map(|hop| (hop.ttl, hop.replies.len())).collect();
    assert_eq!(answers, [(1, 0), (2, 1), (3, 1)]);
}

#[test]
fn a_silent_end_is_left_out_and_not_called_reached() {
    let Some(chain) = Chain::build(PingSockets::Open) else { return };
    chain.nft("r2", "table ip t {\n chain c {\n type filter hook forward priority 0;\n drop\n }\n}\n");
    let trace = chain.inside("device", async |network| trace(&network, address(FAR), TraceProtocol::Udp, 2).await);
    assert!(!trace.reached);
    assert_eq!(trace.hops.len(), 2);
}

// Of ICMP, some load balancers look at the identifier and the checksum.
#[rstest]
#[case(TraceProtocol::Udp, "udp sport . udp dport")]
#[case(TraceProtocol::Icmp, "icmp id . @th,16,16")]
fn a_series_is_one_flow(#[case] protocol: TraceProtocol, #[case] identity: &str) {
    let Some(chain) = Chain::build(PingSockets::Open) else { return };
    let set = format!("set flows {{\n typeof {identity}\n flags dynamic\n size 64\n }}");
    let rule = format!("ip daddr {FAR} add @flows {{ {identity} }}");
    chain.nft("r1", &format!("table ip t {{\n {set}\n chain c {{\n type filter hook forward priority 0;\n {rule}\n }}\n}}\n"));
    chain.inside("device", async |network| trace(&network, address(FAR), protocol, 3).await);
    let listed = chain.command("r1", &["nft", "-j", "list", "set", "ip", "t", "flows"]);
    assert_eq!(listed.matches(r#"{"concat": ["#).count(), 1, "{listed}");
}

#[test]
fn a_clean_path_loses_nothing_and_every_probe_is_told_live() {
    let Some(chain) = Chain::build(PingSockets::Open) else { return };
    let lanes = vec![
        lane("10.77.1.2", Probe::Echo, 50),
        lane("10.77.2.2", Probe::Echo, 50),
        lane(FAR, Probe::Echo, 50),
        lane("fd77:3::2", Probe::Echo, 50),
        lane(FAR, Probe::HopLimited { ttl: 2 }, 10),
        lane("fd77:3::2", Probe::HopLimited { ttl: 1 }, 1_000),
        lane(FAR, Probe::TcpConnect { port: 9 }, 200),
        lane("127.0.0.1", Probe::Echo, 50),
        lane("::1", Probe::Echo, 50),
    ];
    let samples = Arc::new(Mutex::new(0));
    let counter = Arc::clone(&samples);
    let asked = Campaign { lanes, duration_ms: 3_000, loads: Vec::new() };
    let outcome = chain.inside("device", {
        let asked = asked.clone();
        async move |network| {
            let count = move |sample| {
                if matches!(sample, LiveSample::Echo { rtt_ms: Some(_), .. }) {
                    *counter.lock().unwrap() += 1;
                }
            };
            network.perform(Request::Campaign(asked), Box::new(count)).await
        }
    });
    let result = campaign_of(outcome);
    for (lane, asked) in result.lanes.iter().zip(&asked.lanes) {
        assert_eq!(&lane.lane, asked);
        assert_eq!(lane.failure, None);
        assert_eq!(lane.loss().hits, 0, "{lane:?}");
        // A busy computer may miss a slot; a hop-limited lane is slowed down to one probe a second.
        let slots = 3_000 / if matches!(asked.probe, Probe::HopLimited { .. }) { 1_000 } else { asked.interval_ms };
        assert!((slots * 3 / 4..=slots).contains(&u32::try_from(lane.echoes.len()).unwrap()), "{} of {slots}", lane.echoes.len());
        assert_eq!(lane.kernel_timestamps, !matches!(asked.probe, Probe::TcpConnect { .. }));
        assert!(lane.echoes.is_sorted_by(|one, next| one.sent_ms < next.sent_ms));
        assert!(lane.rtt_quantile(0.0).unwrap() > 0.0 && lane.rtt_quantile(0.5).unwrap() < 20.0, "{lane:?}");
    }
    assert_eq!(*samples.lock().unwrap(), result.lanes.iter().map(|lane| lane.echoes.len()).sum::<usize>());
}

#[test]
fn loss_behind_a_router_shows_behind_it_alone() {
    let Some(chain) = Chain::build(PingSockets::Open) else { return };
    let rule = format!("ip daddr {FAR} numgen random mod 100 < 20 drop");
    chain.nft("r2", &format!("table ip t {{\n chain c {{\n type filter hook forward priority 0;\n {rule}\n }}\n}}\n"));
    let mut lanes = vec![lane("10.77.1.2", Probe::Echo, 20)];
    lanes.extend(std::iter::repeat_n(lane(FAR, Probe::Echo, 20), 5));
    let result = chain.inside("device", async |network| campaign(&network, lanes, 2_000).await);
    assert_eq!(result.lanes[0].loss().hits, 0);
    let (lost, sent) = result.lanes[1..].iter().map(LaneResult::loss).fold((0, 0), |sum, loss| (sum.0 + loss.hits, sum.1 + loss.trials));
    let share = lost as f64 / sent as f64;
    assert!(sent > 300 && (0.1..0.3).contains(&share), "{lost} of {sent}");
}

#[test]
fn a_gateway_with_a_link_local_address_is_reached() {
    let Some(chain) = Chain::build(PingSockets::Open) else { return };
    chain.ip("r1", "addr add fe80::77/64 dev home1 nodad");
    chain.ip("device", "route replace default via fe80::77 dev away1");
    let lanes = vec![lane("fe80::77", Probe::Echo, 50), lane("fe80::77", Probe::TcpConnect { port: 9 }, 200)];
    let result = chain.inside("device", async |network| campaign(&network, lanes, 400).await);
    assert!(result.lanes.iter().all(|lane| lane.failure.is_none() && lane.loss().hits == 0), "{result:?}");
}

#[test]
fn a_transfer_that_fails_does_not_disturb_the_lanes() {
    let Some(chain) = Chain::build(PingSockets::Open) else { return };
    let load = |start_ms| Load {
        peer: format!("http://{FAR}:9").parse().unwrap(),
        direction: Direction::Down,
        start_ms,
        duration_ms: 60_000,
        connections: 4,
        max_bytes: 1 << 20,
    };
    let asked = Campaign { lanes: vec![lane(FAR, Probe::Echo, 50)], duration_ms: 600, loads: vec![load(100), load(0)] };
    let result = chain.inside("device", async |network| campaign_of(network.perform(Request::Campaign(asked), Box::new(|_| {})).await));
    assert_eq!((result.lanes[0].loss().hits, result.lanes[0].echoes.len()), (0, 12));
    assert!(result.loads.iter().all(|load| load.failure.is_some() && load.bytes == 0), "{:?}", result.loads);
}

#[test]
fn without_ping_sockets_the_portable_backend_takes_over() {
    let Some(chain) = Chain::build(PingSockets::Closed) else { return };
    let lanes = vec![lane(FAR, Probe::Echo, 100), lane("fd77:3::2", Probe::Echo, 100), lane(FAR, Probe::HopLimited { ttl: 1 }, 1_000)];
    let result = chain.inside("device", async |network| campaign(&network, lanes, 1_000).await);
    for lane in &result.lanes {
        assert_eq!((lane.failure.as_deref(), lane.loss().hits), (None, 0), "{lane:?}");
        assert!(lane.rtt_quantile(0.0).unwrap() > 0.0);
    }
    let kernel: Vec<bool> = result.lanes.iter().map(|lane| lane.kernel_timestamps).collect();
    assert_eq!(kernel, [false, false, true]);
}

#[test]
fn without_any_right_to_ping_the_rest_is_still_measured() {
    let Some(chain) = Chain::build(PingSockets::Closed) else { return };
    let far = address(FAR);
    let (all_blocked, some, udp, icmp, mtu) = chain.inside("device", async |network| {
        drop_capabilities();
        let echo = lane(FAR, Probe::Echo, 100);
        let blocked = Campaign { lanes: vec![echo.clone()], duration_ms: 300, loads: Vec::new() };
        let all_blocked = network.perform(Request::Campaign(blocked), Box::new(|_| {})).await;
        let lanes = vec![echo, lane(FAR, Probe::HopLimited { ttl: 2 }, 1_000), lane(FAR, Probe::TcpConnect { port: 9 }, 200)];
        let some = campaign(&network, lanes, 600).await;
        let udp = trace(&network, far, TraceProtocol::Udp, 1).await;
        let icmp = network.perform(trace_request(far, TraceProtocol::Icmp, 1), Box::new(|_| {})).await;
        let mtu = network.perform(Request::PathMtu { destination: far, ceiling: 1500 }, Box::new(|_| {})).await;
        (all_blocked, some, udp, icmp, mtu)
    });
    for outcome in [all_blocked, icmp, mtu] {
        let Outcome::Blocked { why } = outcome else { panic!("{outcome:?}") };
        assert_eq!(why.id, "blocked-ping-sockets");
    }
    assert!(some.lanes[0].failure.as_deref().unwrap().contains("ping_group_range"));
    assert!(some.lanes[0].echoes.is_empty());
    assert!(some.lanes[1..].iter().all(|lane| lane.failure.is_none() && lane.loss().hits == 0), "{some:?}");
    assert_eq!((udp.reached, udp.hops.len()), (true, 3));
}

#[rstest]
#[case(1400, "10.77.3.2", false, true)]
#[case(1400, "fd77:3::2", false, true)]
#[case(1400, "10.77.3.2", true, false)]
#[case(1500, "10.77.3.2", false, false)]
fn the_largest_packet_is_found(#[case] link: u16, #[case] to: &str, #[case] black_hole: bool, #[case] told: bool) {
    let Some(chain) = Chain::build(PingSockets::Open) else { return };
    for (node, interface) in [("r2", "away3"), ("far", "home3")] {
        chain.ip(node, &format!("link set {interface} mtu {link}"));
    }
    if black_hole {
        let rule = "icmp type destination-unreachable icmp code frag-needed drop";
        chain.nft("r2", &format!("table ip t {{\n chain c {{\n type filter hook output priority 0;\n {rule}\n }}\n}}\n"));
    }
    let request = Request::PathMtu { destination: address(to), ceiling: 1500 };
    let outcome = chain.inside("device", async |network| network.perform(request, Box::new(|_| {})).await);
    let Outcome::Measured { measurement: Measurement::PathMtu(found) } = outcome else { panic!("{outcome:?}") };
    assert_eq!(found, PathMtu { largest_passed: Some(link), ceiling: 1500, told_too_big: told });
}

#[test]
fn the_own_links_limit_counts_as_told() {
    let Some(chain) = Chain::build(PingSockets::Open) else { return };
    chain.ip("device", "link set away1 mtu 1300");
    let request = Request::PathMtu { destination: address(FAR), ceiling: 1500 };
    let outcome = chain.inside("device", async |network| network.perform(request, Box::new(|_| {})).await);
    let Outcome::Measured { measurement: Measurement::PathMtu(found) } = outcome else { panic!("{outcome:?}") };
    assert_eq!(found, PathMtu { largest_passed: Some(1300), ceiling: 1500, told_too_big: true });
}

#[test]
fn without_a_route_everything_says_so() {
    let Some(chain) = Chain::build(PingSockets::Open) else { return };
    chain.ip("device", "route del default via 10.77.1.2");
    let (result, outcomes) = chain.inside("device", async |network| {
        let lanes =
            vec![lane(FAR, Probe::Echo, 100), lane(FAR, Probe::TcpConnect { port: 9 }, 200), lane("255.255.255.255", Probe::Echo, 100)];
        let result = campaign(&network, lanes, 300).await;
        let udp = network.perform(trace_request(address(FAR), TraceProtocol::Udp, 1), Box::new(|_| {})).await;
        let icmp = network.perform(trace_request(address(FAR), TraceProtocol::Icmp, 1), Box::new(|_| {})).await;
        let mtu = network.perform(Request::PathMtu { destination: address(FAR), ceiling: 1500 }, Box::new(|_| {})).await;
        (result, [udp, icmp, mtu])
    });
    assert!(result.lanes.iter().all(|lane| lane.failure.is_some() && lane.echoes.is_empty()), "{result:?}");
    for outcome in outcomes {
        assert!(matches!(&outcome, Outcome::Failed { why } if why.id == "failed-send"), "{outcome:?}");
    }
}

fn firewall(chain: &Chain, rule: &str) {
    chain.nft("device", &format!("table inet own {{\n chain out {{\n type filter hook output priority 0;\n {rule}\n }}\n}}\n"));
}

#[test]
fn what_a_firewall_of_our_own_holds_back_was_never_sent() {
    let Some(chain) = Chain::build(PingSockets::Open) else { return };
    firewall(&chain, "meta l4proto { icmp, udp } drop");
    let far = address(FAR);
    let dns = Request::Dns {
        resolver: Resolver::Server(std::net::SocketAddr::new(far, 53)),
        name: "video.example".to_owned(),
        record: DnsRecord::A,
        attempts: 2,
        timeout_ms: 1_000,
    };
    let (echoes, mixed, traced, mtu, dns) = chain.inside("device", async |network| {
        let ask = async |request| network.perform(request, Box::new(|_| {})).await;
        let echo = || lane(FAR, Probe::Echo, 50);
        let echoes = ask(Request::Campaign(Campaign { lanes: vec![echo()], duration_ms: 300, loads: Vec::new() })).await;
        let lanes = vec![echo(), lane("fd77:3::2", Probe::Echo, 50), lane(FAR, Probe::TcpConnect { port: 9 }, 200)];
        let mixed = campaign(&network, lanes, 300).await;
        let traced = ask(trace_request(far, TraceProtocol::Udp, 1)).await;
        let mtu = ask(Request::PathMtu { destination: far, ceiling: 1500 }).await;
        (echoes, mixed, traced, mtu, ask(dns).await)
    });
    for (outcome, id) in [
        (echoes, "blocked-by-own-firewall"),
        (traced, "blocked-by-own-firewall"),
        (mtu, "blocked-by-own-firewall"),
        (dns, "blocked-dns-by-own-firewall"),
    ] {
        assert!(matches!(&outcome, Outcome::Blocked { why } if why.id == id), "{outcome:?}");
    }
    assert!(mixed.lanes[0].failure.is_some() && mixed.lanes[0].refused > 0 && mixed.lanes[0].echoes.is_empty(), "{mixed:?}");
    assert!(mixed.lanes[1..].iter().all(|lane| lane.failure.is_none() && lane.refused == 0 && lane.loss().hits == 0), "{mixed:?}");
}

#[test]
fn a_firewall_of_our_own_that_lets_some_through_makes_no_loss() {
    let Some(chain) = Chain::build(PingSockets::Open) else { return };
    firewall(&chain, "meta l4proto icmp limit rate over 5/second drop");
    let result = chain.inside("device", async |network| campaign(&network, vec![lane(FAR, Probe::Echo, 20)], 1_500).await);
    let lane = &result.lanes[0];
    assert_eq!((lane.failure.as_deref(), lane.loss().hits), (None, 0), "{lane:?}");
    assert!(lane.refused > 20 && lane.echoes.len() >= 5, "{} refused, {} sent", lane.refused, lane.echoes.len());
}

#[test]
fn the_way_out_is_told_through_policies_and_halves() {
    let Some(chain) = Chain::build(PingSockets::Open) else { return };
    let ways = |chain: &Chain| -> Vec<(bool, String, Option<u32>)> {
        let outcome = chain.inside("device", async |network| network.perform(Request::Network, Box::new(|_| {})).await);
        let Outcome::Measured { measurement: Measurement::Network(network) } = outcome else { panic!("{outcome:?}") };
        network.ways_out.into_iter().map(|way| (way.destination.is_ipv4(), way.interface, way.table)).collect()
    };
    let cable = |v4| (v4, "away1".to_owned(), None);
    assert_eq!(ways(&chain), [cable(true), cable(true), cable(false)]);
    // As WireGuard's own tool sets it up: everything but the tunnel's own packets finds its way in a table of its own.
    for command in [
        "tuntap add tun0 mode tun",
        "addr add 10.8.0.2/24 dev tun0",
        "link set tun0 up",
        "route add default dev tun0 table 51820",
        "rule add not fwmark 51820 table 51820",
        "rule add table main suppress_prefixlength 0",
    ] {
        chain.ip("device", command);
    }
    let tunnel = |table| (true, "tun0".to_owned(), table);
    assert_eq!(ways(&chain), [tunnel(Some(51_820)), tunnel(Some(51_820)), cable(false)]);
    for command in
        ["rule del table 51820", "route add 0.0.0.0/1 dev tun0", "route add 128.0.0.0/1 dev tun0", "route del default via fd77:1::2"]
    {
        chain.ip("device", command);
    }
    // With the rule gone, the halves of the internet in the main table count.
    assert_eq!(ways(&chain), [tunnel(None), tunnel(None)]);
}

#[test]
fn without_the_right_or_the_hardware_no_cable_is_tested() {
    let Some(chain) = Chain::build(PingSockets::Open) else { return };
    let ask = async |network: &RealNetwork, interface: &str| {
        network.perform(Request::CableTest { interface: interface.to_owned() }, Box::new(|_| {})).await
    };
    // The folder of interfaces is the machine's as long as nobody mounts the namespace's own: loopback is in both.
    let (unable, unknown, forbidden) = chain.inside("device", async |network| {
        let (unable, unknown) = (ask(&network, "lo").await, ask(&network, "nothing0").await);
        drop_capabilities();
        (unable, unknown, ask(&network, "lo").await)
    });
    assert!(matches!(&unable, Outcome::NotApplicable { why } if why.id == "not-applicable-no-cable-test"), "{unable:?}");
    assert!(matches!(&unknown, Outcome::Failed { why } if why.id == "failed-no-interface"), "{unknown:?}");
    assert!(matches!(&forbidden, Outcome::Blocked { why } if why.id == "blocked-cable-test"), "{forbidden:?}");
}

async fn trace(network: &RealNetwork, destination: IpAddr, protocol: TraceProtocol, rounds: u8) -> Trace {
    match network.perform(trace_request(destination, protocol, rounds), Box::new(|_| {})).await {
        Outcome::Measured { measurement: Measurement::Trace(trace) } => trace,
        other => panic!("{other:?}"),
    }
}

fn trace_request(destination: IpAddr, protocol: TraceProtocol, rounds: u8) -> Request {
    Request::Trace { destination, protocol, flow: 4242, max_hops: 30, rounds }
}

async fn campaign(network: &RealNetwork, lanes: Vec<Lane>, duration_ms: u32) -> CampaignResult {
    let asked = Campaign { lanes, duration_ms, loads: Vec::new() };
    campaign_of(network.perform(Request::Campaign(asked), Box::new(|_| {})).await)
}

fn campaign_of(outcome: Outcome) -> CampaignResult {
    match outcome {
        Outcome::Measured { measurement: Measurement::Campaign(result) } => result,
        other => panic!("{other:?}"),
    }
}

fn lane(to: &str, probe: Probe, interval_ms: u32) -> Lane {
    Lane { position: Position::Service, name: to.to_owned(), address: address(to), probe, interval_ms }
}

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}
