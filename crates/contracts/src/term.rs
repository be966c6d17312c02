//! Where cycles begin, and how long something is agreed for.

use calendar::{Cadence, Date, DayOfMonth, Instant, Schedule, ScheduleError, Zone};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where cycles begin. JSON form: a day of the month such as `15`, or a day such as `"2026-04-15"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(
    untagged,
    expecting = "cycles begin on a day of the month such as 15, or are counted from a day such as 2026-04-15"
)]
pub enum Anchor {
    /// On this day of the month, or on the last one of a shorter month.
    Day(DayOfMonth),
    /// On this day, and counted from there in both directions.
    Date(Date),
}

/// What follows a term.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Then {
    /// Another one like it.
    #[default]
    Renews,
    /// The end, unless it is renewed.
    Ends,
}

/// How long a subscription is agreed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("examples" = [{ "lasts": "year" }, { "lasts": "3 years", "then": "ends" }]))]
pub struct Term {
    /// How long it is.
    pub lasts: Cadence,
    /// What follows it.
    #[serde(default)]
    pub then: Then,
}

impl Term {
    /// The first instant after a term that begins at `from`. Days are those of `zone`.
    ///
    /// # Errors
    /// After the year 9999.
    pub fn end(self, from: Instant, zone: &Zone) -> Result<Instant, ScheduleError> {
        self.end_after(from, from, zone)
    }

    /// The end of the term that `at` lies in, when terms like this one follow each other from `from`.
    ///
    /// # Errors
    /// After the year 9999.
    pub fn end_after(self, from: Instant, at: Instant, zone: &Zone) -> Result<Instant, ScheduleError> {
        let terms = Schedule::new(self.lasts, zone.date_of(from), zone.clone());
        Ok(zone.start_of(terms.containing(zone.date_of(at.max(from)))?.1.to()))
    }
}
