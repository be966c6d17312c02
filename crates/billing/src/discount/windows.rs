//! How long redemptions last, and what is left of them.

use super::{Discountable, Lasts, Off, Redemption};
use alloc::{
    collections::{BTreeMap, BTreeSet},
    vec::Vec,
};
use calendar::Instant;
use stdx::Key;

/// A cycle of a subscription, by its first instant.
pub(super) type Cycle<'a> = (&'a Key, Instant);

/// The lines that a redemption takes off, as positions in order of falling due.
pub(super) fn within(redemption: &Redemption, lines: &[&Discountable]) -> Window {
    let at: Vec<usize> = (0..lines.len()).filter(|n| redemption.is_for(lines[*n])).collect();
    let used_before = redemption.before.periods;
    let (lines_at, periods_left) = match (redemption.discount.lasts, redemption.discount.off) {
        (Lasts::Forever, _) | (Lasts::Once, Off::Amount(_)) => (at, None),
        (Lasts::Once, Off::Percent(_) | Off::Units(_)) => {
            let first = at.iter().find(|n| lines[**n].amount.minor() > 0).map(|n| lines[*n].due_at);
            let first = first.filter(|_| used_before == 0);
            (at.into_iter().filter(|n| Some(lines[*n].due_at) == first).collect(), None)
        }
        (Lasts::Periods(count), _) => {
            let left = usize::try_from(count.get().saturating_sub(used_before)).unwrap_or(usize::MAX);
            let (allowed, most) = first_cycles(&at, lines, left);
            let inside = at.into_iter().filter(|n| allowed.contains(&cycle(lines[*n]))).collect();
            (inside, u32::try_from(left - most).ok())
        }
    };
    Window { lines: lines_at, periods_left }
}

/// What a redemption takes off.
pub(super) struct Window {
    /// Positions of lines, in order of falling due.
    pub(super) lines: Vec<usize>,
    /// How many cycles the subscription that has used most of it still has, where they are counted.
    pub(super) periods_left: Option<u32>,
}

pub(super) fn cycle(line: &Discountable) -> Cycle<'_> {
    (&line.key.subscription, line.key.cycle.from())
}

/// The first cycles of each subscription, in the order in which something of them first falls due; and how many the one with most has. Counting by
/// falling due and not by beginning keeps what falls due later from moving what was due before.
fn first_cycles<'a>(at: &[usize], lines: &[&'a Discountable], count: usize) -> (BTreeSet<Cycle<'a>>, usize) {
    let mut order: BTreeMap<Cycle<'a>, Instant> = BTreeMap::new();
    for n in at {
        order.entry(cycle(lines[*n])).or_insert(lines[*n].due_at);
    }
    let mut of: BTreeMap<&Key, Vec<(Instant, Instant)>> = BTreeMap::new();
    for ((subscription, from), due_at) in order {
        of.entry(subscription).or_default().push((due_at, from));
    }
    let (mut allowed, mut most) = (BTreeSet::new(), 0);
    for (subscription, mut cycles) in of {
        cycles.sort_unstable();
        cycles.truncate(count);
        most = most.max(cycles.len());
        allowed.extend(cycles.into_iter().map(|(_, from)| (subscription, from)));
    }
    (allowed, most)
}
