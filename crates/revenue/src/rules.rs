//! The posting rules of earning. Those of invoices, payments and exchange are in the crate `ledger`.

use ledger::Account as A;
use ledger::Measure::{Amount, Cost, Earned, Refund};
use ledger::Side::{Credit, Debit};
use ledger::{RuleRow, Rules};

/// The first version of every rule of this crate; the number is the row in the table of events. An event that lists no leg posts nothing. A
/// late event has no rule of its own: it is posted as what it is, in the first open month, and remembers the month that it belongs in.
pub fn revenue_rules() -> Rules {
    Rules::table(TABLE)
}

const TABLE: &[RuleRow<'_>] = &[
    (1, "contract_signed", &[]),
    (4, "cancellable_invoice_finalised", &[]),
    (5, "revenue_recognised", &[(Debit, A::ContractLiability, Amount), (Credit, A::Revenue, Amount)]),
    (6, "usage_earned", &[(Debit, A::ContractLiability, Amount), (Credit, A::Revenue, Amount)]),
    (6, "usage_earned_as_unbilled", &[(Debit, A::Unbilled, Amount), (Credit, A::Revenue, Amount)]),
    (6, "unbilled_usage_invoiced", &[(Debit, A::Receivable, Amount), (Credit, A::Unbilled, Amount)]),
    (7, "unbilled_presented", &[(Debit, A::Unbilled, Amount), (Credit, A::ContractLiability, Amount)]),
    (7, "contract_asset_presented", &[(Debit, A::ContractAsset, Amount), (Credit, A::ContractLiability, Amount)]),
    (15, "credits_consumed", &[(Debit, A::ContractLiability, Amount), (Credit, A::Revenue, Amount)]),
    (16, "credits_lapsed", &[(Debit, A::ContractLiability, Amount), (Credit, A::Breakage, Amount)]),
    (16, "credits_lapsed_as_revenue", &[(Debit, A::ContractLiability, Amount), (Credit, A::Revenue, Amount)]),
    (25, "refund_expected", &[(Debit, A::Revenue, Amount), (Credit, A::RefundLiability, Amount)]),
    (25, "refund_expected_of_unearned", &[(Debit, A::ContractLiability, Amount), (Credit, A::RefundLiability, Amount)]),
    (25, "concession_expected", &[(Debit, A::ContractLiability, Amount), (Credit, A::ReceivableAllowance, Amount)]),
    (25, "return_expected", &[(Debit, A::ReturnAsset, Amount), (Credit, A::CostOfSales, Amount)]),
    (26, "price_changed", &[(Debit, A::ContractLiability, Amount), (Credit, A::Revenue, Amount)]),
    (
        27,
        "contract_terminated",
        &[
            (Debit, A::ContractLiability, Earned),
            (Credit, A::Revenue, Earned),
            (Debit, A::ContractLiability, Refund),
            (Credit, A::RefundLiability, Refund),
            (Debit, A::CommissionExpense, Cost),
            (Credit, A::CostAsset, Cost),
        ],
    ),
    (27, "refund_owed", &[(Debit, A::ContractLiability, Amount), (Credit, A::RefundLiability, Amount)]),
    (27, "refund_credited", &[(Debit, A::RefundLiability, Amount), (Credit, A::Receivable, Amount)]),
    (27, "commission_clawed_back", &[(Debit, A::CommissionPayable, Amount), (Credit, A::CommissionExpense, Amount)]),
    (28, "financing_accreted", &[(Debit, A::Interest, Amount), (Credit, A::ContractLiability, Amount)]),
    (29, "commission_earned", &[(Debit, A::CostAsset, Amount), (Credit, A::CommissionPayable, Amount)]),
    (29, "commission_expensed", &[(Debit, A::CommissionExpense, Amount), (Credit, A::CommissionPayable, Amount)]),
    (29, "commission_amortised", &[(Debit, A::CommissionExpense, Amount), (Credit, A::CostAsset, Amount)]),
    (32, "performed_by_other_entity", &[(Debit, A::ContractLiability, Amount), (Credit, A::DueToEntity, Amount)]),
    (32, "performed_for_other_entity", &[(Debit, A::DueFromEntity, Amount), (Credit, A::Revenue, Amount)]),
    (35, "late_event", &[]),
];
