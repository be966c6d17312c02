//! The schema and its history: forward only, each step once and all of them in one transaction.
//!
//! A migration is a text in words that both engines share, with column types in braces, and a text of its own for each engine
//! (triggers). Applied texts are kept in the table `migration` and compared at every start, so that a step that was edited
//! after it ran is refused instead of being believed.

use crate::{StoreError, Tx, stmt::Stmt, value::args};

/// Whose words a text is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

struct Migration {
    name: &'static str,
    shared: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

/// A step of the schema's history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// Its number, from 1.
    pub version: i64,
    /// What it brings.
    pub name: &'static str,
}

/// In order; the first is number 1. Never edit one that was released: add the next.
const MIGRATIONS: &[Migration] = &[
    Migration {
        name: "books",
        shared: include_str!("../migrations/0001_books.sql"),
        sqlite: include_str!("../migrations/0001_books.sqlite.sql"),
        postgres: include_str!("../migrations/0001_books.postgres.sql"),
    },
    Migration {
        name: "work",
        shared: include_str!("../migrations/0002_work.sql"),
        sqlite: include_str!("../migrations/0002_work.sqlite.sql"),
        postgres: include_str!("../migrations/0002_work.postgres.sql"),
    },
    Migration {
        name: "jobs",
        shared: include_str!("../migrations/0004_jobs.sql"),
        sqlite: include_str!("../migrations/0004_jobs.sqlite.sql"),
        postgres: include_str!("../migrations/0004_jobs.postgres.sql"),
    },
    Migration {
        name: "documents",
        shared: include_str!("../migrations/0005_documents.sql"),
        sqlite: include_str!("../migrations/0005_documents.sqlite.sql"),
        postgres: include_str!("../migrations/0005_documents.postgres.sql"),
    },
    Migration {
        name: "lists",
        shared: include_str!("../migrations/0006_lists.sql"),
        sqlite: include_str!("../migrations/0006_lists.sqlite.sql"),
        postgres: include_str!("../migrations/0006_lists.postgres.sql"),
    },
    Migration {
        name: "due",
        shared: include_str!("../migrations/0007_due.sql"),
        sqlite: include_str!("../migrations/0007_due.sqlite.sql"),
        postgres: include_str!("../migrations/0007_due.postgres.sql"),
    },
    Migration {
        name: "lookups",
        shared: include_str!("../migrations/0008_lookups.sql"),
        sqlite: include_str!("../migrations/0008_lookups.sqlite.sql"),
        postgres: include_str!("../migrations/0008_lookups.postgres.sql"),
    },
];

const HISTORY: &str = "CREATE TABLE IF NOT EXISTS migration (version {i64} PRIMARY KEY, text TEXT NOT NULL){strict}";

/// Two processes that start at the same time must not both migrate.
const ALONE: &str =
    "SELECT pg_advisory_xact_lock(hashtextextended('counterfoil:' || current_schema() || ':migrate', 0))";

const IS_MADE_SQLITE: Stmt<'static> =
    Stmt { name: "migrate::IS_MADE", text: "SELECT 1 FROM sqlite_schema WHERE name = 'migration'" };
const IS_MADE_POSTGRES: Stmt<'static> =
    Stmt { name: "migrate::IS_MADE", text: "SELECT 1 FROM pg_catalog.pg_class WHERE oid = to_regclass('migration')" };
const APPLIED: Stmt<'static> =
    Stmt { name: "migrate::APPLIED", text: "SELECT version, text FROM migration ORDER BY version" };
const NOTE: Stmt<'static> =
    Stmt { name: "migrate::NOTE", text: "INSERT INTO migration (version, text) VALUES ($1, $2)" };

impl Dialect {
    /// What the words mean here. Text is compared by its bytes on both, and a body keeps the bytes that were written, which
    /// `JSONB` would not.
    fn words(self, text: &str) -> String {
        let words: &[(&str, &str)] = match self {
            Self::Sqlite => &[("{i64}", "INTEGER"), ("{json}", "TEXT"), ("{bytes}", "BLOB"), ("{strict}", " STRICT")],
            Self::Postgres => &[
                ("{i64}", "BIGINT"),
                (" TEXT", " TEXT COLLATE \"C\""),
                ("{json}", "JSON"),
                ("{bytes}", "BYTEA"),
                ("{strict}", ""),
            ],
        };
        words.iter().fold(text.to_owned(), |text, (word, here)| text.replace(word, here))
    }

    fn text(self, migration: &Migration) -> String {
        let own = match self {
            Self::Sqlite => migration.sqlite,
            Self::Postgres => migration.postgres,
        };
        format!("{}\n{own}", self.words(migration.shared))
    }
}

/// Every step.
pub(crate) fn all() -> Vec<Step> {
    numbered().map(|(version, migration)| Step { version, name: migration.name }).collect()
}

fn numbered() -> impl Iterator<Item = (i64, &'static Migration)> {
    (1..).zip(MIGRATIONS)
}

