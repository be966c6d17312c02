//! The books: entries with their postings, written once, in order, balanced.
//!
//! That an entry balances per currency is the business of the `ledger` crate, where another entry cannot be constructed; the
//! database checks it again when the entry is written, so that no other path leads into the books.

use crate::{
    StoreError, Tx,
    lists::{self, Field, List, Placed, Select},
    stmt::sql,
    value::{Row, Val, args, kept_args, to_json},
};
use std::collections::BTreeMap;
use stdx::Key;

/// On which side of an account a posting stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Debit.
    Debit,
    /// Credit.
    Credit,
}

/// One leg of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posting {
    /// Code of the account.
    pub account: String,
    /// Its side.
    pub side: Side,
    /// In minor units of the currency, more than zero.
    pub amount_minor: i64,
    /// ISO 4217 code.
    pub currency: String,
    /// By what it can be told apart: customer, contract, product…
    pub dimensions: BTreeMap<String, String>,
}

/// A balanced set of postings. `business_event` and `rule_version` together are its identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its id.
    pub id: String,
    /// Under which standard (`us_gaap`, `ifrs`, …).
    pub book: String,
    /// Which legal entity.
    pub entity: String,
    /// What happened, by a name that is the same each time it is looked at: `invoice_issued:inv_…`.
    pub business_event: String,
    /// Version of the posting rule.
    pub rule_version: i64,
    /// When it is true, in microseconds since 1970 in UTC.
    pub effective_at: i64,
    /// When it was written, in microseconds since 1970 in UTC.
    pub recorded_at: i64,
    /// Its legs, in order.
    pub postings: Vec<Posting>,
}

/// An entry and its place in the journal of its tenant: 1, 2, 3, … without a gap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booked {
    /// Its place.
    pub seq: i64,
    /// The entry.
    pub entry: Entry,
}

/// What [`post`] did; with the place of the entry in the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Posted {
    /// It was written.
    New(i64),
    /// The same event had been posted by the same rule; nothing was written.
    Already(i64),
}

/// A posting seen from its account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Movement {
    /// Place of its entry in the journal.
    pub seq: i64,
    /// Id of its entry.
    pub entry_id: String,
    /// When its entry is true.
    pub effective_at: i64,
    /// The posting.
    pub posting: Posting,
}

sql! {
    LAST = "SELECT seq FROM entry WHERE tenant = $1 ORDER BY seq DESC LIMIT 1";
    SAME = "SELECT seq, id, book, entity, business_event, rule_version, effective_at, recorded_at FROM entry
            WHERE tenant = $1 AND business_event = $2 AND rule_version = $3";
    INSERT_POSTING = "INSERT INTO posting (tenant, entry_id, position, account, side, amount_minor, currency, dimensions) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    INSERT_ENTRY = "INSERT INTO entry (tenant, id, seq, book, entity, business_event, rule_version, effective_at, recorded_at)
                    VALUES ($1, $2, (SELECT COALESCE(MAX(seq), 0) + 1 FROM entry WHERE tenant = $1), $3, $4, $5, $6, $7, $8)";
    GET = "SELECT seq, id, book, entity, business_event, rule_version, effective_at, recorded_at FROM entry WHERE tenant = $1 AND id = $2";
    OF_EVENT = "SELECT seq, id, book, entity, business_event, rule_version, effective_at, recorded_at FROM entry WHERE tenant = $1 AND business_event = $2 ORDER BY seq";
    JOURNAL = "SELECT seq, id, book, entity, business_event, rule_version, effective_at, recorded_at FROM entry WHERE tenant = $1 AND seq > $2 ORDER BY seq LIMIT $3";
    POSTINGS = "SELECT account, side, amount_minor, currency, dimensions FROM posting WHERE tenant = $1 AND entry_id = $2 ORDER BY position";
    MOVEMENTS = "SELECT account, side, amount_minor, currency, dimensions, seq, id, effective_at
                 FROM posting JOIN entry ON entry.tenant = posting.tenant AND entry.id = posting.entry_id
                 WHERE posting.tenant = $1 AND posting.account = $2 AND effective_at >= $3 AND effective_at < $4 ORDER BY seq, position";
}

pub(crate) const LIST: List = List {
    name: "entries",
    table: "entry",
    columns: &["seq", "id", "book", "entity", "business_event", "rule_version", "effective_at", "recorded_at"],
    only: "",
    fields: &[
        (
            Field::Account,
            "EXISTS (SELECT 1 FROM posting p WHERE p.tenant = entry.tenant AND p.entry_id = entry.id AND p.account = {})",
        ),
        (Field::Event, "business_event"),
        (Field::EffectiveAt, "effective_at"),
        (Field::Id, "seq"),
    ],
    numbers: &[Field::EffectiveAt, Field::Id],
};

