//! The lab itself: its links do what they are asked, its routers and name servers are real, and nothing of it stays.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{TcpStream, UdpSocket};
use std::path::Path;
use std::time::{Duration, Instant};

use rstest::rstest;
use tests::lab::{DEVICE, Lab, PROGRAMS, Scenario, namespace, run};

const SERVICE: &str = "198.18.0.80";
const PEER: &str = "198.51.100.82";

/// A lab with this wrong in it; none where the machine cannot have one.
fn lab(wrong: &str) -> Option<Lab> {
    let programs = [&PROGRAMS[..], &["ping", "getent"]].concat();
    if !namespace::available(&programs).unwrap() {
        return None;
    }
    let scenario = toml::from_str(&format!("description = 'a test'\n{wrong}\n[expect]\nparty = 'healthy'")).unwrap();
    Some(Lab::up(&scenario, 7).unwrap())
}

/// Runs a program on the device and returns what it printed.
fn on_device(lab: &Lab, line: &str) -> String {
    let mut words = line.split_whitespace();
    let mut command = lab.command(DEVICE, words.next().unwrap());
    command.args(words);
    run(command, Duration::from_mins(1)).unwrap().stdout
}

/// Round-trip times in milliseconds of pings 10 ms apart.
fn round_trips(lab: &Lab, host: &str, count: usize) -> Vec<f64> {
    let printed = on_device(lab, &format!("ping -n -c {count} -i 0.01 -W 1 {host}"));
    let times = printed.lines().filter_map(|line| line.split_once("time=")?.1.split_once(' ')?.0.parse().ok());
    times.collect()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

#[rstest]
#[case::router("192.168.1.1", 2.0)]
#[case::first_hop("203.0.113.1", 18.0)]
#[case::provider("198.51.100.82", 26.0)]
#[case::service(SERVICE, 36.0)]
#[case::other_network("198.19.0.20", 38.0)]
#[case::third_network("198.19.128.20", 36.0)]
fn round_trips_take_the_delays_of_the_links_on_the_way(#[case] host: &str, #[case] asked_ms: f64) {
    let Some(lab) = lab("") else { return };
    let median = median(round_trips(&lab, host, 100));
    println!("{host}: asked {asked_ms} ms, median {median} ms");
    assert!((0.0..2.5).contains(&(median - asked_ms)), "asked {asked_ms} ms, median {median} ms");
}

#[test]
fn a_link_loses_the_share_asked_and_counts_it() {
    let Some(lab) = lab("links.access.loss = { down = 0.05 }") else { return };
    let before = lab.traffic()["access"].down;
    let sent = 800;
    let answered = round_trips(&lab, SERVICE, sent).len();
    let after = lab.traffic()["access"].down;
    let (passed, lost) = (after.packets - before.packets, after.lost - before.lost);
    println!("asked 5 %; the link lost {lost} of {passed}, ping missed {} of {sent}", sent - answered);
    assert!((sent - answered).abs_diff(lost as usize) <= 2, "the counters are the ground truth");
    assert!((0.03..0.07).contains(&(lost as f64 / passed as f64)));
}

#[test]
fn a_transfer_reaches_the_rate_of_the_link_and_not_more() {
    let Some(lab) = lab("links.access.rate_mbps = { down = 20, up = 20 }") else { return };
    let bytes = 8_000_000;
    let began = Instant::now();
    let received = lab
        .within(DEVICE, || {
            let mut stream = TcpStream::connect((PEER, 8080))?;
            stream.set_read_timeout(Some(Duration::from_secs(10)))?;
            write!(stream, "GET /__down?bytes={bytes} HTTP/1.1\r\nHost: peer\r\nConnection: close\r\n\r\n")?;
            let mut content = Vec::new();
            stream.take(2 * bytes).read_to_end(&mut content)?;
            Ok(content.len())
        })
        .unwrap();
    let rate = received as f64 * 8.0 / began.elapsed().as_secs_f64() / 1e6;
    println!("asked 20 Mbit/s of frames, reached {rate:.1} Mbit/s of content");
    assert!(received as u64 > bytes);
    assert!((14.0..20.0).contains(&rate), "{rate} Mbit/s");
}

#[test]
fn names_resolve_through_the_router_and_every_hop_shows_itself() {
    let Some(lab) = lab("") else { return };
    assert!(on_device(&lab, "getent ahostsv4 service.example").starts_with(SERVICE));
    assert_eq!(on_device(&lab, "getent ahostsv4 nowhere.example"), "");
    for (hop, address) in [(1, "192.168.1.1"), (2, "203.0.113.1"), (3, "198.51.100.2"), (4, "198.18.255.2")] {
        let printed = on_device(&lab, &format!("ping -n -c 1 -W 1 -t {hop} {SERVICE}"));
        assert!(printed.contains(&format!("From {address} ")), "hop {hop}: {printed}");
    }
}

#[test]
fn the_router_offers_the_address_that_the_device_has() {
    let Some(lab) = lab("") else { return };
    let hardware_address = [2, 0, 0, 0, 1, 0x17];
    // RFC 2131: a request by Ethernet, transaction 42, to be answered by broadcast; the magic cookie; a discover; the end.
    let mut discover = [&[1, 1, 6, 0, 0, 0, 0, 42, 0, 0, 0x80, 0], &[0; 16][..], &hardware_address, &[0; 202]].concat();
    discover.extend([99, 130, 83, 99, 53, 1, 1, 255]);
    discover.resize(300, 0);
    let offer = lab.within(DEVICE, || {
        let socket = UdpSocket::bind("0.0.0.0:68")?;
        socket.set_broadcast(true)?;
        socket.set_read_timeout(Some(Duration::from_secs(5)))?;
        socket.send_to(&discover, "255.255.255.255:67")?;
        let mut offer = [0; 600];
        socket.recv(&mut offer)?;
        Ok(offer)
    });
    assert_eq!(offer.unwrap()[16..20], [192, 168, 1, 23]);
}

#[test]
fn a_stopped_name_server_leaves_the_path_alone() {
    let Some(lab) = lab("[[actions]]\nnode = 'router'\nstop = 'dns'") else { return };
    assert_eq!(on_device(&lab, "getent ahostsv4 service.example"), "");
    assert_eq!(round_trips(&lab, SERVICE, 10).len(), 10);
}

#[test]
fn bursty_loss_comes_in_spells() {
    let Some(lab) = lab("links.access.loss = { down = 0.1 }\nlinks.access.burst_ms = { down = 100 }") else { return };
    // Pings 10 ms apart: a spell of 100 ms takes about ten in a row.
    let printed = on_device(&lab, &format!("ping -n -c 1500 -i 0.01 -W 1 {SERVICE}"));
    let numbers = printed.lines().filter_map(|line| line.split_once("icmp_seq=")?.1.split_once(' ')?.0.parse().ok());
    let numbers: BTreeSet<usize> = numbers.collect();
    let answered: Vec<bool> = (1..=1_500).map(|number| numbers.contains(&number)).collect();
    let lost = answered.iter().filter(|answered| !**answered).count() as f64;
    let spells = answered.windows(2).filter(|pair| pair[0] && !pair[1]).count() as f64;
    println!("{lost} lost in {spells} spells");
    assert!((0.02..0.25).contains(&(lost / 1_500.0)) && (4.0..25.0).contains(&(lost / spells)), "{lost} lost in {spells} spells");
}

#[test]
fn actions_take_place_during_the_visit_and_end() {
    let wrong = "
        [[actions]]
        link = 'access'
        figures = { loss = 1 }
        at_s = 1
        for_s = 1
        [[actions]]
        node = 'device'
        carrier_off = 'eth0'
        at_s = 3
        for_s = 3
        [[actions]]
        node = 'router'
        nft = '''
        table ip deaf {
          chain prerouting {
            type filter hook prerouting priority raw;
            drop
          }
        }
        '''
        at_s = 8
        for_s = 1
    ";
    let Some(lab) = lab(wrong) else { return };
    let printed = lab.during(|| Ok(on_device(&lab, &format!("ping -n -D -c 100 -i 0.1 -W 1 {SERVICE}")))).unwrap();
    let at: Vec<f64> = printed.lines().filter_map(|line| line.strip_prefix('[')?.split_once(']')?.0.parse().ok()).collect();
    let silences: Vec<f64> = at.windows(2).filter(|pair| pair[1] - pair[0] > 0.7).map(|pair| pair[0] - at[0]).collect();
    println!("silent for a second from {silences:?}");
    assert_eq!(silences.len(), 3);
    // The kernel tells of a lost carrier up to a second late.
    let asked = [(1.0, 0.4), (3.0, 1.4), (8.0, 0.4)];
    assert!(silences.iter().zip(asked).all(|(began, (asked, late))| *began > asked - 0.4 && *began < asked + late), "{silences:?}");
}

#[test]
fn another_device_fills_the_line() {
    let second = "
        nodes.second.routes = ['default via 192.168.1.1']
        nodes.router.bridge.ports = ['lan0', 'lan1']
        links.second.near = { node = 'second', interface = 'eth0', address = '192.168.1.44/24' }
        links.second.far = { node = 'router', interface = 'lan1' }
        links.access.rate_mbps = 10
        links.access.queue_kb = 200
        [[actions]]
        node = 'second'
        transfer = { with = '198.51.100.82', sends = true, connections = 4 }
    ";
    let Some(lab) = lab(second) else { return };
    let (idle_before, full) = (median(round_trips(&lab, "192.168.1.1", 50)), median(round_trips(&lab, SERVICE, 400)));
    println!("medians: router {idle_before} ms, service {full} ms behind a queue of 160 ms");
    assert!(idle_before < 10.0 && (90.0..230.0).contains(&full), "router {idle_before} ms, service {full} ms");
}

#[test]
fn names_go_wrong_as_asked() {
    let resolve = |how: &str| {
        let names = format!("names = {{ how = '{how}', upstream = '198.51.100.53', address = '192.168.1.1' }}");
        let lab = lab(&format!("[[actions]]\nnode = 'router'\n{names}"))?;
        Some(
            ["service.example", "nowhere.example"]
                .map(|name| on_device(&lab, &format!("getent ahostsv4 {name}")).starts_with("192.168.1.1 ")),
        )
    };
    let Some(rewritten) = resolve("rewrite") else { return };
    assert_eq!(rewritten, [true, false]);
    assert_eq!(resolve("redirect"), Some([false, true]));
}

#[test]
fn a_hop_that_limits_its_answers_forwards_everything() {
    if lab("").is_none() {
        return;
    }
    let scenario = Scenario::read(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/faults/icmp-limited-hop.toml"))).unwrap();
    let lab = Lab::up(&scenario, 7).unwrap();
    assert!(round_trips(&lab, "203.0.113.1", 100).len() < 30);
    assert_eq!(round_trips(&lab, SERVICE, 100).len(), 100);
}

#[test]
fn nothing_stays_of_a_lab_even_after_a_panic() {
    let Some(lab) = lab("") else { return };
    let prefix = lab.prefix().to_owned();
    assert!(namespace::existing(&prefix).len() > 10);
    let panic = std::thread::spawn(move || {
        let _lab = lab;
        panic!("as a failing test does");
    });
    assert!(panic.join().is_err());
    assert_eq!(namespace::existing(&prefix), Vec::<String>::new());
    assert!(!Path::new("/etc/netns").join(format!("{prefix}{DEVICE}")).exists());
}

#[test]
fn a_scenario_that_names_nothing_real_is_told_so() {
    if lab("").is_none() {
        return;
    }
    let mistaken = |wrong: &str| {
        let scenario = toml::from_str(&format!("description = ''\n{wrong}\n[expect]\nparty = 'home'")).unwrap();
        format!("{:#}", Lab::up(&scenario, 7).unwrap_err())
    };
    assert!(mistaken("links.acces.loss = 0.1").contains("no link acces; there are access, anchor"));
    assert!(mistaken("[[actions]]\nnode = 'router'").contains("needs one of nft, ip, sysctl"));
    assert!(mistaken("links.home.los = 1").contains("unknown field `los`"));
}
