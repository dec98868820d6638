//! The state of every stretch at every moment, and what a packet meets on its way.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::{
    address::{Hop, Place, Route},
    chance,
    household::Household,
    load::Queues,
    spec::{HopName, LinkKind, Stretch},
};

/// How lossy a stretch is while a burst lasts.
const BURST_LOSS: f64 = 0.6;
/// Length of a spike of delay, in milliseconds.
const SPIKE_MS: f64 = 200.0;
/// How long the carrier is gone in a flap, in milliseconds.
const FLAP_MS: f64 = 2_500.0;
/// How quickly a standing queue changes, in milliseconds.
const SWING_PERIOD_MS: f64 = 600.0;

/// One household and its seed.
#[derive(Debug, Clone)]
pub struct World {
    pub household: Household,
    pub seed: u64,
}

/// One request being answered: when it began and its own chance.
pub struct Moment<'a> {
    pub world: &'a World,
    /// Start of the request in milliseconds since the visit began.
    pub at_ms: f64,
    pub rng: ChaCha8Rng,
}

impl Moment<'_> {
    /// Round trip to a hop of a route, `after_ms` after the request began; `None` when the packet or its answer is lost.
    pub fn round_trip(&mut self, route: &Route, hop: Hop, after_ms: f64, queues: &Queues) -> Option<f64> {
        let at_ms = self.at_ms + after_ms;
        if hop.crossed > route.vanish_after {
            return None;
        }
        let mut total = hop.extra_ms;
        for place in route.places.iter().take(hop.crossed) {
            if self.world.loses(*place, at_ms, &mut self.rng) {
                return None;
            }
            total += self.world.delay(*place, at_ms, &mut self.rng) + queues.at(*place, after_ms);
        }
        let gateway = hop.name == HopName::Gateway;
        if gateway {
            total += chance::jitter(&mut self.rng, self.world.household.router.answer_ms);
        }
        Some(total)
    }

    /// Round trip to the destination while nothing loads the line.
    pub fn quiet_round_trip(&mut self, route: &Route, after_ms: f64) -> Option<f64> {
        self.round_trip(route, route.last(), after_ms, &Queues::default())
    }
}

impl World {
    /// What a place is like.
    pub fn stretch(&self, place: Place) -> &Stretch {
        let path = &self.household.path;
        match place {
            Place::Link => &path.link,
            Place::Router => &path.router,
            Place::Access => &path.access,
            Place::Isp => &path.isp,
            Place::Interconnect => &path.interconnect,
            Place::Service => &path.service,
            Place::Other(index) => path.networks.get(usize::from(index)).unwrap_or(&path.networks[0]),
        }
    }

    /// Whether the link's carrier is there at this moment.
    pub fn carrier(&self, at_ms: f64) -> bool {
        let link = &self.household.link;
        let share = link.flaps_per_minute * FLAP_MS / 60_000.0;
        link.carrier && (share <= 0.0 || chance::cell(self.seed, FLAP_KEY, (at_ms / FLAP_MS).floor()) >= share)
    }

    /// Carrier changes up to this moment.
    pub fn carrier_changes(&self, at_ms: f64) -> u32 {
        let link = &self.household.link;
        let flaps = (link.flaps_per_minute * at_ms.max(0.0) / 60_000.0).round() as u32;
        link.carrier_changes.saturating_add(flaps.saturating_mul(2))
    }

    /// Whether the place loses a packet. Bursts lie on a grid over time: all packets in a bad cell are at risk together, as in a
    /// Gilbert-Elliott channel (Gilbert 1960, Elliott 1963) whose state is drawn anew for every cell.
    fn loses(&self, place: Place, at_ms: f64, rng: &mut ChaCha8Rng) -> bool {
        if place == Place::Link && !self.carrier(at_ms) {
            return true;
        }
        let stretch = self.stretch(place);
        if stretch.loss <= 0.0 {
            return false;
        }
        if stretch.burst_ms <= 0.0 {
            return rng.random::<f64>() < stretch.loss;
        }
        let in_burst = stretch.loss.max(BURST_LOSS);
        let bad = chance::cell(self.seed, key(place, Trouble::Burst), (at_ms / stretch.burst_ms).floor()) < stretch.loss / in_burst;
        bad && rng.random::<f64>() < in_burst
    }

    /// What the place adds to a round trip, without the queues of the visit's own transfers.
    fn delay(&self, place: Place, at_ms: f64, rng: &mut ChaCha8Rng) -> f64 {
        let stretch = self.stretch(place);
        stretch.delay_ms + chance::jitter(rng, stretch.jitter_ms) + self.standing(place, at_ms) + self.spike(place, at_ms)
    }

    /// The queue that is there without the home's traffic.
    pub fn standing(&self, place: Place, at_ms: f64) -> f64 {
        let stretch = self.stretch(place);
        if stretch.standing_ms <= 0.0 && stretch.swing_ms <= 0.0 {
            return 0.0;
        }
        let wander = chance::wander(self.seed, key(place, Trouble::Queue), at_ms, SWING_PERIOD_MS);
        (stretch.standing_ms + stretch.swing_ms * (2.0 * wander - 1.0)).max(0.0)
    }

    fn spike(&self, place: Place, at_ms: f64) -> f64 {
        let stretch = self.stretch(place);
        let share = stretch.spikes_per_minute * SPIKE_MS / 60_000.0;
        if share <= 0.0 {
            return 0.0;
        }
        let draw = chance::cell(self.seed, key(place, Trouble::Spike), (at_ms / SPIKE_MS).floor());
        // The draw is uniform below `share`, so it also says how high the spike is.
        if draw < share { stretch.spike_ms * (0.25 + 0.75 * draw / share) } else { 0.0 }
    }

    /// Whether the device reaches its router by Wi-Fi.
    pub fn is_wifi(&self) -> bool {
        self.household.link.kind == LinkKind::Wifi
    }
}

/// Kinds of trouble that are functions of time.
#[derive(Clone, Copy)]
enum Trouble {
    Burst,
    Queue,
    Spike,
}

const FLAP_KEY: u64 = 1;

fn key(place: Place, trouble: Trouble) -> u64 {
    let place = match place {
        Place::Link => 1,
        Place::Router => 2,
        Place::Access => 3,
        Place::Isp => 4,
        Place::Interconnect => 5,
        Place::Service => 6,
        Place::Other(index) => 7 + u64::from(index),
    };
    16 * place + trouble as u64
}
