// Written from clients/openapi.json by `cargo run -p xtask -- codegen`. Do not edit.
//! The types of the API. Exact numbers, times and ids are text.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The role of an account in the books; a tenant maps roles to the codes of its own chart of accounts (\[`crate::Chart`\]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Account {
    /// Money in the bank.
    #[serde(rename = "cash")]
    Cash,
    /// Money that a payment provider holds for us.
    #[serde(rename = "clearing")]
    Clearing,
    /// Billed and unpaid.
    #[serde(rename = "receivable")]
    Receivable,
    /// What is billed and not expected to be paid; it lessens the receivables.
    #[serde(rename = "receivable_allowance")]
    ReceivableAllowance,
    /// Earned and not yet billed, where only time must pass before it can be.
    #[serde(rename = "unbilled")]
    Unbilled,
    /// Earned and not yet billed, where something else than time must happen first. ASC 606-10-45-3.
    #[serde(rename = "contract_asset")]
    ContractAsset,
    /// Goods that are expected back.
    #[serde(rename = "return_asset")]
    ReturnAsset,
    /// Costs of winning a contract that are spread over its benefit. ASC 340-40.
    #[serde(rename = "cost_asset")]
    CostAsset,
    /// Taken back by a card network and contested.
    #[serde(rename = "dispute_receivable")]
    DisputeReceivable,
    /// Tax that a customer kept back and paid to its state for us.
    #[serde(rename = "withholding_receivable")]
    WithholdingReceivable,
    /// Owed to this legal entity by another one of the group.
    #[serde(rename = "due_from_entity")]
    DueFromEntity,
    /// Billed or received before it was earned (negative while more was earned than billed). ASC 606-10-45-2.
    #[serde(rename = "contract_liability")]
    ContractLiability,
    /// Billed or received and expected to go back to the customer. ASC 606-10-32-10.
    #[serde(rename = "refund_liability")]
    RefundLiability,
    /// Received before there is a contract. ASC 606-10-25-7.
    #[serde(rename = "deposit")]
    Deposit,
    /// Received, and nobody knows yet for what.
    #[serde(rename = "unapplied")]
    Unapplied,
    /// A customer's paid balance.
    #[serde(rename = "wallet")]
    Wallet,
    /// Charged for a tax authority, and owed to it.
    #[serde(rename = "tax_payable")]
    TaxPayable,
    /// Commissions that are earned by sellers and unpaid.
    #[serde(rename = "commission_payable")]
    CommissionPayable,
    /// Owed by this legal entity to another one of the group.
    #[serde(rename = "due_to_entity")]
    DueToEntity,
    /// Where an entry crosses from one currency or credit unit to another: what went in and came out, each in its own.
    #[serde(rename = "exchange")]
    Exchange,
    /// Earned.
    #[serde(rename = "revenue")]
    Revenue,
    /// Earned because a right lapsed or is expected to lapse unused.
    #[serde(rename = "breakage")]
    Breakage,
    /// Earned revenue that was refunded, where it is kept apart from revenue.
    #[serde(rename = "refunds")]
    Refunds,
    /// Earned revenue that was taken back in a dispute, where it is kept apart from revenue.
    #[serde(rename = "disputes")]
    Disputes,
    /// Earned revenue of voided invoices, where it is kept apart from revenue.
    #[serde(rename = "voids")]
    Voids,
    /// Earned revenue that was credited, where it is kept apart from revenue.
    #[serde(rename = "credit_notes")]
    CreditNotes,
    /// Paid after it was given up.
    #[serde(rename = "recoveries")]
    Recoveries,
    /// Billed, earned and not paid by a customer who cannot. ASC 326.
    #[serde(rename = "credit_loss")]
    CreditLoss,
    /// What was sold had cost this.
    #[serde(rename = "cost_of_sales")]
    CostOfSales,
    /// Costs of winning contracts that belong to the period.
    #[serde(rename = "commission_expense")]
    CommissionExpense,
    /// Kept by payment providers.
    #[serde(rename = "fees")]
    Fees,
    /// Cost of having been paid long before the service. ASC 606-10-32-20.
    #[serde(rename = "interest")]
    Interest,
    /// Loss by exchange rates that is final; a gain stands on the credit side.
    #[serde(rename = "fx_realised")]
    FxRealised,
    /// Loss by exchange rates that can still change; a gain stands on the credit side.
    #[serde(rename = "fx_unrealised")]
    FxUnrealised,
    /// Minor units lost by cash and currency conversion; what was gained stands on the credit side.
    #[serde(rename = "rounding")]
    Rounding,
    /// Paid out beyond what was ever billed.
    #[serde(rename = "loss")]
    Loss,
    /// Differences on bills that are too small to be billed; what was kept stands on the credit side.
    #[serde(rename = "absorbed")]
    Absorbed,
}

/// One subject's events of one name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Activity {
    /// How many events.
    pub count: u64,
    /// When the first of them happened.
    pub first_at: Instant,
    /// When the last of them happened.
    pub last_at: Instant,
    /// Name of the events.
    pub name: String,
    /// Who or what used.
    pub subject: String,
}

/// Who does something, as the audit log names them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Actor {
    /// The second person who let it happen, where one was needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved: Option<Approver>,
    /// Their id: of a key, a user, a customer.
    pub id: String,
    /// What kind of actor it is.
    pub kind: ActorKind,
    /// Why, where they say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The request by which they do it, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
}

impl Actor {
    /// With what it must have; the rest is left out.
    pub fn new(id: String, kind: ActorKind) -> Self {
        Self { approved: None, id, kind, reason: None, request: None }
    }
}

/// The kinds of actors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ActorKind {
    /// The program by itself: billing that falls due, commands on the machine.
    #[serde(rename = "program")]
    Program,
    /// A person who signed in.
    #[serde(rename = "user")]
    User,
    /// Another program with an API key.
    #[serde(rename = "key")]
    Key,
    /// A customer in the portal.
    #[serde(rename = "customer")]
    Customer,
}

/// A tenant and the key with which to begin.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Added {
    /// An owner's key of it.
    pub key: IssuedToken,
    /// The tenant.
    pub tenant: Tenant,
}

/// What became of changes that were added to a changeset.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AddedChanges {
    /// How many were taken.
    pub added: u32,
    /// The changeset with them.
    pub changeset: Changeset,
    /// Those that were not, and why.
    pub refused: Vec<RefusedChange>,
}

/// What an adjustment did to a line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Adjusted {
    /// The adjustment.
    pub adjustment: Key,
    /// What it took off: its amount, or what was left of the line.
    pub amount: Money,
    /// Why.
    pub reason: String,
}

/// A change that a person makes to what a line is worth or says. Amounts are in the unit of the line's own amount (after
/// discounts, with or without
/// tax as the line is written).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Adjustment {
    /// What left it behind.
    pub by: By2,
    /// What is changed.
    pub effect: Effect,
    /// From when it is true.
    pub effective_at: Instant,
    /// Its own key.
    pub key: Key,
    /// The line that it changes.
    pub line: LineKey,
    /// Why, as the customer reads it.
    pub reason: String,
    /// When it became known.
    pub recorded_at: Instant,
    /// When it was taken back: it then counts for nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voided_at: Option<Instant>,
}

impl Adjustment {
    /// With what it must have; the rest is left out.
    pub fn new(by: By2, effect: Effect, effective_at: Instant, key: Key, line: LineKey, reason: String, recorded_at: Instant) -> Self {
        Self { by, effect, effective_at, key, line, reason, recorded_at, voided_at: None }
    }
}

/// What persons changed on the lines of a customer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Adjustments {
    /// All of it, what was taken back too, the newest first.
    pub adjustments: Vec<Adjustment>,
}

/// Users who were added here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum AdmitsInvited {
    /// `invited`.
    #[serde(rename = "invited")]
    Invited,
}

/// They, and everybody whose e-mail address is at one of these domains; they become users with the roles that the provider gives.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AdmitsDomains {
    /// `domains`.
    pub domains: Vec<String>,
}

/// Who may come in by a provider.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Admits {
    /// Users who were added here.
    Invited(AdmitsInvited),
    /// They, and everybody whose e-mail address is at one of these domains; they become users with the roles that the provider
    /// gives.
    Domains(AdmitsDomains),
}

/// What of the quarantine is tried again: everything that waits, unless a code or places are named.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
pub struct Again {
    /// Only what waits with a problem of this code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Only what stands at these places of the quarantine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub places: Option<Vec<u64>>,
}

/// Receivables by how late they are. The parts sum to `total`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ages {
    /// Late by 1 to 30 days.
    pub days_1_to_30: Money,
    /// Late by 31 to 60 days.
    pub days_31_to_60: Money,
    /// Late by 61 to 90 days.
    pub days_61_to_90: Money,
    /// Not late.
    pub not_due: Money,
    /// Late by more than 90 days.
    pub over_90_days: Money,
    /// All of it.
    pub total: Money,
}

/// `AggregationCount`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum AggregationCount {
    /// `count`.
    #[serde(rename = "count")]
    Count,
}

/// The aggregation as it is written.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
pub struct AggregationCase2 {
    /// `average`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub average: Option<Formula>,
    /// Only with `percentile`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interpolation: Option<Interpolation>,
    /// `latest`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latest: Option<Formula>,
    /// Only with `time_weighted`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub levels: Option<Levels>,
    /// `max`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<Formula>,
    /// `min`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<Formula>,
    /// Only with `percentile`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p: Option<Dec>,
    /// Only with `time_weighted`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per: Option<Per>,
    /// `percentile`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percentile: Option<Formula>,
    /// Only with `unique`: an event for which this is true takes the value away again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removed_when: Option<Formula>,
    /// `sum`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sum: Option<Formula>,
    /// `time_weighted`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_weighted: Option<Formula>,
    /// `unique`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unique: Option<Formula>,
}

/// How the values of many events become one: `count`, or one of the others with a property or formula.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Aggregation {
    /// `Count`.
    Count(AggregationCount),
    /// The aggregation as it is written.
    Case2(AggregationCase2),
}

/// Tells when usage or spend to date of an open billing period reaches limits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alert {
    /// When it was added.
    pub created_at: Instant,
    /// Whose usage or spend is watched; each customer's, one by one, when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<Key>,
    /// Its id.
    pub id: AlertId,
    /// From where on it is told.
    pub limit: Limit,
    /// Its name, for people.
    pub name: String,
    /// What is watched.
    pub on: Watched,
    /// Who gets an e-mail, besides the webhooks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipients: Option<Vec<String>>,
}

impl Alert {
    /// With what it must have; the rest is left out.
    pub fn new(created_at: Instant, id: AlertId, limit: Limit, name: String, on: Watched) -> Self {
        Self { created_at, customer: None, id, limit, name, on, recipients: None }
    }
}

/// AlertId
pub type AlertId = String;

/// Where cycles begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Alignment {
    /// On the day on which the service began.
    #[serde(rename = "anniversary")]
    Anniversary,
    /// On the calendar: Monday, or the first of the month, quarter, half-year or year.
    #[serde(rename = "calendar")]
    Calendar,
}

/// What is left to pay of a customer's invoices.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AllReceivables {
    /// One for each seller and currency with documents or payments.
    pub receivables: Vec<Receivables>,
}

/// Invoices that a payment is to pay.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
pub struct Allocation {
    /// Which, in this order; what falls due first when it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pays: Option<Vec<Share>>,
}

/// What an event should have said, and why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Amendment {
    /// The event as it should have been; its source and id are those of the address.
    pub event: Event,
    /// What was wrong: it stands in the history of the event.
    pub reason: String,
}

/// An amount with and without a write.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Amounts {
    /// With it.
    pub after: Money,
    /// Without it.
    pub before: Money,
    /// `after − before`.
    pub difference: Money,
    /// Each line that differs.
    pub lines: Vec<LineDifference>,
}

/// Where cycles begin. JSON form: a day of the month such as `15`, or a day such as `"2026-04-15"`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Anchor {
    /// On this day of the month, or on the last one of a shorter month.
    DayOfMonth(DayOfMonth),
    /// On this day, and counted from there in both directions.
    Date(Date),
}

/// What a meter says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// One for each customer, combination of dimensions and part of a series; none where nothing was used.
    pub usage: Vec<MeteredUsage>,
}

/// What applying a pricing file did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Applied {
    /// What differs from the version before; empty when the file said what was in force already, and no version was made.
    pub changes: Vec<Change>,
    /// The version in force now.
    pub version: u32,
}

/// Where changes stand that were made: each has a position of its own, in the order in which they were given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Applied2 {
    /// Position of the first.
    pub first: Seq,
    /// Position of the last.
    pub last: Seq,
}

/// How much of the balance pays.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
pub struct Applying {
    /// How much; as far as both go when it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
}

/// A request that needs a second person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Approval {
    /// From when on it can no longer be approved.
    pub expires_at: Instant,
    /// Its id.
    pub id: ApprovalId,
    /// What is to be done: its `operationId` in the OpenAPI document.
    pub operation: String,
    /// What both persons must be permitted.
    pub permission: Permission,
    /// When.
    pub requested_at: Instant,
    /// Who asked for it, by which request, and why.
    pub requester: Actor,
    /// How far it is.
    pub state: ApprovalState,
}

/// An approval with what is to be done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ApprovalDetail {
    /// The answer, once it was done. One with a secret in it is collected by who asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<serde_json::Value>,
    /// The approval.
    pub approval: Approval,
    /// What was asked; secrets are left out.
    pub command: Command,
    /// The status of the answer, once it was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
}

impl ApprovalDetail {
    /// With what it must have; the rest is left out.
    pub fn new(approval: Approval, command: Command) -> Self {
        Self { answer: None, approval, command, status: None }
    }
}

/// ApprovalId
pub type ApprovalId = String;

/// What needs a second person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ApprovalPolicy {
    /// How long a request waits for the second person.
    pub expires_after_hours: u32,
    /// The operations, by their `operationId` in the OpenAPI document.
    pub operations: Vec<String>,
}

/// A change of what needs a second person.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
pub struct ApprovalPolicyChange {
    /// How long requests wait for the second person: 1 to 720 hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_after_hours: Option<u32>,
    /// The operations that are meant, by their `operationId` in the OpenAPI document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operations: Option<Vec<String>>,
}

/// `ApprovalStateWaitingState`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ApprovalStateWaitingState {
    /// `waiting`.
    #[serde(rename = "waiting")]
    Waiting,
}

/// It waits for the second person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ApprovalStateWaiting {
    /// `state`.
    pub state: ApprovalStateWaitingState,
}

/// `ApprovalStateRunningState`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ApprovalStateRunningState {
    /// `running`.
    #[serde(rename = "running")]
    Running,
}

/// It was approved and is being done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ApprovalStateRunning {
    /// Since when.
    pub at: Instant,
    /// Who approved it, and why.
    pub by: Approver,
    /// `state`.
    pub state: ApprovalStateRunningState,
}

/// `ApprovalStateDoneState`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ApprovalStateDoneState {
    /// `done`.
    #[serde(rename = "done")]
    Done,
}

/// It was approved and done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ApprovalStateDone {
    /// When.
    pub at: Instant,
    /// Who approved it, and why.
    pub by: Approver,
    /// `state`.
    pub state: ApprovalStateDoneState,
}

/// `ApprovalStateFailedState`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ApprovalStateFailedState {
    /// `failed`.
    #[serde(rename = "failed")]
    Failed,
}

/// It was approved and could not be done any more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ApprovalStateFailed {
    /// When.
    pub at: Instant,
    /// Who approved it, and why.
    pub by: Approver,
    /// What was wrong by then.
    pub problems: Vec<Problem>,
    /// `state`.
    pub state: ApprovalStateFailedState,
}

/// `ApprovalStateRejectedState`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ApprovalStateRejectedState {
    /// `rejected`.
    #[serde(rename = "rejected")]
    Rejected,
}

/// It was rejected.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ApprovalStateRejected {
    /// When.
    pub at: Instant,
    /// By whom, and why.
    pub by: Approver,
    /// `state`.
    pub state: ApprovalStateRejectedState,
}

/// `ApprovalStateWithdrawnState`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ApprovalStateWithdrawnState {
    /// `withdrawn`.
    #[serde(rename = "withdrawn")]
    Withdrawn,
}

/// Who asked for it took it back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ApprovalStateWithdrawn {
    /// When.
    pub at: Instant,
    /// Why.
    pub reason: String,
    /// `state`.
    pub state: ApprovalStateWithdrawnState,
}

/// `ApprovalStateExpiredState`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ApprovalStateExpiredState {
    /// `expired`.
    #[serde(rename = "expired")]
    Expired,
}

/// Nobody approved it in time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ApprovalStateExpired {
    /// Since when.
    pub at: Instant,
    /// `state`.
    pub state: ApprovalStateExpiredState,
}

/// How far a request is that needs a second person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ApprovalState {
    /// It waits for the second person.
    Waiting(ApprovalStateWaiting),
    /// It was approved and is being done.
    Running(ApprovalStateRunning),
    /// It was approved and done.
    Done(ApprovalStateDone),
    /// It was approved and could not be done any more.
    Failed(ApprovalStateFailed),
    /// It was rejected.
    Rejected(ApprovalStateRejected),
    /// Who asked for it took it back.
    Withdrawn(ApprovalStateWithdrawn),
    /// Nobody approved it in time.
    Expired(ApprovalStateExpired),
}

/// The second person of something that needs two.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Approver {
    /// The request that they approved.
    pub approval: String,
    /// Their id: of a key or a user.
    pub id: String,
    /// What kind of actor it is.
    pub kind: ActorKind,
    /// Why.
    pub reason: String,
}

/// One thing that somebody did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// What was done: `customer.add`, `invoice.issue`, …
    pub action: String,
    /// For whom it was done, by which request, and why.
    pub actor: Actor,
    /// What the object is since; absent when it is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<serde_json::Value>,
    /// When.
    pub at: Instant,
    /// What the object was before; absent when it is new. Of something that has versions the version is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<serde_json::Value>,
    /// Its id; later entries have greater ones.
    pub id: String,
    /// What it was done to.
    pub object: Object,
}

impl AuditEntry {
    /// With what it must have; the rest is left out.
    pub fn new(action: String, actor: Actor, at: Instant, id: String, object: Object) -> Self {
        Self { action, actor, after: None, at, before: None, id, object }
    }
}

/// A backup and where it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BackupMade {
    /// The size of all its files.
    pub bytes: u64,
    /// Its directory.
    pub directory: String,
    /// How many files.
    pub files: u64,
    /// When it was complete.
    pub finished_at: Instant,
    /// Its name: that of its directory.
    pub name: String,
    /// The last position of usage, by tenant.
    pub positions: BTreeMap<String, u64>,
}

/// When a customer's balance pays invoices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum BalanceUse {
    /// When an invoice is issued, as far as the balance goes.
    #[serde(rename = "automatic")]
    Automatic,
    /// When a person says so.
    #[serde(rename = "by_hand")]
    ByHand,
}

/// Balances of a customer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Balances {
    /// One for each seller and currency with documents or payments.
    pub balances: Vec<CustomerBalance>,
}

/// Why the past is changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Because {
    /// What was wrong: it stands in the history of each event.
    pub reason: String,
}

/// A person who wants to sign in by a provider.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BeginSignIn {
    /// By which provider.
    pub provider: Key,
    /// Where the provider sends the person back: one of the provider's `redirects`.
    pub redirect: String,
    /// Where; `default` when it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<Key>,
}

impl BeginSignIn {
    /// With what it must have; the rest is left out.
    pub fn new(provider: Key, redirect: String) -> Self {
        Self { provider, redirect, tenant: None }
    }
}

/// What to post for one customer: an immutable value that can be shown, inspected, stored and compared before anything happens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BillPlan {
    /// Differences that are too small to be billed: posting the plan writes them off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub absorbed: Option<Vec<Line>>,
    /// Up to when what is due counts.
    pub as_of: Instant,
    /// Who pays.
    pub customer: Key,
    /// The documents to post, those that are drafts for some days more among them.
    pub documents: Vec<DocumentPlan>,
    /// Differences that wait until somebody approves of them or gives them up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<Vec<Line>>,
    /// What somebody should look at.
    pub notes: Vec<Note>,
    /// Differences that wait for the next invoice.
    pub waiting: Vec<Line>,
}

impl BillPlan {
    /// With what it must have; the rest is left out.
    pub fn new(as_of: Instant, customer: Key, documents: Vec<DocumentPlan>, notes: Vec<Note>, waiting: Vec<Line>) -> Self {
        Self { absorbed: None, as_of, customer, documents, held: None, notes, waiting }
    }
}

/// What a billing run did. One customer's failure is a note here, never the end of the run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BillRun {
    /// Drafts that were computed anew.
    pub drafts: Vec<Invoice>,
    /// Customers who could not be billed, and why.
    pub failures: Vec<Failure>,
    /// Documents that became claims, in the order of their numbers.
    pub issued: Vec<Invoice>,
    /// What somebody should look at, by customer.
    pub notes: Vec<(Key, Note)>,
}

/// A line of an issued document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BilledOn {
    /// The amount of the line.
    pub amount: Money,
    /// The document.
    pub invoice: InvoiceId,
    /// What the line is about.
    pub key: LineKey,
    /// How the quantity was measured; events up to its watermark are in it.
    pub measurement: Measurement,
    /// Its number.
    pub number: String,
    /// Its date.
    pub on: Date,
    /// The place of the line on it, from 0.
    pub position: i64,
    /// The quantity of the line.
    pub quantity: Ratio,
}

/// What holds for one customer instead of what the tenant says; what is left out is as the tenant says.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
pub struct BillingPolicy {
    /// Differences on billed cycles that are smaller than this, up or down, are written off: an amount in the currency of the
    /// difference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub absorb_below: Option<NonNegative>,
    /// What becomes of differences on billed cycles.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrections: Option<Corrections>,
    /// For so many days after something falls due it stands on a draft, into which late usage flows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grace_days: Option<u16>,
    /// Who makes a claim of a draft.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuing: Option<Issuing>,
}

/// The standard by which books are kept: one stream of events is posted to each that a legal entity needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Book {
    /// US GAAP with ASC 606.
    #[serde(rename = "us_gaap")]
    UsGaap,
    /// IFRS with IFRS 15.
    #[serde(rename = "ifrs")]
    Ifrs,
    /// By the rules of the tax return.
    #[serde(rename = "tax")]
    Tax,
    /// As the management looks at it.
    #[serde(rename = "management")]
    Management,
}

/// What stood on each account at an instant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BooksAt {
    /// Balance by account, on its normal side; one for each currency.
    pub balances: BTreeMap<String, Vec<Money>>,
    /// Entries that are true before this instant count.
    pub before: Instant,
}

/// What was done with a changeset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum By {
    /// Its changes were made.
    #[serde(rename = "applying")]
    Applying,
    /// Its changes were taken back.
    #[serde(rename = "reverting")]
    Reverting,
}

/// A draft was edited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum By2Draft {
    /// `draft`.
    #[serde(rename = "draft")]
    Draft,
}

/// A note by hand, or a document that was voided with its lines given up: its number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct By2Document {
    /// `document`.
    pub document: String,
}

/// A difference was too small to be billed, or a person gave it up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum By2Difference {
    /// `difference`.
    #[serde(rename = "difference")]
    Difference,
}

/// What left an adjustment behind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum By2 {
    /// A draft was edited.
    Draft(By2Draft),
    /// A note by hand, or a document that was voided with its lines given up: its number.
    Document(By2Document),
    /// A difference was too small to be billed, or a person gave it up.
    Difference(By2Difference),
}

/// How often: day, week, month, quarter, half-year, year, or a number of them such as 2 weeks
pub type Cadence = String;

/// Everything that is offered, by key. It is what a pricing file holds, what the API speaks and what is stored; that its names
/// lead
/// somewhere is found by \[`Catalog::check`\], which \[`PricingFile`\](crate::PricingFile) asks.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
pub struct Catalog {
    /// What plans can grant or limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub features: Option<BTreeMap<String, Feature>>,
    /// How events become quantities.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meters: Option<BTreeMap<String, Meter>>,
    /// What customers can subscribe to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plans: Option<BTreeMap<String, Plan>>,
    /// What is sold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub products: Option<BTreeMap<String, Product>>,
    /// Units in which prices can be written instead of money.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub units: Option<BTreeMap<String, Unit>>,
}

/// Why a line is taxed as it is: the category of EN 16931 (code list UNCL5305), which every line of an electronic invoice
/// names. All but the first and the two island taxes have no rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Category {
    /// `S`: taxed at a rate above zero, whether full or reduced.
    #[serde(rename = "standard")]
    Standard,
    /// `Z`: taxed at 0 %.
    #[serde(rename = "zero_rated")]
    ZeroRated,
    /// `E`: exempt by a rule that the reason names.
    #[serde(rename = "exempt")]
    Exempt,
    /// `AE`: the buyer owes the tax.
    #[serde(rename = "reverse_charge")]
    ReverseCharge,
    /// `K`: a supply to another member state.
    #[serde(rename = "intra_community")]
    IntraCommunity,
    /// `G`: an export.
    #[serde(rename = "export")]
    Export,
    /// `O`: not within the scope of the tax.
    #[serde(rename = "outside_scope")]
    OutsideScope,
    /// `L`: the tax of the Canary Islands.
    #[serde(rename = "canary_islands")]
    CanaryIslands,
    /// `M`: the tax of Ceuta and Melilla.
    #[serde(rename = "ceuta_melilla")]
    CeutaMelilla,
}

/// Why events changed at some positions: recorded with the changeset that did it, and never changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cause {
    /// What was done with it.
    pub by: By,
    /// The changeset; a correction of a single event is one of one change.
    pub changeset: ChangesetId,
    /// Which positions its changes took.
    pub positions: Applied2,
    /// Why.
    pub reason: String,
}

/// What happens to one resource between two catalogs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// Its JSON pointer: `/plans/scale/prices/tokens`.
    pub pointer: String,
    /// Which kind of thing it is.
    pub resource: Resource,
    /// What happens to it.
    pub what: What,
}

/// A dated change: a fact with both times.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change2 {
    /// From when it is true.
    pub effective_at: Instant,
    /// When it was known.
    pub recorded_at: Instant,
    /// What it does.
    pub step: Step2,
}

/// An event that was never sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change3Add {
    /// `add`.
    pub add: Event,
}

/// What an accepted event should have said: same source and id, other content. A retracted event is brought back by it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change3Amend {
    /// `amend`.
    pub amend: Event,
}

/// `Change3RetractRetract`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change3RetractRetract {
    /// Its id.
    pub id: String,
    /// Its source.
    pub source: String,
}

/// The event did not happen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change3Retract {
    /// `retract`.
    pub retract: Change3RetractRetract,
}

/// A correction. An identity that was taken once stays taken, also when the event was amended or retracted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Change3 {
    /// An event that was never sent.
    Add(Change3Add),
    /// What an accepted event should have said: same source and id, other content. A retracted event is brought back by it.
    Amend(Change3Amend),
    /// The event did not happen.
    Retract(Change3Retract),
}

/// Corrections of usage that belong together. They are made all at once, as one durable change of the usage store, or not at all.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Changeset {
    /// How many changes it has.
    pub changes: u32,
    /// In how many parts they are kept.
    pub chunks: u32,
    /// When it was opened.
    pub created_at: Instant,
    /// Its id.
    pub id: ChangesetId,
    /// Why the past was wrong.
    pub reason: String,
    /// How far it is.
    pub state: ChangesetState,
}

