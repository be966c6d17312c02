//! What happens to grants, in the order in which it happens.

use crate::{CreditError, Grant, Reset, Use};
use alloc::vec::Vec;
use calendar::Instant;

/// What happens. At one instant it happens in this order: what ends cannot be used, what is filled can; a reset counts what was filled; what begins is
/// whole after a reset; and a use meets all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum What {
    Ends(usize),
    Filled(usize),
    Reset(usize),
    Begins(usize),
    Used(usize),
}

impl What {
    pub(crate) const fn is_use(self) -> bool {
        matches!(self, Self::Used(_))
    }
}

/// Everything that happens from an instant on until another. At the end itself only what is filled or reset shows: the end belongs to the time that
/// follows, and a balance is told before what begins or ends there.
pub(crate) fn timeline(
    grants: &[Grant],
    uses: &[Use],
    resets: &[Reset],
    (from, to): (Instant, Instant),
) -> Result<Vec<(Instant, What)>, CreditError> {
    let mut found = Vec::with_capacity(uses.len() + 2 * grants.len() + resets.len());
    for (index, grant) in grants.iter().enumerate() {
        let begins = grant.effective_at;
        if from <= begins && begins < to && grant.is_active_at(begins) {
            found.push((begins, What::Begins(index)));
        }
        found.extend(grant.ends_at().filter(|end| from < *end && *end < to).map(|end| (end, What::Ends(index))));
        if let Some(refill) = &grant.refill {
            let first = from.max(begins);
            let active = refill.between(first, to)?.filter(|at| grant.is_active_at(*at));
            found.extend(active.map(|at| (at, What::Filled(index))));
        }
    }
    for (index, reset) in resets.iter().enumerate() {
        if reset.at <= from || to < reset.at {
            return Err(CreditError::ResetOutside { at: reset.at, from, to });
        }
        found.push((reset.at, What::Reset(index)));
    }
    for (index, one) in uses.iter().enumerate() {
        if one.amount.is_negative() {
            return Err(CreditError::NegativeUse { at: one.at, amount: one.amount });
        }
        if from <= one.at && one.at < to && !one.amount.is_zero() {
            found.push((one.at, What::Used(index)));
        }
    }
    found.sort_unstable();
    Ok(found)
}

/// The stretches of time in which the same grants hold, cut wherever one begins, ends, is filled or reset.
pub(crate) fn stretches(timeline: &[(Instant, What)], from: Instant, to: Instant) -> Vec<calendar::Period> {
    let mut cuts: Vec<Instant> = alloc::vec![from];
    for (at, what) in timeline {
        if !what.is_use() && *at > from && *at < to && cuts.last() != Some(at) {
            cuts.push(*at);
        }
    }
    cuts.push(to);
    cuts.windows(2).filter_map(|pair| crate::grant::stretch(pair[0], pair[1])).collect()
}
