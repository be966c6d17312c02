//! One transaction, as repositories see it.

use crate::{
    StoreError,
    pg::{self, Session},
    sqlite,
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
    link: Link<'c>,
    poisoned: Option<StoreError>,
    /// Why the whole transaction must run again, whatever the closure makes of it: another was in the way, or the connection
    /// is lost.
    passing: Option<StoreError>,
}

/// What a transaction runs on.
enum Link<'c> {
    Sqlite(&'c Connection),
    Postgres(&'c mut Session),
}

impl<'c> Tx<'c> {
    pub(crate) fn sqlite(connection: &'c Connection) -> Self {
        Self { link: Link::Sqlite(connection), poisoned: None, passing: None }
    }

    pub(crate) fn postgres(session: &'c mut Session) -> Self {
        Self { link: Link::Postgres(session), poisoned: None, passing: None }
    }

    /// The error that poisoned it, and the one for which it must run again.
    pub(crate) fn ended(self) -> (Option<StoreError>, Option<StoreError>) {
        (self.poisoned, self.passing)
    }

    /// Tries `work`: when it fails, what it wrote is undone, and the transaction goes on as if it had not been tried.
    ///
    /// # Errors
    /// The error of `work`; [`StoreError::Poisoned`] when the transaction had failed before.
    pub fn savepoint<T, E: From<StoreError>>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, E>) -> Result<T, E> {
        self.batch_later("SAVEPOINT tried")?;
        let result = work(self).and_then(|value| Ok(self.settle().map(|()| value)?));
        let kept = result.is_ok() && self.poisoned.is_none();
        // what makes the transaction run again cannot be undone by a part of it
        self.poisoned = self.passing.clone();
        if kept {
            self.batch_later("RELEASE SAVEPOINT tried")?;
        } else {
            self.undo_part("ROLLBACK TO SAVEPOINT tried; RELEASE SAVEPOINT tried")?;
        }
        match result {
            Ok(_) if !kept => Err(StoreError::Poisoned.into()),
            Ok(value) => Ok(value),
            Err(error) => Err(error),
        }
    }

    /// How many rows the statement changed.
    pub(crate) fn exec(&mut self, statement: Stmt<'_>, args: &[Val]) -> Result<usize, StoreError> {
        self.guard(|link| link.exec(&statement, args))
    }

    /// Changes exactly one row, or else it is a conflict.
    pub(crate) fn exec_one(&mut self, statement: Stmt<'_>, args: &[Val]) -> Result<(), StoreError> {
        self.guard(|link| match link.exec(&statement, args)? {
            1 => Ok(()),
            _ => Err(StoreError::Conflict),
        })
    }

    /// Writes where nobody waits for the answer: on PostgreSQL it travels with the next statement. What is wrong with it is the error of
    /// a later one, or of [`Tx::settle`].
    pub(crate) fn exec_later(&mut self, statement: Stmt<'_>, args: Vec<Val>) -> Result<(), StoreError> {
        self.guard(|link| match link {
            Link::Sqlite(connection) => sqlite::exec(connection, &statement, &args).map(drop),
            Link::Postgres(session) => session.exec_later(&statement, args),
        })
    }

    /// Waits for the answers to all that was written later. Where something failed before, that is what is wrong.
    pub(crate) fn settle(&mut self) -> Result<(), StoreError> {
        if self.poisoned.is_some() {
            return Ok(());
        }
        self.guard(|link| match link {
            Link::Sqlite(_) => Ok(()),
            Link::Postgres(session) => session.settle(),
        })
    }

    /// Gives each row of an answer of any length to `each`.
    pub(crate) fn each(
        &mut self,
        statement: Stmt<'_>,
        args: &[Val],
        mut each: impl FnMut(&mut Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.guard(|link| link.each(&statement, args, &mut each))
    }

    /// All rows.
    pub(crate) fn query<T>(
        &mut self,
        statement: Stmt<'_>,
        args: &[Val],
        each: impl Fn(&mut Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut found = Vec::new();
        self.each(statement, args, |row| {
            found.push(each(row)?);
            Ok(())
        })?;
        Ok(found)
    }

    /// The first row, or nothing.
    pub(crate) fn opt<T>(
        &mut self,
        statement: Stmt<'_>,
        args: &[Val],
        each: impl Fn(&mut Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        Ok(self.query(statement, args, each)?.into_iter().next())
    }

    /// The first row, or else [`StoreError::NotFound`].
    pub(crate) fn one<T>(
        &mut self,
        statement: Stmt<'_>,
        args: &[Val],
        each: impl Fn(&mut Row<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        match self.opt(statement, args, each)? {
            Some(value) => Ok(value),
            None => self.fail(StoreError::NotFound),
        }
    }

    /// Fails the transaction for a reason that a repository found.
    pub(crate) fn fail<T>(&mut self, error: StoreError) -> Result<T, StoreError> {
        self.guard(|_| Err(error))
    }

    /// Runs a text of statements without parameters.
    pub(crate) fn batch(&mut self, text: &str) -> Result<(), StoreError> {
        self.guard(|link| match link {
            Link::Sqlite(connection) => Ok(connection.execute_batch(text)?),
            Link::Postgres(session) => session.batch(text),
        })
    }

    /// The same with the next statement, before it.
    fn batch_later(&mut self, text: &'static str) -> Result<(), StoreError> {
        self.guard(|link| match link {
            Link::Sqlite(connection) => Ok(connection.prepare_cached(text)?.execute([]).map(drop)?),
            Link::Postgres(session) => {
                session.batch_later(text);
                Ok(())
            }
        })
    }

    /// Runs a text that undoes a part of the transaction.
    pub(crate) fn undo_part(&mut self, text: &str) -> Result<(), StoreError> {
        self.guard(|link| match link {
            Link::Sqlite(connection) => Ok(connection.execute_batch(text)?),
            Link::Postgres(session) => session.undo_part(text),
        })
    }

    /// Whether a statement prepares.
    pub(crate) fn check(&mut self, statement: &Stmt<'_>) -> Result<(), StoreError> {
        self.guard(|link| match link {
            Link::Sqlite(connection) => sqlite::check(connection, statement),
            Link::Postgres(session) => session.check(statement),
        })
    }

    /// Puts rows into a table: `rows` is given a way to send one.
    pub(crate) fn fill(
        &mut self,
        table: &str,
        columns: &[String],
        rows: impl FnOnce(&mut dyn FnMut(&[Val]) -> Result<(), StoreError>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let names = columns.join(", ");
        self.guard(|link| match link {
            Link::Sqlite(connection) => {
                let places = (1..=columns.len()).map(|place| format!("?{place}")).collect::<Vec<_>>().join(", ");
                let mut insert = connection.prepare(&format!("INSERT INTO {table} ({names}) VALUES ({places})"))?;
                rows(&mut |row| sqlite::insert(&mut insert, row))
            }
            Link::Postgres(session) => {
                let mut copy: pg::Copy<'_> = session.copy_into(table, &names)?;
                rows(&mut |row| copy.send(row))?;
                copy.finish()
            }
        })
    }

    fn guard<T>(&mut self, work: impl FnOnce(&mut Link<'c>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        if self.poisoned.is_some() {
            return Err(StoreError::Poisoned);
        }
        work(&mut self.link).inspect_err(|error| {
            self.poisoned = Some(error.clone());
            if error.is_passing() {
                self.passing = Some(error.clone());
            }
        })
    }
}

impl Link<'_> {
    fn exec(&mut self, statement: &Stmt<'_>, args: &[Val]) -> Result<usize, StoreError> {
        match self {
            Self::Sqlite(connection) => sqlite::exec(connection, statement, args),
            Self::Postgres(session) => session.exec(statement, args),
        }
    }

    fn each(
        &mut self,
        statement: &Stmt<'_>,
        args: &[Val],
        each: &mut dyn FnMut(&mut Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(connection) => sqlite::each(connection, statement, args, each),
            Self::Postgres(session) => session.each(statement, args, each),
        }
    }
}
