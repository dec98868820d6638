//! Echo and hop-limited probes by Windows' own calls, which need no rights.

use std::{future::Future, io, net::IpAddr, pin::Pin};

use super::series::{Answer, EchoBackend, Fate, Series};
use crate::probe::{Kind, ProbeSocket, SHORTEST_PAYLOAD, Transport};

/// Echo requests as `ping` sends them.
pub(super) struct Calls;

impl EchoBackend for Calls {
    fn open(&self, destination: IpAddr) -> io::Result<Box<dyn Series>> {
        Ok(Box::new(Probes { socket: ProbeSocket::open(Transport::Icmp, destination, None)?, hop_limit: None }))
    }
}

pub(super) fn hop_limited(destination: IpAddr, ttl: u8) -> io::Result<Box<dyn Series>> {
    Ok(Box::new(Probes { socket: ProbeSocket::open(Transport::Icmp, destination, None)?, hop_limit: Some(ttl.max(1)) }))
}

struct Probes {
    socket: ProbeSocket,
    hop_limit: Option<u8>,
}

impl Series for Probes {
    fn kernel_timestamps(&self) -> bool {
        false
    }

    fn send(&mut self, number: u16) -> io::Result<()> {
        self.socket.send(number, self.hop_limit, SHORTEST_PAYLOAD)
    }

    fn answer(&mut self) -> Pin<Box<dyn Future<Output = Answer> + Send + '_>> {
        Box::pin(async move {
            loop {
                let done = self.socket.done().await;
                let fate = match done.fate {
                    // A hop-limited probe is answered by whichever hop it expired at, too.
                    Ok(reply) if reply.kind == Kind::EchoReply || (reply.kind == Kind::TimeExceeded && self.hop_limit.is_some()) => {
                        Fate::Back(reply.rtt)
                    }
                    Ok(_) => continue,
                    Err(error) => Fate::Unsent(error),
                };
                return Answer { number: done.number, fate };
            }
        })
    }
}
