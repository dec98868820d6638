//! Which address is where: documentation ranges stand for the provider, the service's network and four other networks.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::{
    chance,
    spec::{HopName, Ipv6},
    world::World,
};

/// The device.
pub const DEVICE: IpAddr = v4(192, 168, 1, 23);
/// The home router.
pub const GATEWAY: IpAddr = v4(192, 168, 1, 1);
/// The address that the internet sees of this home.
pub const OUTSIDE: IpAddr = v4(203, 0, 113, 200);
/// The provider's resolver, which also answers echo requests.
pub const ON_NET: IpAddr = v4(203, 0, 113, 53);
/// One responder in each of three other networks.
pub const ANCHORS: [IpAddr; 3] = [v4(198, 51, 100, 10), v4(198, 51, 100, 74), v4(198, 51, 100, 138)];
/// Name servers in other networks.
pub const PUBLIC_RESOLVERS: [IpAddr; 2] = [v4(198, 51, 100, 53), v4(198, 51, 100, 117)];
/// The second router of a home that has one.
const SECOND_ROUTER: IpAddr = v4(192, 168, 100, 1);
/// The provider's address translator, where there is one.
const CARRIER_NAT: IpAddr = v4(100, 64, 0, 1);
/// The service of a household's own configuration.
pub const SERVICE_HOST: &str = "video.example";
/// Networks that are neither the provider's nor the service's.
pub const OTHER_NETWORKS: usize = 4;
/// The network of the measurement peer, the clock server and the portal page.
const TOOLS: u8 = 3;

/// A stretch of the path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Between device and router.
    Link,
    /// The router's queue towards the line.
    Router,
    /// The line up to the provider's first hop.
    Access,
    /// The provider's network behind it.
    Isp,
    /// Between the provider and the service's network.
    Interconnect,
    /// From the service's network to its server.
    Service,
    /// From the provider to another network.
    Other(u8),
}

impl Place {
    /// Its number among [`crate::pipe::PLACES`].
    pub fn index(self) -> usize {
        match self {
            Self::Link => 0,
            Self::Router => 1,
            Self::Access => 2,
            Self::Isp => 3,
            Self::Interconnect => 4,
            Self::Service => 5,
            Self::Other(index) => 6 + usize::from(index) % OTHER_NETWORKS,
        }
    }
}

/// What a load balancer tells flows apart by, besides the address.
#[derive(Debug, Clone, Copy)]
pub enum Flow {
    /// Echo requests.
    Echo,
    /// Probes that expire on the way.
    Expiring,
    /// Datagrams with questions.
    Udp,
    /// Connections.
    Tcp,
    /// A trace with this identity.
    Trace(u16),
}

/// The way to an address.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Route {
    /// Stretches in order.
    pub places: Vec<Place>,
    /// Who answers at each hop; the last is the destination.
    pub hops: Vec<Hop>,
    /// Packets that cross more stretches than this vanish.
    pub vanish_after: usize,
    /// Which of the equal ways through the provider's network it takes, from 0.
    pub flow_path: u8,
}

/// One hop.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hop {
    /// What it is.
    pub name: HopName,
    /// Its address.
    pub address: IpAddr,
    /// How many stretches lie before it.
    pub crossed: usize,
    /// Delay on top of these, in milliseconds.
    pub extra_ms: f64,
}

impl Route {
    /// Whether it leads to the service.
    pub fn is_service(&self) -> bool {
        self.places.contains(&Place::Service)
    }

    /// The destination.
    pub fn last(&self) -> Hop {
        self.hops.last().copied().unwrap_or(Hop { name: HopName::Gateway, address: GATEWAY, crossed: 1, extra_ms: 0.0 })
    }
}

/// Where an address is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Network {
    Gateway,
    /// On the home's own network or private: nobody has it.
    Nobody,
    Provider,
    Service,
    Other(u8),
}

impl World {
    /// The way of a flow to `to`; `None` when this computer has no route there.
    pub fn route(&self, to: IpAddr, flow: Flow) -> Option<Route> {
        let home = &self.household;
        if !home.connected() || (to.is_ipv6() && home.ipv6 == Ipv6::Absent) {
            return None;
        }
        let network = self.network(to);
        let mut route = self.way(network, to, flow);
        if network == Network::Nobody {
            route.vanish_after = usize::from(!matches!(to, IpAddr::V4(v4) if v4.octets()[..3] == [192, 168, 1]));
        } else if home.captive_portal || (to.is_ipv6() && home.ipv6 == Ipv6::Broken) {
            route.vanish_after = 1;
        }
        Some(route)
    }

    /// The way to the service whatever its address, for those who know that it is the service.
    pub fn route_to_service(&self, address: IpAddr, flow: Flow) -> Option<Route> {
        let route = self.route(address, flow)?;
        if route.is_service() || self.network(address) == Network::Nobody {
            return Some(route);
        }
        let service = self.way(Network::Service, address, flow);
        Some(Route { vanish_after: route.vanish_after.min(service.vanish_after), ..service })
    }

