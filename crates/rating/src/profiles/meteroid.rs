//! Meteroid: tiers are written with `from`, and a quantity that is exactly there belongs to the upper tier under a volume price,
//! but to the lower one under a graduated price. Nothing is due without usage under a graduated price.

use crate::{Explanation, NonNegative, RateError, Reason, Tier, Tiers, TiersError, models::volume_in};
use alloc::vec::Vec;
use money::{Dec, Ratio, Rounding};

/// A tier that begins at `from`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FromTier {
    /// First quantity of the tier; that of the first tier is 0.
    pub from: NonNegative,
    /// Price of one unit.
    pub each: NonNegative,
    /// Fee of the tier.
    pub flat: Option<NonNegative>,
    /// The most that the tier costs.
    pub cap: Option<NonNegative>,
}

/// Tiers that begin at `from` as tiers that end at `up_to`.
pub fn tiers(from: &[FromTier]) -> Result<Tiers, TiersError> {
    let bounds = from.iter().skip(1).map(|tier| Some(tier.from)).chain([None]);
    let tier =
        |(t, up_to): (&FromTier, Option<NonNegative>)| Tier { up_to, each: Some(t.each), flat: t.flat, maximum: t.cap };
    Tiers::new(from.iter().zip(bounds).map(tier).collect::<Vec<_>>())
}

/// A volume price in which a bound belongs to the tier above it.
pub fn volume(tiers: &Tiers, quantity: Ratio) -> Result<Explanation, RateError> {
    volume_in(&tiers.reached_from(quantity))
}

/// A graduated price that costs nothing, fees included, when there is no usage.
pub fn graduated(tiers: &Tiers, quantity: Ratio) -> Result<Explanation, RateError> {
    if quantity.is_zero() {
        return Ok(Explanation::leaf(Reason::Graduated { quantity }, Ratio::ZERO));
    }
    crate::models::graduated(tiers, quantity)
}

/// The amounts of the parts of one line, prorated: each rounded half away from zero, and the difference to the rounded whole on
/// the largest part. In minor units.
pub fn prorated_parts(parts: &[i128], factor: Ratio) -> Result<(i128, Vec<i128>), money::NumError> {
    let rounded = |amount: i128| -> Result<i128, money::NumError> {
        Ok(Ratio::from_int(amount).times(factor)?.round(0, Rounding::HalfUp)?.mantissa())
    };
    let whole = parts.iter().try_fold(0i128, |sum, part| sum.checked_add(*part)).ok_or(money::NumError::Overflow)?;
    let total = rounded(whole)?;
    let mut out = parts.iter().map(|part| rounded(*part)).collect::<Result<Vec<_>, _>>()?;
    let difference = total - out.iter().sum::<i128>();
    // the first of the largest
    if let Some(largest) = (0..out.len()).rev().max_by_key(|n| out[*n]) {
        out[largest] += difference;
    }
    Ok((total, out))
}

/// The quantity that a line shows: the number of instances, or one.
pub fn shown_quantity(instances: Option<Dec>) -> Dec {
    instances.unwrap_or(Dec::ONE)
}
