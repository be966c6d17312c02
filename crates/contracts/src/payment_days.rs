//! When an invoice is to be paid.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How many days after its date an invoice can be paid without being late; 30 where nothing is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct PaymentDays(pub u16);

impl Default for PaymentDays {
    fn default() -> Self {
        Self(30)
    }
}
