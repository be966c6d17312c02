//! What goes on behind: full memtables become segments, segments are merged.

use crate::{
    UsageError,
    disk::{Disk, Stream, is_full},
    embedded::{Options, Shared, read_corrections},
    flush::write_chunks,
    manifest::{FileEntry, KeptEntry, Manifest, failed},
    memory::Memtable,
    open_segment::OpenSegment,
    segment::{Spill, merge},
    side::{SideFile, SideWriter, merge_sides},
    sieve::Sieve,
    state::{Segments, Sides, State},
    telemetry::{self, Trouble},
    wal::{Wal, wal_name},
};
use std::{
    collections::HashMap,
    io::Write,
    ops::Range,
    sync::{Arc, PoisonError},
    time::{Duration, Instant as Clock},
};
use stdx::Key;

/// Segments together may have so many rows to be merged: a segment numbers its rows with fewer than 32 bits.
const MOST_ROWS: u64 = 1 << 30;
/// A memtable to which nothing was added for so long is closed, if it has so many rows: fewer are read as fast as they are.
const REST: Duration = Duration::from_secs(1);
const SETTLED_ROWS: usize = 20_000;
/// A log file of a store at rest that has room for more than this gives it back.
const REST_BYTES: u64 = 8 << 20;
/// So long after a memtable was filled events come fast: what is merged then takes the processor from them.
const FAST: Duration = Duration::from_secs(3);
/// How long until something that failed for want of room is tried again.
const AGAIN: Duration = Duration::from_millis(200);

/// What only one thread changes at a time.
pub(crate) struct Maintenance {
    pub(crate) manifest: Manifest,
    /// The sieve that is being filled.
    pub(crate) sieve: Option<Arc<Sieve>>,
}

/// Writes full memtables as segments until the store is closed.
pub(crate) fn flusher(shared: &Arc<Shared>) {
    let mut rest = Rest { ticket: 0, since: Clock::now() };
    loop {
        rest.settle(shared);
        if !go_on(shared, &flush_one(shared), REST, |state| state.memtables.len() > 1) {
            return;
        }
    }
}

/// Makes room for log files ahead until the store is closed. It mostly waits for the disk, and nobody should wait with it.
pub(crate) fn preparer(shared: &Arc<Shared>) {
    while go_on(shared, &prepare(shared), REST, |_| shared.logs().is_next_wanted()) {}
}

/// Since when no batch came.
struct Rest {
    ticket: u64,
    since: Clock,
}

impl Rest {
    /// Closes a memtable to which nothing was added for a while: questions read columns many times faster than rows.
    fn settle(&mut self, shared: &Shared) {
        let mut state = shared.lock();
        if state.ticket != self.ticket {
            *self = Self { ticket: state.ticket, since: Clock::now() };
            return;
        }
        let is_written = state.durable == state.ticket && state.pending.is_empty() && !state.is_writing;
        let is_alone = state.memtables.len() == 1 && !state.closing && state.stopped.is_none();
        if !(is_written && is_alone && self.since.elapsed() >= REST) {
            return;
        }
        let mut logs = shared.logs();
        if let Some(spare) = logs.spare.take()
            && let Err(error) = spare.discard(&*shared.disk)
        {
            tracing::debug!(%error, "a file for the log that is not needed stays until the store is opened again");
        }
        logs.usual = 0;
        if state.active().rows >= SETTLED_ROWS || logs.room() > REST_BYTES {
            // without room for another log the memtable stays open, as it was
            if let Err(error) = shared.begin_log(&mut state, &mut logs, 0) {
                tracing::debug!(%error, "a memtable at rest stays open");
            }
            logs.usual = 0;
        }
    }
}

/// Which levels somebody merges. Big merges take long: meanwhile the small ones go on, or else every batch would have to ask a
/// heap of small segments.
pub(crate) const SMALL: Range<u32> = 0..1;
pub(crate) const MIDDLE: Range<u32> = 1..2;
pub(crate) const BIG: Range<u32> = 2..u32::MAX;

