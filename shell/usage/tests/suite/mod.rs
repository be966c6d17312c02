//! One suite for every store: what is promised, by example, and that all answer alike, at random.
//!
//! A crate that has a store runs it with `#[path] mod suite;` in a test, beside a type `Place` at the root of the test: where a store lies, so
//! that it can be opened again. `Place::new` says loudly when this machine lacks what the store needs, and answers with none.

use crate::Place;
use calendar::{Instant, Period, Zone};
use metering::{CompiledMeter, Dimensions, Event, Meter, Properties, Value};
use money::Dec;
use proptest::{prelude::*, sample::select};
use std::sync::LazyLock;
use stdx::{Key, Problem};
use usage::{
    Applied, ApplyError, Change, Cursor, EventFilter, Incoming, JsonForm, MemStore, Outcome, Query, Refused, Sent, Seq,
    Subjects, Transactions, UsageStore, What, Window,
};

const NOON: &str = "2026-04-16T12:00:00Z";

fn at(time: &str) -> Instant {
    time.parse().unwrap()
}

fn tenant(name: &str) -> Key {
    Key::try_from(name).unwrap()
}

fn event(id: &str, time: &str, n: i64) -> Event {
    let properties = Properties::from([("n".to_owned(), Value::Num(n.into()))]);
    let text = |text: &str| text.to_owned();
    Event { source: text("gateway"), id: text(id), name: text("call"), subject: text("c1"), at: at(time), properties }
}

fn meter(json: &str) -> CompiledMeter {
    serde_json::from_str::<Meter>(json).unwrap().compile().unwrap()
}

