//! One connection, made when it is needed and made again when it was lost.

use crate::failure::{Failure, is_absence, unreachable, words};
use postgres::{
    Client, Config, NoTls, Row, Statement, Transaction,
    config::{Host, SslMode},
    types::ToSql,
};
use std::{
    collections::HashMap,
    thread::sleep,
    time::{Duration, Instant},
};
use stdx::Problem;
use usage::UsageError;

/// The oldest server that can do all that is asked of it, as `server_version_num`.
const OLDEST: i32 = 130_000;
/// How long to wait before the first new attempt; each later one waits twice as long, up to the longest wait.
const SHORTEST_WAIT: Duration = Duration::from_millis(5);
const LONGEST_WAIT: Duration = Duration::from_millis(500);

/// Whether answers of success wait for the disk is the server's setting; a session that was told not to wait is told otherwise. The plans of a
/// writer always go by its index, whatever the statistics of a table that was just made say.
const SETTINGS: &str = "
    SET application_name = 'counterfoil';
    SET TIME ZONE 'UTC';
    SET plan_cache_mode = force_custom_plan;
    SELECT set_config('synchronous_commit', 'on', false)
     WHERE current_setting('synchronous_commit') IN ('off', 'local');";

/// How connections are made.
#[derive(Debug, Clone)]
pub(crate) struct Server {
    config: Config,
    /// How long to wait for a server that is not there.
    patience: Duration,
}

impl Server {
    /// Reads an address such as `postgres://user:password@host/database`.
    pub(crate) fn parse(url: &str, patience: Duration) -> Result<Self, UsageError> {
        let mut config: Config = url.parse().map_err(|error| {
            UsageError::Server(
                Problem::new("postgres_address_invalid", "The address of PostgreSQL cannot be read")
                    .detail(format!("the address of PostgreSQL cannot be read: {}", words(&error)))
                    .mend("write it as postgres://user:password@host:5432/database"),
            )
        })?;
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(patience.max(Duration::from_secs(1)));
        }
        let far = config.get_hosts().iter().find_map(|host| match host {
            Host::Tcp(name) if !is_near(name) => Some(name.clone()),
            Host::Tcp(_) | Host::Unix(_) => None,
        });
        if let Some(name) = far.filter(|_| config.get_ssl_mode() != SslMode::Disable) {
            return Err(UsageError::Server(
                Problem::new("postgres_not_encrypted", "The connection would not be encrypted")
                    .detail(format!(
                        "the connection to `{name}` would not be encrypted, because this version cannot encrypt it"
                    ))
                    .mend("use a unix socket or a tunnel, or say `sslmode=disable` if the network is safe"),
            ));
        }
        Ok(Self { config, patience })
    }
}

/// Whether a host is this machine.
fn is_near(name: &str) -> bool {
    name == "localhost" || name.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback())
}

/// A connection and the statements that it has prepared.
pub(crate) struct Session {
    server: Server,
    open: Option<Open>,
}

struct Open {
    client: Client,
    statements: Statements,
}

/// Statements that are prepared once in a connection.
#[derive(Default)]
pub(crate) struct Statements(HashMap<String, Statement>);

impl Statements {
    /// The prepared statement of a text.
    pub(crate) fn of(&mut self, tx: &mut Transaction<'_>, sql: &str) -> Result<Statement, Failure> {
        if let Some(known) = self.0.get(sql) {
            return Ok(known.clone());
        }
        let statement = tx.prepare(sql)?;
        self.0.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }
}

/// What a transaction is worked with.
pub(crate) struct Work<'a, 'b> {
    pub(crate) tx: &'a mut Transaction<'b>,
    statements: &'a mut Statements,
}

impl Work<'_, '_> {
    pub(crate) fn query(&mut self, sql: &str, params: &[&(dyn ToSql + Sync)]) -> Result<Vec<Row>, Failure> {
        let statement = self.statements.of(self.tx, sql)?;
        Ok(self.tx.query(&statement, params)?)
    }

    pub(crate) fn execute(&mut self, sql: &str, params: &[&(dyn ToSql + Sync)]) -> Result<u64, Failure> {
        let statement = self.statements.of(self.tx, sql)?;
        Ok(self.tx.execute(&statement, params)?)
    }

