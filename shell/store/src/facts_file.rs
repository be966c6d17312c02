//! The facts database from outside: what is in it and whether it is sound, without opening it as a store. It is only read.

use crate::{Place, Store, StoreError, Tx, schema::tables, stmt::Stmt};

use rusqlite::{Connection, OpenFlags};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;
use stdx::{Problem, ToProblem};

/// How long to wait for a process that checkpoints.
const BUSY: Duration = Duration::from_secs(5);

/// What is in the facts database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FactsSurvey {
    /// Size of the file, or of the tables with their indexes.
    pub bytes: u64,
    /// Size of the log beside a file that is not yet in it.
    pub wal_bytes: u64,
    /// Number of the last step of the schema that was made.
    pub schema: i64,
    /// Rows by table.
    pub rows: BTreeMap<String, u64>,
}

/// A place of the file that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactsDamage {
    /// Where in the file, where it is known: the page.
    pub offset: Option<u64>,
    /// What SQLite says.
    pub why: String,
}

fn unreadable(file: &Path, why: impl std::fmt::Display) -> Problem {
    Problem::new("facts_unreadable", "The facts database cannot be read")
        .detail(format!("{}: {why}", file.display()))
        .mend("check the path, its permissions and the disk; restore a backup when the file is damaged")
}

/// The log that SQLite keeps beside a file.
fn wal_of(file: &Path) -> PathBuf {
    let mut name = OsString::from(file);
    name.push("-wal");
    name.into()
}

/// Opens the file to be read. Where there is no log beside it nobody uses it, and nothing is made beside it either.
fn open(file: &Path) -> Result<Connection, rusqlite::Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut address = String::from("file:");
    for byte in file.as_os_str().as_encoded_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'_' | b'-' => address.push(char::from(*byte)),
            other => {
                let _ = write!(address, "%{other:02X}");
            }
        }
    }
    if !wal_of(file).exists() {
        address.push_str("?immutable=1");
    }
    let connection = Connection::open_with_flags(address, flags)?;
    connection.busy_timeout(BUSY)?;
    Ok(connection)
}

/// Says what is in a facts database.
///
/// # Errors
/// `facts_unreadable`; of a server, those of [`Store::pending`].
pub fn survey(place: &Place) -> Result<FactsSurvey, Problem> {
    match place {
        Place::File(file) => survey_file(file),
        Place::Postgres(_) => survey_server(place).map_err(|error| error.problem()),
    }
}

fn survey_server(place: &Place) -> Result<FactsSurvey, StoreError> {
    let tables = tables()?;
    Store::at(place)?.read(|tx| {
        let number = |tx: &mut Tx<'_>, text: &str| tx.one(Stmt { name: "survey", text }, &[], |row| row.int(0));
        let schema = number(tx, "SELECT coalesce(max(version), 0) FROM migration")?;
        let (mut bytes, mut rows) = (0, BTreeMap::new());
        for table in &tables {
            let name = &table.name;
            let count = number(tx, &format!("SELECT count(*) FROM {name}"))?;
            bytes += number(tx, &format!("SELECT pg_total_relation_size('{name}')"))?.unsigned_abs();
            rows.insert(name.clone(), count.unsigned_abs());
        }
        Ok(FactsSurvey { bytes, wal_bytes: 0, schema, rows })
    })
}

fn survey_file(file: &Path) -> Result<FactsSurvey, Problem> {
    let wrong = |error: rusqlite::Error| unreadable(file, error);
    let bytes = fs::metadata(file).map_err(|error| unreadable(file, error))?.len();
    let wal_bytes = fs::metadata(wal_of(file)).map_or(0, |log| log.len());
    let connection = open(file).map_err(wrong)?;
    let number = |text: &str| connection.query_row(text, [], |row| row.get::<_, i64>(0));
    let schema = number("SELECT coalesce(max(version), 0) FROM migration").map_err(wrong)?;
    let mut rows = BTreeMap::new();
    for table in names(&connection).map_err(wrong)? {
        let count = number(&format!("SELECT count(*) FROM \"{}\"", table.replace('"', "\"\""))).map_err(wrong)?;
        rows.insert(table, u64::try_from(count).unwrap_or(0));
    }
    Ok(FactsSurvey { bytes, wal_bytes, schema, rows })
}

