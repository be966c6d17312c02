//! How much of a service that is rendered over time is rendered by the end of a day.

use crate::RevenueError;
use alloc::vec::Vec;
use calendar::{Date, DateRange, Period, Zone};
use ledger::Month;
use money::{Ratio, Rounding};

/// A service over time and the convention by which its days count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Over {
    /// Every second counts alike; days end at midnight of the zone.
    Seconds(Period, Zone),
    /// Every day counts alike.
    Days(DateRange),
    /// Whole months count alike; a month that is served in part counts by its days.
    MonthsEven(DateRange),
    /// As [`Over::MonthsEven`], and within a month its days count alike: a whole month is earned day by day too.
    MonthsByDay(DateRange),
    /// Whole months only, complete at their end: the first counts when the service starts by the 15th, the last when it ends on the 15th or
    /// later. When no month is left the last one takes all.
    MidMonth(DateRange),
    /// The month of the start counts as whole, and so many months get equal parts.
    FromStartMonth(DateRange),
    /// So many calendar months from the first on, all alike, each complete at its end.
    Months {
        /// The first.
        first: Month,
        /// How many; above zero.
        count: u16,
    },
    /// First and last month by their seconds, the months between alike.
    EdgesProrated(Period, Zone),
}

impl Over {
    /// The months in which it is rendered.
    pub fn months(&self) -> Result<Vec<Month>, RevenueError> {
        let (first, last) = match self {
            Self::Seconds(period, zone) | Self::EdgesProrated(period, zone) => {
                (zone.date_of(period.from()), zone.date_of(period.to().plus_micros(-1).unwrap_or(period.from())))
            }
            Self::Days(days)
            | Self::MonthsEven(days)
            | Self::MonthsByDay(days)
            | Self::MidMonth(days)
            | Self::FromStartMonth(days) => (days.from(), last_day(*days)?),
            Self::Months { first, count } => {
                return Ok(first.to(first.plus(i32::from(*count) - 1)?).collect());
            }
        };
        Ok(Month::of(first).to(Month::of(last)).collect())
    }

    /// The share that is rendered by the end of a day, from 0 to 1.
    pub fn progress(&self, at: Date) -> Result<Ratio, RevenueError> {
        match self {
            Self::Seconds(period, zone) => Ok(seconds_until(*period, zone, at)?.over(period.seconds())?),
            Self::Days(days) => Ok(Ratio::new(days_until(*days, at)?.into(), days.days().into())?),
            Self::MonthsEven(days) => months_even(*days, at, WholeMonth::AtItsEnd),
            Self::MonthsByDay(days) => months_even(*days, at, WholeMonth::ByDay),
            Self::MidMonth(days) => mid_month(*days, at),
            Self::FromStartMonth(days) => from_start_month(*days, at),
            Self::Months { first, count } => whole_months(*first, *count, at),
            Self::EdgesProrated(period, zone) => edges_prorated(self, *period, zone, at),
        }
    }

    /// The amounts of the months when the months between the first and the last are cut to the minor unit, and the last of them takes what is
    /// left. So does one vendor; nothing of ours does, but a migration compares with it.
    pub fn cut_and_plugged(&self, total: Ratio, scale: u8) -> Result<Vec<(Month, Ratio)>, RevenueError> {
        let months = self.months()?;
        let round = |exact: Ratio, rounding| exact.round(scale, rounding).map(Ratio::from);
        let until = |month: &Month| self.progress(month.last());
        let [first_month, inner @ .., last_month] = months.as_slice() else {
            return Ok([(months[0], round(total, Rounding::HalfUp)?)].into());
        };
        let before_last = inner.last().unwrap_or(first_month);
        let first = round(total.times(until(first_month)?)?, Rounding::HalfUp)?;
        let last = round(total.times(Ratio::ONE.minus(until(before_last)?)?)?, Rounding::HalfUp)?;
        let whole = round(total, Rounding::HalfUp)?;
        let between = total.minus(first)?.minus(last)?;
        let Some((plugged, cut)) = inner.split_last() else {
            return Ok([(*first_month, first), (*last_month, whole.minus(first)?)].into());
        };
        let count = i128::try_from(inner.len()).map_err(|_| money::NumError::Overflow)?;
        let each = round(between.over(Ratio::from_int(count))?, Rounding::Down)?;
        let mut amounts: Vec<(Month, Ratio)> = [(*first_month, first)].into();
        amounts.extend(cut.iter().map(|month| (*month, each)));
        let given = each.times(Ratio::from_int(count - 1))?;
        amounts.push((*plugged, whole.minus(first)?.minus(last)?.minus(given)?));
        amounts.push((*last_month, last));
        Ok(amounts)
    }
}