/// Merges segments of some levels until the store is closed; who merges the smallest merges side files, too.
pub(crate) fn merger(shared: &Arc<Shared>, levels: Range<u32>) {
    let fan_in = shared.options.fan_in;
    let is_small = levels.contains(&0);
    loop {
        let sides = if is_small { merge_side(shared) } else { Ok(false) };
        let worked = sides.and_then(|merged| Ok(merged | merge_one(shared, &levels, urgency)?));
        let ready = |state: &State| {
            candidates(&state.segments, &levels, fan_in, urgency(state)).is_some()
                || (is_small && side_candidates(&state.sides, fan_in).is_some())
        };
        if !go_on(shared, &worked, REST, ready) {
            return;
        }
    }
}

/// When segments are merged.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Merge {
    /// As soon as there are enough.
    Soon,
    /// When there are twice as many: then a row is written again less often.
    Late,
}

/// Merging waits while events come fast.
fn urgency(state: &State) -> Merge {
    if state.filled.is_some_and(|filled| filled.elapsed() < FAST) { Merge::Late } else { Merge::Soon }
}

/// Waits until there is something to do; false when there never will be.
fn go_on(shared: &Shared, worked: &Result<bool, UsageError>, rest: Duration, ready: impl Fn(&State) -> bool) -> bool {
    let failed = worked.is_err();
    if let Err(error) = worked
        && !matches!(error, UsageError::DiskFull { .. })
    {
        shared.stop(&error.to_string());
    }
    let state = shared.lock();
    if state.closing || state.stopped.is_some() {
        return false;
    }
    if failed || *worked == Ok(false) {
        let patience = if failed { AGAIN } else { rest };
        let wait = |state: &mut State| !state.closing && state.stopped.is_none() && (failed || !ready(state));
        let waited = shared.changed.wait_timeout_while(state, patience, wait);
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        return !state.closing && state.stopped.is_none();
    }
    true
}

/// Does all that there is to do.
pub(crate) fn all(shared: &Shared) -> Result<(), UsageError> {
    let _working = shared.working.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        match flush_one(shared)
            .and_then(|flushed| Ok(flushed | merge_side(shared)? | merge_one(shared, &(0..u32::MAX), |_| Merge::Soon)?))
        {
            Ok(true) => {}
            Ok(false) | Err(UsageError::DiskFull { .. }) => return Ok(()),
            Err(error) => return Err(shared.stop(&error.to_string())),
        }
    }
}

/// Makes room for the next log file, as much as the last one needed, so that nobody waits for it.
fn prepare(shared: &Shared) -> Result<bool, UsageError> {
    let capacity = {
        let logs = shared.logs();
        if !logs.is_next_wanted() {
            return Ok(false);
        }
        logs.usual
    };
    let spare = Wal::spare(&*shared.disk, capacity).map_err(|error| of(shared, "", &error))?;
    shared.logs().spare = Some(spare);
    Ok(true)
}

fn of(shared: &Shared, name: &str, error: &std::io::Error) -> UsageError {
    if is_full(error) {
        telemetry::trouble(Trouble::Full, &error.to_string());
        shared.lock().full = Some(error.to_string());
        return UsageError::DiskFull { why: error.to_string() };
    }
    failed(&*shared.disk, name, error)
}

