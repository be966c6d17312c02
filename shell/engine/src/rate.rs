//! How often somebody may do something: a bucket for each, that fills evenly.
//!
//! A bucket is one number, the time at which it is full again (GCRA). The buckets are a table of fixed size, found by a hash with a secret
//! key: whoever comes, however many, takes no memory and no lock, and who shares a bucket with somebody cannot be chosen.

use std::hash::{BuildHasher, Hash, RandomState};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

const SLOTS: usize = 1 << 16;
const NANOS: u64 = 1_000_000_000;

/// So many within so many seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// How many.
    pub amount: NonZeroU32,
    /// In how many seconds.
    pub seconds: NonZeroU32,
}

impl Quota {
    fn window(self) -> u64 {
        u64::from(self.seconds.get()) * NANOS
    }

    /// Nanoseconds that one takes.
    fn each(self) -> u64 {
        (self.window() / u64::from(self.amount.get())).max(1)
    }
}

/// How somebody stands to a quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The quota.
    pub quota: Quota,
    /// How many more are possible now.
    pub left: u32,
    /// In how many seconds all are possible again.
    pub full_in: u32,
    /// In how many seconds one is possible, where none is now.
    pub wait: Option<NonZeroU32>,
}

/// Counts for everybody.
#[derive(Debug)]
pub struct Limiter {
    quota: Quota,
    /// When each bucket is full again, in nanoseconds of the caller's time.
    full_at: Box<[AtomicU64]>,
    hasher: RandomState,
}

impl Limiter {
    /// All buckets are full.
    pub fn new(quota: Quota) -> Self {
        let full_at = (0..SLOTS).map(|_| AtomicU64::new(0)).collect();
        Self { quota, full_at, hasher: RandomState::new() }
    }

    /// Takes one out of somebody's bucket, if there is one. `now` is the time since any moment that stays the same.
    pub fn take(&self, who: &impl Hash, now: Duration) -> Standing {
        let (now, each, window) = (nanos(now), self.quota.each(), self.quota.window());
        let after = |full_at: u64| full_at.max(now).saturating_add(each);
        let taken = self.slot(who).try_update(Ordering::Relaxed, Ordering::Relaxed, |full_at| {
            Some(after(full_at)).filter(|after| after - now <= window)
        });
        let (full_at, wait) = match taken {
            Ok(before) => (after(before), None),
            Err(before) => (before, NonZeroU32::new(seconds(after(before) - now - window).max(1))),
        };
        let missing = full_at.saturating_sub(now);
        let left = u32::try_from(window.saturating_sub(missing) / each).unwrap_or(u32::MAX);
        Standing { quota: self.quota, left, full_in: seconds(missing), wait }
    }

    /// Puts back what was taken and not needed.
    pub fn give_back(&self, who: &impl Hash) {
        let each = self.quota.each();
        let _ = self.slot(who).try_update(Ordering::Relaxed, Ordering::Relaxed, |full_at| full_at.checked_sub(each));
    }

    fn slot(&self, who: &impl Hash) -> &AtomicU64 {
        let hash = self.hasher.hash_one(who);
        // the table is not empty, and its size is a power of two
        &self.full_at[usize::try_from(hash % SLOTS as u64).unwrap_or(0)]
    }
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX / 2)
}

/// Whole seconds, the last one begun.
fn seconds(nanos: u64) -> u32 {
    u32::try_from(nanos.div_ceil(NANOS)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limiter(amount: u32, seconds: u32) -> Limiter {
        let number = |number| NonZeroU32::new(number).expect("not zero");
        Limiter::new(Quota { amount: number(amount), seconds: number(seconds) })
    }

    const fn at(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    #[test]
    fn all_of_a_quota_is_there_at_once_and_comes_back_evenly() {
        let limiter = limiter(10, 5);
        let lefts: Vec<u32> = (0..10).map(|_| limiter.take(&"a", at(1000)).left).collect();
        assert_eq!(lefts, [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
        let over = limiter.take(&"a", at(1000));
        assert_eq!((over.left, over.full_in, over.wait.map(NonZeroU32::get)), (0, 5, Some(1)));
        assert_eq!(limiter.take(&"a", at(1499)).wait.map(NonZeroU32::get), Some(1), "who is refused is not set back");
        assert_eq!(limiter.take(&"a", at(1500)).wait, None);
        assert!(limiter.take(&"a", at(1500)).wait.is_some());
        let whole = limiter.take(&"a", at(60_000));
        assert_eq!((whole.left, whole.full_in, whole.wait), (9, 1, None), "more than all is never there");
        limiter.give_back(&"a");
        assert_eq!(limiter.take(&"a", at(60_000)).left, 9);
    }

    #[test]
    fn each_has_a_bucket_of_their_own() {
        let limiter = limiter(1, 60);
        let first = (0..100_u32).filter(|who| limiter.take(who, at(1)).wait.is_none()).count();
        // two of a hundred may share one of 65,536
        assert!(first >= 98, "{first}");
        assert_eq!((0..100_u32).filter(|who| limiter.take(who, at(2)).wait.is_none()).count(), 0);
    }

    #[test]
    fn threads_together_get_no_more_than_there_is() {
        let limiter = limiter(1000, 3600);
        let taken: usize = std::thread::scope(|scope| {
            let take = || (0..500).filter(|_| limiter.take(&"a", at(5)).wait.is_none()).count();
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(take)).collect();
            threads.into_iter().map(|thread| thread.join().expect("no panic")).sum()
        });
        assert_eq!(taken, 1000);
    }
}
