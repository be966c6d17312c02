//! The sums of which check digits are made.

use alloc::vec::Vec;

/// The digits of a text; `None` when it has something else in it.
pub(super) fn digits(text: &[u8]) -> Option<Vec<u32>> {
    text.iter().map(|byte| byte.is_ascii_digit().then(|| u32::from(byte - b'0'))).collect()
}

/// Each digit times its weight, summed.
pub(super) fn dot(digits: &[u32], weights: &[u32]) -> u32 {
    digits.iter().zip(weights).map(|(digit, weight)| digit * weight).sum()
}

/// `−sum` modulo `n`: what is missing to a multiple.
pub(super) const fn missing(sum: u32, n: u32) -> u32 {
    (n - sum % n) % n
}

/// The number that digits write.
pub(super) fn number(digits: &[u32]) -> u64 {
    digits.iter().fold(0, |number, digit| number * 10 + u64::from(*digit))
}

/// The digits of twice a digit, summed.
const fn doubled(digit: u32) -> u32 {
    if digit > 4 { digit * 2 - 9 } else { digit * 2 }
}

/// Every second digit doubled, from the second on, summed.
pub(super) fn alternating(digits: &[u32]) -> u32 {
    digits.iter().enumerate().map(|(at, digit)| if at % 2 == 0 { *digit } else { doubled(*digit) }).sum()
}

/// Luhn's check: from the right, every second digit doubled.
pub(super) fn luhn(digits: &[u32]) -> bool {
    let reversed: Vec<u32> = digits.iter().rev().copied().collect();
    alternating(&reversed).is_multiple_of(10)
}

/// ISO 7064, modulus 11, 10: the last digit checks the others.
pub(super) fn iso_7064_11_10(digits: &[u32]) -> bool {
    let Some((last, rest)) = digits.split_last() else { return false };
    let product = rest.iter().fold(10, |product, digit| {
        let sum = match (product + digit) % 10 {
            0 => 10,
            sum => sum,
        };
        sum * 2 % 11
    });
    (product + last) % 10 == 1
}

/// ISO 7064, modulus 97, 10: letters count from 10, and the whole leaves 1.
pub(super) fn iso_7064_97_10(text: impl Iterator<Item = u8>) -> bool {
    let rest = text.fold(0u64, |rest, byte| match byte {
        b'0'..=b'9' => (rest * 10 + u64::from(byte - b'0')) % 97,
        _ => (rest * 100 + u64::from(byte.wrapping_sub(b'A')) + 10) % 97,
    });
    rest == 1
}
