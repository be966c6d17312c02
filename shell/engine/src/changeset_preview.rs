//! What a changeset changes, before it is applied: in quantities and in money.

use crate::changesets::{ChangesetId, identity};
use crate::fold::{Folded, looks_at};
use crate::{Engine, EngineError, Failure};
use billing::{Account, Catalogs, MeteredCycle, PlanDifference, UsageAnswer, UsageNeed, compare, metered_cycles};
use calendar::{Instant, Period};
use metering::{Dimensions, Event};
use money::Ratio;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use stdx::{Key, Problem};
use usage::{Change, Seq};

/// What a changeset would change, if it were applied now. Nothing is posted or changed by asking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ChangesetPreview {
    /// What was known when it was computed.
    pub as_of: Seq,
    /// Each quantity that changes.
    pub quantities: Vec<QuantityDifference>,
    /// What each customer would be billed more or less.
    pub money: Vec<MoneyDifference>,
    /// Changed events that no customer, or no price of the customer, counts: they change no bill.
    pub not_billed: Vec<NotBilled>,
    /// Customers whose bill cannot be computed, before or after, and why.
    pub failures: Vec<Failure>,
}

/// A quantity of a billing cycle, before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct QuantityDifference {
    /// Whose.
    pub customer: Key,
    /// On which meter.
    pub meter: Key,
    /// The version of the catalog in which the meter is defined.
    pub version: u32,
    /// The billing cycle, as far as the subscription covers it.
    pub period: Period,
    /// The values by which the quantity is split.
    #[serde(default, skip_serializing_if = "Dimensions::is_empty")]
    pub dimensions: Dimensions,
    /// How much without the changeset.
    pub before: Ratio,
    /// How much with it.
    pub after: Ratio,
}

/// What a customer would be billed more or less.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct MoneyDifference {
    /// Who.
    pub customer: Key,
    /// Up to when bills were drawn to find it out: so that every cycle that changes is on them.
    pub as_of: Instant,
    /// The difference, line by line and as a sum for each currency.
    pub difference: PlanDifference,
}

/// Changed events that change no bill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NotBilled {
    /// Whose.
    pub subject: String,
    /// The name of the events.
    pub name: String,
    /// How many.
    pub events: u64,
}

/// The changes of one subject's events.
#[derive(Debug, Default)]
pub(crate) struct Overlay {
    /// Identities of events that say something else or nothing afterwards.
    gone: BTreeSet<(String, String)>,
    /// What they say instead, and what is added.
    come: Vec<Event>,
    /// All that changes: what was said and what is said.
    touched: Vec<Event>,
}

impl Overlay {
    fn touches(&self, meter: &metering::CompiledMeter, period: Period) -> bool {
        self.touched.iter().any(|event| looks_at(meter, period, event))
    }
}

impl Engine {
    /// What an open or sealed changeset would change: quantities by customer, meter and billing cycle, and money as the difference
    /// of the bill plans with and without it.
    pub fn preview_changeset(&self, id: ChangesetId) -> Result<ChangesetPreview, EngineError> {
        let changeset = self.changeset(id)?;
        if !["open", "sealed"].contains(&changeset.state.word()) {
            let problem = Problem::new("changeset_state", "The changeset is not in the right state")
                .detail(format!("{id} is {}: what it changed is no longer ahead", changeset.state.word()))
                .mend("look at the quantities as of a position before and after it");
            return Err(EngineError::Conflict(problem));
        }
        let as_of = self.usage.watermark(&self.tenant)?;
        let catalogs = self.catalogs();
        let mut preview = ChangesetPreview {
            as_of,
            quantities: Vec::new(),
            money: Vec::new(),
            not_billed: Vec::new(),
            failures: Vec::new(),
        };
        for (subject, overlay) in self.overlays(&self.changes_of(&changeset)?)? {
            let customer = if self.knows_customer(&subject)? { Some(self.customer(&subject)?) } else { None };
            let Some(customer) = customer else {
                preview.count_not_billed(&subject, overlay.touched.iter());
                continue;
            };
            let key = customer.key.clone();
            let account = self.account_with_posted(customer)?;
            match self.preview_customer(&account, &catalogs, &overlay, &mut preview) {
                Ok(()) => {}
                Err(EngineError::Failed(problem)) => return Err(EngineError::Failed(problem)),
                Err(refused) => preview.failures.push(Failure { customer: key, problems: refused.problems() }),
            }
        }
        Ok(preview)
    }

