//! Why an amount is what it is: a tree whose parts sum to the whole at every level.

use alloc::vec::Vec;
use money::{Dec, NumError, Ratio};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::Key;

/// One node of the tree: what it is, how much it is, and what it consists of.
///
/// `amount` is exact and in the currency of the price. Where the node has parts, their amounts sum to it exactly. A factor
/// (proration, the rate of a pricing unit) is a node of its own; the amounts of everything below it include the factor, while
/// the quantities and unit prices below it are those of the price list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Explanation {
    /// What this node is, with the numbers that went into it.
    pub reason: Reason,
    /// The exact amount.
    pub amount: Ratio,
    /// What the amount is made of; empty for a leaf.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Explanation>,
}

/// What a node of an explanation is. Quantities are in the unit that the price counts, prices in the unit of the price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// A whole price: the model's amount with its allowance, maximum and minimum.
    Price,
    /// Quantity that the price includes. Amount 0: it only says why less than the quantity was priced.
    Included {
        /// What the price includes, after proration.
        included: Ratio,
        /// How much of it was used.
        used: Ratio,
    },
    /// What the maximum takes off; zero or below.
    Maximum {
        /// The most that the price costs, after proration.
        maximum: Ratio,
    },
    /// What fills the price up to its minimum; zero or above.
    Minimum {
        /// The least that the price costs, after proration.
        minimum: Ratio,
    },
    /// A share of everything below.
    Prorated {
        /// The part of the cycle.
        share: Ratio,
    },
    /// Everything below, converted from a pricing unit.
    Converted {
        /// The pricing unit.
        unit: Key,
        /// Currency per unit.
        rate: Dec,
        /// The amount in pricing units.
        units: Ratio,
    },
    /// A fixed price.
    Flat {
        /// The price.
        price: Dec,
    },
    /// Quantity times price.
    PerUnit {
        /// Units.
        quantity: Ratio,
        /// Price of one.
        each: Dec,
    },
    /// Each unit at the price of its tier; the parts are the tiers.
    Graduated {
        /// Units in all.
        quantity: Ratio,
    },
    /// All units at the price of the tier that the quantity reaches.
    Volume {
        /// Units in all, priced.
        quantity: Ratio,
    },
    /// The price of the step in which the quantity lies.
    StairStep {
        /// Number of the step, from 1.
        tier: u32,
        /// Last quantity of the step; `None` when it is open.
        up_to: Option<Dec>,
        /// Units in all.
        quantity: Ratio,
        /// The price of the step.
        price: Dec,
    },
    /// Units in one tier.
    TierUnits {
        /// Number of the tier, from 1.
        tier: u32,
        /// Where the tier begins, exclusive.
        above: Dec,
        /// Last quantity of the tier, inclusive; `None` when it is open.
        up_to: Option<Dec>,
        /// Units.
        quantity: Ratio,
        /// Price of one.
        each: Dec,
    },
    /// A percentage of the amount in one tier.
    TierPercent {
        /// Number of the tier, from 1.
        tier: u32,
        /// Where the tier begins, exclusive.
        above: Dec,
        /// Last amount of the tier, inclusive; `None` when it is open.
        up_to: Option<Dec>,
        /// The amount of which the percentage is taken.
        of: Ratio,
        /// The percentage.
        percent: Dec,
    },
    /// The fee of a tier that was reached.
    TierFlat {
        /// Number of the tier, from 1.
        tier: u32,
        /// The fee.
        flat: Dec,
    },
    /// What the maximum of a tier takes off; zero or below.
    TierMaximum {
        /// Number of the tier, from 1.
        tier: u32,
        /// The most that the tier costs.
        maximum: Dec,
    },
    /// What keeps corrections below zero from becoming a credit; zero or above.
    NotBelowZero,
    /// Started packages.
    Package {
        /// Units.
        quantity: Ratio,
        /// Units in a package.
        size: Dec,
        /// Started packages.
        packages: Dec,
        /// Price of a package.
        price: Dec,
    },
    /// A percentage price; the parts are its percentage and what is charged for each transaction.
    Percentage {
        /// Sum of the transactions.
        quantity: Ratio,
        /// How many transactions.
        count: u64,
    },
    /// A percentage of an amount.
    PercentOf {
        /// The amount of which the percentage is taken.
        of: Ratio,
        /// The percentage.
        percent: Dec,
    },
    /// A fixed part for each transaction or event.
    PerTransaction {
        /// How many.
        count: u64,
        /// Price of one.
        each: Dec,
    },
    /// Transactions without a charge. Amount 0.
    FreeTransactions {
        /// How many.
        count: u64,
        /// The amount that is free, in part of charged transactions too.
        free: Dec,
    },
    /// What lifts small transactions to their minimum; zero or above.
    TransactionMinimum {
        /// How many were lifted.
        count: u64,
        /// The least that one costs.
        minimum: Dec,
    },
    /// What caps large transactions at their maximum; zero or below.
    TransactionMaximum {
        /// How many were capped.
        count: u64,
        /// The most that one costs.
        maximum: Dec,
    },
    /// Quantity times the rate of its dimensions.
    Matrix {
        /// Number of the rate in the price, from 1; `None` for the default rate.
        rate: Option<u32>,
        /// Units.
        quantity: Ratio,
        /// Price of one.
        each: Dec,
    },
    /// An amount that the events carry.
    Dynamic {
        /// Sum of the carried amounts.
        carried: Dec,
        /// What it is multiplied with.
        multiplier: Dec,
    },
    /// A cost with a markup; the parts are cost, markup and what each event costs.
    CostPlus {
        /// Sum of the carried costs.
        carried: Dec,
    },
    /// The cost that the events carry.
    Cost,
    /// The result of a formula.
    Formula {
        /// Units, the variable `quantity`.
        quantity: Ratio,
        /// Events, the variable `count`.
        count: u64,
    },
    /// A difference of two worths: the parts are [`Reason::After`] and [`Reason::Before`].
    Increment,
    /// What the usage is worth now.
    After,
    /// What the usage was worth before, taken off.
    Before,
    /// What was paid before, taken off.
    AlreadyPaid,
    /// What keeps a decrease from being given back; zero or above.
    Kept,
}

