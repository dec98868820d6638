//! The address that a server on the internet sees (STUN binding, RFC 8489), over UDP.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use demarc_model::{Outcome, Phrase, SeenFrom};
use rand::Rng as _;
use tokio::{net::UdpSocket, time::Instant};

use crate::{
    bounded::one_line,
    names::{host_and_port, resolve},
};

const PORT: u16 = 3478;
/// Longest wait for the server's address.
const NAME_LIMIT: Duration = Duration::from_millis(1_300);
const BINDING: u16 = 0x0001;
const SUCCESS: u16 = 0x0101;
const COOKIE: u32 = 0x2112_A442;
const XOR_MAPPED_ADDRESS: u16 = 0x0020;
const HEADER: usize = 20;
/// When the question is sent: a lost one is repeated (RFC 8489 section 6.2.1, which begins with half a second).
const ASKED_AT: [Duration; 3] = [Duration::ZERO, Duration::from_millis(500), Duration::from_millis(1_500)];
const PATIENCE: Duration = Duration::from_secs(3);
/// Most answers looked at.
const MOST_ANSWERS: usize = 16;

type Transaction = [u8; 12];

/// Asks a server given as `host:port`.
pub(crate) async fn perform(server: &str) -> Outcome {
    let failed = |detail: &str| Outcome::Failed { why: Phrase::new("failed-stun").text("server", server).text("detail", detail) };
    let Some((host, port)) = host_and_port(server, PORT) else { return failed("it is not the address of a server") };
    let addresses = match resolve(host, port, NAME_LIMIT).await {
        Ok(addresses) => addresses,
        Err(detail) => return failed(&detail),
    };
    // Translation of addresses is IPv4's business.
    let Some(address) = addresses.iter().find(|address| address.is_ipv4()) else { return failed("it has no IPv4 address") };
    match ask(*address).await {
        Ok((seen, own_port)) => SeenFrom { server: server.to_owned(), address: seen.ip(), port: seen.port(), own_port }.into(),
        Err(detail) => failed(&one_line(&detail, 200)),
    }
}

async fn ask(server: SocketAddr) -> Result<(SocketAddr, u16), String> {
    let plain = |error: std::io::Error| error.to_string();
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).await.map_err(plain)?;
    socket.connect(server).await.map_err(plain)?;
    let own_port = socket.local_addr().map_err(plain)?.port();
    let mut transaction = Transaction::default();
    rand::rng().fill_bytes(&mut transaction);
    let question = [&BINDING.to_be_bytes()[..], &[0, 0], &COOKIE.to_be_bytes(), &transaction].concat();
    let begun = Instant::now();
    let mut buffer = [0; 1_500];
    let mut answers = 0;
    for (index, at) in ASKED_AT.iter().enumerate() {
        tokio::time::sleep_until(begun + *at).await;
        socket.send(&question).await.map_err(plain)?;
        let until = begun + ASKED_AT.get(index + 1).copied().unwrap_or(PATIENCE);
        while answers < MOST_ANSWERS
            && let Ok(received) = tokio::time::timeout_at(until, socket.recv(&mut buffer)).await
        {
            answers += 1;
            let length = received.map_err(plain)?;
            if let Some(seen) = buffer.get(..length).and_then(|answer| read(answer, &transaction)) {
                return Ok((seen, own_port));
            }
        }
    }
    Err("it does not answer".to_owned())
}

/// The address in an answer to this question; `None` where it is something else.
pub fn read(bytes: &[u8], transaction: &Transaction) -> Option<SocketAddr> {
    let half = |bytes: &[u8], at: usize| Some(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?));
    let header = bytes.get(..HEADER)?;
    let ours = half(header, 0)? == SUCCESS && header.get(4..8)? == COOKIE.to_be_bytes() && header.get(8..)? == transaction;
    let mut attributes = bytes.get(HEADER..HEADER + usize::from(half(header, 2)?)).filter(|_| ours)?;
    while attributes.len() >= 4 {
        let (kind, length) = (half(attributes, 0)?, usize::from(half(attributes, 2)?));
        let value = attributes.get(4..4 + length)?;
        if kind == XOR_MAPPED_ADDRESS {
            return mapped(value, transaction);
        }
        // Values end at whole words.
        attributes = attributes.get(4 + length.next_multiple_of(4)..).unwrap_or_default();
    }
    None
}

/// An address, hidden from routers that rewrite addresses wherever they find them (RFC 8489 section 14.2).
fn mapped(value: &[u8], transaction: &Transaction) -> Option<SocketAddr> {
    let (head, address) = value.split_at_checked(4)?;
    let port = u16::from_be_bytes(head.get(2..)?.try_into().ok()?) ^ (COOKIE >> 16) as u16;
    let mask = [&COOKIE.to_be_bytes()[..], transaction].concat();
    let plain: Vec<u8> = address.iter().zip(&mask).map(|(byte, mask)| byte ^ mask).collect();
    let address = match head.get(1)? {
        1 => IpAddr::V4(Ipv4Addr::from(<[u8; 4]>::try_from(plain.as_slice()).ok()?)),
        2 => IpAddr::V6(Ipv6Addr::from(<[u8; 16]>::try_from(plain.as_slice()).ok()?)),
        _ => return None,
    };
    Some(SocketAddr::new(address, port))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// The transaction and the answers of RFC 5769 sections 2.2 and 2.3, without what authenticates them.
    const TRANSACTION: Transaction = [0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86, 0xfa, 0x87, 0xdf, 0xae];

    fn answer(attributes: &[u8]) -> Vec<u8> {
        let length = u16::try_from(attributes.len()).unwrap().to_be_bytes();
        [&SUCCESS.to_be_bytes()[..], &length, &COOKIE.to_be_bytes(), &TRANSACTION, attributes].concat()
    }

    const V4: [u8; 12] = [0x00, 0x20, 0x00, 0x08, 0x00, 0x01, 0xa1, 0x47, 0xe1, 0x12, 0xa6, 0x43];
    const V6: [u8; 24] = [
        0x00, 0x20, 0x00, 0x14, 0x00, 0x02, 0xa1, 0x47, 0x01, 0x13, 0xa9, 0xfa, 0xa5, 0xd3, 0xf1, 0x79, 0xbc, 0x25, 0xf4, 0xb5, 0xbe, 0xd2,
        0xb9, 0xd9,
    ];
    const SOFTWARE: [u8; 16] = [0x80, 0x22, 0x00, 0x0b, 0x74, 0x65, 0x73, 0x74, 0x20, 0x76, 0x65, 0x63, 0x74, 0x6f, 0x72, 0x20];

    #[test]
    fn the_rfcs_own_answers_are_read() {
        let v4 = answer(&[&SOFTWARE[..], &V4].concat());
        assert_eq!(read(&v4, &TRANSACTION), Some("192.0.2.1:32853".parse().unwrap()));
        assert_eq!(read(&answer(&V6), &TRANSACTION), Some("[2001:db8:1234:5678:11:2233:4455:6677]:32853".parse().unwrap()));
        assert_eq!(read(&v4, &Transaction::default()), None, "somebody else's");
        for length in 0..v4.len() {
            assert_eq!(read(&v4[..length], &TRANSACTION), None, "cut at {length}");
        }
    }
}
