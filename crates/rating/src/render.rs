//! An explanation as text for people.

use crate::{Explanation, Reason};
use alloc::{format, string::String};
use core::fmt::{self, Write};
use money::Dec;

impl Explanation {
    /// The tree as indented lines, one per node: the amount, then what it is.
    pub fn render(&self) -> String {
        let mut text = String::new();
        self.write(&mut text, 0).unwrap_or_default();
        text
    }

    fn write(&self, out: &mut String, depth: usize) -> fmt::Result {
        writeln!(out, "{:indent$}{}  {}", "", self.amount, self.reason, indent = depth * 2)?;
        self.parts.iter().try_for_each(|part| part.write(out, depth + 1))
    }
}

/// `up to 100`, `above 100, up to 200`, `above 200`.
fn range(above: Dec, up_to: Option<Dec>) -> String {
    match (above.is_zero(), up_to) {
        (true, None) => "every quantity".into(),
        (true, Some(up_to)) => format!("up to {up_to}"),
        (false, Some(up_to)) => format!("above {above}, up to {up_to}"),
        (false, None) => format!("above {above}"),
    }
}

impl fmt::Display for Reason {
    /// What the node is, in one line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Price => f.write_str("price"),
            Self::Included { included, used } => write!(f, "{used} of {included} included"),
            Self::Maximum { maximum } => write!(f, "above the maximum of {maximum}"),
            Self::Minimum { minimum } => write!(f, "up to the minimum of {minimum}"),
            Self::Prorated { share } => write!(f, "{share} of the cycle"),
            Self::Converted { unit, rate, units } => write!(f, "{units} {unit} × {rate}"),
            Self::Flat { price } => write!(f, "flat {price}"),
            Self::PerUnit { quantity, each } => write!(f, "{quantity} × {each}"),
            Self::Graduated { quantity } => write!(f, "graduated, {quantity} in all"),
            Self::Volume { quantity } => write!(f, "volume, {quantity} in all"),
            Self::StairStep { tier, up_to, quantity, price } => match up_to {
                Some(up_to) => write!(f, "step {tier} (up to {up_to}) for {quantity}: {price}"),
                None => write!(f, "step {tier} (the last) for {quantity}: {price}"),
            },
            Self::TierUnits { tier, above, up_to, quantity, each } => {
                write!(f, "tier {tier} ({}): {quantity} × {each}", range(*above, *up_to))
            }
            Self::TierPercent { tier, above, up_to, of, percent } => {
                write!(f, "tier {tier} ({}): {percent} % of {of}", range(*above, *up_to))
            }
            Self::TierFlat { tier, flat } => write!(f, "fee of tier {tier}: {flat}"),
            Self::TierMaximum { tier, maximum } => write!(f, "above the maximum of tier {tier}: {maximum}"),
            Self::NotBelowZero => f.write_str("not below zero"),
            Self::Package { quantity, size, packages, price } => {
                write!(f, "{packages} packages of {size} for {quantity} × {price}")
            }
            Self::Percentage { quantity, count } => write!(f, "percentage of {quantity} in {count} transactions"),
            Self::PercentOf { of, percent } => write!(f, "{percent} % of {of}"),
            Self::PerTransaction { count, each } => write!(f, "{count} transactions × {each}"),
            Self::FreeTransactions { count, free } => write!(f, "{count} transactions and {free} free"),
            Self::TransactionMinimum { count, minimum } => {
                write!(f, "{count} transactions up to their minimum of {minimum}")
            }
            Self::TransactionMaximum { count, maximum } => {
                write!(f, "{count} transactions above their maximum of {maximum}")
            }
            Self::Matrix { rate: Some(rate), quantity, each } => write!(f, "rate {rate}: {quantity} × {each}"),
            Self::Matrix { rate: None, quantity, each } => write!(f, "default rate: {quantity} × {each}"),
            Self::Dynamic { carried, multiplier } => write!(f, "carried {carried} × {multiplier}"),
            Self::CostPlus { carried } => write!(f, "cost of {carried} with markup"),
            Self::Cost => f.write_str("cost"),
            Self::Formula { quantity, count } => write!(f, "formula of quantity {quantity} and count {count}"),
            Self::Increment => f.write_str("difference"),
            Self::After => f.write_str("worth now"),
            Self::Before => f.write_str("worth before"),
            Self::AlreadyPaid => f.write_str("paid before"),
            Self::Kept => f.write_str("not given back"),
        }
    }
}
