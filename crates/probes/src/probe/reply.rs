//! What came back for a probe.

#[cfg(any(target_os = "linux", windows))]
use std::{net::IpAddr, time::Duration};

/// How a probe travels.
#[cfg(any(target_os = "linux", windows))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Transport {
    Icmp,
    Udp,
}

/// An answer to one probe.
#[cfg(any(target_os = "linux", windows))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reply {
    /// Number the probe was sent with.
    pub number: u16,
    /// Who answered.
    pub from: IpAddr,
    pub rtt: Duration,
    pub kind: Kind,
}

/// What an answer says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    EchoReply,
    TimeExceeded,
    PortUnreachable,
    HostUnreachable,
    NetworkUnreachable,
    Prohibited,
    /// The packet did not fit the next link, which takes `mtu` bytes (0 when the router did not say).
    TooBig {
        mtu: u32,
    },
    Other,
}

impl Kind {
    /// The name used in [`demarc_model::TraceReply::kind`].
    #[cfg_attr(not(any(target_os = "linux", windows)), allow(dead_code, reason = "only these trace"))]
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::EchoReply => "echo-reply",
            Self::TimeExceeded => "time-exceeded",
            Self::PortUnreachable => "port-unreachable",
            Self::HostUnreachable => "host-unreachable",
            Self::NetworkUnreachable => "network-unreachable",
            Self::Prohibited => "prohibited",
            Self::TooBig { .. } | Self::Other => "other",
        }
    }

    /// From the type and code of an `ICMP` error (RFC 792, RFC 1812) and the value that came with it.
    #[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "Windows has status codes of its own"))]
    pub(crate) fn of_v4(icmp_type: u8, code: u8, info: u32) -> Self {
        match (icmp_type, code) {
            (11, _) => Self::TimeExceeded,
            (3, 3) => Self::PortUnreachable,
            (3, 4) => Self::TooBig { mtu: info },
            (3, 0 | 6 | 11) => Self::NetworkUnreachable,
            (3, 1 | 7 | 8 | 12) => Self::HostUnreachable,
            (3, 9 | 10 | 13) => Self::Prohibited,
            _ => Self::Other,
        }
    }

    /// From the type and code of an `ICMPv6` error (RFC 4443) and the value that came with it.
    #[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "Windows has status codes of its own"))]
    pub(crate) fn of_v6(icmp_type: u8, code: u8, info: u32) -> Self {
        match (icmp_type, code) {
            (3, _) => Self::TimeExceeded,
            (2, _) => Self::TooBig { mtu: info },
            (1, 4) => Self::PortUnreachable,
            (1, 0) => Self::NetworkUnreachable,
            (1, 3) => Self::HostUnreachable,
            (1, 1 | 5 | 6) => Self::Prohibited,
            _ => Self::Other,
        }
    }
}
