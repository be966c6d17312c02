//! An invoice of Kill Bill, and what is open on it.

use super::{Billed, KillBillError};
use alloc::vec::Vec;
use calendar::Date;
use money::{Currency, Money};

/// What an invoice counts for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Not for anything yet.
    Draft,
    /// It is owed.
    Committed,
    /// It was never there.
    Void,
    /// It is not owed any more.
    WrittenOff,
}

/// Credit of the account that an invoice gained (above 0) or used (below 0).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CreditMove {
    /// The day.
    pub on: Date,
    /// How much.
    pub amount: Money,
}

/// Money that came in for an invoice (above 0) or went back (below 0).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Payment {
    /// The day.
    pub on: Date,
    /// How much.
    pub amount: Money,
}

/// An invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invoice {
    /// The target day of the run that made it.
    pub date: Date,
    /// Its items.
    pub items: Vec<Billed>,
    /// The account's credit that it gained and used.
    pub credit: Vec<CreditMove>,
    /// What was paid on it, less what was paid back, in the order of the payments.
    pub payments: Vec<Payment>,
    /// What it counts for.
    pub state: State,
    pub(super) currency: Currency,
}

impl Invoice {
    /// Everything that it charges.
    pub fn charged(&self) -> Result<Money, KillBillError> {
        self.sum(self.items.iter().map(|billed| billed.item.amount))
    }

    /// What was paid on it.
    pub fn paid(&self) -> Result<Money, KillBillError> {
        self.sum(self.payments.iter().map(|payment| payment.amount))
    }

    /// What its credit comes to: gained less used.
    pub fn credited(&self) -> Result<Money, KillBillError> {
        self.sum(self.credit.iter().map(|credit| credit.amount))
    }

    /// What is open: charged + credit − paid. Nothing unless it is owed.
    pub fn balance(&self) -> Result<Money, KillBillError> {
        match self.state {
            State::Committed => Ok(self.charged()?.plus(self.credited()?)?.minus(self.paid()?)?),
            State::Draft | State::Void | State::WrittenOff => Ok(Money::zero(self.currency)),
        }
    }

    fn sum(&self, amounts: impl Iterator<Item = Money>) -> Result<Money, KillBillError> {
        let mut sum = Money::zero(self.currency);
        for amount in amounts {
            sum = sum.plus(amount)?;
        }
        Ok(sum)
    }
}
