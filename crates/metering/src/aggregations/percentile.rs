//! The value below which lies a percentage of the values; zero without events.

use crate::Interpolation;
use alloc::vec::Vec;
use money::{Dec, NumError, Ratio};

#[derive(Debug, Clone, Default)]
pub(crate) struct Percentile(Vec<Ratio>);

impl Percentile {
    pub(crate) fn add(&mut self, value: Ratio) {
        self.0.push(value);
    }

    pub(crate) fn merge(mut self, mut other: Self) -> Self {
        // the order of the values does not matter: the smaller list moves
        if self.0.len() < other.0.len() {
            core::mem::swap(&mut self, &mut other);
        }
        self.0.append(&mut other.0);
        self
    }

    pub(crate) fn finish(self, p: Dec, interpolation: Interpolation) -> Result<Ratio, NumError> {
        let mut values = self.0;
        values.sort_unstable();
        let (Some(first), Some(last)) = (values.first().copied(), values.last().copied()) else {
            return Ok(Ratio::ZERO);
        };
        let share = Ratio::from(p).over(Ratio::from_int(100))?;
        let count = i128::try_from(values.len()).map_err(|_| NumError::Overflow)?;
        let at = |index: i128| usize::try_from(index).ok().and_then(|index| values.get(index).copied());
        match interpolation {
            Interpolation::NearestRank => {
                let rank = share.times(Ratio::from_int(count))?.ceil();
                Ok(at(rank - 1).unwrap_or(first))
            }
            Interpolation::Linear => {
                let position = share.times(Ratio::from_int(count - 1))?;
                let below = at(position.floor()).unwrap_or(last);
                let above = at(position.floor() + 1).unwrap_or(last);
                let part = position.minus(Ratio::from_int(position.floor()))?;
                below.plus(above.minus(below)?.times(part)?)
            }
        }
    }
}
