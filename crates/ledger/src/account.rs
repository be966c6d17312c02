//! Accounts by role.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The role of an account in the books; a tenant maps roles to the codes of its own chart of accounts. A role is added with the
/// business event that first posts to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Account {
    /// Billed and unpaid.
    Receivable,
    /// Billed or received before it was earned (negative while more was earned than billed). ASC 606-10-45-2.
    ContractLiability,
    /// Given back to a customer and kept for later bills.
    CustomerBalance,
    /// Given back to a customer and to be paid out.
    RefundLiability,
    /// Charged for a tax authority, and owed to it.
    TaxPayable,
    /// Earned.
    Revenue,
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

impl Account {
    /// The side on which the account grows: assets and expenses by debits, liabilities and income by credits.
    pub const fn normal_side(self) -> Side {
        match self {
            Self::Receivable => Side::Debit,
            Self::ContractLiability
            | Self::CustomerBalance
            | Self::RefundLiability
            | Self::TaxPayable
            | Self::Revenue => Side::Credit,
        }
    }

    /// Every account, in the order of a balance sheet followed by income.
    pub const ALL: [Self; 6] = [
        Self::Receivable,
        Self::ContractLiability,
        Self::CustomerBalance,
        Self::RefundLiability,
        Self::TaxPayable,
        Self::Revenue,
    ];

    /// The name that files and the API use.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Receivable => "receivable",
            Self::ContractLiability => "contract_liability",
            Self::CustomerBalance => "customer_balance",
            Self::RefundLiability => "refund_liability",
            Self::TaxPayable => "tax_payable",
            Self::Revenue => "revenue",
        }
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
