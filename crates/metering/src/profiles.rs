//! Conventions of other engines, for comparing a migration to the cent. Nothing here is what we do by default.

/// Lago's conventions.
pub mod lago {
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
}

/// OpenMeter's conventions.
pub mod openmeter {
    use crate::{Conversion, QuantityRounding};
    use money::{NumError, Ratio};

    /// The quantity of a later part of a period, converted and rounded by itself, so that the parts can bill more than the whole.
    /// We convert and round the quantity since the beginning and take the difference: [`later_part`](crate::later_part).
    pub fn part(quantity: Ratio, convert: Conversion, round: Option<QuantityRounding>) -> Result<Ratio, NumError> {
        let exact = convert.apply(quantity)?;
        round.map_or(Ok(exact), |round| round.apply(exact))
    }
}
