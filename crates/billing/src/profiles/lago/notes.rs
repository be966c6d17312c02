//! Credit notes on an invoice: the note that completes it takes the remaining tax.

use super::{five, whole};
use alloc::{collections::BTreeMap, vec::Vec};
use money::{Dec, NumError, Ratio, Rounding};
use stdx::Key;

/// A fee of the invoice that is credited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteFee {
    /// Before coupons.
    pub amount: i128,
    /// The exact part of the coupons.
    pub coupon: Ratio,
    /// The rates in per cent, by code.
    pub rates: BTreeMap<Key, Dec>,
}

/// A part of a fee that a note credits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoteItem {
    /// The fee, by its place.
    pub fee: usize,
    /// How much of its amount before coupons.
    pub amount: Ratio,
}

/// The totals of a note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteTotals {
    /// After coupons, without tax.
    pub subtotal: i128,
    /// The coupons that are taken back.
    pub coupon_adjustment: i128,
    /// The tax.
    pub taxes: i128,
    /// What is credited.
    pub total: i128,
}

/// An invoice with its notes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notes {
    /// The tax of the invoice.
    pub taxes: i128,
    /// Its total.
    pub total: i128,
    /// Its taxes as one rate in per cent, at five decimals; `None` where nothing is taxed.
    pub effective_rate: Option<Ratio>,
    /// The notes, in order.
    pub notes: Vec<NoteTotals>,
}

/// The taxes of a note, by code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeTaxes {
    /// Each rounded on its own.
    pub by_code: BTreeMap<Key, i128>,
    /// Their sum.
    pub taxes: i128,
    /// As one rate in per cent, at five decimals; `None` where nothing is credited.
    pub effective_rate: Option<Ratio>,
    /// The coupons that are taken back.
    pub coupon_adjustment: i128,
}

/// The exact sums of some items.
#[derive(Debug, Clone, Copy)]
struct Sums {
    net: Ratio,
    coupon: Ratio,
    /// Net amount times per cent.
    weighted: Ratio,
}

impl NoteFee {
    fn rate(&self) -> Result<Ratio, NumError> {
        self.rates.values().try_fold(Ratio::ZERO, |sum, rate| sum.plus(Ratio::from(*rate)))
    }

    /// A part of the fee: what is left of it after its part of the coupons, and that part.
    fn part(&self, amount: Ratio) -> Result<(Ratio, Ratio), NumError> {
        let coupon = self.coupon.times(amount)?.over(Ratio::from_int(self.amount))?;
        Ok((amount.minus(coupon)?, coupon))
    }
}

impl Sums {
    fn of(fees: &[NoteFee], items: &[NoteItem]) -> Result<Self, NumError> {
        let mut sums = Self { net: Ratio::ZERO, coupon: Ratio::ZERO, weighted: Ratio::ZERO };
        for item in items {
            let fee = &fees[item.fee];
            let (net, coupon) = fee.part(item.amount)?;
            sums.net = sums.net.plus(net)?;
            sums.coupon = sums.coupon.plus(coupon)?;
            sums.weighted = sums.weighted.plus(net.times(fee.rate()?)?)?;
        }
        Ok(sums)
    }

    fn tax(self) -> Result<Ratio, NumError> {
        self.weighted.over(Ratio::from_int(100))
    }

    fn effective_rate(self) -> Result<Option<Ratio>, NumError> {
        if self.net.is_zero() {
            return Ok(None);
        }
        five(self.weighted.over(self.net)?, Rounding::HalfUp).map(Some)
    }
}

/// The totals of an invoice and of its notes, one after the other. An item names a fee that is there.
pub fn notes(fees: &[NoteFee], of: &[Vec<NoteItem>]) -> Result<Notes, NumError> {
    let all: Vec<NoteItem> =
        fees.iter().enumerate().map(|(fee, one)| NoteItem { fee, amount: Ratio::from_int(one.amount) }).collect();
    let invoice = Sums::of(fees, &all)?;
    let taxes = whole(invoice.tax()?)?;
    let mut credited: Vec<Ratio> = fees.iter().map(|_| Ratio::ZERO).collect();
    let (mut tax_left, mut notes) = (taxes, Vec::with_capacity(of.len()));
    for items in of {
        let sums = Sums::of(fees, items)?;
        for item in items {
            credited[item.fee] = credited[item.fee].plus(item.amount)?;
        }
        let complete = credited.iter().zip(fees).all(|(credited, fee)| *credited == Ratio::from_int(fee.amount));
        let taxes = if complete { tax_left } else { whole(sums.tax()?)? };
        tax_left -= taxes;
        let (subtotal, coupon_adjustment) = (whole(sums.net)?, whole(sums.coupon)?);
        notes.push(NoteTotals { subtotal, coupon_adjustment, taxes, total: subtotal + taxes });
    }
    Ok(Notes { taxes, total: whole(invoice.net)? + taxes, effective_rate: invoice.effective_rate()?, notes })
}

/// The taxes of a note by code, each rounded on its own.
pub fn code_taxes(fees: &[NoteFee], items: &[NoteItem]) -> Result<CodeTaxes, NumError> {
    let mut exact: BTreeMap<Key, Ratio> = BTreeMap::new();
    for item in items {
        let (net, _) = fees[item.fee].part(item.amount)?;
        for (code, rate) in &fees[item.fee].rates {
            let sum = exact.entry(code.clone()).or_insert(Ratio::ZERO);
            *sum = sum.plus(net.times(rate.over(Dec::from_int(100))?)?)?;
        }
    }
    let by_code: BTreeMap<Key, i128> =
        exact.into_iter().map(|(code, tax)| Ok((code, whole(tax)?))).collect::<Result<_, NumError>>()?;
    let sums = Sums::of(fees, items)?;
    Ok(CodeTaxes {
        taxes: by_code.values().sum(),
        by_code,
        effective_rate: sums.effective_rate()?,
        coupon_adjustment: whole(sums.coupon)?,
    })
}

/// The total of a note that was entered by hand, made to fit its items and its tax.
pub fn aligned_total(items: &[Ratio], tax: i128) -> Result<i128, NumError> {
    Ok(whole(items.iter().try_fold(Ratio::ZERO, |sum, item| sum.plus(*item))?)? + tax)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_note_that_completes_the_invoice_takes_the_remaining_tax() {
        let fee = NoteFee {
            amount: 33,
            coupon: Ratio::ZERO,
            rates: [(Key::try_from("vat").expect("key"), Dec::from_int(10))].into(),
        };
        let item = |fee| alloc::vec![NoteItem { fee, amount: Ratio::from_int(33) }];
        let found = notes(&[fee.clone(), fee.clone(), fee], &[item(0), item(1), item(2)]).expect("notes");
        let taxes: Vec<i128> = found.notes.iter().map(|note| note.taxes).collect();
        assert_eq!((found.taxes, taxes), (10, alloc::vec![3, 3, 4]));
        assert_eq!(found.effective_rate, Some(Ratio::from_int(10)));
    }
}
