//! Does the router's own name server answer, and if not: is it the router or the servers it asks in turn?

use std::net::{IpAddr, SocketAddr};

use demarc_model::{DnsRecord, Fault, Finding, Phrase, Request, Resolver, Segment, Step, Visit};

use crate::{
    Check, Plan,
    names::{self, Answers},
    route,
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

/// Who made a failure.
enum Origin {
    Router,
    Upstream,
    /// Nobody: no answer came of what was passed on.
    Silence,
    Unknown,
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
            // A name that is denied alone is filtered by somebody, who may be right.
            let filtered = self.unrelated.as_ref().is_some_and(|unrelated| unrelated.addresses);
            return if filtered { vec![self.note("router-dns-denies")] } else { self.judge_denial() };
        }
        if self.misleads() {
            return vec![accuse(Fault::RouterDnsFailing, STRONG + WEAK, self.because("router-dns-misleads"), self.seen())];
        }
        if self.hardly_answers() {
            return self.accuse_both("router-dns-hardly-answers", "router-dns-hardly-answers");
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
    fn judge_denial(&self) -> Vec<Finding> {
        let accuse = |fault, id| accuse(fault, STRONG + WEAK, self.because(id), self.seen());
        match (&self.provider, &self.public) {
            (Some(provider), Some(public)) if provider.denies_what(public) => {
                vec![accuse(Fault::IspDnsFailing, "router-dns-provider-denies")]
            }
            (Some(provider), _) if provider.addresses => vec![accuse(Fault::RouterDnsFailing, "router-dns-provider-finds")],
            _ => self.accuse_both("router-dns-denies", "router-dns-denies"),
        }
    }

    /// The router points a public name at an address of the home.
    fn misleads(&self) -> bool {
        let of = |answers: &Answers<'_>| -> Vec<IpAddr> {
            answers.seen.dns().map(|dns| dns.replies.iter().flat_map(|reply| reply.addresses.clone()).collect()).unwrap_or_default()
        };
        let at_home = |address: &IpAddr| route::is_private(*address) || address.is_loopback() || address.is_unspecified();
        let (router, public) = (of(&self.router), self.public.as_ref().map(of).unwrap_or_default());
        !router.is_empty() && router.iter().all(at_home) && !public.is_empty() && !public.iter().any(at_home)
    }

    /// Accuses router and provider, of which one is enough, leaning towards where the answer came from.
    fn accuse_both(&self, router: &str, upstream: &str) -> Vec<Finding> {
        let accuse = |fault, strength, id| accuse(fault, strength, self.because(id), self.seen());
        let lean = match self.origin() {
            Origin::Router => -1.0,
            Origin::Upstream => 1.0,
            Origin::Silence => 0.5,
            Origin::Unknown => 0.0,
        };
        let direct = STRONG + WEAK;
        vec![accuse(Fault::RouterDnsFailing, direct - lean, router), accuse(Fault::IspDnsFailing, direct + lean, upstream)]
    }

    /// Where a failure was made, by the time it took: what the router says by itself comes as fast as its own version, what it was told
    /// takes the way over the line too. Where the line is hardly longer than the home's own jitter, time tells nothing.
    fn origin(&self) -> Origin {
        /// Shortest way over the line that stands out, in milliseconds.
        const LINE_MS: f64 = 8.0;
        let Some(own_ms) = self.version.as_ref().and_then(Answers::quickest_ms) else { return Origin::Unknown };
        let line_ms = self.public.as_ref().and_then(Answers::quickest_ms).map_or(0.0, |public_ms| public_ms - own_ms);
        let told = [Some(&self.router), self.unrelated.as_ref()].into_iter().flatten();
        match told.filter_map(Answers::quickest_ms).min_by(f64::total_cmp) {
            // It is there, asks on, and hears nothing.
            None => Origin::Silence,
            _ if line_ms < LINE_MS => Origin::Unknown,
            Some(told_ms) if told_ms > own_ms + 0.5 * line_ms => Origin::Upstream,
            // That a name does not exist may have been heard a moment ago.
            Some(told_ms) if told_ms < own_ms + 0.25 * line_ms && !self.router.no_such_name => Origin::Router,
            Some(_) => Origin::Unknown,
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
        match &self.provider {
            Some(provider) if provider.works() => return vec![accuse(Fault::RouterDnsFailing, DECISIVE, "router-dns-provider-finds")],
            // A server that refuses strangers, or keeps other names, says nothing of itself.
            Some(provider) if provider.refusal == Some("SERVFAIL") => {
                return vec![accuse(Fault::IspDnsFailing, DECISIVE, "router-dns-provider-fails")];
            }
            _ => {}
        }
        // Something between here and the provider's servers fails.
        match self.router.refusal {
            Some("REFUSED") => self.accuse_both("router-dns-refuses", "router-dns-refuses-upstream"),
            _ => self.accuse_both("router-dns-forwarding-fails", "router-dns-upstream-fails"),
        }
    }

    /// Fewer than half of the questions were answered in time, while a public server answered all.
    fn hardly_answers(&self) -> bool {
        let all = [Some(&self.router), self.unrelated.as_ref()].into_iter().flatten();
        let (answered, asked) = all.fold((0, 0), |(answered, asked), answers| (answered + answers.answered, asked + answers.asked));
        2 * answered < asked && self.public.as_ref().is_some_and(|public| public.asked > 0 && public.answered == public.asked)
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
