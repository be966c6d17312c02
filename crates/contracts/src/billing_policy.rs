//! How bills are drawn: what a tenant says for all of its customers, and a customer otherwise.

use rating::NonNegative;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What becomes of a difference on a cycle that was billed before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Corrections {
    /// It is billed with the customer's next invoice; at once when none is to come.
    #[default]
    NextInvoice,
    /// It is billed as soon as it is known, with what else is billed then.
    AtOnce,
    /// It is billed as soon as it is known, on a credit or debit note of its own.
    Note,
    /// It waits until somebody approves of it or gives it up.
    Hold,
}

/// Who makes a claim of a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Issuing {
    /// The billing run.
    #[default]
    Automatic,
    /// A person, whose word is the approval; until then each billing run computes the draft anew.
    ByHand,
}

/// What holds for one customer instead of what the tenant says; what is left out is as the tenant says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BillingPolicy {
    /// What becomes of differences on billed cycles.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub corrections: Option<Corrections>,
    /// Differences on billed cycles that are smaller than this, up or down, are written off: an amount in the currency of the difference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub absorb_below: Option<NonNegative>,
    /// Who makes a claim of a draft.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuing: Option<Issuing>,
    /// For so many days after something falls due it stands on a draft, into which late usage flows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grace_days: Option<u16>,
}

impl BillingPolicy {
    pub(crate) fn is_silent(&self) -> bool {
        *self == Self::default()
    }
}
