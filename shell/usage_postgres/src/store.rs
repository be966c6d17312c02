//! The store: [`UsageStore`] over PostgreSQL.

use crate::{
    failure::Failure,
    measure::Folding,
    pool::{Param, Pool, Question},
    row::{self, At, COLUMNS, is_storable, position},
    schema,
    session::{End, Server, Session},
    writer::Writers,
};
use calendar::Instant;
use metering::Event;
use postgres::Row;
use std::time::Duration;
use stdx::Key;
use usage::{
    Activity, Applied, ApplyError, Change, Cursor, EventFilter, Group, Incoming, Outcome, Quarantined, Query, Seq,
    StoredEvent, Subjects, UsageError, UsageStore, Version,
};

/// Threads that write, and threads that ask, unless said otherwise.
const THREADS: usize = 4;
/// How long a server may be away before an operation fails, unless said otherwise.
const PATIENCE: Duration = Duration::from_secs(10);

/// A tenant's number; `$1` is its key. A tenant who is not there has none, and so no rows.
const TENANT: &str = "(SELECT number FROM usage_tenant WHERE key = $1)";

/// How a store works with its server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// Connections for batches and corrections.
    pub writers: usize,
    /// Connections for questions.
    pub readers: usize,
    /// How long to wait for a server that is not there before an operation fails.
    pub patience: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self { writers: THREADS, readers: THREADS, patience: PATIENCE }
    }
}

/// A usage store in a PostgreSQL database, which any number of processes may use at the same time. Connections are made when they are
/// needed; they live on threads of the store, so that it can be called from anywhere.
pub struct PostgresStore {
    writers: Writers,
    readers: Pool,
}

impl PostgresStore {
    /// Opens the store in the database, and the first schema of its `search_path`, that an address such as
    /// `postgres://user:password@host/database` leads to. The tables are made where there are none.
    ///
    /// # Errors
    /// [`UsageError::Server`] with one of the codes `postgres_address_invalid`, `postgres_not_encrypted`, `postgres_unreachable`,
    /// `postgres_too_old`, `postgres_encoding_wrong`, `postgres_schema_newer`, `postgres_refused`.
    pub fn open(address: &str) -> Result<Self, UsageError> {
        Self::open_with(address, Settings::default())
    }

    /// As [`open`](Self::open), with other settings.
    ///
    /// # Errors
    /// As `open`.
    pub fn open_with(address: &str, settings: Settings) -> Result<Self, UsageError> {
        let server = Server::parse(address, settings.patience)?;
        let opening = server.clone();
        let made = std::thread::spawn(move || {
            Session::new(opening)
                .write(|work, _| {
                    schema::make(work.tx)?;
                    Ok(End::Commit((), work.number()?))
                })
                .map_err(|failure| failure.told())
        });
        made.join().unwrap_or_else(|_| Err(crate::pool::gone()))?;
        Ok(Self {
            writers: Writers::new(&server, settings.writers.max(1)),
            readers: Pool::new(&server, settings.readers.max(1)),
        })
    }

    fn one<T>(
        &self,
        question: Question,
        read: impl FnOnce(&Row) -> Result<T, Failure>,
    ) -> Result<Option<T>, UsageError> {
        let rows = self.readers.all(question)?;
        rows.first().map(read).transpose().map_err(|failure| failure.told())
    }

    /// The rows of a question as they are read.
    fn list<T>(&self, question: Question, read: impl Fn(&Row) -> Result<T, Failure>) -> Result<Vec<T>, UsageError> {
        let mut found = Vec::new();
        self.readers.each(question, |row| {
            found.push(read(row).map_err(|failure| failure.told())?);
            Ok(())
        })?;
        Ok(found)
    }
}

/// A question about the visible versions of a tenant. `$2` is the position.
fn visible(columns: &str, tenant: &Key, as_of: Seq) -> Question {
    let sql = format!(
        "SELECT {columns} FROM usage_event WHERE tenant = {TENANT} AND seq <= $2 AND (until IS NULL OR until > $2)"
    );
    Question::new(sql, vec![Param::Text(tenant.as_str().to_owned()), Param::Int(position(as_of))])
}

