//! Changesets: corrections of usage that are prepared, looked at, made together and can be taken back together.

use crate::audit::{Deed, Kept};
use crate::corrections::Cause;
use crate::{Engine, EngineError};
use calendar::Instant;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use stdx::{NonEmpty, Problem};
use store::documents::{self, Cursor, Document, Which};
use usage::{Applied as Positions, ApplyError, Change, Seq};

/// Most changes of one changeset. They are made in one durable record, and held in memory while that happens.
pub const MAX_CHANGES: u32 = 100_000;

pub(crate) const KIND: &str = "changeset";
const APPLYING: &str = "applying";
const REVERTING: &str = "reverting";

stdx::typed_id!(
    /// Names a changeset.
    ChangesetId, "chg"
);

/// Corrections of usage that belong together. They are made all at once, as one durable change of the usage store, or not at all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Changeset {
    /// Its id.
    pub id: ChangesetId,
    /// Why the past was wrong.
    pub reason: String,
    /// When it was opened.
    pub created_at: Instant,
    /// How many changes it has.
    pub changes: u32,
    /// In how many parts they are kept.
    pub(crate) chunks: u32,
    /// How far it is.
    pub state: ChangesetState,
}

/// How far a changeset is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "state", rename_all = "snake_case", deny_unknown_fields)]
pub enum ChangesetState {
    /// Changes are added.
    Open,
    /// Complete and checked; ready to be previewed and applied.
    Sealed {
        /// When it was sealed.
        at: Instant,
    },
    /// It is being applied; when the program stops meanwhile, the next start finds out whether it was.
    Applying {
        /// When.
        at: Instant,
        /// What was known before.
        after: Seq,
        /// When it was sealed.
        sealed_at: Instant,
    },
    /// Its changes count.
    Applied {
        /// Since when.
        at: Instant,
        /// Their positions.
        positions: Positions,
    },
    /// It is being taken back; likewise.
    Reverting {
        /// When.
        at: Instant,
        /// What was known before.
        after: Seq,
        /// Why.
        reason: String,
        /// When it was applied.
        applied_at: Instant,
        /// Positions of its changes.
        positions: Positions,
    },
    /// Its changes were taken back by as many others.
    Reverted {
        /// When.
        at: Instant,
        /// Why.
        reason: String,
        /// When it was applied.
        applied_at: Instant,
        /// Positions of its changes.
        positions: Positions,
        /// Positions of those that took them back.
        reverted: Positions,
    },
}

impl ChangesetState {
    /// The word by which lists are filtered.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Sealed { .. } => "sealed",
            Self::Applying { .. } => APPLYING,
            Self::Applied { .. } => "applied",
            Self::Reverting { .. } => REVERTING,
            Self::Reverted { .. } => "reverted",
        }
    }
}

/// What became of changes that were added to a changeset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AddedChanges {
    /// How many were taken.
    pub added: u32,
    /// Those that were not, and why.
    pub refused: Vec<RefusedChange>,
    /// The changeset with them.
    pub changeset: Changeset,
}

/// A change that cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RefusedChange {
    /// Which one of those that were given, counted from 0.
    pub change: usize,
    /// Why not.
    pub problem: Problem,
}

impl Engine {
    /// Opens a changeset. The reason is required: it stands in the history of every event that it touches.
    pub fn open_changeset(&self, reason: &str) -> Result<Changeset, EngineError> {
        let _alone = self.command()?;
        self.begin_changeset(reason)
    }

    /// Adds changes to an open changeset. Each is checked by itself; those that cannot be made are named and left out.
    pub fn add_to_changeset(&self, id: ChangesetId, changes: Vec<Change>) -> Result<AddedChanges, EngineError> {
        let _alone = self.command()?;
        let found = self.in_state(id, &["open"], "changes are added")?;
        self.add_changes(found, changes)
    }

