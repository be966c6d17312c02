//! How fast credit is used, and how long it will last.

use crate::{Change, CreditError, Movement};
use calendar::{Instant, Period};
use money::{Dec, Ratio};

/// What was drawn in a period.
pub fn burnt(movements: &[Movement], period: Period) -> Result<Dec, CreditError> {
    let mut drawn =
        movements.iter().filter(|moved| matches!(moved.change, Change::Drawn(_)) && period.contains(moved.at));
    Ok(drawn.try_fold(Dec::ZERO, |sum, moved| sum.minus(moved.amount))?)
}

/// When a balance will be used up if it goes on as it went in a period; none where nothing was used in it, or beyond the calendar. An hour, a day
/// and a week give three answers, and the first is the one to act on.
pub fn runway(balance: Dec, burnt: Dec, period: Period, now: Instant) -> Result<Option<Instant>, CreditError> {
    if !burnt.is_positive() {
        return Ok(None);
    }
    let micros = Ratio::from(balance).times(Ratio::from_int(period.micros().into()))?.over(Ratio::from(burnt))?;
    Ok(i64::try_from(micros.floor()).ok().and_then(|micros| now.plus_micros(micros.max(0)).ok()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn what_is_left_lasts_as_long_as_it_is_used_as_before() {
        let at = |hour: u8| alloc::format!("2026-04-01T{hour:02}:00:00Z").parse::<Instant>().expect("an instant");
        let drawn = |hour, amount: i128| Movement {
            at: at(hour),
            grant: 0,
            change: Change::Drawn(None),
            amount: Dec::from_int(-amount),
        };
        let hour = Period::new(at(2), at(3)).expect("a period");
        let used = burnt(&[drawn(1, 50), drawn(2, 10)], hour).expect("burnt");
        assert_eq!(used, Dec::from_int(10));
        let ends = |balance, used| runway(Dec::from_int(balance), used, hour, at(3)).expect("a runway");
        assert_eq!(ends(25, used).map(|end| end.to_string()).as_deref(), Some("2026-04-01T05:30:00Z"));
        assert_eq!(ends(25, Dec::ZERO), None);
        assert_eq!(ends(0, used), Some(at(3)));
    }
}
