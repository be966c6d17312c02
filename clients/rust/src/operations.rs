// Written from clients/openapi.json by `cargo run -p xtask -- codegen`. Do not edit.
//! Every operation of the API.

use crate::types;
use crate::{Call, Client, Pages, part};
use serde::Serialize;

/// What `list_alerts` can be asked.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ListAlertsQuery {
    /// `next` of the page before, with the same other parameters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<types::Place2>,
    /// Only those that watch this customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<types::Key>,
    /// Only from then on: a day (in UTC) or an instant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<types::When>,
    /// How many at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    /// By what it is sorted: the name of a field, with `-` before it for the greatest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort: Option<String>,
    /// Only before then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<types::When>,
    /// What the answer refers to and is told besides, in `expanded`: names with commas between them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expand: Option<Vec<String>>,
}

/// What `get_alert` can be asked.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct GetAlertQuery {
    /// What the answer refers to and is told besides, in `expanded`: names with commas between them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expand: Option<Vec<String>>,
}

/// What `list_crossings` can be asked.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ListCrossingsQuery {
    /// `next` of the page before, with the same other parameters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<types::Place2>,
    /// Only those of this customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<types::Key>,
    /// Only from then on: a day (in UTC) or an instant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<types::When>,
    /// How many at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    /// By what it is sorted: the name of a field, with `-` before it for the greatest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort: Option<String>,
    /// Only before then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<types::When>,
    /// What the answer refers to and is told besides, in `expanded`: names with commas between them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expand: Option<Vec<String>>,
}

/// What `list_approvals` can be asked.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ListApprovalsQuery {
    /// `next` of the page before, with the same other parameters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<types::Place2>,
    /// Only from then on: a day (in UTC) or an instant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<types::When>,
    /// How many at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    /// By what it is sorted: the name of a field, with `-` before it for the greatest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort: Option<String>,
    /// How far they are; all when it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<types::State3>,
    /// Only before then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<types::When>,
}

/// What `list_audit` can be asked.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ListAuditQuery {
    /// Only those that say that this was done: `customer.add`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// Only those of what was done by whoever has this id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// `next` of the page before, with the same other parameters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<types::Place2>,
    /// Only from then on: a day (in UTC) or an instant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<types::When>,
    /// Only those about this kind of thing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// How many at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    /// Only those about the thing of this key or id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// By what it is sorted: the name of a field, with `-` before it for the greatest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort: Option<String>,
    /// Only before then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<types::When>,
}

/// What `make_backup` can be asked.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct MakeBackupQuery {
    /// Its name; the time where it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// What `get_balances` can be asked.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct GetBalancesQuery {
    /// Entries that are true before this day (in UTC) or instant count; all up to now when it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<types::When>,
}

/// What `list_changesets` can be asked.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ListChangesetsQuery {
    /// `next` of the page before, with the same other parameters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<types::Place2>,
    /// Only from then on: a day (in UTC) or an instant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<types::When>,
    /// How many at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    /// By what it is sorted: the name of a field, with `-` before it for the greatest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort: Option<String>,
    /// Only those in this state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<types::State>,
    /// Only before then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<types::When>,
}

/// What `list_customers` can be asked.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ListCustomersQuery {
    /// `next` of the page before, with the same other parameters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<types::Place2>,
    /// Only those to whom this legal entity sells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entity: Option<types::Key>,
    /// How many at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    /// By what it is sorted: the name of a field, with `-` before it for the greatest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort: Option<String>,
    /// What the answer refers to and is told besides, in `expanded`: names with commas between them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expand: Option<Vec<String>>,
}

/// What `get_customer` can be asked.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct GetCustomerQuery {
    /// What the answer refers to and is told besides, in `expanded`: names with commas between them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expand: Option<Vec<String>>,
}

/// What `list_charges` can be asked.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ListChargesQuery {
    /// `next` of the page before, with the same other parameters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<types::Place2>,
    /// Only those that are due from then on: a day (where the customer is) or an instant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<types::When>,
    /// How many at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    /// By what it is sorted: the name of a field, with `-` before it for the greatest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort: Option<String>,
    /// Only those that stand so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<types::ChargeStanding>,
    /// Only those that are due before then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<types::When>,
    /// What the answer refers to and is told besides, in `expanded`: names with commas between them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expand: Option<Vec<String>>,
}

/// What `preview_invoice` can be asked.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct PreviewInvoiceQuery {
    /// How it is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#as: Option<types::Form>,
    /// Up to when what is due counts; the next due date when it is left out. A day is meant where the customer is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<types::When>,
}

/// What `get_receivables` can be asked.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct GetReceivablesQuery {
    /// The day, where the customer is; today when it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on: Option<types::Date>,
}

/// What `list_redemptions` can be asked.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ListRedemptionsQuery {
    /// `next` of the page before, with the same other parameters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<types::Place2>,
    /// Only those that were redeemed from then on: a day (where the customer is) or an instant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<types::When>,
    /// How many at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    /// By what it is sorted: the name of a field, with `-` before it for the greatest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort: Option<String>,
    /// Only those that stand so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<types::RedemptionStanding>,
    /// Only those that were redeemed before then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<types::When>,
    /// What the answer refers to and is told besides, in `expanded`: names with commas between them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expand: Option<Vec<String>>,
}

/// What `get_statement` can be asked.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct GetStatementQuery {
    /// The currency.
    pub currency: types::Currency,
    /// The seller; the customer's when it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entity: Option<types::Key>,
    /// The first day, where the customer is.
    pub from: types::Date,
    /// The day after the last one.
    pub to: types::Date,
}

/// What `get_usage_to_date` can be asked.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct GetUsageToDateQuery {
    /// What the answer refers to and is told besides, in `expanded`: names with commas between them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expand: Option<Vec<String>>,
}

/// What `list_discounts` can be asked.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ListDiscountsQuery {
    /// `next` of the page before, with the same other parameters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<types::Place2>,
    /// How many at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    /// By what it is sorted: the name of a field, with `-` before it for the greatest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort: Option<String>,
}

/// What `list_emails` can be asked.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ListEmailsQuery {
    /// `next` of the page before, with the same other parameters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<types::Place2>,
    /// Only from then on: a day (in UTC) or an instant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<types::When>,
    /// How many at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    /// Only those to this address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipient: Option<String>,
    /// By what it is sorted: the name of a field, with `-` before it for the greatest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort: Option<String>,
    /// Only those that stand so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<types::DeliveryState>,
    /// Only before then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<types::When>,
}

/// What `list_entities` can be asked.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ListEntitiesQuery {
    /// `next` of the page before, with the same other parameters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<types::Place2>,
    /// How many at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    /// By what it is sorted: the name of a field, with `-` before it for the greatest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort: Option<String>,
}

/// What `list_events` can be asked.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ListEventsQuery {
    /// `next` of the page before, with the same other parameters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<types::Place2>,
    /// Only from then on: a day (where the customer is, else in UTC) or an instant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<types::When>,
    /// How many at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    /// Only with this name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// By what it is sorted: the name of a field, with `-` before it for the greatest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort: Option<String>,
    /// Only of this subject.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Only before then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<types::When>,
    /// What the answer refers to and is told besides, in `expanded`: names with commas between them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expand: Option<Vec<String>>,
}

/// What `list_quarantine` can be asked.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ListQuarantineQuery {
    /// `next` of the page before, with the same other parameters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<types::Place2>,
    /// How many at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    /// By what it is sorted: the name of a field, with `-` before it for the greatest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort: Option<String>,
}

/// What `get_event` can be asked.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct GetEventQuery {
    /// What the answer refers to and is told besides, in `expanded`: names with commas between them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expand: Option<Vec<String>>,
}

/// What `list_identity_providers` can be asked.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ListIdentityProvidersQuery {
    /// `next` of the page before, with the same other parameters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<types::Place2>,
    /// Only from then on: a day (in UTC) or an instant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<types::When>,
    /// How many at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    /// By what it is sorted: the name of a field, with `-` before it for the greatest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort: Option<String>,
    /// Only those that stand so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<types::SignInStanding>,
    /// Only before then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<types::When>,
}

/// What `list_invoices` can be asked.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ListInvoicesQuery {
    /// `next` of the page before, with the same other parameters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<types::Place2>,
    /// Only those of this customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<types::Key>,
    /// Only those of this day, where the customer is, or a later one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<types::Date>,
    /// How many at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    /// By what it is sorted: the name of a field, with `-` before it for the greatest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort: Option<String>,
    /// Only drafts, only issued ones, or only void ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<types::Standing>,
    /// Only those of an earlier day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<types::Date>,
    /// What the answer refers to and is told besides, in `expanded`: names with commas between them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expand: Option<Vec<String>>,
}

/// What `get_invoice` can be asked.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct GetInvoiceQuery {
    /// What the answer refers to and is told besides, in `expanded`: names with commas between them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expand: Option<Vec<String>>,
}

/// What `explain_invoice` can be asked.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ExplainInvoiceQuery {
    /// How it is shown; as text when it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#as: Option<types::Form>,
}