/// As many rows as are wanted.
fn limited(limit: usize) -> String {
    format!(" LIMIT {}", i64::try_from(limit).unwrap_or(i64::MAX))
}

fn text(text: &str) -> Param {
    Param::Text(text.to_owned())
}

/// The rows that a measurement looks at: by subject, then by time.
fn looked_at(query: &Query<'_>) -> Question {
    let mut question = visible("at, source, id, subject, properties", query.tenant, query.as_of);
    question.and("name = $", text(query.meter.event()));
    match query.subjects {
        Subjects::One(subject) => question.and("subject = $", text(subject)),
        Subjects::Many(subjects) => question.and(
            "subject = ANY($)",
            Param::Texts(subjects.iter().filter(|subject| is_storable(subject)).cloned().collect()),
        ),
        Subjects::All => {}
    }
    if !query.meter.needs_history() {
        question.and("at >= $", Param::At(query.period.from()));
    }
    question.and("at < $", Param::At(query.period.to()));
    question.sql.push_str(" ORDER BY subject, at, source, id");
    question
}

impl UsageStore for PostgresStore {
    fn ingest(&self, tenant: &Key, batch: Vec<Incoming>, received_at: Instant) -> Result<Vec<Outcome>, UsageError> {
        self.writers.ingest(tenant, batch, received_at)
    }

    fn apply(&self, tenant: &Key, changes: Vec<Change>, recorded_at: Instant) -> Result<Applied, ApplyError> {
        self.writers.apply(tenant, changes, recorded_at)
    }

    fn measure(&self, query: &Query<'_>) -> Result<Vec<Group>, UsageError> {
        let mut folding = Folding::new(query)?;
        let one = match query.subjects {
            Subjects::One(subject) => is_storable(subject),
            Subjects::Many(_) | Subjects::All => true,
        };
        if !one || !is_storable(query.meter.event()) {
            return Ok(Vec::new());
        }
        self.readers.each(looked_at(query), |row| {
            let event = looked_at_event(query, row).map_err(|failure| failure.told())?;
            folding.add(&event)
        })?;
        folding.finish()
    }

    fn events(
        &self,
        tenant: &Key,
        filter: &EventFilter<'_>,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, UsageError> {
        if ![filter.subject, filter.name].into_iter().flatten().all(is_storable) {
            return Ok(Vec::new());
        }
        let mut question = visible(COLUMNS, tenant, filter.as_of);
        if filter.after > Seq::ZERO {
            question.and("seq > $", Param::Int(position(filter.after)));
        }
        if let Some(subject) = filter.subject {
            question.and("subject = $", text(subject));
        }
        if let Some(name) = filter.name {
            question.and("name = $", text(name));
        }
        if let Some(period) = filter.period {
            question.and("at >= $", Param::At(period.from()));
            question.and("at < $", Param::At(period.to()));
        }
        if let Some(Cursor { at, source, id }) = after {
            question.and("at >= $", Param::At(*at));
            // as bytes, because a place may have any text
            let (at, source) =
                (question.value(Param::At(*at)), question.value(Param::Bytes(source.clone().into_bytes())));
            let id = question.value(Param::Bytes(id.clone().into_bytes()));
            let place = "(convert_to(source, 'UTF8'), convert_to(id, 'UTF8'))";
            let later = format!(" AND (at > {at} OR {place} > ({source}, {id}))");
            question.sql.push_str(&later);
        }
        question.sql.push_str(" ORDER BY at, source, id");
        question.sql.push_str(&limited(limit));
        self.list(question, row::stored)
    }
    fn lookup(&self, tenant: &Key, source: &str, id: &str) -> Result<Option<StoredEvent>, UsageError> {
        let versions = self.history(tenant, source, id)?;
        let newest = versions.into_iter().next_back();
        Ok(newest.and_then(|Version { seq, recorded_at: received_at, event, .. }| {
            event.map(|event| StoredEvent { seq, received_at, event })
        }))
    }

