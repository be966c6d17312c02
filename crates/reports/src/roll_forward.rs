//! Roll-forwards: what an account began with, what each kind of event added or took, and what it ends with.

use crate::recorded::{Recorded, Span};
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use ledger::Account;
use money::{Currency, Money, MoneyError};
use schemars::JsonSchema;
use serde::Serialize;

/// One currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RollForwardRow {
    /// What stood on the account at the beginning.
    pub opening: Money,
    /// What each kind of event added, or took where it is below 0. A kind is the last word of an event's name: `issued`, `earned`.
    pub changes: BTreeMap<String, Money>,
    /// What stands on the account at the end.
    pub closing: Money,
}

/// How an account came from its opening to its closing balance: of the contract liability, the roll-forward of deferred revenue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RollForward {
    /// What it is about.
    pub span: Span,
    /// The account.
    pub account: Account,
    /// One for each currency.
    pub rows: Vec<RollForwardRow>,
}

/// A roll-forward while the journal is read.
#[derive(Debug)]
pub struct Rolling {
    span: Span,
    account: Account,
    rows: BTreeMap<Currency, RollForwardRow>,
}

impl Rolling {
    /// A roll-forward of nothing yet.
    pub const fn begin(span: Span, account: Account) -> Self {
        Self { span, account, rows: BTreeMap::new() }
    }

    /// Counts an entry, in whatever order they come.
    pub fn add(&mut self, recorded: &Recorded<'_>) -> Result<(), MoneyError> {
        let (entry, account) = (recorded.entry, self.account);
        if !self.span.admits(recorded) {
            return Ok(());
        }
        for posting in entry.postings().iter().filter(|posting| posting.account == account) {
            let zero = Money::zero(posting.amount.currency());
            let row = self.rows.entry(zero.currency()).or_insert_with(|| RollForwardRow {
                opening: zero,
                changes: BTreeMap::new(),
                closing: zero,
            });
            let grows = posting.side == account.normal_side();
            let signed = if grows { posting.amount } else { posting.amount.negated() };
            row.closing = row.closing.plus(signed)?;
            if self.span.is_carried(entry) {
                row.opening = row.opening.plus(signed)?;
            } else {
                let kind = entry.event().rsplit(':').next().unwrap_or_default();
                let change = row.changes.entry(kind.to_string()).or_insert(zero);
                *change = change.plus(signed)?;
            }
        }
        Ok(())
    }

    /// What was counted.
    pub fn end(self) -> RollForward {
        RollForward { span: self.span, account: self.account, rows: self.rows.into_values().collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use calendar::Instant;
    use ledger::{Entry, EntryDraft};

    #[test]
    fn opening_and_changes_make_closing() {
        let euro = |minor| Money::new(minor, Currency::parse("EUR").expect("a currency"));
        let at = |text: &str| text.parse::<Instant>().expect("an instant");
        let moved = |event: &str, when, from, to, minor| -> Entry {
            let draft = EntryDraft::new(event, at(when)).debit(from, euro(minor));
            draft.credit(to, euro(minor)).balanced().expect("balanced")
        };
        let (owed, deferred, earned) = (Account::Receivable, Account::ContractLiability, Account::Revenue);
        // a year for 1,200.00 in March, of which 100.00 a month is earned
        let entries = [
            moved("document:INV-1:issued", "2026-03-01T00:00:00Z", owed, deferred, 120_000),
            moved("document:INV-1:line:0:earned", "2026-03-31T00:00:00Z", deferred, earned, 10_000),
            moved("document:INV-1:line:0:earned", "2026-04-30T00:00:00Z", deferred, earned, 10_000),
            moved("document:INV-2:issued", "2026-04-02T00:00:00Z", owed, deferred, 500),
        ];
        let recorded_at = at("2026-05-01T00:00:00Z");
        let journal = entries.iter().zip(1..).map(|(entry, seq)| Recorded { seq, recorded_at, entry });
        let span = Span { from: Some(at("2026-04-01T00:00:00Z")), ..Span::before(recorded_at) };
        let mut rolling = Rolling::begin(span, deferred);
        journal.into_iter().for_each(|recorded| rolling.add(&recorded).expect("added"));
        let report = rolling.end();
        let [row] = report.rows.as_slice() else { panic!("{report:?}") };
        assert_eq!((row.opening, row.closing), (euro(110_000), euro(100_500)));
        let told: Vec<_> = row.changes.iter().map(|(kind, change)| (kind.as_str(), change.minor())).collect();
        assert_eq!(told, [("earned", -10_000), ("issued", 500)]);
    }
}
