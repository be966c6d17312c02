//! How many different values; with marks, how many of them are still there.

use crate::{Event, Identity, MeasureError};
use alloc::{
    collections::{BTreeMap, BTreeSet},
    string::String,
};
use calendar::Instant;
use money::Ratio;

/// Values are told apart by their text, numbers in plain notation: `1e6`, `1000000` and `"1000000"` are one.
#[derive(Debug, Clone)]
pub(crate) enum Unique {
    Seen(BTreeSet<String>),
    /// For each value the last event that brought it or took it away.
    Marked(BTreeMap<String, (Instant, Identity, Mark)>),
}

/// What an event does with its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    Brought,
    TakenAway,
}

impl Unique {
    pub(crate) fn seen() -> Self {
        Self::Seen(BTreeSet::new())
    }

    pub(crate) fn marked() -> Self {
        Self::Marked(BTreeMap::new())
    }

    pub(crate) fn add(&mut self, event: &Event, value: String, mark: Mark) {
        match self {
            Self::Seen(values) => {
                values.insert(value);
            }
            Self::Marked(values) => {
                let later = values.get(&value).is_none_or(|(at, identity, _)| identity.as_place(*at) < event.place());
                if later {
                    values.insert(value, (event.at, event.identity(), mark));
                }
            }
        }
    }

    /// Adds values that no event takes away.
    pub(crate) fn add_seen(&mut self, texts: BTreeSet<String>) -> Result<(), MeasureError> {
        match self {
            Self::Seen(values) => {
                values.extend(texts);
                Ok(())
            }
            Self::Marked(_) => Err(MeasureError::OtherMeter),
        }
    }

    pub(crate) fn merge(self, other: Self) -> Result<Self, MeasureError> {
        match (self, other) {
            (Self::Seen(mut values), Self::Seen(more)) => {
                values.extend(more);
                Ok(Self::Seen(values))
            }
            (Self::Marked(mut values), Self::Marked(more)) => {
                for (value, last) in more {
                    let later = values.get(&value).is_none_or(|(at, identity, _)| (at, identity) < (&last.0, &last.1));
                    if later {
                        values.insert(value, last);
                    }
                }
                Ok(Self::Marked(values))
            }
            (Self::Seen(_) | Self::Marked(_), _) => Err(MeasureError::OtherMeter),
        }
    }

    pub(crate) fn finish(self) -> Ratio {
        let count = match self {
            Self::Seen(values) => values.len(),
            Self::Marked(values) => values.values().filter(|(_, _, mark)| *mark == Mark::Brought).count(),
        };
        // a length always fits
        Ratio::from_int(i128::try_from(count).unwrap_or(i128::MAX))
    }
}
