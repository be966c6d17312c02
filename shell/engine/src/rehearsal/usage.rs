//! A usage store that judges what it is given by what another one holds, and keeps it to itself.

use calendar::Instant;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use stdx::Key;
use usage::{
    Activity, Applied, ApplyError, Change, Cursor, EventFilter, Group, Incoming, MemStore, Outcome, Quarantined, Query,
    Seq, StoredEvent, UsageError, UsageStore, Version,
};

/// Answers like the store beneath it, which it never changes. What it took is not measured: it is asked for as changes.
pub(super) struct Judge {
    beneath: Arc<dyn UsageStore>,
    /// For whom there is a rehearsal; what others are given is a copy, which was judged before.
    tenant: Key,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    /// Knows the events that were spoken of, as they are by now.
    judge: MemStore,
    /// Which positions of the judge stand for which of the store beneath.
    positions: BTreeMap<Seq, Seq>,
    changes: Vec<Change>,
    /// How many positions each tenant took.
    counts: BTreeMap<Key, u64>,
}

impl Judge {
    pub(super) fn over(beneath: Arc<dyn UsageStore>, tenant: Key) -> Self {
        Self { beneath, tenant, taken: Mutex::default() }
    }

    /// Everything that it took, as changes of usage.
    pub(super) fn changes(&self) -> Vec<Change> {
        self.lock().changes.clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the next positions of a tenant, and answers the first.
    fn positions(&self, taken: &mut Taken, tenant: &Key, count: usize) -> Result<u64, UsageError> {
        let watermark = self.beneath.watermark(tenant)?.0;
        let held = taken.counts.entry(tenant.clone()).or_default();
        let first = watermark.saturating_add(*held).saturating_add(1);
        *held = held.saturating_add(u64::try_from(count).unwrap_or(u64::MAX));
        Ok(first)
    }

    /// Makes the judge know an event as it is beneath.
    fn introduce(&self, taken: &mut Taken, source: &str, id: &str) -> Result<(), UsageError> {
        if !taken.judge.history(&self.tenant, source, id)?.is_empty() {
            return Ok(());
        }
        for version in self.beneath.history(&self.tenant, source, id)? {
            let seq = version.seq;
            match (taken.judge.history(&self.tenant, source, id)?.is_empty(), version.event) {
                (true, Some(event)) => {
                    // whatever was accepted once is not too early at the end of time
                    taken.judge.ingest(&self.tenant, vec![Incoming::Event(event)], Instant::MAX)?;
                }
                (true, None) => continue,
                (false, event) => {
                    let change = match event {
                        Some(event) => Change::Amend(event),
                        None => Change::Retract { source: source.to_owned(), id: id.to_owned() },
                    };
                    match taken.judge.apply(&self.tenant, vec![change], Instant::MAX) {
                        Ok(_) | Err(ApplyError::Nothing | ApplyError::Refused(_)) => {}
                        Err(ApplyError::Store(error)) => return Err(error),
                    }
                }
            }
            let known = taken.judge.watermark(&self.tenant)?;
            taken.positions.insert(known, seq);
        }
        Ok(())
    }

    /// An outcome of the judge in positions of the store beneath.
    fn translated(
        &self,
        taken: &mut Taken,
        outcome: Outcome,
        event: Option<metering::Event>,
    ) -> Result<Outcome, UsageError> {
        let known = |taken: &Taken, seq: Seq| taken.positions.get(&seq).copied().unwrap_or(seq);
        Ok(match outcome {
            Outcome::Accepted { seq: judged } => {
                let seq = Seq(self.positions(taken, &self.tenant, 1)?);
                taken.positions.insert(judged, seq);
                taken.changes.extend(event.map(Change::Add));
                Outcome::Accepted { seq }
            }
            Outcome::Duplicate { seq } => Outcome::Duplicate { seq: known(taken, seq) },
            Outcome::Conflict { seq } => Outcome::Conflict { seq: known(taken, seq) },
            Outcome::Quarantined { problem } => Outcome::Quarantined { problem },
        })
    }
}

impl UsageStore for Judge {
    fn ingest(&self, tenant: &Key, batch: Vec<Incoming>, received_at: Instant) -> Result<Vec<Outcome>, UsageError> {
        let mut taken = self.lock();
        if *tenant != self.tenant {
            let first = self.positions(&mut taken, tenant, batch.len())?;
            return Ok((first..).zip(batch).map(|(seq, _)| Outcome::Accepted { seq: Seq(seq) }).collect());
        }
        let mut outcomes = Vec::with_capacity(batch.len());
        for incoming in batch {
            let event = if let Incoming::Event(event) = &incoming { Some(event.clone()) } else { None };
            if let Some(event) = &event {
                self.introduce(&mut taken, &event.source, &event.id)?;
            }
            for outcome in taken.judge.ingest(tenant, vec![incoming], received_at)? {
                outcomes.push(self.translated(&mut taken, outcome, event.clone())?);
            }
        }
        Ok(outcomes)
    }

    fn apply(&self, tenant: &Key, changes: Vec<Change>, recorded_at: Instant) -> Result<Applied, ApplyError> {
        let mut taken = self.lock();
        let count = changes.len();
        if *tenant == self.tenant {
            for change in &changes {
                let (source, id) = match change {
                    Change::Add(event) | Change::Amend(event) => (&event.source, &event.id),
                    Change::Retract { source, id } => (source, id),
                };
                self.introduce(&mut taken, source, id)?;
            }
            taken.judge.apply(tenant, changes.clone(), recorded_at)?;
            taken.changes.extend(changes);
        }
        let first = self.positions(&mut taken, tenant, count)?;
        let last = first.saturating_add(u64::try_from(count).unwrap_or(u64::MAX)).saturating_sub(1);
        Ok(Applied { first: Seq(first), last: Seq(last) })
    }

    fn measure(&self, query: &Query<'_>) -> Result<Vec<Group>, UsageError> {
        self.beneath.measure(query)
    }

    fn events(
        &self,
        tenant: &Key,
        filter: &EventFilter<'_>,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, UsageError> {
        self.beneath.events(tenant, filter, after, limit)
    }

    fn lookup(&self, tenant: &Key, source: &str, id: &str) -> Result<Option<StoredEvent>, UsageError> {
        self.beneath.lookup(tenant, source, id)
    }

    fn history(&self, tenant: &Key, source: &str, id: &str) -> Result<Vec<Version>, UsageError> {
        self.beneath.history(tenant, source, id)
    }

    fn changes(&self, tenant: &Key, after: Seq, limit: usize) -> Result<Vec<Version>, UsageError> {
        self.beneath.changes(tenant, after, limit)
    }

    fn watermark(&self, tenant: &Key) -> Result<Seq, UsageError> {
        self.beneath.watermark(tenant)
    }

    fn ready(&self, tenant: &Key) -> Result<(), UsageError> {
        self.beneath.ready(tenant)
    }

    fn quarantine(&self, tenant: &Key, skip: usize, limit: usize) -> Result<Vec<Quarantined>, UsageError> {
        self.beneath.quarantine(tenant, skip, limit)
    }

    fn quarantined(&self, tenant: &Key) -> Result<usize, UsageError> {
        self.beneath.quarantined(tenant)
    }

    fn activity(&self, tenant: &Key) -> Result<Vec<Activity>, UsageError> {
        self.beneath.activity(tenant)
    }
}
