//! Side files: corrections, and what is in quarantine. They are written once and mapped, so that what is in quarantine takes no
//! memory of the program: it is found, and told from what is there already, by an index at the end of the file.
//!
//! ```text
//! side    := magic "CFSIDE" 00 "1" (8) · entry* · index · trailer
//! entry   := JSON: the corrections, then what is in quarantine, by tenant, in the order in which it came
//! index   := corrections u32 · quarantined u32 · tenants u32 · (key length u32 · key · its quarantined u32)*
//!            · (offset of the entry u64 · its length u32 · its checksum u32)*
//!            · (hash of what was sent u64 · its number among the quarantined u32)*     in the order of hashes, then numbers
//! trailer := offset of the index u64 · its length u64 · its checksum u32 · checksum of these 20 bytes u32 · magic (8)
//! ```
//!
//! Numbers are little-endian, checksums CRC-32C; the hash is that of an identity, of the tenant, no source, and the JSON text of
//! what was sent. Entries of one hash need not be the same: whoever asks compares the texts.

use crate::{
    Quarantined, Sent, UsageError,
    corrections::Correction,
    disk::{Disk, DiskFile},
    manifest::{FileEntry, KeptEntry, failed},
    rows::Bytes as Reader,
    segment::{Bytes, identity_hash},
};
use serde::{Serialize, de::DeserializeOwned};
use std::{
    collections::BTreeMap,
    io,
    ops::Range,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};
use stdx::Key;

const MAGIC: &[u8; 8] = b"CFSIDE\x001";
const TRAILER: usize = 32;
/// Bytes of an entry's place, and of a hash.
const PLACE: usize = 16;
const HASH: usize = 12;

/// The hash by which something in quarantine is found.
pub(crate) fn sent_hash(tenant: &Key, text: &str) -> u64 {
    identity_hash(tenant.as_str(), "", text)
}

/// What was sent, as the text by which it is compared.
pub(crate) fn sent_text(sent: &Sent) -> String {
    serde_json::to_string(sent).unwrap_or_default()
}

/// A side file in use. It is removed when it was replaced and nobody reads it any more.
pub(crate) struct SideFile {
    pub(crate) entry: FileEntry,
    path: PathBuf,
    bytes: Bytes,
    corrections: u32,
    quarantined: u32,
    /// Which of what is in quarantine is of a tenant.
    tenants: BTreeMap<Key, Range<u32>>,
    places: usize,
    hashes: usize,
    disk: Arc<dyn Disk>,
    replaced: AtomicBool,
}

/// Writes a side file.
pub(crate) struct SideWriter {
    file: Box<dyn DiskFile>,
    at: u64,
    buffer: Vec<u8>,
    places: Vec<u8>,
    corrections: u32,
    quarantined: u32,
    tenants: Vec<(Key, u32)>,
    hashes: Vec<(u64, u32)>,
}

impl SideWriter {
    pub(crate) fn new(disk: &dyn Disk, name: &str) -> io::Result<Self> {
        let (buffer, places, tenants, hashes) = (MAGIC.to_vec(), Vec::new(), Vec::new(), Vec::new());
        let file = disk.create(name)?;
        Ok(Self { file, at: 0, buffer, places, corrections: 0, quarantined: 0, tenants, hashes })
    }

    /// Takes a correction; they come before all else.
    pub(crate) fn correction(&mut self, tenant: &Key, correction: &Correction) -> io::Result<()> {
        self.corrections += 1;
        self.json(&(tenant, correction))
    }

    /// Takes something in quarantine; what is of one tenant follows each other.
    pub(crate) fn kept(&mut self, entry: &KeptEntry) -> io::Result<()> {
        self.begin(&entry.tenant);
        self.hashes.push((sent_hash(&entry.tenant, &sent_text(&entry.quarantined().sent)), self.quarantined - 1));
        self.json(entry)
    }

