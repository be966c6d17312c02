//! How a tenant bills: facts with a time from which they are in force, as everything that was agreed is.

use crate::audit::{Deed, Kept};
use crate::{Engine, EngineError};
use billing::Terms;
use calendar::Instant;
use contracts::{BillingPolicy, Corrections, Customer, Issuing, PaymentDays};
use rating::NonNegative;
use schemars::JsonSchema;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use std::sync::{Arc, PoisonError};
use stdx::{NonEmpty, Problem};
use store::facts::{self, Fact, Times};

const KIND: &str = "settings";

/// How a tenant bills. What is left out is as in [`Settings::default`]; a customer may have it otherwise ([`contracts::BillingPolicy`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// What becomes of differences on billed cycles; `next_invoice` when left out.
    pub corrections: Corrections,
    /// Differences on billed cycles that are smaller than this, up or down, are written off: an amount in the currency of the difference. None when left
    /// out.
    pub absorb_below: Option<NonNegative>,
    /// Who makes a claim of a draft; `automatic` when left out.
    pub issuing: Issuing,
    /// For so many days after something falls due it stands on a draft, into which late usage flows; 0 when left out.
    pub grace_days: u16,
    /// How many days customers have to pay an invoice, where neither they nor their seller have terms of their own; 30 when left out.
    pub payment_days: PaymentDays,
    /// When a customer's balance pays new invoices; `automatic` when left out.
    pub balances: BalanceUse,
}

/// When a customer's balance pays invoices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BalanceUse {
    /// When an invoice is issued, as far as the balance goes.
    #[default]
    Automatic,
    /// When a person says so.
    ByHand,
}

impl Settings {
    /// What holds for a customer.
    #[must_use]
    pub fn of(self, customer: &Customer) -> Self {
        let BillingPolicy { corrections, absorb_below, issuing, grace_days } = customer.billing;
        Self {
            corrections: corrections.unwrap_or(self.corrections),
            absorb_below: absorb_below.or(self.absorb_below),
            issuing: issuing.unwrap_or(self.issuing),
            grace_days: grace_days.unwrap_or(self.grace_days),
            ..self
        }
    }

    /// The terms by which a bill is drawn.
    pub(crate) fn terms(self, as_of: Instant) -> Terms {
        let Self { corrections, absorb_below, grace_days, issuing: _, payment_days: _, balances: _ } = self;
        Terms { corrections, absorb_below, grace_days, ..Terms::usual(as_of) }
    }
}

/// Settings as they were recorded once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SettingsVersion {
    /// 1, 2, 3, …; 0 is what holds for a tenant that has said nothing.
    pub version: i64,
    /// From when it is in force: what falls due before is billed by an earlier one.
    pub effective_at: Instant,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// What it says, all of it.
    pub settings: Settings,
}

/// Settings that are to be in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSettings {
    /// All of them.
    pub settings: Settings,
    /// From when; at once when left out.
    #[serde(default)]
    pub effective_at: Option<Instant>,
}

/// Every version, in the order in which they were recorded.
pub(crate) type SettingsHistory = Arc<Vec<SettingsVersion>>;

impl Engine {
    pub(crate) fn read_settings(&self) -> Result<(), EngineError> {
        let stored = self.store.read(|tx| facts::history::<Settings>(tx, &self.tenant, KIND, KIND, i64::MAX))?;
        let usual = SettingsVersion {
            version: 0,
            effective_at: Instant::MIN,
            recorded_at: Instant::MIN,
            settings: self.usual_settings,
        };
        let versions = std::iter::once(Ok(usual)).chain(stored.iter().map(version));
        let versions = versions.collect::<Result<Vec<_>, EngineError>>()?;
        *self.settings.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(versions);
        Ok(())
    }

    /// Reads the settings anew where another process has recorded some.
    pub(crate) fn refresh_settings(&self) -> Result<(), EngineError> {
        let newest = self.store.read(|tx| facts::latest::<IgnoredAny>(tx, &self.tenant, KIND, KIND))?;
        let known = self.settings_history().last().map(|known| known.version);
        if newest.map(|fact| fact.version).or(Some(0)) == known { Ok(()) } else { self.read_settings() }
    }

