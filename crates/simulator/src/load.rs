//! Transfers that load the line, and the queues they fill.

use demarc_model::{Direction, Family, Load, LoadResult, RateSample};

use crate::{
    address::{Place, Route},
    chance::{around, wander},
    world::Moment,
};

/// Most transfers in one campaign.
const MOST_LOADS: usize = 16;
/// Most connections of one transfer.
const MOST_CONNECTIONS: u8 = 16;
/// Step of the simulation, in milliseconds.
const STEP_MS: f64 = 50.0;
/// Steps in one rate sample.
const STEPS_PER_SAMPLE: u32 = 5;
/// How long a connection may take, in milliseconds.
const CONNECT_MS: f64 = 5_000.0;
/// How quickly a queue fills and drains, in milliseconds.
const FILL_MS: f64 = 350.0;
const DRAIN_MS: f64 = 150.0;
/// Beginning of a transfer that says nothing about its rate: this long, or a quarter of it where it is short, in milliseconds.
const WARM_UP_MS: f64 = 1_000.0;

/// What the visit's own transfers add to a round trip, by place and time.
#[derive(Debug, Default)]
pub struct Queues {
    levels: Vec<(Place, Vec<f64>)>,
}

impl Queues {
    /// Queue at a place in milliseconds, `after_ms` after the request began.
    pub fn at(&self, place: Place, after_ms: f64) -> f64 {
        let step = (after_ms.max(0.0) / STEP_MS) as usize;
        self.levels.iter().filter(|(queued, _)| *queued == place).filter_map(|(_, levels)| levels.get(step)).sum()
    }
}

/// Runs the transfers for as long as the campaign lasts.
pub fn run(moment: &mut Moment, loads: &[Load], duration_ms: f64) -> (Vec<LoadResult>, Queues) {
    let mut transfers: Vec<Transfer> = loads.iter().take(MOST_LOADS).map(|load| Transfer::open(moment, load, duration_ms)).collect();
    let mut queues = Vec::new();
    for transfer in &transfers {
        if let Some(flow) = &transfer.flow {
            for place in flow.filled() {
                if !queues.iter().any(|queue: &Queue| queue.place == place && queue.direction == transfer.load.direction) {
                    queues.push(Queue { place, direction: transfer.load.direction, level_ms: 0.0, levels: Vec::new() });
                }
            }
        }
    }

    let steps = if transfers.iter().any(|transfer| transfer.flow.is_some()) { (duration_ms / STEP_MS).ceil() as u32 } else { 0 };
    for step in 0..steps {
        let now_ms = f64::from(step) * STEP_MS;
        advance(moment, &mut transfers, now_ms);
        for queue in &mut queues {
            queue.advance(moment, &transfers, now_ms);
        }
    }
    let levels = queues.into_iter().map(|queue| (queue.place, queue.levels)).collect();
    (transfers.into_iter().map(Transfer::result).collect(), Queues { levels })
}

/// Moves every transfer one step on. Transfers in one direction share what limits them.
fn advance(moment: &mut Moment, transfers: &mut [Transfer], now_ms: f64) {
    let running: Vec<(Place, Direction)> = transfers
        .iter()
        .filter(|one| one.runs(now_ms))
        .filter_map(|one| Some((one.flow.as_ref()?.bottleneck, one.load.direction)))
        .collect();
    let noise = if moment.world.is_wifi() { 0.12 } else { 0.03 };
    for transfer in transfers {
        let sharers = transfer.flow.as_ref().map_or(0, |flow| {
            running.iter().filter(|(place, direction)| *place == flow.bottleneck && *direction == transfer.load.direction).count()
        });
        transfer.advance(now_ms, sharers, around(&mut moment.rng, noise));
    }
}

/// One transfer under way.
struct Transfer {
    load: Load,
    /// `None` when it never got going.
    flow: Option<Flow>,
    began_ms: f64,
    ended_ms: f64,
    bytes: f64,
    rate_mbps: f64,
    rates: Vec<RateSample>,
    /// Steps and Mbit/s summed since the last sample.
    pending: (u32, f64),
    failure: Option<String>,
}

/// What limits a transfer.
struct Flow {
    bottleneck: Place,
    capacity_mbps: f64,
    /// What loss leaves of it.
    ceiling_mbps: f64,
    ramp_ms: f64,
}

impl Transfer {
    fn open(moment: &mut Moment, load: &Load, duration_ms: f64) -> Self {
        let start_ms = f64::from(load.start_ms);
        let mut transfer = Self {
            load: load.clone(),
            flow: None,
            began_ms: start_ms.min(duration_ms),
            ended_ms: start_ms.min(duration_ms),
            bytes: 0.0,
            rate_mbps: 0.0,
            rates: Vec::new(),
            pending: (0, 0.0),
            failure: None,
        };
        let connected = moment.target(&load.peer, Family::V4, None, CONNECT_MS).and_then(|(target, name_ms)| {
            let named_ms = start_ms + name_ms.unwrap_or_default();
            let (route, connect_ms) = moment.connect(target, named_ms, CONNECT_MS)?;
            Ok((route, named_ms + 2.0 * connect_ms))
        });
        match connected {
            Ok((route, began_ms)) if began_ms < duration_ms && !moment.world.household.captive_portal => {
                transfer.flow = Some(moment.flow(&route, load));
                transfer.began_ms = began_ms;
                transfer.ended_ms = (start_ms + f64::from(load.duration_ms)).min(duration_ms).max(began_ms);
            }
            Ok(_) => transfer.failure = Some("the transfer did not begin in time".to_owned()),
            Err((_, error)) => transfer.failure = Some(error),
        }
        transfer
    }

