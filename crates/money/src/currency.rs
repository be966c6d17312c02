//! Currencies.

use crate::iso4217::TABLE;
use alloc::{borrow::Cow, string::String};
use core::{fmt, str::FromStr};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A currency of ISO 4217 in which a bill can be written: it has a minor unit (0, 2, 3 or 4 digits). Text form: its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency(u16);

/// Why a text is not a currency.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CurrencyError {
    /// Not in the list.
    #[error("`{code}` is not a currency of ISO 4217; write its three letters, such as EUR{}", hint(near.as_deref()))]
    Unknown {
        /// What was given.
        code: String,
        /// A code that it may have been meant to be.
        near: Option<&'static str>,
    },
    /// A code without a minor unit: a metal, a test code, a unit of account.
    #[error("`{code}` ({name}) has no minor unit in ISO 4217, so no bill can be written in it")]
    NoMinorUnit {
        /// The code.
        code: String,
        /// Its name.
        name: &'static str,
    },
}

fn hint(near: Option<&str>) -> String {
    near.map_or_else(String::new, |near| alloc::format!(" (did you mean {near}?)"))
}

impl stdx::ToProblem for CurrencyError {
    fn problem(&self) -> stdx::Problem {
        stdx::Problem::new("unknown_currency", "There is no such currency")
            .detail(alloc::format!("{self}"))
            .mend("use a code of ISO 4217 that has a minor unit, such as EUR, USD or JPY")
    }
}

impl Currency {
    /// The currency with this code, in capitals.
    pub fn parse(code: &str) -> Result<Self, CurrencyError> {
        let cut = || code.chars().take(16).collect::<String>();
        let Ok(at) = TABLE.binary_search_by(|row| row.code.cmp(code)) else {
            let near = TABLE.iter().find(|row| row.code.eq_ignore_ascii_case(code.trim())).map(|row| row.code);
            return Err(CurrencyError::Unknown { code: cut(), near });
        };
        if TABLE[at].scale.is_none() {
            return Err(CurrencyError::NoMinorUnit { code: cut(), name: TABLE[at].name });
        }
        u16::try_from(at).map(Self).map_err(|_| CurrencyError::Unknown { code: cut(), near: None })
    }

    /// Every currency that a bill can be written in, by code.
    pub fn all() -> impl Iterator<Item = Self> {
        (0u16..).zip(TABLE).filter(|(_, row)| row.scale.is_some()).map(|(at, _)| Self(at))
    }

    /// Its three letters.
    pub fn code(self) -> &'static str {
        TABLE[usize::from(self.0)].code
    }
    /// How many digits its minor unit has: 0 for JPY, 2 for EUR, 3 for KWD, 4 for CLF.
    pub fn scale(self) -> u8 {
        TABLE[usize::from(self.0)].scale.unwrap_or(0)
    }
    /// Its English name.
    pub fn name(self) -> &'static str {
        TABLE[usize::from(self.0)].name
    }
}

impl TryFrom<String> for Currency {
    type Error = CurrencyError;
    fn try_from(code: String) -> Result<Self, CurrencyError> {
        Self::parse(&code)
    }
}
impl FromStr for Currency {
    type Err = CurrencyError;
    fn from_str(code: &str) -> Result<Self, CurrencyError> {
        Self::parse(code)
    }
}
impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.code().into()
    }
}
impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl JsonSchema for Currency {
    fn schema_name() -> Cow<'static, str> {
        "Currency".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^[A-Z]{3}$", "description": "A currency of ISO 4217, such as EUR." })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use iso_currency::IntoEnumIterator as _;

    #[test]
    fn the_table_is_the_standards() {
        assert!(TABLE.windows(2).all(|pair| pair[0].code < pair[1].code));
        for known in iso_currency::Currency::iter().filter(|c| c.is_superseded().is_none()) {
            let row = TABLE.iter().find(|row| row.code == known.code());
            let scale = row.unwrap_or_else(|| panic!("{} is missing", known.code())).scale;
            assert_eq!(scale.map(u16::from), known.exponent(), "{}", known.code());
        }
    }

    #[test]
    fn scales_of_zero_to_four() {
        for (code, scale) in
            [("JPY", 0), ("EUR", 2), ("KWD", 3), ("CLF", 4), ("UYW", 4), ("KRW", 0), ("ISK", 0), ("HUF", 2)]
        {
            assert_eq!(Currency::parse(code).expect(code).scale(), scale, "{code}");
        }
    }

    #[test]
    fn an_unknown_currency_is_refused_with_a_guess() {
        assert_eq!(Currency::parse("eur"), Err(CurrencyError::Unknown { code: "eur".into(), near: Some("EUR") }));
        assert!(matches!(Currency::parse("XAU"), Err(CurrencyError::NoMinorUnit { .. })));
        assert!(matches!(Currency::parse("€"), Err(CurrencyError::Unknown { near: None, .. })));
    }
}
