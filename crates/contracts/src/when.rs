//! A moment as a person writes it.

use alloc::{borrow::Cow, string::String};
use calendar::{Date, Instant, Zone};
use core::{fmt, str::FromStr};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A local day, or an exact instant. A day means its first instant in the zone it is read in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum When {
    /// `2026-04-16`: the start of that day where the customer is.
    Day(Date),
    /// `2026-04-16T10:00:00Z`
    Instant(Instant),
}

impl When {
    /// The instant that is meant in a zone.
    pub fn instant(self, zone: &Zone) -> Instant {
        match self {
            Self::Day(date) => zone.start_of(date),
            Self::Instant(instant) => instant,
        }
    }
}

impl FromStr for When {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(date) = text.parse::<Date>() {
            return Ok(Self::Day(date));
        }
        text.parse::<Instant>().map(Self::Instant).map_err(|error| {
            alloc::format!(
                "`{text}` is neither a day such as 2026-04-16 nor an instant such as 2026-04-16T10:00:00Z: {error}"
            )
        })
    }
}

impl TryFrom<String> for When {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<When> for String {
    fn from(when: When) -> Self {
        alloc::format!("{when}")
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(date) => write!(f, "{date}"),
            Self::Instant(instant) => write!(f, "{instant}"),
        }
    }
}

impl JsonSchema for When {
    fn schema_name() -> Cow<'static, str> {
        "When".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": "A day such as 2026-04-16 (its first instant where the customer is), or an instant such as 2026-04-16T10:00:00Z.",
            "anyOf": [{ "format": "date" }, { "format": "date-time" }]
        })
    }
}
