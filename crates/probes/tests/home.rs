//! What the router says, asked for real in network namespaces that these tests make themselves.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

#[allow(dead_code, reason = "these tests need a part of it")]
mod chain;

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::atomic::{AtomicU32, Ordering},
};

use chain::{Chain, PingSockets};
use demarc_model::{Campaign, Direction, Load, LoadResult, Measurement, Outcome, Prober as _, Request, WanTraffic};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream, UdpSocket},
    sync::oneshot,
};

/// The router's address.
const ROUTER: Ipv4Addr = Ipv4Addr::new(10, 77, 1, 2);

#[test]
fn the_routers_counters_and_address_are_read() {
    let Some(chain) = Chain::build(PingSockets::Open) else { return };
    let traffic = with_router(&chain, Counters::Until(u32::MAX));
    // The counter moves by a million bytes with every look, once around its 32 bits.
    let moved = |rate: f64| rate * traffic.watched_ms / 1_000.0;
    assert!((400.0..3_000.0).contains(&traffic.watched_ms), "{traffic:?}");
    assert!((moved(traffic.received_bytes_per_s) / 1e6 - 1.0).abs() < 0.2, "{traffic:?}");
    assert!((moved(traffic.sent_bytes_per_s) / 1e6 - 1.0).abs() < 0.2, "{traffic:?}");
    assert_eq!(traffic.address, Some(IpAddr::from([100, 64, 3, 4])));
}

#[test]
fn a_router_without_counters_still_tells_its_address() {
    let Some(chain) = Chain::build(PingSockets::Open) else { return };
    let address = Some(IpAddr::from([100, 64, 3, 4]));
    assert_eq!(with_router(&chain, Counters::Absent), WanTraffic { address, ..WanTraffic::default() });
}

#[test]
fn a_router_that_does_not_speak_upnp_is_told_as_such() {
    let Some(chain) = Chain::build(PingSockets::Open) else { return };
    let outcome = chain.inside("device", async |network| network.perform(wan_request(), Box::new(|_| {})).await);
    let Outcome::Blocked { why } = outcome else { panic!("{outcome:?}") };
    assert_eq!(why.id, "blocked-wan-counters");
}

const fn wan_request() -> Request {
    Request::WanTraffic { for_ms: 500 }
}

#[test]
fn a_transfer_is_told_with_what_the_router_counted_meanwhile() {
    let Some(chain) = Chain::build(PingSockets::Open) else { return };
    let load = load_beside(&chain, u32::MAX);
    assert_eq!(load.counted_bytes, Some(1_000_000), "{load:?}");
}

#[test]
fn a_router_that_falls_silent_after_a_transfer_costs_its_count_alone() {
    let Some(chain) = Chain::build(PingSockets::Open) else { return };
    // Both directions were asked for before the transfer, and nothing is answered after it.
    let load = load_beside(&chain, 2);
    assert_eq!(load.counted_bytes, None, "{load:?}");
    let failure = load.failure.unwrap();
    assert!(failure.contains("refused"), "what the transfer itself met is kept: {failure}");
}

/// A transfer that the far host refuses, beside a router that answers so many questions about its counters.
fn load_beside(chain: &Chain, looks: u32) -> LoadResult {
    const AT_MS: u32 = 4_000;
    let load = Load {
        peer: "http://10.77.3.2:9".parse().unwrap(),
        direction: Direction::Down,
        connections: 1,
        start_ms: AT_MS,
        duration_ms: 100,
        max_bytes: 1_000_000,
    };
    let campaign = Campaign { lanes: Vec::new(), duration_ms: AT_MS + 100, loads: vec![load] };
    match beside_router(chain, Counters::Until(looks), Request::Campaign(campaign)) {
        Outcome::Measured { measurement: Measurement::Campaign(mut result) } => result.loads.remove(0),
        other => panic!("{other:?}"),
    }
}

/// What the device reads from a router that speaks `UPnP`.
fn with_router(chain: &Chain, counters: Counters) -> WanTraffic {
    match beside_router(chain, counters, wan_request()) {
        Outcome::Measured { measurement: Measurement::WanTraffic(traffic) } => traffic,
        other => panic!("{other:?}"),
    }
}

