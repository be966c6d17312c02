//! One connection and what is prepared on it.

use super::{
    address::Address,
    wire::{Line, Wire, in_order},
};
use crate::{
    StoreError,
    stmt::Stmt,
    value::{Row, Val},
};
use bytes::Bytes;
use futures_util::{TryStreamExt, future::join};
use std::{
    collections::HashMap,
    future::Future,
    mem,
    pin::{Pin, pin},
    time::Duration,
};
use tokio_postgres::{Client, Error, SimpleQueryMessage, Statement, binary_copy::BinaryCopyInWriter, types::ToSql};

/// The oldest server that can do all that is asked of it, as `server_version_num`.
const OLDEST: i64 = 130_000;

/// Whether answers of success wait for the disk is the server's setting; a session that was told not to wait is told otherwise.
/// Every statement goes by an index: a plan that was made while a table was small is kept when it has grown.
const SETTINGS: &str = "
    SET application_name = 'counterfoil';
    SET TIME ZONE 'UTC';
    SET default_transaction_isolation = 'read committed';
    SET enable_seqscan = off;
    SET idle_in_transaction_session_timeout = '15min';
    SELECT set_config('synchronous_commit', 'on', false)
     WHERE current_setting('synchronous_commit') IN ('off', 'local');";

/// Begins a transaction and waits for the turn to write, which ends with it. Each statement after that sees all that was committed
/// before it, and nobody else commits: so what was read is still so at the commit, as with SQLite's one writer. A process that
/// stopped in the middle loses its turn after half a minute, and nobody waits longer than that either.
const TURN: &str = "
    BEGIN;
    SET LOCAL lock_timeout = '30s';
    SET LOCAL idle_in_transaction_session_timeout = '30s';
    SELECT pg_advisory_xact_lock(hashtextextended('counterfoil:' || current_schema(), 0));
    SELECT pg_current_xact_id()::text";

/// The same for what may take long, such as a copy.
const LONG_TURN: &str = "
    BEGIN;
    SELECT pg_advisory_xact_lock(hashtextextended('counterfoil:' || current_schema(), 0))";

/// So many requests wait for another one to travel with at most.
const MOST_UNSENT: usize = 256;

/// A connection and the statements that it has prepared.
pub(crate) struct Session {
    wire: Wire,
    /// The server's number of it, once it was asked for.
    own: Option<i32>,
    statements: HashMap<String, Statement>,
    /// Requests whose answers nobody waits for: they travel with the next one, before it.
    unsent: Vec<Unsent>,
}

/// A request that waits to be sent.
enum Unsent {
    /// Statements without parameters.
    Text(&'static str),
    Statement(Statement, Vec<Val>),
}

impl Unsent {
    async fn send(self, client: &Client) -> Result<(), Error> {
        match self {
            Self::Text(text) => client.batch_execute(text).await,
            Self::Statement(statement, args) => client.execute_raw(&statement, args).await.map(drop),
        }
    }
}

/// Which transaction is begun.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Begin {
    /// One that writes, and is told apart by its number.
    Write,
    /// One that reads a snapshot.
    Read,
    /// One that changes the schema or fills it.
    Locked,
}

impl Session {
    pub(crate) fn connect(address: &Address) -> Result<Self, StoreError> {
        let mut wire = address.connect()?;
        wire.line.wait(wire.client.batch_execute(SETTINGS))?;
        let mut session = Self { wire, own: None, statements: HashMap::new(), unsent: Vec::new() };
        let version = session.last_text("SELECT current_setting('server_version_num')")?;
        match version.parse::<i64>() {
            Ok(number) if number >= OLDEST => Ok(session),
            Ok(_) | Err(_) => Err(StoreError::TooOld(version)),
        }
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.wire.client.is_closed()
    }

    /// Begins a transaction; for one that writes, its number, by which the server can say later whether it was kept.
    pub(crate) fn begin(&mut self, begin: Begin) -> Result<Option<String>, StoreError> {
        self.unsent.clear();
        match begin {
            // one message, so that the number costs no time
            Begin::Write => self.last_text(TURN).map(Some),
            Begin::Read => self.batch("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").map(|()| None),
            Begin::Locked => self.batch(LONG_TURN).map(|()| None),
        }
    }

    /// The first column of the last row of a text without parameters.
    pub(crate) fn last_text(&mut self, text: &str) -> Result<String, StoreError> {
        let told = self.ask(|client| client.simple_query(text))?;
        let found = told.iter().rev().find_map(|message| {
            if let SimpleQueryMessage::Row(row) = message { row.get(0).map(str::to_owned) } else { None }
        });
        found.ok_or_else(|| StoreError::Other(format!("no answer to {text}")))
    }

    /// Runs a text of statements without parameters.
    pub(crate) fn batch(&mut self, text: &str) -> Result<(), StoreError> {
        self.ask(|client| client.batch_execute(text))
    }

    /// Runs a text of statements without parameters with the next request, before it.
    pub(crate) fn batch_later(&mut self, text: &'static str) {
        self.unsent.push(Unsent::Text(text));
    }

    /// Runs a text that undoes a part of the transaction, whatever was wrong with that part.
    pub(crate) fn undo_part(&mut self, text: &str) -> Result<(), StoreError> {
        // what was not sent may be older than the part; then it is missed by the text, which fails
        drop(self.settle());
        self.batch(text)
    }

