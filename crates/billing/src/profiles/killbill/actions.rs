//! What may happen to the subscriptions of an account.

use super::life::{Runs, Stay, Why};
use super::offer::{Category, Plan};
use super::{Account, Alignment, Invoicing, KillBillError, Subscription};
use alloc::{format, string::String, vec, vec::Vec};
use calendar::{Date, DayOfMonth};

/// A new subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Join {
    /// Its name, new to the account.
    pub name: String,
    /// Its plan.
    pub plan: String,
    /// From when it is billed.
    pub from: Date,
    /// The base that it goes with. Left out: an add-on goes with the first bundle of the account, anything else is a bundle of its own.
    pub bundle: Option<String>,
    /// From when its phases count. Left out: those of an add-on from the start of its bundle, others from its own.
    pub phases_from: Option<Date>,
    /// How many.
    pub quantity: u32,
    /// Its own cycle day.
    pub cycle_day: Option<DayOfMonth>,
    /// Whose cycle day counts, whatever its plan says.
    pub alignment: Option<Alignment>,
}

/// Whose an action is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose<'a> {
    /// Of one subscription.
    Of(&'a str),
    /// Of every subscription of the account.
    All,
}

impl Account {
    /// Adds a subscription. A run is not part of it; see [`took_effect`](Self::took_effect).
    ///
    /// # Errors
    /// The name is taken, or the plan or the bundle is not there.
    pub fn subscribe(&mut self, join: Join) -> Result<(), KillBillError> {
        let Join { name, plan, from, bundle, phases_from, quantity, cycle_day, alignment } = join;
        if self.book.subscription(&name).is_ok() {
            return Err(KillBillError::NotPossible { what: format!("there is a subscription `{name}` already") });
        }
        let is_add_on = self.book.plan(&plan)?.category == Category::AddOn;
        let first = || self.book.subscriptions.iter().find(|one| one.bundle == one.name).map(|one| one.name.clone());
        let bundle = match bundle {
            Some(bundle) => bundle,
            None if is_add_on => first().ok_or_else(|| KillBillError::unknown("base for the add-on", &*name))?,
            None => name.clone(),
        };
        let of_bundle = if is_add_on { Some(self.book.subscription(&bundle)?.start) } else { None };
        let phases_from = phases_from.or(of_bundle).unwrap_or(from);
        let subscription = Subscription {
            name,
            bundle,
            start: from,
            stays: vec![Stay { from, plan, phases_from, why: Why::Phase }],
            cancelled: None,
            switches: Vec::new(),
            cycle_days: cycle_day.into_iter().map(|day| (from, day)).collect(),
            quantities: vec![(from, quantity)],
            alignment,
        };
        self.book.subscriptions.push(subscription);
        Ok(())
    }

    /// Puts a subscription on another plan from a day on, instead of all that was planned from then on. Its phases count from
    /// `phases_from`, or else from where those of its bundle do.
    ///
    /// # Errors
    /// The subscription or the plan is not there.
    pub fn change(
        &mut self,
        name: &str,
        plan: &str,
        from: Date,
        phases_from: Option<Date>,
    ) -> Result<(), KillBillError> {
        self.book.plan(plan)?;
        let own = self.book.subscription(name)?;
        let base = self.book.subscription(&own.bundle).ok().and_then(|base| base.stays.first());
        let phases_from = phases_from.or(base.map(|stay| stay.phases_from)).unwrap_or(own.start);
        let stay = Stay { from, plan: plan.into(), phases_from, why: Why::Phase };
        self.book.subscription_mut(name)?.switch(stay);
        Ok(())
    }

