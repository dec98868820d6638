//! One connection of a transfer by M-Lab's ndt7, version 0.9.
//! <https://github.com/m-lab/ndt-server/blob/main/spec/ndt7-protocol.md>

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use demarc_model::Direction;
use futures_util::{Sink, SinkExt as _, Stream, StreamExt as _};
use hyper::header;
use tokio_tungstenite::{
    client_async_with_config,
    tungstenite::{
        Error, Message,
        client::IntoClientRequest as _,
        http::{HeaderValue, Request},
        protocol::WebSocketConfig,
    },
};

use super::{
    connection::{BLOCK, Job, block},
    ledger::Counter,
};
use crate::{
    bounded::one_line,
    http::{self, Connection},
};

/// How long one test sends.
const DURATION: Duration = Duration::from_secs(10);
/// Largest message, as the protocol has it.
const LARGEST: usize = 1 << 24;
/// The first message sent; a later one is at most this part of what was sent before.
const FIRST: usize = 1 << 13;
const PART: u64 = 16;

/// Moves bytes until the test ends, or nothing is left to claim behind the bytes claimed `first`.
pub(super) async fn run(job: &Job, counter: &Arc<Counter>, stream: Box<dyn Connection>, first: u64) -> Result<(), String> {
    let config = WebSocketConfig::default().max_message_size(Some(LARGEST)).max_frame_size(Some(LARGEST));
    let (socket, _) = client_async_with_config(request(job)?, stream, Some(config)).await.map_err(|error| explain(&error))?;
    let (mut sink, mut stream) = socket.split();
    let allowance = Allowance { job, left: first };
    let done = match job.ledger.direction {
        Direction::Down => receive(allowance, counter, &mut stream).await,
        Direction::Up => tokio::select! {
            sent = send(allowance, counter, &mut sink) => sent,
            heard = listen(&mut stream) => heard,
        },
    };
    // A server that breaks off after it served has served.
    done.or_else(|error| if counter.content() > 0 { Ok(()) } else { Err(explain(&error)) })
}

/// What may still be moved: what was claimed, and then what can be.
struct Allowance<'job> {
    job: &'job Job,
    left: u64,
}

impl Allowance<'_> {
    /// Takes so many bytes; `false` when there are not as many.
    fn take(&mut self, bytes: u64) -> bool {
        while self.left < bytes {
            let Some(more) = self.job.ledger.claim(self.job.chunk) else { return false };
            self.left += more;
        }
        self.left -= bytes;
        true
    }
}

impl Drop for Allowance<'_> {
    fn drop(&mut self) {
        self.job.ledger.give_back(self.left);
    }
}

/// The server's reports are taken like anything else: they too come over the line.
async fn receive(
    mut allowance: Allowance<'_>,
    counter: &Counter,
    stream: &mut (impl Stream<Item = Result<Message, Error>> + Unpin),
) -> Result<(), Error> {
    while let Some(message) = stream.next().await {
        let length = message?.len() as u64;
        if !allowance.take(length) {
            break;
        }
        allowance.job.ledger.add(counter, length);
    }
    Ok(())
}

async fn send(
    mut allowance: Allowance<'_>,
    counter: &Counter,
    sink: &mut (impl Sink<Message, Error = Error> + Unpin),
) -> Result<(), Error> {
    let (begun, mut size, mut sent) = (Instant::now(), FIRST, 0_u64);
    while begun.elapsed() < DURATION && allowance.take(size as u64) {
        sink.send(Message::Binary(block().slice(..size))).await?;
        sent += size as u64;
        allowance.job.ledger.add(counter, size as u64);
        if size < BLOCK && size as u64 <= sent / PART {
            size *= 2;
        }
    }
    sink.close().await
}

/// Reads what the server tells until it ends the test.
async fn listen(stream: &mut (impl Stream<Item = Result<Message, Error>> + Unpin)) -> Result<(), Error> {
    while let Some(message) = stream.next().await {
        message?;
    }
    Ok(())
}

fn request(job: &Job) -> Result<Request<()>, String> {
    let mut url = job.peer.clone();
    let name = if job.ledger.direction == Direction::Down { "download" } else { "upload" };
    url.set_path(&format!("{}/ndt/v7/{name}", job.peer.path().trim_end_matches('/')));
    let mut request = url.as_str().into_client_request().map_err(|error| explain(&error))?;
    let headers = request.headers_mut();
    headers.insert(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static("net.measurementlab.ndt.v7"));
    headers.insert(header::USER_AGENT, HeaderValue::from_static(http::USER_AGENT));
    Ok(request)
}

fn explain(error: &Error) -> String {
    match error {
        Error::Io(error) => http::explain(error),
        Error::Http(response) => format!("the peer answered with status {}", response.status().as_u16()),
        Error::ConnectionClosed | Error::AlreadyClosed => "the server closed the connection early".to_owned(),
        Error::Capacity(_) => "the peer sent a message larger than the protocol allows".to_owned(),
        other => one_line(&other.to_string(), 200),
    }
}
