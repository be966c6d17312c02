//! The suite of all stores over this one with memtables of a few rows, so that every question crosses segments.

use crate::{LogStore, UsageStore, disk::RealDisk, embedded::Options};
use std::sync::Arc;
use tempfile::TempDir;

/// A directory.
pub(crate) struct Place(TempDir);

impl Place {
    /// How many random stories are told.
    pub(crate) const CASES: u32 = 64;

    #[expect(clippy::unnecessary_wraps, reason = "other stores need what a machine may not have")]
    pub(crate) fn new() -> Option<Self> {
        Some(Self(tempfile::tempdir().unwrap()))
    }

    pub(crate) fn open(&self) -> Box<dyn UsageStore> {
        let disk = RealDisk::open(self.0.path()).unwrap_or_else(|_| panic!("the directory is in use"));
        let options = Options {
            rows: 8,
            wal_bytes: 4096,
            fan_in: 2,
            hashes: 10,
            many_rows: 0,
            answering: 3,
            threads: false,
            ..Options::default()
        };
        Box::new(LogStore::open_on(Arc::new(disk), options).unwrap())
    }
}
