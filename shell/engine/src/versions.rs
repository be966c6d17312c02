//! Which version an object is at, and writes that are done only to the version that their sender saw.

use crate::audit::{AuditEntry, Deed, Kept};
use crate::{Engine, EngineError};
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use stdx::Problem;
use store::{StoreError, Tx, documents, facts};

/// A kind of object that has versions: 1 when it is new, then one more for each change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Thing {
    /// An alert, by id.
    Alert,
    /// A changeset, by id.
    Changeset,
    /// The time of a test environment.
    Clock,
    /// A charge, by key.
    Charge,
    /// A customer, by key.
    Customer,
    /// A discount that is offered, by key.
    Discount,
    /// A webhook endpoint, by id.
    Endpoint,
    /// A legal entity, by key.
    Entity,
    /// An invoice, by id.
    Invoice,
    /// A payment, by key.
    Payment,
    /// The pricing in force.
    Pricing,
    /// A customer's use of a discount, by key.
    Redemption,
    /// A subscription, by key.
    Subscription,
    /// A token, by id.
    Token,
    /// A user, by e-mail address.
    User,
}

impl Thing {
    pub(crate) const fn kept(self) -> (Kept, &'static str) {
        match self {
            Self::Alert => (Kept::Document, "alert"),
            Self::Changeset => (Kept::Document, "changeset"),
            Self::Clock => (Kept::Fact, "clock"),
            Self::Charge => (Kept::Document, "charge"),
            Self::Customer => (Kept::Fact, "customer"),
            Self::Discount => (Kept::Fact, "discount"),
            Self::Endpoint => (Kept::Secret, "webhook_endpoint"),
            Self::Entity => (Kept::Fact, "entity"),
            Self::Redemption => (Kept::Document, "redemption"),
            Self::Invoice => (Kept::Document, "invoice"),
            Self::Payment => (Kept::Document, "payment"),
            Self::Pricing => (Kept::Fact, "catalog"),
            Self::Subscription => (Kept::Document, "subscription"),
            Self::Token => (Kept::Secret, "token"),
            Self::User => (Kept::Secret, "user"),
        }
    }

    /// Under which id it is kept, by the name that it has outside; nothing for what there is one of.
    fn id(self, name: &str) -> String {
        match self {
            Self::Clock => "clock".into(),
            Self::Pricing => "pricing".into(),
            Self::User => name.trim().to_lowercase(),
            Self::Alert
            | Self::Changeset
            | Self::Charge
            | Self::Customer
            | Self::Discount
            | Self::Endpoint
            | Self::Entity
            | Self::Redemption
            | Self::Invoice
            | Self::Payment
            | Self::Subscription
            | Self::Token => name.to_owned(),
        }
    }
}

/// What the sender of a request saw of an object before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// That it is there.
    Any,
    /// It at one of these versions.
    Versions(Vec<i64>),
}

impl Seen {
    fn is(&self, version: i64) -> bool {
        match self {
            Self::Any => true,
            Self::Versions(versions) => versions.contains(&version),
        }
    }
}

/// A request in which an engine acts: what must be so that it is done, and what it came to write.
#[derive(Debug, Default)]
pub struct Request {
    expects: Option<(Thing, String, Seen)>,
    written: Mutex<Vec<Written>>,
    concerned: Mutex<BTreeSet<String>>,
}

/// What a request wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Written {
    pub kind: &'static str,
    pub id: String,
    /// The version since; nothing where it is gone.
    pub version: Option<i64>,
}

/// An object as it is kept, at one moment of a transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct State {
    pub version: i64,
    pub customer: Option<String>,
    /// As the audit log keeps it.
    pub body: Value,
}

impl Request {
    /// A request that is done whatever it meets.
    pub fn new() -> Self {
        Self::default()
    }

    /// A request that is done only where an object is as its sender saw it.
    pub fn seen(thing: Thing, name: &str, seen: Seen) -> Self {
        Self { expects: Some((thing, thing.id(name), seen)), ..Self::default() }
    }

