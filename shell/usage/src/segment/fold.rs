//! Measuring the rows of a segment: by columns where the meter can be asked so, else event after event.

use super::{
    FOR_EVER, Segment, Untils,
    list::Rows,
    plan::{Class, Plan},
};
use crate::{Cursor, Seq, Subjects, Transactions, Unmeasured, UsageError};
use calendar::Instant;
use metering::{Columns, CompiledMeter, Dimensions, Event, EventProblem, MeasureError, Properties, State, Wanted};
use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};
use stdx::ToProblem;

/// A meter asked of a segment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FoldQuery<'a> {
    pub(crate) tenant: &'a str,
    pub(crate) subjects: Subjects<'a>,
    pub(crate) meter: &'a CompiledMeter,
    /// Edges in microseconds, ascending, at least two: window `n` is from edge `n` to edge `n + 1`. A meter that needs history
    /// has one window that begins at `i64::MIN`.
    pub(crate) edges: &'a [i64],
    pub(crate) by: &'a [String],
    pub(crate) transactions: Transactions,
    pub(crate) as_of: Seq,
}

impl FoldQuery<'_> {
    /// The window of a time within the edges.
    pub(super) fn window(&self, at: i64) -> usize {
        self.edges.partition_point(|edge| *edge <= at).saturating_sub(1)
    }

    pub(super) fn sees(&self, seq: u64, until: u64) -> bool {
        seq <= self.as_of.0 && (until == FOR_EVER || self.as_of.0 < until)
    }
}

/// What a meter saw of one subject, window and combination of dimensions.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub(crate) subject: String,
    pub(crate) dimensions: Dimensions,
    /// Number of the window.
    pub(crate) window: u32,
    pub(crate) state: State,
    pub(crate) unmeasured: Option<Unmeasured>,
}

impl Part {
    fn key(&self) -> (&str, &Dimensions, u32) {
        (&self.subject, &self.dimensions, self.window)
    }

    fn join(self, other: Self) -> Result<Self, MeasureError> {
        Ok(Self {
            state: self.state.merge(other.state)?,
            unmeasured: join_unmeasured(self.unmeasured, other.unmeasured),
            ..self
        })
    }
}

fn join_unmeasured(one: Option<Unmeasured>, other: Option<Unmeasured>) -> Option<Unmeasured> {
    match (one, other) {
        (Some(one), Some(other)) => {
            let count = one.count.saturating_add(other.count);
            let first = if one.first <= other.first { one } else { other };
            Some(Unmeasured { count, ..first })
        }
        (one, other) => one.or(other),
    }
}

/// Parts of several places as one list: ordered by subject, dimensions and window, each of which is there once. Each list must
/// be so.
pub(crate) fn merge_parts(mut lists: Vec<Vec<Part>>) -> Result<Vec<Part>, MeasureError> {
    // neighbours two by two, so that a part is moved as often as the number of lists can be halved
    while lists.len() > 1 {
        let mut joined = Vec::with_capacity(lists.len().div_ceil(2));
        let mut rest = lists.into_iter();
        while let Some(first) = rest.next() {
            joined.push(match rest.next() {
                Some(second) => merge_two(first, second)?,
                None => first,
            });
        }
        lists = joined;
    }
    Ok(lists.pop().unwrap_or_default())
}

fn merge_two(ours: Vec<Part>, theirs: Vec<Part>) -> Result<Vec<Part>, MeasureError> {
    if ours.is_empty() || theirs.is_empty() {
        return Ok(if ours.is_empty() { theirs } else { ours });
    }
    let mut joined = Vec::with_capacity(ours.len().max(theirs.len()));
    let (mut ours, mut theirs) = (ours.into_iter().peekable(), theirs.into_iter().peekable());
    loop {
        let order = match (ours.peek(), theirs.peek()) {
            (Some(our), Some(their)) => our.key().cmp(&their.key()),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => return Ok(joined),
        };
        let our = if order.is_le() { ours.next() } else { None };
        let their = if order.is_ge() { theirs.next() } else { None };
        match (our, their) {
            (Some(our), Some(their)) => joined.push(our.join(their)?),
            (our, their) => joined.extend(our.or(their)),
        }
    }
}

/// Why there are no parts.
pub(super) enum Trouble {
    Store(UsageError),
    /// Sums of columns do not fit where sums of events may.
    TooLarge,
}

impl From<UsageError> for Trouble {
    fn from(error: UsageError) -> Self {
        Self::Store(error)
    }
}

impl From<MeasureError> for Trouble {
    fn from(_: MeasureError) -> Self {
        Self::TooLarge
    }
}

impl From<money::NumError> for Trouble {
    fn from(_: money::NumError) -> Self {
        Self::TooLarge
    }
}

