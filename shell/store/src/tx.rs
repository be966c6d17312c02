//! One transaction, as repositories see it.

use crate::{
    StoreError, sqlite,
    stmt::Stmt,
    value::{Row, Val},
};
use rusqlite::Connection;

/// A running transaction; given to the closure of [`Store::read`](crate::Store::read) or
/// [`Store::write`](crate::Store::write) and passed on to the repository functions.
///
/// An operation that fails *poisons* it: everything after answers [`StoreError::Poisoned`] and the transaction cannot be
/// committed, even if the closure swallows the error. (On PostgreSQL a commit after a failed statement would report success
/// and keep nothing.) [`Tx::savepoint`] is the way to try something that may fail.
pub struct Tx<'c> {
    connection: &'c Connection,
    poisoned: Option<StoreError>,
}

impl<'c> Tx<'c> {
    pub(crate) fn new(connection: &'c Connection) -> Self {
        Self { connection, poisoned: None }
    }

    pub(crate) fn connection(&self) -> &Connection {
        self.connection
    }

    /// The error that poisoned it, when there is one.
    pub(crate) fn poison(&self) -> Option<&StoreError> {
        self.poisoned.as_ref()
    }

    /// Tries `work`: when it fails, what it wrote is undone, and the transaction goes on as if it had not been tried.
    ///
    /// # Errors
    /// The error of `work`; [`StoreError::Poisoned`] when the transaction had failed before.
    pub fn savepoint<T, E: From<StoreError>>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, E>) -> Result<T, E> {
        self.guard(|connection| Ok(connection.execute_batch("SAVEPOINT tried")?))?;
        let result = work(self);
        let kept = result.is_ok() && self.poisoned.is_none();
        self.poisoned = None;
        let end = if kept { "RELEASE tried" } else { "ROLLBACK TO tried; RELEASE tried" };
        self.guard(|connection| Ok(connection.execute_batch(end)?))?;
        match result {
            Ok(_) if !kept => Err(StoreError::Poisoned.into()),
            Ok(value) => Ok(value),
            Err(error) => Err(error),
        }
    }

    /// How many rows the statement changed.
    pub(crate) fn exec(&mut self, statement: Stmt, args: &[Val]) -> Result<usize, StoreError> {
        self.guard(|connection| sqlite::exec(connection, &statement, args))
    }

    /// Changes exactly one row, or else it is a conflict.
    pub(crate) fn exec_one(&mut self, statement: Stmt, args: &[Val]) -> Result<(), StoreError> {
        self.guard(|connection| match sqlite::exec(connection, &statement, args)? {
            1 => Ok(()),
            _ => Err(StoreError::Conflict),
        })
    }

    /// All rows.
    pub(crate) fn query<T>(
        &mut self,
        statement: Stmt,
        args: &[Val],
        each: impl Fn(&mut Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        self.guard(|connection| sqlite::query(connection, &statement, args, each))
    }

    /// The first row, or nothing.
    pub(crate) fn opt<T>(
        &mut self,
        statement: Stmt,
        args: &[Val],
        each: impl Fn(&mut Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        Ok(self.query(statement, args, each)?.into_iter().next())
    }

    /// The first row, or else [`StoreError::NotFound`].
    pub(crate) fn one<T>(
        &mut self,
        statement: Stmt,
        args: &[Val],
        each: impl Fn(&mut Row<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.guard(|connection| {
            sqlite::query(connection, &statement, args, each)?.into_iter().next().ok_or(StoreError::NotFound)
        })
    }

    /// Fails the transaction for a reason that a repository found.
    pub(crate) fn fail<T>(&mut self, error: StoreError) -> Result<T, StoreError> {
        self.guard(|_| Err(error))
    }

    fn guard<T>(&mut self, work: impl FnOnce(&Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        if self.poisoned.is_some() {
            return Err(StoreError::Poisoned);
        }
        work(self.connection).inspect_err(|error| self.poisoned = Some(error.clone()))
    }
}
