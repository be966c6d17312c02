//! Lago's conventions.

use crate::{EventProblem, QuantityRounding};
use money::{Ratio, Rounding};

/// Quantities by days are rounded up at 5 places before the price is applied, which can overcharge: 10 units at 5000.00 for
/// 17 of 31 days become 27,419.40 instead of 27,419.35.
pub const PRORATED_UNITS: QuantityRounding = QuantityRounding { to: 5, mode: Rounding::Ceiling };

/// A negative last value bills nothing.
#[must_use]
pub fn latest(quantity: Ratio) -> Ratio {
    quantity.max(Ratio::ZERO)
}

/// Events without a number where one is needed are left out in silence. Here they are kept and shown.
pub fn leaves_out(problem: &EventProblem) -> bool {
    matches!(problem, EventProblem::Missing { .. } | EventProblem::NotANumber { .. })
}
