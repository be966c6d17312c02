//! Answers out of memtables and segments. Only what is durable, and was known at the position asked for, is looked at.

use crate::{
    Activity, Applied, ApplyError, Change, Cursor, EventFilter, Group, Incoming, IngestError, JsonForm, LogStore,
    Outcome, Quarantined, Query, Sent, Seq, StoredEvent, Subjects, Transactions, Unmeasured, UsageError, UsageStore,
    Version, Weighed, Weight, What,
    corrections::Corrections,
    embedded::{Options, read_corrections},
    memory::{Chunk, Memtable},
    open_segment::OpenSegment,
    query::weigh,
    rows::Row,
    segment::{FoldQuery, Part, Subtotal, Tallied, Tally, identity_hash, merge_parts, tallied},
    state::Segments,
};
use calendar::{Instant, Period};
use metering::{CompiledMeter, Dimensions, Event, MeasureError, Partial, Properties, dimensions};
use money::{Dec, Ratio};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, RwLock, RwLockReadGuard},
};
use stdx::{Key, ToProblem};

/// What is known of a tenant at a moment.
struct Snapshot {
    chunks: Vec<Arc<Chunk>>,
    segments: Segments,
    corrections: Arc<RwLock<Corrections>>,
    /// The last position that is durable.
    durable: u64,
}

/// The rows in memory that a question sees.
struct Memory<'a> {
    chunks: &'a [Arc<Chunk>],
    corrections: RwLockReadGuard<'a, Corrections>,
    as_of: u64,
}

impl Snapshot {
    fn memory(&self, as_of: u64) -> Memory<'_> {
        Memory {
            chunks: &self.chunks,
            corrections: read_corrections(&self.corrections),
            as_of: as_of.min(self.durable),
        }
    }
    fn as_of(&self, as_of: Seq) -> Seq {
        Seq(as_of.0.min(self.durable))
    }
}

/// Where the versions of an event can be, at a moment.
struct Traces {
    hash: u64,
    segments: Segments,
    full: Vec<Arc<Memtable>>,
    /// Those in the memtable that takes what comes.
    here: Vec<(Arc<Chunk>, usize)>,
    corrections: Arc<RwLock<Corrections>>,
    durable: u64,
}

impl Traces {
    /// The durable versions that have content, in order.
    fn versions(&self, tenant: &Key, source: &str, id: &str) -> Result<Vec<StoredEvent>, UsageError> {
        let mut found = Vec::new();
        for open in self.segments.iter() {
            for row in open.segment.find_hashed(self.hash, tenant.as_str(), source, id)? {
                found.push(open.segment.stored(row)?);
            }
        }
        for memtable in &self.full {
            for (chunk, row) in memtable.find(self.hash, tenant, source, id) {
                let chunk = &memtable.chunks[chunk];
                found.push(stored(chunk, chunk.seq(row), &chunk.row(row)));
            }
        }
        found.extend(self.here.iter().map(|(chunk, row)| stored(chunk, chunk.seq(*row), &chunk.row(*row))));
        found.retain(|stored| stored.seq.0 <= self.durable);
        found.sort_by_key(|stored| stored.seq);
        Ok(found)
    }
}

impl<'a> Memory<'a> {
    /// The rows of a chunk that are seen.
    fn rows(&self, chunk: &'a Chunk) -> impl Iterator<Item = (u64, Row<'a>)> {
        self.seen(chunk, 0..chunk.rows.len())
    }

    /// Those of some rows of a chunk that are seen.
    fn seen(&self, chunk: &'a Chunk, rows: impl Iterator<Item = usize>) -> impl Iterator<Item = (u64, Row<'a>)> {
        let seen = |seq: u64| seq <= self.as_of && self.corrections.until(seq).is_none_or(|until| self.as_of < until);
        rows.map(|row| (chunk.seq(row), chunk.row(row))).filter(move |(seq, _)| seen(*seq))
    }
}

