//! Why the engine did not do what it was asked.

use std::fmt;
use stdx::{NonEmpty, Problem, ToProblem};
use store::StoreError;
use usage::UsageError;

/// One or more problems with what was asked.
pub type Problems = NonEmpty<Problem>;

/// Why a command or question failed; nothing of it has happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EngineError {
    /// What was asked is wrong. Every problem is named.
    Invalid(Problems),
    /// It names something that is not there.
    NotFound(Problem),
    /// It contradicts what is there already.
    Conflict(Problem),
    /// A store cannot do its work.
    Failed(Problem),
}

impl EngineError {
    /// What is wrong, the first thing first.
    pub fn problems(&self) -> Vec<Problem> {
        match self {
            Self::Invalid(problems) => problems.as_slice().to_vec(),
            Self::NotFound(problem) | Self::Conflict(problem) | Self::Failed(problem) => vec![problem.clone()],
        }
    }

    pub(crate) fn invalid(error: &impl ToProblem) -> Self {
        Self::Invalid(NonEmpty::of(error.problem()))
    }

    /// There is no `what` of this name among the known ones.
    pub(crate) fn no_such<'a>(what: &str, name: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        let known: Vec<&str> = known.into_iter().collect();
        let mend = match stdx::nearest(name, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if known.is_empty() => format!("create the {what} first"),
            None => {
                format!("create it, or use one of: {}", known.iter().take(10).copied().collect::<Vec<_>>().join(", "))
            }
        };
        let problem = Problem::new("not_found", "Not found").detail(format!("there is no {what} `{name}`")).mend(mend);
        Self::NotFound(problem)
    }

    /// There is a `what` of this name already.
    pub(crate) fn taken(what: &str, name: &str) -> Self {
        let problem = Problem::new("already_exists", "It exists already")
            .detail(format!("there is a {what} `{name}` already"))
            .mend(format!("use another key, or change the {what} that is there"));
        Self::Conflict(problem)
    }
}

impl fmt::Display for EngineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, problem) in self.problems().iter().enumerate() {
            if at > 0 {
                writeln!(f)?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for EngineError {}

impl From<StoreError> for EngineError {
    fn from(error: StoreError) -> Self {
        let problem = error.problem();
        match error {
            StoreError::NotFound => Self::NotFound(problem),
            StoreError::Conflict | StoreError::Unique(_) => Self::Conflict(problem),
            StoreError::Place(_) => Self::Invalid(NonEmpty::of(problem.at("?after"))),
            StoreError::ForeignKey
            | StoreError::Check(_)
            | StoreError::Poisoned
            | StoreError::Decode { .. }
            | StoreError::Migration { .. }
            | StoreError::Contended
            | StoreError::Unreachable(_)
            | StoreError::Unknown(_)
            | StoreError::Address(_)
            | StoreError::TooOld(_)
            | StoreError::NotEmpty(_)
            | StoreError::Differs(_)
            | StoreError::Other(_) => Self::Failed(problem),
        }
    }
}

impl From<UsageError> for EngineError {
    fn from(error: UsageError) -> Self {
        match error {
            UsageError::Quantity { .. } | UsageError::TooManyWindows { .. } => Self::invalid(&error),
            UsageError::InUse { .. }
            | UsageError::Damaged { .. }
            | UsageError::Io { .. }
            | UsageError::DiskFull { .. }
            | UsageError::Busy { .. }
            | UsageError::Server(_)
            | UsageError::Stopped { .. } => Self::Failed(error.problem()),
        }
    }
}

impl From<billing::PlanError> for EngineError {
    fn from(error: billing::PlanError) -> Self {
        Self::invalid(&error)
    }
}

impl From<money::MoneyError> for EngineError {
    fn from(error: money::MoneyError) -> Self {
        Self::invalid(&error)
    }
}
