//! The index of identities: from (tenant, source, id) to rows.
//!
//! ```text
//! identities := start u32 of each bucket, and the number of rows · fingerprint u16 of each row · number u32 of each row
//! ```
//! Rows are in the order of their hashes, then their numbers. A hash belongs to bucket `hash × buckets / 2^64`; its fingerprint is
//! its low 16 bits. A look-up reads one bucket's fingerprints, about 16; a row that has the fingerprint is read to be sure. So
//! the fingerprints are the filter: of 4,000 absent identities one makes a row be read.

use super::bytes::{Cut, length, u32_at};
use siphasher::sip::SipHasher13;
use std::{hash::Hasher, io, io::Write};

/// Rows that share a bucket, on average.
const BUCKET_ROWS: usize = 16;
/// Bytes under one checksum.
pub(super) const PAGE: usize = 1 << 16;

/// The hash of an identity: SipHash-1-3 with the key zero over the texts, each with its length before it.
pub(crate) fn identity_hash(tenant: &str, source: &str, id: &str) -> u64 {
    let mut hasher = SipHasher13::new();
    for text in [tenant, source, id] {
        hasher.write(&(text.len() as u64).to_le_bytes());
        hasher.write(text.as_bytes());
    }
    hasher.finish()
}

/// How many buckets so many rows have.
pub(super) fn buckets(rows: usize) -> usize {
    rows.div_ceil(BUCKET_ROWS).max(1)
}

/// How long the index of so many rows is.
pub(super) fn section_bytes(rows: usize) -> usize {
    4 * (buckets(rows) + 1) + 6 * rows
}

fn bucket(hash: u64, buckets: usize) -> usize {
    let scaled = (u128::from(hash) * buckets as u128) >> 64;
    usize::try_from(scaled).expect("a bucket is below the number of buckets")
}

fn fingerprint(hash: u64) -> [u8; 2] {
    let [low, high, ..] = hash.to_le_bytes();
    [low, high]
}

/// Writes the index of rows whose hashes are given in their order, and gives the checksums of its pages.
pub(super) fn write(hashes: &[u64], out: &mut impl Write) -> io::Result<Vec<u32>> {
    let mut order: Vec<u32> = (0..length(hashes.len())).collect();
    order.sort_unstable_by_key(|row| (hashes[*row as usize], *row));
    let mut out = Paged { out, page: Vec::with_capacity(PAGE), sums: Vec::new() };
    let buckets = buckets(hashes.len());
    let mut next = order.iter().enumerate().peekable();
    for number in 0..=buckets {
        while next.next_if(|(_, row)| bucket(hashes[**row as usize], buckets) < number).is_some() {}
        let start = next.peek().map_or(order.len(), |(place, _)| *place);
        out.put(&length(start).to_le_bytes())?;
    }
    for row in &order {
        out.put(&fingerprint(hashes[*row as usize]))?;
    }
    for row in &order {
        out.put(&row.to_le_bytes())?;
    }
    out.end()
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

/// The rows that may have this hash. `page` is called with each part of the section before it is read.
pub(super) fn find<E>(
    section: &[u8],
    rows: usize,
    hash: u64,
    mut touch: impl FnMut(std::ops::Range<usize>) -> Result<(), E>,
) -> Result<Option<Vec<u32>>, E> {
    let buckets = buckets(rows);
    let number = bucket(hash, buckets);
    touch(4 * number..4 * number + 8)?;
    let (Some(start), Some(end)) = (u32_at(section, number), u32_at(section, number + 1)) else { return Ok(None) };
    let (start, end) = (start as usize, end as usize);
    let (fingerprints, numbers) = (4 * (buckets + 1), 4 * (buckets + 1) + 2 * rows);
    if start > end || end > rows {
        return Ok(None);
    }
    let span = fingerprints + 2 * start..fingerprints + 2 * end;
    touch(span.clone())?;
    let Some(found) = section.get(span) else { return Ok(None) };
    let wanted = fingerprint(hash);
    let mut candidates = Vec::new();
    for (place, _) in found.chunks_exact(2).enumerate().filter(|(_, found)| *found == wanted) {
        let at = numbers + 4 * (start + place);
        touch(at..at + 4)?;
        let Some(row) = section.get(at..).and_then(|bytes| Cut(bytes).u32()) else { return Ok(None) };
        candidates.push(row);
    }
    Ok(Some(candidates))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_row_is_found_by_its_hash_and_few_others_are(hashes in prop::collection::vec(0_u64..9_000_000, 0..200)) {
            let hashes: Vec<u64> = hashes.into_iter().map(|hash| hash.wrapping_mul(0x9e37_79b9_7f4a_7c15)).collect();
            let mut section = Vec::new();
            let sums = write(&hashes, &mut section).unwrap();
            prop_assert_eq!(section.len(), section_bytes(hashes.len()));
            prop_assert_eq!(sums, section.chunks(PAGE).map(crc32c::crc32c).collect::<Vec<_>>());
            for (row, hash) in hashes.iter().enumerate() {
                let found = find(&section, hashes.len(), *hash, |_| Ok::<(), ()>(())).unwrap().unwrap();
                prop_assert!(found.contains(&length(row)));
                prop_assert!(found.iter().all(|row| fingerprint(hashes[*row as usize]) == fingerprint(*hash)));
            }
        }
    }

    #[test]
    fn texts_that_join_to_the_same_are_told_apart() {
        assert_ne!(identity_hash("t", "ab", "c"), identity_hash("t", "a", "bc"));
        // the hash is part of the format
        assert_eq!(identity_hash("acme", "gateway", "1"), identity_hash("acme", "gateway", "1"));
    }
}
