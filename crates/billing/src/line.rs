//! Lines: differences under one key.

use crate::adjustment::adjust_worth;
use crate::explain::{PartWorth, Source, Worth};
use crate::facts::PostedKey;
use crate::{Adjustment, LineKey, PlanError, TaxedLine};
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
    /// Up to when usage was billed under the key before its cycle was over: the line is about the rest, and no correction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub billed_until: Option<Instant>,
    /// Its taxes, once it stands on a document of an entity that charges any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taxed: Option<TaxedLine>,
}

impl Line {
    /// Whether the line changes what was billed before, rather than billing for the first time.
    pub fn is_correction(&self) -> bool {
        !self.posted.is_zero() && self.billed_until.is_none()
    }
}

/// `worth − posted` under one key; `None` when there is nothing to post. A key that was never posted gives a line even when it is
/// worth nothing, as long as there was usage: the customer sees what was included. `zone` is the one whose days shares count.
pub(crate) fn difference(
    key: &LineKey,
    worth: Worth,
    known: Option<&PostedKey>,
    zone: &Zone,
) -> Result<Option<Line>, PlanError> {
    let posted = known.map_or(Money::zero(key.currency), |known| known.amount);
    let amount = worth.amount.minus(posted)?;
    let before = known.map_or(&[][..], |known| &known.last.worth.parts);
    let change = Change::between(before, &worth.parts, &worth.source)?;
    if amount.is_zero() && (known.is_some() || change.is_none()) {
        return Ok(None);
    }
    let change = match change {
        Some(change) => change,
        // the same quantities are worth something else: the whole of the cycle is named
        None => Change { quantity: Ratio::ZERO, stretches: alloc::vec![key.cycle] },
    };
    let (Some(first), Some(last)) = (change.stretches.first(), change.stretches.last()) else { return Ok(None) };
    let period = Period::new(first.from(), last.to())?;
    let mut share = Ratio::ZERO;
    for stretch in &change.stretches {
        share = share.plus(worth.prorate.share(key.cycle, *stretch, zone)?)?;
    }
    let billed_until = known.and_then(|known| known.last.worth.to_date);
    let quantity = change.quantity;
    let key = key.clone();
    Ok(Some(Line { key, period, quantity, share, amount, posted, worth, billed_until, taxed: None }))
}

/// The line that takes back a key under which nothing is due any more but what persons put on it.
pub(crate) fn take_back(
    key: &LineKey,
    known: &PostedKey,
    zone: &Zone,
    adjustments: &[Adjustment],
) -> Result<Option<Line>, PlanError> {
    let mut nothing = Worth {
        exact: Ratio::ZERO,
        amount: Money::zero(key.currency),
        parts: Vec::new(),
        discounts: Vec::new(),
        to_date: None,
        adjusted: Vec::new(),
        ..known.last.worth.clone()
    };
    adjust_worth(&mut nothing, key, adjustments)?;
    difference(key, nothing, Some(known), zone)
}

/// Where two states of a key differ.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Change {
    /// By how much. Of a quantity that stands: the step, when it is the same all along, else what stands at the end. Of a
    /// quantity that was counted: all that was counted more or less.
    quantity: Ratio,
    /// The stretches in which they differ, in order, apart from each other; not empty.
    stretches: Vec<Period>,
}

impl Change {
    fn between(old: &[PartWorth], new: &[PartWorth], source: &Source) -> Result<Option<Self>, PlanError> {
        match source {
            Source::Constant | Source::Quantity { .. } => Self::of_level(old, new),
            Source::Meter { .. } => Self::of_count(old, new),
        }
    }

    fn of_level(old: &[PartWorth], new: &[PartWorth]) -> Result<Option<Self>, PlanError> {
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
            let (stretch, step) = (Period::new(pair[0], pair[1])?, after.minus(before)?);
            found = Some(match found {
                None => Self { quantity: step, stretches: alloc::vec![stretch] },
                Some(mut known) => {
                    known.stretches.push(stretch);
                    Self { quantity: if known.quantity == step { step } else { after }, ..known }
                }
            });
        }
        found.map(|change| Ok(Self { stretches: joined(change.stretches)?, ..change })).transpose()
    }

    fn of_count(old: &[PartWorth], new: &[PartWorth]) -> Result<Option<Self>, PlanError> {
        let same = |a: &PartWorth, b: &PartWorth| a.period == b.period && a.quantity == b.quantity;
        let mut stretches = Vec::new();
        let mut quantity = Ratio::ZERO;
        for part in new.iter().filter(|part| !old.iter().any(|other| same(other, part))) {
            stretches.push(part.period);
            quantity = quantity.plus(part.quantity)?;
        }
        for part in old.iter().filter(|part| !new.iter().any(|other| same(other, part))) {
            stretches.push(part.period);
            quantity = quantity.minus(part.quantity)?;
        }
        if stretches.is_empty() || (old.is_empty() && quantity.is_zero()) {
            return Ok(None);
        }
        Ok(Some(Self { quantity, stretches: joined(stretches)? }))
    }
}

/// The same time as stretches that are apart from each other, in order.
fn joined(mut stretches: Vec<Period>) -> Result<Vec<Period>, PlanError> {
    stretches.sort_by_key(|stretch| (stretch.from(), stretch.to()));
    let mut apart: Vec<Period> = Vec::with_capacity(stretches.len());
    for stretch in stretches {
        match apart.last_mut() {
            Some(last) if last.to() >= stretch.from() => *last = Period::new(last.from(), last.to().max(stretch.to()))?,
            Some(_) | None => apart.push(stretch),
        }
    }
    Ok(apart)
}
