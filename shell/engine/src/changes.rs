//! The changes of a changeset: read from JSON, checked, and kept in bounded parts.

use crate::changesets::{Changeset, ChangesetId, RefusedChange};
use crate::{Engine, EngineError};
use calendar::Instant;
use metering::Event;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use stdx::{Key, Problem, ToProblem};
use store::documents::{self, Document};
use store::{StoreError, Tx};
use usage::{ApplyError, Change, Incoming, MemStore, Refusal, Refused, UsageStore, Version};

const KIND: &str = "changeset_part";
/// How many changes one part has at most.
const CHUNK: usize = 500;

/// A change as JSON: `{"add": {event}}`, `{"amend": {event}}` or `{"retract": {"source": …, "id": …}}`.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Written<'a> {
    #[serde(borrow)]
    Add(&'a RawValue),
    #[serde(borrow)]
    Amend(&'a RawValue),
    Retract {
        source: String,
        id: String,
    },
}

/// Reads a change from JSON: `{"add": {event}}`, `{"amend": {event}}` or `{"retract": {"source": "…", "id": "…"}}`. Numbers of
/// events keep every digit.
pub fn change_from_json(text: &str) -> Result<Change, Problem> {
    let written: Written<'_> = serde_json::from_str(text).map_err(|error| {
        Problem::new("change_unreadable", "Not a change of usage")
            .detail(error.to_string())
            .mend("write {\"add\": {event}}, {\"amend\": {event}} or {\"retract\": {\"source\": …, \"id\": …}}")
    })?;
    let event =
        |raw: &RawValue, prefix: &str| Event::from_json(raw.get()).map_err(|error| error.problem().under(prefix));
    Ok(match written {
        Written::Add(raw) => Change::Add(event(raw, "/add")?),
        Written::Amend(raw) => Change::Amend(event(raw, "/amend")?),
        Written::Retract { source, id } => Change::Retract { source, id },
    })
}

/// A part of a changeset; each change is the JSON text that [`change_from_json`] reads, so that numbers keep every digit.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Part {
    changes: Vec<String>,
}

/// In how many parts changes are kept.
pub(crate) fn chunks(changes: &[Change]) -> u32 {
    u32::try_from(changes.len().div_ceil(CHUNK)).unwrap_or(u32::MAX)
}

/// Keeps changes as the parts from `first` on.
pub(crate) fn write(
    tx: &mut Tx<'_>,
    tenant: &Key,
    changeset: ChangesetId,
    first: u32,
    changes: &[Change],
) -> Result<(), StoreError> {
    let text = |change: &Change| {
        serde_json::to_string(change).map_err(|error| StoreError::Other(format!("a change cannot be written: {error}")))
    };
    for (number, part) in (first..).zip(changes.chunks(CHUNK)) {
        let body = Part { changes: part.iter().map(text).collect::<Result<_, _>>()? };
        let document = Document {
            id: part_id(changeset, number),
            customer: None,
            status: "kept".into(),
            sort_at: i64::from(number),
            version: 1,
            body,
        };
        documents::insert(tx, tenant, KIND, &document)?;
    }
    Ok(())
}

/// Removes every part.
pub(crate) fn delete(tx: &mut Tx<'_>, tenant: &Key, changeset: &Changeset) -> Result<(), StoreError> {
    (0..changeset.chunks).try_for_each(|number| documents::delete(tx, tenant, KIND, &part_id(changeset.id, number), 1))
}

fn part_id(changeset: ChangesetId, number: u32) -> String {
    format!("{changeset}/{number:06}")
}

impl Engine {
    /// All changes of a changeset, in the order in which they were added.
    pub(crate) fn changes_of(&self, changeset: &Changeset) -> Result<Vec<Change>, EngineError> {
        let mut all = Vec::new();
        for number in 0..changeset.chunks {
            all.extend(self.part(changeset, number)?);
        }
        Ok(all)
    }

