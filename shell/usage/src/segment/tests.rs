//! A segment is judged by folding, listing and finding the same events one by one in a list.

use super::*;
use crate::{Activity, Cursor, EventFilter, StoredEvent, Subjects, Transactions, Unmeasured, UsageError};
use calendar::{Instant, Period};
use metering::{CompiledMeter, Dimensions, Event, Measured, Meter, Partial, Properties, State, Value, dimensions};
use proptest::{prelude::*, sample::select};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};
use stdx::ToProblem;

/// An event with what a store knows of it.
#[derive(Debug, Clone)]
struct Kept {
    tenant: String,
    stored: StoredEvent,
    until: u64,
}

fn path() -> PathBuf {
    "a.segment".into()
}

fn value_ref(value: &Value) -> ValueRef<'_> {
    match value {
        Value::Null => ValueRef::Null,
        Value::Bool(truth) => ValueRef::Bool(*truth),
        Value::Num(number) => ValueRef::Num(*number),
        Value::Text(text) => ValueRef::Text(text),
    }
}

impl Kept {
    fn row(&self) -> RowRef<'_> {
        let StoredEvent { seq, received_at, event } = &self.stored;
        RowRef {
            tenant: &self.tenant,
            name: &event.name,
            subject: &event.subject,
            at: event.at.micros(),
            source: &event.source,
            id: &event.id,
            seq: seq.0,
            received_at: received_at.micros(),
            until: self.until,
        }
    }

    fn properties(&self) -> Vec<(&str, ValueRef<'_>)> {
        self.stored.event.properties.iter().map(|(name, value)| (name.as_str(), value_ref(value))).collect()
    }

    fn is_seen(&self, as_of: Seq) -> bool {
        self.stored.seq <= as_of && (self.until == FOR_EVER || as_of.0 < self.until)
    }
}

fn sorted(events: &[Kept]) -> Vec<Kept> {
    let mut events = events.to_vec();
    events.sort_by(|a, b| a.row().order(&b.row()));
    events
}

fn bytes_of(events: &[Kept], block_rows: usize) -> Vec<u8> {
    let mut out = Vec::new();
    let mut writer = Writer::with_blocks_of(block_rows, &mut out, &path(), events.len(), None).unwrap();
    for event in sorted(events) {
        writer.push(&event.row(), &event.properties()).unwrap();
    }
    let meta = writer.finish().unwrap();
    assert_eq!(meta.bytes, out.len() as u64);
    assert_eq!(&meta, segment(out.clone()).meta());
    out
}

fn segment(bytes: Vec<u8>) -> Segment {
    Segment::of(Bytes::Held(bytes), Path::new("a.segment")).unwrap()
}

fn micros(micros: i64) -> Instant {
    Instant::from_micros(micros).unwrap()
}

fn values() -> impl Strategy<Value = Value> {
    let num = |text: &str| Value::Num(text.parse().unwrap());
    prop_oneof![
        6 => (0_i64..20).prop_map(|number| Value::Num(number.into())),
        3 => (-500_i128..500, 0_u8..4).prop_map(|(mantissa, scale)| Value::Num(Dec::new(mantissa, scale).unwrap())),
        2 => select(vec!["a", "b", "7", "1.50", ""]).prop_map(|text| Value::Text(text.into())),
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::Bool),
        1 => select(vec![
            num("123456789012345678901234567890.5"),
            num("-0.00000000000000000000000000000000000001"),
            num("9223372036854775807"),
            num("-9223372036854775808"),
        ]),
    ]
}

/// Mostly events as they are sent, where a property is of one kind; some with anything.
fn properties() -> impl Strategy<Value = Properties> {
    let plain =
        (0_i64..9, -50_i128..50, select(vec!["x", "y", "zz"]), any::<bool>()).prop_map(|(n, cents, text, rare)| {
            let mut properties = Properties::from([
                ("n".to_owned(), Value::Num(n.into())),
                ("cost".to_owned(), Value::Num(Dec::new(cents, 2).unwrap())),
                ("model".to_owned(), Value::Text(text.into())),
            ]);
            if rare && n == 0 {
                properties.insert("rare".into(), Value::Bool(true));
            }
            properties
        });
    let any =
        prop::collection::btree_map(select(vec!["n", "cost", "model", "rare"]).prop_map(str::to_owned), values(), 0..4);
    prop_oneof![9 => plain, 1 => any]
}

