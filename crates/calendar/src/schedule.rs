//! The cycles of a recurring price.

use crate::cadence::{Cadence, CadenceUnit, Step};
use crate::date::{Date, DayOfMonth};
use crate::instant::Instant;
use crate::period::{DateRange, Period, PeriodError};
use crate::proration::{Proration, ProrationError};
use crate::zone::Zone;
use alloc::vec::Vec;
use money::Ratio;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::{Problem, ToProblem};

/// Where cycles begin.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Alignment {
    /// On the day on which the service began.
    #[default]
    Anniversary,
    /// On the calendar: Monday, or the first of the month, quarter, half-year or year.
    Calendar,
}

/// The cycles of a cadence, without beginning or end: cycle 0 begins on the anchor, cycle -1 before it. Every cycle is derived
/// from the anchor and never from its neighbour, so that a cycle day of 31 comes back after each short month.
///
/// A schedule knows nothing of when service starts or ends; [`parts`](Self::parts) cuts service time into cycles and
/// [`share`](Self::share) says what a part is worth. JSON form
/// `{"cadence": "month", "anchor": "2026-04-30", "day": 31, "zone": "Europe/Berlin"}`; `day` only where it is not the anchor's.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "Written", into = "Written")]
pub struct Schedule {
    cadence: Cadence,
    anchor: Date,
    day: DayOfMonth,
    zone: Zone,
}

/// The service that is given in one cycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// The number of the cycle.
    pub index: i64,
    /// The whole cycle.
    pub cycle: Period,
    /// The service time in it; equal to `cycle` unless it is a stub.
    pub service: Period,
}

