//! Who is the home router, and what does it say of the line?

use demarc_model::{Fault, Finding, LineConnection, Observation, Phrase, Request, RouterState, Segment, Step, Visit};

use crate::{
    Check, Plan, nat,
    words::{FAIR, STRONG, WEAK, accuse, clear, note},
};

pub const CHECK: Check = Check {
    id: "router-says",
    step: Step::Router,
    needs: &["addresses"],
    faults: &[
        Fault::AccessDown,
        Fault::AccessUnderRate,
        Fault::AccessFlapping,
        Fault::RouterRestarting,
        Fault::DoubleNat,
        Fault::CarrierGradeNat,
    ],
    plan,
    interpret,
};

/// A connection younger than this is worth knowing of, and one older than that was steady, in seconds.
const YOUNG_S: u32 = 60 * 60;
const STEADY_S: u32 = 24 * 60 * 60;
/// A table of mappings and a connection whose ages differ by less began together: the router itself started anew. In seconds.
const TOGETHER_S: u32 = 180;
/// Share of the promised rate below which the line is much slower.
const MUCH_LESS: f64 = 0.5;
/// Most ports told in a sentence.
const MOST_PORTS: usize = 6;

fn plan(visit: &Visit) -> Plan {
    if visit.gateway().is_none() {
        return Plan::Blocked(Phrase::new("gateway-unknown"));
    }
    Plan::Ask(vec![Request::Router])
}

/// What the router said, and when.
pub fn said(visit: &Visit) -> Option<(&Observation, &RouterState)> {
    visit.of(CHECK.id).find_map(|seen| Some((seen, seen.router()?)))
}

fn interpret(visit: &Visit) -> Vec<Finding> {
    let Some((seen, router)) = said(visit) else { return Vec::new() };
    let line = router.connection.as_ref();
    let findings = [
        identity(router, seen),
        line.and_then(|line| state(line, seen)),
        line.and_then(|line| rate(visit, line, seen)),
        ports(router, seen),
    ];
    let line = router.line_addresses.iter().map(|line| line.address).find(std::net::IpAddr::is_ipv4);
    let translated = line.map(|address| nat::judge_line_address(address, seen)).unwrap_or_default();
    findings.into_iter().flatten().chain(age(router, seen)).chain(translated).collect()
}

fn identity(router: &RouterState, seen: &Observation) -> Option<Finding> {
    let words = |parts: &[Option<&String>]| parts.iter().flatten().map(|part| part.as_str()).collect::<Vec<_>>().join(" ");
    let described = router.description.as_ref();
    let model = described.map_or_else(String::new, |it| words(&[it.model.as_ref().or(it.name.as_ref()), it.model_number.as_ref()]));
    let maker = described.and_then(|it| it.manufacturer.clone()).or_else(|| router.vendor.clone());
    let because = match (model.is_empty(), maker) {
        (false, Some(maker)) => Phrase::new("router-says-model").text("model", model).text("maker", maker),
        (false, None) => Phrase::new("router-says-model-only").text("model", model),
        (true, Some(maker)) => Phrase::new("router-says-maker").text("maker", maker),
        (true, None) => Phrase::new("router-says-name").text("name", router.names.first()?),
    };
    Some(note(Segment::Router, because, [seen]))
}

/// Whether the line is there. A router that speaks of a line behind another router says that of the cable between them.
fn state(line: &LineConnection, seen: &Observation) -> Option<Finding> {
    let is = |text: &Option<String>, word: &str| text.as_deref().is_some_and(|text| text.eq_ignore_ascii_case(word));
    let error = line.last_error.as_deref().unwrap_or("");
    if is(&line.physical, "Down") {
        return Some(accuse(Fault::AccessDown, STRONG, Phrase::new("router-says-line-down"), [seen]));
    }
    if is(&line.status, "Connected") {
        let strength = if is(&line.physical, "Up") { STRONG } else { FAIR };
        return Some(clear(Fault::AccessDown, strength, Phrase::new("router-says-connected"), [seen]));
    }
    let status = line.status.as_deref()?;
    let because = Phrase::new("router-says-not-connected").text("status", status).text("error", error);
    Some(match status.to_ascii_lowercase().as_str() {
        "disconnected" | "connecting" | "pendingdisconnect" | "disconnecting" => accuse(Fault::AccessDown, FAIR, because, [seen]),
        _ => note(Segment::Router, because, [seen]),
    })
}

/// The rate that a DSL line trained to is the line's; that of an Ethernet socket is the socket's.
fn rate(visit: &Visit, line: &LineConnection, seen: &Observation) -> Option<Finding> {
    let mbps = |bits: Option<u64>| bits.map(|bits| bits as f64 * 1e-6);
    let (down, up) = (mbps(line.down_bits_per_s)?, mbps(line.up_bits_per_s)?);
    let because = |id: &str| Phrase::new(id).number("down", down, 1).number("up", up, 1);
    let promised = visit.config.plan.down_mbps.filter(|promised| *promised > 0.0);
    let dsl = line.kind.as_deref().is_some_and(|kind| kind.eq_ignore_ascii_case("dsl"));
    Some(match promised {
        Some(promised) if dsl && down < MUCH_LESS * promised => {
            let because = because("router-says-rate-below-promise").number("promised", promised, 1);
            accuse(Fault::AccessUnderRate, FAIR, because, [seen])
        }
        Some(promised) if dsl && down >= promised => clear(Fault::AccessUnderRate, WEAK, because("router-says-rate"), [seen]),
        _ => note(Segment::Access, because("router-says-rate"), [seen]),
    })
}

/// How long the connection and the router's memory go back. One restart in the past is no fault; another look is taken later.
fn age(router: &RouterState, seen: &Observation) -> Vec<Finding> {
    let Some(uptime) = router.connection.as_ref().and_then(|line| line.uptime_s) else { return Vec::new() };
    let because = |id: &str| Phrase::new(id).number("minutes", f64::from(uptime) / 60.0, 0).number("hours", f64::from(uptime) / 3600.0, 0);
    if uptime < YOUNG_S {
        let together = router.epoch_s.is_some_and(|epoch| epoch.abs_diff(uptime) < TOGETHER_S);
        return vec![note(Segment::Router, because(if together { "router-says-restarted" } else { "router-says-reconnected" }), [seen])];
    }
    if uptime < STEADY_S {
        return vec![note(Segment::Access, because("router-says-since"), [seen])];
    }
    let clears = [Fault::AccessFlapping, Fault::RouterRestarting];
    clears.map(|fault| clear(fault, WEAK, because("router-says-since"), [seen])).into()
}

/// Ports that lead from the internet into the home: wanted in most homes, and worth a look in all.
fn ports(router: &RouterState, seen: &Observation) -> Option<Finding> {
    let mappings = router.mappings.as_ref().filter(|mappings| !mappings.is_empty())?;
    let list: Vec<String> =
        mappings.iter().take(MOST_PORTS).map(|mapping| format!("{} {} → {}", mapping.protocol, mapping.port, mapping.to)).collect();
    let forever = mappings.iter().filter(|mapping| mapping.lease_s == 0).count();
    let because = Phrase::new("router-says-ports")
        .number("count", mappings.len() as f64, 0)
        .number("forever", forever as f64, 0)
        .text("list", list.join(", "));
    Some(note(Segment::Router, because, [seen]))
}
