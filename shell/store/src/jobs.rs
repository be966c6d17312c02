//! Work that is done later, once for its key, by one runner at a time, in view.

use crate::{
    StoreError, Tx, lease,
    lists::{self, Field, List, Placed, Select},
    stmt::sql,
    value::{Row, args, to_json},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use stdx::Key;

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Its time has not come, or nobody has taken it yet.
    Waiting,
    /// A runner has it.
    Running,
    /// A runner has it and has been asked to stop.
    Cancelling,
    /// It was done.
    Done,
    /// It was given up.
    Failed,
    /// It was stopped, or never begun.
    Cancelled,
}

/// A job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job<T> {
    /// Its id.
    pub id: String,
    /// What is done.
    pub kind: String,
    /// What it is done for: a kind is done once for a key.
    pub key: String,
    /// With what it is done.
    pub args: T,
    /// Where it stands.
    pub state: State,
    /// Not before this time, in microseconds since 1970 in UTC.
    pub run_at: i64,
    /// Until when its runner has it.
    pub lease_until: i64,
    /// How often it was begun.
    pub attempts: i64,
    /// How far its runner has come, in the runner's words.
    pub progress: Value,
    /// What came of it.
    pub result: Value,
    /// When it was asked for.
    pub created_at: i64,
    /// When it was done, given up or cancelled.
    pub ended_at: Option<i64>,
}

/// A job that is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct New<'a, T> {
    /// A new id.
    pub id: &'a str,
    /// What is done.
    pub kind: &'a str,
    /// What it is done for.
    pub key: &'a str,
    /// With what it is done.
    pub args: &'a T,
    /// Not before this time, in microseconds since 1970 in UTC.
    pub run_at: i64,
    /// Now.
    pub now: i64,
}

/// A runner's claim on a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim<'a> {
    /// The job.
    pub id: &'a str,
    /// Until when the runner has it, as it was told last.
    pub lease_until: i64,
}

/// How a runner ends its claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// It is done.
    Done,
    /// It is given up.
    Failed,
    /// It was stopped, as was asked.
    Cancelled,
    /// It is tried again at this time.
    Again(i64),
}

sql! {
    ADD = "INSERT INTO job (tenant, id, kind, key, args, state, run_at, lease_until, attempts, progress, result, created_at)
           VALUES ($1, $2, $3, $4, $5, 'waiting', $6, 0, 0, 'null', 'null', $7) ON CONFLICT (tenant, kind, key) DO NOTHING";
    CLAIM = lease::claim!("job", "lease_until", also ", state = CASE WHEN state = 'cancelling' THEN 'cancelling' ELSE 'running' END",
             open "o.ended_at IS NULL AND o.kind IN ($5, $6) AND ((o.state = 'waiting' AND o.run_at <= $2) OR (o.state IN ('running', 'cancelling') AND o.lease_until <= $2))",
             first "o.run_at, o.id", gives "id, kind, key, args, state, run_at, lease_until, attempts, progress, result, created_at, ended_at");
    WHOSE = lease::whose!("job", open "o.ended_at IS NULL AND o.run_at <= $2 AND o.lease_until <= $2");
    HUSH = "UPDATE job SET quiet = 1 WHERE tenant = $1 AND id = $2";
    FORGET_QUIET = "DELETE FROM job WHERE tenant = $1 AND kind = $2 AND quiet = 1 AND id <> $3";
    BEAT = "UPDATE job SET lease_until = $4, progress = $5 WHERE tenant = $1 AND id = $2 AND lease_until = $3 AND state IN ('running', 'cancelling') RETURNING state";
    END = "UPDATE job SET state = $4, ended_at = $5, result = $6, run_at = $7, lease_until = 0
           WHERE tenant = $1 AND id = $2 AND lease_until = $3 AND state IN ('running', 'cancelling')";
    CANCEL = "UPDATE job SET state = CASE WHEN state = 'waiting' OR lease_until <= $3 THEN 'cancelled' ELSE 'cancelling' END,
              ended_at = CASE WHEN state = 'waiting' OR lease_until <= $3 THEN $3 END
              WHERE tenant = $1 AND id = $2 AND state IN ('waiting', 'running', 'cancelling') RETURNING state";
    GET = "SELECT id, kind, key, args, state, run_at, lease_until, attempts, progress, result, created_at, ended_at FROM job WHERE tenant = $1 AND id = $2";
    OF_KEY = "SELECT id, kind, key, args, state, run_at, lease_until, attempts, progress, result, created_at, ended_at FROM job WHERE tenant = $1 AND kind = $2 AND key = $3";
    PAGE = "SELECT id, kind, key, args, state, run_at, lease_until, attempts, progress, result, created_at, ended_at FROM job
            WHERE tenant = $1 AND (created_at, id) < ($2, $3) ORDER BY created_at DESC, id DESC LIMIT $4";
}