/// What `list_jobs` can be asked.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ListJobsQuery {
    /// `next` of the page before, with the same other parameters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<types::Place2>,
    /// Only from then on: a day (in UTC) or an instant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<types::When>,
    /// Only those that do this: `billing_run`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// How many at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    /// By what it is sorted: the name of a field, with `-` before it for the greatest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort: Option<String>,
    /// Only those that stand so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<types::JobState>,
    /// Only before then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<types::When>,
}

/// What `list_journal` can be asked.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ListJournalQuery {
    /// Only those with a leg on this account: `receivable`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// `next` of the page before, with the same other parameters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<types::Place2>,
    /// Only those of this business event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    /// Only those that are true from then on: a day (in UTC) or an instant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<types::When>,
    /// How many at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    /// By what it is sorted: the name of a field, with `-` before it for the greatest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort: Option<String>,
    /// Only those that are true before then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<types::When>,
    /// What the answer refers to and is told besides, in `expanded`: names with commas between them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expand: Option<Vec<String>>,
}

/// What `list_payments` can be asked.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ListPaymentsQuery {
    /// `next` of the page before, with the same other parameters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<types::Place2>,
    /// Only those of this customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<types::Key>,
    /// Only those that were received at this time or later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<types::When>,
    /// How many at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    /// By what it is sorted: the name of a field, with `-` before it for the greatest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort: Option<String>,
    /// Only those that are there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<types::PaymentState>,
    /// Only those that were received before this time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<types::When>,
}

/// What `get_general_ledger` can be asked.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GetGeneralLedgerQuery {
    /// Which account.
    pub account: types::Account,
    /// What is true before it counts; all up to now when it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<types::When>,
    /// Only what was posted for this customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<types::Key>,
    /// What is true from this day (in UTC) or instant on is told; what is true before it makes the opening. All of it when it is
    /// left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<types::When>,
    /// What was written by then counts: the report as it was. Everything that is known when it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub known_at: Option<types::Instant>,
    /// Only what was posted for this subscription.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subscription: Option<types::Key>,
}

/// What `get_roll_forward` can be asked.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GetRollForwardQuery {
    /// Which account: `contract_liability` for deferred revenue.
    pub account: types::Account,
    /// What is true before it counts; all up to now when it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<types::When>,
    /// What is true from this day (in UTC) or instant on is told; what is true before it makes the opening. All of it when it is
    /// left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<types::When>,
    /// What was written by then counts: the report as it was. Everything that is known when it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub known_at: Option<types::Instant>,
}

/// What `get_trial_balance` can be asked.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct GetTrialBalanceQuery {
    /// What is true before it counts; all up to now when it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<types::When>,
    /// Names of dimensions that split the accounts, separated by commas: `customer`, `subscription`, `price`, `tax`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// What is true from this day (in UTC) or instant on is posted in the span; what is true before it makes the opening. All of
    /// it is the span when it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<types::When>,
    /// What was written by then counts: the report as it was. Everything that is known when it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub known_at: Option<types::Instant>,
}

/// What `list_schedules` can be asked.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ListSchedulesQuery {
    /// `next` of the page before, with the same other parameters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<types::Place2>,
    /// How many at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    /// By what it is sorted: the name of a field, with `-` before it for the greatest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort: Option<String>,
    /// Only those that come up, or only those that do not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<types::ScheduleState>,
}

/// What `list_settings` can be asked.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ListSettingsQuery {
    /// `next` of the page before, with the same other parameters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<types::Place2>,
    /// How many at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    /// By what it is sorted: the name of a field, with `-` before it for the greatest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort: Option<String>,
}

/// What `list_subscriptions` can be asked.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ListSubscriptionsQuery {
    /// `next` of the page before, with the same other parameters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<types::Place2>,
    /// Only those of this customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<types::Key>,
    /// Only those that started from then on: a day (where the customer is, else in UTC) or an instant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<types::When>,
    /// How many at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    /// By what it is sorted: the name of a field, with `-` before it for the greatest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort: Option<String>,
    /// Only those that stand so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<types::SubscriptionStanding>,
    /// Only those that started before then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<types::When>,
    /// What the answer refers to and is told besides, in `expanded`: names with commas between them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expand: Option<Vec<String>>,
}

/// What `get_subscription` can be asked.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct GetSubscriptionQuery {
    /// What the answer refers to and is told besides, in `expanded`: names with commas between them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expand: Option<Vec<String>>,
}

/// What `list_tenants` can be asked.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ListTenantsQuery {
    /// `next` of the page before, with the same other parameters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<types::Place2>,
    /// Only live ones, or only test environments.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<types::Environment>,
    /// How many at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    /// By what it is sorted: the name of a field, with `-` before it for the greatest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort: Option<String>,
}

/// What `list_tokens` can be asked.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ListTokensQuery {
    /// `next` of the page before, with the same other parameters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<types::Place2>,
    /// Only those of this customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<types::Key>,
    /// Only from then on: a day (in UTC) or an instant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<types::When>,
    /// How many at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    /// By what it is sorted: the name of a field, with `-` before it for the greatest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort: Option<String>,
    /// Only those that stand so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<types::TokenStanding>,
    /// Only before then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<types::When>,
    /// What the answer refers to and is told besides, in `expanded`: names with commas between them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expand: Option<Vec<String>>,
}

/// What `get_usage` can be asked.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct GetUsageQuery {
    /// As of which position of the events: what became known later is not counted. The newest when it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<i64>,
    /// Names of event properties that split the answer, separated by commas.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Whose usage; everybody's when it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<String>,
    /// A series: one answer for each part of the period in which something was used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub every: Option<types::Every2>,
    /// From when: a day (where the customer is, else in UTC) or an instant.
    pub from: types::When,
    /// On which meter of the newest pricing.
    pub meter: types::Key,
    /// Before when.
    pub to: types::When,
    /// Where the hours, days and months of a series are: the customer's zone when it is left out, else UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<types::Zone>,
    /// What the answer refers to and is told besides, in `expanded`: names with commas between them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expand: Option<Vec<String>>,
}

/// What `list_unpaid_usage` can be asked.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ListUnpaidUsageQuery {
    /// The plan on which to say what the usage would cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<types::Key>,
}

/// What `list_users` can be asked.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ListUsersQuery {
    /// `next` of the page before, with the same other parameters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<types::Place2>,
    /// Only from then on: a day (in UTC) or an instant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<types::When>,
    /// How many at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    /// By what it is sorted: the name of a field, with `-` before it for the greatest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort: Option<String>,
    /// Only those that stand so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<types::SignInStanding>,
    /// Only before then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<types::When>,
}

/// What `list_webhooks` can be asked.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ListWebhooksQuery {
    /// `next` of the page before, with the same other parameters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<types::Place2>,
    /// Only from then on: a day (in UTC) or an instant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<types::When>,
    /// How many at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    /// By what it is sorted: the name of a field, with `-` before it for the greatest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort: Option<String>,
    /// Only those that stand so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<types::EndpointStanding>,
    /// Only before then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<types::When>,
}

/// What `list_deliveries` can be asked.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ListDeliveriesQuery {
    /// `next` of the page before, with the same other parameters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<types::Place2>,
    /// Only from then on: a day (in UTC) or an instant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<types::When>,
    /// How many at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    /// Only those about this: `invoice/inv_…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// By what it is sorted: the name of a field, with `-` before it for the greatest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort: Option<String>,
    /// Only those that stand so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<types::DeliveryState>,
    /// Only before then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<types::When>,
    /// What the answer refers to and is told besides, in `expanded`: names with commas between them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expand: Option<Vec<String>>,
}

