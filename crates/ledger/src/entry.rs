//! Entries.

use crate::{Account, Side};
use alloc::{collections::BTreeMap, string::String, vec::Vec};
use calendar::Instant;
use money::{Currency, Money, MoneyError};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::NonEmpty;

/// One leg of an entry: a positive amount on one side of one account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Posting {
    /// Where.
    pub account: Account,
    /// On which side.
    pub side: Side,
    /// How much; above zero.
    pub amount: Money,
    /// What the amount can be sliced by: customer, product, subscription…
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub dimensions: BTreeMap<String, String>,
}

/// A balanced set of postings for one business event. It can only be had from [`EntryDraft::balanced`] (or read back from what that
/// wrote), so debits equal credits in each currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "EntryDraft")]
pub struct Entry {
    event: String,
    rule: u32,
    effective_at: Instant,
    postings: NonEmpty<Posting>,
}

/// An entry that is being written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EntryDraft {
    event: String,
    rule: u32,
    effective_at: Instant,
    postings: Vec<Posting>,
}

/// Why a draft is not an entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    /// No amount was posted.
    #[error("the entry for {event} has no postings")]
    Empty {
        /// The business event.
        event: String,
    },
    /// A leg with an amount of zero or less.
    #[error("the entry for {event} posts {amount}, which is not above zero")]
    NotPositive {
        /// The business event.
        event: String,
        /// The amount.
        amount: Money,
    },
    /// Debits and credits differ.
    #[error("the entry for {event} does not balance: debits exceed credits by {excess}")]
    Unbalanced {
        /// The business event.
        event: String,
        /// Debits less credits.
        excess: Money,
    },
    /// The sum is too large.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

impl stdx::ToProblem for EntryError {
    fn problem(&self) -> stdx::Problem {
        match self {
            Self::Money(error) => error.problem(),
            Self::Empty { .. } | Self::NotPositive { .. } | Self::Unbalanced { .. } => {
                stdx::Problem::new("entry_not_balanced", "A journal entry does not balance")
                    .detail(alloc::format!("{self}"))
                    .mend("post the same positive amount to both sides in each currency")
            }
        }
    }
}

impl EntryDraft {
    /// Begins the entry of a business event. `event` is its identity: together with the version of the posting rule it is posted
    /// at most once, whatever is run again.
    pub fn new(event: impl Into<String>, effective_at: Instant) -> Self {
        Self::by_rule(event, 1, effective_at)
    }

    /// [`EntryDraft::new`] for a later version of a posting rule.
    pub fn by_rule(event: impl Into<String>, rule: u32, effective_at: Instant) -> Self {
        Self { event: event.into(), rule, effective_at, postings: Vec::new() }
    }

    /// Adds a debit. A negative amount goes to the other side; zero adds nothing.
    #[must_use]
    pub fn debit(self, account: Account, amount: Money) -> Self {
        self.leg(account, Side::Debit, amount, BTreeMap::new())
    }
    /// Adds a credit. A negative amount goes to the other side; zero adds nothing.
    #[must_use]
    pub fn credit(self, account: Account, amount: Money) -> Self {
        self.leg(account, Side::Credit, amount, BTreeMap::new())
    }
    /// Adds a leg with dimensions. A negative amount goes to the other side; zero adds nothing.
    #[must_use]
    pub fn leg(mut self, account: Account, side: Side, amount: Money, dimensions: BTreeMap<String, String>) -> Self {
        let (side, amount) = if amount.is_negative() { (side.other(), amount.negated()) } else { (side, amount) };
        if !amount.is_zero() {
            self.postings.push(Posting { account, side, amount, dimensions });
        }
        self
    }

    /// Whether nothing was posted: an event worth zero has no entry.
    pub fn is_empty(&self) -> bool {
        self.postings.is_empty()
    }

