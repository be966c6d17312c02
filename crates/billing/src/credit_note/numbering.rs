//! The numbers of notes.

use alloc::string::String;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How notes are numbered. Either way the numbers have no gap, and a note that is voided keeps its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Numbering {
    /// A series of their own, over all documents: `CN-000017`.
    #[default]
    OwnSeries,
    /// Counted under the document that they are about: `INV-000042-CN001`.
    UnderDocument,
}

impl Numbering {
    /// The number of the next note. `document`: the number of the document that it is about; `series`: `CN` or `DN`; `issued`: how
    /// many notes were issued before, in the series or on the document.
    pub fn number(self, document: &str, series: &str, issued: u64) -> String {
        let next = issued + 1;
        match self {
            Self::OwnSeries => alloc::format!("{series}-{next:06}"),
            Self::UnderDocument => alloc::format!("{document}-{series}{next:03}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_count_on_without_a_gap() {
        assert_eq!(Numbering::OwnSeries.number("INV-000042", "CN", 16), "CN-000017");
        assert_eq!(Numbering::UnderDocument.number("INV-000042", "CN", 0), "INV-000042-CN001");
    }
}
