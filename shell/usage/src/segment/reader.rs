//! A segment that is read. Checksums are compared when something is touched for the first time; [`Segment::verify`] touches all.

use super::{
    Bytes, FOR_EVER, SegmentMeta, TenantExtent, Untils,
    block::{Chunk, Header, Role, Values, read_header, read_rest},
    bytes::Cut,
    column::{Entry, Kind, ListedView, WholeView},
    footer::{Footer, MAGIC, TRAILER},
    identity::{self, Layout, PAGE, identity_hash},
    ids::IdView,
};
use crate::{Seq, UsageError};
use std::{
    fs::File,
    ops::Range,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, AtomicUsize, Ordering},
};

/// A segment that is read. Shared between threads.
#[derive(Debug)]
pub(crate) struct Segment {
    path: PathBuf,
    bytes: Bytes,
    pub(super) footer: Footer,
    identities: Layout,
    /// Bytes of the index of identities.
    identity_bytes: usize,
    meta: SegmentMeta,
    /// For each block the parts of which the checksum was compared: bit 0 the header, bit `n + 1` column `n`.
    blocks: Vec<AtomicU64>,
    /// One bit for each page of the index of identities.
    pages: Vec<AtomicU64>,
    /// How many of them were not touched yet.
    untouched: AtomicUsize,
}

impl Segment {
    /// Opens a segment by mapping it.
    ///
    /// # Errors
    /// [`UsageError::Io`]; [`UsageError::Damaged`] when its ends or its footer are not what was written.
    pub(crate) fn open(path: &Path) -> Result<Self, UsageError> {
        let io = |error: std::io::Error| UsageError::Io { path: path.into(), why: error.to_string() };
        let file = File::open(path).map_err(io)?;
        Self::of(Bytes::map(&file).map_err(io)?, path)
    }

    /// Opens a segment of which the bytes are at hand; the path is for messages.
    pub(crate) fn of(bytes: Bytes, path: &Path) -> Result<Self, UsageError> {
        let damaged = |offset: usize, why: &str| UsageError::Damaged {
            file: path.into(),
            offset: offset as u64,
            why: why.into(),
        };
        if bytes.get(..MAGIC.len()) != Some(&MAGIC) {
            return Err(damaged(0, "it does not begin as a segment"));
        }
        let end = bytes.len().saturating_sub(TRAILER);
        let cut = read_trailer(&bytes[end..]).ok_or_else(|| damaged(end, "it does not end as a segment"))?;
        let (offset, size, crc) = cut;
        if offset.checked_add(size) != Some(end) {
            return Err(damaged(end, "the footer is not where it should be"));
        }
        let body = &bytes[offset..end];
        if crc32c::crc32c(body) != crc {
            return Err(damaged(offset, "the checksum of the footer is another"));
        }
        let footer = Footer::read(body).ok_or_else(|| damaged(offset, "the footer cannot be read"))?;
        let covered = is_covered(&footer, offset);
        let (padding, identity_bytes) =
            covered.ok_or_else(|| damaged(offset, "the footer does not say what is where"))?;
        if bytes[padding.clone()].iter().any(|byte| *byte != 0) {
            return Err(damaged(padding.start, "there is something where zeros should be"));
        }
        let identities = Layout::new(footer.rows as usize, &footer.shelves);
        let meta = SegmentMeta { rows: footer.rows, bytes: bytes.len() as u64, tenants: extents(&footer) };
        let zeros = |count: usize| (0..count).map(|_| AtomicU64::new(0)).collect();
        let (blocks, pages) = (zeros(footer.blocks.len()), zeros(footer.pages.len().div_ceil(64)));
        let untouched = AtomicUsize::new(footer.pages.len());
        Ok(Self { path: path.into(), bytes, footer, identities, identity_bytes, meta, blocks, pages, untouched })
    }

    /// What it holds.
    pub(crate) fn meta(&self) -> &SegmentMeta {
        &self.meta
    }

