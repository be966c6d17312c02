//! The journal as text for hledger and beancount: other programs, of other people, can say whether it balances and what it comes to.
//!
//! Each account has the name of its role below its class, and where a chart is given the code of its legs as well; each entry is one transaction with its
//! event as the description, and amounts in the currency of the event. What a leg is worth in another functional currency stands beside it as its total price.

use crate::Recorded;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use calendar::Zone;
use core::fmt::{self, Write};
use ledger::{Account, Chart, ChartError, Posting, Side};
use money::{Currency, Money};

/// The program that reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// `hledger -f FILE check --strict` and `hledger balance`.
    Hledger,
    /// `bean-check FILE`.
    Beancount,
}

/// Why a journal cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// The chart has no code for a leg.
    #[error(transparent)]
    Chart(#[from] ChartError),
    /// The text could not be written.
    #[error("the text could not be written")]
    Write,
}

impl From<fmt::Error> for TextError {
    fn from(_: fmt::Error) -> Self {
        Self::Write
    }
}

impl stdx::ToProblem for TextError {
    fn problem(&self) -> stdx::Problem {
        match self {
            Self::Chart(error) => error.problem(),
            Self::Write => stdx::Problem::new("export_failed", "The export could not be written")
                .detail(format!("{self}"))
                .mend("make room, or write to another place, and export again"),
        }
    }
}

/// Writes a journal: what is declared before the first entry, and then entry by entry. It remembers which accounts and currencies it declared, and
/// nothing of the entries.
#[derive(Debug)]
pub struct TextJournal<'a> {
    dialect: Dialect,
    chart: Option<&'a Chart>,
    zone: &'a Zone,
    accounts: BTreeSet<String>,
    currencies: BTreeSet<Currency>,
}

impl<'a> TextJournal<'a> {
    /// A journal whose days begin in a zone; with a chart, accounts have its codes.
    pub const fn new(dialect: Dialect, chart: Option<&'a Chart>, zone: &'a Zone) -> Self {
        Self { dialect, chart, zone, accounts: BTreeSet::new(), currencies: BTreeSet::new() }
    }

    /// Writes an entry, after what it needs to be declared.
    pub fn put(&mut self, out: &mut impl Write, recorded: Recorded<'_>) -> Result<(), TextError> {
        let entry = recorded.entry;
        for posting in entry.postings() {
            self.declare(out, posting)?;
        }
        let day = self.zone.date_of(entry.effective_at());
        match self.dialect {
            Dialect::Hledger => writeln!(out, "{day} ({}) {}", recorded.seq, plain(entry.event()))?,
            Dialect::Beancount => writeln!(out, "{day} * \"{}\" \"{}\"", recorded.seq, plain(entry.event()))?,
        }
        for posting in entry.postings() {
            let account = self.account(posting)?;
            writeln!(out, "    {account}  {}", amount(posting))?;
        }
        writeln!(out)?;
        Ok(())
    }

    fn declare(&mut self, out: &mut impl Write, posting: &Posting) -> Result<(), TextError> {
        for currency in [posting.amount.currency(), posting.worth().currency()] {
            if self.currencies.insert(currency) {
                match self.dialect {
                    // a decimal mark must be there, also where nothing follows it
                    Dialect::Hledger => {
                        let decimals = "0".repeat(currency.scale().into());
                        writeln!(out, "commodity 1000.{decimals} {}", currency.code())?;
                    }
                    Dialect::Beancount => writeln!(out, "1970-01-01 commodity {}", currency.code())?,
                }
            }
        }
        let account = self.account(posting)?;
        if !self.accounts.contains(&account) {
            match self.dialect {
                Dialect::Hledger => writeln!(out, "account {account}")?,
                Dialect::Beancount => writeln!(out, "1970-01-01 open {account}")?,
            }
            self.accounts.insert(account);
        }
        Ok(())
    }

    fn account(&self, posting: &Posting) -> Result<String, TextError> {
        let (class, role) = (class(posting.account), posting.account.name());
        let code = self.chart.map(|chart| chart.code(posting)).transpose()?;
        Ok(match self.dialect {
            Dialect::Hledger => {
                let code = code.map(|code| format!(":{}", plain(code))).unwrap_or_default();
                format!("{}:{role}{code}", class.to_lowercase())
            }
            Dialect::Beancount => {
                let code = code.map(|code| format!(":{}", component(code))).unwrap_or_default();
                format!("{class}:{}{code}", component(role))
            }
        })
    }
}

/// A leg's amount, negative where it is a credit.
fn amount(posting: &Posting) -> String {
    let signed = |amount: Money| match posting.side {
        Side::Debit => amount.to_string(),
        Side::Credit => amount.negated().to_string(),
    };
    match posting.functional {
        Some(worth) if posting.amount.is_zero() => signed(worth),
        Some(worth) if worth.currency() != posting.amount.currency() => {
            format!("{} @@ {worth}", signed(posting.amount))
        }
        _ => signed(posting.amount),
    }
}