impl LogStore {
    /// What is known of a tenant; none when nothing is.
    fn snapshot(&self, tenant: &Key) -> Option<Snapshot> {
        let state = self.shared.lock();
        let known = state.tenants.get(tenant)?;
        Some(Snapshot {
            chunks: state.memtables.iter().flat_map(|memtable| memtable.of(tenant)).cloned().collect(),
            segments: Arc::clone(&state.segments),
            corrections: Arc::clone(&known.corrections),
            durable: known.durable_seq,
        })
    }
}

impl LogStore {
    /// Where the versions of an event can be; none when the tenant is not known. Segments are read without the lock.
    fn traces(&self, tenant: &Key, source: &str, id: &str) -> Option<Traces> {
        let hash = identity_hash(tenant.as_str(), source, id);
        let state = self.shared.lock();
        let known = state.tenants.get(tenant)?;
        let (active, full) = state.memtables.back().zip(state.memtables.len().checked_sub(1))?;
        let here = active.find(hash, tenant, source, id).into_iter();
        Some(Traces {
            hash,
            segments: Arc::clone(&state.segments),
            full: state.memtables.iter().take(full).cloned().collect(),
            here: here.map(|(chunk, row)| (Arc::clone(&active.chunks[chunk]), row)).collect(),
            corrections: Arc::clone(&known.corrections),
            durable: known.durable_seq,
        })
    }
}

impl UsageStore for LogStore {
    fn ingest(&self, tenant: &Key, batch: Vec<Incoming>, received_at: Instant) -> Result<Vec<Outcome>, UsageError> {
        self.shared.ingest(tenant, batch, received_at)
    }

    fn ingest_json(
        &self,
        tenant: &Key,
        body: &[u8],
        form: JsonForm,
        received_at: Instant,
    ) -> Result<Vec<Outcome>, IngestError> {
        self.shared.ingest_json(tenant, body, form, received_at)
    }

    fn apply(&self, tenant: &Key, changes: Vec<Change>, recorded_at: Instant) -> Result<Applied, ApplyError> {
        self.shared.apply(tenant, &changes, recorded_at)
    }

    fn measure(&self, query: &Query<'_>) -> Result<Vec<Group>, UsageError> {
        let windows = query.window.cut(query.period)?;
        let Some(snapshot) = self.snapshot(query.tenant) else { return Ok(Vec::new()) };
        let edges = edges(query, &windows);
        let fold = fold_query(query, &edges, &snapshot);
        let memory = fold_memory(&snapshot.memory(query.as_of.0), &fold);
        measure_shares(
            &Share { segments: &snapshot.segments, fold: &fold, windows: &windows },
            memory,
            self.shared.options,
        )
    }

    fn weigh(&self, query: &Query<'_>, weight: Weight<'_>) -> Result<Vec<Weighed>, UsageError> {
        let windows = query.window.cut(query.period)?;
        let is_plain = query.transactions == Transactions::Leave && !query.meter.needs_history();
        if let Some(snapshot) = self.snapshot(query.tenant).filter(|_| is_plain) {
            let edges = edges(query, &windows);
            let fold = fold_query(query, &edges, &snapshot);
            if let Some(tally) = weigh_segments(&snapshot.segments, &fold, weight)? {
                let memory = fold_memory(&snapshot.memory(query.as_of.0), &fold);
                let memory = weigh(&groups(query.meter, &windows, vec![memory])?, weight)?;
                return weighed(tally, &windows, memory);
            }
        }
        weigh(&self.measure(query)?, weight)
    }

