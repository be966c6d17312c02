//! What is on the disk after a power failure, or after the disk changed its mind.

use calendar::Instant;
use metering::{Event, Properties, Value};
use std::{
    fs,
    path::{Path, PathBuf},
};
use stdx::Key;
use usage::{Incoming, LogStore, Outcome, Seq, UsageError, UsageStore};

fn now() -> Instant {
    "2026-04-16T12:00:00Z".parse().unwrap()
}

fn us() -> Key {
    Key::try_from("us").unwrap()
}

/// Batch `n`: two events that are new, one of them with a name that is new, and one that is not valid.
fn batch(n: u64) -> Vec<Incoming> {
    let event = |id: String, name: String, subject: &str| {
        let properties =
            Properties::from([(format!("p{n}"), Value::Num(n.into())), ("text".into(), Value::Text("ü\0".into()))]);
        Event { source: "gateway".into(), id, name, subject: subject.into(), at: now(), properties }
    };
    vec![
        event(format!("{n}-a"), "call".into(), "c1").into(),
        event(format!("{n}-b"), format!("name-{n}"), "c2").into(),
        event(format!("{n}-c"), "call".into(), "").into(),
    ]
}

fn log_file(dir: &Path) -> PathBuf {
    dir.join("00000001.log")
}

/// A log of `batches` batches, and how long the file was after each (the first: without any).
fn written(dir: &Path, batches: u64) -> (Vec<u8>, Vec<usize>) {
    let store = LogStore::open(dir).unwrap();
    let length = || usize::try_from(fs::metadata(log_file(dir)).unwrap().len()).unwrap();
    let mut lengths = vec![length()];
    for n in 0..batches {
        store.ingest(&us(), batch(n), now()).unwrap();
        lengths.push(length());
    }
    (fs::read(log_file(dir)).unwrap(), lengths)
}

/// The store must have exactly the first `batches` batches, and take the rest again without doubling anything.
fn holds_and_goes_on(dir: &Path, batches: u64, all: u64) {
    {
        let store = LogStore::open(dir).unwrap();
        assert_eq!(store.watermark(&us()), Ok(Seq(batches * 2)));
        assert_eq!(store.quarantined(&us()), Ok(usize::try_from(batches).unwrap()));
        for n in 0..all {
            let outcomes = store.ingest(&us(), batch(n), now()).unwrap();
            let (first, second) = (Seq(n * 2 + 1), Seq(n * 2 + 2));
            let expected = if n < batches {
                [Outcome::Duplicate { seq: first }, Outcome::Duplicate { seq: second }]
            } else {
                [Outcome::Accepted { seq: first }, Outcome::Accepted { seq: second }]
            };
            assert_eq!(outcomes[..2], expected);
        }
    }
    let store = LogStore::open(dir).unwrap();
    assert_eq!(store.recovery().torn_bytes, 0);
    assert_eq!(store.watermark(&us()), Ok(Seq(all * 2)));
    assert_eq!(store.lookup(&us(), "gateway", &format!("{}-b", all - 1)).unwrap().unwrap().seq, Seq(all * 2));
}

#[test]
fn wherever_the_log_is_cut_what_was_answered_is_there_once() {
    let folder = tempfile::tempdir().unwrap();
    let (bytes, lengths) = written(folder.path(), 3);
    for cut in 0..=bytes.len() {
        // the batches whose record was whole; the head of the file alone is cut as well
        let whole = lengths.iter().filter(|length| **length <= cut).count().saturating_sub(1) as u64;
        fs::write(log_file(folder.path()), &bytes[..cut]).unwrap();
        holds_and_goes_on(folder.path(), whole, 3);
    }
}

#[test]
fn space_that_was_allocated_and_never_written_is_cut_away() {
    let folder = tempfile::tempdir().unwrap();
    let (bytes, lengths) = written(folder.path(), 3);
    for written in lengths[1]..lengths[2] {
        // the second record reached the disk up to here, and the file system filled a sector and a half with zeros
        let mut torn = bytes[..written].to_vec();
        torn.resize(written + 1024, 0);
        fs::write(log_file(folder.path()), torn).unwrap();
        holds_and_goes_on(folder.path(), 1, 3);
    }
}

