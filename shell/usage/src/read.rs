//! Answers out of the rows in memory. Only rows that are durable, and not after `as_of`, are looked at.

use crate::{
    Activity, Cursor, EventFilter, Group, Quarantined, Query, Sent, Seq, StoredEvent, Subjects, Transactions,
    Unmeasured, UsageError, Version, What,
    codec::Dictionary,
    index::{Place, Tenant, seq_of},
};
use calendar::{Instant, Period};
use metering::{Dimensions, Event, Properties, State, dimensions};
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, BinaryHeap, btree_set},
    ops::Bound,
    sync::Arc,
};
use stdx::ToProblem;

/// The events of one subject with one name, in the order of time.
type Run = BTreeSet<Place>;

/// Measures: see [`UsageStore::measure`](crate::UsageStore::measure).
pub(crate) fn measure(
    dictionary: &Dictionary,
    tenant: &Tenant,
    query: &Query<'_>,
    windows: &[Period],
) -> Result<Vec<Group>, UsageError> {
    let mut groups = Vec::new();
    let Some(name) = dictionary.number(query.meter.event()) else { return Ok(groups) };
    for (subject, run) in runs(dictionary, tenant, name, query.subjects) {
        for ((dimensions, window), part) in measure_run(dictionary, tenant, query, windows, subject, run) {
            let Part { state, unmeasured } = part;
            let measured = query
                .meter
                .finish(state, windows[window])
                .map_err(|error| UsageError::Quantity { subject: subject.into(), problem: error.problem() })?;
            let from = windows[window].from();
            groups.push(Group { subject: subject.into(), dimensions, from, measured, unmeasured });
        }
    }
    Ok(groups)
}

/// The runs of these subjects, by subject.
fn runs<'a>(
    dictionary: &'a Dictionary,
    tenant: &'a Tenant,
    name: u32,
    subjects: Subjects<'_>,
) -> BTreeMap<&'a str, &'a Run> {
    let one = |subject: &str| {
        let number = dictionary.number(subject)?;
        Some((&**dictionary.text(number), tenant.runs.get(&(name, number))?))
    };
    match subjects {
        Subjects::One(subject) => one(subject).into_iter().collect(),
        Subjects::Many(subjects) => subjects.iter().filter_map(|subject| one(subject)).collect(),
        Subjects::All => tenant
            .runs
            .range((name, 0)..=(name, u32::MAX))
            .map(|((_, subject), run)| (&**dictionary.text(*subject), run))
            .collect(),
    }
}

#[derive(Clone)]
struct Part {
    state: State,
    unmeasured: Option<Unmeasured>,
}

impl Part {
    fn new(query: &Query<'_>) -> Self {
        let state = match query.transactions {
            Transactions::Leave => query.meter.state(),
            Transactions::Collect => query.meter.state_with_transactions(),
        };
        Self { state, unmeasured: None }
    }

    fn add(&mut self, query: &Query<'_>, event: &Event) {
        if let Err(error) = query.meter.add(&mut self.state, event) {
            let first = || Unmeasured { count: 0, first: Cursor::from(event), problem: error.problem() };
            self.unmeasured.get_or_insert_with(first).count += 1;
        }
    }
}

/// What there is of each combination of dimensions in each window.
type Parts = BTreeMap<(Dimensions, usize), Part>;

/// One pass over the events of a subject, in the order of time. One event is filled with row after row.
fn measure_run(
    dictionary: &Dictionary,
    tenant: &Tenant,
    query: &Query<'_>,
    windows: &[Period],
    subject: &str,
    run: &Run,
) -> Parts {
    let (meter, period) = (query.meter, query.period);
    let from = if meter.needs_history() { Bound::Unbounded } else { Bound::Included(before(period.from())) };
    let visible = visible(tenant, query.as_of);
    let (mut parts, mut carried, mut window) = (Parts::new(), BTreeMap::new(), 0);
    let mut event = Event {
        source: String::new(),
        id: String::new(),
        name: meter.event().into(),
        subject: subject.into(),
        at: period.from(),
        properties: Properties::new(),
    };
    for place in run.range((from, Bound::Excluded(before(period.to())))) {
        let row = &tenant.rows[place.row];
        if !row.is_visible(place.row, visible) {
            continue;
        }
        event.at = place.at;
        replace(&mut event.source, &place.source);
        replace(&mut event.id, &place.id);
        row.properties(dictionary, &mut event.properties);
        if !meter.accepts(&event) {
            continue;
        }
        while windows[window].to() <= place.at {
            end_window(&mut parts, &carried, window);
            window += 1;
        }
        let dimensions = dimensions(&event, query.by);
        if meter.needs_history() {
            carried.entry(dimensions).or_insert_with(|| Part::new(query)).add(query, &event);
        } else {
            parts.entry((dimensions, window)).or_insert_with(|| Part::new(query)).add(query, &event);
        }
    }
    for window in window..windows.len() {
        end_window(&mut parts, &carried, window);
    }
    parts
}

/// A window of a meter that carries a level sees all that was before it ends.
fn end_window(parts: &mut Parts, carried: &BTreeMap<Dimensions, Part>, window: usize) {
    parts.extend(carried.iter().map(|(dimensions, part)| ((dimensions.clone(), window), part.clone())));
}

fn replace(old: &mut String, new: &str) {
    old.clear();
    old.push_str(new);
}

/// How many rows of the tenant are looked at: the first so many.
fn visible(tenant: &Tenant, as_of: Seq) -> usize {
    usize::try_from(as_of.0).map_or(tenant.durable.rows, |rows| rows.min(tenant.durable.rows))
}

