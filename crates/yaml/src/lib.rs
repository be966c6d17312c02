//! Reads the YAML that people write, and says where it is wrong.
//!
//! A [`Document`] is a text and the tree of [`Node`]s that it holds, each with its line and column. Any serde type is read
//! from it; numbers reach the type as their text, so that nothing is rounded on the way.
//!
//! ```
//! use money::Dec;
//! use yaml::Document;
//!
//! #[derive(serde::Deserialize)]
//! #[serde(deny_unknown_fields)]
//! struct Tier { up_to: Dec, each: Dec }
//!
//! let document = Document::parse("up_to: 1_000_000\neach: 0.0000000000025\n", "tier.yaml").expect("well-formed");
//! let tier: Tier = document.read().expect("a tier");
//! assert_eq!(tier.up_to, "1000000".parse()?);
//! assert_eq!(tier.each, "0.0000000000025".parse()?);
//! # Ok::<(), money::NumError>(())
//! ```
//!
//! What is wrong is a list of [`Mistake`]s: all that can be told at once, each with file, line, column and a way to mend it.
//! A mistake that only a later check finds is placed by its JSON pointer.
//!
//! ```
//! # use yaml::Document;
//! # use stdx::Problem;
//! # #[derive(Debug, serde::Deserialize)]
//! # #[serde(deny_unknown_fields)]
//! # struct Tier { up_to: Option<u32>, each: String }
//! let document = Document::parse("up_too: 5\neach: '1'\n", "tier.yaml").expect("well-formed");
//! let mistakes = document.read::<Tier>().expect_err("a slip of the finger");
//! assert_eq!(mistakes.first().to_string(), "\
//! tier.yaml:1:1: there is no field `up_too` here [unknown_field]
//!   1 | up_too: 5
//!     | ^
//!   mend: did you mean `up_to`? The fields here are: up_to, each");
//!
//! let later = document.mistake(Problem::new("too_dear", "The price is too high").at("/each"));
//! assert_eq!((later.line, later.column), (2, 7));
//! ```
#![no_std]
extern crate alloc;

mod deserialize;
mod document;
mod encoding;
mod enums;
mod load;
mod mistake;
mod node;
mod number;
mod pointer;
mod read_error;
mod survey;
mod syntax;

pub use document::Document;
pub use load::{MAX_ALIASED, MAX_DEPTH, MAX_TEXT};
pub use mistake::Mistake;
pub use node::{Node, Pos, Style, Value};
pub use pointer::{Segment, pointer};
pub use read_error::{ReadError, Reason};
pub use survey::Survey;
pub use syntax::SyntaxError;
