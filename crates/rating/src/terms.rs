//! The terms of one price.

use crate::{Kind, Model, NonNegative, Positive};
use alloc::format;
use money::{Dec, NumError, Ratio, Rounding};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::{Key, Problem, ToProblem};

/// What one price says: its model and what stands around it. All amounts are in the currency, or in the pricing unit if there
/// is one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// How a quantity becomes an amount.
    pub model: Model,
    /// Quantity that costs nothing, taken off before the model sees the quantity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub included: Option<NonNegative>,
    /// The least that a full cycle costs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum: Option<NonNegative>,
    /// The most that a full cycle costs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maximum: Option<NonNegative>,
    /// The unit of the price when it is not the currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<PricingUnit>,
}

/// A unit in which prices are quoted instead of money: credits, tokens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PricingUnit {
    /// Its name.
    pub code: Key,
    /// Currency per unit.
    pub rate: Positive,
    /// Digits after the point when an amount of units is shown.
    #[serde(default)]
    pub scale: u8,
}

impl PricingUnit {
    /// An amount of units as it is shown: rounded half away from zero at the scale of the unit. Money is converted from the
    /// exact amount, not from this one.
    pub fn shown(&self, units: Ratio) -> Result<Dec, NumError> {
        units.round(self.scale, Rounding::HalfUp)
    }
}

impl Terms {
    /// Terms with nothing around the model.
    pub const fn of(model: Model) -> Self {
        Self { model, included: None, minimum: None, maximum: None, unit: None }
    }

    /// Whether the terms make sense together: in the order of [`TermsError`].
    pub fn check(&self) -> Result<(), TermsError> {
        if self.included.is_some() {
            match self.model.kind() {
                kind @ (Kind::Flat | Kind::Percentage | Kind::Dynamic | Kind::CostPlus) => {
                    return Err(TermsError::NothingToInclude { model: kind });
                }
                Kind::PerUnit
                | Kind::Graduated
                | Kind::Volume
                | Kind::Package
                | Kind::StairStep
                | Kind::GraduatedPercentage
                | Kind::Matrix
                | Kind::Formula => {}
            }
        }
        match (self.minimum, self.maximum) {
            (Some(minimum), Some(maximum)) if minimum > maximum => {
                Err(TermsError::MinimumAboveMaximum { minimum: minimum.get(), maximum: maximum.get() })
            }
            _ => Ok(()),
        }
    }
}

/// Why terms make no sense together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TermsError {
    /// An allowance of quantity under a model that does not price quantity.
    #[error("`included` is a quantity, and a {} price does not count one", model.name())]
    NothingToInclude {
        /// The model.
        model: Kind,
    },
    /// The minimum is above the maximum.
    #[error("the minimum {minimum} is above the maximum {maximum}")]
    MinimumAboveMaximum {
        /// The minimum.
        minimum: Dec,
        /// The maximum.
        maximum: Dec,
    },
}

impl ToProblem for TermsError {
    fn problem(&self) -> Problem {
        let (code, title, at, mend) = match self {
            Self::NothingToInclude { .. } => (
                "nothing_to_include",
                "An allowance without a quantity",
                "/included",
                "remove `included`; a percentage price has `free_amount` and `free_transactions`",
            ),
            Self::MinimumAboveMaximum { .. } => (
                "minimum_above_maximum",
                "The minimum is above the maximum",
                "/minimum",
                "lower the minimum or raise the maximum",
            ),
        };
        Problem::new(code, title).detail(format!("{self}")).at(at).mend(mend)
    }
}