    fn events(
        &self,
        tenant: &Key,
        filter: &EventFilter<'_>,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, UsageError> {
        let Some(snapshot) = self.snapshot(tenant) else { return Ok(Vec::new()) };
        let filter = EventFilter { as_of: snapshot.as_of(filter.as_of), ..*filter };
        let mut found = Vec::new();
        for open in snapshot.segments.iter() {
            found.extend(open.segment.list(tenant.as_str(), &filter, after, limit, &open.untils())?);
        }
        let memory = snapshot.memory(filter.as_of.0);
        for chunk in memory.chunks {
            let wanted = memory.rows(chunk).filter(|(seq, row)| {
                *seq > filter.after.0
                    && filter.subject.is_none_or(|subject| row.subject() == subject)
                    && filter.name.is_none_or(|name| row.name() == name)
                    && filter.period.is_none_or(|period| period.contains(row.instant()))
                    && after.is_none_or(|Cursor { at, source, id }| {
                        (row.at(), row.source(), row.id()) > (at.micros(), source.as_str(), id.as_str())
                    })
            });
            found.extend(wanted.map(|(seq, row)| stored(chunk, seq, &row)));
        }
        found.sort_by(|a, b| a.event.place().cmp(&b.event.place()));
        found.truncate(limit);
        Ok(found)
    }

    fn lookup(&self, tenant: &Key, source: &str, id: &str) -> Result<Option<StoredEvent>, UsageError> {
        let newest = self.history(tenant, source, id)?.pop();
        Ok(newest.and_then(|version| {
            let (seq, received_at) = (version.seq, version.recorded_at);
            version.event.map(|event| StoredEvent { seq, received_at, event })
        }))
    }

    fn history(&self, tenant: &Key, source: &str, id: &str) -> Result<Vec<Version>, UsageError> {
        let Some(traces) = self.traces(tenant, source, id) else { return Ok(Vec::new()) };
        let found = traces.versions(tenant, source, id)?;
        let corrections = read_corrections(&traces.corrections);
        let mut versions: Vec<Version> = found.into_iter().map(|stored| version(&corrections, stored)).collect();
        let retractions = corrections.of(traces.hash, source, id).into_iter();
        versions.extend(retractions.filter(|one| one.what == What::Retracted).map(retraction));
        versions.retain(|version| version.seq.0 <= traces.durable);
        versions.sort_by_key(|version| version.seq);
        Ok(versions)
    }

    fn changes(&self, tenant: &Key, after: Seq, limit: usize) -> Result<Vec<Version>, UsageError> {
        let Some(snapshot) = self.snapshot(tenant) else { return Ok(Vec::new()) };
        let corrections = read_corrections(&snapshot.corrections);
        let mut found = Vec::new();
        for open in snapshot.segments.iter() {
            let changes = open.segment.changes(tenant.as_str(), after, limit)?;
            found.extend(changes.into_iter().map(|(_, stored)| version(&corrections, stored)));
        }
        let mut taken = 0;
        // the chunks of a tenant are in the order of their positions
        let first = snapshot.chunks.partition_point(|chunk| chunk.last_seq() <= after.0);
        for chunk in &snapshot.chunks[first..] {
            if taken == limit {
                break;
            }
            for row in 0..chunk.rows.len() {
                let seq = chunk.seq(row);
                if seq > after.0 && seq <= snapshot.durable && taken < limit {
                    found.push(version(&corrections, stored(chunk, seq, &chunk.row(row))));
                    taken += 1;
                }
            }
        }
        let retractions = corrections.after(after.0).filter(|one| one.what == What::Retracted);
        found.extend(retractions.take(limit).map(retraction));
        found.retain(|version| version.seq.0 <= snapshot.durable);
        found.sort_by_key(|version| version.seq);
        found.truncate(limit);
        Ok(found)
    }

    fn ready(&self, _: &Key) -> Result<(), UsageError> {
        // whether the disk is full is only found out again by writing
        match &self.shared.lock().stopped {
            Some(why) => Err(UsageError::Stopped { why: why.clone() }),
            None => Ok(()),
        }
    }

    fn watermark(&self, tenant: &Key) -> Result<Seq, UsageError> {
        Ok(self.shared.lock().tenants.get(tenant).map_or(Seq::ZERO, |known| Seq(known.durable_seq)))
    }

