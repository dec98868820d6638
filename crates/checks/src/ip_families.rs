//! Do IPv4 and IPv6 both work? Programs that try both at once hide a broken one behind a delay.

use demarc_model::{Family, Fault, FetchStage, FetchTimes, Finding, NetworkState, Observation, Phrase, Request, Segment, Step, Visit};
use url::Url;

use crate::{
    Check, Plan, addresses, names, service,
    words::{STRONG, accuse, clear, note},
};

pub const CHECK: Check = Check {
    id: "ip-families",
    step: Step::Path,
    needs: &["addresses", "service"],
    faults: &[Fault::Ipv6Broken],
    plan,
    interpret,
};

fn plan(visit: &Visit) -> Plan {
    let Some(network) = visit.network() else { return Plan::Blocked(Phrase::new("ip-families-unknown")) };
    if !has_ipv6(network) {
        return Plan::NotApplicable(Phrase::new("ip-families-one-only"));
    }
    let Some(url) = page(visit) else { return Plan::NotApplicable(Phrase::new("ip-families-no-name")) };
    let fetch = |family| Request::Fetch { url: url.clone(), family, address: None, timeout_ms: service::timeout_ms(visit) };
    Plan::Ask(vec![fetch(Family::V4), fetch(Family::V6)])
}

/// The first service that has a name: an address belongs to one family.
fn page(visit: &Visit) -> Option<Url> {
    let pages = visit.config.services.iter().filter_map(demarc_model::Service::page);
    pages.into_iter().find(|url| url.host_str().is_some_and(names::is_name))
}

/// Whether there are an address for the whole internet and a way out.
fn has_ipv6(network: &NetworkState) -> bool {
    let global = network.interfaces.iter().filter(|interface| interface.up).any(|interface| addresses::public_ipv6(interface).next().is_some());
    global && network.routes.iter().any(|route| route.prefix_length == 0 && route.destination.is_ipv6())
}

fn interpret(visit: &Visit) -> Vec<Finding> {
    let find = |wanted: Family| {
        let seen = visit.of(CHECK.id).find(|seen| matches!(seen.request, Request::Fetch { family, .. } if family == wanted))?;
        Some((seen, seen.fetch()?))
    };
    find(Family::V4).zip(find(Family::V6)).map(|((seen4, v4), (seen6, v6))| judge(v4, v6, [seen4, seen6])).into_iter().collect()
}

fn judge(v4: &FetchTimes, v6: &FetchTimes, seen: [&Observation; 2]) -> Finding {
    let connect = |page: &FetchTimes| page.connect_ms.unwrap_or(0.0);
    match (v4.status.is_some(), v6.status.is_some()) {
        (_, true) => {
            let id = if v4.status.is_some() { "ip-families-both" } else { "ip-families-only-ipv6" };
            let because = Phrase::new(id).number("four", connect(v4), 0).number("six", connect(v6), 0);
            clear(Fault::Ipv6Broken, STRONG, because, seen)
        }
        (true, false) if v6.failed_at == Some(FetchStage::Name) => note(Segment::Device, Phrase::new("ip-families-service-has-no-ipv6"), seen),
        (true, false) => {
            let because = Phrase::new("ip-families-ipv6-fails").text("error", v6.error.as_deref().unwrap_or("unknown"));
            accuse(Fault::Ipv6Broken, STRONG, because, seen)
        }
        (false, false) => note(Segment::Device, Phrase::new("ip-families-neither"), seen),
    }
}
