//! The embedded store: a log on the disk, everything in memory.

use crate::{
    Activity, Applied, ApplyError, Change, Cursor, EventFilter, Group, Incoming, Outcome, Quarantined, Query, Recovery,
    Seq, StoredEvent, UsageError, UsageStore, Version, What,
    index::{Extent, Index, Tenant, seq_of},
    log::{Log, Sync},
    read,
};
use calendar::Instant;
use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Mutex, RwLock, RwLockReadGuard, RwLockWriteGuard},
};
use stdx::Key;

/// A log file that has reached this size gets a successor: 256 MiB.
const FILE_BYTES: u64 = 1 << 28;

/// The default store: one directory, one process, no server. Batches that arrive while another is being flushed share the
/// next flush.
///
/// In this version all events are also held in memory (about 300 bytes each), and the log is read when the store is opened; the
/// log keeps its format when sorted segments take over the reading.
pub struct LogStore {
    state: RwLock<State>,
    /// Whoever holds it writes what is pending; the others wait here.
    writer: Mutex<Writer>,
    recovery: Recovery,
}

#[derive(Default)]
struct State {
    index: Index,
    /// What was decided and is not yet being written.
    pending: Vec<u8>,
    /// How far each tenant reaches with what is pending.
    reach: BTreeMap<Key, Extent>,
    /// Number of the last batch that was put into `pending`.
    ticket: u64,
    /// Why nothing is accepted any more.
    stopped: Option<String>,
}

impl State {
    /// Puts what was decided where the next flush takes it.
    fn put(&mut self, tenant: &Key, bytes: &[u8], extent: Extent) {
        self.ticket += 1;
        self.pending.extend_from_slice(bytes);
        self.reach.insert(tenant.clone(), extent);
    }
}

struct Writer {
    log: Log,
    /// Number of the last batch that is durable.
    durable: u64,
}

impl LogStore {
    /// Opens the store in a directory, which is created where there is none.
    ///
    /// # Errors
    /// [`UsageError::InUse`], [`UsageError::Damaged`] with file and offset, [`UsageError::Io`].
    pub fn open(dir: impl AsRef<Path>) -> Result<Self, UsageError> {
        Self::open_with(dir.as_ref(), FILE_BYTES, Box::new(std::fs::File::sync_data))
    }

    /// What was found when it was opened.
    pub fn recovery(&self) -> Recovery {
        self.recovery
    }

    pub(crate) fn open_with(dir: &Path, file_bytes: u64, sync: Sync) -> Result<Self, UsageError> {
        let mut index = Index::default();
        let (log, recovery) = Log::open(dir, file_bytes, sync, |payload| index.replay(payload))?;
        let state = State { index, ..State::default() };
        Ok(Self { state: RwLock::new(state), writer: Mutex::new(Writer { log, durable: 0 }), recovery })
    }

    /// Makes every batch up to a ticket durable: either by writing all that is pending, or because somebody else just did.
    fn flush(&self, ticket: u64) -> Result<(), UsageError> {
        let mut writer = self.writer.lock().map_err(|_| panicked())?;
        if writer.durable >= ticket {
            return Ok(());
        }
        let (bytes, reach, upto) = {
            let mut state = self.write()?;
            (std::mem::take(&mut state.pending), std::mem::take(&mut state.reach), state.ticket)
        };
        if let Err(error) = writer.log.append(&bytes) {
            let why = error.to_string();
            self.write()?.stopped = Some(why.clone());
            return Err(UsageError::Stopped { why });
        }
        let mut state = self.write()?;
        for (tenant, extent) in reach {
            state.index.make_durable(&tenant, extent);
        }
        writer.durable = upto;
        Ok(())
    }

    fn read(&self) -> Result<RwLockReadGuard<'_, State>, UsageError> {
        self.state.read().map_err(|_| panicked())
    }

    /// The state, to be changed; not after a failed write.
    fn write(&self) -> Result<RwLockWriteGuard<'_, State>, UsageError> {
        let state = self.state.write().map_err(|_| panicked())?;
        match &state.stopped {
            Some(why) => Err(UsageError::Stopped { why: why.clone() }),
            None => Ok(state),
        }
    }

    /// Asks about a tenant; one without events has the default answer.
    fn ask<T: Default>(
        &self,
        tenant: &Key,
        question: impl FnOnce(&Index, &Tenant) -> Result<T, UsageError>,
    ) -> Result<T, UsageError> {
        let state = self.read()?;
        state.index.tenant(tenant).map_or_else(|| Ok(T::default()), |known| question(&state.index, known))
    }
}

