//! The schema and its history: forward only, each step once and in one transaction.
//!
//! A migration is a text in words that both engines share, with column types in braces, and a text of its own for each engine
//! (triggers). Applied texts are kept in the table `migration` and compared at every start, so that a step that was edited
//! after it ran is refused instead of being believed.

use crate::StoreError;
use rusqlite::{Connection, TransactionBehavior};

struct Migration {
    shared: &'static str,
    sqlite: &'static str,
}

/// In order; the first is number 1. Never edit one that was released: add the next.
const MIGRATIONS: &[Migration] = &[Migration {
    shared: include_str!("../migrations/0001_books.sql"),
    sqlite: include_str!("../migrations/0001_books.sqlite.sql"),
}];

/// The shared text in SQLite's words.
fn sqlite_text(migration: &Migration) -> String {
    let words = [("{i64}", "INTEGER"), ("{json}", "TEXT"), ("{bytes}", "BLOB"), ("{strict}", " STRICT")];
    let shared = words.iter().fold(migration.shared.to_owned(), |text, (word, here)| text.replace(word, here));
    format!("{shared}\n{}", migration.sqlite)
}

/// Brings the database to the newest version.
pub(crate) fn run(connection: &mut Connection) -> Result<(), StoreError> {
    connection.execute_batch(
        "CREATE TABLE IF NOT EXISTS migration (version INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT",
    )?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let applied: Vec<(i64, String)> = transaction
        .prepare("SELECT version, text FROM migration ORDER BY version")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    let mut applied = applied.into_iter();
    for (version, migration) in (1..).zip(MIGRATIONS) {
        let text = sqlite_text(migration);
        match applied.next() {
            Some((number, found)) if number == version && found == text => {}
            Some(_) => {
                let why = "this database was made from another text of this step".into();
                return Err(StoreError::Migration { version, why });
            }
            None => {
                transaction.execute_batch(&text)?;
                transaction.execute("INSERT INTO migration (version, text) VALUES (?1, ?2)", (version, &text))?;
            }
        }
    }
    if let Some((version, _)) = applied.next() {
        return Err(StoreError::Migration { version, why: "this database was made by a newer program".into() });
    }
    transaction.commit()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn migrated() -> Connection {
        let mut connection = Connection::open_in_memory().unwrap();
        run(&mut connection).unwrap();
        connection
    }

    #[test]
    fn running_again_changes_nothing() {
        let mut connection = migrated();
        run(&mut connection).unwrap();
        let count: i64 = connection.query_row("SELECT count(*) FROM migration", [], |row| row.get(0)).unwrap();
        assert_eq!(usize::try_from(count), Ok(MIGRATIONS.len()));
    }

    #[test]
    fn a_newer_or_edited_schema_is_refused() {
        let mut connection = migrated();
        connection.execute("INSERT INTO migration (version, text) VALUES (99, 'later')", []).unwrap();
        assert!(matches!(run(&mut connection), Err(StoreError::Migration { version: 99, .. })));
        let mut connection = migrated();
        connection.execute("UPDATE migration SET text = text || ' '", []).unwrap();
        assert!(matches!(run(&mut connection), Err(StoreError::Migration { version: 1, .. })));
    }

    #[test]
    fn every_table_has_a_tenant_and_its_keys_begin_with_it() {
        let connection = migrated();
        let tables: Vec<String> = connection
            .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
            .unwrap()
            .query_map([], |row| row.get(0))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        assert!(tables.len() >= 8);
        for table in tables.iter().filter(|table| *table != "migration") {
            let tenant: i64 = connection
                .query_row(
                    "SELECT count(*) FROM pragma_table_info(?1) WHERE name = 'tenant' AND type = 'TEXT' AND \"notnull\" = 1 AND pk = 1",
                    [table],
                    |row| row.get(0),
                )
                .unwrap();
            assert_eq!(tenant, 1, "{table} has no tenant at the head of its primary key");
            let elsewhere: i64 = connection
                .query_row(
                    "SELECT count(*) FROM pragma_index_list(?1) AS list JOIN pragma_index_info(list.name) AS info
                     WHERE info.seqno = 0 AND info.name <> 'tenant'",
                    [table],
                    |row| row.get(0),
                )
                .unwrap();
            assert_eq!(elsewhere, 0, "{table} has an index that does not begin with the tenant");
        }
    }
}
