//! What was found out about this computer and the network, one type a question.

use std::net::{IpAddr, SocketAddr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Interfaces, addresses and routes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct NetworkState {
    /// Every interface but loopback.
    pub interfaces: Vec<Interface>,
    /// Routes of the main tables, IPv4 and IPv6.
    pub routes: Vec<Route>,
}

impl NetworkState {
    /// The default route that the system prefers for IPv4, or for IPv6 where there is no other.
    pub fn default_route(&self) -> Option<&Route> {
        let defaults = |v4: bool| {
            self.routes
                .iter()
                .filter(move |route| route.prefix_length == 0 && route.destination.is_ipv4() == v4)
                .min_by_key(|route| route.metric)
        };
        defaults(true).or_else(|| defaults(false))
    }

    /// The interface that carries the default route.
    pub fn default_interface(&self) -> Option<&Interface> {
        let route = self.default_route()?;
        self.interface(&route.interface)
    }

    /// An interface by name.
    pub fn interface(&self, name: &str) -> Option<&Interface> {
        self.interfaces.iter().find(|interface| interface.name == name)
    }
}

/// One network interface.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Interface {
    /// The system's name for it.
    pub name: String,
    /// What it is.
    pub kind: InterfaceKind,
    /// Whether it is switched on.
    pub up: bool,
    /// Whether it has carrier.
    pub carrier: bool,
    /// Largest packet in bytes.
    pub mtu: u32,
    /// Hardware address.
    #[serde(default)]
    pub mac: Option<String>,
    /// Addresses as `address/prefix length`.
    pub addresses: Vec<String>,
}

/// What an interface is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
pub enum InterfaceKind {
    /// Ethernet.
    Wired,
    /// Wi-Fi.
    Wifi,
    /// VPN or other tunnel.
    Tunnel,
    /// Mobile broadband.
    Mobile,
    /// A bridge, container or virtual machine network.
    Virtual,
    /// Something else.
    Other,
}

/// One route.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Route {
    /// Network it leads to; the unspecified address for a default route.
    pub destination: IpAddr,
    /// Prefix length of the destination; 0 for a default route.
    pub prefix_length: u8,
    /// Next router; `None` when directly connected.
    #[serde(default)]
    pub gateway: Option<IpAddr>,
    /// Outgoing interface.
    pub interface: String,
    /// Lower is preferred.
    pub metric: u32,
}

/// Who this computer asks for names.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct ResolverConfig {
    /// Servers in the order asked.
    #[ts(type = "Array<string>")]
    pub servers: Vec<SocketAddr>,
    /// Search domains.
    pub search: Vec<String>,
    /// Where the configuration was read (`resolv.conf`, `systemd-resolved`).
    pub source: String,
}

/// Proxy settings that programs of this user would follow.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct ProxySettings {
    /// `(where it is set, proxy address)`, without user names and passwords.
    pub entries: Vec<(String, String)>,
}

/// Entries of the hosts file that override asked names.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct HostsOverrides {
    /// `(name, address)`.
    pub entries: Vec<(String, IpAddr)>,
}

/// Load of this computer over a while.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct HostLoad {
    /// Share of all cores in use, 0 to 100, without this program.
    pub cpu_percent: f64,
    /// Physical memory in bytes.
    #[ts(type = "number")]
    pub memory_total_bytes: u64,
    /// Memory still available in bytes.
    #[ts(type = "number")]
    pub memory_available_bytes: u64,
    /// Swap in use in bytes.
    #[ts(type = "number")]
    pub swap_used_bytes: u64,
    /// Traffic by interface.
    pub traffic: Vec<InterfaceTraffic>,
    /// Busiest processes, busiest first, at most five.
    pub busiest: Vec<ProcessLoad>,
    /// How long was watched, in milliseconds.
    pub watched_ms: f64,
}

/// Traffic of one interface over a while.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct InterfaceTraffic {
    /// Interface name.
    pub interface: String,
    /// Received bytes a second.
    pub received_bytes_per_s: f64,
    /// Sent bytes a second.
    pub sent_bytes_per_s: f64,
}

/// CPU share of one process.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct ProcessLoad {
    /// The program's name, without its arguments.
    pub name: String,
    /// Share of all cores, 0 to 100.
    pub cpu_percent: f64,
}

/// Offset of this computer's clock.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct ClockOffset {
    /// This computer's clock is this many milliseconds behind the server's (negative: ahead).
    pub offset_ms: f64,
    /// Round-trip time of the query in milliseconds.
    pub rtt_ms: f64,
}

