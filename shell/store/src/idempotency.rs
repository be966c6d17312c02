//! What was answered to a request, so that its repetition gets the same answer and does nothing.

use crate::{
    StoreError, Tx,
    stmt::sql,
    value::{args, to_json},
};
use serde::{Serialize, de::DeserializeOwned};
use stdx::Key;

/// What is known about a key. [`recall`] it, do the work and [`remember`] the answer in *one* transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recall<T> {
    /// The key was not used yet.
    New,
    /// The same request was answered so.
    Same(T),
    /// The key was used for another request: the caller made a mistake.
    Other,
}

sql! {
    RECALL = "SELECT request_hash, response FROM idempotency WHERE tenant = $1 AND key = $2";
    REMEMBER = "INSERT INTO idempotency (tenant, key, request_hash, response, created_at) VALUES ($1, $2, $3, $4, $5)";
    ANSWER = "UPDATE idempotency SET response = $3 WHERE tenant = $1 AND key = $2";
    FORGET = "DELETE FROM idempotency WHERE tenant = $1 AND created_at < $2";
}

/// What was answered under this key to the request with this hash.
pub fn recall<T: DeserializeOwned>(
    tx: &mut Tx<'_>,
    tenant: &Key,
    key: &str,
    request_hash: &[u8],
) -> Result<Recall<T>, StoreError> {
    let found = tx.opt(RECALL, args![tenant, key], |row| {
        Ok(if row.bytes(0)? == request_hash { Recall::Same(row.json(1)?) } else { Recall::Other })
    })?;
    Ok(found.unwrap_or(Recall::New))
}

/// Keeps the answer to a request. `created_at` is in microseconds since 1970 in UTC.
///
/// # Errors
/// [`StoreError::Unique`] when the key is taken.
pub fn remember<T: Serialize>(
    tx: &mut Tx<'_>,
    tenant: &Key,
    key: &str,
    request_hash: &[u8],
    response: &T,
    created_at: i64,
) -> Result<(), StoreError> {
    let response = to_json(response)?;
    tx.exec_one(REMEMBER, args![tenant, key, request_hash, response, created_at])
}

/// Completes what is remembered of a request with its answer.
///
/// # Errors
/// [`StoreError::Conflict`] when nothing is remembered of it.
pub fn answer<T: Serialize>(tx: &mut Tx<'_>, tenant: &Key, key: &str, response: &T) -> Result<(), StoreError> {
    let response = to_json(response)?;
    tx.exec_one(ANSWER, args![tenant, key, response])
}

/// Forgets the answers from before a time; how many.
pub fn forget(tx: &mut Tx<'_>, tenant: &Key, before: i64) -> Result<usize, StoreError> {
    tx.exec(FORGET, args![tenant, before])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::every_store;

    #[test]
    fn a_repetition_gets_the_same_answer_and_another_request_is_told_so() {
        every_store(|store| {
            let us = Key::try_from("us").unwrap();
            let recall = |hash: &[u8]| store.read(|tx| recall::<i64>(tx, &us, "k", hash)).unwrap();
            assert_eq!(recall(b"one"), Recall::New);
            store.write(|tx| remember(tx, &us, "k", b"one", &7, 100)).unwrap();
            assert_eq!(recall(b"one"), Recall::Same(7));
            assert_eq!(recall(b"two"), Recall::Other);
            let again = store.write(|tx| remember(tx, &us, "k", b"two", &8, 100));
            assert_eq!(again, Err(StoreError::Unique("idempotency_pkey".into())));
            assert_eq!(store.write(|tx| forget(tx, &us, 100)), Ok(0));
            assert_eq!(store.write(|tx| forget(tx, &us, 101)), Ok(1));
            assert_eq!(recall(b"two"), Recall::New);
        });
    }
}
