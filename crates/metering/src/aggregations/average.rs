//! The sum of the values over their number; zero without events.

use super::{Count, Sum};
use money::{NumError, Ratio};

#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Average {
    sum: Sum,
    count: Count,
}

impl Average {
    pub(crate) fn add(&mut self, value: Ratio) -> Result<(), NumError> {
        let mut count = self.count;
        count.add()?;
        self.sum.add(value)?;
        self.count = count;
        Ok(())
    }

    /// Adds the sum of so many values.
    pub(crate) fn add_many(&mut self, sum: Ratio, values: u64) -> Result<(), NumError> {
        let mut count = self.count;
        count.add_many(values)?;
        self.sum.add(sum)?;
        self.count = count;
        Ok(())
    }

    pub(crate) fn merge(self, other: Self) -> Result<Self, NumError> {
        Ok(Self { sum: self.sum.merge(other.sum)?, count: self.count.merge(other.count)? })
    }

    pub(crate) fn finish(self) -> Result<Ratio, NumError> {
        let count = self.count.finish();
        if count.is_zero() { Ok(Ratio::ZERO) } else { self.sum.finish().over(count) }
    }
}
