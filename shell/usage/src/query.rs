//! What can be asked of the store.

use crate::{Seq, UsageError, Window};
use calendar::{Instant, Period};
use metering::{CompiledMeter, Dimensions, MeasureError, Measured};
use money::{Dec, NumError, Ratio};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use stdx::{Key, Problem, ToProblem};

/// Whose events are measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subjects<'a> {
    /// One.
    One(&'a str),
    /// Each of these, by itself.
    Many(&'a [String]),
    /// Each subject that has events.
    All,
}

/// Whether the value of each single event is wanted (for price models per transaction).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transactions {
    /// Only the quantity.
    Leave,
    /// Also each event's value, in time order.
    Collect,
}

/// A meter asked over a period.
#[derive(Debug, Clone, Copy)]
pub struct Query<'a> {
    /// Whose store.
    pub tenant: &'a Key,
    /// Whose events.
    pub subjects: Subjects<'a>,
    /// What is measured.
    pub meter: &'a CompiledMeter,
    /// When it happened; exact to the microsecond at both ends.
    pub period: Period,
    /// Into which parts the period is cut; each has groups of its own.
    pub window: Window<'a>,
    /// Event properties that split the quantity; each combination of their values is a group.
    pub by: &'a [String],
    /// Whether single events' values are wanted.
    pub transactions: Transactions,
    /// What was known at this position, so that the same question has the same answer for ever: a version of an event counts when
    /// it is not after it, and the version that follows is.
    pub as_of: Seq,
}

/// What one subject used, for one combination of dimensions, in one window. There is a group where the meter looked at one event or
/// more; a subject without such events has none. (A meter that carries a level looks at the events before the window too.)
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Group {
    /// Whose use.
    pub subject: String,
    /// Name and value of each property of [`Query::by`] that the events have.
    pub dimensions: Dimensions,
    /// When the window begins: of [`Query::period`], the part that lies in it.
    pub from: Instant,
    /// How much.
    pub measured: Measured,
    /// The events that the meter looked at and could not measure. They count as nothing, and whoever bills must say so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unmeasured: Option<Unmeasured>,
}

/// Events that a meter looked at and could not measure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Unmeasured {
    /// How many.
    pub count: u64,
    /// The first of them.
    pub first: Cursor,
    /// What is wrong with it.
    pub problem: Problem,
}

/// Chooses the weight of the events with these dimensions, such as a rate; none where there is none.
pub type Weight<'a> = &'a (dyn Fn(&Dimensions) -> Option<Dec> + Sync);

/// What the events of one subject weigh in one window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weighed {
    /// Whose use.
    pub subject: String,
    /// When the window begins: of [`Query::period`], the part that lies in it.
    pub from: Instant,
    /// The sum of what was counted, before conversion and rounding, times the weight of its dimensions.
    pub sum: Ratio,
    /// How many events are in the sum.
    pub count: u64,
    /// How many events are not: those that have no weight, and those that the meter could not measure. Whoever bills must say so.
    pub unweighed: u64,
}

/// Weighs groups, which are ordered by subject.
pub(crate) fn weigh(groups: &[Group], weight: Weight<'_>) -> Result<Vec<Weighed>, UsageError> {
    let mut found: Vec<Weighed> = Vec::new();
    // the windows of each combination of dimensions follow each other: those of one subject are put together
    for of_subject in groups.chunk_by(|one, other| one.subject == other.subject) {
        let mut windows: BTreeMap<Instant, Weighed> = BTreeMap::new();
        for group in of_subject {
            let weighed = windows.entry(group.from).or_insert_with(|| Weighed {
                subject: group.subject.clone(),
                from: group.from,
                sum: Ratio::ZERO,
                count: 0,
                unweighed: 0,
            });
            weighed.add(group, weight).map_err(|error| {
                let problem = MeasureError::Number(error).problem();
                UsageError::Quantity { subject: group.subject.clone(), problem }
            })?;
        }
        found.extend(windows.into_values());
    }
    Ok(found)
}

impl Weighed {
    fn add(&mut self, group: &Group, weight: Weight<'_>) -> Result<(), NumError> {
        self.unweighed += group.unmeasured.as_ref().map_or(0, |unmeasured| unmeasured.count);
        match weight(&group.dimensions) {
            Some(weight) => {
                self.sum = self.sum.plus(group.measured.raw.times(weight.into())?)?;
                self.count += group.measured.count;
            }
            None => self.unweighed += group.measured.count,
        }
        Ok(())
    }
}

/// Which events are listed; the default is all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventFilter<'a> {
    /// Only of this subject.
    pub subject: Option<&'a str>,
    /// Only with this name.
    pub name: Option<&'a str>,
    /// Only those that happened in it.
    pub period: Option<Period>,
    /// Only versions after this position: with the position that an invoice keeps, what arrived late.
    pub after: Seq,
    /// As they were known at this position.
    pub as_of: Seq,
}

impl Default for EventFilter<'_> {
    fn default() -> Self {
        Self { subject: None, name: None, period: None, after: Seq::ZERO, as_of: Seq::NOW }
    }
}

/// Where an event stands in a listing: events are listed by time, then source, then id. The next page begins after the last
/// event's place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Cursor {
    /// When it happened.
    pub at: Instant,
    /// Its source.
    pub source: String,
    /// Its id.
    pub id: String,
}

impl From<&metering::Event> for Cursor {
    fn from(event: &metering::Event) -> Self {
        Self { at: event.at, source: event.source.clone(), id: event.id.clone() }
    }
}