#[test]
fn a_changed_byte_is_found_and_named_and_nothing_is_touched() {
    let folder = tempfile::tempdir().unwrap();
    let (bytes, lengths) = written(folder.path(), 3);
    for place in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[place] ^= 1 << (place % 8);
        fs::write(log_file(folder.path()), &changed).unwrap();
        let record = lengths.iter().copied().filter(|length| *length <= place).max().unwrap_or(0);
        match LogStore::open(folder.path()).map(|store| store.recovery()) {
            Err(UsageError::Damaged { file, offset, .. }) => {
                assert_eq!((file, offset), (log_file(folder.path()), record as u64), "byte {place}");
            }
            other => panic!("byte {place}: {other:?}"),
        }
        assert_eq!(fs::read(log_file(folder.path())).unwrap(), changed);
    }
}

#[test]
fn a_record_that_is_missing_or_moved_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let (bytes, lengths) = written(folder.path(), 3);
    let record = |n: usize| &bytes[lengths[n]..lengths[n + 1]];
    let head = &bytes[..lengths[0]];
    for records in
        [vec![record(0), record(2)], vec![record(1)], vec![record(0), record(0)], vec![record(0), record(2), record(1)]]
    {
        fs::write(log_file(folder.path()), [&[head], records.as_slice()].concat().concat()).unwrap();
        assert!(matches!(LogStore::open(folder.path()), Err(UsageError::Damaged { .. })));
    }
}

#[test]
fn a_directory_is_open_once_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let store = LogStore::open(folder.path()).unwrap();
    assert!(matches!(LogStore::open(folder.path()), Err(UsageError::InUse { .. })));
    drop(store);
    LogStore::open(folder.path()).unwrap();
}

/// A log as version 1 of the format writes it: two batches, accepted and quarantined. Every later version must read it.
const GOLDEN: &str = "\
    434655534147450101000000000000002689ae2e43465201370100000000000001000000000000007350c8074c023cd702757380c092a6\
    d2e4a706010807676174657761790463616c6c0263310270300474657874066e616d652d3002633200020003302d61010280c092a6d2e4\
    a7060203030000040403c3bc000003302d62050680c092a6d2e4a7060203030000040403c3bc0001000003302d63010780c092a6d2e4a7\
    060203030000040403c3bc00b4017b22636f6465223a226576656e745f696e76616c6964222c227469746c65223a22546865206576656e\
    74206973206e6f742076616c6964222c2264657461696c223a22607375626a6563746020697320656d707479222c22706f696e74657222\
    3a222f7375626a656374222c226d656e64223a226576657279206576656e74206e616d65732069747320736f757263652c206974732069\
    642c20697473207479706520616e6420697473207375626a656374227ded434652011e0100000000000002000000000000009bfaed6f10\
    538ff402757380c092a6d2e4a7060302027031066e616d652d31020003312d61010280c092a6d2e4a7060208030002040403c3bc000003\
    312d62090680c092a6d2e4a7060208030002040403c3bc0001000003312d63010780c092a6d2e4a7060208030002040403c3bc00b4017b\
    22636f6465223a226576656e745f696e76616c6964222c227469746c65223a22546865206576656e74206973206e6f742076616c696422\
    2c2264657461696c223a22607375626a6563746020697320656d707479222c22706f696e746572223a222f7375626a656374222c226d65\
    6e64223a226576657279206576656e74206e616d65732069747320736f757263652c206974732069642c20697473207479706520616e64\
    20697473207375626a656374227ded";

#[test]
fn the_format_of_the_log_stays_readable_and_is_still_written_so() {
    let folder = tempfile::tempdir().unwrap();
    let (bytes, _) = written(folder.path(), 2);
    let pairs = GOLDEN.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap());
    let golden: Vec<u8> = pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect();
    assert_eq!(bytes, golden);
    fs::write(log_file(folder.path()), golden).unwrap();
    holds_and_goes_on(folder.path(), 2, 2);
}
