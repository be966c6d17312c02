//! Kill Bill's dates: days only, ratios of nine decimals, and its own rule for where the first cycle begins.
//!
//! Source: the conventions in `conformance/killbill/README.md`, tags `bcd-clamped-to-month-end`, `ratio-scale-9-half-up`,
//! `kb-leading-stub-denominator-is-period-before-next-bcd`, `kb-fixed-days-month`, `kb-annual-first-bcd-adds-whole-period`,
//! `kb-in-arrear-greedy`, `kb-multi-year-proration-by-days`.

use crate::{Cadence, CadenceUnit, Date, DateRange, DayOfMonth, Schedule, ScheduleError, Step, Zone};
use alloc::vec::Vec;
use core::num::NonZeroU16;
use money::{Dec, NumError, Ratio, Rounding};
use stdx::{Problem, ToProblem};

/// When a recurring price is billed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BillingMode {
    /// At the start of each cycle.
    InAdvance,
    /// At the end of each cycle, a cut cycle on the day of the cut.
    InArrear,
    /// Up to the next cycle day, so that the open cycle is billed before it ends.
    InArrearGreedy,
}

/// How long a month is in a ratio.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MonthLength {
    /// As in the calendar.
    Calendar,
    /// Always so many days (the option `proration.fixed.days`, usually 30).
    Fixed(NonZeroU16),
}

/// Why there is nothing to compute.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IntervalError {
    /// The end lies before the start, or the target date does.
    #[error("the end or the target date lies before the start {start}")]
    InvalidDateSequence {
        /// The start of the span.
        start: Date,
    },
    /// A date is not in the calendar.
    #[error(transparent)]
    Schedule(#[from] ScheduleError),
    /// A number is too large.
    #[error(transparent)]
    Number(#[from] NumError),
}

/// A stretch of constant terms with its cycle day: from an event up to the next one, if that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interval {
    start: Date,
    end: Option<Date>,
    /// Cycle 0 begins on the first cycle day.
    cycles: Schedule,
}

/// What a run of the invoice generator sees of an [`Interval`] on its target date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct View<'a> {
    interval: &'a Interval,
    effective_end: Option<Date>,
}

/// A billed stretch and how many cycles it is worth: 1, or days of a stub over days of its cycle rounded to nine decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServicePeriod {
    /// The days.
    pub dates: DateRange,
    /// Cycles, to be multiplied by the price.
    pub cycles: Dec,
}

/// The cadence that Kill Bill calls by this name; `None` when it knows no such billing period.
pub fn billing_period(name: &str) -> Option<Cadence> {
    let (every, unit) = match name {
        "DAILY" => (1, CadenceUnit::Day),
        "WEEKLY" => (1, CadenceUnit::Week),
        "BIWEEKLY" => (2, CadenceUnit::Week),
        "THIRTY_DAYS" => (30, CadenceUnit::Day),
        "THIRTY_ONE_DAYS" => (31, CadenceUnit::Day),
        "MONTHLY" => (1, CadenceUnit::Month),
        "BIMESTRIAL" => (2, CadenceUnit::Month),
        "QUARTERLY" => (3, CadenceUnit::Month),
        "TRIANNUAL" => (4, CadenceUnit::Month),
        "BIANNUAL" => (6, CadenceUnit::Month),
        "ANNUAL" => (1, CadenceUnit::Year),
        "BIENNIAL" => (2, CadenceUnit::Year),
        _ => return None,
    };
    NonZeroU16::new(every).map(|every| Cadence::new(every, unit))
}

/// Days from `start` to `end`. With a fixed month a stretch that crosses a month end is corrected by the length of the month
/// it starts in; months are told apart by number only, so the same month of another year counts real days.
pub fn days_between(start: Date, end: Date, months: MonthLength) -> i64 {
    let days = start.days_until(end);
    match months {
        MonthLength::Fixed(length) if start.month() != end.month() => {
            days - (i64::from(start.days_in_month()) - i64::from(length.get()))
        }
        MonthLength::Fixed(_) | MonthLength::Calendar => days,
    }
}

/// The share of a stub that ends on a cycle day, of the cycle that ends there.
pub fn leading_ratio(cadence: Cadence, start: Date, next: Date, months: MonthLength) -> Result<Dec, IntervalError> {
    let before = Schedule::new(cadence, next, Zone::utc()).boundary(-1)?;
    ratio(days_between(start, next, months), before.days_until(next), months)
}

/// The share of a stub that begins on a cycle day, of the cycle that begins there.
pub fn trailing_ratio(cadence: Cadence, end: Date, last: Date, months: MonthLength) -> Result<Dec, IntervalError> {
    let after = Schedule::new(cadence, last, Zone::utc()).boundary(1)?;
    ratio(days_between(last, end, months), last.days_until(after), months)
}

/// The share of a billed stretch that falls on a part of it.
pub fn part_ratio(part: DateRange, whole: DateRange, months: MonthLength) -> Result<Dec, IntervalError> {
    ratio(days_between(part.from(), part.to(), months), whole.days(), months)
}

