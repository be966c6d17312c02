//! Usage: events in, measurements out. Every number that billing, previews and the API show comes through here.

use crate::{Engine, EngineError};
use billing::{Detail, Unmeasured, UsageAnswer, UsageNeed};
use calendar::{Instant, Period};
use metering::{CompiledMeter, Dimensions, Measured, Meter};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};
use stdx::{Key, NonEmpty, Problem};
use usage::{
    Activity, Cursor, EventFilter, Group, Incoming, IngestError, JsonForm, Outcome, Quarantined, Query, Seq,
    StoredEvent, Subjects, Transactions, Window,
};

/// Meters compiled from their definitions, by catalog version, key, and the values that events must have.
pub(crate) type CompiledMeters = BTreeMap<(u32, Key, Dimensions), Arc<CompiledMeter>>;

/// What became of a batch of events, one outcome each, in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Ingested {
    /// How many are new.
    pub accepted: usize,
    /// How many were known, with the same content.
    pub duplicates: usize,
    /// How many have the id of another event with other content; they were not taken.
    pub conflicts: usize,
    /// How many are not valid; they are kept in quarantine.
    pub quarantined: usize,
    /// What became of each, in the order of the batch.
    pub outcomes: Vec<Outcome>,
}

impl Ingested {
    fn of(outcomes: Vec<Outcome>) -> Self {
        let mut ingested = Self { accepted: 0, duplicates: 0, conflicts: 0, quarantined: 0, outcomes };
        for outcome in &ingested.outcomes {
            let count = match outcome {
                Outcome::Accepted { .. } => &mut ingested.accepted,
                Outcome::Duplicate { .. } => &mut ingested.duplicates,
                Outcome::Conflict { .. } => &mut ingested.conflicts,
                Outcome::Quarantined { .. } => &mut ingested.quarantined,
            };
            *count += 1;
        }
        ingested
    }
}

/// How much was used, for one combination of dimensions in one window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct MeteredUsage {
    /// Who used.
    pub customer: String,
    /// The dimensions asked for, with their values.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub dimensions: Dimensions,
    /// When the window begins.
    pub from: Instant,
    /// How much, and from how many events.
    pub measured: Measured,
    /// Events that the meter looked at and could not measure; they count as nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unmeasured: Option<usage::Unmeasured>,
}

/// How many events of all groups could not be measured, and why the first of them could not.
fn unmeasured(groups: &[Group]) -> Option<Unmeasured> {
    let mut found = groups.iter().filter_map(|group| group.unmeasured.as_ref());
    let first = found.next()?;
    let count = found.fold(first.count, |sum, more| sum.saturating_add(more.count));
    let place = format!("event `{}` of `{}`: ", first.first.id, first.first.source);
    let problem = Problem { detail: place + &first.problem.detail, ..first.problem.clone() };
    Some(Unmeasured { count, problem })
}

/// The answer to a question of billing, from what was measured of one subject.
pub(crate) fn answer_of(
    meter: &CompiledMeter,
    need: &UsageNeed,
    groups: Vec<Group>,
    watermark: Seq,
) -> Result<UsageAnswer, EngineError> {
    let unmeasured = unmeasured(&groups);
    let mut groups: Vec<(Dimensions, Measured)> =
        groups.into_iter().map(|group| (group.dimensions, group.measured)).collect();
    if groups.is_empty() && need.by.is_empty() {
        // nothing was used: the meter says what that measures
        let nothing = meter.finish(meter.state(), need.period).map_err(|error| EngineError::invalid(&error))?;
        groups.push((Dimensions::new(), nothing));
    }
    Ok(UsageAnswer { groups, unmeasured, watermark: watermark.0 })
}

/// A question about usage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageQuestion<'a> {
    /// Whose usage; everybody's when absent.
    pub customer: Option<&'a str>,
    /// On which meter of the newest catalog.
    pub meter: &'a str,
    /// From when to when.
    pub period: Period,
    /// Into which windows the period is cut.
    pub window: Window<'a>,
    /// Dimensions by which the answer is split.
    pub by: &'a [String],
    /// As of which position: what became known later is not counted.
    pub as_of: Seq,
}

impl Engine {
    /// Takes a batch of events. When it returns, what was accepted or quarantined is on the disk.
    pub fn ingest(&self, batch: Vec<Incoming>) -> Result<Ingested, EngineError> {
        Ok(Ingested::of(self.usage.ingest(&self.tenant, batch, self.now())?))
    }

    /// Takes a batch of events that is written in JSON. The problem of one that is not valid names its place in the batch.
    pub fn ingest_json(&self, body: &[u8], form: JsonForm) -> Result<Ingested, EngineError> {
        let mut outcomes =
            self.usage.ingest_json(&self.tenant, body, form, self.now()).map_err(|error| match error {
                IngestError::Body(problem) => EngineError::Invalid(NonEmpty::of(problem)),
                IngestError::Store(error) => error.into(),
            })?;
        if form != JsonForm::One {
            for (place, outcome) in outcomes.iter_mut().enumerate() {
                if let Outcome::Quarantined { problem } = outcome {
                    *problem = problem.clone().under(&format!("/{place}"));
                }
            }
        }
        Ok(Ingested::of(outcomes))
    }

