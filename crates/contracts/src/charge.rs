//! Charges: what is asked for once, outside of any plan.

use alloc::string::String;
use calendar::Instant;
use money::{Currency, Dec};
use rating::NonNegative;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::Key;

/// Something that is charged once, by itself: a migration, a training. It is due like everything else, and what is due is billed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Charge {
    /// Its name among the tenant's charges.
    pub key: Key,
    /// Who pays.
    pub customer: Key,
    /// What the customer reads.
    pub name: String,
    /// How many.
    pub quantity: NonNegative,
    /// What each costs, in the currency.
    pub each: NonNegative,
    /// The currency.
    pub currency: Currency,
    /// The class that the tax rules look at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_category: Option<Key>,
    /// When it is due: on the first bill that is drawn then or later.
    pub due_at: Instant,
    /// When it was known.
    pub recorded_at: Instant,
    /// When it became known that it is not owed; what was billed for it is given back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn_at: Option<Instant>,
}

impl Charge {
    /// Whether it is owed, as far as was known at an instant.
    pub fn is_owed(&self, known_at: Instant) -> bool {
        self.recorded_at <= known_at && self.withdrawn_at.is_none_or(|at| known_at < at)
    }

    /// How many, as a number.
    pub const fn number(&self) -> Dec {
        self.quantity.get()
    }
}
