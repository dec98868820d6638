//! What a trace knows so far, and from that how far it has to look.

use std::net::IpAddr;

use demarc_model::{Trace, TraceHop, TraceReply};

use crate::{
    bounded::milliseconds,
    probe::{Kind, Reply},
};

/// Silent hops probed beyond the last one that answered, from the second round on.
const SILENT_HOPS: u8 = 5;

/// Most replies kept a hop: no more than probes can be sent to it.
const MOST_REPLIES: usize = u8::MAX as usize;

/// Hops of a trace under way. The number of a probe holds its round and its hop.
pub(super) struct Book {
    destination: IpAddr,
    /// Hop 1 first, one entry a hop that may be probed.
    hops: Vec<TraceHop>,
    /// The nearest hop at which the way ended: the destination, or somebody who says that it cannot be reached.
    end: Option<u8>,
    reached: bool,
}

impl Book {
    pub(super) fn new(destination: IpAddr, max_hops: u8) -> Self {
        let hops = (1..=max_hops).map(|ttl| TraceHop { ttl, sent: 0, replies: Vec::new() }).collect();
        Self { destination, hops, end: None, reached: false }
    }

    /// The number of the probe to hop `ttl` in a round.
    pub(super) fn number(round: u8, ttl: u8) -> u16 {
        u16::from_be_bytes([round, ttl])
    }

    /// The farthest hop worth probing in a round, counted from 0.
    pub(super) fn farthest(&self, round: u8) -> u8 {
        let most = self.hops.last().map_or(0, |hop| hop.ttl);
        match self.end {
            Some(end) => end,
            None if round == 0 => most,
            None => most.min(self.last_answer().saturating_add(SILENT_HOPS)),
        }
    }

    pub(super) fn sent(&mut self, ttl: u8) {
        if let Some(hop) = self.hop(ttl) {
            hop.sent = hop.sent.saturating_add(1);
        }
    }

    pub(super) fn answered(&mut self, reply: Reply) {
        let [_, ttl] = reply.number.to_be_bytes();
        let Some(hop) = self.hop(ttl).filter(|hop| hop.replies.len() < MOST_REPLIES) else { return };
        hop.replies.push(TraceReply { from: reply.from, rtt_ms: milliseconds(reply.rtt), kind: reply.kind.name().to_owned() });
        if reply.from == self.destination {
            self.reached = true;
        }
        if reply.from == self.destination || reply.kind != Kind::TimeExceeded {
            self.end = Some(self.end.map_or(ttl, |end| end.min(ttl)));
        }
    }

    /// Whether the destination has answered.
    pub(super) fn reached(&self) -> bool {
        self.reached
    }

    /// Hops that answered up to the end of the way.
    pub(super) fn answering(&self) -> u8 {
        u8::try_from(self.listed().filter(|hop| !hop.replies.is_empty()).count()).unwrap_or(u8::MAX)
    }

    /// Whether every probe up to the end of the way is answered.
    pub(super) fn complete(&self) -> bool {
        self.end.is_some() && self.listed().all(|hop| hop.replies.len() >= usize::from(hop.sent))
    }

    /// The hops up to the end of the way, or up to the last that answered.
    pub(super) fn finish(self) -> Trace {
        let (destination, reached) = (self.destination, self.reached);
        let farthest = self.last_answer().min(self.farthest(0));
        Trace { destination, reached, hops: self.hops.into_iter().take_while(|hop| hop.ttl <= farthest).collect() }
    }

    fn listed(&self) -> impl Iterator<Item = &TraceHop> {
        let farthest = self.farthest(0);
        self.hops.iter().take_while(move |hop| hop.ttl <= farthest)
    }

    fn last_answer(&self) -> u8 {
        self.hops.iter().rev().find(|hop| !hop.replies.is_empty()).map_or(0, |hop| hop.ttl)
    }

    fn hop(&mut self, ttl: u8) -> Option<&mut TraceHop> {
        self.hops.get_mut(usize::from(ttl).checked_sub(1)?)
    }
}

#[cfg(test)]
mod tests {
    use std::{net::Ipv4Addr, time::Duration};

    use super::*;

    const DESTINATION: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 9));

    fn reply(ttl: u8, from: IpAddr, kind: Kind) -> Reply {
        Reply { number: Book::number(0, ttl), from, rtt: Duration::from_millis(u64::from(ttl)), kind }
    }

    fn router(ttl: u8) -> Reply {
        reply(ttl, IpAddr::V4(Ipv4Addr::new(10, 0, 0, ttl)), Kind::TimeExceeded)
    }

    fn book(replies: &[Reply]) -> Book {
        let mut book = Book::new(DESTINATION, 30);
        for ttl in 1..=30 {
            book.sent(ttl);
        }
        for reply in replies {
            book.answered(*reply);
        }
        book
    }

    #[test]
    fn the_destination_ends_the_way_at_its_nearest_answer() {
        let arrived = |ttl| reply(ttl, DESTINATION, Kind::PortUnreachable);
        let book = book(&[arrived(5), router(1), arrived(4), router(2)]);
        assert_eq!((book.farthest(0), book.farthest(1)), (4, 4));
        assert_eq!(book.answering(), 3);
        assert!(!book.complete(), "hop 3 is still to answer");
        let trace = book.finish();
        assert!(trace.reached);
        let listed: Vec<(u8, usize)> = trace.hops.iter().map(|hop| (hop.ttl, hop.replies.len())).collect();
        assert_eq!(listed, [(1, 1), (2, 1), (3, 0), (4, 1)]);
    }

    #[test]
    fn silence_is_followed_five_hops_and_left_out_at_the_end() {
        let book = book(&[router(1), router(3)]);
        assert_eq!((book.farthest(0), book.farthest(1)), (30, 8));
        let trace = book.finish();
        assert!(!trace.reached);
        assert_eq!(trace.hops.len(), 3);
        assert_eq!(self::book(&[]).farthest(1), SILENT_HOPS);
    }

    #[test]
    fn a_router_that_refuses_ends_the_way_without_reaching_it() {
        let refused = reply(2, IpAddr::V4(Ipv4Addr::new(10, 0, 0, 2)), Kind::HostUnreachable);
        let trace = book(&[router(1), refused]).finish();
        assert!(!trace.reached);
        assert_eq!(trace.hops.last().map(|hop| hop.ttl), Some(2));
    }

    #[test]
    fn answers_to_hops_that_were_never_probed_are_ignored() {
        let book = book(&[router(0), router(200)]);
        assert_eq!(book.answering(), 0);
        assert!(book.finish().hops.is_empty());
    }
}
