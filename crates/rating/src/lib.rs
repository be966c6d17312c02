//! What usage is worth: terms and a quantity to an exact amount, with its explanation.
//!
//! ```
//! use money::Ratio;
//! use rating::{Terms, Usage, rate};
//!
//! let terms: Terms = serde_json::from_str(r#"{
//!     "model": { "graduated": [
//!         { "up_to": "1_000", "each": "0.50" },
//!         { "up_to": "5_000", "each": "0.20", "flat": "10" },
//!         { "each": "0.000000000012" }
//!     ]},
//!     "included": "200",
//!     "minimum": "100.00"
//! }"#)?;
//!
//! let rated = rate(&terms, &Usage::metered(Ratio::from_int(1_500), 7), Ratio::ONE)?;
//! assert_eq!(rated.amount.to_string(), "570");
//! assert!(rated.explanation.adds_up());
//! assert_eq!(rated.explanation.render(), "\
//! 570  price
//!   0  200 of 200 included
//!   570  graduated, 1300 in all
//!     500  tier 1 (up to 1000): 1000 × 0.5
//!     60  tier 2 (above 1000, up to 5000): 300 × 0.2
//!     10  fee of tier 2: 10
//! ");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Nothing is rounded here: a line is rounded once, by who writes it. Nothing is free by accident: a price that cannot be read,
//! a tier table that ends, a combination without a rate and an amount that no event carries are errors.
//!
//! What changed is worth the difference, so that the increments of a period sum to its whole, however it was split:
//!
//! ```
//! use money::Ratio;
//! use rating::{Model, Terms, Usage, marginal};
//!
//! let steps = r#"{ "package": { "size": 10, "price": "15" } }"#;
//! let terms = Terms::of(serde_json::from_str::<Model>(steps)?);
//! let used = |n| Usage::metered(Ratio::from_int(n), 0);
//!
//! let first = marginal(&terms, None, &used(9), Ratio::ONE)?;
//! let second = marginal(&terms, Some(&used(9)), &used(31), Ratio::ONE)?;
//! assert_eq!((first.amount, second.amount), (Ratio::from_int(15), Ratio::from_int(45)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![no_std]
extern crate alloc;

mod bounds;
mod tiers;

pub use bounds::{BoundError, NonNegative, Positive};
pub use tiers::{Band, Bands, PercentTier, PercentTiers, Slice, Step, Steps, Tier, Tiers, TiersError};

mod model;
mod models;
mod terms;
mod usage;

pub use model::{Kind, Model};
pub use models::{CostPlus, Dynamic, Matrix, MatrixError, MatrixRate, Package, Percentage};
pub use terms::{PricingUnit, Terms, TermsError};
pub use usage::{Basis, Usage};

mod allowance;
mod error;
mod explanation;
mod marginal;
mod rate;
mod render;

pub use allowance::{Allowance, take_included};
pub use error::RateError;
pub use explanation::{Explanation, Reason};
pub use marginal::{above_paid, marginal};
pub use rate::{Rated, rate, true_up};

mod prorated;
mod routing;
mod thresholds;

pub use prorated::{Change, prorated_tiers};
pub use routing::{Filter, route};
pub use thresholds::Thresholds;

mod difference;
mod feeds;
mod line;

pub use difference::{Entry, Figures, Place, in_current_period, in_own_periods};
pub use feeds::{average, feeds_agree};
pub use line::{
    Component, CreditsError, Line, LineRounding, apply_credits, discount_percent, maximum_spend, minimum_spend,
};

pub mod profiles;
