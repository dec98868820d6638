//! What came back. A failure to measure is not a measurement.

use chrono::{DateTime, FixedOffset};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    AddressOwners, CableTest, CampaignResult, ClockOffset, DhcpServers, DnsReplies, FetchTimes, HostLoad, HostsOverrides, Lease, LinkState,
    ModemPage, NetworkState, PathMtu, Phrase, ProxySettings, Request, ResolverConfig, RouterState, SeenFrom, Trace, WanTraffic, WifiLink,
    WifiNeighbours, WifiWatch,
};

/// One request and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Observation {
    /// Unique within a run.
    pub id: String,
    /// The check that asked.
    pub check: String,
    /// When it began.
    pub at: DateTime<FixedOffset>,
    /// How long it took, in milliseconds.
    pub elapsed_ms: f64,
    /// What was asked.
    pub request: Request,
    /// What became of it.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// What became of a request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case", tag = "outcome")]
#[allow(clippy::large_enum_variant, reason = "a visit moves some fifty of them")]
pub enum Outcome {
    /// An answer. "Nothing came back" is an answer where silence was measured.
    Measured {
        /// The answer.
        measurement: Measurement,
    },
    /// The question does not apply to this computer (no Wi-Fi adapter).
    NotApplicable {
        /// Why.
        why: Phrase,
    },
    /// This computer did not let us ask.
    Blocked {
        /// Why, and what would allow it.
        why: Phrase,
    },
    /// Asking failed.
    Failed {
        /// Why.
        why: Phrase,
    },
}

/// An answer, one variant a question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "each variant is documented at its type")]
pub enum Measurement {
    Network(NetworkState),
    Resolvers(ResolverConfig),
    Proxy(ProxySettings),
    HostsFile(HostsOverrides),
    Host(HostLoad),
    Clock(ClockOffset),
    Lease(Lease),
    Link(LinkState),
    CableTest(CableTest),
    Wifi(WifiLink),
    WifiNeighbours(WifiNeighbours),
    WifiWatch(WifiWatch),
    Dns(DnsReplies),
    Fetch(FetchTimes),
    PathMtu(PathMtu),
    Trace(Trace),
    WanTraffic(WanTraffic),
    Router(RouterState),
    Stun(SeenFrom),
    DhcpServers(DhcpServers),
    AddressOwners(AddressOwners),
    ModemPage(ModemPage),
    Campaign(CampaignResult),
}

impl Observation {
    /// The answer, when there is one.
    pub fn measurement(&self) -> Option<&Measurement> {
        match &self.outcome {
            Outcome::Measured { measurement } => Some(measurement),
            _ => None,
        }
    }
}

macro_rules! answers {
    ($($variant:ident $kind:ty, $method:ident;)*) => {
        impl Observation {
            $(
                #[doc = concat!("The answer as `", stringify!($kind), "`, when it is one.")]
                pub fn $method(&self) -> Option<&$kind> {
                    match self.measurement() { Some(Measurement::$variant(answer)) => Some(answer), _ => None }
                }
            )*
        }
        $(
            impl From<$kind> for Outcome {
                fn from(answer: $kind) -> Self { Self::Measured { measurement: Measurement::$variant(answer) } }
            }
        )*
    };
}

answers! {
    Network NetworkState, network;
    Resolvers ResolverConfig, resolvers;
    Proxy ProxySettings, proxy;
    HostsFile HostsOverrides, hosts_file;
    Host HostLoad, host;
    Clock ClockOffset, clock;
    Lease Lease, lease;
    Link LinkState, link;
    CableTest CableTest, cable_test;
    Wifi WifiLink, wifi;
    WifiNeighbours WifiNeighbours, wifi_neighbours;
    WifiWatch WifiWatch, wifi_watch;
    Dns DnsReplies, dns;
    Fetch FetchTimes, fetch;
    PathMtu PathMtu, path_mtu;
    Trace Trace, trace;
    WanTraffic WanTraffic, wan_traffic;
    Router RouterState, router;
    Stun SeenFrom, stun;
    DhcpServers DhcpServers, dhcp_servers;
    AddressOwners AddressOwners, address_owners;
    ModemPage ModemPage, modem_page;
    Campaign CampaignResult, campaign;
}
