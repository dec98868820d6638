//! What the simulated computer knows about itself: interfaces, settings, load, clock, cable and radio.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use demarc_model::{
    CablePair, CableTest, ClockOffset, Counters, HostLoad, HostsOverrides, Interface, InterfaceKind, InterfaceTraffic, Lease, LinkState,
    LiveSample, Measurement, NetworkState, Outcome, PairState, Phrase, ProcessLoad, ProxySettings, Request, ResolverConfig, Route,
    WifiEvent, WifiEventKind, WifiLink, WifiNeighbours, WifiNetwork, WifiSample, WifiWatch,
};
use rand::RngExt;

use crate::{
    address::{DEVICE, Flow, GATEWAY},
    chance::around,
    spec::{Addressing, Ipv6, LinkKind},
    world::Moment,
};

/// Hardware address of this home's access point.
const OWN_BSSID: &str = "02:00:5e:10:00:01";
/// Time that a look at the system takes, in milliseconds.
const LOOK_MS: f64 = 2.0;
/// Packets of everyday traffic in a millisecond, each way.
const PACKETS_PER_MS: f64 = 2.0;
/// Packets before the visit, each way.
const PACKETS_BEFORE: f64 = 800_000.0;
/// Longest watch of the computer's load, in milliseconds.
const LONGEST_WATCH_MS: u32 = 60_000;

pub fn network(moment: &Moment) -> (Outcome, f64) {
    let home = &moment.world.household;
    let name = home.interface();
    let wired = home.link.kind == LinkKind::Wired;
    let kind = |wired| if wired { InterfaceKind::Wired } else { InterfaceKind::Wifi };
    let carrier = moment.world.carrier(moment.at_ms);
    let v6 = home.connected() && home.ipv6 != Ipv6::Absent;
    let mut interface = Interface {
        name: name.to_owned(),
        kind: kind(wired),
        up: true,
        carrier,
        mtu: u32::from(home.device.mtu),
        mac: Some("02:00:5e:10:00:23".to_owned()),
        addresses: Vec::new(),
    };
    if home.link.carrier {
        match home.device.addressing {
            Addressing::Dhcp | Addressing::NoRoute => interface.addresses.push(format!("{DEVICE}/24")),
            Addressing::LinkLocal => interface.addresses.push("169.254.7.23/16".to_owned()),
            Addressing::None => {}
        }
        interface.addresses.push("fe80::23/64".to_owned());
    }
    if v6 {
        interface.addresses.push("2001:db8:0:100::23/64".to_owned());
    }

    let mut interfaces = vec![interface];
    let mut routes = Vec::new();
    let mut add = |destination: IpAddr, prefix_length, gateway, interface: &str, metric| {
        routes.push(Route { destination, prefix_length, gateway, interface: interface.to_owned(), metric });
    };
    let (any_v4, any_v6) = (IpAddr::V4(Ipv4Addr::UNSPECIFIED), IpAddr::V6(Ipv6Addr::UNSPECIFIED));
    if home.connected() {
        add(any_v4, 0, Some(GATEWAY), name, 100);
    }
    if home.link.carrier && matches!(home.device.addressing, Addressing::Dhcp | Addressing::NoRoute) {
        add(IpAddr::from([192, 168, 1, 0]), 24, None, name, 100);
    }
    if v6 {
        add(any_v6, 0, Some(IpAddr::from([0xfe80, 0, 0, 0, 0, 0, 0, 1])), name, 1024);
        add(IpAddr::from([0x2001, 0xdb8, 0, 0x100, 0, 0, 0, 0]), 64, None, name, 256);
    }
    if home.device.tunnel && home.connected() {
        add(any_v4, 0, Some(IpAddr::from([10, 8, 0, 1])), "tun0", 50);
        interfaces.push(Interface {
            name: "tun0".to_owned(),
            kind: InterfaceKind::Tunnel,
            up: true,
            carrier: true,
            mtu: 1420,
            mac: None,
            addresses: vec!["10.8.0.2/24".to_owned()],
        });
    }
    if home.device.spare_adapter {
        interfaces.push(Interface {
            name: if wired { "wlan0" } else { "eth0" }.to_owned(),
            kind: kind(!wired),
            up: true,
            carrier: false,
            mtu: 1500,
            mac: Some("02:00:5e:10:00:24".to_owned()),
            addresses: Vec::new(),
        });
    }
    (NetworkState { interfaces, routes, ways_out: Vec::new() }.into(), LOOK_MS)
}

