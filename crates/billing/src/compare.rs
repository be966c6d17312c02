//! What one plan would post more or less than another: corrections and other prices, in money, before they happen.

use crate::{BillPlan, Line, LineKey};
use alloc::{collections::BTreeMap, vec::Vec};
use money::{Currency, Money, MoneyError};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a plan would post more or less than another one of the same customer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanDifference {
    /// Each key under which the plans differ.
    pub lines: Vec<LineDifference>,
    /// The sums of the differences: one for each currency in which there is one.
    pub totals: Vec<Money>,
}

/// What two plans would post under one key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LineDifference {
    /// The key.
    pub key: LineKey,
    /// What the first plan posts.
    pub before: Money,
    /// What the second plan posts.
    pub after: Money,
    /// `after − before`.
    pub difference: Money,
}

/// What two plans of the same customer come to in one currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CurrencyDifference {
    /// The currency.
    pub currency: Currency,
    /// The sum of the first plan.
    pub before: Money,
    /// The sum of the second plan.
    pub after: Money,
    /// `after − before`.
    pub difference: Money,
    /// Each key of the currency under which the plans differ.
    pub lines: Vec<LineDifference>,
}

/// Sets one plan beside another, currency by currency; where there is no first plan it comes to nothing.
pub fn compare_by_currency(before: Option<&BillPlan>, after: &BillPlan) -> Result<Vec<CurrencyDifference>, MoneyError> {
    let mut sums: BTreeMap<Currency, (Money, Money)> = BTreeMap::new();
    for line in before.into_iter().flat_map(BillPlan::lines) {
        let (sum, _) = sums.entry(line.key.currency).or_insert_with(|| nothing(line));
        *sum = sum.plus(line.amount)?;
    }
    for line in after.lines() {
        let (_, sum) = sums.entry(line.key.currency).or_insert_with(|| nothing(line));
        *sum = sum.plus(line.amount)?;
    }
    let differing = differences(before.into_iter().flat_map(BillPlan::lines), after.lines())?;
    let each = sums.into_iter().map(|(currency, (before, after))| {
        let lines = differing.iter().filter(|line| line.key.currency == currency).cloned().collect();
        Ok(CurrencyDifference { currency, before, after, difference: after.minus(before)?, lines })
    });
    each.collect()
}

/// Subtracts one plan from another, key by key. What waits for a later invoice counts like what is posted.
pub fn compare(before: &BillPlan, after: &BillPlan) -> Result<PlanDifference, MoneyError> {
    let lines = differences(before.lines(), after.lines())?;
    let mut totals: BTreeMap<Currency, Money> = BTreeMap::new();
    for line in &lines {
        let total = totals.entry(line.key.currency).or_insert(Money::zero(line.key.currency));
        *total = total.plus(line.difference)?;
    }
    Ok(PlanDifference { lines, totals: totals.into_values().collect() })
}

fn differences<'a>(
    before: impl Iterator<Item = &'a Line>,
    after: impl Iterator<Item = &'a Line>,
) -> Result<Vec<LineDifference>, MoneyError> {
    let mut amounts: BTreeMap<&LineKey, (Money, Money)> = BTreeMap::new();
    for line in before {
        let (amount, _) = amounts.entry(&line.key).or_insert_with(|| nothing(line));
        *amount = amount.plus(line.amount)?;
    }
    for line in after {
        let (_, amount) = amounts.entry(&line.key).or_insert_with(|| nothing(line));
        *amount = amount.plus(line.amount)?;
    }
    let differing = amounts.into_iter().filter(|(_, (before, after))| before != after);
    differing
        .map(|(key, (before, after))| {
            Ok(LineDifference { key: key.clone(), before, after, difference: after.minus(before)? })
        })
        .collect()
}

