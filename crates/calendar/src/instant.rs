//! A point on the time line.

use crate::date::{Date, DateError};
use crate::text::{as_text, excerpt, number};
use alloc::string::String;
use core::{fmt, str::FromStr};
use stdx::{Problem, ToProblem};

/// A point in time: whole microseconds since 1970-01-01T00:00:00Z, years 1 to 9999. Text and JSON form RFC 3339, written
/// in UTC: `2026-04-16T00:00:00Z`, `2026-04-16T00:00:00.25Z`.
///
/// Read with any offset. A fraction finer than a microsecond (up to 9 digits) is floored, which never moves an event into
/// another period, because periods begin at whole microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

/// Why a text or number is not an instant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InstantError {
    /// Not RFC 3339 at all.
    #[error("`{text}` is not a time of the form 2026-04-16T13:30:00Z")]
    NotATime {
        /// What was given.
        text: String,
    },
    /// The date part is impossible.
    #[error("in the time `{text}`: {reason}")]
    BadDate {
        /// What was given.
        text: String,
        /// What is wrong with its date.
        reason: DateError,
    },
    /// A date without a time of day.
    #[error("`{text}` is a date without a time of day")]
    NoTimeOfDay {
        /// What was given.
        text: String,
    },
    /// An hour above 23, a minute or second above 59, or an offset of 24 hours or more.
    #[error("`{text}` has an hour above 23 or a minute or second above 59")]
    NoSuchTimeOfDay {
        /// What was given.
        text: String,
    },
    /// Second 60.
    #[error("`{text}` is a leap second; the time line here has none, as in POSIX")]
    LeapSecond {
        /// What was given.
        text: String,
    },
    /// No `Z` and no offset, so that it could be any of a day's instants.
    #[error("`{text}` has no offset from UTC")]
    NoOffset {
        /// What was given.
        text: String,
    },
    /// The local time was skipped when clocks were put forward.
    #[error("the local time `{text}` does not exist: clocks were put forward over it")]
    SkippedTime {
        /// What was given.
        text: String,
    },
    /// Outside the years 1 to 9999.
    #[error("the time lies outside the years 1 to 9999")]
    OutOfRange,
}

/// A time of day on a date, and how far it is from UTC when that is said.
pub(crate) struct Stamp {
    pub(crate) date: Date,
    /// Microseconds since the midnight of `date`, below one day.
    pub(crate) of_day: i64,
    /// Seconds that local time is ahead of UTC.
    pub(crate) offset: Option<i64>,
}

pub(crate) const MICROS: i64 = 1_000_000;
pub(crate) const DAY: i64 = 86_400 * MICROS;

impl Instant {
    /// 0001-01-01T00:00:00Z
    pub const MIN: Self = Self(-62_135_596_800 * MICROS);
    /// 9999-12-31T23:59:59.999999Z
    pub const MAX: Self = Self(253_402_300_800 * MICROS - 1);

    /// The instant that many microseconds after 1970-01-01T00:00:00Z.
    pub fn from_micros(micros: i64) -> Result<Self, InstantError> {
        let instant = Self(micros);
        if (Self::MIN..=Self::MAX).contains(&instant) { Ok(instant) } else { Err(InstantError::OutOfRange) }
    }
    /// Microseconds since 1970-01-01T00:00:00Z.
    pub const fn micros(self) -> i64 {
        self.0
    }
    /// The instant that many microseconds later (earlier when negative).
    pub fn plus_micros(self, micros: i64) -> Result<Self, InstantError> {
        Self::from_micros(self.0.checked_add(micros).ok_or(InstantError::OutOfRange)?)
    }
    /// Microseconds from this instant to the other; negative when the other is earlier.
    pub const fn micros_until(self, other: Self) -> i64 {
        // both lie within ±2^58
        other.0 - self.0
    }

    /// The nearest instant there is: for the first and last day of the calendar, parts of which lie beyond its ends in zones
    /// other than UTC.
    pub(crate) fn nearest(micros: i64) -> Self {
        Self(micros).clamp(Self::MIN, Self::MAX)
    }

    pub(crate) fn of(stamp: &Stamp, offset_seconds: i64) -> Result<Self, InstantError> {
        Self::from_micros(Date::EPOCH.days_until(stamp.date) * DAY + stamp.of_day - offset_seconds * MICROS)
    }
}

