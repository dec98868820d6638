//! What the kernel knows of a TCP connection (`tcp_info`; RFC 4898 names most of it).

use serde::{Deserialize, Serialize};
use tokio::net::TcpStream;

/// A connection's figures, named as ndt7 names them. Times in microseconds; what a kernel does not know is 0.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct TcpInfo {
    /// Bytes that the other end has acknowledged.
    pub bytes_acked: u64,
    /// Bytes that came, in order.
    pub bytes_received: u64,
    /// Bytes sent, repeats included.
    pub bytes_sent: u64,
    /// Bytes sent again.
    pub bytes_retrans: u64,
    /// Smallest round trip seen.
    #[serde(rename = "MinRTT")]
    pub min_rtt: u32,
    /// Smoothed round trip.
    #[serde(rename = "RTT")]
    pub rtt: u32,
    /// Its mean deviation.
    #[serde(rename = "RTTVar")]
    pub rtt_var: u32,
    /// Time with something to send.
    pub busy_time: u64,
    /// Of it, time in which the other end took no more.
    #[serde(rename = "RWndLimited")]
    pub receive_window_limited: u64,
    /// Of it, time in which this end's buffer was full.
    #[serde(rename = "SndBufLimited")]
    pub send_buffer_limited: u64,
}

/// Watches a connection; keeps its socket open.
#[derive(Debug)]
pub struct Watch {
    #[cfg(target_os = "linux")]
    socket: std::os::fd::OwnedFd,
}

#[cfg(target_os = "linux")]
impl Watch {
    /// `None` where no more files may be open.
    pub fn new(stream: &TcpStream) -> Option<Self> {
        use std::os::fd::AsFd as _;
        Some(Self { socket: stream.as_fd().try_clone_to_owned().ok()? })
    }

    /// The figures now; `None` where the kernel does not tell.
    #[allow(unsafe_code, reason = "no safe wrapper reads these counters")]
    pub fn read(&self) -> Option<TcpInfo> {
        use std::{mem, os::fd::AsRawFd as _, ptr::from_mut};
        // SAFETY: all fields of `tcp_info` are integers, for which zero bytes are a value.
        let mut info: libc::tcp_info = unsafe { mem::zeroed() };
        let mut length = libc::socklen_t::try_from(mem::size_of::<libc::tcp_info>()).ok()?;
        // SAFETY: the descriptor is open while `self` lives, and the kernel writes at most `length` bytes into `info`.
        let result = unsafe {
            libc::getsockopt(self.socket.as_raw_fd(), libc::IPPROTO_TCP, libc::TCP_INFO, from_mut(&mut info).cast(), from_mut(&mut length))
        };
        // An older kernel knows fewer fields; one that does not count acknowledged bytes is of no use.
        let needed = mem::offset_of!(libc::tcp_info, tcpi_bytes_acked) + mem::size_of::<u64>();
        let told = result == 0 && usize::try_from(length).is_ok_and(|length| length >= needed);
        told.then_some(TcpInfo {
            bytes_acked: info.tcpi_bytes_acked,
            bytes_received: info.tcpi_bytes_received,
            bytes_sent: info.tcpi_bytes_sent,
            bytes_retrans: info.tcpi_bytes_retrans,
            min_rtt: info.tcpi_min_rtt,
            rtt: info.tcpi_rtt,
            rtt_var: info.tcpi_rttvar,
            busy_time: info.tcpi_busy_time,
            receive_window_limited: info.tcpi_rwnd_limited,
            send_buffer_limited: info.tcpi_sndbuf_limited,
        })
    }
}

/// Other systems tell it in other ways, not asked yet.
#[cfg(not(target_os = "linux"))]
impl Watch {
    /// Always `None`.
    pub fn new(_: &TcpStream) -> Option<Self> {
        None
    }

    /// Always `None`.
    pub fn read(&self) -> Option<TcpInfo> {
        None
    }
}
