//! OpenMeter's conventions.

use crate::{Conversion, QuantityRounding};
use money::{NumError, Ratio};

/// The quantity of a later part of a period, converted and rounded by itself, so that the parts can bill more than the whole.
/// We convert and round the quantity since the beginning and take the difference: [`later_part`](crate::later_part).
pub fn part(quantity: Ratio, convert: Conversion, round: Option<QuantityRounding>) -> Result<Ratio, NumError> {
    let exact = convert.apply(quantity)?;
    round.map_or(Ok(exact), |round| round.apply(exact))
}
