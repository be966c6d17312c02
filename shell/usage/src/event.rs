//! What became of an event, and what is kept of it.

use calendar::Instant;
use metering::Event;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::Problem;

/// Position of an accepted event in the order in which a tenant's events became known: 1, 2, 3, … without a gap.
///
/// `as_of` of a query is such a position: the same query with the same position has the same answer for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Seq(pub u64);

impl Seq {
    /// Before the first event.
    pub const ZERO: Self = Self(0);
    /// Everything that is known when the question is asked.
    pub const NOW: Self = Self(u64::MAX);
}

/// What became of one event of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "outcome")]
pub enum Outcome {
    /// It is new and on the disk.
    Accepted {
        /// Its position.
        seq: Seq,
    },
    /// The same event, with the same content, was accepted before.
    Duplicate {
        /// Position of that event.
        seq: Seq,
    },
    /// An event of this source with this id was accepted before and says something else. The one that was there is kept; this
    /// one is not.
    Conflict {
        /// Position of the event that was there.
        seq: Seq,
    },
    /// It is not valid: it is kept and listed in the quarantine and measured by nothing. The same id can be sent again, mended.
    Quarantined {
        /// What is wrong with it.
        problem: Problem,
    },
}

/// An accepted event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StoredEvent {
    /// Its position.
    pub seq: Seq,
    /// When it was received.
    pub received_at: Instant,
    /// The event as it was sent.
    pub event: Event,
}

/// One element of a batch as it reached the system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Incoming {
    /// An event that could be read.
    Event(Event),
    /// Something that could not: it goes to the quarantine as it is.
    Unreadable {
        /// What was sent.
        text: String,
        /// Why it is not an event.
        problem: Problem,
    },
}

impl From<Event> for Incoming {
    fn from(event: Event) -> Self {
        Self::Event(event)
    }
}

/// What was sent and is not measured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sent {
    /// An event that is not valid.
    Event(Event),
    /// A text that is not an event.
    Text(String),
}

/// Something in quarantine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Quarantined {
    /// When it was received.
    pub received_at: Instant,
    /// What was sent.
    pub sent: Sent,
    /// What is wrong with it.
    pub problem: Problem,
    /// Position of the event of the same source and id that was accepted, if one was.
    pub mended: Option<Seq>,
}

/// One subject's events of one name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Activity {
    /// Who or what used.
    pub subject: String,
    /// Name of the events.
    pub name: String,
    /// How many events.
    pub count: u64,
    /// When the first of them happened.
    pub first_at: Instant,
    /// When the last of them happened.
    pub last_at: Instant,
}
