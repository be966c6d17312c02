//! Bands of quantity. One boundary rule for every tiered model: **`up_to` is inclusive**. With `up_to: 100` the hundredth
//! unit still belongs to the tier, and so does the quantity 100 under a volume price.
//!
//! There is no `from`: a tier begins where the one before it ends, so there can be no gap. The last tier is always open, so
//! that no unit can be left without a price. Tier 1 is reached without any usage: its flat fee is due at quantity zero, unless
//! a first tier `up_to: 0` says otherwise.

use crate::{NonNegative, models::percent_of_one};
use alloc::vec::Vec;
use money::{Dec, NumError, Ratio};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::{Problem, ToProblem};

/// A band with a price per unit, a flat fee, or both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tier {
    /// Last quantity of the tier, inclusive. Left out for the last tier, which is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub up_to: Option<NonNegative>,
    /// Price of each unit in the tier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub each: Option<NonNegative>,
    /// Fee that is due once when the tier is reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flat: Option<NonNegative>,
    /// The most that the tier costs, flat fee included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maximum: Option<NonNegative>,
}

/// A band with a percentage of the amount that falls into it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PercentTier {
    /// Last amount of the tier, inclusive. Left out for the last tier, which is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub up_to: Option<NonNegative>,
    /// Percent of the amount in the tier: `"2.9"` is 2.9 %.
    pub percent: NonNegative,
    /// Fee that is due once when the tier is reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flat: Option<NonNegative>,
}

/// A step: one price for every quantity in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Last quantity of the step, inclusive. Left out for the last step, which is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub up_to: Option<NonNegative>,
    /// Price of the step, whatever the quantity in it.
    pub price: NonNegative,
}

/// What a band has that bounds it and prices it.
pub trait Band {
    /// Last quantity of the band, inclusive; `None` when it is open.
    fn up_to(&self) -> Option<Dec>;
    /// Whether the band says what it costs.
    fn is_priced(&self) -> bool {
        true
    }
}

impl Band for Tier {
    fn up_to(&self) -> Option<Dec> {
        self.up_to.map(NonNegative::get)
    }
    fn is_priced(&self) -> bool {
        self.each.is_some() || self.flat.is_some()
    }
}
impl Band for PercentTier {
    fn up_to(&self) -> Option<Dec> {
        self.up_to.map(NonNegative::get)
    }
}
impl Band for Step {
    fn up_to(&self) -> Option<Dec> {
        self.up_to.map(NonNegative::get)
    }
}

impl PercentTier {
    /// The percentage as a factor: 2.9 % is 0.029.
    pub(crate) fn factor(&self) -> Result<Dec, NumError> {
        percent_of_one(self.percent)
    }
}

/// Bands in order: ascending, without a gap, the last one open. In files and in the API a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(
    try_from = "Vec<T>",
    into = "Vec<T>",
    bound(serialize = "T: Serialize + Clone", deserialize = "T: Deserialize<'de> + Band")
)]
#[schemars(rename = "{T}s")]
pub struct Bands<T> {
    closed: Vec<T>,
    open: T,
}

/// Tiers of a graduated or volume price.
pub type Tiers = Bands<Tier>;
/// Tiers of a graduated percentage.
pub type PercentTiers = Bands<PercentTier>;
/// Steps of a stair-step price.
pub type Steps = Bands<Step>;

/// The part of a range of units that lies in one band.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slice<'a, T> {
    /// Number of the band, from 1.
    pub tier: u32,
    /// The band.
    pub band: &'a T,
    /// Where the band begins, exclusive (zero itself belongs to band 1).
    pub lower: Dec,
    /// Units of the range in this band.
    pub quantity: Ratio,
    /// Whether the range contains the first unit of the band, so that it is the one that reaches the band.
    pub opens: bool,
}

impl<T: Band> Bands<T> {
    /// Checks the bands: in the order of [`TiersError`].
    pub fn new(mut bands: Vec<T>) -> Result<Self, TiersError> {
        let tiers = bands.len();
        if let Some(tier) = bands.iter().position(|band| !band.is_priced()) {
            return Err(TiersError::NotPriced { tier: tier + 1 });
        }
        let Some(open) = bands.pop() else { return Err(TiersError::Empty) };
        let mut before: Option<Dec> = None;
        for (n, band) in bands.iter().enumerate() {
            let Some(up_to) = band.up_to() else { return Err(TiersError::OpenBeforeLast { tier: n + 1, tiers }) };
            if let Some(before) = before.filter(|before| up_to <= *before) {
                return Err(TiersError::NotAscending { tier: n + 1, up_to, before });
            }
            before = Some(up_to);
        }
        match open.up_to() {
            Some(up_to) => Err(TiersError::LastNotOpen { up_to }),
            None => Ok(Self { closed: bands, open }),
        }
    }

