//! Who gave this computer its address, and for how long.

use std::net::{IpAddr, Ipv4Addr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The IPv4 address of one interface as it was handed out by DHCP (RFC 2131, options by RFC 2132).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Lease {
    /// Interface name.
    pub interface: String,
    /// Who told (`kernel`, `systemd-networkd`, `NetworkManager`, `dhclient`, `macOS`, `Windows`).
    pub source: String,
    /// Whether the address ends by itself; `Some(false)` where it was set by hand or never ends.
    #[serde(default)]
    pub temporary: Option<bool>,
    /// The address.
    #[serde(default)]
    pub address: Option<Ipv4Addr>,
    /// Who handed it out.
    #[serde(default)]
    pub server: Option<Ipv4Addr>,
    /// The router that the server names.
    #[serde(default)]
    pub router: Option<Ipv4Addr>,
    /// The name servers that it names, at most 4.
    #[serde(default)]
    pub name_servers: Vec<IpAddr>,
    /// The domain that it names.
    #[serde(default)]
    pub domain: Option<String>,
    /// The time servers that it names, at most 4.
    #[serde(default)]
    pub time_servers: Vec<IpAddr>,
    /// Largest packet in bytes that it names.
    #[serde(default)]
    pub mtu: Option<u32>,
    /// How long the address is given for, in seconds.
    #[serde(default)]
    pub lasts_s: Option<u32>,
    /// After how much of it the server is asked again, and after how much anybody is, in seconds.
    #[serde(default)]
    pub renew_s: Option<u32>,
    /// See `renew_s`.
    #[serde(default)]
    pub rebind_s: Option<u32>,
    /// How much of it is left, in seconds; below 0 when it is over.
    #[serde(default)]
    pub left_s: Option<f64>,
}
