//! From what was agreed to obligations: templates of products, standalone selling prices, allocation at inception.

use crate::allocate::Weight;
use crate::{
    Contract, Earning, Estimates, Measure, Method, Milestone, Obligation, Over, RevenueError, Right, Share, Spread,
    Stretch,
};
use alloc::{collections::BTreeMap, string::String, vec::Vec};
use calendar::{Date, DateRange, Zone};
use ledger::{Book, Month};
use money::{Currency, Money, Ratio};
use stdx::{Key, NonEmpty};

/// By which measure a product is earned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pattern {
    /// Over its time, every day alike.
    ByDay,
    /// Over its time, every second alike, by the days of a zone.
    BySecond,
    /// Over its time, whole months alike.
    MonthsEven,
    /// Over its time, by the convention of the middle of the month.
    MidMonth,
    /// At once, when it is handed over.
    AtOnce,
    /// By units, hours or costs of what is expected in all.
    ByUnits,
    /// By milestones.
    ByMilestones,
    /// Usage, as it may be invoiced.
    AsInvoiced,
}

/// Whether something is promised by a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transfer {
    /// It is, and the customer can use it alone or with what is easily had.
    Distinct,
    /// Nothing is transferred, as by a set-up fee: its price belongs to what the rest of the contract promises. ASC 606-10-55-50.
    Nothing,
    /// Nothing is transferred, and it is not paid again on renewal, which makes that a right: it is earned over the expected life.
    RightToRenew,
}

/// How a product is earned: the answer for every contract that has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// The measure.
    pub pattern: Pattern,
    /// What it promises.
    pub transfer: Transfer,
    /// The right to be paid before it is billed.
    pub right: Right,
    /// The legal entity that performs, where it is not the one that sells.
    pub performed_by: Option<Key>,
    /// For how many months a customer stays, for what is earned over its expected life.
    pub life_months: u16,
}

/// The facts of performance of a promise, as far as they are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fulfilment {
    /// Nothing but the days of the service.
    Time,
    /// Handed over on a day, or not yet.
    HandedOver(Option<Date>),
    /// Done by day, of what is expected in all.
    Units {
        /// In all.
        expected: Ratio,
        /// By day.
        done: BTreeMap<Date, Ratio>,
    },
    /// Milestones.
    Milestones(Vec<Milestone>),
    /// The worth of usage by day.
    Usage(BTreeMap<Date, Ratio>),
}

/// What is agreed to be paid for a stretch of days: one for most promises, several for a ramp; of zero for free days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PricedDays {
    /// The days.
    pub days: DateRange,
    /// The price for them.
    pub price: Ratio,
}

/// Whether a price that changes over the term is the price of what is served then.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Ramp {
    /// It is not: the same is served all the time, so the sum is earned evenly.
    #[default]
    Even,
    /// It is, and this is the evidence: capacity that grows, a market price that falls.
    FollowsValue(String),
}

/// One line of an agreement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promise {
    /// Its name within the contract.
    pub key: Key,
    /// The product.
    pub product: Key,
    /// What is paid for which days.
    pub priced: NonEmpty<PricedDays>,
    /// How prices that differ are meant.
    pub ramp: Ramp,
    /// Performance to date.
    pub fulfilment: Fulfilment,
    /// By which its revenue can be sliced.
    pub dimensions: BTreeMap<String, String>,
}

/// A standalone selling price and how sure it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SellingPrice {
    /// Lowest of the range.
    pub low: Ratio,
    /// Its middle.
    pub mid: Ratio,
    /// Highest of the range.
    pub high: Ratio,
}

/// What is used when the price of a contract lies outside of the range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OutOfRange {
    /// The middle.
    #[default]
    Mid,
    /// The bound that is nearest.
    NearestBound,
}

/// Standalone selling prices by product, each from a day on. They are read at inception and at a modification, never later.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SellingPrices(BTreeMap<Key, BTreeMap<Date, SellingPrice>>);

impl SellingPrices {
    /// Adds a price from a day on.
    pub fn add(&mut self, product: Key, from: Date, price: SellingPrice) {
        self.0.entry(product).or_default().insert(from, price);
    }

    /// The price to use for a product that is sold at `agreed`: that itself inside of the range.
    pub fn price(&self, product: &Key, on: Date, agreed: Ratio, outside: OutOfRange) -> Result<Ratio, RevenueError> {
        let known = self.0.get(product).and_then(|dated| dated.range(..=on).next_back());
        let missing = || RevenueError::NoSellingPrice { obligation: product.as_str().into(), on };
        let (_, price) = known.ok_or_else(missing)?;
        Ok(match outside {
            _ if price.low <= agreed && agreed <= price.high => agreed,
            OutOfRange::Mid => price.mid,
            OutOfRange::NearestBound => agreed.clamp(price.low, price.high),
        })
    }
}

