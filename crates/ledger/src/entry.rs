//! Entries.

use crate::{Account, Month, Side};
use alloc::{collections::BTreeMap, string::String, vec::Vec};
use calendar::Instant;
use money::{Currency, Money, MoneyError};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::{Key, NonEmpty};

/// One leg of an entry: a positive amount on one side of one account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Posting {
    /// Where.
    pub account: Account,
    /// On which side.
    pub side: Side,
    /// How much, in the currency of the event; never below zero, and zero only where the functional amount is not.
    pub amount: Money,
    /// The same in the currency in which the legal entity keeps its books; none where that is the currency of the amount. A leg of zero with a
    /// functional amount is a difference of exchange.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub functional: Option<Money>,
    /// What the amount can be sliced by: customer, product, subscription…
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub dimensions: BTreeMap<String, String>,
}

/// The standard by which books are kept: one stream of events is posted to each that a legal entity needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Book {
    /// US GAAP with ASC 606.
    #[default]
    UsGaap,
    /// IFRS with IFRS 15.
    Ifrs,
    /// By the rules of the tax return.
    Tax,
    /// As the management looks at it.
    Management,
}

impl Book {
    /// The name that files and the API use.
    pub const fn name(self) -> &'static str {
        match self {
            Self::UsGaap => "us_gaap",
            Self::Ifrs => "ifrs",
            Self::Tax => "tax",
            Self::Management => "management",
        }
    }

    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands it over by reference")]
    fn is_usual(&self) -> bool {
        *self == Self::default()
    }
}

/// What an entry is known by: posted once, whatever is run again.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct EntryId {
    /// The legal entity; none for a tenant that has only one.
    pub entity: Option<Key>,
    /// Its book.
    pub book: Book,
    /// The business event.
    pub event: String,
    /// Version of the posting rule.
    pub rule: u32,
}

/// A balanced set of postings for one business event, in one book of one legal entity. It can only be had from [`EntryDraft::balanced`] (or
/// read back from what that wrote), so debits equal credits in each currency and in each functional currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "EntryDraft")]
pub struct Entry {
    event: String,
    rule: u32,
    effective_at: Instant,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    entity: Option<Key>,
    #[serde(default, skip_serializing_if = "Book::is_usual")]
    book: Book,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    origin: Option<Month>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reverses: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    correlation: Option<String>,
    postings: NonEmpty<Posting>,
}

/// An entry that is being written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EntryDraft {
    event: String,
    rule: u32,
    effective_at: Instant,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    entity: Option<Key>,
    #[serde(default, skip_serializing_if = "Book::is_usual")]
    book: Book,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    origin: Option<Month>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reverses: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    correlation: Option<String>,
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
        Self {
            event: event.into(),
            rule,
            effective_at,
            entity: None,
            book: Book::default(),
            origin: None,
            reverses: None,
            correlation: None,
            postings: Vec::new(),
        }
    }

    /// Says in which book of which legal entity it is posted.
    #[must_use]
    pub fn in_book(mut self, entity: Option<Key>, book: Book) -> Self {
        self.entity = entity;
        self.book = book;
        self
    }

    /// Says in which month the event belongs, where that is not the month in which it took effect: a late fact about an earlier month.
    #[must_use]
    pub fn of_month(mut self, origin: Month) -> Self {
        self.origin = Some(origin);
        self
    }

    /// Ties it to the entries of other legal entities that record the same event.
    #[must_use]
    pub fn correlated(mut self, correlation: impl Into<String>) -> Self {
        self.correlation = Some(correlation.into());
        self
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
    pub fn leg(self, account: Account, side: Side, amount: Money, dimensions: BTreeMap<String, String>) -> Self {
        self.valued_leg(account, side, Valued::from(amount), dimensions)
    }
    /// Adds a leg that is worth so much in the functional currency too. What is negative goes to the other side; zero in both adds nothing.
    #[must_use]
    pub fn valued_leg(
        mut self,
        account: Account,
        side: Side,
        valued: Valued,
        dimensions: BTreeMap<String, String>,
    ) -> Self {
        let Valued { amount, functional } = valued;
        let negative = amount.is_negative() || (amount.is_zero() && functional.is_some_and(Money::is_negative));
        let (side, amount, functional) = if negative {
            (side.other(), amount.negated(), functional.map(Money::negated))
        } else {
            (side, amount, functional)
        };
        if !amount.is_zero() || functional.is_some_and(|worth| !worth.is_zero()) {
            self.postings.push(Posting { account, side, amount, functional, dimensions });
        }
        self
    }

    /// Whether nothing was posted: an event worth zero has no entry.
    pub fn is_empty(&self) -> bool {
        self.postings.is_empty()
    }

    /// The entry, if debits equal credits in each currency.
    pub fn balanced(self) -> Result<Entry, EntryError> {
        for posting in &self.postings {
            let worth = posting.worth();
            let nothing = posting.amount.is_zero() && worth.is_zero();
            if nothing || posting.amount.is_negative() || worth.is_negative() {
                let amount = if posting.amount.is_negative() { posting.amount } else { worth };
                return Err(EntryError::NotPositive { event: self.event, amount });
            }
        }
        for amount_of in [|posting: &Posting| posting.amount, Posting::worth] {
            if let Some(excess) = excess(&self.postings, amount_of)? {
                return Err(EntryError::Unbalanced { event: self.event, excess });
            }
        }
        match NonEmpty::try_from(self.postings) {
            Ok(postings) => Ok(Entry {
                event: self.event,
                rule: self.rule,
                effective_at: self.effective_at,
                entity: self.entity,
                book: self.book,
                origin: self.origin,
                reverses: self.reverses,
                correlation: self.correlation,
                postings,
            }),
            Err(stdx::Empty) => Err(EntryError::Empty { event: self.event }),
        }
    }
}

