//! What charges come to: price models, groups and filters, prorated tiers, usage in advance, minimums and thresholds.

use crate::conformance::Adapter;
use crate::conformance::input::{read, said};
use calendar::Date;
use calendar::profiles::lago::{days, share};
use money::{Currency, Dec, Money, Ratio, Rounding};
use rating::profiles::lago::{
    Days, InAdvance, Presence, Range, Style, bounds, changes_of_items, changes_of_sum, dynamic, free_run, percentage,
    volume,
};
use rating::{
    Change, Explanation, Filter, Model, NonNegative, Package, PercentTier, PercentTiers, Percentage, Positive,
    PricingUnit, Reason, Terms, Thresholds, Tier, Tiers, Usage, prorated_tiers, rate, route, true_up,
};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// What is computed here.
pub const KINDS: &[(&str, Adapter)] = &[
    ("price", price),
    ("price_groups", price_groups),
    ("route_filters", route_filters),
    ("tier_slice", tier_slice),
    ("prorated_tiers", tiers_of_changes),
    ("prorated_tiers_period", tiers_of_period),
    ("marginal", in_advance),
    ("running_total", running_total),
    ("charge_true_up", charge_true_up),
    ("commitment_true_up", commitment_true_up),
    ("minor_units", minor_units),
    ("fixed_charge_upgrade_delta", fixed_charge_upgrade_delta),
    ("adjusted_fee", adjusted_fee),
    ("progressive", progressive),
];

/// To a whole minor unit, half away from zero: the one rounding of a fee.
fn whole(exact: Ratio) -> Result<i128, String> {
    exact.round(0, Rounding::HalfUp).map(Dec::floor).map_err(said)
}

fn minor(amount: Ratio, currency: Currency) -> Result<i128, String> {
    Money::round_from(amount, currency, Rounding::HalfUp).map(Money::minor).map_err(said)
}

fn currency(input: &Value) -> Result<Currency, String> {
    Currency::parse(input["currency"].as_str().unwrap_or("EUR")).map_err(said)
}

#[derive(Deserialize)]
struct LagoTier {
    from: Dec,
    to: Option<Dec>,
    per_unit: Option<NonNegative>,
    rate: Option<NonNegative>,
    flat: Option<NonNegative>,
}

impl LagoTier {
    fn range(&self) -> Range {
        Range { from: self.from, to: self.to }
    }
}

fn tier_bounds(tiers: &[LagoTier]) -> Result<Vec<Option<NonNegative>>, String> {
    bounds(&tiers.iter().map(LagoTier::range).collect::<Vec<_>>()).map_err(said)
}

fn tiers(json: &Value) -> Result<Tiers, String> {
    let list: Vec<LagoTier> = read(json)?;
    let tier = |(t, up_to): (&LagoTier, _)| Tier { up_to, each: t.per_unit, flat: t.flat, maximum: None };
    Tiers::new(list.iter().zip(tier_bounds(&list)?).map(tier).collect()).map_err(said)
}

fn percent_tiers(json: &Value) -> Result<PercentTiers, String> {
    let list: Vec<LagoTier> = read(json)?;
    let mut out = Vec::new();
    for (t, up_to) in list.iter().zip(tier_bounds(&list)?) {
        out.push(PercentTier { up_to, percent: t.rate.ok_or("a tier without a rate")?, flat: t.flat });
    }
    PercentTiers::new(out).map_err(said)
}

/// The properties of a percentage price.
#[derive(Deserialize)]
struct PercentageProperties {
    rate: NonNegative,
    fixed_amount: Option<NonNegative>,
    free_events: Option<u64>,
    free_units: Option<NonNegative>,
    min_per_transaction: Option<NonNegative>,
    max_per_transaction: Option<NonNegative>,
}

fn terms(model: &Value, properties: &Value) -> Result<Terms, String> {
    let of = |key: &str| properties.get(key).map(read::<NonNegative>).transpose();
    let amount = || read::<NonNegative>(&properties["amount"]);
    let mut included = None;
    let model = match model.as_str() {
        Some("standard") => Model::PerUnit(amount()?),
        Some("graduated") => Model::Graduated(tiers(&properties["tiers"])?),
        Some("volume") => Model::Volume(tiers(&properties["tiers"])?),
        Some("graduated_percentage") => Model::GraduatedPercentage(percent_tiers(&properties["tiers"])?),
        Some("package") => {
            included = of("free_units")?;
            let size: Positive = read(&properties["package_size"])?;
            Model::Package(Package { size, price: amount()? })
        }
        Some("percentage") => {
            let p: PercentageProperties = read(properties)?;
            Model::Percentage(Percentage {
                percent: p.rate,
                fixed: p.fixed_amount,
                free_transactions: p.free_events,
                free_amount: p.free_units,
                minimum: p.min_per_transaction,
                maximum: p.max_per_transaction,
            })
        }
        Some("dynamic" | "custom") => Model::Dynamic(rating::Dynamic::default()),
        other => return Err(format!("unknown model {other:?}")),
    };
    Ok(Terms { included, ..Terms::of(model) })
}

