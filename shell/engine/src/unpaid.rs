//! Usage that nobody pays for: events that match no customer, no meter or no price, in quantities and in money.

use crate::fold::Folded;
use crate::{Engine, EngineError};
use billing::{Account, Catalogs, Detail, Posted, UsageNeed, compare, metered_cycles};
use calendar::{Instant, Period};
use catalog::{Plan, Source};
use contracts::{Change, Customer, PlanRef, Quantities, Step, Subscription};
use metering::{CompiledMeter, Measured};
use money::{Dec, Money};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use stdx::{Key, Problem};
use usage::{Activity, EventFilter, Seq};

/// Events of one subject and name that nobody pays for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct UnpaidUsage {
    /// Who used.
    pub subject: String,
    /// The name of the events.
    pub name: String,
    /// Why nobody pays.
    pub why: WhyUnpaid,
    /// How many events.
    pub events: u64,
    /// When the first of them happened.
    pub first_at: Instant,
    /// When the last of them happened.
    pub last_at: Instant,
    /// What the meters of the newest catalog say of these events.
    pub quantities: Vec<UnpaidQuantity>,
    /// What they would cost, where a price is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub worth: Option<UnpaidWorth>,
    /// Why it cannot be said what they would cost, where a price is known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<Problem>,
}

/// Why nobody pays for an event; the first that holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WhyUnpaid {
    /// No customer has the key that it names as its subject.
    NoCustomer,
    /// No meter looks at it.
    NoMeter,
    /// A meter looks at it, and no price of a subscription of the customer uses that meter when it happened.
    NoPrice,
}

/// What a meter says of unpaid events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct UnpaidQuantity {
    /// The meter.
    pub meter: Key,
    /// How much. A level counts from the first of the events to now.
    pub measured: Measured,
}

/// What unpaid events would cost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct UnpaidWorth {
    /// On which plan.
    pub plan: PlanRef,
    /// How much: what the plan bills with these events less what it bills without them. Nothing when they are free.
    pub amounts: Vec<Money>,
}

/// A group of unpaid events while they are read.
struct Bucket {
    events: u64,
    first_at: Instant,
    last_at: Instant,
    quantities: Vec<(Key, Folded)>,
}

/// What a plan would bill.
struct Valuation {
    plan: PlanRef,
    account: Account,
    due: Instant,
    folded: Vec<Folded>,
}

/// A meter of prices and the periods in which they count, in order.
type Coverage = Vec<(Arc<CompiledMeter>, Vec<Period>)>;

impl Engine {
    /// Usage that nobody pays for. What it would cost is said on the plan that is named, as it is offered now; for a customer with
    /// subscriptions on the customer's own plan; else on the only plan that has a price for it.
    pub fn unpaid_usage(&self, plan: Option<&Key>) -> Result<Vec<UnpaidUsage>, EngineError> {
        let named = plan.map(|plan| self.offered(plan).map(|(plan, _)| plan)).transpose()?;
        let mut unpaid = Vec::new();
        for activity in self.usage.activity(&self.tenant)? {
            self.unpaid_of(&activity, named.as_ref(), &mut unpaid)?;
        }
        Ok(unpaid)
    }

    fn unpaid_of(
        &self,
        activity: &Activity,
        named: Option<&PlanRef>,
        unpaid: &mut Vec<UnpaidUsage>,
    ) -> Result<(), EngineError> {
        let catalogs = self.catalogs();
        let account = if self.knows_customer(&activity.subject)? {
            Some(self.account(self.customer(&activity.subject)?, Posted::default())?)
        } else {
            None
        };
        let coverage = match &account {
            Some(account) => self.coverage(account, &catalogs, activity)?,
            None => Coverage::new(),
        };
        if covers_all(&coverage, activity) {
            return Ok(());
        }
        let (mut valuation, mut problems) = (None, Vec::new());
        if let Some(plan) = plan_to_value_on(account.as_ref(), named, activity, &catalogs) {
            match self.valuation(account.as_ref(), plan, activity, &catalogs) {
                Ok(found) => valuation = Some(found),
                Err(EngineError::Failed(problem)) => return Err(EngineError::Failed(problem)),
                Err(error) => problems = error.problems(),
            }
        }
        let buckets = self.read_unpaid(account.is_some(), activity, &coverage, valuation.as_mut())?;
        for (why, bucket) in buckets {
            let mut row = UnpaidUsage {
                subject: activity.subject.clone(),
                name: activity.name.clone(),
                why,
                events: bucket.events,
                first_at: bucket.first_at,
                last_at: bucket.last_at,
                quantities: quantities(&bucket)?,
                worth: None,
                problems: Vec::new(),
            };
            if why != WhyUnpaid::NoMeter {
                row.problems.clone_from(&problems);
                if let Some(valuation) = &valuation {
                    match self.worth(valuation, &catalogs) {
                        Ok(worth) => row.worth = Some(worth),
                        Err(EngineError::Failed(problem)) => return Err(EngineError::Failed(problem)),
                        Err(error) => row.problems = error.problems(),
                    }
                }
            }
            unpaid.push(row);
        }
        Ok(())
    }

