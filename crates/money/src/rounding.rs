//! The one rounding.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What to do with what lies between two neighbours of the wanted scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Rounding {
    /// To the nearest; a tie goes away from zero. The house's default: what invoices, EN 16931 and most people do.
    #[default]
    HalfUp,
    /// To the nearest; a tie goes to the even neighbour.
    HalfEven,
    /// To the nearest; a tie goes toward zero.
    HalfDown,
    /// Away from zero.
    Up,
    /// Toward zero.
    Down,
    /// Toward positive infinity.
    Ceiling,
    /// Toward negative infinity.
    Floor,
}

/// `numerator / denominator` as a whole number; the denominator is positive.
pub(crate) fn round_div(numerator: i128, denominator: i128, rounding: Rounding) -> i128 {
    debug_assert!(denominator > 0);
    let (quotient, rest) = (numerator / denominator, numerator % denominator);
    if rest == 0 {
        return quotient;
    }
    let negative = rest < 0;
    // twice the rest against the whole, without doubling: the rest may have 127 bits
    let size = rest.unsigned_abs();
    let half = size.cmp(&(denominator.unsigned_abs() - size));
    let away = match rounding {
        Rounding::HalfUp => half.is_ge(),
        Rounding::HalfEven => half.is_gt() || (half.is_eq() && quotient % 2 != 0),
        Rounding::HalfDown => half.is_gt(),
        Rounding::Up => true,
        Rounding::Down => false,
        Rounding::Ceiling => !negative,
        Rounding::Floor => negative,
    };
    match (away, negative) {
        (false, _) => quotient,
        (true, false) => quotient + 1,
        (true, true) => quotient - 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_policy_at_a_tie_and_beside_it() {
        use Rounding::{Ceiling, Down, Floor, HalfDown, HalfEven, HalfUp, Up};
        // tenths: 2.5, -2.5, 3.5, 2.4, -2.4, 2.6
        let table = [
            (HalfUp, [3, -3, 4, 2, -2, 3]),
            (HalfEven, [2, -2, 4, 2, -2, 3]),
            (HalfDown, [2, -2, 3, 2, -2, 3]),
            (Up, [3, -3, 4, 3, -3, 3]),
            (Down, [2, -2, 3, 2, -2, 2]),
            (Ceiling, [3, -2, 4, 3, -2, 3]),
            (Floor, [2, -3, 3, 2, -3, 2]),
        ];
        for (rounding, want) in table {
            assert_eq!([25, -25, 35, 24, -24, 26].map(|n| round_div(n, 10, rounding)), want, "{rounding:?}");
        }
    }

    #[test]
    fn the_largest_denominators_do_not_overflow() {
        assert_eq!(round_div(i128::MAX - 1, i128::MAX, Rounding::HalfUp), 1);
        assert_eq!(round_div(i128::MIN + 2, i128::MAX, Rounding::HalfEven), -1);
    }
}
