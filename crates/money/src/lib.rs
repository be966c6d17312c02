//! Exact numbers and money.
//!
//! Nothing here rounds by accident: every operation is exact or an error, and the one place that rounds names its scale and
//! its policy. There are no operators, so that each sum says that it can fail.
//!
//! ```
//! use money::{Currency, Dec, Money, Ratio, Rounding, allocate};
//!
//! let each: Dec = "0.0000025".parse()?;
//! let worth = each.times("28185".parse()?)?;                // exactly 0.0704625
//! let half_month = Ratio::new(15, 30)?;
//! let euro = Currency::parse("EUR")?;
//! let exact = Ratio::from(worth).times(half_month)?;        // exactly 0.03523125
//! assert_eq!(Money::round_from(exact, euro, Rounding::HalfUp)?.to_string(), "0.04 EUR");
//!
//! // a split never loses a cent
//! let thirds = allocate(10_000, &[Ratio::ONE, Ratio::ONE, Ratio::ONE])?;
//! assert_eq!(thirds, [3_334, 3_333, 3_333]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![no_std]
extern crate alloc;

mod number;

pub use number::NumError;

mod dec;
mod rounding;

pub use dec::Dec;
pub use rounding::Rounding;

mod ratio;

pub use ratio::Ratio;

mod allocation;
mod currency;
mod iso4217;
#[allow(clippy::module_inception, reason = "the crate is named after its main noun")]
mod money;

pub use allocation::{AllocError, Ties, allocate, allocate_with, apportion, round_together};
pub use currency::{Currency, CurrencyError};
pub use money::{Money, MoneyError};
