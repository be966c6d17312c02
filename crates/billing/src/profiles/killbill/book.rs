//! The subscriptions of an account, and what they come to by a day.

use super::life::{Moment, Why, on_day};
use super::offer::{Alignment, Billed as When, Phase, PhaseKind, Plan, is_cycle_day};
use super::propose::{Event, Once, Recurring, propose};
use super::{Item, KillBillError, Profile, Subscription};
use alloc::{collections::BTreeMap, string::String, vec::Vec};
use calendar::profiles::killbill::BillingMode;
use calendar::{Date, DayOfMonth, Step};
use money::{Currency, Dec};
use rating::profiles::killbill::Record;

/// What was agreed with an account and what it used.
#[derive(Debug, Clone)]
pub struct Book {
    /// The options of the system.
    pub profile: Profile,
    /// The currency of the account.
    pub currency: Currency,
    /// The catalog: plans by name. A later version of a plan is another plan.
    pub plans: BTreeMap<String, Plan>,
    /// The account's cycle day. When it is not known, the first run that bills a subscription by it sets it, to the first day that the
    /// subscription pays for.
    pub cycle_day: Option<DayOfMonth>,
    pub(super) subscriptions: Vec<Subscription>,
    pub(super) usage: Vec<(String, Record)>,
}

impl Book {
    /// An account without subscriptions.
    pub fn new(
        profile: Profile,
        currency: Currency,
        plans: BTreeMap<String, Plan>,
        cycle_day: Option<DayOfMonth>,
    ) -> Self {
        Self { profile, currency, plans, cycle_day, subscriptions: Vec::new(), usage: Vec::new() }
    }

    /// Its subscriptions, in the order in which they were made.
    pub fn subscriptions(&self) -> &[Subscription] {
        &self.subscriptions
    }

    pub(super) fn plan(&self, name: &str) -> Result<&Plan, KillBillError> {
        self.plans.get(name).ok_or_else(|| KillBillError::unknown("plan", name))
    }

    /// A subscription by its name.
    ///
    /// # Errors
    /// There is none.
    pub fn subscription(&self, name: &str) -> Result<&Subscription, KillBillError> {
        let found = self.subscriptions.iter().find(|subscription| subscription.name == name);
        found.ok_or_else(|| KillBillError::unknown("subscription", name))
    }

    pub(super) fn subscription_mut(&mut self, name: &str) -> Result<&mut Subscription, KillBillError> {
        let found = self.subscriptions.iter_mut().find(|subscription| subscription.name == name);
        found.ok_or_else(|| KillBillError::unknown("subscription", name))
    }

    /// Whose day begins the cycles of a subscription, on a plan or on its last one.
    pub(super) fn alignment(&self, of: &Subscription, plan: Option<&str>) -> Result<Alignment, KillBillError> {
        let plan = plan.or(of.stays.last().map(|stay| stay.plan.as_str())).unwrap_or_default();
        match of.alignment {
            Some(alignment) => Ok(alignment),
            None => Ok(self.plan(plan)?.alignment),
        }
    }

    /// The day of the month on which the cycles of a subscription begin, from a day on.
    ///
    /// # Errors
    /// A plan or the base of the bundle is not known.
    pub fn cycle_day_of(&self, of: &Subscription, day: Date, plan: Option<&str>) -> Result<DayOfMonth, KillBillError> {
        if let Some(own) = on_day(&of.cycle_days, day) {
            return Ok(own);
        }
        let first_paid = |of: &Subscription| of.first_paid_day(self).map(DayOfMonth::from);
        match self.alignment(of, plan)? {
            Alignment::Subscription => first_paid(of),
            Alignment::Bundle => {
                let base = self.subscription(&of.bundle)?;
                on_day(&base.cycle_days, day).map_or_else(|| first_paid(base), Ok)
            }
            Alignment::Account => self.cycle_day.map_or_else(|| first_paid(of), Ok),
        }
    }