    /// Reads the events and sorts those that nobody pays for by the reason.
    fn read_unpaid(
        &self,
        has_customer: bool,
        activity: &Activity,
        coverage: &Coverage,
        mut valuation: Option<&mut Valuation>,
    ) -> Result<BTreeMap<WhyUnpaid, Bucket>, EngineError> {
        let mut buckets: BTreeMap<WhyUnpaid, Bucket> = BTreeMap::new();
        let empty = self.quantities_of(activity)?;
        let filter =
            EventFilter { subject: Some(&activity.subject), name: Some(&activity.name), ..EventFilter::default() };
        self.each_event(&filter, |event| {
            let counted = coverage.iter().any(|(meter, periods)| is_in(periods, event.at) && meter.accepts(event));
            if counted {
                return Ok(());
            }
            let why = match (has_customer, self.accepting_meters(event)?.is_empty()) {
                (false, _) => WhyUnpaid::NoCustomer,
                (true, true) => WhyUnpaid::NoMeter,
                (true, false) => WhyUnpaid::NoPrice,
            };
            let bucket = buckets.entry(why).or_insert_with(|| Bucket {
                events: 0,
                first_at: event.at,
                last_at: event.at,
                quantities: empty.clone(),
            });
            bucket.events += 1;
            bucket.last_at = event.at;
            bucket.quantities.iter_mut().for_each(|(_, folded)| folded.add(event));
            if let (Some(valuation), true) = (valuation.as_deref_mut(), why != WhyUnpaid::NoMeter) {
                valuation.folded.iter_mut().for_each(|folded| folded.add(event));
            }
            Ok(())
        })?;
        Ok(buckets)
    }

    /// The periods in which prices of a customer count events of a name.
    fn coverage(&self, account: &Account, catalogs: &Catalogs, activity: &Activity) -> Result<Coverage, EngineError> {
        let mut prices = BTreeMap::new();
        for cycle in metered_cycles(account, catalogs, activity.last_at.max(self.now()))? {
            let meter = self.meter_for(&cycle.need)?;
            if meter.event() == activity.name {
                let (_, periods) =
                    prices.entry((cycle.subscription, cycle.price)).or_insert_with(|| (meter, Vec::new()));
                periods.push(cycle.need.period);
            }
        }
        let sorted = |(meter, mut periods): (Arc<CompiledMeter>, Vec<Period>)| {
            periods.sort_by_key(|period| period.from());
            (meter, periods)
        };
        Ok(prices.into_values().map(sorted).collect())
    }

    /// The meters of the newest catalog that may look at the events, without events yet.
    fn quantities_of(&self, activity: &Activity) -> Result<Vec<(Key, Folded)>, EngineError> {
        let catalogs = self.catalogs();
        let Some((version, catalog)) = catalogs.last_key_value() else { return Ok(Vec::new()) };
        let end = activity.last_at.plus_micros(1).map_err(|error| EngineError::invalid(&error))?;
        let period =
            Period::new(activity.first_at, end.max(self.now())).map_err(|error| EngineError::invalid(&error))?;
        let mut found = Vec::new();
        for (key, _) in catalog.meters.iter().filter(|(_, meter)| meter.event == activity.name) {
            let need = UsageNeed {
                subject: nobody()?,
                version: *version,
                meter: key.clone(),
                only: metering::Dimensions::new(),
                period,
                by: Vec::new(),
                detail: Detail::Quantity,
            };
            found.push((key.clone(), Folded::new(self.meter(*version, key)?, need)));
        }
        Ok(found)
    }

    /// A subscription to the plan that covers the events, with none of what else the plan counts.
    fn valuation(
        &self,
        account: Option<&Account>,
        plan: PlanRef,
        activity: &Activity,
        catalogs: &Catalogs,
    ) -> Result<Valuation, EngineError> {
        let customer = match account {
            Some(account) => account.customer.clone(),
            None => Customer::new(nobody()?, activity.subject.clone(), calendar::Zone::utc()),
        };
        let start = customer.zone.start_of(customer.zone.date_of(activity.first_at));
        let offered = catalogs.get(&plan.version).and_then(|catalog| catalog.plans.get(&plan.plan));
        let quantities = offered.map(no_quantities).unwrap_or_default();
        let step = Step::start(plan.clone(), quantities);
        let first = Change { effective_at: start, recorded_at: start, step };
        let key = nobody()?;
        let subscription = Subscription::start(key, customer.key.clone(), customer.zone.clone(), None, first)
            .map_err(|error| EngineError::invalid(&error))?;
        let account = Account {
            entity: contracts::Entity::unnamed(),
            customer,
            subscriptions: vec![subscription],
            charges: Vec::new(),
            redemptions: Vec::new(),
            adjustments: Vec::new(),
            posted: Posted::default(),
        };
        let cycles = metered_cycles(&account, catalogs, activity.last_at)?;
        let due = cycles.iter().map(|cycle| cycle.due_at).max().unwrap_or(activity.last_at);
        let folded = billing::needs(&account, catalogs, due)?
            .into_iter()
            .map(|need| Ok(Folded::new(self.meter_for(&need)?, need)))
            .collect::<Result<_, EngineError>>()?;
        Ok(Valuation { plan, account, due, folded })
    }

