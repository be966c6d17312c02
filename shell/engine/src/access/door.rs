//! The door at which people sign in: how often they may try, and how much computing time their passwords may take.

use crate::rate::{Limiter, Quota};
use calendar::Instant;
use std::collections::HashMap;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// So many wrong passwords in `PAUSE_MICROS` and nobody signs in as this user until they are over.
const ATTEMPTS: u32 = 10;
const PAUSE_MICROS: i64 = 15 * 60_000_000;
/// Users whose wrong passwords are counted; more than that, and the oldest count is forgotten.
const COUNTED: usize = 10_000;
/// Wrong passwords from one address, whoever is named: an office has one address.
const FROM_ADDRESS: Quota = quota(100, 900);
/// Passwords of users who are not there are hashed so often, so that the answer takes as long. Beyond that it comes at once: who asks so
/// much learns who is there, and does not keep the processors busy.
const OF_STRANGERS: Quota = quota(20, 10);
/// Passwords that are hashed at once; each takes a processor and 19 MiB.
const AT_ONCE: usize = 2;
/// So many wait for that, and so long.
const QUEUE: usize = 32;
const PATIENCE: Duration = Duration::from_secs(5);

const fn quota(amount: u32, seconds: u32) -> Quota {
    let (Some(amount), Some(seconds)) = (NonZeroU32::new(amount), NonZeroU32::new(seconds)) else {
        panic!("a quota is not zero")
    };
    Quota { amount, seconds }
}

/// Counts who comes.
#[derive(Debug)]
pub(crate) struct Door {
    attempts: Mutex<HashMap<String, (Instant, u32)>>,
    addresses: Limiter,
    strangers: Limiter,
    pub(super) hashing: Hashing,
}

/// What somebody's attempt to sign in is counted as.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Attempt<'a> {
    /// The user, with the tenant.
    pub user: &'a str,
    /// The address, where it is known.
    pub from: Option<IpAddr>,
    /// When.
    pub now: Instant,
}

impl Default for Door {
    fn default() -> Self {
        Self {
            attempts: Mutex::default(),
            addresses: Limiter::new(FROM_ADDRESS),
            strangers: Limiter::new(OF_STRANGERS),
            hashing: Hashing::default(),
        }
    }
}

fn since_1970(now: Instant) -> Duration {
    Duration::from_micros(u64::try_from(now.micros()).unwrap_or(0))
}

/// Whom an address stands for: itself, or of IPv6 the network that one customer of a provider has.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(ip) => IpAddr::V6((ip.to_bits() & !u128::from(u64::MAX)).into()),
        ip @ IpAddr::V4(_) => ip,
    }
}

impl Door {
    /// Whether somebody may try; an attempt counts until [`Door::was_right`].
    pub(super) fn begin(&self, attempt: Attempt<'_>) -> bool {
        let Attempt { user, from, now } = attempt;
        let from_address = from.is_none_or(|from| self.addresses.take(&network(from), since_1970(now)).wait.is_none());
        from_address && self.begin_as(user, now)
    }

    fn begin_as(&self, user: &str, now: Instant) -> bool {
        let mut counted = self.attempts.lock().unwrap_or_else(PoisonError::into_inner);
        counted.retain(|_, (since, _)| now.micros() - since.micros() < PAUSE_MICROS);
        if counted.len() >= COUNTED && !counted.contains_key(user) {
            let oldest = counted.iter().min_by_key(|(_, (since, _))| *since).map(|(user, _)| user.clone());
            oldest.and_then(|user| counted.remove(&user));
        }
        let (_, count) = counted.entry(user.to_owned()).or_insert((now, 0));
        *count += 1;
        *count <= ATTEMPTS
    }

    pub(super) fn was_right(&self, attempt: Attempt<'_>) {
        self.attempts.lock().unwrap_or_else(PoisonError::into_inner).remove(attempt.user);
        if let Some(from) = attempt.from {
            self.addresses.give_back(&network(from));
        }
    }

    /// Whether there is time to hash the password of somebody who is not there.
    pub(super) fn has_time_for_strangers(&self, now: Instant) -> bool {
        self.strangers.take(&(), since_1970(now)).wait.is_none()
    }
}

