//! A list with at least one element.

use alloc::{borrow::Cow, vec::Vec};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A list that has at least one element, by construction.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(
    try_from = "Vec<T>",
    into = "Vec<T>",
    bound(serialize = "T: Serialize + Clone", deserialize = "T: Deserialize<'de>")
)]
pub struct NonEmpty<T>(Vec<T>);

/// The list had no element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the list is empty; it needs at least one element")]
pub struct Empty;

impl<T> NonEmpty<T> {
    /// A list of one.
    pub fn of(one: T) -> Self {
        Self(alloc::vec![one])
    }
    /// The first element.
    pub fn first(&self) -> &T {
        &self.0[0]
    }
    /// The last element.
    pub fn last(&self) -> &T {
        &self.0[self.0.len() - 1]
    }
    /// The elements in order.
    pub fn iter(&self) -> core::slice::Iter<'_, T> {
        self.0.iter()
    }
    /// How many elements; never 0.
    #[allow(clippy::len_without_is_empty, reason = "it is never empty")]
    pub fn len(&self) -> usize {
        self.0.len()
    }
    /// The elements as a slice.
    pub fn as_slice(&self) -> &[T] {
        &self.0
    }
    /// Adds an element at the end.
    pub fn push(&mut self, one: T) {
        self.0.push(one);
    }
    /// The elements as a plain list.
    pub fn into_vec(self) -> Vec<T> {
        self.0
    }
}

impl<T> TryFrom<Vec<T>> for NonEmpty<T> {
    type Error = Empty;
    fn try_from(list: Vec<T>) -> Result<Self, Empty> {
        if list.is_empty() { Err(Empty) } else { Ok(Self(list)) }
    }
}

impl<T> From<NonEmpty<T>> for Vec<T> {
    fn from(list: NonEmpty<T>) -> Self {
        list.0
    }
}

impl<'a, T> IntoIterator for &'a NonEmpty<T> {
    type Item = &'a T;
    type IntoIter = core::slice::Iter<'a, T>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<T> IntoIterator for NonEmpty<T> {
    type Item = T;
    type IntoIter = alloc::vec::IntoIter<T>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<T: JsonSchema> JsonSchema for NonEmpty<T> {
    fn schema_name() -> Cow<'static, str> {
        alloc::format!("NonEmpty_{}", T::schema_name()).into()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "array", "minItems": 1, "items": generator.subschema_for::<T>() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_none_is_refused() {
        assert_eq!(NonEmpty::<u8>::try_from(Vec::new()), Err(Empty));
        let list = NonEmpty::try_from(alloc::vec![1, 2]).expect("two");
        assert_eq!((list.first(), list.last(), list.len()), (&1, &2, 2));
    }
}
