//! Same seed, same answers; and a clock that requests alone move.

mod common;

use common::{FIRST_HOP, GATEWAY, SERVICE, builtin, echoes, ready};
use demarc_model::{DnsRecord, Family, LiveSample, Prober, Request, Resolver, TraceProtocol};
use demarc_simulator::SimulatedHome;
use rstest::rstest;

fn requests() -> Vec<Request> {
    let destination = SERVICE.parse().unwrap_or_else(|_| unreachable!());
    vec![
        Request::Network,
        Request::Host { for_ms: 1_000 },
        Request::Clock { server: "clock.example:123".to_owned() },
        Request::Wifi { interface: "wlan0".to_owned() },
        Request::Dns { resolver: Resolver::System, name: "video.example".to_owned(), record: DnsRecord::A, attempts: 3, timeout_ms: 1_000 },
        Request::Fetch {
            url: "https://video.example/".parse().unwrap_or_else(|_| unreachable!()),
            family: Family::Any,
            address: None,
            timeout_ms: 3_000,
        },
        Request::PathMtu { destination, ceiling: 1500 },
        Request::Trace { destination, protocol: TraceProtocol::Udp, flow: 1, max_hops: 30, rounds: 3 },
        Request::Campaign(echoes(&[GATEWAY, FIRST_HOP, SERVICE], 100, 5_000, Vec::new())),
    ]
}

#[rstest]
#[case("healthy")]
#[case("weak-wifi")]
#[case("access-loss")]
fn answers_depend_on_seed_request_and_time_alone(#[case] name: &str) {
    let (one, other) = (builtin(name, 7), builtin(name, 7));
    let requests = requests();
    let forwards: Vec<_> = requests.iter().map(|request| one.answer(request, 1_500.0, &|_| {})).collect();
    let mut backwards: Vec<_> = requests.iter().rev().map(|request| other.answer(request, 1_500.0, &|_| {})).collect();
    backwards.reverse();
    assert_eq!(forwards, backwards);

    let differs = |home: &SimulatedHome, at_ms| {
        let mut pairs = requests.iter().zip(&forwards);
        pairs.any(|(request, before)| home.answer(request, at_ms, &|_| {}) != *before)
    };
    assert!(differs(&builtin(name, 8), 1_500.0), "another seed is another home");
    assert!(differs(&one, 9_000.0), "time passes");
}

#[test]
fn requests_made_together_overlap_and_later_ones_follow() {
    let home = builtin("healthy", 1);
    let start = home.now();
    let (short, long) = (Request::Host { for_ms: 1_000 }, Request::Host { for_ms: 4_000 });
    let (first, second) = (home.perform(long.clone(), Box::new(|_| {})), home.perform(short.clone(), Box::new(|_| {})));
    assert_eq!(home.now(), start, "nothing is finished yet");
    ready(second);
    assert_eq!((home.now() - start).num_milliseconds(), 1_002);
    ready(first);
    assert_eq!((home.now() - start).num_milliseconds(), 4_002);
    ready(home.perform(short.clone(), Box::new(|_| {})));
    assert_eq!((home.now() - start).num_milliseconds(), 5_004);
    drop(home.perform(long.clone(), Box::new(|_| {})));
    assert_eq!((home.now() - start).num_milliseconds(), 5_004, "what is dropped takes no time");
}

#[test]
fn live_samples_come_in_order_and_match_the_result() {
    let home = builtin("healthy", 3);
    let samples = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let sink = std::sync::Arc::clone(&samples);
    let request = Request::Campaign(echoes(&[GATEWAY, SERVICE], 100, 3_000, Vec::new()));
    let pending = home.perform(request, Box::new(move |sample| sink.lock().map_or((), |mut samples| samples.push(sample))));
    let shown = samples.lock().map(|samples| samples.clone()).unwrap_or_default();
    assert_eq!(shown.len(), 60, "every probe is shown before the answer");
    let done: Vec<f64> = shown
        .iter()
        .map(|sample| match sample {
            LiveSample::Echo { sent_ms, rtt_ms, .. } => sent_ms + rtt_ms.unwrap_or(2_000.0),
            _ => 0.0,
        })
        .collect();
    assert!(done.is_sorted());
    ready(pending);
}
