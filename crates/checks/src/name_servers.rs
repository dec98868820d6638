//! Does each of the name servers that this computer is set to ask answer? A dead one that is asked first delays every name.

use std::net::SocketAddr;

use demarc_model::{DnsRecord, Fault, Finding, Observation, Phrase, Resolver, ResolverConfig, Segment, Step, Visit};

use crate::{
    Check, Plan, addresses, dns_settings,
    names::{self, Answers},
    words::{FAIR, STRONG, WEAK, accuse, clear, note},
};

pub const CHECK: Check =
    Check { id: "name-servers", step: Step::Device, needs: &["dns-settings"], faults: &[Fault::DnsMisconfigured], plan, interpret };

/// Most servers asked, those of single links included.
const MOST_SERVERS: usize = 4;

fn plan(visit: &Visit) -> Plan {
    let servers = servers(visit);
    if servers.len() < 2 {
        return Plan::NotApplicable(Phrase::new("name-servers-only-one"));
    }
    let Some(name) = names::name(visit) else { return Plan::NotApplicable(Phrase::new("dns-no-name")) };
    Plan::Ask(servers.into_iter().map(|server| names::query(visit, Resolver::Server(server), name, 2)).collect())
}

/// The configured servers in the order asked, then those of single links, each once. Where all packets for a link's own server go is
/// for the system to say, so only the link that leads out counts.
fn servers(visit: &Visit) -> Vec<SocketAddr> {
    let Some(config) = config(visit) else { return Vec::new() };
    let out = visit.network().and_then(|network| network.default_interface()).map(|interface| interface.name.as_str());
    let of_links = config.links.iter().filter(|link| Some(link.interface.as_str()) == out).flat_map(|link| &link.servers);
    let mut servers: Vec<SocketAddr> = Vec::new();
    for server in config.servers.iter().chain(of_links).filter(|server| !server.ip().is_unspecified()) {
        if !servers.contains(server) {
            servers.push(*server);
        }
    }
    servers.truncate(MOST_SERVERS);
    servers
}

fn config(visit: &Visit) -> Option<&ResolverConfig> {
    visit.observations.iter().rev().find_map(Observation::resolvers)
}

fn interpret(visit: &Visit) -> Vec<Finding> {
    let Some(name) = names::name(visit) else { return Vec::new() };
    let find = |server| Some((server, Answers::find(visit, CHECK.id, Resolver::Server(server), name, DnsRecord::A)?));
    let asked: Vec<(SocketAddr, Answers<'_>)> = servers(visit).into_iter().filter_map(find).collect();
    let alive = asked.iter().filter(|(_, answers)| answers.alive()).count();
    let Some((_, any)) = asked.first() else { return Vec::new() };
    if alive == asked.len() {
        let because = Phrase::new("name-servers-all-answer").number("servers", alive as f64, 0);
        return vec![clear(Fault::DnsMisconfigured, WEAK, because, asked.iter().map(|(_, answers)| answers.seen))];
    }
    if alive == 0 {
        // Whose fault silence of all is, the comparison with other servers tells.
        return vec![note(Segment::Device, Phrase::new("name-servers-none-answers"), [any.seen])];
    }
    let first = asked.first().map(|(server, _)| *server);
    asked
        .iter()
        .filter(|(_, answers)| !answers.alive())
        .map(|(server, answers)| {
            let because = because(visit, *server, Some(*server) == first, asked.len());
            match place(visit, *server) {
                Place::Home => accuse(Fault::DnsMisconfigured, FAIR, because, [answers.seen]),
                Place::Nowhere => accuse(Fault::DnsMisconfigured, STRONG, because, [answers.seen]),
                // The router's, the provider's or a public one: its own check compares it with others.
                Place::Elsewhere => note(Segment::Device, because, [answers.seen]),
            }
        })
        .collect()
}

/// What a silent server costs: the first is waited for with every name, where programs ask in order.
fn because(visit: &Visit, server: SocketAddr, first: bool, servers: usize) -> Phrase {
    let wait = config(visit).filter(|config| !config.rotate).and_then(|config| config.timeout_s).filter(|_| first);
    let id = if wait.is_some() { "name-servers-first-silent" } else { "name-servers-one-silent" };
    Phrase::new(id).text("server", server.ip().to_string()).number("servers", servers as f64, 0).number(
        "seconds",
        f64::from(wait.unwrap_or(0)),
        0,
    )
}

/// Where a server stands.
enum Place {
    /// In this computer's own network, and not the router.
    Home,
    /// Where this computer has no way to.
    Nowhere,
    Elsewhere,
}

fn place(visit: &Visit, server: SocketAddr) -> Place {
    let Some(network) = visit.network() else { return Place::Elsewhere };
    let address = server.ip();
    if names::gateways(visit).contains(&address) || address.is_loopback() {
        return Place::Elsewhere;
    }
    let own = |text: &String| addresses::parse_prefix(text).is_some_and(|(own, length)| addresses::same_network(own, length, address));
    if network.interfaces.iter().any(|interface| interface.up && interface.addresses.iter().any(own)) {
        Place::Home
    } else if dns_settings::has_route(network, address) {
        Place::Elsewhere
    } else {
        Place::Nowhere
    }
}