    /// The version of an object that this request wrote last; nothing where it wrote none, or removed it.
    pub fn version_of(&self, thing: Thing, name: Option<&str>) -> Option<i64> {
        let (_, kind) = thing.kept();
        let id = name.map(|name| thing.id(name));
        let written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        let found = |one: &&Written| one.kind == kind && id.as_ref().is_none_or(|id| *id == one.id);
        written.iter().rev().find(found).and_then(|one| one.version)
    }

    /// Whether it wrote something of this kind.
    pub(crate) fn wrote(&self, kind: &str) -> bool {
        self.written.lock().unwrap_or_else(PoisonError::into_inner).iter().any(|one| one.kind == kind)
    }

    /// Whether it is done only where an object is as its sender saw it.
    pub(crate) const fn expects_something(&self) -> bool {
        self.expects.is_some()
    }

    /// Keeps in mind that a customer's bill may be another one afterwards.
    pub(crate) fn concerns(&self, customer: &str) {
        self.concerned.lock().unwrap_or_else(PoisonError::into_inner).insert(customer.to_owned());
    }

    /// Whose bills may be others afterwards.
    pub(crate) fn concerned(&self) -> BTreeSet<String> {
        self.concerned.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What a deed of it came to.
    pub(crate) fn did(&self, deed: Deed<'_>, after: Option<&State>) {
        let written = Written { kind: deed.kind, id: deed.id.to_owned(), version: after.map(|state| state.version) };
        self.written.lock().unwrap_or_else(PoisonError::into_inner).push(written);
        match deed.kind {
            "customer" => self.concerns(deed.id),
            "subscription" => after.and_then(|state| state.customer.as_deref()).into_iter().for_each(|customer| {
                self.concerns(customer);
            }),
            _ => {}
        }
    }

    /// Whether a deed is about the object that the sender saw, and that is another one now.
    pub(crate) fn is_stale(&self, deed: Deed<'_>, before: Option<&State>) -> bool {
        let Some((thing, id, seen)) = &self.expects else { return false };
        // what this request wrote itself is known to its sender
        let is_own = self
            .written
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .any(|one| one.kind == deed.kind && one.id == deed.id);
        thing.kept().1 == deed.kind && id == deed.id && !is_own && !before.is_some_and(|state| seen.is(state.version))
    }
}

impl Engine {
    /// The version that an object is at; nothing when there is none.
    pub fn version_of(&self, thing: Thing, name: &str) -> Result<Option<i64>, EngineError> {
        let (kept, kind) = thing.kept();
        let id = thing.id(name);
        let found = self.store.read(|tx| match kept {
            Kept::Fact => facts::version(tx, &self.tenant, kind, &id),
            Kept::Document | Kept::Secret => documents::version(tx, &self.tenant, kind, &id),
        })?;
        Ok(found)
    }

    /// Whether the object that the sender of the request saw is still as it was. A write looks again, in its transaction.
    pub fn check_seen(&self) -> Result<(), EngineError> {
        let Some((thing, name, seen)) = self.request.as_ref().and_then(|request| request.expects.as_ref()) else {
            return Ok(());
        };
        let version = self.version_of(*thing, name)?;
        if version.is_some_and(|version| seen.is(version)) { Ok(()) } else { Err(self.changed(version)) }
    }