impl Segment {
    /// Measures: ordered by subject, then dimensions, then window.
    pub(crate) fn fold(&self, query: &FoldQuery<'_>, untils: &Untils) -> Result<Vec<Part>, UsageError> {
        self.fold_runs(query, untils, &self.wanted_runs(query))
    }

    /// [`fold`](Self::fold) of all subjects from one on, before another: of a query of all subjects.
    pub(crate) fn fold_between(
        &self,
        query: &FoldQuery<'_>,
        untils: &Untils,
        (from, to): (Option<&str>, Option<&str>),
    ) -> Result<Vec<Part>, UsageError> {
        let runs = self.tenant_runs(query.tenant, Some(query.meter.event()));
        let place = |subject: &str| {
            let of = &self.footer.runs[runs.clone()];
            runs.start + of.partition_point(|run| self.footer.subjects.get(run.subject) < subject)
        };
        let (start, end) = (from.map_or(runs.start, place), to.map_or(runs.end, place));
        self.fold_runs(query, untils, &(start..end).collect::<Vec<_>>())
    }

    /// The rows that a query of all subjects looks at.
    pub(crate) fn rows_of_all(&self, query: &FoldQuery<'_>) -> Range<u32> {
        let runs = self.tenant_runs(query.tenant, Some(query.meter.event()));
        let Some(last) = runs.clone().last() else { return 0..0 };
        self.footer.runs[runs.start].first..self.footer.rows_of(last).end
    }

    /// Subjects that cut the rows which a query of all subjects looks at into about as many parts, in order.
    pub(crate) fn cuts(&self, query: &FoldQuery<'_>, parts: u32) -> Vec<&str> {
        let rows = self.rows_of_all(query);
        let share = (rows.len() / parts as usize).max(1);
        let mut cuts: Vec<&str> = rows.step_by(share).skip(1).map(|row| self.subject(self.run_of(row))).collect();
        cuts.dedup();
        cuts
    }

    fn fold_runs(&self, query: &FoldQuery<'_>, untils: &Untils, runs: &[usize]) -> Result<Vec<Part>, UsageError> {
        if query.transactions == Transactions::Leave
            && let Some(columns) = query.meter.columns()
        {
            match self.fold_columns(query, untils, runs, &columns) {
                Ok(parts) => return Ok(parts),
                Err(Trouble::Store(error)) => return Err(error),
                Err(Trouble::TooLarge) => {}
            }
        }
        self.fold_events(query, untils, runs)
    }

    pub(super) fn wanted_runs(&self, query: &FoldQuery<'_>) -> Vec<usize> {
        let of = |subject: &str| self.runs_of(query.tenant, Some(query.meter.event()), Some(subject));
        match query.subjects {
            Subjects::One(subject) => of(subject),
            Subjects::Many(subjects) => {
                let subjects: BTreeSet<&String> = subjects.iter().collect();
                subjects.into_iter().flat_map(|subject| of(subject)).collect()
            }
            Subjects::All => self.tenant_runs(query.tenant, Some(query.meter.event())).collect(),
        }
    }

    fn fold_columns(
        &self,
        query: &FoldQuery<'_>,
        untils: &Untils,
        runs: &[usize],
        columns: &Columns<'_>,
    ) -> Result<Vec<Part>, Trouble> {
        let mut fold = ColumnFold { query, columns, plan: None, gathered: Gathered::default(), cells: Vec::new() };
        let mut steps = Steps::default();
        let mut parts = Vec::new();
        for run in runs {
            for (number, rows) in steps.of(self, *run, query)? {
                let plan = match fold.plan.take() {
                    Some(plan) if plan.number == number => plan,
                    before => {
                        Plan::new(self, number, query, columns, untils, before.as_ref().map(|plan| &plan.groups))?
                    }
                };
                let plan = fold.plan.insert(plan);
                if plan.is_empty() {
                    continue;
                }
                fold.windows(self, *run, rows)?;
            }
            fold.gathered.end(self.subject(*run), &mut parts);
        }
        Ok(parts)
    }

