//! What each redemption takes off each line.

use super::lines::check_once;
use super::windows::{Cycle, Window, cycle, within};
use super::{DiscountError, Discountable, Lasts, Off, PercentOff, Redemption, Rerate, Stacking};
use crate::LineKey;
use alloc::{collections::BTreeMap, vec::Vec};
use money::{Currency, Dec, Money, Ratio, Rounding, allocate};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::Key;

/// What redemptions take off lines.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Discounted {
    /// Each amount that is taken off, by line, then in the order in which discounts were taken off it. None is zero.
    pub shares: Vec<Share>,
    /// What each redemption has taken off in all, by key.
    pub used: Vec<Used>,
}

/// What one redemption takes off one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Share {
    /// The line.
    pub line: LineKey,
    /// The redemption.
    pub redemption: Key,
    /// The amount that is taken off, above zero.
    pub amount: Money,
    /// What was left of the line before.
    pub of: Money,
    /// How it follows.
    pub how: How,
}

/// How a share follows from its discount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// The line's part of a percentage.
    Percent {
        /// The percentage.
        percent: PercentOff,
        /// What was left of all its lines of the bill.
        base: Money,
        /// The percentage of that, rounded.
        total: Money,
    },
    /// The line's part of an amount.
    Amount {
        /// What was left of the amount.
        left: Money,
        /// What the lines of the bill took of it.
        total: Money,
    },
    /// Units for nothing.
    Units {
        /// How many of the line.
        free: Ratio,
    },
}

/// What a redemption has taken off in all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Used {
    /// The redemption.
    pub redemption: Key,
    /// The sums, one for each currency.
    pub amounts: Vec<Money>,
    /// What is left of an amount that is redeemed once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<Money>,
    /// How many periods are left, where they are counted: those of the subscription that has used most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub periods_left: Option<u32>,
}

/// What all redemptions take off all lines that have fallen due so far. The order in which they are given does not matter.
///
/// Bills follow each other by when their lines fall due. On one bill the discounts follow each other by `stacking`, each on what
/// the ones before left. A total is rounded once and shared by largest remainder. No line goes below zero.
pub fn discounts(
    lines: &[Discountable],
    redemptions: &[Redemption],
    stacking: Stacking,
    rerate: Rerate<'_>,
) -> Result<Discounted, DiscountError> {
    check_once(lines, redemptions)?;
    let mut lines: Vec<&Discountable> = lines.iter().collect();
    lines.sort_by(|a, b| (a.due_at, &a.key).cmp(&(b.due_at, &b.key)));
    let mut redemptions: Vec<&Redemption> = redemptions.iter().collect();
    redemptions.sort_by(|a, b| {
        let order = |one: &Redemption| (stacking.rank(&one.discount), one.effective_at);
        order(a).cmp(&order(b)).then(a.key.cmp(&b.key))
    });
    let mut takers: Vec<Taker<'_>> = redemptions.into_iter().map(|one| Taker::new(one, &lines)).collect();
    let mut bill = Bill { open: lines.iter().map(|line| line.amount).collect(), lines, rerate, shares: Vec::new() };
    let mut from = 0;
    while let Some(first) = bill.lines.get(from) {
        let to = from + bill.lines[from..].iter().take_while(|line| line.due_at == first.due_at).count();
        for taker in &mut takers {
            taker.take(&mut bill, from, to)?;
        }
        from = to;
    }
    let mut shares = bill.shares;
    // a stable sort: the order of discounts on one line stays
    shares.sort_by(|a, b| a.line.cmp(&b.line));
    let mut used = takers.into_iter().map(|taker| taker.used(&shares)).collect::<Result<Vec<_>, _>>()?;
    used.sort_by(|a, b| a.redemption.cmp(&b.redemption));
    Ok(Discounted { shares, used })
}

/// The lines with what is left of them.
struct Bill<'a> {
    /// In order of falling due.
    lines: Vec<&'a Discountable>,
    open: Vec<Money>,
    rerate: Rerate<'a>,
    shares: Vec<Share>,
}

/// One redemption, with what is left of it.
struct Taker<'a> {
    redemption: &'a Redemption,
    window: Window,
    /// What was taken so far of what there is once for all bills.
    once: i128,
    /// What was taken so far of what there is in each cycle.
    cycles: BTreeMap<Cycle<'a>, i128>,
    /// Units given so far, once or in each cycle.
    units: BTreeMap<Option<Cycle<'a>>, Ratio>,
}

