//! Performance obligations: what was promised, what it is worth, how it is earned.

use crate::{Over, RevenueError, Share};
use alloc::{collections::BTreeMap, vec::Vec};
use calendar::Date;
use ledger::Month;
use money::{Currency, Money, Ratio, Rounding};
use stdx::{Key, NonEmpty};

/// One output of a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Milestone {
    /// How much of the whole it is, against the weights of the others.
    pub weight: Ratio,
    /// The day on which it was reached or accepted.
    pub reached: Option<Date>,
}

/// How progress is measured: from the facts to a share of the whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Measure {
    /// Over time.
    Over(Over),
    /// At once: on a day, or not yet.
    At(Option<Date>),
    /// By what was delivered, spent or used, of what is expected in all: units, hours, costs, credits.
    Units {
        /// In all; above zero.
        expected: Ratio,
        /// By day.
        done: BTreeMap<Date, Ratio>,
    },
    /// By milestones.
    Milestones(Vec<Milestone>),
}

impl Measure {
    /// The share of the whole by the end of a day. Units can go beyond 1 when more is done than was expected.
    pub fn progress(&self, at: Date) -> Result<Ratio, RevenueError> {
        let stopped = |why| RevenueError::NoProgress { obligation: "?".into(), why };
        match self {
            Self::Over(over) => over.progress(at),
            Self::At(Some(on)) if *on <= at => Ok(Ratio::ONE),
            Self::At(_) => Ok(Ratio::ZERO),
            Self::Units { expected, done } => {
                if !expected.is_positive() {
                    return Err(stopped("nothing is expected in all"));
                }
                Ok(sum(done.range(..=at).map(|(_, quantity)| *quantity))?.over(*expected)?)
            }
            Self::Milestones(milestones) => {
                let whole = sum(milestones.iter().map(|milestone| milestone.weight))?;
                if !whole.is_positive() {
                    return Err(stopped("its milestones weigh nothing"));
                }
                let reached = milestones.iter().filter(|milestone| milestone.reached.is_some_and(|day| day <= at));
                Ok(sum(reached.map(|milestone| milestone.weight))?.over(whole)?)
            }
        }
    }
}

fn sum(parts: impl Iterator<Item = Ratio>) -> Result<Ratio, RevenueError> {
    let mut sum = Ratio::ZERO;
    for part in parts {
        sum = sum.plus(part)?;
    }
    Ok(sum)
}

/// How minor units fall on the months.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Spread {
    /// Each month gets the rounded sum to its end less the rounded sum before: no month is a plug.
    #[default]
    Cumulative,
    /// The months between the first and the last are cut, the last of them takes what is left. Only for service over time.
    CutAndPlugged,
}

/// How an obligation is earned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Earning {
    /// A share of the price, by progress.
    Allocated {
        /// The share.
        share: Share,
        /// Progress.
        measure: Measure,
        /// Rounding.
        spread: Spread,
    },
    /// What may be invoiced for the day is what it was worth to the customer (ASC 606-10-55-18): the worth by day, in major units.
    AsInvoiced(BTreeMap<Date, Ratio>),
}

/// How an obligation is earned from a day on. A change of the contract begins a new stretch; what came before stays as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// The first day that counts by it.
    pub from: Date,
    /// What had been recognised before, and is not computed again.
    pub carried: Money,
    /// How it goes on.
    pub earning: Earning,
}

/// When more is earned than billed: what must happen before it can be billed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Right {
    /// Only time must pass.
    #[default]
    Unconditional,
    /// Something else too.
    Conditional,
}

/// One promise of a contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Obligation {
    /// Its name within the contract.
    pub key: Key,
    /// What is promised.
    pub product: Key,
    /// The legal entity that performs, where it is not the one that sells.
    pub performed_by: Option<Key>,
    /// The right to be paid for it.
    pub right: Right,
    /// By which its revenue can be sliced: region, channel…
    pub dimensions: BTreeMap<alloc::string::String, alloc::string::String>,
    stretches: NonEmpty<Stretch>,
}

impl Obligation {
    /// A promise that is earned in one way from its first day.
    pub fn new(key: Key, earning: Earning, currency: Currency) -> Self {
        let first = Stretch { from: Date::MIN, carried: Money::zero(currency), earning };
        Self {
            product: key.clone(),
            key,
            performed_by: None,
            right: Right::default(),
            dimensions: BTreeMap::new(),
            stretches: NonEmpty::of(first),
        }
    }

    /// The first day on which something is earned by the facts that are known; none while nothing is.
    pub fn first_day(&self) -> Result<Option<Date>, RevenueError> {
        let mut first: Option<Date> = None;
        for stretch in &self.stretches {
            let day = stretch.earning.first_day()?.map(|day| day.max(stretch.from));
            first = first.into_iter().chain(day).min();
        }
        Ok(first)
    }

