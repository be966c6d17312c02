//! What the fuzzers share: a limit for single allocations, a place for files, and checksums that are right for bytes that are not.

use std::alloc::{GlobalAlloc, Layout, System};
use std::path::{Path, PathBuf};

pub mod reseal;

/// The largest single piece of memory that anything may ask for. An input has a few kilobytes: whoever asks for more believed a length
/// that it says.
const LARGEST: usize = 256 << 20;

/// The system's memory, with a limit for single pieces.
struct Limited;

// SAFETY: every call is passed on to the system's allocator as it came, or ends the process.
unsafe impl GlobalAlloc for Limited {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if layout.size() > LARGEST {
            eprintln!("{} bytes are asked for at once", layout.size());
            std::process::abort();
        }
        // SAFETY: as the caller promised.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as the caller promised.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static MEMORY: Limited = Limited;

/// A directory for one fuzzer, in memory where the system has such a place.
pub fn place() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    let parent = if memory.is_dir() { memory.to_path_buf() } else { std::env::temp_dir() };
    tempfile::Builder::new().prefix("counterfoil-fuzz-").tempdir_in(parent).expect("a directory")
}

/// A file of the repository, beside this crate.
pub fn file(path: &str) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Whether the checksums of a file were made right after it was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checksums {
    /// They are those of the input: what passes them is what a store wrote.
    AsGiven,
    /// They say nothing: a record may contradict itself, as no store writes it.
    MadeRight,
}

/// Everything that a store says, asked in every way that there is. What it says must agree with itself where checksums vouch for what was
/// written; everywhere it must not panic. Damage that is found while it is asked is said and is no finding.
pub fn ask(dir: &Path, checksums: Checksums) {
    let Ok(store) = usage::look(dir) else { return };
    let survey = usage::survey(dir).expect("the directory is there");
    for tenant in &survey.tenants {
        let _ = agree(&store, &tenant.tenant, checksums);
    }
    // what names nobody has nothing
    let nobody = stdx::Key::try_from("nobody-at-all").expect("a key");
    assert_eq!(usage::UsageStore::watermark(&store, &nobody), Ok(usage::Seq::ZERO));
}

fn agree(store: &dyn usage::UsageStore, tenant: &stdx::Key, checksums: Checksums) -> Result<(), usage::UsageError> {
    use usage::{EventFilter, Seq};
    const MOST: usize = 10_000;
    let watermark = store.watermark(tenant)?;
    let versions = store.changes(tenant, Seq::ZERO, MOST)?;
    let vouched = checksums == Checksums::AsGiven;
    assert!(!vouched || versions.windows(2).all(|pair| pair[0].seq < pair[1].seq), "positions are out of order");
    assert!(!vouched || versions.iter().all(|version| version.seq <= watermark), "a position is beyond the last");
    let events = store.events(tenant, &EventFilter::default(), None, MOST)?;
    for stored in events.iter().take(50) {
        let found = store.lookup(tenant, &stored.event.source, &stored.event.id)?;
        store.history(tenant, &stored.event.source, &stored.event.id)?;
        if vouched {
            assert_eq!(found.map(|found| found.seq), Some(stored.seq), "a listed event is not found");
        }
    }
    store.activity(tenant)?;
    store.quarantine(tenant, 0, MOST)?;
    for meter in [r#"{"event":"call","aggregate":"count"}"#, r#"{"event":"call","aggregate":{"sum":"properties.p0"}}"#]
    {
        let meter: metering::Meter = serde_json::from_str(meter).expect("a meter");
        let meter = meter.compile().expect("compiles");
        store.measure(&usage::Query {
            tenant,
            subjects: usage::Subjects::All,
            meter: &meter,
            period: calendar::Period::new(calendar::Instant::MIN, calendar::Instant::MAX).expect("a period"),
            window: usage::Window::Whole,
            by: &["text".to_owned()],
            transactions: usage::Transactions::Leave,
            as_of: watermark,
        })?;
    }
    Ok(())
}