/// Debits less credits of the first currency in which they differ.
fn excess(postings: &[Posting], amount_of: fn(&Posting) -> Money) -> Result<Option<Money>, MoneyError> {
    let mut sums: BTreeMap<Currency, Money> = BTreeMap::new();
    for posting in postings {
        let amount = amount_of(posting);
        let sum = sums.entry(amount.currency()).or_insert(Money::zero(amount.currency()));
        *sum = match posting.side {
            Side::Debit => sum.plus(amount)?,
            Side::Credit => sum.minus(amount)?,
        };
    }
    Ok(sums.into_values().find(|sum| !sum.is_zero()))
}

/// An amount and, where the books are kept in another currency, what it is worth there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Valued {
    /// In the currency of the event.
    pub amount: Money,
    /// In the functional currency.
    pub functional: Option<Money>,
}

impl From<Money> for Valued {
    fn from(amount: Money) -> Self {
        Self { amount, functional: None }
    }
}

impl Posting {
    /// What it is worth in the currency in which the books are kept.
    pub fn worth(&self) -> Money {
        self.functional.unwrap_or(self.amount)
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
    /// What it is known by.
    pub fn id(&self) -> EntryId {
        EntryId { entity: self.entity.clone(), book: self.book, event: self.event.clone(), rule: self.rule }
    }
    /// The legal entity whose books it is in; none for a tenant that has only one.
    pub const fn entity(&self) -> Option<&Key> {
        self.entity.as_ref()
    }
    /// The book that it is in.
    pub const fn book(&self) -> Book {
        self.book
    }
    /// The month in which its event belongs, where it says so; otherwise it is that of the effective time.
    pub const fn origin(&self) -> Option<Month> {
        self.origin
    }
    /// The event whose entry it takes back.
    pub fn reverses(&self) -> Option<&str> {
        self.reverses.as_deref()
    }
    /// What it shares with the entries of other legal entities about the same event.
    pub fn correlation(&self) -> Option<&str> {
        self.correlation.as_deref()
    }
    /// The entry that takes this one back: the same legs on the other sides, as an event of its own, true from `effective_at` on. To correct
    /// an entry, post its reversal and then the right one; nothing that is posted is ever changed.
    #[must_use]
    pub fn reversed(&self, event: impl Into<String>, effective_at: Instant) -> Self {
        let mut legs = self.postings.clone().into_vec();
        for leg in &mut legs {
            leg.side = leg.side.other();
        }
        // as many legs as before
        let postings = NonEmpty::try_from(legs).unwrap_or_else(|_| self.postings.clone());
        Self { event: event.into(), effective_at, reverses: Some(self.event.clone()), postings, ..self.clone() }
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

    #[test]
    fn an_entry_balances_in_the_functional_currency_too() {
        let valued = |amount, functional| Valued { amount: euro(amount), functional: Some(dollar(functional)) };
        let none = BTreeMap::new;
        let paid = |difference| {
            draft()
                .valued_leg(Account::Cash, Side::Debit, valued(10_000, 11_500), none())
                .valued_leg(Account::Receivable, Side::Credit, valued(10_000, 11_000), none())
                .valued_leg(Account::FxRealised, Side::Debit, valued(0, difference), none())
                .balanced()
        };
        let entry = paid(-500).expect("a gain stands on the credit side");
        assert_eq!(entry.postings().last().side, Side::Credit);
        let worth = crate::functional_balances([&entry]).expect("sums");
        assert_eq!(worth.of(Account::Cash, dollar(0).currency()), dollar(11_500));
        assert_eq!(worth.of(Account::FxRealised, dollar(0).currency()), dollar(-500));
        assert_eq!(paid(-499), Err(EntryError::Unbalanced { event: "invoice:1:issued".into(), excess: dollar(1) }));
    }

    #[test]
    fn a_reversal_leaves_nothing() {
        let entry = draft()
            .in_book(Some("de".parse().expect("key")), Book::Ifrs)
            .debit(Account::Receivable, euro(7))
            .credit(Account::Revenue, euro(7))
            .balanced()
            .expect("entry");
        let back = entry.reversed("invoice:1:issued:reversed", entry.effective_at());
        assert_eq!((back.reverses(), back.book(), back.entity()), (Some(entry.event()), entry.book(), entry.entity()));
        let books = crate::balances([&entry, &back]).expect("sums");
        assert!(books.iter().all(|(_, balance)| balance.is_zero()));
    }
}
