//! Customers.

use alloc::string::String;
use calendar::Zone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::Key;

/// A buyer, who owns subscriptions and receivables. Events name the customer by its key as their `subject`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Customer {
    /// The name by which the sender's systems know the customer.
    pub key: Key,
    /// The name on the invoice.
    pub name: String,
    /// The zone whose days begin and end the customer's periods; UTC when absent.
    #[serde(default = "Zone::utc")]
    pub zone: Zone,
}