/// Half of a day's lease is over.
pub fn lease(moment: &Moment, interface: &str) -> (Outcome, f64) {
    let home = &moment.world.household;
    let told = match (home.device.addressing, DEVICE, GATEWAY) {
        (Addressing::Dhcp, IpAddr::V4(address), IpAddr::V4(router)) if home.link.carrier && interface == home.interface() => Lease {
            interface: interface.to_owned(),
            source: "NetworkManager".to_owned(),
            temporary: Some(true),
            address: Some(address),
            server: Some(router),
            router: Some(router),
            name_servers: home.resolvers().to_vec(),
            lasts_s: Some(86_400),
            left_s: Some(43_200.0),
            ..Lease::default()
        },
        _ => return (Outcome::NotApplicable { why: Phrase::new("not-applicable-no-lease").text("interface", interface) }, LOOK_MS),
    };
    (told.into(), LOOK_MS)
}

pub fn resolvers(moment: &Moment) -> (Outcome, f64) {
    let servers = moment.world.household.resolvers().iter().map(|address| SocketAddr::new(*address, 53)).collect();
    (
        ResolverConfig { servers, search: vec!["home.arpa".to_owned()], source: "resolv.conf".to_owned(), ..ResolverConfig::default() }
            .into(),
        LOOK_MS,
    )
}

pub fn proxy(moment: &Moment) -> (Outcome, f64) {
    let entries = moment.world.household.device.proxy.iter().map(|proxy| ("environment".to_owned(), proxy.clone())).collect();
    (ProxySettings { entries, scripts: Vec::new() }.into(), LOOK_MS)
}

pub fn hosts_file(moment: &Moment, names: &[String]) -> (Outcome, f64) {
    let hosts = &moment.world.household.device.hosts;
    let asked = |host: &String| names.iter().any(|name| name.eq_ignore_ascii_case(host));
    let entries = hosts.iter().filter(|(host, _)| asked(host)).map(|(host, address)| (host.clone(), *address)).collect();
    (HostsOverrides { entries }.into(), LOOK_MS)
}

pub fn host(moment: &mut Moment, for_ms: u32) -> (Outcome, f64) {
    let home = &moment.world.household;
    let device = &home.device;
    let watched_ms = f64::from(for_ms.min(LONGEST_WATCH_MS));
    let bytes = |mb: f64| (mb * 1e6) as u64;
    let bytes_per_s = |mbps: f64| mbps * 1e6 / 8.0;
    // A processor that is always busy, or never, is so whenever one looks.
    let swing = device.cpu_percent.min(100.0 - device.cpu_percent);
    let cpu_percent = device.cpu_percent + swing * (around(&mut moment.rng, 0.15) - 1.0);
    let busiest = [("browser", 0.5), ("mail", 0.2), ("desktop", 0.1)];
    let load = HostLoad {
        cpu_percent,
        memory_total_bytes: bytes(device.memory_total_mb),
        memory_available_bytes: bytes(device.memory_available_mb),
        swap_used_bytes: bytes(device.swap_used_mb),
        traffic: vec![InterfaceTraffic {
            interface: home.interface().to_owned(),
            received_bytes_per_s: bytes_per_s(device.background_down_mbps) * around(&mut moment.rng, 0.2),
            sent_bytes_per_s: bytes_per_s(device.background_up_mbps) * around(&mut moment.rng, 0.2),
        }],
        busiest: busiest.map(|(name, share)| ProcessLoad { name: name.to_owned(), cpu_percent: cpu_percent * share }).to_vec(),
        watched_ms,
        ..HostLoad::default()
    };
    (load.into(), watched_ms + LOOK_MS)
}

pub fn clock(moment: &mut Moment, server: &str) -> (Outcome, f64) {
    const WAIT_MS: f64 = 1_000.0;
    let silent = || Phrase::new("failed-clock-silent").text("server", server).text("detail", "timed out");
    let host = server.rsplit_once(':').map_or(server, |(host, _)| host).trim_matches(['[', ']']);
    let Ok(address) = host.parse().or_else(|_| moment.address_of(host, 0.0, WAIT_MS)) else {
        return (Outcome::Failed { why: silent() }, WAIT_MS);
    };
    let Some(route) = moment.world.route(address, Flow::Udp) else {
        return (Outcome::Failed { why: silent() }, LOOK_MS);
    };
    for attempt in 0..2 {
        let waited = f64::from(attempt) * WAIT_MS;
        if let Some(rtt_ms) = moment.whole_round_trip(&route, waited) {
            // A path that is not the same length both ways shifts the offset by up to half its round trip; most are nearly equal.
            let asymmetry = rtt_ms * 0.1 * (moment.rng.random::<f64>() - 0.5);
            let offset_ms = moment.world.household.device.clock_offset_ms + asymmetry;
            return (ClockOffset { offset_ms, rtt_ms }.into(), waited + rtt_ms);
        }
    }
    (Outcome::Failed { why: silent() }, 2.0 * WAIT_MS)
}

