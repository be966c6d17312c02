//! Pricing each event by a rate that its dimensions choose, without a group for each of their combinations.

use super::{
    FoldQuery, Segment, Untils,
    fold::{Steps, Trouble},
    plan::{Class, Plan},
};
use crate::{UsageError, Weight};
use metering::{Aggregation, Columns};
use money::Dec;
use std::{ops::Range, rc::Rc};

/// What the events of a subject weigh in a window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Load {
    pub(crate) subject: String,
    /// Number of the window.
    pub(crate) window: u32,
    /// The sum of value × weight.
    pub(crate) sum: Dec,
    /// How many events have a value and a weight.
    pub(crate) count: u64,
    /// How many events that the meter looks at, or may look at, have none: they are not in the sum.
    pub(crate) unweighed: u64,
}

impl Segment {
    /// The value of each event times the weight of its dimensions, summed by subject and window. None when the meter neither
    /// counts nor sums, its values cannot be read from columns, or a sum has too many digits: then groups are to be measured and
    /// weighed.
    pub(crate) fn weigh(
        &self,
        query: &FoldQuery<'_>,
        untils: &Untils,
        weight: Weight<'_>,
    ) -> Result<Option<Vec<Load>>, UsageError> {
        let is_sum = matches!(query.meter.meter().aggregate, Aggregation::Count | Aggregation::Sum(_));
        let columns = query.meter.columns().filter(|_| is_sum);
        let Some(columns) = columns else { return Ok(None) };
        match self.weigh_runs(query, untils, weight, &columns) {
            Ok(found) => Ok(Some(found)),
            Err(Trouble::TooLarge) => Ok(None),
            Err(Trouble::Store(error)) => Err(error),
        }
    }

    fn weigh_runs(
        &self,
        query: &FoldQuery<'_>,
        untils: &Untils,
        weight: Weight<'_>,
        columns: &Columns<'_>,
    ) -> Result<Vec<Load>, Trouble> {
        let mut known: Option<(Plan<'_>, Weights)> = None;
        let mut steps = Steps::default();
        let mut found = Vec::new();
        for run in self.wanted_runs(query) {
            let begun = found.len();
            for (number, rows) in steps.of(self, run, query)? {
                let (plan, weights) = match known.take() {
                    Some((plan, weights)) if plan.number == number => (plan, weights),
                    before => {
                        let groups = before.as_ref().map(|(plan, _)| &plan.groups);
                        let mut plan = Plan::new(self, number, query, columns, untils, groups)?;
                        plan.decode();
                        let same = before.filter(|(before, _)| Rc::ptr_eq(&before.groups.list, &plan.groups.list));
                        let mut weights = same.map_or_else(|| Weights::new(&plan, weight), |(_, weights)| weights);
                        weights.is_plain = plan.class.is_none() && weights.by_group.iter().all(Option::is_some);
                        (plan, weights)
                    }
                };
                for (window, rows) in plan.windows(query, rows) {
                    // a run is in the order of time, and so of windows
                    if found[begun..].last().is_none_or(|last: &Load| last.window != window) {
                        let subject = self.subject(run).into();
                        found.push(Load { subject, window, sum: Dec::ZERO, count: 0, unweighed: 0 });
                    }
                    if let Some(sum) = found.last_mut() {
                        weights.add(&plan, rows, sum)?;
                    }
                }
                known = Some((plan, weights));
            }
        }
        found.retain(|sum| sum.count > 0 || sum.unweighed > 0);
        Ok(found)
    }
}

/// The weights of the groups of a block, at one scale.
struct Weights {
    scale: u8,
    /// None for a group without a weight.
    by_group: Vec<Option<i64>>,
    /// Zero where there is none.
    factors: Vec<i64>,
    /// Whether each group has a weight, and all rows are taken.
    is_plain: bool,
    /// Whether some weight does not fit 64 bits.
    is_wide: bool,
}

impl Weights {
    fn new(plan: &Plan<'_>, weight: Weight<'_>) -> Self {
        let exact: Vec<Option<Dec>> = plan.groups.list.iter().map(weight).collect();
        let scale = exact.iter().flatten().map(|weight| weight.scale()).max().unwrap_or(0);
        let narrow = |weight: Dec| i64::try_from(weight.at_scale(scale)?).ok();
        let by_group: Vec<Option<i64>> = exact.iter().map(|weight| weight.and_then(narrow)).collect();
        let is_wide = by_group.iter().zip(&exact).any(|(narrow, exact)| narrow.is_none() && exact.is_some());
        let factors = by_group.iter().map(|weight| weight.unwrap_or(0)).collect();
        Self { scale, by_group, factors, is_plain: false, is_wide }
    }

