//! What a customer may do, and how much of it.
//!
//! Plans, add-ons and contracts give [`Entitlement`]s; [`merged`] makes one [`Right`] of all that a customer has to a feature. [`Reset::window`] says over which
//! time a limit counts, and [`Right::ask`] answers the question: may this be done now?
//!
//! ```
//! use entitlements::{Answer, Entitlement, Level, Limit, Right, merged};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let calls = |level, limit: &str| Ok::<_, money::NumError>(Entitlement::metered(level, Limit::hard(limit.parse()?)));
//! let right = merged(&[calls(Level::Plan, "1000")?, calls(Level::Contract, "5000")?.overriding()])?.expect("a right");
//!
//! let (used, held) = ("4990".parse()?, "5".parse()?);
//! assert!(matches!(right.ask(used, held, "5".parse()?)?, Answer::Allowed { .. }));
//! assert!(matches!(right.ask(used, held, "6".parse()?)?, Answer::Denied { .. }));
//! # let _: Right = right;
//! # Ok(()) }
//! ```
#![no_std]
extern crate alloc;

mod ask;
mod error;
mod merge;
mod window;

pub use ask::{Answer, Balance};
pub use error::EntitlementError;
pub use merge::{Beyond, Counts, Entitlement, Level, Limit, Merge, Right, State, Value, merged};
pub use window::{Reset, Unit, Window};
