//! From events to units: aggregations, levels over time, formulas, rounding, and quantities that last by the day.

use crate::conformance::Adapter;
use crate::conformance::input::{read, said};
use calendar::{Date, DateRange, Instant, Period};
use formula::Formula;
use metering::profiles::lago::{PRORATED_UNITS, latest, leaves_out};
use metering::prorated::{self, BilledDays, Change, ItemEvent, Presence};
use metering::{CompiledMeter, Event, Measured, Meter, Properties, QuantityRounding, Value as Property};
use money::{Currency, Dec, Money, Ratio, Rounding};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::num::NonZeroU32;

/// What is computed here.
pub const KINDS: &[(&str, Adapter)] = &[
    ("aggregate", aggregate),
    ("round_units", round_units),
    ("expression", expression),
    ("weighted_sum", weighted_sum),
    ("prorated_sum", prorated_sum),
    ("prorated_per_event", prorated_per_event),
    ("prorated_high_water", prorated_high_water),
    ("prorated_unique", prorated_unique),
];

/// Lago's rounding of a quantity: without a function none, without a precision to whole units.
#[derive(Deserialize)]
struct UnitRounding {
    function: Option<String>,
    precision: Option<i8>,
}

impl UnitRounding {
    fn of(input: &Value) -> Result<Option<QuantityRounding>, String> {
        let Some(Self { function: Some(function), precision }) = read::<Option<Self>>(input)? else { return Ok(None) };
        let mode = match function.as_str() {
            "round" => Rounding::HalfUp,
            "ceil" => Rounding::Ceiling,
            "floor" => Rounding::Floor,
            other => return Err(format!("unknown rounding {other}")),
        };
        Ok(Some(QuantityRounding { to: precision.unwrap_or(0), mode }))
    }
}

fn rounded(quantity: Ratio, rounding: Option<QuantityRounding>) -> Result<Ratio, String> {
    rounding.map_or(Ok(quantity), |rounding| rounding.apply(quantity)).map_err(said)
}

fn round_units(input: &Value, _: &Value) -> Result<Value, String> {
    let value = rounded(read(&input["value"])?, UnitRounding::of(input)?)?;
    Ok(json!({ "value": value }))
}

/// An event of a vector; vectors without times list events in their order.
fn event(number: usize, at: Instant, properties: Properties) -> Event {
    Event {
        source: "vector".into(),
        id: format!("{number:09}"),
        name: "usage".into(),
        subject: "customer".into(),
        at,
        properties,
    }
}

fn properties(json: &Value) -> Result<Properties, String> {
    metering::properties_from_json(&json.to_string()).map_err(said)
}

fn meter(aggregate: &Value, filter: &Value, round: Option<QuantityRounding>) -> Result<CompiledMeter, String> {
    let meter: Meter = read(&json!({ "event": "usage", "aggregate": aggregate, "where": filter, "round": round }))?;
    meter.compile().map_err(said)
}

/// The quantity of these events, without those that Lago leaves out.
fn measure(meter: &CompiledMeter, events: &[Event], period: Period) -> Result<Measured, String> {
    let mut state = meter.state();
    for event in events.iter().filter(|event| meter.accepts(event)) {
        match meter.add(&mut state, event) {
            Err(problem) if !leaves_out(&problem) => return Err(said(problem)),
            Ok(()) | Err(_) => {}
        }
    }
    meter.finish(state, period).map_err(said)
}

fn aggregate(input: &Value, _: &Value) -> Result<Value, String> {
    let aggregate = match input["type"].as_str() {
        Some("count") => json!("count"),
        Some("sum") => json!({ "sum": "value" }),
        Some("max") => json!({ "max": "value" }),
        Some("latest") => json!({ "latest": "value" }),
        Some("unique_count") => {
            json!({ "unique": "value", "removed_when": "has(properties.op) && properties.op != \"add\"" })
        }
        other => return Err(format!("unknown aggregation {other:?}")),
    };
    let accepted: BTreeMap<String, Vec<Value>> = read::<Option<_>>(&input["filter"])?.unwrap_or_default();
    let filter: Map<String, Value> = accepted.into_iter().map(|(key, values)| (key, json!({ "in": values }))).collect();
    let rounding = UnitRounding::of(&input["rounding"])?;
    let meter = meter(&aggregate, &Value::Object(filter), rounding)?;
    let mut events = Vec::new();
    for json in [&input["carried"], &input["events"]].into_iter().filter_map(Value::as_array).flatten() {
        let second = i64::try_from(events.len()).map_err(said)? * 1_000_000;
        events.push(event(events.len(), Instant::from_micros(second).map_err(said)?, properties(&json["properties"])?));
    }
    let measured = measure(&meter, &events, Period::new(Instant::MIN, Instant::MAX).map_err(said)?)?;
    let value = if input["type"] == "latest" { latest(measured.quantity) } else { measured.quantity };
    Ok(json!({ "value": value, "count": measured.count }))
}

/// Writes a vector's expression, a list of an operator and its operands, as a formula.
fn formula(tree: &Value, known: &Properties) -> Result<String, String> {
    if let Some(word) = tree.as_str() {
        return Ok(if known.contains_key(word) {
            format!("number(properties[{word:?}])")
        } else {
            format!("number({word:?})")
        });
    }
    let Some([operator, operands @ ..]) = tree.as_array().map(Vec::as_slice) else {
        return Err(format!("unknown expression {tree}"));
    };
    let operands = operands.iter().map(|operand| formula(operand, known)).collect::<Result<Vec<_>, _>>()?;
    let joined = |sign: &str| format!("({})", operands.join(sign));
    match operator.as_str() {
        Some("add") => Ok(joined(" + ")),
        Some("sub") => Ok(joined(" - ")),
        Some("mul") => Ok(joined(" * ")),
        Some("div") => Ok(joined(" / ")),
        Some(function @ ("round" | "ceil" | "floor")) => Ok(format!("{function}({})", operands.join(", "))),
        other => Err(format!("unknown operator {other:?}")),
    }
}

