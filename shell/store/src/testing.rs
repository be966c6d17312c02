//! The databases that every test of a repository runs over: a file, memory, PostgreSQL.

use super::{Place, Store};
use test_postgres::Schema;

/// Runs a test over a new store in each database.
pub(crate) fn every_store(test: impl Fn(&Store)) {
    eprintln!("in memory:");
    test(&Store::memory().unwrap());
    every_place(|place| test(&Store::open(place).unwrap()));
}

/// Runs a test over each place that outlives a store and that several can open at a time.
pub(crate) fn every_place(test: impl Fn(&Place)) {
    eprintln!("in a file:");
    let folder = tempfile::tempdir().unwrap();
    test(&Place::File(folder.path().join("db")));
    if let Some(schema) = Schema::new() {
        eprintln!("in PostgreSQL:");
        test(&Place::Postgres(schema.url()));
    }
}
