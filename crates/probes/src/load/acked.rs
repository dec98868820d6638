//! How much of what was sent the other end has acknowledged.

use tokio::net::TcpStream;

/// Watches a connection; keeps its socket open.
#[cfg(target_os = "linux")]
pub(super) struct Acked {
    socket: std::os::fd::OwnedFd,
    /// Acknowledged before the watch began.
    before: u64,
}

#[cfg(target_os = "linux")]
impl Acked {
    /// `None` where the kernel does not tell.
    pub(super) fn watch(stream: &TcpStream) -> Option<Self> {
        use std::os::fd::AsFd as _;
        let mut watch = Self { socket: stream.as_fd().try_clone_to_owned().ok()?, before: 0 };
        watch.before = watch.bytes()?;
        Some(watch)
    }

    /// Bytes acknowledged since the watch began, those of TLS and HTTP included.
    pub(super) fn bytes(&self) -> Option<u64> {
        acknowledged(&self.socket).map(|bytes| bytes.saturating_sub(self.before))
    }
}

/// The kernel's counter `tcpi_bytes_acked` (RFC 4898 tcpEStatsAppHCThruOctetsAcked).
#[cfg(target_os = "linux")]
#[allow(unsafe_code, reason = "no safe wrapper reads this counter")]
fn acknowledged(socket: &std::os::fd::OwnedFd) -> Option<u64> {
    use std::{mem, os::fd::AsRawFd as _, ptr::from_mut};
    // SAFETY: all fields of `tcp_info` are integers, for which zero bytes are a value.
    let mut info: libc::tcp_info = unsafe { mem::zeroed() };
    let mut length = libc::socklen_t::try_from(mem::size_of::<libc::tcp_info>()).ok()?;
    // SAFETY: the descriptor is open while `socket` lives, and the kernel writes at most `length` bytes into `info`.
    let result = unsafe {
        libc::getsockopt(socket.as_raw_fd(), libc::IPPROTO_TCP, libc::TCP_INFO, from_mut(&mut info).cast(), from_mut(&mut length))
    };
    // An older kernel knows fewer fields.
    let needed = mem::offset_of!(libc::tcp_info, tcpi_bytes_acked) + mem::size_of::<u64>();
    (result == 0 && usize::try_from(length).is_ok_and(|length| length >= needed)).then_some(info.tcpi_bytes_acked)
}

/// Other systems tell it in other ways, not asked yet: bytes handed to the system count there.
#[cfg(not(target_os = "linux"))]
pub(super) struct Acked;

#[cfg(not(target_os = "linux"))]
impl Acked {
    pub(super) fn watch(_: &TcpStream) -> Option<Self> {
        None
    }

    pub(super) fn bytes(&self) -> Option<u64> {
        None
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    #![allow(clippy::unwrap_used)]
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::TcpListener,
    };

    use super::*;

    #[tokio::test]
    async fn only_what_the_other_end_has_counts() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut stream = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (mut other, _) = listener.accept().await.unwrap();
        let watch = Acked::watch(&stream).unwrap();
        assert_eq!(watch.bytes(), Some(0));
        stream.write_all(&[0; 5_000]).await.unwrap();
        other.read_exact(&mut [0; 5_000]).await.unwrap();
        // The answer carries the acknowledgement.
        other.write_all(&[1]).await.unwrap();
        stream.read_u8().await.unwrap();
        assert_eq!(watch.bytes(), Some(5_000));
    }
}
