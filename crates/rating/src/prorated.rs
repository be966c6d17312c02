//! Tiers filled by changes that count for a part of the period each.

use crate::{Explanation, NonNegative, Reason, Tier, Tiers};
use alloc::vec::Vec;
use money::{NumError, Ratio};

/// A change of a level: by how much, and how much of it counts in the period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// Units added, or taken away when below zero.
    pub full: Ratio,
    /// The same units, times the part of the period for which they count.
    pub prorated: Ratio,
}

/// What the changes of a level are worth when each counts for its part of the period.
///
/// The units of a change fill (or, below zero, empty) the tiers that the running full level crosses, and each of them costs
/// the price of its tier times the part that the change counts. Fees are those of the tiers that the highest level reached,
/// in full. Units below a level of zero are of tier 1. A level that ends below zero is worth nothing, and the units cost no
/// less than nothing.
pub fn prorated_tiers(tiers: &Tiers, changes: &[Change]) -> Result<Explanation, NumError> {
    let mut filled: Vec<Ratio> = alloc::vec![Ratio::ZERO; tiers.len()];
    let (mut level, mut highest) = (Ratio::ZERO, Ratio::ZERO);
    for change in changes {
        let after = level.plus(change.full)?;
        // what counts for no part of the period has no place in the tiers, unless it leaves one that was taken
        let counts = !change.prorated.is_zero() || (change.full.is_negative() && !after.is_negative());
        if change.full.is_zero() || !counts {
            continue;
        }
        let part = change.prorated.over(change.full)?;
        let signed = if change.full.is_negative() { part.negated() } else { part };
        let (low, high) = (level.min(after), level.max(after));
        if low.is_negative() {
            filled[0] = filled[0].plus(high.min(Ratio::ZERO).minus(low)?.times(signed)?)?;
        }
        for (sum, slice) in matched(&mut filled, tiers, low.max(Ratio::ZERO), high)? {
            *sum = sum.plus(slice.times(signed)?)?;
        }
        level = after;
        highest = highest.max(level);
    }
    explain(tiers, &filled, level, highest)
}

/// The sums of the tiers that a range of units crosses, each with its units.
fn matched<'a>(
    filled: &'a mut [Ratio],
    tiers: &Tiers,
    from: Ratio,
    to: Ratio,
) -> Result<impl Iterator<Item = (&'a mut Ratio, Ratio)>, NumError> {
    let mut units: Vec<Ratio> = alloc::vec![Ratio::ZERO; filled.len()];
    for slice in tiers.slices(from, to) {
        let slice = slice?;
        if let Some(at) = usize::try_from(slice.tier).ok().and_then(|tier| units.get_mut(tier - 1)) {
            *at = slice.quantity;
        }
    }
    Ok(filled.iter_mut().zip(units))
}

fn explain(tiers: &Tiers, filled: &[Ratio], level: Ratio, highest: Ratio) -> Result<Explanation, NumError> {
    let reason = Reason::Graduated { quantity: level };
    if level.is_negative() {
        return Ok(Explanation::leaf(reason, Ratio::ZERO));
    }
    let reached = tiers.reached(highest).tier;
    let (mut parts, mut units_worth, mut above) = (Vec::new(), Ratio::ZERO, money::Dec::ZERO);
    for (tier, (band, quantity)) in (1u32..=reached).zip(tiers.iter().zip(filled)) {
        let Tier { up_to, each, flat, maximum } = *band;
        let mut worth = flat.map_or(Ratio::ZERO, NonNegative::ratio);
        if let Some(each) = each {
            let amount = quantity.times(each.ratio())?;
            units_worth = units_worth.plus(amount)?;
            worth = worth.plus(amount)?;
            let up_to = up_to.map(Into::into);
            let reason = Reason::TierUnits { tier, above, up_to, quantity: *quantity, each: each.get() };
            parts.push(Explanation::leaf(reason, amount));
        }
        if let Some(flat) = flat {
            parts.push(Explanation::leaf(Reason::TierFlat { tier, flat: flat.get() }, flat.ratio()));
        }
        if let Some(maximum) = maximum.filter(|maximum| worth > maximum.ratio()) {
            let off = maximum.ratio().minus(worth)?;
            parts.push(Explanation::leaf(Reason::TierMaximum { tier, maximum: maximum.get() }, off));
        }
        above = up_to.map_or(above, Into::into);
    }
    if units_worth.is_negative() {
        parts.push(Explanation::leaf(Reason::NotBelowZero, units_worth.negated()));
    }
    Explanation::sum(reason, parts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tiers;
    use alloc::string::ToString;

    fn worth(changes: &[(i128, &str)]) -> Explanation {
        let tiers: Tiers =
            serde_json::from_str(r#"[{"up_to": 5, "each": "10", "flat": "100"}, {"each": "5", "flat": "50"}]"#)
                .expect("tiers");
        let change = |(full, prorated): &(i128, &str)| Change {
            full: Ratio::from_int(*full),
            prorated: prorated.parse().expect("number"),
        };
        prorated_tiers(&tiers, &changes.iter().map(change).collect::<Vec<_>>()).expect("small")
    }

    #[test]
    fn the_units_of_a_change_fill_the_tiers_that_the_level_crosses() {
        // 4 units count 0.7 each, then 1 in each tier counts a half, then both tiers give back a fifth
        let explanation = worth(&[(4, "2.8"), (2, "1"), (-3, "-0.6")]);
        assert_eq!(explanation.amount.to_string(), "180.5");
        assert!(explanation.adds_up());
    }

    #[test]
    fn a_level_of_zero_still_owes_what_it_was_and_below_zero_nothing() {
        assert_eq!(worth(&[(6, "3"), (-6, "0")]).amount.to_string(), "177.5");
        assert_eq!(worth(&[(1, "0.5"), (-3, "-1.5")]).amount, Ratio::ZERO);
        let kept = worth(&[(2, "0.5"), (-2, "-1")]);
        assert_eq!(kept.amount.to_string(), "100", "the units are worth no less than nothing, the fee stays");
        assert!(kept.adds_up());
    }

    #[test]
    fn what_counts_for_no_part_of_the_period_takes_no_place() {
        assert_eq!(worth(&[(5, "0"), (2, "2")]).amount, worth(&[(2, "2")]).amount);
    }
}
