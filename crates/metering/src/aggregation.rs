//! How the values of many events become one.

use alloc::{
    borrow::Cow,
    format,
    string::{String, ToString},
    vec::Vec,
};
use formula::Formula;
use money::Dec;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use stdx::{Problem, ToProblem};
use thiserror::Error;

/// How the values of many events become one. The value of an event is a property or a formula over its properties.
///
/// In files: `count`, `{ sum: properties.tokens }`, `{ time_weighted: properties.gigabytes, per: hour }`,
/// `{ percentile: properties.mbps, p: 95 }`, `{ unique: properties.user }`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Aggregation {
    /// How many events.
    Count,
    /// The sum of the values.
    Sum(Formula),
    /// The largest value; zero without events.
    Max(Formula),
    /// The smallest value; zero without events.
    Min(Formula),
    /// The value of the last event; zero without events.
    Latest(Formula),
    /// How many different values.
    Unique {
        /// What is counted once.
        value: Formula,
        /// When it is true of an event, the event takes the value away again until another brings it back.
        removed_when: Option<Formula>,
    },
    /// The sum of the values over their number; zero without events.
    Average(Formula),
    /// A level times how long it lasted, exact to the microsecond. The level before the first event ever is zero.
    TimeWeighted {
        /// The level, or its change.
        value: Formula,
        /// The unit of time.
        per: Per,
        /// What the value is.
        levels: Levels,
    },
    /// The value below which lies a percentage of the values; zero without events.
    Percentile {
        /// The value.
        value: Formula,
        /// The percentage, 0 to 100.
        p: Dec,
        /// What lies between two values.
        interpolation: Interpolation,
    },
}

/// The unit of time in which a level is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Per {
    /// Seconds.
    Second,
    /// Minutes.
    Minute,
    /// Hours.
    Hour,
    /// Days of 24 hours.
    Day,
    /// The whole period: the quantity is the average level.
    Period,
}

/// What an event says of a level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Levels {
    /// The level from then on; of two at the same instant the one with the larger identity.
    #[default]
    Absolute,
    /// How much the level rises or falls.
    Changes,
}

/// What a percentile is between two values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Interpolation {
    /// The smallest value that is not below `p` percent of the values: the nearest rank, `⌈p/100·n⌉`, as in bandwidth billing.
    #[default]
    NearestRank,
    /// A line between the two values around position `p/100·(n−1)`: `PERCENTILE.INC` of spreadsheets.
    Linear,
}

impl Aggregation {
    /// The formula for the value of an event; `count` has none.
    pub fn formula(&self) -> Option<&Formula> {
        match self {
            Self::Count => None,
            Self::Sum(value)
            | Self::Max(value)
            | Self::Min(value)
            | Self::Latest(value)
            | Self::Average(value)
            | Self::Unique { value, .. }
            | Self::TimeWeighted { value, .. }
            | Self::Percentile { value, .. } => Some(value),
        }
    }

    /// The word for it in files.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Sum(_) => "sum",
            Self::Max(_) => "max",
            Self::Min(_) => "min",
            Self::Latest(_) => "latest",
            Self::Unique { .. } => "unique",
            Self::Average(_) => "average",
            Self::TimeWeighted { .. } => "time_weighted",
            Self::Percentile { .. } => "percentile",
        }
    }
}

