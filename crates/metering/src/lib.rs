//! From events to one exact quantity.
//!
//! ```
//! use calendar::Period;
//! use metering::{Event, Meter};
//!
//! // as in a pricing file: tokens of successful requests, in thousands, begun ones count
//! let tokens: Meter = serde_json::from_str(
//!     r#"{ "event": "llm.completion",
//!          "aggregate": { "sum": "properties.prompt + properties.completion" },
//!          "where": { "properties.status": "ok" },
//!          "convert": { "divide_by": 1000 },
//!          "round": { "to": 0, "mode": "up" } }"#,
//! )?;
//! let tokens = tokens.compile()?;
//!
//! let event = |id: &str, prompt: &str, status: &str| {
//!     Event::from_json(&format!(
//!         r#"{{ "source": "gateway", "id": "{id}", "type": "llm.completion", "subject": "acme", "time": "2026-04-16T10:00:00Z",
//!              "properties": {{ "prompt": {prompt}, "completion": 500, "status": "{status}" }} }}"#
//!     ))
//! };
//! let mut state = tokens.state();
//! for event in [event("a", "1e3", "ok")?, event("b", "250.5", "ok")?, event("c", "9", "failed")?] {
//!     if tokens.accepts(&event) {
//!         tokens.add(&mut state, &event)?;
//!     }
//! }
//! let april = Period::new("2026-04-01T00:00:00Z".parse()?, "2026-05-01T00:00:00Z".parse()?)?;
//! let measured = tokens.finish(state, april)?;
//! assert_eq!(measured.raw.to_string(), "2250.5"); // 1000 + 500 + 250.5 + 500
//! assert_eq!(measured.quantity.to_string(), "3");
//!
//! // what cannot be measured is said, and is never zero
//! let error = tokens.add(&mut tokens.state(), &event("d", "\"many\"", "ok")?).unwrap_err();
//! assert!(error.to_string().contains("text (\"many\")"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A state is a value that can be merged with another of the same meter: events may come in any order and in any parts. Whether
//! an event was seen before is decided where events are stored, not here.
#![no_std]
extern crate alloc;

mod event;
mod event_error;
mod json;
mod properties;
mod value;

pub use event::{Event, Identity};
pub use event_error::EventError;
pub use json::{events_from_json, properties_from_json};
pub use properties::{MAX_DEPTH, MAX_PROPERTIES, MAX_PROPERTY_BYTES, Properties};
pub use value::Value;

mod aggregation;
mod condition;
mod filter;
mod meter;
mod quantity;

pub use aggregation::{Aggregation, Interpolation, Levels, Per};
pub use condition::{Comparison, Condition, Test};
pub use filter::Filter;
pub use meter::{Meter, MeterError, Over};
pub use quantity::{Conversion, Factor, FactorError, QuantityRounding, later_part};

mod aggregations;
mod columns;
mod compiled;
mod event_problem;
mod measured;
mod state;

pub use columns::{Columns, Partial, Reads, Wanted};
pub use compiled::{CompiledMeter, dimensions};
pub use event_problem::EventProblem;
pub use measured::{Dimensions, MeasureError, Measured};
pub use state::State;

pub mod profiles;
pub mod prorated;
