//! What a property must be.

use crate::{Value, value::ScalarVisitor};
use alloc::{
    borrow::Cow,
    format,
    string::{String, ToString},
    vec::Vec,
};
use core::{cmp::Ordering, fmt};
use money::Dec;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser::SerializeMap as _};
use stdx::{NonEmpty, Problem};

/// What a property must be: one or more tests, all of which hold. In files a bare value stands for equality:
/// `ok`, `{ in: [a, b] }`, `{ not: trial }`, `{ exists: true }`, `{ gt: 10, lte: 20 }`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition(NonEmpty<Test>);

/// One test of a property.
///
/// A number and the text of it are the same. An absent property, or one that is null, passes `not` and `exists: false` only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Test {
    /// Equal to this.
    Eq(Value),
    /// One of these.
    In(NonEmpty<Value>),
    /// None of these.
    Not(NonEmpty<Value>),
    /// Present with a value (`true`), or not (`false`).
    Exists(bool),
    /// A number above, not below, below, or not above another.
    Compare(Comparison, Dec),
}

/// How two numbers are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// Above.
    Gt,
    /// Not below.
    Gte,
    /// Below.
    Lt,
    /// Not above.
    Lte,
}

/// What a test says of a property.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Holds,
    Fails,
    /// The property is there but is no number, so that it cannot be compared with one.
    Incomparable,
}

impl Condition {
    /// A condition of these tests.
    pub fn new(tests: NonEmpty<Test>) -> Self {
        Self(tests)
    }

    /// The tests, all of which must hold.
    pub fn tests(&self) -> &[Test] {
        self.0.as_slice()
    }

    /// Whether all tests hold; a test that fails settles it, whatever cannot be compared.
    pub(crate) fn verdict(&self, value: Option<&Value>) -> Verdict {
        let verdicts = || self.0.iter().map(|test| test.verdict(value));
        if verdicts().any(|verdict| verdict == Verdict::Fails) {
            return Verdict::Fails;
        }
        if verdicts().any(|verdict| verdict == Verdict::Incomparable) { Verdict::Incomparable } else { Verdict::Holds }
    }
}

impl Test {
    fn verdict(&self, value: Option<&Value>) -> Verdict {
        let present = value.filter(|value| **value != Value::Null);
        let holds = match (self, present) {
            (Self::Exists(wanted), found) => found.is_some() == *wanted,
            (Self::Not(values), Some(found)) => !values.iter().any(|value| found.matches(value)),
            (Self::Not(_), None) => true,
            (Self::Eq(_) | Self::In(_) | Self::Compare(..), None) => false,
            (Self::Eq(wanted), Some(found)) => found.matches(wanted),
            (Self::In(values), Some(found)) => values.iter().any(|value| found.matches(value)),
            (Self::Compare(comparison, limit), Some(found)) => match found.as_number() {
                Some(number) => comparison.holds(number.cmp(limit)),
                None => return Verdict::Incomparable,
            },
        };
        if holds { Verdict::Holds } else { Verdict::Fails }
    }
}

impl Comparison {
    fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Gt => order.is_gt(),
            Self::Gte => order.is_ge(),
            Self::Lt => order.is_lt(),
            Self::Lte => order.is_le(),
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Gt => "gt",
            Self::Gte => "gte",
            Self::Lt => "lt",
            Self::Lte => "lte",
        }
    }
}

const TESTS: [&str; 8] = ["eq", "in", "not", "exists", "gt", "gte", "lt", "lte"];

impl Serialize for Condition {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if let [Test::Eq(value)] = self.tests() {
            return value.serialize(serializer);
        }
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for test in self.tests() {
            match test {
                Test::Eq(value) => map.serialize_entry("eq", value)?,
                Test::In(values) => map.serialize_entry("in", values)?,
                Test::Not(values) => map.serialize_entry("not", values)?,
                Test::Exists(wanted) => map.serialize_entry("exists", wanted)?,
                Test::Compare(comparison, limit) => map.serialize_entry(comparison.word(), limit)?,
            }
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Condition {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ConditionVisitor)
    }
}

struct ConditionVisitor;

impl ConditionVisitor {
    fn equal<E: de::Error>(value: Result<Value, E>) -> Result<Condition, E> {
        value.map(|value| Condition(NonEmpty::of(Test::Eq(value))))
    }
}

