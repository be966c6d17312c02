//! Amounts of money.

use crate::{Currency, Dec, NumError, Ratio, Rounding};
use alloc::string::String;
use core::fmt;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An amount of money: whole minor units of a currency. JSON: `{"amount": "12.34", "currency": "EUR"}`.
/// Not ordered and without operators: amounts of two currencies have no order and no sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "MoneyText", into = "MoneyText")]
pub struct Money {
    minor: i128,
    currency: Currency,
}

/// How [`Money`] is written: major units as text, with all digits of the minor unit.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Money")]
struct MoneyText {
    /// Major units as text with all digits of the minor unit: "12.30".
    #[schemars(with = "String", example = &"12.30")]
    amount: Dec2,
    /// ISO 4217 code.
    currency: Currency,
}

/// A decimal that keeps the zeros that a currency writes.
struct Dec2(Dec, u8);

impl Serialize for Dec2 {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.to_text(self.1))
    }
}
impl<'de> Deserialize<'de> for Dec2 {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Dec::deserialize(deserializer).map(|dec| Self(dec, 0))
    }
}

/// Why an amount cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Two currencies in one sum.
    #[error("{left} and {right} cannot be added or compared; convert one of them first, at a recorded rate")]
    CurrencyMismatch {
        /// Currency of the first amount.
        left: Currency,
        /// Currency of the second.
        right: Currency,
    },
    /// More digits after the point than the currency has.
    #[error("{amount} has more digits than {currency} has ({})", currency.scale())]
    TooPrecise {
        /// The amount in major units.
        amount: Dec,
        /// The currency.
        currency: Currency,
    },
    /// Too large.
    #[error(transparent)]
    Number(#[from] NumError),
}

impl stdx::ToProblem for MoneyError {
    fn problem(&self) -> stdx::Problem {
        let problem = |code, title| stdx::Problem::new(code, title).detail(alloc::format!("{self}"));
        match self {
            Self::CurrencyMismatch { .. } => problem("currency_mismatch", "Two currencies in one sum")
                .mend("keep one currency per subscription and invoice"),
            Self::TooPrecise { .. } => problem("amount_too_precise", "More digits than the currency has")
                .mend("round the amount to the currency's minor unit"),
            Self::Number(error) => error.problem(),
        }
    }
}

impl Money {
    /// An amount in minor units: `Money::new(1234, eur)` is 12.34 EUR.
    pub const fn new(minor: i128, currency: Currency) -> Self {
        Self { minor, currency }
    }
    /// No money.
    pub const fn zero(currency: Currency) -> Self {
        Self { minor: 0, currency }
    }
    /// An amount in major units that the currency can hold as it is.
    pub fn from_dec(amount: Dec, currency: Currency) -> Result<Self, MoneyError> {
        match amount.at_scale(currency.scale()) {
            Some(minor) => Ok(Self { minor, currency }),
            None if amount.scale() > currency.scale() => Err(MoneyError::TooPrecise { amount, currency }),
            None => Err(NumError::Overflow.into()),
        }
    }
    /// *The* rounding: an exact amount in major units, rounded once to the currency's minor unit.
    pub fn round_from(amount: Ratio, currency: Currency, rounding: Rounding) -> Result<Self, MoneyError> {
        Self::from_dec(amount.round(currency.scale(), rounding)?, currency)
    }

    /// Whole minor units.
    pub const fn minor(self) -> i128 {
        self.minor
    }
    /// Its currency.
    pub const fn currency(self) -> Currency {
        self.currency
    }
    /// Major units.
    pub fn to_dec(self) -> Dec {
        // a currency's scale is at most 4
        Dec::new(self.minor, self.currency.scale()).unwrap_or(Dec::ZERO)
    }
    /// Major units with all digits of the minor unit, without the currency: `12.30`.
    pub fn amount_text(self) -> String {
        self.to_dec().to_text(self.currency.scale())
    }
    /// Whether it is no money.
    pub const fn is_zero(self) -> bool {
        self.minor == 0
    }
    /// Whether it is below zero.
    pub const fn is_negative(self) -> bool {
        self.minor < 0
    }
    /// The amount with the other sign.
    #[must_use]
    pub const fn negated(self) -> Self {
        Self { minor: self.minor.saturating_neg(), currency: self.currency }
    }

    fn with(self, other: Self, minor: Option<i128>) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::CurrencyMismatch { left: self.currency, right: other.currency });
        }
        minor
            .filter(|m| *m != i128::MIN)
            .map(|minor| Self { minor, ..self })
            .ok_or(MoneyError::Number(NumError::Overflow))
    }
    /// The sum; an error when the currencies differ.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        self.with(other, self.minor.checked_add(other.minor))
    }
    /// The difference; an error when the currencies differ.
    pub fn minus(self, other: Self) -> Result<Self, MoneyError> {
        self.with(other, self.minor.checked_sub(other.minor))
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount_text(), self.currency)
    }
}

impl TryFrom<MoneyText> for Money {
    type Error = MoneyError;
    fn try_from(text: MoneyText) -> Result<Self, MoneyError> {
        Self::from_dec(text.amount.0, text.currency)
    }
}
impl From<Money> for MoneyText {
    fn from(money: Money) -> Self {
        Self { amount: Dec2(money.to_dec(), money.currency.scale()), currency: money.currency }
    }
}

impl JsonSchema for Money {
    fn schema_name() -> alloc::borrow::Cow<'static, str> {
        MoneyText::schema_name()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        MoneyText::json_schema(generator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    fn money(amount: &str, currency: &str) -> Money {
        Money::from_dec(amount.parse().expect(amount), Currency::parse(currency).expect(currency)).expect(amount)
    }

    #[test]
    fn an_amount_is_written_with_all_digits_of_its_currency() {
        assert_eq!(money("30", "EUR").to_string(), "30.00 EUR");
        assert_eq!(money("30", "JPY").to_string(), "30 JPY");
        assert_eq!(money("0.5", "KWD").to_string(), "0.500 KWD");
        let json = serde_json::to_string(&money("-7.5", "EUR")).expect("json");
        assert_eq!(json, r#"{"amount":"-7.50","currency":"EUR"}"#);
        assert_eq!(serde_json::from_str::<Money>(&json).expect("back"), money("-7.5", "EUR"));
    }

    #[test]
    fn a_fraction_of_a_cent_is_not_money() {
        let yen = Currency::parse("JPY").expect("yen");
        assert!(matches!(Money::from_dec("0.5".parse().expect("half"), yen), Err(MoneyError::TooPrecise { .. })));
        assert!(serde_json::from_str::<Money>(r#"{"amount":"0.001","currency":"EUR"}"#).is_err());
    }

    #[test]
    fn currencies_do_not_mix() {
        assert!(matches!(money("1", "EUR").plus(money("1", "USD")), Err(MoneyError::CurrencyMismatch { .. })));
        assert_eq!(money("1", "EUR").minus(money("3", "EUR")), Ok(money("-2", "EUR")));
    }

    #[test]
    fn an_amount_is_rounded_once_half_away_from_zero() {
        let euro = Currency::parse("EUR").expect("euro");
        for (exact, want) in [("0.005", "0.01"), ("-0.005", "-0.01"), ("1/3", "0.33"), ("3.685", "3.69")] {
            let amount = Money::round_from(exact.parse().expect(exact), euro, Rounding::HalfUp).expect(exact);
            assert_eq!(amount, money(want, "EUR"), "{exact}");
        }
    }
}
