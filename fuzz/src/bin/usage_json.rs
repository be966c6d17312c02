//! What is read fast is what is read slowly: the same body, in every form, has the same outcomes in the embedded store and in the plain one,
//! also when it is sent again, and the same versions are there afterwards.
//!
//! Input: a byte for the form, then the body.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::cell::RefCell;
use stdx::Key;
use usage::{JsonForm, LogStore, MemStore, Seq, UsageStore};

/// A store remembers what it took: after so many bodies a new one is made.
const BODIES: u32 = 2_000;

struct Kept {
    store: LogStore,
    _dir: tempfile::TempDir,
    taken: u32,
}

thread_local! {
    static STORE: RefCell<Option<Kept>> = const { RefCell::new(None) };
}

fn kept() -> Kept {
    let dir = fuzz::place();
    Kept { store: LogStore::open(dir.path()).expect("opens"), _dir: dir, taken: 0 }
}

fuzz_target!(|input: &[u8]| {
    let [form, body @ ..] = input else { return };
    let form = [JsonForm::One, JsonForm::Array, JsonForm::Lines][usize::from(*form) % 3];
    let now = "2026-04-16T12:00:00Z".parse().expect("an instant");
    STORE.with_borrow_mut(|slot| {
        let kept = slot.get_or_insert_with(kept);
        kept.taken += 1;
        // each body has a tenant of its own, so that what went before decides nothing
        let tenant = Key::try_from(format!("t{}", kept.taken)).expect("a key");
        let plain = MemStore::new();
        for _ in 0..2 {
            let fast = kept.store.ingest_json(&tenant, body, form, now);
            assert_eq!(fast, plain.ingest_json(&tenant, body, form, now));
        }
        let all = |store: &dyn UsageStore| {
            let versions = store.changes(&tenant, Seq::ZERO, usize::MAX).expect("read");
            (versions, store.quarantine(&tenant, 0, usize::MAX).expect("read"))
        };
        assert_eq!(all(&kept.store), all(&plain));
        if kept.taken == BODIES {
            *slot = None;
        }
    });
});