/// What is known when a contract begins.
#[derive(Debug, Clone)]
pub struct Inception<'a> {
    /// Its day.
    pub on: Date,
    /// Templates by product.
    pub templates: &'a BTreeMap<Key, Template>,
    /// Standalone selling prices.
    pub selling_prices: &'a SellingPrices,
    /// What is used outside of a range.
    pub outside: OutOfRange,
    /// Exceptions of the allocation.
    pub method: &'a Method,
    /// The zone in which seconds fall on days.
    pub zone: &'a Zone,
}

impl Inception<'_> {
    /// The contract of these promises: each line becomes an obligation, or a part of the price of the others; the price is allocated by
    /// standalone selling prices. Usage and what is earned over the expected life take their own price and no part in that.
    pub fn contract(&self, key: Key, currency: Currency, promises: &[Promise]) -> Result<Contract, RevenueError> {
        let (mut price, mut weights): (Ratio, Vec<Weight>) = (Ratio::ZERO, Vec::new());
        for promise in promises {
            let template = self.template(promise)?;
            let agreed = promise.price()?;
            match (template.transfer, template.pattern) {
                (_, Pattern::AsInvoiced) | (Transfer::RightToRenew, _) => {}
                (Transfer::Nothing, _) => price = price.plus(agreed)?,
                (Transfer::Distinct, _) => {
                    price = price.plus(agreed)?;
                    let residual = self.method.residual.as_ref().is_some_and(|residual| residual.key == promise.key);
                    if !residual {
                        let alone = self.selling_prices.price(&promise.product, self.on, agreed, self.outside)?;
                        weights.push((promise.key.clone(), alone));
                    }
                }
            }
        }
        if price.is_negative() {
            return Err(RevenueError::NegativeConsideration { contract: key.as_str().into(), amount: price });
        }
        let shares: BTreeMap<Key, Share> = if weights.is_empty() && self.method.residual.is_none() {
            BTreeMap::new()
        } else {
            self.method.allocate(price, currency, &weights)?.shares.into_iter().collect()
        };
        let mut contract = Contract::new(key, currency);
        for promise in promises {
            if let Some(obligation) = self.obligation(promise, shares.get(&promise.key).copied(), currency)? {
                if contract.obligation(&promise.key).is_ok() {
                    return Err(RevenueError::Twice { what: "promise", key: promise.key.as_str().into() });
                }
                contract.obligations.push(obligation);
            }
        }
        if contract.obligations.is_empty() && !price.is_zero() {
            return Err(RevenueError::NoTemplate { product: "of the price of the contract".into() });
        }
        Ok(contract)
    }

    fn template(&self, promise: &Promise) -> Result<&Template, RevenueError> {
        let missing = || RevenueError::NoTemplate { product: promise.product.as_str().into() };
        self.templates.get(&promise.product).ok_or_else(missing)
    }

    fn obligation(
        &self,
        promise: &Promise,
        share: Option<Share>,
        currency: Currency,
    ) -> Result<Option<Obligation>, RevenueError> {
        let template = self.template(promise)?;
        let earning = match (template.transfer, template.pattern) {
            (Transfer::Nothing, _) => return Ok(None),
            (Transfer::RightToRenew, _) => {
                let first = Month::of(promise.days()?.from());
                let over = Over::Months { first, count: template.life_months.max(1) };
                let share = Share::stated(promise.price()?, currency)?;
                Earning::Allocated { share, measure: Measure::Over(over), spread: Spread::Cumulative }
            }
            (Transfer::Distinct, Pattern::AsInvoiced) => match &promise.fulfilment {
                Fulfilment::Usage(worth) => Earning::AsInvoiced(worth.clone()),
                Fulfilment::Time | Fulfilment::HandedOver(_) | Fulfilment::Units { .. } | Fulfilment::Milestones(_) => {
                    return Err(promise.unfit("its template wants the worth of usage by day"));
                }
            },
            (Transfer::Distinct, pattern) => {
                let share = share.unwrap_or(Share::none(currency));
                Earning::Allocated { share, measure: self.measure(pattern, promise)?, spread: Spread::Cumulative }
            }
        };
        let mut obligation = Obligation::new(promise.key.clone(), earning, currency);
        obligation.product = promise.product.clone();
        obligation.performed_by.clone_from(&template.performed_by);
        obligation.dimensions.clone_from(&promise.dimensions);
        // what a ramp earns ahead of its bills depends on serving the years that follow
        obligation.right = if promise.priced.len() > 1 { Right::Conditional } else { template.right };
        Ok(Some(obligation))
    }

    fn measure(&self, pattern: Pattern, promise: &Promise) -> Result<Measure, RevenueError> {
        let days = promise.days()?;
        Ok(match (pattern, &promise.fulfilment) {
            (Pattern::ByDay, Fulfilment::Time) => Measure::Over(Over::Days(days)),
            (Pattern::MonthsEven, Fulfilment::Time) => Measure::Over(Over::MonthsEven(days)),
            (Pattern::MidMonth, Fulfilment::Time) => Measure::Over(Over::MidMonth(days)),
            (Pattern::BySecond, Fulfilment::Time) => {
                Measure::Over(Over::Seconds(days.to_period(self.zone)?, self.zone.clone()))
            }
            (Pattern::AtOnce, Fulfilment::HandedOver(day)) => Measure::At(*day),
            (Pattern::ByUnits, Fulfilment::Units { expected, done }) => {
                Measure::Units { expected: *expected, done: done.clone() }
            }
            (Pattern::ByMilestones, Fulfilment::Milestones(milestones)) => Measure::Milestones(milestones.clone()),
            _ => return Err(promise.unfit("its performance is recorded by another measure than its template wants")),
        })
    }
}