    /// The file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn damaged(&self, offset: u64, why: &str) -> UsageError {
        UsageError::Damaged { file: self.path.clone(), offset, why: why.into() }
    }

    /// Reads every byte and compares every checksum, whatever was compared before.
    ///
    /// # Errors
    /// [`UsageError::Damaged`] with the first part that is not what was written.
    pub(crate) fn verify(&self) -> Result<(), UsageError> {
        // before the pages are forgotten: each that is touched from now on is counted once
        self.untouched.store(self.footer.pages.len(), Ordering::Relaxed);
        for seen in self.blocks.iter().chain(&self.pages) {
            seen.store(0, Ordering::Relaxed);
        }
        for number in 0..self.footer.blocks.len() {
            self.block(number)?.verify()?;
        }
        self.touch(0..self.identity_bytes)
    }

    /// The header of a block.
    pub(super) fn block(&self, number: usize) -> Result<Block<'_>, UsageError> {
        let entry = &self.footer.blocks[number];
        let start = usize::try_from(entry.offset).expect("blocks were found to be inside of the file");
        let (header, data) = self.bytes[start..start + entry.length as usize].split_at(entry.header as usize);
        if self.blocks[number].load(Ordering::Relaxed) & 1 == 0 {
            if crc32c::crc32c(header) != entry.crc {
                return Err(self.damaged(entry.offset, "the checksum of a block's header is another"));
            }
            self.blocks[number].fetch_or(1, Ordering::Relaxed);
        }
        let read = read_header(header).filter(|header| header.rows == entry.rows as usize);
        let header = read.ok_or_else(|| self.damaged(entry.offset, "a block's header cannot be read"))?;
        Ok(Block { segment: self, number, header, data })
    }

    /// Compares the checksums of the pages of a part of the index of identities.
    fn touch(&self, part: Range<usize>) -> Result<(), UsageError> {
        let section = self.identity_section();
        for page in part.start / PAGE..part.end.div_ceil(PAGE) {
            let (word, bit) = (&self.pages[page / 64], 1 << (page % 64));
            if word.load(Ordering::Relaxed) & bit != 0 {
                continue;
            }
            let bytes = &section[page * PAGE..section.len().min((page + 1) * PAGE)];
            if crc32c::crc32c(bytes) != self.footer.pages[page] {
                let offset = self.footer.identities + (page * PAGE) as u64;
                return Err(self.damaged(offset, "the checksum of a page of the index of identities is another"));
            }
            if word.fetch_or(bit, Ordering::Relaxed) & bit == 0 {
                self.untouched.fetch_sub(1, Ordering::Relaxed);
            }
        }
        Ok(())
    }

    fn identity_section(&self) -> &[u8] {
        let start = usize::try_from(self.footer.identities).expect("it was found to be inside of the file");
        &self.bytes[start..start + self.identity_bytes]
    }

    /// Calls `found` with the number of each hash that a row may have: of 4,000 that none has, one.
    pub(crate) fn suspects(&self, hashes: &[u64], found: impl FnMut(usize)) -> Result<(), UsageError> {
        let section = self.identity_section();
        if self.untouched.load(Ordering::Relaxed) == 0 {
            return self.identities.suspects(section, hashes, |_| Ok(()), found);
        }
        self.identities.suspects(section, hashes, |part| self.touch(part), found)
    }

    /// The rows of all versions of an event, in no order.
    pub(crate) fn find(&self, tenant: &str, source: &str, id: &str) -> Result<Vec<u32>, UsageError> {
        self.find_hashed(identity_hash(tenant, source, id), tenant, source, id)
    }

    /// [`find`](Self::find) when the hash of the identity is known already.
    pub(crate) fn find_hashed(&self, hash: u64, tenant: &str, source: &str, id: &str) -> Result<Vec<u32>, UsageError> {
        let candidates = self.identities.find(self.identity_section(), hash, |part| self.touch(part))?;
        let candidates = candidates.filter(|found| found.iter().all(|row| *row < self.footer.rows));
        let mut candidates =
            candidates.ok_or_else(|| self.damaged(self.footer.identities, "the index of identities cannot be read"))?;
        let mut error = None;
        candidates.retain(|row| {
            self.is(*row, tenant, source, id).unwrap_or_else(|problem| {
                error = Some(problem);
                false
            })
        });
        error.map_or(Ok(candidates), Err)
    }

    /// Whether a row has an identity. Mostly it has another id, so that is asked first.
    fn is(&self, row: u32, tenant: &str, source: &str, id: &str) -> Result<bool, UsageError> {
        let (block, local) = self.locate(row)?;
        let is_it = block.ids()?.is(local, id).ok_or_else(|| block.unreadable())? && block.source(local)? == source;
        Ok(is_it && self.footer.tenants.get(self.footer.runs[self.run_of(row)].tenant) == tenant)
    }

    /// Whether a row says what another does, of which the identity is the same.
    pub(crate) fn says(&self, row: u32, other: &crate::rows::Row<'_>) -> Result<bool, UsageError> {
        let run = self.footer.runs[self.run_of(row)];
        if self.footer.names.get(run.name) != other.name() || self.footer.subjects.get(run.subject) != other.subject() {
            return Ok(false);
        }
        let (block, local) = self.locate(row)?;
        if block.whole(Role::At)?.number(local) != Some(other.at()) {
            return Ok(false);
        }
        let mut theirs = other.properties();
        for (name, value) in block.values(local)? {
            if theirs.next() != Some((name, value)) {
                return Ok(false);
            }
        }
        Ok(theirs.next().is_none())
    }

    pub(super) fn locate(&self, row: u32) -> Result<(Block<'_>, usize), UsageError> {
        let number = self.footer.block_of(row);
        Ok((self.block(number)?, (row - self.footer.blocks[number].first) as usize))
    }

    pub(super) fn run_of(&self, row: u32) -> usize {
        self.footer.runs.partition_point(|run| run.first <= row).saturating_sub(1)
    }

    /// Position of the change that amended or retracted a row, else [`FOR_EVER`].
    pub(crate) fn until(&self, row: u32, untils: &Untils) -> Result<u64, UsageError> {
        if let Some(until) = untils.get(&row) {
            return Ok(*until);
        }
        let (block, local) = self.locate(row)?;
        Ok(block.untils()?.map_or(FOR_EVER, |view| view.number(local).map_or(FOR_EVER, i64::cast_unsigned)))
    }

    /// Position of a row.
    pub(crate) fn seq(&self, row: u32) -> Result<Seq, UsageError> {
        let (block, local) = self.locate(row)?;
        let seq = block.whole(Role::Seq)?.number(local).map(i64::cast_unsigned);
        seq.map(Seq).ok_or_else(|| block.unreadable())
    }
}

