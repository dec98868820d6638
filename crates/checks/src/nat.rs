//! Who translates addresses between this home and the internet: the router alone, a second router at home, or the provider too?
//! Several checks see a piece of the answer.

use std::net::{IpAddr, Ipv4Addr};

use demarc_model::{Fault, Finding, Observation, Phrase, Segment, Visit};

use crate::{
    vpn_proxy,
    words::{DECISIVE, FAIR, STRONG, WEAK, accuse, clear, note},
};

/// Whose range an address belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Range {
    /// What home routers hand out by default: 192.168/16.
    Home,
    /// The other ranges of RFC 1918, which homes use and providers use inside their networks.
    Private,
    /// What providers use behind a translation of their own (RFC 6598).
    Shared,
    /// Of the internet.
    Public,
}

fn range(address: Ipv4Addr) -> Option<Range> {
    match address.octets() {
        [192, 168, ..] => Some(Range::Home),
        [100, 64..=127, ..] => Some(Range::Shared),
        _ if address.is_private() => Some(Range::Private),
        _ if address.is_unspecified() || address.is_loopback() || address.is_link_local() || address.is_multicast() => None,
        _ => Some(Range::Public),
    }
}

/// The router's own address on the line, as some check was told it, IPv4 first.
pub fn line_address(visit: &Visit) -> Option<(&Observation, IpAddr)> {
    let told = |seen| {
        let said = Observation::router(seen).into_iter().flat_map(|router| router.line_addresses.iter().map(|line| line.address));
        let counted = Observation::wan_traffic(seen).and_then(|traffic| traffic.address);
        said.chain(counted).min_by_key(IpAddr::is_ipv6).map(|address| (seen, address))
    };
    visit.observations.iter().rev().filter_map(told).min_by_key(|(_, address)| address.is_ipv6())
}

/// What the router's address on the line and the one that the internet sees say together. Where the first is of the internet and the
/// second is another, somebody behind the router translates.
pub fn judge_both(line: IpAddr, outside: Ipv4Addr, seen: [&Observation; 2]) -> Vec<Finding> {
    let IpAddr::V4(address) = line else { return Vec::new() };
    let because = |id: &str| Phrase::new(id).text("line", address.to_string()).text("address", outside.to_string());
    if address == outside {
        let because = because("public-address-same");
        return [Fault::DoubleNat, Fault::CarrierGradeNat].map(|fault| clear(fault, DECISIVE, because.clone(), seen)).into();
    }
    match range(address) {
        Some(Range::Public) => vec![accuse(Fault::CarrierGradeNat, FAIR, because("public-address-other"), seen)],
        Some(_) => vec![note(Segment::Router, because("public-address-translated"), seen)],
        None => Vec::new(),
    }
}

/// What the router's own address on the line says: it decides the question unless homes and providers both use its range.
pub fn judge_line_address(address: IpAddr, seen: &Observation) -> Vec<Finding> {
    let IpAddr::V4(address) = address else { return Vec::new() };
    let because = |id: &str| Phrase::new(id).text("address", address.to_string());
    match range(address) {
        Some(Range::Home) => vec![accuse(Fault::DoubleNat, DECISIVE, because("nat-line-address-private"), [seen])],
        Some(Range::Private) => vec![accuse(Fault::DoubleNat, FAIR, because("nat-line-address-maybe"), [seen])],
        Some(Range::Shared) => vec![
            accuse(Fault::CarrierGradeNat, DECISIVE, because("nat-line-address-shared"), [seen]),
            clear(Fault::DoubleNat, STRONG, because("nat-line-address-no-second-router"), [seen]),
        ],
        // Some providers use addresses of the internet behind a translation of their own.
        Some(Range::Public) => vec![
            clear(Fault::DoubleNat, DECISIVE, because("nat-line-address-public"), [seen]),
            clear(Fault::CarrierGradeNat, STRONG, because("nat-line-address-public"), [seen]),
        ],
        None => Vec::new(),
    }
}

/// What the hop behind the router says, where the router does not tell its own address.
pub fn judge_second_hop(visit: &Visit, seen: &Observation) -> Vec<Finding> {
    if visit.network().is_some_and(vpn_proxy::is_through_tunnel) || line_address(visit).is_some() {
        return Vec::new();
    }
    let second = seen.trace().and_then(|trace| trace.hop_at(2)?.address().filter(|address| *address != trace.destination));
    let Some(IpAddr::V4(address)) = second.filter(|address| Some(*address) != visit.gateway()) else { return Vec::new() };
    let because = |id: &str| Phrase::new(id).text("address", address.to_string());
    match range(address) {
        Some(Range::Home) => vec![accuse(Fault::DoubleNat, STRONG + WEAK, because("nat-second-hop-home"), [seen])],
        Some(Range::Private) => vec![accuse(Fault::DoubleNat, FAIR, because("nat-second-hop-private"), [seen])],
        Some(Range::Shared) => vec![accuse(Fault::CarrierGradeNat, STRONG + WEAK, because("nat-second-hop-shared"), [seen])],
        Some(Range::Public) => vec![
            clear(Fault::DoubleNat, STRONG, because("nat-second-hop-public"), [seen]),
            clear(Fault::CarrierGradeNat, FAIR, because("nat-second-hop-public"), [seen]),
        ],
        None => vec![note(Segment::Router, because("nat-second-hop-odd"), [seen])],
    }
}
