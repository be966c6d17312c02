//! Where and how tax is rounded.

use money::Rounding;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How the tax of a document is rounded. The default is EN 16931's: each category and rate once, and the total is their sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TaxPolicy {
    /// Of what the exact tax is rounded.
    pub level: Level,
    /// How it is rounded.
    pub rounding: Rounding,
    /// Which of the two parts of a price that contains its tax is rounded; the other is what is left of the price.
    pub inclusive: Extraction,
}

/// Of what the exact tax is rounded. Whatever is rounded, the parts below it sum to it and the levels above are its sums.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Each tax over all lines that have it (EN 16931, BR-CO-17); the total is their sum (BR-CO-14).
    #[default]
    Category,
    /// Each tax on each line.
    LineTax,
    /// All taxes of a line together.
    Line,
    /// All taxes of the document together.
    Document,
}

/// How a price that contains its tax is taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Extraction {
    /// The tax is rounded: 9.99 at 20 % contains 1.67.
    #[default]
    TaxFirst,
    /// The net amount is rounded: 9.99 at 20 % contains 1.66.
    NetFirst,
}
