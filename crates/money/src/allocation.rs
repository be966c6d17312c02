//! The one allocation: largest remainder.

use crate::{NumError, Ratio, Rounding};
use alloc::vec::Vec;
use core::cmp::Ordering;

/// Why a total cannot be split.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AllocError {
    /// There is nobody to give a part to.
    #[error("a total of {total} minor units cannot be split over no parts")]
    NoParts {
        /// The total that was to be split.
        total: i128,
    },
    /// All weights are zero, so that no share follows from them.
    #[error("a total of {total} minor units cannot be split by weights that are all zero")]
    NoWeight {
        /// The total that was to be split.
        total: i128,
    },
    /// A weight below zero has no share.
    #[error("weight {weight} at position {at} is negative")]
    NegativeWeight {
        /// Its position, from 0.
        at: usize,
        /// The weight.
        weight: Ratio,
    },
    /// The exact shares do not fit in 128 bits.
    #[error(transparent)]
    Number(#[from] NumError),
}

impl stdx::ToProblem for AllocError {
    fn problem(&self) -> stdx::Problem {
        match self {
            Self::Number(error) => error.problem(),
            Self::NoParts { .. } | Self::NoWeight { .. } | Self::NegativeWeight { .. } => {
                stdx::Problem::new("cannot_allocate", "An amount cannot be split")
                    .detail(alloc::format!("{self}"))
                    .mend("give at least one part, weights of zero or more, and one of them above zero")
            }
        }
    }
}

/// Who gets a left-over minor unit first when two remainders are equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ties {
    /// The larger weight, then the earlier one (the house's rule; ASC 606 vectors).
    #[default]
    LargerWeight,
    /// The earlier one (OpenMeter's convention).
    InputOrder,
}

/// Splits `total` minor units in proportion to `weights` so that the parts sum to it: each part is cut to whole units, and what
/// is left goes to the largest remainders; see [`Ties`] for equal ones. A total of 0 needs no weights above 0.
pub fn allocate(total: i128, weights: &[Ratio]) -> Result<Vec<i128>, AllocError> {
    allocate_with(total, weights, Ties::LargerWeight)
}

/// [`allocate`] with a named rule for equal remainders.
pub fn allocate_with(total: i128, weights: &[Ratio], ties: Ties) -> Result<Vec<i128>, AllocError> {
    if total == 0 {
        return Ok(alloc::vec![0; weights.len()]);
    }
    if weights.is_empty() {
        return Err(AllocError::NoParts { total });
    }
    let mut sum = Ratio::ZERO;
    for (at, weight) in weights.iter().enumerate() {
        if weight.is_negative() {
            return Err(AllocError::NegativeWeight { at, weight: *weight });
        }
        sum = sum.plus(*weight)?;
    }
    if sum.is_zero() {
        return Err(AllocError::NoWeight { total });
    }
    let size = Ratio::from_int(total.checked_abs().ok_or(NumError::Overflow)?);
    let (mut parts, mut rests) = (Vec::with_capacity(weights.len()), Vec::with_capacity(weights.len()));
    for weight in weights {
        let exact = size.times(weight.over(sum)?)?;
        let whole = exact.floor();
        rests.push(exact.minus(Ratio::from_int(whole))?);
        parts.push(whole);
    }
    let left = size.floor() - parts.iter().sum::<i128>();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by(|a, b| {
        let by_weight = match ties {
            Ties::LargerWeight => weights[*b].cmp(&weights[*a]),
            Ties::InputOrder => Ordering::Equal,
        };
        rests[*b].cmp(&rests[*a]).then(by_weight).then(a.cmp(b))
    });
    for at in order.into_iter().take(usize::try_from(left).map_err(|_| NumError::Overflow)?) {
        parts[at] += 1;
    }
    if total < 0 {
        for part in &mut parts {
            *part = -*part;
        }
    }
    Ok(parts)
}

/// Splits `total` minor units over parts whose exact worth is known, so that they sum to it. Where no exact worth is below zero (or
/// none above), it is [`allocate`] by them. Where signs are mixed, shares of a total mean nothing: each part is cut to whole units, and
/// the difference to the total goes, unit by unit, to the parts that lost most by the cut, then to the larger, then to the earlier.
pub fn apportion(total: i128, exact: &[Ratio]) -> Result<Vec<i128>, AllocError> {
    let sizes: Vec<Ratio> = exact.iter().map(|worth| worth.abs()).collect();
    let one_sign = !exact.iter().any(|worth| worth.is_negative()) || !exact.iter().any(|worth| worth.is_positive());
    if one_sign {
        return allocate(total, &sizes);
    }
    let (mut parts, mut rests) = (Vec::with_capacity(exact.len()), Vec::with_capacity(exact.len()));
    let mut left = total;
    for (worth, size) in exact.iter().zip(&sizes) {
        let whole = if worth.is_negative() { -size.floor() } else { size.floor() };
        left = left.checked_sub(whole).ok_or(NumError::Overflow)?;
        rests.push(worth.minus(Ratio::from_int(whole))?);
        parts.push(whole);
    }
    let mut order: Vec<usize> = (0..exact.len()).collect();
    order.sort_by(|a, b| {
        let by_rest = if left < 0 { rests[*a].cmp(&rests[*b]) } else { rests[*b].cmp(&rests[*a]) };
        by_rest.then(sizes[*b].cmp(&sizes[*a])).then(a.cmp(b))
    });
    let count = usize::try_from(left.unsigned_abs()).map_err(|_| NumError::Overflow)?;
    for at in order.into_iter().cycle().take(count) {
        parts[at] += left.signum();
    }
    Ok(parts)
}

