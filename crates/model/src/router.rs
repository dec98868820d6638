//! What the home router says of itself and of the line, and how the internet sees this home.

use std::net::IpAddr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What the home router says. Each part is absent where it does not say it; serial numbers are never asked for.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct RouterState {
    /// Its hardware address, as this computer's neighbour.
    #[serde(default)]
    pub mac: Option<String>,
    /// Who made its network adapter, by the registry of hardware addresses (IEEE).
    #[serde(default)]
    pub vendor: Option<String>,
    /// Names that it answers to at home (mDNS), at most 4.
    #[serde(default)]
    pub names: Vec<String>,
    /// Its description of itself (`UPnP`).
    #[serde(default)]
    pub description: Option<Box<RouterDescription>>,
    /// What it says of its connection over the line (`UPnP`).
    #[serde(default)]
    pub connection: Option<Box<LineConnection>>,
    /// Its addresses on the line, each with who told: `upnp`, `nat-pmp`.
    #[serde(default)]
    pub line_addresses: Vec<LineAddress>,
    /// For how long it has kept its table of port mappings, in seconds: since it started, as a rule (NAT-PMP, RFC 6886; PCP, RFC 6887).
    #[serde(default)]
    pub epoch_s: Option<u32>,
    /// Ports that it forwards into the home, at most 64; absent where it does not tell.
    #[serde(default)]
    pub mappings: Option<Vec<PortMapping>>,
}

/// A router's own words (`UPnP` Device Architecture 1.1 section 2.3).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct RouterDescription {
    /// Its name.
    #[serde(default)]
    pub name: Option<String>,
    /// Who makes it.
    #[serde(default)]
    pub manufacturer: Option<String>,
    /// Which model it is.
    #[serde(default)]
    pub model: Option<String>,
    /// And its number.
    #[serde(default)]
    pub model_number: Option<String>,
}

/// What a router says of its connection.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct LineConnection {
    /// `Connected`, `Disconnected`, `Connecting` and so on.
    #[serde(default)]
    pub status: Option<String>,
    /// The last error, when there was one.
    #[serde(default)]
    pub last_error: Option<String>,
    /// For how long it has been connected, in seconds.
    #[serde(default)]
    pub uptime_s: Option<u32>,
    /// Whether the line itself is there: `Up`, `Down`, `Initializing`, `Unavailable`.
    #[serde(default)]
    pub physical: Option<String>,
    /// What kind of line it is: `DSL`, `Cable`, `Ethernet`.
    #[serde(default)]
    pub kind: Option<String>,
    /// What the line carries towards the home at most, in bits a second.
    #[serde(default)]
    #[ts(type = "number | null")]
    pub down_bits_per_s: Option<u64>,
    /// And away from it.
    #[serde(default)]
    #[ts(type = "number | null")]
    pub up_bits_per_s: Option<u64>,
}

/// An address that the router has on the line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct LineAddress {
    /// The address.
    pub address: IpAddr,
    /// Who told: `upnp` or `nat-pmp`.
    pub by: String,
}

/// A port that the router forwards into the home.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct PortMapping {
    /// Port on the line.
    pub port: u16,
    /// `TCP` or `UDP`.
    pub protocol: String,
    /// The machine at home.
    pub to: String,
    /// What whoever asked for it calls it.
    #[serde(default)]
    pub description: String,
    /// Seconds until it ends; 0 never ends.
    pub lease_s: u32,
}

/// The address that packets of this computer come from, as a server on the internet sees it (STUN, RFC 8489).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct SeenFrom {
    /// The server.
    pub server: String,
    /// What it saw.
    pub address: IpAddr,
    /// And from which port.
    pub port: u16,
    /// The port that was sent from.
    pub own_port: u16,
}