/// Writes the oldest full memtable as a segment; false when there is none.
fn flush_one(shared: &Shared) -> Result<bool, UsageError> {
    let (ticket, front) = {
        let state = shared.lock();
        (state.ticket, state.memtables.front().filter(|_| state.memtables.len() > 1).cloned())
    };
    let Some(front) = front else { return Ok(false) };
    // what it holds must be durable first
    shared.write_pending(ticket)?;
    let began = Clock::now();
    let disk = &*shared.disk;
    let number = shared.next_file();
    let file = |end: &str| FileEntry { file: format!("{number:08}.{end}"), level: 0 };
    let segment = (front.rows > 0).then(|| file("seg"));
    let side = (!front.corrections.is_empty() || !front.quarantined.is_empty()).then(|| file("side"));
    let mut hashes = Vec::new();
    let written = (|| {
        if let Some(FileEntry { file, .. }) = &segment {
            let write = |out: &mut dyn Write| write_chunks(out, &disk.path(file), &front.chunks);
            hashes = write_segment(shared, file, None, write)?;
        }
        if let Some(FileEntry { file, .. }) = &side {
            write_side(disk, file, &front).map_err(|error| of(shared, file, &error))?;
        }
        Ok(())
    })();
    if let Err(error) = written {
        for entry in segment.iter().chain(&side) {
            let _ = disk.remove(&entry.file);
        }
        return Err(error);
    }
    let mut opened = segment.as_ref().map(|entry| OpenSegment::open(&shared.disk, &entry.file, 0)).transpose()?;
    if let Some(open) = &mut opened {
        open.sieve = sieve(shared, &hashes);
    }
    let opened_side = side.as_ref().map(|entry| SideFile::open(&shared.disk, entry)).transpose()?;
    let mut maintenance = shared.maintenance();
    let mut manifest = maintenance.manifest.clone();
    manifest.first_wal = front.wal + 1;
    manifest.tenants.extend(front.reach.clone());
    manifest.segments.extend(segment);
    manifest.sides.extend(side);
    manifest.write(disk).map_err(|error| of(shared, "manifest", &error))?;
    maintenance.manifest = manifest;
    {
        let mut state = shared.lock();
        if let Some(open) = opened {
            learn(&state, &open, &HashMap::new())?;
            let segments = state.segments.iter().cloned().chain([Arc::new(open)]).collect();
            state.segments = Arc::new(segments);
        }
        if let Some(side) = opened_side {
            let sides = state.sides.iter().cloned().chain([Arc::new(side)]).collect();
            state.sides = Arc::new(sides);
        }
        state.memtables.pop_front();
        telemetry::segments(&state);
    }
    telemetry::flushed(front.rows, began.elapsed());
    let _ = disk.remove(&wal_name(front.wal));
    drop(maintenance);
    shared.changed.notify_all();
    Ok(true)
}

fn write_side(disk: &dyn Disk, file: &str, memtable: &Memtable) -> std::io::Result<()> {
    let mut writer = SideWriter::new(disk, file)?;
    for (tenant, correction) in &memtable.corrections {
        writer.correction(tenant, correction)?;
    }
    for (tenant, kept) in &memtable.quarantined {
        for kept in kept {
            writer.kept(&KeptEntry::of(tenant, kept))?;
        }
    }
    writer.finish(disk)
}

/// A sieve that holds back these hashes of a segment. Few are not worth its memory: then there is none.
fn sieve(shared: &Shared, hashes: &[u64]) -> Option<Arc<Sieve>> {
    let Options { rows, fan_in, .. } = shared.options;
    if hashes.len() < rows / 2 {
        return None;
    }
    let mut maintenance = shared.maintenance();
    if let Some(sieve) = maintenance.sieve.as_ref().filter(|sieve| sieve.add(hashes)) {
        return Some(Arc::clone(sieve));
    }
    // as many segments as are merged at once while events come fast
    let sieve = Arc::new(Sieve::with_room(2 * fan_in * rows.max(hashes.len())));
    sieve.add(hashes);
    maintenance.sieve = Some(Arc::clone(&sieve));
    Some(sieve)
}

/// A segment learns of the corrections after these positions.
pub(crate) fn learn(state: &State, open: &OpenSegment, after: &HashMap<Key, u64>) -> Result<(), UsageError> {
    for (tenant, known) in &state.tenants {
        let corrections = read_corrections(&known.corrections);
        open.learn_all(tenant, &corrections, after.get(tenant).copied().unwrap_or(0))?;
    }
    Ok(())
}

/// Lets whoever ingests have the processor: a merge has as long as the segments take of which the next one is made.
struct Pace<'a> {
    shared: &'a Shared,
    since: Clock,
}

/// Longest rest of a merge at once.
const LONGEST: Duration = Duration::from_millis(50);

impl<'a> Pace<'a> {
    fn new(shared: &'a Shared) -> Self {
        Self { shared, since: Clock::now() }
    }

