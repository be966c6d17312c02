//! Kill Bill: usage in blocks that are rounded up per tier (consumable), and peaks that pick a flat price (capacity).
//!
//! A tier table may end: what lies above is priced in the last tier under [`Policy::TopTier`], and under [`Policy::AllTiers`] it
//! is not billed at all. That rest is part of the result, so that it is not overlooked.

use crate::{NonNegative, Package, Positive, true_up};
use alloc::{collections::BTreeMap, string::String, vec::Vec};
use calendar::Date;
use money::{Dec, NumError, Ratio};

/// How the tiers of consumable usage are applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// Each block at the price of its tier.
    AllTiers,
    /// All blocks at the price of the tier that the quantity reaches.
    TopTier,
}

/// A tier of consumable usage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlockTier {
    /// Units in a block.
    pub block_size: Positive,
    /// Blocks in the tier; `None` when it is open.
    pub max_blocks: Option<NonNegative>,
    /// Price of a block.
    pub price: NonNegative,
}

/// What one tier costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlockLine {
    /// Position of the tier in the table, from 0.
    pub tier: usize,
    /// Units billed in it.
    pub units: Ratio,
    /// Started blocks.
    pub blocks: Ratio,
    /// Blocks × price.
    pub amount: Ratio,
}

/// What a quantity costs, tier by tier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consumed {
    /// The tiers that are used.
    pub lines: Vec<BlockLine>,
    /// Units that no tier prices.
    pub unbilled: Ratio,
}

impl Consumed {
    /// The sum of the lines.
    pub fn total(&self) -> Result<Ratio, NumError> {
        self.lines.iter().try_fold(Ratio::ZERO, |sum, line| sum.plus(line.amount))
    }
}

impl BlockTier {
    fn blocks(&self, units: Ratio) -> Result<Ratio, NumError> {
        Package { size: self.block_size, price: self.price }.count(units).map(Ratio::from_int)
    }

    /// Units in the tier; `None` when it is open.
    fn units(&self) -> Result<Option<Ratio>, NumError> {
        self.max_blocks.map(|blocks| blocks.ratio().times(self.block_size.ratio())).transpose()
    }

    fn line(&self, tier: usize, units: Ratio) -> Result<BlockLine, NumError> {
        let blocks = self.blocks(units)?;
        Ok(BlockLine { tier, units, blocks, amount: blocks.times(self.price.ratio())? })
    }
}

/// What a quantity of one unit costs under a table of tiers.
pub fn consumable(tiers: &[BlockTier], quantity: Ratio, policy: Policy) -> Result<Consumed, NumError> {
    match policy {
        Policy::AllTiers => all_tiers(tiers, quantity),
        Policy::TopTier => top_tier(tiers, quantity),
    }
}

fn all_tiers(tiers: &[BlockTier], quantity: Ratio) -> Result<Consumed, NumError> {
    let (mut lines, mut left) = (Vec::with_capacity(tiers.len()), quantity);
    for (n, tier) in tiers.iter().enumerate() {
        let room = tier.units()?.filter(|room| left > *room);
        let line = tier.line(n, room.unwrap_or(left))?;
        left = left.minus(line.units)?;
        lines.push(line);
        if !left.is_positive() {
            break;
        }
    }
    Ok(Consumed { lines, unbilled: left.max(Ratio::ZERO) })
}

fn top_tier(tiers: &[BlockTier], quantity: Ratio) -> Result<Consumed, NumError> {
    let mut left = quantity;
    for (n, tier) in tiers.iter().enumerate() {
        let room = tier.units()?.filter(|room| left > *room && n + 1 < tiers.len());
        match room {
            Some(room) => left = left.minus(room)?,
            None => return Ok(Consumed { lines: alloc::vec![tier.line(n, quantity)?], unbilled: Ratio::ZERO }),
        }
    }
    Ok(Consumed { lines: Vec::new(), unbilled: quantity })
}

/// A tier of capacity usage: limits per unit and a flat price. A unit without a limit is not limited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CapacityTier {
    /// The most of each unit.
    pub limits: BTreeMap<String, NonNegative>,
    /// Price of the tier.
    pub price: NonNegative,
}

/// The price of the first tier whose limits hold for the peaks of all units, or of the last one. Nothing without usage.
pub fn capacity(tiers: &[CapacityTier], peaks: &BTreeMap<String, Ratio>) -> Ratio {
    if peaks.values().all(|peak| peak.is_zero()) {
        return Ratio::ZERO;
    }
    let holds = |tier: &&CapacityTier| {
        peaks.iter().all(|(unit, peak)| tier.limits.get(unit).is_none_or(|limit| *peak <= limit.ratio()))
    };
    tiers.iter().find(holds).or(tiers.last()).map_or(Ratio::ZERO, |tier| tier.price.ratio())
}

