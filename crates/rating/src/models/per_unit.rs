//! Quantity times price.

use crate::{Explanation, NonNegative, RateError, Reason};
use money::Ratio;

/// `quantity × each`. A quantity below zero (corrections beyond the usage of the period) is a credit at the same price.
pub(crate) fn per_unit(each: NonNegative, quantity: Ratio) -> Result<Explanation, RateError> {
    let amount = quantity.times(each.ratio())?;
    Ok(Explanation::leaf(Reason::PerUnit { quantity, each: each.get() }, amount))
}
