//! One raw fact of use.

use crate::{Properties, properties};
use alloc::string::String;
use calendar::Instant;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One raw fact of use. Its identity, source and id, is one event for ever.
///
/// Read JSON with [`Event::from_json`], which keeps numbers with a point exactly. CloudEvents' names `type`, `time` and `data` are
/// understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// Who sent it.
    pub source: String,
    /// The sender's id of it.
    pub id: String,
    /// What happened, such as `api.request`.
    #[serde(alias = "type")]
    pub name: String,
    /// Who or what used, as the sender knows it.
    pub subject: String,
    /// When it happened.
    #[serde(alias = "time")]
    pub at: Instant,
    /// What is measured, and what splits it.
    #[serde(default, alias = "data", deserialize_with = "properties::flattened")]
    pub properties: Properties,
}

/// What makes an event one and the same: who sent it, and the sender's id. Events of one instant are in its order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// Who sent it.
    pub source: String,
    /// The sender's id.
    pub id: String,
}

impl Event {
    /// The event's identity.
    pub fn identity(&self) -> Identity {
        Identity { source: self.source.clone(), id: self.id.clone() }
    }

    /// Its place among all events: by time, then by identity.
    pub fn place(&self) -> (Instant, &str, &str) {
        (self.at, &self.source, &self.id)
    }
}

impl Identity {
    pub(crate) fn as_place(&self, at: Instant) -> (Instant, &str, &str) {
        (at, &self.source, &self.id)
    }
}
