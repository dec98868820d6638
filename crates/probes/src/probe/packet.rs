//! The bytes of a probe, and what can be learned from bytes that came back.
//!
//! Every probe of a series carries the series' random token and its own number, so that an answer is recognised wherever a
//! router quotes enough of it. Two more bytes balance the checksum: it stays the same for the whole series, because some
//! load balancers spread ICMP by its checksum and a trace must not wander between paths (Augustin et al., IMC 2006).

use std::net::IpAddr;

use pnet::packet::{
    Packet as _,
    icmp::{self, echo_reply::EchoReplyPacket, echo_request::MutableEchoRequestPacket},
    icmpv6,
};

use super::{SHORTEST_PAYLOAD, TRANSPORT_HEADER, Transport};

/// Marks the probes of one series.
pub(crate) type Token = [u8; 8];

/// The payload of probe `number`, at least [`SHORTEST_PAYLOAD`] bytes long.
pub(crate) fn payload(token: Token, number: u16, transport: Transport, length: usize) -> Vec<u8> {
    // ICMP carries the number in its header too, so it weighs twice in the checksum.
    let weight = match transport {
        Transport::Icmp => ones_complement_sum(number, number),
        Transport::Udp => number,
    };
    let mut bytes = Vec::with_capacity(length.max(SHORTEST_PAYLOAD));
    bytes.extend_from_slice(&token);
    bytes.extend_from_slice(&number.to_be_bytes());
    bytes.extend_from_slice(&(!weight).to_be_bytes());
    bytes.resize(length.max(SHORTEST_PAYLOAD), 0);
    bytes
}

/// An echo request; identifier and checksum are the kernel's to fill in.
pub(crate) fn echo_request(destination: IpAddr, number: u16, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0; TRANSPORT_HEADER + payload.len()];
    match destination {
        IpAddr::V4(_) => {
            if let Some(mut packet) = MutableEchoRequestPacket::new(&mut bytes) {
                packet.set_icmp_type(icmp::IcmpTypes::EchoRequest);
                packet.set_sequence_number(number);
                packet.set_payload(payload);
            }
        }
        IpAddr::V6(_) => {
            if let Some(mut packet) = icmpv6::echo_request::MutableEchoRequestPacket::new(&mut bytes) {
                packet.set_icmpv6_type(icmpv6::Icmpv6Types::EchoRequest);
                packet.set_sequence_number(number);
                packet.set_payload(payload);
            }
        }
    }
    bytes
}

/// The number of the probe that an echo reply answers, when the reply carries this series' token.
pub(crate) fn number_in_reply(destination: IpAddr, token: Token, message: &[u8]) -> Option<u16> {
    let (sequence, number) = match destination {
        IpAddr::V4(_) => {
            let reply = EchoReplyPacket::new(message).filter(|reply| reply.get_icmp_type() == icmp::IcmpTypes::EchoReply)?;
            (reply.get_sequence_number(), number_in(token, reply.payload())?)
        }
        IpAddr::V6(_) => {
            let reply = icmpv6::echo_reply::EchoReplyPacket::new(message)
                .filter(|reply| reply.get_icmpv6_type() == icmpv6::Icmpv6Types::EchoReply)?;
            (reply.get_sequence_number(), number_in(token, reply.payload())?)
        }
    };
    (sequence == number).then_some(number)
}

/// The number of the probe that an ICMP error quotes. The quote starts with the quoted ICMP header or with the quoted
/// payload of UDP. Routers must quote eight bytes (RFC 792): of ICMP that is the header with the number, of UDP nothing
/// that tells probes of one flow apart.
pub(crate) fn number_in_quote(destination: IpAddr, transport: Transport, token: Token, quote: &[u8]) -> Option<u16> {
    if transport == Transport::Udp {
        return number_in(token, quote);
    }
    let (sequence, payload) = match destination {
        IpAddr::V4(_) => {
            let request = icmp::echo_request::EchoRequestPacket::new(quote)
                .filter(|request| request.get_icmp_type() == icmp::IcmpTypes::EchoRequest)?;
            (request.get_sequence_number(), request.payload().to_vec())
        }
        IpAddr::V6(_) => {
            let request = icmpv6::echo_request::EchoRequestPacket::new(quote)
                .filter(|request| request.get_icmpv6_type() == icmpv6::Icmpv6Types::EchoRequest)?;
            (request.get_sequence_number(), request.payload().to_vec())
        }
    };
    let belongs = payload.len() < SHORTEST_PAYLOAD || number_in(token, &payload) == Some(sequence);
    belongs.then_some(sequence)
}

