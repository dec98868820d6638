//! Transfers that load the line: their connections, the queues they fill, and what they reach.

use demarc_model::{Direction, Family, Load, LoadResult, RateSample};
use rand::RngExt;

use crate::{
    address::{Place, Route},
    backdrop::Timeline,
    pipe::{self, Inflow, Level, PLACES, Passed, SEGMENT},
    spec::Control,
    tcp::{Connection, Met},
    world::Moment,
};

/// Most transfers in one campaign.
const MOST_LOADS: usize = 16;
/// Most connections of one transfer.
const MOST_CONNECTIONS: u8 = 16;
/// Step of the simulation, in milliseconds.
const STEP_MS: f64 = 10.0;
/// Steps in one rate sample.
const STEPS_PER_SAMPLE: u32 = 25;
/// How long queues are followed after the last transfer, in milliseconds.
const DRAIN_MS: f64 = 3_000.0;
/// How long a connection may take, in milliseconds.
const CONNECT_MS: f64 = 5_000.0;
/// Beginning of a transfer that says nothing about its rate: this long, or a quarter of it where it is short, in milliseconds.
const WARM_UP_MS: f64 = 1_000.0;
/// Bytes on the line for one of content.
const WITH_HEADERS: f64 = 1500.0 / 1448.0;
/// Share of packets lost at which nothing comes through any more.
const HOPELESS: f64 = 0.5;

/// Runs the transfers of a campaign and leaves the queues they fill in the moment's backdrop.
pub fn run(moment: &mut Moment, loads: &[Load], duration_ms: f64) -> Vec<LoadResult> {
    let mut transfers: Vec<Transfer> = loads.iter().take(MOST_LOADS).map(|load| Transfer::open(moment, load, duration_ms)).collect();
    let running = || transfers.iter().filter(|transfer| !transfer.connections.is_empty());
    let start_ms = running().map(|transfer| transfer.began_ms).fold(f64::INFINITY, f64::min);
    let end_ms = running().map(|transfer| transfer.ended_ms).fold(0.0, f64::max);
    if start_ms < end_ms {
        let mut lines = Lines::of(moment, &transfers, start_ms);
        for step in 0..((end_ms + DRAIN_MS - start_ms) / STEP_MS) as u32 {
            lines.advance(moment, &mut transfers, start_ms + f64::from(step) * STEP_MS);
        }
        moment.backdrop.loaded = lines.timelines;
    }
    let counts = moment.world.household.counters.available && moment.world.household.connected();
    transfers.into_iter().map(|transfer| transfer.result(counts)).collect()
}

/// Pipes that transfers cross, and their queues.
struct Lines {
    used: Vec<usize>,
    levels: [Level; 2 * PLACES],
    passed: [Passed; 2 * PLACES],
    timelines: Vec<Option<Timeline>>,
}

impl Lines {
    fn of(moment: &mut Moment, transfers: &[Transfer], start_ms: f64) -> Self {
        let mut used: Vec<usize> = transfers.iter().flat_map(|transfer| [&transfer.there, &transfer.back]).flatten().copied().collect();
        used.sort_unstable();
        used.dedup();
        let mut lines = Self {
            levels: [Level::default(); 2 * PLACES],
            passed: [Passed::default(); 2 * PLACES],
            timelines: vec![None; 2 * PLACES],
            used,
        };
        let at_ms = moment.at_ms + start_ms;
        for &index in &lines.used {
            lines.levels[index].delay_ms = moment.backdrop.at(moment.world, index, at_ms).0;
            lines.timelines[index] = Some(Timeline::from(at_ms, STEP_MS));
        }
        lines
    }

