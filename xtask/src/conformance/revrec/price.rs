//! What a price is split into, what it is expected to be, and options that are part of it.

use super::journal::Journal;
use super::{currency, exact, key, list, money, object, ratio, ratio_or_zero, text};
use crate::conformance::Adapter;
use crate::conformance::input::{read, said};
use calendar::Date;
use ledger::Month;
use money::{Dec, Ratio};
use rating::{Model, NonNegative, Terms, Tier, Tiers, Usage, rate};
use revenue::{
    Acceptance, Breakage, Bundle, Deposit, DiscountEvidence, MaterialRight, Method, Points, Prepaid, Rebate,
    RenewalYear, Residual, Returnable, by_weight, catch_up, concession, on_exercise, renewals,
};
use serde_json::{Map, Value, json};
use tax::{Prices, Tax, TaxPolicy, Taxable, assess};

/// What is computed here.
pub(super) const KINDS: &[(&str, Adapter)] = &[
    ("allocation", allocation),
    ("vc_units", rebate),
    ("vc_change", price_change),
    ("concession", conceded),
    ("breakage", breakage),
    ("material_right", material_right),
    ("loyalty", loyalty),
    ("renewal_alternative", renewal_alternative),
    ("returns", returns),
    ("refund_liability", refund_liability),
    ("deposit", deposit),
    ("late_usage", late_usage),
    ("tax", taxed),
];

fn weights(listed: &Value, name: &str) -> Result<Vec<(stdx::Key, Ratio)>, String> {
    let weighted = list(listed)?.iter().filter(|given| !given[name].is_null());
    weighted.map(|given| Ok((key(&given["id"])?, ratio(&given[name])?))).collect()
}

fn allocation(input: &Value, _: &Value) -> Result<Value, String> {
    let (given, currency, price) = (&input["allocation"], currency(input)?, ratio(&input["transaction_price"])?);
    let told = |shares: &[(stdx::Key, revenue::Share)]| {
        object(shares.iter().map(|(key, share)| (key.to_string(), text(share.posted))))
    };
    if given["method"] == "weights" {
        let shares = by_weight(price, currency, &weights(&given["weights"], "weight")?).map_err(said)?;
        return Ok(json!({"allocation": told(&shares)}));
    }
    let mut method = Method::default();
    if let Some(bundle) = given.get("discount_bundle") {
        let (members, price) = (read(&bundle["members"])?, ratio(&bundle["price"])?);
        method.bundle = Some(Bundle { members, price, evidence: DiscountEvidence::FULL });
    }
    if let Some(residual) = given.get("residual") {
        let observed = (ratio(&residual["range"][0])?, ratio(&residual["range"][1])?);
        let estimate = ratio_or_zero(&residual["estimated_ssp"])?;
        method.residual = Some(Residual { key: key(&residual["id"])?, observed, estimate });
    }
    let allocated = method.allocate(price, currency, &weights(&given["obligations"], "ssp")?).map_err(said)?;
    let mut answer = json!({"allocation": told(&allocated.shares)});
    if let Some((left, acceptance)) = allocated.residual {
        answer["residual"] = json!(left);
        answer["residual_accepted"] = json!(acceptance == Acceptance::Accepted);
    }
    Ok(answer)
}

fn rebate(input: &Value, expected: &Value) -> Result<Value, String> {
    let list_price = ratio(&input["list_price"])?;
    let mut rebate = Rebate::new(currency(input)?);
    let (mut revenue, mut liability, mut journal) = (Map::new(), Map::new(), Journal::new(expected));
    for period in list(&input["periods_data"])? {
        let sold = rebate.sell(ratio(&period["units"])?, list_price, ratio(&period["expected_unit_price"])?);
        let sold = sold.map_err(said)?;
        journal.post("revenue_recognised", None, sold.of_period)?;
        journal.post("price_changed", None, sold.of_earlier)?;
        journal.post("refund_expected_of_unearned", None, sold.liability_added)?;
        let name: String = read(&period["period"])?;
        revenue.insert(name.clone(), text(sold.revenue));
        liability.insert(name, text(sold.liability));
    }
    Ok(json!({"revenue": revenue, "refund_liability": liability, "journal": journal.done()}))
}

