//! Messages to webhooks: each to one endpoint, tried until it is answered, in order for each object; what was tried stays.

use crate::{
    StoreError, Tx, lease,
    lists::{self, Field, List, Placed, Select},
    stmt::sql,
    value::{Row, args, kept_args, to_json},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use stdx::Key;

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It is to be tried.
    Waiting,
    /// The endpoint took it.
    Delivered,
    /// It was given up.
    Failed,
}

/// A message to an endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery<T> {
    /// Its id.
    pub id: String,
    /// To whom.
    pub endpoint: String,
    /// What it is about: deliveries about the same object reach an endpoint in order.
    pub object: String,
    /// Its place among the messages about its object.
    pub seq: i64,
    /// What is sent.
    pub body: T,
    /// Where it stands. [`add`] ignores it.
    pub state: State,
    /// When it is tried next, in microseconds since 1970 in UTC; whoever claimed it has it until then.
    pub next_at: i64,
    /// How often it was tried. [`add`] ignores it.
    pub attempts: i64,
    /// What was answered the last time. [`add`] ignores it.
    pub answer: Value,
    /// When it was made.
    pub created_at: i64,
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tried {
    /// The endpoint took it.
    Delivered,
    /// It is tried again at this time.
    Again(i64),
    /// It is given up.
    Failed,
}

sql! {
    ADD = "INSERT INTO webhook_delivery (tenant, id, endpoint, object, seq, body, state, next_at, attempts, answer, created_at)
           VALUES ($1, $2, $3, $4, $5, $6, 'waiting', $7, 0, 'null', $8)";
    CLAIM = lease::claim!("webhook_delivery", "next_at", also "",
             open "o.endpoint = $5 AND o.state = 'waiting' AND o.next_at <= $2 AND NOT EXISTS (SELECT 1 FROM webhook_delivery e WHERE e.tenant = $1 AND e.endpoint = o.endpoint AND e.object = o.object AND e.seq < o.seq AND e.state = 'waiting')",
             first "o.next_at, o.id", gives "id, endpoint, object, seq, body, state, next_at, attempts, answer, created_at");
    WHOSE = lease::whose!("webhook_delivery", open "o.state = 'waiting' AND o.next_at <= $2");
    ENDPOINTS = "SELECT DISTINCT endpoint FROM webhook_delivery WHERE tenant = $1 AND state = 'waiting' AND next_at <= $2 AND endpoint > $3 ORDER BY endpoint LIMIT $4";
    GET = "SELECT id, endpoint, object, seq, body, state, next_at, attempts, answer, created_at FROM webhook_delivery WHERE tenant = $1 AND id = $2";
    BETWEEN = "SELECT id, endpoint, object, seq, body, state, next_at, attempts, answer, created_at FROM webhook_delivery
               WHERE tenant = $1 AND endpoint >= $2 AND endpoint < $3 AND (created_at, id) < ($4, $5) ORDER BY created_at DESC, id DESC LIMIT $6";
    TRIED = "UPDATE webhook_delivery SET state = $4, next_at = $5, answer = $6 WHERE tenant = $1 AND id = $2 AND next_at = $3 AND state = 'waiting'";
    REPLAY = "UPDATE webhook_delivery SET state = 'waiting', next_at = $3 WHERE tenant = $1 AND id = $2 AND state <> 'waiting'";
    OF_ENDPOINT = "SELECT id, endpoint, object, seq, body, state, next_at, attempts, answer, created_at FROM webhook_delivery
                   WHERE tenant = $1 AND endpoint = $2 AND (created_at, id) < ($3, $4) ORDER BY created_at DESC, id DESC LIMIT $5";
}

pub(crate) const LIST: List = List {
    name: "deliveries",
    table: "webhook_delivery",
    columns: &["id", "endpoint", "object", "seq", "body", "state", "next_at", "attempts", "answer", "created_at"],
    only: "",
    fields: &[
        (Field::Endpoint, "endpoint"),
        (Field::Object, "object"),
        (Field::State, "state"),
        (Field::Time, "created_at"),
        (Field::Id, "id"),
    ],
    numbers: &[Field::Time],
};

