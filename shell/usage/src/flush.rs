//! A full memtable as a segment: its rows in the order of a segment.
//!
//! The rows are all over the memory, in the order in which they came. They are read twice: once one after the other, to learn of
//! each its subject, name and time, by which small entries are sorted; and once in their order, some rows ahead of being
//! written, so that the processor waits for several at once.

use crate::{
    UsageError,
    memory::Chunk,
    quick::{quick, slot},
    rows::Row,
    segment::{FOR_EVER, RowRef, Writer},
};
use std::{cmp::Ordering, io::Write, path::Path, sync::Arc};

/// Rows that are looked at ahead of being written.
const AHEAD: usize = 16;

/// A row of chunks.
#[derive(Debug, Clone, Copy, Default)]
struct Place {
    at: i64,
    chunk: u32,
    /// Where it begins in the chunk, and by how much its position is above the first of the chunk.
    start: u32,
    delta: u32,
    /// Places of its texts among all texts, in the order of these.
    tenant: u32,
    name: u32,
    subject: u32,
}

impl Place {
    fn is_of_run(&self, other: &Self) -> bool {
        (self.tenant, self.name, self.subject) == (other.tenant, other.name, other.subject)
    }
}

/// Writes the rows of chunks in the order of a segment, and says the hashes of their identities; the path is for messages.
pub(crate) fn write_chunks(out: &mut dyn Write, path: &Path, chunks: &[Arc<Chunk>]) -> Result<Vec<u64>, UsageError> {
    let (texts, numbers) = Texts::of(chunks);
    let rows = Rows { chunks, texts: &texts, numbers: &numbers };
    let places = rows.in_order();
    let mut writer = Writer::new(out, path, places.len())?;
    let (mut properties, mut hashes) = (Vec::new(), Vec::with_capacity(places.len()));
    let mut before: Option<&Place> = None;
    for (number, place) in places.iter().enumerate() {
        if number.is_multiple_of(AHEAD) {
            let ahead = places[number..].iter().take(AHEAD);
            let seen = ahead.map(|place| chunks[place.chunk as usize].look_at(place.start)).fold(0, |a, b| a ^ b);
            std::hint::black_box(seen);
        }
        properties.clear();
        rows.row(place).properties_into(|text| rows.text(place, text), &mut properties);
        let head = rows.head(place);
        hashes.push(if before.is_some_and(|before| before.is_of_run(place)) {
            writer.push_next(&head, &properties)?
        } else {
            writer.push(&head, &properties)?
        });
        before = Some(place);
    }
    writer.finish()?;
    Ok(hashes)
}

struct Rows<'a> {
    chunks: &'a [Arc<Chunk>],
    texts: &'a Texts<'a>,
    /// For each chunk the places of its texts among all texts.
    numbers: &'a [Vec<u32>],
}

