//! Changes of contracts.

use super::journal::Journal;
use super::{currency, days, exact, key, list, money, object, ratio, ratio_or_zero, text};
use crate::conformance::Adapter;
use crate::conformance::input::{read, said};
use calendar::Date;
use money::{Currency, Ratio};
use revenue::{
    CostAsset, Finding, Findings, Intent, Project, Remaining, Rest, Route, Share, catch_up, decide, mixed, prospective,
    terminate,
};
use serde_json::{Map, Value, json};

/// What is computed here.
pub(super) const KINDS: &[(&str, Adapter)] = &[("modification", modification)];

fn modification(input: &Value, expected: &Value) -> Result<Value, String> {
    let (given, currency) = (&input["modification"], currency(input)?);
    match given["type"].as_str() {
        Some("separate_units") => separate_units(given),
        Some("prospective_units") => prospective_units(given, expected, currency),
        Some("prospective_series_years") => prospective_years(given, currency),
        Some("prospective_series_months") => prospective_months(given, currency),
        Some("catch_up_cost_to_cost") => cost_to_cost(given, expected, currency),
        Some("mixed_25_13c") => of_both_sorts(given, expected, currency),
        Some("termination") => termination(given, expected, currency),
        Some("downgrade_proration") => downgrade(given, currency),
        other => Err(format!("unknown modification {other:?}")),
    }
}

fn product(left: &Value, right: &Value) -> Result<Ratio, String> {
    ratio(left)?.times(ratio(right)?).map_err(said)
}

fn quotient(left: &Value, right: &Value) -> Result<Ratio, String> {
    ratio(left)?.over(ratio(right)?).map_err(said)
}

/// Whether units that are added are a contract of their own.
fn is_separate(given: &Value) -> Result<bool, String> {
    let finding = |is: bool| if is { Finding::Yes } else { Finding::No };
    let findings = Findings {
        intent: Intent::Upsell,
        adds_distinct: finding(given["distinct"] == true),
        at_selling_price: finding(ratio(&given["added_unit_price"])? == ratio(&given["added_unit_ssp"])?),
        remaining: Remaining::Distinct,
    };
    let decision = decide(&"contract".parse().map_err(said)?, findings, None).map_err(said)?;
    Ok(decision.route == Route::SeparateContract)
}

fn separate_units(given: &Value) -> Result<Value, String> {
    Ok(json!({
        "original_remaining_revenue": product(&given["remaining_units"], &given["original_unit_price"])?,
        "new_contract_revenue": product(&given["added_units"], &given["added_unit_price"])?,
        "separate_contract": is_separate(given)?,
    }))
}

/// The rest of a contract as one promise.
fn pool(unrecognised: Ratio, added: Ratio, currency: Currency) -> Result<Share, String> {
    let key = "rest".parse().map_err(said)?;
    let rest = Rest { key, selling_price: Ratio::ONE, unrecognised, added };
    let pool = prospective(&[rest], currency).map_err(said)?;
    pool.shares.first().map(|(_, share)| *share).ok_or_else(|| "nothing is left".to_owned())
}

fn prospective_units(given: &Value, expected: &Value, currency: Currency) -> Result<Value, String> {
    let unrecognised = product(&given["remaining_units"], &given["original_unit_price"])?;
    let share = pool(unrecognised, product(&given["added_units"], &given["added_unit_price"])?, currency)?;
    let units = ratio(&given["remaining_units"])?.plus(ratio(&given["added_units"])?).map_err(said)?;
    let after = |unit: i128| share.earned(Ratio::from_int(unit).over(units).map_err(said)?).map_err(said);
    let mut first_three = Vec::new();
    for unit in 1..=3 {
        first_three.push(text(after(unit)?.minus(after(unit - 1)?).map_err(said)?));
    }
    let (mut cumulative, mut liability) = (Map::new(), Map::new());
    for checkpoint in given["checkpoints"].as_array().into_iter().flatten() {
        let unit: i64 = read(checkpoint)?;
        cumulative.insert(unit.to_string(), text(after(unit.into())?));
    }
    for (unit, billed) in given["billing_after"].as_object().into_iter().flatten() {
        let earned = after(unit.parse().map_err(said)?)?;
        liability.insert(unit.clone(), text(money(ratio(billed)?, currency)?.minus(earned).map_err(said)?));
    }
    // a credit for what was delivered changes the price of what is satisfied in full
    let credit = product(&given["credit_per_delivered_unit"], &given["delivered_units"])?;
    let adjustment = catch_up(Ratio::ZERO, credit.negated(), Ratio::ONE).map_err(said)?;
    let mut journal = Journal::new(expected);
    journal.post("price_changed", None, money(adjustment, currency)?)?;
    Ok(json!({
        "separate_contract": is_separate(given)?, "satisfied_performance_adjustment": adjustment, "pool": share.exact,
        "unit_revenue_first_three": first_three, "cumulative_after": cumulative, "contract_liability_after": liability,
        "journal": journal.done(),
    }))
}

