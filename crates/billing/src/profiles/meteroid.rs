//! Meteroid's view of a change of plan: what is billed in advance counts, month by month.
//!
//! Source: the conventions in `conformance/meteroid/README.md` (MRR, changes).

use alloc::{collections::BTreeMap, vec::Vec};
use core::num::NonZeroU16;
use money::{Dec, NumError, Ratio, Rounding};

/// A part of a subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Component {
    /// How it is billed.
    pub kind: Kind,
    /// The price of one unit.
    pub unit_amount: Dec,
    /// How many.
    pub quantity: Dec,
    /// The length of its interval.
    pub months: NonZeroU16,
}

/// How a component is billed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Each interval, before it is served.
    Advance,
    /// Each interval, after it was served.
    Arrears,
    /// By usage.
    Usage,
    /// Once.
    OneTime,
}

/// Which way a change goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// More is billed in advance.
    Up,
    /// Less is.
    Down,
    /// As much is.
    Lateral,
}

/// What happens to the number of seats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeatStep {
    /// Seats that are there at once.
    Add(i64),
    /// Seats that are there when they are paid for.
    AddWhenPaid(i64),
    /// Seats that go when the period ends; below zero.
    Remove(i64),
    /// The payment.
    Paid,
    /// The end of the period.
    PeriodEnd,
}

impl Component {
    /// What is billed in advance for one interval, or once, in minor units of so many decimals.
    pub fn in_advance(&self, decimals: u8) -> Result<i128, NumError> {
        match self.kind {
            Kind::Usage | Kind::Arrears => Ok(0),
            Kind::Advance | Kind::OneTime => {
                let amount = self.unit_amount.times(self.quantity)?.round(decimals, Rounding::HalfUp)?;
                amount.at_scale(decimals).ok_or(NumError::Overflow)
            }
        }
    }
}

/// The direction of a change from one set of components to another.
pub fn direction(old: &[Component], new: &[Component]) -> Result<Direction, NumError> {
    let sum = |all: &[Component]| -> Result<i128, NumError> {
        all.iter().try_fold(0i128, |sum, one| sum.checked_add(one.in_advance(2)?).ok_or(NumError::Overflow))
    };
    let (old, new) = (sum(old)?, sum(new)?);
    Ok(match new.cmp(&old) {
        core::cmp::Ordering::Greater => Direction::Up,
        core::cmp::Ordering::Less => Direction::Down,
        core::cmp::Ordering::Equal => Direction::Lateral,
    })
}

/// Monthly recurring revenue in minor units, exact: what is billed in advance, divided by the months that it is for. What is billed once or by usage
/// does not recur.
pub fn monthly(components: &[Component]) -> Result<Ratio, NumError> {
    let recurring = components.iter().filter(|one| one.kind != Kind::OneTime);
    let mut sum = Ratio::ZERO;
    for one in recurring {
        sum = sum.plus(Ratio::new(one.in_advance(2)?, i128::from(one.months.get()))?)?;
    }
    Ok(sum)
}

/// Lines of one key as one line in the place of the first; a line without a key stays alone. What sums to nothing is left out.
pub fn netted<K: Ord>(lines: impl IntoIterator<Item = (Option<K>, i128)>) -> Vec<i128> {
    let (mut out, mut at): (Vec<i128>, BTreeMap<K, usize>) = (Vec::new(), BTreeMap::new());
    for (key, amount) in lines {
        let Some(key) = key else {
            out.push(amount);
            continue;
        };
        let place = *at.entry(key).or_insert(out.len());
        match out.get_mut(place) {
            Some(sum) => *sum += amount,
            None => out.push(amount),
        }
    }
    out.retain(|amount| *amount != 0);
    out
}

/// How many seats are there after each step.
pub fn seats(initial: i64, steps: &[SeatStep]) -> Vec<i64> {
    let (mut now, mut waiting, mut leaving) = (initial, 0, 0);
    let mut after = Vec::with_capacity(steps.len());
    for step in steps {
        match step {
            SeatStep::Add(more) => now += more,
            SeatStep::AddWhenPaid(more) => waiting += more,
            SeatStep::Remove(fewer) => leaving += fewer,
            SeatStep::Paid => now += core::mem::take(&mut waiting),
            SeatStep::PeriodEnd => now += core::mem::take(&mut leaving),
        }
        after.push(now);
    }
    after
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_recurs_in_advance_counts_by_the_month() {
        let one = |kind, amount: i64, months| Component {
            kind,
            unit_amount: Dec::from(amount),
            quantity: Dec::ONE,
            months: NonZeroU16::new(months).expect("months"),
        };
        let all =
            [one(Kind::Advance, 12, 12), one(Kind::Usage, 5, 1), one(Kind::OneTime, 99, 1), one(Kind::Advance, 1, 3)];
        assert_eq!(monthly(&all), Ratio::new(400, 3));
        assert_eq!(direction(&all, &[]), Ok(Direction::Down));
        assert_eq!(netted([(Some("a"), 5), (None, 1), (Some("a"), -5), (Some("b"), 2)]), [1, 2]);
        assert_eq!(
            seats(5, &[SeatStep::Remove(-2), SeatStep::AddWhenPaid(1), SeatStep::Paid, SeatStep::PeriodEnd]),
            [5, 5, 6, 4]
        );
    }
}
