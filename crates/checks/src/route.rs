//! Reading the traces as one route: where the provider's network begins and where it ends.

use std::{collections::BTreeSet, net::IpAddr};

use demarc_model::{Trace, Visit};

use crate::addresses::same_network;

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
    let table = &visit.config.asn.prefixes;
    table
        .iter()
        .filter(|(network, length, _, _)| same_network(*network, *length, address))
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use demarc_model::{NetworkState, Observation, Outcome, Request, TraceHop, TraceProtocol, TraceReply};
    use rstest::rstest;

    use super::*;

    const GATEWAY: &str = "192.168.1.1";
    const SECOND: &str = "192.168.100.1";
    const FIRST: &str = "192.0.2.1";
    const NEAR: &str = "192.0.2.9";
    const FAR: &str = "203.0.113.1";
    const ASIDE: &str = "198.51.100.1";
    const SERVICE: &str = "203.0.113.80";
    const ELSEWHERE: &str = "198.51.100.10";
    /// The provider, a network inside its range that is not its own, the service's network, and one for everything.
    const TABLE: [(&str, u8, u32); 4] =
        [("192.0.2.0", 24, 64_500), ("192.0.2.128", 25, 64_501), ("203.0.113.0", 24, 64_502), ("0.0.0.0", 0, 1)];

    #[rstest]
    // Where the provider's network ends is read from the table, the longest prefix first.
    #[case::border_by_table(&TABLE[..3], &[GATEWAY, FIRST, NEAR, "192.0.2.200", SERVICE], &[], [Some(2), Some(3), Some(4)])]
    // An address that the table does not know lies in the network before it.
    #[case::unlisted_address_is_the_providers(&TABLE[..3], &[GATEWAY, FIRST, "10.9.9.9", FAR, SERVICE], &[], [Some(2), Some(3), Some(4)])]
    // A default prefix covers every address, so there is no border.
    #[case::one_network_for_all(&TABLE[3..], &[GATEWAY, FIRST, FAR, SERVICE], &[], [Some(2), Some(3), None])]
    #[case::border_at_the_first_hop(&TABLE[..3], &[GATEWAY, FIRST, FAR, SERVICE], &[], [Some(2), None, Some(3)])]
    // Without a table the border is the last hop that the ways to different networks share.
    #[case::ways_part(&[], &[GATEWAY, FIRST, NEAR, FAR, SERVICE], &[GATEWAY, FIRST, NEAR, ASIDE, ELSEWHERE], [Some(2), Some(3), Some(4)])]
    #[case::ways_part_at_the_first_hop(&[], &[GATEWAY, FIRST, FAR, SERVICE], &[GATEWAY, FIRST, ASIDE, ELSEWHERE], [Some(2), None, Some(3)])]
    #[case::a_single_way_has_no_border(&[], &[GATEWAY, FIRST, NEAR, SERVICE], &[], [Some(2), None, None])]
    // A service right behind the router leaves nothing between.
    #[case::single_hop(&[], &[GATEWAY, SERVICE], &[GATEWAY, ELSEWHERE], [None, None, None])]
    #[case::nothing_answers(&[], &["", ""], &[], [None, None, None])]
    // A first hop that stays silent is replaced by the next that answers.
    #[case::silent_first_hop(&[], &[GATEWAY, "", NEAR, FAR, SERVICE], &[GATEWAY, "", NEAR, ASIDE, ELSEWHERE], [Some(3), None, Some(4)])]
    #[case::silent_gateway(&[], &["", FIRST, SERVICE], &[], [Some(2), None, None])]
    // A second router at home is not the provider's.
    #[case::second_router(&[], &[GATEWAY, SECOND, FIRST, NEAR, SERVICE], &[GATEWAY, SECOND, FIRST, ELSEWHERE], [Some(3), None, Some(4)])]
    #[case::only_private_hops(&[], &[GATEWAY, "10.0.0.1", "10.0.0.5", SERVICE], &[], [Some(2), None, None])]
    // The range shared behind carrier-grade NAT belongs to providers.
    #[case::carrier_grade_nat(&[], &[GATEWAY, "100.64.0.1", FIRST, SERVICE], &[], [Some(2), None, None])]
    fn the_places_on_the_way(
        #[case] table: &[(&str, u8, u32)],
        #[case] main: &[&str],
        #[case] other: &[&str],
        #[case] places: [Option<u8>; 3],
    ) {
        let mut visit = Visit { observations: vec![home(), traced(SERVICE, main)], ..Visit::default() };
        if !other.is_empty() {
            visit.observations.push(traced(ELSEWHERE, other));
        }
        visit.config.asn.prefixes =
            table.iter().map(|(network, length, number)| (network.parse().unwrap(), *length, *number, String::new())).collect();
        let place = |ttl: Option<u8>| ttl.map(|ttl| (main[usize::from(ttl) - 1].parse().unwrap(), ttl));
        let [first_hop, border_near, border_far] = places.map(place);
        assert_eq!(Route::of(&visit, Some(SERVICE.parse().unwrap())), Route { first_hop, border_near, border_far });
    }

    #[test]
    fn without_traces_there_are_no_places() {
        assert_eq!(Route::of(&Visit::default(), Some(SERVICE.parse().unwrap())), Route::default());
    }

    /// A computer whose default route leads to the gateway.
    fn home() -> Observation {
        let route = demarc_model::Route {
            destination: [0, 0, 0, 0].into(),
            prefix_length: 0,
            gateway: Some(GATEWAY.parse().unwrap()),
            interface: "eth0".to_owned(),
            metric: 100,
        };
        seen(Request::Network, NetworkState { interfaces: Vec::new(), routes: vec![route], ways_out: Vec::new() }.into())
    }

    /// The trace to a destination by the addresses that answered, nearest first; an empty one stayed silent.
    fn traced(destination: &str, addresses: &[&str]) -> Observation {
        let destination: IpAddr = destination.parse().unwrap();
        let reply = |from: IpAddr| TraceReply { from, rtt_ms: 5.0, kind: "time-exceeded".to_owned() };
        let hop = |(ttl, address): (u8, &&str)| TraceHop { ttl, sent: 1, replies: address.parse().ok().map(reply).into_iter().collect() };
        let hops: Vec<TraceHop> = (1..).zip(addresses).map(hop).collect();
        let reached = hops.last().and_then(TraceHop::address) == Some(destination);
        let request = Request::Trace { destination, protocol: TraceProtocol::Icmp, flow: 1, max_hops: 30, rounds: 1 };
        seen(request, Trace { destination, reached, hops }.into())
    }

    fn seen(request: Request, outcome: Outcome) -> Observation {
        Observation { id: String::new(), check: String::new(), at: chrono::DateTime::default(), elapsed_ms: 1.0, request, outcome }
    }
}