    /// The account's cycle day, or the one that a run for `target` sets.
    pub(super) fn account_day(&self, target: Date) -> Result<Option<DayOfMonth>, KillBillError> {
        if self.cycle_day.is_some() {
            return Ok(self.cycle_day);
        }
        for of in &self.subscriptions {
            for moment in of.moments(self)?.iter().filter(|moment| moment.on <= target) {
                let priced = moment.phase.is_some_and(|phase| phase.recurring.is_some() || !phase.usage.is_empty());
                let own = on_day(&of.cycle_days, moment.on).is_some();
                if priced && !own && self.alignment(of, Some(moment.plan))? == Alignment::Account {
                    return Ok(Some(of.first_paid_day(self)?.into()));
                }
            }
        }
        Ok(None)
    }

    /// Every one-off and recurring item that should have been billed by `target`.
    pub(super) fn proposed(&self, target: Date) -> Result<Vec<Item>, KillBillError> {
        let mut events = Vec::new();
        for subscription in &self.subscriptions {
            for moment in subscription.moments(self)? {
                events.push(self.event(subscription, moment)?);
            }
        }
        propose(&events, target, &self.profile, self.currency)
    }

    fn event(&self, of: &Subscription, moment: Moment<'_>) -> Result<Event, KillBillError> {
        let quantity = Dec::from(on_day(&of.quantities, moment.on).unwrap_or(1));
        let once = match (moment.why, moment.phase.and_then(|phase| phase.fixed)) {
            (Why::Phase, Some(price)) => {
                Once::Charged { amount: price.times(quantity)?, until: self.end_of_once(of, moment)? }
            }
            (Why::Phase | Why::Cancelled, _) => Once::Nothing,
            (Why::Version | Why::Cut | Why::Paused | Why::Resumed, _) => Once::AsBefore,
        };
        let mut recurring = None;
        if let Some((every, price)) = moment.phase.and_then(|phase| phase.recurring) {
            let mode = match self.plan(moment.plan)?.billed {
                When::InAdvance => BillingMode::InAdvance,
                When::InArrear => self.profile.arrears.mode(),
            };
            let cycle_day = self.cycle_day_of(of, moment.on, Some(moment.plan))?;
            recurring = Some(Recurring { rate: price.times(quantity)?, every, mode, cycle_day });
        }
        Ok(Event {
            subscription: of.name.clone(),
            on: moment.on,
            plan: moment.plan.into(),
            phase: moment.phase.map_or("", |phase| phase.kind.name()).into(),
            once,
            recurring,
        })
    }

    /// The end of a phase that has a one-off price only, and ends.
    fn end_of_once(&self, of: &Subscription, moment: Moment<'_>) -> Result<Option<Date>, KillBillError> {
        let (Some(phase), Some(stay)) = (moment.phase, of.stay_on(moment.on)) else { return Ok(None) };
        let Phase { kind, recurring, lasts, .. } = phase;
        if *kind == PhaseKind::Evergreen || recurring.is_some() || lasts.is_none() {
            return Ok(None);
        }
        let phases = self.plan(moment.plan)?.phases_from(stay.phases_from)?;
        Ok(phases.iter().map(|(from, _)| *from).find(|from| *from > moment.on))
    }

    /// Whether the life of a subscription asks for a run on this day: a plan, a phase or its end, or the end of a cycle that is billed
    /// afterwards.
    pub(super) fn asks_for_run(&self, day: Date) -> Result<bool, KillBillError> {
        for of in &self.subscriptions {
            if of.phases(self)?.iter().any(|moment| moment.on == day && moment.why != Why::Version)
                || self.ends_a_cycle(of, day)?
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn ends_a_cycle(&self, of: &Subscription, day: Date) -> Result<bool, KillBillError> {
        let Some(stay) = of.stay_on(day).filter(|_| of.start <= day) else { return Ok(false) };
        if !self.plan(&stay.plan)?.bills_afterwards() {
            return Ok(false);
        }
        let moments = of.moments(self)?;
        let current = moments.iter().rfind(|moment| moment.on <= day);
        let every = |phase: &Phase| phase.recurring.map(|(every, _)| every.step());
        if let Some(Moment { on, phase: Some(phase), .. }) = current
            && let Some(Step::Days(days)) = every(phase)
            && on.days_until(day) % days == 0
        {
            return Ok(true);
        }
        Ok(is_cycle_day(day, self.cycle_day_of(of, day, None)?))
    }
}
