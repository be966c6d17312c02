//! Why a line is what it is: from the amount down to the events.

use crate::{Adjusted, TakenOff};
use alloc::{string::String, vec::Vec};
use calendar::{Instant, Period, Proration};
use catalog::Timing;
use money::{Money, Ratio};
use rating::Explanation;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::Key;
use tax::Prices;

/// What a line key is worth, with everything that follows from. The amounts of the parts sum to `exact`, which was rounded once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Worth {
    /// The name of the price, as the customer reads it.
    pub name: String,
    /// Whether it is billed before or after it is served.
    pub timing: Timing,
    /// How a part of the cycle is charged.
    pub prorate: Proration,
    /// Where the quantity comes from.
    pub source: Source,
    /// The class that the tax rules look at; the seller's usual one when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_category: Option<Key>,
    /// Whether the amount contains its taxes.
    #[serde(default, skip_serializing_if = "is_exclusive")]
    pub tax_in_price: Prices,
    /// The exact amount in the currency.
    pub exact: Ratio,
    /// The exact amount rounded half away from zero to the currency's minor unit, the one rounding, less the discounts and what is adjusted.
    pub amount: Money,
    /// What is taken off, in the order in which it is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub discounts: Vec<TakenOff>,
    /// Up to when usage counts, where it is billed before its cycle is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_date: Option<Instant>,
    /// What persons took off after that, or put on, in the order in which it became known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub adjusted: Vec<Adjusted>,
    /// The stretches of the cycle with what each is worth.
    pub parts: Vec<PartWorth>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_exclusive(prices: &Prices) -> bool {
    *prices == Prices::Exclusive
}

/// Where a quantity comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// One of the thing itself.
    Constant,
    /// A number that the subscription states.
    Quantity {
        /// Its name.
        name: Key,
    },
    /// Counted from events: each part says how.
    Meter {
        /// The meter.
        meter: Key,
    },
}

/// How a quantity was counted; the same question to the usage store gives the same answer for ever.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Measurement {
    /// From when to when events count.
    pub period: Period,
    /// What the events add up to.
    pub raw: Ratio,
    /// The same after conversion and rounding of the quantity.
    pub quantity: Ratio,
    /// How many events counted.
    pub events: u64,
    /// Sequence number of the last event that the store had when it counted.
    pub watermark: u64,
}

/// What one stretch of a cycle is worth.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PartWorth {
    /// The stretch.
    pub period: Period,
    /// The quantity that stood or was counted.
    pub quantity: Ratio,
    /// The stretch as a share of the whole cycle, under the price's proration.
    pub share: Ratio,
    /// How the quantity was counted, for a metered price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measured: Option<Measurement>,
    /// The exact amount in the currency.
    pub amount: Ratio,
    /// How the amount follows from the quantity.
    pub why: Explanation,
}
