//! What is decided under one lock: which events are new, which positions they get, and what goes to the log.

use crate::{
    Applied, Change, Outcome, Quarantined, Refusal, Refused, Sent, Seq, UsageError, What,
    ask::{Batch, Unchanging},
    check::check,
    corrections::{Correction, Corrections},
    manifest::KeptEntry,
    memory::{Chunk, Memtable},
    open_segment::OpenSegment,
    rows::{Encoded, Encoder, Row, RowParts},
    side::{SideFile, sent_hash, sent_text},
};
use calendar::Instant;
use metering::Event;
use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::{Arc, PoisonError, RwLock},
};
use stdx::{Key, Problem};

pub(crate) type Segments = Arc<Vec<Arc<OpenSegment>>>;
pub(crate) type Sides = Arc<Vec<Arc<SideFile>>>;

/// Everything that is decided upon.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) tenants: HashMap<Key, Tenant>,
    /// The last one takes what comes; those before it are full.
    pub(crate) memtables: VecDeque<Arc<Memtable>>,
    pub(crate) segments: Segments,
    pub(crate) sides: Sides,
    /// What was decided and is not yet being written.
    pub(crate) pending: Vec<Pending>,
    /// Number of the last batch that was put into `pending`.
    pub(crate) ticket: u64,
    /// Number of the last batch that is durable.
    pub(crate) durable: u64,
    /// Positions of all tenants together that are durable.
    pub(crate) positions: u64,
    /// When a memtable was filled the last time.
    pub(crate) filled: Option<std::time::Instant>,
    /// Somebody is writing what was pending.
    pub(crate) is_writing: bool,
    /// Why nothing is accepted any more.
    pub(crate) stopped: Option<String>,
    /// What the operating system said when there was no room the last time.
    pub(crate) full: Option<String>,
    /// The store is being closed.
    pub(crate) closing: bool,
}

/// One tenant.
#[derive(Default)]
pub(crate) struct Tenant {
    pub(crate) last_seq: u64,
    /// What is on the disk; only that is shown.
    pub(crate) durable_seq: u64,
    pub(crate) corrections: Arc<RwLock<Corrections>>,
    /// How much is in quarantine, and how much of it is on the disk.
    pub(crate) quarantined: usize,
    pub(crate) durable_quarantine: usize,
}

/// A part of the next record of the log.
pub(crate) struct Pending {
    /// Into which file it goes.
    pub(crate) wal: u64,
    pub(crate) head: Vec<u8>,
    pub(crate) rows: Arc<Chunk>,
    pub(crate) tail: Vec<u8>,
    /// How far the tenant reaches with it.
    pub(crate) seq: u64,
    pub(crate) quarantined: usize,
}

impl Pending {
    pub(crate) fn length(&self) -> usize {
        self.head.len() + self.rows.bytes.len() + self.tail.len()
    }
}

/// One element of a batch that was read.
pub(crate) enum Element {
    /// A row of the batch.
    Row(u32),
    /// A row of the batch that is not a valid event.
    Invalid(u32, Box<Problem>),
    /// A text that is no event.
    Text(String, Box<Problem>),
}

/// Where a version of an event is.
#[derive(Clone, Copy)]
pub(crate) enum Place {
    Memory { memtable: usize, chunk: usize, row: usize },
    Segment { segment: usize, row: u32 },
}

/// What is known of an identity.
enum Newest {
    Nothing,
    Event(u64, Event),
    Retracted(u64),
}

/// Kinds of items of a record of the log.
pub(crate) const EVENTS: u8 = 0;
pub(crate) const CHANGES: u8 = 1;

impl State {
    /// Bytes that wait to be written.
    pub(crate) fn pending_bytes(&self) -> usize {
        self.pending.iter().map(Pending::length).sum()
    }

    pub(crate) fn active(&mut self) -> &mut Memtable {
        let last = self.memtables.back_mut().expect("there is always a memtable that takes what comes");
        Arc::get_mut(last).expect("only full memtables are shared")
    }