/// The class of an account, as both programs call it.
const fn class(account: Account) -> &'static str {
    use Account as A;
    match account {
        A::Cash
        | A::Clearing
        | A::Receivable
        | A::ReceivableAllowance
        | A::Unbilled
        | A::ContractAsset
        | A::ReturnAsset
        | A::CostAsset
        | A::DisputeReceivable
        | A::WithholdingReceivable
        | A::DueFromEntity => "Assets",
        A::ContractLiability
        | A::RefundLiability
        | A::Deposit
        | A::Unapplied
        | A::Wallet
        | A::TaxPayable
        | A::CommissionPayable
        | A::DueToEntity => "Liabilities",
        A::Exchange => "Equity",
        A::Revenue | A::Breakage | A::Recoveries => "Income",
        A::Refunds
        | A::Disputes
        | A::Voids
        | A::CreditNotes
        | A::CreditLoss
        | A::CostOfSales
        | A::CommissionExpense
        | A::Fees
        | A::Interest
        | A::FxRealised
        | A::FxUnrealised
        | A::Rounding
        | A::Loss
        | A::Absorbed => "Expenses",
    }
}

/// A text without what would end it, begin a remark or a new line.
fn plain(text: &str) -> String {
    text.chars()
        .map(|letter| if letter.is_control() || matches!(letter, '"' | ';' | '|' | '\\') { ' ' } else { letter })
        .collect()
}

/// A part of an account's name for beancount: it begins with a capital or a digit, and has letters, digits and hyphens.
fn component(text: &str) -> String {
    let mut part: String = text.chars().map(|letter| if letter.is_alphanumeric() { letter } else { '-' }).collect();
    if let Some(first) = part.chars().next() {
        let capital: String = first.to_uppercase().collect();
        part.replace_range(..first.len_utf8(), if first == '-' { "X-" } else { &capital });
    }
    part
}

#[cfg(test)]
mod tests {
    use super::*;
    use calendar::Instant;
    use ledger::{ChartLine, Entry, EntryDraft, Valued};

    fn euro(minor: i128) -> Money {
        Money::new(minor, Currency::parse("EUR").expect("a currency"))
    }

    fn written(dialect: Dialect, chart: Option<&Chart>, entries: &[Entry]) -> Result<String, TextError> {
        let zone = Zone::parse("Europe/Berlin").expect("a zone");
        let (mut out, mut journal) = (String::new(), TextJournal::new(dialect, chart, &zone));
        for (entry, seq) in entries.iter().zip(1..) {
            journal.put(&mut out, Recorded { seq, recorded_at: entry.effective_at(), entry })?;
        }
        Ok(out)
    }

    fn sale() -> Entry {
        let at: Instant = "2026-03-31T22:30:00Z".parse().expect("an instant");
        let draft = EntryDraft::new("document:INV-1:issued", at).debit(Account::Receivable, euro(11_900));
        draft
            .credit(Account::ContractLiability, euro(10_000))
            .credit(Account::TaxPayable, euro(1900))
            .balanced()
            .expect("balanced")
    }

    #[test]
    fn hledger_reads_declared_accounts_and_days_of_the_zone() {
        let text = written(Dialect::Hledger, None, &[sale(), sale()]).expect("written");
        let expected = "\
commodity 1000.00 EUR
account assets:receivable
account liabilities:contract_liability
account liabilities:tax_payable
2026-04-01 (1) document:INV-1:issued
    assets:receivable  119.00 EUR
    liabilities:contract_liability  -100.00 EUR
    liabilities:tax_payable  -19.00 EUR

";
        assert!(text.starts_with(expected), "{text}");
        assert_eq!(text.matches("commodity").count(), 1, "once is enough");
    }

    #[test]
    fn beancount_reads_names_that_begin_with_capitals() {
        let line = |account, code: &str| ChartLine { account, when: [].into(), code: code.into() };
        let lines =
            [(Account::Receivable, "1400"), (Account::ContractLiability, "de 3800"), (Account::TaxPayable, "3806")];
        let chart = Chart::new(lines.map(|(account, code)| line(account, code)).into()).expect("a chart");
        let text = written(Dialect::Beancount, Some(&chart), &[sale()]).expect("written");
        assert!(text.contains("1970-01-01 open Liabilities:Contract-liability:De-3800\n"), "{text}");
        assert!(
            text.contains("2026-04-01 * \"1\" \"document:INV-1:issued\"\n    Assets:Receivable:1400  119.00 EUR\n"),
            "{text}"
        );
        let chart = Chart::new(alloc::vec![line(Account::Receivable, "1400")]).expect("a chart");
        assert!(matches!(written(Dialect::Hledger, Some(&chart), &[sale()]), Err(TextError::Chart(_))));
    }

    #[test]
    fn what_is_worth_something_else_stands_beside_it() {
        let dollar = |minor| Money::new(minor, Currency::parse("USD").expect("a currency"));
        let valued = |amount, worth| Valued { amount: euro(amount), functional: Some(dollar(worth)) };
        let none = alloc::collections::BTreeMap::new();
        let draft = EntryDraft::new("paid; \"late\"", "2026-04-01T00:00:00Z".parse().expect("an instant"))
            .valued_leg(Account::Cash, Side::Debit, valued(10_000, 11_000), none.clone())
            .valued_leg(Account::Receivable, Side::Credit, valued(10_000, 10_800), none.clone())
            .valued_leg(Account::FxRealised, Side::Credit, valued(0, 200), none);
        let text = written(Dialect::Hledger, None, &[draft.balanced().expect("balanced")]).expect("written");
        assert!(text.contains("assets:cash  100.00 EUR @@ 110.00 USD\n"), "{text}");
        assert!(text.contains("expenses:fx_realised  -2.00 USD\n"), "{text}");
        assert!(text.contains("(1) paid   late \n"), "what would end the text is left out: {text}");
    }
}
