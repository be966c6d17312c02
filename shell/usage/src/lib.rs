//! Usage events, kept once and for ever, and measured exactly.
//!
//! ```
//! use calendar::Period;
//! use metering::{Event, Meter};
//! use stdx::Key;
//! use usage::{LogStore, Outcome, Query, Seq, Subjects, Transactions, UsageStore, Window};
//!
//! # let folder = tempfile::tempdir()?;
//! let store = LogStore::open(folder.path())?;
//! let tenant = Key::try_from("acme")?;
//! let event = |id: &str, time: &str| {
//!     Event::from_json(&format!(
//!         r#"{{ "source": "gateway", "id": "{id}", "type": "api.request", "subject": "customer-7", "time": "{time}" }}"#
//!     ))
//! };
//! let (april, may) = ("2026-04-30T23:59:59.999999Z", "2026-05-01T00:00:00Z");
//!
//! // a repetition, also inside one batch, is not counted again
//! let batch = vec![event("a", april)?.into(), event("b", may)?.into(), event("a", april)?.into()];
//! let outcomes = store.ingest(&tenant, batch, may.parse()?)?;
//! assert_eq!(outcomes[2], Outcome::Duplicate { seq: Seq(1) });
//!
//! // a meter is a question: one that is written today counts the events of yesterday
//! let requests: Meter = serde_json::from_str(r#"{ "event": "api.request", "aggregate": "count" }"#)?;
//! let groups = store.measure(&Query {
//!     tenant: &tenant,
//!     subjects: Subjects::All,
//!     meter: &requests.compile()?,
//!     period: Period::new("2026-04-01T00:00:00Z".parse()?, may.parse()?)?,
//!     window: Window::Whole,
//!     by: &[],
//!     transactions: Transactions::Leave,
//!     as_of: store.watermark(&tenant)?,
//! })?;
//! assert_eq!(groups[0].subject, "customer-7");
//! assert_eq!(groups[0].measured.quantity.to_string(), "1");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`UsageStore`] says what every store promises; [`LogStore`] is the one that comes with the program, [`MemStore`] the one
//! that all others are compared with.

mod error;
mod event;
mod json;
mod query;
mod store;
mod window;

pub use error::{ApplyError, IngestError, Refusal, Refused, UsageError};
pub use event::{Activity, Applied, Change, Incoming, Outcome, Quarantined, Sent, Seq, StoredEvent, Version, What};
pub use json::{JsonForm, MAX_BATCH};
pub use query::{Cursor, EventFilter, Group, Query, Subjects, Transactions, Unmeasured, Weighed, Weight};
pub use store::UsageStore;
pub use window::{MAX_WINDOWS, Window};

mod check;
mod export;
mod mem_store;

pub use backup::{Report, restore, verify};
pub use check::{MAX_AHEAD_MICROS, MAX_NAME_BYTES, check};
pub use embedded::{LogStore, Recovery};
pub use export::{ExportError, export_ndjson};
#[cfg(feature = "parquet")]
pub use export_parquet::export_parquet;
pub use mem_store::MemStore;
pub use survey::{Damage, Files, Holder, Level, Log, Survey, Tenant, look, survey};
pub use telemetry::count as metric_count;

mod answers;
mod ask;
mod backup;
mod corrections;
mod disk;
mod embedded;
#[cfg(feature = "parquet")]
mod export_parquet;
mod fast_json;
mod flush;
mod maintain;
mod manifest;
mod memory;
mod open_segment;
mod quick;
mod replay;
mod rows;
#[allow(
    dead_code,
    unused_imports,
    reason = "re-pricing by dimensions and folding on several threads are tested and measured; no question asks for them yet"
)]
mod segment;
mod side;
mod sieve;
mod state;
mod survey;
mod table;
mod telemetry;
mod wal;

#[cfg(test)]
extern crate self as usage;
#[cfg(test)]
mod crash_tests;
#[cfg(test)]
mod kill_tests;
#[cfg(test)]
mod sim;
#[cfg(test)]
#[path = "../tests/suite/mod.rs"]
mod suite;
#[cfg(test)]
mod tiny;
#[cfg(test)]
use tiny::Place;
