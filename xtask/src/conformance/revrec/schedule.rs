//! Contracts by month: schedules, usage in arrears, legal entities, late facts.

use super::journal::{Journal, Lines};
use super::{convention, currency, desk, exact, key, list, money, months, object, over, ratio, ratio_or_zero, text};
use crate::conformance::Adapter;
use crate::conformance::input::{read, said};
use calendar::{Date, Zone};
use ledger::{Account, Book, Calendars, Month, Periods, Poster};
use money::{Currency, Ratio};
use revenue::disclose::roll_forward;
use revenue::{
    Billed, Carried, Contract, Earning, Measure, Metered, Obligation, Reading, Recognised, Right, Share, Spread,
    Stretch, by_weight,
};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use stdx::Key;

/// What is computed here.
pub(super) const KINDS: &[(&str, Adapter)] = &[
    ("schedule", schedule),
    ("rollforward", rollforward),
    ("vc_time", variable_over_time),
    ("metered", metered),
    ("usage_journal", usage_journal),
    ("intercompany", intercompany),
    ("late", late),
];

/// Quantities by day, each by a factor.
fn by_day(events: &Value, factor: impl Fn(&Value) -> Result<Ratio, String>) -> Result<BTreeMap<Date, Ratio>, String> {
    let mut found: BTreeMap<Date, Ratio> = BTreeMap::new();
    for event in list(events)? {
        let amount = ratio(&event["quantity"])?.times(factor(event)?).map_err(said)?;
        let day = found.entry(read(&event["date"])?).or_insert(Ratio::ZERO);
        *day = day.plus(amount).map_err(said)?;
    }
    Ok(found)
}

fn earning(given: &Value, share: Option<Share>, usual: &str) -> Result<Earning, String> {
    let allocated = |measure| {
        let share = share.ok_or("an obligation without a price")?;
        Ok(Earning::Allocated { share, measure, spread: Spread::Cumulative })
    };
    match given["pattern"].as_str() {
        Some("ratable") => {
            let convention = given["time_convention"].as_str().unwrap_or(usual);
            allocated(Measure::Over(over(convention, &given["start"], &given["end"])?))
        }
        Some("point_in_time") => allocated(Measure::At(Some(read(&given["date"])?))),
        Some("units") => allocated(Measure::Units {
            expected: ratio(&given["quantity"])?,
            done: by_day(&given["deliveries"], |_| Ok(Ratio::ONE))?,
        }),
        Some("usage") => {
            let price = |event: &Value| match (&event["unit_price"], &given["unit_price"]) {
                (Value::Null, Value::Null) => Ok(Ratio::ONE),
                (Value::Null, usual) => ratio(usual),
                (own, _) => ratio(own),
            };
            Ok(Earning::AsInvoiced(by_day(&given["usage"], price)?))
        }
        other => Err(format!("unknown pattern {other:?}")),
    }
}

fn shares(given: &Value, currency: Currency) -> Result<BTreeMap<Key, Share>, String> {
    let obligations = list(&given["obligations"])?;
    let fixed: Vec<&Value> = obligations.iter().filter(|given| given["pattern"] != "usage").collect();
    if given["allocation"].as_str().is_none_or(|method| method == "stated") {
        let share =
            |given: &&Value| Ok((key(&given["id"])?, Share::stated(ratio(&given["price"])?, currency).map_err(said)?));
        return fixed.iter().map(share).collect();
    }
    let mut weights = Vec::new();
    let mut price = Ratio::ZERO;
    for given in &fixed {
        weights.push((key(&given["id"])?, ratio(&given["ssp"])?));
        price = price.plus(ratio_or_zero(&given["price"])?).map_err(said)?;
    }
    if !given["transaction_price"].is_null() {
        price = ratio(&given["transaction_price"])?;
    }
    Ok(by_weight(price, currency, &weights).map_err(said)?.into_iter().collect())
}

fn billed(given: &Value, currency: Currency) -> Result<Vec<Billed>, String> {
    let Some(listed) = given.as_array() else { return Ok(Vec::new()) };
    let one = |given: &Value| {
        let amount = money(ratio(&given["amount"])?, currency)?;
        Ok(Billed { on: read(&given["date"])?, amount, obligation: None })
    };
    listed.iter().map(one).collect()
}

