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

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn n(number: i128) -> Ratio {
        Ratio::from_int(number)
    }

    fn two_lines() -> Vec<Line> {
        [100, 50].map(|amount| Line::of_usage(Component::Usage, n(1), n(amount), n(amount))).to_vec()
    }

    fn totals(lines: &[Line]) -> Vec<Ratio> {
        lines.iter().map(|line| line.total().expect("small")).collect()
    }

    #[test]
    fn a_maximum_takes_off_no_more_than_a_line_has() {
        let mut lines = two_lines();
        maximum_spend(&mut lines, n(120), n(0)).expect("small");
        assert_eq!(totals(&lines), [n(100), n(20)]);
        let mut lines = two_lines();
        maximum_spend(&mut lines, n(120), n(200)).expect("small");
        assert_eq!(totals(&lines), [n(0), n(0)], "what was billed before is not taken back");
    }

    #[test]
    fn discount_then_maximum_then_minimum_then_credits() {
        let mut lines = two_lines();
        let rounding = LineRounding { scale: 2, rounding: Rounding::HalfUp };
        discount_percent(&mut lines, NonNegative::try_from(Dec::from(10u32)).expect("percent"), rounding)
            .expect("small");
        minimum_spend(&mut lines, n(200), n(0)).expect("small");
        assert_eq!(totals(&lines), [n(90), n(45), n(65)]);
        assert_eq!(lines[2].component, Component::MinimumSpend);
        apply_credits(&mut lines, &[n(100), n(20)]).expect("enough to pay");
        assert_eq!(totals(&lines), [n(0), n(15), n(65)]);
        assert_eq!(lines[1].credits, vec![n(10), n(20)]);
        assert_eq!(apply_credits(&mut lines, &[n(100)]), Err(CreditsError::ExceedTotal { left: n(20) }));
    }
}
