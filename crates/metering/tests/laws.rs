//! What holds for any events: order, grouping and merging change nothing, and each aggregation is what a naive count says.

use calendar::{Instant, Period};
use metering::{CompiledMeter, Event, Measured, Meter, State, Value};
use money::{Dec, Ratio};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

const AGGREGATES: [&str; 12] = [
    r#""count""#,
    r#"{"sum": "x"}"#,
    r#"{"sum": "x / 3 + 1"}"#,
    r#"{"max": "x"}"#,
    r#"{"min": "x"}"#,
    r#"{"latest": "x"}"#,
    r#"{"unique": "x"}"#,
    r#"{"unique": "x", "removed_when": "gone"}"#,
    r#"{"average": "x"}"#,
    r#"{"time_weighted": "x", "per": "second"}"#,
    r#"{"time_weighted": "x", "per": "hour", "levels": "changes"}"#,
    r#"{"percentile": "x", "p": "73.5"}"#,
];

fn of(aggregate: &str) -> CompiledMeter {
    serde_json::from_str::<Meter>(&format!(r#"{{"event": "use", "aggregate": {aggregate}}}"#))
        .expect(aggregate)
        .compile()
        .expect(aggregate)
}

/// A period of 100 seconds, so that events often meet its ends and each other.
fn period() -> Period {
    span(0, 100_000_000)
}

fn span(from: i64, to: i64) -> Period {
    let at = |micros: i64| Instant::from_micros(micros).expect("instant");
    Period::new(at(from), at(to)).expect("period")
}

#[derive(Debug, Clone)]
struct Use {
    at: i64,
    x: Dec,
    gone: bool,
}

fn uses() -> impl Strategy<Value = Vec<Use>> {
    let one = (0i64..20, -500i64..500, 0u8..3, any::<bool>()).prop_map(|(at, x, scale, gone)| Use {
        at: at * 7_000_000 - 20_000_000,
        x: Dec::new(i128::from(x), scale).expect("number"),
        gone,
    });
    prop::collection::vec(one, 0..30)
}

fn events(uses: &[Use]) -> Vec<Event> {
    let event = |(n, it): (usize, &Use)| Event {
        source: format!("s{}", n % 2),
        id: format!("{n}"),
        name: "use".into(),
        subject: "acme".into(),
        at: Instant::from_micros(it.at).expect("instant"),
        properties: BTreeMap::from([("x".into(), Value::Num(it.x)), ("gone".into(), Value::Bool(it.gone))]),
    };
    uses.iter().enumerate().map(event).collect()
}

/// With each event's value, unless those are fractions.
fn empty(meter: &CompiledMeter) -> State {
    let fractions = meter.meter().aggregate.formula().is_some_and(|formula| formula.as_str().contains('/'));
    if fractions { meter.state() } else { meter.state_with_transactions() }
}

fn state<'a>(meter: &CompiledMeter, events: impl IntoIterator<Item = &'a Event>) -> State {
    let mut state = empty(meter);
    for event in events {
        meter.add(&mut state, event).expect("measurable");
    }
    state
}

fn measure<'a>(meter: &CompiledMeter, events: impl IntoIterator<Item = &'a Event>, period: Period) -> Measured {
    meter.finish(state(meter, events), period).expect("measured")
}

/// The events of a period, with those before it when the meter needs them.
fn visible<'a>(meter: &CompiledMeter, events: &'a [Event], period: Period) -> impl Iterator<Item = &'a Event> {
    let history = meter.needs_history();
    events.iter().filter(move |event| period.contains(event.at) || history && event.at < period.from())
}

/// The level of each microsecond is looked up on its own: `points` are in order, and the step is one second.
fn naive_area(points: &[(i64, Ratio)], level: impl Fn(&[(i64, Ratio)]) -> Ratio) -> Ratio {
    (0..100).fold(Ratio::ZERO, |area, second| {
        let seen: Vec<_> = points.iter().copied().take_while(|(at, _)| *at <= second * 1_000_000).collect();
        area.plus(level(&seen)).expect("area")
    })
}