/// The last day of a range.
pub(crate) fn last_day(days: DateRange) -> Result<Date, RevenueError> {
    Ok(days.to().plus_days(-1)?)
}

/// How many days of the range have passed by the end of a day.
fn days_until(days: DateRange, at: Date) -> Result<i64, RevenueError> {
    let end = at.min(last_day(days)?);
    Ok((days.from().days_until(end) + 1).max(0))
}

fn seconds_until(period: Period, zone: &Zone, at: Date) -> Result<Ratio, RevenueError> {
    let midnight = match at.plus_days(1) {
        Ok(next) => zone.start_of(next),
        Err(_) => period.to(),
    };
    let micros = period.from().micros_until(midnight.min(period.to())).max(0);
    Ok(Ratio::new(micros.into(), 1_000_000)?)
}

/// The days of a range that lie in a month and not after `at`, as a share of the month.
fn share_of_month(days: DateRange, month: Month, at: Date) -> Result<Ratio, RevenueError> {
    let from = days.from().max(month.first());
    let last = last_day(days)?.min(month.last()).min(at);
    Ok(Ratio::new((from.days_until(last) + 1).max(0).into(), month.days().into())?)
}

/// When a month that is served as a whole counts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum WholeMonth {
    AtItsEnd,
    ByDay,
}

fn months_even(days: DateRange, at: Date, whole_month: WholeMonth) -> Result<Ratio, RevenueError> {
    let (mut whole, mut done) = (Ratio::ZERO, Ratio::ZERO);
    for month in Month::of(days.from()).to(Month::of(last_day(days)?)) {
        let size = share_of_month(days, month, Date::MAX)?;
        whole = whole.plus(size)?;
        done = done.plus(if size != Ratio::ONE || whole_month == WholeMonth::ByDay {
            share_of_month(days, month, at)?
        } else if month.last() <= at {
            size
        } else {
            Ratio::ZERO
        })?;
    }
    Ok(done.over(whole)?)
}

fn mid_month(days: DateRange, at: Date) -> Result<Ratio, RevenueError> {
    let (start, end) = (days.from(), last_day(days)?);
    let (first, last) = (Month::of(start), Month::of(end));
    let first_counted = if start.day() <= 15 { first } else { first.plus(1)? };
    let last_counted = if end.day() >= 15 { Some(last) } else { last.plus(-1).ok() };
    let counted = match last_counted {
        Some(until) if first_counted <= until => (first_counted, until),
        Some(_) | None => (last, last),
    };
    whole_months(counted.0, u16::try_from(counted.0.until(counted.1) + 1).map_err(|_| money::NumError::Overflow)?, at)
}

fn from_start_month(days: DateRange, at: Date) -> Result<Ratio, RevenueError> {
    let (start, end) = (days.from(), last_day(days)?);
    if at < start {
        return Ok(Ratio::ZERO);
    }
    let begun = i32::from(end.day() >= start.day());
    let count = Month::of(start).until(Month::of(end)) + begun;
    whole_months(Month::of(start), u16::try_from(count.max(1)).map_err(|_| money::NumError::Overflow)?, at)
}

fn whole_months(first: Month, count: u16, at: Date) -> Result<Ratio, RevenueError> {
    let month = Month::of(at);
    let done = first.until(month) + i32::from(month.last() == at);
    Ok(Ratio::new(done.clamp(0, i32::from(count)).into(), i128::from(count).max(1))?)
}

fn edges_prorated(over: &Over, period: Period, zone: &Zone, at: Date) -> Result<Ratio, RevenueError> {
    let by_seconds =
        |day: Date| -> Result<Ratio, RevenueError> { Ok(seconds_until(period, zone, day)?.over(period.seconds())?) };
    let months = over.months()?;
    let [first, inner @ .., last] = months.as_slice() else { return by_seconds(at) };
    if Month::of(at) <= *first {
        return by_seconds(at);
    }
    let end_of_first = by_seconds(first.last())?;
    let begin_of_last = by_seconds(last.plus(-1)?.last())?;
    if Month::of(at) >= *last {
        return by_seconds(at);
    }
    let done = inner.iter().filter(|month| month.last() <= at).count();
    let share = Ratio::new(done as i128, inner.len() as i128)?;
    Ok(end_of_first.plus(begin_of_last.minus(end_of_first)?.times(share)?)?)
}