    /// Every version of the settings, in the order in which they were recorded. The first is what holds for who has said nothing.
    pub fn settings_history(&self) -> Arc<Vec<SettingsVersion>> {
        self.settings.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The settings that are in force at an instant.
    pub fn settings_at(&self, at: Instant) -> SettingsVersion {
        let history = self.settings_history();
        let in_force = history.iter().filter(|known| known.effective_at <= at);
        let newest = in_force.max_by_key(|known| (known.effective_at, known.version)).copied();
        newest.unwrap_or(SettingsVersion {
            version: 0,
            effective_at: Instant::MIN,
            recorded_at: Instant::MIN,
            settings: self.usual_settings,
        })
    }

    /// How a customer is billed at an instant.
    pub(crate) fn settings_of(&self, customer: &Customer, at: Instant) -> Settings {
        self.settings_at(at).settings.of(customer)
    }

    /// Records settings. They may begin to hold later, never in the past: what was billed then was billed by others.
    pub fn set_settings(&self, new: &NewSettings) -> Result<SettingsVersion, EngineError> {
        let _alone = self.command()?;
        let now = self.now();
        let effective_at = new.effective_at.unwrap_or(now);
        if effective_at < now {
            let problem = Problem::new("settings_in_the_past", "Settings cannot begin in the past")
                .detail(format!("it is {now}, and they were to be in force from {effective_at}"))
                .at("/effective_at")
                .mend("leave `effective_at` out, or give a time to come");
            return Err(EngineError::Invalid(NonEmpty::of(problem)));
        }
        let times = Times { effective_at: effective_at.micros(), recorded_at: now.micros() };
        let deed = Deed { action: "settings.put", kept: Kept::Fact, kind: KIND, id: KIND };
        let version = self.write(deed, |tx| Ok(facts::append(tx, &self.tenant, KIND, KIND, times, &new.settings)?))?;
        self.read_settings()?;
        Ok(SettingsVersion { version, effective_at, recorded_at: now, settings: new.settings })
    }
}

fn version(fact: &Fact<Settings>) -> Result<SettingsVersion, EngineError> {
    let instant = |micros| Instant::from_micros(micros).map_err(|error| EngineError::invalid(&error));
    Ok(SettingsVersion {
        version: fact.version,
        effective_at: instant(fact.times.effective_at)?,
        recorded_at: instant(fact.times.recorded_at)?,
        settings: fact.body,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{NewSubscription, SetClock};
    use stdx::Key;

    fn at(text: &str) -> Instant {
        text.parse().expect("an instant")
    }

    fn key(text: &str) -> Key {
        text.try_into().expect("a key")
    }

    #[test]
    fn what_falls_due_is_billed_by_the_settings_of_its_day() {
        let clock = Arc::new(SetClock::at(at("2026-04-01T00:00:00Z")));
        let engine = Engine::with_clock(clock.clone(), Settings::default()).expect("an engine");
        assert_eq!(engine.settings_at(engine.now()).version, 0);
        let pricing = "plans: { p: { currency: EUR, every: month, prices: { fee: { flat: 30 } } } }";
        engine.apply_pricing(&catalog::PricingFile::parse(pricing, "p").expect("pricing")).expect("applied");
        let customer = contracts::Customer::new(key("c"), String::new(), calendar::Zone::utc());
        engine.add_customer(customer).expect("added");
        engine.subscribe(NewSubscription::to(key("c"), key("p"))).expect("subscribed");
        let by_hand = Settings { issuing: Issuing::ByHand, ..Settings::default() };
        let june = NewSettings { settings: by_hand, effective_at: Some(at("2026-06-01T00:00:00Z")) };
        assert_eq!(engine.set_settings(&june).expect("set").version, 1);
        assert_eq!(engine.settings_at(engine.now()).version, 0, "they begin later");
        // nobody billed in the meantime: April and May are issued by themselves, June waits for somebody
        clock.set(at("2026-06-02T00:00:00Z"));
        let run = engine.bill().expect("billed");
        assert_eq!((run.issued.len(), run.drafts.len()), (2, 1));
        let refused = engine.set_settings(&june).expect_err("past");
        assert_eq!(refused.problems()[0].code, "settings_in_the_past");
        let now = NewSettings { settings: Settings::default(), effective_at: None };
        assert_eq!(engine.set_settings(&now).expect("set").version, 2);
        assert_eq!(engine.bill().expect("billed").issued.len(), 1, "the draft becomes a claim");
        let audited: Vec<String> = engine.audit("", 100).expect("read").into_iter().map(|entry| entry.action).collect();
        assert_eq!(audited.iter().filter(|action| *action == "settings.put").count(), 2);
        assert_eq!(engine.settings_history().len(), 3);
    }
}
