//! Balances that are carried, measured anew and disclosed.

use super::{convention, currency, exact, key, list, money, object, over, ratio, ratio_or_zero, text};
use crate::conformance::Adapter;
use crate::conformance::input::{read, said};
use ledger::Month;
use money::Ratio;
use revenue::disclose::{Band, remaining};
use revenue::{
    Advance, Compounding, CostAsset, CostTreatment, Layers, Monetary, Owed, Part, Position, Right, ShortCosts,
};
use serde_json::{Map, Value, json};

/// What is computed here.
pub(super) const KINDS: &[(&str, Adapter)] = &[
    ("position", position),
    ("financing", financing),
    ("fx_simple", exchange_of_invoice),
    ("fx_layers", layers),
    ("fx_contract_asset", contract_asset),
    ("fx_remeasure", remeasure),
    ("rpo", remaining_obligations),
    ("cost", cost),
];

fn position(input: &Value, _: &Value) -> Result<Value, String> {
    let currency = currency(input)?;
    let mut positions = Map::new();
    for contract in list(&input["contracts"])? {
        let part = |given: &Value| {
            let right = if given["right"] == "unconditional" { Right::Unconditional } else { Right::Conditional };
            let amount = |name: &str| money(ratio(&given[name])?, currency);
            Ok(Part { right, recognised: amount("revenue")?, billed: amount("billed")? })
        };
        let parts: Vec<Part> = list(&contract["obligations"])?.iter().map(part).collect::<Result<_, String>>()?;
        let told = Position::of(currency, &parts, money(Ratio::ZERO, currency)?).map_err(said)?;
        let told = json!({
            "contract_liability": text(told.contract_liability), "contract_asset": text(told.contract_asset),
            "unbilled_receivable": text(told.unbilled),
        });
        positions.insert(read(&contract["id"])?, told);
    }
    Ok(json!({"positions": positions}))
}

fn financing(input: &Value, _: &Value) -> Result<Value, String> {
    let compounding = if input["compounding"] == "monthly" { Compounding::Monthly } else { Compounding::Annual };
    let (paid, rate) = (ratio(&input["advance"])?, ratio(&input["annual_rate"])?);
    let advance = Advance { paid, rate, compounding, currency: currency(input)? };
    let (mut interest, mut liability) = (Map::new(), Map::new());
    let years: u32 = read(&input["years"])?;
    for year in 1..=years {
        let until = |years| advance.interest_of_years(years).map_err(said);
        interest.insert(format!("year{year}"), text(until(year)?.minus(until(year - 1)?).map_err(said)?));
        liability.insert(format!("year{year}"), text(advance.liability_after_years(year).map_err(said)?));
    }
    let revenue = liability.get(&format!("year{years}")).cloned();
    Ok(json!({"interest": interest, "contract_liability": liability, "revenue_at_transfer": revenue}))
}

fn exchange_of_invoice(input: &Value, _: &Value) -> Result<Value, String> {
    let (amount, invoiced) = (ratio(&input["amount"])?, ratio(&input["rate_invoice"])?);
    let mut receivable = Monetary::none(Owed::Asset);
    let worth = receivable.add(amount, invoiced).map_err(said)?;
    let mut answer = json!({"revenue": worth, "accounts_receivable": worth});
    if input.get("rate_payment").is_some() {
        let rate = ratio(&input["rate_payment"])?;
        answer["cash_in"] = json!(amount.times(rate).map_err(said)?);
        answer["fx_loss_on_payment"] = json!(receivable.settle(amount, rate).map_err(said)?.negated());
    }
    if input.get("rate_refund").is_some() {
        let rate = ratio(&input["rate_refund"])?;
        let mut owed = Monetary::none(Owed::Liability);
        owed.add(amount, ratio(&input["rate_payment"])?).map_err(said)?;
        answer["cash_out"] = json!(amount.times(rate).map_err(said)?);
        answer["fx_loss_on_refund"] = json!(owed.settle(amount, rate).map_err(said)?.negated());
        answer["refunds_contra"] = json!(worth);
    }
    Ok(answer)
}

fn layers(input: &Value, _: &Value) -> Result<Value, String> {
    let currency = currency(input)?;
    let mut layers = Layers::new(currency);
    let (mut revenue, mut balance, mut total) = (Map::new(), Map::new(), Ratio::ZERO);
    for month in read::<Vec<Month>>(&input["periods"])? {
        for invoice in list(&input["invoices"])? {
            if Month::of(read(&invoice["date"])?) == month {
                layers.add(ratio(&invoice["amount"])?, ratio(&invoice["rate"])?).map_err(said)?;
            }
        }
        let released = layers.release(ratio(&input["monthly_revenue"])?).map_err(said)?;
        total = total.plus(exact(released.worth)).map_err(said)?;
        revenue.insert(month.to_string(), text(released.worth));
        balance.insert(month.to_string(), text(layers.worth().map_err(said)?));
    }
    Ok(json!({"revenue": revenue, "layer_balance": balance, "total_revenue": total}))
}

