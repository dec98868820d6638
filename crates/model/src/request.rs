//! What can be asked of a network or of this computer, and what each question may cost at most.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use url::Url;

use crate::{Campaign, DnsRecord};

/// One question to the world. Answered by real probes, by a simulated household or from a recording.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Request {
    /// Interfaces, addresses and routes of this computer.
    Network,
    /// Which name servers this computer asks.
    Resolvers,
    /// Proxy settings of the environment and the desktop.
    Proxy,
    /// Entries of the hosts file that override these names.
    HostsFile {
        /// Names looked for.
        names: Vec<String>,
    },
    /// Load of this computer over a while.
    Host {
        /// How long to watch, in milliseconds.
        for_ms: u32,
    },
    /// Offset of this computer's clock from a network time server (SNTP, RFC 4330).
    Clock {
        /// `host:port` of the server.
        server: String,
    },
    /// State and counters of one interface's link.
    Link {
        /// Interface name.
        interface: String,
    },
    /// Who gave one interface its address, and for how long.
    Lease {
        /// Interface name.
        interface: String,
    },
    /// What the network adapter itself finds out about its cable. The link is down for some seconds meanwhile, so the user is asked first.
    CableTest {
        /// Interface name.
        interface: String,
    },
    /// State of one interface's Wi-Fi connection.
    Wifi {
        /// Interface name.
        interface: String,
    },
    /// Networks on the air around one interface, as it last heard them.
    WifiNeighbours {
        /// Interface name.
        interface: String,
    },
    /// The Wi-Fi connection of one interface over a while: signal, rates, retries, and what happens to it.
    WifiWatch {
        /// Interface name.
        interface: String,
        /// How long, in milliseconds.
        for_ms: u32,
    },
    /// DNS queries, one after the other, for the same name.
    Dns {
        /// Who is asked.
        resolver: Resolver,
        /// Name asked for.
        name: String,
        /// Record type.
        record: DnsRecord,
        /// Number of queries.
        attempts: u8,
        /// Longest wait for each answer, in milliseconds.
        timeout_ms: u32,
    },
    /// One HTTP(S) request with every stage timed: name, TCP, TLS, first byte.
    Fetch {
        /// What is fetched.
        url: Url,
        /// Address family used for the connection.
        family: Family,
        /// Connect here instead of resolving the name, to keep working when names do not resolve.
        #[serde(default)]
        address: Option<IpAddr>,
        /// Longest wait for each stage, in milliseconds.
        timeout_ms: u32,
    },
    /// Largest packet that passes unfragmented.
    PathMtu {
        /// Where packets go.
        destination: IpAddr,
        /// Largest size tried, in bytes, IP header included.
        ceiling: u16,
    },
    /// The hops towards a destination.
    Trace {
        /// Where packets go.
        destination: IpAddr,
        /// Protocol of the probes.
        protocol: TraceProtocol,
        /// Identity of the flow: the same number takes the same path through load balancers.
        flow: u16,
        /// Hops probed at most.
        max_hops: u8,
        /// Probes to each hop, one a second.
        rounds: u8,
    },
    /// Traffic over the line by the router's own counters (`UPnP`), all devices of the home together.
    WanTraffic {
        /// How long to watch, in milliseconds.
        for_ms: u32,
    },
    /// Who the home router is and what it says of the line, by `UPnP`, NAT-PMP, PCP and mDNS. Nothing is changed in it.
    Router,
    /// The address that a server on the internet sees (STUN).
    Stun {
        /// `host:port` of the server.
        server: String,
    },
    /// Who hands out addresses on this network.
    DhcpServers {
        /// Interface name.
        interface: String,
    },
    /// Whether other machines on this network claim an address of this computer.
    AddressOwners {
        /// Interface name.
        interface: String,
        /// The address asked about.
        address: Ipv4Addr,
    },
    /// The values of a modem's page that the user gave. Nobody is asked.
    ModemPage {
        /// Length of the page in bytes.
        length: u32,
    },
    /// Several places at once, idle and under load.
    Campaign(Campaign),
}

