//! Other machines on the same network: who hands out addresses, and who else claims one. Both take frames of their own making, which only
//! the small program `demarc-raw` may send.

#[cfg(target_os = "linux")]
mod helper;

use std::{net::Ipv4Addr, path::Path};

use demarc_model::Outcome;

/// Who hands out addresses on an interface's network.
#[cfg(target_os = "linux")]
pub(crate) async fn dhcp_servers(helper: Option<&Path>, interface: &str) -> Outcome {
    helper::perform(helper, demarc_raw::Question::DhcpServers { interface: interface.to_owned() }).await
}

/// Whether others answer for an address on an interface's network.
#[cfg(target_os = "linux")]
pub(crate) async fn address_owners(helper: Option<&Path>, interface: &str, address: Ipv4Addr) -> Outcome {
    helper::perform(helper, demarc_raw::Question::AddressOwners { interface: interface.to_owned(), address }).await
}

#[cfg(not(target_os = "linux"))]
#[allow(clippy::unused_async, reason = "elsewhere a program has to be asked")]
pub(crate) async fn dhcp_servers(_: Option<&Path>, _: &str) -> Outcome {
    crate::not_here()
}

#[cfg(not(target_os = "linux"))]
#[allow(clippy::unused_async, reason = "elsewhere a program has to be asked")]
pub(crate) async fn address_owners(_: Option<&Path>, _: &str, _: Ipv4Addr) -> Outcome {
    crate::not_here()
}