fn expression(input: &Value, _: &Value) -> Result<Value, String> {
    let properties = properties(&input["properties"])?;
    let formula = Formula::parse(&formula(&input["expression"], &properties)?).map_err(said)?;
    let meter = meter(&json!({ "sum": formula }), &json!({}), None)?;
    let event = event(0, Instant::MIN, properties);
    let measured = measure(&meter, &[event], Period::new(Instant::MIN, Instant::MAX).map_err(said)?)?;
    Ok(json!({ "value": measured.quantity }))
}

/// Adds what the exact quantity costs, when the vector has a price.
fn priced(mut out: Value, input: &Value, units: Ratio) -> Result<Value, String> {
    if let Some(price) = input.get("price") {
        let currency = Currency::parse(input["currency"].as_str().unwrap_or("EUR")).map_err(said)?;
        let amount = units.times(read(&price["amount"])?).map_err(said)?;
        let money = Money::round_from(amount, currency, Rounding::HalfUp).map_err(said)?;
        out["amount_minor"] = read(&json!(i64::try_from(money.minor()).map_err(said)?))?;
    }
    Ok(out)
}

fn weighted_sum(input: &Value, _: &Value) -> Result<Value, String> {
    let period = Period::new(read(&input["period"]["from"])?, read(&input["period"]["to_exclusive"])?).map_err(said)?;
    let initial: Dec = read(&input["initial"])?;
    let change = |number, at, value: Dec| event(number, at, Properties::from([("value".into(), Property::Num(value))]));
    let mut events = vec![change(0, period.from().plus_micros(-1).map_err(said)?, initial)];
    for json in input["events"].as_array().into_iter().flatten() {
        events.push(change(events.len(), read(&json["at"])?, read(&json["value"])?));
    }
    let level = meter(&json!({ "time_weighted": "value", "per": "period", "levels": "changes" }), &json!({}), None)?;
    let total = measure(&meter(&json!({ "sum": "value" }), &json!({}), None)?, &events, period)?.raw;
    let measured = measure(&level, &events, period)?;
    let variation = total.minus(initial.into()).map_err(said)?;
    let out = json!({
        "units": measured.quantity, "total_units": total, "variation": variation, "count": measured.count
    });
    priced(out, input, measured.quantity)
}

/// The billed days of a vector's period, which includes both its dates.
fn billed(input: &Value) -> Result<BilledDays, String> {
    let period = &input["period"];
    let after = read::<Date>(&period["to"])?.plus_days(1).map_err(said)?;
    let days = DateRange::new(read(&period["from"])?, after).map_err(said)?;
    Ok(BilledDays::new(days, read::<NonZeroU32>(&period["days"])?))
}

fn change(json: &Value) -> Result<Change, String> {
    Ok(Change { on: read(&json["date"])?, value: read(&json["value"])? })
}

fn changes(input: &Value) -> Result<Vec<Change>, String> {
    input["events"].as_array().into_iter().flatten().map(change).collect()
}

/// The profile's early rounding, at the places that the vector names.
fn early(input: &Value) -> Result<QuantityRounding, String> {
    Ok(QuantityRounding { to: read::<Option<i8>>(&input["round_up"])?.unwrap_or(PRORATED_UNITS.to), ..PRORATED_UNITS })
}

fn prorated_sum(input: &Value, _: &Value) -> Result<Value, String> {
    let sum = prorated::sum(billed(input)?, read(&input["carried"])?, &changes(input)?).map_err(said)?;
    let rounding = UnitRounding::of(&input["rounding"])?;
    let units = rounded(early(input)?.apply(sum.units).map_err(said)?, rounding)?;
    let out = json!({ "units": units, "full_units": rounded(sum.full, rounding)? });
    priced(out, input, rounded(sum.units, rounding)?)
}

fn prorated_per_event(input: &Value, _: &Value) -> Result<Value, String> {
    let parts = prorated::per_change(billed(input)?, read(&input["carried"])?, &changes(input)?).map_err(said)?;
    let (full, units): (Vec<_>, Vec<_>) = parts.into_iter().map(|part| (part.full, part.units)).unzip();
    Ok(json!({ "full": full, "prorated": units }))
}

fn prorated_high_water(input: &Value, _: &Value) -> Result<Value, String> {
    let (level, paid) = (read(&input["current"])?, read(&input["highest_paid"])?);
    let above = prorated::above_high_water(billed(input)?, level, paid, change(&input["event"])?).map_err(said)?;
    Ok(json!({ "billable_full": above.full, "units": early(input)?.apply(above.units).map_err(said)? }))
}

fn prorated_unique(input: &Value, _: &Value) -> Result<Value, String> {
    let mut events = Vec::new();
    for json in input["events"].as_array().into_iter().flatten() {
        let at: String = read(&json["at"])?;
        events.push(ItemEvent {
            item: read(&json["item"])?,
            on: at.get(..10).unwrap_or(&at).parse().map_err(said)?,
            presence: if json["op"] == "remove" { Presence::Goes } else { Presence::Comes },
        });
    }
    let items = prorated::unique(billed(input)?, &events).map_err(said)?;
    let round = early(input)?;
    let each = items.items.values().map(|share| round.apply(*share)).collect::<Result<Vec<_>, _>>().map_err(said)?;
    let out = json!({
        "units": round.apply(items.units).map_err(said)?, "full_units": items.full, "item_units": each
    });
    priced(out, input, items.units)
}
