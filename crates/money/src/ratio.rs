//! Exact fractions.

use crate::number::{ExactVisitor, NumError, excerpt, ten_to};
use crate::rounding::round_div;
use crate::{Dec, Rounding};
use alloc::borrow::Cow;
use core::{cmp::Ordering, fmt, hash, str::FromStr};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An exact fraction: a share of a period, an average, an amount before its one rounding. Two 128-bit whole numbers.
/// Compared by value. Text and JSON form: the decimal where it is one (`"0.5"`), else `"10/3"`.
#[derive(Debug, Clone, Copy)]
pub struct Ratio {
    numerator: i128,
    /// Above zero. The fraction need not be in lowest terms: cancelling is postponed until it is needed.
    denominator: i128,
}

/// Above this a denominator is cancelled at once, so that chains of products stay small.
const CANCEL_ABOVE: i128 = 1 << 62;

impl Ratio {
    /// 0
    pub const ZERO: Self = Self { numerator: 0, denominator: 1 };
    /// 1
    pub const ONE: Self = Self { numerator: 1, denominator: 1 };

    /// `numerator / denominator`; the denominator may be negative, not zero.
    pub fn new(numerator: i128, denominator: i128) -> Result<Self, NumError> {
        if denominator == 0 {
            return Err(NumError::DivisionByZero);
        }
        if numerator == i128::MIN || denominator == i128::MIN {
            return Err(NumError::Overflow);
        }
        let sign = denominator.signum();
        Ok(Self { numerator: numerator * sign, denominator: denominator * sign })
    }

    /// A whole number.
    pub const fn from_int(number: i128) -> Self {
        Self { numerator: number, denominator: 1 }
    }

    /// The fraction in lowest terms.
    fn lowest(self) -> Self {
        let divisor = gcd(self.numerator.unsigned_abs(), self.denominator.unsigned_abs());
        match i128::try_from(divisor) {
            Ok(divisor) if divisor > 1 => {
                Self { numerator: self.numerator / divisor, denominator: self.denominator / divisor }
            }
            _ => self,
        }
    }

    /// The numerator in lowest terms; it carries the sign.
    pub fn numerator(self) -> i128 {
        self.lowest().numerator
    }
    /// The denominator in lowest terms, above zero.
    pub fn denominator(self) -> i128 {
        self.lowest().denominator
    }
    /// Whether it is 0.
    pub const fn is_zero(self) -> bool {
        self.numerator == 0
    }
    /// Whether it is below 0.
    pub const fn is_negative(self) -> bool {
        self.numerator < 0
    }
    /// Whether it is above 0.
    pub const fn is_positive(self) -> bool {
        self.numerator > 0
    }
    /// The fraction without its sign.
    #[must_use]
    pub const fn abs(self) -> Self {
        Self { numerator: self.numerator.saturating_abs(), denominator: self.denominator }
    }
    /// The fraction with the other sign.
    #[must_use]
    pub const fn negated(self) -> Self {
        Self { numerator: self.numerator.saturating_neg(), denominator: self.denominator }
    }

    fn settle(numerator: i128, denominator: i128) -> Result<Self, NumError> {
        let plain = Self::new(numerator, denominator)?;
        Ok(if plain.denominator > CANCEL_ABOVE { plain.lowest() } else { plain })
    }

    /// The exact sum.
    pub fn plus(self, other: Self) -> Result<Self, NumError> {
        if let Some(sum) = self.try_plus(other) {
            return sum;
        }
        self.lowest().try_plus(other.lowest()).unwrap_or(Err(NumError::Overflow))
    }

    fn try_plus(self, other: Self) -> Option<Result<Self, NumError>> {
        if self.denominator == other.denominator {
            let sum = self.numerator.checked_add(other.numerator)?;
            return Some(Self::settle(sum, self.denominator));
        }
        let divisor = i128::try_from(gcd(self.denominator.unsigned_abs(), other.denominator.unsigned_abs())).ok()?;
        let (left, right) = (other.denominator / divisor, self.denominator / divisor);
        let sum = self.numerator.checked_mul(left)?.checked_add(other.numerator.checked_mul(right)?)?;
        Some(Self::settle(sum, self.denominator.checked_mul(left)?))
    }

    /// The exact difference.
    pub fn minus(self, other: Self) -> Result<Self, NumError> {
        self.plus(other.negated())
    }

    /// The exact product.
    pub fn times(self, other: Self) -> Result<Self, NumError> {
        let product = |a: Self, b: Self| {
            Some(Self::settle(a.numerator.checked_mul(b.numerator)?, a.denominator.checked_mul(b.denominator)?))
        };
        if let Some(result) = product(self, other) {
            return result;
        }
        // cancel across before multiplying
        let left = Self { numerator: self.numerator, denominator: other.denominator }.lowest();
        let right = Self { numerator: other.numerator, denominator: self.denominator }.lowest();
        product(left, right).unwrap_or(Err(NumError::Overflow))
    }

    /// The exact quotient.
    pub fn over(self, other: Self) -> Result<Self, NumError> {
        self.times(Self::new(other.denominator, other.numerator)?)
    }

