//! Subscriptions: commands that append changes to their chains.

use crate::audit::{Deed, Kept};
use crate::{Engine, EngineError};
use billing::{CountedTwice, UngroupedMeter, counted_twice, standing, ungrouped_meter};
use calendar::Instant;
use catalog::{Plan, Price};
use contracts::{
    Anchor, Change, Credit, Effective, Phases, PlanRef, Prices, Quantities, Segment, Step, Subscription, Term,
    UsageScope, When, check_prices, check_quantities,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use stdx::{Key, NonEmpty, Problem};
use store::documents::{self, Cursor, Document, Which};
use store::{StoreError, Tx, due};

pub(crate) const KIND: &str = "subscription";

/// What is asked for when a customer subscribes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSubscription {
    /// Its key; the customer's key when absent.
    #[serde(default)]
    pub key: Option<Key>,
    /// Who subscribes.
    pub customer: Key,
    /// To which plan, as it is offered now.
    pub plan: Key,
    /// How many of each thing that the plan counts.
    #[serde(default)]
    pub quantities: Quantities,
    /// Prices that were agreed instead of the plan's, by its names for them.
    #[serde(default)]
    pub prices: Prices,
    /// From when; from the beginning of today when absent.
    #[serde(default)]
    pub start: Option<When>,
    /// Where cycles begin: a day of the month such as 15, or a day such as 2026-04-15. When absent: the customer's billing day, the
    /// cycles of the subscription that it goes with, or the first day with prices.
    #[serde(default)]
    pub anchor: Option<Anchor>,
    /// From when the phases of the plan count; from the start when absent.
    #[serde(default)]
    pub phases_from: Option<When>,
    /// How long it is agreed for; until it is ended when absent.
    #[serde(default)]
    pub term: Option<Term>,
    /// The subscription of the same customer that it is an add-on to: it is served only while that one is.
    #[serde(default)]
    pub goes_with: Option<Key>,
    /// Which usage of the customer it bills: `all` of it; `{ only: { project: atlas } }`, by the dimensions of its meters; or `shared`, where
    /// another subscription bills the same usage and it is to be billed twice.
    #[serde(default)]
    pub usage: UsageScope,
}

impl NewSubscription {
    /// A subscription from today on, without quantities.
    pub const fn to(customer: Key, plan: Key) -> Self {
        Self {
            key: None,
            customer,
            plan,
            quantities: Quantities::new(),
            prices: Prices::new(),
            start: None,
            anchor: None,
            phases_from: None,
            term: None,
            goes_with: None,
            usage: UsageScope::All,
        }
    }
}

/// A change of a subscription that is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewChange {
    /// Another plan, as it is offered now.
    #[serde(default)]
    pub plan: Option<Key>,
    /// Other quantities.
    #[serde(default)]
    pub quantities: Quantities,
    /// Prices that were agreed instead of the plan's; `null` takes the plan's own again.
    #[serde(default)]
    pub prices: BTreeMap<Key, Option<Price>>,
    /// From when the phases of another plan count.
    #[serde(default)]
    pub phases: Phases,
    /// What becomes of what was charged ahead for the plan before.
    #[serde(default)]
    pub credit: Credit,
    /// From when; now when absent. It may lie in the past. Prices that prorate by day charge a day by the terms at its beginning.
    #[serde(default)]
    pub effective: Effective,
}

/// To whom a subscription goes over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTransfer {
    /// The customer who has it from then on.
    pub customer: Key,
    /// The key of the new subscription; the customer's key when absent.
    #[serde(default)]
    pub key: Option<Key>,
    /// From when; now when absent.
    #[serde(default)]
    pub effective: Effective,
}

