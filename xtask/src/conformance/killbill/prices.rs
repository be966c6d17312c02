//! Usage in blocks (consumable) and by peaks (capacity): what it costs, and what late usage adds.

use crate::conformance::Adapter;
use crate::conformance::input::{read, said};
use billing::profiles::killbill::usage_boundaries;
use calendar::profiles::killbill::{Interval, billing_period};
use calendar::{Date, DayOfMonth};
use money::{Dec, Ratio, Rounding};
use rating::profiles::killbill::{
    BlockLine, BlockTier, CapacityTier, Consumed, ItemMode, Policy, Record, RollUp, TierFigures, billed_in, capacity,
    consumable, late, late_lines, roll_up,
};
use rating::{NonNegative, Positive};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// What is computed here.
pub const KINDS: &[(&str, Adapter)] = &[("consumable", blocks), ("capacity", peaks)];

/// To the cent, half away from zero.
fn cents(exact: Ratio) -> Result<Ratio, String> {
    exact.round(2, Rounding::HalfUp).map(Ratio::from).map_err(said)
}

/// A bound of a table: missing, null and -1 all say that there is none.
fn bound(value: &Value) -> Result<Option<NonNegative>, String> {
    if value.is_null() || *value == json!("-1") || *value == json!(-1) { Ok(None) } else { read(value).map(Some) }
}

/// The tiers of one unit with their numbers, in the order of the table.
struct Table {
    numbers: Vec<Value>,
    tiers: Vec<BlockTier>,
}

fn table(input: &Value, unit: Option<&str>) -> Result<Table, String> {
    let rows = input["tiers"].as_array().ok_or("no tiers")?;
    let of_unit = |row: &&Value| unit.is_none_or(|unit| row["unit"] == json!(unit));
    let (mut numbers, mut tiers) = (Vec::new(), Vec::new());
    for row in rows.iter().filter(of_unit) {
        numbers.push(row["tier"].clone());
        let block_size: Positive = read(&row["block_size"])?;
        tiers.push(BlockTier {
            block_size,
            max_blocks: bound(&row["max_blocks"])?,
            price: read(&row["price_per_block"])?,
        });
    }
    Ok(Table { numbers, tiers })
}

fn policy(input: &Value) -> Result<Policy, String> {
    match input["policy"].as_str() {
        Some("TOP_TIER") => Ok(Policy::TopTier),
        Some("ALL_TIERS") | None => Ok(Policy::AllTiers),
        Some(other) => Err(format!("unknown policy {other}")),
    }
}

#[derive(Deserialize)]
struct Used {
    date: Option<Date>,
    unit: Option<String>,
    quantity: Dec,
}

fn records(usage: &Value) -> Result<Vec<Record>, String> {
    let used: Vec<Used> = read(usage)?;
    let record =
        |u: Used| Record { date: u.date.unwrap_or(Date::MIN), unit: u.unit.unwrap_or_default(), quantity: u.quantity };
    Ok(used.into_iter().map(record).collect())
}

/// The sum per unit, whenever it happened.
fn sums(usage: &Value) -> Result<BTreeMap<String, Ratio>, String> {
    roll_up(&records(usage)?, Date::MIN, Date::MAX, RollUp::Sum).map_err(said)
}

/// What all units cost.
fn worth(input: &Value, quantities: &BTreeMap<String, Ratio>) -> Result<Ratio, String> {
    let policy = policy(input)?;
    quantities.iter().try_fold(Ratio::ZERO, |sum, (unit, quantity)| {
        let used = consumable(&table(input, Some(unit))?.tiers, *quantity, policy).map_err(said)?;
        sum.plus(used.total().map_err(said)?).map_err(said)
    })
}

fn blocks(input: &Value, expected: &Value) -> Result<Value, String> {
    let asked = |key: &str| expected.get(key).is_some();
    if asked("boundaries") {
        boundaries(input)
    } else if asked("per_tier") {
        billed_per_tier(input)
    } else if input.get("boundaries").is_some() {
        rolled_up(input, expected)
    } else if asked("results") {
        priced(input)
    } else if asked("cases") {
        cases(input, expected)
    } else if asked("new_amount") {
        late_usage(input)
    } else if asked("total") {
        Ok(json!({"total": worth(input, &sums(&input["usage"])?)?}))
    } else if asked("items") || asked("new_items") {
        let items = late_periods(input)?;
        Ok(json!({"items": items, "new_items": items}))
    } else if asked("billed") {
        already_billed(input)
    } else {
        Err("no rule for this question".to_owned())
    }
}

