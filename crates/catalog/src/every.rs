//! How often a price is charged.

use alloc::{
    borrow::Cow,
    string::{String, ToString},
};
use calendar::{Cadence, CadenceError};
use core::{fmt, str::FromStr};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How often a price is charged: once, when the service under it begins, or in each cycle. Text and JSON form `once`, or a cadence
/// such as `month`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Every {
    /// A set-up fee. It is due when the service begins, whole, and stays due when the service ends.
    Once,
    /// In each cycle of this length.
    Cycle(Cadence),
}

impl FromStr for Every {
    type Err = CadenceError;
    fn from_str(text: &str) -> Result<Self, CadenceError> {
        if text == "once" { Ok(Self::Once) } else { text.parse().map(Self::Cycle) }
    }
}

impl TryFrom<String> for Every {
    type Error = CadenceError;
    fn try_from(text: String) -> Result<Self, CadenceError> {
        text.parse()
    }
}

impl From<Every> for String {
    fn from(every: Every) -> Self {
        every.to_string()
    }
}

impl fmt::Display for Every {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Once => f.write_str("once"),
            Self::Cycle(cadence) => cadence.fmt(f),
        }
    }
}

impl JsonSchema for Every {
    fn schema_name() -> Cow<'static, str> {
        "Every".into()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let cadence = generator.subschema_for::<Cadence>();
        schemars::json_schema!({
            "description": "How often: `once`, when the service begins, or the length of a cycle.",
            "anyOf": [{ "type": "string", "const": "once" }, cadence]
        })
    }
}