/// ChangesetId
pub type ChangesetId = String;

/// What a changeset would change, if it were applied now. Nothing is posted or changed by asking.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChangesetPreview {
    /// What was known when it was computed.
    pub as_of: Seq,
    /// Customers whose bill cannot be computed, before or after, and why.
    pub failures: Vec<Failure>,
    /// What each customer would be billed more or less.
    pub money: Vec<MoneyDifference>,
    /// Changed events that no customer, or no price of the customer, counts: they change no bill.
    pub not_billed: Vec<NotBilled>,
    /// Each quantity that changes.
    pub quantities: Vec<QuantityDifference>,
}

/// `ChangesetStateOpenState`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ChangesetStateOpenState {
    /// `open`.
    #[serde(rename = "open")]
    Open,
}

/// Changes are added.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChangesetStateOpen {
    /// `state`.
    pub state: ChangesetStateOpenState,
}

/// `ChangesetStateSealedState`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ChangesetStateSealedState {
    /// `sealed`.
    #[serde(rename = "sealed")]
    Sealed,
}

/// Complete and checked; ready to be previewed and applied.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChangesetStateSealed {
    /// When it was sealed.
    pub at: Instant,
    /// `state`.
    pub state: ChangesetStateSealedState,
}

/// `ChangesetStateApplyingState`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ChangesetStateApplyingState {
    /// `applying`.
    #[serde(rename = "applying")]
    Applying,
}

/// It is being applied; when the program stops meanwhile, the next start finds out whether it was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChangesetStateApplying {
    /// What was known before.
    pub after: Seq,
    /// When.
    pub at: Instant,
    /// When it was sealed.
    pub sealed_at: Instant,
    /// `state`.
    pub state: ChangesetStateApplyingState,
}

/// `ChangesetStateAppliedState`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ChangesetStateAppliedState {
    /// `applied`.
    #[serde(rename = "applied")]
    Applied,
}

/// Its changes count.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChangesetStateApplied {
    /// Since when.
    pub at: Instant,
    /// Their positions.
    pub positions: Applied2,
    /// `state`.
    pub state: ChangesetStateAppliedState,
}

/// `ChangesetStateRevertingState`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ChangesetStateRevertingState {
    /// `reverting`.
    #[serde(rename = "reverting")]
    Reverting,
}

/// It is being taken back; likewise.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChangesetStateReverting {
    /// What was known before.
    pub after: Seq,
    /// When it was applied.
    pub applied_at: Instant,
    /// When.
    pub at: Instant,
    /// Positions of its changes.
    pub positions: Applied2,
    /// Why.
    pub reason: String,
    /// `state`.
    pub state: ChangesetStateRevertingState,
}

/// `ChangesetStateRevertedState`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ChangesetStateRevertedState {
    /// `reverted`.
    #[serde(rename = "reverted")]
    Reverted,
}

/// Its changes were taken back by as many others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChangesetStateReverted {
    /// When it was applied.
    pub applied_at: Instant,
    /// When.
    pub at: Instant,
    /// Positions of its changes.
    pub positions: Applied2,
    /// Why.
    pub reason: String,
    /// Positions of those that took them back.
    pub reverted: Applied2,
    /// `state`.
    pub state: ChangesetStateRevertedState,
}

/// How far a changeset is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ChangesetState {
    /// Changes are added.
    Open(ChangesetStateOpen),
    /// Complete and checked; ready to be previewed and applied.
    Sealed(ChangesetStateSealed),
    /// It is being applied; when the program stops meanwhile, the next start finds out whether it was.
    Applying(ChangesetStateApplying),
    /// Its changes count.
    Applied(ChangesetStateApplied),
    /// It is being taken back; likewise.
    Reverting(ChangesetStateReverting),
    /// Its changes were taken back by as many others.
    Reverted(ChangesetStateReverted),
}

/// Something that is charged once, by itself: a migration, a training. It is due like everything else, and what is due is billed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Charge {
    /// The currency.
    pub currency: Currency,
    /// Who pays.
    pub customer: Key,
    /// When it is due: on the first bill that is drawn then or later.
    pub due_at: Instant,
    /// What each costs, in the currency.
    pub each: NonNegative,
    /// Its name among the tenant's charges.
    pub key: Key,
    /// What the customer reads.
    pub name: String,
    /// How many.
    pub quantity: NonNegative,
    /// When it was known.
    pub recorded_at: Instant,
    /// The class that the tax rules look at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_category: Option<Key>,
    /// When it became known that it is not owed; what was billed for it is given back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn_at: Option<Instant>,
}

/// Where a charge stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ChargeStanding {
    /// It is billed when it is due.
    #[serde(rename = "owed")]
    Owed,
    /// It was taken back.
    #[serde(rename = "withdrawn")]
    Withdrawn,
}

/// The time by which a tenant bills.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClockState {
    /// Now.
    pub now: Instant,
    /// Whose time it is.
    pub time: Time,
}

/// When service ends, and what becomes of what was charged ahead.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
pub struct Closing {
    /// What becomes of charges in advance for time that is not served; given back when it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit: Option<Credit>,
    /// The first moment at which nothing is served; now when it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective: Option<Effective>,
}

/// The answer to a request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Collected {
    /// As it would have been answered at once.
    pub answer: serde_json::Value,
}

/// A request as it was sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Command {
    /// Its body.
    pub body: String,
    /// Which version of its object it is meant for (`If-Match`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub if_match: Option<String>,
    /// The content type of its body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media: Option<String>,
    /// The names in its path.
    pub path: Vec<(String, String)>,
    /// Its query.
    pub query: String,
}

impl Command {
    /// With what it must have; the rest is left out.
    pub fn new(body: String, path: Vec<(String, String)>, query: String) -> Self {
        Self { body, if_match: None, media: None, path, query }
    }
}

/// `ConditionCase2Not`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ConditionCase2Not {
    /// `Value`.
    Value(Value),
    /// `List`.
    List(Vec<Value>),
}

/// `ConditionCase2`.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConditionCase2 {
    /// `eq`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eq: Option<Value>,
    /// `exists`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exists: Option<bool>,
    /// `gt`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gt: Option<Dec>,
    /// `gte`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gte: Option<Dec>,
    /// `in`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub r#in: Option<Vec<Value>>,
    /// `lt`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lt: Option<Dec>,
    /// `lte`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lte: Option<Dec>,
    /// `not`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not: Option<ConditionCase2Not>,
}

/// What a property must be: a value, or tests that all hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Condition {
    /// `Case1`.
    Case1(serde_json::Value),
    /// `Case2`.
    Case2(ConditionCase2),
}

/// What a register said of a VAT number: evidence that is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Confirmation {
    /// Its answer.
    pub answer: Registered,
    /// The day of the question.
    pub on: Date,
    /// The number of the consultation, where the register gives one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

impl Confirmation {
    /// With what it must have; the rest is left out.
    pub fn new(answer: Registered, on: Date) -> Self {
        Self { answer, on, reference: None }
    }
}

/// How consumers of other member states of the EU are taxed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Consumers {
    /// At the rate of their country (one-stop shop).
    #[serde(rename = "where_they_are")]
    WhereTheyAre,
    /// At the seller's rate: a seller below the threshold of 10,000 EUR a year.
    #[serde(rename = "where_the_seller_is")]
    WhereTheSellerIs,
}

/// So many counted units are one priced unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConversionDivideBy {
    /// `divide_by`.
    pub divide_by: Factor,
}

/// One counted unit is so many priced units.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConversionMultiplyBy {
    /// `multiply_by`.
    pub multiply_by: Factor,
}

/// Exact conversion of a quantity to another unit, such as bytes to gigabytes: `{ divide_by: 1_000_000_000 }`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Conversion {
    /// So many counted units are one priced unit.
    DivideBy(ConversionDivideBy),
    /// One counted unit is so many priced units.
    MultiplyBy(ConversionMultiplyBy),
}

/// What becomes of a difference on a cycle that was billed before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Corrections {
    /// It is billed with the customer's next invoice; at once when none is to come.
    #[serde(rename = "next_invoice")]
    NextInvoice,
    /// It is billed as soon as it is known, with what else is billed then.
    #[serde(rename = "at_once")]
    AtOnce,
    /// It is billed as soon as it is known, on a credit or debit note of its own.
    #[serde(rename = "note")]
    Note,
    /// It waits until somebody approves of it or gives it up.
    #[serde(rename = "hold")]
    Hold,
}

/// A price on top of what serving the events cost.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CostPlus {
    /// Charged for each event on top.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fixed: Option<NonNegative>,
    /// Percent of the cost that is added: `"20"` makes 1.20 of 1.00.
    pub markup: NonNegative,
}

impl CostPlus {
    /// With what it must have; the rest is left out.
    pub fn new(markup: NonNegative) -> Self {
        Self { fixed: None, markup }
    }
}

/// Where cycles begin from when on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Counting {
    /// From when; the cycle that is under way ends there. Now when it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective: Option<Effective>,
    /// A day of the month such as 15, or a day such as 2026-04-15.
    pub from: Anchor,
}

impl Counting {
    /// With what it must have; the rest is left out.
    pub fn new(from: Anchor) -> Self {
        Self { effective: None, from }
    }
}

/// A country of ISO 3166-1, such as DE
pub type Country = String;

/// What becomes of charges in advance for time that is no longer served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Credit {
    /// They are given back, as far as the price is prorated.
    #[serde(rename = "unused")]
    Unused,
    /// They are kept up to the end of the cycle.
    #[serde(rename = "none")]
    None,
}

/// What is given back of a line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CreditLine {
    /// The number of the line on the document, from 1.
    pub line: u32,
    /// How much; all that is left when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub take: Option<Pick>,
}

impl CreditLine {
    /// With what it must have; the rest is left out.
    pub fn new(line: u32) -> Self {
        Self { line, take: None }
    }
}

/// A limit that was reached: once for each alert, threshold, customer and billing period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Crossing {
    /// The alert.
    pub alert: AlertId,
    /// When it was seen.
    pub at: Instant,
    /// Whose usage or spend it is.
    pub customer: Key,
    /// When the cycle began, of usage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Instant>,
    /// What the threshold comes to.
    pub limit: Ratio,
    /// The alert's name.
    pub name: String,
    /// What is watched.
    pub on: Watched,
    /// The threshold, as the alert has it: a value, or per cent.
    pub threshold: Dec,
    /// When the cycle ends, of usage; when the invoice is due, of spend.
    pub to: Instant,
    /// How much it was when that was seen.
    pub value: Ratio,
}

/// A currency of ISO 4217, such as EUR.
pub type Currency = String;

/// Where an event stands in a listing: events are listed by time, then source, then id. The next page begins after the last
/// event's place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cursor {
    /// When it happened.
    pub at: Instant,
    /// Its id.
    pub id: String,
    /// Its source.
    pub source: String,
}

/// A buyer, who owns subscriptions and receivables. Events name the customer by its key as their `subject`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Customer {
    /// At which amounts of a period's spend it gets an invoice before the period ends, over all of its subscriptions in a
    /// currency and
    /// instead of what their plans say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bill_at: Option<BTreeMap<String, SpendSteps>>,
    /// How its bills are drawn, where that is not as the tenant says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub billing: Option<BillingPolicy>,
    /// The day of the month on which cycles of its subscriptions begin, unless they say otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub billing_day: Option<DayOfMonth>,
    /// The legal entity that sells to it; `default` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entity: Option<Key>,
    /// The name by which the sender's systems know the customer.
    pub key: Key,
    /// The name on the invoice.
    pub name: String,
    /// How many days it has to pay an invoice; as the seller says when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_days: Option<PaymentDays>,
    /// What its taxes depend on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax: Option<CustomerTax>,
    /// The zone whose days begin and end the customer's periods; UTC when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<Zone>,
}

impl Customer {
    /// With what it must have; the rest is left out.
    pub fn new(key: Key, name: String) -> Self {
        Self { bill_at: None, billing: None, billing_day: None, entity: None, key, name, payment_days: None, tax: None, zone: None }
    }
}

/// What a customer owes, and what they have to their credit, at one seller in one currency.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CustomerBalance {
    /// What the customer has to their credit. Below zero only where a payment was reversed after some of it had gone back.
    pub balance: Money,
    /// The currency.
    pub currency: Currency,
    /// What is left to pay of all invoices.
    pub due: Money,
    /// The seller.
    pub entity: Key,
    /// How much of that is late.
    pub overdue: Money,
}

/// What a write would change for a customer, in one currency.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CustomerImpact {
    /// What is billed at once: by the write itself, or by the next billing run.
    pub at_once: Amounts,
    /// In which currency.
    pub currency: Currency,
    /// Whose bill it is.
    pub customer: Key,
    /// What the bill at that end comes to with the usage to date, with what is billed at once.
    pub to_date: Amounts,
    /// The end of the period that is open.
    pub until: Instant,
}

/// Money that went back out of a customer's balance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CustomerRefund {
    /// How much.
    pub amount: Money,
    /// To whom.
    pub customer: Key,
    /// The legal entity that paid it.
    pub entity: Key,
    /// What it is known by.
    pub key: Key,
    /// When.
    pub made_at: Instant,
    /// How it went back.
    pub method: Method,
    /// What the customer reads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

impl CustomerRefund {
    /// With what it must have; the rest is left out.
    pub fn new(amount: Money, customer: Key, entity: Key, key: Key, made_at: Instant, method: Method) -> Self {
        Self { amount, customer, entity, key, made_at, method, reference: None }
    }
}

/// What the taxes of a customer depend on.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
pub struct CustomerTax {
    /// What the register said of the number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmation: Option<Confirmation>,
    /// Where it is: a code of ISO 3166.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<Country>,
    /// What it does not pay tax on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exemptions: Option<Vec<Exemption>>,
    /// The part of the country, where it has taxes of its own: `BC`, `CA`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Its taxes whatever the rules say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taxes: Option<Vec<Tax>>,
    /// Its VAT number, as it was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vat_number: Option<String>,
}

/// A day of the calendar, such as 2026-04-16
pub type Date = String;

/// Local days, the last one excluded, such as 2026-04-16..2026-05-01
pub type DateRange = String;

/// Values by the local date from which each holds.
pub type DatedPercent = BTreeMap<String, Percent>;

/// Day of the month; the last day in a shorter month
pub type DayOfMonth = i64;

/// What more is charged on a line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DebitLine {
    /// How much, in the unit of the line's amount.
    pub amount: Money,
    /// The number of the line on the document, from 1.
    pub line: u32,
}

/// An exact decimal number as text, such as "0.0000025"; a whole number may stand bare.
pub type Dec = String;

/// How a line is taxed, and why. It is kept with the line and never made again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// The taxes of the line.
    pub taxes: Vec<Tax>,
    /// Why these.
    pub why: Why,
}

/// What somebody decides.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Decision2 {
    /// Why; it stands in the audit log.
    pub reason: String,
}

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum DeliveryState {
    /// It is to be tried.
    #[serde(rename = "waiting")]
    Waiting,
    /// The endpoint took it.
    #[serde(rename = "delivered")]
    Delivered,
    /// It was given up.
    #[serde(rename = "failed")]
    Failed,
}

/// `DidAppliedApplied`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DidAppliedApplied {
    /// How much; above zero.
    pub amount: Money,
    /// The id of the document.
    pub document: Key,
}

/// It pays some of a document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DidApplied {
    /// `applied`.
    pub applied: DidAppliedApplied,
}

/// `DidTakenOffTakenOff`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DidTakenOffTakenOff {
    /// How much; above zero.
    pub amount: Money,
    /// The id of the document.
    pub document: Key,
}

/// It does not pay this of a document any more; that is in the balance again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DidTakenOff {
    /// `taken_off`.
    pub taken_off: DidTakenOffTakenOff,
}

/// `DidRefundedRefunded`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DidRefundedRefunded {
    /// How much of this payment; above zero.
    pub amount: Money,
    /// How it went back.
    pub method: Method,
    /// The key of the refund, which can take from several payments.
    pub refund: Key,
}

/// Some of what no document has went back to the customer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DidRefunded {
    /// `refunded`.
    pub refunded: DidRefundedRefunded,
}

/// `DidReversedReversed`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DidReversedReversed {
    /// Why.
    pub reason: String,
}

/// It did not come, or went away again: nothing is paid by it any more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DidReversed {
    /// `reversed`.
    pub reversed: DidReversedReversed,
}

/// What can be done with a payment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Did {
    /// It pays some of a document.
    Applied(DidApplied),
    /// It does not pay this of a document any more; that is in the balance again.
    TakenOff(DidTakenOff),
    /// Some of what no document has went back to the customer.
    Refunded(DidRefunded),
    /// It did not come, or went away again: nothing is paid by it any more.
    Reversed(DidReversed),
}

/// What lines that were billed are worth more or less by now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Differences {
    /// As of when.
    pub as_of: Instant,
    /// Those that wait until somebody approves of them or gives them up.
    pub held: Vec<Line>,
    /// Those that go with the next invoice.
    pub waiting: Vec<Line>,
}

/// A discount as it is offered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Discount {
    /// The word that a customer enters; small and capital letters are the same. Without one, only the seller gives it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Key>,
    /// From when it can be redeemed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Instant>,
    /// How long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lasts: Option<Lasts>,
    /// How often it can be redeemed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limits: Option<Limits>,
    /// What a person calls it on the invoice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How much it takes off.
    pub off: Off,
    /// Off what.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<Scope>,
    /// The first instant at which it can no longer be redeemed; what was redeemed goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Instant>,
}

impl Discount {
    /// With what it must have; the rest is left out.
    pub fn new(off: Off) -> Self {
        Self { code: None, from: None, lasts: None, limits: None, name: None, off, on: None, until: None }
    }
}

/// What a document does to the customer's debt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum DocumentKind {
    /// A claim.
    #[serde(rename = "invoice")]
    Invoice,
    /// Reduces a claim: its total is below zero.
    #[serde(rename = "credit_note")]
    CreditNote,
    /// A claim beside an invoice: more is charged for what was billed before.
    #[serde(rename = "debit_note")]
    DebitNote,
}

/// A document that is to be posted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DocumentPlan {
    /// What its amounts are in.
    pub currency: Currency,
    /// Which lines it gathers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gathers: Option<Gathers>,
    /// Whether it claims or gives back.
    pub kind: DocumentKind,
    /// Its rows.
    pub lines: Vec<Line>,
    /// The sum of its lines without taxes.
    pub net: Money,
    /// Its date where the customer is.
    pub on: Date,
    /// The steps of spend for which it is made before a period ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reached: Option<Vec<Reached>>,
    /// What is owed of each tax; none where the seller charges none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taxes: Option<Vec<Subtotal>>,
    /// What is to be paid: `net` and taxes.
    pub total: Money,
}

impl DocumentPlan {
    /// With what it must have; the rest is left out.
    pub fn new(currency: Currency, kind: DocumentKind, lines: Vec<Line>, net: Money, on: Date, total: Money) -> Self {
        Self { currency, gathers: None, kind, lines, net, on, reached: None, taxes: None, total }
    }
}

/// `DraftChangeAmountAmount`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DraftChangeAmountAmount {
    /// To what it comes, not below zero.
    pub amount: Money,
    /// The number of the line, from 1.
    pub line: u32,
}

/// The line comes to this amount. The difference to what it comes to now is kept: usage that arrives later counts beside it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DraftChangeAmount {
    /// `amount`.
    pub amount: DraftChangeAmountAmount,
}

/// `DraftChangeLeaveOutLeaveOut`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DraftChangeLeaveOutLeaveOut {
    /// The number of the line, from 1.
    pub line: u32,
}

/// The line is left out, whatever it becomes worth; of a line that was billed before, the difference is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DraftChangeLeaveOut {
    /// `leave_out`.
    pub leave_out: DraftChangeLeaveOutLeaveOut,
}

/// `DraftChangeTextText`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DraftChangeTextText {
    /// The number of the line, from 1.
    pub line: u32,
    /// What the customer reads.
    pub text: String,
}

/// The line is called otherwise.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DraftChangeText {
    /// `text`.
    pub text: DraftChangeTextText,
}

/// A line is added: a charge that falls due with the draft.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DraftChangeAdd {
    /// `add`.
    pub add: NewCharge,
}

/// What is changed on a draft.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum DraftChange {
    /// The line comes to this amount. The difference to what it comes to now is kept: usage that arrives later counts beside it.
    Amount(DraftChangeAmount),
    /// The line is left out, whatever it becomes worth; of a line that was billed before, the difference is.
    LeaveOut(DraftChangeLeaveOut),
    /// The line is called otherwise.
    Text(DraftChangeText),
    /// A line is added: a charge that falls due with the draft.
    Add(DraftChangeAdd),
}

/// How a draft is edited.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DraftEdit {
    /// What is changed.
    pub change: DraftChange,
    /// Why, as the customer reads it.
    pub reason: String,
}

/// A price that the sender computes: each event carries its amount.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
pub struct Dynamic {
    /// What the carried amounts are multiplied with; 1 when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub multiplier: Option<NonNegative>,
}

/// So much is taken off, or put on when it is below zero. What the line becomes worth later counts beside it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EffectOff {
    /// `off`.
    pub off: Money,
}

/// The line is left out, whatever it becomes worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum EffectLeaveOut {
    /// `leave_out`.
    #[serde(rename = "leave_out")]
    LeaveOut,
}

/// The line is called otherwise.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EffectText {
    /// `text`.
    pub text: String,
}

/// What an adjustment changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Effect {
    /// So much is taken off, or put on when it is below zero. What the line becomes worth later counts beside it.
    Off(EffectOff),
    /// The line is left out, whatever it becomes worth.
    LeaveOut(EffectLeaveOut),
    /// The line is called otherwise.
    Text(EffectText),
}

/// From when it counts: now, at the end of the period or term that is under way, on a day (its first instant where the customer
/// is), or at an instant. It may lie in the past.
pub type Effective = String;

/// Whose word it takes that an e-mail address is somebody's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum EmailTrust {
    /// The provider says so with `email_verified`.
    #[serde(rename = "verified")]
    Verified,
    /// The provider is trusted without: one that gives its people their addresses, and does not say it.
    #[serde(rename = "assumed")]
    Assumed,
}

/// From when nothing is taken off any more.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
pub struct End {
    /// Lines that fall due then or later keep their amount. Now when it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective: Option<Effective>,
}

/// The end of a redemption.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ended {
    /// Lines that fall due then or later keep their amount.
    pub effective_at: Instant,
    /// When that became known.
    pub recorded_at: Instant,
}

/// An address that is told what happens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Endpoint {
    /// When it was added.
    pub created_at: Instant,
    /// Its id.
    pub id: EndpointId,
    /// Whether it is told.
    pub state: EndpointState,
    /// What it is told; everything when empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topics: Option<Vec<Topic>>,
    /// Where messages are sent.
    pub url: String,
}

impl Endpoint {
    /// With what it must have; the rest is left out.
    pub fn new(created_at: Instant, id: EndpointId, state: EndpointState, url: String) -> Self {
        Self { created_at, id, state, topics: None, url }
    }
}

/// What is changed of an endpoint.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
pub struct EndpointChange {
    /// Pauses it, with this reason. An empty reason opens it again, and what waits is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pause: Option<String>,
    /// What it is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topics: Option<Vec<Topic>>,
    /// Another address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// EndpointId
pub type EndpointId = String;

/// Whether an endpoint is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum EndpointStanding {
    /// It is.
    #[serde(rename = "open")]
    Open,
    /// It is not until it is opened.
    #[serde(rename = "paused")]
    Paused,
}

/// `EndpointStateOpenState`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum EndpointStateOpenState {
    /// `open`.
    #[serde(rename = "open")]
    Open,
}

/// It is told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EndpointStateOpen {
    /// `state`.
    pub state: EndpointStateOpenState,
}

/// `EndpointStatePausedState`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum EndpointStatePausedState {
    /// `paused`.
    #[serde(rename = "paused")]
    Paused,
}

/// Messages wait until it is opened again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EndpointStatePaused {
    /// Since when.
    pub at: Instant,
    /// `state`.
    pub state: EndpointStatePausedState,
    /// Why: what somebody said, or what it answered for days.
    pub why: String,
}

/// Whether an endpoint is told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum EndpointState {
    /// It is told.
    Open(EndpointStateOpen),
    /// Messages wait until it is opened again.
    Paused(EndpointStatePaused),
}

/// A company that sells: whose name is on the documents, whose numbers they have, and whose taxes are charged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entity {
    /// Its name among the tenant's entities.
    pub key: Key,
    /// The name on the documents.
    pub name: String,
    /// How many days its customers have to pay an invoice, where they have no terms of their own; as the settings say when
    /// absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_days: Option<PaymentDays>,
    /// How its documents are numbered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub series: Option<Series>,
    /// How its sales are taxed. Left out, its documents show no taxes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax: Option<EntityTax>,
    /// The zone of customers that come without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<Zone>,
}

impl Entity {
    /// With what it must have; the rest is left out.
    pub fn new(key: Key, name: String) -> Self {
        Self { key, name, payment_days: None, series: None, tax: None, zone: None }
    }
}

/// How the sales of an entity are taxed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EntityTax {
    /// The class of prices that name none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<Key>,
    /// The code of the tax that is shown where nothing is charged: `vat`.
    pub code: Key,
    /// Which day decides on the rate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub point: Option<TaxPoint>,
    /// How tax is rounded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<TaxPolicy>,
    /// The taxes of each place and class, by date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rules: Option<Rules>,
    /// Where it is established and registered.
    pub seller: Seller,
    /// Taxes that count whatever the rules say, unless the customer has others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taxes: Option<Vec<Tax>>,
}

impl EntityTax {
    /// With what it must have; the rest is left out.
    pub fn new(code: Key, seller: Seller) -> Self {
        Self { class: None, code, point: None, policy: None, rules: None, seller, taxes: None }
    }
}

/// Whether money is real.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Environment {
    /// What is billed is owed, and time is the world's.
    #[serde(rename = "live")]
    Live,
    /// Nothing is owed, and time is set by whoever tests.
    #[serde(rename = "test")]
    Test,
}

/// One raw fact of use. Its identity, source and id, is one event for ever.
///
/// Read JSON with \[`Event::from_json`\], which keeps numbers with a point exactly. CloudEvents' names `type`, `time` and `data`
/// are
/// understood.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// When it happened.
    pub at: Instant,
    /// The sender's id of it.
    pub id: String,
    /// What happened, such as `api.request`.
    pub name: String,
    /// What is measured, and what splits it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub properties: Option<BTreeMap<String, Value>>,
    /// Who sent it.
    pub source: String,
    /// Who or what used, as the sender knows it.
    pub subject: String,
}

impl Event {
    /// With what it must have; the rest is left out.
    pub fn new(at: Instant, id: String, name: String, source: String, subject: String) -> Self {
        Self { at, id, name, properties: None, source, subject }
    }
}

