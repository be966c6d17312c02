//! The write-ahead log: files of records, each of them durable before the next is written.
//!
//! A file's space is written with zeros before it is used, so that making a record durable changes no metadata and a record
//! that fits is never refused for want of room. All numbers are little-endian.
//!
//! ```text
//! file   := magic "CFUSAGE\x02" (8) · number of the file u64 · crc32c of these 16 bytes u32 · record* · zeros
//! record := magic "CFR\x02" (4) · payload length u64 · record number u64 · crc32c of the payload u32
//!           · crc32c of these 24 bytes u32 · payload · end mark 0xED (1)
//! ```
//!
//! Records of a file are numbered 1, 2, 3, …; record *n + 1* is written only after record *n* is durable. A file has a successor
//! only when all its records are durable. From this follows how bytes that are no record are judged:
//!
//! - zeros to the end are space that was never used;
//! - in the last file, a record with a sector of zeros (space that was never written), or one that the file's end cuts off, is
//!   **torn** and was never answered for, if no record follows it: what was written of it is forgotten;
//! - anything else is **damage** to something that was durable once: the store does not open and names file and offset.

use crate::{
    UsageError,
    disk::{Disk, DiskFile},
};
use std::io;

const FILE_MAGIC: &[u8; 8] = b"CFUSAGE\x02";
pub(crate) const FILE_HEAD: usize = 20;
const MAGIC: &[u8; 4] = b"CFR\x02";
const HEAD: usize = 28;
const END: u8 = 0xED;
/// Bytes of a record beside its payload.
pub(crate) const OVERHEAD: u64 = HEAD as u64 + 1;
/// What a disk writes whole or not at all.
const SECTOR: usize = 512;
/// The name of a file without a number.
const SPARE: &str = "spare.new";
/// How many zeros are written at once.
const ZEROS: usize = 1 << 20;

/// A log file that is being written.
pub(crate) struct Wal {
    file: Box<dyn DiskFile>,
    pub(crate) number: u64,
    /// Where the next record begins.
    pub(crate) used: u64,
    /// How far zeros or records reach.
    pub(crate) capacity: u64,
    next_record: u64,
}

/// The name of a log file.
pub(crate) fn wal_name(number: u64) -> String {
    format!("{number:08}.wal")
}

/// The number of a log file.
pub(crate) fn wal_number(name: &str) -> Option<u64> {
    name.strip_suffix(".wal")?.parse().ok()
}

impl Wal {
    /// Creates a file with room for so many bytes; its name and its room are durable.
    pub(crate) fn create(disk: &dyn Disk, number: u64, capacity: u64) -> io::Result<Self> {
        let name = wal_name(number);
        let mut wal = Self { file: disk.create(&name)?, number, used: FILE_HEAD as u64, capacity: 0, next_record: 1 };
        let made = wal.grow(capacity.max(FILE_HEAD as u64)).and_then(|()| {
            wal.file.write_at(0, &file_head(number))?;
            wal.file.sync()?;
            disk.sync()
        });
        if let Err(error) = made {
            drop(wal);
            // an unfinished file is told from a used one when the store is opened; here its room is given back
            let _ = disk.remove(&name);
            return Err(error);
        }
        Ok(wal)
    }

    /// Makes a file with room for so many bytes that has no number yet; it is lost when the store is closed.
    pub(crate) fn spare(disk: &dyn Disk, capacity: u64) -> io::Result<Self> {
        let mut wal =
            Self { file: disk.create(SPARE)?, number: 0, used: FILE_HEAD as u64, capacity: 0, next_record: 1 };
        if let Err(error) = wal.grow(capacity.max(FILE_HEAD as u64)) {
            drop(wal);
            let _ = disk.remove(SPARE);
            return Err(error);
        }
        Ok(wal)
    }

    /// Removes a spare file.
    pub(crate) fn discard(self, disk: &dyn Disk) -> io::Result<()> {
        drop(self);
        disk.remove(SPARE)
    }

    /// Gives a spare file its number.
    pub(crate) fn adopt(mut self, disk: &dyn Disk, number: u64) -> io::Result<Self> {
        disk.rename(SPARE, &wal_name(number))?;
        self.number = number;
        self.file.write_at(0, &file_head(number))?;
        self.file.sync()?;
        disk.sync()?;
        Ok(self)
    }