    fn advance(&mut self, moment: &mut Moment, transfers: &mut [Transfer], now_ms: f64) {
        let (world, at_ms) = (moment.world, moment.at_ms + now_ms);
        let mut inflows = [Inflow::default(); 2 * PLACES];
        let rates = self.rates(moment, at_ms);
        for transfer in transfers.iter_mut().filter(|transfer| transfer.runs(now_ms)) {
            transfer.measure(self, &rates, now_ms);
            for &index in &transfer.there {
                let inflow = &mut inflows[index];
                if index == transfer.bottleneck {
                    let window = inflow.window + transfer.window;
                    let base_ms = transfer.rtt_ms - self.levels[index].delay_ms;
                    if window > 0.0 {
                        inflow.base_ms = (inflow.base_ms * inflow.window + base_ms * transfer.window) / window;
                    }
                    inflow.window = window;
                    inflow.connections += transfer.connections.len() as f64;
                } else {
                    inflow.steady += transfer.window / transfer.rtt_ms;
                }
            }
        }
        for &index in &self.used {
            let level = &mut self.levels[index];
            let passed = level.advance(world.pipes.at(index), world.seed, at_ms, STEP_MS, rates[index], inflows[index]);
            self.passed[index] = passed;
            if let Some(timeline) = &mut self.timelines[index] {
                timeline.push(level.delay_ms, passed.drop);
            }
        }
        for transfer in transfers.iter_mut().filter(|transfer| transfer.runs(now_ms)) {
            let inflow = inflows[transfer.bottleneck];
            transfer.advance(moment, self, inflow, now_ms);
        }
    }

    /// What each pipe can carry. A radio link or a half-duplex cable carries one direction at a time.
    fn rates(&self, moment: &Moment, at_ms: f64) -> [f64; 2 * PLACES] {
        let world = moment.world;
        let mut rates = [f64::INFINITY; 2 * PLACES];
        for &index in &self.used {
            let pipe = world.pipes.at(index);
            rates[index] = pipe.rate_at(world.seed, at_ms);
            if index < 2 && world.takes_turns() {
                let other = &self.passed[1 - index];
                rates[index] *= 1.0 - ((other.own + other.background) / world.pipes.at(1 - index).rate).min(0.8);
            }
        }
        rates
    }
}

/// One transfer under way.
struct Transfer {
    load: Load,
    /// Empty when it never got going.
    connections: Vec<Connection>,
    route: Route,
    /// Pipes that its bytes cross, and those that the acknowledgements cross.
    there: Vec<usize>,
    back: Vec<usize>,
    bottleneck: usize,
    began_ms: f64,
    ended_ms: f64,
    /// Of the step: round-trip time, the same without any queue, bytes under way.
    rtt_ms: f64,
    base_ms: f64,
    window: f64,
    bytes: f64,
    /// What others at home moved over the line meanwhile.
    others: f64,
    rates: Vec<RateSample>,
    /// Steps and bytes since the last sample.
    pending: (u32, f64),
    failure: Option<String>,
}

impl Transfer {
    fn open(moment: &mut Moment, load: &Load, duration_ms: f64) -> Self {
        let start_ms = f64::from(load.start_ms);
        let mut transfer = Self {
            load: load.clone(),
            connections: Vec::new(),
            route: Route::default(),
            there: Vec::new(),
            back: Vec::new(),
            bottleneck: 0,
            began_ms: start_ms.min(duration_ms),
            ended_ms: start_ms.min(duration_ms),
            rtt_ms: 1.0,
            base_ms: 1.0,
            window: 0.0,
            bytes: 0.0,
            others: 0.0,
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
            // Full packets are too big for the path and nobody says so.
            Ok(_) if moment.world.swallows_full_packets() => transfer.failure = Some("timed out".to_owned()),
            Ok((route, began_ms)) if began_ms < duration_ms && !moment.world.household.captive_portal => {
                transfer.begin(moment, route, began_ms, duration_ms);
            }
            Ok(_) => transfer.failure = Some("the transfer did not begin in time".to_owned()),
            Err((_, error)) => transfer.failure = Some(error),
        }
        transfer
    }

    fn begin(&mut self, moment: &Moment, route: Route, began_ms: f64, duration_ms: f64) {
        let (direction, opposite) = match self.load.direction {
            Direction::Down => (Direction::Down, Direction::Up),
            Direction::Up => (Direction::Up, Direction::Down),
        };
        let tcp = moment.world.household.tcp;
        let control: Control = if direction == Direction::Down { tcp.down } else { tcp.up };
        self.connections = vec![Connection::new(control, began_ms); usize::from(self.load.connections.clamp(1, MOST_CONNECTIONS))];
        self.there = route.places.iter().map(|place| pipe::index(*place, direction)).collect();
        self.back = route.places.iter().map(|place| pipe::index(*place, opposite)).collect();
        self.base_ms = 1.0 + moment.world.quiet_ms(&route);
        self.route = route;
        self.began_ms = began_ms;
        self.ended_ms = (f64::from(self.load.start_ms) + f64::from(self.load.duration_ms)).min(duration_ms).max(began_ms);
    }