/// Why what is written is not an aggregation.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
enum AggregationError {
    #[error("`{0}` is not an aggregation that stands alone")]
    Word(String),
    #[error("the aggregation says {0} of: sum, max, min, latest, unique, average, time_weighted, percentile")]
    NotOne(&'static str),
    #[error("`{word}` belongs to `{to}` only")]
    Misplaced { word: &'static str, to: &'static str },
    #[error("`{of}` needs `{word}`")]
    Missing { of: &'static str, word: &'static str },
    #[error("the percentage {0} is not between 0 and 100")]
    Percentage(Dec),
}

impl ToProblem for AggregationError {
    fn problem(&self) -> Problem {
        let mend = match self {
            Self::Word(_) => "write `count`, or one with what it is over: `{ sum: properties.tokens }`".to_string(),
            Self::NotOne(_) => {
                "write exactly one, such as `{ sum: properties.tokens }`; to count events, `count`".to_string()
            }
            Self::Misplaced { word, .. } => format!("remove `{word}`"),
            Self::Missing { word: "per", .. } => "add `per: second`, `minute`, `hour`, `day` or `period`".to_string(),
            Self::Missing { word, .. } => format!("add `{word}`, such as `p: 95`"),
            Self::Percentage(_) => "write a percentage such as `p: 95`".to_string(),
        };
        Problem::new("invalid_aggregation", "This is not an aggregation").detail(format!("{self}")).mend(mend)
    }
}

/// The aggregation as it is written.
#[derive(Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sum: Option<Formula>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    max: Option<Formula>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    min: Option<Formula>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    latest: Option<Formula>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unique: Option<Formula>,
    /// Only with `unique`: an event for which this is true takes the value away again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    removed_when: Option<Formula>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    average: Option<Formula>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    time_weighted: Option<Formula>,
    /// Only with `time_weighted`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    per: Option<Per>,
    /// Only with `time_weighted`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    levels: Option<Levels>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    percentile: Option<Formula>,
    /// Only with `percentile`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    p: Option<Dec>,
    /// Only with `percentile`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    interpolation: Option<Interpolation>,
}

impl Written {
    fn read(self) -> Result<Aggregation, AggregationError> {
        self.check_companions()?;
        let Self {
            sum,
            max,
            min,
            latest,
            unique,
            removed_when,
            average,
            time_weighted,
            per,
            levels,
            percentile,
            p,
            interpolation,
        } = self;
        let mut found = Vec::new();
        found.extend(sum.map(Aggregation::Sum));
        found.extend(max.map(Aggregation::Max));
        found.extend(min.map(Aggregation::Min));
        found.extend(latest.map(Aggregation::Latest));
        found.extend(unique.map(|value| Aggregation::Unique { value, removed_when }));
        found.extend(average.map(Aggregation::Average));
        if let Some(value) = time_weighted {
            let per = per.ok_or(AggregationError::Missing { of: "time_weighted", word: "per" })?;
            found.push(Aggregation::TimeWeighted { value, per, levels: levels.unwrap_or_default() });
        }
        if let Some(value) = percentile {
            let p = p.ok_or(AggregationError::Missing { of: "percentile", word: "p" })?;
            if p.is_negative() || p > Dec::from_int(100) {
                return Err(AggregationError::Percentage(p));
            }
            found.push(Aggregation::Percentile { value, p, interpolation: interpolation.unwrap_or_default() });
        }
        match <[Aggregation; 1]>::try_from(found) {
            Ok([one]) => Ok(one),
            Err(found) => Err(AggregationError::NotOne(if found.is_empty() { "none" } else { "more than one" })),
        }
    }

    fn check_companions(&self) -> Result<(), AggregationError> {
        for (there, word, with, to) in [
            (self.removed_when.is_some(), "removed_when", self.unique.is_some(), "unique"),
            (self.per.is_some(), "per", self.time_weighted.is_some(), "time_weighted"),
            (self.levels.is_some(), "levels", self.time_weighted.is_some(), "time_weighted"),
            (self.p.is_some(), "p", self.percentile.is_some(), "percentile"),
            (self.interpolation.is_some(), "interpolation", self.percentile.is_some(), "percentile"),
        ] {
            if there && !with {
                return Err(AggregationError::Misplaced { word, to });
            }
        }
        Ok(())
    }
}

