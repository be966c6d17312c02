//! serde reads a choice: `count` or `sum: expression`.

use crate::{
    Node, Segment, Value,
    deserialize::NodeReader,
    read_error::{Raised, Reason},
};
use serde::{
    Deserializer,
    de::{DeserializeSeed, EnumAccess, IntoDeserializer, VariantAccess, Visitor},
};

/// The word that was chosen, and what stands behind it.
pub(crate) struct VariantReader<'a> {
    pub(crate) word: &'a str,
    pub(crate) key: Option<&'a Node>,
    pub(crate) content: Option<&'a Node>,
}

impl VariantReader<'_> {
    fn placed(&self, error: Raised) -> Raised {
        match self.key {
            Some(key) => error.at(key.pos).under(Segment::Key(self.word.into())),
            None => error,
        }
    }
}

impl<'de> EnumAccess<'de> for VariantReader<'_> {
    type Error = Raised;
    type Variant = Self;
    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Raised> {
        let reader: serde::de::value::StrDeserializer<'_, Raised> = self.word.into_deserializer();
        match seed.deserialize(reader) {
            Ok(value) => Ok((value, self)),
            Err(error) => Err(self.placed(error)),
        }
    }
}

impl VariantReader<'_> {
    fn content(&self, expected: &str) -> Result<NodeReader<'_>, Raised> {
        match (self.key, self.content) {
            (Some(key), Some(content)) => Ok(NodeReader::of_entry(key, content)),
            (_, _) => Err(Raised::new(Reason::WrongKind {
                expected: alloc::format!("`{}: …` with {expected}", self.word),
                found: alloc::format!("`{}` alone", self.word),
            })),
        }
    }
}

impl<'de> VariantAccess<'de> for VariantReader<'_> {
    type Error = Raised;
    fn unit_variant(self) -> Result<(), Raised> {
        match self.content {
            None => Ok(()),
            Some(node) => match &node.value {
                Value::Null => Ok(()),
                Value::Bool(_) | Value::Text(..) | Value::List(_) | Value::Map(_) => {
                    Err(self.placed(NodeReader::new(node).wrong(&alloc::format!("`{}` alone", self.word))))
                }
            },
        }
    }
    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Raised> {
        let reader = self.content("a value")?;
        seed.deserialize(reader).map_err(|error| self.placed(error.at(reader.pos)))
    }
    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Raised> {
        let reader = self.content("a list")?;
        reader.deserialize_seq(visitor).map_err(|error| self.placed(error))
    }
    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value, Raised> {
        let reader = self.content("a map")?;
        reader.deserialize_map(visitor).map_err(|error| self.placed(error))
    }
}
