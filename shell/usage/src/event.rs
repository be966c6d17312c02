//! What became of an event, and what is kept of it.

use calendar::Instant;
use metering::Event;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::Problem;

/// Position of an accepted event or a correction in the order in which they became known for a tenant: 1, 2, 3, … without a gap.
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
    /// The same event, with the same content, was accepted before; also when it was amended or retracted since.
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
    /// When it was received; of an amended event, when the amendment was.
    pub received_at: Instant,
    /// The event as it was sent or last amended.
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

/// A correction. An identity that was taken once stays taken, also when the event was amended or retracted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// An event that was never sent.
    Add(Event),
    /// What an accepted event should have said: same source and id, other content. A retracted event is brought back by it.
    Amend(Event),
    /// The event did not happen.
    Retract {
        /// Its source.
        source: String,
        /// Its id.
        id: String,
    },
}

/// Where changes stand that were made: each has a position of its own, in the order in which they were given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Applied {
    /// Position of the first.
    pub first: Seq,
    /// Position of the last.
    pub last: Seq,
}

/// What happened to an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// It was taken for the first time.
    Accepted,
    /// Its content was replaced.
    Amended,
    /// It was taken back.
    Retracted,
}

/// One thing that happened to an event. It says what is true of the event from its position on, up to the next version's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Version {
    /// Its position.
    pub seq: Seq,
    /// When it became known.
    pub recorded_at: Instant,
    /// What happened.
    pub what: What,
    /// Source of the event.
    pub source: String,
    /// Id of the event.
    pub id: String,
    /// The event from now on; none when it was retracted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<Event>,
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
