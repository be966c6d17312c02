//! Everything that only SQLite knows: how a connection is set up, how the shared text becomes its text, what its errors mean.

use crate::{
    StoreError, Tx,
    group::Link,
    stmt::Stmt,
    value::{Row, Val},
};
use rusqlite::{Connection, OpenFlags, ffi, types::ValueRef};
use std::{path::Path, time::Duration};

/// How long to wait for another process that holds the database.
const BUSY: Duration = Duration::from_secs(5);
/// Prepared statements kept per connection: more than the program has.
const CACHED_STATEMENTS: usize = 256;

/// The connection that writes.
pub(crate) fn writer(path: &Path) -> Result<Connection, StoreError> {
    let connection = Connection::open(path)?;
    set_up(&connection)?;
    let mode: String = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    if mode != "wal" {
        return Err(StoreError::Other(format!(
            "{}: the file system does not allow a write-ahead log ({mode})",
            path.display()
        )));
    }
    Ok(connection)
}

/// A connection that only reads: it sees a snapshot and never waits for the writer.
pub(crate) fn reader(path: &Path) -> Result<Connection, StoreError> {
    let connection =
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    set_up(&connection)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

/// A connection that copies the database: no statement of it runs in a transaction.
pub(crate) fn copier(path: &Path) -> Result<Connection, StoreError> {
    let connection =
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    set_up(&connection)?;
    Ok(connection)
}

/// A database that lives in memory, for tests and scenarios.
pub(crate) fn memory() -> Result<Connection, StoreError> {
    let connection = Connection::open_in_memory()?;
    set_up(&connection)?;
    Ok(connection)
}

fn set_up(connection: &Connection) -> Result<(), StoreError> {
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(CACHED_STATEMENTS);
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    Ok(())
}

/// The writer's connection.
impl Link for Connection {
    fn begin(&mut self) -> Result<(), StoreError> {
        run(self, "BEGIN IMMEDIATE")
    }
    fn save(&mut self) -> Result<(), StoreError> {
        run(self, "SAVEPOINT member")
    }
    fn keep(&mut self) -> Result<(), StoreError> {
        run(self, "RELEASE member")
    }
    fn drop_part(&mut self) -> Result<(), StoreError> {
        run(self, "ROLLBACK TO member").and_then(|()| self.keep())
    }
    fn tx(&mut self) -> Tx<'_> {
        Tx::sqlite(self)
    }
    /// A full disk makes SQLite undo the whole transaction, and with it what other members wrote.
    fn is_open(&self) -> bool {
        !self.is_autocommit()
    }
    fn commit(&mut self) -> Result<(), StoreError> {
        run(self, "COMMIT")
    }
    fn undo(&mut self) {
        if self.is_open() {
            // where this fails, the next transaction cannot begin, and says so
            let _ = run(self, "ROLLBACK");
        }
    }
}

fn run(connection: &Connection, text: &str) -> Result<(), StoreError> {
    connection.prepare_cached(text)?.execute([])?;
    Ok(())
}

/// The shared text in SQLite's words. `$n` becomes `?n`, because `$n` is a *named* parameter there and is numbered by first
/// appearance; row locks go, because there is one writer; the items of a list have another name.
pub(crate) fn dialect(text: &str) -> String {
    text.replace('$', "?")
        .replace(" FOR UPDATE SKIP LOCKED", "")
        .replace(" FOR UPDATE", "")
        .replace("= ANY (ARRAY(SELECT json_array_elements_text(", "IN (SELECT value FROM (SELECT value FROM json_each(")
}

/// Whether a statement prepares, and uses its parameters without a gap.
pub(crate) fn check(connection: &Connection, statement: &Stmt<'_>) -> Result<(), StoreError> {
    let named = |why: String| StoreError::Other(format!("{}: {why}", statement.name));
    let prepared = connection.prepare(&dialect(statement.text)).map_err(|why| named(why.to_string()))?;
    let gap = (1..=prepared.parameter_count()).find(|number| !statement.text.contains(&format!("${number}")));
    gap.map_or(Ok(()), |number| Err(named(format!("parameter ${number} is not used"))))
}

/// Runs a statement that answers no rows; how many rows it changed.
pub(crate) fn exec(connection: &Connection, statement: &Stmt<'_>, args: &[Val]) -> Result<usize, StoreError> {
    let mut prepared = connection.prepare_cached(&dialect(statement.text))?;
    Ok(prepared.execute(rusqlite::params_from_iter(args.iter().map(bind)))?)
}

/// Runs a statement and gives each row to `each`.
pub(crate) fn each(
    connection: &Connection,
    statement: &Stmt<'_>,
    args: &[Val],
    each: &mut dyn FnMut(&mut Row<'_>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut prepared = connection.prepare_cached(&dialect(statement.text))?;
    let columns = prepared.column_count();
    let mut rows = prepared.query(rusqlite::params_from_iter(args.iter().map(bind)))?;
    while let Some(row) = rows.next()? {
        let values =
            (0..columns).map(|column| read(statement, row.get_ref(column)?)).collect::<Result<_, StoreError>>()?;
        each(&mut Row { statement: statement.name, values })?;
    }
    Ok(())
}

/// Runs an insertion.
pub(crate) fn insert(prepared: &mut rusqlite::Statement<'_>, row: &[Val]) -> Result<(), StoreError> {
    prepared.execute(rusqlite::params_from_iter(row.iter().map(bind)))?;
    Ok(())
}

fn bind(value: &Val) -> rusqlite::types::ToSqlOutput<'_> {
    rusqlite::types::ToSqlOutput::Borrowed(match value {
        Val::Null => ValueRef::Null,
        Val::I64(number) => ValueRef::Integer(*number),
        Val::Text(text) => ValueRef::Text(text.as_bytes()),
        Val::Bytes(bytes) => ValueRef::Blob(bytes),
    })
}

