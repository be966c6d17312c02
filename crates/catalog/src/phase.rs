//! Phases: what a plan costs at first.

use crate::Price;
use alloc::collections::BTreeMap;
use calendar::Cadence;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::Key;

/// A stretch at the beginning of a plan with prices of its own: a trial, an introduction, a fixed term. Phases follow each other; after
/// the last one the plan's own prices hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("examples" = [
    { "name": "trial", "lasts": "14 days" },
    { "name": "introduction", "lasts": "3 months", "prices": { "fee": { "flat": "15.00" } } }
]))]
pub struct Phase {
    /// What it is called; once in a plan.
    pub name: Key,
    /// How long it lasts, in days from the first one of the plan's phases: `14 days`, `3 months`.
    pub lasts: Cadence,
    /// What is charged in it, and nothing else. Left out, the phase is free.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub prices: BTreeMap<Key, Price>,
}