    /// Every version of an event that has content: position and place, the oldest first.
    pub(crate) fn versions(
        &self,
        hash: u64,
        tenant: &Key,
        source: &str,
        id: &str,
    ) -> Result<Vec<(u64, Place)>, UsageError> {
        let mut found = Vec::new();
        for (number, memtable) in self.memtables.iter().enumerate() {
            for (chunk, row) in memtable.find(hash, tenant, source, id) {
                let seq = memtable.chunks[chunk].seq(row);
                found.push((seq, Place::Memory { memtable: number, chunk, row }));
            }
        }
        for (segment, open) in self.segments.iter().enumerate() {
            for row in open.segment.find_hashed(hash, tenant.as_str(), source, id)? {
                found.push((open.segment.seq(row)?.0, Place::Segment { segment, row }));
            }
        }
        found.sort_unstable_by_key(|(seq, _)| *seq);
        Ok(found)
    }

    /// The event at a place.
    pub(crate) fn event(&self, place: Place) -> Result<(Instant, Event), UsageError> {
        match place {
            Place::Memory { memtable, chunk, row } => {
                let chunk = &self.memtables[memtable].chunks[chunk];
                Ok((chunk.received_at, chunk.row(row).event()))
            }
            Place::Segment { segment, row } => {
                let stored = self.segments[segment].segment.stored(row)?;
                Ok((stored.received_at, stored.event))
            }
        }
    }

    fn newest(&self, hash: u64, tenant: &Key, source: &str, id: &str) -> Result<Newest, UsageError> {
        let versions = self.versions(hash, tenant, source, id)?;
        let Some((seq, place)) = versions.last() else { return Ok(Newest::Nothing) };
        let corrections = self.tenants.get(tenant).map(|known| Arc::clone(&known.corrections)).unwrap_or_default();
        let corrections = corrections.read().unwrap_or_else(PoisonError::into_inner);
        Ok(match corrections.of(hash, source, id).last() {
            Some(last) if last.what == What::Retracted => Newest::Retracted(last.seq),
            Some(_) | None => Newest::Event(*seq, self.event(*place)?.1),
        })
    }

    /// The outcome of an event of which the identity is taken.
    fn repeated(&mut self, hash: u64, tenant: &Key, number: u32, batch: &Batch, may_be_here: bool) -> Option<Outcome> {
        let mut versions = batch.known(number).to_vec();
        if may_be_here {
            versions.extend(self.active().known(hash, tenant, &batch.row(number)));
        }
        let newest = |same: bool| versions.iter().filter(|one| one.same || !same).map(|one| Seq(one.seq)).max();
        let duplicate = newest(true).map(|seq| Outcome::Duplicate { seq });
        duplicate.or_else(|| newest(false).map(|seq| Outcome::Conflict { seq }))
    }

    /// Decides about each element of a batch and takes what is new, not yet to be shown.
    pub(crate) fn decide(
        &mut self,
        tenant: &Key,
        mut batch: Batch,
        received_at: Instant,
    ) -> Result<Vec<Outcome>, UsageError> {
        // mostly nothing changed since it was asked
        batch.ask(tenant, Unchanging::of(self))?;
        let here: HashSet<u32> = self.active().table.those_it_may_have(&batch.encoded.hashes).into_iter().collect();
        let first_seq = self.tenants.entry(tenant.clone()).or_default().last_seq + 1;
        let mut draft = Draft { first_seq, accepted: Vec::new(), twins: HashMap::new(), kept: Vec::new() };
        draft.accepted.reserve(batch.encoded.rows.len());
        let mut outcomes = Vec::with_capacity(batch.elements.len());
        for element in std::mem::take(&mut batch.elements) {
            let (number, problem) = match element {
                Element::Row(number) => (number, None),
                Element::Invalid(number, problem) => (number, Some(problem)),
                Element::Text(text, problem) => {
                    outcomes.push(Outcome::Quarantined { problem: (*problem).clone() });
                    self.quarantine(tenant, Sent::Text(text), *problem, received_at, &mut draft.kept)?;
                    continue;
                }
            };
            if let Some(outcome) = draft.repeated(number, &batch) {
                outcomes.push(outcome);
                continue;
            }
            let may_be_here = here.contains(&number);
            if may_be_here || !batch.known(number).is_empty() {
                let hash = batch.encoded.hashes[number as usize];
                if let Some(outcome) = self.repeated(hash, tenant, number, &batch, may_be_here) {
                    outcomes.push(outcome);
                    continue;
                }
            }
            match problem {
                None => outcomes.push(Outcome::Accepted { seq: Seq(draft.accept(number, &batch)) }),
                Some(problem) => {
                    outcomes.push(Outcome::Quarantined { problem: (*problem).clone() });
                    let sent = Sent::Event(batch.row(number).event());
                    self.quarantine(tenant, sent, *problem, received_at, &mut draft.kept)?;
                }
            }
        }
        self.put_draft(tenant, draft, batch.encoded, received_at);
        Ok(outcomes)
    }

