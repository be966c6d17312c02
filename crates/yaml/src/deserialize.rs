//! serde reads from the tree.

use crate::{
    Node, Pos, Segment, Style, Value,
    enums::VariantReader,
    number,
    read_error::{Raised, Reason},
};
use alloc::string::{String, ToString};
use serde::{
    Deserializer,
    de::{DeserializeSeed, IntoDeserializer, MapAccess, SeqAccess, Visitor},
};

/// Reads one node.
#[derive(Clone, Copy)]
pub(crate) struct NodeReader<'a> {
    pub(crate) node: &'a Node,
    /// Where a message about it points.
    pub(crate) pos: Pos,
}

impl<'a> NodeReader<'a> {
    pub(crate) fn new(node: &'a Node) -> Self {
        Self { node, pos: node.pos }
    }

    pub(crate) fn of_entry(key: &Node, node: &'a Node) -> Self {
        Self { node, pos: Node::pos_of_entry(Some(key), node) }
    }

    pub(crate) fn wrong(self, expected: &str) -> Raised {
        Raised::new(Reason::WrongKind { expected: expected.into(), found: self.node.describe() }).at(self.pos)
    }

    /// A whole number through the narrowest visit that holds it; the type checks its own range.
    fn whole<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Raised> {
        let number = match &self.node.value {
            Value::Text(text, Style::Plain) => number::whole(text),
            Value::Text(_, Style::Quoted) | Value::Null | Value::Bool(_) | Value::List(_) | Value::Map(_) => None,
        };
        match number {
            Some(number) => visit_whole(number, visitor),
            None if matches!(self.node.value, Value::Text(_, Style::Quoted)) => {
                Err(self.wrong("a whole number without quotes"))
            }
            None => Err(self.wrong("a whole number")),
        }
    }

    fn list<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Raised> {
        match &self.node.value {
            Value::List(items) => {
                let mut reader = ListReader { items, next: 0 };
                let value = visitor.visit_seq(&mut reader)?;
                if reader.next < items.len() {
                    return Err(self.wrong(&alloc::format!("a list of {}", reader.next)));
                }
                Ok(value)
            }
            Value::Null | Value::Bool(_) | Value::Text(..) | Value::Map(_) => Err(self.wrong("a list")),
        }
    }

    fn map<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Raised> {
        match &self.node.value {
            Value::Map(entries) => visitor.visit_map(MapReader { entries, next: 0 }),
            Value::Null | Value::Bool(_) | Value::Text(..) | Value::List(_) => Err(self.wrong("a map (`key: value`)")),
        }
    }

    fn text<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Raised> {
        match &self.node.value {
            Value::Text(text, _) => visitor.visit_str(text),
            Value::Bool(_) => Err(self.wrong("text (in quotes)")),
            Value::Null | Value::List(_) | Value::Map(_) => Err(self.wrong("text")),
        }
    }
}

fn visit_whole<'de, V: Visitor<'de>>(number: i128, visitor: V) -> Result<V::Value, Raised> {
    if let Ok(number) = u64::try_from(number) {
        visitor.visit_u64(number)
    } else if let Ok(number) = i64::try_from(number) {
        visitor.visit_i64(number)
    } else {
        visitor.visit_i128(number)
    }
}

macro_rules! through {
    ($to:ident: $($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Raised> {
            self.$to(visitor).map_err(|error| error.at(self.pos))
        }
    )*};
}