fn ratio(days: i64, cycle: i64, months: MonthLength) -> Result<Dec, IntervalError> {
    let whole = match months {
        MonthLength::Calendar => cycle,
        MonthLength::Fixed(length) => length.get().into(),
    };
    Ok(Ratio::new(days.into(), whole.into())?.round(9, Rounding::HalfUp)?)
}

impl Interval {
    /// The span from `start` to `end` with cycle day `bcd`. Cycles of days ignore the cycle day and run from the start. The first
    /// cycle day is that of the start's month, or one whole billing period later when that is already past.
    pub fn new(start: Date, end: Option<Date>, bcd: DayOfMonth, cadence: Cadence) -> Result<Self, IntervalError> {
        let cycles = match cadence.step() {
            Step::Days(_) => Schedule::new(cadence, start, Zone::utc()),
            Step::Months(months) => {
                let this_month = start.on_day(bcd);
                let first = if this_month < start { start.plus_months_on(months, bcd) } else { Ok(this_month) };
                let first = first.map_err(|_| ScheduleError::OutOfRange)?;
                Schedule::anchored(cadence, first, bcd, Zone::utc())?
            }
        };
        Ok(Self { start, end, cycles })
    }

    /// The first cycle day at or after the start.
    pub fn first(&self) -> Date {
        self.cycles.anchor()
    }

    /// Its cycles; cycle 0 begins on the first cycle day.
    pub fn cycles(&self) -> &Schedule {
        &self.cycles
    }

    /// What a run on `target` sees.
    pub fn seen_on(&self, target: Date, mode: BillingMode) -> Result<View<'_>, IntervalError> {
        let effective_end = match mode {
            BillingMode::InAdvance => Some(self.end_in_advance(target)?),
            BillingMode::InArrear => self.end_in_arrear(target)?,
            BillingMode::InArrearGreedy => self.end_in_arrear_greedy(target)?,
        };
        Ok(View { interval: self, effective_end })
    }

    /// The stretches billed by a run on `target`: a leading stub, whole cycles, a trailing stub.
    pub fn service_periods(
        &self,
        target: Date,
        mode: BillingMode,
        months: MonthLength,
    ) -> Result<Vec<ServicePeriod>, IntervalError> {
        let Self { start, end, cycles } = self;
        let (start, cadence) = (*start, cycles.cadence());
        if target < start || end.is_some_and(|end| end < start) {
            return Err(IntervalError::InvalidDateSequence { start });
        }
        let view = self.seen_on(target, mode)?;
        if !view.has_something_to_bill() {
            return Ok(Vec::new());
        }
        let mut periods = Vec::new();
        let mut push = |from, to, cycles: Dec| -> Result<(), IntervalError> {
            periods.push(ServicePeriod { dates: DateRange::new(from, to).map_err(ScheduleError::from)?, cycles });
            Ok(())
        };
        if let Some(end) = end.filter(|end| *end <= self.first()) {
            push(start, end, leading_ratio(cadence, start, end, months)?)?;
            return Ok(periods);
        }
        let leading =
            if self.first() > start { leading_ratio(cadence, start, self.first(), months)? } else { Dec::ZERO };
        if leading.is_positive() {
            push(start, self.first(), leading)?;
        }
        let (Some(last), Some(effective_end)) = (view.last()?, view.effective_end) else {
            return Ok(periods);
        };
        for n in 0..cycles.index_of(last)? {
            let from = if n == 0 && !leading.is_positive() { start } else { cycles.boundary(n)? };
            push(from, cycles.boundary(n + 1)?, Dec::ONE)?;
        }
        let trailing =
            if effective_end > last { trailing_ratio(cadence, effective_end, last, months)? } else { Dec::ZERO };
        if trailing.is_positive() {
            push(last, effective_end, trailing)?;
        }
        Ok(periods)
    }

    fn end_in_advance(&self, target: Date) -> Result<Date, ScheduleError> {
        match self.end {
            Some(end) if target >= end => Ok(end),
            Some(_) | None if target < self.first() => Ok(self.first()),
            Some(end) => Ok(self.after(target)?.min(end)),
            None => self.after(target),
        }
    }

    fn end_in_arrear(&self, target: Date) -> Result<Option<Date>, ScheduleError> {
        match self.end {
            Some(end) if end == target => Ok(Some(target)),
            Some(_) | None if target < self.first() => Ok(None),
            Some(end) if end <= target => Ok(Some(end)),
            Some(_) | None => self.cycles.boundary(self.cycles.index_of(target)?).map(Some),
        }
    }

    fn end_in_arrear_greedy(&self, target: Date) -> Result<Option<Date>, ScheduleError> {
        let upcoming = if target < self.first() { self.first() } else { self.after(target)? };
        match self.end {
            Some(end) if end == target => Ok(Some(target)),
            Some(_) | None if target < self.start => Ok(None),
            Some(end) if end <= upcoming => Ok(Some(end)),
            Some(_) | None => {
                let on_cycle_day = target >= self.first() && self.cycles.containing(target)?.1.from() == target;
                Ok(Some(if on_cycle_day { target } else { upcoming }))
            }
        }
    }

    /// The first cycle day after a date that is not before the first one.
    fn after(&self, date: Date) -> Result<Date, ScheduleError> {
        self.cycles.boundary(self.cycles.index_of(date)? + 1)
    }
}

