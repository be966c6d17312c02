//! Credits that are spread, scaled, or set against usage that was billed while it went on.

use super::whole;
use alloc::vec::Vec;
use money::{NumError, Ratio};

/// What credits of a total pay of each fee, exactly, by the fees' amounts.
pub fn fee_shares(total: i128, fees: &[i128]) -> Result<Vec<Ratio>, NumError> {
    let sum = Ratio::from_int(fees.iter().sum());
    fees.iter().map(|fee| Ratio::from_int(total).times(Ratio::from_int(*fee))?.over(sum)).collect()
}

/// A credit on a fee that was changed while its invoice was a draft: it changes in proportion.
pub fn scaled_credit(credit: i128, old_fee: i128, new_fee: i128) -> Result<i128, NumError> {
    whole(Ratio::from_int(credit).times(Ratio::new(new_fee, old_fee)?)?)
}

/// What usage that was billed while it went on takes off the final fees, one by one, and what is left of it for a credit note. Pairs of
/// *(billed before, final)*.
pub fn progressive_credit(fees: &[(i128, i128)]) -> (Vec<i128>, i128) {
    let credits: Vec<i128> = fees.iter().map(|(before, last)| (*before).min(*last)).collect();
    let before: i128 = fees.iter().map(|(before, _)| before).sum();
    let left = before - credits.iter().sum::<i128>();
    (credits, left)
}

/// What a fixed charge costs more for the rest of a period after an upgrade: the new price for the days that remain, less what was paid for them. Pairs of
/// *(amount, its days)*.
pub fn upgrade_difference(new: (i128, i64), paid: (i128, i64), days_left: i64) -> Result<i128, NumError> {
    let of =
        |(amount, days): (i128, i64)| whole(Ratio::from_int(amount).times(Ratio::new(days_left.into(), days.into())?)?);
    Ok(of(new)? - of(paid)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fee_takes_at_most_what_was_billed_before() {
        assert_eq!(progressive_credit(&[(2000, 500), (0, 500)]), (alloc::vec![500, 0], 1500));
        assert_eq!(scaled_credit(1700, 1800, 900), Ok(850));
        assert!(scaled_credit(1, 0, 1).is_err());
        assert_eq!(upgrade_difference((10_000, 31), (1_500, 31), 11), Ok(3_016));
    }
}
