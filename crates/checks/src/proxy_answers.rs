//! Can the proxy that programs are told to use be connected to?

use demarc_model::{Family, Fault, FetchStage, Finding, Observation, Phrase, Request, Step, Visit};
use url::Url;

use crate::{
    Check, Plan,
    words::{STRONG, WEAK, accuse, clear},
};

pub const CHECK: Check = Check {
    id: "proxy-answers",
    step: Step::Device,
    needs: &["vpn-proxy"],
    faults: &[Fault::ProxyMisconfigured],
    plan,
    interpret,
};

/// Most proxies asked; a computer has one, set in several places.
const MOST_PROXIES: usize = 3;
const TIMEOUT_MS: u32 = 2_000;

fn plan(visit: &Visit) -> Plan {
    let proxies = proxies(visit);
    if proxies.is_empty() {
        return Plan::NotApplicable(Phrase::new("proxy-answers-none"));
    }
    let fetch = |url| Request::Fetch { url, family: Family::Any, address: None, timeout_ms: TIMEOUT_MS };
    Plan::Ask(proxies.into_iter().map(fetch).collect())
}

/// The proxies that have an address, each once.
fn proxies(visit: &Visit) -> Vec<Url> {
    let set = visit.observations.iter().rev().find_map(Observation::proxy);
    let mut proxies: Vec<Url> = Vec::new();
    for (_, address) in set.map_or(&[][..], |set| &set.entries) {
        // Whatever is spoken to it, it has to accept connections.
        let authority = address.split_once("://").map_or(address.as_str(), |(_, rest)| rest);
        let url = Url::parse(&format!("http://{authority}")).ok().filter(|url| url.host().is_some() && url.port() != Some(0) && address != "WPAD");
        proxies.extend(url.filter(|url| !proxies.contains(url)));
    }
    proxies.truncate(MOST_PROXIES);
    proxies
}

fn interpret(visit: &Visit) -> Vec<Finding> {
    let judge = |seen| {
        let times = Observation::fetch(seen)?;
        let Request::Fetch { url, .. } = &seen.request else { return None };
        let because = |id: &str| Phrase::new(id).text("address", url.authority());
        // A proxy that dislikes the question still answers.
        let silent = matches!(times.failed_at, Some(FetchStage::Name | FetchStage::Connect));
        Some(if silent {
            accuse(Fault::ProxyMisconfigured, STRONG + WEAK, because("proxy-answers-silent"), [seen])
        } else {
            clear(Fault::ProxyMisconfigured, STRONG, because("proxy-answers-clear"), [seen])
        })
    };
    visit.of(CHECK.id).filter_map(judge).collect()
}
