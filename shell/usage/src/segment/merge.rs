//! Several segments as one: the same rows, in the same order, with the same answers.

use super::{RowRef, Segment, SegmentMeta, Untils, ValueRef, list::Rows, writer::Writer};
use crate::UsageError;
use std::{io::Write, path::Path};

/// Writes the rows of several segments into a new one, row after row; what became known of rows after their segments were
/// written is written with them. The memory needed is that of a block of each, and of a [`Writer`].
pub(crate) fn merge(out: impl Write, path: &Path, inputs: &[(&Segment, &Untils)]) -> Result<SegmentMeta, UsageError> {
    let mut writer = Writer::new(out, path)?;
    let mut sources: Vec<Source<'_>> = Vec::new();
    for (segment, untils) in inputs {
        if segment.meta().rows > 0 {
            sources.push(Source::new(segment, untils)?);
        }
    }
    while !sources.is_empty() {
        let mut least = 0;
        for number in 1..sources.len() {
            if sources[number].head().order(&sources[least].head()).is_lt() {
                least = number;
            }
        }
        let source = &mut sources[least];
        source.read_properties();
        writer.push(&source.head(), &source.properties)?;
        if !source.advance()? {
            sources.remove(least);
        }
    }
    writer.finish()
}

/// A way through all rows of a segment.
pub(super) struct Source<'a> {
    segment: &'a Segment,
    untils: &'a Untils,
    row: u32,
    run: usize,
    block: usize,
    rows: Rows<'a>,
    id: String,
    /// The row without its id, which is beside it.
    fields: RowRef<'a>,
    pub(super) properties: Vec<(&'a str, ValueRef<'a>)>,
}

impl<'a> Source<'a> {
    /// Begins at the first row, of which there must be one.
    pub(super) fn new(segment: &'a Segment, untils: &'a Untils) -> Result<Self, UsageError> {
        let rows = Rows::new(segment, 0, |_| true)?;
        let fields =
            RowRef { tenant: "", name: "", subject: "", at: 0, source: "", id: "", seq: 0, received_at: 0, until: 0 };
        let mut source =
            Self { segment, untils, row: 0, run: 0, block: 0, rows, id: String::new(), fields, properties: Vec::new() };
        source.read()?;
        Ok(source)
    }

    pub(super) fn head(&self) -> RowRef<'_> {
        RowRef { id: &self.id, ..self.fields }
    }

    fn read(&mut self) -> Result<(), UsageError> {
        let local = (self.row - self.rows.first) as usize;
        let run = self.segment.footer.runs[self.run];
        let row = self.rows.row(self.run, local, &mut self.id)?;
        let (at, seq, received_at, until) = (row.at, row.seq, row.received_at, row.until);
        let footer = &self.segment.footer;
        self.fields = RowRef {
            tenant: footer.tenants.get(run.tenant),
            name: footer.names.get(run.name),
            subject: footer.subjects.get(run.subject),
            at,
            source: self.rows.source(local)?,
            id: "",
            seq,
            received_at,
            until: self.untils.get(&self.row).copied().unwrap_or(until),
        };
        Ok(())
    }

    pub(super) fn read_properties(&mut self) {
        let local = (self.row - self.rows.first) as usize;
        self.properties.clear();
        for (name, values) in &self.rows.properties {
            self.properties.extend(values.value(local).map(|value| (*name, value)));
        }
    }

    /// Goes to the next row; false when there is none.
    pub(super) fn advance(&mut self) -> Result<bool, UsageError> {
        self.row += 1;
        if self.row == self.segment.footer.rows {
            return Ok(false);
        }
        if (self.row - self.rows.first) as usize == self.rows.len() {
            self.block += 1;
            self.rows = Rows::new(self.segment, self.block, |_| true)?;
        }
        if self.segment.footer.runs.get(self.run + 1).is_some_and(|next| next.first == self.row) {
            self.run += 1;
        }
        self.read()?;
        Ok(true)
    }
}
