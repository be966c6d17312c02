//! The index of identities: from (tenant, source, id) to rows.
//!
//! ```text
//! identities := shelf*
//! shelf      := line of each bucket · row u32 of each place · zeros up to a multiple of 64 bytes
//! line       := first place u32 · rows of the bucket u32 · fingerprint u16 of its first 28 places            64 bytes
//! ```
//! A hash belongs to bucket `hash × buckets / 2^64`; its fingerprint is its low 16 bits. The places of a bucket are in the order
//! of rows; places are counted in each shelf from 0. An absent identity costs one line, which is one line of the processor's
//! cache; a row that has the fingerprint is read to be sure. So the fingerprints are the filter: of 4,000 absent identities one
//! makes a row be read.
//!
//! A shelf is made in memory, one after the other: what belongs to it is kept in a file of its own when there is too much of it.

use super::{Bytes, bytes::u32_at};
use crate::disk::{Disk, DiskFile};
use siphasher::sip::SipHasher13;
use std::{hash::Hasher, io, io::Write, ops::Range};

/// Rows that share a bucket, on average.
const BUCKET_ROWS: usize = 16;
/// Bytes of a bucket's line.
const LINE: usize = 64;
/// Fingerprints of a line: a bucket of more rows, one of 500, has further candidates.
const PRINTS: usize = (LINE - 8) / 2;
/// Hashes of which the lines are asked for before the first is looked at.
const AHEAD: usize = 32;
/// Buckets of a shelf: about a million rows.
const SHELF: usize = 1 << 16;
/// Bytes under one checksum.
pub(super) const PAGE: usize = 1 << 16;
/// Bytes of a hash and its row while a segment is written.
const ENTRY: usize = 12;

/// The hash of an identity: SipHash-1-3 with the key zero over the texts, each with its length before it.
pub(crate) fn identity_hash(tenant: &str, source: &str, id: &str) -> u64 {
    IdentityHash::new(tenant, source).of(id.as_bytes())
}

/// The hashes of identities of one tenant and source.
#[derive(Clone, Copy)]
pub(crate) struct IdentityHash(SipHasher13);

impl IdentityHash {
    pub(crate) fn new(tenant: &str, source: &str) -> Self {
        let mut hasher = SipHasher13::new();
        for text in [tenant, source] {
            hasher.write(&(text.len() as u64).to_le_bytes());
            hasher.write(text.as_bytes());
        }
        Self(hasher)
    }

    pub(crate) fn of(&self, id: &[u8]) -> u64 {
        let mut hasher = self.0;
        hasher.write(&(id.len() as u64).to_le_bytes());
        hasher.write(id);
        hasher.finish()
    }
}

/// How many buckets so many rows have.
fn buckets(rows: usize) -> usize {
    rows.div_ceil(BUCKET_ROWS).max(1)
}

fn bucket(hash: u64, buckets: usize) -> usize {
    let scaled = (u128::from(hash) * buckets as u128) >> 64;
    usize::try_from(scaled).expect("a bucket is below the number of buckets")
}

fn fingerprint(hash: u64) -> [u8; 2] {
    let [low, high, ..] = hash.to_le_bytes();
    [low, high]
}

/// Zeros before an index, so that no line is in two lines of the processor's cache.
pub(super) fn padding(written: u64) -> usize {
    // below 64
    usize::try_from(written.next_multiple_of(LINE as u64) - written).unwrap_or(0)
}

/// How long a shelf with so many rows is.
fn shelf_bytes(buckets: usize, rows: usize) -> usize {
    (LINE * buckets + 4 * rows).next_multiple_of(LINE)
}

/// How long the index is whose shelves have so many rows; none when there is another number of shelves.
pub(super) fn section_bytes(shelves: &[u32]) -> Option<usize> {
    let rows = shelves.iter().try_fold(0_usize, |sum, rows| sum.checked_add(*rows as usize))?;
    let buckets = buckets(rows);
    let lengths = shelves.iter().enumerate().map(|(number, rows)| {
        let own = buckets.checked_sub(number * SHELF)?.min(SHELF);
        (own > 0).then(|| shelf_bytes(own, *rows as usize))
    });
    (shelves.len() == buckets.div_ceil(SHELF)).then(|| lengths.sum::<Option<usize>>()).flatten()
}

/// Where hashes are kept that do not fit into memory while a segment is written.
pub(crate) struct Spill<'a> {
    pub(crate) disk: &'a dyn Disk,
    /// The file; it is removed in the end.
    pub(crate) name: String,
    /// Hashes that may be in memory.
    pub(crate) rows: usize,
}

