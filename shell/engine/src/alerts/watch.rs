//! Looking: at those whose usage changed since the last look, and now and then at everybody.

use super::alert::Alert;
use super::crossing::{AT_ONCE, Crossing};
use super::reading::{Remembered, Subject};
use crate::{Engine, EngineError};
use calendar::Instant;
use contracts::Customer;
use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, MutexGuard};
use std::time::{Duration, Instant as Moment};
use stdx::Key;

/// So many customers are looked at before it is seen again whose usage changed.
const PAGE: u32 = 100;
/// Whose usage changed is noted by name up to so many; beyond that everybody is looked at.
const MOST_TOUCHED: usize = 10_000;
/// How many crossings are known as told without asking.
const MOST_TOLD: usize = 200_000;
/// What was reached waits so long for more to be told with.
const WAITS: Duration = Duration::from_millis(100);
/// Alerts that another process added are known after so long.
const FRESH: Duration = Duration::from_secs(2);

/// Whose usage changed since it was last asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Touched {
    /// These subjects', by events at these times or later.
    Some(BTreeMap<String, Instant>),
    /// It is not known whose.
    Everybody,
}

impl Touched {
    /// Notes an event.
    pub(crate) fn note(&mut self, subject: &str, at: Instant) {
        let Self::Some(subjects) = self else { return };
        if let Some(earliest) = subjects.get_mut(subject) {
            *earliest = at.min(*earliest);
        } else if subjects.len() < MOST_TOUCHED {
            subjects.insert(subject.to_owned(), at);
        } else {
            *self = Self::Everybody;
        }
    }
}

/// Whether a look has seen all that it was to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Watching {
    /// It has.
    Done,
    /// A look at everybody goes on.
    GoesOn,
}

/// What is kept from one look to the next.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    alerts: Option<(Moment, Arc<Alerts>)>,
    /// After whom a look at everybody goes on.
    sweep: Option<String>,
    remembered: Remembered,
    /// Crossings that are told.
    told: HashSet<String>,
}

#[derive(Debug, Default)]
struct Alerts {
    of_each: Vec<Alert>,
    of_one: BTreeMap<Key, Vec<Alert>>,
}

impl Alerts {
    fn of(all: Vec<Alert>) -> Self {
        let mut alerts = Self::default();
        for alert in all {
            match alert.customer.clone() {
                Some(customer) => alerts.of_one.entry(customer).or_default().push(alert),
                None => alerts.of_each.push(alert),
            }
        }
        alerts
    }

    fn is_empty(&self) -> bool {
        self.of_each.is_empty() && self.of_one.is_empty()
    }

    fn about(&self, customer: &Key) -> impl Iterator<Item = &Alert> {
        self.of_each.iter().chain(self.of_one.get(customer).into_iter().flatten())
    }

    fn concern(&self, subject: &str) -> bool {
        !self.of_each.is_empty() || self.of_one.contains_key(subject)
    }
}