impl View<'_> {
    /// Up to where the run bills; `None` when it bills nothing yet.
    pub fn effective_end(self) -> Option<Date> {
        self.effective_end
    }

    /// The last cycle day at or before the effective end; `None` when billing ends before the first one.
    pub fn last(self) -> Result<Option<Date>, IntervalError> {
        let cycles = &self.interval.cycles;
        match self.effective_end.filter(|end| *end >= self.interval.first()) {
            Some(end) => Ok(Some(cycles.boundary(cycles.index_of(end)?)?)),
            None => Ok(None),
        }
    }

    /// The cycle day after the last one, or the first one.
    pub fn next(self) -> Result<Date, IntervalError> {
        match self.last()? {
            Some(last) => Ok(self.interval.after(last)?),
            None => Ok(self.interval.first()),
        }
    }

    /// Whether the run bills anything.
    pub fn has_something_to_bill(self) -> bool {
        self.effective_end.is_some() && self.interval.end.is_none_or(|end| end > self.interval.start)
    }

    /// Whole cycles from the first cycle day to the last.
    pub fn whole_cycles(self) -> Result<i64, IntervalError> {
        match self.last()? {
            Some(last) => Ok(self.interval.cycles.index_of(last)?),
            None => Ok(0),
        }
    }
}

impl ToProblem for IntervalError {
    fn problem(&self) -> Problem {
        match self {
            Self::InvalidDateSequence { .. } => {
                Problem::new("invalid_date_sequence", "The dates are in the wrong order")
                    .detail(alloc::format!("{self}"))
                    .mend("let the end and the target date lie on or after the start")
            }
            Self::Schedule(error) => error.problem(),
            Self::Number(error) => error.problem(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::{String, ToString};

    fn date(text: &str) -> Date {
        text.parse().expect(text)
    }

    fn periods(start: &str, end: Option<&str>, bcd: u8, name: &str, target: &str, mode: BillingMode) -> Vec<String> {
        let bcd = DayOfMonth::try_from(bcd).expect("day");
        let interval = Interval::new(date(start), end.map(date), bcd, billing_period(name).expect(name)).expect("near");
        let periods = interval.service_periods(date(target), mode, MonthLength::Calendar).expect("valid");
        periods.iter().map(|period| alloc::format!("{} {}", period.dates, period.cycles)).collect()
    }

    #[test]
    fn a_leading_stub_is_measured_by_the_cycle_that_ends_with_it() {
        let got = periods("2026-09-16", None, 25, "MONTHLY", "2026-09-25", BillingMode::InAdvance);
        assert_eq!(got, ["2026-09-16..2026-09-25 0.290322581", "2026-09-25..2026-10-25 1"]);
    }

    #[test]
    fn an_annual_plan_waits_a_whole_year_for_its_cycle_day() {
        let got = periods("2011-02-10", None, 3, "ANNUAL", "2011-02-10", BillingMode::InAdvance);
        assert_eq!(got, ["2011-02-10..2012-02-03 0.980821918"]);
    }

    #[test]
    fn greedy_arrears_bill_up_to_the_next_cycle_day() {
        let open = |mode| periods("2022-11-07", None, 7, "MONTHLY", "2022-12-01", mode);
        assert_eq!(open(BillingMode::InArrear), Vec::<String>::new());
        assert_eq!(open(BillingMode::InArrearGreedy), ["2022-11-07..2022-12-07 1"]);
        let cut = |mode| periods("2022-11-07", Some("2022-11-15"), 7, "MONTHLY", "2022-11-10", mode);
        assert_eq!(cut(BillingMode::InArrear), Vec::<String>::new());
        assert_eq!(cut(BillingMode::InArrearGreedy), ["2022-11-07..2022-11-15 0.266666667"]);
    }

    #[test]
    fn a_fixed_month_corrects_by_the_month_of_the_start() {
        let thirty = MonthLength::Fixed(NonZeroU16::new(30).expect("30"));
        assert_eq!(days_between(date("2023-05-23"), date("2023-06-15"), thirty), 22);
        assert_eq!(days_between(date("2023-02-20"), date("2023-03-05"), thirty), 15);
        let ratio = trailing_ratio(Cadence::MONTH, date("2023-06-15"), date("2023-05-23"), thirty).expect("ratio");
        assert_eq!(ratio.to_string(), "0.733333333");
    }

    #[test]
    fn dates_in_the_wrong_order_are_refused() {
        let day = DayOfMonth::try_from(15).expect("day");
        let interval = Interval::new(date("2011-01-30"), Some(date("2011-01-15")), day, Cadence::MONTH).expect("near");
        let got = interval.service_periods(date("2011-02-15"), BillingMode::InAdvance, MonthLength::Calendar);
        assert!(matches!(got, Err(IntervalError::InvalidDateSequence { .. })));
    }
}
