//! How many events a second become durable while the store grows, with segments written and merged meanwhile.
//!
//! `cargo bench -p usage --bench ingest`, with what is to differ in the environment:
//!
//! | name | usual | |
//! |---|---|---|
//! | `EVENTS` | 2000000 | events of a run |
//! | `BATCH` | 1000 | events of a batch |
//! | `WRITERS` | 8 | threads that ingest |
//! | `FORM` | array | `array`, `lines` (JSON) or `events` (owned) |
//! | `REPEATS` | 0 | per cent of events that repeat an old one, at random |
//! | `SUBJECTS` | 1000 | customers |
//! | `STEP` | 1000000 | a line for each of so many events |
//! | `ROUNDS` | 1 | runs |
//! | `FOLDER` | the system's for temporary files | where the store is made and removed |
//!
//! Each line says events/s of wall time, and microseconds of processor time for each event: of the threads that ingest, and of the
//! store's own, which write and merge segments. Bodies are made between the clocks, while the store's own threads go on: their
//! processor time counts then, too, but events/s are too good by that. `bench` measures them without such a gap.

use calendar::Instant;
use metering::{Event, Properties, Value};
use std::{
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant as Clock},
};
use stdx::Key;
use usage::{Incoming, JsonForm, LogStore, Outcome, Seq, UsageStore};

const START: &str = "2026-04-01T00:00:00Z";
const MODELS: [&str; 4] = ["small", "medium", "large", "huge"];
/// Events of which the bodies are in memory at once.
const SLICE: u64 = 200_000;

fn tenant() -> Key {
    Key::try_from("us").unwrap()
}

fn end() -> Instant {
    "2027-01-01T00:00:00Z".parse().unwrap()
}

/// A number that looks random.
fn mix(n: u64) -> u64 {
    let mut z = n.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn id(n: u64) -> String {
    let (high, low) = (mix(n), mix(n ^ 0x5555_5555_5555_5555));
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0xfff,
        low >> 48,
        low & 0xffff_ffff_ffff
    )
}

#[derive(Clone, Copy)]
struct Plan {
    events: u64,
    batch: u64,
    writers: u64,
    repeats: u64,
    subjects: u64,
    step: u64,
}

impl Plan {
    /// Which event is the n-th that is sent: mostly the n-th, sometimes one from before.
    fn pick(&self, n: u64) -> u64 {
        if n > 0 && mix(n ^ 0xabcd) % 100 < self.repeats { self.pick(mix(n ^ 0x1234) % n) } else { n }
    }

    fn at(n: u64) -> Instant {
        let start: Instant = START.parse().unwrap();
        start.plus_micros(i64::try_from(n * 200_000 + n * 37 % 1_000_003).unwrap()).unwrap()
    }

    fn event(&self, n: u64) -> Event {
        let text = |text: &str| Value::Text(text.into());
        let properties = Properties::from([
            ("model".to_owned(), text(MODELS[usize::try_from(n % 4).unwrap()])),
            ("region".to_owned(), text("eu-west-1")),
            ("prompt_tokens".to_owned(), Value::Num((n % 4_096).into())),
            ("completion_tokens".to_owned(), Value::Num((n % 512).into())),
        ]);
        Event {
            source: "gateway".into(),
            id: id(n),
            name: "llm.completion".into(),
            subject: format!("customer-{}", n * 7_919 % self.subjects),
            at: Self::at(n),
            properties,
        }
    }

    fn json(&self, n: u64) -> String {
        format!(
            r#"{{"source":"gateway","id":"{}","type":"llm.completion","subject":"customer-{}","time":"{}","properties":{{"model":"{}","region":"eu-west-1","prompt_tokens":{},"completion_tokens":{}}}}}"#,
            id(n),
            n * 7_919 % self.subjects,
            Self::at(n),
            MODELS[usize::try_from(n % 4).unwrap()],
            n % 4_096,
            n % 512
        )
    }

    fn body(&self, first: u64, (open, between, close): (&str, &str, &str)) -> String {
        let events: Vec<String> = (first..first + self.batch).map(|n| self.json(self.pick(n))).collect();
        format!("{open}{}{close}", events.join(between))
    }
}

/// Processor time of this process: user and system.
fn processor() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect();
    let ticks: u64 = [11, 12].iter().filter_map(|place| fields.get(*place)?.parse::<u64>().ok()).sum();
    // the kernel counts hundredths of a second for every program
    Duration::from_millis(ticks * 10)
}

/// Processor time of the threads with this beginning of their name.
fn processor_of(name: &str) -> Duration {
    let tasks = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten().map(|entry| entry.path());
    let own = tasks.filter(|path| std::fs::read_to_string(path.join("comm")).is_ok_and(|own| own.starts_with(name)));
    let nanos = |path: std::path::PathBuf| {
        let text = std::fs::read_to_string(path.join("schedstat")).ok()?;
        text.split(' ').next()?.parse::<u64>().ok()
    };
    Duration::from_nanos(own.filter_map(nanos).sum())
}

/// Processor time of the store's own threads: that of writing segments, and of merging them.
fn background() -> [Duration; 2] {
    ["usage-flush", "usage-merge"].map(processor_of)
}

fn resident() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let megabytes = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name)).unwrap_or_default();
        line.split_whitespace().nth(1).and_then(|text| text.parse::<u64>().ok()).unwrap_or(0) / 1024
    };
    format!("own memory {} MB, mapped {} MB", megabytes("RssAnon"), megabytes("RssFile"))
}

