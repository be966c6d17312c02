//! From terms and usage to an amount.

use crate::{Basis, Explanation, NonNegative, RateError, Reason, Terms, Usage, allowance::take_included};
use alloc::vec::Vec;
use money::{NumError, Ratio};

/// What a price comes to, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rated {
    /// The exact amount in the currency, before the one rounding of its line.
    pub amount: Ratio,
    /// Why; its root has the same amount.
    pub explanation: Explanation,
}

impl Rated {
    /// An amount with its explanation.
    pub fn of(explanation: Explanation) -> Self {
        Self { amount: explanation.amount, explanation }
    }
}

/// What `usage` is worth under `terms`, for a `share` of the cycle (1 for a whole one).
///
/// The order inside a period: allowance → model → maximum → minimum → share → rate of the pricing unit. The share applies to
/// the whole amount of a quantity that is [held](Basis::Held) for the cycle. Of [metered](Basis::Metered) usage it applies to
/// what the price grants or asks for a cycle: allowance, maximum and minimum; the usage is that of the part already, and a
/// tier's bounds and fees are not cut.
///
/// The amount is exact. It is rounded once, on the line, by the caller.
pub fn rate(terms: &Terms, usage: &Usage<'_>, share: Ratio) -> Result<Rated, RateError> {
    terms.check()?;
    if share.is_negative() {
        return Err(RateError::NegativeShare { share });
    }
    let of_terms = match usage.basis {
        Basis::Held => Ratio::ONE,
        Basis::Metered => share,
    };
    let mut explanation = price(terms, usage, of_terms)?;
    if usage.basis == Basis::Held && share != Ratio::ONE {
        explanation = Explanation::above(Reason::Prorated { share }, explanation.scaled(share)?);
    }
    if let Some(unit) = &terms.unit {
        let (units, rate) = (explanation.amount, unit.rate.get());
        let reason = Reason::Converted { unit: unit.code.clone(), rate, units };
        explanation = Explanation::above(reason, explanation.scaled(Ratio::from(rate))?);
    }
    Ok(Rated::of(explanation))
}

/// The price in its own unit; `share` cuts what the terms grant or ask for a cycle.
fn price(terms: &Terms, usage: &Usage<'_>, share: Ratio) -> Result<Explanation, RateError> {
    if terms.included.is_none() && terms.minimum.is_none() && terms.maximum.is_none() {
        return terms.model.worth(usage.quantity, usage);
    }
    let mut parts = Vec::with_capacity(4);
    let mut quantity = usage.quantity;
    if let Some(included) = terms.included {
        let included = included.ratio().times(share)?;
        let taken = take_included(included, Ratio::ZERO, quantity)?;
        let used = taken.used;
        quantity = taken.net;
        parts.push(Explanation::leaf(Reason::Included { included, used }, Ratio::ZERO));
    }
    let model = terms.model.worth(quantity, usage)?;
    let mut amount = model.amount;
    parts.push(model);
    let limit = |limit: Option<NonNegative>| limit.map(|l| l.ratio().times(share)).transpose();
    if let Some(maximum) = limit(terms.maximum)?.filter(|maximum| amount > *maximum) {
        parts.push(Explanation::leaf(Reason::Maximum { maximum }, maximum.minus(amount)?));
        amount = maximum;
    }
    if let Some(minimum) = limit(terms.minimum)? {
        let missing = true_up(minimum, amount)?;
        if missing.is_positive() {
            parts.push(Explanation::leaf(Reason::Minimum { minimum }, missing));
        }
    }
    Ok(Explanation::sum(Reason::Price, parts)?)
}

/// What is missing to a minimum: minimum − amount, never below zero.
pub fn true_up(minimum: Ratio, amount: Ratio) -> Result<Ratio, NumError> {
    Ok(minimum.minus(amount)?.max(Ratio::ZERO))
}
