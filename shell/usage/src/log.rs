//! The log: files to which records are appended, each of them durable before the next is written.
//!
//! A directory holds `lock` and the files `00000001.log`, `00000002.log`, …; all numbers are little-endian.
//!
//! ```text
//! file   := magic "CFUSAGE\x01" (8) · number of its first record u64 · crc32c of these 16 bytes u32 · record*
//! record := magic "CFR\x01" (4) · payload length u64 · record number u64 · crc32c of the payload u32
//!           · crc32c of these 24 bytes u32 · payload · end mark 0xED (1)
//! ```
//!
//! Record numbers are consecutive over all files. One record is what one `fdatasync` made durable, and record *n + 1* is
//! written only after record *n* is. From this follows how a record that does not read is judged:
//!
//! - it is **torn**, and was never answered for, if nothing follows it in the last file and it is cut off by the end of the
//!   file or has a sector of zeros (space that was allocated and never written): it is cut away;
//! - anything else is **damage** to something that was durable once: the store does not open and names file and offset.

use crate::UsageError;
use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Write},
    path::{Path, PathBuf},
};

const FILE_MAGIC: &[u8; 8] = b"CFUSAGE\x01";
const FILE_HEAD: usize = 20;
const MAGIC: &[u8; 4] = b"CFR\x01";
const HEAD: usize = 28;
const END: u8 = 0xED;
/// What a disk writes whole or not at all.
const SECTOR: usize = 512;

/// How records are made durable; another one only in tests.
pub(crate) type Sync = Box<dyn Fn(&File) -> io::Result<()> + Send>;

/// An open log, positioned after its last record.
pub(crate) struct Log {
    dir: PathBuf,
    file: File,
    /// Bytes in the current file.
    length: u64,
    /// Number of the current file.
    number: u64,
    next_record: u64,
    /// A file that has reached this many bytes gets a successor.
    file_bytes: u64,
    sync: Sync,
    /// Locked as long as it is open.
    _lock: File,
}

/// What was found when a log was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Recovery {
    /// Records read.
    pub records: u64,
    /// Bytes of a torn record that were cut from the end of the last file.
    pub torn_bytes: u64,
}

impl Log {
    /// Opens or creates the log in `dir` and gives each payload, in order, to `each`, which says why it cannot be right.
    pub(crate) fn open(
        dir: &Path,
        file_bytes: u64,
        sync: Sync,
        mut each: impl FnMut(&[u8]) -> Result<(), String>,
    ) -> Result<(Self, Recovery), UsageError> {
        fs::create_dir_all(dir).map_err(|error| failed(dir, &error))?;
        let lock = lock(dir)?;
        let mut recovery = Recovery::default();
        let mut last = None;
        let files = numbered(dir)?;
        for (index, number) in (1_u64..).zip(&files).map(|(expected, number)| (expected, *number)) {
            if index != number {
                let file = path_of(dir, index);
                return Err(UsageError::Damaged {
                    file,
                    offset: 0,
                    why: format!("the file is missing, and file {number} is there"),
                });
            }
            let is_last = number == files.len() as u64;
            last = Some((number, replay(dir, number, is_last, &mut recovery, &mut each)?));
        }
        let next_record = recovery.records + 1;
        let (number, kept) = last.unwrap_or((1, 0));
        let path = path_of(dir, number);
        let (file, length) = if kept == 0 {
            (create(dir, number, next_record).map_err(|error| failed(&path, &error))?, FILE_HEAD as u64)
        } else {
            let file = OpenOptions::new().append(true).open(&path).map_err(|error| failed(&path, &error))?;
            if recovery.torn_bytes > 0 {
                file.set_len(kept).and_then(|()| file.sync_all()).map_err(|error| failed(&path, &error))?;
            }
            (file, kept)
        };
        let log = Self { dir: dir.into(), file, length, number, next_record, file_bytes, sync, _lock: lock };
        Ok((log, recovery))
    }

    /// Appends one record; it is durable when this returns. After an error nothing may be appended again: how much of the
    /// record reached the disk is not known.
    pub(crate) fn append(&mut self, payload: &[u8]) -> io::Result<()> {
        if self.length >= self.file_bytes {
            self.file = create(&self.dir, self.number + 1, self.next_record)?;
            self.number += 1;
            self.length = FILE_HEAD as u64;
        }
        let mut record = Vec::with_capacity(HEAD + payload.len() + 1);
        record.extend_from_slice(MAGIC);
        record.extend_from_slice(&(payload.len() as u64).to_le_bytes());
        record.extend_from_slice(&self.next_record.to_le_bytes());
        record.extend_from_slice(&crc32c::crc32c(payload).to_le_bytes());
        record.extend_from_slice(&crc32c::crc32c(&record).to_le_bytes());
        record.extend_from_slice(payload);
        record.push(END);
        self.file.write_all(&record)?;
        (self.sync)(&self.file)?;
        self.length += record.len() as u64;
        self.next_record += 1;
        Ok(())
    }
}

fn failed(path: &Path, error: &io::Error) -> UsageError {
    UsageError::Io { path: path.into(), why: error.to_string() }
}