    /// Takes something in quarantine out of another file.
    fn copied(&mut self, tenant: &Key, hash: u64, bytes: &[u8]) -> io::Result<()> {
        self.begin(tenant);
        self.hashes.push((hash, self.quarantined - 1));
        self.put(bytes)
    }

    fn begin(&mut self, tenant: &Key) {
        self.quarantined += 1;
        match self.tenants.last_mut() {
            Some((last, count)) if last == tenant => *count += 1,
            Some(_) | None => self.tenants.push((tenant.clone(), 1)),
        }
    }

    fn json(&mut self, entry: &impl Serialize) -> io::Result<()> {
        let text = serde_json::to_vec(entry)?;
        self.put(&text)
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        let offset = self.at + self.buffer.len() as u64;
        self.places.extend_from_slice(&offset.to_le_bytes());
        self.places.extend_from_slice(&length(bytes.len())?.to_le_bytes());
        self.places.extend_from_slice(&crc32c::crc32c(bytes).to_le_bytes());
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= 1 << 20 { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.write_at(self.at, &self.buffer)?;
        self.at += self.buffer.len() as u64;
        self.buffer.clear();
        Ok(())
    }

    /// Writes the index, and makes the file durable.
    pub(crate) fn finish(mut self, disk: &dyn Disk) -> io::Result<()> {
        let mut index = Vec::new();
        for number in [self.corrections, self.quarantined, length(self.tenants.len())?] {
            index.extend_from_slice(&number.to_le_bytes());
        }
        for (tenant, count) in &self.tenants {
            index.extend_from_slice(&length(tenant.as_str().len())?.to_le_bytes());
            index.extend_from_slice(tenant.as_str().as_bytes());
            index.extend_from_slice(&count.to_le_bytes());
        }
        index.extend_from_slice(&self.places);
        self.hashes.sort_unstable();
        for (hash, number) in &self.hashes {
            index.extend_from_slice(&hash.to_le_bytes());
            index.extend_from_slice(&number.to_le_bytes());
        }
        let mut trailer = (self.at + self.buffer.len() as u64).to_le_bytes().to_vec();
        trailer.extend_from_slice(&(index.len() as u64).to_le_bytes());
        trailer.extend_from_slice(&crc32c::crc32c(&index).to_le_bytes());
        trailer.extend_from_slice(&crc32c::crc32c(&trailer).to_le_bytes());
        trailer.extend_from_slice(MAGIC);
        self.buffer.extend_from_slice(&index);
        self.buffer.extend_from_slice(&trailer);
        self.flush()?;
        self.file.sync()?;
        disk.sync()
    }
}

fn length(count: usize) -> io::Result<u32> {
    u32::try_from(count).map_err(io::Error::other)
}

impl SideFile {
    /// Opens a file, and compares its index.
    pub(crate) fn open(disk: &Arc<dyn Disk>, entry: &FileEntry) -> Result<Self, UsageError> {
        let path = disk.path(&entry.file);
        let bytes = disk.map(&entry.file).map_err(|error| failed(&**disk, &entry.file, &error))?;
        let damaged = |offset: usize, why: &str| UsageError::Damaged {
            file: path.clone(),
            offset: offset as u64,
            why: why.into(),
        };
        if !bytes.starts_with(MAGIC) {
            return Err(damaged(0, "it does not begin as a side file"));
        }
        let end = bytes.len().saturating_sub(TRAILER);
        let (start, crc) =
            read_trailer(&bytes[end..], end).ok_or_else(|| damaged(end, "it does not end as a side file"))?;
        let index = &bytes[start..end];
        if crc32c::crc32c(index) != crc {
            return Err(damaged(start, "the checksum of the index is another"));
        }
        let read = read_index(index).map_err(|why| damaged(start, &why))?;
        let places = start + read.places;
        let hashes = places + PLACE * (read.corrections as usize + read.quarantined as usize);
        if hashes + HASH * read.quarantined as usize != end {
            return Err(damaged(start, "the index does not say what is where"));
        }
        let Index { corrections, quarantined, tenants, .. } = read;
        let (entry, disk, replaced) = (entry.clone(), Arc::clone(disk), AtomicBool::new(false));
        let side = Self { entry, path, bytes, corrections, quarantined, tenants, places, hashes, disk, replaced };
        let mut next = MAGIC.len();
        for number in 0..corrections + quarantined {
            let (place, _) = side.place(number)?;
            if place.start != next {
                return Err(side.damaged(start, "the entries do not follow each other"));
            }
            next = place.end;
        }
        if next == start { Ok(side) } else { Err(side.damaged(start, "the entries do not reach the index")) }
    }

