//! Work that comes again: when it is next due, and the one who makes the job of it.

use crate::{
    StoreError, Tx, lease,
    lists::{self, Field, List, Placed, Select},
    stmt::sql,
    value::{Row, args, to_json},
};
use serde::{Serialize, de::DeserializeOwned};
use stdx::Key;

/// Whether a schedule comes up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It does.
    Active,
    /// It does not until somebody says so.
    Paused,
}

/// A schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule<T> {
    /// Its id.
    pub id: String,
    /// What is done, and how often.
    pub body: T,
    /// Whether it comes up.
    pub state: State,
    /// When it comes up next, in microseconds since 1970 in UTC.
    pub next_at: i64,
    /// When it was made.
    pub created_at: i64,
}

sql! {
    ADD = "INSERT INTO schedule (tenant, id, body, state, next_at, created_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (tenant, id) DO NOTHING";
    GET = "SELECT id, body, state, next_at, created_at FROM schedule WHERE tenant = $1 AND id = $2";
    DUE = "SELECT id, body, state, next_at, created_at FROM schedule WHERE tenant = $1 AND state = 'active' AND next_at <= $2 ORDER BY next_at, id LIMIT $3";
    SET = "UPDATE schedule SET state = $3, next_at = $4 WHERE tenant = $1 AND id = $2";
    ADVANCE = "UPDATE schedule SET next_at = $4 WHERE tenant = $1 AND id = $2 AND next_at = $3 AND state = 'active'";
    REMOVE = "DELETE FROM schedule WHERE tenant = $1 AND id = $2";
    WHOSE = lease::whose!("schedule", open "o.state = 'active' AND o.next_at <= $2");
}

pub(crate) const LIST: List = List {
    name: "schedules",
    table: "schedule",
    columns: &["id", "body", "state", "next_at", "created_at"],
    only: "",
    fields: &[(Field::State, "state"), (Field::NextAt, "next_at"), (Field::Time, "created_at"), (Field::Id, "id")],
    numbers: &[Field::NextAt, Field::Time],
};

/// A part of the list of schedules.
pub fn listed<T: DeserializeOwned>(
    tx: &mut Tx<'_>,
    tenant: &Key,
    select: &Select,
) -> Result<Vec<Placed<Schedule<T>>>, StoreError> {
    lists::page(tx, tenant, &LIST, select, read)
}

/// Adds a schedule. When there is one of this id, nothing happens.
pub fn add<T: Serialize>(tx: &mut Tx<'_>, tenant: &Key, new: &Schedule<T>) -> Result<(), StoreError> {
    let Schedule { id, body, state, next_at, created_at } = new;
    tx.exec(ADD, args![tenant, id, to_json(body)?, state.word(), *next_at, *created_at])?;
    Ok(())
}

/// The schedule of this id, or nothing.
pub fn find<T: DeserializeOwned>(tx: &mut Tx<'_>, tenant: &Key, id: &str) -> Result<Option<Schedule<T>>, StoreError> {
    tx.opt(GET, args![tenant, id], read)
}

/// At most `limit` schedules that have come up, the most due first.
pub fn due<T: DeserializeOwned>(
    tx: &mut Tx<'_>,
    tenant: &Key,
    now: i64,
    limit: u32,
) -> Result<Vec<Schedule<T>>, StoreError> {
    tx.query(DUE, args![tenant, now, i64::from(limit)], read)
}

/// Whether it comes up, and when next.
///
/// # Errors
/// [`StoreError::Conflict`] when there is none.
pub fn set(tx: &mut Tx<'_>, tenant: &Key, id: &str, state: State, next_at: i64) -> Result<(), StoreError> {
    tx.exec_one(SET, args![tenant, id, state.word(), next_at])
}

/// It came up at `at` and comes up again at `next_at`. In the transaction that makes the job.
///
/// # Errors
/// [`StoreError::Conflict`] when another was first, or it was paused or removed.
pub fn advance(tx: &mut Tx<'_>, tenant: &Key, id: &str, at: i64, next_at: i64) -> Result<(), StoreError> {
    tx.exec_one(ADVANCE, args![tenant, id, at, next_at])
}

/// Removes a schedule.
///
/// # Errors
/// [`StoreError::Conflict`] when there is none.
pub fn remove(tx: &mut Tx<'_>, tenant: &Key, id: &str) -> Result<(), StoreError> {
    tx.exec_one(REMOVE, args![tenant, id])
}

/// Tenants with a schedule that has come up.
pub fn whose(tx: &mut Tx<'_>, now: i64) -> Result<Vec<Key>, StoreError> {
    lease::all_whose(tx, WHOSE, now)
}

impl State {
    fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Paused => "paused",
        }
    }
}

fn read<T: DeserializeOwned>(row: &mut Row<'_>) -> Result<Schedule<T>, StoreError> {
    let word = row.text(2)?;
    let state = [State::Active, State::Paused].into_iter().find(|state| state.word() == word);
    let none = || StoreError::Decode { what: "the state of a schedule".into(), why: format!("`{word}` is none") };
    Ok(Schedule {
        id: row.text(0)?,
        body: row.json(1)?,
        state: state.ok_or_else(none)?,
        next_at: row.int(3)?,
        created_at: row.int(4)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Store, testing::every_store};

    fn key(text: &str) -> Key {
        Key::try_from(text).unwrap()
    }

    fn make(store: &Store, tenant: &str, id: &str, next_at: i64) {
        let new = Schedule { id: id.into(), body: next_at, state: State::Active, next_at, created_at: 1 };
        store.write(|tx| add(tx, &key(tenant), &new)).unwrap();
    }

    #[test]
    fn one_of_many_takes_the_time_at_which_a_schedule_comes_up() {
        every_store(|store| {
            let us = key("us");
            make(store, "us", "daily", 10);
            make(store, "us", "daily", 99);
            let found: Option<Schedule<i64>> = store.read(|tx| find(tx, &us, "daily")).unwrap();
            assert_eq!(found.unwrap().next_at, 10, "it is there already and stays as it is");
            assert_eq!(store.read(|tx| due::<i64>(tx, &us, 9, 5)).unwrap(), []);
            assert_eq!(store.read(|tx| due::<i64>(tx, &us, 10, 5)).unwrap().len(), 1);
            store.write(|tx| advance(tx, &us, "daily", 10, 20)).unwrap();
            assert_eq!(store.write(|tx| advance(tx, &us, "daily", 10, 20)), Err(StoreError::Conflict));
            store.write(|tx| set(tx, &us, "daily", State::Paused, 20)).unwrap();
            assert_eq!(store.read(|tx| due::<i64>(tx, &us, 50, 5)).unwrap(), []);
            assert_eq!(store.write(|tx| advance(tx, &us, "daily", 20, 30)), Err(StoreError::Conflict));
            assert_eq!(store.read(|tx| listed::<i64>(tx, &us, &Select::newest(5))).unwrap().len(), 1);
            store.write(|tx| remove(tx, &us, "daily")).unwrap();
            assert_eq!(store.read(|tx| listed::<i64>(tx, &us, &Select::newest(5))).unwrap(), []);
        });
    }

    #[test]
    fn one_question_says_who_has_something_to_do() {
        every_store(|store| {
            // more tenants than one page of the answer
            for n in 0..1_203 {
                make(store, &format!("t{n:04}"), "daily", n);
            }
            let found = store.read(|tx| whose(tx, 600)).unwrap();
            assert_eq!(found.len(), 601);
            assert_eq!((found[0].as_str(), found[600].as_str()), ("t0000", "t0600"));
        });
    }
}