impl Promise {
    /// What is paid for it in all.
    pub fn price(&self) -> Result<Ratio, RevenueError> {
        let mut price = Ratio::ZERO;
        for priced in &self.priced {
            price = price.plus(priced.price)?;
        }
        Ok(price)
    }

    /// From its first day to its last.
    pub fn days(&self) -> Result<DateRange, RevenueError> {
        let first = self.priced.iter().map(|priced| priced.days.from()).min();
        let end = self.priced.iter().map(|priced| priced.days.to()).max();
        let one = self.priced.first().days;
        Ok(DateRange::new(first.unwrap_or(one.from()), end.unwrap_or(one.to()))?)
    }

    /// The promises that it is for revenue: itself, or one for each stretch of a ramp that follows the value of what is served.
    pub fn steps(&self) -> Result<Vec<Self>, RevenueError> {
        let Ramp::FollowsValue(evidence) = &self.ramp else { return Ok([self.clone()].into()) };
        if evidence.trim().is_empty() {
            return Err(self.unfit("a ramp that follows the value needs evidence"));
        }
        let step = |(index, priced): (usize, &PricedDays)| {
            let key = alloc::format!("{}.{}", self.key, index + 1).parse().unwrap_or_else(|_| self.key.clone());
            Self { key, priced: NonEmpty::of(priced.clone()), ramp: Ramp::Even, ..self.clone() }
        };
        Ok(self.priced.iter().enumerate().map(step).collect())
    }

    fn unfit(&self, why: &'static str) -> RevenueError {
        RevenueError::NoProgress { obligation: self.key.as_str().into(), why }
    }
}

/// What the price of usage depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UsageTerms {
    /// On the quantity alone.
    Linear,
    /// On the quantity of the billing period, by tiers that begin anew with each.
    TiersPerBillingPeriod,
    /// On the quantity of a longer time: tiers that reach back, a minimum, a cap, a rebate, a fixed part paid in advance.
    LongerPeriod,
}

/// How usage is earned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UsageMethod {
    /// As it may be invoiced. ASC 606-10-55-18.
    AsInvoiced,
    /// By an estimate of the whole measurement period, which is trued up.
    Estimate,
}

/// How usage under these terms is earned: what may be invoiced is what it was worth only where no other time decides about it.
pub const fn usage_method(terms: UsageTerms) -> UsageMethod {
    match terms {
        UsageTerms::Linear | UsageTerms::TiersPerBillingPeriod => UsageMethod::AsInvoiced,
        UsageTerms::LongerPeriod => UsageMethod::Estimate,
    }
}

impl Obligation {
    /// A promise whose price has a fixed part and an estimated one: usage with a minimum or with tiers that reach back. Each version of the
    /// estimate catches up from the day on which it is known.
    pub fn estimated(
        key: Key,
        fixed: Ratio,
        estimates: &Estimates,
        measure: &Measure,
        book: Book,
        currency: Currency,
    ) -> Result<Self, RevenueError> {
        let earning = |amount: Ratio| -> Result<Earning, RevenueError> {
            let share = Share::stated(fixed.plus(amount)?, currency)?;
            Ok(Earning::Allocated { share, measure: measure.clone(), spread: Spread::Cumulative })
        };
        let mut versions = estimates.iter();
        let first = match versions.next() {
            Some(estimate) => estimate.amount(book)?,
            None => Ratio::ZERO,
        };
        let mut obligation = Self::new(key, earning(first)?, currency);
        for version in versions {
            let (from, carried) = (version.known_from, Money::zero(currency));
            obligation.go_on(Stretch { from, carried, earning: earning(version.amount(book)?)? })?;
        }
        Ok(obligation)
    }
}
