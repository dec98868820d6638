//! Which way do packets take, and where does that way end?

use std::net::IpAddr;

use demarc_model::{Fault, Finding, Phrase, Profile, Request, Segment, Step, Trace, TraceProtocol, Visit};

use crate::{
    Check, Plan, nat,
    words::{STRONG, accuse, clear, each_for_itself, note},
};

pub const CHECK: Check = Check {
    id: "trace",
    step: Step::Path,
    needs: &["router-dns", "provider-dns"],
    faults: &[Fault::IspRoutingLoop, Fault::DoubleNat, Fault::CarrierGradeNat],
    plan,
    interpret,
};

/// Destinations traced at most: a router that limits its answers to one a second lets a burst of six pass, so a seventh trace
/// would lose the hops that all traces share.
const MOST_DESTINATIONS: usize = 5;

fn plan(visit: &Visit) -> Plan {
    if visit.network().is_some_and(|network| network.default_route().is_none()) {
        return Plan::Blocked(Phrase::new("path-no-route"));
    }
    let rounds = match visit.profile {
        Profile::Quick => 1,
        Profile::Standard => 4,
        // Enough to tell loss on the way of a few percent.
        Profile::Thorough => 100,
    };
    let mut destinations: Vec<IpAddr> = Vec::new();
    let services = visit.config.services.iter().take(1).map(|service| service.host.as_str());
    let anchors = visit.config.anchors.iter().map(|anchor| anchor.host.as_str());
    for address in services.chain(anchors).filter_map(|host| visit.address_of(host)) {
        if !destinations.contains(&address) && destinations.len() < MOST_DESTINATIONS {
            destinations.push(address);
        }
    }
    if destinations.is_empty() {
        return Plan::Blocked(Phrase::new("path-no-addresses"));
    }
    // Traces share their first hops, so only the first one asks again and again. Each is a flow of its own, so that the system can tell their answers apart.
    let trace = |(flow, destination)| Request::Trace { destination, protocol: TraceProtocol::Icmp, flow, max_hops: 30, rounds: if flow == 1 { rounds } else { 1 } };
    Plan::Ask((1..).zip(destinations).map(trace).collect())
}

fn interpret(visit: &Visit) -> Vec<Finding> {
    let mut findings = Vec::new();
    for seen in visit.of(CHECK.id) {
        let Some(trace) = seen.trace() else { continue };
        let because = |id: &str| Phrase::new(id).text("destination", name_of(visit, trace.destination));
        if let Some(repeated) = loop_at(trace) {
            findings.push(accuse(Fault::IspRoutingLoop, STRONG, because("trace-loop").text("hop", repeated.to_string()), [seen]));
        } else if trace.reached {
            let hops = trace.hops.last().map_or(0, |hop| hop.ttl);
            findings.push(clear(Fault::IspRoutingLoop, STRONG, because("trace-reached").number("hops", f64::from(hops), 0), [seen]));
        } else if let Some(last) = trace.hops.iter().rev().find_map(demarc_model::TraceHop::address) {
            findings.push(note(Segment::Isp, because("trace-ends").text("hop", last.to_string()), [seen]));
        } else {
            findings.push(note(Segment::Isp, because("trace-nothing"), [seen]));
        }
    }
    let mut findings = each_for_itself(findings);
    // Every trace shows the same hop behind the router; the first that saw it tells.
    findings.extend(visit.of(CHECK.id).map(|seen| nat::judge_second_hop(visit, seen)).find(|found| !found.is_empty()).into_iter().flatten());
    findings
}

/// What the user calls an address.
pub fn name_of(visit: &Visit, address: IpAddr) -> String {
    let hosts = visit.config.services.iter().map(|service| &service.host).chain(visit.config.anchors.iter().map(|anchor| &anchor.host));
    hosts.into_iter().find(|host| visit.address_of(host) == Some(address)).cloned().unwrap_or_else(|| address.to_string())
}

/// An address that stands at three or more distances with others between: packets go in circles.
fn loop_at(trace: &Trace) -> Option<IpAddr> {
    let addresses: Vec<IpAddr> = trace.hops.iter().filter_map(demarc_model::TraceHop::address).filter(|address| *address != trace.destination).collect();
    addresses.iter().copied().find(|address| {
        let places: Vec<usize> = (0..addresses.len()).filter(|place| addresses[*place] == *address).collect();
        places.len() >= 3 && places.windows(2).all(|pair| pair[1] > pair[0] + 1)
    })
}