fn nothing(line: &Line) -> (Money, Money) {
    let zero = Money::zero(line.key.currency);
    (zero, zero)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Account, Catalogs, Posted, Terms, UsageAnswer, metered_cycles, needs, plan};
    use calendar::{Instant, Zone};
    use contracts::{Change, Customer, PlanRef, Quantities, Step, Subscription};
    use metering::{Dimensions, Measured};
    use money::Ratio;

    fn at(text: &str) -> Instant {
        text.parse().expect("instant")
    }

    fn facts() -> (Account, Catalogs) {
        let json = r#"{
            "meters": { "calls": { "event": "call", "aggregate": "count" } },
            "plans": { "basic": { "currency": "EUR", "every": "month", "prices": {
                "fee": { "flat": "30.00" }, "calls": { "meter": "calls", "per_unit": "0.50", "included": 2 } } } } }"#;
        let key = |text: &str| stdx::Key::try_from(text).expect("key");
        let step = Step::start(PlanRef { plan: key("basic"), version: 1 }, Quantities::new());
        let start = at("2026-04-01T00:00:00Z");
        let first = Change { effective_at: start, recorded_at: start, step };
        let subscription = Subscription::start(key("s"), key("acme"), Zone::utc(), None, first).expect("starts");
        let customer = Customer::new(key("acme"), "Acme", Zone::utc());
        let account = Account {
            entity: contracts::Entity::unnamed(),
            customer,
            subscriptions: alloc::vec![subscription],
            charges: Vec::new(),
            redemptions: Vec::new(),
            adjustments: Vec::new(),
            posted: Posted::default(),
        };
        (account, [(1, serde_json::from_str(json).expect("catalog"))].into())
    }

    /// The bill of 1 May, with as many calls in April.
    fn with_calls(count: u64) -> BillPlan {
        let (account, catalogs) = facts();
        let as_of = at("2026-05-01T00:00:00Z");
        let quantity = Ratio::from_int(i128::from(count));
        let measured = Measured { quantity, raw: quantity, count, transactions: Vec::new() };
        let answer =
            UsageAnswer { groups: alloc::vec![(Dimensions::new(), measured)], unmeasured: None, watermark: count };
        let asked = needs(&account, &catalogs, as_of).expect("needs");
        let answers: Vec<_> = asked.into_iter().map(|need| (need, answer.clone())).collect();
        plan(&account, &catalogs, Terms::usual(as_of), &answers).expect("plan")
    }

    #[test]
    fn only_what_differs_is_named_and_it_sums_to_the_difference_of_the_plans() {
        let (five, nine) = (with_calls(5), with_calls(9));
        let found = compare(&five, &nine).expect("compared");
        assert_eq!(found.lines.len(), 1, "the fees are the same");
        assert_eq!(found.lines[0].difference, Money::new(200, found.lines[0].key.currency));
        assert_eq!(found.totals, [five.documents[0].total.negated().plus(nine.documents[0].total).expect("sum")]);
        assert_eq!(compare(&nine, &five).expect("compared").totals, [found.totals[0].negated()]);
        assert_eq!(compare(&five, &five), Ok(PlanDifference::default()));
        let sides = compare_by_currency(Some(&five), &nine).expect("compared");
        assert_eq!((sides.len(), sides[0].after, &sides[0].lines), (1, nine.documents[0].total, &found.lines));
        let new = compare_by_currency(None, &nine).expect("compared");
        assert_eq!((new[0].before.is_zero(), new[0].difference), (true, nine.documents[0].total));
        // within what is included nothing differs, although a line is added
        assert_eq!(compare(&with_calls(0), &with_calls(2)), Ok(PlanDifference::default()));
    }

    #[test]
    fn metered_cycles_name_each_cycle_with_its_due_date() {
        let (account, catalogs) = facts();
        let cycles = metered_cycles(&account, &catalogs, at("2026-05-10T00:00:00Z")).expect("cycles");
        let due: Vec<_> = cycles.iter().map(|cycle| (cycle.need.period.from(), cycle.due_at)).collect();
        let (april, may, june) = (at("2026-04-01T00:00:00Z"), at("2026-05-01T00:00:00Z"), at("2026-06-01T00:00:00Z"));
        assert_eq!(due, [(april, may), (may, june)]);
    }
}
