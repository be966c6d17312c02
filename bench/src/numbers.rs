//! Medians, percentiles, and numbers as people read them.

use serde::Serialize;

/// What was measured in some rounds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Spread {
    /// In the order of the rounds.
    pub(crate) rounds: Vec<f64>,
    /// The middle one; of an even number the mean of the two.
    pub(crate) median: f64,
    /// The least.
    pub(crate) min: f64,
    /// The most.
    pub(crate) max: f64,
}

impl Spread {
    /// None where there were no rounds.
    pub(crate) fn of(rounds: Vec<f64>) -> Option<Self> {
        let mut sorted = rounds.clone();
        sorted.sort_by(f64::total_cmp);
        let (min, max) = (*sorted.first()?, *sorted.last()?);
        let middle = sorted.len() / 2;
        let median = if sorted.len().is_multiple_of(2) {
            f64::midpoint(sorted[middle - 1], sorted[middle])
        } else {
            sorted[middle]
        };
        Some(Self { rounds, median, min, max })
    }
}

/// The smallest of the samples that so many hundredths of all do not exceed (nearest rank). Zero where there are none.
pub(crate) fn percentile(samples: &mut [u32], hundredths: usize) -> u32 {
    samples.sort_unstable();
    let rank = (samples.len() * hundredths).div_ceil(100);
    samples.get(rank.saturating_sub(1)).copied().unwrap_or(0)
}

/// A count as a number to compute with.
#[allow(clippy::cast_precision_loss, reason = "counts and times here are far below 2^53")]
pub(crate) fn real(count: u64) -> f64 {
    count as f64
}

/// A number with three significant digits at least, and its thousands apart: `612,345`, `12.3`, `0.0419`.
pub(crate) fn shown(number: f64) -> String {
    let decimals = match number.abs() {
        n if n >= 100.0 => 0,
        n if n >= 10.0 => 1,
        n if n >= 1.0 => 2,
        n if n >= 0.1 => 3,
        0.0 => 0,
        _ => 4,
    };
    let text = format!("{number:.decimals$}");
    let (whole, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
    let (sign, digits) = whole.split_at(usize::from(whole.starts_with('-')));
    let mut grouped = String::from(sign);
    for (place, digit) in digits.char_indices() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped + rest
}

/// Reads `250000`, `250k`, `10M` or `1G`.
pub(crate) fn count(text: &str) -> Result<u64, String> {
    let (digits, factor) = match text.char_indices().last() {
        Some((end, 'k')) => (&text[..end], 1_000),
        Some((end, 'M')) => (&text[..end], 1_000_000),
        Some((end, 'G')) => (&text[..end], 1_000_000_000),
        _ => (text, 1),
    };
    let number: u64 =
        digits.replace('_', "").parse().map_err(|_| format!("`{text}` is no count; write 250k or 10M"))?;
    number.checked_mul(factor).filter(|count| *count > 0).ok_or_else(|| format!("`{text}` is not between 1 and 2^64"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_whatever_the_order() {
        let spread = Spread::of(vec![5.0, 1.0, 3.0]).expect("rounds");
        assert_eq!((spread.median, spread.min, spread.max), (3.0, 1.0, 5.0));
        assert_eq!(spread.rounds, [5.0, 1.0, 3.0]);
        assert_eq!(Spread::of(vec![4.0, 1.0]).map(|spread| spread.median), Some(2.5));
        assert_eq!(Spread::of(Vec::new()), None);
    }

    #[test]
    fn a_percentile_is_a_sample_by_nearest_rank() {
        let mut samples: Vec<u32> = (1..=200).rev().collect();
        assert_eq!(percentile(&mut samples, 99), 198);
        assert_eq!(percentile(&mut samples, 50), 100);
        assert_eq!(percentile(&mut samples, 100), 200);
        assert_eq!(percentile(&mut [7], 99), 7);
        assert_eq!(percentile(&mut [], 99), 0);
    }

    #[test]
    fn numbers_are_shown_for_people() {
        let texts = [0.0, 0.041_93, 0.5, 12.34, 612_345.4, 1_234_567.0, -4_321.0].map(shown);
        assert_eq!(texts, ["0", "0.0419", "0.500", "12.3", "612,345", "1,234,567", "-4,321"]);
    }

    #[test]
    fn counts_are_read_with_their_suffix() {
        assert_eq!(["12", "250k", "10M", "1_000"].map(count), [Ok(12), Ok(250_000), Ok(10_000_000), Ok(1_000)]);
        assert!(count("0").is_err() && count("M").is_err() && count("99999999999G").is_err());
    }
}