/// What became of one event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EventReport {
    /// What each metered price of its customer's subscriptions makes of it.
    pub prices: Vec<PriceVerdict>,
    /// What stands in quarantine under its source and id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quarantine: Option<Vec<Quarantined>>,
    /// In short: billed, or why not.
    pub verdict: Verdict,
    /// All that happened to it: when it was received, amended, retracted. Empty when it stands in quarantine only.
    pub versions: Vec<EventVersion>,
}

impl EventReport {
    /// With what it must have; the rest is left out.
    pub fn new(prices: Vec<PriceVerdict>, verdict: Verdict, versions: Vec<EventVersion>) -> Self {
        Self { prices, quarantine: None, verdict, versions }
    }
}

/// One thing that happened to an event, and why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EventVersion {
    /// Why, unless it was sent in the ordinary way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    /// What happened, when, and what the event says from then on.
    pub version: Version,
}

impl EventVersion {
    /// With what it must have; the rest is left out.
    pub fn new(version: Version) -> Self {
        Self { cause: None, version }
    }
}

/// `EveryOnce`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum EveryOnce {
    /// `once`.
    #[serde(rename = "once")]
    Once,
}

/// How often: `once`, when the service begins, or the length of a cycle.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Every {
    /// `Once`.
    Once(EveryOnce),
    /// `Cadence`.
    Cadence(Cadence),
}

/// The parts of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Every2 {
    /// Hours of local days.
    #[serde(rename = "hour")]
    Hour,
    /// Local days.
    #[serde(rename = "day")]
    Day,
    /// Local months.
    #[serde(rename = "month")]
    Month,
}

/// After so many minutes, from 1 to 1440.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Every3Minutes {
    /// `minutes`.
    pub minutes: Minutes,
}

/// `Every3DayDay`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Every3DayDay {
    /// When.
    pub at: TimeOfDay,
    /// Where.
    pub zone: Zone,
}

/// Every day at a local time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Every3Day {
    /// `day`.
    pub day: Every3DayDay,
}

/// `Every3WeekWeek`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Every3WeekWeek {
    /// When.
    pub at: TimeOfDay,
    /// On which day.
    pub on: Weekday,
    /// Where.
    pub zone: Zone,
}

/// Every week on a day at a local time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Every3Week {
    /// `week`.
    pub week: Every3WeekWeek,
}

/// `Every3MonthMonth`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Every3MonthMonth {
    /// When.
    pub at: TimeOfDay,
    /// On which day.
    pub on: DayOfMonth,
    /// Where.
    pub zone: Zone,
}

/// Every month on a day at a local time; in a shorter month on its last day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Every3Month {
    /// `month`.
    pub month: Every3MonthMonth,
}

/// How often something comes again. At a local time that does not exist on a day it comes at the next one that does; at one that
/// occurs twice,
/// at the first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Every3 {
    /// After so many minutes, from 1 to 1440.
    Minutes(Every3Minutes),
    /// Every day at a local time.
    Day(Every3Day),
    /// Every week on a day at a local time.
    Week(Every3Week),
    /// Every month on a day at a local time; in a shorter month on its last day.
    Month(Every3Month),
}

/// What shows that a buyer is a business.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Evidence {
    /// A VAT number that is well formed.
    #[serde(rename = "well_formed")]
    WellFormed,
    /// A VAT number that the register has confirmed.
    #[serde(rename = "confirmed")]
    Confirmed,
}

/// The categories that a customer can bring along.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ExemptAs {
    /// `E`.
    #[serde(rename = "exempt")]
    Exempt,
    /// `Z`.
    #[serde(rename = "zero_rated")]
    ZeroRated,
    /// `AE`.
    #[serde(rename = "reverse_charge")]
    ReverseCharge,
    /// `O`.
    #[serde(rename = "outside_scope")]
    OutsideScope,
}

/// Why a customer is not taxed, with its evidence and the days on which it holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Exemption {
    /// The category that lines get.
    pub category: ExemptAs,
    /// The number of the certificate, or another name of the evidence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<String>,
    /// For which classes of goods; all when empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub classes: Option<Vec<Key>>,
    /// The first day.
    pub from: Date,
    /// Where it holds; everywhere when left out. A country without a region holds for all of its regions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// The reason, as the invoice says it.
    pub reason: Reason,
    /// The first day on which it no longer holds; without end when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

impl Exemption {
    /// With what it must have; the rest is left out.
    pub fn new(category: ExemptAs, from: Date, reason: Reason) -> Self {
        Self { category, certificate: None, classes: None, from, place: None, reason, until: None }
    }
}

/// What an answer refers to, each object once, by the name that stands in the answer. What was asked for is there, be it empty; a
/// name that
/// leads nowhere is left out.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
pub struct Expanded {
    /// Alerts, by id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alerts: Option<BTreeMap<String, Alert>>,
    /// Customers, by key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customers: Option<BTreeMap<String, Customer>>,
    /// Legal entities, by key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entities: Option<BTreeMap<String, Entity>>,
    /// Invoices, by id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoices: Option<BTreeMap<String, Invoice>>,
    /// Plans as the catalog had them in a version, by `plan@version`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plans: Option<BTreeMap<String, Plan>>,
    /// Prices as the catalog had them in a version, by `plan@version.price`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prices: Option<BTreeMap<String, Price>>,
    /// Subscriptions, by key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subscriptions: Option<BTreeMap<String, Subscription>>,
}

/// One node of the tree: what it is, how much it is, and what it consists of.
///
/// `amount` is exact and in the currency of the price. Where the node has parts, their amounts sum to it exactly. A factor
/// (proration, the rate of a pricing unit) is a node of its own; the amounts of everything below it include the factor, while
/// the quantities and unit prices below it are those of the price list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Explanation {
    /// The exact amount.
    pub amount: Ratio,
    /// What the amount is made of; empty for a leaf.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parts: Option<Vec<Explanation>>,
    /// What this node is, with the numbers that went into it.
    pub reason: Reason2,
}

impl Explanation {
    /// With what it must have; the rest is left out.
    pub fn new(amount: Ratio, reason: Reason2) -> Self {
        Self { amount, parts: None, reason }
    }
}

/// An export as it stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExportView {
    /// What was asked for.
    pub export: NewExport,
    /// The file, once it is written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<WrittenExport>,
    /// The job that writes it.
    pub job: JobView,
}

impl ExportView {
    /// With what it must have; the rest is left out.
    pub fn new(export: NewExport, job: JobView) -> Self {
        Self { export, file: None, job }
    }
}

/// What can be exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Exported {
    /// All versions of all events, in the order of their positions.
    #[serde(rename = "usage")]
    Usage,
    /// Invoices and credit notes; in a table one row for each line.
    #[serde(rename = "invoices")]
    Invoices,
    /// Entries of the journal; in a table one row for each posting.
    #[serde(rename = "journal")]
    Journal,
    /// Customers.
    #[serde(rename = "customers")]
    Customers,
}

/// How a price that contains its tax is taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Extraction {
    /// The tax is rounded: 9.99 at 20 % contains 1.67.
    #[serde(rename = "tax_first")]
    TaxFirst,
    /// The net amount is rounded: 9.99 at 20 % contains 1.66.
    #[serde(rename = "net_first")]
    NetFirst,
}

/// An exact decimal number as text, such as "0.0000025"; a whole number may stand bare.
pub type Factor = String;

/// A condition that does not let an event through.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FailedCondition {
    /// What it is; nothing when it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<String>,
    /// The property.
    pub property: String,
    /// What it must be, as the meter says it.
    pub wanted: String,
}

impl FailedCondition {
    /// With what it must have; the rest is left out.
    pub fn new(property: String, wanted: String) -> Self {
        Self { found: None, property, wanted }
    }
}

/// A customer who could not be billed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Failure {
    /// Who.
    pub customer: Key,
    /// What is wrong; nothing was posted for this customer.
    pub problems: Vec<Problem>,
}

/// Something that a plan can grant or limit.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
pub struct Feature {
    /// What a person calls it. Left out, its key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What a limit counts: `seat`, `project`. Left out, it is only granted or withheld.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
}

/// A field with another value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FieldChange {
    /// JSON pointer from the resource: `/graduated/1/each`.
    pub field: String,
    /// The value before, as JSON; `None` when there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The value after, as JSON; `None` when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

impl FieldChange {
    /// With what it must have; the rest is left out.
    pub fn new(field: String) -> Self {
        Self { field, from: None, to: None }
    }
}

/// Kinds of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum FileFormat {
    /// One JSON object on each line.
    #[serde(rename = "ndjson")]
    Ndjson,
    /// A table with a head, as RFC 4180 says.
    #[serde(rename = "csv")]
    Csv,
    /// A Parquet file; of usage alone.
    #[serde(rename = "parquet")]
    Parquet,
    /// Text for hledger; of the journal alone.
    #[serde(rename = "hledger")]
    Hledger,
    /// Text for beancount; of the journal alone.
    #[serde(rename = "beancount")]
    Beancount,
}

/// Conditions on properties, by property name; all must hold. `properties.status` and `status` are the same property.
pub type Filter = BTreeMap<String, Condition>;

/// A person who comes back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FinishSignIn {
    /// The other half, from the beginning.
    pub binding: String,
    /// The code that came back.
    pub code: String,
    /// The state that came back.
    pub state: String,
    /// Where; `default` when it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<Key>,
}

impl FinishSignIn {
    /// With what it must have; the rest is left out.
    pub fn new(binding: String, code: String, state: String) -> Self {
        Self { binding, code, state, tenant: None }
    }
}

/// How something is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Form {
    /// As data.
    #[serde(rename = "json")]
    Json,
    /// As text for people.
    #[serde(rename = "text")]
    Text,
}

/// A CEL expression computed over exact numbers, such as `properties.a + properties.b * 2`.
pub type Formula = String;

/// `Forward`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Forward {
    /// To when.
    pub to: Instant,
}

/// What of usage in advance is billed together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Gather {
    /// The usage of whole days: on the day after.
    #[serde(rename = "day")]
    Day,
    /// Whatever happened since the last billing run.
    #[serde(rename = "run")]
    Run,
}

/// All that is due and stands nowhere else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum GathersDue {
    /// `due`.
    #[serde(rename = "due")]
    Due,
}

/// `GathersOpenedOpened`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GathersOpenedOpened {
    /// The day.
    pub on: Date,
    /// When it is issued by itself.
    pub ready_at: Instant,
}

/// What fell due on a day: a draft for some days more, into which late usage flows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GathersOpened {
    /// `opened`.
    pub opened: GathersOpenedOpened,
}

/// Differences on what was billed before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum GathersDifferences {
    /// `differences`.
    #[serde(rename = "differences")]
    Differences,
}

/// Which lines a document gathers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Gathers {
    /// All that is due and stands nowhere else.
    Due(GathersDue),
    /// What fell due on a day: a draft for some days more, into which late usage flows.
    Opened(GathersOpened),
    /// Differences on what was billed before.
    Differences(GathersDifferences),
}

/// Everything that was posted to an account in a span.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GeneralLedger {
    /// The account.
    pub account: Account,
    /// What stands on it at the end, one for each currency.
    pub closing: Vec<Money>,
    /// What was posted, in the order in which it is true.
    pub lines: Vec<GeneralLedgerLine>,
    /// What stood on it at the beginning, one for each currency.
    pub opening: Vec<Money>,
    /// What it is about.
    pub span: Span,
}

/// One leg of an entry, and what the account holds after it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GeneralLedgerLine {
    /// How much.
    pub amount: Money,
    /// What stands on the account in this currency after it, on its normal side.
    pub balance: Money,
    /// What it can be sliced by.
    pub dimensions: BTreeMap<String, String>,
    /// When it is true.
    pub effective_at: Instant,
    /// The business event.
    pub event: String,
    /// When it was written.
    pub recorded_at: Instant,
    /// The place of its entry in the journal.
    pub seq: i64,
    /// On which side it stands.
    pub side: Side,
}

/// Differences that are given up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GiveUp {
    /// Of which lines; of all that are held when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lines: Option<Vec<LineKey>>,
    /// Why.
    pub reason: String,
}

impl GiveUp {
    /// With what it must have; the rest is left out.
    pub fn new(reason: String) -> Self {
        Self { lines: None, reason }
    }
}

/// What a plan says about a feature: `true`, `false`, or a number up to which it may be used.
pub type Grant = serde_json::Value;

/// That the server is well.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Health {
    /// The time by which it bills.
    pub now: Instant,
    /// Always `ok`: what is not well does not answer so.
    pub status: String,
    /// The version of the program.
    pub version: String,
}

/// Every version of an event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct History {
    /// The first one first.
    pub versions: Vec<EventVersion>,
}

/// `HowPercentPercent`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HowPercentPercent {
    /// What was left of all its lines of the bill.
    pub base: Money,
    /// The percentage.
    pub percent: PercentOff,
    /// The percentage of that, rounded.
    pub total: Money,
}

/// The line's part of a percentage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HowPercent {
    /// `percent`.
    pub percent: HowPercentPercent,
}

/// `HowAmountAmount`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HowAmountAmount {
    /// What was left of the amount.
    pub left: Money,
    /// What the lines of the bill took of it.
    pub total: Money,
}

/// The line's part of an amount.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HowAmount {
    /// `amount`.
    pub amount: HowAmountAmount,
}

/// `HowUnitsUnits`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HowUnitsUnits {
    /// How many of the line.
    pub free: Ratio,
}

/// Units for nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HowUnits {
    /// `units`.
    pub units: HowUnitsUnits,
}

/// How a share follows from its discount.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum How {
    /// The line's part of a percentage.
    Percent(HowPercent),
    /// The line's part of an amount.
    Amount(HowAmount),
    /// Units for nothing.
    Units(HowUnits),
}

/// A person as an identity provider knows them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Identity {
    /// The provider.
    pub provider: Key,
    /// Its own name for the person, which stays when the address changes.
    pub subject: String,
}

/// Somebody who vouches for people.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IdentityProvider {
    /// Who may come in.
    pub admits: Admits,
    /// Under which name it knows this installation.
    pub client_id: String,
    /// When it was added.
    pub created_at: Instant,
    /// Since when nobody signs in by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled_at: Option<Instant>,
    /// Whose word it takes that an e-mail address is somebody's.
    pub email: EmailTrust,
    /// How it is found: the address below which `.well-known/openid-configuration` is.
    pub issuer: String,
    /// Its key.
    pub key: Key,
    /// To which addresses it may send people back.
    pub redirects: Vec<String>,
    /// Which roles it gives; where absent, people keep those that they were given here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roles: Option<RoleClaim>,
    /// What is asked of it beside `openid`.
    pub scopes: Vec<String>,
}

/// What is changed of a provider.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
pub struct IdentityProviderChange {
    /// Others who may come in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub admits: Option<Admits>,
    /// Another secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<String>,
    /// Whether nobody signs in by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled: Option<bool>,
    /// Other addresses to come back to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redirects: Option<Vec<String>>,
    /// Other roles.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roles: Option<RoleClaim>,
}

/// What a write would change in money.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Impact {
    /// Each customer and currency that is billed something at once, or differently in the period that is open.
    pub customers: Vec<CustomerImpact>,
    /// Customers whose bill cannot be drawn, before or after, and why.
    pub failures: Vec<Failure>,
    /// Whether any customer's bill changes.
    pub money: Touch,
    /// Customers whose bills may change as well and were not drawn, because there are so many.
    pub not_computed: u64,
}

/// What became of a batch of events, one outcome each, in order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ingested {
    /// How many are new.
    pub accepted: u64,
    /// How many have the id of another event with other content; they were not taken.
    pub conflicts: u64,
    /// How many were known, with the same content.
    pub duplicates: u64,
    /// What became of each, in the order of the batch.
    pub outcomes: Vec<Outcome>,
    /// How many are not valid; they are kept in quarantine.
    pub quarantined: u64,
}

/// A point in time (RFC 3339), such as 2026-04-16T13:30:00Z
pub type Instant = String;

/// What a percentile is between two values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Interpolation {
    /// The smallest value that is not below `p` percent of the values: the nearest rank, `⌈p/100·n⌉`, as in bandwidth
    /// billing.
    #[serde(rename = "nearest_rank")]
    NearestRank,
    /// A line between the two values around position `p/100·(n−1)`: `PERCENTILE.INC` of spreadsheets.
    #[serde(rename = "linear")]
    Linear,
}

/// `InvoiceCaseDraftStatus`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum InvoiceCaseDraftStatus {
    /// `draft`.
    #[serde(rename = "draft")]
    Draft,
}

/// Not yet a claim: recomputed with every billing run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InvoiceCaseDraft {
    /// `status`.
    pub status: InvoiceCaseDraftStatus,
}

/// `InvoiceCaseIssuedStatus`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum InvoiceCaseIssuedStatus {
    /// `issued`.
    #[serde(rename = "issued")]
    Issued,
}

/// Numbered and final; a change is another document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InvoiceCaseIssued {
    /// When it was issued.
    pub issued_at: Instant,
    /// Gap-free within its series.
    pub number: String,
    /// `status`.
    pub status: InvoiceCaseIssuedStatus,
}

/// `InvoiceCaseVoidStatus`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum InvoiceCaseVoidStatus {
    /// `void`.
    #[serde(rename = "void")]
    Void,
}

/// Taken back after it was issued. It keeps its number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InvoiceCaseVoid {
    /// When it was issued.
    pub issued_at: Instant,
    /// Its number.
    pub number: String,
    /// `status`.
    pub status: InvoiceCaseVoidStatus,
    /// When and why it was taken back.
    pub voided: Voided,
}

/// `InvoiceCase`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum InvoiceCase {
    /// Not yet a claim: recomputed with every billing run.
    Draft(InvoiceCaseDraft),
    /// Numbered and final; a change is another document.
    Issued(InvoiceCaseIssued),
    /// Taken back after it was issued. It keeps its number.
    Void(InvoiceCaseVoid),
}

/// A document for a customer: a draft, which every billing run computes anew, or issued, of which no amount changes any more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Invoice {
    /// What its amounts are in.
    pub currency: Currency,
    /// Whose it is.
    pub customer: Key,
    /// The last day on which it can be paid without being late; none of a draft and of a credit note.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_on: Option<Date>,
    /// Who sells.
    pub entity: Key,
    /// Which lines it gathers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gathers: Option<Gathers>,
    /// Its id.
    pub id: InvoiceId,
    /// Whether it claims or gives back.
    pub kind: DocumentKind,
    /// Its rows.
    pub lines: Vec<Line>,
    /// The sum of its lines without taxes.
    pub net: Money,
    /// What it is about, when a person wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<NoteOf>,
    /// Its date where the customer is.
    pub on: Date,
    /// The steps of spend for which it is made before a period ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reached: Option<Vec<Reached>>,
    /// What is owed of each tax; none where the seller charges none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taxes: Option<Vec<Subtotal>>,
    /// What is to be paid: `net` and taxes.
    pub total: Money,
    /// What it is besides.
    #[serde(flatten)]
    pub case: InvoiceCase,
}

/// InvoiceId
pub type InvoiceId = String;

/// An endpoint with its secret, which is told once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IssuedEndpoint {
    /// The endpoint.
    pub endpoint: Endpoint,
    /// The secret with which messages are signed: `whsec_…`.
    pub secret: String,
}

/// A token with its secret, which is told once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IssuedToken {
    /// The whole token: send it as `Authorization: Bearer …`. It is not kept, and cannot be shown again.
    pub secret: String,
    /// What it is and may do.
    pub token: Token,
}

/// Who makes a claim of a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Issuing {
    /// The billing run.
    #[serde(rename = "automatic")]
    Automatic,
    /// A person, whose word is the approval; until then each billing run computes the draft anew.
    #[serde(rename = "by_hand")]
    ByHand,
}

/// What a job does, as it is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum JobKind {
    /// Bills every customer for what is due.
    #[serde(rename = "billing_run")]
    BillingRun,
}

/// How far a job has come.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JobProgress {
    /// So many steps are done: customers, of a billing run; rows, of an export.
    pub done: u64,
    /// When it will probably end, at the speed so far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_at: Option<Instant>,
    /// When it began.
    pub started_at: Instant,
    /// Of so many.
    pub total: u64,
}

impl JobProgress {
    /// With what it must have; the rest is left out.
    pub fn new(done: u64, started_at: Instant, total: u64) -> Self {
        Self { done, expected_at: None, started_at, total }
    }
}

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum JobState {
    /// Its time has not come, or nobody has begun it yet.
    #[serde(rename = "waiting")]
    Waiting,
    /// It is being done.
    #[serde(rename = "running")]
    Running,
    /// It is being done, and was asked to stop.
    #[serde(rename = "cancelling")]
    Cancelling,
    /// It was done.
    #[serde(rename = "done")]
    Done,
    /// It was given up.
    #[serde(rename = "failed")]
    Failed,
    /// It was stopped.
    #[serde(rename = "cancelled")]
    Cancelled,
}

/// A job as it stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JobView {
    /// How often it was begun.
    pub attempts: i64,
    /// When it was asked for.
    pub created_at: Instant,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Instant>,
    /// Its id.
    pub id: String,
    /// What it does.
    pub kind: String,
    /// How far it has come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub progress: Option<JobProgress>,
    /// What came of it: counts, or the problem.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<serde_json::Value>,
    /// Not before this time.
    pub run_at: Instant,
    /// Where it stands.
    pub state: JobState,
}

impl JobView {
    /// With what it must have; the rest is left out.
    pub fn new(attempts: i64, created_at: Instant, id: String, kind: String, run_at: Instant, state: JobState) -> Self {
        Self { attempts, created_at, ended_at: None, id, kind, progress: None, result: None, run_at, state }
    }
}

/// An entry and its place in the journal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JournalEntry {
    /// `book`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub book: Option<Book>,
    /// `correlation`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correlation: Option<String>,
    /// `effective_at`.
    pub effective_at: Instant,
    /// `entity`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entity: Option<Key>,
    /// `event`.
    pub event: String,
    /// `origin`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Month>,
    /// `postings`.
    pub postings: Vec<Posting>,
    /// When it was written.
    pub recorded_at: Instant,
    /// `reverses`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reverses: Option<String>,
    /// `rule`.
    pub rule: u32,
    /// Its place: 1, 2, 3, … without a gap.
    pub seq: i64,
}

impl JournalEntry {
    /// With what it must have; the rest is left out.
    pub fn new(effective_at: Instant, event: String, postings: Vec<Posting>, recorded_at: Instant, rule: u32, seq: i64) -> Self {
        Self { book: None, correlation: None, effective_at, entity: None, event, origin: None, postings, recorded_at, reverses: None, rule, seq }
    }
}

/// A name chosen by a person: letters, digits and _ . : -
pub type Key = String;

/// Off the first bill with something to take off; an amount until it is used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum LastsOnce {
    /// `once`.
    #[serde(rename = "once")]
    Once,
}

/// Off so many cycles of each subscription, in the order in which they fall due.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LastsPeriods {
    /// `periods`.
    pub periods: u32,
}

/// Off every cycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum LastsForever {
    /// `forever`.
    #[serde(rename = "forever")]
    Forever,
}

/// How long a redemption takes off.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Lasts {
    /// Off the first bill with something to take off; an amount until it is used up.
    Once(LastsOnce),
    /// Off so many cycles of each subscription, in the order in which they fall due.
    Periods(LastsPeriods),
    /// Off every cycle.
    Forever(LastsForever),
}

/// How a quantity of a subscription counts that changes within a cycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Level {
    /// As it stands: what falls is given back.
    #[serde(rename = "current")]
    Current,
    /// The most so far in the cycle: what rises is billed when it does, and what falls counts from the next cycle on.
    #[serde(rename = "peak")]
    Peak,
}

/// Of what the exact tax is rounded. Whatever is rounded, the parts below it sum to it and the levels above are its sums.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Level2 {
    /// Each tax over all lines that have it (EN 16931, BR-CO-17); the total is their sum (BR-CO-14).
    #[serde(rename = "category")]
    Category,
    /// Each tax on each line.
    #[serde(rename = "line_tax")]
    LineTax,
    /// All taxes of a line together.
    #[serde(rename = "line")]
    Line,
    /// All taxes of the document together.
    #[serde(rename = "document")]
    Document,
}

/// What an event says of a level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Levels {
    /// The level from then on; of two at the same instant the one with the larger identity.
    #[serde(rename = "absolute")]
    Absolute,
    /// How much the level rises or falls.
    #[serde(rename = "changes")]
    Changes,
}

/// `LimitAbsoluteAbsolute`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LimitAbsoluteAbsolute {
    /// Each is told by itself.
    pub at: Vec<Dec>,
}

/// At these values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LimitAbsolute {
    /// `absolute`.
    pub absolute: LimitAbsoluteAbsolute,
}

/// `LimitBudgetBudget`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LimitBudgetBudget {
    /// The budget for a billing period.
    pub amount: Dec,
    /// In per cent; each is told by itself.
    pub percent: Vec<Dec>,
}

/// At these shares of a budget.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LimitBudget {
    /// `budget`.
    pub budget: LimitBudgetBudget,
}

/// `LimitLastPeriodLastPeriod`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LimitLastPeriodLastPeriod {
    /// In per cent; each is told by itself.
    pub percent: Vec<Dec>,
}

/// At these shares of what the last closed period came to. Where there is none, or it came to nothing, nothing is told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LimitLastPeriod {
    /// `last_period`.
    pub last_period: LimitLastPeriodLastPeriod,
}

/// From where on it is told: quantities of a meter, or amounts in the currency of a spend.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Limit {
    /// At these values.
    Absolute(LimitAbsolute),
    /// At these shares of a budget.
    Budget(LimitBudget),
    /// At these shares of what the last closed period came to. Where there is none, or it came to nothing, nothing is told.
    LastPeriod(LimitLastPeriod),
}

/// How often a discount can be redeemed.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
pub struct Limits {
    /// By one customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_customer: Option<u32>,
    /// By all customers together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redemptions: Option<u32>,
}

/// One row of a document: what a key is worth, less what was posted under it before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// `worth.amount − posted`.
    pub amount: Money,
    /// Up to when usage was billed under the key before its cycle was over: the line is about the rest, and no correction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub billed_until: Option<Instant>,
    /// What the line is about.
    pub key: LineKey,
    /// The stretch of service that the line charges or gives back.
    pub period: Period,
    /// What stood under the key before this line.
    pub posted: Money,
    /// The quantity charged; for a correction, how much more or less than before.
    pub quantity: Ratio,
    /// The share of the cycle that the line is about.
    pub share: Ratio,
    /// Its taxes, once it stands on a document of an entity that charges any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taxed: Option<TaxedLine>,
    /// What the key is worth, and why.
    pub worth: Worth,
}

impl Line {
    /// With what it must have; the rest is left out.
    pub fn new(amount: Money, key: LineKey, period: Period, posted: Money, quantity: Ratio, share: Ratio, worth: Worth) -> Self {
        Self { amount, billed_until: None, key, period, posted, quantity, share, taxed: None, worth }
    }
}

/// What two plans would post under one key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LineDifference {
    /// What the second plan posts.
    pub after: Money,
    /// What the first plan posts.
    pub before: Money,
    /// `after − before`.
    pub difference: Money,
    /// The key.
    pub key: LineKey,
}