    fn part(&self, changeset: &Changeset, number: u32) -> Result<Vec<Change>, EngineError> {
        let id = part_id(changeset.id, number);
        let found: Document<Part> = self.store.read(|tx| documents::get(tx, &self.tenant, KIND, &id))?;
        found.body.changes.iter().map(|text| change_from_json(text).map_err(EngineError::Failed)).collect()
    }

    /// At most `limit` changes of a changeset, without the first `skip`.
    pub fn changeset_changes(&self, id: ChangesetId, skip: usize, limit: usize) -> Result<Vec<Change>, EngineError> {
        let changeset = self.changeset(id)?;
        let (mut left, mut found) = (skip, Vec::new());
        for number in 0..changeset.chunks {
            let part = self.part(&changeset, number)?;
            let begin = left.min(part.len());
            left -= begin;
            found.extend(part.into_iter().skip(begin).take(limit - found.len()));
            if found.len() >= limit {
                break;
            }
        }
        Ok(found)
    }

    /// Which of these changes the usage store would refuse now. The judge is a store of its own that knows no more than the events
    /// they are about: so there is one rule.
    pub(crate) fn refusals(&self, changes: &[Change]) -> Result<Vec<RefusedChange>, EngineError> {
        let mut refused = Vec::new();
        for (part, changes) in changes.chunks(CHUNK).enumerate() {
            let judge = MemStore::new();
            for change in changes {
                let (source, id) = crate::changesets::identity(change);
                self.copy_event(&judge, &self.usage.history(&self.tenant, source, id)?)?;
            }
            match judge.apply(&self.tenant, changes.to_vec(), self.now()) {
                Ok(_) | Err(ApplyError::Nothing) => {}
                Err(ApplyError::Store(error)) => return Err(error.into()),
                Err(ApplyError::Refused(refusals)) => refused.extend(refusals.iter().map(|refusal| {
                    let refusal = RefusedChange::from(refusal);
                    RefusedChange { change: part * CHUNK + refusal.change, ..refusal }
                })),
            }
        }
        Ok(refused)
    }

    /// Puts an event as it is now into another store.
    fn copy_event(&self, to: &MemStore, history: &[Version]) -> Result<(), EngineError> {
        let Some(event) = history.iter().rev().find_map(|version| version.event.clone()) else { return Ok(()) };
        let (source, id) = (event.source.clone(), event.id.clone());
        // whatever was accepted once is not too early at the end of time
        to.ingest(&self.tenant, vec![Incoming::Event(event)], Instant::MAX)?;
        if history.last().is_some_and(|last| last.event.is_none()) {
            match to.apply(&self.tenant, vec![Change::Retract { source, id }], Instant::MAX) {
                // an event that stands twice among the changes was copied before
                Ok(_) | Err(ApplyError::Nothing | ApplyError::Refused(_)) => {}
                Err(ApplyError::Store(error)) => return Err(error.into()),
            }
        }
        Ok(())
    }
}

impl From<&Refusal> for RefusedChange {
    fn from(refusal: &Refusal) -> Self {
        let (code, title, mend) = match &refusal.why {
            Refused::Invalid(problem) => return Self { change: refusal.index, problem: problem.clone() },
            Refused::Exists { .. } => ("event_exists", "The event is there already", "leave it out"),
            Refused::Conflict { .. } => (
                "event_exists",
                "The event is there already",
                "amend the event that is there, or add this one under an id of its own",
            ),
            Refused::Unknown => {
                ("event_unknown", "There is no such event", "check source and id; add it if it was never sent")
            }
            Refused::Unchanged { .. } => ("event_unchanged", "The amendment changes nothing", "leave it out"),
            Refused::Retracted { .. } => (
                "event_retracted",
                "The event was retracted already",
                "leave it out; an amendment brings a retracted event back",
            ),
        };
        let problem = Problem::new(code, title)
            .detail(format!("event `{}` of `{}` {}", refusal.id, refusal.source_name, refusal.why))
            .mend(mend);
        Self { change: refusal.index, problem }
    }
}

impl RefusedChange {
    /// The problem with the place of its change.
    pub(crate) fn located(self) -> Problem {
        self.problem.under(&format!("/changes/{}", self.change))
    }
}
