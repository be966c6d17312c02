//! Which cycles of which prices a subscription covers, and when each is due.

use crate::{Catalogs, PlanError, PriceRef};
use alloc::{rc::Rc, vec::Vec};
use calendar::{Instant, Period, Schedule, Step, Zone};
use catalog::{Catalog, Plan, Price, Source, Timing};
use contracts::{PlanRef, Quantities, Segment, Subscription};
use money::{Currency, Dec};
use rating::Terms;
use stdx::Key;

/// One cycle of one price as far as a subscription covers it.
#[derive(Debug, Clone)]
pub(crate) struct Slice<'a> {
    pub(crate) subscription: &'a Subscription,
    pub(crate) price_ref: PriceRef,
    pub(crate) price: &'a Price,
    pub(crate) terms: Rc<Terms>,
    pub(crate) currency: Currency,
    /// The whole cycle.
    pub(crate) cycle: Period,
    /// The part that is covered.
    pub(crate) cover: Period,
    /// What stands over the cover, in order: stretches of one quantity each.
    pub(crate) stretches: Vec<Stretch>,
    /// When it is to be billed.
    pub(crate) due_at: Instant,
}

/// A stretch over which the billed quantity is constant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stretch {
    pub(crate) period: Period,
    /// The quantity that stands; `None` for a metered price, whose quantity is counted.
    pub(crate) held: Option<Dec>,
}

/// A plan as one subscription has it, without interruption.
struct Run<'a> {
    plan: &'a PlanRef,
    from: Instant,
    to: Option<Instant>,
    segments: &'a [Segment],
}

/// Consecutive segments of one plan and version.
fn runs(segments: &[Segment]) -> Vec<Run<'_>> {
    segments
        .chunk_by(|a, b| a.plan == b.plan)
        .filter_map(|chunk| {
            let (first, last) = (chunk.first()?, chunk.last()?);
            Some(Run { plan: &first.plan, from: first.from, to: last.to, segments: chunk })
        })
        .collect()
}

/// Every slice of a subscription that is due at `horizon` or before.
pub(crate) fn due_slices<'a>(
    subscription: &'a Subscription,
    catalogs: &'a Catalogs,
    horizon: Instant,
) -> Result<Vec<Slice<'a>>, PlanError> {
    let mut slices = slices_through(subscription, catalogs, horizon)?;
    slices.retain(|slice| slice.due_at <= horizon);
    Ok(slices)
}

/// Every slice of a subscription up to the end of the cycles around `horizon`, whenever they are due.
pub(crate) fn slices_through<'a>(
    subscription: &'a Subscription,
    catalogs: &'a Catalogs,
    horizon: Instant,
) -> Result<Vec<Slice<'a>>, PlanError> {
    all_slices(subscription, catalogs, |schedule, run_from| {
        let within = if horizon < run_from { run_from } else { horizon };
        Ok(schedule.at(within)?.1.to())
    })
}

/// The slice of the subscription that falls due first after `after`.
pub(crate) fn next_due_slice<'a>(
    subscription: &'a Subscription,
    catalogs: &'a Catalogs,
    after: Instant,
) -> Result<Option<Slice<'a>>, PlanError> {
    let slices = all_slices(subscription, catalogs, |schedule, run_from| {
        let within = if after < run_from { run_from } else { after };
        // the cycle around it, and the one that follows
        let end = schedule.at(within)?.1.to();
        Ok(schedule.at(end)?.1.to())
    })?;
    Ok(slices.into_iter().filter(|slice| slice.due_at > after).min_by_key(|slice| slice.due_at))
}