    /// A second way to a file that is being written: to make it longer.
    pub(crate) fn extend(disk: &dyn Disk, number: u64, capacity: u64) -> io::Result<Self> {
        Ok(Self { file: disk.open(&wal_name(number))?, number, used: capacity, capacity, next_record: 0 })
    }

    /// Opens a file after its last record.
    pub(crate) fn reopen(disk: &dyn Disk, found: &Found) -> io::Result<Self> {
        let mut file = disk.open(&wal_name(found.number))?;
        // what was torn must not look like damage the next time
        let mut at = found.used;
        while at < found.capacity && found.torn > 0 {
            let zeros = usize::try_from(found.capacity - at).unwrap_or(ZEROS).min(ZEROS);
            file.write_at(at, &vec![0; zeros])?;
            at += zeros as u64;
        }
        file.sync()?;
        let (number, used, capacity) = (found.number, found.used, found.capacity);
        Ok(Self { file, number, used, capacity, next_record: found.records + 1 })
    }

    /// Makes room up to this size.
    pub(crate) fn grow(&mut self, capacity: u64) -> io::Result<()> {
        let mut at = self.capacity;
        while at < capacity {
            let zeros = usize::try_from(capacity - at).unwrap_or(ZEROS).min(ZEROS);
            self.file.write_at(at, &vec![0; zeros])?;
            at += zeros as u64;
        }
        self.file.sync()?;
        self.capacity = self.capacity.max(capacity);
        Ok(())
    }

    /// Writes one record, which [`begin`] began and which its payload follows; it is durable when this returns. After an error
    /// nothing may be written again: how much of the record reached the disk is not known.
    pub(crate) fn append(&mut self, record: &mut Vec<u8>) -> io::Result<()> {
        end(self.next_record, record);
        self.file.write_at(self.used, record)?;
        self.file.sync()?;
        self.used += record.len() as u64;
        self.capacity = self.capacity.max(self.used);
        self.next_record += 1;
        Ok(())
    }
}

/// Begins a record: its payload goes behind what is there.
pub(crate) fn begin(record: &mut Vec<u8>) {
    record.clear();
    record.resize(HEAD, 0);
}

/// Writes the head of a record that has its payload, and its end.
fn end(number: u64, record: &mut Vec<u8>) {
    let (head, payload) = record.split_at_mut(HEAD);
    head[..4].copy_from_slice(MAGIC);
    head[4..12].copy_from_slice(&(payload.len() as u64).to_le_bytes());
    head[12..20].copy_from_slice(&number.to_le_bytes());
    head[20..24].copy_from_slice(&crc32c::crc32c(payload).to_le_bytes());
    let crc = crc32c::crc32c(&head[..HEAD - 4]);
    head[HEAD - 4..].copy_from_slice(&crc.to_le_bytes());
    record.push(END);
}

fn file_head(number: u64) -> Vec<u8> {
    let mut head = FILE_MAGIC.to_vec();
    head.extend_from_slice(&number.to_le_bytes());
    head.extend_from_slice(&crc32c::crc32c(&head).to_le_bytes());
    head
}

/// What a log file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) number: u64,
    pub(crate) records: u64,
    /// Where the next record goes; 0 when not even the head of the file was written.
    pub(crate) used: u64,
    pub(crate) capacity: u64,
    /// Bytes of a torn record.
    pub(crate) torn: u64,
}

/// Whether something was written to a file after it was made.
pub(crate) fn is_used(disk: &dyn Disk, number: u64) -> Result<bool, UsageError> {
    let name = wal_name(number);
    let io = |error: io::Error| UsageError::Io { path: disk.path(&name), why: error.to_string() };
    // mostly there is a record, of which the head is enough
    let front = disk.front(&name, FILE_HEAD + HEAD).map_err(io)?;
    if front.get(FILE_HEAD..).is_some_and(|head| head.iter().any(|byte| *byte != 0)) {
        return Ok(true);
    }
    let found = look(disk, number, true)?;
    Ok(found.records > 0 || found.torn > 0)
}

/// Says what a file holds.
pub(crate) fn look(disk: &dyn Disk, number: u64, is_last: bool) -> Result<Found, UsageError> {
    scan(disk, number, &contents(disk, number)?, is_last, |_, _| {})
}

