//! Can the proxy that programs are told to use be connected to?

use demarc_model::{Family, Fault, FetchStage, FetchTimes, Finding, Observation, Phrase, Request, Segment, Step, Visit};
use url::Url;

use crate::{
    Check, Plan,
    words::{FAIR, STRONG, WEAK, accuse, clear, note},
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
/// Most scripts fetched.
const MOST_SCRIPTS: usize = 2;
const TIMEOUT_MS: u32 = 2_000;

fn plan(visit: &Visit) -> Plan {
    let proxies: Vec<Url> = proxies(visit).into_iter().chain(scripts(visit)).collect();
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

/// The scripts that stand on a server. One in a file needs no network, and one that is looked for has no address yet.
fn scripts(visit: &Visit) -> Vec<Url> {
    let set = visit.observations.iter().rev().find_map(Observation::proxy);
    let urls = set.map_or(&[][..], |set| &set.scripts).iter().filter_map(|(_, address)| Url::parse(address).ok());
    let mut scripts: Vec<Url> = urls.filter(|url| matches!(url.scheme(), "http" | "https") && url.host().is_some()).collect();
    scripts.dedup();
    scripts.truncate(MOST_SCRIPTS);
    scripts
}

/// Programs go on without a proxy, after a wait, where the script cannot be had.
fn judge_script(url: &Url, times: &FetchTimes, seen: &Observation) -> Finding {
    let because = |id: &str| Phrase::new(id).text("address", url.as_str()).number("status", times.status.unwrap_or(0).into(), 0);
    match times.status {
        Some(200..=299) => clear(Fault::ProxyMisconfigured, FAIR, because("proxy-answers-script-clear"), [seen]),
        // Where it leads is followed by the programs, not here.
        Some(300..=399) => note(Segment::Device, because("proxy-answers-script-moved"), [seen]),
        Some(_) => accuse(Fault::ProxyMisconfigured, FAIR, because("proxy-answers-script-missing"), [seen]),
        None if matches!(times.failed_at, Some(FetchStage::Name | FetchStage::Connect)) => {
            accuse(Fault::ProxyMisconfigured, FAIR, because("proxy-answers-script-silent"), [seen])
        }
        None => note(Segment::Device, because("proxy-answers-script-unread"), [seen]),
    }
}

fn interpret(visit: &Visit) -> Vec<Finding> {
    let scripts = scripts(visit);
    let judge = |seen| {
        let times = Observation::fetch(seen)?;
        let Request::Fetch { url, .. } = &seen.request else { return None };
        if scripts.contains(url) {
            return Some(judge_script(url, times, seen));
        }
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
