//! The suite of all stores, over the one that comes with the program.

use tempfile::TempDir;
use usage::{LogStore, UsageStore};

mod suite;

/// A directory.
struct Place(TempDir);

impl Place {
    /// How many random stories are told.
    const CASES: u32 = 96;

    #[expect(clippy::unnecessary_wraps, reason = "other stores need what a machine may not have")]
    fn new() -> Option<Self> {
        Some(Self(tempfile::tempdir().unwrap()))
    }

    fn open(&self) -> Box<dyn UsageStore> {
        Box::new(LogStore::open(self.0.path()).unwrap())
    }
}

#[test]
fn a_store_at_rest_has_its_rows_in_columns() {
    use calendar::Instant;
    use std::time::{Duration, Instant as Clock};
    use usage::{JsonForm, LogStore, Outcome, UsageStore};
    let folder = tempfile::tempdir().unwrap();
    let store = LogStore::open(folder.path()).unwrap();
    let (us, now): (_, Instant) = (stdx::Key::try_from("us").unwrap(), "2026-04-16T12:00:00Z".parse().unwrap());
    let event = |id: usize| {
        format!(
            r#"{{"source":"s","id":"{id}","type":"call","subject":"c","time":"2026-04-16T00:00:00Z","data":{{"n":1}}}}"#
        )
    };
    let batch = |ids: std::ops::Range<usize>| format!("[{}]", ids.map(event).collect::<Vec<_>>().join(","));
    store.ingest_json(&us, batch(0..25_000).as_bytes(), JsonForm::Array, now).unwrap();
    let segments = || {
        let names = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
        names.filter(|path| path.extension().is_some_and(|end| end == "seg")).count()
    };
    let deadline = Clock::now() + Duration::from_secs(30);
    while segments() == 0 {
        assert!(Clock::now() < deadline, "a memtable at rest was not closed");
        std::thread::sleep(Duration::from_millis(50));
    }
    // what comes afterwards goes on as before, and what is there is known
    let outcomes = store.ingest_json(&us, batch(24_999..25_001).as_bytes(), JsonForm::Array, now).unwrap();
    assert!(matches!(outcomes[0], Outcome::Duplicate { .. }) && matches!(outcomes[1], Outcome::Accepted { .. }));
    let copy = folder.path().join("copy");
    store.backup(&copy).unwrap();
    drop(store);
    for dir in [folder.path(), &copy] {
        assert_eq!(LogStore::open(dir).unwrap().watermark(&us).unwrap().0, 25_001, "{}", dir.display());
    }
}