    fn quarantine(&self, tenant: &Key, skip: usize, limit: usize) -> Result<Vec<Quarantined>, UsageError> {
        let (sides, memory, durable) = {
            let state = self.shared.lock();
            let memory: Vec<_> =
                state.memtables.iter().flat_map(|memtable| memtable.kept_of(tenant)).cloned().collect();
            let durable = state.tenants.get(tenant).map_or(0, |known| known.durable_quarantine);
            (Arc::clone(&state.sides), memory, durable)
        };
        let (mut skip, mut left) = (skip, limit.min(durable.saturating_sub(skip)));
        let mut found = Vec::new();
        for side in sides.iter() {
            let there = side.count(tenant);
            let kept = side.kept(tenant, skip.min(there), left)?;
            (skip, left) = (skip.saturating_sub(there), left - kept.len());
            found.extend(kept);
        }
        found.extend(memory.iter().skip(skip).take(left).map(|kept| Quarantined::clone(kept)));
        for kept in &mut found {
            if let Sent::Event(event) = &kept.sent
                && let Some(traces) = self.traces(tenant, &event.source, &event.id)
            {
                let versions = traces.versions(tenant, &event.source, &event.id)?;
                kept.mended = versions.first().map(|stored| stored.seq);
            }
        }
        Ok(found)
    }

    fn quarantined(&self, tenant: &Key) -> Result<usize, UsageError> {
        Ok(self.shared.lock().tenants.get(tenant).map_or(0, |known| known.durable_quarantine))
    }

    fn activity(&self, tenant: &Key) -> Result<Vec<Activity>, UsageError> {
        let Some(snapshot) = self.snapshot(tenant) else { return Ok(Vec::new()) };
        let mut found: BTreeMap<(String, String), Activity> = BTreeMap::new();
        for open in snapshot.segments.iter() {
            for activity in open.segment.activity(tenant.as_str(), &open.untils())? {
                note(&mut found, activity);
            }
        }
        let memory = snapshot.memory(u64::MAX);
        for chunk in memory.chunks {
            for (_, row) in memory.rows(chunk) {
                let (at, text) = (row.instant(), str::to_owned);
                let (subject, name) = (text(row.subject()), text(row.name()));
                note(&mut found, Activity { subject, name, count: 1, first_at: at, last_at: at });
            }
        }
        Ok(found.into_values().collect())
    }
}

/// The edges of the windows of a question.
fn edges(query: &Query<'_>, windows: &[Period]) -> Vec<i64> {
    let first = if query.meter.needs_history() { i64::MIN } else { query.period.from().micros() };
    std::iter::once(first).chain(windows.iter().map(|window| window.to().micros())).collect()
}

fn fold_query<'a>(query: &Query<'a>, edges: &'a [i64], snapshot: &Snapshot) -> FoldQuery<'a> {
    FoldQuery {
        tenant: query.tenant.as_str(),
        subjects: query.subjects,
        meter: query.meter,
        edges,
        by: query.by,
        transactions: query.transactions,
        as_of: snapshot.as_of(query.as_of),
    }
}

/// What is measured of some subjects at a time.
struct Share<'a> {
    segments: &'a Segments,
    fold: &'a FoldQuery<'a>,
    windows: &'a [Period],
}

/// Sums, and the parts of events beside them.
type Tallies<'a> = (Tally<'a>, Vec<Vec<Part>>);

/// Subjects from one on, before another.
type Between<'a> = (Option<&'a str>, Option<&'a str>);

impl Share<'_> {
    /// Measures subjects; `memory` is what the rows in memory say of them.
    fn measure(&self, between: Between<'_>, memory: Vec<Part>) -> Result<Vec<Group>, UsageError> {
        let Self { segments, fold, windows } = self;
        if let Some((tally, mut lists)) = self.tally(between)? {
            lists.push(memory);
            return tally_groups(fold, windows, tally, lists);
        }
        let mut lists = Vec::with_capacity(segments.len() + 1);
        for open in segments.iter() {
            lists.push(open.segment.fold(fold, &open.untils(), between)?);
        }
        lists.push(memory);
        groups(fold.meter, windows, lists)
    }

    /// The sums of segments, and what is beside them; none where sums are not all that is wanted, or have too many digits.
    fn tally(&self, between: Between<'_>) -> Result<Option<Tallies<'_>>, UsageError> {
        if tallied(self.fold).is_none() {
            return Ok(None);
        }
        let (mut tally, mut lists) = (Tally::default(), Vec::new());
        for open in largest_first(self.segments) {
            match open.segment.tally(self.fold, &open.untils(), between, &mut tally)? {
                Tallied::With(parts) if parts.is_empty() => {}
                Tallied::With(parts) => lists.push(parts),
                Tallied::Not => return Ok(None),
            }
        }
        Ok(Some((tally, lists)))
    }
}

