//! Usage events in PostgreSQL: the store for several processes that share one.
//!
//! ```no_run
//! use calendar::Instant;
//! use metering::Event;
//! use stdx::Key;
//! use usage::{Outcome, Seq, UsageStore};
//! use usage_postgres::PostgresStore;
//!
//! // the tables are made where there are none; any number of processes may do this
//! let store = PostgresStore::open("postgres://billing@localhost/billing")?;
//! let tenant = Key::try_from("acme")?;
//! let event = Event::from_json(
//!     r#"{ "source": "gateway", "id": "1", "type": "api.request", "subject": "customer-7", "time": "2026-04-16T10:00:00Z" }"#,
//! )?;
//! let now: Instant = "2026-04-16T10:00:01Z".parse()?;
//!
//! // answered after COMMIT: it counts once for ever, whichever process it is sent to again
//! let outcomes = store.ingest(&tenant, vec![event.clone().into(), event.into()], now)?;
//! assert_eq!(outcomes, [Outcome::Accepted { seq: Seq(1) }, Outcome::Duplicate { seq: Seq(1) }]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! What a store promises, and what it can be asked, is [`usage::UsageStore`]; all of it holds here. The tables are described at the head of
//! `src/schema.rs`, how duplicates are decided at the head of `src/ingest.rs`.

mod store;

pub use store::{PostgresStore, Settings};

mod apply;
mod copy;
mod ingest;
mod measure;
mod row;
mod schema;

mod failure;
mod pool;
mod session;
mod writer;
