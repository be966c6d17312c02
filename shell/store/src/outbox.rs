//! Messages that are promised in the transaction of a change and handed on after it, in order for each object.

use crate::{
    StoreError, Tx, lease,
    stmt::sql,
    value::{Row, args, kept_args, to_json},
};
use serde::{Serialize, de::DeserializeOwned};
use stdx::Key;

/// A message on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message<T> {
    /// Its id, which the receiver may use to know it again.
    pub id: String,
    /// What it is about: messages about the same object are handed on in order.
    pub object: String,
    /// Its place among the messages about its object.
    pub seq: i64,
    /// What happened: `invoice.issued`.
    pub topic: String,
    /// When it was promised, in microseconds since 1970 in UTC.
    pub created_at: i64,
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
    ADD = "INSERT INTO outbox (tenant, id, object, seq, topic, body, created_at, free_at, attempts, trace)
           VALUES ($1, $2, $3, (SELECT COALESCE(MAX(seq), 0) + 1 FROM outbox WHERE tenant = $1 AND object = $3), $4, $5, $6, $6, 0, $7)";
    TAKE = "UPDATE outbox SET done_at = $2 WHERE tenant = $1 AND id IN
            (SELECT o.id FROM outbox o WHERE o.tenant = $1 AND o.done_at IS NULL ORDER BY o.free_at, o.created_at, o.id LIMIT $3)
            RETURNING id, object, seq, topic, created_at, body, trace";
    WHOSE = lease::whose!("outbox", open "o.done_at IS NULL AND o.free_at <= $2");
    FORGET = "DELETE FROM outbox WHERE tenant = $1 AND done_at < $2";
}

/// Promises a message.
///
/// # Errors
/// [`StoreError::Unique`] when the id is taken.
pub fn add<T: Serialize>(tx: &mut Tx<'_>, tenant: &Key, new: &New<'_, T>) -> Result<(), StoreError> {
    let New { id, object, topic, now, body, trace } = *new;
    tx.exec_later(ADD, kept_args![tenant, id, object, topic, to_json(body)?, now, trace])
}

/// Takes at most `limit` messages that nobody took yet, the oldest first: whoever takes them hands them on in the same transaction.
/// Messages about one object come in their order, because nobody else takes one in between.
pub fn take<T: DeserializeOwned>(
    tx: &mut Tx<'_>,
    tenant: &Key,
    now: i64,
    limit: u32,
) -> Result<Vec<Message<T>>, StoreError> {
    let mut taken = tx.query(TAKE, args![tenant, now, i64::from(limit)], read)?;
    taken.sort_by(|a, b| (a.created_at, &a.id).cmp(&(b.created_at, &b.id)));
    Ok(taken)
}

/// Tenants with messages to send.
pub fn whose(tx: &mut Tx<'_>, now: i64) -> Result<Vec<Key>, StoreError> {
    lease::all_whose(tx, WHOSE, now)
}

/// Forgets the messages that were handed on before a time; how many.
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
        body: row.json(5)?,
        trace: row.maybe_text(6)?,
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

    fn taken(store: &crate::Store, now: i64, limit: u32) -> Vec<String> {
        let found = store.write(|tx| take::<i64>(tx, &us(), now, limit)).unwrap();
        found.into_iter().map(|message| message.id).collect()
    }

    #[test]
    fn messages_are_taken_once_and_in_order() {
        every_store(|store| {
            for (id, object, now) in [("m3", "a", 1), ("m2", "a", 2), ("m1", "b", 3)] {
                promise(store, id, object, now).unwrap();
            }
            assert_eq!(promise(store, "m1", "c", 4), Err(StoreError::Unique("outbox_pkey".into())));
            assert_eq!(taken(store, 10, 2), ["m3", "m2"]);
            assert_eq!(taken(store, 12, 2), ["m1"]);
            assert!(taken(store, 13, 2).is_empty(), "each is taken once");
            assert_eq!(store.write(|tx| forget(tx, &us(), 12)), Ok(2));
        });
    }

    #[test]
    fn what_could_not_be_handed_on_is_taken_again() {
        every_store(|store| {
            promise(store, "m", "a", 1).unwrap();
            let failed = store.write(|tx| {
                assert_eq!(take::<i64>(tx, &us(), 10, 5)?.len(), 1);
                Err::<(), _>(StoreError::NotFound)
            });
            assert_eq!(failed, Err(StoreError::NotFound));
            assert_eq!(taken(store, 20, 5), ["m"]);
        });
    }
}
