//! The plainest store that keeps the promises: a list that is searched from end to end. It is the judge of all others.

use crate::{
    Activity, Cursor, EventFilter, Group, Incoming, Outcome, Quarantined, Query, Sent, Seq, StoredEvent, Subjects,
    Transactions, Unmeasured, UsageError, UsageStore, check::check,
};
use calendar::Instant;
use metering::{Dimensions, Event, dimensions};
use std::sync::{Mutex, MutexGuard, PoisonError};
use stdx::{Key, ToProblem};

/// A store in memory, gone when it is dropped: for tests and scenarios. Every question looks at every event.
#[derive(Debug, Default)]
pub struct MemStore {
    tenants: Mutex<Vec<Tenant>>,
}

#[derive(Debug)]
struct Tenant {
    key: Key,
    events: Vec<StoredEvent>,
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

    fn events_of(&self, tenant: &Key) -> Vec<StoredEvent> {
        self.lock().iter().filter(|known| known.key == *tenant).flat_map(|known| known.events.clone()).collect()
    }

    fn quarantine_of(&self, tenant: &Key) -> Vec<Quarantined> {
        self.lock().iter().filter(|known| known.key == *tenant).flat_map(|known| known.quarantine.clone()).collect()
    }
}

impl Tenant {
    fn find(&self, event: &Event) -> Option<&StoredEvent> {
        self.events.iter().find(|stored| stored.event.source == event.source && stored.event.id == event.id)
    }

    fn take(&mut self, incoming: Incoming, received_at: Instant) -> Outcome {
        let (sent, problem) = match incoming {
            Incoming::Unreadable { text, problem } => (Sent::Text(text), problem),
            Incoming::Event(event) => {
                if let Some(StoredEvent { seq, event: before, .. }) = self.find(&event) {
                    let seq = *seq;
                    return if *before == event { Outcome::Duplicate { seq } } else { Outcome::Conflict { seq } };
                }
                let Err(problem) = check(&event, received_at) else {
                    let seq = Seq(self.events.len() as u64 + 1);
                    self.events.push(StoredEvent { seq, received_at, event });
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
}

impl UsageStore for MemStore {
    fn ingest(&self, tenant: &Key, batch: Vec<Incoming>, received_at: Instant) -> Result<Vec<Outcome>, UsageError> {
        let mut tenants = self.lock();
        if !tenants.iter().any(|known| known.key == *tenant) {
            tenants.push(Tenant { key: tenant.clone(), events: Vec::new(), quarantine: Vec::new() });
        }
        let known = tenants.iter_mut().filter(|known| known.key == *tenant);
        Ok(known.flat_map(|known| batch.iter().map(|one| known.take(one.clone(), received_at))).collect())
    }

    fn measure(&self, query: &Query<'_>) -> Result<Vec<Group>, UsageError> {
        let mut stored = self.events_of(query.tenant);
        stored.retain(|stored| stored.seq <= query.as_of && is_wanted(&stored.event, query));
        stored.sort_by_key(|stored| (stored.event.subject.clone(), Cursor::from(&stored.event)));
        let mut keys: Vec<(String, Dimensions)> = stored.iter().map(|stored| key_of(&stored.event, query)).collect();
        keys.sort();
        keys.dedup();
        keys.into_iter().map(|key| group(&stored, query, key)).collect()
    }

    fn events(
        &self,
        tenant: &Key,
        filter: &EventFilter<'_>,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, UsageError> {
        let mut found = self.events_of(tenant);
        found.retain(|StoredEvent { seq, event, .. }| {
            *seq > filter.after
                && *seq <= filter.as_of
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
        let events = self.events_of(tenant);
        Ok(events.into_iter().find(|stored| stored.event.source == source && stored.event.id == id))
    }

    fn changes(&self, tenant: &Key, after: Seq, limit: usize) -> Result<Vec<StoredEvent>, UsageError> {
        Ok(self.events_of(tenant).into_iter().filter(|stored| stored.seq > after).take(limit).collect())
    }

    fn watermark(&self, tenant: &Key) -> Result<Seq, UsageError> {
        Ok(self.events_of(tenant).last().map_or(Seq::ZERO, |stored| stored.seq))
    }

    fn quarantine(&self, tenant: &Key, skip: usize, limit: usize) -> Result<Vec<Quarantined>, UsageError> {
        let events = self.events_of(tenant);
        let mut found: Vec<Quarantined> = self.quarantine_of(tenant).into_iter().skip(skip).take(limit).collect();
        for kept in &mut found {
            if let Sent::Event(sent) = &kept.sent {
                let same = |stored: &&StoredEvent| stored.event.source == sent.source && stored.event.id == sent.id;
                kept.mended = events.iter().find(same).map(|stored| stored.seq);
            }
        }
        Ok(found)
    }

    fn quarantined(&self, tenant: &Key) -> Result<usize, UsageError> {
        Ok(self.quarantine_of(tenant).len())
    }

    fn activity(&self, tenant: &Key) -> Result<Vec<Activity>, UsageError> {
        let mut found: Vec<Activity> = Vec::new();
        for StoredEvent { event: Event { subject, name, at, .. }, .. } in self.events_of(tenant) {
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
        Ok(measured) => Ok(Group { subject, dimensions, measured, unmeasured }),
        Err(error) => Err(UsageError::Quantity { subject, problem: error.problem() }),
    }
}
