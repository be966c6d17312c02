//! The offer.

use super::DiscountError;
use alloc::{borrow::Cow, string::String};
use calendar::Instant;
use core::num::NonZeroU32;
use money::{Dec, Money, NumError, Ratio};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::{Key, NonEmpty, Problem, ToProblem};

/// A discount as it is offered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("examples" = [
    { "name": "Launch", "off": { "percent": "20" }, "lasts": { "periods": 3 }, "code": "LAUNCH20" },
    { "off": { "amount": { "amount": "50.00", "currency": "EUR" } } },
    { "off": { "units": "1000" }, "on": { "meters": ["calls"] }, "lasts": "forever" }
]))]
pub struct Discount {
    /// What a person calls it on the invoice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How much it takes off.
    pub off: Off,
    /// Off what.
    #[serde(default)]
    pub on: Scope,
    /// How long.
    #[serde(default)]
    pub lasts: Lasts,
    /// The word that a customer enters; small and capital letters are the same. Without one, only the seller gives it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Key>,
    /// How often it can be redeemed.
    #[serde(default, skip_serializing_if = "Limits::are_none")]
    pub limits: Limits,
    /// From when it can be redeemed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Instant>,
    /// The first instant at which it can no longer be redeemed; what was redeemed goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Instant>,
}

/// How much a discount takes off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Off {
    /// A part of what is left of the lines: rounded once for all lines of a bill, and shared by largest remainder.
    Percent(PercentOff),
    /// An amount above zero. Redeemed once, it lasts until it is used up; else it is there again in each period, and what a period does not use
    /// is lost.
    Amount(Money),
    /// So many units above zero free, of one meter or price. They come off before any other discount.
    Units(Dec),
}

/// Above 0 and up to 100 per cent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "Dec", into = "Dec")]
pub struct PercentOff(Dec);

/// Not above 0, or above 100 per cent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} per cent cannot be taken off; it must be above 0 and at most 100")]
pub struct PercentOffError(pub Dec);

/// Off what a discount takes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Lines of these prices.
    Prices(NonEmpty<PriceName>),
    /// Lines that count on these meters.
    Meters(NonEmpty<Key>),
    /// Lines of these plans.
    Plans(NonEmpty<Key>),
    /// All lines.
    #[default]
    Document,
}

/// A price of a plan, in whatever version of the catalog.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PriceName {
    /// The plan.
    pub plan: Key,
    /// The price within the plan.
    pub price: Key,
}

/// How long a redemption takes off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Lasts {
    /// Off the first bill with something to take off; an amount until it is used up.
    #[default]
    Once,
    /// Off so many cycles of each subscription, in the order in which they fall due.
    Periods(NonZeroU32),
    /// Off every cycle.
    Forever,
}

/// How often a discount can be redeemed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// By all customers together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redemptions: Option<NonZeroU32>,
    /// By one customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_customer: Option<NonZeroU32>,
}

/// Which of several discounts comes first. Free units always do; within one rank, the one that was redeemed earlier, then the smaller key. Each takes off
/// what those before it left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Stacking {
    /// Those of prices, then of meters, of plans, of everything.
    #[default]
    NarrowFirst,
    /// Percentages before amounts; within each the narrow first.
    PercentFirst,
}

impl Limits {
    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
    const fn are_none(&self) -> bool {
        self.redemptions.is_none() && self.per_customer.is_none()
    }
}

impl Scope {
    /// 0 is the narrowest.
    pub(crate) const fn rank(&self) -> u8 {
        match self {
            Self::Prices(_) => 0,
            Self::Meters(_) => 1,
            Self::Plans(_) => 2,
            Self::Document => 3,
        }
    }
}

impl Off {
    pub(super) const fn rank(&self) -> u8 {
        match self {
            Self::Units(_) => 0,
            Self::Percent(_) => 1,
            Self::Amount(_) => 2,
        }
    }
}

