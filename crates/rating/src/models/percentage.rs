//! A percentage of an amount, with what is charged, free and limited for each transaction.

use super::{percent_of_one, whole};
use crate::{Explanation, NonNegative, RateError, Reason, Usage};
use alloc::vec::Vec;
use money::{Dec, NumError, Ratio};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A percentage price. The quantity is the sum of the transactions.
///
/// Transactions are taken in order of time. One is free as long as free transactions are left (if the price has any) and its
/// amount fits into what is left of the free amount (if the price has one): the free part ends with the limit that is used up
/// first. Of the transaction that crosses the free amount only the rest is charged. What is charged costs
/// rest × `percent` + `fixed`, at least `minimum` and at most `maximum`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Percentage {
    /// Percent: `"2.9"` is 2.9 %.
    pub percent: NonNegative,
    /// Charged for each transaction on top.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fixed: Option<NonNegative>,
    /// How many transactions are free.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub free_transactions: Option<u64>,
    /// The amount that is free.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub free_amount: Option<NonNegative>,
    /// The least that a charged transaction costs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum: Option<NonNegative>,
    /// The most that a charged transaction costs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maximum: Option<NonNegative>,
}

/// What is charged of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Charge {
    /// Nothing.
    Free,
    /// This part of it.
    Part(Dec),
}

impl Percentage {
    /// A percentage with nothing per transaction.
    pub const fn of(percent: NonNegative) -> Self {
        Self { percent, fixed: None, free_transactions: None, free_amount: None, minimum: None, maximum: None }
    }

    /// Whether the price looks at the single transactions, and not only at their sum and number.
    pub const fn looks_at_transactions(&self) -> bool {
        self.free_transactions.is_some()
            || self.free_amount.is_some()
            || self.minimum.is_some()
            || self.maximum.is_some()
    }

    /// The worth of all transactions; without free parts and limits, of their sum and number.
    pub(crate) fn worth(&self, quantity: Ratio, usage: &Usage<'_>) -> Result<Explanation, RateError> {
        if !self.looks_at_transactions() {
            let of_all = self.percent_of(quantity)?;
            let parts = self.fixed.map(|fixed| per_transaction(usage.count, fixed)).transpose()?;
            let parts = core::iter::once(of_all).chain(parts).collect();
            return Ok(Explanation::sum(Reason::Percentage { quantity, count: usage.count }, parts)?);
        }
        if u64::try_from(usage.transactions.len()) != Ok(usage.count) {
            return Err(RateError::MissingTransactions { count: usage.count, found: usage.transactions.len() });
        }
        self.charged(quantity, usage.transactions, self.charges(usage.transactions))
    }

    /// What is charged of each transaction: the rule of this model.
    fn charges(&self, transactions: &[Dec]) -> impl Iterator<Item = Result<Charge, NumError>> {
        let mut count = self.free_transactions;
        let mut amount = self.free_amount.map(NonNegative::get);
        let mut ended = count.is_none() && amount.is_none();
        transactions.iter().map(move |&value| {
            ended = ended || count == Some(0);
            if ended {
                return Ok(Charge::Part(value));
            }
            count = count.map(|left| left - 1);
            let Some(left) = amount else { return Ok(Charge::Free) };
            if value <= left {
                amount = Some(left.minus(value)?);
                return Ok(Charge::Free);
            }
            ended = true;
            Ok(Charge::Part(value.minus(left)?))
        })
    }

    /// The worth of transactions when it is known what is charged of each.
    pub(crate) fn charged(
        &self,
        quantity: Ratio,
        transactions: &[Dec],
        charges: impl Iterator<Item = Result<Charge, NumError>>,
    ) -> Result<Explanation, RateError> {
        let percent = percent_of_one(self.percent)?;
        let fixed = self.fixed.unwrap_or(NonNegative::ZERO).get();
        let mut tally = Tally::EMPTY;
        for (n, (value, charge)) in transactions.iter().zip(charges).enumerate() {
            if value.is_negative() {
                return Err(RateError::NegativeTransaction { number: n + 1, amount: *value });
            }
            match charge? {
                Charge::Free => tally.free(*value)?,
                Charge::Part(part) => {
                    tally.free_amount = tally.free_amount.plus(value.minus(part)?)?;
                    tally.charge(part, part.times(percent)?.plus(fixed)?, (self.minimum, self.maximum))?;
                }
            }
        }
        let mut parts = Vec::with_capacity(3);
        if self.free_transactions.is_some() || self.free_amount.is_some() {
            let reason = Reason::FreeTransactions { count: tally.free, free: tally.free_amount };
            parts.push(Explanation::leaf(reason, Ratio::ZERO));
        }
        parts.push(self.percent_of(Ratio::from(tally.charged_amount))?);
        if let Some(fixed) = self.fixed {
            parts.push(per_transaction(tally.charged, fixed)?);
        }
        if let Some(minimum) = self.minimum {
            let reason = Reason::TransactionMinimum { count: tally.lifted, minimum: minimum.get() };
            parts.push(Explanation::leaf(reason, Ratio::from(tally.lift)));
        }
        if let Some(maximum) = self.maximum {
            let reason = Reason::TransactionMaximum { count: tally.capped, maximum: maximum.get() };
            parts.push(Explanation::leaf(reason, Ratio::from(tally.cut).negated()));
        }
        let count = tally.free + tally.charged;
        Ok(Explanation::sum(Reason::Percentage { quantity, count }, parts)?)
    }

    fn percent_of(&self, of: Ratio) -> Result<Explanation, NumError> {
        let amount = of.times(Ratio::from(percent_of_one(self.percent)?))?;
        Ok(Explanation::leaf(Reason::PercentOf { of, percent: self.percent.get() }, amount))
    }
}

fn per_transaction(count: u64, each: NonNegative) -> Result<Explanation, NumError> {
    let amount = whole(count).times(each.ratio())?;
    Ok(Explanation::leaf(Reason::PerTransaction { count, each: each.get() }, amount))
}

/// What the transactions add up to.
struct Tally {
    free: u64,
    free_amount: Dec,
    charged: u64,
    charged_amount: Dec,
    lifted: u64,
    lift: Dec,
    capped: u64,
    cut: Dec,
}

impl Tally {
    const EMPTY: Self = Self {
        free: 0,
        free_amount: Dec::ZERO,
        charged: 0,
        charged_amount: Dec::ZERO,
        lifted: 0,
        lift: Dec::ZERO,
        capped: 0,
        cut: Dec::ZERO,
    };

    fn free(&mut self, value: Dec) -> Result<(), NumError> {
        self.free += 1;
        self.free_amount = self.free_amount.plus(value)?;
        Ok(())
    }

    /// Adds a charged part that costs `price` before its limits. The minimum comes first, so that the maximum has the last word.
    fn charge(
        &mut self,
        part: Dec,
        price: Dec,
        limits: (Option<NonNegative>, Option<NonNegative>),
    ) -> Result<(), NumError> {
        self.charged += 1;
        self.charged_amount = self.charged_amount.plus(part)?;
        let mut price = price;
        if let Some(minimum) = limits.0.map(NonNegative::get).filter(|minimum| price < *minimum) {
            self.lifted += 1;
            self.lift = self.lift.plus(minimum.minus(price)?)?;
            price = minimum;
        }
        if let Some(maximum) = limits.1.map(NonNegative::get).filter(|maximum| price > *maximum) {
            self.capped += 1;
            self.cut = self.cut.plus(price.minus(maximum)?)?;
        }
        Ok(())
    }
}
