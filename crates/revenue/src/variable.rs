//! Consideration that is not certain: estimates, their constraint, rebates, concessions and returns. ASC 606-10-32-5 to 14.

use crate::{RevenueError, share::round};
use alloc::{collections::BTreeMap, string::String, vec::Vec};
use calendar::Date;
use ledger::Book;
use money::{Currency, Money, Ratio};
use stdx::Key;

/// How an estimate is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EstimateMethod {
    /// The outcomes weighted by their chances.
    ExpectedValue,
    /// The outcome with the highest chance; of several the lowest amount.
    MostLikely,
}

/// A version of an estimate of a variable amount. It is never changed; another view of it is the next version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Estimate {
    /// What is estimated.
    pub key: Key,
    /// From 1.
    pub version: u32,
    /// How.
    pub method: EstimateMethod,
    /// Each chance with its amount; the chances sum to 1.
    pub outcomes: Vec<(Ratio, Ratio)>,
    /// The share of the amount that will not be reversed, from 0 to 1, by book: probably (ASC 606), highly probably (IFRS 15). A book that is
    /// not named is not constrained.
    pub constraint: BTreeMap<Book, Ratio>,
    /// On what it rests.
    pub evidence: String,
    /// Who approved it.
    pub approved_by: Key,
    /// From when it is known.
    pub known_from: Date,
}

impl Estimate {
    /// The amount that counts: by the method, as far as the constraint lets it.
    pub fn amount(&self, book: Book) -> Result<Ratio, RevenueError> {
        let bad = |why| RevenueError::BadEstimate { estimate: self.key.as_str().into(), why };
        let mut chances = Ratio::ZERO;
        for (chance, _) in &self.outcomes {
            if chance.is_negative() {
                return Err(bad("a chance is below zero"));
            }
            chances = chances.plus(*chance)?;
        }
        if chances != Ratio::ONE {
            return Err(bad("its chances do not add up to 1"));
        }
        if self.constraint.values().any(|share| share.is_negative() || *share > Ratio::ONE) {
            return Err(bad("its constraint is not a share from 0 to 1"));
        }
        if self.evidence.trim().is_empty() {
            return Err(bad("it names no evidence"));
        }
        let mut amount = Ratio::ZERO;
        match self.method {
            EstimateMethod::ExpectedValue => {
                for (chance, outcome) in &self.outcomes {
                    amount = amount.plus(chance.times(*outcome)?)?;
                }
            }
            EstimateMethod::MostLikely => {
                let by_chance = |a: &&(Ratio, Ratio), b: &&(Ratio, Ratio)| a.0.cmp(&b.0).then(b.1.cmp(&a.1));
                amount = self.outcomes.iter().max_by(by_chance).map_or(Ratio::ZERO, |(_, amount)| *amount);
            }
        }
        Ok(amount.times(self.constraint.get(&book).copied().unwrap_or(Ratio::ONE))?)
    }
}

/// The versions of an estimate by the day from which they are known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Estimates(BTreeMap<Date, Estimate>);

impl Estimates {
    /// Adds the next version. It is known later than the last one, or replaces what was known on the same day as a later version.
    pub fn add(&mut self, estimate: Estimate) -> Result<(), RevenueError> {
        estimate.amount(Book::default())?;
        if let Some(last) = self.0.values().next_back() {
            let why = match () {
                () if estimate.key != last.key => "it is of something else than the versions before",
                () if estimate.version <= last.version => "its version is not above the last one",
                () if estimate.known_from < last.known_from => "it is known before the last one",
                () => "",
            };
            if !why.is_empty() {
                return Err(RevenueError::BadEstimate { estimate: estimate.key.as_str().into(), why });
            }
        }
        self.0.insert(estimate.known_from, estimate);
        Ok(())
    }

    /// The versions in their order.
    pub fn iter(&self) -> impl Iterator<Item = &Estimate> {
        self.0.values()
    }

    /// The version that is known on a day; the first one before that.
    pub fn known(&self, on: Date) -> Option<&Estimate> {
        self.0.range(..=on).next_back().map(|(_, estimate)| estimate).or_else(|| self.0.values().next())
    }
}

