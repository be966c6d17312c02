//! Several segments as one: the same rows, in the same order, with the same answers.
//!
//! Rows are not read one by one: as many rows of a segment as come before the next row of the others are taken at once, column
//! by column.

use super::{
    FOR_EVER, RowRef, Segment, SegmentMeta, Spill, Untils,
    block::{BlockBuilder, Values},
    column::Known,
    identity::IdentityHash,
    list::Rows,
    writer::Writer,
};
use crate::UsageError;
use std::{cmp::Ordering, io::Write, ops::Range, path::Path};

/// Writes the rows of several segments into a new one; what became known of rows after their segments were written is written
/// with them. The memory needed is that of a block of each, and of a [`Writer`].
pub(crate) fn merge(
    out: impl Write,
    path: &Path,
    inputs: &[(&Segment, &Untils)],
    spill: Option<Spill<'_>>,
) -> Result<SegmentMeta, UsageError> {
    let rows = inputs.iter().map(|(segment, _)| segment.meta().rows as usize).sum();
    let mut writer = Writer::spilling(out, path, rows, spill)?;
    let mut sources: Vec<Source<'_>> = Vec::new();
    for (segment, untils) in inputs {
        if segment.meta().rows > 0 {
            sources.push(Source::new(segment, untils)?);
        }
    }
    while !sources.is_empty() {
        let mut same: Vec<usize> = vec![0];
        for number in 1..sources.len() {
            match sources[number].run_key().cmp(&sources[same[0]].run_key()) {
                Ordering::Less => same = vec![number],
                Ordering::Equal => same.push(number),
                Ordering::Greater => {}
            }
        }
        merge_run(&mut writer, &mut sources, same)?;
        sources.retain(|source| source.row < source.segment.footer.rows);
    }
    writer.finish()
}

/// Writes the rows of one run, which some of the sources have.
fn merge_run(
    writer: &mut Writer<'_, impl Write>,
    sources: &mut [Source<'_>],
    mut same: Vec<usize>,
) -> Result<(), UsageError> {
    let mut rows = Of::NewRun;
    while let Some(mut least) = same.first().copied() {
        for number in same.iter().skip(1) {
            if sources[*number].is_before(&sources[least])? {
                least = *number;
            }
        }
        // rows that happened before any row of another source are taken without a further look
        let mut limit = None;
        for other in same.iter().filter(|number| **number != least) {
            let at = sources[*other].at()?;
            limit = Some(limit.map_or(at, |limit: i64| limit.min(at)));
        }
        let source = &mut sources[least];
        let part = source.part(limit)?;
        let mut from = part.start;
        while from < part.end {
            from += source.write(writer, from..part.end, rows)?;
            rows = Of::SameRun;
        }
        if !source.advance(part.len())? {
            same.retain(|number| *number != least);
        }
    }
    Ok(())
}

/// Whether rows are the first that are written of a run.
#[derive(Clone, Copy)]
enum Of {
    NewRun,
    SameRun,
}

/// A way through all rows of a segment.
struct Source<'a> {
    segment: &'a Segment,
    untils: &'a Untils,
    row: u32,
    run: usize,
    block: usize,
    rows: Rows<'a>,
    copy: Copy,
    /// The id of the first of the rows that are written.
    id: String,
}

/// What is known of a block of which rows are taken.
#[derive(Default)]
pub(super) struct Copy {
    /// Most bytes of the texts of a row.
    bound: usize,
    sources: Known,
    properties: Vec<Known>,
    hashes: Vec<(String, IdentityHash)>,
    /// The code of the source that was met last in the block, and the hashes of its identities.
    hash: Option<(usize, IdentityHash)>,
    codes: Vec<u64>,
    id_hashes: Vec<u64>,
}

impl<'a> Source<'a> {
    /// Begins at the first row, of which there must be one.
    fn new(segment: &'a Segment, untils: &'a Untils) -> Result<Self, UsageError> {
        let rows = Rows::new(segment, 0, |_| true)?;
        let copy = Copy::of(&rows);
        Ok(Self { segment, untils, row: 0, run: 0, block: 0, rows, copy, id: String::new() })
    }

    fn run_key(&self) -> (&'a str, &'a str, &'a str) {
        let footer = &self.segment.footer;
        let run = footer.runs[self.run];
        (footer.tenants.get(run.tenant), footer.names.get(run.name), footer.subjects.get(run.subject))
    }

    fn local(&self) -> usize {
        (self.row - self.rows.first) as usize
    }

    fn at(&self) -> Result<i64, UsageError> {
        self.rows.at(self.local())
    }

    /// Whether its next row comes before that of another source of the same run.
    fn is_before(&self, other: &Self) -> Result<bool, UsageError> {
        let (own, theirs) = (self.at()?, other.at()?);
        if own != theirs {
            return Ok(own < theirs);
        }
        let (mut id, mut other_id) = (String::new(), String::new());
        let own = self.rows.row(self.run, self.local(), &mut id)?;
        let theirs = other.rows.row(other.run, other.local(), &mut other_id)?;
        Ok(own.order(&theirs).is_lt())
    }

