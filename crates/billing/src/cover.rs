//! Which cycles of which prices a subscription covers, and when each is due.

use crate::stint::{Stint, stints};
use crate::{Account, Catalogs, PlanError, PriceRef};
use alloc::{collections::BTreeMap, rc::Rc, vec::Vec};
use calendar::{Instant, Period, Proration, Schedule, Step, Zone};
use catalog::{Level, Price, Source, SpendSteps, Timing};
use contracts::{Anchor, Credit, Segment, Subscription};
use money::{Currency, Dec};
use rating::Terms;
use stdx::Key;
use tax::Prices;

/// A subscription as it was known, with its service.
#[derive(Debug, Clone)]
pub(crate) struct Served {
    pub(crate) subscription: Subscription,
    pub(crate) segments: Vec<Segment>,
}

/// The account's subscriptions as they were known at an instant. One that goes with another is served while that one is.
pub(crate) fn served(account: &Account, known_at: Instant) -> Result<Vec<Served>, PlanError> {
    let known: Vec<Subscription> =
        account.subscriptions.iter().filter_map(|subscription| subscription.known_at(known_at)).collect();
    let mut all = Vec::with_capacity(known.len());
    for subscription in &known {
        let mut segments = subscription.segments()?;
        if let Some(base) = &subscription.goes_with {
            let base = known.iter().find(|one| one.key == *base).map(Subscription::segments).transpose()?;
            segments = Segment::within(&segments, &base.unwrap_or_default());
        }
        all.push(segments);
    }
    Ok(known.into_iter().zip(all).map(|(subscription, segments)| Served { subscription, segments }).collect())
}

/// One cycle of one price as far as a subscription covers it.
#[derive(Debug, Clone)]
pub(crate) struct Slice<'a> {
    pub(crate) subscription: &'a Subscription,
    pub(crate) price_ref: PriceRef,
    pub(crate) currency: Currency,
    /// Whether its prices contain their taxes.
    pub(crate) tax: Prices,
    /// The whole cycle.
    pub(crate) cycle: Period,
    /// What is covered of it, in order: stretches of one price and quantity each. Not empty.
    pub(crate) stretches: Vec<Stretch<'a>>,
    /// When it is to be billed.
    pub(crate) due_at: Instant,
    /// Up to when usage counts, where the cycle is under way; to its end when absent.
    pub(crate) until: Option<Instant>,
    /// At which amounts of spend the plan makes an invoice before.
    pub(crate) bill_at: Option<&'a SpendSteps>,
}

/// A stretch over which price and billed quantity are constant.
#[derive(Debug, Clone)]
pub(crate) struct Stretch<'a> {
    pub(crate) period: Period,
    pub(crate) price: &'a Price,
    pub(crate) terms: Rc<Terms>,
    /// The quantity that stands; `None` for a metered price, whose quantity is counted.
    pub(crate) held: Option<Dec>,
}

/// A price in consecutive stints, as far as its cycles and its timing stay the same.
struct Run<'s, 'a> {
    first: &'s Stint<'a>,
    last: &'s Stint<'a>,
    /// Those from the first to the last.
    stints: &'s [Stint<'a>],
    key: &'a Key,
    price: &'a Price,
    terms: Rc<Terms>,
    /// The start of the next run of the price under the same reference.
    next: Option<Instant>,
}

/// Every slice of a subscription up to the end of the cycles around `horizon`, whenever they are due.
pub(crate) fn slices_through<'a>(
    served: &'a Served,
    catalogs: &'a Catalogs,
    horizon: Instant,
) -> Result<Vec<Slice<'a>>, PlanError> {
    all_slices(served, catalogs, |schedule, run_from| {
        let within = if horizon < run_from { run_from } else { horizon };
        Ok(schedule.at(within)?.1.to())
    })
}

/// The slice of the subscription that falls due first after `after`.
pub(crate) fn next_due_slice<'a>(
    served: &'a Served,
    catalogs: &'a Catalogs,
    after: Instant,
) -> Result<Option<Slice<'a>>, PlanError> {
    let slices = all_slices(served, catalogs, |schedule, run_from| {
        let within = if after < run_from { run_from } else { after };
        // the cycle around it, and the one that follows
        let end = schedule.at(within)?.1.to();
        Ok(schedule.at(end)?.1.to())
    })?;
    Ok(slices.into_iter().filter(|slice| slice.due_at > after).min_by_key(|slice| slice.due_at))
}

