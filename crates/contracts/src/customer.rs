//! Customers.

use alloc::string::String;
use calendar::{DayOfMonth, Zone};
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
    /// The day of the month on which cycles of its subscriptions begin, unless they say otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub billing_day: Option<DayOfMonth>,
}

impl Customer {
    /// A customer of whom no more is known.
    pub fn new(key: Key, name: impl Into<String>, zone: Zone) -> Self {
        Self { key, name: name.into(), zone, billing_day: None }
    }
}
