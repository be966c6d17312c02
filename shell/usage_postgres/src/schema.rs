//! The tables, and the partitions that are made when a month is first needed.
//!
//! `usage_identity` knows every identity for ever and is small; `usage_event` has the versions of events by month, so that old months can
//! be moved to other disks. A row of `usage_event` is what was known of an event from position `seq` on, up to `until`. A retraction is a
//! row that no position sees (`until` is its own `seq`), which keeps its place in the order.

use crate::failure::Failure;
use calendar::{Instant, Zone};
use postgres::Transaction;
use stdx::Problem;
use usage::UsageError;

/// The version of the tables that this program makes and reads.
pub(crate) const VERSION: i32 = 1;

/// Serialises those who make tables: the number means nothing, it only is always the same.
pub(crate) const TABLES_LOCK: &str = "SELECT pg_advisory_xact_lock(7310305911822210937)";

const TABLES: &str = r#"
CREATE TABLE usage_schema (version integer NOT NULL);

CREATE TABLE usage_tenant (
    number integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key text COLLATE "C" NOT NULL UNIQUE,
    last_seq bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 20);

CREATE TABLE usage_identity (
    seq bigint NOT NULL,
    at timestamptz NOT NULL,
    tenant integer NOT NULL,
    source text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant, source, id)
);

CREATE TABLE usage_event (
    seq bigint NOT NULL,
    until bigint,
    at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    tenant integer NOT NULL,
    what smallint NOT NULL,
    source text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    subject text COLLATE "C" NOT NULL,
    properties text COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant, seq, at)
) PARTITION BY RANGE (at);
CREATE INDEX ON usage_event (tenant, subject, name, at);
CREATE INDEX ON usage_event (tenant, at);
CREATE INDEX ON usage_event (tenant, source, id) WHERE what > 0;

CREATE TABLE usage_quarantine (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant integer NOT NULL,
    received_at timestamptz NOT NULL,
    source text COLLATE "C",
    id text COLLATE "C",
    sent text COLLATE "C" NOT NULL,
    digest bytea NOT NULL,
    problem text COLLATE "C" NOT NULL
);
CREATE INDEX ON usage_quarantine (tenant, number);
CREATE UNIQUE INDEX ON usage_quarantine (tenant, digest);
"#;

/// Makes the tables where there are none.
pub(crate) fn make(tx: &mut Transaction<'_>) -> Result<(), Failure> {
    let encoding: String = tx.query_one("SELECT current_setting('server_encoding')", &[])?.try_get(0)?;
    if encoding != "UTF8" {
        return Err(wrong_encoding(&encoding).into());
    }
    tx.batch_execute(TABLES_LOCK)?;
    let there: bool = tx.query_one("SELECT to_regclass('usage_schema') IS NOT NULL", &[])?.try_get(0)?;
    if !there {
        tx.batch_execute(TABLES)?;
        tx.execute("INSERT INTO usage_schema VALUES ($1)", &[&VERSION])?;
        return Ok(());
    }
    let version: i32 = tx.query_one("SELECT max(version) FROM usage_schema", &[])?.try_get(0)?;
    if version == VERSION { Ok(()) } else { Err(newer(version).into()) }
}

fn wrong_encoding(encoding: &str) -> UsageError {
    UsageError::Server(
        Problem::new("postgres_encoding_wrong", "The database cannot hold every text")
            .detail(format!("the encoding of the database is {encoding}, and UTF8 is needed"))
            .mend("create the database with `ENCODING 'UTF8' TEMPLATE template0`"),
    )
}

fn newer(version: i32) -> UsageError {
    UsageError::Server(
        Problem::new("postgres_schema_newer", "The tables are of another version")
            .detail(format!("the tables have version {version}, and this program knows version {VERSION}"))
            .mend("run the version of the program that made the tables, or a newer one"),
    )
}

/// A month of events, counted from year 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Month(i32);

/// Everything before this year shares one partition, so that events with absurd times cannot make any number of them. (The other end is
/// held by the rule that an event is at most a day ahead.)
const FIRST_YEAR: i16 = 2015;

impl Month {
    /// The month, in UTC, in which an event happened.
    pub(crate) fn of(at: Instant) -> Self {
        let date = Zone::utc().date_of(at);
        let month = Self(i32::from(date.year()) * 12 + i32::from(date.month()) - 1);
        month.max(Self(i32::from(FIRST_YEAR) * 12 - 1))
    }

    /// Makes the partition of a month where there is none. It is filled with nothing, and then attached, which holds up neither writers nor
    /// readers.
    pub(crate) fn make(self, tx: &mut Transaction<'_>) -> Result<(), Failure> {
        tx.batch_execute(TABLES_LOCK)?;
        let (year, month) = (self.0 / 12, self.0 % 12 + 1);
        let (table, from) = if year < i32::from(FIRST_YEAR) {
            (format!("usage_event_before_{FIRST_YEAR}"), "MINVALUE".to_owned())
        } else {
            (format!("usage_event_{year:04}_{month:02}"), format!("'{year:04}-{month:02}-01T00:00:00Z'"))
        };
        let (year, month) = ((self.0 + 1) / 12, (self.0 + 1) % 12 + 1);
        let to = if year > 9999 { "MAXVALUE".to_owned() } else { format!("'{year:04}-{month:02}-01T00:00:00Z'") };
        let attached = "SELECT EXISTS (SELECT FROM pg_inherits WHERE inhrelid = to_regclass($1) AND inhparent = 'usage_event'::regclass)";
        if tx.query_one(attached, &[&table])?.try_get(0)? {
            return Ok(());
        }
        tx.batch_execute(&format!(
            "CREATE TABLE {table} (LIKE usage_event INCLUDING ALL);
             ALTER TABLE usage_event ATTACH PARTITION {table} FOR VALUES FROM ({from}) TO ({to});"
        ))?;
        Ok(())
    }
}