impl Engine {
    /// Starts a subscription to a plan of the newest catalog.
    pub fn subscribe(&self, new: NewSubscription) -> Result<Subscription, EngineError> {
        let _alone = self.command()?;
        let customer = self.customer(new.customer.as_str())?;
        let (plan_ref, plan) = self.offered(&new.plan)?;
        check_quantities(&plan, &new.quantities).map_err(|error| EngineError::invalid(&error))?;
        self.prices_fit(&plan_ref, &new.prices)?;
        let now = self.now();
        // by default from the beginning of today: a subscription that begins in the middle of a day does not pay for that day under
        // daily proration, which is right when asked for and a surprise when not
        let effective_at = new.start.unwrap_or(When::Day(customer.zone.date_of(now))).instant(&customer.zone);
        let base = new.goes_with.as_ref().map(|base| self.base(&customer.key, base)).transpose()?;
        let anchor = match (new.anchor, customer.billing_day, &base) {
            (Some(anchor), _, _) => Some(anchor),
            (None, Some(day), None) => Some(Anchor::Day(day)),
            (None, _, Some(base)) => self.cycles_of(base, effective_at)?,
            (None, None, None) => None,
        };
        let first = Change {
            effective_at,
            recorded_at: now,
            step: Step::Start {
                plan: plan_ref,
                quantities: new.quantities,
                prices: new.prices,
                phases_from: new.phases_from.map(|when| when.instant(&customer.zone)),
                term: new.term,
            },
        };
        let key = new.key.unwrap_or(new.customer);
        let mut subscription = Subscription::start(key, customer.key, customer.zone, anchor, first)
            .map_err(|error| EngineError::invalid(&error))?;
        subscription.goes_with = new.goes_with;
        subscription.usage = new.usage;
        self.counts_once(&subscription)?;
        let document = document(&subscription, 1);
        let deed = Deed { action: "subscription.start", kept: Kept::Document, kind: KIND, id: &document.id };
        self.write_new(deed, Some(&subscription.customer), &subscription, |tx| {
            inserted(documents::insert(tx, &self.tenant, KIND, &document), &subscription)
        })?;
        Ok(subscription)
    }

    /// The subscription that an add-on goes with.
    fn base(&self, customer: &Key, base: &Key) -> Result<Subscription, EngineError> {
        let found = self.subscription(base.as_str())?;
        if found.customer != *customer || found.goes_with.is_some() {
            let problem = Problem::new("not_a_base", "An add-on goes with a subscription of its customer")
                .detail(format!("`{base}` is a subscription of `{}`, or an add-on itself", found.customer))
                .at("/goes_with")
                .mend("name a subscription of the same customer that is no add-on");
            return Err(EngineError::Invalid(NonEmpty::of(problem)));
        }
        Ok(found)
    }

    /// Where the cycles of a subscription begin at an instant.
    fn cycles_of(&self, subscription: &Subscription, at: Instant) -> Result<Option<Anchor>, EngineError> {
        let segments = subscription.segments().map_err(|error| EngineError::invalid(&error))?;
        let within = |segment: &&Segment| segment.from <= at && segment.to.is_none_or(|to| at < to);
        if let Some(anchor) = segments.iter().find(within).and_then(|segment| segment.anchor) {
            return Ok(Some(anchor));
        }
        let counted_from = standing(subscription, &self.catalogs(), at)?.and_then(|standing| standing.counted_from);
        let from = counted_from.unwrap_or_else(|| subscription.started_at());
        Ok(Some(Anchor::Date(subscription.zone.date_of(from))))
    }

    /// Changes plan, quantities or prices of a subscription, now, ahead or in the past.
    pub fn change_subscription(&self, key: &str, new: NewChange) -> Result<Subscription, EngineError> {
        let _alone = self.command()?;
        let found = self.find_subscription(key)?;
        let NewChange { plan, quantities, prices, phases, credit, effective } = new;
        let step = match plan {
            None if quantities.is_empty() && prices.is_empty() => {
                let problem = Problem::new("empty_change", "The change changes nothing")
                    .detail("neither a plan nor a quantity nor a price is named")
                    .mend("name a plan, quantities, prices, or several of them");
                return Err(EngineError::Invalid(NonEmpty::of(problem)));
            }
            None => Step::Set { quantities, prices },
            Some(plan) => {
                let (plan, offered) = self.offered(&plan)?;
                self.same_currency(&found.body, &offered)?;
                let prices = prices.into_iter().filter_map(|(key, price)| Some((key, price?))).collect();
                Step::Switch { plan, quantities, prices, phases, credit }
            }
        };
        self.append(found, "subscription.change", step, effective)
    }

    /// Ends a subscription: nothing is served from then on.
    pub fn end_subscription(
        &self,
        key: &str,
        effective: Effective,
        credit: Credit,
    ) -> Result<Subscription, EngineError> {
        self.take_step(key, "subscription.end", Step::End { credit }, effective)
    }

    /// Nothing is served until the subscription is resumed.
    pub fn pause_subscription(
        &self,
        key: &str,
        effective: Effective,
        credit: Credit,
    ) -> Result<Subscription, EngineError> {
        self.take_step(key, "subscription.pause", Step::Pause { credit }, effective)
    }

    /// A paused subscription is served again.
    pub fn resume_subscription(&self, key: &str, effective: Effective) -> Result<Subscription, EngineError> {
        self.take_step(key, "subscription.resume", Step::Resume {}, effective)
    }

