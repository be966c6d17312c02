//! Totals of invoices, and the credit notes on them.

use super::dates::day_share;
use crate::conformance::Adapter;
use crate::conformance::input::{read, said};
use crate::conformance::lines::euro;
use billing::profiles::lago::{
    Ended, Mode, NoteFee, NoteItem, aligned_total, code_taxes, fee_shares, notes, progressive_credit, scaled_credit,
    termination_credit, upgrade_difference,
};
use billing::{Charge, PaidFrom, Payment, Settle, Totals, compose, pay, settle};
use money::{Currency, Dec, Money, Ratio, Rounding};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use stdx::Key;
use tax::{Percent, Prices, Tax, TaxPolicy};

/// What is computed here.
pub(super) const KINDS: &[(&str, Adapter)] = &[
    ("invoice_total", invoice_total),
    ("small_fees_invoice", small_fees_invoice),
    ("prepaid_invoice", prepaid_invoice),
    ("adjusted_fee", adjusted_fee),
    ("fixed_charge_upgrade_delta", fixed_charge_upgrade),
    ("refund_split", refund_split),
    ("remaining_credit", remaining_credit),
    ("apply_credit_notes", apply_credit_notes),
    ("scale_credit", scale_credit),
    ("progressive_credit", progressive),
    ("align_total", align_total),
    ("credit_note_sequence", credit_note_sequence),
    ("credit_note_taxes", credit_note_taxes),
    ("termination_credit", termination),
];

fn key(text: &str) -> Result<Key, String> {
    text.parse().map_err(said)
}

/// To a whole minor unit: what a fee is rounded to.
fn whole(exact: Ratio) -> Result<i128, String> {
    Ok(exact.round(0, Rounding::HalfUp).map_err(said)?.floor())
}

/// An invoice of fees at one rate, on which one credit may pay.
fn invoice(fees: &[i128], rate: Percent, credit: i128) -> Result<Totals, String> {
    let currency = euro()?;
    let charge = |fee: &i128| {
        let (amount, discount) = (Money::new(*fee, currency), Money::zero(currency));
        Ok(Charge { amount, discount, prices: Prices::Exclusive, taxes: vec![Tax::of(key("vat")?, rate)] })
    };
    let charges = fees.iter().map(charge).collect::<Result<Vec<_>, String>>()?;
    compose(currency, &charges, TaxPolicy::default(), &[(key("credit")?, Money::new(credit, currency))]).map_err(said)
}

fn invoice_total(input: &Value, _: &Value) -> Result<Value, String> {
    let fee = |fee: &Value| match fee.get("amount_minor") {
        Some(amount) => read(amount),
        None => read(&day_share(fee, &Value::Null)?["amount_minor"]),
    };
    let fees: Vec<i128> = read::<Vec<Value>>(&input["fees"])?.iter().map(fee).collect::<Result<_, String>>()?;
    let found = invoice(&fees, read(&input["tax_rate"])?, read(&input["credit_notes_minor"])?)?;
    Ok(json!({"fees_minor": fees, "taxes_minor": found.taxed.tax.minor(), "total_minor": found.due.minor()}))
}

/// What a wallet pays of an invoice, and what it still holds.
fn prepaid(found: &Totals, balance: i128) -> (i128, i128, i128) {
    let paid: i128 = found.paid.iter().map(|one| one.amount.minor()).sum();
    (paid, found.due.minor(), balance - paid)
}

fn small_fees_invoice(input: &Value, _: &Value) -> Result<Value, String> {
    let fees: Vec<i128> = read::<Vec<Ratio>>(&input["fees"])?.into_iter().map(whole).collect::<Result<_, String>>()?;
    let balance: i128 = read(&input["wallet_balance_minor"])?;
    let found = invoice(&fees, read(&input["tax_rate"])?, balance)?;
    let (paid, due, left) = prepaid(&found, balance);
    Ok(json!({
        "fees_minor": found.taxed.net.minor(),
        "taxes_minor": found.taxed.tax.minor(),
        "total_with_tax_minor": found.taxed.gross.minor(),
        "prepaid_minor": paid,
        "due_minor": due,
        "balance_minor": left,
    }))
}

fn prepaid_invoice(input: &Value, _: &Value) -> Result<Value, String> {
    let balance: i128 = read(&input["balance_minor"])?;
    let found = invoice(&[read(&input["fee_minor"])?], read(&input["tax_rate"])?, balance)?;
    let (paid, due, left) = prepaid(&found, balance);
    Ok(json!({
        "subtotal_with_tax_minor": found.taxed.gross.minor(),
        "prepaid_minor": paid,
        "due_minor": due,
        "balance_minor": left,
    }))
}

