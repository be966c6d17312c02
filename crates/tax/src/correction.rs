//! The tax of what changes a line that was taxed before.

use crate::{AssessedLine, LineTax, Prices, TaxError, TaxPolicy, Taxable, assess};
use alloc::vec::Vec;
use money::{Currency, Money, MoneyError};

/// What a change of a line owes or gives back: the taxes of the line as it is now, less what was taxed before, figure by figure.
///
/// `so_far`: the sum of everything that was taxed of the line ([`AssessedLine::plus`]); `now`: the whole of what the line is worth now, and not
/// the change. A line that is worth nothing now gives back exactly what was taxed, whatever its parts were rounded with; several changes in a row sum
/// to the last state. The taxes are those of `now`; a tax that is no longer there is given back whole.
pub fn correct(
    currency: Currency,
    so_far: &AssessedLine,
    now: Taxable,
    policy: TaxPolicy,
) -> Result<AssessedLine, TaxError> {
    let mut assessed = assess(currency, &[now], policy)?;
    let Some(now) = assessed.lines.pop() else { return Ok(AssessedLine::nothing(currency)) };
    Ok(now.minus(so_far)?)
}

impl AssessedLine {
    /// A line that was never taxed.
    pub fn nothing(currency: Currency) -> Self {
        let zero = Money::zero(currency);
        Self { net: zero, taxes: Vec::new(), tax: zero, gross: zero }
    }

    /// Both together: each tax once.
    pub fn plus(&self, other: &Self) -> Result<Self, MoneyError> {
        self.with(other, Money::plus)
    }

    /// What this is more than the other.
    pub fn minus(&self, other: &Self) -> Result<Self, MoneyError> {
        self.with(other, Money::minus)
    }

    fn with(&self, other: &Self, of: fn(Money, Money) -> Result<Money, MoneyError>) -> Result<Self, MoneyError> {
        let mut taxes = self.taxes.clone();
        for theirs in &other.taxes {
            if let Some(ours) = taxes.iter_mut().find(|ours| ours.tax == theirs.tax) {
                ours.amount = of(ours.amount, theirs.amount)?;
            } else {
                let zero = Money::zero(theirs.amount.currency());
                taxes.push(LineTax { tax: theirs.tax.clone(), amount: of(zero, theirs.amount)? });
            }
        }
        Ok(Self {
            net: of(self.net, other.net)?,
            taxes,
            tax: of(self.tax, other.tax)?,
            gross: of(self.gross, other.gross)?,
        })
    }

    /// The amount as it is written: with or without its taxes.
    pub const fn stated(&self, prices: Prices) -> Money {
        match prices {
            Prices::Exclusive => self.net,
            Prices::Inclusive => self.gross,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Percent, Tax};
    use money::Dec;
    use proptest::prelude::*;

    fn euro() -> Currency {
        Currency::parse("EUR").expect("euro")
    }

    fn vat(percent: i64) -> Tax {
        let percent = Percent::try_from(Dec::from(percent)).expect("rate");
        Tax::of("vat".try_into().expect("key"), percent)
    }

    fn line(minor: i128, prices: Prices) -> Taxable {
        Taxable::new(Money::new(minor, euro()), prices, alloc::vec![vat(19)])
    }

    #[test]
    fn a_line_that_is_given_back_gives_back_the_tax_that_it_had() {
        // three lines of 0.33 share 0.19; one of them has 0.07, though alone it would have 0.06
        let three = [33, 33, 33].map(|minor| line(minor, Prices::Exclusive));
        let assessed = assess(euro(), &three, TaxPolicy::default()).expect("taxed");
        let back = |n: usize, now| {
            correct(euro(), &assessed.lines[n], line(now, Prices::Exclusive), TaxPolicy::default()).expect("corrected")
        };
        let taxes: Vec<i128> = (0..3).map(|n| back(n, 0).tax.minor()).collect();
        assert_eq!(taxes, [-7, -6, -6]);
        assert_eq!((back(0, 20).net.minor(), back(0, 20).tax.minor()), (-13, -3));
    }

    #[test]
    fn a_tax_that_is_no_longer_there_is_given_back_whole() {
        let before =
            assess(euro(), &[line(100, Prices::Exclusive)], TaxPolicy::default()).expect("taxed").lines.remove(0);
        let now = Taxable { taxes: alloc::vec![vat(7)], ..line(100, Prices::Exclusive) };
        let change = correct(euro(), &before, now, TaxPolicy::default()).expect("corrected");
        let shown: Vec<_> = change.taxes.iter().map(|one| (one.tax.percent.get(), one.amount.minor())).collect();
        assert_eq!(shown, [(Dec::from(7i64), 7), (Dec::from(19i64), -19)]);
        assert_eq!((change.net.minor(), change.gross.minor()), (0, -12));
    }

    proptest! {
        #[test]
        fn changes_sum_to_the_last_state(states in prop::collection::vec(0i128..10_000, 1..8), inside in any::<bool>()) {
            let prices = if inside { Prices::Inclusive } else { Prices::Exclusive };
            let mut sum = AssessedLine::nothing(euro());
            for state in &states {
                let change = correct(euro(), &sum, line(*state, prices), TaxPolicy::default())?;
                prop_assert_eq!(change.net.plus(change.tax)?, change.gross);
                sum = sum.plus(&change)?;
                prop_assert_eq!(sum.stated(prices).minor(), *state);
            }
            let last = line(states[states.len() - 1], prices);
            prop_assert_eq!(&assess(euro(), &[last], TaxPolicy::default())?.lines[0], &sum);
        }
    }
}