    /// Rests for as long as it worked, while events come fast and not too many segments wait.
    fn rest(&mut self) {
        let Shared { options, .. } = self.shared;
        let is_wanted = options.threads && {
            let state = self.shared.lock();
            let waiting = state.segments.iter().filter(|open| open.level == 0).count();
            urgency(&state) == Merge::Late && waiting < 4 * options.fan_in && !state.closing
        };
        if is_wanted {
            std::thread::sleep(self.since.elapsed().min(LONGEST));
        }
        self.since = Clock::now();
    }
}

/// Writes a file and makes it durable, and rests between its parts if there is a pace.
fn write_segment<'a, T>(
    shared: &'a Shared,
    file: &str,
    pace: Option<Pace<'a>>,
    write: impl FnOnce(&mut dyn Write) -> Result<T, UsageError>,
) -> Result<T, UsageError> {
    let created = shared.disk.create(file).map_err(|error| of(shared, file, &error))?;
    let mut out =
        std::io::BufWriter::with_capacity(1 << 20, Output { stream: Stream::new(created), is_full: false, pace });
    let written = write(&mut out);
    let written = written.and_then(|told| out.flush().map(|()| told).map_err(|error| of(shared, file, &error)));
    if out.get_ref().is_full {
        return Err(of(shared, file, &std::io::ErrorKind::StorageFull.into()));
    }
    let told = written?;
    out.get_mut().stream.sync().map_err(|error| of(shared, file, &error))?;
    shared.disk.sync().map_err(|error| of(shared, file, &error))?;
    Ok(told)
}

/// Remembers that there was no room: a segment's writer tells it only as text.
struct Output<'a> {
    stream: Stream,
    is_full: bool,
    pace: Option<Pace<'a>>,
}

impl Write for Output<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if let Some(pace) = &mut self.pace {
            pace.rest();
        }
        self.stream.write(bytes).inspect_err(|error| self.is_full |= is_full(error))
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// What is to become one: neighbours of one of these levels, of which so many are enough, and at most twice that many are taken.
/// Given are levels and rows.
fn neighbours(files: &[(u32, u64)], levels: &Range<u32>, fan_in: usize, merge: Merge) -> Option<Range<usize>> {
    let most = 2 * fan_in;
    let enough = if merge == Merge::Soon { fan_in } else { most };
    let mut start = 0;
    while start < files.len() {
        let level = files[start].0;
        let end = start + files[start..].iter().take_while(|(own, _)| *own == level).count();
        let mut rows = 0;
        let fits = files[start..end.min(start + most)].iter().take_while(|(_, own)| {
            rows += own;
            rows <= MOST_ROWS
        });
        let part = start..start + fits.count();
        // a group that cannot become larger is enough, too
        let enough = if rows > MOST_ROWS { fan_in } else { enough };
        if part.len() >= enough && levels.contains(&level) {
            return Some(part);
        }
        start = end;
    }
    None
}

fn candidates(segments: &Segments, levels: &Range<u32>, fan_in: usize, merge: Merge) -> Option<Range<usize>> {
    let files: Vec<_> = segments.iter().map(|open| (open.level, u64::from(open.segment.meta().rows))).collect();
    neighbours(&files, levels, fan_in, merge)
}

fn side_candidates(sides: &Sides, fan_in: usize) -> Option<Range<usize>> {
    let files: Vec<_> = sides.iter().map(|side| (side.entry.level, side.entries())).collect();
    neighbours(&files, &(0..u32::MAX), fan_in, Merge::Soon)
}

