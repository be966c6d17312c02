//! A day of the civil calendar.

use crate::text::{as_text, excerpt, number};
use alloc::string::String;
use core::{fmt, num::NonZeroU8, str::FromStr};
use jiff::{Span, civil};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::{Problem, ToProblem};

/// A day of the proleptic Gregorian calendar without time or zone, year 1 to 9999. Text and JSON form `2026-04-16`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(civil::Date);

/// Why there is no such date.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DateError {
    /// Not of the form `YYYY-MM-DD`.
    #[error("`{text}` is not a date of the form 2026-04-16")]
    NotADate {
        /// What was given.
        text: String,
    },
    /// The month has no such day, or the year no such month.
    #[error("there is no day {year:04}-{month:02}-{day:02}")]
    NoSuchDay {
        /// The year asked for.
        year: i64,
        /// The month asked for.
        month: i64,
        /// The day asked for.
        day: i64,
    },
    /// Before 0001-01-01 or after 9999-12-31.
    #[error("the date lies outside the years 1 to 9999")]
    OutOfRange,
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the names say it")]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

/// A day of the month from 1 to 31 on which cycles begin; in a shorter month it stands for the last day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct DayOfMonth(NonZeroU8);

/// The number is not a day of any month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not a day of the month; it must be 1 to 31")]
pub struct DayOfMonthError(pub u8);

impl Date {
    /// 0001-01-01
    pub const MIN: Self = Self(civil::Date::constant(1, 1, 1));
    /// 9999-12-31
    pub const MAX: Self = Self(civil::Date::constant(9999, 12, 31));
    /// 1970-01-01, the day of [`Instant`](crate::Instant) zero.
    pub(crate) const EPOCH: Self = Self(civil::Date::constant(1970, 1, 1));

    /// The day with this year (1 to 9999), month (1 to 12) and day of the month.
    pub fn new(year: i16, month: i8, day: i8) -> Result<Self, DateError> {
        if !(1..=9999).contains(&year) {
            return Err(DateError::OutOfRange);
        }
        civil::Date::new(year, month, day).map(Self).map_err(|_| DateError::NoSuchDay {
            year: year.into(),
            month: month.into(),
            day: day.into(),
        })
    }

    /// The year, 1 to 9999.
    pub fn year(self) -> i16 {
        self.0.year()
    }
    /// The month, 1 to 12.
    pub fn month(self) -> i8 {
        self.0.month()
    }
    /// The day of the month, 1 to 31.
    pub fn day(self) -> i8 {
        self.0.day()
    }
    /// The length of its month, 28 to 31.
    pub fn days_in_month(self) -> i8 {
        self.0.days_in_month()
    }
    /// The day of the week.
    pub fn weekday(self) -> Weekday {
        match self.0.weekday() {
            civil::Weekday::Monday => Weekday::Monday,
            civil::Weekday::Tuesday => Weekday::Tuesday,
            civil::Weekday::Wednesday => Weekday::Wednesday,
            civil::Weekday::Thursday => Weekday::Thursday,
            civil::Weekday::Friday => Weekday::Friday,
            civil::Weekday::Saturday => Weekday::Saturday,
            civil::Weekday::Sunday => Weekday::Sunday,
        }
    }

    /// The day that many days later (earlier when negative).
    pub fn plus_days(self, days: i64) -> Result<Self, DateError> {
        let span = Span::new().try_days(days).map_err(|_| DateError::OutOfRange)?;
        let sum = self.0.checked_add(span).map(Self).map_err(|_| DateError::OutOfRange)?;
        if (Self::MIN..=Self::MAX).contains(&sum) { Ok(sum) } else { Err(DateError::OutOfRange) }
    }

    /// Days from this day to the other; negative when the other is earlier.
    pub fn days_until(self, other: Self) -> i64 {
        self.0.duration_until(other.0).as_hours() / 24
    }

    /// The day `months` months later in the calendar with the wanted day of the month, or the last day of a shorter month:
    /// one month after 2026-01-31 on day 31 is 2026-02-28.
    pub fn plus_months_on(self, months: i64, day: DayOfMonth) -> Result<Self, DateError> {
        let count = self.month_count().checked_add(months).ok_or(DateError::OutOfRange)?;
        let year = i16::try_from(count.div_euclid(12)).map_err(|_| DateError::OutOfRange)?;
        let month = i8::try_from(count.rem_euclid(12) + 1).map_err(|_| DateError::OutOfRange)?;
        Self::new(year, month, 1).map(|first| first.on_day(day))
    }

    /// The day of the same month that stands for `day`: that day, or the last of a shorter month.
    #[must_use]
    pub fn on_day(self, day: DayOfMonth) -> Self {
        let first = self.0.first_of_month();
        let day = day.get().min(self.days_in_month());
        // no day is above the length of the month here, so the fallback is never taken
        Self(civil::Date::new(first.year(), first.month(), day).unwrap_or(first))
    }

    /// Months since the January of year 0.
    pub(crate) fn month_count(self) -> i64 {
        i64::from(self.year()) * 12 + i64::from(self.month()) - 1
    }

    pub(crate) fn midnight(self) -> civil::DateTime {
        self.0.at(0, 0, 0, 0)
    }

    /// Reads the day that `text` begins with, and gives what follows it.
    pub(crate) fn read(text: &[u8]) -> Option<(Result<Self, DateError>, &[u8])> {
        let leading = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if leading > 4 && text.get(leading) == Some(&b'-') {
            return Some((Err(DateError::OutOfRange), &[]));
        }
        let dash = |rest: &'_ [u8]| rest.first() == Some(&b'-');
        let (year, rest) = number(text, 4).filter(|(_, rest)| dash(rest))?;
        let (month, rest) = number(&rest[1..], 2).filter(|(_, rest)| dash(rest))?;
        let (day, rest) = number(&rest[1..], 2)?;
        let no_such = DateError::NoSuchDay { year, month, day };
        let date = match (i16::try_from(year), i8::try_from(month), i8::try_from(day)) {
            (Ok(year), Ok(month), Ok(day)) => Self::new(year, month, day),
            _ => Err(no_such),
        };
        Some((date, rest))
    }
}