/// The cycle that a subscription is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// From when its cycles are counted; `None` in a phase in which nothing is asked for in cycles.
    pub counted_from: Option<Instant>,
    /// The end of the plan's cycle, or of such a phase; `None` where that has no end.
    pub period_end: Option<Instant>,
}

/// In which cycle of its plan a subscription is at an instant; `None` while it is not served.
pub fn standing(subscription: &Subscription, catalogs: &Catalogs, at: Instant) -> Result<Option<Standing>, PlanError> {
    let segments = subscription.segments()?;
    let stints = stints(subscription, &segments, catalogs)?;
    let Some(stint) = stints.iter().find(|stint| stint.from <= at && stint.to.is_none_or(|to| at < to)) else {
        return Ok(None);
    };
    let period_end = match stint.counted_from {
        None => stint.to,
        Some(from) => Some(schedule(subscription, stint, from, stint.plan.every)?.at(at)?.1.to()),
    };
    Ok(Some(Standing { counted_from: stint.counted_from, period_end }))
}

/// Every slice from the start up to the end of a cycle that `until` names, given the schedule and the start of a run.
fn all_slices<'a>(
    served: &'a Served,
    catalogs: &'a Catalogs,
    until: impl Fn(&Schedule, Instant) -> Result<Instant, PlanError>,
) -> Result<Vec<Slice<'a>>, PlanError> {
    let Served { subscription, segments } = served;
    let stints = stints(subscription, segments, catalogs)?;
    let mut slices = Vec::new();
    for run in runs(&stints)? {
        match (run.first.plan.cadence_of(run.price), run.first.counted_from) {
            (Some(cadence), Some(from)) => {
                let schedule = schedule(subscription, run.first, from, cadence)?;
                let end = until(&schedule, run.first.from)?;
                run.cycles(subscription, &schedule, end, &mut slices)?;
            }
            // a stint with a recurring price has days from which it is counted
            (Some(_), None) => {}
            (None, _) => slices.extend(run.once(subscription)?),
        }
    }
    Ok(slices)
}

/// The runs of every price, plan by plan in the order of service.
fn runs<'s, 'a>(stints: &'s [Stint<'a>]) -> Result<Vec<Run<'s, 'a>>, PlanError> {
    let mut runs = Vec::new();
    for group in stints.chunk_by(|a, b| a.plan_ref == b.plan_ref) {
        let Some(first) = group.first() else { continue };
        let mut keys: Vec<&'a Key> = first.plan.all_prices().map(|(key, _)| key).collect();
        keys.sort_unstable();
        keys.dedup();
        for key in keys {
            runs_of(key, group, &mut runs)?;
        }
    }
    let mut next = BTreeMap::new();
    for run in runs.iter_mut().rev() {
        run.next = next.insert((run.first.plan_ref, run.key), run.first.from);
    }
    Ok(runs)
}