    /// The changes by subject. An event that is given to another subject touches both.
    pub(crate) fn overlays(&self, changes: &[Change]) -> Result<BTreeMap<String, Overlay>, EngineError> {
        let mut overlays: BTreeMap<String, Overlay> = BTreeMap::new();
        for change in changes {
            let (source, id) = identity(change);
            let history = self.usage.history(&self.tenant, source, id)?;
            if let Some(before) = history.into_iter().next_back().and_then(|last| last.event) {
                let overlay = overlays.entry(before.subject.clone()).or_default();
                overlay.gone.insert((source.to_owned(), id.to_owned()));
                overlay.touched.push(before);
            }
            match change {
                Change::Add(event) | Change::Amend(event) => {
                    let overlay = overlays.entry(event.subject.clone()).or_default();
                    overlay.come.push(event.clone());
                    overlay.touched.push(event.clone());
                }
                Change::Retract { .. } => {}
            }
        }
        Ok(overlays)
    }

    fn preview_customer(
        &self,
        account: &Account,
        catalogs: &Catalogs,
        overlay: &Overlay,
        preview: &mut ChangesetPreview,
    ) -> Result<(), EngineError> {
        let until = overlay.touched.iter().map(|event| event.at).fold(self.now(), Ord::max);
        let mut cycles = Vec::new();
        for cycle in metered_cycles(account, catalogs, until)? {
            let meter = self.meter_for(&cycle.need)?;
            if overlay.touches(&meter, cycle.need.period) {
                cycles.push(cycle);
            }
        }
        let mut elsewhere = Vec::new();
        for event in &overlay.touched {
            if !self.is_counted(event, &cycles)? {
                elsewhere.push(event);
            }
        }
        preview.count_not_billed(account.customer.key.as_str(), elsewhere.into_iter());
        let Some(last_due) = cycles.iter().map(|cycle| cycle.due_at).max() else { return Ok(()) };
        self.compare_quantities(&cycles, overlay, preview)?;
        let as_of = last_due.max(self.now());
        let before = self.plan_for(account, catalogs, as_of, |need| self.answer_to_date(need))?;
        let after = self.plan_for(account, catalogs, as_of, |need| self.answer_with(need, overlay))?;
        let difference = compare(&before, &after)?;
        if !difference.lines.is_empty() {
            preview.money.push(MoneyDifference { customer: account.customer.key.clone(), as_of, difference });
        }
        Ok(())
    }

    /// Whether one of these cycles counts an event.
    pub(crate) fn is_counted(&self, event: &Event, cycles: &[MeteredCycle]) -> Result<bool, EngineError> {
        for cycle in cycles {
            if cycle.need.period.contains(event.at) && self.meter_for(&cycle.need)?.accepts(event) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn compare_quantities(
        &self,
        cycles: &[MeteredCycle],
        overlay: &Overlay,
        preview: &mut ChangesetPreview,
    ) -> Result<(), EngineError> {
        let mut asked: Vec<&UsageNeed> = Vec::new();
        for need in cycles.iter().map(|cycle| &cycle.need) {
            if asked.contains(&need) {
                continue;
            }
            asked.push(need);
            let mut rows: BTreeMap<Dimensions, (Ratio, Ratio)> = BTreeMap::new();
            for (dimensions, measured) in self.answer_to_date(need)?.groups {
                rows.entry(dimensions).or_insert((Ratio::ZERO, Ratio::ZERO)).0 = measured.quantity;
            }
            for (dimensions, measured) in self.answer_with(need, overlay)?.groups {
                rows.entry(dimensions).or_insert((Ratio::ZERO, Ratio::ZERO)).1 = measured.quantity;
            }
            preview.quantities.extend(rows.into_iter().filter(|(_, (before, after))| before != after).map(
                |(dimensions, (before, after))| QuantityDifference {
                    customer: need.subject.clone(),
                    meter: need.meter.clone(),
                    version: need.version,
                    period: need.period,
                    dimensions,
                    before,
                    after,
                },
            ));
        }
        Ok(())
    }

    /// What the usage store would say if the changes were made.
    pub(crate) fn answer_with(&self, need: &UsageNeed, overlay: &Overlay) -> Result<UsageAnswer, EngineError> {
        let meter = self.meter_for(need)?;
        if !overlay.touches(&meter, need.period) {
            return self.answer_to_date(need);
        }
        let watermark = self.usage.watermark(&self.tenant)?;
        let mut folded = Folded::new(meter, need.clone());
        let gone = |event: &Event| overlay.gone.contains(&(event.source.clone(), event.id.clone()));
        self.fold_stored(&mut folded, watermark, gone)?;
        overlay.come.iter().for_each(|event| folded.add(event));
        folded.answer(watermark)
    }
}

impl ChangesetPreview {
    fn count_not_billed<'a>(&mut self, subject: &str, events: impl Iterator<Item = &'a Event>) {
        let mut counted: BTreeMap<&str, u64> = BTreeMap::new();
        for event in events {
            *counted.entry(&event.name).or_default() += 1;
        }
        self.not_billed.extend(counted.into_iter().map(|(name, events)| NotBilled {
            subject: subject.to_owned(),
            name: name.to_owned(),
            events,
        }));
    }
}