    /// Puts a subscription on a later version of its plan from a day on. Nobody asked for it: what was charged once is not charged
    /// again, and there is a run for it only when a recurring price changes, since days may have been billed at the old one.
    ///
    /// # Errors
    /// The subscription or the version is not there, or the run fails.
    pub fn adopt_version(&mut self, name: &str, plan: &str, from: Date) -> Result<(), KillBillError> {
        self.book.plan(plan)?;
        let own = self.book.subscription(name)?;
        let phases_from = own.stay_on(from).map_or(own.start, |stay| stay.phases_from);
        let stay = Stay { from, plan: plan.into(), phases_from, why: Why::Version };
        let prices = |plan: Option<&Plan>| -> Vec<_> {
            plan.into_iter().flat_map(|plan| &plan.phases).map(|phase| phase.recurring).collect()
        };
        let before = own.stay_on(from).map(|stay| self.book.plan(&stay.plan)).transpose()?;
        let changes = prices(before) != prices(Some(self.book.plan(plan)?));
        self.book.subscription_mut(name)?.switch(stay);
        if changes { self.took_effect(from) } else { Ok(()) }
    }

    /// Ends a subscription, and with a base its add-ons that do not end before.
    ///
    /// # Errors
    /// The subscription is not there.
    pub fn cancel(&mut self, name: &str, from: Date) -> Result<(), KillBillError> {
        let own = self.book.subscription(name)?;
        let plan = own.stays.last().map(|stay| stay.plan.as_str()).unwrap_or_default();
        let is_base = own.bundle == own.name && self.book.plan(plan)?.category != Category::Standalone;
        for one in &mut self.book.subscriptions {
            let goes_with = is_base && one.bundle == name && one.cancelled.is_none_or(|end| end > from);
            if one.name == name || goes_with {
                one.cancelled = Some(from);
            }
        }
        Ok(())
    }

    /// Takes back the end of a subscription.
    ///
    /// # Errors
    /// The subscription is not there.
    pub fn uncancel(&mut self, name: &str) -> Result<(), KillBillError> {
        self.book.subscription_mut(name)?.cancelled = None;
        Ok(())
    }

    /// Bills nothing from a day on.
    ///
    /// # Errors
    /// The subscription is not there.
    pub fn pause(&mut self, whose: Whose<'_>, from: Date) -> Result<(), KillBillError> {
        for one in self.those(whose)? {
            one.switches.push((from, Runs::No));
        }
        Ok(())
    }

    /// Bills again from a day on. A pause that begins later stays.
    ///
    /// # Errors
    /// The subscription is not there or was never paused.
    pub fn resume(&mut self, whose: Whose<'_>, from: Date) -> Result<(), KillBillError> {
        if let Whose::Of(name) = whose
            && self.book.subscription(name)?.switches.is_empty()
        {
            return Err(KillBillError::NotPossible { what: format!("`{name}` is not paused") });
        }
        for one in self.those(whose)?.into_iter().filter(|one| !one.switches.is_empty()) {
            one.switches.push((from, Runs::Yes));
        }
        Ok(())
    }

    fn those(&mut self, whose: Whose<'_>) -> Result<Vec<&mut Subscription>, KillBillError> {
        match whose {
            Whose::Of(name) => Ok(vec![self.book.subscription_mut(name)?]),
            Whose::All => Ok(self.book.subscriptions.iter_mut().collect()),
        }
    }

    /// Gives a subscription a cycle day of its own from a day on.
    ///
    /// # Errors
    /// The subscription is not there.
    pub fn set_cycle_day(&mut self, name: &str, day: DayOfMonth, from: Date) -> Result<(), KillBillError> {
        self.book.subscription_mut(name)?.cycle_days.push((from, day));
        Ok(())
    }

    /// Changes the number of subscribed units from a day on.
    ///
    /// # Errors
    /// The subscription is not there.
    pub fn set_quantity(&mut self, name: &str, quantity: u32, from: Date) -> Result<(), KillBillError> {
        self.book.subscription_mut(name)?.quantities.push((from, quantity));
        Ok(())
    }

    /// Tells that an action takes effect on a day: there is a run now, or on that day when it lies ahead.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub fn took_effect(&mut self, on: Date) -> Result<(), KillBillError> {
        if on > self.today {
            self.wanted.insert(on);
            return Ok(());
        }
        if self.book.subscriptions.is_empty() || self.invoicing == Invoicing::Off {
            return Ok(());
        }
        self.run(self.today)
    }
}
