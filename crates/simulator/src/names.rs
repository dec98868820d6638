//! Name servers: the router's forwarder, the provider's resolver behind it, and public ones in other networks.

use std::net::IpAddr;

use demarc_model::{DnsRecord, DnsReplies, DnsReply, Outcome, Resolver};

use crate::{
    address::{self, Flow, ON_NET, Place, Route},
    chance::{around, jitter},
    spec::{DnsHealth, HopName},
    world::Moment,
};

/// Time a resolver takes for a name that it has not at hand, in milliseconds.
const RESOLVING_MS: f64 = 9.0;
/// Longest wait for one answer, in milliseconds.
const LONGEST_WAIT_MS: u32 = 10_000;

pub fn dns(moment: &mut Moment, resolver: Resolver, name: &str, record: DnsRecord, attempts: u8, timeout_ms: u32) -> (Outcome, f64) {
    let wait_ms = f64::from(timeout_ms.clamp(1, LONGEST_WAIT_MS));
    let mut replies = Vec::with_capacity(usize::from(attempts));
    let mut after_ms = 0.0;
    let mut cached = false;
    for _ in 0..attempts {
        let question = Question { name, record, cached };
        let (reply, took_ms) = match resolver {
            Resolver::System => moment.ask_system(question, after_ms, wait_ms),
            Resolver::Server(server) => moment.ask(server.ip(), question, after_ms, wait_ms),
        };
        cached |= reply.answered();
        after_ms += took_ms;
        replies.push(reply);
    }
    (DnsReplies { replies }.into(), after_ms)
}

/// One question, and whether its answer was given a moment ago.
#[derive(Clone, Copy)]
pub struct Question<'a> {
    name: &'a str,
    record: DnsRecord,
    cached: bool,
}

