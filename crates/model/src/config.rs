//! The configuration file. Every key has a default that works for a home user; an unknown key is an error that names the nearest known one.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use url::{Host, Url};

use crate::{Direction, Load};

/// What a visit talks to and compares with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// What the user has trouble with.
    pub services: Vec<Service>,
    /// Responders inside and outside the provider's network.
    pub anchors: Vec<Anchor>,
    /// Peers for throughput and latency under load.
    pub peers: Vec<Peer>,
    /// Name servers compared with the home's own.
    pub dns: DnsConfig,
    /// Which networks addresses belong to.
    pub asn: AsnConfig,
    /// The page that tells a captive portal.
    pub portal: Portal,
    /// Servers that tell the address seen from outside.
    pub stun: StunConfig,
    /// What the contract promises.
    pub plan: Plan,
    /// Network time servers.
    pub clock: ClockConfig,
}

/// A service the user has trouble with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// What people call it.
    #[serde(default)]
    pub name: String,
    /// Host name or address.
    pub host: String,
    /// Page to fetch; `https://HOST/` by default.
    #[serde(default)]
    pub url: Option<Url>,
}

impl Service {
    /// A service known by its host alone.
    pub fn from_host(host: &str) -> Self {
        Self { name: host.to_owned(), host: host.to_owned(), url: None }
    }

    /// What people call it; the host where it has no name.
    pub fn label(&self) -> &str {
        if self.name.is_empty() { &self.host } else { &self.name }
    }

    /// The page to fetch, or `None` when the host is not one.
    pub fn page(&self) -> Option<Url> {
        let host = if self.host.parse::<std::net::Ipv6Addr>().is_ok() { format!("[{}]", self.host) } else { self.host.clone() };
        self.url.clone().or_else(|| Url::parse(&format!("https://{host}/")).ok())
    }
}

/// A responder to compare with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Anchor {
    /// Host name or address that answers ICMP echo.
    pub host: String,
    /// Whether it is inside the provider's network.
    #[serde(default)]
    pub on_net: bool,
}

/// A peer for throughput and latency under load.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Peer {
    /// Base address.
    pub url: Url,
    /// Protocol it speaks.
    pub kind: PeerKind,
}

impl Peer {
    /// A transfer with it. What a peer speaks stands in the scheme of a transfer's address: `ws` and `wss` are ndt7, which has one connection.
    pub fn load(&self, direction: Direction, start_ms: u32, duration_ms: u32, max_bytes: u64) -> Load {
        let mut peer = self.url.clone();
        let connections = match self.kind {
            PeerKind::Http => 4,
            PeerKind::Ndt7 => {
                let scheme = if matches!(peer.scheme(), "https" | "wss") { "wss" } else { "ws" };
                // Between schemes of the web there is always a way.
                let _ = peer.set_scheme(scheme);
                1
            }
        };
        Load { peer, direction, start_ms, duration_ms, connections, max_bytes }
    }

    /// Whether it is a computer at home, by its address: what goes to it never meets the line.
    pub fn is_at_home(&self) -> bool {
        match self.url.host() {
            Some(Host::Ipv4(address)) => address.is_private() || address.is_link_local() || address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_unique_local() || address.is_unicast_link_local() || address.is_loopback(),
            // Names that the internet does not have (RFC 6762, RFC 8375, ICANN), and one that it has not given to anybody.
            Some(Host::Domain(name)) => {
                [".local", ".home.arpa", ".internal", ".lan"].iter().any(|end| name.trim_end_matches('.').ends_with(end))
            }
            None => false,
        }
    }
}

/// Protocol of a peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PeerKind {
    /// M-Lab's ndt7.
    Ndt7,
    /// `GET URL/__down?bytes=N`, `POST URL/__up`.
    Http,
}

/// `[dns]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DnsConfig {
    /// Public resolvers compared with the home's own.
    pub public: Vec<IpAddr>,
}

/// `[asn]`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AsnConfig {
    /// File of `prefix,asn,name` lines; without one borders are where ways part.
    pub table: Option<String>,
    /// The lines of the table once read: `(network, prefix length, AS number, name)`.
    #[serde(skip)]
    pub prefixes: Vec<(IpAddr, u8, u32, String)>,
}

/// `[portal]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Portal {
    /// A page with a known answer.
    pub url: Option<Url>,
    /// The status it answers with.
    pub expect_status: u16,
}

/// `[stun]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StunConfig {
    /// `host:port` each.
    pub servers: Vec<String>,
}

/// `[plan]`
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Plan {
    /// Promised rate towards the home, in Mbit/s.
    pub down_mbps: Option<f64>,
    /// Promised rate from the home, in Mbit/s.
    pub up_mbps: Option<f64>,
}

/// `[clock]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ClockConfig {
    /// `host:port` each; the first that answers is believed.
    pub servers: Vec<String>,
}

