//! Is this computer set up to find names?

use std::net::IpAddr;

use demarc_model::{DnsRecord, Fault, Finding, NetworkState, Observation, Phrase, Request, Resolver, Segment, Step, Visit};

use crate::{
    Check, Plan, addresses,
    names::{self, Answers},
    words::{DECISIVE, STRONG, accuse, clear, note},
};

pub const CHECK: Check = Check {
    id: "dns-settings",
    step: Step::Device,
    needs: &["addresses"],
    faults: &[Fault::DnsMisconfigured, Fault::HostsOverride],
    plan,
    interpret,
};

fn plan(visit: &Visit) -> Plan {
    let mut requests = vec![Request::Resolvers];
    let services: Vec<String> = service_names(visit).map(str::to_owned).collect();
    if !services.is_empty() {
        requests.push(Request::HostsFile { names: services });
    }
    requests.extend(names::name(visit).map(|name| names::query(visit, Resolver::System, name, 2)));
    Plan::Ask(requests)
}

fn service_names(visit: &Visit) -> impl Iterator<Item = &str> {
    visit.config.services.iter().map(|service| service.host.as_str()).filter(|host| names::is_name(host)).take(8)
}

fn interpret(visit: &Visit) -> Vec<Finding> {
    let answers = names::name(visit).and_then(|name| Answers::find(visit, CHECK.id, Resolver::System, name, DnsRecord::A));
    let settings = visit.of(CHECK.id).find_map(|seen| judge_servers(visit, seen, answers.as_ref()));
    settings.into_iter().chain(visit.of(CHECK.id).filter_map(judge_hosts_file)).collect()
}

/// What the configured servers show by themselves. Silence of a server is for the comparison with others to judge.
fn judge_servers(visit: &Visit, seen: &Observation, answers: Option<&Answers<'_>>) -> Option<Finding> {
    let servers = &seen.resolvers()?.servers;
    let Some(first) = servers.first() else {
        return Some(accuse(Fault::DnsMisconfigured, DECISIVE, Phrase::new("dns-settings-no-server"), [seen]));
    };
    let Some(answers) = answers else {
        return Some(note(Segment::Device, Phrase::new("dns-settings-servers").text("server", first.ip().to_string()), [seen]));
    };
    let name = names::name(visit).unwrap_or_default();
    let because = |id: &str| Phrase::new(id).text("server", first.ip().to_string()).text("name", name);
    let both = [seen, answers.seen];
    let lost = |network: &NetworkState| servers.iter().all(|server| !has_route(network, server.ip()));
    Some(if answers.no_such_name && !answers.addresses {
        note(Segment::Device, because("dns-settings-no-such-name"), both)
    } else if answers.works() {
        let because = because("dns-settings-clear").number("median", answers.median_ms, 0);
        clear(Fault::DnsMisconfigured, STRONG, because, both)
    } else if visit.network().is_some_and(lost) {
        accuse(Fault::DnsMisconfigured, STRONG, because("dns-settings-no-way"), both)
    } else {
        note(Segment::Device, because("dns-settings-unanswered"), both)
    })
}

/// Whether packets to the address have anywhere to go.
pub fn has_route(network: &NetworkState, address: IpAddr) -> bool {
    let own = |text: &String| addresses::parse_prefix(text).is_some_and(|(own, length)| addresses::same_network(own, length, address));
    !address.is_unspecified()
        && (address.is_loopback()
            || network.routes.iter().any(|route| addresses::same_network(route.destination, route.prefix_length, address))
            || network.interfaces.iter().any(|interface| interface.up && interface.addresses.iter().any(own)))
}

fn judge_hosts_file(seen: &Observation) -> Option<Finding> {
    let Some((name, address)) = seen.hosts_file()?.entries.first() else {
        return Some(clear(Fault::HostsOverride, STRONG, Phrase::new("dns-settings-hosts-clear"), [seen]));
    };
    // An entry may be a wish; one that leads nowhere cannot work.
    let strength = if address.is_loopback() || address.is_unspecified() { DECISIVE } else { STRONG };
    let because = Phrase::new("dns-settings-hosts-override").text("name", name).text("address", address.to_string());
    Some(accuse(Fault::HostsOverride, strength, because, [seen]))
}
