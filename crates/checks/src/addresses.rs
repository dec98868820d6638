//! Has this computer an address and a way out?

use std::net::{IpAddr, Ipv6Addr};

use demarc_model::{Fault, Finding, Interface, InterfaceKind, NetworkState, Observation, Phrase, Request, Route, Segment, Step, Visit};

use crate::{
    Check, Plan,
    words::{DECISIVE, STRONG, accuse, clear, note},
};

pub const CHECK: Check = Check {
    id: "addresses",
    step: Step::Device,
    needs: &[],
    faults: &[Fault::NoAddress, Fault::LinkLocalAddress, Fault::GatewayOffSubnet, Fault::NoDefaultRoute],
    plan: |_| Plan::Ask(vec![Request::Network]),
    interpret,
};

fn interpret(visit: &Visit) -> Vec<Finding> {
    let judge = |seen| {
        let network = Observation::network(seen)?;
        Some([Some(judge(network, seen)), worse_link(network, seen), several_gateways(network, seen), ipv6(network, seen)].into_iter().flatten())
    };
    visit.of(CHECK.id).filter_map(judge).flatten().collect()
}

/// Default routes over links, IPv4 only: IPv6 routes come and go with advertisements.
fn ways(network: &NetworkState) -> impl Iterator<Item = (&Route, &Interface)> {
    let defaults = network.routes.iter().filter(|route| route.prefix_length == 0 && route.destination.is_ipv4());
    let with_interface = defaults.filter_map(|route| Some((route, network.interface(&route.interface)?)));
    with_interface.filter(|(_, interface)| interface.up && interface.carrier)
}

/// A radio that is preferred while a plugged cable leads out too.
fn worse_link(network: &NetworkState, seen: &Observation) -> Option<Finding> {
    let rank = |kind: InterfaceKind| match kind {
        InterfaceKind::Wired => Some(0),
        InterfaceKind::Wifi => Some(1),
        InterfaceKind::Mobile => Some(2),
        _ => None,
    };
    let (used, by) = ways(network).min_by_key(|(route, _)| route.metric)?;
    let used_rank = rank(by.kind)?;
    let better = ways(network).filter(|(_, interface)| rank(interface.kind).is_some_and(|rank| rank < used_rank));
    let (route, interface) = better.min_by_key(|(route, interface)| (rank(interface.kind), route.metric))?;
    let because = Phrase::new("addresses-worse-link")
        .text("used", &by.name)
        .text("kind", if by.kind == InterfaceKind::Wifi { "wifi" } else { "mobile" })
        .number("metric", f64::from(used.metric), 0)
        .text("better", &interface.name)
        .text("better-kind", if interface.kind == InterfaceKind::Wired { "wired" } else { "wifi" })
        .number("better-metric", f64::from(route.metric), 0);
    Some(note(Segment::Device, because, [seen]))
}

/// More than one router that this computer may send through.
fn several_gateways(network: &NetworkState, seen: &Observation) -> Option<Finding> {
    let mut gateways: Vec<String> = Vec::new();
    for gateway in ways(network).filter(|(_, interface)| interface.kind != InterfaceKind::Tunnel).filter_map(|(route, _)| route.gateway) {
        let gateway = gateway.to_string();
        if !gateways.contains(&gateway) {
            gateways.push(gateway);
        }
    }
    let used = network.default_route()?.gateway?;
    let because = || Phrase::new("addresses-several-gateways").text("used", used.to_string()).text("list", gateways.join(", "));
    (gateways.len() > 1).then(|| note(Segment::Device, because(), [seen]))
}

/// What there is of IPv6: the network, or what is missing of it. Nothing where there is none at all.
fn ipv6(network: &NetworkState, seen: &Observation) -> Option<Finding> {
    let links = || {
        let real = |interface: &&Interface| !matches!(interface.kind, InterfaceKind::Tunnel | InterfaceKind::Virtual);
        network.interfaces.iter().filter(|interface| interface.up).filter(real)
    };
    let leads_out = |interface: &Interface| {
        let of_it = network.routes.iter().filter(|route| route.interface == interface.name);
        of_it.into_iter().any(|route| route.prefix_length == 0 && route.destination.is_ipv6())
    };
    let public = || links().flat_map(|interface| public_ipv6(interface).map(move |(address, length)| (interface, address, length)));
    if let Some((interface, address, length)) = public().find(|(interface, ..)| leads_out(interface)) {
        let because = Phrase::new("addresses-ipv6-prefix").text("prefix", prefix(network, interface, address, length));
        return Some(note(Segment::Device, because, [seen]));
    }
    if links().any(leads_out) {
        return Some(note(Segment::Device, Phrase::new("addresses-ipv6-no-prefix"), [seen]));
    }
    let (_, address, _) = public().next()?;
    Some(note(Segment::Device, Phrase::new("addresses-ipv6-no-way-out").text("address", address.to_string()), [seen]))
}

