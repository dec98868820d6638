//! The hops towards a destination.

use std::net::IpAddr;

use demarc_model::{LiveSample, Outcome, Request, Trace, TraceHop, TraceProtocol, TraceReply};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::{
    address::{Flow, Hop, Route},
    spec::{HopName, Hops},
    world::Moment,
};

/// Most hops probed.
const MOST_HOPS: u8 = 64;
/// Time between two probes to one hop, in milliseconds.
const ROUND_MS: f64 = 1_000.0;

pub fn trace(
    moment: &mut Moment,
    destination: IpAddr,
    protocol: TraceProtocol,
    flow: u16,
    (max_hops, rounds): (u8, u8),
    live: &dyn Fn(LiveSample),
) -> (Outcome, f64) {
    let Some(route) = moment.world.route(destination, Flow::Trace(flow)) else {
        return (Trace { destination, reached: false, hops: Vec::new() }.into(), 1.0);
    };
    let listed = route.hops.iter().take(usize::from(max_hops.min(MOST_HOPS)));
    let mut hops: Vec<TraceHop> = (1..).zip(listed).map(|(ttl, _)| TraceHop { ttl, sent: rounds, replies: Vec::new() }).collect();
    let mut manners = Manners::default();
    let mut last_ms = 0.0_f64;
    for round in 0..rounds {
        let sent_ms = f64::from(round) * ROUND_MS;
        for (answered, hop) in hops.iter_mut().zip(&route.hops) {
            let is_last = *hop == route.last();
            let Some(rtt_ms) = moment.probe_hop(&route, *hop, sent_ms, &mut manners) else { continue };
            let kind = match (is_last, protocol) {
                (false, _) => "time-exceeded",
                (true, TraceProtocol::Udp) => "port-unreachable",
                (true, TraceProtocol::Icmp) => "echo-reply",
            };
            answered.replies.push(TraceReply { from: hop.address, rtt_ms, kind: kind.to_owned() });
            last_ms = last_ms.max(sent_ms + rtt_ms);
        }
        live(LiveSample::Hops { answered: hops.iter().filter(|hop| !hop.replies.is_empty()).count() as u8 });
    }
    let reached = hops.len() == route.hops.len() && hops.last().is_some_and(|hop| !hop.replies.is_empty());
    let complete = reached && hops.iter().all(|hop| hop.replies.len() == usize::from(rounds));
    let elapsed_ms = if complete { last_ms } else { f64::from(rounds) * ROUND_MS + Request::ANSWER_GRACE_MS as f64 };
    let known = hops.iter().rposition(|hop| !hop.replies.is_empty()).map_or(0, |last| last + 1);
    hops.truncate(known);
    (Trace { destination, reached, hops }.into(), elapsed_ms)
}

/// When each hop that limits its answers last gave one.
#[derive(Default)]
pub struct Manners {
    answered: Vec<(HopName, f64)>,
}

impl Manners {
    /// What the hop's own answer adds in milliseconds; `None` when it does not answer at all.
    fn delay(&mut self, hops: &Hops, name: HopName, at_ms: f64, rng: &mut ChaCha8Rng) -> Option<f64> {
        if hops.silent.contains(&name) {
            return None;
        }
        if hops.limited.contains(&name) {
            let last = self.answered.iter_mut().find(|(limited, _)| *limited == name);
            match last {
                Some((_, last_ms)) if at_ms - *last_ms < hops.answer_every_ms => return None,
                Some((_, last_ms)) => *last_ms = at_ms,
                None => self.answered.push((name, at_ms)),
            }
        }
        let detour_ms = if hops.detour.contains(&name) { hops.detour_ms } else { 0.0 };
        Some(detour_ms + if hops.slow.contains(&name) { hops.slow_ms * rng.random::<f64>() } else { 0.0 })
    }
}

impl Moment<'_> {
    /// Round trip to a router or host that answers in its own way; `None` when nothing comes back in time.
    pub fn probe_hop(&mut self, route: &Route, hop: Hop, after_ms: f64, manners: &mut Manners) -> Option<f64> {
        let home = &self.world.household;
        let is_service = hop.name == HopName::Destination && route.is_service();
        if (is_service && !home.service.answers_ping) || (hop.name == HopName::Gateway && !home.router.answers_ping) {
            return None;
        }
        let rtt_ms = self.round_trip(route, hop, after_ms)?;
        let own_ms = manners.delay(&home.hops, hop.name, self.at_ms + after_ms, &mut self.rng)?;
        Some(rtt_ms + own_ms).filter(|rtt_ms| *rtt_ms <= Request::ANSWER_GRACE_MS as f64)
    }
}