/// The runs of one price of a plan. What is charged once is charged when the plan's service first asks for it.
fn runs_of<'s, 'a>(key: &'a Key, group: &'s [Stint<'a>], runs: &mut Vec<Run<'s, 'a>>) -> Result<(), PlanError> {
    let (mut at, mut is_charged_once) = (0, false);
    while let Some(first) = group.get(at) {
        let Some(price) = first.price(key) else {
            at += 1;
            continue;
        };
        let goes_on = |stint: &Stint<'a>, before: &Stint<'a>| {
            before.to == Some(stint.from)
                && stint.price(key).is_some_and(|other| same_cycles(price, other))
                && (stint.counted_from, stint.segment.anchor) == (before.counted_from, before.segment.anchor)
        };
        let length = 1 + group[at..].windows(2).take_while(|pair| goes_on(&pair[1], &pair[0])).count();
        let stints = &group[at..at + length];
        at += length;
        let is_once = first.plan.cadence_of(price).is_none();
        if is_once && is_charged_once {
            continue;
        }
        is_charged_once |= is_once;
        let terms = Rc::new(price.terms(first.catalog)?);
        runs.push(Run { first, last: stints.last().unwrap_or(first), stints, key, price, terms, next: None });
    }
    Ok(())
}

fn same_cycles(a: &Price, b: &Price) -> bool {
    (a.every, a.timing, a.level, &a.source) == (b.every, b.timing, b.level, &b.source)
}

impl Slice<'_> {
    pub(crate) fn is_metered(&self) -> bool {
        self.stretches.iter().any(|stretch| matches!(stretch.price.source, Source::Meter(_)))
    }

    /// The usage of the slice up to an instant. A minimum is asked for when the cycle is over. `None` where nothing of it has begun.
    pub(crate) fn cut_at(mut self, until: Instant) -> Option<Self> {
        self.stretches.retain(|stretch| stretch.period.from() < until);
        for stretch in &mut self.stretches {
            if stretch.terms.minimum.is_some() {
                stretch.terms = Rc::new(Terms { minimum: None, ..Terms::clone(&stretch.terms) });
            }
        }
        self.until = Some(until);
        (!self.stretches.is_empty()).then_some(self)
    }
}

impl<'a> Run<'_, 'a> {
    fn price_ref(&self) -> PriceRef {
        let plan = self.first.plan_ref;
        PriceRef { plan: plan.plan.clone(), version: plan.version, price: self.key.clone() }
    }

    /// Its cycles up to an end.
    fn cycles(
        &self,
        subscription: &'a Subscription,
        schedule: &Schedule,
        end: Instant,
        slices: &mut Vec<Slice<'a>>,
    ) -> Result<(), PlanError> {
        let end = self.last.to.map_or(end, |to| to.min(end));
        let Ok(service) = Period::new(self.first.from, end) else { return Ok(()) };
        let price_ref = self.price_ref();
        for part in schedule.parts(service)? {
            let mut stretches = self.stretches(subscription, &price_ref, part.service)?;
            let due_at = match (self.price.timing, &self.price.source) {
                (Timing::Advance, Source::One | Source::Quantity(_)) => part.service.from(),
                // usage is known as a whole at the end only, whatever was billed of it before
                (Timing::Advance, Source::Meter(_)) | (Timing::Arrears, _) => part.service.to(),
            };
            if let (Some(kept), Some(stretch)) = (self.kept(part.cycle, part.service), stretches.last_mut()) {
                stretch.period = Period::new(stretch.period.from(), kept)?;
            }
            slices.push(Slice {
                subscription,
                price_ref: price_ref.clone(),
                currency: self.first.plan.currency,
                tax: self.first.plan.tax,
                cycle: part.cycle,
                stretches,
                due_at,
                until: None,
                bill_at: self.first.plan.bill_at.as_ref(),
            });
        }
        Ok(())
    }

    /// Up to when a charge in advance stays although the service ended inside the cycle: where no credit is given, to the end of the
    /// cycle, or until the price is asked for again.
    fn kept(&self, cycle: Period, service: Period) -> Option<Instant> {
        let ends_here = self.last.to == Some(service.to()) && service.to() < cycle.to();
        match (self.last.credit, self.price.timing, &self.price.source) {
            (Credit::None, Timing::Advance, Source::One | Source::Quantity(_)) if ends_here => {
                Some(self.next.map_or(cycle.to(), |next| next.min(cycle.to())))
            }
            (Credit::None | Credit::Unused, Timing::Advance | Timing::Arrears, _) => None,
        }
    }

    /// The one charge of a price that is asked for once, under the day on which the service begins. A plan that is left and taken up
    /// again on a day is charged once.
    fn once(&self, subscription: &'a Subscription) -> Result<Option<Slice<'a>>, PlanError> {
        let (zone, price_ref, due_at) = (&subscription.zone, self.price_ref(), self.first.from);
        let today = zone.date_of(due_at);
        let tomorrow = today.plus_days(1).map_err(|_| calendar::ScheduleError::OutOfRange)?;
        let cycle = Period::new(zone.start_of(today), zone.start_of(tomorrow))?;
        if self.next.is_some_and(|next| next < cycle.to()) {
            return Ok(None);
        }
        let stretch = Stretch {
            period: Period::new(due_at, cycle.to())?,
            price: self.price,
            terms: self.terms.clone(),
            held: held(subscription, &price_ref, self.price, self.first)?,
        };
        let (currency, tax) = (self.first.plan.currency, self.first.plan.tax);
        let stretches = alloc::vec![stretch];
        let (until, bill_at) = (None, None);
        Ok(Some(Slice { subscription, price_ref, currency, tax, cycle, stretches, due_at, until, bill_at }))
    }

    /// Cuts the cover where price or quantity changes.
    fn stretches(
        &self,
        subscription: &Subscription,
        price_ref: &PriceRef,
        cover: Period,
    ) -> Result<Vec<Stretch<'a>>, PlanError> {
        let mut stretches: Vec<Stretch<'a>> = Vec::new();
        let from = self.stints.partition_point(|stint| stint.to.is_some_and(|to| to <= cover.from()));
        for stint in self.stints[from..].iter().take_while(|stint| stint.from < cover.to()) {
            let to = stint.to.unwrap_or(cover.to());
            let whole = Period::new(stint.from, to).ok();
            let (Some(period), Some(price)) = (whole.and_then(|whole| whole.intersect(cover)), stint.price(self.key))
            else {
                continue;
            };
            let mut held = held(subscription, price_ref, price, stint)?;
            if price.level == Level::Peak {
                held = held.max(stretches.last().and_then(|last| last.held));
                if !adds_up(price.prorate) {
                    // the most of the cycle is charged, and not one level after the other
                    if let Some(first) = stretches.pop() {
                        let period = Period::new(first.period.from(), period.to())?;
                        stretches.push(Stretch { period, held, ..first });
                        continue;
                    }
                }
            }
            match stretches.last_mut() {
                Some(last) if last.held == held && last.price == price => {
                    last.period = Period::new(last.period.from(), period.to())?;
                }
                Some(_) | None => {
                    let is_same = core::ptr::eq(price, self.price) || price == self.price;
                    let terms = if is_same { self.terms.clone() } else { Rc::new(price.terms(stint.catalog)?) };
                    stretches.push(Stretch { period, price, terms, held });
                }
            }
        }
        Ok(stretches)
    }
}