/// Most subjects are in the largest: what the others say is then added to what is there.
fn largest_first(segments: &Segments) -> Vec<&OpenSegment> {
    let mut segments: Vec<&OpenSegment> = segments.iter().map(|open| &**open).collect();
    segments.sort_by_key(|open| std::cmp::Reverse(open.segment.meta().rows));
    segments
}

/// Measures what is asked for: if it is much, each thread some subjects, in all segments. `memory` is what the rows in memory say.
fn measure_shares(
    share: &Share<'_>,
    mut memory: Vec<Part>,
    Options { many_rows, answering, .. }: Options,
) -> Result<Vec<Group>, UsageError> {
    let Share { segments, fold, .. } = share;
    let rows = |open: &OpenSegment| open.segment.rows_of_all(fold).len();
    let is_all = fold.subjects == Subjects::All;
    let is_much = is_all && segments.iter().map(|open| rows(open)).sum::<usize>() >= many_rows;
    let largest = segments.iter().max_by_key(|open| rows(open)).filter(|_| is_much);
    let cuts = largest.map_or_else(Vec::new, |open| open.segment.cuts(fold, answering));
    let mut shares = Vec::with_capacity(cuts.len() + 1);
    let mut end = None;
    for cut in cuts.into_iter().rev() {
        let rest = memory.split_off(memory.partition_point(|part| part.subject.as_str() < cut));
        shares.push(((Some(cut), end), rest));
        end = Some(cut);
    }
    if shares.is_empty() {
        return share.measure((None, None), memory);
    }
    std::thread::scope(|scope| {
        let others: Vec<_> = shares
            .into_iter()
            .rev()
            .map(|(between, memory)| scope.spawn(move || share.measure(between, memory)))
            .collect();
        let mut answers = share.measure((None, end), memory)?;
        for thread in others {
            answers.append(&mut thread.join().unwrap_or_else(|panicked| std::panic::resume_unwind(panicked))?);
        }
        Ok(answers)
    })
}

/// The groups of sums, and of what is beside them.
fn tally_groups(
    fold: &FoldQuery<'_>,
    windows: &[Period],
    tally: Tally<'_>,
    lists: Vec<Vec<Part>>,
) -> Result<Vec<Group>, UsageError> {
    let Some(columns) = tallied(fold) else { return Ok(Vec::new()) };
    let sums = tally.into_sums();
    let rest = merge_parts(lists).map_err(|error| impossible(String::new(), &error))?;
    let mut found = Vec::with_capacity(sums.len().max(rest.len()));
    let mut rest = rest.into_iter().peekable();
    let finished = |part: Part| group(fold.meter, windows[part.window as usize], part);
    for Subtotal { subject, window, scale, count, sum } in sums {
        while let Some(part) = rest.next_if(|part| (part.subject.as_str(), part.window) < (subject, window)) {
            found.push(finished(part)?);
        }
        let beside = rest.next_if(|part| (part.subject.as_str(), part.window) == (subject, window));
        let failed = |error: MeasureError| impossible(subject.into(), &error);
        let sum = Dec::new(sum, scale).map_err(|error| failed(error.into()))?;
        let partial = Partial { count, sum, bounds: None, texts: BTreeSet::new() };
        let mut state = columns.state(partial).map_err(failed)?;
        let mut unmeasured = None;
        if let Some(part) = beside {
            state = state.merge(part.state).map_err(failed)?;
            unmeasured = part.unmeasured;
        }
        let dimensions = Dimensions::new();
        found.push(finished(Part { subject: subject.into(), dimensions, window, state, unmeasured })?);
    }
    for part in rest {
        found.push(finished(part)?);
    }
    Ok(found)
}

