//! What keeps a request from being answered as asked.

use crate::types::ProblemDocument;
use std::fmt;

/// Why there is no answer to a request.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It was refused: nothing of it has happened.
    #[error(transparent)]
    Refused(#[from] Box<Problem>),
    /// There was no answer. Whether the request was done is not known.
    #[error("no answer: {0}")]
    Unreachable(String),
    /// What was to be sent cannot be written, or the answer is none of the API.
    #[error("not understood: {0}")]
    Unreadable(String),
    /// The operation does not know what was set: nothing was sent.
    #[error("`{0}` is not known to this operation")]
    Unknown(&'static str),
}

impl Error {
    /// The stable name of the kind of problem, where the server refused.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Refused(problem) => Some(&problem.document.code),
            Self::Unreachable(_) | Self::Unreadable(_) | Self::Unknown(_) => None,
        }
    }
}

/// Why the server refused, as it says it.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    /// The whole of it.
    pub document: ProblemDocument,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ProblemDocument { code, detail, mend, .. } = &self.document;
        write!(f, "{code}: {detail}; {mend}")
    }
}

impl std::error::Error for Problem {}
