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
    let Some(interface) = visit.network().and_then(|network| network.router_interface()) else {
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
        Some(address) => {
            let gateway = visit.gateway().and_then(|gateway| if let IpAddr::V4(gateway) = gateway { Some(owners(gateway)) } else { None });
            let servers = Request::DhcpServers { interface: interface.name.clone() };
            Plan::Ask([servers, owners(address)].into_iter().chain(gateway).collect())
        }
        None => Plan::NotApplicable(Phrase::new("address-conflicts-no-ipv4")),
    }
}

fn interpret(visit: &Visit) -> Vec<Finding> {
    let judge = |seen: &Observation| match (seen.dhcp_servers(), seen.address_owners()) {
        (Some(servers), _) => judge_servers(visit, servers, seen),
        (_, Some(owners)) => match seen.request {
            Request::AddressOwners { address, .. } if visit.gateway() == Some(IpAddr::V4(address)) => judge_gateway(address, owners, seen),
            Request::AddressOwners { address, .. } => Some(judge_owners(address, owners, seen)),
            _ => None,
        },
        _ => None,
    };
    visit.of(CHECK.id).filter_map(judge).collect()
}

/// First octets of hardware addresses that routers share on purpose when one stands in for another (RFC 9568; HSRP and GLBP).
const SHARED: [&str; 5] = ["00:00:5e:00:01:", "00:00:5e:00:02:", "00:00:0c:07:ac:", "00:00:0c:9f:f", "00:07:b4:"];

/// Two machines that answer for the router's address: one of them gets what is meant for the other, by accident or on purpose. Extenders
/// and pairs of routers do it too, so that it is a fair sign and no more.
fn judge_gateway(address: Ipv4Addr, owners: &AddressOwners, seen: &Observation) -> Option<Finding> {
    let plain = |mac: &&String| !SHARED.iter().any(|shared| mac.starts_with(shared));
    let others: Vec<&String> = owners.others.iter().filter(plain).collect();
    let [one, other, ..] = others.as_slice() else { return None };
    let because = Phrase::new("address-conflicts-gateway-shared").text("address", address.to_string()).text("one", *one).text("other", *other);
    Some(accuse(Fault::DuplicateAddress, FAIR, because, [seen]))
}

fn judge_owners(address: Ipv4Addr, owners: &AddressOwners, seen: &Observation) -> Finding {
    let address = address.to_string();
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