    /// The number of the transaction, by which the server can say later whether it was kept.
    pub(crate) fn number(&mut self) -> Result<String, Failure> {
        let rows = self.query("SELECT pg_current_xact_id()::text", &[])?;
        rows.first()
            .ok_or_else(|| Failure::Damaged("a transaction has no number".into()))?
            .try_get(0)
            .map_err(Failure::from)
    }

    /// The statement, prepared.
    pub(crate) fn statement(&mut self, sql: &str) -> Result<Statement, Failure> {
        self.statements.of(self.tx, sql)
    }
}

/// What a transaction ends with.
pub(crate) enum End<T> {
    /// It is kept. The text is the transaction's number, by which the server can say later whether it was.
    Commit(T, String),
    /// It has changed nothing.
    Rollback(T),
}

/// How an attempt went wrong.
enum Broken<T> {
    /// Nothing was kept.
    Work(Failure),
    /// The connection was lost while the answer to COMMIT was waited for.
    Unknown(T, String, Failure),
}

impl Session {
    pub(crate) fn new(server: Server) -> Self {
        Self { server, open: None }
    }

    /// Does work in one transaction, and again when another was in the way or the server was away for a moment. `work` is told how many attempts
    /// have failed because of other transactions.
    pub(crate) fn write<T>(
        &mut self,
        mut work: impl FnMut(&mut Work<'_, '_>, u32) -> Result<End<T>, Failure>,
    ) -> Result<T, Failure> {
        let mut pauses = Pauses::new(self.server.patience);
        let mut contentions = 0;
        loop {
            let open = self.open(&mut pauses)?;
            let failure = match attempt(open, |tx| work(tx, contentions)) {
                Ok(value) => return Ok(value),
                Err(Broken::Work(failure)) => failure,
                Err(Broken::Unknown(value, number, failure)) => {
                    self.open = None;
                    if self.was_committed(&number, &failure)? {
                        return Ok(value);
                    }
                    failure
                }
            };
            let contended = failure.is_contention() || failure.is_unique_violation();
            contentions += u32::from(contended);
            if failure.is_absence() {
                self.open = None;
            }
            if !(contended || failure.is_absence()) || !pauses.pause() {
                return Err(failure);
            }
        }
    }

    /// Asks for rows with one statement.
    pub(crate) fn all(&mut self, sql: &str, params: &[&(dyn ToSql + Sync)]) -> Result<Vec<Row>, UsageError> {
        self.read(|open| {
            let statement = match open.statements.0.get(sql) {
                Some(known) => known.clone(),
                None => open.client.prepare(sql)?,
            };
            let rows = open.client.query(&statement, params)?;
            open.statements.0.entry(sql.to_owned()).or_insert(statement);
            Ok(rows)
        })
    }

    /// Asks for rows with one statement, and gives them on in parts of at most `size`, as long as `take` says that more are wanted.
    pub(crate) fn parts(
        &mut self,
        sql: &str,
        params: &[&(dyn ToSql + Sync)],
        size: i32,
        mut take: impl FnMut(Vec<Row>) -> bool,
    ) -> Result<(), UsageError> {
        let mut given = false;
        self.read(|open| {
            let Open { client, statements } = open;
            let mut walk = || {
                let mut tx = client.build_transaction().read_only(true).start()?;
                let statement = statements.of(&mut tx, sql)?;
                let portal = tx.bind(&statement, params)?;
                loop {
                    let rows = tx.query_portal(&portal, size)?;
                    let last = i32::try_from(rows.len()).is_ok_and(|len| len < size);
                    given = true;
                    if !take(rows) || last {
                        return Ok(tx.commit()?);
                    }
                }
            };
            let walked = walk();
            walked.map_err(|failure| if given { Failure::Torn(Box::new(failure)) } else { failure })
        })
    }

