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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_belongs_to_the_upper_tier_of_a_volume_price() {
        let number = |n: u32| NonNegative::try_from(Dec::from(n)).expect("not negative");
        let tier = |from, each| FromTier { from: number(from), each: number(each), flat: Some(number(7)), cap: None };
        let tiers = tiers(&[tier(0, 2), tier(100, 1)]).expect("tiers");
        let amount = |explained: Result<Explanation, RateError>| explained.expect("rated").amount;
        assert_eq!(amount(volume(&tiers, Ratio::from_int(100))), Ratio::from_int(107));
        assert_eq!(amount(graduated(&tiers, Ratio::from_int(100))), Ratio::from_int(207));
        assert_eq!(amount(graduated(&tiers, Ratio::ZERO)), Ratio::ZERO);
    }

    #[test]
    fn the_first_of_the_largest_parts_takes_the_difference() {
        let half = Ratio::new(1, 2).expect("half");
        assert_eq!(prorated_parts(&[5, 5, 1], half), Ok((6, alloc::vec![2, 3, 1])));
    }
}
