//! What pays: money that came, credit notes, and claims that are given up.

use alloc::{collections::BTreeMap, string::String, vec::Vec};
use calendar::Instant;
use ledger::Account;
use money::{Money, MoneyError};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::Key;

/// By what something is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// To our bank account.
    BankTransfer,
    /// By card: a provider holds it for us until it pays out.
    Card,
    /// In notes and coins.
    Cash,
    /// By cheque.
    Cheque,
    /// By other means that end in our bank account.
    Other,
    /// By a credit note. It comes to be when the note is issued, and is not recorded by hand.
    CreditNote,
    /// Not at all: the claim is given up. It comes to be by a write-off.
    WriteOff,
}

impl Method {
    /// Where what pays stands before it pays something.
    pub const fn account(self) -> Account {
        match self {
            Self::BankTransfer | Self::Cash | Self::Cheque | Self::Other => Account::Cash,
            Self::Card => Account::Clearing,
            Self::CreditNote => Account::Receivable,
            Self::WriteOff => Account::CreditLoss,
        }
    }

    /// Whether it is money, which somebody can record and which can go back.
    pub const fn is_money(self) -> bool {
        match self {
            Self::BankTransfer | Self::Card | Self::Cash | Self::Cheque | Self::Other => true,
            Self::CreditNote | Self::WriteOff => false,
        }
    }
}

/// Something that pays documents of one customer, of one seller, in one currency. It never changes; what is done with it is added to its steps.
/// What no document has of it is the customer's balance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Payment {
    /// What it is known by: a payment that is recorded twice under one key is one.
    pub key: Key,
    /// Who paid.
    pub customer: Key,
    /// The legal entity that was paid.
    pub entity: Key,
    /// By what.
    pub method: Method,
    /// How much arrived; above zero.
    pub amount: Money,
    /// What a bank kept of it: the customer paid `amount` and this. None where it kept nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fee: Option<Money>,
    /// When it arrived.
    pub received_at: Instant,
    /// When we knew.
    pub recorded_at: Instant,
    /// What the payer wrote, the number of the credit note, or why a claim was given up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// What was done with it, in order.
    #[serde(default)]
    pub steps: Vec<Step>,
}

/// Something that was done with a payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// From when it is true in the books.
    pub at: Instant,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// What.
    pub did: Did,
}

/// What can be done with a payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Did {
    /// It pays some of a document.
    Applied {
        /// The id of the document.
        document: Key,
        /// How much; above zero.
        amount: Money,
    },
    /// It does not pay this of a document any more; that is in the balance again.
    TakenOff {
        /// The id of the document.
        document: Key,
        /// How much; above zero.
        amount: Money,
    },
    /// Some of what no document has went back to the customer.
    Refunded {
        /// The key of the refund, which can take from several payments.
        refund: Key,
        /// How much of this payment; above zero.
        amount: Money,
        /// How it went back.
        method: Method,
    },
    /// It did not come, or went away again: nothing is paid by it any more.
    Reversed {
        /// Why.
        reason: String,
    },
}

/// Where a payment is, by its steps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uses {
    /// What it pays of each document; none is zero.
    pub applied: BTreeMap<Key, Money>,
    /// What of it went back.
    pub refunded: Money,
    /// Whether it is reversed.
    pub reversed: bool,
    /// What of it is in the balance. Below zero where it was reversed after some of it went back: that much the customer owes.
    pub left: Money,
}

impl Payment {
    /// What it pays in all: what arrived and what a bank kept of it.
    pub fn worth(&self) -> Result<Money, MoneyError> {
        self.fee.map_or(Ok(self.amount), |fee| self.amount.plus(fee))
    }

    /// Where it is now.
    pub fn uses(&self) -> Result<Uses, MoneyError> {
        let zero = Money::zero(self.amount.currency());
        let mut uses = Uses { applied: BTreeMap::new(), refunded: zero, reversed: false, left: self.worth()? };
        for step in &self.steps {
            match &step.did {
                Did::Applied { document, amount } => {
                    let held = uses.applied.entry(document.clone()).or_insert(zero);
                    *held = held.plus(*amount)?;
                    uses.left = uses.left.minus(*amount)?;
                }
                Did::TakenOff { document, amount } => {
                    let held = uses.applied.entry(document.clone()).or_insert(zero);
                    *held = held.minus(*amount)?;
                    uses.left = uses.left.plus(*amount)?;
                }
                Did::Refunded { amount, .. } => {
                    uses.refunded = uses.refunded.plus(*amount)?;
                    uses.left = uses.left.minus(*amount)?;
                }
                Did::Reversed { .. } => {
                    uses.reversed = true;
                    uses.applied.clear();
                    uses.left = uses.refunded.negated();
                }
            }
        }
        uses.applied.retain(|_, amount| !amount.is_zero());
        Ok(uses)
    }
}