/// What a line is *about*. Amounts under one key can be added and subtracted: what a key is worth now, less what was posted
/// under it, is what to post.
///
/// The cycle is the price's whole cycle, not the stretch that happens to be covered: when a subscription changes in the middle
/// of a cycle, the worth of the same key changes and the difference shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LineKey {
    /// The currency.
    pub currency: Currency,
    /// The whole cycle of the price.
    pub cycle: Period,
    /// The dimensions by which the price splits its lines; empty for most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dimensions: Option<BTreeMap<String, String>>,
    /// The price.
    pub price: PriceRef,
    /// The subscription.
    pub subscription: Key,
}

impl LineKey {
    /// With what it must have; the rest is left out.
    pub fn new(currency: Currency, cycle: Period, price: PriceRef, subscription: Key) -> Self {
        Self { currency, cycle, dimensions: None, price, subscription }
    }
}

/// One tax of one line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LineTax {
    /// The line's part of what the document owes of it.
    pub amount: Money,
    /// The tax.
    pub tax: Tax,
}

/// An e-mail, as its log shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MailDelivery {
    /// What came of the last attempt.
    pub answer: serde_json::Value,
    /// How often it was tried.
    pub attempts: i64,
    /// When it was made.
    pub created_at: Instant,
    /// Its id.
    pub id: String,
    /// When it is tried next, while it waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_at: Option<Instant>,
    /// What it is about.
    pub object: String,
    /// Where it stands.
    pub state: DeliveryState,
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub text: String,
    /// To whom.
    pub to: String,
}

/// `MakesOtherEventMakes`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum MakesOtherEventMakes {
    /// `other_event`.
    #[serde(rename = "other_event")]
    OtherEvent,
}

/// The meter looks at events of another name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MakesOtherEvent {
    /// Which.
    pub event: String,
    /// `makes`.
    pub makes: MakesOtherEventMakes,
}

/// `MakesFilteredOutMakes`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum MakesFilteredOutMakes {
    /// `filtered_out`.
    #[serde(rename = "filtered_out")]
    FilteredOut,
}

/// A condition of the meter does not let it through.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MakesFilteredOut {
    /// Each condition that fails.
    pub conditions: Vec<FailedCondition>,
    /// `makes`.
    pub makes: MakesFilteredOutMakes,
}

/// `MakesNotMeasurableMakes`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum MakesNotMeasurableMakes {
    /// `not_measurable`.
    #[serde(rename = "not_measurable")]
    NotMeasurable,
}

/// The meter looks at it and cannot measure it: it counts as nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MakesNotMeasurable {
    /// `makes`.
    pub makes: MakesNotMeasurableMakes,
    /// Why.
    pub problem: Problem,
}

/// `MakesBilledMakes`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum MakesBilledMakes {
    /// `billed`.
    #[serde(rename = "billed")]
    Billed,
}

/// It is billed on a line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MakesBilled {
    /// `makes`.
    pub makes: MakesBilledMakes,
    /// What it is besides.
    #[serde(flatten)]
    pub billed_on: BilledOn,
}

/// `MakesOnDraftMakes`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum MakesOnDraftMakes {
    /// `on_draft`.
    #[serde(rename = "on_draft")]
    OnDraft,
}

/// It stands on a draft, which is computed anew until it is issued.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MakesOnDraft {
    /// The draft.
    pub invoice: InvoiceId,
    /// `makes`.
    pub makes: MakesOnDraftMakes,
}

/// `MakesNotYetDueMakes`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum MakesNotYetDueMakes {
    /// `not_yet_due`.
    #[serde(rename = "not_yet_due")]
    NotYetDue,
}

/// Its cycle is billed later.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MakesNotYetDue {
    /// When.
    pub due_at: Instant,
    /// `makes`.
    pub makes: MakesNotYetDueMakes,
}

/// `MakesDueMakes`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum MakesDueMakes {
    /// `due`.
    #[serde(rename = "due")]
    Due,
}

/// Its cycle is due, and the next billing run bills it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MakesDue {
    /// Since when.
    pub due_at: Instant,
    /// `makes`.
    pub makes: MakesDueMakes,
}

/// `MakesWaitsMakes`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum MakesWaitsMakes {
    /// `waits`.
    #[serde(rename = "waits")]
    Waits,
}

/// Its cycle was billed before it arrived or was corrected; the difference goes on the next invoice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MakesWaits {
    /// Where its cycle was billed.
    pub billed: BilledOn,
    /// How much more or less is billed for the cycle.
    pub difference: Money,
    /// `makes`.
    pub makes: MakesWaitsMakes,
}

/// `MakesChangesNothingMakes`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum MakesChangesNothingMakes {
    /// `changes_nothing`.
    #[serde(rename = "changes_nothing")]
    ChangesNothing,
}

/// Its cycle was billed before it arrived or was corrected, and that changes no amount: it lies within what is included, for
/// example.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MakesChangesNothing {
    /// Where its cycle was billed.
    pub billed: BilledOn,
    /// `makes`.
    pub makes: MakesChangesNothingMakes,
}

/// What a metered price makes of an event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Makes {
    /// The meter looks at events of another name.
    OtherEvent(MakesOtherEvent),
    /// A condition of the meter does not let it through.
    FilteredOut(MakesFilteredOut),
    /// The meter looks at it and cannot measure it: it counts as nothing.
    NotMeasurable(MakesNotMeasurable),
    /// It is billed on a line.
    Billed(MakesBilled),
    /// It stands on a draft, which is computed anew until it is issued.
    OnDraft(MakesOnDraft),
    /// Its cycle is billed later.
    NotYetDue(MakesNotYetDue),
    /// Its cycle is due, and the next billing run bills it.
    Due(MakesDue),
    /// Its cycle was billed before it arrived or was corrected; the difference goes on the next invoice.
    Waits(MakesWaits),
    /// Its cycle was billed before it arrived or was corrected, and that changes no amount: it lies within what is included, for
    /// example.
    ChangesNothing(MakesChangesNothing),
}

/// Rates by the values of one or more dimensions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Matrix {
    /// The dimensions that decide the rate.
    pub by: Vec<String>,
    /// Rate of every other combination. Left out, another combination is an error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<NonNegative>,
    /// The rates.
    pub rates: Vec<MatrixRate>,
}

impl Matrix {
    /// With what it must have; the rest is left out.
    pub fn new(by: Vec<String>, rates: Vec<MatrixRate>) -> Self {
        Self { by, default: None, rates }
    }
}

/// The rate of one combination of values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MatrixRate {
    /// Price of one unit.
    pub each: NonNegative,
    /// A value for each dimension, in the order of `by`.
    pub of: Vec<String>,
}

/// What a meter says of a period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// How many events were counted. Events before the period that only carry a level into it do not count.
    pub count: u64,
    /// What is priced: converted and rounded.
    pub quantity: Ratio,
    /// What was counted, before conversion and rounding.
    pub raw: Ratio,
    /// The value of each event, by time; only when asked for with
    /// \[`state_with_transactions`\](crate::CompiledMeter::state_with_transactions).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transactions: Option<Vec<Dec>>,
}

impl Measured {
    /// With what it must have; the rest is left out.
    pub fn new(count: u64, quantity: Ratio, raw: Ratio) -> Self {
        Self { count, quantity, raw, transactions: None }
    }
}

/// How a quantity was counted; the same question to the usage store gives the same answer for ever.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measurement {
    /// How many events counted.
    pub events: u64,
    /// From when to when events count.
    pub period: Period,
    /// The same after conversion and rounding of the quantity.
    pub quantity: Ratio,
    /// What the events add up to.
    pub raw: Ratio,
    /// Sequence number of the last event that the store had when it counted.
    pub watermark: u64,
}

/// Filter and aggregation that turn events into a quantity. Meters have their names as keys of the map in which they are kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Meter {
    /// How their values become one.
    pub aggregate: Aggregation,
    /// From the unit that is counted to the unit that is priced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub convert: Option<Conversion>,
    /// The name of the events that it looks at.
    pub event: String,
    /// Properties by which the quantity can be split.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_by: Option<Vec<String>>,
    /// Whether only events of the period count, or all since the beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub over: Option<Over>,
    /// Rounding of the quantity, after conversion.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub round: Option<QuantityRounding>,
    /// Name of the unit that is priced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Which of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub r#where: Option<Filter>,
}

impl Meter {
    /// With what it must have; the rest is left out.
    pub fn new(aggregate: Aggregation, event: String) -> Self {
        Self { aggregate, convert: None, event, group_by: None, over: None, round: None, unit: None, r#where: None }
    }
}

/// How much was used, for one combination of dimensions in one window.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MeteredUsage {
    /// Who used.
    pub customer: String,
    /// The dimensions asked for, with their values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dimensions: Option<BTreeMap<String, String>>,
    /// When the window begins.
    pub from: Instant,
    /// How much, and from how many events.
    pub measured: Measured,
    /// Events that the meter looked at and could not measure; they count as nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unmeasured: Option<Unmeasured2>,
}

impl MeteredUsage {
    /// With what it must have; the rest is left out.
    pub fn new(customer: String, from: Instant, measured: Measured) -> Self {
        Self { customer, dimensions: None, from, measured, unmeasured: None }
    }
}

/// By what something is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Method {
    /// To our bank account.
    #[serde(rename = "bank_transfer")]
    BankTransfer,
    /// By card: a provider holds it for us until it pays out.
    #[serde(rename = "card")]
    Card,
    /// In notes and coins.
    #[serde(rename = "cash")]
    Cash,
    /// By cheque.
    #[serde(rename = "cheque")]
    Cheque,
    /// By other means that end in our bank account.
    #[serde(rename = "other")]
    Other,
    /// By a credit note. It comes to be when the note is issued, and is not recorded by hand.
    #[serde(rename = "credit_note")]
    CreditNote,
    /// Not at all: the claim is given up. It comes to be by a write-off.
    #[serde(rename = "write_off")]
    WriteOff,
}

/// From 1 to 1440 minutes.
pub type Minutes = u16;

/// How \[`Money`\] is written: major units as text, with all digits of the minor unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Money {
    /// Major units as text with all digits of the minor unit: "12.30".
    pub amount: String,
    /// ISO 4217 code.
    pub currency: Currency,
}

/// What a customer would be billed more or less.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MoneyDifference {
    /// Up to when bills were drawn to find it out: so that every cycle that changes is on them.
    pub as_of: Instant,
    /// Who.
    pub customer: Key,
    /// The difference, line by line and as a sum for each currency.
    pub difference: PlanDifference,
}

/// A calendar month, such as 2026-04.
pub type Month = String;

/// A discount under its key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NamedDiscount {
    /// The offer.
    pub discount: Discount,
    /// Its key.
    pub key: Key,
}

/// An alert that is asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewAlert {
    /// Whose usage or spend is watched; each customer's, one by one, when it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<Key>,
    /// From where on it is told.
    pub limit: Limit,
    /// Its name, for people.
    pub name: String,
    /// What is watched.
    pub on: Watched,
    /// Who gets an e-mail, besides the webhooks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipients: Option<Vec<String>>,
}

impl NewAlert {
    /// With what it must have; the rest is left out.
    pub fn new(limit: Limit, name: String, on: Watched) -> Self {
        Self { customer: None, limit, name, on, recipients: None }
    }
}

/// A change of a subscription that is asked for.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewChange {
    /// What becomes of what was charged ahead for the plan before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit: Option<Credit>,
    /// From when; now when absent. It may lie in the past. Prices that prorate by day charge a day by the terms at its beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective: Option<Effective>,
    /// From when the phases of another plan count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phases: Option<Phases>,
    /// Another plan, as it is offered now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<Key>,
    /// Prices that were agreed instead of the plan's; `null` takes the plan's own again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prices: Option<BTreeMap<String, Option<Price>>>,
    /// Other quantities.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantities: Option<BTreeMap<String, Dec>>,
}

/// A charge that is asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewCharge {
    /// The currency: a code of ISO 4217.
    pub currency: Currency,
    /// When it is due; from the beginning of today when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<When>,
    /// What each costs, in the currency.
    pub each: NonNegative,
    /// Its key, unique among charges and subscriptions.
    pub key: Key,
    /// What the customer reads; the key when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How many; one when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<NonNegative>,
    /// The class that the tax rules look at; the seller's usual one when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_category: Option<Key>,
}

impl NewCharge {
    /// With what it must have; the rest is left out.
    pub fn new(currency: Currency, each: NonNegative, key: Key) -> Self {
        Self { currency, due: None, each, key, name: None, quantity: None, tax_category: None }
    }
}

/// A credit note that is asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewCreditNote {
    /// What is given back of which line; all that is left of every line when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lines: Option<Vec<CreditLine>>,
    /// Why, as the customer reads it.
    pub reason: String,
}

impl NewCreditNote {
    /// With what it must have; the rest is left out.
    pub fn new(reason: String) -> Self {
        Self { lines: None, reason }
    }
}

/// A debit note that is asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewDebitNote {
    /// What more is charged on which line.
    pub lines: Vec<DebitLine>,
    /// Why, as the customer reads it.
    pub reason: String,
}

/// An endpoint that is asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewEndpoint {
    /// What it is told; everything when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topics: Option<Vec<Topic>>,
    /// Where messages are sent: `https://…`.
    pub url: String,
}

impl NewEndpoint {
    /// With what it must have; the rest is left out.
    pub fn new(url: String) -> Self {
        Self { topics: None, url }
    }
}

/// What is exported, and how.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewExport {
    /// As which kind of file.
    pub format: FileFormat,
    /// Only what is true from this time on: events that happened, invoices of a day, entries that are effective.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Instant>,
    /// Only what is true before this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Instant>,
    /// What is exported.
    pub what: Exported,
}

impl NewExport {
    /// With what it must have; the rest is left out.
    pub fn new(format: FileFormat, what: Exported) -> Self {
        Self { format, from: None, to: None, what }
    }
}

/// A provider that is to be added.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewIdentityProvider {
    /// Who may come in; users who were added here when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub admits: Option<Admits>,
    /// Under which name it knows this installation.
    pub client_id: String,
    /// The secret that it gave. It is kept sealed.
    pub client_secret: String,
    /// Whose word it takes that an e-mail address is somebody's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<EmailTrust>,
    /// How it is found: `https://accounts.example.com`.
    pub issuer: String,
    /// Its key.
    pub key: Key,
    /// To which addresses it may send people back.
    pub redirects: Vec<String>,
    /// Which roles it gives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roles: Option<RoleClaim>,
    /// What is asked of it beside `openid`; `email` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Vec<String>>,
}

impl NewIdentityProvider {
    /// With what it must have; the rest is left out.
    pub fn new(client_id: String, client_secret: String, issuer: String, key: Key, redirects: Vec<String>) -> Self {
        Self { admits: None, client_id, client_secret, email: None, issuer, key, redirects, roles: None, scopes: None }
    }
}

/// A job that is asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewJob {
    /// What it does.
    pub kind: JobKind,
    /// Not before this time; at once when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_at: Option<Instant>,
}

impl NewJob {
    /// With what it must have; the rest is left out.
    pub fn new(kind: JobKind) -> Self {
        Self { kind, run_at: None }
    }
}

/// A payment that came.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewPayment {
    /// How much arrived.
    pub amount: Money,
    /// Who paid.
    pub customer: Key,
    /// The legal entity that was paid; the customer's when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entity: Option<Key>,
    /// What a bank kept of it: it pays as if this had come too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fee: Option<Money>,
    /// What it is known by, as its source knows it: the line of a bank statement. Recorded twice under one key it is one payment.
    pub key: Key,
    /// By what: bank transfer, card, cash, cheque or other.
    pub method: Method,
    /// What it pays. When absent, every invoice of which something is left to pay, what falls due first first; of an empty list
    /// nothing. What is left
    /// goes to the customer's balance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pays: Option<Vec<Share>>,
    /// When it came, not later than now; now when absent. A day is meant where the customer is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received: Option<When>,
    /// What the payer wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

impl NewPayment {
    /// With what it must have; the rest is left out.
    pub fn new(amount: Money, customer: Key, key: Key, method: Method) -> Self {
        Self { amount, customer, entity: None, fee: None, key, method, pays: None, received: None, reference: None }
    }
}

/// A discount that is asked for.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewRedemption {
    /// Which discount, by the code that the customer entered; instead of its key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Key>,
    /// Which discount, by its key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount: Option<Key>,
    /// From when it takes off: lines that fall due then or later. From the beginning of today when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective: Option<When>,
    /// The key that the redemption gets; made of customer and discount when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Key>,
    /// The one subscription that it is for; all of the customer's when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subscription: Option<Key>,
}

/// Money that is to go back out of a customer's balance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewRefund {
    /// How much.
    pub amount: Money,
    /// The legal entity that pays it; the customer's when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entity: Option<Key>,
    /// What it is known by: made twice under one key it is one refund.
    pub key: Key,
    /// How it goes back.
    pub method: Method,
    /// What the customer reads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

impl NewRefund {
    /// With what it must have; the rest is left out.
    pub fn new(amount: Money, key: Key, method: Method) -> Self {
        Self { amount, entity: None, key, method, reference: None }
    }
}

/// A schedule that is to be added.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewSchedule {
    /// How often.
    pub every: Every3,
    /// What is done.
    pub work: ScheduledWork,
}

/// Settings that are to be in force.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewSettings {
    /// From when; at once when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective_at: Option<Instant>,
    /// All of them.
    pub settings: Settings,
}

impl NewSettings {
    /// With what it must have; the rest is left out.
    pub fn new(settings: Settings) -> Self {
        Self { effective_at: None, settings }
    }
}

/// What is asked for when a customer subscribes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewSubscription {
    /// Where cycles begin: a day of the month such as 15, or a day such as 2026-04-15. When absent: the customer's billing day,
    /// the
    /// cycles of the subscription that it goes with, or the first day with prices.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anchor: Option<Anchor>,
    /// Who subscribes.
    pub customer: Key,
    /// The subscription of the same customer that it is an add-on to: it is served only while that one is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goes_with: Option<Key>,
    /// Its key; the customer's key when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Key>,
    /// From when the phases of the plan count; from the start when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phases_from: Option<When>,
    /// To which plan, as it is offered now.
    pub plan: Key,
    /// Prices that were agreed instead of the plan's, by its names for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prices: Option<BTreeMap<String, Price>>,
    /// How many of each thing that the plan counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantities: Option<BTreeMap<String, Dec>>,
    /// From when; from the beginning of today when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<When>,
    /// How long it is agreed for; until it is ended when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub term: Option<Term>,
    /// Which usage of the customer it bills: `all` of it; `{ only: { project: atlas } }`, by the dimensions of its meters; or
    /// `shared`, where
    /// another subscription bills the same usage and it is to be billed twice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<UsageScope>,
}

impl NewSubscription {
    /// With what it must have; the rest is left out.
    pub fn new(customer: Key, plan: Key) -> Self {
        Self { anchor: None, customer, goes_with: None, key: None, phases_from: None, plan, prices: None, quantities: None, start: None, term: None, usage: None }
    }
}

/// A tenant that is to be added.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewTenant {
    /// Whether money is real there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<Environment>,
    /// Its key.
    pub key: Key,
    /// Its name, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl NewTenant {
    /// With what it must have; the rest is left out.
    pub fn new(key: Key) -> Self {
        Self { environment: None, key, name: None }
    }
}

/// A token that is asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewToken {
    /// From when on it is no longer good; never when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Instant>,
    /// What people call it.
    pub name: String,
    /// Single permissions, such as `events:write`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permissions: Option<Vec<Permission>>,
    /// Sets of permissions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roles: Option<Vec<Role>>,
}

impl NewToken {
    /// With what it must have; the rest is left out.
    pub fn new(name: String) -> Self {
        Self { expires_at: None, name, permissions: None, roles: None }
    }
}

/// To whom a subscription goes over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewTransfer {
    /// The customer who has it from then on.
    pub customer: Key,
    /// From when; now when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective: Option<Effective>,
    /// The key of the new subscription; the customer's key when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Key>,
}

impl NewTransfer {
    /// With what it must have; the rest is left out.
    pub fn new(customer: Key) -> Self {
        Self { customer, effective: None, key: None }
    }
}

/// A user who is to be added.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewUser {
    /// The e-mail address to sign in with.
    pub email: String,
    /// The person's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The password: at least 15 characters. Without one they sign in by an identity provider alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// What the person may do.
    pub roles: Vec<Role>,
}

impl NewUser {
    /// With what it must have; the rest is left out.
    pub fn new(email: String, roles: Vec<Role>) -> Self {
        Self { email, name: None, password: None, roles }
    }
}

/// A document that is to be voided.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewVoid {
    /// What becomes of its lines: it has to be said, but for a note by hand, whose lines are worth again what they were before
    /// it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lines: Option<VoidedLines>,
    /// Why.
    pub reason: String,
}

impl NewVoid {
    /// With what it must have; the rest is left out.
    pub fn new(reason: String) -> Self {
        Self { lines: None, reason }
    }
}

/// NonEmptyChange
pub type NonEmptyChange = Vec<Change2>;

/// NonEmptyKey
pub type NonEmptyKey = Vec<Key>;

/// NonEmptyPriceName
pub type NonEmptyPriceName = Vec<PriceName>;

/// NonEmptyRuleTax
pub type NonEmptyRuleTax = Vec<RuleTax>;

/// A number that is zero or above: a price, a percentage, an allowance. A price below zero is refused: what reduces a bill is a
/// discount or a credit, which say why they reduce it.
pub type NonNegative = String;

/// Changed events that change no bill.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NotBilled {
    /// How many.
    pub events: u64,
    /// The name of the events.
    pub name: String,
    /// Whose.
    pub subject: String,
}

/// `NoteNotMeasuredNote`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum NoteNotMeasuredNote {
    /// `not_measured`.
    #[serde(rename = "not_measured")]
    NotMeasured,
}

/// Events of the customer fit a meter and could not be measured: they are not billed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NoteNotMeasured {
    /// How many, and why.
    pub events: Unmeasured,
    /// The meter.
    pub meter: Key,
    /// `note`.
    pub note: NoteNotMeasuredNote,
    /// From when to when.
    pub period: Period,
}

/// `NoteHeldNote`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum NoteHeldNote {
    /// `held`.
    #[serde(rename = "held")]
    Held,
}

/// A line that was billed is worth something else, and the difference waits for somebody's word.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NoteHeld {
    /// How much more it is worth, or less.
    pub amount: Money,
    /// The line.
    pub line: LineKey,
    /// `note`.
    pub note: NoteHeldNote,
}

/// Something about a plan that somebody should look at; it does not keep the plan from being posted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Note {
    /// Events of the customer fit a meter and could not be measured: they are not billed.
    NotMeasured(NoteNotMeasured),
    /// A line that was billed is worth something else, and the difference waits for somebody's word.
    Held(NoteHeld),
}

/// Which way a note goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum NoteKind {
    /// It gives back.
    #[serde(rename = "credit")]
    Credit,
    /// It charges more.
    #[serde(rename = "debit")]
    Debit,
}

/// A line of a note.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NoteLine {
    /// The amount before discounts.
    pub amount: Money,
    /// The discount that goes with it.
    pub discount: Money,
    /// With tax.
    pub gross: Money,
    /// Without tax.
    pub net: Money,
    /// The number of the line on the document that the note is about.
    pub number: u32,
    /// How many units, where units were asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<Ratio>,
    /// Each tax, in the order of the line's taxes.
    pub taxes: Vec<LineTax>,
}

impl NoteLine {
    /// With what it must have; the rest is left out.
    pub fn new(amount: Money, discount: Money, gross: Money, net: Money, number: u32, taxes: Vec<LineTax>) -> Self {
        Self { amount, discount, gross, net, number, quantity: None, taxes }
    }
}

/// What a note by hand is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NoteOf {
    /// The document that it corrects.
    pub document: InvoiceId,
    /// That document's number.
    pub number: String,
    /// What of each line, and where the money goes.
    pub plan: NotePlan,
    /// Why, as the customer reads it.
    pub reason: String,
}

/// A note as it will be issued. Amounts are those of the document's sign: a credit of a charge is above zero.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NotePlan {
    /// The amounts before discounts.
    pub amount: Money,
    /// Its currency.
    pub currency: Currency,
    /// The discounts that go with them.
    pub discount: Money,
    /// `net + tax`: what is given back or charged.
    pub gross: Money,
    /// Which way it goes.
    pub kind: NoteKind,
    /// Its lines, in the order of the document.
    pub lines: Vec<NoteLine>,
    /// The sum without tax.
    pub net: Money,
    /// Where the money of a credit goes; nothing for a debit note, which is to be paid.
    pub settlement: Settlement,
    /// The tax.
    pub tax: Money,
    /// One for each tax: what an electronic document shows as its tax breakdown.
    pub taxes: Vec<TaxTotal>,
}

/// Notes that were issued.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Notes {
    /// One for each currency.
    pub notes: Vec<Invoice>,
}

/// The thing that something was done to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Object {
    /// Its key or id within the kind.
    pub id: String,
    /// What kind of thing it is.
    pub kind: String,
}

/// A part of what is left of the lines: rounded once for all lines of a bill, and shared by largest remainder.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OffPercent {
    /// `percent`.
    pub percent: PercentOff,
}

/// An amount above zero. Redeemed once, it lasts until it is used up; else it is there again in each period, and what a period
/// does not use
/// is lost.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OffAmount {
    /// `amount`.
    pub amount: Money,
}

/// So many units above zero free, of one meter or price. They come off before any other discount.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OffUnits {
    /// `units`.
    pub units: Dec,
}

/// How much a discount takes off.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Off {
    /// A part of what is left of the lines: rounded once for all lines of a bill, and shared by largest remainder.
    Percent(OffPercent),
    /// An amount above zero. Redeemed once, it lasts until it is used up; else it is there again in each period, and what a
    /// period does not use
    /// is lost.
    Amount(OffAmount),
    /// So many units above zero free, of one meter or price. They come off before any other discount.
    Units(OffUnits),
}

/// A version of the catalog.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Offer {
    /// What is offered.
    pub catalog: Catalog,
    /// Its number.
    pub version: u32,
}

/// What a tax is a percentage of, where a line has several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum On {
    /// The price.
    #[serde(rename = "price")]
    Price,
    /// The price and the taxes that stand before it on the line.
    #[serde(rename = "price_and_taxes")]
    PriceAndTaxes,
}

/// When service begins again.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
pub struct Opening {
    /// Its first moment; now when it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective: Option<Effective>,
}

/// `OutcomeAcceptedOutcome`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum OutcomeAcceptedOutcome {
    /// `accepted`.
    #[serde(rename = "accepted")]
    Accepted,
}

/// It is new and on the disk.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OutcomeAccepted {
    /// `outcome`.
    pub outcome: OutcomeAcceptedOutcome,
    /// Its position.
    pub seq: Seq,
}

/// `OutcomeDuplicateOutcome`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum OutcomeDuplicateOutcome {
    /// `duplicate`.
    #[serde(rename = "duplicate")]
    Duplicate,
}

/// The same event, with the same content, was accepted before; also when it was amended or retracted since.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OutcomeDuplicate {
    /// `outcome`.
    pub outcome: OutcomeDuplicateOutcome,
    /// Position of that event.
    pub seq: Seq,
}

/// `OutcomeConflictOutcome`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum OutcomeConflictOutcome {
    /// `conflict`.
    #[serde(rename = "conflict")]
    Conflict,
}

