//! Posted lines: everything that was ever billed, by the key under which differences are taken.

use crate::{
    StoreError, Tx,
    stmt::sql,
    value::{Row, args, kept_args, to_json},
};
use serde::{Serialize, de::DeserializeOwned};
use stdx::Key;

/// A line as it was posted. Several lines have the same key when differences were posted later; together they are what has
/// been billed under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostedLine<T> {
    /// The document it stands on.
    pub invoice_id: String,
    /// Its place there, from 0.
    pub position: i64,
    /// Whose it is.
    pub customer: String,
    /// What it is for: contract item, price component, service period, dimensions, currency.
    pub line_key: String,
    /// Begin of the cycle, in microseconds since 1970 in UTC.
    pub cycle_from: i64,
    /// End of the cycle (not included), likewise.
    pub cycle_to: i64,
    /// In minor units of the currency; negative where it takes something back.
    pub amount_minor: i64,
    /// ISO 4217 code.
    pub currency: String,
    /// The line itself, with its explanation.
    pub body: T,
    /// When it was posted, in microseconds.
    pub posted_at: i64,
    /// The stretches of the cycle that its key is billed for since: from when to when, in microseconds and in order. No moment is in two of them.
    pub served: Vec<[i64; 2]>,
}

sql! {
    APPEND = "INSERT INTO posted_line (tenant, invoice_id, position, customer, line_key, cycle_from, cycle_to, amount_minor, currency, body, posted_at, served) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    OF_CUSTOMER = "SELECT invoice_id, position, customer, line_key, cycle_from, cycle_to, amount_minor, currency, body, posted_at, served FROM posted_line
                   WHERE tenant = $1 AND customer = $2
                   AND invoice_id NOT IN (SELECT invoice_id FROM voided_document WHERE tenant = $1 AND customer = $2)
                   ORDER BY line_key, posted_at, invoice_id, position";
    OF_CUSTOMERS = "SELECT invoice_id, position, customer, line_key, cycle_from, cycle_to, amount_minor, currency, body, posted_at, served FROM posted_line
                    WHERE tenant = $1 AND customer = ANY (ARRAY(SELECT json_array_elements_text($2)))
                    AND NOT EXISTS (SELECT 1 FROM voided_document v WHERE v.tenant = posted_line.tenant AND v.customer = posted_line.customer AND v.invoice_id = posted_line.invoice_id)
                    ORDER BY customer, line_key, posted_at, invoice_id, position";
    OF_KEY = "SELECT invoice_id, position, customer, line_key, cycle_from, cycle_to, amount_minor, currency, body, posted_at, served FROM posted_line
              WHERE tenant = $1 AND customer = $2 AND line_key = $3
              AND invoice_id NOT IN (SELECT invoice_id FROM voided_document WHERE tenant = $1 AND customer = $2)
              ORDER BY posted_at, invoice_id, position";
    OF_INVOICE = "SELECT invoice_id, position, customer, line_key, cycle_from, cycle_to, amount_minor, currency, body, posted_at, served FROM posted_line
                  WHERE tenant = $1 AND invoice_id = $2 ORDER BY position";
    VOID = "INSERT INTO voided_document (tenant, customer, invoice_id, voided_at) VALUES ($1, $2, $3, $4)";
}

/// Appends a line.
///
/// # Errors
/// [`StoreError::Unique`] when its place on the invoice is taken; [`StoreError::Check`] when the cycle ends before it begins,
/// the position is negative or the currency is not three letters.
pub fn append<T: Serialize>(tx: &mut Tx<'_>, tenant: &Key, line: &PostedLine<T>) -> Result<(), StoreError> {
    let PostedLine {
        invoice_id,
        position,
        customer,
        line_key,
        cycle_from,
        cycle_to,
        amount_minor,
        currency,
        body,
        posted_at,
        served,
    } = line;
    let (body, served) = (to_json(body)?, to_json(served)?);
    let args = kept_args![
        tenant,
        invoice_id,
        *position,
        customer,
        line_key,
        *cycle_from,
        *cycle_to,
        *amount_minor,
        currency,
        body,
        *posted_at,
        served
    ];
    tx.exec_later(APPEND, args)
}

/// Everything that was billed to a customer, by line key, then invoice and place.
pub fn of_customer<T: DeserializeOwned>(
    tx: &mut Tx<'_>,
    tenant: &Key,
    customer: &str,
) -> Result<Vec<PostedLine<T>>, StoreError> {
    tx.query(OF_CUSTOMER, args![tenant, customer], read)
}