/// The hashes of a segment's rows, by shelf.
pub(super) struct Builder<'a> {
    buckets: usize,
    shelves: Vec<Shelf>,
    held: usize,
    spill: Option<Spill<'a>>,
    file: Option<Box<dyn DiskFile>>,
    written: u64,
}

/// What belongs to a shelf: entries in memory, and where there are more of them in the file.
#[derive(Default)]
struct Shelf {
    rows: u32,
    entries: Vec<u8>,
    parts: Vec<Range<u64>>,
}

impl<'a> Builder<'a> {
    /// For so many rows.
    pub(super) fn new(rows: usize, spill: Option<Spill<'a>>) -> Self {
        let buckets = buckets(rows);
        let shelves = (0..buckets.div_ceil(SHELF)).map(|_| Shelf::default()).collect();
        Self { buckets, shelves, held: 0, spill, file: None, written: 0 }
    }

    /// The rows come in their order.
    pub(super) fn push(&mut self, hash: u64, row: u32) -> io::Result<()> {
        let part = &mut self.shelves[bucket(hash, self.buckets) / SHELF];
        part.rows += 1;
        part.entries.extend_from_slice(&hash.to_le_bytes());
        part.entries.extend_from_slice(&row.to_le_bytes());
        self.held += 1;
        if self.spill.as_ref().is_some_and(|spill| self.held >= spill.rows) { self.spill() } else { Ok(()) }
    }

    fn spill(&mut self) -> io::Result<()> {
        let Some(Spill { disk, name, .. }) = &self.spill else { return Ok(()) };
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(disk.create(name)?),
        };
        for shelf in &mut self.shelves {
            file.write_at(self.written, &shelf.entries)?;
            let end = self.written + shelf.entries.len() as u64;
            shelf.parts.push(self.written..end);
            self.written = end;
            shelf.entries = Vec::new();
        }
        self.held = 0;
        Ok(())
    }

    /// Writes the index. Gives how many rows each shelf has, and the checksums of its pages.
    pub(super) fn finish(mut self, out: &mut impl Write) -> io::Result<(Vec<u32>, Vec<u32>)> {
        drop(self.file.take());
        let spilled = match &self.spill {
            Some(spill) if self.written > 0 => Some(spill.disk.map(&spill.name)?),
            Some(_) | None => None,
        };
        let mut out = Paged { out, page: Vec::with_capacity(PAGE), sums: Vec::new() };
        let mut rows = Vec::with_capacity(self.shelves.len());
        for (number, shelf) in std::mem::take(&mut self.shelves).into_iter().enumerate() {
            let first = number * SHELF;
            let own = (self.buckets - first).min(SHELF);
            out.put(&shelf.bytes(first, own, self.buckets, spilled.as_ref())?)?;
            rows.push(shelf.rows);
        }
        Ok((rows, out.end()?))
    }
}

impl Drop for Builder<'_> {
    fn drop(&mut self) {
        if let Some(spill) = &self.spill
            && self.written > 0
        {
            // what stays is removed when the store is opened
            let _ = spill.disk.remove(&spill.name);
        }
    }
}

impl Shelf {
    /// The shelf as it is written: it has so many buckets after the first.
    fn bytes(&self, first: usize, own: usize, all: usize, spilled: Option<&Bytes>) -> io::Result<Vec<u8>> {
        let mut parts: Vec<&[u8]> = Vec::with_capacity(self.parts.len() + 1);
        for part in &self.parts {
            let place = |end: u64| usize::try_from(end).map_err(io::Error::other);
            let bytes = spilled.and_then(|bytes| Some(bytes.get(place(part.start).ok()?..place(part.end).ok()?)));
            parts.push(bytes.flatten().ok_or(io::ErrorKind::UnexpectedEof)?);
        }
        parts.push(&self.entries);
        let entries = || {
            parts.iter().flat_map(|part| part.as_chunks::<ENTRY>().0).map(|entry| {
                let (hash, row) = entry.split_first_chunk::<8>().expect("an entry has 12 bytes");
                (u64::from_le_bytes(*hash), row)
            })
        };
        let mut next = vec![0_u32; own];
        for (hash, _) in entries() {
            next[bucket(hash, all) - first] += 1;
        }
        let mut bytes = vec![0; shelf_bytes(own, self.rows as usize)];
        let (lines, places) = bytes.split_at_mut(LINE * own);
        let lines = lines.as_chunks_mut::<LINE>().0;
        let mut start = 0;
        for (line, next) in lines.iter_mut().zip(&mut next) {
            let count = std::mem::replace(next, start);
            line[..4].copy_from_slice(&start.to_le_bytes());
            line[4..8].copy_from_slice(&count.to_le_bytes());
            start += count;
        }
        let places = places.as_chunks_mut::<4>().0;
        for (hash, row) in entries() {
            let bucket = bucket(hash, all) - first;
            let (line, place) = (&mut lines[bucket], next[bucket]);
            next[bucket] += 1;
            places[place as usize].copy_from_slice(row);
            let within = (place - u32_at(line, 0).unwrap_or(0)) as usize;
            if within < PRINTS {
                line[8 + 2 * within..10 + 2 * within].copy_from_slice(&fingerprint(hash));
            }
        }
        Ok(bytes)
    }
}