/// Merges some side files into one; false when there is nothing to merge.
fn merge_side(shared: &Shared) -> Result<bool, UsageError> {
    let inputs = {
        let state = shared.lock();
        let Some(range) = side_candidates(&state.sides, shared.options.fan_in) else { return Ok(false) };
        state.sides[range].to_vec()
    };
    let level = inputs.first().map_or(0, |side| side.entry.level) + 1;
    let entry = FileEntry { file: format!("{:08}.side", shared.next_file()), level };
    let disk = &*shared.disk;
    let full = |error: std::io::Error| of(shared, &entry.file, &error);
    let written = SideWriter::new(disk, &entry.file).map_err(full).and_then(|mut writer| {
        merge_sides(&inputs, &mut writer, &full)?;
        writer.finish(disk).map_err(full)
    });
    if let Err(error) = written {
        let _ = disk.remove(&entry.file);
        return Err(error);
    }
    let merged = Arc::new(SideFile::open(&shared.disk, &entry)?);
    let mut maintenance = shared.maintenance();
    let mut manifest = maintenance.manifest.clone();
    let is_input = |entry: &FileEntry| inputs.iter().any(|side| side.entry == *entry);
    let Some(place) = manifest.sides.iter().position(is_input) else { return Ok(false) };
    manifest.sides.retain(|entry| !is_input(entry));
    manifest.sides.insert(place, entry.clone());
    manifest.write(disk).map_err(|error| of(shared, "manifest", &error))?;
    maintenance.manifest = manifest;
    {
        let mut state = shared.lock();
        let mut sides = state.sides.to_vec();
        sides.retain(|old| !inputs.iter().any(|input| Arc::ptr_eq(input, old)));
        sides.insert(place, merged);
        state.sides = Arc::new(sides);
    }
    drop(maintenance);
    for side in &inputs {
        side.replace();
    }
    Ok(true)
}

/// Merges some segments into one; false when there is nothing to merge.
fn merge_one(shared: &Shared, levels: &Range<u32>, urgency: impl Fn(&State) -> Merge) -> Result<bool, UsageError> {
    let (inputs, marks) = {
        let state = shared.lock();
        let fan_in = shared.options.fan_in;
        let Some(range) = candidates(&state.segments, levels, fan_in, urgency(&state)) else { return Ok(false) };
        let marks: HashMap<Key, u64> = state
            .tenants
            .iter()
            .map(|(tenant, known)| (tenant.clone(), read_corrections(&known.corrections).last()))
            .collect();
        (state.segments[range].to_vec(), marks)
    };
    let (level, began) = (inputs.first().map_or(0, |open| open.level) + 1, Clock::now());
    let file = format!("{:08}.seg", shared.next_file());
    let untils: Vec<_> = inputs.iter().map(|open| open.untils()).collect();
    let pairs: Vec<_> = inputs.iter().zip(&untils).map(|(open, untils)| (&open.segment, &**untils)).collect();
    let path = shared.disk.path(&file);
    let spill = Spill { disk: &*shared.disk, name: format!("{file}.new"), rows: shared.options.hashes };
    if let Err(error) =
        write_segment(shared, &file, Some(Pace::new(shared)), |out| merge(out, &path, &pairs, Some(spill)).map(|_| ()))
    {
        let _ = shared.disk.remove(&file);
        return Err(error);
    }
    let open = Arc::new(OpenSegment::open(&shared.disk, &file, level)?);
    let mut maintenance = shared.maintenance();
    let mut manifest = maintenance.manifest.clone();
    let is_input = |entry: &FileEntry| inputs.iter().any(|open| open.file == entry.file);
    let Some(place) = manifest.segments.iter().position(is_input) else { return Ok(false) };
    manifest.segments.retain(|entry| !is_input(entry));
    manifest.segments.insert(place, FileEntry { file, level });
    manifest.write(&*shared.disk).map_err(|error| of(shared, "manifest", &error))?;
    maintenance.manifest = manifest;
    let mut state = shared.lock();
    learn(&state, &open, &marks)?;
    let mut segments: Vec<_> = state.segments.to_vec();
    segments.retain(|old| !inputs.iter().any(|input| Arc::ptr_eq(input, old)));
    telemetry::merged(open.segment.meta().rows, level, began.elapsed());
    segments.insert(place, open);
    state.segments = Arc::new(segments);
    telemetry::segments(&state);
    drop(state);
    drop(maintenance);
    for open in &inputs {
        open.replace();
    }
    // it may be one of those that somebody else merges
    shared.changed.notify_all();
    Ok(true)
}
