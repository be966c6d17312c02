//! Overdue states by the age of what is unpaid.

use crate::conformance::Adapter;
use crate::conformance::input::{read, said};
use billing::profiles::killbill::{Overdue, OverdueState};
use calendar::Date;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::num::NonZeroU16;

/// What is computed here.
pub(super) const KINDS: &[(&str, Adapter)] = &[("overdue_states", overdue_states)];

#[derive(Deserialize)]
struct Row {
    name: String,
    #[serde(alias = "age_days")]
    earliest_unpaid_invoice_age_days: u16,
}

/// The states of a configuration, looked at every so many days; `None` without one.
pub(super) fn overdue(config: &Value, every: u16) -> Result<Option<Overdue>, String> {
    let Some(states) = config.get("states") else { return Ok(None) };
    let rows: Vec<Row> = read(states)?;
    let state = |row: Row| OverdueState { name: row.name, after_days: row.earliest_unpaid_invoice_age_days };
    let every = NonZeroU16::new(every).ok_or("an interval of 0 days")?;
    Overdue::new(rows.into_iter().map(state).collect(), every).map(Some).map_err(said)
}

/// The state on each day that is asked for, of what is unpaid since day 0.
fn overdue_states(input: &Value, expected: &Value) -> Result<Value, String> {
    let every: u16 = input.get("reevaluation_days").map(read).transpose()?.unwrap_or(1);
    let config = input.get("overdue_config").unwrap_or(input);
    let overdue = overdue(config, every)?.ok_or("the states are told in words")?;
    let unpaid: Date = "2026-01-01".parse().map_err(said)?;
    let mut out = Map::new();
    for key in expected.as_object().into_iter().flat_map(Map::keys) {
        let Some(day) = key.strip_prefix("day_") else { continue };
        let on = unpaid.plus_days(day.parse().map_err(said)?).map_err(said)?;
        let state = overdue.state_on(Some(unpaid), on).map_or("CLEAR", |state| state.name.as_str());
        out.insert(key.clone(), json!(state));
    }
    Ok(Value::Object(out))
}
