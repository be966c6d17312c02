//! The cost that the events carry, with a markup.

use super::{percent_of_one, whole};
use crate::{Explanation, Kind, NonNegative, RateError, Reason, Usage};
use money::Ratio;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A price on top of what serving the events cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CostPlus {
    /// Percent of the cost that is added: `"20"` makes 1.20 of 1.00.
    pub markup: NonNegative,
    /// Charged for each event on top.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fixed: Option<NonNegative>,
}

impl CostPlus {
    /// Cost + cost × markup + events × fixed.
    pub(crate) fn worth(self, usage: &Usage<'_>) -> Result<Explanation, RateError> {
        let carried = usage.carried.ok_or(RateError::MissingCarried { model: Kind::CostPlus })?;
        let cost = Ratio::from(carried);
        let markup = cost.times(Ratio::from(percent_of_one(self.markup)?))?;
        let mut parts = alloc::vec![
            Explanation::leaf(Reason::Cost, cost),
            Explanation::leaf(Reason::PercentOf { of: cost, percent: self.markup.get() }, markup),
        ];
        if let Some(fixed) = self.fixed {
            let amount = whole(usage.count).times(fixed.ratio())?;
            parts.push(Explanation::leaf(Reason::PerTransaction { count: usage.count, each: fixed.get() }, amount));
        }
        Ok(Explanation::sum(Reason::CostPlus { carried }, parts)?)
    }
}
