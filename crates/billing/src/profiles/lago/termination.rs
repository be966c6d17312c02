//! The credit for the unused part of a fee that was paid in advance.

use super::{five, whole};
use money::{Dec, NumError, Ratio, Rounding};

/// A subscription that ends before its period does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// The plan's amount for a whole period.
    pub plan: i128,
    /// The days of the period, of those not used, and of those used.
    pub days: (i64, i64, i64),
    /// The rate of tax in per cent.
    pub tax_rate: Dec,
    /// The fee that was billed, and the part of the coupons on it.
    pub fee: (i128, Ratio),
    /// The total of its invoice, and what was paid of it.
    pub invoice: (i128, i128),
    /// What was credited on the fee before.
    pub credited: i128,
    /// What happens to the credit.
    pub mode: Mode,
}

/// What happens to the credit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// All of it is kept for later invoices.
    Credit,
    /// What was paid beyond the use is refunded, the rest kept.
    Refund,
    /// What was paid beyond the use is refunded, the rest taken off the invoice.
    Offset,
}

/// The credit note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TerminationCredit {
    /// The unused part, cut to five decimals.
    pub item: Ratio,
    /// Its tax.
    pub tax: i128,
    /// The credit.
    pub total: i128,
    /// What of it is refunded.
    pub refund: i128,
    /// What is kept for later invoices.
    pub credit: i128,
    /// What is taken off the invoice.
    pub offset: i128,
}

impl Ended {
    /// Of a part of the fee: what is left after its part of the coupons, and the tax on that.
    fn parts(&self, amount: Ratio) -> Result<(Ratio, Ratio), NumError> {
        let (fee, coupon) = self.fee;
        let net = amount.minus(coupon.times(amount)?.over(Ratio::from_int(fee))?)?;
        Ok((net, net.times(self.rate()?)?))
    }

    fn rate(&self) -> Result<Ratio, NumError> {
        self.tax_rate.over(Dec::from_int(100))
    }

    fn of_days(&self, days: i64) -> Result<Ratio, NumError> {
        Ratio::from_int(self.plan).times(Ratio::new(days.into(), self.days.0.into())?)
    }

    /// What was paid of this fee: its part of the payments on the invoice.
    fn paid(&self) -> Result<Ratio, NumError> {
        let ((fee, coupon), (total, paid)) = (self.fee, self.invoice);
        if total == 0 {
            return Ok(Ratio::ZERO);
        }
        let gross = Ratio::from_int(fee).minus(coupon)?.times(Ratio::ONE.plus(self.rate()?)?)?;
        gross.times(Ratio::new(paid, total)?)
    }
}

/// The credit note of an end; `None` where there is nothing to credit.
pub fn termination_credit(ended: &Ended) -> Result<Option<TerminationCredit>, NumError> {
    let (_, unused, used) = ended.days;
    let unused = ended.of_days(unused)?.min(Ratio::from_int(ended.fee.0)).minus(Ratio::from_int(ended.credited))?;
    if !unused.is_positive() {
        return Ok(None);
    }
    let item = five(unused, Rounding::Down)?;
    let (net, tax) = ended.parts(item)?;
    if whole(net.plus(tax)?)? == 0 {
        return Ok(None);
    }
    let total = whole(net)? + whole(tax)?;
    let refund = match ended.mode {
        Mode::Credit => 0,
        Mode::Refund | Mode::Offset => {
            let (net, tax) = ended.parts(ended.of_days(used)?)?;
            let beyond = ended.paid()?.minus(Ratio::from_int(whole(net.plus(tax)?)?))?;
            whole(beyond.max(Ratio::ZERO).min(Ratio::from_int(total)))?
        }
    };
    let rest = total - refund;
    let (credit, offset) = match ended.mode {
        Mode::Credit | Mode::Refund => (rest, 0),
        Mode::Offset => (0, rest),
    };
    Ok(Some(TerminationCredit { item, tax: whole(tax)?, total, refund, credit, offset }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_paid_beyond_the_use_is_refunded() {
        let ended = Ended {
            plan: 3100,
            days: (31, 16, 15),
            tax_rate: Dec::from_int(20),
            fee: (3100, Ratio::ZERO),
            invoice: (3720, 2790),
            credited: 0,
            mode: Mode::Offset,
        };
        let found = termination_credit(&ended).expect("computed").expect("credited");
        assert_eq!((found.total, found.refund, found.credit, found.offset), (1920, 990, 0, 930));
        assert_eq!(termination_credit(&Ended { days: (31, 0, 31), ..ended }), Ok(None));
    }
}
