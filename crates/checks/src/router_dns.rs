//! Does the router's own name server answer, and if not: is it the router or the servers it asks in turn?

use std::net::{IpAddr, SocketAddr};

use demarc_model::{DnsRecord, Fault, Finding, Phrase, Request, Resolver, Segment, Step, Visit};

use crate::{
    Check, Plan,
    names::{self, Answers},
    words::{DECISIVE, FAIR, STRONG, WEAK, accuse, clear, note},
};

pub const CHECK: Check = Check {
    id: "router-dns",
    step: Step::Router,
    needs: &["dns-settings", "gateway"],
    faults: &[Fault::RouterDnsFailing, Fault::IspDnsFailing],
    plan,
    interpret,
};

/// A forwarder answers a question about itself without asking anybody, so this tells a dead one from one whose own servers fail.
const VERSION: &str = "version.bind";

fn plan(visit: &Visit) -> Plan {
    if names::gateways(visit).is_empty() {
        return Plan::Blocked(Phrase::new("router-dns-no-router"));
    }
    let Some(server) = forwarder(visit) else { return Plan::NotApplicable(Phrase::new("router-dns-not-used")) };
    let Some(name) = names::name(visit) else { return Plan::NotApplicable(Phrase::new("dns-no-name")) };
    let version = Request::Dns {
        resolver: server,
        name: VERSION.to_owned(),
        record: DnsRecord::Version,
        attempts: 1,
        timeout_ms: names::timeout_ms(visit),
    };
    let mut requests = vec![names::query(visit, server, name, 3), names::query(visit, server, names::unrelated(visit), 2), version];
    requests.extend(public(visit).map(|public| names::query(visit, public, name, 2)));
    requests.extend(on_net(visit).map(|provider| names::query(visit, provider, name, 2)));
    Plan::Ask(requests)
}

/// The router's name server: where this computer is set to ask it, or may ask it behind a server of its own.
fn forwarder(visit: &Visit) -> Option<Resolver> {
    let gateways = names::gateways(visit);
    let configured = names::configured(visit);
    if let Some(server) = configured.iter().find(|server| gateways.contains(&server.ip())) {
        return Some(Resolver::Server(*server));
    }
    let behind_own = configured.iter().all(|server| server.ip().is_loopback());
    let reachable = |gateway: &&IpAddr| !matches!(gateway, IpAddr::V6(address) if address.is_unicast_link_local());
    let gateway = gateways.iter().find(reachable).filter(|_| behind_own)?;
    Some(Resolver::Server(SocketAddr::new(*gateway, 53)))
}

/// A responder inside the provider's network that may be its name server: whether it finds the name tells the router from its source.
fn on_net(visit: &Visit) -> Option<Resolver> {
    let mut inside = visit.config.anchors.iter().filter(|anchor| anchor.on_net);
    let address = inside.find_map(|anchor| anchor.host.parse().ok())?;
    Some(Resolver::Server(SocketAddr::new(address, 53)))
}

/// The public name server compared with.
fn public(visit: &Visit) -> Option<Resolver> {
    visit.config.dns.public.first().map(|address| Resolver::Server(SocketAddr::new(*address, 53)))
}

fn interpret(visit: &Visit) -> Vec<Finding> {
    let (Some(Resolver::Server(server)), Some(name)) = (forwarder(visit), names::name(visit)) else { return Vec::new() };
    let find = |resolver, name: &str, record| Answers::find(visit, CHECK.id, resolver, name, record);
    let Some(router) = find(Resolver::Server(server), name, DnsRecord::A) else { return Vec::new() };
    let unrelated = find(Resolver::Server(server), names::unrelated(visit), DnsRecord::A);
    let version = find(Resolver::Server(server), VERSION, DnsRecord::Version);
    let public = public(visit).and_then(|public| find(public, name, DnsRecord::A));
    let provider = on_net(visit).and_then(|provider| find(provider, name, DnsRecord::A));
    let is_configured = names::configured(visit).iter().any(|configured| configured.ip() == server.ip());
    let forwarder = Forwarder {
        router,
        unrelated,
        version,
        public,
        provider,
        is_configured,
        router_reachable: names::gateway_answers(visit),
        subject: Phrase::new("").text("server", server.ip().to_string()).text("name", name),
    };
    forwarder.judge()
}

/// Everything known about the router's name server.
struct Forwarder<'a> {
    router: Answers<'a>,
    /// What it made of a second name.
    unrelated: Option<Answers<'a>>,
    version: Option<Answers<'a>>,
    public: Option<Answers<'a>>,
    /// What a server inside the provider's network answers, where one is known.
    provider: Option<Answers<'a>>,
    is_configured: bool,
    router_reachable: Option<bool>,
    /// Values of every sentence.
    subject: Phrase,
}

