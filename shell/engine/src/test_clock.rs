//! The clock of a test environment: it stands until somebody sets it, and goes forward only.

use crate::audit::{Deed, Kept};
use crate::{BillRun, Engine, EngineError, Platform, SetClock, Tenant};
use calendar::Instant;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use stdx::Problem;
use store::facts::{self, Times};

const KIND: &str = "clock";

/// The time by which a tenant bills.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ClockState {
    /// Now.
    pub now: Instant,
    /// Whose time it is.
    pub time: Time,
}

/// Whose time a tenant bills by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Time {
    /// The world's, which goes on by itself.
    World,
    /// That of a test environment, which is set.
    Set,
}

impl Platform {
    /// The clock of a test environment as it was left; that of a new one stands at its beginning.
    pub(crate) fn test_clock(&self, tenant: &Tenant) -> Result<Arc<SetClock>, EngineError> {
        let set = self.store().read(|tx| facts::latest::<Instant>(tx, &tenant.key, KIND, KIND))?;
        Ok(Arc::new(SetClock::at(set.map_or(tenant.created_at, |fact| fact.body))))
    }
}

impl Engine {
    /// Sets the clock of a test environment as another process left it.
    pub(crate) fn refresh_clock(&self) -> Result<(), EngineError> {
        let Some(clock) = &self.test_clock else { return Ok(()) };
        let set = self.store.read(|tx| facts::latest::<Instant>(tx, &self.tenant, KIND, KIND))?;
        if let Some(fact) = set.filter(|fact| fact.body > self.now()) {
            clock.set(fact.body);
        }
        Ok(())
    }

    /// The time by which the tenant bills.
    pub fn clock_state(&self) -> ClockState {
        let time = if self.test_clock.is_some() { Time::Set } else { Time::World };
        ClockState { now: self.now(), time }
    }

    /// Sets the time of a test environment forward and bills whatever falls due on the way, on its day.
    pub fn set_clock(&self, to: Instant) -> Result<BillRun, EngineError> {
        let Some(clock) = &self.test_clock else {
            let problem = Problem::new("live_time", "The time of a live tenant is the world's")
                .detail(format!("tenant `{}` is no test environment", self.tenant))
                .mend("make a test environment: `POST /v1/tenants` with `environment: test`");
            return Err(EngineError::Conflict(problem));
        };
        {
            let _alone = self.command()?;
            let now = self.now();
            if to < now {
                let problem = Problem::new("time_goes_forward", "The time goes forward only")
                    .detail(format!("it is {now} and cannot become {to}: what was billed since would be in the future"))
                    .at("/to")
                    .mend("give a later time, or begin another test environment");
                return Err(EngineError::Conflict(problem));
            }
            let times = Times { effective_at: to.micros(), recorded_at: to.micros() };
            let deed = Deed { action: "clock.set", kept: Kept::Fact, kind: KIND, id: KIND };
            self.write(deed, |tx| Ok(facts::append(tx, &self.tenant, KIND, KIND, times, &to)?))?;
            clock.set(to);
        }
        self.bill()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Actor, Environment, NewSubscription, NewTenant, Settings};
    use stdx::Key;

    fn key(text: &str) -> Key {
        text.try_into().expect("a key")
    }

    fn at(text: &str) -> Instant {
        text.parse().expect("an instant")
    }

    #[test]
    fn two_years_pass_in_a_moment_and_every_cycle_is_billed_on_its_day() {
        let world = Arc::new(SetClock::at(at("2026-04-01T00:00:00Z")));
        let platform = Platform::with_clock(world.clone(), Settings::default()).expect("a platform");
        let live = platform.engine(&Platform::default_tenant()).expect("an engine");
        let refused = live.set_clock(at("2027-01-01T00:00:00Z")).expect_err("live");
        assert_eq!(refused.problems()[0].code, "live_time");

        let new = NewTenant { key: key("sandbox"), name: String::new(), environment: Environment::Test };
        platform.add_tenant(new, &Actor::program()).expect("added");
        let engine = platform.engine(&key("sandbox")).expect("an engine");
        let pricing = "plans: { p: { currency: EUR, every: month, prices: { fee: { flat: 30 } } } }";
        engine.apply_pricing(&catalog::PricingFile::parse(pricing, "p").expect("pricing")).expect("applied");
        let customer = contracts::Customer::new(key("c"), String::new(), calendar::Zone::utc());
        engine.add_customer(customer).expect("added");
        engine.subscribe(NewSubscription::to(key("c"), key("p"))).expect("subscribed");
        // the world's time does not move a test environment
        world.set(at("2026-06-01T00:00:00Z"));
        assert_eq!(engine.clock_state(), ClockState { now: at("2026-04-01T00:00:00Z"), time: Time::Set });

        let run = engine.set_clock(at("2028-03-31T12:00:00Z")).expect("set");
        let days: Vec<String> = run.issued.iter().map(|invoice| invoice.on.to_string()).collect();
        assert_eq!((days.len(), days[0].as_str(), days[23].as_str()), (24, "2026-04-01", "2028-03-01"));
        let refused = engine.set_clock(at("2028-03-31T11:59:59Z")).expect_err("back");
        assert_eq!(refused.problems()[0].code, "time_goes_forward");
    }
}