    /// The address that the router has on the line.
    pub fn line_address(&self) -> IpAddr {
        match &self.household.nat {
            nat if nat.second => v4(192, 168, 100, 2),
            nat if nat.carrier_grade => v4(100, 64, 0, 77),
            _ => OUTSIDE,
        }
    }

    fn network(&self, address: IpAddr) -> Network {
        let nat = &self.household.nat;
        if (nat.second && address == SECOND_ROUTER) || (nat.carrier_grade && address == CARRIER_NAT) {
            return Network::Provider;
        }
        network_of(address)
    }

    /// Stretches and hops towards `to`, ending early where `to` is itself a hop on the way.
    fn way(&self, network: Network, to: IpAddr, flow: Flow) -> Route {
        use HopName::{BorderFar, BorderNear, CarrierNat, Core, Destination, Edge, FirstHop, Gateway, SecondRouter};
        let home = &self.household;
        let v6 = to.is_ipv6();
        let at = |v4: IpAddr, site: u16, host: u16| if v6 { v6_in(site, host) } else { v4 };
        let hop = |name, address, crossed, extra_ms| Hop { name, address, crossed, extra_ms };
        let gateway = if v6 { IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0x100, 0, 0, 0, 1)) } else { GATEWAY };
        let flow_path = self.flow_path(to, flow);

        let mut places = vec![Place::Link];
        let mut hops = vec![hop(Gateway, gateway, 1, 0.0)];
        if network == Network::Gateway {
            return Route { places, hops, vanish_after: usize::MAX, flow_path: 0 };
        }
        places.extend([Place::Router, Place::Access, Place::Isp]);
        if home.nat.second && !v6 {
            hops.push(hop(SecondRouter, SECOND_ROUTER, 2, 0.3));
        }
        if home.nat.carrier_grade && !v6 {
            hops.push(hop(CarrierNat, CARRIER_NAT, 3, 0.0));
        }
        hops.push(hop(FirstHop, at(v4(203, 0, 113, 1), 0, 1), 3, 0.1));
        let core = if flow_path == 0 { 9 } else { 128 + flow_path };
        hops.push(hop(Core, at(v4(203, 0, 113, core), 0, u16::from(core)), 4, 0.0));
        match network {
            Network::Gateway | Network::Nobody | Network::Provider => hops.push(hop(Destination, to, 4, 0.2)),
            Network::Service => {
                places.extend([Place::Interconnect, Place::Service]);
                hops.push(hop(BorderNear, at(v4(203, 0, 113, 17), 0, 17), 4, 0.3));
                hops.push(hop(BorderFar, at(v4(192, 0, 2, 1), 2, 1), 5, 0.0));
                hops.push(hop(Edge, at(v4(192, 0, 2, 9), 2, 9), 5, 0.2));
                hops.push(hop(Destination, to, 6, 0.0));
            }
            Network::Other(index) => {
                places.push(Place::Other(index));
                let (port, site) = (18 + u16::from(index), 16 + u16::from(index));
                hops.push(hop(BorderNear, at(v4(203, 0, 113, port as u8), 0, port), 4, 0.3));
                hops.push(hop(BorderFar, at(v4(198, 51, 100, 64 * index + 1), site, 1), 5, 0.0));
                hops.push(hop(Destination, to, 5, 0.4));
            }
        }
        if let Some(early) = hops.iter().position(|hop| hop.address == to) {
            hops.truncate(early + 1);
        }
        let hides = |hop: &Hop| hop.address != to && !matches!(hop.name, Gateway | Destination) && home.hops.hidden.contains(&hop.name);
        hops.retain(|hop| !hides(hop));
        Route { places, hops, vanish_after: usize::MAX, flow_path }
    }

    /// Which of the equal ways a flow takes. An address on one of them is reached by that one.
    fn flow_path(&self, to: IpAddr, flow: Flow) -> u8 {
        let paths = self.household.ecmp.paths;
        if paths <= 1 {
            return 0;
        }
        if let IpAddr::V4(v4) = to
            && let [203, 0, 113, host @ 129..=143] = v4.octets()
            && host - 128 < paths
        {
            return host - 128;
        }
        let kind = match flow {
            Flow::Echo => 1,
            Flow::Expiring => 2,
            Flow::Udp => 3,
            Flow::Tcp => 4,
            Flow::Trace(flow) => 16 + u64::from(flow),
        };
        (chance::of_address(self.seed, kind, to) * f64::from(paths)) as u8
    }
}

/// The address of a name: the same one every time.
pub fn of_name(name: &str, v6: bool) -> IpAddr {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let host = (chance::hash(&name) % 200) as u8;
    match (is_tool(&name), v6) {
        (false, false) => v4(192, 0, 2, 32 + host),
        (false, true) => v6_in(2, 32 + u16::from(host)),
        (true, false) => v4(198, 51, 100, 64 * TOOLS + 8 + host % 48),
        (true, true) => v6_in(16 + u16::from(TOOLS), 32 + u16::from(host)),
    }
}