fn contract_asset(input: &Value, _: &Value) -> Result<Value, String> {
    let (mut revenue, mut gain, mut asset) = (Map::new(), Map::new(), Map::new());
    let mut owed = Monetary::none(Owed::Asset);
    let mut at_invoice = Value::Null;
    for given in list(&input["months"])? {
        let month: String = read(&given["period"])?;
        revenue
            .insert(month.clone(), json!(owed.add(ratio(&given["amount"])?, ratio(&given["average"])?).map_err(said)?));
        let invoiced = given.get("invoice_rate");
        let rate = ratio(invoiced.unwrap_or(&given["closing"]))?;
        gain.insert(month.clone(), json!(owed.remeasure(rate).map_err(said)?));
        if invoiced.is_some() {
            at_invoice = json!(owed.carrying);
            owed = Monetary::none(Owed::Asset);
        }
        asset.insert(month, json!(owed.carrying));
    }
    Ok(json!({"revenue": revenue, "fx_gain": gain, "contract_asset": asset, "receivable_at_invoice": at_invoice}))
}

fn remeasure(input: &Value, _: &Value) -> Result<Value, String> {
    let side = if input["side"] == "liability" { Owed::Liability } else { Owed::Asset };
    let mut owed = Monetary { open: ratio(&input["open_amount"])?, carrying: ratio(&input["carrying"])?, side };
    let before = owed.carrying;
    let gain = owed.remeasure(ratio(&input["closing"])?).map_err(said)?;
    Ok(json!({"carrying_before": before, "carrying_after": owed.carrying, "fx_gain": gain}))
}

fn remaining_obligations(input: &Value, _: &Value) -> Result<Value, String> {
    let band = |given: &Value| Ok(Band { name: read(&given[0])?, after: read(&given[1])?, until: read(&given[2])? });
    let bands: Vec<Band> = list(&input["bands"])?.iter().map(band).collect::<Result<_, String>>()?;
    let (mut contracts, mut total) = (Map::new(), Ratio::ZERO);
    for given in list(&input["contracts"])? {
        let name = key(&given["id"])?.to_string();
        if given["right_to_invoice"] == true && input["policy"]["exempt_right_to_invoice"] == true {
            contracts.insert(name, json!({"exempt": true}));
            continue;
        }
        let price = ratio(&given["fixed"])?.plus(ratio_or_zero(&given["constrained_variable"])?).map_err(said)?;
        let over = over(convention(input), &given["start"], &given["end"])?;
        let told = remaining(price, &over, read(&input["as_of"])?, &bands).map_err(said)?;
        total = total.plus(told.remaining).map_err(said)?;
        let bands = object(told.bands.into_iter().map(|(name, amount)| (name, json!(amount))));
        let told = json!({
            "transaction_price": told.price, "recognised": told.recognised, "rpo": told.remaining, "bands": bands,
        });
        contracts.insert(name, told);
    }
    Ok(json!({"contracts": contracts, "total_rpo": total}))
}

fn cost(input: &Value, _: &Value) -> Result<Value, String> {
    let (currency, amount) = (currency(input)?, ratio(&input["amount"])?);
    let periods: u32 = read(&input["periods_count"])?;
    if input["expedient_one_year"] == true {
        let months = read(&input["amortisation_months"])?;
        if let CostTreatment::Expensed(expense) =
            CostAsset::treat(amount, months, currency, ShortCosts::Expense).map_err(said)?
        {
            return Ok(json!({"capitalised": text(money(Ratio::ZERO, currency)?), "expensed": text(expense)}));
        }
    }
    let asset = CostAsset::new(amount, periods, currency).map_err(said)?;
    let (mut amortisation, mut carrying) = (Map::new(), Map::new());
    for period in 1..=periods {
        let until = |periods| asset.amortised(periods).map_err(said);
        amortisation.insert(period.to_string(), text(until(period)?.minus(until(period - 1)?).map_err(said)?));
        carrying.insert(period.to_string(), text(asset.carrying(period).map_err(said)?));
    }
    Ok(json!({"amortisation": amortisation, "carrying": carrying}))
}
