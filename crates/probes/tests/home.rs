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
use demarc_model::{Measurement, Outcome, Prober as _, Request, WanTraffic};
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
    let traffic = with_router(&chain, true);
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
    assert_eq!(with_router(&chain, false), WanTraffic { address, ..WanTraffic::default() });
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

/// What the device reads from a router that speaks `UPnP`.
fn with_router(chain: &Chain, counters: bool) -> WanTraffic {
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
        let outcome = chain.inside("device", async |network| network.perform(wan_request(), Box::new(|_| {})).await);
        drop(stop);
        router.join().unwrap();
        match outcome {
            Outcome::Measured { measurement: Measurement::WanTraffic(traffic) } => traffic,
            other => panic!("{other:?}"),
        }
    })
}

/// A router's side of `UPnP`, as far as it is asked for.
struct Router {
    group: UdpSocket,
    pages: TcpListener,
    counters: bool,
    looks: AtomicU32,
}

impl Router {
    async fn bind(counters: bool) -> Self {
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
        let counters = if self.counters { service("WANCommonInterfaceConfig") } else { String::new() };
        let line = format!(
            "<device><serviceList>{counters}</serviceList><deviceList><device><serviceList>{}</serviceList></device></deviceList></device>",
            service("WANIPConnection")
        );
        format!(
            "<?xml version=\"1.0\"?><root xmlns=\"urn:schemas-upnp-org:device-1-0\"><device><deviceList>{line}</deviceList></device></root>"
        )
    }
}
