//! What a new catalog changes.

use crate::{Catalog, Plan};
use alloc::{
    collections::{BTreeMap, BTreeSet},
    format,
    string::{String, ToString},
    vec::Vec,
};
use core::fmt;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use stdx::Key;

/// What happens to one resource between two catalogs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Change {
    /// Its JSON pointer: `/plans/scale/prices/tokens`.
    pub pointer: String,
    /// Which kind of thing it is.
    pub resource: Resource,
    /// What happens to it.
    pub what: What,
}

/// Which kind of thing changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the names say it")]
pub enum Resource {
    Meter,
    Feature,
    Product,
    Unit,
    Plan,
    Price,
}

/// What happens to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// It is new; with a plan come its prices.
    Added,
    /// It is no longer offered. Who has it keeps it.
    Retired,
    /// It stays, with other terms.
    Changed(Vec<FieldChange>),
}

/// A field with another value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FieldChange {
    /// JSON pointer from the resource: `/graduated/1/each`.
    pub field: String,
    /// The value before, as JSON; `None` when there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The value after, as JSON; `None` when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pointer, what, .. } = self;
        match what {
            What::Added => write!(f, "+ {pointer}"),
            What::Retired => write!(f, "- {pointer}"),
            What::Changed(fields) => {
                write!(f, "~ {pointer}")?;
                let shown = |value: &Option<String>| value.as_deref().unwrap_or("(none)").to_string();
                fields
                    .iter()
                    .try_for_each(|one| write!(f, "\n    {}: {} -> {}", one.field, shown(&one.from), shown(&one.to)))
            }
        }
    }
}

/// What the new catalog changes, section by section in the order of the keys. Equal catalogs differ in nothing.
pub fn diff(old: &Catalog, new: &Catalog) -> Vec<Change> {
    let mut changes = Vec::new();
    compare(&mut changes, Resource::Meter, "/meters", &old.meters, &new.meters);
    compare(&mut changes, Resource::Feature, "/features", &old.features, &new.features);
    compare(&mut changes, Resource::Product, "/products", &old.products, &new.products);
    compare(&mut changes, Resource::Unit, "/units", &old.units, &new.units);
    compare(&mut changes, Resource::Plan, "/plans", &without_prices(&old.plans), &without_prices(&new.plans));
    for (key, plan) in &new.plans {
        if let Some(before) = old.plans.get(key) {
            compare(&mut changes, Resource::Price, &format!("/plans/{key}/prices"), &before.prices, &plan.prices);
        }
    }
    changes
}

/// Plans as they are but for their prices, which are resources of their own.
fn without_prices(plans: &BTreeMap<Key, Plan>) -> BTreeMap<Key, Plan> {
    plans.iter().map(|(key, plan)| (key.clone(), Plan { prices: BTreeMap::new(), ..plan.clone() })).collect()
}

fn compare<T: Serialize + PartialEq>(
    changes: &mut Vec<Change>,
    resource: Resource,
    section: &str,
    old: &BTreeMap<Key, T>,
    new: &BTreeMap<Key, T>,
) {
    let keys: BTreeSet<&Key> = old.keys().chain(new.keys()).collect();
    for key in keys {
        let what = match (old.get(key), new.get(key)) {
            (Some(before), Some(after)) if before == after => continue,
            (Some(before), Some(after)) => What::Changed(fields(before, after)),
            (None, _) => What::Added,
            (Some(_), None) => What::Retired,
        };
        changes.push(Change { pointer: format!("{section}/{key}"), resource, what });
    }
}

fn fields<T: Serialize>(old: &T, new: &T) -> Vec<FieldChange> {
    let json = |value: &T| serde_json::to_value(value).unwrap_or(Value::Null);
    let mut found = Vec::new();
    walk(&mut found, String::new(), Some(&json(old)), Some(&json(new)));
    found
}

/// Goes down as far as both sides have the same kind of list or map, and notes what differs there.
fn walk(found: &mut Vec<FieldChange>, field: String, old: Option<&Value>, new: Option<&Value>) {
    match (old, new) {
        (old, new) if old == new => {}
        (Some(Value::Object(a)), Some(Value::Object(b))) => {
            let keys: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            for key in keys {
                walk(found, format!("{field}/{}", key.replace('~', "~0").replace('/', "~1")), a.get(key), b.get(key));
            }
        }
        (Some(Value::Array(a)), Some(Value::Array(b))) => {
            for at in 0..a.len().max(b.len()) {
                walk(found, format!("{field}/{at}"), a.get(at), b.get(at));
            }
        }
        (from, to) => {
            found.push(FieldChange { field, from: from.map(ToString::to_string), to: to.map(ToString::to_string) });
        }
    }
}
