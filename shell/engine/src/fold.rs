//! Usage folded in memory, event by event, into what the usage store measures: for running states, and for events that are not, or
//! not so, in the store.

use crate::usage_data::answer_of;
use crate::{Engine, EngineError};
use billing::{Detail, UsageAnswer, UsageNeed};
use calendar::{Instant, Period};
use metering::{Aggregation, CompiledMeter, Dimensions, Event, State};
use std::collections::BTreeMap;
use std::sync::Arc;
use stdx::{Problem, ToProblem};
use usage::{Cursor, EventFilter, Group, Seq, Unmeasured, UsageError};

/// How many events are read at a time.
pub(crate) const PAGE: usize = 4_096;

/// The events of one subject as far as one question of billing looks at them.
#[derive(Debug, Clone)]
pub(crate) struct Folded {
    pub(crate) need: UsageNeed,
    meter: Arc<CompiledMeter>,
    parts: BTreeMap<Dimensions, Part>,
}

#[derive(Debug, Clone)]
struct Part {
    state: State,
    unmeasured: Option<Unmeasured>,
}

impl Folded {
    /// No events yet.
    pub(crate) fn new(meter: Arc<CompiledMeter>, need: UsageNeed) -> Self {
        Self { need, meter, parts: BTreeMap::new() }
    }

    /// The name of the events that it looks at.
    pub(crate) fn event(&self) -> &str {
        self.meter.event()
    }

    /// When events must have happened to be looked at.
    pub(crate) fn reach(&self) -> Result<Period, EngineError> {
        reach(&self.meter, self.need.period)
    }

    /// Whether it has looked at no event.
    pub(crate) fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// Adds an event of the subject if the question looks at it. Order does not matter; an event must be added once.
    pub(crate) fn add(&mut self, event: &Event) {
        if !looks_at(&self.meter, self.need.period, event) {
            return;
        }
        let Self { meter, need, parts } = self;
        let part = parts.entry(metering::dimensions(event, &need.by)).or_insert_with(|| Part {
            state: match need.detail {
                Detail::Quantity => meter.state(),
                Detail::Transactions => meter.state_with_transactions(),
            },
            unmeasured: None,
        });
        if let Err(error) = meter.add(&mut part.state, event) {
            part.could_not(event, &error.problem());
        }
    }

    /// What the events add up to. `watermark` is the position up to which they were added.
    pub(crate) fn answer(&self, watermark: Seq) -> Result<UsageAnswer, EngineError> {
        let groups = self.parts.iter().map(|(dimensions, part)| self.group(dimensions, part));
        answer_of(&self.meter, &self.need, groups.collect::<Result<_, UsageError>>()?, watermark)
    }

    fn group(&self, dimensions: &Dimensions, part: &Part) -> Result<Group, UsageError> {
        let subject = self.need.subject.to_string();
        match self.meter.finish(part.state.clone(), self.need.period) {
            Ok(measured) => Ok(Group {
                subject,
                dimensions: dimensions.clone(),
                from: self.need.period.from(),
                measured,
                unmeasured: part.unmeasured.clone(),
            }),
            Err(error) => Err(UsageError::Quantity { subject, problem: error.problem() }),
        }
    }

    /// How much is held in memory, in about the size of one event.
    pub(crate) fn weight(&self) -> u64 {
        let keeps_events = match (&self.meter.meter().aggregate, self.need.detail) {
            (_, Detail::Transactions)
            | (
                Aggregation::Unique { .. } | Aggregation::TimeWeighted { .. } | Aggregation::Percentile { .. },
                Detail::Quantity,
            ) => true,
            (
                Aggregation::Count
                | Aggregation::Sum(_)
                | Aggregation::Max(_)
                | Aggregation::Min(_)
                | Aggregation::Latest(_)
                | Aggregation::Average(_),
                Detail::Quantity,
            ) => false,
        };
        let part = |part: &Part| if keeps_events { 1 + part.state.events() } else { 1 };
        self.parts.values().map(part).sum::<u64>() + 1
    }
}

impl Part {
    /// Counts an event that could not be measured; of all, the first in time is kept.
    fn could_not(&mut self, event: &Event, problem: &Problem) {
        let place = Cursor::from(event);
        let known = self.unmeasured.get_or_insert_with(|| Unmeasured {
            count: 0,
            first: place.clone(),
            problem: problem.clone(),
        });
        known.count += 1;
        if place < known.first {
            known.first = place;
            known.problem = problem.clone();
        }
    }
}

/// When events must have happened for a meter to look at them over a period.
pub(crate) fn reach(meter: &CompiledMeter, period: Period) -> Result<Period, EngineError> {
    let from = if meter.needs_history() { Instant::MIN } else { period.from() };
    Period::new(from, period.to()).map_err(|error| EngineError::invalid(&error))
}

/// Whether a meter looks at an event over a period.
pub(crate) fn looks_at(meter: &CompiledMeter, period: Period, event: &Event) -> bool {
    let begun = meter.needs_history() || event.at >= period.from();
    begun && event.at < period.to() && meter.accepts(event)
}

impl Engine {
    /// Adds the stored events that a question looks at, as they were known at a position, but for those that `skip` names.
    pub(crate) fn fold_stored(
        &self,
        folded: &mut Folded,
        as_of: Seq,
        skip: impl Fn(&Event) -> bool,
    ) -> Result<(), EngineError> {
        let (subject, name, period) = (folded.need.subject.clone(), folded.event().to_owned(), folded.reach()?);
        let filter = EventFilter {
            subject: Some(subject.as_str()),
            name: Some(&name),
            period: Some(period),
            after: Seq::ZERO,
            as_of,
        };
        self.each_event(&filter, |event| {
            if !skip(event) {
                folded.add(event);
            }
            Ok(())
        })
    }

    /// Shows each event that a filter lets through, in the order of time, a page at a time.
    pub(crate) fn each_event(
        &self,
        filter: &EventFilter<'_>,
        mut each: impl FnMut(&Event) -> Result<(), EngineError>,
    ) -> Result<(), EngineError> {
        let mut after: Option<Cursor> = None;
        loop {
            let page = self.events(filter, after.as_ref(), PAGE)?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(Cursor::from(&last.event));
            for stored in &page {
                each(&stored.event)?;
            }
        }
    }
}
