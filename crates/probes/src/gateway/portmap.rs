//! NAT-PMP (RFC 6886) and PCP (RFC 6887): the router's address on the line, and how long it has kept its table. No mapping is asked for.

use std::{
    net::{IpAddr, Ipv4Addr},
    time::Duration,
};

use tokio::{net::UdpSocket, time::Instant};

const PORT: u16 = 5351;
/// When the questions are sent, and until when answers are taken.
const ASKED_AT: [Duration; 2] = [Duration::ZERO, Duration::from_millis(500)];
const PATIENCE: Duration = Duration::from_millis(1_500);
/// Most answers looked at.
const MOST_ANSWERS: usize = 16;

/// What a router told by either protocol.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Told {
    /// Its address on the line.
    pub address: Option<Ipv4Addr>,
    /// Seconds since its table began.
    pub epoch_s: Option<u32>,
}

/// Asks the router, from the address `own`.
pub(super) async fn ask(gateway: Ipv4Addr, own: Ipv4Addr) -> Told {
    let mut told = Told::default();
    let Ok(socket) = UdpSocket::bind((own, 0)).await else { return told };
    // A connected socket hears the router alone, and that nobody listens there.
    if socket.connect((gateway, PORT)).await.is_err() {
        return told;
    }
    let begun = Instant::now();
    let mut buffer = [0; 1_100];
    let mut answers = 0;
    for (index, at) in ASKED_AT.iter().enumerate() {
        tokio::time::sleep_until(begun + *at).await;
        for question in [nat_pmp_question().as_slice(), &pcp_question(own)] {
            let _ = socket.send(question).await;
        }
        let until = begun + ASKED_AT.get(index + 1).copied().unwrap_or(PATIENCE);
        while (told.address.is_none() || told.epoch_s.is_none())
            && answers < MOST_ANSWERS
            && let Ok(received) = tokio::time::timeout_at(until, socket.recv(&mut buffer)).await
        {
            answers += 1;
            // Nobody listens.
            let Ok(length) = received else { return told };
            let heard = buffer.get(..length).and_then(read).unwrap_or_default();
            told = Told { address: told.address.or(heard.address), epoch_s: told.epoch_s.or(heard.epoch_s) };
        }
    }
    told
}

/// "What is your address on the line?", RFC 6886 section 3.2.
const fn nat_pmp_question() -> [u8; 2] {
    [0, 0]
}

/// "Are you there?", ANNOUNCE of RFC 6887 section 14.1: version, operation, two reserved bytes, a lifetime, and this computer's address.
fn pcp_question(own: Ipv4Addr) -> [u8; 24] {
    let mut question = [0; 24];
    question[0] = 2;
    question[8..].copy_from_slice(&own.to_ipv6_mapped().octets());
    question
}

/// Reads an answer of either protocol; `None` where it is none, or a refusal.
pub fn read(bytes: &[u8]) -> Option<Told> {
    let word = |at: usize| Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    match bytes {
        // Version 0, the answer to operation 0, no error.
        [0, 128, 0, 0, ..] => {
            let address = Ipv4Addr::from(word(8)?);
            Some(Told { address: Some(address).filter(|address| !address.is_unspecified()), epoch_s: word(4) })
        }
        // Version 2, the answer to ANNOUNCE, no error.
        [2, 128, _, 0, ..] if bytes.len() >= 24 => Some(Told { address: None, epoch_s: word(8) }),
        _ => None,
    }
}

/// The address as any.
impl From<Told> for Option<IpAddr> {
    fn from(told: Told) -> Self {
        told.address.map(IpAddr::V4)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(&[0, 128, 0, 0, 0, 0, 14, 16, 203, 0, 113, 57], Some(Told { address: Some(Ipv4Addr::new(203, 0, 113, 57)), epoch_s: Some(3_600) }))]
    // Not connected: no address.
    #[case(&[0, 128, 0, 0, 0, 0, 14, 16, 0, 0, 0, 0], Some(Told { address: None, epoch_s: Some(3_600) }))]
    #[case(&[2, 128, 0, 0, 0, 0, 0, 0, 0, 0, 0, 60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], Some(Told { address: None, epoch_s: Some(60) }))]
    // A version that is not spoken, a question, and what ends early.
    #[case(&[0, 128, 0, 1, 0, 0, 14, 16, 203, 0, 113, 57], None)]
    #[case(&[0, 0], None)]
    #[case(&[0, 128, 0, 0, 0, 0, 14], None)]
    #[case(&[2, 128, 0, 0, 0, 0, 0, 0, 0, 0, 0, 60], None)]
    #[case(&[], None)]
    fn answers_of_both_protocols_are_read(#[case] bytes: &[u8], #[case] told: Option<Told>) {
        assert_eq!(read(bytes), told);
    }
}