fn lock(dir: &Path) -> Result<File, UsageError> {
    let path = dir.join("lock");
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(|error| failed(&path, &error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(UsageError::InUse { dir: dir.into() }),
        Err(TryLockError::Error(error)) => Err(failed(&path, &error)),
    }
}

fn path_of(dir: &Path, number: u64) -> PathBuf {
    dir.join(format!("{number:08}.log"))
}

/// The numbers of the log files that are there, ascending.
fn numbered(dir: &Path) -> Result<Vec<u64>, UsageError> {
    let mut numbers = Vec::new();
    for entry in fs::read_dir(dir).map_err(|error| failed(dir, &error))? {
        let name = entry.map_err(|error| failed(dir, &error))?.file_name();
        let stem = name.to_str().and_then(|name| name.strip_suffix(".log"));
        numbers.extend(stem.and_then(|stem| stem.parse::<u64>().ok()));
    }
    numbers.sort_unstable();
    Ok(numbers)
}

/// Creates a file that is found after a power failure: its head and its name are durable.
fn create(dir: &Path, number: u64, first_record: u64) -> io::Result<File> {
    let path = path_of(dir, number);
    fs::write(&path, file_head(first_record))?;
    let file = OpenOptions::new().append(true).open(&path)?;
    file.sync_all()?;
    File::open(dir)?.sync_all()?;
    Ok(file)
}

fn file_head(first_record: u64) -> Vec<u8> {
    let mut head = FILE_MAGIC.to_vec();
    head.extend_from_slice(&first_record.to_le_bytes());
    head.extend_from_slice(&crc32c::crc32c(&head).to_le_bytes());
    head
}

/// Reads a file and answers how many of its bytes are good: 0 when not even its head was written.
fn replay(
    dir: &Path,
    number: u64,
    is_last: bool,
    recovery: &mut Recovery,
    each: &mut impl FnMut(&[u8]) -> Result<(), String>,
) -> Result<u64, UsageError> {
    let path = path_of(dir, number);
    let data = fs::read(&path).map_err(|error| failed(&path, &error))?;
    let damaged = |offset: usize, why: String| UsageError::Damaged { file: path.clone(), offset: offset as u64, why };
    if data.get(..FILE_HEAD) != Some(file_head(recovery.records + 1).as_slice()) {
        let unwritten = data.len() < FILE_HEAD || data.iter().all(|byte| *byte == 0);
        if is_last && unwritten {
            recovery.torn_bytes = data.len() as u64;
            return Ok(0);
        }
        let first = recovery.records + 1;
        return Err(damaged(0, format!("the file's head does not say that record {first} comes next")));
    }
    let mut offset = FILE_HEAD;
    while offset < data.len() {
        match read(&data[offset..], recovery.records + 1) {
            Ok(payload) => {
                each(payload).map_err(|why| damaged(offset, why))?;
                offset += HEAD + payload.len() + 1;
                recovery.records += 1;
            }
            Err(bad) if is_last && is_torn(&data, offset, &bad, recovery.records + 1) => {
                recovery.torn_bytes = (data.len() - offset) as u64;
                break;
            }
            Err(bad) => return Err(damaged(offset, bad.why().into())),
        }
    }
    Ok(offset as u64)
}

/// Why there is no record.
enum Bad {
    /// The data ends before it does.
    CutOff,
    /// A sound head of another record than the next one.
    Misplaced,
    /// Its head or payload is not what was written.
    Garbled(&'static str),
}

impl Bad {
    fn why(&self) -> &'static str {
        match self {
            Self::CutOff => "the record is cut off, and more was written after it",
            Self::Misplaced => "another record stands where the next one should",
            Self::Garbled(why) => why,
        }
    }
}

/// The payload of the record with which `data` begins.
fn read(data: &[u8], expected: u64) -> Result<&[u8], Bad> {
    let head = data.first_chunk::<HEAD>().ok_or(Bad::CutOff)?;
    if !is_head(head) {
        return Err(Bad::Garbled("the record's head does not match its checksum"));
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
        Some(_) => Err(Bad::Garbled("the record does not match its checksum")),
    }
}

fn is_head(head: &[u8]) -> bool {
    head.starts_with(MAGIC) && crc32c::crc32c(&head[..HEAD - 4]) == u32_at(head, HEAD - 4)
}

/// Whether the bad record at `offset` was being written when the power failed (see the head of this file).
fn is_torn(data: &[u8], offset: usize, bad: &Bad, expected: u64) -> bool {
    let rest = &data[offset..];
    let followed = || rest.windows(HEAD).skip(1).any(|head| is_head(head) && u64_at(head, 12) > expected);
    match bad {
        Bad::Misplaced => false,
        Bad::CutOff => !followed(),
        Bad::Garbled(_) => {
            let first = SECTOR - offset % SECTOR;
            let (part, sectors) = rest.split_at(first.min(rest.len()));
            let unwritten = |sector: &[u8]| !sector.is_empty() && sector.iter().all(|byte| *byte == 0);
            (unwritten(part) || sectors.chunks(SECTOR).any(unwritten)) && !followed()
        }
    }
}

fn u64_at(data: &[u8], at: usize) -> u64 {
    data[at..at + 8].iter().rev().fold(0, |number, byte| (number << 8) | u64::from(*byte))
}

fn u32_at(data: &[u8], at: usize) -> u32 {
    data[at..at + 4].iter().rev().fold(0, |number, byte| (number << 8) | u32::from(*byte))
}
