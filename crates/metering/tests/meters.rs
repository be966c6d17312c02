//! What each meter says of a handful of events, and what it says of an event that it cannot measure.

use calendar::{Instant, Period};
use metering::{CompiledMeter, Event, EventProblem, Measured, Meter, Value, dimensions, properties_from_json};
use money::Ratio;
use stdx::ToProblem;

fn april() -> Period {
    Period::new(at("2026-04-01T00:00:00Z"), at("2026-05-01T00:00:00Z")).expect("april")
}

fn at(text: &str) -> Instant {
    text.parse().expect(text)
}

fn event(id: &str, when: &str, properties: &str) -> Event {
    Event {
        source: "s".into(),
        id: id.into(),
        name: "use".into(),
        subject: "acme".into(),
        at: at(when),
        properties: properties_from_json(properties).expect(properties),
    }
}

/// One event a day with these properties.
fn daily(properties: &[&str]) -> Vec<Event> {
    properties
        .iter()
        .enumerate()
        .map(|(n, it)| event(&format!("{n}"), &format!("2026-04-{:02}T12:00:00Z", n + 1), it))
        .collect()
}

fn meter(json: &str) -> CompiledMeter {
    serde_json::from_str::<Meter>(json).unwrap_or_else(|error| panic!("{json}: {error}")).compile().expect(json)
}

