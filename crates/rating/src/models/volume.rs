//! All units at the price of the tier that the quantity reaches.

use super::{graduated::price_tier, not_negative};
use crate::{Explanation, Kind, RateError, Reason, Tier, Tiers, tiers::Slice};
use alloc::vec::Vec;
use money::Ratio;

/// Quantity × `each` + `flat` of the tier in which the quantity lies, at most its `maximum`.
pub(crate) fn volume(tiers: &Tiers, quantity: Ratio) -> Result<Explanation, RateError> {
    not_negative(Kind::Volume, quantity)?;
    volume_in(&tiers.reached(quantity))
}

/// The same, in a tier that was found by other means.
pub(crate) fn volume_in(slice: &Slice<'_, Tier>) -> Result<Explanation, RateError> {
    let mut parts = Vec::with_capacity(2);
    price_tier(slice, &mut parts)?;
    Ok(Explanation::sum(Reason::Volume { quantity: slice.quantity }, parts)?)
}