/// Who answers a DNS query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Resolver {
    /// Whatever this computer's programs use.
    System,
    /// A named server, over UDP with TCP when the answer is truncated.
    Server(#[ts(type = "string")] SocketAddr),
}

/// Address family of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Family {
    /// Whichever connects, IPv6 first where there is an address.
    Any,
    /// IPv4 only.
    V4,
    /// IPv6 only.
    V6,
}

/// Protocol of trace probes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
pub enum TraceProtocol {
    /// UDP datagrams to an unlikely port.
    Udp,
    /// ICMP echo requests.
    Icmp,
}

/// The most a request may take.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Bounds {
    /// Longest time, in milliseconds.
    #[ts(type = "number")]
    pub time_ms: u64,
    /// Most bytes sent and received together.
    #[ts(type = "number")]
    pub bytes: u64,
}

/// Bytes of one probe on the wire, both ways, with room for headers.
const PROBE_BYTES: u64 = 200;

impl Request {
    /// Grace that an answer has after the last probe is sent, in milliseconds.
    pub const ANSWER_GRACE_MS: u64 = 2_000;

    /// Longest watch of a radio link, in milliseconds.
    pub const LONGEST_WATCH_MS: u64 = 300_000;

    /// The most this request may take; whoever performs it stops there.
    pub fn bounds(&self) -> Bounds {
        let of = |time_ms: u64, bytes: u64| Bounds { time_ms, bytes };
        match self {
            // A kernel answers at once; where a program has to be asked, that takes seconds to start.
            Self::Network
            | Self::Resolvers
            | Self::Proxy
            | Self::HostsFile { .. }
            | Self::Lease { .. }
            | Self::Link { .. }
            | Self::Wifi { .. }
            | Self::WifiNeighbours { .. } => of(8_000, 0),
            Self::Host { for_ms } => of(u64::from(*for_ms).min(60_000) + 3_000, 0),
            Self::ModemPage { .. } => Bounds::default(),
            Self::WifiWatch { for_ms, .. } => of(u64::from(*for_ms).min(Self::LONGEST_WATCH_MS) + 3_000, 0),
            Self::CableTest { .. } => of(25_000, 0),
            Self::Clock { .. } => of(3_000, PROBE_BYTES),
            Self::WanTraffic { for_ms } => of(u64::from(*for_ms).min(60_000) + 6_000, 64 * 1024),
            // Most of it is the table of port mappings, an exchange each.
            Self::Router => of(12_000, 256 * 1024),
            Self::Stun { .. } => of(5_000, 4 * PROBE_BYTES),
            Self::DhcpServers { .. } | Self::AddressOwners { .. } => of(6_000, 10 * PROBE_BYTES),
            Self::Dns { attempts, timeout_ms, .. } => {
                of(u64::from(*attempts) * u64::from(*timeout_ms).min(10_000) + 1_000, u64::from(*attempts) * 2_000)
            }
            Self::Fetch { timeout_ms, .. } => of(4 * u64::from(*timeout_ms).min(20_000) + 1_000, 64 * 1024),
            Self::PathMtu { .. } => of(12_000, 24 * 3_000),
            Self::Trace { max_hops, rounds, .. } => {
                of(u64::from(*rounds) * 1_000 + Self::ANSWER_GRACE_MS + 1_000, u64::from(*max_hops) * u64::from(*rounds) * PROBE_BYTES)
            }
            Self::Campaign(campaign) => {
                let duration = u64::from(campaign.duration_ms.min(Campaign::LONGEST_MS));
                let probes: u64 = campaign.lanes.iter().map(|lane| duration / u64::from(lane.interval_ms.max(20)) + 1).sum();
                let loads: u64 = campaign.loads.iter().map(|load| load.max_bytes).sum();
                of(duration + Self::ANSWER_GRACE_MS + 3_000, probes * PROBE_BYTES + loads)
            }
        }
    }
}
