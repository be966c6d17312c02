//! What is offered: meters, features, products, pricing units and plans with their prices, and the file in which a product person
//! writes them.
//!
//! ```
//! use catalog::{PricingFile, Source, Timing};
//!
//! let catalog = PricingFile::parse("
//! meters:
//!   tokens: { event: llm.completion, aggregate: { sum: properties.tokens }, group_by: [model] }
//! plans:
//!   scale:
//!     currency: USD
//!     every: month
//!     prices:
//!       platform_fee: { flat: '500.00' }
//!       tokens:
//!         meter: tokens
//!         by: [model]
//!         graduated: [{ up_to: 1_000_000, each: 0 }, { each: 0.0000018 }]
//! ", "pricing.yaml").unwrap_or_else(|mistakes| panic!("{}", mistakes.first()));
//!
//! let fee = catalog.price("scale", "platform_fee").expect("it is there");
//! assert_eq!((&fee.source, fee.timing), (&Source::One, Timing::Advance));
//! let tokens = catalog.price("scale", "tokens").expect("it is there");
//! assert_eq!((tokens.meter().map(|key| key.as_str()), tokens.timing), (Some("tokens"), Timing::Arrears));
//! ```
//!
//! A file that is wrong is told everything that is wrong with it, each with a line and a way to mend it:
//!
//! ```
//! let mistakes = catalog::PricingFile::parse("
//! plans:
//!   basic:
//!     currency: EUR
//!     every: month
//!     prices:
//!       api: { meter: calls, per_unit: '-0.01', in: advance }
//!       fee: { flatt: '30.00' }
//! ", "pricing.yaml").expect_err("it is wrong");
//! let said: Vec<String> = mistakes.iter().map(|m| format!("{}:{} {}", m.line, m.column, m.problem.code)).collect();
//! assert_eq!(said, ["7:38 negative_price", "8:14 unknown_field"]);
//! ```
#![no_std]
extern crate alloc;

mod catalog;
mod check;
mod diff;
mod every;
mod fields;
mod file;
mod phase;
mod plan;
mod price;
mod schema;
mod spend_steps;
mod version;

pub use catalog::Catalog;
pub use check::{CheckError, Named};
pub use diff::{Change, FieldChange, Resource, What, diff};
pub use every::Every;
pub use fields::{PriceError, PriceFields};
pub use file::PricingFile;
pub use phase::Phase;
pub use plan::{Feature, Grant, Plan, Product, Unit};
pub use price::{Gather, Level, Price, Source, Takes, Timing, UnknownUnit};
pub use schema::schema;
pub use spend_steps::{SpendSteps, SpendStepsError};
pub use version::CatalogVersion;