    fn fold_events(&self, query: &FoldQuery<'_>, untils: &Untils, runs: &[usize]) -> Result<Vec<Part>, UsageError> {
        let wanted = query.meter.properties();
        let mut gathered = Gathered::default();
        let mut cached: Option<(usize, Rows<'_>)> = None;
        let mut steps = Steps::default();
        let mut parts = Vec::new();
        for run in runs {
            let mut event = self.blank(*run);
            for (number, rows) in steps.of(self, *run, query)? {
                let block = match cached.take() {
                    Some((own, block)) if own == number => block,
                    _ => Rows::new(self, number, |name| is_wanted(name, wanted.as_ref(), query.by))?,
                };
                let (_, block) = cached.insert((number, block));
                event.properties.clear();
                for row in rows {
                    let (seq, until) = block.span(row, untils)?;
                    if query.sees(seq, until) {
                        block.event_into(row, &mut event)?;
                        gathered.add(query, &event);
                    }
                }
            }
            gathered.end(self.subject(*run), &mut parts);
        }
        Ok(parts)
    }

    pub(super) fn subject(&self, run: usize) -> &str {
        self.footer.subjects.get(self.footer.runs[run].subject)
    }

    /// An event of a run, still without anything of its own.
    fn blank(&self, run: usize) -> Event {
        Event {
            source: String::new(),
            id: String::new(),
            name: self.footer.names.get(self.footer.runs[run].name).into(),
            subject: self.subject(run).into(),
            at: Instant::MIN,
            properties: Properties::new(),
        }
    }
}

/// Whether a property must be read: where it cannot be told, all must.
pub(super) fn is_wanted(name: &str, wanted: Option<&BTreeSet<&str>>, by: &[String]) -> bool {
    let splits = |property: &String| property.strip_prefix("properties.").unwrap_or(property) == name;
    wanted.is_none_or(|wanted| wanted.contains(name)) || by.iter().any(splits)
}

/// The parts of runs that lie in a time, block by block.
#[derive(Debug, Default)]
pub(super) struct Steps {
    /// The block in which the last run ended: the next begins there or in the next one.
    block: usize,
}

impl Steps {
    /// Blocks with the rows in them, counted from the block's first.
    pub(super) fn of<'s>(
        &mut self,
        segment: &'s Segment,
        run: usize,
        query: &FoldQuery<'_>,
    ) -> Result<impl Iterator<Item = (usize, Range<usize>)> + use<'s>, UsageError> {
        let blocks = &segment.footer.blocks;
        let mut rows = segment.footer.rows_of(run);
        let holds = |number: usize, row: u32| {
            blocks.get(number).is_some_and(|block| block.first <= row && row - block.first < block.rows)
        };
        let locate = |hint: usize, row: u32| {
            let near = [hint, hint + 1].into_iter().find(|number| holds(*number, row));
            near.unwrap_or_else(|| segment.footer.block_of(row))
        };
        let first = locate(self.block, rows.start);
        let last = locate(first, rows.end - 1);
        self.block = last;
        let (from, to) = (query.edges[0], query.edges[query.edges.len() - 1]);
        if blocks[first..=last].iter().any(|block| block.min_at < from || block.max_at >= to) {
            rows.start = segment.first_row(&rows, from)?;
            rows.end = segment.first_row(&rows, to)?;
        }
        Ok((first..=last).filter_map(move |number| {
            let block = &blocks[number];
            let start = rows.start.max(block.first) - block.first;
            let end = rows.end.min(block.first + block.rows).saturating_sub(block.first);
            (start < end).then_some((number, start as usize..end as usize))
        }))
    }
}

/// What was gathered of the run that is looked at.
#[derive(Default)]
struct Gathered {
    /// As long as it comes in order, which it mostly does.
    list: Vec<(Key, Cells)>,
    /// Otherwise all of it.
    map: BTreeMap<Key, Cells>,
}

/// Dimensions, and the number of a window.
type Key = (Dimensions, u32);
type Cells = (Option<State>, Option<Unmeasured>);

impl Gathered {
    fn place(&mut self, dimensions: &Dimensions, window: u32) -> &mut Cells {
        let order = match self.list.last() {
            Some(((last, number), _)) => (dimensions, window).cmp(&(last, *number)),
            None if self.map.is_empty() => Ordering::Greater,
            None => Ordering::Less,
        };
        if order.is_lt() {
            self.map.extend(self.list.drain(..));
            return self.map.entry((dimensions.clone(), window)).or_default();
        }
        if order.is_gt() {
            self.list.push(((dimensions.clone(), window), Cells::default()));
        }
        let last = self.list.len() - 1;
        &mut self.list[last].1
    }

    /// Adds a single event, if the meter looks at it.
    fn add(&mut self, query: &FoldQuery<'_>, event: &Event) {
        let meter = query.meter;
        if !meter.accepts(event) {
            return;
        }
        let window = super::bytes::length(query.window(event.at.micros()));
        let (state, unmeasured) = self.place(&metering::dimensions(event, query.by), window);
        let state = state.get_or_insert_with(|| match query.transactions {
            Transactions::Leave => meter.state(),
            Transactions::Collect => meter.state_with_transactions(),
        });
        if let Err(error) = meter.add(state, event) {
            *unmeasured = join_unmeasured(unmeasured.take(), Some(one_unmeasured(event, &error)));
        }
    }