/// Brings the database to the newest version; the steps that were taken.
pub(crate) fn run(tx: &mut Tx<'_>, dialect: Dialect) -> Result<Vec<Step>, StoreError> {
    if dialect == Dialect::Postgres {
        tx.batch(ALONE)?;
    }
    let steps = pending(tx, dialect)?;
    if !steps.is_empty() {
        tx.batch(&dialect.words(HISTORY))?;
    }
    for (version, migration) in numbered().filter(|(version, _)| steps.iter().any(|step| step.version == *version)) {
        let text = dialect.text(migration);
        tx.batch(&text)?;
        tx.exec_one(NOTE, args![version, text])?;
    }
    Ok(steps)
}

/// The steps that were not taken yet.
pub(crate) fn pending(tx: &mut Tx<'_>, dialect: Dialect) -> Result<Vec<Step>, StoreError> {
    let is_made = match dialect {
        Dialect::Sqlite => IS_MADE_SQLITE,
        Dialect::Postgres => IS_MADE_POSTGRES,
    };
    if tx.query(is_made, &[], |_| Ok(()))?.is_empty() {
        return Ok(all());
    }
    let mut applied = tx.query(APPLIED, &[], |row| Ok((row.int(0)?, row.text(1)?)))?.into_iter();
    let mut steps = Vec::new();
    for (version, migration) in numbered() {
        match applied.next() {
            Some((number, found)) if number == version && found == dialect.text(migration) => {}
            Some(_) => {
                let why = "this database was made from another text of this step".into();
                return Err(StoreError::Migration { version, why });
            }
            None => steps.push(Step { version, name: migration.name }),
        }
    }
    match applied.next() {
        Some((version, _)) => {
            Err(StoreError::Migration { version, why: "this database was made by a newer program".into() })
        }
        None => Ok(steps),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Place, Store, counters, facts, testing::every_place};
    use stdx::Key;

    /// The texts of the schemas that were released, in the words of each engine.
    const RELEASED: &[(&str, &str)] = &[(
        include_str!("../migrations/released/0001.sqlite.sql"),
        include_str!("../migrations/released/0001.postgres.sql"),
    )];

    fn count(place: &Place, text: &'static str) -> i64 {
        let store = Store::open(place).unwrap();
        store.read(|tx| tx.one(Stmt { name: "count", text }, &[], |row| row.int(0))).unwrap()
    }

    #[test]
    fn a_new_database_takes_every_step_once() {
        every_place(|place| {
            assert_eq!(Store::pending(place), Ok(all()));
            assert_eq!(Store::migrate(place).unwrap().1, all());
            assert_eq!(Store::pending(place), Ok(vec![]));
            assert_eq!(Store::migrate(place).unwrap().1, []);
            assert_eq!(count(place, "SELECT count(*) FROM migration"), i64::try_from(MIGRATIONS.len()).unwrap());
        });
    }

    #[test]
    fn processes_that_start_at_the_same_time_migrate_once() {
        every_place(|place| {
            let steps: usize = std::thread::scope(|scope| {
                let starts: Vec<_> = (0..4).map(|_| scope.spawn(|| Store::migrate(place).unwrap().1.len())).collect();
                starts.into_iter().map(|start| start.join().unwrap()).sum()
            });
            assert_eq!(steps, MIGRATIONS.len());
        });
    }

    #[test]
    fn a_newer_or_edited_schema_is_refused() {
        for (change, version) in [
            ("INSERT INTO migration (version, text) VALUES (99, 'later')", 99),
            ("UPDATE migration SET text = text || ' '", 1),
        ] {
            every_place(|place| {
                Store::open(place).unwrap().alone(|tx, _| tx.batch(change)).unwrap();
                for refused in [Store::open(place).map(drop), Store::pending(place).map(drop)] {
                    assert!(matches!(refused, Err(StoreError::Migration { version: found, .. }) if found == version));
                }
            });
        }
    }

    #[test]
    fn what_was_released_is_still_said_in_the_same_words() {
        for (migration, (sqlite, postgres)) in MIGRATIONS.iter().zip(RELEASED) {
            assert_eq!(Dialect::Sqlite.text(migration), *sqlite);
            assert_eq!(Dialect::Postgres.text(migration), *postgres);
        }
    }

    #[test]
    fn every_released_schema_becomes_the_newest_and_keeps_its_rows() {
        let us = Key::try_from("us").unwrap();
        for released in 1..=RELEASED.len() {
            every_place(|place| {
                let old = Store::at(place).unwrap();
                old.alone(|tx, dialect| {
                    tx.batch(&dialect.words(HISTORY))?;
                    for (version, (sqlite, postgres)) in (1..).zip(&RELEASED[..released]) {
                        let text = match dialect {
                            Dialect::Sqlite => sqlite,
                            Dialect::Postgres => postgres,
                        };
                        tx.batch(text)?;
                        tx.exec_one(NOTE, args![version, *text])?;
                    }
                    let times = facts::Times { effective_at: 1, recorded_at: 2 };
                    facts::append(tx, &us, "plan", "scale", times, &"kept")?;
                    counters::next(tx, &us, "invoice")
                })
                .unwrap();
                drop(old);
                assert_eq!(Store::pending(place).unwrap(), all()[released..]);
                let store = Store::open(place).unwrap();
                assert!(store.check_statements().is_ok());
                let fact = store.read(|tx| facts::latest::<String>(tx, &us, "plan", "scale")).unwrap().unwrap();
                assert_eq!(fact.body, "kept");
                assert_eq!(store.write(|tx| counters::next(tx, &us, "invoice")), Ok(2));
            });
        }
    }
}
