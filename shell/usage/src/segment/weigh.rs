//! Pricing each event by a rate that its dimensions choose, without a group for each of their combinations.

use super::{
    FoldQuery, Segment, Tallied, Tally, Untils,
    column::WholeView,
    fold::Trouble,
    plan::{Class, Plan},
    walk::{Opened, walk},
};
use crate::{UsageError, Weight};
use metering::{Aggregation, Columns};
use money::Dec;
use std::{ops::Range, rc::Rc};

impl Segment {
    /// Adds the value of each event times the weight of its dimensions to a tally. [`Tallied::Not`] when the meter neither counts
    /// nor sums, its values cannot be read from columns, an event has no weight, or a sum has too many digits: then groups are to be
    /// measured and weighed.
    pub(crate) fn weigh<'a>(
        &'a self,
        query: &FoldQuery<'_>,
        untils: &Untils,
        weight: Weight<'_>,
        tally: &mut Tally<'a>,
    ) -> Result<Tallied, UsageError> {
        let is_sum = matches!(query.meter.meter().aggregate, Aggregation::Count | Aggregation::Sum(_));
        let columns = query.meter.columns().filter(|_| is_sum);
        let Some(columns) = columns else { return Ok(Tallied::Not) };
        Tallied::of(self.weigh_runs(query, untils, weight, &columns, tally).map(|()| Vec::new()))
    }

    fn weigh_runs<'a>(
        &'a self,
        query: &FoldQuery<'_>,
        untils: &Untils,
        weight: Weight<'_>,
        columns: &Columns<'_>,
        tally: &mut Tally<'a>,
    ) -> Result<(), Trouble> {
        let open = |number, before: Option<Weighing<'a>>| {
            let groups = before.as_ref().map(|before| &before.plan.groups);
            let mut plan = Plan::new(self, number, query, columns, untils, groups)?;
            plan.decode();
            let same = before.filter(|before| Rc::ptr_eq(&before.plan.groups.list, &plan.groups.list));
            let weights = same.map_or_else(|| Weights::new(&plan, weight), |before| Ok(before.weights))?;
            Weighing::new(plan, weights)
        };
        let runs = self.runs_between(query, (None, None));
        tally.begin(&runs);
        walk(self, query.edges, &runs, open, |weighing: &Weighing<'_>, piece| {
            let count = weighing.count(piece.rows.clone())?;
            if count == 0 {
                return Ok(());
            }
            let place = (self.subject(piece.run), piece.window);
            if weighing.columns.is_empty() {
                return tally.add(place, count, (weighing.ones(piece.rows), weighing.weights.scale));
            }
            for (number, column) in weighing.columns.iter().enumerate() {
                let count = if number == 0 { count } else { 0 };
                tally.add(place, count, (weighing.sum(number, column, piece.rows.clone())?, column.scale))?;
            }
            Ok(())
        })?;
        tally.end();
        Ok(())
    }
}

/// The weights of the groups of a block, at one scale.
struct Weights {
    scale: u8,
    /// None for a group without a weight.
    by_group: Vec<Option<i64>>,
    /// Zero where there is none.
    factors: Vec<i64>,
    /// The largest of them, without its sign.
    most: u64,
}

impl Weights {
    fn new(plan: &Plan<'_>, weight: Weight<'_>) -> Result<Self, Trouble> {
        let exact: Vec<Option<Dec>> = plan.groups.list.iter().map(weight).collect();
        let scale = exact.iter().flatten().map(|weight| weight.scale()).max().unwrap_or(0);
        let narrow = |weight: Dec| weight.at_scale(scale).and_then(|weight| i64::try_from(weight).ok());
        let narrow = |weight: Option<Dec>| weight.map(|weight| narrow(weight).ok_or(Trouble::TooLarge)).transpose();
        let by_group: Vec<Option<i64>> = exact.into_iter().map(narrow).collect::<Result<_, _>>()?;
        let factors: Vec<i64> = by_group.iter().map(|weight| weight.unwrap_or(0)).collect();
        let most = factors.iter().map(|weight| weight.unsigned_abs()).max().unwrap_or(0);
        Ok(Self { scale, by_group, factors, most })
    }
}

