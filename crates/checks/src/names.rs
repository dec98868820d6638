//! What the checks of name servers share: which name is asked for, who is asked, and how answers are read.

use std::net::{IpAddr, SocketAddr};

use demarc_model::{DnsRecord, DnsReplies, Observation, Position, Profile, Request, Resolver, ResolverConfig, Visit, statistics::median};

/// A name server that takes longer than this, in milliseconds, is slow.
pub const SLOW_MS: f64 = 100.0;

/// The name asked for: the first service that has one, else the portal's.
pub fn name(visit: &Visit) -> Option<&str> {
    let services = visit.config.services.iter().map(|service| service.host.as_str());
    let portal = visit.config.portal.url.as_ref().and_then(|url| url.host_str());
    services.chain(portal).find(|host| is_name(host))
}

/// A second name that has nothing to do with the first: a server that finds it is not what fails when the first is not found.
/// `example.com` is kept for such purposes (RFC 2606).
pub fn unrelated(visit: &Visit) -> &str {
    let portal = visit.config.portal.url.as_ref().and_then(|url| url.host_str());
    portal.filter(|host| is_name(host) && Some(*host) != name(visit)).unwrap_or("example.com")
}

/// Whether a host is a name rather than an address.
pub fn is_name(host: &str) -> bool {
    !host.is_empty() && host.trim_matches(['[', ']']).parse::<IpAddr>().is_err()
}

/// Queries for the addresses of `name`.
pub fn query(visit: &Visit, resolver: Resolver, name: &str, attempts: u8) -> Request {
    Request::Dns { resolver, name: name.to_owned(), record: DnsRecord::A, attempts, timeout_ms: timeout_ms(visit) }
}

/// Longest wait for one answer, in milliseconds.
pub fn timeout_ms(visit: &Visit) -> u32 {
    if visit.profile == Profile::Quick { 1_000 } else { 2_000 }
}

/// The name servers this computer is set to ask.
pub fn configured(visit: &Visit) -> &[SocketAddr] {
    visit.observations.iter().rev().find_map(Observation::resolvers).map_or(&[], |config: &ResolverConfig| &config.servers)
}

/// The home router's addresses as next hops, IPv4 and IPv6.
pub fn gateways(visit: &Visit) -> Vec<IpAddr> {
    let routes = visit.network().map_or(&[][..], |network| &network.routes);
    routes.iter().filter(|route| route.prefix_length == 0).filter_map(|route| route.gateway).collect()
}

/// Whether the home router answers echo requests nearly always; `None` when it was not asked.
pub fn gateway_answers(visit: &Visit) -> Option<bool> {
    let mut campaigns = visit.observations.iter().rev().filter_map(Observation::campaign);
    let lane = campaigns.find_map(|campaign| campaign.lanes.iter().find(|lane| lane.lane.position == Position::Gateway))?;
    (!lane.echoes.is_empty()).then(|| lane.loss().share() < 0.1)
}

/// Where to connect for `host` while this computer's own name resolution fails, so that one fault does not hide the next.
pub fn address_despite_dns(visit: &Visit, host: &str) -> Option<IpAddr> {
    let asked =
        |observation: &&Observation| matches!(observation.request, Request::Dns { resolver: Resolver::System, record: DnsRecord::A, .. });
    let system = visit.observations.iter().rev().filter(asked).find_map(Observation::dns)?;
    if system.replies.iter().any(|reply| !reply.addresses.is_empty()) { None } else { visit.address_of(host) }
}

/// How a name server treated the queries of one request.
#[derive(Debug, Clone, PartialEq)]
pub struct Answers<'a> {
    /// The observation it was read from.
    pub seen: &'a Observation,
    /// Queries sent.
    pub asked: usize,
    /// Queries answered, be it with "no such name".
    pub answered: usize,
    /// The last code that said the server could not answer (`SERVFAIL`, `REFUSED`).
    pub refusal: Option<&'a str>,
    /// Whether the computer at that address said that no name server runs there.
    pub closed: bool,
    /// Whether addresses were given.
    pub addresses: bool,
    /// Whether the name does not exist, as this server has it.
    pub no_such_name: bool,
    /// Median time of the answers in milliseconds; 0 without any.
    pub median_ms: f64,
}

impl<'a> Answers<'a> {
    /// The answers of one server about one name within a check.
    pub fn find(visit: &'a Visit, check: &'a str, server: Resolver, name: &str, record: DnsRecord) -> Option<Self> {
        let fits = |seen: &&Observation| {
            matches!(&seen.request, Request::Dns { resolver, name: asked, record: kind, .. }
                if *resolver == server && asked == name && *kind == record)
        };
        let seen = visit.of(check).find(fits)?;
        Some(Self::of(seen, seen.dns()?))
    }

    fn of(seen: &'a Observation, answer: &'a DnsReplies) -> Self {
        let replies = &answer.replies;
        let times: Vec<f64> = replies.iter().filter(|reply| reply.answered()).filter_map(|reply| reply.elapsed_ms).collect();
        Self {
            seen,
            asked: replies.len(),
            answered: replies.iter().filter(|reply| reply.answered()).count(),
            refusal: replies.iter().rev().filter(|reply| !reply.answered()).find_map(|reply| reply.code.as_deref()),
            closed: replies.iter().any(|reply| reply.error.as_deref() == Some("port unreachable")),
            addresses: replies.iter().any(|reply| !reply.addresses.is_empty()),
            no_such_name: replies.iter().any(|reply| reply.code.as_deref() == Some("NXDOMAIN")),
            median_ms: median(&times).unwrap_or(0.0),
        }
    }

    /// Whether any query was answered.
    pub fn works(&self) -> bool {
        self.answered > 0
    }

    /// Whether anything at all came from the server, a refusal included.
    pub fn alive(&self) -> bool {
        self.works() || self.refusal.is_some()
    }

    /// Time of the quickest answer of any kind, in milliseconds.
    pub fn quickest_ms(&self) -> Option<f64> {
        let coded = self.seen.dns()?.replies.iter().filter(|reply| reply.code.is_some());
        coded.filter_map(|reply| reply.elapsed_ms).min_by(f64::total_cmp)
    }

    /// Whether it denies a name that `other` knows.
    pub fn denies_what(&self, other: &Self) -> bool {
        self.no_such_name && !self.addresses && other.addresses
    }

    /// Whether it is slow, and clearly slower than `other`, where there is one that works.
    pub fn slower_than(&self, other: Option<&Self>) -> bool {
        let reference = other.filter(|other| other.works()).map_or(0.0, |other| other.median_ms);
        self.works() && self.median_ms > SLOW_MS.max(2.0 * reference)
    }
}
