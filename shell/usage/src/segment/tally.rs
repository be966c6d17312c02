//! Counts and sums by subject and window, of the rows of several segments: where they are all that a meter wants, a subject costs a
//! few additions in each segment.

use super::{
    FoldQuery, Part, Segment, Untils,
    fold::{Gathered, Trouble},
    plan::{Class, Plan, total},
    walk::{first, walk},
};
use crate::{Transactions, UsageError, quick::is_same};
use metering::{Columns, Wanted};
use money::Dec;
use std::{cmp::Ordering, ops::Range};

/// Counts and sums by subject and window, in this order.
#[derive(Debug, Default)]
pub(crate) struct Tally<'a> {
    sums: Vec<Subtotal<'a>>,
    /// Where in the list the segment is that is being added: its subjects come in order.
    place: usize,
    /// What the segment brings that is not in the list, in order.
    fresh: Vec<Subtotal<'a>>,
}

/// What is known of a subject in a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Subtotal<'a> {
    pub(crate) subject: &'a str,
    /// Number of the window.
    pub(crate) window: u32,
    /// At most [`Dec::MAX_SCALE`].
    pub(crate) scale: u8,
    /// How many events; never none.
    pub(crate) count: u64,
    /// Of their values, in units of `10^−scale`; above [`i128::MIN`].
    pub(crate) sum: i128,
}

/// Whether the rows of a segment are in a tally.
#[derive(Debug)]
pub(crate) enum Tallied {
    /// They are, but for those whose columns do not tell what the meter says of them: here is what it says.
    With(Vec<Part>),
    /// They cannot be: each group is to be measured by itself.
    Not,
}

impl Tallied {
    pub(super) fn of(outcome: Result<Vec<Part>, Trouble>) -> Result<Self, UsageError> {
        match outcome {
            Ok(parts) => Ok(Self::With(parts)),
            Err(Trouble::TooLarge) => Ok(Self::Not),
            Err(Trouble::Store(error)) => Err(error),
        }
    }
}

impl<'a> Tally<'a> {
    /// What was added, by subject, then window.
    pub(crate) fn into_sums(self) -> Vec<Subtotal<'a>> {
        self.sums
    }

    /// Begins a segment of which these runs are looked at: what is added until [`end`](Self::end) comes in order.
    pub(super) fn begin(&mut self, runs: &[Range<usize>]) {
        self.place = 0;
        if self.sums.is_empty() {
            self.fresh.reserve(runs.iter().map(Range::len).sum());
        }
    }

    /// Adds the events of a subject in a window.
    pub(super) fn add(
        &mut self,
        (subject, window): (&'a str, u32),
        count: u64,
        (sum, scale): (i128, u8),
    ) -> Result<(), Trouble> {
        self.sum(subject, window).add(count, sum, scale)
    }

    fn sum(&mut self, subject: &'a str, window: u32) -> &mut Subtotal<'a> {
        let is = |sum: &Subtotal<'_>| sum.window == window && is_same(sum.subject, subject);
        // mostly it is the next one, or the one that was met last
        if self.sums.get(self.place).is_some_and(is) {
            self.place += 1;
            return &mut self.sums[self.place - 1];
        }
        if let Some(last) = self.place.checked_sub(1).filter(|last| is(&self.sums[*last])) {
            return &mut self.sums[last];
        }
        if !self.fresh.last().is_some_and(is) {
            let order = |place: usize| (self.sums[place].subject, self.sums[place].window).cmp(&(subject, window));
            self.place = first(self.place, self.sums.len(), |place| order(place).is_ge());
            if self.sums.get(self.place).is_some_and(is) {
                self.place += 1;
                return &mut self.sums[self.place - 1];
            }
            self.fresh.push(Subtotal { subject, window, scale: 0, count: 0, sum: 0 });
        }
        let last = self.fresh.len() - 1;
        &mut self.fresh[last]
    }

    /// Ends a segment.
    pub(super) fn end(&mut self) {
        if self.sums.is_empty() {
            std::mem::swap(&mut self.sums, &mut self.fresh);
        } else if !self.fresh.is_empty() {
            let mut all = Vec::with_capacity(self.sums.len() + self.fresh.len());
            let mut known = self.sums.drain(..).peekable();
            for new in self.fresh.drain(..) {
                let is_before = |sum: &Subtotal<'_>| (sum.subject, sum.window).cmp(&(new.subject, new.window));
                while let Some(sum) = known.next_if(|sum| is_before(sum) == Ordering::Less) {
                    all.push(sum);
                }
                all.push(new);
            }
            all.extend(known);
            self.sums = all;
        }
    }
}

impl Subtotal<'_> {
    fn add(&mut self, count: u64, sum: i128, scale: u8) -> Result<(), Trouble> {
        let mut sum = sum;
        if scale != self.scale {
            let lift = |sum: i128, digits: u8| {
                10_i128.checked_pow(digits.into()).and_then(|lift| sum.checked_mul(lift)).ok_or(Trouble::TooLarge)
            };
            if scale > Dec::MAX_SCALE {
                return Err(Trouble::TooLarge);
            }
            if scale > self.scale {
                (self.sum, self.scale) = (lift(self.sum, scale - self.scale)?, scale);
            } else {
                sum = lift(sum, self.scale - scale)?;
            }
        }
        self.sum = self.sum.checked_add(sum).filter(|sum| *sum != i128::MIN).ok_or(Trouble::TooLarge)?;
        self.count += count;
        Ok(())
    }
}

