//! What the kernel's ethtool interface tells of a link beyond sysfs: the modes of both ends, energy saving and pauses.
//!
//! Numbers are those of `linux/ethtool_netlink.h` and `linux/genetlink.h`.

use std::{io, time::Duration};

use demarc_model::{EnergySaving, LinkState, Pause};

use super::fastest;
use crate::{
    bounded::one_line,
    netlink::{ACKNOWLEDGED, Netlink, REQUEST, attribute, attributes, encoded, number},
};

/// Longest wait for one answer; some drivers ask the hardware.
const LIMIT: Duration = Duration::from_millis(700);
/// Most modes told of one end; the kernel knows some hundred.
const MOST_MODES: usize = 64;

const LINK_MODES_GET: u8 = 4;
const PAUSE_GET: u8 = 21;
const ENERGY_GET: u8 = 23;
const WITH_STATISTICS: u32 = 4;

/// The ethtool family of the kernel, as it is numbered today.
pub(super) struct Ethtool {
    netlink: Netlink,
    family: u16,
    /// The group that hears how tests end.
    pub(super) monitor: Option<u32>,
}

impl Ethtool {
    pub(super) async fn open() -> io::Result<Self> {
        const CONTROLLER: u16 = 0x10;
        const GET_FAMILY: u8 = 3;
        const NAME: u16 = 2;
        let mut netlink = Netlink::open(libc::NETLINK_GENERIC)?;
        let answer = netlink.ask(CONTROLLER, REQUEST, &generic(GET_FAMILY, &encoded(NAME, b"ethtool\0")), LIMIT).await?;
        let (family, monitor) = answer.first().and_then(|(_, body)| read_family(body)).ok_or(io::ErrorKind::InvalidData)?;
        Ok(Self { netlink, family, monitor })
    }

    /// Adds what the kernel knows of a link; what it does not know stays absent.
    pub(super) async fn describe(&mut self, link: &mut LinkState) {
        let name = link.interface.clone();
        if let Some(modes) = self.get(LINK_MODES_GET, &name, 0).await.as_deref().map(read_modes) {
            link.negotiates = modes.negotiates;
            link.fastest_own_mbps = fastest(modes.able.iter().map(String::as_str));
            link.fastest_partner_mbps = fastest(modes.partner.iter().map(String::as_str));
            link.own_modes = modes.offered;
            link.partner_modes = modes.partner;
        }
        link.energy_saving = self.get(ENERGY_GET, &name, 0).await.as_deref().and_then(read_energy_saving);
        link.pause = self.get(PAUSE_GET, &name, WITH_STATISTICS).await.as_deref().and_then(read_pause);
    }

    async fn get(&mut self, command: u8, interface: &str, flags: u32) -> Option<Vec<u8>> {
        let body = generic(command, &header(interface, flags));
        let answer = self.netlink.ask(self.family, REQUEST, &body, LIMIT).await.ok()?;
        answer.into_iter().next().map(|(_, body)| body)
    }

    /// Has something done, and tells whether it was begun.
    pub(super) async fn act(&mut self, command: u8, interface: &str) -> io::Result<()> {
        self.netlink.ask(self.family, ACKNOWLEDGED, &generic(command, &header(interface, 0)), LIMIT).await.map(drop)
    }

    /// A conversation that hears the group.
    pub(super) fn hear(group: u32) -> io::Result<Netlink> {
        let netlink = Netlink::open(libc::NETLINK_GENERIC)?;
        netlink.join(group)?;
        Ok(netlink)
    }
}

/// Command, version and two unused bytes, then attributes.
fn generic(command: u8, attributes: &[u8]) -> Vec<u8> {
    [&[command, 1, 0, 0], attributes].concat()
}

/// The attributes behind the generic header.
pub(super) fn payload(body: &[u8]) -> &[u8] {
    body.get(4..).unwrap_or_default()
}

const HEADER: u16 = 1;
const NESTED: u16 = 0x8000;