fn price_change(input: &Value, _: &Value) -> Result<Value, String> {
    let [before, after, progress] = ["tp_before", "tp_after", "progress"].map(|name| ratio(&input[name]));
    Ok(json!({"catch_up": catch_up(before?, after?, progress?).map_err(said)?}))
}

fn conceded(input: &Value, expected: &Value) -> Result<Value, String> {
    let currency = currency(input)?;
    let invoiced = ratio(&input["invoiced"])?;
    let told = concession(invoiced, ratio(&input["expected_entitlement"])?, currency).map_err(said)?;
    let mut journal = Journal::new(expected);
    journal.invoice(None, money(invoiced, currency)?)?;
    journal.post("revenue_recognised", None, told.revenue)?;
    journal.post("concession_expected", None, told.conceded)?;
    Ok(json!({
        "revenue": text(told.revenue), "receivable_gross": text(money(invoiced, currency)?),
        "receivable_contra": text(told.conceded), "kappa": told.share, "journal": journal.done(),
    }))
}

/// The last day of a month, where a period is one.
fn end_of(period: &Value) -> Option<Date> {
    read::<Month>(period).ok().map(Month::last)
}

fn breakage(input: &Value, expected: &Value) -> Result<Value, String> {
    let (currency, paid) = (currency(input)?, ratio(&input["prepaid"])?);
    let breakage = match input["method"].as_str() {
        Some("proportional") => Breakage::Proportional { expected: ratio(&input["expected_use"])? },
        Some(_) => Breakage::AtLapse,
        None => return Err("no method".to_owned()),
    };
    let mut prepaid = Prepaid::new(paid, currency, breakage);
    let (mut revenue, mut liability, mut journal) = (Map::new(), Map::new(), Journal::new(expected));
    journal.invoice(None, money(paid, currency)?)?;
    for event in list(&input["events"])? {
        let mut drawn = prepaid.draw(ratio_or_zero(&event["used"])?).map_err(said)?;
        let mut rule = "credits_consumed";
        if event["lapse"] == true {
            drawn = prepaid.lapse().map_err(said)?;
            rule = "credits_lapsed_as_revenue";
        }
        journal.post(rule, end_of(&event["period"]), drawn.revenue)?;
        let name: String = read(&event["period"])?;
        revenue.insert(name.clone(), text(drawn.revenue));
        liability.insert(name, text(drawn.liability));
    }
    Ok(json!({"revenue": revenue, "contract_liability": liability, "journal": journal.done()}))
}

fn material_right(input: &Value, _: &Value) -> Result<Value, String> {
    let (currency, given) = (currency(input)?, &input["option"]);
    let option = MaterialRight {
        expected_purchase: ratio(&given["expected_purchase"])?,
        discount: ratio(&given["discount"])?,
        for_everybody: ratio(&given["generally_available"])?,
        likelihood: ratio(&given["likelihood"])?,
    };
    let price = option.selling_price().map_err(said)?;
    let product = &input["product"];
    let weights = [(key(&product["id"])?, ratio(&product["ssp"])?), (key(&given["id"])?, price)];
    let shares = by_weight(ratio(&input["transaction_price"])?, currency, &weights).map_err(said)?;
    let share = shares[1].1;
    let used = on_exercise(share, ratio(&given["paid_on_exercise"])?).map_err(said)?;
    let mut answer = json!({
        "option_ssp": price, "allocation": object(shares.iter().map(|(key, share)| (key.to_string(), text(share.posted)))),
        "revenue_on_exercise": text(used.posted), "revenue_on_expiry": text(share.posted),
    });
    if let Some(periods) = given["renewal_periods"].as_array() {
        answer["renewal_revenue"] = super::changes::evenly(used, periods)?;
    }
    Ok(answer)
}