impl Stamp {
    /// Reads RFC 3339, with or without an offset.
    pub(crate) fn read(text: &str) -> Result<Self, InstantError> {
        let not_a_time = || InstantError::NotATime { text: excerpt(text) };
        let (date, rest) = Date::read(text.as_bytes()).ok_or_else(not_a_time)?;
        let date = date.map_err(|reason| match reason {
            DateError::OutOfRange => InstantError::OutOfRange,
            DateError::NotADate { .. } | DateError::NoSuchDay { .. } => {
                InstantError::BadDate { text: excerpt(text), reason }
            }
        })?;
        let rest = match rest {
            [] => return Err(InstantError::NoTimeOfDay { text: excerpt(text) }),
            [b'T' | b't' | b' ', rest @ ..] => rest,
            [_, ..] => return Err(not_a_time()),
        };
        let (hour, rest) = number(rest, 2).ok_or_else(not_a_time)?;
        let (minute, rest) = colon(rest).ok_or_else(not_a_time)?;
        let (second, rest) = colon(rest).ok_or_else(not_a_time)?;
        if second == 60 {
            return Err(InstantError::LeapSecond { text: excerpt(text) });
        }
        let (fraction, rest) = fraction(rest).ok_or_else(not_a_time)?;
        let (offset, offset_minutes) = match rest {
            [] => (None, 0),
            [b'Z' | b'z'] => (Some(0), 0),
            [sign @ (b'+' | b'-'), rest @ ..] => {
                let (hours, rest) = number(rest, 2).ok_or_else(not_a_time)?;
                let (minutes, rest) = colon(rest).ok_or_else(not_a_time)?;
                if !rest.is_empty() {
                    return Err(not_a_time());
                }
                let ahead = hours * 3600 + minutes * 60;
                (Some(if *sign == b'-' { -ahead } else { ahead }), minutes)
            }
            [_, ..] => return Err(not_a_time()),
        };
        let far = offset.is_some_and(|seconds| seconds.abs() >= 86_400);
        if hour > 23 || minute > 59 || second > 59 || offset_minutes > 59 || far {
            return Err(InstantError::NoSuchTimeOfDay { text: excerpt(text) });
        }
        Ok(Self { date, of_day: (hour * 3600 + minute * 60 + second) * MICROS + fraction, offset })
    }
}

fn colon(text: &[u8]) -> Option<(i64, &[u8])> {
    number(text.strip_prefix(b":")?, 2)
}

/// Microseconds of an optional fraction of 1 to 9 digits.
fn fraction(text: &[u8]) -> Option<(i64, &[u8])> {
    let Some(digits) = text.strip_prefix(b".") else { return Some((0, text)) };
    let count = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if count == 0 || count > 9 {
        return None;
    }
    let kept = count.min(6);
    let (value, _) = number(digits, kept)?;
    let scaled = (kept..6).fold(value, |value, _| value * 10);
    Some((scaled, &digits[count..]))
}