/// Which interface is meant.
fn header(interface: &str, flags: u32) -> Vec<u8> {
    const NAME: u16 = 2;
    const FLAGS: u16 = 3;
    let mut inside = encoded(NAME, &[interface.as_bytes(), &[0]].concat());
    if flags != 0 {
        inside.extend(encoded(FLAGS, &flags.to_ne_bytes()));
    }
    encoded(HEADER | NESTED, &inside)
}

/// The interface that an answer is about.
pub(super) fn interface_of(attributes: &[u8]) -> Option<String> {
    attribute(attributes, HEADER).and_then(|header| attribute(header, 2)).map(text)
}

fn text(value: &[u8]) -> String {
    let end = value.iter().position(|byte| *byte == 0).unwrap_or(value.len());
    one_line(&String::from_utf8_lossy(value.get(..end).unwrap_or_default()), 64)
}

/// The number of a family and of its group `monitor`.
pub(crate) fn read_family(body: &[u8]) -> Option<(u16, Option<u32>)> {
    const ID: u16 = 1;
    const GROUPS: u16 = 7;
    const GROUP_NAME: u16 = 1;
    const GROUP_ID: u16 = 2;
    let family = u16::try_from(number(attribute(payload(body), ID)?)?).ok()?;
    let mut groups = attributes(attribute(payload(body), GROUPS).unwrap_or_default());
    let monitor = groups.find(|(_, group)| attribute(group, GROUP_NAME).map(text).as_deref() == Some("monitor"));
    Some((family, monitor.and_then(|(_, group)| number(attribute(group, GROUP_ID)?))))
}

/// Modes of both ends.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Modes {
    negotiates: Option<bool>,
    /// What this end could do, and what it offers.
    able: Vec<String>,
    offered: Vec<String>,
    partner: Vec<String>,
}

pub(crate) fn read_modes(body: &[u8]) -> Modes {
    const NEGOTIATES: u16 = 2;
    const OURS: u16 = 3;
    const PEER: u16 = 4;
    let find = |kind| attribute(payload(body), kind);
    let ours = bits(find(OURS).unwrap_or_default());
    let names = |bits: &[(String, bool)], all: bool| -> Vec<String> {
        bits.iter()
            .filter(|(_, set)| all || *set)
            .map(|(name, _)| name.clone())
            .filter(|name| name.contains("base"))
            .take(MOST_MODES)
            .collect()
    };
    Modes {
        negotiates: find(NEGOTIATES).and_then(number).map(|on| on != 0),
        able: names(&ours, true),
        offered: names(&ours, false),
        partner: names(&bits(find(PEER).unwrap_or_default()), false),
    }
}

/// The named bits of a set and whether they are set; a set without a mask lists those alone that are.
fn bits(set: &[u8]) -> Vec<(String, bool)> {
    const NO_MASK: u16 = 1;
    const BITS: u16 = 3;
    const NAME: u16 = 2;
    const SET: u16 = 3;
    const MOST_BITS: usize = 256;
    let all_set = attribute(set, NO_MASK).is_some();
    attributes(attribute(set, BITS).unwrap_or_default())
        .take(MOST_BITS)
        .filter_map(|(_, bit)| Some((text(attribute(bit, NAME)?), all_set || attribute(bit, SET).is_some())))
        .collect()
}

pub(crate) fn read_energy_saving(body: &[u8]) -> Option<EnergySaving> {
    const ACTIVE: u16 = 4;
    const ENABLED: u16 = 5;
    let flag = |kind| attribute(payload(body), kind).and_then(number).map(|on| on != 0);
    Some(EnergySaving { enabled: flag(ENABLED)?, active: flag(ACTIVE)? })
}

