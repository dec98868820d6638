//! Asking who hands out addresses (RFC 2131). Nothing that is offered is taken.

use std::{
    net::{IpAddr, Ipv4Addr},
    time::Duration,
};

use pnet::{
    packet::{
        Packet as _,
        dhcp::{DhcpHardwareTypes, DhcpOperations, DhcpPacket, MutableDhcpPacket},
        ethernet::{EtherTypes, EthernetPacket, MutableEthernetPacket},
        ip::IpNextHeaderProtocols,
        ipv4::{self, Ipv4Packet, MutableIpv4Packet},
        udp::{self, MutableUdpPacket, UdpPacket},
    },
    util::MacAddr,
};

use crate::{
    Offer,
    frames::{Asked, Instruction, accept, if_any, load_byte, load_half, load_half_behind_header, load_header_length, refuse, unless_equal},
};

const ETHERNET: usize = 14;
const IP: usize = 20;
const UDP: usize = 8;
/// Length without options, and with the least that some servers take.
const BOOTP: usize = 236;
const MESSAGE: usize = 300;
const CLIENT: u16 = 68;
const SERVER: u16 = 67;
/// Answers shall be sent to everybody, since they are for an address that nobody has yet.
const TO_EVERYBODY: u16 = 0x8000;

const COOKIE: [u8; 4] = [99, 130, 83, 99];
/// Options (RFC 2132).
const ROUTER: u8 = 3;
const NAME_SERVERS: u8 = 6;
const MESSAGE_TYPE: u8 = 53;
const SERVER_ID: u8 = 54;
const PARAMETERS: u8 = 55;
const PAD: u8 = 0;
const END: u8 = 255;
const DISCOVER: u8 = 1;
const OFFER: u8 = 2;

/// Most servers and name servers told.
const MOST_OFFERS: usize = 8;
const MOST_NAME_SERVERS: usize = 4;

/// The question, and what was offered.
pub struct Discovery {
    transaction: u32,
    offers: Vec<Offer>,
}

impl Discovery {
    pub fn new() -> Self {
        Self::of(rand::random())
    }

    pub const fn of(transaction: u32) -> Self {
        Self { transaction, offers: Vec::new() }
    }

    /// The offer in a frame, when it answers this question.
    fn offer(&self, frame: &EthernetPacket<'_>, own: &[MacAddr]) -> Option<Offer> {
        let ip = Ipv4Packet::new(frame.payload()).filter(|_| frame.get_ethertype() == EtherTypes::Ipv4)?;
        let udp = UdpPacket::new(ip.payload()).filter(|_| ip.get_next_level_protocol() == IpNextHeaderProtocols::Udp)?;
        let message = DhcpPacket::new(udp.payload()).filter(|_| udp.get_destination() == CLIENT)?;
        let is_ours = message.get_xid() == self.transaction && own.contains(&message.get_chaddr());
        if message.get_op() != DhcpOperations::Reply || !is_ours {
            return None;
        }
        let options = message.payload().strip_prefix(&COOKIE)?;
        if option(options, MESSAGE_TYPE) != Some(&[OFFER]) {
            return None;
        }
        let addresses = |code| option(options, code).unwrap_or_default().chunks_exact(4).filter_map(address);
        Some(Offer {
            // Every offer names its server (RFC 2131 table 3).
            server: addresses(SERVER_ID).next()?,
            router: addresses(ROUTER).next(),
            name_servers: addresses(NAME_SERVERS).take(MOST_NAME_SERVERS).collect(),
        })
    }
}

impl Asked for Discovery {
    type Answer = Vec<Offer>;

    // IPv4, UDP, no later fragment, to port 68.
    const FILTER: &'static [Instruction] = &[
        load_half(12),
        unless_equal(0x0800, 8),
        load_byte(23),
        unless_equal(17, 6),
        load_half(20),
        if_any(0x1fff, 4),
        load_header_length(14),
        load_half_behind_header(16),
        unless_equal(68, 1),
        accept(),
        refuse(),
    ];
    const SENT_AT: &'static [Duration] = &[Duration::ZERO, Duration::from_secs(1)];
    // Some servers spend three seconds on finding out whether an address is free before they offer it.
    const PATIENCE: Duration = Duration::from_millis(3_500);

    fn frame(&self, own: MacAddr) -> Option<Vec<u8>> {
        let mut message = vec![0; MESSAGE];
        let (head, options) = message.split_at_mut(BOOTP);
        let mut dhcp = MutableDhcpPacket::new(head)?;
        dhcp.set_op(DhcpOperations::Request);
        dhcp.set_htype(DhcpHardwareTypes::Ethernet);
        dhcp.set_hlen(6);
        dhcp.set_xid(self.transaction);
        dhcp.set_flags(TO_EVERYBODY);
        dhcp.set_chaddr(own);
        let wanted = [MESSAGE_TYPE, 1, DISCOVER, PARAMETERS, 3, 1, ROUTER, NAME_SERVERS, END];
        options.get_mut(..4)?.copy_from_slice(&COOKIE);
        options.get_mut(4..4 + wanted.len())?.copy_from_slice(&wanted);
        framed(own, &message)
    }

    fn hear(&mut self, frame: &EthernetPacket<'_>, own: &[MacAddr]) {
        let Some(offer) = self.offer(frame, own) else { return };
        if self.offers.len() < MOST_OFFERS && !self.offers.iter().any(|known| known.server == offer.server) {
            self.offers.push(offer);
        }
    }

    fn answer(self) -> Vec<Offer> {
        self.offers
    }
}