    /// How many bands there are.
    #[allow(clippy::len_without_is_empty, reason = "there is always a band")]
    pub fn len(&self) -> usize {
        self.closed.len() + 1
    }

    /// The bands in order.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.closed.iter().chain(core::iter::once(&self.open))
    }

    /// The band in which a quantity lies: the first whose `up_to` is not below it.
    pub fn reached(&self, quantity: Ratio) -> Slice<'_, T> {
        self.first_where(quantity, |up_to| quantity <= Ratio::from(up_to))
    }

    /// The band in which a quantity lies when a bound belongs to the band above it. Not our rule: for vendors whose tiers are
    /// written with `from`.
    pub(crate) fn reached_from(&self, quantity: Ratio) -> Slice<'_, T> {
        self.first_where(quantity, |up_to| quantity < Ratio::from(up_to))
    }

    fn first_where(&self, quantity: Ratio, fits: impl Fn(Dec) -> bool) -> Slice<'_, T> {
        let (mut lower, mut tier) = (Dec::ZERO, 1);
        for band in &self.closed {
            let Some(up_to) = band.up_to() else { break };
            if fits(up_to) {
                return Slice { tier, band, lower, quantity, opens: true };
            }
            lower = up_to;
            tier += 1;
        }
        Slice { tier, band: &self.open, lower, quantity, opens: true }
    }

    /// How the units `(from, to]` fill the bands, in order. Bands without a unit of the range are left out.
    pub fn slices(&self, from: Ratio, to: Ratio) -> impl Iterator<Item = Result<Slice<'_, T>, NumError>> {
        let mut lower = Dec::ZERO;
        (1u32..).zip(self.iter()).filter_map(move |(tier, band)| {
            let bottom = lower;
            let start = from.max(Ratio::from(bottom));
            let end = match band.up_to() {
                Some(up_to) => {
                    lower = up_to;
                    to.min(Ratio::from(up_to))
                }
                None => to,
            };
            if start >= end {
                return None;
            }
            let opens = from <= Ratio::from(bottom);
            let quantity = if start.is_zero() { Ok(end) } else { end.minus(start) };
            Some(quantity.map(|quantity| Slice { tier, band, lower: bottom, quantity, opens }))
        })
    }
}

/// Why bands cannot be a price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TiersError {
    /// No band at all.
    #[error("there are no tiers")]
    Empty,
    /// A tier that says neither `each` nor `flat`.
    #[error("tier {tier} has no price: give `each`, `flat` or both (`each: \"0\"` where it is free)")]
    NotPriced {
        /// Number of the tier, from 1.
        tier: usize,
    },
    /// `up_to` is missing before the last tier.
    #[error("tier {tier} of {tiers} has no `up_to`, so the tiers after it would never be reached")]
    OpenBeforeLast {
        /// Number of the tier, from 1.
        tier: usize,
        /// How many tiers there are.
        tiers: usize,
    },
    /// The last tier ends.
    #[error("the last tier ends at {up_to}, so units above it would have no price; add a last tier without `up_to`")]
    LastNotOpen {
        /// Where it ends.
        up_to: Dec,
    },
    /// A tier ends at or below the one before it.
    #[error("tier {tier} ends at {up_to}, which is not above {before}, where the tier before it ends")]
    NotAscending {
        /// Number of the tier, from 1.
        tier: usize,
        /// Where it ends.
        up_to: Dec,
        /// Where the tier before it ends.
        before: Dec,
    },
}

