//! What must come out.

use calendar::{Date, DateRange};
use money::{Dec, Ratio};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use stdx::Key;

/// Everything that a scenario expects. What is left out is not looked at; a list that is given is the whole list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Expect {
    /// All documents, in the order in which they were issued; drafts last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invoices: Option<Vec<ExpectedInvoice>>,
    /// What stands on each account at the end of a day (UTC), by account.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub balances: BTreeMap<Date, BTreeMap<String, Dec>>,
    /// All entries of the journal, in order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub journal: Option<Vec<ExpectedPosting>>,
    /// Measurements of meters.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub usage: Vec<ExpectedUsage>,
    /// Customers who could not be billed at the end.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub failures: Vec<ExpectedFailure>,
    /// The codes of all problems of the pricing, when it is meant to be refused.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<String>,
    /// What the customer would be billed next, with the usage so far.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preview: Option<Vec<ExpectedInvoice>>,
}

/// A document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpectedInvoice {
    /// The customer.
    pub to: Key,
    /// Its date.
    pub on: Date,
    /// Its number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// `draft` or `issued`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// `EUR`…
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<money::Currency>,
    /// All its lines, in order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lines: Option<Vec<ExpectedLine>>,
    /// Their sum.
    pub total: Dec,
}

/// A line.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ExpectedLine {
    /// Plan and price: `scale.tokens`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<String>,
    /// The subscription.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subscription: Option<Key>,
    /// The dimensions of the line.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub dimensions: BTreeMap<String, String>,
    /// Its local days: `2026-04-16..2026-05-01`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<DateRange>,
    /// The share of the cycle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share: Option<Ratio>,
    /// The quantity, or by how much it changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quantity: Option<Ratio>,
    /// What had been billed before, for a correction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub posted: Option<Dec>,
    /// The amount.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<Dec>,
}

/// An entry of the journal, netted by account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpectedPosting {
    /// The UTC day on which it is true.
    pub on: Date,
    /// Debits by account.
    pub debit: BTreeMap<String, Dec>,
    /// Credits by account.
    pub credit: BTreeMap<String, Dec>,
}

/// A measurement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpectedUsage {
    /// Who used.
    pub customer: Key,
    /// On which meter.
    pub meter: Key,
    /// The customer's local days: `2026-04-01..2026-05-01`.
    pub period: DateRange,
    /// One value for each dimension asked for.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub dimensions: BTreeMap<String, String>,
    /// How much.
    pub quantity: Ratio,
}

/// A customer who cannot be billed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpectedFailure {
    /// Who.
    pub customer: Key,
    /// The code of the problem.
    pub code: String,
}
