//! Why a text is not the YAML that is read here.

use crate::{Pos, load, node::shorten};
use alloc::{
    format,
    string::{String, ToString},
};
use granit_parser::ErrorKind;
use stdx::{Problem, ToProblem};

/// Why a text is not a document, in the order of checking.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SyntaxError {
    /// UTF-16 or UTF-32.
    #[error("the file is {found}, not UTF-8")]
    Encoding {
        /// The encoding that its first bytes show.
        found: &'static str,
    },
    /// A byte that UTF-8 does not have in this place.
    #[error("the byte 0x{byte:02x} is not UTF-8")]
    NotUtf8 {
        /// The first such byte.
        byte: u8,
    },
    /// More than [`MAX_TEXT`](crate::MAX_TEXT) bytes.
    #[error("the text has {bytes} bytes, more than {}", load::MAX_TEXT)]
    TooLarge {
        /// The length of the text.
        bytes: usize,
    },
    /// Nothing but blanks and comments.
    #[error("the file holds nothing")]
    Empty,
    /// A tab where the depth is counted.
    #[error("a tab is used for indentation")]
    Tab,
    /// Nested deeper than [`MAX_DEPTH`](crate::MAX_DEPTH).
    #[error("lists and maps are nested more than {} deep", load::MAX_DEPTH)]
    TooDeep,
    /// `*name` without `&name` before it.
    #[error("there is no anchor of this name before")]
    UnknownAlias,
    /// Any other break of the grammar.
    #[error("{message}")]
    Grammar {
        /// What the parser found.
        message: String,
        /// What helps in this case.
        mend: &'static str,
    },
    /// A second `---` document.
    #[error("a second document begins here")]
    SecondDocument,
    /// `!tag`.
    #[error("the tag `{tag}` is not used here")]
    Tag {
        /// The tag as it was written.
        tag: String,
    },
    /// A list or map as a key.
    #[error("a list or map cannot be a key")]
    KeyNotText,
    /// Nothing before the colon.
    #[error("the key is missing")]
    KeyMissing,
    /// `<<`, which was a part of YAML 1.1.
    #[error("the merge key `<<` is not part of YAML 1.2")]
    MergeKey,
    /// The same key twice in one map.
    #[error("the key `{key}` stands twice in this map, first on line {}", first.line)]
    DuplicateKey {
        /// The key.
        key: String,
        /// Where it stands first.
        first: Pos,
    },
    /// An alias inside of what it stands for.
    #[error("this alias stands for something that contains it")]
    AliasLoop,
    /// Aliases that stand for more than [`MAX_ALIASED`](crate::MAX_ALIASED) in all.
    #[error("the aliases of this file stand for more than {} bytes", load::MAX_ALIASED)]
    AliasBomb,
}

impl SyntaxError {
    /// What the parser's error means here.
    #[allow(clippy::wildcard_enum_match_arm, reason = "the parser has a hundred kinds of error and may get more")]
    pub(crate) fn of_parser(kind: &ErrorKind) -> Self {
        let mend = match kind {
            ErrorKind::TabNotAllowed
            | ErrorKind::TabInBlockIndentation
            | ErrorKind::TabInIndentation
            | ErrorKind::TabAtBlockScalarStart
            | ErrorKind::TabInPlainScalar => return Self::Tab,
            ErrorKind::RecursionLimitExceeded => return Self::TooDeep,
            ErrorKind::UnknownAnchor => return Self::UnknownAlias,
            ErrorKind::DirectiveDisallowed => "remove the line that begins with %; files are always read as YAML 1.2",
            ErrorKind::UnclosedQuotedScalar | ErrorKind::DocumentIndicatorInQuotedScalar => {
                "close the quotes that were opened here"
            }
            ErrorKind::UnclosedFlowCollection { .. }
            | ErrorKind::MismatchedFlowCollectionEnd { .. }
            | ErrorKind::MisplacedFlowCollectionEnd
            | ErrorKind::UnexpectedEofFlowMapping
            | ErrorKind::UnexpectedEofFlowSequence
            | ErrorKind::UnexpectedEofImplicitFlowMapping
            | ErrorKind::ExpectedFlowMappingSeparator
            | ErrorKind::ExpectedFlowSequenceSeparator => {
                "see that every { and [ is closed, and that a comma stands between entries"
            }
            ErrorKind::MappingValueNotAllowed | ErrorKind::InvalidMappingValueWhitespace => {
                "put a value that contains a colon into quotes; begin each key on its own line"
            }
            ErrorKind::UnexpectedCharacter { character } if character.is_control() => {
                "remove the character; it may not be visible"
            }
            ErrorKind::UnexpectedCharacter { .. } | ErrorKind::UnknownQuotedScalarEscape => {
                "put the value into single quotes"
            }
            ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => {
                "write `key: value`, with a blank after the colon"
            }
            _ => {
                "indent the entries of one map or list by the same number of spaces; write `key: value` with a blank after the colon"
            }
        };
        Self::Grammar { message: kind.to_string(), mend }
    }
}

impl ToProblem for SyntaxError {
    fn problem(&self) -> Problem {
        let (code, title, mend) = match self {
            Self::Encoding { .. } | Self::NotUtf8 { .. } => {
                ("yaml_encoding", "The file is not UTF-8", "save the file as UTF-8".into())
            }
            Self::TooLarge { .. } => ("yaml_too_large", "The file is too large", "split it into several files".into()),
            Self::Empty => ("yaml_empty", "The file is empty", "write {} when nothing is meant".into()),
            Self::Tab => ("yaml_tab", "A tab is used for indentation", "indent with spaces".into()),
            Self::TooDeep => ("yaml_too_deep", "The file is nested too deep", "make the structure flatter".into()),
            Self::UnknownAlias => (
                "yaml_alias",
                "An alias cannot be used",
                "define it before with &name, or put the value into quotes".into(),
            ),
            Self::Grammar { mend, .. } => ("yaml_syntax", "The file is not well-formed YAML", (*mend).to_string()),
            Self::SecondDocument => (
                "yaml_second_document",
                "The file holds several documents",
                "keep one document in a file; remove the line ---".into(),
            ),
            Self::Tag { .. } => (
                "yaml_tag",
                "A tag is not used here",
                "remove the tag; put the value into quotes to make it text".into(),
            ),
            Self::KeyNotText => ("yaml_key", "A key is not text", "use a word as the key".into()),
            Self::KeyMissing => ("yaml_key", "A key is not text", "write a word before the colon".into()),
            Self::MergeKey => (
                "yaml_merge_key",
                "Merge keys are not used",
                "write the fields out, or let an alias stand for a whole value".into(),
            ),
            Self::DuplicateKey { key, first } => (
                "duplicate_key",
                "A key stands twice",
                format!("keep one of the two `{}` (line {})", shorten(key), first.line),
            ),
            Self::AliasLoop => ("yaml_alias", "An alias cannot be used", "write the inner value out".into()),
            Self::AliasBomb => ("yaml_alias", "An alias cannot be used", "write the values out".into()),
        };
        Problem::new(code, title).detail(self.to_string()).mend(mend)
    }
}