fn loyalty(input: &Value, _: &Value) -> Result<Value, String> {
    let weights = [
        ("goods".parse().map_err(said)?, ratio(&input["goods_ssp"])?),
        ("points".parse().map_err(said)?, ratio(&input["points_ssp"])?),
    ];
    let shares = by_weight(ratio(&input["transaction_price"])?, currency(input)?, &weights).map_err(said)?;
    let mut points = Points::new(shares[1].1);
    let (mut revenue, mut liability) = (Map::new(), Map::new());
    for period in list(&input["periods_data"])? {
        let redeemed = points.redeemed(ratio(&period["redeemed_cumulative"])?, ratio(&period["expected_total"])?);
        let redeemed = redeemed.map_err(said)?;
        let name: String = read(&period["period"])?;
        revenue.insert(name.clone(), text(redeemed.revenue));
        liability.insert(name, text(redeemed.liability));
    }
    let allocation = object(shares.iter().map(|(key, share)| (key.to_string(), text(share.posted))));
    Ok(json!({"allocation": allocation, "points_revenue": revenue, "contract_liability": liability}))
}

fn renewal_alternative(input: &Value, _: &Value) -> Result<Value, String> {
    let year = |given: &Value| {
        Ok(RenewalYear {
            key: key(&given["year"])?,
            survival: ratio(&given["survival"])?,
            cost: ratio(&given["cost"])?,
        })
    };
    let years: Vec<RenewalYear> = list(&input["years"])?.iter().map(year).collect::<Result<_, String>>()?;
    let (customers, fee, currency) = (ratio(&input["customers"])?, ratio(&input["fee"])?, currency(input)?);
    let told = renewals(customers, fee, &years, currency).map_err(said)?;
    let (_, first) = told.years.first().ok_or("no year")?;
    let billed = customers.times(fee).map_err(said)?;
    Ok(json!({
        "expected_consideration": told.consideration, "expected_cost": told.cost,
        "revenue": object(told.years.iter().map(|(key, share)| (key.to_string(), text(share.posted)))),
        "contract_liability_end_first_year": billed.minus(exact(first.posted)).map_err(said)?,
    }))
}

fn returns(input: &Value, _: &Value) -> Result<Value, String> {
    let currency = currency(input)?;
    let [units, price, cost, expected] =
        ["units", "price", "unit_cost", "expected_returns"].map(|name| ratio(&input[name]));
    let sale = Returnable { units: units?, price: price?, cost: cost?, expected: expected? };
    let told = |after: revenue::AfterReturns, revenue: &str| {
        json!({
            revenue: text(after.revenue), "refund_liability": text(after.refund_liability), "return_asset": text(after.return_asset),
        })
    };
    let mut answer = json!({"on_transfer": told(sale.after(Ratio::ZERO, currency).map_err(said)?, "revenue")});
    if let Some(returned) = input.get("returned") {
        let returned = ratio(returned)?;
        answer["after_return"] = told(sale.after(returned, currency).map_err(said)?, "revenue_cumulative");
        answer["at_window_end"] = told(sale.at_end(returned, currency).map_err(said)?, "revenue_cumulative");
    }
    Ok(answer)
}

fn refund_liability(input: &Value, _: &Value) -> Result<Value, String> {
    let currency = currency(input)?;
    let [units, billed, expected] = ["units", "billed_price", "expected_price"].map(|name| ratio(&input[name]));
    let (units, billed) = (units?, billed?);
    let sold = Rebate::new(currency).sell(units, billed, expected?).map_err(said)?;
    let receivable = money(units.times(billed).map_err(said)?, currency)?;
    Ok(json!({"receivable": text(receivable), "revenue": text(sold.revenue), "refund_liability": text(sold.liability)}))
}

