//! Accounts by role.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The role of an account in the books; a tenant maps roles to the codes of its own chart of accounts ([`crate::Chart`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Account {
    /// Money in the bank.
    Cash,
    /// Money that a payment provider holds for us.
    Clearing,
    /// Billed and unpaid.
    Receivable,
    /// What is billed and not expected to be paid; it lessens the receivables.
    ReceivableAllowance,
    /// Earned and not yet billed, where only time must pass before it can be.
    Unbilled,
    /// Earned and not yet billed, where something else than time must happen first. ASC 606-10-45-3.
    ContractAsset,
    /// Goods that are expected back.
    ReturnAsset,
    /// Costs of winning a contract that are spread over its benefit. ASC 340-40.
    CostAsset,
    /// Taken back by a card network and contested.
    DisputeReceivable,
    /// Tax that a customer kept back and paid to its state for us.
    WithholdingReceivable,
    /// Owed to this legal entity by another one of the group.
    DueFromEntity,
    /// Billed or received before it was earned (negative while more was earned than billed). ASC 606-10-45-2.
    ContractLiability,
    /// Billed or received and expected to go back to the customer. ASC 606-10-32-10.
    RefundLiability,
    /// Received before there is a contract. ASC 606-10-25-7.
    Deposit,
    /// Received, and nobody knows yet for what.
    Unapplied,
    /// A customer's paid balance.
    Wallet,
    /// Charged for a tax authority, and owed to it.
    TaxPayable,
    /// Commissions that are earned by sellers and unpaid.
    CommissionPayable,
    /// Owed by this legal entity to another one of the group.
    DueToEntity,
    /// Where an entry crosses from one currency or credit unit to another: what went in and came out, each in its own.
    Exchange,
    /// Earned.
    Revenue,
    /// Earned because a right lapsed or is expected to lapse unused.
    Breakage,
    /// Earned revenue that was refunded, where it is kept apart from revenue.
    Refunds,
    /// Earned revenue that was taken back in a dispute, where it is kept apart from revenue.
    Disputes,
    /// Earned revenue of voided invoices, where it is kept apart from revenue.
    Voids,
    /// Earned revenue that was credited, where it is kept apart from revenue.
    CreditNotes,
    /// Paid after it was given up.
    Recoveries,
    /// Billed, earned and not paid by a customer who cannot. ASC 326.
    CreditLoss,
    /// What was sold had cost this.
    CostOfSales,
    /// Costs of winning contracts that belong to the period.
    CommissionExpense,
    /// Kept by payment providers.
    Fees,
    /// Cost of having been paid long before the service. ASC 606-10-32-20.
    Interest,
    /// Loss by exchange rates that is final; a gain stands on the credit side.
    FxRealised,
    /// Loss by exchange rates that can still change; a gain stands on the credit side.
    FxUnrealised,
    /// Minor units lost by cash and currency conversion; what was gained stands on the credit side.
    Rounding,
    /// Paid out beyond what was ever billed.
    Loss,
    /// Differences on bills that are too small to be billed; what was kept stands on the credit side.
    Absorbed,
}

/// A leg's side of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Left.
    Debit,
    /// Right.
    Credit,
}

/// Each role with its name and the side on which it grows, in the order of a balance sheet followed by income.
const TABLE: [(Account, &str, Side); 37] = {
    use Account as A;
    use Side::{Credit, Debit};
    [
        (A::Cash, "cash", Debit),
        (A::Clearing, "clearing", Debit),
        (A::Receivable, "receivable", Debit),
        (A::ReceivableAllowance, "receivable_allowance", Credit),
        (A::Unbilled, "unbilled", Debit),
        (A::ContractAsset, "contract_asset", Debit),
        (A::ReturnAsset, "return_asset", Debit),
        (A::CostAsset, "cost_asset", Debit),
        (A::DisputeReceivable, "dispute_receivable", Debit),
        (A::WithholdingReceivable, "withholding_receivable", Debit),
        (A::DueFromEntity, "due_from_entity", Debit),
        (A::ContractLiability, "contract_liability", Credit),
        (A::RefundLiability, "refund_liability", Credit),
        (A::Deposit, "deposit", Credit),
        (A::Unapplied, "unapplied", Credit),
        (A::Wallet, "wallet", Credit),
        (A::TaxPayable, "tax_payable", Credit),
        (A::CommissionPayable, "commission_payable", Credit),
        (A::DueToEntity, "due_to_entity", Credit),
        (A::Exchange, "exchange", Credit),
        (A::Revenue, "revenue", Credit),
        (A::Breakage, "breakage", Credit),
        (A::Refunds, "refunds", Debit),
        (A::Disputes, "disputes", Debit),
        (A::Voids, "voids", Debit),
        (A::CreditNotes, "credit_notes", Debit),
        (A::Recoveries, "recoveries", Credit),
        (A::CreditLoss, "credit_loss", Debit),
        (A::CostOfSales, "cost_of_sales", Debit),
        (A::CommissionExpense, "commission_expense", Debit),
        (A::Fees, "fees", Debit),
        (A::Interest, "interest", Debit),
        (A::FxRealised, "fx_realised", Debit),
        (A::FxUnrealised, "fx_unrealised", Debit),
        (A::Rounding, "rounding", Debit),
        (A::Loss, "loss", Debit),
        (A::Absorbed, "absorbed", Debit),
    ]
};

impl Account {
    /// Every account, in the order of a balance sheet followed by income.
    pub const ALL: [Self; TABLE.len()] = {
        let mut all = [Self::Cash; TABLE.len()];
        let mut at = 0;
        while at < TABLE.len() {
            all[at] = TABLE[at].0;
            at += 1;
        }
        all
    };

    /// The side on which the account grows: assets and expenses by debits, liabilities and income by credits.
    pub const fn normal_side(self) -> Side {
        TABLE[self as usize].2
    }

    /// The name that files and the API use.
    pub const fn name(self) -> &'static str {
        TABLE[self as usize].1
    }

    /// The account of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|account| account.name() == name)
    }
}

impl Side {
    /// The other side.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Debit => Self::Credit,
            Self::Credit => Self::Debit,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_roles_and_its_names_are_those_of_files() {
        for account in Account::ALL {
            assert_eq!(TABLE[account as usize].0, account);
            assert_eq!(serde_json::to_value(account).expect("json"), account.name());
            assert_eq!(Account::parse(account.name()), Some(account));
        }
    }
}
