//! From text to tree.

use crate::{Node, Pos, Style, SyntaxError, Value, node::shorten};
use alloc::{collections::BTreeMap, string::String, vec::Vec};
use granit_parser::{Event, Marker, Parser, ScalarStyle, Tag};
use stdx::NonEmpty;

/// The longest text that is read, in bytes.
pub const MAX_TEXT: usize = 16 << 20;
/// How deep lists and maps may be nested.
pub const MAX_DEPTH: usize = 64;
/// How much all aliases of a file may stand for together: bytes of text, and 32 for every value. Ten lines of aliases to
/// aliases could otherwise fill the memory.
pub const MAX_ALIASED: usize = 4 << 20;

type Wrong = (Pos, SyntaxError);

/// The tree of a text, or everything that keeps it from being one, in the order of the text.
pub(crate) fn load(text: &str) -> Result<Node, NonEmpty<Wrong>> {
    let mut loader = Loader::default();
    let fatal = loader.run(text);
    let mut wrong = loader.wrong;
    wrong.extend(fatal.err());
    match (NonEmpty::try_from(wrong), loader.root) {
        (Ok(wrong), _) => Err(wrong),
        (Err(_), Some(root)) => Ok(root),
        (Err(_), None) => Err(NonEmpty::of((Pos::START, SyntaxError::Empty))),
    }
}

#[derive(Default)]
struct Loader {
    root: Option<Node>,
    open: Vec<Open>,
    anchors: BTreeMap<usize, Anchored>,
    aliased: usize,
    wrong: Vec<Wrong>,
}

/// A list or map of which the end is not yet read.
struct Open {
    pos: Pos,
    anchor: usize,
    kind: Kind,
}

enum Kind {
    List(Vec<Node>),
    Map { entries: Vec<(Node, Node)>, key: Option<Node>, seen: BTreeMap<String, Pos> },
}

struct Anchored {
    node: Node,
    weight: usize,
    height: usize,
}

impl Loader {
    fn run(&mut self, text: &str) -> Result<(), Wrong> {
        if text.len() > MAX_TEXT {
            return Err((Pos::START, SyntaxError::TooLarge { bytes: text.len() }));
        }
        let options = granit_parser::options! {
            disallow_directives: true,
            emit_comments: false,
            flow_nesting_limit: MAX_DEPTH,
            block_nesting_limit: MAX_DEPTH,
        };
        for event in Parser::new_from_str_with_options(text, options) {
            match event {
                Ok((event, span)) => self.event(event, pos(span.start))?,
                Err(error) => return Err((pos(*error.marker()), SyntaxError::of_parser(error.kind()))),
            }
        }
        Ok(())
    }

    #[allow(clippy::wildcard_enum_match_arm, reason = "the parser's events may grow; those not asked for do not come")]
    fn event(&mut self, event: Event<'_>, pos: Pos) -> Result<(), Wrong> {
        match event {
            Event::DocumentStart(..) if self.root.is_some() => Err((pos, SyntaxError::SecondDocument)),
            Event::Scalar(text, style, anchor, tag) => {
                self.refuse_tag(tag.as_deref(), pos);
                let node = Node { pos, value: self.scalar(text.into_owned(), style) };
                self.anchor(anchor, &node);
                self.place(node);
                Ok(())
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.refuse_tag(tag.as_deref(), pos);
                self.begin(pos, anchor, Kind::List(Vec::new()))
            }
            Event::MappingStart(_, anchor, tag) => {
                self.refuse_tag(tag.as_deref(), pos);
                self.begin(pos, anchor, Kind::Map { entries: Vec::new(), key: None, seen: BTreeMap::new() })
            }
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(Open { pos, anchor, kind }) = self.open.pop() {
                    let value = match kind {
                        Kind::List(items) => Value::List(items),
                        Kind::Map { entries, .. } => Value::Map(entries),
                    };
                    let node = Node { pos, value };
                    self.anchor(anchor, &node);
                    self.place(node);
                }
                Ok(())
            }
            Event::Alias(anchor) => self.alias(anchor, pos),
            // Stream and document marks; the other events are presentation and are not asked for.
            _ => Ok(()),
        }
    }

    fn refuse_tag(&mut self, tag: Option<&Tag>, pos: Pos) {
        if let Some(tag) = tag {
            self.wrong.push((pos, SyntaxError::Tag { tag: shorten(&tag.original()) }));
        }
    }

    /// The core schema of YAML 1.2, but for numbers: they stay text until a type asks for one. A key is always text.
    fn scalar(&self, text: String, style: ScalarStyle) -> Value {
        let plain = style == ScalarStyle::Plain;
        let is_key = matches!(self.open.last(), Some(Open { kind: Kind::Map { key: None, .. }, .. }));
        match text.as_str() {
            _ if !plain => Value::Text(text, Style::Quoted),
            // The parser says "~" where nothing stands.
            "~" => Value::Null,
            _ if is_key => Value::Text(text, Style::Plain),
            "null" | "Null" | "NULL" => Value::Null,
            "true" | "True" | "TRUE" => Value::Bool(true),
            "false" | "False" | "FALSE" => Value::Bool(false),
            _ => Value::Text(text, Style::Plain),
        }
    }

    fn begin(&mut self, pos: Pos, anchor: usize, kind: Kind) -> Result<(), Wrong> {
        if self.open.len() == MAX_DEPTH {
            return Err((pos, SyntaxError::TooDeep));
        }
        self.open.push(Open { pos, anchor, kind });
        Ok(())
    }

    fn anchor(&mut self, anchor: usize, node: &Node) {
        if anchor > 0 {
            let (weight, height) = measure(node);
            self.anchors.insert(anchor, Anchored { node: node.clone(), weight, height });
        }
    }

    fn alias(&mut self, anchor: usize, pos: Pos) -> Result<(), Wrong> {
        let Some(Anchored { node, weight, height }) = self.anchors.get(&anchor) else {
            return Err((pos, SyntaxError::AliasLoop));
        };
        self.aliased = self.aliased.saturating_add(*weight);
        if self.aliased > MAX_ALIASED {
            return Err((pos, SyntaxError::AliasBomb));
        }
        if self.open.len() + height > MAX_DEPTH {
            return Err((pos, SyntaxError::TooDeep));
        }
        let node = node.clone();
        self.place(node);
        Ok(())
    }

    /// Puts a value that is complete into the list or map around it.
    fn place(&mut self, node: Node) {
        match self.open.last_mut() {
            None => self.root = Some(node),
            Some(Open { kind: Kind::List(items), .. }) => items.push(node),
            Some(Open { kind: Kind::Map { entries, key, seen }, .. }) => match key.take() {
                None => {
                    if let Some(error) = check_key(&node, seen) {
                        self.wrong.push((node.pos, error));
                    }
                    *key = Some(node);
                }
                Some(key) => entries.push((key, node)),
            },
        }
    }
}

