//! The value of the last event; zero without events. Of two events at the same instant the one with the larger identity is later.

use crate::{Event, Identity};
use calendar::Instant;
use money::Ratio;

#[derive(Debug, Clone, Default)]
pub(crate) struct Latest(Option<(Instant, Identity, Ratio)>);

impl Latest {
    pub(crate) fn add(&mut self, event: &Event, value: Ratio) {
        let later = self.0.as_ref().is_none_or(|(at, identity, _)| identity.as_place(*at) < event.place());
        if later {
            self.0 = Some((event.at, event.identity(), value));
        }
    }

    pub(crate) fn merge(self, other: Self) -> Self {
        // places are unique, so the values are never compared
        Self(self.0.into_iter().chain(other.0).max_by(|(a, i, _), (b, j, _)| (a, i).cmp(&(b, j))))
    }

    pub(crate) fn finish(self) -> Ratio {
        self.0.map_or(Ratio::ZERO, |(_, _, value)| value)
    }
}
