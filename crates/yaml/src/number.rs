//! Numbers as text.

use alloc::string::String;

/// The number that a plain scalar spells, without underscores: `-?digits[.digits][e±digits]` as in JSON, with `_` between digits.
pub(crate) fn plain(text: &str) -> Option<String> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))),
        None => (unsigned, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let leading_zero = whole.len() > 1 && whole.starts_with('0');
    let good = digits(whole) && !leading_zero && fraction.is_none_or(digits) && exponent.is_none_or(digits);
    good.then(|| text.chars().filter(|c| *c != '_').collect())
}

/// The whole number that a plain scalar spells.
pub(crate) fn whole(text: &str) -> Option<i128> {
    plain(text)?.parse().ok()
}

/// At least one digit, underscores only between digits.
fn digits(text: &str) -> bool {
    !text.is_empty() && text.split('_').all(|group| !group.is_empty() && group.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_json_with_underscores_between_digits() {
        for (text, number) in
            [("5", "5"), ("-1_000.2_5", "-1000.25"), ("0.1", "0.1"), ("1e6", "1e6"), ("1.5E-3", "1.5E-3")]
        {
            assert_eq!(plain(text).as_deref(), Some(number));
        }
        for text in [
            "",
            "-",
            "_1",
            "1_",
            "1__0",
            "007",
            "0x10",
            "1.",
            ".5",
            "+5",
            "1e",
            "NaN",
            ".inf",
            "1,5",
            "2026-04-01",
            "１",
        ] {
            assert_eq!(plain(text), None, "{text}");
        }
        assert_eq!(whole("170_141_183_460_469_231_731_687_303_715_884_105_728"), None, "beyond 128 bits");
    }
}