impl FromStr for Instant {
    type Err = InstantError;
    fn from_str(text: &str) -> Result<Self, InstantError> {
        let stamp = Stamp::read(text)?;
        let offset = stamp.offset.ok_or_else(|| InstantError::NoOffset { text: excerpt(text) })?;
        Self::of(&stamp, offset)
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // within the range of `Instant` every day is a `Date`
        let date = Date::EPOCH.plus_days(self.0.div_euclid(DAY)).unwrap_or(Date::MAX);
        let of_day = self.0.rem_euclid(DAY);
        let (seconds, micros) = (of_day / MICROS, of_day % MICROS);
        write!(f, "{date}T{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)?;
        if micros != 0 {
            let (mut digits, mut places) = (micros, 6);
            while digits % 10 == 0 {
                digits /= 10;
                places -= 1;
            }
            write!(f, ".{digits:0places$}")?;
        }
        f.write_str("Z")
    }
}

as_text!(Instant, "a time such as 2026-04-16T13:30:00Z", {
    "type": "string", "format": "date-time", "description": "A point in time (RFC 3339), such as 2026-04-16T13:30:00Z"
});

impl ToProblem for InstantError {
    fn problem(&self) -> Problem {
        let mend = match self {
            Self::NotATime { .. } => "write RFC 3339: 2026-04-16T13:30:00Z or 2026-04-16T15:30:00.25+02:00",
            Self::BadDate { .. } => "write a day that the month has",
            Self::NoTimeOfDay { .. } => "add the time of day and the offset, such as T00:00:00Z",
            Self::NoSuchTimeOfDay { .. } => {
                "use 00:00:00 to 23:59:59; midnight at the end of a day is 00:00:00 of the next"
            }
            Self::LeapSecond { .. } => "write second 59, or second 00 of the next minute",
            Self::NoOffset { .. } => "end it with Z for UTC, or with an offset such as +02:00",
            Self::SkippedTime { .. } => "write the time with its offset, such as +02:00",
            Self::OutOfRange => {
                "use a time in the years 1 to 9999; if it is a number, check its unit (seconds, milliseconds)"
            }
        };
        Problem::new("invalid_time", "This is not a time").detail(alloc::format!("{self}")).mend(mend)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use proptest::prelude::*;

    fn read(text: &str) -> Result<String, InstantError> {
        text.parse::<Instant>().map(|instant| instant.to_string())
    }

    #[test]
    fn any_offset_is_read_and_utc_is_written() {
        for (given, written) in [
            ("2026-04-16T00:00:00Z", "2026-04-16T00:00:00Z"),
            ("2026-04-16t02:00:00.250000+02:00", "2026-04-16T00:00:00.25Z"),
            ("2026-04-15 17:30:00-06:30", "2026-04-16T00:00:00Z"),
            ("1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z"),
            ("2026-04-16T00:00:00-00:00", "2026-04-16T00:00:00Z"),
        ] {
            assert_eq!(read(given).as_deref(), Ok(written), "{given}");
        }
    }

    #[test]
    fn finer_than_a_microsecond_is_floored() {
        assert_eq!(read("2023-11-16T18:15:46.680590987Z").as_deref(), Ok("2023-11-16T18:15:46.68059Z"));
        assert!(matches!(read("2023-11-16T18:15:46.6805909870Z"), Err(InstantError::NotATime { .. })));
    }

    #[test]
    fn each_mistake_has_its_own_error() {
        assert!(matches!(read("2026-04-16"), Err(InstantError::NoTimeOfDay { .. })));
        assert!(matches!(read("2026-04-16T00:00:00"), Err(InstantError::NoOffset { .. })));
        assert!(matches!(read("2016-12-31T23:59:60Z"), Err(InstantError::LeapSecond { .. })));
        assert!(matches!(read("2023-02-29T00:00:00Z"), Err(InstantError::BadDate { .. })));
        for bad in [
            "2026-04-16T24:00:00Z",
            "2026-04-16T00:60:00Z",
            "2026-04-16T00:00:61Z",
            "2026-04-16T00:00:00+24:00",
            "2026-04-16T00:00:00+01:60",
        ] {
            assert!(matches!(read(bad), Err(InstantError::NoSuchTimeOfDay { .. })), "{bad}");
        }
        for bad in [
            "",
            "now",
            "1700000000",
            "2026-04-16T00:00Z",
            "2026-04-16T00:00:00.Z",
            "2026-04-16T00:00:00+0200",
            "2026-04-16T00:00:00Z[UTC]",
        ] {
            assert!(matches!(read(bad), Err(InstantError::NotATime { .. })), "{bad}");
        }
    }

    #[test]
    fn time_ends_with_the_year_9999() {
        assert_eq!(read("9999-12-31T23:59:59.999999Z").as_deref(), Ok("9999-12-31T23:59:59.999999Z"));
        assert_eq!(read("0001-01-01T00:00:00Z").as_deref(), Ok("0001-01-01T00:00:00Z"));
        for far in
            ["10000-01-01T00:00:00Z", "9999-12-31T23:00:00-01:00", "0001-01-01T00:00:00+01:00", "0000-06-01T00:00:00Z"]
        {
            assert_eq!(read(far), Err(InstantError::OutOfRange), "{far}");
        }
        assert_eq!(Instant::MAX.plus_micros(1), Err(InstantError::OutOfRange));
        assert_eq!(Instant::from_micros(i64::MAX), Err(InstantError::OutOfRange));
    }

    proptest! {
        #[test]
        fn every_instant_comes_back_from_its_text(micros in Instant::MIN.micros()..=Instant::MAX.micros()) {
            let instant = Instant::from_micros(micros).expect("in range");
            prop_assert_eq!(instant.to_string().parse(), Ok(instant));
        }
    }
}
