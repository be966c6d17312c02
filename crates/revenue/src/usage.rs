//! Usage that is billed in arrears: what a meter is worth to date is earned as it grows.

use crate::RevenueError;
use alloc::{collections::BTreeMap, vec::Vec};
use calendar::Date;
use ledger::Month;
use money::Ratio;

/// How a meter's readings become one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// They add up.
    Sum,
    /// The highest counts.
    Max,
    /// The last of the period counts.
    Last,
    /// The last one counts, also when it is of an earlier period. What a period carries forward that way is earned when it is invoiced.
    LastEver,
}

/// A meter within one period of billing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metered {
    /// The first day that counts.
    pub since: Date,
    /// Price of a unit.
    pub price: Ratio,
    /// How readings become a value.
    pub reading: Reading,
    /// By day, in the order in which they were read.
    pub readings: Vec<(Date, Ratio)>,
    /// Invoices: the amount, and whether the value was carried forward from an earlier period.
    pub invoices: Vec<(Date, Ratio, Carried)>,
}

/// Whether an invoice is for a value that an earlier period left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carried {
    /// It is not.
    No,
    /// It is, and is earned with the invoice.
    Forward,
}

/// A month of metered usage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MeteredMonth {
    /// Earned in it.
    pub revenue: Ratio,
    /// Earned and not invoiced at its end.
    pub unbilled: Ratio,
    /// Invoiced to its end.
    pub receivable: Ratio,
}

impl Metered {
    /// What the meter is worth by the end of a day.
    pub fn worth(&self, at: Date) -> Result<Ratio, RevenueError> {
        let read = self.readings.iter().filter(|(on, _)| self.since <= *on && *on <= at);
        let mut ordered: Vec<(Date, Ratio)> = read.copied().collect();
        ordered.sort_by_key(|(on, _)| *on);
        let mut value = Ratio::ZERO;
        for (index, (_, quantity)) in ordered.iter().enumerate() {
            value = match self.reading {
                Reading::Sum => value.plus(*quantity)?,
                Reading::Max if index > 0 => value.max(*quantity),
                Reading::Max | Reading::Last | Reading::LastEver => *quantity,
            };
        }
        Ok(value.times(self.price)?)
    }

    /// The months, each as the difference to the one before.
    pub fn months(&self, months: &[Month]) -> Result<BTreeMap<Month, MeteredMonth>, RevenueError> {
        let (mut before, mut invoiced, mut earned) = (Ratio::ZERO, Ratio::ZERO, Ratio::ZERO);
        let mut found = BTreeMap::new();
        for month in months {
            let worth = self.worth(month.last())?;
            let mut revenue = worth.minus(before)?;
            before = worth;
            for (_, amount, carried) in self.invoices.iter().filter(|(on, ..)| Month::of(*on) == *month) {
                invoiced = invoiced.plus(*amount)?;
                if *carried == Carried::Forward {
                    revenue = revenue.plus(*amount)?;
                }
            }
            earned = earned.plus(revenue)?;
            found.insert(*month, MeteredMonth { revenue, unbilled: earned.minus(invoiced)?, receivable: invoiced });
        }
        Ok(found)
    }
}
