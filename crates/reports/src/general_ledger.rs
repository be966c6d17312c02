//! The general ledger: what was posted to one account, line by line.

use crate::recorded::{Dimensions, Recorded, Span};
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use calendar::Instant;
use ledger::{Account, Side};
use money::{Currency, Money, MoneyError};
use schemars::JsonSchema;
use serde::Serialize;

/// One leg of an entry, and what the account holds after it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct GeneralLedgerLine {
    /// The place of its entry in the journal.
    pub seq: i64,
    /// When it is true.
    pub effective_at: Instant,
    /// When it was written.
    pub recorded_at: Instant,
    /// The business event.
    pub event: String,
    /// On which side it stands.
    pub side: Side,
    /// How much.
    pub amount: Money,
    /// What stands on the account in this currency after it, on its normal side.
    pub balance: Money,
    /// What it can be sliced by.
    pub dimensions: Dimensions,
}

/// Everything that was posted to an account in a span.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct GeneralLedger {
    /// What it is about.
    pub span: Span,
    /// The account.
    pub account: Account,
    /// What stood on it at the beginning, one for each currency.
    pub opening: Vec<Money>,
    /// What was posted, in the order in which it is true.
    pub lines: Vec<GeneralLedgerLine>,
    /// What stands on it at the end, one for each currency.
    pub closing: Vec<Money>,
}

/// The lines of an account while the journal is read: what lies before the span is only summed.
#[derive(Debug)]
pub struct Ledgering {
    span: Span,
    account: Account,
    only: Dimensions,
    opening: BTreeMap<Currency, Money>,
    lines: Vec<GeneralLedgerLine>,
}

impl Ledgering {
    /// No lines yet, of an account whose legs have these dimensions.
    pub const fn begin(span: Span, account: Account, only: Dimensions) -> Self {
        Self { span, account, only, opening: BTreeMap::new(), lines: Vec::new() }
    }

    /// Counts an entry, in whatever order they come.
    pub fn add(&mut self, recorded: &Recorded<'_>) -> Result<(), MoneyError> {
        if !self.span.admits(recorded) {
            return Ok(());
        }
        let Recorded { seq, recorded_at, entry } = *recorded;
        for posting in entry.postings().iter().filter(|posting| posting.account == self.account) {
            if self.only.iter().any(|(name, value)| posting.dimensions.get(name) != Some(value)) {
                continue;
            }
            if self.span.is_carried(entry) {
                add(&mut self.opening, self.account, posting.side, posting.amount)?;
                continue;
            }
            self.lines.push(GeneralLedgerLine {
                seq,
                effective_at: entry.effective_at(),
                recorded_at,
                event: entry.event().to_string(),
                side: posting.side,
                amount: posting.amount,
                balance: Money::zero(posting.amount.currency()),
                dimensions: posting.dimensions.clone(),
            });
        }
        Ok(())
    }

    /// What was counted, in the order in which it is true.
    pub fn end(mut self) -> Result<GeneralLedger, MoneyError> {
        let mut balances = self.opening.clone();
        self.lines.sort_by_key(|line| (line.effective_at, line.seq));
        for line in &mut self.lines {
            line.balance = add(&mut balances, self.account, line.side, line.amount)?;
        }
        let told = |balances: BTreeMap<Currency, Money>| balances.into_values().collect();
        let (opening, closing) = (told(self.opening), told(balances));
        Ok(GeneralLedger { span: self.span, account: self.account, opening, lines: self.lines, closing })
    }
}

/// What stands on the account after a leg.
fn add(
    balances: &mut BTreeMap<Currency, Money>,
    account: Account,
    side: Side,
    amount: Money,
) -> Result<Money, MoneyError> {
    let balance = balances.entry(amount.currency()).or_insert(Money::zero(amount.currency()));
    *balance = if side == account.normal_side() { balance.plus(amount)? } else { balance.minus(amount)? };
    Ok(*balance)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ledger::EntryDraft;

    #[test]
    fn each_line_shows_what_stands_after_it_in_the_order_of_truth() {
        let euro = |minor| Money::new(minor, Currency::parse("EUR").expect("a currency"));
        let at = |day: u8| alloc::format!("2026-04-{day:02}T00:00:00Z").parse::<Instant>().expect("an instant");
        let entry = |name: &str, day, minor| {
            let draft = EntryDraft::new(name, at(day)).debit(Account::Receivable, euro(minor));
            draft.credit(Account::Revenue, euro(minor)).balanced().expect("balanced")
        };
        // the second was written last and is true before
        let entries = [entry("a", 1, 100), entry("c", 20, 300), entry("b", 10, -50)];
        let journal = || entries.iter().zip(1..).map(|(entry, seq)| Recorded { seq, recorded_at: at(28), entry });
        let span = Span { from: Some(at(5)), ..Span::before(at(30)) };
        let report = |only: Dimensions| {
            let mut ledgering = Ledgering::begin(span, Account::Receivable, only);
            journal().for_each(|recorded| ledgering.add(&recorded).expect("added"));
            ledgering.end().expect("a report")
        };
        let none = report([("customer".into(), "acme".into())].into());
        assert!(none.lines.is_empty() && none.closing.is_empty());
        let report = report(Dimensions::new());
        let told: Vec<_> = report.lines.iter().map(|line| (line.event.as_str(), line.balance.minor())).collect();
        assert_eq!(told, [("b", 50), ("c", 350)]);
        assert_eq!((report.opening, report.closing), (alloc::vec![euro(100)], alloc::vec![euro(350)]));
    }
}
