//! Why the usage store could not do what it was asked.

use crate::Seq;
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
    /// The disk is full. Nothing of this batch was taken; questions are answered, and batches are taken again when there is room.
    #[error("the disk of the usage store is full: {why}")]
    DiskFull {
        /// What the operating system says.
        why: String,
    },
    /// More is being sent than can be written. Nothing of this batch was taken; it can be sent again in a moment.
    #[error("the usage store is busy: {waiting}")]
    Busy {
        /// What waits, and for what.
        waiting: String,
    },
    /// The server on which the store lies could not do it.
    #[error("{}", .0.detail)]
    Server(Problem),
    /// A series would have more windows than can be answered for.
    #[error("the period has more than {limit} windows")]
    TooManyWindows {
        /// How many there may be.
        limit: usize,
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
            Self::DiskFull { .. } => (
                "disk_full",
                "The disk is full",
                "make room on the disk and send the batch again: nothing of it was taken",
            ),
            Self::Busy { .. } => (
                "usage_store_busy",
                "The usage store is busy",
                "send the batch again in a moment: nothing of it was taken",
            ),
            Self::TooManyWindows { .. } => {
                ("too_many_windows", "The series is too long", "ask for a shorter period or for longer windows")
            }
            Self::Server(problem) => return problem.clone(),
            Self::Quantity { problem, .. } => {
                return Problem { detail: self.to_string(), ..problem.clone() };
            }
        };
        Problem::new(code, title).detail(self.to_string()).mend(mend)
    }
}

/// Why changes were not made. Then none of them was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApplyError {
    /// There are no changes.
    #[error("there are no changes")]
    Nothing,
    /// These cannot be made.
    #[error("{} of the changes cannot be made; the first: {}", .0.len(), .0.first().map_or_else(String::new, ToString::to_string))]
    Refused(Vec<Refusal>),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] UsageError),
}

/// A change that cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("change {index}: event `{id}` of `{source_name}` {why}")]
pub struct Refusal {
    /// Which one, counted from 0.
    pub index: usize,
    /// Source of the event.
    pub source_name: String,
    /// Id of the event.
    pub id: String,
    /// Why not.
    pub why: Refused,
}

/// Why a change cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The event to be added is there, with the same content.
    #[error("is there already, at position {}", seq.0)]
    Exists {
        /// Where.
        seq: Seq,
    },
    /// The identity of the event to be added is taken by another content, or was retracted.
    #[error("is there already and says something else, at position {}", seq.0)]
    Conflict {
        /// Position of what is there.
        seq: Seq,
    },
    /// The event to be amended or retracted was never accepted.
    #[error("was never accepted")]
    Unknown,
    /// The amendment says what the event says already.
    #[error("says this already, at position {}", seq.0)]
    Unchanged {
        /// Where.
        seq: Seq,
    },
    /// The event was retracted before.
    #[error("was retracted before, at position {}", seq.0)]
    Retracted {
        /// Where.
        seq: Seq,
    },
    /// What is to be added, or to stand in an event's place, is not a valid event.
    #[error("is not valid: {}", .0.detail)]
    Invalid(Problem),
}

impl ToProblem for ApplyError {
    fn problem(&self) -> Problem {
        match self {
            Self::Nothing => Problem::new("no_changes", "There are no changes")
                .detail(self.to_string())
                .mend("give at least one event to add, amend or retract"),
            Self::Refused(refusals) => {
                let pointer = refusals.first().map_or_else(String::new, |first| format!("/changes/{}", first.index));
                Problem::new("changes_refused", "The changes cannot be made")
                    .detail(self.to_string())
                    .at(pointer)
                    .mend("leave out or mend what is named; nothing was changed")
            }
            Self::Store(error) => error.problem(),
        }
    }
}

/// Why a body of JSON was not taken. Then nothing of it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IngestError {
    /// It is not what its form says, so that it has no single events.
    #[error("{}", .0.detail)]
    Body(Problem),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] UsageError),
}

impl ToProblem for IngestError {
    fn problem(&self) -> Problem {
        match self {
            Self::Body(problem) => problem.clone(),
            Self::Store(error) => error.problem(),
        }
    }
}