/// What comes of a request of the device while the first router speaks `UPnP`.
fn beside_router(chain: &Chain, counters: Counters, request: Request) -> Outcome {
    let (stop, stopped) = oneshot::channel::<()>();
    let (ready, begun) = std::sync::mpsc::channel();
    std::thread::scope(|scope| {
        let router = scope.spawn(move || {
            chain.inside("r1", async move |_| {
                let router = Router::bind(counters).await;
                ready.send(()).unwrap();
                tokio::select! {
                    () = router.serve() => {}
                    _ = stopped => {}
                }
            });
        });
        begun.recv().unwrap();
        let outcome = chain.inside("device", async |network| network.perform(request, Box::new(|_| {})).await);
        drop(stop);
        router.join().unwrap();
        outcome
    })
}

/// What a router tells of what it carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Counters {
    Absent,
    /// So many questions are answered; from then on it is silent.
    Until(u32),
}

/// A router's side of `UPnP`, as far as it is asked for.
struct Router {
    group: UdpSocket,
    pages: TcpListener,
    counters: Counters,
    looks: AtomicU32,
}

impl Router {
    async fn bind(counters: Counters) -> Self {
        let group = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 1900)).await.unwrap();
        group.join_multicast_v4(Ipv4Addr::new(239, 255, 255, 250), ROUTER).unwrap();
        let pages = TcpListener::bind((ROUTER, 0)).await.unwrap();
        Self { group, pages, counters, looks: AtomicU32::new(0) }
    }

    async fn serve(&self) {
        let mut question = [0; 2_000];
        loop {
            tokio::select! {
                asked = self.group.recv_from(&mut question) => {
                    let (length, from) = asked.unwrap();
                    assert!(question[..length].starts_with(b"M-SEARCH * HTTP/1.1\r\n"));
                    let location = format!("http://{}/igd.xml", self.pages.local_addr().unwrap());
                    let answer = format!("HTTP/1.1 200 OK\r\nLocation: {location}\r\nST: urn:schemas-upnp-org:device:InternetGatewayDevice:1\r\n\r\n");
                    self.group.send_to(answer.as_bytes(), from).await.unwrap();
                }
                asked = self.pages.accept() => self.answer(asked.unwrap().0).await,
            }
        }
    }

    async fn answer(&self, mut stream: TcpStream) {
        let mut request = String::new();
        let mut part = [0; 4_096];
        let is_whole = |request: &str| request.contains("</s:Envelope>") || (request.starts_with("GET") && request.ends_with("\r\n\r\n"));
        while !is_whole(&request) {
            let length = stream.read(&mut part).await.unwrap();
            assert!(length > 0);
            request.push_str(&String::from_utf8_lossy(&part[..length]));
        }
        if let Counters::Until(looks) = self.counters
            && request.contains("#GetTotalBytes")
            && self.looks.load(Ordering::Relaxed) >= looks
        {
            std::future::pending::<()>().await;
        }
        let value = |action: &str, name: &str, value: &str| {
            format!(
                "<?xml version=\"1.0\"?><s:Envelope xmlns:s=\"s\"><s:Body><u:{action}Response xmlns:u=\"u\"><{name}>{value}</{name}></u:{action}Response></s:Body></s:Envelope>"
            )
        };
        let look = || u32::MAX.wrapping_sub(1_500_000).wrapping_add(1_000_000 * (self.looks.fetch_add(1, Ordering::Relaxed) / 2));
        let body = match &request {
            _ if request.starts_with("GET /igd.xml") => Some(self.description()),
            _ if request.contains("#GetTotalBytesReceived\"") => {
                Some(value("GetTotalBytesReceived", "NewTotalBytesReceived", &look().to_string()))
            }
            _ if request.contains("#GetTotalBytesSent\"") => Some(value("GetTotalBytesSent", "NewTotalBytesSent", &look().to_string())),
            _ if request.contains("#GetExternalIPAddress\"") => Some(value("GetExternalIPAddress", "NewExternalIPAddress", "100.64.3.4")),
            _ => None,
        };
        let (status, body) = body.map_or(("500 Internal Server Error", String::new()), |body| ("200 OK", body));
        let answer = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len());
        stream.write_all(answer.as_bytes()).await.unwrap();
    }

    fn description(&self) -> String {
        let service = |kind: &str| {
            format!("<service><serviceType>urn:schemas-upnp-org:service:{kind}:1</serviceType><controlURL>/{kind}</controlURL></service>")
        };
        let counters = if self.counters == Counters::Absent { String::new() } else { service("WANCommonInterfaceConfig") };
        let line = format!(
            "<device><serviceList>{counters}</serviceList><deviceList><device><serviceList>{}</serviceList></device></deviceList></device>",
            service("WANIPConnection")
        );
        format!(
            "<?xml version=\"1.0\"?><root xmlns=\"urn:schemas-upnp-org:device-1-0\"><device><deviceList>{line}</deviceList></device></root>"
        )
    }
}