    /// The entry, if debits equal credits in each currency.
    pub fn balanced(self) -> Result<Entry, EntryError> {
        let mut excess: BTreeMap<Currency, Money> = BTreeMap::new();
        for posting in &self.postings {
            let amount = posting.amount;
            if amount.is_zero() || amount.is_negative() {
                return Err(EntryError::NotPositive { event: self.event, amount });
            }
            let sum = excess.entry(amount.currency()).or_insert(Money::zero(amount.currency()));
            *sum = match posting.side {
                Side::Debit => sum.plus(amount)?,
                Side::Credit => sum.minus(amount)?,
            };
        }
        if let Some(excess) = excess.into_values().find(|sum| !sum.is_zero()) {
            return Err(EntryError::Unbalanced { event: self.event, excess });
        }
        match NonEmpty::try_from(self.postings) {
            Ok(postings) => Ok(Entry { event: self.event, rule: self.rule, effective_at: self.effective_at, postings }),
            Err(stdx::Empty) => Err(EntryError::Empty { event: self.event }),
        }
    }
}

impl TryFrom<EntryDraft> for Entry {
    type Error = EntryError;
    fn try_from(draft: EntryDraft) -> Result<Self, EntryError> {
        draft.balanced()
    }
}

impl Entry {
    /// The business event that it records; with [`rule`](Self::rule) its identity.
    pub fn event(&self) -> &str {
        &self.event
    }
    /// Version of the posting rule that wrote it.
    pub const fn rule(&self) -> u32 {
        self.rule
    }
    /// When it is true.
    pub const fn effective_at(&self) -> Instant {
        self.effective_at
    }
    /// What it posts to one side of each account, by account and currency.
    pub fn sums(&self, side: Side) -> Result<BTreeMap<(Account, Currency), Money>, MoneyError> {
        let mut sums = BTreeMap::new();
        for posting in self.postings.iter().filter(|posting| posting.side == side) {
            let currency = posting.amount.currency();
            let sum = sums.entry((posting.account, currency)).or_insert(Money::zero(currency));
            *sum = sum.plus(posting.amount)?;
        }
        Ok(sums)
    }
    /// Its legs.
    pub const fn postings(&self) -> &NonEmpty<Posting> {
        &self.postings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn euro(minor: i128) -> Money {
        Money::new(minor, Currency::parse("EUR").expect("euro"))
    }
    fn dollar(minor: i128) -> Money {
        Money::new(minor, Currency::parse("USD").expect("dollar"))
    }
    fn draft() -> EntryDraft {
        EntryDraft::new("invoice:1:issued", "2026-04-01T00:00:00Z".parse().expect("instant"))
    }

    #[test]
    fn what_does_not_balance_in_each_currency_is_not_an_entry() {
        let lopsided = draft().debit(Account::Receivable, euro(100)).credit(Account::Revenue, euro(99)).balanced();
        assert_eq!(lopsided, Err(EntryError::Unbalanced { event: "invoice:1:issued".into(), excess: euro(1) }));
        let mixed = draft().debit(Account::Receivable, euro(100)).credit(Account::Revenue, dollar(100)).balanced();
        assert!(matches!(mixed, Err(EntryError::Unbalanced { .. })));
        assert_eq!(draft().balanced(), Err(EntryError::Empty { event: "invoice:1:issued".into() }));
    }

    #[test]
    fn a_negative_amount_goes_to_the_other_side() {
        let entry = draft()
            .debit(Account::Receivable, euro(-30))
            .credit(Account::Revenue, euro(-30))
            .balanced()
            .expect("entry");
        assert_eq!(entry.postings().first().side, Side::Credit);
        assert_eq!(entry.postings().first().amount, euro(30));
    }

    #[test]
    fn a_stored_entry_is_checked_when_it_is_read() {
        let entry =
            draft().debit(Account::Receivable, euro(5)).credit(Account::Revenue, euro(5)).balanced().expect("entry");
        let json = serde_json::to_string(&entry).expect("json");
        assert_eq!(serde_json::from_str::<Entry>(&json).expect("back"), entry);
        assert!(serde_json::from_str::<Entry>(&json.replacen("0.05", "0.06", 1)).is_err());
    }
}
