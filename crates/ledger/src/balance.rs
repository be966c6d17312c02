//! Balances.

use crate::{Account, Entry, Posting};
use alloc::collections::BTreeMap;
use money::{Currency, Money, MoneyError};

/// What stands on each account in each currency, positive on the account's normal side.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Balances(BTreeMap<(Account, Currency), Money>);

/// The balances after all of these entries; their order does not matter. An error when a sum is too large.
pub fn balances<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Result<Balances, MoneyError> {
    let mut balances = Balances::default();
    for entry in entries {
        balances.add(entry)?;
    }
    Ok(balances)
}

/// The same in the currencies in which the books are kept: what each leg is worth there.
pub fn functional_balances<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Result<Balances, MoneyError> {
    let mut balances = Balances::default();
    for posting in entries.into_iter().flat_map(Entry::postings) {
        balances.add_leg(posting, posting.worth())?;
    }
    Ok(balances)
}

impl Balances {
    /// Adds one entry.
    pub fn add(&mut self, entry: &Entry) -> Result<(), MoneyError> {
        entry.postings().iter().try_for_each(|posting| self.add_leg(posting, posting.amount))
    }

    fn add_leg(&mut self, posting: &Posting, amount: Money) -> Result<(), MoneyError> {
        let currency = amount.currency();
        let balance = self.0.entry((posting.account, currency)).or_insert(Money::zero(currency));
        *balance = if posting.side == posting.account.normal_side() {
            balance.plus(amount)?
        } else {
            balance.minus(amount)?
        };
        Ok(())
    }

    /// What stands on an account in a currency.
    pub fn of(&self, account: Account, currency: Currency) -> Money {
        self.0.get(&(account, currency)).copied().unwrap_or(Money::zero(currency))
    }

    /// Every account and currency that was ever posted to, in order.
    pub fn iter(&self) -> impl Iterator<Item = (Account, Money)> {
        self.0.iter().map(|((account, _), balance)| (*account, *balance))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{EntryDraft, Side};
    use proptest::prelude::*;

    fn entry(from: usize, to: usize, minor: i128) -> Entry {
        let amount = Money::new(minor, Currency::parse("EUR").expect("euro"));
        EntryDraft::new("event", "2026-04-01T00:00:00Z".parse().expect("instant"))
            .debit(Account::ALL[from], amount)
            .credit(Account::ALL[to], amount)
            .balanced()
            .expect("balanced")
    }

    proptest! {
        #[test]
        fn debits_equal_credits_over_any_entries(moves in prop::collection::vec((0..Account::ALL.len(), 0..Account::ALL.len(), 1i128..1_000_000), 1..40)) {
            let entries: alloc::vec::Vec<_> = moves.into_iter().map(|(from, to, minor)| entry(from, to, minor)).collect();
            let books = balances(&entries)?;
            let sum: i128 = books
                .iter()
                .map(|(account, balance)| match account.normal_side() {
                    Side::Debit => balance.minor(),
                    Side::Credit => -balance.minor(),
                })
                .sum();
            prop_assert_eq!(sum, 0);
            let reversed = balances(entries.iter().rev())?;
            prop_assert_eq!(books, reversed);
        }
    }
}