/// A part of the list of deliveries.
pub fn listed<T: DeserializeOwned>(
    tx: &mut Tx<'_>,
    tenant: &Key,
    select: &Select,
) -> Result<Vec<Placed<Delivery<T>>>, StoreError> {
    lists::page(tx, tenant, &LIST, select, read)
}

/// Adds a delivery.
///
/// # Errors
/// [`StoreError::Unique`] when the id is taken, or the endpoint has a message with this place about the object.
pub fn add<T: Serialize>(tx: &mut Tx<'_>, tenant: &Key, new: &Delivery<T>) -> Result<(), StoreError> {
    let Delivery { id, endpoint, object, seq, body, next_at, created_at, state: _, attempts: _, answer: _ } = new;
    tx.exec_later(ADD, kept_args![tenant, id, endpoint, object, *seq, to_json(body)?, *next_at, *created_at])
}

/// Takes at most `limit` deliveries to an endpoint that are due and first for their object, until `lease_until`; the first first.
pub fn claim<T: DeserializeOwned>(
    tx: &mut Tx<'_>,
    tenant: &Key,
    endpoint: &str,
    now: i64,
    lease_until: i64,
    limit: u32,
) -> Result<Vec<Delivery<T>>, StoreError> {
    let mut claimed = tx.query(CLAIM, args![tenant, now, lease_until, i64::from(limit), endpoint], read)?;
    claimed.sort_by(|a, b| (a.created_at, &a.id).cmp(&(b.created_at, &b.id)));
    Ok(claimed)
}

/// Tenants with deliveries that are due.
pub fn whose(tx: &mut Tx<'_>, now: i64) -> Result<Vec<Key>, StoreError> {
    lease::all_whose(tx, WHOSE, now)
}

/// At most `limit` endpoints after one to which something is due, in order.
pub fn endpoints(tx: &mut Tx<'_>, tenant: &Key, after: &str, now: i64, limit: u32) -> Result<Vec<String>, StoreError> {
    tx.query(ENDPOINTS, args![tenant, now, after, i64::from(limit)], |row| row.text(0))
}

/// The delivery of this id, or nothing.
pub fn find<T: DeserializeOwned>(tx: &mut Tx<'_>, tenant: &Key, id: &str) -> Result<Option<Delivery<T>>, StoreError> {
    tx.opt(GET, args![tenant, id], read)
}

/// At most `limit` deliveries to endpoints from one name up to before another, made before this one (time and id), the newest first.
pub fn between<T: DeserializeOwned>(
    tx: &mut Tx<'_>,
    tenant: &Key,
    endpoints: (&str, &str),
    before: (i64, &str),
    limit: u32,
) -> Result<Vec<Delivery<T>>, StoreError> {
    let args = args![tenant, endpoints.0, endpoints.1, before.0, before.1, i64::from(limit)];
    tx.query(BETWEEN, args, read)
}

/// Notes how an attempt ended and what was answered.
///
/// # Errors
/// [`StoreError::Conflict`] when the claim had run out and somebody else has it.
pub fn tried<T: Serialize>(
    tx: &mut Tx<'_>,
    tenant: &Key,
    id: &str,
    lease_until: i64,
    tried: Tried,
    answer: &T,
) -> Result<(), StoreError> {
    let (state, next_at) = match tried {
        Tried::Delivered => (State::Delivered, lease_until),
        Tried::Failed => (State::Failed, lease_until),
        Tried::Again(at) => (State::Waiting, at),
    };
    tx.exec_one(TRIED, args![tenant, id, lease_until, state.word(), next_at, to_json(answer)?])
}

/// Sends a delivery again that was taken or given up.
///
/// # Errors
/// [`StoreError::Conflict`] when there is none, or it is waiting.
pub fn replay(tx: &mut Tx<'_>, tenant: &Key, id: &str, now: i64) -> Result<(), StoreError> {
    tx.exec_one(REPLAY, args![tenant, id, now])
}

/// At most `limit` deliveries to an endpoint made before this one (time and id), the newest first.
pub fn of_endpoint<T: DeserializeOwned>(
    tx: &mut Tx<'_>,
    tenant: &Key,
    endpoint: &str,
    before: (i64, &str),
    limit: u32,
) -> Result<Vec<Delivery<T>>, StoreError> {
    tx.query(OF_ENDPOINT, args![tenant, endpoint, before.0, before.1, i64::from(limit)], read)
}

