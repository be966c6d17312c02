//! The one rounding of this crate.

use crate::RevenueError;
use money::{Currency, Money, Ratio, Rounding};

/// Half away from zero, at the minor unit.
pub(crate) fn round(exact: Ratio, currency: Currency) -> Result<Money, RevenueError> {
    Ok(Money::round_from(exact, currency, Rounding::HalfUp)?)
}