    /// Takes events that came one by one, each a line, as one batch; the answer has one for each.
    pub fn ingest_each(&self, lines: &[&[u8]]) -> Result<Vec<Ingested>, EngineError> {
        let outcomes = self.usage.ingest_json(&self.tenant, &lines.join(&b'\n'), JsonForm::Lines, self.now());
        let outcomes = outcomes.map_err(|error| match error {
            IngestError::Body(problem) => EngineError::Invalid(NonEmpty::of(problem)),
            IngestError::Store(error) => error.into(),
        })?;
        Ok(outcomes.into_iter().map(|outcome| Ingested::of(vec![outcome])).collect())
    }

    /// How much was used on a meter.
    pub fn usage(&self, question: &UsageQuestion<'_>) -> Result<Vec<MeteredUsage>, EngineError> {
        let (version, catalog) = self.newest_catalog()?;
        let Some((key, _)) = catalog.meters.get_key_value(question.meter) else {
            return Err(EngineError::no_such("meter", question.meter, catalog.meters.keys().map(Key::as_str)));
        };
        let meter = self.meter(version, key)?;
        let subjects = question.customer.map_or(Subjects::All, Subjects::One);
        let groups = self.usage.measure(&Query {
            tenant: &self.tenant,
            subjects,
            meter: &meter,
            period: question.period,
            window: question.window,
            by: question.by,
            transactions: Transactions::Leave,
            as_of: question.as_of,
        })?;
        let row = |group: Group| MeteredUsage {
            customer: group.subject,
            dimensions: group.dimensions,
            from: group.from,
            measured: group.measured,
            unmeasured: group.unmeasured,
        };
        Ok(groups.into_iter().map(row).collect())
    }

    /// What the usage store says to a question of billing.
    pub(crate) fn answer(&self, need: &UsageNeed) -> Result<UsageAnswer, EngineError> {
        let meter = self.meter_for(need)?;
        let watermark = self.usage.watermark(&self.tenant)?;
        let groups = self.usage.measure(&Query {
            tenant: &self.tenant,
            subjects: Subjects::One(need.subject.as_str()),
            meter: &meter,
            period: need.period,
            window: Window::Whole,
            by: &need.by,
            transactions: match need.detail {
                Detail::Quantity => Transactions::Leave,
                Detail::Transactions => Transactions::Collect,
            },
            as_of: watermark,
        })?;
        answer_of(&meter, need, groups, watermark)
    }

    /// A meter of a catalog version, compiled once.
    pub(crate) fn meter(&self, version: u32, key: &Key) -> Result<Arc<CompiledMeter>, EngineError> {
        self.narrowed(version, key, &Dimensions::new())
    }

    /// The meter of a question of billing.
    pub(crate) fn meter_for(&self, need: &UsageNeed) -> Result<Arc<CompiledMeter>, EngineError> {
        self.narrowed(need.version, &need.meter, &need.only)
    }

    fn narrowed(&self, version: u32, key: &Key, only: &Dimensions) -> Result<Arc<CompiledMeter>, EngineError> {
        let at = (version, key.clone(), only.clone());
        if let Some(known) = self.meters.read().unwrap_or_else(PoisonError::into_inner).get(&at) {
            return Ok(known.clone());
        }
        let catalogs = self.catalogs();
        let meter: &Meter = catalogs
            .get(&version)
            .and_then(|catalog| catalog.meters.get(key))
            .ok_or_else(|| EngineError::no_such("meter", key.as_str(), []))?;
        let compiled = Arc::new(meter.only(only).compile().map_err(|error| EngineError::invalid(&error))?);
        self.meters.write().unwrap_or_else(PoisonError::into_inner).insert(at, compiled.clone());
        Ok(compiled)
    }

    /// At most `limit` accepted events after a place, by time.
    pub fn events(
        &self,
        filter: &EventFilter<'_>,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, EngineError> {
        Ok(self.usage.events(&self.tenant, filter, after, limit)?)
    }

    /// An accepted event by its identity.
    pub fn event(&self, source: &str, id: &str) -> Result<StoredEvent, EngineError> {
        self.usage.lookup(&self.tenant, source, id)?.ok_or_else(|| {
            let problem = Problem::new("not_found", "Not found")
                .detail(format!("no event `{id}` of source `{source}` was accepted"))
                .mend("look into the quarantine, or send it again");
            EngineError::NotFound(problem)
        })
    }

    /// Events that are not valid, in the order in which they came.
    pub fn quarantine(&self, skip: usize, limit: usize) -> Result<Vec<Quarantined>, EngineError> {
        Ok(self.usage.quarantine(&self.tenant, skip, limit)?)
    }

    /// Events that no customer matches, by subject and name: usage that nobody pays for.
    pub fn unmatched_usage(&self) -> Result<Vec<Activity>, EngineError> {
        let mut unmatched = Vec::new();
        for activity in self.usage.activity(&self.tenant)? {
            if !self.knows_customer(&activity.subject)? {
                unmatched.push(activity);
            }
        }
        Ok(unmatched)
    }
}