/// Bounds how many passwords are hashed at once, and how many wait for that.
#[derive(Debug, Default)]
pub(super) struct Hashing {
    now: Mutex<Load>,
    freed: Condvar,
}

#[derive(Debug, Default)]
struct Load {
    running: usize,
    waiting: usize,
}

/// There is no room for another one.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Busy;

impl Hashing {
    /// Does the work once there is room for it.
    pub(super) fn run<T>(&self, work: impl FnOnce() -> T) -> Result<T, Busy> {
        self.run_within(PATIENCE, work)
    }

    fn run_within<T>(&self, patience: Duration, work: impl FnOnce() -> T) -> Result<T, Busy> {
        let mut load = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        if load.running >= AT_ONCE {
            if load.waiting >= QUEUE {
                return Err(Busy);
            }
            load.waiting += 1;
            let is_full = |load: &mut Load| load.running >= AT_ONCE;
            let waited = self.freed.wait_timeout_while(load, patience, is_full);
            let timed_out;
            (load, timed_out) = waited.map_or_else(
                |poisoned| {
                    let (load, timeout) = poisoned.into_inner();
                    (load, timeout.timed_out())
                },
                |(load, timeout)| (load, timeout.timed_out()),
            );
            load.waiting -= 1;
            if timed_out {
                return Err(Busy);
            }
        }
        load.running += 1;
        drop(load);
        let _room = Room(self);
        Ok(work())
    }
}

/// Frees the room, also after a panic.
struct Room<'a>(&'a Hashing);

impl Drop for Room<'_> {
    fn drop(&mut self) {
        self.0.now.lock().unwrap_or_else(PoisonError::into_inner).running -= 1;
        self.0.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc;

    #[test]
    fn hashing_is_bounded_and_so_are_those_who_wait() {
        let hashing = Hashing::default();
        let (running, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let (go, gate) = mpsc::channel::<()>();
        let gate = Mutex::new(gate);
        let work = || {
            most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            gate.lock().expect("the gate").recv().expect("told to go");
            running.fetch_sub(1, Ordering::SeqCst);
        };
        let refused = std::thread::scope(|scope| {
            let all: Vec<_> = (0..AT_ONCE + QUEUE)
                .map(|_| scope.spawn(|| hashing.run_within(Duration::from_hours(1), work)))
                .collect();
            while hashing.now.lock().expect("the load").waiting < QUEUE {
                std::thread::yield_now();
            }
            let refused = hashing.run(|| ());
            for _ in 0..all.len() {
                go.send(()).expect("somebody waits");
            }
            assert!(all.into_iter().all(|one| one.join().expect("no panic").is_ok()));
            refused
        });
        assert_eq!((refused, most.into_inner()), (Err(Busy), AT_ONCE));
        assert_eq!(hashing.run(|| 5), Ok(5), "there is room again");
    }

    #[test]
    fn who_waits_too_long_is_told_so() {
        let hashing = Hashing { now: Mutex::new(Load { running: AT_ONCE, waiting: 0 }), ..Hashing::default() };
        assert_eq!(hashing.run_within(Duration::from_millis(1), || ()), Err(Busy));
        assert_eq!(hashing.now.lock().expect("the load").waiting, 0);
    }

    #[test]
    fn an_address_is_counted_whoever_is_named() {
        let door = Door::default();
        let now = "2026-04-01T00:00:00Z".parse().expect("an instant");
        let address = |text: &str| Some(text.parse::<IpAddr>().expect("an address"));
        let tries = |from: Option<IpAddr>, count: u32| {
            (0..count).filter(|n| door.begin(Attempt { user: &format!("{from:?}{n}"), from, now })).count()
        };
        assert_eq!(tries(address("192.0.2.1"), 120), 100);
        assert_eq!(tries(address("::ffff:192.0.2.1"), 1), 0, "the same address");
        assert_eq!(tries(address("192.0.2.2"), 1), 1);
        assert_eq!(tries(address("2001:db8::1"), 100), 100);
        assert_eq!(tries(address("2001:db8::2"), 1), 0, "the same network");
        let attempt = Attempt { user: "right", from: address("192.0.2.3"), now };
        for _ in 0..200 {
            assert!(door.begin(attempt));
            door.was_right(attempt);
        }
    }
}