/// A part of the journal.
pub fn listed(tx: &mut Tx<'_>, tenant: &Key, select: &Select) -> Result<Vec<Placed<Booked>>, StoreError> {
    let mut found = lists::page(tx, tenant, &LIST, select, read_entry)?;
    for placed in &mut found {
        fill(tx, tenant, &mut placed.item)?;
    }
    Ok(found)
}

/// Writes an entry, unless the same business event was posted by the same rule version before.
///
/// # Errors
/// [`StoreError::Unique`] when that earlier entry says something else, or the id is taken; [`StoreError::Check`] with
/// `entry_balances` or `entry_has_postings`, or when a posting is not valid by itself.
pub fn post(tx: &mut Tx<'_>, tenant: &Key, entry: &Entry) -> Result<Posted, StoreError> {
    if let Some(mut found) = tx.opt(SAME, args![tenant, &entry.business_event, entry.rule_version], read_entry)? {
        fill(tx, tenant, &mut found)?;
        let Booked { seq, entry: before } = found;
        let same = Entry { id: entry.id.clone(), recorded_at: entry.recorded_at, ..before } == *entry;
        let other = || StoreError::Unique("entry_tenant_business_event_rule_version_key".into());
        return if same { Ok(Posted::Already(seq)) } else { tx.fail(other()) };
    }
    let args = written(tx, tenant, entry)?;
    tx.exec_one(INSERT_ENTRY, &args)?;
    Ok(Posted::New(last(tx, tenant)?))
}

/// Writes an entry of an event that nobody can have posted, because it has just come to be. Nobody waits for it: what is wrong with it
/// is the error of a later statement of the transaction, or of its end.
///
/// # Errors
/// Then or now: [`StoreError::Unique`] when the event was posted after all, and those of [`post`].
pub fn post_new(tx: &mut Tx<'_>, tenant: &Key, entry: &Entry) -> Result<(), StoreError> {
    let args = written(tx, tenant, entry)?;
    tx.exec_later(INSERT_ENTRY, args)
}

/// Writes the postings of an entry; what else it says.
fn written(tx: &mut Tx<'_>, tenant: &Key, entry: &Entry) -> Result<Vec<Val>, StoreError> {
    for (position, posting) in (0_i64..).zip(&entry.postings) {
        let Posting { account, side, amount_minor, currency, dimensions } = posting;
        let dimensions = to_json(dimensions)?;
        let args = kept_args![tenant, &entry.id, position, account, side.word(), *amount_minor, currency, dimensions];
        tx.exec_later(INSERT_POSTING, args)?;
    }
    let Entry { id, book, entity, business_event, rule_version, effective_at, recorded_at, postings: _ } = entry;
    Ok(kept_args![tenant, id, book, entity, business_event, *rule_version, *effective_at, *recorded_at])
}

/// The place of the last entry of the journal; 0 when there is none.
pub fn last(tx: &mut Tx<'_>, tenant: &Key) -> Result<i64, StoreError> {
    Ok(tx.opt(LAST, args![tenant], |row| row.int(0))?.unwrap_or(0))
}

/// The entry with this id.
///
/// # Errors
/// [`StoreError::NotFound`] when there is none.
pub fn get(tx: &mut Tx<'_>, tenant: &Key, id: &str) -> Result<Booked, StoreError> {
    let mut booked = tx.one(GET, args![tenant, id], read_entry)?;
    fill(tx, tenant, &mut booked)?;
    Ok(booked)
}

/// The entries of a business event, in the order of the journal: one for each rule version and book that posted it.
pub fn of_event(tx: &mut Tx<'_>, tenant: &Key, business_event: &str) -> Result<Vec<Booked>, StoreError> {
    let found = tx.query(OF_EVENT, args![tenant, business_event], read_entry)?;
    fill_all(tx, tenant, found)
}

/// The journal after a place (0: from the beginning), at most `limit` entries.
pub fn journal(tx: &mut Tx<'_>, tenant: &Key, after: i64, limit: u32) -> Result<Vec<Booked>, StoreError> {
    let found = tx.query(JOURNAL, args![tenant, after, i64::from(limit)], read_entry)?;
    fill_all(tx, tenant, found)
}

/// The postings of an account that are true from `from` on and before `to`, in the order of the journal.
pub fn movements(
    tx: &mut Tx<'_>,
    tenant: &Key,
    account: &str,
    from: i64,
    to: i64,
) -> Result<Vec<Movement>, StoreError> {
    tx.query(MOVEMENTS, args![tenant, account, from, to], |row| {
        Ok(Movement {
            seq: row.int(5)?,
            entry_id: row.text(6)?,
            effective_at: row.int(7)?,
            posting: read_posting(row)?,
        })
    })
}

