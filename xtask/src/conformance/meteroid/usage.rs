//! Usage of periods that meet.

use crate::conformance::Adapter;
use crate::conformance::input::said;
use calendar::{Instant, Period};
use metering::{Event, Meter, Properties};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// What is computed here.
pub const KINDS: &[(&str, Adapter)] = &[("period_usage_count", period_usage_count)];

#[derive(Deserialize)]
struct Counted {
    periods: Vec<(Instant, Instant)>,
    events_at: Vec<Instant>,
    event_ids: Option<Vec<Value>>,
}

fn period_usage_count(input: &Value, _: &Value) -> Result<Value, String> {
    let Counted { periods, events_at, event_ids } = Counted::deserialize(input).map_err(said)?;
    let meter: Meter = serde_json::from_value(json!({ "event": "usage", "aggregate": "count" })).map_err(said)?;
    let meter = meter.compile().map_err(said)?;
    let ids = event_ids.unwrap_or_else(|| (0..events_at.len()).map(Value::from).collect());
    let mut counts = Vec::new();
    for (from, to) in periods {
        let period = Period::new(from, to).map_err(said)?;
        let (mut state, mut seen) = (meter.state(), BTreeSet::new());
        for (id, at) in ids.iter().map(ToString::to_string).zip(&events_at).filter(|(_, at)| period.contains(**at)) {
            // the store's part: an identity is one event
            if seen.insert(id.clone()) {
                let (source, name, subject) = ("vector".into(), "usage".into(), "customer".into());
                let event = Event { source, id, name, subject, at: *at, properties: Properties::new() };
                meter.add(&mut state, &event).map_err(said)?;
            }
        }
        counts.push(meter.finish(state, period).map_err(said)?.count);
    }
    Ok(json!({ "counts": counts }))
}
