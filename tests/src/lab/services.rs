//! What hosts of the lab answer: web pages, the measurement peer's transfers, login pages, the time, and names in the ways that they go
//! wrong. Each host has a thread in its namespace.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::mpsc;
use std::task::{Context as TaskContext, Poll};
use std::thread::{self, JoinHandle};
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, anyhow};
use http_body_util::{BodyExt, Either, Full};
use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use serde::Deserialize;
use tokio::net::{TcpListener, UdpSocket};
use tokio::sync::{Semaphore, oneshot};

use super::namespace;

/// Ports that answer HTTP: the web's, and the measurement peer's.
const WEB_PORTS: [u16; 2] = [80, 8080];
/// Port of the login page.
const PORTAL_PORT: u16 = 8081;
/// Most bytes in one transfer.
const LARGEST_TRANSFER: u64 = 500_000_000;
/// Longest life of one connection.
const LONGEST_CONNECTION: Duration = Duration::from_mins(2);
/// Most connections at one time.
const MOST_CONNECTIONS: usize = 128;

/// What a host answers.
#[derive(Debug, Clone, Default)]
pub struct Services {
    /// Pages and transfers, after thinking for so many milliseconds.
    pub web: Option<u64>,
    /// A login page.
    pub portal: bool,
    /// The time.
    pub time: bool,
    /// How far the time is off, in seconds; above 0 is ahead.
    pub time_off_s: i64,
    /// The address that a question came from (STUN).
    pub stun: bool,
    /// Names.
    pub names: Option<Names>,
}

/// A name server that is not as it should be.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Names {
    /// What it does.
    pub how: Answer,
    /// Who it asks, where it asks anybody.
    pub upstream: Option<IpAddr>,
    /// How late a late one is, in milliseconds.
    #[serde(default)]
    pub late_ms: u64,
    /// The address that a lie gives.
    pub address: Option<Ipv4Addr>,
}

/// What a name server does with questions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// Answers right, and late.
    Late,
    /// Says that it failed.
    Servfail,
    /// Says that no name exists.
    Nxdomain,
    /// Gives one address for every name that exists.
    Rewrite,
    /// Gives one address for every name that does not exist.
    Redirect,
}

/// One host's services. Dropping it ends them.
#[derive(Debug)]
pub struct Host {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Host {
    /// Starts a host's services; they listen when this returns.
    pub fn start(namespace: String, services: Services) -> Result<Self> {
        let (stop, stopped) = oneshot::channel();
        let (tell_ready, ready) = mpsc::channel();
        let host = move || {
            let runtime =
                namespace::enter(&namespace).and_then(|()| Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?));
            let opened = runtime.and_then(|runtime| runtime.block_on(Sockets::open(&services)).map(|sockets| (runtime, sockets)));
            match opened.with_context(|| format!("services in {namespace}")) {
                Err(error) => drop(tell_ready.send(Err(error))),
                Ok((runtime, sockets)) => {
                    drop(tell_ready.send(Ok(())));
                    runtime.block_on(async move {
                        sockets.serve(services);
                        // An error means that the lab is gone, which is a reason to end as well.
                        let _ = stopped.await;
                    });
                }
            }
        };
        let thread = thread::Builder::new().name("host".to_owned()).spawn(host).context("start a host")?;
        ready.recv().map_err(|_| anyhow!("a host ended before it was ready"))??;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

struct Sockets {
    web: Vec<TcpListener>,
    portal: Option<TcpListener>,
    time: Option<UdpSocket>,
    stun: Option<UdpSocket>,
    names: Option<UdpSocket>,
}

impl Sockets {
    async fn open(services: &Services) -> Result<Self> {
        let every = |port: u16| (Ipv4Addr::UNSPECIFIED, port);
        let mut web = Vec::new();
        for port in WEB_PORTS.into_iter().filter(|_| services.web.is_some()) {
            web.push(TcpListener::bind(every(port)).await?);
        }
        let portal = if services.portal { Some(TcpListener::bind(every(PORTAL_PORT)).await?) } else { None };
        let time = if services.time { Some(UdpSocket::bind(every(123)).await?) } else { None };
        let names = if services.names.is_some() { Some(UdpSocket::bind(every(53)).await?) } else { None };
        let stun = if services.stun { Some(UdpSocket::bind(every(3478)).await?) } else { None };
        Ok(Self { web, portal, time, stun, names })
    }

