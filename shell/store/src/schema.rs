//! Which tables there are, read from the schema itself, so that a table that a migration adds is forgotten nowhere.

use crate::{Store, StoreError, Tx, stmt::Stmt, value::Val};

/// A table that holds rows of tenants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Table {
    pub(crate) name: String,
    pub(crate) columns: Vec<String>,
    /// Its primary key, in order.
    pub(crate) key: Vec<String>,
    refers_to: Vec<String>,
    /// Whether its references are checked at the commit, because its rows are written before those that they refer to.
    is_written_first: bool,
}

const TABLES: Stmt<'static> = Stmt {
    name: "schema::TABLES",
    text: "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'migration' ORDER BY name",
};
const COLUMNS: Stmt<'static> =
    Stmt { name: "schema::COLUMNS", text: "SELECT name, pk FROM pragma_table_info($1) ORDER BY cid" };
const REFERENCES: Stmt<'static> =
    Stmt { name: "schema::REFERENCES", text: "SELECT DISTINCT \"table\" FROM pragma_foreign_key_list($1)" };

/// All tables of the newest schema, in an order in which they can be filled. Both engines have the same, because they are made
/// by the same migrations.
pub(crate) fn tables() -> Result<Vec<Table>, StoreError> {
    let found = Store::memory()?.read(|tx| {
        let named = tx.query(TABLES, &[], |row| Ok((row.text(0)?, row.text(1)?)))?;
        named.into_iter().map(|(name, sql)| table(tx, name, &sql)).collect::<Result<Vec<_>, StoreError>>()
    })?;
    in_order(found)
}

fn table(tx: &mut Tx<'_>, name: String, sql: &str) -> Result<Table, StoreError> {
    let argument = [Val::from(&name)];
    let columns = tx.query(COLUMNS, &argument, |row| Ok((row.text(0)?, row.int(1)?)))?;
    let refers_to = tx.query(REFERENCES, &argument, |row| row.text(0))?;
    let mut key: Vec<(i64, String)> =
        columns.iter().filter(|(_, place)| *place > 0).map(|(name, place)| (*place, name.clone())).collect();
    key.sort_unstable();
    Ok(Table {
        name,
        columns: columns.into_iter().map(|(name, _)| name).collect(),
        key: key.into_iter().map(|(_, name)| name).collect(),
        refers_to,
        is_written_first: sql.contains("DEFERRABLE INITIALLY DEFERRED"),
    })
}

fn in_order(mut left: Vec<Table>) -> Result<Vec<Table>, StoreError> {
    let mut order = Vec::new();
    while !left.is_empty() {
        let is_before = |a: &Table, b: &Table| {
            (a.is_written_first && a.refers_to.contains(&b.name))
                || (!b.is_written_first && b.refers_to.contains(&a.name))
        };
        let next = left.iter().position(|table| !left.iter().any(|other| other != table && is_before(other, table)));
        let next = next.ok_or_else(|| StoreError::Other("the tables refer to each other in a circle".into()))?;
        order.push(left.remove(next));
    }
    Ok(order)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{migrate::Dialect, testing::every_store};
    use std::collections::BTreeSet;

    fn names(store: &Store, sqlite: &'static str, postgres: &'static str) -> BTreeSet<String> {
        let text = if store.dialect() == Dialect::Sqlite { sqlite } else { postgres };
        let found = store.read(|tx| tx.query(Stmt { name: "names", text }, &[], |row| row.text(0))).unwrap();
        found.into_iter().collect()
    }

    #[test]
    fn every_database_has_these_tables_with_these_columns() {
        let known: BTreeSet<String> = tables()
            .unwrap()
            .iter()
            .flat_map(|table| table.columns.iter().map(|column| format!("{}.{column}", table.name)))
            .collect();
        assert!(known.len() > 60);
        every_store(|store| {
            let found = names(
                store,
                "SELECT t.name || '.' || c.name FROM sqlite_schema t JOIN pragma_table_info(t.name) c
                 WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name <> 'migration'",
                "SELECT c.relname || '.' || a.attname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
                 WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace AND a.attnum > 0 AND c.relname <> 'migration'",
            );
            assert_eq!(found, known);
        });
    }

    #[test]
    fn every_key_and_index_begins_with_the_tenant() {
        assert!(tables().unwrap().iter().all(|table| table.key[0] == "tenant"));
        every_store(|store| {
            let elsewhere = names(
                store,
                "SELECT t.name FROM sqlite_schema t JOIN pragma_index_list(t.name) i JOIN pragma_index_info(i.name) c
                 WHERE t.type = 'table' AND t.name <> 'migration' AND c.seqno = 0 AND c.name <> 'tenant'",
                "SELECT i.indexrelid::regclass::text FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indrelid
                 JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
                 WHERE c.relnamespace = current_schema()::regnamespace AND c.relname <> 'migration' AND a.attname <> 'tenant'",
            );
            assert!(elsewhere.is_empty(), "{elsewhere:?}");
        });
    }

    #[test]
    fn constraints_have_the_same_names_on_postgresql() {
        let sqlite = Store::memory().unwrap();
        let text = "SELECT sql FROM sqlite_schema WHERE type = 'table'";
        let made = sqlite.read(|tx| tx.query(Stmt { name: "made", text }, &[], |row| row.text(0))).unwrap().join(" ");
        let named: BTreeSet<String> = made
            .split("CONSTRAINT ")
            .skip(1)
            .filter_map(|rest| rest.split_whitespace().next().map(str::to_owned))
            .collect();
        every_store(|store| {
            let found = names(
                store,
                "SELECT 'SQLite reports the names that are given'",
                "SELECT conname::text FROM pg_catalog.pg_constraint WHERE contype = 'c' AND connamespace = current_schema()::regnamespace",
            );
            assert!(store.dialect() == Dialect::Sqlite || found == named, "{found:?}");
        });
    }

    #[test]
    fn postings_are_filled_before_the_entries_that_close_them() {
        let order: Vec<String> = tables().unwrap().into_iter().map(|table| table.name).collect();
        let place = |name: &str| order.iter().position(|table| table == name).unwrap();
        assert!(place("posting") < place("entry"));
    }
}
