//! Monthly recurring revenue, and why it changed.
//!
//! What a customer pays each month is an amount per month; the difference between two months has one of five reasons, so that the movements of a month sum to
//! exactly the change of the whole. Annual recurring revenue is twelve times the monthly one.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use ledger::Month;
use money::{Currency, Money, MoneyError};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::Key;

/// What a customer pays for a month of what recurs, discounts taken off, once-only charges and usage left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomerMonth {
    /// The customer.
    pub customer: Key,
    /// The month.
    pub month: Month,
    /// What recurs in it; several amounts of one customer and month are added.
    pub recurring: Money,
}

/// Why what recurs changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MovementKind {
    /// The customer never paid before.
    New,
    /// It pays more.
    Expansion,
    /// It pays less.
    Contraction,
    /// It pays nothing any more.
    Churn,
    /// It pays again after it had paid nothing.
    Reactivation,
}

/// How one customer's amount changed from one month to the next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Movement {
    /// The customer.
    pub customer: Key,
    /// Why.
    pub kind: MovementKind,
    /// By how much; below 0 for contraction and churn.
    pub amount: Money,
}

/// What recurs in a month in one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Recurring {
    /// What recurred in the month before.
    pub opening: Money,
    /// The sum of each kind of movement; a kind without one is left out.
    pub by_kind: BTreeMap<MovementKind, Money>,
    /// What recurs now.
    pub closing: Money,
    /// The same for twelve months.
    pub annual: Money,
    /// How many customers pay something.
    pub customers: usize,
}

/// One month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MovementsOfMonth {
    /// The month.
    pub month: Month,
    /// One for each currency.
    pub recurring: Vec<Recurring>,
    /// Each customer whose amount changed.
    pub movements: Vec<Movement>,
}

/// The months of a span.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Movements(pub Vec<MovementsOfMonth>);

/// Each customer's amount by currency.
type Paying = BTreeMap<(Currency, Key), Money>;

impl Movements {
    /// The movements of the months from one to another, both included. Amounts of earlier months say who is new.
    pub fn of(amounts: &[CustomerMonth], first: Month, last: Month) -> Result<Self, MoneyError> {
        let mut by_month: BTreeMap<Month, Paying> = BTreeMap::new();
        for one in amounts {
            let currency = one.recurring.currency();
            let paying = by_month.entry(one.month).or_default();
            let sum = paying.entry((currency, one.customer.clone())).or_insert(Money::zero(currency));
            *sum = sum.plus(one.recurring)?;
        }
        let begin = by_month.keys().next().copied().unwrap_or(first).min(first);
        let (mut before, mut seen, mut found) = (Paying::new(), BTreeSet::new(), Vec::new());
        for month in begin.to(last) {
            let now = by_month.remove(&month).unwrap_or_default();
            if month >= first {
                found.push(month_of(month, &before, &now, &seen)?);
            }
            seen.extend(now.iter().filter(|(_, amount)| !amount.is_zero()).map(|(who, _)| who.clone()));
            before = now;
        }
        Ok(Self(found))
    }
}

fn month_of(
    month: Month,
    before: &Paying,
    now: &Paying,
    seen: &BTreeSet<(Currency, Key)>,
) -> Result<MovementsOfMonth, MoneyError> {
    let who: BTreeSet<&(Currency, Key)> = before.keys().chain(now.keys()).collect();
    let mut recurring: BTreeMap<Currency, Recurring> = BTreeMap::new();
    let mut movements = Vec::new();
    for one in who {
        let zero = Money::zero(one.0);
        let amount = |paying: &Paying| paying.get(one).copied().unwrap_or(zero);
        let (was, is) = (amount(before), amount(now));
        let change = is.minus(was)?;
        let row = recurring.entry(one.0).or_insert_with(|| Recurring {
            opening: zero,
            by_kind: BTreeMap::new(),
            closing: zero,
            annual: zero,
            customers: 0,
        });
        row.opening = row.opening.plus(was)?;
        row.closing = row.closing.plus(is)?;
        row.customers += usize::from(!is.is_zero());
        if !change.is_zero() {
            let kind = kind(was, is, seen.contains(one));
            let sum = row.by_kind.entry(kind).or_insert(zero);
            *sum = sum.plus(change)?;
            movements.push(Movement { customer: one.1.clone(), kind, amount: change });
        }
    }
    let mut recurring: Vec<Recurring> = recurring.into_values().collect();
    for row in &mut recurring {
        row.annual = (0..12).try_fold(Money::zero(row.closing.currency()), |sum, _| sum.plus(row.closing))?;
    }
    Ok(MovementsOfMonth { month, recurring, movements })
}

