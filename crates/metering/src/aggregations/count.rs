//! How many events.

use money::{NumError, Ratio};

#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Count(i128);

impl Count {
    pub(crate) fn add(&mut self) -> Result<(), NumError> {
        *self = self.merge(Self(1))?;
        Ok(())
    }

    pub(crate) fn add_many(&mut self, count: u64) -> Result<(), NumError> {
        *self = self.merge(Self(count.into()))?;
        Ok(())
    }

    pub(crate) fn merge(self, other: Self) -> Result<Self, NumError> {
        self.0.checked_add(other.0).map(Self).ok_or(NumError::Overflow)
    }

    pub(crate) fn finish(self) -> Ratio {
        Ratio::from_int(self.0)
    }
}