fn ids() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => (0_u32..400).prop_map(|number| format!("0123abcd-4567-89ef-0000-{number:012x}")),
        1 => "[a-c]{0,3}",
    ]
}

prop_compose! {
    fn kept()(
        tenant in select(vec!["t", "u"]),
        name in select(vec!["call", "call", "store"]),
        subject in select(vec!["c1", "c1", "c2", "c10"]),
        source in select(vec!["s", "s2"]),
        id in ids(),
        at in 0_i64..60,
        properties in properties(),
        until in prop_oneof![8 => Just(None), 1 => (1_u64..120).prop_map(Some)],
    ) -> Kept {
        let text = |text: &str| text.to_owned();
        let event = Event { source: text(source), id, name: text(name), subject: text(subject), at: micros(at), properties };
        Kept { tenant: text(tenant), stored: StoredEvent { seq: Seq(0), received_at: micros(at + 5), event }, until: until.unwrap_or(FOR_EVER) }
    }
}

/// Events with sequence numbers in no order; what hides a row comes after it.
fn events() -> impl Strategy<Value = Vec<Kept>> {
    prop::collection::vec(kept(), 0..160).prop_flat_map(|events| {
        let seqs: Vec<u64> = (1..=events.len() as u64).collect();
        (Just(events), Just(seqs).prop_shuffle()).prop_map(|(mut events, seqs)| {
            for (event, seq) in events.iter_mut().zip(seqs) {
                event.stored.seq = Seq(seq);
                if event.until != FOR_EVER {
                    event.until = event.until.max(seq + 1);
                }
            }
            events
        })
    })
}

