//! Reading the traces as one route: where the provider's network begins and where it ends.

use std::{collections::BTreeSet, net::IpAddr};

use demarc_model::{Trace, Visit};

/// The places on the way to the service that are worth probing, nearest first.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Route {
    /// The provider's first hop and its distance.
    pub first_hop: Option<(IpAddr, u8)>,
    /// The last hop that belongs to the provider, when it is not the first hop itself.
    pub border_near: Option<(IpAddr, u8)>,
    /// The first hop behind the provider, when it is not the service itself.
    pub border_far: Option<(IpAddr, u8)>,
}

impl Route {
    /// What the visit's traces tell. With a table of networks the border is where the provider's network ends; without one it is
    /// where the ways to different networks part, give or take one hop.
    pub fn of(visit: &Visit, service: Option<IpAddr>) -> Self {
        let traces: Vec<&Trace> = visit.observations.iter().filter_map(|observation| observation.trace()).collect();
        let Some(main) = service.and_then(|address| visit.trace_to(address)).or(traces.first().copied()) else { return Self::default() };
        let hops: Vec<(IpAddr, u8)> = main
            .hops
            .iter()
            .filter_map(|hop| Some((hop.address()?, hop.ttl)))
            .filter(|(address, _)| *address != main.destination && Some(*address) != visit.gateway())
            .collect();
        let others: Vec<&Trace> = traces.iter().copied().filter(|trace| trace.destination != main.destination).collect();
        let first_hop = hops
            .iter()
            .copied()
            .find(|(address, ttl)| *ttl > 1 && !is_private(*address))
            .or_else(|| hops.iter().copied().find(|(_, ttl)| *ttl > 1));
        let near = last_of_provider(visit, &hops, first_hop, &others);
        let far = near.and_then(|(_, ttl)| hops.iter().copied().find(|(_, other)| *other > ttl));
        Self { first_hop, border_near: near.filter(|near| Some(*near) != first_hop), border_far: far }
    }
}

fn last_of_provider(visit: &Visit, hops: &[(IpAddr, u8)], first_hop: Option<(IpAddr, u8)>, others: &[&Trace]) -> Option<(IpAddr, u8)> {
    let first_hop = first_hop?;
    let behind = || hops.iter().copied().filter(|(_, ttl)| *ttl >= first_hop.1);
    if let Some(provider) = network_of(visit, first_hop.0) {
        return behind().take_while(|(address, _)| network_of(visit, *address).is_none_or(|network| network == provider)).last();
    }
    let shared: BTreeSet<IpAddr> = others.iter().flat_map(|trace| trace.hops.iter().filter_map(demarc_model::TraceHop::address)).collect();
    if others.is_empty() { None } else { behind().rfind(|(address, _)| shared.contains(address)) }
}

/// The AS number that announces an address, by the longest prefix of the configured table.
fn network_of(visit: &Visit, address: IpAddr) -> Option<u32> {
    let covers = |network: &IpAddr, length: u8| match (network, address) {
        (IpAddr::V4(network), IpAddr::V4(address)) => {
            (u32::from(*network) ^ u32::from(address)).checked_shr(32_u32.saturating_sub(length.into())).unwrap_or(0) == 0
        }
        (IpAddr::V6(network), IpAddr::V6(address)) => {
            (u128::from(*network) ^ u128::from(address)).checked_shr(128_u32.saturating_sub(length.into())).unwrap_or(0) == 0
        }
        _ => false,
    };
    let table = &visit.config.asn.prefixes;
    table
        .iter()
        .filter(|(network, length, _, _)| covers(network, *length))
        .max_by_key(|(_, length, _, _)| *length)
        .map(|(_, _, asn, _)| *asn)
}

/// Home address ranges (RFC 1918); the shared range 100.64/10 belongs to providers.
pub fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_private() || address.is_link_local(),
        IpAddr::V6(address) => address.is_unique_local() || address.is_unicast_link_local(),
    }
}