impl Default for Config {
    fn default() -> Self {
        let anchor = |host: &str| Anchor { host: host.to_owned(), on_net: false };
        Self {
            services: vec![Service { name: "Wikipedia".to_owned(), host: "www.wikipedia.org".to_owned(), url: None }],
            anchors: ["1.1.1.1", "8.8.8.8", "9.9.9.9"].map(anchor).to_vec(),
            peers: Url::parse("https://speed.cloudflare.com").map(|url| Peer { url, kind: PeerKind::Http }).into_iter().collect(),
            dns: DnsConfig::default(),
            asn: AsnConfig::default(),
            portal: Portal::default(),
            stun: StunConfig::default(),
            plan: Plan::default(),
            clock: ClockConfig::default(),
        }
    }
}

impl Default for DnsConfig {
    fn default() -> Self {
        Self { public: vec![IpAddr::from([1, 1, 1, 1]), IpAddr::from([8, 8, 8, 8]), IpAddr::from([9, 9, 9, 9])] }
    }
}

impl Default for Portal {
    fn default() -> Self {
        Self { url: Url::parse("http://connectivitycheck.gstatic.com/generate_204").ok(), expect_status: 204 }
    }
}

impl Default for StunConfig {
    fn default() -> Self {
        Self { servers: vec!["stun.cloudflare.com:3478".to_owned()] }
    }
}

impl Default for ClockConfig {
    fn default() -> Self {
        Self { servers: vec!["pool.ntp.org:123".to_owned()] }
    }
}

/// Why a configuration cannot be used.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum ConfigError {
    /// A key that means nothing.
    #[error("line {line}: there is no key `{key}`{}", nearest.as_deref().map(|near| format!("; did you mean `{near}`?")).unwrap_or_default())]
    UnknownKey {
        /// The key as written.
        key: String,
        /// Line it stands in, from 1.
        line: usize,
        /// The known key nearest to it.
        nearest: Option<String>,
    },
    /// Not TOML, or a value of the wrong kind.
    #[error("line {line}: {message}")]
    Invalid {
        /// Line of the trouble, from 1.
        line: usize,
        /// What is wrong with it.
        message: String,
    },
}

impl Config {
    /// Reads a configuration from TOML.
    pub fn from_toml(text: &str) -> Result<Self, ConfigError> {
        toml::from_str(text).map_err(|error| ConfigError::from_toml(text, &error))
    }
}

impl ConfigError {
    /// What `error` says about `text`, with the line and, for an unknown key, the nearest known one.
    pub fn from_toml(text: &str, error: &toml::de::Error) -> Self {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let message = error.message().to_owned();
        match unknown_key(&message) {
            Some((key, known)) => {
                Self::UnknownKey { nearest: nearest(&key, known.iter().map(String::as_str)).map(str::to_owned), key, line }
            }
            None => Self::Invalid { line, message },
        }
    }
}

/// Serde's message for an unknown field names the field and the known ones, each in backquotes.
fn unknown_key(message: &str) -> Option<(String, Vec<String>)> {
    let mut quoted = message.strip_prefix("unknown field ")?.split('`').skip(1).step_by(2).map(str::to_owned);
    let key = quoted.next()?;
    Some((key, quoted.collect()))
}

/// The candidate most like `word`, when one is alike enough to be meant.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(word, candidate), candidate))
        .filter(|(likeness, _)| *likeness > 0.7)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn an_empty_file_is_the_default() {
        assert_eq!(Config::from_toml(""), Ok(Config::default()));
    }

    #[test]
    fn the_contract_example_is_read() {
        let text = r#"
            [[services]]
            name = "Video"
            host = "video.example"
            url = "http://video.example/"
            [[anchors]]
            host = "192.0.2.1"
            on_net = true
            [[peers]]
            url = "http://192.0.2.9:8080"
            kind = "http"
            [dns]
            public = ["192.0.2.53"]
            [portal]
            url = "http://192.0.2.9/generate_204"
            expect_status = 204
            [stun]
            servers = ["192.0.2.9:3478"]
            [plan]
            down_mbps = 50.0
            up_mbps = 10
        "#;
        let config = Config::from_toml(text).unwrap();
        assert!(config.anchors[0].on_net);
        assert_eq!(config.plan, Plan { down_mbps: Some(50.0), up_mbps: Some(10.0) });
    }

    #[test]
    fn an_unknown_key_is_named_with_its_line_and_the_nearest_known_one() {
        let error = Config::from_toml("[plan]\ndown_mpbs = 5\n").unwrap_err();
        assert_eq!(error.to_string(), "line 2: there is no key `down_mpbs`; did you mean `down_mbps`?");
    }

    #[test]
    fn broken_toml_is_told_by_line() {
        assert!(matches!(Config::from_toml("[dns]\npublic = [\"x\"]"), Err(ConfigError::Invalid { line: 2, .. })));
        assert!(matches!(Config::from_toml("a = "), Err(ConfigError::Invalid { line: 1, .. })));
    }
}
