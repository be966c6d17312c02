//! Which events a meter looks at.

use crate::{Condition, Event, EventProblem, compiled::property_name, condition::Verdict};
use alloc::{
    collections::BTreeMap,
    string::{String, ToString},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Conditions on properties, by property name; all must hold. `properties.status` and `status` are the same property.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Filter(pub BTreeMap<String, Condition>);

impl Filter {
    /// Whether it lets everything through.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether an event is meant, as far as can be told: an event with a property that cannot be compared is let through, so
    /// that [`check`](Self::check) can say what is wrong with it.
    pub(crate) fn accepts(&self, event: &Event) -> bool {
        self.0
            .iter()
            .all(|(name, condition)| condition.verdict(event.properties.get(property_name(name))) != Verdict::Fails)
    }

    /// An error when an event has a property that a condition needs to compare with a number, and that is none.
    pub(crate) fn check(&self, event: &Event) -> Result<(), EventProblem> {
        for (name, condition) in &self.0 {
            let name = property_name(name);
            let value = event.properties.get(name);
            if condition.verdict(value) == Verdict::Incomparable {
                return Err(EventProblem::NotANumber {
                    property: name.to_string(),
                    found: value.map(crate::Value::shown).unwrap_or_default(),
                });
            }
        }
        Ok(())
    }
}