impl<'a> Rows<'a> {
    fn row(&self, place: &Place) -> Row<'a> {
        self.chunks[place.chunk as usize].row_at(place.start)
    }

    /// A text of the chunk of a row.
    fn text(&self, place: &Place, number: u32) -> &'a str {
        self.texts.get(self.numbers[place.chunk as usize][number as usize])
    }

    fn head(&self, place: &Place) -> RowRef<'a> {
        let (chunk, row) = (&self.chunks[place.chunk as usize], self.row(place));
        RowRef {
            tenant: self.texts.get(place.tenant),
            name: self.texts.get(place.name),
            subject: self.texts.get(place.subject),
            at: place.at,
            source: self.text(place, row.source_number()),
            id: row.id(),
            seq: chunk.first_seq + u64::from(place.delta),
            received_at: chunk.received_at.micros(),
            until: FOR_EVER,
        }
    }

    /// All rows, by tenant, name and subject, then time, source, id and position.
    fn in_order(&self) -> Vec<Place> {
        let mut places = Vec::with_capacity(self.chunks.iter().map(|chunk| chunk.rows.len()).sum());
        for (number, (chunk, numbers)) in (0_u32..).zip(self.chunks.iter().zip(self.numbers)) {
            let tenant = numbers[chunk.texts.len()];
            for (start, delta) in chunk.rows.iter().copied() {
                let row = chunk.row_at(start);
                let (name, subject) = (numbers[row.name_number() as usize], numbers[row.subject_number() as usize]);
                places.push(Place { at: row.at(), chunk: number, start, delta, tenant, name, subject });
            }
        }
        // the last of the keys first: what was in order stays so among equals
        let count = self.texts.list.len();
        places = arranged(places, count, |place| place.subject);
        places = arranged(places, count, |place| place.name);
        places = arranged(places, count, |place| place.tenant);
        for run in places.chunk_by_mut(Place::is_of_run) {
            // rows come about in the order of time
            run.sort_by(|a, b| a.at.cmp(&b.at).then_with(|| self.order(a, b)));
        }
        places
    }

    /// The order of rows that happened at the same time.
    fn order(&self, a: &Place, b: &Place) -> Ordering {
        let (a, b) = (self.head(a), self.head(b));
        (a.source, a.id, a.seq).cmp(&(b.source, b.id, b.seq))
    }
}

/// Sorts by a key below `keys`; equals stay as they are.
fn arranged(places: Vec<Place>, keys: usize, key: impl Fn(&Place) -> u32) -> Vec<Place> {
    let Some(first) = places.first() else { return places };
    if places.iter().all(|place| key(place) == key(first)) {
        return places;
    }
    let mut next = vec![0_u32; keys];
    for place in &places {
        next[key(place) as usize] += 1;
    }
    let mut start = 0;
    for next in &mut next {
        start += std::mem::replace(next, start);
    }
    let mut sorted = vec![Place::default(); places.len()];
    for place in places {
        let next = &mut next[key(&place) as usize];
        sorted[*next as usize] = place;
        *next += 1;
    }
    sorted
}

/// All texts of some chunks, each once, in their order.
struct Texts<'a> {
    list: Vec<&'a str>,
}

impl<'a> Texts<'a> {
    /// The texts, and for each chunk their places: those of its texts, then that of its tenant.
    fn of(chunks: &'a [Arc<Chunk>]) -> (Self, Vec<Vec<u32>>) {
        let mut found = Found { list: Vec::new(), slots: vec![0; 1 << 12] };
        let mut numbers: Vec<Vec<u32>> = Vec::with_capacity(chunks.len());
        for chunk in chunks {
            let own = chunk.all_texts().into_iter().chain([chunk.tenant.as_str()]);
            numbers.push(own.map(|text| found.number(text)).collect());
        }
        // most texts differ in their first bytes, which are compared as one number
        let front = |text: &str| {
            let mut front = [0; 16];
            let length = text.len().min(16);
            front[..length].copy_from_slice(&text.as_bytes()[..length]);
            u128::from_be_bytes(front)
        };
        let mut order: Vec<(u128, &str, u32)> =
            (0_u32..).zip(&found.list).map(|(number, text)| (front(text), *text, number)).collect();
        order.sort_unstable();
        let mut places = vec![0; order.len()];
        for (place, (_, _, number)) in (0_u32..).zip(&order) {
            places[*number as usize] = place;
        }
        for number in numbers.iter_mut().flatten() {
            *number = places[*number as usize];
        }
        (Self { list: order.into_iter().map(|(_, text, _)| text).collect() }, numbers)
    }

    fn get(&self, place: u32) -> &'a str {
        self.list[place as usize]
    }
}

/// Texts in the order in which they were found.
struct Found<'a> {
    list: Vec<&'a str>,
    /// A power of two of them: the number of a text plus one, and 0 where there is none.
    slots: Vec<u32>,
}