fn of(aggregate: &str) -> CompiledMeter {
    meter(&format!(r#"{{"event": "use", "aggregate": {aggregate}}}"#))
}

fn measure(meter: &CompiledMeter, events: &[Event]) -> Measured {
    let mut state = meter.state_with_transactions();
    for event in events.iter().filter(|event| meter.accepts(event)) {
        meter.add(&mut state, event).expect("measurable");
    }
    meter.finish(state, april()).expect("measured")
}

fn quantity(meter: &CompiledMeter, events: &[Event]) -> String {
    measure(meter, events).quantity.to_string()
}

fn problem(meter: &CompiledMeter, properties: &str) -> EventProblem {
    meter.add(&mut meter.state(), &event("1", "2026-04-01T00:00:00Z", properties)).expect_err(properties)
}

#[test]
fn each_aggregation_has_its_value() {
    let events = daily(&[r#"{"x": 1.5}"#, r#"{"x": "4"}"#, r#"{"x": -2}"#, r#"{"x": 4.0}"#, r#"{"x": 1e0}"#]);
    for (aggregate, value) in [
        (r#""count""#, "5"),
        (r#"{"sum": "x"}"#, "8.5"),
        (r#"{"sum": "number(x) * 2 + 1"}"#, "22"),
        (r#"{"max": "properties.x"}"#, "4"),
        (r#"{"min": "x"}"#, "-2"),
        (r#"{"latest": "x"}"#, "1"),
        (r#"{"unique": "x"}"#, "4"),
        (r#"{"average": "x"}"#, "1.7"),
        (r#"{"percentile": "x", "p": 50}"#, "1.5"),
        (r#"{"percentile": "x", "p": 0}"#, "-2"),
        (r#"{"percentile": "x", "p": 100}"#, "4"),
        (r#"{"percentile": "x", "p": 95}"#, "4"),
        (r#"{"percentile": "x", "p": "37.5", "interpolation": "linear"}"#, "1.25"),
    ] {
        assert_eq!(quantity(&of(aggregate), &events), value, "{aggregate}");
        assert_eq!(measure(&of(aggregate), &events).count, 5);
    }
    for aggregate in [
        r#""count""#,
        r#"{"sum": "x"}"#,
        r#"{"max": "x"}"#,
        r#"{"min": "x"}"#,
        r#"{"latest": "x"}"#,
        r#"{"unique": "x"}"#,
        r#"{"average": "x"}"#,
        r#"{"percentile": "x", "p": 50}"#,
        r#"{"time_weighted": "x", "per": "hour"}"#,
    ] {
        assert_eq!(quantity(&of(aggregate), &[]), "0", "{aggregate} of nothing");
    }
}

#[test]
fn an_average_of_thirds_stays_exact() {
    let events = daily(&[r#"{"x": 1}"#, r#"{"x": 1}"#, r#"{"x": 2}"#]);
    assert_eq!(measure(&of(r#"{"average": "x"}"#), &events).quantity, Ratio::new(4, 3).expect("4/3"));
}

#[test]
fn the_latest_of_two_events_at_the_same_microsecond_is_the_one_with_the_larger_identity() {
    let same = |id: &str, x: &str| event(id, "2026-04-01T00:00:00.000001Z", x);
    let before = event("z", "2026-04-01T00:00:00Z", r#"{"x": 9}"#);
    for events in [
        [same("a", r#"{"x": 1}"#), same("b", r#"{"x": 2}"#), before.clone()],
        [before, same("b", r#"{"x": 2}"#), same("a", r#"{"x": 1}"#)],
    ] {
        assert_eq!(quantity(&of(r#"{"latest": "x"}"#), &events), "2");
    }
}

#[test]
fn unique_values_are_told_apart_by_their_text_and_numbers_by_their_value() {
    let events = daily(&[
        r#"{"x": 1000000}"#,
        r#"{"x": 1e6}"#,
        r#"{"x": "1000000"}"#,
        r#"{"x": 9007199254740993}"#,
        r#"{"x": 9007199254740992}"#,
    ]);
    assert_eq!(quantity(&of(r#"{"unique": "x"}"#), &events), "3");
    let pairs = daily(&[r#"{"a": "x", "b": "y"}"#, r#"{"a": "x", "b": "y"}"#, r#"{"a": "x", "b": "z"}"#]);
    assert_eq!(quantity(&of(r#"{"unique": "a + \"/\" + b"}"#), &pairs), "2");
}

#[test]
fn what_was_brought_stays_until_it_is_taken_away() {
    let seats = meter(
        r#"{"event": "use", "over": "lifetime", "aggregate": {"unique": "user", "removed_when": "op == \"remove\""}}"#,
    );
    assert!(seats.needs_history());
    let mut events = daily(&[
        r#"{"user": "a", "op": "add"}"#,
        r#"{"user": "b", "op": "add"}"#,
        r#"{"user": "a", "op": "remove"}"#,
        r#"{"user": "a", "op": "remove"}"#,
        r#"{"user": "c", "op": "add"}"#,
        r#"{"user": "c", "op": "remove"}"#,
        r#"{"user": "c", "op": "add"}"#,
    ]);
    assert_eq!(quantity(&seats, &events), "2");
    events.reverse();
    assert_eq!(quantity(&seats, &events), "2");
}

#[test]
fn a_level_is_carried_in_and_counts_to_the_microsecond() {
    let hours = of(r#"{"time_weighted": "gb", "per": "hour"}"#);
    assert!(hours.needs_history());
    let events = [
        event("old", "2025-01-01T00:00:00Z", r#"{"gb": 5}"#),
        event("before", "2026-03-31T23:59:59.999999Z", r#"{"gb": 2}"#),
        event("up", "2026-04-11T00:00:00Z", r#"{"gb": 10}"#),
        event("down", "2026-04-11T00:30:00Z", r#"{"gb": 0}"#),
        event("end", "2026-05-01T00:00:00Z", r#"{"gb": 99}"#),
    ];
    let measured = measure(&hours, &events);
    assert_eq!(measured.quantity.to_string(), "485"); // 2 GB for 240 hours, then 10 GB for half an hour
    assert_eq!(measured.count, 2);
    assert_eq!(measured.transactions.len(), 2);
    assert_eq!(quantity(&of(r#"{"time_weighted": "gb", "per": "period"}"#), &events[1..2]), "2");
    let micro = [event("a", "2026-04-30T23:59:59.999999Z", r#"{"gb": 3600000000}"#)];
    assert_eq!(quantity(&hours, &micro), "1");
}

#[test]
fn a_level_can_be_sent_as_changes() {
    let average = of(r#"{"time_weighted": "gb", "per": "period", "levels": "changes"}"#);
    let events = [
        event("a", "2026-03-01T00:00:00Z", r#"{"gb": 2500}"#),
        event("b", "2026-04-04T00:00:00Z", r#"{"gb": -2000}"#),
        event("c", "2026-04-06T00:00:00Z", r#"{"gb": -200}"#),
        event("d", "2026-04-06T00:00:00Z", r#"{"gb": 0}"#),
    ];
    assert_eq!(measure(&average, &events).quantity, Ratio::new(1600, 3).expect("533.33…"));
}

#[test]
fn the_unit_of_time_divides() {
    let level = [event("a", "2026-04-30T00:00:00Z", r#"{"gb": 2}"#)];
    for (per, value) in [("second", "172800"), ("minute", "2880"), ("hour", "48"), ("day", "2"), ("period", "1/15")] {
        assert_eq!(quantity(&of(&format!(r#"{{"time_weighted": "gb", "per": "{per}"}}"#)), &level), value, "{per}");
    }
}

#[test]
fn a_filter_looks_at_properties() {
    let events = daily(&[
        r#"{"status": "ok", "size": 5, "region": "eu"}"#,
        r#"{"status": "failed", "size": "10", "region": "us"}"#,
        r#"{"status": "ok", "size": 20.5, "trial": true}"#,
        r#"{"status": 200, "size": 20, "region": null}"#,
    ]);
    for (condition, count) in [
        (r#"{"properties.status": "ok"}"#, "2"),
        (r#"{"status": "200"}"#, "1"),
        (r#"{"status": 200}"#, "1"),
        (r#"{"status": {"in": ["ok", 200]}}"#, "3"),
        (r#"{"status": {"not": "ok"}}"#, "2"),
        (r#"{"region": {"not": ["eu", "us"]}}"#, "2"),
        (r#"{"region": {"exists": true}}"#, "2"),
        (r#"{"region": {"exists": false}}"#, "2"),
        (r#"{"trial": true}"#, "1"),
        (r#"{"trial": {"not": true}}"#, "3"),
        (r#"{"size": {"gt": 5}}"#, "3"),
        (r#"{"size": {"gte": 5, "lt": "20.5"}}"#, "3"),
        (r#"{"size": {"lte": 10}, "status": "ok"}"#, "1"),
        (r#"{"size": {"gt": "9.9", "not": 20}, "region": {"exists": true}}"#, "1"),
    ] {
        let meter = meter(&format!(r#"{{"event": "use", "aggregate": "count", "where": {condition}}}"#));
        assert_eq!(quantity(&meter, &events), count, "{condition}");
        let written = serde_json::to_string(meter.meter()).expect("json");
        assert_eq!(&serde_json::from_str::<Meter>(&written).expect("again"), meter.meter());
    }
    let mut other = event("1", "2026-04-01T00:00:00Z", "{}");
    other.name = "other".into();
    assert!(!of(r#""count""#).accepts(&other));
}

#[test]
fn a_bad_filter_is_refused() {
    for (condition, message) in [
        (r#"{"a": {}}"#, "would hold for everything"),
        (r#"{"a": {"in": []}}"#, "empty"),
        (r#"{"a": {"is": 1}}"#, "unknown field `is`"),
        (r#"{"a": {"gt": "x"}}"#, "not a decimal number"),
        (r#"{"a": 1.5}"#, "invalid type: floating point"),
    ] {
        let error = serde_json::from_str::<Meter>(&format!(
            r#"{{"event": "use", "aggregate": "count", "where": {condition}}}"#
        ));
        let error = error.expect_err(condition).to_string();
        assert!(error.contains(message), "{condition}: {error}");
    }
}

#[test]
fn an_event_without_a_number_is_a_problem_and_never_zero() {
    let sum = of(r#"{"sum": "properties.x"}"#);
    let formula = of(r#"{"sum": "x + y"}"#);
    let guarded = of(r#"{"sum": "x + (has(properties.y) ? y : 0)"}"#);
    for (meter, properties, message) in [
        (&sum, "{}", "the event has no property `x`"),
        (&sum, r#"{"x": null}"#, "the event has no property `x`"),
        (&sum, r#"{"x": "foo_bar"}"#, "`x` must be a number, not text (\"foo_bar\")"),
        (&sum, r#"{"x": "NaN"}"#, "`x` must be a number"),
        (&sum, r#"{"x": ""}"#, "`x` must be a number"),
        (&sum, r#"{"x": true}"#, "not a truth value (true)"),
        (&formula, r#"{"x": 1}"#, "the event has no property `y`"),
        (&formula, r#"{"x": 1, "y": null}"#, "`+` needs a number, not null"),
        (&formula, r#"{"x": "1", "y": "2"}"#, "the result needs a number, not \"12\""),
        (&of(r#"{"sum": "x / y"}"#), r#"{"x": 1, "y": 0}"#, "division by zero"),
        (&of(r#"{"unique": "x"}"#), "{}", "the event has no property `x`"),
        (&of(r#"{"unique": "[x]"}"#), r#"{"x": 1}"#, "a list, which cannot be told"),
        (&of(r#"{"unique": "x", "removed_when": "op"}"#), r#"{"x": 1, "op": "remove"}"#, "neither true nor false"),
        (
            &meter(r#"{"event": "use", "aggregate": "count", "where": {"x": {"gt": 1}}}"#),
            r#"{"x": "large"}"#,
            "`x` must be a number, not text (\"large\")",
        ),
    ] {
        let problem = problem(meter, properties);
        assert!(problem.to_string().contains(message), "{properties}: {problem}");
        assert_eq!(problem.problem().code, "event_not_measurable");
        assert!(!problem.problem().mend.is_empty());
    }
    assert_eq!(problem(&sum, "{}").problem().pointer.as_deref(), Some("/properties/x"));
    assert!(guarded.add(&mut guarded.state(), &event("1", "2026-04-01T00:00:00Z", r#"{"x": 1}"#)).is_ok());
}

#[test]
fn a_problem_leaves_the_state_as_it_was() {
    let sum = of(r#"{"sum": "x"}"#);
    let mut state = sum.state_with_transactions();
    let large = event("1", "2026-04-01T00:00:00Z", "{}");
    let huge = |id: &str| Event {
        properties: [("x".to_string(), Value::Num("9e37".parse().expect("huge")))].into(),
        ..event(id, "2026-04-01T00:00:00Z", "{}")
    };
    sum.add(&mut state, &huge("a")).expect("first");
    assert!(matches!(sum.add(&mut state, &huge("b")), Err(EventProblem::Number { .. })));
    assert!(sum.add(&mut state, &large).is_err());
    let measured = sum.finish(state, april()).expect("measured");
    assert_eq!((measured.count, measured.transactions.len(), measured.quantity.to_string().len()), (1, 1, 38));
}

#[test]
fn a_correction_takes_back_what_was_counted() {
    let events = daily(&[r#"{"x": 100}"#, r#"{"x": -100}"#, r#"{"x": -0.5}"#]);
    assert_eq!(quantity(&of(r#"{"sum": "x"}"#), &events), "-0.5");
}

#[test]
fn a_quantity_is_converted_and_then_rounded() {
    let events = daily(&[r#"{"bytes": 1499}"#, r#"{"bytes": 2}"#]);
    let kilobytes = meter(
        r#"{"event": "use", "aggregate": {"sum": "bytes"}, "convert": {"divide_by": 1000}, "round": {"to": 0, "mode": "up"}}"#,
    );
    let measured = measure(&kilobytes, &events);
    assert_eq!((measured.raw.to_string(), measured.quantity.to_string()), ("1501".into(), "2".into()));
}

#[test]
fn an_event_is_split_by_its_properties_and_a_missing_one_has_no_entry() {
    let by_model = meter(r#"{"event": "use", "aggregate": "count", "group_by": ["model", "properties.tier"]}"#);
    let event = event("1", "2026-04-01T00:00:00Z", r#"{"model": "large", "tier": 1e1, "region": null}"#);
    let found: Vec<_> = by_model.group(&event).into_iter().collect();
    assert_eq!(found, [("model".into(), "large".into()), ("tier".into(), "10".into())]);
    assert!(dimensions(&event, &["region".into(), "nothing".into()]).is_empty());
}

#[test]
fn the_value_of_each_event_is_told_by_time_when_asked_for() {
    let mut events = daily(&[r#"{"x": 3}"#, r#"{"x": 1}"#, r#"{"x": 2}"#]);
    events.reverse();
    let measured = measure(&of(r#"{"sum": "x"}"#), &events);
    assert_eq!(measured.transactions.iter().map(ToString::to_string).collect::<Vec<_>>(), ["3", "1", "2"]);
    assert_eq!(measure(&of(r#""count""#), &events).transactions.len(), 3);
    let third = of(r#"{"sum": "x / 3"}"#);
    let error = third.add(&mut third.state_with_transactions(), &events[0]).expect_err("2/3");
    assert!(error.to_string().contains("2/3"), "{error}");
    assert!(third.add(&mut third.state(), &events[0]).is_ok());
}

#[test]
fn states_of_different_meters_do_not_mix() {
    let (sum, count, changes) =
        (of(r#"{"sum": "x"}"#), of(r#""count""#), of(r#"{"time_weighted": "x", "per": "day", "levels": "changes"}"#));
    let absolute = of(r#"{"time_weighted": "x", "per": "day"}"#);
    assert!(sum.state().merge(count.state()).is_err());
    assert!(changes.state().merge(absolute.state()).is_err());
    assert!(sum.state().merge(sum.state_with_transactions()).is_err());
    assert!(sum.finish(count.state(), april()).is_err());
}

#[test]
fn a_bad_meter_is_refused() {
    for (json, message) in [
        (r#"{"event": " ", "aggregate": "count"}"#, "names no event"),
        (r#"{"event": "use", "aggregate": {"sum": "1 + 1"}}"#, "uses no property"),
        (r#"{"event": "use", "aggregate": "count", "group_by": ["a", "a"]}"#, "has `a` twice"),
        (r#"{"event": "use", "aggregate": "count", "round": {"to": 39}}"#, "39 places"),
    ] {
        let error = serde_json::from_str::<Meter>(json).expect(json).compile().expect_err(json);
        assert!(error.to_string().contains(message), "{error}");
        assert!(error.problem().pointer.is_some());
    }
    for json in [
        r#"{"event": "use"}"#,
        r#"{"event": "use", "aggregate": "count", "filter": {}}"#,
        r#"{"event": "use", "aggregate": "count", "over": "forever"}"#,
    ] {
        assert!(serde_json::from_str::<Meter>(json).is_err(), "{json}");
    }
}