/// Where periods of usage begin and end, and after which event.
fn boundaries(input: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Event {
        at: Date,
        kind: String,
    }
    let events: Vec<Event> = read(&input["events"])?;
    let closed = input["closed_by_last_event"] == json!(true);
    let end = events.last().filter(|_| closed).map(|event| event.at);
    let every = billing_period(input["billing_period"].as_str().unwrap_or("MONTHLY")).ok_or("no such period")?;
    let (start, cycle_day): (Date, DayOfMonth) = (read(&input["start"])?, read(&input["bcd"])?);
    let days = usage_boundaries(start, end, every, cycle_day, read(&input["target_date"])?).map_err(said)?;
    let last = days.len().saturating_sub(1);
    let row = |(n, day): (usize, &Date)| {
        // the start lies after what began it, also when that ended on the same day
        let known = events.iter().rfind(|event| event.at <= *day);
        let event = if n == 0 && last > 0 { events.first() } else { known };
        json!({"date": day, "after_event": event.map(|event| &event.kind)})
    };
    Ok(json!({"boundaries": days.iter().enumerate().map(row).collect::<Vec<_>>()}))
}

fn billed_per_tier(input: &Value) -> Result<Value, String> {
    let lines = input["billed_lines"].as_array().ok_or("no billed lines")?;
    let mut billed = Vec::new();
    for line in lines {
        let units = read(&line["quantity"])?;
        billed.push((read::<usize>(&line["tier"])?, TierFigures { units, amount: Ratio::ZERO }));
    }
    let tiers: BTreeSet<usize> = billed.iter().map(|(tier, _)| *tier).collect();
    let sum = |tier| -> Result<Value, String> {
        Ok(json!({"tier": tier, "quantity": billed_in(&billed, tier).map_err(said)?.units}))
    };
    Ok(json!({"per_tier": tiers.into_iter().map(sum).collect::<Result<Vec<_>, _>>()?}))
}

/// The quantities between each two boundaries; a unit without usage there is 0.
fn rolled_up(input: &Value, expected: &Value) -> Result<Value, String> {
    let boundaries: Vec<Date> = read(&input["boundaries"])?;
    let records = records(&input["usage"])?;
    let units = ["unit", "unit2"];
    let mut rows = Vec::new();
    for span in boundaries.windows(2) {
        let found = roll_up(&records, span[0], span[1], RollUp::Sum).map_err(said)?;
        let quantity = |unit: &str| found.get(unit).copied().unwrap_or(Ratio::ZERO);
        rows.push((span[0], span[1], units.map(quantity)));
    }
    if expected.get("quantities").is_some() {
        return Ok(json!({"quantities": rows.first().map(|row| row.2)}));
    }
    let row = |(start, end, [one, two]): (Date, Date, [Ratio; 2])| json!({"start": start, "end": end, "unit": one, "unit2": two});
    Ok(json!({"rollups": rows.into_iter().map(row).collect::<Vec<_>>()}))
}

fn priced(input: &Value) -> Result<Value, String> {
    let Table { numbers, tiers } = table(input, None)?;
    let mut results = Vec::new();
    for quantity in input["quantities"].as_array().ok_or("no quantities")? {
        let used = consumable(&tiers, read(quantity)?, policy(input)?).map_err(said)?;
        let line = |l: &BlockLine| {
            let price = tiers[l.tier].price;
            json!({"tier": numbers[l.tier], "blocks": l.blocks, "price_per_block": price, "amount": l.amount})
        };
        let lines: Vec<Value> = used.lines.iter().map(line).collect();
        results.push(json!({"quantity": quantity, "lines": lines, "total": used.total().map_err(said)?}));
    }
    Ok(json!({"results": results}))
}

/// Each unit with its table and what it costs, in the order of the units' names.
fn by_unit(input: &Value, usage: &Value) -> Result<Vec<(String, Table, Consumed)>, String> {
    let policy = policy(input)?;
    let mut out = Vec::new();
    for (unit, quantity) in sums(usage)? {
        let table = table(input, Some(&unit))?;
        let used = consumable(&table.tiers, quantity, policy).map_err(said)?;
        out.push((unit, table, used));
    }
    Ok(out)
}

fn day_of_month(input: &Value) -> Result<DayOfMonth, String> {
    read(&input["bcd"])
}

/// From a start to the next cycle day.
fn first_period(start: Date, input: &Value) -> Result<Value, String> {
    let monthly = billing_period("MONTHLY").ok_or("no monthly period")?;
    let interval = Interval::new(start, None, day_of_month(input)?, monthly).map_err(said)?;
    Ok(json!({"start": start, "end": interval.first()}))
}

/// The cases carry their usage beside what it costs.
fn cases(input: &Value, expected: &Value) -> Result<Value, String> {
    let period = first_period(read(&input["interval"]["start"])?, input)?;
    let mut cases = Vec::new();
    for case in expected["cases"].as_array().ok_or("no cases")? {
        let (mut lines, mut total) = (Vec::new(), Ratio::ZERO);
        for (unit, table, used) in by_unit(input, &case["usage"])? {
            for l in &used.lines {
                lines
                    .push(json!({"unit": unit, "tier": table.numbers[l.tier], "blocks": l.blocks, "amount": l.amount}));
            }
            total = total.plus(used.total().map_err(said)?).map_err(said)?;
        }
        cases.push(json!({"usage": case["usage"], "period": period, "lines": lines, "total": total}));
    }
    Ok(json!({"cases": cases}))
}

