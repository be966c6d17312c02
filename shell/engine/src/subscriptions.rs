//! Subscriptions: commands that append changes to their chains.

use crate::audit::{Deed, Kept};
use crate::{Engine, EngineError};
use calendar::DayOfMonth;
use catalog::Plan;
use contracts::{Change, PlanRef, Quantities, Step, Subscription, When, check_quantities};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::{Key, NonEmpty, Problem};
use store::StoreError;
use store::documents::{self, Cursor, Document, Which};

const KIND: &str = "subscription";

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
    /// From when; from the beginning of today when absent.
    #[serde(default)]
    pub start: Option<When>,
    /// The day of the month from which periods are counted; the day of the start when absent.
    #[serde(default)]
    pub anchor_day: Option<DayOfMonth>,
}

impl NewSubscription {
    /// A subscription from today on, without quantities.
    pub const fn to(customer: Key, plan: Key) -> Self {
        Self { key: None, customer, plan, quantities: Quantities::new(), start: None, anchor_day: None }
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
    /// From when; now when absent. It may lie in the past. Prices that prorate by day charge a day by the terms at its beginning.
    #[serde(default)]
    pub effective: Option<When>,
}

impl Engine {
    /// Starts a subscription to a plan of the newest catalog.
    pub fn subscribe(&self, new: NewSubscription) -> Result<Subscription, EngineError> {
        let _alone = self.command()?;
        let customer = self.customer(new.customer.as_str())?;
        let (plan_ref, plan) = self.offered(&new.plan)?;
        check_quantities(&plan, &new.quantities).map_err(|error| EngineError::invalid(&error))?;
        let now = self.now();
        let first = Change {
            // by default from the beginning of today: a subscription that begins in the middle of a day does not pay for that day
            // under daily proration, which is right when asked for and a surprise when not
            effective_at: new.start.unwrap_or(When::Day(customer.zone.date_of(now))).instant(&customer.zone),
            recorded_at: now,
            step: Step::Start { plan: plan_ref, quantities: new.quantities },
        };
        let key = new.key.unwrap_or(new.customer);
        let subscription = Subscription::start(key, customer.key, customer.zone, new.anchor_day, first)
            .map_err(|error| EngineError::invalid(&error))?;
        self.begin(&subscription)?;
        Ok(subscription)
    }

    /// Changes plan or quantities of a subscription, now, ahead or in the past.
    pub fn change_subscription(&self, key: &str, new: NewChange) -> Result<Subscription, EngineError> {
        let _alone = self.command()?;
        let found = self.find_subscription(key)?;
        let step = match new.plan {
            None if new.quantities.is_empty() => {
                let problem = Problem::new("empty_change", "The change changes nothing")
                    .detail("neither a plan nor a quantity is named")
                    .mend("name a plan, quantities, or both");
                return Err(EngineError::Invalid(NonEmpty::of(problem)));
            }
            None => Step::Set { quantities: new.quantities },
            Some(plan) => {
                let (plan, offered) = self.offered(&plan)?;
                self.same_currency(&found.body, &offered)?;
                Step::Switch { plan, quantities: new.quantities }
            }
        };
        self.append(found, "subscription.change", step, new.effective)
    }

    /// Ends a subscription: nothing is served from then on.
    pub fn end_subscription(&self, key: &str, effective: Option<When>) -> Result<Subscription, EngineError> {
        let _alone = self.command()?;
        let found = self.find_subscription(key)?;
        self.append(found, "subscription.end", Step::End, effective)
    }

    fn append(
        &self,
        found: Document<Subscription>,
        action: &'static str,
        step: Step,
        effective: Option<When>,
    ) -> Result<Subscription, EngineError> {
        let Document { body: mut subscription, version, .. } = found;
        let now = self.now();
        let effective_at = effective.map_or(now, |when| when.instant(&subscription.zone));
        subscription
            .change(Change { effective_at, recorded_at: now, step })
            .map_err(|error| EngineError::invalid(&error))?;
        self.quantities_fit(&subscription)?;
        let changed = document(&subscription, version);
        let deed = Deed { action, kept: Kept::Document, kind: KIND, id: &changed.id };
        self.write(deed, |tx| Ok(documents::update(tx, &self.tenant, KIND, &changed)?))?;
        Ok(subscription)
    }

    /// Whether each stretch of the subscription states just the quantities that its plan counts.
    fn quantities_fit(&self, subscription: &Subscription) -> Result<(), EngineError> {
        let catalogs = self.catalogs();
        for segment in subscription.segments() {
            let Some(plan) =
                catalogs.get(&segment.plan.version).and_then(|catalog| catalog.plans.get(&segment.plan.plan))
            else {
                return Err(EngineError::no_such("plan", segment.plan.plan.as_str(), []));
            };
            check_quantities(plan, &segment.quantities).map_err(|error| EngineError::invalid(&error))?;
        }
        Ok(())
    }

    fn same_currency(&self, subscription: &Subscription, offered: &Plan) -> Result<(), EngineError> {
        let catalogs = self.catalogs();
        for segment in subscription.segments() {
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

    /// A new subscription; `taken` when its key is.
    fn begin(&self, subscription: &Subscription) -> Result<(), EngineError> {
        let document = document(subscription, 1);
        let deed = Deed { action: "subscription.start", kept: Kept::Document, kind: KIND, id: &document.id };
        self.write(deed, |tx| match documents::insert(tx, &self.tenant, KIND, &document) {
            Err(StoreError::Unique(_)) => Err(EngineError::taken("subscription", subscription.key.as_str())),
            done => Ok(done?),
        })
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
        let mut all = Vec::new();
        let mut after = Cursor::start();
        loop {
            let page = self.subscriptions(Which::Customer(customer), &after, PAGE)?;
            let Some(last) = page.last() else { return Ok(all) };
            after = Cursor { sort_at: last.sort_at, id: last.id.clone() };
            all.extend(page.into_iter().map(|document| document.body));
        }
    }
}

const PAGE: u32 = 500;

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