impl Stacking {
    /// Smaller comes first.
    pub(super) const fn rank(self, discount: &Discount) -> (u8, u8) {
        let (off, on) = (discount.off.rank(), discount.on.rank());
        match self {
            Self::NarrowFirst => (if off == 0 { 0 } else { 1 }, on),
            Self::PercentFirst => (off, on),
        }
    }
}

impl Discount {
    /// Whether it makes sense.
    pub fn check(&self) -> Result<(), DiscountError> {
        match self.off {
            Off::Amount(amount) if amount.is_zero() || amount.is_negative() => return Err(DiscountError::TakesNothing),
            Off::Units(units) if !units.is_positive() => return Err(DiscountError::TakesNothing),
            Off::Units(_) if self.on.rank() > 1 => return Err(DiscountError::UnitsOfWhat),
            Off::Percent(_) | Off::Amount(_) | Off::Units(_) => {}
        }
        match (self.from, self.until) {
            (Some(from), Some(until)) if until <= from => Err(DiscountError::NeverOpen { from, until }),
            (Some(_) | None, Some(_) | None) => Ok(()),
        }
    }
}

impl PercentOff {
    /// The number of per cent.
    pub const fn get(self) -> Dec {
        self.0
    }
    /// As a share: 20 % is 0.2.
    pub fn share(self) -> Result<Ratio, NumError> {
        self.0.over(Dec::from_int(100))
    }
}

impl TryFrom<Dec> for PercentOff {
    type Error = PercentOffError;
    fn try_from(percent: Dec) -> Result<Self, PercentOffError> {
        if percent.is_positive() && percent <= Dec::from_int(100) {
            Ok(Self(percent))
        } else {
            Err(PercentOffError(percent))
        }
    }
}

impl From<PercentOff> for Dec {
    fn from(percent: PercentOff) -> Self {
        percent.0
    }
}

impl JsonSchema for PercentOff {
    fn schema_name() -> Cow<'static, str> {
        "PercentOff".into()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let mut schema = Dec::json_schema(generator);
        schema.insert("description".into(), "Per cent, above 0 and at most 100: \"20\" is 20 %.".into());
        schema
    }
}

impl ToProblem for PercentOffError {
    fn problem(&self) -> Problem {
        Problem::new("wrong_percent_off", "A percentage cannot be taken off")
            .detail(alloc::format!("{self}"))
            .mend("write the part that is taken off in per cent, such as \"20\"")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_discount_is_written_in_a_few_words() {
        let read = |json| serde_json::from_str::<Discount>(json);
        let launch = read(r#"{"off": {"percent": "20"}, "lasts": {"periods": 3}, "code": "LAUNCH20"}"#).expect("read");
        assert_eq!((launch.check(), &launch.on), (Ok(()), &Scope::Document));
        let free =
            read(r#"{"off": {"units": "1000"}, "on": {"meters": ["calls"]}, "lasts": "forever"}"#).expect("read");
        assert_eq!(free.check(), Ok(()));
        for wrong in [
            r#"{"off": {"percent": "0"}}"#,
            r#"{"off": {"percent": "101"}}"#,
            r#"{"off": {"percent": "9"}, "lasts": {"periods": 0}}"#,
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_discount_that_makes_no_sense_is_refused() {
        let check = |json| serde_json::from_str::<Discount>(json).expect("read").check();
        assert_eq!(check(r#"{"off": {"units": "5"}}"#), Err(DiscountError::UnitsOfWhat));
        assert_eq!(
            check(r#"{"off": {"amount": {"amount": "0.00", "currency": "EUR"}}}"#),
            Err(DiscountError::TakesNothing)
        );
        let closed = r#"{"off": {"percent": "5"}, "from": "2026-02-01T00:00:00Z", "until": "2026-02-01T00:00:00Z"}"#;
        assert!(matches!(check(closed), Err(DiscountError::NeverOpen { .. })));
    }
}
