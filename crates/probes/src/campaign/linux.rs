//! Echo and hop-limited probes by datagram sockets with the kernel's receive times.

use std::{future::Future, io, net::IpAddr, pin::Pin};

use super::series::{Answer, EchoBackend, Fate, Series};
use crate::probe::{Kind, ProbeSocket, Reply, SHORTEST_PAYLOAD, Transport};

/// Echo requests by ICMP datagram sockets, one socket a lane.
pub(super) struct Datagrams;

impl EchoBackend for Datagrams {
    fn open(&self, destination: IpAddr) -> io::Result<Box<dyn Series>> {
        let socket = ProbeSocket::open(Transport::Icmp, destination, None)?;
        Ok(Box::new(Probes { socket, destination, hop_limit: None }))
    }
}

/// By ICMP where it is allowed, because eight quoted bytes are enough to recognise it; else by UDP, which always is.
pub(super) fn hop_limited(destination: IpAddr, ttl: u8) -> io::Result<Box<dyn Series>> {
    let socket = ProbeSocket::open(Transport::Icmp, destination, None).or_else(|_| ProbeSocket::open(Transport::Udp, destination, None))?;
    Ok(Box::new(Probes { socket, destination, hop_limit: Some(ttl.max(1)) }))
}

struct Probes {
    socket: ProbeSocket,
    destination: IpAddr,
    hop_limit: Option<u8>,
}

impl Series for Probes {
    fn kernel_timestamps(&self) -> bool {
        true
    }

    fn send(&mut self, number: u16) -> io::Result<()> {
        self.socket.send(number, self.hop_limit, SHORTEST_PAYLOAD)
    }

    fn answer(&mut self) -> Pin<Box<dyn Future<Output = Answer> + Send + '_>> {
        Box::pin(async move {
            loop {
                let reply = self.socket.reply().await;
                if self.counts(reply) {
                    return Answer { number: reply.number, fate: Fate::Back(reply.rtt) };
                }
            }
        })
    }
}

impl Probes {
    /// An echo request is answered by its destination; a hop-limited probe by whichever hop it expired at, too.
    fn counts(&self, reply: Reply) -> bool {
        match reply.kind {
            Kind::EchoReply => true,
            Kind::TimeExceeded => self.hop_limit.is_some(),
            _ => self.hop_limit.is_some() && reply.from == self.destination,
        }
    }
}
