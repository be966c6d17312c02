//! Meteroid's windows: the stretch of time over which usage counts against a limit. All of them are in UTC.

use calendar::{
    Cadence, CadenceUnit, Date, DateError, DateRange, Instant, InstantError, Period, PeriodError, Schedule,
    ScheduleError, Zone,
};
use core::num::NonZeroU16;
use serde::Deserialize;
use thiserror::Error;

/// When the count begins anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum Reset {
    /// Never: since the activation, or from now where there was none.
    Never,
    /// With the billing period.
    BillingCycle,
    /// Always: the stretch that ends now.
    Sliding(Span),
    /// In stretches one after another from the activation.
    Fixed(Span),
    /// With the clock and the calendar: hours and days since 1970, weeks since Monday 1969-12-29, months and years as named.
    Calendar(Span),
}

/// A length of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Span {
    /// The unit.
    pub unit: Unit,
    /// How many.
    pub interval: NonZeroU16,
}

/// A unit of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the names say it")]
pub enum Unit {
    Hour,
    Day,
    Week,
    Month,
    Year,
}

/// A half-open stretch of time, perhaps without an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// From then on.
    pub from: Instant,
    /// Until then, that instant not included.
    pub to: Option<Instant>,
}

/// Why there is no such window.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum WindowError {
    /// Windows one after another need to begin somewhere.
    #[error("fixed windows begin with the activation, and there was none")]
    NoActivation,
    /// The billing period is not known.
    #[error("there is no billing period")]
    NoBillingPeriod,
    /// It lies outside the calendar.
    #[error("the window lies outside the years 1 to 9999")]
    OutOfRange,
}

macro_rules! out_of_range {
    ($($error:ty),*) => {$(
        impl From<$error> for WindowError {
            fn from(_: $error) -> Self {
                Self::OutOfRange
            }
        }
    )*};
}
out_of_range!(InstantError, DateError, ScheduleError, PeriodError);

/// The window around `now`.
pub fn window(
    reset: Reset,
    now: Instant,
    activated_at: Option<Instant>,
    billing_period: Option<DateRange>,
) -> Result<Window, WindowError> {
    Ok(match reset {
        Reset::Never => Window { from: activated_at.unwrap_or(now), to: None },
        Reset::BillingCycle => {
            let period: Period = billing_period.ok_or(WindowError::NoBillingPeriod)?.to_period(&Zone::utc())?;
            Window { from: period.from(), to: Some(period.to()) }
        }
        Reset::Sliding(span) => Window { from: span.after(now, -1)?, to: Some(now) },
        Reset::Fixed(span) => {
            let start = activated_at.ok_or(WindowError::NoActivation)?;
            let mut n = span.whole_since(start, now)?.max(0);
            while n > 0 && span.after(start, n)? > now {
                n -= 1;
            }
            while span.after(start, n + 1)? <= now {
                n += 1;
            }
            Window { from: span.after(start, n)?, to: Some(span.after(start, n + 1)?) }
        }
        Reset::Calendar(span) => {
            let from = span.calendar_start(now)?;
            Window { from, to: Some(span.after(from, 1)?) }
        }
    })
}

const HOUR: i64 = 3_600_000_000;
const DAY: i64 = 24 * HOUR;
/// Monday 1969-12-29.
const FIRST_MONDAY: i64 = -3 * DAY;

/// A span as a fixed number of microseconds, or as calendar months.
enum Length {
    Micros(i64),
    Months(Cadence),
}

impl Span {
    fn length(self) -> Length {
        let every = i64::from(self.interval.get());
        match self.unit {
            Unit::Hour => Length::Micros(HOUR * every),
            Unit::Day => Length::Micros(DAY * every),
            Unit::Week => Length::Micros(7 * DAY * every),
            Unit::Month => Length::Months(Cadence::new(self.interval, CadenceUnit::Month)),
            Unit::Year => Length::Months(Cadence::new(self.interval, CadenceUnit::Year)),
        }
    }

