//! Other machines on the same network: who hands out addresses, and who else claims ours. Both take frames of their own making.

use std::net::Ipv4Addr;

use demarc_model::{AddressOwners, DhcpServers, Outcome};

#[cfg(target_os = "linux")]
mod arp;
#[cfg(target_os = "linux")]
mod dhcp;
#[cfg(target_os = "linux")]
mod frames;

/// Who hands out addresses on an interface's network.
pub(crate) async fn dhcp_servers(interface: &str) -> Outcome {
    #[cfg(target_os = "linux")]
    return frames::exchange(interface, dhcp::Discovery::new())
        .await
        .map_or_else(|outcome| outcome, |offers| DhcpServers { offers }.into());
    #[cfg(not(target_os = "linux"))]
    return not_here(interface);
}

/// Whether others answer for this computer's address on an interface's network.
pub(crate) async fn address_owners(interface: &str, address: Ipv4Addr) -> Outcome {
    #[cfg(target_os = "linux")]
    return frames::exchange(interface, arp::Probe::new(address))
        .await
        .map_or_else(|outcome| outcome, |others| AddressOwners { others }.into());
    #[cfg(not(target_os = "linux"))]
    return not_here(&format!("{interface} {address}"));
}

#[cfg(not(target_os = "linux"))]
fn not_here(_: &str) -> Outcome {
    crate::not_here()
}
