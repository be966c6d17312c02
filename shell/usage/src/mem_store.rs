//! The plainest store that keeps the promises: a list that is searched from end to end. It is the judge of all others.

use crate::{
    Activity, Applied, ApplyError, Change, Cursor, EventFilter, Group, Incoming, Outcome, Quarantined, Query, Refusal,
    Refused, Sent, Seq, StoredEvent, Subjects, Transactions, Unmeasured, UsageError, UsageStore, Version, What,
    check::check,
};
use calendar::Instant;
use metering::{Dimensions, Event, dimensions};
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};
use stdx::{Key, ToProblem};

/// A store in memory, gone when it is dropped: for tests and scenarios. Every question looks at every event.
#[derive(Debug, Default)]
pub struct MemStore {
    tenants: Mutex<Vec<Tenant>>,
}

#[derive(Debug, Clone)]
struct Tenant {
    key: Key,
    versions: Vec<Version>,
    quarantine: Vec<Quarantined>,
}

impl MemStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Tenant>> {
        self.tenants.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with<T>(&self, key: &Key, use_it: impl FnOnce(&mut Tenant) -> T) -> T {
        let mut tenants = self.lock();
        if let Some(known) = tenants.iter_mut().find(|known| known.key == *key) {
            return use_it(known);
        }
        let mut tenant = Tenant { key: key.clone(), versions: Vec::new(), quarantine: Vec::new() };
        let answer = use_it(&mut tenant);
        tenants.push(tenant);
        answer
    }
}

impl Tenant {
    fn next(&self) -> Seq {
        Seq(self.versions.len() as u64 + 1)
    }

    /// All that happened to an event.
    fn history<'a>(&'a self, source: &'a str, id: &'a str) -> impl DoubleEndedIterator<Item = &'a Version> {
        self.versions.iter().filter(move |version| version.id == id && version.source == source)
    }

    /// The events as they were known at a position.
    fn visible(&self, as_of: Seq) -> Vec<StoredEvent> {
        let mut newest = HashMap::new();
        for version in self.versions.iter().filter(|version| version.seq <= as_of) {
            newest.insert((&version.source, &version.id), version);
        }
        let mut found: Vec<StoredEvent> = newest.into_values().filter_map(stored).collect();
        found.sort_by_key(|stored| stored.seq);
        found
    }

    /// The outcome of an event whose identity is taken.
    fn repeated(&self, event: &Event) -> Option<Outcome> {
        let mut said = self.history(&event.source, &event.id).rev().filter(|version| version.event.is_some());
        let last = said.next()?;
        let mut said = std::iter::once(last).chain(said);
        Some(match said.find(|version| version.event.as_ref() == Some(event)) {
            Some(same) => Outcome::Duplicate { seq: same.seq },
            None => Outcome::Conflict { seq: last.seq },
        })
    }

    fn take(&mut self, incoming: Incoming, received_at: Instant) -> Outcome {
        let (sent, problem) = match incoming {
            Incoming::Unreadable { text, problem } => (Sent::Text(text), problem),
            Incoming::Event(event) => {
                if let Some(outcome) = self.repeated(&event) {
                    return outcome;
                }
                let Err(problem) = check(&event, received_at) else {
                    let seq = self.next();
                    self.push(received_at, What::Accepted, event);
                    return Outcome::Accepted { seq };
                };
                (Sent::Event(event), problem)
            }
        };
        if !self.quarantine.iter().any(|kept| kept.sent == sent) {
            self.quarantine.push(Quarantined { received_at, sent, problem: problem.clone(), mended: None });
        }
        Outcome::Quarantined { problem }
    }

    fn push(&mut self, recorded_at: Instant, what: What, event: Event) {
        let (source, id) = (event.source.clone(), event.id.clone());
        self.versions.push(Version { seq: self.next(), recorded_at, what, source, id, event: Some(event) });
    }

    fn make(&mut self, change: Change, recorded_at: Instant) -> Result<(), Refused> {
        let (source, id) = identity(&change);
        let last = self.history(&source, &id).next_back().cloned();
        match (change, last) {
            (Change::Add(event), None) => {
                check(&event, recorded_at).map_err(Refused::Invalid)?;
                self.push(recorded_at, What::Accepted, event);
            }
            (Change::Add(event), Some(Version { seq, event: there, .. })) => {
                return Err(if there == Some(event) { Refused::Exists { seq } } else { Refused::Conflict { seq } });
            }
            (Change::Amend(_) | Change::Retract { .. }, None) => return Err(Refused::Unknown),
            (Change::Amend(event), Some(Version { seq, event: there, .. })) => {
                check(&event, recorded_at).map_err(Refused::Invalid)?;
                if there.as_ref() == Some(&event) {
                    return Err(Refused::Unchanged { seq });
                }
                self.push(recorded_at, What::Amended, event);
            }
            (Change::Retract { .. }, Some(Version { seq, event: None, .. })) => {
                return Err(Refused::Retracted { seq });
            }
            (Change::Retract { source, id }, Some(Version { event: Some(_), .. })) => {
                let seq = self.next();
                self.versions.push(Version { seq, recorded_at, what: What::Retracted, source, id, event: None });
            }
        }
        Ok(())
    }
}