pub(crate) fn read_pause(body: &[u8]) -> Option<Pause> {
    const RECEIVE: u16 = 3;
    const SEND: u16 = 4;
    const STATISTICS: u16 = 5;
    const RECEIVED_FRAMES: u16 = 3;
    let flag = |kind| attribute(payload(body), kind).and_then(number).map(|on| on != 0);
    let count = |value: &[u8]| value.first_chunk().map(|bytes| u64::from_ne_bytes(*bytes));
    let received_frames = attribute(payload(body), STATISTICS).and_then(|inside| attribute(inside, RECEIVED_FRAMES)).and_then(count);
    Some(Pause { receive: flag(RECEIVE)?, send: flag(SEND)?, received_frames })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn bit(name: &str, set: bool) -> Vec<u8> {
        let mut inside = [encoded(1, &[1, 0, 0, 0]), encoded(2, &[name.as_bytes(), &[0]].concat())].concat();
        if set {
            inside.extend(encoded(3, &[]));
        }
        encoded(1 | NESTED, &inside)
    }

    fn set(masked: bool, bits: &[(&str, bool)]) -> Vec<u8> {
        let list: Vec<u8> = bits.iter().flat_map(|(name, set)| bit(name, *set)).collect();
        let mut set = if masked { Vec::new() } else { encoded(1, &[]) };
        set.extend(encoded(2, &[92, 0, 0, 0]));
        set.extend(encoded(3 | NESTED, &list));
        set
    }

    #[test]
    fn what_an_end_could_do_what_it_offers_and_what_the_other_end_offers_are_told_apart() {
        let ours = set(true, &[("10baseT/Full", true), ("100baseT/Full", true), ("1000baseT/Full", false), ("TP", true)]);
        // Without a mask no bit carries a value: being listed is being set.
        let peer = set(false, &[("100baseT/Full", false), ("1000baseT/Full", false), ("Pause", false)]);
        let body = generic(4, &[header("eth0", 0), encoded(2, &[1]), encoded(3, &ours), encoded(4, &peer)].concat());
        let modes = read_modes(&body);
        assert_eq!(modes.negotiates, Some(true));
        assert_eq!(modes.able, ["10baseT/Full", "100baseT/Full", "1000baseT/Full"]);
        assert_eq!(modes.offered, ["10baseT/Full", "100baseT/Full"]);
        assert_eq!(modes.partner, ["100baseT/Full", "1000baseT/Full"]);
        assert_eq!(interface_of(payload(&body)).as_deref(), Some("eth0"));
    }

    #[test]
    fn energy_saving_and_pauses_are_read() {
        let energy = generic(24, &[header("eth0", 0), encoded(4, &[0]), encoded(5, &[1])].concat());
        assert_eq!(read_energy_saving(&energy), Some(EnergySaving { enabled: true, active: false }));
        let counts = [encoded(2, &5_u64.to_ne_bytes()), encoded(3, &9_u64.to_ne_bytes())].concat();
        let pause = generic(22, &[encoded(3, &[1]), encoded(4, &[0]), encoded(5 | NESTED, &counts)].concat());
        assert_eq!(read_pause(&pause), Some(Pause { receive: true, send: false, received_frames: Some(9) }));
        assert_eq!(read_pause(&generic(22, &encoded(3, &[1]))), None);
    }

    #[test]
    fn the_family_and_its_group_are_found_by_name() {
        let group = |name: &[u8], id: u32| encoded(1, &[encoded(1, name), encoded(2, &id.to_ne_bytes())].concat());
        let groups = [group(b"other\0", 3), group(b"monitor\0", 4)].concat();
        let body = generic(1, &[encoded(2, b"ethtool\0"), encoded(1, &[21, 0]), encoded(7, &groups)].concat());
        assert_eq!(read_family(&body), Some((21, Some(4))));
        assert_eq!(read_family(&[]), None);
    }

    #[test]
    fn hostile_answers_are_bounded() {
        let many = set(true, &vec![("1000baseT/Full", true); 1_000]);
        let modes = read_modes(&generic(4, &encoded(3, &many)));
        assert!(modes.able.len() <= MOST_MODES);
        for length in 0..64_u8 {
            for fill in [0, 1, 4, 8, 0xff] {
                let body = vec![fill; usize::from(length)];
                assert_eq!(read_modes(&body).able, [""; 0]);
                let _ = (read_energy_saving(&body), read_pause(&body), read_family(&body), interface_of(&body));
            }
        }
    }
}
