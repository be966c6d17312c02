//! Where in the text.

use core::fmt;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A place in the text of a formula: line and column, both counted from 1, the column in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct At {
    /// The line, from 1.
    pub line: u32,
    /// The character in that line, from 1.
    pub column: u32,
}

impl At {
    pub(crate) const START: Self = Self { line: 1, column: 1 };

    /// The place of the byte `offset` of `text`; the end of the text when it has no such byte.
    pub(crate) fn of(text: &str, offset: usize) -> Self {
        let mut at = Self::START;
        for (_, letter) in text.char_indices().take_while(|(index, _)| *index < offset) {
            if letter == '\n' {
                at = Self { line: at.line.saturating_add(1), column: 1 };
            } else {
                at.column = at.column.saturating_add(1);
            }
        }
        at
    }
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_lines_begin_anew() {
        assert_eq!(At::of("ü + x", 5), At { line: 1, column: 5 });
        assert_eq!(At::of("a\n+ x", 4), At { line: 2, column: 3 });
        assert_eq!(At::of("a", 99), At { line: 1, column: 2 });
    }
}