fn kind(was: Money, is: Money, paid_before: bool) -> MovementKind {
    match (was.is_zero(), is.is_zero()) {
        (true, _) if paid_before => MovementKind::Reactivation,
        (true, _) => MovementKind::New,
        (_, true) => MovementKind::Churn,
        _ if is.minor() > was.minor() => MovementKind::Expansion,
        _ => MovementKind::Contraction,
    }
}

#[cfg(test)]
mod tests {
    use super::MovementKind::{Churn, Contraction, Expansion, New, Reactivation};
    use super::*;
    use proptest::prelude::*;

    fn month(text: &str) -> Month {
        text.parse().expect("a month")
    }

    fn euro(minor: i128) -> Money {
        Money::new(minor, Currency::parse("EUR").expect("a currency"))
    }

    fn paid(customer: &str, at: &str, minor: i128) -> CustomerMonth {
        CustomerMonth { customer: customer.parse().expect("a key"), month: month(at), recurring: euro(minor) }
    }

    #[test]
    fn a_customer_comes_grows_shrinks_goes_and_comes_back() {
        let amounts = [
            paid("acme", "2026-01", 100),
            paid("acme", "2026-02", 250),
            paid("acme", "2026-03", 200),
            paid("acme", "2026-05", 80),
            paid("beta", "2026-05", 20),
            paid("beta", "2026-05", 10),
        ];
        let found = Movements::of(&amounts, month("2026-01"), month("2026-05")).expect("movements");
        let told: Vec<Vec<(MovementKind, i128)>> = found
            .0
            .iter()
            .map(|month| month.movements.iter().map(|moved| (moved.kind, moved.amount.minor())).collect())
            .collect();
        let expected: [&[(MovementKind, i128)]; 5] = [
            &[(New, 100)],
            &[(Expansion, 150)],
            &[(Contraction, -50)],
            &[(Churn, -200)],
            &[(Reactivation, 80), (New, 30)],
        ];
        assert_eq!(told, expected);
        let last = &found.0[4].recurring[0];
        assert_eq!((last.closing, last.annual, last.customers), (euro(110), euro(1320), 2));
    }

    proptest! {
        #[test]
        fn movements_sum_to_the_change_of_the_whole(
            amounts in prop::collection::vec((0..4_u8, 0..12_u8, 0..500_i128), 0..40),
            first in 0..12_u8,
        ) {
            let month_of = |at: u8| month(&alloc::format!("2026-{:02}", at + 1));
            let amounts: Vec<CustomerMonth> = amounts
                .into_iter()
                .map(|(who, at, minor)| paid(&alloc::format!("c{who}"), &alloc::format!("2026-{:02}", at + 1), minor))
                .collect();
            let found = Movements::of(&amounts, month_of(first), month_of(11)).expect("movements");
            let mut opening = None;
            for month in &found.0 {
                for row in &month.recurring {
                    let moved: i128 = row.by_kind.values().map(|sum| sum.minor()).sum();
                    prop_assert_eq!(row.opening.minor() + moved, row.closing.minor());
                    let alone: i128 = month.movements.iter().map(|one| one.amount.minor()).sum();
                    prop_assert_eq!(alone, moved);
                    prop_assert!(opening.is_none_or(|before| before == row.opening));
                    opening = Some(row.closing);
                }
            }
            // whatever is looked at, the same month says the same
            let whole = Movements::of(&amounts, month_of(0), month_of(11)).expect("movements");
            prop_assert_eq!(&whole.0[usize::from(first)..], &found.0[..]);
        }
    }
}
