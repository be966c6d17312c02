//! What is there after the power failed, the disk was full or changed its mind.

use crate::{
    Change, EventFilter, Incoming, LogStore, MemStore, Outcome, Seq, UsageError, UsageStore,
    embedded::Options,
    sim::{Dice, SimDisk},
};
use calendar::Instant;
use metering::{Event, Properties, Value};
use std::{sync::Arc, time::Duration};
use stdx::Key;

fn now() -> Instant {
    "2026-04-16T12:00:00Z".parse().unwrap()
}

fn tenant(number: usize) -> Key {
    Key::try_from(["us", "them"][number]).unwrap()
}

fn options() -> Options {
    let patience = Duration::from_millis(1);
    Options {
        rows: 12,
        wal_bytes: 2048,
        wal_step: 4096,
        fan_in: 3,
        full: 1,
        threads: false,
        patience,
        ..Options::default()
    }
}

fn open(disk: &SimDisk) -> Result<LogStore, UsageError> {
    LogStore::open_on(Arc::new(disk.clone()), options())
}

/// Something that a user does.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    Ingest(Key, Vec<Incoming>),
    Apply(Key, Vec<Change>),
}

fn event(dice: &mut Dice) -> Event {
    let text = |text: &str| text.to_owned();
    let n = i64::try_from(dice.below(50)).unwrap();
    let subject = ["c1", "c2", "c3", "c3", ""][dice.below(5)];
    Event {
        source: text(["a", "b"][dice.below(2)]),
        id: dice.below(200).to_string(),
        name: text(["call", "file"][dice.below(2)]),
        subject: text(subject),
        at: now().plus_micros(n * 1_000_000).unwrap(),
        properties: Properties::from([
            (text("n"), Value::Num(n.into())),
            (format!("p{}", dice.below(3)), Value::Text(text("ü\0"))),
        ]),
    }
}

pub(crate) fn act(dice: &mut Dice) -> Act {
    let tenant = tenant(dice.below(2));
    let count = 1 + dice.below(6);
    if dice.below(4) > 0 {
        return Act::Ingest(tenant, (0..count).map(|_| event(dice).into()).collect());
    }
    let change = match dice.below(3) {
        0 => Change::Add(event(dice)),
        1 => Change::Amend(event(dice)),
        _ => {
            let Event { source, id, .. } = event(dice);
            Change::Retract { source, id }
        }
    };
    Act::Apply(tenant, vec![change])
}

/// What a store said, as text; an error of the disk as an error.
pub(crate) fn perform(store: &dyn UsageStore, act: &Act) -> Result<String, UsageError> {
    match act {
        Act::Ingest(tenant, batch) => {
            store.ingest(tenant, batch.clone(), now()).map(|outcomes| format!("{outcomes:?}"))
        }
        Act::Apply(tenant, changes) => match store.apply(tenant, changes.clone(), now()) {
            Err(crate::ApplyError::Store(error)) => Err(error),
            other => Ok(format!("{other:?}")),
        },
    }
}

/// All that a store says of its tenants.
pub(crate) fn everything(store: &dyn UsageStore) -> Result<Vec<String>, UsageError> {
    let mut all = Vec::new();
    for tenant in [tenant(0), tenant(1)] {
        let watermark = store.watermark(&tenant)?;
        let changes = store.changes(&tenant, Seq::ZERO, usize::MAX)?;
        all.push(format!("{watermark:?} {changes:?}"));
        for as_of in [Seq::NOW, Seq(watermark.0 / 2)] {
            let filter = EventFilter { as_of, ..EventFilter::default() };
            all.push(format!("{:?}", store.events(&tenant, &filter, None, usize::MAX)?));
        }
        all.push(format!("{:?}", store.activity(&tenant)?));
        all.push(format!("{:?}", store.quarantine(&tenant, 0, usize::MAX)?));
        for id in 0..20 {
            all.push(format!("{:?}", store.history(&tenant, "a", &id.to_string())?));
        }
    }
    Ok(all)
}

/// A store that was told all this.
fn told(acts: &[Act]) -> MemStore {
    let store = MemStore::new();
    for act in acts {
        perform(&store, act).unwrap();
    }
    store
}