fn read(statement: &Stmt<'_>, value: ValueRef<'_>) -> Result<Val, StoreError> {
    let wrong = |why: String| StoreError::Decode { what: statement.name.into(), why };
    Ok(match value {
        ValueRef::Null => Val::Null,
        ValueRef::Integer(number) => Val::I64(number),
        ValueRef::Real(_) => return Err(wrong("SQLite made a floating point number of it".into())),
        ValueRef::Text(bytes) => Val::Text(std::str::from_utf8(bytes).map_err(|why| wrong(why.to_string()))?.into()),
        ValueRef::Blob(bytes) => Val::Bytes(bytes.into()),
    })
}

impl From<rusqlite::Error> for StoreError {
    /// The one place where SQLite's errors are given their meaning.
    fn from(error: rusqlite::Error) -> Self {
        let text = error.to_string();
        let Some(code) = error.sqlite_extended_error_code() else { return Self::Other(text) };
        match code {
            ffi::SQLITE_CONSTRAINT_UNIQUE => Self::Unique(constraint_name(&text, "_key")),
            ffi::SQLITE_CONSTRAINT_PRIMARYKEY => Self::Unique(constraint_name(&text, "_pkey")),
            ffi::SQLITE_CONSTRAINT_FOREIGNKEY => Self::ForeignKey,
            ffi::SQLITE_CONSTRAINT_CHECK | ffi::SQLITE_CONSTRAINT_TRIGGER => Self::Check(after_colon(&text).into()),
            ffi::SQLITE_CONSTRAINT_NOTNULL => Self::Check(format!("not null: {}", after_colon(&text))),
            _ => Self::Other(text),
        }
    }
}

fn after_colon(text: &str) -> &str {
    text.rsplit_once(": ").map_or(text, |(_, name)| name)
}

/// PostgreSQL's name of a constraint out of SQLite's `UNIQUE constraint failed: entry.tenant, entry.seq`.
fn constraint_name(text: &str, ending: &str) -> String {
    let columns: Vec<(&str, &str)> =
        after_colon(text).split(", ").filter_map(|column| column.split_once('.')).collect();
    let table = columns.first().map_or("", |(table, _)| *table);
    if ending == "_pkey" {
        return format!("{table}{ending}");
    }
    let names: Vec<&str> = columns.iter().map(|(_, name)| *name).collect();
    format!("{table}_{}{ending}", names.join("_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_bound_by_their_number_and_not_by_their_order() {
        let connection = memory().unwrap();
        let swapped = Stmt { name: "swapped", text: "SELECT $2, $1 FOR UPDATE" };
        let args = [Val::I64(1), Val::I64(2)];
        let mut rows = Vec::new();
        let mut take = |row: &mut Row<'_>| {
            rows.push((row.int(0)?, row.int(1)?));
            Ok(())
        };
        each(&connection, &swapped, &args, &mut take).unwrap();
        assert_eq!(rows, [(2, 1)]);
    }

    #[test]
    fn a_statement_with_a_typing_error_or_a_gap_is_named() {
        let connection = memory().unwrap();
        let error = check(&connection, &Stmt { name: "typo", text: "SELEC 1" }).unwrap_err();
        assert!(error.to_string().starts_with("typo: "), "{error}");
        let error = check(&connection, &Stmt { name: "gap", text: "SELECT $1, $3" }).unwrap_err();
        assert_eq!(error.to_string(), "gap: parameter $2 is not used");
    }

    #[test]
    fn a_floating_point_number_is_never_read() {
        let connection = memory().unwrap();
        let real = Stmt { name: "real", text: "SELECT 9223372036854775807 + 1" };
        let looked = each(&connection, &real, &[], &mut |row| row.int(0).map(drop));
        assert!(matches!(looked, Err(StoreError::Decode { .. })));
    }

    #[test]
    fn violations_have_the_same_names_as_on_postgresql() {
        let connection = memory().unwrap();
        let schema = "CREATE TABLE t (a TEXT, b INTEGER, c INTEGER, PRIMARY KEY (a, b), UNIQUE (a, c), CONSTRAINT t_c CHECK (c > 0)) STRICT;
                      INSERT INTO t VALUES ('x', 1, 1)";
        connection.execute_batch(schema).unwrap();
        let insert = |values: &str| {
            StoreError::from(connection.execute(&format!("INSERT INTO t VALUES {values}"), []).unwrap_err())
        };
        assert_eq!(insert("('x', 1, 2)"), StoreError::Unique("t_pkey".into()));
        assert_eq!(insert("('x', 2, 1)"), StoreError::Unique("t_a_c_key".into()));
        assert_eq!(insert("('x', 2, 0)"), StoreError::Check("t_c".into()));
    }
}
