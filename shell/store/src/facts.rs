//! Facts: what was offered, agreed, observed. A correction is a new fact; nothing is ever changed or removed.

use crate::{
    StoreError, Tx,
    lists::{self, Field, List, Placed, Select},
    stmt::{hundred, in_hundreds, sql},
    value::{Row, Val, args, kept_args, to_json},
};
use serde::{Serialize, de::DeserializeOwned};
use stdx::Key;

/// The two times of a fact, as microseconds since 1970 in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// When it is true.
    pub effective_at: i64,
    /// When it became known.
    pub recorded_at: i64,
}

/// A stored fact: the `version`-th about `key` of its kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact<T> {
    /// What it is about.
    pub key: String,
    /// 1 for the first fact about the key, then one more for each.
    pub version: i64,
    /// When it is true and when it became known.
    pub times: Times,
    /// The fact itself.
    pub body: T,
}

sql! {
    APPEND = "INSERT INTO fact (tenant, kind, key, version, effective_at, recorded_at, body) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    APPEND_NEXT = "INSERT INTO fact (tenant, kind, key, version, effective_at, recorded_at, body)
                   VALUES ($1, $2, $3, (SELECT COALESCE(MAX(version), 0) + 1 FROM fact WHERE tenant = $1 AND kind = $2 AND key = $3), $4, $5, $6)
                   RETURNING version";
    LAST_VERSION = "SELECT version FROM fact WHERE tenant = $1 AND kind = $2 AND key = $3 ORDER BY version DESC LIMIT 1";
    GET = "SELECT key, version, effective_at, recorded_at, body FROM fact WHERE tenant = $1 AND kind = $2 AND key = $3 AND version = $4";
    LATEST = "SELECT key, version, effective_at, recorded_at, body FROM fact WHERE tenant = $1 AND kind = $2 AND key = $3 ORDER BY version DESC LIMIT 1";
    NAMED = concat!("SELECT key, version, effective_at, recorded_at, body FROM fact WHERE tenant = $1 AND kind = $2 AND key IN (", hundred!(), ")
             AND version = (SELECT MAX(f.version) FROM fact f WHERE f.tenant = fact.tenant AND f.kind = fact.kind AND f.key = fact.key)");
    HISTORY = "SELECT key, version, effective_at, recorded_at, body FROM fact WHERE tenant = $1 AND kind = $2 AND key = $3 AND recorded_at <= $4 ORDER BY version";
    COUNT = "SELECT count(*) FROM fact WHERE tenant = $1 AND kind = $2 AND version = 1";
    CURRENT = "SELECT key, version, effective_at, recorded_at, body FROM fact WHERE tenant = $1 AND kind = $2 AND key > $3
               AND version = (SELECT MAX(f.version) FROM fact f WHERE f.tenant = fact.tenant AND f.kind = fact.kind AND f.key = fact.key)
               ORDER BY key LIMIT $4";
    NEWEST = "SELECT key, version, effective_at, recorded_at, body FROM fact WHERE tenant = $1 AND kind = $2 ORDER BY key DESC, version DESC LIMIT $3";
}

const COLUMNS: &[&str] = &["key", "version", "effective_at", "recorded_at", "body"];

/// The last fact about each key of a kind.
pub(crate) const LIST: List = List {
    name: "facts",
    table: "fact",
    columns: COLUMNS,
    only: "version = (SELECT MAX(f.version) FROM fact f WHERE f.tenant = fact.tenant AND f.kind = fact.kind AND f.key = fact.key)",
    fields: &[(Field::Kind, "kind"), (Field::Id, "key")],
    numbers: &[],
};

/// The audit log, which has an index of its own.
pub(crate) const AUDIT: List = List {
    name: "audit",
    table: "fact",
    columns: COLUMNS,
    only: "kind = 'audit'",
    fields: &[(Field::Time, "recorded_at"), (Field::Id, "key")],
    numbers: &[Field::Time],
};

/// A part of the list of the last facts of a kind.
pub fn listed<T: DeserializeOwned>(
    tx: &mut Tx<'_>,
    tenant: &Key,
    kind: &str,
    select: &Select,
) -> Result<Vec<Placed<Fact<T>>>, StoreError> {
    lists::page(tx, tenant, &LIST, &select.clone().is(Field::Kind, Some(kind)), read)
}

/// A part of the audit log: of the facts of the kind `audit`, of which each key has one.
pub fn audited<T: DeserializeOwned>(
    tx: &mut Tx<'_>,
    tenant: &Key,
    select: &Select,
) -> Result<Vec<Placed<Fact<T>>>, StoreError> {
    lists::page(tx, tenant, &AUDIT, select, read)
}

/// Appends a fact about `key` and answers its version.
///
/// # Errors
/// Only those of the disk; two writers cannot meet, because a transaction has the database to itself.
pub fn append<T: Serialize>(
    tx: &mut Tx<'_>,
    tenant: &Key,
    kind: &str,
    key: &str,
    times: Times,
    body: &T,
) -> Result<i64, StoreError> {
    let body = to_json(body)?;
    tx.one(APPEND_NEXT, args![tenant, kind, key, times.effective_at, times.recorded_at, body], |row| row.int(0))
}

/// Adds the first and only fact about a new id. Nothing is read, so that two writers do not get in each other's way.
///
/// # Errors
/// [`StoreError::Unique`] when there is one about it already.
pub fn add<T: Serialize>(
    tx: &mut Tx<'_>,
    tenant: &Key,
    kind: &str,
    id: &str,
    times: Times,
    body: &T,
) -> Result<(), StoreError> {
    let body = to_json(body)?;
    tx.exec_one(APPEND, args![tenant, kind, id, 1_i64, times.effective_at, times.recorded_at, body])
}

/// The same of an id that nobody else can have. Nobody waits for it: what is wrong with it is the error of a later statement of the
/// transaction, or of its end.
///
/// # Errors
/// Those of the connection.
pub fn add_later<T: Serialize>(
    tx: &mut Tx<'_>,
    tenant: &Key,
    kind: &str,
    id: &str,
    times: Times,
    body: &T,
) -> Result<(), StoreError> {
    let body = to_json(body)?;
    tx.exec_later(APPEND, kept_args![tenant, kind, id, 1_i64, times.effective_at, times.recorded_at, body])
}

/// One version of a fact.
pub fn get<T: DeserializeOwned>(
    tx: &mut Tx<'_>,
    tenant: &Key,
    kind: &str,
    key: &str,
    version: i64,
) -> Result<Option<Fact<T>>, StoreError> {
    tx.opt(GET, args![tenant, kind, key, version], read)
}

/// The version of the last fact about a key.
pub fn version(tx: &mut Tx<'_>, tenant: &Key, kind: &str, key: &str) -> Result<Option<i64>, StoreError> {
    tx.opt(LAST_VERSION, args![tenant, kind, key], |row| row.int(0))
}

/// About how many keys of a kind there are facts.
pub fn count(tx: &mut Tx<'_>, tenant: &Key, kind: &str) -> Result<i64, StoreError> {
    tx.one(COUNT, args![tenant, kind], |row| row.int(0))
}

/// The last fact about a key.
pub fn latest<T: DeserializeOwned>(
    tx: &mut Tx<'_>,
    tenant: &Key,
    kind: &str,
    key: &str,
) -> Result<Option<Fact<T>>, StoreError> {
    tx.opt(LATEST, args![tenant, kind, key], read)
}

/// The last fact about each of these keys, as far as there are any: one statement for a hundred.
pub fn named<T: DeserializeOwned>(
    tx: &mut Tx<'_>,
    tenant: &Key,
    kind: &str,
    keys: &[&str],
) -> Result<Vec<Fact<T>>, StoreError> {
    let mut found = Vec::new();
    for keys in in_hundreds(keys) {
        let args: Vec<Val> = args![tenant, kind].iter().cloned().chain(keys.map(Val::from)).collect();
        found.extend(tx.query(NAMED, &args, read)?);
    }
    Ok(found)
}

/// Every fact about a key that was known at `known_at` (`i64::MAX`: all), in the order in which they were appended.
pub fn history<T: DeserializeOwned>(
    tx: &mut Tx<'_>,
    tenant: &Key,
    kind: &str,
    key: &str,
    known_at: i64,
) -> Result<Vec<Fact<T>>, StoreError> {
    tx.query(HISTORY, args![tenant, kind, key, known_at], read)
}

/// The last fact about each key after `after` (`""`: from the beginning), by key, at most `limit`.
pub fn current<T: DeserializeOwned>(
    tx: &mut Tx<'_>,
    tenant: &Key,
    kind: &str,
    after: &str,
    limit: u32,
) -> Result<Vec<Fact<T>>, StoreError> {
    tx.query(CURRENT, args![tenant, kind, after, i64::from(limit)], read)
}

/// At most `limit` facts of a kind from the greatest key down: of those whose keys are ids, the newest.
pub fn newest<T: DeserializeOwned>(
    tx: &mut Tx<'_>,
    tenant: &Key,
    kind: &str,
    limit: u32,
) -> Result<Vec<Fact<T>>, StoreError> {
    tx.query(NEWEST, args![tenant, kind, i64::from(limit)], read)
}

fn read<T: DeserializeOwned>(row: &mut Row<'_>) -> Result<Fact<T>, StoreError> {
    let times = Times { effective_at: row.int(2)?, recorded_at: row.int(3)? };
    Ok(Fact { key: row.text(0)?, version: row.int(1)?, times, body: row.json(4)? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{testing::every_store, value::Val};

    fn at(time: i64) -> Times {
        Times { effective_at: time * 10, recorded_at: time }
    }

    #[test]
    fn versions_count_up_and_the_history_knows_what_was_known_when() {
        every_store(|store| {
            let (us, them) = (Key::try_from("us").unwrap(), Key::try_from("them").unwrap());
            store
                .write(|tx| {
                    for (time, body) in [(1, "a"), (2, "b"), (3, "c")] {
                        assert_eq!(append(tx, &us, "plan", "scale", at(time), &body)?, time);
                    }
                    assert_eq!(append(tx, &us, "plan", "basic", at(4), &"z")?, 1);
                    assert_eq!(append(tx, &them, "plan", "scale", at(5), &"other")?, 1);
                    Ok::<_, StoreError>(())
                })
                .unwrap();
            store
                .read(|tx| {
                    let known: Vec<Fact<String>> = history(tx, &us, "plan", "scale", 2)?;
                    assert_eq!(known.iter().map(|fact| fact.body.as_str()).collect::<Vec<_>>(), ["a", "b"]);
                    assert_eq!(latest::<String>(tx, &us, "plan", "scale")?.unwrap().body, "c");
                    assert_eq!(get::<String>(tx, &us, "plan", "scale", 1)?.unwrap().times, at(1));
                    assert_eq!(get::<String>(tx, &us, "plan", "scale", 9)?, None);
                    let all: Vec<Fact<String>> = current(tx, &us, "plan", "", 10)?;
                    assert_eq!(
                        all.iter().map(|fact| (fact.key.as_str(), fact.version)).collect::<Vec<_>>(),
                        [("basic", 1), ("scale", 3)]
                    );
                    let down: Vec<Fact<String>> = newest(tx, &us, "plan", 2)?;
                    assert_eq!(down.iter().map(|fact| fact.body.as_str()).collect::<Vec<_>>(), ["c", "b"]);
                    assert_eq!(version(tx, &us, "plan", "scale")?, Some(3));
                    assert_eq!(version(tx, &us, "plan", "none")?, None);
                    assert_eq!(current::<String>(tx, &us, "plan", "basic", 10)?.len(), 1);
                    assert_eq!(current::<String>(tx, &us, "plan", "", 1)?.len(), 1);
                    Ok::<_, StoreError>(())
                })
                .unwrap();
        });
    }

    #[test]
    fn a_fact_is_never_changed_or_removed() {
        use crate::stmt::Stmt;
        every_store(|store| {
            let tenant = Key::try_from("us").unwrap();
            store.write(|tx| append(tx, &tenant, "plan", "scale", at(1), &1)).unwrap();
            for text in ["UPDATE fact SET body = '2' WHERE tenant = $1", "DELETE FROM fact WHERE tenant = $1"] {
                let result = store.write(|tx| tx.exec(Stmt { name: "forbidden", text }, &[Val::from(&tenant)]));
                assert_eq!(result, Err(StoreError::Check("fact_append_only".into())));
            }
        });
    }

    #[test]
    fn a_body_of_another_shape_is_an_error_that_names_the_statement() {
        every_store(|store| {
            let tenant = Key::try_from("us").unwrap();
            store.write(|tx| append(tx, &tenant, "plan", "scale", at(1), &"text")).unwrap();
            let error = store.read(|tx| latest::<i64>(tx, &tenant, "plan", "scale")).unwrap_err();
            assert!(error.to_string().contains("facts::LATEST"), "{error}");
        });
    }
}
