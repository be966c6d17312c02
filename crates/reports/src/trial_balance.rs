//! Trial balances.

use crate::recorded::{Dimensions, Recorded, Span, dimensions_of};
use alloc::collections::BTreeMap;
use alloc::{string::String, vec::Vec};
use ledger::{Account, Side};
use money::{Currency, Money, MoneyError};
use schemars::JsonSchema;
use serde::Serialize;

/// One account in one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TrialBalanceRow {
    /// The account.
    pub account: Account,
    /// What it was asked by.
    pub dimensions: Dimensions,
    /// What it began with, on its normal side.
    pub opening: Money,
    /// The sum of its debits.
    pub debits: Money,
    /// The sum of its credits.
    pub credits: Money,
    /// What it ends with, on its normal side.
    pub closing: Money,
}

/// All accounts in one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TrialBalanceTotal {
    /// The sum of all debits.
    pub debits: Money,
    /// The sum of all credits; the same.
    pub credits: Money,
}

/// What stood on each account at the beginning of a span, what was posted, and what stands there at its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TrialBalance {
    /// What it is about.
    pub span: Span,
    /// One for each account, currency and value of the dimensions, in the order of a balance sheet followed by income.
    pub rows: Vec<TrialBalanceRow>,
    /// One for each currency.
    pub totals: Vec<TrialBalanceTotal>,
}

/// A trial balance while the journal is read.
#[derive(Debug)]
pub struct Trial {
    span: Span,
    by: Vec<String>,
    rows: BTreeMap<(Account, Currency, Dimensions), TrialBalanceRow>,
}

impl Trial {
    /// A trial balance of nothing yet, by account, currency and some of their dimensions.
    pub const fn begin(span: Span, by: Vec<String>) -> Self {
        Self { span, by, rows: BTreeMap::new() }
    }

    /// Counts an entry, in whatever order they come.
    pub fn add(&mut self, recorded: &Recorded<'_>) -> Result<(), MoneyError> {
        if !self.span.admits(recorded) {
            return Ok(());
        }
        let carried = self.span.is_carried(recorded.entry);
        for posting in recorded.entry.postings() {
            let (account, currency) = (posting.account, posting.amount.currency());
            let key = (account, currency, dimensions_of(posting, &self.by));
            let zero = Money::zero(currency);
            let row = self.rows.entry(key).or_insert_with_key(|(_, _, dimensions)| {
                let dimensions = dimensions.clone();
                TrialBalanceRow { account, dimensions, opening: zero, debits: zero, credits: zero, closing: zero }
            });
            row.add(posting.side, posting.amount, carried)?;
        }
        Ok(())
    }

    /// What was counted.
    pub fn end(self) -> Result<TrialBalance, MoneyError> {
        let rows: Vec<TrialBalanceRow> = self.rows.into_values().collect();
        let totals = totals(&rows)?;
        Ok(TrialBalance { span: self.span, rows, totals })
    }
}

impl TrialBalanceRow {
    fn add(&mut self, side: Side, amount: Money, carried: bool) -> Result<(), MoneyError> {
        let signed = if side == self.account.normal_side() { amount } else { amount.negated() };
        if carried {
            self.opening = self.opening.plus(signed)?;
        } else {
            match side {
                Side::Debit => self.debits = self.debits.plus(amount)?,
                Side::Credit => self.credits = self.credits.plus(amount)?,
            }
        }
        self.closing = self.closing.plus(signed)?;
        Ok(())
    }
}

fn totals(rows: &[TrialBalanceRow]) -> Result<Vec<TrialBalanceTotal>, MoneyError> {
    let mut totals: BTreeMap<Currency, TrialBalanceTotal> = BTreeMap::new();
    for row in rows {
        let zero = Money::zero(row.debits.currency());
        let total = totals.entry(zero.currency()).or_insert(TrialBalanceTotal { debits: zero, credits: zero });
        total.debits = total.debits.plus(row.debits)?;
        total.credits = total.credits.plus(row.credits)?;
    }
    Ok(totals.into_values().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use calendar::Instant;
    use ledger::{Entry, EntryDraft};
    use proptest::prelude::*;

    fn at(day: i64) -> Instant {
        let start: Instant = "2026-01-01T00:00:00Z".parse().expect("an instant");
        start.plus_micros(day * 86_400_000_000).expect("an instant")
    }

    fn entry((from, to, minor, day): (usize, usize, i128, i64)) -> Entry {
        let currency = Currency::parse(if minor % 2 == 0 { "EUR" } else { "USD" }).expect("a currency");
        let amount = Money::new(minor, currency);
        let draft = EntryDraft::new("event", at(day));
        draft.debit(Account::ALL[from], amount).credit(Account::ALL[to], amount).balanced().expect("balanced")
    }

    fn moves() -> impl Strategy<Value = Vec<(usize, usize, i128, i64)>> {
        let accounts = Account::ALL.len();
        prop::collection::vec((0..accounts, 0..accounts, 1..1_000_i128, 0..90_i64), 0..40)
    }

    fn report(entries: &[Entry], span: Span) -> TrialBalance {
        let journal = entries.iter().zip(1..).map(|(entry, seq)| Recorded { seq, recorded_at: at(seq), entry });
        let mut trial = Trial::begin(span, Vec::new());
        journal.into_iter().for_each(|recorded| trial.add(&recorded).expect("added"));
        trial.end().expect("a report")
    }

    proptest! {
        #[test]
        fn debits_equal_credits_and_spans_that_meet_add_up(moves in moves(), cut in 0..90_i64) {
            let entries: Vec<Entry> = moves.into_iter().map(entry).collect();
            let whole = report(&entries, Span::before(at(90)));
            prop_assert!(whole.totals.iter().all(|total| total.debits == total.credits));
            let first = report(&entries, Span::before(at(cut)));
            let second = report(&entries, Span { from: Some(at(cut)), ..Span::before(at(90)) });
            for row in &second.rows {
                let opened = first.rows.iter().find(|one| (one.account, one.closing.currency()) == (row.account, row.opening.currency()));
                prop_assert_eq!(row.opening, opened.map_or(Money::zero(row.opening.currency()), |one| one.closing));
            }
            let closing = |report: &TrialBalance| report.rows.iter().map(|row| row.closing).collect::<Vec<_>>();
            prop_assert_eq!(closing(&whole), closing(&second));
        }

        #[test]
        fn what_was_written_later_does_not_change_what_was_known(moves in moves(), known in 1..40_i64) {
            let entries: Vec<Entry> = moves.into_iter().map(entry).collect();
            let then = Span { known_at: Some(at(known)), ..Span::before(at(90)) };
            let kept = usize::try_from(known).expect("small").min(entries.len());
            prop_assert_eq!(report(&entries, then).rows, report(&entries[..kept], Span::before(at(90))).rows);
        }
    }
}