impl<'de> Deserializer<'de> for NodeReader<'_> {
    type Error = Raised;

    /// A plain whole number of at most 64 bits is a number, a plain number with more digits or a fraction is its text (so that
    /// it stays exact), and everything else is what it is.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Raised> {
        let value = match &self.node.value {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Text(text, Style::Plain) => match number::whole(text) {
                Some(number) if u64::try_from(number).is_ok() || i64::try_from(number).is_ok() => {
                    visit_whole(number, visitor)
                }
                Some(_) | None => visitor.visit_str(text),
            },
            Value::Text(text, Style::Quoted) => visitor.visit_str(text),
            Value::List(_) => self.list(visitor),
            Value::Map(_) => self.map(visitor),
        };
        value.map_err(|error| error.at(self.pos))
    }

    through!(whole: deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128);
    through!(text: deserialize_char deserialize_str deserialize_string deserialize_identifier);
    through!(list: deserialize_seq);
    through!(map: deserialize_map);

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Raised> {
        match &self.node.value {
            Value::Bool(value) => visitor.visit_bool(*value).map_err(|error: Raised| error.at(self.pos)),
            Value::Null | Value::Text(..) | Value::List(_) | Value::Map(_) => Err(self.wrong("true or false")),
        }
    }
    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Raised> {
        self.deserialize_f64(visitor)
    }
    /// Refused: a binary fraction is not what was written.
    fn deserialize_f64<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Raised> {
        Err(Raised::new(Reason::Invalid { message: "binary fractions are not read: use an exact decimal".into() })
            .at(self.pos))
    }
    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Raised> {
        self.deserialize_byte_buf(visitor)
    }
    fn deserialize_byte_buf<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Raised> {
        Err(Raised::new(Reason::Invalid { message: "bytes are not read from YAML".into() }).at(self.pos))
    }
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Raised> {
        match &self.node.value {
            Value::Null => visitor.visit_none(),
            Value::Bool(_) | Value::Text(..) | Value::List(_) | Value::Map(_) => visitor.visit_some(self),
        }
        .map_err(|error| error.at(self.pos))
    }
    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Raised> {
        match &self.node.value {
            Value::Null => visitor.visit_unit().map_err(|error: Raised| error.at(self.pos)),
            Value::Bool(_) | Value::Text(..) | Value::List(_) | Value::Map(_) => Err(self.wrong("nothing")),
        }
    }
    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Raised> {
        self.deserialize_unit(visitor)
    }
    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Raised> {
        visitor.visit_newtype_struct(self).map_err(|error| error.at(self.pos))
    }
    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Raised> {
        self.deserialize_seq(visitor)
    }
    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Raised> {
        self.deserialize_seq(visitor)
    }
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Raised> {
        self.deserialize_map(visitor)
    }
    /// A word, or a map with the word as its only key.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        known: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Raised> {
        let reader = match &self.node.value {
            Value::Text(word, _) => VariantReader { word, key: None, content: None },
            Value::Map(entries) => match entries.as_slice() {
                [(key, content)] => {
                    VariantReader { word: key.text().unwrap_or(""), key: Some(key), content: Some(content) }
                }
                [] | [_, _, ..] => return Err(self.wrong(&alloc::format!("exactly one of: {}", known.join(", ")))),
            },
            Value::Null | Value::Bool(_) | Value::List(_) => {
                return Err(self.wrong(&alloc::format!("one of: {}", known.join(", "))));
            }
        };
        visitor.visit_enum(reader).map_err(|error| error.at(self.pos))
    }
    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Raised> {
        visitor.visit_unit()
    }
}

/// The elements of a list.
struct ListReader<'a> {
    items: &'a [Node],
    next: usize,
}

impl<'de> SeqAccess<'de> for ListReader<'_> {
    type Error = Raised;
    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Raised> {
        let Some(node) = self.items.get(self.next) else { return Ok(None) };
        let index = self.next;
        self.next += 1;
        seed.deserialize(NodeReader::new(node))
            .map(Some)
            .map_err(|error| error.at(node.pos).under(Segment::Index(index)))
    }
    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len() - self.next)
    }
}

/// The entries of a map.
pub(crate) struct MapReader<'a> {
    pub(crate) entries: &'a [(Node, Node)],
    pub(crate) next: usize,
}

/// The text of a key; [`crate::load`] has made sure that there is one.
fn key_text(key: &Node) -> String {
    key.text().unwrap_or("").to_string()
}

impl<'de> MapAccess<'de> for MapReader<'_> {
    type Error = Raised;
    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Raised> {
        let Some((key, _)) = self.entries.get(self.next) else { return Ok(None) };
        self.next += 1;
        let text = key_text(key);
        let reader: KeyReader = text.as_str().into_deserializer();
        seed.deserialize(reader).map(Some).map_err(|error| error.at(key.pos).under(Segment::Key(key_text(key))))
    }
    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Raised> {
        let Some((key, value)) = self.next.checked_sub(1).and_then(|at| self.entries.get(at)) else {
            return Err(Raised::new(Reason::Invalid { message: "a value was asked for before its key".into() }));
        };
        let reader = NodeReader::of_entry(key, value);
        seed.deserialize(reader).map_err(|error| error.at(reader.pos).under(Segment::Key(key_text(key))))
    }
    fn size_hint(&self) -> Option<usize> {
        Some(self.entries.len() - self.next)
    }
}

/// Keys are plain text for serde.
type KeyReader<'a> = serde::de::value::StrDeserializer<'a, Raised>;