impl ToProblem for TiersError {
    fn problem(&self) -> Problem {
        let (code, title, tier, mend) = match self {
            Self::Empty => ("tiers_empty", "A tiered price without tiers", None, "give at least one tier"),
            Self::NotPriced { tier } => {
                ("tier_not_priced", "A tier without a price", Some(*tier), "give `each`, `flat` or both")
            }
            Self::OpenBeforeLast { tier, .. } => (
                "tier_open_before_last",
                "An open tier before the last",
                Some(*tier),
                "give it an `up_to`, or remove the tiers after it",
            ),
            Self::LastNotOpen { .. } => {
                ("tier_last_not_open", "The last tier ends", None, "add a last tier without `up_to`")
            }
            Self::NotAscending { tier, .. } => {
                ("tiers_not_ascending", "Tiers out of order", Some(*tier), "write tiers with rising `up_to`")
            }
        };
        let problem = Problem::new(code, title).detail(alloc::format!("{self}")).mend(mend);
        match tier {
            Some(tier) => problem.at(alloc::format!("/{}", tier - 1)),
            None => problem,
        }
    }
}

impl<T: Band> TryFrom<Vec<T>> for Bands<T> {
    type Error = TiersError;

    fn try_from(bands: Vec<T>) -> Result<Self, TiersError> {
        Self::new(bands)
    }
}
impl<T> From<Bands<T>> for Vec<T> {
    fn from(bands: Bands<T>) -> Self {
        let mut list = bands.closed;
        list.push(bands.open);
        list
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{string::ToString, vec};
    use money::Dec;

    fn tier(up_to: Option<&str>) -> Tier {
        let number = |text: &str| NonNegative::try_from(text.parse::<Dec>().expect("number")).expect("not negative");
        Tier { up_to: up_to.map(number), each: Some(number("1")), flat: None, maximum: None }
    }

    fn read(json: &str) -> Result<Tiers, serde_json::Error> {
        serde_json::from_str(json)
    }

    /// Trap: a bounded last tier bills nothing above it (Flexprice 13, Kill Bill "tiers with an upper limit").
    #[test]
    fn the_last_tier_must_be_open() {
        assert_eq!(Tiers::new(vec![tier(Some("10"))]), Err(TiersError::LastNotOpen { up_to: Dec::from(10u32) }));
        let error = read(r#"[{"up_to": 10, "each": "1"}]"#).expect_err("bounded").to_string();
        assert!(error.contains("units above it would have no price"), "{error}");
    }

    /// Trap: tiers that are not checked against each other (Flexprice 13).
    #[test]
    fn tiers_that_are_out_of_order_or_never_reached_are_refused() {
        assert_eq!(Tiers::new(vec![]), Err(TiersError::Empty));
        assert_eq!(
            Tiers::new(vec![tier(Some("10")), tier(Some("10")), tier(None)]),
            Err(TiersError::NotAscending { tier: 2, up_to: Dec::from(10u32), before: Dec::from(10u32) })
        );
        assert_eq!(
            Tiers::new(vec![tier(Some("10")), tier(None), tier(None)]),
            Err(TiersError::OpenBeforeLast { tier: 2, tiers: 3 })
        );
        assert!(read(r#"[{"up_to": -1, "each": "1"}, {"each": "1"}]"#).is_err());
    }

    /// Trap: an empty mode or a missing price reads as zero (Flexprice 13).
    #[test]
    fn a_tier_without_a_price_is_not_free() {
        let error = read(r#"[{"up_to": 10}, {"each": "1"}]"#).expect_err("no price").to_string();
        assert!(error.contains("tier 1 has no price"), "{error}");
        assert!(read(r#"[{"up_to": 10, "each": "0"}, {"each": "1"}]"#).is_ok());
    }

    #[test]
    fn a_bound_belongs_to_the_tier_below_it() {
        let tiers = read(r#"[{"up_to": 100, "each": "2"}, {"each": "1"}]"#).expect("tiers");
        assert_eq!(tiers.reached(Ratio::from_int(100)).tier, 1);
        assert_eq!(tiers.reached("100.000001".parse().expect("number")).tier, 2);
        assert_eq!(tiers.reached_from(Ratio::from_int(100)).tier, 2);
        let filled: Vec<_> = tiers
            .slices(Ratio::from_int(99), Ratio::from_int(102))
            .map(|s| s.map(|s| (s.tier, s.quantity, s.opens)).expect("small"))
            .collect();
        assert_eq!(filled, [(1, Ratio::ONE, false), (2, Ratio::from_int(2), true)]);
    }

    #[test]
    fn bands_are_read_and_written_as_a_list() {
        let json = r#"[{"up_to":"100","each":"2"},{"each":"1"}]"#;
        assert_eq!(serde_json::to_string(&read(json).expect("tiers")).expect("text"), json);
    }
}