/// Why there is no such schedule or cycle.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// Before year 1 or after year 9999.
    #[error("the cycle asked for does not lie within the years 1 to 9999")]
    OutOfRange,
    /// The anchor is not where a cycle with this day begins.
    #[error("a cycle on day {} of the month cannot begin on {anchor}", u8::from(*.day))]
    AnchorOffDay {
        /// The anchor.
        anchor: Date,
        /// The day of the month asked for.
        day: DayOfMonth,
    },
    /// A day of the month for a cadence of days or weeks.
    #[error("cycles of a {cadence} do not begin on a day of the month")]
    NoDayOfMonth {
        /// The cadence.
        cadence: Cadence,
    },
    /// The cycle has no instant: the zone skipped its only day.
    #[error(transparent)]
    Period(#[from] PeriodError),
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Schedule")]
/// The cycles of a recurring price.
struct Written {
    /// How long a cycle is.
    cadence: Cadence,
    /// The first day of cycle 0.
    anchor: Date,
    /// The day of the month on which cycles begin, when it is not the day of the anchor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    day: Option<DayOfMonth>,
    /// Where its days begin.
    zone: Zone,
}

impl Schedule {
    /// Cycles counted from the day on which cycle 0 begins.
    pub fn new(cadence: Cadence, anchor: Date, zone: Zone) -> Self {
        Self { cadence, anchor, day: anchor.into(), zone }
    }

    /// Cycles on a day of the month counted from the day on which cycle 0 begins: that day of its month, or the last day of a
    /// shorter month.
    pub fn anchored(cadence: Cadence, anchor: Date, day: DayOfMonth, zone: Zone) -> Result<Self, ScheduleError> {
        match cadence.step() {
            Step::Days(_) => Err(ScheduleError::NoDayOfMonth { cadence }),
            Step::Months(_) if anchor.on_day(day) != anchor => Err(ScheduleError::AnchorOffDay { anchor, day }),
            Step::Months(_) => Ok(Self { cadence, anchor, day, zone }),
        }
    }

    /// Cycles on a day of the month: the first boundary is the first such day at or after `start`, and cycle 0 is the cycle
    /// that `start` lies in. A month on day 25 from 16 September: cycle 0 is 25 August to 25 September, the service of its
    /// last 9 days a stub worth 9/31. A year on day 25 from 16 September begins on 25 September too.
    pub fn on_day(cadence: Cadence, start: Date, day: DayOfMonth, zone: Zone) -> Result<Self, ScheduleError> {
        let Step::Months(months) = cadence.step() else {
            return Err(ScheduleError::NoDayOfMonth { cadence });
        };
        let in_month = start.on_day(day);
        let boundary = if in_month >= start { Ok(in_month) } else { start.plus_months_on(1, day) };
        let boundary = boundary.map_err(|_| ScheduleError::OutOfRange)?;
        let anchor = if boundary == start { Ok(start) } else { boundary.plus_months_on(-months, day) };
        Ok(Self { cadence, anchor: anchor.map_err(|_| ScheduleError::OutOfRange)?, day, zone })
    }

    /// Cycles for service that begins on `start`. On the calendar cycle 0 is the block of the calendar that holds it: the week from
    /// Monday, the month, the quarter, half-year or other part of the year where the cadence divides a year, else from the
    /// first of its month; the year from January. Several weeks or years are counted from that block. Days have no blocks.
    pub fn aligned(cadence: Cadence, start: Date, alignment: Alignment, zone: Zone) -> Result<Self, ScheduleError> {
        let anchor = match alignment {
            Alignment::Anniversary => Ok(start),
            Alignment::Calendar => match cadence.unit() {
                CadenceUnit::Day => Ok(start),
                CadenceUnit::Week => start.plus_days(-start.weekday().days_since_monday()),
                CadenceUnit::Month => {
                    let every = i64::from(cadence.every().get());
                    let back = if 12 % every == 0 { start.month_count().rem_euclid(every) } else { 0 };
                    start.plus_months_on(-back, Date::MIN.into())
                }
                CadenceUnit::Year => start.plus_months_on(-start.month_count().rem_euclid(12), Date::MIN.into()),
            },
        };
        anchor.map(|anchor| Self::new(cadence, anchor, zone)).map_err(|_| ScheduleError::OutOfRange)
    }

    /// How long a cycle is.
    pub const fn cadence(&self) -> Cadence {
        self.cadence
    }
    /// The first day of cycle 0.
    pub const fn anchor(&self) -> Date {
        self.anchor
    }
    /// The day of the month on which cycles of months begin.
    pub const fn day(&self) -> DayOfMonth {
        self.day
    }
    /// Where its days begin.
    pub const fn zone(&self) -> &Zone {
        &self.zone
    }

    /// The first day of cycle `n`.
    pub fn boundary(&self, n: i64) -> Result<Date, ScheduleError> {
        let steps = |size: i64| n.checked_mul(size).ok_or(ScheduleError::OutOfRange);
        let date = match self.cadence.step() {
            Step::Days(size) => self.anchor.plus_days(steps(size)?),
            Step::Months(size) => self.anchor.plus_months_on(steps(size)?, self.day),
        };
        date.map_err(|_| ScheduleError::OutOfRange)
    }

    /// The days of cycle `n`.
    pub fn cycle(&self, n: i64) -> Result<DateRange, ScheduleError> {
        let next = n.checked_add(1).ok_or(ScheduleError::OutOfRange)?;
        Ok(DateRange::new(self.boundary(n)?, self.boundary(next)?)?)
    }

    /// The number of the cycle that holds a day.
    pub fn index_of(&self, date: Date) -> Result<i64, ScheduleError> {
        match self.cadence.step() {
            Step::Days(size) => Ok(self.anchor.days_until(date).div_euclid(size)),
            Step::Months(size) => {
                let n = (date.month_count() - self.anchor.month_count()).div_euclid(size);
                // the cycle that begins in this month may begin after this day
                Ok(if self.boundary(n)? > date { n - 1 } else { n })
            }
        }
    }

    /// The cycle that holds a day, with its number. Costs the same however far the day is from the anchor.
    pub fn containing(&self, date: Date) -> Result<(i64, DateRange), ScheduleError> {
        let n = self.index_of(date)?;
        Ok((n, self.cycle(n)?))
    }

    /// The cycle that an instant lies in, with its number.
    pub fn at(&self, at: Instant) -> Result<(i64, Period), ScheduleError> {
        let (n, days) = self.containing(self.zone.date_of(at))?;
        Ok((n, days.to_period(&self.zone)?))
    }

    /// The cycles that share a day with a range, in order, whole.
    pub fn cycles_between(&self, range: DateRange) -> Result<Vec<(i64, DateRange)>, ScheduleError> {
        let mut cycles = Vec::new();
        let mut n = self.index_of(range.from())?;
        while self.boundary(n)? < range.to() {
            cycles.push((n, self.cycle(n)?));
            n += 1;
        }
        Ok(cycles)
    }

    /// Service time cut at the boundaries of the cycles, in order, without gap: a stub at either end where service begins or
    /// ends inside a cycle.
    pub fn parts(&self, service: Period) -> Result<Vec<Part>, ScheduleError> {
        let mut parts = Vec::new();
        let mut n = self.index_of(self.zone.date_of(service.from()))?;
        loop {
            let days = self.cycle(n)?;
            if self.zone.start_of(days.from()) >= service.to() {
                return Ok(parts);
            }
            // a cycle of one day that the zone skipped has no time in it
            if let Ok(cycle) = days.to_period(&self.zone)
                && let Some(service) = cycle.intersect(service)
            {
                parts.push(Part { index: n, cycle, service });
            }
            n += 1;
        }
    }

    /// What a part of one cycle is worth: its share of the whole cycle around it, 1 when it is the whole cycle. This is the one
    /// rule for stubs of either end, changes and cancellations.
    pub fn share(&self, part: Period, proration: Proration) -> Result<Ratio, ProrationError> {
        let (_, cycle) = self.at(part.from())?;
        proration.share(cycle, part, &self.zone)
    }
}

impl TryFrom<Written> for Schedule {
    type Error = ScheduleError;
    fn try_from(written: Written) -> Result<Self, ScheduleError> {
        let Written { cadence, anchor, day, zone } = written;
        match day {
            Some(day) => Self::anchored(cadence, anchor, day, zone),
            None => Ok(Self::new(cadence, anchor, zone)),
        }
    }
}

impl From<Schedule> for Written {
    fn from(schedule: Schedule) -> Self {
        let Schedule { cadence, anchor, day, zone } = schedule;
        Self { cadence, anchor, day: (DayOfMonth::from(anchor) != day).then_some(day), zone }
    }
}

impl ToProblem for ScheduleError {
    fn problem(&self) -> Problem {
        let mend = match self {
            Self::OutOfRange => "use dates within the years 1 to 9999 and a shorter cadence",
            Self::AnchorOffDay { .. } => "anchor it on that day, or on the last day of a month that is shorter",
            Self::NoDayOfMonth { .. } => "leave the day out, or use a cadence of months or years",
            Self::Period(error) => return error.problem(),
        };
        Problem::new("invalid_schedule", "There is no such schedule or cycle")
            .detail(alloc::format!("{self}"))
            .mend(mend)
    }
}
