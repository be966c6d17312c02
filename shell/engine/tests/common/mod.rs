//! What the tests of corrections share: a small business and short ways to say what happens.
#![allow(dead_code, reason = "each test file uses its part of it")]

use calendar::{Instant, Period, Zone};
use catalog::PricingFile;
use contracts::Customer;
use engine::{Engine, Incoming, NewSubscription, SetClock, Settings, UsageQuestion};
use metering::{Event, Value};
use std::sync::Arc;
use stdx::Key;

pub(crate) const PRICING: &str = r#"
meters:
  calls: { event: call, aggregate: count, where: { status: { not: failed } }, group_by: [region] }
  tokens: { event: completion, aggregate: { sum: "properties.tokens" } }
  unsold: { event: probe, aggregate: count }
plans:
  metered:
    currency: EUR
    every: month
    prices:
      fee: { flat: "30.00", in: advance }
      calls: { meter: calls, per_unit: "0.10", included: 2 }
      tokens: { meter: tokens, per_unit: "0.001" }
"#;

pub(crate) fn at(text: &str) -> Instant {
    text.parse().expect("instant")
}

pub(crate) fn key(text: &str) -> Key {
    text.try_into().expect("key")
}

pub(crate) fn engine_with(pricing: &str) -> (Engine, Arc<SetClock>) {
    let clock = Arc::new(SetClock::at(at("2026-04-01T00:00:00Z")));
    let engine = Engine::with_clock(clock.clone(), Settings::default()).expect("engine");
    engine.apply_pricing(&PricingFile::parse(pricing, "pricing.yaml").expect("pricing")).expect("applied");
    (engine, clock)
}

/// `acme` on the plan `metered` since 1 April 2026.
pub(crate) fn business() -> (Engine, Arc<SetClock>) {
    let (engine, clock) = engine_with(PRICING);
    customer(&engine, "acme");
    engine.subscribe(NewSubscription::to(key("acme"), key("metered"))).expect("subscribed");
    (engine, clock)
}

pub(crate) fn customer(engine: &Engine, name: &str) {
    let customer = Customer::new(key(name), name, Zone::utc());
    engine.add_customer(customer).expect("customer");
}

pub(crate) fn event(name: &str, subject: &str, id: &str, when: &str, properties: &[(&str, &str)]) -> Event {
    let value = |text: &str| text.parse().map_or_else(|_| Value::Text(text.into()), Value::Num);
    Event {
        source: "test".into(),
        id: id.into(),
        name: name.into(),
        subject: subject.into(),
        at: at(when),
        properties: properties.iter().map(|(name, text)| ((*name).into(), value(text))).collect(),
    }
}

pub(crate) fn call(id: &str, when: &str) -> Event {
    event("call", "acme", id, when, &[])
}

pub(crate) fn tokens(id: &str, when: &str, tokens: &str) -> Event {
    event("completion", "acme", id, when, &[("tokens", tokens)])
}

pub(crate) fn send(engine: &Engine, events: impl IntoIterator<Item = Event>) {
    let batch: Vec<Incoming> = events.into_iter().map(Incoming::Event).collect();
    let sent = batch.len();
    assert_eq!(engine.ingest(batch).expect("taken").accepted, sent);
}

/// What a meter of the newest catalog says of acme's April.
pub(crate) fn april(engine: &Engine, meter: &str) -> String {
    let period = Period::new(at("2026-04-01T00:00:00Z"), at("2026-05-01T00:00:00Z")).expect("April");
    let question = UsageQuestion {
        customer: Some("acme"),
        meter,
        period,
        by: &[],
        window: engine::Window::Whole,
        as_of: engine::Seq::NOW,
    };
    let found = engine.usage(&question).expect("measured");
    found.first().map_or_else(|| "0".into(), |row| row.measured.quantity.to_string())
}
