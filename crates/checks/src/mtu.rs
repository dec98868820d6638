//! Do packets of full size pass the home link?

use std::net::IpAddr;

use demarc_model::{Fault, Finding, Interface, Observation, Phrase, Request, Segment, Step, Visit};

use crate::{
    Check, Plan,
    words::{FAIR, STRONG, accuse, clear, note},
};

pub const CHECK: Check =
    Check { id: "mtu", step: Step::Device, needs: &["addresses"], faults: &[Fault::MtuMisconfigured], plan, interpret };

/// IPv6 works with no smaller packet size (RFC 8200 section 5).
const SMALLEST: u32 = 1_280;
/// Jumbo frames of common switches end about here.
const LARGEST: u32 = 9_216;
/// Packets of the internet are no larger.
const USUAL: u32 = 1_500;

fn plan(visit: &Visit) -> Plan {
    let Some(interface) = visit.network().and_then(|network| network.router_interface()) else {
        return Plan::Blocked(Phrase::new("mtu-no-route"));
    };
    match visit.gateway() {
        Some(gateway) if !needs_scope(gateway) => Plan::Ask(vec![Request::PathMtu { destination: gateway, ceiling: ceiling(interface) }]),
        _ => Plan::NotApplicable(Phrase::new("mtu-no-gateway").text("interface", &interface.name)),
    }
}

/// A link-local IPv6 address says nothing without its interface.
fn needs_scope(address: IpAddr) -> bool {
    matches!(address, IpAddr::V6(address) if address.is_unicast_link_local())
}

/// The largest size worth trying from an interface, in bytes.
pub fn ceiling(interface: &Interface) -> u16 {
    u16::try_from(interface.mtu.min(USUAL)).unwrap_or(u16::MAX)
}

fn interpret(visit: &Visit) -> Vec<Finding> {
    let Some(seen) = visit.of(CHECK.id).next() else { return Vec::new() };
    let state = visit.observations.iter().rev().find(|observation| observation.network().is_some());
    let interface = visit.network().and_then(|network| network.router_interface());
    let size = state.zip(interface).and_then(|(state, interface)| judge_size(interface, [state, seen]));
    size.or_else(|| judge_passage(seen)).into_iter().collect()
}

fn judge_size(interface: &Interface, seen: [&Observation; 2]) -> Option<Finding> {
    let because = |id: &str| Phrase::new(id).text("interface", &interface.name).number("size", f64::from(interface.mtu), 0);
    match interface.mtu {
        0 => None,
        size if size < SMALLEST => Some(accuse(Fault::MtuMisconfigured, STRONG, because("mtu-too-small"), seen)),
        size if size > LARGEST => Some(accuse(Fault::MtuMisconfigured, FAIR, because("mtu-too-large"), seen)),
        _ => None,
    }
}

fn judge_passage(seen: &Observation) -> Option<Finding> {
    let passage = seen.path_mtu()?;
    let passed = passage.largest_passed?;
    let because = |id: &str| Phrase::new(id).number("passed", f64::from(passed), 0).number("tried", f64::from(passage.ceiling), 0);
    Some(if passed >= passage.ceiling {
        clear(Fault::MtuMisconfigured, FAIR, because("mtu-clear"), [seen])
    } else if passage.told_too_big {
        note(Segment::Device, because("mtu-smaller-path"), [seen])
    } else {
        accuse(Fault::MtuMisconfigured, FAIR, because("mtu-vanishing"), [seen])
    })
}