/// The event that a version says is there.
fn stored(version: &Version) -> Option<StoredEvent> {
    let event = version.event.clone()?;
    Some(StoredEvent { seq: version.seq, received_at: version.recorded_at, event })
}

fn identity(change: &Change) -> (String, String) {
    match change {
        Change::Add(event) | Change::Amend(event) => (event.source.clone(), event.id.clone()),
        Change::Retract { source, id } => (source.clone(), id.clone()),
    }
}

impl UsageStore for MemStore {
    fn ingest(&self, tenant: &Key, batch: Vec<Incoming>, received_at: Instant) -> Result<Vec<Outcome>, UsageError> {
        Ok(self.with(tenant, |known| batch.into_iter().map(|one| known.take(one, received_at)).collect()))
    }

    fn apply(&self, tenant: &Key, changes: Vec<Change>, recorded_at: Instant) -> Result<Applied, ApplyError> {
        if changes.is_empty() {
            return Err(ApplyError::Nothing);
        }
        self.with(tenant, |known| {
            let before = known.clone();
            let (first, mut refusals) = (known.next(), Vec::new());
            for (index, change) in changes.into_iter().enumerate() {
                let (source_name, id) = identity(&change);
                if let Err(why) = known.make(change, recorded_at) {
                    refusals.push(Refusal { index, source_name, id, why });
                }
            }
            if refusals.is_empty() {
                return Ok(Applied { first, last: Seq(known.next().0 - 1) });
            }
            *known = before;
            Err(ApplyError::Refused(refusals))
        })
    }

    fn measure(&self, query: &Query<'_>) -> Result<Vec<Group>, UsageError> {
        let mut groups = Vec::new();
        for period in query.window.cut(query.period)? {
            let mut stored = self.with(query.tenant, |known| known.visible(query.as_of));
            let query = Query { period, ..*query };
            stored.retain(|stored| is_wanted(&stored.event, &query));
            stored.sort_by_key(|stored| (stored.event.subject.clone(), Cursor::from(&stored.event)));
            let mut keys: Vec<_> = stored.iter().map(|stored| key_of(&stored.event, &query)).collect();
            keys.sort();
            keys.dedup();
            groups.extend(keys.into_iter().map(|key| ((key.clone(), period.from()), group(&stored, &query, key))));
        }
        groups.sort_by(|(a, _), (b, _)| a.cmp(b));
        groups.into_iter().map(|(_, group)| group).collect()
    }

    fn events(
        &self,
        tenant: &Key,
        filter: &EventFilter<'_>,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, UsageError> {
        let mut found = self.with(tenant, |known| known.visible(filter.as_of));
        found.retain(|StoredEvent { seq, event, .. }| {
            *seq > filter.after
                && filter.subject.is_none_or(|subject| event.subject == subject)
                && filter.name.is_none_or(|name| event.name == name)
                && filter.period.is_none_or(|period| period.contains(event.at))
                && after.is_none_or(|after| Cursor::from(event) > *after)
        });
        found.sort_by_key(|stored| Cursor::from(&stored.event));
        found.truncate(limit);
        Ok(found)
    }

