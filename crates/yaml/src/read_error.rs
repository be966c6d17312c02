//! Why a value does not fit the type that is read from it.

use crate::{Pos, Segment, node::shorten, pointer};
use alloc::{
    boxed::Box,
    format,
    string::{String, ToString},
    vec::Vec,
};
use core::fmt;
use serde::de;
use stdx::{Problem, ToProblem, nearest};

/// A value that does not fit, and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadError {
    /// The way from the node that was read to the value.
    pub path: Vec<Segment>,
    /// Where it stands in the text.
    pub pos: Pos,
    /// Why it does not fit.
    pub reason: Reason,
}

/// Why it does not fit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// A field that the type does not have.
    #[error("there is no field `{}` here", shorten(field))]
    UnknownField {
        /// The field as it was written.
        field: String,
        /// The fields of the type.
        known: Vec<String>,
    },
    /// A word out of a closed set was expected.
    #[error("`{}` is not one of the words known here", shorten(word))]
    UnknownWord {
        /// The word as it was written.
        word: String,
        /// The words of the type.
        known: Vec<String>,
    },
    /// A field that must be given.
    #[error("the field `{field}` is missing")]
    MissingField {
        /// The field.
        field: String,
    },
    /// Another kind of value than the type reads.
    #[error("expected {expected}, found {found}")]
    WrongKind {
        /// What the type reads.
        expected: String,
        /// What stands there.
        found: String,
    },
    /// The type refused the value; its own words.
    #[error("{message}")]
    Invalid {
        /// What the type said.
        message: String,
    },
    /// The type refused the value and said so with a problem.
    #[error("{}", .0.detail)]
    Problem(Box<Problem>),
}

impl ReadError {
    /// The JSON pointer from the node that was read.
    pub fn pointer(&self) -> String {
        pointer(&self.path)
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.pos, self.reason)
    }
}

impl core::error::Error for ReadError {}

impl ToProblem for ReadError {
    fn problem(&self) -> Problem {
        let (code, title, mend) = match &self.reason {
            Reason::Problem(problem) => return Problem::clone(problem).under(&self.pointer()),
            Reason::UnknownField { field, known } => {
                ("unknown_field", "There is no such field", choose(field, known, "The fields here are"))
            }
            Reason::UnknownWord { word, known } => {
                ("unknown_word", "There is no such word", choose(word, known, "The words here are"))
            }
            Reason::MissingField { field } => ("missing_field", "A field is missing", format!("add `{field}: …`")),
            Reason::WrongKind { expected, found } if found == "nothing" => (
                "wrong_kind",
                "Another kind of value is needed",
                format!("write {expected} after the colon, or remove the key"),
            ),
            Reason::WrongKind { expected, .. } => {
                ("wrong_kind", "Another kind of value is needed", format!("write {expected} here"))
            }
            Reason::Invalid { .. } => ("invalid_value", "The value is not possible here", "change the value".into()),
        };
        Problem::new(code, title).detail(self.reason.to_string()).at(self.pointer()).mend(mend)
    }
}

fn choose(word: &str, known: &[String], list: &str) -> String {
    let guess = if word.len() <= 64 { nearest(word, known.iter().map(String::as_str)) } else { None };
    let all = known.join(", ");
    match guess {
        _ if known.is_empty() => "remove it".into(),
        // A long list beside a good guess hides it.
        Some(guess) if known.len() > 8 => format!("did you mean `{guess}`?"),
        Some(guess) => format!("did you mean `{guess}`? {list}: {all}"),
        None => format!("{}{}: {all}", list[..1].to_lowercase(), &list[1..]),
    }
}

/// The error on its way up: the place is added by those who know it.
#[derive(Debug)]
pub(crate) struct Raised {
    reason: Reason,
    /// From the value outward.
    path: Vec<Segment>,
    pos: Option<Pos>,
}

impl Raised {
    pub(crate) fn new(reason: Reason) -> Self {
        Self { reason, path: Vec::new(), pos: None }
    }
    /// Says where it stands, when that is not said yet.
    pub(crate) fn at(mut self, pos: Pos) -> Self {
        self.pos.get_or_insert(pos);
        self
    }
    /// Goes one step outward.
    pub(crate) fn under(mut self, segment: Segment) -> Self {
        self.path.push(segment);
        self
    }
    pub(crate) fn finish(self, pos: Pos) -> ReadError {
        let Self { reason, mut path, pos: known } = self;
        path.reverse();
        ReadError { path, pos: known.unwrap_or(pos), reason }
    }
}