fn read_trailer(bytes: &[u8]) -> Option<(usize, usize, u32)> {
    let mut cut = Cut(bytes);
    let (offset, size, crc) = (cut.u64()?, cut.u64()?, cut.u32()?);
    let own = cut.u32()?;
    let intact = cut.0 == MAGIC && own == crc32c::crc32c(&bytes[..20]);
    intact.then_some((usize::try_from(offset).ok()?, usize::try_from(size).ok()?, crc))
}

/// The zeros before the index of identities, and how long that is. None unless head, blocks, zeros and the index follow each other
/// up to the footer.
fn is_covered(footer: &Footer, end: usize) -> Option<(Range<usize>, usize)> {
    let mut next = MAGIC.len() as u64;
    for block in &footer.blocks {
        (block.offset == next).then_some(())?;
        next += u64::from(block.length);
    }
    let section = identity::section_bytes(&footer.shelves)?;
    let rows: u64 = footer.shelves.iter().map(|rows| u64::from(*rows)).sum();
    let covered = footer.identities == next + identity::padding(next) as u64
        && rows == u64::from(footer.rows)
        && footer.identities.checked_add(section as u64) == Some(end as u64)
        && footer.pages.len() == section.div_ceil(PAGE);
    covered.then_some(())?;
    Some((usize::try_from(next).ok()?..usize::try_from(footer.identities).ok()?, section))
}

