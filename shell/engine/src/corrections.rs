//! Corrections of single events, and the history of an event.

use crate::changesets::{Changeset, ChangesetId, ChangesetState};
use crate::{Engine, EngineError};
use calendar::Instant;
use metering::Event;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::{Key, Problem};
use store::facts::{self, Times};
use store::{StoreError, Tx};
use usage::{Applied as Positions, Change, Seq, Version};

const KIND: &str = "usage_change";

/// Why events changed at some positions: recorded with the changeset that did it, and never changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cause {
    /// The changeset; a correction of a single event is one of one change.
    pub changeset: ChangesetId,
    /// What was done with it.
    pub by: By,
    /// Why.
    pub reason: String,
    /// Which positions its changes took.
    pub positions: Positions,
}

/// What was done with a changeset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// Its changes were made.
    Applying,
    /// Its changes were taken back.
    Reverting,
}

/// One thing that happened to an event, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct EventVersion {
    /// What happened, when, and what the event says from then on.
    pub version: Version,
    /// Why, unless it was sent in the ordinary way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
}

impl Cause {
    /// The cause of what a changeset did last.
    pub(crate) fn of(changeset: &Changeset) -> Option<Self> {
        let (by, reason, positions) = match &changeset.state {
            ChangesetState::Applied { positions, .. } => (By::Applying, &changeset.reason, *positions),
            ChangesetState::Reverted { reason, reverted, .. } => (By::Reverting, reason, *reverted),
            ChangesetState::Open
            | ChangesetState::Sealed { .. }
            | ChangesetState::Applying { .. }
            | ChangesetState::Reverting { .. } => return None,
        };
        Some(Self { changeset: changeset.id, by, reason: reason.clone(), positions })
    }

    /// Keeps it under its last position.
    pub(crate) fn record(&self, tx: &mut Tx<'_>, tenant: &Key, now: Instant) -> Result<(), StoreError> {
        let times = Times { effective_at: now.micros(), recorded_at: now.micros() };
        facts::append(tx, tenant, KIND, &place(self.positions.last.0), times, self)?;
        Ok(())
    }
}

/// Positions as texts in their order.
fn place(seq: u64) -> String {
    format!("{seq:020}")
}

impl Engine {
    /// Replaces what an accepted event says; source and id name it. A retracted event is brought back by it. The reason is kept.
    pub fn amend_event(&self, event: Event, reason: &str) -> Result<Changeset, EngineError> {
        self.correct(Change::Amend(event), reason)
    }

    /// Takes an event back: it did not happen. The reason is kept.
    pub fn retract_event(&self, source: &str, id: &str, reason: &str) -> Result<Changeset, EngineError> {
        self.correct(Change::Retract { source: source.into(), id: id.into() }, reason)
    }

    /// A changeset of one change, made at once.
    fn correct(&self, change: Change, reason: &str) -> Result<Changeset, EngineError> {
        let _alone = self.command()?;
        if let Some(refused) = self.refusals(std::slice::from_ref(&change))?.into_iter().next() {
            return Err(match refused.problem.code.as_str() {
                "event_unknown" => EngineError::NotFound(refused.problem),
                "event_unchanged" | "event_retracted" => EngineError::Conflict(refused.problem),
                _ => EngineError::Invalid(stdx::NonEmpty::of(refused.problem)),
            });
        }
        // the request counts as done with the step after which the change is made whatever happens
        let before = self.before_it_is_done();
        let changeset = before.begin_changeset(reason)?;
        before.add_changes(before.find_changeset(changeset.id)?, vec![change])?;
        before.seal(before.find_changeset(changeset.id)?)?;
        self.make(self.find_changeset(changeset.id)?)
    }

    /// All that happened to an event, the first first, with the reasons of corrections.
    pub fn event_history(&self, source: &str, id: &str) -> Result<Vec<EventVersion>, EngineError> {
        let history = self.usage.history(&self.tenant, source, id)?;
        if history.is_empty() {
            return Err(no_such_event(source, id));
        }
        let with_cause = |version: Version| Ok(EventVersion { cause: self.cause_of(version.seq)?, version });
        history.into_iter().map(with_cause).collect()
    }

    /// Why an event changed at a position; nothing when it was sent in the ordinary way.
    pub(crate) fn cause_of(&self, seq: Seq) -> Result<Option<Cause>, EngineError> {
        let Some(before) = seq.0.checked_sub(1) else { return Ok(None) };
        // the first cause that ends here or later
        let found = self.store.read(|tx| facts::current::<Cause>(tx, &self.tenant, KIND, &place(before), 1))?;
        Ok(found.into_iter().map(|fact| fact.body).find(|cause| cause.positions.first <= seq))
    }
}

pub(crate) fn no_such_event(source: &str, id: &str) -> EngineError {
    let problem = Problem::new("not_found", "Not found")
        .detail(format!("no event `{id}` of source `{source}` was accepted"))
        .mend("look into the quarantine, or send it again");
    EngineError::NotFound(problem)
}