impl UsageStore for LogStore {
    fn ingest(&self, tenant: &Key, batch: Vec<Incoming>, received_at: Instant) -> Result<Vec<Outcome>, UsageError> {
        let (outcomes, ticket) = {
            let mut state = self.write()?;
            let decided = state.index.decide(tenant, batch, received_at);
            if !decided.bytes.is_empty() {
                state.put(tenant, &decided.bytes, decided.extent);
            }
            (decided.outcomes, state.ticket)
        };
        // also a batch of repetitions waits: what it repeats may not be durable yet
        self.flush(ticket)?;
        Ok(outcomes)
    }

    fn apply(&self, tenant: &Key, changes: Vec<Change>, recorded_at: Instant) -> Result<Applied, ApplyError> {
        if changes.is_empty() {
            return Err(ApplyError::Nothing);
        }
        let (applied, ticket) = {
            let mut state = self.write()?;
            let made = state.index.make(tenant, changes, recorded_at).map_err(ApplyError::Refused)?;
            state.put(tenant, &made.bytes, made.extent);
            (made.applied, state.ticket)
        };
        self.flush(ticket)?;
        Ok(applied)
    }

    fn measure(&self, query: &Query<'_>) -> Result<Vec<Group>, UsageError> {
        let windows = query.window.cut(query.period)?;
        self.ask(query.tenant, |index, tenant| read::measure(&index.dictionary, tenant, query, &windows))
    }

    fn events(
        &self,
        tenant: &Key,
        filter: &EventFilter<'_>,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, UsageError> {
        self.ask(tenant, |index, tenant| Ok(read::events(&index.dictionary, tenant, filter, after, limit)))
    }

    fn lookup(&self, tenant: &Key, source: &str, id: &str) -> Result<Option<StoredEvent>, UsageError> {
        self.ask(tenant, |index, tenant| {
            let mut versions = tenant.versions(tenant.find(&index.dictionary, source, id));
            let newest = versions.find(|row| *row < tenant.durable.rows);
            let event = newest.filter(|row| tenant.rows[*row].what != What::Retracted);
            Ok(event.map(|row| read::stored(&index.dictionary, tenant, row)))
        })
    }

    fn history(&self, tenant: &Key, source: &str, id: &str) -> Result<Vec<Version>, UsageError> {
        self.ask(tenant, |index, tenant| {
            let mut rows: Vec<usize> = tenant.versions(tenant.find(&index.dictionary, source, id)).collect();
            rows.retain(|row| *row < tenant.durable.rows);
            Ok(rows.into_iter().rev().map(|row| read::version(&index.dictionary, tenant, row)).collect())
        })
    }

    fn changes(&self, tenant: &Key, after: Seq, limit: usize) -> Result<Vec<Version>, UsageError> {
        self.ask(tenant, |index, tenant| {
            let first = usize::try_from(after.0).unwrap_or(usize::MAX);
            let rows = (first..tenant.durable.rows).take(limit);
            Ok(rows.map(|row| read::version(&index.dictionary, tenant, row)).collect())
        })
    }

    fn watermark(&self, tenant: &Key) -> Result<Seq, UsageError> {
        self.ask(tenant, |_, tenant| Ok(tenant.durable.rows.checked_sub(1).map_or(Seq::ZERO, seq_of)))
    }

    fn quarantine(&self, tenant: &Key, skip: usize, limit: usize) -> Result<Vec<Quarantined>, UsageError> {
        self.ask(tenant, |index, tenant| Ok(read::quarantine(&index.dictionary, tenant, skip, limit)))
    }

    fn quarantined(&self, tenant: &Key) -> Result<usize, UsageError> {
        self.ask(tenant, |_, tenant| Ok(tenant.durable.quarantined))
    }

    fn activity(&self, tenant: &Key) -> Result<Vec<Activity>, UsageError> {
        self.ask(tenant, |index, tenant| Ok(read::activity(&index.dictionary, tenant)))
    }
}

