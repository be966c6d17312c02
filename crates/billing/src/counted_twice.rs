//! Usage that two subscriptions of one customer would both bill.

use crate::stint::find_plan;
use crate::{Catalogs, PlanError};
use alloc::{collections::BTreeSet, string::String, vec::Vec};
use calendar::Instant;
use catalog::Source;
use contracts::{Segment, Subscription, UsageScope};
use stdx::Key;

/// Usage that two subscriptions would both bill without that having been said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountedTwice {
    /// The other subscription.
    pub other: Key,
    /// The meter.
    pub meter: Key,
    /// The first instant of it.
    pub from: Instant,
}

/// A dimension by which a subscription tells its usage apart, and by which a meter of its plan does not group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UngroupedMeter {
    /// The meter.
    pub meter: Key,
    /// The dimension.
    pub dimension: String,
}

/// Whether a subscription bills usage that one of the customer's others bills too, as far as is known of both; the first such usage.
/// One meter of one name is one meter, in whatever version of the catalog.
pub fn counted_twice(
    subscription: &Subscription,
    others: &[Subscription],
    catalogs: &Catalogs,
) -> Result<Option<CountedTwice>, PlanError> {
    let ours = metered(subscription, catalogs)?;
    let mut found: Vec<CountedTwice> = Vec::new();
    let others = others.iter().filter(|other| other.key != subscription.key && other.customer == subscription.customer);
    for other in others.filter(|other| subscription.usage.collides(&other.usage)) {
        let theirs = metered(other, catalogs)?;
        for (segment, meters) in &ours {
            for (known, counted) in &theirs {
                let from = segment.from.max(known.from);
                let ends = |segment: &Segment| segment.to.is_some_and(|to| to <= from);
                if let (false, Some(meter)) = (ends(segment) || ends(known), meters.intersection(counted).next()) {
                    found.push(CountedTwice { other: other.key.clone(), meter: (*meter).clone(), from });
                }
            }
        }
    }
    Ok(found.into_iter().min_by(|a, b| (a.from, &a.other, &a.meter).cmp(&(b.from, &b.other, &b.meter))))
}

/// The first meter of a subscription that cannot tell its usage apart as the subscription does: what no event says would count as nothing.
pub fn ungrouped_meter(subscription: &Subscription, catalogs: &Catalogs) -> Result<Option<UngroupedMeter>, PlanError> {
    let UsageScope::Only(values) = &subscription.usage else { return Ok(None) };
    for segment in subscription.segments()? {
        let (catalog, _) = find_plan(catalogs, &segment.plan, subscription)?;
        for key in meters(&segment, subscription, catalogs)? {
            let Some(meter) = catalog.meters.get(&key) else { continue };
            let grouped = |name: &String| {
                meter.group_by.iter().any(|known| known.strip_prefix("properties.").unwrap_or(known) == name)
            };
            if let Some(dimension) = values.keys().find(|name| !grouped(name)) {
                return Ok(Some(UngroupedMeter { meter: key.clone(), dimension: dimension.clone() }));
            }
        }
    }
    Ok(None)
}

/// The stretches of service with the meters that count in each.
fn metered(subscription: &Subscription, catalogs: &Catalogs) -> Result<Vec<(Segment, BTreeSet<Key>)>, PlanError> {
    let segments = subscription.segments()?.into_iter();
    segments.map(|segment| Ok((segment.clone(), meters(&segment, subscription, catalogs)?))).collect()
}

fn meters(segment: &Segment, subscription: &Subscription, catalogs: &Catalogs) -> Result<BTreeSet<Key>, PlanError> {
    let (_, plan) = find_plan(catalogs, &segment.plan, subscription)?;
    let prices = plan.all_prices().map(|(key, price)| segment.prices.get(key).unwrap_or(price));
    let meter = |price: &catalog::Price| match &price.source {
        Source::Meter(meter) => Some(meter.clone()),
        Source::Quantity(_) | Source::One => None,
    };
    Ok(prices.filter_map(meter).collect())
}
