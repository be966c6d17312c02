//! Rates.

use core::fmt;
use money::{Dec, NumError, Ratio};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::{Problem, ToProblem};

/// A rate in per cent, 0 or more: 19 is `"19"`, 8.1 is `"8.1"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "Dec", into = "Dec")]
pub struct Percent(Dec);

/// A rate below zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a rate of {0} per cent is below zero")]
pub struct NegativeRate(pub Dec);

impl Percent {
    /// 0 %
    pub const ZERO: Self = Self(Dec::ZERO);

    /// The number of per cent.
    pub const fn get(self) -> Dec {
        self.0
    }
    /// The rate as a share: 19 % is 0.19.
    pub fn share(self) -> Result<Ratio, NumError> {
        self.0.over(Dec::from_int(100))
    }
    /// Whether it is 0 %.
    pub const fn is_zero(self) -> bool {
        self.0.is_zero()
    }
}

impl TryFrom<Dec> for Percent {
    type Error = NegativeRate;
    fn try_from(rate: Dec) -> Result<Self, NegativeRate> {
        if rate.is_negative() { Err(NegativeRate(rate)) } else { Ok(Self(rate)) }
    }
}

impl From<Percent> for Dec {
    fn from(percent: Percent) -> Self {
        percent.0
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} %", self.0)
    }
}

impl JsonSchema for Percent {
    fn schema_name() -> alloc::borrow::Cow<'static, str> {
        "Percent".into()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let mut schema = Dec::json_schema(generator);
        schema.insert("description".into(), "A rate in per cent, 0 or more: \"19\" is 19 %.".into());
        schema
    }
}

impl ToProblem for NegativeRate {
    fn problem(&self) -> Problem {
        Problem::new("negative_rate", "A rate is below zero")
            .detail(alloc::format!("{self}"))
            .mend("write the rate in per cent, such as \"19\"; 0 when nothing is to be paid")
    }
}
