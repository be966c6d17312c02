//! Into which parts a period is cut for a series.

use crate::UsageError;
use calendar::{Date, Instant, Period, Zone};

/// Most windows that one question may have: eleven years of hours.
pub const MAX_WINDOWS: usize = 100_000;

const HOUR: i64 = 3_600_000_000;

/// How a period is cut. The first and the last window are cut off at the ends of the period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Window<'a> {
    /// Not at all.
    #[default]
    Whole,
    /// Hours, counted from the beginning of each local day: a day has 23 to 25 of them, and where clocks move by part of an hour
    /// the day's last one is shorter.
    Hour(&'a Zone),
    /// Local days.
    Day(&'a Zone),
    /// Local months.
    Month(&'a Zone),
}

impl Window<'_> {
    /// The windows of a period, in order; together they are the period.
    ///
    /// # Errors
    /// [`UsageError::TooManyWindows`]
    pub fn cut(self, period: Period) -> Result<Vec<Period>, UsageError> {
        let mut starts = Vec::new();
        match self {
            Self::Whole => {}
            Self::Hour(zone) => each(period, zone, next_day, |day, next| {
                let hours = std::iter::successors(Some(day), |hour| hour.plus_micros(HOUR).ok());
                starts.extend(hours.take_while(|hour| *hour < next));
                starts.len() <= MAX_WINDOWS + 100
            }),
            Self::Day(zone) => each(period, zone, next_day, |day, _| {
                starts.push(day);
                starts.len() <= MAX_WINDOWS + 2
            }),
            Self::Month(zone) => each(period, zone, next_month, |month, _| {
                starts.push(month);
                starts.len() <= MAX_WINDOWS + 2
            }),
        }
        starts.retain(|start| *start > period.from() && *start < period.to());
        starts.dedup();
        starts.insert(0, period.from());
        if starts.len() > MAX_WINDOWS {
            return Err(UsageError::TooManyWindows { limit: MAX_WINDOWS });
        }
        let ends = starts.iter().skip(1).copied().chain([period.to()]);
        Ok(starts.iter().zip(ends).filter_map(|(from, to)| Period::new(*from, to).ok()).collect())
    }
}

fn next_day(date: Date) -> Option<Date> {
    date.plus_days(1).ok()
}

/// The first day of the next month.
fn next_month(date: Date) -> Option<Date> {
    match date.month() {
        12 => Date::new(date.year() + 1, 1, 1).ok(),
        month => Date::new(date.year(), month + 1, 1).ok(),
    }
}

/// Gives each step's first instant and the next one's, from before the period begins until it ends or `go_on` says no.
fn each(period: Period, zone: &Zone, next: fn(Date) -> Option<Date>, mut go_on: impl FnMut(Instant, Instant) -> bool) {
    // a step earlier than needed: what lies before the period is dropped
    let mut date = zone.date_of(period.from());
    date = date.plus_days(-1).unwrap_or(date);
    loop {
        let following = next(date);
        let start = zone.start_of(date);
        let end = following.map_or(period.to(), |following| zone.start_of(following));
        if start >= period.to() || !go_on(start, end) {
            return;
        }
        let Some(following) = following else { return };
        date = following;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::{prelude::*, sample::select};

    fn period(from: &str, to: &str) -> Period {
        Period::new(from.parse().unwrap(), to.parse().unwrap()).unwrap()
    }

    fn starts(window: Window<'_>, period: Period) -> Vec<String> {
        window.cut(period).unwrap().into_iter().map(|window| window.from().to_string()).collect()
    }

    #[test]
    fn days_and_months_begin_where_the_zone_says_and_the_ends_are_cut() {
        let berlin = Zone::parse("Europe/Berlin").unwrap();
        let around = period("2026-03-28T12:00:00Z", "2026-03-30T12:00:00Z");
        let days = ["2026-03-28T12:00:00Z", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"];
        assert_eq!(starts(Window::Day(&berlin), around), days);
        let months = period("2026-02-10T00:00:00Z", "2026-04-02T00:00:00Z");
        let expected = ["2026-02-10T00:00:00Z", "2026-02-28T23:00:00Z", "2026-03-31T22:00:00Z"];
        assert_eq!(starts(Window::Month(&berlin), months), expected);
        assert_eq!(starts(Window::Whole, months), expected[..1]);
    }

    #[test]
    fn a_day_has_as_many_hours_as_the_clocks_leave_it() {
        for (zone, date, hours) in [
            ("Europe/Berlin", "2026-03-29", 23),
            ("Europe/Berlin", "2026-10-25", 25),
            ("Asia/Kolkata", "2026-10-25", 24),
            ("Australia/Lord_Howe", "2026-04-05", 25),
        ] {
            let zone = Zone::parse(zone).unwrap();
            let date: Date = date.parse().unwrap();
            let day = Period::new(zone.start_of(date), zone.start_of(date.plus_days(1).unwrap())).unwrap();
            assert_eq!(Window::Hour(&zone).cut(day).unwrap().len(), hours, "{}", zone.name());
        }
    }

    #[test]
    fn a_series_that_is_too_long_is_refused() {
        let utc = Zone::utc();
        let ages = period("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z");
        for window in [Window::Hour(&utc), Window::Day(&utc), Window::Month(&utc)] {
            assert_eq!(window.cut(ages), Err(UsageError::TooManyWindows { limit: MAX_WINDOWS }));
        }
    }

    proptest! {
        #[test]
        fn windows_are_the_period_without_gap_or_overlap(
            from in 0_i64..2_000_000_000_000_000, days in 1_i64..100, micros in 0_i64..86_400_000_000,
            zone in select(vec!["UTC", "Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe", "Pacific/Apia"]),
        ) {
            let zone = Zone::parse(zone).unwrap();
            let from = Instant::from_micros(from).unwrap();
            let period = Period::new(from, from.plus_micros(days * 86_400_000_000 + micros).unwrap()).unwrap();
            for window in [Window::Hour(&zone), Window::Day(&zone), Window::Month(&zone)] {
                let windows = window.cut(period).unwrap();
                prop_assert_eq!(windows[0].from(), period.from());
                prop_assert_eq!(windows[windows.len() - 1].to(), period.to());
                prop_assert!(windows.windows(2).all(|two| two[0].to() == two[1].from()));
                for part in windows {
                    let last = part.to().plus_micros(-1).unwrap();
                    let (first, last) = (zone.date_of(part.from()), zone.date_of(last));
                    match window {
                        Window::Month(_) => prop_assert_eq!((first.year(), first.month()), (last.year(), last.month())),
                        Window::Hour(_) | Window::Day(_) | Window::Whole => prop_assert_eq!(first, last),
                    }
                    prop_assert!(!matches!(window, Window::Hour(_)) || part.micros() <= HOUR);
                }
            }
        }
    }
}
