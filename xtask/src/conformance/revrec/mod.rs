//! The vectors of ASC 606 and IFRS 15, one module per topic.

pub mod balances;
pub mod changes;
mod journal;
pub mod over_time;
pub mod price;
pub mod reversals;
pub mod schedule;

use super::Topic;
use super::input::{read, said};
use calendar::{Date, DateRange, Zone};
use ledger::Month;
use money::{Currency, Money, Ratio, Rounding};
use revenue::{Desk, Over};
use serde_json::{Map, Value};
use stdx::Key;

/// The kinds of every topic that is there.
pub const TOPICS: &[Topic] =
    &[balances::KINDS, changes::KINDS, over_time::KINDS, price::KINDS, reversals::KINDS, schedule::KINDS];

/// A currency with as many decimals as the input says; the vectors need no more of it.
fn currency(input: &Value) -> Result<Currency, String> {
    let code = match input["scale"].as_u64().unwrap_or(2) {
        0 => "JPY",
        2 => "USD",
        3 => "BHD",
        4 => "CLF",
        other => return Err(format!("no currency has {other} decimals")),
    };
    Currency::parse(code).map_err(said)
}

fn money(exact: Ratio, currency: Currency) -> Result<Money, String> {
    Money::round_from(exact, currency, Rounding::HalfUp).map_err(said)
}

fn ratio(value: &Value) -> Result<Ratio, String> {
    read(value)
}

/// Zero where nothing stands.
fn ratio_or_zero(value: &Value) -> Result<Ratio, String> {
    if value.is_null() { Ok(Ratio::ZERO) } else { read(value) }
}

fn exact(money: Money) -> Ratio {
    money.to_dec().into()
}

fn text(money: Money) -> Value {
    Value::String(money.amount_text())
}

fn list(value: &Value) -> Result<&Vec<Value>, String> {
    value.as_array().ok_or_else(|| format!("{value} is not a list"))
}

fn key(value: &Value) -> Result<Key, String> {
    read(value)
}

fn months(input: &Value) -> Result<Vec<Month>, String> {
    read(&input["periods"])
}

fn object(pairs: impl IntoIterator<Item = (String, Value)>) -> Value {
    Value::Object(Map::from_iter(pairs))
}

/// Days of which both ends count.
fn days(start: &Value, end: &Value) -> Result<DateRange, String> {
    let last: Date = read(end)?;
    DateRange::new(read(start)?, last.plus_days(1).map_err(said)?).map_err(said)
}

/// A service over days by the name of its convention.
fn over(convention: &str, start: &Value, end: &Value) -> Result<Over, String> {
    let days = days(start, end)?;
    match convention {
        "daily" => Ok(Over::Days(days)),
        "monthly_even" => Ok(Over::MonthsEven(days)),
        "months_by_day" => Ok(Over::MonthsByDay(days)),
        "mid_month" => Ok(Over::MidMonth(days)),
        "month_evenly_full_start" => Ok(Over::FromStartMonth(days)),
        other => Err(format!("unknown convention {other}")),
    }
}

/// The convention of the policy; daily where there is none.
fn convention(input: &Value) -> &str {
    input["policy"]["time_convention"].as_str().unwrap_or("daily")
}

/// A desk whose days are those of UTC.
fn desk() -> Result<Desk, String> {
    Desk::new(ledger::Book::UsGaap, Zone::utc()).map_err(said)
}