/// A share over periods of equal parts, by their names.
pub(super) fn evenly(share: Share, periods: &[Value]) -> Result<Value, String> {
    let count = i128::try_from(periods.len()).map_err(said)?;
    let mut before = money(Ratio::ZERO, share.posted.currency())?;
    let mut amounts = Vec::new();
    for (done, period) in (1..).zip(periods) {
        let earned = share.earned(Ratio::new(done, count).map_err(said)?).map_err(said)?;
        amounts.push((read::<String>(period)?, text(earned.minus(before).map_err(said)?)));
        before = earned;
    }
    Ok(object(amounts))
}

fn prospective_years(given: &Value, currency: Currency) -> Result<Value, String> {
    let added = ratio(&given["price_change"])?.plus(ratio(&given["added_consideration"])?).map_err(said)?;
    let share = pool(ratio(&given["unrecognised"])?, added, currency)?;
    let years = list(&given["years"])?;
    let revenue = evenly(share, years)?;
    let (mut liability, mut net) = (Map::new(), Ratio::ZERO);
    for year in years {
        let year: String = read(year)?;
        net = net.plus(ratio(&given["billing"][&year])?).map_err(said)?;
        net = net.minus(ratio(&revenue[&year])?).map_err(said)?;
        liability.insert(year, json!(net));
    }
    Ok(json!({"pool": share.exact, "revenue": revenue, "contract_liability": liability}))
}

fn prospective_months(given: &Value, currency: Currency) -> Result<Value, String> {
    let rest = |given: &Value| {
        Ok(Rest {
            key: key(&given["id"])?,
            selling_price: ratio(&given["remaining_ssp"])?,
            unrecognised: ratio_or_zero(&given["unrecognised"])?,
            added: ratio_or_zero(&given["added"])?,
        })
    };
    let rests: Vec<Rest> = list(&given["obligations"])?.iter().map(rest).collect::<Result<_, String>>()?;
    let pool = prospective(&rests, currency).map_err(said)?;
    let months = list(&given["periods"])?;
    let mut revenue = Map::new();
    for (key, share) in &pool.shares {
        revenue.insert(key.to_string(), evenly(*share, months)?);
    }
    let shares = object(pool.shares.iter().map(|(key, share)| (key.to_string(), text(share.posted))));
    Ok(json!({"pool": pool.total, "shares": shares, "revenue": revenue}))
}

fn cost_to_cost(given: &Value, expected: &Value, currency: Currency) -> Result<Value, String> {
    let mut price = ratio(&given["allocation"])?;
    for change in list(&given["price_changes"])? {
        price = price.plus(ratio(change)?).map_err(said)?;
    }
    let progress = quotient(&given["costs_to_date"], &given["updated_total_cost"])?;
    let cumulative = catch_up(Ratio::ZERO, price, progress).map_err(said)?;
    let caught_up = cumulative.minus(ratio(&given["recognised"])?).map_err(said)?;
    let mut journal = Journal::new(expected);
    journal.post("price_changed", None, money(caught_up, currency)?)?;
    Ok(json!({
        "transaction_price": price, "progress": progress, "cumulative_revenue": cumulative, "catch_up": caught_up,
        "journal": journal.done(),
    }))
}

