//! The database as a whole.

use crate::{StoreError, Tx, migrate, sqlite};
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::{
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

/// Reading connections kept open; more are opened when needed and closed after.
const IDLE_READERS: usize = 8;

/// Facts, documents, counters and books of all tenants of one installation, in one SQLite file. Shared by reference between
/// threads: one writes at a time, any number read a snapshot of what was committed.
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
#[derive(Debug)]
pub struct Store {
    pub(crate) writer: Mutex<Connection>,
    readers: Mutex<Vec<Connection>>,
    /// Where it lies; nothing when it lives in memory, where the one connection does everything.
    pub(crate) path: Option<PathBuf>,
}

impl Store {
    /// Opens the database file, creates it where there is none, and brings its schema to the newest version.
    ///
    /// # Errors
    /// [`StoreError::Migration`] for a database of another or newer program; [`StoreError::Other`] when the file cannot be
    /// opened or is not a database.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let mut writer = sqlite::writer(path.as_ref())?;
        migrate::run(&mut writer)?;
        Ok(Self { writer: Mutex::new(writer), readers: Mutex::default(), path: Some(path.as_ref().into()) })
    }

    /// A database that is gone when the value is dropped.
    ///
    /// # Errors
    /// [`StoreError::Other`] when there is no memory.
    pub fn memory() -> Result<Self, StoreError> {
        let mut writer = sqlite::memory()?;
        migrate::run(&mut writer)?;
        Ok(Self { writer: Mutex::new(writer), readers: Mutex::default(), path: None })
    }

    /// Runs `work` over one snapshot; it cannot write.
    ///
    /// # Errors
    /// Those of `work`; [`StoreError::Other`] when it tries to write.
    pub fn read<T, E: From<StoreError>>(&self, work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        let Some(path) = &self.path else {
            let connection = lock(&self.writer);
            connection.pragma_update(None, "query_only", true).map_err(StoreError::from)?;
            return snapshot(&connection, work);
        };
        let idle = lock(&self.readers).pop();
        let connection = idle.map_or_else(|| sqlite::reader(path), Ok)?;
        let result = snapshot(&connection, work);
        let mut readers = lock(&self.readers);
        if readers.len() < IDLE_READERS {
            readers.push(connection);
        }
        result
    }

    /// Runs `work` as one transaction: all of it is durable when this returns `Ok`, and nothing of it happened when it
    /// returns an error. `work` must have no effect but through its `Tx`, because it may run again (on PostgreSQL after a
    /// serialisation failure). It must not call the store: the writer is taken, and the call would wait for ever.
    ///
    /// # Errors
    /// Those of `work`; the first error of a failed operation also when `work` swallowed it; those of the commit.
    pub fn write<T, E: From<StoreError>>(&self, mut work: impl FnMut(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        let mut connection = lock(&self.writer);
        // a read in memory used this connection before
        connection.pragma_update(None, "query_only", false).map_err(StoreError::from)?;
        let transaction =
            connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(StoreError::from)?;
        let mut tx = Tx::new(&transaction);
        let value = work(&mut tx)?;
        if let Some(error) = tx.poison() {
            return Err(error.clone().into());
        }
        transaction.commit().map_err(StoreError::from)?;
        Ok(value)
    }
}

fn snapshot<T, E: From<StoreError>>(
    connection: &Connection,
    work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
) -> Result<T, E> {
    let transaction =
        Transaction::new_unchecked(connection, TransactionBehavior::Deferred).map_err(StoreError::from)?;
    work(&mut Tx::new(&transaction))
}

/// A panic inside a closure rolled its transaction back when it unwound, so the connection behind the lock is sound.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
