//! The measurement peer: a computer that others measure their way to. It gives and takes bytes over HTTP and by M-Lab's ndt7, and shows a page on
//! which a browser measures by itself.
//!
//! Everybody who reaches it is a stranger: who may use it is settled in [`Access`], how much in [`Limits`].

mod access;
mod door;
mod http;
mod ndt7;
mod pace;
mod page;

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use demarc_probes::tcp_info::Watch;
use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::{sleep, timeout},
};
use tokio_rustls::TlsAcceptor;

pub use access::Access;

use crate::{door::Door, http::Visit, pace::Pace};

/// How much strangers may take.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Connections at a time.
    pub connections: usize,
    /// Connections of one address at a time.
    pub connections_each: usize,
    /// All transfers together, in Mbit/s; `None` is as fast as it goes.
    pub mbps: Option<f64>,
    /// Bytes of one transfer.
    pub bytes: u64,
    /// How long a connection may last.
    pub time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connections: 256, connections_each: 32, mbps: None, bytes: 2_000_000_000, time: Duration::from_mins(2) }
    }
}

/// A connection that has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended {
    /// Who it was.
    pub client: IpAddr,
    /// Bytes of content it was given.
    pub given: u64,
    /// Bytes of content it brought.
    pub taken: u64,
    /// How long it lasted.
    pub lasted: Duration,
}

/// Ndt7 tests at a time: each may hold one message of 16 MiB.
const MOST_TESTS: usize = 16;
/// Longest wait for TLS, and for the head of a request.
const PATIENCE: Duration = Duration::from_secs(10);
/// Largest head of a request, and what waits to be sent.
const BUFFER: usize = 64 * 1024;
/// Pause after a connection could not be taken for want of memory or files.
const BREATH: Duration = Duration::from_millis(100);

/// Serves whoever connects until it is dropped, which ends every connection.
pub async fn serve(
    listener: TcpListener,
    access: Access,
    tls: Option<TlsAcceptor>,
    limits: Limits,
    ended: impl Fn(Ended) + Send + Sync + 'static,
) {
    let door = Door::new(limits.connections, limits.connections_each);
    let shared = Arc::new(Shared {
        access,
        tls,
        limits,
        pace: limits.mbps.map(Pace::new),
        tests: tokio::sync::Semaphore::new(MOST_TESTS),
        ended: Box::new(ended),
    });
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, client)) => match door.enter(client.ip().to_canonical()) {
                    Some(place) => {
                        let shared = Arc::clone(&shared);
                        connections.spawn(async move {
                            connection(&shared, stream, client).await;
                            drop(place);
                        });
                    }
                    None => turn_away(&stream),
                },
                Err(_) => sleep(BREATH).await,
            },
        }
    }
}

/// What every connection needs.
struct Shared {
    access: Access,
    tls: Option<TlsAcceptor>,
    limits: Limits,
    pace: Option<Pace>,
    tests: tokio::sync::Semaphore,
    ended: Box<dyn Fn(Ended) + Send + Sync>,
}

/// Says in passing that there is no place; a client that cannot take it at once learns it from the closed connection.
fn turn_away(stream: &TcpStream) {
    let _ = stream.try_write(b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 10\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
}

async fn connection(shared: &Arc<Shared>, stream: TcpStream, client: SocketAddr) {
    // Small answers leave at once.
    let _ = stream.set_nodelay(true);
    let client = SocketAddr::new(client.ip().to_canonical(), client.port());
    let Ok(server) = stream.local_addr() else { return };
    let visit = Arc::new(Visit::new(Arc::clone(shared), client, server, Watch::new(&stream)));
    let begun = tokio::time::Instant::now();
    // Neither a client that is gone nor one that takes too long is anybody's trouble.
    let _ = timeout(shared.limits.time, async {
        match &shared.tls {
            None => talk(&visit, stream).await,
            Some(acceptor) => {
                if let Ok(Ok(stream)) = timeout(PATIENCE, acceptor.accept(stream)).await {
                    talk(&visit, stream).await;
                }
            }
        }
        visit.test().await;
    })
    .await;
    let (given, taken) = visit.moved();
    (shared.ended)(Ended { client: client.ip(), given, taken, lasted: begun.elapsed() });
}

async fn talk(visit: &Arc<Visit>, stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static) {
    let mut server = http1::Builder::new();
    server.timer(TokioTimer::new()).header_read_timeout(PATIENCE).max_buf_size(BUFFER);
    let answer = service_fn(|request| {
        let visit = Arc::clone(visit);
        async move { http::answer(&visit, request).await }
    });
    let _ = server.serve_connection(TokioIo::new(stream), answer).with_upgrades().await;
}

#[cfg(test)]
mod tests;