impl State {
    fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
        }
    }
}

fn read<T: DeserializeOwned>(row: &mut Row<'_>) -> Result<Delivery<T>, StoreError> {
    let word = row.text(5)?;
    let state = [State::Waiting, State::Delivered, State::Failed].into_iter().find(|state| state.word() == word);
    let state = state.ok_or_else(|| StoreError::Decode {
        what: "the state of a delivery".into(),
        why: format!("`{word}` is none"),
    })?;
    Ok(Delivery {
        id: row.text(0)?,
        endpoint: row.text(1)?,
        object: row.text(2)?,
        seq: row.int(3)?,
        body: row.json(4)?,
        state,
        next_at: row.int(6)?,
        attempts: row.int(7)?,
        answer: row.json(8)?,
        created_at: row.int(9)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Store, testing::every_store};

    fn us() -> Key {
        Key::try_from("us").unwrap()
    }

    fn make(store: &Store, id: &str, endpoint: &str, seq: i64) {
        let (endpoint, object) = (endpoint.into(), "invoice:1".into());
        let (state, answer) = (State::Waiting, Value::Null);
        let new = Delivery {
            id: id.into(),
            endpoint,
            object,
            seq,
            body: 7,
            state,
            next_at: 0,
            attempts: 0,
            answer,
            created_at: seq,
        };
        store.write(|tx| add(tx, &us(), &new)).unwrap();
    }

    fn claimed(store: &Store, now: i64, lease_until: i64) -> Vec<String> {
        let endpoints = store.read(|tx| endpoints(tx, &us(), "", now, 10)).unwrap();
        let claim =
            |endpoint: &String| store.write(|tx| claim::<i64>(tx, &us(), endpoint, now, lease_until, 10)).unwrap();
        endpoints.iter().flat_map(claim).map(|delivery| delivery.id).collect()
    }

    #[test]
    fn an_endpoint_gets_the_messages_about_an_object_in_order_and_others_do_not_wait_for_it() {
        every_store(|store| {
            make(store, "a1", "a", 1);
            make(store, "a2", "a", 2);
            make(store, "b2", "b", 2);
            assert_eq!(claimed(store, 5, 15), ["a1", "b2"]);
            assert!(claimed(store, 5, 15).is_empty());
            store.write(|tx| tried(tx, &us(), "a1", 15, Tried::Again(30), &"503")).unwrap();
            store.write(|tx| tried(tx, &us(), "b2", 15, Tried::Delivered, &"200")).unwrap();
            assert!(claimed(store, 29, 39).is_empty());
            assert_eq!(claimed(store, 30, 40), ["a1"]);
            assert_eq!(store.write(|tx| tried(tx, &us(), "a1", 15, Tried::Failed, &"x")), Err(StoreError::Conflict));
            store.write(|tx| tried(tx, &us(), "a1", 40, Tried::Failed, &"503")).unwrap();
            assert_eq!(claimed(store, 31, 41), ["a2"]);
            store.write(|tx| replay(tx, &us(), "a1", 50)).unwrap();
            assert_eq!(claimed(store, 50, 60), ["a1"]);
            let log = store.read(|tx| of_endpoint::<i64>(tx, &us(), "a", (i64::MAX, ""), 10)).unwrap();
            assert_eq!(
                log.iter().map(|one| (one.id.as_str(), one.attempts)).collect::<Vec<_>>(),
                [("a2", 1), ("a1", 3)]
            );
            assert_eq!(log[1].answer, "503");
            let of_both = store.read(|tx| between::<i64>(tx, &us(), ("a", "c"), (i64::MAX, ""), 10)).unwrap();
            assert_eq!(of_both.len(), 3);
            let of_one = store.read(|tx| between::<i64>(tx, &us(), ("b", "b0"), (i64::MAX, ""), 10)).unwrap();
            assert_eq!(of_one.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["b2"]);
            assert_eq!(store.read(|tx| find::<i64>(tx, &us(), "b2")).unwrap().unwrap().endpoint, "b");
            assert_eq!(store.read(|tx| whose(tx, 1_000)).unwrap(), [us()]);
            assert_eq!(store.read(|tx| whose(tx, -1)).unwrap(), []);
        });
    }
}
