//! Over which time a limit counts.

use crate::EntitlementError;
use calendar::{Cadence, CadenceUnit, Date, Instant, Period, Schedule, Zone};
use core::num::NonZeroU16;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is counted from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the names say it")]
pub enum Unit {
    Hour,
    Day,
    Week,
    Month,
    Year,
}

/// When a limit begins anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "type", deny_unknown_fields)]
pub enum Reset {
    /// Never: it counts from the beginning.
    Never,
    /// With each billing period.
    BillingPeriod,
    /// It counts over the last so many units, whenever one asks.
    Sliding {
        /// Of what.
        unit: Unit,
        /// How many.
        interval: NonZeroU16,
    },
    /// Every so many units from the beginning.
    Fixed {
        /// Of what.
        unit: Unit,
        /// How many.
        interval: NonZeroU16,
    },
    /// With the calendar. Several years or months are counted from January of the year 0, several weeks from Monday 29 December 1969, days and hours from the
    /// first day of 1970.
    Calendar {
        /// Of what.
        unit: Unit,
        /// How many.
        interval: NonZeroU16,
    },
}

/// A stretch of time over which a limit counts: from its beginning, and before its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Its beginning.
    pub from: Instant,
    /// Its end; none where it has none.
    pub to: Option<Instant>,
}

impl From<Period> for Window {
    fn from(period: Period) -> Self {
        Self { from: period.from(), to: Some(period.to()) }
    }
}

const HOUR: i64 = 3_600_000_000;

impl Reset {
    /// The window that holds an instant, for a right that began at one, within a billing period.
    pub fn window(
        self,
        now: Instant,
        began_at: Option<Instant>,
        billing: Option<Period>,
        zone: &Zone,
    ) -> Result<Window, EntitlementError> {
        match self {
            Self::Never => Ok(Window { from: began_at.unwrap_or(now), to: None }),
            Self::BillingPeriod => billing.map(Window::from).ok_or(EntitlementError::NoBillingPeriod),
            Self::Sliding { unit, interval } => Ok(Window { from: back(now, unit, interval, zone)?, to: Some(now) }),
            Self::Fixed { unit, interval } => {
                counted(began_at.ok_or(EntitlementError::NotBegun)?, unit, interval, now, zone)
            }
            Self::Calendar { unit, interval } => counted(epoch(unit, interval, zone)?, unit, interval, now, zone),
        }
    }
}

/// What calendar windows are counted from.
fn epoch(unit: Unit, interval: NonZeroU16, zone: &Zone) -> Result<Instant, EntitlementError> {
    let (year, month, day) = match unit {
        Unit::Hour | Unit::Day => (1970, 1, 1),
        Unit::Week => (1969, 12, 29),
        Unit::Month => first_within_the_calendar(interval.get().into()),
        Unit::Year => first_within_the_calendar(12 * u32::from(interval.get())),
    };
    let year = i16::try_from(year).map_err(|_| EntitlementError::OutOfTime)?;
    let month = i8::try_from(month).map_err(|_| EntitlementError::OutOfTime)?;
    Date::new(year, month, day).map(|date| zone.start_of(date)).map_err(|_| EntitlementError::OutOfTime)
}

/// The first month of the calendar, which begins with the year 1, that lies whole windows of so many months after January of the year 0.
fn first_within_the_calendar(months: u32) -> (u32, u32, i8) {
    let first = 12_u32.div_ceil(months) * months;
    (first / 12, first % 12 + 1, 1)
}

fn cadence(unit: Unit, interval: NonZeroU16) -> Option<Cadence> {
    let unit = match unit {
        Unit::Hour => return None,
        Unit::Day => CadenceUnit::Day,
        Unit::Week => CadenceUnit::Week,
        Unit::Month => CadenceUnit::Month,
        Unit::Year => CadenceUnit::Year,
    };
    Some(Cadence::new(interval, unit))
}

fn shifted(at: Instant, micros: i64) -> Result<Instant, EntitlementError> {
    at.plus_micros(micros).map_err(|_| EntitlementError::OutOfTime)
}

/// The one of the windows counted from an anchor that holds an instant. They begin at the anchor's time of day, on its day of the month or the last day
/// of a shorter month.
fn counted(
    anchor: Instant,
    unit: Unit,
    interval: NonZeroU16,
    now: Instant,
    zone: &Zone,
) -> Result<Window, EntitlementError> {
    let Some(cadence) = cadence(unit, interval) else {
        let size = i64::from(interval.get()) * HOUR;
        let from = shifted(anchor, anchor.micros_until(now).div_euclid(size) * size)?;
        return Ok(Window { from, to: Some(shifted(from, size)?) });
    };
    let first = zone.date_of(anchor);
    let time_of_day = zone.start_of(first).micros_until(anchor);
    let schedule = Schedule::new(cadence, first, zone.clone());
    let (_, cycle) = schedule.at(shifted(now, -time_of_day)?)?;
    Ok(Window { from: shifted(cycle.from(), time_of_day)?, to: Some(shifted(cycle.to(), time_of_day)?) })
}