    fn runs(&self, now_ms: f64) -> bool {
        !self.connections.is_empty() && now_ms >= self.began_ms && now_ms < self.ended_ms
    }

    /// Where it is limited now, its round-trip time and what it keeps under way.
    fn measure(&mut self, lines: &Lines, rates: &[f64; 2 * PLACES], now_ms: f64) {
        let free = |index: usize| rates[index] - lines.passed[index].background;
        self.bottleneck = self.there.iter().copied().min_by(|one, other| free(*one).total_cmp(&free(*other))).unwrap_or_default();
        let queues_ms: f64 = self.there.iter().chain(&self.back).map(|index| lines.levels[*index].delay_ms).sum();
        self.rtt_ms = self.base_ms + queues_ms;
        self.window = self.connections.iter().map(|connection| connection.window_bytes(now_ms)).sum();
    }

    fn advance(&mut self, moment: &mut Moment, lines: &Lines, inflow: Inflow, now_ms: f64) {
        let passed = lines.passed[self.bottleneck];
        let queue_ms: f64 = self.there.iter().chain(&self.back).map(|index| lines.levels[*index].delay_ms).sum();
        let rtt_ms = self.base_ms + queue_ms;
        let lost_on_way = moment.data_loss(&self.route, self.load.direction, now_ms);
        let entered = inflow.steady + if inflow.window > 0.0 { inflow.window / rtt_ms } else { 0.0 };
        let elsewhere: f64 = self.there.iter().filter(|index| **index != self.bottleneck).map(|index| lines.passed[*index].drop).sum();
        let loss = 1.0 - (1.0 - passed.own_drop) * (1.0 - lost_on_way) * (1.0 - elsewhere.min(1.0));
        let mut moved = 0.0;
        for connection in &mut self.connections {
            let window = connection.window_bytes(now_ms);
            let sent = window / rtt_ms;
            let share = if entered > 0.0 { sent / entered } else { 0.0 };
            let delivered = passed.own * share * (1.0 - lost_on_way);
            moved += delivered;
            let packets = sent * STEP_MS / SEGMENT;
            let expected = packets * loss + f64::from(passed.signals) * share;
            let missed = expected > 0.0 && moment.rng.random::<f64>() < 1.0 - (-expected).exp();
            let stalled = loss > HOPELESS && window > 0.0;
            connection.advance(Met { now_ms, step_ms: STEP_MS, rtt_ms, base_ms: self.base_ms, delivered, lost: missed, stalled });
        }
        let line = pipe::index(Place::Access, self.load.direction);
        let (home, others) = moment.world.pipes.at(line).background(moment.world.seed, moment.at_ms + now_ms);
        self.others += lines.passed[line].background * STEP_MS * home / (home + others).max(f64::MIN_POSITIVE);
        self.count(moved * STEP_MS, now_ms + STEP_MS);
    }

    fn count(&mut self, moved: f64, end_ms: f64) {
        self.bytes += moved;
        self.pending = (self.pending.0 + 1, self.pending.1 + moved);
        if self.bytes >= self.load.max_bytes as f64 {
            self.bytes = self.load.max_bytes as f64;
            self.ended_ms = end_ms.min(self.ended_ms);
        }
        if self.pending.0 == STEPS_PER_SAMPLE || end_ms >= self.ended_ms {
            let mbps = self.pending.1 / (f64::from(self.pending.0) * STEP_MS * 125.0);
            self.rates.push(RateSample { at_ms: end_ms.min(self.ended_ms), mbps });
            self.pending = (0, 0.0);
        }
    }

    fn result(self, counts: bool) -> LoadResult {
        let counted = counts.then_some((WITH_HEADERS * self.bytes + self.others) as u64);
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
            counted_bytes: counted,
            failure: self.failure,
        }
    }
}
