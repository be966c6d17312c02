//! What a directory is to another process, to another day and to whoever damages it. (What is there after a crash:
//! `src/crash_tests.rs`, `src/kill_tests.rs`.)

use calendar::Instant;
use metering::{Event, Properties, Value};
use std::{fs, path::Path};
use stdx::Key;
use usage::{Change, Incoming, LogStore, Outcome, Seq, UsageError, UsageStore};

fn now() -> Instant {
    "2026-04-16T12:00:00Z".parse().unwrap()
}

fn us() -> Key {
    Key::try_from("us").unwrap()
}

fn event(id: String, name: String, subject: &str, n: u64) -> Event {
    let properties =
        Properties::from([(format!("p{n}"), Value::Num(n.into())), ("text".into(), Value::Text("ü\0".into()))]);
    Event { source: "gateway".into(), id, name, subject: subject.into(), at: now(), properties }
}

/// Batch `n`: two events that are new, one of them with a name that is new, and one that is not valid.
fn batch(n: u64) -> Vec<Incoming> {
    vec![
        event(format!("{n}-a"), "call".into(), "c1", n).into(),
        event(format!("{n}-b"), format!("name-{n}"), "c2", n).into(),
        event(format!("{n}-c"), "call".into(), "", n).into(),
    ]
}

/// Two batches, one after the other, then an amendment and a retraction.
fn write(dir: &Path) {
    let store = LogStore::open(dir).unwrap();
    for n in 0..2 {
        store.ingest(&us(), batch(n), now()).unwrap();
    }
    let amended = Change::Amend(event("0-a".into(), "call".into(), "c9", 7));
    let retracted = Change::Retract { source: "gateway".into(), id: "0-b".into() };
    store.apply(&us(), vec![amended, retracted], now()).unwrap();
}

fn holds(dir: &Path) {
    let store = LogStore::open(dir).unwrap();
    assert_eq!(store.recovery().records, 3);
    assert_eq!((store.watermark(&us()), store.quarantined(&us())), (Ok(Seq(6)), Ok(2)));
    let seqs = [(0, 1, 2), (1, 3, 4)];
    for (n, first, second) in seqs {
        let outcomes = store.ingest(&us(), batch(n), now()).unwrap();
        assert_eq!(outcomes[..2], [Outcome::Duplicate { seq: Seq(first) }, Outcome::Duplicate { seq: Seq(second) }]);
    }
    assert_eq!(store.lookup(&us(), "gateway", "0-a").unwrap().unwrap().event.subject, "c9");
    assert_eq!(store.lookup(&us(), "gateway", "0-b"), Ok(None));
}

#[test]
fn a_directory_is_open_once_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let store = LogStore::open(folder.path()).unwrap();
    assert!(matches!(LogStore::open(folder.path()), Err(UsageError::InUse { .. })));
    drop(store);
    LogStore::open(folder.path()).unwrap();
}

#[test]
fn a_log_or_a_manifest_that_is_gone_is_missed() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path());
    let log = folder.path().join("00000001.wal");
    fs::rename(&log, folder.path().join("00000002.wal")).unwrap();
    let Err(UsageError::Damaged { file, .. }) = LogStore::open(folder.path()) else { panic!() };
    assert_eq!(file, log);
}

/// The log as version 2 of the format writes it. Every later version must read it.
#[test]
fn the_format_of_the_log_stays_readable_and_is_still_written_so() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/log-v2.bin");
    let folder = tempfile::tempdir().unwrap();
    write(folder.path());
    let log = folder.path().join("00000001.wal");
    let written = fs::read(&log).unwrap();
    let end = written.iter().rposition(|byte| *byte != 0).unwrap() + 1;
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&golden, &written[..end]).unwrap();
    }
    assert_eq!(fs::read(&golden).unwrap(), written[..end]);
    fs::copy(&golden, &log).unwrap();
    holds(folder.path());
}
