//! The books: entries stored, and balances read from them.

use crate::{Engine, EngineError};
use calendar::Instant;
use ledger::{Balances, Entry, EntryDraft, Side};
use money::{Currency, Money};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;
use stdx::Problem;
use store::{Tx, entries};

const PAGE: u32 = 1_000;
/// The book and the legal entity of a tenant that has not set up others.
const BOOK: &str = "main";
const ENTITY: &str = "main";

stdx::typed_id!(
    /// Names an entry of the journal.
    EntryId, "ent"
);

/// An entry and its place in the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct JournalEntry {
    /// Its place: 1, 2, 3, … without a gap.
    pub seq: i64,
    /// When it was written.
    pub recorded_at: Instant,
    /// The entry.
    #[serde(flatten)]
    pub entry: Entry,
}

/// What stood on each account at an instant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct BooksAt {
    /// Entries that are true before this instant count.
    pub before: Instant,
    /// Balance by account, on its normal side; one for each currency.
    pub balances: BTreeMap<String, Vec<Money>>,
}

impl Engine {
    /// Writes an entry, unless it was written before.
    pub(crate) fn post_entry(&self, tx: &mut Tx<'_>, entry: &Entry) -> Result<(), EngineError> {
        entries::post(tx, &self.tenant, &self.row_of(entry)?)?;
        Ok(())
    }

    /// Writes the entry of something that has just come to be, and so cannot have been posted.
    pub(crate) fn post_new_entry(&self, tx: &mut Tx<'_>, entry: &Entry) -> Result<(), EngineError> {
        Ok(entries::post_new(tx, &self.tenant, &self.row_of(entry)?)?)
    }

    fn row_of(&self, entry: &Entry) -> Result<entries::Entry, EngineError> {
        let postings = entry.postings().iter().map(|posting| {
            let amount_minor =
                i64::try_from(posting.amount.minor()).map_err(|_| EngineError::invalid(&money::NumError::Overflow))?;
            Ok(entries::Posting {
                account: posting.account.name().into(),
                side: match posting.side {
                    Side::Debit => entries::Side::Debit,
                    Side::Credit => entries::Side::Credit,
                },
                amount_minor,
                currency: posting.amount.currency().code().into(),
                dimensions: posting.dimensions.clone(),
            })
        });
        let postings = postings.collect::<Result<Vec<_>, EngineError>>()?;
        Ok(entries::Entry {
            id: EntryId::from_u128(self.ids.next()).to_string(),
            book: BOOK.into(),
            entity: ENTITY.into(),
            business_event: entry.event().into(),
            rule_version: i64::from(entry.rule()),
            effective_at: entry.effective_at().micros(),
            recorded_at: self.now().micros(),
            postings,
        })
    }

    /// At most `limit` entries after a place of the journal (0: from the beginning).
    pub fn journal(&self, after: i64, limit: u32) -> Result<Vec<JournalEntry>, EngineError> {
        self.store.read(|tx| entries::journal(tx, &self.tenant, after, limit))?.into_iter().map(journal_entry).collect()
    }

    /// What stands on each account, counting the entries that are true before an instant.
    pub fn balances(&self, before: Instant) -> Result<BooksAt, EngineError> {
        let mut balances: BTreeMap<String, Vec<Money>> = BTreeMap::new();
        for (account, balance) in self.books_before(before)?.iter() {
            balances.entry(account.name().into()).or_default().push(balance);
        }
        Ok(BooksAt { before, balances })
    }

    /// The same by role.
    pub(crate) fn books_before(&self, before: Instant) -> Result<Balances, EngineError> {
        let mut books = Balances::default();
        let mut after = 0;
        loop {
            let page = self.journal(after, PAGE)?;
            let Some(last) = page.last() else { return Ok(books) };
            after = last.seq;
            for entry in page.iter().filter(|entry| entry.entry.effective_at() < before) {
                books.add(&entry.entry)?;
            }
        }
    }
}

pub(crate) fn journal_entry(booked: entries::Booked) -> Result<JournalEntry, EngineError> {
    let corrupt = |why: String| {
        EngineError::Failed(Problem::new("store_corrupt", "The store says something impossible").detail(why))
    };
    let instant = |micros| Instant::from_micros(micros).map_err(|error| corrupt(error.to_string()));
    let row = booked.entry;
    let rule = u32::try_from(row.rule_version).map_err(|error| corrupt(error.to_string()))?;
    let mut draft = EntryDraft::by_rule(row.business_event, rule, instant(row.effective_at)?);
    for posting in row.postings {
        let currency = Currency::parse(&posting.currency).map_err(|error| corrupt(error.to_string()))?;
        let account =
            ledger::Account::parse(&posting.account).ok_or_else(|| corrupt(format!("account {}", posting.account)))?;
        let side = match posting.side {
            entries::Side::Debit => Side::Debit,
            entries::Side::Credit => Side::Credit,
        };
        draft = draft.leg(account, side, Money::new(i128::from(posting.amount_minor), currency), posting.dimensions);
    }
    let entry = draft.balanced().map_err(|error| corrupt(error.to_string()))?;
    Ok(JournalEntry { seq: booked.seq, recorded_at: instant(row.recorded_at)?, entry })
}
