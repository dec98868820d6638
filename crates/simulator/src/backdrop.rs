//! Queues over time: those that are there anyway, and those of the visit's own transfers on top.

use crate::{
    pipe::{Inflow, PLACES, Pipe},
    world::World,
};

/// Step of queues that are there anyway, in milliseconds.
const STEP_MS: f64 = 20.0;
/// Steps of a piece of time, and those before it that make its beginning right.
const STEPS: usize = 500;
const WARM_UP: usize = 150;
const PIECE_MS: f64 = STEP_MS * STEPS as f64;

/// A queue over time.
#[derive(Debug, Clone, Default)]
pub struct Timeline {
    start_ms: f64,
    step_ms: f64,
    /// `(delay in milliseconds, share of packets dropped)` at the end of each step.
    steps: Vec<(f32, f32)>,
}

impl Timeline {
    /// An empty one from here on.
    pub fn from(start_ms: f64, step_ms: f64) -> Self {
        Self { start_ms, step_ms, steps: Vec::new() }
    }

    /// Adds a step.
    pub fn push(&mut self, delay_ms: f64, drop: f64) {
        self.steps.push((delay_ms as f32, drop as f32));
    }

    /// Delay in milliseconds and share of packets dropped at a moment; `None` outside.
    pub fn at(&self, at_ms: f64) -> Option<(f64, f64)> {
        let place = (at_ms - self.start_ms) / self.step_ms;
        if place < 0.0 {
            return None;
        }
        let (delay_ms, drop) = *self.steps.get(place as usize)?;
        let (next_ms, _) = self.steps.get(place as usize + 1).copied().unwrap_or((delay_ms, drop));
        let share = place.fract();
        Some((f64::from(delay_ms) * (1.0 - share) + f64::from(next_ms) * share, f64::from(drop)))
    }
}

/// What was computed of the queues during one request.
#[derive(Debug, Default)]
pub struct Backdrop {
    /// Two pieces of time for each pipe, so that packets on both sides of an edge find theirs.
    pieces: [[Option<(i64, Timeline)>; 2]; 2 * PLACES],
    /// Where the visit's own transfers change them.
    pub loaded: Vec<Option<Timeline>>,
}

impl Backdrop {
    /// Delay in milliseconds and share of packets dropped in a pipe at a moment of the visit.
    pub fn at(&mut self, world: &World, index: usize, at_ms: f64) -> (f64, f64) {
        if let Some(found) = self.loaded.get(index).and_then(Option::as_ref).and_then(|loaded| loaded.at(at_ms)) {
            return found;
        }
        let pipe = world.pipes.at(index);
        if pipe.is_calm() {
            return (0.0, 0.0);
        }
        let number = (at_ms / PIECE_MS).floor() as i64;
        let slot = &mut self.pieces[index][number.rem_euclid(2) as usize];
        let (_, piece) = match slot {
            Some(piece) if piece.0 == number => piece,
            _ => slot.insert((number, piece(pipe, world.seed, number))),
        };
        piece.at(at_ms).unwrap_or_default()
    }
}

fn piece(pipe: &Pipe, seed: u64, number: i64) -> Timeline {
    let start_ms = number as f64 * PIECE_MS;
    let mut timeline = Timeline { start_ms, step_ms: STEP_MS, steps: Vec::with_capacity(STEPS) };
    let mut level = pipe.settled();
    for step in 0..WARM_UP + STEPS {
        let at_ms = start_ms + STEP_MS * (step as f64 - WARM_UP as f64);
        let passed = level.advance(pipe, seed, at_ms, STEP_MS, pipe.rate_at(seed, at_ms), Inflow::default());
        if step >= WARM_UP {
            timeline.push(level.delay_ms, passed.drop);
        }
    }
    timeline
}