/// What a segment holds of each tenant: a block is of one.
pub(super) fn extents(footer: &Footer) -> Vec<TenantExtent> {
    let mut found: Vec<TenantExtent> = Vec::new();
    let mut run = 0;
    for block in &footer.blocks {
        while footer.runs.get(run + 1).is_some_and(|next| next.first <= block.first) {
            run += 1;
        }
        let tenant = footer.tenants.get(footer.runs[run].tenant);
        let (first_seq, last_seq) = (Seq(block.min_seq), Seq(block.max_seq));
        match found.last_mut().filter(|last| last.tenant == tenant) {
            Some(last) => {
                last.rows += block.rows;
                last.first_seq = last.first_seq.min(first_seq);
                last.last_seq = last.last_seq.max(last_seq);
                last.first_at = last.first_at.min(block.min_at);
                last.last_at = last.last_at.max(block.max_at);
            }
            None => found.push(TenantExtent {
                tenant: tenant.into(),
                rows: block.rows,
                first_seq,
                last_seq,
                first_at: block.min_at,
                last_at: block.max_at,
            }),
        }
    }
    found
}

/// A block that is read.
#[derive(Debug)]
pub(super) struct Block<'a> {
    segment: &'a Segment,
    pub(super) number: usize,
    pub(super) header: Header<'a>,
    data: &'a [u8],
}

impl<'a> Block<'a> {
    pub(super) fn unreadable(&self) -> UsageError {
        self.segment.damaged(self.segment.footer.blocks[self.number].offset, "a block cannot be read")
    }

    /// Compares the checksum of each column, and that they follow each other without a gap.
    fn verify(&self) -> Result<(), UsageError> {
        let mut next = 0;
        for (number, chunk) in self.header.chunks.iter().enumerate() {
            if chunk.offset != next {
                return Err(self.unreadable());
            }
            next += chunk.length;
            self.bytes(number, chunk)?;
        }
        if next as usize == self.data.len() { Ok(()) } else { Err(self.unreadable()) }
    }

    /// The bytes of a column, after its checksum was compared.
    fn bytes(&self, number: usize, chunk: &Chunk<'_>) -> Result<&'a [u8], UsageError> {
        let start = chunk.offset as usize;
        let end = start.checked_add(chunk.length as usize);
        let bytes = end.and_then(|end| self.data.get(start..end)).ok_or_else(|| self.unreadable())?;
        let seen = &self.segment.blocks[self.number];
        // columns beyond the bits of the word are compared each time
        let bit = u32::try_from(number + 1).ok().and_then(|shift| 1_u64.checked_shl(shift)).unwrap_or(0);
        if seen.load(Ordering::Relaxed) & bit == 0 {
            if crc32c::crc32c(bytes) != chunk.crc {
                let block = &self.segment.footer.blocks[self.number];
                let offset = block.offset + u64::from(block.header) + u64::from(chunk.offset);
                return Err(self.segment.damaged(offset, "the checksum of a column is another"));
            }
            seen.fetch_or(bit, Ordering::Relaxed);
        }
        Ok(bytes)
    }

    fn column(&self, role: Role<'_>) -> Result<Option<(Kind, &'a [u8])>, UsageError> {
        let found = self.header.chunks.iter().enumerate().find(|(_, chunk)| chunk.role == role);
        found.map(|(number, chunk)| Ok((chunk.kind, self.bytes(number, chunk)?))).transpose()
    }

    /// A fixed field that is a number.
    pub(super) fn whole(&self, role: Role<'_>) -> Result<WholeView<'a>, UsageError> {
        self.optional(role)?.ok_or_else(|| self.unreadable())
    }

    fn optional(&self, role: Role<'_>) -> Result<Option<WholeView<'a>>, UsageError> {
        match self.column(role)? {
            None => Ok(None),
            Some((Kind::Whole(whole), bytes)) => {
                WholeView::new(whole, bytes, self.header.rows).map(Some).ok_or_else(|| self.unreadable())
            }
            Some((Kind::Listed { .. } | Kind::Uuids | Kind::Texts | Kind::Sparse, _)) => Err(self.unreadable()),
        }
    }

    /// Until when rows are visible, when one of them was amended or retracted before the segment was written.
    pub(super) fn untils(&self) -> Result<Option<WholeView<'a>>, UsageError> {
        self.optional(Role::Until)
    }

    pub(super) fn sources(&self) -> Result<ListedView<'a>, UsageError> {
        match self.column(Role::Source)? {
            Some((Kind::Listed { entries, width }, bytes)) => {
                ListedView::new(entries, width, bytes, self.header.rows).ok_or_else(|| self.unreadable())
            }
            _ => Err(self.unreadable()),
        }
    }

    pub(super) fn source(&self, row: usize) -> Result<&'a str, UsageError> {
        let value = match self.column(Role::Source)? {
            Some((Kind::Listed { entries, width }, bytes)) => {
                ListedView::one(entries, width, bytes, self.header.rows, row)
            }
            _ => None,
        };
        match value {
            Some(Entry::There(super::ValueRef::Text(text))) => Ok(text),
            _ => Err(self.unreadable()),
        }
    }

