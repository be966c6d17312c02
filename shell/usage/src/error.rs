//! Why the usage store could not do what it was asked.

use std::path::PathBuf;
use stdx::{Problem, ToProblem};

/// Why an operation of a usage store failed as a whole. (What is wrong with a single event is its
/// [`Outcome`](crate::Outcome), not an error.)
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UsageError {
    /// Another process, or another value of this one, has the directory open.
    #[error("{}: the usage store is in use by another process", dir.display())]
    InUse {
        /// The data directory.
        dir: PathBuf,
    },
    /// A log file says something that was never written so. Nothing was changed.
    #[error("{}: damaged at byte {offset}: {why}", file.display())]
    Damaged {
        /// The file.
        file: PathBuf,
        /// Where in the file the first thing that does not fit begins.
        offset: u64,
        /// What does not fit.
        why: String,
    },
    /// The operating system refused to read or create a file.
    #[error("{}: {why}", path.display())]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What the operating system says.
        why: String,
    },
    /// A write could not be made durable, so that nothing more is accepted until the store is opened again: what is on the
    /// disk is not known.
    #[error("the usage store stopped, because a write failed: {why}")]
    Stopped {
        /// What the operating system said.
        why: String,
    },
    /// The quantity cannot be stated, for example because it has too many digits.
    #[error("{subject}: {}", problem.detail)]
    Quantity {
        /// Whose quantity it is.
        subject: String,
        /// What the meter says.
        problem: Problem,
    },
}

impl ToProblem for UsageError {
    fn problem(&self) -> Problem {
        let (code, title, mend) = match self {
            Self::InUse { .. } => (
                "usage_store_in_use",
                "The usage store is in use",
                "stop the other process, or use another data directory",
            ),
            Self::Damaged { .. } => {
                ("usage_log_damaged", "The usage log is damaged", "restore the file from a copy; nothing was changed")
            }
            Self::Io { .. } => (
                "usage_store_unreadable",
                "The usage store cannot be opened",
                "check the path, its permissions and the disk",
            ),
            Self::Stopped { .. } => (
                "usage_store_stopped",
                "The usage store stopped",
                "check the disk and start again: what was answered is kept",
            ),
            Self::Quantity { problem, .. } => {
                return Problem { detail: self.to_string(), ..problem.clone() };
            }
        };
        Problem::new(code, title).detail(self.to_string()).mend(mend)
    }
}