/// Reads the first bytes of a file, all of which are durable, and says what they hold.
pub(crate) fn check_part(disk: &dyn Disk, number: u64, bytes: u64) -> Result<Found, UsageError> {
    let mut data = contents(disk, number)?;
    data.truncate(usize::try_from(bytes).unwrap_or(usize::MAX));
    scan(disk, number, &data, false, |_, _| {})
}

/// Reads a file and takes each payload, in order. What can be read without knowing those before it is read by `read`, on several
/// threads. Both say why a payload cannot be taken.
pub(crate) fn replay<T: Send>(
    disk: &dyn Disk,
    number: u64,
    is_last: bool,
    read: impl Fn(&[u8]) -> Result<T, Unfit> + Sync,
    take: &mut dyn FnMut(T) -> Result<(), Unfit>,
) -> Result<Found, UsageError> {
    let data = contents(disk, number)?;
    let mut payloads = Vec::new();
    let found = scan(disk, number, &data, is_last, |offset, payload| payloads.push((offset, payload)));
    let unfit = |offset: usize, unfit: Unfit| match unfit {
        Unfit::Why(why) => UsageError::Damaged { file: disk.path(&wal_name(number)), offset: offset as u64, why },
        Unfit::Elsewhere(error) => error,
    };
    for (offset, payload) in read_all(&payloads, &read) {
        payload.and_then(&mut *take).map_err(|why| unfit(offset, why))?;
    }
    found
}

/// Below so many bytes no other thread is begun.
const LITTLE: usize = 1 << 20;

fn read_all<T: Send>(
    payloads: &[(usize, &[u8])],
    read: &(impl Fn(&[u8]) -> Result<T, Unfit> + Sync),
) -> Vec<(usize, Result<T, Unfit>)> {
    let read_part =
        |part: &[(usize, &[u8])]| -> Vec<_> { part.iter().map(|(offset, payload)| (*offset, read(payload))).collect() };
    let bytes: usize = payloads.iter().map(|(_, payload)| payload.len()).sum();
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(8);
    if threads == 1 || bytes < LITTLE {
        return read_part(payloads);
    }
    std::thread::scope(|scope| {
        let parts = payloads.chunks(payloads.len().div_ceil(threads));
        let started: Vec<_> = parts.map(|part| scope.spawn(move || read_part(part))).collect();
        let joined = started.into_iter().map(std::thread::ScopedJoinHandle::join);
        joined.flat_map(|part| part.unwrap_or_else(|panicked| std::panic::resume_unwind(panicked))).collect()
    })
}

fn contents(disk: &dyn Disk, number: u64) -> Result<Vec<u8>, UsageError> {
    let name = wal_name(number);
    disk.read(&name).map_err(|error| UsageError::Io { path: disk.path(&name), why: error.to_string() })
}

/// Finds the records of a file, and gives where each begins, and its payload.
fn scan<'a>(
    disk: &dyn Disk,
    number: u64,
    data: &'a [u8],
    is_last: bool,
    mut each: impl FnMut(usize, &'a [u8]),
) -> Result<Found, UsageError> {
    let path = disk.path(&wal_name(number));
    let damaged = |offset: usize, why: String| UsageError::Damaged { file: path.clone(), offset: offset as u64, why };
    let mut found = Found { number, records: 0, used: 0, capacity: data.len() as u64, torn: 0 };
    if data.get(..FILE_HEAD) != Some(file_head(number).as_slice()) {
        let unwritten = data.len() < FILE_HEAD || data[..FILE_HEAD].iter().all(|byte| *byte == 0);
        if is_last && unwritten && !is_followed(data, 0, 0) {
            return Ok(found);
        }
        return Err(damaged(0, "the file's head is not that of this log file".into()));
    }
    let mut offset = FILE_HEAD;
    while offset < data.len() {
        match read(&data[offset..], found.records + 1) {
            Ok(payload) => {
                each(offset, payload);
                offset += HEAD + payload.len() + 1;
                found.records += 1;
            }
            Err(bad) if is_torn(data, offset, &bad, found.records) => {
                let written = data[offset..].iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
                if written > 0 && !is_last {
                    return Err(damaged(offset, "there is something after the last record".into()));
                }
                found.torn = written as u64;
                break;
            }
            Err(bad) => return Err(damaged(offset, bad.why().into())),
        }
    }
    found.used = offset as u64;
    Ok(found)
}

