//! Plans, and the small things that prices name.

use crate::{Every, Phase, Price, SpendSteps};
use alloc::{collections::BTreeMap, string::String, vec::Vec};
use calendar::{Alignment, Cadence};
use money::Currency;
use rating::{NonNegative, Positive};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::Key;
use tax::Prices;

/// A bundle of prices that is offered together, in one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("examples" = [{
    "name": "Scale", "currency": "USD", "every": "month",
    "prices": { "platform_fee": { "flat": "500.00" }, "seats": { "per_unit": "20.00", "quantity": "seats", "included": 5 } }
}]))]
pub struct Plan {
    /// What a person calls it. Left out, its key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The currency of all its prices: a code of ISO 4217.
    pub currency: Currency,
    /// How long a cycle is.
    pub every: Cadence,
    /// Where cycles begin: on the day of the subscription's start, or on the calendar.
    #[serde(default, skip_serializing_if = "is_default")]
    pub align: Alignment,
    /// Whether its prices contain their taxes.
    #[serde(default, skip_serializing_if = "is_default")]
    pub tax: Prices,
    /// At which amounts of a period's spend an invoice is made before the period ends. Left out, at none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bill_at: Option<SpendSteps>,
    /// The features that it grants or withholds: each one of `features`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub features: BTreeMap<Key, Grant>,
    /// What it costs at first, phase after phase. Left out, its prices hold from the start.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub phases: Vec<Phase>,
    /// The prices.
    pub prices: BTreeMap<Key, Price>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl Plan {
    /// How long the cycles of one of its prices are; `None` when it is charged once.
    pub fn cadence_of(&self, price: &Price) -> Option<Cadence> {
        match price.every {
            None => Some(self.every),
            Some(Every::Cycle(cadence)) => Some(cadence),
            Some(Every::Once) => None,
        }
    }

    /// Every price that it may ask for, those of its phases first.
    pub fn all_prices(&self) -> impl Iterator<Item = (&Key, &Price)> {
        self.phases.iter().flat_map(|phase| &phase.prices).chain(&self.prices)
    }
}

/// What a plan says about a feature: `true`, `false`, or a number up to which it may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(
    untagged,
    expecting = "a feature is granted with true, withheld with false, or limited with a number such as 10"
)]
pub enum Grant {
    /// Granted without a limit, or withheld.
    Switch(bool),
    /// Granted up to this number, in the unit of the feature.
    Limit(NonNegative),
}

/// Something that a plan can grant or limit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Feature {
    /// What a person calls it. Left out, its key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What a limit counts: `seat`, `project`. Left out, it is only granted or withheld.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
}

/// Something that is sold. Prices name it, so that reports can add them up.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Product {
    /// What a person calls it. Left out, its key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// A unit in which prices are written instead of money: credits, tokens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("examples" = [{ "rate": "0.01", "currency": "USD" }]))]
pub struct Unit {
    /// What a person calls it. Left out, its key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What one unit is worth in the currency.
    pub rate: Positive,
    /// The currency: a code of ISO 4217.
    pub currency: Currency,
    /// Digits after the point when an amount of units is shown.
    #[serde(default, skip_serializing_if = "is_default")]
    pub scale: u8,
}