impl<'de> de::Visitor<'de> for ConditionVisitor {
    type Value = Condition;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value, or tests such as { in: [a, b] }, { not: a }, { exists: true }, { gt: 10 }")
    }
    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Condition, E> {
        Self::equal(ScalarVisitor.visit_bool(value))
    }
    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Condition, E> {
        Self::equal(ScalarVisitor.visit_i64(number))
    }
    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Condition, E> {
        Self::equal(ScalarVisitor.visit_u64(number))
    }
    fn visit_str<E: de::Error>(self, text: &str) -> Result<Condition, E> {
        Self::equal(ScalarVisitor.visit_str(text))
    }
    fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Condition, A::Error> {
        let mut tests = Vec::new();
        while let Some(word) = map.next_key::<String>()? {
            tests.push(match word.as_str() {
                "eq" => Test::Eq(map.next_value()?),
                "in" => Test::In(map.next_value()?),
                "not" => Test::Not(map.next_value::<OneOrMore>()?.0),
                "exists" => Test::Exists(map.next_value()?),
                "gt" => Test::Compare(Comparison::Gt, map.next_value()?),
                "gte" => Test::Compare(Comparison::Gte, map.next_value()?),
                "lt" => Test::Compare(Comparison::Lt, map.next_value()?),
                "lte" => Test::Compare(Comparison::Lte, map.next_value()?),
                other => return Err(de::Error::unknown_field(other, &TESTS)),
            });
        }
        NonEmpty::try_from(tests).map(Condition).map_err(|_| {
            de::Error::custom(
                Problem::new("filter_empty", "The condition tests nothing")
                    .detail("the condition is empty and would hold for everything")
                    .mend("write a value or a test, or remove the property from `where`"),
            )
        })
    }
}

/// A value or a list of values.
struct OneOrMore(NonEmpty<Value>);

impl<'de> Deserialize<'de> for OneOrMore {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = OneOrMore;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value or a list of values")
            }
            fn visit_bool<E: de::Error>(self, value: bool) -> Result<OneOrMore, E> {
                ScalarVisitor.visit_bool(value).map(|value| OneOrMore(NonEmpty::of(value)))
            }
            fn visit_i64<E: de::Error>(self, number: i64) -> Result<OneOrMore, E> {
                ScalarVisitor.visit_i64(number).map(|value| OneOrMore(NonEmpty::of(value)))
            }
            fn visit_u64<E: de::Error>(self, number: u64) -> Result<OneOrMore, E> {
                ScalarVisitor.visit_u64(number).map(|value| OneOrMore(NonEmpty::of(value)))
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<OneOrMore, E> {
                ScalarVisitor.visit_str(text).map(|value| OneOrMore(NonEmpty::of(value)))
            }
            fn visit_seq<A: de::SeqAccess<'de>>(self, list: A) -> Result<OneOrMore, A::Error> {
                NonEmpty::deserialize(de::value::SeqAccessDeserializer::new(list)).map(OneOrMore)
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

impl JsonSchema for Condition {
    fn schema_name() -> Cow<'static, str> {
        "Condition".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let value = generator.subschema_for::<Value>();
        let number = generator.subschema_for::<Dec>();
        let values = json_schema!({ "type": "array", "minItems": 1, "items": value });
        json_schema!({
            "description": "What a property must be: a value, or tests that all hold.",
            "anyOf": [
                { "type": ["string", "integer", "boolean"] },
                {
                    "type": "object", "additionalProperties": false, "minProperties": 1,
                    "properties": {
                        "eq": value, "in": values, "not": { "anyOf": [value, values] }, "exists": { "type": "boolean" },
                        "gt": number, "gte": number, "lt": number, "lte": number
                    }
                }
            ]
        })
    }
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |values: &NonEmpty<Value>| values.iter().map(Value::to_text).collect::<Vec<_>>().join(", ");
        let text = match self {
            Self::Eq(value) => format!("is {}", value.to_text()),
            Self::In(values) => format!("is one of {}", list(values)),
            Self::Not(values) => format!("is not {}", list(values)),
            Self::Exists(true) => "is there".to_string(),
            Self::Exists(false) => "is not there".to_string(),
            Self::Compare(comparison, limit) => match comparison {
                Comparison::Gt => format!("is above {limit}"),
                Comparison::Gte => format!("is at least {limit}"),
                Comparison::Lt => format!("is below {limit}"),
                Comparison::Lte => format!("is at most {limit}"),
            },
        };
        f.write_str(&text)
    }
}
