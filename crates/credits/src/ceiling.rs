//! Grants as limits of a level: so many seats, so much stored. A level is not used up; what counts is how high it stands.

use crate::timeline::{stretches, timeline};
use crate::{CreditError, DrawOrder, Grant};
use alloc::vec::Vec;
use calendar::{Instant, Period};
use money::Dec;

/// A level that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// When.
    pub at: Instant,
    /// How high it stood.
    pub level: Dec,
}

/// What grants allow while the same ones hold, and what the level takes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ceiling {
    /// How long they hold.
    pub period: Period,
    /// The last level that was read in it; 0 where none was.
    pub level: Dec,
    /// What all grants allow together.
    pub allowed: Dec,
    /// What each grant has left, in the order of the grants.
    pub left: Vec<Dec>,
    /// How far the level stands above what is allowed.
    pub overage: Dec,
}

/// What grants allow in each stretch of a period in which the same ones hold. Each begins with whole grants.
pub fn ceilings(
    grants: &[Grant],
    readings: &[Reading],
    period: Period,
    order: DrawOrder,
) -> Result<Vec<Ceiling>, CreditError> {
    grants.iter().try_for_each(Grant::check)?;
    let ranks = order(grants)?;
    let mut by_rank: Vec<usize> = (0..grants.len()).collect();
    by_rank.sort_by_key(|grant| ranks[*grant]);
    let cuts = timeline(grants, &[], &[], (period.from(), period.to()))?;
    let mut found = Vec::new();
    for period in stretches(&cuts, period.from(), period.to()) {
        let last = readings.iter().filter(|reading| period.contains(reading.at)).max_by_key(|reading| reading.at);
        let level = last.map_or(Dec::ZERO, |reading| reading.level);
        let (mut overage, mut allowed, mut left) = (level, Dec::ZERO, alloc::vec![Dec::ZERO; grants.len()]);
        for grant in by_rank.iter().copied().filter(|grant| grants[*grant].is_active_at(period.from())) {
            let amount = grants[grant].amount;
            let taken = overage.min(amount);
            allowed = allowed.plus(amount)?;
            left[grant] = amount.minus(taken)?;
            overage = overage.minus(taken)?;
        }
        found.push(Ceiling { period, level, allowed, left, overage });
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{grant_key, standard_order};

    #[test]
    fn a_level_takes_its_height_and_leaves_the_rest_whole() {
        let at = |day: u8| alloc::format!("2026-04-{day:02}T00:00:00Z").parse::<Instant>().expect("an instant");
        let seats = |key: &str, amount, day| Grant::new(grant_key(key), Dec::from_int(amount), at(day));
        let grants = [seats("plan", 5, 1), seats("more", 5, 11)];
        let readings =
            [(1, 7), (11, 8), (12, 4)].map(|(day, level)| Reading { at: at(day), level: Dec::from_int(level) });
        let period = Period::new(at(1), at(30)).expect("a period");
        let found = ceilings(&grants, &readings, period, standard_order).expect("ceilings");
        let told: Vec<_> = found.iter().map(|one| [one.level, one.allowed, one.overage].map(Dec::floor)).collect();
        assert_eq!(told, [[7, 5, 2], [4, 10, 0]], "seven of five seats, then four of ten");
        assert_eq!(found[1].left, [1, 5].map(Dec::from_int));
    }
}
