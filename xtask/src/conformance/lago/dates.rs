//! Billing periods, billing days, and what some of a period's days are worth.

use crate::conformance::Adapter;
use crate::conformance::input::{read, said};
use calendar::profiles::lago::{Which, billed_days, billing_period, days, interval, share};
use calendar::{Alignment, Date, Instant, Schedule, Zone};
use money::{Dec, Ratio, Rounding};
use serde::Deserialize;
use serde_json::{Value, json};

/// What is computed here.
pub(super) const KINDS: &[(&str, Adapter)] = &[
    ("billing_period", period),
    ("billing_days", billing_days),
    ("is_billing_day", is_billing_day),
    ("day_share", day_share),
    ("credit_unused", credit_unused),
];

#[derive(Deserialize)]
struct Cycles {
    interval: String,
    anchor: Alignment,
    subscription_at: Instant,
    timezone: Zone,
}

impl Cycles {
    fn schedule(&self) -> Result<Schedule, String> {
        let cadence = interval(&self.interval).ok_or_else(|| format!("unknown interval {}", self.interval))?;
        let start = self.timezone.date_of(self.subscription_at);
        Schedule::aligned(cadence, start, self.anchor, self.timezone.clone()).map_err(said)
    }
}

/// Days from one to another, both included.
#[derive(Deserialize)]
struct Days {
    from: Date,
    to: Date,
}

/// To a whole minor unit, half away from zero: Lago's one rounding.
fn minor(exact: Ratio) -> Result<i128, String> {
    exact.round(0, Rounding::HalfUp).map(Dec::floor).map_err(said)
}

fn period(input: &Value, _: &Value) -> Result<Value, String> {
    let schedule = read::<Cycles>(input)?.schedule()?;
    let which = match input["which"].as_str() {
        Some("previous") => Which::Previous,
        Some("current") => Which::Current,
        other => return Err(format!("unknown period {other:?}")),
    };
    let found = billing_period(&schedule, read(&input["at"])?, which).map_err(said)?;
    Ok(json!({"from": found.from, "to": found.to, "days": found.days}))
}

fn billing_days(input: &Value, _: &Value) -> Result<Value, String> {
    let schedule = read::<Cycles>(input)?.schedule()?;
    let first = schedule.index_of(read(&input["from_date"])?).map_err(said)?;
    let count = input["count"].as_i64().ok_or("count is not a number")?;
    let days: Result<Vec<Date>, _> = (first..first + count).map(|n| schedule.boundary(n)).collect();
    Ok(json!({"days": days.map_err(said)?}))
}

fn is_billing_day(input: &Value, _: &Value) -> Result<Value, String> {
    let schedule = read::<Cycles>(input)?.schedule()?;
    let mut answers = Vec::new();
    for at in read::<Vec<Instant>>(&input["instants"])? {
        let day = schedule.zone().date_of(at);
        answers.push(schedule.containing(day).map_err(said)?.1.from() == day);
    }
    Ok(json!({"billing_day": answers}))
}

pub(super) fn day_share(input: &Value, _: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Input {
        plan_amount_minor: i64,
        period: Days,
        bill: Option<Bill>,
        bill_instants: Option<Instants>,
        start_instant: Option<Instant>,
        timezone: Option<Zone>,
        trial: Option<Trial>,
    }
    #[derive(Deserialize)]
    struct Bill {
        from: Option<Date>,
        to: Date,
    }
    #[derive(Deserialize)]
    struct Instants {
        from: Instant,
        to: Instant,
    }
    #[derive(Deserialize)]
    struct Trial {
        start: Option<Date>,
        days: i64,
    }
    let input: Input = read(input)?;
    let zone = input.timezone.unwrap_or(Zone::utc());
    let started = input.start_instant.map(|at| zone.date_of(at));
    let (from, to) = match (&input.bill_instants, &input.bill) {
        (Some(bill), _) => (Some(zone.date_of(bill.from)), zone.date_of(bill.to)),
        (None, Some(bill)) => (bill.from.or(started), bill.to),
        (None, None) => return Err("nothing says which days are billed".to_owned()),
    };
    let from = from.ok_or("nothing says from when it is billed")?;
    let trial_end = match input.trial {
        Some(trial) => {
            let start = trial.start.or(started).ok_or("nothing says when the trial starts")?;
            Some(start.plus_days(trial.days).map_err(said)?)
        }
        None => None,
    };
    let billed = billed_days(from, to, input.period.from, trial_end);
    let share = share(billed, input.period.from, input.period.to).map_err(said)?;
    let amount = Ratio::from_int(input.plan_amount_minor.into()).times(share).map_err(said)?;
    Ok(json!({"billed_days": billed, "amount": amount, "amount_minor": int(minor(amount)?)?}))
}

fn credit_unused(input: &Value, _: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Input {
        plan_amount_minor: i64,
        unused: Days,
        period: Days,
        tax_rate: Dec,
    }
    let input: Input = read(input)?;
    let share = share(days(input.unused.from, input.unused.to), input.period.from, input.period.to).map_err(said)?;
    let exact = Ratio::from_int(input.plan_amount_minor.into()).times(share).map_err(said)?;
    let rate = input.tax_rate.over(Dec::from_int(100)).map_err(said)?;
    let (item, tax) = (minor(exact)?, minor(exact.times(rate).map_err(said)?)?);
    Ok(json!({"item_minor": int(item)?, "tax_minor": int(tax)?, "total_minor": int(item + tax)?}))
}

fn int(number: i128) -> Result<i64, String> {
    i64::try_from(number).map_err(said)
}
