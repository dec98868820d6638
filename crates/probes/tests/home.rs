//! What the router and other machines at home say, asked for real in network namespaces that these tests make themselves.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

#[allow(dead_code, reason = "these tests need a part of it")]
mod chain;

use std::{
    io::{BufRead as _, BufReader},
    net::{IpAddr, Ipv4Addr},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
};

use chain::{Chain, PingSockets, drop_capabilities};
use demarc_model::{AddressOwners, DhcpServers, Measurement, Outcome, Prober as _, Request, WanTraffic};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream, UdpSocket},
    sync::oneshot,
};

/// The device's own address, its router's, and one of a stranger in the same network.
const DEVICE: Ipv4Addr = Ipv4Addr::new(10, 77, 1, 1);
const ROUTER: Ipv4Addr = Ipv4Addr::new(10, 77, 1, 2);
const STRANGER: Ipv4Addr = Ipv4Addr::new(10, 77, 1, 9);

#[test]
fn one_dhcp_server_is_found_with_what_it_offers() {
    let Some(chain) = Chain::build(PingSockets::Open) else { return };
    let _server = DhcpServer::start(&chain, "r1", "home1", ROUTER, "10.77.1.50");
    let offers = servers(&chain).offers;
    assert_eq!(offers.len(), 1, "{offers:?}");
    assert_eq!((offers[0].server, offers[0].router), (ROUTER.into(), Some(ROUTER.into())));
    assert_eq!(offers[0].name_servers, [IpAddr::from([9, 9, 9, 9]), IpAddr::from([1, 1, 1, 1])]);
}

#[test]
fn a_second_dhcp_server_is_found_beside_the_first() {
    let Some(chain) = Chain::build(PingSockets::Open) else { return };
    add_stranger(&chain);
    let _router = DhcpServer::start(&chain, "r1", "home1", ROUTER, "10.77.1.50");
    let _stranger = DhcpServer::start(&chain, "r2", "stranger", STRANGER, "10.77.1.150");
    let mut found: Vec<IpAddr> = servers(&chain).offers.iter().map(|offer| offer.server).collect();
    found.sort_unstable();
    assert_eq!(found, [IpAddr::from(ROUTER), IpAddr::from(STRANGER)]);
}

#[test]
fn where_nobody_hands_out_addresses_nobody_is_found() {
    let Some(chain) = Chain::build(PingSockets::Open) else { return };
    assert!(servers(&chain).offers.is_empty());
}

#[test]
fn a_machine_with_our_address_is_found() {
    let Some(chain) = Chain::build(PingSockets::Open) else { return };
    assert!(owners(&chain).others.is_empty());
    add_stranger(&chain);
    chain.ip("r2", &format!("addr add {DEVICE}/32 dev stranger"));
    let shown = chain.command("r2", &["cat", "/sys/class/net/stranger/address"]);
    assert_eq!(owners(&chain).others, [shown.trim()]);
}

#[test]
fn without_the_right_to_it_the_answer_says_how_to_allow_it() {
    let Some(chain) = Chain::build(PingSockets::Open) else { return };
    let outcomes = chain.inside("device", async |network| {
        drop_capabilities();
        let requests = [dhcp_request("away1"), owners_request("away1"), dhcp_request("none0")];
        let mut outcomes = Vec::new();
        for request in requests {
            outcomes.push(network.perform(request, Box::new(|_| {})).await);
        }
        outcomes
    });
    let ids: Vec<&str> = outcomes
        .iter()
        .map(|outcome| match outcome {
            Outcome::Blocked { why } | Outcome::Failed { why } => why.id.as_str(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(ids, ["blocked-raw-sockets", "blocked-raw-sockets", "failed-no-interface"]);
}

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

fn dhcp_request(interface: &str) -> Request {
    Request::DhcpServers { interface: interface.to_owned() }
}

fn owners_request(interface: &str) -> Request {
    Request::AddressOwners { interface: interface.to_owned(), address: DEVICE }
}

const fn wan_request() -> Request {
    Request::WanTraffic { for_ms: 500 }
}

fn servers(chain: &Chain) -> DhcpServers {
    match measured(chain, dhcp_request("away1")) {
        Measurement::DhcpServers(servers) => servers,
        other => panic!("{other:?}"),
    }
}

fn owners(chain: &Chain) -> AddressOwners {
    match measured(chain, owners_request("away1")) {
        Measurement::AddressOwners(owners) => owners,
        other => panic!("{other:?}"),
    }
}

fn measured(chain: &Chain, request: Request) -> Measurement {
    match chain.inside("device", async |network| network.perform(request, Box::new(|_| {})).await) {
        Outcome::Measured { measurement } => measurement,
        other => panic!("{other:?}"),
    }
}

/// A third machine in the network of device and router.
fn add_stranger(chain: &Chain) {
    chain.ip("r1", "link add link home1 name stranger type macvlan mode bridge");
    chain.ip("r1", &format!("link set stranger netns {}", chain.namespace("r2")));
    chain.ip("r2", &format!("addr add {STRANGER}/32 dev stranger"));
    chain.ip("r2", "link set stranger up");
    chain.ip("r2", "route add 10.77.1.0/25 dev stranger");
}

/// A real DHCP server; it ends when this is dropped.
struct DhcpServer {
    child: Child,
    _leases: TempDir,
}

impl DhcpServer {
    fn start(chain: &Chain, node: &str, interface: &str, own: Ipv4Addr, first: &str) -> Self {
        let leases = tempfile::tempdir().unwrap();
        let file = |name: &str| leases.path().join(name).display().to_string();
        if node != "r1" {
            chain.ip(node, &format!("addr add {own}/24 dev {interface}"));
        }
        let words = [
            "--keep-in-foreground --log-facility=- --conf-file=/dev/null --port=0 --bind-interfaces --except-interface=lo --no-ping",
            "--user=root --group=root --dhcp-authoritative --dhcp-option=6,9.9.9.9,1.1.1.1",
            &format!("--interface={interface} --dhcp-range={first},{first},255.255.255.0,1h --dhcp-option=3,{own}"),
            &format!("--dhcp-leasefile={} --pid-file={}", file("leases"), file("pid")),
        ];
        let mut child = Command::new("ip")
            .args(["netns", "exec", &chain.namespace(node), "dnsmasq"])
            .args(words.iter().flat_map(|words| words.split(' ')))
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = BufReader::new(child.stderr.take().unwrap());
        let mut said = Vec::new();
        let ready = log.lines().map_while(Result::ok).any(|line| {
            said.push(line.clone());
            line.contains("DHCP, sockets bound")
        });
        assert!(ready, "{said:?}");
        Self { child, _leases: leases }
    }
}

impl Drop for DhcpServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
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