/// The same of several customers, by customer.
///
/// # Errors
/// Those of the connection.
pub fn of_customers<T: DeserializeOwned>(
    tx: &mut Tx<'_>,
    tenant: &Key,
    customers: &[&str],
) -> Result<Vec<PostedLine<T>>, StoreError> {
    tx.query(OF_CUSTOMERS, args![tenant, to_json(customers)?], read)
}

/// What was billed to a customer under one key.
pub fn of_key<T: DeserializeOwned>(
    tx: &mut Tx<'_>,
    tenant: &Key,
    customer: &str,
    line_key: &str,
) -> Result<Vec<PostedLine<T>>, StoreError> {
    tx.query(OF_KEY, args![tenant, customer, line_key], read)
}

/// The lines of an invoice, in order.
pub fn of_invoice<T: DeserializeOwned>(
    tx: &mut Tx<'_>,
    tenant: &Key,
    invoice_id: &str,
) -> Result<Vec<PostedLine<T>>, StoreError> {
    tx.query(OF_INVOICE, args![tenant, invoice_id], read)
}

/// Notes that a document was taken back: its lines count as not posted from now on.
///
/// # Errors
/// [`StoreError::Unique`] when it was taken back before.
pub fn void(tx: &mut Tx<'_>, tenant: &Key, customer: &str, invoice_id: &str, at: i64) -> Result<(), StoreError> {
    tx.exec_one(VOID, args![tenant, customer, invoice_id, at])
}