/// Whether the shares of the parts of a cycle add up to its whole.
const fn adds_up(prorate: Proration) -> bool {
    match prorate {
        Proration::Second | Proration::Day | Proration::Thirty360 => true,
        Proration::None | Proration::Full => false,
    }
}

/// The quantity that stands; `None` where it is counted.
fn held(
    subscription: &Subscription,
    price_ref: &PriceRef,
    price: &Price,
    stint: &Stint<'_>,
) -> Result<Option<Dec>, PlanError> {
    match &price.source {
        Source::Meter(_) => Ok(None),
        Source::One => Ok(Some(Dec::ONE)),
        Source::Quantity(name) => match stint.segment.quantities.get(name) {
            Some(number) => Ok(Some(*number)),
            None => Err(PlanError::MissingQuantity {
                subscription: subscription.key.clone(),
                price: price_ref.clone(),
                quantity: name.clone(),
            }),
        },
    }
}

/// When the cycles of a price begin. They are counted from the first day with prices, also after a change of plan, so that a change
/// does not move the days on which a customer is billed.
fn schedule(
    subscription: &Subscription,
    stint: &Stint<'_>,
    counted_from: Instant,
    cadence: calendar::Cadence,
) -> Result<Schedule, PlanError> {
    let zone: &Zone = &subscription.zone;
    let start = zone.date_of(counted_from);
    Ok(match (stint.segment.anchor, cadence.step()) {
        (Some(Anchor::Date(date)), _) => Schedule::new(cadence, date, zone.clone()),
        (Some(Anchor::Day(day)), Step::Months(_)) => Schedule::on_day(cadence, start, day, zone.clone())?,
        // cycles of days and weeks have no day of a month
        (Some(Anchor::Day(_)), Step::Days(_)) | (None, _) => {
            Schedule::aligned(cadence, start, stint.plan.align, zone.clone())?
        }
    })
}