impl<'a> Found<'a> {
    fn number(&mut self, text: &'a str) -> u32 {
        if (self.list.len() + 1) * 2 > self.slots.len() {
            self.slots = vec![0; self.slots.len() * 2];
            for number in 0..self.list.len() {
                let free = self.slot(self.list[number], |found| found == 0);
                self.slots[free] = next_number(number);
            }
        }
        let slot = self.slot(text, |found| found == 0 || self.list[found as usize - 1] == text);
        if self.slots[slot] == 0 {
            self.slots[slot] = next_number(self.list.len());
            self.list.push(text);
        }
        self.slots[slot] - 1
    }

    fn slot(&self, text: &str, is_wanted: impl Fn(u32) -> bool) -> usize {
        let mut at = slot(quick(text.as_bytes()), self.slots.len());
        while !is_wanted(self.slots[at]) {
            at = (at + 1) & (self.slots.len() - 1);
        }
        at
    }
}

fn next_number(number: usize) -> u32 {
    u32::try_from(number + 1).expect("a memtable has fewer texts than fit in memory")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        rows::{Encoder, RowParts},
        segment::Segment,
    };
    use calendar::Instant;
    use proptest::prelude::*;
    use stdx::Key;

    fn chunk(tenant: &str, first_seq: u64, rows: &[(u8, u8, i64, u16)]) -> Arc<Chunk> {
        let mut encoder = Encoder::default();
        for (name, subject, at, id) in rows {
            let (name, subject) = (format!("name-{name}"), format!("a-long-common-beginning-{subject}"));
            let at = Instant::from_micros(*at).unwrap();
            let row = RowParts { source: "s", id: &format!("{id}"), name: &name, subject: &subject, at };
            encoder.push(tenant, &row, std::iter::empty());
        }
        let batch = encoder.finish();
        let starts = (0_u32..).zip(&batch.rows).map(|(delta, start)| (*start, delta)).collect();
        let received = Instant::from_micros(9).unwrap();
        Arc::new(Chunk::new(Key::try_from(tenant).unwrap(), received, first_seq, batch.bytes, batch.texts, starts))
    }

    proptest! {
        #[test]
        fn every_row_is_written_once_in_the_order_of_a_segment(
            batches in prop::collection::vec(
                (0..2_usize, prop::collection::vec((0..3_u8, 0..4_u8, 0..6_i64, any::<u16>()), 0..12)), 0..8,
            ),
        ) {
            let (mut seqs, mut chunks) = ([1, 1], Vec::new());
            for (tenant, rows) in &batches {
                chunks.push(chunk(["us", "eu"][*tenant], seqs[*tenant], rows));
                seqs[*tenant] += rows.len() as u64;
            }
            let mut bytes = Vec::new();
            let path = Path::new("x.seg");
            // the writer refuses what is not in the order of a segment
            write_chunks(&mut bytes, path, &chunks).unwrap();
            let segment = Segment::of(crate::segment::Bytes::from(bytes), path).unwrap();
            let rows = batches.iter().map(|(_, rows)| rows.len()).sum::<usize>();
            prop_assert_eq!(segment.meta().rows as usize, rows);
            let mut first_seqs = [1, 1];
            for (tenant, rows) in &batches {
                for (name, subject, at, id) in rows {
                    let key = ["us", "eu"][*tenant];
                    let hash = crate::segment::identity_hash(key, "s", &id.to_string());
                    let found = segment.find_hashed(hash, key, "s", &id.to_string()).unwrap();
                    let stored: Vec<_> = found.iter().map(|row| segment.stored(*row).unwrap()).collect();
                    let stored: Vec<_> = stored.iter().filter(|one| one.seq.0 == first_seqs[*tenant]).collect();
                    prop_assert_eq!(stored.len(), 1);
                    let event = &stored[0].event;
                    prop_assert_eq!(
                        (&event.name, &event.subject, event.at.micros()),
                        (&format!("name-{name}"), &format!("a-long-common-beginning-{subject}"), *at)
                    );
                    first_seqs[*tenant] += 1;
                }
            }
        }
    }
}
