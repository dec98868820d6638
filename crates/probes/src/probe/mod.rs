//! One numbered probe on the wire and what came back for it, shared by trace, packet size and campaign.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
pub(crate) mod packet;
mod reply;
#[cfg(target_os = "linux")]
mod scope;
pub mod windows;

use std::net::IpAddr;

#[cfg(target_os = "linux")]
pub(crate) use self::linux::{ProbeSocket, allowed, register, scoped, set_integer_option};
pub use self::reply::Kind;
#[cfg(windows)]
pub(crate) use self::windows::ProbeSocket;
#[cfg(any(target_os = "linux", windows))]
pub(crate) use self::{
    refusal::{does_not_fit, refused},
    reply::{Reply, Transport},
};

/// Bytes of the ICMP or UDP header.
#[cfg(any(target_os = "linux", windows))]
pub(crate) const TRANSPORT_HEADER: usize = 8;

/// Shortest payload: token, number and the bytes that balance the checksum.
#[cfg(any(target_os = "linux", windows))]
pub(crate) const SHORTEST_PAYLOAD: usize = 12;

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

#[cfg(any(target_os = "linux", windows))]
mod refusal {
    use std::{io, net::IpAddr};

    use demarc_model::{Outcome, Phrase};

    /// What becomes of a request whose probes this computer would not send.
    pub(crate) fn refused(destination: IpAddr, error: &io::Error) -> Outcome {
        #[cfg(target_os = "linux")]
        match error.raw_os_error() {
            Some(libc::EACCES) => return Outcome::Blocked { why: Phrase::new("blocked-ping-sockets") },
            Some(libc::EPERM) => {
                return Outcome::Blocked { why: Phrase::new("blocked-by-own-firewall").text("address", destination.to_string()) };
            }
            _ => {}
        }
        Outcome::Failed { why: Phrase::new("failed-send").text("address", destination.to_string()).text("reason", error.to_string()) }
    }

    /// Whether a packet was refused because this computer's own link does not carry its size.
    pub(crate) fn does_not_fit(error: &io::Error) -> bool {
        #[cfg(target_os = "linux")]
        return error.raw_os_error() == Some(libc::EMSGSIZE);
        #[cfg(not(target_os = "linux"))]
        return {
            let _ = error;
            false
        };
    }
}
