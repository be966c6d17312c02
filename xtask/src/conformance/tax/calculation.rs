//! The tax of a document, of its parts, and when it is owed.

use crate::conformance::Adapter;
use crate::conformance::input::{read, said};
use crate::conformance::lines::{line, month, once};
use billing::{Off, Stacking, at_average, discounts};
use calendar::{Date, DateRange};
use money::{Currency, Dec, Money, Ratio, Rounding};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use tax::{
    Assessment, Category, Dated, Extraction, Level, Percent, Prices, Tax, TaxPolicy, Taxable, Voucher, assess, by_day,
    left_after_advances, of_next_part,
};

/// What is computed here.
pub(super) const KINDS: &[(&str, Adapter)] = &[
    ("invoice", invoice),
    ("inclusive", inclusive),
    ("stack", stack),
    ("discount", discount),
    ("credits", credits),
    ("voucher", voucher),
    ("advance", advance),
    ("ratechange", rate_change),
];

/// A currency with so many decimals; the vectors name none.
fn currency(scale: Option<u8>) -> Result<Currency, String> {
    let code = match scale.unwrap_or(2) {
        0 => "JPY",
        2 => "EUR",
        3 => "KWD",
        4 => "CLF",
        other => return Err(format!("no currency has {other} decimals")),
    };
    Currency::parse(code).map_err(said)
}

/// The one tax of a vector that names only rates.
fn vat(percent: Percent, category: Option<&str>) -> Result<Tax, String> {
    let code = "vat".parse().map_err(said)?;
    match category {
        Some(text) => match Category::from_code(text) {
            Some(Category::Standard) => Ok(Tax::of(code, percent)),
            Some(category) => Ok(Tax { percent, ..Tax::none(code, category, None) }),
            None => Err(format!("unknown category {text}")),
        },
        None => Ok(Tax::of(code, percent)),
    }
}

fn text(amount: Money) -> String {
    amount.amount_text()
}

#[derive(Deserialize)]
struct Line {
    id: String,
    amount: Ratio,
    rate: Percent,
}

/// The assessment of lines without tax in them.
fn assessed(
    currency: Currency,
    lines: &[(Ratio, Percent)],
    category: Option<&str>,
    policy: TaxPolicy,
) -> Result<Assessment, String> {
    let line = |(amount, rate): &(Ratio, Percent)| {
        Ok(Taxable { amount: *amount, prices: Prices::Exclusive, taxes: vec![vat(*rate, category)?] })
    };
    assess(currency, &lines.iter().map(line).collect::<Result<Vec<_>, String>>()?, policy).map_err(said)
}

fn invoice(input: &Value, _: &Value) -> Result<Value, String> {
    let lines: Vec<Line> = read(&input["lines"])?;
    let level = match input["rounding"].as_str() {
        Some("group") => Level::Category,
        Some("line") => Level::Line,
        other => return Err(format!("unknown rounding {other:?}")),
    };
    let currency = currency(input.get("scale").map(read).transpose()?)?;
    let plain: Vec<(Ratio, Percent)> = lines.iter().map(|line| (line.amount, line.rate)).collect();
    let policy = TaxPolicy { level, ..TaxPolicy::default() };
    let found = assessed(currency, &plain, input["category"].as_str(), policy)?;
    let group = |one: &tax::Subtotal| (one.tax.percent.get().to_string(), json!(text(one.amount)));
    let groups: Map<String, Value> = found.subtotals.iter().map(group).collect();
    Ok(json!({"tax": text(found.tax), "gross": text(found.gross), "groups": groups}))
}

/// Prices that contain their tax.
fn contained(currency: Currency, gross: &[Ratio], rate: Percent, policy: TaxPolicy) -> Result<Assessment, String> {
    let line =
        |amount: &Ratio| Ok(Taxable { amount: *amount, prices: Prices::Inclusive, taxes: vec![vat(rate, None)?] });
    assess(currency, &gross.iter().map(line).collect::<Result<Vec<_>, String>>()?, policy).map_err(said)
}

fn inclusive(input: &Value, _: &Value) -> Result<Value, String> {
    let level = match input["rounding"].as_str() {
        Some("group") => Level::Category,
        Some("line") => Level::Line,
        other => return Err(format!("unknown rounding {other:?}")),
    };
    let inclusive = match input["order"].as_str() {
        Some("tax_first") => Extraction::TaxFirst,
        Some("net_first") => Extraction::NetFirst,
        other => return Err(format!("unknown order {other:?}")),
    };
    let policy = TaxPolicy { level, inclusive, ..TaxPolicy::default() };
    let currency = currency(input.get("scale").map(read).transpose()?)?;
    let gross: Vec<Ratio> = read(&input["gross"])?;
    let found = contained(currency, &gross, read(&input["rate"])?, policy)?;
    Ok(json!({"tax": text(found.tax), "net": text(found.net)}))
}

fn stack(input: &Value, _: &Value) -> Result<Value, String> {
    let level = match input["rounding"].as_str() {
        Some("each") => Level::LineTax,
        Some("combined") => Level::Document,
        other => return Err(format!("unknown rounding {other:?}")),
    };
    let rates: BTreeMap<String, Percent> = read(&input["rates"])?;
    let tax = |(code, percent): (&String, &Percent)| Ok(Tax::of(code.parse().map_err(said)?, *percent));
    let taxes = rates.iter().map(tax).collect::<Result<Vec<_>, String>>()?;
    let line = Taxable { amount: read(&input["base"])?, prices: Prices::Exclusive, taxes };
    let found = assess(currency(None)?, &[line], TaxPolicy { level, ..TaxPolicy::default() }).map_err(said)?;
    let part = |one: &tax::Subtotal| (one.tax.code.to_string(), json!(text(one.amount)));
    let mut answer: Map<String, Value> = found.subtotals.iter().map(part).collect();
    answer.insert("tax".to_owned(), json!(text(found.tax)));
    Ok(Value::Object(answer))
}