/// An event of this source with this id was accepted before and says something else. The one that was there is kept; this
/// one is not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OutcomeConflict {
    /// `outcome`.
    pub outcome: OutcomeConflictOutcome,
    /// Position of the event that was there.
    pub seq: Seq,
}

/// `OutcomeQuarantinedOutcome`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum OutcomeQuarantinedOutcome {
    /// `quarantined`.
    #[serde(rename = "quarantined")]
    Quarantined,
}

/// It is not valid: it is kept and listed in the quarantine and measured by nothing. The same id can be sent again, mended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OutcomeQuarantined {
    /// `outcome`.
    pub outcome: OutcomeQuarantinedOutcome,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What became of one event of a batch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Outcome {
    /// It is new and on the disk.
    Accepted(OutcomeAccepted),
    /// The same event, with the same content, was accepted before; also when it was amended or retracted since.
    Duplicate(OutcomeDuplicate),
    /// An event of this source with this id was accepted before and says something else. The one that was there is kept; this
    /// one is not.
    Conflict(OutcomeConflict),
    /// It is not valid: it is kept and listed in the quarantine and measured by nothing. The same id can be sent again, mended.
    Quarantined(OutcomeQuarantined),
}

/// Which events of the past a quantity rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Over {
    /// Those of the period.
    #[serde(rename = "period")]
    Period,
    /// All up to the end of the period: what was added stays until it is taken away, such as seats.
    #[serde(rename = "lifetime")]
    Lifetime,
}

/// A price for packages of a fixed size.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Package {
    /// Price of a package.
    pub price: NonNegative,
    /// Units in a package. Zero or below is refused: such a price would be free or infinite.
    pub size: Positive,
}

/// A part of a list. The next part begins at `next`, given as `?after=`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PageOfAlert {
    /// The items, in the order of the list. There can be fewer than `limit` though the list goes on.
    pub items: Vec<Alert>,
    /// Where the list goes on; absent at its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Place2>,
}

impl PageOfAlert {
    /// With what it must have; the rest is left out.
    pub fn new(items: Vec<Alert>) -> Self {
        Self { items, next: None }
    }
}

/// A part of a list. The next part begins at `next`, given as `?after=`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PageOfApproval {
    /// The items, in the order of the list. There can be fewer than `limit` though the list goes on.
    pub items: Vec<Approval>,
    /// Where the list goes on; absent at its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Place2>,
}

impl PageOfApproval {
    /// With what it must have; the rest is left out.
    pub fn new(items: Vec<Approval>) -> Self {
        Self { items, next: None }
    }
}

/// A part of a list. The next part begins at `next`, given as `?after=`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PageOfAuditEntry {
    /// The items, in the order of the list. There can be fewer than `limit` though the list goes on.
    pub items: Vec<AuditEntry>,
    /// Where the list goes on; absent at its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Place2>,
}

impl PageOfAuditEntry {
    /// With what it must have; the rest is left out.
    pub fn new(items: Vec<AuditEntry>) -> Self {
        Self { items, next: None }
    }
}

/// A part of a list. The next part begins at `next`, given as `?after=`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PageOfChangeset {
    /// The items, in the order of the list. There can be fewer than `limit` though the list goes on.
    pub items: Vec<Changeset>,
    /// Where the list goes on; absent at its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Place2>,
}

impl PageOfChangeset {
    /// With what it must have; the rest is left out.
    pub fn new(items: Vec<Changeset>) -> Self {
        Self { items, next: None }
    }
}

/// A part of a list. The next part begins at `next`, given as `?after=`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PageOfCharge {
    /// The items, in the order of the list. There can be fewer than `limit` though the list goes on.
    pub items: Vec<Charge>,
    /// Where the list goes on; absent at its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Place2>,
}

impl PageOfCharge {
    /// With what it must have; the rest is left out.
    pub fn new(items: Vec<Charge>) -> Self {
        Self { items, next: None }
    }
}

/// A part of a list. The next part begins at `next`, given as `?after=`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PageOfCrossing {
    /// The items, in the order of the list. There can be fewer than `limit` though the list goes on.
    pub items: Vec<Crossing>,
    /// Where the list goes on; absent at its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Place2>,
}

impl PageOfCrossing {
    /// With what it must have; the rest is left out.
    pub fn new(items: Vec<Crossing>) -> Self {
        Self { items, next: None }
    }
}

/// A part of a list. The next part begins at `next`, given as `?after=`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PageOfCustomer {
    /// The items, in the order of the list. There can be fewer than `limit` though the list goes on.
    pub items: Vec<Customer>,
    /// Where the list goes on; absent at its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Place2>,
}

impl PageOfCustomer {
    /// With what it must have; the rest is left out.
    pub fn new(items: Vec<Customer>) -> Self {
        Self { items, next: None }
    }
}

/// A part of a list. The next part begins at `next`, given as `?after=`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PageOfEndpoint {
    /// The items, in the order of the list. There can be fewer than `limit` though the list goes on.
    pub items: Vec<Endpoint>,
    /// Where the list goes on; absent at its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Place2>,
}

impl PageOfEndpoint {
    /// With what it must have; the rest is left out.
    pub fn new(items: Vec<Endpoint>) -> Self {
        Self { items, next: None }
    }
}

/// A part of a list. The next part begins at `next`, given as `?after=`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PageOfEntity {
    /// The items, in the order of the list. There can be fewer than `limit` though the list goes on.
    pub items: Vec<Entity>,
    /// Where the list goes on; absent at its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Place2>,
}

impl PageOfEntity {
    /// With what it must have; the rest is left out.
    pub fn new(items: Vec<Entity>) -> Self {
        Self { items, next: None }
    }
}

/// A part of a list. The next part begins at `next`, given as `?after=`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PageOfIdentityProvider {
    /// The items, in the order of the list. There can be fewer than `limit` though the list goes on.
    pub items: Vec<IdentityProvider>,
    /// Where the list goes on; absent at its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Place2>,
}

impl PageOfIdentityProvider {
    /// With what it must have; the rest is left out.
    pub fn new(items: Vec<IdentityProvider>) -> Self {
        Self { items, next: None }
    }
}

/// A part of a list. The next part begins at `next`, given as `?after=`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PageOfInvoice {
    /// The items, in the order of the list. There can be fewer than `limit` though the list goes on.
    pub items: Vec<Invoice>,
    /// Where the list goes on; absent at its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Place2>,
}

impl PageOfInvoice {
    /// With what it must have; the rest is left out.
    pub fn new(items: Vec<Invoice>) -> Self {
        Self { items, next: None }
    }
}

/// A part of a list. The next part begins at `next`, given as `?after=`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PageOfJobView {
    /// The items, in the order of the list. There can be fewer than `limit` though the list goes on.
    pub items: Vec<JobView>,
    /// Where the list goes on; absent at its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Place2>,
}

impl PageOfJobView {
    /// With what it must have; the rest is left out.
    pub fn new(items: Vec<JobView>) -> Self {
        Self { items, next: None }
    }
}

/// A part of a list. The next part begins at `next`, given as `?after=`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PageOfJournalEntry {
    /// The items, in the order of the list. There can be fewer than `limit` though the list goes on.
    pub items: Vec<JournalEntry>,
    /// Where the list goes on; absent at its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Place2>,
}

impl PageOfJournalEntry {
    /// With what it must have; the rest is left out.
    pub fn new(items: Vec<JournalEntry>) -> Self {
        Self { items, next: None }
    }
}

/// A part of a list. The next part begins at `next`, given as `?after=`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PageOfMailDelivery {
    /// The items, in the order of the list. There can be fewer than `limit` though the list goes on.
    pub items: Vec<MailDelivery>,
    /// Where the list goes on; absent at its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Place2>,
}

impl PageOfMailDelivery {
    /// With what it must have; the rest is left out.
    pub fn new(items: Vec<MailDelivery>) -> Self {
        Self { items, next: None }
    }
}

/// A part of a list. The next part begins at `next`, given as `?after=`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PageOfNamedDiscount {
    /// The items, in the order of the list. There can be fewer than `limit` though the list goes on.
    pub items: Vec<NamedDiscount>,
    /// Where the list goes on; absent at its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Place2>,
}

impl PageOfNamedDiscount {
    /// With what it must have; the rest is left out.
    pub fn new(items: Vec<NamedDiscount>) -> Self {
        Self { items, next: None }
    }
}

/// A part of a list. The next part begins at `next`, given as `?after=`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PageOfPaymentView {
    /// The items, in the order of the list. There can be fewer than `limit` though the list goes on.
    pub items: Vec<PaymentView>,
    /// Where the list goes on; absent at its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Place2>,
}

impl PageOfPaymentView {
    /// With what it must have; the rest is left out.
    pub fn new(items: Vec<PaymentView>) -> Self {
        Self { items, next: None }
    }
}

/// A part of a list. The next part begins at `next`, given as `?after=`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PageOfQuarantined {
    /// The items, in the order of the list. There can be fewer than `limit` though the list goes on.
    pub items: Vec<Quarantined>,
    /// Where the list goes on; absent at its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Place2>,
}

impl PageOfQuarantined {
    /// With what it must have; the rest is left out.
    pub fn new(items: Vec<Quarantined>) -> Self {
        Self { items, next: None }
    }
}

/// A part of a list. The next part begins at `next`, given as `?after=`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PageOfRedemption {
    /// The items, in the order of the list. There can be fewer than `limit` though the list goes on.
    pub items: Vec<Redemption>,
    /// Where the list goes on; absent at its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Place2>,
}

impl PageOfRedemption {
    /// With what it must have; the rest is left out.
    pub fn new(items: Vec<Redemption>) -> Self {
        Self { items, next: None }
    }
}

/// A part of a list. The next part begins at `next`, given as `?after=`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PageOfSchedule {
    /// The items, in the order of the list. There can be fewer than `limit` though the list goes on.
    pub items: Vec<Schedule>,
    /// Where the list goes on; absent at its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Place2>,
}

impl PageOfSchedule {
    /// With what it must have; the rest is left out.
    pub fn new(items: Vec<Schedule>) -> Self {
        Self { items, next: None }
    }
}

/// A part of a list. The next part begins at `next`, given as `?after=`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PageOfSettingsVersion {
    /// The items, in the order of the list. There can be fewer than `limit` though the list goes on.
    pub items: Vec<SettingsVersion>,
    /// Where the list goes on; absent at its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Place2>,
}

impl PageOfSettingsVersion {
    /// With what it must have; the rest is left out.
    pub fn new(items: Vec<SettingsVersion>) -> Self {
        Self { items, next: None }
    }
}

/// A part of a list. The next part begins at `next`, given as `?after=`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PageOfStoredEvent {
    /// The items, in the order of the list. There can be fewer than `limit` though the list goes on.
    pub items: Vec<StoredEvent>,
    /// Where the list goes on; absent at its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Place2>,
}

impl PageOfStoredEvent {
    /// With what it must have; the rest is left out.
    pub fn new(items: Vec<StoredEvent>) -> Self {
        Self { items, next: None }
    }
}

/// A part of a list. The next part begins at `next`, given as `?after=`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PageOfSubscription {
    /// The items, in the order of the list. There can be fewer than `limit` though the list goes on.
    pub items: Vec<Subscription>,
    /// Where the list goes on; absent at its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Place2>,
}

impl PageOfSubscription {
    /// With what it must have; the rest is left out.
    pub fn new(items: Vec<Subscription>) -> Self {
        Self { items, next: None }
    }
}

/// A part of a list. The next part begins at `next`, given as `?after=`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PageOfTenant {
    /// The items, in the order of the list. There can be fewer than `limit` though the list goes on.
    pub items: Vec<Tenant>,
    /// Where the list goes on; absent at its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Place2>,
}

impl PageOfTenant {
    /// With what it must have; the rest is left out.
    pub fn new(items: Vec<Tenant>) -> Self {
        Self { items, next: None }
    }
}

/// A part of a list. The next part begins at `next`, given as `?after=`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PageOfToken {
    /// The items, in the order of the list. There can be fewer than `limit` though the list goes on.
    pub items: Vec<Token>,
    /// Where the list goes on; absent at its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Place2>,
}

impl PageOfToken {
    /// With what it must have; the rest is left out.
    pub fn new(items: Vec<Token>) -> Self {
        Self { items, next: None }
    }
}

/// A part of a list. The next part begins at `next`, given as `?after=`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PageOfUser {
    /// The items, in the order of the list. There can be fewer than `limit` though the list goes on.
    pub items: Vec<User>,
    /// Where the list goes on; absent at its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Place2>,
}

impl PageOfUser {
    /// With what it must have; the rest is left out.
    pub fn new(items: Vec<User>) -> Self {
        Self { items, next: None }
    }
}

/// A part of a list. The next part begins at `next`, given as `?after=`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PageOfWebhookDelivery {
    /// The items, in the order of the list. There can be fewer than `limit` though the list goes on.
    pub items: Vec<WebhookDelivery>,
    /// Where the list goes on; absent at its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Place2>,
}

impl PageOfWebhookDelivery {
    /// With what it must have; the rest is left out.
    pub fn new(items: Vec<WebhookDelivery>) -> Self {
        Self { items, next: None }
    }
}

/// A part of a payment that a document has.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PaidPart {
    /// How much of it.
    pub amount: Money,
    /// The payment.
    pub payment: Key,
}

/// What one stretch of a cycle is worth.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PartWorth {
    /// The exact amount in the currency.
    pub amount: Ratio,
    /// How the quantity was counted, for a metered price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measured: Option<Measurement>,
    /// The stretch.
    pub period: Period,
    /// The quantity that stood or was counted.
    pub quantity: Ratio,
    /// The stretch as a share of the whole cycle, under the price's proration.
    pub share: Ratio,
    /// How the amount follows from the quantity.
    pub why: Explanation,
}

impl PartWorth {
    /// With what it must have; the rest is left out.
    pub fn new(amount: Ratio, period: Period, quantity: Ratio, share: Ratio, why: Explanation) -> Self {
        Self { amount, measured: None, period, quantity, share, why }
    }
}

/// What a payment pays of a document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Paying {
    /// How much.
    pub amount: Money,
    /// The document's id.
    pub document: Key,
}

/// How many days after its date an invoice can be paid without being late; 30 where nothing is said.
pub type PaymentDays = u16;

/// Where a payment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PaymentState {
    /// All of it pays documents or went back.
    #[serde(rename = "used")]
    Used,
    /// Some or all of it is in the balance.
    #[serde(rename = "in_balance")]
    InBalance,
    /// It pays nothing any more.
    #[serde(rename = "reversed")]
    Reversed,
}

/// A payment, and where it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PaymentView {
    /// How much arrived; above zero.
    pub amount: Money,
    /// Who paid.
    pub customer: Key,
    /// The legal entity that was paid.
    pub entity: Key,
    /// What a bank kept of it: the customer paid `amount` and this. None where it kept nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fee: Option<Money>,
    /// What it is known by: a payment that is recorded twice under one key is one.
    pub key: Key,
    /// What of it is in the customer's balance; below zero where the payment was reversed after some of it had gone back.
    pub left: Money,
    /// By what.
    pub method: Method,
    /// The documents that it pays, by id, and how much of each.
    pub pays: Vec<Paying>,
    /// When it arrived.
    pub received_at: Instant,
    /// When we knew.
    pub recorded_at: Instant,
    /// What the payer wrote, the number of the credit note, or why a claim was given up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// What of it went back to the customer.
    pub refunded: Money,
    /// Where it is, in a word.
    pub state: PaymentState,
    /// What was done with it, in order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub steps: Option<Vec<Step3>>,
}

/// The unit of time in which a level is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Per {
    /// Seconds.
    #[serde(rename = "second")]
    Second,
    /// Minutes.
    #[serde(rename = "minute")]
    Minute,
    /// Hours.
    #[serde(rename = "hour")]
    Hour,
    /// Days of 24 hours.
    #[serde(rename = "day")]
    Day,
    /// The whole period: the quantity is the average level.
    #[serde(rename = "period")]
    Period,
}

/// A rate in per cent, 0 or more: "19" is 19 %.
pub type Percent = String;

/// Per cent, above 0 and at most 100: "20" is 20 %.
pub type PercentOff = String;

/// A band with a percentage of the amount that falls into it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PercentTier {
    /// Fee that is due once when the tier is reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flat: Option<NonNegative>,
    /// Percent of the amount in the tier: `"2.9"` is 2.9 %.
    pub percent: NonNegative,
    /// Last amount of the tier, inclusive. Left out for the last tier, which is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub up_to: Option<NonNegative>,
}

impl PercentTier {
    /// With what it must have; the rest is left out.
    pub fn new(percent: NonNegative) -> Self {
        Self { flat: None, percent, up_to: None }
    }
}

/// Bands in order: ascending, without a gap, the last one open. In files and in the API a list.
pub type PercentTiers = Vec<PercentTier>;

/// A percentage price. The quantity is the sum of the transactions.
///
/// Transactions are taken in order of time. One is free as long as free transactions are left (if the price has any) and its
/// amount fits into what is left of the free amount (if the price has one): the free part ends with the limit that is used up
/// first. Of the transaction that crosses the free amount only the rest is charged. What is charged costs
/// rest × `percent` + `fixed`, at least `minimum` and at most `maximum`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Percentage {
    /// Charged for each transaction on top.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fixed: Option<NonNegative>,
    /// The amount that is free.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub free_amount: Option<NonNegative>,
    /// How many transactions are free.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub free_transactions: Option<u64>,
    /// The most that a charged transaction costs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maximum: Option<NonNegative>,
    /// The least that a charged transaction costs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum: Option<NonNegative>,
    /// Percent: `"2.9"` is 2.9 %.
    pub percent: NonNegative,
}

impl Percentage {
    /// With what it must have; the rest is left out.
    pub fn new(percent: NonNegative) -> Self {
        Self { fixed: None, free_amount: None, free_transactions: None, maximum: None, minimum: None, percent }
    }
}

/// A stretch of time, half-open: `from` belongs to it, `to` does not. Never empty. JSON form `{"from": …, "to": …}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Period {
    /// `from`.
    pub from: Instant,
    /// `to`.
    pub to: Instant,
}

/// An action on a kind of thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Permission {
    /// `pricing:read`.
    #[serde(rename = "pricing:read")]
    PricingRead,
    /// `pricing:write`.
    #[serde(rename = "pricing:write")]
    PricingWrite,
    /// `pricing:approve`.
    #[serde(rename = "pricing:approve")]
    PricingApprove,
    /// `customers:read`.
    #[serde(rename = "customers:read")]
    CustomersRead,
    /// `customers:write`.
    #[serde(rename = "customers:write")]
    CustomersWrite,
    /// `customers:approve`.
    #[serde(rename = "customers:approve")]
    CustomersApprove,
    /// `subscriptions:read`.
    #[serde(rename = "subscriptions:read")]
    SubscriptionsRead,
    /// `subscriptions:write`.
    #[serde(rename = "subscriptions:write")]
    SubscriptionsWrite,
    /// `subscriptions:approve`.
    #[serde(rename = "subscriptions:approve")]
    SubscriptionsApprove,
    /// `events:read`.
    #[serde(rename = "events:read")]
    EventsRead,
    /// `events:write`.
    #[serde(rename = "events:write")]
    EventsWrite,
    /// `events:approve`.
    #[serde(rename = "events:approve")]
    EventsApprove,
    /// `usage:read`.
    #[serde(rename = "usage:read")]
    UsageRead,
    /// `usage:write`.
    #[serde(rename = "usage:write")]
    UsageWrite,
    /// `usage:approve`.
    #[serde(rename = "usage:approve")]
    UsageApprove,
    /// `changesets:read`.
    #[serde(rename = "changesets:read")]
    ChangesetsRead,
    /// `changesets:write`.
    #[serde(rename = "changesets:write")]
    ChangesetsWrite,
    /// `changesets:approve`.
    #[serde(rename = "changesets:approve")]
    ChangesetsApprove,
    /// `invoices:read`.
    #[serde(rename = "invoices:read")]
    InvoicesRead,
    /// `invoices:write`.
    #[serde(rename = "invoices:write")]
    InvoicesWrite,
    /// `invoices:approve`.
    #[serde(rename = "invoices:approve")]
    InvoicesApprove,
    /// `books:read`.
    #[serde(rename = "books:read")]
    BooksRead,
    /// `books:write`.
    #[serde(rename = "books:write")]
    BooksWrite,
    /// `books:approve`.
    #[serde(rename = "books:approve")]
    BooksApprove,
    /// `access:read`.
    #[serde(rename = "access:read")]
    AccessRead,
    /// `access:write`.
    #[serde(rename = "access:write")]
    AccessWrite,
    /// `access:approve`.
    #[serde(rename = "access:approve")]
    AccessApprove,
    /// `approvals:read`.
    #[serde(rename = "approvals:read")]
    ApprovalsRead,
    /// `approvals:write`.
    #[serde(rename = "approvals:write")]
    ApprovalsWrite,
    /// `approvals:approve`.
    #[serde(rename = "approvals:approve")]
    ApprovalsApprove,
    /// `audit:read`.
    #[serde(rename = "audit:read")]
    AuditRead,
    /// `audit:write`.
    #[serde(rename = "audit:write")]
    AuditWrite,
    /// `audit:approve`.
    #[serde(rename = "audit:approve")]
    AuditApprove,
    /// `tenants:read`.
    #[serde(rename = "tenants:read")]
    TenantsRead,
    /// `tenants:write`.
    #[serde(rename = "tenants:write")]
    TenantsWrite,
    /// `tenants:approve`.
    #[serde(rename = "tenants:approve")]
    TenantsApprove,
    /// `operations:read`.
    #[serde(rename = "operations:read")]
    OperationsRead,
    /// `operations:write`.
    #[serde(rename = "operations:write")]
    OperationsWrite,
    /// `operations:approve`.
    #[serde(rename = "operations:approve")]
    OperationsApprove,
}

/// A stretch at the beginning of a plan with prices of its own: a trial, an introduction, a fixed term. Phases follow each other;
/// after
/// the last one the plan's own prices hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Phase {
    /// How long it lasts, in days from the first one of the plan's phases: `14 days`, `3 months`.
    pub lasts: Cadence,
    /// What it is called; once in a plan.
    pub name: Key,
    /// What is charged in it, and nothing else. Left out, the phase is free.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prices: Option<BTreeMap<String, Price>>,
}

impl Phase {
    /// With what it must have; the rest is left out.
    pub fn new(lasts: Cadence, name: Key) -> Self {
        Self { lasts, name, prices: None }
    }
}

/// From when the phases of a new plan count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Phases {
    /// As if the subscription had had the plan all along: who had a trial has no second one.
    #[serde(rename = "go_on")]
    GoOn,
    /// From the first one, at the change.
    #[serde(rename = "restart")]
    Restart,
}

/// All that is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PickRest {
    /// `rest`.
    #[serde(rename = "rest")]
    Rest,
}

/// A part of the amount before discounts; discount and tax follow in proportion.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PickAmount {
    /// `amount`.
    pub amount: Money,
}

/// So many of its units.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PickQuantity {
    /// `quantity`.
    pub quantity: Ratio,
}

/// A share of the whole line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PickShare {
    /// `share`.
    pub share: Ratio,
}

/// So much that this amount before discounts is left of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PickLeaveAmount {
    /// `leave_amount`.
    pub leave_amount: Money,
}

/// How much of a line is credited.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Pick {
    /// All that is left.
    Rest(PickRest),
    /// A part of the amount before discounts; discount and tax follow in proportion.
    Amount(PickAmount),
    /// So many of its units.
    Quantity(PickQuantity),
    /// A share of the whole line.
    Share(PickShare),
    /// So much that this amount before discounts is left of it.
    LeaveAmount(PickLeaveAmount),
}

/// A place with its own taxes: a country, or a part of one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// The country.
    pub country: Country,
    /// A part of it with its own taxes, as the rules name it: `CA` for California, `ES-CN` for the Canary Islands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
}

impl Place {
    /// With what it must have; the rest is left out.
    pub fn new(country: Country) -> Self {
        Self { country, region: None }
    }
}

/// A place in a list: text that is only handed back.
pub type Place2 = String;

/// A bundle of prices that is offered together, in one currency.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Where cycles begin: on the day of the subscription's start, or on the calendar.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub align: Option<Alignment>,
    /// At which amounts of a period's spend an invoice is made before the period ends. Left out, at none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bill_at: Option<SpendSteps>,
    /// The currency of all its prices: a code of ISO 4217.
    pub currency: Currency,
    /// How long a cycle is.
    pub every: Cadence,
    /// The features that it grants or withholds: each one of `features`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub features: Option<BTreeMap<String, Grant>>,
    /// What a person calls it. Left out, its key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it costs at first, phase after phase. Left out, its prices hold from the start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phases: Option<Vec<Phase>>,
    /// The prices.
    pub prices: BTreeMap<String, Price>,
    /// Whether its prices contain their taxes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax: Option<Prices>,
}

impl Plan {
    /// With what it must have; the rest is left out.
    pub fn new(currency: Currency, every: Cadence, prices: BTreeMap<String, Price>) -> Self {
        Self { align: None, bill_at: None, currency, every, features: None, name: None, phases: None, prices, tax: None }
    }
}

/// What a plan would post more or less than another one of the same customer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanDifference {
    /// Each key under which the plans differ.
    pub lines: Vec<LineDifference>,
    /// The sums of the differences: one for each currency in which there is one.
    pub totals: Vec<Money>,
}

/// A plan as it stood in one version of the catalog.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanRef {
    /// The plan's key.
    pub plan: Key,
    /// The number of the catalog version.
    pub version: u32,
}

/// What would change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Planned {
    /// Resource by resource; empty when the file says what is in force already.
    pub changes: Vec<Change>,
}

/// `PortalToken`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PortalToken {
    /// Whose.
    pub customer: Key,
    /// From when on it is no longer good.
    pub expires_at: Instant,
}

/// A number above zero: the size of a package, the rate of a pricing unit.
pub type Positive = String;

/// One leg of an entry: a positive amount on one side of one account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Posting {
    /// Where.
    pub account: Account,
    /// How much, in the currency of the event; never below zero, and zero only where the functional amount is not.
    pub amount: Money,
    /// What the amount can be sliced by: customer, product, subscription…
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dimensions: Option<BTreeMap<String, String>>,
    /// The same in the currency in which the legal entity keeps its books; none where that is the currency of the amount. A leg
    /// of zero with a
    /// functional amount is a difference of exchange.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub functional: Option<Money>,
    /// On which side.
    pub side: Side,
}

impl Posting {
    /// With what it must have; the rest is left out.
    pub fn new(account: Account, amount: Money, side: Side) -> Self {
        Self { account, amount, dimensions: None, functional: None, side }
    }
}