/// Networks as a table of autonomous systems, with numbers and prefixes reserved for documentation.
pub fn prefixes() -> Vec<(IpAddr, u8, u32, String)> {
    let provider = "Line Provider";
    let service = "Video Network";
    let mut table = vec![
        (v4(203, 0, 113, 0), 24, 64_500, provider.to_owned()),
        (v6_in(0, 0), 48, 64_500, provider.to_owned()),
        (v4(192, 0, 2, 0), 24, 64_501, service.to_owned()),
        (v6_in(2, 0), 48, 64_501, service.to_owned()),
    ];
    for (index, name) in ["Anchor Network A", "Anchor Network B", "Anchor Network C", "Tool Network"].into_iter().enumerate() {
        let index = index as u8;
        table.push((v4(198, 51, 100, 64 * index), 26, 64_502 + u32::from(index), name.to_owned()));
        table.push((v6_in(16 + u16::from(index), 0), 48, 64_502 + u32::from(index), name.to_owned()));
    }
    table
}

/// Names that a visit uses as tools rather than complains about.
fn is_tool(name: &str) -> bool {
    const LABELS: [&str; 12] =
        ["anchor", "clock", "connectivitycheck", "dns", "ntp", "peer", "pool", "portal", "resolver", "speed", "stun", "time"];
    name.split('.').any(|label| LABELS.contains(&label.trim_end_matches(|c: char| c.is_ascii_digit() || c == '-')))
}

fn network_of(address: IpAddr) -> Network {
    match address {
        GATEWAY => Network::Gateway,
        IpAddr::V4(v4) => match v4.octets() {
            [203, 0, 113, _] => Network::Provider,
            [192, 0, 2, _] => Network::Service,
            [198, 51, 100, host] => Network::Other(host / 64),
            _ if v4.is_private() || v4.is_loopback() || v4.is_link_local() || v4.is_unspecified() || v4.is_multicast() => Network::Nobody,
            octets => Network::Other(octets.iter().fold(0, |sum: u8, octet| sum.wrapping_add(*octet)) % TOOLS),
        },
        IpAddr::V6(v6) => match v6.segments() {
            [0xfe80, 0, 0, 0, 0, 0, 0, 1] | [0x2001, 0xdb8, 0, 0x100, 0, 0, 0, 1] => Network::Gateway,
            [0x2001, 0xdb8, 0, 0, ..] => Network::Provider,
            [0x2001, 0xdb8, 2, ..] => Network::Service,
            [0x2001, 0xdb8, site @ 16..20, ..] => Network::Other((site - 16) as u8),
            [first, ..] if first & 0xe000 != 0x2000 => Network::Nobody,
            [0x2001, 0xdb8, 0, ..] => Network::Nobody,
            segments => Network::Other((segments.iter().fold(0, |sum: u16, segment| sum.wrapping_add(*segment)) % u16::from(TOOLS)) as u8),
        },
    }
}

const fn v4(a: u8, b: u8, c: u8, d: u8) -> IpAddr {
    IpAddr::V4(Ipv4Addr::new(a, b, c, d))
}

const fn v6_in(site: u16, host: u16) -> IpAddr {
    IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, site, 0, 0, 0, 0, host))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests may stop")]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::Household;

    #[rstest]
    #[case("192.168.1.1", Network::Gateway)]
    #[case("fe80::1", Network::Gateway)]
    #[case("192.168.1.77", Network::Nobody)]
    #[case("10.1.2.3", Network::Nobody)]
    #[case("203.0.113.53", Network::Provider)]
    #[case("192.0.2.200", Network::Service)]
    #[case("198.51.100.74", Network::Other(1))]
    #[case("2001:db8:2::5", Network::Service)]
    #[case("::1", Network::Nobody)]
    fn every_address_is_somewhere(#[case] address: IpAddr, #[case] network: Network) {
        assert_eq!(network_of(address), network);
    }

    #[test]
    fn well_known_resolvers_are_in_three_networks() {
        let networks: Vec<Network> = [v4(1, 1, 1, 1), v4(8, 8, 8, 8), v4(9, 9, 9, 9)].into_iter().map(network_of).collect();
        assert!(networks.iter().all(|network| matches!(network, Network::Other(_))), "{networks:?}");
        assert_eq!(networks.iter().filter(|network| **network == networks[0]).count(), 1, "{networks:?}");
    }

    #[rstest]
    #[case("video.example", Network::Service)]
    #[case("www.wikipedia.org", Network::Service)]
    #[case("speed.example", Network::Other(TOOLS))]
    #[case("0.pool.ntp.org", Network::Other(TOOLS))]
    fn names_are_in_the_service_network_unless_they_are_tools(#[case] name: &str, #[case] network: Network) {
        assert_eq!(network_of(of_name(name, false)), network);
        assert_eq!(network_of(of_name(name, true)), network);
        assert_eq!(of_name(&name.to_uppercase(), false), of_name(name, false));
    }

    #[test]
    fn a_hop_is_reached_at_its_own_distance() {
        let address = v4(192, 0, 2, 1);
        let world = World::new(Household::from_toml("").unwrap(), 1);
        let route = world.route(address, Flow::Echo).unwrap();
        assert_eq!((route.hops.len(), route.last().crossed), (5, 5));
    }
}