/// Writes pages and computes their checksums.
struct Paged<'a, W> {
    out: &'a mut W,
    page: Vec<u8>,
    sums: Vec<u32>,
}

impl<W: Write> Paged<'_, W> {
    fn put(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(PAGE - self.page.len()));
            self.page.extend_from_slice(now);
            bytes = later;
            if self.page.len() == PAGE {
                self.flush()?;
            }
        }
        Ok(())
    }
    fn flush(&mut self) -> io::Result<()> {
        self.sums.push(crc32c::crc32c(&self.page));
        self.out.write_all(&self.page)?;
        self.page.clear();
        Ok(())
    }
    fn end(mut self) -> io::Result<Vec<u32>> {
        if !self.page.is_empty() {
            self.flush()?;
        }
        Ok(self.sums)
    }
}

/// Where things are in the index of a segment.
#[derive(Debug)]
pub(super) struct Layout {
    buckets: usize,
    /// Where each shelf begins, and how many rows it has.
    shelves: Vec<(usize, u32)>,
}

impl Layout {
    /// Of shelves whose number is right.
    pub(super) fn new(rows: usize, shelves: &[u32]) -> Self {
        let (mut start, mut list, buckets) = (0, Vec::with_capacity(shelves.len()), buckets(rows));
        for (number, rows) in shelves.iter().enumerate() {
            list.push((start, *rows));
            start += shelf_bytes(buckets.saturating_sub(number * SHELF).min(SHELF), *rows as usize);
        }
        Self { buckets, shelves: list }
    }

    /// Where the line of a hash is.
    fn line(&self, hash: u64) -> (usize, usize) {
        let bucket = bucket(hash, self.buckets);
        let part = bucket / SHELF;
        (part, self.shelves[part].0 + LINE * (bucket % SHELF))
    }

    /// Calls `found` with the number of each hash that a row may have. `touch` is called with each part of the section before
    /// it is read. One look-up does not wait for the one before it: the processor waits for several lines at once.
    pub(super) fn suspects<E>(
        &self,
        section: &[u8],
        hashes: &[u64],
        mut touch: impl FnMut(Range<usize>) -> Result<(), E>,
        mut found: impl FnMut(usize),
    ) -> Result<(), E> {
        let mut starts = [0; AHEAD];
        for (first, hashes) in hashes.chunks(AHEAD).enumerate() {
            let mut seen = 0;
            for (start, hash) in starts.iter_mut().zip(hashes) {
                *start = self.line(*hash).1;
                seen ^= section.get(*start).copied().unwrap_or(0);
            }
            std::hint::black_box(seen);
            for (number, (start, hash)) in starts.iter().zip(hashes).enumerate() {
                touch(*start..*start + LINE)?;
                let Some(line) = section.get(*start..).and_then(|rest| rest.first_chunk::<LINE>()) else { continue };
                let wanted = u16::from_le_bytes(fingerprint(*hash));
                let prints = line[8..].as_chunks::<2>().0;
                let hits: u16 = prints.iter().map(|print| u16::from(u16::from_le_bytes(*print) == wanted)).sum();
                if hits > 0 || u32_at(line, 1).is_none_or(|rows| rows as usize > PRINTS) {
                    found(AHEAD * first + number);
                }
            }
        }
        Ok(())
    }