    /// Takes what was accepted and quarantined.
    fn put_draft(&mut self, tenant: &Key, draft: Draft, encoded: Encoded, received_at: Instant) {
        let Draft { first_seq, accepted, kept, .. } = draft;
        if accepted.is_empty() && kept.is_empty() {
            return;
        }
        let mut head = item_head(EVENTS, tenant, received_at, first_seq);
        put_bitmap(&mut head, &accepted, encoded.rows.len());
        let rows = (0_u32..).zip(&accepted).map(|(delta, number)| (encoded.rows[*number as usize], delta)).collect();
        let hashes: Vec<u64> = accepted.iter().map(|number| encoded.hashes[*number as usize]).collect();
        let Encoded { bytes, texts, .. } = if accepted.is_empty() { Encoder::default().finish() } else { encoded };
        let tail = serde_json::to_vec(&kept).expect("texts are JSON");
        let chunk = Chunk::new(tenant.clone(), received_at, first_seq, bytes, texts, rows);
        self.put(chunk, &hashes, accepted.len() as u64, head, &tail);
    }

    /// Puts a chunk into the memtable and into what is written next.
    fn put(&mut self, chunk: Chunk, hashes: &[u64], seqs: u64, mut head: Vec<u8>, tail: &[u8]) {
        put_length(&mut head, chunk.bytes.len());
        let mut framed = Vec::with_capacity(4 + tail.len());
        put_length(&mut framed, tail.len());
        framed.extend_from_slice(tail);
        let length = head.len() + chunk.bytes.len() + framed.len() - 4;
        head[..4].copy_from_slice(&u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes());
        let known = self.tenants.entry(chunk.tenant.clone()).or_default();
        known.last_seq += seqs;
        let (seq, quarantined) = (known.last_seq, known.quarantined);
        let chunk = Arc::new(chunk);
        self.remember(&chunk, hashes);
        let wal = self.active().wal;
        self.pending.push(Pending { wal, head, rows: chunk, tail: framed, seq, quarantined });
        self.ticket += 1;
    }

    /// Puts a chunk into the memtable.
    pub(crate) fn remember(&mut self, chunk: &Arc<Chunk>, hashes: &[u64]) {
        let memtable = self.active();
        let number = memtable.next_chunk();
        for (row, hash) in (0_u32..).zip(hashes) {
            memtable.table.add(*hash, number, row);
        }
        memtable.push(Arc::clone(chunk));
    }

    fn quarantine(
        &mut self,
        tenant: &Key,
        sent: Sent,
        problem: Problem,
        received_at: Instant,
        written: &mut Vec<KeptEntry>,
    ) -> Result<(), UsageError> {
        let kept = Quarantined { received_at, sent, problem, mended: None };
        if self.keep(tenant, &kept)? {
            written.push(KeptEntry::of(tenant, &kept));
        }
        Ok(())
    }

    /// Keeps what is not kept yet.
    pub(crate) fn keep(&mut self, tenant: &Key, kept: &Quarantined) -> Result<bool, UsageError> {
        let text = sent_text(&kept.sent);
        let hash = sent_hash(tenant, &text);
        if self.memtables.iter().any(|memtable| memtable.has_kept(tenant, hash, &text)) {
            return Ok(false);
        }
        for side in self.sides.iter() {
            if side.has(tenant, hash, &text)? {
                return Ok(false);
            }
        }
        self.active().keep(tenant, hash, &text, Arc::new(kept.clone()));
        self.tenants.entry(tenant.clone()).or_default().quarantined += 1;
        Ok(true)
    }

