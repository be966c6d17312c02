//! A copy of a tenant under another key: facts, documents, numbers, books and posted lines, as they are.

use crate::{StoreError, Tx, stmt::sql, value::args};
use stdx::Key;

sql! {
    FACTS = "INSERT INTO fact (tenant, kind, key, version, effective_at, recorded_at, body)
             SELECT $2, kind, key, version, effective_at, recorded_at, body FROM fact WHERE tenant = $1 AND kind NOT IN ($3, $4)";
    DOCUMENTS = "INSERT INTO document (tenant, kind, id, customer, status, sort_at, version, body)
                 SELECT $2, kind, id, customer, status, sort_at, version, body FROM document WHERE tenant = $1 AND kind NOT IN ($3, $4, $5, $6, $7, $8, $9, $10)";
    COUNTERS = "INSERT INTO counter (tenant, series, value) SELECT $2, series, value FROM counter WHERE tenant = $1";
    POSTINGS = "INSERT INTO posting (tenant, entry_id, position, account, side, amount_minor, currency, dimensions)
                SELECT $2, entry_id, position, account, side, amount_minor, currency, dimensions FROM posting WHERE tenant = $1";
    ENTRIES = "INSERT INTO entry (tenant, id, seq, book, entity, business_event, rule_version, effective_at, recorded_at)
               SELECT $2, id, seq, book, entity, business_event, rule_version, effective_at, recorded_at FROM entry WHERE tenant = $1";
    LINES = "INSERT INTO posted_line (tenant, invoice_id, position, customer, line_key, cycle_from, cycle_to, amount_minor, currency, body, posted_at, served)
             SELECT $2, invoice_id, position, customer, line_key, cycle_from, cycle_to, amount_minor, currency, body, posted_at, served FROM posted_line WHERE tenant = $1";
    VOIDED = "INSERT INTO voided_document (tenant, customer, invoice_id, voided_at)
              SELECT $2, customer, invoice_id, voided_at FROM voided_document WHERE tenant = $1";
    DUE = "INSERT INTO bill_due (tenant, customer, at, counts_to, touched)
           SELECT $2, customer, $3, $3, 1 FROM bill_due WHERE tenant = $1";
}

/// Which kinds of facts and documents are not copied.
#[derive(Debug, Clone, Copy)]
pub struct Without<'a> {
    /// Kinds of facts.
    pub facts: [&'a str; 2],
    /// Kinds of documents.
    pub documents: [&'a str; 8],
}

/// Copies what a tenant has to another one, which must have nothing. What is on its way (messages, jobs, deliveries, answers that are
/// remembered) stays where it is.
///
/// # Errors
/// [`StoreError::Unique`] when the other one has something of it already.
pub fn copy(tx: &mut Tx<'_>, from: &Key, to: &Key, without: Without<'_>) -> Result<(), StoreError> {
    let Without { facts, documents } = without;
    tx.exec(FACTS, args![from, to, facts[0], facts[1]])?;
    let [one, two, three, four, five, six, seven, eight] = documents;
    tx.exec(DOCUMENTS, args![from, to, one, two, three, four, five, six, seven, eight])?;
    tx.exec(COUNTERS, args![from, to])?;
    // an entry is refused unless its postings are there and balance
    tx.exec(POSTINGS, args![from, to])?;
    tx.exec(ENTRIES, args![from, to])?;
    tx.exec(LINES, args![from, to])?;
    // its usage has other positions, so each bill is drawn once
    tx.exec(DUE, args![from, to, i64::MIN])?;
    tx.exec(VOIDED, args![from, to])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        counters, documents,
        entries::{self, Entry, Posting, Side},
        facts,
        testing::every_store,
    };
    use std::collections::BTreeMap;

    #[test]
    fn a_copy_has_everything_but_what_is_left_out_and_goes_its_own_way() {
        every_store(|store| {
            let (us, copy_key) = (Key::try_from("us").unwrap(), Key::try_from("copy").unwrap());
            let times = facts::Times { effective_at: 1, recorded_at: 2 };
            let leg = |account: &str, side| Posting {
                account: account.into(),
                side,
                amount_minor: 100,
                currency: "EUR".into(),
                dimensions: BTreeMap::new(),
            };
            let entry = Entry {
                id: "ent_1".into(),
                book: "main".into(),
                entity: "main".into(),
                business_event: "invoice:1".into(),
                rule_version: 1,
                effective_at: 1,
                recorded_at: 1,
                postings: vec![leg("receivable", Side::Debit), leg("revenue", Side::Credit)],
            };
            let without = Without { facts: ["audit", "clock"], documents: ["token", "user", "", "", "", "", "", ""] };
            store
                .write(|tx| {
                    facts::append(tx, &us, "plan", "a", times, &1)?;
                    facts::append(tx, &us, "plan", "a", times, &2)?;
                    facts::append(tx, &us, "audit", "x", times, &3)?;
                    for kind in ["invoice", "token"] {
                        let document = documents::Document {
                            id: "1".into(),
                            customer: None,
                            status: "open".into(),
                            sort_at: 1,
                            version: 1,
                            body: 1,
                        };
                        documents::insert(tx, &us, kind, &document)?;
                    }
                    counters::next(tx, &us, "INV")?;
                    entries::post(tx, &us, &entry)?;
                    copy(tx, &us, &copy_key, without)
                })
                .unwrap();
            store
                .write(|tx| {
                    assert_eq!(facts::latest::<i64>(tx, &copy_key, "plan", "a")?.unwrap().body, 2);
                    assert_eq!(facts::latest::<i64>(tx, &copy_key, "audit", "x")?, None);
                    assert!(documents::find::<i64>(tx, &copy_key, "invoice", "1")?.is_some());
                    assert!(documents::find::<i64>(tx, &copy_key, "token", "1")?.is_none());
                    assert_eq!(counters::next(tx, &copy_key, "INV")?, 2);
                    assert_eq!(counters::next(tx, &copy_key, "INV")?, 3);
                    assert_eq!(counters::next(tx, &us, "INV")?, 2);
                    assert_eq!(entries::post(tx, &copy_key, &entry)?, entries::Posted::Already(1));
                    Ok::<_, StoreError>(())
                })
                .unwrap();
            let again = store.write(|tx| copy(tx, &us, &copy_key, without));
            assert!(matches!(again, Err(StoreError::Unique(_))), "{again:?}");
        });
    }
}
