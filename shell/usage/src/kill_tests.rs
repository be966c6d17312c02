//! What is there after the process was killed under load.

use crate::{Incoming, LogStore, Outcome, Seq, UsageStore, disk::RealDisk, embedded::Options, sim::Dice};
use calendar::Instant;
use metering::{Event, Properties, Value};
use std::{
    collections::BTreeSet,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Command, Stdio},
    sync::Arc,
};
use stdx::Key;

const DIR: &str = "USAGE_KILL_TEST_DIR";
const TURN: &str = "USAGE_KILL_TEST_TURN";
const WRITERS: u64 = 4;
const ROWS: u64 = 50;

fn us() -> Key {
    Key::try_from("us").unwrap()
}

fn now() -> Instant {
    "2026-04-16T12:00:00Z".parse().unwrap()
}

fn open(dir: &Path) -> LogStore {
    let disk = RealDisk::open(dir).unwrap();
    // small, so that segments are written and merged all the time
    let options = Options { rows: 700, fan_in: 3, ..Options::default() };
    LogStore::open_on(Arc::new(disk), options).unwrap()
}

fn batch(turn: u64, writer: u64, number: u64) -> Vec<Incoming> {
    let event = |row: u64| Event {
        source: format!("{turn}-{writer}"),
        id: format!("{number}-{row}"),
        name: "call".into(),
        subject: format!("c{}", row % 7),
        at: now().plus_micros(i64::try_from(number * 1000 + row).unwrap()).unwrap(),
        properties: Properties::from([("n".to_owned(), Value::Num(row.into()))]),
    };
    (0..ROWS).map(|row| event(row).into()).collect()
}

/// What the killed process does: it is this test, started by the one below.
#[test]
fn child_that_ingests_until_it_is_killed() {
    let (Some(dir), Some(turn)) = (std::env::var_os(DIR), std::env::var(TURN).ok()) else { return };
    let (store, turn) = (open(Path::new(&dir)), turn.parse().unwrap());
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let store = &store;
            scope.spawn(move || {
                for number in 0..1_000_000 {
                    store.ingest(&us(), batch(turn, writer, number), now()).unwrap();
                    let mut out = std::io::stdout().lock();
                    // nobody reads any more: the parent is gone
                    if writeln!(out, "acknowledged {writer} {number}").and_then(|()| out.flush()).is_err() {
                        return;
                    }
                }
            });
        }
    });
}

/// Lets a child ingest, kills it after so many answers, and gives the answers.
fn killed(dir: &Path, turn: u64, answers: usize) -> Vec<(u64, u64)> {
    // also when the program was built anew in the meantime
    let own = Path::new("/proc/self/exe");
    let own = if own.exists() { own.into() } else { std::env::current_exe().unwrap() };
    let mut child = Command::new(own)
        .args(["--exact", "kill_tests::child_that_ingests_until_it_is_killed", "--nocapture", "--test-threads=1"])
        .env(DIR, dir)
        .env(TURN, turn.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut acknowledged = Vec::new();
    let mut read = |line: Option<std::io::Result<String>>| {
        let Some(Ok(line)) = line else { return false };
        let Some(rest) = line.split_once("acknowledged ").map(|(_, rest)| rest) else { return true };
        if let Some((writer, number)) = rest.split_once(' ')
            && let (Ok(writer), Ok(number)) = (writer.parse(), number.parse())
        {
            acknowledged.push((writer, number));
        }
        true
    };
    let mut seen = 0;
    while seen < answers && read(lines.next()) {
        seen += 1;
    }
    child.kill().unwrap();
    child.wait().unwrap();
    while read(lines.next()) {}
    acknowledged
}

#[test]
fn a_process_killed_under_load_has_lost_nothing_that_it_answered_for() {
    let runs = std::env::var("KILL_RUNS").ok().and_then(|runs| runs.parse().ok()).unwrap_or(20);
    let folder = tempfile::tempdir().unwrap();
    let mut dice = Dice::new(7);
    let mut batches = 0;
    for turn in 0..runs {
        let acknowledged = killed(folder.path(), turn, 1 + dice.below(120));
        let store = open(folder.path());
        let watermark = store.watermark(&us()).unwrap();
        // every batch is there as a whole or not at all, and nothing is there twice
        let versions = store.changes(&us(), Seq(batches * ROWS), usize::MAX).unwrap();
        assert_eq!(batches * ROWS + versions.len() as u64, watermark.0, "turn {turn}");
        let mut whole = BTreeSet::new();
        for part in versions.chunks(usize::try_from(ROWS).unwrap()) {
            let first = &part[0];
            let (number, _) = first.id.split_once('-').unwrap();
            let writer = first.source.strip_prefix(&format!("{turn}-")).unwrap();
            let expected = batch(turn, writer.parse().unwrap(), number.parse().unwrap());
            let found: Vec<Incoming> = part.iter().map(|version| version.event.clone().unwrap().into()).collect();
            assert_eq!(found, expected, "turn {turn}");
            assert!(whole.insert((writer.parse::<u64>().unwrap(), number.parse::<u64>().unwrap())), "turn {turn}");
        }
        for answered in &acknowledged {
            assert!(whole.contains(answered), "turn {turn}: {answered:?} was answered for and is not there");
        }
        if let Some((writer, number)) = acknowledged.last() {
            let again = store.ingest(&us(), batch(turn, *writer, *number), now()).unwrap();
            assert!(again.iter().all(|outcome| matches!(outcome, Outcome::Duplicate { .. })), "turn {turn}");
        }
        batches += whole.len() as u64;
    }
    assert!(batches > runs);
}
