//! Who did what, to what, when and why: kept in the transaction that does it, and never changed.

use crate::versions::State;
use crate::webhooks::topic_of;
use crate::{Actor, Engine, EngineError, customers};
use calendar::Instant;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use stdx::{Key, Problem};
use store::facts::{self, Times};
use store::{StoreError, Tx, due, idempotency};

pub(crate) const KIND: &str = "audit";
const CHANGED: &str = "changed_meanwhile";

/// One thing that somebody did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AuditEntry {
    /// Its id; later entries have greater ones.
    pub id: String,
    /// When.
    pub at: Instant,
    /// For whom it was done, by which request, and why.
    pub actor: Actor,
    /// What was done: `customer.add`, `invoice.issue`, …
    pub action: String,
    /// What it was done to.
    pub object: Object,
    /// What the object was before; absent when it is new. Of something that has versions the version is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    /// What the object is since; absent when it is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
}

/// The thing that something was done to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Object {
    /// What kind of thing it is.
    pub kind: String,
    /// Its key or id within the kind.
    pub id: String,
}

/// A write that is about to be done.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deed<'a> {
    pub action: &'static str,
    pub kept: Kept,
    pub kind: &'static str,
    pub id: &'a str,
}

/// How the object of a deed is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kept {
    /// As versions that stay.
    Fact,
    /// As a current state.
    Document,
    /// As a current state with secrets in it, which are not repeated.
    Secret,
}

/// A request that is done once, however often it is sent.
#[derive(Debug)]
pub struct Once {
    key: String,
    hash: Vec<u8>,
    noted: AtomicBool,
}

impl Once {
    /// A request by the key that its sender gave it, and a hash of all that it says.
    pub fn new(key: String, hash: Vec<u8>) -> Self {
        Self { key, hash, noted: AtomicBool::new(false) }
    }
}

/// What is known of a request with an idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    /// Nothing: it is new, or it failed before.
    New,
    /// It was answered so.
    Answered(Value),
}

