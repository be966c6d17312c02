//! What a part of a cycle is worth.

use crate::date::Date;
use crate::period::Period;
use crate::schedule::ScheduleError;
use crate::zone::Zone;
use alloc::boxed::Box;
use money::Ratio;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::{Problem, ToProblem};

/// How the share of a part of a cycle is measured. With the first three, the shares of the parts of a cycle add up to 1
/// exactly, wherever it is cut.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Proration {
    /// By elapsed time, exact to the microsecond: a cycle with a clock change has an hour more or less.
    Second,
    /// By local days: days of the part over days of the cycle, 28 to 31 in a month. A day belongs to the part that holds its
    /// first instant.
    #[default]
    Day,
    /// By days of months of 30 and years of 360 days (30E/360 of ICMA rule 251: the 31st counts as the 30th).
    #[serde(rename = "thirty_360")]
    Thirty360,
    /// A part is not charged: 0 unless it is the whole cycle.
    None,
    /// A part is charged as the whole: always 1.
    Full,
}

/// Why a part has no share.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProrationError {
    /// The part reaches beyond the cycle.
    #[error("{part} does not lie inside the cycle {cycle}")]
    OutsideCycle {
        /// The part.
        part: Box<Period>,
        /// The cycle.
        cycle: Box<Period>,
    },
    /// The cycle is too short to be counted in days.
    #[error("no day begins in the cycle {cycle}, so a part of it has no share by days")]
    NoDays {
        /// The cycle.
        cycle: Box<Period>,
    },
    /// The cycle is not in the calendar.
    #[error(transparent)]
    Schedule(#[from] ScheduleError),
}

impl Proration {
    /// The exact share that `part` has of `cycle`, from 0 to 1, days being those of `zone`. The whole cycle is 1 with every
    /// policy.
    pub fn share(self, cycle: Period, part: Period, zone: &Zone) -> Result<Ratio, ProrationError> {
        if !cycle.covers(part) {
            return Err(ProrationError::OutsideCycle { part: Box::new(part), cycle: Box::new(cycle) });
        }
        if part == cycle {
            return Ok(Ratio::ONE);
        }
        let (counted, whole) = match self {
            Self::None => return Ok(Ratio::ZERO),
            Self::Full => return Ok(Ratio::ONE),
            Self::Second => (part.micros(), cycle.micros()),
            Self::Day => (part.days_in(zone), cycle.days_in(zone)),
            Self::Thirty360 => (thirty_360(part, zone), thirty_360(cycle, zone)),
        };
        Ratio::new(counted.into(), whole.into()).map_err(|_| ProrationError::NoDays { cycle: Box::new(cycle) })
    }
}

/// Days of a period in the 30/360 calendar: a difference of day numbers, so the parts of a period add up to it.
fn thirty_360(period: Period, zone: &Zone) -> i64 {
    let number = |at| {
        let date = Date::EPOCH.plus_days(zone.first_day_from(at)).unwrap_or(Date::MAX);
        date.month_count() * 30 + i64::from(date.day().min(30))
    };
    number(period.to()) - number(period.from())
}

impl ToProblem for ProrationError {
    fn problem(&self) -> Problem {
        let mend = match self {
            Self::OutsideCycle { .. } => "cut the service time at the cycle's ends first (`Schedule::parts`)",
            Self::NoDays { .. } => "prorate by `second`, or use a longer cadence",
            Self::Schedule(error) => return error.problem(),
        };
        Problem::new("invalid_proration", "This part has no share of its cycle")
            .detail(alloc::format!("{self}"))
            .mend(mend)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DateRange;

    fn days(text: &str, zone: &Zone) -> Period {
        text.parse::<DateRange>().expect(text).to_period(zone).expect(text)
    }

    fn share(policy: Proration, cycle: &str, part: &str) -> Ratio {
        let zone = Zone::parse("America/New_York").expect("zone");
        policy.share(days(cycle, &zone), days(part, &zone), &zone).expect("inside")
    }

    #[test]
    fn half_of_march_under_each_policy() {
        let (march, half) = ("2026-03-01..2026-04-01", "2026-03-01..2026-03-16");
        // the hour that the clock change took is missing in the first half
        assert_eq!(share(Proration::Second, march, half), Ratio::new(15 * 24 - 1, 31 * 24 - 1).expect("ratio"));
        assert_eq!(share(Proration::Day, march, half), Ratio::new(15, 31).expect("ratio"));
        assert_eq!(share(Proration::Thirty360, march, half), Ratio::new(1, 2).expect("ratio"));
        assert_eq!(share(Proration::None, march, half), Ratio::ZERO);
        assert_eq!(share(Proration::Full, march, half), Ratio::ONE);
        for policy in [Proration::Second, Proration::Day, Proration::Thirty360, Proration::None, Proration::Full] {
            assert_eq!(share(policy, march, march), Ratio::ONE);
        }
    }

    #[test]
    fn thirty_360_gives_every_month_the_same_weight() {
        let year = "2026-01-01..2027-01-01";
        for month in ["2026-01-01..2026-02-01", "2026-02-01..2026-03-01", "2026-12-01..2027-01-01"] {
            assert_eq!(share(Proration::Thirty360, year, month), Ratio::new(1, 12).expect("ratio"), "{month}");
        }
    }

    #[test]
    fn a_part_beyond_its_cycle_has_no_share() {
        let utc = Zone::utc();
        let (april, may) = (days("2026-04-01..2026-05-01", &utc), days("2026-04-15..2026-05-02", &utc));
        assert!(matches!(Proration::Full.share(april, may, &utc), Err(ProrationError::OutsideCycle { .. })));
    }

    #[test]
    fn an_hour_has_no_days() {
        let hour =
            |from: &str, to: &str| Period::new(from.parse().expect(from), to.parse().expect(to)).expect("period");
        let cycle = hour("2026-04-01T10:00:00Z", "2026-04-01T11:00:00Z");
        let part = hour("2026-04-01T10:00:00Z", "2026-04-01T10:15:00Z");
        assert!(matches!(Proration::Day.share(cycle, part, &Zone::utc()), Err(ProrationError::NoDays { .. })));
        assert_eq!(Proration::Second.share(cycle, part, &Zone::utc()), Ok(Ratio::new(1, 4).expect("ratio")));
    }
}
