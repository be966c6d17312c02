//! Measuring the rows of a segment: by columns where the meter can be asked so, else event after event.

use super::{
    FOR_EVER, Segment, Untils,
    footer::Run,
    list::Rows,
    plan::{Class, Plan},
    walk::{Piece, walk},
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
    /// Measures all subjects that are asked for, from one on, before another: ordered by subject, then dimensions, then window.
    pub(crate) fn fold(
        &self,
        query: &FoldQuery<'_>,
        untils: &Untils,
        between: (Option<&str>, Option<&str>),
    ) -> Result<Vec<Part>, UsageError> {
        let runs = self.runs_between(query, between);
        if query.transactions == Transactions::Leave
            && let Some(columns) = query.meter.columns()
        {
            match self.fold_columns(query, untils, &runs, &columns) {
                Ok(parts) => return Ok(parts),
                Err(Trouble::Store(error)) => return Err(error),
                Err(Trouble::TooLarge) => {}
            }
        }
        self.fold_events(query, untils, &runs)
    }

    /// The runs of the subjects that are asked for, from one on, before another, in order.
    pub(super) fn runs_between(
        &self,
        query: &FoldQuery<'_>,
        (from, to): (Option<&str>, Option<&str>),
    ) -> Vec<Range<usize>> {
        let all = self.tenant_runs(query.tenant, Some(query.meter.event()));
        let of = &self.footer.runs[all.clone()];
        let subject = |run: &Run| self.footer.subjects.get(run.subject);
        let place = |wanted: &str| all.start + of.partition_point(|run| subject(run) < wanted);
        let within = from.map_or(all.start, place)..to.map_or(all.end, place);
        let one = |wanted: &str| {
            let run = all.start + of.binary_search_by(|run| subject(run).cmp(wanted)).ok()?;
            within.contains(&run).then_some(run..run + 1)
        };
        match query.subjects {
            Subjects::One(wanted) => one(wanted).into_iter().collect(),
            Subjects::Many(wanted) => {
                let wanted: BTreeSet<&String> = wanted.iter().collect();
                wanted.into_iter().filter_map(|wanted| one(wanted)).collect()
            }
            Subjects::All => vec![within],
        }
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

    fn fold_columns(
        &self,
        query: &FoldQuery<'_>,
        untils: &Untils,
        runs: &[Range<usize>],
        columns: &Columns<'_>,
    ) -> Result<Vec<Part>, Trouble> {
        let mut fold = ColumnFold { columns, gathered: Gathered::default(), cells: Vec::new() };
        let open = |number, before: Option<Plan<'_>>| {
            let groups = before.as_ref().map(|plan| &plan.groups);
            Plan::new(self, number, query, columns, untils, groups).map_err(Trouble::from)
        };
        walk(self, query.edges, runs, open, |plan, piece| {
            if plan.is_empty() {
                return Ok(());
            }
            fold.gathered.begin(self, piece.run);
            fold.take(plan, &piece)?;
            if plan.has_odd { fold.gathered.add_odd(query, self, plan, &piece) } else { Ok(()) }
        })?;
        Ok(fold.gathered.finish(self))
    }

    fn fold_events(
        &self,
        query: &FoldQuery<'_>,
        untils: &Untils,
        runs: &[Range<usize>],
    ) -> Result<Vec<Part>, UsageError> {
        let wanted = query.meter.properties();
        let (mut gathered, mut known) = (Gathered::default(), None::<(usize, usize, Event)>);
        let open = |number, _| Rows::new(self, number, |name: &str| is_wanted(name, wanted.as_ref(), query.by));
        walk(self, query.edges, runs, open, |block, piece| {
            gathered.begin(self, piece.run);
            let place = (piece.run, block.block.number);
            let mut event = match known.take() {
                Some((run, number, event)) if (run, number) == place => event,
                // what the rows of another block have need not be there in this one
                _ => self.blank(piece.run),
            };
            for row in piece.rows {
                let (seq, until) = block.span(row, untils)?;
                if query.sees(seq, until) {
                    block.event_into(row, &mut event)?;
                    gathered.add(query, &event);
                }
            }
            known = Some((place.0, place.1, event));
            Ok::<_, UsageError>(())
        })?;
        Ok(gathered.finish(self))
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

/// What is gathered run after run.
#[derive(Default)]
pub(super) struct Gathered {
    /// The run that is looked at.
    run: Option<usize>,
    /// What was gathered of those before it.
    parts: Vec<Part>,
    /// As long as it comes in order, which it mostly does.
    list: Vec<(Key, Cells)>,
    /// Otherwise all of it.
    map: BTreeMap<Key, Cells>,
}

/// Dimensions, and the number of a window.
type Key = (Dimensions, u32);
type Cells = (Option<State>, Option<Unmeasured>);

impl Gathered {
    /// What follows is of this run.
    pub(super) fn begin(&mut self, segment: &Segment, run: usize) {
        if self.run != Some(run) {
            self.end(segment);
            self.run = Some(run);
        }
    }

    /// All that was gathered.
    pub(super) fn finish(mut self, segment: &Segment) -> Vec<Part> {
        self.end(segment);
        self.parts
    }

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

    fn end(&mut self, segment: &Segment) {
        let Some(run) = self.run else { return };
        let gathered = self.list.drain(..).chain(std::mem::take(&mut self.map));
        for ((dimensions, window), (state, unmeasured)) in gathered {
            if let Some(state) = state {
                let subject = segment.subject(run).into();
                self.parts.push(Part { subject, dimensions, window, state, unmeasured });
            }
        }
    }

    /// Gives the events of a piece that columns cannot tell of to the meter itself.
    pub(super) fn add_odd(
        &mut self,
        query: &FoldQuery<'_>,
        segment: &Segment,
        plan: &Plan<'_>,
        piece: &Piece,
    ) -> Result<(), Trouble> {
        let Some(class) = &plan.class else { return Ok(()) };
        if !class[piece.rows.clone()].contains(&Class::Odd) {
            return Ok(());
        }
        let block = Rows::new(segment, plan.number, |_| true)?;
        let mut event = segment.blank(piece.run);
        for row in piece.rows.clone().filter(|row| class[*row] == Class::Odd) {
            block.event_into(row, &mut event)?;
            self.add(query, &event);
        }
        Ok(())
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

struct ColumnFold<'q> {
    columns: &'q Columns<'q>,
    gathered: Gathered,
    cells: Vec<Cell>,
}

impl ColumnFold<'_> {
    fn take(&mut self, plan: &Plan<'_>, Piece { window, rows, .. }: &Piece) -> Result<(), Trouble> {
        let (rows, window) = (rows.clone(), *window);
        if plan.class.is_none() && plan.groups.of.is_none() && self.columns.wanted() != Wanted::Texts {
            let partial = plan.plain(rows, self.columns.wanted())?;
            return self.gathered.join(&plan.groups.list[0], window, self.columns.state(partial)?).map_err(Into::into);
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
}
