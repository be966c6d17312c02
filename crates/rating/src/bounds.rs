//! Numbers that a price list may hold.

use money::{Dec, Ratio};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::{Problem, ToProblem};

/// A number that is zero or above: a price, a percentage, an allowance. A price below zero is refused: what reduces a bill is a
/// discount or a credit, which say why they reduce it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "Dec", into = "Dec")]
pub struct NonNegative(Dec);

impl NonNegative {
    /// 0
    pub const ZERO: Self = Self(Dec::ZERO);
    /// The number.
    pub const fn get(self) -> Dec {
        self.0
    }
    /// The number as a fraction.
    pub fn ratio(self) -> Ratio {
        Ratio::from(self.0)
    }
}

/// A number above zero: the size of a package, the rate of a pricing unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "Dec", into = "Dec")]
pub struct Positive(Dec);

impl Positive {
    /// The number.
    pub const fn get(self) -> Dec {
        self.0
    }
    /// The number as a fraction.
    pub fn ratio(self) -> Ratio {
        Ratio::from(self.0)
    }
}

/// Why a number cannot stand in a price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BoundError {
    /// Below zero.
    #[error(
        "{0} is below zero; prices, percentages and allowances are zero or above, and a discount or a credit reduces a bill"
    )]
    Negative(Dec),
    /// Zero or below.
    #[error("{0} is not above zero; a package size and the rate of a pricing unit are above zero")]
    NotPositive(Dec),
}

impl ToProblem for BoundError {
    fn problem(&self) -> Problem {
        let (code, title, mend) = match self {
            Self::Negative(_) => (
                "negative_price",
                "A number below zero in a price",
                "write zero or more; use a discount to reduce a bill",
            ),
            Self::NotPositive(_) => ("not_positive", "A number above zero is needed", "write a number above zero"),
        };
        Problem::new(code, title).detail(alloc::format!("{self}")).mend(mend)
    }
}

impl TryFrom<Dec> for NonNegative {
    type Error = BoundError;

    fn try_from(number: Dec) -> Result<Self, BoundError> {
        if number.is_negative() { Err(BoundError::Negative(number)) } else { Ok(Self(number)) }
    }
}
impl From<NonNegative> for Dec {
    fn from(number: NonNegative) -> Self {
        number.0
    }
}
impl TryFrom<Dec> for Positive {
    type Error = BoundError;

    fn try_from(number: Dec) -> Result<Self, BoundError> {
        if number.is_positive() { Ok(Self(number)) } else { Err(BoundError::NotPositive(number)) }
    }
}
impl From<Positive> for Dec {
    fn from(number: Positive) -> Self {
        number.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn a_negative_price_is_refused_with_the_way_to_mend_it() {
        let error = serde_json::from_str::<NonNegative>("\"-0.01\"").expect_err("negative").to_string();
        assert!(error.contains("discount"), "{error}");
        assert_eq!(serde_json::from_str::<NonNegative>("\"0\"").expect("zero"), NonNegative::ZERO);
        assert_eq!(Positive::try_from(Dec::ZERO), Err(BoundError::NotPositive(Dec::ZERO)));
    }
}
