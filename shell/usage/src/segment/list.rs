//! Events out of a segment, one by one.

use super::{
    FOR_EVER, RowRef, Segment, Untils, ValueRef,
    block::{Role, Values},
    column::{ListedView, WholeView},
    footer::Run,
    ids::IdView,
    reader::Block,
};
use crate::{Activity, Cursor, EventFilter, Seq, StoredEvent, UsageError};
use calendar::Instant;
use metering::{Event, Properties, Value};
use std::{collections::BinaryHeap, ops::Range};

/// The rows of a block with all their fields and some of their properties.
pub(super) struct Rows<'a> {
    segment: &'a Segment,
    pub(super) block: Block<'a>,
    pub(super) at: WholeView<'a>,
    pub(super) seq: WholeView<'a>,
    pub(super) received_at: WholeView<'a>,
    pub(super) until: Option<WholeView<'a>>,
    pub(super) sources: ListedView<'a>,
    pub(super) ids: IdView<'a>,
    pub(super) properties: Vec<(&'a str, Values<'a>)>,
    /// Number of its first row.
    pub(super) first: u32,
}

impl<'a> Rows<'a> {
    pub(super) fn new(
        segment: &'a Segment,
        number: usize,
        is_wanted: impl Fn(&str) -> bool,
    ) -> Result<Self, UsageError> {
        let block = segment.block(number)?;
        Ok(Self {
            segment,
            at: block.whole(Role::At)?,
            seq: block.whole(Role::Seq)?,
            received_at: block.whole(Role::ReceivedAt)?,
            until: block.untils()?,
            sources: block.sources()?,
            ids: block.ids()?,
            properties: block.properties(is_wanted)?,
            first: segment.footer.blocks[number].first,
            block,
        })
    }

    pub(super) fn len(&self) -> usize {
        self.block.header.rows
    }

    pub(super) fn at(&self, row: usize) -> Result<i64, UsageError> {
        self.at.number(row).ok_or_else(|| self.block.unreadable())
    }

    /// The row without its properties; `run` is its run, and its id is put into `id`.
    pub(super) fn row<'b>(&'b self, run: usize, row: usize, id: &'b mut String) -> Result<RowRef<'b>, UsageError> {
        let number = |view: &WholeView<'_>| view.number(row).ok_or_else(|| self.block.unreadable());
        let footer = &self.segment.footer;
        let run = footer.runs[run];
        self.ids.read(row, id).ok_or_else(|| self.block.unreadable())?;
        Ok(RowRef {
            tenant: footer.tenants.get(run.tenant),
            name: footer.names.get(run.name),
            subject: footer.subjects.get(run.subject),
            at: number(&self.at)?,
            source: self.source(row)?,
            id,
            seq: number(&self.seq)?.cast_unsigned(),
            received_at: number(&self.received_at)?,
            until: self.until.and_then(|view| view.number(row)).map_or(FOR_EVER, i64::cast_unsigned),
        })
    }

    pub(super) fn source(&self, row: usize) -> Result<&'a str, UsageError> {
        match self.sources.value(row) {
            Some(ValueRef::Text(text)) => Ok(text),
            _ => Err(self.block.unreadable()),
        }
    }

    /// Puts a row in the place of an event of which name and subject are right.
    pub(super) fn event_into(&self, row: usize, event: &mut Event) -> Result<(), UsageError> {
        event.at = self.instant(self.at(row)?)?;
        self.ids.read(row, &mut event.id).ok_or_else(|| self.block.unreadable())?;
        let source = self.source(row)?;
        if event.source != source {
            event.source = source.into();
        }
        for (name, values) in &self.properties {
            match (values.value(row), event.properties.get_mut(*name)) {
                (None, None) => {}
                (None, Some(_)) => {
                    event.properties.remove(*name);
                }
                (Some(value), Some(place)) => put_value(place, value),
                (Some(value), None) => {
                    event.properties.insert((*name).to_owned(), owned(value));
                }
            }
        }
        Ok(())
    }

    fn place(&self, row: usize) -> Result<Cursor, UsageError> {
        let (at, source, mut id) = (self.instant(self.at(row)?)?, self.source(row)?.to_owned(), String::new());
        self.ids.read(row, &mut id).ok_or_else(|| self.block.unreadable())?;
        Ok(Cursor { at, source, id })
    }

    fn instant(&self, micros: i64) -> Result<Instant, UsageError> {
        Instant::from_micros(micros).map_err(|_| self.block.unreadable())
    }

    fn stored(&self, run: usize, row: usize) -> Result<StoredEvent, UsageError> {
        let mut id = String::new();
        let head = self.row(run, row, &mut id)?;
        let mut event = Event {
            source: String::new(),
            id: String::new(),
            name: head.name.into(),
            subject: head.subject.into(),
            at: Instant::MIN,
            properties: Properties::new(),
        };
        self.event_into(row, &mut event)?;
        Ok(StoredEvent { seq: Seq(head.seq), received_at: self.instant(head.received_at)?, event })
    }

    /// Position of a row, and until when it is visible.
    pub(super) fn span(&self, row: usize, untils: &Untils) -> Result<(u64, u64), UsageError> {
        let seq = self.seq.number(row).ok_or_else(|| self.block.unreadable())?.cast_unsigned();
        let own = self.until.and_then(|view| view.number(row)).map_or(FOR_EVER, i64::cast_unsigned);
        let later = if untils.is_empty() { None } else { untils.get(&(self.first + super::bytes::length(row))) };
        Ok((seq, later.copied().unwrap_or(own)))
    }
}

