//! What reports read.

use alloc::collections::BTreeMap;
use alloc::string::String;
use calendar::Instant;
use ledger::{Entry, Posting};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An entry with its place in the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recorded<'a> {
    /// Its place: 1, 2, 3, …
    pub seq: i64,
    /// When it was written.
    pub recorded_at: Instant,
    /// The entry.
    pub entry: &'a Entry,
}

/// What a report is about, in both times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Span {
    /// What is true before it is carried forward; none: from the beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Instant>,
    /// What is true before it counts.
    pub before: Instant,
    /// What was written by then counts; none: everything that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known_at: Option<Instant>,
}

impl Span {
    /// Everything that is true before an instant and known now.
    pub const fn before(before: Instant) -> Self {
        Self { from: None, before, known_at: None }
    }

    /// Whether an entry counts.
    pub(crate) fn admits(&self, recorded: &Recorded<'_>) -> bool {
        recorded.entry.effective_at() < self.before
            && self.known_at.is_none_or(|known_at| recorded.recorded_at <= known_at)
    }

    /// Whether it lies before the span, and is carried forward.
    pub(crate) fn is_carried(&self, entry: &Entry) -> bool {
        self.from.is_some_and(|from| entry.effective_at() < from)
    }
}

/// Names of dimensions, each with its value: what a row is about.
pub type Dimensions = BTreeMap<String, String>;

/// Those of a leg's dimensions that a report is asked by. One that the leg does not have is left out.
pub(crate) fn dimensions_of(posting: &Posting, by: &[String]) -> Dimensions {
    let found = by.iter().filter_map(|name| posting.dimensions.get_key_value(name));
    found.map(|(name, value)| (name.clone(), value.clone())).collect()
}
