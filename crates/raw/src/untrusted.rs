//! The parsers of frames, for tests and fuzzing from outside.

use std::net::Ipv4Addr;

use pnet::{packet::ethernet::EthernetPacket, util::MacAddr};

use crate::{arp, dhcp, frames::Asked as _};

/// Hears a frame as one that answers both questions would be heard, and tells what was understood.
#[doc(hidden)]
pub fn hear(bytes: &[u8]) -> String {
    let own = [MacAddr(2, 0, 0, 0, 0, 1)];
    let mut told = String::new();
    if let Some(frame) = EthernetPacket::new(bytes) {
        let mut discovery = dhcp::Discovery::of(77);
        discovery.hear(&frame, &own);
        let mut probe = arp::Probe::new(Ipv4Addr::new(192, 168, 1, 23));
        probe.hear(&frame, &own);
        told = format!("{:?} {:?}", discovery.answer(), probe.answer());
    }
    told
}
