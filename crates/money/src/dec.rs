//! Exact decimals.

use crate::number::{ExactVisitor, NumError, excerpt, ten_to};
use crate::rounding::round_div;
use crate::{Ratio, Rounding};
use alloc::{borrow::Cow, string::String};
use core::{cmp::Ordering, fmt, str::FromStr};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An exact decimal number: a price, a rate, a quantity that somebody counted. 38 digits, at most 38 of them after the point.
/// Kept without trailing zeros, so that equal numbers are the same bits. Text and JSON form: `"1234.56"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Dec {
    mantissa: i128,
    scale: u8,
}

impl Dec {
    /// Most digits after the point.
    pub const MAX_SCALE: u8 = 38;
    /// 0
    pub const ZERO: Self = Self { mantissa: 0, scale: 0 };
    /// 1
    pub const ONE: Self = Self { mantissa: 1, scale: 0 };

    /// `mantissa × 10^-scale`. An error when the scale is above 38.
    pub fn new(mantissa: i128, scale: u8) -> Result<Self, NumError> {
        let reduced = Self::normal(mantissa, scale);
        if reduced.scale > Self::MAX_SCALE { Err(NumError::Overflow) } else { Ok(reduced) }
    }

    /// A whole number.
    pub const fn from_int(number: i128) -> Self {
        Self { mantissa: number, scale: 0 }
    }

    fn normal(mut mantissa: i128, mut scale: u8) -> Self {
        if mantissa == 0 {
            return Self::ZERO;
        }
        while scale > 0 && mantissa % 10 == 0 {
            mantissa /= 10;
            scale -= 1;
        }
        Self { mantissa, scale }
    }

    /// The digits as a whole number.
    pub const fn mantissa(self) -> i128 {
        self.mantissa
    }
    /// How many of the digits stand after the point.
    pub const fn scale(self) -> u8 {
        self.scale
    }
    /// Whether it is 0.
    pub const fn is_zero(self) -> bool {
        self.mantissa == 0
    }
    /// Whether it is below 0.
    pub const fn is_negative(self) -> bool {
        self.mantissa < 0
    }
    /// Whether it is above 0.
    pub const fn is_positive(self) -> bool {
        self.mantissa > 0
    }
    /// The number without its sign.
    #[must_use]
    pub const fn abs(self) -> Self {
        Self { mantissa: self.mantissa.saturating_abs(), scale: self.scale }
    }
    /// The number with the other sign.
    #[must_use]
    pub const fn negated(self) -> Self {
        Self { mantissa: self.mantissa.saturating_neg(), scale: self.scale }
    }

    /// Both mantissas at the larger scale.
    fn aligned(self, other: Self) -> Result<(i128, i128, u8), NumError> {
        let scale = self.scale.max(other.scale);
        let lift = |d: Self| {
            if d.scale == scale {
                return Ok(d.mantissa);
            }
            d.mantissa.checked_mul(ten_to(u32::from(scale - d.scale))?).ok_or(NumError::Overflow)
        };
        Ok((lift(self)?, lift(other)?, scale))
    }

    /// The exact sum.
    pub fn plus(self, other: Self) -> Result<Self, NumError> {
        let (a, b, scale) = self.aligned(other)?;
        Self::in_range(a.checked_add(b), scale)
    }
    /// The exact difference.
    pub fn minus(self, other: Self) -> Result<Self, NumError> {
        let (a, b, scale) = self.aligned(other)?;
        Self::in_range(a.checked_sub(b), scale)
    }
    /// The exact product.
    pub fn times(self, other: Self) -> Result<Self, NumError> {
        let mantissa = self.mantissa.checked_mul(other.mantissa).ok_or(NumError::Overflow)?;
        Self::new(mantissa, self.scale.checked_add(other.scale).ok_or(NumError::Overflow)?)
    }
    /// The exact quotient, which need not be a decimal.
    pub fn over(self, other: Self) -> Result<Ratio, NumError> {
        Ratio::from(self).over(Ratio::from(other))
    }

    fn in_range(mantissa: Option<i128>, scale: u8) -> Result<Self, NumError> {
        // i128::MIN has no positive counterpart; leaving it out makes `abs` and `negated` exact
        match mantissa {
            Some(m) if m != i128::MIN => Self::new(m, scale),
            _ => Err(NumError::Overflow),
        }
    }

    /// Rounded to `scale` digits after the point.
    pub fn round(self, scale: u8, rounding: Rounding) -> Result<Self, NumError> {
        if self.scale <= scale {
            return Ok(self);
        }
        let unit = ten_to(u32::from(self.scale - scale))?;
        Self::new(round_div(self.mantissa, unit, rounding), scale)
    }
    /// The smallest whole number that is not below it.
    pub fn ceil(self) -> i128 {
        self.whole(Rounding::Ceiling)
    }
    /// The largest whole number that is not above it.
    pub fn floor(self) -> i128 {
        self.whole(Rounding::Floor)
    }

