//! The formula: its text, and what it computes.

use crate::{
    At, EvalError, FormulaError, Lookup, Value, eval,
    node::{Binary, Kind, Node},
    translate,
};
use alloc::{
    borrow::Cow,
    collections::BTreeSet,
    string::{String, ToString},
    vec::Vec,
};
use core::{fmt, str::FromStr};
use money::Ratio;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use stdx::ToProblem;

/// An expression that was read once and can be computed often. In files and in the API it is its text.
#[derive(Clone)]
pub struct Formula {
    text: String,
    root: Node,
}

/// What can make an expression deeper; `in`, the only operator that is a word, is counted beside it.
const OPERATORS: &[char] = &['+', '-', '*', '/', '%', '<', '>', '=', '!', '?', '.', '(', '[', '{'];

impl Formula {
    /// Longest text of a formula, in bytes.
    pub const MAX_BYTES: usize = 4096;

    /// Most operators, dots and brackets in a formula. A chain of operators is as deep a tree as it is long; this bound is what
    /// keeps reading and computing any text within a small stack.
    pub const MAX_OPERATORS: usize = 150;

    /// Reads a formula. Everything that can be known to be wrong without values is refused here.
    pub fn parse(text: &str) -> Result<Self, FormulaError> {
        if text.len() > Self::MAX_BYTES {
            return Err(FormulaError::TooLong { found: text.len(), limit: Self::MAX_BYTES });
        }
        let operators = text.matches(OPERATORS).count() + text.matches("in").count();
        if operators > Self::MAX_OPERATORS {
            return Err(FormulaError::TooComplex { limit: Self::MAX_OPERATORS });
        }
        if text.trim().is_empty() {
            return Err(FormulaError::Empty);
        }
        Ok(Self { text: text.to_string(), root: translate::read(text)? })
    }

    /// The value of the formula for these variables. The same variables always give the same value.
    pub fn eval(&self, variables: &impl Lookup) -> Result<Value, EvalError> {
        eval::eval(&self.root, variables)
    }

    /// The value of the formula, which must be a number.
    pub fn number(&self, variables: &impl Lookup) -> Result<Ratio, EvalError> {
        match self.eval(variables)? {
            Value::Num(number) => Ok(number),
            other @ (Value::Null | Value::Bool(_) | Value::Text(_) | Value::List(_) | Value::Map(_)) => {
                Err(EvalError::Mismatch {
                    at: At::START,
                    operation: "the result",
                    needs: "a number",
                    found: other.to_string(),
                })
            }
        }
    }

    /// The names of the variables that the formula may ask for, sorted.
    pub fn variables(&self) -> Vec<&str> {
        let mut found = BTreeSet::new();
        self.root.names(&mut found);
        found.into_iter().collect()
    }

    /// The name of the variable when the formula is nothing but one variable.
    pub fn as_variable(&self) -> Option<&str> {
        if let Kind::Name(name) = &self.root.kind { Some(&name.whole) } else { None }
    }

    /// The names of the variables when the formula is nothing but variables added to each other: `a + b + c`.
    pub fn as_sum(&self) -> Option<Vec<&str>> {
        fn collect<'a>(node: &'a Node, names: &mut Vec<&'a str>) -> bool {
            if let Kind::Name(name) = &node.kind {
                names.push(&name.whole);
                return true;
            }
            let Kind::Binary(Binary::Add, left, right) = &node.kind else { return false };
            collect(left, names) && collect(right, names)
        }
        let mut names = Vec::new();
        collect(&self.root, &mut names).then_some(names)
    }

    /// The text as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for Formula {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Formula({:?})", self.text)
    }
}

impl fmt::Display for Formula {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Two formulas are the same when their texts are: the text decides what is computed.
impl PartialEq for Formula {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Formula {}

impl FromStr for Formula {
    type Err = FormulaError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl Serialize for Formula {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Formula {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(|error| D::Error::custom(error.problem()))
    }
}

impl JsonSchema for Formula {
    fn schema_name() -> Cow<'static, str> {
        "Formula".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "minLength": 1,
            "maxLength": Self::MAX_BYTES,
            "description": "A CEL expression computed over exact numbers, such as `properties.a + properties.b * 2`."
        })
    }
}
