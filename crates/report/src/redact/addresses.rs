//! Network and hardware addresses in any text, and what stands in for them.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use demarc_model::Run;

/// Stand-ins given so far, in order of first appearance.
pub struct StandIns {
    /// Whether public addresses are hidden too.
    hide_public: bool,
    /// IPv6 networks (/64) of this computer's own public addresses: the network stays, the device in it does not.
    own_networks: Vec<u64>,
    /// The addresses that the router has on the line.
    own_addresses: Vec<IpAddr>,
    networks: HashMap<(Kind, u64), u64>,
    hosts: HashMap<(Kind, u64, u64), u64>,
    networks_of: HashMap<Kind, u64>,
    hosts_of: HashMap<(Kind, u64), u64>,
    macs: HashMap<String, usize>,
}

/// Ranges that keep their kind, so that a private, carrier or public address is still seen to be one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Private10,
    Private172,
    Private192,
    LinkLocal4,
    Carrier,
    Public4,
    UniqueLocal6,
    LinkLocal6,
    Own6,
    Public6,
}

impl StandIns {
    pub fn new(run: &Run, hide_public: bool) -> Self {
        let own_networks = run
            .observations
            .iter()
            .filter_map(|observation| observation.network())
            .flat_map(|network| network.interfaces.iter().flat_map(|interface| interface.addresses.iter()))
            .filter_map(|address| address.split('/').next()?.parse::<Ipv6Addr>().ok())
            .map(|address| halves(address).0)
            .collect();
        let own_addresses = run
            .observations
            .iter()
            .flat_map(|seen| {
                let counted = seen.wan_traffic().and_then(|traffic| traffic.address);
                let said = seen.router().into_iter().flat_map(|router| router.line_addresses.iter().map(|line| line.address));
                said.chain(counted).chain(seen.stun().map(|seen| seen.address))
            })
            .collect();
        Self {
            hide_public,
            own_networks,
            own_addresses,
            networks: HashMap::new(),
            hosts: HashMap::new(),
            networks_of: HashMap::new(),
            hosts_of: HashMap::new(),
            macs: HashMap::new(),
        }
    }

    /// The text with every address that must not be seen replaced, in one pass, so that no stand-in is taken for an address.
    pub fn hide(&mut self, text: &str) -> String {
        let mut hidden = String::with_capacity(text.len());
        let mut rest = text;
        let mut before = ' ';
        while let Some(first) = rest.chars().next() {
            let found = match first {
                ':' | '0'..='9' | 'a'..='f' | 'A'..='F' => self.address_at(before, rest),
                _ => None,
            };
            let (length, shown) = found.unwrap_or_else(|| (first.len_utf8(), first.to_string()));
            hidden.push_str(&shown);
            before = rest[..length].chars().next_back().unwrap_or(' ');
            rest = &rest[length..];
        }
        hidden
    }

    /// The length of the address that `text` begins with and what is shown in its place. `before` is the character ahead of it.
    fn address_at(&mut self, before: char, text: &str) -> Option<(usize, String)> {
        if !before.is_alphanumeric()
            && let Some(found) = self.mac_at(text).or_else(|| self.v6_at(text))
        {
            return Some(found);
        }
        if before.is_ascii_digit() {
            return None;
        }
        // Host names of customers often spell the address with dashes.
        ['.', '-'].into_iter().find_map(|separator| {
            let (length, address) = v4_at(text, separator)?;
            let shown = self.stand_in_v4(address).unwrap_or(address).to_string();
            Some((length, shown.replace('.', &separator.to_string())))
        })
    }

    fn mac_at(&mut self, text: &str) -> Option<(usize, String)> {
        const LENGTH: usize = 17;
        let token = text.get(..LENGTH).filter(|token| is_mac(token))?;
        if text[LENGTH..].starts_with(|c: char| c.is_ascii_hexdigit()) {
            return None;
        }
        let next = self.macs.len() + 1;
        let number = *self.macs.entry(token.to_ascii_lowercase().replace('-', ":")).or_insert(next);
        // Locally administered, so it is nobody's.
        Some((LENGTH, format!("02:00:00:00:{:02x}:{:02x}", number >> 8 & 0xff, number & 0xff)))
    }

    fn v6_at(&mut self, text: &str) -> Option<(usize, String)> {
        let end = text.find(|c: char| !(c.is_ascii_hexdigit() || matches!(c, ':' | '.'))).unwrap_or(text.len());
        if text[end..].starts_with(char::is_alphanumeric) {
            return None;
        }
        let token = &text[..end];
        // The signs at its end may be the sentence's.
        [token, token.trim_end_matches('.'), token.trim_end_matches(['.', ':'])].into_iter().find_map(|token| {
            let address: Ipv6Addr = token.parse().ok()?;
            Some((token.len(), self.stand_in(IpAddr::V6(address)).map_or_else(|| token.to_owned(), |address| address.to_string())))
        })
    }