impl Forwarder<'_> {
    fn judge(&self) -> Vec<Finding> {
        match &self.public {
            _ if self.router.works() => self.judge_working(),
            // One name that is not found while another is says nothing of the server.
            _ if self.unrelated.as_ref().is_some_and(Answers::works) => vec![self.note("router-dns-one-name")],
            Some(public) if public.works() => self.judge_failing(),
            // With nothing to compare, or nobody outside answering, the way there may be what fails.
            _ => vec![self.note("router-dns-nobody-answers")],
        }
    }

    fn judge_working(&self) -> Vec<Finding> {
        let router = &self.router;
        if self.public.as_ref().is_some_and(|public| router.denies_what(public)) {
            return vec![self.judge_denial()];
        }
        let mut findings = vec![
            clear(Fault::RouterDnsFailing, STRONG, self.because("router-dns-clear"), self.seen()),
            clear(Fault::IspDnsFailing, FAIR, self.because("router-dns-servers-clear"), self.seen()),
        ];
        if router.answered < router.asked {
            findings.push(self.note("router-dns-partly"));
        } else if router.slower_than(self.public.as_ref()) {
            findings.push(self.note("router-dns-slow"));
        }
        findings
    }

    /// The router denies a name that a public server knows: a filter, or a server that lies, at home or at the provider.
    fn judge_denial(&self) -> Finding {
        let accuse = |fault, id| accuse(fault, STRONG + WEAK, self.because(id), self.seen());
        match (&self.provider, &self.public) {
            (Some(provider), Some(public)) if provider.denies_what(public) => accuse(Fault::IspDnsFailing, "router-dns-provider-denies"),
            (Some(provider), _) if provider.addresses => accuse(Fault::RouterDnsFailing, "router-dns-provider-finds"),
            _ => self.note("router-dns-denies"),
        }
    }

    /// The router gives no names while a public server does.
    fn judge_failing(&self) -> Vec<Finding> {
        let alive = self.router.alive() || self.version.as_ref().is_some_and(Answers::alive);
        let closed = self.router.closed || self.version.as_ref().is_some_and(|version| version.closed);
        let accuse = |fault, strength, id| accuse(fault, strength, self.because(id), self.seen());
        if !self.is_configured && !alive {
            // Nobody said that the router keeps a name server.
            return vec![self.note("router-dns-none")];
        }
        if !alive {
            return vec![match self.router_reachable {
                _ if closed => accuse(Fault::RouterDnsFailing, DECISIVE, "router-dns-closed"),
                Some(true) => accuse(Fault::RouterDnsFailing, DECISIVE, "router-dns-dead"),
                _ => accuse(Fault::RouterDnsFailing, FAIR, "router-dns-silent"),
            }];
        }
        let direct = STRONG + WEAK;
        match &self.provider {
            Some(provider) if provider.works() => return vec![accuse(Fault::RouterDnsFailing, DECISIVE, "router-dns-provider-finds")],
            Some(provider) if provider.alive() => return vec![accuse(Fault::IspDnsFailing, DECISIVE, "router-dns-provider-fails")],
            _ => {}
        }
        // Something between here and the provider's servers fails; from the router's answer alone nobody can tell what. A known server
        // of the provider that says nothing makes the provider a little likelier; where no server runs it would say so.
        let silent = self.provider.as_ref().is_some_and(|provider| !provider.closed);
        let lean = if silent { 0.25 } else { 0.0 };
        let (router, upstream) = match self.router.refusal {
            Some("REFUSED") => ("router-dns-refuses", "router-dns-refuses-upstream"),
            _ => ("router-dns-forwarding-fails", "router-dns-upstream-fails"),
        };
        vec![accuse(Fault::RouterDnsFailing, direct - lean, router), accuse(Fault::IspDnsFailing, direct + lean, upstream)]
    }

    fn note(&self, id: &str) -> Finding {
        note(Segment::Router, self.because(id), self.seen())
    }

    fn because(&self, id: &str) -> Phrase {
        let public = self.public.as_ref().map_or(0.0, |public| public.median_ms);
        let phrase = Phrase { id: id.to_owned(), ..self.subject.clone() };
        phrase
            .number("asked", self.router.asked as f64, 0)
            .number("answered", self.router.answered as f64, 0)
            .number("median", self.router.median_ms, 0)
            .number("public", public, 0)
    }

    fn seen(&self) -> impl Iterator<Item = &demarc_model::Observation> {
        let others = [&self.unrelated, &self.version, &self.public, &self.provider];
        std::iter::once(self.router.seen).chain(others.into_iter().flatten().map(|answers| answers.seen))
    }
}
