//! What is known of the events seen so far.

use crate::{Identity, MeasureError, aggregations::Fold};
use alloc::vec::Vec;
use calendar::Instant;
use money::{Dec, NumError};

/// What a meter knows of the events that it has seen: made by [`CompiledMeter::state`](crate::CompiledMeter::state), filled by
/// `add`, turned into a quantity by `finish`.
#[derive(Debug, Clone)]
pub struct State {
    pub(crate) fold: Fold,
    pub(crate) count: u64,
    pub(crate) transactions: Option<Vec<Transaction>>,
}

/// The value of one event.
#[derive(Debug, Clone)]
pub(crate) struct Transaction {
    pub(crate) at: Instant,
    pub(crate) identity: Identity,
    pub(crate) value: Dec,
}

impl State {
    /// The state of the events of both. Which of the two comes first, and how states were merged before, changes nothing. The two
    /// must be of one meter and of different events.
    pub fn merge(self, other: Self) -> Result<Self, MeasureError> {
        Ok(Self {
            fold: self.fold.merge(other.fold)?,
            count: self.count.checked_add(other.count).ok_or(NumError::Overflow)?,
            transactions: match (self.transactions, other.transactions) {
                (Some(mut events), Some(more)) => {
                    events.extend(more);
                    Some(events)
                }
                (None, None) => None,
                (Some(_), None) | (None, Some(_)) => return Err(MeasureError::OtherMeter),
            },
        })
    }

    /// How many events it has seen.
    pub fn events(&self) -> u64 {
        self.count
    }
}
