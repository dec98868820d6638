//! One of the parallel connections of a transfer.

use std::{
    convert::Infallible,
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use demarc_model::Direction;
use http_body_util::BodyExt as _;
use hyper::{
    Method, Request, Response,
    body::{Body, Bytes, Frame, Incoming, SizeHint},
    client::conn::http1::SendRequest,
    header,
};
use socket2::SockRef;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use url::Url;

use super::{
    acked::Acked,
    ledger::{Counter, Ledger},
    ndt7,
};
use crate::http::{self, Connection};

/// Longest wait for TCP and for TLS.
const CONNECT_LIMIT: Duration = Duration::from_secs(5);
/// Bytes handed to a connection at a time.
pub(super) const BLOCK: usize = 64 * 1024;
/// Bytes that may wait unsent in the kernel: enough to keep the line full, little enough to stop at once.
#[cfg(target_os = "linux")]
const UNSENT: u32 = 128 * 1024;

/// What every connection of a transfer has to know.
pub(super) struct Job {
    pub(super) peer: Url,
    pub(super) addresses: Vec<SocketAddr>,
    pub(super) connector: Option<TlsConnector>,
    pub(super) ledger: Arc<Ledger>,
    /// Bytes of one request.
    pub(super) chunk: u64,
}

/// Moves bytes until none are left to claim; a peer that closes after some requests is connected to again.
pub(super) async fn lane(job: Arc<Job>) -> Result<(), String> {
    while let Some(first) = job.ledger.claim(job.chunk) {
        connection(&job, first).await?;
    }
    Ok(())
}

/// One connection. An error counts only where it did not serve a single request.
async fn connection(job: &Arc<Job>, first: u64) -> Result<(), String> {
    let connected = http::connect(&job.addresses, CONNECT_LIMIT).await?;
    settle(&connected.stream);
    let counter = job.ledger.open(Acked::watch(&connected.stream));
    let result = match dress(job, connected.stream).await {
        Ok(stream) if speaks_ndt7(&job.peer) => ndt7::run(job, &counter, stream, first).await,
        Ok(stream) => http::over(stream, |sender| requests(Arc::clone(job), Arc::clone(&counter), sender, first)).await,
        Err(error) => Err(error),
    };
    job.ledger.close(&counter);
    result
}

/// A peer's scheme tells what it speaks.
fn speaks_ndt7(peer: &Url) -> bool {
    matches!(peer.scheme(), "ws" | "wss")
}

/// Nothing is left behind in the kernel's queues when the connection is dropped.
fn settle(stream: &TcpStream) {
    let socket = SockRef::from(stream);
    // A system that cannot do either only stops later.
    let _ = socket.set_linger(Some(Duration::ZERO));
    #[cfg(target_os = "linux")]
    let _ = socket.set_tcp_notsent_lowat(UNSENT);
}

async fn dress(job: &Job, stream: TcpStream) -> Result<Box<dyn Connection>, String> {
    match &job.connector {
        None => Ok(Box::new(stream)),
        Some(connector) => http::secure(connector, stream, &job.peer, CONNECT_LIMIT).await,
    }
}

/// Requests one after the other on the same connection.
async fn requests(job: Arc<Job>, counter: Arc<Counter>, mut sender: SendRequest<Content>, first: u64) -> Result<(), String> {
    let mut next = Some(first);
    let mut served = 0_u32;
    while let Some(length) = next {
        let before = counter.content();
        let done = request(&job, &counter, &mut sender, length).await;
        job.ledger.give_back(length.saturating_sub(counter.content() - before));
        match done {
            Ok(()) => served += 1,
            Err(_) if served > 0 => return Ok(()),
            Err(error) => return Err(error),
        }
        next = job.ledger.claim(job.chunk);
    }
    Ok(())
}

async fn request(job: &Job, counter: &Arc<Counter>, sender: &mut SendRequest<Content>, length: u64) -> Result<(), String> {
    sender.ready().await.map_err(|error| http::explain_http(&error))?;
    let base = job.peer.path().trim_end_matches('/');
    let (method, path, content) = match job.ledger.direction {
        Direction::Down => (Method::GET, format!("{base}/__down?bytes={length}"), 0),
        Direction::Up => (Method::POST, format!("{base}/__up"), length),
    };
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::HOST, http::authority(&job.peer))
        .header(header::USER_AGENT, http::USER_AGENT)
        .header(header::CONTENT_TYPE, "application/octet-stream")
        .body(Content { left: content, block: block(), ledger: Arc::clone(&job.ledger), counter: Arc::clone(counter) })
        .map_err(|error| error.to_string())?;
    let response = sender.send_request(request).await.map_err(|error| http::explain_http(&error))?;
    if !response.status().is_success() {
        return Err(format!("the peer answered with status {}", response.status().as_u16()));
    }
    let most = if job.ledger.direction == Direction::Down { length } else { BLOCK as u64 };
    let read = read(response, most, |bytes| {
        if job.ledger.direction == Direction::Down {
            job.ledger.add(counter, bytes);
        }
    })
    .await?;
    if job.ledger.direction == Direction::Down && read == 0 { Err("the peer sent nothing".to_owned()) } else { Ok(()) }
}

/// Reads content, `most` bytes of it at most, and tells how much.
async fn read(response: Response<Incoming>, most: u64, mut count: impl FnMut(u64)) -> Result<u64, String> {
    let mut content = response.into_body();
    let mut read = 0;
    while let Some(frame) = content.frame().await {
        let length = frame.map_err(|error| http::explain_http(&error))?.data_ref().map_or(0, Bytes::len) as u64;
        count(length.min(most - read));
        read = (read + length).min(most);
        if read == most && !content.is_end_stream() {
            // The connection is of no use any more, as the peer goes on.
            return Err("the peer sent more than it was asked for".to_owned());
        }
    }
    Ok(read)
}

/// One block of bytes that no network can compress, shared by all connections.
pub(super) fn block() -> Bytes {
    use std::sync::OnceLock;
    static SHARED: OnceLock<Bytes> = OnceLock::new();
    let fill = || {
        let mut bytes = vec![0; BLOCK];
        rand::fill(&mut bytes[..]);
        Bytes::from(bytes)
    };
    SHARED.get_or_init(fill).clone()
}

/// The content of a request: `left` bytes, counted as the connection takes them.
struct Content {
    left: u64,
    block: Bytes,
    ledger: Arc<Ledger>,
    counter: Arc<Counter>,
}

impl Body for Content {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.left == 0 {
            return Poll::Ready(None);
        }
        let length = usize::try_from(self.left).unwrap_or(usize::MAX).min(self.block.len());
        self.left -= length as u64;
        self.ledger.add(&self.counter, length as u64);
        Poll::Ready(Some(Ok(Frame::data(self.block.slice(..length)))))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
