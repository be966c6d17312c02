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
