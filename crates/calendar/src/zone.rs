//! Where a day begins.

use crate::date::Date;
use crate::instant::{DAY, Instant, InstantError, MICROS, Stamp};
use crate::text::{as_text, excerpt};
use alloc::{string::String, vec::Vec};
use core::{cmp::Ordering, fmt, hash, str::FromStr};
use jiff::tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase, TimeZoneName};
use jiff::{Timestamp, civil};
use stdx::{Problem, ToProblem, nearest};

/// A time zone of the IANA database that is compiled in, so that a date means the same instant on every machine. Text and JSON
/// form: its name, such as `Europe/Berlin`. Compared by name.
#[derive(Clone)]
pub struct Zone(TimeZone);

/// There is no zone of this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no time zone `{name}`")]
pub struct ZoneError {
    /// What was given.
    pub name: String,
    /// A zone that it may stand for.
    pub nearest: Option<String>,
}

impl Zone {
    /// Coordinated universal time.
    pub const fn utc() -> Self {
        Self(TimeZone::UTC)
    }

    /// The zone of this name; upper and lower case do not matter.
    pub fn parse(name: &str) -> Result<Self, ZoneError> {
        let zone = TimeZoneDatabase::bundled().get(name).ok().filter(|zone| !zone.is_unknown());
        zone.map(Self).ok_or_else(|| ZoneError { name: excerpt(name), nearest: similar(&excerpt(name)) })
    }

    /// Its name in the IANA database.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// The local day that an instant belongs to: the last one that has begun. Where clocks are put back over midnight, the
    /// repeated minutes belong to the new day, so that every day is one unbroken stretch:
    /// `start_of(date_of(t)) <= t < start_of(date_of(t) + 1)`.
    pub fn date_of(&self, at: Instant) -> Date {
        let clock = Timestamp::from_microsecond(at.micros()).map(|time| self.0.to_offset(time).seconds());
        // the last two hours of the year 9999 are beyond the zone database; it has no rule that ends there
        let offset = clock.unwrap_or_else(|_| self.0.to_offset(Timestamp::MAX).seconds());
        let day = (at.micros() + i64::from(offset) * MICROS).div_euclid(DAY);
        let mut date = Date::EPOCH.plus_days(day).unwrap_or(if day < 0 { Date::MIN } else { Date::MAX });
        while let Ok(next) = date.plus_days(1)
            && self.start_of(next) <= at
        {
            date = next;
        }
        date
    }

    /// The first instant of a local day, also where midnight does not exist. A day that the zone skipped has no length: it
    /// starts when the next one does. The first and the last day of the calendar are cut at its ends.
    pub fn start_of(&self, date: Date) -> Instant {
        let midnight = Date::EPOCH.days_until(date) * DAY;
        let ahead = match self.0.to_ambiguous_timestamp(date.midnight()).offset() {
            AmbiguousOffset::Unambiguous { offset } | AmbiguousOffset::Fold { before: offset, .. } => offset,
            AmbiguousOffset::Gap { before, after } => {
                // clocks go forward over midnight: the day begins at the change
                let earliest = midnight - i64::from(after.seconds()) * MICROS;
                let change = Timestamp::from_microsecond(earliest).ok().and_then(|time| self.0.following(time).next());
                match change {
                    Some(change) => return Instant::nearest(change.timestamp().as_microsecond()),
                    None => before,
                }
            }
        };
        Instant::nearest(midnight - i64::from(ahead.seconds()) * MICROS)
    }

    /// The first day that starts at or after an instant.
    pub(crate) fn first_day_from(&self, at: Instant) -> i64 {
        let mut date = self.date_of(at);
        let mut index = Date::EPOCH.days_until(date);
        if self.start_of(date) < at {
            return index + 1;
        }
        // days without length start together with the one after them
        while let Ok(before) = date.plus_days(-1)
            && self.start_of(before) >= at
        {
            (date, index) = (before, index - 1);
        }
        index
    }

    /// Reads RFC 3339, and takes a time without an offset as local time of this zone: for files that were written that way.
    /// Of a local time that occurs twice the first is meant; one that was skipped is an error.
    pub fn read_local(&self, text: &str) -> Result<Instant, InstantError> {
        let stamp = Stamp::read(text)?;
        if let Some(offset) = stamp.offset {
            return Instant::of(&stamp, offset);
        }
        match self.0.to_ambiguous_timestamp(stamp.clock()).offset() {
            AmbiguousOffset::Unambiguous { offset } | AmbiguousOffset::Fold { before: offset, .. } => {
                Instant::of(&stamp, offset.seconds().into())
            }
            AmbiguousOffset::Gap { .. } => Err(InstantError::SkippedTime { text: excerpt(text) }),
        }
    }
}

impl Stamp {
    /// The clock reading, to the second: offsets do not change within one.
    fn clock(&self) -> civil::DateTime {
        let seconds = self.of_day / MICROS;
        let part = |value: i64| i8::try_from(value).unwrap_or(0);
        self.date
            .midnight()
            .with()
            .hour(part(seconds / 3600))
            .minute(part(seconds / 60 % 60))
            .second(part(seconds % 60))
            .build()
            .unwrap_or(self.date.midnight())
    }
}