    fn damaged(&self, offset: usize, why: &str) -> UsageError {
        UsageError::Damaged { file: self.path.clone(), offset: offset as u64, why: why.into() }
    }

    /// Where an entry is, and its checksum.
    fn place(&self, number: u32) -> Result<(Range<usize>, u32), UsageError> {
        let at = self.places + PLACE * number as usize;
        let read = || -> Result<_, String> {
            let mut reader = Reader(self.bytes.get(at..at + PLACE).ok_or("it ends too early")?);
            let start = usize::try_from(reader.u64()?).map_err(|error| error.to_string())?;
            let end = start.checked_add(reader.u32()? as usize).filter(|end| *end <= self.places);
            Ok((start..end.ok_or("it is too long")?, reader.u32()?))
        };
        read().map_err(|why| self.damaged(at, &why))
    }

    fn bytes_of(&self, number: u32) -> Result<&[u8], UsageError> {
        let (place, crc) = self.place(number)?;
        let bytes = &self.bytes[place.clone()];
        if crc32c::crc32c(bytes) == crc {
            Ok(bytes)
        } else {
            Err(self.damaged(place.start, "the checksum of an entry is another"))
        }
    }

    fn entry<T: DeserializeOwned>(&self, number: u32) -> Result<T, UsageError> {
        let bytes = self.bytes_of(number)?;
        serde_json::from_slice(bytes).map_err(|error| self.damaged(self.places, &error.to_string()))
    }

    /// The corrections, in order.
    pub(crate) fn corrections(&self) -> impl Iterator<Item = Result<(Key, Correction), UsageError>> + '_ {
        (0..self.corrections).map(|number| self.entry(number))
    }

    /// How many entries it has.
    pub(crate) fn entries(&self) -> u64 {
        u64::from(self.corrections) + u64::from(self.quarantined)
    }

    /// How much of what is in quarantine is of each tenant.
    pub(crate) fn tenants(&self) -> impl Iterator<Item = (&Key, usize)> {
        self.tenants.iter().map(|(tenant, own)| (tenant, own.len()))
    }

    /// How much of what is in quarantine is of a tenant.
    pub(crate) fn count(&self, tenant: &Key) -> usize {
        self.tenants.get(tenant).map_or(0, ExactSizeIterator::len)
    }

    /// Some of what is in quarantine of a tenant.
    pub(crate) fn kept(&self, tenant: &Key, skip: usize, limit: usize) -> Result<Vec<Quarantined>, UsageError> {
        let own = self.tenants.get(tenant).cloned().unwrap_or(0..0);
        own.skip(skip)
            .take(limit)
            .map(|number| Ok(self.entry::<KeptEntry>(self.corrections + number)?.quarantined()))
            .collect()
    }