fn names(connection: &Connection) -> Result<Vec<String>, rusqlite::Error> {
    let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name";
    connection.prepare(tables)?.query_map([], |row| row.get(0))?.collect()
}

/// Reads every page: the trees, the indexes, the rules of each row, and that what rows refer to is there.
///
/// # Errors
/// `facts_unreadable`.
pub fn check(file: &Path) -> Result<Vec<FactsDamage>, Problem> {
    if !file.is_file() {
        return Err(unreadable(file, "there is no such file"));
    }
    let found = open(file).and_then(|connection| {
        let page_size: i64 = connection.query_row("PRAGMA page_size", [], |row| row.get(0))?;
        let mut statement = connection.prepare("PRAGMA integrity_check(100)")?;
        let mut rows = statement.query([])?;
        let mut said: Vec<String> = Vec::new();
        loop {
            match rows.next() {
                Ok(Some(row)) => said.push(row.get(0)?),
                Ok(None) => break,
                // it goes as far as it can, and what it said before it gave up is where the damage is
                Err(error) if !said.is_empty() => {
                    said.push(error.to_string());
                    break;
                }
                Err(error) => return Err(error),
            }
        }
        let mut damage: Vec<FactsDamage> = said
            .into_iter()
            .filter(|line| line != "ok")
            .map(|why| FactsDamage { offset: offset(&why, page_size), why })
            .collect();
        // what refers to what can only be followed through pages that are sound
        if !damage.is_empty() {
            return Ok(damage);
        }
        let lost: Vec<String> = connection
            .prepare("PRAGMA foreign_key_check")?
            .query_map([], |row| {
                let (table, parent): (String, String) = (row.get(0)?, row.get(2)?);
                Ok(format!("a row of `{table}` refers to a row of `{parent}` that is not there"))
            })?
            .collect::<Result<_, _>>()?;
        damage.extend(lost.into_iter().map(|why| FactsDamage { offset: None, why }));
        Ok(damage)
    });
    // a file that is so damaged that SQLite gives up is damaged, not unreadable
    found.or_else(|error| match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::NotADatabase) => {
            Ok(vec![FactsDamage { offset: None, why: error.to_string() }])
        }
        _ => Err(unreadable(file, error)),
    })
}

/// Where the page begins that SQLite names: `Tree 5 page 12 cell 3: …`, `Page 12: never used`.
fn offset(why: &str, page_size: i64) -> Option<u64> {
    let words: Vec<&str> = why.split([' ', ':']).collect();
    let at = words.iter().position(|word| word.eq_ignore_ascii_case("page"))?;
    let page: u64 = words.get(at + 1)?.parse().ok()?;
    Some(page.checked_sub(1)? * u64::try_from(page_size).ok()?)
}

/// Copies what is committed at one moment into a new file. Of a file, what stands in the log beside it is copied too; what is copied
/// from a server is compared row by row.
///
/// # Errors
/// `facts_unreadable`; those of [`Store::pending`] and [`Store::copy_to`]; `migration_needed` where the server's schema is not this
/// program's.
pub fn copy(place: &Place, to: &Path) -> Result<(), Problem> {
    match place {
        Place::File(file) => copy_file(file, to),
        Place::Postgres(_) => {
            let store = Store::at(place).map_err(|error| error.problem())?;
            let steps = store.waiting().map_err(|error| error.problem())?;
            if !steps.is_empty() {
                return Err(Problem::new("migration_needed", "The schema of the facts is not the newest")
                    .detail(format!("{place}: {} steps have not been taken", steps.len()))
                    .mend("stop the server, make a backup, and run `counterfoil migrate`"));
            }
            store.backup(to).map_err(|error| error.problem())
        }
    }
}