fn contract(input: &Value) -> Result<(Contract, Vec<(Key, Share)>), String> {
    let (given, currency) = (&input["contract"], currency(input)?);
    let shares = shares(given, currency)?;
    let mut contract = Contract::new("contract".parse().map_err(said)?, currency);
    contract.billed = billed(&given["billing"], currency)?;
    let right = match given["right_to_consideration"].as_str() {
        Some("conditional") => Right::Conditional,
        Some("unconditional") | None => Right::Unconditional,
        Some(other) => return Err(format!("unknown right {other}")),
    };
    for given in list(&given["obligations"])? {
        let key = key(&given["id"])?;
        let earning = earning(given, shares.get(&key).copied(), convention(input))?;
        let mut obligation = Obligation::new(key, earning, currency);
        obligation.right = right;
        contract.obligations.push(obligation);
    }
    Ok((contract, shares.into_iter().collect()))
}

/// What every contract by month answers.
fn months_of(contract: &Contract, months: &[Month]) -> Result<Map<String, Value>, String> {
    let ends = contract.month_ends(months).map_err(said)?;
    let (mut revenue, mut balances) = (Map::new(), Map::new());
    let mut by_obligation: BTreeMap<Key, Map<String, Value>> = BTreeMap::new();
    for (month, end) in &ends {
        revenue.insert(month.to_string(), text(end.total));
        for (key, amount) in &end.revenue {
            by_obligation.entry(key.clone()).or_default().insert(month.to_string(), text(*amount));
        }
        let balance = json!({
            "contract_liability": text(end.position.contract_liability),
            "contract_asset": text(end.position.contract_asset),
            "unbilled_receivable": text(end.position.unbilled),
            "billed_cumulative": text(end.billed),
            "revenue_cumulative": text(end.recognised),
            "rpo": text(end.remaining),
        });
        balances.insert(month.to_string(), balance);
    }
    let by_obligation = by_obligation.into_iter().map(|(key, months)| (key.to_string(), Value::Object(months)));
    Ok(Map::from_iter([
        ("revenue".to_owned(), Value::Object(revenue)),
        ("balances".to_owned(), Value::Object(balances)),
        ("revenue_by_obligation".to_owned(), object(by_obligation)),
    ]))
}

fn allocation(shares: &[(Key, Share)]) -> Value {
    object(shares.iter().map(|(key, share)| (key.to_string(), text(share.posted))))
}

fn journal_of(contract: &Contract, months: &[Month], expected: &Value) -> Result<Value, String> {
    let mut journal = Journal::new(expected);
    for entry in desk()?.preview(contract, months).map_err(said)? {
        journal.write(&entry, Some(Zone::utc().date_of(entry.effective_at())), Lines::PerAccount)?;
    }
    Ok(journal.done())
}

fn schedule(input: &Value, expected: &Value) -> Result<Value, String> {
    let (contract, shares) = contract(input)?;
    let mut answer = months_of(&contract, &months(input)?)?;
    answer.insert("allocation".to_owned(), allocation(&shares));
    answer.insert("journal".to_owned(), journal_of(&contract, &months(input)?, expected)?);
    Ok(Value::Object(answer))
}

fn rollforward(input: &Value, expected: &Value) -> Result<Value, String> {
    let Value::Object(mut answer) = schedule(input, expected)? else { return Err("no schedule".to_owned()) };
    let (contract, _) = contract(input)?;
    let opening = money(ratio_or_zero(&input["rollforward"]["opening"])?, contract.currency)?;
    let mut years = Map::new();
    for year in list(&input["rollforward"]["years"])? {
        let year: String = read(year)?;
        let month = |number| format!("{year}-{number}").parse::<Month>().map_err(said);
        let rolled = roll_forward(&contract, month("01")?, month("12")?, opening).map_err(said)?;
        let told = json!({
            "opening": text(rolled.opening), "billings": text(rolled.billed), "revenue": text(rolled.recognised),
            "revenue_from_opening": text(rolled.from_opening), "closing": text(rolled.closing),
        });
        years.insert(year, told);
    }
    answer.insert("rollforward".to_owned(), Value::Object(years));
    Ok(Value::Object(answer))
}

