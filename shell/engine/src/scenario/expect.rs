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
    /// What customers owe and have to their credit at the end: every customer, seller and currency with documents or payments, in this order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accounts: Option<Vec<ExpectedAccount>>,
    /// Measurements of meters.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub usage: Vec<ExpectedUsage>,
    /// What became of single events, each named by its id.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<ExpectedEvent>,
    /// All usage that nobody pays for, by subject and event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unpaid: Option<Vec<ExpectedUnpaid>>,
    /// Customers who could not be billed at the end; left out, there must be none.
    pub failures: Vec<ExpectedFailure>,
    /// The codes of all problems of the pricing, when it is meant to be refused; left out, there must be none.
    pub problems: Vec<String>,
    /// What the customer would be billed next, with the usage so far.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preview: Option<Vec<ExpectedInvoice>>,
    /// All differences that wait for somebody's word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held: Option<Vec<ExpectedHeld>>,
}

/// A difference that waits for somebody's word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpectedHeld {
    /// The customer.
    pub customer: Key,
    /// Plan and price: `scale.tokens`.
    pub price: String,
    /// What was billed.
    pub posted: Dec,
    /// How much more it is worth, or less.
    pub amount: Dec,
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
    /// `invoice`, `credit_note` or `debit_note`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The number of the document that a note by hand is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// Why a note by hand was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// `draft`, `issued` or `void`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// `EUR`…
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<money::Currency>,
    /// The steps of spend for which it was made before a period ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reached: Option<Vec<Dec>>,
    /// All its lines, in order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lines: Option<Vec<ExpectedLine>>,
    /// Their sum without taxes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub net: Option<Dec>,
    /// What is owed of each tax: `vat 19 %`, and with its category where nothing is: `vat 0 % reverse_charge`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taxes: Option<BTreeMap<String, Dec>>,
    /// What is to be paid.
    pub total: Dec,
}

/// What a customer owes a seller, and has to their credit, in one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpectedAccount {
    /// The customer.
    pub customer: Key,
    /// The seller.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entity: Option<Key>,
    /// `EUR`…
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<money::Currency>,
    /// What is left to pay of all documents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Dec>,
    /// What the customer has to their credit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub balance: Option<Dec>,
    /// Documents by number; those that are left out are not looked at.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub documents: BTreeMap<String, ExpectedStanding>,
    /// What is left to pay by how late it is: `not_due`, `days_1_to_30`, …; what is left out is not looked at.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub ages: BTreeMap<String, Dec>,
    /// All rows of the statement of account since the beginning, in order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statement: Option<Vec<ExpectedRow>>,
}

/// How far a document is paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpectedStanding {
    /// `open`, `partly_paid`, `paid` or `written_off`.
    pub state: String,
    /// What is left to pay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Dec>,
    /// The last day on which it can be paid without being late.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_on: Option<Date>,
    /// For how many days it is late; 0 where it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days_overdue: Option<i64>,
}

/// A row of a statement of account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpectedRow {
    /// The day.
    pub on: Date,
    /// `invoice`, `credit_note`, `payment`, `write_off`, `refund` or `reversal`.
    pub what: String,
    /// The number of the document, or the key of the payment or refund.
    pub reference: String,
    /// By how much more is owed.
    pub amount: Dec,
    /// What is owed then.
    pub owed: Dec,
}

/// A line.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ExpectedLine {
    /// Plan and price: `scale.tokens`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<String>,
    /// What the customer reads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
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

/// What became of an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpectedEvent {
    /// Its id.
    pub id: String,
    /// How often it was said: 1 as it was sent, one more for each correction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub versions: Option<usize>,
    /// `counted`, `retracted`, `no_customer`, `no_subscription`, `no_price`, `not_measurable`, `in_quarantine`.
    pub verdict: String,
    /// What each metered price makes of it; those whose meter looks at other events are left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prices: Option<Vec<ExpectedMakes>>,
}

/// What a price makes of an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpectedMakes {
    /// Plan and price: `scale.tokens`.
    pub price: String,
    /// `billed`, `on_draft`, `not_yet_due`, `due`, `waits`, `changes_nothing`, `filtered_out`, `not_measurable`.
    pub makes: String,
    /// The number of the invoice on which it is billed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoice: Option<String>,
}

/// Usage that nobody pays for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpectedUnpaid {
    /// Who used.
    pub subject: String,
    /// The name of the events.
    pub event: String,
    /// `no_customer`, `no_meter` or `no_price`.
    pub why: String,
    /// How many events.
    pub events: u64,
    /// How much on each meter.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub quantities: BTreeMap<Key, Ratio>,
    /// The plan on which they are valued.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<Key>,
    /// What they would cost on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Dec>,
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
