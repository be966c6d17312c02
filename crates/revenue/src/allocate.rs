//! What each obligation gets of the price of a contract. ASC 606-10-32-28 to 41.

use crate::RevenueError;
use alloc::{collections::BTreeSet, vec::Vec};
use money::{Currency, Money, Ratio, Rounding, allocate};
use stdx::Key;

/// What one obligation gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// Exactly, in major units: the basis of its revenue over time.
    pub exact: Ratio,
    /// In minor units: what its revenue sums to. All shares of a price sum to the price.
    pub posted: Money,
}

impl Share {
    /// A share that is a stated price.
    pub fn stated(price: Ratio, currency: Currency) -> Result<Self, RevenueError> {
        Ok(Self { exact: price, posted: Money::round_from(price, currency, Rounding::HalfUp)? })
    }

    /// A share of nothing.
    pub const fn none(currency: Currency) -> Self {
        Self { exact: Ratio::ZERO, posted: Money::zero(currency) }
    }
}

/// Something with a weight: for a price, its standalone selling price.
pub type Weight = (Key, Ratio);

/// Splits a total by weights. The parts sum to the rounded total; what is left over goes to the largest remainder, then to the larger weight,
/// then in the order of the keys.
pub fn by_weight(total: Ratio, currency: Currency, weights: &[Weight]) -> Result<Vec<(Key, Share)>, RevenueError> {
    let mut sorted: Vec<&Weight> = weights.iter().collect();
    sorted.sort_by(|a, b| a.0.cmp(&b.0));
    if let Some(pair) = sorted.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        return Err(RevenueError::Twice { what: "obligation", key: pair[0].0.as_str().into() });
    }
    let sizes: Vec<Ratio> = sorted.iter().map(|(_, weight)| *weight).collect();
    let whole = Money::round_from(total, currency, Rounding::HalfUp)?;
    let parts = allocate(whole.minor(), &sizes)?;
    let sum = sizes.iter().try_fold(Ratio::ZERO, |sum, size| sum.plus(*size))?;
    let mut shares = Vec::new();
    for (key, weight) in weights {
        let at = sorted.iter().position(|(other, _)| other == key).unwrap_or_default();
        let exact = if sum.is_zero() { Ratio::ZERO } else { total.times(*weight)?.over(sum)? };
        shares.push((key.clone(), Share { exact, posted: Money::new(parts[at], currency) }));
    }
    Ok(shares)
}

/// The evidence that a discount belongs to some of the goods only. ASC 606-10-32-37 wants all three.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "three independent findings, each true or not")]
pub struct DiscountEvidence {
    /// Each of the goods is regularly sold alone.
    pub each_sold_alone: bool,
    /// The bundle of those goods is regularly sold at a discount.
    pub bundle_sold_at_discount: bool,
    /// That discount is essentially the discount of the contract.
    pub same_discount: bool,
}

impl DiscountEvidence {
    /// All three tests are met.
    pub const FULL: Self = Self { each_sold_alone: true, bundle_sold_at_discount: true, same_discount: true };

    fn check(self) -> Result<(), RevenueError> {
        let missing = match self {
            Self { each_sold_alone: false, .. } => "the goods are not regularly sold alone",
            Self { bundle_sold_at_discount: false, .. } => "the bundle is not regularly sold at a discount",
            Self { same_discount: false, .. } => "the discount of the bundle is another one",
            Self { each_sold_alone: true, bundle_sold_at_discount: true, same_discount: true } => return Ok(()),
        };
        Err(RevenueError::DiscountNotEvidenced { missing })
    }
}

/// Goods that carry a discount alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundle {
    /// The goods.
    pub members: BTreeSet<Key>,
    /// The observed price at which they are sold together.
    pub price: Ratio,
    /// Why the discount is theirs.
    pub evidence: DiscountEvidence,
}

/// Goods whose price is so uncertain that they get what the others leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Residual {
    /// The goods.
    pub key: Key,
    /// Between which prices they were seen to be sold; what is left must lie there.
    pub observed: (Ratio, Ratio),
    /// Their standalone selling price by estimate, for when it does not.
    pub estimate: Ratio,
}

/// How a price is allocated. The default is in proportion to the standalone selling prices.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Method {
    /// A discount that belongs to some only.
    pub bundle: Option<Bundle>,
    /// Goods that get what is left.
    pub residual: Option<Residual>,
    /// Variable amounts that relate to one obligation alone (ASC 606-10-32-40): it gets them on top, and they are not part of what is split.
    pub variable: Vec<(Key, Ratio)>,
}

/// A price as it is allocated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allocation {
    /// The shares, in the order of the obligations.
    pub shares: Vec<(Key, Share)>,
    /// What was left for the goods without a price, and whether that was accepted.
    pub residual: Option<(Ratio, Acceptance)>,
}

/// Whether the residual approach holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Acceptance {
    /// What is left lies in the observed range.
    Accepted,
    /// It does not, and the estimate was used.
    Rejected,
}

