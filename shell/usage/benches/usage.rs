//! How fast events come in and quantities come out. `cargo bench -p usage`

use calendar::{Instant, Period};
use divan::{Bencher, counter::ItemsCount};
use metering::{CompiledMeter, Event, Meter, Properties, Value};
use std::sync::LazyLock;
use stdx::Key;
use tempfile::TempDir;
use usage::{Incoming, LogStore, Query, Seq, Subjects, Transactions, UsageStore, Window};

fn main() {
    divan::main();
}

const START: &str = "2026-04-01T00:00:00Z";
const MODELS: [&str; 4] = ["small", "medium", "large", "huge"];
const EVENTS: u64 = 1_000_000;
const BATCH: u64 = 1_000;

fn tenant() -> Key {
    Key::try_from("us").unwrap()
}

/// The `n`-th event of a month of 2.5 events a second by 1,000 customers, of whom the first uses a tenth.
fn event(n: u64) -> Incoming {
    let text = |text: &str| Value::Text(text.into());
    let properties = Properties::from([
        ("model".to_owned(), text(MODELS[usize::try_from(n % 4).unwrap()])),
        ("region".to_owned(), text("eu-west-1")),
        ("prompt_tokens".to_owned(), Value::Num((n % 4_096).into())),
        ("completion_tokens".to_owned(), Value::Num((n % 512).into())),
    ]);
    let customer = if n.is_multiple_of(10) { 0 } else { n * 7_919 % 1_000 };
    let at: Instant = START.parse().unwrap();
    Incoming::Event(Event {
        source: "gateway".into(),
        id: format!("{:032x}", u128::from(n).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835)),
        name: "llm.completion".into(),
        subject: format!("customer-{customer}"),
        at: at.plus_micros(i64::try_from(n * 2_500_000 + n * 37 % 1_000_003).unwrap()).unwrap(),
        properties,
    })
}

fn batch(first: u64) -> Vec<Incoming> {
    (first..first + BATCH).map(event).collect()
}

fn end() -> Instant {
    let start: Instant = START.parse().unwrap();
    start.plus_micros(31 * 86_400_000_000).unwrap()
}

/// A store with a million events, made once.
static FULL: LazyLock<(TempDir, LogStore)> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let store = LogStore::open(folder.path()).unwrap();
    for first in (0..EVENTS).step_by(usize::try_from(BATCH).unwrap()) {
        store.ingest(&tenant(), batch(first), end()).unwrap();
    }
    (folder, store)
});

/// One thread; each batch is durable before the next.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn ingest_200_batches_of_1000(bencher: Bencher) {
    ingest(bencher, 1);
}

/// Eight threads, which share flushes.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn ingest_200_batches_of_1000_from_8_threads(bencher: Bencher) {
    ingest(bencher, 8);
}

fn ingest(bencher: Bencher, threads: u64) {
    let batches = 200;
    bencher
        .counter(ItemsCount::new(batches * BATCH))
        .with_inputs(|| {
            let folder = tempfile::tempdir().unwrap();
            let store = LogStore::open(folder.path()).unwrap();
            let prepared: Vec<Vec<Vec<Incoming>>> = (0..threads)
                .map(|thread| {
                    (thread..batches).step_by(usize::try_from(threads).unwrap()).map(|n| batch(n * BATCH)).collect()
                })
                .collect();
            (folder, store, prepared)
        })
        .bench_values(|(folder, store, prepared)| {
            std::thread::scope(|scope| {
                for batches in prepared {
                    scope.spawn(|| {
                        for batch in batches {
                            store.ingest(&tenant(), batch, end()).unwrap();
                        }
                    });
                }
            });
            (folder, store)
        });
}

fn measure(bencher: Bencher, json: &str, subjects: Subjects<'_>, by: &[String], counted: u64) {
    let meter: CompiledMeter = serde_json::from_str::<Meter>(json).unwrap().compile().unwrap();
    let period = Period::new(START.parse().unwrap(), end()).unwrap();
    let tenant = tenant();
    let query = Query {
        tenant: &tenant,
        subjects,
        meter: &meter,
        period,
        window: Window::Whole,
        by,
        transactions: Transactions::Leave,
        as_of: Seq::NOW,
    };
    let store = &FULL.1;
    bencher.counter(ItemsCount::new(counted)).bench(|| store.measure(&query).unwrap());
}

const COUNT: &str = r#"{ "event": "llm.completion", "aggregate": "count" }"#;
const TOKENS: &str = r#"{ "event": "llm.completion", "aggregate": { "sum": "properties.prompt_tokens + properties.completion_tokens" } }"#;
const LARGE: &str = r#"{ "event": "llm.completion", "aggregate": { "sum": "properties.prompt_tokens" }, "where": { "model": "large" } }"#;

#[divan::bench(sample_count = 5, sample_size = 1)]
fn count_of_all_subjects_over_1m(bencher: Bencher) {
    measure(bencher, COUNT, Subjects::All, &[], EVENTS);
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn formula_sum_of_all_subjects_over_1m(bencher: Bencher) {
    measure(bencher, TOKENS, Subjects::All, &[], EVENTS);
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn filtered_sum_of_all_subjects_over_1m(bencher: Bencher) {
    measure(bencher, LARGE, Subjects::All, &[], EVENTS);
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn formula_sum_by_model_of_all_subjects_over_1m(bencher: Bencher) {
    measure(bencher, TOKENS, Subjects::All, &["model".to_owned()], EVENTS);
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn formula_sum_of_the_biggest_subject_in_1m(bencher: Bencher) {
    measure(bencher, TOKENS, Subjects::One("customer-0"), &[], EVENTS / 10);
}

/// Opens a store of a million events.
#[divan::bench(sample_count = 3, sample_size = 1)]
fn reopen_1m(bencher: Bencher) {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy");
    FULL.1.backup(&copy).unwrap();
    bencher.counter(ItemsCount::new(EVENTS)).bench(|| LogStore::open(&copy).unwrap());
}
