//! Does something on this computer stand between it and the network?

use demarc_model::{Fault, Finding, Interface, InterfaceKind, NetworkState, Observation, Phrase, Request, Segment, Step, Visit, WayOut};
use url::{Host, Url};

use crate::{
    Check, Plan,
    words::{STRONG, WEAK, accuse, clear, note},
};

pub const CHECK: Check = Check {
    id: "vpn-proxy",
    step: Step::Device,
    needs: &["addresses"],
    faults: &[Fault::VpnActive, Fault::ProxyMisconfigured],
    plan: |_| Plan::Ask(vec![Request::Proxy]),
    interpret,
};

fn interpret(visit: &Visit) -> Vec<Finding> {
    let Some(seen) = visit.of(CHECK.id).next() else { return Vec::new() };
    let state = visit.observations.iter().rev().find_map(|observation| Some((observation, observation.network()?)));
    let tunnel = state.map(|(state, network)| judge_tunnel(network, [state, seen]));
    tunnel.into_iter().chain(judge_proxies(seen)).collect()
}

fn judge_tunnel(network: &NetworkState, seen: [&Observation; 2]) -> Finding {
    let because = |id: &str, tunnel: &Interface| Phrase::new(id).text("interface", &tunnel.name);
    if let Some((tunnel, how)) = carrying_tunnel(network) {
        // Everything measured from here on describes the tunnel as much as the line.
        let id = match how {
            Carries::Everything => "vpn-proxy-tunnel",
            Carries::Half => "vpn-proxy-tunnel-half",
            Carries::OnlyIpv6 => return note(Segment::Device, because("vpn-proxy-tunnel-ipv6", tunnel), seen),
        };
        return accuse(Fault::VpnActive, STRONG, because(id, tunnel), seen);
    }
    match network.interfaces.iter().find(|interface| is_tunnel(interface) && interface.up && !interface.addresses.is_empty()) {
        Some(tunnel) => note(Segment::Device, because("vpn-proxy-tunnel-beside", tunnel), seen),
        None => clear(Fault::VpnActive, STRONG, Phrase::new("vpn-proxy-no-tunnel"), seen),
    }
}

fn is_tunnel(interface: &Interface) -> bool {
    interface.kind == InterfaceKind::Tunnel
}

/// How much of the traffic a tunnel carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Carries {
    Everything,
    /// Some places of the internet, not all.
    Half,
    OnlyIpv6,
}

/// The tunnel that carries traffic to the internet: by the default route, by the two halves of it that some VPN programs set instead,
/// or by a table of its own that policies lead to, as the system itself tells.
fn carrying_tunnel(network: &NetworkState) -> Option<(&Interface, Carries)> {
    if let Some(interface) = network.default_interface().filter(|interface| is_tunnel(interface)) {
        return Some((interface, Carries::Everything));
    }
    let tunnel_of = |name: &str| network.interface(name).filter(|interface| is_tunnel(interface));
    let (v4, v6): (Vec<&WayOut>, Vec<&WayOut>) = network.ways_out.iter().partition(|way| way.destination.is_ipv4());
    if !v4.is_empty() {
        let through: Vec<&Interface> = v4.iter().filter_map(|way| tunnel_of(&way.interface)).collect();
        return match through.first() {
            Some(tunnel) if through.len() == v4.len() => Some((tunnel, Carries::Everything)),
            Some(tunnel) => Some((tunnel, Carries::Half)),
            None => v6.iter().find_map(|way| tunnel_of(&way.interface)).map(|tunnel| (tunnel, Carries::OnlyIpv6)),
        };
    }
    let halves = network.routes.iter().filter(|route| route.prefix_length == 1);
    let mut tunnels = halves.filter_map(|route| tunnel_of(&route.interface)).chain(v6.iter().filter_map(|way| tunnel_of(&way.interface)));
    tunnels.next().map(|tunnel| (tunnel, Carries::Everything))
}

/// Whether packets to the internet take a tunnel: places on the way behind the router are then the tunnel's.
pub fn is_through_tunnel(network: &NetworkState) -> bool {
    carrying_tunnel(network).is_some_and(|(_, how)| how != Carries::OnlyIpv6)
}

fn judge_proxies(seen: &Observation) -> Vec<Finding> {
    let Some(proxy) = seen.proxy() else { return Vec::new() };
    if proxy.entries.is_empty() && proxy.scripts.is_empty() {
        return vec![clear(Fault::ProxyMisconfigured, STRONG, Phrase::new("vpn-proxy-no-proxy"), [seen])];
    }
    let mut told = Vec::new();
    for (place, address) in &proxy.entries {
        let because = |id: &str| Phrase::new(id).text("place", place).text("address", address);
        let finding = if !is_address(address) {
            accuse(Fault::ProxyMisconfigured, STRONG, because("vpn-proxy-bad-proxy"), [seen])
        } else if is_on_this_computer(address) {
            note(Segment::Device, because("vpn-proxy-own-proxy"), [seen])
        } else {
            note(Segment::Device, because("vpn-proxy-proxy"), [seen])
        };
        // The same proxy usually stands in several places.
        if !told.iter().any(|(known, _)| *known == address) {
            told.push((address, finding));
        }
    }
    let script = |(place, address): &(String, String)| {
        // What a script decides is known to the programs that run it alone.
        let id = if address == "WPAD" { "vpn-proxy-looks-for-script" } else { "vpn-proxy-script" };
        note(Segment::Device, Phrase::new(id).text("place", place).text("address", address), [seen])
    };
    let mut findings: Vec<Finding> = told.into_iter().map(|(_, finding)| finding).chain(proxy.scripts.iter().map(script)).collect();
    if findings.iter().all(|finding| finding.fault.is_none()) && !proxy.entries.is_empty() {
        findings.push(clear(Fault::ProxyMisconfigured, WEAK, Phrase::new("vpn-proxy-proxy-plausible"), [seen]));
    }
    findings
}

/// `WPAD` stands for a desktop that looks for its proxy by itself.
fn is_address(address: &str) -> bool {
    address == "WPAD" || host_of(address).is_some()
}

fn is_on_this_computer(address: &str) -> bool {
    match host_of(address) {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// The host of `scheme://host:port` or `host:port`; `None` where port 0 or something else makes it no address to connect to.
fn host_of(address: &str) -> Option<Host<String>> {
    // Read as HTTP whatever the scheme, because only there addresses are told from names.
    let authority = address.split_once("://").map_or(address, |(_, rest)| rest);
    let url = Url::parse(&format!("http://{authority}")).ok()?;
    if url.port() == Some(0) { None } else { url.host().map(|host| host.to_owned()) }
}
