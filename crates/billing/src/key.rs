//! Line identity.

use alloc::string::String;
use calendar::Period;
use core::fmt::{self, Write as _};
use metering::Dimensions;
use money::Currency;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::Key;

/// A price as it stood in one version of the catalog.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PriceRef {
    /// The plan's key.
    pub plan: Key,
    /// The number of the catalog version.
    pub version: u32,
    /// The price's key within the plan.
    pub price: Key,
}

impl fmt::Display for PriceRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.plan, self.price)
    }
}

/// What a line is *about*. Amounts under one key can be added and subtracted: what a key is worth now, less what was posted
/// under it, is what to post.
///
/// The cycle is the price's whole cycle, not the stretch that happens to be covered: when a subscription changes in the middle
/// of a cycle, the worth of the same key changes and the difference shows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LineKey {
    /// The subscription.
    pub subscription: Key,
    /// The price.
    pub price: PriceRef,
    /// The whole cycle of the price.
    pub cycle: Period,
    /// The dimensions by which the price splits its lines; empty for most.
    #[serde(default, skip_serializing_if = "Dimensions::is_empty")]
    pub dimensions: Dimensions,
    /// The currency.
    pub currency: Currency,
}

impl LineKey {
    /// The canonical text by which stores index it. Dimension values are length-prefixed, so that no two keys share a text.
    pub fn text(&self) -> String {
        let mut text = alloc::format!(
            "{}/{}@{}/{}..{}/{}",
            self.subscription,
            self.price,
            self.price.version,
            self.cycle.from(),
            self.cycle.to(),
            self.currency
        );
        for (name, value) in &self.dimensions {
            let _ = write!(text, "/{}:{name}={}:{value}", name.len(), value.len());
        }
        text
    }
}

impl fmt::Display for LineKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}