    fn runs(&self, now_ms: f64) -> bool {
        self.flow.is_some() && now_ms >= self.began_ms && now_ms < self.ended_ms
    }

    fn advance(&mut self, now_ms: f64, sharers: usize, noise: f64) {
        self.rate_mbps = 0.0;
        let runs = self.runs(now_ms);
        let Some(flow) = self.flow.as_ref().filter(|_| runs) else { return };
        let ramp = 1.0 - (-(now_ms - self.began_ms + STEP_MS) / flow.ramp_ms).exp();
        self.rate_mbps = (flow.capacity_mbps * noise.min(1.0) / sharers.max(1) as f64).min(flow.ceiling_mbps * noise) * ramp;
        self.bytes += self.rate_mbps * STEP_MS * 125.0;
        let end_ms = now_ms + STEP_MS;
        if self.bytes >= self.load.max_bytes as f64 {
            self.bytes = self.load.max_bytes as f64;
            self.ended_ms = end_ms.min(self.ended_ms);
        }
        self.pending = (self.pending.0 + 1, self.pending.1 + self.rate_mbps);
        if self.pending.0 == STEPS_PER_SAMPLE || end_ms >= self.ended_ms {
            let mbps = self.pending.1 / f64::from(self.pending.0);
            self.rates.push(RateSample { at_ms: end_ms.min(self.ended_ms), mbps });
            self.pending = (0, 0.0);
        }
    }

    fn result(self) -> LoadResult {
        let warm_ms = self.began_ms + WARM_UP_MS.min((self.ended_ms - self.began_ms) / 4.0);
        let warm: Vec<f64> = self.rates.iter().filter(|sample| sample.at_ms > warm_ms).map(|sample| sample.mbps).collect();
        let mbps = (warm.len() >= 2).then(|| warm.iter().sum::<f64>() / warm.len() as f64);
        LoadResult {
            load: self.load,
            bytes: self.bytes as u64,
            began_ms: self.began_ms,
            ended_ms: self.ended_ms,
            rates: self.rates,
            mbps,
            failure: self.failure,
        }
    }
}

impl Flow {
    /// Places whose queue it fills. The line's queue stands in the router and, where the line has one, before the line.
    fn filled(&self) -> impl Iterator<Item = Place> + use<> {
        let bottleneck = self.bottleneck;
        let router = (bottleneck == Place::Access).then_some(Place::Router);
        router.into_iter().chain([bottleneck])
    }
}

impl Moment<'_> {
    /// What limits a transfer over this route.
    fn flow(&self, route: &Route, load: &Load) -> Flow {
        let mut bottleneck = (Place::Link, f64::INFINITY);
        let (mut rtt_ms, mut passes) = (1.0, 1.0);
        for place in &route.places {
            let stretch = self.world.stretch(*place);
            let rate = match load.direction {
                Direction::Down => stretch.down_mbps,
                Direction::Up => stretch.up_mbps,
            };
            if rate < bottleneck.1 {
                bottleneck = (*place, rate);
            }
            rtt_ms += stretch.delay_ms + stretch.jitter_ms + stretch.standing_ms;
            passes *= 1.0 - stretch.loss;
        }
        // Mathis et al. 1997 with full segments; loss below one in a thousand does not hold back today's senders.
        let loss = 1.0 - passes - 0.001;
        let connections = f64::from(load.connections.clamp(1, MOST_CONNECTIONS));
        let ceiling_mbps = if loss > 0.0 { connections * 1.22 * 1460.0 * 8.0 / (rtt_ms * 1000.0 * loss.sqrt()) } else { f64::INFINITY };
        Flow { bottleneck: bottleneck.0, capacity_mbps: bottleneck.1, ceiling_mbps, ramp_ms: (5.0 * rtt_ms).max(120.0) }
    }
}

/// A queue at one place in one direction.
struct Queue {
    place: Place,
    direction: Direction,
    level_ms: f64,
    levels: Vec<f64>,
}

impl Queue {
    fn advance(&mut self, moment: &Moment, transfers: &[Transfer], now_ms: f64) {
        let world = moment.world;
        let used: f64 = transfers
            .iter()
            .filter(|transfer| transfer.load.direction == self.direction)
            .filter_map(|transfer| transfer.flow.as_ref().map(|flow| (transfer, flow)))
            .filter(|(_, flow)| flow.filled().any(|place| place == self.place))
            .map(|(transfer, flow)| transfer.rate_mbps / flow.capacity_mbps)
            .sum();
        let stretch = world.stretch(self.place);
        let longest_ms = match self.direction {
            Direction::Down => stretch.queue_down_ms,
            Direction::Up => stretch.queue_up_ms,
        };
        // A queue builds only when the stretch is nearly full.
        let target_ms = longest_ms * ((used - 0.6) / 0.3).clamp(0.0, 1.0);
        let pace_ms = if target_ms > self.level_ms { FILL_MS } else { DRAIN_MS };
        self.level_ms += (target_ms - self.level_ms) * (1.0 - (-STEP_MS / pace_ms).exp());
        // Senders back off now and then, and the queue with them.
        let wave = 0.8 + 0.2 * wander(world.seed, 2, moment.at_ms + now_ms, 450.0);
        self.levels.push(self.level_ms * wave);
    }
}
