//! What only a store on a server can get into: other processes, cut connections, a server that is away.

use calendar::{Instant, Period};
use metering::{Event, Meter, Properties, Value};
use postgres::{Client, NoTls};
use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};
use stdx::Key;
use test_postgres::{Cluster, Schema};
use usage::{
    Change, Cursor, EventFilter, Incoming, Outcome, Query, Seq, Subjects, Transactions, UsageError, UsageStore, Window,
};
use usage_postgres::{PostgresStore, Settings};

const NOON: &str = "2026-04-16T12:00:00Z";
const SETTINGS: Settings = Settings { writers: 2, readers: 1, patience: Duration::from_secs(20) };

fn at(time: &str) -> Instant {
    time.parse().unwrap()
}

fn us() -> Key {
    Key::try_from("us").unwrap()
}

fn event(id: &str) -> Event {
    let text = |text: &str| text.to_owned();
    let properties = Properties::from([("n".to_owned(), Value::Num(1_i64.into()))]);
    Event { source: text("gateway"), id: text(id), name: text("call"), subject: text("c1"), at: at(NOON), properties }
}

fn batch(ids: impl IntoIterator<Item = String>) -> Vec<Incoming> {
    ids.into_iter().map(|id| event(&id).into()).collect()
}

fn open(schema: &Schema) -> PostgresStore {
    PostgresStore::open_with(&schema.address(), SETTINGS).unwrap()
}

fn code(error: &UsageError) -> String {
    stdx::ToProblem::problem(error).code
}

/// Positions of all versions: they must be 1, 2, 3, …
fn positions(store: &dyn UsageStore) -> Vec<u64> {
    store.changes(&us(), Seq::ZERO, 1_000_000).unwrap().into_iter().map(|version| version.seq.0).collect()
}

#[test]
fn stores_that_share_tables_agree_who_was_first() {
    let Some(schema) = Schema::new() else { return };
    let accepted: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    let store = open(&schema);
                    let one = |turn: usize| {
                        // every store sends the same, in the same order
                        let ids = (0..50).map(|n| format!("{turn}-{n}"));
                        let outcomes = store.ingest(&us(), batch(ids), at(NOON)).unwrap();
                        outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Accepted { .. })).count()
                    };
                    (0..20).map(one).sum::<usize>()
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert_eq!(accepted, 1000);
    let store = open(&schema);
    assert_eq!(store.watermark(&us()), Ok(Seq(1000)));
    assert_eq!(positions(&store), (1..=1000).collect::<Vec<_>>());
}

/// Says that a sender has ended, also where it failed: whoever cuts would go on for ever.
struct Ended<'a>(&'a AtomicUsize);

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[test]
fn connections_that_are_cut_lose_nothing_and_count_nothing_twice() {
    let Some(schema) = Schema::new() else { return };
    let store = open(&schema);
    // how many calls were answered: each cut waits for one, so that however slow the machine is something gets through between two cuts
    let (answers, senders) = (AtomicUsize::new(0), AtomicUsize::new(3));
    let (store, answers, senders) = (&store, &answers, &senders);
    let answered: Vec<(String, Outcome)> = std::thread::scope(|scope| {
        let mut killer = schema.cluster.client(&schema.name);
        let cut = format!(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
             WHERE application_name = 'counterfoil' AND pid <> pg_backend_pid() \
               AND datname = current_database() AND query NOT LIKE '%usage_schema%' AND pid IN \
               (SELECT pid FROM pg_locks WHERE relation IN ('{0}.usage_tenant'::regclass, '{0}.usage_identity'::regclass))",
            schema.name
        );
        let killer = scope.spawn(move || {
            let (mut cuts, mut seen) = (0, 0);
            while senders.load(Ordering::Relaxed) > 0 {
                let now = answers.load(Ordering::Relaxed);
                if now > seen {
                    let cut = killer.query_one(&cut, &[]).unwrap().get::<_, i64>(0);
                    cuts += cut;
                    seen = if cut > 0 { now } else { seen };
                }
                std::thread::sleep(Duration::from_millis(3));
            }
            cuts
        });
        let threads: Vec<_> = (0..3)
            .map(|thread| {
                scope.spawn(move || {
                    let _ended = Ended(senders);
                    let mut answered = Vec::new();
                    for turn in 0..60 {
                        let ids: Vec<String> = (0..20).map(|n| format!("{thread}-{turn}-{n}")).collect();
                        let outcomes = store.ingest(&us(), batch(ids.clone()), at(NOON)).unwrap();
                        answers.fetch_add(1, Ordering::Relaxed);
                        answered.extend(ids.into_iter().zip(outcomes));
                        let (source, id) = ("gateway".to_owned(), format!("{thread}-{turn}-0"));
                        // an answer that gets lost on the way would make the second attempt fail
                        store.apply(&us(), vec![Change::Retract { source, id }], at(NOON)).unwrap();
                        answers.fetch_add(1, Ordering::Relaxed);
                    }
                    answered
                })
            })
            .collect();
        let answered = threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect();
        assert!(killer.join().unwrap() > 10);
        answered
    });
    assert_eq!(answered.len(), 3600);
    for (id, outcome) in &answered {
        let versions = store.history(&us(), "gateway", id).unwrap();
        assert_eq!(*outcome, Outcome::Accepted { seq: versions[0].seq }, "{id}");
    }
    assert_eq!(positions(store), (1..=3600 + 180).collect::<Vec<_>>());
    let activity = store.activity(&us()).unwrap();
    assert_eq!(activity[0].count, 3600 - 180);
}

