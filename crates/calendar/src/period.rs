//! Stretches of time.

use crate::date::{Date, DateError};
use crate::instant::{Instant, MICROS};
use crate::text::{as_text, excerpt};
use crate::zone::Zone;
use alloc::string::String;
use core::{fmt, str::FromStr};
use money::Ratio;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::{Problem, ToProblem};

/// A stretch of time, half-open: `from` belongs to it, `to` does not. Never empty. JSON form `{"from": …, "to": …}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "Ends", into = "Ends")]
pub struct Period {
    from: Instant,
    to: Instant,
}

/// A stretch of local days, half-open: the day `to` does not belong to it. Never empty. Text and JSON form
/// `2026-04-16..2026-05-01`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DateRange {
    from: Date,
    to: Date,
}

/// Why there is no such stretch.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PeriodError {
    /// It ends before or when it begins.
    #[error("the period from {from} to {to} is empty: the end must lie after the start")]
    Empty {
        /// The start asked for.
        from: String,
        /// The end asked for.
        to: String,
    },
    /// Not two dates with `..` between them.
    #[error("`{text}` is not a range of dates of the form 2026-04-16..2026-05-01")]
    NotARange {
        /// What was given.
        text: String,
    },
    /// One of the two dates is wrong.
    #[error(transparent)]
    Date(#[from] DateError),
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Period")]
/// A stretch of time, half-open: `from` belongs to it, `to` does not.
struct Ends {
    from: Instant,
    to: Instant,
}

fn empty(from: &impl fmt::Display, to: &impl fmt::Display) -> PeriodError {
    PeriodError::Empty { from: alloc::format!("{from}"), to: alloc::format!("{to}") }
}

impl Period {
    /// The time from one instant up to another; an error unless `from` is before `to`.
    pub fn new(from: Instant, to: Instant) -> Result<Self, PeriodError> {
        if from < to { Ok(Self { from, to }) } else { Err(empty(&from, &to)) }
    }
    /// Its first instant.
    pub const fn from(self) -> Instant {
        self.from
    }
    /// The first instant after it.
    pub const fn to(self) -> Instant {
        self.to
    }
    /// Its length in microseconds, above 0.
    pub const fn micros(self) -> i64 {
        self.from.micros_until(self.to)
    }
    /// Its length in seconds, exact.
    pub fn seconds(self) -> Ratio {
        let micros = Ratio::from_int(self.micros().into());
        // dividing by a million cannot fail
        Ratio::new(self.micros().into(), MICROS.into()).unwrap_or(micros)
    }
    /// Whether an instant lies in it.
    pub fn contains(self, at: Instant) -> bool {
        self.from <= at && at < self.to
    }
    /// Whether another period lies in it as a whole.
    pub fn covers(self, other: Self) -> bool {
        self.from <= other.from && other.to <= self.to
    }
    /// The time that two periods share.
    #[must_use]
    pub fn intersect(self, other: Self) -> Option<Self> {
        Self::new(self.from.max(other.from), self.to.min(other.to)).ok()
    }
    /// Before and from an instant strictly inside; `None` when there is nothing to cut.
    pub fn split_at(self, at: Instant) -> Option<(Self, Self)> {
        Some((Self::new(self.from, at).ok()?, Self::new(at, self.to).ok()?))
    }
    /// How many local days begin in it. A day counts where its first instant lies, so the days of the parts of a period
    /// add up to the days of the whole.
    pub fn days_in(self, zone: &Zone) -> i64 {
        zone.first_day_from(self.to) - zone.first_day_from(self.from)
    }
}

impl DateRange {
    /// The days from one up to another, which no longer belongs to it; an error unless `from` is before `to`.
    pub fn new(from: Date, to: Date) -> Result<Self, PeriodError> {
        if from < to { Ok(Self { from, to }) } else { Err(empty(&from, &to)) }
    }
    /// Its first day.
    pub const fn from(self) -> Date {
        self.from
    }
    /// The first day after it.
    pub const fn to(self) -> Date {
        self.to
    }
    /// How many days it has, above 0.
    pub fn days(self) -> i64 {
        self.from.days_until(self.to)
    }
    /// Whether a day lies in it.
    pub fn contains(self, date: Date) -> bool {
        self.from <= date && date < self.to
    }
    /// The days that two ranges share.
    #[must_use]
    pub fn intersect(self, other: Self) -> Option<Self> {
        Self::new(self.from.max(other.from), self.to.min(other.to)).ok()
    }
    /// Before and from a day strictly inside; `None` when there is nothing to cut.
    pub fn split_at(self, date: Date) -> Option<(Self, Self)> {
        Some((Self::new(self.from, date).ok()?, Self::new(date, self.to).ok()?))
    }
    /// The instants of these local days; an error where the zone skipped all of them.
    pub fn to_period(self, zone: &Zone) -> Result<Period, PeriodError> {
        Period::new(zone.start_of(self.from), zone.start_of(self.to))
    }
}

impl TryFrom<Ends> for Period {
    type Error = PeriodError;
    fn try_from(ends: Ends) -> Result<Self, PeriodError> {
        Self::new(ends.from, ends.to)
    }
}

impl From<Period> for Ends {
    fn from(period: Period) -> Self {
        Self { from: period.from, to: period.to }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.from, self.to)
    }
}

