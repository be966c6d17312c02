//! Everything that is offered.

use crate::{Feature, Plan, Price, Product, Unit};
use alloc::collections::BTreeMap;
use metering::Meter;
use rating::PricingUnit;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::Key;

/// Everything that is offered, by key. It is what a pricing file holds, what the API speaks and what is stored; that its names lead
/// somewhere is found by [`Catalog::check`], which [`PricingFile`](crate::PricingFile) asks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Catalog {
    /// How events become quantities.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub meters: BTreeMap<Key, Meter>,
    /// What plans can grant or limit.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub features: BTreeMap<Key, Feature>,
    /// What is sold.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub products: BTreeMap<Key, Product>,
    /// Units in which prices can be written instead of money.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub units: BTreeMap<Key, Unit>,
    /// What customers can subscribe to.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub plans: BTreeMap<Key, Plan>,
}

impl Catalog {
    /// A price of a plan.
    pub fn price(&self, plan: &str, price: &str) -> Option<&Price> {
        self.plans.get(plan)?.prices.get(price)
    }

    /// A pricing unit as `rating` takes it.
    pub fn pricing_unit(&self, code: &Key) -> Option<PricingUnit> {
        self.units.get(code).map(|unit| PricingUnit { code: code.clone(), rate: unit.rate, scale: unit.scale })
    }
}