impl Engine {
    fn watching(&self) -> MutexGuard<'_, Watch> {
        self.watch.lock().unwrap_or_else(|poisoned| {
            let mut watch = poisoned.into_inner();
            *watch = Watch { sweep: Some(String::new()), ..Watch::default() };
            self.watch.clear_poison();
            watch
        })
    }

    /// An alert was added or removed.
    pub(super) fn alerts_changed(&self) {
        let mut watch = self.watching();
        watch.alerts = None;
        watch.sweep = Some(String::new());
    }

    /// The next looks are at everybody: for what changes by time alone, or was changed by others.
    pub fn look_at_everybody(&self) {
        let mut watch = self.watching();
        // one that goes on would begin again for ever
        watch.sweep.get_or_insert_default();
    }

    /// Looks at those whose usage changed since the last look, and goes on with a look at everybody. What reached a limit is promised to
    /// be told, once.
    pub fn look_at_alerts(&self) -> Result<Watching, EngineError> {
        let mut watch = self.watching();
        let alerts = self.alerts_at_hand(&mut watch)?;
        if alerts.is_empty() {
            *watch = Watch { alerts: watch.alerts.take(), ..Watch::default() };
            return Ok(Watching::Done);
        }
        let started = Moment::now();
        let looked = self.look(&mut watch, &alerts);
        if looked.is_err() {
            // whose usage changed is forgotten with the failure
            watch.sweep = Some(String::new());
            watch.remembered.clear();
        }
        metrics::histogram!("alert_look_seconds").record(started.elapsed());
        looked
    }

    fn alerts_at_hand(&self, watch: &mut Watch) -> Result<Arc<Alerts>, EngineError> {
        if let Some((read_at, alerts)) = &watch.alerts
            && read_at.elapsed() < FRESH
        {
            return Ok(alerts.clone());
        }
        let alerts = Arc::new(Alerts::of(self.all_alerts()?));
        let were_there = watch.alerts.as_ref().is_some_and(|(_, known)| !known.is_empty());
        if !were_there && !alerts.is_empty() {
            watch.sweep.get_or_insert_default();
        }
        watch.alerts = Some((Moment::now(), alerts.clone()));
        Ok(alerts)
    }

    fn look(&self, watch: &mut Watch, alerts: &Alerts) -> Result<Watching, EngineError> {
        match self.take_touched()? {
            Touched::Everybody => {
                watch.remembered.clear();
                watch.sweep = Some(String::new());
            }
            Touched::Some(subjects) => {
                for (subject, earliest) in &subjects {
                    watch.remembered.forget(subject, *earliest);
                }
                let mut customers = Vec::new();
                for subject in subjects.keys().filter(|subject| alerts.concern(subject)) {
                    customers.extend(self.find_customer(subject)?);
                }
                self.look_at(watch, alerts, customers)?;
            }
        }
        let Some(after) = watch.sweep.take() else { return Ok(Watching::Done) };
        let page = self.watched_customers(alerts, &after)?;
        let Some(last) = page.last() else { return Ok(Watching::Done) };
        let reached = last.key.to_string();
        self.look_at(watch, alerts, page)?;
        watch.sweep = Some(reached);
        Ok(Watching::GoesOn)
    }

    /// The next customers with alerts, by key.
    fn watched_customers(&self, alerts: &Alerts, after: &str) -> Result<Vec<Customer>, EngineError> {
        if !alerts.of_each.is_empty() {
            return self.customers(after, PAGE);
        }
        let next = alerts.of_one.keys().filter(|customer| customer.as_str() > after).take(PAGE as usize);
        next.filter_map(|customer| self.find_customer(customer.as_str()).transpose()).collect()
    }

    /// Looks at customers, and tells what they reached some at a time, so that neither the first nor a transaction waits for all.
    fn look_at(&self, watch: &mut Watch, alerts: &Alerts, customers: Vec<Customer>) -> Result<(), EngineError> {
        let (mut found, mut told_at) = (Vec::new(), Moment::now());
        for customer in customers {
            let reached = self.reached(&watch.remembered, alerts, customer)?;
            found.extend(reached.into_iter().filter(|crossing| !watch.told.contains(&crossing.id())));
            if found.len() >= AT_ONCE || told_at.elapsed() >= WAITS {
                self.tell(watch, &found)?;
                found.clear();
                told_at = Moment::now();
            }
        }
        self.tell(watch, &found)
    }

    fn tell(&self, watch: &mut Watch, found: &[Crossing]) -> Result<(), EngineError> {
        self.tell_crossings(found)?;
        if watch.told.len() >= MOST_TOLD {
            watch.told.clear();
        }
        watch.told.extend(found.iter().map(Crossing::id));
        Ok(())
    }

    /// What one customer has reached, told before or not. What is wrong with the customer's terms is named by the billing run; what is
    /// wrong with a store ends the look.
    fn reached(
        &self,
        remembered: &Remembered,
        alerts: &Alerts,
        customer: Customer,
    ) -> Result<Vec<Crossing>, EngineError> {
        let mut found = Vec::new();
        let mut subject = Subject::new(self, remembered, customer);
        for alert in alerts.about(&subject.key().clone()) {
            match self.crossings_of(alert, &mut subject) {
                Ok(crossings) => found.extend(crossings),
                Err(EngineError::Failed(problem)) => return Err(EngineError::Failed(problem)),
                Err(error) => {
                    tracing::debug!(tenant = %self.tenant, alert = %alert.id, customer = %subject.key(), %error, "an alert cannot be looked at");
                }
            }
        }
        Ok(found)
    }

    fn crossings_of(&self, alert: &Alert, subject: &mut Subject<'_>) -> Result<Vec<Crossing>, EngineError> {
        let mut found = Vec::new();
        for reading in subject.readings(&alert.on)? {
            for (threshold, limit) in alert.limit.reached(reading.value, || subject.last(&reading))? {
                found.push(Crossing {
                    alert: alert.id,
                    name: alert.name.clone(),
                    customer: subject.key().clone(),
                    on: alert.on.clone(),
                    threshold,
                    limit,
                    value: reading.value,
                    from: reading.from,
                    to: reading.to,
                    at: self.now(),
                });
            }
        }
        Ok(found)
    }
}