    /// A subscription that had ended is served again, in cycles counted anew.
    pub fn reactivate_subscription(&self, key: &str, effective: Effective) -> Result<Subscription, EngineError> {
        self.take_step(key, "subscription.reactivate", Step::Reactivate {}, effective)
    }

    /// Another term follows the one that is under way.
    pub fn renew_subscription(&self, key: &str, term: Term) -> Result<Subscription, EngineError> {
        self.take_step(key, "subscription.renew", Step::Renew { term }, Effective::Now)
    }

    /// Cycles are counted anew.
    pub fn count_subscription(
        &self,
        key: &str,
        from: Anchor,
        effective: Effective,
    ) -> Result<Subscription, EngineError> {
        self.take_step(key, "subscription.count", Step::Count { from }, effective)
    }

    /// Takes back a change, by its place in the chain: an end that lies ahead, a pause by mistake.
    pub fn withdraw_change(&self, key: &str, change: usize) -> Result<Subscription, EngineError> {
        self.take_step(key, "subscription.withdraw", Step::Withdraw { change }, Effective::Now)
    }

    fn take_step(
        &self,
        key: &str,
        action: &'static str,
        step: Step,
        effective: Effective,
    ) -> Result<Subscription, EngineError> {
        let _alone = self.command()?;
        let found = self.find_subscription(key)?;
        self.append(found, action, step, effective)
    }

    /// A subscription goes over to another customer, who has it on the same terms and in the same cycles: it ends here, and what was
    /// charged ahead is given back. Its add-ons go with it.
    ///
    /// Returns the subscription of the new customer.
    pub fn transfer_subscription(&self, key: &str, new: NewTransfer) -> Result<Subscription, EngineError> {
        let _alone = self.command()?;
        let found = self.find_subscription(key)?;
        let to = self.customer(new.customer.as_str())?;
        let (at, now) = (self.moment(&found.body, new.effective)?, self.now());
        let of_whom = found.body.customer.clone();
        let over = Over { to: to.key.clone(), at, now };
        let base = self.gone_over(&found.body, &over, new.key.unwrap_or(to.key), None)?;
        let mut begun = vec![base.clone()];
        for addon in self.subscriptions_of(of_whom.as_str())? {
            let is_served = addon.ends_at().is_none_or(|end| at < end);
            if addon.goes_with.as_ref() == Some(&found.body.key) && is_served {
                let name = format!("{}.{}", base.key, addon.key);
                let name = Key::try_from(name.as_str()).map_err(|error| {
                    let problem = Problem::new("invalid_key", "Not a name").detail(error.to_string()).at("/key");
                    EngineError::Invalid(NonEmpty::of(problem.mend("choose a shorter key")))
                })?;
                begun.push(self.gone_over(&addon, &over, name, Some(&base.key))?);
            }
        }
        let Document { body: mut ended, version, .. } = found;
        ended
            .change(Change { effective_at: at, recorded_at: now, step: Step::end() })
            .map_err(|error| EngineError::invalid(&error))?;
        let ended = document(&ended, version);
        let deed = Deed { action: "subscription.transfer", kept: Kept::Document, kind: KIND, id: &ended.id };
        self.write(deed, |tx| {
            documents::update(tx, &self.tenant, KIND, &ended)?;
            for one in &begun {
                inserted(documents::insert(tx, &self.tenant, KIND, &document(one, 1)), one)?;
                due::touch(tx, &self.tenant, one.customer.as_str())?;
            }
            Ok(())
        })?;
        Ok(base)
    }

    /// The same terms for another customer.
    fn gone_over(
        &self,
        old: &Subscription,
        over: &Over,
        key: Key,
        goes_with: Option<&Key>,
    ) -> Result<Subscription, EngineError> {
        let segments = old.segments().map_err(|error| EngineError::invalid(&error))?;
        let held = segments.into_iter().find(|one| one.from <= over.at && one.to.is_none_or(|to| over.at < to));
        let Some(terms) = held else {
            let problem = Problem::new("not_served", "The subscription is not served then")
                .detail(format!("`{}` is not served at {}", old.key, over.at))
                .at("/effective")
                .mend("give a date at which it is served: after its start, before its end, outside of pauses");
            return Err(EngineError::Invalid(NonEmpty::of(problem)));
        };
        let first = Change {
            effective_at: over.at,
            recorded_at: over.now,
            step: Step::Start {
                plan: terms.plan,
                quantities: terms.quantities,
                prices: terms.prices,
                phases_from: Some(terms.phases_from),
                term: None,
            },
        };
        let anchor = self.cycles_of(old, over.at)?;
        let mut begun = Subscription::start(key, over.to.clone(), old.zone.clone(), anchor, first)
            .map_err(|error| EngineError::invalid(&error))?;
        begun.goes_with = goes_with.cloned();
        begun.usage = old.usage.clone();
        self.counts_once(&begun)?;
        Ok(begun)
    }

