//! One amount over time, by each convention.

use super::{convention, currency, money, months, object, over, ratio, text};
use crate::conformance::Adapter;
use crate::conformance::input::{read, said};
use calendar::{Date, Instant, Period, Zone};
use ledger::Month;
use money::Currency;
use revenue::{Earning, Measure, Obligation, Over, Share, Spread, by_month};
use serde_json::{Value, json};

/// What is computed here.
pub(super) const KINDS: &[(&str, Adapter)] = &[("time", time)];

/// Local times of no zone are taken as UTC.
fn instant(value: &Value) -> Result<Instant, String> {
    format!("{}Z", read::<String>(value)?).parse().map_err(said)
}

fn service(input: &Value) -> Result<(Over, Spread), String> {
    let period = || Period::new(instant(&input["start"])?, instant(&input["end"])?).map_err(said);
    match convention(input) {
        "second" => Ok((Over::Seconds(period()?, Zone::utc()), Spread::Cumulative)),
        // the vendor whose convention this is cuts the months between and plugs the last of them
        "first_last_prorated" => Ok((Over::EdgesProrated(period()?, Zone::utc()), Spread::CutAndPlugged)),
        "equal_months" => {
            let months = months(input)?;
            let first = *months.first().ok_or("no period")?;
            let count = u16::try_from(months.len()).map_err(said)?;
            Ok((Over::Months { first, count }, Spread::Cumulative))
        }
        other => Ok((over(other, &input["start"], &input["end"])?, Spread::Cumulative)),
    }
}

fn time(input: &Value, _: &Value) -> Result<Value, String> {
    let currency: Currency = currency(input)?;
    let (over, spread) = service(input)?;
    let months: Vec<Month> = over.months().map_err(said)?;
    let mut progress = Vec::new();
    for day in input["progress_dates"].as_array().into_iter().flatten() {
        let day: Date = read(day)?;
        progress.push((day.to_string(), json!(over.progress(day).map_err(said)?)));
    }
    let share = Share::stated(ratio(&input["amount"])?, currency).map_err(said)?;
    let earning = Earning::Allocated { share, measure: Measure::Over(over), spread };
    let obligation = Obligation::new("service".parse().map_err(said)?, earning, currency);
    let amounts = by_month(months, |day| obligation.recognised(day)).map_err(said)?;
    let total = amounts.values().try_fold(money(money::Ratio::ZERO, currency)?, |sum, amount| sum.plus(*amount));
    let revenue = amounts.iter().map(|(month, amount)| (month.to_string(), text(*amount)));
    Ok(json!({"revenue": object(revenue), "total": text(total.map_err(said)?), "progress_at": object(progress)}))
}
