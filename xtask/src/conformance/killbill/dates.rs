//! Billing dates, cycle days, ratios and service periods.

use crate::conformance::Adapter;
use crate::conformance::input::{read, said};
use calendar::profiles::killbill::{
    BillingMode, Interval, IntervalError, MonthLength, View, billing_period, days_between, leading_ratio,
    trailing_ratio,
};
use calendar::{Cadence, Date, DayOfMonth, Schedule, Zone};
use money::{Currency, Dec, Money, Ratio, Rounding};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::num::NonZeroU16;

/// What is computed here.
pub(super) const KINDS: &[(&str, Adapter)] = &[
    ("date_arithmetic", date_arithmetic),
    ("bcd_interval", bcd_interval),
    ("cycle_count", cycle_count),
    ("ratio", ratio),
    ("service_periods", service_periods),
    ("billing_events", billing_events),
];

/// One recurring span and how it is billed.
#[derive(Deserialize)]
struct Span {
    start: Date,
    end: Option<Date>,
    target_date: Option<Date>,
    #[serde(default)]
    target_dates: Vec<Date>,
    bcd: Option<u8>,
    #[serde(flatten)]
    terms: Terms,
}

#[derive(Deserialize)]
struct Terms {
    billing_period: String,
    billing_mode: String,
    in_arrear_mode: Option<String>,
}

impl Terms {
    fn mode(&self) -> Result<BillingMode, String> {
        match (self.billing_mode.as_str(), self.in_arrear_mode.as_deref()) {
            ("IN_ADVANCE", _) => Ok(BillingMode::InAdvance),
            ("IN_ARREAR", Some("GREEDY")) => Ok(BillingMode::InArrearGreedy),
            ("IN_ARREAR", Some("DEFAULT") | None) => Ok(BillingMode::InArrear),
            (mode, arrear) => Err(format!("unknown billing mode {mode} {arrear:?}")),
        }
    }

    fn interval(&self, start: Date, end: Option<Date>, bcd: Option<u8>) -> Result<Interval, String> {
        // 0 and null mean that no cycle day is set, which only periods of days allow
        let day = match bcd.filter(|day| *day > 0) {
            Some(day) => DayOfMonth::try_from(day).map_err(said)?,
            None => start.into(),
        };
        Interval::new(start, end, day, cadence(&self.billing_period)?).map_err(said)
    }
}

fn cadence(name: &str) -> Result<Cadence, String> {
    billing_period(name).ok_or_else(|| format!("unknown billing period {name}"))
}

fn date_arithmetic(input: &Value, _: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    #[serde(tag = "operation", rename_all = "snake_case")]
    enum Question {
        Advance { date: Date, billing_period: String, periods: i64 },
        Recede { date: Date, billing_period: String, periods: i64 },
        WholePeriodsBetween { start: Date, end: Date, billing_period: String },
    }
    let cycles = |from, name: &str| Ok::<_, String>(Schedule::new(cadence(name)?, from, Zone::utc()));
    match read(input)? {
        Question::Advance { date, billing_period, periods } => {
            Ok(json!({"date": cycles(date, &billing_period)?.boundary(periods).map_err(said)?}))
        }
        Question::Recede { date, billing_period, periods } => {
            Ok(json!({"date": cycles(date, &billing_period)?.boundary(-periods).map_err(said)?}))
        }
        Question::WholePeriodsBetween { start, end, billing_period } => {
            Ok(json!({"whole_periods": cycles(start, &billing_period)?.index_of(end).map_err(said)?}))
        }
    }
}

fn bcd_interval(input: &Value, _: &Value) -> Result<Value, String> {
    let span: Span = read(input)?;
    let interval = span.terms.interval(span.start, span.end, span.bcd)?;
    let mut answer = Map::new();
    answer.insert("first_bcd_date".to_owned(), json!(interval.first()));
    if let Some(target) = span.target_date {
        let view = interval.seen_on(target, span.terms.mode()?).map_err(said)?;
        let last = view.last().map_err(said)?;
        let next = view.next().map_err(said)?;
        let whole = view.whole_cycles().map_err(said)?;
        answer.insert("effective_end_date".to_owned(), json!(view.effective_end()));
        answer.insert("last_bcd_date".to_owned(), json!(last));
        answer.insert("next_bcd_date".to_owned(), json!(next));
        answer.insert("has_something_to_bill".to_owned(), json!(view.has_something_to_bill()));
        answer.insert("whole_periods_first_to_last_bcd".to_owned(), json!(whole));
    }
    Ok(Value::Object(answer))
}

/// The stretches billed on a target date as JSON, and the sum of their cycles.
fn billed(span: &Span, target: Date) -> Result<Result<(Vec<Value>, Dec), IntervalError>, String> {
    let interval = span.terms.interval(span.start, span.end, span.bcd)?;
    let periods = match interval.service_periods(target, span.terms.mode()?, MonthLength::Calendar) {
        Ok(periods) => periods,
        Err(error) => return Ok(Err(error)),
    };
    let mut total = Dec::ZERO;
    let mut rows = Vec::new();
    for period in periods {
        total = total.plus(period.cycles).map_err(said)?;
        rows.push(json!({"start": period.dates.from(), "end": period.dates.to(), "cycles": period.cycles}));
    }
    Ok(Ok((rows, total)))
}