    /// Completes a changeset: every change is checked again, now with all others. From here on it does not change.
    pub fn seal_changeset(&self, id: ChangesetId) -> Result<Changeset, EngineError> {
        let _alone = self.command()?;
        let found = self.in_state(id, &["open"], "it is sealed")?;
        self.seal(found)
    }

    /// Makes all changes of a sealed changeset, as one durable change. What was answered as of an earlier position stays.
    pub fn apply_changeset(&self, id: ChangesetId) -> Result<Changeset, EngineError> {
        let _alone = self.command()?;
        let found = self.in_state(id, &["sealed"], "it is applied")?;
        self.make(found)
    }

    /// Takes back all changes of an applied changeset, as one durable change: events that were added are retracted, the others say
    /// again what they said before. Refused when one of the events was corrected since.
    pub fn revert_changeset(&self, id: ChangesetId, reason: &str) -> Result<Changeset, EngineError> {
        let _alone = self.command()?;
        let reason = stated(reason)?;
        let found = self.in_state(id, &["applied"], "it is reverted")?;
        let ChangesetState::Applied { at: applied_at, positions } = found.body.state else {
            return Err(wrong_state(&found.body, "it is reverted"));
        };
        let inverse = self.inverse(&self.changes_of(&found.body)?, positions)?;
        let (at, after) = (self.now(), self.usage.watermark(&self.tenant)?);
        let state = ChangesetState::Reverting { at, after, reason: reason.clone(), applied_at, positions };
        let found = self.put_state(found, state)?;
        match self.usage.apply(&self.tenant, inverse, at) {
            Ok(reverted) => self.done(found, ChangesetState::Reverted { at, reason, applied_at, positions, reverted }),
            Err(ApplyError::Store(error)) => Err(error.into()),
            Err(refused @ (ApplyError::Nothing | ApplyError::Refused(_))) => {
                self.put_state(found, ChangesetState::Applied { at: applied_at, positions })?;
                Err(EngineError::Conflict(stdx::ToProblem::problem(&refused)))
            }
        }
    }

    /// Throws away a changeset that was not applied.
    pub fn discard_changeset(&self, id: ChangesetId) -> Result<(), EngineError> {
        let _alone = self.command()?;
        let found = self.in_state(id, &["open", "sealed"], "it is discarded")?;
        self.write(deed("changeset.discard", &found.id), |tx| {
            crate::changes::delete(tx, &self.tenant, &found.body)?;
            Ok(documents::delete(tx, &self.tenant, KIND, &found.id, found.version)?)
        })
    }

    /// A changeset by id.
    pub fn changeset(&self, id: ChangesetId) -> Result<Changeset, EngineError> {
        Ok(self.find_changeset(id)?.body)
    }

    /// At most `limit` changesets after a place, the newest first; [`Which::Status`] takes the words of
    /// [`ChangesetState::word`]. A correction of a single event is a changeset of one change.
    pub fn changesets(
        &self,
        which: Which<'_>,
        after: &Cursor,
        limit: u32,
    ) -> Result<Vec<Document<Changeset>>, EngineError> {
        Ok(self.store.read(|tx| documents::page(tx, &self.tenant, KIND, which, after, limit))?)
    }

    pub(crate) fn begin_changeset(&self, reason: &str) -> Result<Changeset, EngineError> {
        let changeset = Changeset {
            id: ChangesetId::from_u128(self.ids.next()),
            reason: stated(reason)?,
            created_at: self.now(),
            changes: 0,
            chunks: 0,
            state: ChangesetState::Open,
        };
        let name = changeset.id.to_string();
        self.write(deed("changeset.open", &name), |tx| {
            Ok(documents::insert(tx, &self.tenant, KIND, &document(&changeset, 1))?)
        })?;
        Ok(changeset)
    }

    pub(crate) fn find_changeset(&self, id: ChangesetId) -> Result<Document<Changeset>, EngineError> {
        let found = self.store.read(|tx| documents::find::<Changeset>(tx, &self.tenant, KIND, &id.to_string()))?;
        found.ok_or_else(|| EngineError::no_such("changeset", &id.to_string(), []))
    }

