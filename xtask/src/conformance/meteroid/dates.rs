//! Periods, factors, and amounts that are only a price and a factor.

use crate::conformance::Adapter;
use crate::conformance::input::{read, said};
use calendar::profiles::meteroid::{Order, Periods, advance_period, change_share, proration_factor};
use calendar::{Cadence, CadenceUnit, Date, DateRange, DayOfMonth, Schedule, Zone};
use money::{Dec, Ratio, Rounding};
use serde::Deserialize;
use serde_json::{Value, json};
use std::num::NonZeroU16;

/// What is computed here.
pub(super) const KINDS: &[(&str, Adapter)] = &[
    ("elapsed_cycles", elapsed_cycles),
    ("period_containing", period_containing),
    ("advance_period", advance),
    ("arrear_period", arrear_period),
    ("proration_factor", factor_of_part),
    ("first_cycle_proration", first_cycle_proration),
    ("arrear_window", arrear_window),
    ("arrears_share", arrears_share),
    ("credit_fraction", credit_fraction),
    ("change_proration", change_proration),
    ("invoice_dates", invoice_dates),
];

/// A first and a last day as the vectors write them: a pair, which may be empty.
type Pair = (Date, Date);

#[derive(Deserialize)]
struct Question {
    billing_start: Date,
    billing_day: DayOfMonth,
    interval_months: NonZeroU16,
}

impl Question {
    fn periods(&self) -> Result<Periods, String> {
        Periods::new(self.billing_start, months(self.interval_months), self.billing_day).map_err(said)
    }
}

fn months(count: NonZeroU16) -> Cadence {
    Cadence::new(count, CadenceUnit::Month)
}

fn range(days: DateRange) -> Value {
    json!({"from": days.from(), "to": days.to()})
}

/// An exact factor as `[numerator, denominator]`. The vectors do not cancel their fractions, so it is written over the
/// denominator that they use where that is possible.
fn fraction(factor: Option<Ratio>, asked: &Value) -> Result<Value, String> {
    let Some(factor) = factor else { return Ok(Value::Null) };
    let wanted = asked[1].as_i64().filter(|over| i128::from(*over) % factor.denominator() == 0);
    let over = wanted.map_or(factor.denominator(), i128::from);
    let above = factor.times(Ratio::from_int(over)).map_err(said)?.floor();
    Ok(json!([int(above)?, int(over)?]))
}

fn int(number: i128) -> Result<i64, String> {
    i64::try_from(number).map_err(said)
}

/// To a whole minor unit, half away from zero.
fn minor(exact: Ratio) -> Result<i128, String> {
    exact.round(0, Rounding::HalfUp).map(Dec::floor).map_err(said)
}

/// Unit price times quantity in whole minor units of so many decimals.
fn full_amount(unit: Dec, quantity: Dec, precision: u8) -> Result<Ratio, String> {
    let amount = unit.times(quantity).and_then(|amount| amount.round(precision, Rounding::HalfUp)).map_err(said)?;
    amount.at_scale(precision).map(Ratio::from_int).ok_or_else(|| format!("{amount} is too large"))
}

fn elapsed_cycles(input: &Value, _: &Value) -> Result<Value, String> {
    let periods = read::<Question>(input)?.periods()?;
    Ok(json!({"cycles": periods.elapsed(read(&input["at"])?).map_err(said)?}))
}

fn period_containing(input: &Value, _: &Value) -> Result<Value, String> {
    let periods = read::<Question>(input)?.periods()?;
    Ok(range(periods.containing(read(&input["at"])?).map_err(said)?))
}

fn advance(input: &Value, _: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Input {
        invoice_date: Date,
        billing_day: DayOfMonth,
        interval_months: NonZeroU16,
        first_period: bool,
    }
    let input: Input = read(input)?;
    let order = if input.first_period { Order::First } else { Order::Later };
    let period = advance_period(input.invoice_date, months(input.interval_months), input.billing_day, order);
    Ok(range(period.map_err(said)?))
}

fn arrear_period(input: &Value, _: &Value) -> Result<Value, String> {
    let billing: Question = read(input)?;
    let invoice: Date = read(&input["invoice_date"])?;
    match billing.periods()?.closed_by(invoice).map_err(said)? {
        Some(period) => Ok(range(period)),
        None => Ok(json!({"from": billing.billing_start, "to": invoice})),
    }
}

/// The factor of a part of a period; `None` where nothing is prorated.
fn factor(part: Pair, full: Pair) -> Result<Option<Ratio>, String> {
    proration_factor(part.0.days_until(part.1), full.0.days_until(full.1)).map_err(said)
}

fn factor_of_part(input: &Value, expected: &Value) -> Result<Value, String> {
    let factor = factor(read(&input["part"])?, read(&input["full"])?)?;
    Ok(json!({"factor": fraction(factor, &expected["factor"])?}))
}

fn first_cycle_proration(input: &Value, expected: &Value) -> Result<Value, String> {
    let billing: Question = read(input)?;
    let invoice: Date = read(&input["invoice_date"])?;
    let cadence = months(billing.interval_months);
    let order = if invoice == billing.billing_start { Order::First } else { Order::Later };
    let period = advance_period(invoice, cadence, billing.billing_day, order).map_err(said)?;
    let factor = match input["cycle_index"].as_i64() {
        Some(0) => {
            let cycles = Schedule::anchored(cadence, period.to(), billing.billing_day, Zone::utc()).map_err(said)?;
            let whole = cycles.cycle(-1).map_err(said)?;
            proration_factor(period.days(), whole.days()).map_err(said)?
        }
        Some(_) => None,
        None => return Err("cycle_index is not a number".to_owned()),
    };
    Ok(json!({"from": period.from(), "to": period.to(), "factor": fraction(factor, &expected["factor"])?}))
}

