//! Which grant is drawn from, and what is left of each.

use crate::conformance::Adapter;
use crate::conformance::input::{read, said};
use calendar::{Cadence, Instant, Period, Zone};
use credits::profiles::openmeter::order;
use credits::{
    Change, CreditError, Grant, Movement, Opening, Overage, Reading, Refill, Replay, Reset, Rollover, Rules, Uncovered,
    Use, ceilings, replay_from,
};
use money::Dec;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use stdx::Key;

/// What is computed here.
pub(super) const KINDS: &[(&str, Adapter)] = &[("grant_burn_down", burn_down), ("burn_order", burn_order)];

#[derive(Deserialize)]
struct Granted {
    id: Key,
    priority: u16,
    amount: Option<Dec>,
    created_at: Option<Instant>,
    effective_at: Option<Instant>,
    expires_at: Option<Instant>,
    deleted_at: Option<Instant>,
    voided_at: Option<Instant>,
    recurrence: Option<Recurrence>,
    rollover_min: Option<Dec>,
    rollover_max: Option<Dec>,
}

#[derive(Deserialize)]
struct Recurrence {
    interval: String,
    anchor: Instant,
}

impl Recurrence {
    fn refill(&self) -> Result<Refill, String> {
        let every = match self.interval.as_str() {
            "P1D" => Cadence::DAY,
            "P1W" => "week".parse().map_err(said)?,
            "P1M" => Cadence::MONTH,
            "P1Y" => Cadence::YEAR,
            other => return Err(format!("unknown interval {other}")),
        };
        Ok(Refill { every, anchor: self.anchor, zone: Zone::utc(), keeps: Dec::ZERO })
    }
}

/// Where no vector says when a grant was made, all were made at once.
fn long_ago() -> Result<Instant, String> {
    "1970-01-01T00:00:00Z".parse().map_err(said)
}

impl Granted {
    fn grant(&self) -> Result<Grant, String> {
        let effective_at = self.effective_at.map_or_else(long_ago, Ok)?;
        let new = Grant::new(self.id.clone(), self.amount.unwrap_or(Dec::ONE), effective_at);
        let rollover = Rollover {
            at_least: self.rollover_min.unwrap_or(Dec::ZERO),
            at_most: self.rollover_max.unwrap_or(Dec::ZERO),
        };
        Ok(Grant {
            priority: self.priority,
            granted_at: self.created_at.map_or_else(long_ago, Ok)?,
            expires_at: self.expires_at,
            voided_at: self.voided_at.into_iter().chain(self.deleted_at).min(),
            refill: self.recurrence.as_ref().map(Recurrence::refill).transpose()?,
            rollover,
            ..new
        })
    }
}

fn grants(input: &Value) -> Result<Vec<Grant>, String> {
    read::<Vec<Granted>>(&input["grants"])?.iter().map(Granted::grant).collect()
}

fn burn_order(input: &Value, _: &Value) -> Result<Value, String> {
    let grants = grants(input)?;
    let ranks = order(&grants).map_err(said)?;
    let mut places: Vec<usize> = (0..grants.len()).collect();
    places.sort_by_key(|place| ranks[*place]);
    Ok(json!({"order": places.into_iter().map(|place| &grants[place].key).collect::<Vec<_>>()}))
}

#[derive(Deserialize)]
struct Burnt {
    at: Instant,
    quantity: Dec,
}

#[derive(Deserialize)]
struct Input {
    aggregation: String,
    start: Instant,
    until: Instant,
    starting_balances: BTreeMap<Key, Dec>,
    starting_overage: Dec,
    usage: Vec<Burnt>,
    #[serde(default)]
    resets: Vec<Instant>,
    #[serde(default)]
    preserve_overage: bool,
}

fn burn_down(input: &Value, expected: &Value) -> Result<Value, String> {
    let grants = grants(input)?;
    let input: Input = read(input)?;
    if input.aggregation == "LATEST" { levels(&grants, &input) } else { draws(&grants, &input, &expected["segments"]) }
}

