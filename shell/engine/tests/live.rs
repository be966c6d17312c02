//! Usage to date: what is kept in memory is what `measure` says, whatever happened before.

mod common;

use calendar::Instant;
use common::{at, customer, engine_with, key};
use engine::{Change, Engine, Incoming, NewSubscription, UsageQuestion};
use metering::{Event, Value};
use money::Dec;
use proptest::prelude::*;

/// One meter of each kind, so that no aggregation escapes.
const PRICING: &str = r#"
meters:
  count: { event: e, aggregate: count, where: { n: { gt: 1 } } }
  sum: { event: e, aggregate: { sum: "properties.n * 0.5" }, group_by: [region] }
  max: { event: e, aggregate: { max: properties.n } }
  latest: { event: e, aggregate: { latest: properties.n } }
  unique: { event: e, aggregate: { unique: properties.region } }
  average: { event: e, aggregate: { average: properties.n } }
  level: { event: e, aggregate: { time_weighted: properties.n, per: day } }
  p95: { event: e, aggregate: { percentile: properties.n, p: 95 } }
  seats: { event: e, over: lifetime, aggregate: { unique: properties.region } }
plans:
  all:
    currency: EUR
    every: month
    prices:
      count: { meter: count, per_unit: "1" }
      sum: { meter: sum, per_unit: "1", by: [region] }
      max: { meter: max, per_unit: "1" }
      latest: { meter: latest, per_unit: "1" }
      unique: { meter: unique, per_unit: "1" }
      average: { meter: average, per_unit: "1" }
      level: { meter: level, per_unit: "1" }
      p95: { meter: p95, per_unit: "1" }
      seats: { meter: seats, per_unit: "1" }
"#;

const DAY: i64 = 86_400_000_000;

fn day(number: i64) -> Instant {
    at("2026-04-01T00:00:00Z").plus_micros(number * DAY).expect("in range")
}

/// Something that happens.
#[derive(Debug, Clone)]
enum Move {
    Send { id: u8, who: u8, day: i64, n: Option<i64>, region: u8 },
    Amend { id: u8, who: u8, day: i64, n: Option<i64>, region: u8 },
    Retract { id: u8 },
    Time { days: i64 },
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let content = || (0u8..12, 0u8..2, -3i64..50, prop::option::weighted(0.9, 0i64..5), 0u8..3);
    let one = prop_oneof![
        4 => content().prop_map(|(id, who, day, n, region)| Move::Send { id, who, day, n, region }),
        2 => content().prop_map(|(id, who, day, n, region)| Move::Amend { id, who, day, n, region }),
        1 => (0u8..12).prop_map(|id| Move::Retract { id }),
        1 => (1i64..12).prop_map(|days| Move::Time { days }),
    ];
    prop::collection::vec(one, 1..40)
}

fn event(id: u8, who: u8, at: i64, n: Option<i64>, region: u8) -> Event {
    // an event without a number cannot be measured by most meters
    let n = n.map_or(Value::Text("none".into()), |n| Value::Num(Dec::from(n)));
    Event {
        source: "test".into(),
        id: id.to_string(),
        name: "e".into(),
        subject: ["ant", "bee"][usize::from(who)].into(),
        at: day(at),
        properties: [("n".into(), n), ("region".into(), Value::Text(format!("r{region}")))].into(),
    }
}

/// Each open period of each meter says what `measure` says.
fn compare(engine: &Engine) -> Result<(), TestCaseError> {
    for who in ["ant", "bee"] {
        for row in engine.usage_to_date(who).expect("to date") {
            let by: Vec<String> = if row.meter.as_str() == "sum" { vec!["region".into()] } else { Vec::new() };
            let question = UsageQuestion {
                customer: Some(who),
                meter: row.meter.as_str(),
                period: row.period,
                by: &by,
                window: engine::Window::Whole,
                as_of: engine::Seq::NOW,
            };
            let measured = engine.usage(&question).expect("measured");
            let found = measured.into_iter().find(|group| group.dimensions == row.dimensions);
            if let Some(found) = found {
                prop_assert_eq!(&row.measured, &found.measured, "{} of {}", row.meter, who);
            } else {
                prop_assert_eq!(row.measured.count, 0, "{} of {}", row.meter, who);
            }
        }
    }
    Ok(())
}

