//! How fast batches of 1,000 events come in, against what one writes first: a table with an index on the id, and
//! `INSERT … SELECT unnest(…) ON CONFLICT DO NOTHING`. Both in one server, which does wait for the disk. `cargo bench -p usage_postgres`

use calendar::Instant as At;
use metering::{Event, Properties, Value};
use postgres::{Client, NoTls};
use std::time::{Duration, Instant};
use stdx::Key;
use test_postgres::Cluster;
use usage::{Incoming, UsageStore};
use usage_postgres::{PostgresStore, Settings};

const BATCH: u64 = 1_000;
const BATCHES: u64 = 80;
const RUNS: u64 = 5;
const NAIVE: &str = "INSERT INTO naive (source, id, name, subject, at, received_at, properties)
    SELECT 'gateway', id, 'llm.completion', subject, to_timestamp(at), now(), properties::jsonb
    FROM unnest($1::text[], $2::text[], $3::float8[], $4::text[]) AS new (id, subject, at, properties) ON CONFLICT DO NOTHING";

fn main() {
    let Some(programs) = test_postgres::programs() else {
        eprintln!("!!! NOT MEASURED: no PostgreSQL server programs on this machine; install `postgresql`");
        return;
    };
    let settings = ["shared_buffers=1GB", "max_wal_size=8GB", "wal_compression=on"];
    let settings: Vec<&str> = settings.iter().flat_map(|setting| ["-c", setting]).collect();
    let cluster = Cluster::start(&programs, &settings);
    let mut client = cluster.client("public");
    client
        .batch_execute(
            "CREATE TABLE naive (source text, id text, name text, subject text, at timestamptz, received_at timestamptz,
                                 properties jsonb, PRIMARY KEY (source, id));
             CREATE INDEX ON naive (subject, name, at)",
        )
        .expect("a table");
    let address = cluster.address("public");
    let store = PostgresStore::open_with(&address, Settings::default()).expect("a store");
    println!(
        "events a second in batches of {BATCH}, median of {RUNS} runs of {} events, least and most",
        BATCH * BATCHES
    );
    println!(
        "{:>8} {:>28} {:>28} {:>28}",
        "writers", "insert on conflict", "this store, one tenant", "a tenant for each writer"
    );
    let mut turn = 0;
    for writers in [1, 4, 8] {
        let mut rates: [Vec<u64>; 3] = Default::default();
        for _ in 0..RUNS {
            rates[0].push(run(writers, &mut turn, |_| naive(&address)));
            rates[1].push(run(writers, &mut turn, |_| ours(&store, "us".to_owned())));
            rates[2].push(run(writers, &mut turn, |writer| ours(&store, format!("tenant-{writer}"))));
        }
        let shown = rates.map(|mut rates| {
            rates.sort_unstable();
            format!("{} ({} to {})", rates[rates.len() / 2], rates[0], rates[rates.len() - 1])
        });
        println!("{writers:>8} {:>28} {:>28} {:>28}", shown[0], shown[1], shown[2]);
    }
    for table in ["naive", "usage_identity", "usage_event"] {
        let sql = "SELECT sum(pg_total_relation_size(relid))::bigint FROM pg_partition_tree($1::text::regclass)";
        let partitioned: Option<i64> = client.query_one(sql, &[&table]).expect("sizes").get(0);
        let plain = "SELECT pg_total_relation_size($1::text::regclass)";
        let bytes = partitioned.unwrap_or_else(|| client.query_one(plain, &[&table]).expect("a size").get(0));
        println!("{table}: {} MiB", bytes >> 20);
    }
}

/// Events a second when so many writers send all batches between them. What they send is made before the clock starts.
fn run<F: FnMut(Vec<Event>)>(writers: u64, turn: &mut u64, writer: impl Fn(u64) -> F + Sync) -> u64 {
    *turn += 1;
    let base = *turn * 1_000_000_000;
    let prepared: Vec<Vec<Vec<Event>>> = (0..writers)
        .map(|writer| {
            let batches = (writer..BATCHES).step_by(usize::try_from(writers).expect("few"));
            batches.map(|number| (0..BATCH).map(|n| event(base + number * BATCH + n)).collect()).collect()
        })
        .collect();
    let began = Instant::now();
    std::thread::scope(|scope| {
        for (number, batches) in (0..writers).zip(prepared) {
            let writer = &writer;
            scope.spawn(move || {
                let mut send = writer(number);
                batches.into_iter().for_each(&mut send);
            });
        }
    });
    per_second(BATCH * BATCHES, began.elapsed())
}

fn per_second(events: u64, time: Duration) -> u64 {
    u64::try_from(u128::from(events) * 1_000_000 / time.as_micros().max(1)).unwrap_or(u64::MAX)
}

fn ours(store: &PostgresStore, tenant: String) -> impl FnMut(Vec<Event>) {
    let tenant = Key::try_from(tenant).expect("a key");
    let now: At = "2026-05-01T00:00:00Z".parse().expect("a time");
    move |batch| {
        let batch: Vec<Incoming> = batch.into_iter().map(Incoming::from).collect();
        assert_eq!(store.ingest(&tenant, batch, now).expect("outcomes").len(), 1_000);
    }
}

fn naive(address: &str) -> impl FnMut(Vec<Event>) {
    let mut client = Client::connect(address, NoTls).expect("a connection");
    let statement = client.prepare(NAIVE).expect("a statement");
    move |batch| {
        let (ids, subjects): (Vec<&str>, Vec<&str>) =
            batch.iter().map(|event| (event.id.as_str(), event.subject.as_str())).unzip();
        let times: Vec<f64> =
            batch.iter().map(|event| f64::from(i32::try_from(event.at.micros() / 1_000_000).expect("now"))).collect();
        let properties: Vec<String> =
            batch.iter().map(|event| serde_json::to_string(&event.properties).expect("JSON")).collect();
        client.execute(&statement, &[&ids, &subjects, &times, &properties]).expect("inserted");
    }
}

/// The `n`-th event: of 1,000 customers, with a random id.
fn event(n: u64) -> Event {
    let text = |text: &str| Value::Text(text.into());
    let start: At = "2026-04-01T00:00:00Z".parse().expect("a time");
    Event {
        source: "gateway".into(),
        id: format!("{:032x}", u128::from(n).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835)),
        name: "llm.completion".into(),
        subject: format!("customer-{}", n * 7_919 % 1_000),
        at: start.plus_micros(i64::try_from(n % 1_000_000 * 2_500_000).expect("in April")).expect("in April"),
        properties: Properties::from([
            ("model".to_owned(), text(["small", "medium", "large", "huge"][usize::try_from(n % 4).expect("four")])),
            ("region".to_owned(), text("eu-west-1")),
            ("prompt_tokens".to_owned(), Value::Num((n % 4_096).into())),
            ("completion_tokens".to_owned(), Value::Num((n % 512).into())),
        ]),
    }
}