    /// The changeset, if it is in one of these states.
    fn in_state(&self, id: ChangesetId, states: &[&str], when: &str) -> Result<Document<Changeset>, EngineError> {
        let found = self.settle(self.find_changeset(id)?)?;
        if states.contains(&found.body.state.word()) { Ok(found) } else { Err(wrong_state(&found.body, when)) }
    }

    pub(crate) fn add_changes(
        &self,
        found: Document<Changeset>,
        changes: Vec<Change>,
    ) -> Result<AddedChanges, EngineError> {
        let mut refused = self.refusals(&changes)?;
        let mut seen = BTreeSet::new();
        for (at, change) in changes.iter().enumerate() {
            if !seen.insert(identity(change)) {
                refused.push(RefusedChange { change: at, problem: twice(change) });
            }
        }
        refused.sort_by_key(|refused| refused.change);
        refused.dedup_by_key(|refused| refused.change);
        let bad: BTreeSet<usize> = refused.iter().map(|refused| refused.change).collect();
        let good = changes.into_iter().enumerate().filter(|(at, _)| !bad.contains(at)).map(|(_, change)| change);
        let good: Vec<Change> = good.collect();
        let Document { body: mut changeset, version, .. } = found;
        let added = u32::try_from(good.len()).unwrap_or(u32::MAX);
        let total = changeset.changes.saturating_add(added);
        if total > MAX_CHANGES {
            let problem = Problem::new("changeset_too_large", "The changeset has too many changes")
                .detail(format!("it would have {total}; {MAX_CHANGES} are allowed"))
                .mend("spread them over several changesets");
            return Err(EngineError::Invalid(NonEmpty::of(problem)));
        }
        changeset.changes = total;
        let first = changeset.chunks;
        changeset.chunks += crate::changes::chunks(&good);
        let name = changeset.id.to_string();
        self.write(deed("changeset.add", &name), |tx| {
            crate::changes::write(tx, &self.tenant, changeset.id, first, &good)?;
            Ok(documents::update(tx, &self.tenant, KIND, &document(&changeset, version))?)
        })?;
        Ok(AddedChanges { added, refused, changeset })
    }

    pub(crate) fn seal(&self, found: Document<Changeset>) -> Result<Changeset, EngineError> {
        let changes = self.changes_of(&found.body)?;
        if changes.is_empty() {
            return Err(EngineError::invalid(&ApplyError::Nothing));
        }
        let mut seen = BTreeSet::new();
        let mut refused = self.refusals(&changes)?;
        for (at, change) in changes.iter().enumerate() {
            if !seen.insert(identity(change)) {
                refused.push(RefusedChange { change: at, problem: twice(change) });
            }
        }
        refused.sort_by_key(|refused| refused.change);
        let problems: Vec<Problem> = refused.into_iter().map(RefusedChange::located).take(MOST_PROBLEMS).collect();
        match problems.try_into() {
            Ok(problems) => Err(EngineError::Invalid(problems)),
            Err(_) => Ok(self.put_state(found, ChangesetState::Sealed { at: self.now() })?.body),
        }
    }

    pub(crate) fn make(&self, found: Document<Changeset>) -> Result<Changeset, EngineError> {
        let changes = self.changes_of(&found.body)?;
        let before = found.body.state.clone();
        let ChangesetState::Sealed { at: sealed_at } = before else {
            return Err(wrong_state(&found.body, "it is applied"));
        };
        let (at, after) = (self.now(), self.usage.watermark(&self.tenant)?);
        let found = self.put_state(found, ChangesetState::Applying { at, after, sealed_at })?;
        match self.usage.apply(&self.tenant, changes, at) {
            Ok(positions) => self.done(found, ChangesetState::Applied { at, positions }),
            // what is on the disk is not known: it is found out when somebody asks again
            Err(ApplyError::Store(error)) => Err(error.into()),
            Err(ApplyError::Nothing) => {
                self.put_state(found, before)?;
                Err(EngineError::invalid(&ApplyError::Nothing))
            }
            Err(ApplyError::Refused(refusals)) => {
                self.put_state(found, before)?;
                let problems = refusals.iter().take(MOST_PROBLEMS);
                let problems = problems.map(|refusal| RefusedChange::from(refusal).located()).collect::<Vec<_>>();
                Err(problems
                    .try_into()
                    .map_or_else(|_| EngineError::invalid(&ApplyError::Nothing), EngineError::Invalid))
            }
        }
    }

