//! What several grants of one feature make together, what is left of a limit, and the windows in which usage counts against it.

use crate::conformance::Adapter;
use crate::conformance::input::{read, said};
use calendar::{Date, DateRange, Instant, Period, Zone};
use entitlements::{Counts, Entitlement, Level, Limit, Merge, Reset, Right, State, Unit, Window, merged};
use money::Dec;
use serde::Deserialize;
use serde_json::{Value, json};
use std::num::NonZeroU16;

/// What is computed here.
pub(super) const KINDS: &[(&str, Adapter)] =
    &[("entitlement_merge", merge), ("entitlement_balance", balance), ("usage_window", usage_window)];

const fn state(is_on: bool) -> State {
    if is_on { State::On } else { State::Off }
}

#[derive(Deserialize)]
struct Given {
    level: String,
    mode: String,
    enabled: bool,
    limit: Option<Dec>,
    #[serde(default)]
    multi_instance: bool,
}

impl Given {
    fn entitlement(&self, is_metered: bool) -> Result<Entitlement, String> {
        let level = match self.level.as_str() {
            "plan" => Level::Plan,
            "plan_version" | "add_on" => Level::AddOn,
            "subscription" => Level::Contract,
            other => return Err(format!("unknown level {other}")),
        };
        let merge = match self.mode.as_str() {
            "stack" => Merge::Stack,
            "override" => Merge::Override,
            other => return Err(format!("unknown mode {other}")),
        };
        let counts = if self.multi_instance { Counts::Each } else { Counts::Once };
        let limit = self.limit.map_or(Limit::UNLIMITED, Limit::hard);
        let given =
            if is_metered { Entitlement::metered(level, limit) } else { Entitlement::switch(level, State::Off) };
        Ok(Entitlement { merge, counts, state: state(self.enabled), ..given })
    }
}

fn merge(input: &Value, _: &Value) -> Result<Value, String> {
    if input["feature_status"] != "active" {
        return Ok(json!({"absent": true}));
    }
    let given: Vec<Given> = read(&input["grants"])?;
    let is_metered = input["feature_type"] == "metered";
    let given: Vec<Entitlement> = given.iter().map(|one| one.entitlement(is_metered)).collect::<Result<_, String>>()?;
    let Some(right) = merged(&given).map_err(said)? else { return Ok(json!({"absent": true})) };
    let limit = match &right.value {
        entitlements::Value::Limit(limit) => limit.upto,
        entitlements::Value::Switch | entitlements::Value::Setting(_) => None,
    };
    Ok(json!({"limit": limit, "enabled": right.is_on()}))
}

fn balance(input: &Value, _: &Value) -> Result<Value, String> {
    let limit: Option<Dec> = read(&input["limit"])?;
    let limit = limit.map_or(Limit::UNLIMITED, Limit::hard);
    let right = Right { state: state(read(&input["enabled"])?), value: entitlements::Value::Limit(limit) };
    let left = right.balance(read(&input["consumed"])?).map_err(said)?;
    Ok(json!({"remaining": left.remaining, "enabled": left.state == State::On}))
}

#[derive(Deserialize)]
struct Windowed {
    reset: Anew,
    now: Instant,
    activated_at: Option<Instant>,
    /// The first and the last day.
    billing_period_days: Option<(Date, Date)>,
}

#[derive(Deserialize)]
struct Anew {
    r#type: String,
    unit: Option<Unit>,
    interval: Option<NonZeroU16>,
}

impl Anew {
    fn reset(&self) -> Result<Reset, String> {
        let span = self.unit.zip(self.interval).ok_or_else(|| "no unit or interval".to_owned());
        Ok(match self.r#type.as_str() {
            "never" => Reset::Never,
            "billing_cycle" => Reset::BillingPeriod,
            "sliding" => span.map(|(unit, interval)| Reset::Sliding { unit, interval })?,
            "fixed" => span.map(|(unit, interval)| Reset::Fixed { unit, interval })?,
            "calendar" => span.map(|(unit, interval)| Reset::Calendar { unit, interval })?,
            other => return Err(format!("unknown reset {other}")),
        })
    }
}

fn usage_window(input: &Value, _: &Value) -> Result<Value, String> {
    let Windowed { reset, now, activated_at, billing_period_days } = read(input)?;
    let days = |(first, last): (Date, Date)| {
        let range = DateRange::new(first, last.plus_days(1).map_err(said)?).map_err(said)?;
        range.to_period(&Zone::utc()).map_err(said)
    };
    let billing: Option<Period> = billing_period_days.map(days).transpose()?;
    let Window { from, to } = reset.reset()?.window(now, activated_at, billing, &Zone::utc()).map_err(said)?;
    Ok(json!({"from": from, "to": to}))
}
