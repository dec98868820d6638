//! Does a login page stand in the way?

use demarc_model::{Family, Fault, FetchStage, FetchTimes, Finding, Observation, Phrase, Profile, Request, Segment, Step, Visit};

use crate::{
    Check, Plan, names,
    words::{DECISIVE, STRONG, accuse, clear, note},
};

pub const CHECK: Check =
    Check { id: "portal", step: Step::Device, needs: &["dns-settings"], faults: &[Fault::CaptivePortal], plan, interpret };

/// HTTP's own word for a login page in the way (RFC 6585 section 6).
const AUTHENTICATION_REQUIRED: u16 = 511;

fn plan(visit: &Visit) -> Plan {
    if visit.network().is_some_and(|network| network.default_route().is_none()) {
        return Plan::Blocked(Phrase::new("portal-no-route"));
    }
    let Some(url) = visit.config.portal.url.clone() else { return Plan::NotApplicable(Phrase::new("portal-no-page")) };
    let address = url.host_str().and_then(|host| names::address_despite_dns(visit, host)).filter(std::net::IpAddr::is_ipv4);
    let timeout_ms = if visit.profile == Profile::Quick { 2_000 } else { 4_000 };
    Plan::Ask(vec![Request::Fetch { url, family: Family::V4, address, timeout_ms }])
}

fn interpret(visit: &Visit) -> Vec<Finding> {
    visit.of(CHECK.id).filter_map(|seen| Some(judge(visit, seen.fetch()?, seen))).collect()
}

fn judge(visit: &Visit, page: &FetchTimes, seen: &Observation) -> Finding {
    let expected = visit.config.portal.expect_status;
    let because = |id: &str| {
        Phrase::new(id).number("status", page.status.unwrap_or(0).into(), 0).number("expected", expected.into(), 0)
    };
    let accuse = |strength| accuse(Fault::CaptivePortal, strength, because("portal-in-the-way"), [seen]);
    match page.status {
        Some(status) if status == expected => clear(Fault::CaptivePortal, STRONG, because("portal-clear"), [seen]),
        Some(AUTHENTICATION_REQUIRED) => accuse(DECISIVE),
        Some(200..=399) => accuse(STRONG),
        Some(_) => note(Segment::Device, because("portal-odd"), [seen]),
        None if page.failed_at == Some(FetchStage::Name) => note(Segment::Device, because("portal-no-name"), [seen]),
        None => note(Segment::Device, because("portal-not-reached"), [seen]),
    }
}