impl Side {
    fn word(self) -> &'static str {
        match self {
            Self::Debit => "debit",
            Self::Credit => "credit",
        }
    }
}

fn fill_all(tx: &mut Tx<'_>, tenant: &Key, mut found: Vec<Booked>) -> Result<Vec<Booked>, StoreError> {
    for booked in &mut found {
        fill(tx, tenant, booked)?;
    }
    Ok(found)
}

fn fill(tx: &mut Tx<'_>, tenant: &Key, booked: &mut Booked) -> Result<(), StoreError> {
    booked.entry.postings = tx.query(POSTINGS, args![tenant, &booked.entry.id], read_posting)?;
    Ok(())
}

fn read_entry(row: &mut Row<'_>) -> Result<Booked, StoreError> {
    let entry = Entry {
        id: row.text(1)?,
        book: row.text(2)?,
        entity: row.text(3)?,
        business_event: row.text(4)?,
        rule_version: row.int(5)?,
        effective_at: row.int(6)?,
        recorded_at: row.int(7)?,
        postings: Vec::new(),
    };
    Ok(Booked { seq: row.int(0)?, entry })
}

fn read_posting(row: &mut Row<'_>) -> Result<Posting, StoreError> {
    let account = row.text(0)?;
    let side = match row.text(1)?.as_str() {
        "debit" => Side::Debit,
        "credit" => Side::Credit,
        word => {
            let what = format!("side of a posting to {account}");
            return Err(StoreError::Decode { what, why: format!("`{word}` is neither debit nor credit") });
        }
    };
    Ok(Posting { account, side, amount_minor: row.int(2)?, currency: row.text(3)?, dimensions: row.json(4)? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{stmt::Stmt, testing::every_store, value::Val};

    fn leg(account: &str, side: Side, amount_minor: i64, currency: &str) -> Posting {
        let dimensions = BTreeMap::from([("customer".to_owned(), "c1".to_owned())]);
        Posting { account: account.into(), side, amount_minor, currency: currency.into(), dimensions }
    }

    fn entry(id: &str, event: &str, postings: Vec<Posting>) -> Entry {
        let (book, entity) = ("us_gaap".into(), "main".into());
        let business_event = event.into();
        Entry {
            id: id.into(),
            book,
            entity,
            business_event,
            rule_version: 1,
            effective_at: 10,
            recorded_at: 20,
            postings,
        }
    }

    fn sale(id: &str, event: &str) -> Entry {
        let legs = [("receivable", Side::Debit, 119), ("revenue", Side::Credit, 100), ("tax", Side::Credit, 19)];
        entry(id, event, legs.iter().map(|(account, side, amount)| leg(account, *side, *amount, "EUR")).collect())
    }

    fn us() -> Key {
        Key::try_from("us").unwrap()
    }

    #[test]
    fn an_event_is_posted_once_whatever_the_id() {
        every_store(|store| {
            let post = |entry: &Entry| store.write(|tx| post(tx, &us(), entry));
            assert_eq!(post(&sale("e1", "invoice:1")), Ok(Posted::New(1)));
            assert_eq!(post(&sale("e2", "invoice:2")), Ok(Posted::New(2)));
            let replay = Entry { recorded_at: 99, ..sale("e3", "invoice:1") };
            assert_eq!(post(&replay), Ok(Posted::Already(1)));
            let other = Entry { effective_at: 11, ..sale("e4", "invoice:1") };
            assert_eq!(post(&other), Err(StoreError::Unique("entry_tenant_business_event_rule_version_key".into())));
            let newer_rule = Entry { rule_version: 2, ..sale("e5", "invoice:1") };
            assert_eq!(post(&newer_rule), Ok(Posted::New(3)));
            assert_eq!(post(&sale("e2", "invoice:3")), Err(StoreError::Check("posting_entry_open".into())));
            let journal = store.read(|tx| journal(tx, &us(), 0, 10)).unwrap();
            assert_eq!(journal.iter().map(|booked| booked.seq).collect::<Vec<_>>(), [1, 2, 3]);
            assert_eq!(journal[0].entry, sale("e1", "invoice:1"));
            assert_eq!(store.read(|tx| of_event(tx, &us(), "invoice:1")).unwrap().len(), 2);
            assert_eq!(store.read(|tx| get(tx, &us(), "e2")).unwrap(), journal[1]);
        });
    }

    #[test]
    fn an_entry_that_does_not_balance_in_each_currency_is_refused() {
        every_store(|store| {
            let refused = |postings, rule: &str| {
                let entry = entry("e", "x", postings);
                let result = store.write(|tx| post(tx, &us(), &entry));
                assert_eq!(result, Err(StoreError::Check(rule.into())));
            };
            refused(vec![], "entry_has_postings");
            refused(vec![leg("a", Side::Debit, 5, "EUR"), leg("b", Side::Credit, 4, "EUR")], "entry_balances");
            refused(vec![leg("a", Side::Debit, 5, "EUR"), leg("b", Side::Credit, 5, "USD")], "entry_balances");
            refused(vec![leg("a", Side::Debit, 0, "EUR"), leg("b", Side::Credit, 0, "EUR")], "posting_amount");
            refused(vec![leg("a", Side::Debit, -5, "EUR"), leg("b", Side::Credit, -5, "EUR")], "posting_amount");
            refused(vec![leg("a", Side::Debit, 5, "EURO"), leg("b", Side::Credit, 5, "EURO")], "posting_currency");
            assert!(store.read(|tx| journal(tx, &us(), 0, 10)).unwrap().is_empty());
            let huge = vec![
                leg("a", Side::Debit, i64::MAX, "EUR"),
                leg("a", Side::Debit, i64::MAX, "EUR"),
                leg("b", Side::Credit, 1, "EUR"),
            ];
            let huge = entry("e", "x", huge);
            assert!(store.write(|tx| post(tx, &us(), &huge)).is_err());
        });
    }

    #[test]
    fn a_posting_without_its_entry_cannot_be_committed() {
        every_store(|store| {
            let args = args![&us(), "nowhere", 0, "a", "debit", 5, "EUR", "{}"];
            assert_eq!(store.write(|tx| tx.exec_one(INSERT_POSTING, args)), Err(StoreError::ForeignKey));
            assert_eq!(store.write(|tx| post(tx, &us(), &sale("nowhere", "invoice:1"))), Ok(Posted::New(1)));
        });
    }

    #[test]
    fn the_books_are_never_changed_or_removed() {
        every_store(|store| {
            store.write(|tx| post(tx, &us(), &sale("e1", "invoice:1"))).unwrap();
            for (text, rule) in [
                ("UPDATE posting SET amount_minor = 1 WHERE tenant = $1", "posting_append_only"),
                ("DELETE FROM posting WHERE tenant = $1", "posting_append_only"),
                ("UPDATE entry SET effective_at = 1 WHERE tenant = $1", "entry_append_only"),
                ("DELETE FROM entry WHERE tenant = $1", "entry_append_only"),
            ] {
                let result = store.write(|tx| tx.exec(Stmt { name: "forbidden", text }, &[Val::from(&us())]));
                assert_eq!(result, Err(StoreError::Check(rule.into())), "{text}");
            }
        });
    }

    #[test]
    fn an_account_shows_its_movements_of_a_time() {
        every_store(|store| {
            store
                .write(|tx| {
                    for (n, effective_at) in [(1, 10), (2, 20), (3, 30)] {
                        let event = format!("invoice:{n}");
                        post(tx, &us(), &Entry { effective_at, ..sale(&format!("e{n}"), &event) })?;
                    }
                    Ok::<_, StoreError>(())
                })
                .unwrap();
            let found = store.read(|tx| movements(tx, &us(), "revenue", 10, 30)).unwrap();
            assert_eq!(found.iter().map(|movement| movement.entry_id.as_str()).collect::<Vec<_>>(), ["e1", "e2"]);
            assert_eq!(found[0].posting, leg("revenue", Side::Credit, 100, "EUR"));
        });
    }

    #[test]
    fn what_has_just_come_to_be_is_posted_without_looking_and_not_twice() {
        every_store(|store| {
            let us = Key::try_from("us").unwrap();
            let sale = |id: &str, event: &str, amount_minor: i64| {
                let leg = |account: &str, side, amount_minor| Posting {
                    account: account.into(),
                    side,
                    amount_minor,
                    currency: "EUR".into(),
                    dimensions: BTreeMap::new(),
                };
                Entry {
                    id: id.into(),
                    book: "main".into(),
                    entity: "main".into(),
                    business_event: event.into(),
                    rule_version: 1,
                    effective_at: 1,
                    recorded_at: 2,
                    postings: vec![leg("receivable", Side::Debit, 5), leg("revenue", Side::Credit, amount_minor)],
                }
            };
            let post = |entry: &Entry| store.write(|tx| post_new(tx, &us, entry));
            assert_eq!(post(&sale("e1", "i1", 5)), Ok(()));
            assert_eq!(post(&sale("e2", "i2", 5)), Ok(()));
            assert!(matches!(post(&sale("e3", "i2", 5)), Err(StoreError::Unique(_))));
            assert_eq!(post(&sale("e3", "i3", 4)), Err(StoreError::Check("entry_balances".into())));
            let kept = store.read(|tx| journal(tx, &us, 0, 10)).unwrap();
            assert_eq!(
                kept.iter().map(|booked| (booked.seq, booked.entry.id.as_str())).collect::<Vec<_>>(),
                [(1, "e1"), (2, "e2")]
            );
        });
    }
}
