//! One numbered probe on the wire and what came back for it, shared by trace, packet size and campaign.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
pub(crate) mod packet;
#[cfg(target_os = "linux")]
mod reply;
#[cfg(target_os = "linux")]
mod scope;

#[cfg(target_os = "linux")]
use std::io;
use std::net::IpAddr;

#[cfg(target_os = "linux")]
use demarc_model::{Outcome, Phrase};

#[cfg(target_os = "linux")]
pub(crate) use self::{
    linux::{ProbeSocket, allowed, scoped},
    reply::{Kind, Reply, Transport},
};

/// An address with what it takes to send there.
#[cfg(not(target_os = "linux"))]
pub(crate) fn scoped(address: IpAddr, port: u16) -> std::net::SocketAddr {
    std::net::SocketAddr::new(address, port)
}

/// Whether an address is one host: probes to groups and to everybody would be answered by strangers.
pub(crate) fn is_one_host(address: IpAddr) -> bool {
    let broadcast = matches!(address, IpAddr::V4(v4) if v4.is_broadcast());
    !address.is_unspecified() && !address.is_multicast() && !broadcast
}

/// What becomes of a request whose probes this computer would not send.
#[cfg(target_os = "linux")]
pub(crate) fn refused(destination: IpAddr, error: &io::Error) -> Outcome {
    match error.raw_os_error() {
        Some(libc::EACCES) => return Outcome::Blocked { why: Phrase::new("blocked-ping-sockets") },
        Some(libc::EPERM) => {
            return Outcome::Blocked { why: Phrase::new("blocked-by-own-firewall").text("address", destination.to_string()) };
        }
        _ => {}
    }
    Outcome::Failed { why: Phrase::new("failed-send").text("address", destination.to_string()).text("reason", error.to_string()) }
}