fn cycle_count(input: &Value, _: &Value) -> Result<Value, String> {
    let span: Span = read(input)?;
    if let Some(target) = span.target_date {
        return match billed(&span, target)? {
            Ok((rows, total)) => Ok(json!({"number_of_cycles": total, "periods_recomputed": rows})),
            Err(IntervalError::InvalidDateSequence { .. }) => Ok(json!({"error": "INVALID_DATE_SEQUENCE"})),
            Err(error) => Err(said(error)),
        };
    }
    let mut rows = Vec::new();
    for target in &span.target_dates {
        let (_, total) = billed(&span, *target)?.map_err(said)?;
        rows.push(json!({"target_date": target, "number_of_cycles": total}));
    }
    Ok(json!({"by_target_date": rows}))
}

fn ratio(input: &Value, _: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    #[serde(tag = "operation", rename_all = "snake_case")]
    enum Question {
        LeadingRatio { start: Date, next_bcd_date: Date, billing_period: String },
        TrailingRatio { end: Date, previous_bcd_date: Date, billing_period: String },
        DaysBetweenFixedMonth { start: Date, end: Date },
    }
    let fixed = input["fixed_days_in_month"].as_u64().and_then(|days| u16::try_from(days).ok());
    let months = fixed.and_then(NonZeroU16::new).map_or(MonthLength::Calendar, MonthLength::Fixed);
    let ratio = match read(input)? {
        Question::LeadingRatio { start, next_bcd_date, billing_period } => {
            leading_ratio(cadence(&billing_period)?, start, next_bcd_date, months)
        }
        Question::TrailingRatio { end, previous_bcd_date, billing_period } => {
            trailing_ratio(cadence(&billing_period)?, end, previous_bcd_date, months)
        }
        Question::DaysBetweenFixedMonth { start, end } => {
            return Ok(json!({"days": days_between(start, end, months)}));
        }
    };
    Ok(json!({"ratio": ratio.map_err(said)?}))
}

fn service_periods(input: &Value, _: &Value) -> Result<Value, String> {
    let span: Span = read(input)?;
    let target = span.target_date.ok_or("there is no target date")?;
    match billed(&span, target)? {
        Ok((rows, _)) => {
            let cycles: Vec<Value> = rows.iter().map(|row| row["cycles"].clone()).collect();
            Ok(json!({"periods": rows, "cycles_recomputed": cycles}))
        }
        Err(IntervalError::InvalidDateSequence { .. }) => Ok(json!({"error": "INVALID_DATE_SEQUENCE"})),
        Err(error) => Err(said(error)),
    }
}

/// One question of `billing_events`. The vectors keep it beside its answer: which event, up to which, seen on which day.
#[derive(Deserialize)]
struct Step {
    event: usize,
    next_event: Option<usize>,
    target_date: Date,
}

#[derive(Deserialize)]
struct Event {
    at: Date,
    bcd: Option<u8>,
    recurring: Option<Dec>,
}

fn billing_events(input: &Value, expected: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Input {
        currency: String,
        events: Vec<Event>,
        #[serde(flatten)]
        terms: Terms,
    }
    let input: Input = read(input)?;
    let currency = Currency::parse(&input.currency).map_err(said)?;
    let mut answers = Vec::new();
    for asked in expected["steps"].as_array().ok_or("there is no step")? {
        let step: Step = read(asked)?;
        let event = input.events.get(step.event).ok_or("there is no such event")?;
        let next = step.next_event.map(|next| input.events.get(next).ok_or("there is no such event")).transpose()?;
        let (items, next_billing_date) = bill(&input.terms, event, next, step.target_date, currency)?;
        let items = items.into_iter().enumerate().map(|(index, item)| described(item, &asked["items"][index]));
        answers.push(json!({
            "event": step.event, "next_event": step.next_event, "target_date": step.target_date,
            "items": items.collect::<Vec<_>>(), "next_billing_date": next_billing_date,
        }));
    }
    Ok(json!({"steps": answers}))
}

/// The items of one event on a target date, and the day on which it is looked at again.
fn bill(
    terms: &Terms,
    event: &Event,
    next: Option<&Event>,
    target: Date,
    currency: Currency,
) -> Result<(Vec<Value>, Option<Date>), String> {
    let Some(price) = event.recurring.filter(|_| event.at <= target) else {
        return Ok((Vec::new(), None));
    };
    let mode = terms.mode()?;
    let interval = terms.interval(event.at, next.map(|next| next.at), event.bcd)?;
    let periods = interval.service_periods(target, mode, MonthLength::Calendar).map_err(said)?;
    let next_billing_date = match mode {
        BillingMode::InAdvance => periods.last().map(|period| period.dates.to()),
        BillingMode::InArrear | BillingMode::InArrearGreedy => {
            Some(interval.seen_on(target, mode).and_then(View::next).map_err(said)?)
        }
    };
    let mut items = Vec::new();
    for period in periods {
        let exact = Ratio::from(period.cycles.times(price).map_err(said)?);
        let amount = Money::round_from(exact, currency, Rounding::HalfUp).map_err(said)?;
        items.push(json!({"start": period.dates.from(), "end": period.dates.to(), "amount": amount.to_dec()}));
    }
    Ok((items, next_billing_date))
}

/// Adds how the peer's own test checks this item: a remark of the vector, not a result.
fn described(mut item: Value, expected: &Value) -> Value {
    if let (Some(item), Some(remark)) = (item.as_object_mut(), expected.get("asserted")) {
        item.insert("asserted".to_owned(), remark.clone());
    }
    item
}
