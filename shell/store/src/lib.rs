//! What is kept besides usage: facts, documents, numbers, books and posted lines of many tenants, in one database.
//!
//! A repository is a module of plain functions that take a transaction and a tenant; the caller decides what belongs together:
//!
//! ```
//! use std::collections::BTreeMap;
//! use stdx::Key;
//! use store::{Store, StoreError, counters, entries::{self, Entry, Posted, Posting, Side}};
//!
//! let store = Store::memory()?;
//! let tenant = Key::try_from("acme").unwrap();
//! let leg = |account: &str, side| Posting {
//!     account: account.into(), side, amount_minor: 50_000, currency: "EUR".into(), dimensions: BTreeMap::new(),
//! };
//! // the invoice's number and its entry: both or neither
//! let issue = || store.write(|tx| {
//!     let number = counters::next(tx, &tenant, "invoice")?;
//!     let entry = Entry {
//!         id: format!("ent_{number}"), book: "us_gaap".into(), entity: "main".into(),
//!         business_event: "invoice_issued:inv_7".into(), rule_version: 1, effective_at: 0, recorded_at: 0,
//!         postings: vec![leg("receivable", Side::Debit), leg("revenue", Side::Credit)],
//!     };
//!     entries::post(tx, &tenant, &entry)
//! });
//! assert_eq!(issue()?, Posted::New(1));
//! assert_eq!(issue()?, Posted::Already(1));
//! # Ok::<(), StoreError>(())
//! ```
//!
//! This crate sees bytes, keys and integers: it knows no price, no invoice and no rule. Bodies are whatever the caller's type
//! serialises to. Statements are written once in PostgreSQL's words; what only SQLite knows is in `sqlite.rs`.

mod store;
mod tx;

pub mod counters;
pub mod deliveries;
pub mod documents;
pub mod due;
pub mod entries;
pub mod facts;
pub mod facts_file;
pub mod fork;
pub mod idempotency;
pub mod jobs;
pub mod lines;
pub mod lists;
pub mod outbox;
pub mod schedules;

mod backup;
mod catalogue;
mod copy;
mod embedded;
mod error;
mod exclusive;
mod group;
mod lease;
mod migrate;
mod notices;
mod pg;
mod place;
mod rehearsal;
mod schema;
mod sqlite;
mod stmt;
#[cfg(test)]
mod testing;
mod value;

pub use copy::{Copied, CopiedTable, Progress};
pub use error::StoreError;
pub use exclusive::Exclusive;
pub use migrate::Step;
pub use notices::{Notice, Notices};
pub use place::Place;
pub use store::Store;
pub use tx::Tx;