fn cases(usual: u64) -> u64 {
    std::env::var("CRASH_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(usual)
}

#[test]
fn whenever_the_power_fails_what_was_answered_is_there_once_and_nothing_is_half_there() {
    for seed in 0..cases(200) {
        let mut dice = Dice::new(seed);
        let (mut disk, mut acts) = (SimDisk::default(), Vec::new());
        for _ in 0..4 {
            disk.fail_after(dice.next() % 400);
            let mut last = None;
            if let Ok(store) = open(&disk) {
                let oracle = told(&acts);
                loop {
                    let next = act(&mut dice);
                    match perform(&store, &next) {
                        Ok(said) => {
                            assert_eq!(said, perform(&oracle, &next).unwrap(), "seed {seed}");
                            acts.push(next);
                        }
                        Err(UsageError::Stopped { .. }) => {
                            last = Some(next);
                            break;
                        }
                        Err(error) => panic!("seed {seed}: {error}"),
                    }
                    if dice.below(24) == 0 {
                        assert_eq!(everything(&store), everything(&oracle), "seed {seed}");
                    }
                }
            }
            disk = disk.after_power_failure(&mut dice);
            let found = match open(&disk) {
                Ok(store) => everything(&store).unwrap(),
                Err(error) => panic!("seed {seed}: {error}"),
            };
            // what was in flight is there as a whole or not at all
            if found != everything(&told(&acts)).unwrap() {
                acts.extend(last);
                assert_eq!(found, everything(&told(&acts)).unwrap(), "seed {seed}");
            }
        }
    }
}

#[test]
fn a_changed_bit_is_found_or_changes_nothing() {
    let mut damaged = 0;
    for seed in 0..cases(200) {
        let mut dice = Dice::new(seed);
        let disk = SimDisk::default();
        let store = open(&disk).unwrap();
        for _ in 0..dice.below(40) {
            perform(&store, &act(&mut dice)).unwrap();
        }
        let before = everything(&store).unwrap();
        drop(store);
        for _ in 0..8 {
            let (changed, file) = disk.with_a_changed_bit(&mut dice);
            match open(&changed).and_then(|store| everything(&store)) {
                Ok(after) => assert_eq!(after, before, "seed {seed} {file}"),
                Err(UsageError::Damaged { file: named, .. }) => {
                    assert_eq!(named.to_str(), Some(&*file), "seed {seed}");
                    damaged += 1;
                }
                Err(error) => panic!("seed {seed} {file}: {error}"),
            }
        }
    }
    assert!(damaged > 0);
}

#[test]
fn a_full_disk_refuses_what_is_new_serves_what_is_old_and_recovers() {
    for seed in 0..cases(60) {
        let mut dice = Dice::new(seed);
        let (disk, mut acts) = (SimDisk::default(), Vec::new());
        let store = open(&disk).unwrap();
        for round in 0..3 {
            disk.limit(Some(disk.used() + dice.below(20_000)));
            let mut refused = false;
            for _ in 0..200 {
                let next = act(&mut dice);
                match perform(&store, &next) {
                    Ok(_) => acts.push(next),
                    Err(UsageError::DiskFull { .. }) => refused = true,
                    Err(error) => panic!("seed {seed}: {error}"),
                }
            }
            assert!(refused || round > 0, "seed {seed}");
            assert_eq!(everything(&store), everything(&told(&acts)), "seed {seed}");
            disk.limit(None);
            let next = act(&mut dice);
            perform(&store, &next).unwrap();
            acts.push(next);
        }
        drop(store);
        assert_eq!(everything(&open(&disk).unwrap()), everything(&told(&acts)), "seed {seed}");
    }
}

#[test]
fn a_flush_that_fails_stops_the_store_and_shows_nothing_of_the_batch() {
    let disk = SimDisk::default();
    let us = tenant(0);
    let batch = |id: &str| -> Vec<Incoming> {
        let event = Event { source: "s".into(), id: id.into(), subject: "c".into(), ..event(&mut Dice::new(1)) };
        vec![event.into()]
    };
    let store = open(&disk).unwrap();
    store.ingest(&us, batch("1"), now()).unwrap();
    disk.fail_sync_after(0);
    let stopped = Err(UsageError::Stopped { why: "no disk".into() });
    assert_eq!(store.ready(&us), Ok(()));
    assert_eq!(store.ingest(&us, batch("2"), now()), stopped);
    assert_eq!(store.ready(&us), Err(UsageError::Stopped { why: "no disk".into() }));
    // also a repetition of what may not be on the disk is not answered
    assert_eq!(store.ingest(&us, batch("2"), now()), stopped);
    assert_eq!(store.ingest(&us, batch("1"), now()), stopped);
    assert_eq!(store.watermark(&us), Ok(Seq(1)));
    assert_eq!(store.lookup(&us, "s", "2"), Ok(None));
    assert_eq!(store.events(&us, &EventFilter::default(), None, 9).unwrap().len(), 1);
    drop(store);
    disk.fail_sync_after(u64::MAX);
    let store = open(&disk).unwrap();
    assert_eq!(store.ingest(&us, batch("1"), now()), Ok(vec![Outcome::Duplicate { seq: Seq(1) }]));
}
