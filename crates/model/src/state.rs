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
    /// Where the system would send packets to places all over the internet, whatever tables and policies that takes.
    #[serde(default)]
    pub ways_out: Vec<WayOut>,
}

/// What the system would do with a packet to a place on the internet. Asking sends nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct WayOut {
    /// The place.
    pub destination: IpAddr,
    /// Outgoing interface.
    pub interface: String,
    /// Next router; `None` when there is none, as with most tunnels.
    #[serde(default)]
    pub gateway: Option<IpAddr>,
    /// The routing table that decided, when it is not the main one.
    #[serde(default)]
    pub table: Option<u32>,
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

    /// The way to the home's router, below any tunnel: the preferred default route over a link; where a tunnel has taken its place, the
    /// way to the tunnel's far end.
    pub fn router(&self) -> Option<&Route> {
        let over_a_link = |route: &&Route| {
            let tunnel = self.interface(&route.interface).is_some_and(|interface| interface.kind == InterfaceKind::Tunnel);
            route.gateway.is_some() && !tunnel
        };
        let rank = |route: &&Route| (route.destination.is_ipv6(), route.metric);
        let defaults = self.routes.iter().filter(|route| route.prefix_length == 0);
        // The two halves of the internet are how some VPN programs say "everything".
        let others = self.routes.iter().filter(|route| route.prefix_length > 1);
        defaults.filter(over_a_link).min_by_key(rank).or_else(|| {
            let tunnel = self.default_interface().is_some_and(|interface| interface.kind == InterfaceKind::Tunnel);
            others.filter(over_a_link).min_by_key(rank).filter(|_| tunnel)
        })
    }

    /// The interface towards the home's router; without one, the one that everything leaves by.
    pub fn router_interface(&self) -> Option<&Interface> {
        self.router().and_then(|route| self.interface(&route.interface)).or_else(|| self.default_interface())
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
    /// Where the configuration was read (`resolv.conf`, `systemd-resolved`, `NetworkManager`).
    pub source: String,
    /// Servers and domains that belong to one interface each, where the system keeps them apart.
    #[serde(default)]
    pub links: Vec<LinkResolvers>,
    /// How long programs wait for one server before they ask the next, in seconds; `None` where a service decides that.
    #[serde(default)]
    pub timeout_s: Option<u32>,
    /// Whether programs begin with another server each time.
    #[serde(default)]
    pub rotate: bool,
}

/// Name servers of one interface.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct LinkResolvers {
    /// Interface name.
    pub interface: String,
    /// Servers in the order told.
    #[ts(type = "Array<string>")]
    pub servers: Vec<SocketAddr>,
    /// Search and routing domains.
    pub domains: Vec<String>,
}

/// Proxy settings that programs of this user would follow.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct ProxySettings {
    /// `(where it is set, proxy address)`, without user names and passwords.
    pub entries: Vec<(String, String)>,
    /// `(where it is set, address)` of scripts (PAC) that decide for each page which proxy is used; `WPAD` where the script is looked
    /// for on the network.
    #[serde(default)]
    pub scripts: Vec<(String, String)>,
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
    /// Programs that moved the most over TCP, most first, at most five; only those that this user may look into.
    #[serde(default)]
    pub talkers: Vec<ProcessTraffic>,
    /// Time that work stood still for lack of something, where the system counts it.
    #[serde(default)]
    pub pressure: Option<Pressure>,
    /// Bytes a second between memory and swap, both ways.
    #[serde(default)]
    pub swapped_bytes_per_s: Option<f64>,
    /// Heat, where the system tells it.
    #[serde(default)]
    pub thermal: Option<Thermal>,
}

/// TCP traffic of one program over a while.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct ProcessTraffic {
    /// The program's name, without its arguments.
    pub name: String,
    /// Received bytes a second.
    pub received_bytes_per_s: f64,
    /// Sent bytes a second.
    pub sent_bytes_per_s: f64,
}

/// Shares of the time, 0 to 100, in which some work stood still for lack of something.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Pressure {
    /// For lack of a free processor.
    #[serde(default)]
    pub cpu_percent: Option<f64>,
    /// For lack of memory.
    #[serde(default)]
    pub memory_percent: Option<f64>,
    /// For the disk.
    #[serde(default)]
    pub io_percent: Option<f64>,
}

/// How hot the processor is and whether it is held back for it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Thermal {
    /// Times that a processor was slowed down for heat during the watch, all cores together.
    #[serde(default)]
    pub slowed_times: Option<u32>,
    /// Temperature of the zone nearest to its limit, in degrees Celsius.
    #[serde(default)]
    pub celsius: Option<f64>,
    /// The limit from which that zone is cooled by slowing down, in degrees Celsius.
    #[serde(default)]
    pub limit_celsius: Option<f64>,
    /// Highest frequency that the processor may use now, as a share of its highest, 0 to 100.
    #[serde(default)]
    pub frequency_percent: Option<f64>,
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
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
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
    /// Whether this end agrees on rate and duplex with the other end by itself; otherwise they are set by hand.
    #[serde(default)]
    pub negotiates: Option<bool>,
    /// Modes that this end offers, such as `1000baseT/Full`.
    #[serde(default)]
    pub own_modes: Vec<String>,
    /// Modes that the other end offers; empty where it does not say or does not negotiate.
    #[serde(default)]
    pub partner_modes: Vec<String>,
    /// Energy-efficient Ethernet, where the hardware has it.
    #[serde(default)]
    pub energy_saving: Option<EnergySaving>,
    /// Pauses that the ends may ask of each other, where the driver tells.
    #[serde(default)]
    pub pause: Option<Pause>,
}