    /// What undoes changes that were made at these positions.
    fn inverse(&self, changes: &[Change], positions: Positions) -> Result<Vec<Change>, EngineError> {
        let mut overtaken = Vec::new();
        let mut inverse = Vec::with_capacity(changes.len());
        for change in changes {
            let (source, id) = identity(change);
            let history = self.usage.history(&self.tenant, source, id)?;
            let ours = history.iter().position(|version| within(version.seq, positions));
            let Some((at, last)) = ours.zip(history.len().checked_sub(1)) else { continue };
            if at < last && overtaken.len() < MOST_PROBLEMS {
                overtaken.push(
                    Problem::new("changeset_overtaken", "An event was corrected since")
                        .detail(format!(
                            "event `{id}` of `{source}` was corrected again at position {}",
                            history[last].seq.0
                        ))
                        .mend("revert the later correction first, or correct the events one by one"),
                );
            }
            let before = at.checked_sub(1).and_then(|before| history[before].event.clone());
            inverse.push(match before {
                Some(event) => Change::Amend(event),
                None => Change::Retract { source: source.to_owned(), id: id.to_owned() },
            });
        }
        match NonEmpty::try_from(overtaken) {
            Ok(problems) => Err(EngineError::Invalid(problems)),
            Err(_) => Ok(inverse),
        }
    }

    /// Finds out what became of changesets that were being applied when the program stopped.
    pub(crate) fn settle_changesets(&self) -> Result<(), EngineError> {
        for state in [APPLYING, REVERTING] {
            loop {
                let page = self.changesets(Which::Status(state), &Cursor::start(), 100)?;
                if page.is_empty() {
                    break;
                }
                for found in page {
                    self.settle(found)?;
                }
            }
        }
        Ok(())
    }

    /// Decides about a changeset that was being applied or reverted when the program stopped.
    fn settle(&self, found: Document<Changeset>) -> Result<Document<Changeset>, EngineError> {
        let changeset = &found.body;
        let (made, state) = match changeset.state.clone() {
            ChangesetState::Applying { at, after, sealed_at } => match self.made(changeset, at, after)? {
                Some(positions) => (true, ChangesetState::Applied { at, positions }),
                None => (false, ChangesetState::Sealed { at: sealed_at }),
            },
            ChangesetState::Reverting { at, after, reason, applied_at, positions } => {
                match self.made(changeset, at, after)? {
                    Some(reverted) => (true, ChangesetState::Reverted { at, reason, applied_at, positions, reverted }),
                    None => (false, ChangesetState::Applied { at: applied_at, positions }),
                }
            }
            ChangesetState::Open
            | ChangesetState::Sealed { .. }
            | ChangesetState::Applied { .. }
            | ChangesetState::Reverted { .. } => return Ok(found),
        };
        let id = changeset.id;
        if made {
            self.done(found, state)?;
        } else {
            self.put_state(found, state)?;
        }
        self.find_changeset(id)
    }

    /// Which positions the changes took that were to be made at an instant, if they were: all at once or not at all, so that the
    /// first of them says it.
    fn made(&self, changeset: &Changeset, at: Instant, after: Seq) -> Result<Option<Positions>, EngineError> {
        let changes = self.changes_of(changeset)?;
        let Some((source, id)) = changes.first().map(identity) else { return Ok(None) };
        let history = self.usage.history(&self.tenant, source, id)?;
        let first = history.iter().find(|version| version.seq > after && version.recorded_at == at);
        Ok(first.map(|first| Positions {
            first: first.seq,
            last: Seq(first.seq.0 + u64::from(changeset.changes).saturating_sub(1)),
        }))
    }

