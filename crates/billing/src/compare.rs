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

/// Subtracts one plan from another, key by key. What waits for a later invoice counts like what is posted.
pub fn compare(before: &BillPlan, after: &BillPlan) -> Result<PlanDifference, MoneyError> {
    let mut amounts: BTreeMap<&LineKey, (Money, Money)> = BTreeMap::new();
    for line in lines(before) {
        let (amount, _) = amounts.entry(&line.key).or_insert_with(|| nothing(line));
        *amount = amount.plus(line.amount)?;
    }
    for line in lines(after) {
        let (_, amount) = amounts.entry(&line.key).or_insert_with(|| nothing(line));
        *amount = amount.plus(line.amount)?;
    }
    let mut found = PlanDifference::default();
    let mut totals: BTreeMap<Currency, Money> = BTreeMap::new();
    for (key, (before, after)) in amounts.into_iter().filter(|(_, (before, after))| before != after) {
        let difference = after.minus(before)?;
        let total = totals.entry(key.currency).or_insert(Money::zero(key.currency));
        *total = total.plus(difference)?;
        found.lines.push(LineDifference { key: key.clone(), before, after, difference });
    }
    found.totals = totals.into_values().collect();
    Ok(found)
}

fn lines(plan: &BillPlan) -> impl Iterator<Item = &Line> {
    plan.documents.iter().flat_map(|document| &document.lines).chain(&plan.waiting)
}

fn nothing(line: &Line) -> (Money, Money) {
    let zero = Money::zero(line.key.currency);
    (zero, zero)
}
