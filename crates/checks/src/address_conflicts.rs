//! Does another machine use this computer's address, or hand out addresses beside the router?

use std::net::{IpAddr, Ipv4Addr};

use demarc_model::{
    AddressOwners, DhcpOffer, DhcpServers, Fault, Finding, InterfaceKind, Observation, Phrase, Request, Segment, Step, Visit,
};

use crate::{
    Check, Plan, addresses,
    words::{DECISIVE, FAIR, STRONG, accuse, clear, note},
};

pub const CHECK: Check = Check {
    id: "address-conflicts",
    step: Step::Device,
    needs: &["addresses"],
    faults: &[Fault::DuplicateAddress, Fault::RogueDhcp],
    plan,
    interpret,
};

fn plan(visit: &Visit) -> Plan {
    let Some(interface) = visit.network().and_then(|network| network.default_interface()) else {
        return Plan::Blocked(Phrase::new("address-conflicts-no-route"));
    };
    if !matches!(interface.kind, InterfaceKind::Wired | InterfaceKind::Wifi) {
        return Plan::NotApplicable(Phrase::new("address-conflicts-no-neighbours").text("interface", &interface.name));
    }
    let own = interface.addresses.iter().filter_map(|text| addresses::parse_prefix(text)).find_map(|(address, _)| match address {
        IpAddr::V4(address) if !address.is_link_local() => Some(address),
        _ => None,
    });
    let owners = |address: Ipv4Addr| Request::AddressOwners { interface: interface.name.clone(), address };
    match own {
        Some(address) => Plan::Ask(vec![Request::DhcpServers { interface: interface.name.clone() }, owners(address)]),
        None => Plan::NotApplicable(Phrase::new("address-conflicts-no-ipv4")),
    }
}

fn interpret(visit: &Visit) -> Vec<Finding> {
    let judge = |seen: &Observation| match (seen.dhcp_servers(), seen.address_owners()) {
        (Some(servers), _) => judge_servers(visit, servers, seen),
        (_, Some(owners)) => Some(judge_owners(owners, seen)),
        _ => None,
    };
    visit.of(CHECK.id).filter_map(judge).collect()
}

fn judge_owners(owners: &AddressOwners, seen: &Observation) -> Finding {
    let address = match &seen.request {
        Request::AddressOwners { address, .. } => address.to_string(),
        _ => String::new(),
    };
    match owners.others.first() {
        Some(other) => {
            let because = Phrase::new("address-conflicts-taken").text("address", address).text("other", other);
            accuse(Fault::DuplicateAddress, DECISIVE, because, [seen])
        }
        None => clear(Fault::DuplicateAddress, STRONG, Phrase::new("address-conflicts-free").text("address", address), [seen]),
    }
}

/// One server is normal, whichever machine it is. Of several the stranger is the one that names another way out than the one in use.
fn judge_servers(visit: &Visit, servers: &DhcpServers, seen: &Observation) -> Option<Finding> {
    let gateway = visit.gateway();
    let is_strange = |offer: &&DhcpOffer| offer.router.is_some_and(|router| Some(router) != gateway);
    let mut distinct: Vec<IpAddr> = servers.offers.iter().map(|offer| offer.server).collect();
    distinct.sort_unstable();
    distinct.dedup();
    let because = |id: &str| Phrase::new(id).number("servers", distinct.len() as f64, 0);
    let stranger = servers.offers.iter().find(is_strange);
    match (distinct.as_slice(), stranger) {
        ([], _) => None,
        ([only], None) => {
            Some(clear(Fault::RogueDhcp, STRONG, because("address-conflicts-one-server").text("server", only.to_string()), [seen]))
        }
        // The way out in use may have been typed in.
        ([only], Some(offer)) => {
            let router = offer.router.unwrap_or(*only).to_string();
            let because = because("address-conflicts-other-router").text("server", only.to_string()).text("router", router);
            Some(note(Segment::Router, because, [seen]))
        }
        (_, Some(offer)) => {
            let router = offer.router.unwrap_or(offer.server).to_string();
            let because = because("address-conflicts-stranger").text("server", offer.server.to_string()).text("router", router);
            Some(accuse(Fault::RogueDhcp, DECISIVE, because, [seen]))
        }
        // Servers that agree on the way out, such as a pair that stands in for each other.
        (_, None) => {
            let all: Vec<String> = distinct.iter().map(IpAddr::to_string).collect();
            Some(accuse(Fault::RogueDhcp, FAIR, because("address-conflicts-several").text("list", all.join(", ")), [seen]))
        }
    }
}