/// A price as files and the API write it: exactly one price model, and what stands around it. In \[`Price`\] the one model is a
/// value
/// of its own.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
pub struct Price {
    /// Dimensions of the meter by which the lines are split.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Vec<String>>,
    /// Model: the cost that the events carry, which the meter sums up, with a markup.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_plus: Option<CostPlus>,
    /// Model: the amount that the events carry, which the meter sums up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dynamic: Option<Dynamic>,
    /// How often it is charged: `once`, or the length of its cycles. Left out, in each cycle of the plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub every: Option<Every>,
    /// Model: one amount per cycle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flat: Option<NonNegative>,
    /// Model: the result of a formula over `quantity`, `count` and `dimensions.\<name\>`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub formula: Option<Formula>,
    /// Of usage in advance: what is billed together. Left out, the usage of each day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gather: Option<Gather>,
    /// Model: each unit at the price of the tier in which it lies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub graduated: Option<Tiers>,
    /// Model: each part of an amount at the percentage of the tier in which it lies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub graduated_percentage: Option<PercentTiers>,
    /// When a cycle is due. Left out: metered prices at the end, all others at the beginning. A metered price in advance bills
    /// usage when it
    /// happens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub r#in: Option<Timing>,
    /// Quantity that costs nothing in each cycle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub included: Option<NonNegative>,
    /// How a quantity counts that changes within a cycle. Left out, as it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<Level>,
    /// Model: quantity times the rate of its dimensions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matrix: Option<Matrix>,
    /// The most that a cycle costs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maximum: Option<NonNegative>,
    /// The quantity is what this meter measures: one of `meters`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meter: Option<Key>,
    /// The least that a cycle costs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum: Option<NonNegative>,
    /// What a person calls it on the invoice. Left out, its key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Model: each started package of `size` units costs `price`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package: Option<Package>,
    /// Model: quantity times this price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_unit: Option<NonNegative>,
    /// Model: a percentage of the metered amount, with what is charged, free and limited for each transaction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percentage: Option<Percentage>,
    /// The product it is a price of: one of `products`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product: Option<Key>,
    /// How a part of a cycle is charged. Left out, by the days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prorate: Option<Proration>,
    /// The quantity is a number of the subscription that has this name. With neither `meter` nor `quantity` it is 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<Key>,
    /// Model: the price of the step in which the quantity lies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stair_step: Option<Steps>,
    /// What the tax rule looks at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_category: Option<Key>,
    /// The pricing unit of all amounts here: one of `units`. Left out, the plan's currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Key>,
    /// Model: all units at the price of the tier that the quantity reaches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volume: Option<Tiers>,
}

/// A price of a plan, in whatever version of the catalog.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PriceName {
    /// The plan.
    pub plan: Key,
    /// The price within the plan.
    pub price: Key,
}

/// A price as it stood in one version of the catalog.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PriceRef {
    /// The plan's key.
    pub plan: Key,
    /// The price's key within the plan.
    pub price: Key,
    /// The number of the catalog version.
    pub version: u32,
}

/// What a metered price makes of an event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PriceVerdict {
    /// What it makes of the event.
    pub makes: Makes,
    /// The meter of the price.
    pub meter: Key,
    /// Plan and price: `scale.tokens`.
    pub price: String,
    /// The subscription.
    pub subscription: Key,
}

/// Whether prices contain their taxes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Prices {
    /// Taxes come on top.
    #[serde(rename = "exclusive")]
    Exclusive,
    /// Taxes are inside.
    #[serde(rename = "inclusive")]
    Inclusive,
}

/// One thing that is wrong: what, where and how to mend it. At the edge it is a problem document of RFC 9457 (`code` is the
/// last part of its `type`); each code has a section in `docs/errors.md`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Problem {
    /// Stable name of the kind of problem, in snake case.
    pub code: String,
    /// What is wrong this time, with the value that was found.
    pub detail: String,
    /// How to mend it.
    pub mend: String,
    /// Where: a JSON pointer into what was sent, or `file:line:column`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// The kind of problem in a few words; the same for every occurrence.
    pub title: String,
}

impl Problem {
    /// With what it must have; the rest is left out.
    pub fn new(code: String, detail: String, mend: String, title: String) -> Self {
        Self { code, detail, mend, pointer: None, title }
    }
}

/// A refusal as it is sent: RFC 9457, `application/problem+json`. It is about the first problem; `problems` has all.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProblemDocument {
    /// Stable name of the kind of problem, in snake case.
    pub code: String,
    /// What is wrong this time, with the value that was found.
    pub detail: String,
    /// How to mend it.
    pub mend: String,
    /// Where: a JSON pointer into the body, `?name` of the query, or `{name}` of the path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// Everything that is wrong, this one too.
    pub problems: Vec<Problem>,
    /// The HTTP status.
    pub status: u16,
    /// The kind of problem in a few words; the same for every occurrence.
    pub title: String,
    /// Where the kind of problem is explained: `/docs/errors#CODE`.
    pub r#type: String,
}

impl ProblemDocument {
    /// With what it must have; the rest is left out.
    pub fn new(code: String, detail: String, mend: String, problems: Vec<Problem>, status: u16, title: String, r#type: String) -> Self {
        Self { code, detail, mend, pointer: None, problems, status, title, r#type }
    }
}

/// Something that is sold. Prices name it, so that reports can add them up.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
pub struct Product {
    /// What a person calls it. Left out, its key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// How the share of a part of a cycle is measured. With the first three, the shares of the parts of a cycle add up to 1
/// exactly, wherever it is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Proration {
    /// By elapsed time, exact to the microsecond: a cycle with a clock change has an hour more or less.
    #[serde(rename = "second")]
    Second,
    /// By local days: days of the part over days of the cycle, 28 to 31 in a month. A day belongs to the part that holds its
    /// first instant.
    #[serde(rename = "day")]
    Day,
    /// By days of months of 30 and years of 360 days (30E/360 of ICMA rule 251: the 31st counts as the 30th).
    #[serde(rename = "thirty_360")]
    Thirty360,
    /// A part is not charged: 0 unless it is the whole cycle.
    #[serde(rename = "none")]
    None,
    /// A part is charged as the whole: always 1.
    #[serde(rename = "full")]
    Full,
}

/// A quantity of a billing cycle, before and after.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QuantityDifference {
    /// How much with it.
    pub after: Ratio,
    /// How much without the changeset.
    pub before: Ratio,
    /// Whose.
    pub customer: Key,
    /// The values by which the quantity is split.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dimensions: Option<BTreeMap<String, String>>,
    /// On which meter.
    pub meter: Key,
    /// The billing cycle, as far as the subscription covers it.
    pub period: Period,
    /// The version of the catalog in which the meter is defined.
    pub version: u32,
}

impl QuantityDifference {
    /// With what it must have; the rest is left out.
    pub fn new(after: Ratio, before: Ratio, customer: Key, meter: Key, period: Period, version: u32) -> Self {
        Self { after, before, customer, dimensions: None, meter, period, version }
    }
}

/// Rounding of a quantity, after conversion: `{ to: 0, mode: up }` counts begun units.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
pub struct QuantityRounding {
    /// What to do with what lies between.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<Rounding>,
    /// Decimal place: 2 is hundredths, 0 whole units, -3 thousands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<i64>,
}

/// What stands in quarantine for one reason.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QuarantineReason {
    /// The code of the problem.
    pub code: String,
    /// How many events.
    pub count: u64,
    /// The first few that wait.
    pub samples: Vec<QuarantineSample>,
    /// The problem in a few words.
    pub title: String,
    /// How many of them were not accepted since.
    pub waiting: u64,
}

/// Something in quarantine, with its place there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QuarantineSample {
    /// Its place in the quarantine, from 0; it never changes.
    pub place: u64,
    /// What was sent, and what is wrong with it.
    pub quarantined: Quarantined,
}

/// Something in quarantine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Quarantined {
    /// Position of the event of the same source and id that was accepted, if one was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mended: Option<Seq>,
    /// What is wrong with it.
    pub problem: Problem,
    /// When it was received.
    pub received_at: Instant,
    /// What was sent.
    pub sent: Sent,
}

impl Quarantined {
    /// With what it must have; the rest is left out.
    pub fn new(problem: Problem, received_at: Instant, sent: Sent) -> Self {
        Self { mended: None, problem, received_at, sent }
    }
}

/// An exact number as text: a decimal such as "0.5", or a fraction such as "10/3".
pub type Ratio = String;

/// A step of spend for which a document is made before the period ends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reached {
    /// What the usage of the period comes to so far.
    pub spend: Money,
    /// The highest step that was reached.
    pub step: Money,
    /// Whose spend it is; that of all the customer's subscriptions when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subscription: Option<Key>,
}

impl Reached {
    /// With what it must have; the rest is left out.
    pub fn new(spend: Money, step: Money) -> Self {
        Self { spend, step, subscription: None }
    }
}

/// That the server can do its work.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ready {
    /// Always `ready`: what hinders is a refusal.
    pub status: String,
}

/// Why nothing is taxed, as the invoice says it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason {
    /// A code of the VATEX list, such as `VATEX-EU-132-1I`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The reason in words.
    pub text: String,
}

impl Reason {
    /// With what it must have; the rest is left out.
    pub fn new(text: String) -> Self {
        Self { code: None, text }
    }
}

/// A whole price: the model's amount with its allowance, maximum and minimum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reason2Price {
    /// `price`.
    #[serde(rename = "price")]
    Price,
}

/// `Reason2IncludedIncluded`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason2IncludedIncluded {
    /// What the price includes, after proration.
    pub included: Ratio,
    /// How much of it was used.
    pub used: Ratio,
}

/// Quantity that the price includes. Amount 0: it only says why less than the quantity was priced.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason2Included {
    /// `included`.
    pub included: Reason2IncludedIncluded,
}

/// `Reason2MaximumMaximum`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason2MaximumMaximum {
    /// The most that the price costs, after proration.
    pub maximum: Ratio,
}

/// What the maximum takes off; zero or below.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason2Maximum {
    /// `maximum`.
    pub maximum: Reason2MaximumMaximum,
}

/// `Reason2MinimumMinimum`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason2MinimumMinimum {
    /// The least that the price costs, after proration.
    pub minimum: Ratio,
}

/// What fills the price up to its minimum; zero or above.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason2Minimum {
    /// `minimum`.
    pub minimum: Reason2MinimumMinimum,
}

/// `Reason2ProratedProrated`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason2ProratedProrated {
    /// The part of the cycle.
    pub share: Ratio,
}

/// A share of everything below.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason2Prorated {
    /// `prorated`.
    pub prorated: Reason2ProratedProrated,
}

/// `Reason2ConvertedConverted`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason2ConvertedConverted {
    /// Currency per unit.
    pub rate: Dec,
    /// The pricing unit.
    pub unit: Key,
    /// The amount in pricing units.
    pub units: Ratio,
}

/// Everything below, converted from a pricing unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason2Converted {
    /// `converted`.
    pub converted: Reason2ConvertedConverted,
}

/// `Reason2FlatFlat`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason2FlatFlat {
    /// The price.
    pub price: Dec,
}

/// A fixed price.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason2Flat {
    /// `flat`.
    pub flat: Reason2FlatFlat,
}

/// `Reason2PerUnitPerUnit`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason2PerUnitPerUnit {
    /// Price of one.
    pub each: Dec,
    /// Units.
    pub quantity: Ratio,
}

/// Quantity times price.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason2PerUnit {
    /// `per_unit`.
    pub per_unit: Reason2PerUnitPerUnit,
}

/// `Reason2GraduatedGraduated`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason2GraduatedGraduated {
    /// Units in all.
    pub quantity: Ratio,
}

/// Each unit at the price of its tier; the parts are the tiers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason2Graduated {
    /// `graduated`.
    pub graduated: Reason2GraduatedGraduated,
}

/// `Reason2VolumeVolume`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason2VolumeVolume {
    /// Units in all, priced.
    pub quantity: Ratio,
}

/// All units at the price of the tier that the quantity reaches.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason2Volume {
    /// `volume`.
    pub volume: Reason2VolumeVolume,
}

/// `Reason2StairStepStairStep`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason2StairStepStairStep {
    /// The price of the step.
    pub price: Dec,
    /// Units in all.
    pub quantity: Ratio,
    /// Number of the step, from 1.
    pub tier: u32,
    /// Last quantity of the step; `None` when it is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub up_to: Option<Dec>,
}

impl Reason2StairStepStairStep {
    /// With what it must have; the rest is left out.
    pub fn new(price: Dec, quantity: Ratio, tier: u32) -> Self {
        Self { price, quantity, tier, up_to: None }
    }
}

/// The price of the step in which the quantity lies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason2StairStep {
    /// `stair_step`.
    pub stair_step: Reason2StairStepStairStep,
}

/// `Reason2TierUnitsTierUnits`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason2TierUnitsTierUnits {
    /// Where the tier begins, exclusive.
    pub above: Dec,
    /// Price of one.
    pub each: Dec,
    /// Units.
    pub quantity: Ratio,
    /// Number of the tier, from 1.
    pub tier: u32,
    /// Last quantity of the tier, inclusive; `None` when it is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub up_to: Option<Dec>,
}

impl Reason2TierUnitsTierUnits {
    /// With what it must have; the rest is left out.
    pub fn new(above: Dec, each: Dec, quantity: Ratio, tier: u32) -> Self {
        Self { above, each, quantity, tier, up_to: None }
    }
}

/// Units in one tier.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason2TierUnits {
    /// `tier_units`.
    pub tier_units: Reason2TierUnitsTierUnits,
}

/// `Reason2TierPercentTierPercent`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason2TierPercentTierPercent {
    /// Where the tier begins, exclusive.
    pub above: Dec,
    /// The amount of which the percentage is taken.
    pub of: Ratio,
    /// The percentage.
    pub percent: Dec,
    /// Number of the tier, from 1.
    pub tier: u32,
    /// Last amount of the tier, inclusive; `None` when it is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub up_to: Option<Dec>,
}

impl Reason2TierPercentTierPercent {
    /// With what it must have; the rest is left out.
    pub fn new(above: Dec, of: Ratio, percent: Dec, tier: u32) -> Self {
        Self { above, of, percent, tier, up_to: None }
    }
}

/// A percentage of the amount in one tier.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason2TierPercent {
    /// `tier_percent`.
    pub tier_percent: Reason2TierPercentTierPercent,
}

/// `Reason2TierFlatTierFlat`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason2TierFlatTierFlat {
    /// The fee.
    pub flat: Dec,
    /// Number of the tier, from 1.
    pub tier: u32,
}

/// The fee of a tier that was reached.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason2TierFlat {
    /// `tier_flat`.
    pub tier_flat: Reason2TierFlatTierFlat,
}

/// `Reason2TierMaximumTierMaximum`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason2TierMaximumTierMaximum {
    /// The most that the tier costs.
    pub maximum: Dec,
    /// Number of the tier, from 1.
    pub tier: u32,
}

/// What the maximum of a tier takes off; zero or below.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason2TierMaximum {
    /// `tier_maximum`.
    pub tier_maximum: Reason2TierMaximumTierMaximum,
}

/// What keeps corrections below zero from becoming a credit; zero or above.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reason2NotBelowZero {
    /// `not_below_zero`.
    #[serde(rename = "not_below_zero")]
    NotBelowZero,
}

/// `Reason2PackagePackage`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason2PackagePackage {
    /// Started packages.
    pub packages: Dec,
    /// Price of a package.
    pub price: Dec,
    /// Units.
    pub quantity: Ratio,
    /// Units in a package.
    pub size: Dec,
}

/// Started packages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason2Package {
    /// `package`.
    pub package: Reason2PackagePackage,
}

/// `Reason2PercentagePercentage`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason2PercentagePercentage {
    /// How many transactions.
    pub count: u64,
    /// Sum of the transactions.
    pub quantity: Ratio,
}

/// A percentage price; the parts are its percentage and what is charged for each transaction.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason2Percentage {
    /// `percentage`.
    pub percentage: Reason2PercentagePercentage,
}

/// `Reason2PercentOfPercentOf`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason2PercentOfPercentOf {
    /// The amount of which the percentage is taken.
    pub of: Ratio,
    /// The percentage.
    pub percent: Dec,
}

/// A percentage of an amount.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason2PercentOf {
    /// `percent_of`.
    pub percent_of: Reason2PercentOfPercentOf,
}

/// `Reason2PerTransactionPerTransaction`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason2PerTransactionPerTransaction {
    /// How many.
    pub count: u64,
    /// Price of one.
    pub each: Dec,
}

/// A fixed part for each transaction or event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason2PerTransaction {
    /// `per_transaction`.
    pub per_transaction: Reason2PerTransactionPerTransaction,
}

/// `Reason2FreeTransactionsFreeTransactions`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason2FreeTransactionsFreeTransactions {
    /// How many.
    pub count: u64,
    /// The amount that is free, in part of charged transactions too.
    pub free: Dec,
}

/// Transactions without a charge. Amount 0.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason2FreeTransactions {
    /// `free_transactions`.
    pub free_transactions: Reason2FreeTransactionsFreeTransactions,
}

/// `Reason2TransactionMinimumTransactionMinimum`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason2TransactionMinimumTransactionMinimum {
    /// How many were lifted.
    pub count: u64,
    /// The least that one costs.
    pub minimum: Dec,
}

/// What lifts small transactions to their minimum; zero or above.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason2TransactionMinimum {
    /// `transaction_minimum`.
    pub transaction_minimum: Reason2TransactionMinimumTransactionMinimum,
}

/// `Reason2TransactionMaximumTransactionMaximum`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason2TransactionMaximumTransactionMaximum {
    /// How many were capped.
    pub count: u64,
    /// The most that one costs.
    pub maximum: Dec,
}

/// What caps large transactions at their maximum; zero or below.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason2TransactionMaximum {
    /// `transaction_maximum`.
    pub transaction_maximum: Reason2TransactionMaximumTransactionMaximum,
}

/// `Reason2MatrixMatrix`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason2MatrixMatrix {
    /// Price of one.
    pub each: Dec,
    /// Units.
    pub quantity: Ratio,
    /// Number of the rate in the price, from 1; `None` for the default rate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<u32>,
}

impl Reason2MatrixMatrix {
    /// With what it must have; the rest is left out.
    pub fn new(each: Dec, quantity: Ratio) -> Self {
        Self { each, quantity, rate: None }
    }
}

/// Quantity times the rate of its dimensions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason2Matrix {
    /// `matrix`.
    pub matrix: Reason2MatrixMatrix,
}

/// `Reason2DynamicDynamic`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason2DynamicDynamic {
    /// Sum of the carried amounts.
    pub carried: Dec,
    /// What it is multiplied with.
    pub multiplier: Dec,
}

/// An amount that the events carry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason2Dynamic {
    /// `dynamic`.
    pub dynamic: Reason2DynamicDynamic,
}

/// `Reason2CostPlusCostPlus`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason2CostPlusCostPlus {
    /// Sum of the carried costs.
    pub carried: Dec,
}

/// A cost with a markup; the parts are cost, markup and what each event costs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason2CostPlus {
    /// `cost_plus`.
    pub cost_plus: Reason2CostPlusCostPlus,
}

/// The cost that the events carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reason2Cost {
    /// `cost`.
    #[serde(rename = "cost")]
    Cost,
}

/// `Reason2FormulaFormula`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason2FormulaFormula {
    /// Events, the variable `count`.
    pub count: u64,
    /// Units, the variable `quantity`.
    pub quantity: Ratio,
}

/// The result of a formula.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason2Formula {
    /// `formula`.
    pub formula: Reason2FormulaFormula,
}

/// A difference of two worths: the parts are \[`Reason::After`\] and \[`Reason::Before`\].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reason2Increment {
    /// `increment`.
    #[serde(rename = "increment")]
    Increment,
}

/// What the usage is worth now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reason2After {
    /// `after`.
    #[serde(rename = "after")]
    After,
}

/// What the usage was worth before, taken off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reason2Before {
    /// `before`.
    #[serde(rename = "before")]
    Before,
}

/// What was paid before, taken off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reason2AlreadyPaid {
    /// `already_paid`.
    #[serde(rename = "already_paid")]
    AlreadyPaid,
}

/// What keeps a decrease from being given back; zero or above.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reason2Kept {
    /// `kept`.
    #[serde(rename = "kept")]
    Kept,
}

/// What a node of an explanation is. Quantities are in the unit that the price counts, prices in the unit of the price.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Reason2 {
    /// A whole price: the model's amount with its allowance, maximum and minimum.
    Price(Reason2Price),
    /// Quantity that the price includes. Amount 0: it only says why less than the quantity was priced.
    Included(Reason2Included),
    /// What the maximum takes off; zero or below.
    Maximum(Reason2Maximum),
    /// What fills the price up to its minimum; zero or above.
    Minimum(Reason2Minimum),
    /// A share of everything below.
    Prorated(Reason2Prorated),
    /// Everything below, converted from a pricing unit.
    Converted(Reason2Converted),
    /// A fixed price.
    Flat(Reason2Flat),
    /// Quantity times price.
    PerUnit(Reason2PerUnit),
    /// Each unit at the price of its tier; the parts are the tiers.
    Graduated(Reason2Graduated),
    /// All units at the price of the tier that the quantity reaches.
    Volume(Reason2Volume),
    /// The price of the step in which the quantity lies.
    StairStep(Reason2StairStep),
    /// Units in one tier.
    TierUnits(Reason2TierUnits),
    /// A percentage of the amount in one tier.
    TierPercent(Reason2TierPercent),
    /// The fee of a tier that was reached.
    TierFlat(Reason2TierFlat),
    /// What the maximum of a tier takes off; zero or below.
    TierMaximum(Reason2TierMaximum),
    /// What keeps corrections below zero from becoming a credit; zero or above.
    NotBelowZero(Reason2NotBelowZero),
    /// Started packages.
    Package(Reason2Package),
    /// A percentage price; the parts are its percentage and what is charged for each transaction.
    Percentage(Reason2Percentage),
    /// A percentage of an amount.
    PercentOf(Reason2PercentOf),
    /// A fixed part for each transaction or event.
    PerTransaction(Reason2PerTransaction),
    /// Transactions without a charge. Amount 0.
    FreeTransactions(Reason2FreeTransactions),
    /// What lifts small transactions to their minimum; zero or above.
    TransactionMinimum(Reason2TransactionMinimum),
    /// What caps large transactions at their maximum; zero or below.
    TransactionMaximum(Reason2TransactionMaximum),
    /// Quantity times the rate of its dimensions.
    Matrix(Reason2Matrix),
    /// An amount that the events carry.
    Dynamic(Reason2Dynamic),
    /// A cost with a markup; the parts are cost, markup and what each event costs.
    CostPlus(Reason2CostPlus),
    /// The cost that the events carry.
    Cost(Reason2Cost),
    /// The result of a formula.
    Formula(Reason2Formula),
    /// A difference of two worths: the parts are \[`Reason::After`\] and \[`Reason::Before`\].
    Increment(Reason2Increment),
    /// What the usage is worth now.
    After(Reason2After),
    /// What the usage was worth before, taken off.
    Before(Reason2Before),
    /// What was paid before, taken off.
    AlreadyPaid(Reason2AlreadyPaid),
    /// What keeps a decrease from being given back; zero or above.
    Kept(Reason2Kept),
}

/// What stands in quarantine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reasons {
    /// By the code of the problem.
    pub reasons: Vec<QuarantineReason>,
}

/// The invoices of which something is left to pay, and how late they are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Receivables {
    /// What is left to pay of them, by how late it is.
    pub ages: Ages,
    /// The currency.
    pub currency: Currency,
    /// The invoices, what falls due first first.
    pub documents: Vec<Standing2>,
    /// The seller.
    pub entity: Key,
    /// The day on which it is looked at, where the customer is.
    pub on: Date,
}

/// A discount that a customer has. It keeps the offer as it was: an offer that changes later changes nothing here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Redemption {
    /// What of it was used elsewhere, before it came here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Spent>,
    /// Who has it.
    pub customer: Key,
    /// The offer as it was redeemed.
    pub discount: Discount,
    /// From when it takes off: lines that fall due then or later.
    pub effective_at: Instant,
    /// When it was taken away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Ended>,
    /// Its own key.
    pub key: Key,
    /// When it became known.
    pub recorded_at: Instant,
    /// The one subscription that it is for; all of the customer's when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subscription: Option<Key>,
}

impl Redemption {
    /// With what it must have; the rest is left out.
    pub fn new(customer: Key, discount: Discount, effective_at: Instant, key: Key, recorded_at: Instant) -> Self {
        Self { before: None, customer, discount, effective_at, ended: None, key, recorded_at, subscription: None }
    }
}

/// Where a redemption stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum RedemptionStanding {
    /// The customer has it.
    #[serde(rename = "open")]
    Open,
    /// It was taken away, or will be.
    #[serde(rename = "ended")]
    Ended,
}

/// A part of a payment that goes back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Refund {
    /// How much.
    pub amount: Money,
    /// The payment.
    pub payment: Key,
}

/// What went back to a customer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Refunds {
    /// All of it, the newest first.
    pub refunds: Vec<CustomerRefund>,
}

/// A change that cannot be made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RefusedChange {
    /// Which one of those that were given, counted from 0.
    pub change: u64,
    /// Why not.
    pub problem: Problem,
}

/// The register's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Registered {
    /// The number is registered.
    #[serde(rename = "yes")]
    Yes,
    /// It is not.
    #[serde(rename = "no")]
    No,
}

/// What became of events that were tried again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Replayed {
    /// How many are accepted now.
    pub accepted: u64,
    /// What became of each, in the order of the quarantine.
    pub outcomes: Vec<ReplayedEvent>,
    /// How many are still not valid.
    pub quarantined: u64,
}

/// A delivery that is sent again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Replayed2 {
    /// Its id.
    pub delivery: String,
}

/// What became of one event that was tried again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReplayedEvent {
    /// What became of it.
    pub outcome: Outcome,
    /// Its place in the quarantine.
    pub place: u64,
}

/// Which kind of thing changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Resource {
    /// `meter`.
    #[serde(rename = "meter")]
    Meter,
    /// `feature`.
    #[serde(rename = "feature")]
    Feature,
    /// `product`.
    #[serde(rename = "product")]
    Product,
    /// `unit`.
    #[serde(rename = "unit")]
    Unit,
    /// `plan`.
    #[serde(rename = "plan")]
    Plan,
    /// `price`.
    #[serde(rename = "price")]
    Price,
}

/// Why a payment is reversed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reversal {
    /// Why.
    pub reason: String,
}

/// What a person or a program usually does, as a set of permissions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Role {
    /// Everything.
    #[serde(rename = "owner")]
    Owner,
    /// Says what is sold, and sees how it is used and billed.
    #[serde(rename = "product")]
    Product,
    /// Bills, corrects and closes.
    #[serde(rename = "finance")]
    Finance,
    /// Sends events and mends them.
    #[serde(rename = "engineering")]
    Engineering,
    /// Helps customers: sees what they see, and changes their subscriptions.
    #[serde(rename = "support")]
    Support,
    /// Sees everything and changes nothing.
    #[serde(rename = "auditor")]
    Auditor,
}

/// Which roles a provider gives.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RoleClaim {
    /// The claim of the ID token, a text or a list of texts, such as `groups`.
    pub claim: String,
    /// The roles for each value of it; other values give none.
    pub roles: BTreeMap<String, Vec<Role>>,
}

/// How an account came from its opening to its closing balance: of the contract liability, the roll-forward of deferred revenue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RollForward {
    /// The account.
    pub account: Account,
    /// One for each currency.
    pub rows: Vec<RollForwardRow>,
    /// What it is about.
    pub span: Span,
}

