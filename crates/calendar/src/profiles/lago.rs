//! Lago's dates: periods that include their last day, shown to the last second of it.
//!
//! Source: the conventions in `conformance/lago/README.md` (days, anniversary, weeks).

use crate::instant::MICROS;
use crate::{Cadence, Date, Instant, InstantError, Schedule, ScheduleError};
use money::{NumError, Ratio};
use stdx::{Problem, ToProblem};

/// Which period is billed on a billing day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// The one that has just ended: in arrears.
    Previous,
    /// The one that begins or is open: in advance.
    Current,
}

/// A billing period as Lago shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Boundaries {
    /// Its first instant.
    pub from: Instant,
    /// Its last whole second.
    pub to: Instant,
    /// Its days.
    pub days: i64,
}

/// Why there are no boundaries.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BoundariesError {
    /// The period is not in the calendar.
    #[error(transparent)]
    Schedule(#[from] ScheduleError),
    /// Its last second is not on the time line.
    #[error(transparent)]
    Instant(#[from] InstantError),
}

/// The cadence that Lago calls by this name; `None` when it knows no such interval.
pub fn interval(name: &str) -> Option<Cadence> {
    match name {
        "weekly" => Some(Cadence::WEEK),
        "monthly" => Some(Cadence::MONTH),
        "quarterly" => Some(Cadence::QUARTER),
        "semiannual" => Some(Cadence::HALF_YEAR),
        "yearly" => Some(Cadence::YEAR),
        _ => None,
    }
}

/// The period that is billed at an instant.
pub fn billing_period(schedule: &Schedule, at: Instant, which: Which) -> Result<Boundaries, BoundariesError> {
    let current = schedule.index_of(schedule.zone().date_of(at))?;
    let cycle = schedule.cycle(match which {
        Which::Previous => current - 1,
        Which::Current => current,
    })?;
    let zone = schedule.zone();
    let to = zone.start_of(cycle.to()).plus_micros(-MICROS)?;
    Ok(Boundaries { from: zone.start_of(cycle.from()), to, days: cycle.days() })
}

/// Days from `from` to `to`, both included; 0 when `to` lies before.
pub fn days(from: Date, to: Date) -> i64 {
    (from.days_until(to) + 1).max(0)
}

/// Days that are billed of `from` to `to`, both included: not before the period starts, and not before a trial ends.
pub fn billed_days(from: Date, to: Date, period_from: Date, trial_end: Option<Date>) -> i64 {
    days(from.max(period_from).max(trial_end.unwrap_or(Date::MIN)), to)
}

/// What so many days are worth of the period from `period_from` to `period_to`, both included.
pub fn share(billed_days: i64, period_from: Date, period_to: Date) -> Result<Ratio, NumError> {
    Ratio::new(billed_days.into(), days(period_from, period_to).into())
}

impl ToProblem for BoundariesError {
    fn problem(&self) -> Problem {
        match self {
            Self::Schedule(error) => error.problem(),
            Self::Instant(error) => error.problem(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Alignment, Zone};
    use alloc::string::ToString;

    #[test]
    fn a_period_ends_with_its_last_second() {
        let new_york = Zone::parse("America/New_York").expect("zone");
        let start = "2021-02-02".parse().expect("date");
        let schedule = Schedule::aligned(Cadence::MONTH, start, Alignment::Calendar, new_york).expect("near");
        // 1 March in UTC is still February there
        let at = "2022-03-01T00:00:00Z".parse().expect("time");
        let january = billing_period(&schedule, at, Which::Previous).expect("near");
        assert_eq!(january.from.to_string(), "2022-01-01T05:00:00Z");
        assert_eq!((january.to.to_string().as_str(), january.days), ("2022-02-01T04:59:59Z", 31));
    }

    #[test]
    fn a_trial_postpones_the_first_billed_day() {
        let date = |text: &str| text.parse::<Date>().expect(text);
        let (from, to) = (date("2022-03-01"), date("2022-03-31"));
        assert_eq!(billed_days(from, to, from, None), 31);
        assert_eq!(billed_days(from, to, from, Some(date("2022-03-04"))), 28);
        assert_eq!(billed_days(from, to, from, Some(date("2022-04-15"))), 0);
        assert_eq!(share(28, from, to), Ratio::new(28, 31));
    }
}
