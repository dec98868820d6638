//! Who translates this home's addresses, by what the router says it is called on the line and what the internet sees?

use std::net::{IpAddr, Ipv4Addr};

use demarc_model::{Fault, Finding, Observation, Phrase, Request, SeenFrom, Segment, Step, Visit};

use crate::{
    Check, Plan, addresses, nat, vpn_proxy,
    words::{DECISIVE, clear, note},
};

pub const CHECK: Check = Check {
    id: "public-address",
    step: Step::Router,
    needs: &["router-says", "cross-traffic"],
    faults: &[Fault::DoubleNat, Fault::CarrierGradeNat],
    plan,
    interpret,
};

/// Servers asked.
const MOST_SERVERS: usize = 2;

fn plan(visit: &Visit) -> Plan {
    if visit.network().is_some_and(vpn_proxy::is_through_tunnel) {
        return Plan::NotApplicable(Phrase::new("public-address-tunnel"));
    }
    if visit.network().is_some_and(|network| network.default_route().is_none()) {
        return Plan::Blocked(Phrase::new("public-address-no-route"));
    }
    let servers = visit.config.stun.servers.iter().take(MOST_SERVERS);
    let requests: Vec<Request> = servers.map(|server| Request::Stun { server: server.clone() }).collect();
    if requests.is_empty() { Plan::NotApplicable(Phrase::new("public-address-nobody-to-ask")) } else { Plan::Ask(requests) }
}

fn interpret(visit: &Visit) -> Vec<Finding> {
    let seen = visit.of(CHECK.id).find_map(|seen| Some((seen, seen.stun()?)));
    let Some((seen, stun)) = seen else { return Vec::new() };
    let IpAddr::V4(outside) = stun.address else { return Vec::new() };
    let because = |id: &str| Phrase::new(id).text("address", outside.to_string()).text("server", &stun.server);
    match nat::line_address(visit) {
        Some((told, line)) => nat::judge_both(line, outside, [told, seen]),
        None if own(visit).contains(&outside) => {
            let because = because("public-address-own");
            [Fault::DoubleNat, Fault::CarrierGradeNat].map(|fault| clear(fault, DECISIVE, because.clone(), [seen])).into()
        }
        None => vec![note(Segment::Router, because("public-address-seen"), [seen])],
    }
    .into_iter()
    .chain(kept_port(stun, seen))
    .collect()
}

/// A translation that keeps ports is kind to calls and games; this is worth knowing and no fault.
fn kept_port(stun: &SeenFrom, seen: &Observation) -> Option<Finding> {
    let because = || Phrase::new("public-address-port-kept").text("port", stun.port.to_string());
    (stun.port == stun.own_port).then(|| note(Segment::Router, because(), [seen]))
}

/// This computer's own IPv4 addresses.
fn own(visit: &Visit) -> Vec<Ipv4Addr> {
    let interfaces = visit.network().into_iter().flat_map(|network| &network.interfaces);
    let addresses = interfaces.flat_map(|interface| &interface.addresses).filter_map(|text| addresses::parse_prefix(text));
    addresses.filter_map(|(address, _)| if let IpAddr::V4(address) = address { Some(address) } else { None }).collect()
}
