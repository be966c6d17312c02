//! The amount that the events carry.

use crate::{Explanation, Kind, NonNegative, RateError, Reason};
use money::{Dec, Ratio};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A price that the sender computes: each event carries its amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Dynamic {
    /// What the carried amounts are multiplied with; 1 when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub multiplier: Option<NonNegative>,
}

impl Dynamic {
    /// Sum of the carried amounts × multiplier. Carried amounts below zero are credits.
    pub(crate) fn worth(self, carried: Option<Dec>) -> Result<Explanation, RateError> {
        let carried = carried.ok_or(RateError::MissingCarried { model: Kind::Dynamic })?;
        let multiplier = self.multiplier.map_or(Dec::ONE, NonNegative::get);
        let amount = Ratio::from(carried).times(Ratio::from(multiplier))?;
        Ok(Explanation::leaf(Reason::Dynamic { carried, multiplier }, amount))
    }
}