fn adjusted_fee(input: &Value, _: &Value) -> Result<Value, String> {
    let (each, units): (Ratio, Ratio) = (read(&input["unit_amount_minor"])?, read(&input["units"])?);
    Ok(json!({"amount_minor": whole(each.times(units).map_err(said)?)?}))
}

fn fixed_charge_upgrade(input: &Value, _: &Value) -> Result<Value, String> {
    let with_days = |amount: &str, days: &str| Ok::<_, String>((read(&input[amount])?, read(&input[days])?));
    let (new, paid) = (with_days("new_amount_minor", "period_days")?, with_days("paid_minor", "paid_days")?);
    Ok(json!({"amount_minor": upgrade_difference(new, paid, read(&input["remaining_days"])?).map_err(said)?}))
}

fn refund_split(input: &Value, _: &Value) -> Result<Value, String> {
    let money = |name: &str| Ok::<_, String>(Money::new(read(&input[name])?, euro()?));
    let (total, paid, credit) = (money("invoice_total_minor")?, money("paid_minor")?, money("credit_total_minor")?);
    let payment = Payment { key: key("paid")?, from: PaidFrom::Outside, amount: paid, refunded: Money::zero(euro()?) };
    let open = total.minus(paid).map_err(said)?;
    let open = if open.is_negative() { Money::zero(euro()?) } else { open };
    let found = settle(credit, open, &[payment], Settle::Refund).map_err(said)?;
    // Lago keeps as credit what is not refunded, whether it is taken off the invoice or kept
    let kept = found.reduces_open.plus(found.to_balance).map_err(said)?;
    Ok(json!({"refund_minor": found.refunded().map_err(said)?.minor(), "credit_minor": kept.minor()}))
}

fn remaining_credit(input: &Value, _: &Value) -> Result<Value, String> {
    let credit = Money::new(read(&input["credit_minor"])?, euro()?);
    let invoice = Money::new(read(&input["invoice_minor"])?, euro()?);
    let (paid, due) = pay(invoice, &[(key("credit")?, credit)]).map_err(said)?;
    let used: i128 = paid.iter().map(|one| one.amount.minor()).sum();
    Ok(json!({"invoice_due_minor": due.minor(), "remaining_minor": credit.minor() - used}))
}

fn apply_credit_notes(input: &Value, _: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Given {
        id: String,
        balance_minor: i64,
        currency: Currency,
    }
    let invoice = Money::new(read(&input["invoice_minor"])?, read(&input["currency"])?);
    let credit = |one: &Given| Ok((key(&one.id)?, Money::new(one.balance_minor.into(), one.currency)));
    let credits: Vec<(Key, Money)> =
        read::<Vec<Given>>(&input["credit_notes"])?.iter().map(credit).collect::<Result<_, String>>()?;
    let (paid, due) = pay(invoice, &credits).map_err(said)?;
    let total: i128 = paid.iter().map(|one| one.amount.minor()).sum();
    let applied: Map<String, Value> =
        paid.iter().map(|one| (one.credit.to_string(), json!(one.amount.minor()))).collect();
    let fees: BTreeMap<String, i128> = read(&input["fees"])?;
    let shares = fee_shares(total, &fees.values().copied().collect::<Vec<_>>()).map_err(said)?;
    let shares: Map<String, Value> = fees.into_keys().zip(shares.into_iter().map(|share| json!(share))).collect();
    Ok(json!({"applied": applied, "total_minor": total, "due_minor": due.minor(), "fee_shares": shares}))
}

fn scale_credit(input: &Value, _: &Value) -> Result<Value, String> {
    let of = |name: &str| read(&input[name]);
    let credit = scaled_credit(of("credit_minor")?, of("old_fee_minor")?, of("new_fee_minor")?).map_err(said)?;
    Ok(json!({"credit_minor": credit}))
}

fn progressive(input: &Value, _: &Value) -> Result<Value, String> {
    let before: BTreeMap<String, i128> = read(&input["progressive_fees"])?;
    let last: BTreeMap<String, i128> = read(&input["final_fees"])?;
    // a charge that was billed before and has no final fee is worth nothing at the end
    let charges: Vec<&String> = last.keys().chain(before.keys().filter(|charge| !last.contains_key(*charge))).collect();
    let of = |all: &BTreeMap<String, i128>, charge: &str| all.get(charge).copied().unwrap_or(0);
    let pairs: Vec<(i128, i128)> = charges.iter().map(|charge| (of(&before, charge), of(&last, charge))).collect();
    let (credits, left) = progressive_credit(&pairs);
    let total: i128 = credits.iter().sum();
    let credits: Map<String, Value> =
        charges.into_iter().cloned().zip(credits.into_iter().map(|credit| json!(credit))).collect();
    Ok(json!({"credits": credits, "total_minor": total, "credit_note_minor": left}))
}