fn meters() -> impl Strategy<Value = CompiledMeter> {
    let aggregates = vec![
        r#""count""#,
        r#"{"sum": "properties.n"}"#,
        r#"{"sum": "cost"}"#,
        r#"{"sum": "properties.n + properties.cost"}"#,
        r#"{"sum": "properties.n * properties.cost"}"#,
        r#"{"max": "cost"}"#,
        r#"{"min": "n"}"#,
        r#"{"average": "cost"}"#,
        r#"{"latest": "n"}"#,
        r#"{"unique": "model"}"#,
        r#"{"unique": "n"}"#,
        r#"{"unique": "n", "removed_when": "properties.model == 'x'"}"#,
        r#"{"percentile": "n", "p": 90}"#,
    ];
    let filters = vec![
        "{}",
        r#"{"model": "x"}"#,
        r#"{"properties.model": {"in": ["x", "zz", "7"]}}"#,
        r#"{"n": {"gt": 2, "lte": 7}}"#,
        r#"{"model": {"not": "y"}, "n": {"lt": 8}}"#,
        r#"{"rare": {"exists": true}}"#,
        r#"{"rare": {"exists": false}, "cost": {"gte": "-0.1"}}"#,
        r#"{"n": 7}"#,
        r#"{"other": {"gt": 1}}"#,
    ];
    (select(aggregates), select(filters)).prop_map(|(aggregate, filter)| {
        let text = format!(r#"{{"event": "call", "aggregate": {aggregate}, "where": {filter}}}"#);
        serde_json::from_str::<Meter>(&text).expect(&text).compile().unwrap()
    })
}

type Key = (String, Dimensions, u32);
type Answer = BTreeMap<Key, (Measured, Option<Unmeasured>)>;

fn finish(query: &FoldQuery<'_>, window: u32, state: State) -> Measured {
    let edge = |number: u32| micros(query.edges[number as usize]);
    let period = Period::new(edge(window), edge(window + 1)).unwrap();
    query.meter.finish(state, period).unwrap()
}

fn answer(query: &FoldQuery<'_>, parts: Vec<Part>) -> Answer {
    let keys: Vec<Key> =
        parts.iter().map(|part| (part.subject.clone(), part.dimensions.clone(), part.window)).collect();
    assert!(keys.is_sorted_by(|a, b| a < b), "{keys:?}");
    keys.into_iter()
        .zip(parts)
        .map(|(key, part)| (key, (finish(query, part.window, part.state), part.unmeasured)))
        .collect()
}

/// The same question, answered by looking at each event.
fn judge(query: &FoldQuery<'_>, events: &[Kept]) -> Answer {
    let mut found: BTreeMap<Key, (State, Option<Unmeasured>)> = BTreeMap::new();
    let mut events: Vec<&Kept> = events.iter().collect();
    events.sort_by_key(|kept| Cursor::from(&kept.stored.event));
    for kept in events {
        let event = &kept.stored.event;
        let subject = match query.subjects {
            Subjects::One(subject) => event.subject == subject,
            Subjects::Many(subjects) => subjects.contains(&event.subject),
            Subjects::All => true,
        };
        let at = event.at.micros();
        let within = query.edges[0] <= at && at < query.edges[query.edges.len() - 1];
        if kept.tenant != query.tenant
            || !subject
            || !within
            || !kept.is_seen(query.as_of)
            || !query.meter.accepts(event)
        {
            continue;
        }
        let window = query.edges.iter().filter(|edge| **edge <= at).count() - 1;
        let key = (event.subject.clone(), dimensions(event, query.by), u32::try_from(window).unwrap());
        let empty = || match query.transactions {
            Transactions::Leave => query.meter.state(),
            Transactions::Collect => query.meter.state_with_transactions(),
        };
        let (state, unmeasured) = found.entry(key).or_insert_with(|| (empty(), None));
        if let Err(error) = query.meter.add(state, event) {
            let first = Unmeasured { count: 0, first: Cursor::from(event), problem: error.problem() };
            unmeasured.get_or_insert(first).count += 1;
        }
    }
    found
        .into_iter()
        .map(|(key, (state, unmeasured))| {
            let window = key.2;
            (key, (finish(query, window, state), unmeasured))
        })
        .collect()
}

/// Hides some rows after the segment was written, as retractions do, and gives the events as they then are.
fn retract(segment: &Segment, events: &[Kept], wanted: &[(usize, u64)]) -> (Vec<Kept>, Untils) {
    let (mut events, mut untils) = (sorted(events), Untils::new());
    for (place, after) in wanted {
        if events.is_empty() {
            break;
        }
        let place = place % events.len();
        let kept = &mut events[place];
        if kept.until == FOR_EVER {
            kept.until = kept.stored.seq.0 + after;
            let rows = segment.find(&kept.tenant, &kept.stored.event.source, &kept.stored.event.id).unwrap();
            let row = rows.into_iter().find(|row| segment.seq(*row).unwrap() == kept.stored.seq).unwrap();
            untils.insert(row, kept.until);
        }
    }
    (events, untils)
}

fn block_rows() -> impl Strategy<Value = usize> {
    select(vec![1, 3, 16, 64, 4096])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_segment_measures_what_its_events_measure(
        events in events(),
        block_rows in block_rows(),
        meter in meters(),
        by in prop::sample::subsequence(vec!["model", "properties.n", "rare"], 0..=3),
        edges in prop::collection::btree_set(-5_i64..65, 2..6),
        as_of in prop_oneof![Just(Seq::NOW), (0_u64..160).prop_map(Seq)],
        retracted in prop::collection::vec((0_usize..160, 1_u64..90), 0..6),
        subjects in select(vec![Subjects::All, Subjects::One("c1"), Subjects::One("nobody")]),
        transactions in prop_oneof![4 => Just(Transactions::Leave), 1 => Just(Transactions::Collect)],
    ) {
        let segment = segment(bytes_of(&events, block_rows));
        let (events, untils) = retract(&segment, &events, &retracted);
        let by: Vec<String> = by.into_iter().map(str::to_owned).collect();
        let edges: Vec<i64> = edges.into_iter().collect();
        let query = FoldQuery { tenant: "t", subjects, meter: &meter, edges: &edges, by: &by, transactions, as_of };
        let parts = segment.fold(&query, &untils, (None, None)).unwrap();
        prop_assert_eq!(&answer(&query, parts), &judge(&query, &events));
        if subjects == Subjects::All {
            let (mut from, mut parts) = (None, Vec::new());
            for to in segment.cuts(&query, 3).into_iter().map(Some).chain([None]) {
                parts.extend(segment.fold(&query, &untils, (from, to)).unwrap());
                from = to;
            }
            prop_assert_eq!(answer(&query, parts), judge(&query, &events));
        }
    }

    #[test]
    fn weighing_events_is_measuring_groups_and_weighing_those(
        events in events(),
        block_rows in block_rows(),
        meter in meters(),
        edges in prop::collection::btree_set(-5_i64..65, 2..5),
        as_of in prop_oneof![Just(Seq::NOW), (0_u64..160).prop_map(Seq)],
    ) {
        let segment = segment(bytes_of(&events, block_rows));
        let (by, edges) = (["model".to_owned(), "rare".to_owned()], edges.into_iter().collect::<Vec<_>>());
        let query = FoldQuery {
            tenant: "t", subjects: Subjects::All, meter: &meter, edges: &edges, by: &by,
            transactions: Transactions::Leave, as_of,
        };
        let weight = |dimensions: &Dimensions| match dimensions.get("model").map(String::as_str) {
            Some("x") => Some(Dec::new(125, 3).unwrap()),
            Some("y") => Some(Dec::from_int(-2)),
            Some("zz") => Some(Dec::ONE),
            _ => None,
        };
        let mut tally = Tally::default();
        // an event that has no weight, or that only the meter itself can judge, is in no tally
        let Tallied::With(odd) = segment.weigh(&query, &Untils::new(), &weight, &mut tally).unwrap() else {
            return Ok(());
        };
        prop_assert!(odd.is_empty());
        let mut expected: BTreeMap<(String, u32), (money::Ratio, u64)> = BTreeMap::new();
        for ((subject, dimensions, window), (measured, _)) in judge(&query, &events) {
            let weight = weight(&dimensions).unwrap_or(Dec::ZERO);
            let (sum, count) = expected.entry((subject, window)).or_insert((money::Ratio::ZERO, 0));
            *sum = sum.plus(measured.raw.times(weight.into()).unwrap()).unwrap();
            *count += measured.count;
        }
        for Subtotal { subject, window, scale, count, sum } in tally.into_sums() {
            let sum = money::Ratio::from(Dec::new(sum, scale).unwrap());
            prop_assert_eq!(Some((sum, count)), expected.remove(&(subject.to_owned(), window)));
        }
        prop_assert!(expected.values().all(|(_, count)| *count == 0), "{:?}", expected);
    }

    #[test]
    fn merging_changes_no_byte_and_parts_of_several_segments_are_the_parts_of_one(
        events in events(),
        places in prop::collection::vec(0_usize..4, 160),
        meter in meters(),
        retracted in prop::collection::vec((0_usize..160, 1_u64..90), 0..6),
    ) {
        let of = |place: usize| -> Vec<Kept> {
            events.iter().zip(&places).filter(|(_, own)| **own == place).map(|(event, _)| event.clone()).collect()
        };
        let opened: Vec<(Segment, Vec<Kept>, Untils)> = (0..4).map(|place| {
            let segment = segment(bytes_of(&of(place), 16));
            let (events, untils) = retract(&segment, &of(place), &retracted);
            (segment, events, untils)
        }).collect();
        let all: Vec<Kept> = opened.iter().flat_map(|(_, events, _)| events.clone()).collect();
        let inputs: Vec<(&Segment, &Untils)> = opened.iter().map(|(segment, _, untils)| (segment, untils)).collect();
        let mut merged = Vec::new();
        let meta = merge(&mut merged, &path(), &inputs, None).unwrap();
        prop_assert_eq!(meta.bytes, merged.len() as u64);
        prop_assert!(merged == bytes_of(&all, 4096));

        let edges = [0, 20, 60];
        let by = ["model".to_owned()];
        let query = FoldQuery {
            tenant: "t", subjects: Subjects::All, meter: &meter, edges: &edges, by: &by,
            transactions: Transactions::Leave, as_of: Seq(90),
        };
        let parts = opened.iter().map(|(segment, _, untils)| segment.fold(&query, untils, (None, None)).unwrap()).collect();
        prop_assert_eq!(answer(&query, merge_parts(parts).unwrap()), judge(&query, &all));
    }

    #[test]
    fn a_tally_of_several_segments_is_what_the_meter_says_of_all_events(
        events in events(),
        places in prop::collection::vec(0_usize..3, 160),
        meter in meters(),
        edges in prop::collection::btree_set(-5_i64..65, 2..6),
        as_of in prop_oneof![Just(Seq::NOW), (0_u64..160).prop_map(Seq)],
        retracted in prop::collection::vec((0_usize..160, 1_u64..90), 0..6),
        subjects in select(vec![Subjects::All, Subjects::One("c1"), Subjects::One("nobody")]),
        block_rows in block_rows(),
    ) {
        let edges: Vec<i64> = edges.into_iter().collect();
        let query = FoldQuery {
            tenant: "t", subjects, meter: &meter, edges: &edges, by: &[], transactions: Transactions::Leave, as_of,
        };
        let Some(columns) = tallied(&query) else { return Ok(()) };
        let opened: Vec<(Segment, Vec<Kept>, Untils)> = (0..3).map(|place| {
            let own = events.iter().zip(&places).filter(|(_, own)| **own == place);
            let own: Vec<Kept> = own.map(|(event, _)| event.clone()).collect();
            let segment = segment(bytes_of(&own, block_rows));
            let (events, untils) = retract(&segment, &own, &retracted);
            (segment, events, untils)
        }).collect();
        let (mut tally, mut lists) = (Tally::default(), Vec::new());
        for (segment, _, untils) in &opened {
            match segment.tally(&query, untils, (None, None), &mut tally).unwrap() {
                Tallied::With(parts) => lists.push(parts),
                Tallied::Not => prop_assert!(false, "its sums are small"),
            }
        }
        lists.push(tally.into_sums().into_iter().map(|Subtotal { subject, window, scale, count, sum }| {
            let sum = Dec::new(sum, scale).unwrap();
            let state = columns.state(Partial { count, sum, bounds: None, texts: BTreeSet::new() }).unwrap();
            Part { subject: subject.into(), dimensions: Dimensions::new(), window, state, unmeasured: None }
        }).collect());
        let all: Vec<Kept> = opened.iter().flat_map(|(_, events, _)| events.clone()).collect();
        prop_assert_eq!(answer(&query, merge_parts(lists).unwrap()), judge(&query, &all));
    }

    #[test]
    fn a_segment_lists_and_finds_its_events(
        events in events(),
        block_rows in block_rows(),
        subject in select(vec![None, Some("c1"), Some("nobody")]),
        name in select(vec![None, Some("call")]),
        period in prop::option::of((0_i64..40, 1_i64..30)),
        (after, as_of) in (0_u64..50, prop_oneof![Just(Seq::NOW), (0_u64..160).prop_map(Seq)]),
        cursor in prop::option::of(0_usize..160),
        limit in 0_usize..30,
        retracted in prop::collection::vec((0_usize..160, 1_u64..90), 0..6),
    ) {
        let segment = segment(bytes_of(&events, block_rows));
        let (events, untils) = retract(&segment, &events, &retracted);
        let of_tenant = || events.iter().filter(|kept| kept.tenant == "t");
        let cursor = cursor.and_then(|place| of_tenant().nth(place)).map(|kept| Cursor::from(&kept.stored.event));
        let period = period.map(|(from, length)| Period::new(micros(from), micros(from + length)).unwrap());
        let filter = EventFilter { subject, name, period, after: Seq(after), as_of };
        let mut expected: Vec<StoredEvent> = of_tenant()
            .filter(|kept| kept.is_seen(as_of) && kept.stored.seq.0 > after)
            .map(|kept| kept.stored.clone())
            .filter(|stored| subject.is_none_or(|subject| stored.event.subject == subject))
            .filter(|stored| name.is_none_or(|name| stored.event.name == name))
            .filter(|stored| period.is_none_or(|period| period.contains(stored.event.at)))
            .filter(|stored| cursor.as_ref().is_none_or(|cursor| Cursor::from(&stored.event) > *cursor))
            .collect();
        expected.sort_by_key(|stored| Cursor::from(&stored.event));
        let found = segment.list("t", &filter, cursor.as_ref(), limit, &untils).unwrap();
        let places = |list: &[StoredEvent]| list.iter().map(|stored| Cursor::from(&stored.event)).collect::<Vec<_>>();
        prop_assert_eq!(places(&found), places(&expected[..limit.min(expected.len())]));
        prop_assert!(found.iter().all(|stored| expected.contains(stored)));

        let mut changes: Vec<StoredEvent> = of_tenant().map(|kept| kept.stored.clone()).filter(|stored| stored.seq.0 > after).collect();
        changes.sort_by_key(|stored| stored.seq);
        changes.truncate(limit);
        let found: Vec<StoredEvent> = segment.changes("t", Seq(after), limit).unwrap().into_iter().map(|(_, stored)| stored).collect();
        prop_assert_eq!(found, changes);

        for kept in &events {
            let Event { source, id, .. } = &kept.stored.event;
            let rows = segment.find(&kept.tenant, source, id).unwrap();
            let same = |other: &&Kept| other.tenant == kept.tenant && other.stored.event.source == *source && other.stored.event.id == *id;
            prop_assert_eq!(rows.len(), events.iter().filter(same).count());
            let row = rows.into_iter().find(|row| segment.seq(*row).unwrap() == kept.stored.seq).unwrap();
            prop_assert_eq!(&segment.stored(row).unwrap(), &kept.stored);
            prop_assert_eq!(segment.until(row, &untils).unwrap(), kept.until);
        }
        prop_assert_eq!(segment.find("t", "s", "absent").unwrap(), Vec::<u32>::new());
    }

    #[test]
    fn a_segment_knows_who_has_which_events(events in events(), block_rows in block_rows(), retracted in prop::collection::vec((0_usize..160, 1_u64..90), 0..6)) {
        let segment = segment(bytes_of(&events, block_rows));
        let (events, untils) = retract(&segment, &events, &retracted);
        let mut expected: BTreeMap<(String, String), Activity> = BTreeMap::new();
        for Kept { stored: StoredEvent { event, .. }, .. } in events.iter().filter(|kept| kept.tenant == "t" && kept.until == FOR_EVER) {
            let (subject, name, at) = (event.subject.clone(), event.name.clone(), event.at);
            let key = (subject.clone(), name.clone());
            let known = expected.entry(key).or_insert(Activity { subject, name, count: 0, first_at: at, last_at: at });
            known.count += 1;
            known.first_at = known.first_at.min(at);
            known.last_at = known.last_at.max(at);
        }
        prop_assert_eq!(segment.activity("t", &untils).unwrap(), expected.into_values().collect::<Vec<_>>());
    }
}

/// A few events of every kind.
fn samples() -> Vec<Kept> {
    let event = |seq: u64, tenant: &str, name: &str, subject: &str, id: &str, at: i64, properties: &str| Kept {
        tenant: tenant.into(),
        stored: StoredEvent {
            seq: Seq(seq),
            received_at: micros(1_775_000_000_000_000 + at),
            event: Event {
                source: "gateway".into(),
                id: id.into(),
                name: name.into(),
                subject: subject.into(),
                at: micros(1_774_000_000_000_000 + at),
                properties: metering::properties_from_json(properties).unwrap(),
            },
        },
        until: FOR_EVER,
    };
    let uuid = |n: u8| format!("0190a5c4-7e3b-7cc1-8000-0000000000{n:02x}");
    let mut events = vec![
        event(
            1,
            "acme",
            "llm.completion",
            "customer-1",
            &uuid(1),
            10,
            r#"{"tokens": 100, "model": "large", "cost": 0.0125}"#,
        ),
        event(
            2,
            "acme",
            "llm.completion",
            "customer-1",
            &uuid(2),
            3_600_000_010,
            r#"{"tokens": 70000, "model": "small", "cost": -1}"#,
        ),
        event(
            3,
            "acme",
            "llm.completion",
            "customer-2",
            &uuid(3),
            20,
            r#"{"tokens": 7, "model": "large", "note": null}"#,
        ),
        event(
            4,
            "acme",
            "llm.completion",
            "customer-2",
            &uuid(4),
            30,
            r#"{"tokens": "12", "model": "größer", "trial": true}"#,
        ),
        event(5, "acme", "storage", "customer-1", "disk 1", 40, r#"{"gigabytes": 123456789012345678901234567890.5}"#),
        event(6, "acme", "storage", "customer-1", "", 50, "{}"),
        event(1, "zeta", "storage", "customer-1", &uuid(1), 60, r#"{"gigabytes": 1}"#),
    ];
    events[2].until = 7;
    events
}

/// Everything that can be asked, as text.
fn everything(segment: &Segment) -> Result<String, UsageError> {
    let mut said = String::new();
    let untils = Untils::new();
    for tenant in ["acme", "zeta"] {
        said.extend([format!("{:?}", segment.list(tenant, &EventFilter::default(), None, 99, &untils)?)]);
        said.extend([format!("{:?}", segment.changes(tenant, Seq::ZERO, 99)?)]);
        said.extend([format!("{:?}", segment.activity(tenant, &untils)?)]);
        for kept in samples() {
            said.extend([format!("{:?}", segment.find(tenant, &kept.stored.event.source, &kept.stored.event.id)?)]);
        }
        for (event, aggregate) in [
            ("llm.completion", r#"{"sum": "tokens"}"#),
            ("storage", r#"{"max": "gigabytes"}"#),
            ("storage", r#""count""#),
        ] {
            let meter: Meter =
                serde_json::from_str(&format!(r#"{{"event": "{event}", "aggregate": {aggregate}}}"#)).unwrap();
            let (meter, by) = (meter.compile().unwrap(), ["model".to_owned()]);
            let edges = [0, 1_774_000_000_000_025, i64::MAX];
            let query = FoldQuery {
                tenant,
                subjects: Subjects::All,
                meter: &meter,
                edges: &edges,
                by: &by,
                transactions: Transactions::Leave,
                as_of: Seq(6),
            };
            said.extend([format!("{:?}", segment.fold(&query, &untils, (None, None))?)]);
        }
    }
    Ok(said)
}

#[test]
fn wherever_a_byte_is_changed_it_is_found_and_never_served() {
    let bytes = bytes_of(&samples(), 2);
    let intact = everything(&segment(bytes.clone())).unwrap();
    segment(bytes.clone()).verify().unwrap();
    let open = |bytes: Vec<u8>| Segment::of(Bytes::Held(bytes), &path());
    for place in 0..bytes.len() {
        for change in [1, 0x80, 0xff] {
            let mut damaged = bytes.clone();
            damaged[place] ^= change;
            let found = open(damaged.clone()).and_then(|segment| segment.verify());
            let Err(UsageError::Damaged { file, offset, .. }) = found else { panic!("byte {place} is not missed") };
            assert_eq!(file, path());
            // what is named begins at the byte or before it, but the ends of the file vouch for each other
            assert!(offset <= place as u64 || place < 8, "{place}: {offset}");
            match open(damaged).and_then(|segment| everything(&segment)) {
                Ok(said) => assert_eq!(said, intact, "byte {place} is served"),
                Err(UsageError::Damaged { .. }) => {}
                Err(error) => panic!("byte {place}: {error}"),
            }
        }
    }
    for length in 0..bytes.len() {
        let found = open(bytes[..length].to_vec()).map(|_| ());
        assert!(matches!(found, Err(UsageError::Damaged { .. })), "{length} bytes");
    }
    let mut longer = bytes.clone();
    longer.push(0);
    assert!(matches!(open(longer).map(|_| ()), Err(UsageError::Damaged { .. })));
}

#[test]
fn a_mapped_file_says_what_its_bytes_say() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.segment");
    std::fs::write(&file, bytes_of(&samples(), 4096)).unwrap();
    let mapped = Segment::open(&file).unwrap();
    mapped.verify().unwrap();
    assert_eq!(everything(&mapped), everything(&segment(bytes_of(&samples(), 4096))));
    assert!(matches!(Segment::open(&folder.path().join("b.segment")).map(|_| ()), Err(UsageError::Io { .. })));
}

#[test]
fn the_format_stays_readable_and_is_still_written_so() {
    let golden = include_bytes!("../../tests/golden/segment-2.bin");
    assert_eq!(everything(&segment(golden.to_vec())), everything(&segment(bytes_of(&samples(), 4096))));
    assert!(bytes_of(&samples(), 4096) == golden, "the bytes of a segment changed: then its version must, too");
}

#[test]
fn rows_that_are_not_sorted_are_refused() {
    let events = samples();
    let mut writer = Writer::new(Vec::new(), &path(), 3).unwrap();
    writer.push(&events[1].row(), &[]).unwrap();
    assert!(matches!(writer.push(&events[0].row(), &[]), Err(UsageError::Io { .. })));
    assert!(matches!(writer.push(&events[1].row(), &[]), Err(UsageError::Io { .. })));
}

#[test]
fn an_empty_segment_is_one() {
    let empty = segment(bytes_of(&[], 4096));
    empty.verify().unwrap();
    assert_eq!(empty.meta().rows, 0);
    assert_eq!(empty.find("t", "s", "a").unwrap(), Vec::<u32>::new());
    assert_eq!(empty.list("t", &EventFilter::default(), None, 9, &Untils::new()).unwrap(), Vec::new());
    assert_eq!(empty.changes("t", Seq::ZERO, 9).unwrap(), Vec::new());
}