impl Weekday {
    /// Days since Monday, 0 to 6.
    pub fn days_since_monday(self) -> i64 {
        match self {
            Self::Monday => 0,
            Self::Tuesday => 1,
            Self::Wednesday => 2,
            Self::Thursday => 3,
            Self::Friday => 4,
            Self::Saturday => 5,
            Self::Sunday => 6,
        }
    }
}

impl DayOfMonth {
    /// The day, 1 to 31.
    pub fn get(self) -> i8 {
        // 1 to 31 always fits
        i8::try_from(self.0.get()).unwrap_or(31)
    }
}

impl From<Date> for DayOfMonth {
    fn from(date: Date) -> Self {
        // a date has a day from 1 to 31
        Self(u8::try_from(date.day()).ok().and_then(NonZeroU8::new).unwrap_or(NonZeroU8::MIN))
    }
}

impl TryFrom<u8> for DayOfMonth {
    type Error = DayOfMonthError;
    fn try_from(day: u8) -> Result<Self, DayOfMonthError> {
        NonZeroU8::new(day).filter(|day| day.get() <= 31).map(Self).ok_or(DayOfMonthError(day))
    }
}

impl From<DayOfMonth> for u8 {
    fn from(day: DayOfMonth) -> Self {
        day.0.get()
    }
}

impl JsonSchema for DayOfMonth {
    fn schema_name() -> alloc::borrow::Cow<'static, str> {
        "DayOfMonth".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "integer", "minimum": 1, "maximum": 31,
            "description": "Day of the month; the last day in a shorter month" })
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year(), self.month(), self.day())
    }
}

impl FromStr for Date {
    type Err = DateError;
    fn from_str(text: &str) -> Result<Self, DateError> {
        match Self::read(text.as_bytes()) {
            Some((date, [])) => date,
            Some(_) | None => Err(DateError::NotADate { text: excerpt(text) }),
        }
    }
}

as_text!(Date, "a date such as 2026-04-16", {
    "type": "string", "format": "date", "description": "A day of the calendar, such as 2026-04-16"
});

impl ToProblem for DateError {
    fn problem(&self) -> Problem {
        let mend = match self {
            Self::NotADate { .. } => "write the date as year, month and day: 2026-04-16",
            Self::NoSuchDay { .. } => "write a day that the month has",
            Self::OutOfRange => "use a date from 0001-01-01 to 9999-12-31; leave the end out when there is none",
        };
        Problem::new("invalid_date", "This is not a date").detail(alloc::format!("{self}")).mend(mend)
    }
}

impl ToProblem for DayOfMonthError {
    fn problem(&self) -> Problem {
        Problem::new("invalid_day_of_month", "This is not a day of the month")
            .detail(alloc::format!("{self}"))
            .mend("write a number from 1 to 31; 31 always means the last day of the month")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    fn date(text: &str) -> Date {
        text.parse().expect(text)
    }

    #[test]
    fn text_is_strict_and_comes_back() {
        for good in ["0001-01-01", "2024-02-29", "9999-12-31"] {
            assert_eq!(date(good).to_string(), good);
        }
        for bad in [
            "",
            "2026-4-16",
            "2026/04/16",
            "2026-04-16 ",
            "20260416",
            "-001-01-01",
            "2026-04-16T00:00:00Z",
            "2026-04-١٦",
        ] {
            assert!(matches!(bad.parse::<Date>(), Err(DateError::NotADate { .. })), "{bad}");
        }
        for absent in ["2023-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "2026-04-00"] {
            assert!(matches!(absent.parse::<Date>(), Err(DateError::NoSuchDay { .. })), "{absent}");
        }
        for far in ["10000-01-01", "0000-12-31"] {
            assert_eq!(far.parse::<Date>(), Err(DateError::OutOfRange), "{far}");
        }
    }

    #[test]
    fn the_calendar_ends_with_the_year_9999() {
        assert_eq!(Date::MAX.plus_days(1), Err(DateError::OutOfRange));
        assert_eq!(Date::MIN.plus_days(-1), Err(DateError::OutOfRange));
        assert_eq!(Date::MIN.plus_days(i64::MAX), Err(DateError::OutOfRange));
        assert_eq!(Date::MAX.plus_months_on(1, DayOfMonth::from(Date::MAX)), Err(DateError::OutOfRange));
        assert_eq!(Date::MIN.plus_days(Date::MIN.days_until(Date::MAX)), Ok(Date::MAX));
    }

    #[test]
    fn months_clamp_to_the_last_day() {
        let day = DayOfMonth::try_from(31).expect("31");
        let ends: alloc::vec::Vec<_> =
            (0..5).map(|n| date("2023-12-31").plus_months_on(n, day).expect("near").to_string()).collect();
        assert_eq!(ends, ["2023-12-31", "2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30"]);
        assert_eq!(date("2024-03-31").plus_months_on(-13, day), Ok(date("2023-02-28")));
        assert!(DayOfMonth::try_from(0).is_err() && DayOfMonth::try_from(32).is_err());
    }

    #[test]
    fn the_week_begins_on_monday() {
        assert_eq!(date("2018-01-01").weekday(), Weekday::Monday);
        assert_eq!(date("2026-04-19").weekday().days_since_monday(), 6);
    }
}