pub fn link(moment: &Moment, interface: &str) -> (Outcome, f64) {
    let home = &moment.world.household;
    if interface != home.interface() {
        let spare = home.device.spare_adapter && interface == if moment.world.is_wifi() { "eth0" } else { "wlan0" };
        let outcome = if spare { unplugged(interface).into() } else { no_such(interface) };
        return (outcome, LOOK_MS);
    }
    let wired = !moment.world.is_wifi();
    let carrier = moment.world.carrier(moment.at_ms);
    let packets = packets(moment.at_ms);
    let crc_errors = if wired { (packets * home.link.crc_error_share) as u64 } else { 0 };
    let collisions = if wired && home.link.duplex == demarc_model::Duplex::Half { (packets * 0.01) as u64 } else { 0 };
    let state = LinkState {
        interface: interface.to_owned(),
        carrier,
        speed_mbps: (wired && carrier).then_some(home.link.speed_mbps),
        duplex: (wired && carrier).then_some(home.link.duplex),
        fastest_own_mbps: wired.then_some(home.link.fastest_own_mbps),
        fastest_partner_mbps: (wired && carrier).then_some(home.link.fastest_partner_mbps),
        carrier_changes: Some(moment.world.carrier_changes(moment.at_ms)),
        counters: Counters {
            received: packets as u64 - crc_errors.min(packets as u64),
            sent: packets as u64,
            receive_errors: crc_errors,
            crc_errors,
            collisions,
            ..Counters::default()
        },
        ..LinkState::default()
    };
    (state.into(), LOOK_MS)
}

/// A cable that holds the link below what its ends can do has lost a pair of wires half way.
pub fn cable_test(moment: &Moment, interface: &str) -> (Outcome, f64) {
    const TEST_MS: f64 = 4_000.0;
    const HALF_WAY_CM: u32 = 700;
    let home = &moment.world.household;
    if moment.world.is_wifi() || interface != home.interface() {
        return (Outcome::NotApplicable { why: Phrase::new("not-applicable-no-cable-test").text("interface", interface) }, LOOK_MS);
    }
    let link = &home.link;
    let slow = link.speed_mbps < link.fastest_own_mbps.min(link.fastest_partner_mbps);
    let pairs = (0..4).map(|pair| match pair {
        2 if slow => CablePair { pair, state: PairState::Open, distance_cm: Some(HALF_WAY_CM) },
        _ => CablePair { pair, state: PairState::Ok, distance_cm: None },
    });
    let carrier_changes = Some(moment.world.carrier_changes(moment.at_ms + TEST_MS));
    (CableTest { interface: interface.to_owned(), pairs: pairs.collect(), carrier_changes }.into(), TEST_MS)
}

pub fn wifi(moment: &mut Moment, interface: &str) -> (Outcome, f64) {
    let home = &moment.world.household;
    if !moment.world.is_wifi() || interface != home.interface() {
        return (Outcome::NotApplicable { why: Phrase::new("not-applicable-no-wifi").text("interface", interface) }, LOOK_MS);
    }
    let interface = interface.to_owned();
    if !moment.world.carrier(moment.at_ms) {
        return (WifiLink { interface, connected: false, ..WifiLink::default() }.into(), LOOK_MS);
    }
    let link = &home.link;
    let sent = packets(moment.at_ms);
    let state = WifiLink {
        interface,
        connected: true,
        ssid: Some(link.ssid.chars().take(32).collect()),
        bssid: Some(OWN_BSSID.to_owned()),
        signal_dbm: Some((link.signal_dbm + 2.0 * moment.rng.random::<f64>() - 1.0).round()),
        noise_dbm: Some(link.noise_dbm),
        frequency_mhz: Some(link.frequency_mhz),
        width_mhz: Some(link.width_mhz),
        receive_mbps: Some(home.radio.receive_mbps * around(&mut moment.rng, 0.05)),
        send_mbps: Some(home.radio.send_mbps * around(&mut moment.rng, 0.05)),
        sent_packets: Some(sent as u64),
        retries: Some((sent * home.radio.retry_share) as u64),
        failed: Some((sent * home.path.link.loss * 0.5) as u64),
        beacons_lost: Some((sent * home.path.link.loss * 0.001) as u64),
        received_packets: Some(sent as u64),
        connected_s: Some(3_600_u32.saturating_add((moment.at_ms / 1_000.0) as u32)),
        generation: Some(5),
        power_save: Some(false),
        busy_share: None,
    };
    (state.into(), LOOK_MS)
}

