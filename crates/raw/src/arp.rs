//! Asking whether anybody else has our address, as a computer does before it takes one (RFC 5227 section 2.1.1): the question names no
//! sender's address, so it changes nobody's table.

use std::{net::Ipv4Addr, time::Duration};

use pnet::{
    packet::{
        Packet as _,
        arp::{ArpHardwareTypes, ArpOperations, ArpPacket, MutableArpPacket},
        ethernet::{EtherTypes, EthernetPacket, MutableEthernetPacket},
    },
    util::MacAddr,
};

use crate::frames::{Asked, Instruction, accept, load_half, refuse, unless_equal};

const ETHERNET: usize = 14;
const ARP: usize = 28;
/// Most others told.
const MOST_OTHERS: usize = 4;

/// The question, and who else answered.
pub struct Probe {
    address: Ipv4Addr,
    others: Vec<MacAddr>,
}

impl Probe {
    pub fn new(address: Ipv4Addr) -> Self {
        Self { address, others: Vec::new() }
    }
}

impl Asked for Probe {
    type Answer = Vec<String>;

    // Any ARP frame (EtherType 0x0806).
    const FILTER: &'static [Instruction] = &[load_half(12), unless_equal(0x0806, 1), accept(), refuse()];
    const SENT_AT: &'static [Duration] = &[Duration::ZERO, Duration::from_secs(1), Duration::from_secs(2)];
    const PATIENCE: Duration = Duration::from_secs(3);

    fn frame(&self, own: MacAddr) -> Option<Vec<u8>> {
        let mut frame = vec![0; ETHERNET + ARP];
        let (head, body) = frame.split_at_mut(ETHERNET);
        let mut ethernet = MutableEthernetPacket::new(head)?;
        ethernet.set_destination(MacAddr::broadcast());
        ethernet.set_source(own);
        ethernet.set_ethertype(EtherTypes::Arp);
        let mut arp = MutableArpPacket::new(body)?;
        arp.set_hardware_type(ArpHardwareTypes::Ethernet);
        arp.set_protocol_type(EtherTypes::Ipv4);
        arp.set_hw_addr_len(6);
        arp.set_proto_addr_len(4);
        arp.set_operation(ArpOperations::Request);
        arp.set_sender_hw_addr(own);
        arp.set_sender_proto_addr(Ipv4Addr::UNSPECIFIED);
        arp.set_target_hw_addr(MacAddr::zero());
        arp.set_target_proto_addr(self.address);
        Some(frame)
    }

    /// Whoever speaks as the owner of the address counts, in an answer or of its own accord. This computer's other interfaces may
    /// answer too, which is no conflict.
    fn hear(&mut self, frame: &EthernetPacket<'_>, own: &[MacAddr]) {
        let Some(arp) = ArpPacket::new(frame.payload()).filter(|_| frame.get_ethertype() == EtherTypes::Arp) else { return };
        let other = arp.get_sender_hw_addr();
        let claims = arp.get_protocol_type() == EtherTypes::Ipv4 && arp.get_sender_proto_addr() == self.address;
        if claims && !own.contains(&other) && !self.others.contains(&other) && self.others.len() < MOST_OTHERS {
            self.others.push(other);
        }
    }

    fn answer(self) -> Vec<String> {
        self.others.iter().map(MacAddr::to_string).collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const OWN: MacAddr = MacAddr(2, 0, 0, 0, 0, 1);
    const OTHER: MacAddr = MacAddr(2, 0, 0, 0, 0, 2);
    const ADDRESS: Ipv4Addr = Ipv4Addr::new(192, 168, 1, 23);

    fn others(sender: MacAddr, speaks_as: Ipv4Addr) -> Vec<String> {
        let mut probe = Probe::new(ADDRESS);
        let mut frame = probe.frame(sender).unwrap();
        MutableArpPacket::new(&mut frame[ETHERNET..]).unwrap().set_sender_proto_addr(speaks_as);
        probe.hear(&EthernetPacket::new(&frame).unwrap(), &[OWN]);
        probe.hear(&EthernetPacket::new(&frame).unwrap(), &[OWN]);
        // A frame that ends early is nobody's answer.
        probe.hear(&EthernetPacket::new(&frame[..ETHERNET + 9]).unwrap(), &[OWN]);
        probe.answer()
    }

    #[test]
    fn only_another_owner_counts_and_once() {
        assert_eq!(others(OTHER, ADDRESS), ["02:00:00:00:00:02"]);
        assert_eq!(others(OTHER, Ipv4Addr::new(192, 168, 1, 24)), [""; 0]);
        assert_eq!(others(OTHER, Ipv4Addr::UNSPECIFIED), [""; 0], "another computer asks the same question");
        assert_eq!(others(OWN, ADDRESS), [""; 0]);
    }
}
