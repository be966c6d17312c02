//! Costs of winning a contract. ASC 340-40.

use crate::{RevenueError, Share};
use money::{Currency, Money, Ratio};

/// Whether a cost whose benefit lasts a year at most is spread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ShortCosts {
    /// It is, as every other.
    #[default]
    Spread,
    /// It is not: the practical expedient of ASC 340-40-25-4.
    Expense,
}

/// A cost that is spread over equal periods of the benefit, renewals that are expected included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CostAsset {
    share: Share,
    periods: u32,
}

/// What becomes of a cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CostTreatment {
    /// It is spread.
    Capitalised(CostAsset),
    /// It is an expense now.
    Expensed(Money),
}

impl CostAsset {
    /// A cost over so many periods, above zero.
    pub fn new(amount: Ratio, periods: u32, currency: Currency) -> Result<Self, RevenueError> {
        if periods == 0 {
            return Err(RevenueError::NoProgress {
                obligation: "contract cost".into(),
                why: "its benefit has no period",
            });
        }
        Ok(Self { share: Share::stated(amount, currency)?, periods })
    }

    /// What is spread, or not, of a cost whose benefit lasts so many months.
    pub fn treat(
        amount: Ratio,
        months: u32,
        currency: Currency,
        short: ShortCosts,
    ) -> Result<CostTreatment, RevenueError> {
        match short {
            ShortCosts::Expense if months <= 12 => Ok(CostTreatment::Expensed(Share::stated(amount, currency)?.posted)),
            ShortCosts::Expense | ShortCosts::Spread => {
                Self::new(amount, months, currency).map(CostTreatment::Capitalised)
            }
        }
    }

    /// The expense of the first so many periods.
    pub fn amortised(&self, periods: u32) -> Result<Money, RevenueError> {
        self.share.earned(Ratio::new(periods.min(self.periods).into(), self.periods.into())?)
    }

    /// What still stands after so many periods.
    pub fn carrying(&self, periods: u32) -> Result<Money, RevenueError> {
        Ok(self.share.posted.minus(self.amortised(periods)?)?)
    }

    /// The expense of the period in which the contract ends early: the share of the period and everything that was left.
    pub fn written_off_in(&self, period: u32) -> Result<Money, RevenueError> {
        self.carrying(period.saturating_sub(1))
    }
}
