//! Being paid long before the service: the interest that this is worth. ASC 606-10-32-15.

use crate::{RevenueError, share::round};
use money::{Currency, Money, NumError, Ratio, Rounding};

/// How often interest is added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compounding {
    /// Once a year.
    Annual,
    /// Every month a twelfth of the rate.
    Monthly,
}

/// Whether the time between payment and service is short enough to be passed over (ASC 606-10-32-18).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Significance {
    /// More than a year.
    Significant,
    /// A year at most.
    Expedient,
}

/// Whether so many months between payment and service need interest.
pub const fn significance(months: u32) -> Significance {
    if months > 12 { Significance::Significant } else { Significance::Expedient }
}

/// An advance that bears interest until the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Advance {
    /// What was paid.
    pub paid: Ratio,
    /// Per year, as a share.
    pub rate: Ratio,
    /// How often it is added.
    pub compounding: Compounding,
    /// The currency.
    pub currency: Currency,
}

/// Powers of a rate have no end of digits; each period is carried with so many.
const CARRIED_DIGITS: u8 = 14;

impl Advance {
    /// The interest of the first so many periods of compounding, rounded once at their end. The balance is carried from period to period with 14
    /// digits after the point.
    pub fn interest(&self, periods: u32) -> Result<Money, RevenueError> {
        let per_period = match self.compounding {
            Compounding::Annual => self.rate,
            Compounding::Monthly => self.rate.over(Ratio::from_int(12))?,
        };
        let growth = Ratio::ONE.plus(per_period)?;
        let mut balance = self.paid;
        for _ in 0..periods {
            balance = balance.times(growth)?.round(CARRIED_DIGITS, Rounding::HalfEven)?.into();
        }
        round(balance.minus(self.paid)?, self.currency)
    }

    /// The interest of the first so many years.
    pub fn interest_of_years(&self, years: u32) -> Result<Money, RevenueError> {
        let per_year = match self.compounding {
            Compounding::Annual => 1,
            Compounding::Monthly => 12,
        };
        self.interest(years.checked_mul(per_year).ok_or(NumError::Overflow)?)
    }

    /// What is owed in service after so many years: the advance and its interest.
    pub fn liability_after_years(&self, years: u32) -> Result<Money, RevenueError> {
        Ok(round(self.paid, self.currency)?.plus(self.interest_of_years(years)?)?)
    }
}