/// Whole units for exact values, such that they sum to the rounded sum of the values.
pub fn round_together(exact: &[Ratio], rounding: Rounding) -> Result<Vec<i128>, AllocError> {
    let sum = exact.iter().try_fold(Ratio::ZERO, |sum, worth| sum.plus(*worth))?;
    apportion(sum.round(0, rounding)?.floor(), exact)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn whole(weights: &[i128]) -> Vec<Ratio> {
        weights.iter().map(|w| Ratio::from_int(*w)).collect()
    }

    #[test]
    fn the_left_over_cent_goes_to_the_largest_remainder_then_the_larger_weight() {
        assert_eq!(allocate(100, &whole(&[1, 1, 1])), Ok(alloc::vec![34, 33, 33]));
        assert_eq!(allocate(-100, &whole(&[1, 1, 1])), Ok(alloc::vec![-34, -33, -33]));
        // halves: 0.5 and 1.5, the larger weight wins; by input order the first does
        assert_eq!(allocate(2, &whole(&[1, 3])), Ok(alloc::vec![0, 2]));
        assert_eq!(allocate_with(2, &whole(&[1, 3]), Ties::InputOrder), Ok(alloc::vec![1, 1]));
    }

    #[test]
    fn impossible_splits_are_refused() {
        assert_eq!(allocate(1, &[]), Err(AllocError::NoParts { total: 1 }));
        assert_eq!(allocate(1, &whole(&[0, 0])), Err(AllocError::NoWeight { total: 1 }));
        assert!(matches!(allocate(1, &whole(&[2, -1])), Err(AllocError::NegativeWeight { at: 1, .. })));
        assert_eq!(allocate(0, &whole(&[0])), Ok(alloc::vec![0]));
    }

    #[test]
    fn mixed_signs_are_rounded_to_a_sum_too() {
        let exact: Vec<Ratio> = ["0.6", "-0.3", "0.6", "-1.7"].iter().map(|n| n.parse().expect("number")).collect();
        // the sum is -0.8
        assert_eq!(round_together(&exact, Rounding::HalfUp), Ok(alloc::vec![0, 0, 0, -1]));
        // nothing to give: cutting took from both sides alike
        assert_eq!(apportion(0, &exact[..2]), Ok(alloc::vec![0, 0]));
        assert_eq!(apportion(5, &exact[..2]), Ok(alloc::vec![3, 2]));
    }

    proptest! {
        #[test]
        fn values_rounded_together_sum_to_the_rounded_sum_and_mirror(
            thousandths in prop::collection::vec(-100_000i128..100_000, 1..12),
        ) {
            let exact: Vec<Ratio> = thousandths.iter().map(|n| Ratio::new(*n, 1000)).collect::<Result<_, _>>()?;
            let sum = exact.iter().try_fold(Ratio::ZERO, |s, w| s.plus(*w))?;
            let parts = round_together(&exact, Rounding::HalfUp)?;
            prop_assert_eq!(parts.iter().sum::<i128>(), sum.round(0, Rounding::HalfUp)?.floor());
            let mirrored: Vec<Ratio> = exact.iter().map(|worth| worth.negated()).collect();
            let back: Vec<i128> = round_together(&mirrored, Rounding::HalfUp)?.iter().map(|part| -part).collect();
            prop_assert_eq!(back, parts);
        }

        #[test]
        fn the_parts_sum_to_the_total_and_each_is_within_a_unit_of_its_share(
            total in -1_000_000_000i128..1_000_000_000,
            weights in prop::collection::vec(0i128..1_000_000, 1..20),
        ) {
            prop_assume!(weights.iter().any(|w| *w > 0));
            let weights = whole(&weights);
            let sum = weights.iter().try_fold(Ratio::ZERO, |s, w| s.plus(*w))?;
            let parts = allocate(total, &weights)?;
            prop_assert_eq!(parts.iter().sum::<i128>(), total);
            for (part, weight) in parts.iter().zip(&weights) {
                let share = Ratio::from_int(total).times(*weight)?.over(sum)?;
                prop_assert!(Ratio::from_int(*part).minus(share)?.abs() < Ratio::ONE);
            }
        }
    }
}
