//! Which grant is used first.

use crate::{CreditError, Grant};
use alloc::vec::Vec;
use calendar::Instant;
use core::cmp::Ordering;
use money::Ratio;

/// One total order of all grants: the first has the least rank.
pub type DrawOrder = fn(&[Grant]) -> Result<Vec<usize>, CreditError>;

/// The order of the house, in which no two grants are equal: by priority, then the narrower scope, what ends sooner (what never ends last), what
/// cost less per unit (so what was given before what was paid), what was granted earlier, and by name. Gives the rank of each grant.
pub fn standard_order(grants: &[Grant]) -> Result<Vec<usize>, CreditError> {
    let bases: Vec<Ratio> = grants.iter().map(Grant::cost_basis).collect::<Result<_, _>>()?;
    Ok(ranks(grants, |a, b| {
        let ((x, cost_x), (y, cost_y)) = ((&grants[a], bases[a]), (&grants[b], bases[b]));
        (x.priority, x.scope.breadth())
            .cmp(&(y.priority, y.scope.breadth()))
            .then_with(|| sooner(x.expires_at, y.expires_at))
            .then_with(|| cost_x.cmp(&cost_y))
            .then_with(|| (x.granted_at, &x.key).cmp(&(y.granted_at, &y.key)))
    }))
}

/// What never ends comes last.
pub(crate) fn sooner<T: Ord>(a: Option<T>, b: Option<T>) -> Ordering {
    (a.is_none(), a).cmp(&(b.is_none(), b))
}

/// The rank of each grant in an order of their places.
pub(crate) fn ranks(grants: &[Grant], order: impl Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut places: Vec<usize> = (0..grants.len()).collect();
    places.sort_by(|a, b| order(*a, *b));
    let mut ranks = alloc::vec![0; grants.len()];
    for (rank, place) in places.into_iter().enumerate() {
        ranks[place] = rank;
    }
    ranks
}

/// An instant without its part of a second.
pub(crate) fn whole_second(at: Instant) -> i64 {
    at.micros().div_euclid(1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Scope;

    #[test]
    fn each_rule_counts_only_where_those_before_it_are_equal() {
        let at = |day: u8| alloc::format!("2026-04-{day:02}T00:00:00Z").parse::<Instant>().expect("an instant");
        let grant = |key: &str| Grant::new(key.parse().expect("a key"), money::Dec::ONE, at(1));
        let scope = Scope { meters: [crate::grant_key("tokens")].into(), ..Scope::default() };
        let paid = Some(crate::money_of("EUR", 100));
        let wanted = [
            Grant { priority: 0, ..grant("z") },
            Grant { priority: 1, scope, ..grant("y") },
            Grant { priority: 1, expires_at: Some(at(9)), ..grant("x") },
            Grant { priority: 1, expires_at: Some(at(10)), ..grant("w") },
            Grant { priority: 1, ..grant("v") },
            Grant { priority: 1, cost: paid, ..grant("u") },
            Grant { priority: 1, cost: paid, granted_at: at(2), ..grant("s") },
            Grant { priority: 1, cost: paid, granted_at: at(2), ..grant("t") },
        ];
        assert_eq!(standard_order(&wanted), Ok((0..wanted.len()).collect()));
        let mut turned = wanted;
        turned.reverse();
        assert_eq!(standard_order(&turned), Ok((0..turned.len()).rev().collect()));
    }
}
