//! Cohorts: of those who came in one month, who is still there, and what they pay.

use crate::CustomerMonth;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use ledger::Month;
use money::{Currency, Money, MoneyError};
use schemars::JsonSchema;
use serde::Serialize;
use stdx::Key;

/// Those who paid something for the first time in one month and currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Cohort {
    /// Their first month.
    pub month: Month,
    /// What they pay, in their first month and each one after it.
    pub recurring: Vec<Money>,
    /// How many of them pay something.
    pub customers: Vec<usize>,
}

/// What is paid in each month, and by whom.
type Paid<'a> = BTreeMap<Month, (Money, BTreeSet<&'a Key>)>;

/// All cohorts of a span, in the order of their months.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Cohorts(pub Vec<Cohort>);

impl Cohorts {
    /// The cohorts until a month, that month included.
    pub fn of(amounts: &[CustomerMonth], last: Month) -> Result<Self, MoneyError> {
        let paying = amounts.iter().filter(|one| !one.recurring.is_zero() && one.month <= last);
        let mut first: BTreeMap<(Currency, &Key), Month> = BTreeMap::new();
        for one in paying.clone() {
            let since = first.entry((one.recurring.currency(), &one.customer)).or_insert(one.month);
            *since = one.month.min(*since);
        }
        let mut sums: BTreeMap<(Month, Currency), Paid<'_>> = BTreeMap::new();
        for one in paying {
            let currency = one.recurring.currency();
            let Some(since) = first.get(&(currency, &one.customer)) else { continue };
            let month = sums.entry((*since, currency)).or_default().entry(one.month);
            let (sum, who) = month.or_insert((Money::zero(currency), BTreeSet::new()));
            *sum = sum.plus(one.recurring)?;
            who.insert(&one.customer);
        }
        let cohorts = sums.into_iter().map(|((month, currency), by_month)| {
            let (recurring, customers) = month
                .to(last)
                .map(|at| by_month.get(&at).map_or((Money::zero(currency), 0), |(sum, who)| (*sum, who.len())))
                .unzip();
            Cohort { month, recurring, customers }
        });
        Ok(Self(cohorts.collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_came_together_is_followed_together() {
        let month = |text: &str| text.parse::<Month>().expect("a month");
        let paid = |customer: &str, at: &str, minor| CustomerMonth {
            customer: customer.parse().expect("a key"),
            month: month(at),
            recurring: Money::new(minor, Currency::parse("EUR").expect("a currency")),
        };
        let amounts = [
            paid("a", "2026-01", 100),
            paid("b", "2026-01", 50),
            paid("b", "2026-03", 70),
            paid("c", "2026-02", 10),
            paid("c", "2026-03", 10),
        ];
        let told: Vec<_> = Cohorts::of(&amounts, month("2026-03")).expect("cohorts").0;
        let minors = |cohort: &Cohort| cohort.recurring.iter().map(|sum| sum.minor()).collect::<Vec<_>>();
        assert_eq!((minors(&told[0]), told[0].customers.as_slice()), (alloc::vec![150, 0, 70], &[2, 0, 1][..]));
        assert_eq!((minors(&told[1]), told[1].customers.as_slice()), (alloc::vec![10, 10], &[1, 1][..]));
    }
}
