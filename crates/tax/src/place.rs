//! Where tax is owed.

use alloc::{borrow::Cow, string::String};
use core::{fmt, str::FromStr};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::{Problem, ToProblem};

/// A country by the two capital letters of ISO 3166-1: `DE`, `GR`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Country([u8; 2]);

/// The text is not two capital letters.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a country code; write two capital letters, such as DE")]
pub struct NotACountry {
    /// What was given, cut at 16 characters.
    pub text: String,
}

/// A place with its own taxes: a country, or a part of one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// The country.
    pub country: Country,
    /// A part of it with its own taxes, as the rules name it: `CA` for California, `ES-CN` for the Canary Islands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
}

/// The member states of the European Union.
const EU: &[&str] = &[
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
    "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
];

impl Country {
    /// Its two letters.
    pub fn code(&self) -> &str {
        // two ASCII letters, by construction
        core::str::from_utf8(&self.0).unwrap_or_default()
    }
    /// Whether it is a member state of the European Union.
    pub fn is_in_eu(self) -> bool {
        EU.binary_search(&self.code()).is_ok()
    }
}

impl FromStr for Country {
    type Err = NotACountry;
    fn from_str(text: &str) -> Result<Self, NotACountry> {
        match text.as_bytes() {
            [a, b] if a.is_ascii_uppercase() && b.is_ascii_uppercase() => Ok(Self([*a, *b])),
            _ => Err(NotACountry { text: text.chars().take(16).collect() }),
        }
    }
}
impl TryFrom<String> for Country {
    type Error = NotACountry;
    fn try_from(text: String) -> Result<Self, NotACountry> {
        text.parse()
    }
}
impl From<Country> for String {
    fn from(country: Country) -> Self {
        country.code().into()
    }
}
impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}
impl JsonSchema for Country {
    fn schema_name() -> Cow<'static, str> {
        "Country".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^[A-Z]{2}$",
            "description": "A country of ISO 3166-1, such as DE" })
    }
}

impl Place {
    /// The whole of a country.
    pub const fn country(country: Country) -> Self {
        Self { country, region: None }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.region {
            Some(region) => write!(f, "{}/{region}", self.country),
            None => write!(f, "{}", self.country),
        }
    }
}

impl ToProblem for NotACountry {
    fn problem(&self) -> Problem {
        Problem::new("not_a_country", "This is not a country code")
            .detail(alloc::format!("{self}"))
            .mend("write the two capital letters of ISO 3166-1, such as DE or GR")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_country_is_two_capital_letters() {
        assert!("DE".parse::<Country>().expect("country").is_in_eu());
        assert!(!"GB".parse::<Country>().expect("country").is_in_eu());
        for bad in ["de", "DEU", "", "Ä"] {
            assert!(bad.parse::<Country>().is_err(), "{bad}");
        }
        assert!(EU.is_sorted() && EU.len() == 27);
    }
}