impl Engine {
    /// Runs a write as one transaction, and keeps in it who did it.
    pub(crate) fn write<T>(
        &self,
        deed: Deed<'_>,
        mut work: impl FnMut(&mut Tx<'_>) -> Result<T, EngineError>,
    ) -> Result<T, EngineError> {
        let mut stale = None;
        let done = self.store.write(|tx| {
            stale = None;
            let before = self.state_of(tx, deed)?;
            if self.request.as_ref().is_some_and(|request| request.is_stale(deed, before.as_ref())) {
                stale = Some(before.map(|state| state.version));
                return Err(EngineError::Conflict(Problem::new(CHANGED, "It was changed meanwhile")));
            }
            let value = work(tx)?;
            let after = self.state_of(tx, deed)?;
            let whose = [&before, &after].into_iter().flatten().filter_map(|state| state.customer.as_deref());
            let whose: BTreeSet<&str> = whose.chain((deed.kind == customers::KIND).then_some(deed.id)).collect();
            whose.into_iter().try_for_each(|customer| due::touch(tx, &self.tenant, customer))?;
            self.note_request(tx)?;
            self.announce_deed(tx, deed, after.as_ref().map(|state| &state.body))?;
            self.note(tx, deed, before.map(|state| state.body), after.as_ref().map(|state| state.body.clone()))?;
            Ok::<_, EngineError>((value, after))
        });
        let (written, after) = match (done, stale) {
            // what changed is looked up when the transaction is over
            (Err(_), Some(version)) => return Err(self.changed(version)),
            (done, _) => done?,
        };
        self.was_written(deed, after.as_ref());
        Ok(written)
    }

    /// The same for an object that is new: the work fails where there is one of the name already. So nobody has to look what was there
    /// before and what is there since; `made` is the object as it is kept.
    pub(crate) fn write_new<T>(
        &self,
        deed: Deed<'_>,
        customer: Option<&Key>,
        made: &impl Serialize,
        mut work: impl FnMut(&mut Tx<'_>) -> Result<T, EngineError>,
    ) -> Result<T, EngineError> {
        if self.request.as_ref().is_some_and(|request| request.expects_something()) {
            return self.write(deed, work);
        }
        let made = serde_json::to_value(made)
            .map_err(|why| StoreError::Other(format!("the body cannot be written as JSON: {why}")))?;
        let body = match deed.kept {
            Kept::Fact => serde_json::json!({ "version": 1 }),
            Kept::Document | Kept::Secret => made.clone(),
        };
        let after = State { version: 1, customer: customer.map(Key::to_string), body };
        let value = self.store.write(|tx| {
            let value = work(tx)?;
            customer.iter().try_for_each(|customer| due::touch(tx, &self.tenant, customer.as_str()))?;
            self.note_request(tx)?;
            if let Some(topic) = topic_of(deed.action) {
                self.announce(tx, topic, &format!("{}/{}", deed.kind, deed.id), &made)?;
            }
            self.note(tx, deed, None, Some(after.body.clone()))?;
            Ok::<_, EngineError>(value)
        })?;
        self.was_written(deed, Some(&after));
        Ok(value)
    }

    /// Tells all who want to know, when the transaction is over.
    fn was_written(&self, deed: Deed<'_>, after: Option<&State>) {
        if let Some(request) = &self.request {
            request.did(deed, after);
        }
        if deed.kept == Kept::Secret {
            self.known.forget();
        }
        self.bell.ring_for(&self.tenant, deed);
        if let Some(once) = &self.once {
            once.noted.store(true, Ordering::Release);
        }
    }

    fn note(
        &self,
        tx: &mut Tx<'_>,
        deed: Deed<'_>,
        before: Option<Value>,
        after: Option<Value>,
    ) -> Result<(), StoreError> {
        let at = self.world.now();
        let id = format!("aud_{:032x}", self.ids.next());
        let object = Object { kind: deed.kind.into(), id: deed.id.into() };
        let entry = AuditEntry {
            id: id.clone(),
            at,
            actor: self.actor.clone(),
            action: deed.action.into(),
            object,
            before,
            after,
        };
        let times = Times { effective_at: at.micros(), recorded_at: at.micros() };
        facts::add_later(tx, &self.tenant, KIND, &id, times, &entry)
    }

    /// Notes in the first transaction of a request that it was done; its answer follows.
    fn note_request(&self, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        match &self.once {
            Some(once) if !once.noted.load(Ordering::Acquire) => {
                let now = self.world.now().micros();
                idempotency::remember(tx, &self.tenant, &once.key, &once.hash, &Value::Null, now)
            }
            Some(_) | None => Ok(()),
        }
    }

    /// What was answered to the request that this engine acts in, when it was sent before.
    ///
    /// # Errors
    /// A conflict when the key was used for another request, or when the request was done and its answer was lost.
    pub fn known_request(&self) -> Result<Known, EngineError> {
        let Some(once) = &self.once else { return Ok(Known::New) };
        let found = self.store.read(|tx| idempotency::recall::<Value>(tx, &self.tenant, &once.key, &once.hash))?;
        match found {
            idempotency::Recall::New => Ok(Known::New),
            idempotency::Recall::Same(Value::Null) => {
                let problem = Problem::new("answer_lost", "The request was done, and its answer was lost")
                    .detail(format!("the request with the key `{}` was begun and the server stopped before it answered, or it is being answered now", once.key))
                    .mend("read the object that it is about; to do it again, use a new key");
                Err(EngineError::Conflict(problem))
            }
            idempotency::Recall::Same(answer) => Ok(Known::Answered(answer)),
            idempotency::Recall::Other => {
                let problem = Problem::new("idempotency_key_reused", "The key was used for another request")
                    .detail(format!("`{}` named a request with another address or another body", once.key))
                    .mend("use a new key for each request, and the same one only to repeat it");
                Err(EngineError::Conflict(problem))
            }
        }
    }

    /// Keeps the answer to the request that this engine acts in, if the request changed something.
    pub fn remember_answer(&self, answer: &Value) -> Result<(), EngineError> {
        let Some(once) = self.once.as_ref().filter(|once| once.noted.load(Ordering::Acquire)) else { return Ok(()) };
        Ok(self.store.write(|tx| idempotency::answer(tx, &self.tenant, &once.key, answer))?)
    }

    /// Forgets the answers to requests that are older than two days.
    pub fn forget_requests(&self) -> Result<usize, EngineError> {
        const KEPT_MICROS: i64 = 48 * 3_600_000_000;
        let before = self.world.now().micros().saturating_sub(KEPT_MICROS);
        Ok(self.store.write(|tx| idempotency::forget(tx, &self.tenant, before))?)
    }

    /// At most `limit` entries of the audit log after an id, the first first.
    pub fn audit(&self, after: &str, limit: u32) -> Result<Vec<AuditEntry>, EngineError> {
        let found = self.store.read(|tx| facts::current::<AuditEntry>(tx, &self.tenant, KIND, after, limit))?;
        Ok(found.into_iter().map(|fact| fact.body).collect())
    }
}