fn late_usage(input: &Value) -> Result<Value, String> {
    let mode = match input["item_mode"].as_str() {
        Some("DETAIL") => ItemMode::Detail,
        Some("AGGREGATE") | None => ItemMode::Aggregate,
        Some(other) => return Err(format!("unknown item mode {other}")),
    };
    let none = Vec::new();
    let already = input["already_billed"].as_array().unwrap_or(&none);
    let (mut lines, mut total) = (Vec::new(), Ratio::ZERO);
    for (unit, table, used) in by_unit(input, &input["usage"])? {
        let mut billed = Vec::new();
        for line in already.iter().filter(|line| line["unit"] == json!(unit)) {
            let at = table
                .numbers
                .iter()
                .position(|n| *n == line["tier"])
                .ok_or("a billed tier that is not in the table")?;
            billed.push((at, TierFigures { units: read(&line["quantity"])?, amount: read(&line["amount"])? }));
        }
        for (at, rest) in late_lines(&used, &billed, mode).map_err(said)? {
            let amount = cents(rest.amount)?;
            total = total.plus(amount).map_err(said)?;
            lines.push(json!({"unit": unit, "tier": table.numbers[at], "quantity": rest.units, "amount": amount}));
        }
    }
    let items = if mode == ItemMode::Detail { lines.len() } else { 1 };
    let mut out = Map::from_iter([
        ("new_amount".to_owned(), json!(total)),
        ("lines".to_owned(), json!(lines)),
        ("item_count".to_owned(), json!(items)),
    ]);
    let first = records(&input["usage"])?.iter().map(|record| record.date).min();
    if let Some(first) = first.filter(|date| *date > Date::MIN && input.get("bcd").is_some()) {
        out.insert("period".to_owned(), first_period(first, input)?);
    }
    Ok(Value::Object(out))
}

#[derive(Deserialize)]
struct Billed {
    start: Date,
    end: Date,
    amount: Ratio,
}

/// What late usage adds to each period that was billed.
fn late_periods(input: &Value) -> Result<Vec<Value>, String> {
    let records = records(&input["usage"])?;
    let mut items = Vec::new();
    for Billed { start, end, amount } in read::<Vec<Billed>>(&input["already_billed"])? {
        let total = cents(worth(input, &roll_up(&records, start, end, RollUp::Sum).map_err(said)?)?)?;
        let rest = late(total, amount).map_err(said)?;
        if rest.is_positive() {
            items.push(json!({"start": start, "end": end, "amount": rest, "recomputed_total": total}));
        }
    }
    Ok(items)
}

/// What items of the usage section of the first item have billed inside a period.
fn already_billed(input: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Item {
        usage: Option<String>,
        start: Date,
        end: Option<Date>,
        amount: Ratio,
    }
    let (from, to): (Date, Date) = (read(&input["period"]["start"])?, read(&input["period"]["end"])?);
    let items: Vec<Item> = read(&input["existing_items"])?;
    let section = items.iter().find_map(|item| item.usage.clone());
    let inside = |item: &&Item| item.usage == section && item.start >= from && item.end.is_some_and(|end| end <= to);
    let billed = items.iter().filter(inside).try_fold(Ratio::ZERO, |sum, item| sum.plus(item.amount)).map_err(said)?;
    Ok(json!({"billed": billed}))
}

fn capacity_tiers(input: &Value) -> Result<Vec<CapacityTier>, String> {
    let tier = |row: &Value| -> Result<CapacityTier, String> {
        let mut limits = BTreeMap::new();
        for (unit, limit) in row["limits"].as_object().ok_or("no limits")? {
            if let Some(limit) = bound(limit)? {
                limits.insert(unit.clone(), limit);
            }
        }
        Ok(CapacityTier { limits, price: read(&row["price"])? })
    };
    input["tiers"].as_array().ok_or("no tiers")?.iter().map(tier).collect()
}

fn peaks(input: &Value, expected: &Value) -> Result<Value, String> {
    if expected.get("billed").is_some() {
        return already_billed(input);
    }
    let tiers = capacity_tiers(input)?;
    if let Some(cases) = input.get("cases") {
        let cases: Vec<BTreeMap<String, Ratio>> = read(cases)?;
        let amounts: Vec<Ratio> = cases.iter().map(|peaks| capacity(&tiers, peaks)).collect();
        // a capacity price is one item whatever the item mode
        return Ok(json!({"amounts": amounts, "item_count": 1}));
    }
    let records = records(&input["usage"])?;
    let (mut items, mut tier_total) = (Vec::new(), Ratio::ZERO);
    for Billed { start, end, amount } in read::<Vec<Billed>>(&input["already_billed"])? {
        tier_total = capacity(&tiers, &roll_up(&records, start, end, RollUp::Peak).map_err(said)?);
        let rest = cents(tier_total.minus(amount).map_err(said)?)?;
        items.push(json!({"start": start, "end": end, "amount": rest}));
    }
    Ok(json!({"items": items, "tier_total": tier_total}))
}