    /// Makes changes, or says which of them cannot be made.
    pub(crate) fn make(
        &mut self,
        tenant: &Key,
        changes: &[Change],
        recorded_at: Instant,
    ) -> Result<Result<Applied, Vec<Refusal>>, UsageError> {
        let first_seq = self.tenants.get(tenant).map_or(0, |known| known.last_seq) + 1;
        let refusals = self.judge(tenant, changes, recorded_at, first_seq)?;
        if !refusals.is_empty() {
            return Ok(Err(refusals));
        }
        let (encoded, whats) = encode_changes(tenant, changes);
        let mut head = item_head(CHANGES, tenant, recorded_at, first_seq);
        put_length(&mut head, whats.len());
        head.extend(whats.iter().map(|what| what_byte(*what)));
        let count = whats.len() as u64;
        let (chunk, hashes) = self.correct(tenant, encoded, &whats, recorded_at, first_seq)?;
        self.put(chunk, &hashes, count, head, &[]);
        Ok(Ok(Applied { first: Seq(first_seq), last: Seq(first_seq + count - 1) }))
    }

    /// Learns the corrections among the rows of changes; the others are the chunk.
    pub(crate) fn correct(
        &mut self,
        tenant: &Key,
        encoded: Encoded,
        whats: &[What],
        recorded_at: Instant,
        first_seq: u64,
    ) -> Result<(Chunk, Vec<u64>), UsageError> {
        let Encoded { bytes, texts, rows: starts, hashes: all, .. } = encoded;
        let (mut rows, mut hashes, mut now) = (Vec::new(), Vec::new(), HashMap::new());
        for ((delta, what), (start, hash)) in (0_u32..).zip(whats).zip(starts.iter().zip(&all)) {
            let (row, seq) = (Row::new(&bytes, &texts, *start), first_seq + u64::from(delta));
            let identity = (row.source().to_owned(), row.id().to_owned());
            if *what != What::Accepted {
                let replaces = match now.get(&identity) {
                    Some(earlier) => *earlier,
                    None => match self.newest(*hash, tenant, row.source(), row.id())? {
                        Newest::Event(seq, _) => Some(seq),
                        Newest::Nothing | Newest::Retracted(_) => None,
                    },
                };
                let (source, id) = identity.clone();
                self.learn(tenant, Correction { seq, recorded_at, what: *what, source, id, replaces }, *hash)?;
            }
            if *what == What::Retracted {
                now.insert(identity, None);
            } else {
                now.insert(identity, Some(seq));
                rows.push((*start, delta));
                hashes.push(*hash);
            }
        }
        let chunk = Chunk::new(tenant.clone(), recorded_at, first_seq, bytes, texts, rows);
        Ok((chunk, hashes))
    }

    fn learn(&mut self, tenant: &Key, correction: Correction, hash: u64) -> Result<(), UsageError> {
        for open in self.segments.iter() {
            open.learn(tenant, &correction)?;
        }
        self.active().corrections.push((tenant.clone(), correction.clone()));
        let known = self.tenants.entry(tenant.clone()).or_default();
        known.corrections.write().unwrap_or_else(PoisonError::into_inner).add(hash, correction);
        Ok(())
    }

    /// Which of the changes cannot be made, one after the other.
    fn judge(
        &self,
        tenant: &Key,
        changes: &[Change],
        recorded_at: Instant,
        first_seq: u64,
    ) -> Result<Vec<Refusal>, UsageError> {
        let (mut made, mut refusals, mut next) = (HashMap::new(), Vec::new(), first_seq);
        for (index, change) in changes.iter().enumerate() {
            let (source, id) = match change {
                Change::Add(event) | Change::Amend(event) => (&event.source, &event.id),
                Change::Retract { source, id } => (source, id),
            };
            let newest = if let Some(newest) = made.remove(&(source, id)) {
                newest
            } else {
                let hash = crate::segment::identity_hash(tenant.as_str(), source, id);
                self.newest(hash, tenant, source, id)?
            };
            let becomes = match judge_one(change, &newest, recorded_at, next) {
                Ok(becomes) => {
                    next += 1;
                    becomes
                }
                Err(why) => {
                    refusals.push(Refusal { index, source_name: source.clone(), id: id.clone(), why });
                    newest
                }
            };
            made.insert((source, id), becomes);
        }
        Ok(refusals)
    }
}

/// What of a batch is accepted so far.
struct Draft {
    first_seq: u64,
    /// Numbers of rows.
    accepted: Vec<u32>,
    /// Of identities that several rows have: the row that was accepted, and its position, by the first that has it.
    twins: HashMap<u32, (u32, u64)>,
    kept: Vec<KeptEntry>,
}