#[test]
fn a_server_that_is_away_is_waited_for_and_then_said_to_be_away() {
    let Some(programs) = test_postgres::programs() else { return };
    let settings = Settings { patience: Duration::from_secs(20), ..SETTINGS };
    let cluster = Cluster::start(&programs, &["-c", "fsync=off"]);
    // not up yet: it is waited for
    let store = PostgresStore::open_with(&cluster.address("public"), settings).unwrap();
    store.ingest(&us(), batch(["a".to_owned()]), at(NOON)).unwrap();
    let hasty = Settings { patience: Duration::from_millis(200), ..SETTINGS };
    let hurried = PostgresStore::open_with(&cluster.address("public"), hasty).unwrap();
    assert_eq!(hurried.watermark(&us()), Ok(Seq(1)));
    drop(cluster);
    assert_eq!(hurried.watermark(&us()).map_err(|error| code(&error)), Err("postgres_unreachable".into()));
    assert_eq!(
        hurried.ingest(&us(), batch(["b".to_owned()]), at(NOON)).map_err(|error| code(&error)),
        Err("postgres_unreachable".into())
    );
    let error = PostgresStore::open_with("host=127.0.0.1 port=1 user=nobody", hasty).err().unwrap();
    assert_eq!(code(&error), "postgres_unreachable");
}

#[test]
fn an_address_that_cannot_be_used_is_refused_at_once() {
    let refused = |address: &str| code(&PostgresStore::open(address).err().unwrap());
    assert_eq!(refused("postgres://x:y@[::1"), "postgres_address_invalid");
    assert_eq!(refused("postgres://billing@db.example.com/billing"), "postgres_not_encrypted");
    let Some(schema) = Schema::new() else { return };
    assert_eq!(refused(&schema.address().replace("user=postgres", "user=nobody")), "postgres_unreachable");
    let mut client = schema.cluster.client(&schema.name);
    drop(open(&schema));
    client.batch_execute("UPDATE usage_schema SET version = 99").unwrap();
    assert_eq!(refused(&schema.address()), "postgres_schema_newer");
    client.batch_execute("CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0").unwrap();
    assert_eq!(refused(&schema.address().replace("dbname=postgres", "dbname=latin")), "postgres_encoding_wrong");
}

fn partitions(schema: &Schema) -> Vec<String> {
    let mut client = Client::connect(&schema.address(), NoTls).unwrap();
    let sql = "SELECT relid::text FROM pg_partition_tree('usage_event') WHERE isleaf ORDER BY 1";
    client.query(sql, &[]).unwrap().iter().map(|row| row.get(0)).collect()
}

#[test]
fn absurd_times_make_no_tables() {
    let Some(schema) = Schema::new() else { return };
    let store = open(&schema);
    let times =
        ["0001-01-01T00:00:00Z", "1969-12-31T23:59:59.999999Z", "2014-12-31T23:59:59.999999Z", "9999-12-31T23:59:59Z"];
    let days = ["2015-01-01T00:00:00Z", "2026-03-31T23:59:59.999999Z", "2026-04-01T00:00:00Z"];
    let events = times.iter().chain(&days).map(|time| Event { at: at(time), ..event(time) }.into()).collect();
    let outcomes = store.ingest(&us(), events, at(NOON)).unwrap();
    assert!(matches!(outcomes[3], Outcome::Quarantined { .. }));
    assert_eq!(outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Accepted { .. })).count(), 6);
    let months = ["usage_event_2015_01", "usage_event_2026_03", "usage_event_2026_04", "usage_event_before_2015"];
    assert_eq!(partitions(&schema), months);
    let found = store.events(&us(), &EventFilter::default(), None, 10).unwrap();
    assert_eq!(found.first().map(|stored| stored.event.at), Some(at(times[0])));
}