pub(crate) const LIST: List = List {
    name: "jobs",
    table: "job",
    columns: &[
        "id",
        "kind",
        "key",
        "args",
        "state",
        "run_at",
        "lease_until",
        "attempts",
        "progress",
        "result",
        "created_at",
        "ended_at",
    ],
    only: "",
    fields: &[(Field::Kind, "kind"), (Field::State, "state"), (Field::Time, "created_at"), (Field::Id, "id")],
    numbers: &[Field::Time],
};

/// A part of the list of jobs.
pub fn listed<T: DeserializeOwned>(
    tx: &mut Tx<'_>,
    tenant: &Key,
    select: &Select,
) -> Result<Vec<Placed<Job<T>>>, StoreError> {
    lists::page(tx, tenant, &LIST, select, read)
}

/// Asks for a job. When one was asked for with the same kind and key, nothing happens; the id of the one that there is.
pub fn add<T: Serialize>(tx: &mut Tx<'_>, tenant: &Key, new: &New<'_, T>) -> Result<String, StoreError> {
    let New { id, kind, key, args, run_at, now } = *new;
    tx.exec(ADD, args![tenant, id, kind, key, to_json(args)?, run_at, now])?;
    tx.one(OF_KEY, args![tenant, kind, key], |row| row.text(0))
}

/// Takes at most `limit` jobs of two kinds whose time has come, or whose runner was not heard of, until `lease_until`; the most due first.
/// One that was asked to stop is taken to be ended.
pub fn claim<T: DeserializeOwned>(
    tx: &mut Tx<'_>,
    tenant: &Key,
    kinds: [&str; 2],
    now: i64,
    lease_until: i64,
    limit: u32,
) -> Result<Vec<Job<T>>, StoreError> {
    let mut claimed = tx.query(CLAIM, args![tenant, now, lease_until, i64::from(limit), kinds[0], kinds[1]], read)?;
    claimed.sort_by(|a, b| (a.run_at, &a.id).cmp(&(b.run_at, &b.id)));
    Ok(claimed)
}

/// Tenants with jobs to do.
pub fn whose(tx: &mut Tx<'_>, now: i64) -> Result<Vec<Key>, StoreError> {
    lease::all_whose(tx, WHOSE, now)
}

/// The job found nothing to do. Of such jobs of its kind the newest is kept.
pub fn hush(tx: &mut Tx<'_>, tenant: &Key, kind: &str, id: &str) -> Result<(), StoreError> {
    tx.exec(HUSH, args![tenant, id])?;
    tx.exec(FORGET_QUIET, args![tenant, kind, id])?;
    Ok(())
}

/// The runner is alive: it has the job until `lease_until`. [`State::Cancelling`] asks it to stop.
///
/// # Errors
/// [`StoreError::NotFound`] when the claim had run out and the job was taken by another.
pub fn beat<T: Serialize>(
    tx: &mut Tx<'_>,
    tenant: &Key,
    claim: Claim<'_>,
    lease_until: i64,
    progress: &T,
) -> Result<State, StoreError> {
    let args = args![tenant, claim.id, claim.lease_until, lease_until, to_json(progress)?];
    tx.one(BEAT, args, |row| read_state(row, 0))
}

/// The runner is at its end. In the transaction of what the job did, so that it is done once.
///
/// # Errors
/// [`StoreError::Conflict`] when the claim had run out and the job was taken by another.
pub fn end<T: Serialize>(
    tx: &mut Tx<'_>,
    tenant: &Key,
    claim: Claim<'_>,
    end: &End,
    result: &T,
    now: i64,
) -> Result<(), StoreError> {
    let (state, ended_at, run_at) = match end {
        End::Done => (State::Done, Some(now), now),
        End::Failed => (State::Failed, Some(now), now),
        End::Cancelled => (State::Cancelled, Some(now), now),
        End::Again(at) => (State::Waiting, None, *at),
    };
    let args = args![tenant, claim.id, claim.lease_until, state.word(), ended_at, to_json(result)?, run_at];
    tx.exec_one(END, args)
}