impl Draft {
    /// The outcome of a row of which the identity was accepted in this batch.
    fn repeated(&self, number: u32, batch: &Batch) -> Option<Outcome> {
        let first = batch.twins.get(&number)?;
        let (earlier, seq) = self.twins.get(first)?;
        let (same, seq) = (batch.row(*earlier).says(&batch.row(number)), Seq(*seq));
        Some(if same { Outcome::Duplicate { seq } } else { Outcome::Conflict { seq } })
    }

    /// Accepts a row, and gives its position.
    fn accept(&mut self, number: u32, batch: &Batch) -> u64 {
        let seq = self.first_seq + self.accepted.len() as u64;
        self.accepted.push(number);
        if !batch.twins.is_empty() {
            let first = batch.twins.get(&number).copied().unwrap_or(number);
            self.twins.insert(first, (number, seq));
        }
        seq
    }
}

fn judge_one(change: &Change, newest: &Newest, recorded_at: Instant, next: u64) -> Result<Newest, Refused> {
    match (change, newest) {
        (Change::Add(event), Newest::Nothing) => {
            check(event, recorded_at).map_err(Refused::Invalid)?;
            Ok(Newest::Event(next, event.clone()))
        }
        (Change::Add(event), Newest::Event(seq, there)) if there == event => Err(Refused::Exists { seq: Seq(*seq) }),
        (Change::Add(_), Newest::Event(seq, _) | Newest::Retracted(seq)) => Err(Refused::Conflict { seq: Seq(*seq) }),
        (Change::Amend(_) | Change::Retract { .. }, Newest::Nothing) => Err(Refused::Unknown),
        (Change::Amend(event), Newest::Event(..) | Newest::Retracted(_)) => {
            check(event, recorded_at).map_err(Refused::Invalid)?;
            match newest {
                Newest::Event(seq, there) if there == event => Err(Refused::Unchanged { seq: Seq(*seq) }),
                Newest::Event(..) | Newest::Retracted(_) | Newest::Nothing => Ok(Newest::Event(next, event.clone())),
            }
        }
        (Change::Retract { .. }, Newest::Retracted(seq)) => Err(Refused::Retracted { seq: Seq(*seq) }),
        (Change::Retract { .. }, Newest::Event(..)) => Ok(Newest::Retracted(next)),
    }
}

fn encode_changes(tenant: &Key, changes: &[Change]) -> (Encoded, Vec<What>) {
    let mut encoder = Encoder::default();
    let mut whats = Vec::with_capacity(changes.len());
    for change in changes {
        whats.push(match change {
            Change::Add(event) => {
                encoder.push_event(tenant.as_str(), event);
                What::Accepted
            }
            Change::Amend(event) => {
                encoder.push_event(tenant.as_str(), event);
                What::Amended
            }
            Change::Retract { source, id } => {
                // of a retraction only the identity says something
                let row = RowParts { source, id, name: "", subject: "", at: EPOCH };
                encoder.push(tenant.as_str(), &row, std::iter::empty());
                What::Retracted
            }
        });
    }
    (encoder.finish(), whats)
}

const EPOCH: Instant = Instant::MIN;

/// `length u32 (filled in later) · kind u8 · tenant · received_at i64 · first position u64`
fn item_head(kind: u8, tenant: &Key, received_at: Instant, first_seq: u64) -> Vec<u8> {
    let mut head = vec![0; 4];
    head.push(kind);
    put_length(&mut head, tenant.as_str().len());
    head.extend_from_slice(tenant.as_str().as_bytes());
    head.extend_from_slice(&received_at.micros().to_le_bytes());
    head.extend_from_slice(&first_seq.to_le_bytes());
    head
}

/// Which of the rows are accepted.
fn put_bitmap(out: &mut Vec<u8>, accepted: &[u32], rows: usize) {
    let rows = if accepted.is_empty() { 0 } else { rows };
    put_length(out, rows);
    let start = out.len();
    out.resize(start + rows.div_ceil(8), 0);
    for row in accepted {
        out[start + *row as usize / 8] |= 1 << (row % 8);
    }
}

fn put_length(out: &mut Vec<u8>, length: usize) {
    out.extend_from_slice(&u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes());
}

fn what_byte(what: What) -> u8 {
    match what {
        What::Accepted => 0,
        What::Amended => 1,
        What::Retracted => 2,
    }
}