fn arrear_window(input: &Value, expected: &Value) -> Result<Value, String> {
    let full: Pair = read(&input["period"])?;
    let active_from: Option<Date> = read(&input["active_from"])?;
    let active_to: Option<Date> = read(&input["active_to"])?;
    let from = active_from.map_or(full.0, |from| from.max(full.0));
    let to = active_to.map_or(full.1, |to| to.min(full.1));
    if from >= to {
        return Ok(json!({"window": null, "factor": null}));
    }
    Ok(json!({"window": [from, to], "factor": fraction(factor((from, to), full)?, &expected["factor"])?}))
}

fn arrears_share(input: &Value, _: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Input {
        window: Pair,
        period: Pair,
        unit_amount: Dec,
        quantity: Dec,
        precision: u8,
    }
    let input: Input = read(input)?;
    let factor = factor(input.window, input.period)?.unwrap_or(Ratio::ONE);
    let full = full_amount(input.unit_amount, input.quantity, input.precision)?;
    Ok(json!({"amount_minor": int(minor(full.times(factor).map_err(said)?)?)?}))
}

/// Each credit goes to the line of its component that ends last, up to what is left of that line.
fn credit_fraction(input: &Value, expected: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Line {
        id: String,
        component: String,
        amount_minor: i64,
        ends: Date,
        already_credited_minor: i64,
    }
    #[derive(Deserialize)]
    struct Credit {
        component: String,
        amount_minor: i64,
    }
    let lines: Vec<Line> = read(&input["billed_lines"])?;
    let mut credits = Vec::new();
    for credit in read::<Vec<Credit>>(&input["credits"])? {
        // of lines that end together the first one: `max_by_key` would give the last
        let line = lines.iter().rev().filter(|line| line.component == credit.component).max_by_key(|line| line.ends);
        let Some(line) = line else { continue };
        let credited = credit.amount_minor.min(line.amount_minor - line.already_credited_minor);
        if credited > 0 {
            let share = Ratio::new(credited.into(), line.amount_minor.into()).map_err(said)?;
            let asked = &expected["credits"][credits.len()]["fraction"];
            let fraction = fraction(Some(share), asked)?;
            credits.push(json!({"line": line.id, "credited_minor": credited, "fraction": fraction}));
        }
    }
    Ok(json!({"credits": credits}))
}

/// One side of a changed component.
#[derive(Deserialize)]
struct Fee {
    kind: FeeKind,
    unit_amount: Dec,
    quantity: Dec,
    interval_months: NonZeroU16,
    timing: Timing,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum FeeKind {
    Recurring,
    OneTime,
    Usage,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Timing {
    Advance,
    Arrears,
}

impl Fee {
    /// What is left of it on the day of the change: nothing of what is billed afterwards, all of a one-time fee.
    fn left(&self, period: DateRange, change: Date, precision: u8) -> Result<i128, String> {
        let share = match (self.kind, self.timing) {
            (FeeKind::Usage, Timing::Advance | Timing::Arrears)
            | (FeeKind::Recurring | FeeKind::OneTime, Timing::Arrears) => Ratio::ZERO,
            (FeeKind::OneTime, Timing::Advance) => Ratio::ONE,
            (FeeKind::Recurring, Timing::Advance) => {
                change_share(period, change, months(self.interval_months)).map_err(said)?
            }
        };
        minor(full_amount(self.unit_amount, self.quantity, precision)?.times(share).map_err(said)?)
    }
}

/// Per component a credit for what is left of the old recurring fee and a charge for what is left of the new one; a one-time fee is
/// charged only where it is new. Lines of zero are left out.
fn change_proration(input: &Value, _: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Input {
        precision: u8,
        period: Pair,
        change_date: Date,
        components: Vec<Component>,
    }
    #[derive(Deserialize)]
    struct Component {
        old: Option<Fee>,
        new: Option<Fee>,
    }
    let input: Input = read(input)?;
    let period = DateRange::new(input.period.0, input.period.1).map_err(said)?;
    let mut lines = Vec::new();
    for Component { old, new } in &input.components {
        if let Some(old) = old.as_ref().filter(|old| old.kind == FeeKind::Recurring) {
            lines.push(-old.left(period, input.change_date, input.precision)?);
        }
        if let Some(new) = new.as_ref().filter(|new| old.is_none() || new.kind != FeeKind::OneTime) {
            lines.push(new.left(period, input.change_date, input.precision)?);
        }
    }
    lines.retain(|line| *line != 0);
    let net = int(lines.iter().sum())?;
    let lines: Result<Vec<i64>, _> = lines.into_iter().map(int).collect();
    Ok(json!({"lines_minor": lines?, "net_minor": net}))
}

fn invoice_dates(input: &Value, _: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Input {
        start: Date,
        interval_months: NonZeroU16,
        trial_days: i64,
        trial_is_free: bool,
        until: Date,
        price_minor: i64,
    }
    let input: Input = read(input)?;
    let free_days = if input.trial_is_free { input.trial_days } else { 0 };
    let first = input.start.plus_days(free_days).map_err(said)?;
    let schedule = Schedule::new(months(input.interval_months), first, Zone::utc());
    let mut invoices = Vec::new();
    for n in 0.. {
        let period = schedule.cycle(n).map_err(said)?;
        if period.from() > input.until {
            break;
        }
        let days = [period.from(), period.to()];
        invoices.push(json!({"date": period.from(), "period": days, "total_minor": input.price_minor}));
    }
    Ok(json!({"invoices": invoices}))
}
