//! What is billed of a cycle before it is over: usage in advance, and usage whose spend has reached a step.
//!
//! There is no path of its own for it. A cycle that is under way is worth what its usage comes to so far, without the minimum that is
//! asked for at its end, and the difference to what was posted is billed. What is not to be billed yet stays as it was posted. So the
//! end of the cycle bills the rest, and tiers, allowances and minimums apply once, over the whole.

use crate::cover::{Served, Slice, slices_through};
use crate::due::Due;
use crate::{Account, Catalogs, LineKey, PlanError, Posted, PriceRef};
use alloc::{collections::BTreeMap, vec::Vec};
use calendar::{Instant, Period};
use catalog::{Gather, SpendSteps, Timing};
use metering::Dimensions;
use money::{Currency, Money, Rounding};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::Key;

/// A step of spend for which a document is made before the period ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reached {
    /// Whose spend it is; that of all the customer's subscriptions when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subscription: Option<Key>,
    /// The highest step that was reached.
    pub step: Money,
    /// What the usage of the period comes to so far.
    pub spend: Money,
}

/// Whose spend counts together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Over {
    subscription: Option<Key>,
    currency: Currency,
}

/// How the usage of a cycle that is under way is billed.
#[derive(Debug, Clone)]
enum How<'a> {
    /// In advance, up to here.
    Advance(Instant),
    /// When spend has reached a step.
    Spend(Over, &'a SpendSteps),
    /// It was billed once before, and nothing asks for that any more.
    AtTheEnd,
}

/// One cycle of one price of one subscription.
type Cycle = (Key, PriceRef, Period);

fn cycle_of(key: &LineKey) -> Cycle {
    (key.subscription.clone(), key.price.clone(), key.cycle)
}

/// The cycles that are under way at an instant and may be billed before they are over.
#[derive(Debug, Default)]
pub(crate) struct UnderWay<'a>(BTreeMap<Cycle, How<'a>>);

/// The slices of a subscription that are billed or may be at an instant: those that are due, and those that are under way, to date.
#[derive(Debug)]
pub(crate) struct Now<'a> {
    pub(crate) slices: Vec<Slice<'a>>,
    pub(crate) under_way: UnderWay<'a>,
}

impl<'a> Now<'a> {
    pub(crate) fn at(
        account: &'a Account,
        served: &'a Served,
        catalogs: &'a Catalogs,
        as_of: Instant,
    ) -> Result<Self, PlanError> {
        let all = slices_through(served, catalogs, as_of)?;
        let (mut slices, open): (Vec<_>, Vec<_>) = all.into_iter().partition(|slice| slice.due_at <= as_of);
        let mut under_way = UnderWay::default();
        for slice in open.into_iter().filter(Slice::is_metered) {
            let Some(how) = How::of(account, &slice, as_of) else { continue };
            let is = |other: &&Slice<'_>| (&other.price_ref, other.cycle) == (&slice.price_ref, slice.cycle);
            // a cycle that was left, billed and taken up again is billed when it is over
            if slices.iter().any(|other| is(&other)) {
                continue;
            }
            under_way.0.insert((slice.subscription.key.clone(), slice.price_ref.clone(), slice.cycle), how.clone());
            slices.extend(match how {
                How::Advance(until) => slice.cut_at(until),
                How::Spend(..) => slice.cut_at(just_after(as_of)),
                How::AtTheEnd => None,
            });
        }
        Ok(Self { slices, under_way })
    }
}

/// So that what happens at an instant counts at that instant.
fn just_after(at: Instant) -> Instant {
    at.plus_micros(1).unwrap_or(at)
}

impl<'a> How<'a> {
    fn of(account: &'a Account, slice: &Slice<'a>, as_of: Instant) -> Option<Self> {
        let price = slice.stretches.first()?.price;
        if price.timing == Timing::Advance {
            let zone = &slice.subscription.zone;
            return Some(Self::Advance(match price.gather {
                Gather::Run => just_after(as_of),
                Gather::Day => zone.start_of(zone.date_of(as_of)),
            }));
        }
        let own = account.customer.bill_at.get(&slice.currency).map(|steps| (None, steps));
        let steps = own.or_else(|| Some((Some(slice.subscription.key.clone()), slice.bill_at?)));
        match steps.filter(|(_, steps)| !steps.is_empty()) {
            Some((subscription, steps)) => Some(Self::Spend(Over { subscription, currency: slice.currency }, steps)),
            None => account.posted.is_billed_to_date(slice).then_some(Self::AtTheEnd),
        }
    }
}