/// The instant so many units before another: the same time of day, on the same day of the month or the last day of a shorter month.
fn back(now: Instant, unit: Unit, interval: NonZeroU16, zone: &Zone) -> Result<Instant, EntitlementError> {
    let count = i64::from(interval.get());
    let date = zone.date_of(now);
    let time_of_day = zone.start_of(date).micros_until(now);
    let earlier = match unit {
        Unit::Hour => return shifted(now, -count * HOUR),
        Unit::Day => date.plus_days(-count),
        Unit::Week => date.plus_days(-7 * count),
        Unit::Month => date.plus_months_on(-count, date.into()),
        Unit::Year => date.plus_months_on(-12 * count, date.into()),
    };
    shifted(zone.start_of(earlier.map_err(|_| EntitlementError::OutOfTime)?), time_of_day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{format, string::String};

    fn at(text: &str) -> Instant {
        text.parse().expect("an instant")
    }

    fn told(reset: Reset, now: &str, began: Option<&str>, zone: &str) -> String {
        let zone = Zone::parse(zone).expect("a zone");
        let window = reset.window(at(now), began.map(at), None, &zone).expect("a window");
        format!("{}..{}", window.from, window.to.map_or(String::new(), |to| format!("{to}")))
    }

    fn times(interval: u16) -> NonZeroU16 {
        NonZeroU16::new(interval).expect("not 0")
    }

    #[test]
    fn calendar_windows_begin_with_the_calendar_of_the_zone() {
        let window =
            |unit, interval, now, zone| told(Reset::Calendar { unit, interval: times(interval) }, now, None, zone);
        assert_eq!(window(Unit::Month, 3, "2025-06-15T00:00:00Z", "UTC"), "2025-04-01T00:00:00Z..2025-07-01T00:00:00Z");
        assert_eq!(window(Unit::Week, 2, "2025-06-11T00:00:00Z", "UTC"), "2025-06-02T00:00:00Z..2025-06-16T00:00:00Z");
        assert_eq!(
            window(Unit::Day, 1, "2025-03-30T12:00:00Z", "Europe/Berlin"),
            "2025-03-29T23:00:00Z..2025-03-30T22:00:00Z"
        );
        assert_eq!(window(Unit::Hour, 4, "2025-06-15T01:15:00Z", "UTC"), "2025-06-15T00:00:00Z..2025-06-15T04:00:00Z");
        assert_eq!(window(Unit::Month, 7, "2025-06-15T00:00:00Z", "UTC"), "2025-05-01T00:00:00Z..2025-12-01T00:00:00Z");
        assert_eq!(window(Unit::Year, 5, "2023-06-15T00:00:00Z", "UTC"), "2020-01-01T00:00:00Z..2025-01-01T00:00:00Z");
    }

    #[test]
    fn fixed_windows_keep_the_day_on_which_they_were_anchored() {
        let window = |unit, now, began| told(Reset::Fixed { unit, interval: times(1) }, now, Some(began), "UTC");
        let feb = window(Unit::Month, "2025-03-30T00:00:00Z", "2025-01-31T00:00:00Z");
        assert_eq!(feb, "2025-02-28T00:00:00Z..2025-03-31T00:00:00Z");
        let hour = window(Unit::Hour, "2025-05-27T14:20:00Z", "2025-05-27T14:10:00Z");
        assert_eq!(hour, "2025-05-27T14:10:00Z..2025-05-27T15:10:00Z");
    }

    #[test]
    fn a_sliding_window_ends_now() {
        let window = |unit, interval, now| told(Reset::Sliding { unit, interval: times(interval) }, now, None, "UTC");
        assert_eq!(window(Unit::Month, 1, "2025-03-31T00:00:00Z"), "2025-02-28T00:00:00Z..2025-03-31T00:00:00Z");
        assert_eq!(window(Unit::Hour, 3, "2025-06-15T01:00:00Z"), "2025-06-14T22:00:00Z..2025-06-15T01:00:00Z");
    }

    #[test]
    fn what_is_not_known_is_an_error() {
        let window = |reset: Reset| reset.window(at("2025-06-15T00:00:00Z"), None, None, &Zone::utc());
        assert_eq!(window(Reset::BillingPeriod), Err(EntitlementError::NoBillingPeriod));
        let fixed = Reset::Fixed { unit: Unit::Day, interval: times(1) };
        assert_eq!(window(fixed), Err(EntitlementError::NotBegun));
    }
}
