//! The time of a TCP handshake, for places that do not answer ICMP. The connection is closed at once.

use std::{
    future::Future,
    io,
    net::{IpAddr, SocketAddr},
    pin::Pin,
    time::{Duration, Instant},
};

use futures_util::stream::{FuturesUnordered, StreamExt as _};
use tokio::net::TcpStream;

use super::series::{Answer, Fate, Series};
use crate::{fetch::refused_here, probe::scoped};

/// A lost first packet is sent again after one second (RFC 6298): a handshake that takes longer counts as lost.
const RETRANSMISSION: Duration = Duration::from_millis(990);

pub(super) fn open(destination: IpAddr, port: u16) -> Box<dyn Series> {
    Box::new(Handshakes { destination: scoped(destination, port), under_way: FuturesUnordered::new() })
}

struct Handshakes {
    destination: SocketAddr,
    under_way: FuturesUnordered<Pin<Box<dyn Future<Output = Option<Answer>> + Send>>>,
}

impl Series for Handshakes {
    fn kernel_timestamps(&self) -> bool {
        false
    }

    fn send(&mut self, number: u16) -> io::Result<()> {
        self.under_way.push(Box::pin(connect(self.destination, number)));
        Ok(())
    }

    fn answer(&mut self) -> Pin<Box<dyn Future<Output = Answer> + Send + '_>> {
        Box::pin(async move {
            loop {
                match self.under_way.next().await {
                    Some(Some(answer)) => return answer,
                    Some(None) => {}
                    None => return std::future::pending().await,
                }
            }
        })
    }
}

async fn connect(destination: SocketAddr, number: u16) -> Option<Answer> {
    let begun = Instant::now();
    let outcome = tokio::time::timeout(RETRANSMISSION, TcpStream::connect(destination)).await.ok()?;
    let elapsed = begun.elapsed();
    let fate = match outcome {
        Ok(_) => Fate::Back(elapsed),
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused && refused_here(Some(destination.ip()), elapsed) => {
            Fate::Unsent(io::ErrorKind::PermissionDenied.into())
        }
        // A refusal came from the other end: the packets went there and back.
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => Fate::Back(elapsed),
        Err(error) => Fate::Unsent(error),
    };
    Some(Answer { number, fate })
}