fn check_key(key: &Node, seen: &mut BTreeMap<String, Pos>) -> Option<SyntaxError> {
    match &key.value {
        Value::Null => Some(SyntaxError::KeyMissing),
        Value::Text(text, Style::Plain) if text == "<<" => Some(SyntaxError::MergeKey),
        Value::Text(text, _) => match seen.insert(text.clone(), key.pos) {
            Some(first) => {
                seen.insert(text.clone(), first);
                Some(SyntaxError::DuplicateKey { key: shorten(text), first })
            }
            None => None,
        },
        // Only an alias can be one: a scalar in the place of a key is text.
        Value::Bool(_) | Value::List(_) | Value::Map(_) => Some(SyntaxError::KeyNotText),
    }
}

/// What a value weighs in memory, and how many lists and maps deep it is.
pub(crate) fn measure(node: &Node) -> (usize, usize) {
    let children = |nodes: &mut dyn Iterator<Item = &Node>| {
        nodes.map(measure).fold((32, 0), |(weight, height): (usize, usize), one| (weight + one.0, height.max(one.1)))
    };
    match &node.value {
        Value::Null | Value::Bool(_) => (32, 0),
        Value::Text(text, _) => (32 + text.len(), 0),
        Value::List(items) => {
            let (weight, height) = children(&mut items.iter());
            (weight, height + 1)
        }
        Value::Map(entries) => {
            let (weight, height) = children(&mut entries.iter().flat_map(|(key, value)| [key, value]));
            (weight, height + 1)
        }
    }
}

