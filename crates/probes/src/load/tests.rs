#![allow(clippy::unwrap_used, clippy::panic)]

use std::{
    convert::Infallible,
    sync::{
        Mutex,
        atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed},
    },
};

use http_body_util::{BodyExt as _, Full};
use hyper::{Request, Response, StatusCode, body::Bytes, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use url::Url;

use demarc_model::Direction;

use super::*;

const MOST: u64 = 20_000_000;

/// A peer on loopback and what it saw.
#[derive(Default)]
struct Peer {
    connections: AtomicUsize,
    received: AtomicU64,
    /// Answers with this status instead of 200 when not 0.
    status: AtomicUsize,
    /// Closes each connection after a request.
    closes: bool,
    /// Sends this many times what was asked.
    generous: usize,
    /// Waits for ever before it answers.
    silent: bool,
}

impl Peer {
    async fn answer(&self, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
        if self.silent {
            std::future::pending::<()>().await;
        }
        let asked = request.uri().query().and_then(|query| query.strip_prefix("bytes=")).and_then(|bytes| bytes.parse().ok());
        let content = match (request.uri().path(), asked) {
            ("/base/__down", Some(bytes)) => vec![0; bytes],
            ("/base/__up", None) => {
                let mut content = request.into_body();
                while let Some(Ok(frame)) = content.frame().await {
                    self.received.fetch_add(frame.data_ref().map_or(0, Bytes::len) as u64, Relaxed);
                }
                Vec::new()
            }
            other => panic!("{other:?}"),
        };
        let content = content.repeat(self.generous.max(1));
        let mut response = Response::new(Full::from(content));
        if self.closes {
            response.headers_mut().insert("connection", hyper::header::HeaderValue::from_static("close"));
        }
        if let Ok(status) = StatusCode::from_u16(u16::try_from(self.status.load(Relaxed)).unwrap()) {
            *response.status_mut() = status;
        }
        Ok(response)
    }
}

/// Runs a load against a peer, 20 MB at most; returns the live rates too.
async fn run_against(peer: &Arc<Peer>, direction: Direction, connections: u8, duration_ms: u32) -> (LoadResult, usize) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}/base/", listener.local_addr().unwrap())).unwrap();
    let load = Load { peer: url, direction, start_ms: 20, duration_ms, connections, max_bytes: MOST };
    let serve = async {
        let mut tasks = JoinSet::new();
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            peer.connections.fetch_add(1, Relaxed);
            let peer = Arc::clone(peer);
            tasks.spawn(async move {
                let service = service_fn(|request| peer.answer(request));
                let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
            });
        }
    };
    let live: Arc<Mutex<Vec<LiveSample>>> = Arc::default();
    let seen = Arc::clone(&live);
    let sink: LiveSink = Box::new(move |sample| seen.lock().unwrap().push(sample));
    let result = tokio::select! {
        result = run(&load, Instant::now(), &sink) => result,
        () = serve => panic!("the server never ends"),
    };
    let rates = live.lock().unwrap().len();
    (result, rates)
}

#[tokio::test]
async fn both_directions_move_exactly_the_bytes_allowed() {
    for direction in [Direction::Down, Direction::Up] {
        let peer = Arc::new(Peer::default());
        let (result, _) = run_against(&peer, direction, 4, 20_000).await;
        assert_eq!((result.failure.as_deref(), result.bytes), (None, MOST), "{direction:?}");
        assert_eq!(peer.connections.load(Relaxed), 4);
        assert!(result.began_ms >= 20.0 && result.ended_ms > result.began_ms, "{result:?}");
        if direction == Direction::Up {
            assert_eq!(peer.received.load(Relaxed), MOST);
        }
    }
}

#[tokio::test]
async fn a_peer_that_closes_after_each_request_is_connected_to_again() {
    let peer = Arc::new(Peer { closes: true, ..Peer::default() });
    let (result, _) = run_against(&peer, Direction::Down, 2, 20_000).await;
    assert_eq!((result.failure.as_deref(), result.bytes), (None, MOST));
    assert!(peer.connections.load(Relaxed) >= 4);
}

#[tokio::test]
async fn a_refusal_is_a_failure_with_the_status() {
    for direction in [Direction::Down, Direction::Up] {
        let peer = Arc::new(Peer { status: 429.into(), ..Peer::default() });
        let (result, _) = run_against(&peer, direction, 3, 20_000).await;
        assert_eq!(result.failure.as_deref(), Some("the peer answered with status 429"));
        assert_eq!(result.mbps, None);
    }
}