/// The addresses of an interface that all the internet may reach, with their prefix lengths.
pub fn public_ipv6(interface: &Interface) -> impl Iterator<Item = (Ipv6Addr, u8)> {
    interface.addresses.iter().filter_map(|text| match parse_prefix(text)? {
        // 2000::/3, all that is handed out so far.
        (IpAddr::V6(address), length) if address.octets()[0] >> 5 == 1 => Some((address, length)),
        _ => None,
    })
}

/// The network of an address: as announced on its link, where the address itself stands alone.
fn prefix(network: &NetworkState, interface: &Interface, address: Ipv6Addr, length: u8) -> String {
    let on_link = network.routes.iter().filter(|route| route.interface == interface.name && route.gateway.is_none());
    let lengths = on_link.filter(|route| route.prefix_length > 0 && same_network(route.destination, route.prefix_length, address.into()));
    let announced = lengths.map(|route| route.prefix_length).filter(|announced| *announced < 128).max();
    let length = if length < 128 { length } else { announced.unwrap_or(length) }.min(128);
    let mask = u128::MAX.checked_shl(128 - u32::from(length)).unwrap_or(0);
    format!("{}/{length}", Ipv6Addr::from_bits(address.to_bits() & mask))
}

fn judge(network: &NetworkState, seen: &Observation) -> Finding {
    let own: Vec<(IpAddr, u8)> = network
        .interfaces
        .iter()
        .filter(|interface| interface.up)
        .flat_map(|interface| interface.addresses.iter().filter_map(|text| parse_prefix(text)))
        .filter(|(address, _)| !address.is_loopback())
        .collect();
    let usable = |address: &IpAddr| !is_link_local(address);
    let Some(route) = network.default_route() else {
        return if own.iter().any(|(address, _)| usable(address)) {
            accuse(Fault::NoDefaultRoute, DECISIVE, Phrase::new("addresses-no-default-route"), [seen])
        } else if own.iter().any(|(address, _)| address.is_ipv4()) {
            accuse(Fault::LinkLocalAddress, DECISIVE, Phrase::new("addresses-link-local"), [seen])
        } else {
            accuse(Fault::NoAddress, DECISIVE, Phrase::new("addresses-none"), [seen])
        };
    };
    let same_family = |address: &&(IpAddr, u8)| address.0.is_ipv4() == route.destination.is_ipv4();
    if !own.iter().filter(same_family).any(|(address, _)| usable(address)) {
        return accuse(Fault::LinkLocalAddress, DECISIVE, Phrase::new("addresses-link-local"), [seen]);
    }
    match route.gateway {
        Some(gateway)
            if gateway.is_ipv4()
                && !own.iter().any(|(address, length)| same_network(*address, *length, gateway))
                && !is_on_link(network, gateway) =>
        {
            let because = Phrase::new("addresses-gateway-off-subnet").text("gateway", gateway.to_string());
            accuse(Fault::GatewayOffSubnet, STRONG, because, [seen])
        }
        gateway => {
            let address = own.iter().filter(same_family).find(|(address, _)| usable(address)).map_or_else(String::new, |(address, _)| address.to_string());
            let because = Phrase::new("addresses-clear")
                .text("address", address)
                .text("gateway", gateway.map_or_else(|| route.interface.clone(), |gateway| gateway.to_string()));
            clear(Fault::NoAddress, DECISIVE, because, [seen])
        }
    }
}

/// Whether a route says that the address is next door, as with addresses that stand alone (`/32`).
fn is_on_link(network: &NetworkState, address: IpAddr) -> bool {
    let direct = network.routes.iter().filter(|route| route.gateway.is_none() && route.prefix_length > 0);
    direct.into_iter().any(|route| same_network(route.destination, route.prefix_length, address))
}

/// Reads `address/prefix length`.
pub fn parse_prefix(text: &str) -> Option<(IpAddr, u8)> {
    let (address, length) = text.split_once('/')?;
    Some((address.parse().ok()?, length.parse().ok()?))
}

fn is_link_local(address: &IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_link_local(),
        IpAddr::V6(address) => address.is_unicast_link_local(),
    }
}

/// Whether both addresses are inside the same network of this prefix length.
pub fn same_network(own: IpAddr, length: u8, other: IpAddr) -> bool {
    match (own, other) {
        (IpAddr::V4(own), IpAddr::V4(other)) => (u32::from(own) ^ u32::from(other)).checked_shr(32_u32.saturating_sub(u32::from(length))).unwrap_or(0) == 0,
        (IpAddr::V6(own), IpAddr::V6(other)) => {
            (u128::from(own) ^ u128::from(other)).checked_shr(128_u32.saturating_sub(u32::from(length))).unwrap_or(0) == 0
        }
        _ => false,
    }
}