fn align_total(input: &Value, _: &Value) -> Result<Value, String> {
    let items: Vec<Ratio> = read(&input["items"])?;
    Ok(json!({"total_minor": aligned_total(&items, read(&input["tax_minor"])?).map_err(said)?}))
}

fn credit_note_sequence(input: &Value, _: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Fee {
        id: String,
        amount_minor: i64,
        tax_rate: Dec,
        coupon: Ratio,
    }
    #[derive(Deserialize)]
    struct Note {
        items: Vec<Item>,
    }
    #[derive(Deserialize)]
    struct Item {
        fee: String,
        amount_minor: i64,
    }
    let given: Vec<Fee> = read(&input["fees"])?;
    let fee = |one: &Fee| {
        let rates = [(key("vat")?, one.tax_rate)].into();
        Ok(NoteFee { amount: one.amount_minor.into(), coupon: one.coupon, rates })
    };
    let fees = given.iter().map(fee).collect::<Result<Vec<_>, String>>()?;
    let item = |one: &Item| {
        let fee = given.iter().position(|fee| fee.id == one.fee).ok_or_else(|| format!("no fee {}", one.fee))?;
        Ok(NoteItem { fee, amount: Ratio::from_int(one.amount_minor.into()) })
    };
    let of = read::<Vec<Note>>(&input["notes"])?
        .iter()
        .map(|note| note.items.iter().map(item).collect::<Result<Vec<_>, String>>())
        .collect::<Result<Vec<_>, String>>()?;
    let found = notes(&fees, &of).map_err(said)?;
    let note = |one: &billing::profiles::lago::NoteTotals| {
        json!({
            "subtotal_minor": one.subtotal,
            "coupon_adjustment_minor": one.coupon_adjustment,
            "taxes_minor": one.taxes,
            "total_minor": one.total,
        })
    };
    let invoice =
        json!({"taxes_minor": found.taxes, "total_minor": found.total, "effective_rate": found.effective_rate});
    Ok(json!({"invoice": invoice, "notes": found.notes.iter().map(note).collect::<Vec<_>>()}))
}

fn credit_note_taxes(input: &Value, _: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Fee {
        amount_minor: i64,
        coupon: Ratio,
        rates: BTreeMap<Key, Dec>,
    }
    #[derive(Deserialize)]
    struct Item {
        fee: String,
        amount: Ratio,
    }
    let given: BTreeMap<String, Fee> = read(&input["fees"])?;
    let names: Vec<String> = given.keys().cloned().collect();
    let fee = |one: Fee| NoteFee { amount: one.amount_minor.into(), coupon: one.coupon, rates: one.rates };
    let fees: Vec<NoteFee> = given.into_values().map(fee).collect();
    let item = |one: Item| {
        let fee = names.iter().position(|name| *name == one.fee).ok_or_else(|| format!("no fee {}", one.fee))?;
        Ok(NoteItem { fee, amount: one.amount })
    };
    let items = read::<Vec<Item>>(&input["items"])?.into_iter().map(item).collect::<Result<Vec<_>, String>>()?;
    let found = code_taxes(&fees, &items).map_err(said)?;
    Ok(json!({
        "tax_by_code": found.by_code,
        "taxes_minor": found.taxes,
        "effective_rate": found.effective_rate,
        "coupon_adjustment_minor": found.coupon_adjustment,
    }))
}

fn termination(input: &Value, _: &Value) -> Result<Value, String> {
    let mode = match input["mode"].as_str() {
        Some("credit") => Mode::Credit,
        Some("refund") => Mode::Refund,
        Some("offset") => Mode::Offset,
        other => return Err(format!("unknown mode {other:?}")),
    };
    let ended = Ended {
        plan: read(&input["plan_amount_minor"])?,
        days: (read(&input["period_days"])?, read(&input["unused_days"])?, read(&input["used_days"])?),
        tax_rate: read(&input["tax_rate"])?,
        fee: (read(&input["fee"]["amount_minor"])?, Ratio::from_int(read(&input["fee"]["coupon_minor"])?)),
        invoice: (read(&input["invoice_total_minor"])?, read(&input["paid_minor"])?),
        credited: read(&input["prior_credit_minor"])?,
        mode,
    };
    let Some(found) = termination_credit(&ended).map_err(said)? else { return Ok(json!({"total_minor": 0})) };
    Ok(json!({
        "item": found.item,
        "tax_minor": found.tax,
        "total_minor": found.total,
        "refund_minor": found.refund,
        "credit_minor": found.credit,
        "offset_minor": found.offset,
    }))
}
