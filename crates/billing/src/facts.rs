//! What a bill is computed from.

use crate::cover::Slice;
use crate::taxed::TaxedSoFar;
use crate::{Adjustment, Line, LineKey, Redemption, Stacking, TaxedLine};
use alloc::{collections::BTreeMap, vec::Vec};
use calendar::{Date, Instant, Period};
use catalog::Catalog;
use contracts::{Charge, Corrections, Customer, Entity, Subscription};
use metering::{Dimensions, Measured};
use money::{Currency, Money, MoneyError};
use rating::NonNegative;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::{Key, Problem};

/// Every version of the catalog, by its number.
pub type Catalogs = BTreeMap<u32, Catalog>;

/// Everything that is known about one customer.
#[derive(Debug, Clone)]
pub struct Account {
    /// Who sells.
    pub entity: Entity,
    /// Who pays.
    pub customer: Customer,
    /// What was agreed.
    pub subscriptions: Vec<Subscription>,
    /// What is charged beside them.
    pub charges: Vec<Charge>,
    /// What discounts it has.
    pub redemptions: Vec<Redemption>,
    /// What persons changed on its lines. All that are here count, whenever they became known: what was posted may rest on them.
    pub adjustments: Vec<Adjustment>,
    /// What has been posted.
    pub posted: Posted,
}

/// A question to the usage store: how much was used on a meter within a stretch of time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct UsageNeed {
    /// The customer, as events name it.
    pub subject: Key,
    /// The version of the catalog in which the meter is defined.
    pub version: u32,
    /// The meter.
    pub meter: Key,
    /// Only events with these values of the meter's dimensions; all when empty.
    pub only: Dimensions,
    /// From when to when.
    pub period: Period,
    /// The dimensions by which the answer is split.
    pub by: Vec<alloc::string::String>,
    /// Whether the value of each event is wanted.
    pub detail: Detail,
}

/// How much of a measurement a price needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Detail {
    /// The quantity alone.
    Quantity,
    /// The value of each event too, in order of time.
    Transactions,
}

/// An answer of the usage store: one measurement per combination of dimensions, and up to which event the store had looked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageAnswer {
    /// The groups, by dimensions. Without dimensions there is one, even when nothing was used.
    pub groups: Vec<(Dimensions, Measured)>,
    /// Events that the meter looked at and could not measure; they count as nothing, and the plan says so.
    pub unmeasured: Option<Unmeasured>,
    /// Sequence number of the last event that was seen.
    pub watermark: u64,
}

/// Events that a meter could not measure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Unmeasured {
    /// How many.
    pub count: u64,
    /// What is wrong with the first of them.
    pub problem: Problem,
}

/// What has been posted, by line key.
#[derive(Debug, Clone, Default)]
pub struct Posted(BTreeMap<LineKey, PostedKey>);

/// What has been posted under one key.
#[derive(Debug, Clone)]
pub(crate) struct PostedKey {
    /// The sum of all lines.
    pub(crate) amount: Money,
    /// The last line: it says what the key was worth when it was posted.
    pub(crate) last: Line,
    /// What was taxed, one sum for each way in which it was.
    pub(crate) taxed: Vec<TaxedSoFar>,
}

impl Posted {
    /// Folds the lines of issued documents, in the order in which they were posted.
    pub fn from_lines(lines: impl IntoIterator<Item = Line>) -> Result<Self, MoneyError> {
        let mut posted = Self::default();
        for line in lines {
            posted.add(line)?;
        }
        Ok(posted)
    }

    /// Adds a line of an issued document.
    pub fn add(&mut self, line: Line) -> Result<(), MoneyError> {
        let mut known = self.0.remove(&line.key).unwrap_or_else(|| PostedKey {
            amount: Money::zero(line.key.currency),
            last: line.clone(),
            taxed: Vec::new(),
        });
        known.amount = known.amount.plus(line.amount)?;
        if let Some(taxed) = &line.taxed {
            taxed.add_to(&mut known.taxed)?;
        }
        known.last = line;
        self.0.insert(known.last.key.clone(), known);
        Ok(())
    }

    /// What stands under a key.
    pub fn amount(&self, key: &LineKey) -> Money {
        self.0.get(key).map_or(Money::zero(key.currency), |known| known.amount)
    }

    /// How the key was taxed when it was last posted.
    pub(crate) fn taxed(&self, key: &LineKey) -> Option<&TaxedLine> {
        self.0.get(key)?.last.taxed.as_ref()
    }

    /// What was taxed under the key so far, one sum for each way in which it was.
    pub(crate) fn taxed_so_far(&self, key: &LineKey) -> &[TaxedSoFar] {
        self.0.get(key).map_or(&[], |known| &known.taxed)
    }

    pub(crate) fn get(&self, key: &LineKey) -> Option<&PostedKey> {
        self.0.get(key)
    }

    /// What was posted for a cycle of a price, under whatever dimensions; the key's own are none.
    pub(crate) fn of_cycle(&self, of: LineKey) -> impl Iterator<Item = (&LineKey, &PostedKey)> {
        let (subscription, price, cycle) = (of.subscription.clone(), of.price.clone(), of.cycle);
        // keys sort by subscription, price and cycle before dimensions
        self.0
            .range(of..)
            .take_while(move |(key, _)| (&key.subscription, &key.price, key.cycle) == (&subscription, &price, cycle))
    }

    /// Whether usage of the slice's cycle was billed before the cycle was over, and nothing since.
    pub(crate) fn is_billed_to_date(&self, slice: &Slice<'_>) -> bool {
        let mut posted = self.of_cycle(slice.key(Dimensions::new()));
        posted.any(|(_, known)| known.last.worth.to_date.is_some())
    }

    /// Whether anything was posted for the cycle of a price that the key belongs to, under whatever dimensions.
    pub(crate) fn has_billed(&self, key: &LineKey) -> bool {
        self.of_cycle(LineKey { dimensions: Dimensions::new(), ..key.clone() }).next().is_some()
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = (&LineKey, &PostedKey)> {
        self.0.iter()
    }
}

/// When and how a bill is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// Up to when what is due counts; also when facts must have been known. Not before anything that was posted: what was due
    /// later would seem to be due no more.
    pub as_of: Instant,
    /// What happens to differences on billed cycles.
    pub corrections: Corrections,
    /// Differences on billed cycles that are smaller than this amount of their currency are written off.
    pub absorb_below: Option<NonNegative>,
    /// For so many days after something falls due it stands on a draft.
    pub grace_days: u16,
    /// A draft that is issued before its time.
    pub early: Option<Early>,
    /// The date of documents that are issued now; the day of `as_of` where a bill is drawn on the day itself.
    pub dated: Option<Date>,
    /// Which of several discounts comes first.
    pub stacking: Stacking,
}

impl Terms {
    /// How a bill is drawn by who says no more.
    pub fn usual(as_of: Instant) -> Self {
        Self {
            as_of,
            corrections: Corrections::default(),
            absorb_below: None,
            grace_days: 0,
            early: None,
            dated: None,
            stacking: Stacking::default(),
        }
    }
}

/// A draft that is issued before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Early {
    /// Its currency.
    pub currency: Currency,
    /// The day on which it was opened.
    pub opened_on: Date,
}