fn of_both_sorts(given: &Value, expected: &Value, currency: Currency) -> Result<Value, String> {
    let (project, other) = (&given["nondistinct"], &given["distinct"]);
    let name = key(&project["id"])?;
    let part = Project {
        key: name.clone(),
        allocated: ratio(&project["allocation"])?,
        recognised: ratio(&project["recognised"])?,
        progress: ratio(&project["progress"])?,
        selling_price: ratio(&project["inception_ssp"])?,
        added_selling_price: ratio(&project["added_ssp"])?,
        added: ratio(&project["added_price"])?,
        new_progress: quotient(&project["costs_to_date"], &project["updated_total_cost"])?,
    };
    let distinct = Rest {
        key: key(&other["id"])?,
        selling_price: ratio(&other["modification_ssp"])?,
        unrecognised: ratio(&other["allocation"])?.minus(ratio(&other["recognised"])?).map_err(said)?,
        added: Ratio::ZERO,
    };
    let told = mixed(&part, &[distinct], currency).map_err(said)?;
    let mut journal = Journal::new(expected);
    journal.post("price_changed", None, money(told.catch_up, currency)?)?;
    let cumulative = money(told.cumulative, currency)?;
    let of_project = |value: Value| object([(name.to_string(), value)]);
    Ok(json!({
        "pool": told.pool.total,
        "weights": object(told.weights.iter().map(|(key, weight)| (key.to_string(), json!(weight)))),
        "shares": object(told.pool.shares.iter().map(|(key, share)| (key.to_string(), text(share.posted)))),
        "new_allocation": of_project(text(told.allocated)),
        "cumulative_revenue": of_project(json!(told.cumulative)),
        "catch_up": of_project(json!(told.catch_up)),
        "remaining": of_project(text(told.allocated.minus(cumulative).map_err(said)?)),
        "journal": journal.done(),
    }))
}

fn termination(given: &Value, expected: &Value, currency: Currency) -> Result<Value, String> {
    let served: u32 = read(&given["months_served"])?;
    let (price, billed) = (ratio(&given["price"])?, ratio(&given["billed"])?);
    let told = terminate(price, read(&given["term_months"])?, served, billed, currency).map_err(said)?;
    let commission = CostAsset::new(ratio(&given["commission"])?, read(&given["amortisation_months"])?, currency);
    let commission = commission.map_err(said)?;
    let before = commission.amortised(served.saturating_sub(1)).map_err(said)?;
    let expense = commission.written_off_in(served).map_err(said)?;
    let mut journal = Journal::new(expected);
    journal.post("revenue_recognised", None, told.last_period)?;
    journal.post("refund_owed", None, told.refund)?;
    journal.post("commission_amortised", None, expense)?;
    journal.post("refund_credited", None, told.refund)?;
    Ok(json!({
        "revenue_cumulative": exact(told.revenue), "refund_liability_at_termination": exact(told.refund),
        "commission_amortised_before": exact(before), "commission_expense_in_termination_month": exact(expense),
        "journal": journal.done(),
    }))
}

fn downgrade(given: &Value, currency: Currency) -> Result<Value, String> {
    let last = |value: &Value| Ok::<_, String>(json!(read::<Date>(value)?.plus_days(-1).map_err(said)?));
    let end = last(&given["end_exclusive"])?;
    let (whole, left) = (days(&given["start"], &end)?, days(&given["effective"], &end)?);
    let share = revenue::Over::Days(whole).progress(read(&last(&given["effective"])?)?).map_err(said)?;
    let unused = Ratio::ONE.minus(share).map_err(said)?;
    let credit = product(&given["removed_units"], &given["unit_price"])?.times(unused).map_err(said)?;
    let total = money(ratio(&given["price"])?, currency)?.minus(money(credit, currency)?).map_err(said)?;
    Ok(json!({
        "credit": credit, "total_revenue": text(total), "days_total": whole.days().to_string(),
        "days_remaining": left.days().to_string(),
    }))
}
