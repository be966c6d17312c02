//! Writing a segment, row after row, with the memory of one block, the runs and 8 bytes for each row.

use super::{
    RowRef, SegmentMeta, ValueRef,
    block::{self, BlockBuilder, BlockEntry},
    bytes::length,
    footer::{Footer, MAGIC, Run},
    identity::{self, identity_hash},
    reader::extents,
};
use crate::UsageError;
use std::{
    collections::HashMap,
    io::Write,
    path::{Path, PathBuf},
};

/// Most rows of a segment.
pub(crate) const MAX_ROWS: u32 = 1 << 30;
/// Most bytes of the subjects of a segment.
const MAX_TEXTS: usize = 1 << 31;

/// Writes a segment. Nothing is a segment before [`finish`](Self::finish) returned and the file was flushed to the disk, which
/// is for the caller to do.
pub(crate) struct Writer<W> {
    out: W,
    path: PathBuf,
    written: u64,
    block: BlockBuilder,
    bytes: Vec<u8>,
    footer: Footer,
    names: HashMap<String, u32>,
    subjects: HashMap<String, u32>,
    hashes: Vec<u64>,
    last: Option<Last>,
}

/// Where the row before stands in the order.
#[derive(Default)]
struct Last {
    at: i64,
    source: String,
    id: String,
    seq: u64,
}

/// Writes rows that are in the order of a segment.
pub(crate) fn write<'a>(
    out: impl Write,
    path: &Path,
    rows: impl Iterator<Item = (RowRef<'a>, &'a [(&'a str, ValueRef<'a>)])>,
) -> Result<SegmentMeta, UsageError> {
    let mut writer = Writer::new(out, path)?;
    for (row, properties) in rows {
        writer.push(&row, properties)?;
    }
    writer.finish()
}

impl<W: Write> Writer<W> {
    /// Begins a segment; the path is for messages.
    pub(crate) fn new(out: W, path: &Path) -> Result<Self, UsageError> {
        Self::with_blocks_of(block::ROWS, out, path)
    }

    /// With so many rows in a block at most.
    pub(super) fn with_blocks_of(rows: usize, out: W, path: &Path) -> Result<Self, UsageError> {
        let mut writer = Self {
            out,
            path: path.into(),
            written: 0,
            block: BlockBuilder::new(rows),
            bytes: Vec::new(),
            footer: Footer::default(),
            names: HashMap::new(),
            subjects: HashMap::new(),
            hashes: Vec::new(),
            last: None,
        };
        writer.bytes.extend_from_slice(&MAGIC);
        writer.flush()?;
        Ok(writer)
    }

    /// Takes the next row, with its properties in the order of their names.
    pub(crate) fn push(&mut self, row: &RowRef<'_>, properties: &[(&str, ValueRef<'_>)]) -> Result<(), UsageError> {
        self.check(row)?;
        let group =
            self.footer.runs.last().map(|run| (self.footer.tenants.get(run.tenant), self.footer.names.get(run.name)));
        if group.is_some_and(|group| group != (row.tenant, row.name)) || self.block.is_full() {
            self.end_block()?;
        }
        let rows = length(self.hashes.len());
        self.begin_run(row, rows);
        self.hashes.push(identity_hash(row.tenant, row.source, row.id));
        self.block.push(row, properties);
        let last = self.last.get_or_insert_default();
        (last.at, last.seq) = (row.at, row.seq);
        replace(&mut last.source, row.source);
        replace(&mut last.id, row.id);
        Ok(())
    }

    /// Refuses a row that does not come after the one before.
    fn check(&self, row: &RowRef<'_>) -> Result<(), UsageError> {
        let refused = |why: &str| Err(UsageError::Io { path: self.path.clone(), why: why.into() });
        if self.hashes.len() >= MAX_ROWS as usize || self.footer.subjects.bytes() > MAX_TEXTS {
            return refused("a segment cannot hold so many rows or subjects");
        }
        if i64::try_from(row.seq).is_err() || (row.until != super::FOR_EVER && i64::try_from(row.until).is_err()) {
            return refused("a sequence number of a segment is below 2^63");
        }
        if let (Some(run), Some(last)) = (self.footer.runs.last(), &self.last) {
            let before = RowRef {
                tenant: self.footer.tenants.get(run.tenant),
                name: self.footer.names.get(run.name),
                subject: self.footer.subjects.get(run.subject),
                at: last.at,
                source: &last.source,
                id: &last.id,
                seq: last.seq,
                ..*row
            };
            if before.order(row).is_ge() {
                return refused("the rows of a segment must be sorted");
            }
        }
        Ok(())
    }

    fn begin_run(&mut self, row: &RowRef<'_>, first: u32) {
        let Footer { tenants, names, subjects, runs, .. } = &mut self.footer;
        let last = runs.last().copied();
        let same_tenant = last.filter(|run| tenants.get(run.tenant) == row.tenant);
        let same_name = same_tenant.filter(|run| names.get(run.name) == row.name);
        if same_name.is_some_and(|run| subjects.get(run.subject) == row.subject) {
            return;
        }
        let tenant = same_tenant.map_or_else(|| tenants.push(row.tenant), |run| run.tenant);
        let name = match self.names.get(row.name) {
            Some(number) => *number,
            None => *self.names.entry(row.name.into()).or_insert_with(|| names.push(row.name)),
        };
        let subject = match self.subjects.get(row.subject) {
            Some(number) => *number,
            None => *self.subjects.entry(row.subject.into()).or_insert_with(|| subjects.push(row.subject)),
        };
        runs.push(Run { tenant, name, subject, first });
    }

    fn end_block(&mut self) -> Result<(), UsageError> {
        if self.block.rows() == 0 {
            return Ok(());
        }
        let first = length(self.hashes.len() - self.block.rows());
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
        if error.kind() == std::io::ErrorKind::StorageFull {
            return UsageError::DiskFull { why: error.to_string() };
        }
        UsageError::Io { path: self.path.clone(), why: error.to_string() }
    }

    /// Writes what remains, and says what the segment holds.
    pub(crate) fn finish(mut self) -> Result<SegmentMeta, UsageError> {
        self.end_block()?;
        self.footer.rows = length(self.hashes.len());
        self.footer.identities = self.written;
        self.footer.pages = identity::write(&self.hashes, &mut self.out).map_err(|error| self.failed(&error))?;
        self.written += identity::section_bytes(self.hashes.len()) as u64;
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
