//! The catalog of an account in a vector.

use crate::conformance::input::read;
use billing::profiles::killbill::{Alignment, BilledAt, Category, Phase, PhaseKind, Plan, Section, UsagePrice};
use calendar::profiles::killbill::billing_period;
use calendar::{Cadence, CadenceUnit};
use money::Dec;
use rating::profiles::killbill::{BlockTier, CapacityTier, Policy};
use rating::{NonNegative, Positive};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::num::NonZeroU16;

#[derive(Deserialize)]
struct PlanRow {
    category: String,
    billing_mode: String,
    billing_alignment: String,
    phases: Vec<PhaseRow>,
}

#[derive(Deserialize)]
struct PhaseRow {
    #[serde(rename = "type")]
    kind: String,
    duration: Option<Lasts>,
    fixed: Option<Dec>,
    recurring: Option<Recurring>,
    #[serde(default)]
    usage: Vec<Usage>,
}

#[derive(Deserialize)]
struct Lasts {
    unit: String,
    number: u16,
}

#[derive(Deserialize)]
struct Recurring {
    period: String,
    price: Dec,
}

#[derive(Deserialize)]
struct Usage {
    name: String,
    #[serde(rename = "type")]
    kind: String,
    policy: Option<String>,
    billing_period: String,
    tiers: Vec<Tier>,
}

#[derive(Deserialize)]
struct Tier {
    #[serde(default)]
    blocks: Vec<Block>,
    #[serde(default)]
    limits: Vec<Limit>,
    price: Option<NonNegative>,
}

#[derive(Deserialize)]
struct Block {
    unit: String,
    #[serde(rename = "block_size")]
    size: Positive,
    max_blocks: Value,
    #[serde(rename = "price_per_block")]
    price: NonNegative,
}

#[derive(Deserialize)]
struct Limit {
    unit: String,
    max: Value,
}

/// A bound of a table: null and -1 both say that there is none.
pub(super) fn bound(value: &Value) -> Result<Option<NonNegative>, String> {
    if value.is_null() || *value == json!("-1") || *value == json!(-1) { Ok(None) } else { read(value).map(Some) }
}

fn cadence(name: &str) -> Result<Cadence, String> {
    billing_period(name).ok_or_else(|| format!("unknown billing period {name}"))
}

/// The plans by name.
pub(super) fn plans(catalog: &Value) -> Result<BTreeMap<String, Plan>, String> {
    if catalog.is_null() {
        return Ok(BTreeMap::new());
    }
    let rows: BTreeMap<String, PlanRow> = read(catalog)?;
    rows.into_iter().map(|(name, row)| Ok((name, plan(row)?))).collect()
}

/// Whose day begins cycles.
pub(super) fn alignment(name: &str) -> Result<Alignment, String> {
    match name {
        "ACCOUNT" => Ok(Alignment::Account),
        "BUNDLE" => Ok(Alignment::Bundle),
        "SUBSCRIPTION" => Ok(Alignment::Subscription),
        other => Err(format!("unknown alignment {other}")),
    }
}

fn plan(row: PlanRow) -> Result<Plan, String> {
    let category = match row.category.as_str() {
        "BASE" => Category::Base,
        "ADD_ON" => Category::AddOn,
        "STANDALONE" => Category::Standalone,
        other => return Err(format!("unknown category {other}")),
    };
    let billed = match row.billing_mode.as_str() {
        "IN_ADVANCE" => BilledAt::InAdvance,
        "IN_ARREAR" => BilledAt::InArrear,
        other => return Err(format!("unknown billing mode {other}")),
    };
    let alignment = alignment(&row.billing_alignment)?;
    let phases = row.phases.into_iter().map(phase).collect::<Result<_, _>>()?;
    Ok(Plan { category, billed, alignment, phases })
}

fn phase(row: PhaseRow) -> Result<Phase, String> {
    let kind = match row.kind.as_str() {
        "TRIAL" => PhaseKind::Trial,
        "DISCOUNT" => PhaseKind::Discount,
        "FIXEDTERM" => PhaseKind::FixedTerm,
        "EVERGREEN" => PhaseKind::Evergreen,
        other => return Err(format!("unknown phase {other}")),
    };
    let lasts = row.duration.map(|lasts| {
        let unit = match lasts.unit.as_str() {
            "DAYS" => CadenceUnit::Day,
            "WEEKS" => CadenceUnit::Week,
            "MONTHS" => CadenceUnit::Month,
            "YEARS" => CadenceUnit::Year,
            other => return Err(format!("unknown unit {other}")),
        };
        Ok(Cadence::new(NonZeroU16::new(lasts.number).ok_or("a phase without days")?, unit))
    });
    let recurring = row.recurring.map(|price| Ok::<_, String>((cadence(&price.period)?, price.price)));
    Ok(Phase {
        kind,
        lasts: lasts.transpose()?,
        fixed: row.fixed,
        recurring: recurring.transpose()?,
        usage: row.usage.into_iter().map(section).collect::<Result<_, _>>()?,
    })
}

fn section(row: Usage) -> Result<Section, String> {
    let price = match row.kind.as_str() {
        "CAPACITY" => UsagePrice::Capacity(row.tiers.into_iter().map(capacity).collect::<Result<_, _>>()?),
        "CONSUMABLE" => {
            let policy = match row.policy.as_deref() {
                Some("TOP_TIER") => Policy::TopTier,
                Some("ALL_TIERS") | None => Policy::AllTiers,
                Some(other) => return Err(format!("unknown policy {other}")),
            };
            let mut units: BTreeMap<String, Vec<BlockTier>> = BTreeMap::new();
            for Block { unit, size, max_blocks, price } in row.tiers.into_iter().flat_map(|tier| tier.blocks) {
                let tier = BlockTier { block_size: size, max_blocks: bound(&max_blocks)?, price };
                units.entry(unit).or_default().push(tier);
            }
            UsagePrice::Consumable { units, policy }
        }
        other => return Err(format!("unknown usage {other}")),
    };
    Ok(Section { name: row.name, every: cadence(&row.billing_period)?, price })
}

fn capacity(tier: Tier) -> Result<CapacityTier, String> {
    let mut limits = BTreeMap::new();
    for Limit { unit, max } in tier.limits {
        if let Some(max) = bound(&max)? {
            limits.insert(unit, max);
        }
    }
    Ok(CapacityTier { limits, price: tier.price.ok_or("a tier without a price")? })
}