    /// The rows that may have this hash; none when the section is no index.
    pub(super) fn find<E>(
        &self,
        section: &[u8],
        hash: u64,
        mut touch: impl FnMut(Range<usize>) -> Result<(), E>,
    ) -> Result<Option<Vec<u32>>, E> {
        let (part, start) = self.line(hash);
        touch(start..start + LINE)?;
        let Some(line) = section.get(start..).and_then(|rest| rest.first_chunk::<LINE>()) else { return Ok(None) };
        let (Some(first), Some(count)) = (u32_at(line, 0), u32_at(line, 1)) else { return Ok(None) };
        let (begin, rows) = self.shelves[part];
        if first.checked_add(count).is_none_or(|end| end > rows) {
            return Ok(None);
        }
        let own = (self.buckets - part * SHELF).min(SHELF);
        let places = begin + LINE * own + 4 * first as usize;
        let (wanted, mut candidates) = (fingerprint(hash), Vec::new());
        let prints = line[8..].as_chunks::<2>().0;
        for place in 0..count as usize {
            if prints.get(place).is_none_or(|print| *print == wanted) {
                let at = places + 4 * place;
                touch(at..at + 4)?;
                let Some(row) = section.get(at..).and_then(|bytes| u32_at(bytes, 0)) else { return Ok(None) };
                candidates.push(row);
            }
        }
        Ok(Some(candidates))
    }
}

#[cfg(test)]
mod tests {
    use super::{super::bytes::length, *};
    use crate::disk::RealDisk;
    use proptest::prelude::*;

    fn built(hashes: &[u64], spill: Option<Spill<'_>>) -> (Vec<u8>, Vec<u32>, Vec<u32>) {
        let mut builder = Builder::new(hashes.len(), spill);
        for (row, hash) in hashes.iter().enumerate() {
            builder.push(*hash, length(row)).unwrap();
        }
        let mut section = Vec::new();
        let (shelves, pages) = builder.finish(&mut section).unwrap();
        (section, shelves, pages)
    }

    fn judge(hashes: &[u64]) {
        let (section, shelves, pages) = built(hashes, None);
        assert_eq!(Some(section.len()), section_bytes(&shelves));
        assert_eq!(pages, section.chunks(PAGE).map(crc32c::crc32c).collect::<Vec<_>>());
        let layout = Layout::new(hashes.len(), &shelves);
        let mut suspects = Vec::new();
        layout.suspects(&section, hashes, |_| Ok::<(), ()>(()), |number| suspects.push(number)).unwrap();
        assert_eq!(suspects, (0..hashes.len()).collect::<Vec<_>>());
        for (row, hash) in hashes.iter().enumerate() {
            let found = layout.find(&section, *hash, |_| Ok::<(), ()>(())).unwrap().unwrap();
            assert!(found.contains(&length(row)) && found.is_sorted());
        }
    }

    proptest! {
        #[test]
        fn every_row_is_found_by_its_hash(hashes in prop::collection::vec(0_u64..9_000_000, 0..200)) {
            judge(&hashes.into_iter().map(|hash| hash.wrapping_mul(0x9e37_79b9_7f4a_7c15)).collect::<Vec<_>>());
        }
    }

    #[test]
    fn rows_of_one_bucket_are_found_however_many_they_are() {
        judge(&[77; 500]);
    }

    #[test]
    fn what_does_not_fit_into_memory_changes_no_byte_and_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let disk = RealDisk::open(folder.path()).unwrap_or_else(|_| panic!("the directory is in use"));
        // more than one shelf
        let hashes: Vec<u64> = (0..1_200_000_u64).map(|n| n.wrapping_mul(0x9e37_79b9_7f4a_7c15)).collect();
        let whole = built(&hashes, None);
        assert_eq!(whole.1.len(), 2);
        let spill = Spill { disk: &disk, name: "a.new".into(), rows: 100_000 };
        assert!(built(&hashes, Some(spill)) == whole);
        assert_eq!(disk.list().unwrap(), ["lock"]);
        judge(&hashes);
    }

    #[test]
    fn few_absent_identities_make_a_row_be_read() {
        let hash = |n: u64| identity_hash("acme", "gateway", &n.to_string());
        let hashes: Vec<u64> = (0..20_000).map(hash).collect();
        let (section, shelves, _) = built(&hashes, None);
        let layout = Layout::new(hashes.len(), &shelves);
        let (absent, mut suspects): (Vec<u64>, _) = ((20_000..120_000).map(hash).collect(), 0);
        layout.suspects(&section, &absent, |_| Ok::<(), ()>(()), |_| suspects += 1).unwrap();
        assert!(suspects < 500, "{suspects} of 100,000");
    }

    #[test]
    fn texts_that_join_to_the_same_are_told_apart() {
        assert_ne!(identity_hash("t", "ab", "c"), identity_hash("t", "a", "bc"));
        // the hash is part of the format
        assert_eq!(identity_hash("acme", "gateway", "1"), 0xbb1a_9961_d5c1_6d4d);
    }
}
