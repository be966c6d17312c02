//! The properties of an event: names and plain values.

use crate::{EventError, Value, value::ScalarVisitor};
use alloc::{
    borrow::ToOwned,
    collections::{BTreeMap, btree_map::Entry},
    format,
    string::{String, ToString},
    vec::Vec,
};
use core::fmt;
use money::Dec;
use serde::{Deserialize, Deserializer, de};

/// Properties by name. What is nested has a dotted name: `{"a": {"b": 1}}` is `a.b`, and the first of a list `a` is `a.0`.
pub type Properties = BTreeMap<String, Value>;

/// Most properties of an event, nested ones included.
pub const MAX_PROPERTIES: usize = 256;
/// Deepest nesting of properties.
pub const MAX_DEPTH: usize = 8;
/// Most bytes of names and texts of an event's properties.
pub const MAX_PROPERTY_BYTES: usize = 65_536;

/// Properties as they were sent, before nested ones are given dotted names.
pub(crate) enum Tree {
    Scalar(Value),
    List(Vec<Tree>),
    Map(Vec<(String, Tree)>),
}

/// Gives nested properties their dotted names. An error when two get the same, or when there are too many.
pub(crate) fn flatten(entries: Vec<(String, Tree)>) -> Result<Properties, EventError> {
    let mut flat = Flat { properties: Properties::new(), bytes: 0 };
    for (name, tree) in entries {
        flat.put(name, tree, 1)?;
    }
    Ok(flat.properties)
}

struct Flat {
    properties: Properties,
    bytes: usize,
}

impl Flat {
    fn put(&mut self, name: String, tree: Tree, depth: usize) -> Result<(), EventError> {
        if depth > MAX_DEPTH {
            return Err(EventError::TooDeep { pointer: pointer(&name), limit: MAX_DEPTH });
        }
        let value = match tree {
            Tree::Scalar(value) => value,
            Tree::List(trees) => {
                for (index, tree) in trees.into_iter().enumerate() {
                    self.put(format!("{name}.{index}"), tree, depth + 1)?;
                }
                return Ok(());
            }
            Tree::Map(entries) => {
                for (inner, tree) in entries {
                    self.put(format!("{name}.{inner}"), tree, depth + 1)?;
                }
                return Ok(());
            }
        };
        self.bytes += name.len() + if let Value::Text(text) = &value { text.len() } else { 0 };
        if self.bytes > MAX_PROPERTY_BYTES {
            return Err(EventError::TooLarge { limit: MAX_PROPERTY_BYTES });
        }
        if self.properties.len() == MAX_PROPERTIES {
            return Err(EventError::TooMany { limit: MAX_PROPERTIES });
        }
        if let Value::Num(number) = &value
            && number.abs() >= too_large()
        {
            return Err(EventError::OutOfRange { pointer: pointer(&name), number: number.to_string() });
        }
        match self.properties.entry(name) {
            Entry::Occupied(entry) => Err(EventError::Twice { pointer: pointer(entry.key()) }),
            Entry::Vacant(entry) => {
                entry.insert(value);
                Ok(())
            }
        }
    }
}

/// 10^30: no one has used that much of anything, and sums of smaller numbers stay exact.
fn too_large() -> Dec {
    Dec::from_int(1_000_000_000_000_000_000_000_000_000_000)
}

/// A JSON pointer to a property.
pub(crate) fn pointer(name: &str) -> String {
    format!("/properties/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// The properties of an event from any format that serde reads.
pub(crate) fn flattened<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Properties, D::Error> {
    match Tree::deserialize(deserializer)? {
        Tree::Map(entries) => flatten(entries).map_err(|error| de::Error::custom(stdx::ToProblem::problem(&error))),
        Tree::Scalar(Value::Null) => Ok(Properties::new()),
        Tree::Scalar(_) | Tree::List(_) => Err(de::Error::custom("the properties must be names with values")),
    }
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TreeVisitor)
    }
}

struct TreeVisitor;

impl<'de> de::Visitor<'de> for TreeVisitor {
    type Value = Tree;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, or names or a list of these", ScalarVisitor::EXPECTING)
    }
    fn visit_unit<E: de::Error>(self) -> Result<Tree, E> {
        ScalarVisitor.visit_unit().map(Tree::Scalar)
    }
    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Tree, E> {
        ScalarVisitor.visit_bool(value).map(Tree::Scalar)
    }
    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Tree, E> {
        ScalarVisitor.visit_i64(number).map(Tree::Scalar)
    }
    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Tree, E> {
        ScalarVisitor.visit_u64(number).map(Tree::Scalar)
    }
    fn visit_i128<E: de::Error>(self, number: i128) -> Result<Tree, E> {
        ScalarVisitor.visit_i128(number).map(Tree::Scalar)
    }
    fn visit_str<E: de::Error>(self, text: &str) -> Result<Tree, E> {
        Ok(Tree::Scalar(Value::Text(text.to_owned())))
    }
    fn visit_seq<A: de::SeqAccess<'de>>(self, mut list: A) -> Result<Tree, A::Error> {
        let mut trees = Vec::new();
        while let Some(tree) = list.next_element()? {
            trees.push(tree);
        }
        Ok(Tree::List(trees))
    }
    fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Tree, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Tree::Map(entries))
    }
}
