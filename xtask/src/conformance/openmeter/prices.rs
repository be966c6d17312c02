//! Lines of a period and of its parts, what is booked when usage arrives late, and the arithmetic under them.

use crate::conformance::Adapter;
use crate::conformance::input::{read, said};
use metering::{Conversion, Factor, QuantityRounding};
use money::{Currency, Dec, Ratio, Rounding, Ties, allocate_with};
use rating::profiles::openmeter::{FlatDue, LinesError, Part, Position, lines};
use rating::{
    CreditsError, Dynamic, Entry, Line, LineRounding, Model, NonNegative, Package, Positive, Terms, Tier, Tiers, Usage,
    average, feeds_agree, in_current_period, in_own_periods, rate, take_included,
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// What is computed here.
pub const KINDS: &[(&str, Adapter)] = &[
    ("rate_line", rate_line),
    ("cumulative_delta", cumulative_delta),
    ("period_preserving", period_preserving),
    ("progressive_invoices", progressive_invoices),
    ("graduated_total", graduated_total),
    ("graduated_increment", graduated_increment),
    ("volume_tier_lookup", volume_tier_lookup),
    ("package_count", package_count),
    ("free_allowance", free_allowance),
    ("currency_rounding", currency_rounding),
    ("largest_remainder_split", largest_remainder_split),
    ("price_feeds_agree", price_feeds_agree),
    ("price_feeds_average", price_feeds_average),
];

#[derive(Deserialize)]
struct PriceTier {
    up_to: Option<NonNegative>,
    unit_amount: Option<NonNegative>,
    flat_amount: Option<NonNegative>,
}

fn tiers(list: &[PriceTier]) -> Result<Tiers, String> {
    let tier = |t: &PriceTier| Tier { up_to: t.up_to, each: t.unit_amount, flat: t.flat_amount, maximum: None };
    Tiers::new(list.iter().map(tier).collect()).map_err(said)
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum PaymentTerm {
    InAdvance,
    InArrears,
}

/// A price as it is written in the vectors.
#[derive(Deserialize)]
#[serde(tag = "model", rename_all = "snake_case")]
enum Price {
    Flat { amount: NonNegative, payment_term: PaymentTerm },
    Unit { unit_amount: NonNegative },
    Dynamic { multiplier: NonNegative },
    Package { package_size: Positive, package_amount: NonNegative },
    Volume { tiers: Vec<PriceTier> },
    Graduated { tiers: Vec<PriceTier> },
}

/// The terms of a price with its discounts, and what is not part of our terms.
struct Charge {
    terms: Terms,
    flat_due: FlatDue,
    discount: Option<NonNegative>,
    rounding: LineRounding,
}

impl Charge {
    fn read(price: &Value, discounts: Option<&Value>, currency: &Value) -> Result<Self, String> {
        let mut flat_due = FlatDue::InAdvance;
        let model = match read(price)? {
            Price::Flat { amount, payment_term } => {
                flat_due = match payment_term {
                    PaymentTerm::InAdvance => FlatDue::InAdvance,
                    PaymentTerm::InArrears => FlatDue::InArrears,
                };
                Model::Flat(amount)
            }
            Price::Unit { unit_amount } => Model::PerUnit(unit_amount),
            Price::Dynamic { multiplier } => Model::Dynamic(Dynamic { multiplier: Some(multiplier) }),
            Price::Package { package_size: size, package_amount: price } => Model::Package(Package { size, price }),
            Price::Volume { tiers: list } => Model::Volume(tiers(&list)?),
            Price::Graduated { tiers: list } => Model::Graduated(tiers(&list)?),
        };
        let optional = |value: Option<&Value>| value.map(read::<Option<NonNegative>>).transpose().map(Option::flatten);
        let of = |key: &str| optional(discounts.and_then(|d| d.get(key)));
        let terms = Terms {
            included: of("free_quantity")?,
            minimum: optional(price.get("minimum_spend"))?,
            maximum: optional(price.get("maximum_spend"))?,
            ..Terms::of(model)
        };
        let currency = Currency::parse(currency.as_str().unwrap_or("USD")).map_err(said)?;
        let rounding = LineRounding { scale: currency.scale(), rounding: Rounding::HalfUp };
        Ok(Self { terms, flat_due, discount: of("percentage")?, rounding })
    }

    fn part(&self, position: Position, quantity: Ratio) -> Part<'static> {
        let (before, billed_before) = (Ratio::ZERO, Ratio::ZERO);
        let Self { flat_due, discount, rounding, .. } = *self;
        Part { position, flat_due, quantity, before, billed_before, discount, credits: &[], rounding }
    }

    /// The lines of the period up to now, as one; a minimum is due only when the period has ended.
    fn up_to_now(&self, quantity: Ratio, ended: bool) -> Result<Vec<Line>, String> {
        let minimum = self.terms.minimum.filter(|_| ended);
        lines(&Terms { minimum, ..self.terms.clone() }, &self.part(Position::Whole, quantity)).map_err(said)
    }
}

/// How a quantity becomes the one that is priced.
#[derive(Deserialize)]
struct UnitConversion {
    operation: String,
    factor: Factor,
    rounding: String,
    precision: i8,
}

impl UnitConversion {
    fn apply(&self, quantity: Ratio) -> Result<Ratio, String> {
        let conversion = match self.operation.as_str() {
            "multiply" => Conversion::MultiplyBy(self.factor),
            "divide" => Conversion::DivideBy(self.factor),
            other => return Err(format!("unknown operation {other}")),
        };
        let mode = match self.rounding.as_str() {
            "ceiling" => Rounding::Ceiling,
            "floor" => Rounding::Floor,
            "half_up" => Rounding::HalfUp,
            "none" => return conversion.apply(quantity).map_err(said),
            other => return Err(format!("unknown rounding {other}")),
        };
        let rounding = QuantityRounding { to: self.precision, mode };
        conversion.apply(quantity).and_then(|exact| rounding.apply(exact)).map_err(said)
    }
}

fn rate_line(input: &Value, _: &Value) -> Result<Value, String> {
    let charge = Charge::read(&input["price"], input.get("discounts"), &input["currency"])?;
    let (mut quantity, mut before): (Ratio, Ratio) = (read(&input["quantity"])?, read(&input["quantity_before_line"])?);
    if let Some(conversion) = input.get("unit_conversion").map(read::<Option<UnitConversion>>).transpose()?.flatten() {
        if input.get("unit_conversion_enabled") != Some(&json!(true)) {
            return Ok(json!({"error": "unit_conversion_present_but_disabled"}));
        }
        (quantity, before) = (conversion.apply(quantity)?, conversion.apply(before)?);
    }
    let first = input.get("first").and_then(Value::as_bool);
    let position = position(input["line_position"].as_str(), first)?;
    let credits: Vec<Ratio> = input.get("credits").map(read).transpose()?.unwrap_or_default();
    let billed_before = read(&input["billed_before_line"])?;
    let part = Part { before, billed_before, credits: &credits, ..charge.part(position, quantity) };
    match lines(&charge.terms, &part) {
        Ok(lines) => {
            let shown = lines.iter().map(line_json).collect::<Result<Vec<_>, _>>()?;
            Ok(json!({"total": total(&lines)?, "lines": shown}))
        }
        Err(LinesError::Credits(CreditsError::ExceedTotal { .. })) => Ok(json!({"error": "credits_exceed_line_total"})),
        Err(other) => Err(said(other)),
    }
}

fn position(text: Option<&str>, first: Option<bool>) -> Result<Position, String> {
    match (text, first) {
        (Some("whole_period"), None | Some(true)) | (Some("last_split"), Some(true)) => Ok(Position::Whole),
        (Some("middle_split"), Some(true)) => Ok(Position::First),
        (Some("middle_split"), None | Some(false)) => Ok(Position::Middle),
        (Some("last_split"), None | Some(false)) | (Some("whole_period"), Some(false)) => Ok(Position::Last),
        other => Err(format!("unknown position {other:?}")),
    }
}

fn total(lines: &[Line]) -> Result<Ratio, String> {
    lines.iter().try_fold(Ratio::ZERO, |sum, line| sum.plus(line.total()?)).map_err(said)
}

fn line_json(line: &Line) -> Result<Value, String> {
    Ok(json!({
        "code": line.component.to_string(),
        "quantity": line.quantity,
        "unit_amount": line.each,
        "amount": line.amount,
        "commitment_charge": line.commitment,
        "discounts": line.discounts,
        "credits": line.credits,
        "total": line.total().map_err(said)?,
    }))
}

fn entry_json(entry: &Entry) -> Result<Value, String> {
    let mut line = Map::from_iter([
        ("code".to_owned(), json!(entry.component.to_string())),
        ("quantity".to_owned(), json!(entry.figures.quantity)),
        ("unit_amount".to_owned(), json!(entry.each)),
        ("amount".to_owned(), json!(entry.figures.amount)),
        ("commitment_charge".to_owned(), json!(entry.figures.commitment)),
        ("discounts_total".to_owned(), json!(entry.figures.discounts)),
        ("total".to_owned(), json!(entry.figures.total().map_err(said)?)),
        ("period".to_owned(), json!(entry.period)),
    ]);
    if let Some(place) = entry.reverses {
        line.insert("reverses".to_owned(), json!({"period": place.run, "line": place.line}));
    }
    if let Some(period) = entry.corrects() {
        line.insert("corrects_period".to_owned(), json!(period));
    }
    Ok(Value::Object(line))
}

fn run_json(entries: &[Entry]) -> Result<Value, String> {
    let sum = |of: fn(&Entry) -> Result<Ratio, money::NumError>| {
        entries.iter().try_fold(Ratio::ZERO, |sum, entry| sum.plus(of(entry)?)).map_err(said)
    };
    Ok(json!({
        "lines": entries.iter().map(entry_json).collect::<Result<Vec<_>, _>>()?,
        "totals": {
            "amount": sum(|e| Ok(e.figures.amount))?,
            "commitment_charge": sum(|e| Ok(e.figures.commitment))?,
            "discounts_total": sum(|e| Ok(e.figures.discounts))?,
            "total": sum(|e| e.figures.total())?,
        },
    }))
}

#[derive(Deserialize)]
struct Run {
    to: String,
    cumulative_quantity: Option<Ratio>,
    cumulative_by_period: Option<Vec<Ratio>>,
}

/// The price of the runs, the runs, and the end of the full period.
fn runs(input: &Value) -> Result<(Charge, Vec<Run>, String), String> {
    let charge = Charge::read(&input["price"], input.get("discounts"), &input["currency"])?;
    Ok((charge, read(&input["runs"])?, read(&input["full_period"][1])?))
}

fn cumulative_delta(input: &Value, _: &Value) -> Result<Value, String> {
    let (charge, runs, end) = runs(input)?;
    let (mut booked, mut out) = (Vec::new(), Vec::new());
    for (number, run) in (1u32..).zip(&runs) {
        let quantity = run.cumulative_quantity.ok_or("no cumulative quantity")?;
        let worth = charge.up_to_now(quantity, run.to == end)?;
        let entries = in_current_period(&worth, &booked, number).map_err(said)?;
        out.push(run_json(&entries)?);
        booked.extend(entries);
    }
    Ok(json!({"runs": out}))
}

fn period_preserving(input: &Value, _: &Value) -> Result<Value, String> {
    let (charge, runs, end) = runs(input)?;
    let (mut booked, mut out) = (Vec::new(), Vec::new());
    for run in &runs {
        let quantities = run.cumulative_by_period.as_ref().ok_or("no quantities by period")?;
        let ends = runs.iter().map(|run| run.to == end);
        let worth = quantities.iter().zip(ends).map(|(q, ended)| charge.up_to_now(*q, ended));
        let entries = in_own_periods(&worth.collect::<Result<Vec<_>, _>>()?, &booked).map_err(said)?;
        out.push(run_json(&entries)?);
        booked.extend(entries);
    }
    Ok(json!({"runs": out}))
}

fn progressive_invoices(input: &Value, _: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Split {
        before: Ratio,
        quantity: Ratio,
        billed_before: Ratio,
        last: bool,
        first: Option<bool>,
    }
    let mut invoices: Vec<(Ratio, Map<String, Value>)> = Vec::new();
    for charged in input["lines"].as_array().ok_or("no lines")? {
        let charge = Charge::read(&charged["price"], charged.get("discounts"), &input["currency"])?;
        for (n, split) in read::<Vec<Option<Split>>>(&charged["splits"])?.into_iter().enumerate() {
            if invoices.len() <= n {
                invoices.push((Ratio::ZERO, Map::new()));
            }
            let Some(split) = split else { continue };
            let text = if split.last { "last_split" } else { "middle_split" };
            let position = position(Some(text), Some(split.first.unwrap_or(n == 0)))?;
            let part = charge.part(position, split.quantity);
            let part = Part { before: split.before, billed_before: split.billed_before, ..part };
            let amount = total(&lines(&charge.terms, &part).map_err(said)?)?;
            invoices[n].0 = invoices[n].0.plus(amount).map_err(said)?;
            invoices[n].1.insert(read(&charged["name"])?, json!(amount));
        }
    }
    let shown = invoices.into_iter().map(|(total, lines)| json!({"total": total, "lines": lines}));
    Ok(json!({"invoices": shown.collect::<Vec<_>>()}))
}

fn table(input: &Value) -> Result<Tiers, String> {
    tiers(&read::<Vec<PriceTier>>(&input["tiers"])?)
}

fn graduated(tiers: &Tiers, quantity: Ratio) -> Result<Ratio, String> {
    let terms = Terms::of(Model::Graduated(tiers.clone()));
    rate(&terms, &Usage::metered(quantity, 0), Ratio::ONE).map(|rated| rated.amount).map_err(said)
}

fn graduated_total(input: &Value, _: &Value) -> Result<Value, String> {
    Ok(json!({"amount": graduated(&table(input)?, read(&input["quantity"])?)?}))
}

fn graduated_increment(input: &Value, _: &Value) -> Result<Value, String> {
    let tiers = table(input)?;
    let (from, to): (Ratio, Ratio) = (read(&input["from_exclusive"])?, read(&input["to_inclusive"])?);
    let mut increments = Vec::new();
    for slice in tiers.slices(from, to) {
        let slice = slice.map_err(said)?;
        let start = from.max(Ratio::from(slice.lower));
        // before the first unit nothing is billed, the fee of tier 1 included
        let before = if start.is_zero() { Ratio::ZERO } else { graduated(&tiers, start)? };
        increments.push(json!({
            "tier": slice.tier, "quantity": slice.quantity, "opens_tier": slice.opens && start == Ratio::from(slice.lower),
            "total_before": before,
        }));
    }
    Ok(json!({"increments": increments, "cumulative_total": graduated(&tiers, to)?}))
}

fn volume_tier_lookup(input: &Value, _: &Value) -> Result<Value, String> {
    Ok(json!({"tier": table(input)?.reached(read(&input["quantity"])?).tier}))
}

fn package_count(input: &Value, _: &Value) -> Result<Value, String> {
    let package = Package { size: read(&input["package_size"])?, price: NonNegative::ZERO };
    Ok(json!({"packages": package.count(read(&input["quantity"])?).map_err(said)?.to_string()}))
}

fn free_allowance(input: &Value, _: &Value) -> Result<Value, String> {
    let (before, now) = (read(&input["quantity_before_line"])?, read(&input["quantity"])?);
    let taken = take_included(read(&input["allowance"])?, before, now).map_err(said)?;
    Ok(json!({
        "net_before_line": taken.net_before,
        "net_quantity": taken.net,
        "allowance_used_before": taken.used_before,
        "allowance_used_now": taken.used,
    }))
}

fn currency_rounding(input: &Value, _: &Value) -> Result<Value, String> {
    let amount = read::<Ratio>(&input["amount"])?.round(read(&input["precision"])?, Rounding::HalfUp);
    Ok(json!({"amount": amount.map_err(said)?}))
}

fn largest_remainder_split(input: &Value, _: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Item {
        key: String,
        weight: Ratio,
    }
    let items: Vec<Item> = read(&input["items"])?;
    let mut order: Vec<usize> = (0..items.len()).collect();
    match input["tie_break"].as_str() {
        Some("key") => order.sort_by(|a, b| items[*a].key.cmp(&items[*b].key)),
        Some("input_order") => {}
        other => return Err(format!("unknown tie break {other:?}")),
    }
    let precision: u8 = read(&input["precision"])?;
    let total = read::<Dec>(&input["amount"])?.at_scale(precision).ok_or("more digits than the precision")?;
    let weights: Vec<Ratio> = order.iter().map(|n| items[*n].weight).collect();
    let mut parts = vec![0; items.len()];
    for (n, part) in order.into_iter().zip(allocate_with(total, &weights, Ties::InputOrder).map_err(said)?) {
        parts[n] = part;
    }
    let mut shares = Vec::new();
    for (item, part) in items.iter().zip(parts).filter(|(_, part)| *part != 0) {
        shares.push(json!({"key": item.key, "amount": Dec::new(part, precision).map_err(said)?}));
    }
    Ok(json!({"shares": shares}))
}

fn price_feeds_agree(input: &Value, _: &Value) -> Result<Value, String> {
    let (a, b, tolerance) = (read(&input["a"])?, read(&input["b"])?, read(&input["tolerance"])?);
    Ok(json!({"agree": feeds_agree(a, b, tolerance).map_err(said)?}))
}

fn price_feeds_average(input: &Value, expected: &Value) -> Result<Value, String> {
    let prices: Vec<Map<String, Value>> = read(&input["prices"])?;
    let mut out = Map::new();
    for dimension in expected.as_object().into_iter().flat_map(Map::keys) {
        let known = prices.iter().filter_map(|price| price.get(dimension)).map(read::<Dec>);
        if let Some(mean) = average(&known.collect::<Result<Vec<_>, _>>()?).map_err(said)? {
            out.insert(dimension.clone(), json!(mean));
        }
    }
    Ok(Value::Object(out))
}
