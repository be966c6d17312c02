//! Service cut where anything changes: by changes of the subscription, and by the phases of its plan.

use crate::{Catalogs, PlanError};
use alloc::{collections::BTreeMap, vec::Vec};
use calendar::{Instant, Schedule};
use catalog::{Catalog, Plan, Price};
use contracts::{Credit, PlanRef, Segment, Subscription};
use stdx::Key;

/// A stretch of service under the same terms, within one phase of the plan.
#[derive(Debug, Clone)]
pub(crate) struct Stint<'a> {
    pub(crate) from: Instant,
    pub(crate) to: Option<Instant>,
    pub(crate) plan_ref: &'a PlanRef,
    pub(crate) catalog: &'a Catalog,
    pub(crate) plan: &'a Plan,
    pub(crate) segment: &'a Segment,
    /// From when cycles are counted: the first stint with a recurring price since the segment says so; `None` before it.
    pub(crate) counted_from: Option<Instant>,
    /// What becomes of charges in advance for time after `to`.
    pub(crate) credit: Credit,
    /// What the phase asks for.
    prices: &'a BTreeMap<Key, Price>,
}

impl<'a> Stint<'a> {
    /// A price as it was agreed, or as the phase has it.
    pub(crate) fn price(&self, key: &Key) -> Option<&'a Price> {
        let offered = self.prices.get(key)?;
        Some(self.segment.prices.get(key).unwrap_or(offered))
    }

    fn recurs(&self) -> bool {
        self.prices.iter().any(|(key, price)| {
            let price = self.segment.prices.get(key).unwrap_or(price);
            self.plan.cadence_of(price).is_some()
        })
    }
}

/// The service of a subscription, cut where anything changes, in order.
pub(crate) fn stints<'a>(
    subscription: &Subscription,
    segments: &'a [Segment],
    catalogs: &'a Catalogs,
) -> Result<Vec<Stint<'a>>, PlanError> {
    let mut stints: Vec<Stint<'a>> = Vec::with_capacity(segments.len());
    let mut counted: Option<(Instant, Option<Instant>)> = None;
    for segment in segments {
        let (catalog, plan) = find_plan(catalogs, &segment.plan, subscription)?;
        let mut from = segment.from;
        for (prices, end) in phases(subscription, segment, plan)? {
            if end.is_some_and(|end| end <= from) {
                continue;
            }
            let is_last = segment.to.is_some_and(|to| end.is_none_or(|end| to <= end));
            let to = if is_last { segment.to } else { end };
            let credit = if is_last { segment.credit } else { Credit::Unused };
            let mut stint =
                Stint { from, to, plan_ref: &segment.plan, catalog, plan, segment, counted_from: None, credit, prices };
            let known = counted.filter(|(since, _)| *since == segment.counted_from).and_then(|(_, first)| first);
            stint.counted_from = known.or_else(|| stint.recurs().then_some(from));
            counted = Some((segment.counted_from, stint.counted_from));
            stints.push(stint);
            match to {
                Some(to) if !is_last => from = to,
                Some(_) | None => break,
            }
        }
    }
    Ok(stints)
}

/// The prices of each phase and then of the plan, with the end of the phase.
type PhaseEnds<'a> = Vec<(&'a BTreeMap<Key, Price>, Option<Instant>)>;

/// Phases end on days: the first one lasts from the day on which phases begin to count.
fn phases<'a>(subscription: &Subscription, segment: &Segment, plan: &'a Plan) -> Result<PhaseEnds<'a>, PlanError> {
    let zone = &subscription.zone;
    let mut day = zone.date_of(segment.phases_from);
    let mut ends = Vec::with_capacity(plan.phases.len() + 1);
    for phase in &plan.phases {
        day = Schedule::new(phase.lasts, day, zone.clone()).boundary(1)?;
        ends.push((&phase.prices, Some(zone.start_of(day))));
    }
    ends.push((&plan.prices, None));
    Ok(ends)
}

pub(crate) fn find_plan<'a>(
    catalogs: &'a Catalogs,
    plan: &PlanRef,
    subscription: &Subscription,
) -> Result<(&'a Catalog, &'a Plan), PlanError> {
    catalogs
        .get(&plan.version)
        .and_then(|catalog| Some((catalog, catalog.plans.get(&plan.plan)?)))
        .ok_or_else(|| PlanError::UnknownPlan { subscription: subscription.key.clone(), plan: plan.clone() })
}
