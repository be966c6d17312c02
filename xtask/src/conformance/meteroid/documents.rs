//! Totals of invoices, credit notes, and what a change of plan amounts to.

use crate::conformance::Adapter;
use crate::conformance::input::{read, said};
use crate::conformance::lines::{euro, line, month, once};
use billing::profiles::meteroid::{Component, Direction, Kind, SeatStep, direction, monthly, netted, seats};
use billing::{
    Charge, Issued, IssuedLine, Off, PaidFrom, Payment, PercentOff, Pick, Settle, Stacking, at_average, compose,
    discounts, plan_credit, settle,
};
use calendar::Date;
use calendar::profiles::meteroid::retry_days;
use money::{Dec, Money, Ratio};
use rating::profiles::meteroid::prorated_parts;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::num::NonZeroU16;
use tax::{LineTax, Percent, Prices, Tax, TaxPolicy};

/// What is computed here.
pub(super) const KINDS: &[(&str, Adapter)] = &[
    ("invoice_total", invoice_total),
    ("consolidated_balance", consolidated_balance),
    ("credit_line", credit_line),
    ("credit_note_total", credit_note_total),
    ("refund_split", refund_split),
    ("retry_days", retries),
    ("change_direction", change_direction),
    ("override_netting", override_netting),
    ("mrr", mrr),
    ("seat_ledger", seat_ledger),
];

fn minor(value: &Value) -> Result<Money, String> {
    Ok(Money::new(read(value)?, euro()?))
}

fn invoice_total(input: &Value, _: &Value) -> Result<Value, String> {
    let amounts: Vec<i128> = read(&input["lines_minor"])?;
    let named = |(at, amount): (usize, &i128)| line(&format!("line{at:04}"), *amount, month(0)?);
    let lines = amounts.iter().enumerate().map(named).collect::<Result<Vec<_>, String>>()?;
    let percent: Dec = read(&input["discount_percentage"])?;
    // nothing off is no discount
    let coupon = match PercentOff::try_from(percent) {
        Ok(percent) => vec![once(Off::Percent(percent))?],
        Err(_) if percent.is_zero() => Vec::new(),
        Err(error) => return Err(said(error)),
    };
    let found = discounts(&lines, &coupon, Stacking::PercentFirst, &at_average).map_err(said)?;
    let rate = read::<Dec>(&input["tax_rate"])?.times(Dec::from_int(100)).map_err(said)?;
    let tax = Tax::of("vat".parse().map_err(said)?, Percent::try_from(rate).map_err(said)?);
    let charge = |one: &billing::Discountable| {
        let share = found.shares.iter().find(|share| share.line == one.key);
        let discount = share.map_or(Money::zero(one.key.currency), |share| share.amount);
        Charge { amount: one.amount, discount, prices: Prices::Exclusive, taxes: vec![tax.clone()] }
    };
    let charges: Vec<Charge> = lines.iter().map(charge).collect();
    let totals = compose(euro()?, &charges, TaxPolicy::default(), &[]).map_err(said)?;
    Ok(json!({
        "subtotal_minor": totals.lines.minor(),
        "discount_minor": totals.discounts.minor(),
        "tax_minor": totals.taxed.tax.minor(),
        "total_minor": totals.due.minor(),
    }))
}

fn consolidated_balance(input: &Value, _: &Value) -> Result<Value, String> {
    let zero = Money::zero(euro()?);
    let charge = |amount: &Value| {
        Ok(Charge { amount: minor(amount)?, discount: zero, prices: Prices::Exclusive, taxes: Vec::new() })
    };
    let members = read::<Vec<Value>>(&input["members_minor"])?;
    let charges = members.iter().map(charge).collect::<Result<Vec<_>, String>>()?;
    let balance = ("balance".parse().map_err(said)?, minor(&input["balance_minor"])?);
    let totals = compose(euro()?, &charges, TaxPolicy::default(), &[balance]).map_err(said)?;
    let applied: i128 = totals.paid.iter().map(|one| one.amount.minor()).sum();
    Ok(json!({
        "total_minor": totals.taxed.gross.minor(),
        "applied_balance_minor": applied,
        "amount_due_minor": totals.due.minor(),
    }))
}

