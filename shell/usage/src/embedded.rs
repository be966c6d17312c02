//! The embedded store: a log, memtables, segments.
//!
//! A batch is encoded and compared with the segments where it arrives; then, under one lock, it is decided upon and put into the
//! memtable and into what is written next. Whoever finds nobody writing writes all that is pending as one record and makes it
//! durable, while the next batches are decided upon. A memtable that is full is written as a segment, and segments are
//! merged, in the background.

use crate::{
    Applied, ApplyError, Change, Incoming, IngestError, JsonForm, Outcome, UsageError,
    ask::{Batch, Unchanging},
    check::check,
    corrections::Corrections,
    disk::{Disk, RealDisk, is_full},
    fast_json,
    json::read_json,
    maintain::{self, Maintenance},
    manifest::{Manifest, failed},
    memory::Memtable,
    open_segment::OpenSegment,
    replay::read_record,
    rows::Encoder,
    side::SideFile,
    state::{Element, Pending, Segments, State},
    telemetry::{self, Trouble},
    wal::{Found, OVERHEAD, Wal, begin, is_used, look, replay, wal_number},
};
use calendar::Instant;
use std::{
    collections::HashMap,
    path::Path,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread::JoinHandle,
    time::Duration,
};
use stdx::Key;

/// How big things get.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Options {
    /// A memtable with so many rows is full.
    pub(crate) rows: usize,
    /// A memtable that weighs so many bytes is full.
    pub(crate) weight: usize,
    /// First size of a log file.
    pub(crate) wal_bytes: u64,
    /// Most that a log file grows by at once.
    pub(crate) wal_step: u64,
    /// Bytes that may wait to be written.
    pub(crate) pending: usize,
    /// Full memtables that may wait to be written.
    pub(crate) full: usize,
    /// So many segments of one size become one; twice as many while events come fast.
    pub(crate) fan_in: usize,
    /// Hashes of identities that are in memory while segments are merged.
    pub(crate) hashes: usize,
    /// A question of all subjects that looks at so many rows is answered by several threads, and by how many.
    pub(crate) many_rows: usize,
    pub(crate) answering: u32,
    /// How long a batch waits for room.
    pub(crate) patience: Duration,
    /// Whether segments are written and merged by threads of their own, else by whoever filled the memtable.
    pub(crate) threads: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            rows: 1 << 19,
            weight: 144 << 20,
            wal_bytes: 256 << 10,
            wal_step: 16 << 20,
            pending: 64 << 20,
            full: 2,
            fan_in: 8,
            hashes: 8 << 20,
            many_rows: 1 << 18,
            answering: std::thread::available_parallelism()
                .map_or(1, |count| u32::try_from(count.get()).unwrap_or(8).min(8)),
            patience: Duration::from_secs(5),
            threads: true,
        }
    }
}

/// What was found when a store was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Recovery {
    /// Records of the log that were not in segments.
    pub records: u64,
    /// Bytes of a torn record that were cut from the end of the log.
    pub torn_bytes: u64,
}

/// The default store: one directory, one process, no server. Memory is bounded however long the history is.
pub struct LogStore {
    pub(crate) shared: Arc<Shared>,
    recovery: Recovery,
    threads: Vec<JoinHandle<()>>,
}

/// What all threads share. Locks are taken in the order `maintenance`, `writer`, `state`.
pub(crate) struct Shared {
    pub(crate) disk: Arc<dyn Disk>,
    pub(crate) options: Options,
    pub(crate) state: Mutex<State>,
    /// Room was made, or there is something to write as a segment.
    pub(crate) changed: Condvar,
    /// Somebody has written what was pending.
    written: Condvar,
    /// Held by the one who writes.
    writer: Mutex<Writer>,
    pub(crate) logs: Mutex<Logs>,
    /// Encoders that nobody uses, for their memory.
    encoders: Mutex<Vec<Encoder>>,
    pub(crate) maintenance: Mutex<Maintenance>,
    /// Held by whoever writes or merges segments where no threads do.
    pub(crate) working: Mutex<()>,
}

