//! What hosts of the lab answer: web pages, the measurement peer's transfers, and the time. Each host has a thread in its namespace.

use std::convert::Infallible;
use std::net::Ipv4Addr;
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
use tokio::net::{TcpListener, UdpSocket};
use tokio::sync::{Semaphore, oneshot};

use super::namespace;

/// Ports that answer HTTP: the web's, and the measurement peer's.
const WEB_PORTS: [u16; 2] = [80, 8080];
/// Most bytes in one transfer.
const LARGEST_TRANSFER: u64 = 500_000_000;
/// Longest life of one connection.
const LONGEST_CONNECTION: Duration = Duration::from_mins(2);
/// Most connections at one time.
const MOST_CONNECTIONS: usize = 128;

/// One host's services. Dropping it ends them.
#[derive(Debug)]
pub struct Host {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Host {
    /// Starts a host's services; they listen when this returns.
    pub fn start(namespace: String, web: bool, time: bool) -> Result<Self> {
        let (stop, stopped) = oneshot::channel();
        let (tell_ready, ready) = mpsc::channel();
        let host = move || {
            let prepare = || -> Result<(tokio::runtime::Runtime, Vec<TcpListener>, Option<UdpSocket>)> {
                namespace::enter(&namespace)?;
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
                let ports = WEB_PORTS.iter().filter(|_| web);
                let listeners = runtime.block_on(async {
                    let mut listeners = Vec::new();
                    for port in ports {
                        listeners.push(TcpListener::bind((Ipv4Addr::UNSPECIFIED, *port)).await?);
                    }
                    anyhow::Ok(listeners)
                })?;
                let clock = if time { Some(runtime.block_on(UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 123)))?) } else { None };
                Ok((runtime, listeners, clock))
            };
            match prepare().with_context(|| format!("services in {namespace}")) {
                Err(error) => drop(tell_ready.send(Err(error))),
                Ok((runtime, listeners, clock)) => {
                    drop(tell_ready.send(Ok(())));
                    runtime.block_on(async move {
                        let connections = Arc::new(Semaphore::new(MOST_CONNECTIONS));
                        for listener in listeners {
                            tokio::spawn(serve_web(listener, connections.clone()));
                        }
                        if let Some(socket) = clock {
                            tokio::spawn(serve_time(socket));
                        }
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

async fn serve_web(listener: TcpListener, connections: Arc<Semaphore>) {
    // Accept fails for good only with the listener itself.
    while let (Ok(permit), Ok((stream, _))) = (connections.clone().acquire_owned().await, listener.accept().await) {
        tokio::spawn(async move {
            let mut server = http1::Builder::new();
            server.timer(TokioTimer::new()).header_read_timeout(Duration::from_secs(30));
            let connection = server.serve_connection(TokioIo::new(stream), service_fn(answer));
            // A client that goes away in the middle is nobody's trouble.
            let _ = tokio::time::timeout(LONGEST_CONNECTION, connection).await;
            drop(permit);
        });
    }
}

type Content = Either<Full<Bytes>, Zeros>;

async fn answer(request: Request<Incoming>) -> Result<Response<Content>, Infallible> {
    let page = |status: StatusCode, text: &'static str| {
        let mut response = Response::new(Either::Left(Full::from(text)));
        *response.status_mut() = status;
        response
    };
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

/// Answers SNTP (RFC 4330) with this machine's time.
async fn serve_time(socket: UdpSocket) {
    let mut query = [0; 128];
    while let Ok((length, from)) = socket.recv_from(&mut query).await {
        let Some(transmitted) = query.get(..length.min(48)).and_then(|query| query.get(40..48)) else { continue };
        // Leap indicator 0, version 4, mode server; stratum 2; poll 2^6 s; precision 2^-20 s.
        let mut reply = vec![0x24, 2, 6, 0xEC];
        // Root delay, root dispersion, reference.
        reply.extend([0; 12]);
        let now = ntp_time();
        reply.extend(now);
        reply.extend(transmitted);
        reply.extend(now);
        reply.extend(now);
        let _ = socket.send_to(&reply, from).await;
    }
}

/// Now, as seconds since 1900 and a binary fraction, 32 bits each.
fn ntp_time() -> [u8; 8] {
    const FROM_1900_TO_1970: u64 = 2_208_988_800;
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let fraction = (u64::from(now.subsec_nanos()) << 32) / 1_000_000_000;
    (((now.as_secs() + FROM_1900_TO_1970) << 32) | fraction).to_be_bytes()
}