fn variable_over_time(input: &Value, expected: &Value) -> Result<Value, String> {
    let (given, currency) = (&input["contract"], currency(input)?);
    let mut contract = Contract::new("contract".parse().map_err(said)?, currency);
    contract.billed = billed(&given["billing"], currency)?;
    for given in list(&given["obligations"])? {
        let measure = Measure::Over(over(convention(input), &given["start"], &given["end"])?);
        let mut versions = list(&given["tp_versions"])?.iter().map(|version| {
            let share = Share::stated(ratio(&version["amount"])?, currency).map_err(said)?;
            let earning = Earning::Allocated { share, measure: measure.clone(), spread: Spread::Cumulative };
            Ok::<_, String>((read::<Date>(&version["effective"])?, earning))
        });
        let (_, first) = versions.next().ok_or("no price")??;
        let mut obligation = Obligation::new(key(&given["id"])?, first, currency);
        obligation.right = Right::Conditional;
        for version in versions {
            let (from, earning) = version?;
            obligation.go_on(Stretch { from, carried: money(Ratio::ZERO, currency)?, earning }).map_err(said)?;
        }
        contract.obligations.push(obligation);
    }
    let months = months(input)?;
    let mut answer = months_of(&contract, &months)?;
    let price = |month: &Month| {
        let priced = contract.obligations.iter().map(|obligation| obligation.allocated(month.last()).map_err(said));
        let whole = priced
            .filter_map(Result::transpose)
            .try_fold(money(Ratio::ZERO, currency)?, |sum, price| sum.plus(price?).map_err(said))?;
        Ok::<_, String>((month.to_string(), text(whole)))
    };
    answer.insert("transaction_price".to_owned(), object(months.iter().map(price).collect::<Result<Vec<_>, _>>()?));
    if let Some(test) = input.get("prior_period_test") {
        let prior = contract.prior_performance(read(&test["period"])?).map_err(said)?;
        answer.insert("prior_period_revenue".to_owned(), json!(prior));
    }
    if let Some(rating) = input.get("rating") {
        answer.insert("rated_overage".to_owned(), json!(super::price::overage(rating)?));
    }
    answer.insert("journal".to_owned(), journal_of(&contract, &months, expected)?);
    Ok(Value::Object(answer))
}

/// Usage that is earned as unbilled and invoiced later.
fn metered_answer(metered: &Metered, input: &Value, expected: &Value) -> Result<Value, String> {
    let (months, currency) = (months(input)?, currency(input)?);
    let mut journal = Journal::new(expected);
    let (mut revenue, mut unbilled, mut receivable) = (Map::new(), Map::new(), Map::new());
    for (month, told) in metered.months(&months).map_err(said)? {
        journal.post("usage_earned_as_unbilled", Some(month.last()), money(told.revenue, currency)?)?;
        for (on, amount, _) in metered.invoices.iter().filter(|(on, ..)| Month::of(*on) == month) {
            journal.post("unbilled_usage_invoiced", Some(*on), money(*amount, currency)?)?;
        }
        revenue.insert(month.to_string(), json!(told.revenue));
        unbilled.insert(month.to_string(), json!(told.unbilled));
        receivable.insert(month.to_string(), json!(told.receivable));
    }
    Ok(json!({
        "revenue": revenue, "unbilled_receivable": unbilled, "accounts_receivable": receivable, "journal": journal.done(),
    }))
}

fn invoices(input: &Value) -> Result<Vec<(Date, Ratio, Carried)>, String> {
    let Some(listed) = input["invoices"].as_array() else { return Ok(Vec::new()) };
    let one = |given: &Value| {
        let carried = if given["carry_forward"] == true { Carried::Forward } else { Carried::No };
        Ok((read(&given["date"])?, ratio(&given["amount"])?, carried))
    };
    listed.iter().map(one).collect()
}

fn readings(input: &Value) -> Result<Vec<(Date, Ratio)>, String> {
    list(&input["usage"])?.iter().map(|given| Ok((read(&given["date"])?, ratio(&given["quantity"])?))).collect()
}

fn metered(input: &Value, expected: &Value) -> Result<Value, String> {
    let reading = match input["aggregation"].as_str() {
        Some("sum") => Reading::Sum,
        Some("max") => Reading::Max,
        Some("last_during_period") => Reading::Last,
        Some("last_ever") => Reading::LastEver,
        other => return Err(format!("unknown aggregation {other:?}")),
    };
    let metered = Metered {
        since: read(&input["period"]["start"])?,
        price: ratio(&input["unit_price"])?,
        reading,
        readings: readings(input)?,
        invoices: invoices(input)?,
    };
    metered_answer(&metered, input, expected)
}

fn usage_journal(input: &Value, expected: &Value) -> Result<Value, String> {
    let months = months(input)?;
    let since = months.first().ok_or("no period")?.first();
    let price = ratio(&input["unit_price"])?;
    let metered =
        Metered { since, price, reading: Reading::Sum, readings: readings(input)?, invoices: invoices(input)? };
    metered_answer(&metered, input, expected)
}

/// An obligation that is done to a share on one day.
fn done_on(given: &Value, share: Share, day: Date, done: Ratio, expected: Ratio) -> Result<Obligation, String> {
    let measure = Measure::Units { expected, done: [(day, done)].into() };
    let earning = Earning::Allocated { share, measure, spread: Spread::Cumulative };
    Ok(Obligation::new(key(&given["id"])?, earning, share.posted.currency()))
}