/// The quantity of a price and what it is worth in its own unit.
fn worth(input: &Value) -> Result<(Ratio, Explanation), String> {
    let no_properties = json!({});
    let terms = terms(&input["model"], input.get("properties").unwrap_or(&no_properties))?;
    if let (Model::Percentage(price), Some(events)) = (&terms.model, input.get("events")) {
        let events: Vec<Dec> = read(events)?;
        let total = events.iter().try_fold(Dec::ZERO, |sum, value| sum.plus(*value)).map_err(said)?;
        return Ok((Ratio::from(total), percentage(price, &events).map_err(said)?));
    }
    let units: Ratio = read(&input["units"])?;
    let usage = Usage::metered(units, 0);
    let explanation = match (&terms.model, input["model"].as_str()) {
        (Model::Volume(tiers), _) if input.get("prorated") == Some(&json!(true)) => {
            volume(tiers, read(&input["full_units"])?, units).map_err(said)?
        }
        (Model::Dynamic(_), Some("dynamic")) => {
            // carried in hundredths
            let carried =
                read::<Dec>(&input["precise_amount_minor"])?.times("0.01".parse().map_err(said)?).map_err(said)?;
            dynamic(units, &usage.carrying(carried)).map_err(said)?
        }
        (Model::Dynamic(_), _) => {
            rate(&terms, &usage.carrying(read(&input["custom_amount"])?), Ratio::ONE).map_err(said)?.explanation
        }
        _ => rate(&terms, &usage, Ratio::ONE).map_err(said)?.explanation,
    };
    Ok((units, explanation))
}

/// Units and totals per tier, as the explanation has them.
fn by_tier(explanation: &Explanation, out: &mut Map<String, Value>) -> Result<(), String> {
    let (mut units, mut totals): (Vec<Ratio>, Vec<Ratio>) = (Vec::new(), Vec::new());
    for part in &explanation.parts {
        if let Reason::TierUnits { quantity, .. } | Reason::TierPercent { of: quantity, .. } = &part.reason {
            units.push(*quantity);
            totals.push(part.amount);
        } else {
            let last = totals.last_mut().ok_or("a fee without a tier")?;
            *last = last.plus(part.amount).map_err(said)?;
        }
    }
    out.insert("tier_units".to_owned(), json!(units));
    out.insert("tier_totals".to_owned(), json!(totals));
    Ok(())
}

/// Free and paid parts of a percentage price, as the explanation has them.
fn by_transaction(total: Ratio, explanation: &Explanation, out: &mut Map<String, Value>) -> Result<(), String> {
    let (mut free_units, mut free_events, mut percent, mut fixed) = (Ratio::ZERO, 0, Ratio::ZERO, Ratio::ZERO);
    let Reason::Percentage { count, .. } = explanation.reason else { return Err("no percentage".to_owned()) };
    for part in &explanation.parts {
        if let Reason::FreeTransactions { count, free } = &part.reason {
            (free_units, free_events) = (Ratio::from(*free), *count);
        } else if matches!(part.reason, Reason::PercentOf { .. }) {
            percent = part.amount;
        } else if matches!(part.reason, Reason::PerTransaction { .. }) {
            fixed = part.amount;
        }
    }
    out.insert("free_units".to_owned(), json!(free_units));
    out.insert("paid_units".to_owned(), json!(total.minus(free_units).map_err(said)?));
    out.insert("free_events".to_owned(), json!(free_events));
    out.insert("paid_events".to_owned(), json!(count - free_events));
    out.insert("percentage_amount".to_owned(), json!(percent));
    out.insert("fixed_total".to_owned(), json!(fixed));
    Ok(())
}

/// The price of one unit on average; 0 for no units.
fn average(amount: Ratio, units: Ratio) -> Result<Ratio, String> {
    if units.is_zero() { Ok(Ratio::ZERO) } else { amount.over(units).map_err(said) }
}

