//! Coupons on an invoice.

use crate::{Discount, Lasts, Off, Scope};
use alloc::vec::Vec;
use core::cmp::Ordering;
use money::{Currency, NumError, Ratio, Rounding};
use stdx::Key;

/// A fee of an invoice; minor units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CouponFee {
    /// Its amount.
    pub amount: i128,
    /// The metric that it counts.
    pub metric: Option<Key>,
    /// The plan that it belongs to.
    pub plan: Option<Key>,
    /// What was taken off it before any coupon.
    pub prior: Ratio,
}

/// A coupon of a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coupon {
    /// What it takes off. Meters are Lago's metrics.
    pub discount: Discount,
    /// Minor units of an amount that were used before.
    pub spent: i128,
    /// How many invoices it is still for, where they are counted.
    pub periods_left: u32,
}

/// What the coupons that are about the invoice do, in the order in which they apply; minor units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// All coupons together.
    pub total: Ratio,
    /// What is left of the invoice.
    pub subtotal: Ratio,
    /// What is taken off each fee, with five decimals.
    pub credits: Vec<Ratio>,
    /// Whether each is used up.
    pub terminated: Vec<bool>,
    /// How many invoices are left, of those for which they are counted.
    pub periods_left: Vec<u32>,
}

/// Applies coupons: those of metrics, then of plans, then of everything; each group in the order given.
pub fn coupons(currency: Currency, fees: &[CouponFee], coupons: &[Coupon]) -> Result<Applied, NumError> {
    let all = Ratio::from_int(fees.iter().map(|fee| fee.amount).sum());
    let mut applied = Applied {
        total: Ratio::ZERO,
        subtotal: all,
        credits: fees.iter().map(|fee| fee.prior).collect(),
        terminated: Vec::new(),
        periods_left: Vec::new(),
    };
    let mut order: Vec<&Coupon> = coupons.iter().collect();
    order.sort_by_key(|coupon| coupon.discount.on.rank());
    for coupon in order {
        let at: Vec<usize> = (0..fees.len()).filter(|n| is_for(&coupon.discount.on, &fees[*n])).collect();
        let foreign = matches!(coupon.discount.off, Off::Amount(amount) if amount.currency() != currency);
        if !at.is_empty() && !foreign {
            apply(coupon, fees, &at, &mut applied)?;
        }
    }
    Ok(applied)
}

fn is_for(scope: &Scope, fee: &CouponFee) -> bool {
    let one_of = |keys: &stdx::NonEmpty<Key>, own: Option<&Key>| keys.iter().any(|key| Some(key) == own);
    match scope {
        Scope::Document => true,
        Scope::Meters(metrics) => one_of(metrics, fee.metric.as_ref()),
        Scope::Plans(plans) => one_of(plans, fee.plan.as_ref()),
        Scope::Prices(_) => false,
    }
}

fn apply(coupon: &Coupon, fees: &[CouponFee], at: &[usize], applied: &mut Applied) -> Result<(), NumError> {
    let open = |credits: &[Ratio], n: usize| Ratio::from_int(fees[n].amount).minus(credits[n]);
    let base = match coupon.discount.on {
        // an unlimited coupon looks at the invoice and not at its fees
        Scope::Document => applied.subtotal,
        Scope::Meters(_) | Scope::Plans(_) | Scope::Prices(_) => {
            at.iter().try_fold(Ratio::ZERO, |sum, n| sum.plus(open(&applied.credits, *n)?))?
        }
    };
    let left = match coupon.discount.off {
        Off::Percent(percent) => Ratio::from(base.times(percent.share()?)?.round(0, Rounding::HalfUp)?),
        Off::Amount(amount) => Ratio::from_int(amount.minor() - coupon.spent),
        Off::Units(_) => Ratio::ZERO,
    };
    let taken = left.min(base);
    for n in at.iter().filter(|_| !base.is_zero()) {
        let share = taken.times(open(&applied.credits, *n)?)?.over(base)?;
        let credit = Ratio::from(applied.credits[*n].plus(share)?.round(5, Rounding::HalfUp)?);
        applied.credits[*n] = credit.min(Ratio::from_int(fees[*n].amount));
    }
    applied.total = applied.total.plus(taken)?;
    applied.subtotal = applied.subtotal.minus(taken)?;
    let terminated = match (coupon.discount.lasts, coupon.discount.off) {
        (Lasts::Forever, _) => false,
        (Lasts::Periods(_), _) => {
            applied.periods_left.push(coupon.periods_left.saturating_sub(1));
            coupon.periods_left <= 1
        }
        (Lasts::Once, Off::Amount(_)) => taken.cmp(&left) != Ordering::Less,
        (Lasts::Once, Off::Percent(_) | Off::Units(_)) => true,
    };
    applied.terminated.push(terminated);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coupons_of_metrics_come_first_and_shares_keep_five_decimals() {
        let fee =
            |amount, metric: &str| CouponFee { amount, metric: metric.try_into().ok(), plan: None, prior: Ratio::ZERO };
        let coupon = |json| {
            let discount: Discount = serde_json::from_str(json).expect("discount");
            Coupon { discount, spent: 0, periods_left: 1 }
        };
        let all = coupon(r#"{"off": {"percent": "50"}}"#);
        let one = coupon(r#"{"off": {"amount": {"amount": "0.10", "currency": "EUR"}}, "on": {"meters": ["a"]}}"#);
        let euro = Currency::parse("EUR").expect("euro");
        let found = coupons(euro, &[fee(100, "a"), fee(50, "b")], &[all, one]).expect("applied");
        assert_eq!((found.total, found.subtotal), (Ratio::from_int(80), Ratio::from_int(70)));
        assert_eq!(found.credits, ["55", "25"].map(|n| n.parse::<Ratio>().expect("number")));
        assert_eq!(found.terminated, [true, true]);
    }
}
