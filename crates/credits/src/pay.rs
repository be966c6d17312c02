//! What wallets pay of a document.

use crate::{CreditError, Scope, Target};
use alloc::vec::Vec;
use core::cmp::Reverse;
use money::{Money, Ratio, Rounding};

/// A part of a document that credits may pay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// What it is for.
    pub target: Target,
    /// How much of the document it is, with its tax; exact, in the currency of the document.
    pub amount: Ratio,
}

/// Money that a customer has with us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wallet {
    /// What is left in it.
    pub balance: Money,
    /// Smaller numbers pay first; of equal ones, the one that is named first.
    pub priority: u16,
    /// What it may pay.
    pub scope: Scope,
}

/// What a wallet pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paid {
    /// The place of the wallet among those that were given.
    pub wallet: usize,
    /// How much; above 0.
    pub amount: Money,
}

/// What wallets pay of a document that owes a total. A wallet in another currency pays nothing. One that may not pay everything pays at most its parts; what it
/// pays is taken off the largest of them first, so that as many wallets as possible find something that they may pay.
pub fn pay(total: Money, parts: &[Part], wallets: &[Wallet]) -> Result<Vec<Paid>, CreditError> {
    let currency = total.currency();
    let mut left: Vec<Ratio> = parts.iter().map(|part| part.amount).collect();
    let mut due = total;
    let mut by_priority: Vec<usize> = (0..wallets.len()).collect();
    by_priority.sort_by_key(|wallet| wallets[*wallet].priority);
    let mut paid = Vec::new();
    for index in by_priority {
        let wallet = &wallets[index];
        if wallet.balance.currency() != currency {
            continue;
        }
        let mut open: Vec<usize> = (0..parts.len()).filter(|part| wallet.scope.admits(&parts[*part].target)).collect();
        let room = if open.len() == parts.len() {
            due
        } else {
            let exact = open.iter().try_fold(Ratio::ZERO, |sum, part| sum.plus(left[*part]))?;
            Money::round_from(exact, currency, Rounding::HalfUp)?.min_of(due)
        };
        let amount = wallet.balance.min_of(room);
        if amount.is_zero() || amount.is_negative() {
            continue;
        }
        paid.push(Paid { wallet: index, amount });
        due = due.minus(amount)?;
        open.sort_by_key(|part| Reverse(left[*part]));
        let mut taken = Ratio::from(amount.to_dec());
        for part in open {
            let some = taken.min(left[part]);
            left[part] = left[part].minus(some)?;
            taken = taken.minus(some)?;
        }
    }
    Ok(paid)
}

/// The smaller of two amounts in one currency.
trait MinOf {
    fn min_of(self, other: Self) -> Self;
}

impl MinOf for Money {
    fn min_of(self, other: Self) -> Self {
        if self.minor() <= other.minor() { self } else { other }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Kind;

    fn euro(minor: i128) -> Money {
        Money::new(minor, money::Currency::parse("EUR").expect("a currency"))
    }

    fn part(kind: Kind, amount: i128) -> Part {
        Part { target: Target { kind, ..Target::default() }, amount: Ratio::from_int(amount) }
    }

    #[test]
    fn what_may_pay_everything_leaves_the_small_parts_to_the_others() {
        let only = |kind| Scope { kinds: [kind].into(), ..Scope::default() };
        let wallet = |priority, scope| Wallet { balance: euro(1000), priority, scope };
        let wallets = [
            wallet(2, Scope::default()),
            wallet(1, Scope::default()),
            wallet(2, only(Kind::Usage)),
            wallet(1, only(Kind::Fee)),
        ];
        // 36.00 of fees and 15.50 of usage
        let parts = [part(Kind::Fee, 36), Part { amount: Ratio::new(31, 2).expect("a ratio"), ..part(Kind::Usage, 0) }];
        let paid = pay(euro(5150), &parts, &wallets).expect("paid");
        let told: Vec<_> = paid.iter().map(|paid| (paid.wallet, paid.amount.minor())).collect();
        assert_eq!(told, [(1, 1000), (3, 1000), (0, 1000), (2, 1000)]);
    }

    #[test]
    fn nothing_is_paid_in_another_currency_or_twice() {
        let dollar = Money::new(1000, money::Currency::parse("USD").expect("a currency"));
        let wallets =
            [dollar, euro(70), euro(70)].map(|balance| Wallet { balance, priority: 0, scope: Scope::default() });
        let paid = pay(euro(100), &[part(Kind::Usage, 1)], &wallets).expect("paid");
        assert_eq!(paid, [Paid { wallet: 1, amount: euro(70) }, Paid { wallet: 2, amount: euro(30) }]);
    }
}
