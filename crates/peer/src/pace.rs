//! One rate for all transfers together.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::{Instant, sleep_until};

/// How far ahead of its rate a transfer may be: enough to keep going between two looks of the scheduler.
const AHEAD: Duration = Duration::from_millis(20);

/// Gives each piece its time on one line of so many Mbit/s.
pub(crate) struct Pace {
    bytes_per_s: f64,
    /// When all that was let through would have passed.
    free: Mutex<Instant>,
}

impl Pace {
    pub(crate) fn new(mbps: f64) -> Self {
        Self { bytes_per_s: mbps * 125_000.0, free: Mutex::new(Instant::now()) }
    }

    /// Waits until so many bytes may pass.
    pub(crate) async fn pass(&self, bytes: usize) {
        if let Some(earliest) = self.book(bytes, Instant::now()).checked_sub(AHEAD) {
            sleep_until(earliest).await;
        }
    }

    /// When so many bytes, begun now, will have passed behind all that was booked before.
    fn book(&self, bytes: usize, now: Instant) -> Instant {
        let time = Duration::try_from_secs_f64(bytes as f64 / self.bytes_per_s).unwrap_or(Duration::from_hours(1));
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        *free = (*free).max(now) + time;
        *free
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transfers_together_keep_the_rate_and_a_pause_saves_nothing_up() {
        let pace = Pace::new(8.0);
        let now = Instant::now() + Duration::from_mins(1);
        let booked: Vec<_> = (0..3).map(|_| pace.book(10_000, now) - now).collect();
        assert_eq!(booked, [10, 20, 30].map(Duration::from_millis), "10 kB at a megabyte a second, one after the other");
        let later = now + Duration::from_secs(1);
        assert_eq!(pace.book(10_000, later) - later, Duration::from_millis(10));
    }
}