fn discount(input: &Value, _: &Value) -> Result<Value, String> {
    let lines: Vec<Line> = read(&input["lines"])?;
    let currency = currency(None)?;
    let off = Off::Amount(Money::from_dec(read(&input["discount"])?, currency).map_err(said)?);
    let listed = |one: &Line| {
        let amount = Money::round_from(one.amount, currency, Rounding::HalfUp).map_err(said)?;
        line(&one.id, amount.minor(), month(0)?)
    };
    let listed = lines.iter().map(listed).collect::<Result<Vec<_>, String>>()?;
    let found = discounts(&listed, &[once(off)?], Stacking::NarrowFirst, &at_average).map_err(said)?;
    let mut plain = Vec::new();
    let (mut off_by_line, mut bases) = (Map::new(), Map::new());
    for (one, line) in lines.iter().zip(&listed) {
        let share = found.shares.iter().find(|share| share.line == line.key);
        let share = share.map_or(Money::zero(currency), |share| share.amount);
        let base = line.amount.minus(share).map_err(said)?;
        off_by_line.insert(one.id.clone(), json!(text(share)));
        bases.insert(one.id.clone(), json!(text(base)));
        plain.push((Ratio::from(base.to_dec()), one.rate));
    }
    let found = assessed(currency, &plain, None, TaxPolicy::default())?;
    Ok(json!({"shares": off_by_line, "bases": bases, "tax": text(found.tax)}))
}

fn credits(input: &Value, _: &Value) -> Result<Value, String> {
    let (currency, rate) = (currency(None)?, read(&input["rate"])?);
    let money = |amount: Dec| Money::from_dec(amount, currency).map_err(said);
    let tax = |before, part| of_next_part(before, part, rate, Rounding::HalfUp).map_err(said);
    let mut before = Money::zero(currency);
    let mut of_credits = Vec::new();
    for credit in read::<Vec<Dec>>(&input["credits"])? {
        let credit = money(credit)?;
        of_credits.push(text(tax(before, credit)?));
        before = before.plus(credit).map_err(said)?;
    }
    let of_invoice = tax(Money::zero(currency), money(read(&input["invoiced"])?)?)?;
    Ok(json!({"invoice_tax": text(of_invoice), "credit_tax": of_credits}))
}

fn voucher(input: &Value, _: &Value) -> Result<Value, String> {
    let voucher = match input["kind"].as_str() {
        Some("SPV") => Voucher::SinglePurpose,
        Some("MPV") => Voucher::MultiPurpose,
        other => return Err(format!("unknown voucher {other:?}")),
    };
    let (currency, rate): (Currency, Percent) = (currency(None)?, read(&input["rate"])?);
    let zero = Money::zero(currency);
    let sold = assessed(currency, &[(read(&input["sold_net"])?, rate)], None, TaxPolicy::default())?.tax;
    let redeemed = |gross: Ratio| Ok(contained(currency, &[gross], rate, TaxPolicy::default())?.tax);
    let redeemed: Vec<Money> =
        read::<Vec<Ratio>>(&input["redeemed_gross"])?.into_iter().map(redeemed).collect::<Result<_, String>>()?;
    let (at_sale, at_redemption) =
        if voucher.is_taxed_at_sale() { (sold, vec![zero; redeemed.len()]) } else { (zero, redeemed) };
    let at_redemption: Vec<String> = at_redemption.into_iter().map(text).collect();
    Ok(json!({"tax_at_sale": text(at_sale), "tax_at_redemption": at_redemption}))
}

fn advance(input: &Value, _: &Value) -> Result<Value, String> {
    let (currency, rate) = (currency(None)?, read(&input["rate"])?);
    let of = |gross: Ratio| contained(currency, &[gross], rate, TaxPolicy::default());
    let whole = of(read(&input["total_gross"])?)?;
    let advances: Vec<Money> = read::<Vec<Ratio>>(&input["advances_gross"])?
        .into_iter()
        .map(|gross| Ok(of(gross)?.tax))
        .collect::<Result<_, String>>()?;
    let left = left_after_advances(&whole, &advances).map_err(said)?;
    let advances: Vec<String> = advances.into_iter().map(text).collect();
    Ok(json!({"advance_tax": advances, "final_tax": text(left)}))
}

fn rate_change(input: &Value, _: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Step {
        from: Date,
        rate: Percent,
    }
    let steps: Vec<Step> = read(&input["rates"])?;
    let rates: BTreeMap<Date, Percent> = steps.into_iter().map(|step| (step.from, step.rate)).collect();
    let (start, end): (Date, Date) = (read(&input["start"])?, read(&input["end"])?);
    let service = DateRange::new(start, end.plus_days(1).map_err(said)?).map_err(said)?;
    let currency = currency(None)?;
    let amount = Money::from_dec(read(&input["amount"])?, currency).map_err(said)?;
    let parts = by_day(amount, service, &Dated::try_from(rates).map_err(said)?).map_err(said)?;
    let lines: Vec<_> = parts.iter().map(|part| (Ratio::from(part.base.to_dec()), part.percent)).collect();
    let found = assessed(currency, &lines, None, TaxPolicy::default())?;
    let shown = |(part, line): (&tax::RatePart, &tax::AssessedLine)| json!({"rate": part.percent.get(), "base": text(part.base), "tax": text(line.tax)});
    let shown: Vec<Value> = parts.iter().zip(&found.lines).map(shown).collect();
    Ok(json!({"parts": shown, "tax": text(found.tax)}))
}