/// The parser counts columns from 0.
fn pos(marker: Marker) -> Pos {
    Pos { line: marker.line().max(1), column: marker.col() + 1 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{format, string::ToString};
    use stdx::ToProblem;

    /// The codes and places of what is wrong in a text.
    fn wrong(text: &str) -> Vec<String> {
        let errors = load(text).expect_err(text).into_vec();
        errors.into_iter().map(|(pos, error)| format!("{pos} {}", error.problem().code)).collect()
    }

    #[test]
    fn a_file_without_content_is_refused() {
        for empty in ["", "\n\n", "# only a comment\n", "---\n...\n"] {
            let codes = load(empty).map(|node| node.value).map_err(|errors| errors.first().1.clone());
            assert!(matches!(codes, Err(SyntaxError::Empty) | Ok(Value::Null)), "{empty:?}: {codes:?}");
        }
        assert_eq!(wrong(""), ["1:1 yaml_empty"]);
        assert_eq!(wrong("# note\n"), ["1:1 yaml_empty"]);
        assert_eq!(load("{}").map(|node| node.value), Ok(Value::Map(Vec::new())), "nothing can be meant");
    }

    #[test]
    fn all_duplicate_keys_are_named_with_the_first_place() {
        assert_eq!(
            wrong("a: 1\nb: { c: 1, c: 2 }\na: 3\na: 4\n"),
            ["2:12 duplicate_key", "3:1 duplicate_key", "4:1 duplicate_key"]
        );
        let errors = load("a: 1\n\"a\": 3\n").expect_err("quotes make no difference");
        assert_eq!(errors.first().1.to_string(), "the key `a` stands twice in this map, first on line 1");
    }

    #[test]
    fn tabs_do_not_indent() {
        assert_eq!(wrong("a:\n\tb: 1\n"), ["2:2 yaml_tab"]);
        assert!(load("a: { b:\t1 }\t# tab").is_ok(), "between tokens they are blanks");
    }

    #[test]
    fn a_second_document_is_refused() {
        assert_eq!(wrong("a: 1\n---\nb: 2\n"), ["2:1 yaml_second_document"]);
        assert!(load("---\na: 1\n...\n").is_ok());
    }

    #[test]
    fn a_billion_laughs_are_stopped() {
        let mut text = String::from("a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
        for n in 1..12 {
            let refs = alloc::vec![format!("*a{}", n - 1); 9].join(", ");
            text = format!("{text}a{n}: &a{n} [{refs}]\n");
        }
        let errors = load(&text).expect_err("a bomb");
        assert_eq!(errors.first().1, SyntaxError::AliasBomb);
    }

    #[test]
    fn an_alias_stands_for_its_value_but_not_for_itself() {
        let node = load("base: &b { each: '1' }\ntiers: [*b, *b]\n").expect("well-formed");
        assert_eq!(node.at("/tiers/0"), node.at("/base"));
        assert_eq!(wrong("a: &a [*a]\n"), ["1:8 yaml_alias"]);
        assert_eq!(wrong("a: *nobody\n"), ["1:4 yaml_alias"]);
    }

    #[test]
    fn depth_is_limited_also_through_aliases() {
        let nested = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
        assert!(load(&nested(MAX_DEPTH)).is_ok());
        assert!(matches!(load(&nested(MAX_DEPTH + 1)).expect_err("deep").first().1, SyntaxError::TooDeep));
        assert!(matches!(load(&nested(1_000_000)).expect_err("deep").first().1, SyntaxError::TooDeep));
        let mixed = format!("a: &a {}\nb: {}", nested(40), nested(40).replace('1', "*a"));
        assert!(matches!(load(&mixed).expect_err("deep").first().1, SyntaxError::TooDeep));
    }

    #[test]
    fn a_text_that_is_too_large_is_not_parsed() {
        assert_eq!(wrong(&" ".repeat(MAX_TEXT + 1)), ["1:1 yaml_too_large"]);
    }

    #[test]
    fn tags_merge_keys_directives_and_odd_keys_are_refused() {
        assert_eq!(wrong("a: !!int 5\nb: !mine x\n"), ["1:10 yaml_tag", "2:10 yaml_tag"]);
        assert_eq!(wrong("a: &a { x: 1 }\nb: { <<: *a }\n"), ["2:6 yaml_merge_key"]);
        assert_eq!(wrong("? [a]\n: 1\n"), ["1:3 yaml_key"]);
        assert_eq!(wrong("{ : 1 }\n"), ["1:3 yaml_key"]);
        assert_eq!(wrong("%YAML 1.1\n---\na: 1\n"), ["1:1 yaml_syntax"]);
    }

    #[test]
    fn a_broken_text_is_placed_and_a_mend_is_given() {
        for (text, place) in [
            ("a: 'open\nb: 1\n", "1:4"),
            ("a: { b: 1\n", "1:4"),
            ("a: b: c\n", "1:5"),
            ("a: @b\n", "1:4"),
            ("a:\n  b: 1\n c: 2\n", "3:2"),
            ("a: \"\\q\"\n", "1:4"),
            ("a: \u{7}\n", "1:4"),
            ("a: \0\n", "1:4"),
        ] {
            let errors = load(text).expect_err(text);
            let (pos, error) = errors.first();
            assert_eq!(pos.to_string(), place, "{text:?}: {error}");
            assert!(!error.problem().mend.is_empty() && !error.to_string().is_empty(), "{error:?}");
        }
    }

    #[test]
    fn only_true_false_and_null_are_not_text() {
        let node =
            load("[yes, no, on, off, y, 0x10, .nan, 1_000, 2026-04-01, ~, null, TRUE, 'true']").expect("well-formed");
        let words: Vec<String> = node.items().iter().map(Node::describe).collect();
        assert_eq!(
            words.join(" "),
            "`yes` `no` `on` `off` `y` `0x10` `.nan` `1_000` `2026-04-01` nothing nothing `true` the text \"true\""
        );
    }

    #[test]
    fn keys_are_text_whatever_they_look_like() {
        let node = load("2026-04-01: a\ntrue: b\n5: c\nnull: d\n").expect("well-formed");
        let keys: Vec<Option<&str>> = node.entries().iter().map(|(key, _)| key.text()).collect();
        assert_eq!(keys, [Some("2026-04-01"), Some("true"), Some("5"), Some("null")]);
    }
}