/// Whether counts and sums by subject and window are all that a question wants; then its columns.
pub(crate) fn tallied<'q>(query: &FoldQuery<'q>) -> Option<Columns<'q>> {
    let is_plain = query.by.is_empty() && query.transactions == Transactions::Leave && !query.meter.needs_history();
    let columns = query.meter.columns().filter(|_| is_plain)?;
    matches!(columns.wanted(), Wanted::Count | Wanted::Sum).then_some(columns)
}

impl Segment {
    /// Adds all that a question looks at, of subjects from one on, before another, to a tally. After [`Tallied::Not`], and after an
    /// error, the tally is not to be used.
    pub(crate) fn tally<'a>(
        &'a self,
        query: &FoldQuery<'_>,
        untils: &Untils,
        between: (Option<&str>, Option<&str>),
        tally: &mut Tally<'a>,
    ) -> Result<Tallied, UsageError> {
        let Some(columns) = tallied(query) else { return Ok(Tallied::Not) };
        Tallied::of(self.tally_runs(query, untils, &self.runs_between(query, between), &columns, tally))
    }

    fn tally_runs<'a>(
        &'a self,
        query: &FoldQuery<'_>,
        untils: &Untils,
        runs: &[Range<usize>],
        columns: &Columns<'_>,
        tally: &mut Tally<'a>,
    ) -> Result<Vec<Part>, Trouble> {
        let mut odd = Gathered::default();
        tally.begin(runs);
        let open = |number, before: Option<Plan<'a>>| {
            let groups = before.as_ref().map(|plan| &plan.groups);
            Plan::new(self, number, query, columns, untils, groups).map_err(Trouble::from)
        };
        walk(self, query.edges, runs, open, |plan: &Plan<'_>, piece| {
            if plan.has_odd {
                odd.begin(self, piece.run);
                odd.add_odd(query, self, plan, &piece)?;
            }
            let rows = piece.rows;
            let count = plan.count(rows.clone());
            if count == 0 {
                return Ok(());
            }
            let place = (self.subject(piece.run), piece.window);
            let sum = |column: usize| plan.sum(column, rows.clone(), count);
            let scale = |column: usize| plan.values[column].whole.scale;
            let first = if plan.values.is_empty() { (0, 0) } else { (sum(0)?, scale(0)) };
            tally.add(place, count, first)?;
            for column in 1..plan.values.len() {
                tally.add(place, 0, (sum(column)?, scale(column)))?;
            }
            Ok(())
        })?;
        tally.end();
        Ok(odd.finish(self))
    }
}

impl Plan<'_> {
    /// How many of some rows are taken.
    fn count(&self, rows: Range<usize>) -> u64 {
        match &self.class {
            None => rows.len() as u64,
            Some(class) => class[rows].iter().filter(|class| **class == Class::Taken).count() as u64,
        }
    }

    /// The sum of the numbers of a column in so many rows that are taken: of some rows those that are.
    pub(super) fn sum(&self, column: usize, rows: Range<usize>, count: u64) -> Result<i128, Trouble> {
        let view = &self.values[column];
        match &self.class {
            None if rows.len() == self.rows => Ok(view.whole.sum),
            None => total(view, view.sum_codes(rows), count),
            Some(class) => {
                let taken = class[rows.clone()].iter().zip(&self.codes[column][rows]);
                let codes = taken.filter(|(class, _)| **class == Class::Taken).map(|(_, code)| u128::from(*code));
                total(view, codes.sum(), count)
            }
        }
    }
}
