//! Do the provider's name servers answer, as quickly and truthfully as public ones?

use std::net::{IpAddr, SocketAddr};

use demarc_model::{DnsRecord, Fault, Finding, Observation, Phrase, Request, Resolver, Segment, Step, Visit};

use crate::{
    Check, Plan, addresses,
    names::{self, Answers},
    route,
    words::{FAIR, STRONG, WEAK, accuse, clear, note},
};

pub const CHECK: Check = Check {
    id: "provider-dns",
    step: Step::Path,
    needs: &["router-dns"],
    faults: &[Fault::IspDnsFailing, Fault::DnsMisconfigured],
    plan,
    interpret,
};

/// Most public servers compared with.
const MOST_PUBLIC: usize = 3;

fn plan(visit: &Visit) -> Plan {
    let servers = servers(visit);
    if servers.is_empty() {
        return Plan::NotApplicable(Phrase::new("provider-dns-not-visible"));
    }
    let Some(name) = names::name(visit) else { return Plan::NotApplicable(Phrase::new("dns-no-name")) };
    let asked = servers.iter().copied().chain(public(visit));
    let mut requests: Vec<Request> = asked.map(|server| names::query(visit, Resolver::Server(server), name, 2)).collect();
    let nonsense = nonsense(visit);
    for server in servers.iter().map(|server| Resolver::Server(*server)) {
        requests.push(names::query(visit, server, names::unrelated(visit), 2));
        requests.push(names::query(visit, server, &nonsense, 1));
    }
    Plan::Ask(requests)
}

/// The configured servers that are neither this computer's, nor the router's, nor public ones: the provider's, as far as one can see.
fn servers(visit: &Visit) -> Vec<SocketAddr> {
    let gateways = names::gateways(visit);
    let elsewhere = |server: &&SocketAddr| {
        let address = server.ip();
        !address.is_loopback() && !address.is_unspecified() && !gateways.contains(&address) && !visit.config.dns.public.contains(&address)
    };
    names::configured(visit).iter().filter(elsewhere).copied().take(2).collect()
}

fn public(visit: &Visit) -> impl Iterator<Item = SocketAddr> {
    visit.config.dns.public.iter().take(MOST_PUBLIC).map(|address| SocketAddr::new(*address, 53))
}

/// A name that nobody has (`example` is never delegated, RFC 2606) and no server has in its memory: new with every visit.
fn nonsense(visit: &Visit) -> String {
    let began = visit.observations.first().map_or(0, |observation| observation.at.timestamp_millis());
    format!("demarc-{began:x}.example")
}

fn interpret(visit: &Visit) -> Vec<Finding> {
    let Some(name) = names::name(visit) else { return Vec::new() };
    let find = |server, name: &str| Answers::find(visit, CHECK.id, Resolver::Server(server), name, DnsRecord::A);
    let public: Vec<Answers<'_>> = public(visit).filter_map(|server| find(server, name)).collect();
    let asked: Vec<(SocketAddr, Answers<'_>)> = servers(visit).into_iter().filter_map(|server| Some((server, find(server, name)?))).collect();
    let any_works = asked.iter().any(|(_, answers)| answers.works());
    let nonsense = nonsense(visit);
    let mut findings = Vec::new();
    for (server, answers) in &asked {
        let unrelated = find(*server, names::unrelated(visit));
        // A name that is denied alone is filtered by somebody, who may be right.
        let finds_other = |unrelated: &Answers<'_>| unrelated.works() && (!answers.no_such_name || unrelated.addresses);
        if let Some(unrelated) = unrelated.filter(|_| !answers.works() || answers.no_such_name).filter(finds_other) {
            // One name that is not found while another is says nothing of the server.
            let because = Phrase::new("provider-dns-one-name").text("server", server.ip().to_string()).text("name", name);
            findings.push(note(Segment::Isp, because, [answers.seen, unrelated.seen]));
            continue;
        }
        let comparison = Comparison { visit, name, server: *server, answers, public: &public, any_works };
        findings.extend(comparison.judge());
        findings.extend(find(*server, &nonsense).filter(|invented| invented.addresses).map(|invented| {
            let because = Phrase::new("provider-dns-invents").text("server", server.ip().to_string()).text("name", &nonsense);
            note(Segment::Isp, because, [invented.seen])
        }));
    }
    findings
}

/// One of the provider's servers beside the public ones.
struct Comparison<'a> {
    visit: &'a Visit,
    name: &'a str,
    server: SocketAddr,
    answers: &'a Answers<'a>,
    public: &'a [Answers<'a>],
    /// Whether any of the provider's servers works.
    any_works: bool,
}