/// The value of an option; the first where it stands several times.
fn option(mut options: &[u8], code: u8) -> Option<&[u8]> {
    loop {
        match options {
            [PAD, rest @ ..] => options = rest,
            [END, ..] | [] | [_] => return None,
            [found, length, rest @ ..] => {
                let value = rest.get(..usize::from(*length))?;
                if *found == code {
                    return Some(value);
                }
                options = rest.get(usize::from(*length)..)?;
            }
        }
    }
}

fn address(octets: &[u8]) -> Option<IpAddr> {
    <[u8; 4]>::try_from(octets).ok().map(|octets| IpAddr::V4(Ipv4Addr::from(octets)))
}

/// A message from a client without an address to every server.
fn framed(own: MacAddr, message: &[u8]) -> Option<Vec<u8>> {
    let length = |header: usize| u16::try_from(header + message.len()).ok();
    let mut frame = vec![0; ETHERNET + IP + UDP];
    frame.extend_from_slice(message);
    let (from, to) = (Ipv4Addr::UNSPECIFIED, Ipv4Addr::BROADCAST);
    let mut ethernet = MutableEthernetPacket::new(&mut frame)?;
    ethernet.set_destination(MacAddr::broadcast());
    ethernet.set_source(own);
    ethernet.set_ethertype(EtherTypes::Ipv4);
    let mut datagram = MutableUdpPacket::new(frame.get_mut(ETHERNET + IP..)?)?;
    datagram.set_source(CLIENT);
    datagram.set_destination(SERVER);
    datagram.set_length(length(UDP)?);
    datagram.set_checksum(udp::ipv4_checksum(&datagram.to_immutable(), &from, &to));
    let mut ip = MutableIpv4Packet::new(frame.get_mut(ETHERNET..)?)?;
    ip.set_version(4);
    ip.set_header_length(5);
    ip.set_total_length(length(IP + UDP)?);
    ip.set_ttl(64);
    ip.set_next_level_protocol(IpNextHeaderProtocols::Udp);
    ip.set_source(from);
    ip.set_destination(to);
    ip.set_checksum(ipv4::checksum(&ip.to_immutable()));
    Some(frame)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const OWN: MacAddr = MacAddr(2, 0, 0, 0, 0, 1);

    /// Our own question, turned into a server's answer with these options.
    fn answered(transaction: u32, options: &[u8]) -> Vec<Offer> {
        let mut discovery = Discovery::of(77);
        let mut frame = discovery.frame(OWN).unwrap();
        frame.truncate(ETHERNET + IP + UDP + BOOTP);
        frame.extend_from_slice(&COOKIE);
        frame.extend_from_slice(options);
        let total = u16::try_from(frame.len() - ETHERNET).unwrap();
        MutableIpv4Packet::new(&mut frame[ETHERNET..]).unwrap().set_total_length(total);
        let mut udp = MutableUdpPacket::new(&mut frame[ETHERNET + IP..]).unwrap();
        udp.set_destination(CLIENT);
        udp.set_length(total - u16::try_from(IP).unwrap());
        let mut dhcp = MutableDhcpPacket::new(&mut frame[ETHERNET + IP + UDP..]).unwrap();
        dhcp.set_op(DhcpOperations::Reply);
        dhcp.set_xid(transaction);
        for length in (0..=frame.len()).rev() {
            // However early a frame ends, it is read without harm.
            if let Some(frame) = EthernetPacket::new(&frame[..length]) {
                discovery.hear(&frame, &[OWN]);
            }
        }
        discovery.offers
    }

    #[test]
    fn an_offer_tells_server_router_and_name_servers() {
        let offers = answered(77, &[53, 1, 2, 0, 54, 4, 192, 168, 1, 1, 3, 4, 192, 168, 1, 254, 6, 8, 9, 9, 9, 9, 1, 1, 1, 1, 255]);
        let address = |octets: [u8; 4]| IpAddr::from(octets);
        let offer = Offer {
            server: address([192, 168, 1, 1]),
            router: Some(address([192, 168, 1, 254])),
            name_servers: vec![address([9, 9, 9, 9]), address([1, 1, 1, 1])],
        };
        assert_eq!(offers, [offer]);
    }

    #[test]
    fn other_messages_are_not_offers() {
        assert!(answered(78, &[53, 1, 2, 255]).is_empty(), "somebody else's");
        assert!(answered(77, &[53, 1, 5, 255]).is_empty(), "an acknowledgement");
        assert!(answered(77, &[53, 9, 2]).is_empty(), "an option that ends early");
        assert!(answered(77, &[]).is_empty());
    }

    #[test]
    fn options_are_found_behind_others() {
        let options = [0, 1, 4, 255, 255, 255, 0, 6, 8, 9, 9, 9, 9, 1, 1, 1, 1, 3, 4, 192, 168, 1, 254, 255];
        assert_eq!(option(&options, ROUTER), Some(&[192, 168, 1, 254][..]));
        assert_eq!((option(&options, SERVER_ID), option(&options[..20], ROUTER)), (None, None));
    }
}