/// What is on the air: this home's access point, and as many others on its channel as keep it as busy as it is.
pub fn wifi_neighbours(moment: &Moment, interface: &str) -> (Outcome, f64) {
    let home = &moment.world.household;
    if !moment.world.is_wifi() || interface != home.interface() {
        return (Outcome::NotApplicable { why: Phrase::new("not-applicable-no-wifi").text("interface", interface) }, LOOK_MS);
    }
    let link = &home.link;
    let others = (link.channel_busy * 12.0).round() as u8;
    let network = |number: u8, frequency_mhz: u32, signal_dbm: f64| WifiNetwork {
        ssid: Some(format!("Neighbour {number}")),
        bssid: format!("02:00:5e:20:00:{number:02x}"),
        frequency_mhz,
        width_mhz: Some(20),
        signal_dbm: Some(signal_dbm),
        heard_ms_ago: Some(400),
        ..WifiNetwork::default()
    };
    let own = WifiNetwork {
        ssid: Some(link.ssid.chars().take(32).collect()),
        bssid: OWN_BSSID.to_owned(),
        width_mhz: Some(link.width_mhz),
        ours: true,
        ..network(0, link.frequency_mhz, link.signal_dbm)
    };
    let around = (1..=others).map(|number| network(number, link.frequency_mhz, -60.0 - 3.0 * f64::from(number)));
    let networks = std::iter::once(own).chain(around).collect();
    (WifiNeighbours { interface: interface.to_owned(), networks, channels: Vec::new() }.into(), LOOK_MS)
}

/// The link over a while, looked at once a second.
pub fn wifi_watch(moment: &mut Moment, interface: &str, for_ms: u32, live: &dyn Fn(LiveSample)) -> (Outcome, f64) {
    const STEP_MS: f64 = 1_000.0;
    let watched_ms = f64::from(for_ms).min(Request::LONGEST_WATCH_MS as f64);
    let (first, _) = wifi(moment, interface);
    let Outcome::Measured { measurement: Measurement::Wifi(first) } = first else { return (first, LOOK_MS) };
    let mut told = WifiWatch { interface: interface.to_owned(), watched_ms, ..WifiWatch::default() };
    let begun_ms = moment.at_ms;
    let mut connected = first.connected;
    for step in 0..=(watched_ms / STEP_MS) as u32 {
        let at_ms = f64::from(step) * STEP_MS;
        let there = moment.world.carrier(begun_ms + at_ms);
        if there != connected && told.events.len() < 64 {
            let kind = if there { WifiEventKind::Connected } else { WifiEventKind::Disconnected };
            told.events.push(WifiEvent { at_ms: at_ms as u64, kind, reason: None });
            connected = there;
        }
        let dbm = (moment.world.household.link.signal_dbm + 3.0 * moment.rng.random::<f64>() - 1.5).round();
        let sample = WifiSample { at_ms, signal_dbm: there.then_some(dbm), mbps: first.send_mbps.filter(|_| there) };
        live(LiveSample::Signal { at_ms, dbm: sample.signal_dbm, mbps: sample.mbps });
        told.samples.push(sample);
    }
    let home = &moment.world.household;
    let sent = PACKETS_PER_MS * watched_ms * 0.1;
    told.sent_packets = Some(sent as u64);
    told.retries = Some((sent * home.radio.retry_share) as u64);
    told.failed = Some((sent * home.path.link.loss * 0.5) as u64);
    told.beacons_lost = Some(0);
    (told.into(), watched_ms)
}

fn packets(at_ms: f64) -> f64 {
    PACKETS_BEFORE + PACKETS_PER_MS * at_ms
}

fn no_such(interface: &str) -> Outcome {
    Outcome::Failed { why: Phrase::new("failed-no-interface").text("interface", interface) }
}

fn unplugged(interface: &str) -> LinkState {
    LinkState { interface: interface.to_owned(), carrier_changes: Some(0), ..LinkState::default() }
}
