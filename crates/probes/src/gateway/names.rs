//! What the router is called at home: a question to the group that answers for local names, sent so that answers come back to this socket
//! alone (mDNS, RFC 6762 section 6.7).

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    time::Duration,
};

use hickory_proto::{
    op::{Message, MessageType, OpCode, Query},
    rr::{Name, RData, RecordType},
};
use tokio::{net::UdpSocket, time::Instant};

use crate::{bounded::one_line, dns};

const PORT: u16 = 5353;
const GROUP: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 251);
/// When the question is sent, and until when answers are taken.
const ASKED_AT: [Duration; 2] = [Duration::ZERO, Duration::from_millis(600)];
const PATIENCE: Duration = Duration::from_millis(1_200);
/// Most answers looked at, and names kept.
const MOST_ANSWERS: usize = 32;
const MOST_NAMES: usize = 4;

/// The router's names, asked for from the address `own`; only the router itself is believed.
pub(super) async fn ask(gateway: Ipv4Addr, own: Ipv4Addr) -> Vec<String> {
    let names = async {
        let question = question(gateway)?;
        let socket = UdpSocket::bind((own, 0)).await.ok()?;
        let begun = Instant::now();
        let mut buffer = [0; 1_500];
        let mut answers = 0;
        for (index, at) in ASKED_AT.iter().enumerate() {
            tokio::time::sleep_until(begun + *at).await;
            for target in [GROUP, gateway] {
                // One of the two ways is enough.
                let _ = socket.send_to(&question, (target, PORT)).await;
            }
            let until = begun + ASKED_AT.get(index + 1).copied().unwrap_or(PATIENCE);
            while answers < MOST_ANSWERS
                && let Ok(Ok((length, from))) = tokio::time::timeout_at(until, socket.recv_from(&mut buffer)).await
            {
                answers += 1;
                let names = buffer.get(..length).filter(|_| from == SocketAddr::from((gateway, PORT))).map(read).unwrap_or_default();
                if !names.is_empty() {
                    return Some(names);
                }
            }
        }
        None
    };
    names.await.unwrap_or_default()
}

fn question(of: Ipv4Addr) -> Option<Vec<u8>> {
    let mut message = Message::new(0, MessageType::Query, OpCode::Query);
    message.add_query(Query::query(Name::from(IpAddr::V4(of)), RecordType::PTR));
    message.to_vec().ok()
}

/// The names that an answer gives for an address.
pub fn read(bytes: &[u8]) -> Vec<String> {
    let Some(answer) = dns::message(bytes).filter(|answer| answer.metadata.message_type == MessageType::Response) else {
        return Vec::new();
    };
    let name = |data: &RData| match data {
        RData::PTR(name) => Some(one_line(name.0.to_utf8().trim_end_matches('.'), 128)).filter(|name| !name.is_empty()),
        _ => None,
    };
    answer.answers.iter().filter_map(|record| name(&record.data)).take(MOST_NAMES).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use hickory_proto::rr::{Record, rdata::PTR};

    use super::*;

    #[test]
    fn a_name_is_read_and_nothing_else() {
        let router = Ipv4Addr::new(192, 168, 1, 1);
        let question = question(router).unwrap();
        assert_eq!(read(&question), [""; 0], "a question is no answer");
        let mut answer = Message::from_vec(&question).unwrap();
        answer.metadata.message_type = MessageType::Response;
        let name = |text: &str| RData::PTR(PTR(Name::from_utf8(text).unwrap()));
        for text in ["fritz.box.", "second.local."] {
            answer.add_answer(Record::from_rdata(Name::from(IpAddr::V4(router)), 60, name(text)));
        }
        let bytes = answer.to_vec().unwrap();
        assert_eq!(read(&bytes), ["fritz.box", "second.local"]);
        for length in 0..bytes.len() {
            let _ = read(&bytes[..length]);
        }
    }
}