fn sum() -> CompiledMeter {
    meter(r#"{ "event": "call", "aggregate": { "sum": "properties.n" } }"#)
}

/// The quantity of all subjects' events of the day, as of a position.
fn quantity(store: &dyn UsageStore, tenant: &Key, meter: &CompiledMeter, as_of: Seq) -> Option<String> {
    let period = Period::new(at("2026-04-16T00:00:00Z"), at("2026-04-17T00:00:00Z")).unwrap();
    let (subjects, window, transactions) = (Subjects::All, Window::Whole, Transactions::Leave);
    let query = Query { tenant, subjects, meter, period, window, by: &[], transactions, as_of };
    let groups = store.measure(&query).unwrap();
    groups.first().map(|group| group.measured.quantity.to_string())
}

/// Runs an example on every store.
fn on_every_store(example: impl Fn(&dyn UsageStore)) {
    example(&MemStore::new());
    if let Some(place) = Place::new() {
        example(&*place.open());
    }
}

#[test]
fn an_event_counts_once_for_ever_and_the_sender_learns_what_became_of_it() {
    on_every_store(|store| {
        let (us, them) = (tenant("us"), tenant("them"));
        let ingest = |tenant, events: Vec<Event>| {
            store.ingest(tenant, events.into_iter().map(Incoming::from).collect(), at(NOON)).unwrap()
        };
        let (a, b) = (event("a", NOON, 1), event("b", NOON, 2));
        let outcomes = ingest(&us, vec![a.clone(), b.clone(), a.clone(), event("a", NOON, 9)]);
        let expected = [
            Outcome::Accepted { seq: Seq(1) },
            Outcome::Accepted { seq: Seq(2) },
            Outcome::Duplicate { seq: Seq(1) },
            Outcome::Conflict { seq: Seq(1) },
        ];
        assert_eq!(outcomes, expected);
        assert_eq!(ingest(&us, vec![b.clone()]), [Outcome::Duplicate { seq: Seq(2) }]);
        let elsewhere = Event { source: "batch".into(), ..a.clone() };
        assert_eq!(ingest(&us, vec![elsewhere]), [Outcome::Accepted { seq: Seq(3) }]);
        assert_eq!(ingest(&them, vec![b]), [Outcome::Accepted { seq: Seq(1) }]);
        assert_eq!(store.watermark(&us), Ok(Seq(3)));
        assert_eq!(quantity(store, &us, &sum(), Seq::NOW).as_deref(), Some("4"));
        assert_eq!(store.lookup(&us, "gateway", "a").unwrap().unwrap().event, a);
        assert_eq!(store.lookup(&us, "gateway", "z").unwrap(), None);
        assert_eq!(store.watermark(&tenant("nobody")), Ok(Seq::ZERO));
    });
}

#[test]
fn what_is_not_valid_is_kept_and_shown_and_can_be_mended() {
    on_every_store(|store| {
        let us = tenant("us");
        let bad = Event { subject: String::new(), ..event("a", NOON, 1) };
        let unreadable = Incoming::Unreadable { text: "{".into(), problem: Problem::new("event_unreadable", "x") };
        let batch = vec![bad.clone().into(), event("b", NOON, 2).into(), unreadable.clone()];
        let outcomes = store.ingest(&us, batch.clone(), at(NOON)).unwrap();
        assert!(
            matches!(&outcomes[0], Outcome::Quarantined { problem } if problem.pointer.as_deref() == Some("/subject"))
        );
        assert_eq!(outcomes[1], Outcome::Accepted { seq: Seq(1) });
        assert!(matches!(&outcomes[2], Outcome::Quarantined { problem } if problem.code == "event_unreadable"));
        // a repetition is answered again and kept once
        let again = store.ingest(&us, batch, at(NOON)).unwrap();
        assert_eq!((&again[0], &again[2]), (&outcomes[0], &outcomes[2]));
        assert_eq!(store.quarantined(&us), Ok(2));
        let kept = store.quarantine(&us, 0, 10).unwrap();
        assert_eq!((&kept[0].sent, kept[0].mended), (&Sent::Event(bad), None));
        assert_eq!(kept[1].sent, Sent::Text("{".into()));
        assert_eq!(store.quarantine(&us, 1, 10).unwrap(), kept[1..]);
        let mended = store.ingest(&us, vec![event("a", NOON, 1).into()], at(NOON)).unwrap();
        assert_eq!(mended, [Outcome::Accepted { seq: Seq(2) }]);
        assert_eq!(store.quarantine(&us, 0, 1).unwrap()[0].mended, Some(Seq(2)));
        assert_eq!(quantity(store, &us, &sum(), Seq::NOW).as_deref(), Some("3"));
    });
}

#[test]
fn a_question_as_of_a_position_keeps_its_answer_and_late_events_can_be_listed() {
    on_every_store(|store| {
        let us = tenant("us");
        store.ingest(&us, vec![event("a", NOON, 1).into()], at(NOON)).unwrap();
        let invoiced = store.watermark(&us).unwrap();
        let late = event("late", "2026-04-16T03:00:00Z", 10);
        store.ingest(&us, vec![late.clone().into()], at("2026-05-02T00:00:00Z")).unwrap();
        assert_eq!(quantity(store, &us, &sum(), invoiced).as_deref(), Some("1"));
        assert_eq!(quantity(store, &us, &sum(), Seq::NOW).as_deref(), Some("11"));
        let filter = EventFilter { subject: Some("c1"), name: Some("call"), after: invoiced, ..EventFilter::default() };
        let found = store.events(&us, &filter, None, 10).unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!((&found[0].event, found[0].received_at), (&late, at("2026-05-02T00:00:00Z")));
        let change = &store.changes(&us, invoiced, 10).unwrap()[0];
        assert_eq!((change.seq, change.event.as_ref()), (found[0].seq, Some(&late)));
    });
}

#[test]
fn what_a_meter_cannot_measure_is_said_beside_the_quantity() {
    on_every_store(|store| {
        let us = tenant("us");
        let nameless = Event { properties: Properties::new(), ..event("b", NOON, 0) };
        store.ingest(&us, vec![event("a", NOON, 1).into(), nameless.clone().into()], at(NOON)).unwrap();
        let period = Period::new(at("2026-04-16T00:00:00Z"), at("2026-04-17T00:00:00Z")).unwrap();
        let (meter, subjects, transactions) = (sum(), Subjects::One("c1"), Transactions::Leave);
        let (window, by, as_of) = (Window::Whole, &[], Seq::NOW);
        let query = Query { tenant: &us, subjects, meter: &meter, period, window, by, transactions, as_of };
        let groups = store.measure(&query).unwrap();
        assert_eq!(groups[0].measured.quantity.to_string(), "1");
        let unmeasured = groups[0].unmeasured.as_ref().unwrap();
        assert_eq!((unmeasured.count, &unmeasured.first), (1, &Cursor::from(&nameless)));
        assert_eq!(unmeasured.problem.pointer.as_deref(), Some("/properties/n"));
    });
}

#[test]
fn a_level_is_carried_into_the_period() {
    on_every_store(|store| {
        let us = tenant("us");
        store.ingest(&us, vec![event("a", "2026-04-01T00:00:00Z", 3).into()], at(NOON)).unwrap();
        let hours = meter(r#"{ "event": "call", "aggregate": { "time_weighted": "properties.n", "per": "hour" } }"#);
        assert_eq!(quantity(store, &us, &hours, Seq::NOW).as_deref(), Some("72"));
        assert_eq!(quantity(store, &us, &sum(), Seq::NOW), None);
    });
}

#[test]
fn a_correction_is_a_version_and_what_was_answered_before_stays_the_answer() {
    on_every_store(|store| {
        let us = tenant("us");
        let apply = |changes| store.apply(&us, changes, at(NOON));
        let retract = |id: &str| Change::Retract { source: "gateway".into(), id: id.into() };
        store.ingest(&us, vec![event("a", NOON, 1).into(), event("b", NOON, 10).into()], at(NOON)).unwrap();
        let changes = vec![Change::Amend(event("a", NOON, 5)), retract("b"), Change::Add(event("c", NOON, 100))];
        assert_eq!(apply(changes), Ok(Applied { first: Seq(3), last: Seq(5) }));
        for (as_of, expected) in [(2, "11"), (3, "15"), (4, "5"), (5, "105")] {
            assert_eq!(quantity(store, &us, &sum(), Seq(as_of)).as_deref(), Some(expected), "as of {as_of}");
        }
        assert_eq!(store.lookup(&us, "gateway", "a").unwrap().unwrap().event, event("a", NOON, 5));
        assert_eq!(store.lookup(&us, "gateway", "b"), Ok(None));
        let history: Vec<_> = store
            .history(&us, "gateway", "b")
            .unwrap()
            .into_iter()
            .map(|version| (version.seq, version.what, version.event))
            .collect();
        let expected = [(Seq(2), What::Accepted, Some(event("b", NOON, 10))), (Seq(4), What::Retracted, None)];
        assert_eq!(history, expected);
        // the identity stays taken, and a sender that repeats itself is told so
        let again = vec![event("a", NOON, 1).into(), event("b", NOON, 10).into(), event("b", NOON, 11).into()];
        let outcomes = store.ingest(&us, again, at(NOON)).unwrap();
        let expected =
            [Outcome::Duplicate { seq: Seq(1) }, Outcome::Duplicate { seq: Seq(2) }, Outcome::Conflict { seq: Seq(2) }];
        assert_eq!(outcomes, expected);
        // an amendment brings a retracted event back
        assert_eq!(apply(vec![Change::Amend(event("b", NOON, 20))]), Ok(Applied { first: Seq(6), last: Seq(6) }));
        assert_eq!(quantity(store, &us, &sum(), Seq::NOW).as_deref(), Some("125"));
    });
}

#[test]
fn changes_that_cannot_all_be_made_are_named_and_none_is_made() {
    on_every_store(|store| {
        let us = tenant("us");
        let retract = |id: &str| Change::Retract { source: "gateway".into(), id: id.into() };
        store.ingest(&us, vec![event("a", NOON, 1).into(), event("b", NOON, 10).into()], at(NOON)).unwrap();
        let invalid = Event { subject: String::new(), ..event("a", NOON, 3) };
        let changes = vec![
            Change::Amend(event("a", NOON, 2)),
            Change::Add(event("b", NOON, 10)),
            Change::Add(event("b", NOON, 11)),
            Change::Amend(event("z", NOON, 1)),
            retract("z"),
            Change::Amend(event("b", NOON, 10)),
            retract("a"),
            retract("a"),
            Change::Amend(invalid),
        ];
        let Err(ApplyError::Refused(refusals)) = store.apply(&us, changes, at(NOON)) else { panic!() };
        let found: Vec<_> = refusals.into_iter().map(|refusal| (refusal.index, refusal.why)).collect();
        let expected = [
            (1, Refused::Exists { seq: Seq(2) }),
            (2, Refused::Conflict { seq: Seq(2) }),
            (3, Refused::Unknown),
            (4, Refused::Unknown),
            (5, Refused::Unchanged { seq: Seq(2) }),
            (7, Refused::Retracted { seq: Seq(4) }),
        ];
        assert_eq!(found[..6], expected);
        assert!(matches!(found[6], (8, Refused::Invalid(_))));
        assert_eq!(store.apply(&us, vec![], at(NOON)), Err(ApplyError::Nothing));
        assert_eq!(store.watermark(&us), Ok(Seq(2)));
        assert_eq!(quantity(store, &us, &sum(), Seq::NOW).as_deref(), Some("11"));
    });
}

#[test]
fn a_series_has_a_group_for_each_window_and_levels_go_on() {
    on_every_store(|store| {
        let us = tenant("us");
        // the day on which Berlin has 23 hours
        let (first, last) = ("2026-03-28T22:59:59.999999Z", "2026-03-29T22:00:00Z");
        store.ingest(&us, vec![event("a", first, 1).into(), event("b", last, 10).into()], at(NOON)).unwrap();
        let berlin = Zone::parse("Europe/Berlin").unwrap();
        let period = Period::new(at("2026-03-28T12:00:00Z"), at("2026-03-31T00:00:00Z")).unwrap();
        let series = |meter: &CompiledMeter| -> Vec<_> {
            let (subjects, window, transactions) = (Subjects::All, Window::Day(&berlin), Transactions::Leave);
            let query = Query { tenant: &us, subjects, meter, period, window, by: &[], transactions, as_of: Seq::NOW };
            let groups = store.measure(&query).unwrap();
            groups.into_iter().map(|group| (group.from.to_string(), group.measured.quantity.to_string())).collect()
        };
        let text = |from: &str, quantity: &str| (from.to_owned(), quantity.to_owned());
        assert_eq!(series(&sum()), [text("2026-03-28T12:00:00Z", "1"), text("2026-03-29T22:00:00Z", "10")]);
        let hours = meter(r#"{ "event": "call", "aggregate": { "time_weighted": "properties.n", "per": "hour" } }"#);
        let expected = [
            ("2026-03-28T12:00:00Z", "0.000000000277777777777777777777"),
            ("2026-03-28T23:00:00Z", "23"),
            ("2026-03-29T22:00:00Z", "240"),
            ("2026-03-30T22:00:00Z", "20"),
        ];
        let found = series(&hours);
        assert_eq!(found[1..], expected[1..].iter().map(|(from, n)| text(from, n)).collect::<Vec<_>>());
        assert_eq!((found.len(), &*found[0].0), (4, expected[0].0));
    });
}

#[test]
fn a_body_of_json_is_taken_as_its_events_are() {
    on_every_store(|store| {
        let us = tenant("us");
        let good =
            r#"{"source":"s","id":"1","type":"call","subject":"c1","time":"2026-04-16T12:00:00Z","data":{"n":0.10}}"#;
        let body = format!("{good}\n{{\n{good}\n");
        let outcomes = store.ingest_json(&us, body.as_bytes(), JsonForm::Lines, at(NOON)).unwrap();
        assert_eq!(outcomes[0], Outcome::Accepted { seq: Seq(1) });
        assert!(matches!(&outcomes[1], Outcome::Quarantined { problem } if !problem.code.is_empty()));
        assert_eq!(outcomes[2], Outcome::Duplicate { seq: Seq(1) });
        assert!(store.ingest_json(&us, b"[", JsonForm::Array, at(NOON)).is_err());
        assert_eq!(quantity(store, &us, &sum(), Seq::NOW).as_deref(), Some("0.1"));
        assert_eq!(store.quarantined(&us), Ok(1));
    });
}

#[test]
fn threads_that_send_the_same_events_agree_who_was_first() {
    on_every_store(|store| {
        let us = tenant("us");
        let accepted: usize = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4)
                .map(|thread| {
                    let us = &us;
                    scope.spawn(move || {
                        let mut accepted = 0;
                        for turn in 0..20 {
                            // every event is sent by two threads
                            let ids = (0..25).map(|n| format!("{}-{turn}-{n}", thread / 2));
                            let batch = ids.map(|id| event(&id, NOON, 1).into()).collect();
                            let outcomes = store.ingest(us, batch, at(NOON)).unwrap();
                            for outcome in outcomes {
                                match outcome {
                                    Outcome::Accepted { .. } => accepted += 1,
                                    Outcome::Duplicate { seq } => assert!(seq <= store.watermark(us).unwrap()),
                                    Outcome::Conflict { .. } | Outcome::Quarantined { .. } => panic!("{outcome:?}"),
                                }
                            }
                        }
                        accepted
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        assert_eq!(accepted, 1000);
        assert_eq!(store.watermark(&us), Ok(Seq(1000)));
        assert_eq!(quantity(store, &us, &sum(), Seq::NOW).as_deref(), Some("1000"));
        let positions: Vec<Seq> =
            store.changes(&us, Seq::ZERO, 2000).unwrap().iter().map(|version| version.seq).collect();
        assert_eq!(positions, (1..=1000).map(Seq).collect::<Vec<_>>());
    });
}

/// One step of a random story.
#[derive(Debug, Clone)]
enum Step {
    Ingest(u8, Vec<Incoming>, Instant),
    Json(u8, Vec<Incoming>, Instant),
    Apply(u8, Vec<Change>, Instant),
    Reopen,
}

const HOUR: i64 = 3_600_000_000;

fn instants() -> impl Strategy<Value = Instant> {
    // whole hours and their microsecond neighbours, so that events fall on edges and on each other
    (0_i64..30, -1_i64..=1).prop_map(|(hour, micro)| at(NOON).plus_micros(hour * HOUR + micro).unwrap())
}

fn values() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => (-50_i64..1000, 0_u8..4).prop_map(|(mantissa, scale)| Value::Num(Dec::new(mantissa.into(), scale).unwrap())),
        1 => select(vec![Value::Null, Value::Bool(true), Value::Text("7.5".into()), Value::Text("many".into())]),
    ]
}

fn events() -> impl Strategy<Value = Event> {
    let properties = (
        proptest::option::weighted(0.9, values()),
        proptest::option::weighted(0.8, select(vec!["east", "west"])),
        any::<bool>(),
    )
        .prop_map(|(n, region, ok)| {
            let mut properties = Properties::from([("ok".to_owned(), Value::Bool(ok))]);
            properties.extend(n.map(|n| ("n".to_owned(), n)));
            properties.extend(region.map(|region| ("region".to_owned(), Value::Text(region.to_owned()))));
            properties
        });
    let names = (
        select(vec!["a", "b"]),
        0_u32..40,
        select(vec!["call", "call", "call", "file"]),
        select(vec!["c1", "c2", "c3", " "]),
    );
    (names, instants(), properties).prop_map(|((source, id, name, subject), at, properties)| {
        let text = |text: &str| text.to_owned();
        Event { source: text(source), id: id.to_string(), name: text(name), subject: text(subject), at, properties }
    })
}

fn batches() -> impl Strategy<Value = Vec<Incoming>> {
    let unreadable = select(vec!["{", "[]"]).prop_map(|text| Incoming::Unreadable {
        text: text.into(),
        problem: Problem::new("event_unreadable", "x").detail(text),
    });
    proptest::collection::vec(prop_oneof![12 => events().prop_map(Incoming::from), 1 => unreadable], 0..12)
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let ingest = (0_u8..2, batches(), instants())
        .prop_map(|(tenant, batch, received_at)| Step::Ingest(tenant, batch, received_at));
    let json = (0_u8..2, batches(), instants())
        .prop_map(|(tenant, batch, received_at)| Step::Json(tenant, batch, received_at));
    let apply = (0_u8..2, changes(), instants())
        .prop_map(|(tenant, changes, recorded_at)| Step::Apply(tenant, changes, recorded_at));
    proptest::collection::vec(prop_oneof![5 => ingest, 2 => json, 4 => apply, 1 => Just(Step::Reopen)], 1..16)
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let one = prop_oneof![
        1 => events().prop_map(Change::Add),
        4 => events().prop_map(Change::Amend),
        3 => (select(vec!["a", "b"]), 0_u32..40)
            .prop_map(|(source, id)| Change::Retract { source: source.into(), id: id.to_string() }),
    ];
    // mostly one at a time: several are mostly refused
    prop_oneof![5 => proptest::collection::vec(one.clone(), 1), 1 => proptest::collection::vec(one, 0..4)]
}

/// A batch as NDJSON.
fn as_lines(batch: &[Incoming]) -> String {
    let line = |incoming: &Incoming| match incoming {
        Incoming::Event(event) => serde_json::to_string(event).unwrap(),
        Incoming::Unreadable { text, .. } => text.clone(),
    };
    batch.iter().map(|incoming| line(incoming) + "\n").collect()
}

#[derive(Debug, Clone)]
struct Question {
    tenant: u8,
    meter: &'static str,
    from: Instant,
    hours: i64,
    by: Vec<String>,
    subjects: Option<Vec<String>>,
    transactions: Transactions,
    window: Window<'static>,
    as_of: Seq,
}

static ZONES: LazyLock<Vec<Zone>> = LazyLock::new(|| {
    ["UTC", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kolkata"].map(|name| Zone::parse(name).unwrap()).into()
});

fn windows() -> impl Strategy<Value = Window<'static>> {
    (0_usize..4, 0_u8..6).prop_map(|(zone, kind)| match kind {
        0 => Window::Hour(&ZONES[zone]),
        1 => Window::Day(&ZONES[zone]),
        2 => Window::Month(&ZONES[zone]),
        _ => Window::Whole,
    })
}

const METERS: [&str; 10] = [
    r#"{ "event": "call", "aggregate": "count" }"#,
    r#"{ "event": "call", "aggregate": { "sum": "properties.n" }, "where": { "properties.ok": true } }"#,
    r#"{ "event": "call", "aggregate": { "sum": "properties.n * 2" }, "convert": { "divide_by": 3 } }"#,
    r#"{ "event": "call", "aggregate": { "max": "properties.n" }, "where": { "properties.n": { "gt": 5 } } }"#,
    r#"{ "event": "call", "aggregate": { "latest": "properties.n" } }"#,
    r#"{ "event": "call", "aggregate": { "unique": "properties.region" } }"#,
    r#"{ "event": "call", "aggregate": { "average": "properties.n" }, "where": { "properties.n": { "exists": true } } }"#,
    r#"{ "event": "call", "aggregate": { "time_weighted": "properties.n", "per": "hour" } }"#,
    r#"{ "event": "file", "aggregate": { "percentile": "properties.n", "p": 95 } }"#,
    r#"{ "event": "never", "aggregate": "count" }"#,
];

fn questions() -> impl Strategy<Value = Vec<Question>> {
    let by = select(vec![vec![], vec!["region"], vec!["properties.region", "ok"]]);
    let subjects = proptest::option::of(proptest::sample::subsequence(vec!["c1", "c2", "c3", "nobody"], 0..=4));
    let transactions = select(vec![Transactions::Leave, Transactions::Collect]);
    let as_of = prop_oneof![(0_u64..40).prop_map(Seq), Just(Seq::NOW)];
    let kinds = (transactions, windows(), as_of);
    let one = (0_u8..2, select(METERS.to_vec()), instants(), 1_i64..30, by, subjects, kinds).prop_map(
        |(tenant, meter, from, hours, by, subjects, (transactions, window, as_of))| {
            let texts = |texts: Vec<&str>| texts.into_iter().map(str::to_owned).collect();
            let (by, subjects) = (texts(by), subjects.map(texts));
            Question { tenant, meter, from, hours, by, subjects, transactions, window, as_of }
        },
    );
    proptest::collection::vec(one, 12)
}

/// Asks two stores everything and compares the answers.
fn compare(store: &dyn UsageStore, oracle: &dyn UsageStore, questions: &[Question]) {
    for question in questions {
        let tenant = tenant(["us", "them"][usize::from(question.tenant)]);
        let period = Period::new(question.from, question.from.plus_micros(question.hours * HOUR).unwrap()).unwrap();
        let subjects = match question.subjects.as_deref() {
            None => Subjects::All,
            Some([one]) => Subjects::One(one),
            Some(many) => Subjects::Many(many),
        };
        let meter = meter(question.meter);
        let Question { by, transactions, window, as_of, .. } = question;
        let (window, transactions, as_of) = (*window, *transactions, *as_of);
        let query = Query { tenant: &tenant, subjects, meter: &meter, period, window, by, transactions, as_of };
        assert_eq!(store.measure(&query), oracle.measure(&query), "{question:?}");
        let rate = |dimensions: &Dimensions| match dimensions.get("region").map(String::as_str) {
            None => Dec::new(7, 2).ok(),
            Some("east") if question.hours % 3 == 0 => None,
            Some(_) => Dec::new(-12, 3).ok(),
        };
        assert_eq!(store.weigh(&query, &rate), oracle.weigh(&query, &rate), "{question:?}");
        let filter = EventFilter {
            subject: question.subjects.as_ref().and_then(|subjects| subjects.first()).map(String::as_str),
            name: question.by.first().map(|_| "call"),
            period: (question.hours % 2 == 0).then_some(period),
            after: if transactions == Transactions::Leave { Seq::ZERO } else { as_of },
            as_of: if transactions == Transactions::Leave { as_of } else { Seq::NOW },
        };
        let mut after: Option<Cursor> = None;
        loop {
            let page = store.events(&tenant, &filter, after.as_ref(), 5).unwrap();
            assert_eq!(page, oracle.events(&tenant, &filter, after.as_ref(), 5).unwrap(), "{filter:?} {after:?}");
            let Some(last) = page.last() else { break };
            after = Some(Cursor::from(&last.event));
        }
    }
    for tenant in [tenant("us"), tenant("them")] {
        let watermark = store.watermark(&tenant).unwrap();
        assert_eq!(watermark, oracle.watermark(&tenant).unwrap());
        assert_eq!(store.activity(&tenant), oracle.activity(&tenant));
        assert_eq!(store.quarantined(&tenant), oracle.quarantined(&tenant));
        assert_eq!(store.quarantine(&tenant, 1, 50), oracle.quarantine(&tenant, 1, 50));
        let changes = store.changes(&tenant, Seq(2), 1000).unwrap();
        assert_eq!(changes, oracle.changes(&tenant, Seq(2), 1000).unwrap());
        for version in changes {
            let (source, id) = (&version.source, &version.id);
            let history = store.history(&tenant, source, id).unwrap();
            assert!(history.contains(&version));
            assert_eq!(history, oracle.history(&tenant, source, id).unwrap());
            assert_eq!(store.lookup(&tenant, source, id), oracle.lookup(&tenant, source, id));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(Place::CASES))]

    #[test]
    fn every_store_answers_as_the_plainest_one_does(steps in steps(), questions in questions()) {
        let Some(place) = Place::new() else { return Ok(()) };
        let mut store = Some(place.open());
        let oracle = MemStore::new();
        for step in steps {
            match step {
                Step::Ingest(number, batch, received_at) => {
                    let tenant = tenant(["us", "them"][usize::from(number)]);
                    let outcomes = oracle.ingest(&tenant, batch.clone(), received_at);
                    prop_assert_eq!(store.as_ref().unwrap().ingest(&tenant, batch, received_at), outcomes);
                }
                Step::Json(number, batch, received_at) => {
                    let (tenant, body) = (tenant(["us", "them"][usize::from(number)]), as_lines(&batch));
                    let outcomes = oracle.ingest_json(&tenant, body.as_bytes(), JsonForm::Lines, received_at);
                    let found = store.as_ref().unwrap().ingest_json(&tenant, body.as_bytes(), JsonForm::Lines, received_at);
                    prop_assert_eq!(found, outcomes);
                }
                Step::Apply(number, changes, recorded_at) => {
                    let tenant = tenant(["us", "them"][usize::from(number)]);
                    let applied = oracle.apply(&tenant, changes.clone(), recorded_at);
                    prop_assert_eq!(store.as_ref().unwrap().apply(&tenant, changes, recorded_at), applied);
                }
                Step::Reopen => {
                    drop(store.take());
                    store = Some(place.open());
                }
            }
        }
        compare(&**store.as_ref().unwrap(), &oracle, &questions);
        drop(store.take());
        compare(&*place.open(), &oracle, &questions);
    }

    #[test]
    fn the_order_of_arrival_changes_no_quantity(
        (events, shuffled) in proptest::collection::vec(events(), 1..20)
            .prop_map(|events| events.into_iter().enumerate().map(|(id, event)| Event { id: id.to_string(), ..event }).collect::<Vec<_>>())
            .prop_flat_map(|events| (Just(events.clone()), Just(events).prop_shuffle())),
        questions in questions(),
    ) {
        let Some(place) = Place::new() else { return Ok(()) };
        let (store, oracle) = (place.open(), MemStore::new());
        let late = at("2026-06-01T00:00:00Z");
        for event in shuffled {
            store.ingest(&tenant("us"), vec![event.into()], late).unwrap();
        }
        oracle.ingest(&tenant("us"), events.into_iter().map(Incoming::from).collect(), late).unwrap();
        for question in questions {
            let meter = meter(question.meter);
            let period = Period::new(question.from, question.from.plus_micros(question.hours * HOUR).unwrap()).unwrap();
            let us = tenant("us");
            let query = Query {
                tenant: &us, subjects: Subjects::All, meter: &meter, period, window: question.window, by: &question.by,
                transactions: question.transactions, as_of: Seq::NOW,
            };
            prop_assert_eq!(store.measure(&query), oracle.measure(&query));
        }
    }
}