    /// The instant that is meant.
    fn moment(&self, subscription: &Subscription, effective: Effective) -> Result<Instant, EngineError> {
        let now = self.now();
        let at = now.max(subscription.started_at());
        let (found, problem) = match effective {
            Effective::Now => return Ok(now),
            Effective::At(when) => return Ok(when.instant(&subscription.zone)),
            Effective::EndOfPeriod => {
                let standing = standing(subscription, &self.catalogs(), at)?;
                let end = standing.and_then(|standing| standing.period_end);
                (end, Problem::new("no_period", "There is no period that could end"))
            }
            Effective::EndOfTerm => {
                let end = subscription.term_end(at).map_err(|error| EngineError::invalid(&error))?;
                (end, Problem::new("no_term", "There is no term"))
            }
        };
        found.ok_or_else(|| {
            let problem = problem
                .detail(format!("`{}` has no {effective} at {at}", subscription.key))
                .at("/effective")
                .mend("give a day, such as 2026-05-01");
            EngineError::Invalid(NonEmpty::of(problem))
        })
    }

    fn append(
        &self,
        found: Document<Subscription>,
        action: &'static str,
        step: Step,
        effective: Effective,
    ) -> Result<Subscription, EngineError> {
        let Document { body: mut subscription, version, .. } = found;
        let counted_once = self.counts_once(&subscription).is_ok();
        let effective_at = self.moment(&subscription, effective)?;
        subscription
            .change(Change { effective_at, recorded_at: self.now(), step })
            .map_err(|error| EngineError::invalid(&error))?;
        self.terms_fit(&subscription)?;
        // what was so before can be ended, but not begun
        if counted_once {
            self.counts_once(&subscription)?;
        }
        let changed = document(&subscription, version);
        let deed = Deed { action, kept: Kept::Document, kind: KIND, id: &changed.id };
        self.write(deed, |tx| Ok(documents::update(tx, &self.tenant, KIND, &changed)?))?;
        Ok(subscription)
    }

    /// Whether nothing that it bills is billed by another subscription of the customer, unless that was said.
    fn counts_once(&self, subscription: &Subscription) -> Result<(), EngineError> {
        let catalogs = self.catalogs();
        if let Some(UngroupedMeter { meter, dimension }) = ungrouped_meter(subscription, &catalogs)? {
            let problem = Problem::new("unknown_dimension", "The meter has no such dimension")
                .detail(format!("the meter `{meter}` is not grouped by `{dimension}`"))
                .at("/usage/only")
                .mend(
                    "name dimensions by which each meter of the plan is grouped, or add it to `group_by` of the meter",
                );
            return Err(EngineError::Invalid(NonEmpty::of(problem)));
        }
        let others = self.subscriptions_of(subscription.customer.as_str())?;
        let Some(CountedTwice { other, meter, from }) = counted_twice(subscription, &others, &catalogs)? else {
            return Ok(());
        };
        let problem = Problem::new("usage_counted_twice", "Two subscriptions would bill the same usage")
            .detail(format!("from {from} on `{}` and `{other}` both bill what the meter `{meter}` counts", subscription.key))
            .at("/usage")
            .mend(
                "let each bill its own part (`usage: { only: { project: … } }`, by a dimension of the meter), end one before the other, \
                 or say that it is to be billed twice (`usage: shared`)",
            );
        Err(EngineError::Invalid(NonEmpty::of(problem)))
    }

    /// Whether each stretch of the subscription states just the quantities that its plan counts, and agrees on prices that it has.
    fn terms_fit(&self, subscription: &Subscription) -> Result<(), EngineError> {
        let catalogs = self.catalogs();
        for segment in subscription.segments().map_err(|error| EngineError::invalid(&error))? {
            let Some(plan) =
                catalogs.get(&segment.plan.version).and_then(|catalog| catalog.plans.get(&segment.plan.plan))
            else {
                return Err(EngineError::no_such("plan", segment.plan.plan.as_str(), []));
            };
            check_quantities(plan, &segment.quantities).map_err(|error| EngineError::invalid(&error))?;
            self.prices_fit(&segment.plan, &segment.prices)?;
        }
        Ok(())
    }

