//! Writing a segment, row after row, with the memory of one block, the runs, and 12 bytes for each row as far as they may be in
//! memory.

use super::{
    RowRef, SegmentMeta, Spill, Untils, ValueRef,
    block::{self, BlockBuilder, BlockEntry},
    bytes::length,
    footer::{Footer, MAGIC, Run},
    identity::{self, IdentityHash},
    list::Rows,
    merge::Copy,
    reader::extents,
};
use crate::{
    UsageError,
    quick::{Quick, is_same},
};
use std::{
    cmp::Ordering,
    collections::HashMap,
    io::Write,
    ops::Range,
    path::{Path, PathBuf},
};

/// Most rows of a segment.
pub(crate) const MAX_ROWS: u32 = 1 << 30;
/// Most bytes of the subjects of a segment.
const MAX_TEXTS: usize = 1 << 31;

/// Subjects that are compared before they are looked up.
const NEAR: usize = 3;

/// Writes a segment. Nothing is a segment before [`finish`](Self::finish) returned and the file was flushed to the disk, which
/// is for the caller to do.
pub(crate) struct Writer<'a, W> {
    out: W,
    path: PathBuf,
    written: u64,
    block: BlockBuilder,
    bytes: Vec<u8>,
    footer: Footer,
    names: HashMap<String, u32, Quick>,
    subjects: HashMap<String, u32, Quick>,
    identities: identity::Builder<'a>,
    /// How many rows there are to be, and how many there are.
    expected: usize,
    rows: usize,
    /// The hash of the identities of the last row's tenant and source.
    hash: Option<(String, IdentityHash)>,
    last: Option<Last>,
}

/// How a row stands to the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// It is of another tenant, or the first.
    NewTenant,
    /// It is of the same tenant, and has another name.
    NewName,
    /// It is of the same tenant and name, and has another subject.
    NewSubject,
    SameRun,
}

const UNSORTED: &str = "the rows of a segment must be sorted";

/// Where the row before stands in the order of its run.
#[derive(Default)]
struct Last {
    at: i64,
    source: String,
    id: String,
    seq: u64,
}

impl Last {
    fn is_before(&self, row: &RowRef<'_>) -> bool {
        let order = self.at.cmp(&row.at);
        order
            .then_with(|| (self.source.as_str(), self.id.as_str(), self.seq).cmp(&(row.source, row.id, row.seq)))
            .is_lt()
    }
}

impl<'a, W: Write> Writer<'a, W> {
    /// Begins a segment of so many rows; the path is for messages.
    pub(crate) fn new(out: W, path: &Path, rows: usize) -> Result<Self, UsageError> {
        Self::with_blocks_of(block::ROWS, out, path, rows, None)
    }

    /// Begins a segment of so many rows; the hashes of their identities need not be in memory.
    pub(super) fn spilling(out: W, path: &Path, rows: usize, spill: Option<Spill<'a>>) -> Result<Self, UsageError> {
        Self::with_blocks_of(block::ROWS, out, path, rows, spill)
    }

    /// With so many rows in a block at most.
    pub(super) fn with_blocks_of(
        block_rows: usize,
        out: W,
        path: &Path,
        rows: usize,
        spill: Option<Spill<'a>>,
    ) -> Result<Self, UsageError> {
        let mut writer = Self {
            out,
            path: path.into(),
            written: 0,
            block: BlockBuilder::new(block_rows),
            bytes: Vec::new(),
            footer: Footer::default(),
            names: HashMap::default(),
            subjects: HashMap::default(),
            identities: identity::Builder::new(rows, spill),
            expected: rows,
            rows: 0,
            hash: None,
            last: None,
        };
        writer.bytes.extend_from_slice(&MAGIC);
        writer.flush()?;
        Ok(writer)
    }