fn deposit(input: &Value, expected: &Value) -> Result<Value, String> {
    let currency = currency(input)?;
    let (mut held, mut revenue, mut journal) = (Map::new(), Map::new(), Journal::new(expected));
    let mut deposit = Deposit::default();
    for given in list(&input["months"])? {
        deposit.receive(ratio_or_zero(&given["receipt"])?).map_err(said)?;
        let name: String = read(&given["period"])?;
        let mut earned = Ratio::ZERO;
        if given["criteria_met"] == true {
            let release = deposit.contract(ratio_or_zero(&given["performance_to_date"])?);
            journal.post("deposit_applied", end_of(&given["period"]), money(release.released, currency)?)?;
            journal.post("revenue_recognised", end_of(&given["period"]), money(release.earned, currency)?)?;
            earned = release.earned;
        }
        held.insert(name.clone(), json!(deposit.held()));
        revenue.insert(name, json!(earned));
    }
    Ok(json!({"deposit_liability": held, "revenue": revenue, "journal": journal.done()}))
}

/// Each tier to its end at its price; the last one has none, as far as a price is known.
fn tiers(bounds: &[(Option<NonNegative>, NonNegative)]) -> Result<Tiers, String> {
    let last = bounds.len().saturating_sub(1);
    let tier = |(index, (up_to, each)): (usize, &(Option<NonNegative>, NonNegative))| Tier {
        up_to: up_to.filter(|_| index < last),
        each: Some(*each),
        flat: None,
        maximum: None,
    };
    Tiers::new(bounds.iter().enumerate().map(tier).collect()).map_err(said)
}

fn worth(model: Model, quantity: Ratio) -> Result<Ratio, String> {
    rate(&Terms::of(model), &Usage::metered(quantity, 0), Ratio::ONE).map(|rated| rated.amount).map_err(said)
}

/// Usage beyond what is committed, by graduated rates.
pub(super) fn overage(rating: &Value) -> Result<Ratio, String> {
    let bands = list(&rating["bands"])?;
    let mut bounds = Vec::new();
    if let Some(first) = bands.first().filter(|first| first["from"] != "0") {
        bounds.push((Some(read(&first["from"])?), NonNegative::ZERO));
    }
    for band in bands {
        bounds.push((read(&band["to"])?, read(&band["rate"])?));
    }
    worth(Model::Graduated(tiers(&bounds)?), ratio(&rating["calls"])?)
}

fn late_usage(input: &Value, _: &Value) -> Result<Value, String> {
    let mut bounds = Vec::new();
    for tier in list(&input["tiers"])? {
        bounds.push((read(&tier["to"])?, read(&tier["price"])?));
    }
    let model = Model::Volume(tiers(&bounds)?);
    let billed = ratio(&input["quantity_billed"])?;
    let all = billed.plus(ratio(&input["late_quantity"])?).map_err(said)?;
    let (before, after) = (worth(model.clone(), billed)?, worth(model, all)?);
    Ok(json!({"billed": before, "re_rated": after, "late_amount": after.minus(before).map_err(said)?}))
}

fn taxed(input: &Value, _: &Value) -> Result<Value, String> {
    let rate: Dec = read(&input["rate"])?;
    let percent = rate.times(Dec::from_int(100)).map_err(said)?.try_into().map_err(said)?;
    let prices = match input["behaviour"].as_str() {
        Some("exclusive") => Prices::Exclusive,
        Some("inclusive") => Prices::Inclusive,
        other => return Err(format!("unknown behaviour {other:?}")),
    };
    let taxes = vec![Tax::of("tax".parse().map_err(said)?, percent)];
    let line = Taxable { amount: ratio(&input["amount"])?, prices, taxes };
    let told = assess(currency(input)?, &[line], TaxPolicy::default()).map_err(said)?;
    Ok(json!({"net": text(told.net), "tax": text(told.tax), "gross": text(told.gross), "revenue": text(told.net)}))
}