fn intercompany(input: &Value, expected: &Value) -> Result<Value, String> {
    let currency = currency(input)?;
    let month: Month = "2026-01".parse().map_err(said)?;
    let seller = key(&input["contracting"])?;
    let mut contract = Contract::new("contract".parse().map_err(said)?, currency);
    contract.entity = Some(seller.clone());
    contract.billed.push(Billed {
        on: month.first(),
        amount: money(ratio(&input["billed"])?, currency)?,
        obligation: None,
    });
    for given in list(&input["obligations"])? {
        let share = Share::stated(ratio(&given["allocation"])?, currency).map_err(said)?;
        let mut obligation = done_on(given, share, month.first(), ratio(&given["progress"])?, Ratio::ONE)?;
        obligation.performed_by = Some(key(&given["performing"])?);
        contract.obligations.push(obligation);
    }
    let entries = desk()?.recognise(&contract, &Recognised::default(), month).map_err(said)?;
    let mut journal = Journal::new(expected);
    let mut entities: BTreeMap<String, Map<String, Value>> = BTreeMap::new();
    for entity in contract.obligations.iter().filter_map(|obligation| obligation.performed_by.as_ref()).chain([&seller])
    {
        let of_entity = entries.iter().filter(|entry| entry.entity() == Some(entity));
        let balances = ledger::balances(of_entity).map_err(said)?;
        let told = balances.iter().filter(|(account, _)| *account != Account::ContractLiability);
        let told = told.map(|(account, balance)| (super::journal::vector_name(account).to_owned(), text(balance)));
        entities.entry(entity.to_string()).or_default().extend(told);
    }
    let liability = text(contract.position(month.last()).map_err(said)?.contract_liability);
    entities.entry(seller.to_string()).or_default().insert("contract_liability".to_owned(), liability);
    for entry in &entries {
        journal.write(entry, None, Lines::PerAccount)?;
    }
    Ok(json!({"entities": entities, "journal": journal.done()}))
}

fn late(input: &Value, expected: &Value) -> Result<Value, String> {
    let currency = currency(input)?;
    let (effective, recorded): (Date, Date) = (read(&input["effective_date"])?, read(&input["recorded_date"])?);
    let mut weights = Vec::new();
    for given in list(&input["obligations"])? {
        weights.push((key(&given["id"])?, ratio(&given["ssp"])?));
    }
    let shares = by_weight(ratio(&input["transaction_price"])?, currency, &weights).map_err(said)?;
    let mut contract = Contract::new("contract".parse().map_err(said)?, currency);
    for (given, (_, share)) in list(&input["obligations"])?.iter().zip(&shares) {
        let (done, whole) = (ratio(&given["delivered"])?, ratio(&given["quantity"])?);
        contract.obligations.push(done_on(given, *share, effective, done, whole)?);
    }
    let mut periods = Periods::default();
    for month in read::<Vec<Month>>(&input["locked_periods"])? {
        let closer: Key = "closer".parse().map_err(said)?;
        periods.soft_close(month, closer.clone()).map_err(said)?;
        periods.lock(month, closer, "").map_err(said)?;
    }
    let calendars: Calendars = [((None, Book::UsGaap), periods)].into();
    let entries = desk()?.recognise(&contract, &Recognised::default(), Month::of(effective)).map_err(said)?;
    let mut books = ledger::Journal::default();
    let mut journal = Journal::new(expected);
    for entry in entries {
        let at = Zone::utc().start_of(recorded);
        books.post(entry, &Zone::utc(), &calendars, Poster::Engine, at).map_err(said)?;
    }
    let mut posting_period = Value::Null;
    for booked in books.booked() {
        posting_period = json!(booked.period);
        let day = if booked.period == booked.origin { effective } else { booked.period.first() };
        journal.write(&booked.entry, Some(day), Lines::PerLeg)?;
    }
    let origin = Month::of(effective);
    let periods = calendars.values().next().ok_or("no periods")?;
    let untouched = books.booked().iter().all(|booked| !periods.is_locked(booked.period));
    let of_month = |obligation: &Obligation| {
        Ok((obligation.key.to_string(), text(obligation.recognised(effective).map_err(said)?)))
    };
    let revenue: Vec<(String, Value)> = contract.obligations.iter().map(of_month).collect::<Result<_, String>>()?;
    let total = contract.recognised(effective).map_err(said)?;
    Ok(json!({
        "allocation": allocation(&shares), "posting_period": posting_period, "origin_period": origin,
        "revenue": object(revenue), "total": exact(total), "locked_period_unchanged": untouched, "journal": journal.done(),
    }))
}
