//! How a quantity becomes an amount.

use crate::{Explanation, PercentTiers, RateError, Steps, Tiers, Usage, models};
use crate::{NonNegative, models::CostPlus, models::Dynamic, models::Matrix, models::Package, models::Percentage};
use formula::Formula;
use money::Ratio;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The shape of a price. Each has a file of its own in `models/`, where its rule is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Model {
    /// One amount per cycle, whatever the quantity.
    Flat(NonNegative),
    /// Quantity times price.
    PerUnit(NonNegative),
    /// Each unit at the price of the tier in which it lies.
    Graduated(Tiers),
    /// All units at the price of the tier that the quantity reaches.
    Volume(Tiers),
    /// Started packages times price.
    Package(Package),
    /// The price of the step in which the quantity lies.
    StairStep(Steps),
    /// A percentage of an amount, with what is charged, free and limited for each transaction.
    Percentage(Percentage),
    /// Each part of an amount at the percentage of the tier in which it lies.
    GraduatedPercentage(PercentTiers),
    /// Quantity times the rate of its dimensions.
    Matrix(Matrix),
    /// The amount that the events carry.
    Dynamic(Dynamic),
    /// The cost that the events carry, with a markup.
    CostPlus(CostPlus),
    /// The result of a formula over `quantity`, `count` and the dimensions.
    Formula(Formula),
}

/// The name of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the cases are those of Model")]
pub enum Kind {
    Flat,
    PerUnit,
    Graduated,
    Volume,
    Package,
    StairStep,
    Percentage,
    GraduatedPercentage,
    Matrix,
    Dynamic,
    CostPlus,
    Formula,
}

impl Kind {
    /// As it is written in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Flat => "flat",
            Self::PerUnit => "per_unit",
            Self::Graduated => "graduated",
            Self::Volume => "volume",
            Self::Package => "package",
            Self::StairStep => "stair_step",
            Self::Percentage => "percentage",
            Self::GraduatedPercentage => "graduated_percentage",
            Self::Matrix => "matrix",
            Self::Dynamic => "dynamic",
            Self::CostPlus => "cost_plus",
            Self::Formula => "formula",
        }
    }
}

impl Model {
    /// Which model it is.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Flat(_) => Kind::Flat,
            Self::PerUnit(_) => Kind::PerUnit,
            Self::Graduated(_) => Kind::Graduated,
            Self::Volume(_) => Kind::Volume,
            Self::Package(_) => Kind::Package,
            Self::StairStep(_) => Kind::StairStep,
            Self::Percentage(_) => Kind::Percentage,
            Self::GraduatedPercentage(_) => Kind::GraduatedPercentage,
            Self::Matrix(_) => Kind::Matrix,
            Self::Dynamic(_) => Kind::Dynamic,
            Self::CostPlus(_) => Kind::CostPlus,
            Self::Formula(_) => Kind::Formula,
        }
    }

    /// What `quantity` units are worth, in the unit of the price; the rest of the usage says what else is known.
    pub(crate) fn worth(&self, quantity: Ratio, usage: &Usage<'_>) -> Result<Explanation, RateError> {
        match self {
            Self::Flat(price) => Ok(models::flat(*price)),
            Self::PerUnit(each) => models::per_unit(*each, quantity),
            Self::Graduated(tiers) => models::graduated(tiers, quantity),
            Self::Volume(tiers) => models::volume(tiers, quantity),
            Self::Package(package) => package.worth(quantity),
            Self::StairStep(steps) => models::stair_step(steps, quantity),
            Self::Percentage(percentage) => percentage.worth(quantity, usage),
            Self::GraduatedPercentage(tiers) => models::graduated_percentage(tiers, quantity),
            Self::Matrix(matrix) => matrix.worth(quantity, usage.dimensions),
            Self::Dynamic(dynamic) => dynamic.worth(usage.carried),
            Self::CostPlus(cost_plus) => cost_plus.worth(usage),
            Self::Formula(formula) => models::formula(formula, quantity, usage),
        }
    }
}