    fn whole(self, rounding: Rounding) -> i128 {
        match ten_to(u32::from(self.scale)) {
            Ok(unit) => round_div(self.mantissa, unit, rounding),
            // unreachable: a scale is at most 38
            Err(_) => 0,
        }
    }

    /// The number as whole units of `10^-scale`; `None` when it has more digits than that, or too many.
    pub fn at_scale(self, scale: u8) -> Option<i128> {
        let lift = scale.checked_sub(self.scale)?;
        self.mantissa.checked_mul(ten_to(u32::from(lift)).ok()?)
    }

    /// The number with exactly `scale` digits after the point, or more if it has more: `30` → `30.00`.
    pub fn to_text(self, scale: u8) -> String {
        alloc::format!("{self:.*}", usize::from(scale))
    }
}

impl Ord for Dec {
    fn cmp(&self, other: &Self) -> Ordering {
        match self.aligned(*other) {
            Ok((a, b, _)) => a.cmp(&b),
            // so far apart that they cannot be written at one scale: the exact comparison of fractions decides
            Err(_) => Ratio::from(*self).cmp(&Ratio::from(*other)),
        }
    }
}

impl PartialOrd for Dec {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl FromStr for Dec {
    type Err = NumError;

    /// Digits with an optional sign, point and exponent (`1e6`, `2.5E-7`); `_` may group digits.
    fn from_str(text: &str) -> Result<Self, NumError> {
        let wrong = || NumError::NotANumber { text: excerpt(text) };
        let long = || NumError::TooManyDigits { text: excerpt(text) };
        let (number, exponent) = match text.split_once(['e', 'E']) {
            Some((number, exponent)) => (number, exponent.parse::<i32>().map_err(|_| wrong())?),
            None => (text, 0),
        };
        let (negative, digits) = match number.as_bytes().first() {
            Some(b'-') => (true, &number[1..]),
            Some(b'+') => (false, &number[1..]),
            _ => (false, number),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let plain = |part: &str| part.bytes().all(|b| b.is_ascii_digit() || b == b'_') && !part.starts_with('_');
        let has_digit = |part: &str| part.bytes().any(|b| b.is_ascii_digit());
        if !plain(whole) || !plain(fraction) || !has_digit(whole) || (digits.contains('.') && !has_digit(fraction)) {
            return Err(wrong());
        }
        let fraction = fraction.trim_end_matches(['0', '_']);
        let (mut mantissa, mut places) = (0i128, 0i32);
        for (part, counts) in [(whole, 0), (fraction, 1)] {
            for digit in part.bytes().filter(u8::is_ascii_digit).map(|b| i128::from(b - b'0')) {
                mantissa = mantissa.checked_mul(10).and_then(|m| m.checked_add(digit)).ok_or_else(long)?;
                places += counts;
            }
        }
        if mantissa == 0 {
            return Ok(Self::ZERO);
        }
        let mut scale = places.checked_sub(exponent).ok_or_else(long)?;
        while scale > 0 && mantissa % 10 == 0 {
            mantissa /= 10;
            scale -= 1;
        }
        if scale < 0 {
            let lift = ten_to(scale.unsigned_abs()).map_err(|_| long())?;
            mantissa = mantissa.checked_mul(lift).ok_or_else(long)?;
            scale = 0;
        }
        let scale = u8::try_from(scale).ok().filter(|s| *s <= Self::MAX_SCALE).ok_or_else(long)?;
        Ok(Self { mantissa: if negative { -mantissa } else { mantissa }, scale })
    }
}

impl fmt::Display for Dec {
    /// `{:.2}` fills up to two digits after the point; it never cuts.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places = usize::from(self.scale).max(f.precision().unwrap_or(0));
        let sign = if self.mantissa < 0 { "-" } else { "" };
        let mut digits =
            alloc::format!("{:0>width$}", self.mantissa.unsigned_abs(), width = usize::from(self.scale) + 1);
        let point = digits.len() - usize::from(self.scale);
        if places == 0 {
            return write!(f, "{sign}{digits}");
        }
        for _ in usize::from(self.scale)..places {
            digits.push('0');
        }
        digits.insert(point, '.');
        // width and fill would be applied by `pad`, but so would the precision, as a cut: the text is written as it is
        write!(f, "{sign}{digits}")
    }
}

impl From<i64> for Dec {
    fn from(number: i64) -> Self {
        Self::from_int(i128::from(number))
    }
}
impl From<u64> for Dec {
    fn from(number: u64) -> Self {
        Self::from_int(i128::from(number))
    }
}
impl From<u32> for Dec {
    fn from(number: u32) -> Self {
        Self::from_int(i128::from(number))
    }
}

impl Serialize for Dec {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Dec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ExactVisitor(Self::from_str))
    }
}

