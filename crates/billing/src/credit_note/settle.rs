//! Where the money of a credit goes.

use super::NoteError;
use alloc::vec::Vec;
use money::Money;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::Key;

/// A payment on a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Payment {
    /// Its key.
    pub key: Key,
    /// Where it came from.
    pub from: PaidFrom,
    /// How much of it went to the document.
    pub amount: Money,
    /// How much of that was given back.
    pub refunded: Money,
}

/// Where a payment came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PaidFrom {
    /// A card, a bank account: it can be refunded there.
    Outside,
    /// The customer's balance: it goes back to it.
    Balance,
}

/// What shall happen to the part of a credit that was paid already. What was not paid is taken off what is open, always and first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Settle {
    /// It is kept for later bills.
    #[default]
    ToBalance,
    /// It goes back to the payments in their order, and to the balance what came from there or is left.
    Refund,
    /// It is settled by other means.
    Elsewhere,
    /// Some of each; together they must be the whole of it.
    Parts {
        /// Back to the payments.
        refund: Money,
        /// Kept for later bills.
        balance: Money,
        /// Settled by other means.
        elsewhere: Money,
    },
}

/// Where the money of a credit goes: the parts sum to the credit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settlement {
    /// Off what was still to be paid.
    pub reduces_open: Money,
    /// Back to payments; none is zero.
    pub refunds: Vec<Refund>,
    /// To the customer's balance.
    pub to_balance: Money,
    /// By other means.
    pub elsewhere: Money,
}

/// A part of a payment that goes back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Refund {
    /// The payment.
    pub payment: Key,
    /// How much.
    pub amount: Money,
}

impl Settlement {
    /// Nothing to settle.
    pub const fn nothing(zero: Money) -> Self {
        Self { reduces_open: zero, refunds: Vec::new(), to_balance: zero, elsewhere: zero }
    }

    /// The sum of the refunds.
    pub fn refunded(&self) -> Result<Money, money::MoneyError> {
        let zero = Money::zero(self.reduces_open.currency());
        self.refunds.iter().try_fold(zero, |sum, one| sum.plus(one.amount))
    }
}

/// Settles a credit: first off what is open, then as it is wished.
pub fn settle(credit: Money, open: Money, payments: &[Payment], wish: Settle) -> Result<Settlement, NoteError> {
    let zero = Money::zero(credit.currency());
    // an amount of another currency is an error here, and not only where it is used
    let reduces_open = if credit.minus(open)?.is_negative() { credit } else { open };
    let paid = credit.minus(reduces_open)?;
    let (refund, to_balance, elsewhere) = match wish {
        Settle::ToBalance => (zero, paid, zero),
        Settle::Elsewhere => (zero, zero, paid),
        Settle::Refund => {
            let most = refundable(payments, zero)?;
            let refund = if paid.minus(most)?.is_negative() { paid } else { most };
            (refund, paid.minus(refund)?, zero)
        }
        Settle::Parts { refund, balance, elsewhere } => {
            let parts = refund.plus(balance)?.plus(elsewhere)?;
            if parts != paid || refund.is_negative() || balance.is_negative() || elsewhere.is_negative() {
                return Err(NoteError::DoesNotAddUp { parts, whole: paid });
            }
            let left = refundable(payments, zero)?;
            if left.minus(refund)?.is_negative() {
                return Err(NoteError::ExceedsPaid { asked: refund, left });
            }
            (refund, balance, elsewhere)
        }
    };
    Ok(Settlement { reduces_open, refunds: over(refund, payments)?, to_balance, elsewhere })
}

impl Payment {
    /// What of it can still go back where it came from, when that is outside.
    fn refundable(&self) -> Result<Option<Money>, NoteError> {
        match self.from {
            PaidFrom::Balance => Ok(None),
            PaidFrom::Outside => Ok(Some(self.amount.minus(self.refunded)?).filter(|left| left.minor() > 0)),
        }
    }
}

fn refundable(payments: &[Payment], zero: Money) -> Result<Money, NoteError> {
    let mut sum = zero;
    for payment in payments {
        sum = sum.plus(payment.refundable()?.unwrap_or(zero))?;
    }
    Ok(sum)
}

/// A refund over the payments, in their order.
fn over(refund: Money, payments: &[Payment]) -> Result<Vec<Refund>, NoteError> {
    let (mut left, mut refunds) = (refund, Vec::new());
    for payment in payments {
        let Some(most) = payment.refundable()? else { continue };
        let amount = if left.minus(most)?.is_negative() { left } else { most };
        if !amount.is_zero() {
            left = left.minus(amount)?;
            refunds.push(Refund { payment: payment.key.clone(), amount });
        }
    }
    Ok(refunds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use money::Currency;

    fn cents(minor: i128) -> Money {
        Money::new(minor, Currency::parse("EUR").expect("euro"))
    }

    fn paid(key: &str, from: PaidFrom, minor: i128, refunded: i128) -> Payment {
        Payment { key: key.try_into().expect("key"), from, amount: cents(minor), refunded: cents(refunded) }
    }

    #[test]
    fn what_is_open_is_reduced_first_and_the_rest_goes_where_it_is_wished() {
        // 90.00, of which 75.00 was paid: 30.00 of credit
        let payments = [paid("p", PaidFrom::Outside, 7500, 0)];
        let settled = |wish| settle(cents(3000), cents(1500), &payments, wish).expect("settled");
        let refund = settled(Settle::Refund);
        assert_eq!((refund.reduces_open, refund.refunded()), (cents(1500), Ok(cents(1500))));
        assert_eq!(settled(Settle::ToBalance).to_balance, cents(1500));
        let parts = Settle::Parts { refund: cents(1000), balance: cents(300), elsewhere: cents(200) };
        assert_eq!(settled(parts).refunds[0].amount, cents(1000));
    }

    #[test]
    fn refunds_go_back_where_the_money_came_from() {
        let payments = [
            paid("balance", PaidFrom::Balance, 2000, 0),
            paid("card", PaidFrom::Outside, 5000, 1000),
            paid("bank", PaidFrom::Outside, 3000, 0),
        ];
        let settled = settle(cents(9000), cents(0), &payments, Settle::Refund).expect("settled");
        let shown: Vec<_> = settled.refunds.iter().map(|one| (one.payment.as_str(), one.amount.minor())).collect();
        assert_eq!(shown, [("card", 4000), ("bank", 3000)]);
        assert_eq!(settled.to_balance, cents(2000));
    }

    #[test]
    fn parts_that_are_not_the_whole_are_refused() {
        let payments = [paid("card", PaidFrom::Outside, 5000, 4500)];
        let parts = |refund, balance| {
            settle(
                cents(1000),
                cents(0),
                &payments,
                Settle::Parts { refund: cents(refund), balance: cents(balance), elsewhere: cents(0) },
            )
        };
        assert!(matches!(parts(500, 400), Err(NoteError::DoesNotAddUp { .. })));
        assert!(matches!(parts(1100, -100), Err(NoteError::DoesNotAddUp { .. })));
        assert!(matches!(parts(600, 400), Err(NoteError::ExceedsPaid { .. })));
        assert!(parts(500, 500).is_ok());
    }
}
