//! Each part of an amount at the percentage of the tier in which it lies.

use super::not_negative;
use crate::{Explanation, Kind, PercentTier, PercentTiers, RateError, Reason, tiers::Slice};
use alloc::vec::Vec;
use money::{NumError, Ratio};

/// The sum over the tiers that the amount reaches: part in the tier × `percent` + `flat`. Tier 1 is reached by zero.
pub(crate) fn graduated_percentage(tiers: &PercentTiers, quantity: Ratio) -> Result<Explanation, RateError> {
    not_negative(Kind::GraduatedPercentage, quantity)?;
    let mut parts = Vec::with_capacity(tiers.len().min(4));
    if quantity.is_zero() {
        price_tier(&tiers.reached(quantity), &mut parts)?;
    }
    for slice in tiers.slices(Ratio::ZERO, quantity) {
        price_tier(&slice?, &mut parts)?;
    }
    Ok(Explanation::sum(Reason::Graduated { quantity }, parts)?)
}

fn price_tier(slice: &Slice<'_, PercentTier>, parts: &mut Vec<Explanation>) -> Result<(), NumError> {
    let PercentTier { up_to, percent, flat } = *slice.band;
    let (tier, of) = (slice.tier, slice.quantity);
    let amount = of.times(Ratio::from(slice.band.factor()?))?;
    let up_to = up_to.map(Into::into);
    parts.push(Explanation::leaf(
        Reason::TierPercent { tier, above: slice.lower, up_to, of, percent: percent.get() },
        amount,
    ));
    if let Some(flat) = flat {
        parts.push(Explanation::leaf(Reason::TierFlat { tier, flat: flat.get() }, flat.ratio()));
    }
    Ok(())
}
