//! How much of what was sent the other end has acknowledged.

use tokio::net::TcpStream;

use crate::tcp_info::Watch;

/// Counts from when it began. Where the system does not tell, bytes handed to it count instead.
pub(super) struct Acked {
    watch: Watch,
    /// Acknowledged before.
    before: u64,
}

impl Acked {
    /// `None` where the system does not tell.
    pub(super) fn watch(stream: &TcpStream) -> Option<Self> {
        let watch = Watch::new(stream)?;
        let before = watch.read()?.bytes_acked;
        Some(Self { watch, before })
    }

    /// Bytes acknowledged since, those of TLS and HTTP included.
    pub(super) fn bytes(&self) -> Option<u64> {
        self.watch.read().map(|info| info.bytes_acked.saturating_sub(self.before))
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
