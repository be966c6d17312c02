//! Recurrences, and flat fees prorated by elapsed time.

use crate::conformance::Adapter;
use crate::conformance::input::{read, said};
use calendar::profiles::openmeter::{flat_fee_share, recurrence};
use calendar::{Cadence, CadenceUnit, Date, Instant, Zone};
use money::{Dec, Ratio, Rounding};
use serde::Deserialize;
use serde_json::{Value, json};
use std::num::NonZeroU16;

/// What is computed here.
pub(super) const KINDS: &[(&str, Adapter)] =
    &[("flat_fee_proration", flat_fee_proration), ("recurrence_period", recurrence_period)];

/// An instant, or a date that means its midnight in UTC.
#[derive(Deserialize)]
#[serde(untagged)]
enum When {
    At(Instant),
    Day(Date),
}

impl When {
    fn at(self) -> Instant {
        match self {
            Self::At(at) => at,
            Self::Day(date) => Zone::utc().start_of(date),
        }
    }
}

fn micros(period: (When, When)) -> i64 {
    period.0.at().micros_until(period.1.at())
}

fn flat_fee_proration(input: &Value, _: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Input {
        precision: u8,
        amount: Dec,
        proration_enabled: bool,
        full_period: (When, When),
        service_period: (When, When),
    }
    let input: Input = read(input)?;
    let share = if input.proration_enabled {
        flat_fee_share(micros(input.service_period), micros(input.full_period)).map_err(said)?
    } else {
        Ratio::ONE
    };
    let exact = Ratio::from(input.amount).times(share).map_err(said)?;
    Ok(json!({"amount": exact.round(input.precision, Rounding::HalfUp).map_err(said)?}))
}

fn recurrence_period(input: &Value, _: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Input {
        interval_months: NonZeroU16,
        anchor: When,
        at: When,
    }
    let input: Input = read(input)?;
    let cadence = Cadence::new(input.interval_months, CadenceUnit::Month);
    let period = recurrence(input.anchor.at(), cadence, input.at.at()).map_err(said)?;
    Ok(json!({"from": period.from(), "to": period.to()}))
}
