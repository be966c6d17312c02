//! What the exact numbers share: their error, powers of ten, and reading from text.

use alloc::{format, string::String};
use core::fmt;
use serde::de;

/// Why a number cannot be had exactly.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NumError {
    /// The text is not a decimal number.
    #[error("`{text}` is not a decimal number; write it like 1234.56 (no currency sign, no group commas)")]
    NotANumber {
        /// What was given, cut at 64 characters.
        text: String,
    },
    /// More digits than 128 bits hold (about 38).
    #[error("`{text}` has more digits than can be kept exactly (38 in all, 38 after the point)")]
    TooManyDigits {
        /// What was given, cut at 64 characters.
        text: String,
    },
    /// The exact result does not fit in 128 bits.
    #[error("the exact result has more than 38 digits; the numbers are too large to be a quantity or a price")]
    Overflow,
    /// Division by zero.
    #[error("division by zero")]
    DivisionByZero,
}

impl stdx::ToProblem for NumError {
    fn problem(&self) -> stdx::Problem {
        let (code, title, mend) = match self {
            Self::NotANumber { .. } => {
                ("not_a_number", "Not a decimal number", "write digits with an optional point, as text: \"1234.56\"")
            }
            Self::TooManyDigits { .. } => {
                ("too_many_digits", "More digits than can be kept exactly", "use at most 38 digits")
            }
            Self::Overflow => {
                ("number_overflow", "The result is too large", "look for a quantity or price that is far too large")
            }
            Self::DivisionByZero => ("division_by_zero", "Division by zero", "give a divisor that is not zero"),
        };
        stdx::Problem::new(code, title).detail(format!("{self}")).mend(mend)
    }
}

/// 10 to the power of `exponent`; an error above 38.
pub(crate) fn ten_to(exponent: u32) -> Result<i128, NumError> {
    10i128.checked_pow(exponent).ok_or(NumError::Overflow)
}

/// The first 64 characters of a text, for an error.
pub(crate) fn excerpt(text: &str) -> String {
    text.chars().take(64).collect()
}

/// Reads an exact number from a string or an integer. A floating-point number is refused: its exact value is lost already.
pub(crate) struct ExactVisitor<T>(pub(crate) fn(&str) -> Result<T, NumError>);

impl<T> de::Visitor<'_> for ExactVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an exact number as text, such as \"1234.56\", or a whole number")
    }
    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        (self.0)(text).map_err(E::custom)
    }
    fn visit_i64<E: de::Error>(self, number: i64) -> Result<T, E> {
        self.visit_str(&format!("{number}"))
    }
    fn visit_u64<E: de::Error>(self, number: u64) -> Result<T, E> {
        self.visit_str(&format!("{number}"))
    }
    fn visit_i128<E: de::Error>(self, number: i128) -> Result<T, E> {
        self.visit_str(&format!("{number}"))
    }
    fn visit_u128<E: de::Error>(self, number: u128) -> Result<T, E> {
        self.visit_str(&format!("{number}"))
    }
}