impl Moment<'_> {
    /// The IPv4 address that this computer's programs find for a name; else how long they tried, in milliseconds.
    pub fn address_of(&mut self, name: &str, after_ms: f64, wait_ms: f64) -> Result<IpAddr, f64> {
        self.look_up(name, false, after_ms, wait_ms).map(|(address, _)| address).map_err(|(took_ms, _)| took_ms)
    }

    /// The address and the time it took, or the time it took and what went wrong.
    pub fn look_up(&mut self, name: &str, v6: bool, after_ms: f64, wait_ms: f64) -> Result<(IpAddr, f64), (f64, String)> {
        let record = if v6 { DnsRecord::Aaaa } else { DnsRecord::A };
        let (reply, took_ms) = self.ask_system(Question { name, record, cached: false }, after_ms, wait_ms);
        match (reply.addresses.first(), reply.error, reply.code) {
            (Some(address), ..) => Ok((*address, took_ms)),
            (None, Some(error), _) => Err((took_ms, error)),
            (None, None, code) => Err((took_ms, code.unwrap_or_default())),
        }
    }

    /// Asks as a stub resolver does: the hosts file, then each server in turn, twice where there is only one.
    fn ask_system(&mut self, question: Question, after_ms: f64, wait_ms: f64) -> (DnsReply, f64) {
        let home = &self.world.household;
        let v6 = question.record == DnsRecord::Aaaa;
        let own = home.device.hosts.iter().find(|(host, _)| host.eq_ignore_ascii_case(question.name));
        if let Some((_, address)) = own.filter(|(_, address)| question.record != DnsRecord::Version && address.is_ipv6() == v6) {
            return (answered(0.1, "NOERROR", vec![*address]), 0.1);
        }
        let servers = home.resolvers();
        let tries = servers.len().max(2);
        let mut took_ms = 0.0;
        let mut last = failed("no name server is set");
        for server in servers.iter().cycle().take(tries) {
            let (mut reply, one_ms) = self.ask(*server, question, after_ms + took_ms, wait_ms / tries as f64);
            took_ms += one_ms;
            reply.elapsed_ms = reply.elapsed_ms.map(|_| took_ms);
            let done = reply.answered();
            last = reply;
            if done {
                break;
            }
        }
        (last, took_ms)
    }

    /// Asks one server once.
    fn ask(&mut self, server: IpAddr, question: Question, after_ms: f64, wait_ms: f64) -> (DnsReply, f64) {
        let Some(route) = self.world.route(server, Flow::Udp) else {
            return (failed("network is unreachable"), 0.2);
        };
        let reply = self.exchange(&route, question, after_ms).filter(|reply| reply.elapsed_ms.is_none_or(|elapsed| elapsed <= wait_ms));
        match reply {
            Some(reply) => {
                let took_ms = reply.elapsed_ms.unwrap_or_default();
                (reply, took_ms)
            }
            None => (failed("timed out"), wait_ms),
        }
    }

    /// The answer, however late; `None` when none comes.
    fn exchange(&mut self, route: &Route, question: Question, after_ms: f64) -> Option<DnsReply> {
        let rtt_ms = self.whole_round_trip(route, after_ms)?;
        let dns = &self.world.household.dns;
        let is_forwarder = route.last().name == HopName::Gateway;
        let provider = dns.provider;
        if !is_forwarder {
            let in_provider = route.places.last() == Some(&Place::Isp);
            let health = if in_provider { provider } else { dns.public };
            let work_ms = if question.cached { 0.5 } else { jitter(&mut self.rng, RESOLVING_MS) };
            return self.served(health, question, rtt_ms + work_ms);
        }
        let rtt_ms = rtt_ms + jitter(&mut self.rng, self.world.household.router.forwarder_ms);
        if question.record == DnsRecord::Version && dns.router != DnsHealth::Dead {
            return Some(answered(rtt_ms, "NOERROR", Vec::new()));
        }
        let own = self.served(dns.router, question, rtt_ms)?;
        if !matches!(dns.router, DnsHealth::Ok | DnsHealth::Slow) {
            return Some(own);
        }
        let elapsed_ms = own.elapsed_ms.unwrap_or(rtt_ms);
        if self.world.household.captive_portal {
            return Some(own);
        }
        if question.cached {
            // What was learned of the provider's resolver, be it that the name does not exist.
            let health = if provider == DnsHealth::Nxdomain { provider } else { DnsHealth::Ok };
            return self.served(health, question, elapsed_ms);
        }
        let upstream_ms = self.upstream(after_ms + elapsed_ms)?;
        let work_ms = jitter(&mut self.rng, RESOLVING_MS);
        self.served(provider, question, elapsed_ms + upstream_ms + work_ms)
    }

    /// Round trip between the router and the provider's resolver.
    fn upstream(&mut self, after_ms: f64) -> Option<f64> {
        let mut route = self.world.route(ON_NET, Flow::Udp)?;
        let mut hop = route.last();
        route.places.remove(0);
        hop.crossed -= 1;
        self.round_trip(&route, hop, after_ms)
    }

    /// What a server in this health says after `elapsed_ms`.
    fn served(&mut self, health: DnsHealth, question: Question, elapsed_ms: f64) -> Option<DnsReply> {
        let (code, addresses) = content(question.name, question.record);
        match health {
            DnsHealth::Dead => None,
            DnsHealth::Ok => Some(answered(elapsed_ms, code, addresses)),
            DnsHealth::Slow => {
                let late_ms = self.world.household.dns.slow_ms * around(&mut self.rng, 0.3);
                Some(answered(elapsed_ms + late_ms, code, addresses))
            }
            DnsHealth::Servfail => Some(answered(elapsed_ms, "SERVFAIL", Vec::new())),
            DnsHealth::Refused => Some(answered(elapsed_ms, "REFUSED", Vec::new())),
            DnsHealth::Nxdomain => Some(answered(elapsed_ms, "NXDOMAIN", Vec::new())),
        }
    }
}

/// What the name system holds about a name.
fn content(name: &str, record: DnsRecord) -> (&'static str, Vec<IpAddr>) {
    match record {
        DnsRecord::Version => ("NOERROR", Vec::new()),
        _ if !exists(name) => ("NXDOMAIN", Vec::new()),
        DnsRecord::A => ("NOERROR", vec![address::of_name(name, false)]),
        DnsRecord::Aaaa => ("NOERROR", vec![address::of_name(name, true)]),
    }
}

/// Every name exists but those below the top-level domains that never do (RFC 6761) and those made up to not exist.
fn exists(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let first = name.split('.').next().unwrap_or_default();
    let last = name.rsplit('.').next().unwrap_or_default();
    !matches!(last, "" | "invalid" | "test" | "localhost") && !first.starts_with("demarc-") && !first.starts_with("nonexistent")
}

fn answered(elapsed_ms: f64, code: &str, addresses: Vec<IpAddr>) -> DnsReply {
    DnsReply { elapsed_ms: Some(elapsed_ms), code: Some(code.to_owned()), addresses, error: None }
}

fn failed(error: &str) -> DnsReply {
    DnsReply { elapsed_ms: None, code: None, addresses: Vec::new(), error: Some(error.to_owned()) }
}