    fn join(&mut self, dimensions: &Dimensions, window: u32, state: State) -> Result<(), MeasureError> {
        let (place, _) = self.place(dimensions, window);
        *place = Some(match place.take() {
            Some(before) => before.merge(state)?,
            None => state,
        });
        Ok(())
    }

    /// Ends a run.
    fn end(&mut self, subject: &str, parts: &mut Vec<Part>) {
        let gathered = self.list.drain(..).chain(std::mem::take(&mut self.map));
        for ((dimensions, window), (state, unmeasured)) in gathered {
            if let Some(state) = state {
                parts.push(Part { subject: subject.into(), dimensions, window, state, unmeasured });
            }
        }
    }
}

fn one_unmeasured(event: &Event, error: &EventProblem) -> Unmeasured {
    Unmeasured { count: 1, first: Cursor::from(event), problem: error.problem() }
}

/// What is known of the rows of one group.
#[derive(Debug, Clone, Copy)]
struct Cell {
    count: u64,
    /// The smallest and the largest code.
    bounds: (u64, u64),
}

const EMPTY: Cell = Cell { count: 0, bounds: (u64::MAX, 0) };

struct ColumnFold<'a, 'q> {
    query: &'q FoldQuery<'q>,
    columns: &'q Columns<'q>,
    plan: Option<Plan<'a>>,
    gathered: Gathered,
    cells: Vec<Cell>,
}

impl ColumnFold<'_, '_> {
    /// Takes rows of the block of the plan, window by window.
    fn windows(&mut self, segment: &Segment, run: usize, rows: Range<usize>) -> Result<(), Trouble> {
        let Some(plan) = self.plan.take() else { return Ok(()) };
        for (window, rows) in plan.windows(self.query, rows.clone()) {
            self.take(&plan, rows, window)?;
        }
        if plan.has_odd {
            self.odd(segment, &plan, run, rows)?;
        }
        self.plan = Some(plan);
        Ok(())
    }

    fn take(&mut self, plan: &Plan<'_>, rows: Range<usize>, window: u32) -> Result<(), Trouble> {
        if plan.class.is_none() && plan.groups.of.is_none() && self.columns.wanted() != Wanted::Texts {
            let partial = plan.plain(rows, self.columns.wanted())?;
            return Ok(self.gathered.join(&plan.groups.list[0], window, self.columns.state(partial)?)?);
        }
        let values = plan.values.len();
        self.cells.clear();
        self.cells.resize(plan.groups.list.len(), EMPTY);
        let mut sums = vec![0_u128; plan.groups.list.len() * values];
        let mut texts: Vec<(u16, u16)> = Vec::new();
        for row in rows {
            if plan.class.as_ref().is_some_and(|class| class[row] != Class::Taken) {
                continue;
            }
            let group = plan.groups.of.as_ref().map_or(0, |groups| groups[row]);
            let cell = &mut self.cells[usize::from(group)];
            cell.count += 1;
            for (number, codes) in plan.codes.iter().enumerate() {
                let code = codes[row];
                sums[usize::from(group) * values + number] += u128::from(code);
                cell.bounds = (cell.bounds.0.min(code), cell.bounds.1.max(code));
            }
            if let Some((codes, _)) = &plan.texts {
                texts.push((group, codes[row]));
            }
        }
        texts.sort_unstable();
        texts.dedup();
        let mut texts = texts.into_iter().peekable();
        for (group, cell) in self.cells.iter().enumerate().filter(|(_, cell)| cell.count > 0) {
            let mut partial = plan.partial(cell.count, &sums[group * values..(group + 1) * values], cell.bounds)?;
            while let Some((_, code)) = texts.next_if(|(own, _)| usize::from(*own) == group) {
                let text = plan.texts.as_ref().map(|(_, texts)| texts[usize::from(code)].clone());
                partial.texts.extend(text);
            }
            self.gathered.join(&plan.groups.list[group], window, self.columns.state(partial)?)?;
        }
        Ok(())
    }

    /// Gives the events that columns cannot tell of to the meter itself.
    fn odd(&mut self, segment: &Segment, plan: &Plan<'_>, run: usize, rows: Range<usize>) -> Result<(), Trouble> {
        let Some(class) = &plan.class else { return Ok(()) };
        if !class[rows.clone()].contains(&Class::Odd) {
            return Ok(());
        }
        let block = Rows::new(segment, plan.number, |_| true)?;
        let mut event = segment.blank(run);
        for row in rows.filter(|row| class[*row] == Class::Odd) {
            block.event_into(row, &mut event)?;
            self.gathered.add(self.query, &event);
        }
        Ok(())
    }
}
