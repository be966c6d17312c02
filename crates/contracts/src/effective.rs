//! From when a change is to count, as a person says it.

use crate::When;
use alloc::{borrow::Cow, string::String};
use core::{fmt, str::FromStr};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// From when a change is to count: `now`, `end_of_period`, `end_of_term`, a day, or an instant.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Effective {
    /// At once.
    #[default]
    Now,
    /// At the end of the plan's cycle that is under way, or of the phase without prices.
    EndOfPeriod,
    /// At the end of the term that is under way.
    EndOfTerm,
    /// At a moment, which may lie in the past.
    At(When),
}

impl FromStr for Effective {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "now" => Ok(Self::Now),
            "end_of_period" => Ok(Self::EndOfPeriod),
            "end_of_term" => Ok(Self::EndOfTerm),
            _ => text
                .parse()
                .map(Self::At)
                .map_err(|error: String| alloc::format!("{error}; nor is it one of now, end_of_period, end_of_term")),
        }
    }
}

impl TryFrom<String> for Effective {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Effective> for String {
    fn from(effective: Effective) -> Self {
        alloc::format!("{effective}")
    }
}

impl From<When> for Effective {
    fn from(when: When) -> Self {
        Self::At(when)
    }
}

impl fmt::Display for Effective {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Now => f.write_str("now"),
            Self::EndOfPeriod => f.write_str("end_of_period"),
            Self::EndOfTerm => f.write_str("end_of_term"),
            Self::At(when) => when.fmt(f),
        }
    }
}

impl JsonSchema for Effective {
    fn schema_name() -> Cow<'static, str> {
        "Effective".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": "From when it counts: now, at the end of the period or term that is under way, on a day (its first instant where the customer is), or at an instant. It may lie in the past.",
            "anyOf": [
                { "enum": ["now", "end_of_period", "end_of_term"] },
                { "format": "date" },
                { "format": "date-time" }
            ]
        })
    }
}