    /// Rounded to `scale` digits after the point.
    pub fn round(self, scale: u8, rounding: Rounding) -> Result<Dec, NumError> {
        let unit = ten_to(u32::from(scale))?;
        if let Some(lifted) = self.numerator.checked_mul(unit) {
            return Dec::new(round_div(lifted, self.denominator, rounding), scale);
        }
        let low = self.lowest();
        let whole = (low.numerator / low.denominator).checked_mul(unit).ok_or(NumError::Overflow)?;
        let rest = (low.numerator % low.denominator).checked_mul(unit).ok_or(NumError::Overflow)?;
        // the whole part is a multiple of the unit, so the rest alone decides; for half-even it decides parity too when the
        // unit is even, and a unit of 1 means that the first branch was taken
        let rounded = whole.checked_add(round_div(rest, low.denominator, rounding)).ok_or(NumError::Overflow)?;
        Dec::new(rounded, scale)
    }

    /// Rounded at a decimal place: 2 is hundredths, 0 whole numbers, -3 thousands.
    pub fn round_at(self, place: i8, rounding: Rounding) -> Result<Dec, NumError> {
        let Err(_) = u8::try_from(place) else { return self.round(place.unsigned_abs(), rounding) };
        let unit = ten_to(u32::from(place.unsigned_abs()))?;
        self.over(Self::from_int(unit))?.round(0, rounding)?.times(Dec::from_int(unit))
    }

    /// The smallest whole number that is not below it.
    pub fn ceil(self) -> i128 {
        round_div(self.numerator, self.denominator, Rounding::Ceiling)
    }
    /// The largest whole number that is not above it.
    pub fn floor(self) -> i128 {
        round_div(self.numerator, self.denominator, Rounding::Floor)
    }

    /// The same number as a decimal; `None` when its decimals never end, or are more than 38.
    pub fn to_dec(self) -> Option<Dec> {
        let low = self.lowest();
        if low.denominator == 1 {
            return Some(Dec::from_int(low.numerator));
        }
        let (mut rest, mut twos, mut fives) = (low.denominator, 0u32, 0u32);
        while rest % 2 == 0 {
            rest /= 2;
            twos += 1;
        }
        while rest % 5 == 0 {
            rest /= 5;
            fives += 1;
        }
        if rest != 1 {
            return None;
        }
        let scale = twos.max(fives);
        let lift = 2i128.checked_pow(scale - twos)?.checked_mul(5i128.checked_pow(scale - fives)?)?;
        Dec::new(low.numerator.checked_mul(lift)?, u8::try_from(scale).ok()?).ok()
    }
}

/// Greatest common divisor; `gcd(0, n)` is `n`.
fn gcd(a: u128, b: u128) -> u128 {
    if let (Ok(mut a), Ok(mut b)) = (u64::try_from(a), u64::try_from(b)) {
        while b != 0 {
            (a, b) = (b, a % b);
        }
        return u128::from(a);
    }
    let (mut a, mut b) = (a, b);
    if a == 0 || b == 0 {
        return a | b;
    }
    // binary algorithm: shifts and subtractions, since dividing 128 bits is slow
    let shift = (a | b).trailing_zeros();
    a >>= a.trailing_zeros();
    while b != 0 {
        b >>= b.trailing_zeros();
        if a > b {
            core::mem::swap(&mut a, &mut b);
        }
        b -= a;
    }
    a << shift
}

impl From<Dec> for Ratio {
    fn from(dec: Dec) -> Self {
        // a scale of at most 38 fits: 10^38 < 2^127
        let denominator = ten_to(u32::from(dec.scale())).unwrap_or(1);
        Self { numerator: dec.mantissa(), denominator }
    }
}

impl Ord for Ratio {
    fn cmp(&self, other: &Self) -> Ordering {
        if self.denominator == other.denominator {
            return self.numerator.cmp(&other.numerator);
        }
        let cross = |a: Self, b: Self| {
            Some(a.numerator.checked_mul(b.denominator)?.cmp(&b.numerator.checked_mul(a.denominator)?))
        };
        cross(*self, *other).unwrap_or_else(|| by_continued_fraction(*self, *other))
    }
}

/// Compares whole parts, then the reciprocals of the rests, as in Euclid's algorithm: exact without wider numbers.
fn by_continued_fraction(mut a: Ratio, mut b: Ratio) -> Ordering {
    let mut reversed = false;
    loop {
        let (whole_a, whole_b) = (a.floor(), b.floor());
        let (rest_a, rest_b) = (a.numerator.rem_euclid(a.denominator), b.numerator.rem_euclid(b.denominator));
        let order = match whole_a.cmp(&whole_b) {
            Ordering::Equal if rest_a == 0 || rest_b == 0 => rest_a.signum().cmp(&rest_b.signum()),
            Ordering::Equal => {
                a = Ratio { numerator: a.denominator, denominator: rest_a };
                b = Ratio { numerator: b.denominator, denominator: rest_b };
                reversed = !reversed;
                continue;
            }
            decided @ (Ordering::Less | Ordering::Greater) => decided,
        };
        return if reversed { order.reverse() } else { order };
    }
}