/// Energy-efficient Ethernet (IEEE 802.3az): the link sleeps between packets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct EnergySaving {
    /// Whether it is switched on at this end.
    pub enabled: bool,
    /// Whether both ends agreed to use it.
    pub active: bool,
}

/// Flow control (IEEE 802.3x): one end may tell the other to stop sending for a moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Pause {
    /// Whether this end obeys.
    pub receive: bool,
    /// Whether this end may ask for it.
    pub send: bool,
    /// Pauses that the other end asked for since the interface exists, where they are counted.
    #[serde(default)]
    #[ts(type = "number | null")]
    pub received_frames: Option<u64>,
}

/// What a test of the cable's wires by the network adapter found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct CableTest {
    /// Interface name.
    pub interface: String,
    /// One entry for each pair of wires that was told of, at most 4.
    pub pairs: Vec<CablePair>,
    /// Carrier changes since the interface exists, when the link was back: the test makes some.
    #[serde(default)]
    pub carrier_changes: Option<u32>,
}

/// One pair of wires.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct CablePair {
    /// Which pair: 0 is pins 1 and 2, 1 is pins 3 and 6, 2 is pins 4 and 5, 3 is pins 7 and 8.
    pub pair: u8,
    /// How it is.
    pub state: PairState,
    /// How far away from this computer the fault is, in centimetres, where that was measured.
    #[serde(default)]
    pub distance_cm: Option<u32>,
}

/// How a pair of wires is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
pub enum PairState {
    /// Whole.
    Ok,
    /// Interrupted, or nothing is connected at its end.
    Open,
    /// Its two wires touch.
    Short,
    /// It touches another pair.
    CrossShort,
    /// Its impedance does not match: a crushed cable, water, or a bad joint.
    Mismatch,
    /// The adapter could not tell.
    Unknown,
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
    /// Collisions after a packet's first 64 bytes, which only a link whose ends disagree about duplex or that is too long has.
    #[serde(default)]
    #[ts(type = "number")]
    pub late_collisions: u64,
    /// Packets that came while the adapter had no room for them.
    #[serde(default)]
    #[ts(type = "number")]
    pub receive_missed: u64,
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use rstest::rstest;

    use super::*;

    /// Routes as `destination/length gateway interface metric`, `-` for no gateway.
    fn network(routes: &[&str]) -> NetworkState {
        let interface = |name: &str, kind| Interface {
            name: name.to_owned(),
            kind,
            up: true,
            carrier: true,
            mtu: 1500,
            mac: None,
            addresses: Vec::new(),
        };
        let route = |text: &&str| {
            let [network, gateway, interface, metric] = text.split(' ').collect::<Vec<_>>()[..] else { panic!("{text}") };
            let (destination, length) = network.split_once('/').unwrap();
            Route {
                destination: destination.parse().unwrap(),
                prefix_length: length.parse().unwrap(),
                gateway: gateway.parse().ok(),
                interface: interface.to_owned(),
                metric: metric.parse().unwrap(),
            }
        };
        NetworkState {
            interfaces: vec![interface("eth0", InterfaceKind::Wired), interface("tun0", InterfaceKind::Tunnel)],
            routes: routes.iter().map(route).collect(),
            ways_out: Vec::new(),
        }
    }

    #[rstest]
    #[case::plain(&["0.0.0.0/0 192.168.1.1 eth0 100"], Some("192.168.1.1"))]
    #[case::below_a_tunnel(&["0.0.0.0/0 10.8.0.1 tun0 50", "0.0.0.0/0 192.168.1.1 eth0 100"], Some("192.168.1.1"))]
    #[case::both_halves(&["0.0.0.0/1 10.8.0.1 tun0 0", "128.0.0.0/1 10.8.0.1 tun0 0", "0.0.0.0/0 192.168.1.1 eth0 100"], Some("192.168.1.1"))]
    // The tunnel took the place of the default route; what is left is the way to its far end.
    #[case::replaced(&["0.0.0.0/0 10.8.0.1 tun0 0", "203.0.113.9/32 192.168.1.1 eth0 0"], Some("192.168.1.1"))]
    #[case::ipv4_first(&["::/0 fe80::1 eth0 1", "0.0.0.0/0 192.168.1.1 eth0 600"], Some("192.168.1.1"))]
    // A route to some network is no way to the router while nothing leads out.
    #[case::none(&["192.0.2.0/24 192.168.1.9 eth0 0"], None)]
    #[case::dialled(&["0.0.0.0/0 - tun0 0"], None)]
    fn the_router_is_found_below_any_tunnel(#[case] routes: &[&str], #[case] router: Option<&str>) {
        let network = network(routes);
        assert_eq!(network.router().and_then(|route| route.gateway).map(|gateway| gateway.to_string()).as_deref(), router);
    }
}