    fn stand_in(&mut self, address: IpAddr) -> Option<IpAddr> {
        match address {
            IpAddr::V4(address) => self.stand_in_v4(address).map(IpAddr::V4),
            IpAddr::V6(address) => match address.to_ipv4_mapped() {
                Some(inner) => self.stand_in_v4(inner).map(|inner| IpAddr::V6(inner.to_ipv6_mapped())),
                None => self.stand_in_v6(address).map(IpAddr::V6),
            },
        }
    }

    fn stand_in_v4(&mut self, address: Ipv4Addr) -> Option<Ipv4Addr> {
        let [a, b, c, host] = address.octets();
        let kind = match (a, b) {
            (10, _) => Kind::Private10,
            (172, 16..=31) => Kind::Private172,
            (192, 168) => Kind::Private192,
            (169, 254) => Kind::LinkLocal4,
            (0 | 127 | 224..=255, _) => return None,
            _ if !self.hide_public && !self.own_addresses.contains(&IpAddr::V4(address)) => return None,
            (100, 64..=127) => Kind::Carrier,
            _ => Kind::Public4,
        };
        // Public addresses share one pool; of private ones, neighbours in a /24 stay neighbours, and its first and last keep their sense.
        let network = if kind == Kind::Public4 { 0 } else { u64::from(a) << 16 | u64::from(b) << 8 | u64::from(c) };
        let exact = if kind == Kind::Public4 { u64::from(u32::from(address)) } else { u64::from(host) };
        let subnet = self.network(kind, network) as u8;
        let number = self.host(kind, network, exact);
        let last = if matches!(host, 0 | 255) && kind != Kind::Public4 { host } else { (number % 254) as u8 + 1 };
        Some(match kind {
            Kind::Private10 => Ipv4Addr::new(10, 255, subnet, last),
            Kind::Private172 => Ipv4Addr::new(172, 31, 255 - subnet, last),
            Kind::Private192 => Ipv4Addr::new(192, 168, 255 - subnet, last),
            Kind::LinkLocal4 => Ipv4Addr::new(169, 254, 255 - subnet, last),
            Kind::Carrier => Ipv4Addr::new(100, 127, subnet, last),
            // The three ranges of RFC 5737, one after the other.
            _ => match number / 254 % 3 {
                0 => Ipv4Addr::new(192, 0, 2, last),
                1 => Ipv4Addr::new(198, 51, 100, last),
                _ => Ipv4Addr::new(203, 0, 113, last),
            },
        })
    }

    fn stand_in_v6(&mut self, address: Ipv6Addr) -> Option<Ipv6Addr> {
        let (network, host) = halves(address);
        let first = address.segments()[0];
        let kind = if address.is_loopback() || address.is_unspecified() || address.is_multicast() {
            return None;
        } else if first & 0xfe00 == 0xfc00 {
            Kind::UniqueLocal6
        } else if first & 0xffc0 == 0xfe80 {
            Kind::LinkLocal6
        } else if self.hide_public {
            Kind::Public6
        } else if self.own_networks.contains(&network) {
            Kind::Own6
        } else {
            return None;
        };
        let subnet = self.network(kind, network);
        let number = if host == 0 { 0 } else { self.host(kind, network, host) + 1 };
        let prefix = match kind {
            Kind::UniqueLocal6 => 0xfd00_ffff_0000_0000 | subnet,
            Kind::LinkLocal6 => 0xfe80_0000_0000_0000,
            Kind::Own6 => network,
            _ => 0x2001_0db8_0000_0000 | subnet,
        };
        Some(Ipv6Addr::from(u128::from(prefix) << 64 | u128::from(number)))
    }

    fn network(&mut self, kind: Kind, network: u64) -> u64 {
        *self.networks.entry((kind, network)).or_insert_with(|| next(self.networks_of.entry(kind).or_default()))
    }

    fn host(&mut self, kind: Kind, network: u64, host: u64) -> u64 {
        *self.hosts.entry((kind, network, host)).or_insert_with(|| next(self.hosts_of.entry((kind, network)).or_default()))
    }
}

fn next(count: &mut u64) -> u64 {
    *count += 1;
    *count - 1
}

fn halves(address: Ipv6Addr) -> (u64, u64) {
    let bits = u128::from(address);
    ((bits >> 64) as u64, bits as u64)
}

/// The four numbers that `text` begins with, when they are an address and not part of a longer row of numbers.
fn v4_at(text: &str, separator: char) -> Option<(usize, Ipv4Addr)> {
    let mut octets = [0; 4];
    let mut rest = text;
    for (index, octet) in octets.iter_mut().enumerate() {
        if index > 0 {
            rest = rest.strip_prefix(separator)?;
        }
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        *octet = rest[..end].parse().ok()?;
        rest = &rest[end..];
    }
    let goes_on = rest.strip_prefix(separator).is_some_and(|after| after.starts_with(|c: char| c.is_ascii_digit()));
    (!goes_on).then(|| (text.len() - rest.len(), Ipv4Addr::from(octets)))
}

fn is_mac(token: &str) -> bool {
    let parts: Vec<&str> = token.split([':', '-']).collect();
    parts.len() == 6 && parts.iter().all(|part| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_hexdigit()))
}
