//! From what was counted to what is priced: conversion of units, then rounding.

use alloc::{borrow::Cow, format};
use money::{Dec, NumError, Ratio, Rounding};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, de};
use stdx::{Problem, ToProblem};
use thiserror::Error;

/// Exact conversion of a quantity to another unit, such as bytes to gigabytes: `{ divide_by: 1_000_000_000 }`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Conversion {
    /// So many counted units are one priced unit.
    DivideBy(Factor),
    /// One counted unit is so many priced units.
    MultiplyBy(Factor),
}

impl Conversion {
    /// The converted quantity, exactly.
    pub fn apply(self, quantity: Ratio) -> Result<Ratio, NumError> {
        match self {
            Self::DivideBy(factor) => quantity.over(factor.0.into()),
            Self::MultiplyBy(factor) => quantity.times(factor.0.into()),
        }
    }
}

/// A number above zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Factor(Dec);

/// The factor is zero or below.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the factor {0} is not above zero")]
pub struct FactorError(Dec);

impl Factor {
    /// The number.
    pub fn get(self) -> Dec {
        self.0
    }
}

impl TryFrom<Dec> for Factor {
    type Error = FactorError;

    fn try_from(number: Dec) -> Result<Self, Self::Error> {
        if number.is_positive() { Ok(Self(number)) } else { Err(FactorError(number)) }
    }
}

impl ToProblem for FactorError {
    fn problem(&self) -> Problem {
        Problem::new("conversion_factor", "The factor of a conversion must be above zero")
            .detail(format!("{self}"))
            .mend("write how many counted units make one priced unit, such as `divide_by: 1000`")
    }
}

impl<'de> Deserialize<'de> for Factor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Dec::deserialize(deserializer)?.try_into().map_err(|error: FactorError| de::Error::custom(error.problem()))
    }
}

impl JsonSchema for Factor {
    fn schema_name() -> Cow<'static, str> {
        "Factor".into()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        Dec::json_schema(generator)
    }
}

/// Rounding of a quantity, after conversion: `{ to: 0, mode: up }` counts begun units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct QuantityRounding {
    /// Decimal place: 2 is hundredths, 0 whole units, -3 thousands.
    #[serde(default)]
    pub to: i8,
    /// What to do with what lies between.
    #[serde(default)]
    pub mode: Rounding,
}

impl QuantityRounding {
    /// The rounded quantity.
    pub fn apply(self, quantity: Ratio) -> Result<Ratio, NumError> {
        quantity.round_at(self.to, self.mode).map(Ratio::from)
    }
}

/// The priced quantity of a later part of a period: what the whole has become, less what its beginning was. Parts sum to the whole
/// whatever is rounded.
pub fn later_part(
    before: Ratio,
    quantity: Ratio,
    convert: Option<Conversion>,
    round: Option<QuantityRounding>,
) -> Result<Ratio, NumError> {
    let priced = |quantity: Ratio| {
        let exact = convert.map_or(Ok(quantity), |convert| convert.apply(quantity))?;
        round.map_or(Ok(exact), |round| round.apply(exact))
    };
    priced(before.plus(quantity)?)?.minus(priced(before)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString as _;

    #[test]
    fn a_conversion_is_exact_and_needs_a_factor_above_zero() {
        let third: Conversion = serde_json::from_str(r#"{"divide_by": 3}"#).expect("conversion");
        assert_eq!(third.apply(Ratio::from_int(10)), Ratio::new(10, 3));
        let half: Conversion = serde_json::from_str(r#"{"multiply_by": "1.5"}"#).expect("conversion");
        assert_eq!(half.apply(Ratio::from_int(3)), "4.5".parse());
        for factor in [r#"{"divide_by": 0}"#, r#"{"multiply_by": "-1"}"#] {
            let error = serde_json::from_str::<Conversion>(factor).expect_err(factor).to_string();
            assert!(error.contains("not above zero"), "{error}");
        }
    }

    #[test]
    fn a_quantity_can_be_rounded_up_to_begun_units_or_to_thousands() {
        let rounding = |json: &str| serde_json::from_str::<QuantityRounding>(json).expect("rounding");
        let quantity = "1234.5001".parse().expect("quantity");
        assert_eq!(rounding(r#"{"to": 0, "mode": "up"}"#).apply(quantity), Ok(Ratio::from_int(1235)));
        assert_eq!(rounding(r#"{"to": -3, "mode": "half_up"}"#).apply(quantity), Ok(Ratio::from_int(1000)));
        assert_eq!(rounding(r#"{"to": 2, "mode": "floor"}"#).apply(quantity), "1234.5".parse());
    }

    #[test]
    fn parts_sum_to_the_whole_where_parts_converted_alone_do_not() {
        let thousands = Conversion::DivideBy(Dec::from_int(1000).try_into().expect("factor"));
        let up = QuantityRounding { to: 0, mode: Rounding::Ceiling };
        let (first, second) = (Ratio::from_int(1400), Ratio::from_int(1300));
        let part = |before, quantity| later_part(before, quantity, Some(thousands), Some(up));
        assert_eq!(part(Ratio::ZERO, first), Ok(Ratio::from_int(2)));
        assert_eq!(part(first, second), Ok(Ratio::ONE)); // 2700 are 3 thousands, and 2 were billed
        let alone = crate::profiles::openmeter::part(second, thousands, Some(up));
        assert_eq!(alone, Ok(Ratio::from_int(2)));
    }
}