    fn worth(&self, valuation: &Valuation, catalogs: &Catalogs) -> Result<UnpaidWorth, EngineError> {
        let Valuation { plan, account, due, folded } = valuation;
        let with =
            self.plan_for(account, catalogs, *due, |need| match folded.iter().find(|folded| folded.need == *need) {
                Some(folded) => folded.answer(Seq::ZERO),
                None => Folded::new(self.meter_for(need)?, need.clone()).answer(Seq::ZERO),
            })?;
        let without = self.plan_for(account, catalogs, *due, |need| {
            Folded::new(self.meter_for(need)?, need.clone()).answer(Seq::ZERO)
        })?;
        Ok(UnpaidWorth { plan: plan.clone(), amounts: compare(&without, &with)?.totals })
    }
}

/// The plan on which events are valued.
fn plan_to_value_on(
    account: Option<&Account>,
    named: Option<&PlanRef>,
    activity: &Activity,
    catalogs: &Catalogs,
) -> Option<PlanRef> {
    let prices_it = |plan: &PlanRef| prices_event(catalogs, plan, &activity.name);
    if let Some(plan) = named {
        return Some(plan.clone()).filter(prices_it);
    }
    let own = account.into_iter().flat_map(|account| &account.subscriptions);
    let own = own.flat_map(|subscription| {
        subscription.segments().unwrap_or_default().into_iter().rev().map(|segment| segment.plan)
    });
    if let Some(plan) = own.into_iter().find(|plan| prices_it(plan)) {
        return Some(plan);
    }
    let (version, newest) = catalogs.last_key_value()?;
    let offered = newest.plans.keys().map(|plan| PlanRef { plan: plan.clone(), version: *version });
    let mut pricing = offered.filter(prices_it);
    pricing.next().filter(|_| pricing.next().is_none())
}

/// The name of whom no name is known of: it never leaves this file.
fn nobody() -> Result<Key, EngineError> {
    Key::try_from("nobody")
        .map_err(|error| EngineError::Failed(Problem::new("invalid_key", "Not a name").detail(error.to_string())))
}

fn quantities(bucket: &Bucket) -> Result<Vec<UnpaidQuantity>, EngineError> {
    let mut found = Vec::new();
    for (meter, folded) in bucket.quantities.iter().filter(|(_, folded)| !folded.is_empty()) {
        let groups = folded.answer(Seq::ZERO)?.groups;
        found.extend(groups.into_iter().map(|(_, measured)| UnpaidQuantity { meter: meter.clone(), measured }));
    }
    Ok(found)
}

/// None of each thing that a plan counts.
fn no_quantities(plan: &Plan) -> Quantities {
    let counted = plan.all_prices().filter_map(|(_, price)| match &price.source {
        Source::Quantity(name) => Some((name.clone(), Dec::ZERO)),
        Source::Meter(_) | Source::One => None,
    });
    counted.collect()
}

/// Whether a plan has a price with a meter for events of this name.
fn prices_event(catalogs: &Catalogs, plan: &PlanRef, name: &str) -> bool {
    let Some(catalog) = catalogs.get(&plan.version) else { return false };
    let prices = catalog.plans.get(&plan.plan).into_iter().flat_map(catalog::Plan::all_prices);
    let mut meters = prices.filter_map(|(_, price)| catalog.meters.get(price.meter()?));
    meters.any(|meter| meter.event == name)
}

fn is_in(periods: &[Period], at: Instant) -> bool {
    let next = periods.partition_point(|period| period.from() <= at);
    next.checked_sub(1).is_some_and(|last| periods[last].contains(at))
}

/// Whether one price that looks at every event of the name covers all of the time, so that the events need not be read.
fn covers_all(coverage: &Coverage, activity: &Activity) -> bool {
    coverage.iter().filter(|(meter, _)| meter.meter().filter.is_empty()).any(|(_, periods)| {
        let begins = is_in(periods, activity.first_at);
        let ends = is_in(periods, activity.last_at);
        let inside = |pair: &&[Period]| pair[0].to() > activity.first_at && pair[1].from() <= activity.last_at;
        begins && ends && periods.windows(2).filter(inside).all(|pair| pair[0].to() == pair[1].from())
    })
}