    fn serve(self, services: Services) {
        let connections = Arc::new(Semaphore::new(MOST_CONNECTIONS));
        for listener in self.web {
            let page = Page::Asked { after: Duration::from_millis(services.web.unwrap_or_default()) };
            tokio::spawn(serve_web(listener, page, connections.clone()));
        }
        if let Some(listener) = self.portal {
            tokio::spawn(serve_web(listener, Page::Login, connections));
        }
        if let Some(socket) = self.time {
            tokio::spawn(serve_time(socket, services.time_off_s));
        }
        if let Some(socket) = self.stun {
            tokio::spawn(serve_stun(socket));
        }
        if let (Some(socket), Some(names)) = (self.names, services.names) {
            tokio::spawn(serve_names(socket, names));
        }
    }
}

/// What a web server gives.
#[derive(Debug, Clone, Copy)]
enum Page {
    /// What is asked for, after a while.
    Asked { after: Duration },
    /// A login page.
    Login,
}

async fn serve_web(listener: TcpListener, page: Page, connections: Arc<Semaphore>) {
    // Accept fails for good only with the listener itself.
    while let (Ok(permit), Ok((stream, _))) = (connections.clone().acquire_owned().await, listener.accept().await) {
        tokio::spawn(async move {
            let mut server = http1::Builder::new();
            server.timer(TokioTimer::new()).header_read_timeout(Duration::from_secs(30));
            let connection = server.serve_connection(TokioIo::new(stream), service_fn(|request| answer(request, page)));
            // A client that goes away in the middle is nobody's trouble.
            let _ = tokio::time::timeout(LONGEST_CONNECTION, connection).await;
            drop(permit);
        });
    }
}

type Content = Either<Full<Bytes>, Zeros>;

async fn answer(request: Request<Incoming>, wanted: Page) -> Result<Response<Content>, Infallible> {
    let page = |status: StatusCode, text: &'static str| {
        let mut response = Response::new(Either::Left(Full::from(text)));
        *response.status_mut() = status;
        response
    };
    match wanted {
        Page::Login => return Ok(page(StatusCode::OK, "<!doctype html><title>Welcome</title><form>Room number <input></form>\n")),
        Page::Asked { after } => tokio::time::sleep(after).await,
    }
    Ok(match (request.method(), request.uri().path()) {
        (&Method::GET | &Method::HEAD, "/") => page(StatusCode::OK, "<!doctype html><title>Example</title><p>It works.\n"),
        (&Method::GET | &Method::HEAD, "/generate_204") => page(StatusCode::NO_CONTENT, ""),
        (&Method::GET, "/__down") => match bytes_asked(request.uri().query()) {
            Some(left) => Response::new(Either::Right(Zeros { left })),
            None => page(StatusCode::BAD_REQUEST, "ask for /__down?bytes=N\n"),
        },
        (&Method::POST, "/__up") => match swallow(request.into_body()).await {
            Some(_) => page(StatusCode::OK, "ok\n"),
            None => page(StatusCode::PAYLOAD_TOO_LARGE, "too much\n"),
        },
        _ => page(StatusCode::NOT_FOUND, "no such page\n"),
    })
}

fn bytes_asked(query: Option<&str>) -> Option<u64> {
    let bytes: u64 = query?.split('&').find_map(|pair| pair.strip_prefix("bytes="))?.parse().ok()?;
    (bytes <= LARGEST_TRANSFER).then_some(bytes)
}

/// Reads a body to its end; `None` when it breaks off or is too large.
async fn swallow(mut body: Incoming) -> Option<u64> {
    let mut bytes = 0;
    while let Some(frame) = body.frame().await {
        bytes += frame.ok()?.data_ref().map_or(0, |data| data.len() as u64);
        if bytes > LARGEST_TRANSFER {
            return None;
        }
    }
    Some(bytes)
}

/// A body of so many zeroes.
struct Zeros {
    left: u64,
}

impl Body for Zeros {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut TaskContext<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        static ZEROS: [u8; 64 * 1024] = [0; 64 * 1024];
        let length = self.left.min(ZEROS.len() as u64);
        self.left -= length;
        let piece = Bytes::from_static(&ZEROS).slice(..length as usize);
        Poll::Ready((length > 0).then(|| Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

/// Answers questions for names the way that `names` says. Questions are DNS messages over UDP (RFC 1035).
async fn serve_names(socket: UdpSocket, names: Names) {
    let (socket, names) = (Arc::new(socket), Arc::new(names));
    let questions = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    let mut buffer = [0; 1232];
    while let (Ok(permit), Ok((length, from))) = (questions.clone().acquire_owned().await, socket.recv_from(&mut buffer).await) {
        let Some(query) = buffer.get(..length).map(<[u8]>::to_vec) else { continue };
        let (socket, names) = (socket.clone(), names.clone());
        tokio::spawn(async move {
            if let Some(reply) = names.answer(&query).await {
                let _ = socket.send_to(&reply, from).await;
            }
            drop(permit);
        });
    }
}

impl Names {
    async fn answer(&self, query: &[u8]) -> Option<Vec<u8>> {
        const SERVFAIL: u8 = 2;
        const NXDOMAIN: u8 = 3;
        match self.how {
            Answer::Servfail => return reply(query, SERVFAIL, None),
            Answer::Nxdomain => return reply(query, NXDOMAIN, None),
            Answer::Late | Answer::Rewrite | Answer::Redirect => {}
        }
        tokio::time::sleep(Duration::from_millis(self.late_ms)).await;
        let right = ask(query, self.upstream?).await?;
        let exists = right.get(3)? & 0x0F != NXDOMAIN;
        match self.how {
            Answer::Rewrite if exists => reply(query, 0, self.address),
            Answer::Redirect if !exists => reply(query, 0, self.address),
            _ => Some(right),
        }
    }
}

async fn ask(query: &[u8], server: IpAddr) -> Option<Vec<u8>> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).await.ok()?;
    socket.connect((server, 53)).await.ok()?;
    socket.send(query).await.ok()?;
    let mut buffer = vec![0; 1232];
    let length = tokio::time::timeout(Duration::from_secs(3), socket.recv(&mut buffer)).await.ok()?.ok()?;
    buffer.truncate(length);
    Some(buffer)
}

/// A reply to a query with this code and, for a question of type A, this address.
fn reply(query: &[u8], code: u8, address: Option<Ipv4Addr>) -> Option<Vec<u8>> {
    const HEADER: usize = 12;
    let name = query.get(HEADER..)?.iter().position(|octet| *octet == 0)? + 1;
    let question = query.get(HEADER..HEADER + name + 4)?;
    let address = address.filter(|_| question.ends_with(&[0, 1, 0, 1]));
    let mut reply = query.get(..2)?.to_vec();
    // A response to a question that wanted recursion, which is available; one question, perhaps one answer.
    reply.extend([0x81, 0x80 | code, 0, 1, 0, u8::from(address.is_some()), 0, 0, 0, 0]);
    reply.extend(question);
    if let Some(address) = address {
        // The name asked for, type A, class IN, a minute to live, four octets.
        reply.extend([0xC0, 0x0C, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4]);
        reply.extend(address.octets());
    }
    Some(reply)
}

/// Tells who asks from where they ask (STUN binding, RFC 8489), IPv4 alone.
async fn serve_stun(socket: UdpSocket) {
    const COOKIE: u32 = 0x2112_A442;
    let mut query = [0; 128];
    while let Ok((length, from)) = socket.recv_from(&mut query).await {
        let (Some(transaction), IpAddr::V4(address)) = (query.get(..length).and_then(|query| query.get(4..20)), from.ip()) else {
            continue;
        };
        let port = from.port() ^ (COOKIE >> 16) as u16;
        let address = u32::from(address) ^ COOKIE;
        // A success response with one attribute, XOR-MAPPED-ADDRESS.
        let reply = [&[1, 1, 0, 12][..], transaction, &[0, 0x20, 0, 8, 0, 1], &port.to_be_bytes(), &address.to_be_bytes()].concat();
        let _ = socket.send_to(&reply, from).await;
    }
}

/// Answers SNTP (RFC 4330) with this machine's time, off by so many seconds.
async fn serve_time(socket: UdpSocket, off_s: i64) {
    let mut query = [0; 128];
    while let Ok((length, from)) = socket.recv_from(&mut query).await {
        let Some(transmitted) = query.get(..length.min(48)).and_then(|query| query.get(40..48)) else { continue };
        // Leap indicator 0, version 4, mode server; stratum 2; poll 2^6 s; precision 2^-20 s.
        let mut reply = vec![0x24, 2, 6, 0xEC];
        // Root delay, root dispersion, reference.
        reply.extend([0; 12]);
        let now = ntp_time(off_s);
        reply.extend(now);
        reply.extend(transmitted);
        reply.extend(now);
        reply.extend(now);
        let _ = socket.send_to(&reply, from).await;
    }
}

/// Now, as seconds since 1900 and a binary fraction, 32 bits each.
fn ntp_time(off_s: i64) -> [u8; 8] {
    const FROM_1900_TO_1970: u64 = 2_208_988_800;
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let fraction = (u64::from(now.subsec_nanos()) << 32) / 1_000_000_000;
    (((now.as_secs().saturating_add_signed(off_s) + FROM_1900_TO_1970) << 32) | fraction).to_be_bytes()
}