/// What is billed of the cycles that are under way.
#[derive(Debug, Default)]
pub(crate) struct Ripe<'a> {
    under_way: UnderWay<'a>,
    /// Whose spend has reached a step that it had not reached when it was billed last.
    reached: BTreeMap<Over, Reached>,
}

impl<'a> UnderWay<'a> {
    pub(crate) fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Leaves of what is due to date only what is to be billed now.
    pub(crate) fn ripen<Z>(
        self,
        posted: &Posted,
        due: &mut BTreeMap<LineKey, (Due, Z)>,
    ) -> Result<Ripe<'a>, PlanError> {
        if self.0.is_empty() {
            return Ok(Ripe::default());
        }
        let reached = self.reached(posted, due)?;
        due.retain(|key, (one, _)| match self.0.get(&cycle_of(key)) {
            None => true,
            Some(How::AtTheEnd) => false,
            Some(How::Spend(over, _)) => reached.contains_key(over),
            Some(How::Advance(until)) => match posted.get(key) {
                None => one.worth.amount.minor() > 0,
                // nothing is given back before the end
                Some(known) => {
                    known.last.worth.to_date.is_none_or(|before| before < *until)
                        && one.worth.amount.minor() > known.amount.minor()
                }
            },
        });
        Ok(Ripe { under_way: self, reached })
    }

    fn reached<Z>(
        &self,
        posted: &Posted,
        due: &BTreeMap<LineKey, (Due, Z)>,
    ) -> Result<BTreeMap<Over, Reached>, PlanError> {
        let mut sums: BTreeMap<Over, (&SpendSteps, Money, Money)> = BTreeMap::new();
        for (key, (one, _)) in due {
            if let Some(How::Spend(over, steps)) = self.0.get(&cycle_of(key)) {
                let zero = Money::zero(over.currency);
                let (_, spend, _) = sums.entry(over.clone()).or_insert((steps, zero, zero));
                *spend = spend.plus(one.worth.amount)?;
            }
        }
        for (cycle, how) in &self.0 {
            if let How::Spend(over, _) = how
                && let Some((_, _, before)) = sums.get_mut(over)
            {
                let (subscription, price, cycle) = cycle.clone();
                let (dimensions, currency) = (Dimensions::new(), over.currency);
                for (_, known) in posted.of_cycle(LineKey { subscription, price, cycle, dimensions, currency }) {
                    *before = before.plus(known.amount)?;
                }
            }
        }
        let mut reached = BTreeMap::new();
        for (over, (steps, spend, before)) in sums {
            let (now, then) = (steps.passed(spend.to_dec().into())?, steps.passed(before.to_dec().into())?);
            if let (true, Some(step)) = (now > then, steps.amount(now)?) {
                let step = Money::round_from(step, over.currency, Rounding::HalfUp)?;
                reached.insert(over.clone(), Reached { subscription: over.subscription, step, spend });
            }
        }
        Ok(reached)
    }
}

impl Ripe<'_> {
    /// Whether what was posted under a key stays until its cycle is over.
    pub(crate) fn keeps(&self, key: &LineKey) -> bool {
        match self.under_way.0.get(&cycle_of(key)) {
            None => false,
            Some(How::AtTheEnd | How::Advance(_)) => true,
            Some(How::Spend(over, _)) => !self.reached.contains_key(over),
        }
    }

    /// Whether a key is billed before its cycle is over.
    pub(crate) fn bills(&self, key: &LineKey) -> bool {
        self.under_way.0.contains_key(&cycle_of(key))
    }

    /// The steps of spend in a currency for which a document is made.
    pub(crate) fn reasons(&self, currency: Currency) -> Vec<Reached> {
        let of = self.reached.iter().filter(|(over, _)| over.currency == currency);
        of.map(|(_, reached)| reached.clone()).collect()
    }
}