fn read<T: DeserializeOwned>(row: &mut Row<'_>) -> Result<PostedLine<T>, StoreError> {
    Ok(PostedLine {
        invoice_id: row.text(0)?,
        position: row.int(1)?,
        customer: row.text(2)?,
        line_key: row.text(3)?,
        cycle_from: row.int(4)?,
        cycle_to: row.int(5)?,
        amount_minor: row.int(6)?,
        currency: row.text(7)?,
        body: row.json(8)?,
        posted_at: row.int(9)?,
        served: row.json(10)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{stmt::Stmt, testing::every_store, value::Val};

    fn line(invoice: &str, position: i64, key: &str, amount_minor: i64) -> PostedLine<String> {
        let (invoice_id, line_key) = (invoice.into(), key.into());
        let (customer, currency, body) = ("c1".into(), "EUR".into(), "why".into());
        PostedLine {
            invoice_id,
            position,
            customer,
            line_key,
            cycle_from: 0,
            cycle_to: 10,
            amount_minor,
            currency,
            body,
            posted_at: 0,
            served: vec![[0, 4], [4, 10]],
        }
    }

    #[test]
    fn a_difference_is_another_line_under_the_same_key() {
        every_store(|store| {
            let us = Key::try_from("us").unwrap();
            let lines = [line("i1", 0, "seats", 500), line("i1", 1, "tokens", 120), line("i2", 0, "tokens", -20)];
            store.write(|tx| lines.iter().try_for_each(|line| append(tx, &us, line))).unwrap();
            assert_eq!(store.read(|tx| of_customer(tx, &us, "c1")).unwrap(), lines);
            assert_eq!(store.read(|tx| of_customers(tx, &us, &["c0", "c1"])).unwrap(), lines);
            assert!(store.read(|tx| of_customers::<String>(tx, &us, &["c0"])).unwrap().is_empty());
            assert_eq!(store.read(|tx| of_key(tx, &us, "c1", "tokens")).unwrap(), lines[1..]);
            assert_eq!(store.read(|tx| of_invoice(tx, &us, "i1")).unwrap(), lines[..2]);
            let other = Key::try_from("them").unwrap();
            assert!(store.read(|tx| of_customer::<String>(tx, &other, "c1")).unwrap().is_empty());
        });
    }

    #[test]
    fn lines_of_a_document_that_was_taken_back_stay_and_count_no_more() {
        every_store(|store| {
            let us = Key::try_from("us").unwrap();
            let late = PostedLine { posted_at: 9, ..line("i1", 0, "seats", 500) };
            let lines = [late, PostedLine { posted_at: 5, ..line("i2", 0, "seats", -20) }];
            store.write(|tx| lines.iter().try_for_each(|line| append(tx, &us, line))).unwrap();
            let posted = store.read(|tx| of_customer::<String>(tx, &us, "c1")).unwrap();
            assert_eq!(
                posted.iter().map(|line| line.amount_minor).collect::<Vec<_>>(),
                [-20, 500],
                "as they were posted"
            );
            store.write(|tx| void(tx, &us, "c1", "i2", 10)).unwrap();
            assert_eq!(store.read(|tx| of_customer(tx, &us, "c1")).unwrap(), lines[..1]);
            assert_eq!(store.read(|tx| of_key(tx, &us, "c1", "seats")).unwrap(), lines[..1]);
            assert_eq!(store.read(|tx| of_invoice(tx, &us, "i2")).unwrap(), lines[1..]);
            let again = store.write(|tx| void(tx, &us, "c1", "i2", 11));
            assert_eq!(again, Err(StoreError::Unique("voided_document_pkey".into())));
            let text = "DELETE FROM voided_document WHERE tenant = $1";
            let forgotten = store.write(|tx| tx.exec(Stmt { name: "forbidden", text }, &[Val::from(&us)]));
            assert_eq!(forgotten, Err(StoreError::Check("voided_document_append_only".into())));
        });
    }

    #[test]
    fn no_moment_of_a_line_is_billed_twice() {
        every_store(|store| {
            let us = Key::try_from("us").unwrap();
            let refused = Err(StoreError::Check("posted_line_served_once".into()));
            for (served, why) in [
                (vec![[0, 6], [5, 10]], "two stretches overlap"),
                (vec![[5, 10], [0, 5]], "they are out of order"),
                (vec![[0, 11]], "one ends after the cycle"),
                (vec![[-1, 4]], "one begins before the cycle"),
                (vec![[6, 4]], "one ends before it begins"),
            ] {
                let line = PostedLine { served, ..line("i1", 0, "seats", 500) };
                assert_eq!(store.write(|tx| append(tx, &us, &line)), refused, "{why}");
            }
            // and past every function of the program
            let text = "INSERT INTO posted_line (tenant, invoice_id, position, customer, line_key, cycle_from, cycle_to, amount_minor, currency, body, posted_at, served)
                        VALUES ($1, 'i1', 0, 'c1', 'seats', 0, 10, 500, 'EUR', '{}', 0, '[[0,7],[6,10]]')";
            let past = store.write(|tx| tx.exec(Stmt { name: "past", text }, &[Val::from(&us)]).map(drop));
            assert_eq!(past, refused);
            store.write(|tx| append(tx, &us, &line("i1", 0, "seats", 500))).unwrap();
        });
    }

    #[test]
    fn a_posted_line_stays_as_it_is() {
        every_store(|store| {
            let us = Key::try_from("us").unwrap();
            store.write(|tx| append(tx, &us, &line("i1", 0, "seats", 500))).unwrap();
            let again = store.write(|tx| append(tx, &us, &line("i1", 0, "tokens", 1)));
            assert_eq!(again, Err(StoreError::Unique("posted_line_pkey".into())));
            let backwards = PostedLine { cycle_to: -1, served: Vec::new(), ..line("i1", 1, "tokens", 1) };
            assert_eq!(
                store.write(|tx| append(tx, &us, &backwards)),
                Err(StoreError::Check("posted_line_cycle".into()))
            );
            for text in [
                "UPDATE posted_line SET amount_minor = 0 WHERE tenant = $1",
                "DELETE FROM posted_line WHERE tenant = $1",
            ] {
                let result = store.write(|tx| tx.exec(Stmt { name: "forbidden", text }, &[Val::from(&us)]));
                assert_eq!(result, Err(StoreError::Check("posted_line_append_only".into())));
            }
        });
    }

    #[test]
    fn what_is_answered_later_fails_the_part_that_wrote_it_and_no_other() {
        every_store(|store| {
            let us = Key::try_from("us").unwrap();
            let again = || StoreError::Unique("posted_line_pkey".into());
            store
                .write(|tx| {
                    append(tx, &us, &line("i1", 0, "seats", 500))?;
                    let failed = tx.savepoint(|tx| {
                        append(tx, &us, &line("i1", 1, "seats", 1))?;
                        append(tx, &us, &line("i1", 0, "seats", 1))?;
                        append(tx, &us, &line("i1", 2, "seats", 1))
                    });
                    assert_eq!(failed, Err(again()));
                    append(tx, &us, &line("i1", 1, "seats", 20))
                })
                .unwrap();
            assert_eq!(store.write(|tx| append(tx, &us, &line("i1", 1, "seats", 3))), Err(again()));
            let kept: Vec<PostedLine<String>> = store.read(|tx| of_invoice(tx, &us, "i1")).unwrap();
            assert_eq!(kept, [line("i1", 0, "seats", 500), line("i1", 1, "seats", 20)]);
            for text in ["SELECT 1", "SELECT no_such_column FROM counter WHERE tenant = $1"] {
                // a statement that fails by itself is told after what was written before it
                let result = store.write(|tx| {
                    append(tx, &us, &line("i1", 0, "seats", 1))?;
                    tx.exec(Stmt { name: "after", text }, &[])
                });
                assert!(result.is_err(), "{text}");
            }
            assert_eq!(store.read(|tx| of_invoice::<String>(tx, &us, "i1")).unwrap().len(), 2);
        });
    }
}