/// `Berlin` → `Europe/Berlin`, `Europe/Belrin` → `Europe/Berlin`.
fn similar(name: &str) -> Option<String> {
    let database = TimeZoneDatabase::bundled();
    let names: Vec<_> = database.available().collect();
    let city = names.iter().map(TimeZoneName::as_str).find(|full| {
        full.rsplit('/').next().is_some_and(|city| city.eq_ignore_ascii_case(&name.replace(' ', "_")))
            && full.contains('/')
    });
    city.or_else(|| nearest(name, names.iter().map(TimeZoneName::as_str))).map(Into::into)
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Zone({})", self.name())
    }
}
impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}
impl Eq for Zone {}
impl PartialOrd for Zone {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Zone {
    fn cmp(&self, other: &Self) -> Ordering {
        self.name().cmp(other.name())
    }
}
impl hash::Hash for Zone {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.name().hash(state);
    }
}
impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
impl FromStr for Zone {
    type Err = ZoneError;
    fn from_str(name: &str) -> Result<Self, ZoneError> {
        Self::parse(name)
    }
}

as_text!(Zone, "a time zone such as Europe/Berlin", {
    "type": "string", "description": "A time zone of the IANA database", "examples": ["UTC", "Europe/Berlin", "America/New_York"]
});

impl ToProblem for ZoneError {
    fn problem(&self) -> Problem {
        let mend = match &self.nearest {
            Some(name) => alloc::format!("did you mean {name}?"),
            None => "use a name of the IANA database, such as Europe/Berlin, America/New_York or UTC".into(),
        };
        Problem::new("unknown_time_zone", "There is no such time zone").detail(alloc::format!("{self}")).mend(mend)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use proptest::prelude::*;

    fn start(zone: &str, date: &str) -> String {
        Zone::parse(zone).expect(zone).start_of(date.parse().expect(date)).to_string()
    }

    #[test]
    fn a_day_begins_at_its_first_instant() {
        for (zone, date, first) in [
            ("UTC", "2026-04-16", "2026-04-16T00:00:00Z"),
            ("America/New_York", "2026-03-08", "2026-03-08T05:00:00Z"),
            ("America/New_York", "2026-03-09", "2026-03-09T04:00:00Z"),
            ("Europe/Berlin", "2026-10-25", "2026-10-24T22:00:00Z"),
            ("Europe/Berlin", "2026-10-26", "2026-10-25T23:00:00Z"),
            // clocks go from 24:00 to 01:00: there is no midnight
            ("Asia/Beirut", "2022-03-27", "2022-03-26T22:00:00Z"),
            // clocks went from 23:30 to 00:30
            ("America/Toronto", "1919-03-31", "1919-03-31T04:30:00Z"),
            // clocks went from 00:01 back to 23:01: midnight came twice
            ("America/St_Johns", "2006-10-29", "2006-10-29T02:30:00Z"),
            // a day that Samoa skipped by moving over the date line
            ("Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z"),
            ("Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z"),
            ("America/Juneau", "2026-07-01", "2026-07-01T08:00:00Z"),
        ] {
            assert_eq!(start(zone, date), first, "{zone} {date}");
        }
    }

    #[test]
    fn a_wrong_zone_is_named_with_the_likely_one() {
        for (wrong, nearest) in [
            ("Europe/Belrin", Some("Europe/Berlin")),
            ("berlin", Some("Europe/Berlin")),
            ("New York", Some("America/New_York")),
            ("+02:00", None),
            ("", None),
            ("Etc/Unknown", None),
        ] {
            let error = Zone::parse(wrong).expect_err(wrong);
            assert_eq!(error.nearest.as_deref(), nearest, "{wrong}");
            assert_eq!(error.problem().code, "unknown_time_zone");
        }
        assert_eq!(Zone::parse("europe/berlin").expect("any case").name(), "Europe/Berlin");
        assert_eq!(Zone::parse("utc").expect("any case"), Zone::utc());
    }

    #[test]
    fn local_times_of_a_file_are_read_in_their_zone() {
        let berlin = Zone::parse("Europe/Berlin").expect("Berlin");
        let read = |text: &str| berlin.read_local(text).map(|instant| instant.to_string());
        assert_eq!(read("2026-07-01 12:00:00.5").as_deref(), Ok("2026-07-01T10:00:00.5Z"));
        assert_eq!(read("2026-07-01 12:00:00Z").as_deref(), Ok("2026-07-01T12:00:00Z"));
        assert_eq!(read("2026-10-25 02:30:00").as_deref(), Ok("2026-10-25T00:30:00Z"));
        assert!(matches!(read("2026-03-29 02:30:00"), Err(InstantError::SkippedTime { .. })));
    }

    #[test]
    fn the_ends_of_the_calendar_are_days_in_every_zone() {
        for name in ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"] {
            let zone = Zone::parse(name).expect(name);
            assert_eq!(zone.date_of(Instant::MAX), Date::MAX, "{name}");
            assert_eq!(zone.date_of(Instant::MIN), Date::MIN, "{name}");
            assert!(zone.start_of(Date::MAX) <= Instant::MAX && zone.start_of(Date::MIN) >= Instant::MIN, "{name}");
        }
    }

    proptest! {
        #[test]
        fn every_instant_lies_in_its_day(
            seconds in -3_000_000_000i64..4_102_444_800,
            name in prop::sample::select(alloc::vec![
                "UTC", "America/New_York", "Europe/Berlin", "Asia/Beirut", "Pacific/Apia", "America/Juneau",
                "America/St_Johns", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Manila", "Pacific/Kwajalein",
            ]),
        ) {
            let zone = Zone::parse(name).expect(name);
            let at = Instant::from_micros(seconds * MICROS).expect("in range");
            let date = zone.date_of(at);
            prop_assert!(zone.start_of(date) <= at);
            prop_assert!(at < zone.start_of(date.plus_days(1).expect("not the last day")));
        }
    }
}