    /// The next row and those after it in its run and block that happened before the limit.
    fn part(&self, limit: Option<i64>) -> Result<Range<usize>, UsageError> {
        let from = self.local();
        let run = self.segment.footer.rows_of(self.run);
        let end = self.rows.len().min((run.end - self.rows.first) as usize);
        let Some(limit) = limit else { return Ok(from..end) };
        // far enough in most cases, or not far at all: steps become longer, then shorter
        let (mut low, mut step) = (from + 1, 1);
        while low < end && self.rows.at(end.min(low + step) - 1)? < limit {
            low = end.min(low + step);
            step *= 2;
        }
        let mut high = end.min(low + step);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.rows.at(middle)? < limit { low = middle + 1 } else { high = middle }
        }
        Ok(from..low)
    }

    /// Writes the first of some rows, as many as the block has room for, and says how many.
    fn write(&mut self, writer: &mut Writer<'_, impl Write>, part: Range<usize>, of: Of) -> Result<usize, UsageError> {
        let mut head = self.rows.row(self.run, part.start, &mut self.id)?;
        head.until = FOR_EVER;
        match of {
            Of::NewRun => writer.append(&head, &self.rows, part, self.untils, &mut self.copy),
            Of::SameRun => writer.append_next(&head, &self.rows, part, self.untils, &mut self.copy),
        }
    }

    /// Goes on by so many rows; false when the run is at its end.
    fn advance(&mut self, rows: usize) -> Result<bool, UsageError> {
        self.row += super::bytes::length(rows);
        if self.row == self.segment.footer.rows {
            return Ok(false);
        }
        if self.local() == self.rows.len() {
            self.block += 1;
            self.rows = Rows::new(self.segment, self.block, |_| true)?;
            self.copy = Copy { hashes: std::mem::take(&mut self.copy.hashes), ..Copy::of(&self.rows) };
        }
        if self.segment.footer.runs.get(self.run + 1).is_some_and(|next| next.first == self.row) {
            self.run += 1;
            return Ok(false);
        }
        Ok(true)
    }
}

impl Copy {
    fn of(rows: &Rows<'_>) -> Self {
        let longest = |values: &Values<'_>| if let Values::Listed(view) = values { view.longest() } else { 0 };
        let properties = rows.properties.iter().map(|(name, values)| name.len() + longest(values));
        let bound = rows.ids.longest(rows.len()) + rows.sources.longest() + properties.sum::<usize>();
        let properties = rows.properties.iter().map(|_| Known::default()).collect();
        Self { bound, properties, ..Self::default() }
    }

    /// The hashes of identities of a tenant and source.
    fn hash(&mut self, tenant: &str, source: &str) -> IdentityHash {
        // blocks are of one tenant, and mostly of one source
        let key = [tenant, "\0", source].concat();
        if let Some((_, hash)) = self.hashes.iter().find(|(known, _)| *known == key) {
            return *hash;
        }
        let hash = IdentityHash::new(tenant, source);
        self.hashes.truncate(7);
        self.hashes.insert(0, (key, hash));
        hash
    }

    /// Most rows of this block that a block takes at once.
    pub(super) fn room(&self, block: &BlockBuilder) -> usize {
        block.room(self.bound)
    }

    /// Puts rows into a block; the hashes of their identities are given.
    pub(super) fn put(
        &mut self,
        block: &mut BlockBuilder,
        head: &RowRef<'_>,
        rows: &Rows<'_>,
        part: Range<usize>,
        untils: &Untils,
    ) -> Option<&[u64]> {
        let first = u16::try_from(block.rows()).ok()?;
        for (view, numbers) in
            [(&rows.at, &mut block.at), (&rows.seq, &mut block.seq), (&rows.received_at, &mut block.received_at)]
        {
            view.decode(part.clone(), &mut self.codes);
            for code in &self.codes {
                numbers.push(view.number_of(*code)?);
            }
        }
        for row in part.clone() {
            let later = if untils.is_empty() { None } else { untils.get(&(rows.first + super::bytes::length(row))) };
            let own = || rows.until.and_then(|view| view.number(row));
            block.until.push(later.map(|until| until.cast_signed()).or_else(own));
        }
        block.texts +=
            block.sources.append(&rows.sources, part.clone(), self.sources.of(block.number, &rows.sources))?;
        self.put_ids(block, head, rows, part.clone())?;
        for (place, ((name, values), known)) in rows.properties.iter().zip(&mut self.properties).enumerate() {
            let column = block.properties.column(place, name);
            let before = column.len();
            match values {
                Values::Absent => {}
                Values::Whole(view) => column.append_whole(first, view, part.clone(), &mut self.codes),
                Values::Listed(view) => {
                    let known = known.of(block.number, view);
                    block.texts += column.append_listed(first, view, part.clone(), known);
                }
            }
            block.texts += name.len() * (column.len() - before);
        }
        Some(&self.id_hashes)
    }

    fn put_ids(
        &mut self,
        block: &mut BlockBuilder,
        head: &RowRef<'_>,
        rows: &Rows<'_>,
        part: Range<usize>,
    ) -> Option<()> {
        self.id_hashes.clear();
        let first = rows.sources.code(part.start);
        let mut known = match self.hash {
            Some(known) if known.0 == first => known,
            Some(_) | None => (first, self.hash(head.tenant, head.source)),
        };
        for row in part {
            let code = rows.sources.code(row);
            if code != known.0 {
                known = (code, self.hash(head.tenant, rows.source(row).ok()?));
            }
            let (length, hash) = block.ids.push_from(rows.ids, row, |id| (id.len(), known.1.of(id)))?;
            block.texts += length;
            self.id_hashes.push(hash);
        }
        self.hash = Some(known);
        Some(())
    }
}
