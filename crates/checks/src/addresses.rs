//! Has this computer an address and a way out?

use std::net::IpAddr;

use demarc_model::{Fault, Finding, NetworkState, Observation, Phrase, Request, Step, Visit};

use crate::{
    Check, Plan,
    words::{DECISIVE, STRONG, accuse, clear},
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
    visit.of(CHECK.id).filter_map(|seen| Some(judge(seen.network()?, seen))).collect()
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
        Some(gateway) if gateway.is_ipv4() && !own.iter().any(|(address, length)| same_network(*address, *length, gateway)) => {
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