/// The units in whose number a package price is averaged: those that are not free.
fn paid_units(input: &Value, units: Ratio) -> Result<Ratio, String> {
    let free = input["properties"].get("free_units").map(read).transpose()?.unwrap_or(Ratio::ZERO);
    units.minus(free).map(|paid| paid.max(Ratio::ZERO)).map_err(said)
}

fn price(input: &Value, _: &Value) -> Result<Value, String> {
    let (units, explanation) = worth(input)?;
    let amount = explanation.amount;
    let currency = currency(input)?;
    let mut out = Map::new();
    match input["model"].as_str() {
        Some("graduated" | "graduated_percentage") => by_tier(&explanation, &mut out)?,
        Some("percentage") => by_transaction(units, &explanation, &mut out)?,
        _ => {}
    }
    let counted = match input["model"].as_str() {
        Some("package") => paid_units(input, units)?,
        _ => input.get("full_units").map(read).transpose()?.unwrap_or(units),
    };
    let mut amount_minor = minor(amount, currency)?;
    if let Some(unit) = input.get("pricing_unit") {
        let rate: Positive = read(&unit["conversion_rate"])?;
        let code = "units".try_into().map_err(said)?;
        let pricing_unit = PricingUnit { code, rate, scale: read(&unit["exponent"])? };
        let shown = pricing_unit.shown(amount).map_err(said)?.at_scale(pricing_unit.scale).ok_or("too large")?;
        out.insert("pricing_unit_minor".to_owned(), json!(shown));
        let converted = amount.times(rate.ratio()).map_err(said)?;
        amount_minor = minor(converted, currency)?;
    }
    if let Some(tax) = input.get("tax_rate") {
        let tax = Ratio::from_int(amount_minor).times(read(tax)?).and_then(|x| x.over(Ratio::from_int(100)));
        out.insert("total_minor".to_owned(), json!(amount_minor + whole(tax.map_err(said)?)?));
    }
    out.insert("amount".to_owned(), json!(amount));
    out.insert("unit_amount".to_owned(), json!(average(amount, counted)?));
    out.insert("amount_minor".to_owned(), json!(amount_minor));
    Ok(Value::Object(out))
}

fn price_groups(input: &Value, _: &Value) -> Result<Value, String> {
    let currency = currency(input)?;
    let groups = input["groups"].as_array().ok_or("no groups")?;
    let amounts =
        groups.iter().map(|group| minor(worth(group)?.1.amount, currency)).collect::<Result<Vec<_>, String>>()?;
    Ok(json!({"amount_minor": amounts.iter().sum::<i128>(), "groups_minor": amounts}))
}

fn route_filters(input: &Value, _: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Priced {
        id: String,
        values: BTreeMap<String, BTreeSet<String>>,
        price: NonNegative,
    }
    #[derive(Deserialize)]
    struct Event {
        properties: BTreeMap<String, String>,
        value: Ratio,
    }
    let priced: Vec<Priced> = read(&input["filters"])?;
    let filters: Vec<Filter> = priced.iter().map(|p| Filter(p.values.clone())).collect();
    let mut lines: Vec<(&str, NonNegative, Ratio)> =
        priced.iter().map(|p| (p.id.as_str(), p.price, Ratio::ZERO)).collect();
    lines.push(("default", read(&input["default_price"])?, Ratio::ZERO));
    for event in read::<Vec<Event>>(&input["events"])? {
        let at = route(&filters, &event.properties).unwrap_or(priced.len());
        lines[at].2 = lines[at].2.plus(event.value).map_err(said)?;
    }
    let (mut units, mut amounts) = (Map::new(), Map::new());
    for (id, each, quantity) in lines {
        let rated = rate(&Terms::of(Model::PerUnit(each)), &Usage::metered(quantity, 0), Ratio::ONE).map_err(said)?;
        units.insert(id.to_owned(), json!(quantity));
        amounts.insert(id.to_owned(), json!(minor(rated.amount, currency(input)?)?));
    }
    Ok(json!({"units": units, "amount_minor": amounts}))
}

fn tier_slice(input: &Value, _: &Value) -> Result<Value, String> {
    let tier: LagoTier = read(&input["tier"])?;
    let style = if input["adjacent"] == json!(true) { Style::Adjacent } else { Style::Whole };
    let units = tier.range().units(style, read(&input["total_units"])?).map_err(said)?;
    // the tier looked at alone: an open one that holds just these units
    let flat = None;
    let model = match (tier.rate, tier.per_unit) {
        (Some(percent), _) => Model::GraduatedPercentage(
            PercentTiers::new(vec![PercentTier { up_to: None, percent, flat }]).map_err(said)?,
        ),
        (None, Some(each)) => Model::PerUnit(each),
        (None, None) => return Err("a tier without a price".to_owned()),
    };
    let rated = rate(&Terms::of(model), &Usage::metered(units, 0), Ratio::ONE).map_err(said)?;
    let fee = tier.flat.map_or(Ratio::ZERO, NonNegative::ratio);
    let total = rated.amount.plus(fee).map_err(said)?;
    Ok(json!({"units": units, "per_unit_total": rated.amount, "total": total}))
}