    /// The instant so many spans after another. Months are counted from the day of `start`, clamped to the month's end.
    fn after(self, start: Instant, times: i64) -> Result<Instant, WindowError> {
        match self.length() {
            Length::Micros(length) => Ok(start.plus_micros(length.checked_mul(times).ok_or(WindowError::OutOfRange)?)?),
            Length::Months(cadence) => {
                let (date, of_day) = split(start);
                let date = Schedule::new(cadence, date, Zone::utc()).boundary(times)?;
                Ok(Zone::utc().start_of(date).plus_micros(of_day)?)
            }
        }
    }

    /// About how many whole spans lie between two instants: exact, or one too many.
    fn whole_since(self, start: Instant, now: Instant) -> Result<i64, WindowError> {
        match self.length() {
            Length::Micros(length) => Ok(start.micros_until(now).div_euclid(length)),
            Length::Months(cadence) => Ok(Schedule::new(cadence, split(start).0, Zone::utc()).index_of(split(now).0)?),
        }
    }

    fn calendar_start(self, now: Instant) -> Result<Instant, WindowError> {
        let from = |epoch: i64, length: i64| {
            Ok(Instant::from_micros(epoch + (now.micros() - epoch).div_euclid(length) * length)?)
        };
        let every = i64::from(self.interval.get());
        let months = match self.unit {
            Unit::Hour => return from(0, HOUR * every),
            Unit::Day => return from(0, DAY * every),
            Unit::Week => return from(FIRST_MONDAY, 7 * DAY * every),
            Unit::Month => every,
            Unit::Year => 12 * every,
        };
        let date = split(now).0;
        let month = i64::from(date.year()) * 12 + i64::from(date.month()) - 1;
        let first = month.div_euclid(months) * months;
        let year = i16::try_from(first / 12).map_err(|_| WindowError::OutOfRange)?;
        let month = i8::try_from(first % 12 + 1).map_err(|_| WindowError::OutOfRange)?;
        Ok(Zone::utc().start_of(Date::new(year, month, 1)?))
    }
}

/// The day of an instant in UTC, and the microseconds since it began.
fn split(at: Instant) -> (Date, i64) {
    let date = Zone::utc().date_of(at);
    (date, Zone::utc().start_of(date).micros_until(at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{format, string::String};

    fn shown(reset: &str, now: &str, activated: &str) -> String {
        let reset: Reset = serde_json::from_str(reset).expect(reset);
        let activated = Some(activated.parse().expect(activated));
        let window = window(reset, now.parse().expect(now), activated, None).expect(now);
        format!("{} {}", window.from, window.to.expect("an end"))
    }

    #[test]
    fn months_keep_the_day_and_the_time_of_the_activation() {
        let monthly = r#"{"type": "fixed", "unit": "month", "interval": 1}"#;
        let activated = "2025-01-31T14:30:00Z";
        for (now, from_to) in [
            ("2025-02-28T14:29:59Z", "2025-01-31T14:30:00Z 2025-02-28T14:30:00Z"),
            ("2025-02-28T14:30:00Z", "2025-02-28T14:30:00Z 2025-03-31T14:30:00Z"),
            ("2024-12-01T00:00:00Z", "2025-01-31T14:30:00Z 2025-02-28T14:30:00Z"),
        ] {
            assert_eq!(shown(monthly, now, activated), from_to, "{now}");
        }
    }

    #[test]
    fn clock_and_calendar_windows_do_not_look_at_the_activation() {
        for (reset, from_to) in [
            (r#"{"type": "calendar", "unit": "day", "interval": 1}"#, "2025-06-15T00:00:00Z 2025-06-16T00:00:00Z"),
            (r#"{"type": "calendar", "unit": "year", "interval": 1}"#, "2025-01-01T00:00:00Z 2026-01-01T00:00:00Z"),
            (r#"{"type": "calendar", "unit": "month", "interval": 6}"#, "2025-01-01T00:00:00Z 2025-07-01T00:00:00Z"),
        ] {
            assert_eq!(shown(reset, "2025-06-15T14:30:00Z", "2020-01-01T00:00:00Z"), from_to);
        }
    }
}
