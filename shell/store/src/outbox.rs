//! Messages that are promised in the transaction of a change and sent after it, in order for each object.

use crate::{
    StoreError, Tx, lease,
    stmt::sql,
    value::{Row, args, to_json},
};
use serde::{Serialize, de::DeserializeOwned};
use stdx::Key;

/// A message on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message<T> {
    /// Its id, which the receiver may use to know it again.
    pub id: String,
    /// What it is about: messages about the same object are sent in order.
    pub object: String,
    /// Its place among the messages about its object.
    pub seq: i64,
    /// What happened: `invoice.issued`.
    pub topic: String,
    /// When it was promised, in microseconds since 1970 in UTC.
    pub created_at: i64,
    /// Until when whoever claimed it has it.
    pub free_at: i64,
    /// How often it was claimed.
    pub attempts: i64,
    /// The message itself.
    pub body: T,
    /// The trace in which it was promised.
    pub trace: Option<String>,
}

/// A message that is promised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct New<'a, T> {
    /// A new id.
    pub id: &'a str,
    /// What it is about.
    pub object: &'a str,
    /// What happened.
    pub topic: &'a str,
    /// Now, in microseconds since 1970 in UTC.
    pub now: i64,
    /// The message itself.
    pub body: &'a T,
    /// The trace in which it is promised, as W3C `traceparent`.
    pub trace: Option<&'a str>,
}

sql! {
    LAST = "SELECT seq FROM outbox WHERE tenant = $1 AND object = $2 ORDER BY seq DESC LIMIT 1";
    ADD = "INSERT INTO outbox (tenant, id, object, seq, topic, body, created_at, free_at, attempts, trace) VALUES ($1, $2, $3, $4, $5, $6, $7, $7, 0, $8)";
    CLAIM = lease::claim!("outbox", "free_at", also "",
             open "o.done_at IS NULL AND o.free_at <= $2 AND NOT EXISTS (SELECT 1 FROM outbox e WHERE e.tenant = $1 AND e.object = o.object AND e.seq < o.seq AND e.done_at IS NULL)",
             first "o.created_at, o.id", gives "id, object, seq, topic, created_at, free_at, attempts, body, trace");
    WHOSE = lease::whose!("outbox", open "o.done_at IS NULL AND o.free_at <= $2");
    DONE = "UPDATE outbox SET done_at = $4 WHERE tenant = $1 AND id = $2 AND free_at = $3 AND done_at IS NULL";
    LATER = "UPDATE outbox SET free_at = $4 WHERE tenant = $1 AND id = $2 AND free_at = $3 AND done_at IS NULL";
    FORGET = "DELETE FROM outbox WHERE tenant = $1 AND done_at < $2";
}

/// Promises a message.
///
/// # Errors
/// [`StoreError::Unique`] when the id is taken.
pub fn add<T: Serialize>(tx: &mut Tx<'_>, tenant: &Key, new: &New<'_, T>) -> Result<(), StoreError> {
    let New { id, object, topic, now, body, trace } = *new;
    let seq = tx.opt(LAST, args![tenant, object], |row| row.int(0))?.map_or(1, |last| last + 1);
    tx.exec_one(ADD, args![tenant, id, object, seq, topic, to_json(body)?, now, trace])
}

/// Takes at most `limit` messages that are first for their object and that nobody has, until `lease_until`; the oldest first.
pub fn claim<T: DeserializeOwned>(
    tx: &mut Tx<'_>,
    tenant: &Key,
    now: i64,
    lease_until: i64,
    limit: u32,
) -> Result<Vec<Message<T>>, StoreError> {
    let mut claimed = tx.query(CLAIM, args![tenant, now, lease_until, i64::from(limit)], read)?;
    claimed.sort_by(|a, b| (a.created_at, &a.id).cmp(&(b.created_at, &b.id)));
    Ok(claimed)
}

/// Tenants with messages to send.
pub fn whose(tx: &mut Tx<'_>, now: i64) -> Result<Vec<Key>, StoreError> {
    lease::all_whose(tx, WHOSE, now)
}

/// The claimed message was sent: the next about its object may follow.
///
/// # Errors
/// [`StoreError::Conflict`] when the claim had run out and somebody else has it.
pub fn done(tx: &mut Tx<'_>, tenant: &Key, id: &str, lease_until: i64, now: i64) -> Result<(), StoreError> {
    tx.exec_one(DONE, args![tenant, id, lease_until, now])
}

/// The claimed message is tried again at a later time.
///
/// # Errors
/// [`StoreError::Conflict`] when the claim had run out and somebody else has it.
pub fn later(tx: &mut Tx<'_>, tenant: &Key, id: &str, lease_until: i64, at: i64) -> Result<(), StoreError> {
    tx.exec_one(LATER, args![tenant, id, lease_until, at])
}

/// Forgets the messages that were sent before a time; how many.
pub fn forget(tx: &mut Tx<'_>, tenant: &Key, before: i64) -> Result<usize, StoreError> {
    tx.exec(FORGET, args![tenant, before])
}

fn read<T: DeserializeOwned>(row: &mut Row<'_>) -> Result<Message<T>, StoreError> {
    Ok(Message {
        id: row.text(0)?,
        object: row.text(1)?,
        seq: row.int(2)?,
        topic: row.text(3)?,
        created_at: row.int(4)?,
        free_at: row.int(5)?,
        attempts: row.int(6)?,
        body: row.json(7)?,
        trace: row.maybe_text(8)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::every_store;

    fn us() -> Key {
        Key::try_from("us").unwrap()
    }

    fn promise(store: &crate::Store, id: &str, object: &str, now: i64) -> Result<(), StoreError> {
        store.write(|tx| add(tx, &us(), &New { id, object, topic: "invoice.issued", now, body: &now, trace: None }))
    }

    fn claimed(store: &crate::Store, now: i64, lease_until: i64) -> Vec<String> {
        let found = store.write(|tx| claim::<i64>(tx, &us(), now, lease_until, 10)).unwrap();
        found.into_iter().map(|message| message.id).collect()
    }

    #[test]
    fn messages_about_an_object_are_sent_in_order() {
        every_store(|store| {
            for (id, object, now) in [("m3", "a", 1), ("m2", "a", 2), ("m1", "b", 3)] {
                promise(store, id, object, now).unwrap();
            }
            assert_eq!(promise(store, "m1", "c", 4), Err(StoreError::Unique("outbox_pkey".into())));
            assert_eq!(claimed(store, 10, 100), ["m3", "m1"]);
            assert!(claimed(store, 10, 100).is_empty(), "each is taken by one");
            store.write(|tx| done(tx, &us(), "m3", 100, 11)).unwrap();
            assert_eq!(claimed(store, 12, 112), ["m2"]);
            store.write(|tx| later(tx, &us(), "m2", 112, 50)).unwrap();
            assert!(claimed(store, 49, 149).is_empty());
            assert_eq!(claimed(store, 50, 150), ["m2"]);
            assert_eq!(store.write(|tx| forget(tx, &us(), 12)), Ok(1));
        });
    }

    #[test]
    fn whoever_lost_the_claim_cannot_end_the_message() {
        every_store(|store| {
            promise(store, "m", "a", 1).unwrap();
            assert_eq!(claimed(store, 10, 20), ["m"]);
            assert_eq!(claimed(store, 20, 30), ["m"], "the claim ran out");
            assert_eq!(store.write(|tx| done(tx, &us(), "m", 20, 21)), Err(StoreError::Conflict));
            assert_eq!(store.write(|tx| done(tx, &us(), "m", 30, 21)), Ok(()));
        });
    }
}
