//! What a transaction promises, on a file, in memory and in PostgreSQL.

use std::sync::Barrier;
use stdx::Key;
use store::{
    Place, Store, StoreError, counters,
    documents::{self, Document},
    facts::{self, Times},
};

#[path = "../src/testing.rs"]
mod testing;
use testing::{every_place, every_store};

const NOW: Times = Times { effective_at: 1, recorded_at: 1 };

fn us() -> Key {
    Key::try_from("us").unwrap()
}

fn account(version: i64, body: i64) -> Document<i64> {
    Document { id: "a".into(), customer: None, status: "open".into(), sort_at: 0, version, body }
}

#[test]
fn an_error_undoes_everything() {
    every_store(|store| {
        let result: Result<(), StoreError> = store.write(|tx| {
            facts::append(tx, &us(), "plan", "scale", NOW, &1)?;
            counters::next(tx, &us(), "invoice")?;
            Err(StoreError::NotFound)
        });
        assert_eq!(result, Err(StoreError::NotFound));
        assert_eq!(store.read(|tx| facts::latest::<i64>(tx, &us(), "plan", "scale")), Ok(None));
    });
}

#[test]
fn an_error_that_was_swallowed_still_fails_the_transaction() {
    every_store(|store| {
        let result: Result<(), StoreError> = store.write(|tx| {
            documents::insert(tx, &us(), "account", &account(0, 1))?;
            let _ = documents::insert(tx, &us(), "account", &account(0, 2));
            assert_eq!(counters::next(tx, &us(), "invoice"), Err(StoreError::Poisoned));
            Ok(())
        });
        assert_eq!(result, Err(StoreError::Unique("document_pkey".into())));
        assert_eq!(store.read(|tx| documents::find::<i64>(tx, &us(), "account", "a")), Ok(None));
    });
}

#[test]
fn a_savepoint_undoes_only_what_was_tried() {
    every_store(|store| {
        store
            .write(|tx| {
                documents::insert(tx, &us(), "account", &account(0, 1))?;
                let tried = tx.savepoint(|tx| {
                    facts::append(tx, &us(), "plan", "scale", NOW, &1)?;
                    documents::insert(tx, &us(), "account", &account(0, 2))
                });
                assert_eq!(tried, Err(StoreError::Unique("document_pkey".into())));
                let swallowed = tx.savepoint(|tx| {
                    let _ = documents::insert(tx, &us(), "account", &account(0, 2));
                    Ok::<_, StoreError>(())
                });
                assert_eq!(swallowed, Err(StoreError::Poisoned));
                tx.savepoint(|tx| facts::append(tx, &us(), "plan", "basic", NOW, &1))
            })
            .unwrap();
        store
            .read(|tx| {
                assert_eq!(documents::get::<i64>(tx, &us(), "account", "a")?.body, 1);
                assert_eq!(facts::latest::<i64>(tx, &us(), "plan", "scale")?, None);
                assert!(facts::latest::<i64>(tx, &us(), "plan", "basic")?.is_some());
                Ok::<_, StoreError>(())
            })
            .unwrap();
    });
}

#[test]
fn a_read_cannot_write_and_a_write_can_follow_it() {
    every_store(|store| {
        let written = store.read(|tx| counters::next(tx, &us(), "invoice"));
        assert!(matches!(written, Err(StoreError::Other(_))), "{written:?}");
        assert_eq!(store.write(|tx| counters::next(tx, &us(), "invoice")), Ok(1));
    });
}

#[test]
fn a_panic_leaves_the_store_as_it_was() {
    every_store(|store| {
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            store.write(|tx| -> Result<(), StoreError> {
                counters::next(tx, &us(), "invoice")?;
                panic!("in the middle");
            })
        }));
        assert!(panicked.is_err());
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            store.read(|_| -> Result<(), StoreError> { panic!("while reading") })
        }));
        assert!(panicked.is_err());
        assert_eq!(store.write(|tx| counters::next(tx, &us(), "invoice")), Ok(1));
    });
}

#[test]
fn two_writers_that_read_and_then_write_lose_no_update() {
    every_place(|place| {
        let store = Store::open(place).unwrap();
        store.write(|tx| documents::insert(tx, &us(), "account", &account(0, 0))).unwrap();
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    for _ in 0..50 {
                        store
                            .write(|tx| {
                                let seen: Document<i64> = documents::get(tx, &us(), "account", "a")?;
                                documents::update(tx, &us(), "account", &Document { body: seen.body + 1, ..seen })
                            })
                            .unwrap();
                    }
                });
            }
        });
        let end: Document<i64> = store.read(|tx| documents::get(tx, &us(), "account", "a")).unwrap();
        assert_eq!((end.body, end.version), (100, 101));
    });
}

#[test]
fn two_processes_that_write_lose_no_update() {
    every_place(|place| {
        let stores = [Store::open(place).unwrap(), Store::open(place).unwrap()];
        std::thread::scope(|scope| {
            for store in &stores {
                scope.spawn(move || {
                    for _ in 0..20 {
                        store.write(|tx| counters::next(tx, &us(), "invoice")).unwrap();
                    }
                });
            }
        });
        assert_eq!(stores[0].write(|tx| counters::next(tx, &us(), "invoice")), Ok(41));
    });
}

#[test]
fn a_reader_keeps_its_snapshot_while_others_write() {
    every_place(|place| {
        let store = Store::open(place).unwrap();
        store.write(|tx| facts::append(tx, &us(), "plan", "scale", NOW, &1)).unwrap();
        let (seen, written) = (Barrier::new(2), Barrier::new(2));
        std::thread::scope(|scope| {
            scope.spawn(|| {
                seen.wait();
                store.write(|tx| facts::append(tx, &us(), "plan", "scale", NOW, &2)).unwrap();
                written.wait();
            });
            store
                .read(|tx| {
                    assert_eq!(facts::latest::<i64>(tx, &us(), "plan", "scale")?.unwrap().body, 1);
                    seen.wait();
                    written.wait();
                    assert_eq!(facts::latest::<i64>(tx, &us(), "plan", "scale")?.unwrap().body, 1);
                    Ok::<_, StoreError>(())
                })
                .unwrap();
        });
        assert_eq!(store.read(|tx| facts::latest::<i64>(tx, &us(), "plan", "scale")).unwrap().unwrap().body, 2);
    });
}

#[test]
fn what_was_written_is_there_when_the_file_is_opened_again() {
    every_place(|place| {
        for round in 1..=3 {
            let store = Store::open(place).unwrap();
            assert_eq!(store.write(|tx| counters::next(tx, &us(), "invoice")), Ok(round));
            assert_eq!(store.write(|tx| facts::append(tx, &us(), "plan", "scale", NOW, &round)), Ok(round));
            let known = store.read(|tx| facts::history::<i64>(tx, &us(), "plan", "scale", i64::MAX)).unwrap();
            assert_eq!(known.iter().map(|fact| fact.body).collect::<Vec<_>>(), (1..=round).collect::<Vec<_>>());
        }
    });
}

#[test]
fn a_file_that_is_no_database_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("db");
    std::fs::write(&path, "something else ".repeat(100)).unwrap();
    assert!(matches!(Store::open(&path), Err(StoreError::Other(_))));
    assert!(matches!(Store::open(folder.path().join("no/such/folder/db")), Err(StoreError::Other(_))));
}