impl Comparison<'_> {
    fn judge(&self) -> Vec<Finding> {
        let working = || self.public.iter().filter(|public| public.works());
        if self.answers.works() {
            return self.judge_working(working().min_by(|a, b| a.median_ms.total_cmp(&b.median_ms)));
        }
        if working().next().is_none() {
            return vec![note(Segment::Isp, self.because("provider-dns-nobody-answers"), self.seen())];
        }
        let accuse = |fault, strength, id| accuse(fault, strength, self.because(id), self.seen());
        let failing = match self.answers.refusal {
            Some(_) => "provider-dns-refuses",
            None => "provider-dns-silent",
        };
        match self.place() {
            Place::Home => vec![accuse(Fault::DnsMisconfigured, STRONG + WEAK, "provider-dns-home-server-silent")],
            // Some providers keep their servers on private addresses, and some people type a wrong one.
            Place::Private => vec![
                accuse(Fault::DnsMisconfigured, STRONG + WEAK, "provider-dns-private-silent"),
                accuse(Fault::IspDnsFailing, STRONG + WEAK, failing),
            ],
            Place::Provider if self.any_works => vec![accuse(Fault::IspDnsFailing, FAIR, failing)],
            // A server outside the home may be the provider's, or one that somebody typed in long ago: its address does not tell.
            Place::Provider => {
                vec![accuse(Fault::IspDnsFailing, STRONG + WEAK, failing), accuse(Fault::DnsMisconfigured, STRONG + WEAK, failing)]
            }
        }
    }

    fn judge_working(&self, best: Option<&Answers<'_>>) -> Vec<Finding> {
        if best.is_some_and(|best| self.answers.denies_what(best)) {
            // Whoever chose this server, somebody filters every name.
            let accuse = |fault| accuse(fault, STRONG, self.because("provider-dns-denies"), self.seen());
            return vec![accuse(Fault::IspDnsFailing), accuse(Fault::DnsMisconfigured)];
        }
        if self.answers.slower_than(best) {
            return vec![note(Segment::Isp, self.because("provider-dns-slow"), self.seen())];
        }
        vec![clear(Fault::IspDnsFailing, STRONG, self.because("provider-dns-clear"), self.seen())]
    }

    fn place(&self) -> Place {
        let address = self.server.ip();
        let interfaces = self.visit.network().map_or(&[][..], |network| &network.interfaces);
        let own = interfaces.iter().flat_map(|interface| &interface.addresses).filter_map(|text| addresses::parse_prefix(text));
        let near = |(own, length): (IpAddr, u8)| addresses::same_network(own, length, address);
        match address {
            _ if !route::is_private(address) => Place::Provider,
            _ if own.into_iter().any(near) => Place::Home,
            _ => Place::Private,
        }
    }

    fn because(&self, id: &str) -> Phrase {
        let times = self.public.iter().filter(|public| public.works()).map(|public| public.median_ms);
        let public = times.min_by(f64::total_cmp).unwrap_or(0.0);
        Phrase::new(id)
            .text("server", self.server.ip().to_string())
            .text("name", self.name)
            .text("code", self.answers.refusal.unwrap_or_default())
            .number("median", self.answers.median_ms, 0)
            .number("public", public, 0)
    }

    fn seen(&self) -> impl Iterator<Item = &Observation> {
        std::iter::once(self.answers.seen).chain(self.public.iter().map(|public| public.seen))
    }
}

/// Where a name server stands.
enum Place {
    /// In the home's own network.
    Home,
    /// On a private address that is not the home's.
    Private,
    /// On a public address.
    Provider,
}
