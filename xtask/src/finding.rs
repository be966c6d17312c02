//! One broken law: where, what, and how to mend it.

use std::fmt;

/// What a check of the house's laws has to say about one place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// Path from the root of the repository, with `:line` where there is one.
    pub place: String,
    /// What is wrong there.
    pub what: String,
    /// What to do about it.
    pub mend: String,
}

impl Finding {
    /// A finding about a whole file.
    pub fn file(path: &str, what: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { place: path.to_owned(), what: what.into(), mend: mend.into() }
    }

    /// A finding about one line; `index` counts from 0 as iterators do, people count from 1.
    pub fn line(path: &str, index: usize, what: impl Into<String>, mend: impl Into<String>) -> Self {
        Self::file(&format!("{path}:{}", index + 1), what, mend)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}\n    {}", self.place, self.what, self.mend)
    }
}