fn credit_line(input: &Value, _: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Line {
        subtotal_minor: i128,
        tax_minor: i128,
        taxes: Vec<Part>,
        quantity: Option<Dec>,
    }
    #[derive(Deserialize)]
    struct Part {
        name: String,
        amount_minor: i128,
    }
    let line: Line = read(&input["line"])?;
    let credit: i128 = read(&input["credit_subtotal_minor"])?;
    let share = Ratio::new(credit, line.subtotal_minor).map_err(said)?;
    let (tax, _) = prorated_parts(&[line.tax_minor], share).map_err(said)?;
    let amounts: Vec<i128> = line.taxes.iter().map(|part| part.amount_minor).collect();
    let (_, parts) = prorated_parts(&amounts, share).map_err(said)?;
    let named = line.taxes.iter().zip(parts).map(|(part, amount)| (part.name.clone(), json!(-amount)));
    Ok(json!({
        "subtotal_minor": -credit,
        "tax_minor": -tax,
        "taxes_minor": named.collect::<Map<String, Value>>(),
        "quantity": line.quantity,
        "unit_amount_times_quantity": Money::new(credit, euro()?).amount_text(),
    }))
}

fn credit_note_total(input: &Value, _: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Line {
        #[serde(rename = "subtotal_minor")]
        subtotal: i128,
        #[serde(rename = "taxable_minor")]
        taxable: i128,
        #[serde(rename = "tax_minor")]
        tax: i128,
    }
    #[derive(Deserialize)]
    struct Credit {
        line: u32,
        share: (i128, i128),
    }
    let currency = euro()?;
    // the vectors state the tax of a line and no rate; a credit takes its share of the tax
    let tax = Tax::of("tax".parse().map_err(said)?, Percent::ZERO);
    let line = |(number, one): (u32, Line)| IssuedLine {
        number,
        quantity: Ratio::ONE,
        amount: Money::new(one.subtotal, currency),
        discount: Money::new(one.subtotal - one.taxable, currency),
        prices: Prices::Exclusive,
        taxes: vec![LineTax { tax: tax.clone(), amount: Money::new(one.tax, currency) }],
    };
    let lines = (1u32..).zip(read::<Vec<Line>>(&input["lines"])?).map(line).collect();
    let issued = Issued { currency, lines, notes: Vec::new(), payments: Vec::new() };
    let pick = |one: &Credit| Ok((one.line, Pick::Share(Ratio::new(one.share.0, one.share.1).map_err(said)?)));
    let picks = read::<Vec<Credit>>(&input["credited"])?.iter().map(pick).collect::<Result<Vec<_>, String>>()?;
    let note = plan_credit(&issued, &picks, Settle::ToBalance).map_err(said)?;
    let kept = note.settlement.reduces_open.plus(note.settlement.to_balance).map_err(said)?;
    Ok(json!({
        "subtotal_minor": -note.amount.minor(),
        "tax_minor": -note.tax.minor(),
        "total_minor": -note.gross.minor(),
        "credited_minor": kept.minor(),
        "refunded_minor": note.settlement.refunded().map_err(said)?.minor(),
    }))
}

fn refund_split(input: &Value, _: &Value) -> Result<Value, String> {
    let zero = Money::zero(euro()?);
    let paid = |from, key: &str, amount: &str| {
        let key = key.parse().map_err(said)?;
        Ok::<_, String>(Payment { key, from, amount: minor(&input[amount])?, refunded: zero })
    };
    let payments = [
        paid(PaidFrom::Outside, "card", "paid_by_card_minor")?,
        paid(PaidFrom::Balance, "balance", "paid_from_balance_minor")?,
    ];
    let mut open = minor(&input["total_minor"])?;
    for payment in &payments {
        open = open.minus(payment.amount).map_err(said)?;
    }
    let open = if open.is_negative() { zero } else { open };
    let found = settle(minor(&input["credit_minor"])?, open, &payments, Settle::Refund).map_err(said)?;
    Ok(json!({"to_balance_minor": found.to_balance.minor(), "to_card_minor": found.refunded().map_err(said)?.minor()}))
}