struct Writer {
    wal: Wal,
    /// The record that is being put together.
    record: Vec<u8>,
}

/// The log files that are ready, and how much room they have. It is taken together with the state.
#[derive(Default)]
pub(crate) struct Logs {
    /// Files that were begun after the one that is written to.
    next: HashMap<u64, Wal>,
    /// A file for the memtable after this one.
    pub(crate) spare: Option<Wal>,
    /// How big a file became the last time.
    pub(crate) usual: u64,
    /// Number of the next file.
    number: u64,
    /// How far the file of the active memtable is decided upon, and how far its room reaches.
    decided: u64,
    room: u64,
    grow: Option<Wal>,
}

impl Logs {
    /// Whether room is to be made for the next file.
    pub(crate) fn is_next_wanted(&self) -> bool {
        self.spare.is_none() && self.usual > 0
    }

    /// How far the room of the active memtable's file reaches.
    pub(crate) fn room(&self) -> u64 {
        self.room
    }
}

impl LogStore {
    /// Opens the store in a directory, which is created where there is none.
    ///
    /// # Errors
    /// [`UsageError::InUse`], [`UsageError::Damaged`] with file and offset, [`UsageError::Io`].
    pub fn open(dir: impl AsRef<Path>) -> Result<Self, UsageError> {
        let dir = dir.as_ref();
        let disk = RealDisk::open(dir).map_err(|error| error.of(dir))?;
        Self::open_on(Arc::new(disk), Options::default())
    }

    /// What was found when it was opened.
    pub fn recovery(&self) -> Recovery {
        self.recovery
    }

    pub(crate) fn open_on(disk: Arc<dyn Disk>, options: Options) -> Result<Self, UsageError> {
        telemetry::describe();
        telemetry::well();
        let began = std::time::Instant::now();
        let (shared, recovery) = Shared::open(disk, options)?;
        let (records, torn_bytes, time) = (recovery.records, recovery.torn_bytes, began.elapsed());
        tracing::info!(records, torn_bytes, ?time, "the usage store is open");
        telemetry::written(&shared.lock());
        telemetry::segments(&shared.lock());
        let shared = Arc::new(shared);
        let mut threads = Vec::new();
        if options.threads {
            threads.push(spawn("usage-flush", &shared, maintain::flusher)?);
            threads.push(spawn("usage-log", &shared, maintain::preparer)?);
            for (name, levels) in [
                ("usage-merge", maintain::SMALL),
                ("usage-merge-1", maintain::MIDDLE),
                ("usage-merge-2", maintain::BIG),
            ] {
                threads.push(spawn(name, &shared, move |shared| maintain::merger(shared, levels))?);
            }
        }
        Ok(Self { shared, recovery, threads })
    }
}

fn spawn(
    name: &str,
    shared: &Arc<Shared>,
    work: impl FnOnce(&Arc<Shared>) + Send + 'static,
) -> Result<JoinHandle<()>, UsageError> {
    let shared = Arc::clone(shared);
    let thread = std::thread::Builder::new().name(name.into()).spawn(move || work(&shared));
    thread.map_err(|error| UsageError::Io { path: name.into(), why: error.to_string() })
}

