//! What all connections of a transfer may still move and have moved.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Instant,
};

use demarc_model::Direction;

use super::acked::Acked;

/// One transfer's accounts.
pub(super) struct Ledger {
    pub(super) direction: Direction,
    /// Bytes that no request has claimed yet.
    left: AtomicU64,
    began: OnceLock<Instant>,
    accounts: Mutex<Accounts>,
}

#[derive(Default)]
struct Accounts {
    /// Bytes of connections that ended.
    closed: u64,
    open: Vec<Arc<Counter>>,
}

/// One connection's account.
#[derive(Default)]
pub(super) struct Counter {
    content: AtomicU64,
    /// Tells what the other end has of it.
    acked: Option<Acked>,
}

impl Counter {
    /// Bytes of content read, or handed to the system to be sent.
    pub(super) fn content(&self) -> u64 {
        self.content.load(Relaxed)
    }
}

impl Ledger {
    pub(super) fn new(direction: Direction, most: u64) -> Self {
        Self { direction, left: AtomicU64::new(most), began: OnceLock::new(), accounts: Mutex::default() }
    }

    /// Takes up to `chunk` bytes for one request; `None` when nothing is left.
    pub(super) fn claim(&self, chunk: u64) -> Option<u64> {
        let taken = self.left.fetch_update(Relaxed, Relaxed, |left| (left > 0).then(|| left.saturating_sub(chunk)));
        taken.ok().map(|left| left.min(chunk))
    }

    /// Returns what a request did not use.
    pub(super) fn give_back(&self, bytes: u64) {
        self.left.fetch_add(bytes, Relaxed);
    }

    /// Opens the account of a connection.
    pub(super) fn open(&self, acked: Option<Acked>) -> Arc<Counter> {
        let counter = Arc::new(Counter { content: AtomicU64::new(0), acked });
        self.accounts().open.push(Arc::clone(&counter));
        counter
    }

    /// Closes it; what it moved stays counted.
    pub(super) fn close(&self, counter: &Arc<Counter>) {
        let mut accounts = self.accounts();
        accounts.closed += self.moved_by(counter);
        accounts.open.retain(|open| !Arc::ptr_eq(open, counter));
    }

    /// Adds content that was read, or handed to the system.
    pub(super) fn add(&self, counter: &Counter, bytes: u64) {
        self.began.get_or_init(Instant::now);
        counter.content.fetch_add(bytes, Relaxed);
    }

    /// When the first byte moved.
    pub(super) fn began(&self) -> Option<Instant> {
        self.began.get().copied()
    }

    /// Bytes of content moved so far by all connections.
    pub(super) fn moved(&self) -> u64 {
        let accounts = self.accounts();
        accounts.closed + accounts.open.iter().map(|counter| self.moved_by(counter)).sum::<u64>()
    }

    /// Sent bytes count once the other end has them: before that they may only fill this computer's own queue.
    fn moved_by(&self, counter: &Counter) -> u64 {
        let content = counter.content();
        match (self.direction, &counter.acked) {
            (Direction::Up, Some(acked)) => acked.bytes().map_or(content, |acked| acked.min(content)),
            _ => content,
        }
    }

    fn accounts(&self) -> MutexGuard<'_, Accounts> {
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_is_claimed_than_there_is() {
        let ledger = Ledger::new(Direction::Down, 100);
        assert_eq!((ledger.claim(60), ledger.claim(60), ledger.claim(60)), (Some(60), Some(40), None));
        ledger.give_back(5);
        assert_eq!((ledger.claim(60), ledger.claim(60)), (Some(5), None));
    }

    #[test]
    fn closed_connections_stay_counted() {
        let ledger = Ledger::new(Direction::Down, 100);
        let (one, two) = (ledger.open(None), ledger.open(None));
        ledger.add(&one, 10);
        ledger.add(&two, 5);
        ledger.close(&one);
        assert_eq!((ledger.moved(), ledger.began().is_some()), (15, true));
    }
}
