//! Meteroid's periods: a short first period that counts as a cycle, factors only where something is prorated, and nominal
//! lengths for a fee whose cadence is not that of the period.
//!
//! Source: rules 2 to 4 in `conformance/meteroid/README.md`.

use crate::{Cadence, Date, DateError, DateRange, DayOfMonth, Schedule, ScheduleError, Step, Zone};
use alloc::vec::Vec;
use money::{NumError, Ratio};

/// Which period of a subscription is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// The first one, which may be short.
    First,
    /// Any later one.
    Later,
}

/// The billing periods of a subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Periods {
    first: DateRange,
    /// Cycle 0 follows the first period.
    later: Schedule,
}

/// The period that begins on `from`. A first one that begins before the billing day of its month ends on that day; every other
/// one ends on the billing day one cadence later.
pub fn advance_period(from: Date, cadence: Cadence, day: DayOfMonth, order: Order) -> Result<DateRange, ScheduleError> {
    let Step::Months(months) = cadence.step() else {
        return Err(ScheduleError::NoDayOfMonth { cadence });
    };
    let short = match order {
        Order::First => DateRange::new(from, from.on_day(day)).ok(),
        Order::Later => None,
    };
    if let Some(short) = short {
        return Ok(short);
    }
    let to = from.plus_months_on(months, day).map_err(|_| ScheduleError::OutOfRange)?;
    Ok(DateRange::new(from, to)?)
}

impl Periods {
    /// The periods of a subscription that is billed from `start` on a day of the month.
    pub fn new(start: Date, cadence: Cadence, day: DayOfMonth) -> Result<Self, ScheduleError> {
        let first = advance_period(start, cadence, day, Order::First)?;
        Ok(Self { first, later: Schedule::anchored(cadence, first.to(), day, Zone::utc())? })
    }

    /// The period that holds a day; the first one for any day before it ends.
    pub fn containing(&self, at: Date) -> Result<DateRange, ScheduleError> {
        if at < self.first.to() { Ok(self.first) } else { self.later.containing(at).map(|(_, cycle)| cycle) }
    }

    /// How many periods have ended by a day.
    pub fn elapsed(&self, at: Date) -> Result<i64, ScheduleError> {
        if at < self.first.to() { Ok(0) } else { self.later.index_of(at).map(|n| n + 1) }
    }

    /// The period in arrears that an invoice of that day closes; `None` on or before the first day.
    pub fn closed_by(&self, invoice: Date) -> Result<Option<DateRange>, ScheduleError> {
        if invoice <= self.first.from() {
            return Ok(None);
        }
        let last_day = invoice.plus_days(-1).map_err(|_| ScheduleError::OutOfRange)?;
        let from = self.containing(last_day)?.from();
        Ok(Some(DateRange::new(from, invoice)?))
    }
}

/// The factor of a part of a period, by days; `None` when nothing is prorated: the part is the whole, or is not inside it.
pub fn proration_factor(part_days: i64, full_days: i64) -> Result<Option<Ratio>, NumError> {
    if full_days <= 0 || part_days < 0 || part_days >= full_days {
        return Ok(None);
    }
    Ratio::new(part_days.into(), full_days.into()).map(Some)
}

/// The share of a recurring fee for the days of a period that are left on the day of a change. A fee whose nominal length (30,
/// 91, 182 or 365 days) is more than a quarter away from the period is measured by its nominal length, never above 1.
pub fn change_share(period: DateRange, change: Date, cadence: Cadence) -> Result<Ratio, NumError> {
    let left = change.days_until(period.to());
    let whole = period.days();
    let nominal = match cadence.step() {
        Step::Months(1) => 30,
        Step::Months(3) => 91,
        Step::Months(6) => 182,
        Step::Months(12) => 365,
        Step::Days(_) | Step::Months(_) => whole,
    };
    if (whole - nominal).abs() * 4 <= nominal {
        return Ratio::new(left.into(), whole.into());
    }
    Ok(Ratio::new(left.into(), nominal.into())?.min(Ratio::ONE))
}

/// The days on which a payment that failed is tried again: so many days after the try before.
pub fn retry_days(failed: Date, waits: &[u16]) -> Result<Vec<Date>, DateError> {
    let mut last = failed;
    let next = |wait: &u16| {
        last = last.plus_days(i64::from(*wait))?;
        Ok(last)
    };
    waits.iter().map(next).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    fn date(text: &str) -> Date {
        text.parse().expect(text)
    }

    #[test]
    fn a_short_first_period_counts_as_a_cycle() {
        let day = DayOfMonth::try_from(10).expect("day");
        let periods = Periods::new(date("2024-01-01"), Cadence::MONTH, day).expect("near");
        assert_eq!(periods.containing(date("2024-01-05")).expect("near").to_string(), "2024-01-01..2024-01-10");
        assert_eq!(periods.containing(date("2024-02-10")).expect("near").to_string(), "2024-02-10..2024-03-10");
        assert_eq!(periods.elapsed(date("2024-03-15")), Ok(3));
        assert_eq!(
            periods.closed_by(date("2024-01-10")).expect("near").expect("one").to_string(),
            "2024-01-01..2024-01-10"
        );
        assert_eq!(periods.closed_by(date("2024-01-01")), Ok(None));
    }

    #[test]
    fn the_clamped_billing_day_opens_a_full_period() {
        let day = DayOfMonth::try_from(31).expect("day");
        let period = advance_period(date("2023-02-28"), Cadence::MONTH, day, Order::First).expect("near");
        assert_eq!(period.to_string(), "2023-02-28..2023-03-31");
    }

    #[test]
    fn a_failed_payment_is_tried_again_after_each_wait() {
        let days = retry_days(date("2024-02-28"), &[1, 2, 30]).expect("near");
        assert_eq!(days, ["2024-02-29", "2024-03-02", "2024-04-01"].map(date));
    }

    #[test]
    fn a_yearly_fee_in_a_monthly_period_is_measured_by_365_days() {
        let period = "2025-01-01..2025-02-01".parse().expect("range");
        let half = date("2025-01-16");
        assert_eq!(change_share(period, half, Cadence::MONTH), Ratio::new(16, 31));
        assert_eq!(change_share(period, half, Cadence::YEAR), Ratio::new(16, 365));
    }
}