/// The first rows of those that were offered, by place.
struct First {
    limit: usize,
    /// The last of them on top.
    rows: BinaryHeap<(Cursor, u32)>,
}

impl First {
    /// Whether what happened then, or later, comes after all of them, and there are enough.
    fn is_before(&self, at: i64) -> bool {
        self.rows.len() == self.limit && self.rows.peek().is_none_or(|(last, _)| last.at.micros() < at)
    }

    fn offer(&mut self, place: Cursor, row: u32) {
        self.rows.push((place, row));
        if self.rows.len() > self.limit {
            self.rows.pop();
        }
    }
}

/// The value as it is kept in an event.
pub(super) fn owned(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Bool(truth) => Value::Bool(truth),
        ValueRef::Num(number) => Value::Num(number),
        ValueRef::Text(text) => Value::Text(text.into()),
    }
}

fn put_value(place: &mut Value, value: ValueRef<'_>) {
    if let (Value::Text(old), ValueRef::Text(text)) = (&mut *place, value) {
        old.clear();
        old.push_str(text);
    } else {
        *place = owned(value);
    }
}

impl Segment {
    /// The event of a row.
    pub(crate) fn stored(&self, row: u32) -> Result<StoredEvent, UsageError> {
        let number = self.footer.block_of(row);
        let rows = Rows::new(self, number, |_| true)?;
        rows.stored(self.run_of(row), (row - rows.first) as usize)
    }

    /// The runs of a tenant with these names and subjects.
    pub(super) fn runs_of(&self, tenant: &str, name: Option<&str>, subject: Option<&str>) -> Vec<usize> {
        let of = self.tenant_runs(tenant, name);
        let footer = &self.footer;
        let is = |run: &usize| subject.is_none_or(|subject| footer.subjects.get(footer.runs[*run].subject) == subject);
        if let (Some(_), Some(subject)) = (name, subject) {
            let runs = &footer.runs[of.clone()];
            let found = runs.binary_search_by(|run| footer.subjects.get(run.subject).cmp(subject));
            return found.ok().map(|place| of.start + place).into_iter().collect();
        }
        of.filter(is).collect()
    }

    /// The runs of a tenant, or of one of its names: they follow each other.
    pub(super) fn tenant_runs(&self, tenant: &str, name: Option<&str>) -> Range<usize> {
        let footer = &self.footer;
        let key = |run: &Run| {
            let name = name.map(|_| footer.names.get(run.name));
            (footer.tenants.get(run.tenant), name)
        };
        let wanted = (tenant, name);
        footer.runs.partition_point(|run| key(run) < wanted)..footer.runs.partition_point(|run| key(run) <= wanted)
    }

    /// At most `limit` events after a place, by time, then source, then id, as they are seen as of `filter.as_of`.
    pub(crate) fn list(
        &self,
        tenant: &str,
        filter: &EventFilter<'_>,
        after: Option<&Cursor>,
        limit: usize,
        untils: &Untils,
    ) -> Result<Vec<StoredEvent>, UsageError> {
        let mut from = filter.period.map_or(i64::MIN, |period| period.from().micros());
        from = from.max(after.map_or(i64::MIN, |after| after.at.micros()));
        let to = filter.period.map_or(i64::MAX, |period| period.to().micros());
        let (mut first, mut known) = (First { limit, rows: BinaryHeap::new() }, None);
        for run in self.runs_of(tenant, filter.name, filter.subject) {
            let rows = self.footer.rows_of(run);
            for row in self.first_row(&rows, from)?..rows.end {
                let rows = self.rows_at(row, &mut known, |_| false)?;
                let local = (row - rows.first) as usize;
                let at = rows.at(local)?;
                // a run is in the order of places: what follows in it comes later still
                if at >= to || first.is_before(at) {
                    break;
                }
                let (seq, until) = rows.span(local, untils)?;
                let is_seen = seq <= filter.as_of.0 && (filter.as_of.0 < until || until == FOR_EVER);
                if seq > filter.after.0 && is_seen {
                    let place = rows.place(local)?;
                    if after.is_none_or(|after| place > *after) {
                        first.offer(place, row);
                    }
                }
            }
        }
        let (mut found, mut known) = (Vec::with_capacity(first.rows.len()), None);
        for (_, row) in first.rows.into_sorted_vec() {
            let rows = self.rows_at(row, &mut known, |_| true)?;
            found.push(rows.stored(self.run_of(row), (row - rows.first) as usize)?);
        }
        Ok(found)
    }