/// Why a payload cannot be taken.
#[derive(Debug)]
pub(crate) enum Unfit {
    /// It cannot be right.
    Why(String),
    /// Something else that is needed for it could not be read.
    Elsewhere(UsageError),
}

impl From<String> for Unfit {
    fn from(why: String) -> Self {
        Self::Why(why)
    }
}
impl From<&str> for Unfit {
    fn from(why: &str) -> Self {
        Self::Why(why.into())
    }
}

/// Why there is no record.
enum Bad {
    /// Zeros, as far as a record's head reaches.
    Nothing,
    /// The data ends before it does.
    CutOff,
    /// A sound head of another record than the next one.
    Misplaced,
    /// Its head is not what was written.
    GarbledHead,
    /// Its head is, and its payload is not; with the end mark it would be so long.
    GarbledPayload { end: usize },
}

impl Bad {
    fn why(&self) -> &'static str {
        match self {
            Self::Nothing => "a record is missing, and more was written after it",
            Self::CutOff => "the record is cut off, and more was written after it",
            Self::Misplaced => "another record stands where the next one should",
            Self::GarbledHead => "the record's head does not match its checksum",
            Self::GarbledPayload { .. } => "the record does not match its checksum",
        }
    }
}

/// The payload of the record with which `data` begins.
fn read(data: &[u8], expected: u64) -> Result<&[u8], Bad> {
    if data.iter().take(HEAD).all(|byte| *byte == 0) {
        return Err(Bad::Nothing);
    }
    let head = data.first_chunk::<HEAD>().ok_or(Bad::CutOff)?;
    if !is_head(head) {
        return Err(Bad::GarbledHead);
    }
    if u64_at(head, 12) != expected {
        return Err(Bad::Misplaced);
    }
    let payload_crc = u32_at(head, 20);
    let length = usize::try_from(u64_at(head, 4)).map_err(|_| Bad::CutOff)?;
    let (payload, rest) = data[HEAD..].split_at_checked(length).ok_or(Bad::CutOff)?;
    match rest.first() {
        None => Err(Bad::CutOff),
        Some(&END) if crc32c::crc32c(payload) == payload_crc => Ok(payload),
        Some(_) => Err(Bad::GarbledPayload { end: HEAD + length + 1 }),
    }
}

fn is_head(head: &[u8]) -> bool {
    head.starts_with(MAGIC) && crc32c::crc32c(&head[..HEAD - 4]) == u32_at(head, HEAD - 4)
}

/// Whether a later record than the one after `records` begins somewhere behind `offset`.
fn is_followed(data: &[u8], offset: usize, records: u64) -> bool {
    let mut at = offset + 1;
    while at + HEAD <= data.len() {
        // most of what is looked at is zeros
        if data[at..].first_chunk::<64>().is_some_and(|chunk| *chunk == [0; 64]) {
            at += 61;
        } else if is_head(&data[at..at + HEAD]) && u64_at(data, at + 12) > records + 1 {
            return true;
        } else {
            at += 1;
        }
    }
    false
}

/// Whether the bad record at `offset` was being written when the power failed (see the head of this file).
fn is_torn(data: &[u8], offset: usize, bad: &Bad, records: u64) -> bool {
    let unwritten = |part: &[u8]| !part.is_empty() && part.iter().all(|byte| *byte == 0);
    let sector = SECTOR - offset % SECTOR;
    let torn = match bad {
        Bad::Misplaced => false,
        Bad::Nothing | Bad::CutOff => true,
        Bad::GarbledHead => {
            // a head within one sector is written whole or not at all
            let head = &data[offset..data.len().min(offset + HEAD)];
            head.split_at_checked(sector).is_some_and(|(first, second)| unwritten(first) || unwritten(second))
        }
        Bad::GarbledPayload { end } => {
            let record = &data[offset..offset + *end];
            let (first, sectors) = record.split_at(sector.min(*end));
            unwritten(first) || sectors.chunks(SECTOR).any(unwritten)
        }
    };
    torn && !is_followed(data, offset, records)
}

fn u64_at(data: &[u8], at: usize) -> u64 {
    data[at..at + 8].iter().rev().fold(0, |number, byte| (number << 8) | u64::from(*byte))
}

fn u32_at(data: &[u8], at: usize) -> u32 {
    data[at..at + 4].iter().rev().fold(0, |number, byte| (number << 8) | u32::from(*byte))
}