fn oracle(aggregate: &str, events: &[Event]) -> Ratio {
    let mut ordered: Vec<&Event> = events.iter().collect();
    ordered.sort_by(|a, b| a.place().cmp(&b.place()));
    let x = |event: &Event| Ratio::from(event.properties["x"].as_number().expect("number"));
    let within: Vec<&Event> = ordered.iter().copied().filter(|event| period().contains(event.at)).collect();
    let values: Vec<Ratio> = within.iter().map(|event| x(event)).collect();
    let sum = |values: &[Ratio]| values.iter().fold(Ratio::ZERO, |sum, value| sum.plus(*value).expect("sum"));
    let whole = |count: usize| Ratio::from_int(i128::try_from(count).expect("count"));
    let points: Vec<(i64, Ratio)> = ordered.iter().map(|event| (event.at.micros(), x(event))).collect();
    match aggregate {
        r#""count""# => whole(values.len()),
        r#"{"sum": "x"}"# => sum(&values),
        r#"{"sum": "x / 3 + 1"}"# => {
            sum(&values).over(whole(3)).and_then(|third| third.plus(whole(values.len()))).expect("sum")
        }
        r#"{"max": "x"}"# => values.iter().copied().max().unwrap_or(Ratio::ZERO),
        r#"{"min": "x"}"# => values.iter().copied().min().unwrap_or(Ratio::ZERO),
        r#"{"latest": "x"}"# => values.last().copied().unwrap_or(Ratio::ZERO),
        r#"{"unique": "x"}"# => whole(values.iter().collect::<BTreeSet<_>>().len()),
        r#"{"unique": "x", "removed_when": "gone"}"# => {
            let mut there = BTreeSet::new();
            for event in &within {
                if event.properties["gone"] == Value::Bool(true) {
                    there.remove(&x(event));
                } else {
                    there.insert(x(event));
                }
            }
            whole(there.len())
        }
        r#"{"average": "x"}"# => sum(&values).over(whole(values.len().max(1))).expect("average"),
        r#"{"time_weighted": "x", "per": "second"}"# => {
            naive_area(&points, |seen| seen.last().map_or(Ratio::ZERO, |(_, level)| *level))
        }
        r#"{"time_weighted": "x", "per": "hour", "levels": "changes"}"# => {
            let area = naive_area(&points, |seen| sum(&seen.iter().map(|(_, change)| *change).collect::<Vec<_>>()));
            area.over(whole(3600)).expect("hours")
        }
        r#"{"percentile": "x", "p": "73.5"}"# => {
            // the smallest value that at least 73.5 % of the values do not exceed
            let enough =
                |value: &Ratio| values.iter().filter(|other| *other <= value).count() * 1000 >= values.len() * 735;
            values.iter().copied().filter(enough).min().unwrap_or(Ratio::ZERO)
        }
        other => panic!("{other}"),
    }
}

proptest! {
    #[test]
    fn each_aggregation_is_what_a_naive_count_says(uses in uses()) {
        let events = events(&uses);
        for aggregate in AGGREGATES {
            let meter = of(aggregate);
            let measured = measure(&meter, visible(&meter, &events, period()), period());
            prop_assert_eq!(measured.raw, oracle(aggregate, &events), "{}", aggregate);
            prop_assert_eq!(measured.count, events.iter().filter(|event| period().contains(event.at)).count() as u64);
        }
    }

    #[test]
    fn the_order_of_arrival_changes_nothing((uses, order) in uses().prop_flat_map(|uses| {
        let order: Vec<usize> = (0..uses.len()).collect();
        (Just(uses), Just(order).prop_shuffle())
    })) {
        let events = events(&uses);
        for aggregate in AGGREGATES {
            let meter = of(aggregate);
            let shuffled = order.iter().map(|n| &events[*n]);
            prop_assert_eq!(measure(&meter, shuffled, period()), measure(&meter, &events, period()), "{}", aggregate);
        }
    }

    #[test]
    fn merging_is_associative_commutative_and_has_an_empty_state(uses in uses(), cut in 0usize..30, second in 0usize..30) {
        let events = events(&uses);
        let (cut, second) = (cut.min(second).min(events.len()), cut.max(second).min(events.len()));
        let parts = [&events[..cut], &events[cut..second], &events[second..]];
        for aggregate in AGGREGATES {
            let meter = of(aggregate);
            let [a, b, c] = parts.map(|part| state(&meter, part));
            let finish = |state: State| meter.finish(state, period()).unwrap();
            let whole = measure(&meter, &events, period());
            let left = a.clone().merge(b.clone()).unwrap().merge(c.clone()).unwrap();
            let right = c.clone().merge(b.clone()).unwrap().merge(a.clone()).unwrap();
            let grouped = a.clone().merge(b.merge(c).unwrap()).unwrap();
            let with_empty = empty(&meter).merge(left.clone()).unwrap();
            for state in [left, right, grouped, with_empty] {
                prop_assert_eq!(finish(state), whole.clone(), "{}", aggregate);
            }
        }
    }

    #[test]
    fn the_parts_of_a_split_period_sum_to_the_whole(uses in uses(), cut in 1i64..100_000_000) {
        let events = events(&uses);
        for aggregate in [AGGREGATES[0], AGGREGATES[1], AGGREGATES[2], AGGREGATES[9], AGGREGATES[10]] {
            let meter = of(aggregate);
            let part = |period: Period| measure(&meter, visible(&meter, &events, period), period);
            let (first, second, whole) = (part(span(0, cut)), part(span(cut, 100_000_000)), part(period()));
            prop_assert_eq!(first.raw.plus(second.raw).unwrap(), whole.raw, "{}", aggregate);
            prop_assert_eq!(first.count + second.count, whole.count);
        }
    }
}
