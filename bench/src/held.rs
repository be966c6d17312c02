//! The process that holds a usage store, so that its memory can be looked at and it can be killed: `bench held`.
//!
//! It reads one order a line from its standard input and answers with lines of JSON; when its input ends, so does it.

use crate::ask;
use crate::events::{Mold, Shape, TENANT, mix};
use crate::load::{Numbers, PAUSE};
use crate::numbers::real;
use crate::process::{Children, Memory, cpu_millis};
use calendar::Instant as At;
use serde::{Deserialize, Serialize};
use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};
use stdx::Key;
use usage::{IngestError, JsonForm, LogStore, Outcome, UsageError, UsageStore};

/// When the events are received, which is after they happened.
const RECEIVED: &str = "2025-04-02T00:00:00Z";

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Order {
    /// Take events, and tell how far it is after each slice of them.
    Ingest(Ingest),
    /// Take events until killed.
    IngestForEver(Ingest),
    /// Wait until nothing more is merged.
    Settle,
    /// Measure so many customers hour by hour; `None`: the biggest, so many times.
    Series {
        /// How many questions.
        times: u64,
        /// Which customers follows from it.
        seed: Option<u64>,
    },
    /// Sum each meter over all customers and the whole period.
    Sums,
    /// Price each event at a rate that its properties choose.
    RePrice,
}

/// Which events are taken, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ingest {
    /// Number of the first.
    pub(crate) first: u64,
    /// How many.
    pub(crate) count: u64,
    /// How many fill the 90 days.
    pub(crate) total: u64,
    /// In one batch.
    pub(crate) batch: u64,
    /// At the same time.
    pub(crate) threads: u64,
    /// Progress is told after so many.
    pub(crate) slice: u64,
    /// Of a hundred batches so many are sent once more, each one that was answered for a while ago.
    pub(crate) repeats: u64,
}

/// What is answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Told {
    /// The store is open.
    Opened {
        /// How long it took.
        seconds: f64,
        /// Events that it holds.
        events: u64,
    },
    /// So many events are taken, so long after the first.
    Progress {
        /// Taken.
        events: u64,
        /// After the first.
        seconds: f64,
        /// Memory then.
        memory: Memory,
    },
    /// All are taken.
    Ingested {
        /// How long it took.
        seconds: f64,
        /// Computing time of this process, in milliseconds.
        cpu_millis: u64,
        /// How often the store was busy and got the batch again.
        busy: u64,
    },
    /// What is there once nothing is merged any more.
    Settled {
        /// Bytes of all files of the store.
        bytes: u64,
        /// Those of segments.
        segment_bytes: u64,
        /// How many segments.
        segments: u64,
        /// Memory then.
        memory: Memory,
    },
    /// How long each question took.
    Series {
        /// Microseconds.
        micros: Vec<u32>,
        /// Events that the answers counted.
        events: u64,
    },
    /// How long the sums took.
    Sums {
        /// All of them together.
        seconds: f64,
        /// Groups that were answered.
        groups: u64,
        /// Events that they counted.
        events: u64,
        /// Memory then.
        memory: Memory,
    },
    /// How long it took to price every event.
    RePriced {
        /// All meters together.
        seconds: f64,
        /// Sums that were answered.
        subjects: u64,
        /// Events that they priced.
        events: u64,
    },
    /// It could not be done.
    Failed(String),
}

/// Opens the store of a folder and does what is ordered.
///
/// # Errors
/// When nobody listens any more.
pub(crate) fn run(folder: &Path) -> Result<(), String> {
    let began = Instant::now();
    let store = match LogStore::open(folder) {
        Ok(store) => store,
        Err(error) => return tell(&Told::Failed(error.to_string())),
    };
    let seconds = began.elapsed().as_secs_f64();
    let events = store.watermark(&tenant()?).map_err(|error| error.to_string())?.0;
    tell(&Told::Opened { seconds, events })?;
    for line in std::io::stdin().lock().lines() {
        let line = line.map_err(|error| error.to_string())?;
        let order = serde_json::from_str(&line).map_err(|error| format!("`{line}`: {error}"))?;
        tell(&obey(&store, folder, &order).unwrap_or_else(Told::Failed))?;
    }
    Ok(())
}

fn obey(store: &LogStore, folder: &Path, order: &Order) -> Result<Told, String> {
    match order {
        Order::Ingest(ingest) => take(store, *ingest),
        Order::IngestForEver(ingest) => take(store, Ingest { count: u64::MAX / 2, ..*ingest }),
        Order::Settle => settle(folder),
        Order::Series { times, seed } => ask::series(store, *times, *seed),
        Order::Sums => ask::sums(store),
        Order::RePrice => ask::re_price(store),
    }
}

pub(crate) fn tenant() -> Result<Key, String> {
    Key::try_from(TENANT).map_err(|error| format!("{TENANT}: {error:?}"))
}

fn tell(told: &Told) -> Result<(), String> {
    let line = serde_json::to_string(told).map_err(|error| error.to_string())?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).map_err(|error| format!("nobody listens: {error}"))
}

