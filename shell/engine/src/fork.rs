//! A copy of a tenant to try things in: everything that was agreed, used and billed, with a clock of its own.

use crate::platform::Registered;
use crate::{Actor, EngineError, Environment, IssuedToken, NewTenant, Platform, Tenant};
use stdx::{Key, Problem, ToProblem};
use store::fork::{Without, copy};
use usage::{ApplyError, Change, Incoming, Seq, Version, What};

/// Who may come in, who is told and who did what is the original's alone.
const WITHOUT: Without<'static> = Without {
    facts: ["audit", "clock"],
    documents: [
        "token",
        "user",
        "webhook_endpoint",
        "alert",
        "approval",
        "approval_command",
        "approval_policy",
        "identity_provider",
    ],
};
const PAGE: usize = 10_000;

impl Platform {
    /// Copies a tenant into a new test environment, whose clock stands at the present. Usage keeps its positions, so that every bill can
    /// be computed again to the same cent. The quarantine stays behind.
    pub fn fork_tenant(&self, from: &Key, new: NewTenant, actor: &Actor) -> Result<(Tenant, IssuedToken), EngineError> {
        let new = NewTenant { environment: Environment::Test, ..new };
        self.is_free(&new.key)?;
        let engine = self.engine(from)?;
        {
            // no command of the original is half in the copy
            let _alone = engine.command()?;
            self.store().write(|tx| copy(tx, from, &new.key, WITHOUT)).map_err(|error| {
                if matches!(error, store::StoreError::Unique(_)) { unfinished(&new.key) } else { error.into() }
            })?;
        }
        self.copy_usage(from, &new.key)?;
        // only now is it a tenant: what was begun and not finished is none
        self.register(new, actor, Registered::Copy)
    }

    fn copy_usage(&self, from: &Key, to: &Key) -> Result<(), EngineError> {
        let usage = self.usage();
        if usage.watermark(to)? != Seq::ZERO {
            return Err(unfinished(to));
        }
        let mut after = Seq::ZERO;
        loop {
            let page = usage.changes(from, after, PAGE)?;
            let Some(last) = page.last() else { return Ok(()) };
            after = last.seq;
            // what became known together, and in the same way, is taken together
            for run in page.chunk_by(|one, next| one.recorded_at == next.recorded_at && is_new(one) == is_new(next)) {
                self.copy_run(to, run)?;
            }
        }
    }

    fn copy_run(&self, to: &Key, run: &[Version]) -> Result<(), EngineError> {
        let Some(first) = run.first() else { return Ok(()) };
        let at = first.recorded_at;
        if is_new(first) {
            let batch = run.iter().filter_map(|version| version.event.clone()).map(Incoming::Event).collect();
            self.usage().ingest(to, batch, at)?;
        } else {
            let change = |version: &Version| match &version.event {
                Some(event) => Change::Amend(event.clone()),
                None => Change::Retract { source: version.source.clone(), id: version.id.clone() },
            };
            let made = self.usage().apply(to, run.iter().map(change).collect(), at);
            made.map_err(|error| match error {
                ApplyError::Store(error) => error.into(),
                // what could be done in the original can be done in its copy
                refused @ (ApplyError::Nothing | ApplyError::Refused(_)) => EngineError::Failed(refused.problem()),
            })?;
        }
        Ok(())
    }
}

fn is_new(version: &Version) -> bool {
    version.what == What::Accepted
}

fn unfinished(key: &Key) -> EngineError {
    EngineError::Conflict(
        Problem::new("fork_unfinished", "There is an unfinished copy under this key")
            .detail(format!("a copy to `{key}` was begun before and not finished"))
            .mend("give the copy another key"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DocumentCursor, Engine, NewSubscription, SetClock, Settings, UsageQuestion, Which};
    use std::sync::Arc;

    fn key(text: &str) -> Key {
        text.try_into().expect("a key")
    }

    fn new(name: &str) -> NewTenant {
        NewTenant { key: key(name), name: String::new(), environment: Environment::Live }
    }

    /// Everything that a tenant says.
    fn all(engine: &Engine) -> String {
        let invoices = engine.invoices(Which::All, &DocumentCursor::start(), 100).expect("invoices");
        let history = engine.usage.changes(engine.tenant(), Seq::ZERO, 1000).expect("changes");
        let preview = engine.preview("c", None).expect("a preview");
        format!("{invoices:?} {history:?} {preview:?} {:?}", engine.balances(calendar::Instant::MAX).expect("balances"))
    }

    #[test]
    fn a_copy_says_what_the_original_says_and_goes_its_own_way() {
        let clock = Arc::new(SetClock::at("2026-04-01T00:00:00Z".parse().expect("an instant")));
        let platform = Platform::with_clock(clock.clone(), Settings::default()).expect("a platform");
        let live = platform.engine(&Platform::default_tenant()).expect("an engine");
        let pricing = "meters: { calls: { event: call, aggregate: count } }\n\
                       plans: { p: { currency: EUR, every: month, prices: { fee: { flat: 30 }, calls: { meter: calls, per_unit: 1 } } } }";
        live.apply_pricing(&catalog::PricingFile::parse(pricing, "p").expect("pricing")).expect("applied");
        let customer = contracts::Customer::new(key("c"), String::new(), calendar::Zone::utc());
        live.add_customer(customer).expect("added");
        live.subscribe(NewSubscription::to(key("c"), key("p"))).expect("subscribed");
        let call = |id: &str| {
            let text =
                format!(r#"{{"source":"s","id":"{id}","type":"call","subject":"c","time":"2026-04-01T00:00:00Z"}}"#);
            Incoming::Event(metering::Event::from_json(&text).expect("an event"))
        };
        live.ingest(vec![call("1"), call("2")]).expect("taken");
        live.bill().expect("billed");
        live.ingest(vec![call("3")]).expect("taken");
        live.retract_event("s", "1", "a mistake").expect("retracted");

        let (tenant, token) = platform.fork_tenant(live.tenant(), new("copy"), &Actor::program()).expect("forked");
        assert_eq!(tenant.environment, Environment::Test);
        assert!(platform.authenticate(&token.secret).is_ok());
        let copy = platform.engine(&key("copy")).expect("an engine");
        assert_eq!(all(&copy), all(&live));
        // two years on in the copy change nothing of the original
        let before = all(&live);
        let run = copy.set_clock("2028-04-01T00:00:00Z".parse().expect("an instant")).expect("set");
        assert_eq!(run.issued.len(), 24);
        copy.ingest(vec![call("4")]).expect("taken");
        assert_eq!(all(&live), before);
        let question = UsageQuestion {
            customer: Some("c"),
            meter: "calls",
            period: calendar::Period::new(calendar::Instant::MIN, calendar::Instant::MAX).expect("a period"),
            window: usage::Window::Whole,
            by: &[],
            as_of: Seq::NOW,
        };
        assert_eq!(copy.usage(&question).expect("usage")[0].measured.quantity.to_string(), "3");
        let again = platform.fork_tenant(live.tenant(), new("copy"), &Actor::program());
        assert!(matches!(again, Err(EngineError::Conflict(_))));
    }
}
