//! What usage costs, what lines come to, and how discounts and prorations are split over lines.

use crate::conformance::Adapter;
use crate::conformance::input::{read, said};
use money::{Dec, Ratio, Rounding, Ties, allocate_with};
use rating::profiles::meteroid::{FromTier, graduated, prorated_parts, shown_quantity, tiers, volume};
use rating::{Model, NonNegative, Package, Terms, Usage, rate};
use serde::Deserialize;
use serde_json::{Value, json};

/// What is computed here.
pub const KINDS: &[(&str, Adapter)] = &[
    ("usage_price", usage_price),
    ("invoice_lines_total", invoice_lines_total),
    ("discount_allocation", discount_allocation),
    ("display_quantity", display_quantity),
    ("prorated_sublines", prorated_sublines),
];

/// A price as it is written in the vectors.
#[derive(Deserialize)]
#[serde(tag = "model", rename_all = "snake_case")]
enum Price {
    Unit { unit_amount: NonNegative },
    Package { package_size: rating::Positive, package_amount: NonNegative },
    CapacityOverage { included: NonNegative, unit_amount: NonNegative },
    Graduated { tiers: Vec<Tier> },
    Volume { tiers: Vec<Tier> },
}

#[derive(Deserialize)]
struct Tier {
    from: NonNegative,
    unit_amount: NonNegative,
    flat_amount: Option<NonNegative>,
    cap: Option<NonNegative>,
}

fn table(list: &[Tier]) -> Result<rating::Tiers, String> {
    let tier = |t: &Tier| FromTier { from: t.from, each: t.unit_amount, flat: t.flat_amount, cap: t.cap };
    tiers(&list.iter().map(tier).collect::<Vec<_>>()).map_err(said)
}

fn usage_price(input: &Value, _: &Value) -> Result<Value, String> {
    let quantity: Ratio = read(&input["quantity"])?;
    let simple = |terms: Terms| rate(&terms, &Usage::metered(quantity, 0), Ratio::ONE).map(|rated| rated.amount);
    let exact = match read(&input["price"])? {
        Price::Unit { unit_amount } => simple(Terms::of(Model::PerUnit(unit_amount))),
        Price::Package { package_size: size, package_amount: price } => {
            simple(Terms::of(Model::Package(Package { size, price })))
        }
        Price::CapacityOverage { included, unit_amount } => {
            simple(Terms { included: Some(included), ..Terms::of(Model::PerUnit(unit_amount)) })
        }
        Price::Graduated { tiers } => graduated(&table(&tiers)?, quantity).map(|e| e.amount),
        Price::Volume { tiers } => volume(&table(&tiers)?, quantity).map(|e| e.amount),
    };
    let amount = exact.map_err(said)?.round(read(&input["precision"])?, Rounding::HalfUp).map_err(said)?;
    Ok(json!({"amount": amount}))
}

/// A quantity times a unit amount in minor units, rounded once.
fn minor(quantity: Ratio, each: Ratio) -> Result<i128, String> {
    let exact = quantity.times(each).and_then(|x| x.times(Ratio::from_int(100)));
    exact.and_then(|x| x.round(0, Rounding::HalfUp)).map(Dec::floor).map_err(said)
}

fn invoice_lines_total(input: &Value, _: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Line {
        quantity: Ratio,
        unit_amount: Ratio,
    }
    let lines: Vec<Line> = read(&input["lines"])?;
    let amounts = lines.iter().map(|l| minor(l.quantity, l.unit_amount)).collect::<Result<Vec<_>, _>>()?;
    Ok(json!({"total_minor": amounts.iter().sum::<i128>(), "lines_minor": amounts}))
}

fn discount_allocation(input: &Value, _: &Value) -> Result<Value, String> {
    let lines: Vec<i128> = read(&input["lines_minor"])?;
    let discount = read::<i128>(&input["discount_minor"])?.min(lines.iter().sum());
    let weights: Vec<Ratio> = lines.iter().map(|line| Ratio::from_int(*line)).collect();
    let parts = allocate_with(discount, &weights, Ties::InputOrder).map_err(said)?;
    Ok(json!({"taxable_minor": lines.iter().zip(parts).map(|(line, part)| line - part).collect::<Vec<_>>()}))
}

fn display_quantity(input: &Value, _: &Value) -> Result<Value, String> {
    let quantity = shown_quantity(read::<Option<Dec>>(&input["instances"])?);
    let amount = Ratio::new(read(&input["amount_minor"])?, 100).map_err(said)?;
    let each = amount.over(Ratio::from(quantity)).map_err(said)?;
    Ok(json!({"quantity": quantity, "quantity_times_unit": each.times(Ratio::from(quantity)).map_err(said)?}))
}

fn prorated_sublines(input: &Value, _: &Value) -> Result<Value, String> {
    let factor = read::<Option<Ratio>>(&input["factor"])?.unwrap_or(Ratio::ONE);
    let (total, parts) = prorated_parts(&read::<Vec<i128>>(&input["sublines_minor"])?, factor).map_err(said)?;
    Ok(json!({"total_minor": total, "sublines_minor": parts}))
}