fn float(number: u64) -> f64 {
    u32::try_from(number).map(f64::from).unwrap()
}

/// What a run needs of time.
#[derive(Default, Clone, Copy)]
struct Spent {
    wall: Duration,
    ingesting: Duration,
}

/// Ingests so many events; bodies are made between the clocks, a slice at a time.
fn run<T: Send>(
    plan: Plan,
    folder: &std::path::Path,
    make: impl Fn(u64) -> T + Sync,
    take: impl Fn(&LogStore, T) -> Vec<Outcome> + Sync,
) {
    let store = LogStore::open(folder).unwrap();
    let (mut first, accepted) = (0, AtomicU64::new(0));
    let (mut all, mut step, mut stepped, mut before) = (Spent::default(), Spent::default(), 0, background());
    while first < plan.events {
        let count = SLICE.min(plan.events - first) / plan.batch;
        let bodies: Vec<_> = (0..count).map(|n| Mutex::new(Some(make(first + n * plan.batch)))).collect();
        let next = AtomicU64::new(0);
        let (began, busy, own) = (Clock::now(), processor(), background());
        std::thread::scope(|scope| {
            for _ in 0..plan.writers {
                scope.spawn(|| {
                    while let Some(body) = bodies.get(usize::try_from(next.fetch_add(1, Ordering::Relaxed)).unwrap()) {
                        let outcomes = take(&store, body.lock().unwrap().take().unwrap());
                        let new = outcomes.iter().filter(|one| matches!(one, Outcome::Accepted { .. })).count();
                        accepted.fetch_add(new as u64, Ordering::Relaxed);
                    }
                });
            }
        });
        for spent in [&mut all, &mut step] {
            spent.wall += began.elapsed();
            let others: Duration = background().iter().zip(own).map(|(now, own)| now.saturating_sub(own)).sum();
            spent.ingesting += processor().saturating_sub(busy).saturating_sub(others);
        }
        first += count * plan.batch;
        if first - stepped >= plan.step || first >= plan.events {
            let events = float(first - stepped);
            let now = background();
            let micros = |time: Duration| time.as_secs_f64() * 1e6 / events;
            let [flushing, merging] = [0, 1].map(|own| micros(now[own].saturating_sub(before[own])));
            println!(
                "  {:>6.1} M: {:>9.0} events/s; µs of processor: {:.2} to ingest, {flushing:.2} to write segments, {merging:.2} to merge; {}",
                float(first) / 1e6,
                events / step.wall.as_secs_f64(),
                micros(step.ingesting),
                resident()
            );
            (step, stepped, before) = (Spent::default(), first, now);
        }
    }
    let micros = |time: Duration| time.as_secs_f64() * 1e6 / float(first);
    let [flushing, merging] = background().map(micros);
    println!(
        "  all: {:.0} events/s; µs of processor: {:.2} to ingest, {flushing:.2} to write segments, {merging:.2} to merge",
        float(first) / all.wall.as_secs_f64(),
        micros(all.ingesting),
    );
    let accepted = accepted.into_inner();
    assert_eq!(store.watermark(&tenant()).unwrap(), Seq(accepted));
    drop(store);
    let (began, busy) = (Clock::now(), processor());
    let store = LogStore::open(folder).unwrap();
    let opened = began.elapsed().as_secs_f64();
    let opening = processor().saturating_sub(busy).as_secs_f64();
    assert_eq!(store.watermark(&tenant()).unwrap(), Seq(accepted));
    let bytes = |end: &str| -> u64 {
        let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap());
        let ours = files.filter(|file| file.file_name().to_string_lossy().ends_with(end));
        ours.filter_map(|file| file.metadata().ok()).map(|meta| meta.len()).sum()
    };
    let megabytes = |end: &str| bytes(end) / 1_000_000;
    println!(
        "  reopened in {opened:.2} s, {opening:.2} s of processor; segments {} MB, log {} MB",
        megabytes(".seg"),
        megabytes(".wal")
    );
}

fn main() {
    let number = |name: &str, usual| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual);
    let plan = Plan {
        events: number("EVENTS", 2_000_000),
        batch: number("BATCH", 1_000),
        writers: number("WRITERS", 8),
        repeats: number("REPEATS", 0),
        subjects: number("SUBJECTS", 1_000),
        step: number("STEP", 1_000_000),
    };
    let form = std::env::var("FORM").unwrap_or_else(|_| "array".into());
    let parent = std::env::var_os("FOLDER").map_or_else(std::env::temp_dir, Into::into);
    for _ in 0..number("ROUNDS", 1) {
        let folder = tempfile::tempdir_in(&parent).unwrap();
        println!("{form}, {} writers with {} events at a time", plan.writers, plan.batch);
        let json = |form: JsonForm| {
            move |store: &LogStore, body: String| store.ingest_json(&tenant(), body.as_bytes(), form, end()).unwrap()
        };
        match form.as_str() {
            "array" => run(plan, folder.path(), |n| plan.body(n, ("[", ",", "]")), json(JsonForm::Array)),
            "lines" => run(plan, folder.path(), |n| plan.body(n, ("", "\n", "\n")), json(JsonForm::Lines)),
            "events" => run(
                plan,
                folder.path(),
                |n| (n..n + plan.batch).map(|n| plan.event(plan.pick(n)).into()).collect(),
                |store: &LogStore, batch: Vec<Incoming>| store.ingest(&tenant(), batch, end()).unwrap(),
            ),
            other => panic!("there is no form {other}: array, lines, events"),
        }
    }
}