/// Asks a job to stop; where it stands then. One that no runner has is cancelled at once.
///
/// # Errors
/// [`StoreError::NotFound`] when there is no such job, or it has ended.
pub fn cancel(tx: &mut Tx<'_>, tenant: &Key, id: &str, now: i64) -> Result<State, StoreError> {
    tx.one(CANCEL, args![tenant, id, now], |row| read_state(row, 0))
}

/// The job with this id.
///
/// # Errors
/// [`StoreError::NotFound`] when there is none.
pub fn get<T: DeserializeOwned>(tx: &mut Tx<'_>, tenant: &Key, id: &str) -> Result<Job<T>, StoreError> {
    tx.one(GET, args![tenant, id], read)
}

/// At most `limit` jobs that were asked for before this one (time and id), the newest first.
pub fn page<T: DeserializeOwned>(
    tx: &mut Tx<'_>,
    tenant: &Key,
    before: (i64, &str),
    limit: u32,
) -> Result<Vec<Job<T>>, StoreError> {
    tx.query(PAGE, args![tenant, before.0, before.1, i64::from(limit)], read)
}

impl State {
    fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Cancelling => "cancelling",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

fn read_state(row: &mut Row<'_>, column: usize) -> Result<State, StoreError> {
    let word = row.text(column)?;
    let all = [State::Waiting, State::Running, State::Cancelling, State::Done, State::Failed, State::Cancelled];
    all.into_iter()
        .find(|state| state.word() == word)
        .ok_or_else(|| StoreError::Decode { what: "the state of a job".into(), why: format!("`{word}` is none") })
}

fn read<T: DeserializeOwned>(row: &mut Row<'_>) -> Result<Job<T>, StoreError> {
    Ok(Job {
        id: row.text(0)?,
        kind: row.text(1)?,
        key: row.text(2)?,
        args: row.json(3)?,
        state: read_state(row, 4)?,
        run_at: row.int(5)?,
        lease_until: row.int(6)?,
        attempts: row.int(7)?,
        progress: row.json(8)?,
        result: row.json(9)?,
        created_at: row.int(10)?,
        ended_at: row.maybe_int(11)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Store, testing::every_store};

    fn us() -> Key {
        Key::try_from("us").unwrap()
    }

    fn ask(store: &Store, id: &str, key: &str, run_at: i64) -> String {
        let new = New { id, kind: "billing_run", key, args: &key, run_at, now: 1 };
        store.write(|tx| add(tx, &us(), &new)).unwrap()
    }

    fn claimed(store: &Store, now: i64, lease_until: i64) -> Vec<String> {
        let found =
            store.write(|tx| claim::<String>(tx, &us(), ["billing_run", "none"], now, lease_until, 10)).unwrap();
        found.into_iter().map(|job| job.id).collect()
    }

    fn state(store: &Store, id: &str) -> State {
        store.read(|tx| get::<String>(tx, &us(), id)).unwrap().state
    }

    #[test]
    fn a_job_is_asked_for_once_and_taken_once() {
        every_store(|store| {
            assert_eq!(ask(store, "j1", "2026-04", 10), "j1");
            assert_eq!(ask(store, "j2", "2026-04", 10), "j1");
            assert_eq!(ask(store, "j3", "2026-05", 20), "j3");
            assert!(claimed(store, 9, 100).is_empty());
            assert_eq!(claimed(store, 10, 100), ["j1"]);
            assert_eq!(claimed(store, 20, 120), ["j3"]);
            assert!(claimed(store, 99, 199).is_empty());
            let page = store.read(|tx| page::<String>(tx, &us(), (i64::MAX, ""), 10)).unwrap();
            assert_eq!(page.iter().map(|job| job.id.as_str()).collect::<Vec<_>>(), ["j3", "j1"]);
        });
    }

    #[test]
    fn a_runner_that_was_not_heard_of_loses_the_job() {
        every_store(|store| {
            ask(store, "j", "k", 0);
            assert_eq!(claimed(store, 0, 10), ["j"]);
            let first = Claim { id: "j", lease_until: 10 };
            assert_eq!(store.write(|tx| beat(tx, &us(), first, 15, &50)), Ok(State::Running));
            assert!(claimed(store, 14, 24).is_empty());
            assert_eq!(claimed(store, 15, 25), ["j"]);
            let late = Claim { id: "j", lease_until: 15 };
            assert_eq!(store.write(|tx| beat(tx, &us(), late, 99, &60)), Err(StoreError::NotFound));
            assert_eq!(store.write(|tx| end(tx, &us(), late, &End::Done, &1, 16)), Err(StoreError::Conflict));
            let second = Claim { id: "j", lease_until: 25 };
            store.write(|tx| end(tx, &us(), second, &End::Again(30), &"not yet", 16)).unwrap();
            assert_eq!(claimed(store, 30, 40), ["j"]);
            store.write(|tx| end(tx, &us(), Claim { lease_until: 40, ..second }, &End::Done, &7, 33)).unwrap();
            let job = store.read(|tx| get::<String>(tx, &us(), "j")).unwrap();
            assert_eq!((job.state, job.attempts, job.ended_at), (State::Done, 3, Some(33)));
            assert_eq!((job.progress, job.result), (50.into(), 7.into()));
            assert_eq!(ask(store, "again", "k", 0), "j", "it was done for this key");
        });
    }

    #[test]
    fn a_job_is_cancelled_at_once_or_by_its_runner() {
        every_store(|store| {
            ask(store, "waits", "a", 50);
            assert_eq!(store.write(|tx| cancel(tx, &us(), "waits", 1)), Ok(State::Cancelled));
            assert_eq!(store.write(|tx| cancel(tx, &us(), "waits", 1)), Err(StoreError::NotFound));
            ask(store, "runs", "b", 0);
            assert_eq!(claimed(store, 0, 10), ["runs"]);
            assert_eq!(store.write(|tx| cancel(tx, &us(), "runs", 1)), Ok(State::Cancelling));
            let claim = Claim { id: "runs", lease_until: 10 };
            assert_eq!(store.write(|tx| beat(tx, &us(), claim, 12, &0)), Ok(State::Cancelling));
            store.write(|tx| end(tx, &us(), Claim { lease_until: 12, ..claim }, &End::Cancelled, &(), 11)).unwrap();
            assert_eq!(state(store, "runs"), State::Cancelled);
            ask(store, "lost", "c", 0);
            assert_eq!(claimed(store, 0, 10), ["lost"]);
            assert_eq!(store.write(|tx| cancel(tx, &us(), "lost", 10)), Ok(State::Cancelled), "its runner is gone");
        });
    }

    #[test]
    fn of_jobs_that_found_nothing_to_do_the_newest_is_kept() {
        every_store(|store| {
            for id in ["j1", "j2", "j3"] {
                ask(store, id, id, 0);
                assert_eq!(claimed(store, 0, 10), [id]);
                let claim = Claim { id, lease_until: 10 };
                store
                    .write(|tx| {
                        end(tx, &us(), claim, &End::Done, &"", 1)?;
                        if id == "j1" { Ok(()) } else { hush(tx, &us(), "billing_run", id) }
                    })
                    .unwrap();
            }
            let left = store.read(|tx| page::<Value>(tx, &us(), (i64::MAX, ""), 10)).unwrap();
            assert_eq!(left.iter().map(|job| job.id.as_str()).collect::<Vec<_>>(), ["j3", "j1"]);
        });
    }

    #[test]
    fn one_that_was_asked_to_stop_and_lost_its_runner_is_taken_to_be_ended() {
        every_store(|store| {
            ask(store, "j", "j", 0);
            assert_eq!(claimed(store, 0, 10), ["j"]);
            assert_eq!(store.write(|tx| cancel(tx, &us(), "j", 5)), Ok(State::Cancelling));
            assert_eq!(store.read(|tx| whose(tx, 9)).unwrap(), []);
            assert_eq!(store.read(|tx| whose(tx, 10)).unwrap(), [us()]);
            assert_eq!(claimed(store, 10, 20), ["j"]);
            let found: Job<Value> = store.read(|tx| get(tx, &us(), "j")).unwrap();
            assert_eq!(found.state, State::Cancelling);
        });
    }
}
