//! Contracts in another currency than that of the books. ASC 830, IAS 21, IFRIC 22.

use crate::{RevenueError, Share, share::round};
use alloc::{collections::BTreeMap, string::String, vec::Vec};
use calendar::Date;
use money::{Currency, Money, Ratio};

/// Which rate of a day or month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RateKind {
    /// Of the day.
    Spot,
    /// The average of the month that ends on the day.
    Average,
    /// At the close of the month that ends on the day.
    Closing,
}

/// A rate as it was published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rate {
    /// By which it is found again.
    pub id: String,
    /// What one unit of the first currency is worth in the second; above zero.
    pub value: Ratio,
}

/// Recorded rates. One that is not there is an error; it is never taken from another day.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rates(BTreeMap<(Currency, Currency, RateKind, Date), Rate>);

impl Rates {
    /// Records the rate from one currency to another of a day. A rate that is recorded stays.
    pub fn record(
        &mut self,
        from: Currency,
        to: Currency,
        kind: RateKind,
        on: Date,
        rate: Rate,
    ) -> Result<(), RevenueError> {
        let bad = |why| RevenueError::BadRate { rate: rate.id.clone(), why };
        if !rate.value.is_positive() {
            return Err(bad("a rate of exchange is above zero"));
        }
        match self.0.get(&(from, to, kind, on)) {
            Some(known) if *known != rate => Err(bad("another rate is recorded for that day")),
            Some(_) => Ok(()),
            None => {
                self.0.insert((from, to, kind, on), rate);
                Ok(())
            }
        }
    }

    /// The rate of a day.
    pub fn rate(&self, from: Currency, to: Currency, kind: RateKind, on: Date) -> Result<&Rate, RevenueError> {
        let word = match kind {
            RateKind::Spot => "spot",
            RateKind::Average => "average",
            RateKind::Closing => "closing",
        };
        self.0.get(&(from, to, kind, on)).ok_or(RevenueError::NoRate { kind: word, from, to, on })
    }
}

/// What was billed or received before it was earned. It is not money that somebody owes, so each part stays at the rate of its day, and the
/// first in is the first out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layers {
    functional: Currency,
    layers: Vec<Layer>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Layer {
    amount: Ratio,
    left: Ratio,
    worth: Share,
    released: Money,
}

/// What was taken out of layers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Released {
    /// Its worth at the rates of its days, in the functional currency.
    pub worth: Money,
    /// What no layer had: earned and not billed yet, at the rate of the period in which it is earned.
    pub beyond: Ratio,
}

impl Layers {
    /// No layer yet; the currency is that of the books.
    pub const fn new(functional: Currency) -> Self {
        Self { functional, layers: Vec::new() }
    }

    /// Adds what was billed or received at the rate of the day.
    pub fn add(&mut self, amount: Ratio, rate: Ratio) -> Result<(), RevenueError> {
        let worth = Share::stated(amount.times(rate)?, self.functional)?;
        self.layers.push(Layer { amount, left: amount, worth, released: Money::zero(self.functional) });
        Ok(())
    }

    /// Takes so much out, the oldest first.
    pub fn release(&mut self, amount: Ratio) -> Result<Released, RevenueError> {
        let (mut wanted, mut worth) = (amount, Money::zero(self.functional));
        for layer in &mut self.layers {
            let taken = wanted.min(layer.left);
            if taken.is_zero() {
                continue;
            }
            layer.left = layer.left.minus(taken)?;
            wanted = wanted.minus(taken)?;
            let gone = layer.amount.minus(layer.left)?.over(layer.amount)?;
            let released = layer.worth.earned(gone)?;
            worth = worth.plus(released.minus(layer.released)?)?;
            layer.released = released;
        }
        Ok(Released { worth, beyond: wanted })
    }

    /// What the layers are still worth.
    pub fn worth(&self) -> Result<Money, RevenueError> {
        let mut worth = Money::zero(self.functional);
        for layer in &self.layers {
            worth = worth.plus(layer.worth.posted.minus(layer.released)?)?;
        }
        Ok(worth)
    }
}

/// On which side an amount that somebody owes stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owed {
    /// To us.
    Asset,
    /// By us.
    Liability,
}

/// An amount of money that somebody owes, and what it stands for in the currency of the books. It is measured anew at each closing rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Monetary {
    /// Owed, in the currency of the contract.
    pub open: Ratio,
    /// Stands for, in the currency of the books.
    pub carrying: Ratio,
    /// By whom.
    pub side: Owed,
}

impl Monetary {
    /// Nothing is owed yet.
    pub const fn none(side: Owed) -> Self {
        Self { open: Ratio::ZERO, carrying: Ratio::ZERO, side }
    }

    /// Adds an amount at a rate; what it is worth.
    pub fn add(&mut self, amount: Ratio, rate: Ratio) -> Result<Ratio, RevenueError> {
        let worth = amount.times(rate)?;
        self.open = self.open.plus(amount)?;
        self.carrying = self.carrying.plus(worth)?;
        Ok(worth)
    }

    /// Measures it at a rate; the gain by that, negative for a loss.
    pub fn remeasure(&mut self, rate: Ratio) -> Result<Ratio, RevenueError> {
        let now = self.open.times(rate)?;
        let grown = now.minus(self.carrying)?;
        self.carrying = now;
        Ok(match self.side {
            Owed::Asset => grown,
            Owed::Liability => grown.negated(),
        })
    }

    /// Settles some of it at the rate of the day; the gain that is final by that, negative for a loss. An error when more is settled than is owed.
    pub fn settle(&mut self, amount: Ratio, rate: Ratio) -> Result<Ratio, RevenueError> {
        if amount.abs() > self.open.abs() {
            return Err(RevenueError::NotEnough { wanted: amount, there: self.open });
        }
        if amount.is_zero() {
            return Ok(Ratio::ZERO);
        }
        let carried = self.carrying.times(amount.over(self.open)?)?;
        self.open = self.open.minus(amount)?;
        self.carrying = self.carrying.minus(carried)?;
        let paid = amount.times(rate)?;
        match self.side {
            Owed::Asset => Ok(paid.minus(carried)?),
            Owed::Liability => Ok(carried.minus(paid)?),
        }
    }

    /// What it stands for, rounded.
    pub fn carrying_in(&self, functional: Currency) -> Result<Money, RevenueError> {
        round(self.carrying, functional)
    }
}