impl Serialize for Aggregation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let written = match self.clone() {
            Self::Count => return serializer.serialize_str("count"),
            Self::Sum(value) => Written { sum: Some(value), ..Written::default() },
            Self::Max(value) => Written { max: Some(value), ..Written::default() },
            Self::Min(value) => Written { min: Some(value), ..Written::default() },
            Self::Latest(value) => Written { latest: Some(value), ..Written::default() },
            Self::Unique { value, removed_when } => Written { unique: Some(value), removed_when, ..Written::default() },
            Self::Average(value) => Written { average: Some(value), ..Written::default() },
            Self::TimeWeighted { value, per, levels } => {
                Written { time_weighted: Some(value), per: Some(per), levels: Some(levels), ..Written::default() }
            }
            Self::Percentile { value, p, interpolation } => Written {
                percentile: Some(value),
                p: Some(p),
                interpolation: Some(interpolation),
                ..Written::default()
            },
        };
        written.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Aggregation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Aggregation;
            fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str("`count`, or an aggregation with what it is over, such as { sum: properties.tokens }")
            }
            fn visit_str<E: de::Error>(self, word: &str) -> Result<Aggregation, E> {
                match word {
                    "count" => Ok(Aggregation::Count),
                    other => Err(E::custom(AggregationError::Word(other.into()).problem())),
                }
            }
            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Aggregation, A::Error> {
                let written = Written::deserialize(de::value::MapAccessDeserializer::new(map))?;
                written.read().map_err(|error| de::Error::custom(error.problem()))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

impl JsonSchema for Aggregation {
    fn schema_name() -> Cow<'static, str> {
        "Aggregation".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let written = Written::json_schema(generator);
        json_schema!({
            "description": "How the values of many events become one: `count`, or one of the others with a property or formula.",
            "anyOf": [{ "const": "count" }, written]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_is_read_and_written_as_in_a_file() {
        for text in [
            r#""count""#,
            r#"{"sum":"properties.a + properties.b"}"#,
            r#"{"max":"a"}"#,
            r#"{"min":"a"}"#,
            r#"{"latest":"a"}"#,
            r#"{"unique":"a"}"#,
            r#"{"unique":"a","removed_when":"op == \"remove\""}"#,
            r#"{"average":"a"}"#,
            r#"{"time_weighted":"a","per":"hour","levels":"absolute"}"#,
            r#"{"time_weighted":"a","per":"period","levels":"changes"}"#,
            r#"{"percentile":"a","p":"99.9","interpolation":"linear"}"#,
        ] {
            let aggregation: Aggregation = serde_json::from_str(text).expect(text);
            assert_eq!(serde_json::to_string(&aggregation).expect("json"), text);
            assert!(text.contains(aggregation.word()));
        }
        let short: Aggregation = serde_json::from_str(r#"{"percentile": "a", "p": 95}"#).expect("percentile");
        assert!(matches!(short, Aggregation::Percentile { interpolation: Interpolation::NearestRank, .. }));
    }

    #[test]
    fn what_is_not_one_aggregation_is_refused_with_a_way_out() {
        for (text, message) in [
            (r#""sum""#, "`sum` is not an aggregation that stands alone"),
            ("{}", "says none of"),
            (r#"{"sum":"a","max":"b"}"#, "says more than one of"),
            (r#"{"sum":"a","per":"hour"}"#, "`per` belongs to `time_weighted` only"),
            (r#"{"sum":"a","removed_when":"b"}"#, "`removed_when` belongs to `unique` only"),
            (r#"{"time_weighted":"a"}"#, "`time_weighted` needs `per`"),
            (r#"{"percentile":"a"}"#, "`percentile` needs `p`"),
            (r#"{"percentile":"a","p":"100.1"}"#, "not between 0 and 100"),
            (r#"{"sum":"a +"}"#, "line 1, column 4"),
            (r#"{"summ":"a"}"#, "unknown field `summ`"),
        ] {
            let error = serde_json::from_str::<Aggregation>(text).expect_err(text).to_string();
            assert!(error.contains(message), "{text}: {error}");
        }
    }
}
