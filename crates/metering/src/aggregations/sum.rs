//! The sum of the values.

use money::{NumError, Ratio};

#[derive(Debug, Clone, Copy)]
pub(crate) struct Sum(Ratio);

impl Default for Sum {
    fn default() -> Self {
        Self(Ratio::ZERO)
    }
}

impl Sum {
    pub(crate) fn add(&mut self, value: Ratio) -> Result<(), NumError> {
        self.0 = self.0.plus(value)?;
        Ok(())
    }

    pub(crate) fn merge(self, other: Self) -> Result<Self, NumError> {
        self.0.plus(other.0).map(Self)
    }

    pub(crate) fn finish(self) -> Ratio {
        self.0
    }
}
