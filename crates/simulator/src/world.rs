//! The state of every stretch at every moment, and what a packet meets on its way.

use demarc_model::{Direction, Duplex};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::{
    address::{Hop, Place, Route},
    backdrop::Backdrop,
    chain::{Channel, Memory},
    chance,
    household::Household,
    pipe::{self, PLACES, Pipes},
    spec::{HopName, LinkKind, Shape, Stretch},
};

/// How lossy a stretch is while a burst lasts.
const BURST_LOSS: f64 = 0.6;
/// Length of a spike of delay, in milliseconds.
const SPIKE_MS: f64 = 200.0;
/// How long the carrier is gone in a flap, in milliseconds.
const FLAP_MS: f64 = 2_500.0;
/// How quickly a standing queue changes, in milliseconds.
const SWING_PERIOD_MS: f64 = 600.0;
/// How often a satellite terminal is given another satellite, in milliseconds.
const SATELLITE_MS: f64 = 15_000.0;
/// Share of radio blocks repeated, and what a repeat costs in milliseconds.
const REPEATED: f64 = 0.1;
const REPEAT_MS: f64 = 8.0;
/// Share of requests for a slot that collide.
const COLLIDING: f64 = 0.2;
/// Shortest burst that is one, in milliseconds.
const SHORTEST_BURST_MS: f64 = 1.0;

/// One household and its seed.
#[derive(Debug, Clone)]
pub struct World {
    pub household: Household,
    pub seed: u64,
    pub pipes: Pipes,
}

/// One request being answered: when it began, its own chance, and what was computed of the world on the way.
pub struct Moment<'a> {
    pub world: &'a World,
    /// Start of the request in milliseconds since the visit began.
    pub at_ms: f64,
    pub rng: ChaCha8Rng,
    pub backdrop: Backdrop,
    pub bursts: [Memory; PLACES],
}

impl<'a> Moment<'a> {
    /// A request made `at_ms` after the visit began.
    pub fn new(world: &'a World, at_ms: f64, rng: ChaCha8Rng) -> Self {
        Self { world, at_ms, rng, backdrop: Backdrop::default(), bursts: Default::default() }
    }

    /// Round trip to a hop of a route, `after_ms` after the request began; `None` when the packet or its answer is lost. The packet
    /// crosses every stretch at its own time, there and back.
    pub fn round_trip(&mut self, route: &Route, hop: Hop, after_ms: f64) -> Option<f64> {
        if hop.crossed > route.vanish_after {
            return None;
        }
        let mut half_ms = [0.0; PLACES];
        let start_ms = self.at_ms + after_ms;
        let mut now_ms = start_ms;
        let crossed = &route.places[..hop.crossed.min(route.places.len()).min(PLACES)];
        for (place, half) in crossed.iter().zip(&mut half_ms) {
            now_ms += self.cross(*place, Direction::Up, now_ms)?;
            *half = 0.5 * self.noise(*place, now_ms);
            now_ms += *half;
        }
        let own_ms = if hop.name == HopName::Gateway { chance::jitter(&mut self.rng, self.world.household.router.answer_ms) } else { 0.0 };
        now_ms += hop.extra_ms + own_ms + self.other_way(route, hop)?;
        for (place, half) in crossed.iter().zip(half_ms).rev() {
            now_ms += half;
            now_ms += self.cross(*place, Direction::Down, now_ms)?;
        }
        Some(now_ms - start_ms)
    }

    /// Round trip to the destination.
    pub fn whole_round_trip(&mut self, route: &Route, after_ms: f64) -> Option<f64> {
        self.round_trip(route, route.last(), after_ms)
    }

