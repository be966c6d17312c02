//! The largest value; zero without events.

use money::Ratio;

#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Max(Option<Ratio>);

impl Max {
    pub(crate) fn add(&mut self, value: Ratio) {
        *self = self.merge(Self(Some(value)));
    }

    pub(crate) fn merge(self, other: Self) -> Self {
        Self(self.0.into_iter().chain(other.0).max())
    }

    pub(crate) fn finish(self) -> Ratio {
        self.0.unwrap_or(Ratio::ZERO)
    }
}