impl<'a> Taker<'a> {
    fn new(redemption: &'a Redemption, lines: &[&'a Discountable]) -> Self {
        let window = within(redemption, lines);
        let once = redemption.before.amount.map_or(0, Money::minor);
        Self { redemption, window, once, cycles: BTreeMap::new(), units: BTreeMap::new() }
    }

    /// Takes off the lines of one bill.
    fn take(&mut self, bill: &mut Bill<'a>, from: usize, to: usize) -> Result<(), DiscountError> {
        // positions ascend, as the lines do
        let inside = &self.window.lines;
        let inside = &inside[inside.partition_point(|n| *n < from)..inside.partition_point(|n| *n < to)];
        let at: Vec<usize> = inside.iter().copied().filter(|n| bill.open[*n].minor() > 0).collect();
        match self.redemption.discount.off {
            Off::Percent(percent) => self.percent(bill, &at, percent),
            Off::Amount(amount) => self.amount(bill, &at, amount),
            Off::Units(units) => self.units(bill, &at, units),
        }
    }

    fn percent(&self, bill: &mut Bill<'_>, at: &[usize], percent: PercentOff) -> Result<(), DiscountError> {
        for (currency, at) in by(at, |n| bill.lines[n].key.currency) {
            let base = bill.sum(&at, currency)?;
            let exact = Ratio::from(base.to_dec()).times(percent.share()?)?;
            let total = Money::round_from(exact, currency, Rounding::HalfUp)?;
            bill.share(self.redemption, &at, total, &How::Percent { percent, base, total })?;
        }
        Ok(())
    }

    fn amount(&mut self, bill: &mut Bill<'a>, at: &[usize], amount: Money) -> Result<(), DiscountError> {
        let currency = amount.currency();
        let at: Vec<usize> = at.iter().copied().filter(|n| bill.lines[*n].key.currency == currency).collect();
        let is_once = self.redemption.discount.lasts == Lasts::Once;
        let pots = by(&at, |n| (!is_once).then(|| cycle(bill.lines[n])));
        for (pot, at) in pots {
            let taken = match pot {
                None => &mut self.once,
                Some(cycle) => self.cycles.entry(cycle).or_insert(0),
            };
            let left = (amount.minor() - *taken).max(0);
            let total = left.min(bill.sum(&at, currency)?.minor());
            *taken += total;
            let (left, total) = (Money::new(left, currency), Money::new(total, currency));
            bill.share(self.redemption, &at, total, &How::Amount { left, total })?;
        }
        Ok(())
    }

    fn units(&mut self, bill: &mut Bill<'a>, at: &[usize], units: Dec) -> Result<(), DiscountError> {
        let is_once = self.redemption.discount.lasts == Lasts::Once;
        for n in at {
            let line = bill.lines[*n];
            let given = self.units.entry((!is_once).then(|| cycle(line))).or_insert(Ratio::ZERO);
            let left = Ratio::from(units).minus(*given)?;
            // several discounts of units share the units of the line
            let free = left.min(line.quantity.minus(bill.free_units(&line.key)?)?);
            if !free.is_positive() {
                continue;
            }
            let rest = line.quantity.minus(bill.free_units(&line.key)?)?.minus(free)?;
            let exact =
                (bill.rerate)(line, rest).map_err(|error| DiscountError::Rating { key: line.key.clone(), error })?;
            let worth = Money::round_from(exact, line.key.currency, Rounding::HalfUp)?;
            *given = given.plus(free)?;
            let open = bill.open[*n];
            let off = open.minus(worth)?.minor().clamp(0, open.minor());
            bill.share(self.redemption, &[*n], Money::new(off, line.key.currency), &How::Units { free })?;
        }
        Ok(())
    }

    fn used(self, shares: &[Share]) -> Result<Used, DiscountError> {
        let mut sums: BTreeMap<Currency, Money> = BTreeMap::new();
        for share in shares.iter().filter(|share| share.redemption == self.redemption.key) {
            let sum = sums.entry(share.amount.currency()).or_insert(Money::zero(share.amount.currency()));
            *sum = sum.plus(share.amount)?;
        }
        let left = match (self.redemption.discount.off, self.redemption.discount.lasts) {
            (Off::Amount(amount), Lasts::Once) => {
                Some(Money::new((amount.minor() - self.once).max(0), amount.currency()))
            }
            (Off::Amount(_) | Off::Percent(_) | Off::Units(_), Lasts::Once | Lasts::Periods(_) | Lasts::Forever) => {
                None
            }
        };
        Ok(Used {
            redemption: self.redemption.key.clone(),
            amounts: sums.into_values().collect(),
            left,
            periods_left: self.window.periods_left,
        })
    }
}

/// Positions by what they have in common.
fn by<K: Ord>(at: &[usize], common: impl Fn(usize) -> K) -> BTreeMap<K, Vec<usize>> {
    let mut groups: BTreeMap<K, Vec<usize>> = BTreeMap::new();
    for n in at {
        groups.entry(common(*n)).or_default().push(*n);
    }
    groups
}

impl Bill<'_> {
    fn sum(&self, at: &[usize], currency: Currency) -> Result<Money, DiscountError> {
        Ok(at.iter().try_fold(Money::zero(currency), |sum, n| sum.plus(self.open[*n]))?)
    }

    /// How many units of a line are free already.
    fn free_units(&self, key: &LineKey) -> Result<Ratio, DiscountError> {
        let of = self.shares.iter().filter(|share| share.line == *key);
        let units = of.filter_map(|share| match share.how {
            How::Units { free } => Some(free),
            How::Percent { .. } | How::Amount { .. } => None,
        });
        Ok(units.into_iter().try_fold(Ratio::ZERO, Ratio::plus)?)
    }

    /// Shares a total over lines by what is left of them. It is at most their sum, so that none goes below zero.
    fn share(&mut self, by: &Redemption, at: &[usize], total: Money, how: &How) -> Result<(), DiscountError> {
        let weights: Vec<Ratio> = at.iter().map(|n| Ratio::from_int(self.open[*n].minor())).collect();
        for (n, part) in at.iter().zip(allocate(total.minor(), &weights)?) {
            if part == 0 {
                continue;
            }
            let (of, amount) = (self.open[*n], Money::new(part, total.currency()));
            self.open[*n] = of.minus(amount)?;
            let (line, redemption) = (self.lines[*n].key.clone(), by.key.clone());
            self.shares.push(Share { line, redemption, amount, of, how: how.clone() });
        }
        Ok(())
    }
}
