//! What is claimed, and how far it is paid.

use alloc::{string::String, vec::Vec};
use calendar::{Date, Instant};
use money::Money;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::Key;

/// What an issued document claims. What is paid of it stands with the payments and nowhere else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The id of the document.
    pub document: Key,
    /// Its number.
    pub number: String,
    /// When it is a claim in the books: the first instant of its day.
    pub at: Instant,
    /// Its day.
    pub on: Date,
    /// The last day on which it can be paid without being late.
    pub due_on: Date,
    /// How much it claims; never below zero.
    pub total: Money,
}

/// How far a claim is paid. It cannot be paid too far: what is too much goes to the balance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Nothing of it is paid.
    Open,
    /// Some of it is paid.
    PartlyPaid,
    /// Nothing is left to pay.
    Paid,
    /// Nothing is left to pay, and some or all of it was given up.
    WrittenOff,
}

/// A claim and what became of it, as of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Standing {
    /// The id of the document.
    pub document: Key,
    /// Its number.
    pub number: String,
    /// Its day.
    pub on: Date,
    /// The last day on which it can be paid without being late.
    pub due_on: Date,
    /// How much it claims.
    pub total: Money,
    /// How much of that is paid, by payments and credit notes.
    pub paid: Money,
    /// How much of it was given up.
    pub written_off: Money,
    /// What is left to pay: `total` less `paid` less `written_off`; never below zero.
    pub due: Money,
    /// The same in a word.
    pub state: State,
    /// For how many days it is late; none where it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days_overdue: Option<i64>,
    /// What was paid by which payment, the oldest first.
    pub payments: Vec<PaidPart>,
}

/// A part of a payment that a document has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PaidPart {
    /// The payment.
    pub payment: Key,
    /// How much of it.
    pub amount: Money,
}
