//! Rights that are paid in advance and used later, or never: prepaid credits, options, points. ASC 606-10-55-41 to 49.

use crate::{RevenueError, Share, Weight, by_weight, share::round};
use alloc::{vec, vec::Vec};
use money::{Currency, Money, Ratio};
use stdx::Key;

/// When what is never used is earned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Breakage {
    /// In the proportion in which the rest is used, because it is known how much will be.
    Proportional {
        /// How much is expected to be used, in the unit of the balance.
        expected: Ratio,
    },
    /// When it lapses, or its use is remote.
    AtLapse,
}

/// A balance that was paid in advance, in the unit that was paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prepaid {
    currency: Currency,
    paid: Ratio,
    breakage: Breakage,
    used: Ratio,
    recognised: Money,
}

/// What an event earns from a prepaid balance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drawn {
    /// Earned by the event.
    pub revenue: Money,
    /// Still owed in service.
    pub liability: Money,
}

impl Prepaid {
    /// A balance that was paid.
    pub const fn new(paid: Ratio, currency: Currency, breakage: Breakage) -> Self {
        Self { currency, paid, breakage, used: Ratio::ZERO, recognised: Money::zero(currency) }
    }

    /// Uses some of it.
    pub fn draw(&mut self, used: Ratio) -> Result<Drawn, RevenueError> {
        self.used = self.used.plus(used)?;
        if self.used > self.paid {
            return Err(RevenueError::NotEnough { wanted: self.used, there: self.paid });
        }
        let whole = round(self.paid, self.currency)?;
        let earned = match self.breakage {
            Breakage::Proportional { expected } => round(self.paid.times(self.used.over(expected)?)?, self.currency)?,
            Breakage::AtLapse => round(self.used, self.currency)?,
        };
        self.to(if earned.minor() > whole.minor() { whole } else { earned })
    }

    /// The rest can no longer be used.
    pub fn lapse(&mut self) -> Result<Drawn, RevenueError> {
        self.to(round(self.paid, self.currency)?)
    }

    fn to(&mut self, earned: Money) -> Result<Drawn, RevenueError> {
        let revenue = earned.minus(self.recognised)?;
        self.recognised = earned;
        Ok(Drawn { revenue, liability: round(self.paid, self.currency)?.minus(earned)? })
    }
}

/// A right to buy more at a discount that others do not get. ASC 606-10-55-42.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MaterialRight {
    /// For how much the customer will buy.
    pub expected_purchase: Ratio,
    /// The discount, as a share.
    pub discount: Ratio,
    /// The discount that everybody gets, as a share.
    pub for_everybody: Ratio,
    /// How likely it is that it is used, from 0 to 1.
    pub likelihood: Ratio,
}

impl MaterialRight {
    /// Its standalone selling price.
    pub fn selling_price(&self) -> Result<Ratio, RevenueError> {
        let better = self.discount.minus(self.for_everybody)?;
        Ok(self.expected_purchase.times(better)?.times(self.likelihood)?)
    }
}

/// What is earned when an option is used: what it got of the first price, and what is paid for the use.
pub fn on_exercise(option: Share, paid: Ratio) -> Result<Share, RevenueError> {
    let posted = option.posted.plus(round(paid, option.posted.currency())?)?;
    Ok(Share { exact: option.exact.plus(paid)?, posted })
}

/// A share of a price that is earned by use, while the expectation of how much will be used changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Points {
    share: Share,
    recognised: Money,
}

impl Points {
    /// Points that got this share of the price of what they came with.
    pub const fn new(share: Share) -> Self {
        Self { share, recognised: Money::zero(share.posted.currency()) }
    }

    /// By now so many are used, and so many are expected to be in the end.
    pub fn redeemed(&mut self, to_date: Ratio, expected: Ratio) -> Result<Drawn, RevenueError> {
        let earned = self.share.earned(to_date.over(expected)?)?;
        let revenue = earned.minus(self.recognised)?;
        self.recognised = earned;
        Ok(Drawn { revenue, liability: self.share.posted.minus(earned)? })
    }
}

/// One year of contracts with an option to renew that is looked through: its renewals are counted as if agreed. ASC 606-10-55-45.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenewalYear {
    /// Its name.
    pub key: Key,
    /// The share of the customers that is still there.
    pub survival: Ratio,
    /// What serving one customer costs in it.
    pub cost: Ratio,
}

/// What a portfolio of such contracts is expected to pay and cost, and what each year earns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Renewals {
    /// Paid in all years.
    pub consideration: Ratio,
    /// Spent in all years.
    pub cost: Ratio,
    /// Earned by year: the consideration in proportion to the costs.
    pub years: Vec<(Key, Share)>,
}

/// Looks through the options to renew of so many customers who pay a fee each year.
pub fn renewals(
    customers: Ratio,
    fee: Ratio,
    years: &[RenewalYear],
    currency: Currency,
) -> Result<Renewals, RevenueError> {
    let (mut consideration, mut cost, mut weights): (_, _, Vec<Weight>) = (Ratio::ZERO, Ratio::ZERO, vec![]);
    for year in years {
        let there = customers.times(year.survival)?;
        consideration = consideration.plus(there.times(fee)?)?;
        let spent = there.times(year.cost)?;
        cost = cost.plus(spent)?;
        weights.push((year.key.clone(), spent));
    }
    Ok(Renewals { consideration, cost, years: by_weight(consideration, currency, &weights)? })
}

/// Money that came before there is a contract: it may have to go back, so nothing is earned by it. ASC 606-10-25-7.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deposit {
    held: Ratio,
}

/// What becomes of a deposit when there is a contract at last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Release {
    /// From the deposit to the contract.
    pub released: Ratio,
    /// Earned at once: what was performed until then.
    pub earned: Ratio,
}

impl Default for Deposit {
    fn default() -> Self {
        Self { held: Ratio::ZERO }
    }
}

impl Deposit {
    /// Adds what was received.
    pub fn receive(&mut self, amount: Ratio) -> Result<(), RevenueError> {
        self.held = self.held.plus(amount)?;
        Ok(())
    }

    /// The criteria of a contract are met, and so much was performed.
    pub const fn contract(&mut self, performed: Ratio) -> Release {
        let released = self.held;
        self.held = Ratio::ZERO;
        Release { released, earned: performed }
    }

    /// What is held.
    pub const fn held(&self) -> Ratio {
        self.held
    }
}
