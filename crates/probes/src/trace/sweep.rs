//! All hops in parallel over one flow, one probe a second to each.

use std::{
    net::IpAddr,
    time::{Duration, Instant},
};

use demarc_model::{LiveSample, LiveSink, Outcome, Phrase, Request, TraceProtocol};

use super::book::Book;
use crate::probe::{ProbeSocket, SHORTEST_PAYLOAD, Transport, is_one_host};

/// Time between two rounds: routers send each asker about one Time-Exceeded a second.
const ROUND: Duration = Duration::from_secs(1);

/// Time between two hops of a round: no burst that a small queue would drop.
const STAGGER: Duration = Duration::from_millis(5);

/// After the last probe, answers have three times as long as the slowest so far took, and at least this long; less where the destination
/// has answered, since then only routers that are slow to answer are missing.
const SHORTEST_GRACE: Duration = Duration::from_secs(1);
const SHORTEST_GRACE_REACHED: Duration = Duration::from_millis(250);

const MOST_HOPS: u8 = 64;

pub(crate) async fn perform(destination: IpAddr, protocol: TraceProtocol, flow: u16, max_hops: u8, rounds: u8, live: &LiveSink) -> Outcome {
    if !is_one_host(destination) {
        return Outcome::Failed { why: Phrase::new("failed-not-a-host").text("address", destination.to_string()) };
    }
    let transport = match protocol {
        TraceProtocol::Udp => Transport::Udp,
        TraceProtocol::Icmp => Transport::Icmp,
    };
    let socket = match ProbeSocket::open(transport, destination, Some(flow)) {
        Ok(socket) => socket,
        Err(error) => return crate::probe::refused(destination, &error),
    };
    let book = Book::new(destination, max_hops.clamp(1, MOST_HOPS));
    let mut trace = Running { socket, book, live, told: 0, slowest: Duration::ZERO };
    match trace.run(rounds.max(1)).await {
        Ok(()) => trace.book.finish().into(),
        Err(error) => crate::probe::refused(destination, &error),
    }
}

struct Running<'a> {
    socket: ProbeSocket,
    book: Book,
    live: &'a LiveSink,
    /// Answering hops that the live sink knows of.
    told: u8,
    slowest: Duration,
}

impl Running<'_> {
    /// Fails only when not one probe could be sent.
    async fn run(&mut self, rounds: u8) -> std::io::Result<()> {
        let started = Instant::now();
        let (mut any_left, mut error) = (false, None);
        for round in 0..rounds {
            let mut ttl = 1;
            while ttl <= self.book.farthest(round) {
                self.collect_until(started + ROUND * u32::from(round) + STAGGER * u32::from(ttl - 1), false).await;
                if ttl > self.book.farthest(round) {
                    break;
                }
                match self.socket.send(Book::number(round, ttl), Some(ttl), SHORTEST_PAYLOAD) {
                    Ok(()) => {
                        any_left = true;
                        self.book.sent(ttl);
                    }
                    Err(refusal) => error = Some(refusal),
                }
                ttl += 1;
            }
        }
        if let Some(error) = error.filter(|_| !any_left) {
            return Err(error);
        }
        let longest = Duration::from_millis(Request::ANSWER_GRACE_MS);
        let shortest = if self.book.reached() { SHORTEST_GRACE_REACHED } else { SHORTEST_GRACE };
        self.collect_until(Instant::now() + (self.slowest * 3).clamp(shortest, longest), true).await;
        Ok(())
    }

    /// Takes answers until a moment, or at the end until none is missing.
    async fn collect_until(&mut self, until: Instant, at_the_end: bool) {
        while !(at_the_end && self.book.complete()) {
            tokio::select! {
                biased;
                reply = self.socket.reply() => {
                    self.slowest = self.slowest.max(reply.rtt);
                    self.book.answered(reply);
                    let answered = self.book.answering();
                    if answered != self.told {
                        self.told = answered;
                        (self.live)(LiveSample::Hops { answered });
                    }
                }
                () = tokio::time::sleep_until(until.into()) => return,
            }
        }
    }
}
