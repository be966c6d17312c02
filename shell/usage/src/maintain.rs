//! What goes on behind: full memtables become segments, segments are merged.

use crate::{
    UsageError,
    disk::{Stream, is_full, write_whole},
    embedded::{Shared, read_corrections},
    manifest::{KeptEntry, Manifest, SegmentEntry, Side, failed, sealed},
    memory::Chunk,
    open_segment::OpenSegment,
    segment::{RowRef, Spill, Writer, merge},
    state::Segments,
    wal::{Wal, wal_name},
};
use std::{
    collections::HashMap,
    io::Write,
    sync::{Arc, PoisonError},
    time::Duration,
};
use stdx::Key;

/// Segments together may have so many rows to be merged: a segment numbers its rows with fewer than 32 bits.
const MOST_ROWS: u64 = 1 << 30;
/// How long until something that failed for want of room is tried again.
const AGAIN: Duration = Duration::from_millis(200);

/// What only one thread changes at a time.
pub(crate) struct Maintenance {
    pub(crate) manifest: Manifest,
}

/// Writes full memtables as segments until the store is closed.
pub(crate) fn flusher(shared: &Arc<Shared>) {
    loop {
        let worked = flush_one(shared).and_then(|flushed| Ok(flushed | prepare(shared)?));
        if !go_on(shared, &worked, |state| state.memtables.len() > 1) {
            return;
        }
    }
}

/// Merges segments until the store is closed.
pub(crate) fn merger(shared: &Arc<Shared>) {
    let fan_in = shared.options.fan_in;
    loop {
        let worked = merge_one(shared);
        if !go_on(shared, &worked, |state| candidates(&state.segments, fan_in).is_some()) {
            return;
        }
    }
}