    /// Whether this text is in quarantine.
    pub(crate) fn has(&self, tenant: &Key, hash: u64, text: &str) -> Result<bool, UsageError> {
        let Some(own) = self.tenants.get(tenant) else { return Ok(false) };
        let hashes = self.bytes[self.hashes..].as_chunks::<HASH>().0;
        let hashes = &hashes[..self.quarantined as usize];
        let read = |entry: &[u8; HASH]| {
            let (hash, number) = entry.split_at(8);
            let word = |bytes: &[u8]| bytes.iter().rev().fold(0_u64, |word, byte| (word << 8) | u64::from(*byte));
            (word(hash), u32::try_from(word(number)).unwrap_or(u32::MAX))
        };
        let first = hashes.partition_point(|entry| read(entry).0 < hash);
        for (found, number) in hashes[first..].iter().map(read) {
            if found != hash {
                break;
            }
            if own.contains(&number) {
                let kept: KeptEntry = self.entry(self.corrections + number)?;
                if sent_text(&kept.quarantined().sent) == text {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Reads every byte.
    pub(crate) fn verify(&self) -> Result<(), UsageError> {
        (0..self.corrections + self.quarantined).try_for_each(|number| self.bytes_of(number).map(|_| ()))?;
        let index = &self.bytes[..self.bytes.len() - TRAILER];
        let (start, crc) = read_trailer(&self.bytes[index.len()..], index.len())
            .ok_or_else(|| self.damaged(index.len(), "it does not end as a side file"))?;
        if crc32c::crc32c(&index[start..]) == crc {
            Ok(())
        } else {
            Err(self.damaged(start, "the checksum of the index is another"))
        }
    }

    /// Its file is to go when nobody reads it any more.
    pub(crate) fn replace(&self) {
        self.replaced.store(true, Ordering::Relaxed);
    }
}

impl Drop for SideFile {
    fn drop(&mut self) {
        if self.replaced.load(Ordering::Relaxed) {
            // a file that stays is removed when the store is opened the next time
            let _ = self.disk.remove(&self.entry.file);
        }
    }
}

/// Writes the entries of several files into one, as if they had been written together at first.
pub(crate) fn merge_sides(
    inputs: &[Arc<SideFile>],
    writer: &mut SideWriter,
    full: &dyn Fn(io::Error) -> UsageError,
) -> Result<(), UsageError> {
    for side in inputs {
        for number in 0..side.corrections {
            writer.corrections += 1;
            writer.put(side.bytes_of(number)?).map_err(full)?;
        }
    }
    let tenants: std::collections::BTreeSet<&Key> = inputs.iter().flat_map(|side| side.tenants.keys()).collect();
    for tenant in tenants {
        for side in inputs {
            for number in side.tenants.get(tenant).cloned().unwrap_or(0..0) {
                let bytes = side.bytes_of(side.corrections + number)?;
                let kept: KeptEntry = side.entry(side.corrections + number)?;
                let hash = sent_hash(tenant, &sent_text(&kept.quarantined().sent));
                writer.copied(tenant, hash, bytes).map_err(full)?;
            }
        }
    }
    Ok(())
}

/// Where the index begins, and its checksum.
fn read_trailer(bytes: &[u8], end: usize) -> Option<(usize, u32)> {
    let mut reader = Reader(bytes);
    let (start, size) = (usize::try_from(reader.u64().ok()?).ok()?, usize::try_from(reader.u64().ok()?).ok()?);
    let (crc, own) = (reader.u32().ok()?, reader.u32().ok()?);
    let intact = reader.0 == MAGIC && own == crc32c::crc32c(&bytes[..20]) && start >= MAGIC.len();
    (intact && start.checked_add(size) == Some(end)).then_some((start, crc))
}

struct Index {
    corrections: u32,
    quarantined: u32,
    tenants: BTreeMap<Key, Range<u32>>,
    /// Where the places begin in it.
    places: usize,
}

fn read_index(bytes: &[u8]) -> Result<Index, String> {
    let mut reader = Reader(bytes);
    let (corrections, quarantined) = (reader.u32()?, reader.u32()?);
    let (mut tenants, mut next) = (BTreeMap::new(), 0_u32);
    for _ in 0..reader.u32()? {
        let tenant = Key::try_from(reader.text()?).map_err(|error| error.to_string())?;
        let end = next.checked_add(reader.u32()?).ok_or("there are too many entries")?;
        tenants.insert(tenant, next..end);
        next = end;
    }
    if next != quarantined || corrections.checked_add(quarantined).is_none() {
        return Err("the entries of the tenants are not all".into());
    }
    Ok(Index { corrections, quarantined, tenants, places: bytes.len() - reader.0.len() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Incoming, LogStore, MemStore, Outcome, UsageStore, embedded::Options, sim::SimDisk};
    use calendar::Instant;
    use stdx::Problem;

    fn now() -> Instant {
        "2026-05-01T00:00:00Z".parse().unwrap()
    }

    fn malformed(n: usize) -> Incoming {
        let text = format!("{{ not an event {n} {}", "x".repeat(200));
        Incoming::Unreadable { text, problem: Problem::new("event_json", "The text is no JSON") }
    }

    fn open(disk: &SimDisk) -> LogStore {
        // a memtable is full after a few bodies
        let options = Options { weight: 8 << 10, wal_bytes: 4096, fan_in: 3, threads: false, ..Options::default() };
        LogStore::open_on(Arc::new(disk.clone()), options).unwrap()
    }

    #[test]
    fn what_is_in_quarantine_is_found_on_the_disk_and_told_apart_and_only_the_last_of_it_is_in_memory() {
        let tenants = ["us", "them"].map(|key| Key::try_from(key).unwrap());
        let (disk, plain) = (SimDisk::default(), MemStore::new());
        let mut store = open(&disk);
        for round in 0..60 {
            for tenant in &tenants {
                // one of three was there before
                let batch: Vec<Incoming> = [round * 2, round * 2 + 1, round * 37 % (round + 1)].map(malformed).into();
                let outcomes = store.ingest(tenant, batch.clone(), now()).unwrap();
                assert!(outcomes.iter().all(|one| matches!(one, Outcome::Quarantined { .. })));
                assert_eq!(outcomes, plain.ingest(tenant, batch, now()).unwrap());
            }
            if round % 20 == 19 {
                drop(store);
                store = open(&disk);
            }
            let held: usize = {
                let state = store.shared.lock();
                state.memtables.iter().flat_map(|memtable| memtable.quarantined.values()).map(Vec::len).sum()
            };
            assert!(held <= 24, "{held} are in memory");
        }
        for tenant in &tenants {
            let all = plain.quarantined(tenant).unwrap();
            assert!(all >= 120);
            assert_eq!(store.quarantined(tenant).unwrap(), all);
            for (skip, limit) in [(0, usize::MAX), (0, 7), (5, 50), (119, 9), (all, 9)] {
                assert_eq!(store.quarantine(tenant, skip, limit), plain.quarantine(tenant, skip, limit));
            }
        }
        // eight levels would hold thousands of such files
        let sides = store.shared.lock().sides.len();
        assert!(sides < 10, "{sides} side files");
    }

    #[test]
    fn wherever_a_byte_of_a_side_file_is_changed_it_is_found() {
        let disk = SimDisk::default();
        let us = Key::try_from("us").unwrap();
        let mut writer = SideWriter::new(&disk, "a.side").unwrap();
        for n in 0..3 {
            let Incoming::Unreadable { text, problem } = malformed(n) else { panic!() };
            let kept = Quarantined { received_at: now(), sent: Sent::Text(text), problem, mended: None };
            writer.kept(&KeptEntry::of(&us, &kept)).unwrap();
        }
        writer.finish(&disk).unwrap();
        let (entry, bytes) = (FileEntry { file: "a.side".into(), level: 0 }, disk.read("a.side").unwrap());
        let check = |bytes: &[u8]| {
            let disk = SimDisk::default();
            disk.create("a.side").unwrap().write_at(0, bytes).unwrap();
            let disk: Arc<dyn Disk> = Arc::new(disk);
            SideFile::open(&disk, &entry).and_then(|side| side.verify())
        };
        check(&bytes).unwrap();
        for place in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[place] ^= 0x10;
            assert!(matches!(check(&changed), Err(UsageError::Damaged { .. })), "byte {place}");
            assert!(matches!(check(&bytes[..place]), Err(UsageError::Damaged { .. })), "{place} bytes");
        }
    }
}
