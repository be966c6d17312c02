//! Lines: differences under one key.

use crate::explain::{PartWorth, Worth};
use crate::facts::PostedKey;
use crate::{LineKey, PlanError};
use alloc::vec::Vec;
use calendar::{Instant, Period, Zone};
use money::{Money, Ratio};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One row of a document: what a key is worth, less what was posted under it before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// What the line is about.
    pub key: LineKey,
    /// The stretch of service that the line charges or gives back.
    pub period: Period,
    /// The quantity charged; for a correction, how much more or less than before.
    pub quantity: Ratio,
    /// The share of the cycle that the line is about.
    pub share: Ratio,
    /// `worth.amount − posted`.
    pub amount: Money,
    /// What stood under the key before this line.
    pub posted: Money,
    /// What the key is worth, and why.
    pub worth: Worth,
}

impl Line {
    /// Whether the line changes what was billed before, rather than billing for the first time.
    pub fn is_correction(&self) -> bool {
        !self.posted.is_zero()
    }
}

/// `worth − posted` under one key; `None` when there is nothing to post. A key that was never posted gives a line even when it is
/// worth nothing, as long as there was usage: the customer sees what was included.
///
/// `cover` is the stretch to name where no quantity differs; `zone` is the one whose days the shares count.
pub(crate) fn difference(
    key: &LineKey,
    cover: Period,
    worth: Worth,
    known: Option<&PostedKey>,
    zone: &Zone,
) -> Result<Option<Line>, PlanError> {
    let posted = known.map_or(Money::zero(key.currency), |known| known.amount);
    let amount = worth.amount.minus(posted)?;
    let before = known.map_or(&[][..], |known| &known.last.worth.parts);
    let change = Change::between(before, &worth.parts)?;
    if amount.is_zero() && (known.is_some() || change.is_none()) {
        return Ok(None);
    }
    let Change { period, quantity } = change.unwrap_or(Change { period: cover, quantity: Ratio::ZERO });
    let share = worth.prorate.share(key.cycle, period, zone)?;
    Ok(Some(Line { key: key.clone(), period, quantity, share, amount, posted, worth }))
}

/// The line that takes back a key under which nothing is due any more.
pub(crate) fn take_back(key: &LineKey, known: &PostedKey, zone: &Zone) -> Result<Option<Line>, PlanError> {
    let nothing =
        Worth { exact: Ratio::ZERO, amount: Money::zero(key.currency), parts: Vec::new(), ..known.last.worth.clone() };
    difference(key, known.last.period, nothing, Some(known), zone)
}

/// Where two states of a key differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Change {
    /// From the first to the last instant at which they differ.
    period: Period,
    /// By how much, when it is the same all along; else the quantity that stands at the end.
    quantity: Ratio,
}

impl Change {
    fn between(old: &[PartWorth], new: &[PartWorth]) -> Result<Option<Self>, PlanError> {
        let mut edges: Vec<Instant> =
            old.iter().chain(new).flat_map(|part| [part.period.from(), part.period.to()]).collect();
        edges.sort_unstable();
        edges.dedup();
        let at = |parts: &[PartWorth], instant| {
            parts.iter().find(|part| part.period.contains(instant)).map_or(Ratio::ZERO, |part| part.quantity)
        };
        let mut found: Option<Self> = None;
        for pair in edges.windows(2) {
            let (before, after) = (at(old, pair[0]), at(new, pair[0]));
            if before == after {
                continue;
            }
            let step = after.minus(before)?;
            found = Some(match found {
                None => Self { period: Period::new(pair[0], pair[1])?, quantity: step },
                Some(known) => Self {
                    period: Period::new(known.period.from(), pair[1])?,
                    quantity: if known.quantity == step { step } else { after },
                },
            });
        }
        Ok(found)
    }
}