    fn history(&self, tenant: &Key, source: &str, id: &str) -> Result<Vec<Version>, UsageError> {
        if !is_storable(source) || !is_storable(id) {
            return Ok(Vec::new());
        }
        let columns = COLUMNS.split(", ").map(|column| format!("versions.{column}")).collect::<Vec<_>>().join(", ");
        let sql = format!(
            "SELECT {columns} FROM usage_identity AS taken CROSS JOIN LATERAL (\
                 SELECT * FROM usage_event AS first \
                 WHERE first.tenant = taken.tenant AND first.seq = taken.seq AND first.at = taken.at \
                 UNION ALL \
                 SELECT * FROM usage_event AS later \
                 WHERE later.tenant = taken.tenant AND later.source = taken.source AND later.id = taken.id AND later.what > 0 \
             OFFSET 0) AS versions \
             WHERE taken.tenant = {TENANT} AND taken.source = $2 AND taken.id = $3 ORDER BY versions.seq"
        );
        let question = Question::new(sql, vec![text(tenant.as_str()), text(source), text(id)]);
        let rows = self.readers.all(question)?;
        rows.iter().map(|row| row::version(row).map_err(|failure| failure.told())).collect()
    }

    fn changes(&self, tenant: &Key, after: Seq, limit: usize) -> Result<Vec<Version>, UsageError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM usage_event WHERE tenant = {TENANT} AND seq > $2 ORDER BY seq{}",
            limited(limit)
        );
        self.list(Question::new(sql, vec![text(tenant.as_str()), Param::Int(position(after))]), row::version)
    }

    fn watermark(&self, tenant: &Key) -> Result<Seq, UsageError> {
        let question = Question::new("SELECT last_seq FROM usage_tenant WHERE key = $1", vec![text(tenant.as_str())]);
        Ok(self.one(question, |row| row::seq(row.try_get(0)?))?.unwrap_or(Seq::ZERO))
    }

    fn quarantine(&self, tenant: &Key, skip: usize, limit: usize) -> Result<Vec<Quarantined>, UsageError> {
        let skip = i64::try_from(skip).unwrap_or(i64::MAX);
        let sql = format!(
            "SELECT kept.received_at, kept.sent, kept.problem, taken.seq FROM usage_quarantine AS kept \
             LEFT JOIN usage_identity AS taken \
                 ON taken.tenant = kept.tenant AND taken.source = kept.source AND taken.id = kept.id \
             WHERE kept.tenant = {TENANT} ORDER BY kept.number OFFSET $2{}",
            limited(limit)
        );
        self.list(Question::new(sql, vec![text(tenant.as_str()), Param::Int(skip)]), |row| {
            Ok(Quarantined {
                received_at: row.try_get::<_, At>(0)?.0,
                sent: row::sent(row.try_get(1)?)?,
                problem: row::problem(row.try_get(2)?)?,
                mended: row.try_get::<_, Option<i64>>(3)?.map(row::seq).transpose()?,
            })
        })
    }

    fn quarantined(&self, tenant: &Key) -> Result<usize, UsageError> {
        let sql = format!("SELECT count(*) FROM usage_quarantine WHERE tenant = {TENANT}");
        let count = self.one(Question::new(sql, vec![text(tenant.as_str())]), |row| Ok(row.try_get::<_, i64>(0)?))?;
        Ok(count.and_then(|count| usize::try_from(count).ok()).unwrap_or(0))
    }

    fn activity(&self, tenant: &Key) -> Result<Vec<Activity>, UsageError> {
        let mut question = visible("subject, name, count(*), min(at), max(at)", tenant, Seq::NOW);
        question.sql.push_str(" GROUP BY subject, name ORDER BY subject, name");
        self.list(question, |row| {
            Ok(Activity {
                subject: row.try_get(0)?,
                name: row.try_get(1)?,
                count: row.try_get::<_, i64>(2)?.unsigned_abs(),
                first_at: row.try_get::<_, At>(3)?.0,
                last_at: row.try_get::<_, At>(4)?.0,
            })
        })
    }
}

/// The event of a row of [`looked_at`].
fn looked_at_event(query: &Query<'_>, row: &Row) -> Result<Event, Failure> {
    Ok(Event {
        at: row.try_get::<_, At>(0)?.0,
        source: row.try_get(1)?,
        id: row.try_get(2)?,
        name: query.meter.event().to_owned(),
        subject: row.try_get(3)?,
        properties: row::properties(row.try_get(4)?)?,
    })
}