    /// The object of the request is not as its sender saw it.
    pub(crate) fn changed(&self, now: Option<i64>) -> EngineError {
        let Some((thing, id, seen)) = self.request.as_ref().and_then(|request| request.expects.as_ref()) else {
            return EngineError::Conflict(Problem::new("changed_meanwhile", "It was changed meanwhile"));
        };
        let kind = thing.kept().1;
        let what = kind.replace('_', " ");
        let saw = match seen {
            Seen::Any => "any version".into(),
            Seen::Versions(versions) if versions.is_empty() => "no version of it".into(),
            Seen::Versions(versions) => {
                format!("version {}", versions.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or "))
            }
        };
        let is = match now {
            None => format!("there is no {what} `{id}`"),
            Some(now) => format!("{what} `{id}` is at version {now}"),
        };
        let since = match seen {
            Seen::Versions(versions) => {
                now.zip(versions.iter().max().copied()).and_then(|(now, saw)| self.since(kind, id, saw, now))
            }
            Seen::Any => None,
        };
        let problem = Problem::new("changed_meanwhile", "It was changed meanwhile")
            .detail(format!("{is}, and If-Match names {saw}{}", since.unwrap_or_default()))
            .at("If-Match")
            .mend("read it again, look whether your change is still what you want, and send it with the ETag of that answer");
        EngineError::Conflict(problem)
    }

    /// What was done to an object since a version, as far as the newest entries of the audit log tell.
    fn since(&self, kind: &str, id: &str, saw: i64, now: i64) -> Option<String> {
        const NEWEST: u32 = 500;
        let deeds = usize::try_from(now.checked_sub(saw)?).ok().filter(|deeds| *deeds > 0)?;
        let entries =
            self.store.read(|tx| facts::newest::<AuditEntry>(tx, &self.tenant, crate::audit::KIND, NEWEST)).ok()?;
        let about = |entry: &AuditEntry| entry.object.kind == kind && entry.object.id == id;
        let mut done: Vec<AuditEntry> = entries.into_iter().map(|fact| fact.body).filter(about).take(deeds).collect();
        let (last, first) = (done.first()?.clone(), done.pop()?);
        let before = match first.before.as_ref().and_then(|before| before.get("version")) {
            // of facts the log names the version alone
            Some(_) => self.fact_body(kind, id, saw),
            None => first.before,
        };
        let after = match last.after.as_ref().and_then(|after| after.get("version")) {
            Some(_) => self.fact_body(kind, id, now),
            None => last.after.clone(),
        };
        let fields = differing(before.as_ref()?, after.as_ref()?);
        let fields = if fields.is_empty() { "nothing that is shown".into() } else { fields.join(", ") };
        let actor = format!("{:?}", last.actor.kind).to_lowercase();
        Some(format!(
            "; since then changed: {fields}; last by {actor} `{}` at {} ({})",
            last.actor.id, last.at, last.action
        ))
    }

    fn fact_body(&self, kind: &str, id: &str, version: i64) -> Option<Value> {
        self.store.read(|tx| facts::get::<Value>(tx, &self.tenant, kind, id, version)).ok()?.map(|fact| fact.body)
    }

    /// An object as it is at this moment of a transaction.
    pub(crate) fn state_of(&self, tx: &mut Tx<'_>, deed: Deed<'_>) -> Result<Option<State>, StoreError> {
        const SECRETS: [&str; 4] = ["hash", "before", "password_hash", "sealed"];
        Ok(match deed.kept {
            Kept::Fact => facts::version(tx, &self.tenant, deed.kind, deed.id)?.map(|version| State {
                version,
                customer: None,
                body: serde_json::json!({ "version": version }),
            }),
            Kept::Document | Kept::Secret => {
                documents::find::<Value>(tx, &self.tenant, deed.kind, deed.id)?.map(|document| {
                    let documents::Document { version, customer, mut body, .. } = document;
                    if let (Kept::Secret, Some(fields)) = (deed.kept, body.as_object_mut()) {
                        fields.retain(|name, _| !SECRETS.contains(&name.as_str()));
                    }
                    State { version, customer, body }
                })
            }
        })
    }
}

/// The names of the fields that are not the same.
fn differing(before: &Value, after: &Value) -> Vec<String> {
    let none = serde_json::Map::new();
    let (before, after) = (before.as_object().unwrap_or(&none), after.as_object().unwrap_or(&none));
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    names.into_iter().filter(|name| before.get(*name) != after.get(*name)).map(|name| format!("`{name}`")).collect()
}
