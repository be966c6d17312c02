//! The suite of all stores, over PostgreSQL.

use std::time::Duration;
use test_postgres::Schema;
use usage::UsageStore;
use usage_postgres::{PostgresStore, Settings};

#[path = "../../usage/tests/suite/mod.rs"]
mod suite;

/// A schema of its own in the server of this test.
struct Place(Schema);

impl Place {
    /// How many random stories are told.
    const CASES: u32 = 48;

    fn new() -> Option<Self> {
        Schema::new().map(Self)
    }

    fn open(&self) -> Box<dyn UsageStore> {
        let settings = Settings { writers: 2, readers: 2, patience: Duration::from_secs(10) };
        Box::new(PostgresStore::open_with(&self.0.address(), settings).unwrap())
    }
}
