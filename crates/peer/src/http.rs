//! What the peer answers over HTTP.

use std::{
    convert::Infallible,
    net::SocketAddr,
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use demarc_probes::tcp_info::{TcpInfo, Watch};
use futures_util::stream;
use http_body_util::{BodyExt as _, Full, StreamBody, combinators::UnsyncBoxBody};
use hyper::{
    Method, Request, Response, StatusCode,
    body::{Bytes, Frame, Incoming},
    header::{self, HeaderMap, HeaderName, HeaderValue},
    upgrade::OnUpgrade,
};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use crate::{
    Access, Shared,
    ndt7::{self, Test},
    page,
};

/// Bytes handed to a connection at a time.
const BLOCK: usize = 64 * 1024;

/// One connection of a client.
pub(crate) struct Visit {
    shared: Arc<Shared>,
    pub(crate) client: SocketAddr,
    pub(crate) server: SocketAddr,
    watch: Option<Watch>,
    given: AtomicU64,
    taken: AtomicU64,
    /// The ndt7 test that the connection becomes.
    becomes: Mutex<Option<(Test, OnUpgrade)>>,
}

impl Visit {
    pub(crate) fn new(shared: Arc<Shared>, client: SocketAddr, server: SocketAddr, watch: Option<Watch>) -> Self {
        Self { shared, client, server, watch, given: AtomicU64::new(0), taken: AtomicU64::new(0), becomes: Mutex::default() }
    }

    /// Bytes of content given and taken.
    pub(crate) fn moved(&self) -> (u64, u64) {
        (self.given.load(Relaxed), self.taken.load(Relaxed))
    }

    /// Most bytes of one transfer.
    pub(crate) fn most(&self) -> u64 {
        self.shared.limits.bytes
    }

    /// Waits until so many bytes may be given.
    pub(crate) async fn give(&self, bytes: usize) {
        self.pass(bytes).await;
        self.given.fetch_add(bytes as u64, Relaxed);
    }

    /// Counts bytes that came, and waits until the next may.
    pub(crate) async fn take(&self, bytes: usize) {
        self.taken.fetch_add(bytes as u64, Relaxed);
        self.pass(bytes).await;
    }

    async fn pass(&self, bytes: usize) {
        if let Some(pace) = &self.shared.pace {
            pace.pass(bytes).await;
        }
    }

    /// What the kernel says of the connection.
    pub(crate) fn tcp_info(&self) -> Option<TcpInfo> {
        self.watch.as_ref().and_then(Watch::read)
    }

    /// The ndt7 test, where one was asked for.
    pub(crate) async fn test(&self) {
        let becomes = self.becomes.lock().unwrap_or_else(PoisonError::into_inner).take();
        let (Some((test, upgrade)), Ok(_place)) = (becomes, self.shared.tests.try_acquire()) else { return };
        if let Ok(upgraded) = upgrade.await {
            ndt7::run(test, upgraded, self).await;
        }
    }
}

pub(crate) type Content = UnsyncBoxBody<Bytes, Infallible>;

pub(crate) async fn answer(visit: &Arc<Visit>, mut request: Request<Incoming>) -> Result<Response<Content>, Infallible> {
    let uri = request.uri().clone();
    let Some(page) = visit.shared.access.page(visit.client.ip(), uri.path(), uri.query()) else {
        return Ok(say(StatusCode::FORBIDDEN, "This peer serves its own home, or those who know its token.\n"));
    };
    Ok(match (request.method(), page) {
        // A page's own links need the last slash.
        (&Method::GET, "") => redirect(&format!("{}/", uri.path())),
        (&Method::GET, "/") => page::document(visit.shared.access == Access::Home),
        (&Method::GET, "/peer.js") => page::script(),
        (&Method::GET, "/peer.css") => page::style(),
        (&Method::GET, "/__down") => down(visit, uri.query()),
        (&Method::POST, "/__up") => up(visit, request.into_body()).await,
        (&Method::GET, "/ndt/v7/download") => upgrade(visit, &mut request, Test::Download),
        (&Method::GET, "/ndt/v7/upload") => upgrade(visit, &mut request, Test::Upload),
        _ => say(StatusCode::NOT_FOUND, "There is no such page here.\n"),
    })
}

fn down(visit: &Arc<Visit>, query: Option<&str>) -> Response<Content> {
    let asked = query.and_then(|query| query.split('&').find_map(|pair| pair.strip_prefix("bytes="))?.parse::<u64>().ok());
    let Some(bytes) = asked else { return say(StatusCode::BAD_REQUEST, "Ask for __down?bytes=N with a number of bytes.\n") };
    if bytes > visit.most() {
        return say(StatusCode::BAD_REQUEST, &format!("This peer gives {} bytes at most.\n", visit.most()));
    }
    let blocks = stream::unfold((Arc::clone(visit), bytes), |(visit, left)| async move {
        let length = usize::try_from(left).unwrap_or(usize::MAX).min(BLOCK);
        if length == 0 {
            return None;
        }
        visit.give(length).await;
        Some((Ok(Frame::data(noise().slice(..length))), (visit, left - length as u64)))
    });
    let mut response = Response::new(StreamBody::new(blocks).boxed_unsync());
    response.headers_mut().insert(header::CONTENT_LENGTH, bytes.into());
    dress(response, "application/octet-stream")
}

async fn up(visit: &Visit, mut content: Incoming) -> Response<Content> {
    let mut left = visit.most();
    while let Some(frame) = content.frame().await {
        let Ok(frame) = frame else { return say(StatusCode::BAD_REQUEST, "The content broke off.\n") };
        let length = frame.data_ref().map_or(0, Bytes::len);
        visit.take(length).await;
        match left.checked_sub(length as u64) {
            Some(rest) => left = rest,
            None => return say(StatusCode::PAYLOAD_TOO_LARGE, &format!("This peer takes {} bytes at most.\n", visit.most())),
        }
    }
    say(StatusCode::OK, "Taken.\n")
}

fn upgrade(visit: &Visit, request: &mut Request<Incoming>, test: Test) -> Response<Content> {
    let headers = request.headers();
    let asks = has(headers, &header::UPGRADE, "websocket")
        && has(headers, &header::SEC_WEBSOCKET_VERSION, "13")
        && has(headers, &header::SEC_WEBSOCKET_PROTOCOL, ndt7::PROTOCOL);
    let Some(key) = headers.get(header::SEC_WEBSOCKET_KEY).filter(|_| asks) else {
        return say(StatusCode::BAD_REQUEST, "This is for WebSocket clients that speak net.measurementlab.ndt.v7.\n");
    };
    if visit.shared.tests.available_permits() == 0 {
        return say(StatusCode::SERVICE_UNAVAILABLE, "Too many tests run already; try again in a moment.\n");
    }
    let Ok(accepted) = HeaderValue::from_str(&derive_accept_key(key.as_bytes())) else {
        return say(StatusCode::BAD_REQUEST, "The key of the WebSocket is none.\n");
    };
    *visit.becomes.lock().unwrap_or_else(PoisonError::into_inner) = Some((test, hyper::upgrade::on(request)));
    let mut response = Response::new(UnsyncBoxBody::default());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(ndt7::PROTOCOL));
    headers.insert(header::SEC_WEBSOCKET_ACCEPT, accepted);
    response
}

