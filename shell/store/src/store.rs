//! The database as a whole.

use crate::{
    Place, Step, StoreError, Tx,
    embedded::Embedded,
    exclusive::{Busy, Exclusive},
    migrate::{self, Dialect},
    pg::Server,
    rehearsal::Rehearsal,
};
use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use stdx::Key;

/// Facts, documents, counters and books of all tenants of one installation, in an SQLite file or in PostgreSQL. Shared by
/// reference between threads: one writes at a time (in SQLite) or as if it did (in PostgreSQL), any number read a snapshot of
/// what was committed.
///
/// ```
/// use serde_json::{Value, json};
/// use stdx::Key;
/// use store::{Store, StoreError, counters, facts};
///
/// let store = Store::memory()?;
/// let tenant = Key::try_from("acme").unwrap();
/// let number = store.write(|tx| {
///     facts::append(tx, &tenant, "catalog", "main", facts::Times { effective_at: 0, recorded_at: 5 }, &json!({"plans": {}}))?;
///     counters::next(tx, &tenant, "invoice")
/// })?;
/// assert_eq!(number, 1);
/// let catalog = store.read(|tx| facts::latest::<Value>(tx, &tenant, "catalog", "main"))?;
/// assert_eq!(catalog.unwrap().version, 1);
/// # Ok::<(), StoreError>(())
/// ```
pub struct Store {
    pub(crate) database: Database,
    busy: Busy,
}

/// What a store lies in.
pub(crate) enum Database {
    Embedded(Box<Embedded>),
    Server(Box<Server>),
    /// Another store's, in a transaction that is never committed.
    Rehearsal(Arc<Rehearsal>, Dialect),
}

impl Store {
    /// Opens the database at a place, and brings its schema to the newest version. A file is created where there is none.
    ///
    /// # Errors
    /// [`StoreError::Migration`] for a database of another or newer program; [`StoreError::Other`] when the file cannot be
    /// opened or is not a database; [`StoreError::Address`], [`StoreError::Unreachable`] and [`StoreError::TooOld`] for a
    /// server.
    pub fn open(place: impl Into<Place>) -> Result<Self, StoreError> {
        Self::migrate(place).map(|(store, _)| store)
    }

    /// The same, and the steps that were taken to the newest version.
    ///
    /// # Errors
    /// Those of [`Store::open`].
    pub fn migrate(place: impl Into<Place>) -> Result<(Self, Vec<Step>), StoreError> {
        let store = Self::at(&place.into())?;
        let steps = store.alone(migrate::run)?;
        Ok((store, steps))
    }

    /// The steps that [`Store::migrate`] would take; nothing is changed.
    ///
    /// # Errors
    /// Those of [`Store::open`].
    pub fn pending(place: impl Into<Place>) -> Result<Vec<Step>, StoreError> {
        let place = place.into();
        if matches!(&place, Place::File(path) if !path.exists()) {
            return Ok(migrate::all());
        }
        Self::at(&place)?.waiting()
    }

    /// The steps that were not taken yet in this database.
    ///
    /// # Errors
    /// [`StoreError::Migration`] for a database of another or newer program, and whatever keeps it from being read.
    pub fn waiting(&self) -> Result<Vec<Step>, StoreError> {
        self.read(|tx| migrate::pending(tx, self.dialect()))
    }

    /// A database that is gone when the value is dropped.
    ///
    /// # Errors
    /// [`StoreError::Other`] when there is no memory.
    pub fn memory() -> Result<Self, StoreError> {
        let store = Self::of(Database::Embedded(Box::new(Embedded::memory()?)));
        store.alone(migrate::run)?;
        Ok(store)
    }

    /// A database as it is.
    pub(crate) fn at(place: &Place) -> Result<Self, StoreError> {
        Ok(Self::of(match place {
            Place::File(path) => Database::Embedded(Box::new(Embedded::file(path)?)),
            Place::Postgres(url) => Database::Server(Box::new(Server::open(url)?)),
        }))
    }

    fn of(database: Database) -> Self {
        Self { database, busy: Busy::default() }
    }

    pub(crate) fn dialect(&self) -> Dialect {
        match &self.database {
            Database::Embedded(_) => Dialect::Sqlite,
            Database::Server(_) => Dialect::Postgres,
            Database::Rehearsal(_, dialect) => *dialect,
        }
    }