/// State of a wired (or any) link.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct LinkState {
    /// Interface name.
    pub interface: String,
    /// Whether there is carrier.
    pub carrier: bool,
    /// Negotiated rate in Mbit/s.
    #[serde(default)]
    pub speed_mbps: Option<u32>,
    /// Duplex mode.
    #[serde(default)]
    pub duplex: Option<Duplex>,
    /// Fastest rate that this end can do, in Mbit/s.
    #[serde(default)]
    pub fastest_own_mbps: Option<u32>,
    /// Fastest rate that the other end offers, in Mbit/s.
    #[serde(default)]
    pub fastest_partner_mbps: Option<u32>,
    /// Carrier changes since the interface exists.
    #[serde(default)]
    pub carrier_changes: Option<u32>,
    /// Counters since the interface exists.
    pub counters: Counters,
}

/// Duplex mode of a wired link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Duplex {
    /// Both directions at once.
    Full,
    /// One direction at a time.
    Half,
}

/// Interface counters, in packets, since the interface exists.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Counters {
    /// Packets received.
    #[ts(type = "number")]
    pub received: u64,
    /// Packets sent.
    #[ts(type = "number")]
    pub sent: u64,
    /// Packets received damaged, of any kind.
    #[ts(type = "number")]
    pub receive_errors: u64,
    /// Packets that could not be sent, of any kind.
    #[ts(type = "number")]
    pub send_errors: u64,
    /// Packets received with a wrong checksum.
    #[ts(type = "number")]
    pub crc_errors: u64,
    /// Packets received misaligned.
    #[ts(type = "number")]
    pub frame_errors: u64,
    /// Collisions, late ones included.
    #[ts(type = "number")]
    pub collisions: u64,
    /// Packets dropped on receipt by this computer.
    #[ts(type = "number")]
    pub receive_dropped: u64,
}

/// State of a Wi-Fi connection.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct WifiLink {
    /// Interface name.
    pub interface: String,
    /// Whether it is associated with an access point.
    pub connected: bool,
    /// Network name.
    #[serde(default)]
    pub ssid: Option<String>,
    /// The access point's hardware address.
    #[serde(default)]
    pub bssid: Option<String>,
    /// Signal strength in dBm.
    #[serde(default)]
    pub signal_dbm: Option<f64>,
    /// Noise floor in dBm.
    #[serde(default)]
    pub noise_dbm: Option<f64>,
    /// Centre frequency in MHz.
    #[serde(default)]
    pub frequency_mhz: Option<u32>,
    /// Channel width in MHz.
    #[serde(default)]
    pub width_mhz: Option<u32>,
    /// Rate from the access point in Mbit/s.
    #[serde(default)]
    pub receive_mbps: Option<f64>,
    /// Rate to the access point in Mbit/s.
    #[serde(default)]
    pub send_mbps: Option<f64>,
    /// Packets sent since connected.
    #[serde(default)]
    #[ts(type = "number | null")]
    pub sent_packets: Option<u64>,
    /// Retries since connected.
    #[serde(default)]
    #[ts(type = "number | null")]
    pub retries: Option<u64>,
    /// Packets given up since connected.
    #[serde(default)]
    #[ts(type = "number | null")]
    pub failed: Option<u64>,
    /// Beacons missed since connected.
    #[serde(default)]
    #[ts(type = "number | null")]
    pub beacons_lost: Option<u64>,
    /// Share of its time, 0 to 1, that the channel was busy, with others' traffic and with this computer's own.
    #[serde(default)]
    pub busy_share: Option<f64>,
}

/// DNS record type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
pub enum DnsRecord {
    /// IPv4 addresses.
    A,
    /// IPv6 addresses.
    Aaaa,
    /// The server's own version (`version.bind`, class CHAOS): a forwarder answers it without asking anyone.
    Version,
}

/// Answers to DNS queries.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct DnsReplies {
    /// One entry a query.
    pub replies: Vec<DnsReply>,
}

/// One DNS query's fate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct DnsReply {
    /// Time to the answer in milliseconds; `None` when none came in time.
    #[serde(default)]
    pub elapsed_ms: Option<f64>,
    /// Response code as in the IANA registry (`NOERROR`, `NXDOMAIN`, `SERVFAIL`, `REFUSED`, ...).
    #[serde(default)]
    pub code: Option<String>,
    /// Addresses in the answer, at most 16.
    #[serde(default)]
    pub addresses: Vec<IpAddr>,
    /// What went wrong instead of an answer (`timed out`, `port unreachable`).
    #[serde(default)]
    pub error: Option<String>,
}

