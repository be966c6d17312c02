//! Days without other days.

use alloc::vec::Vec;
use calendar::DateRange;

/// What is left of `spans` without the days of `hole`.
pub(super) fn without(spans: &[DateRange], hole: DateRange) -> Vec<DateRange> {
    let mut left = Vec::with_capacity(spans.len() + 1);
    for span in spans {
        if span.intersect(hole).is_none() {
            left.push(*span);
            continue;
        }
        // a part without days is no range
        left.extend(DateRange::new(span.from(), hole.from()).ok());
        left.extend(DateRange::new(hole.to(), span.to()).ok());
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hole_cuts_before_and_after_it() {
        let days = |text: &str| text.parse::<DateRange>().expect(text);
        let month = [days("2026-01-01..2026-02-01")];
        for (hole, left) in [
            ("2026-01-10..2026-01-20", &["2026-01-01..2026-01-10", "2026-01-20..2026-02-01"][..]),
            ("2025-12-01..2026-01-20", &["2026-01-20..2026-02-01"]),
            ("2026-02-01..2026-03-01", &["2026-01-01..2026-02-01"]),
            ("2025-01-01..2027-01-01", &[]),
        ] {
            assert_eq!(without(&month, days(hole)), left.iter().map(|text| days(text)).collect::<Vec<_>>(), "{hole}");
        }
    }
}