    /// The rows of the block of a row; the block that was looked at last is kept.
    fn rows_at<'a, 'b>(
        &'a self,
        row: u32,
        known: &'b mut Option<Rows<'a>>,
        is_wanted: impl Fn(&str) -> bool,
    ) -> Result<&'b Rows<'a>, UsageError> {
        let holds = |rows: &Rows<'_>| rows.first <= row && ((row - rows.first) as usize) < rows.len();
        let rows = match known.take() {
            Some(rows) if holds(&rows) => rows,
            _ => Rows::new(self, self.footer.block_of(row), is_wanted)?,
        };
        Ok(known.insert(rows))
    }

    /// The first of the rows of a run that is not before a time; the end when all are.
    pub(super) fn first_row(&self, rows: &Range<u32>, from: i64) -> Result<u32, UsageError> {
        let (mut low, mut high) = (rows.start, rows.end);
        let mut known: Option<(usize, WholeView<'_>, u32)> = None;
        while low < high {
            let middle = low + (high - low) / 2;
            let number = self.footer.block_of(middle);
            let (view, first) = match known {
                Some((own, view, first)) if own == number => (view, first),
                _ => (self.block(number)?.whole(Role::At)?, self.footer.blocks[number].first),
            };
            known = Some((number, view, first));
            let at = view.number((middle - first) as usize);
            let at = at.ok_or_else(|| self.damaged(self.footer.blocks[number].offset, "a block cannot be read"))?;
            if at < from { low = middle + 1 } else { high = middle }
        }
        Ok(low)
    }

    /// At most `limit` versions after a position, with their rows, in the order of positions.
    pub(crate) fn changes(
        &self,
        tenant: &str,
        after: Seq,
        limit: usize,
    ) -> Result<Vec<(u32, StoredEvent)>, UsageError> {
        // the heap holds the smallest positions found so far, the largest of them on top
        let mut smallest: BinaryHeap<(u64, u32)> = BinaryHeap::new();
        let runs = self.tenant_runs(tenant, None);
        if runs.is_empty() || limit == 0 {
            return Ok(Vec::new());
        }
        let rows = self.footer.runs[runs.start].first..self.footer.rows_of(runs.end - 1).end;
        for number in self.footer.block_of(rows.start)..=self.footer.block_of(rows.end - 1) {
            let entry = &self.footer.blocks[number];
            let full = smallest.len() == limit && smallest.peek().is_some_and(|(most, _)| *most < entry.min_seq);
            if entry.max_seq <= after.0 || full {
                continue;
            }
            let block = self.block(number)?;
            let view = block.whole(Role::Seq)?;
            for local in 0..entry.rows {
                let seq = view.number(local as usize).ok_or_else(|| block.unreadable())?.cast_unsigned();
                if seq <= after.0 || (smallest.len() == limit && smallest.peek().is_some_and(|(most, _)| *most < seq)) {
                    continue;
                }
                smallest.push((seq, entry.first + local));
                if smallest.len() > limit {
                    smallest.pop();
                }
            }
        }
        smallest.into_sorted_vec().into_iter().map(|(_, row)| Ok((row, self.stored(row)?))).collect()
    }

    /// Who has which events, ordered by subject, then name; what was amended or retracted is left out.
    pub(crate) fn activity(&self, tenant: &str, untils: &Untils) -> Result<Vec<Activity>, UsageError> {
        let mut found = Vec::new();
        for run in self.tenant_runs(tenant, None) {
            let (mut count, mut first, mut last) = (0, None, None);
            let rows = self.footer.rows_of(run);
            for number in self.footer.block_of(rows.start)..=self.footer.block_of(rows.end - 1) {
                let block = self.block(number)?;
                let entry = &self.footer.blocks[number];
                let part = rows.start.max(entry.first)..rows.end.min(entry.first + entry.rows);
                let (at, own) = (block.whole(Role::At)?, block.untils()?);
                let hidden = |row: u32| {
                    untils.contains_key(&row)
                        || own.is_some_and(|view| view.number((row - entry.first) as usize).is_some())
                };
                if own.is_none() && untils.range(part.clone()).next().is_none() {
                    count += u64::from(part.end - part.start);
                    let ends = [part.start, part.end - 1].map(|row| at.number((row - entry.first) as usize));
                    first = first.or(ends[0]);
                    last = ends[1];
                    continue;
                }
                for row in part.filter(|row| !hidden(*row)) {
                    count += 1;
                    last = at.number((row - entry.first) as usize);
                    first = first.or(last);
                }
            }
            let (Some(first), Some(last)) = (first, last) else { continue };
            let run = self.footer.runs[run];
            let instant = |micros| Instant::from_micros(micros).map_err(|_| self.damaged(0, "a time is none"));
            found.push(Activity {
                subject: self.footer.subjects.get(run.subject).into(),
                name: self.footer.names.get(run.name).into(),
                count,
                first_at: instant(first)?,
                last_at: instant(last)?,
            });
        }
        found.sort_by(|a, b| (&a.subject, &a.name).cmp(&(&b.subject, &b.name)));
        Ok(found)
    }
}
