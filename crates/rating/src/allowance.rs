//! Quantity that a price includes.

use money::{NumError, Ratio};

/// How an allowance is used up by the earlier part of a period and by the part at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// What is left to price of the earlier part.
    pub net_before: Ratio,
    /// What is left to price of the part at hand.
    pub net: Ratio,
    /// What the earlier part used of the allowance.
    pub used_before: Ratio,
    /// What the part at hand uses of it.
    pub used: Ratio,
}

/// Takes an allowance off: the earlier part of the period uses it first, the rest goes to the part at hand. A quantity below
/// zero uses nothing.
pub fn take_included(included: Ratio, before: Ratio, quantity: Ratio) -> Result<Allowance, NumError> {
    let used_before = included.min(before.max(Ratio::ZERO));
    let used = included.minus(used_before)?.min(quantity.max(Ratio::ZERO));
    Ok(Allowance { net_before: before.minus(used_before)?, net: quantity.minus(used)?, used_before, used })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_earlier_part_comes_first() {
        let n = Ratio::from_int;
        let split = |included, before, now| take_included(n(included), n(before), n(now)).expect("small");
        assert_eq!(split(10, 5, 15), Allowance { net_before: n(0), net: n(10), used_before: n(5), used: n(5) });
        assert_eq!(split(110, 125, 30), Allowance { net_before: n(15), net: n(30), used_before: n(110), used: n(0) });
        assert_eq!(split(10, 0, -4), Allowance { net_before: n(0), net: n(-4), used_before: n(0), used: n(0) });
    }
}