    /// Records that changes were made, and why: for the history of their events.
    fn done(&self, found: Document<Changeset>, state: ChangesetState) -> Result<Changeset, EngineError> {
        let Document { body: mut changeset, version, .. } = found;
        changeset.state = state;
        let cause = Cause::of(&changeset);
        let name = changeset.id.to_string();
        self.write(deed(action_of(&changeset.state), &name), |tx| {
            if let Some(cause) = &cause {
                cause.record(tx, &self.tenant, self.now())?;
            }
            Ok(documents::update(tx, &self.tenant, KIND, &document(&changeset, version))?)
        })?;
        Ok(changeset)
    }

    fn put_state(&self, found: Document<Changeset>, state: ChangesetState) -> Result<Document<Changeset>, EngineError> {
        let Document { body: mut changeset, version, .. } = found;
        changeset.state = state;
        let mut changed = document(&changeset, version);
        changed.version = self.write(deed(action_of(&changeset.state), &changed.id), |tx| {
            Ok(documents::update(tx, &self.tenant, KIND, &changed)?)
        })?;
        let Document { id, customer, status, sort_at, version, .. } = changed;
        Ok(Document { id, customer, status, sort_at, version, body: changeset })
    }
}

fn deed<'a>(action: &'static str, id: &'a str) -> Deed<'a> {
    Deed { action, kept: Kept::Document, kind: KIND, id }
}

/// What was done to a changeset that is in this state now.
const fn action_of(state: &ChangesetState) -> &'static str {
    match state {
        ChangesetState::Open => "changeset.open",
        ChangesetState::Sealed { .. } => "changeset.seal",
        ChangesetState::Applying { .. } => "changeset.apply",
        ChangesetState::Applied { .. } => "changeset.applied",
        ChangesetState::Reverting { .. } => "changeset.revert",
        ChangesetState::Reverted { .. } => "changeset.reverted",
    }
}

/// Most problems that one answer names.
const MOST_PROBLEMS: usize = 100;

fn document(changeset: &Changeset, version: i64) -> Document<&Changeset> {
    Document {
        id: changeset.id.to_string(),
        customer: None,
        status: changeset.state.word().into(),
        sort_at: changeset.created_at.micros(),
        version,
        body: changeset,
    }
}

/// Source and id of the event that a change is about.
pub(crate) fn identity(change: &Change) -> (&str, &str) {
    match change {
        Change::Add(event) | Change::Amend(event) => (&event.source, &event.id),
        Change::Retract { source, id } => (source, id),
    }
}

fn within(seq: Seq, positions: Positions) -> bool {
    positions.first <= seq && seq <= positions.last
}

fn stated(reason: &str) -> Result<String, EngineError> {
    if reason.trim().is_empty() {
        let problem = Problem::new("reason_missing", "A correction has a reason")
            .detail("the past is changed, and nobody says why")
            .at("/reason")
            .mend("say in a few words what was wrong: it stands in the history of each event");
        return Err(EngineError::Invalid(NonEmpty::of(problem)));
    }
    Ok(reason.trim().to_owned())
}

fn twice(change: &Change) -> Problem {
    let (source, id) = identity(change);
    Problem::new("event_twice", "An event stands twice in a changeset")
        .detail(format!("event `{id}` of `{source}` stands in the changeset already"))
        .mend("say once what becomes of it")
}

fn wrong_state(changeset: &Changeset, when: &str) -> EngineError {
    let word = changeset.state.word();
    let problem = Problem::new("changeset_state", "The changeset is not in the right state")
        .detail(format!("{} is {word}, where {when}", changeset.id))
        .mend("the order is: open, add changes, seal, preview, apply, revert");
    EngineError::Conflict(problem)
}