fn retries(input: &Value, _: &Value) -> Result<Value, String> {
    let days: Vec<Date> =
        retry_days(read(&input["failed_at"])?, &read::<Vec<u16>>(&input["waits_days"])?).map_err(said)?;
    // a ladder has an end, and after it nobody tries again by himself
    Ok(json!({"retries": days, "then": "left to a person"}))
}

#[derive(Deserialize)]
struct GivenComponent {
    kind: String,
    unit_amount: Dec,
    quantity: Dec,
    interval_months: Option<NonZeroU16>,
    timing: Option<String>,
}

impl GivenComponent {
    fn read(self) -> Result<Component, String> {
        let kind = match (self.kind.as_str(), self.timing.as_deref()) {
            ("usage", _) => Kind::Usage,
            (_, Some("arrears")) => Kind::Arrears,
            ("recurring", Some("advance") | None) => Kind::Advance,
            ("one_time", Some("advance") | None) => Kind::OneTime,
            other => return Err(format!("unknown component {other:?}")),
        };
        let months = self.interval_months.unwrap_or(NonZeroU16::MIN);
        Ok(Component { kind, unit_amount: self.unit_amount, quantity: self.quantity, months })
    }
}

fn change_direction(input: &Value, _: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Pair {
        old: Option<GivenComponent>,
        new: Option<GivenComponent>,
    }
    let (mut old, mut new) = (Vec::new(), Vec::new());
    for pair in read::<Vec<Pair>>(&input["components"])? {
        old.extend(pair.old.map(GivenComponent::read).transpose()?);
        new.extend(pair.new.map(GivenComponent::read).transpose()?);
    }
    let word = match direction(&old, &new).map_err(said)? {
        Direction::Up => "upgrade",
        Direction::Down => "downgrade",
        Direction::Lateral => "lateral",
    };
    Ok(json!({"direction": word}))
}

fn mrr(input: &Value, _: &Value) -> Result<Value, String> {
    let components = read::<Vec<GivenComponent>>(&input["components"])?
        .into_iter()
        .map(GivenComponent::read)
        .collect::<Result<Vec<_>, _>>()?;
    Ok(json!({"mrr_minor": monthly(&components).map_err(said)?}))
}

fn override_netting(input: &Value, _: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Line {
        key: Option<String>,
        amount_minor: i128,
    }
    let lines = read::<Vec<Line>>(&input["lines"])?.into_iter().map(|line| (line.key, line.amount_minor));
    Ok(json!({"lines_minor": netted(lines)}))
}

fn seat_ledger(input: &Value, _: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Step {
        delta: Option<i64>,
        mode: Option<String>,
        activate_pending: Option<bool>,
        period_end: Option<bool>,
    }
    let step = |step: &Step| match (step.delta, step.mode.as_deref()) {
        (Some(fewer), _) if fewer < 0 => Ok(SeatStep::Remove(fewer)),
        (Some(more), Some("on_payment")) => Ok(SeatStep::AddWhenPaid(more)),
        (Some(more), _) => Ok(SeatStep::Add(more)),
        (None, _) if step.activate_pending == Some(true) => Ok(SeatStep::Paid),
        (None, _) if step.period_end == Some(true) => Ok(SeatStep::PeriodEnd),
        (None, _) => Err("a step without a change".to_owned()),
    };
    let steps = read::<Vec<Step>>(&input["steps"])?.iter().map(step).collect::<Result<Vec<_>, String>>()?;
    Ok(json!({"active_after_each": seats(read(&input["initial"])?, &steps)}))
}