    /// How it is earned on a day.
    pub fn stretch(&self, at: Date) -> &Stretch {
        // the first one holds since ever
        self.stretches.iter().rev().find(|stretch| stretch.from <= at).unwrap_or_else(|| self.stretches.first())
    }

    /// Goes on in another way from a day on. An error when a later stretch has begun already.
    pub fn go_on(&mut self, stretch: Stretch) -> Result<(), RevenueError> {
        if stretch.from < self.stretches.last().from {
            let (contract, on) = (self.key.as_str().into(), stretch.from);
            return Err(RevenueError::BadChange { contract, on, why: "a later change is applied already" });
        }
        self.stretches.push(stretch);
        Ok(())
    }

    /// What is recognised by the end of a day, rounded once.
    pub fn recognised(&self, at: Date) -> Result<Money, RevenueError> {
        let stretch = self.stretch(at);
        let earned = stretch.earning.recognised(at, stretch.carried.currency()).map_err(|error| self.named(error))?;
        Ok(stretch.carried.plus(earned)?)
    }

    /// What it is worth in all, as seen on a day; none for what is worth as much as is invoiced.
    pub fn allocated(&self, at: Date) -> Result<Option<Money>, RevenueError> {
        let stretch = self.stretch(at);
        match &stretch.earning {
            Earning::Allocated { share, .. } => Ok(Some(stretch.carried.plus(share.posted)?)),
            Earning::AsInvoiced(_) => Ok(None),
        }
    }

    fn named(&self, error: RevenueError) -> RevenueError {
        if let RevenueError::NoProgress { why, .. } = error {
            RevenueError::NoProgress { obligation: self.key.as_str().into(), why }
        } else {
            error
        }
    }
}

impl Stretch {
    /// What is earned by the end of a day as if the stretch had held since ever; exact.
    pub fn earned(&self, at: Date) -> Result<Ratio, RevenueError> {
        let earned = match &self.earning {
            Earning::Allocated { share, measure, .. } => share.exact.times(measure.progress(at)?)?,
            Earning::AsInvoiced(worth) => sum(worth.range(..=at).map(|(_, worth)| *worth))?,
        };
        Ok(earned.plus(self.carried.to_dec().into())?)
    }
}

impl Earning {
    fn first_day(&self) -> Result<Option<Date>, RevenueError> {
        Ok(match self {
            Self::AsInvoiced(worth) => worth.keys().next().copied(),
            Self::Allocated { measure: Measure::Over(over), .. } => over.months()?.first().map(|month| month.first()),
            Self::Allocated { measure: Measure::At(on), .. } => *on,
            Self::Allocated { measure: Measure::Units { done, .. }, .. } => done.keys().next().copied(),
            Self::Allocated { measure: Measure::Milestones(milestones), .. } => {
                milestones.iter().filter_map(|milestone| milestone.reached).min()
            }
        })
    }

    fn recognised(&self, at: Date, currency: Currency) -> Result<Money, RevenueError> {
        match self {
            Self::AsInvoiced(worth) => {
                let earned = sum(worth.range(..=at).map(|(_, worth)| *worth))?;
                Ok(Money::round_from(earned, currency, Rounding::HalfUp)?)
            }
            Self::Allocated { share, measure: Measure::Over(over), spread: Spread::CutAndPlugged } => {
                let months = over.cut_and_plugged(share.exact, currency.scale())?;
                let done = months.into_iter().filter(|(month, _)| month.last() <= at).map(|(_, amount)| amount);
                Ok(Money::round_from(sum(done)?, currency, Rounding::HalfUp)?)
            }
            Self::Allocated { share, measure, spread: _ } => share.earned(measure.progress(at)?),
        }
    }
}

impl Share {
    /// What of a share is recognised at a progress: never beyond the share, and all of it when all is done.
    pub fn earned(&self, progress: Ratio) -> Result<Money, RevenueError> {
        if progress == Ratio::ONE {
            return Ok(self.posted);
        }
        let currency = self.posted.currency();
        let minor = Money::round_from(self.exact.times(progress)?, currency, Rounding::HalfUp)?.minor();
        let (low, high) = (self.posted.minor().min(0), self.posted.minor().max(0));
        Ok(Money::new(minor.clamp(low, high), currency))
    }
}

/// Differences of what is known at the end of each month: what belongs to the month.
pub fn by_month(
    months: impl IntoIterator<Item = Month>,
    mut until: impl FnMut(Date) -> Result<Money, RevenueError>,
) -> Result<BTreeMap<Month, Money>, RevenueError> {
    let mut amounts = BTreeMap::new();
    let mut before: Option<Money> = None;
    for month in months {
        let now = until(month.last())?;
        amounts.insert(month, before.map_or(Ok(now), |before| now.minus(before))?);
        before = Some(now);
    }
    Ok(amounts)
}
