//! The price models, one file each.

mod cost_plus;
mod dynamic;
mod flat;
mod formula;
mod graduated;
mod graduated_percentage;
mod matrix;
mod package;
mod per_unit;
mod percentage;
mod stair_step;
mod volume;

pub use cost_plus::CostPlus;
pub use dynamic::Dynamic;
pub use matrix::{Matrix, MatrixError, MatrixRate};
pub use package::Package;
pub use percentage::Percentage;

pub(crate) use flat::flat;
pub(crate) use formula::formula;
pub(crate) use graduated::graduated;
pub(crate) use graduated_percentage::graduated_percentage;
pub(crate) use per_unit::per_unit;
pub(crate) use percentage::Charge;
pub(crate) use stair_step::stair_step;
pub(crate) use volume::{volume, volume_in};

use crate::{Kind, NonNegative, RateError};
use money::{Dec, NumError, Ratio};

/// A percentage as a factor: 2.9 % is 0.029, exactly.
pub(crate) fn percent_of_one(percent: NonNegative) -> Result<Dec, NumError> {
    percent.get().times(Dec::new(1, 2)?)
}

/// Refuses a quantity below zero for a model that gives it no meaning.
pub(crate) fn not_negative(model: Kind, quantity: Ratio) -> Result<(), RateError> {
    if quantity.is_negative() { Err(RateError::NegativeQuantity { model, quantity }) } else { Ok(()) }
}

/// A whole number as a fraction.
pub(crate) fn whole(count: u64) -> Ratio {
    Ratio::from_int(i128::from(count))
}
