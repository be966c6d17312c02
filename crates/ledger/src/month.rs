//! Accounting months.

use alloc::{borrow::Cow, format, string::String};
use calendar::{Date, DateError, DateRange};
use core::{fmt, str::FromStr};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A calendar month of the years 1 to 9999, by which books are kept. Written `2026-04`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Month(i32);

const MONTHS: i32 = 9999 * 12;

/// What is not a month.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a month; write it as 2026-04, from the year 0001 to 9999")]
pub struct MonthError(String);

impl stdx::ToProblem for MonthError {
    fn problem(&self) -> stdx::Problem {
        stdx::Problem::new("not_a_month", "Not a month").detail(format!("{self}")).mend("write year and month: 2026-04")
    }
}

impl Month {
    /// The month that a day lies in.
    pub fn of(day: Date) -> Self {
        Self((i32::from(day.year()) - 1) * 12 + i32::from(day.month()) - 1)
    }

    fn parts(self) -> (i16, i8) {
        // both fit: the number lies in 0..MONTHS
        (i16::try_from(self.0 / 12 + 1).unwrap_or(i16::MAX), i8::try_from(self.0 % 12 + 1).unwrap_or(12))
    }

    /// Its first day.
    pub fn first(self) -> Date {
        let (year, month) = self.parts();
        Date::new(year, month, 1).unwrap_or(Date::MAX)
    }

    /// Its last day.
    pub fn last(self) -> Date {
        let first = self.first();
        first.plus_days(i64::from(first.days_in_month()) - 1).unwrap_or(Date::MAX)
    }

    /// How many days it has.
    pub fn days(self) -> i64 {
        i64::from(self.first().days_in_month())
    }

    /// Its days; an error for the last month of the calendar, after which no day is.
    pub fn range(self) -> Result<DateRange, DateError> {
        let next = self.last().plus_days(1)?;
        Ok(DateRange::new(self.first(), next).unwrap_or_else(|_| unreachable!("a month begins before it ends")))
    }

    /// So many months later; an error outside of the calendar.
    pub fn plus(self, months: i32) -> Result<Self, MonthError> {
        let moved = self.0.checked_add(months).filter(|month| (0..MONTHS).contains(month));
        moved.map(Self).ok_or_else(|| MonthError(format!("{self} and {months} months")))
    }

    /// How many months lie between the first days of both; negative when `other` is earlier.
    pub const fn until(self, other: Self) -> i32 {
        other.0 - self.0
    }

    /// Every month from this one to `last`, both counted; none when `last` is earlier.
    pub fn to(self, last: Self) -> impl DoubleEndedIterator<Item = Self> {
        (self.0..=last.0).map(Self)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month) = self.parts();
        write!(f, "{year:04}-{month:02}")
    }
}

impl FromStr for Month {
    type Err = MonthError;
    fn from_str(text: &str) -> Result<Self, MonthError> {
        let day = if text.len() == 7 { format!("{text}-01").parse::<Date>().ok() } else { None };
        day.map(Self::of).ok_or_else(|| MonthError(text.into()))
    }
}

impl TryFrom<String> for Month {
    type Error = MonthError;
    fn try_from(text: String) -> Result<Self, MonthError> {
        text.parse()
    }
}
impl From<Month> for String {
    fn from(month: Month) -> Self {
        format!("{month}")
    }
}

impl JsonSchema for Month {
    fn schema_name() -> Cow<'static, str> {
        "Month".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "A calendar month, such as 2026-04.",
            "type": "string",
            "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$"
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    fn month(text: &str) -> Month {
        text.parse().expect(text)
    }

    #[test]
    fn a_month_knows_its_days_and_neighbours() {
        assert_eq!(month("2024-02").last().to_string(), "2024-02-29");
        assert_eq!(month("2024-02").days(), 29);
        assert_eq!(month("2026-11").plus(3), Ok(month("2027-02")));
        assert_eq!(month("2026-11").until(month("2026-01")), -10);
        assert_eq!(month("2026-11").to(month("2027-01")).count(), 3);
        assert_eq!(month("9999-12").last(), Date::MAX);
        assert!(month("9999-12").plus(1).is_err() && month("0001-01").plus(-1).is_err());
    }

    #[test]
    fn only_a_year_and_a_month_are_a_month() {
        for text in ["2026-13", "2026-1", "2026-01-01", "", "2026/01"] {
            assert!(text.parse::<Month>().is_err(), "{text}");
        }
        assert_eq!(serde_json::to_string(&month("0001-01")).expect("json"), r#""0001-01""#);
    }
}