/// Waits until there is something to do; false when there never will be.
fn go_on(shared: &Shared, worked: &Result<bool, UsageError>, ready: impl Fn(&crate::state::State) -> bool) -> bool {
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
        let patience = if failed { AGAIN } else { Duration::from_hours(1) };
        let wait =
            |state: &mut crate::state::State| !state.closing && state.stopped.is_none() && (failed || !ready(state));
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
        match flush_one(shared).and_then(|flushed| Ok(flushed | merge_one(shared)?)) {
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
        if logs.spare.is_some() || logs.usual == 0 {
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
        shared.lock().full = Some(error.to_string());
        return UsageError::DiskFull { why: error.to_string() };
    }
    failed(&*shared.disk, name, error)
}

/// Writes the oldest full memtable as a segment; false when there is none.
fn flush_one(shared: &Shared) -> Result<bool, UsageError> {
    let (ticket, full) = {
        let state = shared.lock();
        (state.ticket, state.memtables.len() > 1)
    };
    if !full {
        return Ok(false);
    }
    // what it holds must be durable first
    shared.write_pending(ticket)?;
    let (wal, chunks, side, reach) = {
        let state = shared.lock();
        let Some(front) = state.memtables.front().filter(|_| state.memtables.len() > 1) else { return Ok(false) };
        let side = Side {
            corrections: front.corrections.clone(),
            quarantined: front.quarantined.iter().map(|(tenant, kept)| KeptEntry::of(tenant, kept)).collect(),
        };
        (front.wal, front.chunks.clone(), side, front.reach.clone())
    };
    let disk = &*shared.disk;
    let number = shared.next_file();
    let (segment_file, side_file) = (format!("{number:08}.seg"), format!("{number:08}.side"));
    let rows: usize = chunks.iter().map(|chunk| chunk.rows.len()).sum();
    let written = (|| {
        if rows > 0 {
            write_segment(shared, &segment_file, |out| write_chunks(shared, &segment_file, &chunks, out))?;
        }
        if !side.corrections.is_empty() || !side.quarantined.is_empty() {
            write_whole(disk, &side_file, &sealed(&side)).map_err(|error| of(shared, &side_file, &error))?;
        }
        Ok(())
    })();
    if let Err(error) = written {
        for file in [&segment_file, &side_file] {
            let _ = disk.remove(file);
        }
        return Err(error);
    }
    let opened = if rows > 0 { Some(Arc::new(OpenSegment::open(&shared.disk, &segment_file, 0)?)) } else { None };
    let mut maintenance = shared.maintenance();
    let mut manifest = maintenance.manifest.clone();
    manifest.first_wal = wal + 1;
    manifest.tenants.extend(reach);
    manifest.segments.extend(opened.as_ref().map(|_| SegmentEntry { file: segment_file, level: 0 }));
    if !side.corrections.is_empty() || !side.quarantined.is_empty() {
        manifest.sides.push(side_file);
    }
    manifest.write(disk).map_err(|error| of(shared, "manifest", &error))?;
    maintenance.manifest = manifest;
    {
        let mut state = shared.lock();
        if let Some(open) = opened {
            learn(&state, &open, &HashMap::new())?;
            let mut segments = state.segments.to_vec();
            segments.push(open);
            state.segments = Arc::new(segments);
        }
        state.memtables.pop_front();
    }
    let _ = disk.remove(&wal_name(wal));
    drop(maintenance);
    shared.changed.notify_all();
    Ok(true)
}

/// A segment learns of the corrections after these positions.
pub(crate) fn learn(
    state: &crate::state::State,
    open: &OpenSegment,
    after: &HashMap<Key, u64>,
) -> Result<(), UsageError> {
    for (tenant, known) in &state.tenants {
        let corrections = read_corrections(&known.corrections);
        open.learn_all(tenant, &corrections, after.get(tenant).copied().unwrap_or(0))?;
    }
    Ok(())
}

/// Writes a file and makes it durable.
fn write_segment(
    shared: &Shared,
    file: &str,
    write: impl FnOnce(&mut dyn Write) -> Result<(), UsageError>,
) -> Result<(), UsageError> {
    let created = shared.disk.create(file).map_err(|error| of(shared, file, &error))?;
    let mut out = std::io::BufWriter::with_capacity(1 << 20, Full { stream: Stream::new(created), full: false });
    let written = write(&mut out);
    let written = written.and_then(|()| out.flush().map_err(|error| of(shared, file, &error)));
    if out.get_ref().full {
        return Err(of(shared, file, &std::io::ErrorKind::StorageFull.into()));
    }
    written?;
    out.get_mut().stream.sync().map_err(|error| of(shared, file, &error))?;
    shared.disk.sync().map_err(|error| of(shared, file, &error))
}

/// Remembers that there was no room: a segment's writer tells it only as text.
struct Full {
    stream: Stream,
    full: bool,
}

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.stream.write(bytes).inspect_err(|error| self.full |= is_full(error))
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// A row of chunks.
#[derive(Clone, Copy)]
struct Place {
    at: i64,
    chunk: u32,
    /// Where it begins, and by how much its position is above the first of the chunk.
    start: u32,
    delta: u32,
}

/// Rows that are looked at ahead of being written: they are all over the memory, and so the processor waits for several at once.
const AHEAD: usize = 16;

/// Writes the rows of chunks in the order of a segment.
fn write_chunks(shared: &Shared, file: &str, chunks: &[Arc<Chunk>], out: &mut dyn Write) -> Result<(), UsageError> {
    let texts: Vec<Vec<&str>> = chunks.iter().map(|chunk| chunk.all_texts()).collect();
    let rows: usize = chunks.iter().map(|chunk| chunk.rows.len()).sum();
    let mut writer = Writer::new(out, &shared.disk.path(file), rows)?;
    let mut properties = Vec::new();
    for run in runs(chunks, &texts) {
        let row_of = |key: &Place| -> RowRef<'_> {
            let (chunk, texts) = (&chunks[key.chunk as usize], &texts[key.chunk as usize]);
            let seq = chunk.first_seq + u64::from(key.delta);
            chunk.row_at(key.start).as_ref(texts, chunk.tenant.as_str(), seq, chunk.received_at)
        };
        let mut keys = run;
        keys.sort_by(|a, b| {
            a.at.cmp(&b.at).then_with(|| {
                let (a, b) = (row_of(a), row_of(b));
                (a.source, a.id, a.seq).cmp(&(b.source, b.id, b.seq))
            })
        });
        for (number, key) in keys.iter().enumerate() {
            if number.is_multiple_of(AHEAD) {
                let ahead = keys[number..].iter().take(AHEAD);
                std::hint::black_box(
                    ahead.map(|key| chunks[key.chunk as usize].look_at(key.start)).fold(0, |a, b| a ^ b),
                );
            }
            let row = chunks[key.chunk as usize].row_at(key.start);
            properties.clear();
            row.properties_into(&texts[key.chunk as usize], &mut properties);
            let head = row_of(key);
            if number == 0 { writer.push(&head, &properties)? } else { writer.push_next(&head, &properties)? }
        }
    }
    writer.finish()?;
    Ok(())
}

