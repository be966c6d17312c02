//! A database of a server: connections, transactions, and what happens when the server is away.
//!
//! One writes at a time, as on SQLite: the threads of a process take turns on one connection and share its commits, and processes
//! wait for each other by a lock that a transaction takes first and that ends with it. What a repository read is therefore still
//! so when it writes, and nobody runs again because another was in the way.

use super::{
    address::Address,
    session::{Begin, Session},
    writer::{Line, was_committed},
};
use crate::{
    StoreError, Tx,
    group::{Attempt, Limits, Writer},
    rehearsal::{Rehearsal, told},
    store::lock,
};
use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    sync::{Arc, Condvar, Mutex, PoisonError},
    thread::{self, ThreadId},
    time::{Duration, Instant},
};
use stdx::Key;

/// Connections that read at a time.
const CONNECTIONS: usize = 16;
/// How large groups of writers become. More parts than 64 would not fit where the server looks them up fast.
const GROUPS: Limits = Limits { members: 48, oldest: Duration::from_millis(10) };
/// How long a caller waits for a server that is away before it is told so.
const PATIENCE: Duration = Duration::from_secs(8);
/// The longest pause between two attempts.
const LONGEST_PAUSE: Duration = Duration::from_millis(200);

/// A database of a server.
pub(crate) struct Server {
    address: Address,
    pool: Mutex<Pool>,
    returned: Condvar,
    writer: Writer<Line>,
    /// Connections that hold the lock of a tenant, by the thread that took it: everything of that thread goes through its
    /// connection, so that nothing is written by who has lost the lock with the connection.
    held: Mutex<HashMap<ThreadId, Option<Session>>>,
}

#[derive(Default)]
struct Pool {
    idle: Vec<Session>,
    lent: usize,
}

impl Server {
    /// Connects, to say at once what is wrong with an address.
    pub(crate) fn open(url: &str) -> Result<Self, StoreError> {
        let address = Address::parse(url)?;
        let server = Self {
            writer: Writer::new(Line::new(address.clone()), GROUPS),
            address,
            pool: Mutex::default(),
            returned: Condvar::new(),
            held: Mutex::default(),
        };
        server.lend(&mut Pauses::new())?.give_back();
        Ok(server)
    }

    /// Runs `work` over one snapshot.
    pub(crate) fn read<T, E: From<StoreError>>(&self, work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        let mut pauses = Pauses::new();
        let mut lent = loop {
            let mut lent = self.lend(&mut pauses)?;
            match lent.session.begin(Begin::Read) {
                Ok(_) => break lent,
                Err(error) => {
                    let may_again = lent.may_reconnect() && error.is_passing();
                    lent.end();
                    if !(may_again && pauses.pause()) {
                        return Err(error.into());
                    }
                }
            }
        };
        let result = work(&mut Tx::postgres(&mut lent.session));
        lent.end();
        result
    }

    /// Runs `work` as one transaction, and again when the connection was lost before it was kept.
    pub(crate) fn write<T, E: From<StoreError>>(
        &self,
        work: &mut impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut pauses = Pauses::new();
        loop {
            let attempt = match self.lend_held()? {
                Some(lent) => self.attempt(lent, work),
                None => self.writer.write(work),
            };
            let error = match attempt {
                Attempt::Done(result) => return result,
                Attempt::Again(error) => error,
            };
            if !pauses.pause() {
                return Err(error.into());
            }
        }
    }