/// Grants that are used up. Of a segment it is told what is asked for: some vectors only count them.
fn draws(grants: &[Grant], input: &Input, asked: &Value) -> Result<Value, String> {
    let uses: Vec<Use> = input.usage.iter().map(|burnt| Use::new(burnt.at, burnt.quantity)).collect();
    let overage = if input.preserve_overage { Overage::Kept } else { Overage::Dropped };
    let resets: Vec<Reset> = input.resets.iter().map(|at| Reset { at: *at, overage }).collect();
    let (at, balances, overage) = (input.start, input.starting_balances.clone(), input.starting_overage);
    let rules = Rules { order, uncovered: Uncovered::Waits };
    let found = replay_from(&Opening { at, balances, overage }, grants, &uses, &resets, input.until, rules);
    let replay = match found {
        Ok(replay) => replay,
        Err(CreditError::OpeningDoesNotMatch(_)) => return Ok(json!({"error": "balances_do_not_match_grants"})),
        Err(CreditError::ResetOutside { .. }) => return Ok(json!({"error": "reset_must_be_after_start"})),
        Err(error) => return Err(said(error)),
    };
    let last = resets.last().map_or(input.start, |reset| reset.at);
    let mut segments = Vec::new();
    for (place, stretch) in replay.stretches.iter().enumerate() {
        let mut told = segment(grants, input, &replay, *stretch)?;
        told.retain(|name, _| asked[place].get(name).is_some());
        segments.push(told);
    }
    Ok(json!({
        "balances": by_key(grants, &replay.balances),
        "overage": replay.overage().map_err(said)?,
        "total_balance": replay.balance().map_err(said)?,
        "usage_since_last_reset": used(input, last, input.until)?,
        "segments": segments,
    }))
}

fn segment(grants: &[Grant], input: &Input, replay: &Replay, stretch: Period) -> Result<Map<String, Value>, String> {
    let (from, to) = (stretch.from(), stretch.to());
    let balances = replay.balances_at(from).map_err(said)?;
    let total = balances.iter().try_fold(Dec::ZERO, |sum, balance| sum.plus(*balance)).map_err(said)?;
    let told = [
        ("usage", json!(used(input, from, to)?)),
        ("balances_at_start", json!(by_key(grants, &balances))),
        ("total_balance_at_start", json!(total)),
        ("overage_at_start", json!(open(input, replay, from)?)),
        ("overage_at_end", json!(open(input, replay, to)?)),
    ];
    Ok(told.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// What was used and not drawn when an instant began.
fn open(input: &Input, replay: &Replay, at: Instant) -> Result<Dec, String> {
    let is_draw = |moved: &&Movement| matches!(moved.change, Change::Drawn(_)) && moved.at < at;
    let all = used(input, input.start, at)?.plus(input.starting_overage).map_err(said)?;
    let mut draws = replay.movements.iter().filter(is_draw);
    draws.try_fold(all, |left, moved| left.plus(moved.amount)).map_err(said)
}

fn used(input: &Input, from: Instant, to: Instant) -> Result<Dec, String> {
    let mut within = input.usage.iter().filter(|burnt| from <= burnt.at && burnt.at < to);
    within.try_fold(Dec::ZERO, |sum, burnt| sum.plus(burnt.quantity)).map_err(said)
}

/// Grants as limits.
fn levels(grants: &[Grant], input: &Input) -> Result<Value, String> {
    let readings: Vec<Reading> =
        input.usage.iter().map(|burnt| Reading { at: burnt.at, level: burnt.quantity }).collect();
    let period = Period::new(input.start, input.until).map_err(said)?;
    let found = ceilings(grants, &readings, period, order).map_err(said)?;
    let Some(last) = found.last() else { return Err("a period without a stretch".into()) };
    let total = last.left.iter().try_fold(Dec::ZERO, |sum, left| sum.plus(*left)).map_err(said)?;
    let segments: Vec<Value> =
        found.iter().map(|one| json!({"usage": one.level, "total_balance_at_start": one.allowed})).collect();
    Ok(json!({
        "balances": by_key(grants, &last.left),
        "overage": last.overage,
        "total_balance": total,
        "segments": segments,
    }))
}

fn by_key(grants: &[Grant], balances: &[Dec]) -> Map<String, Value> {
    grants.iter().zip(balances).map(|(grant, balance)| (grant.key.to_string(), json!(balance))).collect()
}