/// Whether a header's list holds a word.
fn has(headers: &HeaderMap, name: &HeaderName, word: &str) -> bool {
    headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|part| part.trim().eq_ignore_ascii_case(word))
}

fn say(status: StatusCode, sentence: &str) -> Response<Content> {
    let mut response = text("text/plain; charset=utf-8", Bytes::copy_from_slice(sentence.as_bytes()));
    *response.status_mut() = status;
    response
}

fn redirect(to: &str) -> Response<Content> {
    let mut response = say(StatusCode::PERMANENT_REDIRECT, "The page is one slash further.\n");
    if let Ok(to) = HeaderValue::from_str(to) {
        response.headers_mut().insert(header::LOCATION, to);
    }
    response
}

/// A page, or a part of one.
pub(crate) fn text(kind: &'static str, text: Bytes) -> Response<Content> {
    dress(Response::new(Full::new(text).boxed_unsync()), kind)
}

/// Nothing is kept by anybody, nothing is loaded from elsewhere, and the token in the address goes nowhere.
fn dress(mut response: Response<Content>, kind: &'static str) -> Response<Content> {
    let policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    for (name, value) in [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Bytes that no network can compress, shared by all connections.
pub(crate) fn noise() -> &'static Bytes {
    static SHARED: OnceLock<Bytes> = OnceLock::new();
    SHARED.get_or_init(|| {
        let mut bytes = vec![0; ndt7::LARGEST_SENT.max(BLOCK)];
        rand::fill(&mut bytes[..]);
        Bytes::from(bytes)
    })
}