fn happen(engine: &Engine, clock: &engine::SetClock, one: &Move) {
    // what cannot be done (twice the same id, nothing to amend, too far ahead) simply does not happen
    match *one {
        Move::Send { id, who, day, n, region } => {
            engine.ingest(vec![Incoming::Event(event(id, who, day, n, region))]).expect("taken");
        }
        Move::Amend { id, who, day, n, region } => drop(engine.amend_event(event(id, who, day, n, region), "test")),
        Move::Retract { id } => drop(engine.retract_event("test", &id.to_string(), "test")),
        Move::Time { days } => {
            let later = engine.now().plus_micros(days * DAY).expect("in range");
            clock.set(later);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn usage_to_date_is_what_measure_says_at_every_moment(moves in moves()) {
        let (engine, clock) = engine_with(PRICING);
        for who in ["ant", "bee"] {
            customer(&engine, who);
            engine.subscribe(NewSubscription::to(key(who), key("all"))).expect("subscribed");
        }
        clock.set(day(20));
        for one in &moves {
            happen(&engine, &clock, one);
            compare(&engine)?;
        }
    }

    /// A preview draws on running states, a billing run measures: they say the same.
    #[test]
    fn a_preview_from_running_states_is_the_bill_that_follows(moves in moves()) {
        let (engine, clock) = engine_with(PRICING);
        for who in ["ant", "bee"] {
            customer(&engine, who);
            engine.subscribe(NewSubscription::to(key(who), key("all"))).expect("subscribed");
        }
        clock.set(day(20));
        engine.warm().expect("warm");
        for one in &moves {
            happen(&engine, &clock, one);
        }
        engine.bill().expect("run");
        for who in ["ant", "bee"] {
            let again = engine.preview(who, None).expect("preview");
            prop_assert_eq!(&again, &engine.preview(who, None).expect("preview"));
        }
        let previews = ["ant", "bee"].map(|who| engine.preview(who, None).expect("preview"));
        clock.set(previews[0].as_of);
        let issued = engine.bill().expect("run").issued;
        for preview in previews {
            let totals: Vec<_> = preview.documents.iter().map(|document| document.total).collect();
            let mine: Vec<_> = issued.iter().filter(|i| i.customer == preview.customer).map(|i| i.total).collect();
            prop_assert_eq!(totals, mine);
        }
    }
}

#[test]
fn a_changeset_is_seen_by_running_states() {
    let (engine, clock) = engine_with(PRICING);
    customer(&engine, "ant");
    engine.subscribe(NewSubscription::to(key("ant"), key("all"))).expect("subscribed");
    clock.set(day(20));
    engine.ingest(vec![Incoming::Event(event(1, 0, 2, Some(4), 0))]).expect("taken");
    assert_eq!(engine.warm().expect("warm"), 9);
    let sum = |engine: &Engine| {
        let rows = engine.usage_to_date("ant").expect("to date");
        rows.iter().find(|row| row.meter.as_str() == "sum").map(|row| row.measured.quantity.to_string())
    };
    assert_eq!(sum(&engine).as_deref(), Some("2"));
    let id = engine.open_changeset("test").expect("open").id;
    let changes = vec![Change::Amend(event(1, 0, 2, Some(3), 0)), Change::Add(event(2, 0, 3, Some(1), 0))];
    engine.add_to_changeset(id, changes).expect("added");
    engine.seal_changeset(id).expect("sealed");
    engine.apply_changeset(id).expect("applied");
    assert_eq!(sum(&engine).as_deref(), Some("2"));
    engine.retract_event("test", "1", "test").expect("retracted");
    assert_eq!(sum(&engine).as_deref(), Some("0.5"));
}