fn tiers_of_changes(input: &Value, _: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Event {
        full: Ratio,
        prorated: Ratio,
    }
    let events: Vec<Event> = read(&input["events"])?;
    let changes: Vec<Change> = events.iter().map(|e| Change { full: e.full, prorated: e.prorated }).collect();
    let explanation = prorated_tiers(&tiers(&input["tiers"])?, &changes).map_err(said)?;
    let Reason::Graduated { quantity } = explanation.reason else { return Err("no tiers".to_owned()) };
    let amount = explanation.amount;
    Ok(json!({
        "amount": amount,
        "amount_ceil2": amount.round(2, Rounding::Ceiling).map_err(said)?,
        "unit_amount": average(amount, quantity)?,
    }))
}

#[derive(Deserialize)]
struct Period {
    from: Date,
    to: Date,
    days: u32,
}

impl Period {
    fn days(&self) -> Days {
        Days { first: self.from, last: self.to, cycle: self.days }
    }
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Op {
    Add,
    Remove,
}

impl From<Op> for Presence {
    fn from(op: Op) -> Self {
        match op {
            Op::Add => Self::Added,
            Op::Remove => Self::Removed,
        }
    }
}

#[derive(Deserialize)]
struct Dated {
    date: Option<Date>,
    value: Option<Dec>,
    item: Option<String>,
    op: Option<Op>,
    precise_amount_minor: Option<Ratio>,
}

fn tiers_of_period(input: &Value, _: &Value) -> Result<Value, String> {
    let period = read::<Period>(&input["period"])?.days();
    let events: Vec<Dated> = read(&input["events"])?;
    let changes = if input["metric"] == json!("sum") {
        let added = events.iter().map(|e| Ok((e.date.ok_or("no date")?, e.value.ok_or("no value")?)));
        changes_of_sum(&period, &added.collect::<Result<Vec<_>, &str>>()?)
    } else {
        let seen = events.iter().map(|e| {
            let item = e.item.clone().ok_or("no item")?;
            Ok((e.date.ok_or("no date")?, item, e.op.ok_or("no operation")?.into()))
        });
        changes_of_items(&period, &seen.collect::<Result<Vec<_>, &str>>()?)
    };
    let explanation = prorated_tiers(&tiers(&input["tiers"])?, &changes.map_err(said)?).map_err(said)?;
    Ok(json!({"amount_minor": minor(explanation.amount, currency(input)?)?}))
}

fn in_advance(input: &Value, _: &Value) -> Result<Value, String> {
    let currency = currency(input)?;
    let events: Vec<Dated> = read(&input["events"])?;
    let period = input.get("prorated_period").map(read::<Period>).transpose()?.map(|period| period.days());
    let no_properties = json!({});
    let terms = terms(&input["model"], input.get("properties").unwrap_or(&no_properties))?;
    let (mut charges, mut items, mut amounts) = (InAdvance::new(&terms), BTreeSet::new(), Vec::new());
    for event in events {
        if input["model"] == json!("dynamic") {
            amounts.push(whole(event.precise_amount_minor.ok_or("no amount")?)?);
            continue;
        }
        let rated = if input["metric"] == json!("unique_count") {
            let item = event.item.ok_or("no item")?;
            match event.op.ok_or("no operation")? {
                Op::Add => items.insert(item),
                Op::Remove => items.remove(&item),
            };
            charges.reach(Ratio::from_int(i128::try_from(items.len()).map_err(said)?))
        } else {
            charges.add(event.value.unwrap_or(Dec::ONE))
        };
        let mut amount = rated.map_err(said)?.amount;
        if let (Some(period), Some(date)) = (&period, event.date) {
            amount = period.part(date, period.last).and_then(|part| amount.times(part)).map_err(said)?;
        }
        amounts.push(minor(amount, currency)?);
    }
    Ok(json!({"amounts_minor": amounts}))
}

fn running_total(input: &Value, _: &Value) -> Result<Value, String> {
    let values: Vec<Dec> = read(&input["values"])?;
    let running = free_run(&values, read(&input["free_events"])?, read(&input["free_units"])?).map_err(said)?;
    Ok(json!({"running": running}))
}

/// From one day to another, both included.
#[derive(Deserialize)]
struct Inclusive {
    from: Date,
    to: Date,
}

/// The billed part of the period.
fn billed_share(input: &Value) -> Result<Ratio, String> {
    let (bill, period): (Inclusive, Inclusive) = (read(&input["bill"])?, read(&input["period"])?);
    share(days(bill.from, bill.to), period.from, period.to).map_err(said)
}

fn charge_true_up(input: &Value, _: &Value) -> Result<Value, String> {
    let minimum = read::<Ratio>(&input["minimum_minor"])?.times(billed_share(input)?).map_err(said)?;
    let missing = true_up(minimum, read(&input["used_minor"])?).map_err(said)?;
    let rate = input.get("conversion_rate").map(read).transpose()?.unwrap_or(Ratio::ONE);
    let converted = missing.times(rate).map_err(said)?;
    Ok(json!({"true_up": missing, "pricing_unit_minor": whole(missing)?, "true_up_minor": whole(converted)?}))
}

fn commitment_true_up(input: &Value, _: &Value) -> Result<Value, String> {
    let share = billed_share(input)?;
    let prorated = |full: &Value| whole(read::<Ratio>(full)?.times(share).map_err(said)?);
    let mut billed = 0;
    for fee in input["fees"].as_array().ok_or("no fees")? {
        billed += match fee.get("amount_minor") {
            Some(amount) => read::<i128>(amount)?,
            None => prorated(&fee["plan_amount_minor"])?,
        };
    }
    let commitment = prorated(&input["commitment_minor"])?;
    let missing = true_up(Ratio::from_int(commitment), Ratio::from_int(billed)).map_err(said)?;
    Ok(json!({"true_up_minor": whole(missing)?}))
}

fn minor_units(input: &Value, _: &Value) -> Result<Value, String> {
    Ok(json!({"amount_minor": minor(read(&input["amount"])?, currency(input)?)?}))
}

fn fixed_charge_upgrade_delta(input: &Value, _: &Value) -> Result<Value, String> {
    let rest = |amount: &str, cycle: &str| -> Result<i128, String> {
        let part = Ratio::new(read(&input["remaining_days"])?, read(&input[cycle])?).map_err(said)?;
        whole(read::<Ratio>(&input[amount])?.times(part).map_err(said)?)
    };
    Ok(json!({"amount_minor": rest("new_amount_minor", "period_days")? - rest("paid_minor", "paid_days")?}))
}

fn adjusted_fee(input: &Value, _: &Value) -> Result<Value, String> {
    let (each, units): (NonNegative, Ratio) = (read(&input["unit_amount_minor"])?, read(&input["units"])?);
    let rated = rate(&Terms::of(Model::PerUnit(each)), &Usage::held(units), Ratio::ONE).map_err(said)?;
    Ok(json!({"amount_minor": whole(rated.amount)?}))
}

fn progressive(input: &Value, _: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Threshold {
        amount_minor: Ratio,
        recurring: bool,
    }
    let each: Ratio = read(&input["unit_price_minor"])?;
    let worth = |units: Ratio| units.times(each).map_err(said);
    let before = worth(input.get("lifetime_units_before").map(read).transpose()?.unwrap_or(Ratio::ZERO))?;
    let (every, once): (Vec<Threshold>, Vec<Threshold>) =
        read::<Vec<Threshold>>(&input["thresholds"])?.into_iter().partition(|t| t.recurring);
    let thresholds = Thresholds {
        once: once.iter().map(|t| t.amount_minor).collect(),
        every: every.first().map(|t| t.amount_minor),
    };
    let used = read::<Vec<Ratio>>(&input["usage_units"])?.into_iter().map(worth).collect::<Result<Vec<_>, _>>()?;
    let sum = |list: &[Ratio]| list.iter().try_fold(Ratio::ZERO, |sum, x| sum.plus(*x)).map_err(said);
    let invoices = thresholds.invoices(before, &used).map_err(said)?;
    let fees = whole(sum(&used)?)? + read::<i128>(&input["final"]["subscription_fee_minor"])?;
    let credit = whole(sum(&invoices)?)?;
    Ok(json!({
        "invoices_minor": invoices.into_iter().map(whole).collect::<Result<Vec<_>, _>>()?,
        "final_fees_minor": fees,
        "final_credit_minor": credit,
        "final_total_minor": fees - credit,
    }))
}
