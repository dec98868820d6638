//! How well the links do what they are asked: packets with the time of sending inside, over one link between two nodes of their own.

use std::collections::BTreeMap;
use std::net::UdpSocket;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow};
use serde::Serialize;

use super::emulator::{Cable, Emulator, clock};
use super::link::Impairment;
use super::namespace::Namespaces;
use super::tap;
use super::topology::Impairments;

/// What is asked of the link: one way, each by itself.
const DELAY_MS: f64 = 20.0;
const LOSS: f64 = 0.05;
const RATE_MBPS: f64 = 20.0;
/// Packets to measure delay and loss with, and the time between them.
const PACKETS: u32 = 4_000;
const GAP: Duration = Duration::from_millis(2);
/// Time to measure the rate in, and packets of 1400 bytes offered in a second: half as much again as the rate.
const RATE_SECONDS: f64 = 3.0;
const OFFERED_A_SECOND: f64 = 1.5 * RATE_MBPS * 1e6 / 8.0 / 1_442.0;
/// Ethernet, IPv4 and UDP headers.
const HEADERS: usize = 42;
const PORT: u16 = 9_000;

/// Errors of the emulated link: what it did less what it was asked.
#[derive(Debug, Clone, Serialize)]
pub struct Errors {
    /// Of a delay of 20 ms: median and 99th percentile, in milliseconds.
    pub delay_error_ms: BTreeMap<&'static str, f64>,
    /// Of a rate of 20 Mbit/s, in per cent.
    pub rate_error_percent: f64,
    /// Of a loss of 5 %, as a share of packets: what arrived less what the link's own counters say.
    pub loss_error_counted: f64,
    /// The same: what arrived less what was asked; chance alone moves it by 0.0034 (one standard deviation).
    pub loss_error_asked: f64,
}

/// Measures a link with nothing else on it; other labs may run at the same time. Takes about 20 s.
pub fn errors() -> Result<Errors> {
    let nodes = ["left".to_owned(), "right".to_owned()];
    let namespaces = Namespaces::create(&nodes)?;
    let emulate = |name: &str| namespaces.within(name, || tap::open("link0"));
    let nothing = Impairments::default();
    let emulator =
        Emulator::start(vec![Cable { name: "link".to_owned(), near: emulate("left")?, far: emulate("right")?, impairments: nothing }], 1)?;
    for (node, own, other) in [("left", 1, 2), ("right", 2, 1)] {
        // No other packets than those asked for: IPv6 off, neighbours known.
        namespaces.sysctl(node, "net.ipv6.conf.all.disable_ipv6=1")?;
        let lines = format!(
            "link set lo up\nlink set link0 address 02:00:00:02:00:0{own} up\naddress add 192.0.2.{own}/24 dev link0\n\
             neighbor add 192.0.2.{other} lladdr 02:00:00:02:00:0{other} dev link0\n"
        );
        namespaces.ip(node, &lines)?;
    }
    let socket = |node: &str, host: u8| {
        namespaces.within(node, || {
            let socket = UdpSocket::bind(("0.0.0.0", PORT))?;
            socket.connect((format!("192.0.2.{host}").as_str(), PORT))?;
            socket.set_read_timeout(Some(Duration::from_millis(300)))?;
            Ok(socket)
        })
    };
    let ends = (socket("left", 2)?, socket("right", 1)?);
    let ask = |up: Impairment| emulator.change("link", |_| Impairments { up, ..nothing });

    ask(Impairment { delay_ms: DELAY_MS, ..Impairment::default() });
    let mut delays = exchange(&ends, PACKETS, GAP, 64)?.delays_ms;
    delays.sort_by(f64::total_cmp);
    let at = |share: f64| delays.get((share * (delays.len() as f64 - 1.0)) as usize).map_or(f64::NAN, |delay| delay - DELAY_MS);

    ask(Impairment { loss: LOSS, ..Impairment::default() });
    let before = emulator.traffic();
    let arrived = exchange(&ends, PACKETS, GAP, 64)?.delays_ms.len();
    let lost = |traffic: &BTreeMap<String, super::emulator::LinkTraffic>| traffic.get("link").map_or(0, |link| link.up.lost);
    let seen = 1.0 - arrived as f64 / f64::from(PACKETS);
    let counted = (lost(&emulator.traffic()) - lost(&before)) as f64 / f64::from(PACKETS);

    ask(Impairment { rate_mbps: RATE_MBPS, queue_kb: 64.0, ..Impairment::default() });
    let offered = (OFFERED_A_SECOND * RATE_SECONDS) as u32;
    let burst = exchange(&ends, offered, Duration::from_secs_f64(1.0 / OFFERED_A_SECOND), 1_400)?;
    let rate = (burst.delays_ms.len() as f64 - 1.0) * 8.0 * (1_400 + HEADERS) as f64 / burst.seconds / 1e6;
    let percentiles = BTreeMap::from([("p50", at(0.5)), ("p99", at(0.99))]);
    Ok(Errors {
        delay_error_ms: percentiles,
        rate_error_percent: 100.0 * (rate / RATE_MBPS - 1.0),
        loss_error_counted: seen - counted,
        loss_error_asked: seen - LOSS,
    })
}

struct Arrivals {
    delays_ms: Vec<f64>,
    /// From the first arrival to the last.
    seconds: f64,
}

/// Sends packets at even times and times those that arrive.
fn exchange(ends: &(UdpSocket, UdpSocket), packets: u32, gap: Duration, bytes: usize) -> Result<Arrivals> {
    let began = Instant::now();
    thread::scope(|scope| {
        // Both ends as punctual as the link, so that what is measured is the link.
        let receive = scope.spawn(|| {
            clock::be_punctual();
            let (mut delays_ms, mut first, mut last) = (Vec::new(), None, began);
            let mut packet = [0; 1_500];
            let deadline = began + gap * packets + Duration::from_millis(500);
            while Instant::now() < deadline {
                let Ok(length) = ends.1.recv(&mut packet) else { continue };
                last = Instant::now();
                first.get_or_insert(last);
                if let Some(sent) = packet.get(..length).and_then(|packet| packet.first_chunk()) {
                    delays_ms.push((last - began).as_secs_f64() * 1e3 - f64::from_be_bytes(*sent));
                }
            }
            Arrivals { delays_ms, seconds: first.map_or(0.0, |first| (last - first).as_secs_f64()) }
        });
        let send = scope.spawn(|| {
            clock::be_punctual();
            let mut packet = vec![0; bytes];
            for number in 0..packets {
                thread::sleep((began + gap * number).saturating_duration_since(Instant::now()));
                let sent = began.elapsed().as_secs_f64() * 1e3;
                if let Some(head) = packet.first_chunk_mut() {
                    *head = sent.to_be_bytes();
                }
                ends.0.send(&packet).context("send over the link")?;
            }
            anyhow::Ok(())
        });
        send.join().map_err(|_| anyhow!("the sender panicked"))??;
        receive.join().map_err(|_| anyhow!("the receiver panicked"))
    })
}
