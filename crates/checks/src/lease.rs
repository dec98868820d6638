//! Who gave this computer its address, and does that last?

use demarc_model::{Fault, Finding, Lease, Observation, Phrase, Request, Segment, Step, Visit};

use crate::{
    Check, Plan,
    words::{FAIR, WEAK, accuse, clear, note},
};

pub const CHECK: Check = Check { id: "lease", step: Step::Device, needs: &["addresses"], faults: &[Fault::NoAddress], plan, interpret };

/// Leases shorter than this are asked for so often that a router that restarts takes the address away, in seconds.
const SHORT_S: u32 = 10 * 60;
/// Share of a lease after which anybody is asked to renew it, where nothing else was agreed (RFC 2131 section 4.4.5).
const REBIND_SHARE: f64 = 0.875;

fn plan(visit: &Visit) -> Plan {
    let Some(network) = visit.network() else { return Plan::Blocked(Phrase::new("lease-unknown")) };
    let link = network.routes.iter().filter(|route| route.prefix_length == 0 && route.destination.is_ipv4() && route.gateway.is_some());
    match link.min_by_key(|route| route.metric) {
        Some(route) => Plan::Ask(vec![Request::Lease { interface: route.interface.clone() }]),
        None => Plan::NotApplicable(Phrase::new("lease-no-route")),
    }
}

fn interpret(visit: &Visit) -> Vec<Finding> {
    let judge = |seen| Some([Some(judge(Observation::lease(seen)?, seen)), other_server(visit, Observation::lease(seen)?, seen)]);
    visit.of(CHECK.id).filter_map(judge).flatten().flatten().collect()
}

fn judge(lease: &Lease, seen: &Observation) -> Finding {
    let because = |id: &str| {
        let hours = |seconds: f64| seconds.max(0.0) / 3600.0;
        let address = lease.address.map_or_else(String::new, |address| address.to_string());
        let server = lease.server.or(lease.router).map_or_else(|| "?".to_owned(), |server| server.to_string());
        Phrase::new(id)
            .text("address", address)
            .text("server", server)
            .number("lasts", hours(f64::from(lease.lasts_s.unwrap_or(0))), 1)
            .number("left", hours(lease.left_s.unwrap_or(0.0)), 1)
    };
    if lease.temporary == Some(false) {
        return note(Segment::Device, because("lease-by-hand"), [seen]);
    }
    match (lease.left_s, lease.lasts_s) {
        // A computer that keeps an address beyond its end was not told anything by its router for long.
        (Some(left), _) if left <= 0.0 => accuse(Fault::NoAddress, FAIR, because("lease-over"), [seen]),
        (Some(left), Some(lasts)) if left < f64::from(lasts) * (1.0 - REBIND_SHARE) => note(Segment::Router, because("lease-not-renewed"), [seen]),
        (Some(_), Some(lasts)) if lasts < SHORT_S => note(Segment::Router, because("lease-short"), [seen]),
        (Some(_), _) => {
            let id = if lease.lasts_s.is_some() && lease.server.is_some() { "lease-current" } else { "lease-current-kernel" };
            clear(Fault::NoAddress, FAIR, because(id), [seen])
        }
        (None, _) => clear(Fault::NoAddress, WEAK, because("lease-end-unknown"), [seen]),
    }
}

/// A machine other than the router hands out addresses: on purpose in some homes, by accident in others.
fn other_server(visit: &Visit, lease: &Lease, seen: &Observation) -> Option<Finding> {
    let gateway = visit.gateway()?.to_string();
    let server = lease.server?.to_string();
    let because = Phrase::new("lease-other-server").text("server", &server).text("gateway", &gateway);
    (server != gateway).then(|| note(Segment::Router, because, [seen]))
}
