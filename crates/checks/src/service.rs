//! Does the service answer, stage by stage: name, connection, encryption, page?

use demarc_model::{Family, Fault, FetchStage, FetchTimes, Finding, Observation, Phrase, Profile, Request, Segment, Service, Step, Visit};

use crate::{
    Check, Plan, names,
    words::{FAIR, STRONG, WEAK, accuse, clear, note},
};

pub const CHECK: Check = Check {
    id: "service",
    step: Step::Path,
    needs: &["router-dns", "provider-dns"],
    faults: &[Fault::ServiceDown, Fault::ServiceSlow],
    plan,
    interpret,
};

/// How long a server may think about a page, in milliseconds, beyond the way there and back: fine, slow, very slow.
const QUICK_MS: f64 = 500.0;
const SLOW_MS: f64 = 1_000.0;
const VERY_SLOW_MS: f64 = 1_500.0;

fn plan(visit: &Visit) -> Plan {
    let requests: Vec<Request> = services(visit).filter_map(|service| request(visit, service)).collect();
    if requests.is_empty() { Plan::NotApplicable(Phrase::new("service-none")) } else { Plan::Ask(requests) }
}

fn services(visit: &Visit) -> impl Iterator<Item = &Service> {
    visit.config.services.iter().take(if visit.profile == Profile::Quick { 1 } else { 3 })
}

fn request(visit: &Visit, service: &Service) -> Option<Request> {
    let url = service.page()?;
    let address = url.host_str().filter(|host| names::is_name(host)).and_then(|host| names::address_despite_dns(visit, host));
    Some(Request::Fetch { url, family: Family::Any, address, timeout_ms: timeout_ms(visit) })
}

/// Longest wait for each stage, in milliseconds.
pub fn timeout_ms(visit: &Visit) -> u32 {
    if visit.profile == Profile::Quick { 3_000 } else { 5_000 }
}

fn interpret(visit: &Visit) -> Vec<Finding> {
    let fetched: Vec<(&Service, &FetchTimes, &Observation)> = services(visit)
        .filter_map(|service| {
            let page = service.page()?;
            let of_page = |seen: &&Observation| matches!(&seen.request, Request::Fetch { url, .. } if *url == page);
            let seen = visit.of(CHECK.id).find(of_page)?;
            Some((service, seen.fetch()?, seen))
        })
        .collect();
    let others_answer = fetched.iter().any(|(_, page, _)| page.status.is_some());
    fetched.iter().flat_map(|(service, page, seen)| judge(service, page, others_answer, seen)).collect()
}

fn judge(service: &Service, page: &FetchTimes, others_answer: bool, seen: &Observation) -> Vec<Finding> {
    let because = |id: &str| Phrase::new(id).text("service", service.label());
    match (page.status, page.failed_at) {
        (Some(status @ 500..), _) => {
            let because = because("service-error").number("status", f64::from(status), 0);
            vec![accuse(Fault::ServiceDown, STRONG, because, [seen])]
        }
        (Some(_), _) => {
            let answers = clear(Fault::ServiceDown, STRONG, stages(because("service-answers"), page), [seen]);
            std::iter::once(answers).chain(judge_wait(service, page, seen)).collect()
        }
        (None, Some(stage)) => vec![judge_failure(because, stage, page, others_answer, seen)],
        (None, None) => Vec::new(),
    }
}

/// What a failed fetch says by itself: little, since the way there may be what failed.
fn judge_failure(
    because: impl Fn(&str) -> Phrase,
    stage: FetchStage,
    page: &FetchTimes,
    others_answer: bool,
    seen: &Observation,
) -> Finding {
    let error = page.error.as_deref().unwrap_or("unknown");
    let because = |id: &str| because(id).text("error", error);
    let silent = if others_answer { FAIR } else { WEAK };
    match stage {
        FetchStage::Name => note(Segment::Service, because("service-no-name"), [seen]),
        // A filter at home answers with an address of its own; that says nothing of the service.
        FetchStage::Connect if page.address.is_some_and(is_local) => note(Segment::Service, because("service-refuses"), [seen]),
        FetchStage::Connect if error.contains("firewall on this computer") => note(Segment::Device, because("service-held-back"), [seen]),
        FetchStage::Connect if error.contains("refused") => accuse(Fault::ServiceDown, STRONG, because("service-refuses"), [seen]),
        FetchStage::Connect if error.contains("unreachable") => note(Segment::Service, because("service-not-reached"), [seen]),
        FetchStage::Connect => accuse(Fault::ServiceDown, silent, because("service-no-connection"), [seen]),
        FetchStage::Tls => accuse(Fault::ServiceDown, silent, because("service-no-encryption"), [seen]),
        FetchStage::Http => accuse(Fault::ServiceSlow, STRONG, because("service-no-page"), [seen]),
    }
}

/// An address that no public service has.
fn is_local(address: std::net::IpAddr) -> bool {
    address.is_unspecified() || address.is_loopback() || crate::route::is_private(address)
}

/// The server's own time: the first byte's without the way there and back, which the TCP handshake took once.
fn judge_wait(service: &Service, page: &FetchTimes, seen: &Observation) -> Option<Finding> {
    let wait = (page.first_byte_ms? - page.connect_ms?).max(0.0);
    let because = |id: &str| Phrase::new(id).text("service", service.label()).number("wait", wait, 0);
    match wait {
        _ if wait > VERY_SLOW_MS => Some(accuse(Fault::ServiceSlow, STRONG, because("service-thinks-long"), [seen])),
        _ if wait > SLOW_MS => Some(accuse(Fault::ServiceSlow, FAIR, because("service-thinks-long"), [seen])),
        _ if wait < QUICK_MS => Some(clear(Fault::ServiceSlow, FAIR, because("service-thinks-briefly"), [seen])),
        _ => None,
    }
}

fn stages(because: Phrase, page: &FetchTimes) -> Phrase {
    let total: f64 = [page.name_ms, page.connect_ms, page.tls_ms, page.first_byte_ms].into_iter().flatten().sum();
    because.number("connect", page.connect_ms.unwrap_or(0.0), 0).number("total", total, 0)
}
