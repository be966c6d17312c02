//! Lines that show one component of a price each, and what modifies them. For documents that list tiers, discounts and credits
//! apart, and for vendors who round each of them.

use crate::NonNegative;
use alloc::vec::Vec;
use core::fmt;
use money::{Dec, NumError, Ratio, Rounding};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::{Problem, ToProblem};

/// What a line is of its price. Lines at the same place are put in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Component {
    /// A fixed price.
    Flat,
    /// The fee of a graduated tier.
    TierFlat(u32),
    /// The units of a graduated tier.
    TierUsage(u32),
    /// What fills the lines up to a minimum.
    MinimumSpend,
    /// Units or packages at one price.
    Usage,
    /// The fee of a volume tier.
    VolumeFlat,
    /// The units at the price of a volume tier.
    VolumeUsage,
}

impl fmt::Display for Component {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flat => f.write_str("flat"),
            Self::TierFlat(tier) => write!(f, "tier{tier}_flat"),
            Self::TierUsage(tier) => write!(f, "tier{tier}_usage"),
            Self::MinimumSpend => f.write_str("minimum_spend"),
            Self::Usage => f.write_str("usage"),
            Self::VolumeFlat => f.write_str("volume_flat"),
            Self::VolumeUsage => f.write_str("volume_usage"),
        }
    }
}

/// One component with what is taken off it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Which component.
    pub component: Component,
    /// Units.
    pub quantity: Ratio,
    /// Price of one.
    pub each: Ratio,
    /// Units × price, rounded.
    pub amount: Ratio,
    /// What a commitment asks for beyond the usage.
    pub commitment: Ratio,
    /// What discounts and a maximum take off, in order.
    pub discounts: Vec<Ratio>,
    /// What credits pay, in order.
    pub credits: Vec<Ratio>,
}

impl Line {
    /// A line of usage.
    pub fn of_usage(component: Component, quantity: Ratio, each: Ratio, amount: Ratio) -> Self {
        Self { component, quantity, each, amount, commitment: Ratio::ZERO, discounts: Vec::new(), credits: Vec::new() }
    }

    /// What all discounts take off.
    pub fn discounted(&self) -> Result<Ratio, NumError> {
        self.discounts.iter().try_fold(Ratio::ZERO, |sum, x| sum.plus(*x))
    }

    /// Amount + commitment − discounts − credits.
    pub fn total(&self) -> Result<Ratio, NumError> {
        let credited = self.credits.iter().try_fold(Ratio::ZERO, |sum, x| sum.plus(*x))?;
        self.amount.plus(self.commitment)?.minus(self.discounted()?)?.minus(credited)
    }
}

/// How the amounts of lines are rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineRounding {
    /// Digits after the point.
    pub scale: u8,
    /// The policy.
    pub rounding: Rounding,
}

impl LineRounding {
    /// The amount rounded.
    pub fn apply(self, amount: Ratio) -> Result<Ratio, NumError> {
        amount.round(self.scale, self.rounding).map(Ratio::from)
    }
}

/// Takes a percentage off what is left of each line, rounded once per line.
pub fn discount_percent(lines: &mut [Line], percent: NonNegative, rounding: LineRounding) -> Result<(), NumError> {
    let factor = Ratio::from(percent.get().times(Dec::new(1, 2)?)?);
    for line in lines {
        let discount = rounding.apply(line.total()?.times(factor)?)?;
        line.discounts.push(discount);
    }
    Ok(())
}

/// Holds the running total of the lines, together with what was billed before them, at a maximum: the excess becomes a
/// discount of the line that exceeds.
pub fn maximum_spend(lines: &mut [Line], maximum: Ratio, billed_before: Ratio) -> Result<(), NumError> {
    let mut running = billed_before;
    for line in lines {
        let total = line.total()?;
        running = running.plus(total)?;
        let excess = running.minus(maximum)?.min(total);
        if excess.is_positive() {
            line.discounts.push(excess);
        }
    }
    Ok(())
}

/// Adds the line that fills the lines, together with what was billed before them, up to a minimum.
pub fn minimum_spend(lines: &mut Vec<Line>, minimum: Ratio, billed_before: Ratio) -> Result<(), NumError> {
    let billed = lines.iter().try_fold(billed_before, |sum, line| sum.plus(line.total()?))?;
    let missing = crate::true_up(minimum, billed)?;
    if missing.is_positive() {
        let line = Line::of_usage(Component::MinimumSpend, Ratio::ONE, missing, Ratio::ZERO);
        lines.push(Line { commitment: missing, ..line });
    }
    Ok(())
}

/// Why credits cannot be applied.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CreditsError {
    /// More credit than there is to pay.
    #[error("{left} of the credits is left when all lines are paid")]
    ExceedTotal {
        /// What is left.
        left: Ratio,
    },
    /// A number that is too large.
    #[error(transparent)]
    Number(#[from] NumError),
}

impl ToProblem for CreditsError {
    fn problem(&self) -> Problem {
        match self {
            Self::ExceedTotal { .. } => Problem::new("credits_exceed_total", "More credit than there is to pay")
                .detail(alloc::format!("{self}"))
                .mend("draw no more from the grants than the lines come to"),
            Self::Number(error) => error.problem(),
        }
    }
}

/// Lets credits pay the lines: each in turn, from the first line on.
pub fn apply_credits(lines: &mut [Line], credits: &[Ratio]) -> Result<(), CreditsError> {
    for credit in credits {
        let mut left = *credit;
        for line in lines.iter_mut() {
            let taken = left.min(line.total()?);
            if taken.is_positive() {
                line.credits.push(taken);
                left = left.minus(taken)?;
            }
        }
        if left.is_positive() {
            return Err(CreditsError::ExceedTotal { left });
        }
    }
    Ok(())
}
