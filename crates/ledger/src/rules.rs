//! The standard rules for invoices, payments, credit notes and exchange. Those of earning are in the crate `revenue`.

use crate::Account as A;
use crate::Measure::{Amount, Fee, Gross, Net, Tax};
use crate::{Entry, EntryDraft, EntryError, RuleRow, Rules};
use alloc::collections::BTreeMap;
use alloc::string::String;
use calendar::Instant;
use money::Money;

use crate::Side::{Credit, Debit};

/// The first version of every rule of this crate. The number is the row in the table of events; some events have several rules, of which a
/// policy chooses one. An event that lists no leg posts nothing.
pub fn standard_rules() -> Rules {
    Rules::table(TABLE)
}

const TABLE: &[RuleRow<'_>] = &[
    (2, "deposit_received", &[(Debit, A::Cash, Amount), (Credit, A::Deposit, Amount)]),
    (2, "deposit_applied", &[(Debit, A::Deposit, Amount), (Credit, A::ContractLiability, Amount)]),
    (
        3,
        "invoice_finalised",
        &[(Debit, A::Receivable, Gross), (Credit, A::ContractLiability, Net), (Credit, A::TaxPayable, Tax)],
    ),
    (8, "payment_pending", &[]),
    (8, "payment_pending_in_clearing", &[(Debit, A::Clearing, Amount), (Credit, A::Receivable, Amount)]),
    (9, "payment_succeeded", &[(Debit, A::Clearing, Amount), (Credit, A::Receivable, Amount)]),
    (10, "payout_received", &[(Debit, A::Cash, Net), (Debit, A::Fees, Fee), (Credit, A::Clearing, Gross)]),
    (11, "transfer_unidentified", &[(Debit, A::Cash, Amount), (Credit, A::Unapplied, Amount)]),
    (11, "transfer_matched", &[(Debit, A::Unapplied, Amount), (Credit, A::Receivable, Amount)]),
    (12, "balance_topped_up", &[(Debit, A::Cash, Amount), (Credit, A::Wallet, Amount)]),
    (13, "balance_applied", &[(Debit, A::Wallet, Amount), (Credit, A::Receivable, Amount)]),
    (
        14,
        "credits_sold",
        &[(Debit, A::Receivable, Gross), (Credit, A::ContractLiability, Net), (Credit, A::TaxPayable, Tax)],
    ),
    (14, "credit_units_issued", &[(Debit, A::Receivable, Amount), (Credit, A::Wallet, Amount)]),
    (15, "credit_units_used", &[(Debit, A::Wallet, Amount), (Credit, A::ContractLiability, Amount)]),
    (
        17,
        "unearned_credited",
        &[(Debit, A::ContractLiability, Net), (Debit, A::TaxPayable, Tax), (Credit, A::Receivable, Gross)],
    ),
    (
        17,
        "unearned_credited_after_payment",
        &[(Debit, A::ContractLiability, Net), (Debit, A::TaxPayable, Tax), (Credit, A::RefundLiability, Gross)],
    ),
    (18, "earned_credited", &[(Debit, A::Revenue, Net), (Debit, A::TaxPayable, Tax), (Credit, A::Receivable, Gross)]),
    (
        18,
        "earned_credited_after_payment",
        &[(Debit, A::Revenue, Net), (Debit, A::TaxPayable, Tax), (Credit, A::RefundLiability, Gross)],
    ),
    (19, "refund_paid", &[(Debit, A::RefundLiability, Amount), (Credit, A::Cash, Amount)]),
    (19, "refund_paid_by_provider", &[(Debit, A::RefundLiability, Amount), (Credit, A::Clearing, Amount)]),
    (
        20,
        "invoice_voided",
        &[(Debit, A::ContractLiability, Net), (Debit, A::TaxPayable, Tax), (Credit, A::Receivable, Gross)],
    ),
    (20, "revenue_voided", &[(Debit, A::Revenue, Amount), (Credit, A::ContractLiability, Amount)]),
    (21, "dispute_opened", &[(Debit, A::DisputeReceivable, Net), (Debit, A::Fees, Fee), (Credit, A::Clearing, Gross)]),
    (21, "dispute_won", &[(Debit, A::Clearing, Amount), (Credit, A::DisputeReceivable, Amount)]),
    (21, "dispute_lost_as_credit", &[(Debit, A::Revenue, Amount), (Credit, A::DisputeReceivable, Amount)]),
    (21, "dispute_lost_as_loss", &[(Debit, A::CreditLoss, Amount), (Credit, A::DisputeReceivable, Amount)]),
    (22, "debit_returned", &[(Debit, A::Receivable, Amount), (Credit, A::Clearing, Amount)]),
    (23, "written_off", &[(Debit, A::CreditLoss, Amount), (Credit, A::Receivable, Amount)]),
    (23, "written_off_from_allowance", &[(Debit, A::ReceivableAllowance, Amount), (Credit, A::Receivable, Amount)]),
    (24, "recovered", &[(Debit, A::Cash, Amount), (Credit, A::CreditLoss, Amount)]),
    (30, "receivable_remeasured", &[(Debit, A::Receivable, Amount), (Credit, A::FxUnrealised, Amount)]),
    (30, "unbilled_remeasured", &[(Debit, A::Unbilled, Amount), (Credit, A::FxUnrealised, Amount)]),
    (30, "contract_asset_remeasured", &[(Debit, A::ContractAsset, Amount), (Credit, A::FxUnrealised, Amount)]),
    (30, "refund_liability_remeasured", &[(Debit, A::FxUnrealised, Amount), (Credit, A::RefundLiability, Amount)]),
    (30, "deposit_remeasured", &[(Debit, A::FxUnrealised, Amount), (Credit, A::Deposit, Amount)]),
    (31, "exchange_realised", &[(Debit, A::FxRealised, Amount), (Credit, A::Receivable, Amount)]),
    (33, "tax_withheld", &[(Debit, A::WithholdingReceivable, Amount), (Credit, A::Receivable, Amount)]),
    (34, "rounded", &[(Debit, A::Rounding, Amount), (Credit, A::Clearing, Amount)]),
];

/// The entry by which an account crosses from one unit to another: `source` is added to it, `target` is taken from it, and the account for
/// exchange holds what went the other way. Both can be of one currency, when something is worth another amount than it was.
pub fn exchange(
    event: impl Into<String>,
    at: Instant,
    account: A,
    source: Money,
    target: Money,
) -> Result<Entry, EntryError> {
    let none = BTreeMap::new;
    EntryDraft::new(event, at)
        .leg(account, Debit, source, none())
        .leg(A::Exchange, Credit, source, none())
        .leg(A::Exchange, Debit, target, none())
        .leg(account, Credit, target, none())
        .balanced()
}