fn copy_file(file: &Path, to: &Path) -> Result<(), Problem> {
    let wrong = |error: rusqlite::Error| unreadable(file, error);
    let name = to.to_str().ok_or_else(|| unreadable(to, "the name is not UTF-8"))?;
    open(file).map_err(wrong)?.execute("VACUUM INTO ?1", [name]).map(drop).map_err(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{counters, documents};
    use stdx::Key;

    fn database(dir: &Path) -> (Store, PathBuf) {
        let file = dir.join("a file?#.db");
        let store = Store::open(&file).unwrap();
        let us = Key::try_from("us").unwrap();
        for n in 0..50 {
            let document = documents::Document {
                id: format!("{n}"),
                customer: None,
                status: "new".into(),
                sort_at: n,
                version: 0,
                body: "x".repeat(900),
            };
            store
                .write(|tx| {
                    counters::next(tx, &us, "a")?;
                    documents::insert(tx, &us, "a", &document)
                })
                .unwrap();
        }
        (store, file)
    }

    #[test]
    fn a_database_is_read_while_it_is_used_and_after_and_nothing_is_made_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let (store, file) = database(folder.path());
        let used = survey(&file.clone().into()).unwrap();
        assert_eq!((used.rows["document"], used.schema > 0, used.wal_bytes > 0), (50, true, true));
        assert_eq!(check(&file).unwrap(), []);
        let copied = folder.path().join("copy.db");
        copy(&file.clone().into(), &copied).unwrap();
        assert_eq!(survey(&copied.clone().into()).unwrap().rows, used.rows);
        drop(store);
        let names = || fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect::<Vec<_>>();
        let before = names();
        assert_eq!(survey(&file.clone().into()).unwrap().rows, used.rows);
        assert_eq!(check(&file).unwrap(), []);
        assert_eq!(names(), before);
    }

    #[test]
    fn a_damaged_page_is_named_with_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let (store, file) = database(folder.path());
        drop(store);
        let mut bytes = fs::read(&file).unwrap();
        let size = usize::from(u16::from_be_bytes([bytes[16], bytes[17]]));
        // the head of a page with documents, not one with the schema, without which nothing can be checked
        let has_documents = |page: &[u8]| page[0] == 13 && page.windows(9).any(|part| part == b"xxxxxxxxx");
        let page = bytes.chunks(size).rposition(has_documents).unwrap();
        bytes[page * size] = 77;
        fs::write(&file, bytes).unwrap();
        let damage = check(&file).unwrap();
        assert!(damage.iter().any(|damage| damage.offset == Some((page * size) as u64)), "{damage:?}");
        fs::write(&file, b"this is not a database, it is a text that somebody put there by mistake").unwrap();
        assert_eq!(check(&file).unwrap().len(), 1);
        assert_eq!(check(&folder.path().join("missing")).unwrap_err().code, "facts_unreadable");
    }

    #[test]
    fn a_database_of_a_server_is_surveyed_and_copied_into_a_file() {
        let Some(schema) = test_postgres::Schema::new() else { return };
        let place: Place = schema.url().parse().unwrap();
        let store = Store::open(&place).unwrap();
        let us = Key::try_from("us").unwrap();
        store.write(|tx| counters::next(tx, &us, "a")).unwrap();
        let surveyed = survey(&place).unwrap();
        assert_eq!((surveyed.rows["counter"], surveyed.rows["document"], surveyed.wal_bytes), (1, 0, 0));
        assert!(surveyed.bytes > 0 && surveyed.schema > 0);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("facts.db");
        copy(&place, &file).unwrap();
        assert_eq!(check(&file).unwrap(), []);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
        assert_eq!(Store::open(&file).unwrap().checksums().unwrap(), store.checksums().unwrap());
    }
}