/// What the rows of segments weigh; none where that cannot be told from their columns alone.
fn weigh_segments<'a>(
    segments: &'a Segments,
    fold: &FoldQuery<'_>,
    weight: Weight<'_>,
) -> Result<Option<Tally<'a>>, UsageError> {
    let mut tally = Tally::default();
    for open in largest_first(segments) {
        match open.segment.weigh(fold, &open.untils(), weight, &mut tally)? {
            Tallied::With(_) => {}
            Tallied::Not => return Ok(None),
        }
    }
    Ok(Some(tally))
}

/// Puts together what was weighed in segments and in memory.
fn weighed(tally: Tally<'_>, windows: &[Period], memory: Vec<Weighed>) -> Result<Vec<Weighed>, UsageError> {
    let sums = tally.into_sums();
    let mut found = Vec::with_capacity(sums.len().max(memory.len()));
    let mut memory = memory.into_iter().peekable();
    for Subtotal { subject, window, scale, count, sum } in sums {
        let from = windows[window as usize].from();
        found
            .extend(std::iter::from_fn(|| memory.next_if(|held| (held.subject.as_str(), held.from) < (subject, from))));
        let failed = |error| impossible(subject.into(), &MeasureError::Number(error));
        let sum = Ratio::from(Dec::new(sum, scale).map_err(failed)?);
        found.push(match memory.next_if(|held| (held.subject.as_str(), held.from) == (subject, from)) {
            Some(held) => Weighed { sum: held.sum.plus(sum).map_err(failed)?, count: held.count + count, ..held },
            None => Weighed { subject: subject.into(), from, sum, count, unweighed: 0 },
        });
    }
    found.extend(memory);
    Ok(found)
}

fn note(found: &mut BTreeMap<(String, String), Activity>, activity: Activity) {
    let key = (activity.subject.clone(), activity.name.clone());
    match found.get_mut(&key) {
        None => {
            found.insert(key, activity);
        }
        Some(known) => {
            known.count += activity.count;
            known.first_at = known.first_at.min(activity.first_at);
            known.last_at = known.last_at.max(activity.last_at);
        }
    }
}

fn stored(chunk: &Chunk, seq: u64, row: &Row<'_>) -> StoredEvent {
    StoredEvent { seq: Seq(seq), received_at: chunk.received_at, event: row.event() }
}

fn version(corrections: &Corrections, stored: StoredEvent) -> Version {
    let StoredEvent { seq, received_at: recorded_at, event } = stored;
    let what = corrections.get(seq.0).map_or(What::Accepted, |correction| correction.what);
    Version { seq, recorded_at, what, source: event.source.clone(), id: event.id.clone(), event: Some(event) }
}

fn retraction(correction: &crate::corrections::Correction) -> Version {
    let crate::corrections::Correction { seq, recorded_at, what, source, id, .. } = correction;
    Version {
        seq: Seq(*seq),
        recorded_at: *recorded_at,
        what: *what,
        source: source.clone(),
        id: id.clone(),
        event: None,
    }
}