/// A block, and what its rows weigh.
struct Weighing<'a> {
    plan: Plan<'a>,
    weights: Weights,
    /// Whether each group has a weight, and all rows are taken.
    is_plain: bool,
    /// Of each column of values.
    columns: Vec<Column>,
}

/// How a column of values is multiplied.
struct Column {
    /// The number whose code is 0.
    low: i64,
    /// Scale of the products.
    scale: u8,
    /// The products of so many rows have a sum of 64 bits.
    small: u64,
}

impl Opened for Weighing<'_> {
    fn number(&self) -> usize {
        self.plan.number()
    }
    fn times(&self) -> &WholeView<'_> {
        self.plan.times()
    }
}

impl<'a> Weighing<'a> {
    fn new(plan: Plan<'a>, weights: Weights) -> Result<Self, Trouble> {
        let is_plain = plan.class.is_none() && weights.by_group.iter().all(Option::is_some);
        let column = |view: &WholeView<'_>| {
            let low = view.whole.base.checked_sub(view.whole.specials.into()).ok_or(Trouble::TooLarge)?;
            let scale = weights.scale.checked_add(view.whole.scale).ok_or(Trouble::TooLarge)?;
            let value = low.unsigned_abs().max(view.whole.max.unsigned_abs());
            let product = u128::from(value) * u128::from(weights.most);
            let small = u64::try_from(u128::from(i64::MAX.unsigned_abs()) / product.max(1)).unwrap_or(u64::MAX);
            Ok::<_, Trouble>(Column { low, scale, small })
        };
        let columns = plan.values.iter().map(column).collect::<Result<_, _>>()?;
        Ok(Self { plan, weights, is_plain, columns })
    }

    fn group_of(&self, row: usize) -> usize {
        self.plan.groups.of.as_ref().map_or(0, |groups| groups[row].into())
    }

    /// How many of some rows count; an error where one has no weight: the meter itself must say whether it looks at it.
    fn count(&self, rows: Range<usize>) -> Result<u64, Trouble> {
        if self.is_plain {
            return Ok(rows.len() as u64);
        }
        let mut count = 0;
        for row in rows {
            match self.plan.class.as_ref().map_or(Class::Taken, |class| class[row]) {
                Class::LeftOut => {}
                Class::Taken if self.weights.by_group[self.group_of(row)].is_some() => count += 1,
                Class::Taken | Class::Odd => return Err(Trouble::TooLarge),
            }
        }
        Ok(count)
    }

    fn is_counted(&self, row: usize) -> bool {
        self.plan.class.as_ref().is_none_or(|class| class[row] == Class::Taken)
    }

    /// The sum of the weights of some rows, of which each is one.
    fn ones(&self, rows: Range<usize>) -> i128 {
        let weights = rows.filter(|row| self.is_counted(*row)).map(|row| self.weights.factors[self.group_of(row)]);
        weights.map(i128::from).sum()
    }

    /// The sum of value times weight of some rows.
    fn sum(&self, number: usize, column: &Column, rows: Range<usize>) -> Result<i128, Trouble> {
        let codes = &self.plan.codes[number][rows.clone()];
        if let Some(groups) =
            self.plan.groups.of.as_ref().filter(|_| self.is_plain && rows.len() as u64 <= column.small)
        {
            return Ok(small_sum(codes, &groups[rows], &self.weights.factors, column.low).into());
        }
        let mut total = 0_i128;
        for (code, row) in codes.iter().zip(rows).filter(|(_, row)| self.is_counted(*row)) {
            // a code is the difference of two 64-bit numbers: the product fits, and 4,096 of them
            let value = i128::from(column.low) + i128::from(*code);
            let product =
                value.checked_mul(self.weights.factors[self.group_of(row)].into()).ok_or(Trouble::TooLarge)?;
            total = total.checked_add(product).ok_or(Trouble::TooLarge)?;
        }
        Ok(total)
    }
}

fn small_sum(codes: &[u64], groups: &[u16], weights: &[i64], low: i64) -> i64 {
    let mut total = 0;
    for (code, group) in codes.iter().zip(groups) {
        total += low.wrapping_add_unsigned(*code) * weights[usize::from(*group)];
    }
    total
}
