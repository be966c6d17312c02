//! Numbers without gaps: invoice numbers, by tenant and series.

use crate::{StoreError, Tx, stmt::sql, value::args};
use stdx::Key;

sql! {
    NEXT = "INSERT INTO counter (tenant, series, value) VALUES ($1, $2, 1)
            ON CONFLICT (tenant, series) DO UPDATE SET value = counter.value + 1 RETURNING value";
}

/// Takes the next number of a series; the first is 1. It is used up only if the transaction is committed, and no other
/// transaction can take a number before that: so there is no gap and no repetition.
pub fn next(tx: &mut Tx<'_>, tenant: &Key, series: &str) -> Result<i64, StoreError> {
    tx.one(NEXT, args![tenant, series], |row| row.int(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::every_store;
    use std::collections::BTreeSet;

    #[test]
    fn a_number_of_a_failed_transaction_is_taken_again() {
        every_store(|store| {
            let (us, them) = (Key::try_from("us").unwrap(), Key::try_from("them").unwrap());
            assert_eq!(store.write(|tx| next(tx, &us, "invoice")), Ok(1));
            let failed: Result<(), StoreError> = store.write(|tx| {
                assert_eq!(next(tx, &us, "invoice")?, 2);
                Err(StoreError::NotFound)
            });
            assert_eq!(failed, Err(StoreError::NotFound));
            assert_eq!(store.write(|tx| next(tx, &us, "invoice")), Ok(2));
            assert_eq!(store.write(|tx| next(tx, &us, "credit_note")), Ok(1));
            assert_eq!(store.write(|tx| next(tx, &them, "invoice")), Ok(1));
        });
    }

    #[test]
    fn eight_threads_take_every_number_once() {
        every_store(|store| {
            let us = Key::try_from("us").unwrap();
            let taken: Vec<i64> = std::thread::scope(|scope| {
                let threads: Vec<_> = (0..8)
                    .map(|thread| {
                        let us = &us;
                        scope.spawn(move || {
                            let mut taken = Vec::new();
                            for turn in 0..12 {
                                // every third transaction fails after it took its number
                                let result = store.write(|tx| match (next(tx, us, "invoice")?, (thread + turn) % 3) {
                                    (_, 0) => Err(StoreError::NotFound),
                                    (number, _) => Ok(number),
                                });
                                taken.extend(result);
                            }
                            taken
                        })
                    })
                    .collect();
                threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
            });
            let numbers: BTreeSet<i64> = taken.iter().copied().collect();
            assert_eq!(taken.len(), 64);
            assert_eq!(numbers, (1..=64).collect());
        });
    }
}