/// Folds the rows in memory, one event after the other.
fn fold_memory(memory: &Memory<'_>, query: &FoldQuery<'_>) -> Vec<Part> {
    let meter = query.meter;
    let mut parts: BTreeMap<(String, Dimensions, u32), Part> = BTreeMap::new();
    let (Some(from), Some(to)) = (query.edges.first(), query.edges.last()) else { return Vec::new() };
    let mut event = Event {
        source: String::new(),
        id: String::new(),
        name: meter.event().into(),
        subject: String::new(),
        at: Instant::MIN,
        properties: Properties::new(),
    };
    for chunk in memory.chunks {
        let Some(name) = chunk.number(meter.event()) else { continue };
        let one = match query.subjects {
            Subjects::One(subject) => match chunk.number(subject) {
                Some(number) => Some(number),
                None => continue,
            },
            Subjects::Many(_) | Subjects::All => None,
        };
        for (_, row) in memory.seen(chunk, chunk.rows_of(name, one)) {
            let at = row.at();
            if at < *from || at >= *to {
                continue;
            }
            if let Subjects::Many(subjects) = query.subjects
                && !subjects.iter().any(|subject| subject == row.subject())
            {
                continue;
            }
            event.at = row.instant();
            replace(&mut event.source, row.source());
            replace(&mut event.id, row.id());
            replace(&mut event.subject, row.subject());
            row.fill(&mut event.properties);
            if !meter.accepts(&event) {
                continue;
            }
            let window = query.edges.partition_point(|edge| *edge <= at).saturating_sub(1);
            let window = u32::try_from(window).expect("there are not so many windows");
            let key = (event.subject.clone(), dimensions(&event, query.by), window);
            let (subject, dimensions) = (key.0.clone(), key.1.clone());
            let part = parts.entry(key).or_insert_with(|| Part {
                subject,
                dimensions,
                window,
                state: match query.transactions {
                    Transactions::Leave => meter.state(),
                    Transactions::Collect => meter.state_with_transactions(),
                },
                unmeasured: None,
            });
            if let Err(error) = meter.add(&mut part.state, &event) {
                let one = Unmeasured { count: 1, first: Cursor::from(&event), problem: error.problem() };
                part.unmeasured = join(part.unmeasured.take(), Some(one));
            }
        }
    }
    parts.into_values().collect()
}

fn replace(old: &mut String, new: &str) {
    if old != new {
        old.clear();
        old.push_str(new);
    }
}

fn join(one: Option<Unmeasured>, other: Option<Unmeasured>) -> Option<Unmeasured> {
    match (one, other) {
        (Some(one), Some(other)) => {
            let count = one.count.saturating_add(other.count);
            let first = if one.first <= other.first { one } else { other };
            Some(Unmeasured { count, ..first })
        }
        (one, other) => one.or(other),
    }
}

fn impossible(subject: String, error: &MeasureError) -> UsageError {
    UsageError::Quantity { subject, problem: error.problem() }
}

fn group(meter: &CompiledMeter, window: Period, part: Part) -> Result<Group, UsageError> {
    let Part { subject, dimensions, state, unmeasured, .. } = part;
    match meter.finish(state, window) {
        Ok(measured) => Ok(Group { subject, dimensions, from: window.from(), measured, unmeasured }),
        Err(error) => Err(impossible(subject, &error)),
    }
}

/// What parts of several places come to.
fn groups(meter: &CompiledMeter, windows: &[Period], lists: Vec<Vec<Part>>) -> Result<Vec<Group>, UsageError> {
    let parts = merge_parts(lists).map_err(|error| impossible(String::new(), &error))?;
    if meter.needs_history() { carry(meter, windows, parts) } else { finish(meter, windows, parts) }
}

fn finish(meter: &CompiledMeter, windows: &[Period], parts: Vec<Part>) -> Result<Vec<Group>, UsageError> {
    parts.into_iter().map(|part| group(meter, windows[part.window as usize], part)).collect()
}

/// A window of a meter that carries a level sees all that was before it ends. The parts are ordered by subject, dimensions and
/// window.
fn carry(meter: &CompiledMeter, windows: &[Period], parts: Vec<Part>) -> Result<Vec<Group>, UsageError> {
    let mut groups = Vec::new();
    let mut parts = parts.into_iter().peekable();
    while let Some(mut carried) = parts.next() {
        let first = carried.window as usize;
        for (number, window) in windows.iter().enumerate().skip(first) {
            let is_next = |part: &Part| {
                part.window as usize == number
                    && part.subject == carried.subject
                    && part.dimensions == carried.dimensions
            };
            if number > first
                && let Some(Part { state, unmeasured, .. }) = parts.next_if(is_next)
            {
                let subject = carried.subject.clone();
                carried.state = carried.state.merge(state).map_err(|error| impossible(subject, &error))?;
                carried.unmeasured = join(carried.unmeasured, unmeasured);
            }
            groups.push(group(meter, *window, carried.clone())?);
        }
    }
    Ok(groups)
}