impl Client {
    /// Take back what was changed on a draft. Needs `invoices:write`.
    pub fn withdraw_adjustment(&self, key: &str) -> Call<'_, types::Adjustment> {
        Call::new(self, "POST", format!("/v1/adjustments/{}/withdraw", part(key))).keyed().tryable()
    }

    /// Alerts, the newest first. Needs `usage:read`.
    pub fn list_alerts(&self, query: &ListAlertsQuery) -> Call<'_, types::PageOfAlert> {
        Call::new(self, "GET", "/v1/alerts".to_owned()).query(query).repeats()
    }

    /// The same as a whole: pages are asked for as they are needed.
    pub fn list_alerts_all(&self, query: &ListAlertsQuery) -> Pages<'_, types::Alert> {
        let mut query = query.clone();
        Pages::new(move |after| {
            query.after = after.or_else(|| query.after.take());
            let page = self.list_alerts(&query).send()?.value;
            Ok((page.items, page.next))
        })
    }

    /// Add an alert; what it watches is looked at at once. Needs `usage:write`.
    pub fn add_alert(&self, body: &types::NewAlert) -> Call<'_, types::Alert> {
        Call::new(self, "POST", "/v1/alerts".to_owned()).json(body).tryable()
    }

    /// An alert. Needs `usage:read`.
    pub fn get_alert(&self, id: &str, query: &GetAlertQuery) -> Call<'_, types::Alert> {
        Call::new(self, "GET", format!("/v1/alerts/{}", part(id))).query(query).repeats()
    }

    /// When and by whom its limits were reached, the newest first. Needs `usage:read`.
    pub fn list_crossings(&self, id: &str, query: &ListCrossingsQuery) -> Call<'_, types::PageOfCrossing> {
        Call::new(self, "GET", format!("/v1/alerts/{}/crossings", part(id))).query(query).repeats()
    }

    /// The same as a whole: pages are asked for as they are needed.
    pub fn list_crossings_all(&self, id: &str, query: &ListCrossingsQuery) -> Pages<'_, types::Crossing> {
        let mut query = query.clone();
        let id = id.to_owned();
        Pages::new(move |after| {
            query.after = after.or_else(|| query.after.take());
            let page = self.list_crossings(&id, &query).send()?.value;
            Ok((page.items, page.next))
        })
    }

    /// Remove an alert. Needs `usage:write`.
    pub fn remove_alert(&self, id: &str) -> Call<'_, types::Alert> {
        Call::new(self, "POST", format!("/v1/alerts/{}/remove", part(id))).keyed().conditional().tryable()
    }

    /// What needs a second person. Needs `approvals:read`.
    pub fn get_approval_policy(&self) -> Call<'_, types::ApprovalPolicy> {
        Call::new(self, "GET", "/v1/approval-policy".to_owned()).repeats()
    }

    /// Let operations need one person again; this needs a second person itself. Needs `access:write`.
    pub fn release_approval(&self, body: &types::ApprovalPolicyChange) -> Call<'_, types::ApprovalPolicy> {
        Call::new(self, "POST", "/v1/approval-policy/release".to_owned()).json(body).keyed().tryable()
    }

    /// Let more operations need a second person, or let requests wait shorter. Needs `access:write`.
    pub fn require_approval(&self, body: &types::ApprovalPolicyChange) -> Call<'_, types::ApprovalPolicy> {
        Call::new(self, "POST", "/v1/approval-policy/require".to_owned()).json(body).keyed().tryable()
    }

    /// Requests that wait or waited, the newest first. Needs `approvals:read`.
    pub fn list_approvals(&self, query: &ListApprovalsQuery) -> Call<'_, types::PageOfApproval> {
        Call::new(self, "GET", "/v1/approvals".to_owned()).query(query).repeats()
    }

    /// The same as a whole: pages are asked for as they are needed.
    pub fn list_approvals_all(&self, query: &ListApprovalsQuery) -> Pages<'_, types::Approval> {
        let mut query = query.clone();
        Pages::new(move |after| {
            query.after = after.or_else(|| query.after.take());
            let page = self.list_approvals(&query).send()?.value;
            Ok((page.items, page.next))
        })
    }

    /// A request, with exactly what it asks. Needs `approvals:read`.
    pub fn get_approval(&self, id: &str) -> Call<'_, types::ApprovalDetail> {
        Call::new(self, "GET", format!("/v1/approvals/{}", part(id))).repeats()
    }

    /// Approve a request, which is then done. Needs `approvals:approve`.
    pub fn approve(&self, id: &str, body: &types::Decision2) -> Call<'_, types::Approval> {
        Call::new(self, "POST", format!("/v1/approvals/{}/approve", part(id))).json(body)
    }

    /// The answer to a request of one's own that has a secret in it; once. Needs `approvals:write`.
    pub fn collect_answer(&self, id: &str) -> Call<'_, types::Collected> {
        Call::new(self, "POST", format!("/v1/approvals/{}/collect", part(id)))
    }

    /// Reject a request. Needs `approvals:approve`.
    pub fn reject(&self, id: &str, body: &types::Decision2) -> Call<'_, types::Approval> {
        Call::new(self, "POST", format!("/v1/approvals/{}/reject", part(id))).json(body).keyed().tryable()
    }

    /// Take back a request of one's own. Needs `approvals:write`.
    pub fn withdraw(&self, id: &str, body: &types::Decision2) -> Call<'_, types::Approval> {
        Call::new(self, "POST", format!("/v1/approvals/{}/withdraw", part(id))).json(body).keyed().tryable()
    }

    /// The audit log, the oldest entry first. Needs `audit:read`.
    pub fn list_audit(&self, query: &ListAuditQuery) -> Call<'_, types::PageOfAuditEntry> {
        Call::new(self, "GET", "/v1/audit".to_owned()).query(query).repeats()
    }

    /// The same as a whole: pages are asked for as they are needed.
    pub fn list_audit_all(&self, query: &ListAuditQuery) -> Pages<'_, types::AuditEntry> {
        let mut query = query.clone();
        Pages::new(move |after| {
            query.after = after.or_else(|| query.after.take());
            let page = self.list_audit(&query).send()?.value;
            Ok((page.items, page.next))
        })
    }

    /// Make a backup; the answer comes when it is complete and on the disk. Needs `operations:write`.
    pub fn make_backup(&self, query: &MakeBackupQuery) -> Call<'_, types::BackupMade> {
        Call::new(self, "POST", "/v1/backups".to_owned()).query(query)
    }

    /// What stands on each account. Needs `books:read`.
    pub fn get_balances(&self, query: &GetBalancesQuery) -> Call<'_, types::BooksAt> {
        Call::new(self, "GET", "/v1/balances".to_owned()).query(query).repeats()
    }

    /// Run billing now: what is due less what has been billed. The server does it by itself, too. Needs `invoices:write`.
    pub fn bill(&self) -> Call<'_, types::BillRun> {
        Call::new(self, "POST", "/v1/bill".to_owned()).keyed().tryable()
    }

    /// Changesets, the newest first. Needs `changesets:read`.
    pub fn list_changesets(&self, query: &ListChangesetsQuery) -> Call<'_, types::PageOfChangeset> {
        Call::new(self, "GET", "/v1/changesets".to_owned()).query(query).repeats()
    }

    /// The same as a whole: pages are asked for as they are needed.
    pub fn list_changesets_all(&self, query: &ListChangesetsQuery) -> Pages<'_, types::Changeset> {
        let mut query = query.clone();
        Pages::new(move |after| {
            query.after = after.or_else(|| query.after.take());
            let page = self.list_changesets(&query).send()?.value;
            Ok((page.items, page.next))
        })
    }

    /// Open a changeset. Needs `changesets:write`.
    pub fn open_changeset(&self, body: &types::Because) -> Call<'_, types::Changeset> {
        Call::new(self, "POST", "/v1/changesets".to_owned()).json(body).keyed().tryable()
    }

    /// A changeset. Needs `changesets:read`.
    pub fn get_changeset(&self, id: &str) -> Call<'_, types::Changeset> {
        Call::new(self, "GET", format!("/v1/changesets/{}", part(id))).repeats()
    }

    /// Make all changes, or none. Needs `changesets:approve`.
    pub fn apply_changeset(&self, id: &str) -> Call<'_, types::Changeset> {
        Call::new(self, "POST", format!("/v1/changesets/{}/apply", part(id))).keyed().conditional().tryable()
    }

    /// Add changes; each that cannot be made is told. Needs `changesets:write`.
    pub fn add_changes(&self, id: &str, body: &[types::Change3]) -> Call<'_, types::AddedChanges> {
        Call::new(self, "POST", format!("/v1/changesets/{}/changes", part(id))).json(body).keyed().conditional().tryable()
    }

    /// What a changeset would change, in quantities and in money. Needs `changesets:read`.
    pub fn preview_changeset(&self, id: &str) -> Call<'_, types::ChangesetPreview> {
        Call::new(self, "GET", format!("/v1/changesets/{}/preview", part(id))).repeats()
    }

    /// Take all changes back, by as many others. Needs `changesets:approve`.
    pub fn revert_changeset(&self, id: &str, body: &types::Because) -> Call<'_, types::Changeset> {
        Call::new(self, "POST", format!("/v1/changesets/{}/revert", part(id))).json(body).keyed().conditional().tryable()
    }

    /// Close a changeset for changes. Needs `changesets:write`.
    pub fn seal_changeset(&self, id: &str) -> Call<'_, types::Changeset> {
        Call::new(self, "POST", format!("/v1/changesets/{}/seal", part(id))).keyed().conditional().tryable()
    }

    /// Take a charge back. Needs `invoices:write`.
    pub fn withdraw_charge(&self, key: &str) -> Call<'_, types::Charge> {
        Call::new(self, "POST", format!("/v1/charges/{}/withdraw", part(key))).keyed().conditional().tryable()
    }

    /// The time by which this tenant bills. Needs `invoices:read`.
    pub fn get_clock(&self) -> Call<'_, types::ClockState> {
        Call::new(self, "GET", "/v1/clock".to_owned()).repeats()
    }

    /// Set the time of a test environment forward, and bill everything that falls due on the way. Needs `invoices:write`.
    pub fn set_clock(&self, body: &types::Forward) -> Call<'_, types::BillRun> {
        Call::new(self, "POST", "/v1/clock".to_owned()).json(body).keyed().conditional().tryable()
    }

    /// All customers, by key. Needs `customers:read`.
    pub fn list_customers(&self, query: &ListCustomersQuery) -> Call<'_, types::PageOfCustomer> {
        Call::new(self, "GET", "/v1/customers".to_owned()).query(query).repeats()
    }

    /// The same as a whole: pages are asked for as they are needed.
    pub fn list_customers_all(&self, query: &ListCustomersQuery) -> Pages<'_, types::Customer> {
        let mut query = query.clone();
        Pages::new(move |after| {
            query.after = after.or_else(|| query.after.take());
            let page = self.list_customers(&query).send()?.value;
            Ok((page.items, page.next))
        })
    }

    /// Add a customer. Needs `customers:write`.
    pub fn add_customer(&self, body: &types::Customer) -> Call<'_, types::Customer> {
        Call::new(self, "POST", "/v1/customers".to_owned()).json(body).keyed().tryable()
    }

    /// A customer. Needs `customers:read`; a customer's token sees what is the customer's.
    pub fn get_customer(&self, key: &str, query: &GetCustomerQuery) -> Call<'_, types::Customer> {
        Call::new(self, "GET", format!("/v1/customers/{}", part(key))).query(query).repeats()
    }

    /// Say anew what is known of a customer. Needs `customers:write`.
    pub fn change_customer(&self, key: &str, body: &types::Customer) -> Call<'_, types::Customer> {
        Call::new(self, "POST", format!("/v1/customers/{}", part(key))).json(body).keyed().conditional().tryable()
    }

    /// What persons changed on the lines of a customer: edits of drafts, notes by hand, differences that were written off. Needs
    /// `invoices:read`.
    pub fn get_adjustments(&self, key: &str) -> Call<'_, types::Adjustments> {
        Call::new(self, "GET", format!("/v1/customers/{}/adjustments", part(key))).repeats()
    }

    /// What a customer owes and has to their credit, by seller and currency. Needs `invoices:read`; a customer's token sees what
    /// is the customer's.
    pub fn get_customer_balances(&self, key: &str) -> Call<'_, types::Balances> {
        Call::new(self, "GET", format!("/v1/customers/{}/balances", part(key))).repeats()
    }

    /// The charges of a customer. Needs `invoices:read`; a customer's token sees what is the customer's.
    pub fn list_charges(&self, key: &str, query: &ListChargesQuery) -> Call<'_, types::PageOfCharge> {
        Call::new(self, "GET", format!("/v1/customers/{}/charges", part(key))).query(query).repeats()
    }

    /// The same as a whole: pages are asked for as they are needed.
    pub fn list_charges_all(&self, key: &str, query: &ListChargesQuery) -> Pages<'_, types::Charge> {
        let mut query = query.clone();
        let key = key.to_owned();
        Pages::new(move |after| {
            query.after = after.or_else(|| query.after.take());
            let page = self.list_charges(&key, &query).send()?.value;
            Ok((page.items, page.next))
        })
    }

    /// Charge a customer once, now or ahead. Needs `invoices:write`.
    pub fn add_charge(&self, key: &str, body: &types::NewCharge) -> Call<'_, types::Charge> {
        Call::new(self, "POST", format!("/v1/customers/{}/charges", part(key))).json(body).keyed().tryable()
    }

    /// What lines that were billed are worth more or less by now: what waits for the next invoice, and what is held until
    /// somebody approves of it. Needs `invoices:read`.
    pub fn get_differences(&self, key: &str) -> Call<'_, types::Differences> {
        Call::new(self, "GET", format!("/v1/customers/{}/differences", part(key))).repeats()
    }

    /// Give differences up: they are written off, and never come again. Needs `invoices:approve`.
    pub fn give_up_differences(&self, key: &str, body: &types::GiveUp) -> Call<'_, types::WrittenOff> {
        Call::new(self, "POST", format!("/v1/customers/{}/differences/give_up", part(key))).json(body).keyed().tryable()
    }

    /// Approve of the differences of a customer that are held: they are billed now, on notes of their own. Needs
    /// `invoices:approve`.
    pub fn release_differences(&self, key: &str) -> Call<'_, types::Notes> {
        Call::new(self, "POST", format!("/v1/customers/{}/differences/release", part(key))).keyed().tryable()
    }

    /// The upcoming invoice with the usage so far, with the explanation of each line. Needs `customers:read`; a customer's token
    /// sees what is the customer's.
    pub fn preview_invoice(&self, key: &str, query: &PreviewInvoiceQuery) -> Call<'_, types::BillPlan> {
        Call::new(self, "GET", format!("/v1/customers/{}/preview", part(key))).query(query).repeats()
    }

    /// The invoices of a customer of which something is left to pay, and how late they are. Needs `invoices:read`; a customer's
    /// token sees what is the customer's.
    pub fn get_receivables(&self, key: &str, query: &GetReceivablesQuery) -> Call<'_, types::AllReceivables> {
        Call::new(self, "GET", format!("/v1/customers/{}/receivables", part(key))).query(query).repeats()
    }

    /// The discounts of a customer, those that ended too. Needs `subscriptions:read`; a customer's token sees what is the
    /// customer's.
    pub fn list_redemptions(&self, key: &str, query: &ListRedemptionsQuery) -> Call<'_, types::PageOfRedemption> {
        Call::new(self, "GET", format!("/v1/customers/{}/redemptions", part(key))).query(query).repeats()
    }

    /// The same as a whole: pages are asked for as they are needed.
    pub fn list_redemptions_all(&self, key: &str, query: &ListRedemptionsQuery) -> Pages<'_, types::Redemption> {
        let mut query = query.clone();
        let key = key.to_owned();
        Pages::new(move |after| {
            query.after = after.or_else(|| query.after.take());
            let page = self.list_redemptions(&key, &query).send()?.value;
            Ok((page.items, page.next))
        })
    }

    /// Redeem a discount for a customer, by its key or code. Needs `subscriptions:write`.
    pub fn redeem_discount(&self, key: &str, body: &types::NewRedemption) -> Call<'_, types::Redemption> {
        Call::new(self, "POST", format!("/v1/customers/{}/redemptions", part(key))).json(body).keyed().tryable()
    }

    /// What went back to a customer, the newest first. Needs `invoices:read`; a customer's token sees what is the customer's.
    pub fn list_refunds(&self, key: &str) -> Call<'_, types::Refunds> {
        Call::new(self, "GET", format!("/v1/customers/{}/refunds", part(key))).repeats()
    }

    /// Record money that goes back to a customer out of their balance; the same key again is the same refund. Needs
    /// `invoices:approve`.
    pub fn refund_customer(&self, key: &str, body: &types::NewRefund) -> Call<'_, types::CustomerRefund> {
        Call::new(self, "POST", format!("/v1/customers/{}/refunds", part(key))).json(body).keyed().tryable()
    }

    /// The statement of account of some days: what was owed, what happened, what is owed. Needs `invoices:read`; a customer's
    /// token sees what is the customer's.
    pub fn get_statement(&self, key: &str, query: &GetStatementQuery) -> Call<'_, types::Statement> {
        Call::new(self, "GET", format!("/v1/customers/{}/statement", part(key))).query(query).repeats()
    }

    /// How much a customer has used so far in each open billing period. Needs `customers:read`; a customer's token sees what is
    /// the customer's.
    pub fn get_usage_to_date(&self, key: &str, query: &GetUsageToDateQuery) -> Call<'_, types::ToDate> {
        Call::new(self, "GET", format!("/v1/customers/{}/usage", part(key))).query(query).repeats()
    }

    /// Every discount that is offered, by key. Needs `subscriptions:read`.
    pub fn list_discounts(&self, query: &ListDiscountsQuery) -> Call<'_, types::PageOfNamedDiscount> {
        Call::new(self, "GET", "/v1/discounts".to_owned()).query(query).repeats()
    }

    /// The same as a whole: pages are asked for as they are needed.
    pub fn list_discounts_all(&self, query: &ListDiscountsQuery) -> Pages<'_, types::NamedDiscount> {
        let mut query = query.clone();
        Pages::new(move |after| {
            query.after = after.or_else(|| query.after.take());
            let page = self.list_discounts(&query).send()?.value;
            Ok((page.items, page.next))
        })
    }

    /// A discount. Needs `subscriptions:read`.
    pub fn get_discount(&self, key: &str) -> Call<'_, types::NamedDiscount> {
        Call::new(self, "GET", format!("/v1/discounts/{}", part(key))).repeats()
    }

    /// Offer a discount, or say it anew. Needs `subscriptions:write`.
    pub fn set_discount(&self, key: &str, body: &types::Discount) -> Call<'_, types::NamedDiscount> {
        Call::new(self, "POST", format!("/v1/discounts/{}", part(key))).json(body).keyed().conditional().tryable()
    }

    /// E-mails, the newest first. Needs `operations:read`.
    pub fn list_emails(&self, query: &ListEmailsQuery) -> Call<'_, types::PageOfMailDelivery> {
        Call::new(self, "GET", "/v1/emails".to_owned()).query(query).repeats()
    }

    /// The same as a whole: pages are asked for as they are needed.
    pub fn list_emails_all(&self, query: &ListEmailsQuery) -> Pages<'_, types::MailDelivery> {
        let mut query = query.clone();
        Pages::new(move |after| {
            query.after = after.or_else(|| query.after.take());
            let page = self.list_emails(&query).send()?.value;
            Ok((page.items, page.next))
        })
    }

    /// An e-mail and what became of it. Needs `operations:read`.
    pub fn get_email(&self, id: &str) -> Call<'_, types::MailDelivery> {
        Call::new(self, "GET", format!("/v1/emails/{}", part(id))).repeats()
    }

    /// Send an e-mail again. Needs `operations:write`.
    pub fn replay_email(&self, id: &str) -> Call<'_, types::MailDelivery> {
        Call::new(self, "POST", format!("/v1/emails/{}/replay", part(id))).keyed().tryable()
    }

    /// Every legal entity, by key. Needs `books:read`.
    pub fn list_entities(&self, query: &ListEntitiesQuery) -> Call<'_, types::PageOfEntity> {
        Call::new(self, "GET", "/v1/entities".to_owned()).query(query).repeats()
    }

    /// The same as a whole: pages are asked for as they are needed.
    pub fn list_entities_all(&self, query: &ListEntitiesQuery) -> Pages<'_, types::Entity> {
        let mut query = query.clone();
        Pages::new(move |after| {
            query.after = after.or_else(|| query.after.take());
            let page = self.list_entities(&query).send()?.value;
            Ok((page.items, page.next))
        })
    }

    /// A legal entity. Needs `books:read`.
    pub fn get_entity(&self, key: &str) -> Call<'_, types::Entity> {
        Call::new(self, "GET", format!("/v1/entities/{}", part(key))).repeats()
    }

    /// Add a legal entity, or say it anew. Needs `books:write`.
    pub fn set_entity(&self, key: &str, body: &types::Entity) -> Call<'_, types::Entity> {
        Call::new(self, "POST", format!("/v1/entities/{}", part(key))).json(body).keyed().conditional().tryable()
    }

    /// Accepted events, by time. Needs `events:read`.
    pub fn list_events(&self, query: &ListEventsQuery) -> Call<'_, types::PageOfStoredEvent> {
        Call::new(self, "GET", "/v1/events".to_owned()).query(query).repeats()
    }

    /// The same as a whole: pages are asked for as they are needed.
    pub fn list_events_all(&self, query: &ListEventsQuery) -> Pages<'_, types::StoredEvent> {
        let mut query = query.clone();
        Pages::new(move |after| {
            query.after = after.or_else(|| query.after.take());
            let page = self.list_events(&query).send()?.value;
            Ok((page.items, page.next))
        })
    }

    /// Send one event, a list, or one on each line; each has an outcome of its own, and what was accepted is on the disk. Needs
    /// `events:write`.
    pub fn send_events(&self, body: &[types::Event]) -> Call<'_, types::Ingested> {
        Call::new(self, "POST", "/v1/events".to_owned()).json(body).repeats().tryable()
    }

    /// Events that are not valid, in the order in which they came. Needs `events:read`.
    pub fn list_quarantine(&self, query: &ListQuarantineQuery) -> Call<'_, types::PageOfQuarantined> {
        Call::new(self, "GET", "/v1/events/quarantine".to_owned()).query(query).repeats()
    }

    /// The same as a whole: pages are asked for as they are needed.
    pub fn list_quarantine_all(&self, query: &ListQuarantineQuery) -> Pages<'_, types::Quarantined> {
        let mut query = query.clone();
        Pages::new(move |after| {
            query.after = after.or_else(|| query.after.take());
            let page = self.list_quarantine(&query).send()?.value;
            Ok((page.items, page.next))
        })
    }

    /// What stands in quarantine, by reason, with examples. Needs `events:read`.
    pub fn list_quarantine_reasons(&self) -> Call<'_, types::Reasons> {
        Call::new(self, "GET", "/v1/events/quarantine/reasons".to_owned()).repeats()
    }

    /// Try events in quarantine again, once the cause is mended. Needs `events:write`.
    pub fn replay_quarantine(&self, body: &types::Again) -> Call<'_, types::Replayed> {
        Call::new(self, "POST", "/v1/events/quarantine/replay".to_owned()).json(body).keyed().tryable()
    }

    /// An accepted event. Needs `events:read`.
    pub fn get_event(&self, source: &str, id: &str, query: &GetEventQuery) -> Call<'_, types::StoredEvent> {
        Call::new(self, "GET", format!("/v1/events/{}/{}", part(source), part(id))).query(query).repeats()
    }

    /// Say what the event should have said. Needs `changesets:approve`.
    pub fn amend_event(&self, source: &str, id: &str, body: &types::Amendment) -> Call<'_, types::Changeset> {
        Call::new(self, "POST", format!("/v1/events/{}/{}/amend", part(source), part(id))).json(body).keyed().tryable()
    }

    /// What became of an event: which prices count it, on which line it is billed, or why on none. Needs `events:read`.
    pub fn explain_event(&self, source: &str, id: &str) -> Call<'_, types::EventReport> {
        Call::new(self, "GET", format!("/v1/events/{}/{}/explanation", part(source), part(id))).repeats()
    }

    /// Every version of an event. Needs `events:read`.
    pub fn get_event_history(&self, source: &str, id: &str) -> Call<'_, types::History> {
        Call::new(self, "GET", format!("/v1/events/{}/{}/history", part(source), part(id))).repeats()
    }

    /// Say that the event did not happen. Needs `changesets:approve`.
    pub fn retract_event(&self, source: &str, id: &str, body: &types::Because) -> Call<'_, types::Changeset> {
        Call::new(self, "POST", format!("/v1/events/{}/{}/retract", part(source), part(id))).json(body).keyed().tryable()
    }

    /// Ask for a file.
    pub fn ask_for_export(&self, body: &types::NewExport) -> Call<'_, types::ExportView> {
        Call::new(self, "POST", "/v1/exports".to_owned()).json(body).keyed().tryable()
    }

    /// An export: how far its job is, and its file.
    pub fn get_export(&self, id: &str) -> Call<'_, types::ExportView> {
        Call::new(self, "GET", format!("/v1/exports/{}", part(id))).repeats()
    }

    /// The file of an export; with `Range` a part of it.
    pub fn download_export(&self, id: &str) -> Call<'_, String> {
        Call::new(self, "GET", format!("/v1/exports/{}/file", part(id))).repeats()
    }

    /// Identity providers, without their secrets, the newest first. Needs `access:read`.
    pub fn list_identity_providers(&self, query: &ListIdentityProvidersQuery) -> Call<'_, types::PageOfIdentityProvider> {
        Call::new(self, "GET", "/v1/identity-providers".to_owned()).query(query).repeats()
    }

    /// The same as a whole: pages are asked for as they are needed.
    pub fn list_identity_providers_all(&self, query: &ListIdentityProvidersQuery) -> Pages<'_, types::IdentityProvider> {
        let mut query = query.clone();
        Pages::new(move |after| {
            query.after = after.or_else(|| query.after.take());
            let page = self.list_identity_providers(&query).send()?.value;
            Ok((page.items, page.next))
        })
    }

    /// Add an identity provider, by which people sign in. Needs `access:write`.
    pub fn add_identity_provider(&self, body: &types::NewIdentityProvider) -> Call<'_, types::IdentityProvider> {
        Call::new(self, "POST", "/v1/identity-providers".to_owned()).json(body).tryable()
    }

    /// Change an identity provider, or let nobody sign in by it. Needs `access:write`.
    pub fn change_identity_provider(&self, key: &str, body: &types::IdentityProviderChange) -> Call<'_, types::IdentityProvider> {
        Call::new(self, "POST", format!("/v1/identity-providers/{}", part(key))).json(body).tryable()
    }

    /// Remove an identity provider. Needs `access:write`.
    pub fn remove_identity_provider(&self, key: &str) -> Call<'_, types::IdentityProvider> {
        Call::new(self, "POST", format!("/v1/identity-providers/{}/remove", part(key))).keyed().tryable()
    }

    /// Invoices and credit notes, the newest first. Needs `invoices:read`; a customer's token sees what is the customer's.
    pub fn list_invoices(&self, query: &ListInvoicesQuery) -> Call<'_, types::PageOfInvoice> {
        Call::new(self, "GET", "/v1/invoices".to_owned()).query(query).repeats()
    }

    /// The same as a whole: pages are asked for as they are needed.
    pub fn list_invoices_all(&self, query: &ListInvoicesQuery) -> Pages<'_, types::Invoice> {
        let mut query = query.clone();
        Pages::new(move |after| {
            query.after = after.or_else(|| query.after.take());
            let page = self.list_invoices(&query).send()?.value;
            Ok((page.items, page.next))
        })
    }

    /// An invoice with the explanation of each line, as data. Needs `invoices:read`; a customer's token sees what is the
    /// customer's.
    pub fn get_invoice(&self, id: &str, query: &GetInvoiceQuery) -> Call<'_, types::Invoice> {
        Call::new(self, "GET", format!("/v1/invoices/{}", part(id))).query(query).repeats()
    }

    /// Let the customer's balance pay an invoice. Needs `invoices:write`.
    pub fn apply_balance(&self, id: &str, body: &types::Applying) -> Call<'_, types::Standing2> {
        Call::new(self, "POST", format!("/v1/invoices/{}/apply_balance", part(id))).json(body).keyed().tryable()
    }

    /// Give back a part of an issued invoice, or all of it, on a credit note. Needs `invoices:approve`.
    pub fn credit_invoice(&self, id: &str, body: &types::NewCreditNote) -> Call<'_, types::Invoice> {
        Call::new(self, "POST", format!("/v1/invoices/{}/credit", part(id))).json(body).keyed().tryable()
    }

    /// Charge more for an issued invoice, on a debit note. Needs `invoices:approve`.
    pub fn debit_invoice(&self, id: &str, body: &types::NewDebitNote) -> Call<'_, types::Invoice> {
        Call::new(self, "POST", format!("/v1/invoices/{}/debit", part(id))).json(body).keyed().tryable()
    }

    /// Edit a draft: another amount or text of a line, a line left out or added. What is changed stays when the draft is computed
    /// anew. Needs `invoices:write`.
    pub fn edit_invoice(&self, id: &str, body: &types::DraftEdit) -> Call<'_, types::Invoice> {
        Call::new(self, "POST", format!("/v1/invoices/{}/edit", part(id))).json(body).keyed().conditional().tryable()
    }

    /// Why each line of an invoice is what it is, for people. Needs `invoices:read`; a customer's token sees what is the
    /// customer's.
    pub fn explain_invoice(&self, id: &str, query: &ExplainInvoiceQuery) -> Call<'_, types::Invoice> {
        Call::new(self, "GET", format!("/v1/invoices/{}/explanation", part(id))).query(query).repeats()
    }

    /// Make a claim of a draft, with what is due of it by now: it gets its number, and its amounts never change again. Needs
    /// `invoices:approve`.
    pub fn issue_invoice(&self, id: &str) -> Call<'_, types::Invoice> {
        Call::new(self, "POST", format!("/v1/invoices/{}/issue", part(id))).keyed().conditional().tryable()
    }

    /// How far an invoice is paid, and by what. Needs `invoices:read`; a customer's token sees what is the customer's.
    pub fn get_settlement(&self, id: &str) -> Call<'_, types::Standing2> {
        Call::new(self, "GET", format!("/v1/invoices/{}/settlement", part(id))).repeats()
    }

    /// Take an issued document back: its lines are billed again or given up, and its number stays used. Needs `invoices:approve`.
    pub fn void_invoice(&self, id: &str, body: &types::NewVoid) -> Call<'_, types::Invoice> {
        Call::new(self, "POST", format!("/v1/invoices/{}/void", part(id))).json(body).keyed().conditional().tryable()
    }

    /// Give up what is left to pay of an invoice, or some of it. Needs `invoices:approve`.
    pub fn write_off_invoice(&self, id: &str, body: &types::WritingOff) -> Call<'_, types::PaymentView> {
        Call::new(self, "POST", format!("/v1/invoices/{}/write_off", part(id))).json(body).keyed().tryable()
    }

    /// Jobs, the newest first. Needs `invoices:read`.
    pub fn list_jobs(&self, query: &ListJobsQuery) -> Call<'_, types::PageOfJobView> {
        Call::new(self, "GET", "/v1/jobs".to_owned()).query(query).repeats()
    }

    /// The same as a whole: pages are asked for as they are needed.
    pub fn list_jobs_all(&self, query: &ListJobsQuery) -> Pages<'_, types::JobView> {
        let mut query = query.clone();
        Pages::new(move |after| {
            query.after = after.or_else(|| query.after.take());
            let page = self.list_jobs(&query).send()?.value;
            Ok((page.items, page.next))
        })
    }

    /// Ask for a job. Needs `invoices:write`.
    pub fn ask_for_job(&self, body: &types::NewJob) -> Call<'_, types::JobView> {
        Call::new(self, "POST", "/v1/jobs".to_owned()).json(body).keyed().tryable()
    }

    /// A job: where it stands and how far it has come. Needs `invoices:read`.
    pub fn get_job(&self, id: &str) -> Call<'_, types::JobView> {
        Call::new(self, "GET", format!("/v1/jobs/{}", part(id))).repeats()
    }

    /// Ask a job to stop; what is done stays done. Needs `invoices:write`.
    pub fn cancel_job(&self, id: &str) -> Call<'_, types::JobView> {
        Call::new(self, "POST", format!("/v1/jobs/{}/cancel", part(id))).keyed().tryable()
    }

    /// The journal, in the order in which it was written. Needs `books:read`.
    pub fn list_journal(&self, query: &ListJournalQuery) -> Call<'_, types::PageOfJournalEntry> {
        Call::new(self, "GET", "/v1/journal".to_owned()).query(query).repeats()
    }

    /// The same as a whole: pages are asked for as they are needed.
    pub fn list_journal_all(&self, query: &ListJournalQuery) -> Pages<'_, types::JournalEntry> {
        let mut query = query.clone();
        Pages::new(move |after| {
            query.after = after.or_else(|| query.after.take());
            let page = self.list_journal(&query).send()?.value;
            Ok((page.items, page.next))
        })
    }

    /// Make an API key. Needs `access:write`.
    pub fn create_key(&self, body: &types::NewToken) -> Call<'_, types::IssuedToken> {
        Call::new(self, "POST", "/v1/keys".to_owned()).json(body).tryable()
    }

    /// Give an API key another secret. Needs `access:write`.
    pub fn rotate_key(&self, id: &str, body: &types::Rotation) -> Call<'_, types::IssuedToken> {
        Call::new(self, "POST", format!("/v1/keys/{}/rotate", part(id))).json(body).conditional().tryable()
    }

    /// Payments, credit notes and write-offs, the last received first. Needs `invoices:read`; a customer's token sees what is the
    /// customer's.
    pub fn list_payments(&self, query: &ListPaymentsQuery) -> Call<'_, types::PageOfPaymentView> {
        Call::new(self, "GET", "/v1/payments".to_owned()).query(query).repeats()
    }

    /// The same as a whole: pages are asked for as they are needed.
    pub fn list_payments_all(&self, query: &ListPaymentsQuery) -> Pages<'_, types::PaymentView> {
        let mut query = query.clone();
        Pages::new(move |after| {
            query.after = after.or_else(|| query.after.take());
            let page = self.list_payments(&query).send()?.value;
            Ok((page.items, page.next))
        })
    }

    /// Record a payment that came; the same key again is the same payment. Needs `invoices:write`.
    pub fn record_payment(&self, body: &types::NewPayment) -> Call<'_, types::PaymentView> {
        Call::new(self, "POST", "/v1/payments".to_owned()).json(body).keyed().tryable()
    }

    /// A payment, what it pays and what was done with it. Needs `invoices:read`.
    pub fn get_payment(&self, key: &str) -> Call<'_, types::PaymentView> {
        Call::new(self, "GET", format!("/v1/payments/{}", part(key))).repeats()
    }

    /// Let what is in the balance of a payment pay invoices. Needs `invoices:write`.
    pub fn allocate_payment(&self, key: &str, body: &types::Allocation) -> Call<'_, types::PaymentView> {
        Call::new(self, "POST", format!("/v1/payments/{}/allocate", part(key))).json(body).keyed().conditional().tryable()
    }

    /// A payment did not come or went away again, or a write-off is taken back: what it paid is open again. Needs
    /// `invoices:approve`.
    pub fn reverse_payment(&self, key: &str, body: &types::Reversal) -> Call<'_, types::PaymentView> {
        Call::new(self, "POST", format!("/v1/payments/{}/reverse", part(key))).json(body).keyed().conditional().tryable()
    }

    /// Take a payment off an invoice, or off all that it pays; it is in the balance then. Needs `invoices:write`.
    pub fn unallocate_payment(&self, key: &str, body: &types::Unallocation) -> Call<'_, types::PaymentView> {
        Call::new(self, "POST", format!("/v1/payments/{}/unallocate", part(key))).json(body).keyed().conditional().tryable()
    }

    /// Make a token with which one customer sees what is theirs, and nothing else. Needs `access:write`.
    pub fn create_portal_token(&self, body: &types::PortalToken) -> Call<'_, types::IssuedToken> {
        Call::new(self, "POST", "/v1/portal-tokens".to_owned()).json(body).tryable()
    }

    /// The newest version of the pricing. Needs `pricing:read`.
    pub fn get_pricing(&self) -> Call<'_, types::Offer> {
        Call::new(self, "GET", "/v1/pricing".to_owned()).repeats()
    }

    /// Record a pricing file as the new version in force. Needs `pricing:approve`.
    pub fn apply_pricing(&self, yaml: &str) -> Call<'_, types::Applied> {
        Call::new(self, "POST", "/v1/pricing".to_owned()).text("application/yaml", yaml).keyed().conditional().tryable()
    }

    /// What a pricing file would change; nothing is recorded. Needs `pricing:read`.
    pub fn plan_pricing(&self, yaml: &str) -> Call<'_, types::Planned> {
        Call::new(self, "POST", "/v1/pricing/plan".to_owned()).text("application/yaml", yaml)
    }

    /// The JSON Schema of pricing files, for editors. Needs `pricing:read`.
    pub fn get_pricing_schema(&self) -> Call<'_, serde_json::Value> {
        Call::new(self, "GET", "/v1/pricing/schema".to_owned()).repeats()
    }

    /// Take a discount away from a customer. Needs `subscriptions:write`.
    pub fn end_redemption(&self, key: &str, body: &types::End) -> Call<'_, types::Redemption> {
        Call::new(self, "POST", format!("/v1/redemptions/{}/end", part(key))).json(body).keyed().conditional().tryable()
    }

    /// What was posted to an account in a span, line by line, with what stands on it after each. Needs `books:read`.
    pub fn get_general_ledger(&self, query: &GetGeneralLedgerQuery) -> Call<'_, types::GeneralLedger> {
        Call::new(self, "GET", "/v1/reports/general-ledger".to_owned()).query(query).repeats()
    }

    /// How an account came from its opening to its closing balance, by kinds of events. Needs `books:read`.
    pub fn get_roll_forward(&self, query: &GetRollForwardQuery) -> Call<'_, types::RollForward> {
        Call::new(self, "GET", "/v1/reports/roll-forward".to_owned()).query(query).repeats()
    }

    /// What stood on each account at the beginning of a span, what was posted, and what stands there at its end. Needs
    /// `books:read`.
    pub fn get_trial_balance(&self, query: &GetTrialBalanceQuery) -> Call<'_, types::TrialBalance> {
        Call::new(self, "GET", "/v1/reports/trial-balance".to_owned()).query(query).repeats()
    }

    /// Schedules, by id. Needs `invoices:read`.
    pub fn list_schedules(&self, query: &ListSchedulesQuery) -> Call<'_, types::PageOfSchedule> {
        Call::new(self, "GET", "/v1/schedules".to_owned()).query(query).repeats()
    }

    /// The same as a whole: pages are asked for as they are needed.
    pub fn list_schedules_all(&self, query: &ListSchedulesQuery) -> Pages<'_, types::Schedule> {
        let mut query = query.clone();
        Pages::new(move |after| {
            query.after = after.or_else(|| query.after.take());
            let page = self.list_schedules(&query).send()?.value;
            Ok((page.items, page.next))
        })
    }

    /// Add a schedule. Needs `invoices:write`.
    pub fn add_schedule(&self, body: &types::NewSchedule) -> Call<'_, types::Schedule> {
        Call::new(self, "POST", "/v1/schedules".to_owned()).json(body).keyed().tryable()
    }

    /// A schedule and when it comes up next. Needs `invoices:read`.
    pub fn get_schedule(&self, id: &str) -> Call<'_, types::Schedule> {
        Call::new(self, "GET", format!("/v1/schedules/{}", part(id))).repeats()
    }

    /// Let a schedule not come up any more. Needs `invoices:write`.
    pub fn pause_schedule(&self, id: &str) -> Call<'_, types::Schedule> {
        Call::new(self, "POST", format!("/v1/schedules/{}/pause", part(id))).keyed().tryable()
    }

    /// Remove a schedule; its jobs stay. Needs `invoices:write`.
    pub fn remove_schedule(&self, id: &str) -> Call<'_, types::Schedule> {
        Call::new(self, "POST", format!("/v1/schedules/{}/remove", part(id))).keyed().tryable()
    }

    /// Let a schedule come up again. Needs `invoices:write`.
    pub fn resume_schedule(&self, id: &str) -> Call<'_, types::Schedule> {
        Call::new(self, "POST", format!("/v1/schedules/{}/resume", part(id))).keyed().tryable()
    }

    /// Sign in with an e-mail address and a password.
    pub fn sign_in(&self, body: &types::SignIn) -> Call<'_, types::IssuedToken> {
        Call::new(self, "POST", "/v1/sessions".to_owned()).json(body)
    }

    /// The settings that are in force. Needs `invoices:read`.
    pub fn get_settings(&self) -> Call<'_, types::SettingsVersion> {
        Call::new(self, "GET", "/v1/settings".to_owned()).repeats()
    }

    /// Record settings that are in force from now on, or later. Needs `invoices:approve`.
    pub fn set_settings(&self, body: &types::NewSettings) -> Call<'_, types::SettingsVersion> {
        Call::new(self, "POST", "/v1/settings".to_owned()).json(body).keyed().tryable()
    }

    /// Every version of the settings, the newest first; also those that are in force later. Needs `invoices:read`.
    pub fn list_settings(&self, query: &ListSettingsQuery) -> Call<'_, types::PageOfSettingsVersion> {
        Call::new(self, "GET", "/v1/settings/versions".to_owned()).query(query).repeats()
    }

    /// The same as a whole: pages are asked for as they are needed.
    pub fn list_settings_all(&self, query: &ListSettingsQuery) -> Pages<'_, types::SettingsVersion> {
        let mut query = query.clone();
        Pages::new(move |after| {
            query.after = after.or_else(|| query.after.take());
            let page = self.list_settings(&query).send()?.value;
            Ok((page.items, page.next))
        })
    }

    /// Begin to sign in by an identity provider.
    pub fn begin_sign_in(&self, body: &types::BeginSignIn) -> Call<'_, types::SignInBegun> {
        Call::new(self, "POST", "/v1/sign-in".to_owned()).json(body)
    }

    /// Sign in with what the identity provider sent back.
    pub fn finish_sign_in(&self, body: &types::FinishSignIn) -> Call<'_, types::IssuedToken> {
        Call::new(self, "POST", "/v1/sign-in/finish".to_owned()).json(body)
    }

    /// Subscriptions, the latest started first. Needs `subscriptions:read`; a customer's token sees what is the customer's.
    pub fn list_subscriptions(&self, query: &ListSubscriptionsQuery) -> Call<'_, types::PageOfSubscription> {
        Call::new(self, "GET", "/v1/subscriptions".to_owned()).query(query).repeats()
    }

    /// The same as a whole: pages are asked for as they are needed.
    pub fn list_subscriptions_all(&self, query: &ListSubscriptionsQuery) -> Pages<'_, types::Subscription> {
        let mut query = query.clone();
        Pages::new(move |after| {
            query.after = after.or_else(|| query.after.take());
            let page = self.list_subscriptions(&query).send()?.value;
            Ok((page.items, page.next))
        })
    }

    /// Subscribe a customer to a plan, now, ahead or in the past. Needs `subscriptions:write`.
    pub fn subscribe(&self, body: &types::NewSubscription) -> Call<'_, types::Subscription> {
        Call::new(self, "POST", "/v1/subscriptions".to_owned()).json(body).keyed().tryable()
    }

    /// A subscription with all its changes. Needs `subscriptions:read`; a customer's token sees what is the customer's.
    pub fn get_subscription(&self, key: &str, query: &GetSubscriptionQuery) -> Call<'_, types::Subscription> {
        Call::new(self, "GET", format!("/v1/subscriptions/{}", part(key))).query(query).repeats()
    }

    /// Change plan, quantities or prices, now, ahead or in the past. Needs `subscriptions:write`.
    pub fn change_subscription(&self, key: &str, body: &types::NewChange) -> Call<'_, types::Subscription> {
        Call::new(self, "POST", format!("/v1/subscriptions/{}/changes", part(key))).json(body).keyed().conditional().tryable()
    }

    /// Begin cycles on another day. Needs `subscriptions:write`.
    pub fn count_subscription(&self, key: &str, body: &types::Counting) -> Call<'_, types::Subscription> {
        Call::new(self, "POST", format!("/v1/subscriptions/{}/cycles", part(key))).json(body).keyed().conditional().tryable()
    }

    /// End a subscription. Needs `subscriptions:write`.
    pub fn end_subscription(&self, key: &str, body: &types::Closing) -> Call<'_, types::Subscription> {
        Call::new(self, "POST", format!("/v1/subscriptions/{}/end", part(key))).json(body).keyed().conditional().tryable()
    }

    /// Serve nothing until the subscription is resumed. Needs `subscriptions:write`.
    pub fn pause_subscription(&self, key: &str, body: &types::Closing) -> Call<'_, types::Subscription> {
        Call::new(self, "POST", format!("/v1/subscriptions/{}/pause", part(key))).json(body).keyed().conditional().tryable()
    }

    /// Serve a subscription again that had ended. Needs `subscriptions:write`.
    pub fn reactivate_subscription(&self, key: &str, body: &types::Opening) -> Call<'_, types::Subscription> {
        Call::new(self, "POST", format!("/v1/subscriptions/{}/reactivate", part(key))).json(body).keyed().conditional().tryable()
    }

    /// Agree on the term that follows the one under way. Needs `subscriptions:write`.
    pub fn renew_subscription(&self, key: &str, body: &types::Term) -> Call<'_, types::Subscription> {
        Call::new(self, "POST", format!("/v1/subscriptions/{}/renew", part(key))).json(body).keyed().conditional().tryable()
    }

    /// End a pause. Needs `subscriptions:write`.
    pub fn resume_subscription(&self, key: &str, body: &types::Opening) -> Call<'_, types::Subscription> {
        Call::new(self, "POST", format!("/v1/subscriptions/{}/resume", part(key))).json(body).keyed().conditional().tryable()
    }

    /// Hand a subscription over to another customer, on the same terms. Needs `subscriptions:write`.
    pub fn transfer_subscription(&self, key: &str, body: &types::NewTransfer) -> Call<'_, types::Subscription> {
        Call::new(self, "POST", format!("/v1/subscriptions/{}/transfer", part(key))).json(body).keyed().conditional().tryable()
    }

    /// Take back a change, such as an end that lies ahead. Needs `subscriptions:write`.
    pub fn withdraw_subscription_change(&self, key: &str, body: &types::Withdrawal) -> Call<'_, types::Subscription> {
        Call::new(self, "POST", format!("/v1/subscriptions/{}/withdraw", part(key))).json(body).keyed().conditional().tryable()
    }

    /// Every tenant, by key. Needs `tenants:read`.
    pub fn list_tenants(&self, query: &ListTenantsQuery) -> Call<'_, types::PageOfTenant> {
        Call::new(self, "GET", "/v1/tenants".to_owned()).query(query).repeats()
    }

    /// The same as a whole: pages are asked for as they are needed.
    pub fn list_tenants_all(&self, query: &ListTenantsQuery) -> Pages<'_, types::Tenant> {
        let mut query = query.clone();
        Pages::new(move |after| {
            query.after = after.or_else(|| query.after.take());
            let page = self.list_tenants(&query).send()?.value;
            Ok((page.items, page.next))
        })
    }

    /// Add a tenant; answers with its first key. Needs `tenants:write`.
    pub fn add_tenant(&self, body: &types::NewTenant) -> Call<'_, types::Added> {
        Call::new(self, "POST", "/v1/tenants".to_owned()).json(body).tryable()
    }

    /// Copy a tenant into a new test environment; answers with the copy's first key. Needs `tenants:write`.
    pub fn fork_tenant(&self, key: &str, body: &types::NewTenant) -> Call<'_, types::Added> {
        Call::new(self, "POST", format!("/v1/tenants/{}/fork", part(key))).json(body).tryable()
    }

    /// Every token, without its secret, the newest first. Needs `access:read`.
    pub fn list_tokens(&self, query: &ListTokensQuery) -> Call<'_, types::PageOfToken> {
        Call::new(self, "GET", "/v1/tokens".to_owned()).query(query).repeats()
    }

    /// The same as a whole: pages are asked for as they are needed.
    pub fn list_tokens_all(&self, query: &ListTokensQuery) -> Pages<'_, types::Token> {
        let mut query = query.clone();
        Pages::new(move |after| {
            query.after = after.or_else(|| query.after.take());
            let page = self.list_tokens(&query).send()?.value;
            Ok((page.items, page.next))
        })
    }

    /// End a token at once. Needs `access:write`.
    pub fn revoke_token(&self, id: &str) -> Call<'_, types::Token> {
        Call::new(self, "POST", format!("/v1/tokens/{}/revoke", part(id))).keyed().conditional().tryable()
    }

    /// How much was used on a meter, exact at any two instants. Needs `usage:read`; a customer's token sees what is the
    /// customer's.
    pub fn get_usage(&self, query: &GetUsageQuery) -> Call<'_, types::Answer> {
        Call::new(self, "GET", "/v1/usage".to_owned()).query(query).repeats()
    }

    /// Usage of subjects that are no customers: nobody pays for it. Needs `usage:read`.
    pub fn list_unmatched_usage(&self) -> Call<'_, types::Unmatched> {
        Call::new(self, "GET", "/v1/usage/unmatched".to_owned()).repeats()
    }

    /// Usage that matches no customer, no meter or no price, in quantity, and in money where a price is known. Needs
    /// `usage:read`.
    pub fn list_unpaid_usage(&self, query: &ListUnpaidUsageQuery) -> Call<'_, types::Unpaid> {
        Call::new(self, "GET", "/v1/usage/unpaid".to_owned()).query(query).repeats()
    }

    /// Users, the newest first. Needs `access:read`.
    pub fn list_users(&self, query: &ListUsersQuery) -> Call<'_, types::PageOfUser> {
        Call::new(self, "GET", "/v1/users".to_owned()).query(query).repeats()
    }

    /// The same as a whole: pages are asked for as they are needed.
    pub fn list_users_all(&self, query: &ListUsersQuery) -> Pages<'_, types::User> {
        let mut query = query.clone();
        Pages::new(move |after| {
            query.after = after.or_else(|| query.after.take());
            let page = self.list_users(&query).send()?.value;
            Ok((page.items, page.next))
        })
    }

    /// Add a user. Needs `access:write`.
    pub fn add_user(&self, body: &types::NewUser) -> Call<'_, types::User> {
        Call::new(self, "POST", "/v1/users".to_owned()).json(body).tryable()
    }

    /// Change a user; disabling one ends their sessions. Needs `access:write`.
    pub fn change_user(&self, email: &str, body: &types::UserChange) -> Call<'_, types::User> {
        Call::new(self, "POST", format!("/v1/users/{}", part(email))).json(body).conditional().tryable()
    }

    /// Endpoints, the newest first. Needs `operations:read`.
    pub fn list_webhooks(&self, query: &ListWebhooksQuery) -> Call<'_, types::PageOfEndpoint> {
        Call::new(self, "GET", "/v1/webhooks".to_owned()).query(query).repeats()
    }

    /// The same as a whole: pages are asked for as they are needed.
    pub fn list_webhooks_all(&self, query: &ListWebhooksQuery) -> Pages<'_, types::Endpoint> {
        let mut query = query.clone();
        Pages::new(move |after| {
            query.after = after.or_else(|| query.after.take());
            let page = self.list_webhooks(&query).send()?.value;
            Ok((page.items, page.next))
        })
    }

    /// Add an endpoint; answers with its secret. Needs `operations:write`.
    pub fn add_webhook(&self, body: &types::NewEndpoint) -> Call<'_, types::IssuedEndpoint> {
        Call::new(self, "POST", "/v1/webhooks".to_owned()).json(body).tryable()
    }

    /// An endpoint. Needs `operations:read`.
    pub fn get_webhook(&self, id: &str) -> Call<'_, types::Endpoint> {
        Call::new(self, "GET", format!("/v1/webhooks/{}", part(id))).repeats()
    }

    /// Change, pause or open an endpoint. Needs `operations:write`.
    pub fn change_webhook(&self, id: &str, body: &types::EndpointChange) -> Call<'_, types::Endpoint> {
        Call::new(self, "POST", format!("/v1/webhooks/{}", part(id))).json(body).keyed().conditional().tryable()
    }

    /// What was sent to an endpoint and what it answered, the newest first. Needs `operations:read`.
    pub fn list_deliveries(&self, id: &str, query: &ListDeliveriesQuery) -> Call<'_, types::PageOfWebhookDelivery> {
        Call::new(self, "GET", format!("/v1/webhooks/{}/deliveries", part(id))).query(query).repeats()
    }

    /// The same as a whole: pages are asked for as they are needed.
    pub fn list_deliveries_all(&self, id: &str, query: &ListDeliveriesQuery) -> Pages<'_, types::WebhookDelivery> {
        let mut query = query.clone();
        let id = id.to_owned();
        Pages::new(move |after| {
            query.after = after.or_else(|| query.after.take());
            let page = self.list_deliveries(&id, &query).send()?.value;
            Ok((page.items, page.next))
        })
    }

    /// Send a delivery again. Needs `operations:write`.
    pub fn replay_delivery(&self, id: &str, delivery: &str) -> Call<'_, types::Replayed2> {
        Call::new(self, "POST", format!("/v1/webhooks/{}/deliveries/{}/replay", part(id), part(delivery))).keyed().tryable()
    }

    /// Remove an endpoint. Needs `operations:write`.
    pub fn remove_webhook(&self, id: &str) -> Call<'_, types::Endpoint> {
        Call::new(self, "POST", format!("/v1/webhooks/{}/remove", part(id))).keyed().conditional().tryable()
    }

    /// Give an endpoint another secret. Needs `operations:write`.
    pub fn rotate_webhook(&self, id: &str) -> Call<'_, types::IssuedEndpoint> {
        Call::new(self, "POST", format!("/v1/webhooks/{}/rotate", part(id))).conditional().tryable()
    }

    /// Who the token is, and what it may do.
    pub fn who_am_i(&self) -> Call<'_, types::Who> {
        Call::new(self, "GET", "/v1/whoami".to_owned()).repeats()
    }
}