#[tokio::test]
async fn a_silent_peer_ends_at_the_time_given() {
    let peer = Arc::new(Peer { silent: true, ..Peer::default() });
    let begun = Instant::now();
    let (result, rates) = run_against(&peer, Direction::Down, 2, 400).await;
    assert_eq!((result.bytes, result.mbps, rates), (0, None, 0));
    assert!(result.failure.is_some_and(|failure| failure.contains("nothing was moved")));
    assert!(begun.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn a_peer_that_sends_more_than_asked_cannot_pass_the_limit() {
    let peer = Arc::new(Peer { generous: 3, ..Peer::default() });
    let (result, _) = run_against(&peer, Direction::Down, 2, 20_000).await;
    assert!(result.bytes <= MOST, "{}", result.bytes);
    assert!(result.failure.is_some_and(|failure| failure.contains("more than it was asked for")));
}

#[tokio::test]
async fn a_peer_that_is_not_there_is_a_failure() {
    let sink: LiveSink = Box::new(|_| {});
    for (peer, expected) in [("http://127.0.0.1:1/", "connection refused"), ("ftp://127.0.0.1/", "`ftp` is not an address of a web server")]
    {
        let peer = Url::parse(peer).unwrap();
        let load = Load { peer, direction: Direction::Up, start_ms: 0, duration_ms: 5_000, connections: 200, max_bytes: MOST };
        let result = run(&load, Instant::now(), &sink).await;
        assert_eq!((result.failure.as_deref(), result.bytes, result.rates.len()), (Some(expected), 0, 0));
    }
}

/// A peer that takes or gives bytes at a steady pace shows that rate.
#[tokio::test]
async fn the_rate_is_that_of_the_peer() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    const BYTES_A_TICK: usize = 25_000;
    const TICK: Duration = Duration::from_millis(20);
    for direction in [Direction::Down, Direction::Up] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
        let serve = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            socket2::SockRef::from(&stream).set_recv_buffer_size(16 * 1024).unwrap();
            let mut buffer = vec![0; BYTES_A_TICK];
            if direction == Direction::Down {
                let _ = stream.read(&mut buffer).await;
                stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 20000000\r\n\r\n").await.unwrap();
            }
            let mut pace = interval(TICK);
            loop {
                pace.tick().await;
                let moved = if direction == Direction::Down {
                    stream.write_all(&buffer).await
                } else {
                    stream.read_exact(&mut buffer).await.map(drop)
                };
                if moved.is_err() {
                    std::future::pending::<()>().await;
                }
            }
        };
        let rates = Arc::new(AtomicUsize::new(0));
        let seen = Arc::clone(&rates);
        let sink: LiveSink = Box::new(move |_| {
            seen.fetch_add(1, Relaxed);
        });
        let load = Load { peer: url, direction, start_ms: 0, duration_ms: 2_600, connections: 1, max_bytes: MOST };
        let result = tokio::select! {
            result = run(&load, Instant::now(), &sink) => result,
            () = serve => panic!("the server never ends"),
        };
        assert_eq!(result.failure, None);
        assert!(result.mbps.is_some_and(|mbps| (8.0..12.0).contains(&mbps)), "{direction:?}: {:?} of 10 Mbit/s", result.mbps);
        assert_eq!(result.rates.len(), rates.load(Relaxed));
        assert!((4..=11).contains(&result.rates.len()), "{:?}", result.rates);
    }
}

#[tokio::test]
async fn dropping_the_transfer_ends_its_connections() {
    use tokio::io::AsyncReadExt as _;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let peer = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
    let load = Load { peer, direction: Direction::Up, start_ms: 0, duration_ms: 60_000, connections: 1, max_bytes: MOST };
    let sink: LiveSink = Box::new(|_| {});
    let mut stream = tokio::select! {
        result = run(&load, Instant::now(), &sink) => panic!("{result:?}"),
        accepted = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            stream.read_exact(&mut [0; 1_000]).await.unwrap();
            stream
        } => accepted,
    };
    // What was on its way may still come, then the end: long before all of the content.
    let mut rest = Vec::new();
    let ended = tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut rest)).await;
    assert!(ended.is_ok() && rest.len() < 10_000_000, "{}", rest.len());
}