    /// Share of a transfer's packets lost on the way for other reasons than full queues.
    pub fn data_loss(&mut self, route: &Route, direction: Direction, after_ms: f64) -> f64 {
        let at_ms = self.at_ms + after_ms;
        let mut passes = 1.0;
        for place in &route.places {
            let stretch = self.world.stretch(*place);
            // Half of what is lost there and back is lost one way.
            let both = (1.0 - self.loss_now(*place, at_ms)).max(0.0).sqrt();
            passes *= both * (1.0 - if direction == Direction::Down { stretch.loss_down } else { stretch.loss_up });
            if self.world.is_out(*place, at_ms) {
                return 1.0;
            }
        }
        passes *= if route.flow_path > 0 && route.flow_path + 1 == self.world.household.ecmp.paths {
            1.0 - self.world.household.ecmp.loss
        } else {
            1.0
        };
        1.0 - passes
    }

    /// What waiting in a stretch's queue takes in one direction; `None` when the packet is lost there. Loss there and back is met
    /// on the way there.
    fn cross(&mut self, place: Place, direction: Direction, now_ms: f64) -> Option<f64> {
        let world = self.world;
        if world.is_out(place, now_ms) {
            return None;
        }
        let stretch = world.stretch(place);
        let (loss, own) = match direction {
            Direction::Up => (self.loss_now(place, now_ms), stretch.loss_up),
            Direction::Down => (0.0, stretch.loss_down),
        };
        if (loss > 0.0 && self.rng.random::<f64>() < loss) || (own > 0.0 && self.rng.random::<f64>() < own) {
            return None;
        }
        let index = pipe::index(place, direction);
        let (queue_ms, drop) = self.backdrop.at(world, index, now_ms);
        if drop > 0.0 && self.rng.random::<f64>() < drop {
            return None;
        }
        let pipe = world.pipes.at(index);
        if queue_ms > 0.0 || pipe.load() < 0.01 {
            return Some(queue_ms);
        }
        Some(pipe.packet_wait(self.rng.random()))
    }

    /// Share of packets lost at this moment.
    fn loss_now(&mut self, place: Place, now_ms: f64) -> f64 {
        let stretch = self.world.stretch(place);
        if stretch.loss <= 0.0 || stretch.burst_ms < SHORTEST_BURST_MS {
            return stretch.loss;
        }
        let in_burst = stretch.loss.max(BURST_LOSS);
        let channel = Channel { bad_share: stretch.loss / in_burst, burst_ms: stretch.burst_ms };
        let bad = channel.is_bad(&mut self.bursts[place.index()], self.world.seed, key(place, Trouble::Burst), now_ms);
        if bad { in_burst } else { 0.0 }
    }

    /// What the stretch adds to a round trip besides its queue.
    fn noise(&mut self, place: Place, now_ms: f64) -> f64 {
        let (world, stretch) = (self.world, self.world.stretch(place));
        let mut total = stretch.delay_ms + self.jitter(place, now_ms);
        if stretch.standing_ms > 0.0 || stretch.swing_ms > 0.0 {
            total += world.standing(place, now_ms);
        }
        if stretch.spikes_per_minute > 0.0 {
            total += world.spike(place, now_ms);
        }
        if stretch.shift_ms > 0.0 && now_ms >= 1_000.0 * stretch.shift_at_s {
            total += stretch.shift_ms;
        }
        total
    }

    /// Noise in the shape of the stretch; `jitter_ms` on average in every shape.
    fn jitter(&mut self, place: Place, now_ms: f64) -> f64 {
        let stretch = self.world.stretch(place);
        let (mean, rng) = (stretch.jitter_ms, &mut self.rng);
        match stretch.shape {
            Shape::Noise => chance::jitter(rng, mean),
            // The next slot to ask in is anywhere in the map; a collision costs a back-off and another try.
            Shape::RequestGrant => {
                let again = if rng.random::<f64>() < COLLIDING { chance::jitter(rng, 0.25 * mean / COLLIDING) } else { 0.0 };
                1.5 * mean * rng.random::<f64>() + again
            }
            Shape::Scheduled => {
                let repeats_ms = (REPEATED / (1.0 - REPEATED) * REPEAT_MS).min(mean);
                let mut total = (mean - repeats_ms) * rng.random::<f64>() + chance::jitter(rng, 0.5 * (mean - repeats_ms));
                while repeats_ms < mean && rng.random::<f64>() < REPEATED {
                    total += REPEAT_MS;
                }
                total
            }
            Shape::Satellite => {
                let height = chance::cell(self.world.seed, key(place, Trouble::Satellite), (now_ms / SATELLITE_MS).floor());
                mean * height + chance::jitter(rng, 0.5 * mean)
            }
        }
    }

