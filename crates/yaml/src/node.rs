//! A value in a text, and where it stands.

use crate::{ReadError, Segment, Survey, survey};
use alloc::{string::String, vec::Vec};
use core::fmt;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use stdx::NonEmpty;

/// A place in a text: line and column, both counted from 1; the column counts characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Pos {
    /// The line, from 1.
    pub line: usize,
    /// The character in the line, from 1.
    pub column: usize,
}

impl Pos {
    /// Where a text begins.
    pub const START: Self = Self { line: 1, column: 1 };
}

impl fmt::Display for Pos {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// A value and the place where it begins. What an alias (`*name`) stands for keeps the place where it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Where the value begins.
    pub pos: Pos,
    /// The value.
    pub value: Value,
}

/// What stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// `null`, `~` or nothing at all.
    Null,
    /// `true` or `false` (also `True`, `TRUE`, …); the words `yes`, `no`, `on`, `off` are text, as YAML 1.2 has it.
    Bool(bool),
    /// Any other scalar as it was written: also numbers and dates, which are read when a type asks for them.
    Text(String, Style),
    /// `- a` or `[a, b]`.
    List(Vec<Node>),
    /// `a: b` or `{a: b}`, in the order of the text. A key is always [`Value::Text`]; no key stands twice.
    Map(Vec<(Node, Node)>),
}

/// How a text was written; only a plain one may be a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Without quotes.
    Plain,
    /// In single or double quotes, or as a block (`|`, `>`).
    Quoted,
}

impl Node {
    /// Reads any type from this value and all below it.
    ///
    /// # Errors
    /// Everything in which the value does not fit the type, as far as it can be told at once, in the order of the text. Pointers begin
    /// at this node.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, NonEmpty<ReadError>> {
        match self.survey() {
            Survey::Whole(value) => Ok(value),
            Survey::Partly(_, errors) | Survey::Nothing(errors) => Err(errors),
        }
    }

    /// Reads what can be read: the values that do not fit are reported, taken out, and the rest is read again.
    pub fn survey<T: DeserializeOwned>(&self) -> Survey<T> {
        survey::survey(self)
    }

    /// The text of a scalar as it was written, `None` for `null`, lists and maps.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text, _) => Some(text),
            Value::Bool(true) => Some("true"),
            Value::Bool(false) => Some("false"),
            Value::Null | Value::List(_) | Value::Map(_) => None,
        }
    }

    /// The number that a plain scalar such as `5`, `-1_000.25` or `1e6` spells, without underscores; `None` for everything
    /// else, also for `"5"` in quotes.
    pub fn number(&self) -> Option<String> {
        match &self.value {
            Value::Text(text, Style::Plain) => crate::number::plain(text),
            Value::Text(_, Style::Quoted) | Value::Null | Value::Bool(_) | Value::List(_) | Value::Map(_) => None,
        }
    }

    /// The elements of a list; none for anything else.
    pub fn items(&self) -> &[Node] {
        match &self.value {
            Value::List(items) => items,
            Value::Null | Value::Bool(_) | Value::Text(..) | Value::Map(_) => &[],
        }
    }

    /// The entries of a map in the order of the text; none for anything else.
    pub fn entries(&self) -> &[(Node, Node)] {
        match &self.value {
            Value::Map(entries) => entries,
            Value::Null | Value::Bool(_) | Value::Text(..) | Value::List(_) => &[],
        }
    }

    /// The value of a key in a map.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|(_, value)| value)
    }

    /// The value at a JSON pointer (`""` is this node itself).
    pub fn at(&self, pointer: &str) -> Option<&Node> {
        crate::pointer::segments(pointer)
            .iter()
            .try_fold(self, |node, segment| node.child(segment).map(|(_, value)| value))
    }

    /// What a person would call it: "text", "a list", …
    pub fn describe(&self) -> String {
        match &self.value {
            Value::Null => "nothing".into(),
            Value::Bool(value) => alloc::format!("`{value}`"),
            Value::Text(text, Style::Plain) => alloc::format!("`{}`", shorten(text)),
            Value::Text(text, Style::Quoted) => alloc::format!("the text \"{}\"", shorten(text)),
            Value::List(items) => alloc::format!("a list of {}", items.len()),
            Value::Map(_) => "a map".into(),
        }
    }

    /// The child under a segment, with the key node where the parent is a map.
    pub(crate) fn child(&self, segment: &Segment) -> Option<(Option<&Node>, &Node)> {
        match (&self.value, segment) {
            (Value::Map(_), Segment::Key(key)) => self.entry(key).map(|(key, value)| (Some(key), value)),
            (Value::List(items), Segment::Index(index)) => items.get(*index).map(|item| (None, item)),
            (Value::Map(_), Segment::Index(index)) => {
                self.entry(&alloc::format!("{index}")).map(|(key, value)| (Some(key), value))
            }
            (Value::List(_), Segment::Key(_)) | (Value::Null | Value::Bool(_) | Value::Text(..), _) => None,
        }
    }

    fn entry(&self, key: &str) -> Option<&(Node, Node)> {
        self.entries().iter().find(|(name, _)| name.text() == Some(key))
    }

    /// Where a message about an entry points: to the value when it is a scalar, else to its key, so that the line shown is
    /// the one that names the thing.
    pub(crate) fn pos_of_entry(key: Option<&Node>, value: &Node) -> Pos {
        match (key, &value.value) {
            (Some(key), Value::List(_) | Value::Map(_) | Value::Null) => key.pos,
            (_, _) => value.pos,
        }
    }
}

/// At most 60 characters of a text, for messages.
pub(crate) fn shorten(text: &str) -> String {
    let mut short: String = text.chars().take(60).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(60).is_some() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use crate::Document;

    #[test]
    fn a_tree_is_walked_by_key_index_and_pointer() {
        let document = Document::parse("a: { b: [x, 2_5, '3'] }\n2026-04-01: ~\n", "t").expect("well-formed");
        let root = document.root();
        assert_eq!(root.at("/a/b/0").and_then(|node| node.text()), Some("x"));
        assert_eq!(root.at("/a/b/1").and_then(crate::Node::number).as_deref(), Some("25"));
        assert_eq!(root.at("/a/b/2").and_then(crate::Node::number), None, "quoted");
        assert_eq!(root.at("/a/b/3"), None);
        assert_eq!(root.entries()[1].0.text(), Some("2026-04-01"));
        assert_eq!(root.get("a").map(crate::Node::describe).as_deref(), Some("a map"));
    }
}