    /// Takes the next row, with its properties in the order of their names, and says the hash of its identity.
    pub(crate) fn push(&mut self, row: &RowRef<'_>, properties: &[(&str, ValueRef<'_>)]) -> Result<u64, UsageError> {
        self.begin(row)?;
        self.put(row, properties)
    }

    /// Takes the next row, which has tenant, name and subject of the last one.
    pub(crate) fn push_next(
        &mut self,
        row: &RowRef<'_>,
        properties: &[(&str, ValueRef<'_>)],
    ) -> Result<u64, UsageError> {
        self.go_on(row)?;
        self.put(row, properties)
    }

    fn put(&mut self, row: &RowRef<'_>, properties: &[(&str, ValueRef<'_>)]) -> Result<u64, UsageError> {
        let hash = match &self.hash {
            Some((source, hash)) if source == row.source => *hash,
            _ => {
                let hash = IdentityHash::new(row.tenant, row.source);
                self.hash = Some((row.source.into(), hash));
                hash
            }
        };
        let hash = hash.of(row.id.as_bytes());
        self.add_hash(hash)?;
        if i64::try_from(row.seq).is_err() || (row.until != super::FOR_EVER && i64::try_from(row.until).is_err()) {
            return Err(self.refused("a sequence number of a segment is below 2^63"));
        }
        self.block.push(row, properties);
        self.remember(row);
        Ok(hash)
    }

    /// Takes the first of some rows of a block of another segment, as many as the block has room for, and says how many. `head` is
    /// the first of them, and of the run.
    pub(super) fn append(
        &mut self,
        head: &RowRef<'_>,
        rows: &Rows<'_>,
        part: Range<usize>,
        untils: &Untils,
        copy: &mut Copy,
    ) -> Result<usize, UsageError> {
        self.begin(head)?;
        self.copy(head, rows, part, untils, copy)
    }

    /// [`append`](Self::append) of rows that have tenant, name and subject of the last one.
    pub(super) fn append_next(
        &mut self,
        head: &RowRef<'_>,
        rows: &Rows<'_>,
        part: Range<usize>,
        untils: &Untils,
        copy: &mut Copy,
    ) -> Result<usize, UsageError> {
        self.go_on(head)?;
        self.copy(head, rows, part, untils, copy)
    }

    fn copy(
        &mut self,
        head: &RowRef<'_>,
        rows: &Rows<'_>,
        part: Range<usize>,
        untils: &Untils,
        copy: &mut Copy,
    ) -> Result<usize, UsageError> {
        let count = part.len().min(copy.room(&self.block));
        let part = part.start..part.start + count;
        let hashes = copy.put(&mut self.block, head, rows, part.clone(), untils);
        for hash in hashes.ok_or_else(|| rows.block.unreadable())? {
            self.add_hash(*hash)?;
        }
        let (end, last) = (part.end - 1, self.last.get_or_insert_default());
        rows.ids.read(end, &mut last.id).ok_or_else(|| rows.block.unreadable())?;
        last.seq = rows.seq.number(end).ok_or_else(|| rows.block.unreadable())?.cast_unsigned();
        last.at = rows.at(end)?;
        replace(&mut last.source, rows.source(end)?);
        Ok(count)
    }

    /// Begins a run and a block where a row needs them.
    fn begin(&mut self, row: &RowRef<'_>) -> Result<(), UsageError> {
        let standing = self.standing(row)?;
        if standing == Standing::NewTenant {
            self.hash = None;
        }
        if matches!(standing, Standing::NewTenant | Standing::NewName) || self.block.is_full() {
            self.end_block()?;
        }
        self.begin_run(row, standing);
        Ok(())
    }

    /// Begins a block where a row of the same run needs one.
    fn go_on(&mut self, row: &RowRef<'_>) -> Result<(), UsageError> {
        if self.last.as_ref().is_none_or(|last| !last.is_before(row)) {
            return Err(self.refused(UNSORTED));
        }
        self.check_size()?;
        if self.block.is_full() { self.end_block() } else { Ok(()) }
    }

    fn add_hash(&mut self, hash: u64) -> Result<(), UsageError> {
        let row = length(self.rows);
        self.rows += 1;
        self.identities.push(hash, row).map_err(|error| self.failed(&error))
    }

    fn remember(&mut self, row: &RowRef<'_>) {
        let last = self.last.get_or_insert_default();
        (last.at, last.seq) = (row.at, row.seq);
        replace(&mut last.source, row.source);
        replace(&mut last.id, row.id);
    }

    fn refused(&self, why: &str) -> UsageError {
        UsageError::Io { path: self.path.clone(), why: why.into() }
    }

    fn check_size(&self) -> Result<(), UsageError> {
        if self.rows >= self.expected.min(MAX_ROWS as usize) || self.footer.subjects.bytes() > MAX_TEXTS {
            return Err(self.refused("a segment cannot hold so many rows or subjects"));
        }
        Ok(())
    }

    /// How a row stands to the one before, after which it must come.
    fn standing(&self, row: &RowRef<'_>) -> Result<Standing, UsageError> {
        self.check_size()?;
        let (Some(run), Some(last)) = (self.footer.runs.last(), &self.last) else { return Ok(Standing::NewTenant) };
        let Footer { tenants, names, subjects, .. } = &self.footer;
        for (order, standing) in [
            (tenants.get(run.tenant).cmp(row.tenant), Standing::NewTenant),
            (names.get(run.name).cmp(row.name), Standing::NewName),
            (subjects.get(run.subject).cmp(row.subject), Standing::NewSubject),
        ] {
            match order {
                Ordering::Less => return Ok(standing),
                Ordering::Equal => {}
                Ordering::Greater => return Err(self.refused(UNSORTED)),
            }
        }
        if last.is_before(row) { Ok(Standing::SameRun) } else { Err(self.refused(UNSORTED)) }
    }

    fn begin_run(&mut self, row: &RowRef<'_>, standing: Standing) {
        let first = length(self.rows);
        let Footer { tenants, names, subjects, runs, .. } = &mut self.footer;
        let last = runs.last().copied();
        let (same_tenant, same_name) = match standing {
            Standing::SameRun => return,
            Standing::NewSubject => (last, last),
            Standing::NewName => (last, None),
            Standing::NewTenant => (None, None),
        };
        let tenant = same_tenant.map_or_else(|| tenants.push(row.tenant), |run| run.tenant);
        let known = |map: &HashMap<String, u32, Quick>, text: &str| map.get(text).copied();
        let name = same_name.map(|run| run.name).or_else(|| known(&self.names, row.name));
        let name = name.unwrap_or_else(|| *self.names.entry(row.name.into()).or_insert_with(|| names.push(row.name)));
        // the subjects of each name come in one order, and so mostly that of the next run is one of the next
        let next = last.map_or(0, |run| run.subject as usize + 1);
        let is_near = |number: &u32| is_same(subjects.get(*number), row.subject);
        let near = (next..subjects.len()).take(NEAR).map(length).find(is_near);
        let subject = near
            .or_else(|| known(&self.subjects, row.subject))
            .unwrap_or_else(|| *self.subjects.entry(row.subject.into()).or_insert_with(|| subjects.push(row.subject)));
        runs.push(Run { tenant, name, subject, first });
    }

    fn end_block(&mut self) -> Result<(), UsageError> {
        if self.block.rows() == 0 {
            return Ok(());
        }
        let first = length(self.rows - self.block.rows());
        let entry = self.block.put(&mut self.bytes);
        self.footer.blocks.push(BlockEntry { offset: self.written, first, ..entry });
        self.flush()
    }

    fn flush(&mut self) -> Result<(), UsageError> {
        let written = self.out.write_all(&self.bytes);
        self.written += self.bytes.len() as u64;
        self.bytes.clear();
        written.map_err(|error| self.failed(&error))
    }

    fn failed(&self, error: &std::io::Error) -> UsageError {
        if crate::disk::is_full(error) {
            return UsageError::DiskFull { why: error.to_string() };
        }
        UsageError::Io { path: self.path.clone(), why: error.to_string() }
    }

    /// Writes what remains, and says what the segment holds.
    pub(crate) fn finish(mut self) -> Result<SegmentMeta, UsageError> {
        self.end_block()?;
        if self.rows != self.expected {
            let why = format!("a segment of {} rows was to have {}", self.rows, self.expected);
            return Err(UsageError::Io { path: self.path, why });
        }
        self.footer.rows = length(self.rows);
        self.bytes.resize(identity::padding(self.written), 0);
        self.flush()?;
        self.footer.identities = self.written;
        let identities = std::mem::replace(&mut self.identities, identity::Builder::new(0, None));
        let written = identities.finish(&mut self.out).map_err(|error| self.failed(&error))?;
        self.written += identity::section_bytes(&written.0).unwrap_or(0) as u64;
        (self.footer.shelves, self.footer.pages) = written;
        let mut bytes = Vec::new();
        self.footer.put(&mut bytes);
        let (offset, size, crc) = (self.written, bytes.len() as u64, crc32c::crc32c(&bytes));
        let mut trailer = Vec::new();
        trailer.extend_from_slice(&offset.to_le_bytes());
        trailer.extend_from_slice(&size.to_le_bytes());
        trailer.extend_from_slice(&crc.to_le_bytes());
        trailer.extend_from_slice(&crc32c::crc32c(&trailer).to_le_bytes());
        trailer.extend_from_slice(&MAGIC);
        self.bytes = bytes;
        self.bytes.extend_from_slice(&trailer);
        self.flush()?;
        self.out.flush().map_err(|error| self.failed(&error))?;
        Ok(SegmentMeta { rows: self.footer.rows, bytes: self.written, tenants: extents(&self.footer) })
    }
}

fn replace(old: &mut String, new: &str) {
    old.clear();
    old.push_str(new);
}
