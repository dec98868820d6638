//! One question and its answer: only what matches identity, question and sender counts.

use std::{
    io,
    net::{IpAddr, SocketAddr},
};

use hickory_proto::{
    op::{Message, MessageType, Query, ResponseCode},
    rr::{RData, RecordType},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpStream, UdpSocket},
    time::{Instant, timeout_at},
};

/// Most addresses kept of one answer.
const MOST_ADDRESSES: usize = 16;
/// Most records of a message, and its longest length in bytes: homes' answers have a handful.
const MOST_RECORDS: usize = 256;
const LONGEST_MESSAGE: usize = 16 * 1024;
/// Most datagrams looked at: a flood of forged answers ends the attempt.
const MOST_DATAGRAMS: usize = 64;

/// The error of a question that never left: a rule of this computer's own firewall dropped it.
pub(super) const HELD_BACK: &str = "a firewall on this computer does not let the question out";

/// What a server answered.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    /// Response code as in the IANA registry.
    pub(crate) code: String,
    pub(crate) addresses: Vec<IpAddr>,
}

/// Sends the question and waits until the deadline. The error is a sentence's middle part.
pub(super) async fn exchange(server: SocketAddr, request: Message, deadline: Instant) -> Result<Answer, String> {
    let bytes = request.to_vec().map_err(|error| error.to_string())?;
    let answer = over_udp(server, &request, &bytes, deadline).await?;
    if !answer.metadata.truncation {
        return Ok(read(&request, &answer));
    }
    match timeout_at(deadline, over_tcp(server, &request, &bytes)).await {
        Ok(Ok(answer)) => Ok(read(&request, &answer)),
        Ok(Err(error)) => Err(format!("truncated over UDP, {error} over TCP")),
        Err(_) => Err("truncated over UDP, timed out over TCP".to_owned()),
    }
}

async fn over_udp(server: SocketAddr, request: &Message, bytes: &[u8], deadline: Instant) -> Result<Message, String> {
    let any: SocketAddr = if server.is_ipv4() { ([0; 4], 0).into() } else { ([0_u16; 8], 0).into() };
    let socket = UdpSocket::bind(any).await.map_err(|error| explain(&error))?;
    // A connected socket takes datagrams of this server alone, and hears that its port is closed.
    socket.connect(server).await.map_err(|error| explain(&error))?;
    socket.send(bytes).await.map_err(|error| match error.kind() {
        io::ErrorKind::PermissionDenied => HELD_BACK.to_owned(),
        _ => explain(&error),
    })?;
    let mut buffer = vec![0; 64 * 1024];
    let mut silence = "timed out";
    for _ in 0..MOST_DATAGRAMS {
        let length = match timeout_at(deadline, socket.recv(&mut buffer)).await {
            Ok(Ok(length)) => length,
            Ok(Err(error)) => return Err(explain(&error)),
            Err(_) => return Err(silence.to_owned()),
        };
        match matching(request, buffer.get(..length).unwrap_or_default()) {
            Ok(answer) => return Ok(answer),
            Err(reason) => silence = reason,
        }
    }
    Err("flooded with answers to other questions".to_owned())
}

async fn over_tcp(server: SocketAddr, request: &Message, bytes: &[u8]) -> Result<Message, String> {
    let plain = |error: io::Error| explain(&error);
    let mut stream = TcpStream::connect(server).await.map_err(plain)?;
    let length = u16::try_from(bytes.len()).map_err(|error| error.to_string())?;
    stream.write_all(&[&length.to_be_bytes(), bytes].concat()).await.map_err(plain)?;
    let length = stream.read_u16().await.map_err(plain)?;
    let mut answer = vec![0; usize::from(length)];
    stream.read_exact(&mut answer).await.map_err(plain)?;
    matching(request, &answer).map_err(str::to_owned)
}

/// A message that takes no longer to read than it is worth: names in it may point to one another, so that many records, each with long
/// names, take seconds.
pub(crate) fn message(bytes: &[u8]) -> Option<Message> {
    let counts = bytes.get(4..12)?.chunks_exact(2).map(|count| usize::from(count[0]) << 8 | usize::from(count[1]));
    if counts.sum::<usize>() > MOST_RECORDS || bytes.len() > LONGEST_MESSAGE {
        return None;
    }
    Message::from_vec(bytes).ok()
}

/// The answer to this request, or why this is none.
pub(crate) fn matching(request: &Message, bytes: &[u8]) -> Result<Message, &'static str> {
    let answer = message(bytes).ok_or("only a malformed answer came")?;
    let asked = |query: &Query| {
        request.queries.iter().any(|own| {
            own.query_type() == query.query_type() && own.query_class() == query.query_class() && own.name().eq_ignore_root(query.name())
        })
    };
    // Some servers leave the question out when they refuse it.
    let refused_bare = answer.queries.is_empty() && answer.metadata.response_code != ResponseCode::NoError;
    let belongs = answer.metadata.id == request.metadata.id
        && answer.metadata.message_type == MessageType::Response
        && (refused_bare || (answer.queries.len() == 1 && answer.queries.iter().all(asked)));
    if belongs { Ok(answer) } else { Err("only an answer to another question came") }
}

pub(crate) fn read(request: &Message, answer: &Message) -> Answer {
    let wanted = request.queries.first().map(Query::query_type);
    let address = |data: &RData| match data {
        RData::A(address) if wanted == Some(RecordType::A) => Some(IpAddr::V4(address.0)),
        RData::AAAA(address) if wanted == Some(RecordType::AAAA) => Some(IpAddr::V6(address.0)),
        _ => None,
    };
    let addresses = answer.answers.iter().filter_map(|record| address(&record.data)).take(MOST_ADDRESSES).collect();
    Answer { code: code(answer.metadata.response_code), addresses }
}

/// The registry's names, in capitals as tools print them.
fn code(code: ResponseCode) -> String {
    match code {
        ResponseCode::NoError => "NOERROR".to_owned(),
        ResponseCode::FormErr => "FORMERR".to_owned(),
        ResponseCode::ServFail => "SERVFAIL".to_owned(),
        ResponseCode::NXDomain => "NXDOMAIN".to_owned(),
        ResponseCode::NotImp => "NOTIMP".to_owned(),
        ResponseCode::Refused => "REFUSED".to_owned(),
        ResponseCode::YXDomain => "YXDOMAIN".to_owned(),
        ResponseCode::YXRRSet => "YXRRSET".to_owned(),
        ResponseCode::NXRRSet => "NXRRSET".to_owned(),
        ResponseCode::NotAuth => "NOTAUTH".to_owned(),
        ResponseCode::NotZone => "NOTZONE".to_owned(),
        other => format!("RCODE{}", u16::from(other)),
    }
}

fn explain(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => "port unreachable".to_owned(),
        _ => crate::http::explain(error),
    }
}
