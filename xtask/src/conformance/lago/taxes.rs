//! The tax of an invoice, and who says which it is.

use crate::conformance::Adapter;
use crate::conformance::input::{read, said};
use money::{Currency, Money, Ratio};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tax::profiles::lago::{Fee, totals};
use tax::{Level, Percent, Prices, StatedAt, Tax, TaxPolicy, Taxable, assess, narrowest, taxed_share};

/// What is computed here.
pub(super) const KINDS: &[(&str, Adapter)] = &[
    ("invoice_taxes", invoice_taxes),
    ("tax_precedence", precedence),
    ("tax_rounding_levels", rounding_levels),
    ("provider_base", provider_base),
];

/// A fee's tax as the vectors write it.
#[derive(Deserialize)]
struct FeeTax {
    code: String,
    rate: Percent,
}

/// One tax for each, beside each other on the price.
fn taxes(list: &[FeeTax]) -> Result<Vec<Tax>, String> {
    list.iter().map(|one| Ok(Tax::of(one.code.parse().map_err(said)?, one.rate))).collect()
}

/// Taxes of rates without names.
fn of_rates(rates: &[Percent]) -> Result<Vec<Tax>, String> {
    let tax = |(at, rate): (usize, &Percent)| Ok(Tax::of(format!("t{at}").parse().map_err(said)?, *rate));
    rates.iter().enumerate().map(tax).collect()
}

fn euro() -> Result<Currency, String> {
    Currency::parse("EUR").map_err(said)
}

/// Minor units of the euro in major ones.
fn major(minor: Ratio) -> Result<Ratio, String> {
    minor.over(Ratio::from_int(100)).map_err(said)
}

fn int(number: i128) -> Result<i64, String> {
    i64::try_from(number).map_err(said)
}

fn invoice_taxes(input: &Value, _: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Input {
        id: String,
        amount_minor: i64,
        coupon: Ratio,
        taxes: Vec<FeeTax>,
    }
    let given: Vec<Input> = read(&input["fees"])?;
    let fee = |one: &Input| Ok(Fee { amount: one.amount_minor.into(), coupon: one.coupon, taxes: taxes(&one.taxes)? });
    let found = totals(&given.iter().map(fee).collect::<Result<Vec<_>, String>>()?).map_err(said)?;
    let mut fee_taxes = Map::new();
    for (one, tax) in given.iter().zip(&found.fee_taxes) {
        fee_taxes.insert(one.id.clone(), json!(int(*tax)?));
    }
    let (mut by_code, mut bases) = (Map::new(), Map::new());
    for (code, total) in &found.by_code {
        by_code.insert(code.to_string(), json!(int(total.tax)?));
        bases.insert(code.to_string(), json!(int(total.base)?));
    }
    Ok(json!({
        "fee_taxes": fee_taxes,
        "tax_by_code": by_code,
        "base_by_code": bases,
        "fees_minor": int(found.fees)?,
        "coupons_minor": int(found.coupons)?,
        "subtotal_minor": int(found.subtotal)?,
        "taxes_minor": int(found.taxes)?,
        "total_minor": int(found.total)?,
        "effective_rate": found.effective_rate,
    }))
}

/// Where Lago states taxes, and what that is here.
const LEVELS: &[(&str, StatedAt)] = &[
    ("codes", StatedAt::Line),
    ("add_on", StatedAt::AddOn),
    ("charge", StatedAt::Price),
    ("fixed_charge", StatedAt::FixedPrice),
    ("commitment", StatedAt::Commitment),
    ("plan", StatedAt::Plan),
    ("customer", StatedAt::Customer),
    ("billing_entity", StatedAt::Entity),
];

fn precedence(input: &Value, _: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Candidate {
        level: String,
        rate: Percent,
    }
    let mut stated = Vec::new();
    for one in read::<Vec<Candidate>>(&input["candidates"])? {
        let level = LEVELS.iter().find(|(name, _)| *name == one.level);
        stated.push((level.ok_or_else(|| format!("unknown level {}", one.level))?.1, one.rate));
    }
    let (level, rates) = narrowest(stated).ok_or("nothing is stated")?;
    let amount = major(read(&input["amount_minor"])?)?;
    let line = Taxable { amount, prices: Prices::Exclusive, taxes: of_rates(&rates)? };
    let policy = TaxPolicy { level: Level::Document, ..TaxPolicy::default() };
    let tax = assess(euro()?, &[line], policy).map_err(said)?.tax;
    let name = LEVELS.iter().find(|(_, known)| *known == level).map(|(name, _)| *name);
    Ok(json!({"level": name, "tax_minor": int(tax.minor())?}))
}

fn rounding_levels(input: &Value, _: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Rate {
        rate: Percent,
        nets: Vec<Ratio>,
    }
    let mut lines = Vec::new();
    for one in read::<Vec<Rate>>(&input["lines"])? {
        for net in one.nets {
            let taxes = vec![Tax::of("vat".parse().map_err(said)?, one.rate)];
            lines.push(Taxable { amount: major(net)?, prices: Prices::Exclusive, taxes });
        }
    }
    let tax = |level| {
        let found = assess(euro()?, &lines, TaxPolicy { level, ..TaxPolicy::default() }).map_err(said)?;
        int(found.tax.minor())
    };
    Ok(json!({
        "once": tax(Level::Document)?,
        "per_rate": tax(Level::Category)?,
        "per_fee": tax(Level::LineTax)?,
    }))
}

fn provider_base(input: &Value, _: &Value) -> Result<Value, String> {
    let minor = |key: &str| Ok(Money::new(read::<i64>(&input[key])?.into(), euro()?));
    let rates: Vec<Percent> = read(&input["rates"])?;
    let rate = rates.iter().try_fold(money::Dec::ZERO, |sum, rate| sum.plus(rate.get())).map_err(said)?;
    let percent = Percent::try_from(rate).map_err(said)?;
    let (fee, tax): (Result<Money, String>, Result<Money, String>) = (minor("fee_minor"), minor("tax_minor"));
    Ok(json!({"rate": rate, "base_rate": taxed_share(fee?, tax?, percent).map_err(said)?}))
}