impl Drop for LogStore {
    fn drop(&mut self) {
        self.shared.lock().closing = true;
        self.shared.changed.notify_all();
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn open(disk: Arc<dyn Disk>, options: Options) -> Result<(Self, Recovery), UsageError> {
        let found = Manifest::read(&*disk)?;
        let (fresh, manifest) = (found.is_none(), found.unwrap_or_default());
        let logs = written_logs(&*disk, tidy(&*disk, &manifest)?)?;
        let (mut state, recovery, last) = read_all(&disk, &manifest, &logs)?;
        if fresh {
            // the first file is named before anything is written to it
            manifest.write(&*disk).map_err(|error| full_or(error, |error| failed(&*disk, "manifest", &error)))?;
        }
        let number = logs.last().copied().unwrap_or(manifest.first_wal);
        let wal = if let Some(found) = last {
            Wal::reopen(&*disk, &found)
        } else {
            state.memtables.push_back(Arc::new(Memtable::new(number)));
            Wal::create(&*disk, number, options.wal_bytes)
        };
        let wal = wal.map_err(|error| full_or(error, |error| failed(&*disk, &crate::wal::wal_name(number), &error)))?;
        let logs = Logs { number: number + 1, decided: wal.used, room: wal.capacity, ..Logs::default() };
        let shared = Self {
            disk,
            options,
            state: Mutex::new(state),
            changed: Condvar::new(),
            written: Condvar::new(),
            writer: Mutex::new(Writer { wal, record: Vec::new() }),
            logs: Mutex::new(logs),
            encoders: Mutex::default(),
            maintenance: Mutex::new(Maintenance { manifest, sieve: None }),
            working: Mutex::new(()),
        };
        Ok((shared, recovery))
    }

    /// Reads what is there, and changes nothing.
    pub(crate) fn read(disk: &Arc<dyn Disk>) -> Result<(State, Recovery), UsageError> {
        let manifest = Manifest::read(&**disk)?.unwrap_or_default();
        let names = disk.list().map_err(|error| failed(&**disk, "", &error))?;
        let mut logs: Vec<u64> = names.iter().filter_map(|name| wal_number(name)).collect();
        logs.retain(|number| *number >= manifest.first_wal);
        logs.sort_unstable();
        logs.truncate(used_logs(&**disk, &logs)?);
        in_order(&**disk, &manifest, &logs)?;
        read_all(disk, &manifest, &logs).map(|(state, recovery, _)| (state, recovery))
    }

    /// The log files, and how far each of them is durable.
    pub(crate) fn durable_logs(&self) -> Vec<(u64, u64)> {
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let state = self.lock();
        let written = state.memtables.iter().map(|memtable| memtable.wal).filter(|number| *number <= writer.wal.number);
        written.map(|number| (number, if number == writer.wal.number { writer.wal.used } else { u64::MAX })).collect()
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn logs(&self) -> MutexGuard<'_, Logs> {
        self.logs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn maintenance(&self) -> MutexGuard<'_, Maintenance> {
        self.maintenance.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The number of the next segment or side file.
    pub(crate) fn next_file(&self) -> u64 {
        let mut maintenance = self.maintenance();
        maintenance.manifest.next_file += 1;
        maintenance.manifest.next_file - 1
    }

    pub(crate) fn segments(&self) -> Segments {
        Arc::clone(&self.lock().segments)
    }

    /// Stops taking anything.
    pub(crate) fn stop(&self, why: &str) -> UsageError {
        telemetry::trouble(Trouble::Stopped, why);
        self.lock().stopped.get_or_insert_with(|| why.to_owned());
        self.changed.notify_all();
        UsageError::Stopped { why: why.into() }
    }

    /// Waits until there is room for so many bytes, and takes the room.
    fn enter(&self, bytes: usize) -> Result<MutexGuard<'_, State>, UsageError> {
        let mut state = self.lock();
        let (mut waited, mut began) = (false, None);
        loop {
            if let Some(why) = &state.stopped {
                return Err(UsageError::Stopped { why: why.clone() });
            }
            if state.memtables.len() <= self.options.full + 1 && state.pending_bytes() <= self.options.pending {
                break;
            }
            if !waited && !self.options.threads {
                drop(state);
                maintain::all(self)?;
                state = self.lock();
                waited = true;
                continue;
            }
            if waited {
                if let Some(why) = &state.full {
                    return Err(UsageError::DiskFull { why: why.clone() });
                }
                let waiting = self.waiting(&state);
                telemetry::trouble(Trouble::Busy, &waiting);
                return Err(UsageError::Busy { waiting });
            }
            let patience = if state.full.is_some() { Duration::from_millis(50) } else { self.options.patience };
            let ready = |state: &mut State| state.stopped.is_none() && state.memtables.len() > self.options.full + 1;
            self.changed.notify_all();
            began = Some(std::time::Instant::now());
            state = self.changed.wait_timeout_while(state, patience, ready).unwrap_or_else(PoisonError::into_inner).0;
            waited = true;
        }
        if let Some(began) = began {
            telemetry::waited(began.elapsed());
        }
        self.reserve(&mut state, bytes as u64 + OVERHEAD)?;
        Ok(state)
    }

    /// What waits to be written while nothing is taken.
    fn waiting(&self, state: &State) -> String {
        let full = state.memtables.len().saturating_sub(1);
        let (batches, bytes) = (state.pending.len(), state.pending_bytes());
        if full > self.options.full {
            format!("{full} full memtables wait to be written as segments")
        } else {
            format!("{batches} batches of {bytes} bytes wait to be written to the log")
        }
    }

    /// Makes sure that so many bytes fit into the log, by making the file longer or by beginning the next.
    fn reserve(&self, state: &mut State, bytes: u64) -> Result<(), UsageError> {
        let mut logs = self.logs();
        let active = state.active();
        if active.rows >= self.options.rows || active.weight >= self.options.weight {
            self.begin_log(state, &mut logs, bytes)?;
            state.filled = Some(std::time::Instant::now());
        }
        while logs.decided + bytes > logs.room {
            let wal = state.active().wal;
            let missing = logs.decided + bytes - logs.room;
            let room = logs.room + logs.room.min(self.options.wal_step).max(missing);
            let grown = match &mut logs.grow {
                Some(file) if file.number == wal => file.grow(room),
                Some(_) | None => Wal::extend(&*self.disk, wal, logs.room).and_then(|mut file| {
                    file.grow(room)?;
                    logs.grow = Some(file);
                    Ok(())
                }),
            };
            grown.map_err(|error| Self::not_taken(state, &error))?;
            logs.room = room;
        }
        logs.decided += bytes;
        Ok(())
    }

    pub(crate) fn begin_log(&self, state: &mut State, logs: &mut Logs, bytes: u64) -> Result<(), UsageError> {
        let wal = match logs.spare.take() {
            Some(spare) => spare.adopt(&*self.disk, logs.number),
            None => Wal::create(&*self.disk, logs.number, self.options.wal_bytes.max(bytes + 1024)),
        };
        let wal = wal.map_err(|error| Self::not_taken(state, &error))?;
        logs.number += 1;
        logs.usual = logs.room;
        let reach = state.tenants.iter().map(|(key, known)| (key.clone(), known.last_seq)).collect();
        state.active().reach = reach;
        state.memtables.push_back(Arc::new(Memtable::new(wal.number)));
        (logs.decided, logs.room) = (wal.used, wal.capacity);
        logs.grow = None;
        logs.next.insert(wal.number, wal);
        self.changed.notify_all();
        Ok(())
    }

    /// A batch that was not taken, because there is no room or because the disk failed.
    fn not_taken(state: &mut State, error: &std::io::Error) -> UsageError {
        if is_full(error) {
            telemetry::trouble(Trouble::Full, &error.to_string());
            state.full = Some(error.to_string());
            return UsageError::DiskFull { why: error.to_string() };
        }
        telemetry::trouble(Trouble::Stopped, &error.to_string());
        state.stopped.get_or_insert_with(|| error.to_string());
        UsageError::Stopped { why: error.to_string() }
    }

    /// Makes every batch up to a ticket durable, and lets full memtables be written as segments.
    fn flush(&self, ticket: u64) -> Result<(), UsageError> {
        if self.write_pending(ticket)? {
            if self.options.threads {
                self.changed.notify_all();
            } else {
                maintain::all(self)?;
            }
        }
        Ok(())
    }

    /// Makes every batch up to a ticket durable: either by writing all that is pending, or because somebody else just did. True
    /// when a memtable is full.
    pub(crate) fn write_pending(&self, ticket: u64) -> Result<bool, UsageError> {
        let mut state = self.lock();
        loop {
            if state.durable >= ticket {
                return Ok(false);
            }
            if let Some(why) = &state.stopped {
                return Err(UsageError::Stopped { why: why.clone() });
            }
            if !state.is_writing {
                break;
            }
            state = self.written.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.is_writing = true;
        let (pending, upto) = (std::mem::take(&mut state.pending), state.ticket);
        drop(state);
        let written = self.write_out(&pending);
        let mut state = self.lock();
        state.is_writing = false;
        self.written.notify_all();
        if let Err(error) = written {
            let why = error.to_string();
            telemetry::trouble(Trouble::Stopped, &why);
            state.stopped.get_or_insert_with(|| why.clone());
            self.changed.notify_all();
            return Err(UsageError::Stopped { why });
        }
        state.full = None;
        telemetry::well();
        state.durable = upto;
        for Pending { rows, seq, quarantined, .. } in &pending {
            let state = &mut *state;
            if let Some(known) = state.tenants.get_mut(&rows.tenant) {
                state.positions += seq - known.durable_seq;
                (known.durable_seq, known.durable_quarantine) = (*seq, *quarantined);
            }
        }
        telemetry::written(&state);
        Ok(state.memtables.len() > 1)
    }

    /// Writes one record into each of the files.
    fn write_out(&self, pending: &[Pending]) -> std::io::Result<()> {
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let mut parts = pending.chunk_by(|one, other| one.wal == other.wal);
        parts.try_for_each(|part| self.append(&mut writer, part))
    }

    /// Writes what goes into one file as one record.
    fn append(&self, writer: &mut Writer, part: &[Pending]) -> std::io::Result<()> {
        let Some(number) = part.first().map(|first| first.wal) else { return Ok(()) };
        if writer.wal.number != number {
            let next = self.logs().next.remove(&number);
            writer.wal = next.ok_or_else(|| std::io::Error::other("the log file that comes next is missing"))?;
        }
        begin(&mut writer.record);
        for Pending { head, rows, tail, .. } in part {
            writer.record.extend_from_slice(head);
            writer.record.extend_from_slice(&rows.bytes);
            writer.record.extend_from_slice(tail);
        }
        let Writer { wal, record } = writer;
        let began = std::time::Instant::now();
        let written = wal.append(record);
        telemetry::record(record.len() as u64, part.len(), began.elapsed());
        written
    }

    /// Takes a batch that was read.
    fn take(&self, tenant: &Key, mut batch: Batch, received_at: Instant) -> Result<Vec<Outcome>, UsageError> {
        let times = batch.encoded.times;
        let there = Unchanging::of(&self.lock());
        batch.ask(tenant, there)?;
        let quarantined: usize = batch
            .elements
            .iter()
            .map(|element| match element {
                Element::Row(_) => 0,
                Element::Invalid(..) => 4096,
                Element::Text(text, _) => 2 * text.len() + 4096,
            })
            .sum();
        let bytes = 1024
            + 2 * batch.encoded.bytes.len().min(quarantined)
            + batch.encoded.bytes.len()
            + batch.elements.len() / 8
            + quarantined;
        let (outcomes, ticket) = {
            let mut state = self.enter(bytes)?;
            let before = state.ticket;
            let outcomes = state.decide(tenant, batch, received_at)?;
            self.settle(&state, before, bytes);
            (outcomes, state.ticket)
        };
        // also a batch of repetitions waits: what it repeats may not be durable yet
        self.flush(ticket)?;
        telemetry::batch(&outcomes, times, received_at);
        Ok(outcomes)
    }

    /// Gives back the room that was not needed.
    fn settle(&self, state: &State, before: u64, reserved: usize) {
        let used =
            if state.ticket > before { state.pending.last().map_or(0, Pending::length) as u64 + OVERHEAD } else { 0 };
        let mut logs = self.logs();
        logs.decided = (logs.decided + used).saturating_sub(reserved as u64 + OVERHEAD);
    }

    pub(crate) fn ingest(
        &self,
        tenant: &Key,
        batch: Vec<Incoming>,
        received_at: Instant,
    ) -> Result<Vec<Outcome>, UsageError> {
        let mut encoder = Encoder::default();
        let mut elements = Vec::with_capacity(batch.len());
        for incoming in batch {
            add(&mut encoder, &mut elements, tenant, incoming, received_at);
        }
        self.take(tenant, Batch::new(encoder.finish(), elements), received_at)
    }

    pub(crate) fn ingest_json(
        &self,
        tenant: &Key,
        body: &[u8],
        form: JsonForm,
        received_at: Instant,
    ) -> Result<Vec<Outcome>, IngestError> {
        let mut encoder = self.encoder();
        let mut elements = Vec::new();
        if !fast_json::read(body, form, tenant, received_at, &mut encoder, &mut elements) {
            let batch = read_json(body, form).map_err(IngestError::Body)?;
            return Ok(self.ingest(tenant, batch, received_at)?);
        }
        let batch = Batch::new(encoder.finish(), elements);
        self.give_back(encoder);
        Ok(self.take(tenant, batch, received_at)?)
    }

    /// An encoder that has its memory already, where there is one.
    fn encoder(&self) -> Encoder {
        self.encoders.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }

    /// Keeps the memory of an encoder for the next batch.
    fn give_back(&self, encoder: Encoder) {
        const KEPT: usize = 16;
        const KEPT_BYTES: usize = 1 << 20;
        let mut encoders = self.encoders.lock().unwrap_or_else(PoisonError::into_inner);
        if encoders.len() < KEPT && encoder.memory() <= KEPT_BYTES {
            encoders.push(encoder);
        }
    }

    pub(crate) fn apply(&self, tenant: &Key, changes: &[Change], recorded_at: Instant) -> Result<Applied, ApplyError> {
        if changes.is_empty() {
            return Err(ApplyError::Nothing);
        }
        let bytes = changes.iter().map(change_bytes).sum::<usize>() + 1024;
        let (applied, ticket) = {
            let mut state = self.enter(bytes)?;
            let before = state.ticket;
            let applied = state.make(tenant, changes, recorded_at)?;
            self.settle(&state, before, bytes);
            (applied.map_err(ApplyError::Refused)?, state.ticket)
        };
        self.flush(ticket)?;
        Ok(applied)
    }
}

/// Most bytes that a change takes in the log.
fn change_bytes(change: &Change) -> usize {
    match change {
        Change::Add(event) | Change::Amend(event) => {
            let properties = event.properties.iter().map(|(name, value)| name.len() + value.to_text().len() + 64);
            128 + event.source.len()
                + event.id.len()
                + event.name.len()
                + event.subject.len()
                + properties.sum::<usize>()
        }
        Change::Retract { source, id } => 128 + source.len() + id.len(),
    }
}

/// Encodes one element.
pub(crate) fn add(
    encoder: &mut Encoder,
    elements: &mut Vec<Element>,
    tenant: &Key,
    incoming: Incoming,
    received_at: Instant,
) {
    elements.push(match incoming {
        Incoming::Unreadable { text, problem } => Element::Text(text, Box::new(problem)),
        Incoming::Event(event) => {
            let row = u32::try_from(encoder.len()).unwrap_or(u32::MAX);
            encoder.push_event(tenant.as_str(), &event);
            match check(&event, received_at) {
                Ok(()) => Element::Row(row),
                Err(problem) => Element::Invalid(row, Box::new(problem)),
            }
        }
    });
}

impl State {
    /// Takes what a side file holds.
    fn read_side(&mut self, side: &SideFile) -> Result<(), UsageError> {
        for correction in side.corrections() {
            let (tenant, correction) = correction?;
            let hash = crate::segment::identity_hash(tenant.as_str(), &correction.source, &correction.id);
            let known = self.tenants.entry(tenant).or_default();
            known.corrections.write().unwrap_or_else(PoisonError::into_inner).add(hash, correction);
        }
        for (tenant, count) in side.tenants() {
            self.tenants.entry(tenant.clone()).or_default().quarantined += count;
        }
        Ok(())
    }
}

/// A corrections table as it is now, to be read.
pub(crate) fn read_corrections(
    corrections: &Arc<std::sync::RwLock<Corrections>>,
) -> std::sync::RwLockReadGuard<'_, Corrections> {
    corrections.read().unwrap_or_else(PoisonError::into_inner)
}

fn full_or(error: std::io::Error, other: impl FnOnce(std::io::Error) -> UsageError) -> UsageError {
    if is_full(&error) { UsageError::DiskFull { why: error.to_string() } } else { other(error) }
}

/// Reads segments, side files and logs.
fn read_all(
    disk: &Arc<dyn Disk>,
    manifest: &Manifest,
    logs: &[u64],
) -> Result<(State, Recovery, Option<Found>), UsageError> {
    let (mut state, mut segments) = (State::default(), Vec::new());
    for entry in &manifest.segments {
        segments.push(Arc::new(OpenSegment::open(disk, &entry.file, entry.level)?));
    }
    state.segments = Arc::new(segments);
    let mut sides = Vec::new();
    for entry in &manifest.sides {
        let side = SideFile::open(disk, entry)?;
        state.read_side(&side)?;
        sides.push(Arc::new(side));
    }
    state.sides = Arc::new(sides);
    for open in state.segments.iter() {
        maintain::learn(&state, open, &HashMap::new())?;
    }
    for (tenant, last_seq) in &manifest.tenants {
        let known = state.tenants.entry(tenant.clone()).or_default();
        (known.last_seq, known.durable_seq) = (*last_seq, *last_seq);
    }
    state.tenants.values_mut().for_each(|known| known.durable_quarantine = known.quarantined);
    let (mut recovery, mut last) = (Recovery::default(), None);
    for log in logs {
        state.memtables.push_back(Arc::new(Memtable::new(*log)));
        let found = replay(&**disk, *log, logs.last() == Some(log), read_record, &mut |record| state.replay(record))?;
        recovery.records += found.records;
        recovery.torn_bytes += found.torn;
        last = Some(found);
        state.active().reach = state.tenants.iter().map(|(key, known)| (key.clone(), known.last_seq)).collect();
    }
    state.positions = state.tenants.values().map(|known| known.durable_seq).sum();
    Ok((state, recovery, last))
}

/// How many of the log files were written to: those at the end may only have been made.
fn used_logs(disk: &dyn Disk, logs: &[u64]) -> Result<usize, UsageError> {
    for (before, log) in logs.iter().enumerate().rev() {
        if is_used(disk, *log)? {
            return Ok(before + 1);
        }
    }
    let Some(first) = logs.first() else { return Ok(0) };
    Ok(usize::from(look(disk, *first, true)?.used > 0))
}

/// The log files that were written to; the others are removed.
fn written_logs(disk: &dyn Disk, mut logs: Vec<u64>) -> Result<Vec<u64>, UsageError> {
    for unused in logs.split_off(used_logs(disk, &logs)?).into_iter().rev() {
        let name = crate::wal::wal_name(unused);
        disk.remove(&name).map_err(|error| failed(disk, &name, &error))?;
    }
    Ok(logs)
}

/// The log files to be read, in order; whatever else is not of the store is removed.
fn tidy(disk: &dyn Disk, manifest: &Manifest) -> Result<Vec<u64>, UsageError> {
    let names = disk.list().map_err(|error| failed(disk, "", &error))?;
    let mut logs = Vec::new();
    for name in names {
        let known = manifest.segments.iter().any(|entry| entry.file == name)
            || manifest.sides.iter().any(|entry| entry.file == name);
        let is_ours = [".seg", ".side", ".new"].iter().any(|end| name.ends_with(end));
        let old_log = wal_number(&name).is_some_and(|number| number < manifest.first_wal);
        if old_log || (is_ours && !known) {
            disk.remove(&name).map_err(|error| failed(disk, &name, &error))?;
        } else if let Some(number) = wal_number(&name) {
            logs.push(number);
        }
    }
    logs.sort_unstable();
    in_order(disk, manifest, &logs)?;
    Ok(logs)
}

/// No log file may be missing.
fn in_order(disk: &dyn Disk, manifest: &Manifest, logs: &[u64]) -> Result<(), UsageError> {
    for (expected, number) in (manifest.first_wal..).zip(logs) {
        if expected != *number {
            let file = disk.path(&crate::wal::wal_name(expected));
            let why = format!("the file is missing, and file {number} is there");
            return Err(UsageError::Damaged { file, offset: 0, why });
        }
    }
    Ok(())
}