/// Takes events on several threads and tells the progress.
fn take(store: &LogStore, ingest: Ingest) -> Result<Told, String> {
    let own = std::process::id();
    let (numbers, done) = (Numbers::default(), AtomicU64::new(0));
    let (cpu, began) = (cpu_millis(own, Children::LeftOut), Instant::now());
    let results: Vec<Result<u64, String>> = thread::scope(|scope| {
        let threads: Vec<_> = (0..ingest.threads)
            .map(|thread| {
                let (numbers, done) = (&numbers, &done);
                scope.spawn(move || {
                    let mut mold = Mold::new(Shape::Array, ingest.batch, thread, ingest.total);
                    take_on_one(store, ingest, &mut mold, numbers, (done, began))
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap_or_else(|_| Err("a thread failed".to_owned()))).collect()
    });
    let busy = results.into_iter().sum::<Result<u64, String>>()?;
    let seconds = began.elapsed().as_secs_f64();
    Ok(Told::Ingested { seconds, cpu_millis: cpu_millis(own, Children::LeftOut) - cpu, busy })
}

/// Gives how often the store was busy.
fn take_on_one(
    store: &LogStore,
    ingest: Ingest,
    mold: &mut Mold,
    numbers: &Numbers,
    (done, began): (&AtomicU64, Instant),
) -> Result<u64, String> {
    let (tenant, now) = (tenant()?, RECEIVED.parse::<At>().map_err(|error| format!("{error:?}"))?);
    // what this thread was answered for: a body is the same again only from the same mold
    let (mut busy, mut answered) = (0, Vec::new());
    loop {
        let number = numbers.take(ingest.batch);
        if number >= ingest.count {
            return Ok(busy);
        }
        let mut send = |body: &[u8]| loop {
            match store.ingest_json(&tenant, body, JsonForm::Array, now) {
                Ok(outcomes) => break Ok(outcomes),
                Err(IngestError::Store(UsageError::Busy { .. })) => {
                    busy += 1;
                    sleep(PAUSE);
                }
                Err(error) => break Err(error.to_string()),
            }
        };
        let outcomes = send(mold.stamp(ingest.first + number))?;
        let accepted = outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Accepted { .. })).count() as u64;
        if accepted != ingest.batch {
            return Err(format!("{} new events were sent and {accepted} accepted", ingest.batch));
        }
        answered.push(number);
        if mix(number) % 100 < ingest.repeats {
            let place = usize::try_from(mix(!number) % answered.len() as u64).unwrap_or(0);
            let outcomes = send(mold.stamp(ingest.first + answered[place]))?;
            let known = outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Duplicate { .. })).count() as u64;
            if known != ingest.batch {
                return Err(format!("{} events were sent again and {known} known", ingest.batch));
            }
        }
        let before = done.fetch_add(accepted, Ordering::Relaxed);
        if before / ingest.slice != (before + accepted) / ingest.slice {
            let memory = Memory::of(std::process::id());
            tell(&Told::Progress { events: before + accepted, seconds: began.elapsed().as_secs_f64(), memory })?;
        }
    }
}

/// Waits until the store computes no more for two seconds.
fn settle(folder: &Path) -> Result<Told, String> {
    const QUIET_MILLIS: u64 = 50;
    let own = std::process::id();
    let mut quiet = 0;
    while quiet < 4 {
        let before = cpu_millis(own, Children::LeftOut);
        sleep(Duration::from_millis(500));
        let spent = cpu_millis(own, Children::LeftOut) - before;
        quiet = if spent < QUIET_MILLIS { quiet + 1 } else { 0 };
    }
    let files = files(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let segments = || files.iter().filter(|(path, _)| path.extension().is_some_and(|end| end == "seg"));
    Ok(Told::Settled {
        bytes: files.iter().map(|(_, bytes)| bytes).sum(),
        segment_bytes: segments().map(|(_, bytes)| bytes).sum(),
        segments: segments().count() as u64,
        memory: Memory::of(own),
    })
}

fn files(folder: &Path) -> std::io::Result<Vec<(PathBuf, u64)>> {
    std::fs::read_dir(folder)?
        .map(|entry| entry.and_then(|entry| Ok((entry.path(), entry.metadata()?.len()))))
        .collect()
}

/// Events a second of the first and of the last slice of those that were told.
pub(crate) fn first_and_last(progress: &[(u64, f64)]) -> Option<(f64, f64)> {
    let rate = |from: (u64, f64), to: (u64, f64)| real(to.0 - from.0) / (to.1 - from.1);
    let (last, before) = (progress.last()?, progress.len().checked_sub(2).map(|place| progress[place])?);
    Some((rate((0, 0.0), *progress.first()?), rate(before, *last)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_and_the_last_slice_have_rates_of_their_own() {
        assert_eq!(first_and_last(&[(100, 1.0), (200, 2.0), (300, 6.0)]), Some((100.0, 25.0)));
        assert_eq!(first_and_last(&[(100, 1.0)]), None);
    }

    #[test]
    fn a_store_takes_each_event_once_and_answers_for_all_of_them() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = LogStore::open(folder.path()).expect("a store");
        let ingest = Ingest { first: 0, count: 4_000, total: 4_000, batch: 100, threads: 2, slice: 1_000, repeats: 50 };
        assert!(matches!(take(&store, ingest), Ok(Told::Ingested { .. })));
        assert!(matches!(ask::sums(&store), Ok(Told::Sums { events: 4_000, .. })));
        assert!(matches!(ask::re_price(&store), Ok(Told::RePriced { events: 4_000, .. })));
        let again = take(&store, Ingest { count: 100, ..ingest });
        assert_eq!(again, Err("100 new events were sent and 0 accepted".to_owned()));
        let Ok(Told::Series { micros, events }) = ask::series(&store, 3, None) else { panic!("no series") };
        assert!(micros.len() == 3 && events > 0);
    }
}
