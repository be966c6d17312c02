//! Small things that the standard library should have had.
//!
//! ```
//! use stdx::{Key, NonEmpty, Problem};
//!
//! let plan = Key::try_from("scale")?;
//! assert_eq!(plan.as_str(), "scale");
//! assert!(Key::try_from("two words").is_err());
//! assert!(NonEmpty::<u8>::try_from(vec![]).is_err());
//!
//! let problem = Problem::new("unknown_plan", "There is no such plan")
//!     .detail("`sacle` is not in the catalog")
//!     .at("/plan")
//!     .mend("use one of: basic, scale");
//! assert_eq!(problem.pointer.as_deref(), Some("/plan"));
//! # Ok::<(), stdx::KeyError>(())
//! ```
#![no_std]
extern crate alloc;

mod id;
mod key;
mod nearest;
mod non_empty;
mod problem;

pub use id::{IdError, decode as decode_id, encode as encode_id};
pub use key::{Key, KeyError};
pub use nearest::nearest;
pub use non_empty::{Empty, NonEmpty};
pub use problem::{Problem, ToProblem};

#[doc(hidden)]
pub mod macro_support {
    pub use alloc::{borrow::Cow, string::String};
    pub use schemars;
    pub use serde;
}
