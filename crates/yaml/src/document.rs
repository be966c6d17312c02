//! A file, its text and its tree.

use crate::{Mistake, Node, Pos, ReadError, encoding, load, pointer::segments};
use alloc::string::String;
use serde::de::DeserializeOwned;
use stdx::{NonEmpty, Problem, ToProblem};

/// A YAML file that is well-formed: its name, its text and its tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    file: String,
    text: String,
    root: Node,
}

impl Document {
    /// Parses one YAML 1.2 document. `file` is the name used in messages.
    ///
    /// # Errors
    /// Every [`SyntaxError`](crate::SyntaxError) that can be told at once: the first break of the grammar, and before it all
    /// duplicate keys, tags and the like.
    pub fn parse(text: &str, file: &str) -> Result<Self, NonEmpty<Mistake>> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        match load::load(text) {
            Ok(root) => Ok(Self { file: file.into(), text: text.into(), root }),
            Err(errors) => {
                let (pos, error) = errors.first();
                let mut mistakes = NonEmpty::of(place(file, text, *pos, error.problem()));
                errors.iter().skip(1).for_each(|(pos, error)| mistakes.push(place(file, text, *pos, error.problem())));
                Err(mistakes)
            }
        }
    }

    /// Parses the bytes of a file: UTF-8, with or without a byte order mark.
    ///
    /// # Errors
    /// As [`parse`](Self::parse); bytes in another encoding are refused by its name.
    pub fn from_bytes(bytes: &[u8], file: &str) -> Result<Self, NonEmpty<Mistake>> {
        match encoding::decode(bytes) {
            Ok(text) => Self::parse(text, file),
            Err((pos, error)) => Err(NonEmpty::of(place(file, "", pos, error.problem()))),
        }
    }

    /// The name of the file, as it was given.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The tree.
    pub fn root(&self) -> &Node {
        &self.root
    }

    /// Reads any type from the whole document.
    ///
    /// # Errors
    /// Everything in which the document does not fit the type, as far as it can be told at once.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, NonEmpty<Mistake>> {
        self.root.read().map_err(|errors| {
            let mut mistakes = NonEmpty::of(self.misread(errors.first()));
            errors.iter().skip(1).for_each(|error| mistakes.push(self.misread(error)));
            mistakes
        })
    }

    /// Places an error of [`Node::read`].
    pub fn misread(&self, error: &ReadError) -> Mistake {
        place(&self.file, &self.text, error.pos, error.problem())
    }

    /// Places a problem by its JSON pointer; without one, at the beginning.
    pub fn mistake(&self, problem: Problem) -> Mistake {
        let pos = self.locate(problem.pointer.as_deref().unwrap_or(""));
        place(&self.file, &self.text, pos, problem)
    }

    /// Places a problem where the caller knows the position of it.
    pub fn mistake_at(&self, pos: Pos, problem: Problem) -> Mistake {
        place(&self.file, &self.text, pos, problem)
    }

    /// Where the value at a JSON pointer stands: a scalar itself, a list or map by its key. Where the document does not go that
    /// deep (a field that is missing), the deepest part that exists.
    pub fn locate(&self, pointer: &str) -> Pos {
        let mut pos = self.root.pos;
        let mut node = &self.root;
        for segment in segments(pointer) {
            let Some((key, value)) = node.child(&segment) else { break };
            pos = Node::pos_of_entry(key, value);
            node = value;
        }
        pos
    }
}

fn place(file: &str, text: &str, pos: Pos, problem: Problem) -> Mistake {
    Mistake { file: file.into(), line: pos.line, column: pos.column, source: line(text, pos.line).into(), problem }
}

/// A line of a text by its number; lines end with LF, CR LF or CR, as in YAML.
fn line(text: &str, number: usize) -> &str {
    let mut rest = text;
    for _ in 1..number {
        let Some(at) = rest.find(['\n', '\r']) else { return "" };
        rest = if rest[at..].starts_with("\r\n") { &rest[at + 2..] } else { &rest[at + 1..] };
    }
    rest.find(['\n', '\r']).map_or(rest, |at| &rest[..at])
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    const PRICES: &str = "plans:\n  scale:\n    prices:\n      tokens:\n        graduated:\n          - { up_to: 5, each: '1' }\n          - { up_to: 3, each: '2' }\n";

    fn document(text: &str) -> Document {
        Document::parse(text, "p.yaml").expect("well-formed")
    }

    #[test]
    fn a_pointer_is_found_in_the_text() {
        let document = document(PRICES);
        let place = |pointer: &str| format!("{}", document.locate(pointer));
        assert_eq!(place("/plans/scale/prices/tokens/graduated/1/up_to"), "7:22", "a scalar is shown itself");
        assert_eq!(place("/plans/scale/prices/tokens"), "4:7", "a map is shown by its key");
        assert_eq!(place("/plans/scale/prices/tokens/graduated/1"), "7:13", "an element of a list where it begins");
        assert_eq!(place("/plans/scale/prices/tokens/minimum"), "4:7", "what is missing, by what it is missing from");
        assert_eq!(place(""), "1:1");
    }

    #[test]
    fn lines_may_end_in_any_of_the_three_ways() {
        for end in ["\n", "\r\n", "\r"] {
            let document = document(&PRICES.replace('\n', end));
            let mistake = document.mistake(Problem::new("x", "X").at("/plans/scale/prices/tokens/graduated/1/up_to"));
            assert_eq!((mistake.line, mistake.column), (7, 22), "{end:?}");
            assert_eq!(mistake.source, "          - { up_to: 3, each: '2' }", "{end:?}");
        }
    }

    #[test]
    fn a_byte_order_mark_moves_nothing() {
        let document = Document::from_bytes(b"\xef\xbb\xbfa: 1\n", "p.yaml").expect("well-formed");
        assert_eq!(document.locate("/a"), Pos { line: 1, column: 4 });
    }

    #[test]
    fn what_an_alias_stands_for_is_placed_where_it_is_written() {
        let document = document("a: &fee { flat: x }\nb: *fee\n");
        assert_eq!(document.locate("/b/flat"), Pos { line: 1, column: 17 });
    }
}
