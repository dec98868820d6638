//! M-Lab's ndt7, version 0.9: ten seconds over one WebSocket, with what both ends saw told four times a second.
//! <https://github.com/m-lab/ndt-server/blob/main/spec/ndt7-protocol.md>

use std::time::Duration;

use demarc_probes::tcp_info::TcpInfo;
use futures_util::{Sink, SinkExt as _, Stream, StreamExt as _};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use serde::Serialize;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        Error, Message,
        protocol::{Role, WebSocketConfig},
    },
};

use crate::http::{Visit, noise};

/// The WebSocket's subprotocol.
pub(crate) const PROTOCOL: &str = "net.measurementlab.ndt.v7";
/// How long bytes are sent.
const DURATION: Duration = Duration::from_secs(10);
/// How long an upload is read: its sender stops after ten seconds of its own clock.
const PATIENCE: Duration = Duration::from_secs(13);
/// Longest wait for the other end to close.
const FAREWELL: Duration = Duration::from_secs(2);
/// Time between two reports.
const REPORTS: Duration = Duration::from_millis(250);
/// Largest message that is read, as the protocol has it.
const LARGEST: usize = 1 << 24;
/// The first message sent, and the largest.
const FIRST: usize = 1 << 13;
pub(crate) const LARGEST_SENT: usize = 1 << 20;
/// A message is at most this part of what was sent before.
const PART: u64 = 16;

/// Which way the bytes go, seen from the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Test {
    Download,
    Upload,
}

/// What is told of a test while it runs.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Report {
    app_info: AppInfo,
    connection_info: ConnectionInfo,
    origin: &'static str,
    test: Test,
    #[serde(rename = "TCPInfo", skip_serializing_if = "Option::is_none")]
    tcp_info: Option<TimedTcpInfo>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct AppInfo {
    /// Microseconds.
    elapsed_time: u64,
    num_bytes: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ConnectionInfo {
    client: String,
    server: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct TimedTcpInfo {
    #[serde(flatten)]
    info: TcpInfo,
    /// Microseconds.
    elapsed_time: u64,
}

type Socket = WebSocketStream<TokioIo<Upgraded>>;

pub(crate) async fn run(test: Test, upgraded: Upgraded, visit: &Visit) {
    let config = WebSocketConfig::default().max_message_size(Some(LARGEST)).max_frame_size(Some(LARGEST));
    let mut socket = WebSocketStream::from_raw_socket(TokioIo::new(upgraded), Role::Server, Some(config)).await;
    let begun = Instant::now();
    // A client that breaks off has what it wanted.
    let done = match test {
        Test::Download => download(&mut socket, visit, begun).await,
        Test::Upload => upload(&mut socket, visit, begun).await,
    };
    if done.is_ok() {
        let _ = timeout(FAREWELL, farewell(&mut socket)).await;
    }
}

async fn download(socket: &mut Socket, visit: &Visit, begun: Instant) -> Result<(), Error> {
    let (mut sink, mut stream) = socket.split();
    tokio::select! {
        sent = send(&mut sink, visit, begun) => sent,
        heard = listen(&mut stream) => heard,
    }
}

async fn send(sink: &mut (impl Sink<Message, Error = Error> + Unpin), visit: &Visit, begun: Instant) -> Result<(), Error> {
    let (mut size, mut sent, mut told) = (FIRST, 0_u64, begun);
    while begun.elapsed() < DURATION && sent + size as u64 <= visit.most() {
        visit.give(size).await;
        sink.send(Message::Binary(noise().slice(..size))).await?;
        sent += size as u64;
        if size < LARGEST_SENT && size as u64 <= sent / PART {
            size *= 2;
        }
        if told.elapsed() >= REPORTS {
            told = Instant::now();
            sink.send(report(Test::Download, visit, begun, sent)).await?;
        }
    }
    sink.send(report(Test::Download, visit, begun, sent)).await
}

/// The client's own reports are of no use here; that it goes away is.
async fn listen(stream: &mut (impl Stream<Item = Result<Message, Error>> + Unpin)) -> Result<(), Error> {
    while let Some(message) = stream.next().await {
        message?;
    }
    Err(Error::ConnectionClosed)
}

async fn upload(socket: &mut Socket, visit: &Visit, begun: Instant) -> Result<(), Error> {
    let mut tick = interval(REPORTS);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut taken = 0_u64;
    while begun.elapsed() < PATIENCE && taken <= visit.most() {
        tokio::select! {
            _ = tick.tick() => socket.send(report(Test::Upload, visit, begun, taken)).await?,
            message = socket.next() => match message {
                None => return Err(Error::ConnectionClosed),
                Some(message) => {
                    let length = message?.len();
                    taken += length as u64;
                    visit.take(length).await;
                }
            },
        }
    }
    socket.send(report(Test::Upload, visit, begun, taken)).await
}

/// Closes, and waits for the other end to do so, which may still be sending.
async fn farewell(socket: &mut Socket) {
    if socket.close(None).await.is_ok() {
        while let Some(Ok(_)) = socket.next().await {}
    }
}

fn report(test: Test, visit: &Visit, begun: Instant, bytes: u64) -> Message {
    let elapsed_time = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
    let report = Report {
        app_info: AppInfo { elapsed_time, num_bytes: bytes },
        connection_info: ConnectionInfo { client: visit.client.to_string(), server: visit.server.to_string() },
        origin: "server",
        test,
        tcp_info: visit.tcp_info().map(|info| TimedTcpInfo { info, elapsed_time }),
    };
    // Numbers and addresses always have a form in JSON.
    Message::text(serde_json::to_string(&report).unwrap_or_default())
}