/// What a change of the price adds at once to what is earned: the difference, as far as the work is done.
pub fn catch_up(before: Ratio, after: Ratio, progress: Ratio) -> Result<Ratio, RevenueError> {
    Ok(after.minus(before)?.times(progress)?)
}

/// Units that are billed at one price while another one is expected to hold in the end: a volume rebate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rebate {
    currency: Currency,
    units: Ratio,
    price: Ratio,
    billed: Ratio,
    recognised: Money,
    liability: Money,
}

/// What a period adds to a rebate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RebateStep {
    /// Earned in the period: its units at the price that is expected now, and the change of that price for the units before.
    pub revenue: Money,
    /// Of it the units of the period.
    pub of_period: Money,
    /// Of it the change for earlier units.
    pub of_earlier: Money,
    /// How much will go back to the customer, in all.
    pub liability: Money,
    /// Of it what the period added.
    pub liability_added: Money,
}

impl Rebate {
    /// Nothing was sold yet.
    pub const fn new(currency: Currency) -> Self {
        let nothing = Money::zero(currency);
        Self {
            currency,
            units: Ratio::ZERO,
            price: Ratio::ZERO,
            billed: Ratio::ZERO,
            recognised: nothing,
            liability: nothing,
        }
    }

    /// Sells units that are billed at the list price while another is expected.
    pub fn sell(&mut self, units: Ratio, list: Ratio, expected: Ratio) -> Result<RebateStep, RevenueError> {
        let repriced = self.units.times(expected.minus(self.price)?)?;
        self.units = self.units.plus(units)?;
        self.billed = self.billed.plus(units.times(list)?)?;
        self.price = expected;
        let before = (self.recognised, self.liability);
        self.recognised = round(self.units.times(expected)?, self.currency)?;
        self.liability = round(self.billed.minus(self.recognised.to_dec().into())?, self.currency)?;
        let revenue = self.recognised.minus(before.0)?;
        let of_earlier = round(repriced, self.currency)?;
        Ok(RebateStep {
            revenue,
            of_period: revenue.minus(of_earlier)?,
            of_earlier,
            liability: self.liability,
            liability_added: self.liability.minus(before.1)?,
        })
    }
}

/// A sale in which some goods are expected to come back. ASC 606-10-55-22.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Returnable {
    /// Sold.
    pub units: Ratio,
    /// Price of each.
    pub price: Ratio,
    /// What each had cost.
    pub cost: Ratio,
    /// How many are expected back in all.
    pub expected: Ratio,
}

/// Where a sale with returns stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AfterReturns {
    /// Earned to date.
    pub revenue: Money,
    /// Still expected to go back to customers.
    pub refund_liability: Money,
    /// The goods that are still expected back, at cost.
    pub return_asset: Money,
}

impl Returnable {
    /// After so many came back, while more can.
    pub fn after(&self, returned: Ratio, currency: Currency) -> Result<AfterReturns, RevenueError> {
        self.standing(returned, self.expected.minus(returned)?.max(Ratio::ZERO), currency)
    }

    /// When no more can come back.
    pub fn at_end(&self, returned: Ratio, currency: Currency) -> Result<AfterReturns, RevenueError> {
        self.standing(returned, Ratio::ZERO, currency)
    }

    fn standing(&self, returned: Ratio, open: Ratio, currency: Currency) -> Result<AfterReturns, RevenueError> {
        let kept = self.units.minus(returned)?.minus(open)?;
        Ok(AfterReturns {
            revenue: round(kept.times(self.price)?, currency)?,
            refund_liability: round(open.times(self.price)?, currency)?,
            return_asset: round(open.times(self.cost)?, currency)?,
        })
    }
}

/// An invoice of which less is expected than it says, by a concession that custom implies. ASC 606-10-55-102.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Concession {
    /// Earned.
    pub revenue: Money,
    /// What will be conceded; it lessens the receivable.
    pub conceded: Money,
    /// Conceded, as a share of what is invoiced.
    pub share: Ratio,
}

/// What is earned of an invoice of which only so much is expected.
pub fn concession(invoiced: Ratio, expected: Ratio, currency: Currency) -> Result<Concession, RevenueError> {
    Ok(Concession {
        revenue: round(expected, currency)?,
        conceded: round(invoiced.minus(expected)?, currency)?,
        share: Ratio::ONE.minus(expected.over(invoiced)?)?,
    })
}