    fn add(&self, plan: &Plan<'_>, rows: Range<usize>, sum: &mut Load) -> Result<(), Trouble> {
        if self.is_wide {
            return Err(Trouble::TooLarge);
        }
        let group_of = |row: usize| plan.groups.of.as_ref().map_or(0, |groups| usize::from(groups[row]));
        if self.is_plain {
            sum.count += rows.len() as u64;
        } else {
            for row in rows.clone() {
                match plan.class.as_ref().map_or(Class::Taken, |class| class[row]) {
                    Class::LeftOut => {}
                    Class::Taken if self.by_group[group_of(row)].is_some() => sum.count += 1,
                    Class::Taken | Class::Odd => sum.unweighed += 1,
                }
            }
        }
        let is_counted = |row: usize| plan.class.as_ref().is_none_or(|class| class[row] == Class::Taken);
        if plan.values.is_empty() {
            // each event is one
            let counted = rows.clone().filter(|row| is_counted(*row));
            let total: i128 = counted.map(|row| i128::from(self.factors[group_of(row)])).sum();
            sum.sum = sum.sum.plus(Dec::new(total, self.scale)?)?;
            return Ok(());
        }
        for (view, codes) in plan.values.iter().zip(&plan.codes) {
            let scale = self.scale.checked_add(view.whole.scale).ok_or(Trouble::TooLarge)?;
            let codes = &codes[rows.clone()];
            let low = view.whole.base.checked_sub(view.whole.specials.into()).ok_or(Trouble::TooLarge)?;
            let total = match &plan.groups.of {
                Some(groups) if self.is_plain && self.is_small(low, view.whole.max, rows.len()) => {
                    i128::from(small_sum(codes, &groups[rows.clone()], &self.factors, low))
                }
                _ => {
                    let mut total = 0_i128;
                    for (code, row) in codes.iter().zip(rows.clone()).filter(|(_, row)| is_counted(*row)) {
                        // a code is the difference of two 64-bit numbers: the product fits, and 4,096 of them
                        let value = i128::from(low) + i128::from(*code);
                        let product = value.checked_mul(self.factors[group_of(row)].into()).ok_or(Trouble::TooLarge)?;
                        total = total.checked_add(product).ok_or(Trouble::TooLarge)?;
                    }
                    total
                }
            };
            sum.sum = sum.sum.plus(Dec::new(total, scale)?)?;
        }
        Ok(())
    }

    /// Whether the sum of so many products fits 64 bits.
    fn is_small(&self, low: i64, max: i64, rows: usize) -> bool {
        let value = low.unsigned_abs().max(max.unsigned_abs());
        let weight = self.factors.iter().map(|weight| weight.unsigned_abs()).max().unwrap_or(0);
        let most = u128::from(value).checked_mul(u128::from(weight)).and_then(|most| most.checked_mul(rows as u128));
        most.is_some_and(|most| most < 1 << 63)
    }
}

fn small_sum(codes: &[u64], groups: &[u16], weights: &[i64], low: i64) -> i64 {
    let mut total = 0;
    for (code, group) in codes.iter().zip(groups) {
        total += low.wrapping_add_unsigned(*code) * weights[usize::from(*group)];
    }
    total
}
