//! What went wrong, in the one shape in which it leaves the system.

use alloc::string::String;
use core::fmt;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One thing that is wrong: what, where and how to mend it. At the edge it is a problem document of RFC 9457 (`code` is the
/// last part of its `type`); each code has a section in `docs/errors.md`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Problem {
    /// Stable name of the kind of problem, in snake case.
    pub code: String,
    /// The kind of problem in a few words; the same for every occurrence.
    pub title: String,
    /// What is wrong this time, with the value that was found.
    pub detail: String,
    /// Where: a JSON pointer into what was sent, or `file:line:column`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// How to mend it.
    pub mend: String,
}

impl Problem {
    /// A problem of a kind; add the rest with [`detail`](Self::detail), [`at`](Self::at) and [`mend`](Self::mend).
    pub fn new(code: &str, title: &str) -> Self {
        Self { code: code.into(), title: title.into(), detail: String::new(), pointer: None, mend: String::new() }
    }
    /// Says what is wrong this time.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }
    /// Says where it is.
    #[must_use]
    pub fn at(mut self, pointer: impl Into<String>) -> Self {
        self.pointer = Some(pointer.into());
        self
    }
    /// Puts a path before the pointer: for a caller who knows where the value that was looked at lies.
    #[must_use]
    pub fn under(mut self, prefix: &str) -> Self {
        self.pointer = Some(match self.pointer {
            Some(rest) => alloc::format!("{prefix}{rest}"),
            None => prefix.into(),
        });
        self
    }
    /// Says how to mend it.
    #[must_use]
    pub fn mend(mut self, mend: impl Into<String>) -> Self {
        self.mend = mend.into();
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(pointer) = &self.pointer {
            write!(f, "{pointer}: ")?;
        }
        write!(f, "{} [{}]", if self.detail.is_empty() { &self.title } else { &self.detail }, self.code)?;
        if self.mend.is_empty() { Ok(()) } else { write!(f, "\n  mend: {}", self.mend) }
    }
}

impl core::error::Error for Problem {}

/// An error that can say itself as a [`Problem`].
pub trait ToProblem {
    /// The problem document of this error.
    fn problem(&self) -> Problem;
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn a_problem_says_where_what_and_how_to_mend_it() {
        let problem = Problem::new("unknown_plan", "There is no such plan")
            .detail("`sacle` is not in the catalog")
            .at("/plan")
            .mend("use one of: basic, scale");
        assert_eq!(
            problem.to_string(),
            "/plan: `sacle` is not in the catalog [unknown_plan]\n  mend: use one of: basic, scale"
        );
        assert_eq!(problem.under("/subscriptions/0").pointer.as_deref(), Some("/subscriptions/0/plan"));
    }
}