    /// Reads, and again when the server was away for a moment.
    fn read<T>(&mut self, mut work: impl FnMut(&mut Open) -> Result<T, Failure>) -> Result<T, UsageError> {
        let mut pauses = Pauses::new(self.server.patience);
        loop {
            let open = self.open(&mut pauses)?;
            let failure = match work(open) {
                Ok(value) => return Ok(value),
                Err(failure) => failure,
            };
            if open.client.is_closed() || failure.is_absence() {
                self.open = None;
            } else if !failure.is_contention() {
                return Err(failure.told());
            }
            if !pauses.pause() {
                return Err(failure.told());
            }
        }
    }

    /// Asks the server whether a transaction whose end was not heard of was kept.
    fn was_committed(&mut self, number: &str, failure: &Failure) -> Result<bool, UsageError> {
        let mut pauses = Pauses::new(self.server.patience);
        loop {
            let rows = self.all("SELECT pg_xact_status($1::text::xid8)", &[&number])?;
            match rows.first().and_then(|row| row.get::<_, Option<&str>>(0)) {
                Some("committed") => return Ok(true),
                Some("aborted") => return Ok(false),
                // the server may not have noticed yet that the connection is gone
                Some(_) | None => {
                    if !pauses.pause() {
                        return Err(failure.told());
                    }
                }
            }
        }
    }

    /// The open connection.
    fn open(&mut self, pauses: &mut Pauses) -> Result<&mut Open, UsageError> {
        if self.open.as_ref().is_some_and(|open| open.client.is_closed()) {
            self.open = None;
        }
        let open = match self.open.take() {
            Some(open) => open,
            None => self.connect(pauses)?,
        };
        Ok(self.open.insert(open))
    }

    fn connect(&self, pauses: &mut Pauses) -> Result<Open, UsageError> {
        loop {
            let failure = match self.server.config.connect(NoTls) {
                Ok(mut client) => match set_up(&mut client) {
                    Ok(version) if version >= OLDEST => return Ok(Open { client, statements: Statements::default() }),
                    Ok(version) => return Err(too_old(version)),
                    Err(error) => error,
                },
                Err(error) => error,
            };
            let refused = failure.as_db_error().is_some() && !is_absence(&failure);
            if refused || !pauses.pause() {
                return Err(unreachable(&failure));
            }
        }
    }
}

/// Makes a connection ready; the answer is the version of the server.
fn set_up(client: &mut Client) -> Result<i32, postgres::Error> {
    client.batch_execute(SETTINGS)?;
    client.query_one("SELECT current_setting('server_version_num')::integer", &[])?.try_get(0)
}

fn too_old(version: i32) -> UsageError {
    UsageError::Server(
        Problem::new("postgres_too_old", "PostgreSQL is too old")
            .detail(format!("the server is PostgreSQL {}, and 13 is the oldest that will do", version / 10_000))
            .mend("use a newer server"),
    )
}

/// One transaction from beginning to end.
fn attempt<T>(
    open: &mut Open,
    work: impl FnOnce(&mut Work<'_, '_>) -> Result<End<T>, Failure>,
) -> Result<T, Broken<T>> {
    let Open { client, statements } = open;
    let broken = |error: postgres::Error| Broken::Work(error.into());
    let mut tx = client.transaction().map_err(broken)?;
    match work(&mut Work { tx: &mut tx, statements }).map_err(Broken::Work)? {
        End::Rollback(value) => tx.rollback().map(|()| value).map_err(broken),
        End::Commit(value, number) => match tx.commit() {
            Ok(()) => Ok(value),
            Err(error) if is_absence(&error) => Err(Broken::Unknown(value, number, error.into())),
            Err(error) => Err(broken(error)),
        },
    }
}

/// The pauses between attempts: each twice as long as the one before, until patience is at its end.
struct Pauses {
    next: Duration,
    end: Instant,
}

impl Pauses {
    fn new(patience: Duration) -> Self {
        Self { next: SHORTEST_WAIT, end: Instant::now() + patience }
    }

    /// Waits; says no when there is no patience left.
    fn pause(&mut self) -> bool {
        if Instant::now() + self.next > self.end {
            return false;
        }
        sleep(self.next);
        self.next = (self.next * 2).min(LONGEST_WAIT);
        true
    }
}