/// The rows of chunks by tenant, name and subject, in the order of those; in each run as they came.
fn runs(chunks: &[Arc<Chunk>], texts: &[Vec<&str>]) -> Vec<Vec<Place>> {
    let mut groups: HashMap<(&str, &str, &str), usize> = HashMap::new();
    let mut found: Vec<Vec<Place>> = Vec::new();
    for (number, (chunk, texts)) in (0_u32..).zip(chunks.iter().zip(texts)) {
        let mut local: HashMap<(u32, u32), usize> = HashMap::with_capacity(texts.len());
        for (start, delta) in chunk.rows.iter().copied() {
            let row = chunk.row_at(start);
            let group = *local.entry((row.name_number(), row.subject_number())).or_insert_with(|| {
                let text = |number: u32| texts[number as usize];
                let key = (chunk.tenant.as_str(), text(row.name_number()), text(row.subject_number()));
                *groups.entry(key).or_insert_with(|| {
                    found.push(Vec::new());
                    found.len() - 1
                })
            });
            found[group].push(Place { at: row.at(), chunk: number, start, delta });
        }
    }
    let mut sorted: Vec<_> = groups.into_iter().collect();
    sorted.sort_unstable();
    sorted.into_iter().map(|(_, group)| std::mem::take(&mut found[group])).collect()
}

/// The segments that are to become one: neighbours of one level.
fn candidates(segments: &Segments, fan_in: usize) -> Option<std::ops::Range<usize>> {
    let mut start = 0;
    while start < segments.len() {
        let level = segments[start].level;
        let end = start + segments[start..].iter().take_while(|open| open.level == level).count();
        let fits = |part: &[Arc<OpenSegment>]| {
            part.iter().map(|open| u64::from(open.segment.meta().rows)).sum::<u64>() <= MOST_ROWS
        };
        if end - start >= fan_in && fits(&segments[start..start + fan_in]) {
            return Some(start..start + fan_in);
        }
        start = end;
    }
    None
}

/// Merges some segments into one; false when there is nothing to merge.
fn merge_one(shared: &Shared) -> Result<bool, UsageError> {
    let (inputs, marks) = {
        let state = shared.lock();
        let Some(range) = candidates(&state.segments, shared.options.fan_in) else { return Ok(false) };
        let marks: HashMap<Key, u64> = state
            .tenants
            .iter()
            .map(|(tenant, known)| (tenant.clone(), read_corrections(&known.corrections).last()))
            .collect();
        (state.segments[range].to_vec(), marks)
    };
    let level = inputs.first().map_or(0, |open| open.level) + 1;
    let file = format!("{:08}.seg", shared.next_file());
    let untils: Vec<_> = inputs.iter().map(|open| open.untils()).collect();
    let pairs: Vec<_> = inputs.iter().zip(&untils).map(|(open, untils)| (&open.segment, &**untils)).collect();
    let path = shared.disk.path(&file);
    let spill = Spill { disk: &*shared.disk, name: format!("{file}.new"), rows: shared.options.hashes };
    if let Err(error) = write_segment(shared, &file, |out| merge(out, &path, &pairs, Some(spill)).map(|_| ())) {
        let _ = shared.disk.remove(&file);
        return Err(error);
    }
    let open = Arc::new(OpenSegment::open(&shared.disk, &file, level)?);
    let mut maintenance = shared.maintenance();
    let mut manifest = maintenance.manifest.clone();
    let is_input = |entry: &SegmentEntry| inputs.iter().any(|open| open.file == entry.file);
    let Some(place) = manifest.segments.iter().position(is_input) else { return Ok(false) };
    manifest.segments.retain(|entry| !is_input(entry));
    manifest.segments.insert(place, SegmentEntry { file, level });
    manifest.write(&*shared.disk).map_err(|error| of(shared, "manifest", &error))?;
    maintenance.manifest = manifest;
    let mut state = shared.lock();
    learn(&state, &open, &marks)?;
    let mut segments: Vec<_> = state.segments.to_vec();
    segments.retain(|old| !inputs.iter().any(|input| Arc::ptr_eq(input, old)));
    segments.insert(place, open);
    state.segments = Arc::new(segments);
    drop(state);
    drop(maintenance);
    for open in &inputs {
        open.replace();
    }
    Ok(true)
}