    /// Tries `work` on a connection that holds the lock of a tenant.
    fn attempt<T, E: From<StoreError>>(
        &self,
        mut lent: Lent<'_>,
        work: &mut impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Attempt<T, E> {
        let number = match lent.session.begin(Begin::Write) {
            Ok(number) => number.unwrap_or_default(),
            Err(error) => return lent.failed(error),
        };
        let mut tx = Tx::postgres(&mut lent.session);
        let result = work(&mut tx).and_then(|value| Ok(tx.settle().map(|()| value)?));
        let (poison, passing) = tx.ended();
        match (result, poison, passing) {
            (_, _, Some(error)) | (Ok(_), Some(error), None) => lent.failed(error),
            (Ok(value), None, None) => self.commit(lent, value, &number),
            (Err(error), _, None) => {
                lent.end();
                Attempt::Done(Err(error))
            }
        }
    }

    fn commit<T, E: From<StoreError>>(&self, mut lent: Lent<'_>, value: T, number: &str) -> Attempt<T, E> {
        match lent.session.batch("COMMIT") {
            Ok(()) => {
                lent.give_back();
                Attempt::Done(Ok(value))
            }
            Err(StoreError::Unreachable(why)) => {
                lent.end();
                Attempt::Done(match was_committed(&self.address, number) {
                    Some(true) => Ok(value),
                    Some(false) => Err(StoreError::Unreachable(why).into()),
                    None => Err(StoreError::Unknown(why).into()),
                })
            }
            Err(error) => lent.failed(error),
        }
    }

    /// Runs `work` as one transaction that may take long; it is tried once.
    pub(crate) fn locked<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut lent = self.lend(&mut Pauses::new())?;
        let begun = lent.session.begin(Begin::Locked).map_err(E::from);
        let result = begun.and_then(|_| {
            let mut tx = Tx::postgres(&mut lent.session);
            let value = work(&mut tx)?;
            let (poison, passing) = tx.ended();
            passing.or(poison).map_or(Ok(value), |error| Err(error.into()))
        });
        let result = result.and_then(|value| Ok(lent.session.batch("COMMIT").map(|()| value)?));
        lent.end();
        result
    }

    /// Plays a rehearsal on one connection, which is undone.
    pub(crate) fn rehearse<T>(&self, play: impl FnOnce(&Arc<Rehearsal>) -> T) -> Result<T, StoreError> {
        let mut lent = self.lend(&mut Pauses::new())?;
        if let Err(error) = lent.session.begin(Begin::Write) {
            lent.end();
            return Err(error);
        }
        let Lent { session, from } = lent;
        let (session, played) = Rehearsal::on_postgres(session, play);
        Lent { session, from }.end();
        Ok(told(played))
    }

    /// Takes the lock of a tenant against all processes, for this thread.
    pub(crate) fn hold(&self, tenant: &Key) -> Result<(), StoreError> {
        let mut pauses = Pauses::new();
        let idle = lock(&self.pool).idle.pop().filter(|session| !session.is_closed());
        let mut session = idle.map_or_else(|| self.connect(&mut pauses), Ok)?;
        loop {
            match session.last_text(&lock_of("pg_advisory_lock", tenant)) {
                Ok(_) => break,
                Err(error) if error.is_passing() && pauses.pause() => session = self.connect(&mut pauses)?,
                Err(error) => return Err(error),
            }
        }
        lock(&self.held).insert(thread::current().id(), Some(session));
        Ok(())
    }

    /// Gives it back.
    pub(crate) fn release(&self, tenant: &Key) {
        let Some(Some(mut session)) = lock(&self.held).remove(&thread::current().id()) else { return };
        // a connection that cannot say so has lost the lock already, or loses it when it is closed
        if session.last_text(&lock_of("pg_advisory_unlock", tenant)).as_deref() == Ok("t") {
            let mut pool = lock(&self.pool);
            if pool.idle.len() + pool.lent < CONNECTIONS {
                pool.idle.push(session);
            }
        }
    }

