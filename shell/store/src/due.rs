//! When the bill of each customer is to be drawn next. What a customer has that could ever be billed makes a row here; whoever changes it
//! moves the row to the front, in the transaction of the change, so that nobody is forgotten and nobody is asked about in vain.

use crate::{
    StoreError, Tx,
    stmt::sql,
    value::{Row, args, kept_args, to_json},
};
use stdx::Key;

/// A customer's place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Who.
    pub customer: String,
    /// When the bill is to be drawn next, in microseconds since 1970 in UTC.
    pub at: i64,
    /// Usage before this instant is on what fell due already: what comes to be known of it changes the bill.
    pub counts_to: i64,
    /// Counts the changes, so that one who moves the place to a later time hears of those that came meanwhile.
    pub touched: i64,
}

/// At once, and nothing that is counted yet.
const FRONT: i64 = i64::MIN;

sql! {
    TOUCH = "INSERT INTO bill_due (tenant, customer, at, counts_to, touched) VALUES ($1, $2, $3, $3, 1)
             ON CONFLICT (tenant, customer) DO UPDATE SET at = $3, touched = bill_due.touched + 1";
    USED = "UPDATE bill_due SET at = $4, touched = touched + 1 WHERE tenant = $1 AND customer = $2 AND counts_to > $3";
    LAST_COUNTED = "SELECT counts_to FROM bill_due WHERE tenant = $1 ORDER BY counts_to DESC LIMIT 1";
    SETTLE = "UPDATE bill_due SET at = $4, counts_to = $5 WHERE tenant = $1 AND customer = $2 AND touched = $3";
    WHOSE = "SELECT customer FROM bill_due WHERE tenant = $1 AND at <= $2 ORDER BY at, customer";
    OF = "SELECT customer, at, counts_to, touched FROM bill_due
          WHERE tenant = $1 AND customer = ANY (ARRAY(SELECT json_array_elements_text($2))) ORDER BY customer";
}

/// Something of a customer changed: the bill is to be drawn at once. Nobody waits for it.
///
/// # Errors
/// Those of the connection.
pub fn touch(tx: &mut Tx<'_>, tenant: &Key, customer: &str) -> Result<(), StoreError> {
    tx.exec_later(TOUCH, kept_args![tenant, customer, FRONT])
}

/// Something came to be known of a customer's usage from an instant on: the bill is to be drawn at once where that is on it already.
/// Nobody waits for it.
///
/// # Errors
/// Those of the connection.
pub fn used(tx: &mut Tx<'_>, tenant: &Key, customer: &str, earliest: i64) -> Result<(), StoreError> {
    tx.exec_later(USED, kept_args![tenant, customer, earliest, FRONT])
}

/// Up to when any customer's usage is on what fell due.
///
/// # Errors
/// Those of the connection.
pub fn last_counted(tx: &mut Tx<'_>, tenant: &Key) -> Result<Option<i64>, StoreError> {
    tx.opt(LAST_COUNTED, args![tenant], |row| row.int(0))
}

/// The bill was drawn of what was known at `place`, and is to be drawn again at another time. Where something changed since, it stays at
/// the front. Nobody waits for it.
///
/// # Errors
/// Those of the connection.
pub fn settle(tx: &mut Tx<'_>, tenant: &Key, place: &Place, at: i64, counts_to: i64) -> Result<(), StoreError> {
    tx.exec_later(SETTLE, kept_args![tenant, &place.customer, place.touched, at, counts_to])
}

/// Whose bills are to be drawn at an instant.
///
/// # Errors
/// Those of the connection.
pub fn whose(tx: &mut Tx<'_>, tenant: &Key, now: i64) -> Result<Vec<String>, StoreError> {
    tx.query(WHOSE, args![tenant, now], |row| row.text(0))
}

/// The places of customers, in the order of their names; none for who never had anything to be billed.
///
/// # Errors
/// Those of the connection.
pub fn of(tx: &mut Tx<'_>, tenant: &Key, customers: &[&str]) -> Result<Vec<Place>, StoreError> {
    tx.query(OF, args![tenant, to_json(customers)?], read)
}

fn read(row: &mut Row<'_>) -> Result<Place, StoreError> {
    Ok(Place { customer: row.text(0)?, at: row.int(1)?, counts_to: row.int(2)?, touched: row.int(3)? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::every_store;

    fn us() -> Key {
        Key::try_from("us").unwrap()
    }

    #[test]
    fn who_is_touched_while_the_bill_is_drawn_stays_at_the_front() {
        every_store(|store| {
            store.write(|tx| ["a", "b", "c"].iter().try_for_each(|one| touch(tx, &us(), one))).unwrap();
            let places = store.read(|tx| of(tx, &us(), &["c", "a", "nobody", "b"])).unwrap();
            assert_eq!(places.iter().map(|place| place.customer.as_str()).collect::<Vec<_>>(), ["a", "b", "c"]);
            store.write(|tx| touch(tx, &us(), "b")).unwrap();
            store.write(|tx| places.iter().try_for_each(|place| settle(tx, &us(), place, 50, 40))).unwrap();
            assert_eq!(store.read(|tx| whose(tx, &us(), 49)).unwrap(), ["b"]);
            assert_eq!(store.read(|tx| whose(tx, &us(), 50)).unwrap(), ["b", "a", "c"]);
            let them = Key::try_from("them").unwrap();
            assert!(store.read(|tx| whose(tx, &them, i64::MAX)).unwrap().is_empty());
        });
    }

    #[test]
    fn usage_moves_those_alone_on_whose_bills_it_is() {
        every_store(|store| {
            store.write(|tx| ["a", "b"].iter().try_for_each(|one| touch(tx, &us(), one))).unwrap();
            let places = store.read(|tx| of(tx, &us(), &["a", "b"])).unwrap();
            store
                .write(|tx| {
                    settle(tx, &us(), &places[0], 100, 40)?;
                    settle(tx, &us(), &places[1], 100, 60)
                })
                .unwrap();
            assert_eq!(store.read(|tx| last_counted(tx, &us())).unwrap(), Some(60));
            store.write(|tx| ["a", "b", "nobody"].iter().try_for_each(|one| used(tx, &us(), one, 40))).unwrap();
            assert_eq!(store.read(|tx| whose(tx, &us(), 99)).unwrap(), ["b"]);
            assert!(store.read(|tx| of(tx, &us(), &["nobody"])).unwrap().is_empty());
            // who drew the bill before hears of it
            store.write(|tx| settle(tx, &us(), &places[1], 200, 60)).unwrap();
            assert_eq!(store.read(|tx| whose(tx, &us(), 99)).unwrap(), ["b"]);
        });
    }
}