#[test]
fn a_month_that_was_moved_away_is_made_again_when_it_is_needed() {
    let Some(schema) = Schema::new() else { return };
    let store = PostgresStore::open_with(&schema.address(), Settings { writers: 1, ..SETTINGS }).unwrap();
    store.ingest(&us(), batch(["a".to_owned()]), at(NOON)).unwrap();
    let mut client = schema.cluster.client(&schema.name);
    let moved = "ALTER TABLE usage_event DETACH PARTITION usage_event_2026_04; ALTER TABLE usage_event_2026_04 RENAME TO archive";
    client.batch_execute(moved).unwrap();
    let outcomes = store.ingest(&us(), batch(["b".to_owned()]), at(NOON)).unwrap();
    assert_eq!(outcomes, [Outcome::Accepted { seq: Seq(2) }]);
    // what is known to be taken and cannot be compared is not guessed
    let error = store.ingest(&us(), batch(["a".to_owned()]), at(NOON)).map_err(|error| code(&error));
    assert_eq!(error, Err("postgres_rows_damaged".into()));
}

#[test]
fn texts_that_postgresql_cannot_hold_do_no_harm() {
    let Some(schema) = Schema::new() else { return };
    let store = open(&schema);
    let zero = "a\0b";
    let named = |id: &str, source: &str, subject: &str| {
        let properties = Properties::from([(zero.to_owned(), Value::Text("\0\u{1f}\"\\ \u{fffd}".into()))]);
        Event { source: source.into(), subject: subject.into(), properties, ..event(id) }
    };
    let good = named("1", "gateway", "c1");
    let batch = [named(zero, "gateway", "c1"), named("2", zero, "c1"), named("1", "gateway", zero), good.clone()];
    let again: Vec<Incoming> = batch.iter().cloned().map(Incoming::from).collect();
    for expected in [[3, 1, 0, 0], [2, 0, 1, 1]] {
        let mut kinds = [0; 4];
        for outcome in store.ingest(&us(), again.clone(), at(NOON)).unwrap() {
            kinds[match outcome {
                Outcome::Quarantined { .. } => 0,
                Outcome::Accepted { .. } => 1,
                Outcome::Duplicate { .. } => 2,
                Outcome::Conflict { .. } => 3,
            }] += 1;
        }
        assert_eq!(kinds, expected);
    }
    let kept = store.quarantine(&us(), 0, 10).unwrap();
    assert_eq!(kept.len(), 3);
    assert_eq!(kept[2].mended, Some(Seq(1)));
    assert_eq!(store.lookup(&us(), "gateway", "1").unwrap().unwrap().event, good);
    assert_eq!(store.lookup(&us(), zero, "1"), Ok(None));
    let filter = EventFilter { subject: Some(zero), ..EventFilter::default() };
    assert_eq!(store.events(&us(), &filter, None, 10), Ok(vec![]));
    let before = |source: &str| Cursor { at: at(NOON), source: source.into(), id: zero.into() };
    for (source, found) in [("gateway", 0), ("gatewa\0", 1), ("gateway\0", 0)] {
        let page = store.events(&us(), &EventFilter::default(), Some(&before(source)), 10).unwrap();
        assert_eq!(page.len(), found, "{source:?}");
    }
    let meter =
        serde_json::from_str::<Meter>(r#"{ "event": "call", "aggregate": "count" }"#).unwrap().compile().unwrap();
    let (tenant, subjects) = (us(), [zero.to_owned(), "c1".to_owned()]);
    let period = Period::new(at("2026-04-16T00:00:00Z"), at("2026-04-17T00:00:00Z")).unwrap();
    for (subjects, groups) in [(Subjects::One(zero), 0), (Subjects::Many(&subjects), 1)] {
        let (meter, tenant, window, transactions) = (&meter, &tenant, Window::Whole, Transactions::Leave);
        let query = Query { tenant, subjects, meter, period, window, by: &[], transactions, as_of: Seq::NOW };
        assert_eq!(store.measure(&query).unwrap().len(), groups);
    }
}