impl Method {
    /// Allocates a price over obligations with their standalone selling prices; goods of the residual need none.
    pub fn allocate(&self, price: Ratio, currency: Currency, selling: &[Weight]) -> Result<Allocation, RevenueError> {
        let mut fixed = price;
        for (key, amount) in &self.variable {
            self.known(key, selling)?;
            fixed = fixed.minus(*amount)?;
        }
        let mut allocation = self.allocate_fixed(fixed, currency, selling)?;
        if !self.variable.is_empty() {
            allocation.add_variable(price, currency, &self.variable)?;
        }
        Ok(allocation)
    }

    fn allocate_fixed(&self, price: Ratio, currency: Currency, selling: &[Weight]) -> Result<Allocation, RevenueError> {
        if self.bundle.is_none() && self.residual.is_none() {
            return Ok(Allocation { shares: by_weight(price, currency, selling)?, residual: None });
        }
        let mut shares = self.bundle_shares(currency, selling)?;
        let others = selling.iter().filter(|(key, _)| {
            self.residual.as_ref().is_none_or(|residual| residual.key != *key)
                && self.bundle.as_ref().is_none_or(|bundle| !bundle.members.contains(key))
        });
        for (key, ssp) in others {
            shares.push((key.clone(), Share::stated(*ssp, currency)?));
        }
        let given = shares.iter().try_fold(Ratio::ZERO, |sum, (_, share)| sum.plus(share.posted.to_dec().into()))?;
        let left = price.minus(given)?;
        let Some(residual) = &self.residual else {
            if !left.is_zero() {
                let missing = "the discount of the bundle does not explain the price";
                return Err(RevenueError::DiscountNotEvidenced { missing });
            }
            return Ok(Allocation { shares: in_order(shares, selling), residual: None });
        };
        let (low, high) = residual.observed;
        if low <= left && left <= high && left.is_positive() {
            let whole = Money::round_from(price, currency, Rounding::HalfUp)?;
            let posted = shares.iter().try_fold(whole, |rest, (_, share)| rest.minus(share.posted))?;
            shares.push((residual.key.clone(), Share { exact: left, posted }));
            return Ok(Allocation { shares: in_order(shares, selling), residual: Some((left, Acceptance::Accepted)) });
        }
        let mut weights: Vec<Weight> = selling.iter().filter(|(key, _)| *key != residual.key).cloned().collect();
        weights.push((residual.key.clone(), residual.estimate));
        let shares = by_weight(price, currency, &weights)?;
        Ok(Allocation { shares, residual: Some((left, Acceptance::Rejected)) })
    }

    fn bundle_shares(&self, currency: Currency, selling: &[Weight]) -> Result<Vec<(Key, Share)>, RevenueError> {
        let Some(bundle) = &self.bundle else { return Ok(Vec::new()) };
        bundle.evidence.check()?;
        bundle.members.iter().try_for_each(|key| self.known(key, selling))?;
        let members: Vec<Weight> = selling.iter().filter(|(key, _)| bundle.members.contains(key)).cloned().collect();
        by_weight(bundle.price, currency, &members)
    }

    fn known(&self, key: &Key, selling: &[Weight]) -> Result<(), RevenueError> {
        let residual = self.residual.as_ref().is_some_and(|residual| residual.key == *key);
        if residual || selling.iter().any(|(known, _)| known == key) {
            return Ok(());
        }
        Err(RevenueError::Unknown { what: "obligation", key: key.as_str().into(), within: "the contract".into() })
    }
}

impl Allocation {
    /// Adds the variable amounts so that the whole still sums to the rounded price.
    fn add_variable(
        &mut self,
        price: Ratio,
        currency: Currency,
        variable: &[(Key, Ratio)],
    ) -> Result<(), RevenueError> {
        for (key, amount) in variable {
            for (_, share) in self.shares.iter_mut().filter(|(known, _)| known == key) {
                share.exact = share.exact.plus(*amount)?;
                share.posted = share.posted.plus(Money::round_from(*amount, currency, Rounding::HalfUp)?)?;
            }
        }
        let whole = Money::round_from(price, currency, Rounding::HalfUp)?;
        let left = self.shares.iter().try_fold(whole, |rest, (_, share)| rest.minus(share.posted))?;
        // parts that are rounded one by one can miss the rounded whole by a minor unit or two: the last variable part takes them
        let last = variable.last().map(|(key, _)| key);
        for (_, share) in self.shares.iter_mut().filter(|(key, _)| Some(key) == last) {
            share.posted = share.posted.plus(left)?;
        }
        Ok(())
    }
}

/// In the order of the obligations; what is not among them comes last.
fn in_order(mut shares: Vec<(Key, Share)>, selling: &[Weight]) -> Vec<(Key, Share)> {
    let place = |key: &Key| selling.iter().position(|(other, _)| other == key).unwrap_or(selling.len());
    shares.sort_by_key(|(key, _)| place(key));
    shares
}