/// What is billed for a period that was billed before: worth − billed, and nothing when that is below zero.
pub fn late(worth: Ratio, billed: Ratio) -> Result<Ratio, NumError> {
    true_up(worth, billed)
}

/// A line of a tier that was billed, or the difference to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TierFigures {
    /// Units.
    pub units: Ratio,
    /// Money.
    pub amount: Ratio,
}

/// Whether a line without new units is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItemMode {
    /// One item for all tiers; unchanged tiers are part of its detail.
    Aggregate,
    /// One item for each tier with new units.
    Detail,
}

/// What each tier of one unit has to bill when parts of it were billed before. `billed` is by position of the tier; several lines
/// of a tier are summed.
pub fn late_lines(
    used: &Consumed,
    billed: &[(usize, TierFigures)],
    mode: ItemMode,
) -> Result<Vec<(usize, TierFigures)>, NumError> {
    let mut out = Vec::with_capacity(used.lines.len());
    for line in &used.lines {
        let before = billed_in(billed, line.tier)?;
        let rest = TierFigures { units: line.units.minus(before.units)?, amount: line.amount.minus(before.amount)? };
        if mode == ItemMode::Aggregate || !rest.units.is_zero() {
            out.push((line.tier, rest));
        }
    }
    Ok(out)
}

/// What was billed in a tier, over all lines.
pub fn billed_in(billed: &[(usize, TierFigures)], tier: usize) -> Result<TierFigures, NumError> {
    let none = TierFigures { units: Ratio::ZERO, amount: Ratio::ZERO };
    billed.iter().filter(|(n, _)| *n == tier).try_fold(none, |sum, (_, line)| {
        Ok(TierFigures { units: sum.units.plus(line.units)?, amount: sum.amount.plus(line.amount)? })
    })
}

/// One record of usage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The day.
    pub date: Date,
    /// The unit.
    pub unit: String,
    /// How much.
    pub quantity: Dec,
}

/// How records of one unit become the quantity of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RollUp {
    /// Their sum: consumable usage.
    Sum,
    /// Their peak: capacity usage.
    Peak,
}

/// The quantity of each unit in the half-open days `[from, to)`.
pub fn roll_up(records: &[Record], from: Date, to: Date, how: RollUp) -> Result<BTreeMap<String, Ratio>, NumError> {
    let mut units: BTreeMap<String, Ratio> = BTreeMap::new();
    for record in records.iter().filter(|record| from <= record.date && record.date < to) {
        let quantity = Ratio::from(record.quantity);
        let unit = units.entry(record.unit.clone()).or_insert(Ratio::ZERO);
        *unit = match how {
            RollUp::Sum => unit.plus(quantity)?,
            RollUp::Peak => quantity.max(*unit),
        };
    }
    Ok(units)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tier(size: u32, max: Option<u32>, price: &str) -> BlockTier {
        BlockTier {
            block_size: Positive::try_from(Dec::from(size)).expect("size"),
            max_blocks: max.map(|m| NonNegative::try_from(Dec::from(m)).expect("max")),
            price: NonNegative::try_from(price.parse::<Dec>().expect("price")).expect("price"),
        }
    }

    /// Trap: above the last limit of a graduated table the excess is free, and nobody sees it (Kill Bill).
    #[test]
    fn what_no_tier_prices_is_shown() {
        let tiers = [tier(1, Some(10), "1"), tier(1, Some(10), "2")];
        let used = consumable(&tiers, Ratio::from_int(25), Policy::AllTiers).expect("small");
        assert_eq!((used.total(), used.unbilled), (Ok(Ratio::from_int(30)), Ratio::from_int(5)));
        let top = consumable(&tiers, Ratio::from_int(25), Policy::TopTier).expect("small");
        assert_eq!((top.total(), top.unbilled), (Ok(Ratio::from_int(50)), Ratio::ZERO));
    }

    #[test]
    fn blocks_are_rounded_up_in_each_tier() {
        let tiers = [tier(100, Some(10), "1"), tier(1000, None, "1")];
        let used = consumable(&tiers, Ratio::from_int(5325), Policy::AllTiers).expect("small");
        assert_eq!(used.lines.iter().map(|l| l.blocks.numerator()).collect::<Vec<_>>(), [10, 5]);
    }
}