impl fmt::Display for Raised {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.reason.fmt(f)
    }
}

impl core::error::Error for Raised {}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_string()).collect()
}

impl de::Error for Raised {
    fn custom<T: fmt::Display>(message: T) -> Self {
        let message = message.to_string();
        Self::new(told(&message).map_or(Reason::Invalid { message }, |problem| Reason::Problem(Box::new(problem))))
    }
    fn invalid_type(found: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self::new(Reason::WrongKind { expected: plain_words(&expected.to_string()), found: found.to_string() })
    }
    fn invalid_value(found: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self::invalid_type(found, expected)
    }
    fn invalid_length(length: usize, expected: &dyn de::Expected) -> Self {
        Self::new(Reason::WrongKind {
            expected: plain_words(&expected.to_string()),
            found: format!("a list of {length}"),
        })
    }
    fn unknown_variant(word: &str, known: &'static [&'static str]) -> Self {
        Self::new(Reason::UnknownWord { word: word.into(), known: owned(known) })
    }
    fn unknown_field(field: &str, known: &'static [&'static str]) -> Self {
        Self::new(Reason::UnknownField { field: field.into(), known: owned(known) })
    }
    fn missing_field(field: &'static str) -> Self {
        Self::new(Reason::MissingField { field: field.into() })
    }
    fn duplicate_field(field: &'static str) -> Self {
        Self::custom(format!("the field `{field}` stands twice, perhaps under two of its names"))
    }
}

/// serde carries no more than a text from a type that refuses a value. A type that has a [`Problem`] passes the text of it, and here it
/// is read back; only the title is lost.
fn told(message: &str) -> Option<Problem> {
    let (head, mend) = message.split_once("\n  mend: ").unwrap_or((message, ""));
    let (detail, code) = head.strip_suffix(']')?.rsplit_once(" [")?;
    if code.is_empty() || !code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_') {
        return None;
    }
    let problem = Problem::new(code, "The value is not possible here").mend(mend);
    match detail.strip_prefix('/').and_then(|rest| rest.split_once(": ")) {
        Some((pointer, detail)) => Some(problem.detail(detail).at(format!("/{pointer}"))),
        None => Some(problem.detail(detail)),
    }
}

/// serde names its expectations after Rust; a person reads them here.
fn plain_words(expected: &str) -> String {
    match expected {
        "a string" | "string" | "str" => "text".into(),
        "a boolean" => "true or false".into(),
        "a sequence" => "a list".into(),
        "u8" => "a whole number from 0 to 255".into(),
        "u16" => "a whole number from 0 to 65535".into(),
        "u32" | "u64" | "u128" | "usize" => "a whole number, not negative".into(),
        "i8" | "i16" | "i32" | "i64" | "i128" | "isize" => "a whole number".into(),
        "a nonzero u8" | "a nonzero u16" | "a nonzero u32" | "a nonzero u64" => "a whole number of at least 1".into(),
        other if other.starts_with("struct ") || other == "a map" => "a map (`key: value`)".into(),
        other => other.strip_prefix("enum ").map_or_else(|| other.into(), |_| "one of its words".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn a_problem_comes_through_serde_whole() {
        let problem =
            Problem::new("tiers_empty", "The value is not possible here").detail("there are no tiers").mend("give one");
        let told = |problem: &Problem| <Raised as de::Error>::custom(problem).reason;
        assert_eq!(told(&problem), Reason::Problem(Box::new(problem.clone())));
        let placed = problem.clone().at("/0/up_to");
        assert_eq!(told(&placed), Reason::Problem(Box::new(placed.clone())));
        let error = ReadError { path: vec![Segment::Key("graduated".into())], pos: Pos::START, reason: told(&placed) };
        assert_eq!(error.problem(), problem.at("/graduated/0/up_to"));
        assert_eq!(
            told(&Problem::new("x", "X")),
            Reason::Problem(Box::new(Problem::new("x", "The value is not possible here").detail("X")))
        );
    }

    #[test]
    fn other_words_stay_what_they_are() {
        for text in ["plain", "list [1, 2]", "[x]", "a [B]", ""] {
            assert_eq!(<Raised as de::Error>::custom(text).reason, Reason::Invalid { message: text.into() });
        }
    }
}