    fn prices_fit(&self, plan: &PlanRef, prices: &Prices) -> Result<(), EngineError> {
        match self.catalogs().get(&plan.version) {
            Some(catalog) => check_prices(catalog, &plan.plan, prices).map_err(EngineError::Invalid),
            None => Err(EngineError::no_such("plan", plan.plan.as_str(), [])),
        }
    }

    fn same_currency(&self, subscription: &Subscription, offered: &Plan) -> Result<(), EngineError> {
        let catalogs = self.catalogs();
        for segment in subscription.segments().map_err(|error| EngineError::invalid(&error))? {
            let known = catalogs.get(&segment.plan.version).and_then(|catalog| catalog.plans.get(&segment.plan.plan));
            if let Some(known) = known.filter(|known| known.currency != offered.currency) {
                let problem = Problem::new("currency_change", "A subscription keeps its currency")
                    .detail(format!(
                        "subscription `{}` is in {}, the plan in {}",
                        subscription.key, known.currency, offered.currency
                    ))
                    .at("/plan")
                    .mend("end the subscription and start another one in the new currency");
                return Err(EngineError::Invalid(NonEmpty::of(problem)));
            }
        }
        Ok(())
    }

    /// A plan as it is offered now.
    pub(crate) fn offered(&self, plan: &Key) -> Result<(PlanRef, Plan), EngineError> {
        let (version, catalog) = self.newest_catalog()?;
        match catalog.plans.get(plan) {
            Some(found) => Ok((PlanRef { plan: plan.clone(), version }, found.clone())),
            None => Err(EngineError::no_such("plan", plan.as_str(), catalog.plans.keys().map(Key::as_str))),
        }
    }

    fn find_subscription(&self, key: &str) -> Result<Document<Subscription>, EngineError> {
        if let Some(found) = self.store.read(|tx| documents::find::<Subscription>(tx, &self.tenant, KIND, key))? {
            return Ok(found);
        }
        let some = self.subscriptions(Which::All, &Cursor::start(), 1_000)?;
        Err(EngineError::no_such("subscription", key, some.iter().map(|one| one.id.as_str())))
    }

    /// A subscription by key.
    pub fn subscription(&self, key: &str) -> Result<Subscription, EngineError> {
        Ok(self.find_subscription(key)?.body)
    }

    /// At most `limit` subscriptions after a place, the latest started first.
    pub fn subscriptions(
        &self,
        which: Which<'_>,
        after: &Cursor,
        limit: u32,
    ) -> Result<Vec<Document<Subscription>>, EngineError> {
        Ok(self.store.read(|tx| documents::page(tx, &self.tenant, KIND, which, after, limit))?)
    }

    /// Every subscription of a customer.
    pub fn subscriptions_of(&self, customer: &str) -> Result<Vec<Subscription>, EngineError> {
        self.store.read(|tx| self.subscriptions_in(tx, customer))
    }

    /// The same in a transaction.
    pub(crate) fn subscriptions_in(&self, tx: &mut Tx<'_>, customer: &str) -> Result<Vec<Subscription>, EngineError> {
        let mut all = Vec::new();
        let mut after = Cursor::start();
        loop {
            let page = documents::page(tx, &self.tenant, KIND, Which::Customer(customer), &after, PAGE)?;
            if page.len() < PAGE as usize {
                all.extend(page.into_iter().map(|document: Document<Subscription>| document.body));
                return Ok(all);
            }
            let Some(last) = page.last() else { return Ok(all) };
            after = Cursor { sort_at: last.sort_at, id: last.id.clone() };
            all.extend(page.into_iter().map(|document| document.body));
        }
    }
}

/// To whom subscriptions go over, and when.
struct Over {
    to: Key,
    at: Instant,
    now: Instant,
}

const PAGE: u32 = 500;

/// `taken` when the key is.
fn inserted(done: Result<(), StoreError>, subscription: &Subscription) -> Result<(), EngineError> {
    match done {
        Err(StoreError::Unique(_)) => Err(EngineError::taken("subscription", subscription.key.as_str())),
        done => Ok(done?),
    }
}

fn document(subscription: &Subscription, version: i64) -> Document<&Subscription> {
    Document {
        id: subscription.key.to_string(),
        customer: Some(subscription.customer.to_string()),
        status: if subscription.ends_at().is_some() { "ending" } else { "open" }.into(),
        sort_at: subscription.started_at().micros(),
        version,
        body: subscription,
    }
}
