//! What is measured: the part of the pricing file that turns events into a quantity.

use crate::{Aggregation, CompiledMeter, Condition, Conversion, Dimensions, Filter, QuantityRounding, Test, Value};
use alloc::{format, string::String, vec::Vec};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::{NonEmpty, Problem, ToProblem};
use thiserror::Error;

/// Filter and aggregation that turn events into a quantity. Meters have their names as keys of the map in which they are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Meter {
    /// The name of the events that it looks at.
    pub event: String,
    /// Which of them.
    #[serde(rename = "where", default, skip_serializing_if = "Filter::is_empty")]
    pub filter: Filter,
    /// How their values become one.
    pub aggregate: Aggregation,
    /// Whether only events of the period count, or all since the beginning.
    #[serde(default, skip_serializing_if = "Over::is_period")]
    pub over: Over,
    /// Properties by which the quantity can be split.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub group_by: Vec<String>,
    /// From the unit that is counted to the unit that is priced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub convert: Option<Conversion>,
    /// Rounding of the quantity, after conversion.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub round: Option<QuantityRounding>,
    /// Name of the unit that is priced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
}

/// Which events of the past a quantity rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Over {
    /// Those of the period.
    #[default]
    Period,
    /// All up to the end of the period: what was added stays until it is taken away, such as seats.
    Lifetime,
}

impl Over {
    #[allow(clippy::trivially_copy_pass_by_ref, reason = "the form that serde calls")]
    fn is_period(&self) -> bool {
        *self == Self::Period
    }
}

/// Why a meter cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum MeterError {
    /// It does not say which events.
    #[error("the meter names no event")]
    NoEvent,
    /// A formula that uses no property has the same value for every event.
    #[error("the formula `{formula}` uses no property of the event")]
    ConstantFormula {
        /// The formula.
        formula: String,
    },
    /// A property that splits lines twice, or has no name.
    #[error("`group_by` has `{property}` twice, or without a name")]
    GroupBy {
        /// The property.
        property: String,
    },
    /// A decimal place that exact numbers do not have.
    #[error("a quantity cannot be rounded to {to} places")]
    Places {
        /// The place.
        to: i8,
    },
}

impl ToProblem for MeterError {
    fn problem(&self) -> Problem {
        let (pointer, mend) = match self {
            Self::NoEvent => ("/event", "write the name of the events that are sent, such as `api.request`"),
            Self::ConstantFormula { .. } => {
                ("/aggregate", "name a property, such as `properties.tokens`; to count events use `count`")
            }
            Self::GroupBy { .. } => ("/group_by", "name each property once"),
            Self::Places { .. } => ("/round/to", "use a place from -38 to 38"),
        };
        Problem::new("invalid_meter", "The meter cannot be used").detail(format!("{self}")).at(pointer).mend(mend)
    }
}

impl Meter {
    /// The same meter over those events alone that have these values of its dimensions.
    #[must_use]
    pub fn only(&self, dimensions: &Dimensions) -> Self {
        let mut narrow = self.clone();
        for (name, value) in dimensions {
            let test = Test::Eq(Value::Text(value.clone()));
            let known = narrow.filter.0.remove(name).map(|known| known.tests().to_vec());
            let mut tests = NonEmpty::of(test);
            known.into_iter().flatten().for_each(|test| tests.push(test));
            narrow.filter.0.insert(name.clone(), Condition::new(tests));
        }
        narrow
    }

    /// A meter of all events with this name.
    pub fn new(event: &str, aggregate: Aggregation) -> Self {
        Self {
            event: event.into(),
            filter: Filter::default(),
            aggregate,
            over: Over::Period,
            group_by: Vec::new(),
            convert: None,
            round: None,
            unit: None,
        }
    }

    /// Checks the meter and makes it ready for use.
    pub fn compile(&self) -> Result<CompiledMeter, MeterError> {
        if self.event.trim().is_empty() {
            return Err(MeterError::NoEvent);
        }
        if let Some(formula) = self.aggregate.formula().filter(|formula| formula.variables().is_empty()) {
            return Err(MeterError::ConstantFormula { formula: formula.as_str().into() });
        }
        for (index, property) in self.group_by.iter().enumerate() {
            if property.trim().is_empty() || self.group_by[..index].contains(property) {
                return Err(MeterError::GroupBy { property: property.clone() });
            }
        }
        if let Some(QuantityRounding { to, .. }) = self.round
            && !(-38..=38).contains(&to)
        {
            return Err(MeterError::Places { to });
        }
        Ok(CompiledMeter::of(self))
    }

    /// Whether the quantity of a period also rests on events before it.
    pub fn needs_history(&self) -> bool {
        self.over == Over::Lifetime || matches!(self.aggregate, Aggregation::TimeWeighted { .. })
    }
}
