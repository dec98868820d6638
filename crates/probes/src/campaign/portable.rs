//! Echo requests by surge-ping: every operating system it supports, without receive times from the kernel.

use std::{
    future::Future,
    io,
    net::IpAddr,
    pin::Pin,
    time::{Duration, Instant},
};

use demarc_model::Request;
use futures_util::stream::{FuturesUnordered, StreamExt as _};
use surge_ping::{Client, Config, ICMP, IcmpPacket, PingIdentifier, PingSequence, SurgeError};

use super::series::{Answer, EchoBackend, Fate, Series};

/// surge-ping's sockets, one a family.
pub(super) struct Portable {
    v4: io::Result<Client>,
    v6: io::Result<Client>,
}

impl Portable {
    /// `None` when this computer gives ICMP sockets of neither kind to this user.
    pub(super) fn new() -> Option<Self> {
        let client = |kind| Client::new(&Config::builder().kind(kind).sock_type_hint(socket_type()).build());
        let both = Self { v4: client(ICMP::V4), v6: client(ICMP::V6) };
        (both.v4.is_ok() || both.v6.is_ok()).then_some(both)
    }
}

/// Datagram sockets need fewer rights, but Linux has been asked for those already.
fn socket_type() -> socket2::Type {
    if cfg!(target_os = "linux") { socket2::Type::RAW } else { socket2::Type::DGRAM }
}

impl EchoBackend for Portable {
    fn open(&self, destination: IpAddr) -> io::Result<Box<dyn Series>> {
        let client = if destination.is_ipv4() { &self.v4 } else { &self.v6 };
        let client = client.as_ref().map_err(|error| io::Error::new(error.kind(), error.to_string()))?.clone();
        let probes = Pings { client, destination, identifier: PingIdentifier(rand::random()), under_way: FuturesUnordered::new() };
        Ok(Box::new(probes))
    }
}

type UnderWay = Pin<Box<dyn Future<Output = Option<Answer>> + Send>>;

struct Pings {
    client: Client,
    destination: IpAddr,
    identifier: PingIdentifier,
    under_way: FuturesUnordered<UnderWay>,
}

impl Series for Pings {
    fn kernel_timestamps(&self) -> bool {
        false
    }

    fn send(&mut self, number: u16) -> io::Result<()> {
        self.under_way.push(Box::pin(ping(self.client.clone(), self.destination, self.identifier, number)));
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

async fn ping(client: Client, destination: IpAddr, identifier: PingIdentifier, number: u16) -> Option<Answer> {
    let mut pinger = client.pinger(destination, identifier).await;
    pinger.timeout(Duration::from_millis(Request::ANSWER_GRACE_MS));
    // surge-ping reads its send time after the packet left, which can make a round trip zero: this clock starts before.
    let begun = Instant::now();
    match pinger.ping(PingSequence(number), &[0; 12]).await {
        Ok((packet, _)) => is_reply(&packet).then(|| Answer { number, fate: Fate::Back(begun.elapsed()) }),
        Err(SurgeError::IOError(error)) => Some(Answer { number, fate: Fate::Unsent(error) }),
        Err(_) => None,
    }
}

/// surge-ping hands errors of routers over as answers as well.
fn is_reply(packet: &IcmpPacket) -> bool {
    match packet {
        IcmpPacket::V4(packet) => packet.get_icmp_type().0 == 0,
        IcmpPacket::V6(packet) => packet.get_icmpv6_type().0 == 129,
    }
}