impl fmt::Display for DateRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.from, self.to)
    }
}

impl FromStr for DateRange {
    type Err = PeriodError;
    fn from_str(text: &str) -> Result<Self, PeriodError> {
        let (from, to) = text.split_once("..").ok_or_else(|| PeriodError::NotARange { text: excerpt(text) })?;
        Self::new(from.parse()?, to.parse()?)
    }
}

as_text!(DateRange, "a range of dates such as 2026-04-16..2026-05-01", {
    "type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}\.\.\d{4}-\d{2}-\d{2}$",
    "description": "Local days, the last one excluded, such as 2026-04-16..2026-05-01"
});

impl ToProblem for PeriodError {
    fn problem(&self) -> Problem {
        let mend = match self {
            Self::Empty { .. } => "let it end after it starts; the end itself no longer belongs to the period",
            Self::NotARange { .. } => "write two dates with two dots between them: 2026-04-16..2026-05-01",
            Self::Date(error) => return error.problem(),
        };
        Problem::new("invalid_period", "This is not a period").detail(alloc::format!("{self}")).mend(mend)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    fn period(from: &str, to: &str) -> Period {
        Period::new(from.parse().expect(from), to.parse().expect(to)).expect("not empty")
    }

    #[test]
    fn the_end_does_not_belong_to_it() {
        let april = period("2026-04-01T00:00:00Z", "2026-05-01T00:00:00Z");
        assert!(april.contains(april.from()) && !april.contains(april.to()));
        assert_eq!(april.intersect(period("2026-05-01T00:00:00Z", "2026-06-01T00:00:00Z")), None);
        assert_eq!(april.split_at(april.from()), None);
        assert_eq!(april.split_at(april.to()), None);
    }

    #[test]
    fn empty_is_not_a_period() {
        let at: Instant = "2026-04-01T00:00:00Z".parse().expect("time");
        assert!(matches!(Period::new(at, at), Err(PeriodError::Empty { .. })));
        assert!("2026-04-02..2026-04-01".parse::<DateRange>().is_err());
        let text = r#"{"from":"2026-05-01T00:00:00Z","to":"2026-04-01T00:00:00Z"}"#;
        let error = serde_json::from_str::<Period>(text).expect_err("backwards");
        assert!(error.to_string().contains("is empty"), "{error}");
        assert!(
            serde_json::from_str::<Period>(r#"{"from":"2026-04-01T00:00:00Z","end":"2026-04-01T00:00:00Z"}"#).is_err()
        );
    }

    #[test]
    fn json_comes_back() {
        let april: DateRange = "2026-04-01..2026-05-01".parse().expect("range");
        assert_eq!(serde_json::to_string(&april).expect("json"), r#""2026-04-01..2026-05-01""#);
        let utc = april.to_period(&Zone::utc()).expect("period");
        let json = serde_json::to_string(&utc).expect("json");
        assert_eq!(json, r#"{"from":"2026-04-01T00:00:00Z","to":"2026-05-01T00:00:00Z"}"#);
        assert_eq!(serde_json::from_str::<Period>(&json).expect("period"), utc);
    }

    #[test]
    fn days_are_counted_by_the_local_calendar() {
        let new_york = Zone::parse("America/New_York").expect("zone");
        // the clock changes in March: 31 days, one hour short
        let march: DateRange = "2026-03-01..2026-04-01".parse().expect("range");
        let period = march.to_period(&new_york).expect("period");
        assert_eq!((march.days(), period.days_in(&new_york)), (31, 31));
        assert_eq!(period.seconds(), Ratio::from_int(31 * 86_400 - 3600));
    }

    #[test]
    fn a_day_that_the_zone_skipped_has_no_period() {
        let apia = Zone::parse("Pacific/Apia").expect("zone");
        let skipped: DateRange = "2011-12-30..2011-12-31".parse().expect("range");
        assert!(matches!(skipped.to_period(&apia), Err(PeriodError::Empty { .. })));
        let december: DateRange = "2011-12-01..2012-01-01".parse().expect("range");
        assert_eq!(december.to_period(&apia).expect("period").days_in(&apia), 31);
    }
}
