//! What an expression is made of.

use alloc::{collections::BTreeMap, string::String, vec::Vec};
use core::fmt;
use money::Ratio;

/// A value in an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Nothing: present, but without a value.
    Null,
    /// True or false.
    Bool(bool),
    /// An exact number.
    Num(Ratio),
    /// Text.
    Text(String),
    /// Values in order.
    List(Vec<Value>),
    /// Values by name.
    Map(BTreeMap<String, Value>),
}

impl Value {
    /// What kind of value it is, as a message says it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a truth value",
            Self::Num(_) => "a number",
            Self::Text(_) => "text",
            Self::List(_) => "a list",
            Self::Map(_) => "a map",
        }
    }
}

impl From<Ratio> for Value {
    fn from(number: Ratio) -> Self {
        Self::Num(number)
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Num(value) => write!(f, "{value}"),
            Self::Text(value) => write!(f, "{value:?}"),
            Self::List(values) => write!(f, "a list of {}", values.len()),
            Self::Map(values) => write!(f, "a map of {}", values.len()),
        }
    }
}

/// Gives an expression the values of its variables.
///
/// `a.b.c` asks for `a.b.c`; where there is no such name, for `a.b` and then for the field `c` of that map, and so on.
pub trait Lookup {
    /// The value of the variable with this name, dots included; `None` when there is no such variable.
    fn lookup(&self, name: &str) -> Option<Value>;
}

impl Lookup for BTreeMap<String, Value> {
    fn lookup(&self, name: &str) -> Option<Value> {
        self.get(name).cloned()
    }
}
