//! Which of the loss that a trace sees is loss on the way.

use crate::{Trace, TraceHop, statistics::Proportion};

impl Trace {
    /// The share of packets lost on the way to each hop, hop 1 first; `None` where a hop does not tell it.
    ///
    /// What is lost on the way to a hop is lost to every hop behind it, so the share never falls along the path: hops tell it together
    /// (isotonic regression, Ayer et al. 1955). A hop that answers worse than one behind it, beyond what chance makes of the counts, answers
    /// few of the packets that expire at it and forwards the others: it tells nothing, as one that never answers.
    pub fn loss_on_the_way(&self) -> Vec<Option<f64>> {
        let counts: Vec<Option<Proportion>> = self.hops.iter().map(lost).collect();
        let mut pools: Vec<Pool> = Vec::new();
        let tells = |place: usize| counts[place].filter(|own| !is_thrifty(*own, &counts[place + 1..]));
        for place in 0..counts.len() {
            let Some(own) = tells(place) else { continue };
            let mut pool = Pool { to: place, lost: own };
            while let Some(before) = pools.pop_if(|before| before.lost.share() >= pool.lost.share()) {
                pool.lost = Proportion::new(pool.lost.hits + before.lost.hits, pool.lost.trials + before.lost.trials);
            }
            pools.push(pool);
        }
        let told = |place| pools.iter().find(|pool| pool.to >= place).map(|pool| pool.lost.share());
        (0..counts.len()).map(|place| tells(place).and_then(|_| told(place))).collect()
    }
}

/// Neighbouring hops that tell of the same loss, up to and with hop `to`.
struct Pool {
    to: usize,
    lost: Proportion,
}

/// Probes without an answer, of a hop that answered at all.
fn lost(hop: &TraceHop) -> Option<Proportion> {
    let (sent, back) = (u64::from(hop.sent), u64::try_from(hop.replies.len()).unwrap_or(u64::MAX));
    (back > 0).then(|| Proportion::new(sent.saturating_sub(back), sent))
}

/// Whether a hop lost surely more than one behind it.
fn is_thrifty(own: Proportion, behind: &[Option<Proportion>]) -> bool {
    behind.iter().flatten().any(|other| own.wilson95().0 > other.wilson95().1)
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;
    use crate::TraceReply;

    /// Hops that lost so many of 100 probes each.
    fn trace(lost: &[u8]) -> Trace {
        let from = Ipv4Addr::LOCALHOST.into();
        let reply = TraceReply { from, rtt_ms: 1.0, kind: "time-exceeded".to_owned() };
        let hop = |(ttl, lost): (u8, &u8)| TraceHop { ttl, sent: 100, replies: vec![reply.clone(); usize::from(100 - lost)] };
        Trace { destination: from, reached: true, hops: (1..).zip(lost).map(hop).collect() }
    }

    fn percent(lost: &[u8]) -> Vec<Option<i32>> {
        trace(lost).loss_on_the_way().into_iter().map(|share| share.map(|share| (share * 100.0).round() as i32)).collect()
    }

    #[test]
    fn hops_behind_a_loss_tell_it_together_and_those_before_it_are_clear() {
        assert_eq!(percent(&[0, 0, 7, 3, 5]), [0, 0, 5, 5, 5].map(Some));
        assert_eq!(percent(&[0, 2, 10]), [0, 2, 10].map(Some), "loss may begin in several places");
    }

    #[test]
    fn a_hop_that_answers_little_or_nothing_tells_nothing() {
        assert_eq!(percent(&[0, 80, 0, 5, 5]), [Some(0), None, Some(0), Some(5), Some(5)]);
        assert_eq!(percent(&[0, 100, 5]), [Some(0), None, Some(5)]);
        assert_eq!(percent(&[60, 0]), [None, Some(0)]);
        assert_eq!(percent(&[0, 80]), [0, 80].map(Some), "nothing behind it answers better");
    }

    #[test]
    fn more_answers_than_probes_are_no_loss_and_no_hops_are_no_answer() {
        let mut twice = trace(&[0]);
        twice.hops[0].sent = 1;
        assert_eq!(twice.loss_on_the_way(), [Some(0.0)]);
        assert!(trace(&[]).loss_on_the_way().is_empty());
    }
}
