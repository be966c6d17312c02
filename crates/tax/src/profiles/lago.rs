//! Lago's tax of an invoice: coupons are shared with five decimals, and the fee, the rate and the invoice are each rounded from the exact
//! sum, so that the three need not add up.
//!
//! Source: the conventions in `conformance/lago/README.md` (taxes, rounding).

use crate::{Percent, Tax, TaxError, assess::rounded, exact_tax, shares};
use alloc::{collections::BTreeMap, vec::Vec};
use money::{NumError, Ratio, Rounding};
use stdx::Key;

/// A fee with the part of the coupons that falls on it; minor units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fee {
    /// The amount before coupons.
    pub amount: i128,
    /// The exact part of the coupons.
    pub coupon: Ratio,
    /// The taxes.
    pub taxes: Vec<Tax>,
}

/// The figures that an invoice shows; minor units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Totals {
    /// The tax of each fee.
    pub fee_taxes: Vec<i128>,
    /// Tax and taxed amount by code.
    pub by_code: BTreeMap<Key, CodeTotal>,
    /// The fees before coupons.
    pub fees: i128,
    /// The coupons.
    pub coupons: i128,
    /// Fees less coupons.
    pub subtotal: i128,
    /// The tax of the invoice.
    pub taxes: i128,
    /// What is to be paid.
    pub total: i128,
    /// The taxes as one rate in per cent of the subtotal, at five decimals.
    pub effective_rate: Ratio,
}

/// What an invoice shows of one tax.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeTotal {
    /// The tax.
    pub tax: i128,
    /// What it is on.
    pub base: i128,
}

/// The exact sums under one code.
struct CodeSum {
    tax: Ratio,
    base: Ratio,
    percent: Percent,
    /// How many fees have it.
    fees: i128,
}

impl Fee {
    fn net(&self) -> Result<Ratio, NumError> {
        Ratio::from_int(self.amount).minus(self.coupon)
    }
}

/// The totals of an invoice.
pub fn totals(fees: &[Fee]) -> Result<Totals, TaxError> {
    let whole = |exact| rounded(exact, Rounding::HalfUp);
    let mut sums: BTreeMap<Key, CodeSum> = BTreeMap::new();
    let (mut fee_taxes, mut exact, mut coupons) = (Vec::with_capacity(fees.len()), Ratio::ZERO, Ratio::ZERO);
    for fee in fees {
        let net = fee.net()?;
        for (tax, share) in fee.taxes.iter().zip(shares(&fee.taxes)?) {
            let zero = CodeSum { tax: Ratio::ZERO, base: Ratio::ZERO, percent: tax.percent, fees: 0 };
            let sum = sums.entry(tax.code.clone()).or_insert(zero);
            *sum = CodeSum {
                tax: sum.tax.plus(net.times(share)?)?,
                base: sum.base.plus(net)?,
                percent: tax.percent,
                fees: sum.fees + 1,
            };
        }
        let tax = exact_tax(net, &fee.taxes)?;
        fee_taxes.push(whole(tax)?);
        exact = exact.plus(tax)?;
        coupons = coupons.plus(fee.coupon)?;
    }
    let amount: i128 = fees.iter().map(|fee| fee.amount).sum();
    let (coupons, taxes) = (whole(coupons)?, whole(exact)?);
    let subtotal = amount - coupons;
    let effective_rate = effective_rate(&sums, subtotal, fees.len())?;
    let by_code = sums
        .into_iter()
        .map(|(code, sum)| Ok((code, CodeTotal { tax: whole(sum.tax)?, base: whole(sum.base)? })))
        .collect::<Result<_, NumError>>()?;
    Ok(Totals { fee_taxes, by_code, fees: amount, coupons, subtotal, taxes, total: subtotal + taxes, effective_rate })
}

/// The rates weighted by what they are on; by the number of fees where nothing is left to weigh.
fn effective_rate(sums: &BTreeMap<Key, CodeSum>, subtotal: i128, fees: usize) -> Result<Ratio, NumError> {
    let mut weighted = Ratio::ZERO;
    for sum in sums.values() {
        let weight = if subtotal > 0 { sum.base } else { Ratio::from_int(sum.fees) };
        weighted = weighted.plus(Ratio::from(sum.percent.get()).times(weight)?)?;
    }
    let over = if subtotal > 0 { subtotal } else { i128::try_from(fees.max(1)).map_err(|_| NumError::Overflow)? };
    Ok(Ratio::from(weighted.over(Ratio::from_int(over))?.round(5, Rounding::HalfUp)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fee_rate_and_invoice_are_each_rounded_from_the_exact_sum() {
        let tax = |code: &str, percent| {
            Tax::of(code.try_into().expect("key"), Percent::try_from(money::Dec::from_int(percent)).expect("rate"))
        };
        let fee = |amount, tax: &Tax| Fee { amount, coupon: Ratio::ZERO, taxes: alloc::vec![tax.clone()] };
        let (ten, twenty) = (tax("a", 10), tax("b", 20));
        let found = totals(&[fee(14, &ten), fee(14, &ten), fee(2, &twenty)]).expect("totals");
        assert_eq!(found.fee_taxes, [1, 1, 0]);
        assert_eq!(found.by_code.values().map(|one| one.tax).collect::<Vec<_>>(), [3, 0]);
        assert_eq!((found.taxes, found.total), (3, 33));
        assert_eq!(found.effective_rate, "10.66667".parse().expect("number"));
    }
}
