//! Prices that several sources publish for the same thing, such as what a model costs its provider.

use money::{Dec, NumError, Ratio};

/// Whether two sources agree: they are equal, or differ by no more than `tolerance` (a factor: 0.01 is 1 %) of the larger one.
/// Free in one source and not in the other is no agreement.
pub fn feeds_agree(a: Dec, b: Dec, tolerance: Dec) -> Result<bool, NumError> {
    if a == b {
        return Ok(true);
    }
    let allowed = tolerance.times(a.max(b))?;
    Ok(!a.is_zero() && !b.is_zero() && a.minus(b)?.abs() <= allowed)
}

/// The mean of what the sources that have a price say; `None` when none has.
pub fn average(prices: &[Dec]) -> Result<Option<Ratio>, NumError> {
    let Some(count) = i128::try_from(prices.len()).ok().filter(|count| *count > 0) else { return Ok(None) };
    let sum = prices.iter().try_fold(Dec::ZERO, |sum, price| sum.plus(*price))?;
    Ratio::from(sum).over(Ratio::from_int(count)).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn free_and_not_free_never_agree() {
        let dec = |text: &str| text.parse::<Dec>().expect("number");
        let agree = |a, b| feeds_agree(dec(a), dec(b), dec("0.01")).expect("small");
        assert!(agree("0", "0") && agree("0.01", "0.01005"));
        assert!(!agree("0", "0.0000001") && !agree("0.01", "0.0102"));
        assert_eq!(average(&[dec("0.01"), dec("0.02")]), Ok(Some(Ratio::from(dec("0.015")))));
        assert_eq!(average(&[]), Ok(None));
    }
}
