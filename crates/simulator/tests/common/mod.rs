//! What the tests of simulated homes share.

#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "each test file uses a part; tests may stop")]

use std::{
    net::IpAddr,
    pin::pin,
    task::{Context, Poll, Waker},
};

use chrono::DateTime;
use demarc_model::{
    Campaign, CampaignResult, Direction, DnsRecord, DnsReplies, Family, FetchTimes, Lane, LaneResult, Load, Measurement, Outcome, Position,
    Probe, Request, Resolver, Trace, TraceProtocol,
    statistics::{median, quantile},
};
use demarc_simulator::{Household, SimulatedHome};

pub const GATEWAY: &str = "192.168.1.1";
pub const FIRST_HOP: &str = "203.0.113.1";
pub const ON_NET: &str = "203.0.113.53";
pub const OTHER: &str = "198.51.100.74";
pub const SERVICE: &str = "192.0.2.77";
/// One place behind each stretch.
pub const PLACES: [&str; 5] = [GATEWAY, FIRST_HOP, ON_NET, OTHER, SERVICE];

/// A home from a household file.
pub fn home(toml: &str, seed: u64) -> SimulatedHome {
    let started = DateTime::parse_from_rfc3339("2026-02-03T20:15:00+01:00").unwrap();
    SimulatedHome::new(Household::from_toml(toml).unwrap(), seed, started)
}

/// A built-in home.
pub fn builtin(name: &str, seed: u64) -> SimulatedHome {
    let started = DateTime::parse_from_rfc3339("2026-02-03T20:15:00+01:00").unwrap();
    SimulatedHome::new(Household::builtin(name).unwrap(), seed, started)
}

/// What comes back at the start of a visit.
pub fn ask(home: &SimulatedHome, request: &Request) -> Measurement {
    match home.answer(request, 0.0, &|_| {}).0 {
        Outcome::Measured { measurement } => measurement,
        other => panic!("{request:?}: {other:?}"),
    }
}

pub fn dns(home: &SimulatedHome, resolver: Resolver, name: &str, record: DnsRecord) -> DnsReplies {
    match ask(home, &Request::Dns { resolver, name: name.to_owned(), record, attempts: 3, timeout_ms: 1_000 }) {
        Measurement::Dns(replies) => replies,
        other => panic!("{other:?}"),
    }
}

pub fn server(address: &str) -> Resolver {
    Resolver::Server(format!("{address}:53").parse().unwrap())
}

pub fn fetch(home: &SimulatedHome, url: &str, family: Family) -> FetchTimes {
    match ask(home, &Request::Fetch { url: url.parse().unwrap(), family, address: None, timeout_ms: 3_000 }) {
        Measurement::Fetch(times) => times,
        other => panic!("{other:?}"),
    }
}

pub fn trace(home: &SimulatedHome, destination: &str, rounds: u8) -> Trace {
    let destination = destination.parse().unwrap();
    match ask(home, &Request::Trace { destination, protocol: TraceProtocol::Icmp, flow: 1, max_hops: 30, rounds }) {
        Measurement::Trace(trace) => trace,
        other => panic!("{other:?}"),
    }
}

/// Echo lanes every `interval_ms`, each at the position its address has in a healthy home.
pub fn echoes(addresses: &[&str], interval_ms: u32, duration_ms: u32, loads: Vec<Load>) -> Campaign {
    let lanes = addresses.iter().map(|address| lane(address, Probe::Echo, interval_ms)).collect();
    Campaign { lanes, duration_ms, loads }
}

pub fn lane(address: &str, probe: Probe, interval_ms: u32) -> Lane {
    let position = match address {
        GATEWAY => Position::Gateway,
        FIRST_HOP => Position::FirstHop,
        ON_NET => Position::OnNet,
        SERVICE => Position::Service,
        _ => Position::OtherNetwork,
    };
    Lane { position, name: address.to_owned(), address: address.parse::<IpAddr>().unwrap(), probe, interval_ms }
}

/// A transfer of four connections.
pub fn load(direction: Direction, start_ms: u32, duration_ms: u32) -> Load {
    let peer = "https://speed.example".parse().unwrap();
    Load { peer, direction, start_ms, duration_ms, connections: 4, max_bytes: 1 << 50 }
}

/// Three quiet seconds, nine of download, two of quiet, nine of upload.
pub fn loaded(addresses: &[&str]) -> Campaign {
    echoes(addresses, 50, 24_000, vec![load(Direction::Down, 3_000, 9_000), load(Direction::Up, 14_000, 9_000)])
}

/// Quantile of the answers to probes sent in a part of a campaign, in milliseconds.
pub fn quantile_between(lane: &LaneResult, from_ms: f64, to_ms: f64, q: f64) -> f64 {
    quantile(&lane.sorted_rtts_between(from_ms, to_ms), q).unwrap_or(f64::NAN)
}

pub fn run(home: &SimulatedHome, campaign: Campaign) -> CampaignResult {
    match ask(home, &Request::Campaign(campaign)) {
        Measurement::Campaign(result) => result,
        other => panic!("{other:?}"),
    }
}

pub fn lane_median(lane: &LaneResult) -> f64 {
    median(&lane.sorted_rtts_between(0.0, f64::INFINITY)).unwrap()
}

/// The value of a future that never waits.
pub fn ready<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("the simulator never waits"),
    }
}