/// Every slice from the start up to the end of a cycle that `until` names, given the schedule and the start of a run.
fn all_slices<'a>(
    subscription: &'a Subscription,
    catalogs: &'a Catalogs,
    until: impl Fn(&Schedule, Instant) -> Result<Instant, PlanError>,
) -> Result<Vec<Slice<'a>>, PlanError> {
    let segments = subscription.segments();
    let mut slices = Vec::new();
    for run in runs(&segments) {
        let (catalog, plan) = find_plan(catalogs, run.plan, subscription)?;
        for (key, price) in &plan.prices {
            let terms = Rc::new(price.terms(catalog)?);
            let schedule = schedule(subscription, plan, price)?;
            let end = until(&schedule, run.from)?;
            let end = run.to.map_or(end, |to| to.min(end));
            let Ok(service) = Period::new(run.from, end) else { continue };
            for part in schedule.parts(service)? {
                let price_ref = PriceRef { plan: run.plan.plan.clone(), version: run.plan.version, price: key.clone() };
                let due_at = match price.timing {
                    Timing::Advance => part.service.from(),
                    Timing::Arrears => part.service.to(),
                };
                slices.push(Slice {
                    stretches: stretches(subscription, &price_ref, price, part.service, run.segments)?,
                    subscription,
                    price_ref,
                    price,
                    terms: terms.clone(),
                    currency: plan.currency,
                    cycle: part.cycle,
                    cover: part.service,
                    due_at,
                });
            }
        }
    }
    Ok(slices)
}

/// Cuts the cover where the quantity changes.
fn stretches(
    subscription: &Subscription,
    price_ref: &PriceRef,
    price: &Price,
    cover: Period,
    segments: &[Segment],
) -> Result<Vec<Stretch>, PlanError> {
    let name = match &price.source {
        Source::Meter(_) => return Ok(alloc::vec![Stretch { period: cover, held: None }]),
        Source::One => return Ok(alloc::vec![Stretch { period: cover, held: Some(Dec::ONE) }]),
        Source::Quantity(name) => name,
    };
    let mut stretches: Vec<Stretch> = Vec::new();
    for segment in segments {
        let to = segment.to.unwrap_or(cover.to());
        let Some(period) = Period::new(segment.from, to).ok().and_then(|whole| whole.intersect(cover)) else {
            continue;
        };
        let held = quantity(subscription, price_ref, name, &segment.quantities)?;
        match stretches.last_mut() {
            Some(last) if last.held == Some(held) => last.period = Period::new(last.period.from(), period.to())?,
            Some(_) | None => stretches.push(Stretch { period, held: Some(held) }),
        }
    }
    Ok(stretches)
}

fn quantity(
    subscription: &Subscription,
    price: &PriceRef,
    name: &Key,
    quantities: &Quantities,
) -> Result<Dec, PlanError> {
    quantities.get(name).copied().ok_or_else(|| PlanError::MissingQuantity {
        subscription: subscription.key.clone(),
        price: price.clone(),
        quantity: name.clone(),
    })
}

fn find_plan<'a>(
    catalogs: &'a Catalogs,
    plan: &PlanRef,
    subscription: &Subscription,
) -> Result<(&'a Catalog, &'a Plan), PlanError> {
    catalogs
        .get(&plan.version)
        .and_then(|catalog| Some((catalog, catalog.plans.get(&plan.plan)?)))
        .ok_or_else(|| PlanError::UnknownPlan { subscription: subscription.key.clone(), plan: plan.clone() })
}

/// When the cycles of a price begin. They are counted from the subscription's start, also after a change of plan, so that a change
/// does not move the days on which a customer is billed.
fn schedule(subscription: &Subscription, plan: &Plan, price: &Price) -> Result<Schedule, PlanError> {
    let cadence = plan.cadence_of(price);
    let zone: &Zone = &subscription.zone;
    let start = zone.date_of(subscription.started_at());
    Ok(match (subscription.anchor_day, cadence.step()) {
        (Some(day), Step::Months(_)) => Schedule::on_day(cadence, start, day, zone.clone())?,
        // cycles of days and weeks have no day of a month
        (Some(_), Step::Days(_)) | (None, _) => Schedule::aligned(cadence, start, plan.align, zone.clone())?,
    })
}