impl PartialOrd for Ratio {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Ratio {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Ratio {}

impl hash::Hash for Ratio {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        let low = self.lowest();
        (low.numerator, low.denominator).hash(state);
    }
}

impl FromStr for Ratio {
    type Err = NumError;

    fn from_str(text: &str) -> Result<Self, NumError> {
        let Some((above, below)) = text.split_once('/') else { return text.parse::<Dec>().map(Self::from) };
        let whole = |part: &str| part.parse::<i128>().map_err(|_| NumError::NotANumber { text: excerpt(text) });
        Self::new(whole(above)?, whole(below)?)
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(dec) = self.to_dec() {
            return fmt::Display::fmt(&dec, f);
        }
        let low = self.lowest();
        write!(f, "{}/{}", low.numerator, low.denominator)
    }
}

impl Serialize for Ratio {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Ratio {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ExactVisitor(Self::from_str))
    }
}

impl JsonSchema for Ratio {
    fn schema_name() -> Cow<'static, str> {
        "Ratio".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "An exact number as text: a decimal such as \"0.5\", or a fraction such as \"10/3\".",
            "anyOf": [
                { "type": "string", "pattern": "^[+-]?[0-9][0-9_]*(\\.[0-9][0-9_]*)?([eE][+-]?[0-9]+)?$|^-?[0-9]+/[0-9]+$" },
                { "type": "integer" }
            ]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use proptest::prelude::*;

    fn ratio(text: &str) -> Ratio {
        text.parse().expect(text)
    }

    #[test]
    fn equal_fractions_are_equal_whatever_their_terms() {
        assert_eq!(Ratio::new(2, 4), Ratio::new(-1, -2));
        assert_eq!(ratio("0.5").to_string(), "0.5");
        assert_eq!(ratio("20/6").to_string(), "10/3");
        assert_eq!(Ratio::new(1, 0), Err(NumError::DivisionByZero));
    }

    #[test]
    fn thirds_add_up() {
        let third = ratio("1/3");
        assert_eq!(third.plus(third).and_then(|x| x.plus(third)), Ok(Ratio::ONE));
        assert_eq!(third.to_dec(), None);
        assert_eq!(third.round(2, Rounding::HalfUp), "0.33".parse());
    }

    #[test]
    fn a_negative_place_rounds_to_tens_and_hundreds() {
        assert_eq!(ratio("150.1").round_at(-2, Rounding::HalfUp), "200".parse());
        assert_eq!(ratio("-123.456").round_at(-1, Rounding::Floor), "-130".parse());
        assert_eq!(ratio("123.456").round_at(2, Rounding::Floor), "123.45".parse());
    }

    #[test]
    fn large_fractions_compare_exactly() {
        let big = i128::MAX - 2;
        let (a, b) = (Ratio::new(big, big - 1).expect("a"), Ratio::new(big - 1, big - 2).expect("b"));
        assert!(a < b);
        assert!(a.negated() > b.negated());
    }

    fn small() -> impl Strategy<Value = Ratio> {
        (-1_000_000_000i128..1_000_000_000, 1i128..1_000_000).prop_map(|(n, d)| Ratio::new(n, d).expect("small"))
    }

    proptest! {
        #[test]
        fn sums_and_products_obey_the_laws(a in small(), b in small(), c in small()) {
            prop_assert_eq!(a.plus(b)?, b.plus(a)?);
            prop_assert_eq!(a.times(b)?, b.times(a)?);
            prop_assert_eq!(a.plus(b)?.times(c)?, a.times(c)?.plus(b.times(c)?)?);
            prop_assert_eq!(a.plus(b)?.minus(b)?, a);
            if !b.is_zero() {
                prop_assert_eq!(a.over(b)?.times(b)?, a);
            }
        }

        #[test]
        fn the_slow_comparison_is_the_fast_one(a in small(), b in small()) {
            prop_assert_eq!(by_continued_fraction(a, b), a.cmp(&b));
        }

        #[test]
        fn text_and_fraction_are_one(a in small()) {
            prop_assert_eq!(a.to_string().parse::<Ratio>(), Ok(a));
        }

        #[test]
        fn rounding_is_to_the_nearest(a in small(), scale in 0u8..9) {
            let rounded = Ratio::from(a.round(scale, Rounding::HalfUp)?);
            let unit = Ratio::from(Dec::new(1, scale)?);
            prop_assert!(rounded.minus(a)?.abs().times(Ratio::from_int(2))? <= unit);
        }

        #[test]
        fn both_ways_to_find_the_divisor_agree(a in any::<u32>(), b in any::<u32>(), k in 1u32..1000) {
            let wide = gcd((u128::from(a) * u128::from(k)) << 64, (u128::from(b) * u128::from(k)) << 64);
            prop_assert_eq!(wide, (gcd(u128::from(a), u128::from(b)) * u128::from(k)) << 64);
        }
    }
}