    fn lookup(&self, tenant: &Key, source: &str, id: &str) -> Result<Option<StoredEvent>, UsageError> {
        Ok(self.with(tenant, |known| known.history(source, id).next_back().and_then(stored)))
    }

    fn history(&self, tenant: &Key, source: &str, id: &str) -> Result<Vec<Version>, UsageError> {
        Ok(self.with(tenant, |known| known.history(source, id).cloned().collect()))
    }

    fn changes(&self, tenant: &Key, after: Seq, limit: usize) -> Result<Vec<Version>, UsageError> {
        Ok(self.with(tenant, |known| {
            known.versions.iter().filter(|version| version.seq > after).take(limit).cloned().collect()
        }))
    }

    fn watermark(&self, tenant: &Key) -> Result<Seq, UsageError> {
        Ok(self.with(tenant, |known| known.versions.last().map_or(Seq::ZERO, |version| version.seq)))
    }

    fn quarantine(&self, tenant: &Key, skip: usize, limit: usize) -> Result<Vec<Quarantined>, UsageError> {
        Ok(self.with(tenant, |known| {
            let mut found: Vec<Quarantined> = known.quarantine.iter().skip(skip).take(limit).cloned().collect();
            for kept in &mut found {
                if let Sent::Event(sent) = &kept.sent {
                    kept.mended = known.history(&sent.source, &sent.id).next().map(|version| version.seq);
                }
            }
            found
        }))
    }

    fn quarantined(&self, tenant: &Key) -> Result<usize, UsageError> {
        Ok(self.with(tenant, |known| known.quarantine.len()))
    }

    fn activity(&self, tenant: &Key) -> Result<Vec<Activity>, UsageError> {
        let mut found: Vec<Activity> = Vec::new();
        for StoredEvent { event: Event { subject, name, at, .. }, .. } in
            self.with(tenant, |known| known.visible(Seq::NOW))
        {
            if let Some(known) = found.iter_mut().find(|known| known.subject == subject && known.name == name) {
                known.count += 1;
                known.first_at = known.first_at.min(at);
                known.last_at = known.last_at.max(at);
            } else {
                found.push(Activity { subject, name, count: 1, first_at: at, last_at: at });
            }
        }
        found.sort_by(|a, b| (&a.subject, &a.name).cmp(&(&b.subject, &b.name)));
        Ok(found)
    }
}

fn is_wanted(event: &Event, query: &Query<'_>) -> bool {
    let subject = match query.subjects {
        Subjects::One(subject) => event.subject == subject,
        Subjects::Many(subjects) => subjects.contains(&event.subject),
        Subjects::All => true,
    };
    let begun = query.meter.needs_history() || event.at >= query.period.from();
    subject && begun && event.at < query.period.to() && query.meter.accepts(event)
}

fn key_of(event: &Event, query: &Query<'_>) -> (String, Dimensions) {
    (event.subject.clone(), dimensions(event, query.by))
}

fn group(stored: &[StoredEvent], query: &Query<'_>, key: (String, Dimensions)) -> Result<Group, UsageError> {
    let meter = query.meter;
    let mut state = match query.transactions {
        Transactions::Leave => meter.state(),
        Transactions::Collect => meter.state_with_transactions(),
    };
    let mut unmeasured: Option<Unmeasured> = None;
    for StoredEvent { event, .. } in stored.iter().filter(|stored| key_of(&stored.event, query) == key) {
        if let Err(error) = meter.add(&mut state, event) {
            let first = Unmeasured { count: 0, first: Cursor::from(event), problem: error.problem() };
            unmeasured.get_or_insert(first).count += 1;
        }
    }
    let (subject, dimensions) = key;
    match meter.finish(state, query.period) {
        Ok(measured) => Ok(Group { subject, dimensions, from: query.period.from(), measured, unmeasured }),
        Err(error) => Err(UsageError::Quantity { subject, problem: error.problem() }),
    }
}