fn number_in(token: Token, payload: &[u8]) -> Option<u16> {
    let (head, rest) = payload.split_first_chunk::<8>()?;
    let (number, _) = rest.split_first_chunk::<2>()?;
    (*head == token).then_some(u16::from_be_bytes(*number))
}

fn ones_complement_sum(a: u16, b: u16) -> u16 {
    let (sum, carry) = a.overflowing_add(b);
    sum + u16::from(carry)
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, Ipv6Addr};

    use rand::{Rng as _, RngExt as _, SeedableRng as _, rngs::StdRng};

    use super::*;

    const TOKEN: Token = *b"a series";
    const PLACES: [IpAddr; 2] = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];

    fn reply_to(destination: IpAddr, mut request: Vec<u8>) -> Vec<u8> {
        request[0] = if destination.is_ipv4() { 0 } else { 129 };
        request
    }

    #[test]
    fn a_reply_and_a_quote_tell_the_number_and_strangers_do_not() {
        for place in PLACES {
            for number in [0, 1, 255, 256, 0x7fff, 0x8000, 0xffff] {
                let request = echo_request(place, number, &payload(TOKEN, number, Transport::Icmp, 0));
                let reply = reply_to(place, request.clone());
                assert_eq!(number_in_reply(place, TOKEN, &reply), Some(number));
                assert_eq!(number_in_reply(place, *b"stranger", &reply), None);
                assert_eq!(number_in_reply(place, TOKEN, &request), None, "a request is no reply");
                assert_eq!(number_in_quote(place, Transport::Icmp, TOKEN, &request), Some(number));
                assert_eq!(number_in_quote(place, Transport::Icmp, *b"stranger", &request), None);
                assert_eq!(number_in_quote(place, Transport::Icmp, TOKEN, &request[..8]), Some(number), "eight bytes are enough");
                let datagram = payload(TOKEN, number, Transport::Udp, 0);
                assert_eq!(number_in_quote(place, Transport::Udp, TOKEN, &datagram), Some(number));
                assert_eq!(number_in_quote(place, Transport::Udp, TOKEN, &[]), None);
            }
        }
    }

    #[test]
    fn the_checksum_is_the_same_for_every_probe_of_a_series() {
        let sums: Vec<u16> = (0..=u16::MAX)
            .step_by(97)
            .map(|number| {
                let request = echo_request(PLACES[0], number, &payload(TOKEN, number, Transport::Icmp, 32));
                pnet::packet::util::checksum(&request, 1)
            })
            .collect();
        assert!(sums.iter().all(|sum| *sum == sums[0]));
    }

    #[test]
    fn bytes_from_a_stranger_never_panic_and_never_pass_for_an_answer() {
        let mut random = StdRng::seed_from_u64(7);
        for _ in 0..100_000 {
            let mut bytes = vec![0; random.random_range(0..80)];
            random.fill_bytes(&mut bytes);
            if let Some(first) = bytes.first_mut().filter(|_| random.random_bool(0.5)) {
                *first = [0, 8, 128, 129][random.random_range(0..4)];
            }
            for place in PLACES {
                assert_eq!(number_in_reply(place, TOKEN, &bytes), None);
                assert_eq!(number_in_quote(place, Transport::Udp, TOKEN, &bytes), None);
                let quoted = number_in_quote(place, Transport::Icmp, TOKEN, &bytes);
                assert!(quoted.is_none() || bytes.len() < TRANSPORT_HEADER + SHORTEST_PAYLOAD);
            }
        }
    }
}
