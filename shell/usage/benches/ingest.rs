//! How many events a second become durable, from eight threads, with segments being written meanwhile; medians of five.
//! `cargo bench -p usage --bench ingest`; `EVENTS=10000000` for more of them.

use calendar::Instant;
use metering::{Event, Properties, Value};
use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant as Clock},
};
use stdx::Key;
use usage::{Incoming, JsonForm, LogStore, Seq, UsageStore};

const START: &str = "2026-04-01T00:00:00Z";
const MODELS: [&str; 4] = ["small", "medium", "large", "huge"];
const THREADS: u64 = 8;

fn tenant() -> Key {
    Key::try_from("us").unwrap()
}

fn end() -> Instant {
    "2027-01-01T00:00:00Z".parse().unwrap()
}

fn id(n: u64) -> String {
    format!("{:032x}", u128::from(n).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835))
}

fn event(n: u64) -> Event {
    let text = |text: &str| Value::Text(text.into());
    let properties = Properties::from([
        ("model".to_owned(), text(MODELS[usize::try_from(n % 4).unwrap()])),
        ("region".to_owned(), text("eu-west-1")),
        ("prompt_tokens".to_owned(), Value::Num((n % 4_096).into())),
        ("completion_tokens".to_owned(), Value::Num((n % 512).into())),
    ]);
    let start: Instant = START.parse().unwrap();
    Event {
        source: "gateway".into(),
        id: id(n),
        name: "llm.completion".into(),
        subject: format!("customer-{}", n * 7_919 % 1_000),
        at: start.plus_micros(i64::try_from(n * 250_000 + n * 37 % 1_000_003).unwrap()).unwrap(),
        properties,
    }
}

fn json(n: u64) -> String {
    let event = event(n);
    format!(
        r#"{{"source":"gateway","id":"{}","type":"llm.completion","subject":"{}","time":"{}","properties":{{"model":"{}","region":"eu-west-1","prompt_tokens":{},"completion_tokens":{}}}}}"#,
        event.id,
        event.subject,
        event.at,
        MODELS[usize::try_from(n % 4).unwrap()],
        n % 4_096,
        n % 512
    )
}

/// Ingests so many events and gives the time that the store took: bodies are made before, a slice at a time.
fn run<T: Send>(
    events: u64,
    batch: u64,
    make: impl Fn(u64) -> T + Sync,
    take: impl Fn(&LogStore, T) + Sync,
) -> (f64, f64) {
    let folder = tempfile::tempdir().unwrap();
    let store = LogStore::open(folder.path()).unwrap();
    let slice = 500_000.min(events);
    let mut spent = Duration::ZERO;
    let mut first = 0;
    while first < events {
        let count = slice / batch;
        let bodies: Vec<_> = (0..count).map(|n| std::sync::Mutex::new(Some(make(first + n * batch)))).collect();
        let next = AtomicU64::new(0);
        let began = Clock::now();
        std::thread::scope(|scope| {
            for _ in 0..THREADS {
                scope.spawn(|| {
                    while let Some(body) = bodies.get(usize::try_from(next.fetch_add(1, Ordering::Relaxed)).unwrap()) {
                        take(&store, body.lock().unwrap().take().unwrap());
                    }
                });
            }
        });
        spent += began.elapsed();
        first += count * batch;
    }
    assert_eq!(store.watermark(&tenant()).unwrap(), Seq(first));
    drop(store);
    let began = Clock::now();
    let store = LogStore::open(folder.path()).unwrap();
    assert_eq!(store.watermark(&tenant()).unwrap(), Seq(first));
    let events = u32::try_from(first).map(f64::from).unwrap();
    (events / spent.as_secs_f64(), began.elapsed().as_secs_f64())
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}

fn resident() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = |name: &str| status.lines().find(|line| line.starts_with(name)).unwrap_or_default().to_owned();
    format!("{} {}", line("VmHWM"), line("RssAnon"))
}

fn main() {
    let number = |name: &str, usual| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual);
    let (events, rounds) = (number("EVENTS", 2_000_000), number("ROUNDS", 5));
    let report = |what: &str, runs: Vec<(f64, f64)>| {
        let (rates, opens): (Vec<f64>, Vec<f64>) = runs.into_iter().unzip();
        println!("{what}: {:.0} events/s; reopened in {:.2} s; {}", median(rates), median(opens), resident());
    };
    let take = |store: &LogStore, batch: Vec<Incoming>| {
        store.ingest(&tenant(), batch, end()).unwrap();
    };
    for batch in [1_000, 100] {
        let make = |first: u64| (first..first + batch).map(|n| event(n).into()).collect();
        report(&format!("events, {batch} at a time"), (0..rounds).map(|_| run(events, batch, make, take)).collect());
    }
    for (form, open, between, close) in [(JsonForm::Array, "[", ",", "]"), (JsonForm::Lines, "", "\n", "\n")] {
        for batch in [1_000, 100] {
            let make = |first: u64| {
                let events: Vec<String> = (first..first + batch).map(json).collect();
                format!("{open}{}{close}", events.join(between))
            };
            let take = |store: &LogStore, body: String| {
                store.ingest_json(&tenant(), body.as_bytes(), form, end()).unwrap();
            };
            report(
                &format!("JSON {form:?}, {batch} at a time"),
                (0..rounds).map(|_| run(events, batch, make, take)).collect(),
            );
        }
    }
}