impl JsonSchema for Dec {
    fn schema_name() -> Cow<'static, str> {
        "Dec".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "An exact decimal number as text, such as \"0.0000025\"; a whole number may stand bare.",
            "anyOf": [
                { "type": "string", "pattern": "^[+-]?[0-9][0-9_]*(\\.[0-9][0-9_]*)?([eE][+-]?[0-9]+)?$" },
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

    fn dec(text: &str) -> Dec {
        text.parse().expect(text)
    }

    #[test]
    fn text_is_kept_to_the_last_digit() {
        for text in [
            "0",
            "1",
            "-1",
            "0.1",
            "-0.000000000001",
            "12345678901234567890123456789012345678",
            "0.00000000000000000000000000000000000001",
        ] {
            assert_eq!(dec(text).to_string(), text);
        }
        assert_eq!(dec("1_000_000.50").to_string(), "1000000.5");
        assert_eq!(dec("1e6").to_string(), "1000000");
        assert_eq!(dec("2.5E-7").to_string(), "0.00000025");
        assert_eq!(dec("+007.10"), dec("7.1"));
        assert_eq!(dec("0e9999999"), Dec::ZERO);
        assert_eq!(dec("-0.0").to_string(), "0");
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in [
            "", ".", "1.", ".5", "1,5", "NaN", "inf", "Infinity", "0x10", "1 000", "--1", "1e", "€5", "_1", "1e1.5",
            "٣",
        ] {
            assert!(matches!(text.parse::<Dec>(), Err(NumError::NotANumber { .. })), "{text}");
        }
        for text in [
            "1e39",
            "123456789012345678901234567890123456789123",
            "0.000000000000000000000000000000000000001",
            "1e2147483647",
        ] {
            assert!(matches!(text.parse::<Dec>(), Err(NumError::TooManyDigits { .. })), "{text}");
        }
        assert_eq!(dec("1e30").times(dec("1e30")), Err(NumError::Overflow));
    }

    #[test]
    fn a_float_in_json_is_refused_with_the_way_to_mend_it() {
        assert_eq!(serde_json::from_str::<Dec>("\"0.1\"").expect("text"), dec("0.1"));
        assert_eq!(serde_json::from_str::<Dec>("7").expect("integer"), dec("7"));
        let error = serde_json::from_str::<Dec>("0.1").expect_err("float").to_string();
        assert!(error.contains("as text"), "{error}");
    }

    #[test]
    fn zeros_are_filled_and_never_cut() {
        assert_eq!(dec("30").to_text(2), "30.00");
        assert_eq!(dec("-0.5").to_text(2), "-0.50");
        assert_eq!(dec("0.125").to_text(2), "0.125");
        assert_eq!(dec("5").to_text(0), "5");
    }

    #[test]
    fn far_apart_numbers_compare() {
        assert!(dec("1e37") > dec("0.00000000000000000000000000000000000001"));
        assert!(dec("-1e37") < dec("0.00000000000000000000000000000000000001"));
        assert!(dec("9.5") < dec("10.5"));
    }

    fn any_dec() -> impl Strategy<Value = Dec> {
        (any::<i64>(), 0u8..=18).prop_map(|(m, s)| Dec::new(i128::from(m), s).expect("small"))
    }

    proptest! {
        #[test]
        fn text_and_number_are_one(d in any_dec()) {
            prop_assert_eq!(d.to_string().parse::<Dec>(), Ok(d));
        }

        #[test]
        fn arithmetic_agrees_with_fractions(a in any_dec(), b in any_dec()) {
            let (x, y) = (Ratio::from(a), Ratio::from(b));
            prop_assert_eq!(Ok(Ratio::from(a.plus(b)?)), x.plus(y));
            prop_assert_eq!(Ok(Ratio::from(a.minus(b)?)), x.minus(y));
            prop_assert_eq!(Ok(Ratio::from(a.times(b)?)), x.times(y));
            prop_assert_eq!(a.cmp(&b), x.cmp(&y));
        }

        #[test]
        fn rounding_moves_by_less_than_a_unit(d in any_dec(), scale in 0u8..6) {
            let unit = Dec::new(1, scale)?;
            for rounding in [Rounding::HalfUp, Rounding::HalfEven, Rounding::HalfDown, Rounding::Up, Rounding::Down, Rounding::Ceiling, Rounding::Floor] {
                let rounded = d.round(scale, rounding)?;
                prop_assert!(rounded.minus(d)?.abs() < unit);
                prop_assert!(rounded.scale() <= scale);
            }
        }
    }
}