    /// Undoes the whole transaction.
    pub(crate) fn undo(&mut self) -> Result<(), StoreError> {
        self.unsent.clear();
        self.batch("ROLLBACK")
    }

    /// Sends what was not sent yet, and waits for what comes of it.
    pub(crate) fn settle(&mut self) -> Result<(), StoreError> {
        if self.unsent.is_empty() { Ok(()) } else { self.ask(|_| std::future::ready(Ok(()))) }
    }

    /// Asks, after all that was not sent yet; the first error of either.
    fn ask<'s, T, F: Future<Output = Result<T, Error>> + 's>(
        &'s mut self,
        ask: impl FnOnce(&'s Client) -> F,
    ) -> Result<T, StoreError> {
        let unsent = mem::take(&mut self.unsent);
        let Wire { client, line } = &mut self.wire;
        let client: &Client = client;
        if unsent.is_empty() {
            return Ok(line.wait(ask(client))?);
        }
        let before = in_order(unsent.into_iter().map(|one| one.send(client)).collect());
        let both = join(before, ask(client));
        Ok(line.wait(async {
            let (before, answer) = both.await;
            before.and(answer)
        })?)
    }

    fn statement(&mut self, text: &str) -> Result<Statement, StoreError> {
        if let Some(known) = self.statements.get(text) {
            return Ok(known.clone());
        }
        let statement = self.wire.line.wait(self.wire.client.prepare(text))?;
        self.statements.insert(text.to_owned(), statement.clone());
        Ok(statement)
    }

    /// Whether a statement prepares.
    pub(crate) fn check(&mut self, statement: &Stmt<'_>) -> Result<(), StoreError> {
        let prepared = self.wire.line.wait(self.wire.client.prepare(statement.text));
        prepared
            .map(drop)
            .map_err(|why| StoreError::Other(format!("{}: {}", statement.name, super::failure::words(&why))))
    }

    /// How many rows a statement changed.
    pub(crate) fn exec(&mut self, statement: &Stmt<'_>, args: &[Val]) -> Result<usize, StoreError> {
        let prepared = self.statement(statement.text)?;
        let changed = self.ask(|client| client.execute_raw(&prepared, args.iter()))?;
        usize::try_from(changed).map_err(|why| StoreError::Other(why.to_string()))
    }

    /// Runs a statement with the next request, before it: what is wrong with it is answered then.
    pub(crate) fn exec_later(&mut self, statement: &Stmt<'_>, args: Vec<Val>) -> Result<(), StoreError> {
        let prepared = self.statement(statement.text)?;
        self.unsent.push(Unsent::Statement(prepared, args));
        if self.unsent.len() < MOST_UNSENT { Ok(()) } else { self.settle() }
    }

    /// Gives each row of an answer of any length to `each`.
    pub(crate) fn each(
        &mut self,
        statement: &Stmt<'_>,
        args: &[Val],
        each: &mut dyn FnMut(&mut Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let prepared = self.statement(statement.text)?;
        let mut rows = pin!(self.ask(|client| client.query_raw(&prepared, args.iter()))?);
        while let Some(row) = self.wire.line.wait(rows.try_next())? {
            let values = (0..row.len()).map(|column| row.try_get(column)).collect::<Result<_, _>>()?;
            each(&mut Row { statement: statement.name, values })?;
        }
        Ok(())
    }

    /// The server's number of this connection.
    fn own_number(&mut self) -> Result<i32, StoreError> {
        if let Some(own) = self.own {
            return Ok(own);
        }
        let text = self.last_text("SELECT pg_backend_pid()")?;
        let own = text.parse().map_err(|why| StoreError::Other(format!("the number of a connection: {why}")))?;
        self.own = Some(own);
        Ok(own)
    }

    /// Texts that other connections notified this one of, as soon as there is one; none when none comes for so long.
    pub(crate) fn notices(&mut self, patience: Duration) -> Result<Vec<String>, StoreError> {
        let own = self.own_number()?;
        let told = self.wire.line.told(patience)?;
        Ok(told.iter().filter(|told| told.process_id() != own).map(|told| told.payload().to_owned()).collect())
    }

    /// Begins to send rows of a table. The types are the server's.
    pub(crate) fn copy_into(&mut self, table: &str, columns: &str) -> Result<Copy<'_>, StoreError> {
        let types = self.statement(&format!("SELECT {columns} FROM {table}"))?;
        let types: Vec<_> = types.columns().iter().map(|column| column.type_().clone()).collect();
        let text = format!("COPY {table} ({columns}) FROM STDIN BINARY");
        let sink = self.ask(|client| client.copy_in::<_, Bytes>(&text))?;
        Ok(Copy { line: &mut self.wire.line, rows: Box::pin(BinaryCopyInWriter::new(sink, &types)) })
    }
}

/// Rows on their way into a table.
pub(crate) struct Copy<'a> {
    line: &'a mut Line,
    rows: Pin<Box<BinaryCopyInWriter>>,
}

impl Copy<'_> {
    pub(crate) fn send(&mut self, row: &[Val]) -> Result<(), StoreError> {
        let row: Vec<&(dyn ToSql + Sync)> = row.iter().map(|value| value as &(dyn ToSql + Sync)).collect();
        Ok(self.line.wait(self.rows.as_mut().write(&row))?)
    }

    pub(crate) fn finish(mut self) -> Result<(), StoreError> {
        self.line.wait(self.rows.as_mut().finish())?;
        Ok(())
    }
}