/// One currency.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RollForwardRow {
    /// What each kind of event added, or took where it is below 0. A kind is the last word of an event's name: `issued`,
    /// `earned`.
    pub changes: BTreeMap<String, Money>,
    /// What stands on the account at the end.
    pub closing: Money,
    /// What stood on the account at the beginning.
    pub opening: Money,
}

/// `Rotation`.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rotation {
    /// Until when the secret before is good; for a day when it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Instant>,
}

/// What to do with what lies between two neighbours of the wanted scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Rounding {
    /// To the nearest; a tie goes away from zero. The house's default: what invoices, EN 16931 and most people do.
    #[serde(rename = "half_up")]
    HalfUp,
    /// To the nearest; a tie goes to the even neighbour.
    #[serde(rename = "half_even")]
    HalfEven,
    /// To the nearest; a tie goes toward zero.
    #[serde(rename = "half_down")]
    HalfDown,
    /// Away from zero.
    #[serde(rename = "up")]
    Up,
    /// Toward zero.
    #[serde(rename = "down")]
    Down,
    /// Toward positive infinity.
    #[serde(rename = "ceiling")]
    Ceiling,
    /// Toward negative infinity.
    #[serde(rename = "floor")]
    Floor,
}

/// A row of a statement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// By how much more is owed; below zero where it is less.
    pub amount: Money,
    /// The day.
    pub on: Date,
    /// What is owed then.
    pub owed: Money,
    /// The number of the document, or the key of the payment or refund.
    pub reference: String,
    /// What happened.
    pub what: RowKind,
}

/// What changes what is owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum RowKind {
    /// An invoice was issued.
    #[serde(rename = "invoice")]
    Invoice,
    /// A credit note was issued.
    #[serde(rename = "credit_note")]
    CreditNote,
    /// Money came.
    #[serde(rename = "payment")]
    Payment,
    /// A claim was given up.
    #[serde(rename = "write_off")]
    WriteOff,
    /// Money went back.
    #[serde(rename = "refund")]
    Refund,
    /// A payment, credit or write-off was reversed.
    #[serde(rename = "reversal")]
    Reversal,
}

/// All taxes on one class of goods in one place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    /// On what: a class that products name, such as `standard`, `books`, `saas`.
    pub class: Key,
    /// Where.
    pub place: Place,
    /// The taxes, in the order in which one stands on another. A rule of a region says all of them, those of the country too.
    pub taxes: NonEmptyRuleTax,
}

/// One tax of a rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RuleTax {
    /// The category of EN 16931.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<Category>,
    /// Which tax: `vat`, `gst`, `us-ca`.
    pub code: Key,
    /// What the rate is a percentage of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<On>,
    /// The rates by the local date from which each holds.
    pub rates: DatedPercent,
    /// Why nothing is taxed, where the category asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
}

impl RuleTax {
    /// With what it must have; the rest is left out.
    pub fn new(code: Key, rates: DatedPercent) -> Self {
        Self { category: None, code, on: None, rates, reason: None }
    }
}

/// The taxes that a seller charges, as dated data: one rule for each place and class of goods. A place has one rule for each
/// class.
pub type Rules = Vec<Rule>;

/// Work that comes again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Schedule {
    /// When it was made.
    pub created_at: Instant,
    /// How often.
    pub every: Every3,
    /// Its id; `due-billing` and `upkeep` are there without being added.
    pub id: String,
    /// When it comes up next, unless it is paused.
    pub next_at: Instant,
    /// Whether it comes up.
    pub state: ScheduleState,
    /// What is done.
    pub work: ScheduledWork,
}

/// Whether a schedule comes up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ScheduleState {
    /// It does.
    #[serde(rename = "active")]
    Active,
    /// It does not until somebody says so.
    #[serde(rename = "paused")]
    Paused,
}

/// Bills every customer for what is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ScheduledWorkBillingRun {
    /// `billing_run`.
    #[serde(rename = "billing_run")]
    BillingRun,
}

/// The same as one does by itself every minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ScheduledWorkDueBilling {
    /// `due_billing`.
    #[serde(rename = "due_billing")]
    DueBilling,
}

/// Forgets what is old.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ScheduledWorkUpkeep {
    /// `upkeep`.
    #[serde(rename = "upkeep")]
    Upkeep,
}

/// Writes a file that can be downloaded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScheduledWorkExport {
    /// `export`.
    pub export: NewExport,
}

/// What is done again and again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ScheduledWork {
    /// Bills every customer for what is due.
    BillingRun(ScheduledWorkBillingRun),
    /// The same as one does by itself every minute.
    DueBilling(ScheduledWorkDueBilling),
    /// Forgets what is old.
    Upkeep(ScheduledWorkUpkeep),
    /// Writes a file that can be downloaded.
    Export(ScheduledWorkExport),
}

/// Lines of these prices.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScopePrices {
    /// `prices`.
    pub prices: NonEmptyPriceName,
}

/// Lines that count on these meters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScopeMeters {
    /// `meters`.
    pub meters: NonEmptyKey,
}

/// Lines of these plans.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScopePlans {
    /// `plans`.
    pub plans: NonEmptyKey,
}

/// All lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ScopeDocument {
    /// `document`.
    #[serde(rename = "document")]
    Document,
}

/// Off what a discount takes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Scope {
    /// Lines of these prices.
    Prices(ScopePrices),
    /// Lines that count on these meters.
    Meters(ScopeMeters),
    /// Lines of these plans.
    Plans(ScopePlans),
    /// All lines.
    Document(ScopeDocument),
}

/// What is known of the seller.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Seller {
    /// How it taxes consumers of other member states.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consumers: Option<Consumers>,
    /// Where it is established.
    pub country: Country,
    /// What shows that a buyer is a business.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Evidence>,
    /// Other countries in which it is registered and charges the tax of that country.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registered: Option<Vec<Country>>,
}

impl Seller {
    /// With what it must have; the rest is left out.
    pub fn new(country: Country) -> Self {
        Self { consumers: None, country, evidence: None, registered: None }
    }
}

/// An event that is not valid.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SentEvent {
    /// `event`.
    pub event: Event,
}

/// A text that is not an event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SentText {
    /// `text`.
    pub text: String,
}

/// What was sent and is not measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Sent {
    /// An event that is not valid.
    Event(SentEvent),
    /// A text that is not an event.
    Text(SentText),
}

/// Position of an accepted event or a correction in the order in which they became known for a tenant: 1, 2, 3, … without a
/// gap.
///
/// `as_of` of a query is such a position: the same query with the same position has the same answer for ever.
pub type Seq = u64;

/// What the numbers of an entity's documents begin with. No two series of a tenant begin alike.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// Of credit notes.
    pub credit_notes: Key,
    /// Of debit notes; `DN` beside `INV`, and the series of invoices with `-DN` beside another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub debit_notes: Option<Key>,
    /// Of invoices: `INV` gives `INV-000001`.
    pub invoices: Key,
}

impl Series {
    /// With what it must have; the rest is left out.
    pub fn new(credit_notes: Key, invoices: Key) -> Self {
        Self { credit_notes, debit_notes: None, invoices }
    }
}

/// How a tenant bills. What is left out is as in \[`Settings::default`\]; a customer may have it otherwise
/// (\[`contracts::BillingPolicy`\]).
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// Differences on billed cycles that are smaller than this, up or down, are written off: an amount in the currency of the
    /// difference. None when left
    /// out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub absorb_below: Option<NonNegative>,
    /// When a customer's balance pays new invoices; `automatic` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub balances: Option<BalanceUse>,
    /// What becomes of differences on billed cycles; `next_invoice` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrections: Option<Corrections>,
    /// For so many days after something falls due it stands on a draft, into which late usage flows; 0 when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grace_days: Option<u16>,
    /// Who makes a claim of a draft; `automatic` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuing: Option<Issuing>,
    /// How many days customers have to pay an invoice, where neither they nor their seller have terms of their own; 30 when left
    /// out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_days: Option<PaymentDays>,
}

/// Settings as they were recorded once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SettingsVersion {
    /// From when it is in force: what falls due before is billed by an earlier one.
    pub effective_at: Instant,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// What it says, all of it.
    pub settings: Settings,
    /// 1, 2, 3, …; 0 is what holds for a tenant that has said nothing.
    pub version: i64,
}

/// Where the money of a credit goes: the parts sum to the credit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Settlement {
    /// By other means.
    pub elsewhere: Money,
    /// Off what was still to be paid.
    pub reduces_open: Money,
    /// Back to payments; none is zero.
    pub refunds: Vec<Refund>,
    /// To the customer's balance.
    pub to_balance: Money,
}

/// A document that is to be paid.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Share {
    /// How much of it; as much as is left to pay and as there is when it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// The document: its id or its number.
    pub document: Key,
}

impl Share {
    /// With what it must have; the rest is left out.
    pub fn new(document: Key) -> Self {
        Self { amount: None, document }
    }
}

/// A leg's side of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Side {
    /// Left.
    #[serde(rename = "debit")]
    Debit,
    /// Right.
    #[serde(rename = "credit")]
    Credit,
}

/// Who signs in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SignIn {
    /// The user's e-mail address.
    pub email: String,
    /// The user's password.
    pub password: String,
    /// Where; `default` when it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<Key>,
}

impl SignIn {
    /// With what it must have; the rest is left out.
    pub fn new(email: String, password: String) -> Self {
        Self { email, password, tenant: None }
    }
}

/// What a person is sent away with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SignInBegun {
    /// The other half: it stays on the page that began, and is sent with the code.
    pub binding: String,
    /// Until when it is good.
    pub expires_at: Instant,
    /// What comes back as `state` with the code.
    pub state: String,
    /// Where the person goes.
    pub url: String,
}

/// Whether somebody can sign in by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum SignInStanding {
    /// They can.
    #[serde(rename = "open")]
    Open,
    /// They cannot.
    #[serde(rename = "disabled")]
    Disabled,
}

/// One of the thing itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum SourceConstant {
    /// `constant`.
    #[serde(rename = "constant")]
    Constant,
}

/// `SourceQuantityQuantity`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SourceQuantityQuantity {
    /// Its name.
    pub name: Key,
}

/// A number that the subscription states.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SourceQuantity {
    /// `quantity`.
    pub quantity: SourceQuantityQuantity,
}

/// `SourceMeterMeter`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SourceMeterMeter {
    /// The meter.
    pub meter: Key,
}

/// Counted from events: each part says how.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SourceMeter {
    /// `meter`.
    pub meter: SourceMeterMeter,
}

/// Where a quantity comes from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Source {
    /// One of the thing itself.
    Constant(SourceConstant),
    /// A number that the subscription states.
    Quantity(SourceQuantity),
    /// Counted from events: each part says how.
    Meter(SourceMeter),
}

/// What a report is about, in both times.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Span {
    /// What is true before it counts.
    pub before: Instant,
    /// What is true before it is carried forward; none: from the beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Instant>,
    /// What was written by then counts; none: everything that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known_at: Option<Instant>,
}

impl Span {
    /// With what it must have; the rest is left out.
    pub fn new(before: Instant) -> Self {
        Self { before, from: None, known_at: None }
    }
}

/// A part of an invoice: the lines of a plan, or of one of its prices.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SpendOn {
    /// The plan.
    pub plan: Key,
    /// The price; all of the plan when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Key>,
}

impl SpendOn {
    /// With what it must have; the rest is left out.
    pub fn new(plan: Key) -> Self {
        Self { plan, price: None }
    }
}

/// Amounts of spend, in the currency, at which an invoice is made in the middle of a period. Spend is what the metered prices
/// come to
/// since the period began. No amount at all: an invoice at the end of the period only.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
pub struct SpendSteps {
    /// Amounts of spend, rising: an invoice at each of them, once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spend: Option<Vec<Positive>>,
    /// Another invoice each time so much more is spent, above the last of `spend`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub then_each: Option<Positive>,
}

/// What was used of a redemption.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
pub struct Spent {
    /// Of an amount that is redeemed once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// How many periods of each subscription.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub periods: Option<u32>,
}

/// Where an invoice stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Standing {
    /// Computed anew by each billing run.
    #[serde(rename = "draft")]
    Draft,
    /// Numbered and final.
    #[serde(rename = "issued")]
    Issued,
    /// Taken back.
    #[serde(rename = "void")]
    Void,
}

/// A claim and what became of it, as of a day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Standing2 {
    /// For how many days it is late; none where it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days_overdue: Option<i64>,
    /// The id of the document.
    pub document: Key,
    /// What is left to pay: `total` less `paid` less `written_off`; never below zero.
    pub due: Money,
    /// The last day on which it can be paid without being late.
    pub due_on: Date,
    /// Its number.
    pub number: String,
    /// Its day.
    pub on: Date,
    /// How much of that is paid, by payments and credit notes.
    pub paid: Money,
    /// What was paid by which payment, the oldest first.
    pub payments: Vec<PaidPart>,
    /// The same in a word.
    pub state: State2,
    /// How much it claims.
    pub total: Money,
    /// How much of it was given up.
    pub written_off: Money,
}

/// `State`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum State {
    /// `open`.
    #[serde(rename = "open")]
    Open,
    /// `sealed`.
    #[serde(rename = "sealed")]
    Sealed,
    /// `applied`.
    #[serde(rename = "applied")]
    Applied,
    /// `reverted`.
    #[serde(rename = "reverted")]
    Reverted,
}

/// How far a claim is paid. It cannot be paid too far: what is too much goes to the balance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum State2 {
    /// Nothing of it is paid.
    #[serde(rename = "open")]
    Open,
    /// Some of it is paid.
    #[serde(rename = "partly_paid")]
    PartlyPaid,
    /// Nothing is left to pay.
    #[serde(rename = "paid")]
    Paid,
    /// Nothing is left to pay, and some or all of it was given up.
    #[serde(rename = "written_off")]
    WrittenOff,
}

/// How far an approval is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum State3 {
    /// `waiting`.
    #[serde(rename = "waiting")]
    Waiting,
    /// `running`.
    #[serde(rename = "running")]
    Running,
    /// `done`.
    #[serde(rename = "done")]
    Done,
    /// `failed`.
    #[serde(rename = "failed")]
    Failed,
    /// `rejected`.
    #[serde(rename = "rejected")]
    Rejected,
    /// `withdrawn`.
    #[serde(rename = "withdrawn")]
    Withdrawn,
    /// `expired`.
    #[serde(rename = "expired")]
    Expired,
}

/// Where taxes can be stated, from the narrowest to the widest. The first that states any says all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum StatedAt {
    /// The line itself.
    #[serde(rename = "line")]
    Line,
    /// An add-on.
    #[serde(rename = "add_on")]
    AddOn,
    /// A price.
    #[serde(rename = "price")]
    Price,
    /// A price of a fixed quantity.
    #[serde(rename = "fixed_price")]
    FixedPrice,
    /// A commitment.
    #[serde(rename = "commitment")]
    Commitment,
    /// A product.
    #[serde(rename = "product")]
    Product,
    /// A plan.
    #[serde(rename = "plan")]
    Plan,
    /// The customer.
    #[serde(rename = "customer")]
    Customer,
    /// The legal entity that sells.
    #[serde(rename = "entity")]
    Entity,
}

/// What happened between two days. `opening` and `more` less `less` is `closing`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Statement {
    /// What is owed after the last day: what is left to pay less the balance.
    pub closing: Money,
    /// The currency.
    pub currency: Currency,
    /// Whose.
    pub customer: Key,
    /// The days.
    pub days: DateRange,
    /// The legal entity that sells.
    pub entity: Key,
    /// The sum of the rows by which less is owed; not below zero.
    pub less: Money,
    /// The sum of the rows by which more is owed.
    pub more: Money,
    /// What was owed before the first day; below zero where the customer had something to their credit.
    pub opening: Money,
    /// What happened, in order.
    pub rows: Vec<Row>,
}

/// A step: one price for every quantity in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Price of the step, whatever the quantity in it.
    pub price: NonNegative,
    /// Last quantity of the step, inclusive. Left out for the last step, which is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub up_to: Option<NonNegative>,
}

impl Step {
    /// With what it must have; the rest is left out.
    pub fn new(price: NonNegative) -> Self {
        Self { price, up_to: None }
    }
}

/// `Step2StartStart`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step2StartStart {
    /// From when the plan's phases count; from the start when absent. Who comes from elsewhere may have had the trial there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phases_from: Option<Instant>,
    /// The plan.
    pub plan: PlanRef,
    /// Prices that were agreed instead of the plan's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prices: Option<BTreeMap<String, Price>>,
    /// How many of what.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantities: Option<BTreeMap<String, Dec>>,
    /// How long it is agreed for; until it is ended when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub term: Option<Term>,
}

impl Step2StartStart {
    /// With what it must have; the rest is left out.
    pub fn new(plan: PlanRef) -> Self {
        Self { phases_from: None, plan, prices: None, quantities: None, term: None }
    }
}

/// The subscription begins. First in the chain, and nowhere else.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step2Start {
    /// `start`.
    pub start: Step2StartStart,
}

/// `Step2SwitchSwitch`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step2SwitchSwitch {
    /// What becomes of what was charged ahead for the old plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit: Option<Credit>,
    /// From when its phases count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phases: Option<Phases>,
    /// The new plan.
    pub plan: PlanRef,
    /// Prices that were agreed instead of the new plan's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prices: Option<BTreeMap<String, Price>>,
    /// Quantities that change with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantities: Option<BTreeMap<String, Dec>>,
}

impl Step2SwitchSwitch {
    /// With what it must have; the rest is left out.
    pub fn new(plan: PlanRef) -> Self {
        Self { credit: None, phases: None, plan, prices: None, quantities: None }
    }
}

/// Another plan from here on. Quantities that are not named stay; agreed prices are those named here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step2Switch {
    /// `switch`.
    pub switch: Step2SwitchSwitch,
}

/// `Step2SetSet`.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step2SetSet {
    /// Prices that were agreed; `null` takes the plan's own again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prices: Option<BTreeMap<String, Option<Price>>>,
    /// The new numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantities: Option<BTreeMap<String, Dec>>,
}

/// Other quantities or prices from here on; those not named stay.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step2Set {
    /// `set`.
    pub set: Step2SetSet,
}

/// `Step2CountCount`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step2CountCount {
    /// Where they begin from now on.
    pub from: Anchor,
}

/// Cycles are counted anew from here on; the one that is under way ends here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step2Count {
    /// `count`.
    pub count: Step2CountCount,
}

/// `Step2PausePause`.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step2PausePause {
    /// What becomes of what was charged ahead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit: Option<Credit>,
}

/// Nothing is served until it is resumed. Changes meanwhile count from then on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step2Pause {
    /// `pause`.
    pub pause: Step2PausePause,
}

/// It is served again after a pause, in the cycles it had.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step2Resume {
    /// `resume`.
    pub resume: BTreeMap<String, serde_json::Value>,
}

/// `Step2EndEnd`.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step2EndEnd {
    /// What becomes of what was charged ahead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit: Option<Credit>,
}

/// Nothing is served from here on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step2End {
    /// `end`.
    pub end: Step2EndEnd,
}

/// It is served again after its end, on the terms it had, in cycles counted from here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step2Reactivate {
    /// `reactivate`.
    pub reactivate: BTreeMap<String, serde_json::Value>,
}

/// `Step2RenewRenew`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step2RenewRenew {
    /// How long.
    pub term: Term,
}

/// Another term follows the one that is under way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step2Renew {
    /// `renew`.
    pub renew: Step2RenewRenew,
}

/// `Step2WithdrawWithdraw`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step2WithdrawWithdraw {
    /// Its place in the chain; the start is 0.
    pub change: u64,
}

/// An earlier change is taken back, as if it had not been made. When it takes effect does not matter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step2Withdraw {
    /// `withdraw`.
    pub withdraw: Step2WithdrawWithdraw,
}

/// What a change does to the terms from its effective instant on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Step2 {
    /// The subscription begins. First in the chain, and nowhere else.
    Start(Step2Start),
    /// Another plan from here on. Quantities that are not named stay; agreed prices are those named here.
    Switch(Step2Switch),
    /// Other quantities or prices from here on; those not named stay.
    Set(Step2Set),
    /// Cycles are counted anew from here on; the one that is under way ends here.
    Count(Step2Count),
    /// Nothing is served until it is resumed. Changes meanwhile count from then on.
    Pause(Step2Pause),
    /// It is served again after a pause, in the cycles it had.
    Resume(Step2Resume),
    /// Nothing is served from here on.
    End(Step2End),
    /// It is served again after its end, on the terms it had, in cycles counted from here.
    Reactivate(Step2Reactivate),
    /// Another term follows the one that is under way.
    Renew(Step2Renew),
    /// An earlier change is taken back, as if it had not been made. When it takes effect does not matter.
    Withdraw(Step2Withdraw),
}

/// Something that was done with a payment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step3 {
    /// From when it is true in the books.
    pub at: Instant,
    /// What.
    pub did: Did,
    /// When it was recorded.
    pub recorded_at: Instant,
}

/// Bands in order: ascending, without a gap, the last one open. In files and in the API a list.
pub type Steps = Vec<Step>;

/// An accepted event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoredEvent {
    /// The event as it was sent or last amended.
    pub event: Event,
    /// When it was received; of an amended event, when the amendment was.
    pub received_at: Instant,
    /// Its position.
    pub seq: Seq,
}

/// The recurring part of a contract: one plan at a time in one currency, from its start until it ends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Subscription {
    /// Where its cycles begin; on the first day with prices, or on the calendar where the plan says so, when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anchor: Option<Anchor>,
    /// What happened to it, in the order in which it was recorded. The first one starts it.
    pub changes: NonEmptyChange,
    /// Who owns it.
    pub customer: Key,
    /// The subscription that it goes with: it ends no later than that one. An add-on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goes_with: Option<Key>,
    /// Its name, unique among the tenant's subscriptions.
    pub key: Key,
    /// Which usage of the customer it bills.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<UsageScope>,
    /// The zone whose days begin and end its periods.
    pub zone: Zone,
}

impl Subscription {
    /// With what it must have; the rest is left out.
    pub fn new(changes: NonEmptyChange, customer: Key, key: Key, zone: Zone) -> Self {
        Self { anchor: None, changes, customer, goes_with: None, key, usage: None, zone }
    }
}

/// Where a subscription stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum SubscriptionStanding {
    /// No end was agreed.
    #[serde(rename = "open")]
    Open,
    /// It has ended, or will.
    #[serde(rename = "ending")]
    Ending,
}

/// What a document owes of one tax.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Subtotal {
    /// The tax.
    pub amount: Money,
    /// What it is on: the net amounts of its lines, with the taxes below it where it stands on them.
    pub base: Money,
    /// The exact tax in major units, before it was rounded.
    pub exact: Ratio,
    /// The tax.
    pub tax: Tax,
}

/// What one discount takes off a line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TakenOff {
    /// The amount that is taken off, above zero.
    pub amount: Money,
    /// How it follows.
    pub how: How,
    /// What the discount is called.
    pub name: String,
    /// What was left of the line before.
    pub of: Money,
    /// The redemption.
    pub redemption: Key,
}

/// A tax on a line. Lines with equal taxes form one group: it is rounded as one, and electronic invoices show it as one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tax {
    /// The category of EN 16931.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<Category>,
    /// Which tax: `vat`, `gst`, `us-ca`. All rates of one tax have one code.
    pub code: Key,
    /// What it is a percentage of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<On>,
    /// The rate in per cent.
    pub percent: Percent,
    /// Why nothing is taxed, where the category asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
}

impl Tax {
    /// With what it must have; the rest is left out.
    pub fn new(code: Key, percent: Percent) -> Self {
        Self { category: None, code, on: None, percent, reason: None }
    }
}

/// Which day decides on the rate of a service that lasts. Countries differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TaxPoint {
    /// The day of the invoice.
    #[serde(rename = "invoice")]
    Invoice,
    /// The first day of the service.
    #[serde(rename = "service_start")]
    ServiceStart,
    /// The last day of the service.
    #[serde(rename = "service_end")]
    ServiceEnd,
    /// Each day of the service by its own rate: see \[`by_day`\].
    #[serde(rename = "each_day")]
    EachDay,
}

/// How the tax of a document is rounded. The default is EN 16931's: each category and rate once, and the total is their sum.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
pub struct TaxPolicy {
    /// Which of the two parts of a price that contains its tax is rounded; the other is what is left of the price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inclusive: Option<Extraction>,
    /// Of what the exact tax is rounded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<Level2>,
    /// How it is rounded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rounding: Option<Rounding>,
}

/// What a note gives back or charges of one tax.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TaxTotal {
    /// The tax on them.
    pub amount: Money,
    /// The net amounts that it is on.
    pub base: Money,
    /// The tax, as it was on the document.
    pub tax: Tax,
}

/// How a line is taxed. It is kept with the line: what is given back later has the taxes of what was charged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TaxedLine {
    /// Which taxes, and why; those of its first days, where its days are taxed in different ways.
    pub decision: Decision,
    /// With tax.
    pub gross: Money,
    /// Without tax.
    pub net: Money,
    /// Its parts, where its days are taxed in different ways; they sum to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parts: Option<Vec<TaxedPart>>,
    /// Whether the line's amount contains its taxes.
    pub prices: Prices,
    /// The sum of them.
    pub tax: Money,
    /// Each tax with its part of the line.
    pub taxes: Vec<LineTax>,
}

impl TaxedLine {
    /// With what it must have; the rest is left out.
    pub fn new(decision: Decision, gross: Money, net: Money, prices: Prices, tax: Money, taxes: Vec<LineTax>) -> Self {
        Self { decision, gross, net, parts: None, prices, tax, taxes }
    }
}

/// The part of a line that is taxed in one way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TaxedPart {
    /// The days of the service.
    pub days: DateRange,
    /// Which taxes, and why.
    pub decision: Decision,
    /// With tax.
    pub gross: Money,
    /// Without tax.
    pub net: Money,
    /// The sum of them.
    pub tax: Money,
    /// Each tax with its share of the part.
    pub taxes: Vec<LineTax>,
}

/// A company that bills, or a copy of one to try things in. Tenants cannot see each other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tenant {
    /// When it was made.
    pub created_at: Instant,
    /// Whether money is real there.
    pub environment: Environment,
    /// Its key.
    pub key: Key,
    /// Its name, for people.
    pub name: String,
}

/// How long a subscription is agreed for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Term {
    /// How long it is.
    pub lasts: Cadence,
    /// What follows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub then: Option<Then>,
}

impl Term {
    /// With what it must have; the rest is left out.
    pub fn new(lasts: Cadence) -> Self {
        Self { lasts, then: None }
    }
}

/// What follows a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Then {
    /// Another one like it.
    #[serde(rename = "renews")]
    Renews,
    /// The end, unless it is renewed.
    #[serde(rename = "ends")]
    Ends,
}

/// A band with a price per unit, a flat fee, or both.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tier {
    /// Price of each unit in the tier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub each: Option<NonNegative>,
    /// Fee that is due once when the tier is reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flat: Option<NonNegative>,
    /// The most that the tier costs, flat fee included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maximum: Option<NonNegative>,
    /// Last quantity of the tier, inclusive. Left out for the last tier, which is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub up_to: Option<NonNegative>,
}

/// Bands in order: ascending, without a gap, the last one open. In files and in the API a list.
pub type Tiers = Vec<Tier>;

