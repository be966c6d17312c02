//! The only place where time and new ids come from.

use calendar::Instant;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Instant;
}

/// Makes new ids, each above the one before.
pub trait Ids: Send + Sync {
    /// The bits of a new id.
    fn next(&self) -> u128;
}

/// The time and the ids of the machine.
#[derive(Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Instant {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_micros());
        // a clock that is set beyond the year 9999 stands at its end
        i64::try_from(since).ok().and_then(|micros| Instant::from_micros(micros).ok()).unwrap_or(Instant::MAX)
    }
}

impl Ids for SystemClock {
    /// UUID version 7: ids sort by creation.
    fn next(&self) -> u128 {
        uuid::Uuid::now_v7().as_u128()
    }
}

/// A clock that stands until it is set, and counts ids: the same steps give the same bytes.
#[derive(Debug)]
pub struct SetClock {
    micros: AtomicI64,
    ids: AtomicU64,
}

impl SetClock {
    /// A clock that stands at an instant.
    pub fn at(instant: Instant) -> Self {
        Self { micros: AtomicI64::new(instant.micros()), ids: AtomicU64::new(0) }
    }
    /// Sets it.
    pub fn set(&self, instant: Instant) {
        self.micros.store(instant.micros(), Ordering::SeqCst);
    }
}

impl Clock for SetClock {
    fn now(&self) -> Instant {
        Instant::from_micros(self.micros.load(Ordering::SeqCst)).unwrap_or(Instant::MAX)
    }
}

impl Ids for SetClock {
    fn next(&self) -> u128 {
        u128::from(self.ids.fetch_add(1, Ordering::SeqCst)) + 1
    }
}
