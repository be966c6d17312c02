//! An SQLite file, or a database in memory, as a whole: its one writer and its readers.

use crate::{
    StoreError, Tx,
    group::{Attempt, Limits, Writer},
    rehearsal::{Rehearsal, told},
    sqlite,
    store::lock,
};
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};

/// How large groups of writers become.
const GROUPS: Limits = Limits { members: 128, oldest: Duration::from_millis(4) };
/// In memory there is no flush to share, and readers use the connection of the writer: every write is alone.
const NO_GROUPS: Limits = Limits { members: 1, ..GROUPS };
/// Reading connections kept open; more are opened when needed and closed after.
const IDLE_READERS: usize = 8;

/// One database of this process.
#[derive(Debug)]
pub(crate) struct Embedded {
    writer: Writer<Connection>,
    readers: Mutex<Vec<Connection>>,
    /// Where it lies; nothing when it lives in memory, where the one connection does everything.
    path: Option<PathBuf>,
}

impl Embedded {
    pub(crate) fn file(path: &Path) -> Result<Self, StoreError> {
        let writer = Writer::new(sqlite::writer(path)?, GROUPS);
        Ok(Self { writer, readers: Mutex::default(), path: Some(path.into()) })
    }

    /// One that is gone when it is dropped.
    pub(crate) fn memory() -> Result<Self, StoreError> {
        Ok(Self { writer: Writer::new(sqlite::memory()?, NO_GROUPS), readers: Mutex::default(), path: None })
    }

    pub(crate) fn read<T, E: From<StoreError>>(&self, work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        let Some(path) = &self.path else {
            return self.writer.with(|connection| {
                connection.pragma_update(None, "query_only", true).map_err(StoreError::from)?;
                // also when `work` panics
                let _writable = Writable(connection);
                snapshot(connection, work)
            });
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

    pub(crate) fn write<T, E: From<StoreError>>(
        &self,
        work: &mut impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        match self.writer.write(work) {
            Attempt::Done(result) => result,
            Attempt::Again(error) => Err(error.into()),
        }
    }

    /// Plays a rehearsal on the connection that writes; a reader of its own sees nothing of it.
    pub(crate) fn rehearse<T>(&self, play: impl FnOnce(&Arc<Rehearsal>) -> T) -> Result<T, StoreError> {
        let meanwhile = sqlite::memory()?;
        let played = self.writer.with(|connection| {
            let (own, played) = Rehearsal::on_sqlite(std::mem::replace(connection, meanwhile), play);
            *connection = own;
            played
        });
        played.map(told)
    }

    /// Writes all that is committed into an empty file.
    pub(crate) fn vacuum_into(&self, file: &str) -> Result<(), StoreError> {
        let vacuum = |connection: &Connection| Ok(connection.execute("VACUUM INTO ?1", [file]).map(drop)?);
        match &self.path {
            // a connection of its own reads a snapshot, for which the writer does not wait
            Some(path) => vacuum(&sqlite::copier(path)?),
            None => self.writer.with(|connection| vacuum(connection)),
        }
    }

    /// Threads that are about to write.
    #[cfg(test)]
    pub(crate) fn coming(&self) -> usize {
        self.writer.coming()
    }
}

/// Lets the connection write again when it is dropped.
struct Writable<'c>(&'c Connection);

impl Drop for Writable<'_> {
    fn drop(&mut self) {
        // where this failed, the next write would fail and say so
        let _ = self.0.pragma_update(None, "query_only", false);
    }
}

fn snapshot<T, E: From<StoreError>>(
    connection: &Connection,
    work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
) -> Result<T, E> {
    let transaction =
        Transaction::new_unchecked(connection, TransactionBehavior::Deferred).map_err(StoreError::from)?;
    work(&mut Tx::sqlite(&transaction))
}
