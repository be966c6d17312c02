//! What a meter says.

use alloc::{collections::BTreeMap, string::String, vec::Vec};
use money::{Dec, NumError, Ratio};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::{Problem, ToProblem};
use thiserror::Error;

/// Values by which a quantity is split, by property name. An event without the property has no entry for it.
pub type Dimensions = BTreeMap<String, String>;

/// What a meter says of a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Measured {
    /// What is priced: converted and rounded.
    pub quantity: Ratio,
    /// What was counted, before conversion and rounding.
    pub raw: Ratio,
    /// How many events were counted. Events before the period that only carry a level into it do not count.
    pub count: u64,
    /// The value of each event, by time; only when asked for with
    /// [`state_with_transactions`](crate::CompiledMeter::state_with_transactions).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub transactions: Vec<Dec>,
}

/// Why a state has no quantity.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum MeasureError {
    /// The exact quantity does not fit.
    #[error("the quantity cannot be computed: {0}")]
    Number(NumError),
    /// The state was made by a meter with another aggregation.
    #[error("the state belongs to another meter")]
    OtherMeter,
}

impl From<NumError> for MeasureError {
    fn from(error: NumError) -> Self {
        Self::Number(error)
    }
}

impl ToProblem for MeasureError {
    fn problem(&self) -> Problem {
        let mend = match self {
            Self::Number(_) => "look for events with absurd values, and correct them with events of the opposite value",
            Self::OtherMeter => "finish a state with the meter that made it",
        };
        Problem::new("quantity_impossible", "There is no such quantity").detail(alloc::format!("{self}")).mend(mend)
    }
}
