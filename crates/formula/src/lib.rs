//! A small expression over named values, computed exactly.
//!
//! ```
//! use formula::{Formula, Value};
//! use money::Ratio;
//! use std::collections::BTreeMap;
//!
//! let cost = Formula::parse("(properties.prompt + properties.completion) * 0.1")?;
//! assert_eq!(cost.variables(), ["properties.completion", "properties.prompt"]);
//!
//! let event = BTreeMap::from([
//!     ("properties.prompt".to_string(), Value::Num(Ratio::from_int(2))),
//!     ("properties.completion".to_string(), Value::Num(Ratio::from_int(1))),
//! ]);
//! assert_eq!(cost.eval(&event)?, Value::Num(Ratio::new(3, 10)?)); // not 0.30000000000000004
//!
//! let missing = Formula::parse("quantity / 0")?.eval(&event).unwrap_err();
//! assert_eq!(missing.to_string(), "line 1, column 1: there is no `quantity`");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The language is the Common Expression Language (<https://cel.dev>) with one difference that billing needs: there is one kind
//! of number, and it is exact. `7 / 2` is seven halves, `0.1 + 0.2 == 0.3` holds, and `1e30` is a one with thirty zeros.
//! `&&`, `||` and `?:` look at what they need, from left to right. Text, `null` or a truth value in arithmetic is an error
//! and never zero; `number("12.5")` turns text into a number when it is one.
//!
//! Functions: `size startsWith endsWith contains has min max round ceil floor abs number int string`.
#![no_std]
extern crate alloc;

mod at;
mod error;
mod eval;
mod formula;
mod functions;
mod node;
mod translate;
mod value;

pub use at::At;
pub use error::{EvalError, FormulaError};
pub use formula::Formula;
pub use value::{Lookup, Value};