/// Before every event of this instant, and after every earlier one.
fn before(at: Instant) -> Place {
    Place { at, source: Arc::from(""), id: Arc::from(""), row: 0 }
}

/// The version of a row.
pub(crate) fn version(dictionary: &Dictionary, tenant: &Tenant, index: usize) -> Version {
    let row = &tenant.rows[index];
    Version {
        seq: seq_of(index),
        recorded_at: row.received_at,
        what: row.what,
        source: dictionary.text(row.source).to_string(),
        id: row.id.to_string(),
        event: (row.what != What::Retracted).then(|| row.event(dictionary)),
    }
}

/// The event of a row.
pub(crate) fn stored(dictionary: &Dictionary, tenant: &Tenant, row: usize) -> StoredEvent {
    let received_at = tenant.rows[row].received_at;
    StoredEvent { seq: seq_of(row), received_at, event: tenant.rows[row].event(dictionary) }
}

/// Lists events: see [`UsageStore::events`](crate::UsageStore::events).
pub(crate) fn events(
    dictionary: &Dictionary,
    tenant: &Tenant,
    filter: &EventFilter<'_>,
    after: Option<&Cursor>,
    limit: usize,
) -> Vec<StoredEvent> {
    let is = |number: u32, wanted: Option<&str>| wanted.is_none_or(|wanted| **dictionary.text(number) == *wanted);
    let begin = filter.period.map_or(Bound::Unbounded, |period| Bound::Included(before(period.from())));
    let end = filter.period.map_or(Bound::Unbounded, |period| Bound::Excluded(before(period.to())));
    let cursor = after.map(|Cursor { at, source, id }| Place {
        at: *at,
        source: source.as_str().into(),
        id: id.as_str().into(),
        row: usize::MAX,
    });
    let begin = match (cursor, begin) {
        (Some(cursor), Bound::Included(begin)) if cursor < begin => Bound::Included(begin),
        (Some(cursor), _) => Bound::Excluded(cursor),
        (None, begin) => begin,
    };
    if let (Bound::Excluded(begin), Bound::Excluded(end)) = (&begin, &end)
        && begin >= end
    {
        return Vec::new();
    }
    let mut merged = Merged::default();
    for ((name, subject), run) in &tenant.runs {
        if is(*name, filter.name) && is(*subject, filter.subject) {
            merged.add(run.range((begin.clone(), end.clone())));
        }
    }
    let visible = visible(tenant, filter.as_of);
    let wanted = merged.filter(|row| tenant.rows[*row].is_visible(*row, visible) && seq_of(*row) > filter.after);
    wanted.take(limit).map(|row| stored(dictionary, tenant, row)).collect()
}

/// Several runs as one, in the order of time.
#[derive(Default)]
struct Merged<'a> {
    runs: Vec<btree_set::Range<'a, Place>>,
    /// The next place of each run, and the run.
    next: BinaryHeap<Reverse<(&'a Place, usize)>>,
}

impl<'a> Merged<'a> {
    fn add(&mut self, mut run: btree_set::Range<'a, Place>) {
        if let Some(place) = run.next() {
            self.next.push(Reverse((place, self.runs.len())));
            self.runs.push(run);
        }
    }
}

impl Iterator for Merged<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        let Reverse((Place { row, .. }, run)) = self.next.pop()?;
        if let Some(place) = self.runs[run].next() {
            self.next.push(Reverse((place, run)));
        }
        Some(*row)
    }
}

/// Lists the quarantine: see [`UsageStore::quarantine`](crate::UsageStore::quarantine).
pub(crate) fn quarantine(dictionary: &Dictionary, tenant: &Tenant, skip: usize, limit: usize) -> Vec<Quarantined> {
    let mended = |sent: &Sent| match sent {
        Sent::Event(event) => {
            let versions = tenant.versions(tenant.find(dictionary, &event.source, &event.id));
            versions.last().filter(|row| *row < tenant.durable.rows).map(seq_of)
        }
        Sent::Text(_) => None,
    };
    let shown = tenant.quarantine.iter().take(tenant.durable.quarantined).skip(skip).take(limit);
    shown
        .map(|kept| Quarantined {
            received_at: kept.received_at,
            sent: kept.sent.clone(),
            problem: kept.problem.clone(),
            mended: mended(&kept.sent),
        })
        .collect()
}

/// Who has which events: see [`UsageStore::activity`](crate::UsageStore::activity).
pub(crate) fn activity(dictionary: &Dictionary, tenant: &Tenant) -> Vec<Activity> {
    let shown = |run: &Run| {
        let shown = |place: &&Place| tenant.rows[place.row].is_visible(place.row, tenant.durable.rows);
        let mut places = run.iter().filter(shown).map(|place| place.at);
        let first_at = places.next()?;
        let (count, last_at) = places.fold((1, first_at), |(count, _), at| (count + 1, at));
        Some((count, first_at, last_at))
    };
    let mut found: Vec<Activity> = tenant
        .runs
        .iter()
        .filter_map(|((name, subject), run)| {
            let (count, first_at, last_at) = shown(run)?;
            let text = |number| dictionary.text(number).to_string();
            Some(Activity { subject: text(*subject), name: text(*name), count, first_at, last_at })
        })
        .collect();
    found.sort_by(|a, b| (&a.subject, &a.name).cmp(&(&b.subject, &b.name)));
    found
}