impl DnsReply {
    /// Whether the server answered the question, be it with "no such name".
    pub fn answered(&self) -> bool {
        matches!(self.code.as_deref(), Some("NOERROR" | "NXDOMAIN"))
    }
}

/// Stages of one HTTP(S) request.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct FetchTimes {
    /// Address connected to.
    #[serde(default)]
    pub address: Option<IpAddr>,
    /// Time to resolve the name in milliseconds; `None` when it was not needed.
    #[serde(default)]
    pub name_ms: Option<f64>,
    /// Time of the TCP handshake in milliseconds.
    #[serde(default)]
    pub connect_ms: Option<f64>,
    /// Time of the TLS handshake in milliseconds; `None` for plain HTTP.
    #[serde(default)]
    pub tls_ms: Option<f64>,
    /// Time from the request to the first byte of the answer in milliseconds.
    #[serde(default)]
    pub first_byte_ms: Option<f64>,
    /// HTTP status code.
    #[serde(default)]
    pub status: Option<u16>,
    /// The stage that failed, when one did.
    #[serde(default)]
    pub failed_at: Option<FetchStage>,
    /// What went wrong there.
    #[serde(default)]
    pub error: Option<String>,
}

/// Stage of an HTTP(S) request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
pub enum FetchStage {
    /// Resolving the name.
    Name,
    /// TCP handshake.
    Connect,
    /// TLS handshake.
    Tls,
    /// Request and first byte.
    Http,
}

/// Largest unfragmented packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct PathMtu {
    /// Largest size that was answered, in bytes, IP header included; `None` when nothing was.
    #[serde(default)]
    pub largest_passed: Option<u16>,
    /// Largest size tried, in bytes.
    pub ceiling: u16,
    /// Whether a router said that a larger packet was too big; without it larger ones vanish silently.
    pub told_too_big: bool,
}

/// The hops towards a destination.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Trace {
    /// Where packets went.
    pub destination: IpAddr,
    /// Whether the destination itself answered.
    pub reached: bool,
    /// Hops in order, from 1; trailing silent hops are left out.
    pub hops: Vec<TraceHop>,
}

impl Trace {
    /// The hop at this distance, if it is listed.
    pub fn hop_at(&self, ttl: u8) -> Option<&TraceHop> {
        self.hops.iter().find(|hop| hop.ttl == ttl)
    }
}

/// One hop.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct TraceHop {
    /// Distance, 1 is the gateway.
    pub ttl: u8,
    /// Probes sent to it.
    pub sent: u8,
    /// Answers, in order of arrival.
    pub replies: Vec<TraceReply>,
}

/// One hop's answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct TraceReply {
    /// Who answered.
    pub from: IpAddr,
    /// Round-trip time in milliseconds.
    pub rtt_ms: f64,
    /// `time-exceeded`, `echo-reply`, `port-unreachable`, `host-unreachable`, `network-unreachable`, `prohibited` or `other`.
    pub kind: String,
}

impl TraceHop {
    /// The address that answered, the first one where several did.
    pub fn address(&self) -> Option<IpAddr> {
        self.replies.first().map(|reply| reply.from)
    }
}

/// Traffic over the line by the router's counters: every device of the home.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct WanTraffic {
    /// The address that the router has on the line.
    #[serde(default)]
    pub address: Option<IpAddr>,
    /// Received bytes a second.
    pub received_bytes_per_s: f64,
    /// Sent bytes a second.
    pub sent_bytes_per_s: f64,
    /// How long was watched, in milliseconds.
    pub watched_ms: f64,
}

/// Who hands out addresses on this network.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct DhcpServers {
    /// One entry for each server that offered an address, at most 8.
    pub offers: Vec<DhcpOffer>,
}

/// What one DHCP server offered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct DhcpOffer {
    /// The server.
    pub server: IpAddr,
    /// The router it names.
    #[serde(default)]
    pub router: Option<IpAddr>,
    /// The name servers it names, at most 4.
    #[serde(default)]
    pub name_servers: Vec<IpAddr>,
}

/// Other machines that claim an address of this computer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct AddressOwners {
    /// Hardware addresses of the others that answered for it, at most 4.
    pub others: Vec<String>,
}