impl Explanation {
    /// A node without parts.
    pub const fn leaf(reason: Reason, amount: Ratio) -> Self {
        Self { reason, amount, parts: Vec::new() }
    }

    /// A node whose amount is the sum of its parts.
    pub fn sum(reason: Reason, parts: Vec<Self>) -> Result<Self, NumError> {
        let amount = total(&parts)?;
        Ok(Self { reason, amount, parts })
    }

    /// A node above one other, with the same amount.
    #[must_use]
    pub fn above(reason: Reason, part: Self) -> Self {
        Self { reason, amount: part.amount, parts: alloc::vec![part] }
    }

    /// The same tree with every amount multiplied. Inputs stay what they are.
    pub fn scaled(mut self, factor: Ratio) -> Result<Self, NumError> {
        self.scale_by(factor)?;
        Ok(self)
    }

    fn scale_by(&mut self, factor: Ratio) -> Result<(), NumError> {
        self.amount = self.amount.times(factor)?;
        self.parts.iter_mut().try_for_each(|part| part.scale_by(factor))
    }

    /// The same tree with every amount negated.
    #[must_use]
    pub fn negated(mut self) -> Self {
        self.negate();
        self
    }

    fn negate(&mut self) {
        self.amount = self.amount.negated();
        self.parts.iter_mut().for_each(Self::negate);
    }

    /// Whether the parts sum to the whole at every level.
    pub fn adds_up(&self) -> bool {
        self.parts.is_empty() || (total(&self.parts) == Ok(self.amount) && self.parts.iter().all(Self::adds_up))
    }
}

fn total(parts: &[Explanation]) -> Result<Ratio, NumError> {
    parts.iter().try_fold(Ratio::ZERO, |sum, part| sum.plus(part.amount))
}