    /// Runs `work` over one snapshot; it cannot write.
    ///
    /// # Errors
    /// Those of `work`; [`StoreError::Other`] when it tries to write; [`StoreError::Unreachable`].
    pub fn read<T, E: From<StoreError>>(&self, work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        match &self.database {
            Database::Embedded(embedded) => embedded.read(work),
            Database::Server(server) => server.read(work),
            Database::Rehearsal(rehearsal, _) => rehearsal.read(work),
        }
    }

    /// Runs `work` as one transaction: all of it is durable when this returns `Ok`, and nothing of it happened when it
    /// returns an error. `work` must have no effect but through its `Tx`, because it may run again: on PostgreSQL when another
    /// transaction was in its way, on SQLite when those that it shared a commit with could not be committed. It must not call
    /// the store: the writer is taken, and the call would wait for ever.
    ///
    /// # Errors
    /// Those of `work`; the first error of a failed operation also when `work` swallowed it; those of the commit.
    /// [`StoreError::Contended`] and [`StoreError::Unreachable`] when it was tried in vain for some seconds;
    /// [`StoreError::Unknown`], the one error after which it may have happened.
    pub fn write<T, E: From<StoreError>>(&self, mut work: impl FnMut(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        match &self.database {
            Database::Embedded(embedded) => embedded.write(&mut work),
            Database::Server(server) => server.write(&mut work),
            Database::Rehearsal(rehearsal, _) => rehearsal.write(&mut work),
        }
    }

    /// Gives `play` a store in which everything is as in this one, and what is written is seen; when it returns, all of that is
    /// undone. Other writers wait. The store that `play` got is good for
    /// nothing afterwards.
    ///
    /// # Errors
    /// [`StoreError::Unreachable`]; [`StoreError::Other`] in a rehearsal, or where the transaction cannot be begun or undone.
    pub fn rehearse<T>(&self, play: impl FnOnce(&Arc<Self>) -> T) -> Result<T, StoreError> {
        let dialect = self.dialect();
        let play =
            |rehearsal: &Arc<Rehearsal>| play(&Arc::new(Self::of(Database::Rehearsal(Arc::clone(rehearsal), dialect))));
        match &self.database {
            Database::Embedded(embedded) => embedded.rehearse(play),
            Database::Server(server) => server.rehearse(play),
            Database::Rehearsal(..) => Err(StoreError::Other("a rehearsal has no rehearsals".into())),
        }
    }

    /// Keeps everybody else who calls this for the same tenant waiting until the answer is dropped: other threads, and other
    /// processes on the same PostgreSQL. (Only one process uses a data directory.) What was read after this call is still so
    /// when it is written, in any number of transactions of this thread. Should the connection that holds the lock be lost,
    /// every later transaction of this thread fails until the answer is dropped.
    ///
    /// # Errors
    /// [`StoreError::Unreachable`]; [`StoreError::Other`] when this thread has such an answer already.
    pub fn exclusive(&self, tenant: &Key) -> Result<Exclusive<'_>, StoreError> {
        Exclusive::take(&self.busy, self.server(), tenant)
    }

    fn server(&self) -> Option<&Server> {
        match &self.database {
            Database::Embedded(_) | Database::Rehearsal(..) => None,
            Database::Server(server) => Some(server),
        }
    }

    /// Runs a transaction that changes the schema or fills it. On PostgreSQL it waits for locks and then sees what was
    /// committed before it got them.
    pub(crate) fn alone<T>(
        &self,
        work: impl FnOnce(&mut Tx<'_>, Dialect) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut work = Some(work);
        let dialect = self.dialect();
        let mut once = |tx: &mut Tx<'_>| match work.take() {
            Some(work) => work(tx, dialect),
            None => Err(StoreError::Other("SQLite could not keep the transaction".into())),
        };
        match &self.database {
            Database::Embedded(embedded) => embedded.write(&mut once),
            Database::Server(server) => server.locked(once),
            Database::Rehearsal(rehearsal, _) => rehearsal.write(&mut once),
        }
    }

    /// Threads that are about to write.
    #[cfg(test)]
    pub(crate) fn coming(&self) -> usize {
        match &self.database {
            Database::Embedded(embedded) => embedded.coming(),
            Database::Server(_) | Database::Rehearsal(..) => 0,
        }
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("dialect", &self.dialect()).finish_non_exhaustive()
    }
}

/// A panic inside a closure undid its transaction when it unwound, so what is behind the lock is sound.
pub(crate) fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