    /// A connection for this thread: the one that holds its lock, or one of the pool.
    fn lend(&self, pauses: &mut Pauses) -> Result<Lent<'_>, StoreError> {
        self.lend_held()?.map_or_else(|| self.of_pool(pauses), Ok)
    }

    /// The connection with which this thread holds the lock of a tenant, where it does.
    fn lend_held(&self) -> Result<Option<Lent<'_>>, StoreError> {
        let held = lock(&self.held).get_mut(&thread::current().id()).map(Option::take);
        let lost = || StoreError::Unreachable("the connection that held the lock of the tenant was lost".into());
        let Some(session) = held else { return Ok(None) };
        let session = session.filter(|session| !session.is_closed()).ok_or_else(lost)?;
        Ok(Some(Lent { session, from: Origin::Held(self) }))
    }

    fn of_pool(&self, pauses: &mut Pauses) -> Result<Lent<'_>, StoreError> {
        let mut pool = lock(&self.pool);
        while pool.lent >= CONNECTIONS {
            pool = self.returned.wait(pool).unwrap_or_else(PoisonError::into_inner);
        }
        pool.lent += 1;
        let idle = pool.idle.pop().filter(|session| !session.is_closed());
        drop(pool);
        let seat = Seat(self);
        let session = idle.map_or_else(|| self.connect(pauses), Ok)?;
        Ok(Lent { session, from: Origin::Pool(seat) })
    }

    /// A connection beside those of the pool.
    pub(super) fn session_of_its_own(&self) -> Result<Session, StoreError> {
        self.connect(&mut Pauses::new())
    }

    fn connect(&self, pauses: &mut Pauses) -> Result<Session, StoreError> {
        loop {
            match Session::connect(&self.address) {
                Err(error) if error.is_passing() && pauses.pause() => {}
                connected => return connected,
            }
        }
    }
}

/// Connections are closed where waiting is allowed: in the threads of an async runtime it is not.
impl Drop for Server {
    fn drop(&mut self) {
        let idle = std::mem::take(&mut lock(&self.pool).idle);
        let held = std::mem::take(&mut *lock(&self.held));
        let writer = self.writer.with(Line::take);
        let _ = thread::spawn(move || drop((idle, held, writer))).join();
    }
}

/// The statement that takes or gives back the lock of a tenant. A database may hold several schemas.
fn lock_of(function: &str, tenant: &Key) -> String {
    // a key has letters, digits and `_-.:` only, so it needs no quoting
    format!("SELECT {function}(hashtextextended('counterfoil:' || current_schema() || ':{tenant}', 0))")
}

/// A connection in use. Where its user panics, it is closed, which undoes its transaction.
struct Lent<'s> {
    session: Session,
    from: Origin<'s>,
}

/// From where a connection came, and so to where it returns.
enum Origin<'s> {
    Pool(Seat<'s>),
    Held(&'s Server),
}

/// One of the connections that may work at a time.
struct Seat<'s>(&'s Server);

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        lock(&self.0.pool).lent -= 1;
        self.0.returned.notify_one();
    }
}

impl Lent<'_> {
    /// Whether another connection will do as well as this one.
    fn may_reconnect(&self) -> bool {
        matches!(self.from, Origin::Pool(_))
    }

    /// Undoes what is open, and says whether it may be tried again.
    fn failed<T, E: From<StoreError>>(self, error: StoreError) -> Attempt<T, E> {
        let may_again = error == StoreError::Contended || (error.is_passing() && self.may_reconnect());
        self.end();
        if may_again { Attempt::Again(error) } else { Attempt::Done(Err(error.into())) }
    }

    /// Undoes what is open, and returns the connection.
    fn end(mut self) {
        let undone = self.session.undo();
        if let (Err(_), Origin::Pool(seat)) = (undone, &self.from) {
            // the others are lost too, or will be found to be well when they are made again
            lock(&seat.0.pool).idle.clear();
            return;
        }
        self.give_back();
    }

    /// Returns a connection on which no transaction is open.
    fn give_back(self) {
        match self.from {
            Origin::Pool(seat) => lock(&seat.0.pool).idle.push(self.session),
            Origin::Held(server) => {
                lock(&server.held).insert(thread::current().id(), Some(self.session));
            }
        }
    }
}

/// The pauses between attempts: each up to twice as long as the one before, by chance, so that two who met do not meet again.
pub(super) struct Pauses {
    count: u32,
    end: Instant,
    chance: RandomState,
}

impl Pauses {
    pub(super) fn new() -> Self {
        Self { count: 0, end: Instant::now() + PATIENCE, chance: RandomState::new() }
    }

    /// Waits; says no when there is no patience left.
    pub(super) fn pause(&mut self) -> bool {
        if Instant::now() >= self.end {
            return false;
        }
        self.count += 1;
        let most = Duration::from_millis(1 << self.count.min(8)).min(LONGEST_PAUSE);
        let part = u32::try_from(self.chance.hash_one(self.count) % 1_000).unwrap_or_default();
        thread::sleep(most * part / 1_000);
        true
    }
}
