//! A contract as revenue sees it: its obligations, what was billed for them, how it stands.

use crate::{Obligation, Part, Position, RevenueError};
use alloc::{collections::BTreeMap, vec::Vec};
use calendar::Date;
use ledger::Month;
use money::{Currency, Money, Ratio};
use stdx::Key;

/// An amount that is due and cannot be cancelled, or was paid. Until then an invoice in advance is only a note (ASC 606-10-55-285).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Billed {
    /// When it became due.
    pub on: Date,
    /// Without tax.
    pub amount: Money,
    /// For which obligation; none: for the contract as a whole.
    pub obligation: Option<Key>,
}

/// A contract, or contracts with one customer that were negotiated together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contract {
    /// Its name.
    pub key: Key,
    /// The legal entity that sells; none for a tenant that has only one.
    pub entity: Option<Key>,
    /// Its currency.
    pub currency: Currency,
    /// What is promised.
    pub obligations: Vec<Obligation>,
    /// What is billed.
    pub billed: Vec<Billed>,
}

/// A contract at the end of a month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonthEnd {
    /// Recognised in the month, by obligation.
    pub revenue: BTreeMap<Key, Money>,
    /// Recognised in the month in all.
    pub total: Money,
    /// Recognised to date.
    pub recognised: Money,
    /// Billed to date.
    pub billed: Money,
    /// Allocated and not yet recognised.
    pub remaining: Money,
    /// Liability, asset or unbilled receivable.
    pub position: Position,
}

impl Contract {
    /// A contract without obligations yet.
    pub const fn new(key: Key, currency: Currency) -> Self {
        Self { key, entity: None, currency, obligations: Vec::new(), billed: Vec::new() }
    }

    /// The obligation of this name.
    pub fn obligation(&self, key: &Key) -> Result<&Obligation, RevenueError> {
        let found = self.obligations.iter().find(|obligation| obligation.key == *key);
        found.ok_or_else(|| self.unknown(key))
    }

    /// The obligation of this name, to change it.
    pub fn obligation_mut(&mut self, key: &Key) -> Result<&mut Obligation, RevenueError> {
        let unknown = self.unknown(key);
        self.obligations.iter_mut().find(|obligation| obligation.key == *key).ok_or(unknown)
    }

    fn unknown(&self, key: &Key) -> RevenueError {
        let (key, within) = (key.as_str().into(), self.key.as_str().into());
        RevenueError::Unknown { what: "obligation", key, within }
    }

    fn sum(&self, parts: impl Iterator<Item = Result<Money, RevenueError>>) -> Result<Money, RevenueError> {
        let mut sum = Money::zero(self.currency);
        for part in parts {
            sum = sum.plus(part?)?;
        }
        Ok(sum)
    }

    /// The first month, up to `through`, in which something is earned; none when nothing is.
    pub fn first_month(&self, through: Month) -> Result<Option<Month>, RevenueError> {
        let mut first: Option<Month> = None;
        for obligation in &self.obligations {
            let month = obligation.first_day()?.map(Month::of).filter(|month| *month <= through);
            first = first.into_iter().chain(month).min();
        }
        Ok(first)
    }

    /// Recognised by the end of a day.
    pub fn recognised(&self, at: Date) -> Result<Money, RevenueError> {
        self.sum(self.obligations.iter().map(|obligation| obligation.recognised(at)))
    }

    /// Billed by the end of a day.
    pub fn billed_by(&self, at: Date) -> Result<Money, RevenueError> {
        self.sum(self.billed.iter().filter(|billed| billed.on <= at).map(|billed| Ok(billed.amount)))
    }

    /// Allocated and not yet recognised by the end of a day: what is still to be performed. Usage that is earned as it is invoiced is no part
    /// of it.
    pub fn remaining(&self, at: Date) -> Result<Money, RevenueError> {
        self.sum(self.obligations.iter().map(|obligation| match obligation.allocated(at)? {
            Some(allocated) => Ok(allocated.minus(obligation.recognised(at)?)?),
            None => Ok(Money::zero(self.currency)),
        }))
    }

    /// How it stands at the end of a day.
    pub fn position(&self, at: Date) -> Result<Position, RevenueError> {
        let due = || self.billed.iter().filter(|billed| billed.on <= at);
        let of = |key: Option<&Key>| {
            self.sum(due().filter(|billed| billed.obligation.as_ref() == key).map(|billed| Ok(billed.amount)))
        };
        let mut parts = Vec::new();
        for obligation in &self.obligations {
            let (recognised, billed) = (obligation.recognised(at)?, of(Some(&obligation.key))?);
            parts.push(Part { right: obligation.right, recognised, billed });
        }
        Position::of(self.currency, &parts, of(None)?)
    }

    /// Its months in their order.
    pub fn month_ends(&self, months: &[Month]) -> Result<BTreeMap<Month, MonthEnd>, RevenueError> {
        let mut ends = BTreeMap::new();
        let mut before: BTreeMap<Key, Money> = BTreeMap::new();
        for month in months {
            let at = month.last();
            let mut revenue = BTreeMap::new();
            for obligation in &self.obligations {
                let now = obligation.recognised(at)?;
                let earlier = before.insert(obligation.key.clone(), now).unwrap_or(Money::zero(self.currency));
                revenue.insert(obligation.key.clone(), now.minus(earlier)?);
            }
            let end = MonthEnd {
                total: self.sum(revenue.values().map(|amount| Ok(*amount)))?,
                revenue,
                recognised: self.recognised(at)?,
                billed: self.billed_by(at)?,
                remaining: self.remaining(at)?,
                position: self.position(at)?,
            };
            ends.insert(*month, end);
        }
        Ok(ends)
    }

    /// How much of the revenue of a month is for what was performed before it: by changes of the price that count from the beginning
    /// (ASC 606-10-50-12A). Exact.
    pub fn prior_performance(&self, month: Month) -> Result<Ratio, RevenueError> {
        let mut sum = Ratio::ZERO;
        let Ok(before) = month.first().plus_days(-1) else { return Ok(sum) };
        for obligation in &self.obligations {
            let now = obligation.stretch(month.last()).earned(before)?;
            sum = sum.plus(now.minus(obligation.stretch(before).earned(before)?)?)?;
        }
        Ok(sum)
    }
}