fn panicked() -> UsageError {
    UsageError::Stopped { why: "a thread panicked while it held the store".into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use metering::Properties;
    use std::{
        io,
        sync::{
            Arc, OnceLock,
            atomic::{AtomicU32, Ordering},
        },
    };

    fn us() -> Key {
        Key::try_from("us").unwrap()
    }

    fn now() -> Instant {
        "2026-04-16T12:00:00Z".parse().unwrap()
    }

    fn batch(id: u32) -> Vec<Incoming> {
        let text = |text: &str| text.to_owned();
        let event = metering::Event {
            source: text("s"),
            id: id.to_string(),
            name: text("call"),
            subject: text("c"),
            at: now(),
            properties: Properties::new(),
        };
        vec![event.into()]
    }

    /// Flushes that fail from the `good + 1`-th on.
    fn failing_after(good: u32) -> Sync {
        let count = AtomicU32::new(0);
        Box::new(move |file| {
            if count.fetch_add(1, Ordering::Relaxed) < good {
                file.sync_data()
            } else {
                Err(io::Error::other("no disk"))
            }
        })
    }

    #[test]
    fn a_flush_that_fails_stops_the_store_and_shows_nothing_of_the_batch() {
        let folder = tempfile::tempdir().unwrap();
        {
            let store = LogStore::open_with(folder.path(), FILE_BYTES, failing_after(1)).unwrap();
            store.ingest(&us(), batch(1), now()).unwrap();
            let stopped = Err(UsageError::Stopped { why: "no disk".into() });
            assert_eq!(store.ingest(&us(), batch(2), now()), stopped);
            // also a repetition of what may not be on the disk is not answered
            assert_eq!(store.ingest(&us(), batch(2), now()), stopped);
            assert_eq!(store.ingest(&us(), batch(1), now()), stopped);
            assert_eq!(store.watermark(&us()), Ok(Seq(1)));
            assert_eq!(store.lookup(&us(), "s", "2"), Ok(None));
            assert_eq!(store.events(&us(), &EventFilter::default(), None, 9).unwrap().len(), 1);
        }
        let store = LogStore::open(folder.path()).unwrap();
        assert_eq!(store.ingest(&us(), batch(1), now()), Ok(vec![Outcome::Duplicate { seq: Seq(1) }]));
    }

    #[test]
    fn a_log_goes_on_in_the_next_file_and_every_file_is_needed() {
        let folder = tempfile::tempdir().unwrap();
        {
            let store = LogStore::open_with(folder.path(), 200, Box::new(std::fs::File::sync_data)).unwrap();
            for id in 0..20 {
                store.ingest(&us(), batch(id), now()).unwrap();
            }
        }
        let second = folder.path().join("00000002.log");
        let third = folder.path().join("00000003.log");
        assert!(second.exists() && third.exists());
        assert_eq!(LogStore::open(folder.path()).unwrap().watermark(&us()), Ok(Seq(20)));

        // a file that is not the last is not allowed to be torn, even where a record ends
        let bytes = std::fs::read(&second).unwrap();
        std::fs::write(&second, &bytes[..bytes.len() - 1]).unwrap();
        let Err(UsageError::Damaged { file, .. }) = LogStore::open(folder.path()) else { panic!() };
        assert_eq!(file, second);
        std::fs::write(&second, &bytes[..20]).unwrap();
        let Err(UsageError::Damaged { file, offset: 0, .. }) = LogStore::open(folder.path()) else { panic!() };
        assert_eq!(file, third);
        std::fs::remove_file(&second).unwrap();
        let Err(UsageError::Damaged { file, offset: 0, .. }) = LogStore::open(folder.path()) else { panic!() };
        assert_eq!(file, second);
    }

    #[test]
    fn batches_that_wait_share_a_flush() {
        let folder = tempfile::tempdir().unwrap();
        let flushes = Arc::new(AtomicU32::new(0));
        let opened: Arc<OnceLock<Arc<LogStore>>> = Arc::default();
        let (counted, seen) = (Arc::clone(&flushes), Arc::clone(&opened));
        // the first flush ends only when all batches have arrived
        let slow: Sync = Box::new(move |file| {
            counted.fetch_add(1, Ordering::Relaxed);
            while seen.get().is_none_or(|store| store.read().unwrap().ticket < 16) {
                std::thread::yield_now();
            }
            file.sync_data()
        });
        let store = Arc::new(LogStore::open_with(folder.path(), FILE_BYTES, slow).unwrap());
        opened.set(Arc::clone(&store)).ok().unwrap();
        std::thread::scope(|scope| {
            for id in 0..16 {
                let store = &store;
                scope.spawn(move || store.ingest(&us(), batch(id), now()).unwrap());
            }
        });
        assert_eq!(store.watermark(&us()), Ok(Seq(16)));
        assert_eq!(flushes.load(Ordering::Relaxed), 2);
    }
}
