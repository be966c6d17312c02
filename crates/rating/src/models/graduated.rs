//! Each unit at the price of the tier in which it lies.

use super::not_negative;
use crate::{Explanation, Kind, RateError, Reason, Tier, Tiers, tiers::Slice};
use alloc::vec::Vec;
use money::{NumError, Ratio};

/// The sum over the tiers that the quantity reaches: units in the tier × `each` + `flat`, at most `maximum`. Tier 1 is reached
/// by a quantity of zero; a first tier `up_to: 0` is for that quantity alone.
pub(crate) fn graduated(tiers: &Tiers, quantity: Ratio) -> Result<Explanation, RateError> {
    not_negative(Kind::Graduated, quantity)?;
    let mut parts = Vec::with_capacity(tiers.len().min(4));
    if quantity.is_zero() {
        price_tier(&tiers.reached(quantity), &mut parts)?;
    }
    for slice in tiers.slices(Ratio::ZERO, quantity) {
        price_tier(&slice?, &mut parts)?;
    }
    Ok(Explanation::sum(Reason::Graduated { quantity }, parts)?)
}

/// What the units of one tier cost, with its fee and its cap.
pub(crate) fn price_tier(slice: &Slice<'_, Tier>, parts: &mut Vec<Explanation>) -> Result<(), NumError> {
    let Tier { up_to, each, flat, maximum } = *slice.band;
    let tier = slice.tier;
    let mut amount = Ratio::ZERO;
    if let Some(each) = each {
        let units = slice.quantity.times(each.ratio())?;
        amount = units;
        let reason = Reason::TierUnits {
            tier,
            above: slice.lower,
            up_to: up_to.map(Into::into),
            quantity: slice.quantity,
            each: each.get(),
        };
        parts.push(Explanation::leaf(reason, units));
    }
    if let Some(flat) = flat {
        amount = amount.plus(flat.ratio())?;
        parts.push(Explanation::leaf(Reason::TierFlat { tier, flat: flat.get() }, flat.ratio()));
    }
    if let Some(maximum) = maximum
        && amount > maximum.ratio()
    {
        let off = maximum.ratio().minus(amount)?;
        parts.push(Explanation::leaf(Reason::TierMaximum { tier, maximum: maximum.get() }, off));
    }
    Ok(())
}
