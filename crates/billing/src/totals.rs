//! The totals of a document: lines, discounts, tax, and what is left to pay.

use alloc::vec::Vec;
use money::{Currency, Money, MoneyError};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::{Key, Problem, ToProblem};
use tax::{Assessment, Prices, Tax, TaxError, TaxPolicy, Taxable, assess};

/// A line with its discounts and taxes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    /// Before discounts.
    pub amount: Money,
    /// All discounts off it.
    pub discount: Money,
    /// Whether the amount contains the taxes.
    pub prices: Prices,
    /// Its taxes.
    pub taxes: Vec<Tax>,
}

/// The totals of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Totals {
    /// The lines before discounts.
    pub lines: Money,
    /// All discounts.
    pub discounts: Money,
    /// The taxes, with the net and the gross amount.
    pub taxed: Assessment,
    /// What credits and prepaid balances pay of it.
    pub paid: Vec<PaidBy>,
    /// What is left to pay.
    pub due: Money,
}

/// What one credit pays of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PaidBy {
    /// The credit.
    pub credit: Key,
    /// How much of it, above zero.
    pub amount: Money,
}

/// Why there are no totals.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TotalsError {
    /// The tax cannot be computed.
    #[error(transparent)]
    Tax(#[from] TaxError),
    /// An amount cannot be had.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

/// Composes a document: each line less its discounts, then tax, then what credits pay, in their order. Credits settle a document and change nothing
/// of what it charges.
pub fn compose(
    currency: Currency,
    charges: &[Charge],
    policy: TaxPolicy,
    credits: &[(Key, Money)],
) -> Result<Totals, TotalsError> {
    let zero = Money::zero(currency);
    let (mut lines, mut discounts, mut taxable) = (zero, zero, Vec::with_capacity(charges.len()));
    for charge in charges {
        lines = lines.plus(charge.amount)?;
        discounts = discounts.plus(charge.discount)?;
        taxable.push(Taxable::new(charge.amount.minus(charge.discount)?, charge.prices, charge.taxes.clone()));
    }
    let taxed = assess(currency, &taxable, policy)?;
    let (paid, due) = pay(taxed.gross, credits)?;
    Ok(Totals { lines, discounts, taxed, paid, due })
}

/// Pays an amount from credits, in their order, and gives what is left of the amount. A credit in another currency is not used, and nothing is
/// paid of what is not above zero.
pub fn pay(amount: Money, credits: &[(Key, Money)]) -> Result<(Vec<PaidBy>, Money), MoneyError> {
    let (mut paid, mut left) = (Vec::new(), amount);
    for (credit, there) in credits.iter().filter(|(_, there)| there.currency() == amount.currency()) {
        let part = Money::new(left.minor().min(there.minor()), amount.currency());
        if part.minor() > 0 {
            left = left.minus(part)?;
            paid.push(PaidBy { credit: credit.clone(), amount: part });
        }
    }
    Ok((paid, left))
}

impl ToProblem for TotalsError {
    fn problem(&self) -> Problem {
        match self {
            Self::Tax(error) => error.problem(),
            Self::Money(error) => error.problem(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tax::Percent;

    #[test]
    fn discounts_come_before_tax_and_credits_after_it() {
        let euro = Currency::parse("EUR").expect("euro");
        let percent = Percent::try_from("8.25".parse::<money::Dec>().expect("number")).expect("rate");
        let charge = Charge {
            amount: Money::new(3500, euro),
            discount: Money::new(350, euro),
            prices: Prices::Exclusive,
            taxes: alloc::vec![Tax::of("sales".try_into().expect("key"), percent)],
        };
        let dollar = Currency::parse("USD").expect("dollar");
        let credit = |key: &str, minor, currency| (Key::try_from(key).expect("key"), Money::new(minor, currency));
        let credits = [credit("a", 1000, euro), credit("b", 5000, dollar), credit("c", 9000, euro)];
        let found = compose(euro, &[charge], TaxPolicy::default(), &credits).expect("composed");
        assert_eq!((found.taxed.net.minor(), found.taxed.tax.minor(), found.taxed.gross.minor()), (3150, 260, 3410));
        let paid: Vec<_> = found.paid.iter().map(|one| (one.credit.as_str(), one.amount.minor())).collect();
        assert_eq!(paid, [("a", 1000), ("c", 2410)]);
        assert!(found.due.is_zero());
    }
}
