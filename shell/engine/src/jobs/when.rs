//! When work comes again.

use calendar::{Date, DayOfMonth, Instant, Weekday, Zone};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;
use stdx::Problem;

/// How often something comes again. At a local time that does not exist on a day it comes at the next one that does; at one that occurs twice,
/// at the first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Every {
    /// After so many minutes, from 1 to 1440.
    Minutes(Minutes),
    /// Every day at a local time.
    Day {
        /// When.
        at: TimeOfDay,
        /// Where.
        zone: Zone,
    },
    /// Every week on a day at a local time.
    Week {
        /// On which day.
        on: Weekday,
        /// When.
        at: TimeOfDay,
        /// Where.
        zone: Zone,
    },
    /// Every month on a day at a local time; in a shorter month on its last day.
    Month {
        /// On which day.
        on: DayOfMonth,
        /// When.
        at: TimeOfDay,
        /// Where.
        zone: Zone,
    },
}

/// From 1 to 1440 minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "u16", into = "u16")]
pub struct Minutes(#[schemars(range(min = 1, max = 1440))] u16);

/// An hour and a minute on a clock, written `03:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TimeOfDay {
    minutes: u16,
}

const MINUTE: i64 = 60_000_000;
const DAY_MINUTES: u16 = 1440;

impl Every {
    pub(crate) const MINUTE: Self = Self::Minutes(Minutes(1));
    pub(crate) const HOUR: Self = Self::Minutes(Minutes(60));

    /// When it comes next after an instant; nothing at the end of the calendar.
    pub fn next_after(&self, after: Instant) -> Option<Instant> {
        match self {
            Self::Minutes(Minutes(minutes)) => after.plus_micros(i64::from(*minutes) * MINUTE).ok(),
            Self::Day { at, zone } => on_days(after, *at, zone, |_| true),
            Self::Week { on, at, zone } => on_days(after, *at, zone, |date| date.weekday() == *on),
            Self::Month { on, at, zone } => on_days(after, *at, zone, |date| date.on_day(*on) == date),
        }
    }
}

/// The first such day on which the time comes after an instant.
fn on_days(after: Instant, at: TimeOfDay, zone: &Zone, is_one: impl Fn(Date) -> bool) -> Option<Instant> {
    let today = zone.date_of(after);
    let days = (-1..=32).filter_map(|days| today.plus_days(days).ok()).filter(|date| is_one(*date));
    days.filter_map(|date| at.on(date, zone)).find(|instant| *instant > after)
}

impl TimeOfDay {
    /// When it is that time on a day, or the first time after it that exists.
    fn on(self, date: Date, zone: &Zone) -> Option<Instant> {
        let times = self.minutes..DAY_MINUTES;
        times.map(|minutes| Self { minutes }).find_map(|time| zone.read_local(&format!("{date}T{time}:00")).ok())
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.minutes / 60, self.minutes % 60)
    }
}

impl From<TimeOfDay> for String {
    fn from(time: TimeOfDay) -> Self {
        time.to_string()
    }
}

impl From<Minutes> for u16 {
    fn from(minutes: Minutes) -> Self {
        minutes.0
    }
}

impl TryFrom<u16> for Minutes {
    type Error = Problem;
    fn try_from(minutes: u16) -> Result<Self, Problem> {
        if (1..=DAY_MINUTES).contains(&minutes) {
            return Ok(Self(minutes));
        }
        Err(Problem::new("invalid_minutes", "This is no time between two runs")
            .detail(format!("{minutes} minutes"))
            .mend("give 1 to 1440 minutes, or a time of the day"))
    }
}

impl TryFrom<String> for TimeOfDay {
    type Error = Problem;
    fn try_from(text: String) -> Result<Self, Problem> {
        let part = |text: &str, below: u16| {
            let is_plain = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
            text.parse::<u16>().ok().filter(|number| is_plain && *number < below)
        };
        let read = text.split_once(':').and_then(|(hour, minute)| Some(part(hour, 24)? * 60 + part(minute, 60)?));
        read.map(|minutes| Self { minutes }).ok_or_else(|| {
            Problem::new("invalid_time_of_day", "This is no time of the day")
                .detail(format!("`{text}` is not an hour and a minute"))
                .mend("write it as 03:00 or 23:45")
        })
    }
}

impl JsonSchema for TimeOfDay {
    fn schema_name() -> Cow<'static, str> {
        "TimeOfDay".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$", "description": "An hour and a minute on a clock.", "examples": ["03:00"] })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs(every: &str, after: &str, count: usize) -> Vec<String> {
        let every: Every = serde_json::from_str(every).expect(every);
        let mut at: Instant = after.parse().expect("an instant");
        let mut found = Vec::new();
        for _ in 0..count {
            at = every.next_after(at).expect("a next time");
            found.push(at.to_string());
        }
        found
    }

    #[test]
    fn a_local_time_is_kept_when_clocks_change() {
        let daily = r#"{"day": {"at": "03:00", "zone": "Europe/Berlin"}}"#;
        let found = runs(daily, "2026-03-27T12:00:00Z", 3);
        assert_eq!(found, ["2026-03-28T02:00:00Z", "2026-03-29T01:00:00Z", "2026-03-30T01:00:00Z"]);
        // 02:30 does not exist on the 29th, and occurs twice on 25 October
        let gap = r#"{"day": {"at": "02:30", "zone": "Europe/Berlin"}}"#;
        assert_eq!(runs(gap, "2026-03-28T12:00:00Z", 2), ["2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"]);
        assert_eq!(runs(gap, "2026-10-24T12:00:00Z", 2), ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"]);
    }

    #[test]
    fn weeks_and_months_come_on_their_days() {
        let weekly = r#"{"week": {"on": "monday", "at": "00:00", "zone": "UTC"}}"#;
        assert_eq!(runs(weekly, "2026-04-06T00:00:00Z", 2), ["2026-04-13T00:00:00Z", "2026-04-20T00:00:00Z"]);
        let monthly = r#"{"month": {"on": 31, "at": "06:15", "zone": "America/New_York"}}"#;
        let found = runs(monthly, "2026-01-31T12:00:00Z", 3);
        assert_eq!(found, ["2026-02-28T11:15:00Z", "2026-03-31T10:15:00Z", "2026-04-30T10:15:00Z"]);
        assert_eq!(runs(r#"{"minutes": 90}"#, "2026-01-01T00:00:00Z", 1), ["2026-01-01T01:30:00Z"]);
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for wrong in [
            r#"{"minutes": 0}"#,
            r#"{"minutes": 1441}"#,
            r#"{"day": {"at": "24:00", "zone": "UTC"}}"#,
            r#"{"day": {"at": "3:00", "zone": "UTC"}}"#,
            r#"{"day": {"at": "03:00", "zone": "Mars"}}"#,
            r#"{"day": {"at": "03:00"}}"#,
            r#"{"month": {"on": 32, "at": "03:00", "zone": "UTC"}}"#,
            r#"{"year": {}}"#,
        ] {
            assert!(serde_json::from_str::<Every>(wrong).is_err(), "{wrong}");
        }
    }
}