    pub(super) fn ids(&self) -> Result<IdView<'a>, UsageError> {
        let (kind, bytes) = self.column(Role::Id)?.ok_or_else(|| self.unreadable())?;
        IdView::new(kind, bytes, self.header.rows).ok_or_else(|| self.unreadable())
    }

    fn view(&self, kind: Kind, bytes: &'a [u8]) -> Result<Values<'a>, UsageError> {
        let rows = self.header.rows;
        let view = match kind {
            Kind::Whole(whole) => WholeView::new(whole, bytes, rows).map(Values::Whole),
            Kind::Listed { entries, width } => ListedView::new(entries, width, bytes, rows).map(Values::Listed),
            Kind::Uuids | Kind::Texts | Kind::Sparse => None,
        };
        view.ok_or_else(|| self.unreadable())
    }

    fn rest(&self) -> Result<Vec<(&'a str, ListedView<'a>)>, UsageError> {
        let Some((_, bytes)) = self.column(Role::Rest)? else { return Ok(Vec::new()) };
        read_rest(bytes, self.header.rows).ok_or_else(|| self.unreadable())
    }

    /// The values of a property.
    pub(super) fn property(&self, name: &str) -> Result<Values<'a>, UsageError> {
        if let Some((kind, bytes)) = self.column(Role::Property(name))? {
            return self.view(kind, bytes);
        }
        let found = self.rest()?.into_iter().find(|(own, _)| *own == name);
        Ok(found.map_or(Values::Absent, |(_, view)| Values::Listed(view)))
    }

    /// The properties of one row, by name.
    fn values(&self, row: usize) -> Result<Vec<(&'a str, super::ValueRef<'a>)>, UsageError> {
        let mut found = Vec::with_capacity(self.header.chunks.len());
        for (number, chunk) in self.header.chunks.iter().enumerate() {
            if let Role::Property(name) = chunk.role {
                let (bytes, rows) = (self.bytes(number, chunk)?, self.header.rows);
                let value = match chunk.kind {
                    Kind::Whole(whole) => WholeView::new(whole, bytes, rows).map(|view| view.value(row)),
                    Kind::Listed { entries, width } => {
                        ListedView::one(entries, width, bytes, rows, row).map(Entry::there)
                    }
                    Kind::Uuids | Kind::Texts | Kind::Sparse => None,
                };
                found.extend(value.ok_or_else(|| self.unreadable())?.map(|value| (name, value)));
            }
        }
        for (name, view) in self.rest()? {
            found.extend(view.value(row).map(|value| (name, value)));
        }
        found.sort_by_key(|(name, _)| *name);
        Ok(found)
    }

    /// All properties, or those that are wanted, by name.
    pub(super) fn properties(
        &self,
        is_wanted: impl Fn(&str) -> bool,
    ) -> Result<Vec<(&'a str, Values<'a>)>, UsageError> {
        let mut found = Vec::new();
        for (number, chunk) in self.header.chunks.iter().enumerate() {
            if let Role::Property(name) = chunk.role
                && is_wanted(name)
            {
                found.push((name, self.view(chunk.kind, self.bytes(number, chunk)?)?));
            }
        }
        let rest = self.rest()?.into_iter().filter(|(name, _)| is_wanted(name));
        found.extend(rest.map(|(name, view)| (name, Values::Listed(view))));
        found.sort_by_key(|(name, _)| *name);
        Ok(found)
    }
}
