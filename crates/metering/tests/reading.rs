//! What an event may be, and what is said of one that it may not be.

use metering::{Event, EventError, MAX_PROPERTIES, Value, events_from_json, properties_from_json};
use proptest::prelude::*;
use stdx::ToProblem;

/// An event with these properties.
fn with(properties: &str) -> Result<Event, EventError> {
    Event::from_json(&format!(
        r#"{{"source":"s","id":"1","name":"api.request","subject":"acme","at":"2026-04-16T00:00:00Z","properties":{properties}}}"#
    ))
}

fn num(text: &str) -> Value {
    Value::Num(text.parse().expect(text))
}

#[test]
fn numbers_are_what_they_say() {
    for (written, value) in [
        ("0.1", "0.1"),
        ("1e6", "1000000"),
        ("1E-3", "0.001"),
        ("9007199254740993", "9007199254740993"),
        ("-12.50", "-12.5"),
        ("0.30000000000000004", "0.30000000000000004"),
        ("123456789012345678901234567890.12345678", "123456789012345678901234567890.12345678"),
    ] {
        let event = with(&format!(r#"{{"x": {written}}}"#)).expect(written);
        assert_eq!(event.properties["x"], num(value), "{written}");
        let again = Event::from_json(&serde_json::to_string(&event).expect("json")).expect("again");
        assert_eq!(again, event, "{written}");
    }
}

#[test]
fn a_negative_quantity_is_a_correction_and_is_kept() {
    assert_eq!(with(r#"{"x": -5}"#).expect("event").properties["x"], num("-5"));
}

#[test]
fn what_is_nested_gets_dotted_names() {
    let properties =
        properties_from_json(r#"{"a": {"b": 1, "c": [true, {"d": "x"}]}, "e": null, "none": {}}"#).expect("properties");
    let names: Vec<&str> = properties.keys().map(String::as_str).collect();
    assert_eq!(names, ["a.b", "a.c.0", "a.c.1.d", "e"]);
    assert_eq!(properties["a.c.1.d"], Value::Text("x".into()));
    assert_eq!(properties["e"], Value::Null);
}

#[test]
fn cloudevents_are_understood() {
    let event = Event::from_json(
        r#"{"specversion":"1.0","source":"s","id":"1","type":"t","subject":"acme","time":"2026-04-16T02:00:00+02:00",
            "datacontenttype":"application/json","data":{"x":1}}"#,
    )
    .expect("event");
    assert_eq!((event.name.as_str(), event.at.to_string().as_str()), ("t", "2026-04-16T00:00:00Z"));
    assert_eq!(event.place().1, "s");
}

#[test]
fn a_bad_event_is_told_with_what_where_and_how_to_mend_it() {
    let long = format!(r#"{{"x": "{}"}}"#, "a".repeat(70_000));
    let many = format!("{{{}}}", (0..=MAX_PROPERTIES).map(|n| format!(r#""p{n}": {n}"#)).collect::<Vec<_>>().join(","));
    let deep = format!("{}1{}", r#"{"a":"#.repeat(9), "}".repeat(9));
    let very_deep = format!("{}1{}", r#"{"a":"#.repeat(5000), "}".repeat(5000));
    for (properties, code, pointer, detail) in [
        (r#"{"x": NaN}"#, "event_unreadable", None, "this is not JSON"),
        (r#"{"x": Infinity}"#, "event_unreadable", None, "this is not JSON"),
        (r#"{"x": -Infinity}"#, "event_unreadable", None, "this is not JSON"),
        (r#"{"x": 01}"#, "event_unreadable", None, "this is not JSON"),
        (r#"{"x": "\ud800"}"#, "event_unreadable", None, "this is not JSON"),
        (r#"{"x": 1e30}"#, "event_unreadable", Some("/properties/x"), "10^30 or more"),
        (r#"{"x": -1000000000000000000000000000000}"#, "event_unreadable", Some("/properties/x"), "10^30 or more"),
        (r#"{"x": 1e400}"#, "too_many_digits", Some("/properties/x"), "more digits"),
        (r#"{"x": 1, "x": 2}"#, "event_unreadable", Some("/properties/x"), "given twice"),
        (r#"{"a.b": 1, "a": {"b": 2}}"#, "event_unreadable", Some("/properties/a.b"), "given twice"),
        ("[1]", "event_unreadable", Some("/properties"), "must be an object"),
        ("7", "event_unreadable", Some("/properties"), "must be an object"),
        (long.as_str(), "event_unreadable", Some("/properties"), "more than 65536 bytes"),
        (many.as_str(), "event_unreadable", Some("/properties"), "more than 256 properties"),
        (deep.as_str(), "event_unreadable", Some("/properties/a.a.a.a.a.a.a.a.a"), "deeper than 8 levels"),
        (very_deep.as_str(), "event_unreadable", Some("/properties/a.a.a.a.a.a.a.a.a"), "deeper than 8 levels"),
    ] {
        let short: String = properties.chars().take(60).collect();
        let problem = with(properties).expect_err(&short).problem();
        assert_eq!(problem.pointer.as_deref(), pointer, "{short}: {problem}");
        assert!(problem.detail.contains(detail), "{short}: {problem}");
        assert!(!problem.mend.is_empty(), "{short}");
        assert_eq!(problem.code, code, "{short}");
    }
}

#[test]
fn a_field_that_is_missing_wrong_or_unknown_is_named() {
    let fields = r#""source":"s","id":"1","type":"t","subject":"acme""#;
    for (text, pointer, detail) in [
        (format!("{{{fields}}}"), Some("/time"), "the event has no `time`"),
        (
            r#"{"source":"s","type":"t","subject":"a","time":"2026-04-16T00:00:00Z"}"#.into(),
            Some("/id"),
            "the event has no `id`",
        ),
        (format!(r#"{{{fields},"time":"2026-04-16"}}"#), Some("/time"), "without a time of day"),
        (format!(r#"{{{fields},"time":"2026-02-30T00:00:00Z"}}"#), Some("/time"), "2026-02-30"),
        (format!(r#"{{{fields},"time":"10000-01-01T00:00:00Z"}}"#), Some("/time"), "years 1 to 9999"),
        (format!(r#"{{{fields},"time":1776297600}}"#), Some("/time"), "must be text"),
        (
            format!(r#"{{{fields},"time":"2026-04-16T00:00:00Z","at":"2026-04-16T00:00:00Z"}}"#),
            Some("/at"),
            "given twice",
        ),
        (format!(r#"{{{fields},"propertys":{{}}}}"#), Some("/propertys"), "did you mean `properties`?"),
        (r#""text""#.into(), Some(""), "the event must be an object"),
        (String::new(), None, "this is not JSON"),
        ("{".into(), None, "this is not JSON"),
    ] {
        let problem = Event::from_json(&text).expect_err(&text).problem();
        assert!(problem.detail.contains(detail), "{text}: {problem}");
        assert_eq!(problem.pointer.as_deref(), pointer, "{text}");
    }
    let last = Event::from_json(&format!(r#"{{{fields},"time":"9999-12-31T23:59:59.999999Z"}}"#));
    assert_eq!(last.map(|event| event.at.to_string()), Ok("9999-12-31T23:59:59.999999Z".into()));
}

#[test]
fn one_bad_event_does_not_spoil_the_others() {
    let good = r#"{"source":"s","id":"1","type":"t","subject":"acme","time":"2026-04-16T00:00:00Z"}"#;
    let events = events_from_json(&format!("\u{feff}\r\n[{good},\r\n 7, {good}]")).expect("list");
    assert_eq!(events.iter().map(Result::is_ok).collect::<Vec<_>>(), [true, false, true]);
    assert_eq!(events_from_json(good).expect("one").len(), 1);
    assert!(events_from_json("[1").is_err());
    assert_eq!(events_from_json("[]"), Ok(vec![]));
}

#[test]
fn other_formats_give_the_same_event_or_refuse_a_float() {
    let fields = r#""source":"s","id":"1","type":"t","subject":"acme","time":"2026-04-16T00:00:00Z""#;
    let text = format!(r#"{{{fields},"data":{{"a":{{"b":"1.5"}},"n":[7]}}}}"#);
    assert_eq!(serde_json::from_str::<Event>(&text).expect("serde"), Event::from_json(&text).expect("exact"));
    let float =
        serde_json::from_str::<Event>(&format!(r#"{{{fields},"data":{{"a":1.5}}}}"#)).expect_err("float").to_string();
    assert!(float.contains("written as text"), "{float}");
    let twice = serde_json::from_str::<Event>(&format!(r#"{{{fields},"data":{{"a":1,"a":2}}}}"#))
        .expect_err("twice")
        .to_string();
    assert!(twice.contains("/properties/a is given twice"), "{twice}");
}

proptest! {
    #[test]
    fn any_decimal_comes_back_from_json(mantissa in -10i128.pow(29)..10i128.pow(29), scale in 0u8..=30) {
        let value = Value::Num(money::Dec::new(mantissa, scale).unwrap());
        let json = format!(r#"{{"x": {}}}"#, serde_json::to_string(&value).unwrap());
        prop_assert_eq!(&properties_from_json(&json).unwrap()["x"], &value);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "[\\[\\]{}:,\"a-c0-9.eE+\\-\\\\ ntrufals]{0,60}") {
        let _ = properties_from_json(&text);
        let _ = events_from_json(&text);
    }
}