/// Whose time a tenant bills by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Time {
    /// The world's, which goes on by itself.
    #[serde(rename = "world")]
    World,
    /// That of a test environment, which is set.
    #[serde(rename = "set")]
    Set,
}

/// An hour and a minute on a clock.
pub type TimeOfDay = String;

/// When a cycle is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Timing {
    /// At its beginning; usage, when it happens.
    #[serde(rename = "advance")]
    Advance,
    /// At its end.
    #[serde(rename = "arrears")]
    Arrears,
}

/// Usage in the open billing periods.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ToDate {
    /// One for each price that counts usage.
    pub usage: Vec<UsageToDate>,
}

/// A token, without its secret.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Token {
    /// When it was made.
    pub created_at: Instant,
    /// The only customer whose things are seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<Key>,
    /// From when on it is no longer good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Instant>,
    /// Its id: a part of the token itself, which may be shown.
    pub id: String,
    /// What it is for.
    pub kind: TokenKind,
    /// What people call it; of a session, the user's e-mail address.
    pub name: String,
    /// Who knows its secret, of an API key: the people behind whoever made it or gave it another secret. A key that was made on
    /// the
    /// server's machine stands for a person by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people: Option<Vec<String>>,
    /// Single permissions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permissions: Option<Vec<Permission>>,
    /// Since when it is no longer good, because somebody said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<Instant>,
    /// Sets of permissions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roles: Option<Vec<Role>>,
    /// When it was used last, to about a minute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used_at: Option<Instant>,
}

impl Token {
    /// With what it must have; the rest is left out.
    pub fn new(created_at: Instant, id: String, kind: TokenKind, name: String) -> Self {
        Self { created_at, customer: None, expires_at: None, id, kind, name, people: None, permissions: None, revoked_at: None, roles: None, used_at: None }
    }
}

/// What a token is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TokenKind {
    /// An API key of a program.
    #[serde(rename = "key")]
    Key,
    /// A person who signed in.
    #[serde(rename = "session")]
    Session,
    /// A customer, who sees what is theirs.
    #[serde(rename = "portal")]
    Portal,
}

/// Whether a token was taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TokenStanding {
    /// It was not; its time can be over.
    #[serde(rename = "open")]
    Open,
    /// It was.
    #[serde(rename = "revoked")]
    Revoked,
}

/// What happened, as messages name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Topic {
    /// A customer was added.
    #[serde(rename = "customer.added")]
    CustomerAdded,
    /// A customer subscribed.
    #[serde(rename = "subscription.started")]
    SubscriptionStarted,
    /// A subscription was changed, now, ahead or in the past.
    #[serde(rename = "subscription.changed")]
    SubscriptionChanged,
    /// A subscription was given an end.
    #[serde(rename = "subscription.ended")]
    SubscriptionEnded,
    /// A new version of the pricing is in force.
    #[serde(rename = "pricing.applied")]
    PricingApplied,
    /// An invoice or a credit note was issued.
    #[serde(rename = "invoice.issued")]
    InvoiceIssued,
    /// A document was voided.
    #[serde(rename = "invoice.voided")]
    InvoiceVoided,
    /// Nothing is left to pay of an invoice: it was paid.
    #[serde(rename = "invoice.paid")]
    InvoicePaid,
    /// Nothing is left to pay of an invoice: some or all of it was given up.
    #[serde(rename = "invoice.written_off")]
    InvoiceWrittenOff,
    /// Something is left to pay again of an invoice of which nothing was.
    #[serde(rename = "invoice.open_again")]
    InvoiceOpenAgain,
    /// Money came.
    #[serde(rename = "payment.recorded")]
    PaymentRecorded,
    /// A payment did not come or went away again, or a write-off was taken back.
    #[serde(rename = "payment.reversed")]
    PaymentReversed,
    /// Money went back to a customer out of their balance.
    #[serde(rename = "refund.made")]
    RefundMade,
    /// Corrections of usage took effect.
    #[serde(rename = "changeset.applied")]
    ChangesetApplied,
    /// Corrections of usage were taken back.
    #[serde(rename = "changeset.reverted")]
    ChangesetReverted,
    /// Usage or cost went over a limit that somebody set.
    #[serde(rename = "alert.crossed")]
    AlertCrossed,
    /// Something waits for a second person.
    #[serde(rename = "approval.requested")]
    ApprovalRequested,
    /// A second person approved something, and it was done.
    #[serde(rename = "approval.done")]
    ApprovalDone,
    /// A second person approved something that could not be done any more.
    #[serde(rename = "approval.failed")]
    ApprovalFailed,
    /// A second person rejected something.
    #[serde(rename = "approval.rejected")]
    ApprovalRejected,
    /// Who asked for something does not want it any more.
    #[serde(rename = "approval.withdrawn")]
    ApprovalWithdrawn,
    /// Something waited too long for a second person.
    #[serde(rename = "approval.expired")]
    ApprovalExpired,
}

/// Whether a write changes what customers are billed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Touch {
    /// No customer's bill changes.
    #[serde(rename = "unchanged")]
    Unchanged,
    /// See `customers`, `failures` and `not_computed`.
    #[serde(rename = "changed")]
    Changed,
}

/// `TreatmentDomesticTreatment`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TreatmentDomesticTreatment {
    /// `domestic`.
    #[serde(rename = "domestic")]
    Domestic,
}

/// Seller and buyer are in one country: its tax.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TreatmentDomestic {
    /// The country.
    pub country: Country,
    /// `treatment`.
    pub treatment: TreatmentDomesticTreatment,
}

/// `TreatmentDestinationTreatment`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TreatmentDestinationTreatment {
    /// `destination`.
    #[serde(rename = "destination")]
    Destination,
}

/// The tax of the buyer's country, charged by the seller.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TreatmentDestination {
    /// The buyer's country.
    pub country: Country,
    /// `treatment`.
    pub treatment: TreatmentDestinationTreatment,
}

/// `TreatmentOriginTreatment`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TreatmentOriginTreatment {
    /// `origin`.
    #[serde(rename = "origin")]
    Origin,
}

/// The tax of the seller's country, though the buyer is elsewhere.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TreatmentOrigin {
    /// The seller's country.
    pub country: Country,
    /// `treatment`.
    pub treatment: TreatmentOriginTreatment,
}

/// `TreatmentReverseChargeTreatment`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TreatmentReverseChargeTreatment {
    /// `reverse_charge`.
    #[serde(rename = "reverse_charge")]
    ReverseCharge,
}

/// The buyer owes the tax.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TreatmentReverseCharge {
    /// `treatment`.
    pub treatment: TreatmentReverseChargeTreatment,
}

/// `TreatmentOutsideScopeTreatment`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TreatmentOutsideScopeTreatment {
    /// `outside_scope`.
    #[serde(rename = "outside_scope")]
    OutsideScope,
}

/// Another country's tax, which the seller does not charge.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TreatmentOutsideScope {
    /// `treatment`.
    pub treatment: TreatmentOutsideScopeTreatment,
}

/// `TreatmentUndecidedTreatment`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TreatmentUndecidedTreatment {
    /// `undecided`.
    #[serde(rename = "undecided")]
    Undecided,
}

/// One of the countries is not known: nothing can be decided, and nothing should be issued.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TreatmentUndecided {
    /// `treatment`.
    pub treatment: TreatmentUndecidedTreatment,
}

/// Whose tax it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Treatment {
    /// Seller and buyer are in one country: its tax.
    Domestic(TreatmentDomestic),
    /// The tax of the buyer's country, charged by the seller.
    Destination(TreatmentDestination),
    /// The tax of the seller's country, though the buyer is elsewhere.
    Origin(TreatmentOrigin),
    /// The buyer owes the tax.
    ReverseCharge(TreatmentReverseCharge),
    /// Another country's tax, which the seller does not charge.
    OutsideScope(TreatmentOutsideScope),
    /// One of the countries is not known: nothing can be decided, and nothing should be issued.
    Undecided(TreatmentUndecided),
}

/// What stood on each account at the beginning of a span, what was posted, and what stands there at its end.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrialBalance {
    /// One for each account, currency and value of the dimensions, in the order of a balance sheet followed by income.
    pub rows: Vec<TrialBalanceRow>,
    /// What it is about.
    pub span: Span,
    /// One for each currency.
    pub totals: Vec<TrialBalanceTotal>,
}

/// One account in one currency.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrialBalanceRow {
    /// The account.
    pub account: Account,
    /// What it ends with, on its normal side.
    pub closing: Money,
    /// The sum of its credits.
    pub credits: Money,
    /// The sum of its debits.
    pub debits: Money,
    /// What it was asked by.
    pub dimensions: BTreeMap<String, String>,
    /// What it began with, on its normal side.
    pub opening: Money,
}

/// All accounts in one currency.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrialBalanceTotal {
    /// The sum of all credits; the same.
    pub credits: Money,
    /// The sum of all debits.
    pub debits: Money,
}

/// What a payment is taken off.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
pub struct Unallocation {
    /// An invoice, by id or number; all that it pays when it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<Key>,
}

/// A unit in which prices are written instead of money: credits, tokens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Unit {
    /// The currency: a code of ISO 4217.
    pub currency: Currency,
    /// What a person calls it. Left out, its key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What one unit is worth in the currency.
    pub rate: Positive,
    /// Digits after the point when an amount of units is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scale: Option<u8>,
}

impl Unit {
    /// With what it must have; the rest is left out.
    pub fn new(currency: Currency, rate: Positive) -> Self {
        Self { currency, name: None, rate, scale: None }
    }
}

/// Usage that nobody pays for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Unmatched {
    /// By subject, then by name of the events.
    pub activity: Vec<Activity>,
}

/// Events that a meter could not measure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Unmeasured {
    /// How many.
    pub count: u64,
    /// What is wrong with the first of them.
    pub problem: Problem,
}

/// Events that a meter looked at and could not measure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Unmeasured2 {
    /// How many.
    pub count: u64,
    /// The first of them.
    pub first: Cursor,
    /// What is wrong with it.
    pub problem: Problem,
}

/// Usage that nobody pays for, with what it would cost.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Unpaid {
    /// By subject, then by name of the events.
    pub usage: Vec<UnpaidUsage>,
}

/// What a meter says of unpaid events.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UnpaidQuantity {
    /// How much. A level counts from the first of the events to now.
    pub measured: Measured,
    /// The meter.
    pub meter: Key,
}

/// Events of one subject and name that nobody pays for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UnpaidUsage {
    /// How many events.
    pub events: u64,
    /// When the first of them happened.
    pub first_at: Instant,
    /// When the last of them happened.
    pub last_at: Instant,
    /// The name of the events.
    pub name: String,
    /// Why it cannot be said what they would cost, where a price is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problems: Option<Vec<Problem>>,
    /// What the meters of the newest catalog say of these events.
    pub quantities: Vec<UnpaidQuantity>,
    /// Who used.
    pub subject: String,
    /// Why nobody pays.
    pub why: WhyUnpaid,
    /// What they would cost, where a price is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worth: Option<UnpaidWorth>,
}

impl UnpaidUsage {
    /// With what it must have; the rest is left out.
    pub fn new(events: u64, first_at: Instant, last_at: Instant, name: String, quantities: Vec<UnpaidQuantity>, subject: String, why: WhyUnpaid) -> Self {
        Self { events, first_at, last_at, name, problems: None, quantities, subject, why, worth: None }
    }
}

/// What unpaid events would cost.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UnpaidWorth {
    /// How much: what the plan bills with these events less what it bills without them. Nothing when they are free.
    pub amounts: Vec<Money>,
    /// On which plan.
    pub plan: PlanRef,
}

/// All that its meters look at. No other subscription bills the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum UsageScopeAll {
    /// `all`.
    #[serde(rename = "all")]
    All,
}

/// Only events with these values of the meters' dimensions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UsageScopeOnly {
    /// `only`.
    pub only: BTreeMap<String, String>,
}

/// All that its meters look at, although another subscription bills it too: it is to be billed twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum UsageScopeShared {
    /// `shared`.
    #[serde(rename = "shared")]
    Shared,
}

/// Which usage of its customer a subscription bills. JSON form: `"all"`, `{ "only": { "project": "atlas" } }` or `"shared"`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum UsageScope {
    /// All that its meters look at. No other subscription bills the same.
    All(UsageScopeAll),
    /// Only events with these values of the meters' dimensions.
    Only(UsageScopeOnly),
    /// All that its meters look at, although another subscription bills it too: it is to be billed twice.
    Shared(UsageScopeShared),
}

/// How much was used so far in an open billing period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UsageToDate {
    /// The dimensions by which the price splits its lines, with their values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dimensions: Option<BTreeMap<String, String>>,
    /// When it will be billed.
    pub due_at: Instant,
    /// How much, and from how many events.
    pub measured: Measured,
    /// The meter.
    pub meter: Key,
    /// The period: the cycle, as far as the subscription covers it.
    pub period: Period,
    /// The price that counts it: `plan.price`.
    pub price: String,
    /// The subscription.
    pub subscription: Key,
    /// Position up to which events were seen.
    pub watermark: u64,
}

impl UsageToDate {
    /// With what it must have; the rest is left out.
    pub fn new(due_at: Instant, measured: Measured, meter: Key, period: Period, price: String, subscription: Key, watermark: u64) -> Self {
        Self { dimensions: None, due_at, measured, meter, period, price, subscription, watermark }
    }
}

/// A person who signs in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct User {
    /// When the user was added.
    pub created_at: Instant,
    /// Since when the person may no longer sign in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled_at: Option<Instant>,
    /// The e-mail address, in small letters: the name to sign in with.
    pub email: String,
    /// The person as an identity provider knows them, since they signed in by it. Nobody else comes in under this address then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<Identity>,
    /// The person's name.
    pub name: String,
    /// What the person may do.
    pub roles: Vec<Role>,
}

impl User {
    /// With what it must have; the rest is left out.
    pub fn new(created_at: Instant, email: String, name: String, roles: Vec<Role>) -> Self {
        Self { created_at, disabled_at: None, email, identity: None, name, roles }
    }
}

/// What is changed of a user.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
pub struct UserChange {
    /// Whether the person may no longer sign in. All sessions of the person end with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled: Option<bool>,
    /// Whether the person may be another one for an identity provider than before: whoever signs in by it next under this
    /// address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forget_identity: Option<bool>,
    /// Another name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Another password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// Other roles.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roles: Option<Vec<Role>>,
}

/// The value of a property of an event. Numbers are exact decimals.
pub type Value = serde_json::Value;

/// `VerdictCountedVerdict`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum VerdictCountedVerdict {
    /// `counted`.
    #[serde(rename = "counted")]
    Counted,
}

/// At least one price counts it: see there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VerdictCounted {
    /// `verdict`.
    pub verdict: VerdictCountedVerdict,
}

/// `VerdictInQuarantineVerdict`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum VerdictInQuarantineVerdict {
    /// `in_quarantine`.
    #[serde(rename = "in_quarantine")]
    InQuarantine,
}

/// It is not valid, and was not accepted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VerdictInQuarantine {
    /// Why.
    pub problem: Problem,
    /// `verdict`.
    pub verdict: VerdictInQuarantineVerdict,
}

/// `VerdictRetractedVerdict`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum VerdictRetractedVerdict {
    /// `retracted`.
    #[serde(rename = "retracted")]
    Retracted,
}

/// It was taken back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VerdictRetracted {
    /// At which position.
    pub seq: Seq,
    /// `verdict`.
    pub verdict: VerdictRetractedVerdict,
}

/// `VerdictNoCustomerVerdict`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum VerdictNoCustomerVerdict {
    /// `no_customer`.
    #[serde(rename = "no_customer")]
    NoCustomer,
}

/// No customer has the key that it names as its subject.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VerdictNoCustomer {
    /// The subject.
    pub subject: String,
    /// `verdict`.
    pub verdict: VerdictNoCustomerVerdict,
}

/// `VerdictNoSubscriptionVerdict`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum VerdictNoSubscriptionVerdict {
    /// `no_subscription`.
    #[serde(rename = "no_subscription")]
    NoSubscription,
}

/// The customer has no subscription when it happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VerdictNoSubscription {
    /// The customer.
    pub customer: Key,
    /// `verdict`.
    pub verdict: VerdictNoSubscriptionVerdict,
}

/// `VerdictNoPriceVerdict`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum VerdictNoPriceVerdict {
    /// `no_price`.
    #[serde(rename = "no_price")]
    NoPrice,
}

/// No price of the customer's subscriptions uses a meter that looks at it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VerdictNoPrice {
    /// The customer.
    pub customer: Key,
    /// Meters of the newest catalog that look at it all the same.
    pub meters: Vec<Key>,
    /// `verdict`.
    pub verdict: VerdictNoPriceVerdict,
}

/// `VerdictNotMeasurableVerdict`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum VerdictNotMeasurableVerdict {
    /// `not_measurable`.
    #[serde(rename = "not_measurable")]
    NotMeasurable,
}

/// The meters that look at it cannot measure it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VerdictNotMeasurable {
    /// Why.
    pub problem: Problem,
    /// `verdict`.
    pub verdict: VerdictNotMeasurableVerdict,
}

/// In short what became of an event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Verdict {
    /// At least one price counts it: see there.
    Counted(VerdictCounted),
    /// It is not valid, and was not accepted.
    InQuarantine(VerdictInQuarantine),
    /// It was taken back.
    Retracted(VerdictRetracted),
    /// No customer has the key that it names as its subject.
    NoCustomer(VerdictNoCustomer),
    /// The customer has no subscription when it happened.
    NoSubscription(VerdictNoSubscription),
    /// No price of the customer's subscriptions uses a meter that looks at it.
    NoPrice(VerdictNoPrice),
    /// The meters that look at it cannot measure it.
    NotMeasurable(VerdictNotMeasurable),
}

/// One thing that happened to an event. It says what is true of the event from its position on, up to the next version's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Version {
    /// The event from now on; none when it was retracted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<Event>,
    /// Id of the event.
    pub id: String,
    /// When it became known.
    pub recorded_at: Instant,
    /// Its position.
    pub seq: Seq,
    /// Source of the event.
    pub source: String,
    /// What happened.
    pub what: What2,
}

impl Version {
    /// With what it must have; the rest is left out.
    pub fn new(id: String, recorded_at: Instant, seq: Seq, source: String, what: What2) -> Self {
        Self { event: None, id, recorded_at, seq, source, what }
    }
}

/// Why a document was voided, and when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Voided {
    /// When.
    pub at: Instant,
    /// What became of its lines; none for a note by hand, whose lines are worth again what they were worth before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lines: Option<VoidedLines>,
    /// Why.
    pub reason: String,
}

impl Voided {
    /// With what it must have; the rest is left out.
    pub fn new(at: Instant, reason: String) -> Self {
        Self { at, lines: None, reason }
    }
}

/// What becomes of the lines of a document that is voided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum VoidedLines {
    /// They count as not billed: the next bill has what is due of them by then.
    #[serde(rename = "billed_again")]
    BilledAgain,
    /// Nobody is to be billed for them any more.
    #[serde(rename = "given_up")]
    GivenUp,
}

/// `WatchedUsageUsage`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WatchedUsageUsage {
    /// The meter.
    pub meter: Key,
}

/// How much was used on a meter in an open billing period of a price that counts it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WatchedUsage {
    /// `usage`.
    pub usage: WatchedUsageUsage,
}

/// `WatchedSpendSpend`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WatchedSpendSpend {
    /// In which currency.
    pub currency: Currency,
    /// What of a part of it alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<SpendOn>,
}

impl WatchedSpendSpend {
    /// With what it must have; the rest is left out.
    pub fn new(currency: Currency) -> Self {
        Self { currency, of: None }
    }
}

/// What the upcoming invoice comes to so far.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WatchedSpend {
    /// `spend`.
    pub spend: WatchedSpendSpend,
}

/// What is watched.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Watched {
    /// How much was used on a meter in an open billing period of a price that counts it.
    Usage(WatchedUsage),
    /// What the upcoming invoice comes to so far.
    Spend(WatchedSpend),
}

/// A delivery, as its log shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WebhookDelivery {
    /// What came of the last attempt.
    pub answer: serde_json::Value,
    /// How often it was tried.
    pub attempts: i64,
    /// What is sent.
    pub body: serde_json::Value,
    /// When it was made.
    pub created_at: Instant,
    /// Its id.
    pub id: String,
    /// The message's id: the same however often it is sent.
    pub message: String,
    /// When it is tried next, while it waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_at: Option<Instant>,
    /// What it is about.
    pub object: String,
    /// Where it stands.
    pub state: DeliveryState,
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Weekday {
    /// `monday`.
    #[serde(rename = "monday")]
    Monday,
    /// `tuesday`.
    #[serde(rename = "tuesday")]
    Tuesday,
    /// `wednesday`.
    #[serde(rename = "wednesday")]
    Wednesday,
    /// `thursday`.
    #[serde(rename = "thursday")]
    Thursday,
    /// `friday`.
    #[serde(rename = "friday")]
    Friday,
    /// `saturday`.
    #[serde(rename = "saturday")]
    Saturday,
    /// `sunday`.
    #[serde(rename = "sunday")]
    Sunday,
}

/// It is new; with a plan come its prices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum WhatAdded {
    /// `added`.
    #[serde(rename = "added")]
    Added,
}

/// It is no longer offered. Who has it keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum WhatRetired {
    /// `retired`.
    #[serde(rename = "retired")]
    Retired,
}

/// It stays, with other terms.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WhatChanged {
    /// `changed`.
    pub changed: Vec<FieldChange>,
}

/// What happens to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum What {
    /// It is new; with a plan come its prices.
    Added(WhatAdded),
    /// It is no longer offered. Who has it keeps it.
    Retired(WhatRetired),
    /// It stays, with other terms.
    Changed(WhatChanged),
}

/// What happened to an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum What2 {
    /// It was taken for the first time.
    #[serde(rename = "accepted")]
    Accepted,
    /// Its content was replaced.
    #[serde(rename = "amended")]
    Amended,
    /// It was taken back.
    #[serde(rename = "retracted")]
    Retracted,
}

/// A day such as 2026-04-16 (its first instant where the customer is), or an instant such as 2026-04-16T10:00:00Z.
pub type When = String;

/// Who asks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Who {
    /// The only customer whose things they see.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<Key>,
    /// Their id, as the audit log names them.
    pub id: String,
    /// Everything that is permitted.
    pub permissions: Vec<Permission>,
    /// Sets of permissions.
    pub roles: Vec<Role>,
    /// Where they belong.
    pub tenant: Key,
}

impl Who {
    /// With what it must have; the rest is left out.
    pub fn new(id: String, permissions: Vec<Permission>, roles: Vec<Role>, tenant: Key) -> Self {
        Self { customer: None, id, permissions, roles, tenant }
    }
}

/// `WhyExemptWhy`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum WhyExemptWhy {
    /// `exempt`.
    #[serde(rename = "exempt")]
    Exempt,
}

/// The buyer is exempt.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WhyExempt {
    /// The certificate, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<String>,
    /// `why`.
    pub why: WhyExemptWhy,
}

impl WhyExempt {
    /// With what it must have; the rest is left out.
    pub fn new(why: WhyExemptWhy) -> Self {
        Self { certificate: None, why }
    }
}

/// `WhyStatedWhy`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum WhyStatedWhy {
    /// `stated`.
    #[serde(rename = "stated")]
    Stated,
}

/// The taxes were stated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WhyStated {
    /// Where.
    pub at: StatedAt,
    /// `why`.
    pub why: WhyStatedWhy,
}

/// `WhyRuleWhy`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum WhyRuleWhy {
    /// `rule`.
    #[serde(rename = "rule")]
    Rule,
}

/// The rules of a place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WhyRule {
    /// The place.
    pub place: Place,
    /// Why that place.
    pub treatment: Treatment,
    /// `why`.
    pub why: WhyRuleWhy,
}

/// `WhyNotChargedWhy`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum WhyNotChargedWhy {
    /// `not_charged`.
    #[serde(rename = "not_charged")]
    NotCharged,
}

/// No tax of the seller's, by the treatment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WhyNotCharged {
    /// The treatment.
    pub treatment: Treatment,
    /// `why`.
    pub why: WhyNotChargedWhy,
}

/// Why a line has these taxes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Why {
    /// The buyer is exempt.
    Exempt(WhyExempt),
    /// The taxes were stated.
    Stated(WhyStated),
    /// The rules of a place.
    Rule(WhyRule),
    /// No tax of the seller's, by the treatment.
    NotCharged(WhyNotCharged),
}

/// Why nobody pays for an event; the first that holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum WhyUnpaid {
    /// No customer has the key that it names as its subject.
    #[serde(rename = "no_customer")]
    NoCustomer,
    /// No meter looks at it.
    #[serde(rename = "no_meter")]
    NoMeter,
    /// A meter looks at it, and no price of a subscription of the customer uses that meter when it happened.
    #[serde(rename = "no_price")]
    NoPrice,
}

/// Which change is taken back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Withdrawal {
    /// Its place in `changes`; the start is 0 and stays.
    pub change: u64,
}

/// What a line key is worth, with everything that follows from. The amounts of the parts sum to `exact`, which was rounded once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Worth {
    /// What persons took off after that, or put on, in the order in which it became known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adjusted: Option<Vec<Adjusted>>,
    /// The exact amount rounded half away from zero to the currency's minor unit, the one rounding, less the discounts and what
    /// is adjusted.
    pub amount: Money,
    /// What is taken off, in the order in which it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discounts: Option<Vec<TakenOff>>,
    /// The exact amount in the currency.
    pub exact: Ratio,
    /// The name of the price, as the customer reads it.
    pub name: String,
    /// The stretches of the cycle with what each is worth.
    pub parts: Vec<PartWorth>,
    /// How a part of the cycle is charged.
    pub prorate: Proration,
    /// Where the quantity comes from.
    pub source: Source,
    /// The class that the tax rules look at; the seller's usual one when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_category: Option<Key>,
    /// Whether the amount contains its taxes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_in_price: Option<Prices>,
    /// Whether it is billed before or after it is served.
    pub timing: Timing,
    /// Up to when usage counts, where it is billed before its cycle is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_date: Option<Instant>,
}

impl Worth {
    /// With what it must have; the rest is left out.
    pub fn new(amount: Money, exact: Ratio, name: String, parts: Vec<PartWorth>, prorate: Proration, source: Source, timing: Timing) -> Self {
        Self { adjusted: None, amount, discounts: None, exact, name, parts, prorate, source, tax_category: None, tax_in_price: None, timing, to_date: None }
    }
}

/// A claim that is to be given up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WritingOff {
    /// How much; all that is left to pay when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// Why.
    pub reason: String,
}

impl WritingOff {
    /// With what it must have; the rest is left out.
    pub fn new(reason: String) -> Self {
        Self { amount: None, reason }
    }
}

/// A file that was written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WrittenExport {
    /// How large it is.
    pub bytes: u64,
    /// Until when it can be downloaded.
    pub expires_at: Instant,
    /// How many rows it has, without a head.
    pub rows: u64,
    /// SHA-256 of it, in hexadecimal.
    pub sha256: String,
}

/// Differences that were written off.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WrittenOff {
    /// What keeps each from coming again.
    pub adjustments: Vec<Adjustment>,
}

/// A time zone of the IANA database
pub type Zone = String;