    /// What the flow's way through the provider's network adds; `None` when it is lost there.
    fn other_way(&mut self, route: &Route, hop: Hop) -> Option<f64> {
        let ecmp = &self.world.household.ecmp;
        if route.flow_path == 0 || !route.places.iter().take(hop.crossed).any(|place| *place == Place::Isp) {
            return Some(0.0);
        }
        if route.flow_path + 1 == ecmp.paths && ecmp.loss > 0.0 && self.rng.random::<f64>() < ecmp.loss {
            return None;
        }
        Some(if route.flow_path % 2 == 1 { ecmp.extra_ms } else { 0.0 })
    }
}

impl World {
    /// A household as this seed makes it.
    pub fn new(household: Household, seed: u64) -> Self {
        let pipes = Pipes::of(&household);
        Self { household, seed, pipes }
    }

    /// What a place is like.
    pub fn stretch(&self, place: Place) -> &Stretch {
        self.household.path.stretch(place)
    }

    /// Round-trip time of a route without queues and chance, in milliseconds.
    pub fn quiet_ms(&self, route: &Route) -> f64 {
        let stretches = route.places.iter().map(|place| self.stretch(*place));
        route.last().extra_ms + stretches.map(|stretch| stretch.delay_ms + stretch.jitter_ms + stretch.standing_ms).sum::<f64>()
    }

    /// Whether full packets vanish without a word on every way out.
    pub fn swallows_full_packets(&self) -> bool {
        const FULL_MTU: u16 = 1500;
        let path = &self.household.path;
        path.mtu_black_hole && path.mtu < FULL_MTU.min(self.household.device.mtu)
    }

    /// Whether the link carries one direction at a time.
    pub fn takes_turns(&self) -> bool {
        self.is_wifi() || self.household.link.duplex == Duplex::Half
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

    /// Whether nothing passes at this moment.
    pub fn is_out(&self, place: Place, at_ms: f64) -> bool {
        if place == Place::Link && !self.carrier(at_ms) {
            return true;
        }
        self.stretch(place).is_out(at_ms / 1_000.0)
    }

    /// For how long the line has been there, in whole seconds: it was for three days when the visit began.
    pub fn steady_s(&self, at_ms: f64) -> u32 {
        const BEFORE_S: u32 = 3 * 24 * 60 * 60;
        const LONGEST_LOOK_BACK_S: u32 = 3_600;
        let now_s = (at_ms / 1_000.0).max(0.0) as u32;
        let out =
            |second: &u32| [Place::Router, Place::Access].iter().any(|place| self.is_out(*place, f64::from(now_s - second) * 1_000.0));
        (0..=now_s.min(LONGEST_LOOK_BACK_S)).find(out).unwrap_or(BEFORE_S.saturating_add(now_s))
    }

    /// Whether the line is there.
    pub fn line_is_up(&self, at_ms: f64) -> bool {
        !self.is_out(Place::Access, at_ms) && self.stretch(Place::Access).loss < 0.99
    }

    /// The queue that is there whatever anybody sends.
    fn standing(&self, place: Place, at_ms: f64) -> f64 {
        let stretch = self.stretch(place);
        let wander = chance::wander(self.seed, key(place, Trouble::Queue), at_ms, SWING_PERIOD_MS);
        (stretch.standing_ms + stretch.swing_ms * (2.0 * wander - 1.0)).max(0.0)
    }

    fn spike(&self, place: Place, at_ms: f64) -> f64 {
        let stretch = self.stretch(place);
        let share = stretch.spikes_per_minute * SPIKE_MS / 60_000.0;
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
    Satellite,
}

const FLAP_KEY: u64 = 1;

fn key(place: Place, trouble: Trouble) -> u64 {
    16 * (1 + place.index() as u64) + trouble as u64
}
